/* dust_test.c: what a spot position holds and its venue lets nobody sell (ADR 0019). */
#include "engine/dust.h"
#include "support/said_kit.h"

static oc_i128 money(int64_t units, int scale) { return units * num_pow10_128(MONEY_SCALE - scale); }

static const struct instrument *instrument_of(const struct fixture *f)
{
    return instruments_get(engine_instruments(f->engine), f->inst);
}

/* The venue says its limits of the fixture's instrument. */
struct terms {
    uint32_t present;
    uint32_t rules;
    int64_t min_qty;
    int64_t market_min_qty;
    struct oc_dec min_notional;
    uint32_t kind; /* 0: spot */
};

static struct oc_ev_instrument event_of(const struct fixture *f, struct terms terms)
{
    struct oc_ev_instrument event = {.head = {.size = sizeof event, .type = OC_EV_INSTRUMENT, .source = f->account},
                                     .info = instrument_of(f)->info};
    event.info.present = terms.present;
    event.info.rules = terms.rules;
    event.info.min_qty = terms.min_qty;
    event.info.market_min_qty = terms.market_min_qty;
    event.info.min_notional = terms.min_notional;
    return event;
}

static void says_limits(struct fixture *f, struct terms terms)
{
    struct oc_ev_instrument event = event_of(f, terms);
    assert_int_equal(fixture_input(f, &event), OC_OK);
}

static struct fixture *limited(struct terms terms)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    says_limits(f, terms);
    return f;
}

/* A fill of an order of the account's, with a fee; 1e-20 of a currency is not what venues say: 1e-8 is. */
static void trades_at(struct fixture *f, uint8_t side, int64_t qty, int64_t price, int64_t fee_e8, uint32_t asset)
{
    char id[32];
    const uint64_t order = fixture_submit(f, fixture_order(f, side, qty, 0));
    assert_int_not_equal(order, 0);
    snprintf(id, sizeof id, "t%u", ++f->trades);
    struct oc_ev_fill fill = fixture_fill(f, order, side, qty, price, id);
    fill.fee = (struct oc_dec){fee_e8, 8, 0};
    fill.fee_asset = asset;
    twin_hears(f, NULL); /* what was asked for */
    assert_int_equal(fixture_input(f, &fill), OC_OK);
    twin_hears(f, &fill.head);
}

static void trades(struct fixture *f, uint8_t side, int64_t qty, int64_t fee_e8)
{
    trades_at(f, side, qty, 10000, fee_e8, f->base);
}

/* NULL: nothing has traded. */
static const struct position *position(const struct fixture *f)
{
    const struct book *book = fixture_book(f);
    return book ? &book->position : NULL;
}

static struct dust dust(const struct fixture *f) { return dust_of(position(f), instrument_of(f)); }

static oc_i128 coins(const struct fixture *f)
{
    return portfolio_balance(engine_portfolio(f->engine), f->account, f->base);
}

/* All of it: nothing vanishes, and what reads as the position is what can be sold. */
static void is_whole(const struct fixture *f)
{
    assert_true(money(position(f)->qty, 3) + dust(f).qty == coins(f));
    assert_true(position(f)->realised - position(f)->cost == position(f)->flow);
    assert_true(position(f)->qty == 0 || dust_is_sellable(instrument_of(f), position(f)->qty, 10000));
    assert_true(position(f)->qty == 0 || money(position(f)->qty, 3) <= coins(f));
}

