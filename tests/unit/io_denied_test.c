/* A key that the venue refuses is said once as the state of its account, and over as soon as the venue takes it; a limit that something waits
 * for is said once until it is open. */
#include "support/io_kit.h"

static char states[512];
static uint32_t limits_heard;
static int64_t limit_until_ns;
static uint32_t limit_heard;

static void hear(void)
{
    const struct oc_event *event;
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue)) {
        const struct oc_ev_venue *venue = (const struct oc_ev_venue *)(const void *)event;
        const struct oc_ev_limit *limit = (const struct oc_ev_limit *)(const void *)event;
        if (event->type == OC_EV_VENUE && venue->part == OC_PART_LINK)
            io_kit_note(states, "%u/%u ", venue->state, venue->why);
        if (event->type == OC_EV_LIMIT) {
            limits_heard++;
            limit_heard = limit->limit;
            limit_until_ns = limit->until_ns;
        }
    }
}

static void heard(const char *wanted)
{
    hear();
    assert_string_equal(states, wanted);
    states[0] = 0;
}

static oc_rc opens_private(void)
{
    const struct oc_open open = {.size = sizeof open,
                                 .flags = OC_OPEN_KEEP,
                                 .account = 0,
                                 .carries = OC_TOPIC_TRADES,
                                 .frame = OC_FRAME_LINES,
                                 .path = "/main",
                                 .path_size = 5};
    return kit.net->open(&kit.host, &open, &kit.stream);
}

static oc_rc fails_as_it_says(const struct oc_message *message)
{
    unsigned why = 0;
    (void)sscanf(message->bytes, "why %u", &why);
    return (kit.net->fail)(&kit.host, message->stream, why);
}

static void begin(void)
{
    const struct io_link link = io_kit_link();
    const struct oc_account account = {
        .size = sizeof account, .account = IO_KIT_SOURCE, .source = IO_KIT_SOURCE, .name = "main"};
    states[0] = 0;
    limits_heard = 0;
    kit.on_start = opens_private;
    kit.on_message = fails_as_it_says;
    io_kit_init(&link);
    assert_int_equal(io_venue_start(&kit.venue, &kit), OC_OK);
    assert_int_equal(io_venue_account(&kit.venue, &account), OC_OK);
    kit.venue.streams[0].account = IO_KIT_SOURCE;
    io_kit_pump(kit.now_ns);
    heard("2/0 4/0 "); /* CONNECTING, READY */
}

static void says(unsigned why)
{
    char text[32];
    snprintf(text, sizeof text, "why %u", why);
    io_kit_says(text);
    io_kit_pump(kit.now_ns);
}

static void a_stream_that_fails_for_its_key_is_denied_until_it_is_ready(void **state)
{
    (void)state;
    begin();
    says(OC_WHY_BAD_CREDENTIALS);
    heard("9/48 "); /* DENIED, and no DOWN that would hide it */
    kit.is_slow = true;
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S); /* opened again: that says nothing of the key */
    heard("");
    io_kit_happens((struct io_happening){.kind = IO_UP, .stream = kit.link_stream, .at_ns = kit.now_ns});
    io_kit_pump(kit.now_ns);
    heard("4/0 ");
}

static void what_is_not_about_the_key_is_no_denial(void **state)
{
    static const unsigned whys[] = {OC_WHY_GAP, OC_WHY_PERMISSION, OC_WHY_CLOCK, OC_WHY_RATE_LIMIT, OC_WHY_VENUE_ERROR};
    (void)state;
    begin();
    for (size_t i = 0; i < sizeof whys / sizeof *whys; i++) {
        says(whys[i]);
        heard("1/0 ");
        io_kit_pump(kit.now_ns + 70 * IO_KIT_S);
        heard("4/0 ");
    }
}

static uint32_t rejects_why;

static oc_rc rejected(const struct oc_venue_request *first, uint32_t count)
{
    struct oc_event *room;
    (void)count;
    assert_int_equal(kit.feed->reserve(&kit.host, sizeof(struct oc_ev_venue_answer), &room), OC_OK);
    struct oc_ev_venue_answer *answer = (struct oc_ev_venue_answer *)(void *)room;
    answer->answer.head.size = sizeof *answer;
    answer->answer.head.type = OC_EV_REJECTED;
    answer->answer.head.source = IO_KIT_SOURCE;
    answer->answer.request = first->ask.id;
    answer->why = rejects_why;
    return kit.feed->commit(&kit.host, room);
}

static int32_t fetch_rc;

