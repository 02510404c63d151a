/* funds.h: what a trade costs with its fee, and how much an amount of money trades: the same for the host, which reserves, and
 * for a simulated venue, which takes.
 *
 * Invariants
 * - A fee is rounded to 1e-8 of its currency, against the trader; a rate below 0 is a rebate.
 * - A search takes at most 64 steps, whatever price and amount. All [any]. */
#ifndef BASE_FUNDS_H
#define BASE_FUNDS_H

#include "base/money.h"

/* Fee of a trade of this value. */
oc_i128 funds_fee(oc_i128 value, struct oc_dec rate);
/* Whether `money` pays so many units, each worth `unit`, with their fee. */
bool funds_pays(oc_i128 money, oc_i128 unit, int64_t units, struct oc_dec rate);
/* The most units, each worth `unit` above 0, whose value and fee stay within `money`. A rebate buys nothing. */
int64_t funds_buys(oc_i128 money, oc_i128 unit, struct oc_dec rate);
/* The most units whose value less fee stays within `money`. */
int64_t funds_sells(oc_i128 money, oc_i128 unit, struct oc_dec rate);

#endif
