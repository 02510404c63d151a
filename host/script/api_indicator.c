/* api_indicator.c: m:sma(n) and its kind, on a market or on bars of it: handles that are called for their value. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/services.h>

#include "base/text.h"
#include "script/strategy_impl.h"

const char *const strategy_meta_indicator = "outcry.indicator";

/* A handle that was used lately costs a comparison. Handles of indicators are never collected, so an address among them is one. Another
 * one costs a look at its metatable, the last upvalue of the functions here; comparing it costs a sixth of finding it by name. */
static const struct indicator_handle *handle_at(lua_State *lua, int index, int meta)
{
    struct strategy *strategy = strategy_of(lua);
    const void *self = lua_touserdata(lua, index);
    const void **known = &strategy->known_handles[((uintptr_t)self >> 4) % HANDLES_KNOWN];
    if (__builtin_expect(self && *known == self, 1))
        return self;
    self = api_object(lua, index, meta);
    if (!self)
        self = luaL_checkudata(lua, index, strategy_meta_indicator); /* raises */
    *known = self;
    return self;
}

static const char *text_of(lua_State *lua, const struct indicator *indicator)
{
    char text[INDICATOR_TEXT_MAX];
    indicator_text(indicator, text, sizeof text);
    return lua_pushstring(lua, text);
}

static int raise_no_value(lua_State *lua, const struct indicator *indicator, lua_Integer back)
{
    const char *name = text_of(lua, indicator);
    const uint32_t missing = indicator_missing(indicator);
    if (back < 0 || back >= INDICATOR_HISTORY)
        return sandbox_raise(lua, "%s: bars back are 0 to %d; found %I", name, INDICATOR_HISTORY - 1,
                             (LUAI_UACINT)back);
    if (missing)
        return sandbox_raise(lua, "%s is not ready: %d more bars are needed", name, (int)missing);
    return sandbox_raise(lua, "%s has no value %d bars ago yet", name, (int)back);
}

/* One that is not defined is nil. */
static int push_value(lua_State *lua, const struct indicator *indicator, uint32_t line, lua_Integer back)
{
    double value = 0.0;
    if (__builtin_expect(
            back < 0 || back >= INDICATOR_HISTORY || !indicator_get(indicator, line, (uint32_t)back, &value), 0))
        return raise_no_value(lua, indicator, back);
    if (__builtin_expect(value != value, 0))
        lua_pushnil(lua);
    else
        lua_pushnumber(lua, value);
    return 1;
}

static int lj_indicator_call(lua_State *lua)
{
    const struct indicator_handle *handle = handle_at(lua, 1, lua_upvalueindex(1));
    const lua_Integer back = lua_gettop(lua) < 2 ? 0 : luaL_optinteger(lua, 2, 0);
    return push_value(lua, handle->indicator, handle->line, back);
}

static int lj_indicator_index(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct indicator_handle *handle = handle_at(lua, 1, lua_upvalueindex(1));
    const struct indicator *indicator = handle->indicator;
    const char *key = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : NULL;
    if (key && KEY_IS(strategy, key, ready))
        return lua_pushboolean(lua, indicator->ready > 0), 1;
    if (key && KEY_IS(strategy, key, value))
        return push_value(lua, indicator, handle->line, 0);
    luaL_Buffer known;
    for (uint32_t i = 0; key && indicator->lines > 1 && i < indicator->lines; i++)
        if (strcmp(indicator_line(indicator->shape.kind, i), key) == 0)
            return push_value(lua, indicator, i, 0);
    luaL_buffinit(lua, &known);
    for (uint32_t i = 0; indicator->lines > 1 && i < indicator->lines; i++) {
        luaL_addstring(&known, ", '");
        luaL_addstring(&known, indicator_line(indicator->shape.kind, i));
        luaL_addstring(&known, "'");
    }
    luaL_pushresult(&known);
    return sandbox_raise(lua, "an indicator has 'ready' and 'value'%s, and is called for its value; found '%s'",
                         lua_tostring(lua, -1), key ? key : "?");
}

static int lj_indicator_tostring(lua_State *lua)
{
    const struct indicator_handle *handle = handle_at(lua, 1, lua_upvalueindex(1));
    const char *text = text_of(lua, handle->indicator);
    if (handle->indicator->lines > 1)
        lua_pushfstring(lua, "%s.%s", text, indicator_line(handle->indicator->shape.kind, handle->line));
    return 1;
}

/* Now and one bar ago: of an indicator, or of a number twice. False: not known (yet). */
static bool two_values(lua_State *lua, int index, double *ret_now, double *ret_before)
{
    if (lua_type(lua, index) == LUA_TNUMBER) {
        *ret_now = *ret_before = lua_tonumber(lua, index);
        return true;
    }
    const struct indicator_handle *handle = handle_at(lua, index, lua_upvalueindex(1));
    return indicator_get(handle->indicator, handle->line, 0, ret_now) &&
           indicator_get(handle->indicator, handle->line, 1, ret_before);
}

