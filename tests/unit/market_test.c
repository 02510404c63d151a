/* market_test.c: what is known of a market, and conversion between assets through it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "engine/limits.h"
#include "engine/portfolio.h"
#include "engine/rates.h"

static struct instruments *instruments;
static struct markets *markets;
static struct rates rates;

static int setup(void **state)
{
    (void)state;
    if (instruments_new(&instruments) < 0 || markets_new(&markets) < 0)
        return -1;
    rates_init(&rates, instruments, markets);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    markets_free(markets);
    instruments_free(instruments);
    return 0;
}

static uint32_t pair_of(uint32_t kind, uint32_t base, uint32_t quote, struct oc_dec price_step)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = kind,
                                 .base = base,
                                 .quote = quote,
                                 .price_step = price_step,
                                 .qty_step = {1, 0, 0},
                                 .contract_size = {1, 0, 0}};
    uint32_t inst;
    snprintf(info.symbol, sizeof info.symbol, "%u/%u/%u", base, quote, kind);
    assert_int_equal(instruments_add(instruments, &info, &inst), OC_OK);
    return inst;
}

static uint32_t pair(uint32_t kind, uint32_t base, uint32_t quote)
{
    return pair_of(kind, base, quote, (struct oc_dec){1, 2, 0});
}

static struct market *trade(uint32_t inst, int64_t price)
{
    struct oc_ev_trade event = {.head = {.size = sizeof event, .type = OC_EV_TRADE, .inst = inst}, .price = price};
    struct market *market = markets_get(markets, inst);
    assert_true(market_apply(market, &event.head, 5));
    return market;
}

static struct market *quote(uint32_t inst, int64_t bid, int64_t ask, uint32_t present)
{
    struct oc_ev_quote event = {
        .head = {.size = sizeof event, .type = OC_EV_QUOTE, .inst = inst}, .bid = bid, .ask = ask, .present = present};
    struct market *market = markets_get(markets, inst);
    assert_true(market_apply(market, &event.head, 7));
    return market;
}

static oc_i128 whole(int64_t units) { return units * num_pow10_128(MONEY_SCALE); }

static void markets_grow_to_their_limit_and_forget_nothing(void **state)
{
    (void)state;
    trade(OC_INST(15, 1), 42);
    assert_non_null(markets_get(markets, OC_INST(16, 1)));
    assert_non_null(markets_get(markets, OC_INST(ENGINE_INSTRUMENTS_MAX - 1, 1)));
    assert_null(markets_get(markets, OC_INST(ENGINE_INSTRUMENTS_MAX, 1)));
    assert_int_equal(markets_get(markets, OC_INST(15, 9))->last, 42);
    assert_false(markets_get(markets, OC_INST(ENGINE_INSTRUMENTS_MAX - 1, 1))->has_mark);
    markets_free(NULL);
}

static void the_mark_follows_what_came_last(void **state)
{
    (void)state;
    const uint32_t inst = OC_INST(1, 1);
    struct market *market = trade(inst, 100);
    assert_int_equal(market->mark2, 200);
    quote(inst, 90, 0, OC_HAS_BID); /* one side makes no middle */
    assert_int_equal(market->mark2, 200);
    assert_int_equal(market->mark_ns, 5);
    quote(inst, 90, 93, OC_HAS_BID | OC_HAS_ASK);
    assert_int_equal(market->mark2, 183);
    assert_int_equal(market->mark_ns, 7);
    struct oc_ev_qbar qbar = {.head = {.size = sizeof qbar, .type = OC_EV_QBAR, .inst = inst},
                              .bid = {1, 1, 1, 94},
                              .ask = {1, 1, 1, 99},
                              .present = OC_HAS_BID | OC_HAS_ASK};
    assert_true(market_apply(market, &qbar.head, 8));
    assert_int_equal(market->mark2, 193);
    assert_int_equal(market->bid, 94);
    assert_int_equal(market->ask, 99);
    assert_int_equal(market->bid_qty, 0); /* a bar shows no size */
    assert_int_equal(market->ask_qty, 0);
    assert_int_equal(market->present, OC_HAS_BID | OC_HAS_ASK);
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = inst}, .close = 98};
    assert_true(market_apply(market, &bar.head, 9));
    assert_int_equal(market->mark2, 196);
    assert_int_equal(market->last_ns, 9);
    struct market before = *market;
    struct oc_ev_session session = {.head = {.size = sizeof session, .type = OC_EV_SESSION, .inst = inst}};
    assert_false(market_apply(market, &session.head, 10)); /* not a price: nothing moves */
    assert_memory_equal(&before, market, sizeof before);
}

