/* How long a venue wants to be left alone, as its answers of HTTP say it: read by the host, whatever the connector knows of it. */
#include "support/io_kit.h"

#include "base/env.h"

enum { CANCELS_AT = 1000 };

static oc_rc by_http(const struct oc_venue_request *first, uint32_t count)
{
    char path[32];
    (void)count;
    snprintf(path, sizeof path, "/order%llu", (unsigned long long)first->ask.id);
    return io_kit_http(path, first->ask.id, 0, 0);
}

static void begin(void)
{
    kit.on_request = by_http;
    io_kit_start();
    kit.venue.world.syncs = false;
    io_kit_sent("open main /main\n");
}

static void ask(uint64_t id) { assert_int_equal(io_kit_ask(OC_REQUEST_NEW, id, id), OC_OK); }

static void cancel(uint64_t id, uint64_t order) { assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, id, order), OC_OK); }

static void answers(uint64_t exchange, uint16_t status, const char *headers)
{
    io_kit_happens((struct io_happening){.kind = IO_RESPONSE,
                                         .exchange = exchange,
                                         .at_ns = kit.now_ns,
                                         .status = status,
                                         .bytes = "",
                                         .headers = headers,
                                         .headers_size = (uint32_t)strlen(headers)});
    io_kit_pump(kit.now_ns);
}

static void forget_words(void)
{
    io_kit_drain();
    kit.said[0] = kit.sent[0] = 0;
}

/* Whether an order that is asked for now leaves within `ms`, and not before. */
static void leaves_after(uint64_t id, int64_t ms)
{
    char wanted[64];
    ask(id);
    snprintf(wanted, sizeof wanted, "http 1 /order%llu|A: b\r\n|c=d\n", (unsigned long long)id);
    if (ms > 0) {
        io_kit_pump(kit.now_ns + (ms - 1) * IO_KIT_MS);
        assert_string_equal(kit.sent, "");
        io_kit_pump(kit.now_ns + 51 * IO_KIT_MS); /* looked at again so often */
    }
    assert_string_equal(kit.sent, wanted);
    kit.sent[0] = 0;
}

static void a_429_stops_its_endpoint_for_the_seconds_it_says(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 429, "content-type: x\r\nretry-after: 3\r\n");
    io_kit_said("SENT 1\nUNKNOWN 1 RATE_LIMIT\n"); /* the connector made no event of it */
    leaves_after(2, 3000);
    assert_int_equal(kit.venue.counts.told_to_wait, 1);
    assert_int_equal(kit.venue.counts.limited, 1);
}

static void cancels_go_until_one_of_them_is_told_the_same(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 429, "retry-after: 10\r\n");
    cancel(2, CANCELS_AT);
    io_kit_sent("http 1 /order2|A: b\r\n|c=d\n");
    answers(kit.exchange, 429, "retry-after: 2\r\n");
    cancel(3, CANCELS_AT + 1);
    io_kit_pump(kit.now_ns + 1900 * IO_KIT_MS);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + 200 * IO_KIT_MS);
    io_kit_sent("http 1 /order3|A: b\r\n|c=d\n"); /* its own wait is over, that of the others is not */
    ask(4);
    io_kit_pump(kit.now_ns + 4 * IO_KIT_S);
    io_kit_sent("");
}

/* What is given up because of it says so, and not that it was late. */
static void what_waits_too_long_is_refused_for_the_limit(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 429, "retry-after: 60\r\n");
    forget_words();
    ask(2);
    io_kit_pump(kit.now_ns + 6 * IO_KIT_S);
    io_kit_said("NOT_THERE 2 RATE_LIMIT\n");
}

static void a_418_stops_everything_streams_too(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 418, "retry-after: 5\r\n");
    forget_words();
    cancel(2, CANCELS_AT);
    kit.on_request = NULL; /* by the stream */
    ask(3);
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns + 4900 * IO_KIT_MS);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + 3 * IO_KIT_S);
    assert_non_null(strstr(kit.sent, "open main /main\n"));
}

