/* parse.c: decimal text to exact units. */
#include "csv.h"

#include <string.h>

enum { NOISE_DIGITS = 15, FAST_DIGITS = 18, READ_DIGITS = 19, POW10_U64 = 19 };

static const uint64_t pow10_u64[POW10_U64 + 1] = {1ull,
                                                  10ull,
                                                  100ull,
                                                  1000ull,
                                                  10000ull,
                                                  100000ull,
                                                  1000000ull,
                                                  10000000ull,
                                                  100000000ull,
                                                  1000000000ull,
                                                  10000000000ull,
                                                  100000000000ull,
                                                  1000000000000ull,
                                                  10000000000000ull,
                                                  100000000000000ull,
                                                  1000000000000000ull,
                                                  10000000000000000ull,
                                                  100000000000000000ull,
                                                  1000000000000000000ull,
                                                  10000000000000000000ull};

/* Multiples of 10^k near enough are also multiples of 10^(k-1), so the first k that fails ends the
 * search. Afterwards no zero is left at the end, and a number of more digits than a double tells
 * apart has lost what it never said. */
static void take_noise_off(struct csv_number *number)
{
    uint64_t digits = number->digits, tolerance = digits / pow10_u64[NOISE_DIGITS], best = digits;
    for (int k = 1; k <= number->decimals && k < POW10_U64; k++) {
        uint64_t power = pow10_u64[k], rest = digits % power, rounded = digits - rest;
        if (rest >= power / 2)
            rounded += power;
        uint64_t away = rounded > digits ? rounded - digits : digits - rounded;
        if (away > tolerance)
            break;
        best = rounded;
    }
    number->is_rounded = best != digits;
    while (number->decimals > 0 && best % 10 == 0) {
        best /= 10;
        number->decimals--;
    }
    number->digits = best;
}

const char *csv_number_fast(const char *at, struct csv_number *ret_number)
{
    uint64_t digits = 0;
    unsigned digit;
    uint8_t is_negative = *at == '-';
    at += is_negative;
    const char *first = at;
    while ((digit = (unsigned char)*at - (unsigned)'0') <= 9) {
        digits = digits * 10 + digit;
        at++;
    }
    if (at == first)
        return NULL;
    ptrdiff_t count = at - first;
    int32_t decimals = 0;
    if (*at == '.') {
        const char *point = at++;
        while ((digit = (unsigned char)*at - (unsigned)'0') <= 9) {
            digits = digits * 10 + digit;
            at++;
        }
        decimals = (int32_t)(at - point) - 1;
        count += decimals;
    }
    if (count > FAST_DIGITS || digits >= pow10_u64[NOISE_DIGITS])
        return NULL;
    *ret_number = (struct csv_number){.digits = digits, .decimals = decimals, .is_negative = is_negative};
    return at;
}

struct scan {
    uint64_t digits;
    int count;   /* significant digits in it */
    int dropped; /* digits before the point that did not fit */
    int decimals;
    bool has_digit;
    bool has_lost; /* a digit that did not fit was not zero */
};

static void take_digit(struct scan *scan, unsigned digit, bool is_after_point)
{
    scan->has_digit = true;
    if (scan->count == READ_DIGITS) {
        scan->dropped += !is_after_point;
        scan->has_lost |= digit != 0;
        return;
    }
    scan->digits = scan->digits * 10 + digit;
    scan->count += scan->count > 0 || digit > 0;
    scan->decimals += is_after_point;
}

static bool read_exponent(const char *at, const char *end, int *ret_exponent)
{
    bool is_negative = at < end && *at == '-';
    at += at < end && (*at == '-' || *at == '+');
    if (at == end)
        return false;
    int value = 0;
    for (; at < end; at++) {
        if (*at < '0' || *at > '9')
            return false;
        if (value < 1000)
            value = value * 10 + (*at - '0');
    }
    *ret_exponent = is_negative ? -value : value;
    return true;
}

