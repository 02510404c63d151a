/* api_global.c: strategy{}, params{}, state, account, log, every, after, now. */
#include <string.h>

#include <outcry/services.h>

#include "base/text.h"
#include "script/strategy_impl.h"

static int lj_strategy(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    if (!strategy->is_loading)
        return sandbox_raise(lua, "strategy{...} stands at the top of the file, outside functions");
    lua_settop(lua, 1);
    static const char *const known[] = {"name", "timeframe", "about", "version", "trade_late", NULL};
    api_check_plain(lua, 1, "strategy{}");
    const char *key = api_unknown_field(lua, 1, known);
    if (!key && lua_getfield(lua, 1, "trade_late") != LUA_TNIL && !lua_isboolean(lua, -1))
        key = "trade_late";
    strategy->trades_late = lua_toboolean(lua, -1);
    lua_settop(lua, 1);
    for (int i = 0; i < 2 && !key; i++) /* a name and a timeframe are texts */
        if (lua_getfield(lua, 1, known[i]) != LUA_TNIL && !lua_isstring(lua, -1))
            key = known[i];
    if (key)
        return sandbox_raise(
            lua, "strategy{}: unknown or wrong field '%s'; known: name timeframe about version trade_late", key);
    int64_t period_ns = strategy->period_ns;
    const char *value = lua_tostring(lua, 3);
    if (value && (text_to_duration(value, strlen(value), &period_ns) < 0 || !bar_period_is_valid(period_ns)))
        return sandbox_raise(lua, "timeframe '%s': expected a divisor of a day from 1s to 1d, such as 1m, 1h, 1d",
                             value);
    strategy->period_ns = period_ns;
    if (lua_isstring(lua, 2))
        text_copy(strategy->name, sizeof strategy->name, lua_tostring(lua, 2));
    return 0;
}

static const struct strategy_param *param_given(const struct strategy *strategy, const char *name)
{
    const struct strategy_param *found = NULL;
    for (uint32_t i = 0; i < strategy->config.param_count; i++)
        if (strcmp(strategy->config.params[i].name, name) == 0)
            found = &strategy->config.params[i];
    return found;
}

static void param_check_range(lua_State *lua, const char *name, int row)
{
    double value = lua_tonumber(lua, -1);
    static const char *const ends[] = {"min", "max"};
    for (int i = 0; i < 2; i++) {
        lua_getfield(lua, row, ends[i]);
        bool out = !lua_isnil(lua, -1) && (i == 0 ? value < lua_tonumber(lua, -1) : value > lua_tonumber(lua, -1));
        if (out)
            sandbox_raise(lua, "parameter %s: found %f, expected %s %f", name, value, i == 0 ? "at least" : "at most",
                          lua_tonumber(lua, -1));
        lua_pop(lua, 1);
    }
}

/* The row without its default at [1], which may be of any kind, has known fields only; what is wrong first by bytes is
 * named. */
static void param_check_row(lua_State *lua, const char *name, int row)
{
    static const char *const known[] = {"min", "max", "doc", NULL};
    api_check_plain(lua, row, name);
    lua_rawgeti(lua, row, 1);
    lua_pushnil(lua);
    lua_rawseti(lua, row, 1);
    const char *key = api_unknown_field(lua, row, known);
    lua_rawseti(lua, row, 1);
    if (key && strcmp(key, "?") == 0)
        key = "a second value";
    for (int i = 0; i < 2 && !key; i++) {
        int type = lua_getfield(lua, row, known[i]);
        if (type != LUA_TNIL && type != LUA_TNUMBER)
            key = known[i];
        lua_pop(lua, 1);
    }
    if (key)
        sandbox_raise(lua, "parameter %s: a row is { default, min = number, max = number, doc = text }; found '%s'",
                      name, key);
    int type = lua_rawgeti(lua, row, 1);
    if (type != LUA_TNIL && type != LUA_TNUMBER && type != LUA_TBOOLEAN && type != LUA_TSTRING)
        sandbox_raise(lua, "parameter %s: a default is a number, true, false or a text; found %s", name,
                      luaL_typename(lua, -1));
    lua_pop(lua, 1);
}

