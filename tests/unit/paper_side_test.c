/* paper_side_test.c: prices that have one side only, and orders that come to another price. */
#include "support/paper_kit.h"

static void amended_through_the_market_it_takes(void **state)
{
    (void)state;
    struct venue *v =
        venue_new((const char *const[]){"latency", "0", "taker_fee", "0.001", "maker_fee", "-0.0002", NULL});
    quote(v, 1, 9990, 5000, 10000, 5000);
    struct oc_request resting = order(v, OC_SIDE_BUY, 1000, 9900, 0), change = resting;
    send(v, 2, resting);
    assert_int_equal(v->fill_count, 0);
    change.kind = OC_REQUEST_AMEND;
    change.id = 1u << 20;
    change.price = 10400;
    change.bits |= OC_RQ_PRICE_CHANGED;
    send(v, 3, change);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].price, 10000); /* the market's, not its own */
    assert_int_equal(v->fills[0].liquidity, OC_LIQUIDITY_TAKER);
    assert_true(v->fills[0].fee.units > 0);
    venue_free(v);
}

static void amended_to_another_resting_price_it_makes(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    quote(v, 1, 9990, 5000, 10000, 5000);
    struct oc_request resting = order(v, OC_SIDE_BUY, 1000, 9900, 0), change = resting;
    send(v, 2, resting);
    change.kind = OC_REQUEST_AMEND;
    change.id = 1u << 20;
    change.price = 9950;
    change.bits |= OC_RQ_PRICE_CHANGED;
    send(v, 3, change);
    quote(v, 4, 9930, 5000, 9940, 5000);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].price, 9950);
    assert_int_equal(v->fills[0].liquidity, OC_LIQUIDITY_MAKER);
    venue_free(v);
}

static void quote_bar(struct venue *v, int64_t minute, int64_t bid, int64_t ask)
{
    struct oc_ev_qbar event = {
        .head = {.size = sizeof event, .type = OC_EV_QBAR, .inst = INST, .venue_ns = (minute + 1) * MINUTE},
        .open_ns = minute * MINUTE,
        .period_ns = MINUTE,
        .bid = {bid, bid, bid, bid},
        .ask = {ask, ask, ask, ask},
        .present = (bid ? OC_HAS_BID : 0u) | (ask ? OC_HAS_ASK : 0u)};
    pass(v, minute * MINUTE);
    assert_int_equal(v->sim->market(v->instance.self, minute * MINUTE, &event.head), OC_OK);
    pass(v, (minute + 1) * MINUTE - 1);
    assert_int_equal(v->sim->market(v->instance.self, (minute + 1) * MINUTE, &event.head), OC_OK);
    pass(v, (minute + 1) * MINUTE);
}

static void a_side_that_is_not_quoted_trades_nothing(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    quote_bar(v, 0, 9990, 10010);
    send(v, MINUTE, order(v, OC_SIDE_SELL, 1000, 0, 9500));
    send(v, MINUTE, order(v, OC_SIDE_BUY, 1000, 6000, 0));
    quote_bar(v, 1, 0, 10010);
    quote_bar(v, 2, 9990, 0);
    send(v, 3 * MINUTE, order(v, OC_SIDE_BUY, 1000, 0, 0));
    quote_bar(v, 3, 9990, 0);
    assert_int_equal(v->fill_count, 0);
    quote_bar(v, 4, 9990, 10020);
    assert_int_equal(v->fill_count, 1); /* the market order, as soon as there is an ask */
    assert_int_equal(v->fills[0].price, 10020);
    venue_free(v);
}

static void the_end_takes_the_last_price_of_its_side(void **state)
{
    (void)state;
    static const int64_t bids[] = {9990, 0}, asks[] = {10010, 10030};
    for (int kind = 0; kind < 3; kind++) { /* quotes, quote bars, and a side that never was */
        struct venue *v = venue_new((const char *const[]){"latency", "0", "half_spread", "0.01", NULL});
        for (int i = kind == 2; i < 2; i++) {
            if (kind == 1)
                quote_bar(v, i, bids[i], asks[i]);
            else
                quote(v, (i + 1) * MINUTE, bids[i], 500, asks[i], 500);
        }
        struct oc_request end = order(v, OC_SIDE_SELL, 1000, 0, 0);
        end.role = OC_ROLE_END;
        send(v, 2 * MINUTE, end);
        v->sim->end(v->instance.self, 2 * MINUTE);
        pass(v, 3 * MINUTE);
        assert_int_equal(v->fill_count, 1);
        assert_int_equal(v->fills[0].price, kind == 2 ? 10030 - 101 : 9990); /* the other side, less half a spread */
        venue_free(v);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amended_through_the_market_it_takes),
        cmocka_unit_test(amended_to_another_resting_price_it_makes),
        cmocka_unit_test(a_side_that_is_not_quoted_trades_nothing),
        cmocka_unit_test(the_end_takes_the_last_price_of_its_side),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
