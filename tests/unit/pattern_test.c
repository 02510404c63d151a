/* pattern_test.c: our pattern matcher against the one of the system, on seeded texts and patterns,
 * answers and errors alike; and string.format and table functions on the same ground. The two
 * states run one text each and compare what it returns. */
#include "script/sandbox.h"

#include <lualib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

enum { CASES = 20000, TEXT_MAX = 64, REPORT_MAX = 4096 };

static struct sandbox *ours;
static lua_State *stock;
static uint64_t state;
static int errors_seen;
static int matches_seen;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

static size_t make_text(char *text)
{
    static const char letters[] = "aaabbcAB01 .%[](){}-\n_x\xe9";
    size_t size = draw(24);
    for (size_t at = 0; at < size; at++)
        text[at] = draw(40) ? letters[draw(sizeof letters - 1)] : '\0';
    return size;
}

static void append(char *text, size_t *size, const char *part)
{
    size_t length = strlen(part);
    if (*size + length < TEXT_MAX) {
        memcpy(text + *size, part, length);
        *size += length;
    }
}

/* Mostly well formed, so that matching is reached; sometimes a stray byte. */
static size_t make_pattern(char *text)
{
    static const char *const items[] = {
        "a",   "b",    ".",    "%a",     "%d",     "%s",   "%w",   "%p",     "%x",      "%u",    "%l",    "%c",
        "%g",  "%A",   "%D",   "%S",     "%W",     "%.",   "%%",   "[abc]",  "[^a]",    "[a-c]", "[%d_]", "[^%s]",
        "[]]", "[^]]", "[a-]", "[%a-z]", "[%]]",   "%b()", "%bab", "%f[%w]", "%f[%a]",  "(",     ")",     "()",
        "(a)", "(.)",  "(.-)", "(a*)",   "%1",     "%2",   "%0",   "[",      "[a",      "%",     "%f",    "%b",
        "%bx", "$",    "^",    "(%w+)",  "(.)(.)", "%Z",   "[%",   "[^",     "%f[^%w]",
    };
    static const char *const suffixes[] = {"", "", "", "*", "+", "-", "?"};
    size_t size = 0;
    if (draw(6) == 0)
        append(text, &size, "^");
    for (unsigned left = draw(6); left > 0; left--) {
        append(text, &size, items[draw(sizeof items / sizeof *items)]);
        append(text, &size, suffixes[draw(7)]);
    }
    if (draw(8) == 0)
        append(text, &size, "$");
    if (draw(30) == 0 && size > 0)
        text[draw((unsigned)size)] = (char)draw(256);
    return size;
}

static size_t make_replacement(char *text)
{
    static const char *const parts[] = {"x", "%0", "%1", "%2", "%%", "<", ">", "%", "%a", ""};
    size_t size = 0;
    for (unsigned left = draw(4); left > 0; left--)
        append(text, &size, parts[draw(draw(4) ? 7 : 10)]);
    return size;
}

/* What the calls give, as text; both states run this. */
static const char harness[] =
    "local function show(...)\n"
    "  local out = {}\n"
    "  for i = 1, select('#', ...) do local v = select(i, ...)\n"
    "    out[i] = type(v) == 'string' and #v .. ':' .. v or tostring(v) end\n"
    "  return table.concat(out, ',')\n"
    "end\n"
    "local function try(f, ...)\n"
    "  local r = table.pack(pcall(f, ...))\n"
    "  if not r[1] then return 'error ' .. (tostring(r[2]):gsub('^.-:%d+: ', '')) end\n"
    "  return show(table.unpack(r, 2, r.n))\n"
    "end\n"
    "function compare(text, pattern, replacement, init)\n"
    "  local out = {}\n"
    "  out[1] = try(string.find, text, pattern, init)\n"
    "  out[2] = try(string.match, text, pattern, init)\n"
    "  out[3] = try(string.gsub, text, pattern, replacement)\n"
    "  out[4] = try(string.gsub, text, pattern, function(...) return show(...) end)\n"
    "  out[5] = try(string.gsub, text, pattern, {a = 1, b = false, ab = 'AB'}, 3)\n"
    "  out[6] = try(function() local all = {} for a, b in text:gmatch(pattern) do all[#all + 1] = "
    "show(a, b) end return table.concat(all, ';') end)\n"
    "  out[7] = try(string.find, text, pattern, init, true)\n"
    "  return table.concat(out, '\\n')\n"
    "end\n";

static void push_case(lua_State *lua, const char *const texts[3], const size_t sizes[3], lua_Integer init)
{
    lua_getglobal(lua, "compare");
    for (int at = 0; at < 3; at++)
        lua_pushlstring(lua, texts[at], sizes[at]);
    lua_pushinteger(lua, init);
}

