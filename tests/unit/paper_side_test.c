/* paper_side_test.c: prices that have one side only, orders that come to another price, and markets with many orders. */
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

/* What rests keeps its price and the greater of both fees from what comes behind it, and no unit more. */
static void what_rests_keeps_its_money_and_the_greater_fee(void **state)
{
    static const struct {
        const char *taker, *maker, *in_base;
        int64_t bought; /* at 100, of 100,000 USDT, while 500 BTC at 99.90 are wanted */
    } rows[] = {{"0.001", "0", "no", 499500}, {"0", "0.001", "no", 500000}, {"0.001", "0.001", "yes", 500500}};
    (void)state;
    for (size_t k = 0; k < 2 * sizeof rows / sizeof rows[0]; k++) {
        const size_t i = k / 2, more = k % 2; /* one unit more is refused as a whole */
        struct venue *v =
            venue_new((const char *const[]){"latency", "0", "half_spread", "0", "taker_fee", rows[i].taker, "maker_fee",
                                            rows[i].maker, "fee_in_base", rows[i].in_base, NULL});
        bar(v, 0, 10100, 10100, 10100, 10100, -1);
        send(v, MINUTE, order(v, OC_SIDE_BUY, 500000, 9990, 0));
        send(v, MINUTE, order(v, OC_SIDE_BUY, rows[i].bought + (int64_t)more, 0, 0));
        quote(v, MINUTE + 1, 9900, 1000000, 10000, 1000000);
        assert_int_equal(v->fill_count, !more);
        if (!more)
            assert_int_equal(v->fills[0].qty, rows[i].bought);
        venue_free(v);
    }
}

/* Markets with so many orders that each has a list of its own: a price of one meets the orders of that one, all of them. */
static void orders_of_many_markets_stay_apart(void **state)
{
    (void)state;
    enum { MARKETS = 5, EACH = 20, WAYS = 3 };
    static const uint32_t ways[WAYS][MARKETS] = {{1, 2, 3, 4, 5}, {5, 4, 3, 2, 1}, {2, 1, 4, 3, 5}};
    static const char *const richly[] = {"latency", "0",           "half_spread", "0", "check_funds",
                                         "no",      "allow_short", "yes",         NULL};
    for (int way = 0; way < WAYS; way++) {
        struct venue *v = venue_new(richly);
        uint64_t orders[MARKETS + 1][EACH];
        for (uint32_t k = 2; k <= MARKETS; k++) {
            const struct oc_instrument info = {.size = sizeof info,
                                               .inst = OC_INST(k, 1),
                                               .kind = OC_KIND_SPOT,
                                               .base = BTC + 2 + k,
                                               .quote = USDT,
                                               .settle = USDT,
                                               .price_step = {1, 2, 0},
                                               .qty_step = {1, 3, 0},
                                               .contract_size = {1, 0, 0},
                                               .symbol = "X/USDT"};
            assert_int_equal(v->sim->instrument(v->instance.self, &info), OC_OK);
        }
        for (int i = 0; i < EACH; i++)
            for (uint32_t k = 1; k <= MARKETS; k++) {
                struct oc_request request = order(v, OC_SIDE_BUY, 10 + i, 9000 - (int64_t)k, 0);
                request.head.inst = OC_INST(k, 1);
                orders[k][i] = send(v, 1, request);
            }
        assert_int_equal(v->fill_count, 0);
        for (uint32_t step = 1; step <= MARKETS; step++) {
            const uint32_t k = ways[way][step - 1];
            struct oc_ev_trade trade = {
                .head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = OC_INST(k, 1), .venue_ns = MINUTE * step},
                .price = 8000};
            v->answer_count = 0;
            assert_int_equal(v->sim->market(v->instance.self, MINUTE * step, &trade.head), OC_OK);
            pass(v, MINUTE * step);
            assert_int_equal(v->fill_count, EACH);
            for (int i = 0; i < EACH; i++) {
                assert_true(v->fills[i].order == orders[k][i]);
                assert_int_equal(v->fills[i].head.inst, OC_INST(k, 1));
                assert_int_equal(v->fills[i].qty, 10 + i);
                assert_int_equal(v->fills[i].price, 8000); /* the first price that they meet */
            }
            v->fill_count = 0;
            int64_t units = 0;
            assert_int_equal(v->sim->position(v->instance.self, ACCOUNT, OC_INST(k, 1), &units), OC_OK);
            assert_int_equal(units, 10 * EACH + EACH * (EACH - 1) / 2);
        }
        venue_free(v);
    }
}

