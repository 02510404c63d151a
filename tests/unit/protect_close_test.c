/* protect_close_test.c: a close at market of what a stop locks on spot. */
#include "support/protect_kit.h"

static uint64_t close_at_market(struct fixture *f)
{
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 0, 0);
    struct engine_refusal refusal;
    request.bits = 0;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_close(f->engine, &request, &refusal), OC_OK);
    fixture_end(f, true);
    return request.order;
}

/* A close at market of what the stop locks: the stop gives way first. Where it came too late for the venue the close is asked for again. */
static void a_stop_gives_way_to_a_close(void **state)
{
    (void)state;
    for (int target = 0; target <= 11000; target += 11000) {
        struct spot spot;
        struct fixture *f = new_host(&spot, false);
        bought(&spot, 10, 9500, target);
        const uint64_t stop = accepted(f);
        const uint64_t close = close_at_market(f);
        assert_int_equal(f->sent_count, 4);
        assert_int_equal(f->sent[2].kind, OC_REQUEST_CANCEL);
        assert_int_equal(f->sent[2].order, stop);
        assert_int_equal(f->sent[2].role, OC_ROLE_CLOSE);
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_CLOSE, OC_ORDER_MARKET, 10);
        fixture_say(f, OC_EV_REJECTED, close);
        fixture_say(f, OC_EV_CANCELED, stop);
        assert_int_equal(engine_missing_legs(f->engine), 0);
        assert_int_equal(f->sent_count, 5); /* with the word that the stop is gone; that stays away */
        price_after(f, 1, 10000);
        assert_int_equal(f->sent_count, 5);
        is_a(last(f), OC_REQUEST_NEW, OC_ROLE_CLOSE, OC_ORDER_MARKET, 10);
        fixture_trade(f, last(f)->order, OC_SIDE_SELL, 10, 9990);
        assert_int_equal(f->engine->groups.live, 0);
        assert_int_equal(f->sent_count, 5);
        assert_int_equal(engine_stats(f->engine)->alarms, 0);
        fixture_free(f);
    }
}

/* Closing is given up with an alarm: what is left has its stop again. */
static void a_close_that_fails_leaves_a_stop(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    bought(&spot, 10, 9500, 11000);
    const uint64_t stop = accepted(f);
    fixture_say(f, OC_EV_REJECTED, close_at_market(f));
    fixture_say(f, OC_EV_CANCELED, stop);
    for (int i = 0; i < 40 && last(f)->role == OC_ROLE_CLOSE; i++) {
        fixture_say(f, OC_EV_REJECTED, last(f)->order);
        price_after(f, 1, 10000);
    }
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 10);
    assert_int_equal(engine_stats(f->engine)->alarms, 1);
    fixture_free(f);
}

static int take_all(struct fixture *f, enum engine_cancels which)
{
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const int count = engine_cancel_all(f->engine, 0, 0, which);
    fixture_end(f, true);
    return count;
}

/* Who takes all protection back takes what the host holds, too; also in the next life. What the entry fills after that is protected. */
static void what_is_held_goes_with_all(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false);
    spot.held = 10;
    const uint64_t entry = guarded(f, 20, 9500, 11000);
    fixture_trade(f, entry, OC_SIDE_BUY, 10, 10000);
    const uint64_t stop = accepted(f);
    assert_int_equal(take_all(f, CANCEL_NOT_PROTECTION), 1); /* the entry */
    assert_int_equal(last(f)->order, entry);
    assert_int_equal(take_all(f, CANCEL_ALL), 1);
    assert_int_equal(last(f)->order, stop);
    assert_int_equal(last(f)->role, OC_ROLE_END);
    fixture_say(f, OC_EV_CANCELED, stop);
    const uint32_t sent = f->sent_count;
    for (int i = 0; i < 5; i++)
        price_after(f, 60, 11000);
    assert_int_equal(f->sent_count, sent);
    assert_int_equal(engine_missing_legs(f->engine), 1);
    struct engine_guard guard;
    uint32_t at = 0;
    assert_true(engine_guard_at(f->engine, f->inst, &at, &guard));
    assert_true(!guard.held && !guard.has_target && guard.has_stop);
    spot.held = 15;
    fixture_trade(f, entry, OC_SIDE_BUY, 5, 10000);
    is_a(last(f), OC_REQUEST_NEW, OC_ROLE_STOP_LOSS, OC_ORDER_STOP, 15);
    fixture_free(f);
}

static void what_was_taken_back_stays_away_in_the_next_life(void **state)
{
    (void)state;
    struct spot spot;
    struct fixture *f = new_host(&spot, false), *g = new_host(&spot, false);
    const uint32_t from = f->record_count;
    const uint64_t entry = guarded(f, 10, 9500, 11000);
    struct oc_ev_fill fill = fixture_fill(f, entry, OC_SIDE_BUY, 10, 10000, "a");
    const uint32_t bought_at = f->record_count;
    fixture_input(f, &fill);
    const uint64_t stop = accepted(f);
    assert_int_equal(take_all(f, CANCEL_OWN), 1);
    for (uint32_t i = from; i < f->record_count; i++) {
        if (i == bought_at)
            assert_int_equal(engine_restore(g->engine, &fill.head), OC_OK);
        assert_int_equal(engine_restore(g->engine, (const void *)f->records[i]), OC_OK);
    }
    spot.f = g;
    spot.held = 10;
    g->seq = f->seq;
    fixture_say(g, OC_EV_CANCELED, stop);
    for (int i = 0; i < 5; i++)
        price_after(g, 60, 11000);
    assert_int_equal(g->sent_count, 0);
    fixture_free(f);
    fixture_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_gives_way_to_a_close),
        cmocka_unit_test(a_close_that_fails_leaves_a_stop),
        cmocka_unit_test(what_is_held_goes_with_all),
        cmocka_unit_test(what_was_taken_back_stays_away_in_the_next_life),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
