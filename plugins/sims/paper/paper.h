/* paper.h: a paper venue on bars, quotes, trades and order books: the inside of the plugin.
 *
 * Invariants
 * - It is the venue: orders, balances and positions here are the truth that answers report.
 * - A bar has one path for each account (formula sheet 7.6, ADR 0014): open, one extreme at a third, the other at two thirds,
 *   close. Which extreme is first is decided when the bar ends, by what everything that was there would have come to (judge.c).
 * - Why an order came into a bar, when, and from which price, stands in the order; walk.c has one rule for each.
 * - A bar is walked in pieces: itself alone, or the finer data that the host says of its inside (inside.c). Each piece has its own
 *   first extreme.
 * - What happens inside a bar behind its open is said at the close, or later where its answer takes longer.
 * - Where the host has an order book, takers walk it (levels.c) and resting limits wait in its levels (line.c).
 * - Size 0 or absent means unknown and limits nothing; a bar of volume 0 and one price did not trade.
 * - What happens to an order costs the same however many others rest: they are found by number, group, market and time.
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
    PAPER_ASSETS_MAX = 4096,
    PAPER_ORDERS_MAX = 65536,
    PAPER_MESSAGES_MAX = 65536,
    PAPER_GROUPS_MAX = 65536,
    PAPER_PIECES_MAX = 1 << 20, /* of finer data inside one bar */
    PAPER_USED_MAX = 1024,      /* levels of books of which we have taken, of all markets */
    PAPER_RECENT = 64           /* restored fills that are held against the bar that runs after a restart */
};

#define PAPER_PART 1000000000ll /* parts of a unit, of what is counted in less than units */
#define PAPER_NONE UINT32_MAX   /* no order, or no group, has that place */

enum phase { PHASE_NONE, PHASE_WORKING, PHASE_DONE };
enum profile { PROFILE_NEUTRAL, PROFILE_PESSIMISTIC, PROFILE_OPTIMISTIC, PROFILE_IDEAL };
enum gap { GAP_AUTO, GAP_OPEN, GAP_LIMIT };
enum queue { QUEUE_POWER, QUEUE_RISK_AVERSE, QUEUE_TRADES }; /* who of a level leaves without a trade */

/* A price before spread and rounding: num / den units. */
struct paper_price {
    oc_i128 num;
    oc_i128 den;
};

/* A bar, or a piece of the finer data inside one: a finer bar, or a price (it opens and closes at one instant). */
struct paper_piece {
    int64_t open_ns, close_ns;
    int64_t buy_line[4], sell_line[4]; /* open, high, low, close that buys and sells are judged on */
};

/* What was said of the inside of the bar of a market that comes next, or runs. Never saved: it is said again. */
struct paper_inside {
    struct paper_piece *list; /* owned; in the order of time */
    uint32_t count;
    uint32_t room;
    bool has_bars; /* pieces have a range: which extreme is first is to be chosen */
};

struct paper_order {
    struct oc_request ask;
    int64_t filled;
    oc_i128 spent;      /* of quote_qty: value and fee so far */
    int64_t active_ns;  /* when it arrived, or what it is now did */
    int64_t decided_ns; /* and when that was decided */
    int64_t expire_ns;  /* 0: never */
    int64_t triggered_ns;
    int64_t grown; /* a leg: what its entry filled inside this bar; the host asks for it when it is told */
    uint32_t fills;
    uint8_t phase;
    bool is_accepted; /* said so */
    bool is_triggered;
    bool has_rested; /* a market point has passed it */
    bool is_moved;   /* its price was amended: what is a leg is then an order like others */
    bool is_awaited; /* a leg of which something is said only when the host has asked for it (legs.c) */
    bool has_place;  /* among what is displayed at its price: the next three hold */
    oc_i128 front;   /* before it, in parts of a unit */
    int64_t shown;   /* units displayed at its price */
    int64_t traded;  /* units traded there since that was displayed */
};

