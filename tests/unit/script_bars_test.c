/* script_bars_test.c: bars of other periods and kinds in a strategy: when they move, what they show, that they come back; two
 * markets; targets; sizes. */
#include <math.h>

#include "support/strategy_kit.h"

static void closes(struct kit *kit, const int64_t *prices, int count)
{
    for (int i = 0; i < count; i++)
        kit_close(kit, prices[i]);
}

/* The kit's first bar is [1m, 2m): bars of 5m close when the clock reaches 5m, 10m, ... */
static void a_longer_bar_moves_only_when_it_has_closed(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_init(m) m.long = m:bars('5m') m.s = m.long:sma(2) end\n"
                "function on_bar(m, b)\n"
                "  local f = m.long.forming\n"
                "  print('at', b.time // 60000000000, m.s(), m.long[1].close, m.long[2].close, f and f.close, "
                "#m.long, m.long.count)\n"
                "end");
    for (int i = 2; i <= 16; i++) /* each bar closes at i minutes, at a price of i */
        kit_close(kit, i * 100);
    assert_int_equal(strategy_calls(kit->strategy), 7); /* the second long bar closes at 10m */
    assert_true(kit_said(kit, "at\t10\t7.5\t10.0\t5.0\tnil\t2\t2\n"));
    assert_true(kit_said(kit, "at\t11\t7.5\t10.0\t5.0\t11.0\t2\t2\n"));
    assert_true(kit_said(kit, "at\t14\t7.5\t10.0\t5.0\t14.0\t2\t2\n"));
    assert_true(kit_said(kit, "at\t15\t12.5\t15.0\t10.0\tnil\t3\t3\n"));
    assert_true(kit_said(kit, "at\t16\t12.5\t15.0\t10.0\t16.0\t3\t3\n"));
    kit_free(kit);
}

static void own_bars_have_a_history(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_init(m) m:bars() end\n"
                "function on_bar(m, b)\n"
                "  local own = m:bars()\n"
                "  if own.count == 70 then\n"
                "    print(own[1].close == b.close, own[1].time == b.time, own[64].close, #own, own.forming)\n"
                "    print(pcall(function() return own[65] end))\n"
                "    print(pcall(function() return own[0] end))\n"
                "    print(own[1].volume, own[1].open_time == b.open_time, own.kind, own.period, tostring(own))\n"
                "  end\n"
                "end");
    for (int i = 1; i <= 70; i++)
        kit_close(kit, i * 100);
    assert_true(kit_said(kit, "true\ttrue\t7.0\t64\tnil\n"));
    assert_true(kit_said(kit, "64 the oldest that is kept; found 65"));
    assert_true(kit_said(kit, "found 0"));
    assert_true(kit_said(kit, "5.0\ttrue\ttime\t60000000000\tbars(BTC/USDT time)"));
    kit_free(kit);
}

