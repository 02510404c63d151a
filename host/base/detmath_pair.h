/* detmath_pair.h: pairs of doubles and bits of doubles. Private to detmath*.c. No fused operation
 * may be made of these: the whole build has -ffp-contract=off. */
#ifndef BASE_DETMATH_PAIR_H
#define BASE_DETMATH_PAIR_H

#include "base/detmath_tables.h"

#include <stdbool.h>
#include <string.h>

#define SIGN_BIT      (UINT64_C(1) << 63)
#define MANTISSA_MASK ((UINT64_C(1) << 52) - 1)
#define INFINITE      __builtin_inf()
#define NOT_A_NUMBER  __builtin_nan("")

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* 1024 for infinities and NaN, -1023 for zero and subnormals. */
static inline int exponent_of(double x) { return (int)(bits_of(x) >> 52 & 2047) - 1023; }
static inline bool is_finite(double x) { return exponent_of(x) < 1024; }
static inline double magnitude(double x) { return double_of(bits_of(x) & ~SIGN_BIT); }

/* |x| = result * 2^exponent; finite x. */
static inline uint64_t integer_of(double x, int *ret_exponent)
{
    int exponent = exponent_of(x);
    uint64_t mantissa = bits_of(x) & MANTISSA_MASK;
    if (exponent == -1023)
        exponent++;
    else
        mantissa |= MANTISSA_MASK + 1;
    *ret_exponent = exponent - 52;
    return mantissa;
}

/* x * 2^exponent, rounded once when the result is subnormal and |x| is between 0.5 and 4. */
static inline double scale(double x, int exponent)
{
    while (exponent > 1023) {
        x *= 0x1p1023;
        exponent -= 1023;
    }
    while (exponent < -1022) {
        int part = exponent + 1022 < -900 ? -900 : exponent + 1022; /* exact: x is not small yet */
        x *= double_of((uint64_t)(part + 1023) << 52);
        exponent -= part;
    }
    return x * double_of((uint64_t)(exponent + 1023) << 52);
}

/* a + b exactly, when |a| >= |b|. */
static inline struct det_pair quick_sum(double a, double b)
{
    double sum = a + b;
    return (struct det_pair){sum, b - (sum - a)};
}

/* a + b exactly. */
static inline struct det_pair exact_sum(double a, double b)
{
    double sum = a + b;
    double from_b = sum - a;
    return (struct det_pair){sum, (a - (sum - from_b)) + (b - from_b)};
}

/* a * b exactly, below 2^990 and above 2^-900. */
static inline struct det_pair exact_product(double a, double b)
{
    double product = a * b;
    double a_big = a * 134217729.0;
    double b_big = b * 134217729.0;
    double a_high = a_big - (a_big - a);
    double b_high = b_big - (b_big - b);
    double a_low = a - a_high;
    double b_low = b - b_high;
    double rest = ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (struct det_pair){product, rest};
}

static inline struct det_pair pair_add(struct det_pair a, struct det_pair b)
{
    struct det_pair high = exact_sum(a.high, b.high);
    struct det_pair low = exact_sum(a.low, b.low);
    high = quick_sum(high.high, high.low + low.high);
    return quick_sum(high.high, high.low + low.low);
}

static inline struct det_pair pair_mul(struct det_pair a, struct det_pair b)
{
    struct det_pair product = exact_product(a.high, b.high);
    return quick_sum(product.high, product.low + (a.high * b.low + a.low * b.high));
}

static inline struct det_pair pair_div(struct det_pair a, struct det_pair b)
{
    double first = a.high / b.high;
    struct det_pair used = pair_mul(b, (struct det_pair){first, 0});
    struct det_pair rest = pair_add(a, (struct det_pair){-used.high, -used.low});
    double second = rest.high / b.high;
    return quick_sum(first, second);
}

#endif
