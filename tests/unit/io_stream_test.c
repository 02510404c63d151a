/* Streams, the subscriptions that they carry, and timers: opened as asked, again when they fall, with all that they carried. */
#include "support/io_kit.h"

static char subscribed[512];
static uint32_t told_why, told_state, told_status;
static char told_words[64];
static uint32_t open_flags, open_room;

static oc_rc opens_main(void) { return io_kit_open("/main", open_flags, open_room); }

static oc_rc subscribes(uint32_t stream, const struct oc_sub *subs, uint32_t count)
{
    const size_t size = strlen(subscribed);
    snprintf(subscribed + size, sizeof subscribed - size, "%s", stream ? "on" : "new");
    for (uint32_t i = 0; i < count; i++)
        snprintf(subscribed + strlen(subscribed), sizeof subscribed - strlen(subscribed), " %u", subs[i].inst);
    snprintf(subscribed + strlen(subscribed), sizeof subscribed - strlen(subscribed), "\n");
    return stream ? OC_OK : io_kit_open("/more", open_flags, open_room);
}

static void was_subscribed(const char *wanted)
{
    assert_string_equal(subscribed, wanted);
    subscribed[0] = 0;
}

static oc_rc told(const struct oc_stream *stream)
{
    told_why = stream->why;
    told_state = stream->state;
    told_status = stream->status;
    snprintf(told_words, sizeof told_words, "%.*s", (int)stream->bytes_size, (const char *)stream->bytes);
    return stream->state == OC_STREAM_UP ? kit.net->ready(&kit.host, stream->stream) : OC_OK;
}

static int open_test(void **state)
{
    subscribed[0] = 0;
    open_flags = OC_OPEN_KEEP;
    open_room = 0;
    told_state = told_why = told_status = 0;
    return io_kit_open_venue(state);
}

static void starts(void)
{
    kit.on_start = opens_main;
    kit.on_subscribe = subscribes;
    kit.on_stream = told;
    io_kit_start();
    io_kit_sent("open main /main\n");
}

static void subscribe(uint32_t inst)
{
    const struct oc_sub sub = {.inst = inst, .topic = OC_TOPIC_TRADES};
    assert_int_equal(io_venue_subscribe(&kit.venue, &sub), OC_OK);
}

/* Falls, and how long until it is opened again. */
static int64_t back_after(void)
{
    kit.sent[0] = 0;
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns);
    const int64_t from_ns = kit.now_ns, next_ns = io_venue_next_ns(&kit.venue);
    io_kit_pump(next_ns - 1);
    io_kit_sent("");
    io_kit_pump(next_ns);
    io_kit_sent("open main /main\n");
    return next_ns - from_ns;
}

static oc_rc never_ready(const struct oc_stream *stream)
{
    (void)stream;
    return OC_OK;
}

static void a_kept_stream_comes_back_after_a_wait_that_doubles(void **state)
{
    (void)state;
    starts();
    kit.on_stream = never_ready; /* it comes up, and the login does not end */
    for (int i = 0; i < 9; i++) {
        const int64_t wait_ns = i < 6 ? IO_BACKOFF_NS << i : IO_BACKOFF_MAX_NS, real_ns = back_after();
        assert_true(real_ns > wait_ns - wait_ns / 4 && real_ns <= wait_ns);
    }
    kit.on_stream = told;
    assert_true(back_after() > IO_BACKOFF_MAX_NS / 2);
    io_kit_pump(kit.now_ns + IO_BACKOFF_MAX_NS - 1);
    assert_true(back_after() > IO_BACKOFF_MAX_NS / 2); /* it was ready, and not for long */
    io_kit_pump(kit.now_ns + IO_BACKOFF_MAX_NS);
    assert_true(back_after() <= IO_BACKOFF_NS); /* it was: the count began anew */
}

static void who_fell_is_told_why_and_what_was_said(void **state)
{
    (void)state;
    starts();
    assert_int_equal(told_state, OC_STREAM_UP);
    io_kit_falls(OC_WHY_SILENT);
    io_kit_pump(kit.now_ns);
    assert_int_equal(told_state, OC_STREAM_DOWN);
    assert_int_equal(told_why, OC_WHY_SILENT);
    kit.is_slow = true;
    io_kit_pump(io_venue_next_ns(&kit.venue));
    io_kit_happens((struct io_happening){.kind = IO_REFUSED,
                                         .stream = kit.link_stream,
                                         .at_ns = kit.now_ns,
                                         .status = 401,
                                         .why = OC_WHY_VENUE_ERROR,
                                         .bytes = "who are you",
                                         .size = 11});
    io_kit_pump(kit.now_ns);
    assert_int_equal(told_state, OC_STREAM_REFUSED);
    assert_int_equal(told_status, 401);
    assert_string_equal(told_words, "who are you");
    kit.sent[0] = 0;
    kit.is_slow = false;
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S);
    io_kit_sent("open main /main\n");
    assert_int_equal(told_state, OC_STREAM_UP);
    assert_string_equal(told_words, "");
}