/* What we have taken of a level of a book. */
struct paper_used {
    oc_i128 taken; /* parts of a unit, at at_ns */
    int64_t price;
    int64_t at_ns;
    uint32_t inst; /* index */
    uint32_t side; /* of the level */
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
    uint32_t source;                   /* who said the last of it: the feed of a venue */
    uint32_t zero;
    bool has_quote, has_last, in_bar, is_quoted_bar;
    bool has_buy_line, has_sell_line; /* a quote bar may have one side only: nothing trades on the other */
    bool has_bid_known, has_ask_known;
    bool has_bars;          /* it is fed with bars */
    bool is_quote_newer;    /* than the last change of the order book */
    bool will_judge;        /* something may happen inside it, or has come */
    bool is_judged;         /* what happened inside the bar is decided: from now on orders wait for the next */
    bool is_dead;           /* nothing traded in this bar */
    bool is_volume_unknown; /* a cap is set and cannot bind */
    bool is_after_break;    /* the session was closed since the last bar */
    bool trades_saturdays;  /* a bar lay on one: what it does not trade are holes, and no breaks of a session */
};

struct paper_recent {
    uint32_t inst;
    uint32_t zero;
    int64_t at_ns;
    int64_t qty;
};

/* What an entry with protection has filled, and its legs of that. */
struct paper_group {
    uint64_t id;
    uint32_t inst;
    uint32_t account;
    int64_t entered, exited;
    oc_i128 taken;   /* spot: base money that fees took of the entry */
    int64_t lost;    /* units of it by which its legs have grown less */
    int64_t fill_ns; /* of the entry's last fill */
    int64_t from;    /* and the price from which its legs are judged */
    bool is_on_line; /* restored: that price is on the line of market orders of the bar, which is still to come */
};

/* Where a group stands among others of its hash. */
struct paper_group_link {
    uint32_t next;
    uint32_t is_loose; /* no order of it is here */
};

/* The ways in which orders are chained, each in the order of arrival. */
enum paper_way { PAPER_ALL, PAPER_BY_MARKET, PAPER_BY_ID, PAPER_BY_GROUP, PAPER_WAYS };

struct paper_list {
    uint32_t first, last;
};

/* Beside each order, and never saved: its neighbours, and what it needs of its account. */
struct paper_link {
    uint64_t number; /* of arrival; 0: no order is in this place */
    uint64_t id, group;
    uint32_t before[PAPER_WAYS], behind[PAPER_WAYS];
    oc_i128 need;
    uint32_t account, asset;
    bool is_too_much; /* it needs more than can be counted */
};

/* What the orders of an account need of an asset. */
struct paper_needed {
    oc_i128 money;
    uint32_t too_much; /* so many of them need more than can be counted */
};

struct paper_expiry {
    int64_t at_ns;
    uint64_t number; /* of the order's arrival */
    uint32_t slot;
    uint32_t zero;
};

/* Something that happened to a leg before the host could ask for it. */
struct paper_claim {
    uint64_t group;
    int64_t until_ns; /* not asked for by then: it has not happened */
    uint32_t role;
    uint32_t zero;
    union {
        struct oc_event head;
        struct oc_ev_answer answer;
        struct oc_ev_fill fill;
    } said;
};

/* Who is first at an open, a quote or a trade: market orders, then stops, the nearest trigger first, then limits by price, each by
 * time. */
struct paper_opening {
    int64_t distance;
    int64_t active_ns;
    uint64_t number; /* of arrival */
    uint32_t order;
    uint32_t rank;
};

/* Cancels and amends, in the order of arrival. */
struct paper_waiting {
    struct oc_request *list; /* owned */
    uint32_t count;
    uint32_t room;
};

/* What an order meets. */
struct paper_deal {
    int64_t now_ns;
    int64_t price; /* with the spread */
    int64_t from;  /* legs of it are judged from here: what it was before the spread, on the side that legs trade on */
    bool is_maker;
};

