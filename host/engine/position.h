/* position.h: one book of one instrument: average cost, FIFO or LIFO (formula sheet 5.1, 5.2; PNL-1, PNL-2).
 *
 * Invariants
 * - After every fill, to the last unit: realised + unrealised(mark) = cash flows of the trades + value(qty at mark).
 *   It holds by construction: what is realised is the proceeds less the part of the remaining cost that is released,
 *   and the parts of a cost always add up (the last part takes the rest).
 * - The average is the fraction cost / qty; it is rounded only when shown.
 * - Fees are kept apart, one bucket an asset, and never enter the cost. */
#ifndef ENGINE_POSITION_H
#define ENGINE_POSITION_H

#include <stdbool.h>

#include "base/checked.h"
#include "engine/instruments.h"
#include "engine/limits.h"

enum { COST_AVERAGE = 0, COST_FIFO = 1, COST_LIFO = 2 };

struct lot {
    int64_t qty;  /* signed units */
    int64_t zero; /* it is saved as it lies */
    oc_i128 cost; /* signed money: value of qty when opened */
};

struct fee_bucket {
    uint32_t asset;
    uint32_t zero;
    oc_i128 paid; /* money units of the asset; positive cost us */
};

struct position {
    uint32_t account;
    uint32_t strategy; /* 0: the account's own net book */
    uint32_t inst;
    uint32_t method;   /* COST_... */
    int64_t qty;       /* signed units: what there is to be closed */
    int64_t spare;     /* spot: units beside it that cannot be sold (dust.h) */
    int64_t fee_units; /* spot: units that fees in base took of it, ever: with them, what was traded */
    oc_i128 taken;     /* spot: base money that fees took of qty + spare */
    oc_i128 cost;      /* signed money: value of qty + spare at its entry prices */
    oc_i128 realised;  /* settlement asset, before fees */
    oc_i128 flow;      /* spot, linear: sum of cash flows of the trades */
    struct fee_bucket fees[ENGINE_FEE_ASSETS_MAX];
    uint32_t fee_count;
    uint32_t fills;
    uint32_t trips;     /* times the position came back to zero or crossed it */
    uint32_t wins;      /* of these, realised more than 0 before fees */
    int64_t opened_ns;  /* of the present position */
    oc_i128 trip_start; /* realised when the present position was opened */
    struct lot *lots;   /* FIFO, LIFO; owned */
    uint32_t lot_count;
    uint32_t lot_max;
    uint32_t lot_first; /* FIFO: lots before it are used up */
    uint32_t closes;    /* trades that closed something of it */
    uint32_t has_dust;  /* 1: spare or taken is not 0 */
    uint32_t zero;
};

struct position_trade {
    int64_t price;
    int64_t qty;    /* positive */
    oc_i128 value;  /* with has_value: money for all of it, in place of price x quantity */
    uint8_t side;   /* OC_SIDE_... */
    bool has_value; /* spot and linear */
};

/* What a trade did to a position: what is needed to take it back. */
struct position_effect {
    int64_t close_qty; /* as in the plan */
    int64_t open_qty;
    oc_i128 open_cost;
    oc_i128 released; /* cost of what was closed */
    oc_i128 gain;     /* what was realised */
    oc_i128 flow;     /* what it added */
    oc_i128 trip_start;
    int64_t opened_ns; /* these as they were before */
    uint32_t trips;
    uint32_t wins;
    uint32_t closes; /* as it was behind the trade */
    uint32_t zero;
};

struct position_plan {
    int64_t close_qty; /* signed like what is held: leaves */
    int64_t open_qty;  /* signed: comes */
    oc_i128 open_cost;
    oc_i128 realised; /* afterwards */
    oc_i128 flow;
};

void position_init(struct position *position, uint32_t account, uint32_t strategy, uint32_t inst, uint32_t method);
void position_release(struct position *position);

/* The same in two steps, so that several books move together or not at all. The plan holds while nothing else is
 * committed to the position; memory is taken by the plan, so the commit cannot fail. */
CHECKED oc_rc position_plan(struct position *position, const struct instrument *instrument,
                            const struct position_trade *trade, struct position_plan *ret_plan);
void position_commit(struct position *position, const struct position_plan *plan, int64_t now_ns);
/* Between plan and commit: what the commit will have done. */
struct position_effect position_effect(struct position *position, const struct position_plan *plan);
/* As if the trade had never been. False, and nothing changed: something was closed since, or it cannot be told apart. */
CHECKED bool position_undo(struct position *position, const struct position_effect *effect);
/* A trade that only opened is `qty` at `cost` from now on, both signed as it. False as above. The sums must fit. */
CHECKED bool position_amend(struct position *position, struct position_effect *effect, int64_t qty, oc_i128 cost);
/* Lots that are less than a unit, behind a change of steps, go: what closes a position closes all its lots. Their cost goes to the
 * next one, of the last ones to the last that stays. */
void position_drop_dust(struct position *position);
/* Adds a fee to its bucket. OC_E_LIMIT: too many fee assets. OC_E_RANGE: the sum does not fit. */
CHECKED oc_rc position_fee(struct position *position, uint32_t asset, oc_i128 paid);
/* Whether it would; changes nothing. */
CHECKED oc_rc position_fee_fits(struct position *position, uint32_t asset, oc_i128 paid);
/* Unrealised profit at `mark`. OC_E_RANGE. */
CHECKED oc_rc position_unrealised(const struct position *position, const struct instrument *instrument, int64_t mark,
                                  oc_i128 *ret_money);
/* Average entry price as the nearest double; OC_E_NOT_FOUND when flat. */
CHECKED oc_rc position_average(const struct position *position, const struct instrument *instrument, double *ret_price);

#endif
