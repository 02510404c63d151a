/* reach_kit.h: everything that a strategy's Lua can reach, found by walking, and values of all kinds to call it with.
 *
 * The walk starts inside a callback, from the globals and from one object of each kind of the host. It follows tables,
 * metatables, user values and upvalues, also where a script could not: a function that is checked only because nobody
 * can hold it is one slip away from being held. What the functions return is walked as well, two levels deep. */
#ifndef TESTS_REACH_KIT_H
#define TESTS_REACH_KIT_H

#include "support/strategy_kit.h"

#include <lauxlib.h>

enum { REACH_FUNCTIONS_MAX = 1024, REACH_SAME_MAX = 3, REACH_ARGS_MAX = 4, REACH_TABLES_MAX = 20000 };

struct reach {
    struct kit *kit;
    int values;    /* makers of values there are */
    int functions; /* found */
    bool is_found;
    lua_CFunction kinds[REACH_FUNCTIONS_MAX];
    uint64_t calls, raised;
    /* What the next callback is to do. */
    void (*work)(struct reach *reach, lua_State *lua);
    void *arg;
};

static const char reach_functions_key = 0; /* registry: list of functions */
static const char reach_values_key = 0;    /* registry: list of makers of values */
static const char reach_seen_key = 0;      /* registry: what the walk has been to */

/* One object of each kind, in each state that a script can bring it to. */
static const char reach_strategy[] =
    "local fast, slow, copy, stale, closed\n"
    "objects = {}\n"
    "P = params { qty = { 1, min = 0, max = 5, doc = 'x' }, word = 'a', flag = true }\n"
    "function on_init(m) fast = m:ema(2) m.fast = fast m.slow = m:sma(3) m.strength = m:rsi(2) m.range = m:atr(2)\n"
    "  m.upper, m.middle, m.lower = m:bollinger(2, 2) m.long, m.own = m:bars('2m'), m:bars()\n"
    "  m.smooth, m.bricks = m:bars { kind = 'heikin_ashi' }, m:bars { kind = 'renko', size = 0.1 } end\n"
    "function on_bar(m, bar)\n"
    "  if not m.order then m.order = m:buy { qty = 1, price = 90 } closed = m:buy { qty = 1, price = 90 } "
    "closed:cancel() end\n"
    "  objects = { market = m, other = objects.market, bar = bar, stale = stale, copy = copy or bar:copy(), order = "
    "m.order,\n"
    "    closed = closed, position = m.position, fast = fast, slow = m.slow, account = account, state = state, params "
    "= P, long = m.long, bricks = m.bricks, lower = m.lower, closed_bar = m.own[1], forming = m.long.forming,\n"
    "    step = pairs { 1, 2, 3 }, keys = pairs { a = 1 }, list = ipairs {}, gmatch = ('a b'):gmatch('%a'),\n"
    "    codes = utf8.codes('ab'), wrapped = coroutine.wrap(function(...) return ... end), view = string,\n"
    "    dead = coroutine.create(function() end), slept = coroutine.create(function() coroutine.yield() end) }\n"
    "  coroutine.resume(objects.dead) coroutine.resume(objects.slept)\n"
    "  probe(objects)\n"
    "  stale, copy = bar, bar:copy()\n"
    "end\n"
    "function on_order(m, o) end\n";

