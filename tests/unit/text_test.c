/* text_test.c: numbers, times and durations as text; the builder at its limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "support/env_sim.h"

#include <string.h>

static oc_rc units(const char *text, int scale, int64_t *ret) { return text_to_units(text, strlen(text), scale, ret); }

static void check_units(const char *text, int scale, int64_t expected)
{
    int64_t value = ~expected;
    assert_int_equal(units(text, scale, &value), OC_OK);
    assert_true(value == expected);
}

static void check_refused(const char *text, int scale, oc_rc expected)
{
    int64_t value = 4711;
    assert_int_equal(units(text, scale, &value), expected);
    assert_int_equal(value, 4711);
}

static void decimals_are_read_exactly(void **state)
{
    (void)state;
    check_units("0", 8, 0);
    check_units("-0.0", 8, 0);
    check_units("1.5", 8, 150000000);
    check_units("+1.50000000000000000000000000", 1, 15);
    check_units("000123.25", 2, 12325);
    check_units(".5", 1, 5);
    check_units("5.", 1, 50);
    check_units("1e3", 0, 1000);
    check_units("12.5E-4", 5, 125);
    check_units("1200e-2", 0, 12);
    check_units("0e999", 3, 0);
    check_units("9223372036854775807", 0, INT64_MAX);
    check_units("-9223372036854775808", 0, INT64_MIN);
    check_units("92233720368547758.07", 2, INT64_MAX);
    check_units("0.000000000000000001", 18, 1);
}

static void what_cannot_be_held_is_refused(void **state)
{
    (void)state;
    check_refused("9223372036854775808", 0, OC_E_RANGE);
    check_refused("-9223372036854775809", 0, OC_E_RANGE);
    check_refused("1e40", 0, OC_E_RANGE);
    check_refused("1e99999999", 0, OC_E_RANGE);
    check_refused("1.23", 1, OC_E_DATA);
    check_refused("1e-9", 8, OC_E_DATA);
    check_refused("1.000000000000000000000000000000000000001", 8, OC_E_DATA);
    check_refused("", 2, OC_E_INVALID);
    check_refused("-", 2, OC_E_INVALID);
    check_refused(".", 2, OC_E_INVALID);
    check_refused("1.2.3", 2, OC_E_INVALID);
    check_refused("1e", 2, OC_E_INVALID);
    check_refused("1e+", 2, OC_E_INVALID);
    check_refused("e5", 2, OC_E_INVALID);
    check_refused(" 1", 2, OC_E_INVALID);
    check_refused("1 ", 2, OC_E_INVALID);
    check_refused("0x10", 2, OC_E_INVALID);
    check_refused("nan", 2, OC_E_INVALID);
    check_refused("1", 19, OC_E_INVALID);
}

static void the_smallest_scale_is_found(void **state)
{
    (void)state;
    int64_t value;
    int scale;
    assert_int_equal(text_to_decimal("1.50", 4, &value, &scale), OC_OK);
    assert_int_equal(value, 15);
    assert_int_equal(scale, 1);
    assert_int_equal(text_to_decimal("1200", 4, &value, &scale), OC_OK);
    assert_int_equal(value, 1200);
    assert_int_equal(scale, 0);
    assert_int_equal(text_to_decimal("1e-19", 5, &value, &scale), OC_E_DATA);
    assert_int_equal(text_to_int("-42", 3, &value), OC_OK);
    assert_int_equal(value, -42);
    assert_int_equal(text_to_int("4.0", 3, &value), OC_E_INVALID);
    assert_int_equal(text_to_int("-", 1, &value), OC_E_INVALID);
}

static void decimals_are_written(void **state)
{
    (void)state;
    char buffer[TEXT_DECIMAL_MAX];
    assert_int_equal(text_from_units(buffer, 150000000, 8, TEXT_SHORTEST), 3);
    assert_string_equal(buffer, "1.5");
    text_from_units(buffer, -5, 3, TEXT_SHORTEST);
    assert_string_equal(buffer, "-0.005");
    text_from_units(buffer, 1200, 2, TEXT_SHORTEST);
    assert_string_equal(buffer, "12");
    text_from_units(buffer, 1200, 2, 4);
    assert_string_equal(buffer, "12.0000");
    text_from_units(buffer, 1250, 3, 2);
    assert_string_equal(buffer, "1.25");
    text_from_units(buffer, 0, 8, 2);
    assert_string_equal(buffer, "0.00");
    text_from_units(buffer, INT64_MIN, 18, TEXT_SHORTEST);
    assert_string_equal(buffer, "-9.223372036854775808");
    assert_int_equal(text_from_units(buffer, 1255, 3, 2), OC_E_DATA);
    oc_i128 most = ((oc_i128)1 << 126) - 1 + ((oc_i128)1 << 126);
    text_from_units_128(buffer, -most, MONEY_SCALE, TEXT_SHORTEST);
    assert_string_equal(buffer, "-1701411834604692317.31687303715884105727");
}

static void any_number_survives_the_round_trip(void **state)
{
    (void)state;
    uint64_t random = 1;
    for (int i = 0; i < 20000; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        int64_t value = (int64_t)(random ^ (random >> 29)) >> (random >> 58);
        int scale = (int)(random >> 33) % 19;
        char buffer[TEXT_DECIMAL_MAX];
        text_from_units(buffer, value, scale, i % 2 ? TEXT_SHORTEST : 18);
        check_units(buffer, scale, value);
    }
}

static void check_time(const char *text, int64_t expected, const char *written)
{
    int64_t ns;
    char buffer[TEXT_TIME_MAX];
    assert_int_equal(text_to_time(text, strlen(text), &ns), OC_OK);
    assert_true(ns == expected);
    assert_int_equal(text_from_time(buffer, ns), strlen(written));
    assert_string_equal(buffer, written);
}

static void times_are_read_and_written(void **state)
{
    (void)state;
    check_time("1970-01-01", 0, "1970-01-01T00:00:00Z");
    check_time("2023-03-01T10:20:30.5Z", 1677666030500000000, "2023-03-01T10:20:30.500Z");
    check_time("2023-03-01 12:20:30+02:00", 1677666030000000000, "2023-03-01T10:20:30Z");
    check_time("2024-02-29T23:59", 1709251140000000000, "2024-02-29T23:59:00Z");
    check_time("1969-12-31T23:59:59.999999999", -1, "1969-12-31T23:59:59.999999999Z");
    check_time("1900-03-01", -2203891200000000000, "1900-03-01T00:00:00Z");
    check_time("2262-04-11T23:47:16.854775807Z", INT64_MAX, "2262-04-11T23:47:16.854775807Z");
    int64_t ns = 3;
    static const char *const wrong[] = {"2023-02-29",
                                        "2023-13-01",
                                        "2023-3-1",
                                        "2023-03-01T24:00",
                                        "2023-03-01T10:60",
                                        "2023-03-01Tx",
                                        "2023-03-01T10",
                                        "2023-03-01T10:20:30.Z",
                                        "",
                                        "2023-03-01T10:20:30.1234567891Z",
                                        "2023-03-01T10:20Zx"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(text_to_time(wrong[i], strlen(wrong[i]), &ns), OC_E_INVALID);
    assert_int_equal(text_to_time("2262-04-12", 10, &ns), OC_E_RANGE);
    assert_int_equal(ns, 3);
    char buffer[TEXT_TIME_MAX];
    text_from_time_full(buffer, 0);
    assert_string_equal(buffer, "1970-01-01T00:00:00.000000000Z");
    for (int64_t day = -30000; day < 60000; day += 7) { /* each date comes back */
        text_from_time(buffer, day * 86400000000000);
        assert_int_equal(text_to_time(buffer, strlen(buffer), &ns), OC_OK);
        assert_true(ns == day * 86400000000000);
    }
}

