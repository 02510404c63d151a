/* venue_keys_test.c: what a venue's group must say, and the limits that are asked for before real money. */
#include "support/venue_keys_kit.h"

#include "engine/depth.h"
#include "session/arming.h"
#include "session/venue_keys.h"
#include "session/venue_net.h"

static void a_group_must_be_whole(void **state)
{
    static const char *const needed[] = {"connector",
                                         "environment",
                                         "accounts",
                                         "instruments.0.symbol",
                                         "instruments.0.price_step",
                                         "instruments.0.qty_step"};
    (void)state;
    whole_venue("local");
    assert_int_equal(venue_judge(&settings, &error), OC_OK);
    assert_int_equal(venue_judge_markets(&settings, &error), OC_OK);
    assert_int_equal(venue_judge_environment(&settings, &error), OC_OK);
    for (size_t i = 0; i < sizeof needed / sizeof needed[0]; i++) {
        char key[SETTING_KEY_MAX];
        whole_venue("local");
        snprintf(key, sizeof key, "venue.mine.%s", needed[i]);
        settings_drop(&settings, key);
        oc_rc rc = venue_judge(&settings, &error);
        if (strcmp(needed[i], "instruments.0.symbol") == 0) { /* one without markets is whole: --symbol may say them */
            assert_int_equal(rc, OC_OK);
            rc = venue_judge_markets(&settings, &error);
        }
        assert_int_equal(rc, OC_E_CONFIG);
        assert_string_equal(error.what, "it is not set");
    }
    whole_venue("local");
    settings_drop(&settings, "venue.mine.transcript");
    says(venue_judge_environment(&settings, &error), OC_E_CONFIG,
         "venue.mine.transcript: it is not set: expected a file that says what the exchange says");
}

static void what_it_says_must_be_possible(void **state)
{
    (void)state;
    whole_venue("local");
    char name[VENUE_ACCOUNT_MAX];
    static const char *const bad[] = {"main,other,main", "main,a_name_of_an_account_of_32_bytes_",
                                      "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char words[256];
        venue("accounts", bad[i]);
        snprintf(words, sizeof words,
                 "x.conf:3: venue.mine.accounts: found '%s', expected up to 16 names of at most 31 bytes, each once",
                 bad[i]);
        says(venue_judge(&settings, &error), OC_E_CONFIG, words);
    }
    venue("accounts", "a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p");
    assert_int_equal(venue_judge(&settings, &error), OC_OK);
    venue("accounts", "main, a_name_of_an_account_of_31bytes");
    assert_int_equal(venue_judge(&settings, &error), OC_OK);
    assert_true(venue_account(&settings, "mine", 1, name));
    assert_string_equal(name, "a_name_of_an_account_of_31bytes");
    assert_false(venue_account(&settings, "mine", 2, name));
    venue("accounts", "main,hedge");
    venue("cash.hedge", "5 USDT");
    assert_int_equal(venue_judge(&settings, &error), OC_OK);
    venue("cash.hegde", "5 USDT");
    says(venue_judge(&settings, &error), OC_E_CONFIG,
         "x.conf:3: venue.mine.cash.hegde: the venue has no such account: expected one of main,hedge");
    static const char *const steps[] = {"0", "-1", "x", ""};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        whole_venue("local");
        venue("instruments.1.symbol", "ETH/USDT");
        venue("instruments.1.price_step", steps[i]);
        venue("instruments.1.qty_step", "1");
        assert_int_equal(venue_judge(&settings, &error), OC_E_CONFIG);
        assert_string_equal(error.where, "x.conf:3: venue.mine.instruments.1.price_step");
    }
    whole_venue("local");
    set("session.venue", "other");
    says(venue_judge(&settings, &error), OC_E_CONFIG,
         "--venue: no configuration has a group venue.other, and no connector outcry.other is installed: give the file "
         "that "
         "has it: --config FILE");
}

