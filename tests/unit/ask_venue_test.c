/* ask_venue_test.c: what the host asks of a venue about no order of ours: CANCEL_ALL, CLOSE, DEADMAN, PROTECT. */
#include "support/said_kit.h"

static uint32_t asked;
static struct oc_request asked_about;
static bool refuses;

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    (void)self, (void)ctx;
    asked++;
    asked_about = *ask;
    ret_verdict->allowed = !refuses;
    strcpy(ret_verdict->reason, "NO");
    return OC_OK;
}

static const struct oc_risk rule = {.size = sizeof rule, .check = check};

static struct fixture *fixture_ruled(void)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    assert_int_equal(engine_add_rule(f->engine, "r", &rule, NULL), OC_OK);
    asked = 0;
    refuses = false;
    return f;
}

static struct oc_request ask_of(const struct fixture *f, uint8_t kind)
{
    return (struct oc_request){.kind = kind, .account = f->account};
}

static oc_rc asks(struct fixture *f, struct oc_request ask)
{
    struct engine_refusal refusal = {0};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const oc_rc rc = engine_ask_venue(f->engine, &ask, &refusal);
    if (rc == OC_E_LIMIT)
        assert_string_equal(refusal.reason, "NO");
    fixture_end(f, true);
    return rc;
}

static void a_cancel_of_all_is_never_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_ruled();
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    asked = 0;
    refuses = true;
    engine_latch(f->engine, 0, "STOPPED");
    struct oc_request ask = ask_of(f, OC_REQUEST_CANCEL_ALL);
    ask.head.inst = f->inst;
    ask.side = OC_SIDE_BUY;
    assert_int_equal(asks(f, ask), OC_OK);
    assert_int_equal(asked, 0);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(f->sent[1].kind, OC_REQUEST_CANCEL_ALL);
    assert_true(f->sent[1].order == 0 && f->sent[1].id >> 63 && f->sent[1].owner == OC_OWNER_HOST);
    assert_true(f->sent[1].head.inst == f->inst && f->sent[1].side == OC_SIDE_BUY);
    f->door_answer = OC_E_IO; /* it goes out though nothing can be recorded */
    assert_int_equal(asks(f, ask_of(f, OC_REQUEST_CANCEL_ALL)), OC_OK);
    assert_int_equal(f->sent_count, 3);
    fixture_mend(f);
    assert_int_equal(fixture_find(f, order)->state, STATE_SUBMITTED); /* the venue says which have gone */
    fixture_say(f, OC_EV_CANCELED, order);
    assert_int_equal(fixture_find(f, order)->state, STATE_CANCELED);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

static void a_close_is_asked_about_as_the_reduction_that_it_is(void **state)
{
    (void)state;
    struct fixture *f = fixture_ruled();
    struct oc_request ask = ask_of(f, OC_REQUEST_CLOSE);
    ask.head.inst = f->inst;
    assert_int_equal(asks(f, ask), OC_E_NOT_FOUND); /* nothing is held */
    fixture_hold(f, 0, -7);
    asked = 0;
    assert_int_equal(asks(f, ask), OC_OK);
    assert_int_equal(asked, 1);
    assert_true(asked_about.kind == OC_REQUEST_NEW && asked_about.side == OC_SIDE_BUY && asked_about.qty == 7);
    assert_true(asked_about.bits & OC_RQ_REDUCE_ONLY);
    assert_true(f->sent[0].kind == OC_REQUEST_CLOSE && f->sent[0].qty == 7 && f->sent[0].side == OC_SIDE_BUY);
    engine_latch(f->engine, 0, "STOPPED"); /* which what only reduces passes */
    ask.qty = 3;
    assert_int_equal(asks(f, ask), OC_OK);
    assert_int_equal(f->sent[1].qty, 3);
    ask.qty = 8;
    assert_int_equal(asks(f, ask), OC_E_INVALID);
    ask.qty = 0;
    refuses = true;
    assert_int_equal(asks(f, ask), OC_E_LIMIT);
    assert_int_equal(f->sent_count, 2);
    assert_int_equal(engine_stats(f->engine)->denied, 1);
    fixture_free(f);
}

static void a_switch_and_protection_are_not_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_ruled();
    struct oc_request ask = ask_of(f, OC_REQUEST_DEADMAN);
    refuses = true;
    ask.expire_ns = 60;
    assert_int_equal(asks(f, ask), OC_OK);
    ask.expire_ns = -1;
    assert_int_equal(asks(f, ask), OC_E_INVALID);
    ask = ask_of(f, OC_REQUEST_PROTECT);
    assert_int_equal(asks(f, ask), OC_E_INVALID);
    ask.head.inst = f->inst;
    assert_int_equal(asks(f, ask), OC_E_INVALID);
    ask.bits = OC_RQ_HAS_STOP_LOSS;
    ask.stop_loss = 9000;
    assert_int_equal(asks(f, ask), OC_OK);
    assert_true(f->sent[1].kind == OC_REQUEST_PROTECT && f->sent[1].stop_loss == 9000);
    assert_int_equal(asked, 0);
    fixture_free(f);
}

