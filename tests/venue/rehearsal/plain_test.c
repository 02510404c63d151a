/* plain_test.c: the face `plain` without a transport: what may be asked, who may ask it, and what its stream tells. */
#include "rehearsal/venue_kit.h"

#include "rehearsal/market.h"

static int set_up(void **state)
{
    (void)state;
    kit_start("plain", 1);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    kit_stop();
    return 0;
}

static void an_order_is_placed_amended_and_canceled(void **state)
{
    (void)state;
    assert_int_equal(kit_order("a-1", "buy", "0.5", "40000"), 200);
    KIT_SAID("{\"order\":{\"id\":\"1\",\"client_id\":\"a-1\",\"symbol\":\"BTC/"
             "USDT\",\"side\":\"buy\",\"type\":\"limit\",\"tif\":\"gtc\","
             "\"state\":\"open\",\"qty\":\"0.5\",\"filled\":\"0\",\"value\":\"0\",\"price\":\"40000\"");
    kit_get("/v1/balances");
    KIT_SAID("{\"asset\":\"USDT\",\"free\":\"79980\",\"locked\":\"20020\"}");
    assert_int_equal(kit_ask(OC_METHOD_PATCH, "/v1/orders",
                             "{\"client_id\":\"a-1\",\"price\":\"41000\",\"qty\":\"0.4\"}", "main-key"),
                     200);
    KIT_SAID("\"qty\":\"0.4\",\"filled\":\"0\",\"value\":\"0\",\"price\":\"41000\"");
    kit_get("/v1/open-orders?symbol=BTC%2FUSDT");
    KIT_SAID("\"id\":\"1\"");
    assert_int_equal(kit_ask(OC_METHOD_DELETE, "/v1/orders?client_id=a-1", "", "main-key"), 200);
    KIT_SAID("\"state\":\"canceled\"");
    assert_int_equal(kit_ask(OC_METHOD_DELETE, "/v1/orders?id=1", "", "main-key"), 409);
    KIT_SAID("{\"error\":{\"code\":\"NOT_OPEN\"");
    assert_int_equal(kit_get("/v1/orders?client_id=a-1"), 200);
    assert_int_equal(kit_get("/v1/orders?client_id=a-2"), 404);
    assert_int_equal(kit_ask(OC_METHOD_GET, "/v1/orders?client_id=a-1", "", "second-key"), 404);
    kit_get("/v1/open-orders");
    assert_string_equal(kit.said, "{\"orders\":[]}");
    assert_int_equal(kit_order("a-1", "buy", "0.5", "40000"), 409);
    KIT_SAID("CLIENT_ID_USED");
}

static void fills_and_rows_come_a_page_at_a_time(void **state)
{
    (void)state;
    kit_order("a", "sell", "0.5", "60000");
    for (int i = 0; i < 3; i++)
        assert_int_equal(kit_ask(OC_METHOD_POST, "/v1/orders",
                                 "{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"market\",\"qty\":\"0.1\"}",
                                 "second-key"),
                         200);
    KIT_SAID("\"state\":\"filled\",\"qty\":\"0.1\",\"filled\":\"0.1\",\"value\":\"6000\"");
    kit_get("/v1/fills?limit=2");
    KIT_SAID("{\"id\":\"1\",\"order_id\":\"1\",\"client_id\":\"a\",\"symbol\":\"BTC/"
             "USDT\",\"side\":\"sell\",\"qty\":\"0.1\",\"price\":"
             "\"60000\",\"fee\":\"3\",\"fee_asset\":\"USDT\",\"role\":\"maker\"");
    KIT_SAID("\"next\":3,\"more\":true}");
    kit_get("/v1/fills?after=3&limit=2");
    KIT_SAID("\"id\":\"5\"");
    KIT_SAID("\"next\":5,\"more\":false}");
    kit_get("/v1/fills?after=5");
    assert_string_equal(kit.said, "{\"fills\":[],\"next\":5,\"more\":false}");
    kit_get("/v1/fills?from=end");
    assert_string_equal(kit.said, "{\"fills\":[],\"next\":6,\"more\":false}");
    kit_get("/v1/ledger?limit=500");
    KIT_SAID("\"kind\":\"deposit\",\"asset\":\"USDT\",\"amount\":\"100000\"");
    KIT_SAID("\"kind\":\"fee\",\"asset\":\"USDT\",\"amount\":\"-3\",\"fill_id\":1");
    kit_get("/v1/order-history?limit=1");
    KIT_SAID("\"next\":1,\"more\":false}");
    assert_int_equal(kit_get("/v1/fills?limit=501"), 400);
    KIT_SAID("limit: a number from 1 to 500 is expected");
}