struct walk; /* walk.h */

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
    uint32_t profile;       /* enum profile */
    uint32_t gap;           /* enum gap */
    uint32_t queue;         /* enum queue */
    int64_t replenish_ns;   /* in which half of what we took of a level is there again; 0: at once */
    uint32_t dead_is_taken; /* market orders in a bar without trades pay the last close and twice the half-spread */
    int64_t through;        /* ticks by which a bar must go through a resting limit */
    struct paper_market *markets; /* by instrument index */
    struct paper_inside *insides; /* by instrument index; NULL: nothing was said */
    uint32_t market_max;
    /* table.c: an order keeps its place until it leaves */
    struct paper_order *orders;
    struct paper_link *links;            /* by place, as what follows */
    uint32_t *done;                      /* places of those that are done: to be swept */
    uint32_t *awaited;                   /* of legs that are awaited */
    struct paper_list *by_id, *by_group; /* by hash, order_room of them */
    struct paper_list *by_market;        /* by instrument index */
    struct paper_list all;
    uint64_t number; /* of arrivals */
    uint32_t order_count;
    uint32_t order_room;
    uint32_t free; /* the first place without an order */
    uint32_t done_count;
    uint32_t awaited_count;
    struct paper_needed (*needed)[PAPER_ASSETS_MAX]; /* by account */
    struct paper_expiry *expiries;                   /* expiry.c */
    uint32_t expiry_count;
    uint32_t expiry_room;
    uint32_t message_first;
    struct oc_request *messages; /* under way to the venue, ring of message_room by head.local_ns = arrival */
    uint32_t message_count;
    uint32_t message_room;
    struct paper_waiting *waiting; /* by instrument index: what arrived inside its bar, which still runs */
    uint32_t waiting_count;        /* of all */
    struct paper_group *groups;
    struct paper_group_link *group_links;
    uint32_t *group_first; /* by hash, group_room of them */
    uint64_t *loose;       /* numbers of those of which no order is here */
    uint32_t loose_count;
    uint32_t group_count;
    uint32_t group_room;
    struct paper_claim *claims;
    uint32_t claim_count;
    uint32_t claim_room;
    uint32_t running[PAPER_INSTRUMENTS_MAX]; /* indices of markets whose bar is to be judged */
    uint32_t running_count;
    bool is_short;    /* a fill found no memory for what it leads to: the next call about the market or time says so */
    int64_t floor_ns; /* nothing is said before */
    struct paper_opening *openings; /* memory for queue.c */
    uint32_t opening_room;
    struct paper_used used[PAPER_USED_MAX];
    uint32_t used_count;
    bool is_walking;                          /* an order takes level by level: what one has not, another may have */
    struct walk *walk;                        /* what is judged now; NULL: nothing is */
    struct walk *scratch;                     /* its memory, kept; owned */
    struct paper_recent recent[PAPER_RECENT]; /* ring, by observe() only */
    uint32_t recent_count;
    oc_i128 (*balances)[PAPER_ASSETS_MAX];    /* by account; what is not used is not touched, nor saved */
    uint32_t account_count, asset_count;      /* those below have been used */
    int64_t (*positions)[PAPER_ACCOUNTS_MAX]; /* by instrument index, then account */
};

static inline bool is_buy(const struct paper_order *order) { return order->ask.side == OC_SIDE_BUY; }

static inline bool is_stop(const struct paper_order *order)
{
    return (order->ask.type == OC_ORDER_STOP || order->ask.type == OC_ORDER_STOP_LIMIT) && !order->is_triggered;
}

static inline bool is_limit(const struct paper_order *order) { return order->ask.bits & OC_RQ_HAS_PRICE; }

static inline bool is_of(const struct paper_order *order, uint32_t inst)
{
    return order->phase == PHASE_WORKING && OC_INST_INDEX(order->ask.head.inst) == OC_INST_INDEX(inst);
}

/* True if `price` is at or beyond `level` in the direction that is good for a taker of that side. */
static inline bool reaches(uint8_t side, int64_t price, int64_t level)
{
    return side == OC_SIDE_BUY ? price <= level : price >= level;
}

static inline uint32_t paper_slot(const struct paper *paper, const struct paper_order *order)
{
    return (uint32_t)(order - paper->orders);
}

/* A bar whose inside is not decided yet. */
static inline bool bar_runs(const struct paper_market *market) { return market->in_bar && !market->is_judged; }

static inline const int64_t *line_of(const struct paper_piece *piece, uint8_t side)
{
    return side == OC_SIDE_BUY ? piece->buy_line : piece->sell_line;
}