/* 1 bought, 0.0004 of it paid: 0.999 can be sold, 0.0006 cannot, and joins what is bought next. */
static void ACC_DUST_a_fee_in_base_leaves_what_can_be_sold(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    trades(f, OC_SIDE_BUY, 1000, 40000);
    assert_int_equal(position(f)->qty, 999);
    assert_true(dust(f).qty == money(6, 4));
    assert_true(dust(f).cost == money(6, 2));
    is_whole(f);
    trades(f, OC_SIDE_SELL, 999, 0);
    assert_int_equal(position(f)->qty, 0);
    assert_int_equal(position(f)->trips, 1);
    assert_true(position(f)->realised == 0);
    assert_true(dust(f).qty == money(6, 4) && dust(f).cost == money(6, 2));
    is_whole(f);
    trades(f, OC_SIDE_BUY, 1000, 40000);
    assert_int_equal(position(f)->qty, 1000); /* 1.0002 */
    assert_true(dust(f).qty == money(2, 4));
    is_whole(f);
    trades(f, OC_SIDE_SELL, 1000, 0); /* it joined this sale */
    assert_int_equal(position(f)->qty, 0);
    assert_int_equal(position(f)->trips, 2);
    is_whole(f);
    fixture_free(f);
}

/* What was paid in steps was sold at the price of the trade: its cost is gone with it, and the average is that of the trades. */
static void ACC_DUST_a_fee_of_whole_steps_leaves_the_position(void **state)
{
    (void)state;
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method);
        double average;
        trades_at(f, OC_SIDE_BUY, 1000, 10000, 350000, f->base); /* 0.0035 */
        assert_int_equal(position(f)->qty, 996);
        assert_true(dust(f).qty == money(5, 4));
        assert_true(position(f)->cost == money(997, 1)); /* 0.997 at 100, of which 0.0005 will be paid */
        assert_int_equal(position_average(position(f), instrument_of(f), &average), OC_OK);
        assert_true(average == 100.0);
        assert_int_equal(position(f)->fills, 1);
        is_whole(f);
        trades_at(f, OC_SIDE_BUY, 1000, 11000, 350000, f->base); /* a step of 0.004 and 0.003 more */
        assert_int_equal(position(f)->qty, 1993);
        assert_true(dust(f).qty == 0);
        is_whole(f);
        trades_at(f, OC_SIDE_SELL, 1993, 11000, 0, f->base);
        assert_int_equal(position(f)->qty, 0);
        assert_int_equal(position(f)->trips, 1);
        /* 2 were bought for 210; 1.993 left for money and 0.003 of 110 and 0.004 of it for fees */
        assert_true(position(f)->cost == 0);
        assert_true(position(f)->realised == money(1993 * 110 + 3 * 100 + 4 * 110 - 210000, 3));
        is_whole(f);
        fixture_free(f);
    }
}

/* A round trip is from flat to flat as it reads: one begins where dust is joined, and none ends where dust alone is sold. */
static void ACC_DUST_round_trips(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    trades(f, OC_SIDE_BUY, 1000, 40000);
    assert_int_equal(position(f)->opened_ns, 1000);
    f->now_ns = 2000;
    trades_at(f, OC_SIDE_SELL, 999, 11000, 0, f->base);
    assert_int_equal(position(f)->trips, 1);
    assert_int_equal(position(f)->wins, 1);
    f->now_ns = 3000;
    trades_at(f, OC_SIDE_BUY, 1000, 12000, 0, f->base);
    assert_int_equal(position(f)->opened_ns, 3000);
    assert_true(position(f)->trip_start == position(f)->realised);
    trades_at(f, OC_SIDE_SELL, 1000, 11000, 0, f->base); /* it loses, whatever the first one won */
    assert_int_equal(position(f)->trips, 2);
    assert_int_equal(position(f)->wins, 1);
    assert_int_equal(position(f)->qty, 0);
    assert_int_equal(position(f)->spare, 1);
    trades_at(f, OC_SIDE_SELL, 1, 11000, 0, f->base);
    assert_int_equal(position(f)->spare, 0);
    assert_int_equal(position(f)->trips, 2);
    fixture_free(f);
}