/* cross_above(a, b): a was at or below b one bar ago and is above it now. */
static int cross(lua_State *lua, bool above)
{
    double a0 = 0, a1 = 0, b0 = 0, b1 = 0;
    if (lua_type(lua, 1) == LUA_TNUMBER && lua_type(lua, 2) == LUA_TNUMBER)
        return sandbox_raise(lua, "cross_above and cross_below compare two indicators, or one with a number");
    const bool knows_a = two_values(lua, 1, &a0, &a1), knows_b = two_values(lua, 2, &b0, &b1);
    lua_pushboolean(lua, knows_a && knows_b && (above ? a1 <= b1 && a0 > b0 : a1 >= b1 && a0 < b0));
    return 1;
}

static int lj_cross_above(lua_State *lua) { return cross(lua, true); }
static int lj_cross_below(lua_State *lua) { return cross(lua, false); }

bool api_indicator_push(lua_State *lua, const struct strategy *strategy, uint32_t number)
{
    if (number >= strategy->handle_count)
        return false;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->handle_refs[number]);
    return true;
}

/* Reads the numbers from `at` on into the shape; one that is left out is the usual one. */
static void read_args(lua_State *lua, int at, struct indicator_shape *shape)
{
    uint32_t count;
    const char *name = indicator_name(shape->kind);
    const struct indicator_arg *args = indicator_args(shape->kind, &count);
    for (uint32_t i = 0; i < count; i++) {
        const int index = at + (int)i;
        double value = args[i].usual;
        if (!lua_isnoneornil(lua, index))
            value = args[i].is_whole ? (double)luaL_checkinteger(lua, index) : luaL_checknumber(lua, index);
        else if (isnan(value))
            value = args[i].is_whole ? (double)luaL_checkinteger(lua, index) : value; /* raises */
        if (value >= args[i].min && value <= args[i].max)
            shape->args[i] = value;
        else if (args[i].is_whole)
            sandbox_raise(lua, "%s: %s is %d to %d bars; found %s", name, args[i].name, (int)args[i].min,
                          (int)args[i].max, luaL_tolstring(lua, index, NULL));
        else
            sandbox_raise(lua, "%s: %s is %f to %f; found %s", name, args[i].name, args[i].min, args[i].max,
                          luaL_tolstring(lua, index, NULL));
    }
    if (lua_gettop(lua) >= at + (int)count)
        sandbox_raise(lua, "%s takes %d numbers; found %d", name, (int)count, lua_gettop(lua) - at + 1);
}

/* vwap(): a day. vwap("8h") and the like: a session of that length, from whole multiples of it since 1970 UTC. vwap(time): from then on. */
static void read_vwap(lua_State *lua, struct indicator_shape *shape)
{
    size_t size;
    shape->session_ns = 86400000000000LL;
    if (lua_gettop(lua) > 2)
        sandbox_raise(lua, "vwap takes a session such as \"1d\", or a time from which on it counts");
    if (lua_isnoneornil(lua, 2))
        return;
    if (lua_isinteger(lua, 2)) {
        shape->session_ns = 0;
        shape->anchor_ns = lua_tointeger(lua, 2);
        return;
    }
    const char *text = lua_type(lua, 2) == LUA_TSTRING ? lua_tolstring(lua, 2, &size) : NULL;
    if (!text || text_to_duration(text, size, &shape->session_ns) < 0 || shape->session_ns <= 0)
        sandbox_raise(lua,
                      "vwap: a session is a duration such as \"1d\" or \"8h\", an anchor a time in whole nanoseconds; "
                      "found %s",
                      text ? text : luaL_typename(lua, 2));
}

static struct market_handle *pair_other(lua_State *lua, const struct market_handle *market, uint32_t frame,
                                        const char *name)
{
    uint32_t other_frame;
    struct market_handle *other = api_bars_at(lua, 2, &other_frame);
    if (frame || other_frame)
        sandbox_raise(lua, "%s is of the strategy's own bars of two markets; of other bars it is not supported", name);
    if (other == market)
        sandbox_raise(lua, "%s: the other market is one of those that on_init was called for before; found the same",
                      name);
    return other;
}

static void no_memory(lua_State *lua, const char *name) { sandbox_raise(lua, "no memory for %s", name); }

/* Room for the indicator and its handles, all or nothing. */
static void make_room(lua_State *lua, struct strategy *strategy, const char *name)
{
    const uint32_t handles_max = STRATEGY_INDICATORS_MAX * INDICATOR_LINES_MAX;
    struct indicator **list = strategy_room(strategy->indicators, &strategy->indicator_room, strategy->indicator_count,
                                            STRATEGY_INDICATORS_MAX, sizeof *list);
    if (!list)
        no_memory(lua, name);
    strategy->indicators = list;
    for (uint32_t i = 0; i < INDICATOR_LINES_MAX; i++) {
        struct indicator_handle **handles = strategy_room(strategy->handles, &strategy->handle_room,
                                                          strategy->handle_count + i, handles_max, sizeof *handles);
        if (!handles)
            no_memory(lua, name);
        strategy->handles = handles;
        int32_t *refs = strategy_room(strategy->handle_refs, &strategy->handle_ref_room, strategy->handle_count + i,
                                      handles_max, sizeof *refs);
        if (!refs)
            no_memory(lua, name);
        strategy->handle_refs = refs;
    }
}

