/* terms_test.c: what an instrument's venue would refuse is refused before a byte leaves. */
#include "support/engine_fixture.h"

static struct fixture *f;

static int setup(void **state)
{
    (void)state;
    f = fixture_new(COST_AVERAGE); /* steps 0.01 and 0.001, a price of 100.00 */
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_free(f);
    return 0;
}

static struct oc_instrument terms(void) { return instruments_get(engine_instruments(f->engine), f->inst)->info; }

static void set(const struct oc_instrument *info)
{
    uint32_t inst;
    assert_int_equal(instruments_add(engine_instruments(f->engine), info, &inst), OC_OK);
    assert_int_equal(inst, f->inst);
}

/* NULL: it is taken. */
static void refuses(struct oc_request request, const char *reason)
{
    struct engine_refusal refusal = {0};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    const oc_rc rc = engine_submit(f->engine, &request, &refusal);
    assert_int_equal(rc, reason ? OC_E_LIMIT : OC_OK);
    assert_string_equal(refusal.reason, reason ? reason : "");
    fixture_end(f, true);
}

static struct oc_request limit(int64_t qty, int64_t price) { return fixture_order(f, OC_SIDE_BUY, qty, price); }

static struct oc_request market(int64_t qty) { return fixture_order(f, OC_SIDE_BUY, qty, 0); }

static struct oc_request stop(int64_t qty, int64_t price)
{
    struct oc_request request = market(qty);
    request.type = OC_ORDER_STOP;
    request.stop_price = price;
    request.bits |= OC_RQ_HAS_STOP;
    return request;
}

static void states_of_an_instrument(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    info.status = OC_STATUS_NOT_YET;
    set(&info);
    refuses(limit(10, 9900), "INSTRUMENT_NOT_TRADING");
    info.status = OC_STATUS_POST_ONLY;
    set(&info);
    refuses(limit(10, 9900), "INSTRUMENT_POST_ONLY");
    struct oc_request post = limit(10, 9900);
    post.bits |= OC_RQ_POST_ONLY;
    refuses(post, NULL);
    info.status = OC_STATUS_LIMIT_ONLY;
    set(&info);
    refuses(market(10), "INSTRUMENT_LIMIT_ONLY");
    refuses(stop(10, 11000), "INSTRUMENT_LIMIT_ONLY");
    refuses(limit(10, 9900), NULL);
    info.status = OC_STATUS_REDUCE_ONLY;
    set(&info);
    refuses(limit(10, 9900), "INSTRUMENT_REDUCE_ONLY");
    fixture_hold(f, 0, 100);
    struct oc_request out = fixture_order(f, OC_SIDE_SELL, 10, 10100);
    out.bits |= OC_RQ_REDUCE_ONLY;
    refuses(out, NULL);
    info.status = OC_STATUS_AUCTION;
    set(&info);
    refuses(limit(10, 9900), NULL);
}

static void kinds_that_are_not_taken(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    info.present |= OC_INST_HAS_ORDERS;
    info.orders = 1u << OC_ORDER_LIMIT;
    info.tifs = 1u << OC_TIF_GTC;
    set(&info);
    refuses(limit(10, 9900), NULL);
    refuses(market(10), "ORDER_KIND_NOT_TAKEN");
    struct oc_request ioc = limit(10, 9900);
    ioc.tif = OC_TIF_IOC;
    refuses(ioc, "ORDER_KIND_NOT_TAKEN");
    info = terms();
    info.present = 0;
    info.rules = OC_INST_NO_QUOTE_QTY;
    set(&info);
    struct oc_request money = market(0);
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){100, 0, 0};
    refuses(money, "QUOTE_QUANTITY_NOT_TAKEN");
    refuses(market(10), NULL);
}

static void bounds_and_steps_of_prices(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    info.present |= OC_INST_HAS_MIN_PRICE | OC_INST_HAS_MAX_PRICE | OC_INST_HAS_TICK_TABLE;
    info.min_price = 5000;
    info.max_price = 20000;
    info.tick_count = 2;
    info.ticks[0] = (struct oc_tick_row){0, 1};
    info.ticks[1] = (struct oc_tick_row){9000, 5};
    set(&info);
    refuses(limit(10, 4999), "PRICE_BELOW_MINIMUM");
    refuses(limit(10, 5000), NULL);
    refuses(limit(10, 8999), NULL); /* steps of one */
    refuses(limit(10, 9001), "PRICE_OFF_GRID");
    refuses(limit(10, 9005), NULL);
    refuses(stop(10, 20005), "PRICE_ABOVE_MAXIMUM");
    refuses(stop(10, 20000), NULL);
    refuses(stop(10, 19999), "PRICE_OFF_GRID");
    info.rules = OC_INST_PRICE_FROM_MIN;
    info.min_price = 5001;
    set(&info);
    refuses(limit(10, 9005), "PRICE_OFF_GRID");
    refuses(limit(10, 9006), NULL);
}

