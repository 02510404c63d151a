/* strategy_run_test.c: a strategy while it runs: warm-up, protection, logs, names it cannot take, limits of time. */
#include "support/strategy_kit.h"

static const char averages[] = "function on_init(m) m.s, m.r = m:sma(3), m:rsi(5) print('init') end\n"
                               "function on_bar(m, b) print('bar', b.open_time, m.s()) m:buy(1) end\n"
                               "function on_trade(m, t) print('trade', t.price) end";

static void from_is_the_first_bar_that_may_trade(void **state)
{
    (void)state;
    struct kit *kit = kit_from(averages, NULL, 0, 7 * KIT_MINUTE);
    for (int i = 1; i <= 6; i++) /* open times 1 to 6 minutes */
        kit_close(kit, 10000 + i);
    fixture_price(kit->f, 10000); /* at 7 minutes: the first instant that counts */
    assert_string_equal(kit->log, "init\ntrade\t100.0\n");
    kit_close(kit, 10007);
    assert_true(kit_said(kit, "bar\t420000000000\t100.06\n"));
    assert_int_equal(strategy_calls(kit->strategy), 1);
    assert_int_equal(strategy_missing(kit->strategy), 0);
    assert_null(strategy_error(kit->strategy));
    assert_int_equal(kit->f->sent_count, 1);
    kit_free(kit);
}

static void ticks_before_from_are_not_shown(void **state)
{
    (void)state;
    struct kit *kit = kit_from(averages, NULL, 0, 7 * KIT_MINUTE);
    kit->f->now_ns = 7 * KIT_MINUTE - 1;
    fixture_price(kit->f, 10000);
    assert_string_equal(kit->log, "init\n");
    kit_free(kit);
}

/* rsi(5) needs six closes: exactly enough, one too few, none. */
/* Trades come with quotes: who has a callback for one of them is not called for the other. */
static void only_what_has_a_callback_is_called(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "function on_trade(m, t) print('trade', t.price) end", "function on_quote(m, q) print('quote', q.bid) end",
        "function on_bar(m, b) print('bar', b.close) end", "function on_fill(m, f) print('fill', f.price) end"};
    static const char *const said[] = {"trade\t100.0\n", "quote\t99.0\n", "bar\t100.0\n", ""};
    for (int i = 0; i < 4; i++) {
        struct kit *kit = kit_new(texts[i]);
        struct oc_ev_quote quote = {.head = {.size = sizeof quote, .type = OC_EV_QUOTE, .inst = kit->f->inst},
                                    .bid = 9900,
                                    .ask = 10100,
                                    .present = OC_HAS_BID | OC_HAS_ASK};
        fixture_price(kit->f, 10000);
        assert_int_equal(fixture_input(kit->f, &quote), OC_OK);
        kit_close(kit, 10000);
        assert_null(strategy_error(kit->strategy));
        assert_string_equal(kit->log, said[i]);
        kit_free(kit);
    }
}

static void warm_up_that_is_too_short_tells_the_missing_count(void **state)
{
    (void)state;
    static const struct {
        int before;
        uint32_t missing;
    } cases[] = {{5, 0}, {4, 1}, {0, 5}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct kit *kit = kit_from(averages, NULL, 0, (cases[i].before + 1) * KIT_MINUTE);
        for (int k = 0; k <= cases[i].before + 2; k++)
            kit_close(kit, 10000);
        assert_int_equal(strategy_missing(kit->strategy), cases[i].missing);
        assert_int_equal(engine_is_suspended(kit->f->engine, strategy_id(kit->strategy)), cases[i].missing > 0);
        assert_int_equal(strategy_calls(kit->strategy), cases[i].missing ? 0 : 3);
        char words[128] = "";
        if (cases[i].missing)
            snprintf(words, sizeof words, "warm-up is too short: %u more bars are needed before --from",
                     cases[i].missing);
        assert_string_equal(engine_suspension(kit->f->engine, strategy_id(kit->strategy)), words);
        kit_free(kit);
    }
}

