/* groups_again_test.c: legs that stay refused, and what an entry fills while one is amended. */
#include "support/protect_kit.h"

static oc_rc no_legs(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                     struct oc_verdict *verdict)
{
    (void)self;
    (void)ctx;
    verdict->allowed = ask->role == OC_ROLE_NONE || ask->role == OC_ROLE_ENTRY;
    return OC_OK;
}

/* What is refused for an hour and more is an alarm each hour, and asked for no more often than that. */
static void a_leg_that_stays_refused_is_said_each_hour(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = no_legs};
    assert_int_equal(engine_add_rule(f->engine, "no_legs", &table, NULL), OC_OK);
    uint64_t entry = guarded(f, 10, 9500, 11000);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    const int64_t began_ns = f->now_ns;
    for (int64_t at = 1; at <= 5 * 3600; at++) {
        f->now_ns = began_ns + at * GROUPS_RETRY_NS;
        fixture_price(f, 10000);
    }
    const uint64_t denied = engine_stats(f->engine)->denied;
    assert_int_equal(engine_stats(f->engine)->alarms, 2 * 5);
    assert_true(denied <= 2 * (GROUPS_TRIES_MAX + 6));
    assert_true(denied >= 2 * GROUPS_TRIES_MAX);
    fixture_free(f);
}

/* The entry fills while its legs are amended: when that is answered they are brought to what there is by then. */
static void what_fills_during_an_amend_is_protected(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = guarded(f, 10, 9500, 0);
    fixture_trade(f, entry, OC_SIDE_BUY, 2, 10000);
    const uint64_t stop = f->sent[1].order;
    fixture_say(f, OC_EV_ACCEPTED, stop);
    fixture_trade(f, entry, OC_SIDE_BUY, 3, 10000);
    fixture_trade(f, entry, OC_SIDE_BUY, 5, 10000);
    assert_int_equal(f->sent_count, 3);
    struct oc_ev_answer answer = fixture_answer(f, OC_EV_AMENDED, stop);
    answer.qty = 5;
    fixture_input(f, &answer);
    assert_int_equal(f->sent_count, 4);
    assert_int_equal(f->sent[3].kind, OC_REQUEST_AMEND);
    assert_int_equal(f->sent[3].qty, 10);
    answer.qty = 10;
    fixture_input(f, &answer);
    assert_int_equal(f->sent_count, 4);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_leg_that_stays_refused_is_said_each_hour),
        cmocka_unit_test(what_fills_during_an_amend_is_protected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
