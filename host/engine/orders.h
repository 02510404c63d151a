/* orders.h: the orders we know, their states, and the exposure they make.
 *
 * Invariants
 * - An order id is epoch (24 bits) << 40 | counter; it is never given twice.
 * - filled = sum of distinct fills; a duplicate changes nothing. The state is a function of the facts, in any order.
 * - exposure of an order = the larger of the quantities that may be in force, less what is filled, while it is open
 *   (UNKNOWN included), and at least what a venue's sums are ahead of its fills (said.h); reduce-only orders add none.
 * - A fill is known by its identity while it is one of the last ENGINE_FILLS_RECENT, and after that while its order is
 *   open, up to ENGINE_FILLS_HELD of them (fills.h).
 * - Final orders stay readable until ENGINE_ORDERS_CLOSED_KEPT younger ones are final; those of which fills are missing longer.
 * - An order of another hand has epoch 0 and the number of the record that made it known: the same in a replay and after a restart. */
#ifndef ENGINE_ORDERS_H
#define ENGINE_ORDERS_H

#include <outcry/order.h>
#include <stdbool.h>

#include "base/checked.h"
#include "base/money.h"
#include "engine/fills.h"
#include "engine/said.h"
#include "engine/state.h"

struct order {
    struct oc_request now; /* as in force: price, stop, quantity */
    uint8_t state;         /* enum order_state */
    bool is_accepted;
    bool is_triggered;
    bool is_complete; /* by money: the venue said that the last fill has come */
    bool is_staged;   /* made by the running callback, not yet recorded */
    bool is_reducing; /* counted among the orders that reduce a position */
    bool reduces;     /* reduce-only, and proven when it was asked */
    bool is_refused;  /* denied within the running callback: its state follows when that is over */
    uint32_t fills;
    uint32_t alarms;
    uint32_t fee_asset;
    int64_t filled;     /* units */
    oc_i128 filled_sum; /* sum of price units x quantity units */
    oc_i128 fee;        /* money of fee_asset */
    int64_t ask_qty;    /* amend under way: the quantity asked, else 0 */
    int64_t ask_price;
    int64_t ask_stop;
    uint32_t ask_bits;     /* what the amend under way changes */
    uint32_t ask_is_lost;  /* the host's word: what became of it is not known */
    uint64_t ask_request;  /* its number */
    uint32_t ask_revision; /* in the name of ours that it gives the order, where it gives one */
    uint32_t zero;
    int64_t worst_qty;   /* base quantity an order by money can lead to; else now.qty */
    int64_t known_price; /* when it was asked for: its own, else the market's; 0: none was known */
    uint32_t reserved_asset;
    uint32_t was_asked; /* what it reserves counts an amendment that was under way */
    oc_i128 reserved;   /* of its account's balance of that asset (reserve.c) */
    int64_t exposure;   /* units now counted in the book's open_buy or open_sell */
    int64_t created_ns;
    int64_t updated_ns;
    char reason[OC_REASON_MAX];
    struct order *older; /* list of open, or of final orders */
    struct order *younger;
    struct order_said *said;  /* NULL: no venue has said more than a simulator would. Owned */
    struct order *older_here; /* of open orders of its instrument. A checkpoint holds what stands before these two */
    struct order *younger_here;
};

struct orders;

/* The number of an order of another hand: epoch 0, which no order of ours has, and that of the record which made it known. */
static inline uint64_t stranger_id(const struct oc_event *event) { return event->seq & ((1ull << 39) - 1); }
static inline bool is_stranger_id(uint64_t order) { return order >> 40 == 0; }

/* How many fills are known by their identity: 0 = the limits. */
CHECKED oc_rc orders_new(uint32_t fills_recent, uint32_t fills_held, struct orders **ret_orders);
void orders_free(struct orders *orders);

/* OC_E_LIMIT: too many open. The order is INITIALIZED and copied from `request`. */
CHECKED oc_rc orders_add(struct orders *orders, const struct oc_request *request, int64_t now_ns,
                         struct order **ret_order);