/* --venue ONE,TWO: each group is judged. */
static void several_venues_are_each_judged(void **state)
{
    (void)state;
    char name[PART_NAME_MAX];
    whole_venue("local");
    set("session.venue", "mine,mine");
    says(venue_judge(&settings, &error), OC_E_CONFIG, "--venue: mine is named twice");
    set("session.venue", "mine, two");
    says(
        venue_judge(&settings, &error), OC_E_CONFIG,
        "--venue: no configuration has a group venue.two, and no connector outcry.two is installed: give the file that "
        "has it: --config FILE");
    assert_true(venue_at(&settings, 1, name));
    assert_string_equal(name, "two");
    assert_false(venue_at(&settings, 2, name));
    set("venue.two.connector", "org.example.loopback");
    says(venue_judge(&settings, &error), OC_E_CONFIG,
         "venue.two.environment: it is not set: expected live, practice, testnet or local");
    set("venue.two.environment", "live");
    set("venue.two.accounts", "main"); /* a name of another venue's account too */
    set("venue.two.instruments.0.symbol", "BTC/USDT");
    set("venue.two.instruments.0.price_step", "0.01");
    set("venue.two.instruments.0.qty_step", "0.001");
    assert_int_equal(venue_judge(&settings, &error), OC_OK);
    says(venue_judge_environment(&settings, &error), OC_E_CONFIG,
         "x.conf:3: venue.two.environment: found 'live', expected local: a transcript stands for the exchange, or link "
         "= "
         "\"network\"");
    set("venue.two.link", "network");
    assert_int_equal(venue_judge_environment(&settings, &error), OC_OK);
    taken(PART_RULE);
    assert_int_equal(arming_judge(&settings, &parts, &error), OC_E_CONFIG); /* one of them is live */
    set("session.venue", "a,b,c,d,e,f,g,h,i");
    assert_int_equal(venue_judge(&settings, &error), OC_E_CONFIG);
}

/* The words that would say what is missing of the limits. */
static void limits(const char *missing)
{
    char words[640];
    taken(PART_RULE);
    oc_rc rc = arming_judge(&settings, &parts, &error);
    if (missing) {
        snprintf(words, sizeof words,
                 "venue mine: orders here are real money, and this is not said: %s: add these words with amounts of "
                 "your own, or their keys to the configuration: session.live, account.capital, risk.NAME.limit, "
                 "risk.without",
                 missing);
        says(rc, OC_E_CONFIG, words);
    } else if (rc < 0) {
        fail_msg("%s", said(&error));
    }
}

static void an_environment_is_one_of_four(void **state)
{
    static const char *const words[] = {"live", "practice", "testnet", "local"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        whole_venue(words[i]);
        settings_drop(&settings, "venue.mine.transcript");
        set("venue.mine.link", "network");
        assert_int_equal(venue_env(&settings, "mine"), OC_ENV_LIVE + i);
        assert_int_equal(venue_judge_environment(&settings, &error), OC_OK);
        taken(PART_RULE); /* what is not real money goes */
        assert_int_equal(arming_judge(&settings, &parts, &error), i ? OC_OK : OC_E_CONFIG);
        assert_int_equal(arming_is_real(&settings), i == 0);
    }
    whole_venue("prod");
    says(venue_judge_environment(&settings, &error), OC_E_CONFIG,
         "x.conf:3: venue.mine.environment: found 'prod', expected live, practice, testnet or local");
}

#define ORDER_VALUE "max_order_value: --max-order-value 50, or --waive max_order_value"
#define POSITION    "position_limit: --max-position 0.01, or --waive position_limit"
#define DAY_LOSS    "max_daily_loss: --max-day-loss 25, or --waive max_daily_loss"

static void live_venue(void)
{
    whole_venue("live");
    set("session.live", "main");
    set("account.capital", "500 USDT");
}

