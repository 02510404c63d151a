/* collect_test.c: drawdown, curve, days and round trips at their edges. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/figures.h"
#include "support/report_sample.h"

#define DAY_NS (24 * SAMPLE_HOUR_NS)

static struct sample sample; /* large: not on the stack */

static struct collect *fresh(int64_t start)
{
    collect_init(&sample.collect, sample_units(start));
    return &sample.collect;
}

static void look(struct collect *collect, int64_t ns, int64_t equity)
{
    collect_equity(collect, ns, sample_units(equity), false);
}

static void the_largest_fall_is_by_share_of_its_peak(void **state)
{
    (void)state;
    struct collect *collect = fresh(100);
    struct fall fall;
    look(collect, 10, 100);
    look(collect, 20, 60); /* 40 % of 100 */
    look(collect, 30, 200);
    look(collect, 40, 140); /* 30 % of 200, but more money */
    look(collect, 50, 190);
    assert_int_equal(collect_fall(collect, &fall), OC_OK);
    assert_true(fall.share == 0.4);
    assert_true(fall.amount == sample_units(40) && fall.peak == sample_units(100));
    assert_true(fall.from_ns == 10 && fall.to_ns == 20);
    assert_true(collect->drawdown == sample_units(60) && collect->drawdown_peak == sample_units(200));
    assert_true(collect->drawdown_from_ns == 30 && collect->drawdown_to_ns == 40);
    look(collect, 60, 100); /* the running fall becomes the largest: 50 % of 200 */
    assert_int_equal(collect_fall(collect, &fall), OC_OK);
    assert_true(fall.share == 0.5 && fall.from_ns == 30 && fall.to_ns == 60);
    assert_true(collect->low == sample_units(60) && collect->peak == sample_units(200));
    collect_release(collect);
}

static void PERF_6_falls_event_by_event(void **state)
{
    (void)state;
    static const int64_t milli[] = {10, -5, 20, -10, 15, -20, 5, 0, 12, -8};
    struct collect *collect = fresh(100000);
    oc_i128 equity = sample_units(100000);
    for (int64_t i = 0; i < 10; i++) {
        equity += equity / 1000 * milli[i];
        collect_equity(collect, i + 1, equity, false);
    }
    struct fall fall;
    assert_int_equal(collect_fall(collect, &fall), OC_OK);
    assert_true(fall.share > 0.02 - 1e-12 && fall.share < 0.02 + 1e-12);
    double amount = money_to_double(fall.amount);
    assert_true(amount > 2060.0409752 && amount < 2060.0409754);
    assert_true(fall.from_ns == 5 && fall.to_ns == 6);
    collect_release(collect);
}

static void never_falling_is_zero_and_a_peak_at_zero_is_not_available(void **state)
{
    (void)state;
    struct collect *collect = fresh(100);
    struct fall fall;
    look(collect, 1, 100);
    look(collect, 2, 110);
    assert_int_equal(collect_fall(collect, &fall), OC_OK);
    assert_true(fall.share == 0.0 && fall.amount == 0);
    collect_release(collect);
    collect = fresh(0);
    look(collect, 1, -5);
    assert_int_equal(collect_fall(collect, &fall), OC_E_NOT_FOUND);
    look(collect, 2, 50); /* a later peak does not make the first one good */
    assert_int_equal(collect_fall(collect, &fall), OC_E_NOT_FOUND);
    collect_release(collect);
}

static void a_fall_from_the_start_has_the_time_of_the_first_event(void **state)
{
    (void)state;
    struct collect *collect = fresh(100);
    struct fall fall;
    look(collect, 777, 90);
    assert_int_equal(collect_fall(collect, &fall), OC_OK);
    assert_true(fall.from_ns == 777 && fall.to_ns == 777 && fall.share == 0.1);
    assert_true(collect->drawdown_from_ns == 777);
    collect_release(collect);
}

static void the_curve_halves_at_its_limit_and_keeps_the_first_point(void **state)
{
    (void)state;
    struct collect *collect = fresh(0);
    for (int64_t i = 0; i < CURVE_MAX; i++)
        look(collect, i, i);
    assert_int_equal(collect->curve_count, CURVE_MAX);
    assert_int_equal(collect->stride, 1);
    look(collect, CURVE_MAX, CURVE_MAX); /* one beyond */
    assert_int_equal(collect->curve_count, CURVE_MAX / 2 + 1);
    assert_int_equal(collect->stride, 2);
    for (int64_t i = CURVE_MAX + 1; i < 100000; i++)
        look(collect, i, i);
    assert_true(collect->curve_count <= CURVE_MAX && collect->curve_count > CURVE_MAX / 2);
    assert_int_equal(collect->stride, 32);
    for (uint32_t i = 0; i < collect->curve_count; i++) {
        assert_true(collect->curve[i].ns == (int64_t)(i * collect->stride));
        assert_true(collect->curve[i].equity == sample_units(collect->curve[i].ns));
    }
    assert_int_equal(collect->events, 100000);
    assert_true(collect->last == sample_units(99999));
    collect_release(collect);
}

