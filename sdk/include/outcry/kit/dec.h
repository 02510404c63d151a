/* dec.h: exact comparison, sum, difference and product of decimals, as static inline helpers for plugins. No
 * ABI promise.
 *
 * Invariants
 * - Decimals have a scale of 0..18; others are OC_E_INVALID and compare as zero.
 * - Nothing is rounded but a product of more than 18 decimals or 64 bits, which is cut toward zero: a result that does not fit is
 *   OC_E_RANGE and the output is untouched.
 * - No libm, no allocation: pure integer arithmetic, the same on every machine. All [any]. */
#ifndef OUTCRY_KIT_DEC_H
#define OUTCRY_KIT_DEC_H

#include <outcry/dec.h>

__extension__ typedef __int128 kit_i128;

/* What is done to every byte of a feed: no call is made for it, however often it is named. */
#if defined(__GNUC__)
#define KIT_HOT static inline __attribute__((always_inline))
#else
#define KIT_HOT static inline
#endif

/* 10^n, 0 <= n <= 18. */
static inline kit_i128 kit_pow10(int32_t n)
{
    static const int64_t tens[] = {1,
                                   10,
                                   100,
                                   1000,
                                   10000,
                                   100000,
                                   1000000,
                                   10000000,
                                   100000000,
                                   1000000000,
                                   10000000000,
                                   100000000000,
                                   1000000000000,
                                   10000000000000,
                                   100000000000000,
                                   1000000000000000,
                                   10000000000000000,
                                   100000000000000000,
                                   1000000000000000000};
    return n < 0 || n > 18 ? 1 : tens[n];
}

static inline int kit_dec_is_valid(struct oc_dec dec) { return dec.scale >= 0 && dec.scale <= OC_DEC_SCALE_MAX; }

/* The units at a common scale: at most 2^63 * 10^18, which 128 bits hold. */
static inline void kit_dec_align(struct oc_dec a, struct oc_dec b, kit_i128 *ret_a, kit_i128 *ret_b)
{
    int32_t a_shift = b.scale > a.scale ? b.scale - a.scale : 0, b_shift = a.scale > b.scale ? a.scale - b.scale : 0;
    *ret_a = kit_dec_is_valid(a) ? (kit_i128)a.units * kit_pow10(a_shift) : 0;
    *ret_b = kit_dec_is_valid(b) ? (kit_i128)b.units * kit_pow10(b_shift) : 0;
}

/* -1, 0 or 1 as a is below, equal to or above b: 1.50 equals 1.5. */
static inline int oc_dec_compare(struct oc_dec a, struct oc_dec b)
{
    kit_i128 x, y;
    if (!kit_dec_is_valid(a))
        a = (struct oc_dec){0, 0, 0};
    if (!kit_dec_is_valid(b))
        b = (struct oc_dec){0, 0, 0};
    kit_dec_align(a, b, &x, &y);
    return (x > y) - (x < y);
}

static inline oc_rc kit_dec_make(kit_i128 units, int32_t scale, struct oc_dec *ret_dec)
{
    while (scale > 0 && units % 10 == 0 && (units > INT64_MAX || units < INT64_MIN)) {
        units /= 10;
        scale--;
    }
    if (units > INT64_MAX || units < INT64_MIN)
        return OC_E_RANGE;
    *ret_dec = (struct oc_dec){(int64_t)units, scale, 0};
    return OC_OK;
}

static inline oc_rc oc_dec_add(struct oc_dec a, struct oc_dec b, struct oc_dec *ret_sum)
{
    kit_i128 x, y;
    if (!kit_dec_is_valid(a) || !kit_dec_is_valid(b))
        return OC_E_INVALID;
    kit_dec_align(a, b, &x, &y);
    return kit_dec_make(x + y, a.scale > b.scale ? a.scale : b.scale, ret_sum);
}

static inline oc_rc oc_dec_sub(struct oc_dec a, struct oc_dec b, struct oc_dec *ret_difference)
{
    kit_i128 x, y;
    if (!kit_dec_is_valid(a) || !kit_dec_is_valid(b))
        return OC_E_INVALID;
    kit_dec_align(a, b, &x, &y);
    return kit_dec_make(x - y, a.scale > b.scale ? a.scale : b.scale, ret_difference);
}

/* The product. Digits beyond the 18th decimal, and those for which 64 bits have no room, are cut. */
static inline oc_rc oc_dec_mul(struct oc_dec a, struct oc_dec b, struct oc_dec *ret_product)
{
    kit_i128 units = (kit_i128)a.units * b.units; /* below 2^126 */
    int32_t scale = a.scale + b.scale;
    if (!kit_dec_is_valid(a) || !kit_dec_is_valid(b))
        return OC_E_INVALID;
    while (scale > 0 && (scale > OC_DEC_SCALE_MAX || units > INT64_MAX || units < INT64_MIN)) {
        units /= 10;
        scale--;
    }
    return kit_dec_make(units, scale, ret_product);
}

/* The magnitude. OC_E_RANGE for the one number that has none. */
static inline oc_rc oc_dec_abs(struct oc_dec a, struct oc_dec *ret_dec)
{
    if (a.units == INT64_MIN)
        return OC_E_RANGE;
    *ret_dec = (struct oc_dec){a.units < 0 ? -a.units : a.units, a.scale, 0};
    return OC_OK;
}

#endif