static void an_account_is_armed_by_its_name(void **state)
{
    (void)state;
    whole_venue("live");
    limits("the account's name: --live main; what strategies trade with: --capital '500 USDT'; " ORDER_VALUE
           "; " POSITION "; " DAY_LOSS);
    live_venue();
    set("risk.without", "max_order_value,position_limit,max_daily_loss");
    limits(NULL);
    assert_true(arming_is_set(&settings) && arming_is_real(&settings));
    assert_string_equal(arming_account(&settings), "main");
    set("session.live", "mine/main");
    limits(NULL);
    assert_string_equal(arming_account(&settings), "main");
    static const char *const others[] = {"other", "yours/main", "main/mine", "mine/"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        set("session.live", others[i]);
        taken(PART_RULE);
        assert_int_equal(arming_judge(&settings, &parts, &error), OC_E_CONFIG);
        assert_string_equal(error.found, others[i]);
        assert_string_equal(error.expected, "main");
    }
    set("session.live", "main");
    venue("accounts", "main, second");
    taken(PART_RULE);
    assert_int_equal(arming_judge(&settings, &parts, &error), OC_E_NOT_SUPPORTED);
    set("session.paper", "yes"); /* it sends no order */
    assert_false(arming_is_set(&settings));
    assert_int_equal(arming_judge(&settings, &parts, &error), OC_OK);
}

/* The same words, where nothing is at stake. */
static void a_rehearsal_is_armed_too(void **state)
{
    (void)state;
    whole_venue("local");
    set("session.live", "main");
    taken(PART_RULE);
    assert_int_equal(arming_judge(&settings, &parts, &error), OC_E_CONFIG);
    assert_non_null(strstr(error.what, "an armed session says what it trades with, and this is not said: what "
                                       "strategies trade with: --capital"));
    set("account.capital", "500 USDT");
    set("risk.without", "max_order_value,position_limit,max_daily_loss");
    taken(PART_RULE);
    assert_int_equal(arming_judge(&settings, &parts, &error), OC_OK);
    assert_true(arming_is_set(&settings) && !arming_is_real(&settings));
}

static void a_live_environment_asks_for_limits(void **state)
{
    (void)state;
    whole_venue("local");
    taken(PART_RULE);
    assert_int_equal(arming_judge(&settings, &parts, &error), OC_OK); /* nothing is at stake */
    live_venue();
    limits(ORDER_VALUE "; " POSITION "; " DAY_LOSS);
    set("risk.max_order_value.limit", "100");
    limits(POSITION "; " DAY_LOSS);
    set("risk.without", "max_daily_loss, position_limit");
    limits(NULL);
    set("risk.without", "max_daily_loss_x");
    live_venue(); /* a limit that holds for some orders is none */
    set("risk.without", "position_limit");
    set("risk.max_daily_loss.limit", "50");
    set("risk.max_order_value.limit", "100");
    limits(NULL);
    set("risk.max_order_value.for.instruments", "BTC/USDT");
    limits(ORDER_VALUE);
    set("risk.chain", "max_order_qty,max_order_value,price_collar,message_rate,max_daily_loss,all");
    set("risk.all.plugin", "outcry.max_order_value");
    limits(ORDER_VALUE);
    set("risk.all.limit", "1000");
    limits(NULL);
}

static void an_endpoint_that_nobody_described_is_told_from_those_that_are(void **state)
{
    static const struct oc_endpoint endpoints[] = {{.name = "rest", .urls = "https://127.0.0.1:1", .env = OC_ENV_LOCAL},
                                                   {.name = "stream", .urls = "wss://127.0.0.1:1", .env = OC_ENV_LOCAL},
                                                   {.name = "orders", .urls = "wss://127.0.0.1:2", .env = OC_ENV_LIVE}};
    const struct oc_venue described = {.size = sizeof described, .endpoints = endpoints, .endpoint_count = 3};
    (void)state;
    whole_venue("local");
    set("venue.mine.endpoint.stram", "wss://127.0.0.1:1");
    says(venue_net_describe(&settings, "mine", &described, &error), OC_E_CONFIG,
         "x.conf:3: venue.mine.endpoint.stram: its connector describes no such endpoint: found 'wss://127.0.0.1:1', "
         "expected one of rest, stream, orders");
    whole_venue("live");
    says(venue_net_describe(&settings, "mine", &described, &error), OC_E_CONFIG,
         "x.conf:3: venue.mine.environment: its connector knows no place of rest in this environment: found 'live', "
         "expected local");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, parts_start, parts_stop)

