/* sandbox_test.c: calls, errors with their place, limits at and beyond, the same results in each
 * run, and what it all costs. What scripts may not do is in sandbox_escape_test.c. */
#include "script/sandbox.h"

#include "base/env.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/signals.h"

static struct sandbox *fresh(const struct sandbox_limits *limits)
{
    struct sandbox *sandbox;
    assert_int_equal(sandbox_new(limits, 7, &sandbox), OC_OK);
    return sandbox;
}

static oc_rc load(struct sandbox *sandbox, const char *text)
{
    return sandbox_load(sandbox, text, strlen(text), "test.lua");
}

static void must_load(struct sandbox *sandbox, const char *text)
{
    if (load(sandbox, text) < 0)
        fail_msg("%s:%d: %s\n%s", sandbox_error_last(sandbox)->file, (int)sandbox_error_last(sandbox)->line,
                 sandbox_error_last(sandbox)->message, sandbox_error_last(sandbox)->traceback);
}

/* ---- calls ---- */

static void a_call_takes_and_gives_values(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(NULL);
    lua_State *lua = sandbox_lua(sandbox);
    must_load(sandbox, "function add(a, b) return a + b, 'x' end function three() return 1, 2, 3 end");
    lua_getglobal(lua, "add");
    lua_pushinteger(lua, 2);
    lua_pushinteger(lua, 3);
    assert_int_equal(sandbox_call(sandbox, 2, 2), OC_OK);
    assert_int_equal(lua_tointeger(lua, -2), 5);
    assert_string_equal(lua_tostring(lua, -1), "x");
    lua_pop(lua, 2);
    int top = lua_gettop(lua);
    lua_getglobal(lua, "three");
    assert_int_equal(sandbox_call(sandbox, 0, LUA_MULTRET), OC_OK);
    assert_int_equal(lua_gettop(lua), top + 3);
    lua_settop(lua, top);
    lua_pushinteger(lua, 9); /* stays below a call that fails */
    lua_getglobal(lua, "add");
    assert_int_equal(sandbox_call(sandbox, 0, 2), OC_E_INVALID);
    assert_int_equal(lua_gettop(lua), top + 1);
    assert_false(sandbox_is_stopped(sandbox));
    assert_ptr_equal(sandbox_of(lua), sandbox);
    sandbox_free(sandbox);
    sandbox_free(NULL);
}

static void an_error_tells_its_place_and_values(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(NULL);
    must_load(sandbox, "local up = 1\n"
                       "local function inner(price)\n"
                       "  local qty, name, none = 2.5, 'dip', nil\n"
                       "  return price.x + up\n"
                       "end\n"
                       "function on_bar(m)\n"
                       "  local before = true\n"
                       "  local r = inner(nil)\n"
                       "  return r\n"
                       "end\n");
    lua_getglobal(sandbox_lua(sandbox), "on_bar");
    assert_int_equal(sandbox_call(sandbox, 0, 0), OC_E_INVALID);
    const struct sandbox_error *error = sandbox_error_last(sandbox);
    assert_int_equal(error->kind, SANDBOX_ERROR_RUNTIME);
    assert_string_equal(error->file, "test.lua");
    assert_int_equal(error->line, 4);
    assert_string_equal(error->source_line, "  return price.x + up");
    assert_string_equal(error->message, "attempt to index a nil value (local 'price')");
    assert_string_equal(error->locals, "price = nil\nqty = 2.5\nname = \"dip\"\nnone = nil\n");
    assert_non_null(strstr(error->traceback, "test.lua:4: in "));
    assert_non_null(strstr(error->traceback, "test.lua:8: in "));
    assert_int_equal(load(sandbox, "x = 1\ny = = 2"), OC_E_DATA);
    assert_int_equal(error->kind, SANDBOX_ERROR_SYNTAX);
    assert_int_equal(error->line, 2);
    assert_string_equal(error->source_line, "y = = 2");
    assert_non_null(strstr(error->message, "unexpected symbol"));
    assert_int_equal(load(sandbox, "coroutine.wrap(function()\n local here = 5\n error('inside')\nend)()"),
                     OC_E_INVALID);
    assert_int_equal(error->line, 3);
    assert_string_equal(error->locals, "here = 5\n");
    assert_int_equal(load(sandbox, "pcall(error, 'caught')\n\nerror({message = 'mine'})"), OC_E_INVALID);
    assert_int_equal(error->line, 3);
    assert_string_equal(error->message, "error object is a table: mine");
    must_load(sandbox, "return 1");
    assert_int_equal(error->kind, SANDBOX_ERROR_NONE);
    sandbox_free(sandbox);
}

