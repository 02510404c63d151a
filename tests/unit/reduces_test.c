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

/* What an amendment asks for is measured with what has filled, and as long as the venue has not said so the old quantity may
 * be in force too. */
static void an_amend_counts_what_is_filled_and_what_is_in_force(void **state)
{
    (void)state;
    struct engine_refusal refusal;
    struct fixture *f = with_position(10);
    uint64_t order;
    assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, 10), &order));
    fixture_say(f, OC_EV_ACCEPTED, order);
    fixture_trade(f, order, OC_SIDE_SELL, 4, 20000);
    struct oc_request amend = {.order = order, .price = 19000, .bits = OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    assert_true(seen & OC_RQ_REDUCE_ONLY); /* six are left of it, and six are held */
    fixture_free(f);
    f = with_position(5);
    assert_false(is_eased(f, reducing(f, OC_SIDE_SELL, 8), &order));
    fixture_say(f, OC_EV_ACCEPTED, order);
    amend = (struct oc_request){.order = order, .qty = 5, .bits = OC_RQ_QUANTITY_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    assert_false(seen & OC_RQ_REDUCE_ONLY); /* eight may still be sold */
    fixture_free(f);
}

/* Of several that leave in one batch each gives its share back, and one that stays gives nothing; so also in a later batch. */
static void who_leaves_gives_its_own_share_back(void **state)
{
    (void)state;
    struct engine_refusal refusal;
    for (int later = 0; later < 2; later++) {
        struct fixture *f = with_position(10);
        uint64_t orders[3];
        static const int64_t shares[] = {2, 3, 5};
        for (int i = 0; i < 3; i++) {
            assert_true(is_eased(f, reducing(f, OC_SIDE_SELL, shares[i]), &orders[i]));
            fixture_say(f, OC_EV_ACCEPTED, orders[i]);
        }
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        assert_int_equal(engine_cancel(f->engine, orders[0], &refusal), OC_OK);
        assert_int_equal(engine_cancel(f->engine, orders[1], &refusal), OC_OK);
        if (later) {
            fixture_end(f, true);
            assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        }
        struct oc_request request = reducing(f, OC_SIDE_SELL, 6);
        assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
        assert_false(seen & OC_RQ_REDUCE_ONLY); /* the five stay */
        assert_int_equal(engine_cancel(f->engine, request.order, &refusal), OC_OK);
        request = reducing(f, OC_SIDE_SELL, 5);
        assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
        assert_true(seen & OC_RQ_REDUCE_ONLY);
        fixture_end(f, true);
        fixture_free(f);
    }
}

/* The stop and the target of one entry are each for all of it, whatever else is on its way to reduce the position. */
static void legs_of_a_group_are_for_all_of_it(void **state)
{
    (void)state;
    struct fixture *f = with_position(0);
    assert_false(is_eased(f, reducing(f, OC_SIDE_SELL, 10), NULL));
    struct oc_request entry = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    entry.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    entry.stop_loss = 9000;
    entry.take_profit = 11000;
    const uint64_t order = fixture_submit(f, entry);
    const uint32_t sent = f->sent_count;
    fixture_trade(f, order, OC_SIDE_BUY, 10, 9900);
    assert_int_equal(f->sent_count, sent + 2);
    for (uint32_t i = sent; i < f->sent_count; i++) {
        assert_true(fixture_find(f, f->sent[i].order)->reduces);
        assert_int_equal(fixture_find(f, f->sent[i].order)->exposure, 0);
    }
    fixture_free(f);
}

/* The last unit that is free: with 6 of 10 on their way out 4 reduce, 5 do not, and the whole does not either. */
static void what_is_free_is_counted_to_the_unit(void **state)
{
    (void)state;
    static const struct {
        int64_t qty;
        bool is_eased;
    } rows[] = {{4, true}, {5, false}, {10, false}, {11, false}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int side = 0; side < 2; side++) {
            struct fixture *f = with_position(side ? -10 : 10);
            const uint8_t out = side ? OC_SIDE_BUY : OC_SIDE_SELL, in = side ? OC_SIDE_SELL : OC_SIDE_BUY;
            assert_true(is_eased(f, reducing(f, out, 6), NULL));
            assert_false(is_eased(f, reducing(f, in, 3), NULL)); /* of the other side: takes nothing */
            assert_int_equal(is_eased(f, reducing(f, out, rows[i].qty), NULL), rows[i].is_eased);
            fixture_free(f);
        }
}

/* At 100.00 a sell of 50 USDT is half a BTC, one of 101 USDT more than the one that is there. */
static void an_order_by_money_reduces_by_what_it_may_become(void **state)
{
    (void)state;
    struct fixture *f = with_position(1000);
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 0, 0);
    request.bits = OC_RQ_HAS_QUOTE_QTY | OC_RQ_REDUCE_ONLY;
    request.quote_qty = (struct oc_dec){50, 0, 0};
    uint64_t order = fixture_submit(f, request);
    assert_true(order && (seen & OC_RQ_REDUCE_ONLY));
    assert_true(fixture_find(f, order)->worst_qty >= 500 && fixture_find(f, order)->worst_qty < 1000);
    fixture_say(f, OC_EV_CANCELED, order);
    request.quote_qty.units = 101;
    assert_true(fixture_submit(f, request));
    assert_false(seen & OC_RQ_REDUCE_ONLY);
    fixture_free(f);
}

