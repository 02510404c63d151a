/* chain_kept_test.c: what one rule asked for is kept for the others: for the same question only, and until the next order. */
#include "support/engine_kit.h"

struct asker {
    struct fixture *f;
    uint32_t account, inst; /* others than those of the order */
    int asked;
};

static int64_t qty_of(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units)
{
    struct oc_dec dec = {0, 0, 0};
    assert_int_equal(ctx->qty_dec(ctx, inst, units, &dec), OC_OK);
    return dec.units * 1000 / num_pow10(dec.scale);
}

static int64_t value_of(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t price, int64_t qty)
{
    struct oc_dec dec = {0, 0, 0};
    assert_int_equal(ctx->notional(ctx, inst, price, qty, &dec), OC_OK);
    return dec.units * 100000 / num_pow10(dec.scale);
}

static int64_t equity_of(oc_rc (*equity)(const struct oc_risk_ctx *, uint32_t, struct oc_dec *),
                         const struct oc_risk_ctx *ctx, uint32_t account)
{
    struct oc_dec dec = {0, 0, 0};
    assert_int_equal(equity(ctx, account, &dec), OC_OK);
    return dec.units / num_pow10(dec.scale);
}

static int64_t open_of(const struct oc_risk_ctx *ctx, uint32_t account, uint32_t inst)
{
    struct oc_exposure exposure = {.size = sizeof exposure};
    assert_int_equal(ctx->exposure(ctx, account, inst, &exposure), OC_OK);
    return exposure.open_buy;
}

static int64_t worst_of(const struct oc_risk_ctx *ctx, const struct oc_request *ask)
{
    int64_t units = 0;
    assert_int_equal(ctx->worst_qty(ctx, ask, &units), OC_OK);
    return units;
}

/* Each question, another one like it, and the first again. */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask, struct oc_verdict *verdict)
{
    struct asker *asker = self;
    const uint32_t inst = ask->head.inst, account = ask->account;
    const int64_t open = asker->asked++ ? 4 : 0; /* the first order rests behind the first question */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(qty_of(ctx, inst, 7), 7);
        assert_int_equal(qty_of(ctx, inst, 8), 8);
        assert_int_equal(qty_of(ctx, asker->inst, 8), 80);
        assert_int_equal(value_of(ctx, inst, 100, 10), 1000);
        assert_int_equal(value_of(ctx, inst, 100, 20), 2000);
        assert_int_equal(value_of(ctx, inst, 300, 20), 6000);
        assert_int_equal(value_of(ctx, asker->inst, 300, 20), 60000);
        assert_int_equal(equity_of(ctx->equity, ctx, account), 1000000);
        assert_int_equal(equity_of(ctx->equity, ctx, asker->account), 500);
        assert_int_equal(equity_of(ctx->traded_equity, ctx, account), 1000000);
        assert_int_equal(equity_of(ctx->traded_equity, ctx, asker->account), 500);
        assert_int_equal(open_of(ctx, account, inst), open);
        assert_int_equal(open_of(ctx, account, asker->inst), 0);
        assert_int_equal(open_of(ctx, asker->account, inst), 0);
        struct oc_request other = *ask;
        other.bits = OC_RQ_HAS_QUOTE_QTY;
        other.quote_qty = (struct oc_dec){1000, 0, 0};
        const int64_t less = worst_of(ctx, &other);
        other.quote_qty.units *= 2;
        assert_in_range(worst_of(ctx, &other), 2 * less - 1, 2 * less + 1);
        assert_int_equal(worst_of(ctx, ask), ask->qty);
    }
    *verdict = (struct oc_verdict){.size = sizeof *verdict, .allowed = 1};
    return OC_OK;
}

static void answers_are_those_of_the_question(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct asker asker = {.f = f};
    const struct oc_risk table = {.size = sizeof table, .check = check};
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    strcpy(info.symbol, "ETH/USDT");
    info.qty_step = (struct oc_dec){1, 2, 0};
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &asker.inst), OC_OK);
    assert_int_equal(
        portfolio_add_account(engine_portfolio(f->engine), "other", "", info.quote, COST_AVERAGE, &asker.account),
        OC_OK);
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = asker.account,
                                    .asset = info.quote,
                                    .total = {500, 0, 0}};
    assert_int_equal(fixture_input(f, &balance), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "asks", &table, &asker), OC_OK);
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 4, 9900)) != 0);
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 5, 9900)) != 0);
    assert_int_equal(asker.asked, 2);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(answers_are_those_of_the_question)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
