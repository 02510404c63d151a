/* A call into a connector is a transaction: what it said, sent, opened and set stands as a whole or is gone as a whole. */
#include "support/io_kit.h"

static oc_rc next_rc; /* what the call under test returns in the end */
static int rounds;    /* how often it was made */
static uint64_t timer_id;

/* One of each thing that a call may ask for. */
static oc_rc all_things(void)
{
    uint32_t stream;
    uint64_t timer;
    rounds++;
    assert_int_equal(io_kit_trade(rounds), OC_OK);
    assert_int_equal(io_kit_send(kit.stream, "hello", 0, 0, 0), OC_OK);
    assert_int_equal(io_kit_http("/path", 0, 0, 0), OC_OK);
    const struct oc_open open = {
        .size = sizeof open, .frame = OC_FRAME_LINES, .path = "/second", .path_size = 7, .carries = OC_TOPIC_QUOTES};
    assert_int_equal(kit.net->open(&kit.host, &open, &stream), OC_OK);
    assert_int_equal(kit.time->timer(&kit.host, kit.now_ns + IO_KIT_S, 5, &timer), OC_OK);
    assert_int_equal(kit.time->cancel(&kit.host, timer_id), OC_OK);
    assert_int_equal(kit.feed->missed(&kit.host, 0, OC_FETCH_BALANCES), OC_OK);
    const oc_rc rc = next_rc;
    next_rc = OC_OK;
    timer_id = rc < 0 ? timer_id : timer;
    return rc;
}

static oc_rc first_timer(const struct oc_message *message)
{
    (void)message;
    return kit.time->timer(&kit.host, kit.now_ns + 60 * IO_KIT_S, 4, &timer_id);
}

static oc_rc all_of_message(const struct oc_message *message)
{
    assert_int_equal(message->number, 2);
    return all_things();
}

static uint32_t streams(void)
{
    uint32_t count = 0;
    for (int i = 0; i < IO_STREAMS_MAX; i++)
        count += kit.venue.streams[i].state != IO_STREAM_FREE;
    return count;
}

static void with_timer(oc_rc rc)
{
    io_kit_start();
    io_kit_sent("open main /main\n");
    kit.on_message = first_timer;
    io_kit_says("first");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.timer_count, 1);
    kit.on_message = all_of_message;
    next_rc = rc;
    rounds = 0;
    io_kit_says("second");
}

static void what_a_call_asks_for_happens_in_its_order(void **state)
{
    (void)state;
    with_timer(OC_OK);
    io_kit_pump(kit.now_ns);
    io_kit_said("TRADE 1\n");
    io_kit_sent("send hello\nhttp 1 /path|A: b\r\n|c=d\nopen main /second\n");
    assert_int_equal(streams(), 2);
    assert_int_equal(kit.venue.timer_count, 1);
    assert_int_equal(kit.venue.timers[0].user, 5);
    assert_int_equal(kit.calls[IO_SITE_FETCH], 1);
}

static void a_call_that_fails_leaves_nothing(void **state)
{
    static const oc_rc codes[] = {OC_E_DATA, OC_E_INVALID, OC_E_DENIED};
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        io_kit_open_venue(state);
        with_timer(codes[i]);
        io_kit_pump(kit.now_ns);
        assert_int_equal(rounds, 1);
        io_kit_said("");
        io_kit_sent("");
        assert_int_equal(streams(), 1);
        assert_int_equal(kit.venue.timer_count, 1);
        assert_int_equal(kit.venue.timers[0].user, 4);
        assert_int_equal(kit.venue.fetch_count, 0);
        assert_int_equal(kit.venue.exchange_count, 0);
        assert_int_equal(kit.venue.unread, 1);
        if (i + 1 < sizeof codes / sizeof *codes)
            io_kit_close_venue(state);
    }
}

static void again_is_the_same_call_once_more_and_nothing_is_doubled(void **state)
{
    (void)state;
    with_timer(OC_E_AGAIN);
    io_kit_pump(kit.now_ns);
    io_kit_said("");
    io_kit_sent("");
    assert_int_equal(io_venue_next_ns(&kit.venue), kit.now_ns + IO_RETRY_NS);
    io_kit_pump(kit.now_ns + IO_RETRY_NS);
    assert_int_equal(rounds, 2);
    io_kit_said("TRADE 2\n");
    io_kit_sent("send hello\nhttp 1 /path|A: b\r\n|c=d\nopen main /second\n");
    assert_int_equal(streams(), 2);
    assert_int_equal(kit.venue.timer_count, 1);
    assert_int_equal(kit.venue.unread, 0);
}

