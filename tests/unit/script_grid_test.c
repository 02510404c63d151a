/* script_grid_test.c: functions of the sandbox's library over grids of arguments, each call in the stock Lua too: the same values,
 * or an error in both. What it answers on purpose otherwise (%p, tables as text) is not in the grids. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include <lauxlib.h>
#include <lualib.h>

#include "script/sandbox.h"

/* grid(f, lists...): a line for each choice of one argument a list; none at the end is none, not nil. */
static const char harness[] =
    "none = {}\n"
    "local function show(v)\n"
    "  if type(v) == 'string' then return #v .. ':' .. v end\n"
    "  if type(v) == 'table' then local o = {} for i = -2, 12 do o[#o + 1] = show and tostring(rawget(v, i)) end "
    "return "
    "'{' .. table.concat(o, ',') .. '}' end\n"
    "  if type(v) == 'function' then return 'function' end\n"
    "  if v ~= v then return 'nan' end\n"
    "  return tostring(v)\n"
    "end\n"
    "function answer(ok, ...)\n"
    "  if not ok then return 'error' end\n"
    "  local out = {}\n"
    "  for i = 1, select('#', ...) do out[i] = show((select(i, ...))) end\n"
    "  return table.concat(out, ' ')\n"
    "end\n"
    "function grid(f, ...)\n"
    "  local lists, args, lines = { ... }, {}, {}\n"
    "  local function fill(at)\n"
    "    if at > #lists then\n"
    "      local n = #lists\n"
    "      while n > 0 and args[n] == none do n = n - 1 end\n"
    "      local given, said = {}, {}\n"
    "      for i = 1, n do if args[i] ~= none then given[i] = args[i] end said[i] = show(given[i]) end\n"
    "      lines[#lines + 1] = table.concat(said, '; ') .. ' -> ' .. answer(pcall(f, table.unpack(given, 1, n)))\n"
    "      return\n"
    "    end\n"
    "    local list = lists[at]\n"
    "    for i = 1, #list do args[at] = list[i] fill(at + 1) end\n"
    "  end\n"
    "  fill(1)\n"
    "  return lines\n"
    "end\n"
    "places = { math.mininteger, -5, -4, -3, -1, 0, 1, 2, 3, 4, 6, math.maxinteger, 2.0, 2.5, '2', 'x', none }\n"
    "texts = { '', 'a', 'abcd', 'a\\0b', 'Hello, World 9', 12, 1.5, true, none }\n"
    "numbers = { 0, 1, -1, 2, 3, 7, -8, 0.5, -0.5, 2.5, -2.5, 3.0, 1e15, 2^53, 2^63, -2^63, 1e308, 1/0, -1/0, 0/0, "
    "math.maxinteger, math.mininteger, '10', '0x10', '1e1', 'x', '', none }\n"
    "reals = { 0, -0.0, 1, 2.5, 1/0, 0/0, math.maxinteger, math.mininteger, 2^63, none }\n"
    "function tables() return { {}, { 1 }, { 1, 2, 3, 4, 5 }, { 'a', 'b', 7, 1.5 } } end\n"
    "function copied(f) return function(t, ...) local c = {} for i, v in ipairs(t) do c[i] = v end return "
    "c, f(c, ...) end end\n";