/* Long names, lines and values are cut. */
static void an_error_is_bounded(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(NULL);
    must_load(sandbox, "function boom() local a, b = ('x'):rep(100000), {} "
                       "local c, d, e, f, g, h = a, a, a, a, a, a error(a) end "
                       "function deep(n) if n == 0 then boom() end deep(n - 1) return 1 end");
    lua_getglobal(sandbox_lua(sandbox), "deep");
    lua_pushinteger(sandbox_lua(sandbox), 500);
    assert_int_equal(sandbox_call(sandbox, 1, 0), OC_E_INVALID);
    const struct sandbox_error *error = sandbox_error_last(sandbox);
    assert_int_equal(strlen(error->message), sizeof error->message - 1);
    assert_true(strlen(error->source_line) < sizeof error->source_line);
    assert_non_null(strstr(error->locals, "(100000 bytes)"));
    assert_true(strlen(error->traceback) < sizeof error->traceback);
    char text[600];
    memset(text, 'a', sizeof text);
    assert_int_equal(sandbox_load(sandbox, "x = 1", 5, (text[127] = '\0', text)), OC_OK);
    memset(text, 'b', sizeof text);
    assert_int_equal(sandbox_load(sandbox, "x = 1", 5, (text[128] = '\0', text)), OC_E_INVALID);
    sandbox_free(sandbox);
}

/* ---- the host's side ---- */

static char printed[8192];
static size_t printed_size;

static void note_print(void *arg, const char *text, size_t size)
{
    assert_string_equal(arg, "log");
    memcpy(printed, text, size);
    printed[size] = '\0';
    printed_size = size;
}

static void print_goes_to_the_host(void **unused)
{
    (void)unused;
    static char log[] = "log";
    struct sandbox *sandbox = fresh(NULL);
    sandbox_set_print(sandbox, note_print, log);
    must_load(sandbox, "print('a', 1, 2.0, nil, true, {}, print, {})");
    assert_string_equal(printed, "a\t1\t2.0\tnil\ttrue\ttable: 1\tfunction: 2\ttable: 3");
    must_load(sandbox, "print(('x'):rep(4096))");
    assert_int_equal(printed_size, SANDBOX_PRINT_MAX);
    must_load(sandbox, "print(('x'):rep(4096), 'y')");
    assert_int_equal(printed_size, SANDBOX_PRINT_MAX);
    must_load(sandbox, "print(('x'):rep(4095), 'y')");
    assert_int_equal(printed_size, SANDBOX_PRINT_MAX);
    sandbox_set_print(sandbox, NULL, NULL);
    must_load(sandbox, "print(1)");
    sandbox_free(sandbox);
}

static int requests;

static oc_rc give_module(void *arg, const char *name, const char **ret_text, size_t *ret_size)
{
    (void)arg;
    static const char *const modules[][2] = {
        {"lib.util", "local M = {} function M.twice(x) return x * 2 end return M"},
        {"silent", "loaded = (loaded or 0) + 1"},
        {"me", "require('me')"},
        {"broken", "local x = 1\nerror('in the module')"},
        {"bad", "x = = 1"},
        {"named", "return select('#', ...) .. ' ' .. ..."},
    };
    requests++;
    if (strcmp(name, "long") == 0 || strcmp(name, "pipe") == 0)
        return name[0] == 'l' ? OC_E_LIMIT : OC_E_INVALID;
    for (size_t at = 0; at < sizeof modules / sizeof *modules; at++)
        if (strcmp(modules[at][0], name) == 0) {
            *ret_text = modules[at][1];
            *ret_size = strlen(modules[at][1]);
            return OC_OK;
        }
    return OC_E_NOT_FOUND;
}

