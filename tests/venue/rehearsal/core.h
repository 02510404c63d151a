/* core.h: the exchange behind the rehearsal venue: instruments, accounts, orders, matching and money. It does no I/O, and has neither a
 * clock nor random numbers of its own. What bytes its customers speak is a face's (face.h).
 *
 * Invariants
 * - Time is given with every call that changes something, and never goes back. The same calls make the same exchange.
 * - Money is conserved: of each asset, what the accounts hold and the fees that were taken are what was paid in less what was paid out.
 *   What an account has locked is the sum of what its open orders hold; nothing free is below zero. core_proof() says whether it is so.
 * - Price before time. Nothing that rests crosses the other side. An account never trades with itself: the later order expires.
 * - A client id names one order of its account: for ever, or while that is open (core_rules).
 * - What happens is told to the listener in its order, while the call is under way. The listener reads, and changes nothing.
 * - Each table has a limit. At the limit a new order is refused; nothing that was recorded goes, but orders and fills of house accounts. */
#ifndef REHEARSAL_CORE_H
#define REHEARSAL_CORE_H

#include "base/num.h"

#include <outcry/dec.h>

enum {
    CORE_ASSETS_MAX = 32,
    CORE_INSTS_MAX = 32,
    CORE_ACCOUNTS_MAX = 16,
    CORE_ORDERS_MAX = 1 << 18,  /* of customers, open and over */
    CORE_HOUSE_MAX = 1024,      /* open orders of house accounts */
    CORE_RESTING_MAX = 8192,    /* open orders of everybody */
    CORE_FILLS_MAX = 1 << 19,   /* of customers */
    CORE_ROWS_MAX = 1 << 21,    /* of the ledger */
    CORE_CHANGES_MAX = 1 << 16, /* that a view of earlier goes back over */
    CORE_TRADES_MAX = 1024,     /* that are remembered for everybody */
    CORE_NAME_MAX = 32,
    CORE_CLIENT_MAX = 65
};
#define CORE_NONE UINT32_MAX

enum core_side { CORE_BUY = 1, CORE_SELL = 2 };
enum core_type { CORE_LIMIT = 1, CORE_MARKET, CORE_STOP, CORE_STOP_LIMIT };
enum core_tif { CORE_GTC = 1, CORE_IOC, CORE_FOK };
enum core_state { CORE_WORKING = 1, CORE_DORMANT /* a stop that waits */, CORE_FILLED, CORE_CANCELED, CORE_EXPIRED };

enum core_why { /* CORE_OK, or why an order or a change is refused; core_why_name() */
                CORE_OK = 0,
                CORE_NO_INSTRUMENT,
                CORE_HALTED,
                CORE_BAD_PRICE,
                CORE_BAD_QTY,
                CORE_BELOW_MIN_QTY,
                CORE_ABOVE_MAX_QTY,
                CORE_BELOW_MIN_NOTIONAL,
                CORE_NO_FUNDS,
                CORE_CLIENT_ID_USED,
                CORE_WOULD_TAKE,    /* post-only */
                CORE_WOULD_TRIGGER, /* a stop whose price is reached already */
                CORE_TOO_MANY_OPEN,
                CORE_NOT_OPEN,
                CORE_NOT_FOUND,
                CORE_NO_SUCH_KIND,
                CORE_NOTHING_CHANGES,
                CORE_FULL,
                CORE_WHYS
};

struct core_rules {       /* what differs between venues, as data */
    bool ids_while_open;  /* a client id may be used again when its order is over; else never */
    bool fee_of_received; /* a buyer pays the fee in what was bought; else both pay it in the quote asset */
    uint32_t open_max;    /* open orders of one account */
};

struct core_inst {
    char symbol[CORE_NAME_MAX];
    uint32_t base, quote; /* assets */
    struct oc_dec price_step, qty_step;
    int64_t min_qty, max_qty; /* units of qty_step */
    oc_i128 min_notional;     /* money of the quote asset */
    bool is_halted;
    /* the core's own */
    oc_i128 value_unit, qty_unit; /* money of one unit of price times one of quantity; of one of quantity */
    uint32_t head[2];             /* best order that rests, by side - 1 */
    uint32_t dormant;             /* first stop that waits */
    int64_t last_price;           /* 0: nothing was traded */
    uint64_t book_seq;            /* changes of its book */
};

struct core_balance {
    oc_i128 free, locked;
    uint64_t change; /* the latest of its changes */
};

struct core_account {
    char name[CORE_NAME_MAX];
    bool is_house;                 /* pays no fee; keeps no history; its money has no limit but what was paid in */
    uint32_t maker_ppm, taker_ppm; /* fee, parts of a million */
    uint32_t open_count;
    struct core_balance balances[CORE_ASSETS_MAX];
};

struct core_order {
    uint64_t id; /* 0: of a house account */
    uint32_t account, inst;
    char client[CORE_CLIENT_MAX];
    uint8_t side, type, tif, state;
    bool is_post_only;
    bool by_money;            /* a market order of so much money */
    int64_t qty, price, stop; /* units */
    int64_t filled;           /* units */
    oc_i128 money;            /* by_money: what it may spend */
    oc_i128 value;            /* traded, quote asset */
    oc_i128 held;             /* of the asset that it pays with */
    int64_t created_ns, updated_ns;
    uint64_t change;         /* the latest of its changes */
    uint32_t before, behind; /* in the book, or among the stops that wait */
};

