/* tca.h: what the market did while an order worked: what it traded at on average, by volume and by time, and what as much volume as a share of
 * it came to (TCA-1..4; implementation shortfall: Perold 1988).
 *
 * Invariants
 * - Market and limit orders are followed; stops and the legs of a position wait for their price.
 * - An order works from the end of the event at which it was asked for to its own end. What the market printed meanwhile are trades with a
 *   quantity, and bars with a volume that closed meanwhile, each at (high + low + close) / 3. An order over which nothing was printed is not
 *   compared with it.
 * - The tape of a simulated session has not our own fills, that of a venue has them.
 * - Slippage is positive when bad, and a share of what it is compared with. Figures are means over orders, each counted once.
 * - Limited: TCA_WORKING_MAX orders at once, TCA_MARKETS_MAX instruments, TCA_POINTS_MAX prints of each, joined in pairs beyond that. What finds
 *   no room is counted as not followed. */
#ifndef REPORT_TCA_H
#define REPORT_TCA_H

#include <outcry/event.h>
#include <stdbool.h>

#include "base/checked.h"
#include "engine/market.h"
#include "engine/orders.h"

enum { TCA_WORKING_MAX = 256, TCA_MARKETS_MAX = 64, TCA_POINTS_MAX = 1024 };
#define TCA_SHARE 0.2 /* of PWP: an order took this part of the volume */

struct tca_point { /* sums since nothing worked in its instrument */
    double volume;
    double value; /* volume times price */
};

struct tca_market {
    struct tca_point *points; /* TCA_POINTS_MAX; owned */
    struct tca_point sum;
    double held; /* price times nanoseconds */
    double price;
    int64_t seen_ns; /* up to when it was held */
    uint32_t inst_index;
    uint32_t count;
    uint32_t stride; /* prints a point */
    uint32_t filled; /* of the last one */
    uint32_t working;
    uint32_t zero;
};

struct tca_order { /* quantities and prices in units */
    uint64_t order;
    double decided; /* the mark when it was decided; when it was sent; when it ended */
    double arrived;
    double ended;
    double qty; /* asked for */
    double filled;
    double paid; /* fills, quantity times price */
    double fees; /* in the same */
    struct tca_point from, until;
    double held_from, held_until;
    int64_t from_ns, until_ns;
    uint32_t market;
    uint16_t side;
    uint16_t state;
};

struct tca_mean {
    double sum;
    uint64_t count;
};

struct tca {
    struct tca_market markets[TCA_MARKETS_MAX];
    struct tca_order working[TCA_WORKING_MAX];
    uint32_t market_count;
    uint32_t working_count;
    uint32_t restless; /* of them: those that the next event changes */
    bool tape_has_ours;
    uint64_t not_followed;
    struct tca_mean delay, trading, opportunity, fees; /* the four of the shortfall, of what was decided at its price */
    struct tca_mean vwap, vwap_without;                /* our own fills in it, and not */
    struct tca_mean twap, pwp, participation;
};

void tca_release(struct tca *tca);
/* A new order was asked for. */
void tca_ask(struct tca *tca, const struct oc_request *request, const struct market *market, int64_t now_ns);
/* It left the house, at this mark. */
void tca_sent(struct tca *tca, uint64_t order, const struct market *market);
void tca_drop(struct tca *tca, uint64_t order); /* it never did */
/* A fill of it; `fee` as quantity times price. */
void tca_fill(struct tca *tca, uint64_t order, int64_t qty, int64_t price, double fee);
/* It has ended, of this quantity. */
void tca_end(struct tca *tca, uint64_t order, int64_t qty, int64_t now_ns);
/* Behind each market event. */
void tca_seen_now(struct tca *tca, uint32_t inst_index, const struct oc_event *event, int64_t mark2, int64_t now_ns);
static inline void tca_seen(struct tca *tca, uint32_t inst_index, const struct oc_event *event, int64_t mark2,
                            int64_t now_ns)
{
    if (tca->working_count)
        tca_seen_now(tca, inst_index, event, mark2, now_ns);
}

#endif
