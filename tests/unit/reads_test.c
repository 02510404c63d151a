/* reads_test.c: a number that reads as a position, an order or a balance is that amount (finding Q17); an amendment to what is
 * filled already is refused, and the strategy goes on (Q33). */
#include "support/strategy_kit.h"

static void set_balance(struct fixture *f, uint32_t asset, struct oc_dec total)
{
    struct oc_ev_balance balance = {
        .head = {.size = sizeof balance, .type = OC_EV_BALANCE}, .account = f->account, .asset = asset, .total = total};
    assert_int_equal(fixture_input(f, &balance), OC_OK);
}

static void hold(struct kit *kit, int64_t units)
{
    fixture_hold(kit->f, 1, units);
    fixture_hold(kit->f, 0, units);
}

/* Quantities of every size, of which a double tells apart only some: what is sold is the position, whatever is near it. */
static void Q17_a_position_is_sold_to_the_last_unit(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m) m:sell(m.position.qty) end");
    uint64_t random = 7;
    for (int i = 0; i < 400; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        const int64_t units = (int64_t)(random >> (2 + i % 50)) + 1;
        hold(kit, units);
        kit_close(kit, 10000);
        assert_int_equal(kit_sent(kit)->qty, units);
        assert_false(kit_sent(kit)->bits & OC_RQ_SNAPPED);
        fixture_say(kit->f, OC_EV_CANCELED, kit_sent(kit)->order);
    }
    assert_int_equal(kit->f->sent_count, 400);
    kit_free(kit);
}

static void Q17_an_order_reads_as_what_it_is(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m)\n"
                              "  local first = m:orders()[1]\n"
                              "  if not first then return m:buy{ qty = '9007199254740.993', price = 1 } end\n"
                              "  m:buy{ qty = first.remaining, price = 2 }\n"
                              "end");
    kit_close(kit, 10000);
    assert_int_equal(kit_sent(kit)->qty, 9007199254740993); /* 2^53 + 1 */
    const uint64_t id = kit_sent(kit)->order;
    kit_close(kit, 10000);
    assert_int_equal(kit->f->sent_count, 2);
    assert_int_equal(kit_sent(kit)->qty, 9007199254740993);
    fixture_trade(kit->f, id, OC_SIDE_BUY, 2, 100);
    kit_close(kit, 10000);
    assert_int_equal(kit_sent(kit)->qty, 9007199254740991);
    kit_free(kit);
}

/* A balance between two points of the grid reads as more than it is, to within a millionth. */
static void Q17_a_balance_is_never_sold_beyond_what_it_is(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m)\n"
                              "  m:sell(account('BTC', 'free'))\n"
                              "  m:buy{ quote_qty = account.free }\n"
                              "end");
    set_balance(kit->f, kit->f->base, (struct oc_dec){4999999999999, 12, 0});
    set_balance(kit->f, kit->f->quote, (struct oc_dec){1234567891234567999, 15, 0}); /* 1234.567891234567999 */
    kit_close(kit, 10000);
    assert_int_equal(kit->f->sent_count, 2);
    assert_int_equal(kit->f->sent[0].qty, 4999);
    assert_int_equal(kit->f->sent[1].quote_qty.units, 123456789123);
    assert_int_equal(kit->f->sent[1].quote_qty.scale, 8);
    kit_free(kit);
}

/* All of a balance reads as that too, where an order needs some of it: such as that order itself, made to sell all. */
static void Q17_all_of_a_balance_is_read_beside_what_is_free(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m)\n"
                              "  local first = m:orders()[1]\n"
                              "  if not first then return m:sell{ qty = 1, price = 200 } end\n"
                              "  first:replace{ qty = account('BTC', 'total') }\n"
                              "  m:sell{ qty = account('BTC', 'free'), price = 200 }\n"
                              "end");
    portfolio_account(engine_portfolio(kit->f->engine), kit->f->account)->terms.has_funds = true;
    set_balance(kit->f, kit->f->base, (struct oc_dec){4999999999999, 12, 0});
    kit_close(kit, 10000);
    fixture_say(kit->f, OC_EV_ACCEPTED, kit_sent(kit)->order);
    kit_close(kit, 10000);
    assert_int_equal(kit->f->sent_count, 2); /* nothing is free any more */
    assert_int_equal(kit->f->sent[1].kind, OC_REQUEST_AMEND);
    assert_int_equal(kit->f->sent[1].qty, 4999);
    kit_free(kit);
}

/* What something held is worth is not guessed: without a price of it the equity is an error, and with one a number. */
static void an_equity_without_a_price_raises(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m)\n"
                              "  local ok, words = pcall(function() return account.equity end)\n"
                              "  log.info('%s %s', ok, words)\n"
                              "end");
    uint32_t asset;
    assert_int_equal(instruments_asset(engine_instruments(kit->f->engine), "DOGE", &asset), OC_OK);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "true "));
    set_balance(kit->f, asset, (struct oc_dec){1, 0, 0});
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "account.equity is not known: a balance has no price in USDT"));
    assert_true(kit_said(kit, "false "));
    kit_free(kit);
}

/* What an amendment names may have traded meanwhile: that is an answer, and no fault. */
static void Q33_an_amendment_to_what_is_filled_is_refused(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m)\n"
                              "  local first = m:orders()[1]\n"
                              "  if not first then m:buy{ qty = 5, price = 90 } return end\n"
                              "  for _, qty in ipairs{ 2, 0.001 } do\n"
                              "    local none, err = first:replace{ qty = qty }\n"
                              "    log.info('%s %s', none, err and err.code)\n"
                              "  end\n"
                              "  log.info('%s', (pcall(first.replace, first, { qty = 0 })))\n"
                              "end");
    kit_close(kit, 10000);
    fixture_say(kit->f, OC_EV_ACCEPTED, kit_sent(kit)->order);
    fixture_trade(kit->f, kit_sent(kit)->order, OC_SIDE_BUY, 2000, 9000);
    kit_close(kit, 10000);
    assert_true(kit_said(kit, "nil QUANTITY_ALREADY_FILLED\nnil QUANTITY_ALREADY_FILLED\nfalse\n"));
    assert_null(strategy_error(kit->strategy));
    kit_free(kit);
}

/* Amounts that the smallest currencies need: fewer digits, and no refusal. */
static void Q36_large_amounts_of_money_keep_fewer_digits(void **state)
{
    (void)state;
    struct kit *kit = kit_new("function on_bar(m) m:buy{ quote_qty = 123456789012 } m:buy{ quote_qty = 5e17 } end");
    kit_close(kit, 10000);
    assert_int_equal(kit->f->sent_count, 2);
    assert_int_equal(kit->f->sent[0].quote_qty.units, 1234567890120000000);
    assert_int_equal(kit->f->sent[0].quote_qty.scale, 7);
    assert_int_equal(kit->f->sent[1].quote_qty.units, 5000000000000000000);
    assert_int_equal(kit->f->sent[1].quote_qty.scale, 1);
    kit_free(kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(Q17_a_position_is_sold_to_the_last_unit),
        cmocka_unit_test(Q17_an_order_reads_as_what_it_is),
        cmocka_unit_test(Q17_a_balance_is_never_sold_beyond_what_it_is),
        cmocka_unit_test(Q17_all_of_a_balance_is_read_beside_what_is_free),
        cmocka_unit_test(an_equity_without_a_price_raises),
        cmocka_unit_test(Q33_an_amendment_to_what_is_filled_is_refused),
        cmocka_unit_test(Q36_large_amounts_of_money_keep_fewer_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
