/* script_guard_test.c: what a script must not bring about with the API's own objects and tables, a case each. */
#include "support/strategy_kit.h"

static void close_and_expect(const char *text, const char *words)
{
    struct kit *kit = kit_new(text);
    for (int i = 0; i < 4; i++)
        kit_close(kit, 10000);
    assert_true(kit_said(kit, words));
    kit_free(kit);
}

/* An event that a script keeps is of no use after its callback; a copy is. */
static void test_stale_event_raises(void **state)
{
    (void)state;
    close_and_expect("local old, copy\n"
                     "function on_bar(m, bar)\n"
                     "  if old then\n"
                     "    local ok, err = pcall(function() return old.close end)\n"
                     "    assert(not ok and err:find('keep event:copy()', 1, true) and not pcall(bar.copy, old))\n"
                     "    log.info('copy %s', copy.close)\n"
                     "  end\n"
                     "  old, copy = old or bar, copy or bar:copy()\n"
                     "end",
                     "copy 100.0");
}

/* Objects of one kind given to the functions of another. */
static void test_wrong_object_raises(void **state)
{
    (void)state;
    close_and_expect(
        "function on_bar(m, bar)\n"
        "  local o = m:buy(1)\n"
        "  local function refused(f, ...) return not pcall(f, ...) end\n"
        "  assert(refused(m.buy, o, 1) and refused(m.buy, bar, 1) and refused(m.buy, m.position, 1))\n"
        "  assert(refused(o.cancel, m) and refused(o.replace, bar, { price = 1 }) and refused(bar.copy, m))\n"
        "  assert(refused(m.sma, o, 3) and refused(cross_above, m, o) and refused(size.risk, o, {}))\n"
        "  assert(o ~= m and m ~= o and not (o == m) and o == o)\n"
        "  log.info('done')\n"
        "end",
        "done");
}

/* A metatable would run code of the script between what a verb has looked up and what it does with it. */
static void test_options_are_plain(void **state)
{
    (void)state;
    close_and_expect(
        "function on_bar(m, bar)\n"
        "  local o = m:buy { qty = 1, price = 90 }\n"
        "  local t = setmetatable({}, { __index = function() o:cancel() return 1 end })\n"
        "  for _, f in ipairs { function() m:buy(t) end, function() m:buy(1, t) end, function() m:close(t) end,\n"
        "      function() o:replace(t) end, function() size.risk(m, t) end } do\n"
        "    local ok, err = pcall(f)\n"
        "    assert(not ok and err:find('plain table'), err)\n"
        "  end\n"
        "  log.info('open %s', o.open)\n"
        "end",
        "open true");
}

/* The indicators of a market are neighbours: one made for another market would be fed by the wrong one. */
static void test_indicator_of_another_market(void **state)
{
    (void)state;
    struct kit *kit = kit_new("local first\n"
                              "function on_init(m)\n"
                              "  if first then\n"
                              "    local ok, err = pcall(first.ema, first, 3)\n"
                              "    assert(not ok and err:find('its own market'), err)\n"
                              "    log.info('refused')\n"
                              "  end\n"
                              "  first = first or m\n"
                              "  m.fast = m:ema(2)\n"
                              "end\n"
                              "function on_bar() end");
    assert_int_equal(strategy_add_market(kit->strategy, kit->f->inst, &kit->error), OC_OK);
    assert_true(kit_said(kit, "refused"));
    kit_free(kit);
}

/* A timeframe that is refused leaves none behind. */
static void test_refused_timeframe_is_not_taken(void **state)
{
    (void)state;
    close_and_expect("pcall(strategy, { timeframe = '7s' })\n"
                     "function on_bar() log.info('done') end",
                     "done");
}

/* Of strategy{} only a name and a timeframe must be texts; what else it says is for a reader. */
static void test_a_strategy_says_what_it_likes_of_itself(void **state)
{
    (void)state;
    close_and_expect("strategy { name = 'x', about = { 'much' }, version = true }\n"
                     "function on_bar() log.info('done') end",
                     "done");
    static const char *const wrong[] = {"strategy { name = {} }", "strategy { name = true }",
                                        "strategy { timeframe = false }"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct kit *kit = kit_with(wrong[i], NULL, 0);
        assert_true(kit->rc < 0);
        assert_true(kit_failed(kit, "unknown or wrong field"));
        kit_free(kit);
    }
}

/* The data's own bars are handed on as they come; only larger ones are built. */
static void test_bars_of_the_data_are_not_built_again(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_built;
    } rows[] = {{"function on_bar() log.info('bar') end", false},
                {"strategy { timeframe = '1m' } function on_bar() log.info('bar') end", false},
                {"strategy { timeframe = '5m' } function on_bar() log.info('bar') end", true}};
    for (int i = 0; i < 3; i++) {
        struct kit *kit = kit_new(rows[i].text);
        kit_close(kit, 10000);
        assert_int_equal(engine_bars_end_ns(kit->f->engine) != INT64_MAX, rows[i].is_built);
        assert_int_equal(strstr(kit->log, "bar") != NULL, !rows[i].is_built);
        kit_free(kit);
    }
}

