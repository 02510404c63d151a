/* permissions_test.c: what a strategy may ask for, at its limits and one beyond: orders in a second, money, verbs. */
#include "support/engine_kit.h"

#define SECOND 1000000000LL

static struct engine_refusal refusal;

/* As a callback of strategy 1 would ask: the order's id, 0 when it was refused. */
static uint64_t ask(struct fixture *f, struct oc_request request)
{
    memset(&refusal, 0, sizeof refusal);
    assert_int_equal(engine_begin(f->engine, 1), OC_OK);
    oc_rc rc = engine_submit(f->engine, &request, &refusal);
    fixture_end(f, true);
    return rc == OC_OK ? request.order : 0;
}

static oc_rc amend(struct fixture *f, uint64_t order, uint32_t bits, int64_t qty, int64_t price)
{
    struct oc_request change = {.order = order, .bits = bits, .qty = qty, .price = price};
    memset(&refusal, 0, sizeof refusal);
    assert_int_equal(engine_begin(f->engine, 1), OC_OK);
    oc_rc rc = engine_amend(f->engine, &change, &refusal);
    fixture_end(f, true);
    return rc;
}

static uint64_t buy(struct fixture *f, int64_t qty, int64_t price)
{
    return ask(f, fixture_order(f, OC_SIDE_BUY, qty, price));
}

static uint64_t sell(struct fixture *f, int64_t qty, int64_t price)
{
    return ask(f, fixture_order(f, OC_SIDE_SELL, qty, price));
}

static struct fixture *with_orders(struct user *user, uint32_t orders)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    user_add(f, user);
    assert_int_equal(engine_set_budget(f->engine, 1, &(struct engine_budget){.orders = orders}), OC_OK);
    return f;
}

static void at(struct fixture *f, int64_t now_ns)
{
    f->now_ns = now_ns;
    fixture_price(f, 10000);
}

/* What was asked for exactly a second ago counts no more; a nanosecond earlier it does. */
static void a_budget_is_of_one_second(void **state)
{
    (void)state;
    for (int64_t early = 0; early < 2; early++) {
        struct user user = {0};
        struct fixture *f = with_orders(&user, 2);
        at(f, 5 * SECOND);
        assert_true(buy(f, 1, 9900) != 0);
        at(f, 5 * SECOND + SECOND / 2);
        assert_true(buy(f, 1, 9900) != 0);
        at(f, 6 * SECOND - early);
        assert_int_equal(buy(f, 1, 9900) != 0, !early);
        assert_int_equal(engine_is_over(f->engine, 1), early);
        if (early) {
            assert_string_equal(refusal.reason, "BUDGET_ORDERS");
            assert_string_equal(refusal.rule, "budget");
            assert_int_equal(refusal.used.units, 3);
            assert_int_equal(refusal.limit.units, 2);
        } else { /* the second of the two is still of this second */
            assert_int_equal(buy(f, 1, 9900), 0);
            at(f, 6 * SECOND + SECOND / 2);
            assert_true(buy(f, 1, 9900) != 0);
        }
        fixture_free(f);
    }
}

/* Each in its turn, round and round. */
static void a_budget_goes_on_for_ever(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_orders(&user, 3);
    for (int i = 0; i < 20; i++) {
        at(f, 5 * SECOND + i * SECOND / 3 + i);
        assert_true(buy(f, 1, 9900) != 0);
    }
    assert_int_equal(buy(f, 1, 9900), 0);
    fixture_free(f);
}

static void amendments_are_orders_and_cancels_are_not(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_orders(&user, 2);
    at(f, 5 * SECOND);
    uint64_t order = buy(f, 10, 9900);
    fixture_say(f, OC_EV_ACCEPTED, order);
    assert_int_equal(amend(f, order, OC_RQ_QUANTITY_CHANGED, 11, 0), OC_OK);
    fixture_say(f, OC_EV_AMENDED, order);
    assert_int_equal(amend(f, order, OC_RQ_QUANTITY_CHANGED, 12, 0), OC_E_LIMIT);
    assert_string_equal(refusal.reason, "BUDGET_ORDERS");
    assert_int_equal(engine_begin(f->engine, 1), OC_OK);
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(f->sent[f->sent_count - 1].kind, OC_REQUEST_CANCEL);
    fixture_free(f);
}