static void ACC_DUST_the_smallest_quantity(void **state)
{
    (void)state;
    struct fixture *f = limited((struct terms){.present = OC_INST_HAS_MIN_QTY, .min_qty = 100});
    trades(f, OC_SIDE_BUY, 250, 0);
    assert_int_equal(position(f)->qty, 250);
    trades(f, OC_SIDE_SELL, 150, 0);
    assert_int_equal(position(f)->qty, 100); /* at the limit */
    assert_true(dust(f).qty == 0);
    trades(f, OC_SIDE_BUY, 149, 0);
    trades(f, OC_SIDE_SELL, 150, 0);
    assert_int_equal(position(f)->qty, 0); /* one beyond */
    assert_int_equal(position(f)->spare, 99);
    assert_int_equal(position(f)->trips, 1);
    assert_true(dust(f).qty == money(99, 3) && dust(f).cost == money(99, 1));
    is_whole(f);
    trades(f, OC_SIDE_BUY, 101, 0);
    assert_int_equal(position(f)->qty, 200);
    trades(f, OC_SIDE_SELL, 200, 0);
    assert_int_equal(position(f)->qty, 0);
    assert_int_equal(position(f)->trips, 2);
    assert_true(dust(f).qty == 0 && position(f)->cost == 0);
    fixture_free(f);
}

/* At the price of the trade that left it; an order at market is held to it where the venue says so. */
static void ACC_DUST_the_smallest_notional(void **state)
{
    (void)state;
    const uint32_t rules[] = {OC_INST_NOTIONAL_OF_MARKET, 0, 0};
    const int64_t market_min[] = {0, 0, 101};
    const int64_t left[] = {0, 99, 0};
    for (int i = 0; i < 3; i++) {
        struct fixture *f = limited(
            (struct terms){.present = OC_INST_HAS_MIN_NOTIONAL | (market_min[i] ? OC_INST_HAS_MARKET_MIN_QTY : 0u),
                           .rules = rules[i],
                           .market_min_qty = market_min[i],
                           .min_notional = {10, 0, 0}});
        trades(f, OC_SIDE_BUY, 300, 0);
        trades(f, OC_SIDE_SELL, 200, 0);
        assert_int_equal(position(f)->qty, 100); /* worth 10 */
        trades(f, OC_SIDE_BUY, 200, 0);
        trades(f, OC_SIDE_SELL, 201, 0);
        assert_int_equal(position(f)->qty, left[i]);
        assert_int_equal(position(f)->qty + position(f)->spare, 99);
        if (!left[i]) { /* its price alone makes nothing of it; the next trade does */
            fixture_price(f, 20000);
            assert_int_equal(position(f)->qty, 0);
            trades_at(f, OC_SIDE_BUY, 101, 20000, 0, f->base);
            assert_int_equal(position(f)->qty, 200);
        }
        fixture_free(f);
    }
}

/* Other limits: what they make of it is shown at once, and no trip ends by them. */
static void ACC_DUST_limits_that_change(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    trades(f, OC_SIDE_BUY, 100, 0);
    says_limits(f, (struct terms){.present = OC_INST_HAS_MIN_QTY, .min_qty = 101});
    assert_int_equal(position(f)->qty, 0);
    assert_int_equal(position(f)->trips, 0);
    says_limits(f, (struct terms){.present = OC_INST_HAS_MIN_QTY, .min_qty = 100});
    assert_int_equal(position(f)->qty, 100);
    is_whole(f);
    fixture_free(f);
}

/* A fee of a sale, or more than there is, is the account's where nothing is held to pay it. */
static void ACC_DUST_what_is_not_there_pays_no_fee(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    trades(f, OC_SIDE_BUY, 10, 2000000); /* 0.02 of 0.01 */
    assert_int_equal(position(f)->qty, 0);
    assert_true(position(f)->taken == 0 && position(f)->spare == 0 && position(f)->cost == 0);
    assert_true(coins(f) == money(-1, 2));
    trades(f, OC_SIDE_SELL, 10, 100000); /* short */
    assert_int_equal(position(f)->qty, -10);
    assert_true(position(f)->taken == 0 && position(f)->spare == 0);
    assert_true(coins(f) == money(-21, 3));
    trades(f, OC_SIDE_BUY, 10, 0);
    assert_int_equal(position(f)->qty, 0);
    assert_true(position(f)->realised - position(f)->cost == position(f)->flow);
    fixture_free(f);
}

