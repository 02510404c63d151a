/* num.c: division with stated rounding, and another scale. */
#include "base/num.h"

const int64_t num_pow10_table[NUM_POW10_MAX + 1] = {
    1,
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
    1000000000000000000,
};

oc_i128 num_pow10_128(int n)
{
    if (n <= NUM_POW10_MAX)
        return num_pow10(n);
    if (n <= 2 * NUM_POW10_MAX)
        return (oc_i128)num_pow10(n - NUM_POW10_MAX) * num_pow10(NUM_POW10_MAX);
    return (oc_i128)num_pow10(NUM_POW10_MAX) * num_pow10(NUM_POW10_MAX) * num_pow10(n - 2 * NUM_POW10_MAX);
}

static oc_u128 magnitude(oc_i128 value) { return value < 0 ? -(oc_u128)value : (oc_u128)value; }

/* What to add to a truncated magnitude: 0 or 1; -1 means "not allowed". */
static int round_step(oc_u128 quotient, oc_u128 rest, oc_u128 divisor, bool is_negative, enum num_rounding rounding)
{
    if (rest == 0)
        return 0;
    switch (rounding) {
    case NUM_FLOOR:
        return is_negative;
    case NUM_CEIL:
        return !is_negative;
    case NUM_ZERO:
        return 0;
    case NUM_HALF_EVEN:
        if (rest == divisor - rest)
            return (int)(quotient & 1);
        return rest > divisor - rest;
    case NUM_EXACT:
        break;
    }
    return -1;
}

static oc_rc with_sign(oc_u128 value, bool is_negative, oc_i128 *ret)
{
    const oc_u128 limit = (oc_u128)1 << 127;
    if (value > limit || (value == limit && !is_negative))
        return OC_E_RANGE;
    *ret = is_negative ? (oc_i128)(0 - value) : (oc_i128)value;
    return OC_OK;
}

oc_rc num_div_128(oc_i128 a, oc_i128 b, enum num_rounding rounding, oc_i128 *ret)
{
    if (b == 0)
        return OC_E_INVALID;
    bool is_negative = (a < 0) != (b < 0);
    oc_u128 top = magnitude(a), divisor = magnitude(b), quotient, rest;
    if (top <= UINT64_MAX && divisor <= UINT64_MAX) { /* the common case: one instruction instead of a call */
        quotient = (uint64_t)top / (uint64_t)divisor;
        rest = (uint64_t)top % (uint64_t)divisor;
    } else {
        quotient = top / divisor;
        rest = top - quotient * divisor;
    }
    int step = round_step(quotient, rest, divisor, is_negative, rounding);
    if (step < 0)
        return OC_E_DATA;
    quotient += (unsigned)step;
    return with_sign(quotient, is_negative, ret);
}

oc_rc num_muldiv(int64_t a, int64_t b, int64_t c, enum num_rounding rounding, int64_t *ret)
{
    oc_i128 wide;
    oc_rc rc = num_div_128(num_mul_wide(a, b), c, rounding, &wide);
    return rc < 0 ? rc : num_narrow(wide, ret);
}

static oc_rc rescale_wide(oc_i128 units, int from_scale, int to_scale, enum num_rounding rounding, oc_i128 *ret)
{
    int shift = to_scale - from_scale;
    if (shift > NUM_POW10_128_MAX || shift < -NUM_POW10_128_MAX)
        return OC_E_INVALID;
    if (shift >= 0)
        return num_mul_128(units, num_pow10_128(shift), ret);
    return num_div_128(units, num_pow10_128(-shift), rounding, ret);
}

oc_rc num_rescale(int64_t units, int from_scale, int to_scale, enum num_rounding rounding, int64_t *ret)
{
    oc_i128 wide;
    oc_rc rc = rescale_wide(units, from_scale, to_scale, rounding, &wide);
    return rc < 0 ? rc : num_narrow(wide, ret);
}
