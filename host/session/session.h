/* session.h: the kernel that backtest, paper, live, replay and restart share: opened parts, the inbox, one step.
 *
 * Invariants
 * - Everything that happens is an input, taken from the inbox in total order and handled by session_step. What feeds the
 *   inbox, who answers orders and who watches is all that differs between compositions; nothing here asks which it is.
 * - Parts are opened and closed by one list of stages, walked forwards and backwards.
 * - A fact is applied even when it could not be recorded; then no new risk is taken until a checkpoint holds it.
 * - What was inferred rather than said is a line in words.notes. */
#ifndef SESSION_SESSION_H
#define SESSION_SESSION_H

#include "base/error.h"
#include "config/settings.h"
#include "engine/engine.h"
#include "feed/source.h"
#include "journal/door.h"
#include "load/load.h"
#include "session/border.h"
#include "session/inbox.h"
#include "session/latch.h"
#include "session/links.h"
#include "session/pace.h"
#include "session/parts.h"
#include "session/plots.h"
#include "session/plugin_instance.h"
#include "session/plugin_watch.h"
#include "session/rules.h"
#include "session/start_value.h"
#include "session/venues.h"
#include "session/watchers.h"

enum {
    SESSION_CASH_MAX = 16,
    SESSION_STAGES_MAX = 32,
    SESSION_TRACE_MAX = 4096,
    SESSION_NOTES_MAX = 64,
    SESSION_LINE_MAX = 256,
    SESSION_ROUNDS_MAX =
        100000,                /* answers and timers of a strategy at one instant without a market event between them */
    SESSION_TIMERS_MAX = 10000 /* timers of a strategy that fire within one second of logical time */
};

/* The text of OC_MARK_GAP_END: the number of the checkpoint that holds what is missing. */
#define SESSION_GAP_WORDS "checkpoint %llu"

struct session;
struct intrabar;

/* A part of a composition. NULL members are skipped; `close` is called for each whose `open` was called. */
struct session_stage {
    const char *name;
    void *self;
    oc_rc (*open)(void *self, struct session *session);
    void (*close)(void *self, struct session *session);
};

struct session_line { /* one "name: value" of what was assumed or inferred */
    char text[SESSION_LINE_MAX];
};

struct session_words {
    struct error error;            /* the first complaint; rc 0: none */
    char trace[SESSION_TRACE_MAX]; /* where a strategy made it: its line, locals and calls, a line each; "": not one */
    struct session_line notes[SESSION_NOTES_MAX];
    uint32_t note_count;
};

struct session_clock {
    int64_t now_ns;   /* logical time: of the input being handled */
    int64_t from_ns;  /* trading begins here; INT64_MIN: at once */
    int64_t first_ns; /* of the data */
    uint64_t seed;
};

struct session_data {
    struct feed_source *sources; /* FEED_SOURCES_MAX; owned, as the readers */
    struct plugin_instance *readers;
    uint32_t count;
    uint32_t instrument_count;
    uint64_t events;             /* market events taken */
    const struct oc_event *last; /* of them, until watchers were told that it rests; borrowed */
    uint32_t inst;               /* of the last one */
    struct intrabar *intrabars;  /* FEED_SOURCES_MAX; owned; NULL: none. intrabar.h */
    uint32_t intrabar_count;     /* their sources stand behind the `count` others */
};

struct session_cash { /* opening cash, as said */
    uint32_t account;
    uint32_t asset;
    uint32_t zero;
    struct oc_dec amount;
};

struct session_money {
    uint32_t account; /* the first: what is not said to be of another is of it */
    uint32_t base;    /* account currency */
    struct session_cash cash[SESSION_CASH_MAX];
    uint32_t cash_count;
    struct start_value start_value; /* what start is made of */
    oc_i128 start;
    uint32_t first_inst; /* that has a price, for buy and hold */
    bool is_counted;     /* the event being handled: figures begin where trading may */
};