/* Values: each a function of the objects, so that no call sees what another did to its arguments. */
static const char reach_makers[] =
    "local o, lud, raw, big = ...\n"
    "local t = {}\n"
    "local function add(f) t[#t + 1] = f end\n"
    "local function const(...) for i = 1, select('#', ...) do local v = select(i, ...) add(function() return v end) "
    "end end\n"
    "local function meta(m) add(function() return setmetatable({ 1, 2, 3 }, m) end) end\n"
    "add(function() return nil end)\n"
    "const(123456, 0, 1, {}, true, false, -1, 2, 3, 16, 64, 100001, math.mininteger, math.maxinteger, math.mininteger "
    "+ 1,\n"
    "  math.maxinteger - 1, 1 << 31, 1 << 32, -(1 << 31), 0.0, -0.0, 0.5, 1e308, -1e308, 5e-324, 1e15, 9.2e18, 0/0, "
    "1/0, -1/0)\n"
    "const('', 'x', '5m', '106751d', '1e9', '12.5', '0x10', 'price', 'BTC/USDT', 'USDT', 'copy', 'qty', 'close', "
    "'%s%d%q%5.2f',\n"
    "  '[%a', '%', '(()', '%b()', '.-x', 'a\\0b', '<i8', 'z', 's1', 'c9', '!16j', 'sma', '__index', '-', big)\n"
    "add(function() return {} end)\n"
    "add(function() return { 1, 2, 3 } end)\n"
    "add(function() return { a = 1, [2.5] = 2, [true] = 3, b = {} } end)\n"
    "add(function() return { 'c', 'a', 'b', n = 3 } end)\n"
    "add(function() return { qty = 1, price = 91 } end)\n"
    "add(function() return { risk = 0.5, entry = 100, stop = 90 } end)\n"
    "add(function() return { kind = 'renko', size = 0.1 } end)\n"
    "add(function() return { share = 0.5, chance = 0.6, payoff = 1, fraction = 0.5, cap = 1 } end)\n"
    "add(function() return { excess = { 1, 2 }, deviation = { 1, 2 }, correlation = { { 1, 0.5 }, { 0.5, 1 } } } end)\n"
    "add(function() return { [print] = 1, [{}] = 2 } end)\n"
    "add(function() local r = {} r.r = r r[1] = r return r end)\n"
    "meta { __len = function() return math.maxinteger end }\n"
    "meta { __len = function() return math.mininteger end }\n"
    "meta { __len = function() return 70 end, __index = function(_, k) return k end }\n"
    "meta { __len = function() return 'x' end, __index = function() return 'y' end }\n"
    "meta { __index = string, __newindex = function() end, __call = function(...) return ... end }\n"
    "meta { __index = function() error('e') end, __newindex = function() error('e') end, __len = function() error('e') "
    "end }\n"
    "meta { __tostring = function() return 5 end, __name = 7 }\n"
    "meta { __tostring = function() return nil end }\n"
    "meta { __pairs = function() return 1, 2, 3 end, __eq = function() return true end, __lt = function() return 1 end "
    "}\n"
    "meta { __close = function() error('c') end, __concat = function() return {} end, __mode = nil }\n"
    "meta { __metatable = {} }\n"
    "add(function() return function(...) return ... end end)\n"
    "add(function() return function() error('boom') end end)\n"
    "add(function() return function() return coroutine.yield(1) end end)\n"
    "const(print, string.rep, rawset, pcall, coroutine.yield, coroutine.close, error)\n"
    "add(function() return coroutine.create(function(...) return ... end) end)\n"
    "add(function() local c = coroutine.create(function() coroutine.yield(1) end) coroutine.resume(c) return c end)\n"
    "add(function() local c = coroutine.create(function() error('d') end) coroutine.resume(c) return c end)\n"
    "add(function() return (coroutine.running()) end)\n"
    "add(function() return coroutine.wrap(function() coroutine.wrap(error)('w') end) end)\n"
    "const(lud, raw, string, math, _G)\n"
    "local names = {}\n"
    "for name in pairs(o) do names[#names + 1] = name end\n"
    "for _, name in pairs(names) do add(function() return o[name] end) end\n"
    "return t\n";

static struct reach *reach_current;

static int lj_reach_probe(lua_State *lua)
{
    struct reach *reach = reach_current;
    if (reach->work)
        reach->work(reach, lua);
    return 0;
}

static void reach_note(struct reach *reach, lua_State *lua, int index)
{
    lua_CFunction kind = lua_tocfunction(lua, index);
    int same = 0;
    for (int i = 0; i < reach->functions; i++)
        same += reach->kinds[i] == kind;
    if (!kind || kind == lj_reach_probe || same >= REACH_SAME_MAX || reach->functions == REACH_FUNCTIONS_MAX)
        return;
    reach->kinds[reach->functions++] = kind;
    lua_pushvalue(lua, index);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &reach_functions_key);
    lua_insert(lua, -2);
    lua_rawseti(lua, -2, reach->functions);
    lua_pop(lua, 1);
}

/* The list at `list` grows while it is walked: what is found is appended. Index 0 counts what there is. */
static void reach_append(lua_State *lua, int list, int seen, lua_Integer *count)
{
    int type = lua_type(lua, -1);
    bool is_walked = type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TUSERDATA;
    lua_pushvalue(lua, -1);
    if (is_walked && *count < REACH_TABLES_MAX && lua_rawget(lua, seen) == LUA_TNIL) {
        lua_pushvalue(lua, -2);
        lua_pushboolean(lua, 1);
        lua_rawset(lua, seen);
        lua_pushvalue(lua, -2);
        lua_rawseti(lua, list, ++*count);
    }
    lua_settop(lua, -3);
}

