/* num.h: exact integers: checked sums and products, 128-bit products, stated rounding, money.
 *
 * Invariants
 *   - A result that does not fit is OC_E_RANGE and the output is untouched.
 *   - Money is oc_i128 at scale 20: one unit is 1e-20 of a currency unit, the range is about
 * +-1.7e18 currency units. So the product of a price at 9 digits, a quantity at 8 and a fee rate at
 * 3 is exact.
 */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <outcry/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

__extension__ typedef __int128 oc_i128;
__extension__ typedef unsigned __int128 oc_u128;

enum { MONEY_SCALE = 20, NUM_POW10_MAX = 18, NUM_POW10_128_MAX = 38 };

enum num_rounding {
    NUM_FLOOR = 1,
    NUM_CEIL,
    NUM_ZERO,      /* towards zero */
    NUM_HALF_EVEN, /* nearest, a tie to the even one */
    NUM_EXACT      /* a remainder is OC_E_DATA */
};

extern const int64_t num_pow10_table[NUM_POW10_MAX + 1];

/* [any] 10^n, 0 <= n <= 18. */
/* Sheds zeros behind the point of units * 10^-scale: the scale that is left. */
static inline int num_shed_zeros(int64_t *units, int scale)
{
    int64_t left = *units;
    for (; scale >= 4 && left % 10000 == 0; scale -= 4)
        left /= 10000;
    for (; scale > 0 && left % 10 == 0; scale--)
        left /= 10;
    *units = left;
    return scale;
}

static inline int64_t num_pow10(int n) { return num_pow10_table[n]; }
/* [any] 10^n, 0 <= n <= 38. */
oc_i128 num_pow10_128(int n);

CHECKED static inline oc_rc num_add(int64_t a, int64_t b, int64_t *ret)
{
    int64_t sum;
    if (__builtin_add_overflow(a, b, &sum))
        return OC_E_RANGE;
    *ret = sum;
    return OC_OK;
}

CHECKED static inline oc_rc num_sub(int64_t a, int64_t b, int64_t *ret)
{
    int64_t difference;
    if (__builtin_sub_overflow(a, b, &difference))
        return OC_E_RANGE;
    *ret = difference;
    return OC_OK;
}

CHECKED static inline oc_rc num_mul(int64_t a, int64_t b, int64_t *ret)
{
    int64_t product;
    if (__builtin_mul_overflow(a, b, &product))
        return OC_E_RANGE;
    *ret = product;
    return OC_OK;
}

static inline oc_i128 num_mul_wide(int64_t a, int64_t b) { return (oc_i128)a * b; }

CHECKED static inline oc_rc num_add_128(oc_i128 a, oc_i128 b, oc_i128 *ret)
{
    oc_i128 sum;
    if (__builtin_add_overflow(a, b, &sum))
        return OC_E_RANGE;
    *ret = sum;
    return OC_OK;
}

CHECKED static inline oc_rc num_sub_128(oc_i128 a, oc_i128 b, oc_i128 *ret)
{
    oc_i128 difference;
    if (__builtin_sub_overflow(a, b, &difference))
        return OC_E_RANGE;
    *ret = difference;
    return OC_OK;
}

CHECKED static inline oc_rc num_mul_128(oc_i128 a, oc_i128 b, oc_i128 *ret)
{
    oc_i128 product;
    if (__builtin_expect(a == (int64_t)a && b == (int64_t)b, 1)) { /* what the machine multiplies at once always fits */
        *ret = (oc_i128)(int64_t)a * (int64_t)b;
        return OC_OK;
    }
    if (__builtin_mul_overflow(a, b, &product))
        return OC_E_RANGE;
    *ret = product;
    return OC_OK;
}

CHECKED static inline oc_rc num_narrow(oc_i128 value, int64_t *ret)
{
    if (value > INT64_MAX || value < INT64_MIN)
        return OC_E_RANGE;
    *ret = (int64_t)value;
    return OC_OK;
}

/* [any] a / b. OC_E_INVALID: b is 0. OC_E_DATA: NUM_EXACT and a remainder. */
CHECKED oc_rc num_div_128(oc_i128 a, oc_i128 b, enum num_rounding rounding, oc_i128 *ret);
/* [any] a * b / c, exact in between. Errors as num_div_128, OC_E_RANGE when the quotient does not
 * fit. */
CHECKED oc_rc num_muldiv(int64_t a, int64_t b, int64_t c, enum num_rounding rounding, int64_t *ret);
/* [any] The same value at another scale (digits after the point, 0..38 apart). */
CHECKED oc_rc num_rescale(int64_t units, int from_scale, int to_scale, enum num_rounding rounding, int64_t *ret);

#endif
