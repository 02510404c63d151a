/* grants_test.c: what a strategy is told that was not granted to it, or went over its budget: names, numbers and words; and how
 * what it holds is valued. */
#include "engine/impl.h"
#include "support/engine_fixture.h"

static struct engine_refusal refusal;
static struct engine_client idle;

static struct fixture *with_client(void)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t strategy;
    assert_int_equal(engine_add_client(f->engine, "user", &idle, &strategy), OC_OK);
    assert_int_equal(strategy, 1);
    return f;
}

static oc_rc ask(struct fixture *f, struct oc_request request)
{
    memset(&refusal, 0, sizeof refusal);
    assert_int_equal(engine_begin(f->engine, 1), OC_OK);
    oc_rc rc = engine_submit(f->engine, &request, &refusal);
    fixture_end(f, true);
    return rc;
}

static oc_rc buy(struct fixture *f, uint32_t inst, int64_t qty, int64_t price)
{
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, qty, price);
    request.head.inst = inst;
    if (price) /* below zero too */
        request.type = OC_ORDER_LIMIT, request.bits |= OC_RQ_HAS_PRICE;
    return ask(f, request);
}

static oc_i128 money(int64_t units, int32_t scale)
{
    oc_i128 value;
    assert_int_equal(money_from_dec((struct oc_dec){units, scale, 0}, &value), OC_OK);
    return value;
}

static void budget(struct fixture *f, uint32_t orders, bool has_notional, oc_i128 notional)
{
    const struct engine_budget wanted = {.orders = orders, .has_notional = has_notional, .notional = notional};
    assert_int_equal(engine_set_budget(f->engine, 1, &wanted), OC_OK);
}

/* The last refusal, and the words that its strategy fails with. */
static void said(struct fixture *f, const char *reason, struct oc_dec used, struct oc_dec limit, const char *words)
{
    assert_string_equal(refusal.rule, "budget");
    assert_string_equal(refusal.reason, reason);
    assert_true(refusal.used.units == used.units && refusal.used.scale == used.scale);
    assert_true(refusal.limit.units == limit.units && refusal.limit.scale == limit.scale);
    assert_true(refusal.used.zero == 0 && refusal.limit.zero == 0);
    assert_string_equal(permissions_words(f->engine->clients[1].permissions), words);
    assert_true(engine_is_over(f->engine, 1));
}

static uint32_t instrument(struct fixture *f, const char *base, const char *quote)
{
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    struct instruments *instruments = engine_instruments(f->engine);
    uint32_t inst;
    snprintf(info.symbol, sizeof info.symbol, "%s/%s", base, quote);
    assert_int_equal(instruments_asset(instruments, base, &info.base), OC_OK);
    assert_int_equal(instruments_asset(instruments, quote, &info.quote), OC_OK);
    info.settle = info.quote;
    info.inst = 0;
    assert_int_equal(instruments_add(instruments, &info, &inst), OC_OK);
    return inst;
}

static void price(struct fixture *f, uint32_t inst, int64_t units)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst},
                                .price = units,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(f, &trade), OC_OK);
}

static void too_many_orders_are_told(void **state)
{
    (void)state;
    struct fixture *f = with_client();
    budget(f, 2, false, 0);
    assert_int_equal(buy(f, f->inst, 1, 9900), OC_OK);
    assert_int_equal(buy(f, f->inst, 1, 9900), OC_OK);
    assert_int_equal(buy(f, f->inst, 1, 9900), OC_E_LIMIT);
    said(f, "BUDGET_ORDERS", (struct oc_dec){3, 0, 0}, (struct oc_dec){2, 0, 0},
         "BUDGET_ORDERS: 3 orders within a second, the budget is 2");
    fixture_free(f);
}

/* A unit at 100.00 is worth 0.1 USDT. */
static void too_much_money_is_told(void **state)
{
    (void)state;
    struct fixture *f = with_client();
    budget(f, 0, true, money(105, 1));
    assert_int_equal(buy(f, f->inst, 106, 9900), OC_E_LIMIT);
    said(f, "BUDGET_NOTIONAL", (struct oc_dec){106, 1, 0}, (struct oc_dec){105, 1, 0},
         "BUDGET_NOTIONAL: 10.6 in positions and open orders, the budget is 10.5");
    fixture_free(f);
    f = with_client();
    budget(f, 0, true, money(105, 1));
    assert_int_equal(buy(f, f->inst, 105, 9900), OC_OK);
    fixture_free(f);
    f = with_client(); /* what has no price is over any budget */
    budget(f, 0, true, (oc_i128)1 << 120);
    assert_int_equal(buy(f, instrument(f, "LTC", "USDT"), 1, 0), OC_E_LIMIT);
    said(f, "BUDGET_NOTIONAL", (struct oc_dec){INT64_MAX, 0, 0}, (struct oc_dec){INT64_MAX, 0, 0},
         "BUDGET_NOTIONAL: 9223372036854775807 in positions and open orders, the budget is 9223372036854775807");
    fixture_free(f);
    f = with_client(); /* and so is what cannot be counted */
    budget(f, 0, true, money(105, 1));
    fixture_hold(f, 1, INT64_MAX);
    assert_int_equal(buy(f, f->inst, 1, 9900), OC_E_LIMIT);
    said(f, "BUDGET_NOTIONAL", (struct oc_dec){INT64_MAX, 0, 0}, (struct oc_dec){105, 1, 0},
         "BUDGET_NOTIONAL: 9223372036854775807 in positions and open orders, the budget is 10.5");
    fixture_free(f);
}

