/*
 * reference.h: a second simulator of bars, written from the formula sheet (7.6) alone: plain, slow, exact. It shares no line with
 * the product's, so that where the two agree neither is likely to be wrong by itself.
 *
 * Prices are whole ticks, quantities whole lots, times ns; `tau` is ns since the open of the bar. A third of a bar is a whole number
 * of ns, and a price on a leg of the path a whole number of ticks / third (`wide`).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

enum {
    ORDER_MAX = 256,
    ACTION_MAX = 64,
    BAR_MAX = 64,
    FILL_MAX = 512,
    TICK_MAX = 64,
    FEE_DECIMALS = 8,
    SHARE = 1000000, /* shares (fees, spread, cap) are millionths */
    NEVER = -1
};

__extension__ typedef __int128 wide;

enum role { ROLE_NONE, ROLE_STOP_LOSS, ROLE_TAKE_PROFIT };
enum state { COMING, RESTING, FILLED, CANCELED, EXPIRED, REJECTED };
enum profile { PESSIMISTIC, NEUTRAL, OPTIMISTIC, IDEAL };
enum gap { GAP_AUTO, GAP_OPEN, GAP_LIMIT };

struct order {
    int64_t qty, filled, price, stop, stop_loss, take_profit, expire, decided, arrive;
    int64_t queued;    /* since when it stands in the queue of its price: a part of a leg with its first */
    int64_t since_tau; /* the path of this bar behind it is for the order */
    int64_t wake_tau;  /* a stop decided inside a bar triggers then; NEVER: it does not */
    wide start_price;  /* a leg in the bar of its entry's fill: the price of that */
    wide wake_price;
    int64_t exited; /* of an entry: what its legs have closed */
    int id, side;   /* id: its number; of a leg its entry's */
    enum role role;
    enum state state;
    int ended;        /* number of the bar that ended it */
    int64_t ended_ns; /* of trades and quotes: when */
    bool has_price, has_stop, has_stop_loss, has_take_profit, has_expire;
    bool post_only, ioc, fok, reduce_only;
    bool is_triggered; /* the stop is passed: a market order, or a limit */
    bool is_carried;   /* a market order's rest, for the next open */
    bool is_asleep;    /* can fill from the next bar on */
    bool is_new;       /* came where there was no price: is judged as arriving at the next open */
    bool is_forced;    /* the bar takes this stop, whatever the path */
    bool is_fresh;     /* a leg whose entry was filled in this bar */
    bool is_going;     /* a leg that the host takes down, once it is told that the position is closed */
    bool is_grown;     /* a part of a leg that stands already: it is judged with that, on the path */
};

struct action {
    int64_t decided, price, stop, qty;
    int id;
    bool is_cancel, has_price, has_stop, has_qty;
};

/* Index 0 is the ask's side, what buys look at; 1 the bid's. They are the same where bars have one price. */
struct bar {
    int64_t open_ns, open[2], high[2], low[2], close[2], volume;
    bool has_volume;
};

/* A trade, or a quote of both sides. */
struct tick {
    int64_t at, price, qty, bid, bid_qty, ask, ask_qty;
    bool is_trade;
};

struct fill {
    int64_t time, told, qty, price, fee;
    int id, side;
    enum role role;
    bool is_maker, at_open, is_ambiguous;
};

struct setup {
    int64_t entry, response, third;         /* ns; a third of the bars' period */
    int64_t cap, half_spread, maker, taker; /* millionths */
    int depth;                              /* ticks that a bar must go through a limit */
    int price_decimals, qty_decimals;
    enum profile profile;
    enum gap gap;
    bool take_in_dead, is_quoted;
};

struct world {
    struct order orders[ORDER_MAX];
    struct fill fills[FILL_MAX];
    int order_count, fill_count;
    bool done[ACTION_MAX];      /* actions that have arrived */
    int64_t position, cap_left; /* lots */
    int64_t opened;             /* the position behind what the open of the bar filled */
    bool has_cap;
    wide cash; /* ticks x lots x millionths */
};

struct scenario {
    char name[32];
    struct setup setup;
    struct bar bars[BAR_MAX];
    struct tick ticks[TICK_MAX];
    struct action actions[ACTION_MAX];
    int bar_count, tick_count, action_count;
    struct world world;
};

/* One walk of a bar: path low first or high first; `forces`: the second sentence of rule 1 holds. */
struct walk {
    const struct scenario *scenario;
    const struct bar *bar;
    int64_t last; /* the close before; NEVER: none */
    struct world *world;
    bool low_first, forces;
    bool is_open;    /* what happens now is the open's own */
    bool is_on_line; /* what happens now is no matter of the path, but of the line of market orders */
};

/* line.c: prices on the path and on the line of market orders, times third. */
int64_t path_point(const struct walk *walk, int side, int point);
wide path_at(const struct walk *walk, int side, int64_t tau);
wide beside_at(const struct walk *walk, int side, int64_t tau);
wide market_at(const struct walk *walk, int side, int64_t tau);
bool is_dead(const struct walk *walk); /* nothing traded in this bar (rule 8) */
int64_t taker_price(const struct walk *walk, wide price, int side);
bool crosses(const struct walk *walk, const struct order *order, int64_t until, int64_t *ret_tau);
bool is_beyond(wide price, wide level, int side);

/* take.c: what fills, and what follows from it. */
void take(struct walk *walk, struct order *order, wide price, int64_t tau);
void make(struct walk *walk, struct order *order, int64_t tau);
void drop_closed(struct world *world);
void end_immediate(struct order *order);
void trigger(struct walk *walk, struct order *order, wide price, int64_t tau);

/* walk.c: one bar. */
void walk_bar(struct walk *walk);
void arrive(struct walk *walk, struct order *order, int64_t tau);
void arrive_leg(struct walk *walk, struct order *leg, int64_t tau);

/* run.c: all bars. Returns how many bars were ambiguous. */
int run_scenario(struct scenario *scenario);

/* ticks.c: all trades or quotes. */
void run_ticks(struct scenario *scenario);
