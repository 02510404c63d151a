/* order_pairs.h: which (state, event) pairs of the table of orders are driven: every look into the table is counted on its way
 * (-Wl,--wrap=state_next).
 *
 * Invariants
 * - What the table calls impossible is an alarm where it happens all the same.
 * - A pair that cannot be at Binance.US stands there with the reason. One of them that is driven fails the run: the reason is wrong then. */
#ifndef SUPPORT_ORDER_PAIRS_H
#define SUPPORT_ORDER_PAIRS_H

#include "engine/state.h"

#include <stdbool.h>
#include <stdint.h>

typedef uint64_t order_pair_counts[STATE_COUNT][EVENT_COUNT];

extern order_pair_counts order_pairs; /* of this process */

/* How many were driven, which not, and (of orders that were all there) which cannot be. False: one of the last was. *ret_missed: those that can be in
 * one process, and were not. */
bool order_pairs_print(order_pair_counts pairs, bool is_at_binanceus, uint32_t *ret_missed);

#endif
