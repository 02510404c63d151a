/* library_walk_test.c: calls of the library drawn by seed, with arguments that fit and that do not, answer as those of the system's:
 * values, tables that were changed, and errors. */
#include "script/sandbox.h"

#include <lualib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

enum { CALLS = 30000, ARGUMENTS_MAX = 5 };

/* Each text is of one function; the digits name the kinds of its arguments: what it wants, most of the time. */
static const struct {
    const char *name;
    const char *kinds; /* s text, p position, n number, t list, c small count, a anything, f order, o format */
} functions[] = {
    {"string.byte", "spp"},  {"string.sub", "spp"},    {"string.rep", "scs"},    {"string.upper", "s"},
    {"string.lower", "s"},   {"string.reverse", "s"},  {"string.len", "s"},      {"string.format", "oaaa"},
    {"string.char", "ccc"},  {"string.find", "sspa"},  {"table.concat", "tspp"}, {"table.insert", "tpa"},
    {"table.insert", "ta"},  {"table.remove", "tp"},   {"table.remove", "t"},    {"table.unpack", "tpp"},
    {"table.pack", "aaa"},   {"table.move", "tpppt"},  {"table.move", "tppp"},   {"table.sort", "t"},
    {"table.sort", "tf"},    {"math.abs", "n"},        {"math.ceil", "n"},       {"math.floor", "n"},
    {"math.fmod", "nn"},     {"math.max", "nnn"},      {"math.min", "nnn"},      {"math.modf", "n"},
    {"math.tointeger", "a"}, {"math.type", "a"},       {"math.ult", "nn"},       {"math.sqrt", "n"},
    {"select", "paaa"},      {"tonumber", "ac"},       {"tonumber", "a"},        {"tostring", "a"},
    {"type", "a"},           {"rawequal", "aa"},       {"rawlen", "a"},          {"rawget", "ta"},
    {"next", "tp"},          {"utf8.char", "cc"},      {"utf8.len", "spp"},      {"utf8.codepoint", "spp"},
    {"utf8.offset", "spp"},  {"string.packsize", "k"}, {"string.pack", "knn"},   {"string.unpack", "ksp"},
    {"ipairs", "t"},         {"assert", "aa"},         {"error", "ac"},          {"pcall", "ga"},
    {"setmetatable", "tt"},  {"getmetatable", "a"},
};

static const char *const texts[] = {"''",     "'a'",   "'abc'",   "'aBc1'",       "'a\\0b'",  "'10'",      "'0x1F'",
                                    "' 7 '",  "'1e2'", "'zz'",    "'-'",          "', '",     "'\\u{e4}'", "'x\\xffy'",
                                    "'7fff'", "'-9'",  "'1_000'", "'\\u{20ac}z'", "'abcabc'", "'9.5e-3'"};
static const char *const numbers[] = {"0",
                                      "1",
                                      "-1",
                                      "2",
                                      "3",
                                      "7",
                                      "-7",
                                      "10",
                                      "2.0",
                                      "0.5",
                                      "-0.5",
                                      "2.5",
                                      "-2.5",
                                      "1e15",
                                      "1e300",
                                      "-0.0",
                                      "1/0",
                                      "-1/0",
                                      "0/0",
                                      "math.maxinteger",
                                      "math.mininteger",
                                      "2^53",
                                      "2^63",
                                      "'12'",
                                      "'0x10'",
                                      "5.0",
                                      "-5.0",
                                      "3.7",
                                      "-3.7",
                                      "100"};
static const char *const positions[] = {"0",  "1",  "2", "3",  "4",   "5",   "-1",  "-2",
                                        "-3", "-4", "7", "-7", "1.0", "1.5", "'2'", "nil"};
static const char *const counts[] = {"0",  "1",  "2",   "3",   "10",  "16",  "36", "37",
                                     "65", "97", "122", "127", "255", "256", "-1", "2.0"};