/* The textbook sums, made anew from all closes at each bar. */
static double naive_ema(const double *close, int count, int length)
{
    double value = 0;
    for (int i = 0; i < length; i++)
        value += close[i] / length;
    for (int i = length; i < count; i++)
        value = close[i] * 2.0 / (length + 1) + value * (1.0 - 2.0 / (length + 1));
    return value;
}

static double naive_rsi(const double *close, int count, int length)
{
    double up = 0, down = 0;
    for (int i = 1; i < count; i++) {
        double gain = close[i] > close[i - 1] ? close[i] - close[i - 1] : 0;
        double loss = close[i] < close[i - 1] ? close[i - 1] - close[i] : 0;
        up = i <= length ? up + gain / length : (up * (length - 1) + gain) / length;
        down = i <= length ? down + loss / length : (down * (length - 1) + loss) / length;
    }
    return 100.0 - 100.0 / (1.0 + up / down);
}

static void averages_and_rsi_are_the_textbook_ones(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_init(m) m.e, m.r, m.s = m:ema(7), m:rsi(14), m:sma(9) end\n"
                              "function on_bar(m) log.info('e %.6f r %.6f s %.6f', m.e(), m.r(), m.s()) end");
    double close[60];
    uint32_t random = 12345;
    for (int i = 0; i < 60; i++) {
        random = random * 1103515245u + 12345u;
        int64_t price = 10000 + (int64_t)(random >> 16) % 500;
        close[i] = (double)price / 100.0;
        kit_close(kit, price);
        if (i < 14) {
            assert_int_equal(kit->log_size, 0);
            continue;
        }
        double sum = 0;
        for (int k = i - 8; k <= i; k++)
            sum += close[k];
        char words[128];
        snprintf(words, sizeof words, "e %.6f r %.6f s %.6f", naive_ema(close, i + 1, 7), naive_rsi(close, i + 1, 14),
                 sum / 9);
        assert_true(kit_said(kit, words));
    }
    kit_free(kit);
}

static uint32_t open_legs(const struct kit *kit, int64_t *ret_qty)
{
    uint32_t count = 0;
    for (const struct order *o = orders_open_first(engine_orders(kit->f->engine)); o; o = o->younger)
        if (o->now.role == OC_ROLE_STOP_LOSS || o->now.role == OC_ROLE_TAKE_PROFIT) {
            *ret_qty = o->ask_qty ? o->ask_qty : o->now.qty;
            count += state_is_open(o->state) && o->state != STATE_PENDING_CANCEL;
        }
    return count;
}

static void close_takes_the_protection_down(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  if m:busy() then return end\n"
                              "  if m.position.qty == 0 then m:buy(2, { stop_loss = 95, take_profit = 110 })\n"
                              "  elseif b.close == 105 then m:close { tag = 'mean' } end\n"
                              "end");
    int64_t qty = 0;
    kit_close(kit, 10000);
    uint64_t entry = kit_sent(kit)->order;
    assert_int_equal(open_legs(kit, &qty), 0); /* nothing is filled, nothing to protect */
    fixture_trade(kit->f, entry, OC_SIDE_BUY, 500, 10000);
    assert_int_equal(open_legs(kit, &qty), 2);
    assert_int_equal(qty, 500);
    fixture_trade(kit->f, entry, OC_SIDE_BUY, 1500, 10000);
    for (const struct order *o = orders_open_first(engine_orders(kit->f->engine)); o; o = o->younger)
        assert_int_equal(o->ask_qty ? o->ask_qty : o->now.qty, 2000); /* grown with the fill */
    kit_close(kit, 10500);
    const struct oc_request *close = kit_sent(kit);
    assert_string_equal(close->tag, "mean");
    assert_int_equal(close->qty, 2000);
    assert_int_equal(open_legs(kit, &qty), 2); /* until the position is closed in truth */
    fixture_trade(kit->f, close->order, OC_SIDE_SELL, 2000, 10500);
    assert_int_equal(open_legs(kit, &qty), 0);
    assert_int_equal(kit_sent(kit)->kind, OC_REQUEST_CANCEL);
    kit_free(kit);
}

