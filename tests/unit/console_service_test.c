/* console_service_test.c: questions and verbs of the console over a real engine; the composition is played by the test. */
#include "support/console_scene.h"

#include <stdatomic.h>

#include "base/env_socket.h"
#include "console/link.h"

#define assert_says(text, part)                                                                                        \
    do {                                                                                                               \
        if (!strstr(text, part))                                                                                       \
            fail_msg("wanted %s in %s", part, text);                                                                   \
    } while (0)

static void fill(struct scene *scene, uint64_t id, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_ev_fill event = {
        .head = {.size = sizeof event, .type = OC_EV_FILL, .source = scene->f->account, .inst = scene->f->inst},
        .order = id,
        .price = price,
        .qty = qty,
        .side = side,
        .liquidity = OC_LIQUIDITY_TAKER,
        .fee = {1, 1, 0},
        .fee_asset = scene->f->quote,
        .trade_id_size = 8};
    memcpy(event.trade_id, &id, 8);
    event.trade_id[7] = (char)qty;
    assert_int_equal(fixture_input(scene->f, &event), OC_OK);
    console_service_record(scene->service, &event.head); /* who watches is told when it is booked */
}

static void markets_and_money_read(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    assert_says(ask(&scene, "markets"),
                "\"symbol\":\"BTC/USDT\",\"venue\":\"test\",\"base\":\"BTC\",\"quote\":\"USDT\",\"last\":100");
    assert_says(ask(&scene, "markets 4294967295"), "\"rows\":[],\"next\":null"); /* beyond 32 bits and back */
    assert_says(ask(&scene, "bars BTC/USDT data 4294967297 4294967295"), "\"rows\":[],\"next\":null");
    assert_says(ask(&scene, "markets 0"), "\"symbol\":\"BTC/USDT\"");
    assert_says(scene.reply.data, "\"tick\":0.01,\"lot\":0.001,\"price_digits\":2");
    assert_says(scene.reply.data, "\"next\":null");
    assert_says(ask(&scene, "ticker btc/usdt"), "\"last\":100,\"bid\":null");
    assert_says(ask(&scene, "ticker test:btc/usdt"), "\"symbol\":\"BTC/USDT\"");
    assert_says(ask(&scene, "ticker BTC/USD"), "\"code\":\"BAD_SYMBOL\"");
    assert_says(scene.reply.data, "did you mean 'BTC/USDT'?");
    assert_says(ask(&scene, "book"), "\"bids\":[],\"asks\":[]");
    assert_says(ask(&scene, "balances"), "{\"asset\":\"USDT\",\"free\":1000000.00000000,\"used\":0.00000000,\"total\":"
                                         "1000000.00000000,\"value\":1000000.00000000}");
    assert_says(ask(&scene, "positions"), "\"rows\":[]");
    assert_says(ask(&scene, "pnl"), "\"profit\":0.00000000");
    assert_says(ask(&scene, "status"), "\"mode\":\"paper\"");
    assert_says(ask(&scene, "orders some"), "BAD_LIST");
    assert_says(ask(&scene, "order o3_9"), "NO_ORDER");
    assert_says(ask(&scene, "explain nothing"), "NO_ORDER");
    scene_release(&scene);
}

