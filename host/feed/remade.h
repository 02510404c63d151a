/* remade.h: the bars of a source made into another market of the same bars, to see what a strategy does where nothing can be known.
 *
 * Invariants
 * - Pure: the same bars, kind and seed give the same market on every machine. Sources of as many bars are changed in the same way, so
 *   what they do together stays.
 * - Times and volumes of places stay with places or move with their bars, as said; each bar keeps low <= open, close <= high, on the
 *   price step, and no price goes below one step. */
#ifndef FEED_REMADE_H
#define FEED_REMADE_H

#include <outcry/event_market.h>
#include <stdbool.h>

#include "base/checked.h"

enum remade_kind {
    REMADE_NONE,
    /* Blocks of about sqrt(n) bars in another order (Politis and Romano's idea of a block resample, drawn without putting back): what
     * bars do within a block stays, what comes of what lies further back is gone. The whole way is as far as before. */
    REMADE_BLOCKS,
    /* Each bar goes its way or is mirrored, by a coin: ranges and quiet times stay, and no bar says where the next one goes. */
    REMADE_COINS,
    REMADE_LATER /* the same bars 28 years later: a calendar of the same weekdays and leap years */
};

#define REMADE_LATER_NS (10227LL * 86400 * 1000000000) /* 28 years of the Julian calendar, which 1901 to 2099 have */

/* Changes them in place. `is_signed`: prices may be zero or below: OC_E_NOT_SUPPORTED but for REMADE_LATER. OC_E_NOMEM; OC_E_LIMIT: a
 * price is beyond the range, or a time. */
CHECKED oc_rc remade_bars(struct oc_ev_bar *bars, uint32_t count, enum remade_kind kind, uint64_t seed, bool is_signed);

#endif