/* A rebate in base is held as well. */
static void ACC_DUST_a_rebate_in_base_joins(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    trades(f, OC_SIDE_BUY, 1000, -40000); /* 1.0004 */
    assert_int_equal(position(f)->qty, 1000);
    assert_true(dust(f).qty == money(4, 4));
    is_whole(f);
    trades(f, OC_SIDE_BUY, 1000, -70000);
    assert_int_equal(position(f)->qty, 2001);
    assert_true(dust(f).qty == money(1, 4));
    is_whole(f);
    fixture_free(f);
}

static void ACC_DUST_fees_in_other_assets_leave_the_position(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t third;
    assert_int_equal(instruments_asset(engine_instruments(f->engine), "BNB", &third), OC_OK);
    trades_at(f, OC_SIDE_BUY, 1000, 10000, 40000, f->quote);
    trades_at(f, OC_SIDE_BUY, 1000, 10000, 40000, third);
    assert_int_equal(position(f)->qty, 2000);
    assert_true(position(f)->taken == 0);
    assert_true(portfolio_balance(engine_portfolio(f->engine), f->account, third) == money(-40000, 8));
    is_whole(f);
    fixture_free(f);
}

/* Equity counts what is held, dust too, at the market's price. */
static void ACC_DUST_equity_is_exact(void **state)
{
    (void)state;
    struct fixture *f = limited((struct terms){.present = OC_INST_HAS_MIN_QTY, .min_qty = 100});
    oc_i128 equity, unrealised;
    trades(f, OC_SIDE_BUY, 1000, 40000);
    trades(f, OC_SIDE_SELL, 950, 0);
    assert_int_equal(position(f)->qty, 0);
    assert_true(dust(f).qty == money(496, 4));
    fixture_price(f, 12000);
    assert_int_equal(portfolio_equity(engine_portfolio(f->engine), f->account, &equity, NULL), OC_OK);
    assert_true(equity == money(1000000 - 5, 0) + money(496 * 120, 4));
    assert_int_equal(position_unrealised(position(f), instrument_of(f), 12000, &unrealised), OC_OK);
    assert_true(unrealised == 0); /* dust stands at cost */
    fixture_free(f);
}

/* Two strategies and the account: each sees its own, and by hand nothing is held. */
static void ACC_DUST_books_of_strategies(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_client nobody = {0};
    struct portfolio *portfolio = engine_portfolio(f->engine);
    const struct position *books[3];
    for (uint32_t id = 1; id <= 2; id++) {
        uint32_t strategy;
        char trade[8];
        assert_int_equal(engine_add_client(f->engine, "s", &nobody, &strategy), OC_OK);
        struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 1000, 0);
        ask.strategy = id;
        const uint64_t order = fixture_submit(f, ask);
        snprintf(trade, sizeof trade, "s%u", id);
        struct oc_ev_fill fill = fixture_fill(f, order, OC_SIDE_BUY, 1000, 10000, trade);
        fill.fee = (struct oc_dec){40000, 8, 0};
        fill.fee_asset = f->base;
        assert_int_equal(fixture_input(f, &fill), OC_OK);
        books[id] = &portfolio_find(portfolio, f->account, id, f->inst)->position;
        assert_int_equal(books[id]->qty, 999);
    }
    books[0] = position(f);
    assert_int_equal(books[0]->qty, 1999); /* 1.9992 */
    assert_int_equal(dust_hand_qty(portfolio, f->account, instrument_of(f), 10000), 0);
    trades(f, OC_SIDE_BUY, 7, 0);
    assert_int_equal(dust_hand_qty(portfolio, f->account, instrument_of(f), 10000), 7);
    trades(f, OC_SIDE_BUY, 1000, 160000); /* 0.0016: a step of the account's book */
    assert_int_equal(dust_hand_qty(portfolio, f->account, instrument_of(f), 10000), 1005);
    is_whole(f);
    fixture_free(f);
}

