/* faults_test.c: each thing that can go wrong at the rehearsal venue, as a client meets it; and how it is said. */
#include "rehearsal/venue_kit.h"

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

static void are_open(uint32_t count)
{
    uint32_t open = 0;
    for (uint64_t id = 1; id <= core_order_count(kit.venue->core); id++)
        open += core_is_open(core_order(kit.venue->core, core_order_by_id(kit.venue->core, id)));
    assert_int_equal(open, count);
}

static void what_was_asked_is_lost_before_it_arrives(void **state)
{
    (void)state;
    kit_command("drop requests of orders 2");
    kit_get("/v1/balances");
    KIT_SAID("\"asset\"");
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 0);
    assert_int_equal(kit_order("b", "buy", "0.01", "40000"), 0);
    kit_pass(60000);
    are_open(0);
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 200);
    kit_command("fail requests");
    assert_int_equal(kit_order("c", "buy", "0.01", "40000"), 503);
    KIT_SAID("UNAVAILABLE");
    are_open(1);
}

static void who_asks_too_much_is_told_when_to_come_again(void **state)
{
    (void)state;
    kit_command("limit requests 7s of orders");
    kit_get("/v1/balances");
    KIT_SAID("\"asset\"");
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 429);
    KIT_SAID("TOO_MANY_REQUESTS");
    assert_int_equal(kit.retry_after_s, 7);
    kit_command("ban requests 1500ms");
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 418);
    assert_int_equal(kit.retry_after_s, 2);
    are_open(0);
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 200);
}

static void what_was_asked_is_done_and_nobody_says_so(void **state)
{
    (void)state;
    kit_command("drop 1");
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 0);
    are_open(1);
    kit_command("reset answers");
    assert_int_equal(kit_order("b", "buy", "0.01", "40000"), 200);
    assert_int_equal(kit.end, VENUE_RESET);
    kit_command("cut answers of orders");
    assert_int_equal(kit_order("c", "buy", "0.01", "40000"), 200);
    assert_int_equal(kit.end, VENUE_CUT);
    kit_command("fail answers");
    assert_int_equal(kit_order("d", "buy", "0.01", "40000"), 503);
    KIT_SAID("UNKNOWN_OUTCOME");
    are_open(4);
    assert_int_equal(kit_order("e", "buy", "0.01", "40000"), 200);
    assert_int_equal(kit.end, VENUE_WHOLE);
}

static void it_arrives_late_or_twice_or_its_answer_does(void **state)
{
    (void)state;
    kit_command("delay answers 200ms");
    uint32_t exchange = kit_send(OC_METHOD_DELETE, "/v1/open-orders", "", "main-key");
    kit_pass(199);
    assert_int_equal(kit_take(exchange), 0);
    kit_pass(2);
    assert_int_equal(kit_take(exchange), 200);
    kit_command("delay requests 2s");
    exchange =
        kit_send(OC_METHOD_POST, "/v1/orders",
                 "{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"qty\":\"0.1\",\"price\":\"40000\"}",
                 "main-key");
    kit_pass(1999);
    are_open(0);
    kit_pass(2);
    are_open(1);
    assert_int_equal(kit_take(exchange), 200);
    kit_command("duplicate requests 2");
    assert_int_equal(
        kit_ask(OC_METHOD_POST, "/v1/orders",
                "{\"symbol\":\"BTC/USDT\",\"side\":\"buy\",\"type\":\"limit\",\"qty\":\"0.1\",\"price\":\"40000\"}",
                "main-key"),
        200);
    are_open(3); /* without a client id it is two orders */
    assert_int_equal(kit_order("only-one", "buy", "0.1", "40000"), 200);
    are_open(4);
}

static void a_stream_says_less_and_other_than_it_should(void **state)
{
    (void)state;
    const uint32_t seat = kit_listen();
    kit_command("drop messages");
    kit_order("a", "buy", "0.01", "40000");
    kit_hear(seat);
    KIT_NOT_SAID("\"seq\":1,");
    KIT_SAID("\"seq\":2,"); /* the gap shows */
    kit_order("s", "sell", "0.01", "60000");
    kit_hear(seat);
    kit_command("drop fills");
    kit_command("buy 0.01 BTC at the website of second");
    kit_hear(seat);
    KIT_NOT_SAID("\"on\":\"fill\"");
    KIT_SAID("\"seq\":5,\"asset\""); /* no gap shows */
    kit_command("duplicate messages");
    kit_order("b", "buy", "0.01", "40000");
    assert_int_equal(kit_hear(seat), 3);
    kit_command("reorder messages");
    kit_order("c", "buy", "0.01", "40000");
    assert_int_equal(kit_hear(seat), 2);
    assert_memory_equal(kit.said, "{\"on\":\"order\"", 13);
    KIT_SAID("\n{\"on\":\"balance\"");
    kit_command("reorder messages");
    kit_command("deposit 1 USDT");
    assert_int_equal(kit_hear(seat), 0);
    kit_pass(1001);
    assert_int_equal(kit_hear(seat), 1); /* nothing came that it could be behind of */
    kit_command("split messages");
    kit_command("deposit 1 USDT");
    kit_hear(seat);
    KIT_SAID(" |\n");
    kit_command("delay messages 3s");
    kit_command("deposit 1 USDT");
    kit_command("deposit 1 USDT");
    kit_pass(2990);
    assert_int_equal(kit_hear(seat), 0);
    kit_pass(20);
    assert_int_equal(kit_hear(seat), 2); /* what is behind it waits too */
}