static oc_rc fetched(const struct oc_fetch *fetch)
{
    struct oc_event *room;
    assert_int_equal(kit.feed->reserve(&kit.host, sizeof(struct oc_ev_fetched), &room), OC_OK);
    struct oc_ev_fetched *said = (struct oc_ev_fetched *)(void *)room;
    said->head.size = sizeof *said;
    said->head.type = OC_EV_FETCHED;
    said->token = fetch->token;
    said->rc = fetch_rc;
    return kit.feed->commit(&kit.host, room);
}

static void asks_balances(oc_rc rc)
{
    const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_BALANCES, .account = IO_KIT_SOURCE};
    uint64_t token;
    fetch_rc = rc;
    kit.on_fetch = fetched;
    assert_int_equal(io_venue_fetch(&kit.venue, &ask, &token), OC_OK);
    io_kit_pump(kit.now_ns);
}

static void a_rejection_and_a_question_say_it_too(void **state)
{
    (void)state;
    begin();
    kit.on_request = rejected;
    rejects_why = OC_WHY_INSUFFICIENT_FUNDS;
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 1, 1), OC_OK);
    io_kit_pump(kit.now_ns);
    heard("");
    rejects_why = OC_WHY_ACCOUNT_LOCKED;
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 2, 2), OC_OK);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 3, 3), OC_OK);
    io_kit_pump(kit.now_ns);
    heard("9/50 "); /* once */
    asks_balances(OC_OK);
    heard("4/0 ");
    asks_balances(OC_E_IO); /* the venue's trouble, not the key's */
    heard("");
    asks_balances(OC_E_DENIED);
    heard("9/48 ");
    asks_balances(OC_OK);
    heard("4/0 ");
}

/* A venue that was never reached is not lost when its key is taken at last. */
static void before_it_was_reached_it_is_connecting_behind_a_denial(void **state)
{
    (void)state;
    kit.is_slow = true;
    kit.on_start = opens_private;
    const struct io_link link = io_kit_link();
    const struct oc_account account = {
        .size = sizeof account, .account = IO_KIT_SOURCE, .source = IO_KIT_SOURCE, .name = "main"};
    states[0] = 0;
    io_kit_init(&link);
    assert_int_equal(io_venue_start(&kit.venue, &kit), OC_OK);
    assert_int_equal(io_venue_account(&kit.venue, &account), OC_OK);
    io_kit_pump(kit.now_ns);
    asks_balances(OC_E_DENIED);
    heard("2/0 9/48 ");
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns);
    asks_balances(OC_OK);
    heard("2/0 ");
}

static oc_rc by_limit(const struct oc_venue_request *first, uint32_t count)
{
    const struct oc_cost cost = {.limit = 0, .weight = 1};
    const struct oc_send send = {.size = sizeof send,
                                 .stream = kit.stream,
                                 .bytes = "x",
                                 .bytes_size = 1,
                                 .request = first->ask.id,
                                 .lane = OC_LANE_ORDER,
                                 .costs = &cost,
                                 .cost_count = 1};
    (void)count;
    return kit.net->send(&kit.host, &send);
}

static void a_limit_is_said_once_until_it_is_open(void **state)
{
    static const struct oc_limit limits[] = {
        {.name = "weight", .scope = OC_SCOPE_ADDRESS, .kind = OC_LIMIT_WINDOW, .max = 2, .period_ns = 10 * IO_KIT_S}};
    (void)state;
    kit.said_of.limits = limits;
    kit.said_of.limit_count = 1;
    begin();
    kit.on_request = by_limit;
    for (uint64_t i = 1; i <= 4; i++)
        assert_int_equal(io_kit_ask(OC_REQUEST_NEW, i, i), OC_OK);
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    hear();
    assert_int_equal(limits_heard, 0);             /* a transcript's venue has nothing to add */
    assert_int_equal(kit.venue.counts.limited, 1); /* the first in the lane: what stands behind it waits for it */
    kit.venue.world.syncs = true;
    memset(kit.venue.limit_said_ns, 0, sizeof kit.venue.limit_said_ns);
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    hear();
    assert_int_equal(limits_heard, 1);
    assert_true(limit_heard == 0 && limit_until_ns == IO_KIT_BEGIN_NS + 10 * IO_KIT_S);
    io_kit_pump(kit.now_ns + 7 * IO_KIT_S);
    hear();
    assert_int_equal(limits_heard, 1);
    assert_int_equal(kit.venue.counts.sent, 2);
    assert_int_equal(kit.venue.counts.never_left, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_stream_that_fails_for_its_key_is_denied_until_it_is_ready),
        TEST(what_is_not_about_the_key_is_no_denial),
        TEST(a_rejection_and_a_question_say_it_too),
        TEST(before_it_was_reached_it_is_connecting_behind_a_denial),
        TEST(a_limit_is_said_once_until_it_is_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
