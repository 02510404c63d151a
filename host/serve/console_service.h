/* console_service.h: the engine's side of every console: questions answered from snapshots, verbs turned into commands.
 *
 * Invariants
 * - Everything here is [engine] and runs between two events. A question changes nothing and is bounded: a page of
 *   CONSOLE_PAGE rows. A verb that changes anything becomes a recorded OC_EV_COMMAND first, and is then carried out from the
 *   bytes of that record alone, so that a replay does the same.
 * - What the service remembers beside the engine (bars, fills, histories of orders) is bounded and only for showing.
 * - The wire is docs/console-protocol.md. */
#ifndef SERVE_CONSOLE_SERVICE_H
#define SERVE_CONSOLE_SERVICE_H

#include "base/checked.h"
#include "engine/engine.h"
#include "serve/console_server.h"
#include "session/command.h"
#include "session/latch.h"

enum {
    CONSOLE_PAGE = 16,       /* rows of a list */
    CONSOLE_ORDERS_PAGE = 8, /* orders have many fields */
    CONSOLE_BARS_PAGE = 64,
    CONSOLE_HISTORY_BARS = 1024,     /* kept an instrument */
    CONSOLE_BAR_HISTORIES_MAX = 256, /* instruments with a bar_history */
    CONSOLE_FILLS_MAX = 4096,        /* remembered */
    CONSOLE_HISTORIES_MAX = 2048,    /* orders whose history is remembered */
    CONSOLE_STEPS_MAX = 24,          /* of one history */
    CONSOLE_VERDICTS_MAX = 16,
    CONSOLE_ALERTS_MAX = LATCH_ALERTS_MAX
};

struct console_service; /* opaque */

/* Where in a strategy an order was made. Borrowed until the next call. */
struct console_service_origin {
    const char *strategy;
    const char *callback;
    const char *file;
    const char *source; /* the line's text */
    int32_t line;
};

struct console_service_status {
    const char *mode;    /* "paper", "replay" */
    const char *session; /* folder, or NULL */
    const char *version;
    const char *currency;
    uint64_t seq;
    uint64_t events;
    int64_t now_ns;
    oc_i128 start;
    double speed; /* 0: max */
    uint32_t strategies;
    bool is_live;           /* locks and colours of live trading */
    bool is_rehearsed_only; /* real money, and its account was never tried: orders are held small */
    bool is_paused;
    bool is_ended;                         /* the feed has ended: nothing can trade any more */
    int64_t clock_ns;                      /* as now_ns, and where time goes with a clock, what that says */
    uint64_t told, not_told, told_dropped; /* by the channels of alerts */
    bool by_clock;                         /* prices come by the network, and time is the clock's */
    bool at_venue;                         /* orders rest at a venue, not at a simulator of this process */
};

struct console_service_day { /* where the profit of the day is counted from */
    int64_t day;             /* since 1970 in the zone; 0: not known */
    int64_t from_ns;         /* when it was looked at */
    oc_i128 profit;          /* money of the account's currency, of the session, then */
};

/* What the composition does for the service. All members are set but where it is said. */
struct console_service_host {
    void *self;
    void (*status)(void *self, struct console_service_status *ret_status);
    /* Records a command with its text (whole) and applies it. The answer goes into `reply`; false: a refusal. */
    bool (*command)(void *self, const char *text, size_t size, struct text *reply);
    /* Session control: pause go speed step until_fill to back. The answer, or OC_E_AGAIN: it comes by console_service_answer_waiting. */
    oc_rc (*control)(void *self, const struct command_words *words, struct text *reply);
    /* A steering verb, from a command being applied: load unload hold resume reload set budget may. */
    bool (*steer)(void *self, const struct command_words *words, struct text *reply);
    /* Before the command is recorded: may put what the host must add (the text of a file) into words->fields. */
    bool (*prepare)(void *self, struct command_words *words, struct text *reply);
    /* Lists that the composition knows: venues plugins strategies risk journal. */
    bool (*list)(void *self, const char *word, const struct command_words *words, struct text *reply);
    bool (*origin)(void *self, uint64_t order, uint32_t strategy, struct console_service_origin *ret_origin);
    const char *(*strategy_name)(void *self, uint32_t strategy); /* NULL: 0 or unknown */
    /* Of the simulator in use, as a part of 1. False: there is none, or it does not say. */
    bool (*fee_rate)(void *self, bool is_maker, struct oc_dec *ret_rate);
    /* What a taker pays beyond the last price, as a share of it, where data have no quotes; 0 on real venues. */
    struct oc_dec (*half_spread)(void *self);
    /* Loads where the day began, of this life or one before, or saves it. False, and NULL: there is nowhere to. */
    bool (*day)(void *self, bool saves, struct console_service_day *day);
    /* CONSOLE_ALERTS_MAX of them that outlive the process; NULL, and a NULL: there is nowhere. Borrowed. */
    struct kept_alert *(*kept_alerts)(void *self);
    /* An alert that a person has set has fired. NULL: nobody else is told. */
    void (*alerted)(void *self, const char *words);
};

struct console_service_config {
    struct engine *engine;
    struct console_server *server; /* NULL: nobody asks (a replay that carries out recorded commands) */
    const struct console_service_host *host;
    uint32_t account;
    int64_t zone_ns;         /* that the day is before UTC's */
    struct oc_dec ask_above; /* live: orders of a larger value ask once; 0: none does */
};

/* [setup] After a restart: the fills in the records of `dir`, the last CONSOLE_FILLS_MAX of them, in place of those it knows. What cannot
 * be read is not shown. */
void console_service_recall(struct console_service *service, const char *dir);
CHECKED oc_rc console_service_new(const struct console_service_config *config, struct console_service **ret_desk);
void console_service_free(struct console_service *service);

/* Answers every waiting question; cheap when there is none. */
void console_service_turn(struct console_service *service);
/* One question of the host's own, as from a console that only reads. */
bool console_service_ask(struct console_service *service, const struct command_words *words, struct text *reply);
/* Answers the control questions that were waiting (step, until_fill). */
void console_service_answer_waiting(struct console_service *service, bool is_ok);
/* True when whoever waits has sent another line meanwhile: it waits no longer. */
bool console_service_is_pressed(const struct console_service *service);
/* True while such a question waits. */
bool console_service_is_waiting(const struct console_service *service);
/* The control question being asked, for a copy of this process; and there: it waits to be settled. */
struct console_token console_service_token(const struct console_service *service);
void console_service_take_over(struct console_service *service, const struct console_token *token);
/* Carries out a recorded command. `reply` may be NULL. False: it was refused (the same in each run). */
bool console_service_execute(struct console_service *service, const struct oc_ev_text *command, struct text *reply);

/* A market event, before the engine gets it; a record of ours, after it was recorded. */
void console_service_market(struct console_service *service, const struct oc_event *event);
void console_service_record(struct console_service *service, const struct oc_event *event);
/* Something to tell: a strategy's change, the session's end. `json` is a whole object. */
void console_service_tell(struct console_service *service, enum tell_kind kind, const struct text *json);

#endif
