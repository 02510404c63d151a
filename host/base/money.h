/* money.h: money beyond num.h: decimals, text, doubles, and quotients of 128-bit amounts.
 *
 * Invariants
 * - Money counts 1e-20 of a currency unit (num.h). Every function that rounds says which way.
 * - Outputs are untouched on failure. All [any]. */
#ifndef BASE_MONEY_H
#define BASE_MONEY_H

#include <outcry/dec.h>

#include "base/checked.h"
#include "base/num.h"

/* a / b for b other than 0 and a rounding other than NUM_EXACT. */
oc_i128 num_quotient(oc_i128 a, oc_i128 b, enum num_rounding rounding);
/* a * b / c through a 256-bit product. OC_E_RANGE if the result does not fit, OC_E_INVALID if c is 0. */
CHECKED oc_rc num_muldiv_128(oc_i128 a, oc_i128 b, oc_i128 c, enum num_rounding rounding, oc_i128 *ret);
/* Greatest common divisor of the magnitudes. */
int64_t num_gcd(int64_t a, int64_t b);

/* Decimal -> money, exact. OC_E_INVALID: scale outside 0..18. */
CHECKED oc_rc money_from_dec(struct oc_dec dec, oc_i128 *ret_money);
/* Money -> decimal with at most `scale` digits, rounded half to even, trailing zeros dropped. OC_E_RANGE: too large. */
CHECKED oc_rc money_to_dec(oc_i128 money, int scale, struct oc_dec *ret_dec);
/* The nearest double of the amount. */
double money_to_double(oc_i128 money);
/* Text with `scale` digits (0..20), rounded half to even; grouped: with thousands separators. Returns the length. */
int money_to_text(oc_i128 money, int scale, bool grouped, char text[64]);

#endif