static void heikin_ashi_renko_volume_and_dollar_bars(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_init(m)\n"
                "  m.ha, m.brick = m:bars { kind = 'heikin_ashi' }, m:bars { kind = 'renko', size = 10 }\n"
                "  m.by, m.money = m:bars { kind = 'volume', size = 12 }, m:bars { kind = 'dollar', size = 1000 }\n"
                "  m.e = m.ha:sma(2)\n"
                "end\n"
                "function on_bar(m, b)\n"
                "  local h, r, v, d = m.ha[1], m.brick[1], m.by[1], m.money[1]\n"
                "  print('ha', h.open, h.high, h.low, h.close, m.e())\n"
                "  if r then print('brick', m.brick.count, r.open, r.close, r.high, r.low) end\n"
                "  if v then print('volume', m.by.count, v.open, v.high, v.low, v.close, v.volume) end\n"
                "  if d then print('dollar', m.money.count, d.volume, m.money.forming and m.money.forming.volume) end\n"
                "end");
    kit_bar(kit, 10200, 9800, 10000); /* opens as it closes */
    kit_bar(kit, 10400, 9900, 10300);
    /* first: open 100, close 100; second: open 100, close (103 + 104 + 99 + 103) / 4 */
    assert_true(kit_said(kit, "ha\t100.0\t104.0\t99.0\t102.25\t101.125\n"));
    kit_bar(kit, 10400, 9900, 9900);
    assert_true(kit_said(kit, "ha\t101.125\t104.0\t99.0\t100.25\t101.25\n"));
    /* 5 a bar: three make 12; money 500, 515 is above 1000 after two */
    assert_true(kit_said(kit, "volume\t1\t100.0\t104.0\t98.0\t99.0\t15.0\n"));
    assert_true(kit_said(kit, "dollar\t1\t10.0\t5.0\n"));
    static const int64_t prices[] = {10999, 11000, 12500, 11000, 10999, 9999};
    closes(kit, prices, 5);
    assert_null(strstr(kit->log, "brick\t3\t")); /* the other direction takes two sizes */
    closes(kit, prices + 5, 1);
    assert_true(kit_said(kit, "brick\t1\t100.0\t110.0\t110.0\t100.0\n"));
    assert_true(kit_said(kit, "brick\t2\t110.0\t120.0\t120.0\t110.0\n"));
    assert_true(kit_said(kit, "brick\t3\t110.0\t100.0\t110.0\t100.0\n")); /* 100 is a size below the last brick's low */
    kit_free(kit);
}

static void bars_that_cannot_be_made_stop_the_strategy(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_init(m) m.r = m:bars { kind = 'renko', size = 0.01 } end\n"
                              "function on_bar(m, b) end");
    kit_close(kit, 10000);
    assert_null(strategy_error(kit->strategy));
    kit_close(kit, 11100);
    assert_true(kit_failed(kit, "m:bars { kind = \"renko\" }: one bar would make more than 1000 bricks"));
    assert_true(engine_is_suspended(kit->f->engine, strategy_id(kit->strategy)));
    kit_free(kit);
    kit = kit_new("function on_init(m) m.v = m:bars { kind = 'volume', size = 5 } end\nfunction on_bar(m, b) end");
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = kit->f->inst},
                            .open_ns = kit->open_ns,
                            .period_ns = KIT_MINUTE,
                            .open = 10000,
                            .high = 10000,
                            .low = 10000,
                            .close = 10000};
    kit->f->now_ns = kit->open_ns += KIT_MINUTE;
    assert_int_equal(fixture_input(kit->f, &bar), OC_OK);
    assert_true(kit_failed(kit, "need data with volumes"));
    kit_free(kit);
}

static void wrong_bars_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *call, *words;
    } cases[] = {{"m:bars('7m')", "'7m' is no period"},
                 {"m:bars('30s')", "is not a multiple of the strategy's own bars of 60 s"},
                 {"m:bars('2d')", "from 1s to 1d"},
                 {"m:bars(5)", "a table is needed; found number"},
                 {"m:bars { kind = 'tick' }", "kind is heikin_ashi, renko, volume or dollar; found 'tick'"},
                 {"m:bars { kind = 'renko' }", "renko needs a size above 0: of a brick in price, of a bar in quantity"},
                 {"m:bars { kind = 'renko', size = -1 }", "needs a size above 0"},
                 {"m:bars { kind = 'renko', size = 0 / 0 }", "a finite number is needed; found NaN"},
                 {"m:bars { kind = 'heikin_ashi', size = 1 }", "heikin_ashi has no size"},
                 {"m:bars { kind = 'renko', brick = 1 }", "unknown option 'brick'; known: kind size"},
                 {"m:bars('1h', 2)", "m:bars takes a period"},
                 {"local b = m:bars('1h') b.x = 1", "bars cannot be changed"},
                 {"local b = m:bars('1h') print(b.closed)", "found 'closed'"},
                 {"m:macd(26, 12, 9)", "macd: fast is shorter than slow"},
                 {"m:macd(12, 26, 9, 1)", "macd takes 3 numbers; found 4"},
                 {"m:sar(0.3, 0.02, 0.2)", "sar: start is at most max"},
                 {"m:bollinger(20, 0)", "bollinger: factor is 0.01 to 100.0; found 0"},
                 {"m:bollinger(1, 2)", "bollinger: length is 2 to 100000 bars; found 1"},
                 {"m:vwap('soon')", "vwap: a session is a duration"},
                 {"m:vwap(1.5)", "vwap: a session is a duration"},
                 {"m:correlation(m, 5)", "found the same"},
                 {"m:bars('1h'):correlation(m, 5)", "of other bars it is not supported"},
                 {"m:correlation(5, 5)", "outcry.market expected"},
                 {"m.sar = 1", "m.sar belongs to the API"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "function on_init(m) %s end", cases[i].call);
        struct kit *kit = kit_with(text, NULL, 0);
        assert_true(kit->rc < 0);
        if (!strstr(kit->error.message, cases[i].words))
            fail_msg("%s: expected '%s' in '%s'", cases[i].call, cases[i].words, kit->error.message);
        kit_free(kit);
    }
    struct kit *kit = kit_new("function on_bar(m, b) m:bars('1h') end");
    kit_close(kit, 10000);
    assert_true(kit_failed(kit, "bars are asked for in on_init(m)"));
    kit_free(kit);
}