static void days_close_at_midnight_utc(void **state)
{
    (void)state;
    struct collect *collect = fresh(100);
    look(collect, DAY_NS - 1, 101);
    look(collect, DAY_NS, 102); /* midnight still closes the day before */
    assert_int_equal(collect->day_count, 0);
    look(collect, DAY_NS + 1, 103);
    assert_int_equal(collect->day_count, 1);
    assert_true(collect->days[0].equity == sample_units(102) && collect->days[0].ns == DAY_NS);
    look(collect, 5 * DAY_NS, 104); /* days without events have no close */
    assert_int_equal(collect->day_count, 2);
    assert_true(collect->days[1].equity == sample_units(103));
    collect_release(collect);
}

static void days_stop_at_their_limit_and_are_counted(void **state)
{
    (void)state;
    struct collect *collect = fresh(100);
    for (int64_t day = 0; day <= DAYS_MAX; day++)
        look(collect, day * DAY_NS + 1, 100 + day);
    assert_int_equal(collect->day_count, DAYS_MAX);
    assert_int_equal(collect->days_dropped, 0);
    look(collect, (DAYS_MAX + 1) * DAY_NS + 1, 1);
    assert_int_equal(collect->day_count, DAYS_MAX);
    assert_int_equal(collect->days_dropped, 1);
    collect_release(collect);
}

static void at(int64_t hour, int64_t whole_price)
{
    sample.now_ns = SAMPLE_START_NS + hour * SAMPLE_HOUR_NS;
    sample.price = whole_price * 100;
}

static void a_market_that_skips_saturdays_has_252_days(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) { /* every day, working days, working days of ten days, one day a week */
        struct collect *collect = fresh(100);
        for (int64_t day = 0; day < (kind == 2 ? 10 : 28); day++) {
            int64_t weekday = (day + 4) % 7; /* 1970-01-01 was a Thursday */
            bool works = weekday != 0 && weekday != 6;
            if (kind == 0 || (kind == 3 ? weekday == 3 : works))
                look(collect, day * DAY_NS + 1, 100);
        }
        assert_int_equal(collect_periods(collect), kind == 1 ? 252 : 365);
        collect_release(collect);
    }
}

static void a_shift_moves_all_equity_so_far(void **state)
{
    (void)state;
    struct collect *collect = fresh(0);
    struct fall fall;
    look(collect, DAY_NS, 0);
    look(collect, DAY_NS + 1, -50);
    look(collect, DAY_NS + 2, 10);
    assert_int_equal(collect_fall(collect, &fall), OC_E_NOT_FOUND);
    collect_shift(collect, sample_units(100));
    look(collect, DAY_NS + 3, 110);
    assert_true(collect->start == sample_units(100) && collect->peak == sample_units(110));
    assert_true(collect->low == sample_units(50) && collect->curve[0].equity == sample_units(100));
    assert_true(collect->days[0].equity == sample_units(100));
    assert_int_equal(collect_fall(collect, &fall), OC_OK);
    collect_release(collect);
}

static void a_trip_runs_from_flat_to_flat(void **state)
{
    (void)state;
    sample_init(&sample);
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0); /* 1 at 100 */
    at(2, 110);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0);
    at(3, 120);
    sample_fill(&sample, OC_SIDE_SELL, 50000, 0);
    assert_int_equal(sample.collect.trip_count, 1);
    assert_int_equal(sample.collect.trips[0].is_open, 1);
    at(4, 130);
    sample_fill(&sample, OC_SIDE_SELL, 150000, 0);
    const struct trip *trip = &sample.collect.trips[0];
    assert_int_equal(trip->is_open, 0);
    assert_int_equal(trip->side, OC_SIDE_BUY);
    assert_int_equal(trip->qty, 200000);
    assert_int_equal(trip->fills, 4);
    assert_true(trip->entry_value == sample_units(210));
    assert_true(trip->exit_value == sample_units(60 + 195));
    assert_true(trip->profit == sample_units(45));
    assert_true(trip->fees == sample.fees);
    assert_true(trip->entry_ns == SAMPLE_START_NS + SAMPLE_HOUR_NS);
    assert_true(trip->exit_ns == SAMPLE_START_NS + 4 * SAMPLE_HOUR_NS);
    assert_string_equal(trip->tag, "cross");
    assert_int_equal(sample.collect.fills, 4);
    assert_int_equal(sample.collect.buys, 2);
    assert_int_equal(sample.collect.makers, 2);
    sample_release(&sample);
}

