#include "engine/dust.h"

#include <outcry/order.h>

#include "engine/portfolio.h"

/* An order at market is not held to the minimum of limits, where the venue does not say so, but to its own. */
static bool at_market_takes(const struct oc_instrument *info, int64_t qty)
{
    if ((info->present & OC_INST_HAS_ORDERS) && !(info->orders >> OC_ORDER_MARKET & 1))
        return false;
    if ((info->present & OC_INST_HAS_MARKET_MIN_QTY) && qty < info->market_min_qty)
        return false;
    if ((info->present & OC_INST_HAS_MARKET_STEP) && qty < info->market_step)
        return false;
    return !(info->rules & OC_INST_NOTIONAL_OF_MARKET);
}

bool dust_is_sellable(const struct instrument *instrument, int64_t qty, int64_t price)
{
    const struct oc_instrument *info = &instrument->info;
    oc_i128 worth, least;
    if (qty <= 0 || ((info->present & OC_INST_HAS_MIN_QTY) && qty < info->min_qty))
        return false;
    if (!(info->present & OC_INST_HAS_MIN_NOTIONAL) || price <= 0 ||
        instrument_value(instrument, price, qty, &worth) < 0 || money_from_dec(info->min_notional, &least) < 0)
        return true;
    return worth >= least || at_market_takes(info, qty);
}

/* Whole steps in what was taken, towards less. */
static oc_i128 steps_in(oc_i128 taken, oc_i128 step) { return num_quotient(taken, step, NUM_FLOOR); }

/* The position sells what the fee took of it, or buys what it gave. */
static void pay(struct position *position, const struct instrument *instrument, const struct dust_trade *trade)
{
    const oc_i128 step = instrument_step_money(instrument);
    struct position_trade sale = {.price = trade->price, .side = OC_SIDE_SELL};
    struct position_plan plan;
    oc_i128 steps = steps_in(position->taken, step);
    if (steps > position->qty)
        steps = position->qty > 0 ? position->qty : 0;
    if (steps == 0 || num_narrow(steps < 0 ? -steps : steps, &sale.qty) < 0)
        return;
    if (steps < 0)
        sale.side = OC_SIDE_BUY;
    if (position_plan(position, instrument, &sale, &plan) < 0)
        return;
    position_commit(position, &plan, trade->at_ns);
    position->fills--; /* it is part of one */
    position->taken -= steps * step;
    position->fee_units += (int64_t)steps;
}

/* Of all units of a position, and what fees took of them, those that could leave it. */
static int64_t sellable(const struct instrument *instrument, int64_t qty, oc_i128 taken, int64_t price)
{
    const oc_i128 left = qty + steps_in(-taken, instrument_step_money(instrument));
    const int64_t units = left > qty ? qty : left < 0 ? 0 : (int64_t)left;
    return dust_is_sellable(instrument, units, price) ? units : 0;
}

/* Trips go from flat to flat as it reads: dust that is sold ends none, and dust that is there begins none. */
static void follow_trips(struct position *position, const struct dust_before *before, oc_i128 realised, int64_t at_ns)
{
    if (before->qty == 0) {
        position->trips = before->trips;
        position->wins = before->wins;
    }
    if (before->qty == 0 && position->qty != 0 && before->spare) {
        position->opened_ns = at_ns;
        position->trip_start = realised;
    }
    if (before->qty > 0 && position->qty == 0 && position->spare) {
        position->trips++;
        position->wins += position->realised > position->trip_start;
    }
}

void dust_settles(struct position *position, const struct instrument *instrument, const struct dust_trade *trade,
                  const struct dust_before *before)
{
    const oc_i128 realised = position->realised;
    oc_i128 taken;
    if (instrument->info.kind != OC_KIND_SPOT)
        return;
    if ((position->qty > 0 || !before) && num_add_128(position->taken, trade->fee, &taken) == OC_OK)
        position->taken = taken;
    pay(position, instrument, trade);
    if (position->qty > 0) {
        const int64_t whole = position->qty;
        position->qty = sellable(instrument, whole, position->taken, trade->price);
        position->spare = whole - position->qty;
    } else {
        position->taken = 0; /* what is not there pays no fee: the account does */
    }
    position->has_dust = position->spare || position->taken;
    if (before)
        follow_trips(position, before, realised, trade->at_ns);
}

struct dust dust_of(const struct position *position, const struct instrument *instrument)
{
    const oc_i128 step = instrument_step_money(instrument);
    struct dust dust = {0};
    oc_i128 whole;
    if (!position->spare && !position->taken)
        return dust;
    if (num_mul_128(step, position->spare, &dust.qty) < 0 || num_sub_128(dust.qty, position->taken, &dust.qty) < 0 ||
        num_mul_128(step, (oc_i128)position->qty + position->spare, &whole) < 0 ||
        num_muldiv_128(position->cost, dust.qty, whole, NUM_HALF_EVEN, &dust.cost) < 0)
        return (struct dust){0}; /* more than an amount can be: no position is as large */
    return dust;
}

int64_t dust_hand_qty(const struct portfolio *portfolio, uint32_t account, const struct instrument *instrument,
                      int64_t price)
{
    const struct book *own = portfolio_find(portfolio, account, 0, instrument->info.inst);
    int64_t qty = own ? -own->foreign : 0;
    oc_i128 taken = 0;
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        if (OC_INST_INDEX(position->inst) != instrument->index || position->account != account)
            continue;
        const int64_t whole = position->qty + position->spare;
        qty += position->strategy ? -whole : whole;
        taken += position->strategy ? -position->taken : position->taken;
    }
    if (instrument->info.kind == OC_KIND_SPOT && qty < 0 && portfolio_sells_unassigned(portfolio, account))
        return 0; /* a person has sold what no strategy holds: that is not to be bought back */
    if (instrument->info.kind != OC_KIND_SPOT || qty <= 0)
        return qty;
    return sellable(instrument, qty, taken, price);
}
