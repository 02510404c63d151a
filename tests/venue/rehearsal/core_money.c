/* core_money.c: what orders hold, what fills cost, and the proof that nothing came from nowhere. */
#include "rehearsal/core_impl.h"

enum { PPM = 1000000 };

static const struct core_account *owner(const struct core *core, const struct core_order *order)
{
    return &core->accounts[order->account];
}

/* Cut to 1e-8, so that the fees of all fills of an order are never more than that of the whole. */
static oc_i128 fee_on(oc_i128 amount, uint32_t ppm)
{
    const oc_i128 grain = num_pow10_128(MONEY_SCALE - 8);
    const oc_i128 fee = amount / PPM * ppm + amount % PPM * ppm / PPM;
    return fee / grain * grain;
}

static uint32_t larger_ppm(const struct core_account *account)
{
    return account->maker_ppm > account->taker_ppm ? account->maker_ppm : account->taker_ppm;
}

uint32_t core_pays_with(const struct core *core, const struct core_order *order)
{
    const struct core_inst *inst = &core->insts[order->inst];
    return order->side == CORE_BUY ? inst->quote : inst->base;
}

oc_i128 core_hold_for(const struct core *core, const struct core_order *order, int64_t left)
{
    const struct core_inst *inst = &core->insts[order->inst];
    if (order->side == CORE_SELL)
        return order->type == CORE_MARKET ? 0 : left * inst->qty_unit;
    if (order->type == CORE_MARKET || order->type == CORE_STOP)
        return 0; /* it pays as it goes, as far as what is free reaches */
    const oc_i128 value = (oc_i128)order->price * left * inst->value_unit;
    return core->rules.fee_of_received ? value : value + fee_on(value, larger_ppm(owner(core, order)));
}

void core_set_hold(struct core *core, struct core_order *order, oc_i128 held)
{
    struct core_balance *balance = &core->accounts[order->account].balances[core_pays_with(core, order)];
    balance->free += order->held - held;
    balance->locked -= order->held - held;
    order->held = held;
}

int64_t core_affordable(const struct core *core, const struct core_order *order, int64_t price)
{
    const struct core_inst *inst = &core->insts[order->inst];
    const struct core_account *account = owner(core, order);
    const int64_t left = order->by_money ? INT64_MAX : order->qty - order->filled;
    const oc_i128 free = account->balances[core_pays_with(core, order)].free + order->held;
    if (order->side == CORE_SELL) {
        oc_i128 most = free / inst->qty_unit;
        if (order->by_money) {
            const oc_i128 wanted = (order->money - order->value) / (price * inst->value_unit);
            most = wanted < most ? wanted : most;
        }
        return most < left ? (int64_t)most : left;
    }
    const oc_i128 of_free =
        core->rules.fee_of_received ? free : free / (PPM + account->taker_ppm) * PPM; /* and the fee behind it */
    oc_i128 money = order->by_money && order->money - order->value < of_free ? order->money - order->value : of_free;
    const oc_i128 most = money / (price * inst->value_unit);
    return most < left ? (int64_t)most : left;
}

static uint64_t add_fill(struct core *core, uint32_t place, int64_t qty, int64_t price, bool is_maker, oc_i128 fee,
                         uint32_t fee_asset)
{
    const struct core_order *order = &core->orders[place];
    if (!order->id)
        return 0;
    struct core_fill *fill = &core->fills[core->fill_count++];
    *fill = (struct core_fill){.number = core->fill_count,
                               .trade = core->trade_count,
                               .order = place,
                               .account = order->account,
                               .inst = order->inst,
                               .fee_asset = fee_asset,
                               .qty = qty,
                               .price = price,
                               .fee = fee,
                               .at_ns = core->now_ns,
                               .side = order->side,
                               .is_maker = is_maker};
    return fill->number;
}