/* A reloaded strategy begins its second anew. */
static void a_new_text_has_its_budget_whole(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_orders(&user, 1);
    struct engine_client client = {.self = &user, .bar = user_bar};
    at(f, 5 * SECOND);
    assert_true(buy(f, 1, 9900) != 0);
    assert_int_equal(engine_replace_client(f->engine, 1, &client), OC_OK);
    assert_true(buy(f, 1, 9900) != 0);
    assert_int_equal(buy(f, 1, 9900), 0);
    fixture_free(f);
}

/* ---- money ---- */

static struct fixture *with_money(struct user *user, int64_t tenths)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_budget budget = {.has_notional = 1};
    user_add(f, user);
    assert_int_equal(money_from_dec((struct oc_dec){tenths, 1, 0}, &budget.notional), OC_OK);
    assert_int_equal(engine_set_budget(f->engine, 1, &budget), OC_OK);
    return f;
}

static bool is_money(struct oc_dec dec, int64_t tenths)
{
    oc_i128 money, want;
    return money_from_dec(dec, &money) == OC_OK && money_from_dec((struct oc_dec){tenths, 1, 0}, &want) == OC_OK &&
           money == want;
}

/* 0.1 at 100 is 10. What is filled stands in the position, so an amendment adds only what is left of its quantity. */
static void an_amend_counts_what_is_filled_once(void **state)
{
    (void)state;
    for (int64_t beyond = 0; beyond < 2; beyond++) {
        struct user user = {0};
        struct fixture *f = with_money(&user, 120);
        uint64_t order = buy(f, 100, 10000);
        fixture_say(f, OC_EV_ACCEPTED, order);
        fixture_trade(f, order, OC_SIDE_BUY, 60, 10000);
        assert_int_equal(amend(f, order, OC_RQ_QUANTITY_CHANGED, 120 + beyond, 0), beyond ? OC_E_LIMIT : OC_OK);
        if (beyond) {
            assert_string_equal(refusal.reason, "BUDGET_NOTIONAL");
            assert_true(is_money(refusal.used, 121));
            assert_true(is_money(refusal.limit, 120));
        }
        assert_int_equal(portfolio_find(engine_portfolio(f->engine), f->account, 1, f->inst)->open_buy,
                         beyond ? 40 : 60);
        fixture_free(f);
    }
}

/* The price of an amendment counts where it is above the market; a smaller quantity makes room. */
static void an_amend_is_worth_its_own_price(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_money(&user, 120);
    uint64_t order = buy(f, 100, 9900);
    fixture_say(f, OC_EV_ACCEPTED, order);
    assert_int_equal(amend(f, order, OC_RQ_PRICE_CHANGED, 0, 12001), OC_E_LIMIT);
    assert_int_equal(amend(f, order, OC_RQ_PRICE_CHANGED | OC_RQ_QUANTITY_CHANGED, 99, 12001), OC_OK);
    fixture_free(f);
}