struct session_journal {
    int lock_fd;                      /* of the session folder; 0: none */
    const char *headers;              /* the folder whose headers its marks name; borrowed; NULL: they name none */
    oc_rc closed;                     /* how closing the records went */
    const struct door_resume *resume; /* goes on where a journal ends; borrowed; NULL: new */
    bool has_market;                  /* market events are recorded by value: nobody gives them again */
    bool is_power;                    /* what adds risk waits for the disk */
    bool has_gap;                     /* facts were applied that are not recorded */
    bool is_gap_tried;                /* to be said in the records */
    bool is_gap_said;                 /* it stands there */
    uint64_t missed;                  /* how many */
    uint64_t gap_seq;                 /* the checkpoint that will hold them; 0: not begun */
    int64_t tend_ns;                  /* when the journal is tried again, by the monotonic clock */
    void *header_self;                /* what the header says beside the kernel's part; NULL: nothing */
    void (*header_write)(void *self, struct text *text);
    /* Hands a checkpoint of all parts to the journal's worker. OC_E_AGAIN: it is still at the one before. NULL: none is made. */
    void *self;
    oc_rc (*checkpoint)(void *self, struct session *session);
    uint64_t checkpoint_seq;   /* what the last one that was begun stands for */
    uint64_t since_checkpoint; /* market events */
    int64_t checkpoint_ns;
};

/* Who carries out recorded commands: the console's service. From the bytes of the record alone; false: refused. */
struct session_commands {
    void *self;
    bool (*execute)(void *self, const struct oc_ev_text *command, struct text *reply);
    bool was_ok; /* the last one */
};

struct session_limit { /* of one strategy */
    uint64_t instant;
    uint32_t rounds; /* within it */
    uint32_t timers; /* within the second that begins at second_ns */
    int64_t second_ns;
};

struct session_limits { /* of one instant and one second */
    int64_t instant_ns;
    uint64_t instant; /* number; a market event begins a new one */
    struct session_limit of[ENGINE_STRATEGIES_MAX + 1];
};

struct session_stages { /* in the order in which they open */
    struct session_stage list[SESSION_STAGES_MAX];
    uint32_t count;
    uint32_t opened;
};

struct session {
    const char *label;         /* what a report calls it: "backtest"; never asked */
    struct settings *settings; /* borrowed */
    struct registry *registry; /* borrowed */
    struct parts *parts;       /* owned; NULL: not decided yet */
    bool is_rehearsed_only;    /* real money at an account that was never tried: what orders are worth is capped */
    bool is_whole;             /* it runs to the end of its data: stopped by hand before, it is interrupted */
    bool may_lack_rules; /* a rule that cannot be had leaves cancels and reductions, instead of refusing the start */
    struct session_stages stages;
    struct session_words words;
    struct session_clock clock;
    struct session_data data;
    struct session_money money;
    struct rules rules;
    struct session_journal journal;
    struct session_commands commands;
    struct session_limits limits;
    struct door *door;
    struct engine *engine;
    struct venues venues;
    struct links links; /* none: a simulator fills */
    struct inbox *inbox;
    struct watchers watchers;
    struct border border;
    struct env_timer *plugin_watch;
    struct latch latch; /* of its folder; none: another process cannot kill it but by its socket */
    struct pace pace;
    struct plots plots; /* of strategies, for the report */
    oc_rc lost;         /* negative: a refusal could not be kept, and the run ends */
    struct text *reply; /* of the command being carried out; NULL: nobody hears it */
};

/* [setup] Zero but for what is said. NULL: no memory. Owned: session_free, which closes it too and takes NULL. */
struct session *session_new(struct settings *settings, struct registry *registry, const char *label);
void session_free(struct session *session);
/* What its rules live in: the settings that are in force. */
struct rules_world session_rules_world(const struct session *session);
/* session.c: stages of the kernel that other files have. */
CHECKED oc_rc session_open_data(void *self, struct session *session);
void session_close_data(void *self, struct session *session);
CHECKED oc_rc session_open_instruments(void *self, struct session *session);
/* The same without data: symbol and steps in a source's info were filled in by the caller; a step of 0: none of its own. */
CHECKED oc_rc session_open_instruments_alone(void *self, struct session *session);
/* The currencies of all its symbols get their numbers, before a connector names others: the same in each run of it. */
CHECKED oc_rc session_name_assets(struct session *session);
/* Behind an OC_EV_INSTRUMENT: who answers orders is given what it brought. */
CHECKED oc_rc session_show_instrument(struct session *session);
/* session_money.c: stages, as above. */
CHECKED oc_rc session_open_money(void *self, struct session *session);
void session_close_money(void *self, struct session *session);
CHECKED oc_rc session_open_start(void *self, struct session *session);
CHECKED oc_rc session_open_balances(void *self, struct session *session);
/* Records and books the opening cash. */
CHECKED oc_rc session_record_balances(struct session *session);
/* [setup] Adds to the end of the list; session.c has the stages that every composition begins with. */
void session_add_stage(struct session *session, const struct session_stage *stage);
/* Decides which plugins the session is made of and loads them: `wants` bits of enum part_use; `may_lack`: a rule that cannot be had
 * leaves the session with cancels and reductions only. The kernel does it where nobody did it before. [setup] */
