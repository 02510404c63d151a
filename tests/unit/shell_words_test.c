/* shell_words_test.c: what is typed becomes questions and verbs: Lua, bare names, words, the word form of orders. */
#include "support/shell_kit.h"

static void lua_works_and_shows_its_values(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    says("1 + 2", "3\n");
    says("_ * 2", "6\n");
    says("'text'", "text\n");
    says("{1, 2, a = {b = 'x'}}", "{ 1, 2, a = { b = \"x\" } }\n");
    says("1, nil, 3", "1\n3\n");
    says("nil", "nil\n"); /* U4: never silence */
    says("my_own_name", "nothing is called 'my_own_name'");
    says("m.postion", "a market has no 'postion'; did you mean 'position'?");
    says("m.something_of_mine", "nil\n");
    assert_int_equal(kit_eval(kit, "x = 5"), SHELL_DONE);
    says("x", "5\n");
    says("print('a', 1, nil)", "a\t1\tnil\n");
    assert_int_equal(kit_eval(kit, ""), SHELL_DONE);
    assert_int_equal(kit_eval(kit, "  -- a remark"), SHELL_DONE);
    assert_int_equal(kit_eval(kit, "nope()"), SHELL_ERROR);
    assert_non_null(strstr(kit->out, "error: attempt to call a nil value (global 'nope')"));
    assert_int_equal(kit_eval(kit, "x ="), SHELL_MORE);
    assert_int_equal(kit_eval(kit, "for i = 1, 2 do"), SHELL_MORE);
    says("for i = 1, 2 do\nprint(i)\nend", "1\n2\n");
    says("local a = 1\nerror('here')", "line 2");
    assert_int_equal(kit_eval(kit, "x = = 1"), SHELL_ERROR);
    says("ordrs", "did you mean 'orders'?");
    says("tiker BTC/USDT", "did you mean 'ticker'?");
    assert_int_equal(kit_eval(kit, "orders = 1"), SHELL_ERROR); /* words cannot be lost */
    says("tostring({}):find('0x')", "");
    assert_int_equal(kit_eval(kit, "setmetatable({}, {__tostring = function() error('no') end})"), SHELL_ERROR);
    assert_int_equal(kit_eval(kit, "quit()"), SHELL_QUIT);
    assert_int_equal(kit_eval(kit, "exit"), SHELL_QUIT);
    kit_free(kit);
}

static void a_bare_name_calls_itself(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    asks("ticker", "ticker BTC/USDT\n");
    asks("ticker eth/usdt", "ticker ETH/USDT\n");
    asks("TICKER paper:eth/usdt", "ticker ETH/USDT\n");
    asks("ticker('BTC/USDT')", "ticker BTC/USDT\n");
    asks("orders all", "orders all 0\n");
    asks("fills 3", "fills 0\n");
    asks("explain o3", "explain o3\n");
    asks("explain 3", "explain o3\n");
    asks("alert BTC/USDT > 61000", "alert BTC/USDT > 61000\n");
    asks("alert <59000.5", "alert BTC/USDT < 59000.5\n");
    asks("alert drop 2", "alert drop 2\n");
    says("alert BTC/USDT 61000", "expected > or <");
    says("help orders", "orders(['open' or 'all'], [limit])");
    says("help nonsense", "no word 'nonsense'");
    says("help", "Strategies");
    asks("step 10 fills", "step 10 fills\n");
    asks("speed 60", "speed 60x\n");
    asks("speed 60x", "speed 60x\n");
    asks("speed max", "speed max\n");
    asks("until_fill", "until_fill\n");
    asks("to 2026-01-31 12:00", "to 2026-01-31T12:00\n");
    asks("back 3", "back 3\n");
    says("use eth/usdt", "ETH/USDT is in use");
    asks("ticker", "ticker ETH/USDT\n");
    says("use nope/usdt", "no instrument 'nope/usdt'");
    says("use", "expected a symbol");
    asks("load sma.lua fast=10", "load sma.lua fast=10\n");
    asks("load('sma.lua', {slow = 0.1 + 0.2})", "load sma.lua slow=0.3\n");
    asks("set sma fast 12", "set sma fast=12\n");
    asks("strategy('sma'):pause()", "hold sma\n");
    asks("strategy('sma'):may{verbs = {'buy', 'sell'}}", "may sma verbs=buy,sell\n");
    says("strategy nope", "no strategy 'nope'");
    asks("budget sma callback=5ms", "budget sma callback=5ms\n");
    says("set sma", "fast    10\nchange one: set sma_cross fast=12");
    says("budget smaa", "no strategy 'smaa'; did you mean 'sma'?");
    asks("flatten", "flatten\n");
    asks("kill now", "kill now\n");
    asks("cancel_all eth/usdt", "cancel_all ETH/USDT\n");
    asks("live.unlock()", "unlock\n");
    asks("ask('journal')", "journal\n");
    says("ask('nonsense')", "UNKNOWN_WORD");
    says("diff a b", "not supported");
    says("watch live", "expected a word such as ticker");
    asks("cancel all", "cancel_all\n");
    says("\x1b[2J x", "error: ");
    kit_eval(kit, "buy(0.1, {price = 60000})");
    says("o1", "o1 BUY 0.100 ETH/USDT @ 60,000.00 open");
    kit_free(kit);
}

