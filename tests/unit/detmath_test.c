/* detmath_test.c: the deterministic functions against libm (accuracy), and against recorded bits
 * (sameness). */
#include "base/detmath.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { CASES = 400000, ULP_MAX = 2 };

static uint64_t state;

static uint64_t draw(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (state ^ state >> 29) * 0x9e3779b97f4a7c15u;
}

static double unit(void) { return (double)(draw() >> 11) * 0x1p-53; }
static double between(double low, double high) { return low + (high - low) * unit(); }

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* Any finite double but zero. */
static double anything(void)
{
    for (;;) {
        uint64_t bits = draw();
        double x;
        memcpy(&x, &bits, sizeof x);
        if (isfinite(x) && x != 0)
            return x;
    }
}

static int64_t ulps(double a, double b)
{
    if (isnan(a) && isnan(b))
        return 0;
    int64_t x = (int64_t)bits_of(a);
    int64_t y = (int64_t)bits_of(b);
    if ((x < 0) != (y < 0))
        return a == b ? 0 : INT64_MAX;
    return x > y ? x - y : y - x;
}

static void check(const char *name, double x, double y, double mine, double libm)
{
    if (ulps(mine, libm) > ULP_MAX)
        fail_msg("%s(%a, %a) is %a, expected %a", name, x, y, mine, libm);
}

static void functions_agree_with_libm(void **unused)
{
    (void)unused;
    state = 1;
    for (int at = 0; at < CASES; at++) {
        double x = at & 1 ? between(-750, 720) : between(-1, 1);
        check("exp", x, 0, det_exp(x), exp(x));
        x = fabs(at & 1 ? anything() : between(0.5, 2));
        check("log", x, 0, det_log(x), log(x));
        check("log2", x, 0, det_log2(x), log2(x));
        check("log10", x, 0, det_log10(x), log10(x));
        assert_true(bits_of(det_sqrt(x)) == bits_of(sqrt(x)));
        x = at & 1 ? anything() : between(-30, 30);
        check("sin", x, 0, det_sin(x), sin(x));
        check("cos", x, 0, det_cos(x), cos(x));
        check("tan", x, 0, det_tan(x), tan(x));
        x = between(-1, 1);
        check("asin", x, 0, det_asin(x), asin(x));
        check("acos", x, 0, det_acos(x), acos(x));
        x = at & 1 ? anything() : between(-2, 2);
        double y = at & 2 ? anything() : between(-2, 2);
        check("atan2", y, x, det_atan2(y, x), atan2(y, x));
        x = at & 1 ? fabs(anything()) : between(0, 10);
        y = at & 2 ? between(-300, 300) : (double)(at % 41 - 20);
        check("pow", x, y, det_pow(x, y), pow(x, y));
    }
}

static void near_multiples_of_half_pi(void **unused)
{
    (void)unused;
    for (int at = 1; at < 20000; at++)
        for (int step = -2; step <= 2; step++) {
            double x = at * 1.5707963267948966;
            for (int move = 0; move < (step < 0 ? -step : step); move++)
                x = nextafter(x, step < 0 ? 0 : 1e9);
            check("sin", x, 0, det_sin(x), sin(x));
            check("cos", x, 0, det_cos(x), cos(x));
            check("tan", x, 0, det_tan(x), tan(x));
        }
    /* among doubles, the nearest to a multiple of pi / 2; the cosine was computed with 3000 bits
     * (libm is 8 units off) */
    double hard = 0x1.6ac5b262ca1ffp+849;
    assert_true(det_cos(hard) == -0x1.14ae72e6ba22fp-61);
    assert_true(det_sin(hard) == 1);
}