/* What is not set is what the description says, and is a setting from then on: a replay has no description. */
static void what_a_venue_can_is_taken_from_its_description(void **state)
{
    static const struct {
        uint32_t flags;
        const char *set, *becomes;
        uint32_t can;
    } rows[] = {
        {0, NULL, "no", 0},
        {OC_CAN_CANCEL_ALL, NULL, "all", OC_CAN_CANCEL_ALL},
        {OC_CAN_CANCEL_ALL_BY_INST, NULL, "instrument", OC_CAN_CANCEL_ALL_BY_INST},
        {OC_CAN_CANCEL_ALL | OC_CAN_CANCEL_ALL_BY_INST, NULL, "both", OC_CAN_CANCEL_ALL | OC_CAN_CANCEL_ALL_BY_INST},
        {OC_CAN_CANCEL_ALL, "no", "no", 0},
        {OC_CAN_CANCEL_ALL | OC_CAN_CANCEL_ALL_BY_INST, "all", "all", OC_CAN_CANCEL_ALL}};
    static const struct oc_fetchable fills = {.kind = OC_FETCH_FILLS};
    struct oc_venue described = {.size = sizeof described};
    uint32_t can;
    bool fetches;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        whole_venue("local");
        if (rows[i].set)
            venue("cancel_all", rows[i].set);
        described.flags = rows[i].flags;
        assert_int_equal(venue_cancel_all(&settings, "mine", &described, &can, &error), OC_OK);
        assert_int_equal(can, rows[i].can);
        assert_string_equal(venue_text(&settings, "mine", "cancel_all", ""), rows[i].becomes);
        assert_int_equal(venue_cancel_all(&settings, "mine", NULL, &can, &error), OC_OK); /* the replay */
        assert_int_equal(can, rows[i].can);
    }
    whole_venue("local");
    assert_int_equal(venue_cancel_all(&settings, "mine", NULL, &can, &error), OC_OK); /* of an earlier host */
    assert_int_equal(can, 0);
    assert_int_equal(venue_fetch_fills(&settings, "mine", NULL, &fetches, &error), OC_OK);
    assert_false(fetches);
    described.flags = OC_CAN_CANCEL_ALL;
    venue("cancel_all", "both");
    says(venue_cancel_all(&settings, "mine", &described, &can, &error), OC_E_CONFIG,
         "x.conf:3: venue.mine.cancel_all: found 'both', expected no, or all, instrument or both as far as the venue "
         "can");
    venue("cancel_all", "yes");
    assert_int_equal(venue_cancel_all(&settings, "mine", &described, &can, &error), OC_E_CONFIG);
    for (uint32_t i = 0; i < 2; i++) {
        whole_venue("local");
        described.fetches = &fills;
        described.fetch_count = i;
        assert_int_equal(venue_fetch_fills(&settings, "mine", &described, &fetches, &error), OC_OK);
        assert_int_equal(fetches, i);
        assert_string_equal(venue_text(&settings, "mine", "fetch_fills", ""), i ? "yes" : "no");
        assert_int_equal(venue_fetch_fills(&settings, "mine", NULL, &fetches, &error), OC_OK);
        assert_int_equal(fetches, i);
        venue("fetch_fills", "yes");
        assert_int_equal(venue_fetch_fills(&settings, "mine", &described, &fetches, &error), i ? OC_OK : OC_E_CONFIG);
    }
}

/* How much of the base one contract is. */
static void a_contract_has_a_size(void **state)
{
    (void)state;
    struct oc_dec size;
    whole_venue("local");
    assert_int_equal(venue_contract_size(&settings, "mine", 0, &size, &error), OC_OK);
    assert_true(size.units == 1 && size.scale == 0);
    venue("instruments.0.contract_size", "0.001");
    assert_int_equal(venue_contract_size(&settings, "mine", 0, &size, &error), OC_OK);
    assert_true(size.units == 1 && size.scale == 3);
    venue("instruments.0.contract_size", "-1");
    assert_int_equal(venue_contract_size(&settings, "mine", 0, &size, &error), OC_E_CONFIG);
    assert_int_equal(venue_judge(&settings, &error), OC_E_CONFIG);
}