static void durations_are_read_and_written(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int64_t ns;
        const char *written;
    } good[] = {{"5ms", 5000000, "5ms"},
                {"1m", 60000000000, "1m"},
                {"1h", 3600000000000, "1h"},
                {"1.5s", 1500000000, "1500ms"},
                {"0", 0, "0s"},
                {"1h30m", 5400000000000, "90m"},
                {"1w", 604800000000000, "7d"},
                {"-2us", -2000, "-2us"},
                {"250ns", 250, "250ns"},
                {"24h", 86400000000000, "1d"}};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        int64_t ns;
        char buffer[TEXT_DURATION_MAX];
        assert_int_equal(text_to_duration(good[i].text, strlen(good[i].text), &ns), OC_OK);
        assert_true(ns == good[i].ns);
        text_from_duration(buffer, ns);
        assert_string_equal(buffer, good[i].written);
    }
    int64_t ns = 1;
    static const char *const wrong[] = {"", "5", "ms", "5 ms", "5min", "-", "1h30", "1..5s", "5MS"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_int_equal(text_to_duration(wrong[i], strlen(wrong[i]), &ns), OC_E_INVALID);
    assert_int_equal(text_to_duration("0.5ns", 5, &ns), OC_E_DATA);
    assert_int_equal(text_to_duration("999999w", 7, &ns), OC_E_RANGE);
    assert_int_equal(ns, 1);
}

static void a_fixed_text_is_cut_at_its_end(void **state)
{
    (void)state;
    char buffer[6];
    struct text text;
    text_init_fixed(&text, buffer, sizeof buffer);
    text_put(&text, "12345");
    assert_false(text.is_cut);
    text_put_char(&text, '6');
    assert_true(text.is_cut);
    assert_string_equal(text.data, "12345");
    text_clear(&text);
    assert_false(text.is_cut);
    text_format(&text, "%d-%s", 7, "abcdef");
    assert_true(text.is_cut);
    assert_string_equal(text.data, "7-abc");
    text_clear(&text);
    text_put_units(&text, 125, 2, 1); /* a digit would be lost */
    assert_true(text.is_cut);
    assert_string_equal(text.data, "");
}

