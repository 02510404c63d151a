/* api_bars.c: m:bars(): other bars of a market: their indicators, the last that closed, the open one by name. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/services.h>

#include "base/text.h"
#include "script/strategy_impl.h"

const char *const strategy_meta_bars = "outcry.bars";
static const char meta_bar[] = "outcry.closed_bar";

struct market_handle *api_bars_at(lua_State *lua, int index, uint32_t *ret_frame)
{
    const struct bars_handle *bars = luaL_testudata(lua, index, strategy_meta_bars);
    *ret_frame = bars ? bars->frame : 0;
    return bars ? bars->market : api_market_at(lua, index);
}

bool api_is_made_in_init(lua_State *lua, int index)
{
    return luaL_testudata(lua, index, strategy_meta_indicator) || luaL_testudata(lua, index, strategy_meta_bars);
}

static struct bar_frame *frame_at(lua_State *lua, struct market_handle **ret_market)
{
    const struct bars_handle *bars = luaL_checkudata(lua, 1, strategy_meta_bars);
    *ret_market = bars->market;
    return bars->market->frames[bars->frame - 1];
}

static void push_bar(lua_State *lua, const struct frame_bar *bar)
{
    struct frame_bar *copy = lua_newuserdatauv(lua, sizeof *copy, 0);
    *copy = *bar;
    api_metatable(lua, meta_bar);
    lua_setmetatable(lua, -2);
}

/* What is open now; nil where nothing is, or where it is not known before it closes. */
static void push_forming(lua_State *lua, const struct market_handle *market, const struct bar_frame *frame)
{
    const struct strategy *strategy = market->strategy;
    if (frame->spec.kind != FRAME_TIME) {
        if (frame->now.is_open)
            push_bar(lua, &frame->now.open);
        else
            lua_pushnil(lua);
        return;
    }
    const int64_t period_ns = frame->spec.period_ns ? frame->spec.period_ns : market->wants_period_ns;
    const struct oc_event *open = engine_open_bar(strategy->engine, market->inst, period_ns);
    if (!open) {
        lua_pushnil(lua);
        return;
    }
    const struct frame_bar bar = frame_bar_of(market->instrument, open);
    push_bar(lua, &bar);
}

static int lj_bars_index(lua_State *lua)
{
    struct market_handle *market;
    const struct bar_frame *frame = frame_at(lua, &market);
    if (lua_isinteger(lua, 2)) {
        const lua_Integer back = lua_tointeger(lua, 2);
        if (back < 1 || back > FRAME_HISTORY)
            return sandbox_raise(lua, "bars[n]: 1 is the last bar that closed, %d the oldest that is kept; found %I",
                                 FRAME_HISTORY, (LUAI_UACINT)back);
        const struct frame_bar *bar = frame_bar(frame, (uint64_t)back);
        if (bar)
            push_bar(lua, bar);
        else
            lua_pushnil(lua);
        return 1;
    }
    const char *key = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : "?";
    if (strcmp(key, "forming") == 0)
        return push_forming(lua, market, frame), 1;
    if (strcmp(key, "count") == 0)
        return lua_pushinteger(lua, (lua_Integer)frame->now.count), 1;
    if (strcmp(key, "kind") == 0)
        return lua_pushstring(lua, frame_kind_name(frame->spec.kind)), 1;
    if (strcmp(key, "period") == 0) {
        const int64_t own_ns = frame->spec.kind == FRAME_TIME ? strategy_own_period(market->strategy) : 0;
        return lua_pushinteger(lua, frame->spec.period_ns ? frame->spec.period_ns : own_ns), 1;
    }
    lua_pushvalue(lua, 2);
    if (lua_rawget(lua, lua_upvalueindex(1)) == LUA_TNIL)
        return sandbox_raise(
            lua, "bars have [1], [2], ..., count, kind, period, forming and the indicators; found '%s'", key);
    return 1;
}

static int lj_bars_len(lua_State *lua)
{
    struct market_handle *market;
    const struct bar_frame *frame = frame_at(lua, &market);
    lua_pushinteger(lua, frame->now.count < FRAME_HISTORY ? (lua_Integer)frame->now.count : FRAME_HISTORY);
    return 1;
}

