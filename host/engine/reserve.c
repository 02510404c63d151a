/* reserve.c: what open orders need of the balances of their account. A purchase on a spot market reserves its price, or what is
 * known of it when it is asked for, with the fee; a sale the thing that it sells. What only reduces a position reserves nothing
 * of its own: it shares what that position holds with whatever else sells it, and is shown as used once (engine_used).
 * Where the account has a capital, a strategy pays from that, and sells what is its own alone. */
#include <string.h>

#include "base/funds.h"
#include "engine/impl.h"

struct need {
    uint32_t asset; /* 0: nothing */
    oc_i128 money;
};

/* What an order asks for, in force or to be. */
struct terms_of {
    int64_t price; /* 0: none is known */
    int64_t qty;   /* rest, units */
    oc_i128 spent; /* of quote_qty, or taken in */
};

int64_t reserve_price(const struct engine *engine, const struct oc_request *request)
{
    const struct market *market = markets_get(engine->markets, request->head.inst);
    if (request->bits & OC_RQ_HAS_PRICE)
        return request->price;
    if (request->bits & OC_RQ_HAS_STOP)
        return request->stop_price;
    if (!market || !market->has_mark)
        return 0;
    if (request->side == OC_SIDE_BUY && (market->present & OC_HAS_ASK))
        return market->ask;
    return market->mark2 / 2;
}

static oc_i128 base_money(const struct instrument *instrument, int64_t qty)
{
    oc_i128 money;
    if (portfolio_base_money(instrument, qty, &money) < 0)
        return (oc_i128)(~(oc_u128)0 >> 1);
    return money;
}

static oc_rc need_to_buy(const struct instrument *instrument, struct oc_dec fee, const struct oc_request *request,
                         const struct terms_of *terms, oc_i128 *ret_money)
{
    oc_i128 value;
    oc_rc rc;
    if (request->bits & OC_RQ_HAS_QUOTE_QTY) {
        rc = money_from_dec(request->quote_qty, &value);
        if (rc == OC_OK)
            rc = num_sub_128(value, terms->spent, &value);
        if (request->bits & OC_RQ_FEE_IN_QUOTE)
            fee.units = 0;
    } else {
        rc = instrument_value(instrument, terms->price, terms->qty, &value);
    }
    if (rc == OC_OK)
        rc = num_add_128(value, fee.units > 0 ? funds_fee(value, fee) : 0, &value);
    if (rc == OC_OK)
        *ret_money = value > 0 ? value : 0;
    return rc;
}

static oc_rc need_to_sell(const struct instrument *instrument, struct oc_dec fee, const struct oc_request *request,
                          const struct terms_of *terms, oc_i128 *ret_money)
{
    oc_i128 money = 0, unit = 0;
    int64_t qty = terms->qty;
    if (request->bits & OC_RQ_HAS_QUOTE_QTY) {
        oc_rc rc = money_from_dec(request->quote_qty, &money);
        if (rc == OC_OK)
            rc = instrument_value(instrument, terms->price, 1, &unit);
        if (rc < 0)
            return rc;
        qty = funds_sells(money - terms->spent, unit, fee);
    }
    *ret_money = base_money(instrument, qty);
    return OC_OK;
}

static oc_rc need_of(const struct engine *engine, const struct oc_request *request, const struct terms_of *terms,
                     struct need *ret_need)
{
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    const struct account *account = portfolio_account(engine->portfolio, request->account);
    *ret_need = (struct need){0};
    if (!instrument || !account || !(account->terms.has_funds || (account->has_capital && request->strategy)) ||
        instrument->info.kind != OC_KIND_SPOT || (request->bits & OC_RQ_REDUCE_ONLY))
        return OC_OK;
    if (request->side == OC_SIDE_BUY) {
        ret_need->asset = instrument->info.quote;
        return need_to_buy(instrument, account->terms.fee, request, terms, &ret_need->money);
    }
    if (account->terms.may_short)
        return OC_OK;
    ret_need->asset = instrument->info.base;
    return need_to_sell(instrument, account->terms.fee, request, terms, &ret_need->money);
}

