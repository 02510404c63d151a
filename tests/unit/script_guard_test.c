/* script_guard_test.c: what a script must not bring about with the API's own objects and tables, a case each. */
#include "strategy_kit.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stale_event_raises),
        cmocka_unit_test(test_wrong_object_raises),
        cmocka_unit_test(test_options_are_plain),
        cmocka_unit_test(test_indicator_of_another_market),
        cmocka_unit_test(test_refused_timeframe_is_not_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
