/* detmath_angle.c: sine and its kin. */
#include "base/detmath_pair.h"

enum { WINDOW_WORDS = 4, PRODUCT_WORDS = 5, FIXED_BITS = 64 * PRODUCT_WORDS };

__extension__ typedef unsigned __int128 uint128;

/* `count` words of 2/pi from bit `first` (from 0, after the point). */
static void window_of(int first, uint64_t *ret_words)
{
    int word = first / 64;
    int shift = first % 64;
    for (int at = 0; at < WINDOW_WORDS; at++)
        ret_words[at] = det_2_pi[word + at] << shift | (shift ? det_2_pi[word + at + 1] >> (64 - shift) : 0);
}

/* |x| * 2/pi modulo 4, as a binary fraction whose first two bits are the whole quarter turns. Bits
 * of 2/pi that add a multiple of 4 are left out from the start, so that a window of 256 bits does
 * for any x. */
static void quarter_turns(double x, uint64_t *ret_fixed)
{
    int exponent;
    uint64_t m = integer_of(x, &exponent);
    int first = exponent >= 2 ? exponent - 2 : 0;
    int point = exponent >= 2 ? 254 : 256 - exponent; /* bits after the point of the product */
    uint64_t window[WINDOW_WORDS];
    uint64_t product[PRODUCT_WORDS + 1] = {0};
    window_of(first, window);
    uint64_t carry = 0;
    for (int at = WINDOW_WORDS - 1; at >= 0; at--) {
        uint128 part = (uint128)window[at] * m + carry;
        product[at + 1] = (uint64_t)part;
        carry = (uint64_t)(part >> 64);
    }
    product[0] = carry;
    int shift = FIXED_BITS - 2 - point; /* 9 to 64 */
    int words = shift / 64;
    shift %= 64;
    for (int at = 0; at < PRODUCT_WORDS; at++) {
        uint64_t high = at + words < PRODUCT_WORDS ? product[at + words] : 0;
        uint64_t low = at + words + 1 < PRODUCT_WORDS ? product[at + words + 1] : 0;
        ret_fixed[at] = shift ? high << shift | low >> (64 - shift) : high;
    }
}

/* The fraction in `words` (three good ones after its leading zeros) as a pair. */
static struct det_pair pair_of_fixed(const uint64_t *words)
{
    int at = 0;
    while (at < PRODUCT_WORDS - 2 && words[at] == 0)
        at++;
    if (words[at] == 0)
        return (struct det_pair){0, 0};
    int zeros = __builtin_clzll(words[at]);
    uint64_t high = words[at];
    uint64_t low = words[at + 1];
    if (zeros) {
        high = high << zeros | low >> (64 - zeros);
        uint64_t last = at + 2 < PRODUCT_WORDS ? words[at + 2] : 0;
        low = low << zeros | last >> (64 - zeros);
    }
    int exponent = -64 * at - zeros;
    double first = (double)(high >> 11);
    double second = (double)((high & 2047) << 52 | low >> 12);
    return quick_sum(scale(first, exponent - 53), scale(second, exponent - 116));
}

/* Reduces to |r| <= pi/4 and the number of quarter turns modulo 4. Finite x. */
static struct det_pair reduce(double x, unsigned *ret_quarter)
{
    *ret_quarter = 0;
    double size = magnitude(x);
    if (size < 0.78)
        return (struct det_pair){x, 0};
    uint64_t fixed[PRODUCT_WORDS];
    quarter_turns(size, fixed);
    unsigned quarter = (unsigned)(fixed[0] >> 62);
    for (int at = 0; at < PRODUCT_WORDS; at++)
        fixed[at] = fixed[at] << 2 | (at + 1 < PRODUCT_WORDS ? fixed[at + 1] >> 62 : 0);
    bool is_past_half = fixed[0] >> 63;
    if (is_past_half) { /* nearer to the next: the fraction becomes what is missing, negative */
        quarter++;
        for (int at = 0; at < PRODUCT_WORDS; at++)
            fixed[at] = ~fixed[at];
    }
    struct det_pair r = pair_mul(pair_of_fixed(fixed), det_pi_2);
    if (is_past_half != (x < 0))
        r = (struct det_pair){-r.high, -r.low};
    *ret_quarter = (x < 0 ? 4 - quarter : quarter) & 3;
    return r;
}

static struct det_pair sin_near(struct det_pair r)
{
    static const double parts[] = {-1.0 / 121645100408832000.0,
                                   1.0 / 355687428096000.0,
                                   -1.0 / 1307674368000.0,
                                   1.0 / 6227020800.0,
                                   -1.0 / 39916800.0,
                                   1.0 / 362880.0,
                                   -1.0 / 5040.0,
                                   1.0 / 120.0,
                                   -1.0 / 6.0};
    double square = r.high * r.high;
    double tail = 0;
    for (unsigned at = 0; at < sizeof parts / sizeof *parts; at++)
        tail = parts[at] + square * tail;
    return quick_sum(r.high, r.high * square * tail + r.low * (1 - 0.5 * square));
}

static struct det_pair cos_near(struct det_pair r)
{
    static const double parts[] = {1.0 / 2432902008176640000.0,
                                   -1.0 / 6402373705728000.0,
                                   1.0 / 20922789888000.0,
                                   -1.0 / 87178291200.0,
                                   1.0 / 479001600.0,
                                   -1.0 / 3628800.0,
                                   1.0 / 40320.0,
                                   -1.0 / 720.0,
                                   1.0 / 24.0};
    struct det_pair square = {r.high * r.high, 0};
    if (magnitude(r.high) > 0x1p-100)
        square = exact_product(r.high, r.high);
    double tail = 0;
    for (unsigned at = 0; at < sizeof parts / sizeof *parts; at++)
        tail = parts[at] + square.high * tail;
    struct det_pair first = quick_sum(1, -0.5 * square.high);
    double rest = square.high * square.high * tail - 0.5 * square.low - r.high * r.low;
    return quick_sum(first.high, first.low + rest);
}

