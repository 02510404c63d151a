/* shell_size_test.c (U2, U3, U4, U12, U13, U14): what traders type: shares, money, short names, other names of words, several lines at once,
 * timers, indicators, a ladder. Of the scripted host: 10,000 USDT free; 0.3 BTC of the account, of which a strategy is short 0.1. */
#include "support/shell_kit.h"

static void U12_sizes_as_they_are_typed(void **unused)
{
    (void)unused;
    static const struct {
        const char *typed, *lua, *asked;
    } good[] = {
        {"buy 1000 USDT", "= buy({ quote_qty = 1000 })\n", "buy BTC/USDT quote_qty=1000\n"},
        {"buy 1,000.50 usdt @ 60000", "= buy({ quote_qty = 1000.5, price = 60000 })\n", "quote_qty=1000.5"},
        {"buy 100 USDT BTC/USDT", "= buy({ symbol = 'BTC/USDT', quote_qty = 100 })\n", "buy BTC/USDT quote_qty=100\n"},
        {"buy 100 USDT eth/usdt stop 1000", "= buy({ symbol = 'ETH/USDT', quote_qty = 100, stop_loss = 1000 })\n",
         "buy ETH/USDT"},
        {"buy 100 usdt of eth", "= buy({ symbol = 'ETH/USDT', quote_qty = 100 })\n", "buy ETH/USDT quote_qty=100\n"},
        {"buy 0.5 eth", "= buy(0.5, { symbol = 'ETH/USDT' })\n", "buy ETH/USDT qty=0.5\n"},
        {"buy 0.5 btc stop 58000", "= buy(0.5, { stop_loss = 58000 })\n", "buy BTC/USDT qty=0.5 stop_loss=58000\n"},
        {"buy 50%", "= buy({ quote_qty = 5000 })\n", "buy BTC/USDT quote_qty=5000\n"},
        {"buy 12.5% eth/usdt", "= buy({ symbol = 'ETH/USDT', quote_qty = 1250 })\n", "buy ETH/USDT quote_qty=1250\n"},
        {"buy all", "= buy({ quote_qty = 9990 })\n", "buy BTC/USDT quote_qty=9990\n"}, /* its fee, 0.1 %, is kept */
        {"buy 50% @ 50000", "= buy(0.1, { price = 50000 })\n", "buy BTC/USDT price=50000 qty=0.1\n"},
        {"sell all", "= sell(0.4)\n", "sell BTC/USDT qty=0.4\n"}, /* by hand: the account's less the strategy's */
        {"sell 25% @ 61000 post", "= sell(0.1, { price = 61000, post_only = true })\n",
         "post_only=1 price=61000 qty=0.1"},
        {"close 50%", "= sell(0.2, { reduce_only = true })\n", "sell BTC/USDT qty=0.2 reduce_only=1\n"},
        {"close 0.1", "= sell(0.1, { reduce_only = true })\n", "sell BTC/USDT qty=0.1 reduce_only=1\n"},
        {"close btc 0.1", "= sell(0.1, { reduce_only = true })\n", "sell BTC/USDT qty=0.1 reduce_only=1\n"},
        {"close all", "", "close BTC/USDT\n"},
        {"close 100%", "", "close BTC/USDT\n"},
        {"close BTC/USDT", "", "close BTC/USDT\n"},
        {"buy 0.1 @ 50000 gtd 1h", "tif = 'GTD', expire = '2026-01-31T13:00:05Z'", "expire=2026-01-31T13:00:05Z"},
        {"buy 0.1 @ 50000 gtd 16:30", "expire = '2026-01-31T16:30:00Z'", "tif=GTD"},
        {"buy 0.1 @ 50000 gtd 11:00", "expire = '2026-02-01T11:00:00Z'", "tif=GTD"}, /* has passed today */
        {"ticker ethusdt", "", "ticker ETH/USDT\n"},
        {"ticker eth-usdt", "", "ticker ETH/USDT\n"},
    };
    struct kit *kit = kit_new();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        kit_says_at(kit, good[i].typed, good[i].lua, (int)i);
        kit_asks_at(kit, good[i].typed, good[i].asked, (int)i);
    }
    kit_free(kit);
}

