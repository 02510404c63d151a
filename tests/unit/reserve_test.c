/* reserve_test.c: open orders reserve (finding Q18): total = free + used, and what does not fit is refused at the call. */
#include "support/strategy_kit.h"

static oc_i128 money(int64_t units, int scale)
{
    oc_i128 amount = 0;
    assert_int_equal(money_from_dec((struct oc_dec){units, scale, 0}, &amount), OC_OK);
    return amount;
}

static void set_balance(struct fixture *f, uint32_t asset, int64_t total)
{
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = f->account,
                                    .asset = asset,
                                    .total = {total, 0, 0}};
    assert_int_equal(fixture_input(f, &balance), OC_OK);
}

static void set_terms(struct fixture *f)
{
    portfolio_account(engine_portfolio(f->engine), f->account)->terms =
        (struct account_terms){.has_funds = true, .fee = {1, 3, 0}};
}

/* 10,000 USDT, 0 BTC, a fee of 0.1 %; a price of 100. */
static struct fixture *desk(void)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    set_terms(f);
    set_balance(f, f->quote, 10000);
    return f;
}

static oc_i128 used(const struct fixture *f, uint32_t asset) { return engine_used(f->engine, f->account, asset); }

static struct engine_refusal refused;

/* 0: refused, and `refused` says why. */
static uint64_t asks(struct fixture *f, struct oc_request request)
{
    refused = (struct engine_refusal){0};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    oc_rc rc = engine_submit(f->engine, &request, &refused);
    fixture_end(f, true);
    return rc == OC_OK ? request.order : 0;
}

/* Who is short buys back what is owed, whatever the money; who is not, and who sells, does not go free by that. */
static void a_short_is_bought_back_without_cash(void **state)
{
    (void)state;
    struct fixture *f = desk();
    portfolio_account(engine_portfolio(f->engine), f->account)->terms.may_short = true;
    const uint64_t sold = asks(f, fixture_order(f, OC_SIDE_SELL, 10, 9900));
    assert_true(sold);
    assert_int_equal(fixture_trade(f, sold, OC_SIDE_SELL, 10, 10000), OC_OK);
    assert_int_equal(fixture_book(f)->position.qty, -10);
    set_balance(f, f->quote, 0);
    const uint64_t back = asks(f, fixture_order(f, OC_SIDE_BUY, 10, 10100));
    assert_true(back);
    assert_int_equal(fixture_trade(f, back, OC_SIDE_BUY, 10, 10000), OC_OK);
    assert_int_equal(fixture_book(f)->position.qty, 0);
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_BUY, 10, 10100)), 0);
    assert_string_equal(refused.reason, "INSUFFICIENT_FUNDS");
    fixture_free(f);
}

static void Q18_resting_purchases_reserve_their_price_and_fee(void **state)
{
    (void)state;
    struct fixture *f = desk();
    const struct oc_request request = fixture_order(f, OC_SIDE_BUY, 95000, 10000); /* 95 at 100: 9,500 and 9.5 */
    const uint64_t first = asks(f, request);
    assert_true(first);
    assert_true(used(f, f->quote) == money(95095, 1));
    assert_int_equal(asks(f, request), 0);
    assert_string_equal(refused.reason, "INSUFFICIENT_FUNDS");
    assert_string_equal(refused.rule, "account");
    assert_int_equal(refused.used.units, 95095);
    assert_int_equal(refused.limit.units, 4905);
    assert_true(used(f, f->quote) == money(95095, 1)); /* a refused one reserves nothing */
    assert_true(asks(f, fixture_order(f, OC_SIDE_BUY, 4900, 10000)));
    fixture_say(f, OC_EV_ACCEPTED, first);
    assert_true(used(f, f->quote) == money(999999, 2));
    fixture_trade(f, first, OC_SIDE_BUY, 45000, 10000); /* of what is filled nothing is reserved */
    assert_true(used(f, f->quote) == money(549549, 2));
    fixture_say(f, OC_EV_CANCELED, first);
    assert_true(used(f, f->quote) == money(49049, 2));
    fixture_free(f);
}

