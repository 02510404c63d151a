/* What may leave under a venue's limits, in numbers that can be worked out by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "io/limits.h"

#include <outcry/outcry.h>

#define S  1000000000ll
#define MS 1000000ll
/* A whole minute of the venue's clock. */
#define MINUTE (60 * S)
#define NOON   (29000000ll * MINUTE)

static struct oc_limit limit;
static struct oc_venue venue;
static struct limits limits;
static int64_t at_ns;

static void begin(uint32_t kind, uint64_t max, int64_t period_ns)
{
    limit = (struct oc_limit){
        .name = "weight", .scope = OC_SCOPE_ACCOUNT, .kind = kind, .max = max, .period_ns = period_ns};
    venue = (struct oc_venue){.size = sizeof venue, .limits = &limit, .limit_count = 1};
    limits_init(&limits, &venue);
}

static oc_rc may_in(uint32_t weight, uint32_t lane, int64_t now_ns)
{
    at_ns = 0;
    return limits_may(&limits, (struct oc_cost){.weight = weight}, 1, lane, now_ns, &at_ns);
}

static oc_rc may(uint32_t weight, int64_t now_ns) { return may_in(weight, OC_LANE_QUERY, now_ns); }

static void take(uint32_t weight, int64_t now_ns)
{
    limits_take(&limits, (struct oc_cost){.weight = weight}, 1, now_ns);
}

/* 100 a minute: 70 used 10 s after noon, so 30 fit and 31 wait for 12:01. */
static void a_window_ends_at_the_full_minute(void **state)
{
    (void)state;
    begin(OC_LIMIT_WINDOW, 100, MINUTE);
    take(70, NOON + 10 * S);
    assert_int_equal(may(30, NOON + 59 * S), OC_OK);
    assert_int_equal(may(31, NOON + 59 * S), OC_E_AGAIN);
    assert_int_equal(at_ns, NOON + MINUTE);
    assert_int_equal(may(31, NOON + MINUTE - 1), OC_E_AGAIN);
    assert_int_equal(may(100, NOON + MINUTE), OC_OK);
    take(100, NOON + MINUTE);
    assert_int_equal(may(1, NOON + MINUTE), OC_E_AGAIN);
}

/* 60 used in the first minute. 15 s into the second, 45 of its 60 seconds still count: 60 * 45 / 60 = 45, so 55 fit. */
static void a_sliding_window_counts_the_share_of_the_last_one(void **state)
{
    (void)state;
    begin(OC_LIMIT_SLIDING, 100, MINUTE);
    take(60, NOON);
    assert_int_equal(may(55, NOON + 75 * S), OC_OK);
    assert_int_equal(may(56, NOON + 75 * S), OC_E_AGAIN);
    assert_int_equal(at_ns, NOON + 2 * MINUTE);
    /* A nanosecond before, it is 45 and a bit, which counts as 46. */
    assert_int_equal(may(55, NOON + 75 * S - 1), OC_E_AGAIN);
    assert_int_equal(may(54, NOON + 75 * S - 1), OC_OK);
    take(10, NOON + 75 * S);
    /* The third minute knows the second alone: 10 * 30 / 60 = 5. */
    assert_int_equal(may(95, NOON + 150 * S), OC_OK);
    assert_int_equal(may(96, NOON + 150 * S), OC_E_AGAIN);
    /* Five minutes of silence: nothing of it is left. */
    take(50, NOON + 150 * S);
    assert_int_equal(may(100, NOON + 8 * MINUTE), OC_OK);
    assert_int_equal(limits.uses[0].before, 0);
}

/* 10 in a second: one more each 100 ms. */
static void a_bucket_is_refilled_evenly(void **state)
{
    (void)state;
    begin(OC_LIMIT_BUCKET, 10, S);
    take(10, NOON);
    assert_int_equal(may(1, NOON + 99 * MS), OC_E_AGAIN);
    assert_int_equal(at_ns, NOON + 100 * MS);
    assert_int_equal(may(1, NOON + 100 * MS), OC_OK);
    assert_int_equal(may(3, NOON + 250 * MS), OC_E_AGAIN);
    assert_int_equal(at_ns, NOON + 300 * MS);
    assert_int_equal(may(3, NOON + 300 * MS), OC_OK);
    assert_int_equal(may(10, NOON + S), OC_OK);
}