static void orders_in_words(void **unused)
{
    (void)unused;
    static const struct {
        const char *typed, *lua, *asked;
    } good[] = {
        {"buy 0.1", "= buy(0.1)\n", "buy BTC/USDT qty=0.1\n"},
        {"buy 0.1 BTC/USDT @ 60000 stop 58500",
         "= buy(0.1, { symbol = 'BTC/USDT', price = 60000, stop_loss = 58500 })\n",
         "buy BTC/USDT price=60000 qty=0.1 stop_loss=58500\n"},
        {"buy 0.1 BTC/USDT @ 60000 stop 58500 target 63000",
         "= buy(0.1, { symbol = 'BTC/USDT', price = 60000, stop_loss = 58500, take_profit = 63000 })\n",
         "take_profit=63000"},
        {"sell 0.1 @ market", "= sell(0.1)\n", "sell BTC/USDT qty=0.1\n"},
        {"SELL 0.1 Eth/Usdt @ MARKET", "= sell(0.1, { symbol = 'ETH/USDT' })\n", "sell ETH/USDT qty=0.1\n"},
        {"buy 100 USDT of BTC/USDT", "= buy({ symbol = 'BTC/USDT', quote_qty = 100 })\n",
         "buy BTC/USDT quote_qty=100\n"},
        {"buy 0.5 btc of btc/usdt", "= buy(0.5, { symbol = 'BTC/USDT' })\n", "buy BTC/USDT qty=0.5\n"},
        {"buy .5 @60000", "= buy(0.5, { price = 60000 })\n", "buy BTC/USDT price=60000 qty=0.5\n"},
        {"buy 1 @ 60,000.5", "= buy(1, { price = 60000.5 })\n", "price=60000.5 qty=1\n"},
        {"buy 0.1 trigger 61000", "= buy(0.1, { stop = 61000 })\n", "buy BTC/USDT qty=0.1 stop=61000\n"},
        {"sell 0.1 trigger 59000 @ 58900", "= sell(0.1, { price = 58900, stop = 59000 })\n", "stop=59000"},
        {"buy 0.1 @ 60000 post", "= buy(0.1, { price = 60000, post_only = true })\n", "post_only=1 price=60000"},
        {"sell 0.1 reduce", "= sell(0.1, { reduce_only = true })\n", "reduce_only=1"},
        {"buy 0.1 @ 60000 IOC", "= buy(0.1, { price = 60000, tif = 'IOC' })\n", "tif=IOC"},
        {"buy 0.1 @ 60000 fok", "tif = 'FOK'", "tif=FOK"},
        {"buy 0.1 @ 60000 day", "tif = 'DAY'", "tif=DAY"},
        {"buy 0.1 @ 60000 gtd 2026-02-01", "tif = 'GTD', expire = '2026-02-01T00:00:00Z'",
         "expire=2026-02-01T00:00:00Z"},
        {"buy 0.1 @ 60000 gtd 2026-02-01 16:30 tag x", "expire = '2026-02-01T16:30:00Z', tag = 'x'", "tif=GTD"},
        {"buy 0.1 tag dip", "= buy(0.1, { tag = 'dip' })\n", "tag=dip"},
        {"buy 0.1 tag \"two words\"", "tag = 'two words'", "tag=two words"},
        {"buy 0.1 stop 58500 @ 60000 BTC/USDT",
         "= buy(0.1, { symbol = 'BTC/USDT', price = 60000, stop_loss = 58500 })\n", "stop_loss=58500"},
        {"buy 0.123456789012345678 @ 60000", "= buy('0.123456789012345678', { price = 60000 })\n",
         "qty=0.123456789012345678"},
        {"buy 10000", "= buy(10000)\n", "qty=10000\n"},
    };
    struct kit *kit = kit_new();
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        kit_says_at(kit, good[i].typed, good[i].lua, (int)i);
        kit_asks_at(kit, good[i].typed, good[i].asked, (int)i);
    }
    kit_free(kit);
}

