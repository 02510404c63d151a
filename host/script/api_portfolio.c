/* api_portfolio.c: portfolio(): what all accounts of the session hold together, as a table of numbers. */
#include "engine/holdings.h"
#include "script/strategy_impl.h"

enum { WORK_OF_LINE = 64 }; /* what the host does for one line, as the budget counts it */

static void put_money(lua_State *lua, const char *key, bool is_known, oc_i128 money)
{
    if (!is_known)
        return;
    lua_pushnumber(lua, money_to_double(money));
    lua_setfield(lua, -2, key);
}

/* nil where a part of it has no price; what is known, and of how many parts it is not, stands beside. */
static void put_sum(lua_State *lua, const char *key, const struct holding_sum *sum)
{
    put_money(lua, key, !sum->missing, sum->known);
    if (!sum->missing)
        return;
    lua_pushfstring(lua, "%s_known", key);
    lua_pushnumber(lua, money_to_double(sum->known));
    lua_rawset(lua, -3);
    lua_pushfstring(lua, "%s_missing", key);
    lua_pushinteger(lua, sum->missing);
    lua_rawset(lua, -3);
}

static void put_profits(lua_State *lua, const struct holding_account *account)
{
    put_sum(lua, "equity", &account->equity);
    put_sum(lua, "realised", &account->realised);
    put_sum(lua, "unrealised", &account->unrealised);
    put_sum(lua, "fees", &account->fees);
}

/* Who, and whether its venue is heard; `known`: where not, until when. */
static void put_account(lua_State *lua, const struct holdings *holdings, uint32_t id)
{
    const struct account *account = portfolio_look(holdings->portfolio, id);
    int64_t known_ns = 0;
    const bool is_heard = holdings_heard(holdings, id, &known_ns);
    lua_pushfstring(lua, "%s:%s", account->venue, account->name);
    lua_setfield(lua, -2, "account");
    lua_pushboolean(lua, is_heard);
    lua_setfield(lua, -2, "heard");
    if (is_heard)
        return;
    lua_pushinteger(lua, known_ns);
    lua_setfield(lua, -2, "known");
}

static void push_parts(lua_State *lua, const struct holdings *holdings, uint32_t asset)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct instruments *instruments = engine_instruments(strategy->engine);
    struct holding_part part;
    lua_newtable(lua);
    for (uint32_t i = 0; holdings_part(holdings, asset, i, &part); i++) {
        const struct instrument *instrument = part.inst ? instruments_get(instruments, part.inst) : NULL;
        sandbox_work(lua, strategy->sandbox, WORK_OF_LINE);
        lua_newtable(lua);
        put_account(lua, holdings, part.account);
        lua_pushstring(lua, instrument ? instruments_name(instruments, instrument) : "balance");
        lua_setfield(lua, -2, "as");
        put_money(lua, "qty", part.has_qty, part.qty);
        put_money(lua, "value", part.has_value, part.value);
        put_money(lua, "equity", part.has_counts, part.counts);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
}

static void put_rate(lua_State *lua, const struct instruments *instruments, const struct holding_rate *rate)
{
    put_money(lua, "rate", rate->is_known, rate->rate);
    lua_newtable(lua);
    for (uint32_t i = 0; i < rate->hops; i++) {
        const struct instrument *instrument = instruments_get(instruments, rate->inst[i]);
        lua_pushfstring(lua, "%s:%s", instrument->info.venue, instrument->info.symbol);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    lua_setfield(lua, -2, "rate_by");
    if (!rate->hops)
        return;
    lua_pushinteger(lua, rate->at_ns);
    lua_setfield(lua, -2, "rate_time");
    lua_pushboolean(lua, rate->is_reached);
    lua_setfield(lua, -2, "rate_heard");
}

static void push_lines(lua_State *lua, const struct holdings *holdings)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct instruments *instruments = engine_instruments(strategy->engine);
    const uint32_t count = instruments_asset_count(instruments);
    struct holding_line line;
    lua_Integer rows = 0;
    bool held[ENGINE_ASSETS_MAX];
    holdings_assets(holdings, held);
    lua_newtable(lua);
    for (uint32_t asset = 1; asset < count; asset++) {
        if (!held[asset] || !holdings_line(holdings, asset, &line))
            continue;
        sandbox_work(lua, strategy->sandbox, WORK_OF_LINE);
        lua_newtable(lua);
        lua_pushstring(lua, instruments_asset_name(instruments, asset));
        lua_setfield(lua, -2, "asset");
        put_sum(lua, "net", &line.net);
        put_sum(lua, "value", &line.value);
        put_sum(lua, "equity", &line.counts);
        put_rate(lua, instruments, &line.rate);
        push_parts(lua, holdings, asset);
        lua_setfield(lua, -2, "parts");
        lua_rawseti(lua, -2, ++rows);
    }
}

static void push_accounts(lua_State *lua, const struct holdings *holdings)
{
    struct holding_account account;
    lua_newtable(lua);
    for (uint32_t id = 1; id <= portfolio_account_count(holdings->portfolio); id++) {
        sandbox_work(lua, strategy_of(lua)->sandbox, WORK_OF_LINE);
        holdings_account(holdings, id, &account);
        lua_newtable(lua);
        put_account(lua, holdings, id);
        lua_pushstring(lua, statement_state_name(statement_state(holdings->statement, id, OC_PART_TRADING)));
        lua_setfield(lua, -2, "state");
        put_profits(lua, &account);
        lua_rawseti(lua, -2, (lua_Integer)id);
    }
}

int lj_portfolio(lua_State *lua)
{
    const struct strategy *strategy = strategy_of(lua);
    const struct instruments *instruments = engine_instruments(strategy->engine);
    struct holdings holdings = {.portfolio = engine_portfolio(strategy->engine),
                                .statement = engine_statement(strategy->engine)};
    struct holding_account all;
    const char *name = luaL_optstring(lua, 1, NULL);
    if (!name)
        holdings.currency = portfolio_look(holdings.portfolio, strategy->config.account)->base;
    for (uint32_t asset = 1; name && asset < instruments_asset_count(instruments); asset++)
        if (strcmp(instruments_asset_name(instruments, asset), name) == 0)
            holdings.currency = asset;
    if (!holdings.currency)
        return sandbox_raise(lua, "portfolio(\"%s\"): no such asset in this session", name);
    lua_newtable(lua);
    lua_pushstring(lua, instruments_asset_name(instruments, holdings.currency));
    lua_setfield(lua, -2, "currency");
    holdings_all(&holdings, &all);
    put_profits(lua, &all);
    push_lines(lua, &holdings);
    lua_setfield(lua, -2, "rows");
    push_accounts(lua, &holdings);
    lua_setfield(lua, -2, "accounts");
    return 1;
}
