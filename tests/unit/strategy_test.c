/* strategy_test.c: the words of the API over a real engine: orders, refusals, the grid, positions, events, sizes. */
#include "support/strategy_kit.h"

/* Runs the text in one on_bar after a bar at 100.00 and expects the log to hold the words. */
static struct kit *in_bar(const char *body)
{
    char text[4096];
    snprintf(text, sizeof text, "function on_bar(m, b)\n%s\nend", body);
    struct kit *kit = kit_new(text);
    kit_close(kit, 10000);
    return kit;
}

static void says(const char *body, const char *words)
{
    struct kit *kit = in_bar(body);
    assert_true(kit_said(kit, words));
    assert_null(strategy_error(kit->strategy));
    kit_free(kit);
}

/* The body raises these words, and nothing of the callback is sent. */
static void raises(const char *body, const char *words)
{
    char text[2048];
    snprintf(text, sizeof text, "m:buy(1)\n%s", body);
    struct kit *kit = in_bar(text);
    assert_true(kit_failed(kit, words));
    assert_int_equal(kit->f->sent_count, 0);
    assert_true(engine_is_suspended(kit->f->engine, strategy_id(kit->strategy)));
    kit_free(kit);
}

static struct oc_request sends(const char *body)
{
    struct kit *kit = in_bar(body);
    if (strategy_error(kit->strategy))
        print_message("%s\n", strategy_error(kit->strategy)->message);
    assert_null(strategy_error(kit->strategy));
    assert_int_equal(kit->f->sent_count, 1);
    struct oc_request request = *kit_sent(kit);
    kit_free(kit);
    return request;
}

static void ways_to_buy(void **state)
{
    (void)state;
    struct oc_request order = sends("m:buy(1.5)");
    assert_int_equal(order.side, OC_SIDE_BUY);
    assert_int_equal(order.type, OC_ORDER_MARKET);
    assert_int_equal(order.tif, OC_TIF_GTC);
    assert_int_equal(order.qty, 1500);
    assert_false(order.bits & OC_RQ_SNAPPED);
    order = sends("m:buy('1.5', { price = '99.99', tag = 'dip', post_only = true })");
    assert_int_equal(order.type, OC_ORDER_LIMIT);
    assert_int_equal(order.price, 9999);
    assert_true(order.bits & OC_RQ_POST_ONLY);
    assert_string_equal(order.tag, "dip");
    order = sends("m:buy { qty = 1, stop = 101 }");
    assert_int_equal(order.type, OC_ORDER_STOP);
    assert_int_equal(order.stop_price, 10100);
    order = sends("m:buy { qty = 1, stop = 101, price = 102, tif = 'DAY' }");
    assert_int_equal(order.type, OC_ORDER_STOP_LIMIT);
    assert_int_equal(order.tif, OC_TIF_DAY);
    order = sends("m:buy { quote_qty = 250.5 }");
    assert_true(order.bits & OC_RQ_HAS_QUOTE_QTY);
    assert_true(order.bits & OC_RQ_FEE_IN_QUOTE);
    assert_false(order.bits & OC_RQ_HAS_QTY);
    assert_int_equal(order.quote_qty.units, 25050000000);
    assert_int_equal(order.quote_qty.scale, 8);
    order = sends("m:buy(1, { stop_loss = 95, take_profit = 110 })");
    assert_int_equal(order.stop_loss, 9500);
    assert_int_equal(order.take_profit, 11000);
    order = sends("m:buy(1, { price = 99, tif = 'GTD', expire = 9000000000000000001 })");
    assert_int_equal(order.expire_ns, 9000000000000000001); /* a double could not hold it */
    order = sends("m:sell(1, { price = 101, reduce_only = false })");
    assert_int_equal(order.side, OC_SIDE_SELL);
    assert_false(order.bits & OC_RQ_REDUCE_ONLY);
}

