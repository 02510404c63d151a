/* api_market.c: the market handle m: what it shows, and the verbs. */
#include <string.h>

#include "base/text.h"
#include "engine/dust.h"
#include "script/api_verb_options.h"

const char *const strategy_meta_market = "outcry.market";
const char *const strategy_meta_position = "outcry.position";

struct market_handle *api_market_at(lua_State *lua, int index)
{
    return *(struct market_handle **)luaL_checkudata(lua, index, strategy_meta_market);
}

static int refused(lua_State *lua, const char *rule, const char *reason)
{
    struct engine_refusal refusal = {0};
    strcpy(refusal.reason, reason);
    strcpy(refusal.rule, rule);
    return api_refusal(lua, &refusal);
}

/* What the engine said to it, as a strategy reads it. */
static int answer(lua_State *lua, const struct market_handle *market, const struct oc_request *request, oc_rc rc,
                  const struct engine_refusal *said)
{
    strategy_note_origin(lua, market->strategy, request->order);
    if (rc == OC_OK) {
        api_order_push(lua, request->order);
        return 1;
    }
    if (rc == OC_E_FULL)
        return refused(lua, "host", "TOO_MANY_ORDERS");
    if (rc == OC_E_STATE)
        return sandbox_raise(lua, "orders can be made inside callbacks only");
    if (rc == OC_E_LIMIT)
        return api_refusal(lua, said);
    return sandbox_raise(lua, "this order makes no sense: check type, tif and expire (GTD needs expire), post_only "
                              "(limit orders only)");
}

static int submit(lua_State *lua, const struct market_handle *market, struct oc_request *request)
{
    struct engine_refusal refusal = {0};
    request->bits |= market->strategy->only_reduces ? OC_RQ_REDUCE_ONLY : 0u;
    oc_rc rc = engine_submit(market->strategy->engine, request, &refusal);
    return answer(lua, market, request, rc, &refusal);
}

static int verb(lua_State *lua, uint8_t side)
{
    const char *name = side == OC_SIDE_BUY ? "m:buy" : "m:sell";
    struct market_handle *market = api_market_at(lua, 1);
    int options = options_at(lua, name, api_trade_options);
    api_check_acting(lua, market->strategy, name);
    struct oc_request request = {.head = {.inst = market->inst}, .account = market->account, .side = side};
    bool snapped = false;
    if (market->strategy->is_loading || market->strategy->is_in_init)
        return sandbox_raise(lua, "%s: orders can be made from on_start on, not while loading", name);
    const bool is_sized = option_amount(lua, options, market->instrument, &request, &snapped);
    option_prices(lua, options, market->instrument, &request, &snapped);
    option_protection(lua, options, market->instrument, &request);
    option_tag(lua, options, &request);
    request.tif = option_tif(lua, options);
    request.expire_ns = option_expire(lua, options);
    request.bits |= option_insufficient(lua, options, &request);
    if (option_flag(lua, options, "post_only"))
        request.bits |= OC_RQ_POST_ONLY;
    if (option_flag(lua, options, "reduce_only"))
        request.bits |= OC_RQ_REDUCE_ONLY;
    if (snapped)
        request.bits |= OC_RQ_SNAPPED;
    api_entry_end(market, &request);
    int said;
    if (!is_sized && (said = api_stake(lua, market, &request)) != 0)
        return said;
    if (snapped && option_flag(lua, options, "strict"))
        return refused(lua, "strict", "NOT_ON_THE_GRID");
    if ((request.bits & OC_RQ_HAS_QTY) && request.qty == 0)
        return refused(lua, "instrument", "QUANTITY_BELOW_STEP");
    if ((request.bits & OC_RQ_HAS_QUOTE_QTY) && request.quote_qty.units == 0)
        return refused(lua, "host", "QUOTE_AMOUNT_TOO_SMALL");
    return submit(lua, market, &request);
}

int api_place(lua_State *lua, const struct market_handle *market, struct oc_request *request, int options)
{
    bool snapped = false;
    option_prices(lua, options, market->instrument, request, &snapped);
    option_tag(lua, options, request);
    request->tif = option_tif(lua, options);
    request->expire_ns = option_expire(lua, options);
    if (option_flag(lua, options, "post_only"))
        request->bits |= OC_RQ_POST_ONLY;
    if (snapped)
        request->bits |= OC_RQ_SNAPPED;
    return submit(lua, market, request);
}

