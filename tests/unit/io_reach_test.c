/* io_reach_test.c: whether a venue is reached is said to each of its accounts, when it changes, and by the host alone. */
#include "support/io_kit.h"

enum { FIRST = 1, SECOND, THIRD }; /* streams, as they were opened */

static struct {
    uint32_t flags, account;
} opened[3];
static uint32_t open_count;
static uint32_t streams[3]; /* numbers on the link */

static oc_rc opens(void)
{
    for (uint32_t i = 0; i < open_count; i++) {
        const struct oc_open open = {.size = sizeof open,
                                     .flags = opened[i].flags,
                                     .carries = OC_TOPIC_TRADES,
                                     .frame = OC_FRAME_LINES,
                                     .account = opened[i].account,
                                     .path = "/x",
                                     .path_size = 2};
        assert_int_equal(kit.net->open(&kit.host, &open, &kit.stream), OC_OK);
    }
    return OC_OK;
}

static oc_rc ready_at_once(const struct oc_stream *stream)
{
    return stream->state == OC_STREAM_UP ? kit.net->ready(&kit.host, stream->stream) : OC_OK;
}

static oc_rc logs_in(const struct oc_stream *stream) { return (void)stream, OC_OK; }

static void account(uint32_t number)
{
    const struct oc_account one = {.size = sizeof one, .account = number, .source = number, .state = 1};
    assert_int_equal(io_venue_account(&kit.venue, &one), OC_OK);
}

/* `count` streams that stay where they are until the test says more. */
static void starts(uint32_t count, uint32_t flags)
{
    open_count = count;
    for (uint32_t i = 0; i < 3; i++) {
        opened[i].flags = flags;
        opened[i].account = 0;
        streams[i] = i + 1;
    }
    kit.is_slow = true;
    kit.on_start = opens;
    kit.on_stream = ready_at_once;
    io_kit_start();
    account(IO_KIT_SOURCE);
}