static void numbers_are_moved_in_the_safe_direction(void **state)
{
    (void)state;
    assert_int_equal(sends("m:buy(1, { price = 99.999 })").price, 9999);
    assert_int_equal(sends("m:buy(1, { price = '99.999' })").price, 9999);
    assert_int_equal(sends("m:sell(1, { price = 99.991 })").price, 10000);
    assert_int_equal(sends("m:sell(1, { price = '99.991' })").price, 10000);
    assert_int_equal(sends("m:buy(1.0009)").qty, 1000);
    assert_int_equal(sends("m:sell(1.0009)").qty, 1000);
    assert_int_equal(sends("m:buy(1, { stop_loss = 95.004 })").stop_loss, 9500);
    assert_int_equal(sends("m:buy(1, { stop_loss = 95.006 })").stop_loss, 9501);
    struct oc_request order = sends("m:buy(1.0009)");
    assert_true(order.bits & OC_RQ_SNAPPED);
    assert_int_equal(order.asked_qty.units, 1000900000); /* the asked value travels with it */
    /* within a millionth of a step it is the point: 0.1 + 0.2 is not 0.3 */
    order = sends("m:buy(0.1 + 0.2)");
    assert_int_equal(order.qty, 300);
    assert_false(order.bits & OC_RQ_SNAPPED);
    assert_int_equal(sends("m:buy(1, { price = 99.99999999 })").price, 10000);
    says("print(m:round_price(99.996), m:round_qty(1.2349), m:round_price('99.994'))", "100.0\t1.234\t99.99");
}

static void strict_refuses_instead(void **state)
{
    (void)state;
    says("local o, e = m:buy(1.0009, { strict = true }) print(o, e.code, e.rule, e.definitive)",
         "nil\tNOT_ON_THE_GRID\tstrict\ttrue");
    assert_int_equal(sends("m:buy(1.001, { strict = true })").qty, 1001);
    says("local o, e = m:buy(0.0009) print(o, e.code, e.rule)", "nil\tQUANTITY_BELOW_STEP\tinstrument");
    assert_int_equal(sends("m:buy(0.001)").qty, 1);
}

static void wrong_use_raises(void **state)
{
    (void)state;
    raises("m:buy(1, { prise = 5 })", "m:buy: unknown option 'prise'; known: qty quote_qty price");
    raises("m:close { qty = 1 }", "m:close: unknown option 'qty'; known: price stop tif tag");
    raises("m:close(1)", "the options are one table");
    raises("m:buy(1, 2)", "the options are one table");
    raises("m:buy({ qty = 1 }, {})", "the options are one table");
    raises("m:buy(0 / 0)", "qty: a finite number is needed; found NaN");
    raises("m:buy(1 / 0)", "found infinity");
    raises("m:buy(1, { price = 0 / 0 })", "price: a finite number");
    raises("m:buy(0)", "qty must be above 0");
    raises("m:buy(-1)", "qty must be above 0");
    raises("m:buy { quote_qty = -1 }", "quote_qty must be above 0");
    raises("m:buy { qty = 1, quote_qty = 1 }", "not both");
    raises("m:buy {}", "an amount is needed");
    raises("m:buy()", "an amount is needed");
    raises("m:buy 'much'", "'much' is not a decimal number");
    raises("m:buy(1, { price = {} })", "price is a number or a decimal text; found table");
    raises("m:buy(1e300)", "out of range");
    raises("m:buy(1, { tif = 'NOW' })", "tif is GTC, IOC, FOK, GTD or DAY; found 'NOW'");
    raises("m:buy(1, { tif = 'GTD', price = 99 })", "GTD needs expire");
    raises("m:buy(1, { expire = 1.5 })", "expire is a whole number of nanoseconds");
    raises("m:buy(1, { post_only = true })", "post_only");
    raises("m.buy = 1", "m.buy belongs to the API");
    raises("m.position = 1", "m.position belongs to the API");
    raises("m.last = 1", "m.last belongs to the API");
    raises("strategy { name = 'x' }", "stands at the top of the file");
    raises("params { x = 1 }", "stands at the top of the file");
    raises("m:sma(3)", "indicators are made in on_init");
    raises("print(b.prise)", "this event has no field 'prise'");
    raises("b.close = 1", "an event cannot be changed");
    raises("print(m.position.size)", "a position has qty");
    raises("print(account.money)", "account has cash");
    raises("account('DOGE')", "no such asset");
    raises("account = 1", "account");
}

static struct rule_seen {
    int64_t max;
} limit = {2000};

static oc_rc limit_check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                         struct oc_verdict *verdict)
{
    const struct rule_seen *rule = self;
    (void)ctx;
    verdict->allowed = ask->qty <= rule->max;
    strcpy(verdict->reason, verdict->allowed ? "" : "QUANTITY_ABOVE_LIMIT");
    verdict->used = (struct oc_dec){ask->qty, 3, 0};
    verdict->limit = (struct oc_dec){rule->max, 3, 0};
    return OC_OK;
}

