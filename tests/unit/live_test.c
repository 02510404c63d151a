/* What the report says of a session at a venue: spans by percentile, time in touch, orders that failed and that were filled. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <outcry/event_account.h>
#include <outcry/event_order.h>

#include "engine/orders.h"
#include "engine/state.h"
#include "report/live.h"

static struct live live; /* large */

static void begin(void)
{
    memset(&live, 0, sizeof live);
    live.is_used = true;
}

static void link_is(uint32_t source, uint32_t state, int64_t at_ns)
{
    const struct oc_ev_venue venue = {
        .head = {.size = sizeof venue, .type = OC_EV_VENUE, .source = source, .local_ns = at_ns},
        .state = state,
        .part = OC_PART_LINK};
    live_take(&live, NULL, &venue.head);
}

static void mark_is(uint32_t code, int64_t at_ns)
{
    const struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_MARK, .local_ns = at_ns}, .code = code};
    live_take(&live, NULL, &mark.head);
}

/* A price was heard. */
static void heard(int64_t at_ns) { live_heard(&live, at_ns); }

static void time_is_lost_from_what_was_heard_last(void **state)
{
    (void)state;
    begin();
    heard(100); /* before all is reached: no time of the session */
    link_is(1, OC_VENUE_SYNCING, 150);
    link_is(1, OC_VENUE_READY, 200);
    heard(1200);
    assert_true(live.up_ns == 1000 && live.down_ns == 0);
    link_is(1, OC_VENUE_DOWN, 1500); /* said 300 behind the last price: the cable was silent since then */
    heard(1600);
    link_is(1, OC_VENUE_SYNCING, 1700);
    link_is(1, OC_VENUE_READY, 1800);
    heard(1900);
    assert_true(live.up_ns == 1100 && live.down_ns == 600);
    mark_is(OC_MARK_STOP, 1950);
    link_is(1, OC_VENUE_DOWN, 5000); /* the next start */
    link_is(1, OC_VENUE_READY, 5100);
    heard(5200);
    assert_true(live.up_ns == 1200 && live.down_ns == 700);
    const struct live_target uptime = live_target(&live, 3);
    assert_true(uptime.figure.is_known && uptime.figure.value == 1200.0 / 1900.0 && !uptime.is_met);
}

static void one_account_that_is_lost_is_enough(void **state)
{
    (void)state;
    begin();
    assert_false(live_target(&live, 3).figure.is_known);
    link_is(1, OC_VENUE_READY, 10);
    link_is(2, OC_VENUE_READY, 10);
    heard(1000010);
    link_is(2, OC_VENUE_DENIED, 1000010);
    heard(1001010);
    link_is(2, OC_VENUE_READY, 1001010);
    assert_true(live.up_ns == 1000000 && live.down_ns == 1000);
    assert_true(live_target(&live, 3).is_met); /* 99.9001 % */
    live.down_ns = 1002;
    assert_false(live_target(&live, 3).is_met);
}

static void spans_are_known_to_a_part_in_sixty_four(void **state)
{
    (void)state;
    begin();
    struct live_spans *spans = &live.ways[LIVE_SENT];
    assert_int_equal(live_span(spans, 0.5), 0);
    for (int64_t i = 1; i <= 1000; i++) {
        const uint64_t order = (uint64_t)i << 3;
        live.list[order_ring_slot(order, LIVE_ORDERS_MAX)] = (struct live_order){.order = order, .sent_ns = 1};
        const struct out_note note = {
            .kind = NOTE_ORDER, .order = order, .before = STATE_SUBMITTED, .after = STATE_ACCEPTED};
        const struct oc_event accepted = {.type = OC_EV_ACCEPTED, .local_ns = i * 1000 + 1};
        live_note(&live, NULL, &note, &accepted);
        live_note(&live, NULL, &note, &accepted); /* the first word alone counts */
    }
    spans = &live.ways[LIVE_ACKED];
    assert_int_equal(spans->count, 1000);
    const struct {
        double share;
        int64_t span_ns;
    } wanted[] = {{0.5, 500000}, {0.9, 900000}, {0.99, 990000}};
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) {
        const int64_t span_ns = live_span(spans, wanted[i].share);
        assert_true(span_ns >= wanted[i].span_ns && span_ns <= wanted[i].span_ns + wanted[i].span_ns / 63);
    }
    assert_true(spans->longest_ns == 1000000 && live_span(spans, 1.0) == 1000000);
}

static void goes(uint64_t order, uint8_t before, uint8_t after, uint16_t type)
{
    const struct out_note note = {.kind = NOTE_ORDER, .order = order, .before = before, .after = after};
    const struct oc_ev_venue_answer answer = {.answer.head = {.size = sizeof answer, .type = type}};
    live_note(&live, NULL, &note, &answer.answer.head);
}

static uint64_t new_order(void)
{
    const uint64_t order = ++live.orders << 3;
    live.list[order_ring_slot(order, LIVE_ORDERS_MAX)] = (struct live_order){.order = order, .sent_ns = 1};
    return order;
}

static void an_order_fails_once_and_ends_once(void **state)
{
    (void)state;
    begin();
    uint64_t order = new_order();
    goes(order, STATE_SUBMITTED, STATE_UNKNOWN, OC_EV_UNKNOWN);
    goes(order, STATE_UNKNOWN, STATE_REJECTED, OC_EV_NOT_THERE);
    assert_true(live.failed == 1 && live.over == 1 && live.filled == 0);
    order = new_order();
    goes(order, STATE_SUBMITTED, STATE_ACCEPTED, OC_EV_ACCEPTED);
    goes(order, STATE_ACCEPTED, STATE_FILLED, OC_EV_FILL);
    order = new_order();
    live.list[order_ring_slot(order, LIVE_ORDERS_MAX)].is_canceled = true;
    goes(order, STATE_PENDING_CANCEL, STATE_CANCELED, OC_EV_CANCELED); /* as it was wanted */
    assert_true(live.failed == 1 && live.over == 2 && live.filled == 1);
    order = new_order();
    goes(order, STATE_ACCEPTED, STATE_CANCELED, OC_EV_CANCELED); /* by the venue */
    assert_true(live.over == 3 && live.filled == 1);
    assert_true(live_target(&live, 0).figure.value == 1.0 / 3.0 && !live_target(&live, 0).is_met);
    assert_true(live_target(&live, 2).figure.value == 0.25 && !live_target(&live, 2).is_met);
    assert_false(live_target(&live, 1).figure.is_known);
    live.arrival = (struct live_cost){.fills = 1, .slip = 49, .base = 10000};
    assert_true(live_target(&live, 1).is_met);
    live.arrival.slip = 50;
    assert_false(live_target(&live, 1).is_met); /* less is wanted */
}

static void a_denied_order_was_none(void **state)
{
    (void)state;
    begin();
    uint64_t order = new_order();
    live_deny(&live, order, order + 1); /* a change of it */
    assert_int_equal(live.orders, 1);
    live_deny(&live, order, order);
    goes(order, STATE_SUBMITTED, STATE_REJECTED, OC_EV_REJECTED);
    assert_true(live.orders == 0 && live.failed == 0 && live.over == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(time_is_lost_from_what_was_heard_last),
        cmocka_unit_test(one_account_that_is_lost_is_enough),
        cmocka_unit_test(spans_are_known_to_a_part_in_sixty_four),
        cmocka_unit_test(an_order_fails_once_and_ends_once),
        cmocka_unit_test(a_denied_order_was_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