static oc_rc never(const struct oc_message *message)
{
    (void)message;
    return OC_E_AGAIN;
}

static void a_message_that_is_never_taken_lets_time_go_on(void **state)
{
    (void)state;
    io_kit_start();
    kit.on_message = never;
    io_kit_says("stays");
    const uint32_t before = kit.calls[IO_SITE_MESSAGE];
    io_kit_pump(kit.now_ns + IO_KIT_S);
    assert_int_equal(kit.calls[IO_SITE_MESSAGE] - before, 1 + IO_KIT_S / IO_RETRY_NS);
    assert_int_equal(kit.next_count, 1);
}

static int64_t heard_ns[4];
static int heard;

static oc_rc second_time(const struct oc_message *message)
{
    heard_ns[heard++ & 3] = message->received_ns;
    return heard == 1 ? OC_E_AGAIN : OC_OK;
}

static void again_does_not_carry_the_clock_to_what_is_due_later(void **state)
{
    (void)state;
    io_kit_start();
    kit.on_message = first_timer; /* in a minute */
    io_kit_says("first");
    io_kit_pump(kit.now_ns);
    kit.on_message = second_time;
    heard = 0;
    io_kit_says("second");
    const int64_t from_ns = kit.now_ns;
    io_kit_pump(from_ns + 90 * IO_KIT_S);
    assert_int_equal(heard, 2);
    assert_int_equal(heard_ns[0], from_ns);
    assert_int_equal(heard_ns[1], from_ns + IO_RETRY_NS);
}

/* OC_E_FULL: more is said than a call may. */

enum { MANY = 2000000 };

static oc_rc many(void)
{
    rounds++;
    assert_int_equal(io_kit_send(kit.stream, "once", 0, 0, 0), OC_OK);
    for (int64_t i = 0; i < MANY; i++) {
        struct oc_event *room;
        const oc_rc rc = kit.feed->reserve(&kit.host, sizeof(struct oc_event), &room);
        if (rc < 0)
            return rc;
        room->size = sizeof *room;
        room->type = OC_EV_TRADE;
        room->venue_ns = i;
        assert_int_equal(kit.feed->commit(&kit.host, room), OC_OK);
    }
    return OC_OK;
}

static oc_rc many_of_message(const struct oc_message *message)
{
    (void)message;
    return many();
}

static void a_message_of_two_million_events_says_each_once(void **state)
{
    (void)state;
    int64_t count = 0;
    const struct oc_event *event;
    io_kit_start();
    io_kit_sent("open main /main\n");
    kit.on_message = many_of_message;
    rounds = 0;
    io_kit_says("a snapshot");
    io_kit_pump(kit.now_ns);
    assert_true(rounds > 1);
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue))
        assert_int_equal(event->venue_ns, count++);
    assert_int_equal(count, MANY);
    io_kit_sent("send once\n");
    assert_int_equal(kit.venue.queue.committed, MANY);
    assert_int_equal(kit.venue.unread, 0);
}

