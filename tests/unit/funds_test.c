/* funds_test.c: how much money trades, over the decades of prices and amounts (findings Q5, Q16). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/funds.h"

/* What `units` cost with their fee, or take in. */
static oc_i128 net(int64_t units, oc_i128 unit, struct oc_dec rate, bool buys)
{
    const oc_i128 value = unit * units, fee = funds_fee(value, rate);
    return buys ? value + fee : value - fee;
}

/* Twelve decades of the price of a unit and of money, fees of none to 10 %, from both sides: so many, and not one more. */
static void Q5_money_buys_as_many_as_it_pays_over_twelve_decades(void **state)
{
    (void)state;
    static const struct oc_dec rates[] = {{0, 0, 0}, {1, 3, 0}, {1, 2, 0}, {75, 5, 0}, {1, 1, 0}};
    static const int64_t mantissas[] = {1, 35, 12, 99, 7777};
    for (int of_unit = 0; of_unit <= 12; of_unit++)
        for (int of_money = 0; of_money <= 12; of_money++)
            for (size_t i = 0; i < 25; i++) {
                const struct oc_dec rate = rates[i % 5];
                const oc_i128 unit = num_pow10_128(of_unit + 4) * mantissas[i / 5];
                const oc_i128 money = num_pow10_128(of_money + 14) * mantissas[(i + 1) % 5];
                for (int buys = 0; buys < 2; buys++) {
                    const int64_t units = buys ? funds_buys(money, unit, rate) : funds_sells(money, unit, rate);
                    assert_true(units >= 0 && net(units, unit, rate, buys) <= money);
                    assert_true(units == INT64_MAX || net(units + 1, unit, rate, buys) > money);
                }
            }
}

static void money_that_buys_nothing_buys_nothing(void **state)
{
    (void)state;
    const struct oc_dec rate = {1, 3, 0}, rebate = {-1, 3, 0};
    const oc_i128 one = num_pow10_128(MONEY_SCALE), most = (oc_i128)(~(oc_u128)0 >> 1);
    assert_int_equal(funds_buys(0, one, rate), 0);
    assert_int_equal(funds_buys(-one, one, rate), 0);
    assert_int_equal(funds_buys(one, 0, rate), 0);
    assert_int_equal(funds_buys(one, one, rate), 0); /* its fee is not there */
    assert_int_equal(funds_buys(one, one, rebate), 1);
    assert_int_equal(funds_sells(100 * one, one, rebate), 99);
    assert_true(funds_buys(most, 1, rate) == INT64_MAX);
    assert_int_equal(funds_buys(most, most, (struct oc_dec){0, 0, 0}), 1);
    assert_int_equal(funds_buys(most, most, rate), 0);
}

static void a_fee_is_rounded_up_to_its_last_digit(void **state)
{
    (void)state;
    const oc_i128 one = num_pow10_128(MONEY_SCALE), last = num_pow10_128(MONEY_SCALE - 8);
    assert_true(funds_fee(one, (struct oc_dec){1, 3, 0}) == one / 1000);
    assert_true(funds_fee(one + 1, (struct oc_dec){1, 3, 0}) == one / 1000 + last);
    assert_true(funds_fee(-one - 1, (struct oc_dec){1, 3, 0}) ==
                one / 1000 + last);                                            /* whatever the sign of the value */
    assert_true(funds_fee(one + 1, (struct oc_dec){-1, 3, 0}) == -one / 1000); /* a rebate is the smaller one */
    assert_true(funds_fee(one, (struct oc_dec){0, 0, 0}) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Q5_money_buys_as_many_as_it_pays_over_twelve_decades),
        cmocka_unit_test(money_that_buys_nothing_buys_nothing),
        cmocka_unit_test(a_fee_is_rounded_up_to_its_last_digit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