static void require_asks_the_host_once(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(NULL);
    const struct sandbox_error *error = sandbox_error_last(sandbox);
    sandbox_set_require(sandbox, give_module, NULL);
    must_load(sandbox, "local u = require 'lib.util' assert(u.twice(4) == 8 and require 'lib.util' == u) "
                       "assert(require 'silent' == true and require 'silent' and loaded == 1)");
    assert_int_equal(requests, 2);
    must_load(sandbox, "assert(require 'named' == '1 named')"); /* it is given its name */
    assert_int_equal(load(sandbox, "require 'me'"), OC_E_INVALID);
    assert_non_null(strstr(error->message, "requires itself"));
    assert_int_equal(load(sandbox, "require 'broken'"), OC_E_INVALID);
    assert_string_equal(error->file, "broken.lua");
    assert_int_equal(error->line, 2);
    assert_string_equal(error->message, "in the module");
    assert_int_equal(load(sandbox, "require 'bad'"), OC_E_DATA);
    assert_string_equal(error->file, "bad.lua");
    must_load(sandbox, "assert(not pcall(require, 'bad'))");
    assert_int_equal(load(sandbox, "pcall(require, 'bad')\nerror('mine')"), OC_E_INVALID);
    assert_int_equal(error->kind, SANDBOX_ERROR_RUNTIME);
    assert_string_equal(error->file, "test.lua");
    assert_int_equal(load(sandbox, "require 'long'"), OC_E_INVALID);
    assert_string_equal(error->message, "module 'long' is longer than a text may be");
    assert_int_equal(load(sandbox, "require 'pipe'"), OC_E_INVALID);
    assert_string_equal(error->message, "module 'pipe' is no regular file of the strategy's own folder");
    must_load(sandbox, "local said, outer\n"
                       "outer = coroutine.create(function()\n"
                       "  coroutine.resume(coroutine.create(function() said = coroutine.status(outer) end))\n"
                       "end)\n"
                       "coroutine.resume(outer)\n"
                       "assert(said == 'normal' and coroutine.status(outer) == 'dead')");
    assert_int_equal(load(sandbox, "require 'absent'"), OC_E_INVALID);
    assert_non_null(strstr(error->message, "not found"));
    static const char *const names[] = {"''",    "'.'",   "'..'",  "'.a'",   "'a.'",           "'a..b'", "'a/b'",
                                        "'a b'", "'a-b'", "'\\0'", "'a\\0'", "('n'):rep(101)", "'../x'"};
    static const char *const good[] = {"'a'", "'a.b'", "'a.b.c'", "'_9Z'", "('n'):rep(100)"};
    char text[64];
    requests = 0;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) { /* the host is not even asked */
        snprintf(text, sizeof text, "require(%s)", names[i]);
        assert_int_equal(load(sandbox, text), OC_E_INVALID);
        assert_non_null(strstr(error->message, "expected letters, digits, '_' and single dots, 1 to 100"));
    }
    assert_int_equal(requests, 0);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        snprintf(text, sizeof text, "require(%s)", good[i]);
        assert_int_equal(load(sandbox, text), OC_E_INVALID);
        assert_non_null(strstr(error->message, "not found"));
    }
    sandbox_free(sandbox);
}

static int lj_twice(lua_State *lua)
{
    lua_pushinteger(lua, 2 * luaL_checkinteger(lua, 1));
    return 1;
}

static int lj_fails(lua_State *lua) { return sandbox_raise(lua, "no such order: %d", 7); }

static int lj_registers(lua_State *lua)
{
    static const luaL_Reg functions[] = {{"twice", lj_twice}, {"fails", lj_fails}, {NULL, NULL}};
    sandbox_register_lib(lua, "api", functions);
    lua_pushinteger(lua, *(int *)lua_touserdata(lua, 1));
    sandbox_set_constant(lua, "answer");
    assert_true(sandbox_is_constant(lua, "api") && !sandbox_is_constant(lua, "on_bar"));
    return 0;
}