/* What an order by money has spent so far, or taken in. */
static oc_i128 spent_of(const struct engine *engine, const struct order *order)
{
    const struct instrument *instrument = instruments_get(engine->instruments, order->now.head.inst);
    oc_i128 value;
    if (!order->fills || num_mul_128(order->filled_sum, instrument->money_mul, &value) < 0)
        return 0;
    const oc_i128 fee = order->fee_asset == instrument->info.quote ? order->fee : 0;
    return order->now.side == OC_SIDE_BUY ? value + fee : value - fee;
}

static int64_t rest_of(const struct order *order, int64_t qty) { return qty > order->filled ? qty - order->filled : 0; }

/* It has ended, and what has traded of it is not booked yet: that is still to be paid. */
static oc_rc need_missing(const struct engine *engine, const struct order *order, struct need *ret_need)
{
    struct oc_request request = order->now;
    request.bits &= ~(uint32_t)OC_RQ_HAS_QUOTE_QTY;
    const struct terms_of terms = {.price = request.bits & OC_RQ_HAS_PRICE ? request.price : order->known_price,
                                   .qty = order_missing(order)};
    return need_of(engine, &request, &terms, ret_need);
}

/* As in force, and, while an amendment is under way, the larger of what is and what was asked for. */
static oc_rc need_now(const struct engine *engine, const struct order *order, struct need *ret_need)
{
    const bool by_money = order->now.bits & OC_RQ_HAS_QUOTE_QTY;
    struct terms_of terms = {.price = order->known_price,
                             .qty = rest_of(order, order->now.qty),
                             .spent = by_money ? spent_of(engine, order) : 0};
    *ret_need = (struct need){0};
    if (!state_is_open(order->state))
        return order_missing(order) ? need_missing(engine, order, ret_need) : (oc_rc)OC_OK;
    if (order->now.bits & OC_RQ_HAS_PRICE)
        terms.price = order->now.price;
    else if (order->now.bits & OC_RQ_HAS_STOP)
        terms.price = order->now.stop_price;
    oc_rc rc = need_of(engine, &order->now, &terms, ret_need);
    if (rc < 0 || !order->ask_bits)
        return rc;
    struct need asked;
    if (order->ask_bits & OC_RQ_QUANTITY_CHANGED)
        terms.qty = rest_of(order, order->ask_qty);
    if (order->ask_bits & OC_RQ_PRICE_CHANGED)
        terms.price = order->ask_price;
    else if ((order->ask_bits & OC_RQ_STOP_CHANGED) && !(order->now.bits & OC_RQ_HAS_PRICE))
        terms.price = order->ask_stop;
    rc = need_of(engine, &order->now, &terms, &asked);
    if (rc == OC_OK && asked.money > ret_need->money)
        *ret_need = asked;
    return rc;
}

static oc_rc keep(struct engine *engine, struct order *order, const struct need *need)
{
    if (need->money == order->reserved)
        return OC_OK;
    const uint32_t asset = need->asset ? need->asset : order->reserved_asset;
    oc_rc rc = portfolio_reserve(engine->portfolio, order->now.account, order->now.strategy, asset,
                                 need->money - order->reserved);
    if (rc == OC_OK) {
        order->reserved = need->money;
        order->reserved_asset = asset;
    }
    return rc;
}

oc_rc reserve_update(struct engine *engine, struct order *order)
{
    struct need need;
    oc_rc rc = need_now(engine, order, &need);
    if (rc < 0)
        return rc;
    order->was_asked = order->ask_bits != 0;
    return keep(engine, order, &need);
}

static void refuse(struct engine_refusal *refusal, oc_i128 needed, oc_i128 left)
{
    strcpy(refusal->rule, "account");
    strcpy(refusal->reason, ENGINE_INSUFFICIENT_FUNDS);
    if (money_to_dec(needed, 8, &refusal->used) < 0)
        refusal->used = (struct oc_dec){INT64_MAX, 0, 0};
    if (money_to_dec(left, 8, &refusal->limit) < 0)
        refusal->limit = (struct oc_dec){left < 0 ? INT64_MIN : INT64_MAX, 0, 0};
}

