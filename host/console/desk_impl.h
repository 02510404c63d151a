/* desk_impl.h: the desk's inside, shared by desk*.c only. */
#ifndef CONSOLE_DESK_IMPL_H
#define CONSOLE_DESK_IMPL_H

#include "console/desk.h"
#include "console/put.h"

struct tape_bar {
    int64_t open_ns;
    int64_t open, high, low, close;
    int64_t volume;
};

struct tape { /* the past of one instrument, in its own units */
    uint32_t inst;
    uint32_t first;
    uint32_t count;
    uint32_t zero;
    int64_t period_ns; /* 1 s, or that of the data's bars */
    struct tape_bar bars[DESK_TAPE_BARS];
};

struct fill_row {
    struct oc_ev_fill fill;
    uint32_t strategy;
    uint32_t zero;
    char tag[OC_TAG_MAX];
};

struct verdict_row {
    const char *rule; /* static */
    uint32_t allowed;
    uint32_t zero;
    struct oc_dec used;
    struct oc_dec limit;
    char reason[OC_REASON_MAX];
};

struct trail_step {
    int64_t at_ns;
    uint64_t seq;
    uint16_t type;
    uint8_t kind; /* of a request */
    uint8_t side;
    uint32_t present;
    int64_t price;
    int64_t qty;
    struct oc_dec fee;
    uint32_t fee_asset;
    uint32_t zero;
    char reason[OC_REASON_MAX];
};

struct trail {      /* what we know of one order, to explain it */
    uint64_t order; /* 0: free */
    union {
        struct oc_event head;
        struct oc_ev_bar bar;
        struct oc_ev_qbar qbar;
        struct oc_ev_quote quote;
        struct oc_ev_trade trade;
        struct oc_ev_timer timer;
        struct oc_ev_fill fill;
        char bytes[256];
    } cause;
    char who[32];
    char text[160]; /* the command, or the source line */
    char callback[48];
    char file[128];
    int32_t line;
    uint32_t step_count;
    uint32_t steps_lost;
    uint32_t verdict_count;
    int64_t mid2;   /* twice the middle when it was made; 0 unknown */
    int64_t before; /* position, units */
    int64_t after;
    struct verdict_row verdicts[DESK_VERDICTS_MAX];
    struct trail_step steps[DESK_STEPS_MAX];
};

struct alert {
    uint32_t inst; /* 0: free */
    uint32_t number;
    int64_t price;
    bool above;
    bool has_fired;
    int64_t fired_ns;
};

struct desk {
    struct desk_config config;
    struct engine *engine;
    struct instruments *instruments;
    struct portfolio *portfolio;
    struct tape *tapes[DESK_TAPES_MAX]; /* by instrument index */
    struct fill_row *fills;             /* DESK_FILLS_MAX, a ring */
    uint64_t fill_count;                /* ever */
    struct trail *trails;               /* DESK_TRAILS_MAX, by order counter */
    struct alert alerts[DESK_ALERTS_MAX];
    uint32_t alert_count;
    uint32_t alert_numbers;
    union {
        struct oc_event head;
        char bytes[256];
    } input;              /* the last thing that came in: what an order's cause is */
    char input_text[160]; /* of a command */
    char input_who[32];
    struct verdict_row verdicts[DESK_VERDICTS_MAX]; /* of the request being asked */
    uint32_t verdict_count;
    uint64_t verdict_order;
    struct post_seat *asking;  /* whose question is being answered */
    struct post_seat *waiting; /* step, until_fill */
    struct text reply;
    struct text told;
};

/* A question's handler: false = *reply is a refusal. */
typedef bool (*desk_fn)(struct desk *desk, const struct desk_words *words, struct text *reply);

/* desk_market.c */
bool desk_markets(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_ticker(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_book(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_bars(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_alert(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_alerts(struct desk *desk, const struct desk_words *words, struct text *reply);
void desk_tape(struct desk *desk, const struct oc_event *event);

/* desk_orders.c */
bool desk_orders(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_order(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_fills(struct desk *desk, const struct desk_words *words, struct text *reply);
void desk_put_order(struct desk *desk, struct text *reply, const char *key, const struct order *order);
void desk_put_fill(struct desk *desk, struct text *reply, const char *key, const struct fill_row *row);

/* desk_money.c */
bool desk_positions(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_balances(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_pnl(struct desk *desk, const struct desk_words *words, struct text *reply);
bool desk_status(struct desk *desk, const struct desk_words *words, struct text *reply);

/* desk_trail.c */
bool desk_explain(struct desk *desk, const struct desk_words *words, struct text *reply);
void desk_trail_record(struct desk *desk, const struct oc_event *event);
void desk_witness(void *self, const struct oc_request *request, const char *rule, const struct oc_verdict *verdict);
void desk_put_verdicts(struct text *reply, const char *key, const struct verdict_row *rows, uint32_t count);
struct trail *desk_trail(struct desk *desk, uint64_t order); /* NULL: not remembered */

/* desk_verbs.c */
/* From the options of an amend: what they change goes into *request. False: *reply says why not. */
bool desk_parse_amend(struct desk *desk, const struct desk_words *words, const struct order *order,
                      struct oc_request *request, struct text *reply);
bool desk_preview(struct desk *desk, const struct desk_words *words, struct text *reply);
/* From words to a request: side by words->fields[0]. False: *reply says why. */
bool desk_parse_order(struct desk *desk, const struct desk_words *words, uint32_t first, struct oc_request *ret_request,
                      struct text *reply);

/* desk.c */
/* The instrument named by field i (default: the first instrument when there is none). False: *reply says why. */
bool desk_instrument(struct desk *desk, const struct desk_words *words, uint32_t i,
                     const struct instrument **ret_instrument, struct text *reply);
/* FROM of a page at field i: 0 when absent. */
uint64_t desk_from(const struct desk_words *words, uint32_t i);
/* The value of option NAME among the fields from `first` on, or NULL. */
const char *desk_option(const struct desk_words *words, uint32_t first, const char *name);
void desk_next(struct text *reply, bool has_more, uint64_t next);

#endif