static void happens(uint32_t kind, uint32_t stream)
{
    io_kit_happens(
        (struct io_happening){.kind = kind, .stream = streams[stream - 1], .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
    io_kit_pump(kit.now_ns);
}

/* It is opened again, and comes up. */
static void comes_back(uint32_t stream)
{
    const uint32_t before = kit.venue.links;
    io_kit_pump(kit.now_ns + IO_BACKOFF_MAX_NS);
    assert_int_equal(kit.venue.links, before + 1);
    streams[stream - 1] = kit.venue.links;
    happens(IO_UP, stream);
}

/* Of whom what was said since the last look, "7:ready ". */
static void was_said(const char *wanted)
{
    static const char *const names[] = {"none", "down", "connecting", "syncing", "ready", "degraded"};
    char said[256] = "";
    const struct oc_event *event;
    for (; (event = io_venue_first(&kit.venue)) != NULL; io_venue_drop(&kit.venue)) {
        const struct oc_ev_venue *venue = (const struct oc_ev_venue *)(const void *)event;
        if (event->type != OC_EV_VENUE)
            continue;
        assert_int_equal(event->size, sizeof *venue);
        assert_int_equal(venue->part, OC_PART_LINK);
        assert_true(event->venue_ns == io_venue_now(&kit.venue) && event->inst == 0);
        snprintf(said + strlen(said), sizeof said - strlen(said), "%u:%s ", event->source, names[venue->state]);
    }
    assert_string_equal(said, wanted);
}

static void one_stream_is_all_there_is(void **state)
{
    (void)state;
    starts(1, OC_OPEN_KEEP);
    was_said("7:connecting ");
    happens(IO_UP, FIRST);
    was_said("7:ready ");
    io_kit_stream_says(streams[0], "x", kit.now_ns);
    io_kit_pump(kit.now_ns);
    was_said("");
    happens(IO_DOWN, FIRST);
    was_said("7:down ");
    comes_back(FIRST); /* down until it is ready again */
    was_said("7:ready ");
}

static void it_is_not_ready_before_its_login(void **state)
{
    (void)state;
    starts(1, OC_OPEN_KEEP);
    kit.on_stream = logs_in;
    happens(IO_UP, FIRST);
    was_said("7:connecting ");
}

static void some_of_several_are_less_than_all(void **state)
{
    (void)state;
    starts(3, OC_OPEN_KEEP);
    was_said("7:connecting ");
    happens(IO_UP, FIRST);
    happens(IO_UP, SECOND);
    was_said("");
    happens(IO_UP, THIRD);
    was_said("7:ready ");
    happens(IO_DOWN, SECOND);
    was_said("7:degraded ");
    happens(IO_DOWN, FIRST);
    was_said("");
    happens(IO_DOWN, THIRD);
    was_said("7:down ");
}

/* While the one that carries requests is down, trading is. */
static void without_the_stream_of_orders_it_is_down(void **state)
{
    (void)state;
    starts(2, OC_OPEN_KEEP | OC_OPEN_ORDERS);
    happens(IO_UP, FIRST);
    happens(IO_UP, SECOND);
    was_said("7:connecting 7:ready ");
    happens(IO_DOWN, FIRST);
    was_said("7:down ");
    comes_back(FIRST);
    was_said("7:ready ");
}

/* A stream of one account says nothing of another; what all use, is of all. */
static void each_account_hears_of_its_own(void **state)
{
    (void)state;
    starts(0, 0);
    was_said(""); /* it has no streams: nothing is known */
    io_venue_release(&kit.venue);
    io_kit_open_venue(state);
    starts(3, OC_OPEN_KEEP);
    account(9);
    was_said("7:connecting 9:connecting ");
    for (uint32_t i = 0; i < kit.venue.stream_top; i++) /* as they were opened */
        kit.venue.streams[i].account = i == 1 ? IO_KIT_SOURCE : i == 2 ? 9 : 0;
    happens(IO_UP, FIRST);
    happens(IO_UP, SECOND);
    was_said("7:ready ");
    happens(IO_UP, THIRD);
    was_said("9:ready ");
    happens(IO_DOWN, THIRD);
    was_said("9:degraded ");
    happens(IO_DOWN, FIRST);
    was_said("7:degraded 9:down ");
}

/* One that is to be opened beside the others takes nothing away. */
static void one_more_is_no_loss(void **state)
{
    (void)state;
    starts(1, OC_OPEN_KEEP);
    happens(IO_UP, FIRST);
    was_said("7:connecting 7:ready ");
    kit.on_subscribe = NULL;
    struct io_stream *more = &kit.venue.streams[5];
    *more = (struct io_stream){.state = IO_STREAM_OPENING, .number = 77, .link = 77};
    kit.venue.stream_top = 6;
    kit.venue.reach_is_old = true;
    io_kit_pump(kit.now_ns);
    was_said("");
    more->state = IO_STREAM_FREE;
}

static oc_rc says_it_itself(const struct oc_message *message)
{
    struct oc_event *room;
    (void)message;
    assert_int_equal(kit.feed->reserve(&kit.host, sizeof(struct oc_ev_venue), &room), OC_OK);
    struct oc_ev_venue *said = (struct oc_ev_venue *)(void *)room;
    *said = (struct oc_ev_venue){.head = {.size = sizeof *said, .type = OC_EV_VENUE, .source = IO_KIT_SOURCE},
                                 .state = OC_VENUE_READY,
                                 .part = OC_PART_LINK};
    assert_int_equal(kit.feed->commit(&kit.host, room), OC_E_DENIED);
    return OC_OK;
}

static void a_connector_cannot_say_it(void **state)
{
    (void)state;
    starts(1, OC_OPEN_KEEP);
    happens(IO_UP, FIRST);
    was_said("7:connecting 7:ready ");
    kit.on_message = says_it_itself;
    io_kit_stream_says(streams[0], "x", kit.now_ns);
    io_kit_pump(kit.now_ns);
    was_said("");
    assert_int_equal(kit.venue.faults, 1);
}

/* At the end everything falls: that is no news. */
static void at_the_end_nothing_is_said(void **state)
{
    (void)state;
    starts(1, OC_OPEN_KEEP);
    happens(IO_UP, FIRST);
    was_said("7:connecting 7:ready ");
    assert_int_equal(io_venue_quiesce(&kit.venue, kit.now_ns), OC_OK);
    happens(IO_DOWN, FIRST);
    was_said("");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(one_stream_is_all_there_is),        TEST(it_is_not_ready_before_its_login),
        TEST(some_of_several_are_less_than_all), TEST(without_the_stream_of_orders_it_is_down),
        TEST(each_account_hears_of_its_own),     TEST(one_more_is_no_loss),
        TEST(a_connector_cannot_say_it),         TEST(at_the_end_nothing_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
