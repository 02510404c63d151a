/* shell_study.c: indicators of strategies over bars that the host was asked for. */
#include "console/shell_impl.h"

#include <math.h>
#include <string.h>

#include "script/indicators.h"

enum { STUDY_BARS_MAX = 4096 };

/* study_names() -> { name = { lines = { "", "signal" }, args = { "length" } } }. Pairs of markets are not among them. */
static int lj_study_names(lua_State *lua)
{
    lua_newtable(lua);
    for (uint32_t kind = INDICATOR_NONE + 1; kind < INDICATOR_KINDS; kind++) {
        uint32_t count;
        const char *line;
        if (kind == INDICATOR_CORRELATION || kind == INDICATOR_BETA)
            continue;
        const struct indicator_arg *args = indicator_args(kind, &count);
        lua_createtable(lua, 0, 3);
        lua_pushinteger(lua, kind);
        lua_setfield(lua, -2, "kind");
        lua_newtable(lua);
        for (uint32_t i = 0; i < INDICATOR_LINES_MAX && (line = indicator_line(kind, i)) != NULL; i++) {
            lua_pushstring(lua, line);
            lua_rawseti(lua, -2, (lua_Integer)i + 1);
        }
        lua_setfield(lua, -2, "lines");
        lua_newtable(lua);
        for (uint32_t i = 0; i < count; i++) {
            lua_pushstring(lua, args[i].name);
            lua_rawseti(lua, -2, (lua_Integer)i + 1);
        }
        lua_setfield(lua, -2, "args");
        lua_setfield(lua, -2, indicator_name(kind));
    }
    return 1;
}

/* To the nearest whole number, ties away from zero. |x| < 2^63. */
static int64_t nearest(double x) { return (int64_t)(x < 0 ? x - 0.5 : x + 0.5); }

static int64_t power_of_ten(lua_Integer digits)
{
    int64_t power = 1;
    for (lua_Integer i = 0; i < digits && i < 15; i++)
        power *= 10;
    return power;
}

/* The steps of a market as its row says them: tick, lot and their digits. */
static struct instrument steps_of(lua_State *lua, int index)
{
    struct instrument steps = {0};
    lua_getfield(lua, index, "price_digits");
    lua_getfield(lua, index, "qty_digits");
    lua_getfield(lua, index, "tick");
    lua_getfield(lua, index, "lot");
    steps.price_den = power_of_ten(luaL_checkinteger(lua, -4));
    steps.qty_den = power_of_ten(luaL_checkinteger(lua, -3));
    steps.price_num = nearest(luaL_checknumber(lua, -2) * (double)steps.price_den);
    steps.qty_num = nearest(luaL_checknumber(lua, -1) * (double)steps.qty_den);
    lua_pop(lua, 4);
    if (steps.price_num <= 0 || steps.qty_num <= 0)
        luaL_error(lua, "a market without steps");
    return steps;
}

static double field_of_row(lua_State *lua, int row, int at)
{
    lua_rawgeti(lua, row, at);
    const double value = lua_tonumber(lua, -1);
    lua_pop(lua, 1);
    return value;
}

/* A row of the question `bars`, in the units of the market. */
static struct indicator_bar bar_of(lua_State *lua, int row, const struct instrument *steps)
{
    const double to_units = (double)steps->price_den / (double)steps->price_num;
    struct indicator_bar bar = {.instrument = steps};
    double numbers[7];
    for (int i = 1; i <= 6; i++)
        numbers[i] = field_of_row(lua, row, i);
    lua_rawgeti(lua, row, 1);
    bar.open_ns = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    bar.is_sane = true;
    for (int i = 3; i <= 5; i++)
        bar.is_sane = bar.is_sane && fabs(numbers[i] * to_units) < (double)INDICATOR_UNITS_MAX / 2;
    const double volume = numbers[6] * (double)steps->qty_den / (double)steps->qty_num;
    bar.is_sane = bar.is_sane && volume >= 0 && volume < 9e18;
    if (!bar.is_sane)
        return bar;
    bar.high2 = 2 * nearest(numbers[3] * to_units);
    bar.low2 = 2 * nearest(numbers[4] * to_units);
    bar.close2 = 2 * nearest(numbers[5] * to_units);
    bar.volume = nearest(volume);
    return bar;
}

