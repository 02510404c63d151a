/* api_target.c: m:target_qty, m:target_percent, m:flip: one order from what is held to what shall be.
 *
 * A target asked for while another order is under way would count it twice or not at all, so it is refused. */
#include <string.h>

#include "script/strategy_impl.h"

static int refuse(lua_State *lua, const char *code)
{
    struct engine_refusal refusal = {.rule = "host"};
    strncpy(refusal.reason, code, sizeof refusal.reason - 1);
    return api_refusal(lua, &refusal);
}

static int64_t held(const struct market_handle *market)
{
    const struct strategy *strategy = market->strategy;
    const struct book *book =
        portfolio_find(engine_portfolio(strategy->engine), market->account, strategy->id, market->inst);
    return book ? book->position.qty : 0;
}

static struct market_handle *begin(lua_State *lua, const char *verb)
{
    struct market_handle *market = api_market_at(lua, 1);
    api_check_acting(lua, market->strategy, verb);
    if (market->strategy->is_loading || market->strategy->is_in_init)
        sandbox_raise(lua, "%s: orders can be made from on_start on, not while loading", verb);
    return market;
}

/* One order for the difference. What only brings it nearer to zero is reduce-only. */
static int go_to(lua_State *lua, const struct market_handle *market, int64_t target, int options, bool fits)
{
    const int64_t now = held(market);
    int64_t way;
    if (api_is_busy(market))
        return refuse(lua, "ORDERS_UNDER_WAY");
    if (__builtin_sub_overflow(target, now, &way))
        return sandbox_raise(lua, "the quantity is out of range");
    if (way == 0)
        return refuse(lua, "ON_TARGET");
    struct oc_request request = {.account = market->account,
                                 .side = way > 0 ? OC_SIDE_BUY : OC_SIDE_SELL,
                                 .qty = way > 0 ? way : -way,
                                 .bits = OC_RQ_HAS_QTY};
    request.head.inst = market->inst;
    if ((now > 0 && target >= 0 && target < now) || (now < 0 && target <= 0 && target > now))
        request.bits |= OC_RQ_REDUCE_ONLY;
    if (api_option_reduces(lua, options, &request, fits))
        request.bits |= OC_RQ_FIT_FUNDS;
    return api_place(lua, market, &request, options);
}

/* The magnitude goes down to the step, so that a target is never passed. */
static int64_t to_units(lua_State *lua, const struct instrument *instrument, const struct api_number *number)
{
    struct api_number size = *number;
    bool snapped = false;
    if (size.number < 0) {
        size.number = -size.number;
        size.dec.units = -size.dec.units;
    }
    const int64_t units = api_qty_units(lua, instrument, &size, &snapped);
    return number->number < 0 ? -units : units;
}

static void read_number(lua_State *lua, const char *verb, const char *what, struct api_number *ret_number)
{
    if (!api_number(lua, 2, verb, ret_number))
        sandbox_raise(lua, "%s: %s is needed, a number or a decimal text; found %s", verb, what, luaL_typename(lua, 2));
}

static int lj_target_qty(lua_State *lua)
{
    const struct market_handle *market = begin(lua, "m:target_qty");
    struct api_number number;
    const int options = api_target_options_at(lua, "m:target_qty", 3);
    read_number(lua, "m:target_qty", "a quantity, below 0 to be short", &number);
    return go_to(lua, market, to_units(lua, market->instrument, &number), options, false);
}

/* The account's equity in the market's quote currency; 0: not known, or none. */
static double equity_of(const struct market_handle *market)
{
    const struct oc_instrument *info = &market->instrument->info;
    struct portfolio *portfolio = engine_portfolio(market->strategy->engine);
    const struct account *account = portfolio_account(portfolio, market->account);
    oc_i128 money;
    if (portfolio_traded_equity(portfolio, market->account, &money, NULL) < 0 || money <= 0 ||
        (account->base != info->quote &&
         portfolio_convert(portfolio, money, account->base, info->quote, RATE_MIDDLE, &money) < 0))
        return 0.0;
    return money_to_double(money);
}

/* What so much of the quote currency buys at `price`, the account's fee included; 0: nothing that is known. */
static double quantity_of(const struct market_handle *market, double money, double price)
{
    const struct oc_instrument *info = &market->instrument->info;
    const struct account *account = portfolio_account(engine_portfolio(market->strategy->engine), market->account);
    const double point = api_number_of_dec(info->contract_size), fee = api_number_of_dec(account->terms.fee);
    return price > 0 && info->kind != OC_KIND_INVERSE ? money / (price * (1.0 + fee) * point) : 0.0;
}

