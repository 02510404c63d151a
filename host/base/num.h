/* num.h: checked integer arithmetic and money.
 *
 * Invariants
 * - Money is an oc_i128 count of 1e-20 of a currency unit: price x quantity of any accepted instrument is exact in it.
 *   The range is about +-1.7e18 currency units; what does not fit is OC_E_RANGE, never a wrong number.
 * - Every function that rounds says which way. Outputs are untouched on failure. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <outcry/dec.h>
#include <stdbool.h>

__extension__ typedef __int128 oc_i128;
__extension__ typedef unsigned __int128 oc_u128;

#define MONEY_SCALE 20
#define OC_I128_MAX ((oc_i128)(~(oc_u128)0 >> 1))
#define OC_I128_MIN (-OC_I128_MAX - 1)

enum num_round { ROUND_DOWN, ROUND_UP, ROUND_ZERO, ROUND_AWAY, ROUND_HALF_EVEN };

static inline bool num_add64(int64_t a, int64_t b, int64_t *ret) { return !__builtin_add_overflow(a, b, ret); }
static inline bool num_sub64(int64_t a, int64_t b, int64_t *ret) { return !__builtin_sub_overflow(a, b, ret); }
static inline bool num_mul64(int64_t a, int64_t b, int64_t *ret) { return !__builtin_mul_overflow(a, b, ret); }
static inline bool num_add128(oc_i128 a, oc_i128 b, oc_i128 *ret) { return !__builtin_add_overflow(a, b, ret); }
static inline bool num_sub128(oc_i128 a, oc_i128 b, oc_i128 *ret) { return !__builtin_sub_overflow(a, b, ret); }
static inline bool num_mul128(oc_i128 a, oc_i128 b, oc_i128 *ret) { return !__builtin_mul_overflow(a, b, ret); }

/* 10^exponent for 0..18, and for 0..38 in 128 bit. */
extern const int64_t num_pow10[19];
oc_i128 num_pow10_128(int exponent);

/* a / b rounded as told; b must not be 0. */
oc_i128 num_div128(oc_i128 a, oc_i128 b, enum num_round round);
/* a * b / c in 256-bit precision, rounded as told. OC_E_RANGE if the result does not fit, OC_E_INVALID if c is 0. */
oc_rc num_muldiv(oc_i128 a, oc_i128 b, oc_i128 c, enum num_round round, oc_i128 *ret);
int64_t num_gcd(int64_t a, int64_t b);

/* dec -> money, exact. OC_E_INVALID: scale outside 0..18. */
oc_rc money_from_dec(struct oc_dec dec, oc_i128 *ret_money);
/* money -> dec with at most `scale` decimals, rounded half to even; trailing zeros kept off. OC_E_RANGE if too large. */
oc_rc money_to_dec(oc_i128 money, int32_t scale, struct oc_dec *ret_dec);
/* Nearest double of the amount. */
double money_to_double(oc_i128 money);
/* Amount as text with `scale` decimals (0..20), rounded half to even; grouped: thousands separators. Returns its length;
 * `text` must hold 64 bytes. */
int money_to_text(oc_i128 money, int scale, bool grouped, char text[64]);
/* money x rate (a fraction such as a fee), rounded as told. */
oc_rc money_rate(oc_i128 money, struct oc_dec rate, enum num_round round, oc_i128 *ret_money);
/* Rounds to a multiple of 10^-scale. */
oc_i128 money_round(oc_i128 money, int scale, enum num_round round);

#endif