/* As many as the money that is left pays for; false: none. */
static bool fit(const struct engine *engine, struct oc_request *request, const struct terms_of *terms, oc_i128 left)
{
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    const struct oc_dec fee = portfolio_account(engine->portfolio, request->account)->terms.fee;
    oc_i128 unit, most = 0;
    if (left <= 0)
        return false;
    if (request->bits & OC_RQ_HAS_QUOTE_QTY) {
        int scale = 8;
        if (request->side == OC_SIDE_SELL)
            return false;
        while (scale > 0 && left / num_pow10_128(MONEY_SCALE - scale) > INT64_MAX)
            scale--;
        most = left / num_pow10_128(MONEY_SCALE - scale);
        request->quote_qty = (struct oc_dec){most > INT64_MAX ? INT64_MAX : (int64_t)most, scale, 0};
        return most > 0;
    }
    if (request->side == OC_SIDE_SELL)
        most = left / base_money(instrument, 1);
    else if (instrument_value(instrument, terms->price, 1, &unit) == OC_OK && unit > 0)
        most = funds_buys(left, unit, fee);
    if (most < request->qty)
        request->qty = (int64_t)most;
    return request->qty > 0;
}

/* What is free of what it may pay from; of a capital, no more than the account has. */
static oc_i128 left_for(const struct engine *engine, const struct oc_request *request, const struct order *order,
                        uint32_t asset)
{
    const struct account *account = portfolio_account(engine->portfolio, request->account);
    const oc_i128 own = order ? order->reserved : 0;
    const oc_i128 left = portfolio_balance(engine->portfolio, request->account, asset) -
                         portfolio_reserved(engine->portfolio, request->account, asset) + own;
    if (!account->has_capital || !request->strategy)
        return left;
    const oc_i128 of_capital = portfolio_tradable(engine->portfolio, request->account, asset) -
                               portfolio_capital_reserved(engine->portfolio, request->account, asset) + own;
    return left < of_capital ? left : of_capital;
}

/* An account that is short buys back what it owes, whatever its money. */
static bool buys_back(const struct engine *engine, const struct oc_request *request)
{
    const struct book *book = portfolio_find(engine->portfolio, request->account, 0, request->head.inst);
    return request->side == OC_SIDE_BUY && book && book->position.qty < 0;
}

/* Beside a capital the account holds what no strategy may sell. An order that was proven to reduce sells what is there to be closed. */
static bool sells_its_own(const struct engine *engine, const struct oc_request *request, const struct order *order)
{
    const struct account *account = portfolio_account(engine->portfolio, request->account);
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    int64_t left, qty = request->qty;
    if (__builtin_expect(!account || !account->has_capital, 1) || !request->strategy || account->terms.may_short ||
        !instrument || instrument->info.kind != OC_KIND_SPOT || request->side != OC_SIDE_SELL ||
        reduces_only(engine, request, request->strategy))
        return true;
    const struct book *book =
        portfolio_find(engine->portfolio, request->account, request->strategy, request->head.inst);
    const bool is_amend = request->kind == OC_REQUEST_AMEND;
    if (!book || num_sub(book->position.qty + book->position.spare, book->open_sell, &left) < 0)
        return false;
    if (is_amend && order)
        left += order->exposure;
    if ((request->bits & OC_RQ_HAS_QUOTE_QTY) && chain_worst_qty(engine, request, &qty) < 0)
        return false;
    return (is_amend && order ? rest_of(order, qty) : qty) <= left;
}

static void refuse_sale(const struct engine *engine, const struct oc_request *request,
                        struct engine_refusal *ret_refusal)
{
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    const struct book *book =
        portfolio_find(engine->portfolio, request->account, request->strategy, request->head.inst);
    const int64_t left = book ? book->position.qty - book->open_sell : 0;
    strcpy(ret_refusal->rule, "capital");
    strcpy(ret_refusal->reason, ENGINE_UNASSIGNED);
    (void)instrument_qty_dec(instrument, request->qty, &ret_refusal->used); /* for showing, as the next */
    (void)instrument_qty_dec(instrument, left > 0 ? left : 0, &ret_refusal->limit);
}