/* What a fill left is there again when it is taken back, or as if it had been what it is now. */
static void ACC_DUST_a_fill_that_is_taken_back(void **state)
{
    (void)state;
    for (int is_large = 0; is_large < 2; is_large++)
        for (int64_t new_qty = 0; new_qty <= 900; new_qty += 900) {
            struct fixture *f = fixture_new(COST_AVERAGE);
            trades(f, OC_SIDE_BUY, 500, 20000);
            const struct position before = *position(f);
            const uint64_t id = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1000, 0));
            struct oc_ev_venue_fill fill = said_fill(f, "", OC_SIDE_BUY, 1000, 10000, "late");
            fill.fill.order = id;
            fill.fill.fee = (struct oc_dec){is_large ? 350000 : 40000, 8, 0};
            fill.fill.fee_asset = f->base;
            assert_int_equal(fixture_input(f, &fill), OC_OK);
            assert_int_equal(position(f)->qty, is_large ? 1496 : 1499);
            is_whole(f);
            struct oc_ev_bust bust = {
                .head = {.size = sizeof bust, .type = OC_EV_BUST, .source = f->account, .inst = f->inst},
                .order = id,
                .new_price = 10000,
                .new_qty = new_qty,
                .new_fee = {new_qty ? 30000 : 0, 8, 0},
                .trade_id_size = 4};
            memcpy(bust.trade_id, "late", 4);
            assert_int_equal(fixture_input(f, &bust), OC_OK);
            is_whole(f);
            if (new_qty) {
                assert_int_equal(position(f)->qty, 1399); /* 1.4 less 0.0005 */
                assert_true(dust(f).qty == money(5, 4));
            } else {
                assert_int_equal(position(f)->qty, before.qty);
                assert_true(position(f)->taken == before.taken && position(f)->cost == before.cost);
                assert_true(position(f)->realised == before.realised);
            }
            fixture_free(f);
        }
}

static uint32_t random_state;
static int64_t roll(int64_t sides)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (int64_t)(random_state >> 8) % sides;
}

/* Whatever trades: to the last unit it is all there, under each method; a checkpoint knows it, and so do the records. */
static void ACC_DUST_nothing_vanishes_whatever_trades(void **state)
{
    (void)state;
    static char bytes[2][1 << 20];
    for (uint32_t method = COST_AVERAGE; method <= COST_LIFO; method++) {
        struct fixture *f = fixture_new(method), *r = fixture_new(method);
        random_state = 7 + method;
        const struct terms terms = {.present = OC_INST_HAS_MIN_QTY | OC_INST_HAS_MIN_NOTIONAL,
                                    .rules = OC_INST_NOTIONAL_OF_MARKET,
                                    .min_qty = 20,
                                    .min_notional = {4, 0, 0}};
        says_limits(f, terms);
        says_limits(r, terms);
        uint32_t flat = 0;
        said_twin.engine = r->engine;
        said_twin.records = f->record_count;
        for (int i = 0; i < 600; i++) {
            const int64_t price = 9000 + roll(2000), qty = position(f) && position(f)->qty ? position(f)->qty : 0;
            const bool sells = qty && roll(2);
            const int64_t size = sells ? 40 + roll(qty) : 40 + roll(300);
            if (sells && size > qty)
                continue;
            trades_at(f, sells ? OC_SIDE_SELL : OC_SIDE_BUY, size, price, roll(3) ? roll(size * 400) : 0,
                      sells || !roll(4) ? f->quote : f->base);
            if (sells && roll(3) == 0 && position(f)->qty >= 40)
                trades_at(f, OC_SIDE_SELL, position(f)->qty, price, 0, f->quote);
            flat += position(f)->qty == 0;
            assert_true(money(position(f)->qty, 3) + dust(f).qty == coins(f));
            assert_true(position(f)->realised - position(f)->cost == position(f)->flow);
            assert_true(position(f)->taken >= 0 && position(f)->taken < money(1, 3));
            assert_true(position(f)->qty == 0 || dust_is_sellable(instrument_of(f), position(f)->qty, price));
            if (i % 50 != 49)
                continue;
            struct fixture *g = fixture_new(method);
            const int64_t saved = engine_save(f->engine, bytes[0], sizeof bytes[0]);
            assert_true(saved > 0);
            assert_int_equal(engine_load(g->engine, bytes[0], (size_t)saved), OC_OK);
            assert_int_equal(engine_save(g->engine, bytes[1], sizeof bytes[1]), saved);
            assert_memory_equal(bytes[0], bytes[1], (size_t)saved);
            fixture_free(g);
            const struct position *is = position(f), *again = position(r);
            assert_true(is->qty == again->qty && is->spare == again->spare && is->taken == again->taken);
            assert_true(is->cost == again->cost && is->realised == again->realised && is->trips == again->trips);
        }
        assert_true(flat > 20);
        said_twin.engine = NULL;
        fixture_free(f);
        fixture_free(r);
    }
}

