/* indicators_pair_test.c: correlation and beta of two markets against their definition, whichever bar comes first, with bars that have
 * no twin, and with markets that stand still. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "script/indicators.h"
#include "support/indicator_kit.h"

enum { BARS = 400, LENGTH = 20 };

static double own[BARS], other[BARS]; /* closes of the pairs */

static double want(int t, bool is_beta)
{
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (int i = t - LENGTH + 1; i <= t; i++) {
        x += (own[i] / own[i - 1] - 1) / LENGTH;
        y += (other[i] / other[i - 1] - 1) / LENGTH;
    }
    for (int i = t - LENGTH + 1; i <= t; i++) {
        const double a = own[i] / own[i - 1] - 1 - x, b = other[i] / other[i - 1] - 1 - y;
        xx += a * a, yy += b * b, xy += a * b;
    }
    return is_beta ? xy / yy : xy / sqrt(xx * yy);
}

static struct indicator_bar bar_at(int64_t close, int64_t open_ns)
{
    const struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR},
                                  .open_ns = open_ns,
                                  .open = close,
                                  .high = close,
                                  .low = close,
                                  .close = close};
    return indicator_bar_of(instrument, &bar.head);
}

static void take(struct indicator *indicator, bool is_own, int64_t close, int64_t open_ns)
{
    const struct indicator_bar bar = bar_at(close, open_ns);
    if (is_own)
        indicator_take(indicator, &bar);
    else
        indicator_take_other(indicator, &bar);
}

static void each_is_its_definition(uint32_t kind)
{
    const struct indicator_shape shape = {.kind = kind, .args = {LENGTH}};
    struct indicator now;
    uint32_t seed = 99;
    int64_t a = 10000, b = 20000;
    double got = 0;
    assert_int_equal(indicator_init(&now, &shape, instrument), OC_OK);
    for (int t = 0; t < BARS; t++) {
        seed = (uint32_t)((uint64_t)seed * 48271 % 2147483647);
        const int64_t common = (int64_t)(seed % 101) - 50;
        a += common + (int64_t)(seed / 101 % 61) - 30;
        b += 2 * common + (int64_t)(seed / 9999 % 61) - 30;
        own[t] = (double)a / 100;
        other[t] = (double)b / 100;
        const bool own_first = seed % 2;
        if (seed % 5 == 0) /* one without a twin, in between */
            take(&now, !own_first, 12345, t * 60 - 30);
        take(&now, own_first, own_first ? a : b, t * 60);
        assert_int_equal(now.count, t);
        take(&now, !own_first, own_first ? b : a, t * 60);
        assert_int_equal(now.count, t + 1);
        assert_int_equal(indicator_get(&now, 0, 0, &got), t >= LENGTH);
        assert_int_equal(indicator_missing(&now), t >= LENGTH ? 0 : LENGTH - t);
        if (t >= LENGTH && fabs(got - want(t, kind == INDICATOR_BETA)) > 5e-9)
            fail_msg("at pair %d: %.12f, expected %.12f", t, got, want(t, kind == INDICATOR_BETA));
        char *bytes = malloc(indicator_state_size(&now));
        struct indicator next;
        indicator_save(&now, bytes);
        assert_int_equal(indicator_init(&next, &shape, instrument), OC_OK);
        assert_int_equal(indicator_load(&next, bytes, indicator_state_size(&now)), OC_OK);
        free(bytes);
        indicator_release(&now);
        now = next;
    }
    indicator_release(&now);
}

static void correlation_is_its_definition(void **state) { (void)state, each_is_its_definition(INDICATOR_CORRELATION); }
static void beta_is_its_definition(void **state) { (void)state, each_is_its_definition(INDICATOR_BETA); }

/* No variance, a close of 0: there is no value until the window is good again. */
static void what_is_not_defined_has_no_value(void **state)
{
    (void)state;
    for (uint32_t kind = INDICATOR_CORRELATION; kind <= INDICATOR_BETA; kind++) {
        const struct indicator_shape shape = {.kind = kind, .args = {3}};
        static const int64_t rows[][2] = {{100, 300}, {110, 300}, {120, 300}, {115, 300}, {118, 300}, {119, 310},
                                          {0, 312},   {120, 314}, {121, 318}, {122, 313}, {119, 330}};
        struct indicator now;
        double got = 0;
        assert_int_equal(indicator_init(&now, &shape, instrument), OC_OK);
        for (int t = 0; t < 11; t++) {
            take(&now, false, rows[t][1], t);
            take(&now, true, rows[t][0], t);
            assert_int_equal(indicator_get(&now, 0, 0, &got), t >= 3);
            if (t >= 3) /* 3, 4: the other stands still; 6 to 9: there was a 0 */
                assert_int_equal(isnan(got), t == 3 || t == 4 || (t >= 6 && t < 10));
        }
        indicator_release(&now);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(correlation_is_its_definition),
        cmocka_unit_test(beta_is_its_definition),
        cmocka_unit_test(what_is_not_defined_has_no_value),
    };
    return cmocka_run_group_tests(tests, indicator_setup, indicator_teardown);
}
