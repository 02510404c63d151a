/* console_service_impl.h: the service's inside, shared by service*.c only. */
#ifndef SERVE_CONSOLE_SERVICE_IMPL_H
#define SERVE_CONSOLE_SERVICE_IMPL_H

#include "base/json_out.h"
#include "serve/console_service.h"

struct history_bar {
    int64_t open_ns;
    int64_t open, high, low, close;
    int64_t volume;
};

struct bar_history { /* the past of one instrument, in its own units */
    uint32_t inst;
    uint32_t first;
    uint32_t count;
    uint32_t zero;
    int64_t period_ns; /* 1 s, or that of the data's bars */
    struct history_bar bars[CONSOLE_HISTORY_BARS];
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

struct order_step {
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

struct order_history { /* what we know of one order, to explain it */
    uint64_t order;    /* 0: free */
    uint32_t inst;     /* whose steps its units count; 0: none yet */
    uint32_t zero;
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
    struct verdict_row verdicts[CONSOLE_VERDICTS_MAX];
    struct order_step steps[CONSOLE_STEPS_MAX];
};

struct alert {
    uint32_t inst; /* 0: free */
    uint32_t number;
    int64_t price; /* or quantity, of a position */
    bool above;
    bool has_fired;
    bool of_position;
    int64_t fired_ns;
};

struct console_service {
    struct console_service_config config;
    struct engine *engine;
    struct instruments *instruments;
    struct portfolio *portfolio;
    struct bar_history *bars[CONSOLE_BAR_HISTORIES_MAX]; /* by instrument index */
    struct fill_row *fills;                              /* CONSOLE_FILLS_MAX, a ring */
    uint64_t fill_count;                                 /* ever */
    struct order_history *histories;                     /* CONSOLE_HISTORIES_MAX, by order_ring_slot */
    struct alert alerts[CONSOLE_ALERTS_MAX];
    uint32_t alert_count;
    uint32_t alert_numbers;
    union {
        struct oc_event head;
        char bytes[256];
    } input;              /* the last thing that came in: what an order's cause is */
    char input_text[160]; /* of a command */
    char input_who[32];
    struct verdict_row verdicts[CONSOLE_VERDICTS_MAX]; /* of the request being asked */
    uint32_t verdict_count;
    uint64_t verdict_order;
    int64_t fed_ns; /* of the last market event; INT64_MIN: none came */
    struct console_service_day day;
    int64_t day_end_ns;           /* the next one is looked at then */
    struct console_seat *asking;  /* whose question is being answered */
    struct console_seat *waiting; /* step, until_fill */
    struct text reply;
    struct text told;
};

/* A question's handler: false = *reply is a refusal. */
typedef bool (*service_fn)(struct console_service *service, const struct command_words *words, struct text *reply);

/* service_market.c */
bool service_markets(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_ticker(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_bars(struct console_service *service, const struct command_words *words, struct text *reply);
void bar_history_add(struct console_service *service, const struct oc_event *event);

/* service_alerts.c */
bool service_alert(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_alerts(struct console_service *service, const struct command_words *words, struct text *reply);
/* A price of that event's instrument has come. */
void service_look_at_alerts(struct console_service *service, const struct oc_event *event, int64_t price);
/* Behind a restart, when the instruments are known: those that were kept. */
void service_recall_alerts(struct console_service *service);

/* service_book.c */
bool service_book(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_walk(struct console_service *service, const struct command_words *words, struct text *reply);
/* service_steps.c */
/* What is kept in units, in the steps that are in force. */
void service_rescale(struct console_service *service);

/* service_orders.c */
bool service_orders(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_order(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_fills(struct console_service *service, const struct command_words *words, struct text *reply);
void service_put_order(struct console_service *service, struct text *reply, const char *key, const struct order *order);
/* Which configured rules are not there, as "missing"; null: all are. */
void service_put_missing(const struct console_service *service, struct text *reply);
void service_put_fill(struct console_service *service, struct text *reply, const char *key, const struct fill_row *row);

/* service_money.c */
bool service_positions(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_balances(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_pnl(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_status(struct console_service *service, const struct command_words *words, struct text *reply);

/* service_portfolio.c */
bool service_portfolio(struct console_service *service, const struct command_words *words, struct text *reply);

/* service_statement.c */
/* Which one, where there are several: VENUE:NAME. */
void service_put_account(const struct console_service *service, uint32_t id, struct text *reply);
/* What the venue said last of a balance, where it said anything. */
void service_put_balance_shown(const struct console_service *service, uint32_t account, uint32_t asset,
                               struct text *reply);
bool service_statement(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_ledger(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_figures(struct console_service *service, const struct command_words *words, struct text *reply);

/* order_history.c */
bool service_explain(struct console_service *service, const struct command_words *words, struct text *reply);
void order_history_record(struct console_service *service, const struct oc_event *event);
void order_history_witness(void *self, const struct oc_request *request, const char *rule,
                           const struct oc_verdict *verdict);
void order_history_put_verdicts(struct text *reply, const char *key, const struct verdict_row *rows, uint32_t count);
struct order_history *order_history_find(struct console_service *service, uint64_t order); /* NULL: not remembered */

/* service_exit.c: before the session ends, by session.on_exit: at_exit cancel_entries, cancel or flatten. No console can say it. */
bool service_at_exit(struct console_service *service, const struct command_words *words, struct text *reply);
/* service_verbs.c */
/* From the options of an amend: what they change goes into *request. False: *reply says why not. */
bool service_parse_amend(struct console_service *service, const struct command_words *words, const struct order *order,
                         struct oc_request *request, struct text *reply);
bool service_preview(struct console_service *service, const struct command_words *words, struct text *reply);
/* From words to a request: side by words->fields[0]. False: *reply says why. */
bool service_parse_order(struct console_service *service, const struct command_words *words, uint32_t first,
                         struct oc_request *ret_request, struct text *reply);

/* service_glance.c */
/* A market event has come: its time, and where the day began. */
void service_look_at_day(struct console_service *service, int64_t now_ns);
/* Profit of the day, in the account's currency. False: it is not known. */
bool service_day_profit(const struct console_service *service, oc_i128 *ret_profit);
/* Members of the answer to `status`: feed, day, latches. */
void service_put_glance(const struct console_service *service, const struct console_service_status *status,
                        struct text *reply);
/* How far the market is from the price at which an order would fill, or its stop from being passed: hundredths of a percent of the market,
 * above 0: not there yet; null: no price. */
void service_put_distance(const struct console_service *service, const struct order *order, struct text *reply);

/* service_kill.c */
bool service_cancel_all(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_flatten(struct console_service *service, struct text *reply);
bool service_kill(struct console_service *service, const struct command_words *words, struct text *reply);
bool service_unkill(struct console_service *service, struct text *reply);

/* Of an order: the leg of its group that the host holds, "held"; nothing where it holds none. */
void service_put_held(const struct console_service *service, const struct order *order, struct text *reply);
/* Of positions: "protection". */
void service_put_protection(struct console_service *service, const struct position *position, struct text *reply);

/* console_service.c */
/* The instrument named by field i (default: the first instrument when there is none). False: *reply says why. */
bool service_instrument(struct console_service *service, const struct command_words *words, uint32_t i,
                        const struct instrument **ret_instrument, struct text *reply);
/* FROM of a page at field i: 0 when absent. */
uint64_t service_from(const struct command_words *words, uint32_t i);
/* The value of option NAME among the fields from `first` on, or NULL. */
const char *service_option(const struct command_words *words, uint32_t first, const char *name);
void service_next(struct text *reply, bool has_more, uint64_t next);

#endif