static const char *const lists[] = {"{}",
                                    "{1}",
                                    "{1, 2, 3}",
                                    "{3, 1, 2}",
                                    "{'b', 'a', 'c'}",
                                    "{1, nil, 3}",
                                    "{1, 2, 3, 4, 5, 6, 7}",
                                    "{5, 4, 3, 2, 1}",
                                    "{2.5, 1, 'x'}",
                                    "{1, 2, n = 9}",
                                    "{true}",
                                    "{{}, 1}",
                                    "{1.5, 2.5}",
                                    "{9, 8, 7, 6, 5, 4, 3, 2, 1, 0, 12, 11, 10, 15, 14, 13, 20, 19, 18, 17}"};
static const char *const orders[] = {"function(a, b) return a > b end",
                                     "function(a, b) return tostring(a) < tostring(b) end", "nil", "1"};
static const char *const functions_to_call[] = {"tostring", "type", "error", "math.abs", "string.upper", "nil", "5"};
static const char *const formats[] = {
    "'%d'",     "'%5d|%-5d'", "'%05d'",  "'%+d % d'",  "'%x %X'", "'%#x'",  "'%o'", "'%c'",
    "'%.3f'",   "'%10.2f|'",  "'%e'",    "'%g'",       "'%G'",    "'%i'",   "'%u'", "'%s'",
    "'%10s|'",  "'%-10s|'",   "'%.2s'",  "'%q'",       "'%%'",    "'%'",    "'%5'", "'%y'",
    "'%123d'",  "'%.123f'",   "'%s %s'", "'%d %s %g'", "'a%db'",  "'%.0f'", "'%a'", "'%-+5d|'",
    "'%.10s|'", "'%99d'",     "'%.99f'", "'%100d'",    "'%1.1d'", "'%.20s'"};
static const char *const packs[] = {"'i4'", "'>i2'", "'<I8'",  "'b'", "'B'",        "'h'",   "'j'",
                                    "'n'",  "'d'",   "'s1'",   "'z'", "'!4 i1 i4'", "'i17'", "'i3'",
                                    "'x'",  "'=I2'", "'i1i1'", "'q'", "''",         "'s'",   "'f'"};

static uint64_t state;

static unsigned draw(unsigned below)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(state >> 33) % below;
}

#define ONE_OF(list) list[draw(sizeof(list) / sizeof *(list))]

static const char *argument_of(char kind)
{
    if (draw(12) == 0) /* anything: what does not fit has its own words */
        kind = "spto"[draw(4)];
    switch (kind) {
    case 's':
        return ONE_OF(texts);
    case 'p':
        return ONE_OF(positions);
    case 'n':
        return ONE_OF(numbers);
    case 'c':
        return ONE_OF(counts);
    case 't':
        return ONE_OF(lists);
    case 'f':
        return ONE_OF(orders);
    case 'g':
        return ONE_OF(functions_to_call);
    case 'o':
        return ONE_OF(formats);
    case 'k':
        return ONE_OF(packs);
    default:
        return draw(4) == 0 ? "nil" : draw(3) == 0 ? "true" : draw(2) ? ONE_OF(numbers) : ONE_OF(texts);
    }
}

/* What it answers, and the lists that it was given, as one text. */
static const char frame[] =
    "local function show(v, deep)\n"
    "  if type(v) == 'function' then return 'function' end\n"
    "  if type(v) ~= 'table' then return math.type(v) == 'integer' and 'i' .. v or type(v) == 'string' and '\"' .. v "
    ".. '\"' or\n"
    "    v ~= v and 'nan' or tostring(v) end\n"
    "  if deep then return '{..}' end\n"
    "  local out, keys = {}, {}\n"
    "  for k in next, v do keys[#keys + 1] = k end\n"
    "  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)\n"
    "  for _, k in ipairs(keys) do out[#out + 1] = show(k, true) .. '=' .. show(rawget(v, k), true) end\n"
    "  return '{' .. table.concat(out, ' ') .. '}'\n"
    "end\n"
    "function try(f, count, ...)\n"
    "  local r, given, out = table.pack(pcall(f, ...)), table.pack(...), {}\n"
    "  if r[1] then for i = 2, r.n do out[#out + 1] = show(r[i]) end\n"
    "  else out[1] = 'error ' .. (type(r[2]) == 'string' and r[2]:gsub('^.-:%d+: ', ''):gsub(\"to '[%w.?]+'\", 'to "
    "it') or show(r[2])) end\n"
    "  for i = 1, given.n do if type(given[i]) == 'table' then out[#out + 1] = show(given[i]) end end\n"
    "  return table.concat(out, ', ')\n"
    "end\n";

