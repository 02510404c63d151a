/* report_course_test.c: how trips went, what they cost, why they ended, and what is made of many of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "report/analysis.h"
#include "support/report_sample.h"

static struct sample sample; /* large: not on the stack */

static void at(int64_t hour, int64_t whole_price)
{
    sample.now_ns = SAMPLE_START_NS + hour * SAMPLE_HOUR_NS;
    sample.price = whole_price * 100;
    sample.seq += 10;
}

static void bar(int64_t high, int64_t low, int64_t last)
{
    const struct price_seen seen = {sample.seq + 5, high * 100, low * 100, last * 100};
    collect_price(&sample.collect, sample.instrument, &seen);
}

static const struct trip *trip(uint32_t index)
{
    assert_true(index < sample.collect.trip_count);
    return &sample.collect.trips[index];
}

static void worst_and_best_are_of_the_time_it_was_open(void **state)
{
    (void)state;
    sample_init(&sample);
    bar(500, 1, 100); /* before it */
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0); /* 1 */
    bar(108, 97, 104);
    at(2, 104);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0); /* 2 at 102 */
    bar(106, 95, 100);                            /* -14 at 95 */
    at(3, 110);
    sample_fill(&sample, OC_SIDE_SELL, 100000, 0); /* 8 made, 1 left at 102 */
    bar(125, 110, 120);                            /* 8 + 25 of the rest: 110 + 125 - 204 */
    at(4, 112);
    sample_fill(&sample, OC_SIDE_SELL, 100000, 0);
    bar(1000, 1, 100); /* behind it */
    assert_true(trip(0)->worst == sample_units(-14));
    assert_true(trip(0)->best == sample_units(31));
    assert_int_equal(trip(0)->has_path, 1);
    assert_int_equal(trip(0)->left, 0);
    sample_release(&sample);
}

static void a_bar_counts_from_its_open_or_with_its_close(void **state)
{
    (void)state;
    sample_init(&sample);
    at(1, 100);
    sample.seq = 100; /* told behind the bar with number 50: within it */
    sample_fill(&sample, OC_SIDE_SELL, 100000, 0);
    const struct price_seen within = {50, 13000, 7000, 10100};
    collect_price(&sample.collect, sample.instrument, &within);
    assert_true(trip(0)->worst == sample_units(-1) && trip(0)->best == 0);
    const struct price_seen next = {101, 10300, 9800, 10000};
    collect_price(&sample.collect, sample.instrument, &next);
    assert_true(trip(0)->worst == sample_units(-3) && trip(0)->best == sample_units(2));
    sample_fill(&sample, OC_SIDE_SELL, 100000, OC_EVF_INSIDE); /* another within the bar that closes with number 200 */
    const struct price_seen closes = {200, 20000, 5000, 10000};
    collect_price(&sample.collect, sample.instrument, &closes);
    assert_true(trip(0)->worst == sample_units(-3) && trip(0)->best == sample_units(2));
    sample_release(&sample);
}

static void without_prices_nothing_is_said_of_them(void **state)
{
    (void)state;
    sample_init(&sample);
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0);
    sample_fill(&sample, OC_SIDE_SELL, 100000, 0);
    assert_int_equal(trip(0)->has_path, 0);
    sample_release(&sample);
}