/* Pushes the value of one parameter: as given, else the default in row[1]; the default's type decides. */
static void param_value(lua_State *lua, const struct strategy *strategy, const char *name, int row)
{
    const struct strategy_param *given = param_given(strategy, name);
    lua_rawgeti(lua, row, 1);
    if (!given) {
        if (lua_isnil(lua, -1))
            sandbox_raise(lua, "parameter %s has no default: write %s = { 14, min = 2, max = 100 }", name, name);
    } else if (lua_isnumber(lua, -1) && lua_type(lua, -1) == LUA_TNUMBER) {
        bool whole = lua_isinteger(lua, -1);
        lua_pop(lua, 1);
        if (lua_stringtonumber(lua, given->value) == 0 || (whole && !lua_isinteger(lua, -1)))
            sandbox_raise(lua, "parameter %s: found '%s', expected %s number", name, given->value,
                          whole ? "a whole" : "a");
    } else if (lua_isboolean(lua, -1)) {
        lua_pop(lua, 1);
        if (strcmp(given->value, "true") != 0 && strcmp(given->value, "false") != 0)
            sandbox_raise(lua, "parameter %s: found '%s', expected true or false", name, given->value);
        lua_pushboolean(lua, strcmp(given->value, "true") == 0);
    } else {
        lua_pop(lua, 1);
        lua_pushstring(lua, given->value);
    }
    if (lua_type(lua, -1) == LUA_TNUMBER)
        param_check_range(lua, name, row);
}

/* Kept by name, in whatever order they come. */
static void param_keep(lua_State *lua, struct strategy *strategy, const char *name)
{
    if (strategy->param_count == STRATEGY_PARAMS_MAX)
        sandbox_raise(lua, "a strategy can have at most %d parameters", STRATEGY_PARAMS_MAX);
    if (strlen(name) >= STRATEGY_NAME_MAX)
        sandbox_raise(lua, "parameter %s: a name has at most %d characters", name, STRATEGY_NAME_MAX - 1);
    struct param *params = strategy_room(strategy->params, &strategy->param_room, strategy->param_count,
                                         STRATEGY_PARAMS_MAX, sizeof *params);
    if (!params) {
        sandbox_raise(lua, "no memory for parameter %s", name);
        return;
    }
    strategy->params = params;
    uint32_t at = strategy->param_count++;
    for (; at > 0 && strcmp(strategy->params[at - 1].name, name) > 0; at--)
        strategy->params[at] = strategy->params[at - 1];
    struct param *param = &strategy->params[at];
    memset(param, 0, sizeof *param);
    text_copy(param->name, sizeof param->name, name);
    text_copy(param->text, sizeof param->text, sandbox_tostring(lua, -1, NULL));
    lua_pop(lua, 1);
}

/* Pushes the names of the table at 1 as a list: by bytes, for an error names the first that is wrong. Returns how many. */
static int param_names(lua_State *lua)
{
    int count = 0;
    bool is_worded = true;
    for (lua_pushnil(lua); lua_next(lua, 1); lua_pop(lua, 1), count++)
        is_worded = is_worded && lua_type(lua, -2) == LUA_TSTRING;
    if (!is_worded)
        return sandbox_raise(lua, "params{}: names are words: params { length = { 14, min = 2 } }");
    if (count > STRATEGY_PARAMS_MAX)
        return sandbox_raise(lua, "a strategy can have at most %d parameters", STRATEGY_PARAMS_MAX);
    lua_createtable(lua, count, 0);
    int list = lua_gettop(lua);
    count = 0;
    for (lua_pushnil(lua); lua_next(lua, 1);) {
        lua_pop(lua, 1);
        int at = ++count;
        for (; at > 1; at--) {
            lua_rawgeti(lua, list, at - 1);
            bool is_behind = strcmp(lua_tostring(lua, -1), lua_tostring(lua, -2)) > 0;
            if (is_behind)
                lua_rawseti(lua, list, at);
            else
                lua_pop(lua, 1);
            if (!is_behind)
                break;
        }
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, list, at);
    }
    return count;
}

static int lj_params(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    if (!strategy->is_loading)
        return sandbox_raise(lua, "params{...} stands at the top of the file, outside functions");
    lua_settop(lua, 1);
    api_check_plain(lua, 1, "params{}");
    lua_newtable(lua);
    int count = param_names(lua);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(lua, 3, i);
        const char *name = lua_tostring(lua, -1);
        lua_pushvalue(lua, -1);
        lua_rawget(lua, 1);
        if (!lua_istable(lua, -1)) { /* length = 14 is taken as well */
            lua_createtable(lua, 1, 0);
            lua_pushvalue(lua, -2);
            lua_rawseti(lua, -2, 1);
            lua_replace(lua, -2);
        }
        param_check_row(lua, name, lua_gettop(lua));
        param_value(lua, strategy, name, lua_gettop(lua));
        lua_pushstring(lua, name);
        lua_pushvalue(lua, -2);
        lua_rawset(lua, 2);
        param_keep(lua, strategy, name);
        lua_settop(lua, 3);
    }
    lua_settop(lua, 2);
    sandbox_readonly(lua);
    return 1;
}