static const char *const grids[] = {
    "grid(string.sub, texts, places, places)",
    "grid(string.byte, texts, places, places)",
    "grid(string.rep, texts, { -1, 0, 1, 2, 3, 2.0, 2.5, 'x', none }, { '', ',', '--', 5, none })",
    "grid(string.len, texts)",
    "grid(string.reverse, texts)",
    "grid(string.upper, texts)",
    "grid(string.lower, texts)",
    "(function() local all = {} for i = 0, 255 do all[i + 1] = string.char(i) end return grid(function(c) return "
    "c:upper(), "
    "c:lower(), c:reverse(), c:byte() end, all) end)()",
    "grid(string.char, { 0, 65, 255, 256, -1, '66', 67.0, 2.5, 'x', none }, { 0, 65, 255, 256, none })",
    "grid(string.find, texts, { '', 'a', 'l', '.', '%', 'W', 'ab', 'abcde', '[', 12, none }, places, { true, false, "
    "none })",
    "grid(string.match, texts, { '', '(a)', '()', '.-$', '^%a+', '%d', '(', none }, places)",
    "grid(string.gsub, texts, { '', 'a', '%w', '(.)(.)', '[', none }, { '', 'x', '%0', '%1', '%2', '%%', '%', 5, { a = "
    "1, "
    "b = false }, function(c) return c ~= 'b' and c .. c or nil end, true }, { -1, 0, 1, 2, 1.0, none })",
    "grid(function(s, p) local o = {} for a, b in s:gmatch(p) do o[#o + 1] = tostring(a) .. tostring(b) end return "
    "table.concat(o, '|') end, texts, { '', 'a', '%w', '()%w', '(%w)(%w)', '[' })",
    "grid(tostring, { 0, -0.0, 1.0, 1e15, 1e16, 1e100, 2^63, -1.5, 0.1, 1/0, -1/0, 123456789012, true, false, 'x', "
    "none })",
    "grid(tonumber, { '10', '0x1F', '0X1f', '1e2', ' 5 ', '5x', '', ' ', 'z', 'Z', 'ff', '-ff', '- 1', '0x', '1 2', "
    "'\\t7\\n', '11', '8', '0x1p4', '1.', '.5', '.', '1e', '9223372036854775807', '9223372036854775808', "
    "'-9223372036854775808', '0xffffffffffffffffff', 'inf', 'nan', 'zz', '1\\0', 5, 5.5, true, none }, { 1, 2, 8, 10, "
    "16, 35, "
    "36, 37, 16.0, '16', 2.5, none })",
    "grid(math.floor, numbers)",
    "grid(math.ceil, numbers)",
    "grid(math.abs, numbers)",
    "grid(math.tointeger, numbers)",
    "grid(math.type, numbers)",
    "grid(math.sqrt, { 0, 1, 4, 2, 2.25, -1, '9', 'x', none })",
    "grid(math.fmod, numbers, numbers)",
    "grid(math.modf, numbers)",
    "grid(math.max, reals, reals, reals)",
    "grid(math.min, reals, reals, reals)",
    "grid(math.ult, numbers, numbers)",
    "grid(function(a, b) return a + b, a - b, a * b end, numbers, numbers)",
    "grid(function(a, b) return a // b, a % b end, numbers, numbers)",
    "grid(function(a, b) return a & b, a | b, a ~ b, ~a end, numbers, numbers)",
    "grid(function(a, b) return a << b, a >> b end, numbers, { 0, 1, -1, 63, 64, -64, 2.0, 2.5 })",
    "grid(function(a, b) return a < b, a <= b, a == b end, numbers, numbers)",
    "grid(function(a, b) return a < b, a <= b, a == b end, texts, texts)",
    "grid(function(a, b) return a .. b end, texts, texts)",
    "grid(table.concat, tables(), { '', ', ', 5, none }, places, { -1, 0, 1, 2, 3, 5, 6, none })",
    "grid(copied(table.insert), tables(), { -1, 0, 1, 2, 3, 5, 6, 7, 2.0, 2.5, 'x', none }, { 'new', none })",
    "grid(copied(table.remove), tables(), { -1, 0, 1, 2, 3, 5, 6, 7, 2.0, 2.5, 'x', none })",
    "grid(table.unpack, tables(), { -1, 0, 1, 2, 5, 6, 2.0, 'x', none }, { -1, 0, 1, 3, 5, 7, none })",
    "grid(copied(table.move), tables(), { -1, 1, 2, 5, 6 }, { 0, 1, 3, 5, 6 }, { -1, 1, 2, 4 })",
    "grid(function(f, e, t) return table.move({ 1, 2, 3, 4, 5 }, f, e, t, { 9, 8 }) end, { 1, 2, 5 }, { 0, 1, 3, 5 }, "
    "{ 1, 2, 4 })",
    "grid(function(...) return table.pack(...).n end, { 1, none }, { 2, none }, { 3, none })",
    "grid(copied(function(c, down) table.sort(c, down and function(a, b) return a > b end or nil) end), { {}, { 1 }, { "
    "2, 1 }, "
    "{ 5, 2, 8, 1, 9, 3, 7, 4, 6, 0 }, { 'b', 'a', 'C', '' }, { 1, 'x' }, { 3, 3, 1, 1, 2 } }, { true, false })",
    "grid(select, { '#', -4, -3, -1, 0, 1, 2, 3, 4, 2.0, 2.5, '2', 'x', none }, { 'a', none }, { 'b', none }, { 'c', "
    "none })",
    "grid(function(...) return utf8.char(...) end, { 0, 65, 0x7f, 0x80, 0x7ff, 0x800, 0xffff, 0x10000, 0x10ffff, "
    "0x110000, "
    "0x7fffffff, 0x80000000, -1, 'x', none }, { 66, none })",
    "grid(utf8.codepoint, { '', 'abc', 'a\\u{e4}\\u{20ac}\\u{10348}', '\\xff', 'a\\x80', '\\xc0\\x80', "
    "'\\xed\\xa0\\x80' }, places, "
    "{ -1, 1, 2, 4, 9, none }, { true, false, none })",
    "grid(utf8.len, { '', 'abc', 'a\\u{e4}\\u{20ac}\\u{10348}', '\\xff', 'a\\x80', '\\xf8\\x88\\x80\\x80\\x80' }, "
    "places, { -1, 0, 1, 2, "
    "4, 9, none }, { true, none })",
    "grid(utf8.offset, { '', 'abc', 'a\\u{e4}\\u{20ac}\\u{10348}', '\\x80' }, { -4, -2, -1, 0, 1, 2, 4, 5, 6, 'x', "
    "none }, places)",
    "grid(function(s, lax) local o = {} for p, c in utf8.codes(s, lax) do o[#o + 1] = p .. '=' .. c end return "
    "table.concat(o, "
    "' ') end, { '', 'abc', 'a\\u{e4}\\u{20ac}', '\\xff', 'a\\x80', '\\u{7fffffff}' }, { true, none })",
    "grid(string.pack, { 'b', 'B', 'h', 'H', 'i', 'i1', 'i3', 'i8', 'i16', 'i17', 'I3', '<i4', '>i4', '=i4', '!4 i8', "
    "'l', 'j', "
    "'J', 'T', 'f', 'd', 'n', 's', 's1', 'z', 'c3', 'x', 'xi', 'Xi4', 'bXi4i4', ' ', 'q', '' }, { 0, 1, -1, 127, 128, "
    "255, 256, "
    "1.5, 2.0, math.maxinteger, 'ab', 'abcd', 'a\\0', '7', none }, { 5, none })",
    "grid(string.unpack, { 'b', 'B', '<h', '>h', '<i3', '>I4', '<i16', 'j', '<d', 's1', 'z', 'c2', 'xb', '!2 bXh h', "
    "'c0', "
    "'i17', 'q' }, { '', '\\1', '\\xff\\xfe\\xfd\\xfc', '\\2ab\\0cd', ('\\1'):rep(16), ('\\xff'):rep(16), "
    "('\\0'):rep(15) .. '\\1' }, "
    "{ -2, 0, 1, 2, 4, 5, 99, none })",
    "grid(string.packsize, { 'b', 'i3', 'i16', 'i17', '!8 bi8', '!4 bi8', 'c10', 's', 'z', 'xxx', 'bXi4', 'd f', 'q', "
    "'' })",
    "grid(rawlen, { '', 'abc', {}, { 1, 2 }, 5, true, none })",
    "grid(rawequal, { 1, 1.0, 'a', true, none }, { 1, 'a', false, none })",
    "grid(type, { 1, 'a', true, {}, print, none })",
    "grid(function(t) local o = {} for i, v in ipairs(t) do o[#o + 1] = i .. '=' .. tostring(v) end return "
    "table.concat(o, ' ') "
    "end, { {}, { 1, 2, nil, 4 }, { 1, false, 3 }, setmetatable({}, { __index = function(_, i) if i < 4 then return i "
    "* i end "
    "end }), 'abc', 5 })",
    "grid(assert, { 1, false, 'x', none }, { 'why', 5, none })",
    "grid(function(...) return pcall(error, ...) end, { 'e', 5, true, none }, { 0, 1, 2, none })",
    "grid(setmetatable, { {}, 5, none }, { {}, 5, none })",
};

