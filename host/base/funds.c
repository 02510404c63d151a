#include "base/funds.h"

enum { FEE_SCALE = 8 };

oc_i128 funds_fee(oc_i128 value, struct oc_dec rate)
{
    const oc_i128 step = num_pow10_128(MONEY_SCALE - FEE_SCALE);
    oc_i128 fee, size = value < 0 ? -value : value;
    if (size == 0 || rate.units == 0 ||
        num_muldiv_128(size, rate.units, num_pow10(rate.scale) * step, NUM_CEIL, &fee) < 0)
        return 0;
    return fee * step;
}

/* Value and fee of a purchase, or what a sale takes in; false: it does not fit, or is more than `money`. */
static bool is_within(int64_t units, oc_i128 unit, struct oc_dec rate, bool buys, oc_i128 money)
{
    oc_i128 value, net;
    if (num_mul_128(unit, units, &value) < 0)
        return false;
    const oc_i128 fee = funds_fee(value, rate);
    const oc_rc rc = buys ? num_add_128(value, fee, &net) : num_sub_128(value, fee, &net);
    return rc == OC_OK && net <= money;
}

/* money / (unit * (1 + share)) to the floor, at most INT64_MAX. */
static int64_t quotient(oc_i128 money, oc_i128 unit, oc_i128 whole, oc_i128 with_fee)
{
    oc_i128 gross, units;
    if (num_mul_128(unit, with_fee, &gross) < 0 || gross <= 0)
        return money / unit > INT64_MAX ? INT64_MAX : (int64_t)(money / unit);
    if (num_muldiv_128(money, whole, gross, NUM_FLOOR, &units) < 0 || units > INT64_MAX)
        return INT64_MAX;
    return (int64_t)units;
}

/* Rounding moves a fee by at most 1e-8: what fits lies between what fits with a fee that much larger, and that much smaller. */
static int64_t most(oc_i128 money, oc_i128 unit, struct oc_dec rate, bool buys)
{
    const oc_i128 whole = num_pow10(rate.scale), with_fee = buys ? whole + rate.units : whole - rate.units;
    const oc_i128 step = num_pow10_128(MONEY_SCALE - FEE_SCALE) + 1;
    oc_i128 more = 0;
    if (money <= 0 || unit <= 0 || rate.scale < 0 || rate.scale > NUM_POW10_MAX)
        return 0;
    if (rate.units == 0)
        return money / unit > INT64_MAX ? INT64_MAX : (int64_t)(money / unit);
    int64_t low = money > step ? quotient(money - step, unit, whole, with_fee) : 0;
    int64_t high = num_add_128(money, step, &more) < 0 ? INT64_MAX : quotient(more, unit, whole, with_fee);
    if (low > 0 && !is_within(low, unit, rate, buys, money))
        low = 0; /* it did not fit into 128 bits */
    while (low < high) {
        const int64_t middle = low + (high - low) / 2 + (high - low) % 2;
        if (is_within(middle, unit, rate, buys, money))
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

bool funds_pays(oc_i128 money, oc_i128 unit, int64_t units, struct oc_dec rate)
{
    return is_within(units, unit, rate, true, money);
}

int64_t funds_buys(oc_i128 money, oc_i128 unit, struct oc_dec rate)
{
    return most(money, unit, rate.units > 0 ? rate : (struct oc_dec){0, 0, 0}, true);
}

int64_t funds_sells(oc_i128 money, oc_i128 unit, struct oc_dec rate) { return most(money, unit, rate, false); }