/* Twice a price is kept, and the sum of two: a venue's nonsense must not overflow. */
static void prices_stop_where_twice_does_not_fit(void **state)
{
    (void)state;
    static const int64_t signs[] = {-1, 1};
    for (size_t i = 0; i < 2; i++) {
        const int64_t sign = signs[i];
        const int64_t good = MARKET_PRICE_MAX * sign, bad = good + sign;
        struct oc_ev_trade trade_of = {.head = {.type = OC_EV_TRADE}, .price = good};
        struct oc_ev_bar bar = {.head = {.type = OC_EV_BAR}, .close = good};
        struct oc_ev_quote quote_of = {.head = {.type = OC_EV_QUOTE}, .bid = good, .ask = good, .present = 6};
        struct oc_ev_qbar qbar = {.head = {.type = OC_EV_QBAR}, .bid[3] = good, .ask[3] = good, .present = 6};
        assert_true(market_takes(&trade_of.head));
        assert_true(market_takes(&bar.head));
        assert_true(market_takes(&quote_of.head));
        assert_true(market_takes(&qbar.head));
        struct market market = {0};
        assert_true(market_apply(&market, &quote_of.head, 1));
        assert_true(market.mark2 == good * 2);
        trade_of.price = bar.close = quote_of.ask = qbar.ask[3] = bad;
        assert_false(market_takes(&trade_of.head));
        assert_false(market_takes(&bar.head));
        assert_false(market_takes(&quote_of.head));
        assert_false(market_takes(&qbar.head));
        quote_of.ask = qbar.ask[3] = good;
        quote_of.bid = qbar.bid[3] = bad;
        assert_false(market_takes(&quote_of.head));
        assert_false(market_takes(&qbar.head));
    }
}

static void conversion_liquidates_at_the_far_side(void **state)
{
    (void)state;
    uint32_t inst = pair(OC_KIND_SPOT, 1, 2);
    oc_i128 money = 77;
    assert_int_equal(rates_convert(&rates, whole(3), 1, 1, RATE_FAR, &money), OC_OK);
    assert_true(money == whole(3));
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_FAR, &money), OC_E_NOT_FOUND); /* no price yet */
    assert_true(money == whole(3));
    trade(inst, 20000);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_FAR, &money), OC_OK); /* no quote: the last price */
    assert_true(money == whole(200));
    assert_int_equal(rates_convert(&rates, whole(200), 2, 1, RATE_FAR, &money), OC_OK);
    assert_true(money == whole(1));
    quote(inst, 10000, 40000, OC_HAS_BID | OC_HAS_ASK);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_FAR, &money), OC_OK); /* sells at the bid */
    assert_true(money == whole(100));
    assert_int_equal(rates_convert(&rates, whole(400), 2, 1, RATE_FAR, &money), OC_OK); /* buys at the ask */
    assert_true(money == whole(1));
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(250));
    assert_int_equal(rates_convert(&rates, whole(1), 1, 9, RATE_MIDDLE, &money), OC_E_NOT_FOUND);
    /* a known path whose side has no price any more */
    quote(inst, 0, 40000, OC_HAS_BID | OC_HAS_ASK);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_FAR, &money), OC_E_NOT_FOUND);
    assert_true(money == whole(250));
}

static void only_priced_spot_pairs_convert(void **state)
{
    (void)state;
    oc_i128 money;
    trade(pair(OC_KIND_LINEAR, 1, 2), 20000);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_MIDDLE, &money), OC_E_NOT_FOUND);
    uint32_t inst = pair(OC_KIND_SPOT, 1, 2);
    trade(inst, -1); /* a price below zero converts nothing */
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_MIDDLE, &money), OC_E_NOT_FOUND);
    trade(inst, 1);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(1) / 100);
    trade(inst, INT64_MAX / 4);
    assert_int_equal(rates_convert(&rates, whole(1000000000), 1, 2, RATE_MIDDLE, &money), OC_E_RANGE);
    assert_true(money == whole(1) / 100);
}