static lua_State *stock;
static struct sandbox *ours;

static int setup(void **state)
{
    (void)state;
    stock = luaL_newstate();
    luaL_openlibs(stock);
    if (luaL_dostring(stock, harness) || sandbox_new(NULL, 1, &ours) < 0)
        return -1;
    return sandbox_load(ours, harness, sizeof harness - 1, "harness.lua") < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    (void)state;
    lua_close(stock);
    sandbox_free(ours);
    return 0;
}

/* Both have left a list of lines in `result`. Returns how many differ. */
static int differ(const char *text, int *ret_count)
{
    lua_State *lua = sandbox_lua(ours);
    int differ = 0;
    char line[4096];
    snprintf(line, sizeof line, "result = %s", text);
    if (luaL_loadbuffer(stock, line, strlen(line), "=grid.lua") || lua_pcall(stock, 0, 0, 0))
        fail_msg("stock: %s: %s", text, lua_tostring(stock, -1));
    if (sandbox_load(ours, line, strlen(line), "grid.lua") < 0)
        fail_msg("%s: %s", text, sandbox_error_last(ours)->message);
    lua_getglobal(stock, "result");
    lua_getglobal(lua, "result");
    const int count = (int)lua_rawlen(stock, -1);
    assert_int_equal(count, (int)lua_rawlen(lua, -1));
    for (int i = 1; i <= count; i++) {
        size_t size, their_size;
        lua_rawgeti(stock, -1, i);
        lua_rawgeti(lua, -1, i);
        const char *theirs = lua_tolstring(stock, -1, &their_size), *own = lua_tolstring(lua, -1, &size);
        if (size != their_size || memcmp(theirs, own, size) != 0) {
            if (differ++ < 3)
                print_error("%.60s\n  Lua:  %s\n  ours: %s\n", text, theirs, own);
        }
        lua_pop(stock, 1);
        lua_pop(lua, 1);
    }
    lua_pop(stock, 1);
    lua_pop(lua, 1);
    *ret_count += count;
    return differ;
}

