/* oco_test.c: orders of which one cancels the other. */
#include "engine/impl.h"
#include "support/said_kit.h"

static struct engine_refusal refusal;

static oc_rc ask(struct fixture *f, struct oc_request request, uint64_t beside, uint64_t *ret_order)
{
    refusal = (struct engine_refusal){0};
    request.link = beside ? OC_LINK_OCO : OC_LINK_NONE;
    request.parent = beside;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const oc_rc rc = engine_submit(f->engine, &request, &refusal);
    fixture_end(f, true);
    *ret_order = request.order;
    if (rc == OC_OK)
        fixture_say(f, OC_EV_ACCEPTED, request.order);
    return rc;
}

static uint64_t order(struct fixture *f, uint8_t side, int64_t qty, int64_t price, uint64_t beside)
{
    uint64_t id;
    assert_int_equal(ask(f, fixture_order(f, side, qty, price), beside, &id), OC_OK);
    return id;
}

static const struct oc_request *last(const struct fixture *f) { return &f->sent[f->sent_count - 1]; }

/* A part of one is taken from the other; with all of it the other goes. */
static void a_fill_of_one_is_taken_from_the_other(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0), second = order(f, OC_SIDE_BUY, 10, 9800, first);
    assert_true(fixture_find(f, first)->now.group == first && fixture_find(f, second)->now.group == first);
    fixture_trade(f, first, OC_SIDE_BUY, 4, 9900);
    assert_int_equal(f->sent_count, 3);
    assert_int_equal(last(f)->kind, OC_REQUEST_AMEND);
    assert_true(last(f)->order == second);
    assert_int_equal(last(f)->qty, 6);
    fixture_say(f, OC_EV_AMENDED, second);
    fixture_trade(f, second, OC_SIDE_BUY, 2, 9800);
    assert_true(last(f)->order == first);
    assert_int_equal(last(f)->qty, 8); /* 4 are filled, and 4 are left of both */
    fixture_say(f, OC_EV_AMENDED, first);
    fixture_trade(f, second, OC_SIDE_BUY, 4, 9800);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    assert_true(last(f)->order == first);
    fixture_say(f, OC_EV_CANCELED, first);
    assert_int_equal(fixture_book(f)->position.qty, 10);
    assert_int_equal(f->engine->groups.live, 0);
    fixture_free(f);
}

/* While one is amended the other fills on: when that is answered it is amended again, or canceled. */
static void what_fills_during_an_amend_is_taken_too(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0), second = order(f, OC_SIDE_BUY, 10, 9800, first);
    fixture_trade(f, first, OC_SIDE_BUY, 4, 9900);
    fixture_trade(f, first, OC_SIDE_BUY, 3, 9900);
    assert_int_equal(f->sent_count, 3);
    fixture_say(f, OC_EV_AMENDED, second);
    assert_int_equal(f->sent_count, 4);
    assert_int_equal(last(f)->qty, 3);
    fixture_trade(f, first, OC_SIDE_BUY, 2, 9900);
    assert_int_equal(f->sent_count, 4);
    fixture_trade(f, first, OC_SIDE_BUY, 1, 9900); /* nothing is left for it: the answer is not waited for */
    assert_int_equal(f->sent_count, 5);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    assert_true(last(f)->order == second);
    fixture_free(f);
}

/* A venue that refuses to make one smaller is asked to cancel it; one that refuses that is asked again, later, not at once. */
static void what_cannot_be_made_smaller_goes(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0), second = order(f, OC_SIDE_BUY, 10, 9800, first);
    fixture_trade(f, first, OC_SIDE_BUY, 4, 9900);
    assert_int_equal(last(f)->kind, OC_REQUEST_AMEND);
    fixture_say(f, OC_EV_AMEND_REJECTED, second);
    assert_int_equal(f->sent_count, 4);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    assert_true(last(f)->order == second);
    fixture_say(f, OC_EV_CANCEL_REJECTED, second);
    assert_int_equal(f->sent_count, 4);
    fixture_price(f, 10000);
    assert_int_equal(f->sent_count, 4);
    f->now_ns += 2 * GROUPS_RETRY_NS;
    fixture_price(f, 10000);
    assert_int_equal(f->sent_count, 5);
    assert_true(last(f)->order == second);
    fixture_free(f);
}

