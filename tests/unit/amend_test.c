/* amend_test.c: what becomes of amendments: each has a name of its own, one whose answer was lost does not stay under way for ever, and
 * nothing that is old takes back what is known. */
#include "session/venue_world.h"
#include "support/said_kit.h"

static oc_rc amend(struct fixture *f, uint64_t order, int64_t price, bool keep)
{
    struct oc_request ask = {.order = order, .price = price, .bits = OC_RQ_PRICE_CHANGED};
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const oc_rc rc = engine_amend(f->engine, &ask, &refusal);
    fixture_end(f, keep);
    return rc;
}

static void cancel(struct fixture *f, uint64_t order)
{
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
    fixture_end(f, true);
}

static const struct oc_request *last_sent(const struct fixture *f) { return &f->sent[f->sent_count - 1]; }

static struct oc_ev_venue_answer answer_to_last(const struct fixture *f, uint16_t type, const char *venue_order)
{
    struct oc_ev_venue_answer said = said_answer(f, type, venue_order);
    said.answer.order = last_sent(f)->order;
    said.answer.request = last_sent(f)->id;
    return said;
}

/* An order V1 of 10 at 99.00 that is to be at 99.50, of which the host has lost the answer. */
static const struct order *lost(struct fixture *f)
{
    const uint64_t id = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    assert_int_equal(amend(f, id, 9950, true), OC_OK);
    struct oc_ev_answer unknown = fixture_answer(f, OC_EV_UNKNOWN, id);
    unknown.request = last_sent(f)->id;
    says(f, &unknown);
    const struct order *order = fixture_find(f, id);
    assert_int_equal(order->state, STATE_UNKNOWN);
    assert_true(order->ask_bits && order->ask_is_lost);
    assert_int_equal(amend(f, id, 9960, true), OC_E_AGAIN);
    return order;
}

/* Each change of an order has a number, that of a callback which failed again, that of one which was refused not. */
static void every_change_has_a_number_of_its_own(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *again = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    assert_int_equal(last_sent(f)->revision, 0);
    assert_int_equal(amend(f, order, 9950, false), OC_OK);
    assert_int_equal(amend(f, order, 9950, true), OC_OK);
    assert_int_equal(last_sent(f)->revision, 0);
    struct oc_ev_venue_answer said = answer_to_last(f, OC_EV_AMEND_REJECTED, "");
    says(f, &said);
    engine_latch(f->engine, 0, "STOPPED");
    assert_int_equal(amend(f, order, 9960, true), OC_E_LIMIT);
    engine_unlatch(f->engine, 0);
    assert_int_equal(amend(f, order, 9970, true), OC_OK);
    assert_int_equal(last_sent(f)->revision, 2);
    cancel(f, order);
    assert_int_equal(last_sent(f)->revision, 3);
    for (uint32_t i = 0; i < f->record_count; i++) {
        struct oc_event *record = (struct oc_event *)(void *)f->records[i];
        if (record->type == OC_EV_REQUEST || record->type == OC_EV_DENIED)
            assert_int_equal(engine_restore(again->engine, record), OC_OK);
    }
    assert_int_equal(fixture_find(again, order)->now.revision, 4);
    /* the amendment that is asked about is called by its own number, whatever was asked for behind it */
    assert_int_equal(venue_world_open(fixture_find(f, order)).revision, 3);
    assert_int_equal(venue_world_open(fixture_find(again, order)).revision, 3);
    fixture_free(f);
    fixture_free(again);
}

/* How the venue calls it: as an amendment or the order as shown says, never as something of the past does. */
static void it_is_called_as_the_venue_said_last(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_id client, venue;
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    engine_order_called(f->engine, order, &client, &venue);
    assert_true(client.size == 0 && strcmp(venue.text, "V1") == 0);
    assert_int_equal(amend(f, order, 9950, true), OC_OK);
    struct oc_ev_venue_answer said = answer_to_last(f, OC_EV_AMENDED, "V22");
    said.client = id_of("C22");
    says(f, &said);
    engine_order_called(f->engine, order, &client, &venue);
    assert_true(strcmp(client.text, "C22") == 0 && strcmp(venue.text, "V22") == 0);
    said = said_answer(f, OC_EV_ACCEPTED, "V1"); /* told late */
    said.client = id_of("C1");
    said.answer.order = order;
    says(f, &said);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 1, 9900, "t1");
    says(f, &fill);
    engine_order_called(f->engine, order, &client, &venue);
    assert_true(strcmp(client.text, "C22") == 0 && strcmp(venue.text, "V22") == 0);
    engine_order_called(f->engine, 77, &client, &venue);
    assert_true(client.size == 0 && venue.size == 0);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* The answer to the host's question shows which terms are in force; what a stream shows may be as it was. */
