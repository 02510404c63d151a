#include "report/execution.h"

#include <string.h>

#include "session/session.h"

void execution_open(struct execution *execution, const struct session *session)
{
    static const int64_t bars[EXECUTION_HORIZONS] = {1, 5, 20}, seconds[EXECUTION_HORIZONS] = {1, 10, 60};
    const int64_t period_ns = session->data.count ? session->data.sources[0].info.period_ns : 0;
    memset(execution, 0, sizeof *execution);
    for (int i = 0; i < EXECUTION_HORIZONS; i++)
        execution->horizons[i].after_ns = period_ns ? bars[i] * period_ns : seconds[i] * 1000000000LL;
}

void execution_ask(struct execution *execution, const struct oc_request *request, const struct market *market)
{
    if (!oc_request_makes_order(request->kind) || !market || !market->has_mark)
        return;
    const uint64_t place = order_ring_slot(request->order, EXECUTION_DECIDED_MAX);
    execution->asked[place].order = request->order;
    execution->asked[place].mark2 = market->mark2;
}

/* Twice the price of the decision. False: it is not known. */
static bool decided_at(const struct execution *execution, const struct order *order, int64_t *ret_price2)
{
    const struct oc_request *now = &order->now;
    if (now->type == OC_ORDER_TRAILING_STOP || now->type == OC_ORDER_TRAILING_STOP_LIMIT)
        return false;
    const uint64_t place = order_ring_slot(now->order, EXECUTION_DECIDED_MAX);
    if (now->bits & OC_RQ_HAS_PRICE)
        *ret_price2 = 2 * now->price;
    else if (now->bits & OC_RQ_HAS_STOP)
        *ret_price2 = 2 * now->stop_price;
    else if (execution->asked[place].order == now->order)
        *ret_price2 = execution->asked[place].mark2;
    else
        return false;
    return true;
}

static void share_add(struct share_sum *sum, int64_t price2, int64_t base2)
{
    if (base2 <= 0)
        return;
    const oc_i128 share = (oc_i128)((double)(price2 - base2) / (double)base2 * 1e12);
    sum->sum += share;
    sum->squares += share * share;
    sum->count++;
}

void execution_follow(struct execution *execution, const struct oc_ev_fill *fill, int64_t at_ns)
{
    if (execution->waiting_count == EXECUTION_WAITING_MAX) {
        execution->not_followed++;
        return;
    }
    const uint32_t at = execution->waiting_count++;
    memset(&execution->waiting[at], 0, sizeof execution->waiting[at]);
    execution->waiting[at].at_ns = at_ns;
    execution->waiting[at].price2 = 2 * fill->price;
    execution->waiting[at].inst_index = OC_INST_INDEX(fill->head.inst);
    execution->waiting[at].side = fill->side;
}

/* Into the account's currency. False: there is no price for it. */
static bool in_account(const struct session *session, const struct instrument *instrument, oc_i128 money,
                       oc_i128 *ret_money)
{
    const uint32_t asset = instrument->info.settle ? instrument->info.settle : instrument->info.quote;
    return portfolio_convert(engine_portfolio(session->engine), money, asset, session->money.base, RATE_MIDDLE,
                             ret_money) == OC_OK;
}

/* What the fill is against the middle of the quote when it was booked. */
static void against_middle(struct execution *execution, const struct session *session,
                           const struct instrument *instrument, const struct market *market,
                           const struct oc_ev_fill *fill, oc_i128 value, struct fill_terms *ret_terms)
{
    const bool buys = fill->side == OC_SIDE_BUY;
    oc_i128 middle2, money;
    if (!market || (market->present & (OC_HAS_BID | OC_HAS_ASK)) != (OC_HAS_BID | OC_HAS_ASK))
        return;
    const int64_t mid2 = market->bid + market->ask;
    share_add(&execution->effective, mid2 + 2 * (buys ? 2 * fill->price - mid2 : mid2 - 2 * fill->price), mid2);
    if (ret_terms->has_spread || instrument->info.kind == OC_KIND_INVERSE ||
        instrument_value(instrument, mid2, fill->qty, &middle2) < 0)
        return;
    ret_terms->has_spread = true;
    if (fill->liquidity == OC_LIQUIDITY_TAKER)
        ret_terms->spread = buys ? value - middle2 / 2 : middle2 / 2 - value;
    execution->spread_fills++;
    if (in_account(session, instrument, ret_terms->spread, &money))
        execution->spread += money;
}