/* Who says no name has that of its file. */
static void test_a_file_gives_its_name(void **state)
{
    (void)state;
    static const char *const rows[][2] = {{"sma.lua", "sma"}, {"a.lua", "a"},      {"dir/sub/x.lua", "x"},
                                          {"dir.lua/y", "y"}, {".lua", ".lua"},    {"lua", "lua"},
                                          {"x.LUA", "x.LUA"}, {"/abs/z.lua", "z"}, {"two.lua.lua", "two.lua"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct kit *kit = calloc(1, sizeof *kit);
        kit_start(kit,
                  (struct strategy_config){.text = "function on_bar() end", .from_ns = INT64_MIN, .file = rows[i][0]});
        assert_int_equal(kit->rc, OC_OK);
        assert_string_equal(strategy_name(kit->strategy), rows[i][1]);
        kit_free(kit);
    }
    struct kit *kit = kit_new("strategy { name = 'q' } function on_bar() end");
    assert_string_equal(strategy_name(kit->strategy), "q");
    kit_free(kit);
    for (int more = -1; more < 8; more++) { /* one that is too long is cut to what a name holds */
        char name[STRATEGY_NAME_MAX + 8] = "", text[256];
        memset(name, 'n', (size_t)(STRATEGY_NAME_MAX - 1 + more));
        snprintf(text, sizeof text, "strategy { name = '%s' } function on_bar() end", name);
        kit = kit_new(text);
        name[STRATEGY_NAME_MAX - 1] = '\0';
        assert_string_equal(strategy_name(kit->strategy), name);
        kit_free(kit);
    }
}

/* A10: what on_save would do comes after what the callback asked for was decided. */
static void test_a10_on_save_acts_on_nothing(void **state)
{
    (void)state;
    static const char *const acts[] = {"M:buy(1)",           "M:sell(1)",         "M:close()",
                                       "M:cancel_all()",     "O:cancel()",        "O:replace { qty = 2 }",
                                       "every('5m', print)", "after('5m', print)"};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++) {
        char text[512];
        snprintf(text, sizeof text,
                 "function on_bar(m) M = m if not O then O = m:buy { qty = 1, price = 90 } end end\n"
                 "function on_save() if saved then %s end saved = M return {} end",
                 acts[i]);
        struct kit *kit = kit_new(text);
        kit_close(kit, 10000);
        assert_null(strategy_error(kit->strategy));
        uint32_t sent = kit->f->sent_count;
        kit_close(kit, 10000);
        assert_true(kit_failed(kit, "on_save() says what is kept and does nothing else"));
        assert_int_equal(kit->f->sent_count, sent);
        kit_free(kit);
    }
    /* What it catches is as it was, and the next callback may act. */
    struct kit *kit = kit_new("function on_bar(m) M = m log.info('%s', m:buy(1) ~= nil) end\n"
                              "function on_save() log.info('%s', pcall(M.buy, M, 1)) return {} end");
    kit_close(kit, 10000);
    kit_close(kit, 10000);
    assert_null(strategy_error(kit->strategy));
    assert_true(strncmp(kit->log, "true\nfalse\ntrue\nfalse\n", 22) == 0);
    assert_int_equal(kit->f->sent_count, 2);
    kit_free(kit);
}

static void test_a10_timers_have_an_end(void **state)
{
    (void)state;
    _Static_assert(STRATEGY_TIMER_DAYS_MAX == 366, "the texts below say so");
    close_and_expect(
        "function on_bar(m)\n"
        "  for _, f in ipairs { every, after } do\n"
        "    assert(f('366d', print))\n"
        "    for _, text in ipairs { '366d1ms', '106751d', '106752d', '200000d', '9223372036854775807ms' } do\n"
        "      local ok, err = pcall(f, text, print)\n"
        "      assert(not ok and err:find('longer than the 366 days'), err)\n"
        "    end\n"
        "    for _, text in ipairs { '0', '-5m', '', 'x', '1e9d' } do assert(not pcall(f, text, print)) end\n"
        "  end\n"
        "  log.info('done')\n"
        "end",
        "done");
}

/* A16, without a file: the text as it was read. */
static void test_a16_mark_and_first_line(void **state)
{
    (void)state;
    close_and_expect("\xef\xbb\xbf#!/usr/bin/env outcry\nfunction on_bar() log.info('done') end", "done");
    struct kit *kit = kit_with("\xef\xbb\xbf"
                               "local a = nil + 1",
                               NULL, 0);
    assert_int_equal(kit->error.line, 1);
    assert_string_equal(kit->error.source_line, "local a = nil + 1");
    kit_free(kit);
    kit = kit_with("#!x\n\nlocal a = nil + 1", NULL, 0);
    assert_int_equal(kit->error.line, 3);
    assert_string_equal(kit->error.source_line, "local a = nil + 1");
    kit_free(kit);
    kit = kit_with("\xef\xbb", NULL, 0);
    assert_int_equal(kit->error.kind, SANDBOX_ERROR_SYNTAX);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stale_event_raises),
        cmocka_unit_test(test_wrong_object_raises),
        cmocka_unit_test(test_options_are_plain),
        cmocka_unit_test(test_indicator_of_another_market),
        cmocka_unit_test(test_refused_timeframe_is_not_taken),
        cmocka_unit_test(test_a_strategy_says_what_it_likes_of_itself),
        cmocka_unit_test(test_a_file_gives_its_name),
        cmocka_unit_test(test_bars_of_the_data_are_not_built_again),
        cmocka_unit_test(test_a10_on_save_acts_on_nothing),
        cmocka_unit_test(test_a10_timers_have_an_end),
        cmocka_unit_test(test_a16_mark_and_first_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