static void without_a_time_it_is_a_second_then_two_then_four(void **state)
{
    static const int64_t waits_ms[] = {1000, 2000, 4000};
    (void)state;
    begin();
    leaves_after(1, 0);
    for (uint64_t i = 0; i < 3; i++) {
        answers(kit.exchange, 429, "");
        leaves_after(2 + i, waits_ms[i]);
    }
    answers(kit.exchange, 200, ""); /* let through: it begins anew */
    leaves_after(8, 0);
    answers(kit.exchange, 429, "");
    leaves_after(9, 1000);
}

/* Ten that were under way are told at once: that is one wait and not ten. */
static void what_left_before_it_was_told_makes_it_no_longer(void **state)
{
    uint64_t exchanges[10];
    (void)state;
    begin();
    for (uint64_t i = 0; i < 10; i++) {
        leaves_after(1 + i, 0);
        exchanges[i] = kit.exchange;
    }
    kit.now_ns += IO_KIT_MS;
    for (int i = 0; i < 10; i++)
        answers(exchanges[i], 429, "");
    leaves_after(20, 1000);
}

static void a_date_is_of_the_servers_clock(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 503, "date: Sun, 06 Nov 1994 08:49:33 GMT\r\nretry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
    leaves_after(2, 4000);
    /* Without one, of ours: IO_KIT_BEGIN_NS is 2001-09-09T01:46:40Z. */
    assert_true(kit.now_ns > IO_KIT_BEGIN_NS + 4 * IO_KIT_S && kit.now_ns < IO_KIT_BEGIN_NS + 5 * IO_KIT_S);
    answers(kit.exchange, 429, "retry-after: Sun, 09 Sep 2001 01:46:49 GMT\r\n");
    ask(3);
    io_kit_pump(IO_KIT_BEGIN_NS + 8990 * IO_KIT_MS);
    io_kit_sent("");
    io_kit_pump(IO_KIT_BEGIN_NS + 9060 * IO_KIT_MS);
    io_kit_sent("http 1 /order3|A: b\r\n|c=d\n");
}

static void what_says_no_time_and_no_limit_is_no_wait(void **state)
{
    static const struct {
        uint16_t status;
        const char *headers;
    } none[] = {{200, "retry-after: 9\r\n"},    {503, ""},
                {500, "retry-after: soon\r\n"}, {400, "x-retry-after: 9\r\n"},
                {503, "retry-after:\r\n"},      {404, "retry-after: -9\r\n"}};
    (void)state;
    begin();
    for (uint64_t i = 0; i < sizeof none / sizeof *none; i++) {
        leaves_after(1 + i, 0);
        answers(kit.exchange, none[i].status, none[i].headers);
    }
    leaves_after(50, 0);
    answers(kit.exchange, 429, "retry-after: 0\r\n"); /* no less than a second */
    leaves_after(51, 1000);
    assert_int_equal(kit.venue.counts.told_to_wait, 1);
}

/* Not told longer than eight days, whatever stands there. */
static void a_time_beyond_reason_is_cut(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 429, "retry-after: 9223372036854775807\r\n");
    assert_true(kit.venue.waits[1].but_cancels_ns == kit.now_ns + 8 * 86400 * IO_KIT_S);
}

static void another_endpoint_is_not_stopped(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 429, "retry-after: 30\r\n");
    forget_words();
    kit.on_request = NULL; /* by the stream of the endpoint `main` */
    ask(2);
    io_kit_sent("send ask 2\n");
}

static void a_refused_stream_comes_back_no_sooner_than_it_was_told(void **state)
{
    (void)state;
    kit.is_slow = true;
    io_kit_start();
    forget_words();
    io_kit_happens((struct io_happening){.kind = IO_REFUSED,
                                         .stream = kit.link_stream,
                                         .at_ns = kit.now_ns,
                                         .status = 429,
                                         .bytes = "",
                                         .headers = "retry-after: 20\r\n",
                                         .headers_size = 17});
    io_kit_pump(kit.now_ns + 19900 * IO_KIT_MS);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + 300 * IO_KIT_MS);
    io_kit_sent("open main /main\n");
}

/* An answer that the connector cannot take yet is given again, and read once. */
static int refusals;

