/* strategies.h: the strategies of a running session: what they are made from, who is loaded, under which limits.
 *
 * Invariants
 * - A command is carried out from the bytes of its record alone: the text of a strategy and of what it requires stand in
 *   the record. So a replay, and a restart from the log, do the same.
 * - A strategy is made completely before anything of the running one is touched.
 * - A name keeps its number for the life of the session; books, orders and groups belong to the number.
 * - Everything here is [engine] but what says [setup]. */
#ifndef STEER_STRATEGIES_H
#define STEER_STRATEGIES_H

#include "base/checked.h"
#include "script/strategy.h"
#include "session/command.h"
#include "session/header.h"
#include "session/session.h"

enum {
    STRATEGIES_MAX = 1000,
    STRATEGIES_PARAMS_MAX = 128,
    STRATEGIES_STOPS_MAX = 256, /* recorded suspensions by a limit that a replay looks for */
    MAY_LISTS = 4,              /* venues, accounts, instruments, verbs */
    MAY_MAX = 256               /* bytes of one list */
};

struct steer_source; /* steer.h */
struct journal_reader;

struct strategy_budget { /* 0: the session's own, or none */
    int64_t callback_ns;
    int64_t heap_bytes;
    uint32_t orders; /* a second */
    bool has_notional;
    struct oc_dec notional;
};

struct strategies;

struct strategy_slot {
    char file[256];
    struct steer_source *opened; /* text and required files of the header; NULL: not opened with. Owned */
    struct strategy *strategy;   /* NULL: unloaded */
    struct strategies *strategies;
    bool is_told;        /* that it was suspended */
    bool has_no_entries; /* it may only make positions smaller, until a person lets it (entries) */
    bool is_taken;       /* a person trades its positions, and it is held */
    bool is_steered;     /* made from a record, not from what the session was opened with */
    uint32_t id;
    char name[STRATEGY_NAME_MAX];
    struct steer_source *source; /* what it was made from; owned */
    struct strategy_budget budget;
    char may[MAY_LISTS][MAY_MAX]; /* "*": all; "-": none */
    int64_t gap_ns;               /* longest time that another's offence kept it waiting */
    uint64_t gaps;
};

struct strategy_number { /* a name keeps its number for the life of the session */
    char name[STRATEGY_NAME_MAX];
    uint32_t id;
};

struct strategies {
    struct session *session; /* borrowed; set by the stage "strategy texts" */
    struct strategy_slot list[STRATEGIES_MAX];
    uint32_t count;
    uint32_t opened_count; /* that the session was opened with */
    struct strategy_param params[STRATEGIES_PARAMS_MAX];
    uint32_t param_count;
    /* what the composition wants */
    bool may_be_empty;    /* no strategy is needed: somebody trades by hand */
    bool ends_on_failure; /* the first strategy that fails ends the run */
    bool may_watch;       /* callbacks have a deadline by the clock: not where they are replayed */
    bool is_shown;        /* somebody may ask where an order was made */
    bool grants_nothing;  /* a new strategy may do nothing until it is granted */
    bool grants_opened;   /* but those that the session was opened with may do everything: a person has armed them */
    int64_t deadline_ns;  /* of a callback, where a budget says nothing; 0: none */
    bool is_restoring;    /* records are facts now */
    uint64_t suspended_told;
    struct sandbox_watchdog *watchdog;
    const struct oc_ev_text *stops[STRATEGIES_STOPS_MAX]; /* recorded suspensions by a limit, borrowed */
    uint32_t stop_count;
    struct strategy_number *numbers; /* every strategy that ever was; owned */
    uint32_t number_count;
    char *param_texts[STRATEGIES_PARAMS_MAX]; /* owned: of those added by strategies_add_param */
    struct text prepared;                     /* what strategies_prepare added to a command */
};