static void a_multiple_needs_a_stop_on_all_of_it(void **state)
{
    (void)state;
    sample_init(&sample);
    sample.terms.has_stop_loss = true;
    sample.terms.stop_loss = 9000;
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0); /* risks 10 */
    at(2, 95);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0); /* and 5 */
    sample.terms.has_stop_loss = false;
    sample.terms.exit = EXIT_STOP;
    at(3, 90);
    sample_fill(&sample, OC_SIDE_SELL, 200000, 0); /* -15, and fees of 0.375 */
    const struct figure multiple = trip_multiple(trip(0));
    assert_true(trip(0)->risk == sample_units(15) && multiple.is_known);
    assert_true(multiple.value == -15.375 / 15.0);
    assert_int_equal(trip(0)->exit, EXIT_STOP);
    sample.terms.has_stop_loss = true;
    sample_fill(&sample, OC_SIDE_SELL, 100000, 0); /* a stop on the wrong side risks nothing */
    assert_true(trip(1)->risk == 0);
    sample.terms.has_stop_loss = false;
    sample_fill(&sample, OC_SIDE_SELL, 100000, 0); /* and this one has none */
    sample_fill(&sample, OC_SIDE_BUY, 200000, 0);
    assert_false(trip_multiple(trip(1)).is_known);
    sample_release(&sample);
}

static void costs_are_shared_where_a_fill_crosses_zero(void **state)
{
    (void)state;
    sample_init(&sample);
    sample.terms.has_slip = sample.terms.has_spread = true;
    sample.terms.spread = sample_units(1);
    sample.terms.slip = sample_units(3);
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0);
    sample.terms.spread = sample_units(4);
    sample.terms.slip = sample_units(8);
    sample_fill(&sample, OC_SIDE_SELL, 400000, 0); /* a quarter closes */
    assert_true(trip(0)->spread == sample_units(2) && trip(0)->slip == sample_units(5));
    assert_true(trip(1)->spread == sample_units(3) && trip(1)->slip == sample_units(6));
    assert_int_equal(trip(0)->exit, EXIT_REVERSED);
    assert_int_equal(trip(1)->exit, EXIT_NONE);
    assert_int_equal(trip(0)->has_no_slip | trip(0)->has_no_spread, 0);
    sample.terms.has_slip = false;
    sample_fill(&sample, OC_SIDE_BUY, 300000, OC_EVF_END);
    assert_int_equal(trip(1)->has_no_slip, 1);
    assert_int_equal(trip(1)->has_no_spread, 0);
    assert_int_equal(trip(1)->exit, EXIT_END);
    sample_release(&sample);
}

static void falls_are_listed_by_depth_with_their_recovery(void **state)
{
    (void)state;
    static const int64_t equity[] = {100, 90, 101, 60, 120, 119, 121, 100};
    struct fall falls[FALLS_MAX];
    collect_init(&sample.collect, sample_units(100));
    for (int64_t i = 0; i < 8; i++)
        collect_equity(&sample.collect, i + 1, sample_units(equity[i]), false);
    assert_int_equal(collect_falls(&sample.collect, falls), 4);
    assert_true(falls[0].from_ns == 3 && falls[0].to_ns == 4 && falls[0].back_ns == 5);
    assert_true(falls[1].from_ns == 7 && falls[1].to_ns == 8 && falls[1].back_ns == 0);
    assert_true(falls[2].from_ns == 1 && falls[2].to_ns == 2 && falls[2].back_ns == 3);
    assert_true(falls[3].amount == sample_units(1) && falls[3].peak == sample_units(120));
    collect_release(&sample.collect);
    collect_init(&sample.collect, sample_units(1000));
    for (int64_t i = 0; i < 40; i++) { /* each a little deeper: the first ones leave the list */
        collect_equity(&sample.collect, 2 * i + 1, sample_units(1000 + i), false);
        collect_equity(&sample.collect, 2 * i + 2, sample_units(999 - i), false);
    }
    assert_int_equal(collect_falls(&sample.collect, falls), FALLS_MAX);
    for (int i = 0; i < FALLS_MAX; i++)
        assert_true(falls[i].from_ns == 2 * (39 - i) + 1);
    collect_shift(&sample.collect, sample_units(1000));
    assert_int_equal(collect_falls(&sample.collect, falls), FALLS_MAX);
    assert_true(falls[0].peak == sample_units(2039) && falls[0].share == 79.0 / 2039.0);
    collect_release(&sample.collect);
}