bool api_option_reduces(lua_State *lua, int options, const struct oc_request *request, bool otherwise)
{
    if (!options || lua_getfield(lua, options, "on_insufficient") == LUA_TNIL)
        return otherwise;
    lua_pop(lua, 1);
    return option_insufficient(lua, options, request) != 0;
}

int api_target_options_at(lua_State *lua, const char *verb, int index)
{
    return options_behind(lua, verb, api_target_options, index);
}

static int lj_buy(lua_State *lua) { return verb(lua, OC_SIDE_BUY); }
static int lj_sell(lua_State *lua) { return verb(lua, OC_SIDE_SELL); }

static const struct position *position_of(const struct market_handle *market)
{
    const struct strategy *strategy = market->strategy;
    const struct book *book =
        portfolio_find(engine_portfolio(strategy->engine), market->account, strategy->id, market->inst);
    return book ? &book->position : NULL;
}

static int lj_close(lua_State *lua)
{
    struct market_handle *market = api_market_at(lua, 1);
    int options = options_at(lua, "m:close", api_close_options);
    api_check_acting(lua, market->strategy, "m:close");
    const struct position *position = position_of(market);
    struct oc_request request = {.account = market->account,
                                 .strategy = market->strategy->id,
                                 .side = position && position->qty < 0 ? OC_SIDE_BUY : OC_SIDE_SELL};
    struct engine_refusal refusal = {0};
    bool snapped = false;
    request.head.inst = market->inst;
    option_prices(lua, options, market->instrument, &request, &snapped);
    option_tag(lua, options, &request);
    request.tif = option_tif(lua, options);
    oc_rc rc = engine_close(market->strategy->engine, &request, &refusal);
    if (rc == OC_E_NOT_FOUND) {
        refusal = (struct engine_refusal){.reason = "NO_POSITION", .rule = "host"};
        return api_refusal(lua, &refusal);
    }
    return answer(lua, market, &request, rc, &refusal);
}

bool api_is_busy(const struct market_handle *market)
{
    const struct orders *orders = engine_orders(market->strategy->engine);
    bool busy = false;
    for (const struct order *order = orders_open_of(orders, market->inst); order && !busy; order = order->younger_here)
        busy = order->now.strategy == market->strategy->id && order->now.role != OC_ROLE_STOP_LOSS &&
               order->now.role != OC_ROLE_TAKE_PROFIT && order_is_open(order);
    return busy;
}

static int lj_busy(lua_State *lua) { return lua_pushboolean(lua, api_is_busy(api_market_at(lua, 1))), 1; }

static int lj_orders(lua_State *lua)
{
    const struct market_handle *market = api_market_at(lua, 1);
    const struct orders *orders = engine_orders(market->strategy->engine);
    lua_Integer count = 0;
    lua_newtable(lua);
    for (const struct order *order = orders_open_of(orders, market->inst); order; order = order->younger_here) {
        if (order->now.strategy != market->strategy->id || !order_is_open(order))
            continue;
        api_order_push(lua, order->now.order);
        lua_rawseti(lua, -2, ++count);
    }
    return 1;
}

static int lj_cancel_all(lua_State *lua)
{
    const struct market_handle *market = api_market_at(lua, 1);
    struct strategy *strategy = market->strategy;
    api_check_acting(lua, strategy, "m:cancel_all");
    lua_pushinteger(lua, engine_cancel_all(strategy->engine, strategy->id, market->inst, CANCEL_NOT_PROTECTION));
    return 1;
}

static int rounded(lua_State *lua, bool is_price)
{
    const struct market_handle *market = api_market_at(lua, 1);
    struct api_number number;
    bool snapped;
    if (!api_number(lua, 2, "number", &number))
        return sandbox_raise(lua, "a number or a decimal text is needed; found %s", luaL_typename(lua, 2));
    if (is_price)
        lua_pushnumber(lua, instrument_price(market->instrument, api_price_units(lua, market->instrument, &number,
                                                                                 SNAP_NEAREST, &snapped)));
    else
        lua_pushnumber(lua,
                       instrument_qty(market->instrument, api_qty_units(lua, market->instrument, &number, &snapped)));
    return 1;
}