static void an_order_goes_its_way(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    assert_true(order(&scene, "buy BTC/USDT qty=1.5 tag=dip by=me"));
    assert_says(scene.reply.data, "\"id\":\"o3_1\"");
    assert_says(scene.reply.data, "\"owner\":\"console\",\"tag\":\"dip\"");
    assert_int_equal(scene.f->sent_count, 1);
    const struct oc_request *sent = &scene.f->sent[0];
    assert_int_equal(sent->owner, OC_OWNER_CONSOLE);
    assert_int_equal(sent->qty, 1500);
    console_service_record(scene.service, &sent->head);
    fill(&scene, sent->order, OC_SIDE_BUY, 500, 10010);
    fill(&scene, sent->order, OC_SIDE_BUY, 1000, 10040);
    assert_says(ask(&scene, "orders all"), "\"state\":\"FILLED\",\"qty\":1.5");
    assert_says(scene.reply.data, "\"average\":100.3");
    assert_says(scene.reply.data, "\"slip_bps\":30");
    assert_says(ask(&scene, "fills"), "\"qty\":1,\"price\":100.4,\"fee\":0.1,\"fee_asset\":\"USDT\"");
    assert_says(scene.reply.data, "\"all\":2");
    assert_says(ask(&scene, "positions"), "\"qty\":1.5");
    assert_says(ask(&scene, "positions"), "\"by_hand\":1.5");
    const char *text = ask(&scene, "explain o3_1");
    assert_says(text, "\"callback\":{\"who\":\"me\",\"text\":\"buy BTC/USDT qty=1.5 tag=dip\"}");
    assert_says(text, "\"what\":\"sent\",\"text\":\"new BUY 1.5 to test\"");
    assert_says(text, "\"what\":\"fill\",\"text\":\"1 @ 100.4 fee 0.1 USDT\"");
    assert_says(text, "\"position\":{\"before\":0,\"after\":1.5}");
    assert_says(text, "\"complete\":true");
    assert_true(order(&scene, "close by=me"));
    assert_says(scene.reply.data, "\"side\":\"SELL\"");
    assert_int_equal(scene.f->sent[1].qty, 1500);
    assert_true(scene.f->sent[1].bits & OC_RQ_REDUCE_ONLY);
    scene_release(&scene);
}

static void wrong_orders_are_explained(void **state)
{
    (void)state;
    static const struct {
        const char *line, *code;
    } wrong[] = {
        {"buy BTC/USDT", "BAD_AMOUNT"},
        {"buy BTC/USDT qty=1 quote_qty=5", "BAD_AMOUNT"},
        {"buy BTC/USDT qty=x", "BAD_NUMBER"},
        {"buy BTC/USDT qty=0", "BAD_NUMBER"},
        {"buy BTC/USDT qty=-1", "BAD_NUMBER"},
        {"buy BTC/USDT qty=0.0001", "QUANTITY_BELOW_STEP"},
        {"buy BTC/USDT qty=1 price=1e30", "BAD_NUMBER"},
        {"buy BTC/USDT qty=1 pric=100", "BAD_OPTION"},
        {"buy BTC/USDT qty=1 naked", "BAD_OPTION"},
        {"buy BTC/USDT qty=1 qty=100", "BAD_OPTION"},
        {"buy BTC/USDT qty=1 price=9 price=90", "BAD_OPTION"},
        {"buy BTC/USDT qty=1 by=you by=me", "BAD_OPTION"},
        {"buy BTC/USDT qty=1 tif=NOW", "BAD_TIF"},
        {"buy BTC/USDT qty=1 tif=GTD", "BAD_TIF"},
        {"buy BTC/USDT qty=1 tif=IOC expire=2030-01-01", "BAD_TIF"},
        {"buy BTC/USDT qty=1 post_only=1", "BAD_OPTION"},
        {"buy BTC/USDT qty=1 price=100.005 strict=1", "NOT_ON_THE_GRID"},
        {"buy ETH/USDT qty=1", "BAD_SYMBOL"},
        {"cancel o3_77", "NO_ORDER"},
        {"cancel x", "NO_ORDER"},
        {"amend o3_77 price=1", "NO_ORDER"},
        {"close", "NO_POSITION"},
        {"reload s", "STEERED"},
    };
    struct scene scene;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        char code[64];
        snprintf(code, sizeof code, "\"code\":\"%s\"", wrong[i].code);
        assert_false(order(&scene, wrong[i].line));
        assert_says(scene.reply.data, code);
        assert_int_equal(scene.f->sent_count, 0);
    }
    scene_release(&scene);
}