static void the_host_adds_tables(void **unused)
{
    (void)unused;
    int answer = 42;
    struct sandbox *sandbox = fresh(NULL);
    assert_int_equal(sandbox_protect(sandbox, lj_registers, &answer), OC_OK);
    must_load(sandbox, "assert(api.twice(4) == 8 and answer == 42 and not pcall(function() api.x = 1 end)) "
                       "assert(not pcall(function() answer = 1 end)) "
                       "local n = 0 for name, f in pairs(api) do n = n + 1 end assert(n == 2)");
    assert_int_equal(load(sandbox, "\n\napi.fails()"), OC_E_INVALID);
    assert_string_equal(sandbox_error_last(sandbox)->message, "no such order: 7");
    assert_int_equal(sandbox_error_last(sandbox)->line, 3);
    assert_int_equal(sandbox_protect(sandbox, lj_fails, NULL), OC_E_INVALID);
    sandbox_free(sandbox);
}

/* ---- the same in each run ---- */

static const char report[] = "local out = {}\n"
                             "local function add(...) for i = 1, select('#', ...) do out[#out + 1] "
                             "= tostring((select(i, ...))) end end\n"
                             "for i = 1, 20 do add(math.random(), math.random(100), "
                             "math.random(-5, 5), math.random(0)) end\n"
                             "local t = {} for i = 1, 200 do t['key' .. i * 7919 % 1000] = i t[-i] "
                             "= i t[i + 0.5] = i end t[true] = 1 t[false] = 2\n"
                             "for k, v in pairs(t) do add(k, v) end\n"
                             "add({}, print, function() end, coroutine.create(print))\n"
                             "add(math.sin(1), math.exp(1), math.log(3), math.pow(2, 0.5))\n"
                             "return table.concat(out, ' ')\n";

static void run_report(uint64_t seed, char *ret_text, size_t max)
{
    struct sandbox *sandbox;
    char text[2048];
    assert_int_equal(sandbox_new(NULL, seed, &sandbox), OC_OK);
    snprintf(text, sizeof text, "function run() %s end", report);
    must_load(sandbox, text);
    lua_getglobal(sandbox_lua(sandbox), "run");
    assert_int_equal(sandbox_call(sandbox, 0, 1), OC_OK);
    snprintf(ret_text, max, "%s", lua_tostring(sandbox_lua(sandbox), -1));
    sandbox_free(sandbox);
}

/* Each state has a hash seed of its own made of clock and addresses, so stock Lua would differ
 * here. */
static void two_runs_are_one(void **unused)
{
    (void)unused;
    static char texts[3][32768];
    run_report(1, texts[0], sizeof texts[0]);
    run_report(1, texts[1], sizeof texts[1]);
    run_report(2, texts[2], sizeof texts[2]);
    assert_true(strlen(texts[0]) > 5000);
    assert_string_equal(texts[0], texts[1]);
    assert_string_not_equal(texts[0], texts[2]);
    assert_null(strstr(texts[0], "0x"));
}

/* Texts and tables have no largest, not even among themselves. */
static void only_numbers_are_compared(void **unused)
{
    (void)unused;
    struct sandbox *sandbox;
    assert_int_equal(sandbox_new(NULL, 1, &sandbox), OC_OK);
    must_load(
        sandbox,
        "local t = setmetatable({}, { __lt = function() return true end })\n"
        "for _, f in ipairs { math.max, math.min } do\n"
        "  assert(not pcall(f) and not pcall(f, nil) and not pcall(f, 'x') and not pcall(f, t))\n"
        "  assert(not pcall(f, 'a', 'b') and not pcall(f, 1, t) and not pcall(f, t, 1) and not pcall(f, 1, 2, 'x'))\n"
        "  assert(not pcall(f, 1, t, 2) and not pcall(f, 'a', 1))\n"
        "end\n"
        "assert(math.max(1, 3, 2) == 3 and math.min(2, 1, 3) == 1 and math.max(7) == 7)\n");
    sandbox_free(sandbox);
}

/* The generator is xoshiro256** seeded by splitmix64, as their authors give them: what a recorded run drew it draws again in
 * every version. */