static const char keeper[] =
    "function on_init(m)\n"
    "  m.long, m.ha, m.brick = m:bars('5m'), m:bars { kind = 'heikin_ashi' }, m:bars { kind = 'renko', size = 1 }\n"
    "  m.s, m.h = m.long:sma(2), m.ha:ema(3)\n"
    "  m.up, m.mid, m.low = m.brick:bollinger(3, 2)\n"
    "  m.z, m.hull, m.flow, m.st = m:zscore(4), m:hma(4), m:mfi(3), m:supertrend(3, 1)\n"
    "  m.kept = { m.low, m.long }\n"
    "end\n"
    "function on_bar(m, b)\n"
    "  print('v', b.time // 60000000000, m.s(), m.h(), m.up(), m.kept[1](), m.low == m.kept[1], m.kept[2][1].close, "
    "m.ha[1].open, m.brick.count, m.brick[1].open, m.z(), m.hull(), m.flow(), m.st(), m.st.direction, m.long[2].time)\n"
    "end";

static int64_t wave(int i) { return 10000 + 37 * ((i * i * 7 + i * 13) % 29) - 11 * (i % 7); }

/* Saved in the middle of a long bar, of a brick, of everything, and loaded into another one: the same lines from there on. */
static void they_come_back_from_a_checkpoint(void **state)
{
    (void)state;
    for (int cut = 25; cut < 45; cut += 3) {
        struct kit *a = kit_new(keeper), *b = kit_new(keeper);
        static char bytes[1 << 16], engine[1 << 17];
        for (int i = 0; i < cut; i++)
            kit_close(a, wave(i));
        int64_t size = strategy_save(a->strategy, bytes, sizeof bytes);
        assert_true(size > 0);
        for (int64_t room = 0; room < size; room += 97)
            assert_int_equal(strategy_load(b->strategy, bytes, (size_t)room), OC_E_DATA);
        assert_int_equal(strategy_load(b->strategy, bytes, (size_t)size), OC_OK);
        int64_t engine_size = engine_save(a->f->engine, engine, sizeof engine);
        assert_true(engine_size > 0);
        assert_int_equal(engine_load(b->f->engine, engine, (size_t)engine_size), OC_OK);
        b->open_ns = a->open_ns;
        b->log_size = a->log_size = 0;
        for (int i = cut; i < cut + 30; i++) {
            kit_close(a, wave(i));
            kit_close(b, wave(i));
        }
        assert_true(a->log_size > 1000);
        assert_string_equal(a->log, b->log);
        kit_free(a);
        kit_free(b);
    }
}

