/* desk.h: the engine's side of every console: questions answered from snapshots, verbs turned into commands.
 *
 * Invariants
 * - Everything here is [engine] and runs between two events. A question changes nothing and is bounded: a page of
 *   DESK_PAGE rows. A verb that changes anything becomes a recorded OC_EV_COMMAND first, and is then carried out from the
 *   bytes of that record alone, so that a replay does the same.
 * - What the desk remembers beside the engine (tapes, fills, trails) is bounded and only for showing.
 * - The wire is docs/console-protocol.md. */
#ifndef CONSOLE_DESK_H
#define CONSOLE_DESK_H

#include "console/post.h"
#include "engine/engine.h"

enum {
    DESK_PAGE = 16,       /* rows of a list */
    DESK_ORDERS_PAGE = 8, /* orders have many fields */
    DESK_BARS_PAGE = 64,
    DESK_TAPE_BARS = 1024,  /* kept an instrument */
    DESK_TAPES_MAX = 256,   /* instruments with a tape */
    DESK_FILLS_MAX = 4096,  /* remembered */
    DESK_TRAILS_MAX = 2048, /* orders whose history is remembered */
    DESK_STEPS_MAX = 24,    /* of one trail */
    DESK_VERDICTS_MAX = 16,
    DESK_ALERTS_MAX = 64
};

struct desk; /* opaque */

/* A command's parts: word and fields, as asked. */
struct desk_words {
    const char *fields[POST_FIELDS_MAX];
    uint32_t count;
};

/* Where in a strategy an order was made. Borrowed until the next call. */
struct desk_origin {
    const char *strategy;
    const char *callback;
    const char *file;
    const char *source; /* the line's text */
    int32_t line;
};

struct desk_status {
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
    bool is_live; /* locks and colours of live trading */
    bool is_paused;
    bool is_ended; /* the feed has ended: nothing can trade any more */
};

/* What the composition (app) does for the desk. All members are set. */
struct desk_host {
    void *self;
    void (*status)(void *self, struct desk_status *ret_status);
    /* Records a command with its text (whole) and applies it. The answer goes into `reply`; false: a refusal. */
    bool (*command)(void *self, const char *text, size_t size, struct text *reply);
    /* Session control: pause go speed step until_fill to back. The answer, or OC_E_AGAIN: it comes by desk_settle. */
    oc_rc (*control)(void *self, const struct desk_words *words, struct text *reply);
    /* A steering verb, from a command being applied: load unload hold resume reload set budget may. */
    bool (*steer)(void *self, const struct desk_words *words, struct text *reply);
    /* Before the command is recorded: may put what the host must add (the text of a file) into words->fields. */
    bool (*prepare)(void *self, struct desk_words *words, struct text *reply);
    /* Lists that the composition knows: venues plugins strategies risk journal. */
    bool (*list)(void *self, const char *word, const struct desk_words *words, struct text *reply);
    bool (*origin)(void *self, uint64_t order, uint32_t strategy, struct desk_origin *ret_origin);
    const char *(*strategy_name)(void *self, uint32_t strategy); /* NULL: 0 or unknown */
    bool (*fee_rate)(void *self, bool is_maker, struct oc_dec *ret_rate);
    /* What a taker pays beyond the last price, as a share of it, where data have no quotes; 0 on real venues. */
    struct oc_dec (*half_spread)(void *self);
};

struct desk_config {
    struct engine *engine;
    struct post *post; /* NULL: nobody asks (a replay that carries out recorded commands) */
    const struct desk_host *host;
    uint32_t account;
    uint32_t epoch;
    struct oc_dec ask_above; /* live: orders of a larger value ask once; 0: none does */
};

oc_rc desk_new(const struct desk_config *config, struct desk **ret_desk);
void desk_free(struct desk *desk);

/* Answers every waiting question; cheap when there is none. */
void desk_turn(struct desk *desk);
/* One question of the host's own, as from a console that only reads. */
bool desk_ask(struct desk *desk, const struct desk_words *words, struct text *reply);
/* Answers the control questions that were waiting (step, until_fill). */
void desk_settle(struct desk *desk, bool is_ok);
/* True when whoever waits has sent another line meanwhile: it waits no longer. */
bool desk_is_pressed(const struct desk *desk);
/* True while such a question waits. */
bool desk_is_waiting(const struct desk *desk);
/* The control question being asked, for a copy of this process; and there: it waits to be settled. */
struct post_token desk_token(const struct desk *desk);
void desk_take_over(struct desk *desk, const struct post_token *token);
/* "o3" or "o2.15". */
bool desk_order_of(const struct desk *desk, const char *text, uint64_t *ret_order);
/* Carries out a recorded command. `reply` may be NULL. False: it was refused (the same in each run). */
bool desk_execute(struct desk *desk, const struct oc_ev_text *command, struct text *reply);

/* A market event, before the engine gets it; a record of ours, after it was recorded. */
void desk_market(struct desk *desk, const struct oc_event *event);
void desk_record(struct desk *desk, const struct oc_event *event);
/* Something to tell: a strategy's change, the session's end. `json` is a whole object. */
void desk_tell(struct desk *desk, enum post_kind kind, const struct text *json);

#endif
