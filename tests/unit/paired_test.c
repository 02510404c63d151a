/* paired_test.c: two series beside each other, two groups, other orders of trips: what is there is found, what is not is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/detmath.h"
#include "base/random.h"
#include "report/normal.h"
#include "report/paired.h"

enum { COUNT = 200 };

static double a[COUNT], b[COUNT];

static double noise(uint64_t *state) { return (double)(random_next(state) % 2001) / 1000.0 - 1.0; }

static void fill(double more, uint64_t seed)
{
    for (int i = 0; i < COUNT; i++) {
        const double both = noise(&seed);
        a[i] = 10 * both + noise(&seed) + more;
        b[i] = 10 * both + noise(&seed);
    }
}

static void pairs_see_through_what_both_have(void **state)
{
    struct paired paired;
    (void)state;
    fill(0.5, 3);
    assert_int_equal(paired_compare(a, b, COUNT, 1, &paired), OC_OK);
    assert_true(paired.low > 0.2 && paired.high < 0.8 && paired.chance < 0.001);
    assert_true(paired.low < paired.mean && paired.mean < paired.high);
    assert_int_equal(paired.count, COUNT);
    assert_true(paired.better > paired.worse && paired.better + paired.worse <= COUNT);
    assert_int_equal(paired_compare(b, a, COUNT, 1, &paired), OC_OK);
    assert_true(paired.high < 0 && paired.chance > 0.999);
}

static void what_is_not_there_is_found_as_often_as_said(void **state)
{
    uint32_t found = 0;
    (void)state;
    for (uint64_t seed = 1; seed <= 100; seed++) {
        struct paired paired;
        fill(0.0, seed * 977);
        assert_int_equal(paired_compare(a, b, COUNT, seed, &paired), OC_OK);
        found += paired.chance <= 0.05;
    }
    assert_true(found <= 5 + 7); /* and three deviations */
}

static void groups_that_are_alike_are_not_parted(void **state)
{
    struct two_groups groups;
    (void)state;
    fill(5.0, 3);
    assert_int_equal(paired_groups(a, COUNT, b, 100, 1, &groups), OC_OK);
    assert_true(groups.chance < 0.001 && groups.mean_a - groups.mean_b > 3);
    double squares = 0, sum = 0;
    for (int i = 0; i < COUNT; i++)
        sum += a[i];
    for (int i = 0; i < COUNT; i++)
        squares += (a[i] - sum / COUNT) * (a[i] - sum / COUNT);
    for (int more = 0; more < 3; more++) { /* as a table of the normal distribution has it, to what 2,000 draws tell */
        for (int i = 0; i < 100; i++)
            b[i] = a[i] + more * 0.7;
        assert_int_equal(paired_groups(b, 100, a + 100, 100, 1, &groups), OC_OK);
        const double off = groups.mean_a - groups.mean_b, error = det_sqrt(squares / (COUNT - 1) * 2 / 100);
        const double expected = 2 * normal_below(-(off < 0 ? -off : off) / error);
        assert_true(groups.chance - expected < 0.05 && expected - groups.chance < 0.05);
    }
    assert_int_equal(paired_groups(a, PAIRED_MIN - 1, b, 100, 1, &groups), OC_E_NOT_FOUND);
    assert_int_equal(paired_groups(a, 100, b, PAIRED_MIN - 1, 1, &groups), OC_E_NOT_FOUND);
}

static void other_orders_stand_around_the_one_that_was(void **state)
{
    struct other_orders orders;
    double even[PAIRED_MIN], sum = 0;
    (void)state;
    fill(0.0, 8);
    for (int i = 0; i < COUNT; i++)
        sum += a[i];
    assert_int_equal(paired_orders(a, COUNT, 1, &orders), OC_OK);
    assert_true(orders.net.low < sum && sum < orders.net.high && orders.net.low < orders.net.middle);
    assert_true(orders.fall.low > 0 && orders.fall.low < orders.fall.middle && orders.fall.middle < orders.fall.high);
    for (int i = 0; i < PAIRED_MIN; i++)
        even[i] = 2.0;
    assert_int_equal(paired_orders(even, PAIRED_MIN, 1, &orders), OC_OK);
    assert_true(orders.net.low == 40.0 && orders.net.high == 40.0 && orders.fall.high == 0.0);
    even[3] = -7.0; /* drawn as often as chance has it */
    assert_int_equal(paired_orders(even, PAIRED_MIN, 1, &orders), OC_OK);
    assert_true(orders.net.high == 40.0 && orders.net.low < 31.0 && orders.fall.middle >= 7.0);
    assert_int_equal(paired_orders(even, PAIRED_MIN - 1, 1, &orders), OC_E_NOT_FOUND);
    struct paired paired;
    assert_int_equal(paired_compare(a, b, PAIRED_MIN - 1, 1, &paired), OC_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_see_through_what_both_have),
        cmocka_unit_test(what_is_not_there_is_found_as_often_as_said),
        cmocka_unit_test(groups_that_are_alike_are_not_parted),
        cmocka_unit_test(other_orders_stand_around_the_one_that_was),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