static int lj_bars_newindex(lua_State *lua) { return sandbox_raise(lua, "bars cannot be changed"); }

static int lj_bars_tostring(lua_State *lua)
{
    struct market_handle *market;
    const struct bar_frame *frame = frame_at(lua, &market);
    lua_pushfstring(lua, "bars(%s %s)", market->instrument->info.symbol, frame_kind_name(frame->spec.kind));
    return 1;
}

static int lj_bar_index(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct frame_bar *bar = luaL_checkudata(lua, 1, meta_bar);
    const char *key = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : NULL;
    if (key && KEY_IS(strategy, key, close))
        return lua_pushnumber(lua, bar->close), 1;
    if (key && KEY_IS(strategy, key, open))
        return lua_pushnumber(lua, bar->open), 1;
    if (key && KEY_IS(strategy, key, high))
        return lua_pushnumber(lua, bar->high), 1;
    if (key && KEY_IS(strategy, key, low))
        return lua_pushnumber(lua, bar->low), 1;
    if (key && KEY_IS(strategy, key, volume))
        return isnan(bar->volume) ? lua_pushnil(lua) : lua_pushnumber(lua, bar->volume), 1;
    if (key && KEY_IS(strategy, key, time))
        return lua_pushinteger(lua, bar->time_ns), 1;
    if (key && KEY_IS(strategy, key, open_time))
        return lua_pushinteger(lua, bar->open_ns), 1;
    return sandbox_raise(lua, "a bar of m:bars() has time, open_time, open, high, low, close and volume; found '%s'",
                         key ? key : "?");
}

static int lj_bar_newindex(lua_State *lua) { return sandbox_raise(lua, "a bar cannot be changed"); }

/* m:bars("1d"): a period above the strategy's own. */
static void read_period(lua_State *lua, const struct strategy *strategy, struct frame_spec *spec)
{
    size_t size;
    const char *text = lua_tolstring(lua, 2, &size);
    const int64_t own_ns = strategy_own_period(strategy);
    if (text_to_duration(text, size, &spec->period_ns) < 0 || !bar_period_is_valid(spec->period_ns))
        sandbox_raise(lua, "m:bars: '%s' is no period: expected a divisor of a day from 1s to 1d, such as 1m, 1h, 1d",
                      text);
    if (own_ns && spec->period_ns % own_ns != 0)
        sandbox_raise(
            lua,
            "m:bars: '%s' is not a multiple of the strategy's own bars of %I s; for shorter bars say strategy "
            "{ timeframe = ... }",
            text, (LUAI_UACINT)(own_ns / 1000000000));
    if (spec->period_ns == own_ns)
        spec->period_ns = 0;
}

/* m:bars { kind = "renko", size = 100 } */
static void read_kind(lua_State *lua, struct frame_spec *spec)
{
    static const char *const known[] = {"kind", "size", NULL};
    api_check_plain(lua, 2, "m:bars");
    const char *stray = api_unknown_field(lua, 2, known);
    if (stray)
        sandbox_raise(lua, "m:bars: unknown option '%s'; known: kind size", stray);
    lua_getfield(lua, 2, "kind");
    const char *word = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "?";
    for (spec->kind = FRAME_HEIKIN_ASHI; spec->kind < FRAME_KINDS; spec->kind++)
        if (strcmp(frame_kind_name(spec->kind), word) == 0)
            break;
    if (spec->kind == FRAME_KINDS)
        sandbox_raise(lua, "m:bars: kind is heikin_ashi, renko, volume or dollar; found '%s'", word);
    lua_getfield(lua, 2, "size");
    struct api_number size = {0};
    const bool has_size = !lua_isnil(lua, -1);
    if (has_size && !api_number(lua, -1, "size", &size))
        sandbox_raise(lua, "m:bars: size is a number or a decimal text; found %s", luaL_typename(lua, -1));
    if (has_size && spec->kind == FRAME_HEIKIN_ASHI)
        sandbox_raise(lua, "m:bars: heikin_ashi has no size");
    if (spec->kind != FRAME_HEIKIN_ASHI && !(size.number > 1e-12 && size.number < 1e18))
        sandbox_raise(lua, "m:bars: %s needs a size above 0: of a brick in price, of a bar in %s; found %f", word,
                      spec->kind == FRAME_DOLLAR ? "money" : "quantity", size.number);
    spec->size = size.number;
    lua_settop(lua, 2);
}