static void paths_have_at_most_four_hops(void **state)
{
    (void)state;
    oc_i128 money;
    for (uint32_t i = 1; i <= 5; i++)
        trade(pair(OC_KIND_SPOT, i, i + 1), 200);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 5, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(16));
    assert_int_equal(rates_convert(&rates, whole(16), 5, 1, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(1));
    assert_int_equal(rates_convert(&rates, whole(1), 1, 6, RATE_MIDDLE, &money), OC_E_NOT_FOUND); /* five */
    /* a new pair makes a shorter way, and the old path is not taken any more */
    trade(pair(OC_KIND_SPOT, 1, 5), 300);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 5, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(3));
    assert_int_equal(rates_convert(&rates, whole(1), 1, 6, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(6));
    /* 1 -> 65 shares its place in the table of paths with 1 -> 1 + 64: the other one is found anew */
    trade(pair(OC_KIND_SPOT, 1, 69), 400);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 69, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(4));
    assert_int_equal(rates_convert(&rates, whole(1), 1, 5, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(3));
}

/* One instrument between two currencies is named; where there are more on the way, or none, none is. */
static void a_direct_way_is_named(void **state)
{
    (void)state;
    oc_i128 money;
    const uint32_t first = pair(OC_KIND_SPOT, 1, 2), second = pair(OC_KIND_SPOT, 2, 3);
    assert_int_equal(rates_direct(&rates, 1, 2), 0); /* no price yet */
    trade(first, 20000);
    trade(second, 30000);
    assert_int_equal(rates_direct(&rates, 1, 2), OC_INST_INDEX(first));
    assert_int_equal(rates_direct(&rates, 2, 1), OC_INST_INDEX(first));
    assert_int_equal(rates_direct(&rates, 2, 3), OC_INST_INDEX(second));
    assert_int_equal(rates_direct(&rates, 1, 3), 0); /* two */
    assert_int_equal(rates_convert(&rates, whole(1), 1, 3, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(60000));
    assert_int_equal(rates_direct(&rates, 1, 1), 0);
    assert_int_equal(rates_direct(&rates, 1, 9), 0);
    const uint32_t third = pair(OC_KIND_SPOT, 1, 9);
    trade(third, 40000);
    assert_int_equal(rates_direct(&rates, 1, 9), OC_INST_INDEX(third));
    assert_int_equal(rates_direct(&rates, 2, 2), 0); /* at the same place in the table of paths */
}

/* The step of a price is not always one, and a mark of nothing leads nowhere: another way is taken. */
static void steps_and_marks_of_prices_count(void **state)
{
    (void)state;
    oc_i128 money;
    trade(pair_of(OC_KIND_SPOT, 1, 2, (struct oc_dec){25, 2, 0}), 8);
    assert_int_equal(rates_convert(&rates, whole(3), 1, 2, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(6)); /* 8 steps of 0.25 */
    assert_int_equal(rates_convert(&rates, whole(6), 2, 1, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(3));
    const uint32_t nothing = pair(OC_KIND_SPOT, 3, 4);
    trade(nothing, 0);
    trade(pair(OC_KIND_SPOT, 3, 5), 200);
    trade(pair(OC_KIND_SPOT, 5, 4), 300);
    assert_int_equal(rates_convert(&rates, whole(1), 3, 4, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(6));
    const uint32_t half = pair(OC_KIND_SPOT, 6, 7);
    quote(half, 0, 1, OC_HAS_BID | OC_HAS_ASK); /* the middle is half a step */
    assert_int_equal(rates_convert(&rates, whole(1000), 6, 7, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(5));
}

/* The search keeps 256 assets: what lies behind them is not found, and nothing is overrun. */
static void a_wide_market_is_searched_to_its_limit(void **state)
{
    (void)state;
    oc_i128 money;
    for (uint32_t i = 0; i < 300; i++)
        trade(pair(OC_KIND_SPOT, 1, 100 + i), 200);
    trade(pair(OC_KIND_SPOT, 399, 2), 200);
    assert_int_equal(rates_convert(&rates, whole(1), 1, 100 + 254, RATE_MIDDLE, &money), OC_OK);
    assert_true(money == whole(2));
    assert_int_equal(rates_convert(&rates, whole(1), 1, 2, RATE_MIDDLE, &money), OC_E_NOT_FOUND);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(markets_grow_to_their_limit_and_forget_nothing),
        CASE(the_mark_follows_what_came_last),
        CASE(prices_stop_where_twice_does_not_fit),
        CASE(conversion_liquidates_at_the_far_side),
        CASE(only_priced_spot_pairs_convert),
        CASE(paths_have_at_most_four_hops),
        CASE(a_wide_market_is_searched_to_its_limit),
        CASE(a_direct_way_is_named),
        CASE(steps_and_marks_of_prices_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