static void only_who_signs_is_served(void **state)
{
    (void)state;
    assert_int_equal(kit_ask(OC_METHOD_GET, "/v1/time", "", NULL), 200);
    assert_int_equal(kit_ask(OC_METHOD_GET, "/v1/balances", "", NULL), 401);
    KIT_SAID("BAD_SIGNATURE");
    assert_int_equal(kit_ask(OC_METHOD_GET, "/v1/balances", "", "nobody"), 401);
    KIT_SAID("NO_SUCH_KEY");
    kit.secret = "another secret";
    assert_int_equal(kit_order("a", "buy", "0.5", "40000"), 401);
    kit.secret = "a secret of the test";
    assert_int_equal(kit_ask(OC_METHOD_DELETE, "/v1/open-orders", "", "main-reads"), 403);
    kit_get("/v1/open-orders");
    assert_string_equal(kit.said, "{\"orders\":[]}");
    kit.off_us = -4900000;
    assert_int_equal(kit_get("/v1/balances"), 200);
    kit.off_us = -5100000;
    assert_int_equal(kit_get("/v1/balances"), 401);
    KIT_SAID("OUTSIDE_WINDOW");
    kit.window = "6000";
    assert_int_equal(kit_get("/v1/balances"), 200);
    kit.window = "60001";
    assert_int_equal(kit_get("/v1/balances"), 401);
    KIT_SAID("BAD_TIME");
    kit.off_us = 1100000, kit.window = "";
    assert_int_equal(kit_get("/v1/balances"), 401);
    kit.off_us = 0;
    assert_string_equal(kit_command("skew 10s"), "skew: 10s\n");
    assert_int_equal(kit_get("/v1/balances"), 401);
    kit_ask(OC_METHOD_GET, "/v1/time", "", NULL);
    char expected[64];
    snprintf(expected, sizeof expected, "{\"time_us\":%lld}", (long long)(kit.now_ns / 1000 + 10000000));
    assert_string_equal(kit.said, expected);
}