static void a_lost_one_ends_by_the_answer_to_the_question(void **state)
{
    (void)state;
    for (int is_in_force = 0; is_in_force < 2; is_in_force++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const struct order *order = lost(f);
        struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
        shown.present &= ~(uint32_t)OC_OF_PRICE;
        shown.token = 5;
        says(f, &shown); /* it does not say the price */
        assert_true(order->ask_bits != 0);
        shown.present |= OC_OF_PRICE;
        shown.state = OC_SHOWN_PENDING_AMEND; /* the venue has it before it */
        says(f, &shown);
        assert_true(order->ask_bits != 0);
        shown.state = OC_SHOWN_WORKING;
        shown.token = 0;
        says(f, &shown);
        assert_true(order->ask_bits && order->now.price == 9900);
        shown.token = 6;
        shown.price = is_in_force ? 9950 : 9890; /* or somebody else's change */
        says(f, &shown);
        assert_true(!order->ask_bits && !order->ask_is_lost && order->now.price == shown.price);
        assert_int_equal(order->state, STATE_ACCEPTED);
        assert_int_equal(amend(f, order->now.order, 9970, true), OC_OK);
        assert_int_equal(alarms_of(f), 0);
        fixture_free(f);
    }
}

/* What was asked for, shown as in force by whomever, is its answer; while it is not lost nothing else is. */
static void what_is_shown_as_asked_is_in_force(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t id = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    const struct order *order = fixture_find(f, id);
    assert_int_equal(amend(f, id, 9950, true), OC_OK);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
    shown.token = 3; /* asked before */
    says(f, &shown);
    assert_true(order->state == STATE_PENDING_UPDATE && order->now.price == 9900);
    shown.token = 0;
    shown.price = 9950;
    says(f, &shown);
    assert_true(order->state == STATE_ACCEPTED && order->now.price == 9950 && !order->ask_bits);
    fixture_free(f);
}

/* Its late refusal says nothing of the one that is under way now. */
static void an_answer_to_an_earlier_one_changes_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct order *order = lost(f);
    struct oc_ev_venue_answer late[] = {answer_to_last(f, OC_EV_AMEND_REJECTED, "V1"),
                                        answer_to_last(f, OC_EV_AMENDED, "V1")};
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
    shown.token = 5;
    says(f, &shown);
    assert_int_equal(amend(f, order->now.order, 9970, true), OC_OK);
    for (int i = 0; i < 2; i++) {
        says(f, &late[i]);
        assert_true(order->state == STATE_PENDING_UPDATE && order->ask_price == 9970 && order->now.price == 9900);
    }
    struct oc_ev_venue_answer said = answer_to_last(f, OC_EV_AMENDED, "V1");
    says(f, &said);
    assert_true(order->state == STATE_ACCEPTED && order->now.price == 9970);
    fixture_free(f);
}

/* An order that was shown before an amendment does not take it back; without a time nobody can tell. */
static void what_is_older_takes_nothing_back(void **state)
{
    (void)state;
    for (int has_time = 0; has_time < 2; has_time++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const uint64_t id = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
        const struct order *order = fixture_find(f, id);
        struct oc_ev_venue_answer said = said_answer(f, OC_EV_AMENDED, "V2");
        said.answer.order = id;
        said.answer.request = 0;
        said.answer.price = 9800;
        said.present = OC_OF_PRICE;
        said.answer.head.venue_ns = 2000;
        said.answer.head.flags = has_time ? 0 : OC_EVF_HOST_TIME;
        says(f, &said);
        struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 3);
        shown.updated_ns = 1999;
        shown.present |= OC_OF_FILLS_COME;
        shown.order = id;
        says(f, &shown);
        struct oc_id client, venue;
        engine_order_called(f->engine, id, &client, &venue);
        assert_string_equal(venue.text, has_time ? "V2" : "V1");
        assert_int_equal(order->now.price, has_time ? 9800 : 9900);
        assert_int_equal(order_missing(order), 3); /* what has traded has traded */
        shown.updated_ns = 2000;
        shown.price = 9700;
        says(f, &shown); /* at the instant of the amendment, and under the name from before it */
        assert_int_equal(order->now.price, has_time ? 9800 : 9700);
        shown.token = 7; /* the answer to a question may be newer, under whatever name */
        says(f, &shown);
        assert_int_equal(order->now.price, 9700);
        shown.token = 0;
        shown.venue_order = id_of("V2");
        shown.price = 9600;
        says(f, &shown);
        assert_int_equal(order->now.price, 9600);
        fixture_free(f);
    }
}