static void crossing_zero_ends_one_trip_and_starts_the_next(void **state)
{
    (void)state;
    sample_init(&sample);
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0);
    at(2, 120);
    sample_fill(&sample, OC_SIDE_SELL, 400000, 0); /* closes 1, opens -3; fee 0.48 */
    assert_int_equal(sample.collect.trip_count, 2);
    const struct trip *first = &sample.collect.trips[0], *second = &sample.collect.trips[1];
    assert_int_equal(first->is_open, 0);
    assert_true(first->profit == sample_units(20));
    assert_true(first->fees == sample_units(22) / 100); /* 0.10 and a quarter of 0.48 */
    assert_int_equal(second->is_open, 1);
    assert_int_equal(second->side, OC_SIDE_SELL);
    assert_int_equal(second->qty, 300000);
    assert_true(second->fees == sample_units(36) / 100);
    assert_true(second->profit == 0);
    at(3, 110);
    sample_fill(&sample, OC_SIDE_BUY, 300000, 0);
    second = &sample.collect.trips[1];
    assert_int_equal(second->is_open, 0);
    assert_true(second->profit == sample_units(30));
    oc_i128 fees = sample.collect.trips[0].fees + second->fees;
    assert_true(fees == sample.fees); /* nothing is lost by sharing */
    sample_release(&sample);
}

static void ambiguous_and_end_flags_reach_the_trip(void **state)
{
    (void)state;
    sample_init(&sample);
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 1000, 0);
    assert_int_equal(sample.collect.trips[0].is_ambiguous, 0);
    sample_fill(&sample, OC_SIDE_SELL, 1000, OC_EVF_AMBIGUOUS);
    assert_int_equal(sample.collect.trips[0].is_ambiguous, 1);
    assert_int_equal(sample.collect.trips[0].is_end, 0);
    sample_fill(&sample, OC_SIDE_SELL, 1000, 0);
    sample_fill(&sample, OC_SIDE_BUY, 1000, OC_EVF_END);
    assert_int_equal(sample.collect.trip_count, 2);
    assert_int_equal(sample.collect.trips[1].is_end, 1);
    assert_int_equal(sample.collect.trips[1].is_ambiguous, 0);
    sample_release(&sample);
}

/* S7: the list has its limit, the figures have none. */
static void S7_trips_beyond_the_list_are_in_all_figures(void **state)
{
    (void)state;
    sample_init(&sample);
    at(1, 100);
    for (int i = 0; i < 2 * TRIPS_MAX; i++) {
        at(2 * i + 1, 100);
        sample_fill(&sample, OC_SIDE_BUY, 1000, 0);
        at(2 * i + 2, i % 2 ? 103 : 99);
        sample_fill(&sample, OC_SIDE_SELL, 1000, i % 5 ? 0 : OC_EVF_AMBIGUOUS);
    }
    assert_int_equal(sample.collect.trip_count, TRIPS_MAX);
    assert_int_equal(sample.collect.trips_dropped, 0);
    assert_int_equal(sample.collect.fills, 4 * TRIPS_MAX);
    struct figures figures;
    sample.result.final = sample_equity(&sample);
    assert_int_equal(figures_make(&sample.result, &figures), OC_OK);
    assert_int_equal(figures.trips.closed, 2 * TRIPS_MAX);
    assert_int_equal(figures.trips.open, 0);
    assert_int_equal(figures.trips.wins, TRIPS_MAX);
    assert_int_equal(figures.trips.losses, TRIPS_MAX);
    assert_int_equal(figures.trips.ambiguous, 2 * TRIPS_MAX / 5);
    assert_true(figures.trips.has_money && figures.trips.net == figures.profit);
    assert_true(figures.trips.gains - figures.trips.losses_sum == figures.profit);
    assert_true(figures.trips.win_rate.value == 0.5);
    figures_release(&figures);
    sample_fill(&sample, OC_SIDE_BUY, 1000, 0); /* one that runs at the end */
    assert_int_equal(figures_make(&sample.result, &figures), OC_OK);
    assert_true(figures.trips.open == 1 && figures.trips.closed == 2 * TRIPS_MAX);
    figures_release(&figures);
    sample_release(&sample);
}

/* S7: a position that is held while another market goes round many times, closed at the end; the other way round behind
 * the limit of the list. */