static void chance_is_that_of_its_seed(void **unused)
{
    (void)unused;
    struct sandbox *sandbox;
    assert_int_equal(sandbox_new(NULL, 1, &sandbox), OC_OK);
    must_load(sandbox, "local function drawn(n, ...)\n"
                       "  math.randomseed(42)\n"
                       "  local out = {}\n"
                       "  for i = 1, n do out[i] = math.random(...) end\n"
                       "  return table.concat(out, ' ')\n"
                       "end\n"
                       "assert(drawn(6, 0) == '1546998764402558742 6990951692964543102 -5902157311460992607 "
                       "-1389169964527427423 ' ..\n"
                       "  '-151191095644234140 -4247557243643801032')\n"
                       "assert(drawn(8, 100) == '23 34 34 57 51 8 62 55')\n"
                       "assert(drawn(8, -5, 5) == '1 -4 -4 -1 3 -3 2 -4')\n"
                       "assert(drawn(3, 7, 7) == '7 7 7')\n"
                       "math.randomseed(42)\n"
                       "assert(math.random() == 0.083862971059882163)\n"
                       "math.randomseed(42.9)\n" /* as 42 */
                       "assert(math.random(0) == 1546998764402558742)\n");
    sandbox_free(sandbox);
}

static int lj_order(lua_State *lua)
{
    lua_pushinteger(lua, *(int *)lua_touserdata(lua, 1));
    return 1;
}

static int lj_userdata_keys(lua_State *lua)
{
    lua_newtable(lua);
    for (int at = 0; at < 3; at++) {
        *(int *)lua_newuserdatauv(lua, sizeof(int), 0) = 30 - 10 * at;
        lua_newtable(lua);
        lua_pushcfunction(lua, lj_order);
        lua_setfield(lua, -2, "__order");
        lua_setmetatable(lua, -2);
        lua_pushinteger(lua, 30 - 10 * at);
        lua_rawset(lua, -3);
    }
    lua_setglobal(lua, "keyed");
    return 0;
}

static void pairs_has_an_order(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(NULL);
    assert_int_equal(sandbox_protect(sandbox, lj_userdata_keys, NULL), OC_OK);
    must_load(sandbox, "local function keys(t) local k = {} for key in pairs(t) do k[#k + 1] = tostring(key) end "
                       "return table.concat(k, ' ') end\n"
                       "assert(keys {} == '')\n"
                       "assert(keys {5, 6, 7} == '1 2 3')\n"
                       "assert(keys {5, nil, 7} == '1 3')\n"
                       "assert(keys {b = 1, a = 2, [10] = 3, [9] = 4, [0] = 5, [-1] = 6, [2.5] = 7, [false] = 8, "
                       "[true] = 9, B = 1, ab = 2}\n"
                       "  == '-1 0 9 10 2.5 B a ab b false true')\n"
                       "local sum = 0 for u, v in pairs(keyed) do assert(v > sum) sum = v end assert(sum == 30)\n"
                       "local t = {a = 1, b = 2, c = 3} local seen = ''\n"
                       "for k in pairs(t) do seen = seen .. k t.c = nil t.d = 4 end assert(seen == 'ab')\n"
                       "t = {1, 2, 3, 4} seen = 0 for i in pairs(t) do seen = seen + i t[3] = nil end assert(seen "
                       "== 7)\n"
                       "assert(next({}) == nil and next({7}) == 1 and next({7}, 1) == nil and next({a = 1}, 'a') "
                       "== nil)\n"
                       "local big = {} for i = 1, 1000 do big['k' .. i] = i end\n"
                       "local last, n = '', 0 for k in pairs(big) do assert(k > last) last = k n = n + 1 end "
                       "assert(n == 1000)\n");
    sandbox_free(sandbox);
}

static void sort_is_stable(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(NULL);
    must_load(sandbox, "for n = 0, 70 do local t = {} for i = 1, n do t[i] = {key = i * 7 % 5, at = i} end\n"
                       "table.sort(t, function(a, b) return a.key < b.key end)\n"
                       "for i = 2, n do local a, b = t[i - 1], t[i]\n"
                       "assert(a.key < b.key or (a.key == b.key and a.at < b.at)) end assert(#t == n) end");
    sandbox_free(sandbox);
}

/* ---- limits ---- */

