/* decisions_test.c: where what was decided with less data parts from the whole, and where it only seems to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/decisions.h"

/* Event 1 at 60, 2 at 120, 3 at 180: a decision in a callback of each, and one at the open of the third bar, which has the instant of the
 * second one's close. */
static struct decision all[] = {{.hash = 11, .ns = 60, .event = 1, .strategy = 1, .is_direct = 1},
                                {.hash = 12, .ns = 120, .event = 2, .strategy = 1, .is_direct = 1},
                                {.hash = 13, .ns = 120, .event = 2, .strategy = 1},
                                {.hash = 14, .ns = 180, .event = 3, .strategy = 2, .is_direct = 1}};
static const struct decisions whole = {.list = all, .count = 4};

static bool parts(struct decision *list, uint32_t count, uint32_t events, int64_t last_ns, uint32_t *ret_at)
{
    const struct decisions cut = {.list = list, .count = count};
    return decisions_part(&whole, &cut, events, last_ns, ret_at);
}

static void what_is_the_same_up_to_the_cut_does_not_part(void **state)
{
    uint32_t at = 99;
    (void)state;
    assert_false(parts(all, 4, 3, 180, &at));
    assert_false(parts(all, 0, 0, 30, &at));
    assert_false(parts(all, 1, 1, 60, &at));
    assert_false(parts(all, 2, 2, 120, &at)); /* what the next open decides needs that bar */
    assert_false(parts(all, 3, 2, 120, &at));
    assert_int_equal(at, 99);
}

static void what_is_missing_or_more_parts(void **state)
{
    uint32_t at = 99;
    (void)state;
    assert_true(parts(all, 0, 1, 60, &at)); /* decided in the last bar itself: not with what comes behind */
    assert_int_equal(at, 0);
    assert_true(parts(all, 1, 2, 120, &at));
    assert_int_equal(at, 1);
    assert_true(parts(all, 2, 3, 180, &at)); /* the instant before is past */
    assert_int_equal(at, 2);
    assert_true(
        parts(all, 2, 2, 150, &at)); /* a cut between two bars: what the open decided is past, and is not there */
    assert_int_equal(at, 2);
    struct decision more[] = {all[0], all[1], all[2], all[3], {.hash = 15, .ns = 180, .event = 3, .strategy = 1}};
    assert_true(parts(more, 5, 3, 180, &at));
    assert_int_equal(at, 4);
}

static void the_first_that_differs_is_told(void **state)
{
    uint32_t at = 99;
    struct decision other[] = {all[0], {.hash = 92, .ns = 120, .event = 2, .is_direct = 1}, {.hash = 93, .ns = 120}};
    (void)state;
    assert_true(parts(other, 3, 3, 180, &at));
    assert_int_equal(at, 1);
    assert_true(parts(other, 2, 2, 120, &at));
    assert_int_equal(at, 1);
    assert_false(parts(other, 1, 1, 60, &at));
}

static void beyond_what_is_kept_nothing_is_compared(void **state)
{
    uint32_t at = 99;
    struct decision more[] = {all[0], all[1], all[2], all[3], {.hash = 15, .ns = 180, .event = 3}};
    const struct decisions full = {.list = all, .count = 4, .is_full = true}, cut = {.list = more, .count = 5};
    (void)state;
    assert_false(decisions_part(&full, &cut, 3, 180, &at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_the_same_up_to_the_cut_does_not_part),
        cmocka_unit_test(what_is_missing_or_more_parts),
        cmocka_unit_test(the_first_that_differs_is_told),
        cmocka_unit_test(beyond_what_is_kept_nothing_is_compared),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
