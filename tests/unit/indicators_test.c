/* indicators_test.c: averages and ranges against what a page of arithmetic says, bar by bar. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/market.h"
#include "script/indicators.h"
#include "support/indicator_kit.h"

/* One with a length and nothing else. */
static oc_rc begin(struct indicator *indicator, uint32_t kind, uint32_t length)
{
    const struct indicator_shape shape = {.kind = kind, .args = {(double)length}};
    return indicator_init(indicator, &shape, instrument);
}

static void add(struct indicator *indicator, int64_t high, int64_t low, int64_t close)
{
    struct oc_ev_bar bar = {
        .head = {.size = sizeof bar, .type = OC_EV_BAR}, .open = close, .high = high, .low = low, .close = close};
    indicator_add(indicator, instrument, &bar.head);
}

static void is_now(const struct indicator *indicator, double want)
{
    assert_int_equal(indicator_missing(indicator), 0);
    double got = indicator->history[(indicator->ready - 1) % INDICATOR_HISTORY];
    if (fabs(got - want) > 1e-9)
        fail_msg("%s is %.10f, expected %.10f", indicator_name(indicator->shape.kind), got, want);
}

/* The true range reaches to the close before: up over a gap up, down over a gap down, and is the bar's own without one. */
static void a_true_range_spans_the_gap(void **state)
{
    (void)state;
    struct indicator atr;
    assert_int_equal(begin(&atr, INDICATOR_ATR, 1), OC_OK);
    add(&atr, 10100, 9900, 10000);
    is_now(&atr, 2.0); /* the first bar has nothing before it */
    add(&atr, 10050, 9950, 10000);
    is_now(&atr, 1.0);
    add(&atr, 10500, 10400, 10450); /* up: from 100 to 105 */
    is_now(&atr, 5.0);
    add(&atr, 9900, 9800, 9850); /* down: from 104.50 to 98 */
    is_now(&atr, 6.5);
    add(&atr, 9850, 9800, 9800); /* the close before is its high */
    is_now(&atr, 0.5);
    indicator_release(&atr);
}

static void an_average_range_is_smoothed(void **state)
{
    (void)state;
    struct indicator atr;
    assert_int_equal(begin(&atr, INDICATOR_ATR, 2), OC_OK);
    add(&atr, 10100, 9900, 10000);
    assert_int_equal(indicator_missing(&atr), 1);
    add(&atr, 10100, 10000, 10000);
    is_now(&atr, 1.5);
    add(&atr, 9700, 9600, 9650); /* down from 100: 4 */
    is_now(&atr, (1.5 + 4.0) / 2);
    indicator_release(&atr);
}

static void the_others_are_of_closes(void **state)
{
    (void)state;
    struct indicator sma, ema, rsi;
    assert_int_equal(begin(&sma, INDICATOR_SMA, 3), OC_OK);
    assert_int_equal(begin(&ema, INDICATOR_EMA, 3), OC_OK);
    assert_int_equal(begin(&rsi, INDICATOR_RSI, 2), OC_OK);
    static const int64_t closes[] = {10000, 10300, 10100, 10500, 10500};
    struct indicator *all[] = {&sma, &ema, &rsi};
    for (int i = 0; i < 5; i++) {
        for (int k = 0; k < 3; k++) {
            assert_int_equal(indicator_missing(all[k]), i < 3 ? 3 - i : 0);
            add(all[k], 20000, 1, closes[i]); /* highs and lows are nothing to them */
        }
        if (i == 2) {
            is_now(&sma, (100.0 + 103.0 + 101.0) / 3);
            is_now(&ema, (100.0 + 103.0 + 101.0) / 3);
            is_now(&rsi, 60.0); /* gained 3, lost 2 */
        } else if (i == 3) {
            is_now(&sma, (103.0 + 101.0 + 105.0) / 3);
            is_now(&ema, 304.0 / 3 + (105.0 - 304.0 / 3) / 2);
            is_now(&rsi, 100.0 * 2.75 / 3.25); /* (1.5 + 4) / 2 against 1 / 2 */
        }
    }
    is_now(&rsi, 100.0 * 1.375 / 1.625); /* unchanged: both halve */
    for (int k = 0; k < 3; k++)
        indicator_release(all[k]);
}

static void lengths_and_kinds_have_limits(void **state)
{
    (void)state;
    struct indicator indicator;
    assert_int_equal(begin(&indicator, INDICATOR_SMA, 0), OC_E_INVALID);
    assert_int_equal(begin(&indicator, INDICATOR_SMA, INDICATOR_LENGTH_MAX + 1), OC_E_INVALID);
    assert_int_equal(begin(&indicator, INDICATOR_SMA - 1, 3), OC_E_INVALID);
    assert_int_equal(begin(&indicator, INDICATOR_KINDS, 3), OC_E_INVALID);
    for (uint32_t kind = INDICATOR_SMA; kind <= INDICATOR_ATR; kind++) {
        assert_int_equal(begin(&indicator, kind, INDICATOR_LENGTH_MAX), OC_OK);
        indicator_release(&indicator);
    }
}

