/* script_limit_test.c: A7: every limit of a script at its number and one beyond, and what C does for a script between two looks
 * at the stop: counted in units of work, never in time. */
#include "support/strategy_kit.h"

#include "script/sandbox_state.h"

static struct sandbox *fresh(uint64_t work_max)
{
    struct sandbox *sandbox;
    struct sandbox_limits limits = {.work_max = work_max};
    assert_int_equal(sandbox_new(&limits, 1, &sandbox), OC_OK);
    return sandbox;
}

static oc_rc run(struct sandbox *sandbox, const char *text)
{
    return sandbox_load(sandbox, text, strlen(text), "t.lua");
}

/* It works, and no stretch of it was long. Returns the units of work. */
static uint64_t works(const char *text)
{
    struct sandbox *sandbox = fresh(0);
    if (run(sandbox, text) < 0)
        print_message("%s\n", sandbox_error_last(sandbox)->message);
    assert_int_equal(sandbox_error_last(sandbox)->kind, SANDBOX_ERROR_NONE);
    uint64_t work = sandbox->work;
    assert_true(sandbox->work_longest <= WORK_STRETCH_MAX);
    sandbox_free(sandbox);
    return work;
}

static void fails(const char *text, const char *words)
{
    struct sandbox *sandbox = fresh(0);
    assert_true(run(sandbox, text) < 0);
    if (!strstr(sandbox_error_last(sandbox)->message, words))
        print_message("%s\n", sandbox_error_last(sandbox)->message);
    assert_non_null(strstr(sandbox_error_last(sandbox)->message, words));
    assert_true(sandbox->work_longest <= WORK_STRETCH_MAX);
    sandbox_free(sandbox);
}

/* The call has more work before it than it may do: it is stopped on its way, and knows how far it went. */
static void stops(const char *text, uint64_t work_max)
{
    struct sandbox *sandbox = fresh(work_max);
    assert_int_equal(run(sandbox, text), OC_E_LIMIT);
    assert_non_null(strstr(sandbox_error_last(sandbox)->message, "needs more work"));
    assert_true(sandbox->work <= work_max + WORK_STRETCH_MAX);
    assert_true(sandbox->work_longest <= WORK_STRETCH_MAX);
    assert_int_equal(sandbox_recover(sandbox), OC_OK);
    assert_int_equal(run(sandbox, "assert(1 + 1 == 2)"), OC_OK);
    sandbox_free(sandbox);
}

static void test_pattern(void **state)
{
    (void)state;
    _Static_assert(SANDBOX_PATTERN_MAX == 8192, "the texts below say so");
    works("local p = '[' .. ('x'):rep(8190) .. ']' assert(#p == 8192) for _, f in pairs { string.find, string.match } "
          "do\n"
          "assert(f('x', p)) end assert(('ax'):gsub(p, '') == 'a') for _ in ('x'):gmatch(p) do end");
    fails("('x'):find('[' .. ('x'):rep(8191) .. ']')", "pattern longer than 8192 bytes");
    fails("('x'):match(('x'):rep(8193))", "pattern longer than 8192 bytes");
    fails("('x'):gsub(('x'):rep(8193), '')", "pattern longer than 8192 bytes");
    fails("('x'):gmatch(('x'):rep(8193))", "pattern longer than 8192 bytes");
    fails("('x'):match(('()'):rep(33))", "too many captures");
    fails("assert(select('#', ('x'):match(('()'):rep(32))) == 32) error('as many')", "as many");
    fails("(('x'):rep(300)):match(('.?'):rep(300))", "pattern too complex");
    fails("assert(#(('x'):rep(190)):match(('.?'):rep(190)) == 190) error('as deep')", "as deep");
    /* A set costs what it has: a text of 30,000 bytes, each looked for in 8,000. */
    assert_true(works("(('a'):rep(5000)):gsub('[' .. ('x'):rep(8000) .. ']', '')") > 2 * 5000ull * 8000 / 16 * 9 / 10);
    fails("(('a'):rep(100000)):find('[' .. ('x'):rep(8000) .. ']')", "pattern needs more than");
    stops("(('a'):rep(30000)):gsub('[' .. ('x'):rep(8000) .. ']', '')", 1000000);
    stops("(('a'):rep(30000)):find('.-.-b')", 1000000);
}