static void S7_a_long_trip_is_not_lost_among_short_ones(void **state)
{
    (void)state;
    static const int rounds[] = {300, TRIPS_MAX + 10};
    for (int i = 0; i < 2; i++) {
        sample_init(&sample);
        struct oc_instrument info = sample.instrument->info;
        uint32_t first = info.inst, second;
        strcpy(info.symbol, "ETH/USDT");
        assert_int_equal(instruments_add(sample.instruments, &info, &second), OC_OK);
        struct position held = sample.position, other;
        position_init(&other, 1, 1, second, COST_AVERAGE);
        sample.instrument = instruments_get(sample.instruments, first);
        at(1, 100);
        sample_fill(&sample, OC_SIDE_BUY, 100000, 0);
        held = sample.position;
        sample.position = other;
        sample.instrument = instruments_get(sample.instruments, second);
        for (int k = 0; k < rounds[i]; k++) {
            sample_fill(&sample, OC_SIDE_BUY, 1000, 0);
            sample_fill(&sample, OC_SIDE_SELL, 1000, 0);
        }
        oc_i128 realised = sample.position.realised;
        sample.position = held;
        sample.instrument = instruments_get(sample.instruments, first);
        at(2, 220);
        sample_fill(&sample, OC_SIDE_SELL, 100000, 0);
        assert_true(sample.position.qty == 0);
        struct figures figures;
        sample.result.final = sample_equity(&sample) + realised;
        assert_int_equal(figures_make(&sample.result, &figures), OC_OK);
        assert_int_equal(figures.trips.closed, rounds[i] + 1);
        assert_int_equal(figures.trips.open, 0);
        assert_true(figures.trips.net == figures.profit);
        assert_true(i || figures.profit > sample_units(119));
        figures_release(&figures);
        sample_release(&sample);
    }
}

static void a_fee_in_another_asset_is_not_added_to_the_trip(void **state)
{
    (void)state;
    sample_init(&sample);
    uint32_t usdt = sample.asset;
    assert_int_equal(instruments_asset(sample.instruments, "BNB", &sample.asset), OC_OK);
    assert_int_not_equal(sample.asset, usdt);
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 1000, 0);
    assert_true(sample.collect.trips[0].fees == 0);
    sample_release(&sample);
}

static void a_replaced_fill_is_counted_once(void **state)
{
    (void)state;
    sample_init(&sample);
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 1000, OC_EVF_INFERRED);
    struct oc_ev_fill gone = {.head = {.inst = sample.instrument->info.inst}, .side = OC_SIDE_BUY, .qty = 1000};
    sample_fill(&sample, OC_SIDE_BUY, 1000, 0);
    collect_replaced(&sample.collect, &gone, sample.position.strategy);
    assert_true(sample.collect.fills == 1 && sample.collect.buys == 1 && sample.collect.inferred == 0);
    struct figures figures;
    sample.result.final = sample_equity(&sample);
    assert_int_equal(figures_make(&sample.result, &figures), OC_OK);
    assert_true(figures.strategies.count == 1 && figures.strategies.list[0].fills == 1);
    figures_release(&figures);
    /* One of before the last start: this life has not counted its side. */
    collect_restored(&sample.collect, 5);
    collect_replaced(&sample.collect, &gone, sample.position.strategy);
    assert_true(sample.collect.fills == 4 && sample.collect.fills_before == 3 && sample.collect.buys == 1);
    sample_release(&sample);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_fall_is_by_share_of_its_peak),
        cmocka_unit_test(PERF_6_falls_event_by_event),
        cmocka_unit_test(never_falling_is_zero_and_a_peak_at_zero_is_not_available),
        cmocka_unit_test(a_fall_from_the_start_has_the_time_of_the_first_event),
        cmocka_unit_test(the_curve_halves_at_its_limit_and_keeps_the_first_point),
        cmocka_unit_test(days_close_at_midnight_utc),
        cmocka_unit_test(days_stop_at_their_limit_and_are_counted),
        cmocka_unit_test(a_market_that_skips_saturdays_has_252_days),
        cmocka_unit_test(a_shift_moves_all_equity_so_far),
        cmocka_unit_test(a_trip_runs_from_flat_to_flat),
        cmocka_unit_test(crossing_zero_ends_one_trip_and_starts_the_next),
        cmocka_unit_test(ambiguous_and_end_flags_reach_the_trip),
        cmocka_unit_test(S7_trips_beyond_the_list_are_in_all_figures),
        cmocka_unit_test(S7_a_long_trip_is_not_lost_among_short_ones),
        cmocka_unit_test(a_fee_in_another_asset_is_not_added_to_the_trip),
        cmocka_unit_test(a_replaced_fill_is_counted_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
