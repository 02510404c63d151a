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

/* Room for one more lot behind the last. */
static oc_rc lot_room(struct position *position)
{
    uint32_t live = position->lot_count - position->lot_first;
    if (live >= ENGINE_LOTS_MAX)
        return OC_E_LIMIT;
    if (position->lot_count < position->lot_max)
        return OC_OK;
    if (position->lot_first > live) { /* slide down instead of growing */
        memmove(position->lots, position->lots + position->lot_first, live * sizeof *position->lots);
        position->lot_first = 0;
        position->lot_count = live;
        return OC_OK;
    }
    uint32_t room = position->lot_max ? position->lot_max * 2 : 16;
    struct lot *lots = realloc(position->lots, room * sizeof *lots);
    if (!lots)
        return OC_E_NOMEM;
    position->lots = lots;
    position->lot_max = room;
    return OC_OK;
}

/* The part of `cost` that belongs to `part` of `whole` units; the caller subtracts it, so parts always add up. It is
 * never larger than the cost, so it fits. */
static oc_i128 share(oc_i128 cost, int64_t part, int64_t whole)
{
    oc_i128 money = cost;
    if (part != whole)
        (void)num_muldiv_128(cost, part, whole, NUM_HALF_EVEN, &money);
    return money;
}

/* Releases the cost of `qty` (positive, at most what is held) units under the method; lots are consumed with commit. */
static oc_i128 release_cost(struct position *position, int64_t qty, bool commit)
{
    if (position->method == COST_AVERAGE)
        return share(position->cost, qty, magnitude(position->qty));
    oc_i128 sum = 0;
    uint32_t first = position->lot_first, count = position->lot_count;
    while (qty > 0) {
        struct lot *lot = position->method == COST_FIFO ? &position->lots[first] : &position->lots[count - 1];
        int64_t size = magnitude(lot->qty), take = qty < size ? qty : size;
        oc_i128 cost = share(lot->cost, take, size);
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
        position->lot_first = first == count ? 0 : first;
        position->lot_count = first == count ? 0 : count;
    }
    return sum;
}

/* Profit of units leaving at `value`, given their released cost. Inverse: entry value less exit value, because both
 * are counted in the base asset that a long receives when the price rises. */
static oc_rc profit(const struct instrument *instrument, oc_i128 value, oc_i128 cost, oc_i128 *ret_money)
{
    return instrument->info.kind == OC_KIND_INVERSE ? num_sub_128(cost, value, ret_money)
                                                    : num_sub_128(value, cost, ret_money);
}

/* Money of a part of a trade, signed as the part. */
static oc_rc value_of(const struct position_trade *trade, const struct instrument *instrument, int64_t part,
                      oc_i128 *ret_money)
{
    if (__builtin_expect(!trade->has_value, 1))
        return instrument_value(instrument, trade->price, part, ret_money);
    const oc_i128 money = share(trade->value, magnitude(part), trade->qty);
    *ret_money = part < 0 ? -money : money;
    return OC_OK;
}

static oc_rc plan_close(struct position *position, const struct instrument *instrument,
                        const struct position_trade *trade, struct position_plan *plan)
{
    oc_i128 value, gain;
    oc_rc rc = value_of(trade, instrument, plan->close_qty, &value);
    if (rc < 0)
        return rc;
    if (profit(instrument, value, release_cost(position, magnitude(plan->close_qty), false), &gain) < 0)
        return OC_E_RANGE;
    return num_add_128(position->realised, gain, &plan->realised);
}

/* The rest of what was not closed: the parts of a trade always add up. */
static oc_rc rest_of(const struct position_trade *trade, const struct position_plan *plan, oc_i128 *ret_money)
{
    const int64_t closed = magnitude(plan->close_qty);
    const oc_i128 money = trade->value - (closed ? share(trade->value, closed, trade->qty) : 0);
    *ret_money = plan->open_qty < 0 ? -money : money;
    return OC_OK;
}