/* It is no entry: it says so, or stands against what is held. */
static bool makes_smaller(const struct market_handle *market, const struct oc_request *request)
{
    const int64_t now = held(market);
    return (request->bits & OC_RQ_REDUCE_ONLY) || (request->side == OC_SIDE_BUY ? now < 0 : now > 0);
}

int api_stake(lua_State *lua, const struct market_handle *market, struct oc_request *request)
{
    const struct strategy_stake *stake = &market->strategy->config.stake;
    const struct instruments *instruments = engine_instruments(market->strategy->engine);
    const struct market *prices = markets_get(engine_markets(market->strategy->engine), market->inst);
    if (!(stake->number > 0))
        return sandbox_raise(lua, "an amount is needed: m:buy(qty), m:buy{ qty = ... } or m:buy{ quote_qty = ... }");
    if (makes_smaller(market, request))
        return sandbox_raise(lua, "an amount is needed: strategy.stake is what an entry is worth, and this order makes "
                                  "the position smaller; m:close() closes it");
    const char *quote = instruments_asset_name(instruments, market->instrument->info.quote);
    if (*stake->currency && strcmp(stake->currency, quote) != 0)
        return sandbox_raise(lua, "strategy.stake is in %s, and %s is paid in %s: give a share such as \"10%%\"",
                             stake->currency, market->instrument->info.symbol, quote);
    double price = 0;
    if (request->bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP))
        price = instrument_price(market->instrument,
                                 request->bits & OC_RQ_HAS_PRICE ? request->price : request->stop_price);
    else if (prices && prices->has_last)
        price = instrument_price(market->instrument, prices->last);
    if (!(price > 0))
        return refuse(lua, "NO_REFERENCE_PRICE");
    const double money = *stake->currency ? stake->number : stake->number * equity_of(market);
    if (!(money > 0))
        return refuse(lua, "EQUITY_NOT_KNOWN");
    const struct api_number number = {.number = quantity_of(market, money, price)};
    request->qty = to_units(lua, market->instrument, &number);
    request->bits |= OC_RQ_HAS_QTY;
    return 0;
}

void api_entry_end(const struct market_handle *market, struct oc_request *request)
{
    const int64_t timeout_ns = market->strategy->config.entry_timeout_ns;
    if (!timeout_ns || (request->tif != OC_TIF_NONE && request->tif != OC_TIF_GTC) || makes_smaller(market, request) ||
        !(request->bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP)))
        return; /* a stop or a target of one's own stays */
    request->tif = OC_TIF_GTD;
    request->expire_ns = engine_now(market->strategy->engine) + timeout_ns;
}

static int lj_target_percent(lua_State *lua)
{
    const struct market_handle *market = begin(lua, "m:target_percent");
    const struct market *prices = markets_get(engine_markets(market->strategy->engine), market->inst);
    const int options = api_target_options_at(lua, "m:target_percent", 3);
    struct api_number share, limit = {0};
    read_number(lua, "m:target_percent", "a share of equity, such as 0.5", &share);
    if (!(share.number >= -100 && share.number <= 100))
        return sandbox_raise(lua, "m:target_percent: a share of equity from -100 to 100, 1 is all of it; found %f",
                             share.number);
    if (options) {
        lua_getfield(lua, options, "price");
        if (!lua_isnil(lua, -1) && !api_number(lua, -1, "price", &limit))
            return sandbox_raise(lua, "price is a number or a decimal text; found %s", luaL_typename(lua, -1));
        lua_pop(lua, 1);
    }
    if (limit.number <= 0 && prices && prices->has_last)
        limit.number = instrument_price(market->instrument, prices->last);
    struct api_number number = {.number = quantity_of(market, share.number * equity_of(market), limit.number)};
    if (share.number != 0 && number.number == 0)
        return refuse(lua, "EQUITY_NOT_KNOWN");
    return go_to(lua, market, to_units(lua, market->instrument, &number), options, true);
}

static int lj_flip(lua_State *lua)
{
    const struct market_handle *market = begin(lua, "m:flip");
    const int options = api_target_options_at(lua, "m:flip", 2);
    const int64_t now = held(market);
    if (now == 0)
        return refuse(lua, "NO_POSITION");
    return go_to(lua, market, -now, options, false);
}

const luaL_Reg api_target_methods[] = {
    {"target_qty", lj_target_qty}, {"target_percent", lj_target_percent}, {"flip", lj_flip}, {NULL, NULL}};