/* Trailing zeros away, then 0..18 decimals. */
static oc_rc settle(struct scan *scan, int exponent, struct csv_number *ret_number)
{
    struct csv_number number = {.digits = scan->digits, .is_rounded = scan->has_lost};
    int decimals = scan->decimals - scan->dropped - exponent;
    while (number.digits > 0 && number.digits % 10 == 0) {
        number.digits /= 10;
        decimals--;
    }
    if (number.digits == 0)
        decimals = 0;
    for (; decimals < 0; decimals++)
        if (__builtin_mul_overflow(number.digits, 10u, &number.digits))
            return OC_E_RANGE;
    number.decimals = decimals;
    if (number.digits >= pow10_u64[NOISE_DIGITS] && decimals > 0) {
        take_noise_off(&number);
        number.is_rounded |= scan->has_lost;
    } else if (scan->has_lost && decimals == 0) {
        return OC_E_RANGE; /* a whole number that is too long is no noise */
    }
    if (number.decimals > NUM_POW10_MAX)
        return OC_E_RANGE;
    *ret_number = number;
    return OC_OK;
}

oc_rc csv_number_read(const char *text, size_t size, struct csv_number *ret_number)
{
    const char *at = text, *end = text + size;
    struct scan scan = {0};
    bool is_after_point = false;
    int exponent = 0;
    if (size == 0) {
        *ret_number = (struct csv_number){.is_empty = 1};
        return OC_OK;
    }
    uint8_t is_negative = *at == '-';
    at += *at == '-' || *at == '+';
    for (; at < end; at++) {
        unsigned digit = (unsigned char)*at - (unsigned)'0';
        if (digit <= 9) {
            take_digit(&scan, digit, is_after_point);
        } else if (*at == '.' && !is_after_point) {
            is_after_point = true;
        } else if ((*at == 'e' || *at == 'E') && scan.has_digit) {
            if (!read_exponent(at + 1, end, &exponent))
                return OC_E_INVALID;
            break;
        } else {
            return OC_E_INVALID;
        }
    }
    if (!scan.has_digit)
        return OC_E_INVALID;
    struct csv_number number = {0};
    oc_rc rc = settle(&scan, exponent, &number);
    if (rc < 0)
        return rc;
    number.is_negative = is_negative && number.digits > 0;
    *ret_number = number;
    return OC_OK;
}

/* The magnitude at the step's scale; false when it does not fit or, with decimals to spare, is not
 * whole. */
static oc_rc to_scale(const struct csv_number *number, int scale, uint64_t *ret_value)
{
    uint64_t digits = number->digits;
    int shift = scale - number->decimals;
    if (shift >= 0) {
        if (shift > POW10_U64 || __builtin_mul_overflow(digits, pow10_u64[shift], &digits))
            return digits == 0 ? OC_OK : OC_E_RANGE;
    } else {
        if (-shift > POW10_U64 || digits % pow10_u64[-shift] != 0)
            return OC_E_DATA;
        digits /= pow10_u64[-shift];
    }
    if (digits > INT64_MAX)
        return OC_E_RANGE;
    *ret_value = digits;
    return OC_OK;
}

oc_rc csv_number_units(const struct csv_number *number, struct csv_step step, int64_t *ret_units)
{
    uint64_t value = 0;
    oc_rc rc = to_scale(number, step.scale, &value);
    if (rc < 0)
        return rc;
    if (step.units != 1) {
        if (value % (uint64_t)step.units != 0)
            return OC_E_DATA;
        value /= (uint64_t)step.units;
    }
    *ret_units = number->is_negative ? -(int64_t)value : (int64_t)value;
    return OC_OK;
}

oc_rc csv_number_round(const struct csv_number *number, struct csv_step step, int64_t *ret_units, bool *is_rounded)
{
    oc_rc rc = csv_number_units(number, step, ret_units);
    if (rc != OC_E_DATA)
        return rc;
    oc_i128 value = (oc_i128)number->digits * num_pow10_128(step.scale);
    oc_i128 divisor = num_pow10_128(number->decimals) * step.units, units;
    int64_t narrow;
    rc = num_div_128(value, divisor, NUM_HALF_EVEN, &units);
    if (rc >= 0)
        rc = num_narrow(units, &narrow);
    if (rc < 0)
        return rc;
    *ret_units = number->is_negative ? -narrow : narrow;
    *is_rounded = true;
    return OC_OK;
}