/* What C does for a script is counted where it is done: walks, next, and comparing what was captured. */
static void test_work_is_counted(void **state)
{
    (void)state;
    const uint64_t list = works("local t = {} for i = 1, 200000 do t[i] = i end");
    const uint64_t begun = works("local t = {} for i = 1, 200000 do t[i] = i end for _ in pairs(t) do break end");
    const uint64_t walked = works("local t = {} for i = 1, 200000 do t[i] = i end for _ in pairs(t) do end");
    assert_in_range(begun - list, 190000, 210000); /* the keys are counted first */
    assert_in_range(walked - begun, 190000, 210000);
    const uint64_t keys = works("local t = {} for i = 1, 3000 do t['k' .. i] = i end");
    const uint64_t next =
        works("local t, k = {} for i = 1, 3000 do t['k' .. i] = i end for i = 1, 100 do k = next(t, k) end");
    assert_true(next - keys > 100 * 3000 * 2); /* each call looks at each key, and compares it */
    assert_true(next - keys < 100 * 3000 * 6);
    const uint64_t back = works("assert(not (('a'):rep(6401)):find('^(a+)%1$'))");
    assert_true(back > 3200 * 3200 / 2 / 64); /* captures of up to 3200 bytes, 64 a step */
}

static void test_plain_search(void **state)
{
    (void)state;
    const uint64_t absent = works("local t = ('a'):rep(300000)");
    assert_true(works("local t = ('a'):rep(300000) assert(not t:find('b', 1, true) and not t:find('ab', 1, true))") <
                absent + 2 * 6 * 1024); /* windows of 65,536 bytes, 64 a unit */
    works("for at = 65520, 65545 do local t = ('a'):rep(at) .. 'needle' .. ('a'):rep(200000)\n"
          "assert(t:find('needle', 1, true) == at + 1 and t:find('needle', at + 2, true) == nil) end");
    works("local s = ('a'):rep(1 << 20) assert((s .. 'b'):find('b', 1, true) == (1 << 20) + 1)\n"
          "assert((s .. s .. s):find(('a'):rep((1 << 20) - 1) .. 'b', 1, true) == nil)\n"
          "for at = 65530, 65542 do local t = ('a'):rep(at) .. 'bcd' .. ('a'):rep(70000) assert(t:find('bcd', 1, true) "
          "== at + 1) end\n"
          "assert(s:find(s, 1, true) == 1 and (''):find('', 1, true) == 1 and s:find('', 7, true) == 7)");
    fails("('x'):find(('a'):rep(1 << 20) .. 'a', 1, true)", "text to look for longer than 1048576 bytes");
}

static void test_values(void **state)
{
    (void)state;
    _Static_assert(SANDBOX_VALUES_MAX == 250000, "the texts below say so");
    works("assert(select('#', table.unpack({}, 1, 250000)) == 250000)");
    fails("table.unpack({}, 1, 250001)", "too many results");
    fails("table.unpack({}, math.mininteger, math.maxinteger)", "too many results");
    works("local s = ('a'):rep(300000) assert(select('#', s:byte(1, 250000)) == 250000 and s:byte(-1) == 97 and "
          "s:byte(300001) == nil)\n"
          "assert(select('#', s:byte(-250000, -1)) == 250000 and select('#', utf8.codepoint(s, 1, 250000)) == 250000)\n"
          "assert(s:byte(math.mininteger, 1) == 97 and select('#', s:byte(299999, math.maxinteger)) == 2)");
    works("local s = ('a'):rep(250000) assert(select('#', s:byte(-250000, -1)) == 250000)");
    fails("(('a'):rep(300000)):byte(-250001, -1)", "more than 250000 values");
    fails("(('a'):rep(300000)):byte(1, 250001)", "more than 250000 values");
    fails("(('a'):rep(300000)):byte(1, -1)", "more than 250000 values");
    fails("(('a'):rep(300000)):byte(math.mininteger, math.maxinteger)", "more than 250000 values");
    fails("utf8.codepoint(('a'):rep(300000), 1, 250001)", "more than 250000 values");
}

