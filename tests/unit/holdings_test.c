/* holdings_test.c: what accounts of several venues hold together, and by which prices it is valued. */
#include "engine/holdings.h"
#include "support/portfolio_kit.h"

/* Two venues and three accounts: BTC as coins and as a future is one line. */
static uint32_t add_at(const char *venue, uint32_t kind, const char *base, const char *quote, const char *symbol)
{
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = kind,
                                 .status = OC_STATUS_TRADING,
                                 .base = asset(base),
                                 .quote = asset(quote),
                                 .settle = asset(quote),
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0}};
    uint32_t inst;
    strcpy(info.venue, venue);
    strcpy(info.symbol, symbol);
    assert_int_equal(instruments_add(instruments, &info, &inst), OC_OK);
    return inst;
}

static uint32_t account_at(const char *venue, const char *name)
{
    uint32_t id;
    assert_int_equal(portfolio_add_account(portfolio, name, venue, asset("USD"), COST_AVERAGE, &id), OC_OK);
    return id;
}

static void holds(uint32_t owner, const char *name, int64_t thousandths)
{
    assert_int_equal(portfolio_set_balance(portfolio, owner, asset(name), whole(thousandths) / 1000), OC_OK);
}

static void link_is(struct statement *statement, uint32_t owner, uint16_t state, int64_t at_ns)
{
    const struct oc_ev_venue said = {
        .head = {.size = sizeof said, .type = OC_EV_VENUE, .source = owner, .venue_ns = at_ns},
        .state = state,
        .part = OC_PART_LINK,
        .tail = sizeof said};
    assert_int_equal(statement_venue(statement, &said), OC_OK);
    portfolio_rates_changed(portfolio);
}

static void what_is_held_at_several_venues_is_one_line(void **state)
{
    (void)state;
    struct statement statement = {.zero = 0};
    const uint32_t one = add_at("one", OC_KIND_SPOT, "BTC", "USD", "BTC/USD"),
                   two = add_at("two", OC_KIND_SPOT, "BTC", "USD", "BTC/USD"),
                   future = add_at("two", OC_KIND_LINEAR, "BTC", "USD", "BTC/USD:USD"),
                   euro = add_at("two", OC_KIND_LINEAR, "EUR", "USD", "EUR/USD:USD");
    const uint32_t a = account_at("one", "main"), b = account_at("two", "main"), c = account_at("two", "other");
    const struct holdings holdings = {portfolio, &statement, asset("USD")};
    struct holding_line line;
    struct holding_account sums;
    struct holding_part part;
    struct oc_ev_fill sell = fill_of(future, OC_SIDE_SELL, 500, 10000);
    portfolio_watch(portfolio, &statement);
    holds(a, "BTC", 1250);
    holds(b, "BTC", 750);
    holds(c, "USD", 7000);
    holds(c, "ABC", 3000);
    trade(b, 0, &sell);
    assert_true(holdings_line(&holdings, asset("BTC"), &line));
    assert_int_equal(line.part_count, 3);
    assert_true(line.net.known == whole(3) / 2 && !line.net.missing);
    assert_int_equal(line.value.missing, 3); /* nothing has a price yet */
    assert_false(line.rate.is_known);
    holdings_all(&holdings, &sums);
    assert_true(sums.equity.known == whole(7) && sums.equity.missing == 4);
    quote(one, 10000, 10000);
    quote(two, 10200, 10200);
    quote(future, 10100, 10100);
    assert_true(holdings_line(&holdings, asset("BTC"), &line));
    assert_true(line.rate.is_known && line.rate.is_reached && line.rate.hops == 1 && line.rate.inst[0] == one);
    assert_true(line.value.known == whole(200) - whole(101) / 2 && !line.value.missing);
    assert_true(line.counts.known == whole(200) - whole(1) / 2); /* sold at 100, now 101 */
    assert_true(holdings_part(&holdings, asset("BTC"), 2, &part));
    assert_true(part.account == b && part.inst == future && part.qty == -whole(1) / 2);
    assert_false(holdings_part(&holdings, asset("BTC"), 3, &part));
    holdings_account(&holdings, b, &sums);
    assert_true(sums.equity.known == whole(75) - whole(1) / 2 && sums.unrealised.known == -whole(1) / 2);
    holdings_all(&holdings, &sums);
    assert_true(sums.equity.known == whole(207) - whole(1) / 2 && sums.equity.missing == 1); /* ABC */
    assert_false(holdings_line(&holdings, asset("XYZ"), &line));
    holds(c, "ABC", 0);
    oc_i128 equity = 0;
    assert_int_equal(portfolio_traded_equity_all(portfolio, asset("USD"), &equity, NULL), OC_OK);
    holdings_all(&holdings, &sums);
    assert_true(!sums.equity.missing && sums.equity.known == equity);

    /* A venue that is lost: what it shows is from then, and its prices are gone by no longer where there are others. */
    int64_t known_ns = 0;
    link_is(&statement, a, OC_VENUE_DOWN, 77);
    assert_false(holdings_heard(&holdings, a, &known_ns));
    assert_int_equal(known_ns, 77);
    assert_true(holdings_heard(&holdings, b, &known_ns));
    assert_true(holdings_line(&holdings, asset("BTC"), &line));
    assert_true(line.rate.inst[0] == two && line.rate.is_reached && line.rate.rate == whole(102));
    link_is(&statement, b, OC_VENUE_DOWN, 78); /* its other account is heard */
    assert_true(holdings_line(&holdings, asset("BTC"), &line));
    assert_true(line.rate.inst[0] == two && line.rate.is_reached);
    link_is(&statement, c, OC_VENUE_CONNECTING, 79);
    assert_true(holdings_line(&holdings, asset("BTC"), &line));
    assert_true(line.rate.inst[0] == one && !line.rate.is_reached);
    link_is(&statement, a, OC_VENUE_READY, 80);
    assert_true(holdings_line(&holdings, asset("BTC"), &line));
    assert_true(line.rate.inst[0] == one && line.rate.is_reached && line.rate.rate == whole(100));

    /* Where no coins lead there, a contract on one of it does. */
    const struct holdings in_euro = {portfolio, &statement, asset("EUR")};
    assert_true(holdings_line(&in_euro, asset("USD"), &line) && line.value.missing == 1);
    quote(euro, 125, 125);
    assert_true(holdings_line(&in_euro, asset("BTC"), &line));
    assert_true(line.rate.hops == 2 && line.rate.inst[1] == euro && line.rate.rate == whole(80));
    statement_release(&statement);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_held_at_several_venues_is_one_line, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