/* Looked at every 150 ms, the halves are not lost: after 3 s, 30 have come back. */
static void a_bucket_that_is_looked_at_often_is_refilled_as_fast(void **state)
{
    (void)state;
    uint64_t taken = 10;
    begin(OC_LIMIT_BUCKET, 10, S);
    take(10, NOON);
    for (int64_t now_ns = NOON; now_ns <= NOON + 3 * S; now_ns += 150 * MS)
        while (may(1, now_ns) == OC_OK) {
            take(1, now_ns);
            taken++;
        }
    assert_int_equal(taken, 40);
}

/* A full bucket saves nothing up: 99 ms after the last look it holds ten, and the next comes 100 ms after they were taken. */
static void a_full_bucket_holds_no_more(void **state)
{
    (void)state;
    begin(OC_LIMIT_BUCKET, 10, S);
    assert_int_equal(may(1, NOON), OC_OK);
    take(10, NOON + 99 * MS);
    assert_int_equal(may(1, NOON + 150 * MS), OC_E_AGAIN);
    assert_int_equal(at_ns, NOON + 199 * MS);
}

static void so_many_at_once_until_one_is_given_back(void **state)
{
    (void)state;
    begin(OC_LIMIT_CONCURRENT, 2, 0);
    take(1, NOON);
    take(1, NOON);
    assert_int_equal(may(1, NOON + 1000 * MINUTE), OC_E_AGAIN);
    limits_give(&limits, (struct oc_cost){.weight = 1}, 1, NOON);
    assert_int_equal(may(1, NOON), OC_OK);
    limits_give(&limits, (struct oc_cost){.weight = 9}, 1, NOON);
    assert_int_equal(limits.uses[0].used, 0);
}

/* A fifth of 100 is kept: orders and queries meet 80, cancels and reconciliation 100. */
static void a_reserve_is_for_cancels_and_reconciliation(void **state)
{
    (void)state;
    begin(OC_LIMIT_WINDOW, 100, MINUTE);
    limit.reserve_ppm = 200000;
    take(75, NOON);
    assert_int_equal(may_in(5, OC_LANE_ORDER, NOON), OC_OK);
    assert_int_equal(may_in(6, OC_LANE_ORDER, NOON), OC_E_AGAIN);
    assert_int_equal(may_in(6, OC_LANE_QUERY, NOON), OC_E_AGAIN);
    assert_int_equal(may_in(6, OC_LANE_BULK, NOON), OC_E_AGAIN);
    assert_int_equal(may_in(25, OC_LANE_CANCEL, NOON), OC_OK);
    assert_int_equal(may_in(25, OC_LANE_RECONCILE, NOON), OC_OK);
    assert_int_equal(may_in(26, OC_LANE_CANCEL, NOON), OC_E_AGAIN);
}

static void what_was_shut_opens_at_its_time_for_everybody(void **state)
{
    (void)state;
    begin(OC_LIMIT_WINDOW, 100, MINUTE);
    assert_int_equal(limits_shut(&limits, 1, 0, NOON + 5 * S, NOON), OC_OK);
    assert_int_equal(limits_shut(&limits, 1, 0, NOON + 3 * S, NOON), OC_OK); /* a shorter one changes nothing */
    assert_int_equal(may_in(1, OC_LANE_CANCEL, NOON + 5 * S - 1), OC_E_AGAIN);
    assert_int_equal(at_ns, NOON + 5 * S);
    assert_int_equal(may(1, NOON + 5 * S), OC_OK);
    assert_int_equal(limits_may(&limits, (struct oc_cost){.weight = 1}, 2, 0, NOON, &at_ns), OC_OK);
}