static void what_cannot_be_opened_is_tried_again(void **state)
{
    (void)state;
    kit.open_rc = OC_E_IO;
    starts();
    assert_int_equal(told_state, OC_STREAM_DOWN);
    kit.open_rc = OC_OK;
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    io_kit_sent("open main /main\n");
    assert_int_equal(told_state, OC_STREAM_UP);
}

static void one_that_is_not_kept_is_forgotten_and_what_it_carried_asked_for_anew(void **state)
{
    (void)state;
    open_flags = 0;
    starts();
    subscribe(256);
    io_kit_pump(kit.now_ns);
    was_subscribed("on 256\n");
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns + IO_BACKOFF_NS - 1);
    assert_int_equal(kit.venue.streams[0].state, IO_STREAM_FREE);
    was_subscribed("");
    io_kit_pump(kit.now_ns + 1);
    io_kit_sent("open main /more\n");
    was_subscribed("new 256\non 256\n");
}

static void subscriptions_are_given_again_after_a_fall(void **state)
{
    (void)state;
    starts();
    subscribe(256);
    subscribe(512);
    io_kit_pump(kit.now_ns);
    was_subscribed("on 256 512\n");
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns + IO_BACKOFF_NS * 3 / 4);
    was_subscribed(""); /* not while it is down, and no other is opened for it */
    io_kit_pump(kit.now_ns + IO_BACKOFF_NS);
    was_subscribed("on 256 512\n");
    io_kit_sent("open main /main\n");
}

static void so_many_as_one_message_takes(void **state)
{
    (void)state;
    kit.said_of.subscribe_max = 2;
    starts();
    for (uint32_t i = 1; i <= 5; i++)
        subscribe(i << 8);
    io_kit_pump(kit.now_ns);
    was_subscribed("on 256 512\non 768 1024\non 1280\n");
}

static void a_stream_that_is_full_gets_a_second_beside_it(void **state)
{
    (void)state;
    open_room = 2;
    starts();
    for (uint32_t i = 1; i <= 3; i++)
        subscribe(i << 8);
    io_kit_pump(kit.now_ns);
    io_kit_sent("open main /more\n");
    was_subscribed("on 256 512\nnew 768\non 768\n");
}

static oc_rc refuses(uint32_t stream, const struct oc_sub *subs, uint32_t count)
{
    (void)subscribes(stream, subs, count);
    return OC_E_DENIED;
}

static void a_refused_subscription_is_not_asked_for_again_and_again(void **state)
{
    const struct oc_sub other = {.topic = OC_TOPIC_BOOK};
    (void)state;
    starts();
    kit.on_subscribe = refuses;
    subscribe(256);
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    was_subscribed("on 256\n");
    assert_int_equal(kit.venue.faults, 0);
    assert_int_equal(io_venue_subscribe(&kit.venue, &other), OC_E_NOT_SUPPORTED);
}

static oc_rc waits(uint32_t stream, const struct oc_sub *subs, uint32_t count)
{
    (void)subscribes(stream, subs, count);
    kit.on_subscribe = subscribes;
    return OC_E_AGAIN;
}

static void a_subscription_that_has_to_wait_is_made_later(void **state)
{
    (void)state;
    starts();
    kit.on_subscribe = waits;
    subscribe(256);
    io_kit_pump(kit.now_ns);
    was_subscribed("on 256\n");
    io_kit_pump(kit.now_ns + IO_RETRY_NS);
    was_subscribed("on 256\n");
}

static oc_rc fails(const struct oc_message *message)
{
    assert_int_equal((kit.net->fail)(&kit.host, message->stream, OC_WHY_GAP), OC_OK);
    return (kit.net->fail)(&kit.host, message->stream, OC_WHY_GAP);
}

static void a_stream_that_cannot_be_trusted_is_closed_and_comes_back(void **state)
{
    (void)state;
    starts();
    kit.on_message = fails;
    io_kit_says("out of order");
    io_kit_says("never heard");
    io_kit_pump(kit.now_ns);
    assert_int_equal(kit.calls[IO_SITE_MESSAGE], 1);
    assert_int_equal(told_why, OC_WHY_GAP);
    assert_int_equal(kit.venue.streams[0].tries, 1);
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    io_kit_sent("close\nopen main /main\n");
}

