/* text_number.c: decimal text <-> scaled integers, exactly. */
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

struct decimal {
    oc_u128 digits; /* significant digits, no zero at the end unless it is 0 */
    int exponent;   /* value = digits * 10^exponent */
    bool is_negative;
};

enum { EXPONENT_MAX = 1000, DIGITS_MAX = 38 };

struct scan {
    struct decimal value;
    int count;        /* digits taken into value.digits */
    int zeros;        /* zeros seen after them, not yet taken */
    bool has_digits;  /* any digit at all */
    bool is_too_long; /* more significant digits than 38 */
};

static void take_digit(struct scan *scan, int digit, bool is_after_point)
{
    scan->has_digits = true;
    if (is_after_point)
        scan->value.exponent--;
    if (digit == 0) {
        scan->zeros += scan->count > 0;
        return;
    }
    int shift = scan->zeros + 1;
    if (scan->count == 0)
        shift = 1;
    if (scan->count + shift > DIGITS_MAX) {
        scan->is_too_long = true;
        return;
    }
    for (int i = 0; i < shift; i++)
        scan->value.digits *= 10;
    scan->value.digits += (unsigned)digit;
    scan->count += shift;
    scan->zeros = 0;
}

/* The part after 'e'. False: no digits, or something else there. */
static bool read_exponent(const char *text, const char *end, int *ret_exponent)
{
    bool is_negative = text < end && *text == '-';
    if (text < end && (*text == '-' || *text == '+'))
        text++;
    if (text == end)
        return false;
    int value = 0;
    for (; text < end; text++) {
        if (*text < '0' || *text > '9')
            return false;
        if (value < EXPONENT_MAX)
            value = value * 10 + (*text - '0');
    }
    *ret_exponent = is_negative ? -value : value;
    return true;
}

static oc_rc read_decimal(const char *text, size_t length, struct decimal *ret)
{
    if (length == 0 || length > TEXT_INPUT_MAX)
        return OC_E_INVALID;
    struct scan scan = {0};
    const char *end = text + length;
    int exponent = 0;
    bool is_after_point = false;
    scan.value.is_negative = *text == '-';
    if (*text == '-' || *text == '+')
        text++;
    for (; text < end; text++) {
        char c = *text;
        if (c >= '0' && c <= '9') {
            take_digit(&scan, c - '0', is_after_point);
        } else if (c == '.' && !is_after_point) {
            is_after_point = true;
        } else if ((c == 'e' || c == 'E') && scan.has_digits) {
            if (!read_exponent(text + 1, end, &exponent))
                return OC_E_INVALID;
            break;
        } else {
            return OC_E_INVALID;
        }
    }
    if (!scan.has_digits)
        return OC_E_INVALID;
    if (scan.is_too_long)
        return OC_E_DATA;
    scan.value.exponent += scan.zeros + exponent;
    if (scan.value.digits == 0)
        scan.value.exponent = 0;
    *ret = scan.value;
    return OC_OK;
}

static oc_rc scale_decimal(const struct decimal *decimal, int scale, oc_i128 *ret)
{
    if (decimal->digits == 0) {
        *ret = 0;
        return OC_OK;
    }
    int shift = decimal->exponent + scale;
    if (shift < 0)
        return OC_E_DATA; /* the last digit is not zero, so it would be lost */
    if (shift > NUM_POW10_128_MAX)
        return OC_E_RANGE;
    oc_i128 units;
    oc_rc rc = num_mul_128((oc_i128)decimal->digits, num_pow10_128(shift), &units);
    if (rc < 0)
        return rc;
    *ret = decimal->is_negative ? -units : units;
    return OC_OK;
}

oc_rc text_to_units(const char *text, size_t length, int scale, int64_t *ret_units)
{
    if (scale < 0 || scale > NUM_POW10_MAX)
        return OC_E_INVALID;
    struct decimal decimal;
    oc_i128 units;
    oc_rc rc = read_decimal(text, length, &decimal);
    if (rc >= 0)
        rc = scale_decimal(&decimal, scale, &units);
    return rc < 0 ? rc : num_narrow(units, ret_units);
}