static void a_rule_refuses_with_numbers(void **state)
{
    (void)state;
    static const struct oc_risk table = {.size = sizeof table, .check = limit_check};
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  local o, e = m:buy(2.001)\n"
                              "  print(o, e.code, e.rule, e.numbers.used, e.numbers.limit, e.definitive)\n"
                              "  print(e.message)\n"
                              "  print(m:buy(2) ~= nil)\n"
                              "end\n"
                              "function on_order() print 'called back' end");
    assert_int_equal(engine_add_rule(kit->f->engine, "limit", &table, &limit), OC_OK);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "nil\tQUANTITY_ABOVE_LIMIT\tlimit\t2.001\t2.0\ttrue"));
    assert_true(kit_said(kit, "refused by limit: 2.001 against a limit of 2.0"));
    assert_true(kit_said(kit, "true"));
    assert_null(strstr(kit->log, "called back")); /* what was said at the call is not said again */
    assert_int_equal(kit->f->sent_count, 1);
    assert_int_equal(kit_sent(kit)->qty, 2000);
    kit_free(kit);
}

static void an_order_is_changed_and_canceled(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_bar(m, b)\n"
                "  if not m.o then m.o = m:buy(2, { price = 99 }) print(m.o.state, m:busy(), #m:orders()) return end\n"
                "  if b.close > 100 then\n"
                "    print('replace', m.o:replace { price = 98.009, qty = 3 } == m.o)\n"
                "    local o, e = m.o:replace { price = 97 } print('again', o, e and e.code)\n"
                "  elseif b.close < 100 then print('cancel', m.o:cancel() == m.o) end\n"
                "end\n"
                "function on_order(m, o) print(o.state, o.status, o.open, o.price, o.reason) end");
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "true\t1\n"));
    uint64_t id = kit_sent(kit)->order;
    assert_int_equal(fixture_say(kit->f, OC_EV_ACCEPTED, id), OC_OK);
    assert_true(kit_said(kit, "ACCEPTED\topen\ttrue\t99.0\t\n"));
    kit_close(kit, 10100);
    assert_true(kit_said(kit, "replace\ttrue"));
    assert_true(kit_said(kit, "again\tnil\tAMEND_PENDING"));
    assert_int_equal(kit_sent(kit)->kind, OC_REQUEST_AMEND);
    assert_int_equal(kit_sent(kit)->price, 9800); /* down, as it buys */
    assert_int_equal(kit_sent(kit)->qty, 3000);
    struct oc_ev_answer answer = fixture_answer(kit->f, OC_EV_AMENDED, id);
    answer.price = 9800;
    answer.qty = 3000;
    assert_int_equal(fixture_input(kit->f, &answer), OC_OK);
    kit_close(kit, 9900);
    assert_true(kit_said(kit, "cancel\ttrue"));
    assert_int_equal(kit_sent(kit)->kind, OC_REQUEST_CANCEL);
    assert_int_equal(fixture_say(kit->f, OC_EV_CANCELED, id), OC_OK);
    assert_true(kit_said(kit, "CANCELED\tcanceled\tfalse\t98.0"));
    kit_free(kit);
    raises("local o = m:buy(1) o:replace { prise = 1 }", "order:replace takes price, stop and qty; found 'prise'");
    raises("local o = m:buy(1) o.price = 1", "an order is changed with order:replace");
    raises("local o = m:buy(1) print(o.prise)", "an order has no field 'prise'");
}

static void a_final_order_refuses(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_bar(m) if not m.o then m.o = m:buy(1) else\n"
                "  local o, e = m.o:cancel() print(o, e.code) o, e = m.o:replace { qty = 2 } print(o, e.code) end end");
    kit_close(kit, 10000);
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 1000, 10000);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "nil\tORDER_ALREADY_FINAL\nnil\tORDER_ALREADY_FINAL\n"));
    kit_free(kit);
}

