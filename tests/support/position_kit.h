/* position_kit.h: a fill booked in one call: planned, and committed if the plan holds. */
#ifndef SUPPORT_POSITION_KIT_H
#define SUPPORT_POSITION_KIT_H

#include "engine/position.h"

/* OC_E_INVALID, OC_E_RANGE, OC_E_LIMIT change nothing. */
static inline oc_rc position_fill(struct position *position, const struct instrument *instrument, uint8_t side,
                                  int64_t price, int64_t qty, int64_t now_ns)
{
    const struct position_trade trade = {.price = price, .qty = qty, .side = side};
    struct position_plan plan;
    oc_rc rc = position_plan(position, instrument, &trade, &plan);
    if (rc == OC_OK)
        position_commit(position, &plan, now_ns);
    return rc;
}

#endif