static oc_rc not_yet(const struct oc_response *response)
{
    (void)response;
    return refusals-- > 0 ? OC_E_AGAIN : OC_OK;
}

static void an_answer_that_is_given_again_is_read_once(void **state)
{
    (void)state;
    begin();
    kit.on_response = not_yet;
    refusals = 5;
    leaves_after(1, 0);
    answers(kit.exchange, 429, "");
    io_kit_pump(kit.now_ns + 900 * IO_KIT_MS);
    assert_int_equal(kit.venue.counts.told_to_wait, 1);
    assert_int_equal(kit.venue.waits[1].tries, 1);
}

/* Two processes at one address. */
static void processes_of_one_machine_share_it(void **state)
{
    struct limits_shared one, two;
    char path[] = "io_wait_test.limits";
    (void)state;
    (void)env_unlink(path); /* it may not be there */
    assert_int_equal(limits_shared_open(&one, path), OC_OK);
    assert_int_equal(limits_shared_open(&two, path), OC_OK);
    begin();
    kit.venue.world.limits = &one;
    leaves_after(1, 0);
    answers(kit.exchange, 429, "retry-after: 3\r\n");
    const int64_t now_ns = kit.now_ns;
    io_venue_release(&kit.venue);
    io_kit_describe();
    begin();
    kit.venue.world.limits = &two;
    assert_true(kit.now_ns == now_ns);
    cancel(2, CANCELS_AT);
    io_kit_sent("http 1 /order2|A: b\r\n|c=d\n");
    leaves_after(3, 3000);
    answers(kit.exchange, 418, "retry-after: 4\r\n");
    kit.venue.world.limits = &one;
    kit.venue.banned_ns = 0;
    forget_words();
    cancel(4, CANCELS_AT + 1);
    io_kit_pump(kit.now_ns + 3900 * IO_KIT_MS);
    io_kit_sent("");
    limits_shared_close(&one);
    limits_shared_close(&two);
    kit.venue.world.limits = NULL;
    assert_int_equal(env_unlink(path), OC_OK);
}

/* Nobody knows what became of what was answered by 5xx. */
static void a_5xx_leaves_the_outcome_unknown_and_nothing_is_sent_again(void **state)
{
    (void)state;
    begin();
    leaves_after(1, 0);
    answers(kit.exchange, 502, "");
    io_kit_said("SENT 1\nUNKNOWN 1 UNKNOWN_OUTCOME\n");
    io_kit_pump(kit.now_ns + 30 * IO_KIT_S);
    assert_null(strstr(kit.sent, "/order1"));
    assert_true(kit.calls[IO_SITE_FETCH] > 0); /* it is asked about */
    assert_int_equal(kit.venue.counts.unknown, 1);
}

static void comes_to_nothing(uint64_t exchange, uint32_t kind, uint32_t why)
{
    io_kit_happens((struct io_happening){.kind = kind, .exchange = exchange, .at_ns = kit.now_ns, .why = why});
    io_kit_pump(kit.now_ns);
}

/* Five in a row; a cancel goes all the same, and one that answers ends it. */
static void what_answers_nothing_is_left_alone(void **state)
{
    (void)state;
    begin();
    for (uint64_t i = 1; i <= 9; i++) {
        leaves_after(i, 0);
        comes_to_nothing(kit.exchange, IO_UNSENT, OC_WHY_NOT_SENT); /* no connection was free: that is no fault of it */
    }
    for (uint64_t i = 11; i <= 14; i++) {
        leaves_after(i, 0);
        comes_to_nothing(kit.exchange, i % 2 ? IO_LOST : IO_UNSENT, OC_WHY_NETWORK);
    }
    leaves_after(15, 0);
    answers(kit.exchange, 200, "");
    for (uint64_t i = 21; i <= 25; i++) {
        leaves_after(i, 0);
        comes_to_nothing(kit.exchange, IO_LOST, OC_WHY_TIMEOUT);
    }
    assert_int_equal(kit.venue.counts.broken, 1);
    ask(26);
    io_kit_sent("");
    cancel(27, CANCELS_AT);
    io_kit_sent("http 1 /order27|A: b\r\n|c=d\n");
    io_kit_pump(kit.now_ns + 1100 * IO_KIT_MS); /* at random within a second */
    io_kit_sent("http 1 /order26|A: b\r\n|c=d\n");
    comes_to_nothing(kit.exchange, IO_LOST, OC_WHY_TIMEOUT);
    assert_int_equal(kit.venue.counts.broken, 2);
    ask(28);
    io_kit_happens((struct io_happening){.kind = IO_MOVED, .at_ns = kit.now_ns, .bytes = "elsewhere", .size = 9});
    io_kit_pump(kit.now_ns + 60 * IO_KIT_MS);
    io_kit_sent("http 1 /order28|A: b\r\n|c=d\n");
}

