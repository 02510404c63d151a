/* strategy_feed.c: what a live feed tells a strategy of itself: whether a venue is reached, and that bars were missed. */
#include <string.h>

#include "base/why.h"
#include "script/strategy_impl.h"

struct venue_call {
    const struct strategy *strategy;
    const struct oc_ev_venue *said;
    int32_t ref;
    int32_t zero;
};

static int lj_on_venue(lua_State *lua)
{
    const struct venue_call *what = lua_touserdata(lua, 1);
    const struct oc_ev_venue *said = what->said;
    const struct account *account = portfolio_account(engine_portfolio(what->strategy->engine), said->head.source);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, what->ref);
    lua_createtable(lua, 0, 4);
    lua_pushstring(lua, account->venue);
    lua_setfield(lua, -2, "name");
    lua_pushstring(lua, account->name);
    lua_setfield(lua, -2, "account");
    lua_pushstring(lua, statement_state_name(said->state));
    lua_setfield(lua, -2, "state");
    if (said->why) {
        lua_pushstring(lua, why_name(said->why));
        lua_setfield(lua, -2, "reason");
    }
    lua_call(lua, 1, 0);
    return 0;
}

static bool has_market_at(const struct strategy *strategy, const char *venue)
{
    for (uint32_t i = 0; i < strategy->market_count; i++)
        if (strcmp(strategy->markets[i]->instrument->info.venue, venue) == 0)
            return true;
    return false;
}

oc_rc strategy_on_venue(void *self, const struct oc_ev_venue *said)
{
    struct strategy *strategy = self;
    const int32_t ref = said->state == OC_VENUE_READY      ? strategy->on_venue_up
                        : said->state == OC_VENUE_DEGRADED ? strategy->on_venue_stale
                                                           : strategy->on_venue_down;
    const struct account *account = portfolio_account(engine_portfolio(strategy->engine), said->head.source);
    if (ref == LUA_NOREF || strategy->is_restoring || !account || !has_market_at(strategy, account->venue))
        return OC_OK;
    struct venue_call what = {strategy, said, ref, 0};
    return strategy_failed(strategy, sandbox_protect(strategy->sandbox, lj_on_venue, &what));
}

/* What is decided on bars that nobody saw in their time closes or reduces, unless the strategy says that it may come late. */
oc_rc strategy_on_resync(void *self, uint32_t inst, uint64_t missed)
{
    struct strategy *strategy = self;
    lua_State *lua = strategy->lua;
    const struct market_handle *market = strategy_market(strategy, inst);
    if (!market || strategy->on_resync == LUA_NOREF || strategy->is_restoring || !market->is_ready)
        return OC_OK;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_resync);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, market->ref);
    lua_pushinteger(lua, (lua_Integer)missed);
    strategy->only_reduces = !strategy->trades_late;
    const oc_rc rc = sandbox_call(strategy->sandbox, 2, 0);
    strategy->only_reduces = false;
    return strategy_failed(strategy, rc);
}