/* Without a market an order is worth its own price: 100 units at 0.50 are 0.05 USDT. */
static void an_order_without_a_market_is_worth_its_price(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        struct fixture *f = with_client();
        budget(f, 0, true, money(5, 2));
        assert_int_equal(buy(f, instrument(f, "LTC", "USDT"), 100 + over, 50), over ? OC_E_LIMIT : OC_OK);
        if (over)
            assert_string_equal(refusal.reason, "BUDGET_NOTIONAL");
        fixture_free(f);
    }
}

/* 10 ETH-units at 50.00 EUR are 0.5 EUR, at 1.10 USDT the EUR 0.55 USDT; a flat book adds nothing. */
static void money_of_another_kind_is_converted(void **state)
{
    (void)state;
    for (int over = 0; over < 2; over++) {
        struct fixture *f = with_client();
        const uint32_t eth = instrument(f, "ETH", "EUR"), eur = instrument(f, "EUR", "USDT");
        oc_i128 used;
        price(f, eur, 110);
        price(f, eth, 5000);
        budget(f, 0, true, money(over ? 549 : 550, 3));
        assert_int_equal(buy(f, eth, 10, 4900), over ? OC_E_LIMIT : OC_OK);
        assert_int_equal(engine_notional(f->engine, 1, &used), OC_OK);
        assert_true(used == (over ? 0 : money(55, 2)));
        struct book *flat;
        assert_int_equal(portfolio_book(engine_portfolio(f->engine), f->account, 1, f->inst, &flat), OC_OK);
        assert_int_equal(engine_notional(f->engine, 1, &used), OC_OK);
        assert_true(used == (over ? 0 : money(55, 2)));
        fixture_free(f);
    }
}

static void what_is_not_granted_is_named(void **state)
{
    (void)state;
    static const char *const rules[] = {NULL, "may.venues", "may.accounts", "may.instruments", "may.verbs"};
    for (int i = 0; i < 5; i++) {
        struct fixture *f = with_client();
        struct engine_may may = {.accounts = ~0ull, .verbs = ENGINE_MAY_BUY};
        memset(may.venues, 0xff, sizeof may.venues);
        memset(may.instruments, 0xff, sizeof may.instruments);
        const uint32_t index = OC_INST_INDEX(f->inst);
        if (i == 1)
            may.venues[index / 64] &= ~(1ull << index % 64);
        if (i == 2)
            may.accounts &= ~(1ull << f->account);
        if (i == 3)
            may.instruments[index / 64] &= ~(1ull << index % 64);
        if (i == 4)
            may.verbs = ENGINE_MAY_ALL & ~(uint32_t)ENGINE_MAY_BUY;
        assert_int_equal(engine_set_may(f->engine, 1, &may), OC_OK);
        assert_int_equal(buy(f, f->inst, 1, 9900), rules[i] ? OC_E_LIMIT : OC_OK);
        if (rules[i]) {
            assert_string_equal(refusal.rule, rules[i]);
            assert_string_equal(refusal.reason, "NOT_GRANTED");
        }
        assert_false(engine_is_over(f->engine, 1)); /* a refusal like any other */
        fixture_free(f);
    }
}

