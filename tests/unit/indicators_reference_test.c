/* indicators_reference_test.c: each indicator against its definition, worked out anew from the whole series at every bar; published
 * examples; and the same values when the state is saved, loaded and goes on at any bar. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "script/indicators.h"
#include "support/indicator_kit.h"

enum { BARS = 330 };

static double high[BARS], low[BARS], close[BARS], volume[BARS];
static struct oc_ev_bar bars[BARS];

static uint32_t draw(uint32_t *seed, uint32_t below)
{
    *seed = (uint32_t)((uint64_t)*seed * 48271 % 2147483647);
    return *seed % below;
}

/* A walk with gaps, and with a stretch in which nothing moves. */
static void make_bars(uint32_t seed)
{
    int64_t price = 10000;
    for (int i = 0; i < BARS; i++) {
        const bool is_still = i >= 200 && i < 260;
        const int64_t step = is_still ? 0 : (int64_t)draw(&seed, 201) - 100;
        const int64_t gap = !is_still && draw(&seed, 10) == 0 ? (int64_t)draw(&seed, 401) - 200 : 0;
        const int64_t open = price + gap;
        price = open + step < 500 ? 500 : open + step;
        bars[i] = (struct oc_ev_bar){.head = {.size = sizeof bars[i], .type = OC_EV_BAR},
                                     .open_ns = (int64_t)i * 3600000000000LL,
                                     .period_ns = 3600000000000LL,
                                     .open = open,
                                     .close = price,
                                     .high = (open > price ? open : price) + (is_still ? 0 : (int64_t)draw(&seed, 60)),
                                     .low = (open < price ? open : price) - (is_still ? 0 : (int64_t)draw(&seed, 60)),
                                     .volume = is_still ? 0 : 1 + (int64_t)draw(&seed, 5000),
                                     .present = OC_HAS_VOLUME};
        high[i] = (double)bars[i].high / 100.0;
        low[i] = (double)bars[i].low / 100.0;
        close[i] = (double)bars[i].close / 100.0;
        volume[i] = (double)bars[i].volume / 1000.0;
    }
}

/* What a line is to be at bar t; NaN: not defined. Only asked from the first value on. */
typedef double (*reference_fn)(int t, const double *args);

struct expected {
    uint32_t kind;
    double args[INDICATOR_ARGS_MAX];
    int first; /* bar of the first value */
    reference_fn lines[INDICATOR_LINES_MAX];
};

static double mean_of(const double *series, int t, int n)
{
    long double sum = 0;
    for (int i = t - n + 1; i <= t; i++)
        sum += series[i];
    return (double)(sum / n);
}
static double sma(int t, const double *a) { return mean_of(close, t, (int)a[0]); }

static double ema_from(const double *series, int first, int t, int n)
{
    double value = mean_of(series, first + n - 1, n);
    for (int i = first + n; i <= t; i++)
        value = 2.0 / (n + 1) * series[i] + (1 - 2.0 / (n + 1)) * value;
    return value;
}
static double ema(int t, const double *a) { return ema_from(close, 0, t, (int)a[0]); }

static double wma_of(const double *series, int t, int n)
{
    long double sum = 0, weights = 0;
    for (int i = 0; i < n; i++) {
        sum += (long double)series[t - i] * (n - i);
        weights += n - i;
    }
    return (double)(sum / weights);
}
static double wma(int t, const double *a) { return wma_of(close, t, (int)a[0]); }

static double hma(int t, const double *a)
{
    static double raw[BARS];
    const int n = (int)a[0], root = (int)floor(sqrt((double)n));
    for (int i = t - root + 1; i <= t; i++)
        raw[i] = 2 * wma_of(close, i, n / 2) - wma_of(close, i, n);
    return wma_of(raw, t, root);
}

static double macd_value(int t, const double *a)
{
    return ema_from(close, 0, t, (int)a[0]) - ema_from(close, 0, t, (int)a[1]);
}
static double macd_signal(int t, const double *a)
{
    static double values[BARS];
    for (int i = (int)a[1] - 1; i <= t; i++)
        values[i] = macd_value(i, a);
    return ema_from(values, (int)a[1] - 1, t, (int)a[2]);
}
static double macd_histogram(int t, const double *a) { return macd_value(t, a) - macd_signal(t, a); }

