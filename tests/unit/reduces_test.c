/* reduces_test.c: reduce-only eases a rule only where the host can prove it (findings: reduce_only passes every rule). */
#include "support/engine_fixture.h"

static uint32_t seen; /* bits of the last request that the rule saw */

static oc_rc watches(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                     struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    seen = ask->bits;
    verdict->allowed = 1;
    return OC_OK;
}

static const struct oc_risk table = {.size = sizeof table, .check = watches};

static struct fixture *with_position(int64_t units)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    assert_int_equal(engine_add_rule(f->engine, "watches", &table, NULL), OC_OK);
    fixture_hold(f, 0, units);
    return f;
}

static struct oc_request reducing(const struct fixture *f, uint8_t side, int64_t qty)
{
    struct oc_request request = fixture_order(f, side, qty, side == OC_SIDE_SELL ? 20000 : 100);
    request.bits |= OC_RQ_REDUCE_ONLY;
    return request;
}

/* Whether rules saw the order as one that only reduces. */
static bool is_eased(struct fixture *f, struct oc_request request, uint64_t *ret_order)
{
    uint64_t order = fixture_submit(f, request);
    assert_true(order);
    if (ret_order)
        *ret_order = order;
    assert_true(fixture_find(f, order)->now.bits & OC_RQ_REDUCE_ONLY); /* the venue is told in any case */
    bool is_proven = seen & OC_RQ_REDUCE_ONLY;
    assert_int_equal(fixture_find(f, order)->exposure, is_proven ? 0 : fixture_find(f, order)->now.qty);
    return is_proven;
}

static void it_is_measured_by_the_position(void **state)
{
    (void)state;
    static const struct {
        int64_t position;
        uint8_t side;
        int64_t qty;
        bool is_eased;
    } rows[] = {
        {10, OC_SIDE_SELL, 10, true},  {10, OC_SIDE_SELL, 11, false}, {10, OC_SIDE_BUY, 1, false},
        {0, OC_SIDE_SELL, 1, false},   {0, OC_SIDE_BUY, 1, false},    {-10, OC_SIDE_BUY, 10, true},
        {-10, OC_SIDE_BUY, 11, false}, {-10, OC_SIDE_SELL, 1, false}, {1, OC_SIDE_SELL, 1, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture *f = with_position(rows[i].position);
        assert_int_equal(is_eased(f, reducing(f, rows[i].side, rows[i].qty), NULL), rows[i].is_eased);
        fixture_free(f);
    }
}

/* Two that each reduce, and together would turn the position over. */
static void orders_beside_it_take_their_share(void **state)
{
    (void)state;
    struct engine_refusal refusal;
    struct fixture *f = with_position(10);
    uint64_t first, second;
    assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, 6), &first));
    assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, 4), &second));
    assert_false(is_eased(f, reducing(f, OC_SIDE_SELL, 1), NULL));
    fixture_say(f, OC_EV_ACCEPTED, first);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK); /* a cancel that was asked for gives its share back */
    assert_int_equal(engine_cancel(f->engine, first, &refusal), OC_OK);
    struct oc_request request = reducing(f, OC_SIDE_SELL, 5);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    assert_true(seen & OC_RQ_REDUCE_ONLY);
    fixture_end(f, true);
    fixture_say(f, OC_EV_CANCELED, first);
    assert_false(is_eased(f, reducing(f, OC_SIDE_SELL, 1), NULL)); /* 4, 5 and the unproven 1 */
    fixture_free(f);
    f = with_position(10); /* an order that does not say so takes no share: it is not there to reduce */
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 10, 20000)));
    assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, 10), NULL));
    fixture_free(f);
}

static void a_final_order_gives_its_share_back(void **state)
{
    (void)state;
    struct fixture *f = with_position(10);
    uint64_t first;
    assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, 10), &first));
    fixture_say(f, OC_EV_ACCEPTED, first);
    fixture_trade(f, first, OC_SIDE_SELL, 4, 20000); /* 6 left, and 6 on their way out */
    assert_false(is_eased(f, reducing(f, OC_SIDE_SELL, 1), NULL));
    fixture_say(f, OC_EV_CANCELED, first);
    assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, 5), NULL));
    fixture_free(f);
}

static void an_amend_is_proven_anew(void **state)
{
    (void)state;
    struct engine_refusal refusal;
    struct fixture *f = with_position(10);
    uint64_t order;
    assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, 6), &order));
    fixture_say(f, OC_EV_ACCEPTED, order);
    static const int64_t quantities[] = {10, 11};
    for (int i = 0; i < 2; i++) {
        struct oc_request amend = {.order = order, .qty = quantities[i], .bits = OC_RQ_QUANTITY_CHANGED};
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
        fixture_end(f, true);
        assert_int_equal((seen & OC_RQ_REDUCE_ONLY) != 0, i == 0);
        assert_int_equal(fixture_find(f, order)->exposure, i == 0 ? 0 : 11);
        struct oc_ev_answer answer = fixture_answer(f, OC_EV_AMENDED, order);
        answer.qty = quantities[i];
        answer.price = 20000;
        assert_int_equal(fixture_input(f, &answer), OC_OK);
    }
    fixture_free(f);
}

/* A latched host lets nothing through that could open. */
static void a_latch_is_not_passed_by_the_flag(void **state)
{
    (void)state;
    struct fixture *f = with_position(10);
    engine_latch(f->engine, 0, "KILLED");
    assert_int_equal(fixture_submit(f, reducing(f, OC_SIDE_SELL, 11)), 0);
    assert_true(fixture_submit(f, reducing(f, OC_SIDE_SELL, 10)) != 0);
    assert_int_equal(fixture_submit(f, reducing(f, OC_SIDE_SELL, 1)), 0);
    fixture_free(f);
}

/* RULE_MISSING: a configured rule that could not be had. */
static void a_missing_rule_leaves_the_way_out(void **state)
{
    (void)state;
    struct engine_refusal refusal = {0};
    struct fixture *f = with_position(10);
    uint64_t open = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 100));
    engine_lack_rule(f->engine, "cooldown");
    engine_lack_rule(f->engine, "other"); /* the first one is named */
    struct oc_request buy = fixture_order(f, OC_SIDE_BUY, 1, 100);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_submit(f->engine, &buy, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.rule, "cooldown");
    assert_string_equal(refusal.reason, "RULE_MISSING");
    assert_int_equal(engine_cancel(f->engine, open, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(fixture_submit(f, reducing(f, OC_SIDE_SELL, 11)), 0);
    assert_true(fixture_submit(f, reducing(f, OC_SIDE_SELL, 10)) != 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_measured_by_the_position),     cmocka_unit_test(orders_beside_it_take_their_share),
        cmocka_unit_test(a_final_order_gives_its_share_back), cmocka_unit_test(an_amend_is_proven_anew),
        cmocka_unit_test(a_latch_is_not_passed_by_the_flag),  cmocka_unit_test(a_missing_rule_leaves_the_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
