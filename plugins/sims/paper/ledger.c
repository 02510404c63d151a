/* ledger.c: what the paper venue holds for each account, and what a trade costs. */
#include "base/funds.h"

#include "paper.h"

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
    return funds_fee(value, is_maker ? paper->maker_fee : paper->taker_fee);
}

static oc_i128 base_money(const struct paper_market *market, int64_t qty)
{
    const struct oc_dec *step = &market->info.qty_step;
    oc_i128 money;
    if (num_mul_128((oc_i128)qty * step->units, num_pow10_128(MONEY_SCALE - step->scale), &money) < 0)
        return (oc_i128)(~(oc_u128)0 >> 1); /* more than anyone holds */
    return money;
}

/* add_instrument() lets no other asset in. */
static oc_i128 balance_of(const struct paper *paper, const struct paper_order *order, uint32_t asset)
{
    return paper->balances[order->ask.account % PAPER_ACCOUNTS_MAX][asset];
}

/* What a unit is worth, and the fee that a trade of this side adds in the same currency. False: no unit of it can be counted. */
static bool unit_of(const struct paper *paper, const struct paper_market *market, uint8_t side, int64_t price,
                    bool is_maker, oc_i128 *ret_unit, struct oc_dec *ret_rate)
{
    *ret_rate = is_maker ? paper->maker_fee : paper->taker_fee;
    if (side == OC_SIDE_BUY && paper->fee_in_base)
        *ret_rate = (struct oc_dec){0, 0, 0};
    return price > 0 && paper_value(market, price, 1, ret_unit) == OC_OK && *ret_unit > 0;
}

int64_t paper_quote_units(struct paper *paper, const struct paper_order *order, int64_t price, bool is_maker)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    oc_i128 money, unit;
    struct oc_dec rate;
    if (money_from_dec(order->ask.quote_qty, &money) < 0 ||
        !unit_of(paper, market, order->ask.side, price, is_maker, &unit, &rate))
        return 0;
    if (!(order->ask.bits & OC_RQ_FEE_IN_QUOTE))
        rate = (struct oc_dec){0, 0, 0};
    return is_buy(order) ? funds_buys(money - order->spent, unit, rate) : funds_sells(money - order->spent, unit, rate);
}

/* What an order that is here will need of an asset of its account: a purchase its price and fee, a sale the thing. One at the market
 * needs what it finds when it trades. */
static oc_i128 need_of(const struct paper *paper, const struct paper_order *order, uint32_t *ret_asset)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    const struct oc_dec *taker = &paper->taker_fee, *maker = &paper->maker_fee;
    oc_i128 money = 0;
    *ret_asset = 0;
    if (order->phase != PHASE_WORKING || order->is_awaited || (order->ask.bits & OC_RQ_REDUCE_ONLY) || !market ||
        market->info.kind != OC_KIND_SPOT)
        return 0;
    const int64_t rest = order->ask.qty - order->filled;
    *ret_asset = is_buy(order) ? market->info.quote : market->info.base;
    if (!is_buy(order))
        return rest > 0 ? base_money(market, rest) : 0;
    if (order->ask.bits & OC_RQ_HAS_QUOTE_QTY)
        return money_from_dec(order->ask.quote_qty, &money) == OC_OK && money > order->spent ? money - order->spent : 0;
    if (!(order->ask.bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP)))
        return 0;
    const int64_t price = is_limit(order) ? order->ask.price : order->ask.stop_price;
    if (price <= 0 || paper_value(market, price, rest, &money) < 0)
        return 0;
    const oc_i128 fees[2] = {funds_fee(money, *taker), funds_fee(money, *maker)};
    const oc_i128 fee = paper->fee_in_base ? 0 : (fees[0] > fees[1] ? fees[0] : fees[1]);
    return fee > 0 ? money + fee : money;
}

void paper_needs(struct paper *paper, const struct paper_order *order)
{
    const oc_i128 need_max = (oc_i128)1 << 108; /* PAPER_ORDERS_MAX of them can be added up */
    struct paper_link *link = &paper->links[paper_slot(paper, order)];
    uint32_t asset = 0;
    oc_i128 need = paper->check_funds ? need_of(paper, order, &asset) : 0;
    const bool is_too_much = need > need_max;
    if (link->need == 0 && need == 0 && !link->is_too_much)
        return;
    struct paper_needed *was = &paper->needed[link->account][link->asset];
    was->money -= link->need;
    was->too_much -= link->is_too_much;
    link->need = is_too_much ? 0 : need;
    link->is_too_much = is_too_much;
    link->account = order->ask.account % PAPER_ACCOUNTS_MAX;
    link->asset = need ? asset : 0;
    struct paper_needed *is = &paper->needed[link->account][link->asset];
    is->money += link->need;
    is->too_much += link->is_too_much;
}