/* The last unit of money is enough, and one of it less is not. */
static void Q18_exactly_all_is_enough(void **state)
{
    (void)state;
    struct fixture *f = desk();
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_BUY, 99901, 10000)), 0);
    assert_true(asks(f, fixture_order(f, OC_SIDE_BUY, 99900, 10000)));
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_BUY, 100, 10000)), 0);
    fixture_free(f);
}

static void Q18_what_rests_at_the_market_reserves_the_price_known(void **state)
{
    (void)state;
    struct fixture *f = desk();
    assert_true(asks(f, fixture_order(f, OC_SIDE_BUY, 50000, 0)));
    fixture_price(f, 5000); /* it reserves by the price at which it was asked for */
    assert_true(used(f, f->quote) == money(5005, 0));
    struct oc_request by_money = fixture_order(f, OC_SIDE_BUY, 0, 0);
    by_money.bits = OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
    by_money.quote_qty = (struct oc_dec){4996, 0, 0};
    assert_int_equal(asks(f, by_money), 0);
    by_money.quote_qty = (struct oc_dec){4995, 0, 0};
    const uint64_t id = asks(f, by_money);
    assert_true(id);
    assert_true(used(f, f->quote) == money(10000, 0));
    fixture_say(f, OC_EV_ACCEPTED, id); /* nothing of it is spent */
    assert_true(used(f, f->quote) == money(10000, 0));
    fixture_trade(f, id, OC_SIDE_BUY, 20000, 5000); /* 1,000 of it is spent */
    assert_true(used(f, f->quote) == money(9000, 0));
    fixture_free(f);
}

/* What an order by money has traded is not reserved again: with a fee that was paid in the money, or taken in
 * without it. */
static void Q18_an_order_by_money_reserves_what_is_left_of_it(void **state)
{
    (void)state;
    static const int64_t left[2][2] = {{6000, 5996}, {120120, 120200}}; /* 600 less a fee; 600 or 600.4 sold at 50 */
    for (int is_sale = 0; is_sale < 2; is_sale++)
        for (int in_quote = 0; in_quote < 2; in_quote++) {
            struct fixture *f = desk();
            const uint8_t side = is_sale ? OC_SIDE_SELL : OC_SIDE_BUY;
            const uint32_t asset = is_sale ? f->base : f->quote;
            struct oc_request request = fixture_order(f, side, 0, 0);
            set_balance(f, f->base, 100);
            fixture_price(f, 5000);
            request.bits = OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
            request.quote_qty = (struct oc_dec){1000, 0, 0};
            const uint64_t id = asks(f, request);
            assert_true(id);
            assert_true(used(f, asset) == (is_sale ? money(20020, 3) : money(1000, 0)));
            fixture_say(f, OC_EV_ACCEPTED, id);
            struct oc_ev_fill fill = fixture_fill(f, id, side, 8000, 5000, "a"); /* 400, and 0.4 of it the fee */
            fill.fee = (struct oc_dec){4, in_quote ? 1 : 4, 0};
            fill.fee_asset = in_quote ? f->quote : f->base;
            assert_int_equal(fixture_input(f, &fill), OC_OK);
            assert_true(used(f, asset) == money(left[is_sale][in_quote], is_sale ? 4 : 1));
            fixture_trade(f, id, side, 13000, 5000); /* and more than was asked for */
            assert_true(used(f, asset) == 0);
            fixture_free(f);
        }
}

static void Q18_sales_reserve_what_they_sell(void **state)
{
    (void)state;
    struct fixture *f = desk();
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_SELL, 1, 11000)), 0); /* of nothing */
    set_balance(f, f->base, 2);
    assert_true(asks(f, fixture_order(f, OC_SIDE_SELL, 1500, 11000)));
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_SELL, 501, 0)), 0);
    assert_true(asks(f, fixture_order(f, OC_SIDE_SELL, 500, 0)));
    assert_true(used(f, f->base) == money(2, 0));
    fixture_free(f);
}