/* An order that rests at the lowest price there is needs its money too: what is left does not pay for more. */
static void the_lowest_price_has_to_be_paid_too(void **state)
{
    (void)state;
    struct venue *v = venue_new(ideal);
    bar(v, 0, 10, 10, 10, 10, -1);
    send(v, MINUTE, order(v, OC_SIDE_BUY, 6000000000, 1, 0)); /* 6,000,000 at 0.01 of 100,000: with its fee */
    bar(v, 1, 10, 10, 10, 10, -1);
    send(v, 2 * MINUTE, order(v, OC_SIDE_BUY, 500000000, 0, 0)); /* 50,000 of the 39,940 that are left */
    bar(v, 2, 10, 10, 10, 10, -1);
    assert_int_equal(v->fill_count, 0);
    assert_string_equal(last_answer(v)->reason, "INSUFFICIENT_FUNDS");
    venue_free(v);
}

/* The rest of an order by money that waits for volume keeps its money. */
static void what_is_left_of_an_order_by_money_is_kept(void **state)
{
    (void)state;
    struct venue *v = venue_new((const char *const[]){"latency", "0", "half_spread", "0", "volume_cap", "0.5", NULL});
    bar(v, 0, 10000, 10000, 10000, 10000, 100000);
    struct oc_request by_money = order(v, OC_SIDE_BUY, 0, 0, 0);
    by_money.bits = OC_RQ_HAS_QUOTE_QTY;
    by_money.quote_qty = (struct oc_dec){80000, 0, 0};
    send(v, MINUTE, by_money);
    bar(v, 1, 10000, 10000, 10000, 10000, 100000); /* half of it: 5,000 */
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].qty, 50000);
    const uint64_t more = send(v, 2 * MINUTE, order(v, OC_SIDE_BUY, 300000, 0, 0)); /* 30,000 of the 20,000 left */
    bar(v, 2, 10000, 10000, 10000, 10000, 100000);
    assert_int_equal(last_answer(v)->order, more);
    assert_string_equal(last_answer(v)->reason, "INSUFFICIENT_FUNDS");
    assert_int_equal(v->fill_count, 2); /* the first goes on */
    venue_free(v);
}

/* Tied to an order that is not here any more: it works by itself. */
static void tied_to_one_that_has_gone_it_works(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    const uint64_t first = send(v, MINUTE, order(v, OC_SIDE_BUY, 1000, 0, 0));
    bar(v, 1, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(v->fill_count, 1);
    struct oc_request second = order(v, OC_SIDE_BUY, 1000, 9000, 0);
    second.group = first;
    second.link = OC_LINK_OCO;
    send(v, 2 * MINUTE, second);
    bar(v, 2, 10000, 10000, 8000, 9000, -1);
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[1].qty, 1000);
    venue_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_lowest_price_has_to_be_paid_too),
        cmocka_unit_test(what_is_left_of_an_order_by_money_is_kept),
        cmocka_unit_test(tied_to_one_that_has_gone_it_works),
        cmocka_unit_test(amended_through_the_market_it_takes),
        cmocka_unit_test(amended_to_another_resting_price_it_makes),
        cmocka_unit_test(a_side_that_is_not_quoted_trades_nothing),
        cmocka_unit_test(the_end_takes_the_last_price_of_its_side),
        cmocka_unit_test(what_rests_keeps_its_money_and_the_greater_fee),
        cmocka_unit_test(orders_of_many_markets_stay_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
