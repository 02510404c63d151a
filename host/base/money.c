#include "base/money.h"

static oc_u128 magnitude(oc_i128 a) { return a < 0 ? (oc_u128)0 - (oc_u128)a : (oc_u128)a; }

/* Corrects a quotient truncated toward zero; `half` compares twice the rest with the divisor: -1, 0, 1. */
static oc_i128 adjust(oc_i128 quotient, bool is_negative, int half, enum num_rounding rounding)
{
    bool away = (rounding == NUM_FLOOR && is_negative) || (rounding == NUM_CEIL && !is_negative) ||
                (rounding == NUM_HALF_EVEN && (half > 0 || (half == 0 && (quotient & 1))));
    if (!away)
        return quotient;
    return is_negative ? quotient - 1 : quotient + 1;
}

static int compare_half(oc_u128 rest, oc_u128 divisor)
{
    oc_u128 other = divisor - rest;
    return rest > other ? 1 : (rest == other ? 0 : -1);
}

oc_i128 num_quotient(oc_i128 a, oc_i128 b, enum num_rounding rounding)
{
    oc_i128 quotient, rest;
    if (a == (int64_t)a && b == (int64_t)b && b != -1) { /* the machine divides 64 bits several times faster */
        quotient = (int64_t)a / (int64_t)b;
        rest = (int64_t)a % (int64_t)b;
    } else {
        quotient = a / b;
        rest = a % b;
    }
    if (rest == 0)
        return quotient;
    return adjust(quotient, (a < 0) != (b < 0), compare_half(magnitude(rest), magnitude(b)), rounding);
}

oc_rc num_muldiv_128(oc_i128 a, oc_i128 b, oc_i128 c, enum num_rounding rounding, oc_i128 *ret)
{
    if (c == 0)
        return OC_E_INVALID;
    oc_i128 product;
    if (num_mul_128(a, b, &product) == OC_OK) {
        *ret = num_quotient(product, c, rounding);
        return OC_OK;
    }
    bool is_negative = ((a < 0) != (b < 0)) != (c < 0);
    oc_u128 x = magnitude(a), y = magnitude(b), divisor = magnitude(c);
    const oc_u128 mask = ~(uint64_t)0;
    oc_u128 x0 = x & mask, x1 = x >> 64, y0 = y & mask, y1 = y >> 64;
    oc_u128 low = x0 * y0, middle = x1 * y0 + (low >> 64), middle2 = x0 * y1 + (middle & mask);
    oc_u128 high = x1 * y1 + (middle >> 64) + (middle2 >> 64);
    low = (middle2 << 64) | (low & mask);
    if (high >= divisor)
        return OC_E_RANGE;
    oc_u128 quotient = 0, rest = high; /* long division, one bit a step: the rare path */
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = (rest >> 127) != 0;
        rest = (rest << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if (carry || rest >= divisor) {
            rest -= divisor;
            quotient |= 1;
        }
    }
    if (quotient >= ~(oc_u128)0 >> 1)
        return OC_E_RANGE;
    oc_i128 value = is_negative ? -(oc_i128)quotient : (oc_i128)quotient;
    *ret = rest ? adjust(value, is_negative, compare_half(rest, divisor), rounding) : value;
    return OC_OK;
}

int64_t num_gcd(int64_t a, int64_t b)
{
    uint64_t x = a < 0 ? (uint64_t)0 - (uint64_t)a : (uint64_t)a;
    uint64_t y = b < 0 ? (uint64_t)0 - (uint64_t)b : (uint64_t)b;
    while (y) {
        uint64_t rest = x % y;
        x = y;
        y = rest;
    }
    return (int64_t)(x & (uint64_t)INT64_MAX);
}

oc_rc money_from_dec(struct oc_dec dec, oc_i128 *ret_money)
{
    if (dec.scale < 0 || dec.scale > OC_DEC_SCALE_MAX)
        return OC_E_INVALID;
    return num_mul_128(dec.units, num_pow10_128(MONEY_SCALE - dec.scale), ret_money);
}

oc_rc money_to_dec(oc_i128 money, int scale, struct oc_dec *ret_dec)
{
    if (scale < 0 || scale > OC_DEC_SCALE_MAX)
        return OC_E_INVALID;
    enum { USUAL = 10 }; /* digits that most amounts have at most: one division, and the rest in 64 bits */
    if (scale >= USUAL && money % num_pow10(MONEY_SCALE - USUAL) == 0) {
        const oc_i128 whole = money / num_pow10(MONEY_SCALE - USUAL);
        int64_t usual = (int64_t)whole;
        if (usual == whole) {
            const int left = usual ? num_shed_zeros(&usual, USUAL) : 0;
            *ret_dec = (struct oc_dec){usual, left, 0};
            return OC_OK;
        }
    }
    oc_i128 units = num_quotient(money, num_pow10_128(MONEY_SCALE - scale), NUM_HALF_EVEN);
    if (units == 0)
        scale = 0;
    /* In large steps, until 64 bits hold it: the machine divides those several times faster. */
    for (int step = 8; units != (int64_t)units && step > 0; step /= 2)
        while (units != (int64_t)units && scale >= step && units % num_pow10(step) == 0) {
            units /= num_pow10(step);
            scale -= step;
        }
    int64_t narrow;
    oc_rc rc = num_narrow(units, &narrow);
    if (rc < 0)
        return rc;
    scale = num_shed_zeros(&narrow, scale);
    *ret_dec = (struct oc_dec){narrow, scale, 0};
    return OC_OK;
}

double money_to_double(oc_i128 money)
{
    /* Trailing zeros are shed first, so that an amount of usual size is one exact division. */
    static const double power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                   1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20};
    int scale = MONEY_SCALE;
    const oc_i128 step = num_pow10(10);
    if (money % step == 0) {
        money /= step;
        scale -= 10;
    }
    int64_t narrow = (int64_t)money;
    if (money == 0)
        return 0.0;
    if (money == narrow) {
        for (; scale > 0 && narrow % 10 == 0; scale--)
            narrow /= 10;
        return (double)narrow / power[scale];
    }
    while (scale > 0 && money % 10 == 0) {
        money /= 10;
        scale--;
    }
    return (double)money / power[scale];
}

int money_to_text(oc_i128 money, int scale, bool grouped, char text[64])
{
    scale = scale < 0 ? 0 : (scale > MONEY_SCALE ? MONEY_SCALE : scale);
    oc_i128 units = num_quotient(money, num_pow10_128(MONEY_SCALE - scale), NUM_HALF_EVEN);
    oc_u128 rest = magnitude(units);
    char reversed[64];
    int length = 0;
    for (int i = 0; i < scale; i++) {
        reversed[length++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
    }
    if (scale > 0)
        reversed[length++] = '.';
    int digits = 0;
    do {
        if (grouped && digits > 0 && digits % 3 == 0)
            reversed[length++] = ',';
        reversed[length++] = (char)('0' + (int)(rest % 10));
        rest /= 10;
        digits++;
    } while (rest && length < 60);
    if (units < 0)
        reversed[length++] = '-';
    for (int i = 0; i < length; i++)
        text[i] = reversed[length - 1 - i];
    text[length] = 0;
    return length;
}
