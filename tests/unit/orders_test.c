/* orders_test.c: the life of an order: the table, races, duplicates, permutations. */
#include "support/engine_fixture.h"

static void every_pair_is_answered(void **state)
{
    (void)state;
    for (int s = -1; s <= STATE_COUNT; s++)
        for (int e = -1; e <= EVENT_COUNT; e++) {
            int next = state_next(s, e);
            assert_true(next > STATE_NONE && next <= STATE_ALARM);
            if (state_is_final(s) && next < STATE_COUNT) /* final states are left by nobody */
                fail_msg("%s leaves its final state by event %d", state_name(s), e);
        }
    assert_string_equal(state_name(STATE_PENDING_CANCEL), "PENDING_CANCEL");
    assert_string_equal(state_name(99), "?");
    assert_string_equal(state_name(-1), "?");
    assert_string_equal(state_name(STATE_COUNT), "?");
    assert_string_equal(state_name(STATE_NONE), "NONE");
    assert_string_equal(state_event_name(-1), "?");
    assert_string_equal(state_event_name(EVENT_COUNT), "?");
    assert_string_equal(state_event_name(EVENT_NONE), "NONE");
    assert_string_equal(state_event_name(EVENT_BUST), "BUST");
    assert_false(state_is_open(STATE_COUNT));
    assert_false(state_is_open(-1));
    assert_true(state_is_open(STATE_UNKNOWN));
    assert_false(state_is_open(STATE_NONE));
    assert_false(state_is_open(STATE_DENIED));
}

static void an_order_lives_and_is_filled(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_int_equal(id >> 40, 3);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(fixture_find(f, id)->state, STATE_SUBMITTED);
    assert_int_equal(fixture_book(f)->open_buy, 10);
    fixture_say(f, OC_EV_ACCEPTED, id);
    assert_int_equal(fixture_find(f, id)->state, STATE_ACCEPTED);
    fixture_trade(f, id, OC_SIDE_BUY, 4, 9900);
    assert_int_equal(fixture_find(f, id)->state, STATE_PARTIALLY_FILLED);
    assert_int_equal(fixture_book(f)->open_buy, 6);
    fixture_trade(f, id, OC_SIDE_BUY, 6, 9890);
    assert_int_equal(fixture_find(f, id)->state, STATE_FILLED);
    assert_int_equal(fixture_book(f)->open_buy, 0);
    assert_int_equal(fixture_book(f)->position.qty, 10);
    assert_int_equal(engine_stats(f->engine)->alarms, 0);
    fixture_free(f);
}

/* F-05: any order and any duplication of the same facts gives one state. */
static void any_permutation_gives_one_state(void **state)
{
    (void)state;
    uint64_t random = 42;
    for (int round = 0; round < 400; round++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
        int facts[12], count = 0;
        for (int i = 0; i < 4; i++)
            facts[count++] = i; /* fills of 1, 2, 3, 4 */
        facts[count++] = 10;    /* accepted */
        if (round % 2)
            facts[count++] = 11; /* a cancel that lost the race */
        for (int i = 0; i < 4; i++)
            facts[count++] = i; /* everything twice */
        for (int i = count - 1; i > 0; i--) {
            random = random * 6364136223846793005ull + 1442695040888963407ull;
            int k = (int)((random >> 33) % (uint64_t)(i + 1)), swap = facts[i];
            facts[i] = facts[k];
            facts[k] = swap;
        }
        for (int i = 0; i < count; i++) {
            if (facts[i] < 4) {
                char name[8];
                snprintf(name, sizeof name, "x%d", facts[i]);
                struct oc_ev_fill fill = fixture_fill(f, id, OC_SIDE_BUY, facts[i] + 1, 9900, name);
                assert_int_equal(fixture_input(f, &fill), OC_OK);
            } else {
                fixture_say(f, facts[i] == 10 ? OC_EV_ACCEPTED : OC_EV_CANCELED, id);
            }
        }
        const struct order *order = fixture_find(f, id);
        assert_int_equal(order->filled, 10);
        assert_int_equal(order->fills, 4);
        assert_int_equal(order->state, STATE_FILLED);
        assert_int_equal(fixture_book(f)->position.qty, 10);
        assert_int_equal(fixture_book(f)->open_buy, 0);
        assert_int_equal(engine_stats(f->engine)->duplicates, 4);
        fixture_free(f);
    }
}