/* A venue that amends by placing anew ends the order under its old name. */
static void what_was_replaced_goes_on(void **state)
{
    (void)state;
    for (int is_shown = 0; is_shown < 2; is_shown++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        const uint64_t id = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
        const struct order *order = fixture_find(f, id);
        assert_int_equal(amend(f, id, 9950, true), OC_OK);
        struct oc_ev_venue_answer gone = said_answer(f, OC_EV_CANCELED, "V1");
        struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_CANCELED, 10, 0);
        gone.answer.request = 0;
        gone.why = shown.why = OC_WHY_REPLACED;
        says(f, is_shown ? (void *)&shown : (void *)&gone);
        assert_int_equal(order->state, STATE_PENDING_UPDATE);
        assert_int_equal(open_buys(f), 10);
        struct oc_ev_venue_answer said = answer_to_last(f, OC_EV_AMENDED, "V2");
        says(f, &said);
        says(f, is_shown ? (void *)&shown : (void *)&gone); /* once more */
        assert_true(order->state == STATE_ACCEPTED && order->now.price == 9950);
        gone.venue_order = shown.venue_order = id_of("V2"); /* by another hand */
        says(f, is_shown ? (void *)&shown : (void *)&gone);
        assert_int_equal(order->state, STATE_CANCELED);
        assert_string_equal(order->reason, "REPLACED");
        assert_int_equal(alarms_of(f), 0);
        fixture_free(f);
    }
}

/* The old one is gone and the new one was refused: the answer to the amendment says so. */
static void an_amendment_that_left_nothing_is_the_end(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t id = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    assert_int_equal(amend(f, id, 9950, true), OC_OK);
    struct oc_ev_venue_answer said = answer_to_last(f, OC_EV_CANCELED, "V1");
    said.why = OC_WHY_REPLACED;
    says(f, &said);
    assert_int_equal(fixture_find(f, id)->state, STATE_CANCELED);
    assert_int_equal(fixture_find(f, id)->ask_bits, 0);
    assert_int_equal(open_buys(f), 0);
    fixture_free(f);
}

/* Neither the order nor its amendment has left: it was never there. What was accepted was. */
static void it_is_not_there_with_its_amendment(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_int_equal(amend(f, id, 9950, true), OC_OK);
    fixture_say(f, OC_EV_NOT_THERE, id);
    assert_int_equal(fixture_find(f, id)->state, STATE_REJECTED);
    assert_int_equal(open_buys(f), 0);
    assert_int_equal(alarms_of(f), 0);
    const struct order *there = lost(f);
    fixture_say(f, OC_EV_NOT_THERE, there->now.order);
    assert_int_equal(there->state, STATE_UNKNOWN);
    assert_int_equal(alarms_of(f), 1);
    fixture_free(f);
}

/* A refused cancel proves nothing of an order that is not known to be there; what ends it ends the amendment. */
static void a_refused_cancel_leaves_it_unknown(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct order *order = lost(f);
    cancel(f, order->now.order);
    assert_int_equal(last_sent(f)->kind, OC_REQUEST_CANCEL);
    struct oc_ev_venue_answer said = answer_to_last(f, OC_EV_CANCEL_REJECTED, "");
    said.why = OC_WHY_NOT_FOUND;
    says(f, &said);
    assert_int_equal(order->state, STATE_UNKNOWN);
    assert_true(order->ask_bits != 0);
    const uint64_t never = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    fixture_say(f, OC_EV_UNKNOWN, never);
    cancel(f, never);
    said.answer.order = never;
    said.answer.request = last_sent(f)->id;
    says(f, &said);
    assert_int_equal(fixture_find(f, never)->state, STATE_UNKNOWN);
    assert_int_equal(open_buys(f), 20);
    cancel(f, order->now.order);
    said = answer_to_last(f, OC_EV_CANCELED, "V1");
    says(f, &said);
    assert_true(order->state == STATE_CANCELED && !order->ask_bits && !order->ask_is_lost);
    assert_int_equal(open_buys(f), 10);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_change_has_a_number_of_its_own),
        cmocka_unit_test(it_is_called_as_the_venue_said_last),
        cmocka_unit_test(a_lost_one_ends_by_the_answer_to_the_question),
        cmocka_unit_test(what_is_shown_as_asked_is_in_force),
        cmocka_unit_test(an_answer_to_an_earlier_one_changes_nothing),
        cmocka_unit_test(what_is_older_takes_nothing_back),
        cmocka_unit_test(what_was_replaced_goes_on),
        cmocka_unit_test(an_amendment_that_left_nothing_is_the_end),
        cmocka_unit_test(it_is_not_there_with_its_amendment),
        cmocka_unit_test(a_refused_cancel_leaves_it_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