static void each_function_over_its_grid(void **state)
{
    (void)state;
    int bad = 0, count = 0;
    for (size_t i = 0; i < sizeof grids / sizeof grids[0]; i++)
        bad += differ(grids[i], &count);
    assert_int_equal(bad, 0);
    assert_true(count > 20000);
}

static void formats_over_their_grid(void **state)
{
    (void)state;
    static const char letters[] = "diouxXcaAeEfgGqsy";
    int bad = 0, count = 0;
    for (const char *letter = letters; *letter; letter++) {
        char text[1024];
        snprintf(text, sizeof text,
                 "grid(function(flags, width, precise, value) return ('<%%' .. flags .. width .. precise .. "
                 "'%c>'):format(value) end,\n"
                 "{ '', '-', '0', '+', ' ', '#', '-0', '+ ', '-+ #0', '00000' }, { '', '1', '5', '12', '99', '100' }, "
                 "{ '', '.', '.0', "
                 "'.3', '.12', '.99', '.100' },\n"
                 "{ %s1, -1, 42, 255, 0.5, -3.75, 1e20, 1/0, '10', 'x', 'a\\0b', ('y'):rep(99), ('y'):rep(100), "
                 "true })",
                 *letter, *letter == 'c' ? "" : "0, math.mininteger, "); /* a zero byte has no width */
        bad += differ(text, &count);
    }
    bad += differ(
        "grid(string.format, { '', '%', '%%', '%5', 'a%', '%d', '%d %d', '%1$d', '%ld', '%.d', '%s', '%q', '%\\0', "
        "'%5\\0' }, { 1, 'x\\ny\\r\\0001\\127\"\\\\', 1.5, 1/0, -1/0, 0/0, math.mininteger, true, none }, { 2, none })",
        &count);
    assert_int_equal(bad, 0);
    assert_true(count > 100000);
}