static void position_close_and_busy(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_bar(m, b)\n"
                "  local p = m.position\n"
                "  print(p.qty, p.side, p.average, p.realised, p.unrealised, p.trips, m:busy())\n"
                "  if b.close == 100 then m:buy(2) end\n"
                "  if b.close == 120 then local o = m:close { tag = 'out' } print(o.role, o.side, o.qty) end\n"
                "  if b.close == 130 then local o, e = m:close() print(o, e.code) end\n"
                "end");
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "0.0\tflat\tnil\t0.0\t0.0\t0\tfalse"));
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 500, 10000);
    kit_close(kit, 11000);
    assert_true(kit_said(kit, "0.5\tlong\t100.0\t0.0\t5.0\t0\ttrue"));
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 1500, 10200);
    kit_close(kit, 12000);
    assert_true(kit_said(kit, "2.0\tlong\t101.5\t0.0\t37.0\t0\tfalse"));
    assert_true(kit_said(kit, "close\tsell\t2.0"));
    assert_true(kit_sent(kit)->bits & OC_RQ_REDUCE_ONLY);
    assert_string_equal(kit_sent(kit)->tag, "out");
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_SELL, 2000, 12000);
    kit_close(kit, 13000);
    assert_true(kit_said(kit, "0.0\tflat\tnil\t37.0\t0.0\t1\tfalse"));
    assert_true(kit_said(kit, "nil\tNO_POSITION"));
    kit_free(kit);
}

/* Of the orders that are open: its own, of this market, and nothing that has ended. */
static void orders_are_its_own_of_this_market(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_bar(m, b)\n"
                "  if b.close == 100 then m:buy(1, { price = 90 }) m:buy(2, { price = 91 }) end\n"
                "  local t = {} for i, o in ipairs(m:orders()) do t[i] = o.qty end print(#t, table.concat(t, ' '))\n"
                "end");
    uint32_t own_inst = kit->f->inst, inst;
    struct oc_instrument info = instruments_get(engine_instruments(kit->f->engine), own_inst)->info;
    strcpy(info.symbol, "ETH/USDT");
    assert_int_equal(instruments_add(engine_instruments(kit->f->engine), &info, &inst), OC_OK);
    assert_true(fixture_submit(kit->f, fixture_order(kit->f, OC_SIDE_BUY, 7000, 9000)) != 0); /* of the host */
    struct oc_request other = fixture_order(kit->f, OC_SIDE_BUY, 8000, 9000);
    other.head.inst = inst;
    other.strategy = strategy_id(kit->strategy);
    assert_true(fixture_submit(kit->f, other) != 0);
    kit_close(kit, 10000);
    assert_string_equal(kit->log, "2\t1.0 2.0\n");
    kit->log_size = 0;
    fixture_say(kit->f, OC_EV_ACCEPTED, kit_sent(kit)->order);
    fixture_say(kit->f, OC_EV_CANCELED, kit_sent(kit)->order - 1);
    kit_close(kit, 10100);
    assert_string_equal(kit->log, "1\t2.0\n");
    kit_free(kit);
}

/* What was just refused is neither open nor in the way, and cannot be cancelled; what is being cancelled is counted once. */
static void a_refused_order_is_not_open(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  if b.close == 100 then m:buy(1, { price = 90 }) return end\n"
                              "  if b.close == 102 then print(m:cancel_all(), m:cancel_all(), #m:orders()) return end\n"
                              "  if b.close == 103 then print(m:cancel_all(), #m:orders()) return end\n"
                              "  local o, e = m:buy(2, { price = 91 })\n"
                              "  print(o, e.code, #m:orders(), m:busy(), select(2, m:close()).code)\n"
                              "end");
    engine_latch(kit->f->engine, 0, "TEST");
    kit_close(kit, 10100);
    assert_string_equal(kit->log, "nil\tTEST\t0\tfalse\tNO_POSITION\n");
    assert_int_equal(kit->f->sent_count, 0); /* nothing takes down what never left */
    kit->log_size = 0;
    engine_unlatch(kit->f->engine, 0);
    kit_close(kit, 10000);
    fixture_say(kit->f, OC_EV_ACCEPTED, kit_sent(kit)->order);
    kit_close(kit, 10200);
    kit_close(kit, 10300);
    assert_string_equal(kit->log, "1\t0\t1\n0\t1\n");
    kit_free(kit);
}