static int lj_round_price(lua_State *lua) { return rounded(lua, true); }
static int lj_round_qty(lua_State *lua) { return rounded(lua, false); }

static int push_money(lua_State *lua, oc_i128 money)
{
    lua_pushnumber(lua, money_to_double(money));
    return 1;
}

/* The market behind argument 1. The object used last costs a comparison, another one a look at its metatable, which is
 * upvalue `meta`; anything else raises. Both stay for as long as the strategy does. */
static struct market_handle *self_of(lua_State *lua, const void **last, const char *name, int meta)
{
    void *self = lua_touserdata(lua, 1);
    if (__builtin_expect(!self || self != *last, 0)) {
        self = api_object(lua, 1, lua_upvalueindex(meta));
        if (!self)
            self = luaL_checkudata(lua, 1, name); /* raises */
        *last = self;
    }
    return *(struct market_handle **)self;
}

static int lj_position_index(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    const struct market_handle *market = self_of(lua, &strategy->position_self, strategy_meta_position, 1);
    const char *key = lua_tostring(lua, 2);
    const struct position *position = position_of(market);
    if (key && KEY_IS(strategy, key, qty))
        return lua_pushnumber(lua, position ? instrument_qty(market->instrument, position->qty) : 0.0), 1;
    if (key && KEY_IS(strategy, key, average)) {
        double price;
        if (position && position_average(position, market->instrument, &price) == OC_OK)
            lua_pushnumber(lua, price);
        else
            lua_pushnil(lua);
        return 1;
    }
    if (key && KEY_IS(strategy, key, realised))
        return push_money(lua, position ? position->realised : 0);
    if (key && KEY_IS(strategy, key, unrealised)) {
        const struct market *prices = markets_get(engine_markets(strategy->engine), market->inst);
        oc_i128 money = 0;
        if (position && prices && prices->has_mark &&
            position_unrealised(position, market->instrument, prices->mark2 / 2, &money) < 0)
            return luaL_error(lua, "unrealised: the amount does not fit");
        return push_money(lua, money);
    }
    if (key && KEY_IS(strategy, key, trips))
        return lua_pushinteger(lua, position ? position->trips : 0), 1;
    if (key && KEY_IS(strategy, key, side)) {
        int64_t qty = position ? position->qty : 0;
        return lua_pushstring(lua, qty > 0 ? "long" : (qty < 0 ? "short" : "flat")), 1;
    }
    if (key && KEY_IS(strategy, key, dust))
        return push_money(lua, position ? dust_of(position, market->instrument).qty : 0);
    if (key && KEY_IS(strategy, key, dust_cost))
        return push_money(lua, position ? dust_of(position, market->instrument).cost : 0);
    return sandbox_raise(
        lua, "a position has qty, side, average, realised, unrealised, trips, dust and dust_cost; found '%s'",
        key ? key : "?");
}

static int field_price(lua_State *lua, const struct market_handle *market, bool present, int64_t units)
{
    if (present)
        lua_pushnumber(lua, instrument_price(market->instrument, units));
    else
        lua_pushnil(lua);
    return 1;
}

static int market_field(lua_State *lua, struct strategy *strategy, const struct market_handle *market, const char *key)
{
    const struct market *prices = markets_get(engine_markets(strategy->engine), market->inst);
    const struct oc_instrument *info = &market->instrument->info;
    if (KEY_IS(strategy, key, last))
        return field_price(lua, market, prices->has_last, prices->last);
    if (KEY_IS(strategy, key, bid))
        return field_price(lua, market, prices->present & OC_HAS_BID, prices->bid);
    if (KEY_IS(strategy, key, ask))
        return field_price(lua, market, prices->present & OC_HAS_ASK, prices->ask);
    if (KEY_IS(strategy, key, book))
        return api_book_push(lua, 1, market);
    if (KEY_IS(strategy, key, symbol))
        return lua_pushstring(lua, info->symbol), 1;
    if (KEY_IS(strategy, key, venue))
        return lua_pushstring(lua, info->venue), 1;
    if (KEY_IS(strategy, key, account))
        return lua_pushstring(lua, portfolio_account(engine_portfolio(strategy->engine), market->account)->name), 1;
    if (KEY_IS(strategy, key, base))
        return lua_pushstring(lua, instruments_asset_name(engine_instruments(strategy->engine), info->base)), 1;
    if (KEY_IS(strategy, key, quote))
        return lua_pushstring(lua, instruments_asset_name(engine_instruments(strategy->engine), info->quote)), 1;
    if (KEY_IS(strategy, key, tick))
        return lua_pushnumber(lua, instrument_price(market->instrument, 1)), 1;
    if (KEY_IS(strategy, key, lot))
        return lua_pushnumber(lua, instrument_qty(market->instrument, 1)), 1;
    if (KEY_IS(strategy, key, index))
        return lua_pushinteger(lua, (lua_Integer)market->index + 1), 1;
    return 0;
}