/* One line each, in both. */
static const char *const metatables[] = {
    "local mt = {} local t = setmetatable({}, mt) mt.__index = function(_, k) return k .. '!' end return t.x, "
    "getmetatable(t) == mt",
    "local mt = { __index = { a = 1 } } local t, u = setmetatable({}, mt), setmetatable({}, mt) mt.__index = { a = 2 } "
    "return t.a, "
    "u.a, rawget(mt, '__index').a",
    "local mt = {} setmetatable({}, mt) mt.x = 1 mt.y = nil mt[3] = 4 return rawget(mt, 'x'), rawget(mt, 'y'), "
    "rawget(mt, 3), mt.x",
    "local mt, log = {}, {} setmetatable(mt, { __newindex = function(t, k, v) rawset(t, k, v .. '?') end }) "
    "setmetatable({}, mt) "
    "mt.x = 'a' return mt.x",
    "local mt, other = {}, {} setmetatable(mt, { __newindex = other }) setmetatable({}, mt) mt.x = 'a' return "
    "rawget(mt, 'x'), other.x",
    "local mt = {} setmetatable(mt, { __newindex = function(t, k, v) rawset(t, k, v .. '?') end, __index = function(_, "
    "k) return k "
    "end, __len = function() return 7 end, __call = function(_, a) return a + 1 end }) setmetatable({}, mt) return "
    "mt.q, #mt, mt(1)",
    "local mt, own = {}, { __index = { z = 5 } } setmetatable(mt, own) setmetatable({}, mt) return getmetatable(mt) == "
    "own, mt.z",
    "local mt = {} setmetatable({}, mt) return getmetatable(mt)",
    "local mt = {} setmetatable({}, mt) setmetatable({}, mt) return getmetatable(mt)",
    "local mt, own = setmetatable({}, {}), {} setmetatable({}, mt) setmetatable(mt, own) setmetatable({}, mt) return "
    "getmetatable(mt) == own",
    "local mt, own = {}, { __index = { z = 5 } } setmetatable({}, mt) setmetatable(mt, own) return getmetatable(mt) == "
    "own, mt.z",
    "local mt, own = {}, { __index = { z = 5 } } setmetatable(mt, own) setmetatable({}, mt) setmetatable(mt, nil) "
    "return "
    "getmetatable(mt), mt.z",
    "local mt = {} setmetatable({}, mt) setmetatable(mt, nil) mt.x = 3 return mt.x, getmetatable(mt)",
    "local mt = {} setmetatable({}, mt) setmetatable(mt, { __newindex = function(t, k, v) rawset(t, k, v * 2) end }) "
    "mt.x = 4 "
    "setmetatable(mt, nil) mt.y = 4 return mt.x, mt.y",
    "local mt = { __metatable = 'locked' } local t = setmetatable({}, mt) return getmetatable(t), pcall(setmetatable, "
    "t, {}) == false",
    "local mt = { __metatable = false } local t = setmetatable({}, mt) return getmetatable(t), pcall(setmetatable, t, "
    "nil) == false",
    "local mt = {} mt.__index = mt mt.v = 8 setmetatable(mt, mt) return getmetatable(mt) == mt, setmetatable({}, mt).v",
    "local t = setmetatable({}, nil) return getmetatable(t), setmetatable(t, {}) == t, setmetatable(t, nil) == t, "
    "getmetatable(t)",
    "local a = setmetatable({}, { __add = function(x, y) return 'add' end, __unm = function() return 'unm' end, "
    "__concat = "
    "function() return 'cat' end, __eq = function() return true end, __lt = function() return true end, __le = "
    "function() return "
    "false end }) local b = setmetatable({}, getmetatable(a)) return a + 1, 1 + a, -a, a .. 'x', a == b, a < b, a <= "
    "b, a > b",
    "local t = setmetatable({}, { __tostring = function() return 'T' end, __name = 'N' }) return tostring(t)",
    "local t = setmetatable({}, { __close = function() done = 1 end }) do local x <close> = t end return done",
    "local m = { __index = function(t, k) return k end } local t = {} for i = 1, 30 do t[i] = setmetatable({}, m) end "
    "return t[7].q, "
    "t[30].r",
    "return rawset({}, 'print', 1).print, rawset({}, 5, 6)[5], rawget(rawset(_G, 'mine', 9), 'mine'), mine",
    "rawset(_G, 5, 'five') return _G[5]",
    "fresh = 3 fresh = 4 return fresh, _G.fresh, rawget(_G, 'fresh')",
    "fresh = nil return fresh, missing",
    "local t = { __gc = 1, __mode = 2 } return t.__gc, t.__mode",
    "local mt = {} setmetatable({}, mt) mt.__gcc = 1 mt.__m = 2 return mt.__gcc, mt.__m",
    "setmetatable(5, {})",
    "setmetatable({}, 5)",
    "setmetatable({})",
    "getmetatable()",
    "rawset(5, 1, 1)",
    "rawset({}, nil, 1)",
    "return getmetatable(5), getmetatable(true), getmetatable({})",
};

static void metatables_are_those_of_lua(void **state)
{
    (void)state;
    int bad = 0, count = 0;
    for (size_t i = 0; i < sizeof metatables / sizeof metatables[0]; i++) {
        char text[2048];
        snprintf(text, sizeof text, "{ answer(pcall(function() %s end)) }", metatables[i]);
        bad += differ(text, &count);
    }
    assert_int_equal(bad, 0);
}