static void protection_is_not_busy_and_survives_cancel_all(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  if b.close == 100 then m:buy(1, { stop_loss = 95 }) return end\n"
                              "  for _, o in ipairs(m:orders()) do print(o.role, o.type, o.stop) end\n"
                              "  print(m:busy(), #m:orders(), m:cancel_all())\n"
                              "end");
    kit_close(kit, 10000);
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 1000, 10000);
    kit_close(kit, 10100);
    assert_true(kit_said(kit, "stop_loss\tstop\t95.0"));
    assert_true(kit_said(kit, "false\t1\t0"));
    kit_free(kit);
}

static void events_die_with_their_callback(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("local kept, copy\n"
                "function on_bar(m, b)\n"
                "  if kept then print(copy.close, copy:copy().high, pcall(function() return kept.close end)) end\n"
                "  kept, copy = b, b:copy()\n"
                "end");
    kit_bar(kit, 10100, 9900, 10000);
    kit_close(kit, 20000);
    assert_true(kit_said(kit, "100.0\t101.0\tfalse"));
    assert_true(kit_said(kit, "belongs to a callback that has returned; keep event:copy() instead"));
    kit_free(kit);
}

static void callbacks_are_known_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"function on_bra(m) end", "'on_bra' is not a callback and would never be called; did you mean 'on_bar'?"},
        {"function on_fil(m) end", "did you mean 'on_fill'?"},
        {"on_bar = 5", "on_bar must be a function; found number"},
        {"strategy { nam = 'x' }", "unknown or wrong field 'nam'"},
        {"strategy { timeframe = '7m' }", "timeframe '7m': expected a divisor of a day"},
        {"function on_init(m) m:buy(1) end", "orders can be made from on_start on"},
        {"function on_init(m) m:sma(0) end", "sma: length is 1 to 100000 bars; found 0"},
        {"every('1m', function() end)", "timers are set from on_init or later"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kit *kit = kit_with(cases[i].text, NULL, 0);
        assert_true(kit->rc < 0);
        if (!strstr(kit->error.message, cases[i].words))
            fail_msg("expected '%s' in '%s'", cases[i].words, kit->error.message);
        kit_free(kit);
    }
}

static void indicators_warm_up(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_init(m)\n"
                              "  m.s, m.e = m:sma(3), m:ema(2)\n"
                              "  print(m.s.ready, pcall(function() return m.s() end))\n"
                              "end\n"
                              "function on_bar(m, b) print(m.s(), m.e.value, tostring(m.s), pcall(m.s, 1)) end");
    assert_true(kit_said(kit, "false\tfalse"));
    assert_true(kit_said(kit, "sma(3) is not ready: 3 more bars are needed"));
    kit_close(kit, 10000);
    kit_close(kit, 10100);
    assert_int_equal(strategy_calls(kit->strategy), 0);
    kit_close(kit, 10200);
    assert_int_equal(strategy_calls(kit->strategy), 1);
    assert_true(kit_said(kit, "101.0\t101.5\tsma(3)\tfalse"));
    assert_true(kit_said(kit, "sma(3) has no value 1 bars ago yet"));
    kit_free(kit);
    raises("for i = 1, 1 do cross_above(1, 2) end", "compare two indicators, or one with a number");
}

static void the_account(void **state)
{
    (void)state;
    says("print(account.cash, account.equity, account.currency, account.name, account('BTC'))",
         "1000000.0\t1000000.0\tUSDT\tmain\t0.0");
}

/* E = 50000, f = 0.01, entry 100, stop 96.5. The fixture's lot is 0.001. */
static struct kit *sized(const char *body)
{
    char text[1024];
    snprintf(text, sizeof text, "function on_bar(m, b)\n%s\nend", body);
    struct kit *kit = kit_new(text);
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = kit->f->account,
                                    .asset = kit->f->quote,
                                    .total = {50000, 0, 0}};
    assert_int_equal(fixture_input(kit->f, &balance), OC_OK);
    kit_close(kit, 10000);
    return kit;
}

static void SIZE_5(void **state)
{
    (void)state;
    struct kit *kit = sized("print(size.risk(m, { risk = 0.01, entry = 100, stop = 96.5 }))");
    assert_true(kit_said(kit, "142.857\n")); /* 142.8571428571, down to the lot */
    kit_free(kit);
}

static void SIZE_6(void **state)
{
    (void)state;
    struct kit *kit = sized("print(size.risk(m, { risk = 0.01, entry = 100, stop = 96.5, fee = 0.001 }))");
    assert_true(kit_said(kit, "135.263\n"));
    kit_free(kit);
}

