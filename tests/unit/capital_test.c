/* capital_test.c: strategies trade with the capital of an account alone; what it holds beside that is a person's to assign. */
#include "engine/dust.h"
#include "support/engine_fixture.h"

enum { ONE = 1, TWO = 2 }; /* strategies */

static struct engine_refusal refused;

static oc_i128 whole(int64_t units)
{
    oc_i128 amount = 0;
    assert_int_equal(money_from_dec((struct oc_dec){units, 0, 0}, &amount), OC_OK);
    return amount;
}

static void says_balance(struct fixture *f, uint32_t asset, int64_t total)
{
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE, .source = f->account},
                                    .account = f->account,
                                    .asset = asset,
                                    .present = OC_BAL_SAID,
                                    .total = {total, 0, 0}};
    f->now_ns++;
    balance.head.venue_ns = f->now_ns;
    assert_int_equal(fixture_input(f, &balance), OC_OK);
}

/* An account with 1,000,000 USDT and 5 BTC from before; 500 USDT of it are the capital of two strategies; a price of 100. */
static struct fixture *desk(void)
{
    static const struct engine_client nobody = {0};
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t id;
    assert_int_equal(engine_add_client(f->engine, "one", &nobody, &id), OC_OK);
    assert_int_equal(engine_add_client(f->engine, "two", &nobody, &id), OC_OK);
    assert_int_equal(portfolio_set_capital(engine_portfolio(f->engine), f->account, whole(500)), OC_OK);
    says_balance(f, f->base, 5);
    return f;
}

static oc_i128 has(const struct fixture *f, uint32_t asset)
{
    return portfolio_tradable(engine_portfolio(f->engine), f->account, asset);
}

static oc_i128 unassigned(const struct fixture *f, uint32_t asset)
{
    return portfolio_unassigned(engine_portfolio(f->engine), f->account, asset);
}

static struct oc_request of(const struct fixture *f, uint32_t strategy, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_request request = fixture_order(f, side, qty, price);
    request.strategy = strategy;
    request.owner = strategy ? OC_OWNER_STRATEGY : OC_OWNER_CONSOLE;
    return request;
}

/* 0: refused, and `refused` says why. */
static uint64_t asks(struct fixture *f, struct oc_request request)
{
    refused = (struct engine_refusal){0};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    oc_rc rc = engine_submit(f->engine, &request, &refused);
    fixture_end(f, true);
    return rc == OC_OK ? request.order : 0;
}

static void trades(struct fixture *f, uint32_t strategy, uint8_t side, int64_t qty)
{
    const uint64_t order = asks(f, of(f, strategy, side, qty, 10000));
    assert_true(order);
    assert_int_equal(fixture_trade(f, order, side, qty, 10000), OC_OK);
}

static void refuses(struct fixture *f, struct oc_request request, const char *reason)
{
    assert_false(asks(f, request));
    assert_string_equal(refused.reason, reason);
}

static oc_i128 equity(const struct fixture *f)
{
    oc_i128 money = 0;
    assert_int_equal(portfolio_traded_equity(engine_portfolio(f->engine), f->account, &money, NULL), OC_OK);
    return money;
}

static void it_moves_with_what_strategies_trade(void **state)
{
    (void)state;
    struct fixture *f = desk();
    assert_true(equity(f) == whole(500) && unassigned(f, f->base) == whole(5));
    trades(f, ONE, OC_SIDE_BUY, 1000);
    assert_true(has(f, f->quote) == whole(400) && has(f, f->base) == whole(1));
    assert_true(unassigned(f, f->base) == whole(5) && unassigned(f, f->quote) == whole(999500));
    trades(f, 0, OC_SIDE_BUY, 2000); /* by hand */
    assert_true(has(f, f->quote) == whole(400) && has(f, f->base) == whole(1));
    assert_true(unassigned(f, f->base) == whole(7));
    fixture_price(f, 11000); /* what is not of it makes no profit */
    assert_true(equity(f) == whole(510));
    says_balance(f, f->quote, 10); /* nor does what goes out */
    assert_true(equity(f) == whole(510) && engine_outside(f->engine) == 0);
    fixture_free(f);
}