/* NULL if unknown or forgotten. Borrowed until it is final and forgotten. */
struct order *orders_find(const struct orders *orders, uint64_t id);
/* Whether it is, or is about to be, at the venue. */
static inline bool order_is_open(const struct order *order)
{
    return state_is_open(order->state) && !order->is_refused;
}
/* Moves an order along the table. Returns true if the state changed; an alarm is counted on order and table. */
bool orders_event(struct orders *orders, struct order *order, int event, int64_t now_ns);
/* One that was filled under a quantity that was another after all: it is open again, as its facts say. OC_E_LIMIT: too many are. */
CHECKED oc_rc orders_reopen(struct orders *orders, struct order *order, int64_t now_ns);
/* Whether the window does not know this fill. Makes room for it: OC_E_NOMEM. */
CHECKED oc_rc orders_fill_is_new(struct orders *orders, struct fill_key key, bool *ret_is_new);
/* After orders_fill_is_new, once it is booked. */
void orders_fill_remember(struct orders *orders, struct fill_key key, uint64_t order);
/* What venues have said of it: made where it is not there. OC_E_NOMEM. */
CHECKED oc_rc order_listen(struct order *order, const struct instrument *instrument);
/* It is called that too (order_ids_add); after order_listen. */
CHECKED oc_rc orders_name(struct orders *orders, struct order *order, uint32_t source, uint32_t kind,
                          const struct oc_id *id);
/* By a name of this source: NULL if nobody is called that. */
struct order *orders_find_named(const struct orders *orders, uint32_t source, uint32_t kind, const struct oc_id *id);
/* Takes an order back that was never recorded. */
void orders_drop(struct orders *orders, struct order *order);

/* Puts a saved order back as it was (checkpoint): the list follows from its state. */
CHECKED oc_rc orders_put(struct orders *orders, const struct order *saved);
/* The window of known fills, for a checkpoint. */
struct fills *orders_fills(struct orders *orders);

/* The oldest open order; walk with ->younger. */
struct order *orders_open_first(const struct orders *orders);
/* The oldest open order of an instrument; walk with ->younger_here. */
struct order *orders_open_of(const struct orders *orders, uint32_t inst);
struct order *orders_open_last_of(const struct orders *orders, uint32_t inst); /* with ->older_here */
struct order *orders_closed_first(const struct orders *orders);                /* oldest kept final order */
/* The other ends: the youngest open order, and the final order that ended last; walk with ->older. */
struct order *orders_open_last(const struct orders *orders);
struct order *orders_closed_last(const struct orders *orders);
uint32_t orders_open_count(const struct orders *orders);
uint32_t orders_closed_count(const struct orders *orders); /* those kept */
uint64_t orders_alarms(const struct orders *orders);

/* No amendment is under way any more. */
static inline void order_amend_ends(struct order *order)
{
    order->ask_qty = 0;
    order->ask_bits = order->ask_is_lost = 0;
    order->ask_request = 0;
}
/* Traded, as the venue's sums say, and not booked yet. */
static inline int64_t order_missing(const struct order *order)
{
    const int64_t sum = order->said ? order->said->sums.qty : 0;
    return sum > order->filled ? sum - order->filled : 0;
}
/* By money, shown as filled, and every fill is booked: nothing more comes. */
static inline void order_completes(struct order *order)
{
    if (order->said && order->said->is_whole && order->filled > 0 && order_missing(order) == 0)
        order->is_complete = true;
}
/* Units that may still trade of the larger quantity in force, or have and are missing. */
int64_t order_remaining_worst(const struct order *order);
/* Average fill price in price units as a double; 0 fills gives 0. */
double order_average_units(const struct order *order);

/* The number of an order within its epoch. */
static inline uint64_t order_number(uint64_t id) { return id & ((UINT64_C(1) << 40) - 1); }
/* A slot of `slots` for what is remembered of the youngest orders: those of one life follow each other, and the first of one life do
 * not push out the first of another. */
static inline uint32_t order_ring_slot(uint64_t id, uint32_t slots)
{
    return (uint32_t)((order_number(id) + (id >> 40) * UINT64_C(0x9e3779b1)) % slots);
}

#endif