static void orders_in_wrong_words(void **unused)
{
    (void)unused;
    static const struct {
        const char *typed, *said;
    } bad[] = {
        {"buy abc", "buy: word 2: found 'abc', expected a quantity above 0"},
        {"buy -1", "buy: word 2: found '-1', expected a quantity above 0"},
        {"buy 0", "expected a quantity above 0"},
        {"buy 0.1 @", "buy: after '@': found the end, expected a price (or market) above 0"},
        {"buy 0.1 @ x", "buy: after '@': found 'x', expected a price"},
        {"buy 0.1 @ -5", "buy: after '@': found '-5', expected a price"},
        {"buy 0.1 stop", "after 'stop': found the end, expected a price above 0"},
        {"buy 0.1 stpo 58500", "did you mean 'stop'?"},
        {"buy 0.1 BTC/USDT 60000", "buy: word 4: found '60000', expected @ PRICE"},
        {"buy 0.1 NO/SUCH", "buy: word 3: no instrument 'NO/SUCH'"},
        {"buy 0.1 @ 60000 @ 61000", "buy: '@' is given twice"},
        {"buy 0.1 ioc fok", "'fok' is given twice"},
        {"buy 0.1 gtd soon", "after 'gtd': found 'soon', expected a time"},
        {"buy 0.1 tag", "after 'tag': found the end, expected a word"},
        {"buy 100 EUR of BTC/USDT", "found 'EUR', expected USDT or BTC"},
        {"buy 100 USDT of", "after 'of': found the end, expected a symbol"},
        {"buy 0.1 @ market post", "'@ market' has no price"},
        {"buy 0.1 tag 'open", "a quote without its end"},
        {"preview 0.1", "expected buy or sell"},
        {"buy({price = 5})", "buy what? expected a quantity"},
        {"buy(0.1, {prise = 5})", "unknown option 'prise', did you mean 'price'?"},
        {"buy(0.1, {price = 'x'})", "price: found x, expected a number"},
        {"buy(0/0)", "expected a number"},
        {"buy(0.1, 5)", "expected a table of options"},
    };
    struct kit *kit = kit_new();
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        kit_says_at(kit, bad[i].typed, bad[i].said, (int)i);
        assert_null(strstr(kit->asked, "buy"));
        assert_int_equal(kit_eval(kit, bad[i].typed), SHELL_ERROR);
    }
    assert_int_equal(kit->order_count, 0);
    says("buy", "buy 0.1 BTC/USDT @ 60000"); /* bare: what it is */
    kit_free(kit);
}

static void orders_are_told_in_one_line(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    kit_eval(kit, "buy(0.1)");
    assert_string_equal(
        kit->out, "o1 BUY 0.1000 BTC/USDT filled 0.1000 @ 60,012.4 fee 6.00 USDT slip +2.1 bps 7 rules ok in 1.3 ms\n");
    kit_eval(kit, "buy(0.1, {price = 60000})");
    assert_string_equal(kit->out, "o2 BUY 0.1000 BTC/USDT @ 60,000.0 open 7 rules ok\n");
    assert_int_equal(kit_eval(kit, "buy(0.1, {price = 80000})"), SHELL_ERROR);
    assert_string_equal(kit->out,
                        "refused: PRICE_OUTSIDE_COLLAR by price_collar: 80,000 against a limit of 63,000 (o3)\n");
    says("o, err = buy(0.1, {price = 80000})", "refused: PRICE");
    says("o == nil and err.code", "PRICE_OUTSIDE_COLLAR\n");
    kit->is_paused = true;
    says("buy(0.00001)", "0.00001 BTC/USDT submitted 7 rules ok (paused: go() or step() moves it)");
    kit->is_paused = false;
    kit->is_slow_fill = true;
    says("buy 0.2", "o4 BUY 0.2000 BTC/USDT submitted"); /* after a second */
    kit->is_slow_fill = false;
    says("o2 = order('o2') o2:amend{price = 59000}", "@ 59,000.0 open");
    asks("amend o2 price 58000", "amend o2 price=58000\n");
    says("amend o2", "expected price, qty or stop");
    says("cancel o2", "o2 BUY 0.1000 BTC/USDT @ 58,000.0 canceled");
    says("cancel o99", "NO_ORDER");
    says("print(o2.side, o99)", "BUY\tnil"); /* U12: an order by its name in an expression */
    asks("explain(o2)", "explain o2\n");
    says("o99 = 5; print(o99)", "5"); /* and what somebody has put there stays */
    says("cancel", "cancel what?");
    says("o2.state, o2.id, o2 == order 'o2'", "CANCELED\no2\ntrue\n");
    assert_int_equal(kit_eval(kit, "o2.price = 5"), SHELL_ERROR);
    says("close BTC/USDT", "o5 SELL 0.1000");
    says("cancel_all", "to be cancelled: 2 orders");
    kit_free(kit);
}

