/* said.h: what venues said of an order beside its fills: its names, sums, and what was booked from sums alone.
 *
 * Invariants
 * - Booked are the distinct fills where they reach the largest sum, else the sums, whatever the order and duplication: what is booked
 *   of sums (inferred) is the first that a fill which comes later replaces.
 * - What a sum is ahead of what is booked is missing: it counts in exposure until it is booked, for an ended order too. */
#ifndef ENGINE_SAID_H
#define ENGINE_SAID_H

#include "engine/booked.h"
#include "engine/order_ids.h"

enum { SAID_HAS_VALUE = 1, SAID_HAS_FEE = 2 };

struct order_sums { /* of one event */
    int64_t qty;
    oc_i128 value; /* money, with SAID_HAS_VALUE */
    oc_i128 fee;   /* with SAID_HAS_FEE */
    uint32_t fee_asset;
    uint32_t has;
    bool fills_come;  /* every fill behind them is told, or can be fetched */
    bool fills_asked; /* and none is told without being asked for */
    int64_t at_ns;    /* the venue's time */
};

struct order_said {
    struct order_names names;
    struct order_called called;
    struct order_sums sums; /* the largest */
    int64_t asked;          /* the sum whose fills were asked for */
    int64_t before;         /* of `filled`: traded before we knew of the order, and not booked */
    int64_t inferred;       /* of `filled`: booked from sums */
    oc_i128 value;          /* money of all that is booked */
    struct booked *oldest;  /* what was inferred. Owned */
    bool is_alarmed;
    bool is_taken;    /* the venue has said that the request arrived */
    bool lacks_terms; /* known by its fills only: it is as large as they are */
    bool is_whole;    /* by money, and shown as filled: it is over when no fill is missing */
};

#endif