/* The worse side counts: bids beside offers are not added up, a position is. */
static void both_sides_count_at_their_worst(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_money(&user, 100);
    oc_i128 used, ten;
    assert_int_equal(money_from_dec((struct oc_dec){10, 0, 0}, &ten), OC_OK);
    uint64_t bid = buy(f, 60, 10000);
    assert_true(bid != 0);
    assert_true(sell(f, 60, 10000) != 0);
    assert_true(engine_notional(f->engine, 1, &used) == OC_OK && used * 10 == ten * 6);
    fixture_trade(f, bid, OC_SIDE_BUY, 60, 10000); /* long 60 with an offer of 60 */
    assert_true(engine_notional(f->engine, 1, &used) == OC_OK && used * 10 == ten * 6);
    assert_true(buy(f, 40, 10000) != 0); /* 100: at the limit */
    assert_true(engine_notional(f->engine, 1, &used) == OC_OK && used == ten);
    assert_true(sell(f, 100, 10000) != 0); /* at worst 100 short: no more than before */
    assert_int_equal(sell(f, 1, 10000), 0);
    assert_string_equal(refusal.reason, "BUDGET_NOTIONAL");
    fixture_free(f);
}

/* Above its budget, by prices that moved, a strategy can still get out, and no further in. */
static void what_reduces_passes_a_spent_budget(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_money(&user, 100);
    uint64_t bid = buy(f, 100, 10000);
    fixture_trade(f, bid, OC_SIDE_BUY, 100, 10000);
    fixture_price(f, 20000);
    assert_true(sell(f, 100, 20000) != 0);
    struct oc_request close = fixture_order(f, OC_SIDE_SELL, 50, 0);
    close.bits |= OC_RQ_REDUCE_ONLY;
    assert_true(ask(f, close) != 0);
    assert_false(engine_is_over(f->engine, 1));
    assert_int_equal(buy(f, 1, 10000), 0);
    assert_true(engine_is_over(f->engine, 1));
    fixture_free(f);
}

/* Without a price nothing can be valued: it is over. */
static void what_has_no_price_is_over(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_money(&user, 100);
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .base = f->base,
                                 .quote = f->quote,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "ETH/USDT"};
    uint32_t other;
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &other), OC_OK);
    struct oc_request blind = fixture_order(f, OC_SIDE_BUY, 1, 0);
    blind.head.inst = other;
    assert_int_equal(ask(f, blind), 0);
    assert_string_equal(refusal.reason, "BUDGET_NOTIONAL");
    assert_int_equal(refusal.used.units, INT64_MAX);
    blind.price = 5000; /* its own price is enough: 0.06 at 50 is 3 */
    blind.qty = 60;
    blind.type = OC_ORDER_LIMIT;
    blind.bits |= OC_RQ_HAS_PRICE;
    assert_true(ask(f, blind) != 0);
    struct oc_ev_trade print = {.head = {.size = sizeof print, .type = OC_EV_TRADE, .inst = other},
                                .price = 5000,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(f, &print), OC_OK);
    assert_true(buy(f, 70, 10000) != 0); /* 3 there and 7 here: at the limit */
    assert_int_equal(buy(f, 1, 10000), 0);
    fixture_free(f);
}

static void wrong_limits_are_refused(void **state)
{
    (void)state;
    struct user user = {0};
    struct fixture *f = with_money(&user, 100);
    struct engine_budget budget = {.has_notional = 1, .notional = -1};
    struct engine_may may = {0};
    assert_int_equal(engine_set_budget(f->engine, 1, &budget), OC_E_INVALID);
    assert_int_equal(engine_set_budget(f->engine, 0, NULL), OC_E_NOT_FOUND);
    assert_int_equal(engine_set_may(f->engine, 0, &may), OC_E_NOT_FOUND);
    assert_int_equal(engine_set_may(f->engine, 2, &may), OC_E_NOT_FOUND);
    assert_int_equal(buy(f, 101, 10000), 0); /* the one before is in force */
    assert_int_equal(engine_set_budget(f->engine, 1, NULL), OC_OK);
    assert_true(buy(f, 101, 10000) != 0);
    fixture_free(f);
}

/* ---- verbs ---- */

