/* paper.h: a paper venue on bars, quotes and trades: the inside of the plugin.
 *
 * Invariants
 * - It is the venue: orders, balances and positions here are the truth that answers report.
 * - Every order is judged on its own worst path inside a bar (formula sheet 7.6): open, then the extreme that is worse
 *   for it at a third of the bar, then the other at two thirds, then the close. A stop is taken before a target.
 * - A market order that arrives inside a bar pays a price on the way from the open to its worse extreme, in proportion
 *   to the time passed of the first third; so more latency never helps.
 * - Size 0 or absent means unknown and limits nothing.
 * - Same calls, same answers; no clock, randomness or floating point. */
#ifndef PAPER_H
#define PAPER_H

#include <outcry/draft/sim.h>
#include <outcry/outcry.h>
#include <stdbool.h>

#include "base/money.h"

enum {
    PAPER_INSTRUMENTS_MAX = 1024,
    PAPER_ACCOUNTS_MAX = 65,
    PAPER_ASSETS_MAX = 256,
    PAPER_ORDERS_MAX = 65536,
    PAPER_MESSAGES_MAX = 65536,
    PAPER_RECENT = 64 /* restored fills that are held against the bar that runs after a restart */
};

enum phase { PHASE_NONE, PHASE_WORKING, PHASE_DONE };
enum plan { PLAN_NONE, PLAN_LIMIT, PLAN_STOP };

struct paper_order {
    struct oc_request ask;
    int64_t filled;
    oc_i128 spent;     /* of quote_qty: value and fee so far */
    int64_t active_ns; /* since when it works at its present price */
    int64_t plan_ns;   /* when its next point inside the running bar is due */
    int64_t plan_price;
    int64_t expire_ns; /* 0: never */
    int64_t triggered_ns;
    uint32_t fills;
    uint8_t phase;
    uint8_t plan;
    bool is_accepted; /* said so */
    bool is_triggered;
    bool has_rested; /* a market point has passed it */
};

struct paper_market {
    struct oc_instrument info;
    oc_i128 unit_money; /* spot, linear: money of 1 price unit x 1 quantity unit */
    int64_t bid, ask;
    int64_t bid_left, ask_left; /* displayed size we have not used; -1 unknown */
    int64_t last;
    int64_t open_ns, close_ns;         /* of the running bar */
    int64_t buy_line[4], sell_line[4]; /* open, high, low, close that buys and sells are judged on */
    int64_t volume_left;               /* -1: no limit */
    int64_t bid_known, ask_known;      /* the last ones quoted */
    bool has_quote, has_last, in_bar, is_quoted_bar;
    bool has_buy_line, has_sell_line; /* a quote bar may have one side only: nothing trades on the other */
    bool has_bid_known, has_ask_known;
};

struct paper_recent {
    uint32_t inst;
    uint32_t zero;
    int64_t at_ns;
    int64_t qty;
};

struct paper {
    const struct oc_host *host;
    const struct oc_svc_sim_host *sim_host;
    int64_t entry_ns;
    int64_t response_ns;
    struct oc_dec taker_fee;
    struct oc_dec maker_fee;
    struct oc_dec half_spread;
    struct oc_dec volume_cap; /* share of a bar's volume; 0: no cap */
    uint32_t fee_in_base;
    uint32_t check_funds;
    uint32_t allow_short;
    uint32_t is_ideal;            /* touched is filled, everything waits for the next event */
    struct paper_market *markets; /* by instrument index */
    uint32_t market_max;
    uint32_t order_count; /* working orders stand first */
    uint32_t order_room;
    uint32_t message_first;
    struct paper_order *orders;
    struct oc_request *messages; /* under way to the venue, ring of message_room, head.local_ns = arrival */
    uint32_t message_count;
    uint32_t message_room;
    struct paper_recent recent[PAPER_RECENT]; /* ring, by observe() only */
    uint32_t recent_count;
    oc_i128 (*balances)[PAPER_ASSETS_MAX];    /* by account */
    int64_t (*positions)[PAPER_ACCOUNTS_MAX]; /* by instrument index, then account */
};

/* ledger.c */
oc_rc paper_value(const struct paper_market *market, int64_t price, int64_t qty, oc_i128 *ret_money);
oc_i128 paper_fee(const struct paper *paper, oc_i128 value, bool is_maker);
/* How many units (at most `want`) the account can pay for or deliver at `price`. */
int64_t paper_affordable(struct paper *paper, const struct paper_order *order, int64_t price, int64_t want,
                         bool is_maker);
/* Units that the rest of a quote_qty buys at `price`. */
int64_t paper_quote_units(struct paper *paper, const struct paper_order *order, int64_t price, bool is_maker);
int64_t paper_position(const struct paper *paper, uint32_t account, uint32_t inst);
void paper_book(struct paper *paper, const struct oc_ev_fill *fill, uint32_t account, oc_i128 value, oc_i128 fee);

/* match.c */
struct paper_market *paper_market(struct paper *paper, uint32_t inst);
/* At a point of the market where `order` can take at `price` (spread included by the caller). Returns units filled. */
int64_t paper_take(struct paper *paper, struct paper_order *order, int64_t now_ns, int64_t price, bool is_maker);
oc_rc paper_on_market(struct paper *paper, int64_t now_ns, const struct oc_event *event);
/* An order has arrived, or its terms have changed. */
void paper_activate(struct paper *paper, struct paper_order *order, int64_t now_ns);
/* Executes what inside the running bar is due. */
void paper_plans_due(struct paper *paper, int64_t now_ns);
/* Price made worse by half the spread, to the grid against the trader. */
int64_t paper_with_spread(const struct paper *paper, uint8_t side, int64_t price);
/* The price a market order pays now. False: nothing to trade against yet. */
bool paper_price_now(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t now_ns,
                     int64_t *ret_price);
/* The last price known for a side, spread included; of the other side or of a trade where there is none. False: none is. */
bool paper_price_last(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t *ret_price);

/* orders.c */
struct paper_order *paper_find(struct paper *paper, uint64_t id);
/* When an order's time in force ends; 0: never. */
int64_t paper_expiry(const struct oc_request *request, int64_t now_ns);
/* Puts a request under way; head.local_ns is its arrival. */
oc_rc paper_message_put(struct paper *paper, const struct oc_request *request);
oc_rc paper_message(struct paper *paper, int64_t now_ns, const struct oc_request *request);
void paper_messages_due(struct paper *paper, int64_t now_ns);
void paper_expire_due(struct paper *paper, int64_t now_ns);
void paper_answer(struct paper *paper, const struct oc_request *request, uint16_t type, int64_t now_ns,
                  const char *reason);
void paper_finish(struct paper *paper, struct paper_order *order, uint16_t type, int64_t now_ns, const char *reason);
/* Drops the orders that are done; pointers into the table change. */
void paper_sweep(struct paper *paper);
oc_rc paper_room(struct paper *paper, struct paper_order **ret_order);

/* state.c */
oc_rc paper_save(void *self, void *bytes, uint32_t size_max);
oc_rc paper_load(void *self, const void *bytes, uint32_t size);
void paper_observe(void *self, const struct oc_event *event);

#endif