static void what_makes_no_sense_is_refused_in_words(void **state)
{
    static const char *const bad[][2] = {
        {"", "BAD_BODY"},
        {"[]", "BAD_BODY"},
        {"{\"symbol\":\"BTC/USDT\"", "BAD_BODY"},
        {"{\"symbol\":\"BTC/USDT\",\"colour\":\"red\"}", "BAD_BODY"},
        {"{\"symbol\":\"BTC/USDT\",\"symbol\":\"BTC/USDT\"}", "BAD_BODY"},
        {"{\"symbol\":1}", "BAD_BODY"},
        {"{\"symbol\":\"DOGE/USDT\",\"side\":\"buy\"}", "NO_INSTRUMENT"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"long\",\"type\":\"limit\",\"qty\":\"1\",\"price\":\"1\"}",
         "NO_SUCH_KIND"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"qty\":0.5,\"price\":\"40000\"}", "BAD_QTY"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"qty\":\"0.5\",\"price\":\"40000.001\"}",
         "BAD_PRICE"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"qty\":\"0.5\"}", "BAD_PRICE"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"qty\":\"0.0001\",\"price\":\"40000\"}",
         "BELOW_MIN_NOTIONAL"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"qty\":\"9\",\"price\":\"40000\"}", "NO_FUNDS"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"market\",\"qty\":\"9\",\"quote_qty\":\"10\"}",
         "BAD_QTY"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"tif\":\"gtd\",\"qty\":\"9\",\"price\":\"4\"}",
         "NO_SUCH_KIND"},
        {"{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"client_id\":\"a "
         "b\",\"qty\":\"9\",\"price\":\"4\"}",
         "BAD_BODY"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_in_range(kit_ask(OC_METHOD_POST, "/v1/orders", bad[i][0], "main-key"), 400, 404);
        KIT_SAID(bad[i][1]);
    }
    assert_int_equal(kit_get("/v1/orders"), 400);
    assert_int_equal(kit_get("/v1/orders?id=1&client_id=a"), 400);
    assert_int_equal(kit_get("/v1/orders?id=zz"), 404);
    assert_false(venue_decode("%zz", kit.said, 10) || venue_decode("%26", kit.said, 10) ||
                 venue_decode("1234567890", kit.said, 10));
    assert_int_equal(kit_get("/v1/book?symbol=BTC%2FUSDT&depth=101"), 400);
    assert_int_equal(kit_get("/v2/time"), 404);
    kit_command("halt BTC");
    assert_int_equal(kit_order("h", "buy", "0.5", "40000"), 400);
    KIT_SAID("HALTED");
    kit_get("/v1/instruments");
    KIT_SAID("\"status\":\"halted\"");
    kit_command("resume BTC/USDT");
    assert_int_equal(kit_order("h", "buy", "0.5", "40000"), 200);
}

static void who_asks_too_much_waits_and_then_is_banned(void **state)
{
    uint32_t status = 200;
    int asked = 0;
    (void)state;
    for (; status == 200 && asked < 2000; asked++)
        status = kit_get("/v1/open-orders");
    assert_int_equal(asked, 1201);
    assert_int_equal(status, 429);
    assert_true(kit.retry_after_s > 0 && kit.retry_after_s <= 60 && kit.used == 6000);
    kit_pass(kit.retry_after_s * 1000); /* who waits goes on */
    assert_int_equal(kit_get("/v1/open-orders"), 200);
    for (asked = 0, status = 200; status != 418 && asked < 2000; asked++)
        status = kit_get("/v1/open-orders");
    assert_int_equal(asked, 1199 + 4); /* one offence before */
    assert_int_equal(kit.retry_after_s, 120);
    kit_pass(119000);
    assert_int_equal(kit_ask(OC_METHOD_GET, "/v1/time", "", NULL), 418);
    kit_pass(2000);
    assert_int_equal(kit_ask(OC_METHOD_GET, "/v1/time", "", NULL), 200);
    for (asked = 0, status = 200; status == 200 && asked < 200; asked++) {
        char client[16];
        snprintf(client, sizeof client, "c%d", asked);
        status = kit_order(client, "buy", "0.0002", "30000");
    }
    assert_int_equal(asked, 101); /* orders have a window of their own */
    assert_int_equal(status, 429);
}

static void its_stream_tells_what_happens_in_order(void **state)
{
    (void)state;
    const uint32_t market = kit_sit("/v1/stream"), account = kit_listen();
    assert_int_equal(kit_sit("/v2"), CORE_NONE);
    KIT_SAID("404 {\"error\":{\"code\":\"NO_SUCH_PATH\"");
    kit_say(market, "{\"do\":\"subscribe\",\"topic\":\"account\"}");
    kit_say(market, "{\"do\":\"subscribe\",\"topic\":\"noise\",\"symbol\":\"BTC/USDT\"}");
    kit_say(market, "{\"do\":\"dance\"}");
    kit_say(market, "nonsense");
    assert_int_equal(kit_hear(market), 4);
    KIT_SAID("NOT_LOGGED_IN");
    KIT_SAID("NO_SUCH_TOPIC");
    KIT_SAID("BAD_MESSAGE");
    kit_say(market, "{\"do\":\"subscribe\",\"topic\":\"depth\",\"symbol\":\"BTC/USDT\"}");
    kit_say(market, "{\"do\":\"subscribe\",\"topic\":\"quotes\",\"symbol\":\"BTC/USDT\"}");
    kit_say(market, "{\"do\":\"subscribe\",\"topic\":\"trades\",\"symbol\":\"BTC/USDT\"}");
    assert_int_equal(kit_hear(market), 5);
    KIT_SAID("\"on\":\"depth\",\"seq\":1,\"symbol\":\"BTC/USDT\",\"snapshot\":true");
    kit_order("a", "sell", "0.5", "60000");
    assert_int_equal(kit_hear(market), 2);
    KIT_SAID("\"seq\":3,\"symbol\":\"BTC/USDT\",\"time_us\":");
    KIT_SAID("\"asks\":[[\"60000\",\"0.5\"]]");
    KIT_SAID("\"on\":\"quote\",\"seq\":4,\"symbol\":\"BTC/USDT\",\"ask\":\"60000\",\"ask_qty\":\"0.5\"");
    kit_hear(account);
    KIT_SAID("{\"on\":\"balance\",\"seq\":1,\"asset\":\"BTC\",\"free\":\"1.5\",\"locked\":\"0.5\"");
    KIT_SAID("{\"on\":\"order\",\"seq\":2,");
    kit_ask(OC_METHOD_POST, "/v1/orders",
            "{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"market\",\"qty\":\"0.1\"}", "second-key");
    kit_hear(market);
    KIT_SAID("{\"on\":\"trade\",\"seq\":5,\"trade\":{\"id\":\"1\",\"symbol\":\"BTC/"
             "USDT\",\"side\":\"buy\",\"qty\":\"0.1\",\"price\":\"60000\"");
    KIT_SAID("\"asks\":[[\"60000\",\"0.4\"]]");
    kit_hear(account);
    KIT_SAID("{\"on\":\"fill\",\"seq\":3,\"fill\":{\"id\":\"1\",\"order_id\":\"1\"");
    KIT_SAID("\"filled\":\"0.1\"");
    KIT_NOT_SAID("\"id\":\"2\""); /* of the other account */
    kit_say(market, "{\"do\":\"ping\"}");
    kit_hear(market);
    KIT_SAID("{\"on\":\"pong\"");
}

static void a_seeded_market_trades_and_fills_what_rests(void **state)
{
    char first[4096];
    (void)state;
    for (int run = 0; run < 2; run++) { /* twice the same */
        kit_stop();
        kit_start("plain", 7);
        kit.venue->market = market_new(kit.venue->core, kit.venue->face, 7, kit.now_ns, 250 * KIT_MS);
        assert_non_null(kit.venue->market);
        kit_pass(1000);
        assert_int_equal(kit_order("b", "buy", "0.01", "59980"), 200);
        kit_pass(120000);
        kit_get("/v1/orders?client_id=b");
        KIT_SAID("\"state\":\"filled\"");
        kit_get("/v1/trades?symbol=BTC%2FUSDT&limit=20");
        KIT_SAID("\"side\":\"sell\"");
        KIT_SAID("\"side\":\"buy\"");
        if (run == 0)
            text_copy(first, sizeof first, kit.said);
    }
    assert_string_equal(first, kit.said);
}

static void a_recorded_file_is_traded_as_it_stands(void **state)
{
    char path[] = "/tmp/outcry-venue-XXXXXX", words[1024] = "";
    struct text out;
    struct market_file *file;
    (void)state;
    FILE *made = fdopen(mkstemp(path), "w");
    fputs("time,price,size,side\n2026-01-05T00:00:00Z,50000.00,0.5,buy\n2026-01-05T00:00:02Z,50100.00,0.25,sell\n"
          "2026-01-05T00:00:04Z,49000.00,0.75,sell\n",
          made);
    fclose(made);
    text_init_fixed(&out, words, sizeof words);
    assert_int_equal(market_file_open("/tmp/outcry-venue-none", &file, &out), OC_E_DATA);
    assert_string_not_equal(words, "");
    assert_int_equal(market_file_open(path, &file, &out), OC_OK);
    remove(path);
    kit.venue->market = market_new(kit.venue->core, kit.venue->face, 7, kit.now_ns, 250 * KIT_MS);
    market_follow(kit.venue->market, file, 0);
    assert_int_equal(kit_order("b", "buy", "0.5", "49500"), 200);
    kit_get("/v1/trades?symbol=BTC%2FUSDT");
    KIT_SAID("\"side\":\"buy\",\"qty\":\"0.5\",\"price\":\"50000\"");
    KIT_NOT_SAID("50100");
    kit_pass(2500);
    kit_get("/v1/trades?symbol=BTC%2FUSDT");
    KIT_SAID("\"side\":\"sell\",\"qty\":\"0.25\",\"price\":\"50100\"");
    kit_pass(2000); /* it comes through our price */
    kit_get("/v1/orders?client_id=b");
    KIT_SAID("\"state\":\"filled\",\"qty\":\"0.5\"");
    kit_get("/v1/trades?symbol=BTC%2FUSDT&limit=3");
    KIT_SAID("\"price\":\"49000\"");
    kit_pass(60000); /* behind its end the market stands */
    char last[sizeof kit.said];
    text_copy(last, sizeof last, kit.said);
    kit_get("/v1/trades?symbol=BTC%2FUSDT&limit=3");
    assert_string_equal(last, kit.said);
    assert_string_equal(market_error(kit.venue->market), "");
}

static void two_faces_of_lines_trade(void **state)
{
    (void)state;
    kit_stop();
    kit_start("lines", 1);
    uint32_t seat = kit_sit("/lines");
    kit_say(seat, "new 7 sell 5 10000");
    kit_say(seat, "new 8 sell 5 10000\n");
    kit_say(seat, "new 8 sell 5 10000");
    kit_say(seat, "new 9 hold 5 10000");
    kit_say(seat, "new -9 buy 5 10000");
    kit_say(seat, "dance");
    kit_say(seat, "cancel 8");
    kit_say(seat, "cancel 8");
    assert_string_equal(kit_command("buy 0.003 BTC at the website of second"),
                        "3 second buy 0.003 BTC/USDT: filled, filled 0.003\n");
    kit_hear(seat);
    assert_string_equal(kit.said,
                        "ack 7\nack 8\nreject 8\nreject 9\ncanceled 8\nreject 8\nfill 7 3 10000 t1\ntrade 10000 3\n");
    kit_stop();
    kit_start("jline", 1);
    seat = kit_sit("/");
    kit_say(seat, "{\"op\":\"new\",\"id\":7,\"s\":\"BTC/"
                  "USDT\",\"side\":\"buy\",\"type\":\"limit\",\"q\":\"0.5\",\"p\":\"100\"}\n");
    kit_say(seat, "{\"op\":\"new\",\"id\":8,\"s\":\"BTC/"
                  "USDT\",\"side\":\"buy\",\"type\":\"limit\",\"q\":\"0.5\",\"p\":\"100.001\"}");
    kit_command("sell 0.2 BTC/USDT at the website of second");
    kit_say(seat, "{\"op\":\"cancel\",\"id\":7}");
    kit_hear(seat);
    KIT_SAID("{\"e\":\"ack\",\"id\":7}\n{\"e\":\"reject\",\"id\":8,\"why\":\"BAD_ORDER\"}\n{\"e\":\"fill\",\"id\":7,"
             "\"s\":\"BTC/USDT\",\"p\":\"100\","
             "\"q\":\"0.2\",\"fee\":\"0\",\"trade\":\"t1\"}\n{\"e\":\"trade\",");
    KIT_SAID("{\"e\":\"gone\",\"id\":7}\n");
}

int main(void)
{
#define OF(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OF(an_order_is_placed_amended_and_canceled),
        OF(fills_and_rows_come_a_page_at_a_time),
        OF(only_who_signs_is_served),
        OF(what_makes_no_sense_is_refused_in_words),
        OF(who_asks_too_much_waits_and_then_is_banned),
        OF(its_stream_tells_what_happens_in_order),
        OF(a_seeded_market_trades_and_fills_what_rests),
        OF(a_recorded_file_is_traded_as_it_stands),
        OF(two_faces_of_lines_trade),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