static void cancel_amend_kill_and_flatten(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    assert_true(order(&scene, "buy BTC/USDT qty=1 price=99.999 by=me")); /* snapped down: never above what was said */
    assert_int_equal(scene.f->sent[0].price, 9999);
    assert_true(scene.f->sent[0].bits & OC_RQ_SNAPPED);
    assert_true(order(&scene, "amend o3_1 price=98 by=me"));
    assert_int_equal(scene.f->sent[1].kind, OC_REQUEST_AMEND);
    assert_int_equal(scene.f->sent[1].price, 9800);
    assert_false(order(&scene, "amend o3_1 price=97 by=me"));
    assert_says(scene.reply.data, "PENDING");
    assert_true(order(&scene, "sell BTC/USDT qty=1 price=120 by=me"));
    assert_true(order(&scene, "cancel o3_2 by=me"));
    assert_int_equal(scene.f->sent[3].kind, OC_REQUEST_CANCEL);
    assert_true(order(&scene, "buy BTC/USDT quote_qty=50 by=me"));
    fill(&scene, scene.f->sent[4].order, OC_SIDE_BUY, 500, 10000);
    uint32_t before = scene.f->sent_count;
    assert_true(order(&scene, "kill enough by=me"));
    assert_says(ask(&scene, "status"), "\"halted\":\"KILLED\"");
    assert_false(order(&scene, "buy BTC/USDT qty=1 by=me"));
    assert_says(scene.reply.data, "\"code\":\"KILLED\"");
    assert_true(order(&scene, "flatten by=me")); /* reducing stays possible */
    assert_true(scene.f->sent_count > before);
    const struct oc_request *last = &scene.f->sent[scene.f->sent_count - 1];
    assert_int_equal(last->side, OC_SIDE_SELL);
    assert_int_equal(last->qty, 500);
    assert_true(order(&scene, "unkill by=me"));
    assert_true(order(&scene, "buy BTC/USDT qty=1 by=me"));
    scene_release(&scene);
}

/* A rate is the simulator's, or what the venue has said of the account; a rate that nobody knows is not 0. */
static void a_preview_knows_the_fee_or_says_so(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    scene.has_no_simulator = true;
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2 price=100"), "\"notional\":200.00000000,\"fee\":null");
    struct oc_ev_account account = {
        .head = {.size = sizeof account, .type = OC_EV_ACCOUNT, .source = scene.f->account},
        .present = OC_ACC_TAKER_FEE,
        .maker_fee = {3, 3, 0},
        .taker_fee = {4, 3, 0},
    };
    assert_int_equal(fixture_input(scene.f, &account), OC_OK);
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2 price=100"), "\"fee\":0.80000000");
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2 price=100 post_only=1"), "\"fee\":null");
    account.present |= OC_ACC_MAKER_FEE;
    assert_int_equal(fixture_input(scene.f, &account), OC_OK);
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2 price=100 post_only=1"), "\"fee\":0.60000000");
    scene_release(&scene);
}

static void a_preview_changes_nothing(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    uint64_t seq = scene.f->seq;
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2 price=100"), "\"notional\":200.00000000,\"fee\":0.40000000");
    assert_says(scene.reply.data, "\"position_before\":0,\"position_after\":2,\"equity_share\":0.0002");
    assert_says(scene.reply.data, "\"allowed\":true");
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2 price=100 post_only=1"), "\"fee\":0.20000000");
    assert_says(ask(&scene, "preview sell BTC/USDT quote_qty=100"), "\"qty\":1,");
    assert_says(ask(&scene, "preview buy BTC/USDT quote_qty=100.2"), "\"qty\":1,"); /* fee included */
    assert_says(ask(&scene, "preview buy BTC/USDT quote_qty=100.1"), "\"qty\":0.999,");
    scene.half_spread = (struct oc_dec){1, 2, 0};
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2"), "\"average\":101,\"notional\":202.00000000");
    assert_says(ask(&scene, "preview sell BTC/USDT qty=2"), "\"average\":99,");
    assert_says(ask(&scene, "preview sell BTC/USDT qty=2 price=100"), "\"average\":100,");
    assert_says(scene.reply.data, "\"walk\":[],");
    assert_says(scene.reply.data, "\"rests\":true");
    assert_says(ask(&scene, "preview buy BTC/USDT qty=2 price=120"), "\"average\":101,"); /* it crosses */
    assert_says(scene.reply.data, "\"rests\":false");
    assert_says(ask(&scene, "preview buy BTC/USDT qty=20000 price=90"), "\"is_short_of_cash\":true");
    assert_says(ask(&scene, "preview sell BTC/USDT qty=20000 price=120"), "\"is_short_of_cash\":false");
    assert_says(ask(&scene, "preview hold BTC/USDT qty=2"), "BAD_SIDE");
    assert_true(scene.f->seq == seq);
    assert_int_equal(scene.f->sent_count, 0);
    scene_release(&scene);
}