static void sizes_of_market_orders(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    info.present |= OC_INST_HAS_MARKET_MIN_QTY | OC_INST_HAS_MARKET_MAX_QTY | OC_INST_HAS_MARKET_STEP;
    info.market_min_qty = 10;
    info.market_max_qty = 100;
    info.market_step = 10;
    set(&info);
    refuses(market(9), "QUANTITY_BELOW_MINIMUM");
    refuses(market(10), NULL);
    refuses(market(15), "QUANTITY_OFF_GRID");
    refuses(market(100), NULL);
    refuses(stop(110, 11000), "QUANTITY_ABOVE_MAXIMUM");
    refuses(limit(9, 9900), NULL); /* of limits nothing was said */
    refuses(limit(115, 9900), NULL);
}

/* 10 USDT to 100 USDT: 0.100 at 100.00 is 10. */
static void the_worth_of_an_order(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    info.present |= OC_INST_HAS_MIN_NOTIONAL | OC_INST_HAS_MAX_NOTIONAL;
    info.min_notional = (struct oc_dec){10, 0, 0};
    info.max_notional = (struct oc_dec){100, 0, 0};
    set(&info);
    refuses(limit(100, 9999), "NOTIONAL_BELOW_MINIMUM");
    refuses(limit(100, 10000), NULL);
    refuses(limit(1000, 10000), NULL);
    refuses(limit(1000, 10001), "NOTIONAL_ABOVE_MAXIMUM");
    refuses(market(99), NULL); /* market orders are not meant */
    refuses(market(1001), NULL);
    info.rules = OC_INST_NOTIONAL_OF_MARKET | OC_INST_MAX_NOTIONAL_OF_MARKET;
    set(&info);
    refuses(market(99), "NOTIONAL_BELOW_MINIMUM");
    refuses(market(100), NULL);
    refuses(market(1001), "NOTIONAL_ABOVE_MAXIMUM");
    refuses(stop(90, 11000), "NOTIONAL_BELOW_MINIMUM"); /* 9.90 at its stop */
    refuses(stop(91, 11000), NULL);
    struct oc_request money = market(0);
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){999, 2, 0};
    refuses(money, "NOTIONAL_BELOW_MINIMUM");
    money.quote_qty = (struct oc_dec){10, 0, 0};
    refuses(money, NULL);
}

/* By the last trade, 100.00: bands are parts of it, of each side its own. */
static void bands_of_prices(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    fixture_price(f, 10000);
    info.present |= OC_INST_HAS_BUY_BAND | OC_INST_HAS_SELL_BAND;
    info.buy_band_low = (struct oc_dec){2, 1, 0};
    info.buy_band_high = (struct oc_dec){5, 0, 0};
    info.sell_band_low = (struct oc_dec){999, 3, 0};
    info.sell_band_high = (struct oc_dec){0, 0, 0}; /* none */
    set(&info);
    refuses(limit(10, 1999), "PRICE_BELOW_BAND");
    refuses(limit(10, 2000), NULL);
    refuses(limit(10, 50000), NULL);
    refuses(limit(10, 50001), "PRICE_ABOVE_BAND");
    refuses(market(10), NULL);
    fixture_hold(f, 0, 100);
    refuses(fixture_order(f, OC_SIDE_SELL, 1, 9989), "PRICE_BELOW_BAND");
    refuses(fixture_order(f, OC_SIDE_SELL, 1, 9990), NULL);
    refuses(fixture_order(f, OC_SIDE_SELL, 1, 900000), NULL);
}