static void Q18_an_amendment_needs_what_it_adds(void **state)
{
    (void)state;
    struct fixture *f = desk();
    const uint64_t id = asks(f, fixture_order(f, OC_SIDE_BUY, 50000, 10000));
    fixture_say(f, OC_EV_ACCEPTED, id);
    struct oc_request amend = {.order = id, .price = 20000, .bits = OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refused), OC_E_LIMIT);
    assert_string_equal(refused.reason, "INSUFFICIENT_FUNDS");
    amend = (struct oc_request){.order = id, .price = 19900, .bits = OC_RQ_PRICE_CHANGED};
    assert_int_equal(engine_amend(f->engine, &amend, &refused), OC_OK);
    fixture_end(f, true);
    assert_true(used(f, f->quote) == money(995995, 2)); /* either may be in force */
    fixture_say(f, OC_EV_AMEND_REJECTED, id);
    assert_true(used(f, f->quote) == money(5005, 0));
    fixture_free(f);
}

/* While the stop of a buy is on its way up, what it may cost then is kept; a stop with a limit costs its limit whatever its stop is. */
static void Q18_a_stop_that_moves_up_keeps_more_at_once(void **state)
{
    (void)state;
    for (int has_limit = 0; has_limit < 2; has_limit++) {
        struct fixture *f = desk();
        struct oc_request stop = fixture_order(f, OC_SIDE_BUY, 10, has_limit ? 13000 : 0);
        stop.type = has_limit ? OC_ORDER_STOP_LIMIT : OC_ORDER_STOP;
        stop.bits |= OC_RQ_HAS_STOP;
        stop.stop_price = 11000;
        const uint64_t id = asks(f, stop);
        assert_true(id);
        fixture_say(f, OC_EV_ACCEPTED, id);
        const oc_i128 before = used(f, f->quote);
        assert_true(before == money(has_limit ? 13000 * 1001 : 11000 * 1001, 7)); /* 0.010 at the price, and the fee */
        for (int to = 12000; to >= 10000; to -= 2000) {
            struct oc_request amend = {.order = id, .stop_price = to, .bits = OC_RQ_STOP_CHANGED};
            assert_int_equal(engine_begin(f->engine, 0), OC_OK);
            assert_int_equal(engine_amend(f->engine, &amend, &refused), OC_OK);
            fixture_end(f, true);
            assert_true(used(f, f->quote) == (to > 11000 && !has_limit ? money(12000 * 1001, 7) : before));
            struct oc_ev_answer no = fixture_answer(f, OC_EV_AMEND_REJECTED, id);
            assert_int_equal(fixture_input(f, &no), OC_OK);
            assert_true(used(f, f->quote) == before);
        }
        fixture_free(f);
    }
}

/* A callback that fails asked for nothing. */
static void Q18_what_is_dropped_reserves_nothing(void **state)
{
    (void)state;
    struct fixture *f = desk();
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 50000, 10000);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_submit(f->engine, &request, &refused), OC_OK);
    assert_true(used(f, f->quote) == money(5005, 0));
    fixture_end(f, false);
    assert_true(used(f, f->quote) == 0);
    fixture_free(f);
}

/* A stop loss and a take profit of one position, and what closes it, sell the same thing. */
static void Q18_legs_of_a_position_are_used_once(void **state)
{
    (void)state;
    struct fixture *f = desk();
    struct oc_request entry = fixture_order(f, OC_SIDE_BUY, 10000, 10000);
    entry.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    entry.stop_loss = 9000;
    entry.take_profit = 12000;
    fixture_trade(f, asks(f, entry), OC_SIDE_BUY, 10000, 10000);
    assert_int_equal(f->sent_count, 3);
    assert_true(used(f, f->base) == money(10, 0));
    assert_true(used(f, f->quote) == 0);
    assert_true(asks(f, fixture_order(f, OC_SIDE_SELL, 10000, 0))); /* they give way to a sale of it */
    assert_true(used(f, f->base) == money(10, 0));
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_SELL, 1, 0)), 0);
    fixture_free(f);
}