/* Saved and loaded it goes on; of another kind or length it is refused, and stays as it was. */
static void they_go_on_where_they_were_saved(void **state)
{
    (void)state;
    for (uint32_t kind = INDICATOR_SMA; kind <= INDICATOR_ATR; kind++) {
        struct indicator one, other, wrong;
        assert_int_equal(begin(&one, kind, 3), OC_OK);
        assert_int_equal(begin(&other, kind, 3), OC_OK);
        assert_int_equal(begin(&wrong, kind == INDICATOR_ATR ? INDICATOR_RSI : INDICATOR_ATR, 3), OC_OK);
        for (int i = 0; i < 6; i++)
            add(&one, 10100 + 17 * i, 9900 - 13 * i, 10000 + 29 * (i % 3));
        size_t size = indicator_state_size(&one);
        char *bytes = malloc(size);
        indicator_save(&one, bytes);
        assert_int_equal(indicator_load(&wrong, bytes, indicator_state_size(&wrong)), OC_E_DATA);
        assert_int_equal(indicator_load(&other, bytes, size - 1), OC_E_DATA);
        assert_int_equal(indicator_missing(&other), kind == INDICATOR_RSI ? 4 : 3);
        assert_int_equal(indicator_load(&other, bytes, size), OC_OK);
        for (int i = 0; i < 4; i++) {
            add(&one, 10400, 9700, 10050 + i);
            add(&other, 10400, 9700, 10050 + i);
            is_now(&other, one.history[(one.ready - 1) % INDICATOR_HISTORY]);
        }
        free(bytes);
        indicator_release(&one);
        indicator_release(&other);
        indicator_release(&wrong);
    }
}

/* Steps that change on the way change no value: as if it had always counted in the new ones. */
static void other_steps_are_the_same_prices(void **state)
{
    (void)state;
    static const uint32_t kinds[] = {INDICATOR_SMA,    INDICATOR_EMA,   INDICATOR_RSI,     INDICATOR_ATR,
                                     INDICATOR_WMA,    INDICATOR_HMA,   INDICATOR_CCI,     INDICATOR_STDDEV,
                                     INDICATOR_ZSCORE, INDICATOR_SLOPE, INDICATOR_DONCHIAN};
    static const int64_t closes[] = {10000, 10110, 9990, 10250, 10300, 9870, 10010, 10110, 10220, 9900, 10550, 10330};
    enum { BARS = sizeof closes / sizeof closes[0], TURNS = 6 };
    const struct oc_instrument before = instrument->info;
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
        for (uint32_t length = k < 4 ? 1 : 2; length < 6; length += 2) {
            struct instrument_steps old = {before.price_step, before.qty_step}, now;
            struct oc_instrument info = before;
            struct indicator turned, fresh;
            struct rescale rescale;
            uint32_t inst;
            assert_int_equal(instruments_add(instruments, &info, &inst), OC_OK);
            assert_int_equal(begin(&turned, kinds[k], length), OC_OK);
            for (int i = 0; i < TURNS; i++)
                add(&turned, closes[i] + 20, closes[i] - 30, closes[i]);
            info.price_step = (struct oc_dec){2, 3, 0}; /* 0.002: five in one before */
            assert_int_equal(instruments_add(instruments, &info, &inst), OC_OK);
            now = (struct instrument_steps){info.price_step, info.qty_step};
            assert_int_equal(rescale_init(&rescale, &old, &now), OC_OK);
            indicator_rescale(&turned, instrument, &rescale);
            assert_int_equal(begin(&fresh, kinds[k], length), OC_OK);
            for (int i = 0; i < BARS; i++) {
                double value = 0, other = 0;
                add(&fresh, 5 * (closes[i] + 20), 5 * (closes[i] - 30), 5 * closes[i]);
                if (i < TURNS)
                    continue;
                add(&turned, 5 * (closes[i] + 20), 5 * (closes[i] - 30), 5 * closes[i]);
                assert_true(indicator_get(&turned, 0, 0, &value) && indicator_get(&fresh, 0, 0, &other));
                if (kinds[k] == INDICATOR_SMA)
                    assert_true(value == other);
                is_now(&turned, other);
            }
            indicator_release(&turned);
            indicator_release(&fresh);
        }
    uint32_t inst;
    assert_int_equal(instruments_add(instruments, &before, &inst), OC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_true_range_spans_the_gap),       cmocka_unit_test(an_average_range_is_smoothed),
        cmocka_unit_test(the_others_are_of_closes),         cmocka_unit_test(lengths_and_kinds_have_limits),
        cmocka_unit_test(they_go_on_where_they_were_saved), cmocka_unit_test(other_steps_are_the_same_prices),
    };
    return cmocka_run_group_tests(tests, indicator_setup, indicator_teardown);
}
