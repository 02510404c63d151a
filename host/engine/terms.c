/* terms.c: what a venue checks of an instrument before it takes an order, checked here before a byte leaves. */
#include "engine/impl.h"

static bool is_at_market(const struct oc_request *request)
{
    return request->type == OC_ORDER_MARKET || request->type == OC_ORDER_STOP;
}

static const char *status_refuses(const struct oc_instrument *info, const struct oc_request *request)
{
    if (info->status == OC_STATUS_NOT_YET)
        return "INSTRUMENT_NOT_TRADING";
    if (info->status == OC_STATUS_POST_ONLY && !(request->bits & OC_RQ_POST_ONLY))
        return "INSTRUMENT_POST_ONLY";
    if (info->status == OC_STATUS_LIMIT_ONLY && request->type != OC_ORDER_LIMIT)
        return "INSTRUMENT_LIMIT_ONLY";
    return info->status == OC_STATUS_REDUCE_ONLY && !(request->bits & OC_RQ_REDUCE_ONLY) ? "INSTRUMENT_REDUCE_ONLY"
                                                                                         : NULL;
}

static const char *kind_refuses(const struct oc_instrument *info, const struct oc_request *request)
{
    if ((info->present & OC_INST_HAS_ORDERS) &&
        !((info->orders >> request->type & 1) && (info->tifs >> request->tif & 1)))
        return "ORDER_KIND_NOT_TAKEN";
    return (info->rules & OC_INST_NO_QUOTE_QTY) && (request->bits & OC_RQ_HAS_QUOTE_QTY) ? "QUOTE_QUANTITY_NOT_TAKEN"
                                                                                         : NULL;
}

/* The row of the table that a price is in says its step. */
static bool is_on_ticks(const struct oc_instrument *info, int64_t price)
{
    int64_t step = 1;
    for (uint32_t i = 0; (info->present & OC_INST_HAS_TICK_TABLE) && i < info->tick_count; i++)
        if (price >= info->ticks[i].from && info->ticks[i].step > 0)
            step = info->ticks[i].step;
    const int64_t from = info->rules & OC_INST_PRICE_FROM_MIN ? info->min_price : 0;
    return ((oc_i128)price - from) % step == 0;
}

static const char *price_refuses(const struct oc_instrument *info, int64_t price)
{
    if ((info->present & OC_INST_HAS_MIN_PRICE) && price < info->min_price)
        return "PRICE_BELOW_MINIMUM";
    if ((info->present & OC_INST_HAS_MAX_PRICE) && price > info->max_price)
        return "PRICE_ABOVE_MAXIMUM";
    return is_on_ticks(info, price) ? NULL : "PRICE_OFF_GRID";
}

static const char *market_size_refuses(const struct oc_instrument *info, int64_t qty)
{
    if ((info->present & OC_INST_HAS_MARKET_MIN_QTY) && qty < info->market_min_qty)
        return "QUANTITY_BELOW_MINIMUM";
    if ((info->present & OC_INST_HAS_MARKET_MAX_QTY) && qty > info->market_max_qty)
        return "QUANTITY_ABOVE_MAXIMUM";
    return (info->present & OC_INST_HAS_MARKET_STEP) && info->market_step > 0 && qty % info->market_step
               ? "QUANTITY_OFF_GRID"
               : NULL;
}

/* What the order is worth at its own price; at the market's, of those that have none. False: nobody knows. */
static bool worth_of(const struct engine *engine, const struct instrument *instrument, const struct oc_request *request,
                     oc_i128 *ret_money)
{
    const struct market *market = markets_get(engine->markets, request->head.inst);
    int64_t price = market && market->has_mark ? market->mark2 / 2 : 0;
    if (request->bits & OC_RQ_HAS_QUOTE_QTY)
        return money_from_dec(request->quote_qty, ret_money) == OC_OK;
    if (request->bits & OC_RQ_HAS_PRICE)
        price = request->price;
    else if (request->bits & OC_RQ_HAS_STOP)
        price = request->stop_price;
    if (price == 0 || instrument_value(instrument, price, request->qty, ret_money) < 0)
        return false;
    *ret_money = *ret_money < 0 ? -*ret_money : *ret_money;
    return true;
}