/* [setup] A parameter of every strategy, copied. OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc strategies_add_param(struct strategies *strategies, const char *name, const char *value);
/* [setup] The slot's text, in place of a file that would be read. OC_E_NOMEM. */
CHECKED oc_rc strategies_set_text(struct strategies *strategies, uint32_t index, const char *file, const char *text,
                                  size_t size);
/* [setup] The texts before the journal is opened (its header holds them), the strategies behind everything they trade on. */
void strategies_add_texts(struct strategies *strategies, struct session *session);
/* [setup] Frees texts, also those that a restart has read where the stages were never opened. May be called again. */
void strategies_release(struct strategies *strategies);
void strategies_add_stage(struct strategies *strategies, struct session *session);
/* on_init of each. Negative only where the first failure ends the run: words.error says why. */
CHECKED oc_rc strategies_start(struct strategies *strategies);
/* Behind on_stop of each. The same. */
CHECKED oc_rc strategies_ended(struct strategies *strategies);
/* OC_OK, or a strategy failed where that ends the run: words.error says why. */
CHECKED oc_rc strategies_check(struct strategies *strategies);
/* A warm-up that took all data: words.error says so. */
CHECKED oc_rc strategies_check_ran(struct strategies *strategies);
bool strategies_have_failed(const struct strategies *strategies);
/* How many are loaded. */
uint32_t strategies_loaded(const struct strategies *strategies);
/* The slot of a number; NULL: not loaded. */
const struct strategy_slot *strategies_find(const struct strategies *strategies, uint32_t id);
/* Its name, unloaded ones too: their orders stay. NULL: there never was one. */
const char *strategies_name(const struct strategies *strategies, uint32_t id);

/* strategy_text.c: takes a header line `strategy` or `module`. OC_E_DATA: damaged. */
CHECKED oc_rc strategies_take_source(struct strategy_slot *slot, const struct header_line *line);
/* The file the slot was given, for a text that was recorded under another name. */
void strategies_rename_source(struct strategy_slot *slot);
/* Whether the file of this one is no longer the text that the session was opened with, or cannot be read. */
bool strategies_has_changed(const struct strategies *strategies, uint32_t index);
/* Says which files are no longer what runs. */
void strategies_warn_changed(const struct strategies *strategies);

/* strategy_text.c: after a restart: names in the log and the report what of each strategy did not come back. */
void strategies_tell_not_back(const struct strategies *strategies);

/* steer.c: load unload hold resume reload set budget may, from a command being carried out. */
bool strategies_steer(void *self, const struct command_words *words, struct text *reply);
/* Before such a command is recorded: puts what it needs (the text of a file) into words->fields. */
bool strategies_prepare(void *self, struct command_words *words, struct text *reply);
void strategies_put(struct strategies *strategies, struct text *reply, const char *key, uint32_t index);
/* Tells whoever listens what became of a strategy. */
void strategies_tell(struct strategies *strategies, uint32_t index, const char *what, const char *reason);
/* Remembers the recorded suspensions by a limit of time or memory: where they fall is up to the machine. Borrowed from the
 * reader, which is rewound. */
void strategies_take_stops(struct strategies *strategies, struct journal_reader *reader);
/* Replay: the next of them that this strategy has after the input being handled. */
void strategies_expect_stop(struct strategies *strategies, uint32_t id);
/* Restart: carries a recorded steering command out again, but for what it recorded itself. Others are left alone. */
void strategies_steer_restored(struct strategies *strategies, const struct oc_ev_text *command);
/* Restart: records are facts from now on, or no longer. */
void strategies_set_restoring(struct strategies *strategies, bool is_restoring);

/* strategy_table.c: who is loaded, from what, and under which limits; for a checkpoint. */
int64_t strategy_table_save(struct strategies *strategies, void *bytes, size_t size_max);
/* Makes the session's strategies those of the table. OC_E_DATA: of another session. */
CHECKED oc_rc strategy_table_load(struct strategies *strategies, const void *bytes, size_t size);

#endif
