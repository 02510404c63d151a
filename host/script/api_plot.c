/* api_plot.c: plot(): a series of the strategy's own for the report. It is shown and nothing else: nothing can be read back, and what
 * finds no room is left out without a word to the script, so that a run is the same whoever keeps the series. */
#include "base/text.h"
#include "script/strategy_impl.h"

static const char *const known[] = {"pane", "market", NULL};

/* False: there is none now, and the series has a gap. */
static bool value_at(lua_State *lua, double *ret_value)
{
    if (luaL_testudata(lua, 2, strategy_meta_indicator)) {
        lua_pushvalue(lua, 2);
        lua_call(lua, 0, 1);
        lua_replace(lua, 2);
    }
    if (lua_isnil(lua, 2))
        return false;
    if (lua_type(lua, 2) != LUA_TNUMBER)
        return sandbox_raise(lua, "plot: the value is a number, an indicator or nil; found %s", luaL_typename(lua, 2));
    *ret_value = lua_tonumber(lua, 2);
    if (!(*ret_value - *ret_value == 0.0)) /* NaN and infinity */
        return sandbox_raise(lua, "plot: the value is not a finite number");
    return true;
}

static lua_Integer pane_at(lua_State *lua)
{
    lua_getfield(lua, 3, "pane");
    const lua_Integer pane = lua_isnil(lua, -1) ? 1 : lua_isinteger(lua, -1) ? lua_tointeger(lua, -1) : 0;
    if (pane < 1 || pane > STRATEGY_PLOT_PANES)
        sandbox_raise(lua, "plot: pane is a whole number from 1 (the prices) to %d", STRATEGY_PLOT_PANES);
    lua_pop(lua, 1);
    return pane;
}

/* That of the options, else that of the event that came last, else the first. */
static const struct market_handle *market_at(lua_State *lua, const struct strategy *strategy)
{
    const struct market_handle *market = NULL;
    if (lua_istable(lua, 3) && lua_getfield(lua, 3, "market") != LUA_TNIL)
        market = api_market_at(lua, -1);
    if (!market && strategy->view)
        market = strategy->view->market;
    return market ? market : strategy->market_count ? strategy->markets[0] : NULL;
}

static int lj_plot(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    struct strategy_plot plot = {.pane = 1};
    lua_settop(lua, 3);
    if (lua_type(lua, 1) != LUA_TSTRING || !lua_rawlen(lua, 1) || lua_rawlen(lua, 1) >= STRATEGY_PLOT_NAME_MAX)
        return sandbox_raise(lua, "plot: the name is a text of 1 to %d bytes", STRATEGY_PLOT_NAME_MAX - 1);
    if (strategy->is_loading || strategy->is_in_init)
        return sandbox_raise(lua, "plot is called when something has happened, not while loading or in on_init");
    if (!lua_isnil(lua, 3)) {
        api_check_plain(lua, 3, "plot");
        const char *key = api_unknown_field(lua, 3, known);
        if (key)
            return sandbox_raise(lua, "plot: unknown option '%s'; known: pane market", key);
        plot.pane = (uint32_t)pane_at(lua);
    }
    const struct market_handle *market = market_at(lua, strategy);
    if (!value_at(lua, &plot.value) || !market || !strategy->config.plot || strategy->is_restoring)
        return 0;
    plot.name = lua_tostring(lua, 1);
    plot.inst = market->inst;
    plot.strategy = strategy->id;
    plot.ns = engine_now(strategy->engine);
    strategy->config.plot(strategy->config.plot_arg, &plot);
    return 0;
}

void api_plot_install(struct strategy *strategy)
{
    lua_pushcfunction(strategy->lua, lj_plot);
    sandbox_set_constant(strategy->lua, "plot");
}