static void groups_hold_every_closed_trip(void **state)
{
    (void)state;
    static char tags[TAGS_MAX + 6][OC_TAG_MAX];
    sample_init(&sample);
    for (int64_t i = 0; i < TAGS_MAX + 6; i++) { /* the tags beyond the limit share a row */
        snprintf(tags[i], sizeof tags[i], "tag %d", (int)i);
        sample.terms.tag = tags[i];
        at(i, 100);
        sample_fill(&sample, OC_SIDE_BUY, 100000, 0);
        at(i, i % 2 ? 110 : 90);
        sample_fill(&sample, OC_SIDE_SELL, 100000, 0);
    }
    static const uint32_t rows[GROUPING_COUNT] = {1, 1, TAGS_MAX + 1, 24, 3};
    for (int grouping = 0; grouping < GROUPING_COUNT; grouping++) {
        struct group_row row;
        uint64_t closed = 0, wins = 0;
        uint32_t count = 0;
        oc_i128 net = 0;
        for (uint32_t k = 0; analysis_group_next(&sample.collect, (enum grouping)grouping, &k, &row); count++) {
            closed += row.group->closed;
            wins += row.group->wins;
            net += row.group->net;
            if (grouping == BY_TAG && count == TAGS_MAX)
                assert_string_equal(row.name, "other tags");
            if (grouping == BY_WEEKDAY && count == 1) /* 2022-01-01 was a Saturday */
                assert_string_equal(row.name, "Saturday");
        }
        assert_int_equal(count, rows[grouping]);
        assert_int_equal(closed, TAGS_MAX + 6);
        assert_int_equal(wins, (TAGS_MAX + 6) / 2);
        assert_true(net == sample.position.realised - sample.fees);
    }
    sample_release(&sample);
}

static void many_strategies_in_one_instrument_are_all_followed(void **state)
{
    (void)state;
    sample_init(&sample);
    for (uint32_t i = 1; i <= 40; i++) { /* the table grows three times */
        position_release(&sample.position);
        position_init(&sample.position, 1, i, sample.instrument->info.inst, COST_AVERAGE);
        at(1, 100);
        sample_fill(&sample, i % 2 ? OC_SIDE_BUY : OC_SIDE_SELL, 100000, 0);
    }
    bar(107, 96, 100);
    assert_int_equal(sample.collect.open_trips, 40);
    for (uint32_t i = 0; i < 40; i++) {
        assert_true(trip(i)->best == sample_units(i % 2 ? 4 : 7));
        assert_true(trip(i)->worst == sample_units(i % 2 ? -7 : -4));
    }
    sample_release(&sample);
}

static void what_is_made_of_many_needs_many(void **state)
{
    (void)state;
    struct figures figures;
    struct histogram histogram;
    struct band band;
    sample_run(&sample, 24 * 20);
    assert_int_equal(figures_make(&sample.result, &figures), OC_OK);
    assert_false(analysis_histogram(&figures, &histogram));
    assert_false(analysis_band(&figures, &band));
    assert_false(analysis_rolling(&sample.result, &figures, figures.days - 1).is_known);
    figures_release(&figures);
    sample_release(&sample);
    sample_run(&sample, 24 * 400);
    assert_int_equal(figures_make(&sample.result, &figures), OC_OK);
    assert_true(figures.trips.closed >= BAND_TRIPS_MIN);
    assert_true(analysis_histogram(&figures, &histogram));
    uint32_t days = 0;
    for (uint32_t i = 0; i < histogram.count; i++)
        days += histogram.bins[i];
    assert_int_equal(days, figures.days);
    assert_true(analysis_band(&figures, &band));
    const double net = money_to_double(figures.trips.net), middle = (band.low + band.high) / 2 - net;
    assert_true(band.low < net && net < band.high && middle < 1e-6 && middle > -1e-6);
    assert_false(analysis_rolling(&sample.result, &figures, ROLLING_DAYS - 2).is_known);
    const struct figure rolling = analysis_rolling(&sample.result, &figures, ROLLING_DAYS - 1);
    double sharpe;
    assert_int_equal(stats_sharpe((struct returns){figures.returns, ROLLING_DAYS}, 0.0, 365, &sharpe), OC_OK);
    assert_true(rolling.is_known && rolling.value == sharpe);
    figures_release(&figures);
    sample_release(&sample);
}

