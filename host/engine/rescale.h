/* rescale.h: numbers of one version of an instrument as numbers of another: prices and quantities count steps, and steps change.
 *
 * Invariants
 * - What lies on both grids is turned exactly. Else a price becomes the nearest one, a quantity the next one towards zero; `is_off`
 *   says that it happened.
 * - What does not fit leaves everything as it was. */
#ifndef ENGINE_RESCALE_H
#define ENGINE_RESCALE_H

#include "engine/instruments.h"

struct rescale_ratio { /* new units = old units * num / den */
    int64_t num;
    int64_t den;
};

struct rescale {
    struct rescale_ratio price;
    struct rescale_ratio qty;
    bool is_trial; /* nothing is written */
    bool overflows;
    bool price_is_off; /* since the flags were cleared */
    bool qty_is_off;
};

/* OC_E_RANGE: the steps are too far from each other. */
CHECKED oc_rc rescale_init(struct rescale *rescale, const struct instrument_steps *from,
                           const struct instrument_steps *to);
/* From the version that `inst` names to the one in force. False: it is in force, or cannot be turned. */
bool rescale_since(const struct instruments *instruments, uint32_t inst, struct rescale *ret_rescale);
void rescale_price(struct rescale *rescale, int64_t *units);
void rescale_qty(struct rescale *rescale, int64_t *units);
/* Price units times quantity units. */
void rescale_product(struct rescale *rescale, oc_i128 *product);
/* Price units and twice price units, as marks are: rounded alike. */
void rescale_mark2(struct rescale *rescale, int64_t *units2);

/* A copy of an event, turned; what it says of money stays. A venue's fill whose price is off the new grid says its money as `value`.
 * OC_E_RANGE: something does not fit. `from`: the steps that the event counts in; `instrument`: as it is now. */
CHECKED oc_rc rescale_event(struct rescale *rescale, const struct instrument_steps *from,
                            const struct instrument *instrument, struct oc_event *event);

#endif
