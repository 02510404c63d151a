/* dust.h: what a spot position holds and its venue lets nobody sell (ADR 0019).
 *
 * Invariants
 * - A position that is long on spot holds qty + spare units of the base asset less `taken`, to the last 1e-20: what was bought less
 *   what was sold and what fees took of it. Neither a fee nor dust vanishes, and none of it is in two books of a strategy.
 * - qty is what can be sold: on the grid, and no less than the smallest order that the venue takes at the price of the last trade.
 *   What is less is 0. The rest is dust: it keeps its share of the cost, joins before each trade and is set aside behind it.
 * - 0 <= taken < a step: what a fee in base takes beyond is sold by the position at the price of the trade, and costs nothing twice,
 *   for the fee itself stands in the books apart.
 * - Shorts and derivatives have no dust: what is owed or at risk is shown however small. There a fee is the account's alone. */
#ifndef ENGINE_DUST_H
#define ENGINE_DUST_H

#include <outcry/instrument.h>

#include "engine/position.h"

struct portfolio;

struct dust_before { /* a position before a trade */
    int64_t qty;
    int64_t spare;
    uint32_t trips;
    uint32_t wins;
};

struct dust_trade {
    int64_t price; /* units; 0: none is known */
    oc_i128 fee;   /* money of the base asset that a fee took; below 0: gave */
    int64_t at_ns;
};

struct dust {
    oc_i128 qty;  /* money of the base asset */
    oc_i128 cost; /* what that share of the position cost */
};

/* Whether an order of any kind could sell so much at this price. */
bool dust_is_sellable(const struct instrument *instrument, int64_t qty, int64_t price);
enum { DUST_LIMITS = OC_INST_HAS_MIN_QTY | OC_INST_HAS_MIN_NOTIONAL }; /* what makes dust beside fees in base */
/* Before a trade: qty is all of it. */
static inline struct dust_before dust_joins(struct position *position)
{
    const struct dust_before before = {position->qty, position->spare, position->trips, position->wins};
    position->qty += position->spare;
    position->spare = 0;
    return before;
}
/* There was no trade. */
static inline void dust_parts(struct position *position, const struct dust_before *before)
{
    position->qty = before->qty;
    position->spare = before->spare;
}
/* Behind a trade: what cannot be sold is set aside. `before`: NULL where no trade made it so, or a correction did: no trip begins or
 * ends, and a fee is of what was long. It cannot fail: a fee that cannot be sold off stays in `taken`. */
void dust_settles(struct position *position, const struct instrument *instrument, const struct dust_trade *trade,
                  const struct dust_before *before);
/* What is set aside. */
struct dust dust_of(const struct position *position, const struct instrument *instrument);
/* What an account holds by hand: of its own book what no strategy's holds, above 0 as much of it as can be sold. */
int64_t dust_hand_qty(const struct portfolio *portfolio, uint32_t account, const struct instrument *instrument,
                      int64_t price);

#endif