static void the_tape_makes_bars_and_alerts(void **state)
{
    (void)state;
    struct scene scene;
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    for (int64_t i = 0; i < 300; i++) {
        struct oc_ev_trade trade = {.head = {.size = sizeof trade,
                                             .type = OC_EV_TRADE,
                                             .inst = scene.f->inst,
                                             .venue_ns = 1700000040000000000 + i * 500000000,
                                             .local_ns = 1},
                                    .price = 10000 + i,
                                    .qty = 10,
                                    .present = OC_HAS_QTY};
        if (i == 100)
            assert_says(ask(&scene, "alert BTC/USDT > 102"), "\"number\":1");
        console_service_market(scene.service, &trade.head);
    }
    assert_says(ask(&scene, "alerts"), "\"price\":102,\"state\":\"fired\"");
    assert_says(
        ask(&scene, "bars BTC/USDT 1m 2"),
        "[1700000100000000000,101.2,102.39,101.2,102.39,1.2],[1700000160000000000,102.4,102.99,102.4,102.99,0.6]]");
    assert_says(ask(&scene, "bars BTC/USDT 1s 100 64"), "\"next\":null");
    assert_says(ask(&scene, "bars BTC/USDT 1s 100"), "\"next\":64");
    assert_says(ask(&scene, "bars BTC/USDT 7s 100"), "BAD_PERIOD");
    assert_says(ask(&scene, "ticker"), "\"open\":100,\"high\":102.99,\"low\":100,\"volume\":3");
    assert_says(ask(&scene, "alert BTC/USDT ~ 3"), "BAD_ALERT");
    assert_says(ask(&scene, "alert drop 1"), "\"dropped\":1");
    assert_says(ask(&scene, "alert drop 1"), "NO_ALERT");
    for (int i = 0; i < CONSOLE_ALERTS_MAX; i++)
        assert_says(ask(&scene, "alert BTC/USDT < 1"), "\"number\"");
    assert_says(ask(&scene, "alert BTC/USDT < 1"), "TOO_MANY_ALERTS");
    scene_release(&scene);
}

/* Asks for a list page by page, doing `between` once after the first; the ids in the order of the rows. */
static size_t page_ids(struct scene *scene, const char *list, void (*between)(struct scene *), char ret_ids[64][16])
{
    size_t count = 0;
    long long next = 0;
    do {
        char line[64];
        snprintf(line, sizeof line, "%s %lld", list, next);
        const char *at = ask(scene, line);
        while ((at = strstr(at, strncmp(list, "fills", 5) == 0 ? "\"price\":" : "{\"id\":\"")) != NULL && count < 64) {
            at = strchr(at, ':') + 1;
            snprintf(ret_ids[count++], 16, "%.*s", (int)strcspn(at + 1, "\","), at + (*at == '"'));
        }
        at = strstr(scene->reply.data, "\"next\":");
        next = at ? strtoll(at + 7, NULL, 10) : 0;
        if (between)
            between(scene);
        between = NULL;
    } while (next);
    return count;
}

static void one_more_and_one_ends(struct scene *scene)
{
    assert_true(order(scene, "buy BTC/USDT qty=1 price=90 by=me"));
    fill(scene, scene->f->sent[0].order, OC_SIDE_BUY, 1000, 9000); /* o3_1: not shown yet */
    fill(scene, scene->f->sent[8].order, OC_SIDE_BUY, 1000, 9000); /* o3_9: shown */
}