static double deviation(int t, int n)
{
    const double mean = mean_of(close, t, n);
    long double sum = 0;
    for (int i = t - n + 1; i <= t; i++)
        sum += (long double)(close[i] - mean) * (close[i] - mean);
    return (double)sqrtl(sum / n);
}
static double stddev(int t, const double *a) { return deviation(t, (int)a[0]); }
static bool is_flat(const double *series, int t, int n)
{
    for (int i = t - n + 1; i < t; i++)
        if (series[i] != series[t])
            return false;
    return true;
}
static double zscore(int t, const double *a)
{
    const int n = (int)a[0];
    return is_flat(close, t, n) ? NAN : (close[t] - mean_of(close, t, n)) / deviation(t, n);
}
static double bollinger_upper(int t, const double *a) { return sma(t, a) + a[1] * stddev(t, a); }
static double bollinger_lower(int t, const double *a) { return sma(t, a) - a[1] * stddev(t, a); }

static double highest(int t, int n)
{
    double value = high[t];
    for (int i = t - n + 1; i <= t; i++)
        value = fmax(value, high[i]);
    return value;
}
static double lowest(int t, int n)
{
    double value = low[t];
    for (int i = t - n + 1; i <= t; i++)
        value = fmin(value, low[i]);
    return value;
}
static double donchian_upper(int t, const double *a) { return highest(t, (int)a[0]); }
static double donchian_lower(int t, const double *a) { return lowest(t, (int)a[0]); }
static double donchian_middle(int t, const double *a) { return (donchian_upper(t, a) + donchian_lower(t, a)) / 2; }

static double range_at(int i)
{
    if (i == 0)
        return high[0] - low[0];
    return fmax(high[i] - low[i], fmax(fabs(high[i] - close[i - 1]), fabs(low[i] - close[i - 1])));
}
static double atr_of(int t, int n)
{
    double value = 0;
    for (int i = 0; i < n; i++)
        value += range_at(i) / n;
    for (int i = n; i <= t; i++)
        value = value + (range_at(i) - value) / n;
    return value;
}
static double atr(int t, const double *a) { return atr_of(t, (int)a[0]); }
static double keltner_upper(int t, const double *a) { return ema(t, a) + a[2] * atr_of(t, (int)a[1]); }
static double keltner_lower(int t, const double *a) { return ema(t, a) - a[2] * atr_of(t, (int)a[1]); }

static double rsi(int t, const double *a)
{
    const int n = (int)a[0];
    double up = 0, down = 0;
    for (int i = 1; i <= t; i++) {
        const double gain = fmax(close[i] - close[i - 1], 0), loss = fmax(close[i - 1] - close[i], 0);
        up = i <= n ? up + gain / n : up + (gain - up) / n;
        down = i <= n ? down + loss / n : down + (loss - down) / n;
    }
    return up + down > 0 ? 100 - 100 / (1 + up / down) : 50;
}

static double stochastic_raw(int t, int n)
{
    const double top = highest(t, n), bottom = lowest(t, n);
    return top > bottom ? (close[t] - bottom) / (top - bottom) * 100 : 50;
}
static double stochastic_k(int t, const double *a)
{
    double sum = 0;
    for (int i = 0; i < (int)a[1]; i++)
        sum += stochastic_raw(t - i, (int)a[0]);
    return sum / a[1];
}
static double stochastic_d(int t, const double *a)
{
    double sum = 0;
    for (int i = 0; i < (int)a[2]; i++)
        sum += stochastic_k(t - i, a);
    return sum / a[2];
}

static double typical(int i) { return (high[i] + low[i] + close[i]) / 3; }
static int64_t typical_units(int i) { return bars[i].high + bars[i].low + bars[i].close; }
static double cci(int t, const double *a)
{
    const int n = (int)a[0];
    double mean = 0, away = 0;
    bool flat = true;
    for (int i = t - n + 1; i <= t; i++) {
        mean += typical(i) / n;
        flat = flat && typical_units(i) == typical_units(t);
    }
    for (int i = t - n + 1; i <= t; i++)
        away += fabs(typical(i) - mean) / n;
    return flat ? NAN : (typical(t) - mean) / (0.015 * away);
}