/* Of what no price is known nothing is reserved: an order at the market may be all that makes one. */
static void Q18_without_a_price_nothing_is_reserved(void **state)
{
    (void)state;
    struct fixture *f = desk();
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    strcpy(info.symbol, "NEW/USDT");
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &f->inst), OC_OK);
    set_balance(f, f->quote, 0);
    assert_true(asks(f, fixture_order(f, OC_SIDE_BUY, 1000, 0)));
    assert_true(used(f, f->quote) == 0);
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_BUY, 1000, 1)), 0); /* a limit says its price */
    fixture_free(f);
}

/* What only reduces uses what it can still sell, beside what is reserved, and never more than there is. */
static void Q18_what_reduces_uses_what_it_can_sell(void **state)
{
    (void)state;
    struct fixture *f = desk();
    set_balance(f, f->base, 10);
    fixture_hold(f, 0, 10000);
    struct oc_request reduces = fixture_order(f, OC_SIDE_SELL, 3000, 11000);
    reduces.bits |= OC_RQ_REDUCE_ONLY;
    const uint64_t first = asks(f, reduces);
    assert_true(first);
    assert_true(used(f, f->base) == money(3, 0));
    assert_true(asks(f, reduces));
    assert_true(used(f, f->base) == money(6, 0));
    assert_true(asks(f, fixture_order(f, OC_SIDE_SELL, 2000, 12000)));
    assert_true(used(f, f->base) == money(8, 0));
    assert_true(asks(f, fixture_order(f, OC_SIDE_SELL, 5000, 12000))); /* it reserves, and they give way */
    assert_true(used(f, f->base) == money(10, 0));
    assert_true(used(f, f->quote) == 0);
    fixture_say(f, OC_EV_CANCELED, first);
    assert_true(used(f, f->base) == money(10, 0));
    fixture_free(f);
}

/* Money for less than one unit buys nothing, and an order that is made to fit is refused; so is one of a balance below zero. */
static void Q7_what_fits_is_at_least_one_unit(void **state)
{
    (void)state;
    struct fixture *f = desk();
    struct oc_request sized = fixture_order(f, OC_SIDE_BUY, 5, 10000);
    sized.bits |= OC_RQ_FIT_FUNDS;
    assert_int_equal(portfolio_set_balance(engine_portfolio(f->engine), f->account, f->quote, money(1001, 4)), OC_OK);
    const uint64_t one = asks(f, sized); /* 0.1001 pays for 0.001 at 100, and the fee */
    assert_true(one);
    assert_int_equal(fixture_find(f, one)->now.qty, 1);
    assert_int_equal(asks(f, sized), 0);
    fixture_say(f, OC_EV_CANCELED, one);
    assert_int_equal(portfolio_set_balance(engine_portfolio(f->engine), f->account, f->quote, money(1001, 4) - 1),
                     OC_OK);
    assert_int_equal(asks(f, sized), 0);
    assert_string_equal(refused.reason, "INSUFFICIENT_FUNDS");
    set_balance(f, f->quote, -5);
    assert_int_equal(asks(f, sized), 0);
    assert_int_equal(refused.limit.units, -5);
    fixture_free(f);
}