/* What a fill cost more than at this price, and what it would have been worth at it; twice the price, in the settlement asset. */
static bool compare(const struct instrument *instrument, const struct oc_ev_fill *fill, uint8_t side, int64_t price2,
                    oc_i128 *ret_slip, oc_i128 *ret_base)
{
    const bool buys = side == OC_SIDE_BUY, is_inverse = instrument->info.kind == OC_KIND_INVERSE;
    oc_i128 value, base2;
    if (instrument_value(instrument, fill->price, fill->qty, &value) < 0 ||
        instrument_value(instrument, is_inverse ? price2 / 2 : price2, fill->qty, &base2) < 0)
        return false;
    const oc_i128 base = is_inverse ? base2 : base2 / 2; /* to 1e-20 */
    *ret_slip = buys != is_inverse ? value - base : base - value;
    *ret_base = base < 0 ? -base : base;
    return true;
}

void execution_fill(struct execution *execution, const struct session *session, const struct order *order,
                    const struct oc_ev_fill *fill, struct fill_terms *ret_terms)
{
    const struct instrument *instrument = instruments_get(engine_instruments(session->engine), fill->head.inst);
    const struct market *market = markets_get(engine_markets(session->engine), fill->head.inst);
    oc_i128 value, decided, money;
    int64_t price2;
    execution->fills++;
    if (!instrument || instrument_value(instrument, fill->price, fill->qty, &value) < 0)
        return;
    if (in_account(session, instrument, value < 0 ? -value : value, &money))
        execution->turnover += money;
    against_middle(execution, session, instrument, market, fill, value, ret_terms);
    if (!(fill->head.flags & OC_EVF_END)) /* nothing comes after it */
        execution_follow(execution, fill, fill->head.venue_ns);
    if (!order || !decided_at(execution, order, &price2) ||
        !compare(instrument, fill, fill->side, price2, &ret_terms->slip, &decided)) {
        execution->undecided++;
        return;
    }
    ret_terms->has_slip = true;
    if (in_account(session, instrument, ret_terms->slip, &money))
        execution->slip += money;
    if (in_account(session, instrument, decided, &money))
        execution->decided += money;
}

bool execution_worth(const struct session *session, const struct oc_ev_fill *fill, oc_i128 *ret_money)
{
    const struct instrument *instrument = instruments_get(engine_instruments(session->engine), fill->head.inst);
    oc_i128 value;
    return instrument && instrument_value(instrument, fill->price, fill->qty, &value) == OC_OK &&
           in_account(session, instrument, value < 0 ? -value : value, ret_money);
}

bool execution_against(const struct session *session, const struct oc_ev_fill *fill, uint8_t side, int64_t price2,
                       oc_i128 *ret_slip, oc_i128 *ret_base)
{
    const struct instrument *instrument = instruments_get(engine_instruments(session->engine), fill->head.inst);
    oc_i128 slip, base;
    if (!instrument || !compare(instrument, fill, side, price2, &slip, &base) ||
        !in_account(session, instrument, slip, &slip) || !in_account(session, instrument, base, &base))
        return false;
    *ret_slip = slip;
    *ret_base = base;
    return true;
}

void execution_price_seen(struct execution *execution, uint32_t inst_index, int64_t mark2, int64_t now_ns)
{
    for (uint32_t i = 0; i < execution->waiting_count;) {
        if (execution->waiting[i].inst_index != inst_index) {
            i++;
            continue;
        }
        const int64_t price2 = execution->waiting[i].price2, at_ns = execution->waiting[i].at_ns;
        const bool buys = execution->waiting[i].side == OC_SIDE_BUY;
        while (execution->waiting[i].done < EXECUTION_HORIZONS) {
            const int64_t due_ns = at_ns + execution->horizons[execution->waiting[i].done].after_ns;
            if (now_ns < due_ns)
                break;
            const int64_t then2 =
                now_ns == due_ns || !execution->waiting[i].has_mark ? mark2 : execution->waiting[i].mark2;
            share_add(&execution->horizons[execution->waiting[i].done++].markout,
                      price2 + (buys ? then2 - price2 : price2 - then2), price2);
        }
        execution->waiting[i].mark2 = mark2;
        execution->waiting[i].has_mark = 1;
        if (execution->waiting[i].done == EXECUTION_HORIZONS)
            execution->waiting[i] = execution->waiting[--execution->waiting_count];
        else
            i++;
    }
}