/* What one strategy may close is its own, whatever another has on its way out of the same account. */
static void strategies_reduce_their_own(void **state)
{
    (void)state;
    struct fixture *f = with_position(20);
    struct engine_refusal refusal;
    struct engine_may may = {.verbs = ENGINE_MAY_CLOSE};
    uint32_t strategies[2];
    struct engine_client client = {0};
    may.venues[0] = may.instruments[0] = may.accounts = ~0ull;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(engine_add_client(f->engine, i ? "b" : "a", &client, &strategies[i]), OC_OK);
        assert_int_equal(engine_set_may(f->engine, strategies[i], &may), OC_OK);
        fixture_hold(f, strategies[i], 10);
    }
    static const struct {
        int who;
        int64_t qty;
        bool is_taken;
    } steps[] = {{1, 10, true}, {0, 6, true}, {0, 5, false}, {0, 4, true}, {1, 1, false}};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        struct oc_request request = reducing(f, OC_SIDE_SELL, steps[i].qty);
        request.strategy = strategies[steps[i].who];
        assert_int_equal(engine_begin(f->engine, strategies[steps[i].who]), OC_OK);
        oc_rc rc = engine_submit(f->engine, &request, &refusal);
        fixture_end(f, true);
        assert_int_equal(rc, steps[i].is_taken ? OC_OK : OC_E_LIMIT);
        if (rc < 0)
            assert_string_equal(refusal.rule, "may.verbs");
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
    engine_set_missing(f->engine, "cooldown other"); /* the first one is named */
    struct oc_request buy = fixture_order(f, OC_SIDE_BUY, 1, 100);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_submit(f->engine, &buy, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.rule, "cooldown");
    assert_string_equal(refusal.reason, "RULE_MISSING");
    assert_int_equal(engine_cancel(f->engine, open, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(fixture_submit(f, reducing(f, OC_SIDE_SELL, 11)), 0);
    assert_true(fixture_submit(f, reducing(f, OC_SIDE_SELL, 10)) != 0);
    engine_set_missing(f->engine, "");
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 100)) != 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_measured_by_the_position),
        cmocka_unit_test(orders_beside_it_take_their_share),
        cmocka_unit_test(a_final_order_gives_its_share_back),
        cmocka_unit_test(an_amend_is_proven_anew),
        cmocka_unit_test(an_amend_counts_what_is_filled_and_what_is_in_force),
        cmocka_unit_test(who_leaves_gives_its_own_share_back),
        cmocka_unit_test(legs_of_a_group_are_for_all_of_it),
        cmocka_unit_test(what_is_free_is_counted_to_the_unit),
        cmocka_unit_test(an_order_by_money_reduces_by_what_it_may_become),
        cmocka_unit_test(strategies_reduce_their_own),
        cmocka_unit_test(a_latch_is_not_passed_by_the_flag),
        cmocka_unit_test(a_missing_rule_leaves_the_way_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