/* One order, from what is held to what shall be. */
static void targets(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  local step = m.step or 0\n"
                              "  m.step = step + 1\n"
                              "  local o, e\n"
                              "  if step == 0 then o, e = m:target_qty(2.0009) end\n"
                              "  if step == 1 then o, e = m:target_qty(5) end\n" /* the first is not filled yet */
                              "  if step == 2 then o, e = m:target_qty('2') end\n"
                              "  if step == 3 then o, e = m:target_qty(0.5, { tag = 'less' }) end\n"
                              "  if step == 4 then o, e = m:target_qty(-1) end\n"
                              "  if step == 5 then o, e = m:flip { tag = 'turn' } end\n"
                              "  if step == 6 then o, e = m:target_percent(0.5) end\n"
                              "  if step == 7 then o, e = m:target_percent(0) end\n"
                              "  if step == 8 then o, e = m:flip() end\n"
                              "  print('step', step, o and o.side, o and o.qty, e and e.code)\n"
                              "end");
    struct fixture *f = kit->f;
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = f->account,
                                    .asset = f->quote,
                                    .total = {10000, 0, 0}};
    assert_int_equal(fixture_input(f, &balance), OC_OK);
    static const struct {
        const char *words;
        uint8_t side; /* that is filled before the next bar */
        int64_t qty;
        bool reduces;
    } steps[] = {{"step\t0\tbuy\t2.0\tnil\n", 0, 0, false},
                 {"step\t1\tnil\tnil\tORDERS_UNDER_WAY\n", OC_SIDE_BUY, 2000, false},
                 {"step\t2\tnil\tnil\tON_TARGET\n", 0, 0, false},
                 {"step\t3\tsell\t1.5\tnil\n", OC_SIDE_SELL, 1500, true},
                 {"step\t4\tsell\t1.5\tnil\n", OC_SIDE_SELL, 1500, false},
                 {"step\t5\tbuy\t2.0\tnil\n", OC_SIDE_BUY, 2000, false},
                 {"step\t6\tbuy\t49.0\tnil\n", OC_SIDE_BUY, 49000, false}, /* half of 10,000 at 100, and 1 is held */
                 {"step\t7\tsell\t50.0\tnil\n", OC_SIDE_SELL, 50000, true},
                 {"step\t8\tnil\tnil\tNO_POSITION\n", 0, 0, false}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        kit_close(kit, 10000);
        assert_true(kit_said(kit, steps[i].words));
        if (i != 1 && steps[i].side)
            assert_int_equal((kit_sent(kit)->bits & OC_RQ_REDUCE_ONLY) != 0, steps[i].reduces);
        if (steps[i].side)
            assert_int_equal(fixture_trade(f, kit_sent(kit)->order, steps[i].side, steps[i].qty, 10000), OC_OK);
    }
    assert_null(strategy_error(kit->strategy));
    kit_free(kit);
}

static void target_options_are_checked(void **state)
{
    (void)state;
    static const struct {
        const char *call, *words;
    } cases[] = {{"m:target_qty()", "m:target_qty: a quantity, below 0 to be short is needed"},
                 {"m:target_qty(0 / 0)", "a finite number is needed"},
                 {"m:target_qty(1, { stop = 5 })", "m:target_qty: unknown option 'stop'; known: price tif"},
                 {"m:target_percent(101)", "a share of equity from -100 to 100"},
                 {"m:target_percent(0.1, 5)", "the options are one table"},
                 {"m:flip(5)", "the options are one table"},
                 {"m:target_qty(1, { on_insufficient = 'x' })", "on_insufficient is \"reduce\" or \"refuse\""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "function on_bar(m, b) %s end", cases[i].call);
        struct kit *kit = kit_new(text);
        kit_close(kit, 10000);
        assert_true(kit_failed(kit, cases[i].words));
        assert_int_equal(kit->f->sent_count, 0);
        kit_free(kit);
    }
    struct kit *kit = kit_with("function on_init(m) m:target_qty(1) end", NULL, 0);
    assert_true(kit->rc < 0 && strstr(kit->error.message, "orders can be made from on_start on"));
    kit_free(kit);
}