/* Pushes a handle a line; those that are made stay. */
static int push_handles(lua_State *lua, struct strategy *strategy, struct indicator *indicator)
{
    luaL_checkstack(lua, INDICATOR_LINES_MAX + 4, "indicators");
    for (uint32_t line = 0; line < indicator->lines; line++) {
        struct indicator_handle *handle = lua_newuserdatauv(lua, sizeof *handle, 0);
        *handle = (struct indicator_handle){indicator, line, strategy->handle_count};
        api_metatable(lua, strategy_meta_indicator);
        lua_setmetatable(lua, -2);
        lua_pushvalue(lua, -1);
        strategy->handles[strategy->handle_count] = handle;
        strategy->handle_refs[strategy->handle_count] = luaL_ref(lua, LUA_REGISTRYINDEX);
        strategy->handle_count++;
    }
    return (int)indicator->lines;
}

static int make(lua_State *lua, uint32_t kind)
{
    struct indicator_shape shape = {.kind = kind};
    const char *name = indicator_name(kind);
    uint32_t frame, other = 0;
    struct market_handle *market = api_bars_at(lua, 1, &frame);
    struct strategy *strategy = market->strategy;
    if (!strategy->is_in_init)
        return sandbox_raise(lua, "indicators are made in on_init(m), so that their warm-up is known");
    if (market != strategy->markets[strategy->market_count - 1]) /* its own are neighbours, and fed by their numbers */
        return sandbox_raise(lua, "on_init(m) makes indicators of its own market; this is %s",
                             market->instrument->info.symbol);
    if (kind == INDICATOR_VWAP)
        read_vwap(lua, &shape);
    else if (kind == INDICATOR_CORRELATION || kind == INDICATOR_BETA)
        other = pair_other(lua, market, frame, name)->index, read_args(lua, 3, &shape);
    else
        read_args(lua, 2, &shape);
    if (strategy->indicator_count == STRATEGY_INDICATORS_MAX)
        return sandbox_raise(lua, "a strategy can have at most %d indicators", STRATEGY_INDICATORS_MAX);
    make_room(lua, strategy, name);
    struct indicator *indicator = malloc(sizeof *indicator);
    const oc_rc rc = indicator ? indicator_init(indicator, &shape, market->instrument) : OC_E_NOMEM;
    if (rc < 0) {
        free(indicator);
        if (rc == OC_E_INVALID)
            return sandbox_raise(
                lua, "%s", kind == INDICATOR_SAR ? "sar: start is at most max" : "macd: fast is shorter than slow");
        return sandbox_raise(lua, "no memory for %s", name);
    }
    indicator->frame = frame;
    indicator->other = other;
    indicator->first_handle = strategy->handle_count;
    strategy->pair_count += indicator_is_pair(indicator);
    strategy->indicators[strategy->indicator_count++] = indicator;
    market->indicator_count++;
    return push_handles(lua, strategy, indicator);
}

/* A function a kind. */
/* clang-format off */
#define MAKERS(X) \
    X(sma, SMA) X(ema, EMA) X(rsi, RSI) X(atr, ATR) X(wma, WMA) X(hma, HMA) X(macd, MACD) X(bollinger, BOLLINGER) \
    X(donchian, DONCHIAN) X(keltner, KELTNER) X(adx, ADX) X(stochastic, STOCHASTIC) X(cci, CCI) X(mfi, MFI) X(obv, OBV) \
    X(vwap, VWAP) X(stddev, STDDEV) X(zscore, ZSCORE) X(slope, SLOPE) X(correlation, CORRELATION) X(beta, BETA) \
    X(supertrend, SUPERTREND) X(sar, SAR) X(pivots, PIVOTS)
/* clang-format on */
#define MAKER_FUNCTION(name, kind)                                                                                     \
    static int lj_##name(lua_State *lua) { return make(lua, INDICATOR_##kind); }
MAKERS(MAKER_FUNCTION)

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
#define MAKER_ROW(name, kind) {#name, lj_##name},
    static const luaL_Reg methods[] = {MAKERS(MAKER_ROW){NULL, NULL}};
    static const char *const tables[] = {"outcry.market.methods", "outcry.bars.methods"};
    for (int i = 0; i < 2; i++) {
        api_metatable(lua, tables[i]);
        luaL_setfuncs(lua, methods, 0);
        lua_pop(lua, 1);
    }
}
