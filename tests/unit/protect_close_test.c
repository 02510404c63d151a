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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stop_gives_way_to_a_close),
        cmocka_unit_test(a_close_that_fails_leaves_a_stop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