static double adx_of(int t, int n, int what)
{
    double range = 0, plus = 0, minus = 0, value = 0;
    for (int i = 1; i <= t; i++) {
        const double up = high[i] - high[i - 1], down = low[i - 1] - low[i];
        range = (i > n ? range - range / n : range) + range_at(i);
        plus = (i > n ? plus - plus / n : plus) + (up > down && up > 0 ? up : 0);
        minus = (i > n ? minus - minus / n : minus) + (down > up && down > 0 ? down : 0);
        const double index = plus + minus > 0 ? 100 * fabs(plus - minus) / (plus + minus) : 0;
        if (i >= n)
            value = i < 2 * n ? value + index / n : value + (index - value) / n;
    }
    return what == 0 ? value : range > 0 ? 100 * (what > 0 ? plus : minus) / range : 0;
}
static double adx(int t, const double *a) { return adx_of(t, (int)a[0], 0); }
static double adx_plus(int t, const double *a) { return adx_of(t, (int)a[0], 1); }
static double adx_minus(int t, const double *a) { return adx_of(t, (int)a[0], -1); }

static double mfi(int t, const double *a)
{
    long double up = 0, down = 0;
    for (int i = t - (int)a[0] + 1; i <= t; i++) {
        up += typical_units(i) > typical_units(i - 1) ? (long double)typical(i) * volume[i] : 0;
        down += typical_units(i) < typical_units(i - 1) ? (long double)typical(i) * volume[i] : 0;
    }
    return up + down > 0 ? (double)(100 * up / (up + down)) : 50;
}
static double obv(int t, const double *a)
{
    double sum = 0;
    (void)a;
    for (int i = 1; i <= t; i++)
        sum += close[i] > close[i - 1] ? volume[i] : close[i] < close[i - 1] ? -volume[i] : 0;
    return sum;
}
static double vwap_since(int from, int t)
{
    double money = 0, total = 0;
    for (int i = from; i <= t; i++) {
        money += typical(i) * volume[i];
        total += volume[i];
    }
    return total > 0 ? money / total : NAN;
}
static double vwap_day(int t, const double *a) { return (void)a, vwap_since(t - t % 24, t); }
static double slope(int t, const double *a)
{
    const int n = (int)a[0];
    double x = (n - 1) / 2.0, y = mean_of(close, t, n), up = 0, down = 0;
    for (int i = 0; i < n; i++) {
        up += (i - x) * (close[t - n + 1 + i] - y);
        down += (i - x) * (i - x);
    }
    return up / down;
}

static double supertrend_of(int t, const double *a, bool is_direction)
{
    double upper = 0, lower = 0;
    bool up = false;
    for (int i = (int)a[0] - 1; i <= t; i++) {
        const double middle = (high[i] + low[i]) / 2, away = a[1] * atr_of(i, (int)a[0]);
        const bool is_first = i == (int)a[0] - 1;
        upper = is_first || close[i - 1] > upper ? middle + away : fmin(middle + away, upper);
        lower = is_first || close[i - 1] < lower ? middle - away : fmax(middle - away, lower);
        up = !is_first && (up ? close[i] >= lower : close[i] > upper);
    }
    return is_direction ? (up ? 1 : -1) : up ? lower : upper;
}
static double supertrend(int t, const double *a) { return supertrend_of(t, a, false); }
static double supertrend_way(int t, const double *a) { return supertrend_of(t, a, true); }

/* The stop of the bar after i, never inside i and the one before. */
static double sar_of(int t, const double *a, bool is_direction)
{
    bool up = !(low[0] - low[1] > 0 && low[0] - low[1] > high[1] - high[0]);
    double stop = up ? low[0] : high[0], extreme = up ? high[1] : low[1], factor = a[0], shown = stop;
    for (int i = 1; i <= t; i++) {
        if (up ? low[i] <= stop : high[i] >= stop) {
            up = !up;
            stop = up ? fmin(extreme, fmin(low[i], low[i - 1])) : fmax(extreme, fmax(high[i], high[i - 1]));
            extreme = up ? high[i] : low[i];
            factor = a[0];
        } else if (up ? high[i] > extreme : low[i] < extreme) {
            extreme = up ? high[i] : low[i];
            factor = fmin(factor + a[1], a[2]);
        }
        shown = stop;
        stop += factor * (extreme - stop);
        stop = up ? fmin(stop, fmin(low[i], low[i - 1])) : fmax(stop, fmax(high[i], high[i - 1]));
    }
    return is_direction ? (up ? 1 : -1) : shown;
}
static double sar(int t, const double *a) { return sar_of(t, a, false); }
static double sar_way(int t, const double *a) { return sar_of(t, a, true); }