static int lj_bars(lua_State *lua)
{
    struct market_handle *market = api_market_at(lua, 1);
    struct strategy *strategy = market->strategy;
    struct frame_spec spec = {.kind = FRAME_TIME};
    if (lua_gettop(lua) > 2)
        return sandbox_raise(lua,
                             "m:bars takes a period such as \"1d\", or a table such as { kind = \"heikin_ashi\" }");
    if (lua_type(lua, 2) == LUA_TSTRING)
        read_period(lua, strategy, &spec);
    else if (!lua_isnoneornil(lua, 2))
        read_kind(lua, &spec);
    for (uint32_t i = 0; i < market->frame_count; i++)
        if (frame_is_like(&market->frames[i]->spec, &spec))
            return lua_rawgeti(lua, LUA_REGISTRYINDEX, market->frame_refs[i]), 1;
    if (!strategy->is_in_init || market != strategy->markets[strategy->market_count - 1])
        return sandbox_raise(lua,
                             "m:bars: bars are asked for in on_init(m) of their market first, so that they are kept "
                             "from the beginning");
    if (spec.kind == FRAME_TIME && !spec.period_ns && !strategy_own_period(strategy))
        return sandbox_raise(lua, "m:bars: the data are ticks: say a period, or strategy { timeframe = ... }");
    if (spec.kind != FRAME_TIME && !strategy_own_period(strategy))
        return sandbox_raise(lua,
                             "m:bars: %s bars are made of the strategy's own bars, and the data are ticks: say "
                             "strategy { timeframe = \"1s\" }",
                             frame_kind_name(spec.kind));
    if (market->frame_count == FRAMES_MAX)
        return sandbox_raise(lua, "a market can have at most %d kinds of bars", FRAMES_MAX);
    struct bar_frame **list =
        strategy_room(market->frames, &market->frame_room, market->frame_count, FRAMES_MAX, sizeof *list);
    if (!list)
        return sandbox_raise(lua, "no memory for m:bars");
    market->frames = list;
    struct bars_handle *handle = lua_newuserdatauv(lua, sizeof *handle, 0);
    *handle = (struct bars_handle){market, market->frame_count + 1};
    api_metatable(lua, strategy_meta_bars);
    lua_setmetatable(lua, -2);
    lua_pushvalue(lua, -1);
    market->frame_refs[market->frame_count] = luaL_ref(lua, LUA_REGISTRYINDEX);
    struct bar_frame *frame = calloc(1, sizeof *frame);
    if (!frame)
        return sandbox_raise(lua, "no memory for m:bars");
    frame->spec = spec;
    market->frames[market->frame_count++] = frame;
    return 1;
}

void api_bars_install(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    static const luaL_Reg meta[] = {
        {"__len", lj_bars_len}, {"__newindex", lj_bars_newindex}, {"__tostring", lj_bars_tostring}, {NULL, NULL}};
    static const luaL_Reg bar[] = {{"__index", lj_bar_index}, {"__newindex", lj_bar_newindex}, {NULL, NULL}};
    static const luaL_Reg methods[] = {{"bars", lj_bars}, {NULL, NULL}};
    api_metatable(lua, "outcry.market.methods");
    luaL_setfuncs(lua, methods, 0);
    api_metatable(lua, strategy_meta_bars);
    luaL_setfuncs(lua, meta, 0);
    api_metatable(lua, "outcry.bars.methods");
    lua_pushcclosure(lua, lj_bars_index, 1);
    lua_setfield(lua, -2, "__index");
    api_metatable(lua, meta_bar);
    luaL_setfuncs(lua, bar, 0);
    lua_pop(lua, 3);
}