static void protection_goes_on_without_its_strategy(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  if b.close == 100 then m:buy(2, { stop_loss = 95 }) else error 'over' end\n"
                              "end");
    int64_t qty = 0;
    kit_close(kit, 10000);
    uint64_t entry = kit_sent(kit)->order;
    fixture_trade(kit->f, entry, OC_SIDE_BUY, 500, 10000);
    const struct order *stop = fixture_find(kit->f, kit_sent(kit)->order);
    kit_close(kit, 10100);
    assert_true(engine_is_suspended(kit->f->engine, strategy_id(kit->strategy)));
    fixture_trade(kit->f, entry, OC_SIDE_BUY, 1500, 10000); /* the rest of the entry comes late */
    assert_int_equal(open_legs(kit, &qty), 1);
    assert_int_equal(qty, 2000);
    if (stop)
        fixture_trade(kit->f, stop->now.order, OC_SIDE_SELL, 2000, 9500);
    assert_int_equal(open_legs(kit, &qty), 0);
    kit_free(kit);
}

static void a_storm_of_lines_is_a_count(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  for i = 1, b.volume do print('line', i, b.close) end\n"
                              "  if b.close == 102 then for i = 1, 5000 do log.info('x %d', i) end end\n"
                              "end");
    kit_close(kit, 10000); /* five lines: the volume */
    kit_close(kit, 10200);
    assert_true(kit_said(kit, "line\t5\t102.0\n"));
    assert_true(kit_said(kit, "x 95\n"));
    assert_null(strstr(kit->log, "x 96\n"));
    kit_close(kit, 10300);
    assert_true(kit_said(kit, "x 95\n... and 4905 more lines of the same event were left out\nline\t1\t103.0\n"));
    kit_free(kit);
    kit = kit_new("function on_bar(m, b) for i = 1, 100 do print(i) end end\nfunction on_stop() for i = 1, 101 do "
                  "print(i) end end");
    kit_close(kit, 10000);
    assert_null(strstr(kit->log, "left out")); /* the limit itself is whole */
    kit_close(kit, 10000);
    assert_null(strstr(kit->log, "left out"));
    (void)strategy_stop(kit->strategy, "end"); /* under the cause of the bar before: 100 + 101 lines */
    assert_true(kit_said(kit, "... and 101 more lines of the same event were left out\n"));
    kit_free(kit);
}

static void names_of_the_api_are_not_taken(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "m.sell = 1",   "m.sma = 1",   "m.symbol = 'x'", "m.bid = 1",       "m.busy = nil",      "state = {}",
        "account = {}", "now = 1",     "print = nil",    "size.risk = nil", "log.info = 1",      "math.pi = 3",
        "params = 1",   "require = 1", "m.tick = 1",     "_G.every = 1",    "account.cash = 1e9"};
    for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "function on_bar(m, b) %s end", lines[i]);
        struct kit *kit = kit_new(text);
        kit_close(kit, 10000);
        if (!strategy_error(kit->strategy))
            fail_msg("%s did not raise", lines[i]);
        assert_int_equal(strategy_error(kit->strategy)->line, 1);
        kit_free(kit);
    }
}

static void a_size_without_money_is_a_reason(void **state)
{
    (void)state;
    static const struct {
        const char *call, *words;
        int64_t cash;
    } cases[] = {{"entry = 100, stop = 99", "nil\tno equity", 0},
                 {"entry = 100, stop = 99", "nil\tthe quantity, or the cash for it, is below", 0x1}, /* 1e-8 USDT */
                 {"entry = 1e-300, stop = 2e-300", "nil\tthe quantity is out of range", 100000000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[256];
        snprintf(text, sizeof text, "function on_bar(m) print(size.risk(m, { risk = 0.01, %s })) end", cases[i].call);
        struct kit *kit = kit_new(text);
        struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                        .account = kit->f->account,
                                        .asset = kit->f->quote,
                                        .total = {cases[i].cash, 8, 0}};
        assert_int_equal(fixture_input(kit->f, &balance), OC_OK);
        kit_close(kit, 10000);
        assert_true(kit_said(kit, cases[i].words));
        kit_free(kit);
    }
}