static bool may_do(uint32_t verbs, uint32_t what)
{
    struct user user = {0};
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct engine_may may = {.accounts = UINT64_MAX, .verbs = verbs};
    memset(may.venues, 0xff, sizeof may.venues);
    memset(may.instruments, 0xff, sizeof may.instruments);
    user_add(f, &user);
    uint64_t order = buy(f, 10, 9900);
    fixture_say(f, OC_EV_ACCEPTED, order);
    assert_int_equal(engine_set_may(f->engine, 1, &may), OC_OK);
    struct oc_request request = fixture_order(f, what == ENGINE_MAY_BUY ? OC_SIDE_BUY : OC_SIDE_SELL, 1, 9900);
    bool is_allowed;
    if (what == ENGINE_MAY_CLOSE) {
        fixture_hold(f, 1, 1);
        request.bits |= OC_RQ_REDUCE_ONLY;
    }
    if (what == ENGINE_MAY_AMEND)
        is_allowed = amend(f, order, OC_RQ_QUANTITY_CHANGED, 11, 0) == OC_OK;
    else
        is_allowed = ask(f, request) != 0;
    if (!is_allowed) {
        assert_string_equal(refusal.reason, "NOT_GRANTED");
        assert_string_equal(refusal.rule, "may.verbs");
    }
    assert_false(engine_is_over(f->engine, 1));
    assert_int_equal(engine_begin(f->engine, 1), OC_OK);
    assert_int_equal(engine_cancel(f->engine, order, &refusal), OC_OK); /* always granted */
    fixture_end(f, true);
    fixture_free(f);
    return is_allowed;
}

static void each_verb_is_granted_by_itself(void **state)
{
    (void)state;
    for (uint32_t what = 1; what <= ENGINE_MAY_AMEND; what *= 2) {
        assert_true(may_do(what, what));
        assert_false(may_do(ENGINE_MAY_ALL & ~what, what));
    }
}

/* What it may trade is looked up by the number of the instrument, also behind the first sixty-four. */
static void instruments_are_granted_one_by_one(void **state)
{
    (void)state;
    enum { LAST = 130 };
    struct user user = {0};
    struct fixture *f = fixture_new(COST_AVERAGE);
    user_add(f, &user);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t insts[LAST + 1] = {0, f->inst};
    for (uint32_t i = 2; i <= LAST; i++) {
        snprintf(info.symbol, sizeof info.symbol, "S%u/X", i);
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &insts[i]), OC_OK);
        struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = insts[i]},
                                    .price = 10000};
        assert_int_equal(fixture_input(f, &trade), OC_OK);
    }
    static const uint32_t granted[] = {1, 62, 63, 64, 65, 66, 127, 128, 129};
    for (size_t g = 0; g < sizeof granted / sizeof granted[0]; g++) {
        struct engine_may may = {.verbs = ENGINE_MAY_ALL};
        memset(&may.accounts, 0xff, sizeof may.accounts);
        memset(&may.venues, 0xff, sizeof may.venues);
        may.instruments[granted[g] / 64] |= 1ull << granted[g] % 64;
        assert_int_equal(engine_set_may(f->engine, 1, &may), OC_OK);
        for (uint32_t i = 1; i <= LAST; i++) {
            struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
            request.head.inst = insts[i];
            assert_int_equal(ask(f, request) != 0, i == granted[g]);
        }
    }
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_budget_is_of_one_second),
        cmocka_unit_test(a_budget_goes_on_for_ever),
        cmocka_unit_test(amendments_are_orders_and_cancels_are_not),
        cmocka_unit_test(a_new_text_has_its_budget_whole),
        cmocka_unit_test(an_amend_counts_what_is_filled_once),
        cmocka_unit_test(an_amend_is_worth_its_own_price),
        cmocka_unit_test(both_sides_count_at_their_worst),
        cmocka_unit_test(what_reduces_passes_a_spent_budget),
        cmocka_unit_test(what_has_no_price_is_over),
        cmocka_unit_test(wrong_limits_are_refused),
        cmocka_unit_test(each_verb_is_granted_by_itself),
        cmocka_unit_test(instruments_are_granted_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
