/* market.h: what is known of each instrument's market: last trade, best bid and ask, last bar, and when.
 *
 * Invariants
 * - Presence is a bit. A one-sided quote leaves the other side absent, not zero.
 * - mark2 is twice the mark in price units, so that the middle of an odd spread is exact. The mark is the middle of a
 *   two-sided quote that is not older than the last trade or bar, else the last price. */
#ifndef ENGINE_MARKET_H
#define ENGINE_MARKET_H

#include <outcry/event.h>
#include <stdbool.h>

#include "base/checked.h"

#define MARKET_PRICE_MAX (INT64_MAX / 2) /* units: twice a price and the sum of two fit */

struct market {
    int64_t last;
    int64_t bid;
    int64_t ask;
    int64_t bid_qty;
    int64_t ask_qty;
    int64_t mark2;
    int64_t last_ns; /* of last */
    int64_t quote_ns;
    int64_t mark_ns;  /* of mark2 */
    uint32_t present; /* OC_HAS_BID, OC_HAS_ASK, OC_HAS_BID_QTY, OC_HAS_ASK_QTY */
    bool has_last;
    bool has_mark;
    uint16_t zero;
    struct oc_ev_bar bar; /* the last closed bar of the data's own period; size 0 if none */
};

struct markets;

CHECKED oc_rc markets_new(struct markets **ret_markets);
void markets_free(struct markets *markets);
/* By instrument (its index counts); grows on demand; NULL only when memory is exhausted. */
struct market *markets_get(struct markets *markets, uint32_t inst);
/* False for a trade, quote or bar whose price is beyond MARKET_PRICE_MAX. */
bool market_takes(const struct oc_event *event);
/* Takes a market event in that market_takes. Returns false for one that is not a price. */
bool market_apply(struct market *market, const struct oc_event *event, int64_t now_ns);

/* Twice the middle of a quote bar's open, high, low or close (`at` 0..3); of a bar with one side, twice that side. */
static inline int64_t qbar_middle2(const struct oc_ev_qbar *bar, int at)
{
    if ((bar->present & (OC_HAS_BID | OC_HAS_ASK)) == (OC_HAS_BID | OC_HAS_ASK))
        return bar->bid[at] + bar->ask[at];
    return 2 * (bar->present & OC_HAS_BID ? bar->bid[at] : bar->ask[at]);
}

#endif
