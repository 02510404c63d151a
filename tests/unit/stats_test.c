/* stats_test.c: the worked numbers of the formula sheet, one test an id, and where a figure stops being available. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/normal.h"
#include "report/stats.h"

static const double common[] = {0.010, -0.005, 0.020, -0.010, 0.015, -0.020, 0.005, 0.000, 0.012, -0.008};
static const double losses[] = {0.012, -0.031, 0.008, -0.004, 0.021, -0.018, 0.003, -0.009, 0.015, -0.027,
                                0.006, -0.002, 0.010, -0.013, 0.019, -0.022, 0.001, -0.006, 0.004, -0.041};
static const struct returns series = {common, 10};
static const struct returns sample = {losses, 20};

/* 5e-9 or 1e-9 of the value, whichever is larger. */
static void near(double got, double want)
{
    double off = got > want ? got - want : want - got, size = want < 0 ? -want : want;
    double allowed = size * 1e-9 > 5e-9 ? size * 1e-9 : 5e-9;
    if (!(off <= allowed))
        fail_msg("got %.15g, want %.15g", got, want);
}

static void equity(double values[11])
{
    values[0] = 100000.0;
    for (int i = 0; i < 10; i++)
        values[i + 1] = values[i] * (1.0 + common[i]);
}

static void PERF_2(void **state)
{
    (void)state;
    double got;
    assert_int_equal(stats_mean(series, &got), OC_OK);
    near(got, 0.0019);
    assert_int_equal(stats_deviation(series, true, &got), OC_OK);
    near(got, 0.01267937958524);
    assert_int_equal(stats_deviation(series, false, &got), OC_OK);
    near(got, 0.01202871564216);
    assert_int_equal(stats_volatility(series, 252, &got), OC_OK);
    near(got, 0.2012789110);
    assert_int_equal(stats_volatility(series, 365, &got), OC_OK);
    near(got, 0.2422392068);
}

static void PERF_3(void **state)
{
    (void)state;
    double got;
    assert_int_equal(stats_sharpe(series, 0.0, 252, &got), OC_OK);
    near(got, 2.3787887052);
    assert_int_equal(stats_sharpe(series, 0.0, 365, &got), OC_OK);
    near(got, 2.8628726498);
    assert_int_equal(stats_sharpe(series, 0.0001, 252, &got), OC_OK);
    near(got, 2.2535892996);
    assert_int_equal(stats_sharpe(series, 0.0001, 365, &got), OC_OK);
    near(got, 2.7121951420);
}

static void PERF_4(void **state)
{
    (void)state;
    double got;
    assert_int_equal(stats_downside(series, 0.0, &got), OC_OK);
    near(got, 0.00767463354174);
    assert_int_equal(stats_sortino(series, 0.0, 252, &got), OC_OK);
    near(got, 3.9300332429);
    assert_int_equal(stats_sortino(series, 0.0, 365, &got), OC_OK);
    near(got, 4.7297957400);
    assert_int_equal(stats_downside(series, 0.001, &got), OC_OK);
    near(got, 0.00824621125124);
    assert_int_equal(stats_sortino(series, 0.001, 252, &got), OC_OK);
    near(got, 1.7325601594);
}

static void PERF_5(void **state)
{
    (void)state;
    double values[11], got;
    equity(values);
    near(values[10], 101842.76581505);
    near(values[10] / values[0] - 1.0, 0.018427658151);
    assert_int_equal(stats_cagr(values[0], values[10], 10, 252, &got), OC_OK);
    near(got, 0.5843118412);
    assert_int_equal(stats_cagr(values[0], values[10], 10, 365, &got), OC_OK);
    near(got, 0.9473847352);
}

static void PERF_7(void **state)
{
    (void)state;
    double values[11], growth, got;
    equity(values);
    assert_int_equal(stats_cagr(values[0], values[10], 10, 252, &growth), OC_OK);
    assert_int_equal(stats_calmar(growth, 0.02, &got), OC_OK); /* PERF-6 */
    near(got, 29.21559206);
    assert_int_equal(stats_ulcer(values, 11, &got), OC_OK);
    near(got, 0.010575727786);
}

static void PERF_9(void **state)
{
    (void)state;
    struct moments moments;
    double z, got;
    assert_int_equal(stats_moments(series, &moments), OC_OK);
    near(moments.skew, -0.2140223729);
    near(moments.kurtosis, 1.9753634741);
    assert_int_equal(stats_probable_sharpe(series, &z, &got), OC_OK);
    near(z, 0.4413397536);
    near(got, 0.6705164747);
    assert_int_equal(stats_probable_sharpe(series, NULL, &got), OC_OK);
}