static void a_dead_mans_switch_is_for_venues_that_have_one(void **state)
{
    static const struct {
        const char *text;
        uint32_t flags;
        oc_rc rc;
        int64_t ns;
    } rows[] = {{"", 0, OC_OK, 0},
                {"5s", OC_CAN_DEADMAN, OC_OK, 5000000000ll},
                {"24h", OC_CAN_DEADMAN, OC_OK, 86400000000000ll},
                {"4s", OC_CAN_DEADMAN, OC_E_CONFIG, 4000000000ll},
                {"25h", OC_CAN_DEADMAN, OC_E_CONFIG, 90000000000000ll},
                {"soon", OC_CAN_DEADMAN, OC_E_CONFIG, 0},
                {"30s", OC_CAN_CANCEL_ALL, OC_E_CONFIG, 30000000000ll}};
    struct oc_venue described = {.size = sizeof described};
    int64_t ns;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        whole_venue("local");
        if (rows[i].text[0])
            venue("deadman", rows[i].text);
        described.flags = rows[i].flags;
        assert_int_equal(venue_deadman(&settings, "mine", &described, &ns, &error), rows[i].rc);
        assert_true(ns == rows[i].ns);
    }
}

/* What becomes of order books, and how many levels are kept: as it is said, else as the venue offers them. */
static void books_are_kept_as_it_is_said(void **state)
{
    static const struct {
        const char *book, *levels, *keep;
        uint32_t depth, page; /* of the topic and of the fetch; depth 9999: no topic */
        oc_rc rc;
        uint32_t policy, kept;
        const char *becomes;
    } rows[] = {{NULL, NULL, NULL, 0, 0, OC_OK, DEPTH_RESYNC, 1000, "resync 1000"},
                {NULL, NULL, NULL, 0, 500, OC_OK, DEPTH_RESYNC, 500, "resync 500"},
                {NULL, NULL, NULL, 25, 500, OC_OK, DEPTH_RESYNC, 25, "resync 25"},
                {NULL, NULL, NULL, 9999, 500, OC_OK, DEPTH_OFF, 0, "off -"},
                {"warn", "5", NULL, 0, 0, OC_OK, DEPTH_WARN, 5, "warn 5"},
                {"halt", "1000", "all", 0, 100, OC_OK, DEPTH_HALT, 100, "halt 100"},
                {"off", NULL, NULL, 0, 0, OC_OK, DEPTH_OFF, 1000, "off 1000"},
                {"off", NULL, NULL, 9999, 0, OC_OK, DEPTH_OFF, 0, "off -"},
                {"resync", NULL, NULL, 9999, 0, OC_E_CONFIG, 0, 0, NULL},
                {"on", NULL, NULL, 0, 0, OC_E_CONFIG, 0, 0, NULL},
                {NULL, "4", NULL, 0, 0, OC_E_CONFIG, 0, 0, NULL},
                {NULL, "1001", NULL, 0, 0, OC_E_CONFIG, 0, 0, NULL},
                {NULL, "many", NULL, 0, 0, OC_E_CONFIG, 0, 0, NULL},
                {NULL, NULL, "some", 0, 0, OC_E_CONFIG, 0, 0, NULL},
                {"off", NULL, "all", 0, 0, OC_E_CONFIG, 0, 0, NULL}};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct oc_topic topic = {.topic = OC_TOPIC_BOOK, .depth = rows[i].depth};
        const struct oc_fetchable fetch = {.kind = OC_FETCH_BOOK, .page_max = rows[i].page};
        const struct oc_venue described = {.topics = &topic,
                                           .topic_count = rows[i].depth != 9999,
                                           .fetches = &fetch,
                                           .fetch_count = rows[i].page != 0};
        struct venue_books books, replayed;
        char becomes[64];
        whole_venue("local");
        if (rows[i].book)
            venue("book", rows[i].book);
        if (rows[i].levels)
            venue("book_levels", rows[i].levels);
        if (rows[i].keep)
            venue("keep_books", rows[i].keep);
        assert_int_equal(venue_books(&settings, "mine", &described, &books, &error), rows[i].rc);
        if (rows[i].rc < 0)
            continue;
        assert_int_equal(books.policy, rows[i].policy);
        if (rows[i].kept)
            assert_int_equal(books.levels, rows[i].kept);
        assert_int_equal(books.keeps_all, rows[i].keep != NULL);
        snprintf(becomes, sizeof becomes, "%s %s", venue_text(&settings, "mine", "book", "-"),
                 venue_text(&settings, "mine", "book_levels", "-"));
        assert_string_equal(becomes, rows[i].becomes);
        assert_int_equal(venue_books(&settings, "mine", NULL, &replayed, &error), OC_OK); /* the replay */
        assert_int_equal(replayed.policy, books.policy);
        if (rows[i].kept)
            assert_int_equal(replayed.levels, books.levels);
    }
    struct venue_books books;
    whole_venue("local");
    assert_int_equal(venue_books(&settings, "mine", NULL, &books, &error), OC_OK); /* of an earlier host */
    assert_int_equal(books.policy, DEPTH_OFF);
}