/* *ret_need: what it needs, of nothing where nothing is asked for or it was made smaller. */
static oc_rc ask(const struct engine *engine, struct oc_request *request, const struct order *order,
                 struct engine_refusal *ret_refusal, struct need *ret_need)
{
    struct terms_of terms = {.price = order ? order->known_price : reserve_price(engine, request), .qty = request->qty};
    if (!sells_its_own(engine, request, order)) {
        refuse_sale(engine, request, ret_refusal);
        *ret_need = (struct need){0};
        return OC_E_LIMIT;
    }
    if (order && request->kind == OC_REQUEST_AMEND) {
        terms.price = reserve_price(engine, request);
        terms.qty = rest_of(order, request->qty);
        terms.spent = request->bits & OC_RQ_HAS_QUOTE_QTY ? spent_of(engine, order) : 0;
    }
    const oc_rc rc = need_of(engine, request, &terms, ret_need);
    if (rc == OC_OK && (ret_need->money == 0 || buys_back(engine, request)))
        return OC_OK;
    const oc_i128 left = left_for(engine, request, order, ret_need->asset);
    if (rc == OC_OK && ret_need->money <= left)
        return OC_OK;
    if (rc == OC_OK && (request->bits & OC_RQ_FIT_FUNDS) && request->kind == OC_REQUEST_NEW &&
        fit(engine, request, &terms, left)) {
        terms.qty = request->qty;
        return need_of(engine, request, &terms, ret_need);
    }
    refuse(ret_refusal, rc < 0 ? (oc_i128)(~(oc_u128)0 >> 1) : ret_need->money, left);
    return OC_E_LIMIT;
}

oc_rc reserve_ask(const struct engine *engine, struct oc_request *request, const struct order *order,
                  struct engine_refusal *ret_refusal)
{
    struct need need;
    return ask(engine, request, order, ret_refusal, &need);
}

oc_rc reserve_take(struct engine *engine, struct oc_request *request, struct order *order,
                   struct engine_refusal *ret_refusal)
{
    struct need need;
    oc_rc rc = ask(engine, request, order, ret_refusal, &need);
    return rc < 0 ? rc : keep(engine, order, &need);
}

/* What reducing sales of one asset can still sell: the two legs of a group are for the same thing. */
static oc_i128 reducing_of(const struct engine *engine, const struct order *order)
{
    const struct instrument *instrument = instruments_get(engine->instruments, order->now.head.inst);
    int64_t qty = order_remaining_worst(order);
    if (order->now.role == OC_ROLE_TAKE_PROFIT && order->now.owner == OC_OWNER_HOST) {
        const struct order *stop = orders_find(engine->orders, groups_stop_of(&engine->groups, order->now.group));
        const int64_t beside = stop ? order_remaining_worst(stop) : 0;
        qty = qty > beside ? qty - beside : 0;
    }
    return base_money(instrument, qty);
}

/* Of an account, or of its capital: then orders of strategies alone. */
static oc_i128 used_of(const struct engine *engine, uint32_t account, uint32_t asset, bool is_of_capital)
{
    const struct account *owner = portfolio_account(engine->portfolio, account);
    const oc_i128 used = is_of_capital ? portfolio_capital_reserved(engine->portfolio, account, asset)
                                       : portfolio_reserved(engine->portfolio, account, asset),
                  total = is_of_capital ? portfolio_tradable(engine->portfolio, account, asset)
                                        : portfolio_balance(engine->portfolio, account, asset);
    oc_i128 reducing = 0;
    if (!owner || !(owner->terms.has_funds || is_of_capital) || owner->terms.may_short ||
        (!engine->reducing && !engine->groups.live))
        return used;
    const struct instrument *of = instruments_of_base(engine->instruments, asset, NULL);
    for (; of; of = instruments_of_base(engine->instruments, asset, of)) {
        const struct order *order =
            of->info.kind == OC_KIND_SPOT ? orders_open_of(engine->orders, of->info.inst) : NULL;
        for (; order && used + reducing < total; order = order->younger_here)
            if ((order->now.bits & OC_RQ_REDUCE_ONLY) && order->now.side == OC_SIDE_SELL &&
                order->now.account == account && (order->now.strategy || !is_of_capital) &&
                num_add_128(reducing, reducing_of(engine, order), &reducing) < 0)
                reducing = total;
    }
    if (reducing > total - used)
        reducing = total > used ? total - used : 0;
    return used + reducing;
}

oc_i128 engine_used(const struct engine *engine, uint32_t account, uint32_t asset)
{
    return used_of(engine, account, asset, false);
}

oc_i128 engine_used_to_trade(const struct engine *engine, uint32_t account, uint32_t asset)
{
    const struct account *owner = portfolio_account(engine->portfolio, account);
    return used_of(engine, account, asset, owner && owner->has_capital);
}