/* The newest pivot known at t; `sign` -1: of lows. */
static double pivot_of(int t, const double *a, double sign, bool is_age)
{
    const double *series = sign > 0 ? high : low;
    for (int i = t - (int)a[1]; i >= (int)a[0]; i--) {
        bool is = true;
        for (int k = 1; k <= (int)a[1]; k++)
            is = is && series[i] * sign > series[i + k] * sign;
        for (int k = 1; k <= (int)a[0]; k++)
            is = is && series[i] * sign >= series[i - k] * sign;
        if (is)
            return is_age ? t - i : series[i];
    }
    return NAN;
}
static double pivot_high(int t, const double *a) { return pivot_of(t, a, 1, false); }
static double pivot_low(int t, const double *a) { return pivot_of(t, a, -1, false); }
static double pivot_high_age(int t, const double *a) { return pivot_of(t, a, 1, true); }
static double pivot_low_age(int t, const double *a) { return pivot_of(t, a, -1, true); }

static const struct expected all[] = {
    {INDICATOR_SMA, {7}, 6, {sma}},
    {INDICATOR_SMA, {1}, 0, {sma}},
    {INDICATOR_EMA, {12}, 11, {ema}},
    {INDICATOR_WMA, {9}, 8, {wma}},
    {INDICATOR_WMA, {1}, 0, {wma}},
    {INDICATOR_HMA, {2}, 1, {hma}},
    {INDICATOR_HMA, {9}, 10, {hma}},
    {INDICATOR_HMA, {55}, 60, {hma}},
    {INDICATOR_MACD, {12, 26, 9}, 33, {macd_value, macd_signal, macd_histogram}},
    {INDICATOR_BOLLINGER, {20, 2}, 19, {bollinger_upper, sma, bollinger_lower}},
    {INDICATOR_STDDEV, {20}, 19, {stddev}},
    {INDICATOR_STDDEV, {2}, 1, {stddev}},
    {INDICATOR_ZSCORE, {15}, 14, {zscore}},
    {INDICATOR_DONCHIAN, {20}, 19, {donchian_upper, donchian_middle, donchian_lower}},
    {INDICATOR_DONCHIAN, {1}, 0, {donchian_upper, donchian_middle, donchian_lower}},
    {INDICATOR_ATR, {14}, 13, {atr}},
    {INDICATOR_KELTNER, {20, 10, 2}, 19, {keltner_upper, ema, keltner_lower}},
    {INDICATOR_KELTNER, {5, 10, 1.5}, 9, {keltner_upper, ema, keltner_lower}},
    {INDICATOR_RSI, {14}, 14, {rsi}},
    {INDICATOR_STOCHASTIC, {14, 3, 3}, 17, {stochastic_k, stochastic_d}},
    {INDICATOR_STOCHASTIC, {5, 1, 1}, 4, {stochastic_k, stochastic_d}},
    {INDICATOR_CCI, {20}, 19, {cci}},
    {INDICATOR_ADX, {14}, 27, {adx, adx_plus, adx_minus}},
    {INDICATOR_ADX, {1}, 1, {adx, adx_plus, adx_minus}},
    {INDICATOR_MFI, {14}, 14, {mfi}},
    {INDICATOR_OBV, {0}, 0, {obv}},
    {INDICATOR_VWAP, {0}, 0, {vwap_day}},
    {INDICATOR_SLOPE, {10}, 9, {slope}},
    {INDICATOR_SLOPE, {2}, 1, {slope}},
    {INDICATOR_SUPERTREND, {10, 3}, 9, {supertrend, supertrend_way}},
    {INDICATOR_SUPERTREND, {7, 1}, 6, {supertrend, supertrend_way}},
    {INDICATOR_SAR, {0.02, 0.02, 0.2}, 1, {sar, sar_way}},
    {INDICATOR_PIVOTS, {3, 2}, 5, {pivot_high, pivot_low, pivot_high_age, pivot_low_age}},
    {INDICATOR_PIVOTS, {1, 4}, 5, {pivot_high, pivot_low, pivot_high_age, pivot_low_age}},
};