static inline bool has_line(const struct paper_market *market, uint8_t side)
{
    return side == OC_SIDE_BUY ? market->has_buy_line : market->has_sell_line;
}

static inline struct paper_market *paper_market(const struct paper *paper, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index < paper->market_max ? &paper->markets[index] : NULL;
}

/* ledger.c */
oc_rc paper_value(const struct paper_market *market, int64_t price, int64_t qty, oc_i128 *ret_money);
oc_i128 paper_fee(const struct paper *paper, oc_i128 value, bool is_maker);
/* How many units (at most `want`) the account can pay for or deliver at `price`. */
int64_t paper_affordable(struct paper *paper, const struct paper_order *order, int64_t price, int64_t want,
                         bool is_maker);
/* Units that the rest of a quote_qty buys at `price`. */
int64_t paper_quote_units(struct paper *paper, const struct paper_order *order, int64_t price, bool is_maker);
int64_t paper_position(const struct paper *paper, uint32_t account, uint32_t inst);
/* What an order needs of its account has changed, or its market has. */
void paper_needs(struct paper *paper, const struct paper_order *order);
/* Position and balances after a fill of this value and fee. */
void paper_uses(struct paper *paper, uint32_t account, uint32_t asset);
void paper_book(struct paper *paper, const struct oc_ev_fill *fill, uint32_t account, oc_i128 value, oc_i128 fee);

/* price.c */
/* What a taker pays from there: with half the spread (none on quote bars), rounded once, against the trader. */
int64_t paper_paid(const struct paper *paper, const struct paper_market *market, uint8_t side,
                   struct paper_price price);
/* The same with another share than the configured one; of a price outside bars. */
int64_t paper_with_spread(const struct paper *paper, uint8_t side, int64_t price);
/* On the line from the open of a piece to its extreme that is worse for market orders of `side`, reached at a third of it: on
 * the prices that `of` is judged on, which is another side where legs of quote bars begin. */
struct paper_price paper_line(const struct paper_market *market, const struct paper_piece *piece, uint8_t side,
                              uint8_t of, int64_t at_ns);
/* The quote that a market order pays where no bar runs. False: that side has none. */
bool paper_price_quoted(const struct paper_market *market, uint8_t side, int64_t *ret_price);
/* The last price known for a side, spread included; of the other side or of a trade where there is none. False: none is. */
bool paper_price_last(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t *ret_price);

/* take.c */
/* What trades of it at that price: all, what can be paid for, what the volume leaves, or nothing. */
void paper_take(struct paper *paper, struct paper_order *order, const struct paper_deal *deal);
/* Its stop is reached: said once. */
void paper_trigger(struct paper *paper, struct paper_order *order, int64_t now_ns);
/* Immediate or cancel, fill or kill: what is left of it ends. */
void paper_end_immediate(struct paper *paper, struct paper_order *order, int64_t now_ns);
/* POST_ONLY_WOULD_CROSS, or it is said to be accepted. False: refused. */
bool paper_accept(struct paper *paper, struct paper_order *order, int64_t now_ns, bool would_cross);
/* Hands an event over, or keeps it where the host must ask first; a trial says nothing. */
void paper_say(struct paper *paper, const struct paper_order *order, struct oc_event *event);

/* match.c */
oc_rc paper_on_market(struct paper *paper, int64_t now_ns, const struct oc_event *event);
/* An order has arrived, or its terms have changed; its bar, if there is one, does not run. */
void paper_activate(struct paper *paper, struct paper_order *order, int64_t now_ns);

/* levels.c */
/* Whether the host has a whole order book of this market. */
bool paper_has_levels(const struct paper *paper, const struct paper_market *market);
/* Units displayed at a price. False: nobody knows. */
bool paper_displayed(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t price,
                     int64_t *ret_qty);
/* Takes level by level what the order wants, as far as its limit lets it; as a maker at deal->price. */
void paper_walk_levels(struct paper *paper, struct paper_order *order, const struct paper_deal *deal);

/* line.c */
/* A limit that rests takes its place, where it has none and what is displayed is known. */
void paper_line_up(struct paper *paper, struct paper_order *order);
/* The order book of a market has changed. */
void paper_line_levels(struct paper *paper, uint32_t inst, int64_t now_ns);
/* So many units traded at that price. */
void paper_line_trade(struct paper *paper, uint32_t inst, int64_t now_ns, int64_t price, int64_t qty);