/* More money than eight digits behind the point can be counted with: with fewer, as many as fit. */
static void Q7_a_large_purse_keeps_the_digits_that_fit(void **state)
{
    (void)state;
    static const struct {
        int64_t purse, units;
        int scale;
    } cases[] = {{92233720368, 9223372036800000000, 8},
                 {92233720369, 922337203690000000, 7},
                 {5000000000000000, 5000000000000000000, 3}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fixture *f = desk();
        set_balance(f, f->quote, cases[i].purse);
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 0, 0);
        request.bits = OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE | OC_RQ_FIT_FUNDS;
        request.quote_qty = (struct oc_dec){90000000000000000, 0, 0};
        const uint64_t id = asks(f, request);
        assert_true(id);
        assert_int_equal(fixture_find(f, id)->now.quote_qty.scale, cases[i].scale);
        assert_true(fixture_find(f, id)->now.quote_qty.units == cases[i].units);
        fixture_free(f);
    }
}

/* What reserves after a checkpoint, and after records taken as facts, is what did before. */
static void Q18_a_restart_reserves_the_same(void **state)
{
    (void)state;
    static char bytes[1 << 20];
    struct fixture *f = desk(), *loaded = desk(), *told = desk();
    const uint32_t first = f->record_count;
    fixture_trade(f, asks(f, fixture_order(f, OC_SIDE_BUY, 40000, 10000)), OC_SIDE_BUY, 10000, 10000);
    assert_true(asks(f, fixture_order(f, OC_SIDE_SELL, 4000, 11000)));
    assert_true(asks(f, fixture_order(f, OC_SIDE_BUY, 10000, 0)));
    assert_int_equal(asks(f, fixture_order(f, OC_SIDE_BUY, 99000, 10000)), 0);
    const int64_t size = engine_save(f->engine, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(engine_load(loaded->engine, bytes, (size_t)size), OC_OK);
    for (uint32_t i = first; i < f->record_count; i++) {
        const struct oc_event *record = (const struct oc_event *)(const void *)f->records[i];
        assert_int_equal(engine_restore(told->engine, record), OC_OK);
    }
    assert_true(used(f, f->quote) == money(4004, 0));
    assert_true(used(f, f->base) == money(4, 0));
    assert_true(used(loaded, f->quote) == used(f, f->quote) && used(loaded, f->base) == used(f, f->base));
    assert_true(used(told, f->quote) == used(f, f->quote) + money(1001, 0)); /* the fill is no record of this door */
    fixture_free(f);
    fixture_free(loaded);
    fixture_free(told);
}

/* U1: what a preview says is what the order would be told. */
static void U1_a_preview_asks_the_account(void **state)
{
    (void)state;
    struct fixture *f = desk();
    struct engine_refusal said[2];
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 1, 0);
    request.kind = OC_REQUEST_NEW;
    assert_int_equal(engine_preview(f->engine, &request, said, 2), 1); /* a sale of nothing held */
    assert_string_equal(said[0].reason, "INSUFFICIENT_FUNDS");
    request = fixture_order(f, OC_SIDE_BUY, 99901, 10000);
    request.kind = OC_REQUEST_NEW;
    assert_int_equal(engine_preview(f->engine, &request, said, 2), 1); /* a resting order beyond the cash */
    request.qty = 99900;
    assert_int_equal(engine_preview(f->engine, &request, said, 2), 0);
    assert_true(asks(f, request));
    assert_int_equal(engine_preview(f->engine, &request, said, 2), 1); /* it is used now */
    assert_true(used(f, f->quote) == money(999999, 2));                /* and asking changed nothing */
    fixture_free(f);
}