static void make_call(char *text, size_t size, size_t *ret_function)
{
    const size_t which = draw(sizeof functions / sizeof functions[0]);
    const char *kinds = functions[which].kinds;
    const size_t given = draw(5) ? strlen(kinds) : draw((unsigned)strlen(kinds) + 1);
    size_t used = (size_t)snprintf(text, size, "result = try(%s, %zu", functions[which].name, given);
    for (size_t i = 0; i < given; i++)
        used += (size_t)snprintf(text + used, size - used, ", %s", argument_of(kinds[i]));
    snprintf(text + used, size - used, ")");
    *ret_function = which;
}

/* What is meant to be other than the system's: limits, what a text names, arguments that are checked before they are needed, and words. */
static bool is_meant(const char *call, const char *theirs, const char *own)
{
    static const struct {
        const char *function, *theirs, *own;
    } meant[] = {{"(next,", "invalid key", ""},
                 {"(getmetatable,", "", ""},
                 {"(table.remove,", "out of bounds", "out of bounds"},
                 {"(table.concat,", "invalid value (", "invalid value (a "},
                 {"(table.sort,", "", "function expected, got"},
                 {"(table.sort,", "attempt to compare", "attempt to compare"},
                 {"(table.move,", "", "table expected, got string"},
                 {"(math.m", "", "number expected, got"},
                 {"(string.format,", "", "invalid conversion '%"},
                 {"(string.", "error ", "result longer than"},
                 {"(pcall,", "false, \"bad argument", "false, \"bad argument"},
                 {"(", "table: ", "table: "},
                 {"(string.format,", "contains zeros", "contains zeros"}};
    for (size_t i = 0; i < sizeof meant / sizeof meant[0]; i++)
        if (strstr(call, meant[i].function) && strstr(theirs, meant[i].theirs) && strstr(own, meant[i].own))
            return true;
    return false;
}

static void calls_answer_as_those_of_the_system(void **unused)
{
    (void)unused;
    struct sandbox *sandbox;
    lua_State *stock = luaL_newstate();
    int differ = 0;
    luaL_openlibs(stock);
    assert_int_equal(luaL_dostring(stock, frame), LUA_OK);
    assert_int_equal(sandbox_new(NULL, 1, &sandbox), OC_OK);
    assert_int_equal(sandbox_load(sandbox, frame, sizeof frame - 1, "frame.lua"), OC_OK);
    state = 77;
    for (int i = 0; i < CALLS; i++) {
        char call[512];
        size_t which;
        make_call(call, sizeof call, &which);
        if (luaL_dostring(stock, call) != LUA_OK)
            fail_msg("%s: %s", call, lua_tostring(stock, -1));
        if (sandbox_load(sandbox, call, strlen(call), "call.lua") < 0)
            fail_msg("%s: %s", call, sandbox_error_last(sandbox)->message);
        lua_getglobal(stock, "result");
        lua_getglobal(sandbox_lua(sandbox), "result");
        const char *theirs = lua_tostring(stock, -1), *own = lua_tostring(sandbox_lua(sandbox), -1);
        if (strcmp(theirs, own) != 0 && !is_meant(call, theirs, own)) {
            print_error("%s\n  Lua:  %s\n  ours: %s\n", call, theirs, own);
            differ++;
        }
        lua_settop(stock, 0);
        lua_pop(sandbox_lua(sandbox), 1); /* below lies what is the sandbox's */
    }
    lua_close(stock);
    sandbox_free(sandbox);
    assert_int_equal(differ, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_answer_as_those_of_the_system),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
