/* remade_test.c: markets of chance made of bars: what stays, what goes, and where it cannot be made. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "feed/remade.h"

enum { BARS = 400 };

static struct oc_ev_bar bars[BARS], made[BARS];

static void walk(int64_t price)
{
    uint64_t state = 7;
    for (int i = 0; i < BARS; i++) {
        const int64_t open = price + (int64_t)(random_next(&state) % 21) - 10;
        price = open + (int64_t)(random_next(&state) % 2001) - 1000;
        const int64_t high = (open > price ? open : price) + (int64_t)(random_next(&state) % 300);
        const int64_t low = (open < price ? open : price) - (int64_t)(random_next(&state) % 300);
        bars[i] = (struct oc_ev_bar){.head = {.size = sizeof bars[i], .type = OC_EV_BAR, .venue_ns = 60 * (i + 1)},
                                     .open_ns = 60 * i,
                                     .period_ns = 60,
                                     .open = open,
                                     .high = high,
                                     .low = low,
                                     .close = price,
                                     .volume = 1000 + i,
                                     .present = OC_HAS_VOLUME};
    }
    memcpy(made, bars, sizeof bars);
}

static void bars_are_whole(void)
{
    for (int i = 0; i < BARS; i++) {
        assert_true(made[i].low >= 1 && made[i].low <= made[i].open && made[i].low <= made[i].close);
        assert_true(made[i].high >= made[i].open && made[i].high >= made[i].close);
        assert_true(made[i].head.venue_ns == bars[i].head.venue_ns && made[i].open_ns == bars[i].open_ns);
    }
}

static void blocks_keep_the_way_and_what_is_inside_them(void **state)
{
    uint32_t seen[BARS] = {0};
    (void)state;
    walk(10000000);
    assert_int_equal(remade_bars(made, BARS, REMADE_BLOCKS, 1, false), OC_OK);
    bars_are_whole();
    assert_true(llabs(made[0].open - bars[0].open) <= 20);                /* a gap at most */
    assert_true(llabs(made[BARS - 1].close - bars[BARS - 1].close) <= 2); /* the same moves, in another order */
    uint32_t moved = 0, joined = 0;
    for (int i = 0; i < BARS; i++) {
        const int64_t from = made[i].volume - 1000;
        seen[from]++;
        moved += from != i;
        joined += i > 0 && from == made[i - 1].volume - 1000 + 1;
        assert_true(llabs((made[i].close - made[i].open) - (bars[from].close - bars[from].open)) <= 200);
    }
    for (int i = 0; i < BARS; i++)
        assert_int_equal(seen[i], 1);
    assert_true(moved > BARS / 2);
    assert_true(joined >= BARS - 20 && joined < BARS - 1); /* twenty blocks of twenty */
}

static bool is_near(double a, double b)
{
    return a - b < 3e-7 && b - a < 3e-7;
} /* the price step is 1e-7 of the price */

static void coins_keep_sizes_and_turn_about_half(void **state)
{
    uint32_t turned = 0;
    (void)state;
    walk(10000000);
    assert_int_equal(remade_bars(made, BARS, REMADE_COINS, 1, false), OC_OK);
    bars_are_whole();
    for (int i = 0; i < BARS; i++) {
        const double was = (double)(bars[i].close - bars[i].open) / (double)bars[i].open;
        const double is = (double)(made[i].close - made[i].open) / (double)made[i].open;
        const double off = is - was, against = is + was;
        assert_true((off < 1e-6 && off > -1e-6) || (against < 1e-6 && against > -1e-6));
        const bool is_turned = !(off < 1e-6 && off > -1e-6);
        turned += is_turned;
        if (was < 1e-6 && was > -1e-6) /* turned or not, nobody can tell */
            continue;
        const double high = (double)made[i].high / (double)made[i].open,
                     low = (double)made[i].low / (double)made[i].open;
        const double was_high = (double)bars[i].high / (double)bars[i].open,
                     was_low = (double)bars[i].low / (double)bars[i].open;
        assert_true(is_near(high, is_turned ? 1 / was_low : was_high) &&
                    is_near(low, is_turned ? 1 / was_high : was_low));
        if (i == 0)
            continue;
        const double gap = (double)made[i].open / (double)made[i - 1].close,
                     was_gap = (double)bars[i].open / (double)bars[i - 1].close;
        assert_true(is_near(gap, is_turned ? 1 / was_gap : was_gap));
        assert_true(made[i].volume == bars[i].volume);
    }
    assert_true(turned > BARS / 2 - 50 && turned < BARS / 2 + 50);
}

static void the_seed_decides_and_nothing_else(void **state)
{
    struct oc_ev_bar other[BARS];
    (void)state;
    for (int kind = REMADE_BLOCKS; kind <= REMADE_COINS; kind++) {
        walk(10000000);
        memcpy(other, bars, sizeof other);
        assert_int_equal(remade_bars(made, BARS, (enum remade_kind)kind, 5, false), OC_OK);
        assert_int_equal(remade_bars(other, BARS, (enum remade_kind)kind, 5, false), OC_OK);
        assert_memory_equal(made, other, sizeof made);
        memcpy(other, bars, sizeof other);
        assert_int_equal(remade_bars(other, BARS, (enum remade_kind)kind, 6, false), OC_OK);
        assert_memory_not_equal(made, other, sizeof made);
    }
}

static void later_is_the_same_on_a_calendar_of_the_same_days(void **state)
{
    (void)state;
    walk(10000000);
    assert_int_equal(remade_bars(made, BARS, REMADE_LATER, 1, true), OC_OK);
    assert_true(REMADE_LATER_NS / 86400000000000LL % 7 == 0);
    assert_true(made[3].open_ns == bars[3].open_ns + REMADE_LATER_NS && made[3].close == bars[3].close);
    made[BARS - 1].head.venue_ns = INT64_MAX - 5;
    assert_int_equal(remade_bars(made, BARS, REMADE_LATER, 1, false), OC_E_LIMIT);
}

static void prices_of_zero_and_below_make_no_market(void **state)
{
    (void)state;
    walk(10000000);
    assert_int_equal(remade_bars(made, BARS, REMADE_COINS, 1, true), OC_E_NOT_SUPPORTED);
    made[7].low = 0;
    assert_int_equal(remade_bars(made, BARS, REMADE_BLOCKS, 1, false), OC_E_NOT_SUPPORTED);
    assert_int_equal(remade_bars(made, 0, REMADE_BLOCKS, 1, false), OC_OK);
    walk(1200); /* a few steps above nothing: it stops at one */
    for (int i = 0; i < BARS; i++)
        made[i].low = made[i].low > 0 ? made[i].low : 1, made[i].open = made[i].close = made[i].high = made[i].low;
    assert_int_equal(remade_bars(made, BARS, REMADE_COINS, 1, false), OC_OK);
    for (int i = 0; i < BARS; i++)
        assert_true(made[i].low >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_keep_the_way_and_what_is_inside_them),
        cmocka_unit_test(coins_keep_sizes_and_turn_about_half),
        cmocka_unit_test(the_seed_decides_and_nothing_else),
        cmocka_unit_test(later_is_the_same_on_a_calendar_of_the_same_days),
        cmocka_unit_test(prices_of_zero_and_below_make_no_market),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