static oc_rc closes(const struct oc_message *message) { return kit.net->close(&kit.host, message->stream); }

static void a_stream_that_was_closed_stays_closed(void **state)
{
    (void)state;
    starts();
    kit.on_message = closes;
    io_kit_says("bye");
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_sent("close\n");
    assert_int_equal(told_state, OC_STREAM_CLOSED);
    assert_int_equal(kit.venue.streams[0].state, IO_STREAM_FREE);
}

static int heard;

static oc_rc not_yet(const struct oc_stream *stream)
{
    if (heard++ < 3)
        return OC_E_AGAIN;
    return told(stream);
}

static oc_rc behind_up(const struct oc_message *message)
{
    (void)message;
    assert_int_equal(told_state, OC_STREAM_UP);
    return OC_OK;
}

static void who_cannot_be_told_is_told_later_and_hears_nothing_before(void **state)
{
    (void)state;
    kit.is_slow = true;
    starts();
    kit.on_stream = not_yet;
    kit.on_message = behind_up;
    heard = 0;
    io_kit_happens((struct io_happening){.kind = IO_UP, .stream = kit.link_stream, .at_ns = kit.now_ns});
    io_kit_says("first");
    io_kit_pump(kit.now_ns + 3 * IO_RETRY_NS - 1);
    assert_int_equal(heard, 3);
    assert_int_equal(kit.calls[IO_SITE_MESSAGE], 0);
    io_kit_pump(kit.now_ns + 1);
    assert_int_equal(heard, 4);
    assert_int_equal(kit.calls[IO_SITE_MESSAGE], 1);
}

static oc_rc never_told(const struct oc_stream *stream)
{
    (void)stream;
    return OC_E_AGAIN;
}

static void who_never_lets_itself_be_told_does_not_stop_the_clock(void **state)
{
    (void)state;
    starts();
    kit.on_stream = never_told;
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns + 5 * IO_KIT_S); /* longer than the stream waits to be opened */
    io_kit_sent("");
}

static oc_rc cannot_log_in(const struct oc_stream *stream)
{
    kit.on_stream = told;
    return stream->state == OC_STREAM_UP ? OC_E_DENIED : OC_OK;
}

static void a_login_that_fails_closes_the_stream_and_it_is_opened_again(void **state)
{
    (void)state;
    kit.is_slow = true;
    starts();
    kit.on_stream = cannot_log_in;
    kit.is_slow = false;
    io_kit_happens((struct io_happening){.kind = IO_UP, .stream = kit.link_stream, .at_ns = kit.now_ns});
    io_kit_pump(kit.now_ns);
    assert_int_equal(told_why, OC_WHY_PROTOCOL);
    io_kit_pump(kit.now_ns + 2 * IO_KIT_S);
    io_kit_sent("close\nopen main /main\n");
    assert_int_equal(kit.venue.faults, 1);
}

static void after_the_end_nothing_is_opened_or_asked_and_time_goes_on(void **state)
{
    const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_BALANCES};
    uint64_t token;
    (void)state;
    starts();
    io_kit_falls(OC_WHY_NETWORK);
    io_kit_pump(kit.now_ns);
    assert_int_equal(io_venue_quiesce(&kit.venue, kit.now_ns), OC_OK);
    assert_int_equal(io_venue_fetch(&kit.venue, &ask, &token), OC_OK);
    subscribe(256);
    io_kit_pump(kit.now_ns + 60 * IO_KIT_S);
    io_kit_sent("");
    was_subscribed("");
    assert_int_equal(kit.calls[IO_SITE_FETCH], 0);
}

/* What cannot be opened at all. */

static oc_rc wrong_opens(void)
{
    struct oc_open open = {.size = sizeof open, .frame = OC_FRAME_LINES, .path = "/x", .path_size = 2};
    uint32_t stream;
    open.endpoint = 2;
    assert_int_equal(kit.net->open(&kit.host, &open, &stream), OC_E_INVALID);
    open.endpoint = 0;
    open.account = 9;
    assert_int_equal(kit.net->open(&kit.host, &open, &stream), OC_E_DENIED);
    open.account = 0;
    open.frame = OC_FRAME_RAW;
    assert_int_equal(kit.net->open(&kit.host, &open, &stream), OC_E_NOT_SUPPORTED);
    open.frame = OC_FRAME_LINES;
    open.path = NULL;
    assert_int_equal(kit.net->open(&kit.host, &open, &stream), OC_E_INVALID);
    open.path = "/x";
    for (int i = 0; i < IO_STREAMS_MAX; i++)
        assert_int_equal(kit.net->open(&kit.host, &open, &stream), OC_OK);
    assert_int_equal(kit.net->open(&kit.host, &open, &stream), OC_E_LIMIT);
    assert_int_equal(io_kit_send(stream, "not up yet", 0, 0, 0), OC_E_AGAIN);
    assert_int_equal(io_kit_send(99, "none", 0, 0, 0), OC_E_NOT_FOUND);
    return OC_E_DENIED;
}