static void a_growing_text_stops_at_its_maximum(void **state)
{
    (void)state;
    struct text text;
    text_init_grow(&text, 1001);
    for (int i = 0; i < 100; i++)
        text_put(&text, "0123456789");
    assert_int_equal(text.size, 1000);
    assert_false(text.is_cut);
    text_put_char(&text, 'x');
    assert_true(text.is_cut);
    text_release(&text);
    text_init_grow(&text, 2000);
    text_format(&text, "%1000d", 5);
    assert_int_equal(text.size, 1000);
    text_put_units(&text, 15, 1, 2);
    text_put_time(&text, 0);
    assert_false(text.is_cut);
    assert_string_equal(text.data + 1000, "1.501970-01-01T00:00:00Z");
    text_release(&text);
    text_put(&text, "a");
}

static void no_memory_cuts_and_is_said(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    struct text text;
    text_init_grow(&text, 1000);
    env_sim_fail(ENV_SIM_ALLOC, 1);
    text_put(&text, "abc");
    assert_true(text.is_cut);
    assert_string_equal(text.data, "");
    text_clear(&text);
    text_put(&text, "abc");
    assert_false(text.is_cut);
    assert_string_equal(text.data, "abc");
    text_release(&text);
    assert_int_equal(env_sim_live_allocations(), 0);
    env_sim_stop();
}

static void the_nearest_name_is_meant(void **state)
{
    (void)state;
    static const char *const names[] = {"on_bar", "on_trade", "on_quote", "on_order", "latency", NULL};
    assert_string_equal(text_nearest("on_tarde", names), "on_trade");
    assert_string_equal(text_nearest("on_baar", names), "on_bar");
    assert_string_equal(text_nearest("latncy", names), "latency");
    assert_null(text_nearest("completely", names));
    assert_int_equal(text_distance("abc", "acb"), 1);
    assert_int_equal(text_distance("", "abc"), 3);
    assert_int_equal(text_distance("kitten", "sitting"), 3);
}

static void a_copy_fits_and_hides_nothing(void **state)
{
    (void)state;
    char text[8];
    memset(text, 'x', sizeof text);
    text_copy(text, sizeof text, "abc");
    assert_memory_equal(text, "abc\0\0\0\0", 8);
    text_copy(text, sizeof text, "1234567");
    assert_string_equal(text, "1234567");
    text_copy(text, sizeof text, "abcdefgh");
    assert_string_equal(text, "abcdefg");
    text_copy(text, sizeof text, "ab");
    text_append(text, sizeof text, "cde");
    assert_string_equal(text, "abcde");
    text_append(text, sizeof text, "fgh");
    assert_string_equal(text, "abcdefg");
    text_append(text, sizeof text, "i");
    assert_string_equal(text, "abcdefg");
}

/* One name for an order, everywhere; read back with what people type. */
static void orders_have_names(void **state)
{
    static const struct {
        uint64_t order;
        const char *name;
    } names[] = {{1ull << 40 | 1, "o1"},
                 {1ull << 40 | ((1ull << 40) - 1), "o1099511627775"},
                 {2ull << 40 | 15, "o2_15"},
                 {0xffffffull << 40 | 7, "o16777215_7"},
                 {5, "o0_5"}};
    static const char *const wrong[] = {
        "", "o", "x1", "o1_", "o1_x", "o1 ", "o-1", "o1099511627776", "o16777216_1", "o1_2_3"};
    char text[TEXT_ORDER_MAX];
    uint64_t order;
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_string_equal(text_order(names[i].order, text), names[i].name);
        order = 0;
        assert_true(text_to_order(text, &order));
        assert_int_equal(order, names[i].order);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(text_to_order(wrong[i], &order));
    assert_true(text_to_order("O2.15", &order));
    assert_int_equal(order, 2ull << 40 | 15);
    assert_true(text_to_order("12", &order));
    assert_int_equal(order, 1ull << 40 | 12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_have_names),
        cmocka_unit_test(decimals_are_read_exactly),
        cmocka_unit_test(what_cannot_be_held_is_refused),
        cmocka_unit_test(the_smallest_scale_is_found),
        cmocka_unit_test(decimals_are_written),
        cmocka_unit_test(any_number_survives_the_round_trip),
        cmocka_unit_test(times_are_read_and_written),
        cmocka_unit_test(durations_are_read_and_written),
        cmocka_unit_test(a_fixed_text_is_cut_at_its_end),
        cmocka_unit_test(a_growing_text_stops_at_its_maximum),
        cmocka_unit_test(no_memory_cuts_and_is_said),
        cmocka_unit_test(the_nearest_name_is_meant),
        cmocka_unit_test(a_copy_fits_and_hides_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