static void refused(const char *text, const char *words)
{
    if (sandbox_load(ours, text, strlen(text), "refused.lua") == OC_OK)
        fail_msg("taken: %s", text);
    if (!strstr(sandbox_error_last(ours)->message, words))
        fail_msg("%s: %s", text, sandbox_error_last(ours)->message);
}

/* Finalisers and weak tables, however they come; the library; views. */
static void what_a_script_may_not_change(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "setmetatable({}, { %s = 'k' })",
        "local mt = {} setmetatable({}, mt) mt.%s = 'k'",
        "local mt = {} setmetatable({}, mt) rawset(mt, '%s', 'k')",
        "local mt = {} setmetatable({}, mt) setmetatable(mt, nil) mt.%s = 'k'",
        "local mt = {} setmetatable({}, mt) setmetatable(mt, {}) mt.%s = 'k'",
        "local mt = {} setmetatable({}, mt) setmetatable(mt, { __newindex = function() end }) mt.%s = 'k'",
        "local mt = setmetatable({}, { __newindex = {} }) setmetatable({}, mt) mt.%s = 'k'",
        "local mt = setmetatable({}, {}) setmetatable({}, mt) mt.%s = 'k'",
        "local mt = setmetatable({}, {}) setmetatable({}, mt) setmetatable({}, mt) rawset(mt, '%s', 'k')",
        "local mt = {} mt.__index = mt setmetatable(mt, mt) mt.%s = 'k'", /* it would be weak itself */
        "local mt = {} setmetatable({}, mt) setmetatable(mt, mt) mt.%s = 'k'",
        "local a, b = {}, {} setmetatable(a, b) setmetatable(b, a) a.%s = 'k'",
        "local a, b = {}, {} setmetatable(a, b) setmetatable(b, a) b.%s = 'k'",
    };
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++)
        for (int is_mode = 0; is_mode < 2; is_mode++) {
            char text[256], words[64];
            const char *name = is_mode ? "__mode" : "__gc";
            char *at = strstr(strcpy(text, ways[i]), "%s");
            snprintf(at, sizeof text - (size_t)(at - text), "%s%s", name, strstr(ways[i], "%s") + 2);
            snprintf(words, sizeof words, "%s is not allowed", name);
            refused(text, words);
        }
    refused("print = 1", "cannot assign 'print': it is part of the library");
    refused("_G.string = 1", "cannot assign 'string': it is part of the library");
    refused("rawset(_G, 'print', 1)", "cannot assign 'print': it is part of the library");
    refused("string.format = 1", "cannot assign field 'format' of a read-only table");
    refused("string.mine = 1", "cannot assign field 'mine' of a read-only table");
    refused("string[5] = 1", "cannot assign field 'number' of a read-only table");
    refused("string[5] = {}", "cannot assign field 'number' of a read-only table");
    refused("string[{}] = 1", "cannot assign field 'table' of a read-only table");
    refused("rawset(string, 'mine', 1)", "cannot change a read-only table");
    refused("setmetatable(string, {})", "cannot change a protected metatable");
    refused("setmetatable(_G, {})", "cannot change a protected metatable");
    static const char fine[] = "assert(getmetatable(string) == false and getmetatable(_G) == false and #string == 0)\n"
                               "assert(rawset({}, 'print', 1).print == 1 and string.format('%d', 1) == '1')";
    assert_int_equal(sandbox_load(ours, fine, sizeof fine - 1, "fine.lua"), OC_OK);
    static const char names[] =
        "local a, b, f = {}, {}, function() end\n" /* numbers in place of addresses */
        "local function p(v) return ('%p'):format(v) end\n"
        "assert(p(a) == p(a) and p(b) == p(b) and p(a) ~= p(b) and p(f) ~= p(a) and p(a):match('^%d+$'))\n"
        "assert(p(5) == '(null)' and p('x') == '(null)' and p(nil) == '(null)')\n"
        "assert(('<%8p>'):format(1) == '<  (null)>' and ('<%-8p>'):format(1) == '<(null)  >')\n"
        "assert(('%p %d %p'):format(1, 2, 3) == '(null) 2 (null)')\n"
        "assert(not pcall(string.format, '%p') and not pcall(string.format, '%.1p', 1))";
    assert_int_equal(sandbox_load(ours, names, sizeof names - 1, "names.lua"), OC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_function_over_its_grid),
        cmocka_unit_test(formats_over_their_grid),
        cmocka_unit_test(metatables_are_those_of_lua),
        cmocka_unit_test(what_a_script_may_not_change),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
