#include "engine/position.h"

#include <stdlib.h>
#include <string.h>

void position_init(struct position *position, uint32_t account, uint32_t strategy, uint32_t inst, uint32_t method)
{
    memset(position, 0, sizeof *position);
    position->account = account;
    position->strategy = strategy;
    position->inst = inst;
    position->method = method;
}

void position_release(struct position *position)
{
    free(position->lots);
    position->lots = NULL;
    position->lot_count = position->lot_max = position->lot_first = 0;
}

static int64_t magnitude(int64_t qty) { return qty < 0 ? -qty : qty; }

static oc_rc lot_add(struct position *position, int64_t qty, oc_i128 cost)
{
    uint32_t live = position->lot_count - position->lot_first;
    if (live >= ENGINE_LOTS_MAX)
        return OC_E_LIMIT;
    if (position->lot_count == position->lot_max) {
        if (position->lot_first > live) { /* slide down instead of growing */
            memmove(position->lots, position->lots + position->lot_first, live * sizeof *position->lots);
            position->lot_first = 0;
            position->lot_count = live;
        } else {
            uint32_t room = position->lot_max ? position->lot_max * 2 : 16;
            struct lot *lots = realloc(position->lots, room * sizeof *lots);
            if (!lots)
                return OC_E_NOMEM;
            position->lots = lots;
            position->lot_max = room;
        }
    }
    position->lots[position->lot_count++] = (struct lot){qty, cost};
    return OC_OK;
}

/* The part of `cost` that belongs to `part` of `whole` units; the caller subtracts it, so parts always add up. */
static oc_rc share(oc_i128 cost, int64_t part, int64_t whole, oc_i128 *ret_money)
{
    if (part == whole) {
        *ret_money = cost;
        return OC_OK;
    }
    return num_muldiv_128(cost, part, whole, NUM_HALF_EVEN, ret_money);
}

/* Releases the cost of `qty` (positive) units under the method; lots are consumed only with commit. */
static oc_rc release_cost(struct position *position, int64_t qty, bool commit, oc_i128 *ret_money)
{
    if (position->method == COST_AVERAGE)
        return share(position->cost, qty, magnitude(position->qty), ret_money);
    oc_i128 sum = 0;
    uint32_t first = position->lot_first, count = position->lot_count;
    while (qty > 0 && first < count) {
        struct lot *lot = position->method == COST_FIFO ? &position->lots[first] : &position->lots[count - 1];
        int64_t size = magnitude(lot->qty), take = qty < size ? qty : size;
        oc_i128 cost;
        oc_rc rc = share(lot->cost, take, size, &cost);
        if (rc < 0)
            return rc;
        sum += cost;
        qty -= take;
        if (commit && take < size) {
            lot->cost -= cost;
            lot->qty -= lot->qty < 0 ? -take : take;
        }
        if (take == size) {
            if (position->method == COST_FIFO)
                first++;
            else
                count--;
        }
    }
    if (commit) {
        position->lot_first = first;
        position->lot_count = count;
        if (first == count)
            position->lot_first = position->lot_count = 0;
    }
    *ret_money = sum;
    return OC_OK;
}

/* Profit of `qty` units leaving at `value`, given their released cost. Inverse: entry value less exit value, because
 * both are counted in the base asset that a long receives when the price rises. */
static oc_i128 profit(const struct instrument *instrument, oc_i128 value, oc_i128 cost)
{
    return instrument->info.kind == OC_KIND_INVERSE ? cost - value : value - cost;
}

static void trip_end(struct position *position)
{
    position->trips++;
    if (position->realised > position->trip_start)
        position->wins++;
}