/* What is owed, and what is at risk, is shown however small. */
static void ACC_DUST_derivatives_and_shorts_have_none(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_instrument event =
        event_of(f, (struct terms){.present = OC_INST_HAS_MIN_QTY | OC_INST_HAS_MIN_NOTIONAL,
                                   .min_qty = 100,
                                   .min_notional = {1000, 0, 0}});
    event.info.kind = OC_KIND_LINEAR;
    event.info.settle = f->quote;
    strcpy(event.info.symbol, "BTC/USDT:USDT");
    assert_int_equal(fixture_input(f, &event), OC_OK);
    f->inst = engine_last_instrument(f->engine);
    struct oc_ev_fill fill = fixture_fill(f, 0, OC_SIDE_BUY, 5, 10000, "d");
    fill.fee = (struct oc_dec){40000, 8, 0};
    fill.fee_asset = f->base;
    struct portfolio *portfolio = engine_portfolio(f->engine);
    assert_int_equal(portfolio_fill(portfolio, f->account, 0, &fill), OC_OK);
    assert_int_equal(position(f)->qty, 5);
    assert_true(position(f)->spare == 0 && position(f)->taken == 0);
    assert_true(coins(f) == money(-40000, 8)); /* the account paid */
    fixture_free(f);
    f = limited((struct terms){.present = OC_INST_HAS_MIN_QTY, .min_qty = 100});
    trades(f, OC_SIDE_SELL, 150, 0);
    trades(f, OC_SIDE_BUY, 100, 0);
    assert_int_equal(position(f)->qty, -50);
    assert_int_equal(position(f)->spare, 0);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ACC_DUST_a_fee_in_base_leaves_what_can_be_sold),
        cmocka_unit_test(ACC_DUST_a_fee_of_whole_steps_leaves_the_position),
        cmocka_unit_test(ACC_DUST_round_trips),
        cmocka_unit_test(ACC_DUST_the_smallest_quantity),
        cmocka_unit_test(ACC_DUST_the_smallest_notional),
        cmocka_unit_test(ACC_DUST_limits_that_change),
        cmocka_unit_test(ACC_DUST_what_is_not_there_pays_no_fee),
        cmocka_unit_test(ACC_DUST_a_rebate_in_base_joins),
        cmocka_unit_test(ACC_DUST_fees_in_other_assets_leave_the_position),
        cmocka_unit_test(ACC_DUST_equity_is_exact),
        cmocka_unit_test(ACC_DUST_books_of_strategies),
        cmocka_unit_test(ACC_DUST_a_fill_that_is_taken_back),
        cmocka_unit_test(ACC_DUST_nothing_vanishes_whatever_trades),
        cmocka_unit_test(ACC_DUST_derivatives_and_shorts_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