static void matcher_is_the_stock_one(void **unused)
{
    (void)unused;
    state = 20240601;
    for (int at = 0; at < CASES; at++) {
        char text[TEXT_MAX];
        char pattern[TEXT_MAX];
        char replacement[TEXT_MAX];
        const char *const texts[3] = {text, pattern, replacement};
        const size_t sizes[3] = {make_text(text), make_pattern(pattern), make_replacement(replacement)};
        lua_Integer init = (lua_Integer)draw(30) - 12;
        push_case(stock, texts, sizes, init);
        assert_int_equal(lua_pcall(stock, 4, 1, 0), LUA_OK);
        lua_State *lua = sandbox_lua(ours);
        push_case(lua, texts, sizes, init);
        assert_int_equal(sandbox_call(ours, 4, 1), OC_OK);
        size_t expected_size;
        size_t size;
        const char *expected = lua_tolstring(stock, -1, &expected_size);
        const char *result = lua_tolstring(lua, -1, &size);
        if (size != expected_size || memcmp(result, expected, size) != 0)
            fail_msg("case %d: text '%.*s' pattern '%.*s' replacement '%.*s' init "
                     "%d:\n%s\nexpected:\n%s",
                     at, (int)sizes[0], text, (int)sizes[1], pattern, (int)sizes[2], replacement, (int)init, result,
                     expected);
        errors_seen += strstr(expected, "error") != NULL;
        matches_seen += strncmp(expected, "nil", 3) != 0 && strncmp(expected, "error", 5) != 0;
        lua_pop(lua, 1);
        lua_pop(stock, 1);
    }
    assert_in_range(errors_seen, CASES / 20, CASES / 2);
    assert_true(matches_seen > CASES / 5);
}

/* The same text in both; each line returns one value. */
static const char *const lines[] = {
    "('%5d|%-5d|%05d|%+d|% d'):format(42, 42, 42, 42, 42)",
    "('%x %X %#x %o'):format(255, 255, 255, 8)",
    "('%5.2f|%e|%g|%G|%a'):format(3.14159, 12345.678, 1e20, 1e-10, 1.0)",
    "('%s|%10s|%-10s|%.2s'):format('abc', 'abc', 'abc', 'abc')",
    "('%q'):format('a\\n\\0b\\\"\\\\1\\r2')",
    "('%q %q %q %q'):format(1, 1.5, math.mininteger, 1/0)",
    "('%c%c'):format(65, 66)",
    "('%i %u'):format(3, 4)",
    "('%5s|%-8s'):format(true, nil)",
    "('%%'):format()",
    "('%d'):format('10')",
    "select(2, pcall(function() return ('%d'):format(1.5) end)):gsub('^.-:%d+: ', '')",
    "('abc'):rep(3, '-')",
    "('abc'):rep(0) .. ('abc'):rep(-1)",
    "('aBc'):upper() .. ('aBc'):lower() .. ('abc'):reverse()",
    "table.concat({1, 2.5, 'x'}, ', ')",
    "table.concat({}, 'x') .. table.concat({1, 2, 3}, '-', 2, 3)",
    "table.concat({1, 2, 3}, '', 3, 2)",
    "(function() local t = {1, 2, 3} table.insert(t, 4) table.insert(t, 1, 0) return "
    "table.concat(t, ' ') end)()",
    "(function() local t = {1, 2, 3} local a = table.remove(t) local b = table.remove(t, 1) return "
    "a .. b .. #t end)()",
    "(function() local t = {} local a = table.remove(t) return tostring(a) .. #t end)()",
    "tostring(pcall(table.insert, {1, 2}, 5, 1)) .. tostring(pcall(table.remove, {1, 2}, 5))",
    "tostring(pcall(table.remove, {1, 2}, 3)) .. tostring(pcall(table.insert, {1, 2}, 3, 1))",
    "(function() local t = {} for i = 0, 255 do for c in ('acdglpsuwxACDGLPSUWX'):gmatch('.') do if "
    "string.char(i):find('%' .. c) "
    "then t[#t + 1] = c .. i end end end return table.concat(t) end)()",
    "table.concat(table.move({1, 2, 3, 4}, 2, 4, 1), ' ')",
    "table.concat(table.move({1, 2, 3, 4}, 1, 3, 2), ' ')",
    "table.concat(table.move({1, 2}, 1, 2, 3, {8, 9}), ' ')",
    "(function() local t = {5, 2, 8, 1, 9, 3, 7, 4, 6, 0, 11, 10} table.sort(t) return "
    "table.concat(t, ' ') end)()",
    "(function() local t = {'b', 'a', 'C'} table.sort(t, function(a, b) return a > b end) return "
    "table.concat(t) end)()",
    "select('#', table.unpack({1, nil, 3}, 1, 3)) .. table.pack(1, nil).n",
    "math.floor(3.7) .. math.floor(-3.7) .. math.ceil(3.2) .. math.ceil(-3.2)",
    "math.type(1) .. math.type(1.0) .. tostring(math.type('1'))",
    "math.max(1, 2.5, 2) .. math.min(3, 1.5) .. math.abs(-4) .. math.abs(math.mininteger)",
    "math.fmod(7, 3) .. math.fmod(-7, 3) .. math.fmod(7, -3) .. math.fmod(5.5, 2)",
    "tostring(math.modf(3.7)) .. select(2, math.modf(-3.5)) .. tostring(math.modf(5))",
    "tostring(math.tointeger(3.0)) .. tostring(math.tointeger(3.5)) .. "
    "tostring(math.tointeger('8'))",
    "math.log(8, 2) .. math.log(1000, 10) .. math.sqrt(2) .. math.exp(0)",
    "tostring(math.ult(1, -1)) .. math.pi .. math.huge .. math.maxinteger",
    "math.floor(1e300) .. math.ceil(-0.5) .. math.floor(2^53)",
    "tostring(1e15) .. tostring(-0.0) .. tostring(1/0) .. tostring(2^63) .. 10 // 3 .. 10 / 2",
    "'10' + 5 .. '3' * '4'",
    "tostring(select(2, xpcall(error, function(e) return e .. '!' end, 'x')))",
    "select('#', xpcall(function(...) return ... end, print, 1, nil, 3))",
    "tostring(xpcall(function(...) return select('#', ...) end, print, 1, 2))",
    "(function() local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) return b * "
    "2 end) return co(1) .. co(10) end)()",
    "(function() local co = coroutine.create(function() local ok, v = pcall(function() return "
    "coroutine.yield(1) + 1 end) return v end) coroutine.resume(co) return select(2, "
    "coroutine.resume(co, 5)) end)()",
    "(function() local co = coroutine.create(function() return select(2, xpcall(function() "
    "coroutine.yield() error('e', 0) end, function(e) return e .. '!' end)) end) "
    "coroutine.resume(co) return select(2, coroutine.resume(co)) end)()",
    "(function() local co = coroutine.create(error) local ok, e = coroutine.resume(co, 'x') return "
    "tostring(ok) .. e .. coroutine.status(co) .. tostring(coroutine.resume(co)) end)()",
    "(function() local co co = coroutine.create(function() return coroutine.status(co) end) return "
    "coroutine.status(co) .. select(2, coroutine.resume(co)) .. coroutine.status(co) end)()",
    "tostring(coroutine.isyieldable()) .. tostring(select(2, coroutine.running()))",
    "string.pack('>i4', 7):byte(4) .. string.unpack('<i2', '\\1\\2') .. string.packsize('i4i8')",
    "('abcdefghi'):gsub('(.)(.)(.)(.)(.)(.)(.)(.)(.)', '%9%8%1%0')",
    "tostring(('(a'):find('%b(\\0')) .. tostring(('(a\\0b'):find('%b(\\0')) .. tostring(('x(a)'):find('%b()', 2))",
    "utf8.char(228, 8364) .. utf8.len('\\u{e4}')",
    "(function() local t = setmetatable({}, {__pairs = function(t) return function(_, k) if not k "
    "then return 1, 2 end end, t, nil end}) for k, v in pairs(t) do return k + v end end)()",
};