static void SIZE_7(void **state)
{
    (void)state;
    static const int64_t high[] = {4870, 4872, 4890, 4887, 4882, 4905, 4920, 4935},
                         low[] = {4779, 4814, 4839, 4837, 4824, 4864, 4894, 4886},
                         close[] = {4816, 4861, 4875, 4863, 4874, 4903, 4907, 4932};
    struct kit *kit =
        kit_new("function on_init(m) m.a = m:atr(5) end\n"
                "function on_bar(m, b) log.info('%.6f', m.a())\n"
                "  log.info('%.3f', size.risk(m, { risk = 0.01, entry = b.close, stop = b.close - 2 * m.a() })) end");
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = kit->f->account,
                                    .asset = kit->f->quote,
                                    .total = {50000, 0, 0}};
    assert_int_equal(fixture_input(kit->f, &balance), OC_OK);
    for (int i = 0; i < 8; i++)
        kit_bar(kit, high[i], low[i], close[i]);
    assert_true(kit_said(kit, "0.616000\n"));
    assert_true(kit_said(kit, "0.574800\n"));
    assert_true(kit_said(kit, "0.511840\n"));
    assert_true(kit_said(kit, "0.507472\n"));
    assert_true(kit_said(kit, "492.638\n"));
    kit_free(kit);
}

static void a_size_has_limits(void **state)
{
    (void)state;
    static const struct {
        const char *body, *words;
    } cases[] = {
        {"print(size.risk(m, { risk = 0.01, entry = 100, stop = 100 }))", "nil\tentry and stop are the same price"},
        {"print(size.risk(m, { risk = 1e-9, entry = 100, stop = 1 }))",
         "nil\tthe quantity, or the cash for it, is below"},
        {"print(size.risk(m, { risk = 1, entry = 100, stop = 99 }))", "475.0\n"},    /* what 95 % of the cash pays */
        {"print(size.risk(m, { risk = 1, entry = 100, stop = 101 }))", "50000.0\n"}, /* a sale is not a purchase */
        {"print(pcall(size.risk, m, { risk = 1.01, entry = 100, stop = 99 }))", "risk is a share of equity above 0"},
        {"print(pcall(size.risk, m, { risk = 0.01, entry = 100 }))", "size.risk: stop is needed"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kit *kit = sized(cases[i].body);
        assert_true(kit_said(kit, cases[i].words));
        kit_free(kit);
    }
}

/* Where the engine lets nobody begin, nothing of a strategy runs. */
static void it_starts_in_a_batch_of_its_own_or_not_at_all(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_start() print('started') end");
    kit->log_size = 0;
    kit->log[0] = 0;
    assert_int_equal(engine_begin(kit->f->engine, 0), OC_OK);
    assert_true(strategy_start(kit->strategy) < 0);
    assert_false(kit_said(kit, "started"));
    fixture_end(kit->f, false);
    assert_int_equal(strategy_start(kit->strategy), OC_OK);
    assert_true(kit_said(kit, "started"));
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(it_starts_in_a_batch_of_its_own_or_not_at_all),
                                       cmocka_unit_test(ways_to_buy),
                                       cmocka_unit_test(numbers_are_moved_in_the_safe_direction),
                                       cmocka_unit_test(strict_refuses_instead),
                                       cmocka_unit_test(wrong_use_raises),
                                       cmocka_unit_test(a_rule_refuses_with_numbers),
                                       cmocka_unit_test(an_order_is_changed_and_canceled),
                                       cmocka_unit_test(a_final_order_refuses),
                                       cmocka_unit_test(position_close_and_busy),
                                       cmocka_unit_test(a_refused_order_is_not_open),
                                       cmocka_unit_test(protection_is_not_busy_and_survives_cancel_all),
                                       cmocka_unit_test(orders_are_its_own_of_this_market),
                                       cmocka_unit_test(events_die_with_their_callback),
                                       cmocka_unit_test(callbacks_are_known_by_name),
                                       cmocka_unit_test(indicators_warm_up),
                                       cmocka_unit_test(the_account),
                                       cmocka_unit_test(SIZE_5),
                                       cmocka_unit_test(SIZE_6),
                                       cmocka_unit_test(SIZE_7),
                                       cmocka_unit_test(a_size_has_limits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