static void U12_sizes_that_are_wrong(void **unused)
{
    (void)unused;
    static const struct {
        const char *typed, *said;
    } bad[] = {
        {"buy 0%", "found '0%', expected a share above 0%, at most 100%"},
        {"buy 101%", "found '101%', expected a share above 0%, at most 100%"},
        {"buy x%", "found 'x%', expected a share"},
        {"buy 100 EUR", "found 'EUR', expected USDT or BTC, what BTC/USDT is traded in"},
        {"buy 100 stpo 58000", "did you mean 'stop'?"},
        {"sell 50% USDT", "a share is of BTC that is held"},
        {"buy 50% BTC", "a share is of USDT that is free"},
        {"sell all eth/usdt", "nothing of ETH/USDT is held by hand"},
        {"close 0.5", "0.4000 of BTC/USDT is held by hand, less than 0.5000"},
        {"close 0", "expected a quantity, a share such as 50%, or all"},
        {"close 1 2", "the amount is given twice"},
        {"close BTC/USDT ETH/USDT", "expected a symbol and an amount"},
        {"close eth 50%", "nothing of ETH/USDT is held by hand"},
        {"buy 0.1 @ 60000 gtd 1x", "found '1x', expected a time such as 2026-01-31"},
    };
    struct kit *kit = kit_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        kit_says_at(kit, bad[i].typed, bad[i].said, (int)i);
        assert_int_equal(kit_eval(kit, bad[i].typed), SHELL_ERROR);
    }
    assert_int_equal(kit->order_count, 0);
    kit_free(kit);
}

static void U4_other_names(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    asks("position", "positions 0\n");
    asks("balance", "balances 0\n");
    asks("trades 3", "fills 0\n");
    asks("price", "ticker BTC/USDT\n");
    asks("Price eth", "ticker ETH/USDT\n");
    asks("profit", "pnl 0\n");
    asks("panic", "kill\n");
    says("?", "help WORD tells more");
    says("? orders", "orders(['open' or 'all'], [limit])");
    says("flat", "did you mean 'flatten'?");
    assert_null(strstr(kit->asked, "flatten")); /* nothing that trades is done for a name alone */
    says("nothing_near_that", "nothing is called 'nothing_near_that'; help lists the words");
    kit_eval(kit, "price = 5"); /* a person's own name wins */
    says("price", "5\n");
    kit_free(kit);
}

static void U13_positions_say_what_protects_them(void **unused)
{
    (void)unused;
    struct shell_config config = {.columns = 120};
    struct kit *kit = kit_new_with(&config);
    says("positions", "+1.71%");
    says("positions", "none");
    kit_eval(kit, "buy(0.1, { price = 58000 })");
    says("orders", "-3.35%");
    shell_resize(kit->shell, 80, 0);
    says("positions", "+1.71%"); /* of 80 columns, too */
    says("orders", "-3.35%");
    kit_free(kit);
}

static void U3_lines_at_once(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    kit_eval(kit, "buy 0.1 @ 50000\npositions\n1 + 1");
    assert_non_null(strstr(kit->asked, "buy BTC/USDT price=50000 qty=0.1\n"));
    assert_non_null(strstr(kit->asked, "positions 0\n"));
    assert_non_null(strstr(kit->out, "> 1 + 1\n2\n"));
    kit_eval(kit, "buy 0.1 @ 50000\nbuy 0.1 @ nope\nsell all");
    assert_non_null(strstr(kit->out, "expected a price"));
    assert_non_null(strstr(kit->out, "1 line not done"));
    assert_null(strstr(kit->asked, "sell"));
    kit_eval(kit, "for i = 1, 2 do\nprint(i)\nend"); /* Lua stays Lua */
    assert_string_equal(kit->out, "1\n2\n");
    kit_eval(kit, "positions\nfor i = 1, 2 do\nprint(i)\nend\nprice");
    assert_non_null(strstr(kit->out, "1\n2\n> price\n"));
    kit_free(kit);
    struct shell_config config = {.columns = 80, .rows = 24, .confirm = kit_confirm};
    kit = kit_new_with(&config);
    kit->confirm_answer = false;
    config.arg = kit;
    kit_eval(kit, "buy 0.1 @ 50000\nsell 0.1 @ 70000");
    assert_int_equal(kit->confirms, 1);
    assert_non_null(strstr(kit->question, "2 of them orders"));
    assert_int_equal(kit->order_count, 0);
    kit->confirm_answer = true;
    kit_eval(kit, "buy 0.1 @ 50000\nsell 0.1 @ 62000");
    assert_int_equal(kit->confirms, 2);
    assert_int_equal(kit->order_count, 2);
    kit_eval(kit, "positions\nprice"); /* nothing is sent: nobody is asked */
    assert_int_equal(kit->confirms, 2);
    kit_free(kit);
}