static void limits_hold_at_the_byte(void **unused)
{
    (void)unused;
    struct sandbox_limits limits = {
        .result_max_bytes = 1000, .source_max_bytes = 200, .coroutines_max = 10, .pattern_steps_max = 1000};
    struct sandbox *sandbox = fresh(&limits);
    must_load(sandbox, "assert(#('x'):rep(1000) == 1000 and not pcall(string.rep, 'x', 1001))");
    must_load(sandbox, "assert(#('xy'):rep(500) == 1000 and not pcall(string.rep, 'x', 501, 'y'))");
    must_load(sandbox, "assert(#('x'):rep(500, '') == 500 and #('x'):rep(500, 'y') == 999)");
    must_load(sandbox, "local s = ('x'):rep(500) assert(#table.concat({s, s}) == 1000 and not "
                       "pcall(table.concat, {s, s, 'x'}))");
    must_load(sandbox, "local s = ('x'):rep(500) assert(#('%s%s'):format(s, s) == 1000 and not "
                       "pcall(string.format, '%s%s.', s, s))");
    must_load(sandbox, "local s = ('x'):rep(500) assert(#s:gsub('x', 'yy') == 1000 and not "
                       "pcall(string.gsub, s .. 'x', 'x', 'yy'))");
    must_load(sandbox, "local k = {} for i = 1, 10 do k[i] = coroutine.create(print) end "
                       "assert(not pcall(coroutine.create, print))");
    must_load(sandbox, "assert(not pcall(string.find, ('a'):rep(200), '.-.-.-b'))");
    char text[256];
    memset(text, ' ', sizeof text);
    assert_int_equal(sandbox_load(sandbox, text, 200, "a"), OC_OK);
    assert_int_equal(sandbox_load(sandbox, text, 201, "a"), OC_E_INVALID);
    int kept = 2; /* test.lua and a; the same name again takes no room */
    for (; kept < SANDBOX_MODULES_MAX; kept++) {
        snprintf(text, sizeof text, "m%d", kept);
        assert_int_equal(sandbox_load(sandbox, " ", 1, text), OC_OK);
    }
    assert_int_equal(sandbox_load(sandbox, " ", 1, "one_more"), OC_E_INVALID);
    assert_int_equal(sandbox_load(sandbox, " ", 1, "m9"), OC_OK);
    sandbox_free(sandbox);
}

static void the_heap_is_capped(void **unused)
{
    (void)unused;
    struct sandbox_limits limits = {.heap_max_bytes = 1 << 20};
    struct sandbox *sandbox = fresh(&limits);
    size_t before = sandbox_heap_bytes(sandbox);
    must_load(sandbox, "s = ('x'):rep(500000)");
    assert_in_range(sandbox_heap_bytes(sandbox), before + 500000, 1 << 20);
    must_load(sandbox, "s = nil for i = 1, 100 do local t = ('x'):rep(500000) .. i end"); /* freed in between */
    assert_int_equal(load(sandbox, "a = {}\nfor i = 1, 3 do\n  a[i] = ('x'):rep(500000) .. i\nend"), OC_E_NOMEM);
    const struct sandbox_error *error = sandbox_error_last(sandbox);
    assert_int_equal(error->kind, SANDBOX_ERROR_MEMORY);
    assert_int_equal(error->line, 3);
    assert_true(sandbox_is_stopped(sandbox));
    lua_pushstring(sandbox_lua(sandbox), "the host still has its reserve");
    lua_pop(sandbox_lua(sandbox), 1);
    assert_int_equal(load(sandbox, "x = 1"), OC_E_STATE);
    sandbox_free(sandbox);
}

/* Blocks of every size around the largest that comes from a chunk: what is dropped serves again, however often. */
static void what_is_dropped_serves_again(void **unused)
{
    (void)unused;
    struct sandbox_limits limits = {.heap_max_bytes = 1 << 20};
    struct sandbox *sandbox = fresh(&limits);
    must_load(sandbox, "for size = 980, 1020 do\n"
                       "  for i = 1, 4000 do local t = ('x'):rep(size) end\n"
                       "end\n"
                       "s = ('x'):rep(500000)");
    sandbox_free(sandbox);
}

static const char busy[] =
    "local t = {} for i = 1, 30 do t[i] = ('k' .. i):upper() .. i t['x' .. i] = {i} end\n"
    "local co = coroutine.wrap(function() coroutine.yield(table.concat(t, ',')) end) co()\n"
    "for k, v in pairs(t) do t[k] = tostring(v) end table.sort(t)\n"
    "local s = ('a b c'):gsub('%w', function(c) return c .. c end) string.format('%s %d', s, 7)\n"
    "setmetatable({}, {__index = t}) pcall(error, 'x') local r = require 'lib.util' "
    "print(r.twice(2))\n";