/* Q7: an order by money asks for that money. */
static void Q7_money_that_is_not_there_is_refused_or_left_out(void **state)
{
    (void)state;
    struct fixture *f = desk();
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 0, 0);
    request.bits = OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
    request.quote_qty = (struct oc_dec){30000, 0, 0};
    assert_int_equal(asks(f, request), 0);
    assert_string_equal(refused.reason, "INSUFFICIENT_FUNDS");
    request.bits |= OC_RQ_FIT_FUNDS;
    const uint64_t id = asks(f, request);
    oc_i128 asked = 0;
    assert_int_equal(money_from_dec(fixture_find(f, id)->now.quote_qty, &asked), OC_OK);
    assert_true(asked == money(10000, 0));
    assert_true(used(f, f->quote) == money(10000, 0));
    assert_int_equal(asks(f, request), 0); /* of nothing, nothing */
    fixture_say(f, OC_EV_CANCELED, id);
    struct oc_request sized = fixture_order(f, OC_SIDE_BUY, 200000, 10000);
    sized.bits |= OC_RQ_FIT_FUNDS;
    assert_int_equal(fixture_find(f, asks(f, sized))->now.qty, 99900);
    set_balance(f, f->base, 3);
    sized = fixture_order(f, OC_SIDE_SELL, 5000, 0);
    sized.bits |= OC_RQ_FIT_FUNDS;
    assert_int_equal(fixture_find(f, asks(f, sized))->now.qty, 3000);
    fixture_free(f);
}

/* The words of a strategy. */
static void Q18_a_strategy_reads_free_used_and_total(void **state)
{
    (void)state;
    struct kit *kit =
        kit_new("function on_bar(m)\n"
                "  local function show() log.info('%s %s %s %s', account.free, account.used, account.total, "
                "account.cash) end\n"
                "  show()\n"
                "  local o = m:buy{ qty = 95, price = 100 }\n"
                "  show()\n"
                "  local none, err = m:buy{ qty = 95, price = 100 }\n"
                "  log.info('%s %s %s', err.code, err.rule, account('BTC', 'free'))\n"
                "  local fits = m:buy{ quote_qty = 900, on_insufficient = 'reduce' }\n"
                "  log.info('%s left', account.free)\n"
                "end\n");
    set_terms(kit->f);
    set_balance(kit->f, kit->f->quote, 10000);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "10000.0 0.0 10000.0 10000.0\n490.5 9509.5 10000.0 10000.0\n"
                              "INSUFFICIENT_FUNDS account 0.0\n0.0 left\n"));
    kit_free(kit);
    kit = kit_new("function on_bar(m) m:buy{ qty = 1, on_insufficient = 'maybe' } end");
    kit_close(kit, 10000);
    assert_true(kit_failed(kit, "on_insufficient is \"reduce\" or \"refuse\"; found 'maybe'"));
    kit_free(kit);
    kit = kit_new("function on_bar(m) return account('BTC', 'most') end");
    kit_close(kit, 10000);
    assert_true(
        kit_failed(kit, "part is free, used, total, venue_total, venue_free, venue_locked, borrowed or interest; found "
                        "'most'"));
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_short_is_bought_back_without_cash),
        cmocka_unit_test(Q18_resting_purchases_reserve_their_price_and_fee),
        cmocka_unit_test(Q18_exactly_all_is_enough),
        cmocka_unit_test(Q18_what_rests_at_the_market_reserves_the_price_known),
        cmocka_unit_test(Q18_an_order_by_money_reserves_what_is_left_of_it),
        cmocka_unit_test(Q18_sales_reserve_what_they_sell),
        cmocka_unit_test(Q18_an_amendment_needs_what_it_adds),
        cmocka_unit_test(Q18_a_stop_that_moves_up_keeps_more_at_once),
        cmocka_unit_test(Q18_what_is_dropped_reserves_nothing),
        cmocka_unit_test(Q18_legs_of_a_position_are_used_once),
        cmocka_unit_test(Q18_without_a_price_nothing_is_reserved),
        cmocka_unit_test(Q18_what_reduces_uses_what_it_can_sell),
        cmocka_unit_test(Q7_what_fits_is_at_least_one_unit),
        cmocka_unit_test(Q7_a_large_purse_keeps_the_digits_that_fit),
        cmocka_unit_test(Q18_a_restart_reserves_the_same),
        cmocka_unit_test(U1_a_preview_asks_the_account),
        cmocka_unit_test(Q7_money_that_is_not_there_is_refused_or_left_out),
        cmocka_unit_test(Q18_a_strategy_reads_free_used_and_total),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