static void a_strategy_sells_what_is_its_own(void **state)
{
    (void)state;
    struct fixture *f = desk();
    struct oc_request sale = of(f, ONE, OC_SIDE_SELL, 1000, 10000);
    refuses(f, sale, ENGINE_UNASSIGNED);
    sale.bits |= OC_RQ_REDUCE_ONLY; /* not proven: it holds nothing */
    refuses(f, sale, ENGINE_UNASSIGNED);
    trades(f, TWO, OC_SIDE_BUY, 2000);
    refuses(f, sale, ENGINE_UNASSIGNED); /* nor what is another's */
    trades(f, ONE, OC_SIDE_BUY, 1000);
    sale.bits &= ~(uint32_t)OC_RQ_REDUCE_ONLY;
    sale.qty = 1001;
    refuses(f, sale, ENGINE_UNASSIGNED);
    sale.qty = 600;
    const uint64_t rests = asks(f, sale);
    assert_true(rests);
    refuses(f, of(f, ONE, OC_SIDE_SELL, 401, 10000), ENGINE_UNASSIGNED);
    assert_true(asks(f, of(f, ONE, OC_SIDE_SELL, 400, 10000)));
    struct oc_request more = {.order = rests, .qty = 601, .bits = OC_RQ_QUANTITY_CHANGED};
    assert_int_equal(fixture_say(f, OC_EV_ACCEPTED, rests), OC_OK);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &more, &refused), OC_E_LIMIT);
    fixture_end(f, true);
    assert_string_equal(refused.reason, ENGINE_UNASSIGNED);
    assert_true(asks(f, of(f, 0, OC_SIDE_SELL, 3000, 10000))); /* a person may */
    fixture_free(f);
}

static void it_pays_from_its_capital(void **state)
{
    (void)state;
    struct fixture *f = desk();
    refuses(f, of(f, ONE, OC_SIDE_BUY, 5001, 10000), ENGINE_INSUFFICIENT_FUNDS);
    const uint64_t rests = asks(f, of(f, ONE, OC_SIDE_BUY, 3000, 10000));
    assert_true(rests);
    refuses(f, of(f, TWO, OC_SIDE_BUY, 2001, 10000), ENGINE_INSUFFICIENT_FUNDS); /* it is one for all of them */
    assert_true(engine_used_to_trade(f->engine, f->account, f->quote) == whole(300));
    assert_true(asks(f, of(f, 0, OC_SIDE_BUY, 100000, 10000))); /* by hand, of the account */
    assert_true(engine_used_to_trade(f->engine, f->account, f->quote) == whole(300));
    assert_int_equal(fixture_say(f, OC_EV_ACCEPTED, rests), OC_OK);
    assert_int_equal(fixture_say(f, OC_EV_CANCELED, rests), OC_OK);
    assert_true(engine_used_to_trade(f->engine, f->account, f->quote) == 0);
    says_balance(f, f->quote, 100); /* what the account does not have, nobody can pay with */
    refuses(f, of(f, ONE, OC_SIDE_BUY, 1001, 10000), ENGINE_INSUFFICIENT_FUNDS);
    fixture_free(f);
}