static void what_makes_no_sense_is_not_recorded(void **state)
{
    (void)state;
    struct fixture *f = fixture_ruled();
    struct engine_refusal refusal;
    const uint32_t records = f->record_count;
    struct oc_request ask = ask_of(f, OC_REQUEST_CANCEL_ALL);
    assert_int_equal(engine_ask_venue(f->engine, &ask, &refusal), OC_E_STATE); /* in no batch */
    const struct engine_client client = {.order = NULL};
    uint32_t strategy;
    assert_int_equal(engine_add_client(f->engine, "s", &client, &strategy), OC_OK);
    assert_int_equal(engine_begin(f->engine, strategy), OC_OK);
    assert_int_equal(engine_ask_venue(f->engine, &ask, &refusal), OC_E_STATE); /* of a strategy */
    fixture_end(f, true);
    for (uint8_t kind = 0; kind < OC_REQUEST_PROTECT + 2; kind++)
        if (kind < OC_REQUEST_CANCEL_ALL || kind > OC_REQUEST_PROTECT)
            assert_int_equal(asks(f, ask_of(f, kind)), OC_E_INVALID);
    ask.side = OC_SIDE_SELL + 1;
    assert_int_equal(asks(f, ask), OC_E_INVALID);
    ask.side = 0;
    ask.head.inst = OC_INST(99, 1);
    assert_int_equal(asks(f, ask), OC_E_NOT_FOUND);
    ask.head.inst = 0;
    ask.account = 9;
    assert_int_equal(asks(f, ask), OC_E_NOT_FOUND);
    assert_int_equal(f->record_count, records);
    fixture_free(f);
}

/* What a callback of the host takes back was never asked for; and a venue may say no, or yes, without an alarm. */
static void it_is_dropped_and_answered_like_any_request(void **state)
{
    (void)state;
    struct fixture *f = fixture_ruled();
    struct engine_refusal refusal;
    struct oc_request ask = ask_of(f, OC_REQUEST_CANCEL_ALL);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_ask_venue(f->engine, &ask, &refusal), OC_OK);
    fixture_end(f, false);
    assert_int_equal(f->sent_count, 0);
    f->venue_answer = OC_E_NOT_SUPPORTED;
    assert_int_equal(asks(f, ask_of(f, OC_REQUEST_DEADMAN)), OC_OK); /* its rejection was the next input */
    const struct oc_ev_answer *said = (const struct oc_ev_answer *)(const void *)f->records[f->record_count - 1];
    assert_int_equal(said->head.type, OC_EV_REJECTED);
    struct oc_ev_venue_answer taken = said_answer(f, OC_EV_ACCEPTED, "");
    taken.answer.request = said->request;
    struct out_note note;
    assert_int_equal(notes_of(f, &taken, NOTE_STRANGER, &note), 0);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* A restart applies them as what they are: requests that went. */
static void a_restart_takes_them_as_facts(void **state)
{
    (void)state;
    struct fixture *f = fixture_ruled(), *again = fixture_new(COST_AVERAGE);
    struct oc_request ask = ask_of(f, OC_REQUEST_CLOSE);
    ask.head.inst = f->inst;
    fixture_hold(f, 0, 5);
    assert_int_equal(asks(f, ask_of(f, OC_REQUEST_CANCEL_ALL)), OC_OK);
    refuses = true;
    assert_int_equal(asks(f, ask), OC_E_LIMIT);
    for (uint32_t i = 0; i < f->record_count; i++) {
        struct oc_event *record = (struct oc_event *)(void *)f->records[i];
        if (record->type == OC_EV_REQUEST || record->type == OC_EV_DENIED)
            assert_int_equal(engine_restore(again->engine, record), OC_OK);
    }
    assert_int_equal(engine_stats(again->engine)->requests, 1);
    assert_int_equal(engine_stats(again->engine)->denied, 1);
    fixture_free(f);
    fixture_free(again);
}

/* Requests of all kinds are numbered together, and no number is given twice. */
static void requests_are_numbered_together(void **state)
{
    (void)state;
    struct fixture *f = fixture_ruled();
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct oc_request all = ask_of(f, OC_REQUEST_CANCEL_ALL);
    all.head.inst = f->inst;
    struct engine_refusal refusal = {0};
    fixture_say(f, OC_EV_ACCEPTED, order);
    assert_int_equal(asks(f, all), OC_OK);
    assert_int_equal(asks(f, all), OC_OK);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(f->sent_count, 4);
    const uint64_t first = 1ull << 63;
    assert_int_equal(f->sent[0].id, order);
    for (uint64_t i = 1; i < 4; i++)
        assert_true(f->sent[i].id == (first | i));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancel_of_all_is_never_refused),
        cmocka_unit_test(a_close_is_asked_about_as_the_reduction_that_it_is),
        cmocka_unit_test(a_switch_and_protection_are_not_refused),
        cmocka_unit_test(what_makes_no_sense_is_not_recorded),
        cmocka_unit_test(it_is_dropped_and_answered_like_any_request),
        cmocka_unit_test(a_restart_takes_them_as_facts),
        cmocka_unit_test(requests_are_numbered_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