static void lists_come_in_pages(void **state)
{
    (void)state;
    struct scene scene;
    char ids[64][16];
    scene_init(&scene, NULL, (struct oc_dec){0, 0, 0});
    for (int i = 0; i < CONSOLE_ORDERS_PAGE + 1; i++)
        assert_true(order(&scene, "buy BTC/USDT qty=1 price=90 by=me"));
    assert_int_equal(page_ids(&scene, "orders open", NULL, ids), 9);
    assert_string_equal(ids[0], "o3_9");
    assert_string_equal(ids[8], "o3_1");
    assert_int_equal(page_ids(&scene, "orders all", one_more_and_one_ends, ids), 10); /* o3_9 twice, o3_10 is younger */
    assert_string_equal(ids[7], "o3_2");
    assert_string_equal(ids[8], "o3_9");
    assert_string_equal(ids[9], "o3_1");
    assert_int_equal(page_ids(&scene, "orders all", NULL, ids), 10);
    assert_string_equal(ids[0], "o3_10");
    assert_string_equal(ids[9], "o3_1");
    assert_int_equal(page_ids(&scene, "orders open", NULL, ids), 8);
    assert_int_equal(page_ids(&scene, "fills", NULL, ids), 2);
    assert_says(ask(&scene, "orders all 77"), "\"rows\":[],\"next\":null"); /* no longer kept: nothing older is */
    assert_says(ask(&scene, "order o3.2"), "\"id\":\"o3_2\"");
    assert_says(ask(&scene, "order o4.2"), "NO_ORDER");
    scene_release(&scene);
}

/* A console's thread: lines and what each answer must hold. */
struct talk {
    int fd;
    const char *const (*lines)[2];
    int wrong;
    atomic_bool is_over;
};

static void talk(void *arg)
{
    struct talk *talk = arg;
    struct link *link;
    if (link_new(talk->fd, &link) < 0)
        return;
    for (int i = 0; talk->lines[i][0]; i++) {
        char copy[256];
        bool is_ok;
        const char *json = "";
        snprintf(copy, sizeof copy, "%s", talk->lines[i][0]);
        struct command_words words = {.count = 0};
        char *save = NULL;
        for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save))
            words.fields[words.count++] = word;
        oc_rc rc = link_ask(link, words.fields, words.count, 5000000000, NULL, &is_ok, &json);
        if (rc != OC_OK || !strstr(json, talk->lines[i][1])) {
            fprintf(stderr, "%s: wanted %s, found %d %s\n", talk->lines[i][0], talk->lines[i][1], (int)rc, json);
            talk->wrong++;
        }
    }
    link_free(link);
    atomic_store(&talk->is_over, true);
}

static char last_of_talk[512]; /* the last command recorded in it */

static void converse(const char *const (*lines)[2], bool is_own, bool is_live, bool is_replay)
{
    int pair[2];
    char path[64];
    struct console_server *server;
    struct scene scene;
    struct env_thread *thread;
    struct talk told = {.lines = lines};
    snprintf(path, sizeof path, "/tmp/outcry-service-%d.sock", env_process());
    assert_int_equal(env_socket_pair(pair), OC_OK);
    assert_int_equal(console_server_new(is_own ? NULL : path, is_own ? pair[0] : -1, true, &server), OC_OK);
    told.fd = pair[1];
    if (!is_own)
        assert_int_equal(env_socket_connect(path, &told.fd), OC_OK);
    scene_init(&scene, server, (struct oc_dec){1000, 0, 0});
    scene.is_live = is_live;
    scene.is_replay = is_replay;
    assert_int_equal(env_thread_start(talk, &told, &thread), OC_OK);
    while (!atomic_load(&told.is_over)) {
        console_service_turn(scene.service);
        if (console_service_is_waiting(scene.service))
            console_service_answer_waiting(scene.service, true);
        console_server_wait(server, 1000000);
    }
    env_thread_join(thread);
    assert_int_equal(told.wrong, 0);
    console_server_free(server);
    memcpy(last_of_talk, scene.last_command, sizeof last_of_talk);
    scene.service ? scene_release(&scene) : (void)0;
    if (!is_own) {
        env_close(pair[0]);
        env_close(pair[1]);
    }
}