/* Fails each allocation in turn; what the sandbox does with it must be a clean error, with nothing
 * lost. */
static void every_allocation_may_fail(void **unused)
{
    (void)unused;
    bool is_done = false;
    uint64_t nth = 1;
    for (; !is_done && nth < 10000; nth++) {
        struct sandbox_limits limits = {.allocs_max = nth};
        struct sandbox *sandbox;
        oc_rc rc = sandbox_new(&limits, 1, &sandbox);
        if (rc < 0) {
            assert_int_equal(rc, OC_E_NOMEM);
            continue;
        }
        sandbox_set_require(sandbox, give_module, NULL);
        rc = load(sandbox, busy);
        if (rc < 0)
            assert_int_equal(rc, OC_E_NOMEM);
        is_done = rc == OC_OK;
        sandbox_free(sandbox);
    }
    assert_true(is_done);
    assert_in_range(nth, 400, 9999);
}

static void the_deadline_needs_a_watchdog(void **unused)
{
    (void)unused;
    if (!SIGNALS_ARRIVE) {
        print_message("skipped: no signals under this sanitizer\n");
        return;
    }
    struct sandbox_watchdog *watchdog;
    struct sandbox_limits limits = {.deadline_ms = 20};
    assert_int_equal(sandbox_watchdog_start(0, &watchdog), OC_E_INVALID);
    assert_int_equal(sandbox_watchdog_start(2000, &watchdog), OC_OK);
    struct sandbox *sandbox = fresh(&limits);
    static const char text[] = "local x = 0 for i = 1, 4e7 do x = x + i end";
    must_load(sandbox, text); /* replay: no watchdog, no end */
    sandbox_attach(sandbox, watchdog);
    int64_t before = env_clock_cpu();
    assert_int_equal(load(sandbox, "local n = 5\nwhile true do n = 6 end"), OC_E_LIMIT);
    int64_t took_ms = (env_clock_cpu() - before) / 1000000;
    const struct sandbox_error *error = sandbox_error_last(sandbox);
    assert_int_equal(error->kind, SANDBOX_ERROR_DEADLINE);
    assert_int_equal(error->line, 2);
    assert_string_equal(error->source_line, "while true do n = 6 end");
    assert_string_equal(error->locals, "n = 6\n");
    print_message("deadline 20 ms: stopped after %d ms of CPU time\n", (int)took_ms);
    assert_true(took_ms >= 18);
    sandbox_free(sandbox);

    limits.deadline_ms = 0;
    sandbox = fresh(&limits);
    sandbox_attach(sandbox, watchdog);
    must_load(sandbox, text);
    sandbox_free(sandbox);

    limits.deadline_ms = 20; /* many short calls are no long one */
    sandbox = fresh(&limits);
    sandbox_attach(sandbox, watchdog);
    must_load(sandbox, "function f() for i = 1, 1000 do end end");
    before = env_clock_cpu();
    while (env_clock_cpu() - before < 100 * 1000000) {
        lua_getglobal(sandbox_lua(sandbox), "f");
        assert_int_equal(sandbox_call(sandbox, 0, 0), OC_OK);
    }
    sandbox_free(sandbox);
    sandbox_watchdog_stop(watchdog);
    sandbox_watchdog_stop(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_takes_and_gives_values),
        cmocka_unit_test(an_error_tells_its_place_and_values),
        cmocka_unit_test(an_error_is_bounded),
        cmocka_unit_test(print_goes_to_the_host),
        cmocka_unit_test(require_asks_the_host_once),
        cmocka_unit_test(the_host_adds_tables),
        cmocka_unit_test(two_runs_are_one),
        cmocka_unit_test(only_numbers_are_compared),
        cmocka_unit_test(chance_is_that_of_its_seed),
        cmocka_unit_test(pairs_has_an_order),
        cmocka_unit_test(sort_is_stable),
        cmocka_unit_test(limits_hold_at_the_byte),
        cmocka_unit_test(the_heap_is_capped),
        cmocka_unit_test(what_is_dropped_serves_again),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(the_deadline_needs_a_watchdog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
