/* venue_protect_keys_test.c: the keys of a venue that say what protects a position there, and how. */
#include "support/venue_keys_kit.h"

/* A stop loss where no stop is taken at market: of a venue that has stops with a limit it is 1 % where nothing is said. */
static void how_far_a_stop_may_slip(void **state)
{
    (void)state;
    static const struct oc_order_kind with[] = {{OC_ORDER_LIMIT, 0, 2, 0, 0, 0, 0, 0},
                                                {OC_ORDER_STOP_LIMIT, 2, 2, 0, 0, 0, 0, 0}};
    static const struct {
        const char *text;
        oc_rc rc;
        uint32_t ppm;
    } cases[] = {{"0.01%", OC_OK, 100}, {"50%", OC_OK, 500000},     {"2.5%", OC_OK, 25000},
                 {"none", OC_OK, 0},    {"0.009%", OC_E_CONFIG, 0}, {"50.01%", OC_E_CONFIG, 0},
                 {"1", OC_E_CONFIG, 0}, {"yes", OC_E_CONFIG, 0},    {"-1%", OC_E_CONFIG, 0}};
    const struct oc_venue has = {.orders = with, .order_count = 2}, lacks = {.orders = with, .order_count = 1};
    uint32_t ppm;
    whole_venue("local");
    assert_true(venue_stop_slip(&settings, "mine", NULL, &ppm, &error) == OC_OK && ppm == 0); /* of old */
    assert_true(venue_stop_slip(&settings, "mine", &lacks, &ppm, &error) == OC_OK && ppm == 0);
    assert_true(venue_stop_slip(&settings, "mine", &has, &ppm, &error) == OC_OK && ppm == 10000);
    assert_true(venue_stop_slip(&settings, "mine", NULL, &ppm, &error) == OC_OK && ppm == 10000); /* a replay */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        venue("stop_slip", cases[i].text);
        assert_true(venue_stop_slip(&settings, "mine", &has, &ppm, &error) == cases[i].rc && ppm == cases[i].ppm);
    }
}

/* As the venue changes stops, where nothing is said; what it does not change is never amended. */
static void how_a_stop_is_moved(void **state)
{
    (void)state;
    const uint32_t market = 1u << OC_ORDER_STOP, limit = 1u << OC_ORDER_STOP_LIMIT;
    static const struct oc_order_kind with[] = {{OC_ORDER_STOP, 2, 2, 0, 0, 0, 0, 0},
                                                {OC_ORDER_STOP_LIMIT, 2, 2, 0, 0, OC_AMEND_STOP, 0, 0}};
    const struct oc_venue both = {.orders = with, .order_count = 2}, limits = {.orders = with + 1, .order_count = 1};
    const struct {
        const char *text;
        oc_rc rc;
        uint32_t fixed;
    } cases[] = {{"anew", OC_OK, market | limit},   {"amend_limits", OC_OK, market}, {"amend", OC_E_CONFIG, 0},
                 {"amend_markets", OC_E_CONFIG, 0}, {"never", OC_E_CONFIG, 0},       {"", OC_E_CONFIG, 0}};
    uint32_t fixed;
    whole_venue("local");
    assert_true(venue_move_stops(&settings, "mine", NULL, &fixed, &error) == OC_OK && fixed == 0); /* of old */
    assert_true(venue_move_stops(&settings, "mine", &both, &fixed, &error) == OC_OK && fixed == market);
    assert_string_equal(venue_text(&settings, "mine", "move_stops", ""), "amend_limits");
    assert_true(venue_move_stops(&settings, "mine", NULL, &fixed, &error) == OC_OK && fixed == market); /* a replay */
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        venue("move_stops", cases[i].text);
        assert_true(venue_move_stops(&settings, "mine", &both, &fixed, &error) == cases[i].rc &&
                    fixed == cases[i].fixed);
    }
    whole_venue("local");
    assert_true(venue_move_stops(&settings, "mine", &limits, &fixed, &error) == OC_OK && fixed == 0);
    assert_string_equal(venue_text(&settings, "mine", "move_stops", ""), "amend");
}