static void read_shape(lua_State *lua, struct indicator_shape *shape)
{
    uint32_t count;
    const struct indicator_arg *args = indicator_args(shape->kind, &count);
    for (uint32_t i = 0; i < count; i++) {
        lua_rawgeti(lua, 2, (lua_Integer)i + 1);
        const bool is_given = lua_isnumber(lua, -1);
        const double value = is_given ? lua_tonumber(lua, -1) : args[i].usual;
        lua_pop(lua, 1);
        if (isnan(value))
            luaL_error(lua, "%s: %s is missing: a number from %f to %f", indicator_name(shape->kind), args[i].name,
                       args[i].min, args[i].max);
        if (!(value >= args[i].min && value <= args[i].max) || (args[i].is_whole && value != (double)(int64_t)value))
            luaL_error(lua, "%s: %s: found %f, expected a %snumber from %f to %f", indicator_name(shape->kind),
                       args[i].name, value, args[i].is_whole ? "whole " : "", args[i].min, args[i].max);
        shape->args[i] = value;
    }
}

/* A raise frees nothing: the indicator lies in a userdatum that is collected. */
static int collect(lua_State *lua)
{
    struct indicator *indicator = lua_touserdata(lua, 1);
    indicator_release(indicator);
    return 0;
}

static struct indicator *new_indicator(lua_State *lua, const struct indicator_shape *shape,
                                       const struct instrument *steps)
{
    struct indicator *indicator = lua_newuserdatauv(lua, sizeof *indicator, 0);
    memset(indicator, 0, sizeof *indicator);
    lua_createtable(lua, 0, 1);
    lua_pushcfunction(lua, collect);
    lua_setfield(lua, -2, "__gc");
    lua_setmetatable(lua, -2);
    const oc_rc rc = indicator_init(indicator, shape, steps);
    if (rc < 0)
        luaL_error(lua, rc == OC_E_NOMEM ? "no memory for %s" : "%s: its numbers contradict each other",
                   indicator_name(shape->kind));
    return indicator;
}

/* study(kind, { numbers }, market row, bars, session_ns) -> text, lines: a list a line, a value (or false) for each bar, missing bars */
static int lj_study(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    struct indicator_shape shape = {.kind = (uint32_t)luaL_checkinteger(lua, 1)};
    char text[INDICATOR_TEXT_MAX];
    luaL_checktype(lua, 2, LUA_TTABLE);
    luaL_checktype(lua, 3, LUA_TTABLE);
    luaL_checktype(lua, 4, LUA_TTABLE);
    shape.session_ns = shape.kind == INDICATOR_VWAP ? luaL_optinteger(lua, 5, 86400000000000LL) : 0;
    if (!indicator_name(shape.kind))
        return luaL_error(lua, "no such indicator");
    read_shape(lua, &shape);
    const struct instrument steps = steps_of(lua, 3);
    struct indicator *indicator = new_indicator(lua, &shape, &steps);
    indicator_begin(indicator, &steps);
    lua_createtable(lua, (int)indicator->lines, 0);
    const int lines = lua_gettop(lua);
    for (uint32_t line = 0; line < indicator->lines; line++) {
        lua_newtable(lua);
        lua_rawseti(lua, lines, (lua_Integer)line + 1);
    }
    const lua_Unsigned count = lua_rawlen(lua, 4);
    for (lua_Unsigned i = 1; i <= count && i <= STUDY_BARS_MAX; i++) {
        shell_poll(lua, shell);
        lua_rawgeti(lua, 4, (lua_Integer)i);
        luaL_checktype(lua, -1, LUA_TTABLE);
        const struct indicator_bar bar = bar_of(lua, lua_gettop(lua), &steps);
        lua_pop(lua, 1);
        indicator_take(indicator, &bar);
        for (uint32_t line = 0; line < indicator->lines; line++) {
            double value;
            lua_rawgeti(lua, lines, (lua_Integer)line + 1);
            if (indicator_get(indicator, line, 0, &value) && !isnan(value))
                lua_pushnumber(lua, value);
            else
                lua_pushboolean(lua, false);
            lua_rawseti(lua, -2, (lua_Integer)i);
            lua_pop(lua, 1);
        }
    }
    indicator_text(indicator, text, sizeof text);
    lua_pushstring(lua, text);
    lua_insert(lua, lines);
    lua_pushinteger(lua, indicator_missing(indicator));
    indicator_release(indicator);
    return 3;
}

const luaL_Reg shell_study_functions[] = {{"study_names", lj_study_names}, {"study", lj_study}, {NULL, NULL}};