static void what_is_missing_stops_purchases_of_it(void **state)
{
    (void)state;
    struct fixture *f = desk();
    trades(f, ONE, OC_SIDE_BUY, 2000);
    const uint64_t before = engine_stats(f->engine)->alarms;
    says_balance(f, f->base, 3); /* somebody sold what nobody counts on */
    assert_int_equal(engine_stats(f->engine)->alarms, before);
    assert_false(engine_holds_too_little(f->engine, f->account, f->inst));
    says_balance(f, f->base, 1);
    assert_int_equal(engine_stats(f->engine)->alarms, before + 1);
    says_balance(f, f->base, 1); /* said once */
    assert_int_equal(engine_stats(f->engine)->alarms, before + 1);
    assert_true(engine_holds_too_little(f->engine, f->account, f->inst));
    refuses(f, of(f, ONE, OC_SIDE_BUY, 1, 10000), ENGINE_HOLDINGS_MISSING);
    refuses(f, of(f, TWO, OC_SIDE_BUY, 1, 10000), ENGINE_HOLDINGS_MISSING);
    assert_true(asks(f, of(f, ONE, OC_SIDE_SELL, 1000, 10000)));
    assert_true(asks(f, of(f, 0, OC_SIDE_BUY, 1, 10000)));
    says_balance(f, f->base, 2);
    assert_true(asks(f, of(f, ONE, OC_SIDE_BUY, 1, 10000)));
    says_balance(f, f->base, 1);
    assert_int_equal(engine_stats(f->engine)->alarms, before + 2);
    fixture_free(f);
}

static oc_rc assign(struct fixture *f, uint32_t strategy, int64_t qty)
{
    return engine_assign(f->engine, f->account, strategy, f->inst, qty, 10000);
}

static void a_person_assigns_and_takes_back(void **state)
{
    (void)state;
    struct fixture *f = desk();
    const struct portfolio *portfolio = engine_portfolio(f->engine);
    int64_t left = 0;
    assert_int_equal(assign(f, ONE, 5001), OC_E_LIMIT);
    assert_int_equal(assign(f, ONE, 0), OC_E_INVALID);
    assert_int_equal(assign(f, 0, 1), OC_E_INVALID);
    assert_int_equal(assign(f, ONE, -1), OC_E_LIMIT);
    assert_int_equal(assign(f, ONE, 3000), OC_OK);
    assert_int_equal(portfolio_find(portfolio, f->account, ONE, f->inst)->position.qty, 3000);
    assert_true(has(f, f->quote) == whole(200) && has(f, f->base) == whole(3) && equity(f) == whole(500));
    assert_true(portfolio_balance(portfolio, f->account, f->base) == whole(5) &&
                portfolio_balance(portfolio, f->account, f->quote) == whole(1000000));
    assert_int_equal(assign(f, ONE, 2001), OC_E_LIMIT);
    trades(f, ONE, OC_SIDE_BUY, 1000);
    assert_int_equal(assign(f, TWO, 2000), OC_E_DENIED); /* 100 are left of the capital */
    assert_true(asks(f, of(f, ONE, OC_SIDE_SELL, 3500, 10000)));
    assert_int_equal(assign(f, ONE, -501), OC_E_LIMIT); /* an order is to sell the rest */
    assert_int_equal(assign(f, ONE, -500), OC_OK);
    assert_true(has(f, f->quote) == whole(150));
    assert_int_equal(engine_unassigned_qty(f->engine, f->account, f->inst, &left), OC_OK);
    assert_int_equal(left, 2500);
    trades(f, 0, OC_SIDE_BUY, 1000); /* what a person bought by hand is not nobody's */
    assert_int_equal(engine_unassigned_qty(f->engine, f->account, f->inst, &left), OC_OK);
    assert_int_equal(left, 2500);
    fixture_free(f);
    f = fixture_new(COST_AVERAGE);
    assert_int_equal(assign(f, ONE, 1), OC_E_STATE); /* no capital: nothing is unassigned */
    fixture_free(f);
}

/* A fill of an order that is none of ours. */
static void another_hand_trades(struct fixture *f, uint8_t side, int64_t qty)
{
    char id[16];
    snprintf(id, sizeof id, "x%u", ++f->trades);
    const struct oc_ev_fill fill = fixture_fill(f, 0, side, qty, 10000, id);
    struct oc_ev_venue_fill said = {.fill = fill};
    said.fill.head.size = sizeof said;
    said.venue_order.size = 1;
    said.venue_order.text[0] = 'z';
    assert_int_equal(fixture_input(f, &said), OC_OK);
}