static void a_stream_ends_as_it_should_not(void **state)
{
    (void)state;
    uint32_t seat = kit_listen();
    kit_command("cut messages");
    kit_command("deposit 1 USDT");
    kit_hear(seat);
    KIT_SAID(" CUT\n");
    kit_command("reset streams");
    kit_command("deposit 1 USDT");
    kit_hear(seat);
    KIT_SAID("RESET");
    kit_command("half-open streams");
    kit_command("deposit 1 USDT");
    kit_command("deposit 1 USDT");
    kit_say(seat, "{\"do\":\"ping\"}");
    kit_pass(60000);
    assert_int_equal(kit_hear(seat), 0);
    venue_leave(kit.venue, seat);
    seat = kit_listen();
    kit_command("restart");
    kit_pass(1);
    kit_hear(seat);
    KIT_SAID("RESET");
    kit_command("reset connections 2");
    assert_true(venue_meets(kit.venue) && venue_meets(kit.venue) && !venue_meets(kit.venue));
}

static void who_does_not_read_is_reset(void **state)
{
    (void)state;
    const uint32_t seat = kit_listen();
    for (int i = 0; i < SEAT_QUEUE_MAX + 10; i++)
        kit_command("deposit 1 USDT");
    assert_int_equal(kit.venue->seats[seat].queued, SEAT_QUEUE_MAX + 1);
    kit.said[0] = 0;
    for (const struct venue_said *said; (said = venue_says(kit.venue, seat)) != NULL; venue_said(kit.venue, seat))
        if (said->end == VENUE_RESET)
            text_copy(kit.said, sizeof kit.said, "RESET");
    KIT_SAID("RESET");
}

static void maintenance_refuses_all_and_says_so(void **state)
{
    (void)state;
    const uint32_t seat = kit_listen();
    kit_command("at 10s maintenance on");
    kit_command("at 20s maintenance off");
    assert_int_equal(kit_get("/v1/balances"), 200);
    kit_pass(10000);
    kit_hear(seat);
    KIT_SAID("RESET");
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 503);
    KIT_SAID("MAINTENANCE");
    assert_int_equal(kit_sit("/v1/stream"), CORE_NONE);
    KIT_SAID("503");
    kit_pass(10000);
    assert_int_equal(kit_order("a", "buy", "0.01", "40000"), 200);
}

static void what_reading_shows_may_be_old(void **state)
{
    (void)state;
    kit_pass(1000);
    kit_command("stale 500ms");
    kit_order("a", "sell", "0.01", "60000");
    assert_int_equal(kit_get("/v1/orders?client_id=a"), 404);
    kit_get("/v1/open-orders");
    assert_string_equal(kit.said, "{\"orders\":[]}");
    kit_pass(500);
    assert_int_equal(kit_get("/v1/orders?client_id=a"), 200);
    kit_command("buy 0.01 BTC at the website of second");
    kit_get("/v1/orders?client_id=a");
    KIT_SAID("\"state\":\"open\",\"qty\":\"0.01\",\"filled\":\"0\"");
    kit_get("/v1/fills");
    KIT_SAID("\"fills\":[]");
    kit_get("/v1/balances");
    KIT_SAID("\"asset\":\"BTC\",\"free\":\"1.99\",\"locked\":\"0.01\"");
    kit_pass(500);
    kit_get("/v1/fills");
    KIT_SAID("\"id\":\"1\"");
    kit_get("/v1/open-orders");
    assert_string_equal(kit.said, "{\"orders\":[]}");
}

static void faults_are_drawn_under_the_seed(void **state)
{
    uint64_t made[2][2];
    (void)state;
    for (int i = 0; i < 4; i++) {
        kit_stop();
        kit_start("plain", (uint64_t)(1 + i / 2));
        kit_command("fail answers 1 in 5");
        uint64_t pattern = 0;
        for (int k = 0; k < 60; k++)
            pattern = pattern << 1 | (kit_get("/v1/time") == 503);
        made[i / 2][i % 2] = pattern;
    }
    assert_true(made[0][0] == made[0][1] && made[1][0] == made[1][1] && made[0][0] != made[1][0]);
    assert_in_range(__builtin_popcountll(made[0][0]), 5, 22);
}

