/* A dead man's switch is armed, refreshed at a third of its time, and off behind a clean end. */
#include "support/io_kit.h"

static char asked_for[64]; /* accounts */

static oc_rc switches(const struct oc_venue_request *first, uint32_t count)
{
    char text[64];
    assert_int_equal(count, 1);
    assert_true(first->ask.kind == OC_REQUEST_DEADMAN && first->ask.order == 0 && first->ask.id >> 62 == 1);
    assert_int_equal(first->ask.owner, OC_OWNER_HOST);
    snprintf(asked_for + strlen(asked_for), sizeof asked_for - strlen(asked_for), "%u ", first->ask.account);
    assert_true(first->client.size == 0 && first->client_new.size == 0);
    snprintf(text, sizeof text, "switch %lld",
             first->ask.expire_ns ? (long long)((first->ask.expire_ns - IO_KIT_BEGIN_NS) / IO_KIT_S) : -1);
    return io_kit_send(kit.stream, text, first->ask.id, 0, 0);
}

static oc_rc says(const struct oc_message *message)
{
    const bool is_refused = strcmp(message->bytes, "no") == 0;
    assert_int_equal(kit.venue.pending_count, 1);
    return io_kit_answer(is_refused ? OC_EV_REJECTED : OC_EV_TAKEN, 0, kit.venue.pending[0].ask->ask.id, "");
}

/* The other side has not ended: it says nothing yet. */
static oc_rc next_or_later(void *self, int64_t until_ns, struct io_happening *ret)
{
    const oc_rc rc = io_kit_link_next(self, until_ns, ret);
    return rc == OC_E_END ? (oc_rc)OC_E_AGAIN : rc;
}

static void ready(void)
{
    kit.said_of.flags = OC_CAN_DEADMAN;
    asked_for[0] = 0;
    kit.said_of.answer_ns = 600 * IO_KIT_S;
    io_kit_start();
    io_kit_sent("open main /main\n");
    kit.venue.link.next = next_or_later;
    kit.on_request = switches;
    kit.on_message = says;
}

static void it_is_refreshed_at_a_third_of_its_time(void **state)
{
    (void)state;
    ready();
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, 30 * IO_KIT_S), OC_OK);
    io_kit_pump(kit.now_ns);
    io_kit_sent("send switch 30\n");
    assert_string_equal(asked_for, "7 ");
    io_kit_says("yes");
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S - 1);
    assert_int_equal(kit.venue.pending_count, 0);
    io_kit_sent("");
    io_kit_pump(kit.now_ns + 1);
    io_kit_sent("send switch 40\n");
    io_kit_says("no"); /* said aloud; the next time it is asked again */
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S);
    io_kit_sent("send switch 50\n");
    assert_true(io_venue_next_ns(&kit.venue) > kit.now_ns + 10 * IO_KIT_S); /* no reason for time to go on */
}

static void it_is_off_behind_a_clean_end(void **state)
{
    (void)state;
    ready();
    assert_int_equal(io_venue_disarm(&kit.venue), OC_OK); /* it was never on */
    io_kit_sent("");
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, 30 * IO_KIT_S), OC_OK);
    io_kit_pump(kit.now_ns);
    assert_int_equal(io_venue_disarm(&kit.venue), OC_OK);
    io_kit_sent("send switch 30\nsend switch -1\n");
    assert_int_equal(io_venue_quiesce(&kit.venue, kit.now_ns), OC_OK);
    io_kit_pump(kit.now_ns + 100 * IO_KIT_S);
    io_kit_sent("");
}

static oc_rc waits(const struct oc_venue_request *first, uint32_t count)
{
    (void)first, (void)count;
    return OC_E_AGAIN;
}

/* A script that has ended is not gone on with for it. */
static void it_does_not_keep_a_session_going(void **state)
{
    (void)state;
    ready();
    kit.venue.link.next = io_kit_link_next;
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, 30 * IO_KIT_S), OC_OK);
    io_kit_pump(kit.now_ns);
    io_kit_says("yes");
    io_kit_pump(kit.now_ns);
    assert_int_equal(io_venue_pump(&kit.venue, kit.now_ns + 60 * IO_KIT_S), OC_E_END);
    assert_true(io_venue_next_ns(&kit.venue) == INT64_MAX);
}

/* While the stream is down one waits, with the time of the last. */
static void one_waits_and_no_more(void **state)
{
    (void)state;
    ready();
    kit.on_request = waits;
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, 30 * IO_KIT_S), OC_OK);
    io_kit_pump(kit.now_ns + 25 * IO_KIT_S);
    assert_int_equal(kit.venue.pending_count, 1);
    kit.on_request = switches;
    io_kit_pump(kit.now_ns + IO_KIT_S);
    io_kit_sent("send switch 50\n");
}

static void it_is_for_venues_that_have_one_and_for_times_that_make_sense(void **state)
{
    (void)state;
    ready();
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, IO_DEADMAN_MIN_NS - 1), OC_E_RANGE);
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, IO_DEADMAN_MAX_NS + 1), OC_E_RANGE);
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, IO_DEADMAN_MAX_NS), OC_OK);
    kit.said_of.flags = 0;
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, IO_DEADMAN_MIN_NS), OC_E_NOT_SUPPORTED);
}

/* Each account has its own, and each is switched off. */
static void each_account_has_its_own(void **state)
{
    (void)state;
    ready();
    assert_int_equal(io_venue_deadman(&kit.venue, IO_KIT_SOURCE, 30 * IO_KIT_S), OC_OK);
    assert_int_equal(io_venue_deadman(&kit.venue, 9, 60 * IO_KIT_S), OC_OK);
    io_kit_pump(kit.now_ns);
    io_kit_sent("send switch 30\nsend switch 60\n");
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S);
    io_kit_sent("send switch 40\n");
    io_kit_pump(kit.now_ns + 10 * IO_KIT_S);
    io_kit_sent("send switch 50\nsend switch 80\n");
    assert_int_equal(io_venue_disarm(&kit.venue), OC_OK);
    io_kit_sent("send switch -1\nsend switch -1\n");
    assert_string_equal(asked_for, "7 9 7 7 9 7 9 ");
    for (uint32_t i = 2; i < IO_ACCOUNTS_MAX; i++)
        assert_int_equal(io_venue_deadman(&kit.venue, 9 + i, 60 * IO_KIT_S), OC_OK);
    assert_int_equal(io_venue_deadman(&kit.venue, 99, 60 * IO_KIT_S), OC_E_LIMIT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, io_kit_open_venue, io_kit_close_venue)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_account_has_its_own),     TEST(it_is_refreshed_at_a_third_of_its_time),
        TEST(it_is_off_behind_a_clean_end), TEST(it_does_not_keep_a_session_going),
        TEST(one_waits_and_no_more),        TEST(it_is_for_venues_that_have_one_and_for_times_that_make_sense),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