static int reach_by_text(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

/* What a table holds: text keys by bytes first, so that each run finds the same in the same order. */
static void reach_append_table(lua_State *lua, int value, int list, int seen, lua_Integer *count)
{
    const char *names[512];
    size_t used = 0;
    for (lua_pushnil(lua); lua_next(lua, value); lua_pop(lua, 1))
        if (lua_type(lua, -2) == LUA_TSTRING && used < 512)
            names[used++] = lua_tostring(lua, -2);
    qsort(names, used, sizeof *names, reach_by_text);
    for (size_t i = 0; i < used; i++) {
        lua_pushstring(lua, names[i]);
        lua_rawget(lua, value);
        reach_append(lua, list, seen, count);
    }
    for (lua_pushnil(lua); lua_next(lua, value);) {
        reach_append(lua, list, seen, count);
        lua_pushvalue(lua, -1);
        reach_append(lua, list, seen, count);
    }
}

/* From the value on the top, which it pops. */
static void reach_walk(struct reach *reach, lua_State *lua)
{
    lua_Integer count = 0;
    luaL_checkstack(lua, 20, "walk");
    lua_newtable(lua);
    int list = lua_gettop(lua);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &reach_seen_key);
    int seen = list + 1, value = list + 2;
    lua_pushvalue(lua, list - 1);
    reach_append(lua, list, seen, &count);
    for (lua_Integer at = 1; at <= count; at++) {
        lua_rawgeti(lua, list, at);
        if (lua_istable(lua, value))
            reach_append_table(lua, value, list, seen, &count);
        if (lua_isfunction(lua, value)) {
            reach_note(reach, lua, value);
            for (int i = 1; lua_getupvalue(lua, value, i); i++)
                reach_append(lua, list, seen, &count);
        }
        for (int i = 1; lua_isuserdata(lua, value) && lua_getiuservalue(lua, value, i) != LUA_TNONE; i++)
            reach_append(lua, list, seen, &count);
        lua_settop(lua, value);
        if (lua_getmetatable(lua, value))
            reach_append(lua, list, seen, &count);
        lua_settop(lua, list + 1);
    }
    lua_settop(lua, list - 2);
}

static void reach_push_value(lua_State *lua, int at)
{
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &reach_values_key);
    lua_rawgeti(lua, -1, at % (int)lua_rawlen(lua, -1) + 1);
    lua_remove(lua, -2);
    if (lua_pcall(lua, 0, 1, 0) != LUA_OK) {
        lua_pop(lua, 1);
        lua_pushnil(lua);
    }
}

/* Calls function `at` with values of the numbers given; what it returns is walked when there is time for it. */
static void reach_call(struct reach *reach, lua_State *lua, int at, const int *args, int count, bool walks)
{
    int top = lua_gettop(lua);
    luaL_checkstack(lua, 40, "call");
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &reach_functions_key);
    lua_rawgeti(lua, -1, at % reach->functions + 1);
    for (int i = 0; i < count; i++)
        reach_push_value(lua, args[i]);
    reach->calls++;
    if (lua_pcall(lua, count, walks ? LUA_MULTRET : 0, 0) != LUA_OK) {
        reach->raised++;
        lua_settop(lua, top);
    }
    for (int i = lua_gettop(lua); walks && i > top + 1; i = lua_gettop(lua))
        reach_walk(reach, lua);
    lua_settop(lua, top);
}

static void reach_find(struct reach *reach, lua_State *lua)
{
    static char big[100000];
    static char block[64];
    reach->is_found = true;
    for (size_t i = 0; i < 3; i++) {
        const void *keys[] = {&reach_functions_key, &reach_seen_key, &reach_values_key};
        lua_newtable(lua);
        lua_rawsetp(lua, LUA_REGISTRYINDEX, keys[i]);
    }
    memset(big, 'a', sizeof big);
    assert_int_equal(luaL_loadstring(lua, reach_makers), LUA_OK);
    lua_pushvalue(lua, 1);
    lua_pushlightuserdata(lua, block);
    memset(lua_newuserdatauv(lua, 256, 1), 0x41, 256);
    lua_pushlstring(lua, big, sizeof big);
    if (lua_pcall(lua, 4, 1, 0) != LUA_OK)
        fprintf(stderr, "%s\n", lua_tostring(lua, -1));
    reach->values = (int)lua_rawlen(lua, -1);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &reach_values_key);
    lua_pushvalue(lua, 1);
    reach_walk(reach, lua);
    lua_pushglobaltable(lua);
    reach_walk(reach, lua);
}

static struct reach *reach_new(struct sandbox_limits limits)
{
    struct reach *reach = calloc(1, sizeof *reach);
    reach_current = reach;
    struct kit *kit = reach->kit = calloc(1, sizeof *kit);
    kit_start(kit, (struct strategy_config){.text = reach_strategy, .from_ns = INT64_MIN, .limits = limits});
    if (kit->rc < 0)
        fprintf(stderr, "%s\n", kit->error.message);
    assert_int_equal(kit->rc, OC_OK);
    lua_pushcfunction(sandbox_lua(strategy_sandbox(kit->strategy)), lj_reach_probe);
    lua_setglobal(sandbox_lua(strategy_sandbox(kit->strategy)), "probe");
    for (int i = 0; i < 5; i++)
        kit_close(kit, 10000 + i);
    return reach;
}

static void reach_free(struct reach *reach)
{
    kit_free(reach->kit);
    free(reach);
}

/* `work` within the next callback. False: it was stopped by a limit, and this strategy is over. */
static bool reach_bar(struct reach *reach, void (*work)(struct reach *reach, lua_State *lua))
{
    reach_current = reach;
    reach->work = work;
    kit_close(reach->kit, 10000);
    reach->work = NULL;
    if (sandbox_is_stopped(strategy_sandbox(reach->kit->strategy)))
        return false;
    return strategy_error(reach->kit->strategy) == NULL;
}

#endif