static void what_cannot_be_read_is_said_and_changes_nothing(void **state)
{
    static const char *const bad[][2] = {
        {"drip 3", "there is no word 'drip': did you mean drop?"},
        {"drop cars", "drop: found 'cars', expected answers, requests, messages, fills, how many, or how often"},
        {"drop answers 0", "drop: found '0', expected"},
        {"drop answers 1 in 0", "a number above zero behind `1 in`"},
        {"drop answers 2 in 3", "drop: found 'in', expected nothing more"},
        {"drop answers of cars", "drop: found 'cars', expected orders, cancels, amends, reads or all behind `of`"},
        {"delay answers soon", "delay: found 'soon', expected a time, such as 200ms"},
        {"at noon calm", "at: found 'noon', expected a time since the start"},
        {"at 10s", "at: found '', expected a time since the start, such as 30s, and what happens then"},
        {"at 10s dirnk", "there is no word 'dirnk'"},
        {"at 10s drop cars", "drop: found 'cars'"},
        {"halt DOGE", "halt: found 'DOGE', expected one of the instruments"},
        {"sell 0.1 BTC", "sell: found 'nothing', expected QTY BTC/USDT [@ PRICE] at the website"},
        {"sell 0.1 BTC @ 1.001 at the website", "sell: found '1.001', expected a price"},
        {"sell 0.1 BTC at the website of house", "expected of main, or of second"},
        {"sell 5 BTC at the website", "sell: NO_FUNDS"},
        {"skew 2h", "skew: found '2h', expected off, or a time up to an hour"},
        {"certificate red", "certificate: found 'red', expected good, expired or other-name"},
        {"maintenance soon", "maintenance: found 'soon', expected on or off"},
        {"withdraw 1 DOGE", "withdraw: found '1', expected AMOUNT ASSET [of ACCOUNT]"},
        {"cancel 9 at the website", "cancel: found '9', expected the number of an order"},
        {"orders some", "orders: found 'some', expected orders, or orders all"},
    };
    char words[1024] = "";
    struct text out;
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        snprintf(kit.said, sizeof kit.said, "%s", kit_command(bad[i][0]));
        KIT_SAID(bad[i][1]);
    }
    assert_string_equal(kit_command("faults"), "nothing goes wrong\n");
    text_init_fixed(&out, words, sizeof words);
    assert_int_equal(venue_read_faults(kit.venue, "rough.faults",
                                       "# a bad day\n\ndrop 3 # at once\n  at 10s skew 2s\ndorp 3\n", &out),
                     OC_E_CONFIG);
    assert_string_equal(words,
                        "rough.faults: line 5: there is no word 'dorp': did you mean drop?; `help` lists them\n");
    assert_string_equal(kit_command("faults"), "holds: drop answers 3\nwaits: at 10s skew 2s\n");
    for (int i = 0; i < FAULTS_MAX - 1; i++)
        assert_non_null(strstr(kit_command("fail requests always"), "fail requests:"));
    assert_non_null(strstr(kit_command("fail requests always"), "64 faults hold already"));
    kit_command("fail off");
    kit_command("fail requests off");
    assert_string_equal(kit_command("faults"), "holds: drop answers 3\nwaits: at 10s skew 2s\n");
    kit_command("calm");
    assert_string_equal(kit_command("faults"), "nothing goes wrong\n");
}

static void a_person_trades_at_its_website(void **state)
{
    (void)state;
    assert_string_equal(kit_command("sell 0.1 BTC @ 60000 at the website"),
                        "1 main sell 0.1 BTC/USDT @ 60000: open, filled 0\n");
    assert_string_equal(kit_command("buy 0.04 BTC/USDT at the website of second"),
                        "2 second buy 0.04 BTC/USDT: filled, filled 0.04\n");
    assert_string_equal(kit_command("orders"), "1 main sell 0.1 BTC/USDT @ 60000: open, filled 0.04\n");
    assert_string_equal(kit_command("cancel 1 at the website"),
                        "1 main sell 0.1 BTC/USDT @ 60000: canceled, filled 0.04\n");
    assert_string_equal(kit_command("orders"), "no open orders\n");
    assert_non_null(strstr(kit_command("balances"), "main BTC: free 1.96000000, locked 0.00000000\n"));
    assert_non_null(strstr(kit_command("fills"), "1 main order 1: sold 0.04 BTC/USDT @ 60000, fee 1.20000000 USDT\n"));
    assert_string_equal(kit_command("withdraw 1 BTC"), "withdraw: done\n");
    assert_string_equal(kit_command("withdraw 1 BTC"), "withdraw: not enough is free for this\n");
    assert_non_null(strstr(kit_command("list"), "ledger: adds up"));
    for (int i = 1; i < FAULT_KINDS; i++)
        assert_non_null(strstr(kit_command("help"), fault_name((enum fault_kind)i)));
}

int main(void)
{
#define OF(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OF(what_was_asked_is_lost_before_it_arrives),
        OF(who_asks_too_much_is_told_when_to_come_again),
        OF(what_was_asked_is_done_and_nobody_says_so),
        OF(it_arrives_late_or_twice_or_its_answer_does),
        OF(a_stream_says_less_and_other_than_it_should),
        OF(a_stream_ends_as_it_should_not),
        OF(who_does_not_read_is_reset),
        OF(maintenance_refuses_all_and_says_so),
        OF(what_reading_shows_may_be_old),
        OF(faults_are_drawn_under_the_seed),
        OF(what_cannot_be_read_is_said_and_changes_nothing),
        OF(a_person_trades_at_its_website),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