static int lj_log(lua_State *lua, int level)
{
    struct strategy *strategy = strategy_of(lua);
    int count = lua_gettop(lua);
    if (count > 1 && lua_type(lua, 1) == LUA_TSTRING) { /* log.info("found %s", x) */
        lua_getglobal(lua, "string");
        lua_getfield(lua, -1, "format");
        lua_remove(lua, -2);
        lua_insert(lua, 1);
        lua_call(lua, count, 1);
    }
    const char *text = count ? sandbox_tostring(lua, 1, NULL) : "";
    strategy_say(strategy, level, text);
    return 0;
}

static int lj_log_debug(lua_State *lua) { return lj_log(lua, OC_LOG_DEBUG); }
static int lj_log_info(lua_State *lua) { return lj_log(lua, OC_LOG_INFO); }
static int lj_log_warn(lua_State *lua) { return lj_log(lua, OC_LOG_WARN); }
static int lj_log_error(lua_State *lua) { return lj_log(lua, OC_LOG_ERROR); }

static int lj_now(lua_State *lua)
{
    lua_pushinteger(lua, engine_now(strategy_of(lua)->engine));
    return 1;
}

static const int64_t timer_max_ns = (int64_t)STRATEGY_TIMER_DAYS_MAX * 86400 * 1000000000;

static int timer_add(lua_State *lua, bool repeats)
{
    struct strategy *strategy = strategy_of(lua);
    size_t size;
    int64_t period_ns, due_ns;
    const char *text = luaL_checklstring(lua, 1, &size);
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    oc_rc rc = text_to_duration(text, size, &period_ns);
    if (rc == OC_E_RANGE || (rc == OC_OK && period_ns > timer_max_ns))
        return sandbox_raise(lua, "'%s' is longer than the %d days that a timer may wait", text,
                             STRATEGY_TIMER_DAYS_MAX);
    if (rc < 0 || period_ns <= 0)
        return sandbox_raise(lua, "'%s' is not a duration: expected a number and ms, s, m, h or d, such as 5m", text);
    api_check_acting(lua, strategy, repeats ? "every" : "after");
    if (strategy->is_loading)
        return sandbox_raise(lua, "timers are set from on_init or later, not while loading");
    /* Those of on_init keep their places: a restart finds them there. */
    uint32_t slot = strategy->is_in_init ? strategy->timer_count : strategy->init_timers;
    while (slot < strategy->timer_count && strategy->timers[slot].id)
        slot++;
    if (slot == STRATEGY_TIMERS_MAX)
        return sandbox_raise(lua, "a strategy can have at most %d timers", STRATEGY_TIMERS_MAX);
    struct timer_ref *timers =
        strategy_room(strategy->timers, &strategy->timer_room, slot, STRATEGY_TIMERS_MAX, sizeof *timers);
    if (!timers)
        return sandbox_raise(lua, "no memory for another timer");
    strategy->timers = timers;
    int64_t now_ns = engine_now(strategy->engine);
    /* A repeated timer keeps to the grid of its period, so that a restart does not move it. */
    if (num_add(repeats ? bar_start(now_ns, period_ns) : now_ns, period_ns, &due_ns) < 0)
        return sandbox_raise(lua, "'%s' from now is beyond the last instant that can be told", text);
    uint64_t id;
    if (timers_add(engine_timers(strategy->engine), strategy->id, due_ns, repeats ? period_ns : 0, &id) < 0)
        return sandbox_raise(lua, "no room for another timer");
    if (slot == strategy->timer_count)
        strategy->timer_count++;
    lua_pushvalue(lua, 2);
    strategy->timers[slot] = (struct timer_ref){.id = id, .ref = luaL_ref(lua, LUA_REGISTRYINDEX), .repeats = repeats};
    restart_note_timer(lua, strategy, &strategy->timers[slot]);
    lua_pushinteger(lua, (lua_Integer)id);
    return 1;
}

static int lj_every(lua_State *lua) { return timer_add(lua, true); }
static int lj_after(lua_State *lua) { return timer_add(lua, false); }

/* total, what open orders use of it, or what is free; false: the key is none of these. */
static bool push_part(lua_State *lua, const struct strategy *strategy, uint32_t asset, const char *key)
{
    const uint32_t id = strategy->config.account;
    const oc_i128 total = portfolio_tradable(engine_portfolio(strategy->engine), id, asset);
    oc_i128 money = total;
    if (!KEY_IS(strategy, key, total)) {
        const oc_i128 used = engine_used_to_trade(strategy->engine, id, asset);
        if (!KEY_IS(strategy, key, used) && !KEY_IS(strategy, key, free))
            return false;
        money = KEY_IS(strategy, key, used) ? used : total - used;
    }
    lua_pushnumber(lua, money_to_double(money));
    return true;
}