static oc_rc four_a_byte(const struct oc_message *message)
{
    rounds++;
    for (uint32_t i = 0; i < message->bytes_size / (sizeof(struct oc_ev_trade) / 4); i++) {
        const oc_rc rc = io_kit_trade(i);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static void a_message_of_five_megabytes_has_room_at_the_first_call(void **state)
{
    enum { SIZE = 5 << 20 };
    char *big = calloc(1, SIZE + 16);
    (void)state;
    assert_non_null(big);
    memset(big, 'x', SIZE);
    io_kit_start();
    kit.on_message = four_a_byte;
    rounds = 0;
    io_kit_says(big);
    io_kit_pump(kit.now_ns);
    assert_int_equal(rounds, 1);
    assert_int_equal(kit.venue.queue.committed, SIZE / (sizeof(struct oc_ev_trade) / 4));
    free(big);
}

static oc_rc too_many(const struct oc_message *message)
{
    oc_rc rc;
    (void)message;
    rounds++;
    do
        rc = io_kit_trade(1);
    while (rc == OC_OK);
    return rc;
}

static void more_than_any_room_is_dropped_and_its_stream_falls(void **state)
{
    (void)state;
    io_kit_start();
    io_kit_sent("open main /main\n");
    kit.on_message = too_many;
    io_kit_says("endless");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.unread, 1);
    assert_int_equal(kit.venue.unread_rc, OC_E_LIMIT);
    io_kit_said("");
    io_kit_sent("close\n");
    assert_int_equal(kit.venue.streams[0].state, IO_STREAM_WAITS);
}

/* A thousand trades: more than the 64 KiB of a call that was given little. */
enum { THOUSAND = 1000 };

static oc_rc thousand(void)
{
    rounds++;
    for (int i = 0; i < THOUSAND; i++) {
        const oc_rc rc = io_kit_trade(i);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static oc_rc thousand_of_timer(uint64_t timer, uint64_t user)
{
    (void)timer, (void)user;
    return thousand();
}

static oc_rc thousand_of_fetch(const struct oc_fetch *fetch)
{
    const oc_rc rc = thousand();
    return rc < 0 ? rc : io_kit_fetched(fetch->token, 0, "");
}

static oc_rc thousand_of_subscribe(uint32_t stream, const struct oc_sub *subs, uint32_t count)
{
    (void)stream, (void)subs, (void)count;
    return thousand();
}

static oc_rc thousand_of_stream(const struct oc_stream *stream)
{
    const oc_rc rc = thousand();
    return rc < 0 ? rc : kit.net->ready(&kit.host, stream->stream);
}

static oc_rc thousand_of_request(const struct oc_venue_request *first, uint32_t count)
{
    const oc_rc rc = thousand();
    (void)count;
    return rc < 0 ? rc : io_kit_answer(OC_EV_ACCEPTED, first->ask.order, first->ask.id, "");
}

static oc_rc thousand_of_response(const struct oc_response *response)
{
    (void)response;
    return thousand();
}

static oc_rc with_http(const struct oc_message *message)
{
    (void)message;
    return io_kit_http("/", 0, 0, 0);
}

static void is_said_once(void)
{
    io_kit_pump(kit.now_ns);
    assert_int_equal(rounds, 2);
    rounds = 0;
    assert_int_equal(kit.venue.faults, 0);
}

static void each_call_that_was_full_is_made_again_with_more_room(void **state)
{
    const struct oc_sub sub = {.topic = OC_TOPIC_TRADES};
    const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_BALANCES};
    uint64_t token;
    (void)state;
    rounds = 0;
    kit.on_stream = thousand_of_stream;
    io_kit_start();
    is_said_once();
    assert_int_equal(kit.venue.streams[0].state, IO_STREAM_READY);
    kit.on_subscribe = thousand_of_subscribe;
    assert_int_equal(io_venue_subscribe(&kit.venue, &sub), OC_OK);
    is_said_once();
    kit.on_fetch = thousand_of_fetch;
    assert_int_equal(io_venue_fetch(&kit.venue, &ask, &token), OC_OK);
    is_said_once();
    kit.on_message = first_timer;
    io_kit_says("a timer");
    io_kit_pump(kit.now_ns);
    kit.on_timer = thousand_of_timer;
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    is_said_once();
    kit.on_request = thousand_of_request;
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 1, 1), OC_OK);
    is_said_once();
    kit.on_message = with_http;
    kit.on_response = thousand_of_response;
    io_kit_says("an exchange");
    io_kit_pump(kit.now_ns);
    io_kit_answers(kit.exchange, 200, "");
    is_said_once();
    assert_int_equal(kit.venue.queue.committed, 6 * THOUSAND + 2);
}

/* What is not allowed. */

static oc_rc stranger(const struct oc_message *message)
{
    struct oc_event *room;
    (void)message;
    assert_int_equal(kit.feed->reserve(&kit.host, sizeof(struct oc_ev_answer), &room), OC_OK);
    room->size = sizeof(struct oc_ev_answer);
    room->type = (uint16_t)rounds;
    room->source = rounds == OC_EV_TRADE ? IO_KIT_SOURCE + 1 : 0;
    assert_int_equal(kit.feed->commit(&kit.host, room), OC_E_DENIED);
    assert_int_equal(kit.feed->commit(&kit.host, room), OC_E_STATE);
    return OC_OK;
}

