/* execution.h: how well orders were carried out: against the price they were decided at, the middle, and what came after (TCA).
 *
 * Invariants
 * - The price of the decision: of a market order the mark when it was asked for; of a limit order its limit, of a stop its stop, as in
 *   force at the fill. Of a trailing stop, and of an order that more than EXECUTION_DECIDED_MAX younger ones came behind, it is not known.
 * - Costs are positive when bad. Money is exact, in the account's currency at the rates of the fill.
 * - What came after is the last price known at the fill's time and a horizon. At most EXECUTION_WAITING_MAX fills wait for it at once;
 *   others are counted as not looked at. */
#ifndef REPORT_EXECUTION_H
#define REPORT_EXECUTION_H

#include <outcry/event.h>

#include "base/checked.h"
#include "engine/market.h"
#include "engine/orders.h"
#include "report/collect.h"

struct session;

enum { EXECUTION_DECIDED_MAX = 4096, EXECUTION_WAITING_MAX = 64, EXECUTION_HORIZONS = 3, EXECUTION_FILLS_MIN = 10 };

struct share_sum { /* of shares of a price, in 1e-12, so that their order does not matter */
    oc_i128 sum;
    uint64_t count;
    oc_i128 squares; /* of what is summed, in 1e-24 */
};

struct execution {
    uint64_t fills;
    uint64_t undecided;         /* of them: the price of the decision is not known */
    oc_i128 turnover;           /* what traded, at its prices */
    oc_i128 decided;            /* what is compared, at the prices of the decisions */
    oc_i128 slip;               /* of it: what it cost more than decided */
    oc_i128 spread;             /* what takers paid beyond the middle of the quote, where there is one */
    uint64_t spread_fills;      /* fills at which it is known; makers pay none */
    struct share_sum effective; /* effective spread, 2 side (p - mid) / mid, where there are quotes */
    struct {
        int64_t after_ns;
        struct share_sum markout; /* side (mid - p) / p: positive is good */
    } horizons[EXECUTION_HORIZONS];
    uint64_t not_followed; /* fills that found no room to wait */
    struct {
        uint64_t order;
        int64_t mark2;
    } asked[EXECUTION_DECIDED_MAX]; /* by order number */
    struct {
        int64_t at_ns;
        int64_t price2;
        int64_t mark2; /* the last one known */
        uint32_t inst_index;
        uint8_t side;
        uint8_t done; /* horizons */
        uint8_t has_mark;
        uint8_t zero;
    } waiting[EXECUTION_WAITING_MAX];
    uint32_t waiting_count;
    uint32_t zero;
};

/* [setup] */
void execution_open(struct execution *execution, const struct session *session);
/* A new order was asked for, with this mark; NULL: there was none. */
void execution_ask(struct execution *execution, const struct oc_request *request, const struct market *market);
/* A fill that was booked. What it cost beside the price of its decision goes to *ret_terms, in the settlement asset. */
void execution_fill(struct execution *execution, const struct session *session, const struct order *order,
                    const struct oc_ev_fill *fill, struct fill_terms *ret_terms);
/* What a fill traded, in the account's currency. False: there is no price for it. */
bool execution_worth(const struct session *session, const struct oc_ev_fill *fill, oc_i128 *ret_money);
/* What a fill of an order of `side` cost more than at this price (twice it), and what it would have been worth there, in the account's
 * currency. False: it is not known. */
bool execution_against(const struct session *session, const struct oc_ev_fill *fill, uint8_t side, int64_t price2,
                       oc_i128 *ret_slip, oc_i128 *ret_base);
/* What comes after a fill of this time is looked at; execution_fill does so itself. */
void execution_follow(struct execution *execution, const struct oc_ev_fill *fill, int64_t at_ns);
/* Behind each market event of an instrument. */
void execution_price_seen(struct execution *execution, uint32_t inst_index, int64_t mark2, int64_t now_ns);
static inline void execution_price(struct execution *execution, uint32_t inst_index, int64_t mark2, int64_t now_ns)
{
    if (execution->waiting_count)
        execution_price_seen(execution, inst_index, mark2, now_ns);
}

#endif
