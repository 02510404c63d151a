/* api_reads.c: a number equal to what a position, an order, or a balance reads as is that amount. The nearest double of a large
 * quantity is not the quantity, and a balance may lie between two points of the grid. */
#include "script/strategy_impl.h"

enum { EXACT_BITS = 52 }; /* fewer units than 2^52 are told apart by their doubles: the grid knows them */

static bool is_read(const struct instrument *instrument, int64_t units, double number, int64_t *ret_units)
{
    if (units == INT64_MIN || instrument_qty(instrument, units < 0 ? -units : units) != number)
        return false;
    *ret_units = units < 0 ? -units : units;
    return true;
}

static bool is_order_read(const struct strategy *strategy, const struct instrument *instrument, double number,
                          int64_t *ret_units)
{
    const struct orders *orders = engine_orders(strategy->engine);
    const struct order *order = orders_open_last_of(orders, instrument->info.inst);
    for (; order; order = order->older_here)
        if (order->now.strategy == strategy->id &&
            (is_read(instrument, order_remaining_worst(order), number, ret_units) ||
             is_read(instrument, order->now.qty, number, ret_units) ||
             is_read(instrument, order->filled, number, ret_units)))
            return true;
    return false;
}

/* What is free, or all of it, of an asset of the account; false: the number reads as neither. */
static bool is_balance_read(const struct strategy *strategy, uint32_t asset, double number, oc_i128 *ret_money)
{
    const uint32_t account = strategy->config.account;
    const oc_i128 total = portfolio_tradable(engine_portfolio(strategy->engine), account, asset);
    const oc_i128 left = total - engine_used_to_trade(strategy->engine, account, asset);
    if (left > 0 && money_to_double(left) == number)
        *ret_money = left;
    else if (total > 0 && money_to_double(total) == number)
        *ret_money = total;
    else
        return false;
    return true;
}

bool api_reads_as_qty(const struct strategy *strategy, const struct instrument *instrument, double number,
                      int64_t *ret_units)
{
    const struct book *book = portfolio_find(engine_portfolio(strategy->engine), strategy->config.account, strategy->id,
                                             instrument->info.inst);
    const struct oc_dec *step = &instrument->info.qty_step;
    oc_i128 held;
    if (book && is_read(instrument, book->position.qty, number, ret_units))
        return true;
    if (number * (double)instrument->qty_den / (double)instrument->qty_num >= (double)(1ll << EXACT_BITS) &&
        is_order_read(strategy, instrument, number, ret_units))
        return true;
    if (instrument->info.kind != OC_KIND_SPOT || !is_balance_read(strategy, instrument->info.base, number, &held))
        return false;
    held /= (oc_i128)step->units * num_pow10_128(MONEY_SCALE - step->scale);
    return num_narrow(held, ret_units) == OC_OK;
}

/* To 1e-8 where that fits, and never more than there is. */
bool api_reads_as_money(const struct strategy *strategy, uint32_t asset, double number, struct oc_dec *ret_dec)
{
    oc_i128 money;
    int scale = 8;
    if (!is_balance_read(strategy, asset, number, &money))
        return false;
    while (scale > 0 && money / num_pow10_128(MONEY_SCALE - scale) > INT64_MAX)
        scale--;
    *ret_dec = (struct oc_dec){(int64_t)(money / num_pow10_128(MONEY_SCALE - scale)), scale, 0};
    return true;
}