static void the_words_of_the_host_and_of_strangers_are_denied(void **state)
{
    static const int types[] = {OC_EV_UNKNOWN, OC_EV_NOT_THERE, OC_EV_SENT, OC_EV_TRADE};
    (void)state;
    io_kit_start();
    kit.on_message = stranger;
    for (uint32_t i = 0; i < sizeof types / sizeof *types; i++) {
        rounds = types[i];
        io_kit_says("word");
        io_kit_pump(kit.now_ns);
        assert_int_equal(kit.venue.faults, i + 1);
    }
    io_kit_said("");
}

static void nothing_can_be_asked_for_outside_a_call(void **state)
{
    struct oc_event *room;
    uint64_t timer;
    (void)state;
    io_kit_start();
    io_kit_sent("open main /main\n");
    assert_int_equal(kit.feed->reserve(&kit.host, sizeof *room, &room), OC_E_STATE);
    assert_int_equal(io_kit_send(kit.stream, "late", 0, 0, 0), OC_E_STATE);
    assert_int_equal(io_kit_http("/late", 0, 0, 0), OC_E_STATE);
    assert_int_equal(io_kit_open("/late", 0, 0), OC_E_STATE);
    assert_int_equal(kit.net->close(&kit.host, kit.stream), OC_E_STATE);
    assert_int_equal(kit.time->timer(&kit.host, kit.now_ns, 1, &timer), OC_E_STATE);
    assert_int_equal(kit.time->cancel(&kit.host, 1), OC_E_STATE);
    assert_int_equal(kit.feed->missed(&kit.host, 0, OC_FETCH_BALANCES), OC_E_STATE);
    io_kit_pump(kit.now_ns);
    io_kit_sent("");
}

static oc_rc costs_then(const struct oc_message *message)
{
    const struct oc_cost cost = {.limit = 0, .weight = 3};
    const struct oc_send send = {
        .size = sizeof send, .stream = kit.stream, .bytes = "paid", .bytes_size = 4, .costs = &cost, .cost_count = 1};
    (void)message;
    assert_int_equal(kit.net->send(&kit.host, &send), OC_OK);
    assert_int_equal(kit.limit->give(&kit.host, 0, (struct oc_cost){.limit = 0, .weight = 1}), OC_OK);
    const oc_rc rc = next_rc;
    next_rc = OC_OK;
    return rc;
}

static void what_did_not_leave_costs_nothing(void **state)
{
    static const struct oc_limit limits[] = {
        {.name = "weight", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_WINDOW, .max = 100, .period_ns = 60 * IO_KIT_S}};
    (void)state;
    kit.said_of.limits = limits;
    kit.said_of.limit_count = 1;
    io_kit_start();
    kit.on_message = costs_then;
    next_rc = OC_E_AGAIN;
    io_kit_says("paid");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.limits.uses[0].used, 0);
    io_kit_pump(kit.now_ns + IO_RETRY_NS);
    assert_int_equal(kit.venue.limits.uses[0].used, 2);
}

static oc_rc two_at_once(const struct oc_message *message)
{
    const struct oc_cost cost = {.limit = 0, .weight = 1};
    const struct oc_http http = {
        .size = sizeof http, .endpoint = 1, .path = message->bytes, .path_size = 2, .costs = &cost, .cost_count = 1};
    return kit.net->http(&kit.host, &http, NULL);
}

static void an_exchange_that_is_over_makes_room_for_another(void **state)
{
    static const struct oc_limit limits[] = {
        {.name = "under_way", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_CONCURRENT, .max = 2}};
    (void)state;
    kit.said_of.limits = limits;
    kit.said_of.limit_count = 1;
    io_kit_start();
    kit.on_message = two_at_once;
    kit.sent[0] = 0;
    io_kit_says("/1");
    io_kit_says("/2");
    io_kit_says("/3"); /* waits, and with it what comes behind it */
    io_kit_pump(kit.now_ns);
    io_kit_sent("http 0 /1||\nhttp 0 /2||\n");
    assert_int_equal(kit.venue.limits.uses[0].used, 2);
    kit.next_count = 0; /* another link would go on by itself */
    io_kit_happens((struct io_happening){.kind = IO_LOST, .exchange = kit.exchange, .at_ns = kit.now_ns});
    io_kit_says("/3");
    io_kit_pump(kit.now_ns + IO_RETRY_NS);
    io_kit_sent("http 0 /3||\n");
    kit.http_rc = OC_E_IO;
    io_kit_answers(kit.exchange, 200, "");
    io_kit_says("/4");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.venue.limits.uses[0].used, 1);
}

