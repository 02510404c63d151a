/* A stream that its venue ends at a known age: the next connection is there before, takes its place in one moment, and nothing is lost by it. */
#include "io/venue_impl.h"
#include "support/io_kit.h"

enum { AGE_S = 100, EARLY_S = 10 }; /* a tenth of its age */

static char heard[1024];
static uint32_t flags;

static oc_rc opens_aged(void)
{
    const struct oc_open open = {.size = sizeof open,
                                 .flags = flags,
                                 .carries = OC_TOPIC_TRADES,
                                 .frame = OC_FRAME_LINES,
                                 .path = "/main",
                                 .path_size = 5,
                                 .age_ns = AGE_S * IO_KIT_S};
    return kit.net->open(&kit.host, &open, &kit.stream);
}

static oc_rc told(const struct oc_stream *stream)
{
    io_kit_note(heard, stream->state == OC_STREAM_UP ? "UP " : "DOWN ");
    return stream->state == OC_STREAM_UP ? kit.net->ready(&kit.host, stream->stream) : OC_OK;
}

static oc_rc message(const struct oc_message *said)
{
    io_kit_note(heard, "%.*s%llu ", (int)said->bytes_size, (const char *)said->bytes, (unsigned long long)said->number);
    return OC_OK;
}

static oc_rc subscribes(uint32_t stream, const struct oc_sub *subs, uint32_t count)
{
    (void)subs;
    io_kit_note(heard, "sub%u ", count);
    return stream ? OC_OK : OC_E_AGAIN;
}

static void heard_was(const char *wanted)
{
    assert_string_equal(heard, wanted);
    heard[0] = 0;
}

static void starts(void)
{
    heard[0] = 0;
    kit.on_start = opens_aged;
    kit.on_stream = told;
    kit.on_message = message;
    kit.on_subscribe = subscribes;
    io_kit_start();
    io_kit_sent("open main /main\n");
    const struct oc_sub sub = {.inst = 1, .topic = OC_TOPIC_TRADES};
    assert_int_equal(io_venue_subscribe(&kit.venue, &sub), OC_OK);
    io_kit_pump(kit.now_ns);
    heard_was("UP sub1 ");
}

static void wait_s(int64_t seconds) { io_kit_pump(kit.now_ns + seconds * IO_KIT_S); }

static void the_next_one_is_there_before_the_end(void **state)
{
    (void)state;
    flags = OC_OPEN_KEEP;
    starts();
    const uint32_t first = kit.link_stream;
    wait_s(AGE_S - EARLY_S - 1);
    io_kit_sent("");
    wait_s(1);
    io_kit_sent("open main /main\nclose\n"); /* the old one is closed when the new one is there */
    assert_int_not_equal(kit.link_stream, first);
    heard_was("DOWN UP sub1 ");
    assert_int_equal(kit.venue.counts.succeeded, 1);
    io_kit_says("a");
    io_kit_pump(kit.now_ns);
    heard_was("a1 ");
    wait_s(AGE_S - EARLY_S); /* and that one has an age of its own */
    io_kit_sent("open main /main\nclose\n");
    assert_int_equal(kit.venue.counts.succeeded, 2);
}

/* As long as the next one is on its way the old one is heard, and what left on it is waited for. */
static void until_then_the_old_one_goes_on(void **state)
{
    (void)state;
    flags = OC_OPEN_KEEP;
    starts();
    const uint32_t first = kit.link_stream;
    kit.is_slow = true;
    wait_s(AGE_S - EARLY_S);
    io_kit_sent("open main /main\n");
    io_kit_stream_says(first, "b", kit.now_ns);
    io_kit_pump(kit.now_ns);
    heard_was("b1 ");
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 3, 3), OC_OK);
    io_kit_sent("send ask 3\n");
    io_kit_happens((struct io_happening){.kind = IO_UP, .stream = kit.link_stream, .at_ns = kit.now_ns});
    io_kit_pump(kit.now_ns);
    io_kit_sent(""); /* order 3 is not answered */
    io_kit_stream_says(first, "c", kit.now_ns);
    io_kit_pump(kit.now_ns);
    heard_was("c2 ");
    wait_s(EARLY_S / 2); /* it cannot wait for ever */
    io_kit_sent("close\n");
    heard_was("DOWN UP sub1 ");
    io_kit_drain();
    assert_non_null(strstr(kit.said, "UNKNOWN 3 "));
}

/* It speaks first: that is heard, behind the change. */
static void what_it_says_at_once_is_not_lost(void **state)
{
    (void)state;
    flags = OC_OPEN_KEEP;
    starts();
    kit.is_slow = true;
    wait_s(AGE_S - EARLY_S);
    assert_int_equal(io_kit_ask(OC_REQUEST_NEW, 3, 3), OC_OK); /* for whose answer the old one would go on */
    io_kit_happens((struct io_happening){.kind = IO_UP, .stream = kit.link_stream, .at_ns = kit.now_ns});
    io_kit_says("hello");
    io_kit_pump(kit.now_ns);
    io_kit_sent("open main /main\nsend ask 3\nclose\n");
    heard_was("DOWN UP sub1 hello1 ");
}

static void one_that_cannot_be_made_is_tried_again(void **state)
{
    (void)state;
    flags = OC_OPEN_KEEP;
    starts();
    const uint32_t first = kit.link_stream;
    kit.is_slow = true;
    wait_s(AGE_S - EARLY_S);
    io_kit_sent("open main /main\n");
    io_kit_happens(
        (struct io_happening){.kind = IO_DOWN, .stream = kit.link_stream, .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
    io_kit_pump(kit.now_ns);
    heard_was("");
    wait_s(EARLY_S / 4 + 1);
    io_kit_sent("open main /main\n");
    /* The venue ends the old one before: as any fall. */
    io_kit_happens((struct io_happening){.kind = IO_DOWN, .stream = first, .at_ns = kit.now_ns, .why = OC_WHY_NETWORK});
    io_kit_pump(kit.now_ns);
    io_kit_sent("close\n"); /* the one that was on its way */
    heard_was("DOWN ");
    kit.is_slow = false;
    wait_s(2);
    io_kit_sent("open main /main\n");
    heard_was("UP sub1 ");
    assert_int_equal(kit.venue.counts.succeeded, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_next_one_is_there_before_the_end),
        TEST(until_then_the_old_one_goes_on),
        TEST(what_it_says_at_once_is_not_lost),
        TEST(one_that_cannot_be_made_is_tried_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