/* Behind the time that it was left alone exactly one tries it, whatever waits; what becomes of that decides for all. */
static void one_tries_it_and_the_others_wait(void **state)
{
    (void)state;
    begin();
    for (uint64_t i = 1; i <= 5; i++) {
        leaves_after(i, 0);
        comes_to_nothing(kit.exchange, IO_LOST, OC_WHY_TIMEOUT);
    }
    for (uint64_t i = 11; i <= 13; i++)
        ask(i);
    io_kit_pump(kit.now_ns + 1100 * IO_KIT_MS);
    io_kit_sent("http 1 /order11|A: b\r\n|c=d\n");
    const uint64_t trial = kit.exchange;
    io_kit_pump(kit.now_ns + 1000 * IO_KIT_MS);
    io_kit_sent(""); /* not as long as nobody knows */
    cancel(14, CANCELS_AT);
    io_kit_sent("http 1 /order14|A: b\r\n|c=d\n");
    comes_to_nothing(trial, IO_LOST, OC_WHY_TIMEOUT);
    io_kit_pump(kit.now_ns + 100 * IO_KIT_MS);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + 2000 * IO_KIT_MS); /* within two seconds this time */
    io_kit_sent("http 1 /order12|A: b\r\n|c=d\n");
    answers(kit.exchange, 200, "");
    io_kit_pump(kit.now_ns + 60 * IO_KIT_MS);
    io_kit_sent("http 1 /order13|A: b\r\n|c=d\n");
}

/* On the network each time that it is left alone is a record, told apart from what an answer asked for. */
static void being_left_alone_is_a_record(void **state)
{
    uint32_t count = 0;
    (void)state;
    begin();
    kit.venue.world.syncs = true;
    for (uint64_t i = 1; i <= 5; i++) {
        leaves_after(i, 0);
        comes_to_nothing(kit.exchange, IO_LOST, OC_WHY_TIMEOUT);
    }
    for (const struct oc_event *event; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue)) {
        const struct oc_ev_limit *limit = (const struct oc_ev_limit *)(const void *)event;
        if (event->type != OC_EV_LIMIT)
            continue;
        count++;
        assert_true(limit->limit == OC_LIMIT_SAID && limit->used == 0 && limit->until_ns > kit.now_ns);
    }
    assert_int_equal(count, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_429_stops_its_endpoint_for_the_seconds_it_says),
        TEST(cancels_go_until_one_of_them_is_told_the_same),
        TEST(what_waits_too_long_is_refused_for_the_limit),
        TEST(a_418_stops_everything_streams_too),
        TEST(without_a_time_it_is_a_second_then_two_then_four),
        TEST(what_left_before_it_was_told_makes_it_no_longer),
        TEST(a_date_is_of_the_servers_clock),
        TEST(what_says_no_time_and_no_limit_is_no_wait),
        TEST(a_time_beyond_reason_is_cut),
        TEST(another_endpoint_is_not_stopped),
        TEST(a_refused_stream_comes_back_no_sooner_than_it_was_told),
        TEST(an_answer_that_is_given_again_is_read_once),
        TEST(processes_of_one_machine_share_it),
        TEST(what_answers_nothing_is_left_alone),
        TEST(one_tries_it_and_the_others_wait),
        TEST(being_left_alone_is_a_record),
        TEST(a_5xx_leaves_the_outcome_unknown_and_nothing_is_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