oc_rc text_to_decimal(const char *text, size_t length, int64_t *ret_units, int *ret_scale)
{
    struct decimal decimal;
    oc_rc rc = read_decimal(text, length, &decimal);
    if (rc < 0)
        return rc;
    int scale = decimal.exponent < 0 ? -decimal.exponent : 0;
    if (scale > NUM_POW10_MAX)
        return OC_E_DATA;
    oc_i128 wide;
    int64_t units;
    rc = scale_decimal(&decimal, scale, &wide);
    if (rc >= 0)
        rc = num_narrow(wide, &units);
    if (rc < 0)
        return rc;
    *ret_units = units;
    *ret_scale = scale;
    return OC_OK;
}

oc_rc text_to_int(const char *text, size_t length, int64_t *ret_value)
{
    for (size_t i = 0; i < length; i++) {
        bool is_sign = i == 0 && length > 1 && (text[i] == '-' || text[i] == '+');
        if (!is_sign && (text[i] < '0' || text[i] > '9'))
            return OC_E_INVALID;
    }
    return text_to_units(text, length, 0, ret_value);
}

static int digits_of(char *end, oc_u128 value)
{
    char *out = end;
    while (value > UINT64_MAX) {
        *--out = (char)('0' + (int)(value % 10));
        value /= 10;
    }
    uint64_t low = (uint64_t)value;
    do {
        *--out = (char)('0' + (int)(low % 10));
        low /= 10;
    } while (low > 0);
    return (int)(end - out);
}

int text_from_units_128(char *buffer, oc_i128 units, int scale, int digits)
{
    if (scale < 0 || scale > MONEY_SCALE || digits < TEXT_SHORTEST || digits > MONEY_SCALE)
        return OC_E_INVALID;
    bool is_negative = units < 0;
    oc_u128 value = is_negative ? -(oc_u128)units : (oc_u128)units;
    while (scale > 0 && (digits == TEXT_SHORTEST || scale > digits) && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    if (digits != TEXT_SHORTEST && scale > digits)
        return OC_E_DATA;
    char work[TEXT_DECIMAL_MAX];
    char *end = work + sizeof work;
    int count = digits_of(end, value);
    while (count <= scale)
        work[(int)sizeof work - ++count] = '0';
    const char *first = end - count;
    int whole = count - scale;
    int fraction = digits == TEXT_SHORTEST ? scale : digits;
    char *out = buffer;
    if (is_negative)
        *out++ = '-';
    memcpy(out, first, (size_t)whole);
    out += whole;
    if (fraction > 0) {
        *out++ = '.';
        memcpy(out, first + whole, (size_t)scale);
        memset(out + scale, '0', (size_t)(fraction - scale));
        out += fraction;
    }
    *out = '\0';
    return (int)(out - buffer);
}

int text_from_units(char *buffer, int64_t units, int scale, int digits)
{
    return text_from_units_128(buffer, units, scale, digits);
}

enum { ORDER_COUNTER_BITS = 40 };

const char *text_order(uint64_t order, char ret_name[TEXT_ORDER_MAX])
{
    const uint64_t life = order >> ORDER_COUNTER_BITS;
    char *at = ret_name;
    *at++ = 'o';
    if (life != 1) {
        at += text_from_units(at, (int64_t)life, 0, 0);
        *at++ = '_';
    }
    (void)text_from_units(at, (int64_t)(order & ((UINT64_C(1) << ORDER_COUNTER_BITS) - 1)), 0, 0);
    return ret_name;
}

bool text_to_order(const char *text, uint64_t *ret_order)
{
    char *end;
    if (*text == 'o' || *text == 'O')
        text++;
    if (*text < '0' || *text > '9')
        return false;
    unsigned long long number = strtoull(text, &end, 10), life = 1;
    if ((*end == '_' || *end == '.') && end[1] >= '0' && end[1] <= '9') {
        life = number;
        number = strtoull(end + 1, &end, 10);
    }
    if (*end || number >= 1ull << ORDER_COUNTER_BITS || life >= 1ull << (64 - ORDER_COUNTER_BITS))
        return false;
    *ret_order = (uint64_t)(life << ORDER_COUNTER_BITS | number);
    return true;
}