static void library_is_the_stock_one(void **unused)
{
    (void)unused;
    for (size_t at = 0; at < sizeof lines / sizeof *lines; at++) {
        char text[1024];
        snprintf(text, sizeof text, "result = tostring(%s)", lines[at]);
        if (luaL_dostring(stock, text))
            fail_msg("stock: %s: %s", lines[at], lua_tostring(stock, -1));
        if (sandbox_load(ours, text, strlen(text), "line.lua") < 0)
            fail_msg("%s: %s", lines[at], sandbox_error_last(ours)->message);
        lua_getglobal(stock, "result");
        lua_getglobal(sandbox_lua(ours), "result");
        if (strcmp(lua_tostring(stock, -1), lua_tostring(sandbox_lua(ours), -1)) != 0)
            fail_msg("%s: '%s', expected '%s'", lines[at], lua_tostring(sandbox_lua(ours), -1),
                     lua_tostring(stock, -1));
        lua_pop(stock, 1);
        lua_pop(sandbox_lua(ours), 1);
    }
}

static int setup(void **unused)
{
    (void)unused;
    stock = luaL_newstate();
    if (!stock)
        return -1;
    luaL_openlibs(stock);
    if (luaL_dostring(stock, harness) || sandbox_new(NULL, 1, &ours) < 0)
        return -1;
    return sandbox_load(ours, harness, sizeof harness - 1, "harness.lua") < 0 ? -1 : 0;
}

static int teardown(void **unused)
{
    (void)unused;
    lua_close(stock);
    sandbox_free(ours);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matcher_is_the_stock_one),
        cmocka_unit_test(library_is_the_stock_one),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