/* The sine `turn` quarter turns further on. */
static struct det_pair sin_turned(struct det_pair r, unsigned turn)
{
    struct det_pair value = turn & 1 ? cos_near(r) : sin_near(r);
    return turn & 2 ? (struct det_pair){-value.high, -value.low} : value;
}

static double sin_or_cos(double x, unsigned turn)
{
    if (!is_finite(x))
        return NOT_A_NUMBER;
    unsigned quarter;
    struct det_pair r = reduce(x, &quarter);
    struct det_pair value = sin_turned(r, quarter + turn);
    return value.high + value.low;
}

double det_sin(double x) { return magnitude(x) < 0x1p-27 ? x : sin_or_cos(x, 0); }
double det_cos(double x) { return sin_or_cos(x, 1); }

double det_tan(double x)
{
    if (!is_finite(x))
        return NOT_A_NUMBER;
    if (magnitude(x) < 0x1p-27)
        return x;
    unsigned quarter;
    struct det_pair r = reduce(x, &quarter);
    struct det_pair value = pair_div(sin_turned(r, quarter), sin_turned(r, quarter + 1));
    return value.high + value.low;
}

/* atan(y / x) for y >= 0 and x > 0 of like size. */
static struct det_pair atan_ratio(struct det_pair y, struct det_pair x)
{
    bool is_steep = y.high > x.high;
    struct det_pair t = is_steep ? pair_div(x, y) : pair_div(y, x);
    int index = (int)(t.high * 8 + 0.5);
    double near = index / 8.0;
    if (index > 0) {
        struct det_pair above = pair_add(t, (struct det_pair){-near, 0});
        struct det_pair below = pair_mul(t, (struct det_pair){near, 0});
        t = pair_div(above, pair_add((struct det_pair){1, 0}, below));
    }
    double square = t.high * t.high;
    double tail = 0;
    for (int odd = 17; odd >= 3; odd -= 2)
        tail = square * ((odd & 2 ? -1.0 : 1.0) / odd + tail);
    t = quick_sum(t.high, t.low + t.high * tail);
    t = pair_add(det_atan_parts[index], t);
    return is_steep ? pair_add(det_pi_2, (struct det_pair){-t.high, -t.low}) : t;
}

/* The angle of (x, y) given for positive ones, put in its quadrant. */
static double in_quadrant(struct det_pair angle, bool x_is_negative, bool y_is_negative)
{
    if (x_is_negative)
        angle = pair_add(det_pi, (struct det_pair){-angle.high, -angle.low});
    double value = angle.high + angle.low;
    return y_is_negative ? -value : value;
}

double det_atan2(double y, double x)
{
    if (x != x || y != y)
        return NOT_A_NUMBER;
    bool x_negative = bits_of(x) >> 63;
    bool y_negative = bits_of(y) >> 63;
    double a = magnitude(x);
    double b = magnitude(y);
    struct det_pair zero = {0, 0};
    struct det_pair half = {det_pi_2.high / 2, det_pi_2.low / 2};
    if (!is_finite(a) && !is_finite(b))
        return in_quadrant(half, x_negative, y_negative);
    if (b == 0 || !is_finite(a))
        return in_quadrant(zero, x_negative, y_negative);
    if (a == 0 || !is_finite(b))
        return in_quadrant(det_pi_2, x_negative, y_negative);
    int difference = exponent_of(b) - exponent_of(a);
    if (difference > 64)
        return in_quadrant(det_pi_2, x_negative, y_negative);
    if (difference < -64) {
        if (x_negative)
            return in_quadrant(zero, x_negative, y_negative);
        return y_negative ? -(b / a) : b / a;
    }
    int down = exponent_of(a) > exponent_of(b) ? exponent_of(a) : exponent_of(b);
    struct det_pair x_pair = {scale(a, -down), 0}; /* exact: both stay near 1 */
    struct det_pair y_pair = {scale(b, -down), 0};
    return in_quadrant(atan_ratio(y_pair, x_pair), x_negative, y_negative);
}

/* sqrt(1 - x^2), |x| < 1 */
static struct det_pair other_leg(double x)
{
    struct det_pair square = pair_mul(exact_sum(1, -x), exact_sum(1, x));
    double root = det_sqrt(square.high);
    struct det_pair used = exact_product(root, root);
    double rest = (square.high - used.high) - used.low + square.low;
    return quick_sum(root, rest / (2 * root));
}

double det_asin(double x)
{
    double size = magnitude(x);
    if (!(size <= 1))
        return NOT_A_NUMBER;
    if (size < 0x1p-27)
        return x;
    if (size == 1)
        return in_quadrant(det_pi_2, false, x < 0);
    return in_quadrant(atan_ratio((struct det_pair){size, 0}, other_leg(x)), false, x < 0);
}

double det_acos(double x)
{
    double size = magnitude(x);
    if (!(size <= 1))
        return NOT_A_NUMBER;
    if (size == 1)
        return x > 0 ? 0 : det_pi.high;
    if (size < 0x1p-60)
        return det_pi_2.high;
    return in_quadrant(atan_ratio(other_leg(x), (struct det_pair){size, 0}), x < 0, false);
}