/* Bars of a feed on the network; those of a transcript close as those of a file. */
static void bars_of_the_network_are_built_as_it_is_said(void **state)
{
    static const struct {
        const char *key, *value;
        oc_rc rc;
        int64_t grace_ns;
        bool is_flat, of_quotes;
    } rows[] = {{"title", "none of these", OC_OK, 500000000, true, false},
                {"bar_grace", "0ms", OC_OK, 0, true, false},
                {"bar_grace", "60s", OC_OK, 60000000000ll, true, false},
                {"bar_grace", "61s", OC_E_CONFIG, 0, false, false},
                {"bar_grace", "soon", OC_E_CONFIG, 0, false, false},
                {"empty_bars", "none", OC_OK, 500000000, false, false},
                {"empty_bars", "maybe", OC_E_CONFIG, 0, false, false},
                {"bars", "quotes", OC_OK, 500000000, true, true},
                {"bars", "books", OC_E_CONFIG, 0, false, false}};
    const struct oc_topic topics[] = {{.topic = OC_TOPIC_BARS, .flags = OC_TOPIC_FLAT}, {.topic = OC_TOPIC_TRADES}};
    struct oc_venue described = {.topics = topics, .topic_count = 2};
    struct engine_bars bars, replayed;
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        whole_venue("local");
        venue("link", "network");
        venue(rows[i].key, rows[i].value);
        assert_int_equal(venue_bars(&settings, "mine", &described, &bars, &error), rows[i].rc);
        if (rows[i].rc < 0)
            continue;
        assert_true(bars.is_live && bars.grace_ns == rows[i].grace_ns);
        assert_int_equal(bars.is_flat, rows[i].is_flat);
        assert_int_equal(bars.of_quotes, rows[i].of_quotes);
        assert_int_equal(venue_bars(&settings, "mine", NULL, &replayed, &error), OC_OK);
        assert_memory_equal(&replayed, &bars, sizeof bars);
    }
    whole_venue("local");
    venue("link", "network");
    described.topic_count = 0; /* it says neither trades nor candles */
    assert_int_equal(venue_bars(&settings, "mine", &described, &bars, &error), OC_OK);
    assert_true(bars.of_quotes && !bars.is_flat);
    whole_venue("local");
    assert_int_equal(venue_bars(&settings, "mine", &described, &bars, &error), OC_OK);
    assert_false(bars.is_live);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_group_must_be_whole),
        TEST(what_it_says_must_be_possible),
        TEST(several_venues_are_each_judged),
        TEST(an_endpoint_that_nobody_described_is_told_from_those_that_are),
        TEST(an_environment_is_one_of_four),
        TEST(a_live_environment_asks_for_limits),
        TEST(an_account_is_armed_by_its_name),
        TEST(a_rehearsal_is_armed_too),
        cmocka_unit_test(what_a_venue_can_is_taken_from_its_description),
        cmocka_unit_test(books_are_kept_as_it_is_said),
        cmocka_unit_test(bars_of_the_network_are_built_as_it_is_said),
        cmocka_unit_test(a_contract_has_a_size),
        cmocka_unit_test(a_dead_mans_switch_is_for_venues_that_have_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