static oc_rc open_part(struct position *position, const struct instrument *instrument, int64_t price, int64_t signed_qty,
                       int64_t now_ns)
{
    oc_i128 value, cost;
    oc_rc rc = instrument_value(instrument, price, signed_qty, &value);
    if (rc < 0)
        return rc;
    int64_t qty;
    if (num_add_128(position->cost, value, &cost) < 0 || num_add(position->qty, signed_qty, &qty) < 0)
        return OC_E_RANGE;
    if (position->method != COST_AVERAGE) {
        rc = lot_add(position, signed_qty, value);
        if (rc < 0)
            return rc;
    }
    if (position->qty == 0) {
        position->opened_ns = now_ns;
        position->trip_start = position->realised;
    }
    position->cost = cost;
    position->qty = qty;
    return OC_OK;
}

oc_rc position_fill(struct position *position, const struct instrument *instrument, uint8_t side, int64_t price,
                    int64_t qty, int64_t now_ns)
{
    if (qty <= 0 || (side != OC_SIDE_BUY && side != OC_SIDE_SELL))
        return OC_E_INVALID;
    int64_t signed_qty = side == OC_SIDE_BUY ? qty : -qty;
    oc_i128 value, flow;
    oc_rc rc = instrument_value(instrument, price, signed_qty, &value);
    if (rc < 0)
        return rc;
    if (num_sub_128(position->flow, value, &flow) < 0)
        return OC_E_RANGE;
    bool reduces = position->qty != 0 && (position->qty < 0) != (signed_qty < 0);
    if (!reduces) {
        rc = open_part(position, instrument, price, signed_qty, now_ns);
        if (rc < 0)
            return rc;
        position->flow = flow;
        position->fills++;
        return OC_OK;
    }
    int64_t held = magnitude(position->qty), closing = qty < held ? qty : held;
    int64_t signed_close = position->qty > 0 ? closing : -closing;
    oc_i128 cost, exit_value, realised;
    rc = release_cost(position, closing, false, &cost);
    if (rc < 0)
        return rc;
    rc = instrument_value(instrument, price, signed_close, &exit_value);
    if (rc < 0)
        return rc;
    if (num_add_128(position->realised, profit(instrument, exit_value, cost), &realised) < 0)
        return OC_E_RANGE;
    rc = release_cost(position, closing, true, &cost);
    if (rc < 0)
        return rc;
    position->cost -= cost;
    position->qty -= signed_close;
    position->realised = realised;
    position->flow = flow;
    position->fills++;
    if (position->qty == 0)
        trip_end(position);
    if (qty > closing)
        return open_part(position, instrument, price, signed_qty > 0 ? qty - closing : -(qty - closing), now_ns);
    return OC_OK;
}

oc_rc position_fee(struct position *position, uint32_t asset, oc_i128 paid)
{
    if (paid == 0)
        return OC_OK;
    for (uint32_t i = 0; i < position->fee_count; i++)
        if (position->fees[i].asset == asset)
            return num_add_128(position->fees[i].paid, paid, &position->fees[i].paid);
    if (position->fee_count == ENGINE_FEE_ASSETS_MAX)
        return OC_E_LIMIT;
    position->fees[position->fee_count++] = (struct fee_bucket){asset, 0, paid};
    return OC_OK;
}

oc_rc position_unrealised(const struct position *position, const struct instrument *instrument, int64_t mark,
                          oc_i128 *ret_money)
{
    if (position->qty == 0) {
        *ret_money = 0;
        return OC_OK;
    }
    oc_i128 value;
    oc_rc rc = instrument_value(instrument, mark, position->qty, &value);
    if (rc < 0)
        return rc;
    *ret_money = profit(instrument, value, position->cost);
    return OC_OK;
}

oc_rc position_average(const struct position *position, const struct instrument *instrument, double *ret_price)
{
    if (position->qty == 0)
        return OC_E_NOT_FOUND;
    double cost = money_to_double(position->cost), qty = instrument_qty(instrument, position->qty);
    double size = 1.0;
    if (instrument->info.kind != OC_KIND_SPOT)
        size = (double)instrument->info.contract_size.units /
               (double)num_pow10(instrument->info.contract_size.scale);
    *ret_price = instrument->info.kind == OC_KIND_INVERSE ? qty * size / cost : cost / (qty * size);
    return OC_OK;
}
