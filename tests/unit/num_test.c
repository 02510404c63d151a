/* num_test.c: exact integers at, just inside and just beyond their limits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/num.h"

static int64_t muldiv(int64_t a, int64_t b, int64_t c, enum num_rounding rounding)
{
    int64_t result = 777;
    assert_int_equal(num_muldiv(a, b, c, rounding, &result), OC_OK);
    return result;
}

static void sums_and_products_are_checked(void **state)
{
    (void)state;
    int64_t result = 5;
    assert_int_equal(num_add(INT64_MAX, 1, &result), OC_E_RANGE);
    assert_int_equal(num_sub(INT64_MIN, 1, &result), OC_E_RANGE);
    assert_int_equal(num_mul(INT64_MAX, 2, &result), OC_E_RANGE);
    assert_int_equal(result, 5);
    assert_int_equal(num_add(INT64_MAX - 1, 1, &result), OC_OK);
    assert_true(result == INT64_MAX);
    assert_int_equal(num_mul(-4611686018427387904, 2, &result), OC_OK);
    assert_true(result == INT64_MIN);
}

/* On both sides of what one multiplication of the machine can take, and of what 128 bits hold. */
static void wide_products_are_exact_or_refused(void **state)
{
    (void)state;
    const oc_i128 wide = (oc_i128)1 << 64, largest = (oc_i128)(~(oc_u128)0 >> 1);
    const oc_i128 factors[] = {0, 1, -1, 3, INT64_MAX, INT64_MIN, (oc_i128)INT64_MAX + 1, (oc_i128)INT64_MIN - 1, wide};
    oc_i128 product = 5;
    for (size_t i = 0; i < sizeof factors / sizeof factors[0]; i++)
        for (size_t k = 0; k < sizeof factors / sizeof factors[0]; k++) {
            oc_i128 expected;
            const bool fits = !__builtin_mul_overflow(factors[i], factors[k], &expected);
            assert_int_equal(num_mul_128(factors[i], factors[k], &product), fits ? OC_OK : OC_E_RANGE);
            assert_true(!fits || product == expected);
        }
    product = 5;
    assert_int_equal(num_mul_128(largest, 2, &product), OC_E_RANGE);
    assert_int_equal(num_mul_128(wide, wide, &product), OC_E_RANGE);
    assert_true(product == 5);
    assert_int_equal(num_mul_128(INT64_MIN, INT64_MIN, &product), OC_OK);
    assert_true(product == (oc_i128)1 << 126);
}

static void rounding_is_as_stated(void **state)
{
    (void)state;
    assert_int_equal(muldiv(7, 1, 2, NUM_FLOOR), 3);
    assert_int_equal(muldiv(-7, 1, 2, NUM_FLOOR), -4);
    assert_int_equal(muldiv(7, 1, 2, NUM_CEIL), 4);
    assert_int_equal(muldiv(-7, 1, 2, NUM_CEIL), -3);
    assert_int_equal(muldiv(-7, 1, 2, NUM_ZERO), -3);
    assert_int_equal(muldiv(7, 1, 2, NUM_HALF_EVEN), 4);
    assert_int_equal(muldiv(5, 1, 2, NUM_HALF_EVEN), 2);
    assert_int_equal(muldiv(-5, 1, 2, NUM_HALF_EVEN), -2);
    assert_int_equal(muldiv(-5, 3, 2, NUM_HALF_EVEN), -8);
    assert_int_equal(muldiv(26, 1, 10, NUM_HALF_EVEN), 3);
    assert_int_equal(muldiv(24, 1, -10, NUM_HALF_EVEN), -2);
    int64_t result = 9;
    assert_int_equal(num_muldiv(7, 1, 2, NUM_EXACT, &result), OC_E_DATA);
    assert_int_equal(num_muldiv(7, 1, 0, NUM_FLOOR, &result), OC_E_INVALID);
    assert_int_equal(num_muldiv(INT64_MAX, 3, 2, NUM_FLOOR, &result), OC_E_RANGE);
    assert_int_equal(result, 9);
    assert_true(muldiv(INT64_MAX, INT64_MAX, INT64_MAX, NUM_EXACT) == INT64_MAX);
    assert_true(muldiv(INT64_MIN, 1, 1, NUM_EXACT) == INT64_MIN);
}

static void wide_division_reaches_its_limits(void **state)
{
    (void)state;
    oc_i128 low = -num_pow10_128(38) - num_pow10_128(38) / 2, result;
    assert_int_equal(num_div_128(low, 3, NUM_HALF_EVEN, &result), OC_OK);
    assert_true(result == -num_pow10_128(38) / 2);
    oc_i128 most_negative = (oc_i128)((oc_u128)1 << 127);
    assert_int_equal(num_div_128(most_negative, -1, NUM_FLOOR, &result), OC_E_RANGE);
    assert_int_equal(num_div_128(most_negative, 1, NUM_FLOOR, &result), OC_OK);
    assert_true(result == most_negative);
    oc_i128 power = 1;
    for (int n = 0; n <= NUM_POW10_128_MAX; n++, power *= n <= NUM_POW10_128_MAX ? 10 : 1)
        assert_true(num_pow10_128(n) == power);
}

static void rescaling_is_exact_or_says_so(void **state)
{
    (void)state;
    int64_t result = 1;
    assert_int_equal(num_rescale(125, 2, 1, NUM_HALF_EVEN, &result), OC_OK);
    assert_int_equal(result, 12);
    assert_int_equal(num_rescale(125, 2, 1, NUM_EXACT, &result), OC_E_DATA);
    assert_int_equal(num_rescale(125, 2, 18, NUM_EXACT, &result), OC_OK);
    assert_true(result == 1250000000000000000);
    assert_int_equal(num_rescale(1250, 2, 18, NUM_EXACT, &result), OC_E_RANGE);
    assert_int_equal(num_rescale(1, 0, 39, NUM_EXACT, &result), OC_E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sums_and_products_are_checked), cmocka_unit_test(wide_products_are_exact_or_refused),
        cmocka_unit_test(rounding_is_as_stated),         cmocka_unit_test(wide_division_reaches_its_limits),
        cmocka_unit_test(rescaling_is_exact_or_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