/* Verbs and budgets are set apart, in either order, and taken back apart. */
static void a_grant_leaves_the_budget(void **state)
{
    (void)state;
    for (int order = 0; order < 2; order++) {
        struct fixture *f = with_client();
        struct engine_may may = {.accounts = ~0ull, .verbs = ENGINE_MAY_ALL};
        memset(may.venues, 0xff, sizeof may.venues);
        memset(may.instruments, 0xff, sizeof may.instruments);
        if (order)
            budget(f, 1, false, 0);
        assert_int_equal(engine_set_may(f->engine, 1, &may), OC_OK);
        if (!order)
            budget(f, 1, false, 0);
        assert_int_equal(buy(f, f->inst, 1, 9900), OC_OK);
        assert_int_equal(buy(f, f->inst, 1, 9900), OC_E_LIMIT);
        assert_string_equal(refusal.reason, "BUDGET_ORDERS");
        assert_int_equal(engine_set_may(f->engine, 1, NULL), OC_OK);
        assert_int_equal(buy(f, f->inst, 1, 9900), OC_E_LIMIT);
        fixture_free(f);
    }
    struct fixture *f = with_client();
    assert_int_equal(engine_set_may(f->engine, 1, NULL), OC_OK);
    assert_null(f->engine->clients[1].permissions);
    static const struct {
        struct engine_budget budget;
        oc_rc rc;
    } rows[] = {{{.orders = ENGINE_BUDGET_ORDERS_MAX}, OC_OK},
                {{.orders = ENGINE_BUDGET_ORDERS_MAX + 1}, OC_E_INVALID},
                {{.has_notional = 1, .notional = -1}, OC_E_INVALID},
                {{.has_notional = 1, .notional = 0}, OC_OK}};
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(engine_set_budget(f->engine, 1, &rows[i].budget), rows[i].rc);
    assert_int_equal(buy(f, f->inst, 1, 9900), OC_E_LIMIT); /* a budget of nothing */
    assert_int_equal(engine_set_budget(f->engine, 0, NULL), OC_E_NOT_FOUND);
    assert_int_equal(engine_set_budget(f->engine, 2, NULL), OC_E_NOT_FOUND);
    assert_int_equal(engine_set_may(f->engine, 0, NULL), OC_E_NOT_FOUND);
    assert_int_equal(engine_set_may(f->engine, 2, NULL), OC_E_NOT_FOUND);
    fixture_free(f);
}

/* ---- what a witness and a rule see ---- */

static char witnessed[256];

static void note_verdict(void *self, const struct oc_request *request, const char *rule,
                         const struct oc_verdict *verdict)
{
    (void)self;
    size_t size = strlen(witnessed);
    snprintf(witnessed + size, sizeof witnessed - size, "%s:%lld:%u:%s ", rule, (long long)request->qty,
             verdict->allowed, verdict->reason);
}

static const char *words; /* of the rule's refusal; NULL: it allows */
static int64_t previous_filled;

static oc_rc judge(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *request,
                   struct oc_verdict *verdict)
{
    (void)self;
    (void)request;
    previous_filled = ctx->previous_filled;
    verdict->allowed = !words;
    if (words)
        strncpy(verdict->reason, words, sizeof verdict->reason);
    return OC_OK;
}

static const struct oc_risk judges = {.size = sizeof judges, .check = judge};

static void every_verdict_is_shown(void **state)
{
    (void)state;
    struct fixture *f = with_client();
    const struct engine_witness witness = {NULL, note_verdict};
    assert_int_equal(engine_add_rule(f->engine, "first", &judges, NULL), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "second", &judges, NULL), OC_OK);
    engine_set_witness(f->engine, &witness);
    witnessed[0] = 0;
    words = NULL;
    previous_filled = 7;
    assert_int_equal(buy(f, f->inst, 3, 9900), OC_OK);
    assert_int_equal(previous_filled, 0); /* a new one has nothing before it */
    assert_non_null(strstr(witnessed, "first:3:1: second:3:1: "));
    witnessed[0] = 0;
    words = "NO";
    assert_int_equal(buy(f, f->inst, 4, 9900), OC_E_LIMIT);
    assert_non_null(strstr(witnessed, "first:4:0:NO "));
    assert_null(strstr(witnessed, "second"));
    assert_string_equal(refusal.rule, "first");
    assert_string_equal(refusal.reason, "NO");
    engine_set_witness(f->engine, NULL);
    witnessed[0] = 0;
    words = NULL;
    assert_int_equal(buy(f, f->inst, 3, 9900), OC_OK);
    assert_string_equal(witnessed, "");
    fixture_free(f);
}

/* Reasons and names of rules are cut where their room ends, never run together. */
static void a_long_reason_is_cut(void **state)
{
    (void)state;
    char name[OC_REASON_MAX + 8], reason[OC_REASON_MAX + 8];
    struct fixture *f = with_client();
    memset(name, 'n', sizeof name);
    memset(reason, 'R', sizeof reason);
    name[sizeof name - 1] = reason[OC_REASON_MAX - 1] = 0;
    assert_int_equal(engine_add_rule(f->engine, name, &judges, NULL), OC_OK);
    words = reason;
    assert_int_equal(buy(f, f->inst, 4, 9900), OC_E_LIMIT);
    assert_int_equal(strlen(refusal.rule), OC_REASON_MAX - 1);
    assert_string_equal(refusal.reason, reason);
    words = NULL;
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(too_many_orders_are_told),
        cmocka_unit_test(too_much_money_is_told),
        cmocka_unit_test(an_order_without_a_market_is_worth_its_price),
        cmocka_unit_test(money_of_another_kind_is_converted),
        cmocka_unit_test(what_is_not_granted_is_named),
        cmocka_unit_test(a_grant_leaves_the_budget),
        cmocka_unit_test(every_verdict_is_shown),
        cmocka_unit_test(a_long_reason_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
