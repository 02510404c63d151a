/* api_indicator.c: m:sma(n), m:ema(n), m:rsi(n), m:atr(n): handles that are called for their value. */
#include <stdlib.h>

#include "script/strategy_impl.h"

const char *const strategy_meta_indicator = "outcry.indicator";

/* The functions here have the metatable as their last upvalue: comparing it costs a sixth of finding it by name. */
static struct indicator *indicator_at(lua_State *lua, int index, int meta)
{
    struct indicator **handle = api_object(lua, index, meta);
    if (handle)
        return *handle;
    return *(struct indicator **)luaL_checkudata(lua, index, strategy_meta_indicator); /* raises */
}

static double value_at(lua_State *lua, const struct indicator *indicator, lua_Integer back)
{
    double value = 0.0;
    if (back < 0 || back >= INDICATOR_HISTORY)
        sandbox_raise(lua, "%s(%d): bars back are 0 to %d; found %I", indicator_name(indicator->kind),
                      (int)indicator->length, INDICATOR_HISTORY - 1, (LUAI_UACINT)back);
    if (!indicator_get(indicator, (uint32_t)back, &value)) {
        uint32_t missing = indicator_missing(indicator);
        if (missing)
            sandbox_raise(lua, "%s(%d) is not ready: %d more bars are needed", indicator_name(indicator->kind),
                          (int)indicator->length, (int)missing);
        sandbox_raise(lua, "%s(%d) has no value %d bars ago yet", indicator_name(indicator->kind),
                      (int)indicator->length, (int)back);
    }
    return value;
}

static int lj_indicator_call(lua_State *lua)
{
    const struct indicator *indicator = indicator_at(lua, 1, lua_upvalueindex(1));
    lua_pushnumber(lua, value_at(lua, indicator, luaL_optinteger(lua, 2, 0)));
    return 1;
}

static int lj_indicator_index(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct indicator *indicator = indicator_at(lua, 1, lua_upvalueindex(1));
    const char *key = lua_tostring(lua, 2);
    if (key && KEY_IS(strategy, key, ready))
        lua_pushboolean(lua, indicator->ready > 0);
    else if (key && KEY_IS(strategy, key, value))
        lua_pushnumber(lua, value_at(lua, indicator, 0));
    else
        return sandbox_raise(lua, "an indicator has 'ready' and 'value', and is called for its value; found '%s'",
                             key ? key : "?");
    return 1;
}

static int lj_indicator_tostring(lua_State *lua)
{
    const struct indicator *indicator = indicator_at(lua, 1, lua_upvalueindex(1));
    lua_pushfstring(lua, "%s(%d)", indicator_name(indicator->kind), (int)indicator->length);
    return 1;
}

/* cross_above(a, b): a was at or below b one bar ago and is above it now. */
static int cross(lua_State *lua, bool above)
{
    const struct indicator *a = indicator_at(lua, 1, lua_upvalueindex(1));
    const struct indicator *b = indicator_at(lua, 2, lua_upvalueindex(1));
    double a0, a1, b0, b1;
    bool known =
        indicator_get(a, 0, &a0) && indicator_get(a, 1, &a1) && indicator_get(b, 0, &b0) && indicator_get(b, 1, &b1);
    lua_pushboolean(lua, known && (above ? a1 <= b1 && a0 > b0 : a1 >= b1 && a0 < b0));
    return 1;
}

static int lj_cross_above(lua_State *lua) { return cross(lua, true); }
static int lj_cross_below(lua_State *lua) { return cross(lua, false); }

static int make(lua_State *lua, uint32_t kind)
{
    struct market_handle *market = api_market_at(lua, 1);
    struct strategy *strategy = market->strategy;
    lua_Integer length = luaL_checkinteger(lua, 2);
    if (!strategy->is_in_init)
        return sandbox_raise(lua, "indicators are made in on_init(m), so that their warm-up is known");
    if (market != strategy->markets[strategy->market_count - 1]) /* its own are neighbours, and fed by their numbers */
        return sandbox_raise(lua, "on_init(m) makes indicators of its own market; this is %s",
                             market->instrument->info.symbol);
    if (length < 1 || length > INDICATOR_LENGTH_MAX)
        return sandbox_raise(lua, "%s: length is 1 to %d bars; found %I", indicator_name(kind), INDICATOR_LENGTH_MAX,
                             (LUAI_UACINT)length);
    if (strategy->indicator_count == STRATEGY_INDICATORS_MAX)
        return sandbox_raise(lua, "a strategy can have at most %d indicators", STRATEGY_INDICATORS_MAX);
    struct indicator **list = strategy_room(strategy->indicators, &strategy->indicator_room, strategy->indicator_count,
                                            STRATEGY_INDICATORS_MAX, sizeof *list);
    if (!list)
        return sandbox_raise(lua, "no memory for %s(%d)", indicator_name(kind), (int)length);
    strategy->indicators = list;
    struct indicator **handle = lua_newuserdatauv(lua, sizeof *handle, 0);
    *handle = NULL;
    api_metatable(lua, strategy_meta_indicator);
    lua_setmetatable(lua, -2);
    struct indicator *indicator = malloc(sizeof *indicator);
    if (!indicator || indicator_init(indicator, kind, (uint32_t)length, market->instrument) < 0) {
        free(indicator);
        return sandbox_raise(lua, "no memory for %s(%d)", indicator_name(kind), (int)length);
    }
    *handle = indicator;
    strategy->indicators[strategy->indicator_count++] = indicator;
    market->indicator_count++;
    return 1;
}

static int lj_sma(lua_State *lua) { return make(lua, INDICATOR_SMA); }
static int lj_ema(lua_State *lua) { return make(lua, INDICATOR_EMA); }
static int lj_rsi(lua_State *lua) { return make(lua, INDICATOR_RSI); }
static int lj_atr(lua_State *lua) { return make(lua, INDICATOR_ATR); }

/* With the metatable, which is on the top of the stack, as its upvalue. */
static void push_function(lua_State *lua, lua_CFunction function)
{
    lua_pushvalue(lua, -1);
    lua_pushcclosure(lua, function, 1);
}

void api_indicator_install(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    api_metatable(lua, strategy_meta_indicator);
    push_function(lua, lj_indicator_index);
    lua_setfield(lua, -2, "__index");
    push_function(lua, lj_indicator_call);
    lua_setfield(lua, -2, "__call");
    push_function(lua, lj_indicator_tostring);
    lua_setfield(lua, -2, "__tostring");
    push_function(lua, lj_cross_above);
    sandbox_set_constant(lua, "cross_above");
    push_function(lua, lj_cross_below);
    sandbox_set_constant(lua, "cross_below");
    lua_pop(lua, 1);
    static const luaL_Reg methods[] = {
        {"sma", lj_sma}, {"ema", lj_ema}, {"rsi", lj_rsi}, {"atr", lj_atr}, {NULL, NULL}};
    api_metatable(lua, "outcry.market.methods");
    luaL_setfuncs(lua, methods, 0);
    lua_pop(lua, 1);
}
