/* strategy_origin_test.c: where in a strategy an order was made: callback, file, line and its text, for whoever asks soon after. */
#include "script/strategy_impl.h"
#include "support/strategy_kit.h"

enum { KEPT = 64 }; /* the last orders that are known */

static struct strategy_origin origin_of(const struct kit *kit, uint64_t order)
{
    struct strategy_origin origin = {0};
    assert_true(strategy_origin(kit->strategy, order, &origin));
    return origin;
}

static void is_from(const struct kit *kit, uint64_t order, const char *callback, int line, const char *source)
{
    const struct strategy_origin origin = origin_of(kit, order);
    assert_string_equal(origin.callback, callback);
    assert_string_equal(origin.file, "test.lua");
    assert_int_equal(origin.line, line);
    assert_string_equal(origin.source, source);
}

/* A call away, through functions of the host, and deep below. */
static void each_callback_is_named(void **state)
{
    (void)state;
    struct kit *kit = kit_new("local function deep(m, n) if n == 0 then return m:buy(1, { price = 90 }) end local o = "
                              "deep(m, n - 1) return o end\n"
                              "function on_bar(m, b)\n"
                              "  if b.close == 100 then m:buy(1, { price = 91 }) end -- first\n"
                              "\tif b.close == 101 then deep(m, 5) end\n"
                              "  if b.close == 102 then deep(m, 3000) end\n"
                              "  if b.close == 103 then pcall(function() m:buy(1, { price = 92 }) end) end\n"
                              "  if b.close == 104 then ('x'):gsub('x', function() m:close() m:sell(1) end) end\n"
                              "  if b.close == 105 then after('1s', function() m:buy(1) end) end\n"
                              "end\n"
                              "function on_quote(m, q) m:buy(1) end\n"
                              "function on_trade(m, t) m:buy(2) end\n"
                              "function on_fill(m, f) m:buy(3) end\n"
                              "function on_order(o, e) if e == 'nothing' then return end end\n"
                              "function on_stop() market:buy(5) end\n"
                              "function on_init(m) market = m end");
    const struct fixture *f = kit->f;
    struct strategy_origin none;
    assert_int_equal(strategy_note_origins(kit->strategy, true), OC_OK);
    kit_close(kit, 10000);
    is_from(kit, f->sent[0].order, "on_bar", 3, "if b.close == 100 then m:buy(1, { price = 91 }) end -- first");
    assert_false(strategy_origin(kit->strategy, f->sent[0].order + 1, &none));
    assert_false(strategy_origin(kit->strategy, 0, &none));
    static const char below[] = "local function deep(m, n) if n == 0 then return m:buy(1, { price = 90 }) end local o "
                                "= deep(m, n - 1) return o end";
    kit_close(kit, 10100);
    is_from(kit, f->sent[1].order, "on_bar", 1, below);
    kit_close(kit, 10200);
    is_from(kit, f->sent[2].order, "on_bar", 1, below);
    kit_close(kit, 10300);
    is_from(kit, f->sent[3].order, "on_bar", 6,
            "if b.close == 103 then pcall(function() m:buy(1, { price = 92 }) end) end");
    kit_close(kit, 10400);
    is_from(kit, kit_sent(kit)->order, "on_bar", 7, /* behind what m:close() takes down */
            "if b.close == 104 then ('x'):gsub('x', function() m:close() m:sell(1) end) end");
    kit_close(kit, 10500);
    kit->f->now_ns += 1000000000;
    fixture_tick(kit->f, kit->f->now_ns);
    is_from(kit, kit_sent(kit)->order, "a timer", 8, "if b.close == 105 then after('1s', function() m:buy(1) end) end");
    struct oc_ev_quote quote = {.head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = f->inst},
                                .bid = 9900,
                                .ask = 10100,
                                .present = OC_HAS_BID | OC_HAS_ASK};
    assert_int_equal(fixture_input(kit->f, &quote), OC_OK);
    is_from(kit, kit_sent(kit)->order, "on_quote", 10, "function on_quote(m, q) m:buy(1) end");
    fixture_price(kit->f, 10000);
    is_from(kit, kit_sent(kit)->order, "on_trade", 11, "function on_trade(m, t) m:buy(2) end");
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 2000, 10000);
    is_from(kit, kit_sent(kit)->order, "on_fill", 12, "function on_fill(m, f) m:buy(3) end");
    assert_int_equal(strategy_stop(kit->strategy, "end"), OC_OK);
    fixture_flush(kit->f);
    is_from(kit, kit_sent(kit)->order, "on_stop", 14, "function on_stop() market:buy(5) end");
    is_from(kit, f->sent[0].order, "on_bar", 3, "if b.close == 100 then m:buy(1, { price = 91 }) end -- first");
    assert_null(strategy_error(kit->strategy));
    kit_free(kit);
}

static void the_last_orders_are_known(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b) for i = 1, b.close do m:buy(i, { price = 90 }) end end");
    struct strategy_origin origin;
    kit_close(kit, 200); /* not asked for yet */
    for (uint32_t i = 0; i < 2; i++)
        assert_false(strategy_origin(kit->strategy, kit->f->sent[i].order, &origin));
    assert_int_equal(strategy_note_origins(kit->strategy, true), OC_OK);
    kit_close(kit, KEPT * 100);
    for (uint32_t i = 0; i < KEPT; i++)
        assert_int_equal(origin_of(kit, kit->f->sent[2 + i].order).line, 1);
    kit_close(kit, 100);
    assert_false(strategy_origin(kit->strategy, kit->f->sent[2].order, &origin));
    for (uint32_t i = 1; i <= KEPT; i++)
        assert_int_equal(origin_of(kit, kit->f->sent[2 + i].order).line, 1);
    assert_int_equal(strategy_note_origins(kit->strategy, false), OC_OK);
    kit_close(kit, 100);
    assert_false(strategy_origin(kit->strategy, kit->f->sent[KEPT + 3].order, &origin));
    kit_free(kit);
}

/* The text of a line that is no longer there is not that of another one. */
static void a_line_that_is_gone_has_no_text(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m)\n  m:buy(1, { price = 91 })\n  m:buy(2, { price = 92 })\nend");
    struct strategy_origin origin;
    assert_int_equal(strategy_note_origins(kit->strategy, true), OC_OK);
    kit_close(kit, 10000);
    is_from(kit, kit->f->sent[0].order, "on_bar", 2, "m:buy(1, { price = 91 })");
    assert_int_equal(sandbox_load(kit->strategy->sandbox, "x = 1", 5, "test.lua"),
                     OC_OK); /* another text of that name */
    assert_true(strategy_origin(kit->strategy, kit->f->sent[1].order, &origin));
    assert_int_equal(origin.line, 3);
    assert_string_equal(origin.source, "");
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(each_callback_is_named),
                                       cmocka_unit_test(a_line_that_is_gone_has_no_text),
                                       cmocka_unit_test(the_last_orders_are_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
