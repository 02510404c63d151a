/* detmath.c: exp, log, pow, roots and exact steps. Angles are in detmath_angle.c.
 *
 * The method is the same throughout: reduce to a short range with a small table, carry the leading
 * part as a pair of doubles whose sum has about 100 good bits, add a short series for the rest in
 * plain doubles. */
#include "base/detmath_pair.h"

#if defined(__x86_64__)
#include <emmintrin.h>
#endif

double det_sqrt(double x)
{
#if defined(__x86_64__)
    __m128d value = _mm_set_sd(x);
    return _mm_cvtsd_f64(_mm_sqrt_sd(value, value));
#else
    return __builtin_sqrt(x);
#endif
}

double det_trunc(double x)
{
    int exponent = exponent_of(x);
    if (exponent >= 52)
        return x;
    uint64_t sign = bits_of(x) & SIGN_BIT;
    if (exponent < 0)
        return double_of(sign);
    return double_of(bits_of(x) & ~(MANTISSA_MASK >> exponent));
}

double det_floor(double x)
{
    double whole = det_trunc(x);
    return whole > x ? whole - 1 : whole;
}

double det_ceil(double x)
{
    double whole = det_trunc(x);
    if (whole < x)
        return whole + 1 == 0 ? double_of(SIGN_BIT) : whole + 1;
    return whole;
}

/* Long division of integers, eleven bits at a time. */
double det_fmod(double x, double y)
{
    if (!is_finite(x) || y != y || y == 0)
        return NOT_A_NUMBER;
    uint64_t sign = bits_of(x) & SIGN_BIT;
    if (!is_finite(y))
        return x;
    int x_exponent;
    int y_exponent;
    uint64_t rest = integer_of(x, &x_exponent);
    uint64_t divisor = integer_of(y, &y_exponent);
    if (rest == 0 || x_exponent < y_exponent) {
        /* both have their top bit at 52 unless subnormal, so x is the smaller one, or equal in
         * exponent below */
        if (magnitude(x) < magnitude(y))
            return x;
    }
    int shift = x_exponent - y_exponent;
    rest %= divisor;
    for (; shift > 0 && rest; shift -= 11)
        rest = (rest << (shift < 11 ? shift : 11)) % divisor;
    double result = scale((double)rest, y_exponent);
    return double_of(bits_of(result) | sign);
}

/* |r| below log 2 / 64: e^r - 1. */
static struct det_pair exp_rest(struct det_pair r)
{
    double h = r.high;
    double tail = h * (1.0 / 5040);
    tail = h * (1.0 / 720 + tail);
    tail = h * (1.0 / 120 + tail);
    tail = h * (1.0 / 24 + tail);
    tail = h * (1.0 / 6 + tail);
    tail = h * h * (0.5 + tail);
    return quick_sum(h, tail + r.low);
}

/* |x| below 800. */
static double exp_pair(struct det_pair x)
{
    double steps = det_floor(x.high * det_32_ln2 + 0.5);
    struct det_pair rest = exact_sum(x.high, -steps * det_ln2_32[0]);
    struct det_pair second = exact_sum(rest.high, -steps * det_ln2_32[1]);
    rest = quick_sum(second.high, second.low + rest.low + (x.low - steps * det_ln2_32[2]));
    int count = (int)steps;
    int index = count & 31;
    struct det_pair power = det_exp2_parts[index];
    struct det_pair grown = pair_add(power, pair_mul(power, exp_rest(rest)));
    return scale(grown.high + grown.low, (count - index) / 32);
}

double det_exp(double x)
{
    if (x != x)
        return x;
    if (x > 709.79)
        return INFINITE;
    if (x < -745.14)
        return 0;
    return exp_pair((struct det_pair){x, 0});
}

/* x > 0 and finite. */
static struct det_pair log_pair(double x)
{
    int exponent;
    double m = (double)integer_of(x, &exponent);
    while (m < 0x1p52) { /* subnormal */
        m *= 2;
        exponent--;
    }
    m *= 0x1p-52;
    exponent += 52;
    if (m >= 45.0 / 32) {
        m *= 0.5;
        exponent++;
    }
    int index = (int)(m * 32 + 0.5);
    double near = index / 32.0;
    struct det_pair s = pair_div((struct det_pair){m - near, 0}, exact_sum(m, near));
    double square = s.high * s.high;
    double tail = 1.0 / 9 + square * (1.0 / 11);
    tail = 1.0 / 7 + square * tail;
    tail = 1.0 / 5 + square * tail;
    tail = 1.0 / 3 + square * tail;
    s = quick_sum(2 * s.high, 2 * (s.low + s.high * square * tail));
    struct det_pair whole = pair_mul(det_ln2, (struct det_pair){exponent, 0});
    return pair_add(pair_add(whole, det_log_parts[index - 22]), s);
}

static double log_scaled(double x, const struct det_pair *scale_by)
{
    if (x != x)
        return x;
    if (x <= 0)
        return x == 0 ? -INFINITE : NOT_A_NUMBER;
    if (!is_finite(x))
        return x;
    struct det_pair result = log_pair(x);
    if (scale_by)
        result = pair_mul(result, *scale_by);
    return result.high + result.low;
}

double det_log(double x) { return log_scaled(x, 0); }
double det_log2(double x) { return log_scaled(x, &det_1_ln2); }
double det_log10(double x) { return log_scaled(x, &det_1_ln10); }

static bool is_odd(double y) { return magnitude(y) < 0x1p53 && det_trunc(y) == y && det_fmod(y, 2) != 0; }

/* Where x or y is zero, infinite or not a number; x is not 1 and y not 0. */
static double pow_special(double x, double y)
{
    if (x != x || y != y)
        return NOT_A_NUMBER;
    if (!is_finite(y)) {
        if (magnitude(x) == 1)
            return 1;
        return (magnitude(x) > 1) == (y > 0) ? INFINITE : 0;
    }
    bool is_large = (x == 0) == (y < 0);
    double result = is_large ? INFINITE : 0;
    return bits_of(x) & SIGN_BIT && is_odd(y) ? -result : result;
}

double det_pow(double x, double y)
{
    if (x == 1 || y == 0)
        return 1;
    if (!is_finite(x) || !is_finite(y) || x == 0)
        return pow_special(x, y);
    if (x < 0 && det_trunc(y) != y)
        return NOT_A_NUMBER;
    double sign = x < 0 && is_odd(y) ? -1 : 1;
    double size = magnitude(x);
    if (size == 1)
        return sign;
    bool grows = (size > 1) == (y > 0);
    if (magnitude(y) > 0x1p64) /* |log x| is at least 2^-53 */
        return grows ? sign * INFINITE : sign * 0.0;
    struct det_pair exponent = pair_mul(log_pair(size), (struct det_pair){y, 0});
    if (exponent.high > 709.79)
        return sign * INFINITE;
    if (exponent.high < -745.14)
        return sign * 0.0;
    return sign * exp_pair(exponent);
}