/* queue.c */
/* Puts an order that acts at `price`, behind `count` others. False: no memory. */
bool paper_queue(struct paper *paper, uint32_t order, int64_t price, uint32_t count);
/* Takes the first of them; `left` remain. */
struct paper_order *paper_queue_first(struct paper *paper, uint32_t left);

/* bar.c */
oc_rc paper_on_bar(struct paper *paper, struct paper_market *market, int64_t now_ns, const struct oc_event *event);
/* An order has come at the very open of the running bar. */
void paper_at_open(struct paper *paper, struct paper_order *order);
/* The bar will have to be judged. */
void paper_will_judge(struct paper *paper, struct paper_market *market);
/* The running bar is over: what comes now is for the next. */
oc_rc paper_end_inside(struct paper *paper, struct paper_market *market);
/* The earliest end of a bar that is to be judged; INT64_MAX: none. */
int64_t paper_next_judgement(const struct paper *paper);
/* Judges what has ended by now_ns, the earliest first. */
oc_rc paper_judge_due(struct paper *paper, int64_t now_ns);
void paper_drop_bars(struct paper *paper);

/* inside.c */
/* For the host: struct oc_sim, finer. */
oc_rc paper_finer(void *self, uint32_t inst, const struct oc_event *event);
void paper_insides_release(struct paper *paper);

/* judge.c */
/* Twice what the account is worth more at the close of the piece by this fill, its fee included. */
oc_i128 paper_trade_worth(const struct paper_market *market, const struct paper_piece *piece,
                          const struct oc_ev_fill *fill);
/* Chooses the path of each account, and books what happened inside the bar. */
oc_rc paper_judge(struct paper *paper, struct paper_market *market);
/* True if something on the path, or the time, can be for this order. */
bool paper_in_reach(const struct paper *paper, const struct paper_market *market, const struct paper_order *order);
void paper_judge_release(struct paper *paper);

/* legs.c */
/* An order that came: where it is one of several of which one cancels the others, it and the first of them are. */
void paper_oco_joins(struct paper *paper, const struct paper_order *order);
/* A fill of an entry or of a leg, for its group. */
void paper_group_fill(struct paper *paper, const struct paper_order *order, const struct paper_deal *deal,
                      const struct oc_ev_fill *fill);
/* What of a group's entry is there to be protected; and by how much more that is where the entry has filled so many. */
int64_t paper_group_open(const struct paper_market *market, const struct paper_group *group);
int64_t paper_group_grows(const struct paper_market *market, struct paper_group *group, int64_t qty);
/* True: the leg is there at the very open that filled its entry, and is judged from that fill's price. */
bool paper_leg_from(struct paper *paper, const struct paper_market *market, const struct paper_order *order,
                    int64_t *ret_from);
/* The same of a recorded fill. */
void paper_group_observe(struct paper *paper, const struct paper_order *order, const struct oc_ev_fill *fill);
/* What has traded of an order as far as it is said. */
int64_t paper_said(const struct paper *paper, const struct paper_order *order);
/* What is left of an order; a leg is also bounded by what its group still holds. */
int64_t paper_remaining(struct paper *paper, const struct paper_order *order);
/* The text that names a fill, with the number of its order. */
void paper_trade_id(struct oc_ev_fill *fill, uint64_t order);
/* Keeps what happened to a leg until the host asks for the leg. */
void paper_claim(struct paper *paper, const struct paper_order *order, const struct oc_event *event);
/* A request about a leg that is awaited: it is what happened. True: taken. */
bool paper_claimed(struct paper *paper, int64_t now_ns, const struct oc_request *request);
/* A request for the rest of a leg of which the host does not know that it grew: it takes that one over. True: taken. */
bool paper_succeeds(struct paper *paper, int64_t now_ns, const struct oc_request *request);
/* Legs that nobody asked for by then have not happened. */
void paper_claims_drop(struct paper *paper, int64_t now_ns);