static void cancel_races(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_refusal refusal;
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, id, &refusal), OC_OK);
    assert_int_equal(engine_cancel(f->engine, id, &refusal), OC_OK); /* one message only */
    fixture_end(f, true);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(fixture_find(f, id)->state, STATE_PENDING_CANCEL);
    /* F-06: "unknown order" proves nothing and frees no exposure. */
    fixture_say(f, OC_EV_CANCEL_REJECTED, id);
    assert_int_equal(fixture_find(f, id)->state, STATE_SUBMITTED);
    assert_int_equal(fixture_book(f)->open_buy, 10);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, id, &refusal), OC_OK);
    fixture_end(f, true);
    fixture_trade(f, id, OC_SIDE_BUY, 3, 9900); /* the fill overtakes the cancel */
    assert_int_equal(fixture_find(f, id)->state, STATE_PENDING_CANCEL);
    fixture_say(f, OC_EV_CANCELED, id);
    assert_int_equal(fixture_find(f, id)->state, STATE_CANCELED);
    assert_int_equal(fixture_book(f)->open_buy, 0);
    fixture_trade(f, id, OC_SIDE_BUY, 2, 9900); /* F-05: a fill after the end is booked and alarmed */
    assert_int_equal(fixture_find(f, id)->filled, 5);
    assert_int_equal(fixture_book(f)->position.qty, 5);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    fixture_trade(f, id, OC_SIDE_BUY, 5, 9900);
    assert_int_equal(fixture_find(f, id)->state, STATE_FILLED);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, id, &refusal), OC_E_STATE);
    assert_int_equal(engine_cancel(f->engine, 77, &refusal), OC_E_NOT_FOUND);
    fixture_end(f, true);
    assert_int_equal(engine_cancel(f->engine, id, &refusal), OC_E_STATE);
    fixture_free(f);
}

static void amend_races(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_refusal refusal;
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct oc_request amend = {
        .order = id, .qty = 15, .price = 9800, .bits = OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_AGAIN);
    fixture_end(f, true);
    /* F-07: the worse of old and new counts until it is proven. */
    assert_int_equal(fixture_book(f)->open_buy, 15);
    assert_int_equal(fixture_find(f, id)->state, STATE_PENDING_UPDATE);
    fixture_trade(f, id, OC_SIDE_BUY, 2, 9900);
    assert_int_equal(fixture_find(f, id)->state, STATE_PENDING_UPDATE);
    assert_int_equal(fixture_book(f)->open_buy, 13);
    fixture_say(f, OC_EV_AMEND_REJECTED, id);
    assert_int_equal(fixture_find(f, id)->state, STATE_PARTIALLY_FILLED);
    assert_int_equal(fixture_book(f)->open_buy, 8);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    struct oc_ev_answer amended = fixture_answer(f, OC_EV_AMENDED, id);
    amended.qty = 15;
    fixture_input(f, &amended);
    assert_int_equal(fixture_find(f, id)->now.qty, 15);
    assert_int_equal(fixture_find(f, id)->now.price, 9800);
    assert_int_equal(fixture_book(f)->open_buy, 13);
    /* what makes no sense is refused before anything is recorded */
    struct oc_request wrong = {.order = id, .qty = 2, .bits = OC_RQ_QUANTITY_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &wrong, &refusal), OC_E_INVALID);
    wrong.bits = OC_RQ_STOP_CHANGED;
    assert_int_equal(engine_amend(f->engine, &wrong, &refusal), OC_E_INVALID);
    wrong.bits = 0;
    assert_int_equal(engine_amend(f->engine, &wrong, &refusal), OC_E_INVALID);
    fixture_end(f, false);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_STATE);
    fixture_free(f);
}

static void unknown_counts_until_proven(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t a = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    uint64_t b = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 7, 10100));
    fixture_say(f, OC_EV_UNKNOWN, a);
    assert_int_equal(fixture_find(f, a)->state, STATE_UNKNOWN);
    assert_int_equal(fixture_book(f)->open_buy, 10);
    struct oc_ev_answer soft = fixture_answer(f, OC_EV_REJECTED, b);
    soft.definitive = 0; /* a rejection that does not prove anything */
    fixture_input(f, &soft);
    assert_int_equal(fixture_find(f, b)->state, STATE_UNKNOWN);
    assert_int_equal(fixture_book(f)->open_sell, 7);
    fixture_say(f, OC_EV_NOT_THERE, b);
    assert_int_equal(fixture_find(f, b)->state, STATE_REJECTED);
    assert_int_equal(fixture_book(f)->open_sell, 0);
    fixture_say(f, OC_EV_ACCEPTED, a);
    assert_int_equal(fixture_find(f, a)->state, STATE_ACCEPTED);
    fixture_say(f, OC_EV_TRIGGERED, a);
    assert_int_equal(fixture_find(f, a)->state, STATE_TRIGGERED);
    fixture_say(f, OC_EV_SENT, a);
    assert_int_equal(fixture_find(f, a)->state, STATE_TRIGGERED);
    fixture_say(f, OC_EV_EXPIRED, a);
    assert_int_equal(fixture_find(f, a)->state, STATE_EXPIRED);
    fixture_say(f, OC_EV_ACCEPTED, 12345); /* of another hand */
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    fixture_free(f);
}