static void test_pack(void **state)
{
    (void)state;
    works("assert(#string.pack('c1048576', '') == 1048576 and string.packsize(('b'):rep(1024)) == 1024)");
    fails("string.pack('c1048577', '')", "result longer than 1048576 bytes");
    fails("string.pack('c99999999999999999999999', '')", "result longer than 1048576 bytes");
    fails("string.packsize('c2147483647')", "result longer than 1048576 bytes");
    fails("string.pack(('b'):rep(1025), 1)", "format longer than 1024 bytes");
}

static void test_text(void **state)
{
    (void)state;
    _Static_assert(SANDBOX_TEXT_MAX == 4 << 20, "the texts below say so");
    works("local s = ('x'):rep(1 << 20) s = s .. s s = s .. s assert(#s == 4 << 20)");
    fails("local s = ('x'):rep(1 << 20) s = s .. s s = s .. s s = s .. 'x'", "made a text longer than 4194304 bytes");
    fails("local s = ('x'):rep(1 << 20) s = s .. s s = s .. s pcall(function() s = s .. 'x' end)",
          "made a text longer");
    works("local s = ('\\x80'):rep(1 << 20) local f = utf8.codes('ab') assert(not pcall(f, s .. s, 1) and f('ab', 0) "
          "== 1)\n"
          "assert(utf8.len(('x'):rep(1 << 20)) == 1 << 20) for p, c in utf8.codes('a\\u{e9}') do assert(p <= 2 and c > "
          "96) end");
    fails("utf8.len(('x'):rep(1 << 20) .. 'x')", "text longer than 1048576 bytes");
    fails("utf8.offset(('x'):rep(1 << 20) .. 'x', 1)", "text longer than 1048576 bytes");
    fails("utf8.codes(('x'):rep(1 << 20) .. 'x')", "text longer than 1048576 bytes");
}

static char *repeated(const char *head, const char *part, int count, const char *tail)
{
    size_t size = strlen(part);
    char *text = malloc(strlen(head) + size * (size_t)count + strlen(tail) + 1);
    assert_non_null(text);
    char *at = stpcpy(text, head);
    for (int i = 0; i < count; i++)
        at = stpcpy(at, part);
    strcpy(at, tail);
    return text;
}

static void test_source(void **state)
{
    (void)state;
    _Static_assert(SANDBOX_JUMPS_MAX == 2000, "the texts below say so");
    char *text = repeated("while true do ", "break ", 2000, "end");
    works(text);
    free(text);
    text = repeated("while true do ", "break ", 2001, "end");
    fails(text, "more than 2000 goto and break");
    free(text);
    text = repeated("do ", "goto x; ", 2001, "::x:: end");
    fails(text, "more than 2000 goto and break");
    free(text);
    text = repeated("local breaks, goto_x, a_break = 1 ", "breaks = goto_x ", 3000, "");
    works(text);
    free(text);
    text = repeated("-- ", "x", (1 << 20) - 3, "");
    assert_true(works(text) >= 1 << 20);
    free(text);
    text = repeated("-- ", "x", (1 << 20) - 2, "");
    fails(text, "the text has more than 1048576 bytes");
    free(text);
}

/* 180 functions within each other, 190 locals in each, and a text full of names that are none of them: 34,000 comparisons a
 * name. The parser comes back every 32 bytes, so that it can be stopped. */
static char *deep_source(int names)
{
    size_t max = 1 << 20, size = 0;
    char *text = malloc(max);
    assert_non_null(text);
    for (int i = 0; i < 180; i++) {
        size += (size_t)snprintf(text + size, max - size, "local function f() local ");
        for (int k = 0; k < 190; k++)
            size += (size_t)snprintf(text + size, max - size, "%sa%d", k ? "," : "", k);
        size += (size_t)snprintf(text + size, max - size, " ");
    }
    for (int i = 0; i < names; i++)
        size += (size_t)snprintf(text + size, max - size, "b=b ");
    for (int i = 0; i < 180; i++)
        size += (size_t)snprintf(text + size, max - size, "end ");
    return text;
}