static int lj_account_index(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    struct portfolio *portfolio = engine_portfolio(strategy->engine);
    uint32_t id = strategy->config.account;
    const struct account *account = portfolio_account(portfolio, id);
    const char *key = luaL_checkstring(lua, 2);
    oc_i128 money = 0;
    if (KEY_IS(strategy, key, cash)) {
        lua_pushnumber(lua, money_to_double(portfolio_tradable(portfolio, id, account->base)));
    } else if (push_part(lua, strategy, account->base, key)) {
        return 1;
    } else if (KEY_IS(strategy, key, equity)) {
        if (portfolio_traded_equity(portfolio, id, &money, NULL) < 0)
            return sandbox_raise(lua, "account.equity is not known: a balance has no price in %s",
                                 instruments_asset_name(engine_instruments(strategy->engine), account->base));
        lua_pushnumber(lua, money_to_double(money));
    } else if (KEY_IS(strategy, key, currency)) {
        lua_pushstring(lua, instruments_asset_name(engine_instruments(strategy->engine), account->base));
    } else if (KEY_IS(strategy, key, name)) {
        lua_pushstring(lua, account->name);
    } else if (!api_push_account_shown(lua, strategy, id, key)) {
        return sandbox_raise(lua,
                             "account has cash, free, used, total, equity, currency, name, margin, rights, ledger and "
                             "venue_state; account(\"BTC\") is the balance of an asset; found '%s'",
                             key);
    }
    return 1;
}

static int lj_account_call(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    const struct instruments *instruments = engine_instruments(strategy->engine);
    const char *name = luaL_checkstring(lua, 2);
    if (lua_isnoneornil(lua, 3)) {
        lua_settop(lua, 2);
        lua_pushstring(lua, "total");
    }
    const char *part = luaL_checkstring(lua, 3);
    for (uint32_t asset = 1; asset < instruments_asset_count(instruments); asset++)
        if (strcmp(instruments_asset_name(instruments, asset), name) == 0) {
            if (!push_part(lua, strategy, asset, part) &&
                !api_push_balance_shown(lua, strategy, strategy->config.account, asset, part))
                return sandbox_raise(lua,
                                     "account(\"%s\", part): part is free, used, total, venue_total, venue_free, "
                                     "venue_locked, borrowed or interest; found '%s'",
                                     name, part);
            return 1;
        }
    return sandbox_raise(lua, "account(\"%s\"): no such asset in this session", name);
}

static int lj_state_index(lua_State *lua)
{
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy_of(lua)->state_ref);
    lua_pushvalue(lua, 2);
    lua_rawget(lua, -2);
    return 1;
}

static int lj_state_newindex(lua_State *lua)
{
    struct strategy *strategy = strategy_of(lua);
    strategy->state_dirty = true;
    if (lua_istable(lua, 3))
        strategy->state_has_tables = true;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->state_ref);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, 3);
    lua_rawset(lua, -3);
    return 0;
}

/* A global object without fields of its own, behind a metatable that scripts cannot reach. */
static void object(lua_State *lua, const char *name, const luaL_Reg *meta)
{
    lua_newuserdatauv(lua, 0, 0);
    lua_newtable(lua);
    luaL_setfuncs(lua, meta, 0);
    lua_pushstring(lua, "this table belongs to the API");
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    sandbox_set_constant(lua, name);
}

void api_global_install(struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    static const luaL_Reg functions[] = {
        {"strategy", lj_strategy}, {"params", lj_params},       {"now", lj_now}, {"every", lj_every},
        {"after", lj_after},       {"portfolio", lj_portfolio}, {NULL, NULL}};
    static const luaL_Reg logs[] = {
        {"debug", lj_log_debug}, {"info", lj_log_info}, {"warn", lj_log_warn}, {"error", lj_log_error}, {NULL, NULL}};
    static const luaL_Reg account[] = {{"__index", lj_account_index}, {"__call", lj_account_call}, {NULL, NULL}};
    static const luaL_Reg state[] = {{"__index", lj_state_index}, {"__newindex", lj_state_newindex}, {NULL, NULL}};
    for (const luaL_Reg *reg = functions; reg->name; reg++) {
        lua_pushcfunction(lua, reg->func);
        sandbox_set_constant(lua, reg->name);
    }
    sandbox_register_lib(lua, "log", logs);
    object(lua, "account", account);
    object(lua, "state", state);
    lua_newtable(lua);
    strategy->state_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
}