static void an_attached_console_reads_until_it_may_trade(void **state)
{
    static const char *const lines[][2] = {{"hello me", "\"can_trade\":false"},
                                           {"status", "\"consoles\":1"},
                                           {"buy BTC/USDT qty=1", "READ_ONLY"},
                                           {"pause", "READ_ONLY"},
                                           {"unlock", "READ_ONLY"},
                                           {"statsu", "did you mean 'status'?"},
                                           {"venues", "\"list\":\"venues\""},
                                           {"subscribe nothing", "BAD_KIND"},
                                           {"subscribe fill log", "\"kinds\":5"},
                                           {"trade", "\"can_trade\":true"},
                                           {"buy BTC/USDT qty=1", "\"state\":\"SUBMITTED\""},
                                           {"pause", "\"now_ns\""},
                                           {"step 3", "\"now_ns\""},
                                           {"speed fast", "\"code\":\"NO\""},
                                           /* who is recorded is the host's to say, in one piece */
                                           {"buy BTC/USDT qty=1 by=you", "BAD_OPTION"},
                                           {"hello \"eve\"\tby=you\n", "\"can_trade\":true"},
                                           {"buy BTC/USDT qty=2", "\"id\":\"o3_2\""},
                                           {NULL, NULL}};
    (void)state;
    converse(lines, false, false, false);
    assert_string_equal(last_of_talk, "buy\tBTC/USDT\tqty=2\tby=_eve__by_you_");
}

static void live_is_locked_and_asks(void **state)
{
    static const char *const lines[][2] = {{"hello me", "\"live\":true"},
                                           {"buy BTC/USDT qty=1", "LOCKED"},
                                           {"load x.lua", "LOCKED"},
                                           {"flatten", "\"closing\":0"},
                                           {"kill", "\"cancelled\":0"},
                                           {"unkill", "LOCKED"},
                                           {"unlock", "\"unlocked\":true"},
                                           {"unkill", "\"halted\""},
                                           {"buy BTC/USDT qty=10", "SUBMITTED"},
                                           {"buy BTC/USDT qty=10.001", "SURE"},
                                           {"buy BTC/USDT quote_qty=1001", "SURE"},
                                           {"buy BTC/USDT qty=10.001 sure=1", "SUBMITTED"},
                                           {"buy BTC/USDT qty=10.001 sure=0", "SURE"},
                                           {"sell BTC/USDT qty=11 price=1", "SURE"}, /* filled at the market */
                                           {"buy BTC/USDT qty=9223372036854775 price=99", "SURE"},
                                           {"buy BTC/USDT qty=1 price=99", "\"id\":\"o3_3\""},
                                           {"amend o3_3 qty=11", "SURE"},
                                           {"amend o3_3 qty=2 price=98", "PENDING_UPDATE"},
                                           {"lock", "\"unlocked\":false"},
                                           {"sell BTC/USDT qty=1", "LOCKED"},
                                           {NULL, NULL}};
    (void)state;
    converse(lines, true, true, false);
}

static void a_recording_cannot_be_changed(void **state)
{
    static const char *const lines[][2] = {
        {"buy BTC/USDT qty=1", "RECORDED"}, {"kill", "RECORDED"}, {"step 1", "now_ns"}, {NULL, NULL}};
    (void)state;
    converse(lines, true, false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markets_and_money_read),
        cmocka_unit_test(an_order_goes_its_way),
        cmocka_unit_test(wrong_orders_are_explained),
        cmocka_unit_test(cancel_amend_kill_and_flatten),
        cmocka_unit_test(a_preview_knows_the_fee_or_says_so),
        cmocka_unit_test(a_preview_changes_nothing),
        cmocka_unit_test(the_tape_makes_bars_and_alerts),
        cmocka_unit_test(lists_come_in_pages),
        cmocka_unit_test(an_attached_console_reads_until_it_may_trade),
        cmocka_unit_test(live_is_locked_and_asks),
        cmocka_unit_test(a_recording_cannot_be_changed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