/* Both on one side were filled before the cancel was there: what is too much is closed, once. */
static void what_both_filled_is_closed(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0), second = order(f, OC_SIDE_BUY, 10, 9800, first);
    const uint64_t alarms = engine_stats(f->engine)->alarms;
    fixture_trade(f, first, OC_SIDE_BUY, 10, 9900);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    fixture_trade(f, second, OC_SIDE_BUY, 7, 9800);
    assert_int_equal(last(f)->kind, OC_REQUEST_NEW);
    assert_int_equal(last(f)->type, OC_ORDER_MARKET);
    assert_int_equal(last(f)->side, OC_SIDE_SELL);
    assert_int_equal(last(f)->qty, 7);
    assert_int_equal(engine_stats(f->engine)->alarms, alarms + 1);
    fixture_trade(f, last(f)->order, OC_SIDE_SELL, 7, 9800);
    const uint32_t sent = f->sent_count;
    fixture_say(f, OC_EV_CANCELED, second);
    assert_int_equal(f->sent_count, sent);
    assert_int_equal(fixture_book(f)->position.qty, 10);
    assert_int_equal(f->engine->groups.live, 0);
    fixture_free(f);
}

/* Either way: nothing is too much of two that close each other. */
static void on_both_sides_nothing_is_too_much(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    fixture_hold(f, 0, 10);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0), second = order(f, OC_SIDE_SELL, 10, 10100, first);
    fixture_trade(f, first, OC_SIDE_BUY, 10, 9900);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    const uint32_t sent = f->sent_count;
    fixture_trade(f, second, OC_SIDE_SELL, 10, 10100);
    assert_int_equal(f->sent_count, sent);
    assert_int_equal(f->engine->groups.live, 0);
    fixture_free(f);
}

/* One that ends without a trade leaves the other; a third is tied to the same. */
static void one_that_ends_otherwise_leaves_the_others(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0), second = order(f, OC_SIDE_BUY, 10, 9800, first),
                   third = order(f, OC_SIDE_BUY, 10, 9700, second);
    assert_true(fixture_find(f, third)->now.group == first);
    const uint32_t sent = f->sent_count;
    fixture_say(f, OC_EV_CANCELED, first);
    assert_int_equal(f->sent_count, sent);
    fixture_trade(f, second, OC_SIDE_BUY, 10, 9800);
    assert_int_equal(f->sent_count, sent + 1);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    assert_true(last(f)->order == third);
    fixture_free(f);
}

/* What was booked from a venue's sums gives way to the fill, and counts once. */
static void what_was_inferred_counts_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1"),
                   second = order(f, OC_SIDE_BUY, 10, 9800, first);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 4);
    shown.present |= OC_OF_CUM_VALUE;
    shown.cum_value = (struct oc_dec){4 * 9900, 5, 0};
    says(f, &shown);
    assert_int_equal(fixture_find(f, first)->filled, 4);
    assert_int_equal(last(f)->qty, 6);
    fixture_say(f, OC_EV_AMENDED, second);
    const uint32_t sent = f->sent_count;
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
    says(f, &fill);
    assert_int_equal(fixture_find(f, first)->filled, 4);
    assert_int_equal(f->sent_count, sent);
    assert_int_equal(f->engine->groups.list[0].exited, 4);
    fixture_free(f);
}

static void refuses(struct fixture *f, struct oc_request request, uint64_t beside, const char *reason)
{
    uint64_t id;
    assert_int_equal(ask(f, request, beside, &id), OC_E_LIMIT);
    assert_string_equal(refusal.reason, reason);
    assert_string_equal(refusal.rule, "instrument");
}

