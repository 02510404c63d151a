/* spread.h: what takers paid beyond the price that they were judged from: half of the spread, and the rounding to the grid.
 *
 * Invariants
 * - The paper simulator rounds once: paid = price x (1 + side x half-spread), to the grid, against the account (SIM-16). Here the
 *   price is found again from what was paid and the half-spread of the settings, so that records are enough; it is true to the
 *   price step.
 * - Known for bars and trades of the paper simulator. Quotes hold their own spread, and another simulator has its own terms:
 *   then nothing is said. */
#ifndef REPORT_SPREAD_H
#define REPORT_SPREAD_H

#include <outcry/event.h>

#include "base/checked.h"
#include "engine/instruments.h"

struct session;

struct spread {
    struct oc_dec half;
    bool is_known;
    oc_i128 paid;     /* account currency */
    oc_i128 turnover; /* of takers, at the prices they were judged from; account currency */
};

/* [setup] Behind the data: what the settings say. */
void spread_open(struct spread *spread, const struct session *session);
/* A fill that was booked; *ret_cost is what of it was the spread, in the settlement asset. Makers pay none. False: it is not known, or
 * beyond money. */
bool spread_take(struct spread *spread, const struct session *session, const struct oc_ev_fill *fill,
                 const struct instrument *instrument, oc_i128 *ret_cost);

#endif