/* As the venue can, where nothing is said; what it cannot is refused; a replay takes what is recorded. */
static void closing_and_protecting_go_the_way_that_is_said(void **state)
{
    (void)state;
    static const uint32_t cans[] = {0, OC_CAN_CLOSE, OC_CAN_PROTECT, OC_CAN_CLOSE | OC_CAN_PROTECT};
    static const char *const keys[] = {"close", "legs"};
    uint32_t can;
    for (size_t i = 0; i < sizeof cans / sizeof *cans; i++) {
        const struct oc_venue described = {.flags = cans[i] | OC_CAN_DEADMAN};
        whole_venue("local");
        assert_int_equal(venue_own_way(&settings, "mine", NULL, &can, &error), OC_OK);
        assert_int_equal(can, 0);
        assert_int_equal(venue_own_way(&settings, "mine", &described, &can, &error), OC_OK);
        assert_int_equal(can, cans[i]);
        assert_int_equal(venue_own_way(&settings, "mine", NULL, &can, &error), OC_OK);
        assert_int_equal(can, cans[i]);
        for (uint32_t k = 0; k < 2; k++) {
            const uint32_t bit = k ? OC_CAN_PROTECT : OC_CAN_CLOSE;
            assert_string_equal(venue_text(&settings, "mine", keys[k], ""), cans[i] & bit ? "venue" : "order");
            venue(keys[k], "venue");
            assert_int_equal(venue_own_way(&settings, "mine", &described, &can, &error),
                             cans[i] & bit ? OC_OK : OC_E_CONFIG);
            venue(keys[k], "order");
            assert_int_equal(venue_own_way(&settings, "mine", &described, &can, &error), OC_OK);
            assert_int_equal(can & bit, 0);
            venue(keys[k], "yes");
            assert_int_equal(venue_own_way(&settings, "mine", NULL, &can, &error), OC_E_CONFIG);
            venue(keys[k], "order");
        }
    }
}

/* Without a word the host holds what the venue does not, and that is written down. */
static void what_the_venue_cannot_hold_goes_as_is_said(void **state)
{
    (void)state;
    static const struct oc_order_kind kinds[] = {{.type = OC_ORDER_LIMIT}, {.type = OC_ORDER_STOP_LIMIT}};
    static const char *const words[] = {"", "native", "host", "refuse", "order"}; /* as the enum, and one too many */
    struct venue_protection got = {ENGINE_PROTECT_NATIVE, true};
    uint32_t can;
    for (uint32_t count = 1; count <= 2; count++) { /* of one kind: it takes no stops, and legs say so */
        const struct oc_venue described = {.orders = kinds, .order_count = count};
        whole_venue("local");
        assert_true(venue_protect(&settings, "mine", NULL, &got, &error) == OC_OK && !got.protect); /* of old */
        assert_int_equal(venue_own_way(&settings, "mine", &described, &can, &error), OC_OK);
        assert_int_equal(venue_protect(&settings, "mine", &described, &got, &error), OC_OK);
        assert_int_equal(venue_protect(&settings, "mine", NULL, &got, &error), OC_OK);
        assert_true(got.protect == ENGINE_PROTECT_HOST && got.lacks_stops == (count == 1));
        for (uint32_t i = 0; i < 5; i++) {
            venue("protect", words[i]);
            assert_int_equal(venue_protect(&settings, "mine", NULL, &got, &error), i % 4 ? OC_OK : OC_E_CONFIG);
            assert_true(i % 4 == 0 || got.protect == i);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_and_protecting_go_the_way_that_is_said),
        cmocka_unit_test(what_the_venue_cannot_hold_goes_as_is_said),
        cmocka_unit_test(how_far_a_stop_may_slip),
        cmocka_unit_test(how_a_stop_is_moved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