static oc_rc plan_open(struct position *position, const struct instrument *instrument,
                       const struct position_trade *trade, struct position_plan *plan)
{
    oc_i128 cost;
    int64_t qty;
    oc_rc rc = trade->has_value ? rest_of(trade, plan, &plan->open_cost)
                                : instrument_value(instrument, trade->price, plan->open_qty, &plan->open_cost);
    if (rc < 0 || plan->close_qty) /* what was closed before leaves room for it */
        return rc;
    if (num_add_128(position->cost, plan->open_cost, &cost) < 0 || num_add(position->qty, plan->open_qty, &qty) < 0 ||
        qty == INT64_MIN)
        return OC_E_RANGE;
    return position->method == COST_AVERAGE ? OC_OK : lot_room(position);
}

oc_rc position_plan(struct position *position, const struct instrument *instrument, const struct position_trade *trade,
                    struct position_plan *ret_plan)
{
    if (trade->qty <= 0 || (trade->side != OC_SIDE_BUY && trade->side != OC_SIDE_SELL))
        return OC_E_INVALID;
    int64_t qty = trade->side == OC_SIDE_BUY ? trade->qty : -trade->qty, held = magnitude(position->qty);
    struct position_plan plan = {.open_qty = qty, .realised = position->realised};
    oc_i128 value;
    oc_rc rc = value_of(trade, instrument, qty, &value);
    if (rc == OC_OK)
        rc = num_sub_128(position->flow, value, &plan.flow);
    if (rc == OC_OK && position->qty != 0 && (position->qty < 0) != (qty < 0)) {
        int64_t closing = trade->qty < held ? trade->qty : held;
        plan.close_qty = position->qty > 0 ? closing : -closing;
        plan.open_qty = qty + plan.close_qty;
        rc = plan_close(position, instrument, trade, &plan);
    }
    if (rc == OC_OK && plan.open_qty)
        rc = plan_open(position, instrument, trade, &plan);
    if (rc == OC_OK)
        *ret_plan = plan;
    return rc;
}

void position_commit(struct position *position, const struct position_plan *plan, int64_t now_ns)
{
    position->flow = plan->flow;
    position->realised = plan->realised;
    position->fills++;
    if (plan->close_qty) {
        position->cost -= release_cost(position, magnitude(plan->close_qty), true);
        position->qty -= plan->close_qty;
        position->closes++;
        if (position->qty == 0) {
            position->trips++;
            position->wins += position->realised > position->trip_start;
        }
    }
    if (!plan->open_qty)
        return;
    if (position->qty == 0) {
        position->opened_ns = now_ns;
        position->trip_start = position->realised;
    }
    if (position->method != COST_AVERAGE)
        position->lots[position->lot_count++] = (struct lot){.qty = plan->open_qty, .cost = plan->open_cost};
    position->cost += plan->open_cost;
    position->qty += plan->open_qty;
}

struct position_effect position_effect(struct position *position, const struct position_plan *plan)
{
    return (struct position_effect){.close_qty = plan->close_qty,
                                    .open_qty = plan->open_qty,
                                    .open_cost = plan->open_qty ? plan->open_cost : 0,
                                    .released =
                                        plan->close_qty ? release_cost(position, magnitude(plan->close_qty), false) : 0,
                                    .gain = plan->realised - position->realised,
                                    .flow = plan->flow - position->flow,
                                    .trip_start = position->trip_start,
                                    .opened_ns = position->opened_ns,
                                    .trips = position->trips,
                                    .wins = position->wins,
                                    .closes = position->closes + (plan->close_qty != 0)};
}

/* The lot that a trade opened: the youngest of its size and cost. UINT32_MAX: there is none. */
static uint32_t lot_find(const struct position *position, const struct position_effect *effect)
{
    for (uint32_t i = position->lot_count; i > position->lot_first; i--)
        if (position->lots[i - 1].qty == effect->open_qty && position->lots[i - 1].cost == effect->open_cost)
            return i - 1;
    return UINT32_MAX;
}

static void lot_put(struct position *position, uint32_t at, struct lot lot)
{
    memmove(&position->lots[at + 1], &position->lots[at], (position->lot_count - at) * sizeof lot);
    position->lots[at] = lot;
    position->lot_count++;
}

/* What was opened goes; what was closed is there again, where it would be taken next. */
static bool lots_undo(struct position *position, const struct position_effect *effect)
{
    const uint32_t opened = effect->open_qty ? lot_find(position, effect) : UINT32_MAX;
    if ((effect->open_qty && opened == UINT32_MAX) || (effect->close_qty && lot_room(position) < 0))
        return false;
    if (effect->open_qty) {
        const uint32_t at = lot_find(position, effect); /* making room may have moved it */
        memmove(&position->lots[at], &position->lots[at + 1], (position->lot_count - at - 1) * sizeof *position->lots);
        position->lot_count--;
    }
    if (effect->close_qty)
        lot_put(position, position->method == COST_FIFO ? position->lot_first : position->lot_count,
                (struct lot){.qty = effect->close_qty, .cost = effect->released});
    return true;
}