/* groups.c */
/* NULL: there is none. Borrowed until another comes or goes. */
struct paper_group *paper_group(struct paper *paper, uint64_t id);
/* NULL: no memory, which is remembered. */
struct paper_group *paper_group_new(struct paper *paper, const struct oc_request *entry);
/* An order of it has left. */
void paper_group_left(struct paper *paper, uint64_t id);
void paper_groups_drop(struct paper *paper, int64_t now_ns);
/* Those that came since there were `count` were never. */
void paper_groups_leave_from(struct paper *paper, uint32_t count);
/* False: no memory. */
bool paper_groups_load(struct paper *paper, const char *bytes, uint32_t count);
void paper_groups_release(struct paper *paper);

/* expiry.c */
/* False: no memory. */
bool paper_expires(struct paper *paper, const struct paper_order *order);
/* Ends those whose time has come, and asks for the next time. */
void paper_expire_due(struct paper *paper, int64_t now_ns);

/* table.c */
void paper_table_begin(struct paper *paper);
void paper_table_release(struct paper *paper);
/* An order that has come; all but its request is zero. The table may move. */
oc_rc paper_room(struct paper *paper, const struct oc_request *ask, struct paper_order **ret_order);
/* From now on it is the order of that request. */
void paper_asked(struct paper *paper, struct paper_order *order, const struct oc_request *ask);
/* Those that came since there were `count` were never. */
void paper_leave_from(struct paper *paper, uint32_t count);
/* It is over: it is dropped by the next paper_sweep. */
void paper_over(struct paper *paper, struct paper_order *order);
/* Drops the orders that are done. */
void paper_sweep(struct paper *paper);
/* Something of it is said only when the host has asked. */
void paper_await(struct paper *paper, struct paper_order *order);
struct paper_order *paper_find(struct paper *paper, uint64_t id);
/* The first order of a market; the next is links[].behind[PAPER_BY_MARKET]. */
uint32_t paper_first(const struct paper *paper, uint32_t inst);
/* The first order of a group, and the one behind another. */
uint32_t paper_first_in(struct paper *paper, uint64_t group);
uint32_t paper_next_in(const struct paper *paper, uint32_t slot);

/* orders.c */
/* When an order's time in force ends; 0: never. */
int64_t paper_expiry(const struct oc_request *request, int64_t now_ns);
/* Puts a request under way; head.local_ns is its arrival. */
oc_rc paper_message_put(struct paper *paper, const struct oc_request *request);
/* When a request that leaves at now_ns comes; a fact was recorded then. */
int64_t paper_arrival(struct paper *paper, int64_t now_ns, const struct oc_request *request, bool is_fact);
oc_rc paper_message(struct paper *paper, int64_t now_ns, const struct oc_request *request);
/* What has arrived by now_ns, and what bars have ended, in the order of time. */
oc_rc paper_due(struct paper *paper, int64_t now_ns);
/* It waits for the end of the bar of that instrument. OC_E_FULL. */
oc_rc paper_waits(struct paper *paper, const struct oc_request *request);
/* The end of the data: what is under way arrives, and bars that have not ended are left. */
void paper_arrive_all(struct paper *paper);
/* Takes an amendment. True: it has come to another price. */
bool paper_amend(struct paper *paper, struct paper_order *order, const struct oc_request *request, int64_t now_ns);
void paper_cancel(struct paper *paper, const struct oc_request *request, int64_t now_ns);
void paper_answer(struct paper *paper, const struct oc_request *request, uint16_t type, int64_t now_ns,
                  const char *reason);
/* The same of an order's own request. */
void paper_tell(struct paper *paper, const struct paper_order *order, uint16_t type, int64_t now_ns,
                const char *reason);
void paper_finish(struct paper *paper, struct paper_order *order, uint16_t type, int64_t now_ns, const char *reason);
/* A list that is full, with more room; NULL: there is none, and the list is as it was. */
void *paper_grown(void *list, uint32_t *room, uint32_t max, size_t size);

/* state.c */
oc_rc paper_save(void *self, void *bytes, uint32_t size_max);
oc_rc paper_load(void *self, const void *bytes, uint32_t size);
void paper_observe(void *self, const struct oc_event *event);

#endif
