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

struct resync_call {
    const struct strategy *strategy;
    const struct market_handle *market;
    uint64_t missed;
};

/* What it returns: how much it would hold; nothing: it does not say. */
static void lj_take_would(lua_State *lua, const struct market_handle *market)
{
    static const char *const words[] = {"flat", "long", "short", NULL};
    static const uint32_t kinds[] = {ENGINE_WOULD_HOLD, ENGINE_WOULD_LONG, ENGINE_WOULD_SHORT};
    struct engine *engine = market->strategy->engine;
    const char *word = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : NULL;
    struct api_number number;
    bool is_snapped;
    if (lua_isnil(lua, -1))
        return;
    for (int i = 0; word && words[i]; i++)
        if (strcmp(word, words[i]) == 0) {
            engine_would_hold(engine, kinds[i], 0);
            return;
        }
    if (!api_number(lua, -1, "what on_resync returns", &number))
        sandbox_raise(lua, "what on_resync returns: nothing, \"flat\", \"long\", \"short\" or a quantity was expected");
    const bool is_short = number.is_exact ? number.dec.units < 0 : number.number < 0;
    if (is_short) {
        number.dec.units = -number.dec.units;
        number.number = -number.number;
    }
    const bool is_none = number.is_exact ? number.dec.units == 0 : !(number.number > 0 || number.number < 0);
    const int64_t qty = is_none ? 0 : api_qty_units(lua, market->instrument, &number, &is_snapped);
    engine_would_hold(engine, ENGINE_WOULD_HOLD, is_short ? -qty : qty);
}

static int lj_on_resync(lua_State *lua)
{
    const struct resync_call *what = lua_touserdata(lua, 1);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, what->strategy->on_resync);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, what->market->ref);
    lua_pushinteger(lua, (lua_Integer)what->missed);
    lua_call(lua, 2, 1);
    lj_take_would(lua, what->market);
    return 0;
}

/* What is decided on bars that nobody saw in their time closes or reduces, unless the strategy says that it may come late. */
oc_rc strategy_on_resync(void *self, uint32_t inst, uint64_t missed)
{
    struct strategy *strategy = self;
    const struct market_handle *market = strategy_market(strategy, inst);
    if (!market || strategy->on_resync == LUA_NOREF || strategy->is_restoring || !market->is_ready)
        return OC_OK;
    struct resync_call what = {strategy, market, missed};
    strategy->only_reduces = !strategy->trades_late;
    const oc_rc rc = sandbox_protect(strategy->sandbox, lj_on_resync, &what);
    strategy->only_reduces = false;
    return strategy_failed(strategy, rc);
}