static void a_path_keeps_its_extremes_at_its_limit(void **state)
{
    (void)state;
    struct paths paths = {0};
    struct price_seen seen;
    sample_init(&sample);
    for (int64_t i = 0; i <= PATHS_POINTS_MAX; i++) {
        struct market market = {.has_mark = true, .mark2 = 2 * (i == 77 ? 900000 : i == 78 ? 100 : 10000 + i)};
        assert_true(paths_take(&paths, sample.instrument, &market, i, &seen));
        assert_true(seen.seq == 0 && seen.high == market.mark2 / 2 && seen.low == seen.high);
    }
    const struct path *path = &paths.list[0];
    assert_int_equal(path->count, PATHS_POINTS_MAX / 2 + 1);
    assert_int_equal(path->stride, 2);
    assert_true(path->points[38].high == 9000.0 && path->points[39].low == 1.0);
    assert_true(path->points[0].open == 100.0 && path->points[0].close == 100.01 && path->points[0].ns == 1);
    struct market bars = {.has_mark = true, .mark2 = 20000, .last_ns = 5000};
    bars.bar = (struct oc_ev_bar){.head = {.size = sizeof bars.bar, .venue_ns = 5000, .seq = 9}, .open_ns = 4000};
    bars.bar.high = 10200;
    bars.bar.low = 9900;
    bars.bar.open = 9950;
    bars.bar.close = 10000;
    assert_true(paths_take(&paths, sample.instrument, &bars, 5000, &seen));
    assert_true(seen.seq == 9 && seen.high == 10200 && seen.low == 9900 && seen.last == 10000);
    paths_release(&paths);
    sample_release(&sample);
}

static void text_of_others_is_one_cell(void **state)
{
    (void)state;
    const char *dir = TEST_BUILD_DIR "/report_course_csv";
    char *data;
    size_t size;
    sample_init(&sample);
    sample.terms.tag = "a,\"b\"\n";
    at(1, 100);
    sample_fill(&sample, OC_SIDE_BUY, 100000, 0);
    sample.terms.tag = "plain";
    at(2, 110);
    sample_fill(&sample, OC_SIDE_SELL, 100000, 0);
    sample_end(&sample);
    assert_int_equal(report_csv(&sample.result, dir), OC_OK);
    assert_int_equal(env_read_file(TEST_BUILD_DIR "/report_course_csv/trips.csv", 1 << 20, &data, &size), OC_OK);
    assert_non_null(strstr(data, ",signal,\"a,\"\"b\"\"\n\",plain,0,0,0\n"));
    assert_non_null(
        strstr(data, "strategy 1,BTC/USDT,long,2022-01-01T01:00:00Z,2022-01-01T02:00:00Z,3600,1,100,110,10,0.21,"));
    env_free(data);
    assert_int_equal(report_csv(&sample.result, TEST_BUILD_DIR "/no such folder/below it"), OC_E_NOT_FOUND);
    sample_release(&sample);
}