static void indicators(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    says("ema 3", "ema(3) of BTC/USDT, closed bars of 1m");
    asks("rsi 14 5m eth/usdt", "bars ETH/USDT 5m 1024 0\n");
    says("sma 5 1x", "no instrument '1x'");
    says("sma 0", "length: found 0");
    says("sma 200", "more bars needed");
    says("m:sma(200).ready", "false\n");
    says("m:sma(200)()", "is not ready");
    says("m:sma(2)() == (m:bars('data')[1].close + m:bars('data')[2].close) / 2", "true\n");
    says("m:sma(2)(1) == (m:bars()[2].close + m:bars()[3].close) / 2", "true\n");
    says("m:macd(3, 6, 3).nope", "it has ready, value, signal, histogram");
    says("type(m:bollinger(5, 2).upper)", "number\n");
    says("indicator nope", "expected one of adx, atr, bollinger");
    says("m:ema(2, 3)", "ema takes 1 number");
    kit_free(kit);
}

static void timers(void **unused)
{
    (void)unused;
    char text[4096] = "";
    struct kit *kit = kit_new();
    assert_int_equal(shell_tick(kit->shell, text, sizeof text), 0);
    says("every 5x pnl", "found '5x', expected a duration");
    says("every 5m", "after '5m': found nothing, expected a function");
    says("every 5m pnl", "timer 1: every 5m: pnl\n");
    says("after('10s', function() print('now', 1 + 1) end)", "timer 2: after 10s: a function");
    says("after 1m buy 0.1 @ 50000", "timer 3: after 1m: buy 0.1 @ 50000");
    says("timers", "every 5m");
    assert_int_equal(shell_tick(kit->shell, text, sizeof text), 0); /* nothing is due */
    pthread_mutex_lock(&kit->lock);
    kit->later_ns = 11000000000;
    pthread_mutex_unlock(&kit->lock);
    assert_true(shell_tick(kit->shell, text, sizeof text) > 0);
    assert_string_equal(text, "now\t2\n");
    assert_int_equal(shell_tick(kit->shell, text, sizeof text), 0); /* once */
    says("after drop 3", "timer 3 is dropped");
    says("every drop 9", "there is no such timer");
    pthread_mutex_lock(&kit->lock);
    kit->later_ns = 400000000000;
    pthread_mutex_unlock(&kit->lock);
    shell_tick(kit->shell, text, sizeof text);
    assert_non_null(strstr(text, "equity      10,080.00 USDT"));
    assert_int_equal(kit->order_count, 0);
    says("every('1s', function() error('no') end)", "timer 4");
    pthread_mutex_lock(&kit->lock);
    kit->later_ns = 402000000000;
    pthread_mutex_unlock(&kit->lock);
    shell_tick(kit->shell, text, sizeof text);
    assert_non_null(strstr(text, "timer 4: error: no"));
    assert_non_null(strstr(text, "timer 4 has ended"));
    kit_free(kit);
}

static void ladder_and_depth(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    kit_eval(kit, "buy(0.1, { price = 59000 })");
    says("ladder", "my buys");
    says("ladder", "59,000.0");
    says("ladder", "< average 59,000.6");
    says("dom 2", "0.1000"); /* what is one's own stays among two rows */
    says("depth", "within");
    says("watch m.last", "60012.4");
    says("watch position", "+303.55");
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(U12_sizes_as_they_are_typed),
        cmocka_unit_test(U12_sizes_that_are_wrong),
        cmocka_unit_test(U4_other_names),
        cmocka_unit_test(U13_positions_say_what_protects_them),
        cmocka_unit_test(U3_lines_at_once),
        cmocka_unit_test(indicators),
        cmocka_unit_test(timers),
        cmocka_unit_test(ladder_and_depth),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