/* The example of Bailey and Lopez de Prado 2014: five years of days, 100 trials whose yearly ratios vary by 1/2, a yearly ratio of 2.5. */
static void PERF_9_deflated(void **state)
{
    (void)state;
    const struct sharpe_sample example = {0.15811388300841897, 1250, {-3.0, 10.0}}; /* 2.5 / sqrt(250) */
    double best, z, got;
    assert_int_equal(stats_best_of_luck(100, 1.0 / 500, &best), OC_OK);
    near(best, 0.11317200186513214);
    assert_int_equal(stats_sharpe_above(example, best, &z, &got), OC_OK);
    near(z, 1.2838160365336546);
    near(got, 0.9003968344493904);
    struct sharpe_sample own = {0.0, 10, {0.0, 0.0}}; /* the common series, the best of ten */
    assert_int_equal(stats_sharpe(series, 0.0, 1.0, &own.ratio), OC_OK);
    assert_int_equal(stats_moments(series, &own.moments), OC_OK);
    assert_int_equal(stats_best_of_luck(10, 0.01, &best), OC_OK);
    near(best, 0.157459830134575);
    assert_int_equal(stats_sharpe_above(own, best, &z, &got), OC_OK);
    near(z, -0.022413777523092687);
    near(got, 0.49105894511947923);
}

static void one_trial_has_no_luck_to_be_the_best_of(void **state)
{
    (void)state;
    const struct sharpe_sample example = {0.1, 1, {0.0, 3.0}};
    double best = 5.0, got;
    assert_int_equal(stats_best_of_luck(1, 0.5, &best), OC_OK);
    assert_true(best == 0.0);
    assert_int_equal(stats_best_of_luck(0, 0.5, &best), OC_E_INVALID);
    assert_int_equal(stats_best_of_luck(2, -0.5, &best), OC_E_INVALID);
    assert_int_equal(stats_sharpe_above(example, 0.0, NULL, &got), OC_E_NOT_FOUND);
}

static void the_quantile_is_the_inverse(void **state)
{
    (void)state;
    near(normal_quantile(0.90), 1.2815515655446005);
    near(normal_quantile(0.95), 1.6448536269514727);
    near(normal_quantile(0.975), 1.9599639845400542);
    near(normal_quantile(0.99), 2.3263478740408411);
    near(normal_quantile(0.5), 0.0);
    near(normal_quantile(0.05), -1.6448536269514727);
    near(normal_below(normal_quantile(1e-9)), 1e-9);
}

static void historical(uint32_t percent, uint32_t rank, double value_at_risk, double shortfall)
{
    double scratch[20];
    struct tail tail;
    assert_int_equal(stats_tail(sample, percent, scratch, &tail), OC_OK);
    assert_int_equal(tail.rank, rank);
    near(tail.value_at_risk, value_at_risk);
    near(tail.shortfall, shortfall);
}

static void VAR_1(void **state)
{
    (void)state;
    historical(90, 18, 0.027, 0.036);
}

static void VAR_2(void **state)
{
    (void)state;
    historical(92, 19, 0.031, 0.03725);
}

static void VAR_3(void **state)
{
    (void)state;
    historical(95, 19, 0.031, 0.041);
}

static void VAR_4(void **state)
{
    (void)state;
    historical(99, 20, 0.041, 0.041);
}

static void parametric(uint32_t percent, double one, double ten, double shortfall)
{
    struct tail tail;
    assert_int_equal(stats_tail_normal(sample, percent, 1, &tail), OC_OK);
    near(tail.value_at_risk, one);
    near(tail.shortfall, shortfall);
    assert_int_equal(stats_tail_normal(sample, percent, 10, &tail), OC_OK);
    near(tail.value_at_risk, ten);
}

static void VAR_5(void **state)
{
    (void)state;
    parametric(95, 0.031959352247, 0.126363918302, 0.039138367802);
}

static void VAR_6(void **state)
{
    (void)state;
    parametric(99, 0.043667741169, 0.163389095025, 0.049489622999);
}

static void VAR_7(void **state)
{
    (void)state;
    struct tail tail;
    assert_int_equal(stats_tail_shaped(sample, 95, &tail), OC_OK);
    near(tail.value_at_risk, 0.034748066949);
}

static void normal_is_right_in_the_middle_and_in_the_tails(void **state)
{
    (void)state;
    static const double table[][2] = {{0.90, 1.2815515655446005},
                                      {0.95, 1.6448536269514727},
                                      {0.975, 1.9599639845400542},
                                      {0.99, 2.3263478740408411},
                                      {0.5, 0.0},
                                      {0.05, -1.6448536269514727}};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        near(normal_below(table[i][1]), table[i][0]);
    double tail = normal_below(-6.0), want = 9.865876450376981e-10; /* beyond the series */
    assert_true(tail > want * (1 - 1e-12) && tail < want * (1 + 1e-12));
    assert_true(normal_below(-41.0) == 0.0 && normal_below(41.0) == 1.0);
    double below = normal_below(4.999999999), above = normal_below(5.000000001); /* where the two methods meet */
    assert_true(above > below && above - below < 1e-13);
}