static const char *notional_refuses(const struct engine *engine, const struct instrument *instrument,
                                    const struct oc_request *request)
{
    const struct oc_instrument *info = &instrument->info;
    const bool is_market = is_at_market(request);
    const bool has_min =
        (info->present & OC_INST_HAS_MIN_NOTIONAL) && (!is_market || (info->rules & OC_INST_NOTIONAL_OF_MARKET));
    const bool has_max =
        (info->present & OC_INST_HAS_MAX_NOTIONAL) && (!is_market || (info->rules & OC_INST_MAX_NOTIONAL_OF_MARKET));
    oc_i128 worth, limit;
    if ((!has_min && !has_max) || !worth_of(engine, instrument, request, &worth))
        return NULL;
    if (has_min && money_from_dec(info->min_notional, &limit) == OC_OK && worth < limit)
        return "NOTIONAL_BELOW_MINIMUM";
    return has_max && money_from_dec(info->max_notional, &limit) == OC_OK && worth > limit ? "NOTIONAL_ABOVE_MAXIMUM"
                                                                                           : NULL;
}

/* A part of the reference price, against a price, in the same digits. */
static int compare_part(int64_t price, int64_t reference, struct oc_dec part)
{
    const oc_i128 one = num_pow10_128(part.scale), is = (oc_i128)price * one, bound = (oc_i128)reference * part.units;
    return (is > bound) - (is < bound);
}

/* The last trade stands for the average that some venues take: bands are wide, and a price at their edge is the venue's to judge. */
static const char *band_refuses(const struct engine *engine, const struct oc_instrument *info,
                                const struct oc_request *request)
{
    const bool buys = request->side == OC_SIDE_BUY;
    const struct oc_dec low = buys ? info->buy_band_low : info->sell_band_low;
    const struct oc_dec high = buys ? info->buy_band_high : info->sell_band_high;
    const struct market *market = markets_get(engine->markets, request->head.inst);
    if (!(info->present & (buys ? OC_INST_HAS_BUY_BAND : OC_INST_HAS_SELL_BAND)) || !market || !market->has_last ||
        market->last <= 0)
        return NULL;
    if (low.units > 0 && compare_part(request->price, market->last, low) < 0)
        return "PRICE_BELOW_BAND";
    return high.units > 0 && compare_part(request->price, market->last, high) > 0 ? "PRICE_ABOVE_BAND" : NULL;
}

struct open_counts {
    uint32_t orders, stops, icebergs;
};

static void count_open(struct open_counts *counts, const struct order *order, const struct oc_request *request)
{
    if (order->now.account != request->account || order->now.order == request->order)
        return;
    counts->orders++;
    counts->stops += (order->now.bits & OC_RQ_HAS_STOP) && !order->is_triggered;
    counts->icebergs += (order->now.bits & OC_RQ_HAS_DISPLAY) != 0;
}

static bool is_full(uint32_t count, uint32_t most) { return most && count >= most; }

static bool has_counts(const struct oc_instrument *info)
{
    return info->max_orders || info->max_stop_orders || info->max_icebergs;
}

static bool has_counts_of_account(const struct oc_instrument *info)
{
    return info->max_orders_of_account || info->max_stop_orders_of_account || info->max_icebergs_of_account;
}