/* How many are open at once, of which so many wait for a price; and how much may be held. */
static void how_many_and_how_much(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    info.max_orders = 3;
    info.max_stop_orders = 1;
    set(&info);
    refuses(stop(10, 11000), NULL);
    refuses(stop(10, 11000), "TOO_MANY_STOP_ORDERS");
    refuses(limit(10, 9900), NULL);
    refuses(limit(10, 9900), NULL);
    refuses(limit(10, 9900), "TOO_MANY_OPEN_ORDERS");
    info.max_orders = info.max_stop_orders = 0;
    info.max_icebergs = 1;
    set(&info);
    struct oc_request iceberg = limit(10, 9900);
    iceberg.bits |= OC_RQ_HAS_DISPLAY;
    iceberg.display_qty = 5;
    refuses(iceberg, NULL);
    refuses(iceberg, "TOO_MANY_ICEBERGS");
    refuses(limit(10, 9900), NULL);
    info.max_icebergs = 0; /* five are open by now: a stop, an iceberg, and three more */
    info.max_icebergs_of_account = 1;
    info.max_stop_orders_of_account = 1;
    info.max_orders_of_account = 6;
    set(&info);
    refuses(iceberg, "TOO_MANY_ICEBERGS_OF_ACCOUNT");
    refuses(stop(10, 11000), "TOO_MANY_STOP_ORDERS_OF_ACCOUNT");
    refuses(limit(10, 9900), NULL);
    refuses(limit(10, 9900), "TOO_MANY_OPEN_ORDERS_OF_ACCOUNT");
    info.max_icebergs_of_account = info.max_stop_orders_of_account = info.max_orders_of_account = 0;
    info.present |= OC_INST_HAS_MAX_POSITION;
    info.max_position = 130; /* 60 of it are asked for */
    set(&info);
    refuses(limit(71, 9900), "POSITION_ABOVE_MAXIMUM");
    refuses(limit(70, 9900), NULL);
    refuses(limit(1, 9900), "POSITION_ABOVE_MAXIMUM");
}

static void icebergs(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    struct oc_request request = limit(100, 9900);
    request.bits |= OC_RQ_HAS_DISPLAY;
    request.display_qty = 9;
    info.iceberg_parts = 10;
    set(&info);
    refuses(request, "ICEBERG_OF_TOO_MANY_PARTS");
    request.display_qty = 10;
    refuses(request, NULL);
    info.rules |= OC_INST_NO_ICEBERG;
    set(&info);
    refuses(request, "ICEBERG_NOT_TAKEN");
}

/* An order as it shall be is held to the same, but for how many are open. */
static void an_amendment_is_held_to_them(void **state)
{
    (void)state;
    struct oc_instrument info = terms();
    const uint64_t order = fixture_submit(f, limit(10, 9900));
    assert_int_equal(fixture_say(f, OC_EV_ACCEPTED, order), OC_OK);
    info.max_orders = 1;
    info.present |= OC_INST_HAS_MAX_PRICE;
    info.max_price = 9950;
    set(&info);
    struct engine_refusal refusal = {0};
    struct oc_request amend = {.order = order, .price = 9951, .bits = OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "PRICE_ABOVE_MAXIMUM");
    amend.price = 9950;
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
}

/* With several accounts each trades at its own venue alone. */
static void an_account_trades_at_its_own_venue(void **state)
{
    (void)state;
    uint32_t other, same;
    assert_int_equal(
        portfolio_add_account(engine_portfolio(f->engine), "main", "other", f->quote, COST_AVERAGE, &other), OC_OK);
    assert_int_equal(portfolio_add_account(engine_portfolio(f->engine), "hedge", "test", f->quote, COST_AVERAGE, &same),
                     OC_OK);
    struct oc_request request = limit(10, 9900);
    refuses(request, NULL);
    request.account = same;
    refuses(request, NULL);
    request.account = other;
    refuses(request, "ACCOUNT_OF_ANOTHER_VENUE");
    assert_int_equal(portfolio_account_at(engine_portfolio(f->engine), "test", same), same);
    assert_int_equal(portfolio_account_at(engine_portfolio(f->engine), "test", other), f->account);
    assert_int_equal(portfolio_account_at(engine_portfolio(f->engine), "other", 0), other);
    assert_int_equal(portfolio_account_at(engine_portfolio(f->engine), "none", other), 0);
    oc_i128 all = 0, one = 0;
    uint32_t unpriced = 9;
    assert_int_equal(portfolio_set_balance(engine_portfolio(f->engine), other, f->quote, num_pow10_128(MONEY_SCALE)),
                     OC_OK);
    assert_int_equal(portfolio_equity(engine_portfolio(f->engine), f->account, &one, &unpriced), OC_OK);
    assert_int_equal(portfolio_traded_equity_all(engine_portfolio(f->engine), f->quote, &all, &unpriced), OC_OK);
    assert_true(all == one + num_pow10_128(MONEY_SCALE));
    assert_int_equal(unpriced, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(states_of_an_instrument),
        TEST(kinds_that_are_not_taken),
        TEST(bounds_and_steps_of_prices),
        TEST(sizes_of_market_orders),
        TEST(the_worth_of_an_order),
        TEST(an_account_trades_at_its_own_venue),
        TEST(bands_of_prices),
        TEST(how_many_and_how_much),
        TEST(icebergs),
        TEST(an_amendment_is_held_to_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
