/* stranger_test.c: orders and fills of another hand become orders of ours, are counted, and can be canceled (findings D6). */
#include "support/said_kit.h"

static const struct order *by_venue(const struct fixture *f, const char *venue_order)
{
    const struct oc_id id = id_of(venue_order);
    return orders_find_named(engine_orders(f->engine), f->account, ID_VENUE, &id);
}

static void D6_an_order_of_another_hand_is_adopted_and_counted(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_order shown = said_order(f, "X1", OC_SHOWN_WORKING, 10, 0);
    struct out_note note = {0};
    assert_int_equal(notes_of(f, &shown, NOTE_ADOPTED, &note), 1);
    const struct order *order = by_venue(f, "X1");
    assert_non_null(order);
    assert_true(note.order == order->now.order && note.inst == f->inst && note.source == f->account);
    assert_int_equal(order->state, STATE_ACCEPTED);
    assert_int_equal(order->now.owner, OC_OWNER_EXTERNAL);
    assert_int_equal(order->now.strategy, 0);
    assert_int_equal(order->now.account, f->account);
    assert_int_equal(order->now.type, OC_ORDER_LIMIT);
    assert_int_equal(order->now.price, 9900);
    assert_int_equal(order->now.order, f->seq); /* of the record that made it known */
    assert_int_equal(open_buys(f), 10);
    assert_int_equal(notes_of(f, &shown, NOTE_ADOPTED, &note), 0); /* once */
    struct oc_ev_venue_fill fill = said_fill(f, "X1", OC_SIDE_BUY, 4, 9900, "t1");
    assert_int_equal(notes_of(f, &fill, NOTE_FILL, &note), 1);
    assert_true(note.order == order->now.order && note.strategy == 0);
    assert_int_equal(held(f), 4);
    assert_int_equal(open_buys(f), 6);
    assert_int_equal(order->state, STATE_PARTIALLY_FILLED);
    struct oc_ev_venue_answer gone = said_answer(f, OC_EV_CANCELED, "X1");
    says(f, &gone);
    assert_int_equal(by_venue(f, "X1")->state, STATE_CANCELED);
    assert_int_equal(open_buys(f), 0);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* A venue that does not say what kind of order it is: with a price it rests, without one it is at market. */
static void D6_its_kind_follows_from_its_price(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_order priced = said_order(f, "X1", OC_SHOWN_WORKING, 10, 0);
    struct oc_ev_order bare = said_order(f, "X2", OC_SHOWN_WORKING, 10, 0);
    priced.type = bare.type = 0;
    bare.present &= ~(uint32_t)OC_OF_PRICE;
    says(f, &priced);
    says(f, &bare);
    assert_int_equal(by_venue(f, "X1")->now.type, OC_ORDER_LIMIT);
    assert_int_equal(by_venue(f, "X2")->now.type, OC_ORDER_MARKET);
    fixture_free(f);
}

static void D6_it_can_be_canceled_by_hand(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_order shown = said_order(f, "X1", OC_SHOWN_WORKING, 10, 0);
    struct engine_refusal refusal;
    says(f, &shown);
    const uint64_t order = by_venue(f, "X1")->now.order;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(f->sent_count, 1);
    assert_int_equal(f->sent[0].kind, OC_REQUEST_CANCEL);
    assert_true(f->sent[0].order == order && f->sent[0].account == f->account);
    assert_int_equal(by_venue(f, "X1")->state, STATE_PENDING_CANCEL);
    fixture_free(f);
}

static void D6_a_fill_of_another_hand_makes_an_order_of_just_that(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_venue_fill fill = said_fill(f, "X1", OC_SIDE_SELL, 4, 9900, "t1");
    struct out_note note = {0};
    assert_int_equal(notes_of(f, &fill, NOTE_ADOPTED, &note), 1);
    assert_int_equal(held(f), -4);
    assert_int_equal(cash(f), CASH + 4 * 9900);
    assert_int_equal(by_venue(f, "X1")->state, STATE_FILLED);
    assert_int_equal(notes_of(f, &fill, NOTE_ADOPTED, &note), 0); /* a duplicate adopts nothing */
    assert_int_equal(held(f), -4);
    fill = said_fill(f, "X1", OC_SIDE_SELL, 3, 9900, "t2"); /* it goes on: the same order, larger */
    assert_int_equal(notes_of(f, &fill, NOTE_ADOPTED, &note), 0);
    assert_int_equal(held(f), -7);
    assert_int_equal(by_venue(f, "X1")->now.qty, 7);
    assert_int_equal(by_venue(f, "X1")->filled, 7);
    struct oc_ev_fill nameless = fixture_fill(f, 0, OC_SIDE_BUY, 2, 9900, "t3");
    assert_int_equal(notes_of(f, &nameless, NOTE_ADOPTED, &note), 1);
    assert_int_equal(notes_of(f, &nameless, NOTE_ADOPTED, &note), 0);
    assert_int_equal(held(f), -5);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* What a query shows of an order that was there before us: what had traded of it is not ours to book, its fills are. */
static void D6_what_had_traded_before_is_booked_only_as_fills(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_order shown = said_order(f, "X1", OC_SHOWN_WORKING, 10, 3);
    shown.head.flags = OC_EVF_REPLAYED;
    says(f, &shown);
    assert_int_equal(held(f), 0);
    assert_int_equal(open_buys(f), 7);
    struct oc_ev_venue_fill fill = said_fill(f, "X1", OC_SIDE_BUY, 1, 9900, "t9"); /* a new one */
    says(f, &fill);
    assert_int_equal(held(f), 1);
    assert_int_equal(open_buys(f), 6);
    fill = said_fill(f, "X1", OC_SIDE_BUY, 3, 9900, "t1"); /* the old one, fetched */
    fill.fill.head.flags = OC_EVF_REPLAYED;
    says(f, &fill);
    assert_int_equal(held(f), 4);
    assert_int_equal(open_buys(f), 6);
    assert_int_equal(by_venue(f, "X1")->filled, 4);
    assert_int_equal(alarms_of(f), 0);
    shown = said_order(f, "X2", OC_SHOWN_WORKING, 10, 3); /* a stream says it: it is news */
    says(f, &shown);
    assert_int_equal(by_venue(f, "X2")->filled, 0);
    assert_int_equal(open_buys(f), 16);
    assert_int_equal(alarms_of(f), 1); /* its fills are missing */
    fixture_free(f);
}

static void D6_what_was_over_before_us_and_answers_without_terms_adopt_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_order shown = said_order(f, "X1", OC_SHOWN_FILLED, 10, 10);
    struct oc_ev_venue_answer accepted = said_answer(f, OC_EV_ACCEPTED, "X2");
    struct out_note note = {0};
    says(f, &shown);
    assert_null(by_venue(f, "X1"));
    assert_int_equal(notes_of(f, &accepted, NOTE_STRANGER, &note), 1);
    assert_true(note.order == 0 && note.source == f->account && note.inst == f->inst);
    assert_null(by_venue(f, "X2"));
    assert_int_equal(held(f), 0);
    assert_int_equal(alarms_of(f), 0);
    shown = said_order(f, "X3", OC_SHOWN_WORKING, 10, 0); /* on no side: it cannot be counted */
    shown.side = OC_SIDE_NONE;
    says(f, &shown);
    assert_null(by_venue(f, "X3"));
    assert_int_equal(alarms_of(f), 1);
    fixture_free(f);
}

/* Its id follows from the record that made it known: a restart, whose orders have another epoch, finds it again. */
static void D6_a_restart_knows_it_by_the_same_id(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *again = fixture_new(COST_AVERAGE);
    struct oc_ev_order shown = said_order(f, "X1", OC_SHOWN_WORKING, 10, 0);
    struct engine_refusal refusal;
    f->seq = 70;
    says(f, &shown);
    const uint64_t order = by_venue(f, "X1")->now.order;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
    fixture_end(f, true);
    engine_set_next_order(again->engine, 9ull << 40 | 1);
    assert_int_equal(engine_restore(again->engine, &shown.head), OC_OK);
    assert_int_equal(engine_restore(again->engine, (struct oc_event *)(void *)f->records[f->record_count - 1]), OC_OK);
    assert_true(by_venue(again, "X1")->now.order == order);
    assert_int_equal(by_venue(again, "X1")->state, STATE_PENDING_CANCEL);
    fixture_free(f);
    fixture_free(again);
}

static void D6_one_that_could_not_be_recorded_has_an_id_too(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_order shown = said_order(f, "X1", OC_SHOWN_WORKING, 10, 0);
    shown.head.local_ns = f->now_ns;
    assert_int_equal(engine_input(f->engine, &shown.head, false), OC_OK);
    shown.venue_order = id_of("X2");
    assert_int_equal(engine_input(f->engine, &shown.head, false), OC_OK);
    fixture_flush(f);
    assert_true(by_venue(f, "X1")->now.order != 0);
    assert_true(by_venue(f, "X1")->now.order != by_venue(f, "X2")->now.order);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(D6_an_order_of_another_hand_is_adopted_and_counted),
        cmocka_unit_test(D6_its_kind_follows_from_its_price),
        cmocka_unit_test(D6_it_can_be_canceled_by_hand),
        cmocka_unit_test(D6_a_fill_of_another_hand_makes_an_order_of_just_that),
        cmocka_unit_test(D6_what_had_traded_before_is_booked_only_as_fills),
        cmocka_unit_test(D6_what_was_over_before_us_and_answers_without_terms_adopt_nothing),
        cmocka_unit_test(D6_a_restart_knows_it_by_the_same_id),
        cmocka_unit_test(D6_one_that_could_not_be_recorded_has_an_id_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