static void live_is_locked_and_asks_once(void **unused)
{
    (void)unused;
    struct shell_config config = {.columns = 80, .confirm = kit_confirm};
    struct kit *kit = kit_new_with(&config);
    kit->is_live = kit->is_locked = true;
    says("buy 0.1", "live.unlock()");
    kit->is_locked = false;
    kit->needs_sure = true;
    says("buy 0.1", "nobody said yes");
    assert_int_equal(kit->confirms, 1);
    assert_string_equal(kit->question, "this order is worth 6,000.00. Send it? (y, n) ");
    assert_int_equal(kit->order_count, 0);
    kit->confirm_answer = true;
    asks("buy 0.1", "buy BTC/USDT qty=0.1 sure=1\n");
    assert_int_equal(kit->order_count, 1);
    kit_free(kit);
    kit = kit_new(); /* nobody is there */
    kit->is_live = kit->needs_sure = true;
    says("buy 0.1", "nobody said yes");
    kit_free(kit);
}

static void the_market_object_reads_anew(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    asks("m.last", "ticker BTC/USDT\n");
    says("m.last, m.bid, m.ask, m.symbol, m.base, m.quote, m.tick, m.lot",
         "60012.4\n60012.3\n60012.5\nBTC/USDT\nBTC\nUSDT\n0.1\n0.0001\n");
    says("m.mid", "60012.4\n");
    says("m.spread > 0.19 and m.spread < 0.21", "true\n");
    says("m.position.qty, m.position.side", "0.3\nlong\n");
    says("market('eth/usdt').position.side", "flat\n");
    says("m:round_price(60012.37), m:round_price('60012.34'), m:round_qty(0.12349), m:round_qty(0.3)",
         "60012.4\n60012.3\n0.1234\n0.3\n");
    asks("m:buy(0.1, {price = 60000, stop_loss = 59000})", "buy BTC/USDT price=60000 qty=0.1 stop_loss=59000\n");
    asks("market('eth/usdt'):sell{quote_qty = 100}", "sell ETH/USDT quote_qty=100\n");
    says("#m:orders(), m:orders()[1].id, m:busy()", "1\no1\ntrue\n");
    says("m.mine = 5", "");
    says("market('BTC/USDT').mine", "5\n");
    says("m.last = 5", "cannot assign 'last'");
    says("market('x/y')", "no instrument");
    says("account.equity, account.currency, account('BTC')", "10080.0\nUSDT\n0.3\n");
    says("size.risk(m, {risk = 0.01, entry = 60000, stop = 59000})",
         "0.0791\n"); /* cash bounds it: 5000 * 0.95 / 60000 */
    says("size.risk(m, {risk = 2, entry = 1, stop = 2})", "above 0, at most 1");
    says("now()", "1769860805000000000\n");
    kit_free(kit);
}

static void shown_for_a_person(void **unused)
{
    (void)unused;
    struct kit *kit = kit_new();
    says("preview buy 0.1 BTC/USDT @ 60000", "= preview('buy', 0.1, { symbol = 'BTC/USDT', price = 60000 })\n");
    says("preview('sell', {quote_qty = 10})", "would be refused");
    says("preview('buy', 0.1)", "max_notional  NO    6,000  5,000  ########## 120%  NOTIONAL\n");
    says("explain o1", "sma.lua:12\n");
    says("explain o1", "position  0.0000 -> 0.1000\n");
    says("ticker", "60,012.3 / 60,012.5\n");
    says("book", "60,012.3  60,012.5");
    says("walk 0.5", "buy, average   60,013.2");
    says("walk 0.5", "60,011.0, for 0.2500: the book ends there");
    says("walk('much')", "walk how much? found much, expected a quantity: walk 0.5");
    says("pnl", "+80.00 USDT  +0.80%");
    says("balances", "1,234,567.891");
    says("positions", "+303.55");
    says("risk", "#####-----  50%");
    says("risk", "of the smallest buy, 0.5 BTC/USDT:");
    says("risk", "largest order");
    says("status", "paper, running");
    says("journal", "runs/1");
    says("venues", "ready");
    says("plugins", "outcry.sim");
    says("strategies", "running");
    says("alerts", "61,000.0");
    says("markets", "ETH/USDT");
    says("strategy('sma')", "fast=10");
    says("#orders(), fills(2)[2].side", "0\nSELL\n");
    kit->pages = 3;
    says("#fills(40)", "40\n"); /* three pages */
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lua_works_and_shows_its_values),
        cmocka_unit_test(a_bare_name_calls_itself),
        cmocka_unit_test(orders_in_words),
        cmocka_unit_test(orders_in_wrong_words),
        cmocka_unit_test(orders_are_told_in_one_line),
        cmocka_unit_test(live_is_locked_and_asks_once),
        cmocka_unit_test(the_market_object_reads_anew),
        cmocka_unit_test(shown_for_a_person),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