struct core_fill {
    uint64_t number; /* from 1: of this venue's fills */
    uint64_t trade;  /* both sides of a trade have the same */
    uint32_t order;  /* place */
    uint32_t account, inst, fee_asset;
    int64_t qty, price;
    oc_i128 fee;
    int64_t at_ns;
    uint8_t side;
    bool is_maker;
};

enum core_row_kind { CORE_DEPOSIT = 1, CORE_WITHDRAWAL, CORE_TRADED, CORE_FEE };

struct core_row {    /* of the ledger of a customer */
    uint64_t number; /* from 1 */
    uint32_t account, asset;
    uint32_t kind;
    uint32_t zero;
    uint64_t fill; /* its number; 0: none */
    oc_i128 amount;
    int64_t at_ns;
};

struct core_trade { /* for everybody */
    uint64_t number;
    uint32_t inst;
    uint8_t side; /* of who took */
    int64_t qty, price, at_ns;
};

enum core_event_kind { CORE_ON_ORDER = 1, CORE_ON_FILL, CORE_ON_TRADE, CORE_ON_LEVEL, CORE_ON_BALANCE, CORE_ON_STATUS };

struct core_event { /* borrowed while it is told */
    enum core_event_kind kind;
    uint32_t account, inst, asset;
    uint8_t side;       /* LEVEL */
    int64_t price, qty; /* LEVEL: what rests there now */
    int64_t at_ns;
    const struct core_order *order; /* ORDER, FILL */
    const struct core_fill *fill;   /* FILL */
    const struct core_trade *trade; /* TRADE */
};

struct core_ask {
    uint32_t account, inst;
    char client[CORE_CLIENT_MAX]; /* "": none */
    uint8_t side, type, tif;
    bool is_post_only, by_money;
    int64_t qty, price, stop;
    oc_i128 money;
};

struct core_level {
    int64_t price, qty;
};

struct core; /* opaque */
typedef void core_listener(void *self, const struct core_event *event);

/* [setup] Owned: core_free, which takes NULL. NULL: no memory. */
struct core *core_new(const struct core_rules *rules, core_listener *on, void *self);
void core_free(struct core *core);
/* The place of an asset, made when it is new; CORE_NONE: no room, or no name. */
uint32_t core_asset(struct core *core, const char *name);
/* CORE_NONE: no room, the symbol is there, or steps and limits that cannot be. */
uint32_t core_add_inst(struct core *core, const struct core_inst *made);
uint32_t core_add_account(struct core *core, const char *name, bool is_house, uint32_t maker_ppm, uint32_t taker_ppm);
/* Paid in, or (below zero) out. CORE_NO_FUNDS: more than is free. */
enum core_why core_pay(struct core *core, int64_t now_ns, uint32_t account, uint32_t asset, oc_i128 amount);

/* *ret_order: its place, also where it is over at once. Refused: nothing changed. */
enum core_why core_place(struct core *core, int64_t now_ns, const struct core_ask *ask, uint32_t *ret_order);
enum core_why core_cancel(struct core *core, int64_t now_ns, uint32_t order);
/* A limit order that rests. `qty`: in all, what was filled included. Less at the same price keeps its place. */
enum core_why core_amend(struct core *core, int64_t now_ns, uint32_t order, int64_t qty, int64_t price);
/* A stop that waits; what it has no price for keeps 0. */
enum core_why core_move_stop(struct core *core, int64_t now_ns, uint32_t order, int64_t qty, int64_t price,
                             int64_t stop);
/* By money, of which not a step more can be had at this price. */
bool core_is_spent(const struct core *core, const struct core_order *order, int64_t price);
void core_halt(struct core *core, int64_t now_ns, uint32_t inst, bool is_halted);

const char *core_why_name(enum core_why why);
const char *core_why_words(enum core_why why);
const char *core_asset_name(const struct core *core, uint32_t asset);
uint32_t core_asset_count(const struct core *core);
uint32_t core_inst_count(const struct core *core);
const struct core_inst *core_inst(const struct core *core, uint32_t inst);
uint32_t core_inst_named(const struct core *core, const char *symbol);
uint32_t core_account_count(const struct core *core);
const struct core_account *core_account(const struct core *core, uint32_t account);
uint32_t core_account_named(const struct core *core, const char *name);
/* Of customers: place 0 to core_order_count() - 1 is id 1 and up. CORE_NONE where there is none. */
uint32_t core_order_count(const struct core *core);
const struct core_order *core_order(const struct core *core, uint32_t order);
uint32_t core_order_by_id(const struct core *core, uint64_t id);
uint32_t core_order_by_client(const struct core *core, uint32_t account, const char *client);
bool core_is_open(const struct core_order *order);
uint64_t core_fill_count(const struct core *core);
const struct core_fill *core_fill(const struct core *core, uint64_t number);
uint64_t core_row_count(const struct core *core);
const struct core_row *core_row(const struct core *core, uint64_t number);
/* The newest first; how many were written. */
uint32_t core_trades(const struct core *core, uint32_t inst, struct core_trade *ret_list, uint32_t max);
/* Levels of one side, the best first; how many were written. */
uint32_t core_levels(const struct core *core, uint32_t inst, uint8_t side, struct core_level *ret_list, uint32_t max);

/* As it was at a time, for answers that are stale; as far as CORE_CHANGES_MAX changes go back. False: there was no such order yet. */
bool core_order_at(const struct core *core, uint32_t order, int64_t at_ns, struct core_order *ret_order);
void core_balance_at(const struct core *core, uint32_t account, uint32_t asset, int64_t at_ns,
                     struct core_balance *ret);

/* NULL: money, holds and books are as the invariants say. Else what is wrong. */
const char *core_proof(const struct core *core);

#endif