static void sums_keep_what_plain_addition_loses(void **state)
{
    (void)state;
    const double values[] = {1.0, 1e100, 1.0, -1e100};
    assert_true(stats_sum(values, 4) == 2.0);
    assert_true(stats_sum(values, 0) == 0.0);
}

static void too_few_or_equal_returns_are_not_available(void **state)
{
    (void)state;
    const double same[] = {0.1, 0.1, 0.1}, up[] = {0.1, 0.2};
    struct returns none = {same, 0}, one = {same, 1}, flat = {same, 3}, rising = {up, 2};
    double got = 777.0;
    struct moments moments;
    assert_int_equal(stats_mean(none, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_deviation(one, true, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_volatility(one, 365, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_sharpe(flat, 0.0, 365, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_sharpe(one, 0.0, 365, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_sortino(rising, 0.0, 365, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_downside(none, 0.0, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_moments(flat, &moments), OC_E_NOT_FOUND);
    assert_int_equal(stats_probable_sharpe(flat, NULL, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_sharpe(series, 0.0, 0, &got), OC_E_INVALID);
    assert_true(got == 777.0);
    assert_int_equal(stats_deviation(flat, true, &got), OC_OK); /* exactly 0 although 0.3 / 3 is not 0.1 */
    assert_true(got == 0.0);
}

static void values_that_may_not_be_divided_by_are_not_available(void **state)
{
    (void)state;
    const double sinks[] = {100.0, 0.0, 50.0}, ends_at_zero[] = {100.0, 0.0}, debt[] = {-1.0, -2.0};
    double got = 777.0, returns[2];
    assert_int_equal(stats_returns(sinks, 3, returns), OC_E_NOT_FOUND);
    assert_int_equal(stats_returns(ends_at_zero, 1, returns), OC_E_NOT_FOUND);
    assert_int_equal(stats_returns(ends_at_zero, 2, returns), OC_OK);
    near(returns[0], -1.0);
    assert_int_equal(stats_cagr(100.0, 0.0, 10, 365, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_cagr(100.0, 200.0, 0, 365, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_cagr(1.0, 1e300, 1, 365, &got), OC_E_NOT_FOUND); /* no number is that large */
    assert_int_equal(stats_ulcer(debt, 2, &got), OC_E_NOT_FOUND);
    assert_int_equal(stats_calmar(0.5, 0.0, &got), OC_E_NOT_FOUND);
    assert_true(got == 777.0);
}

static void confidence_is_a_per_cent_inside_the_range(void **state)
{
    (void)state;
    double scratch[20];
    struct tail tail;
    assert_int_equal(stats_tail(sample, 0, scratch, &tail), OC_E_INVALID);
    assert_int_equal(stats_tail(sample, 100, scratch, &tail), OC_E_INVALID);
    assert_int_equal(stats_tail(sample, 1, scratch, &tail), OC_OK);
    assert_int_equal(tail.rank, 1);
    near(tail.value_at_risk, -0.021);
    assert_int_equal(stats_tail((struct returns){losses, 0}, 95, scratch, &tail), OC_E_NOT_FOUND);
    assert_int_equal(stats_tail((struct returns){losses, 1}, 95, scratch, &tail), OC_OK);
    near(tail.shortfall, -0.012);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(PERF_2),
        cmocka_unit_test(PERF_3),
        cmocka_unit_test(PERF_4),
        cmocka_unit_test(PERF_5),
        cmocka_unit_test(PERF_7),
        cmocka_unit_test(PERF_9),
        cmocka_unit_test(PERF_9_deflated),
        cmocka_unit_test(one_trial_has_no_luck_to_be_the_best_of),
        cmocka_unit_test(the_quantile_is_the_inverse),
        cmocka_unit_test(VAR_1),
        cmocka_unit_test(VAR_2),
        cmocka_unit_test(VAR_3),
        cmocka_unit_test(VAR_4),
        cmocka_unit_test(VAR_5),
        cmocka_unit_test(VAR_6),
        cmocka_unit_test(VAR_7),
        cmocka_unit_test(normal_is_right_in_the_middle_and_in_the_tails),
        cmocka_unit_test(sums_keep_what_plain_addition_loses),
        cmocka_unit_test(too_few_or_equal_returns_are_not_available),
        cmocka_unit_test(values_that_may_not_be_divided_by_are_not_available),
        cmocka_unit_test(confidence_is_a_per_cent_inside_the_range),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
