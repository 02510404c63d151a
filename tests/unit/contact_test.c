/* What came of being in touch with venues, counted from what is recorded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <outcry/event_account.h>
#include <outcry/event_order.h>

#include "engine/state.h"
#include "report/contact.h"

static struct contact contact;

static void link_is(uint32_t state, uint32_t text_size)
{
    const struct oc_ev_venue venue = {.head = {.size = sizeof venue, .type = OC_EV_VENUE, .source = 1},
                                      .state = state,
                                      .part = OC_PART_LINK,
                                      .text_size = text_size};
    contact_take(&contact, &venue.head);
}

static void limit_is(uint32_t limit, uint64_t used, int64_t span_ns)
{
    const struct oc_ev_limit event = {.head = {.size = sizeof event, .type = OC_EV_LIMIT, .local_ns = 5000},
                                      .limit = limit,
                                      .used = used,
                                      .until_ns = span_ns ? 5000 + span_ns : 0};
    contact_take(&contact, &event.head);
}

static void goes(uint8_t before, uint8_t after, uint16_t type)
{
    const struct out_note note = {.kind = NOTE_ORDER, .before = before, .after = after};
    const struct oc_event event = {.type = type};
    contact_note(&contact, &note, &event);
}

static uint64_t row(const char *wanted)
{
    const char *name, *words;
    uint64_t count;
    for (uint32_t i = 0; contact_row(&contact, i, &name, &words, &count); i++)
        if (strcmp(name, wanted) == 0)
            return count;
    fail_msg("there is no row %s", wanted);
    return 0;
}

static void a_venue_is_lost_and_reached_again(void **state)
{
    (void)state;
    memset(&contact, 0, sizeof contact);
    link_is(OC_VENUE_CONNECTING, 0);
    link_is(OC_VENUE_SYNCING, 0);
    link_is(OC_VENUE_READY, 0);
    assert_true(contact.is_used && row("lost") == 0 && row("reconnects") == 0);
    link_is(OC_VENUE_DEGRADED, 0);
    link_is(OC_VENUE_DOWN, 0); /* still the same loss */
    link_is(OC_VENUE_DOWN, 30);
    link_is(OC_VENUE_CONNECTING, 0);
    link_is(OC_VENUE_SYNCING, 0);
    assert_true(row("lost") == 1 && row("reconnects") == 0 && row("moves") == 1);
    link_is(OC_VENUE_READY, 0);
    link_is(OC_VENUE_READY, 0);
    assert_true(row("lost") == 1 && row("reconnects") == 1);
    link_is(OC_VENUE_DENIED, 0);
    link_is(OC_VENUE_DENIED, 0);
    assert_int_equal(row("keys_refused"), 1);
}

static void what_was_unknown_is_cleared_up_in_one_way(void **state)
{
    (void)state;
    memset(&contact, 0, sizeof contact);
    for (int i = 0; i < 5; i++)
        goes(STATE_SUBMITTED, STATE_UNKNOWN, OC_EV_UNKNOWN);
    goes(STATE_UNKNOWN, STATE_ACCEPTED, OC_EV_ORDER);
    goes(STATE_ACCEPTED, STATE_FILLED, OC_EV_FILL); /* of one that is known by now */
    goes(STATE_UNKNOWN, STATE_FILLED, OC_EV_FILL);
    goes(STATE_UNKNOWN, STATE_CANCELED, OC_EV_CANCELED);
    goes(STATE_UNKNOWN, STATE_REJECTED, OC_EV_NOT_THERE);
    assert_true(row("unknown") == 5 && row("unknown_found") == 2 && row("unknown_ended") == 1 &&
                row("unknown_absent") == 1 && row("unknown_open") == 1);
    memset(&contact, 0, sizeof contact); /* of before the last start: it was not counted as unknown */
    goes(STATE_UNKNOWN, STATE_FILLED, OC_EV_FILL);
    assert_true(row("unknown_found") == 0 && row("unknown_open") == 0);
}

static void waits_are_told_apart(void **state)
{
    const struct oc_event sent = {.type = OC_EV_SENT};
    (void)state;
    memset(&contact, 0, sizeof contact);
    limit_is(0, 0, 0); /* open */
    assert_false(contact.is_used);
    limit_is(2, 0, 700);
    limit_is(OC_LIMIT_SAID, 429, 3000);
    limit_is(OC_LIMIT_SAID, 0, 40);
    contact_take(&contact, &sent);
    assert_true(row("limit_waits") == 1 && row("told_to_wait") == 1 && row("left_alone") == 1 && row("sent") == 1);
    assert_true(contact.waited_ns == 3740);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_venue_is_lost_and_reached_again),
        cmocka_unit_test(what_was_unknown_is_cleared_up_in_one_way),
        cmocka_unit_test(waits_are_told_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