static struct indicator_shape shape_of(const struct expected *row)
{
    struct indicator_shape shape = {.kind = row->kind};
    memcpy(shape.args, row->args, sizeof shape.args);
    if (row->kind == INDICATOR_VWAP)
        shape.session_ns = 24 * 3600000000000LL;
    return shape;
}

static void check(const struct indicator *indicator, const struct expected *row, int t)
{
    for (uint32_t line = 0; line < indicator->lines; line++) {
        double got = 0;
        if (t < row->first) {
            assert_false(indicator_get(indicator, line, 0, &got));
            assert_int_equal(indicator_missing(indicator), row->first - t);
            continue;
        }
        const double want = row->lines[line](t, row->args);
        assert_int_equal(indicator_missing(indicator), 0);
        assert_true(indicator_get(indicator, line, 0, &got));
        if (isnan(want) != isnan(got) || (!isnan(want) && fabs(got - want) > 5e-9 * fmax(1, fabs(want))))
            fail_msg("%s line %u at bar %d is %.12g, expected %.12g", indicator_name(row->kind), (unsigned)line, t, got,
                     want);
    }
}

/* At two bars in three the state goes through bytes into another one that goes on. */
static void each_is_its_definition_however_it_was_cut(void **state)
{
    (void)state;
    uint32_t seed = 7;
    for (uint32_t walk = 1; walk <= 2; walk++) {
        make_bars(walk * 1234567);
        for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
            const struct indicator_shape shape = shape_of(&all[k]);
            struct indicator now, next;
            assert_int_equal(indicator_init(&now, &shape, instrument), OC_OK);
            for (int t = 0; t < BARS; t++) {
                indicator_add(&now, instrument, &bars[t].head);
                check(&now, &all[k], t);
                if (draw(&seed, 3) == 0)
                    continue;
                char *bytes = malloc(indicator_state_size(&now));
                indicator_save(&now, bytes);
                assert_int_equal(indicator_init(&next, &shape, instrument), OC_OK);
                assert_int_equal(indicator_load(&next, bytes, indicator_state_size(&now)), OC_OK);
                free(bytes);
                indicator_release(&now);
                now = next;
            }
            indicator_release(&now);
        }
    }
}

static void every_kind_is_looked_at(void **state)
{
    (void)state;
    for (uint32_t kind = INDICATOR_SMA; kind < INDICATOR_KINDS; kind++) {
        bool found = kind == INDICATOR_CORRELATION || kind == INDICATOR_BETA; /* indicators_pair_test.c */
        for (size_t k = 0; k < sizeof all / sizeof all[0]; k++)
            found = found || all[k].kind == kind;
        if (!found)
            fail_msg("%s has no reference", indicator_name(kind));
    }
}

/* The history is that of each line, bar by bar. */
static void history_reaches_back(void **state)
{
    (void)state;
    const struct expected *row = &all[9];
    const struct indicator_shape shape = shape_of(row);
    struct indicator bands;
    double value = 0;
    make_bars(99);
    assert_int_equal(row->kind, INDICATOR_BOLLINGER);
    assert_int_equal(indicator_init(&bands, &shape, instrument), OC_OK);
    for (int t = 0; t < 60; t++)
        indicator_add(&bands, instrument, &bars[t].head);
    for (uint32_t back = 0; back < INDICATOR_HISTORY; back++)
        for (uint32_t line = 0; line < 3; line++) {
            assert_true(indicator_get(&bands, line, back, &value));
            assert_true(fabs(value - row->lines[line](59 - (int)back, row->args)) < 1e-8);
        }
    assert_false(indicator_get(&bands, 0, INDICATOR_HISTORY, &value));
    indicator_release(&bands);
}