/* E = 50000, a bar at 100. */
static void sized_as(const char *call, const char *words)
{
    char text[512];
    snprintf(text, sizeof text, "function on_bar(m, b) print(%s) end", call);
    struct kit *kit = kit_new(text);
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = kit->f->account,
                                    .asset = kit->f->quote,
                                    .total = {50000, 0, 0}};
    assert_int_equal(fixture_input(kit->f, &balance), OC_OK);
    kit_close(kit, 10000);
    if (words)
        assert_true(kit_said(kit, words));
    kit_free(kit);
}

static void SIZE_1_to_4(void **state)
{
    (void)state;
    sized_as("('%.3f'):format(size.kelly_fraction { chance = 0.55, payoff = 1.2 })", "0.175\n");
    sized_as("('%.12f'):format(size.kelly_fraction { chance = 0.55, loss = 0.12, gain = 0.18 })", "2.083333333333\n");
    sized_as("('%.2f'):format(size.kelly_fraction { mean = 0.12, rate = 0.03, deviation = 0.25 })", "1.44\n");
    sized_as(
        "('%.12f %.12f'):format(table.unpack(size.kelly_weights { excess = { 0.08, 0.05 }, deviation = { 0.2, 0.1 }, "
        "correlation = { { 1, 0.3 }, { 0.3, 1 } } }))",
        "1.373626373626 4.175824175824\n");
    sized_as("size.kelly_weights { excess = { 1, 1 }, deviation = { 1, 1 }, correlation = { { 1, 1 }, { 1, 1 } } }",
             "nil\tthe covariances cannot be inverted\n");
}

static void SIZE_7_by_atr(void **state)
{
    (void)state;
    sized_as("size.atr(m, { risk = 0.01, atr = 0.507472, factor = 2, entry = 49.32 })", "492.638\n");
    sized_as("size.atr(m, { risk = 0.01, atr = 0, factor = 2 })", "nil\tthe range is 0\n");
}

static void other_sizes(void **state)
{
    (void)state;
    sized_as("size.percent(m, { share = 0.1 })", "50.0\n");
    sized_as("size.percent(m, { share = 0.1, fee = 0.001, entry = 99 })", "50.454\n"); /* 50.45450...: 5000 / 99.099 */
    sized_as("size.percent(m, { share = 2 })", "475.0\n");                             /* what 95 % of the cash pays */
    sized_as("size.percent(m, { share = 2, side = 'sell' })", "1000.0\n");
    sized_as("size.kelly(m, { chance = 0.55, payoff = 1.2, fraction = 0.5, cap = 1 })",
             "43.75\n"); /* 0.0875 of 50,000 */
    sized_as("size.kelly(m, { chance = 0.55, payoff = 1.2, fraction = 1, cap = 0.1 })", "50.0\n");
    sized_as("size.kelly(m, { chance = 0.4, payoff = 1, fraction = 1, cap = 1 })", "nil\tthe bet has no edge");
    sized_as("pcall(size.kelly, m, { chance = 0.4, mean = 1, fraction = 1, cap = 1 })", "give chance and payoff, or");
    sized_as("pcall(size.percent, m, { share = 0.1, side = 'long' })", "side is \"buy\" or \"sell\"; found 'long'");
    sized_as("pcall(size.percent, m, { size = 1 })", "size.percent: unknown field 'size'");
    sized_as("pcall(size.kelly_fraction, { chance = 2, payoff = 1 })", "chance is from 0 to 1; found 2.0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_longer_bar_moves_only_when_it_has_closed),
        cmocka_unit_test(own_bars_have_a_history),
        cmocka_unit_test(heikin_ashi_renko_volume_and_dollar_bars),
        cmocka_unit_test(bars_that_cannot_be_made_stop_the_strategy),
        cmocka_unit_test(wrong_bars_are_refused),
        cmocka_unit_test(they_come_back_from_a_checkpoint),
        cmocka_unit_test(targets),
        cmocka_unit_test(target_options_are_checked),
        cmocka_unit_test(SIZE_1_to_4),
        cmocka_unit_test(SIZE_7_by_atr),
        cmocka_unit_test(other_sizes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