static const char *deep_module;

static oc_rc require_deep(void *arg, const char *name, const char **ret_text, size_t *ret_size)
{
    (void)arg;
    (void)name;
    *ret_text = deep_module;
    *ret_size = strlen(deep_module);
    return OC_OK;
}

static void test_deep_source_stops(void **state)
{
    (void)state;
    char *text = deep_source(1000);
    works(text);
    size_t size = strlen(text);
    free(text);
    text = deep_source(60000);
    stops(text, size + 4000);
    struct sandbox *sandbox = fresh(size + 4000); /* and where a callback requires it, pcall or not */
    deep_module = text;
    sandbox_set_require(sandbox, require_deep, NULL);
    assert_int_equal(run(sandbox, "pcall(require, 'deep')"), OC_E_LIMIT);
    assert_non_null(strstr(sandbox_error_last(sandbox)->message, "needs more work"));
    sandbox_free(sandbox);
    free(text);
}

static void test_loops_of_c_stop(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "table.insert(setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1, 1)",
        "table.remove(setmetatable({}, { __len = function() return math.maxinteger - 1 end }), 1)",
        "table.move({}, 1, math.maxinteger - 1, 2)",
        "table.concat(setmetatable({}, { __index = function() return '' end }), '', 1, math.maxinteger)",
        "local t = {} for i = 1, 100000 do t[i] = i end table.sort(t, function(a, b) return a > b end)",
        "local t = {} for i = 1, 100000 do t[i] = i end local f, s = pairs(t) for i = 1, 100000 do t[i] = nil end\n"
        "for i = 1, 100 do f(s, 0) end",
        "local t = {} for i = 1, 20000 do t['k' .. i] = i end for i = 1, 100 do pairs(t) end",
        "local t = {} for i = 1, 20000 do t['k' .. i] = i end local k for i = 1, 100 do k = next(t, k) end",
        "local s = ('%%'):rep(300000) for i = 1, 10 do string.format(s) end",
        "for i = 1, 10 do ('x'):rep(1000000) end",
        "for i = 1, 10 do (('\\n'):rep(200000)):gsub('.', '%0') end",
        "local s = ('a'):rep(1 << 20) for i = 1, 100 do s:find('b', 1, true) end",
        "for i = 1, 10 do math.max(table.unpack({ 1, n = 1 }, 1, 1), select(2, string.byte(('a'):rep(250000), 1, -1))) "
        "end",
        "for i = 1, 10 do table.pack(string.byte(('a'):rep(250000), 1, -1)) end",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        stops(texts[i], 200000);
}

/* 4,096 scattered keys: by insertion eight million comparisons, by merging some fifty thousand. */
static void test_a7_saved_keys(void **state)
{
    (void)state;
    _Static_assert(STRATEGY_STATE_KEYS_MAX == 4096, "the texts below say so");
    struct kit *kit =
        kit_new("local x = 1\n"
                "function on_bar(m) local t = {} for i = 1, 4096 do x = x * 1103515245 + 12345 t[x >> 20] = true end\n"
                "m.t = t end");
    struct sandbox *sandbox = strategy_sandbox(kit->strategy);
    uint64_t before = sandbox->work;
    kit_close(kit, 10000);
    assert_null(strategy_error(kit->strategy));
    assert_true(sandbox->work - before > 4096 && sandbox->work - before < 4096 * 16);
    assert_true(sandbox->work_longest <= WORK_STRETCH_MAX);
    kit_free(kit);
    kit = kit_new("function on_bar(m) m.t = {} for i = 1, 4097 do m.t['k' .. i] = 1 end end");
    kit_close(kit, 10000);
    assert_true(kit_failed(kit, "saved tables have at most 4096 fields"));
    kit_free(kit);
    kit = kit_new("function on_bar(m) m.t = { [('k'):rep(60001)] = 1 } end");
    kit_close(kit, 10000);
    assert_true(kit_failed(kit, "saved data is limited to 60000 bytes"));
    kit_free(kit);
}