/* What the strategy put there comes first: it is read at every bar, and can bear no name of the API. */
static int lj_market_index(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    const struct market_handle *market = self_of(lua, &strategy->market_self, strategy_meta_market, 2);
    const char *key = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : NULL;
    if (key && KEY_IS(strategy, key, position)) {
        lua_getiuservalue(lua, 1, 1);
        return 1;
    }
    lua_rawgeti(lua, LUA_REGISTRYINDEX, market->data_ref);
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, -2) != LUA_TNIL || !key)
        return 1;
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) != LUA_TNIL)
        return 1;
    int found = market_field(lua, strategy, market, key);
    return found ? found : (lua_pushnil(lua), 1);
}

static int lj_market_newindex(lua_State *lua)
{
    static const char *const fixed[] = {"position", "last",  "bid",  "ask", "symbol", "venue", "account",
                                        "base",     "quote", "tick", "lot", "index",  "book",  NULL};
    struct strategy *strategy = strategy_of(lua);
    struct market_handle *market = self_of(lua, &strategy->market_self, strategy_meta_market, 2);
    const char *key = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : NULL;
    if (key) {
        lua_pushvalue(lua, 2);
        bool is_api = lua_rawget(lua, lua_upvalueindex(1)) != LUA_TNIL;
        for (int i = 0; fixed[i] && !is_api; i++)
            is_api = strcmp(fixed[i], key) == 0;
        if (is_api)
            return sandbox_raise(lua, "m.%s belongs to the API and cannot be assigned; choose another name", key);
        lua_pop(lua, 1);
    }
    market->is_dirty = true;
    strategy_market_changed(market);
    if (lua_istable(lua, 3))
        market->has_tables = true;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, market->data_ref);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, 3);
    lua_rawset(lua, -3);
    return 0;
}

static int lj_market_tostring(lua_State *lua)
{
    lua_pushstring(lua, api_market_at(lua, 1)->instrument->info.symbol);
    return 1;
}

void api_market_install(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    static const luaL_Reg methods[] = {{"buy", lj_buy},
                                       {"sell", lj_sell},
                                       {"close", lj_close},
                                       {"busy", lj_busy},
                                       {"orders", lj_orders},
                                       {"cancel_all", lj_cancel_all},
                                       {"round_price", lj_round_price},
                                       {"round_qty", lj_round_qty},
                                       {NULL, NULL}};
    api_metatable(lua, "outcry.market.methods");
    luaL_setfuncs(lua, methods, 0);
    luaL_setfuncs(lua, api_shown_methods, 0);
    luaL_setfuncs(lua, api_target_methods, 0);
    api_metatable(lua, strategy_meta_market);
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, -2);
    lua_pushcclosure(lua, lj_market_index, 2);
    lua_setfield(lua, -2, "__index");
    lua_pushvalue(lua, -2);
    lua_pushvalue(lua, -2);
    lua_pushcclosure(lua, lj_market_newindex, 2);
    lua_setfield(lua, -2, "__newindex");
    lua_pushcfunction(lua, lj_market_tostring);
    lua_setfield(lua, -2, "__tostring");
    lua_pop(lua, 2);
    api_metatable(lua, strategy_meta_position);
    lua_pushvalue(lua, -1);
    lua_pushcclosure(lua, lj_position_index, 1);
    lua_setfield(lua, -2, "__index");
    lua_pop(lua, 1);
}
