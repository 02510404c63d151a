/* ask_venue_test.c: a venue that can cancels all in one message, beside the cancel of each order. */
#include "support/said_kit.h"

static oc_rc refuse(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                    struct oc_verdict *ret_verdict)
{
    (void)self, (void)ctx;
    ret_verdict->allowed = ask->kind != OC_REQUEST_CANCEL_ALL;
    strcpy(ret_verdict->reason, "NO");
    return OC_OK;
}

static const struct oc_risk rule = {.size = sizeof rule, .check = refuse};

static int asks(struct fixture *f, uint32_t inst, bool with_protection)
{
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const int count = engine_ask_cancel_all(f->engine, inst, with_protection);
    fixture_end(f, true);
    return count;
}

static struct fixture *fixture_that(uint32_t can)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    engine_set_cancel_all(f->engine, f->account, can);
    engine_set_cancel_all(f->engine, ENGINE_ACCOUNTS_MAX + 1, can); /* there is none */
    return f;
}

static void it_is_asked_where_the_venue_can_and_never_refused(void **state)
{
    (void)state;
    static const uint32_t can[] = {0, OC_CAN_CANCEL_ALL, OC_CAN_CANCEL_ALL_BY_INST,
                                   OC_CAN_CANCEL_ALL | OC_CAN_CANCEL_ALL_BY_INST};
    for (size_t i = 0; i < sizeof can / sizeof *can; i++) {
        struct fixture *f = fixture_that(can[i]);
        assert_int_equal(engine_add_rule(f->engine, "r", &rule, NULL), OC_OK);
        assert_int_equal(asks(f, 0, true), 0); /* nothing is open */
        const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
        engine_latch(f->engine, 0, "STOPPED");
        assert_int_equal(asks(f, 0, true), (can[i] & OC_CAN_CANCEL_ALL) != 0);
        assert_int_equal(asks(f, f->inst, true), (can[i] & OC_CAN_CANCEL_ALL_BY_INST) != 0);
        for (uint32_t k = 1; k < f->sent_count; k++) {
            const struct oc_request *sent = &f->sent[k];
            assert_true(sent->kind == OC_REQUEST_CANCEL_ALL && sent->order == 0 && sent->id >> 63);
            assert_true(sent->account == f->account && sent->owner == OC_OWNER_HOST);
        }
        if (can[i] == (OC_CAN_CANCEL_ALL | OC_CAN_CANCEL_ALL_BY_INST)) {
            assert_true(f->sent[1].head.inst == 0 && f->sent[2].head.inst == f->inst);
            f->door_answer = OC_E_IO; /* it goes out though nothing can be recorded */
            assert_int_equal(asks(f, 0, true), 1);
            assert_int_equal(f->sent_count, 4);
            fixture_mend(f);
        }
        assert_int_equal(fixture_find(f, order)->state, STATE_SUBMITTED); /* the venue says which have gone */
        assert_int_equal(alarms_of(f), 0);
        fixture_free(f);
    }
}

/* A stop that is to stay would go with the rest. */
static void it_is_not_asked_where_an_order_is_to_stay(void **state)
{
    (void)state;
    struct fixture *f = fixture_that(OC_CAN_CANCEL_ALL | OC_CAN_CANCEL_ALL_BY_INST);
    struct oc_request guarded = fixture_order(f, OC_SIDE_BUY, 10, 10000);
    guarded.bits |= OC_RQ_HAS_STOP_LOSS;
    guarded.stop_loss = 9500;
    const uint64_t entry = fixture_submit(f, guarded);
    fixture_trade(f, entry, OC_SIDE_BUY, 4, 10000);
    assert_int_equal(asks(f, 0, false), 0);
    assert_int_equal(asks(f, f->inst, false), 0);
    assert_int_equal(asks(f, 0, true), 1);
    fixture_free(f);
}

/* What a batch of the host takes back was never asked for; a strategy cannot ask; a venue says yes or no without an alarm. */
static void it_is_the_hosts_and_answered_like_any_request(void **state)
{
    (void)state;
    struct fixture *f = fixture_that(OC_CAN_CANCEL_ALL);
    const struct engine_client client = {.order = NULL};
    uint32_t strategy;
    assert_int_equal(engine_add_client(f->engine, "s", &client, &strategy), OC_OK);
    fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_int_equal(engine_ask_cancel_all(f->engine, 0, true), 0); /* in no batch */
    assert_int_equal(engine_begin(f->engine, strategy), OC_OK);
    assert_int_equal(engine_ask_cancel_all(f->engine, 0, true), 0);
    fixture_end(f, true);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_ask_cancel_all(f->engine, 0, true), 1);
    fixture_end(f, false);
    assert_int_equal(f->sent_count, 1);
    f->venue_answer = OC_E_NOT_SUPPORTED;
    assert_int_equal(asks(f, 0, true), 1); /* its rejection was the next input */
    const struct oc_ev_answer *said = (const struct oc_ev_answer *)(const void *)f->records[f->record_count - 1];
    assert_int_equal(said->head.type, OC_EV_REJECTED);
    static const uint16_t types[] = {OC_EV_TAKEN, OC_EV_REJECTED, OC_EV_ACCEPTED};
    for (size_t i = 0; i < 3; i++) {
        struct oc_ev_venue_answer taken = said_answer(f, types[i], "");
        taken.answer.request = said->request;
        struct out_note note;
        assert_int_equal(notes_of(f, &taken, NOTE_STRANGER, &note), 0);
    }
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

/* A restart applies it as what it is: a request that went. */
static void a_restart_takes_it_as_a_fact(void **state)
{
    (void)state;
    struct fixture *f = fixture_that(OC_CAN_CANCEL_ALL), *again = fixture_new(COST_AVERAGE);
    fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_int_equal(asks(f, 0, true), 1);
    for (uint32_t i = 0; i < f->record_count; i++) {
        struct oc_event *record = (struct oc_event *)(void *)f->records[i];
        if (record->type == OC_EV_REQUEST || record->type == OC_EV_DENIED)
            assert_int_equal(engine_restore(again->engine, record), OC_OK);
    }
    assert_int_equal(engine_stats(again->engine)->requests, 2);
    fixture_free(f);
    fixture_free(again);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_asked_where_the_venue_can_and_never_refused),
        cmocka_unit_test(it_is_not_asked_where_an_order_is_to_stay),
        cmocka_unit_test(it_is_the_hosts_and_answered_like_any_request),
        cmocka_unit_test(a_restart_takes_it_as_a_fact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