/* The keys of a list stand in their order already: they are walked as they are, and not sorted first. */
static void test_a_list_is_not_sorted(void **state)
{
    (void)state;
    static const char list[] =
        "local t = {} for i = 1, 100000 do t[i] = i end for k in pairs(t) do assert(t[k] == k) end";
    static const char mixed[] =
        "local t = {} for i = 1, 100000 do t[i] = i end t.x = 1 for k in pairs(t) do assert(t[k]) end";
    const uint64_t walked = works(list), sorted = works(mixed);
    assert_true(walked < 3 * 100000ull);
    assert_true(sorted > walked + 100000);
}

static int lj_fails(lua_State *lua) { return luaL_error(lua, "no"); }

static int lj_needs_much(lua_State *lua)
{
    sandbox_of(lua)->watch->current = NULL; /* as if the host itself ran: it is refused, and nothing is stopped */
    lua_newuserdatauv(lua, (size_t)1 << 30, 0);
    return 0;
}

/* What ends a call beside an error of the script: no memory without a stop, and a handler that fails itself. Each is told by
 * its own kind, and nothing of an error before it is left in its words. */
static void test_other_ends(void **state)
{
    (void)state;
    for (int is_memory = 0; is_memory < 2; is_memory++) {
        struct sandbox *sandbox = fresh(0);
        const struct sandbox_error *error = sandbox_error_last(sandbox);
        assert_int_equal(run(sandbox, "\n\nlocal here = 5 error('first')"), OC_E_INVALID);
        assert_int_equal(error->line, 3);
        const int top = lua_gettop(sandbox_lua(sandbox));
        if (is_memory) {
            assert_int_equal(sandbox_protect(sandbox, lj_needs_much, NULL), OC_E_NOMEM);
            assert_int_equal(error->kind, SANDBOX_ERROR_MEMORY);
            assert_string_equal(error->message, "not enough memory");
        } else {
            lua_pushcfunction(sandbox_lua(sandbox), lj_fails);
            lua_replace(sandbox_lua(sandbox), HANDLER_SLOT);
            assert_int_equal(run(sandbox, "error('second')"), OC_E_INVALID);
            assert_int_equal(error->kind, SANDBOX_ERROR_HANDLER);
            assert_non_null(strstr(error->message, "error in error handling"));
        }
        assert_int_equal(error->line, 0);
        assert_string_equal(error->file, "");
        assert_string_equal(error->locals, "");
        assert_string_equal(error->source_line, "");
        assert_string_equal(error->traceback, "");
        assert_int_equal(lua_gettop(sandbox_lua(sandbox)), top);
        assert_false(sandbox_is_stopped(sandbox));
        if (is_memory) /* what is told once is forgotten with the next call */
            assert_int_equal(run(sandbox, "x = 1"), OC_OK);
        if (is_memory)
            assert_int_equal(error->kind, SANDBOX_ERROR_NONE);
        sandbox_free(sandbox);
    }
}

/* What the watchdog takes for another run: from there on the time counts anew. */
static void test_a_renewal_is_another_run(void **state)
{
    (void)state;
    struct sandbox *sandbox = fresh(0);
    const uint64_t before = sandbox->watch->seq;
    sandbox_renew(sandbox);
    assert_true(sandbox->watch->seq != before);
    sandbox_free(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_list_is_not_sorted),
        cmocka_unit_test(test_other_ends),
        cmocka_unit_test(test_a_renewal_is_another_run),
        cmocka_unit_test(test_pattern),
        cmocka_unit_test(test_work_is_counted),
        cmocka_unit_test(test_plain_search),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_pack),
        cmocka_unit_test(test_text),
        cmocka_unit_test(test_source),
        cmocka_unit_test(test_deep_source_stops),
        cmocka_unit_test(test_loops_of_c_stop),
        cmocka_unit_test(test_a7_saved_keys),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