/* Those of the account that are open, or asked for within this callback: here, and of all instruments, whose limits each of them says. */
static const char *count_refuses(const struct engine *engine, const struct oc_instrument *info,
                                 const struct oc_request *request)
{
    const bool is_stop = request->bits & OC_RQ_HAS_STOP, is_iceberg = request->bits & OC_RQ_HAS_DISPLAY;
    struct open_counts here = {0}, all = {0};
    const struct order *order = has_counts(info) ? orders_open_of(engine->orders, request->head.inst) : NULL;
    for (; order; order = order->younger_here)
        count_open(&here, order, request);
    order = has_counts_of_account(info) ? orders_open_first(engine->orders) : NULL;
    for (; order; order = order->younger)
        count_open(&all, order, request);
    if (is_full(here.orders, info->max_orders))
        return "TOO_MANY_OPEN_ORDERS";
    if (is_stop && is_full(here.stops, info->max_stop_orders))
        return "TOO_MANY_STOP_ORDERS";
    if (is_iceberg && is_full(here.icebergs, info->max_icebergs))
        return "TOO_MANY_ICEBERGS";
    if (is_full(all.orders, info->max_orders_of_account))
        return "TOO_MANY_OPEN_ORDERS_OF_ACCOUNT";
    if (is_stop && is_full(all.stops, info->max_stop_orders_of_account))
        return "TOO_MANY_STOP_ORDERS_OF_ACCOUNT";
    return is_iceberg && is_full(all.icebergs, info->max_icebergs_of_account) ? "TOO_MANY_ICEBERGS_OF_ACCOUNT" : NULL;
}

/* What the account holds and could hold by its open orders. */
static const char *position_refuses(const struct engine *engine, const struct oc_instrument *info,
                                    const struct oc_request *request)
{
    const struct book *book = portfolio_find(engine->portfolio, request->account, 0, request->head.inst);
    const oc_i128 held = book ? (oc_i128)book->position.qty + book->open_buy : 0;
    const struct order *own = orders_find(engine->orders, request->order); /* as it was, or is being asked for */
    const oc_i128 others = held - (own && own->now.side == OC_SIDE_BUY ? own->exposure : 0);
    return request->side == OC_SIDE_BUY && others + request->qty - request->filled > info->max_position
               ? "POSITION_ABOVE_MAXIMUM"
               : NULL;
}

static const char *shape_refuses(const struct oc_instrument *info, const struct oc_request *request)
{
    const bool has_display = request->bits & OC_RQ_HAS_DISPLAY;
    if (has_display && (info->rules & OC_INST_NO_ICEBERG))
        return "ICEBERG_NOT_TAKEN";
    if (has_display && info->iceberg_parts && request->display_qty > 0 &&
        (request->qty - 1) / request->display_qty >= info->iceberg_parts)
        return "ICEBERG_OF_TOO_MANY_PARTS";
    return request->kind == OC_REQUEST_AMEND && (info->rules & OC_INST_NO_AMEND) ? "AMEND_NOT_TAKEN" : NULL;
}

const char *terms_refuse(const struct engine *engine, const struct instrument *instrument,
                         const struct oc_request *request)
{
    const struct oc_instrument *info = &instrument->info;
    const char *reason = status_refuses(info, request);
    if (!reason)
        reason = kind_refuses(info, request);
    if (!reason && (request->bits & OC_RQ_HAS_PRICE))
        reason = price_refuses(info, request->price);
    if (!reason && (request->bits & OC_RQ_HAS_STOP))
        reason = price_refuses(info, request->stop_price);
    if (!reason && (request->bits & OC_RQ_HAS_QTY) && is_at_market(request))
        reason = market_size_refuses(info, request->qty);
    if (!reason)
        reason = shape_refuses(info, request);
    if (!reason && (request->bits & OC_RQ_HAS_PRICE))
        reason = band_refuses(engine, info, request);
    if (!reason && request->kind == OC_REQUEST_NEW && (has_counts(info) || has_counts_of_account(info)))
        reason = count_refuses(engine, info, request);
    if (!reason && (info->present & OC_INST_HAS_MAX_POSITION) && (request->bits & OC_RQ_HAS_QTY))
        reason = position_refuses(engine, info, request);
    return reason ? reason : notional_refuses(engine, instrument, request);
}
