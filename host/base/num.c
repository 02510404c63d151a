#include "base/num.h"

#include <string.h>

const int64_t num_pow10[19] = {1LL,
                               10LL,
                               100LL,
                               1000LL,
                               10000LL,
                               100000LL,
                               1000000LL,
                               10000000LL,
                               100000000LL,
                               1000000000LL,
                               10000000000LL,
                               100000000000LL,
                               1000000000000LL,
                               10000000000000LL,
                               100000000000000LL,
                               1000000000000000LL,
                               10000000000000000LL,
                               100000000000000000LL,
                               1000000000000000000LL};

oc_i128 num_pow10_128(int exponent)
{
    if (exponent < 0 || exponent > 38)
        return 0;
    if (exponent <= 18)
        return num_pow10[exponent];
    oc_i128 value = num_pow10[18];
    for (int i = 18; i < exponent; i++)
        value *= 10;
    return value;
}

/* Adjusts the quotient truncated toward zero; `twice` compares 2 x |rest| with |b|: -1, 0, 1. */
static oc_i128 adjust(oc_i128 quotient, bool negative, bool has_rest, int twice, enum num_round round)
{
    if (!has_rest)
        return quotient;
    bool away = false;
    switch (round) {
    case ROUND_DOWN:
        away = negative;
        break;
    case ROUND_UP:
        away = !negative;
        break;
    case ROUND_ZERO:
        break;
    case ROUND_AWAY:
        away = true;
        break;
    case ROUND_HALF_EVEN:
        away = twice > 0 || (twice == 0 && (quotient & 1));
        break;
    }
    if (!away)
        return quotient;
    return negative ? quotient - 1 : quotient + 1;
}

static oc_u128 magnitude(oc_i128 a) { return a < 0 ? (oc_u128)0 - (oc_u128)a : (oc_u128)a; }

oc_i128 num_div128(oc_i128 a, oc_i128 b, enum num_round round)
{
    oc_i128 quotient, rest;
    if (a == (int64_t)a && b == (int64_t)b && b != -1) { /* the machine divides 64 bits much faster */
        quotient = (int64_t)a / (int64_t)b;
        rest = (int64_t)a % (int64_t)b;
    } else {
        quotient = a / b;
        rest = a % b;
    }
    oc_u128 r = magnitude(rest), m = magnitude(b);
    int twice = r > m - r ? 1 : (r == m - r ? 0 : -1);
    return adjust(quotient, (a < 0) != (b < 0), rest != 0, twice, round);
}

oc_rc num_muldiv(oc_i128 a, oc_i128 b, oc_i128 c, enum num_round round, oc_i128 *ret)
{
    if (c == 0)
        return OC_E_INVALID;
    oc_i128 product;
    if (num_mul128(a, b, &product)) {
        *ret = num_div128(product, c, round);
        return OC_OK;
    }
    bool negative = ((a < 0) != (b < 0)) != (c < 0);
    oc_u128 x = magnitude(a), y = magnitude(b), m = magnitude(c);
    const oc_u128 mask = ~(uint64_t)0;
    oc_u128 x0 = x & mask, x1 = x >> 64, y0 = y & mask, y1 = y >> 64;
    oc_u128 low = x0 * y0, mid = x1 * y0 + (low >> 64), mid2 = x0 * y1 + (mid & mask);
    oc_u128 high = x1 * y1 + (mid >> 64) + (mid2 >> 64);
    low = (mid2 << 64) | (low & mask);
    if (high >= m)
        return OC_E_RANGE;
    oc_u128 quotient = 0, rest = high; /* long division, one bit a step: rare path */
    for (int bit = 127; bit >= 0; bit--) {
        bool carry = rest >> 127;
        rest = (rest << 1) | ((low >> bit) & 1);
        quotient <<= 1;
        if (carry || rest >= m) {
            rest -= m;
            quotient |= 1;
        }
    }
    if (quotient >= (oc_u128)OC_I128_MAX)
        return OC_E_RANGE;
    int twice = rest > m - rest ? 1 : (rest == m - rest ? 0 : -1);
    oc_i128 value = negative ? -(oc_i128)quotient : (oc_i128)quotient;
    *ret = adjust(value, negative, rest != 0, twice, round);
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
    oc_i128 money;
    if (!num_mul128(dec.units, num_pow10_128(MONEY_SCALE - dec.scale), &money))
        return OC_E_RANGE;
    *ret_money = money;
    return OC_OK;
}

oc_rc money_to_dec(oc_i128 money, int32_t scale, struct oc_dec *ret_dec)
{
    if (scale < 0 || scale > OC_DEC_SCALE_MAX)
        return OC_E_INVALID;
    oc_i128 units = num_div128(money, num_pow10_128(MONEY_SCALE - scale), ROUND_HALF_EVEN);
    while (scale > 0 && units % 10 == 0) {
        units /= 10;
        scale--;
    }
    if (units > INT64_MAX || units < INT64_MIN)
        return OC_E_RANGE;
    *ret_dec = (struct oc_dec){(int64_t)units, scale, 0};
    return OC_OK;
}

double money_to_double(oc_i128 money)
{
    /* Shed trailing zeros first so that amounts of usual size are one exact division. */
    int scale = MONEY_SCALE;
    while (scale > 0 && money % 10 == 0) {
        money /= 10;
        scale--;
    }
    static const double pow10[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9, 1e10,
                                   1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20};
    return (double)money / pow10[scale];
}

int money_to_text(oc_i128 money, int scale, bool grouped, char text[64])
{
    if (scale < 0)
        scale = 0;
    if (scale > MONEY_SCALE)
        scale = MONEY_SCALE;
    oc_i128 units = num_div128(money, num_pow10_128(MONEY_SCALE - scale), ROUND_HALF_EVEN);
    bool negative = units < 0;
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
    if (negative)
        reversed[length++] = '-';
    for (int i = 0; i < length; i++)
        text[i] = reversed[length - 1 - i];
    text[length] = 0;
    return length;
}

oc_rc money_rate(oc_i128 money, struct oc_dec rate, enum num_round round, oc_i128 *ret_money)
{
    if (rate.scale < 0 || rate.scale > OC_DEC_SCALE_MAX)
        return OC_E_INVALID;
    return num_muldiv(money, rate.units, num_pow10_128(rate.scale), round, ret_money);
}

oc_i128 money_round(oc_i128 money, int scale, enum num_round round)
{
    if (scale < 0 || scale >= MONEY_SCALE)
        return money;
    oc_i128 step = num_pow10_128(MONEY_SCALE - scale);
    return num_div128(money, step, round) * step;
}