bool position_undo(struct position *position, const struct position_effect *effect)
{
    const int64_t rest = position->qty - effect->open_qty;
    const bool is_turned = effect->close_qty && rest && (rest < 0) != (effect->close_qty < 0);
    if (position->closes != effect->closes || is_turned ||
        (position->method != COST_AVERAGE && !lots_undo(position, effect)))
        return false;
    position->qty = rest + effect->close_qty;
    position->cost += effect->released - effect->open_cost;
    position->realised -= effect->gain;
    position->flow -= effect->flow;
    position->fills--;
    if (effect->close_qty) {
        position->trips = effect->trips;
        position->wins = effect->wins;
        position->opened_ns = effect->opened_ns;
        position->trip_start = effect->trip_start;
    }
    return true;
}

bool position_amend(struct position *position, struct position_effect *effect, int64_t qty, oc_i128 cost)
{
    const uint32_t at = position->method == COST_AVERAGE ? 0 : lot_find(position, effect);
    if (position->closes != effect->closes || effect->close_qty || (qty < 0) != (effect->open_qty < 0) ||
        at == UINT32_MAX)
        return false;
    const oc_i128 more = cost - effect->open_cost;
    if (position->method != COST_AVERAGE)
        position->lots[at] = (struct lot){.qty = qty, .cost = cost};
    position->qty += qty - effect->open_qty;
    position->cost += more;
    position->flow -= more;
    effect->flow -= more;
    effect->open_qty = qty;
    effect->open_cost = cost;
    return true;
}

void position_drop_dust(struct position *position)
{
    uint32_t kept = position->lot_first;
    oc_i128 cost = 0;
    for (uint32_t i = position->lot_first; i < position->lot_count; i++) {
        struct lot lot = position->lots[i];
        cost += lot.cost;
        if (lot.qty) {
            lot.cost = cost;
            position->lots[kept++] = lot;
            cost = 0;
        }
    }
    if (kept == position->lot_first)
        kept = position->lot_first = 0;
    else
        position->lots[kept - 1].cost += cost;
    position->lot_count = kept;
}

static struct fee_bucket *fee_find(struct position *position, uint32_t asset)
{
    for (uint32_t i = 0; i < position->fee_count; i++)
        if (position->fees[i].asset == asset)
            return &position->fees[i];
    return NULL;
}

oc_rc position_fee_fits(struct position *position, uint32_t asset, oc_i128 paid)
{
    const struct fee_bucket *bucket = fee_find(position, asset);
    oc_i128 sum;
    if (bucket)
        return num_add_128(bucket->paid, paid, &sum);
    return paid == 0 || position->fee_count < ENGINE_FEE_ASSETS_MAX ? OC_OK : OC_E_LIMIT;
}

oc_rc position_fee(struct position *position, uint32_t asset, oc_i128 paid)
{
    oc_rc rc = position_fee_fits(position, asset, paid);
    if (rc < 0 || paid == 0)
        return rc;
    struct fee_bucket *bucket = fee_find(position, asset);
    if (bucket)
        bucket->paid += paid;
    else
        position->fees[position->fee_count++] = (struct fee_bucket){.asset = asset, .paid = paid};
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
    return profit(instrument, value, share(position->cost, position->qty, position->qty + position->spare), ret_money);
}

oc_rc position_average(const struct position *position, const struct instrument *instrument, double *ret_price)
{
    if (position->qty == 0)
        return OC_E_NOT_FOUND;
    double cost = money_to_double(position->cost), qty = instrument_qty(instrument, position->qty + position->spare);
    double size = 1.0;
    if (instrument->info.kind != OC_KIND_SPOT)
        size = (double)instrument->info.contract_size.units / (double)num_pow10(instrument->info.contract_size.scale);
    *ret_price = instrument->info.kind == OC_KIND_INVERSE ? qty * size / cost : cost / (qty * size);
    return OC_OK;
}