static void what_is_larger_than_the_limit_goes_when_nothing_else_does(void **state)
{
    (void)state;
    begin(OC_LIMIT_WINDOW, 100, MINUTE);
    assert_int_equal(may(150, NOON), OC_OK);
    take(150, NOON);
    assert_int_equal(may(1, NOON), OC_E_AGAIN);
    assert_int_equal(may(150, NOON + MINUTE), OC_OK);
}

static void the_venues_count_and_bound_replace_ours(void **state)
{
    (void)state;
    begin(OC_LIMIT_WINDOW, 100, MINUTE);
    take(40, NOON);
    assert_int_equal(limits_used(&limits, 1, 0, 30, NOON), OC_OK); /* it has not seen all that left */
    assert_int_equal(limits.uses[0].used, 40);
    assert_int_equal(limits_used(&limits, 1, 0, 90, NOON), OC_OK);
    assert_int_equal(may(11, NOON), OC_E_AGAIN);
    assert_int_equal(limits_max(&limits, 1, 0, 200, 0, NOON), OC_OK);
    assert_int_equal(may(110, NOON), OC_OK);
    assert_int_equal(limits_max(&limits, 1, 0, 200, 10 * S, NOON), OC_OK);
    assert_int_equal(may(200, NOON + 10 * S), OC_OK);
    assert_int_equal(limits_max(&limits, 1, 0, 0, 0, NOON), OC_E_INVALID);
    assert_int_equal(limits_max(&limits, 1, 0, 1, -1, NOON), OC_E_INVALID);
}

static void accounts_have_their_own_and_addresses_share(void **state)
{
    (void)state;
    begin(OC_LIMIT_WINDOW, 10, MINUTE);
    take(10, NOON);
    assert_int_equal(may(1, NOON), OC_E_AGAIN);
    assert_int_equal(limits_may(&limits, (struct oc_cost){.weight = 1}, 2, 0, NOON, &at_ns), OC_OK);
    begin(OC_LIMIT_WINDOW, 10, MINUTE);
    limit.scope = OC_SCOPE_ADDRESS;
    take(10, NOON);
    assert_int_equal(limits_may(&limits, (struct oc_cost){.weight = 1}, 2, 0, NOON, &at_ns), OC_E_AGAIN);
}

static void there_is_no_such_limit(void **state)
{
    (void)state;
    begin(OC_LIMIT_WINDOW, 10, MINUTE);
    assert_int_equal(limits_may(&limits, (struct oc_cost){.limit = 1}, 1, 0, NOON, &at_ns), OC_E_INVALID);
    assert_int_equal(limits_used(&limits, 1, 1, 1, NOON), OC_E_INVALID);
    assert_int_equal(limits_shut(&limits, 1, 1, NOON, NOON), OC_E_INVALID);
    for (uint32_t account = 1; account <= LIMITS_SCOPES_MAX; account++)
        assert_int_equal(limits_used(&limits, account, 0, 1, NOON), OC_OK);
    assert_int_equal(limits_used(&limits, LIMITS_SCOPES_MAX + 1, 0, 1, NOON), OC_E_INVALID);
    limits_init(&limits, NULL);
    assert_int_equal(limits_may(&limits, (struct oc_cost){0}, 1, 0, NOON, &at_ns), OC_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_window_ends_at_the_full_minute),
        cmocka_unit_test(a_sliding_window_counts_the_share_of_the_last_one),
        cmocka_unit_test(a_bucket_is_refilled_evenly),
        cmocka_unit_test(a_bucket_that_is_looked_at_often_is_refilled_as_fast),
        cmocka_unit_test(a_full_bucket_holds_no_more),
        cmocka_unit_test(so_many_at_once_until_one_is_given_back),
        cmocka_unit_test(a_reserve_is_for_cancels_and_reconciliation),
        cmocka_unit_test(what_was_shut_opens_at_its_time_for_everybody),
        cmocka_unit_test(what_is_larger_than_the_limit_goes_when_nothing_else_does),
        cmocka_unit_test(the_venues_count_and_bound_replace_ours),
        cmocka_unit_test(accounts_have_their_own_and_addresses_share),
        cmocka_unit_test(there_is_no_such_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