static void what_cannot_be_opened_is_refused(void **state)
{
    (void)state;
    const struct io_link link = io_kit_link();
    io_kit_init(&link);
    kit.on_start = wrong_opens;
    assert_int_equal(io_venue_start(&kit.venue, &kit), OC_E_DENIED);
    io_kit_sent("");
    for (int i = 0; i < IO_STREAMS_MAX; i++)
        assert_int_equal(kit.venue.streams[i].state, IO_STREAM_FREE);
}

/* Timers. */

static char rang[64];
static uint64_t ids[IO_TIMERS_MAX + 1];

static oc_rc three_timers(const struct oc_message *message)
{
    (void)message;
    for (uint64_t i = 0; i < 3; i++)
        assert_int_equal(kit.time->timer(&kit.host, kit.now_ns + (int64_t)(3 - i) * IO_KIT_S, i, &ids[i]), OC_OK);
    return OC_OK;
}

static oc_rc rings(uint64_t timer, uint64_t user)
{
    assert_int_equal(timer, ids[user]);
    snprintf(rang + strlen(rang), sizeof rang - strlen(rang), "%llu at %lld;", (unsigned long long)user,
             (long long)((io_venue_now(&kit.venue) - IO_KIT_BEGIN_NS) / IO_KIT_MS));
    return user == 1 && !strstr(rang, "1 at 2000;1") ? OC_E_AGAIN : OC_OK;
}

static oc_rc all_timers(const struct oc_message *message)
{
    (void)message;
    for (int i = 0; i < IO_TIMERS_MAX; i++)
        assert_int_equal(kit.time->timer(&kit.host, kit.now_ns + IO_KIT_S, 0, &ids[i]), OC_OK);
    assert_int_equal(kit.time->timer(&kit.host, kit.now_ns, 0, &ids[IO_TIMERS_MAX]), OC_E_LIMIT);
    for (int i = 0; i < IO_TIMERS_MAX; i++)
        assert_int_equal(kit.time->cancel(&kit.host, ids[i]), OC_OK);
    return kit.time->cancel(&kit.host, 12345);
}

static void timers_ring_in_their_order_once_and_again_where_they_had_to_wait(void **state)
{
    (void)state;
    starts();
    rang[0] = 0;
    kit.on_message = three_timers;
    kit.on_timer = rings;
    io_kit_says("set");
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S);
    assert_string_equal(rang, "2 at 1000;1 at 2000;1 at 2050;0 at 3000;");
    assert_int_equal(kit.venue.faults, 0);
}

static void so_many_timers_and_what_is_cancelled_does_not_ring(void **state)
{
    (void)state;
    starts();
    rang[0] = 0;
    kit.on_message = all_timers;
    kit.on_timer = rings;
    io_kit_says("set and cancel");
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S);
    assert_string_equal(rang, "");
    assert_int_equal(kit.venue.timer_count, 0);
    assert_int_equal(kit.venue.unread, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_test, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_kept_stream_comes_back_after_a_wait_that_doubles),
        TEST(who_fell_is_told_why_and_what_was_said),
        TEST(what_cannot_be_opened_is_tried_again),
        TEST(one_that_is_not_kept_is_forgotten_and_what_it_carried_asked_for_anew),
        TEST(subscriptions_are_given_again_after_a_fall),
        TEST(so_many_as_one_message_takes),
        TEST(a_stream_that_is_full_gets_a_second_beside_it),
        TEST(a_refused_subscription_is_not_asked_for_again_and_again),
        TEST(a_subscription_that_has_to_wait_is_made_later),
        TEST(a_stream_that_cannot_be_trusted_is_closed_and_comes_back),
        TEST(a_stream_that_was_closed_stays_closed),
        TEST(who_cannot_be_told_is_told_later_and_hears_nothing_before),
        TEST(who_never_lets_itself_be_told_does_not_stop_the_clock),
        TEST(a_login_that_fails_closes_the_stream_and_it_is_opened_again),
        TEST(after_the_end_nothing_is_opened_or_asked_and_time_goes_on),
        TEST(what_cannot_be_opened_is_refused),
        TEST(timers_ring_in_their_order_once_and_again_where_they_had_to_wait),
        TEST(so_many_timers_and_what_is_cancelled_does_not_ring),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