/* A limit that counts orders is paid by the host, one for each new one: what finds no room waits, and a cancel costs nothing. */
static void orders_are_counted_by_the_host(void **state)
{
    static const struct oc_limit limits[] = {
        {.name = "orders",
         .scope = OC_SCOPE_ACCOUNT,
         .kind = OC_LIMIT_WINDOW,
         .max = 2,
         .period_ns = 10 * IO_KIT_S,
         .orders = 1},
        {.name = "calls", .scope = OC_SCOPE_ACCOUNT, .kind = OC_LIMIT_WINDOW, .max = 1, .period_ns = 10 * IO_KIT_S}};
    (void)state;
    kit.said_of.limits = limits;
    kit.said_of.limit_count = 2;
    io_kit_start();
    kit.sent[0] = 0;
    for (uint64_t i = 1; i <= 3; i++)
        assert_int_equal(io_kit_ask(OC_REQUEST_NEW, i, i), OC_OK);
    assert_int_equal(io_kit_ask(OC_REQUEST_CANCEL, 4, 1), OC_OK);
    io_kit_sent("send ask 1\nsend ask 2\nsend ask 4\n");
    io_kit_pump(kit.now_ns + 4 * IO_KIT_S);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    io_kit_said("SENT 1\nSENT 2\nSENT 4\nNOT_THERE 3 RATE_LIMIT\n");
    assert_int_equal(kit.venue.limits.uses[0].used, 2);
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 5, 5), OC_OK); /* the next window */
    io_kit_sent("send ask 5\n");
}

static oc_rc said_rc;

static oc_rc costs_of_exchanges(const struct oc_message *message)
{
    const struct oc_cost cost = {.limit = 0, .weight = 1};
    const struct oc_send send = {
        .size = sizeof send, .stream = kit.stream, .bytes = "x", .bytes_size = 1, .costs = &cost, .cost_count = 1};
    (void)message;
    said_rc = kit.net->send(&kit.host, &send);
    return OC_OK;
}

/* Nothing would give it back. */
static void a_send_cannot_pay_of_what_is_under_way(void **state)
{
    static const struct oc_limit limits[] = {
        {.name = "at_once", .scope = OC_SCOPE_ACCOUNT, .kind = OC_LIMIT_CONCURRENT, .max = 5}};
    (void)state;
    kit.said_of.limits = limits;
    kit.said_of.limit_count = 1;
    io_kit_start();
    kit.sent[0] = 0;
    kit.on_message = costs_of_exchanges;
    io_kit_says("it");
    io_kit_pump(kit.now_ns);
    assert_int_equal(said_rc, OC_E_NOT_SUPPORTED);
    io_kit_sent("");
    assert_int_equal(kit.venue.limits.count, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_call_asks_for_happens_in_its_order),
        TEST(a_call_that_fails_leaves_nothing),
        TEST(again_is_the_same_call_once_more_and_nothing_is_doubled),
        TEST(a_message_that_is_never_taken_lets_time_go_on),
        TEST(again_does_not_carry_the_clock_to_what_is_due_later),
        TEST(a_message_of_two_million_events_says_each_once),
        TEST(a_message_of_five_megabytes_has_room_at_the_first_call),
        TEST(more_than_any_room_is_dropped_and_its_stream_falls),
        TEST(each_call_that_was_full_is_made_again_with_more_room),
        TEST(the_words_of_the_host_and_of_strangers_are_denied),
        TEST(nothing_can_be_asked_for_outside_a_call),
        TEST(what_did_not_leave_costs_nothing),
        TEST(an_exchange_that_is_over_makes_room_for_another),
        TEST(orders_are_counted_by_the_host),
        TEST(a_send_cannot_pay_of_what_is_under_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