CHECKED oc_rc session_open_parts(struct session *session, uint32_t wants, bool may_lack);
/* What every session has: clock, data, door, engine, money; and where it trades: rules, venues; then the instruments. */
void session_add_kernel(struct session *session, bool reads, bool trades);
/* Behind those: the opening balances, recorded and booked; or only what they are worth, where records hold them. */
void session_add_balances(struct session *session, bool records);
/* [setup] Opens every stage. On failure words.error says why; session_close is due all the same. */
CHECKED oc_rc session_open(struct session *session);
/* Negative: the records could not be closed, though nothing had failed before (door_open_error says why): what was promised is
 * on the disk or not as after a kill, and a restart goes on from there. */
CHECKED oc_rc session_close(struct session *session);

/* [setup] A simulator of these settings as `venue`, which stays in its place; venues_add is the caller's. */
CHECKED oc_rc session_open_simulator(struct session *session, struct venue *venue, const struct part *part,
                                     struct error *ret_error);

/* Takes inputs until the data end (OC_OK) or somebody stops it (OC_E_AGAIN). Others with words.error. */
CHECKED oc_rc session_run(struct session *session);
/* One input, from the door to the venues and the watchers. Positive: the run is to end. */
CHECKED oc_rc session_step(struct session *session, const struct input *input);
/* Records and sends what a batch of the host has asked for outside of an input. */
void session_flush(struct session *session);
/* An input that was recorded before a restart and had not been handled. */
CHECKED oc_rc session_finish_step(struct session *session, const struct oc_event *event);
/* Behind it, where it was a market event: what comes of it at its own instant. */
CHECKED oc_rc session_finish_market(struct session *session, const struct oc_event *event);
/* A command: what is due before it first, then its record, then the command. False: refused, *reply says why. */
bool session_command(struct session *session, const char *text, size_t size, struct text *reply);
/* When the next answer or timer is due; INT64_MAX: none is. */
int64_t session_rest_ns(const struct session *session);
/* Answers and timers due at or before at_ns, without the market going on. */
CHECKED oc_rc session_catch_up(struct session *session, int64_t at_ns);
/* What venues still have to say at or before at_ns, without the market going on. */
CHECKED oc_rc session_drain_answers(struct session *session, int64_t at_ns);
/* Positions of venues and ours must be the same to the unit. Returns how many are not. */
uint64_t session_reconcile(struct session *session);
/* A fact of the host, recorded and applied: the opening balances. */
CHECKED oc_rc session_fact(struct session *session, struct oc_event *event);

/* A mark of the host's own, as an input. OC_E_FULL: it could not be recorded. */
CHECKED oc_rc session_mark(struct session *session, uint32_t code, uint64_t key, const char *words);

/* Whether anything could be traded: otherwise words.error says which setting left no data. `traded`: events since --from. */
CHECKED oc_rc session_check_data(struct session *session, uint64_t traded);
/* Notes what readers said of their files. */
void session_note_data(struct session *session);
/* Looks for first prices until every market has one in the traded time: figures begin there. True: start has changed. */
bool session_begin_figures(struct session *session, const struct oc_event *event);
/* Every market has its first price: nothing is left to begin. */
static inline bool session_has_figures(const struct session *session)
{
    return session->money.is_counted && session->money.start_value.priced >= session->data.instrument_count;
}
/* One process a folder: two hosts on one journal would be two hosts on one account. */
CHECKED oc_rc session_lock(struct session *session, const char *dir);
/* Behind session_lock: from now on `outcry kill` reaches it by its folder too. */
CHECKED oc_rc session_open_latch(struct session *session, const char *dir);
/* The finer step of two, in the place of the coarser. False: that is no multiple of it. */
bool session_finer_step(struct oc_dec *one, struct oc_dec *other);
/* The venue that a source's events come from; "": a file. */
void session_source_venue(const struct feed_source *source, char ret_venue[OC_VENUE_MAX]);
/* The symbol that source `index` is traded as. */
const char *session_symbol(const struct session *session, uint32_t index);

void session_note(struct session *session, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Keeps a complaint as the session's, if it is the first. Returns its rc. */
CHECKED oc_rc session_fail(struct session *session, const struct error *error);
/* The same of a place and a sentence, and of a place, a sentence and a code that is all that is known. Return rc. */
CHECKED oc_rc session_say(struct session *session, oc_rc rc, const char *where, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
CHECKED oc_rc session_fail_code(struct session *session, oc_rc rc, const char *where, const char *what);

#endif