static void exact_functions_are_exact(void **unused)
{
    (void)unused;
    state = 2;
    for (int at = 0; at < CASES; at++) {
        double x = at & 1 ? anything() : between(-1e6, 1e6);
        double y = at & 2 ? anything() : between(-100, 100);
        assert_true(bits_of(det_floor(x)) == bits_of(floor(x)));
        assert_true(bits_of(det_ceil(x)) == bits_of(ceil(x)));
        assert_true(bits_of(det_trunc(x)) == bits_of(trunc(x)));
        if (bits_of(det_fmod(x, y)) != bits_of(fmod(x, y)))
            fail_msg("fmod(%a, %a) is %a, expected %a", x, y, det_fmod(x, y), fmod(x, y));
    }
    for (int at = -1074; at < 1024; at++)
        assert_true(det_log2(ldexp(1, at)) == at);
    double ten = 1;
    for (int at = 0; at <= 22; at++, ten *= 10) {
        assert_true(det_log10(ten) == at);
        assert_true(det_pow(10, at) == ten);
    }
}

static const double edges[] = {0.0,
                               -0.0,
                               1,
                               -1,
                               2,
                               -2,
                               3,
                               -3,
                               0.5,
                               -0.5,
                               1e-320,
                               -1e-320,
                               1e308,
                               -1e308,
                               INFINITY,
                               -INFINITY,
                               NAN,
                               0x1p-1022,
                               4503599627370497.0,
                               9007199254740993.0,
                               0x1p64,
                               -0x1p64,
                               1.5,
                               -1.5};

static void same(const char *name, double x, double y, double mine, double libm)
{
    if (isnan(mine) && isnan(libm))
        return;
    if (ulps(mine, libm) > 1 || signbit(mine) != signbit(libm))
        fail_msg("%s(%a, %a) is %a, expected %a", name, x, y, mine, libm);
}

static void edges_are_as_in_c(void **unused)
{
    (void)unused;
    size_t count = sizeof edges / sizeof *edges;
    for (size_t a = 0; a < count; a++) {
        double x = edges[a];
        same("exp", x, 0, det_exp(x), exp(x));
        same("log", x, 0, det_log(x), log(x));
        same("sin", x, 0, det_sin(x), sin(x));
        same("cos", x, 0, det_cos(x), cos(x));
        same("tan", x, 0, det_tan(x), tan(x));
        same("asin", x, 0, det_asin(x), asin(x));
        same("acos", x, 0, det_acos(x), acos(x));
        same("sqrt", x, 0, det_sqrt(x), sqrt(x));
        same("floor", x, 0, det_floor(x), floor(x));
        same("ceil", x, 0, det_ceil(x), ceil(x));
        for (size_t b = 0; b < count; b++) {
            double y = edges[b];
            same("atan2", x, y, det_atan2(x, y), atan2(x, y));
            same("pow", x, y, det_pow(x, y), pow(x, y));
            same("fmod", x, y, det_fmod(x, y), fmod(x, y));
        }
    }
}

/* The same on gcc and clang, -O0 and -O3, with and without FMA and AVX: one hash over the bits of
 * many results. */
static void bits_are_the_recorded_ones(void **unused)
{
    (void)unused;
    uint64_t hash = 14695981039346656037u;
    state = 3;
    for (int at = 0; at < 100000; at++) {
        double x = between(-40, 40);
        double y = between(-5, 5);
        double values[] = {det_exp(x),     det_log(fabs(x)),  det_log2(fabs(x)),  det_log10(fabs(x)), det_sin(x),
                           det_cos(x),     det_tan(x),        det_asin(y / 5),    det_acos(y / 5),    det_atan2(y, x),
                           det_fmod(x, y), det_sqrt(fabs(x)), det_pow(fabs(x), y)};
        for (size_t index = 0; index < sizeof values / sizeof *values; index++)
            hash = (hash ^ bits_of(values[index])) * 1099511628211u;
    }
    char text[32];
    snprintf(text, sizeof text, "%016llx", (unsigned long long)hash);
    assert_string_equal(text, "32bbade09fd96596");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_agree_with_libm),  cmocka_unit_test(near_multiples_of_half_pi),
        cmocka_unit_test(exact_functions_are_exact),  cmocka_unit_test(edges_are_as_in_c),
        cmocka_unit_test(bits_are_the_recorded_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
