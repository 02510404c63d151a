/* api_market.c: the market handle m: what it shows, and the verbs. */
#include <string.h>

#include "base/text.h"
#include "engine/dust.h"
#include "script/strategy_impl.h"

const char *const strategy_meta_market = "outcry.market";
const char *const strategy_meta_position = "outcry.position";

struct market_handle *api_market_at(lua_State *lua, int index)
{
    return *(struct market_handle **)luaL_checkudata(lua, index, strategy_meta_market);
}

const char *const api_trade_options[] = {"qty",         "quote_qty", "price",           "stop",      "post_only",
                                         "reduce_only", "tif",       "expire",          "stop_loss", "take_profit",
                                         "tag",         "strict",    "on_insufficient", NULL};
const char *const api_close_options[] = {"price", "stop", "tif", "tag", NULL};
const char *const api_target_options[] = {"price", "tif", "expire", "post_only", "tag", "on_insufficient", NULL};

/* The index of the option table: the first argument after m and a leading amount; 0: there is none. Anything else would
 * be silently without effect, so it raises. */
static int options_behind(lua_State *lua, const char *verb, const char *const *known, int index)
{
    if (lua_gettop(lua) > index || !(lua_istable(lua, index) || lua_isnoneornil(lua, index)))
        sandbox_raise(lua, "%s: the options are one table, the last argument; found %s", verb,
                      luaL_typename(lua, lua_gettop(lua)));
    if (!lua_istable(lua, index))
        return 0;
    api_check_plain(lua, index, verb);
    const char *key = api_unknown_field(lua, index, known);
    if (!key)
        return index;
    int i = 0;
    lua_pushstring(lua, verb);
    lua_pushfstring(lua, ": unknown option '%s'; known:", key);
    for (; known[i]; i++)
        lua_pushfstring(lua, " %s", known[i]);
    lua_concat(lua, i + 2);
    return sandbox_raise(lua, "%s", lua_tostring(lua, -1));
}

static int options_at(lua_State *lua, const char *verb, const char *const *known)
{
    return options_behind(lua, verb, known, lua_istable(lua, 2) || known == api_close_options ? 2 : 3);
}

static bool option_number(lua_State *lua, int index, const char *name, struct api_number *ret_number)
{
    if (!index)
        return false;
    lua_getfield(lua, index, name);
    bool found = !lua_isnil(lua, -1);
    if (found && !api_number(lua, -1, name, ret_number))
        sandbox_raise(lua, "%s is a number or a decimal text; found %s", name, luaL_typename(lua, -1));
    lua_pop(lua, 1);
    return found;
}

static bool option_flag(lua_State *lua, int index, const char *name)
{
    if (!index)
        return false;
    lua_getfield(lua, index, name);
    bool is_set = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return is_set;
}

static uint8_t option_tif(lua_State *lua, int index)
{
    static const char *const words[] = {"GTC", "IOC", "FOK", "GTD", "DAY"};
    if (!index)
        return OC_TIF_GTC;
    lua_getfield(lua, index, "tif");
    const char *word = lua_tostring(lua, -1);
    uint8_t tif = OC_TIF_GTC;
    if (word) {
        int i = 0;
        while (i < 5 && strcmp(words[i], word) != 0)
            i++;
        if (i == 5)
            sandbox_raise(lua, "tif is GTC, IOC, FOK, GTD or DAY; found '%s'", word);
        tif = (uint8_t)(OC_TIF_GTC + i);
    }
    lua_pop(lua, 1);
    return tif;
}

/* A time, as now() counts it: whole nanoseconds, which a double cannot hold. */
static int64_t option_expire(lua_State *lua, int index)
{
    if (!index)
        return 0;
    lua_getfield(lua, index, "expire");
    if (!lua_isnil(lua, -1) && !lua_isinteger(lua, -1))
        sandbox_raise(lua, "expire is a whole number of nanoseconds UTC, such as now() + 60 * 1000000000; found %s",
                      luaL_typename(lua, -1));
    int64_t expire_ns = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    return expire_ns;
}

static struct oc_dec dec_of(lua_State *lua, const struct api_number *number, int scale)
{
    if (number->is_exact)
        return number->dec;
    while (scale > 0 && number->number * (double)num_pow10(scale) >= 9.0e18) /* a large amount keeps fewer digits */
        scale--;
    double grid = number->number * (double)num_pow10(scale);
    if (grid >= 9.0e18 || grid <= -9.0e18)
        sandbox_raise(lua, "the amount %f is too large", number->number);
    int64_t low = (int64_t)grid;
    double rest = grid - (double)low;
    if (rest > 1.0 - 1e-6) /* within a millionth of the next step it is that step */
        low++;
    return (struct oc_dec){low, scale, 0};
}