static void orders_beyond_the_limit_are_counted(void **state)
{
    (void)state;
    struct order_rows rows = {0};
    struct oc_request request = {.kind = OC_REQUEST_NEW, .head = {.local_ns = 5}};
    for (uint64_t i = 1; i <= ORDER_ROWS_MAX + 2; i++) {
        request.order = i << 3;
        order_rows_ask(&rows, &request);
        order_rows_ask(&rows, &request); /* said again */
    }
    assert_int_equal(rows.count, ORDER_ROWS_MAX);
    assert_int_equal(rows.not_kept, 4);
    static const char why[OC_REASON_MAX] = "NO";
    order_rows_deny(&rows, 8, why, 9);
    order_rows_deny(&rows, 7, why, 9); /* nobody's */
    assert_true(rows.list[0].state == STATE_DENIED && rows.list[0].last_ns == 9);
    assert_string_equal(rows.list[0].reason, "NO");
    struct order order = {.now = request, .state = STATE_FILLED, .filled = 3};
    order.now.order = ORDER_ROWS_MAX << 3;
    order_rows_hear(&rows, &order, 11);
    assert_true(rows.list[ORDER_ROWS_MAX - 1].state == STATE_FILLED && rows.list[ORDER_ROWS_MAX - 1].filled == 3);
    order_rows_deny(&rows, order.now.order, why, 12); /* a change of it */
    assert_true(rows.list[ORDER_ROWS_MAX - 1].state == STATE_FILLED);
    order_rows_release(&rows);
}

/* TCA-5: bought at 100.03, the middle 100.00, then 100.02. */
static void TCA_5_what_came_after_a_fill(void **state)
{
    (void)state;
    static struct execution execution; /* large */
    memset(&execution, 0, sizeof execution);
    const int64_t after_ns[] = {10, 50, 200};
    for (int i = 0; i < EXECUTION_HORIZONS; i++)
        execution.horizons[i].after_ns = after_ns[i];
    for (uint32_t i = 0; i < EXECUTION_WAITING_MAX; i++) {
        execution.waiting[i].at_ns = 100;
        execution.waiting[i].price2 = 2 * 10003;
        execution.waiting[i].inst_index = 1 + i % 2;
        execution.waiting[i].side = OC_SIDE_BUY;
    }
    execution.waiting_count = EXECUTION_WAITING_MAX;
    execution_price(&execution, 1, 2 * 10000, 105);
    assert_int_equal(execution.horizons[0].markout.count, 0);
    execution_price(&execution, 1, 2 * 10002, 110); /* at the horizon: this one */
    execution_price(&execution, 1, 2 * 10009, 151); /* behind it: the one before */
    const int half = EXECUTION_WAITING_MAX / 2;
    assert_int_equal(execution.horizons[0].markout.count, half);
    assert_int_equal(execution.horizons[1].markout.count, half);
    const double expected = -1.0 / 10003.0;
    for (int i = 0; i < 2; i++) {
        const struct figure mean = analysis_share(&execution.horizons[i].markout);
        assert_true(mean.is_known && mean.value - expected < 1e-9 && expected - mean.value < 1e-9);
    }
    assert_int_equal(execution.waiting_count, EXECUTION_WAITING_MAX);
    execution_price(&execution, 1, 2 * 10009, 300);
    assert_int_equal(execution.waiting_count, half); /* the others are of another instrument */
    assert_false(analysis_share(&(struct share_sum){1, EXECUTION_FILLS_MIN - 1, 1}).is_known);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(worst_and_best_are_of_the_time_it_was_open),
        cmocka_unit_test(a_bar_counts_from_its_open_or_with_its_close),
        cmocka_unit_test(without_prices_nothing_is_said_of_them),
        cmocka_unit_test(a_multiple_needs_a_stop_on_all_of_it),
        cmocka_unit_test(costs_are_shared_where_a_fill_crosses_zero),
        cmocka_unit_test(falls_are_listed_by_depth_with_their_recovery),
        cmocka_unit_test(groups_hold_every_closed_trip),
        cmocka_unit_test(many_strategies_in_one_instrument_are_all_followed),
        cmocka_unit_test(what_is_made_of_many_needs_many),
        cmocka_unit_test(a_path_keeps_its_extremes_at_its_limit),
        cmocka_unit_test(text_of_others_is_one_cell),
        cmocka_unit_test(orders_beyond_the_limit_are_counted),
        cmocka_unit_test(TCA_5_what_came_after_a_fill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