/* A day's VWAP begins anew at the day; an anchored one counts from its time on and is not defined before. */
static void vwap_counts_from_its_beginning(void **state)
{
    (void)state;
    struct indicator_shape shape = {.kind = INDICATOR_VWAP, .anchor_ns = 30 * 3600000000000LL};
    struct indicator vwap;
    double got = 0;
    make_bars(4);
    assert_int_equal(indicator_init(&vwap, &shape, instrument), OC_OK);
    for (int t = 0; t < 100; t++) {
        indicator_add(&vwap, instrument, &bars[t].head);
        assert_true(indicator_get(&vwap, 0, 0, &got));
        assert_true(t < 30 ? isnan(got) : fabs(got - vwap_since(30, t)) < 1e-9 * got);
    }
    indicator_release(&vwap);
}

static void add_close(struct indicator *indicator, int64_t units)
{
    const struct oc_ev_bar bar = {
        .head = {.size = sizeof bar, .type = OC_EV_BAR}, .open = units, .high = units, .low = units, .close = units};
    indicator_add(indicator, instrument, &bar.head);
}

/* The example of Wilder's index that StockCharts publishes (its sheet cs-rsi), to the two digits printed there. */
static void published_rsi(void **state)
{
    (void)state;
    static const int64_t closes[] = {443389, 440902, 441497, 436124, 443278, 448264, 450955, 454245, 458433, 460826,
                                     458931, 460328, 456140, 462820, 462820, 460028, 460328, 464116, 462222, 456439};
    static const double want[] = {70.53, 66.32, 66.55, 69.41, 66.36, 57.97};
    const struct indicator_shape shape = {.kind = INDICATOR_RSI, .args = {14}};
    struct indicator own;
    double got = 0;
    assert_int_equal(indicator_init(&own, &shape, instrument), OC_OK);
    for (int i = 0; i < 20; i++) {
        add_close(&own, closes[i]); /* in steps of 0.0001: the index has no unit */
        if (i >= 14)
            assert_true(indicator_get(&own, 0, 0, &got) && fabs(got - want[i - 14]) < 0.00501);
    }
    indicator_release(&own);
}

/* SIZE-7 of the formula sheet. */
static void size_7(void **state)
{
    (void)state;
    static const int64_t rows[][3] = {{4870, 4779, 4816}, {4872, 4814, 4861}, {4890, 4839, 4875}, {4887, 4837, 4863},
                                      {4882, 4824, 4874}, {4905, 4864, 4903}, {4920, 4894, 4907}, {4935, 4886, 4932}};
    static const double want[] = {0.616, 0.5748, 0.51184, 0.507472};
    const struct indicator_shape shape = {.kind = INDICATOR_ATR, .args = {5}};
    struct indicator own;
    double got = 0;
    assert_int_equal(indicator_init(&own, &shape, instrument), OC_OK);
    for (int i = 0; i < 8; i++) {
        const struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR},
                                      .open = rows[i][2],
                                      .high = rows[i][0],
                                      .low = rows[i][1],
                                      .close = rows[i][2]};
        indicator_add(&own, instrument, &bar.head);
        if (i >= 4)
            assert_true(indicator_get(&own, 0, 0, &got) && fabs(got - want[i - 4]) < 1e-12);
    }
    indicator_release(&own);
}

/* A price that is too large for exact sums ends the values; nothing overflows before. */
static void too_large_a_price_has_no_value(void **state)
{
    (void)state;
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        const struct indicator_shape shape = shape_of(&all[k]);
        struct indicator own;
        double got = 0;
        assert_int_equal(indicator_init(&own, &shape, instrument), OC_OK);
        for (int i = 0; i < 100; i++)
            add_close(&own, i % 2 ? INDICATOR_UNITS_MAX / 2 : -INDICATOR_UNITS_MAX / 2);
        assert_true(indicator_get(&own, 0, 0, &got) || indicator_missing(&own));
        add_close(&own, INDICATOR_UNITS_MAX / 2 + 1);
        for (int i = 0; i < 100; i++)
            add_close(&own, 10000);
        assert_true(indicator_get(&own, 0, 0, &got) && isnan(got));
        indicator_release(&own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_its_definition_however_it_was_cut),
        cmocka_unit_test(every_kind_is_looked_at),
        cmocka_unit_test(history_reaches_back),
        cmocka_unit_test(vwap_counts_from_its_beginning),
        cmocka_unit_test(published_rsi),
        cmocka_unit_test(size_7),
        cmocka_unit_test(too_large_a_price_has_no_value),
    };
    return cmocka_run_group_tests(tests, indicator_setup, indicator_teardown);
}