static void venue_truth_is_booked(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    fixture_trade(f, id, OC_SIDE_BUY, 6, 9900); /* F-09: an overfill */
    assert_int_equal(fixture_book(f)->position.qty, 6);
    assert_int_equal(fixture_find(f, id)->state, STATE_FILLED);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    fixture_trade(f, 999, OC_SIDE_SELL, 2, 9900); /* F-12: an order of another hand */
    assert_int_equal(fixture_book(f)->position.qty, 4);
    assert_int_equal(engine_stats(f->engine)->alarms, 2);
    uint64_t other = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900));
    fixture_trade(f, other, OC_SIDE_SELL, 1, 9900); /* the wrong side */
    assert_int_equal(fixture_book(f)->position.qty, 3);
    assert_true(engine_stats(f->engine)->alarms > 2);
    struct oc_ev_fill bad = fixture_fill(f, id, OC_SIDE_BUY, 0, 9900, "z");
    assert_int_equal(fixture_input(f, &bad), OC_E_DATA);
    bad.qty = 1;
    bad.trade_id_size = 0;
    assert_int_equal(fixture_input(f, &bad), OC_E_DATA);
    bad.trade_id_size = 41;
    assert_int_equal(fixture_input(f, &bad), OC_E_DATA);
    fixture_free(f);
}

static void an_order_by_money_ends_with_its_last_fill(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 0, 0);
    request.bits = OC_RQ_HAS_QUOTE_QTY;
    request.quote_qty = (struct oc_dec){1000, 0, 0};
    uint64_t id = fixture_submit(f, request);
    /* 1000 / (100 less 5 %) = 10.526..., in steps of 0.001, upwards */
    assert_int_equal(fixture_book(f)->open_buy, 10527);
    struct oc_ev_fill fill = fixture_fill(f, id, OC_SIDE_BUY, 4000, 10000, "q1");
    fixture_input(f, &fill);
    assert_int_equal(fixture_find(f, id)->state, STATE_PARTIALLY_FILLED);
    fill = fixture_fill(f, id, OC_SIDE_BUY, 6000, 10000, "q2");
    fill.head.flags = OC_EVF_LAST;
    fixture_input(f, &fill);
    assert_int_equal(fixture_find(f, id)->state, STATE_FILLED);
    assert_int_equal(fixture_book(f)->open_buy, 0);
    assert_true(order_average_units(fixture_find(f, id)) == 10000.0);
    fixture_free(f);
}

static void closed_orders_are_forgotten_in_order(void **state)
{
    (void)state;
    struct orders *orders;
    struct order *order;
    struct oc_request request = {.qty = 1};
    assert_int_equal(orders_new(0, 0, &orders), OC_OK);
    enum { MANY = 40000 }; /* more than the index has places: those of the forgotten are free again */
    for (uint64_t i = 1; i <= MANY; i++) {
        request.order = i;
        assert_int_equal(orders_add(orders, &request, 0, &order), OC_OK);
        assert_int_equal(orders_add(orders, &request, 0, &order), OC_E_EXISTS);
        order = orders_find(orders, i);
        orders_event(orders, order, EVENT_SUBMIT, 0);
        orders_event(orders, order, EVENT_REJECT, 0);
    }
    assert_null(orders_find(orders, 1));
    assert_null(orders_find(orders, MANY - 8192));
    for (uint64_t i = MANY - 8191; i <= MANY; i++)
        assert_true(orders_find(orders, i) && orders_find(orders, i)->now.order == i);
    assert_int_equal(orders_closed_first(orders)->now.order, MANY - 8192 + 1);
    assert_int_equal(orders_open_count(orders), 0);
    for (uint64_t i = 0; i < 65536; i++) {
        request.order = 1000000 + i;
        assert_int_equal(orders_add(orders, &request, 0, &order), OC_OK);
    }
    request.order = 5;
    assert_int_equal(orders_add(orders, &request, 0, &order), OC_E_LIMIT);
    orders_free(orders);
    orders_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_is_answered),
        cmocka_unit_test(an_order_lives_and_is_filled),
        cmocka_unit_test(any_permutation_gives_one_state),
        cmocka_unit_test(cancel_races),
        cmocka_unit_test(amend_races),
        cmocka_unit_test(unknown_counts_until_proven),
        cmocka_unit_test(venue_truth_is_booked),
        cmocka_unit_test(an_order_by_money_ends_with_its_last_fill),
        cmocka_unit_test(closed_orders_are_forgotten_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