static void what_cannot_be_tied_is_refused(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_request plain = fixture_order(f, OC_SIDE_BUY, 10, 9800);
    struct oc_request other = plain;
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0);
    refuses(f, plain, 77, "OCO_ORDER_NOT_OPEN");
    other.qty = 11;
    refuses(f, other, first, "OCO_QUANTITY_DIFFERS");
    other = plain;
    other.bits |= OC_RQ_HAS_STOP_LOSS;
    other.stop_loss = 9000;
    refuses(f, other, first, "OCO_WITH_PROTECTION_NOT_SUPPORTED");
    other.bits = plain.bits | OC_RQ_HAS_TRAIL;
    other.trail = 100;
    refuses(f, other, first, "OCO_WITH_PROTECTION_NOT_SUPPORTED");
    other = plain;
    other.bits |= OC_RQ_HAS_TAKE_PROFIT;
    other.take_profit = 11000;
    const uint64_t guarded = order(f, OC_SIDE_BUY, 10, 9900, 0);
    (void)guarded;
    other.link = OC_LINK_NONE;
    const uint64_t bracket = fixture_submit(f, other);
    refuses(f, plain, bracket, "OCO_WITH_PROTECTION_NOT_SUPPORTED");
    fixture_trade(f, first, OC_SIDE_BUY, 1, 9900);
    refuses(f, plain, first, "OCO_ORDER_HAS_TRADED");
    /* a spot venue locks what the first would buy or sell; on two sides it can hold both */
    const uint64_t free = order(f, OC_SIDE_BUY, 10, 9900, 0);
    engine_set_protect(f->engine, f->account, ENGINE_PROTECT_HOST, false);
    refuses(f, plain, free, "OCO_NOT_SUPPORTED");
    fixture_free(f);
}

/* A life that reads the records of both goes on with them. */
static void a_restart_knows_that_they_are_tied(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *g = fixture_new(COST_AVERAGE);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0), second = order(f, OC_SIDE_BUY, 10, 9800, first);
    for (int i = 0; i < 2; i++) {
        struct oc_request record = f->sent[i];
        assert_int_equal(engine_restore(g->engine, &record.head), OC_OK);
        struct oc_ev_answer answer = fixture_answer(g, OC_EV_ACCEPTED, record.order);
        assert_int_equal(engine_restore(g->engine, &answer.head), OC_OK);
    }
    struct oc_ev_fill fill = fixture_fill(g, first, OC_SIDE_BUY, 4, 9900, "x1");
    assert_int_equal(engine_restore(g->engine, &fill.head), OC_OK);
    assert_int_equal(g->sent_count, 0);
    assert_int_equal(g->engine->groups.live, 1);
    fixture_trade(g, first, OC_SIDE_BUY, 1, 9900);
    assert_int_equal(g->sent_count, 1);
    assert_true(last(g)->order == second);
    assert_int_equal(last(g)->qty, 5);
    fixture_free(g);
    fixture_free(f);
}

/* A callback that fails takes back what it tied. */
static void what_was_dropped_is_not_tied(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t first = order(f, OC_SIDE_BUY, 10, 9900, 0);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9800);
    request.link = OC_LINK_OCO;
    request.parent = first;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    fixture_end(f, false);
    assert_true(fixture_find(f, first)->now.group == 0 && fixture_find(f, first)->now.link == OC_LINK_NONE);
    assert_int_equal(f->engine->groups.live, 0);
    const uint64_t second = order(f, OC_SIDE_BUY, 10, 9700, first);
    request = fixture_order(f, OC_SIDE_SELL, 10, 10300); /* a third one: the two of before stay tied, on one side */
    request.link = OC_LINK_OCO;
    request.parent = first;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    fixture_hold(f, 0, 10);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    fixture_end(f, false);
    assert_int_equal(f->engine->groups.live, 1);
    assert_int_equal(f->engine->groups.list[0].side, OC_SIDE_BUY);
    fixture_trade(f, first, OC_SIDE_BUY, 10, 9900);
    assert_int_equal(last(f)->kind, OC_REQUEST_CANCEL);
    assert_true(last(f)->order == second);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_fill_of_one_is_taken_from_the_other),
        cmocka_unit_test(what_fills_during_an_amend_is_taken_too),
        cmocka_unit_test(what_cannot_be_made_smaller_goes),
        cmocka_unit_test(what_both_filled_is_closed),
        cmocka_unit_test(on_both_sides_nothing_is_too_much),
        cmocka_unit_test(one_that_ends_otherwise_leaves_the_others),
        cmocka_unit_test(what_was_inferred_counts_once),
        cmocka_unit_test(what_cannot_be_tied_is_refused),
        cmocka_unit_test(a_restart_knows_that_they_are_tied),
        cmocka_unit_test(what_was_dropped_is_not_tied),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