/* What the account has of an asset and no other order needs. */
static oc_i128 free_of(const struct paper *paper, const struct paper_order *order, uint32_t asset)
{
    const struct paper_link *own = &paper->links[paper_slot(paper, order)];
    const struct paper_needed *needed = &paper->needed[order->ask.account % PAPER_ACCOUNTS_MAX][asset];
    const bool is_own = own->asset == asset;
    oc_i128 money;
    if (needed->too_much > (is_own && own->is_too_much) ||
        num_sub_128(balance_of(paper, order, asset), needed->money - (is_own ? own->need : 0), &money) < 0)
        return 0;
    return money;
}

int64_t paper_affordable(struct paper *paper, const struct paper_order *order, int64_t price, int64_t want,
                         bool is_maker)
{
    const struct paper_market *market = paper_market(paper, order->ask.head.inst);
    uint32_t account = order->ask.account;
    oc_i128 unit;
    struct oc_dec rate;
    if (!paper->check_funds || market->info.kind != OC_KIND_SPOT)
        return want;
    if (is_buy(order)) {
        int64_t held = paper_position(paper, account, order->ask.head.inst);
        if (held < 0) /* buying back what was sold short is always possible */
            return want;
        const oc_i128 money = free_of(paper, order, market->info.quote);
        if (price <= 0) { /* it is paid for being taken: only the fee may be too much */
            rate = is_maker ? paper->maker_fee : paper->taker_fee;
            return paper_value(market, price, 1, &unit) == OC_OK && funds_pays(money, unit, want, rate) ? want : 0;
        }
        if (!unit_of(paper, market, OC_SIDE_BUY, price, is_maker, &unit, &rate))
            return 0;
        if (funds_pays(money, unit, want, rate))
            return want;
        const int64_t units = funds_buys(money, unit, rate);
        return units < want ? units : want;
    }
    if (paper->allow_short)
        return want;
    /* What reduces gives way to nothing: it sells what the account holds, whatever else waits. */
    oc_i128 one = base_money(market, 1), held = order->ask.bits & OC_RQ_REDUCE_ONLY
                                                    ? balance_of(paper, order, market->info.base)
                                                    : free_of(paper, order, market->info.base);
    oc_i128 all;
    if (one > 0 && want > 0 && num_mul_128(one, want, &all) == OC_OK && all <= held) /* most often: no division */
        return want;
    oc_i128 units = one > 0 && held > 0 ? held / one : 0;
    return units < want ? (int64_t)units : want;
}

int64_t paper_position(const struct paper *paper, uint32_t account, uint32_t inst)
{
    uint32_t index = OC_INST_INDEX(inst);
    return index < paper->market_max && account < PAPER_ACCOUNTS_MAX ? paper->positions[index][account] : 0;
}

void paper_uses(struct paper *paper, uint32_t account, uint32_t asset)
{
    if (account >= paper->account_count)
        paper->account_count = account + 1;
    if (asset >= paper->asset_count)
        paper->asset_count = asset + 1;
}

void paper_book(struct paper *paper, const struct oc_ev_fill *fill, uint32_t account, oc_i128 value, oc_i128 fee)
{
    const struct paper_market *market = paper_market(paper, fill->head.inst);
    int64_t qty = fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
    if (account >= PAPER_ACCOUNTS_MAX || !market)
        return;
    paper->positions[OC_INST_INDEX(fill->head.inst)][account] += qty;
    oc_i128 *balances = paper->balances[account];
    paper_uses(paper, account, 0);
    if (market->info.kind == OC_KIND_SPOT) {
        balances[market->info.base] += base_money(market, qty);
        balances[market->info.quote] -= fill->side == OC_SIDE_BUY ? value : -value;
    }
    if (fill->fee_asset >= PAPER_ASSETS_MAX) /* of another build's record it may be one that is not kept here */
        return;
    balances[fill->fee_asset] -= fee;
    paper_uses(paper, account, fill->fee_asset);
}