void core_settle(struct core *core, uint32_t place, int64_t qty, int64_t price, bool is_maker)
{
    struct core_order *order = &core->orders[place];
    struct core_account *account = &core->accounts[order->account];
    const struct core_inst *inst = &core->insts[order->inst];
    const oc_i128 value = (oc_i128)price * qty * inst->value_unit, base = qty * inst->qty_unit;
    const bool is_buy = order->side == CORE_BUY;
    const uint32_t fee_asset = core->rules.fee_of_received && is_buy ? inst->base : inst->quote;
    const oc_i128 fee =
        fee_on(fee_asset == inst->base ? base : value, is_maker ? account->maker_ppm : account->taker_ppm);
    order->filled += qty;
    order->value += value;
    core_set_hold(core, order, core_hold_for(core, order, order->by_money ? 0 : order->qty - order->filled));
    account->balances[inst->base].free += is_buy ? base : -base;
    account->balances[inst->quote].free += is_buy ? -value : value;
    account->balances[fee_asset].free -= fee;
    core->fees[fee_asset] += account->is_house ? 0 : fee;
    const uint64_t fill = add_fill(core, place, qty, price, is_maker, fee, fee_asset);
    core_add_row(core, order->account, inst->base, CORE_TRADED, is_buy ? base : -base, fill);
    core_add_row(core, order->account, inst->quote, CORE_TRADED, is_buy ? -value : value, fill);
    core_add_row(core, order->account, fee_asset, CORE_FEE, -fee, fill);
    core_note_order(core, order);
    if (fill)
        core_tell(core, &(struct core_event){.kind = CORE_ON_FILL,
                                             .account = order->account,
                                             .inst = order->inst,
                                             .order = order,
                                             .fill = &core->fills[fill - 1]});
    core_note_balance(core, order->account, inst->base);
    core_note_balance(core, order->account, inst->quote);
}

/* ---- the proof ---- */

static const char *money_is_conserved(const struct core *core)
{
    for (uint32_t asset = 0; asset < core->asset_count; asset++) {
        oc_i128 sum = core->fees[asset];
        for (uint32_t i = 0; i < core->account_count; i++) {
            const struct core_balance *balance = &core->accounts[i].balances[asset];
            if (balance->free < 0)
                return "an account has less than nothing free";
            sum += balance->free + balance->locked;
        }
        if (sum != core->paid_in[asset])
            return "what the accounts hold is not what was paid in";
    }
    return NULL;
}

static const char *holds_are_what_orders_hold(const struct core *core)
{
    for (uint32_t i = 0; i < core->account_count; i++) {
        oc_i128 held[CORE_ASSETS_MAX] = {0};
        uint32_t open = 0;
        for (uint32_t place = 0; place < CORE_HOUSE_MAX + core->order_count; place++) {
            const struct core_order *order = &core->orders[place];
            if (order->account != i || !order->state)
                continue;
            if (!core_is_open(order) && order->held)
                return "an order that is over holds something";
            if (core_is_open(order) && order->held != core_hold_for(core, order, order->qty - order->filled))
                return "an order holds another amount than it needs";
            held[core_pays_with(core, order)] += order->held;
            open += core_is_open(order);
        }
        for (uint32_t asset = 0; asset < core->asset_count; asset++)
            if (held[asset] != core->accounts[i].balances[asset].locked)
                return "what an account has locked is not what its orders hold";
        if (open != core->accounts[i].open_count)
            return "an account counts other open orders than it has";
    }
    return NULL;
}

static const char *books_are_in_order(const struct core *core)
{
    for (uint32_t inst = 0; inst < core->inst_count; inst++) {
        struct core_level best[2];
        for (uint8_t side = CORE_BUY; side <= CORE_SELL; side++) {
            const struct core_order *last = NULL;
            for (uint32_t at = core->insts[inst].head[side - 1]; at != CORE_NONE; at = core->orders[at].behind) {
                const struct core_order *order = &core->orders[at];
                const bool is_worse =
                    last && (side == CORE_BUY ? order->price <= last->price : order->price >= last->price);
                if (order->state != CORE_WORKING || order->side != side || order->inst != inst || (last && !is_worse))
                    return "a book is not in the order of its prices";
                last = order;
            }
        }
        if (core_levels(core, inst, CORE_BUY, &best[0], 1) && core_levels(core, inst, CORE_SELL, &best[1], 1) &&
            best[0].price >= best[1].price)
            return "a book is crossed";
    }
    return NULL;
}

static const char *rows_are_balances(const struct core *core)
{
    for (uint32_t i = 0; i < core->account_count; i++) {
        oc_i128 sums[CORE_ASSETS_MAX] = {0};
        if (core->accounts[i].is_house)
            continue;
        for (uint64_t row = 0; row < core->row_count; row++)
            if (core->rows[row].account == i)
                sums[core->rows[row].asset] += core->rows[row].amount;
        for (uint32_t asset = 0; asset < core->asset_count; asset++)
            if (sums[asset] != core->accounts[i].balances[asset].free + core->accounts[i].balances[asset].locked)
                return "the rows of a ledger are not its balance";
    }
    return NULL;
}

const char *core_proof(const struct core *core)
{
    const char *wrong = money_is_conserved(core);
    wrong = wrong ? wrong : holds_are_what_orders_hold(core);
    wrong = wrong ? wrong : books_are_in_order(core);
    return wrong ? wrong : rows_are_balances(core);
}