static void what_another_hand_trades_is_not_by_hand(void **state)
{
    (void)state;
    struct fixture *f = desk();
    const struct instrument *instrument = instruments_get(engine_instruments(f->engine), f->inst);
    const struct portfolio *portfolio = engine_portfolio(f->engine);
    another_hand_trades(f, OC_SIDE_SELL, 2000);
    assert_true(unassigned(f, f->base) == whole(3));
    assert_int_equal(dust_hand_qty(portfolio, f->account, instrument, 0), 0);
    another_hand_trades(f, OC_SIDE_BUY, 3000);
    assert_int_equal(dust_hand_qty(portfolio, f->account, instrument, 0), 0);
    trades(f, 0, OC_SIDE_BUY, 700);
    assert_int_equal(dust_hand_qty(portfolio, f->account, instrument, 0), 700);
    trades(f, 0, OC_SIDE_SELL, 900); /* 200 of what was nobody's: not to be bought back */
    assert_int_equal(dust_hand_qty(portfolio, f->account, instrument, 0), 0);
    trades(f, ONE, OC_SIDE_BUY, 1000);
    const uint64_t alarms = engine_stats(f->engine)->alarms;
    another_hand_trades(f, OC_SIDE_SELL, 6000);
    assert_int_equal(engine_stats(f->engine)->alarms, alarms + 1);
    assert_true(engine_holds_too_little(f->engine, f->account, f->inst));
    fixture_free(f);
}

static void a_checkpoint_has_it(void **state)
{
    static char bytes[1 << 22], again[1 << 22];
    (void)state;
    struct fixture *f = desk(), *g = desk();
    trades(f, ONE, OC_SIDE_BUY, 1000);
    assert_true(asks(f, of(f, ONE, OC_SIDE_BUY, 1000, 9000)));
    another_hand_trades(f, OC_SIDE_SELL, 1000);
    assert_int_equal(assign(f, TWO, 500), OC_OK);
    const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(engine_load(g->engine, bytes, (size_t)size), OC_OK);
    assert_int_equal(engine_save(g->engine, again, sizeof again), size);
    assert_memory_equal(bytes, again, (size_t)size);
    assert_true(has(g, g->quote) == whole(350) && equity(g) == whole(500));
    assert_true(engine_used_to_trade(g->engine, g->account, g->quote) == whole(90));
    assert_int_equal(portfolio_find(engine_portfolio(g->engine), g->account, 0, g->inst)->foreign, -1000);
    fixture_free(g);
    fixture_free(f);
}

static void it_is_said_once_and_above_nothing(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    assert_true(portfolio_capital_reserved(engine_portfolio(f->engine), f->account, f->quote) == 0);
    assert_true(portfolio_capital_reserved(engine_portfolio(f->engine), f->account + 1, f->quote) == 0);
    struct portfolio *portfolio = engine_portfolio(f->engine);
    assert_int_equal(portfolio_set_capital(portfolio, 0, whole(1)), OC_E_NOT_FOUND);
    assert_int_equal(portfolio_set_capital(portfolio, f->account, 0), OC_E_INVALID);
    assert_int_equal(portfolio_put_capital(portfolio, f->account, f->quote, 1), OC_E_STATE);
    assert_true(has(f, f->quote) == whole(1000000) && unassigned(f, f->quote) == 0);
    assert_int_equal(portfolio_set_capital(portfolio, f->account, whole(1)), OC_OK);
    assert_int_equal(portfolio_set_capital(portfolio, f->account, whole(1)), OC_E_INVALID);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_moves_with_what_strategies_trade),
        cmocka_unit_test(a_strategy_sells_what_is_its_own),
        cmocka_unit_test(it_pays_from_its_capital),
        cmocka_unit_test(what_is_missing_stops_purchases_of_it),
        cmocka_unit_test(a_person_assigns_and_takes_back),
        cmocka_unit_test(what_another_hand_trades_is_not_by_hand),
        cmocka_unit_test(a_checkpoint_has_it),
        cmocka_unit_test(it_is_said_once_and_above_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
