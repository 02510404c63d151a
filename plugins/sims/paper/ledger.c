/* ledger.c: what the paper venue holds for each account, and what a trade costs. */
#include "paper.h"

enum { FEE_SCALE = 8 }; /* fees are rounded to 1e-8 of their currency, against the trader */

oc_rc paper_value(const struct paper_market *market, int64_t price, int64_t qty, oc_i128 *ret_money)
{
    if (market->info.kind != OC_KIND_INVERSE)
        return num_mul_128((oc_i128)price * qty, market->unit_money, ret_money);
    const struct oc_instrument *info = &market->info;
    oc_i128 face = (oc_i128)qty * info->qty_step.units * info->contract_size.units;
    oc_i128 step = (oc_i128)price * info->price_step.units;
    int scale = MONEY_SCALE + info->price_step.scale - info->qty_step.scale - info->contract_size.scale;
    if (step == 0 || scale < 0 || scale > NUM_POW10_128_MAX)
        return OC_E_RANGE;
    return num_muldiv_128(face, num_pow10_128(scale), step, NUM_HALF_EVEN, ret_money);
}

oc_i128 paper_fee(const struct paper *paper, oc_i128 value, bool is_maker)
{
    struct oc_dec rate = is_maker ? paper->maker_fee : paper->taker_fee;
    oc_i128 fee, size = value < 0 ? -value : value;
    if (rate.units == 0 || num_muldiv_128(size, rate.units, num_pow10(rate.scale), NUM_CEIL, &fee) < 0)
        return 0;
    return money_round(fee, FEE_SCALE, NUM_CEIL);
}

static oc_i128 base_money(const struct paper_market *market, int64_t qty)
{
    const struct oc_dec *step = &market->info.qty_step;
    oc_i128 money;
    if (num_mul_128((oc_i128)qty * step->units, num_pow10_128(MONEY_SCALE - step->scale), &money) < 0)
        return (oc_i128)(~(oc_u128)0 >> 1); /* more than anyone holds */
    return money;
}

static oc_i128 balance(const struct paper *paper, uint32_t account, uint32_t asset)
{
    return account < PAPER_ACCOUNTS_MAX && asset < PAPER_ASSETS_MAX ? paper->balances[account][asset] : 0;
}

/* Largest count of units whose cost and fee stay within `money` at `price`. */
static int64_t units_for(struct paper *paper, const struct paper_market *market, oc_i128 money, int64_t price,
                         bool is_maker, bool with_fee)
{
    struct oc_dec rate = is_maker ? paper->maker_fee : paper->taker_fee;
    oc_i128 unit, units;
    if (money <= 0 || price <= 0 || paper_value(market, price, 1, &unit) < 0 || unit <= 0)
        return 0;
    bool adds = with_fee && rate.units > 0 && !paper->fee_in_base;
    oc_i128 whole = num_pow10(rate.scale), gross;
    if (adds ? num_mul_128(unit, whole + rate.units, &gross) < 0 : num_mul_128(unit, whole, &gross) < 0)
        return 0;
    if (num_muldiv_128(money, whole, gross, NUM_FLOOR, &units) < 0 || units > INT64_MAX)
        return 0;
    while (units > 0 && adds) { /* the fee is rounded up: step down until it fits */
        oc_i128 value;
        if (paper_value(market, price, (int64_t)units, &value) == OC_OK &&
            value + paper_fee(paper, value, is_maker) <= money)
            break;
        units--;
    }
    return (int64_t)units;
}

int64_t paper_quote_units(struct paper *paper, const struct paper_order *order, int64_t price, bool is_maker)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    oc_i128 money;
    if (money_from_dec(order->ask.quote_qty, &money) < 0)
        return 0;
    bool with_fee = (order->ask.bits & OC_RQ_FEE_IN_QUOTE) && order->ask.side == OC_SIDE_BUY;
    return units_for(paper, market, money - order->spent, price, is_maker, with_fee);
}

int64_t paper_affordable(struct paper *paper, const struct paper_order *order, int64_t price, int64_t want,
                         bool is_maker)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    uint32_t account = order->ask.account;
    if (!paper->check_funds || market->info.kind != OC_KIND_SPOT)
        return want;
    if (order->ask.side == OC_SIDE_BUY) {
        int64_t held = paper_position(paper, account, order->ask.head.inst);
        if (held < 0) /* buying back what was sold short is always possible */
            return want;
        int64_t units = units_for(paper, market, balance(paper, account, market->info.quote), price, is_maker, true);
        return units < want ? units : want;
    }
    if (paper->allow_short)
        return want;
    oc_i128 one = base_money(market, 1), held = balance(paper, account, market->info.base);
    oc_i128 units = one > 0 && held > 0 ? held / one : 0;
    return units < want ? (int64_t)units : want;
}

int64_t paper_position(const struct paper *paper, uint32_t account, uint32_t inst)
{
    uint32_t index = OC_INST_INDEX(inst);
    return index < paper->market_max && account < PAPER_ACCOUNTS_MAX ? paper->positions[index][account] : 0;
}

void paper_book(struct paper *paper, const struct oc_ev_fill *fill, uint32_t account, oc_i128 value, oc_i128 fee)
{
    const struct paper_market *market = paper_market(paper, fill->head.inst);
    int64_t qty = fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
    if (account >= PAPER_ACCOUNTS_MAX || !market)
        return;
    paper->positions[OC_INST_INDEX(fill->head.inst)][account] += qty;
    oc_i128 *balances = paper->balances[account];
    if (market->info.kind == OC_KIND_SPOT) {
        balances[market->info.base % PAPER_ASSETS_MAX] += base_money(market, qty);
        balances[market->info.quote % PAPER_ASSETS_MAX] -= fill->side == OC_SIDE_BUY ? value : -value;
    }
    balances[fill->fee_asset % PAPER_ASSETS_MAX] -= fee;
}