static void asked(struct oc_dec *dec, const struct api_number *number)
{
    if (number->is_exact) {
        *dec = number->dec;
        return;
    }
    double scaled = number->number * 1e9;
    if (scaled < 9.0e18 && scaled > -9.0e18)
        *dec = (struct oc_dec){(int64_t)(scaled < 0 ? scaled - 0.5 : scaled + 0.5), 9, 0};
}

/* Protection is placed to the nearer tick. */
static void option_protection(lua_State *lua, int options, const struct instrument *instrument,
                              struct oc_request *request)
{
    struct api_number number;
    bool snapped = false;
    if (option_number(lua, options, "stop_loss", &number)) {
        request->stop_loss = api_price_units(lua, instrument, &number, SNAP_NEAREST, &snapped);
        request->bits |= OC_RQ_HAS_STOP_LOSS;
    }
    if (option_number(lua, options, "take_profit", &number)) {
        request->take_profit = api_price_units(lua, instrument, &number, SNAP_NEAREST, &snapped);
        request->bits |= OC_RQ_HAS_TAKE_PROFIT;
    }
}

static void option_prices(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request,
                          bool *snapped)
{
    struct api_number number;
    bool buy = request->side == OC_SIDE_BUY;
    if (option_number(lua, options, "price", &number)) {
        request->price = api_price_units(lua, instrument, &number, buy ? SNAP_DOWN : SNAP_UP, snapped);
        request->bits |= OC_RQ_HAS_PRICE;
        asked(&request->asked_price, &number);
    }
    if (option_number(lua, options, "stop", &number)) {
        request->stop_price = api_price_units(lua, instrument, &number, SNAP_NEAREST, snapped);
        request->bits |= OC_RQ_HAS_STOP;
    }
    bool priced = request->bits & OC_RQ_HAS_PRICE, stopped = request->bits & OC_RQ_HAS_STOP;
    request->type =
        priced ? (stopped ? OC_ORDER_STOP_LIMIT : OC_ORDER_LIMIT) : (stopped ? OC_ORDER_STOP : OC_ORDER_MARKET);
}

/* False: none is named. */
static bool option_amount(lua_State *lua, int options, const struct instrument *instrument, struct oc_request *request,
                          bool *snapped)
{
    struct api_number number;
    const bool is_first = lua_type(lua, 2) == LUA_TNUMBER || lua_type(lua, 2) == LUA_TSTRING;
    const bool has_qty = is_first ? api_number(lua, 2, "qty", &number) : option_number(lua, options, "qty", &number);
    if (has_qty) {
        if (!(number.number > 0))
            sandbox_raise(lua, "qty must be above 0; found %f", number.number);
        request->qty = api_qty_units(lua, instrument, &number, snapped);
        request->bits |= OC_RQ_HAS_QTY;
        asked(&request->asked_qty, &number);
    }
    if (option_number(lua, options, "quote_qty", &number)) {
        if (has_qty)
            sandbox_raise(lua, "give qty or quote_qty, not both");
        if (!(number.number >= 0)) /* 0 may be what is free: that is no fault of the strategy */
            sandbox_raise(lua, "quote_qty must be above 0; found %f", number.number);
        if (number.is_exact ||
            !api_reads_as_money(strategy_of(lua), instrument->info.quote, number.number, &request->quote_qty))
            request->quote_qty = dec_of(lua, &number, 8);
        request->bits |= OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
        return true;
    }
    return has_qty;
}

static uint32_t option_insufficient(lua_State *lua, int options, const struct oc_request *request)
{
    if (!options)
        return 0;
    lua_getfield(lua, options, "on_insufficient");
    const char *word = lua_tostring(lua, -1);
    const bool reduces = word && strcmp(word, "reduce") == 0;
    if (!lua_isnil(lua, -1) && !reduces && (!word || strcmp(word, "refuse") != 0))
        sandbox_raise(lua, "on_insufficient is \"reduce\" or \"refuse\"; found '%s'",
                      word ? word : luaL_typename(lua, -1));
    if (reduces && request->side == OC_SIDE_SELL && (request->bits & OC_RQ_HAS_QUOTE_QTY))
        sandbox_raise(lua, "on_insufficient is not supported for a sale by quote_qty: give qty");
    lua_pop(lua, 1);
    return reduces ? OC_RQ_FIT_FUNDS : 0;
}

static void option_tag(lua_State *lua, int options, struct oc_request *request)
{
    if (!options)
        return;
    lua_getfield(lua, options, "tag");
    const char *tag = lua_tostring(lua, -1);
    if (tag)
        text_copy(request->tag, sizeof request->tag, tag);
    lua_pop(lua, 1);
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
