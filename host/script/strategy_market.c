/* strategy_market.c: a market joins a strategy: its handle `m`, on_init, and what the engine is to tell of it. */
#include <stdlib.h>

#include "base/text.h"
#include "script/strategy_impl.h"

/* Makes the userdata of m, with its position and, where it is asked for, its book as user values, and calls on_init(m). */
static int lj_add_market(lua_State *lua)
{
    struct market_handle *market = lua_touserdata(lua, 1);
    struct strategy *strategy = market->strategy;
    struct market_handle **handle = lua_newuserdatauv(lua, sizeof *handle, 2);
    *handle = market;
    api_metatable(lua, strategy_meta_market);
    lua_setmetatable(lua, -2);
    struct market_handle **position = lua_newuserdatauv(lua, sizeof *position, 0);
    *position = market;
    api_metatable(lua, strategy_meta_position);
    lua_setmetatable(lua, -2);
    lua_setiuservalue(lua, -2, 1);
    market->ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    lua_newtable(lua);
    market->data_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    if (strategy->on_book != LUA_NOREF)
        api_book_prepare(lua, market);
    if (strategy->on_init == LUA_NOREF)
        return 0;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_init);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, market->ref);
    lua_call(lua, 1, 0);
    return 0;
}

static oc_rc subscribe(struct strategy *strategy, uint32_t inst, struct sandbox_error *error)
{
    int64_t period_ns = strategy->period_ns, data_ns = strategy->config.data_period_ns;
    struct text text;
    text_init_fixed(&text, error->message, sizeof error->message);
    if (period_ns == data_ns && data_ns > 0)
        period_ns = 0; /* the data's own bars */
    if (period_ns && data_ns && (period_ns < data_ns || period_ns % data_ns != 0)) {
        text_format(&text, "%s wants bars of %lld s, the data has bars of %lld s, which do not add up to them",
                    strategy->name, (long long)(period_ns / 1000000000), (long long)(data_ns / 1000000000));
        return OC_E_CONFIG;
    }
    if (period_ns == 0 && data_ns == 0 && strategy->on_bar != LUA_NOREF) {
        text_format(&text,
                    "%s has on_bar and the data are ticks: say strategy { timeframe = \"1m\" }, or --timeframe 1m",
                    strategy->name);
        return OC_E_CONFIG;
    }
    struct market_handle *market = strategy->markets[strategy->market_count - 1];
    market->wants_period_ns = period_ns;
    market->wants_ticks =
        period_ns > 0 && data_ns == 0 && (strategy->on_quote != LUA_NOREF || strategy->on_trade != LUA_NOREF);
    market->hears = strategy->on_bar != LUA_NOREF || strategy->on_quote != LUA_NOREF ||
                    strategy->on_trade != LUA_NOREF || market->indicator_count > 0 || market->frame_count > 0;
    market->wants_book = strategy->on_book != LUA_NOREF;
    if (strategy->config.is_apart)
        return OC_OK;
    oc_rc rc = market->wants_book ? engine_subscribe(strategy->engine, strategy->id, inst, ENGINE_BOOK) : (oc_rc)OC_OK;
    if (rc < 0 || !market->hears)
        return rc;
    int64_t frames_ns[FRAMES_MAX];
    const uint32_t frames = strategy_frame_periods(market, frames_ns);
    rc = engine_subscribe(strategy->engine, strategy->id, inst, period_ns);
    for (uint32_t i = 0; i < frames && rc == OC_OK; i++)
        rc = engine_subscribe(strategy->engine, strategy->id, inst, frames_ns[i]);
    if (rc == OC_OK && market->wants_ticks)
        rc = engine_subscribe(strategy->engine, strategy->id, inst, 0);
    return rc;
}

oc_rc strategy_add_market(struct strategy *strategy, uint32_t inst, struct sandbox_error *ret_error)
{
    const struct instrument *instrument = instruments_get(engine_instruments(strategy->engine), inst);
    if (!instrument)
        return OC_E_NOT_FOUND;
    if (strategy->market_count == STRATEGY_MARKETS_MAX)
        return OC_E_LIMIT;
    struct market_handle **markets = strategy_room(strategy->markets, &strategy->market_room, strategy->market_count,
                                                   STRATEGY_MARKETS_MAX, sizeof *markets);
    if (!markets)
        return OC_E_NOMEM;
    strategy->markets = markets;
    uint32_t *changed = strategy_room(strategy->changed, &strategy->changed_room, strategy->market_count,
                                      STRATEGY_MARKETS_MAX, sizeof *changed);
    if (!changed)
        return OC_E_NOMEM;
    strategy->changed = changed;
    struct market_handle *market = calloc(1, sizeof *market);
    if (!market)
        return OC_E_NOMEM;
    market->strategy = strategy;
    market->instrument = instrument;
    market->inst = instrument->info.inst;
    market->account =
        portfolio_account_at(engine_portfolio(strategy->engine), instrument->info.venue, strategy->config.account);
    if (!market->account) /* an engine without venues, as in a test of a strategy alone */
        market->account = strategy->config.account;
    market->index = strategy->market_count;
    market->indicator_first = strategy->indicator_count;
    strategy->markets[strategy->market_count++] = market;
    strategy->is_in_init = true;
    oc_rc rc = sandbox_protect(strategy->sandbox, lj_add_market, market);
    strategy->is_in_init = false;
    strategy->init_timers = strategy->timer_count;
    if (rc == OC_OK)
        rc = restart_note_begun(strategy);
    if (rc < 0) {
        *ret_error = *sandbox_error_last(strategy->sandbox);
        return rc;
    }
    return subscribe(strategy, inst, ret_error);
}
