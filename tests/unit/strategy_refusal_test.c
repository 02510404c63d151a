/* strategy_refusal_test.c: what a strategy is told that asks for what cannot be: periods, markets, indicators, sales. */
#include "support/strategy_kit.h"

/* The kit has an engine now, and this is how a strategy comes to it. */
static struct strategy_config config_of(struct kit *kit, const char *text, int64_t data_ns)
{
    kit->f = fixture_new(COST_AVERAGE);
    return (struct strategy_config){.text = text,
                                    .text_size = strlen(text),
                                    .file = "test.lua",
                                    .data_period_ns = data_ns,
                                    .from_ns = INT64_MIN,
                                    .seed = 1,
                                    .log = kit_log,
                                    .log_arg = kit,
                                    .account = kit->f->account};
}

static const char *told(const struct kit *kit)
{
    const struct sandbox_error *error = kit->strategy ? strategy_error(kit->strategy) : NULL;
    return error && error->message[0] ? error->message : kit->error.message;
}

/* A strategy of this period over bars of a minute, or over ticks. NULL: it is taken. */
static void period_is(const char *timeframe, const char *handler, int64_t data_ns, const char *expected)
{
    struct kit *kit = calloc(1, sizeof *kit);
    char text[256];
    snprintf(text, sizeof text, "strategy { name = 'mine'%s%s%s }\nfunction %s(m, x) end\n",
             timeframe ? ", timeframe = '" : "", timeframe ? timeframe : "", timeframe ? "'" : "", handler);
    struct strategy_config config = config_of(kit, text, data_ns);
    assert_int_equal(strategy_new(kit->f->engine, &config, &kit->strategy, &kit->error), OC_OK);
    kit->rc = strategy_add_market(kit->strategy, kit->f->inst, &kit->error);
    assert_int_equal(kit->rc, expected ? OC_E_CONFIG : OC_OK);
    if (expected)
        assert_string_equal(kit->error.message, expected);
    kit_free(kit);
}

static void bars_that_the_data_do_not_add_up_to(void **state)
{
    (void)state;
    static const char *const good[] = {NULL, "1m", "2m", "1h"};
    for (size_t i = 0; i < 4; i++)
        period_is(good[i], "on_bar", KIT_MINUTE, NULL);
    period_is("90s", "on_bar", KIT_MINUTE,
              "mine wants bars of 90 s, the data has bars of 60 s, which do not add up to them");
    period_is("30s", "on_bar", KIT_MINUTE,
              "mine wants bars of 30 s, the data has bars of 60 s, which do not add up to them");
    period_is("90s", "on_bar", 30 * KIT_MINUTE / 60, NULL);
    period_is("90s", "on_bar", 0, NULL); /* built of ticks */
    period_is(NULL, "on_trade", 0, NULL);
    period_is(NULL, "on_bar", 0,
              "mine has on_bar and the data are ticks: say strategy { timeframe = \"1m\" }, or --timeframe 1m");
}

/* Started on two markets. */
static struct kit *on_two_markets(const char *text)
{
    struct kit *kit = calloc(1, sizeof *kit);
    struct strategy_config config = config_of(kit, text, KIT_MINUTE);
    struct oc_instrument info = instruments_get(engine_instruments(kit->f->engine), kit->f->inst)->info;
    uint32_t other;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(kit->f->engine), &info, &other), OC_OK);
    assert_int_equal(strategy_new(kit->f->engine, &config, &kit->strategy, &kit->error), OC_OK);
    kit->rc = strategy_add_market(kit->strategy, kit->f->inst, &kit->error);
    if (kit->rc == OC_OK)
        kit->rc = strategy_add_market(kit->strategy, other, &kit->error);
    return kit;
}

static void a_market_that_there_is_not(void **state)
{
    (void)state;
    struct kit *kit = on_two_markets("function on_bar(m) end");
    assert_int_equal(kit->rc, OC_OK);
    assert_int_equal(strategy_add_market(kit->strategy, OC_INST(77, 1), &kit->error), OC_E_NOT_FOUND);
    assert_int_equal(strategy_add_market(kit->strategy, 0, &kit->error), OC_E_NOT_FOUND);
    kit_free(kit);
}

static void indicators_are_of_their_own_market(void **state)
{
    (void)state;
    struct kit *kit = on_two_markets("function on_init(m) first = first or m first:sma(3) end");
    assert_true(kit->rc < 0);
    assert_string_equal(kit->error.message, "on_init(m) makes indicators of its own market; this is BTC/USDT");
    kit_free(kit);
    kit = on_two_markets("function on_init(m) m.mine = m:sma(3) end");
    assert_int_equal(kit->rc, OC_OK);
    kit_free(kit);
}

static void indicators_have_a_limit(void **state)
{
    (void)state;
    for (int more = 0; more < 2; more++) {
        char text[128];
        snprintf(text, sizeof text, "function on_init(m) for i = 1, %d do m:sma(1) end end",
                 STRATEGY_INDICATORS_MAX + more);
        struct kit *kit = kit_with(text, NULL, 0);
        assert_int_equal(kit->rc == OC_OK, !more);
        if (more)
            assert_string_equal(told(kit), "a strategy can have at most 1024 indicators");
        kit_free(kit);
    }
}

static void a_sale_by_money_is_not_made_less(void **state)
{
    (void)state;
    static const struct {
        const char *ask, *words;
    } rows[] = {
        {"m:sell{ quote_qty = 10, on_insufficient = 'reduce' }",
         "on_insufficient is not supported for a sale by quote_qty: give qty"},
        {"m:buy{ quote_qty = 10, on_insufficient = 'reduce' }", NULL},
        {"m:buy{ qty = 1, on_insufficient = 'refuse' }", NULL},
        {"m:buy{ qty = 1, on_insufficient = 'less' }", "on_insufficient is \"reduce\" or \"refuse\"; found 'less'"},
        {"m:buy{ qty = 1, on_insufficient = {} }", "on_insufficient is \"reduce\" or \"refuse\"; found 'table'"},
        {"math.randomseed()", "randomseed needs a number: the clock is not a source of chance here"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "function on_bar(m) %s end", rows[i].ask);
        struct kit *kit = kit_new(text);
        kit_close(kit, 10000);
        assert_int_equal(engine_is_suspended(kit->f->engine, 1), rows[i].words != NULL);
        if (rows[i].words)
            assert_string_equal(told(kit), rows[i].words);
        kit_free(kit);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bars_that_the_data_do_not_add_up_to), cmocka_unit_test(a_market_that_there_is_not),
        cmocka_unit_test(indicators_are_of_their_own_market),  cmocka_unit_test(indicators_have_a_limit),
        cmocka_unit_test(a_sale_by_money_is_not_made_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