/* Stopped in its third bar by the limit of time, after it had changed what is saved. */
static void a_stopped_strategy_is_saved_as_it_was_recorded(void **state)
{
    (void)state;
    static const char text[] = "function on_init(m) m.s = m:sma(2) end\n"
                               "function on_bar(m, b)\n"
                               "  m.n = (m.n or 0) + 1 state.word = 'good'\n"
                               "  if m.n == 3 then m.n, state.word = 99, 'lost' while b.close > 0 do end end\n"
                               "end";
    struct sandbox_watchdog *watchdog;
    assert_int_equal(sandbox_watchdog_start(2000, &watchdog), OC_OK);
    struct kit *kit = kit_limited(text, watchdog, 20), *again = kit_new(text), *third = kit_new(text);
    for (int i = 0; i < 6; i++)
        kit_close(kit, 10000 + i);
    assert_true(sandbox_is_stopped(strategy_sandbox(kit->strategy)));
    assert_true(kit_failed(kit, "ran longer than its deadline of 20 ms"));
    assert_int_equal(strategy_calls(kit->strategy), 3);
    char bytes[8192], same[8192];
    int64_t size = strategy_save(kit->strategy, bytes, sizeof bytes);
    assert_true(size > 0);
    for (int64_t room = 0; room < size; room++)
        assert_int_equal(strategy_save(kit->strategy, same, (size_t)room), OC_E_LIMIT);
    assert_int_equal(strategy_load(again->strategy, bytes, (size_t)size), OC_OK);
    assert_true(engine_is_suspended(again->f->engine, strategy_id(again->strategy)));
    kit_close(again, 10000);
    assert_int_equal(strategy_calls(again->strategy), 3); /* as saved: no more */
    assert_int_equal(strategy_stop(again->strategy, "end"), OC_OK);
    lua_State *lua = sandbox_lua(strategy_sandbox(again->strategy));
    assert_int_equal(luaL_loadstring(lua, "return state.word"), LUA_OK);
    assert_int_equal(lua_pcall(lua, 0, 1, 0), LUA_OK);
    assert_string_equal(lua_tostring(lua, -1), "good");
    lua_pop(lua, 1);
    assert_int_equal(strategy_save(third->strategy, same, sizeof same) > 0, true);
    assert_int_equal(strategy_load(third->strategy, bytes, (size_t)size), OC_OK);
    assert_int_equal(strategy_save(third->strategy, same, sizeof same), size); /* a checkpoint of the restored one */
    assert_memory_equal(bytes, same, (size_t)size);
    kit_free(kit);
    kit_free(again);
    kit_free(third);
    sandbox_watchdog_stop(watchdog);
}

/* The journal takes nothing: the order that was asked for before anyone knew is denied and told; from then on the call
 * itself says so. What closes goes on. */
static void a_failed_journal_is_said_at_the_call(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m, b)\n"
                              "  local order, err = m:buy(0.1)\n"
                              "  log.info('%s %s', order and 'order' or 'none', err and err.code or '-')\n"
                              "  if m.position.qty > 0 then m:close() end\n"
                              "end\n"
                              "function on_order(m, o) log.info('told %s %s', o.state, o.reason or '-') end\n");
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "order -"));
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 100, 10000);
    kit->f->door_answer = OC_E_FULL;
    kit->log_size = 0;
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "order -"));
    assert_int_equal(kit->f->sent_count, 2); /* the close */
    assert_int_equal(kit_sent(kit)->side, OC_SIDE_SELL);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "JOURNAL_FAILED\nnone JOURNAL_FAILED\n"));
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(from_is_the_first_bar_that_may_trade),
        cmocka_unit_test(ticks_before_from_are_not_shown),
        cmocka_unit_test(only_what_has_a_callback_is_called),
        cmocka_unit_test(warm_up_that_is_too_short_tells_the_missing_count),
        cmocka_unit_test(averages_and_rsi_are_the_textbook_ones),
        cmocka_unit_test(close_takes_the_protection_down),
        cmocka_unit_test(protection_goes_on_without_its_strategy),
        cmocka_unit_test(a_storm_of_lines_is_a_count),
        cmocka_unit_test(names_of_the_api_are_not_taken),
        cmocka_unit_test(a_size_without_money_is_a_reason),
        cmocka_unit_test(a_stopped_strategy_is_saved_as_it_was_recorded),
        cmocka_unit_test(a_failed_journal_is_said_at_the_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
