/* chain_test.c: what a rule may ask of the host, and how its verdicts are judged. */
#include "support/engine_kit.h"

#include "base/plugin_call.h"
#include "engine/limits.h"

struct prober { /* a rule that runs one test inside its check */
    void (*probe)(struct prober *prober, const struct oc_risk_ctx *ctx, const struct oc_request *ask);
    struct fixture *f;
    struct oc_verdict first; /* what it answers */
    struct oc_verdict again; /* what it answers when asked again, with has_again */
    bool has_again;
    int asked;
    oc_rc answer;
};

static oc_rc probe_check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                         struct oc_verdict *verdict)
{
    struct prober *prober = self;
    assert_true(plugin_call_now.site && strcmp(plugin_call_now.site->call, "check") == 0);
    assert_string_equal(plugin_call_now.site->plugin, "probe");
    if (prober->probe)
        prober->probe(prober, ctx, ask);
    *verdict = prober->asked++ % 2 && prober->has_again ? prober->again : prober->first;
    return prober->answer;
}

static const struct oc_risk probe_table = {.size = sizeof probe_table, .check = probe_check};

static struct fixture *probed(struct prober *prober)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    prober->f = f;
    prober->first.allowed = 1;
    assert_int_equal(engine_add_rule(f->engine, "probe", &probe_table, prober), OC_OK);
    return f;
}

static uint32_t add_inst(struct fixture *f, const char *symbol, struct oc_dec price_step, struct oc_dec qty_step)
{
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    uint32_t inst;
    strcpy(info.symbol, symbol);
    info.price_step = price_step;
    info.qty_step = qty_step;
    info.present |= OC_INST_HAS_PRICE_SIGN;
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
    return inst;
}

static void price_of(struct fixture *f, uint32_t inst, int64_t price)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = inst}, .price = price};
    assert_int_equal(fixture_input(f, &trade), OC_OK);
}

static void probe_unknown(struct prober *prober, const struct oc_risk_ctx *ctx, const struct oc_request *ask)
{
    (void)prober;
    const uint32_t none = OC_INST(50, 1), beyond = OC_INST(ENGINE_INSTRUMENTS_MAX, 1);
    int64_t units = 7, age = 7;
    struct oc_dec dec = {7, 0, 0};
    struct oc_exposure exposure = {.position = 7};
    assert_int_equal(ctx->reference(ctx, none, &units, &age), OC_E_NOT_FOUND);
    assert_int_equal(ctx->reference(ctx, beyond, &units, &age), OC_E_NOT_FOUND);
    assert_int_equal(ctx->to_units(ctx, none, dec, &units), OC_E_NOT_FOUND);
    assert_int_equal(ctx->notional(ctx, none, 1, 1, &dec), OC_E_NOT_FOUND);
    assert_int_equal(ctx->notional(ctx, ask->head.inst, INT64_MAX, INT64_MAX, &dec), OC_E_RANGE);
    assert_int_equal(ctx->qty_dec(ctx, none, 1, &dec), OC_E_NOT_FOUND);
    assert_int_equal(ctx->price_dec(ctx, none, 1, &dec), OC_E_NOT_FOUND);
    assert_int_equal(ctx->equity(ctx, 9, &dec), OC_E_NOT_FOUND);
    struct oc_request other = *ask;
    other.head.inst = none;
    other.bits = OC_RQ_HAS_QUOTE_QTY;
    assert_int_equal(ctx->worst_qty(ctx, &other, &units), OC_E_NOT_FOUND);
    other.head.inst = beyond;
    assert_int_equal(ctx->worst_qty(ctx, &other, &units), OC_E_NOT_FOUND);
    other.head.inst = none;
    assert_int_equal(ctx->worst_price(ctx, &other, &units), OC_E_NOT_FOUND);
    assert_int_equal(ctx->exposure(ctx, 9, ask->head.inst, &exposure), OC_E_NOT_FOUND);
    assert_int_equal(ctx->exposure(ctx, ask->account, none, &exposure), OC_E_NOT_FOUND);
    assert_int_equal(ctx->exposure(ctx, ask->account, 0, &exposure), OC_E_NOT_FOUND);
    assert_true(units == 7 && age == 7 && dec.units == 7); /* untouched */
    assert_int_equal(ctx->exposure(ctx, ask->account, ask->head.inst, &exposure), OC_OK);
    other.bits = OC_RQ_HAS_STOP;
    other.stop_price = 42;
    assert_int_equal(ctx->worst_price(ctx, &other, &units), OC_OK);
    assert_int_equal(units, 42);
    other.bits = OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP;
    other.price = 41;
    assert_int_equal(ctx->worst_price(ctx, &other, &units), OC_OK);
    assert_int_equal(units, 41);
    /* a large amount keeps fewer digits: 4e9 x 1e6 with 18 of them would not fit */
    assert_int_equal(ctx->notional(ctx, ask->head.inst, 400000000000, 1000000000, &dec), OC_OK);
    assert_true(dec.units == 4000000000000000 && dec.scale == 0);
}

static void unknown_names_are_said_and_outputs_untouched(void **state)
{
    (void)state;
    struct prober prober = {.probe = probe_unknown};
    struct fixture *f = probed(&prober);
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)) != 0);
    assert_int_equal(prober.asked, 1);
    fixture_free(f);
}

static oc_rc worst(const struct oc_risk_ctx *ctx, uint32_t inst, struct oc_dec money, int64_t price, int64_t *units)
{
    struct oc_request ask = {
        .quote_qty = money, .price = price, .bits = OC_RQ_HAS_QUOTE_QTY | (price ? OC_RQ_HAS_PRICE : 0u)};
    ask.head.inst = inst;
    return ctx->worst_qty(ctx, &ask, units);
}

static uint32_t priceless, negative, tiny;

static void probe_worst(struct prober *prober, const struct oc_risk_ctx *ctx, const struct oc_request *ask)
{
    (void)ask;
    int64_t units = 7;
    const struct oc_dec hundred = {100, 0, 0};
    assert_int_equal(worst(ctx, prober->f->inst, hundred, 0, &units), OC_OK); /* at 100.00 less 5 % */
    assert_int_equal(units, 1053);
    assert_int_equal(worst(ctx, prober->f->inst, hundred, 5000, &units), OC_OK); /* at its own price less 5 % */
    assert_int_equal(units, 2106);
    units = 7;
    assert_int_equal(worst(ctx, priceless, hundred, 0, &units), OC_E_NOT_FOUND);
    assert_int_equal(worst(ctx, priceless, hundred, -5, &units), OC_E_NOT_FOUND);
    assert_int_equal(worst(ctx, negative, hundred, 0, &units), OC_E_NOT_FOUND);
    assert_int_equal(worst(ctx, prober->f->inst, (struct oc_dec){1, 19, 0}, 0, &units), OC_E_INVALID);
    assert_int_equal(worst(ctx, tiny, (struct oc_dec){1000000000000000000, 0, 0}, 1, &units), OC_E_RANGE);
    assert_int_equal(worst(ctx, tiny, (struct oc_dec){1, 0, 0}, INT64_MAX, &units), OC_OK);
    assert_int_equal(units, 12); /* 1e20 / (2^63 x 0.95), up */
    units = 7;
    assert_int_equal(worst(ctx, priceless, hundred, INT64_MAX, &units), OC_E_RANGE);
    assert_int_equal(units, 7);
}

static void an_order_by_money_has_a_worst_quantity(void **state)
{
    (void)state;
    struct prober prober = {.probe = probe_worst};
    struct fixture *f = probed(&prober);
    priceless = add_inst(f, "P/X", (struct oc_dec){1, 0, 0}, (struct oc_dec){1, 0, 0});
    negative = add_inst(f, "N/X", (struct oc_dec){1, 0, 0}, (struct oc_dec){1, 0, 0});
    tiny = add_inst(f, "T/X", (struct oc_dec){1, 10, 0}, (struct oc_dec){1, 10, 0});
    price_of(f, negative, -5);
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)) != 0);
    assert_int_equal(prober.asked, 1);
    fixture_free(f);
}

static void probe_exposure(struct prober *prober, const struct oc_risk_ctx *ctx, const struct oc_request *ask)
{
    struct oc_exposure exposure = {.position = 77};
    assert_int_equal(ctx->exposure(ctx, ask->account, ask->head.inst, &exposure), OC_OK);
    if (ask->kind == OC_REQUEST_NEW)
        return;
    assert_non_null(ctx->previous);
    /* the order that is asked about is left out; elsewhere nothing is taken away */
    assert_int_equal(exposure.open_buy, 0);
    assert_int_equal(exposure.open_sell, ask->side == OC_SIDE_BUY ? 30 : 0);
    assert_int_equal(ctx->exposure(ctx, ask->account, OC_INST(2, 1), &exposure), OC_OK);
    assert_int_equal(exposure.open_buy, 0);
    assert_int_equal(ctx->exposure(ctx, ask->account + 1, ask->head.inst, &exposure), OC_OK);
    assert_int_equal(exposure.open_buy, 0);
    (void)prober;
}

static void the_asked_order_is_left_out_of_the_exposure(void **state)
{
    (void)state;
    struct prober prober = {.probe = probe_exposure};
    struct fixture *f = probed(&prober);
    struct engine_refusal refusal;
    uint32_t other;
    assert_int_equal(add_inst(f, "E/X", (struct oc_dec){1, 0, 0}, (struct oc_dec){1, 0, 0}), OC_INST(2, 1));
    assert_int_equal(
        portfolio_add_account(engine_portfolio(f->engine), "other", "test", f->quote, COST_AVERAGE, &other), OC_OK);
    assert_int_equal(other, f->account + 1);
    uint64_t sell = fixture_submit(f, fixture_order(f, OC_SIDE_SELL, 30, 10100));
    uint64_t buy = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 50, 9900));
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, buy, &refusal), OC_OK);
    fixture_end(f, true);
    fixture_say(f, OC_EV_CANCELED, buy);
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_cancel(f->engine, sell, &refusal), OC_OK);
    fixture_end(f, true);
    fixture_free(f);
}

static oc_rc exposure_code;

static void probe_range(struct prober *prober, const struct oc_risk_ctx *ctx, const struct oc_request *ask)
{
    (void)prober;
    struct oc_exposure exposure = {.position = 77};
    exposure_code = ctx->exposure(ctx, ask->account, ask->head.inst, &exposure);
    if (exposure_code < 0)
        assert_int_equal(exposure.position, 77);
}

static void a_worst_case_that_does_not_fit_is_an_error(void **state)
{
    (void)state;
    for (int side = OC_SIDE_BUY; side <= OC_SIDE_SELL; side++) {
        struct prober prober = {.probe = probe_range};
        struct fixture *f = probed(&prober);
        uint32_t inst = f->inst = add_inst(f, "E/X", (struct oc_dec){1, 10, 0}, (struct oc_dec){1, 10, 0});
        price_of(f, inst, 1);
        struct oc_request request = fixture_order(f, (uint8_t)side, 10, 1);
        uint64_t order = fixture_submit(f, request);
        struct oc_ev_fill fill = fixture_fill(f, order, (uint8_t)side, 10, 1, "t");
        assert_int_equal(fixture_input(f, &fill), OC_OK);
        request.qty = INT64_MAX - 5;
        assert_true(fixture_submit(f, request) != 0);
        assert_int_equal(exposure_code, OC_OK);
        request.qty = 1;
        fixture_submit(f, request); /* 10 held and the large one open */
        assert_int_equal(exposure_code, OC_E_RANGE);
        fixture_free(f);
    }
}

static void verdicts_that_differ_refuse(void **state)
{
    (void)state;
    struct oc_verdict same = {.allowed = 1, .reason = "R", .used = {1, 1, 0}, .limit = {2, 1, 0}};
    for (int i = 0; i < 7; i++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct engine_config config = {.epoch = 9, .strict = 1};
        engine_free(f->engine);
        assert_int_equal(engine_new(&config, &f->engine), OC_OK);
        struct prober prober = {.first = same, .again = same, .has_again = true};
        uint32_t id;
        struct oc_instrument info = {.size = sizeof info,
                                     .kind = OC_KIND_SPOT,
                                     .base = 1,
                                     .quote = 2,
                                     .price_step = {1, 2, 0},
                                     .qty_step = {1, 3, 0},
                                     .symbol = "S"};
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &id), OC_OK);
        assert_int_equal(portfolio_add_account(engine_portfolio(f->engine), "a", "", 2, COST_AVERAGE, &id), OC_OK);
        assert_int_equal(engine_add_rule(f->engine, "probe", &probe_table, &prober), OC_OK);
        if (i == 1)
            prober.again.allowed = 0;
        else if (i == 2)
            prober.again.reason[0] = 'S';
        else if (i == 3)
            prober.again.used.units++;
        else if (i == 4)
            prober.again.used.scale++;
        else if (i == 5)
            prober.again.limit.units++;
        else if (i == 6)
            prober.again.limit.scale++;
        struct engine_refusal refusal = {0};
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        assert_int_equal(engine_submit(f->engine, &request, &refusal), i ? OC_E_LIMIT : OC_OK);
        fixture_end(f, true);
        assert_string_equal(refusal.reason, i ? "RULE_CONTRADICTS_ITSELF" : "");
        assert_int_equal(prober.asked, 2); /* strict: each answer is held against another */
        fixture_free(f);
    }
}

static void a_refusal_without_words_has_a_name(void **state)
{
    (void)state;
    struct prober prober = {0};
    struct fixture *f = probed(&prober);
    struct engine_refusal refusals[3] = {{{0}, {0}, {0}, {0}, 0}};
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    prober.first.allowed = 0;
    assert_int_equal(engine_preview(f->engine, &request, refusals, 3), 1);
    assert_string_equal(refusals[0].reason, "REFUSED");
    assert_string_equal(refusals[0].rule, "probe");
    prober.answer = OC_E_DATA;
    prober.first.allowed = 1;
    engine_latch(f->engine, 0, "STOP");
    assert_int_equal(engine_preview(f->engine, &request, refusals, 3), 2);
    assert_string_equal(refusals[0].reason, "STOP");
    assert_string_equal(refusals[1].reason, "RULE_FAILED");
    assert_int_equal(engine_preview(f->engine, &request, refusals, 1), 1); /* no more than there is room for */
    assert_int_equal(engine_preview(f->engine, &request, refusals, 0), 0);
    request.kind = OC_REQUEST_CANCEL; /* a latch never holds a cancel */
    assert_int_equal(engine_preview(f->engine, &request, refusals, 3), 1);
    assert_string_equal(refusals[0].rule, "probe");
    fixture_free(f);
}

static uint64_t interest_in_fills(void *self)
{
    (void)self;
    return 1ull << OC_EV_FILL;
}

/* What the host would refuse of the instrument, or for want of a price, stands behind the rules, where there is room. */
static void a_preview_asks_the_instrument_too(void **state)
{
    (void)state;
    struct prober prober = {0};
    struct fixture *f = probed(&prober);
    struct engine_refusal refusals[3] = {{{0}, {0}, {0}, {0}, 0}};
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    struct oc_request money = fixture_order(f, OC_SIDE_BUY, 0, 0);
    uint32_t inst;
    prober.first.allowed = 1;
    money.kind = OC_REQUEST_NEW;
    strcpy(info.symbol, "NEW/USDT"); /* no price of it has come */
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
    money.bits = OC_RQ_HAS_QUOTE_QTY;
    money.quote_qty = (struct oc_dec){100, 0, 0};
    assert_int_equal(engine_preview(f->engine, &money, refusals, 3), 0);
    money.head.inst = inst;
    assert_int_equal(engine_preview(f->engine, &money, refusals, 3), 1);
    assert_string_equal(refusals[0].reason, "NO_REFERENCE_PRICE");
    assert_string_equal(refusals[0].rule, "instrument");
    assert_int_equal(engine_preview(f->engine, &money, refusals, 0), 0);
    money.kind = OC_REQUEST_CANCEL;
    assert_int_equal(engine_preview(f->engine, &money, refusals, 3), 0);
    info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    info.present |= OC_INST_HAS_MIN_QTY;
    info.min_qty = 5;
    assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &inst), OC_OK);
    struct oc_request small = fixture_order(f, OC_SIDE_BUY, 4, 9900);
    small.kind = OC_REQUEST_NEW;
    prober.first.allowed = 0;
    assert_int_equal(engine_preview(f->engine, &small, refusals, 3), 2);
    assert_string_equal(refusals[0].rule, "probe");
    assert_string_equal(refusals[1].rule, "instrument");
    assert_string_equal(refusals[1].reason, "QUANTITY_BELOW_MINIMUM");
    assert_int_equal(engine_preview(f->engine, &small, refusals, 1), 1);
    small.qty = 5;
    assert_int_equal(engine_preview(f->engine, &small, refusals, 3), 1);
    fixture_free(f);
}

static uint64_t interest_above(void *self) { return (void)self, OC_INTEREST_ABOVE; }

/* A rule without an interest() is shown everything, one with it what it asks for; one whose table is older than observe() nothing. */
static void rules_of_each_shape_are_observed_as_they_say(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct rule all = {.max = 10}, old = {.max = 10}, none = {.max = 10}, few = {.max = 10}, above = {.max = 10};
    struct oc_risk all_table = rule_table, old_table = rule_table, none_table = rule_table, few_table = rule_table;
    struct oc_risk above_table = rule_table;
    all_table.interest = NULL;
    old_table.size = offsetof(struct oc_risk, observe);
    none_table.observe = NULL;
    few_table.interest = interest_in_fills;
    above_table.interest = interest_above;
    assert_int_equal(engine_add_rule(f->engine, "old", &old_table, &old), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "none", &none_table, &none), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "all", &all_table, &all), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "few", &few_table, &few), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "above", &above_table, &above), OC_OK);
    fixture_price(f, 10000);
    assert_int_equal(all.seen, 1);
    assert_int_equal(above.seen, 0);
    struct oc_ev_text mark = {.head = {.size = sizeof mark, .type = OC_EV_MARK}};
    assert_int_equal(fixture_input(f, &mark), OC_OK);
    assert_int_equal(all.seen, 2);
    assert_int_equal(above.seen, 1);
    assert_int_equal(few.seen, 0); /* no fill came: a rule that looks at no type is not wrong about it */
    assert_int_equal(old.seen + none.seen, 0);
    fixture_free(f);
}

static void probe_latch(struct prober *prober, const struct oc_risk_ctx *ctx, const struct oc_request *ask)
{
    (void)ask;
    assert_int_equal(ctx->latch(ctx, 0, "STOP"), OC_E_STATE);
    assert_int_equal(ctx->latch(ctx, prober->f->account, "STOP"), OC_E_STATE);
}

/* P6: a preview asks, and must not halt the host. */
static void a_question_latches_nothing(void **state)
{
    (void)state;
    struct prober prober = {.probe = probe_latch};
    struct fixture *f = probed(&prober);
    struct engine_refusal refusal;
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    assert_int_equal(engine_preview(f->engine, &request, &refusal, 1), 0);
    assert_int_equal(prober.asked, 1);
    assert_null(engine_latched(f->engine, f->account));
    assert_true(fixture_submit(f, request) != 0);
    fixture_free(f);
}

static void watch_latches(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    const struct fixture *f = self;
    (void)event;
    assert_int_equal(ctx->latch(ctx, 0, NULL), OC_E_INVALID);
    assert_int_equal(ctx->latch(ctx, 0, ""), OC_E_INVALID);
    assert_int_equal(ctx->latch(ctx, 99, "STOP"), OC_E_INVALID);
    assert_null(engine_latched(f->engine, f->account));
    assert_int_equal(ctx->latch(ctx, f->account, "STOP"), OC_OK);
}

static void what_happened_may_latch(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_risk table = {.size = sizeof table, .check = probe_check, .observe = watch_latches};
    assert_int_equal(engine_add_rule(f->engine, "watches", &table, f), OC_OK);
    fixture_price(f, 10000);
    assert_string_equal(engine_latched(f->engine, f->account), "STOP");
    fixture_free(f);
}

/* P9: 1 is yes, 0 is no, and nothing else is an answer. */
static void only_one_allows(void **state)
{
    (void)state;
    static const uint32_t answers[] = {0, 1, 2, 7, UINT32_MAX};
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        struct prober prober = {.probe = NULL};
        struct fixture *f = probed(&prober);
        struct engine_refusal refusal = {0};
        struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
        prober.first.allowed = answers[i];
        assert_int_equal(engine_preview(f->engine, &request, &refusal, 1), answers[i] != 1);
        if (answers[i] > 1)
            assert_string_equal(refusal.reason, "RULE_FAILED");
        fixture_free(f);
    }
}

static bool covers(void *self, uint32_t account, uint32_t strategy, uint32_t inst, uint32_t owner)
{
    (void)account;
    (void)strategy;
    (void)owner;
    return OC_INST_INDEX(inst) == *(const uint32_t *)self;
}

static bool covers_market(void *self, uint32_t inst) { return OC_INST_INDEX(inst) == *(const uint32_t *)self; }

/* A rule is asked and told about its scope, and about nothing else. */
static void a_scope_holds_for_questions_and_events(void **state)
{
    (void)state;
    struct prober prober = {.probe = NULL};
    struct fixture *f = probed(&prober);
    const uint32_t other = add_inst(f, "ETH/USDT", (struct oc_dec){1, 2, 0}, (struct oc_dec){1, 3, 0});
    uint32_t only = OC_INST_INDEX(f->inst);
    const struct engine_scope scope = {covers, covers_market, &only};
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    struct engine_refusal refusal;
    engine_scope_rule(f->engine, &scope);
    prober.first.allowed = 0;
    assert_int_equal(engine_preview(f->engine, &request, &refusal, 1), 1);
    request.head.inst = other;
    assert_int_equal(engine_preview(f->engine, &request, &refusal, 1), 0);
    assert_int_equal(prober.asked, 1);
    assert_true(fixture_submit(f, request) != 0);
    assert_int_equal(prober.asked, 1);
    fixture_free(f);

    f = fixture_new(COST_AVERAGE);
    struct rule all = {.max = 10};
    struct oc_risk table = rule_table;
    table.interest = NULL;
    const uint32_t second = add_inst(f, "ETH/USDT", (struct oc_dec){1, 2, 0}, (struct oc_dec){1, 3, 0});
    only = OC_INST_INDEX(second);
    engine_add_rule(f->engine, "all", &table, &all);
    engine_scope_rule(f->engine, &scope);
    fixture_price(f, 10000); /* of the other instrument */
    assert_int_equal(all.seen, 0);
    price_of(f, second, 10000);
    assert_int_equal(all.seen, 1);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)); /* its request, its answers, its fill */
    fixture_say(f, OC_EV_ACCEPTED, order);
    fixture_trade(f, order, OC_SIDE_BUY, 1, 9900);
    assert_int_equal(all.seen, 1);
    struct oc_request mine = fixture_order(f, OC_SIDE_BUY, 1, 9900);
    mine.head.inst = second;
    order = fixture_submit(f, mine);
    assert_true(order != 0);
    assert_int_equal(all.seen, 2);
    fixture_say(f, OC_EV_ACCEPTED, order);
    assert_int_equal(all.seen, 3);
    fixture_free(f);
}

/* A code above 0 is no yes, and what is told of the rule is what it decided. */
static void told(void *self, const struct oc_request *request, const char *rule, const struct oc_verdict *verdict)
{
    (void)request, (void)rule;
    *(uint32_t *)self = verdict->allowed;
}

static void only_a_clear_yes_is_one(void **state)
{
    (void)state;
    static const oc_rc answers[] = {7, OC_OK, OC_E_IO, OC_OK, OC_OK};
    static const uint32_t allowed[] = {1, 7, 1, 0, 0};
    for (int i = 0; i < 5; i++) {
        struct prober prober = {.answer = answers[i]};
        prober.first.reason[0] = i == 4 ? 'N' : '\0'; /* a word of one letter is one */
        struct fixture *f = probed(&prober);
        struct oc_request ask = fixture_order(f, OC_SIDE_BUY, 1, 9900);
        struct engine_refusal refusal = {0};
        uint32_t seen = 9;
        engine_set_witness(f->engine, &(struct engine_witness){.verdict = told, .self = &seen});
        prober.first.allowed = allowed[i];
        assert_int_equal(engine_begin(f->engine, 0), OC_OK);
        assert_int_equal(engine_submit(f->engine, &ask, &refusal), OC_E_LIMIT);
        assert_string_equal(refusal.reason, i < 3 ? "RULE_FAILED" : (i == 3 ? "REFUSED" : "N"));
        assert_int_equal(seen, 0);
        fixture_end(f, true);
        fixture_free(f);
    }
}

/* As in a replay of a session that lacked a rule for a while: there it was neither asked nor told, and it was not counted. */
static void a_rule_that_is_missing_knows_what_was_known(void **state)
{
    (void)state;
    struct prober prober = {0};
    struct rule counter = {.max = 10};
    struct oc_risk counting = rule_table;
    struct fixture *f = fixture_new(COST_AVERAGE);
    counting.interest = NULL;
    prober.first.allowed = 1;
    assert_int_equal(engine_add_rule(f->engine, "probe", &probe_table, &prober), OC_OK);
    assert_int_equal(engine_add_rule(f->engine, "probe2", &counting, &counter), OC_OK);
    engine_set_missing(f->engine, "other probe2");
    fixture_price(f, 10000);
    assert_int_equal(counter.seen, 0);
    assert_string_equal(engine_missing(f->engine), "other probe2");
    struct {
        struct oc_ev_text event;
        char names[8];
    } mark = {.event = {.head = {.size = sizeof mark, .type = OC_EV_MARK}, .code = OC_MARK_RULES, .text_size = 5},
              .names = "probe?"};
    assert_int_equal(fixture_input(f, &mark), OC_OK);
    assert_string_equal(engine_missing(f->engine), "probe");
    assert_int_equal(counter.seen, 1); /* of the mark */
    assert_int_equal(prober.asked, 0);
    mark.event.text_size = 0;
    assert_int_equal(fixture_input(f, &mark), OC_OK);
    assert_string_equal(engine_missing(f->engine), "");
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900));
    assert_true(order != 0);
    assert_true(prober.asked > 0);
    assert_int_equal(orders_find(engine_orders(f->engine), order)->now.rules, 2);
    engine_set_missing(f->engine, "probf probx2 prob probe22 probe21x"); /* a name is missing as a whole, or not */
    counter.seen = 0;
    fixture_price(f, 10000);
    assert_int_equal(counter.seen, 1);
    engine_set_missing(f->engine, "probe22 probe2");
    fixture_price(f, 10000);
    assert_int_equal(counter.seen, 1);
    struct oc_request out = fixture_order(f, OC_SIDE_SELL, 3, 10100); /* what only reduces is still taken */
    out.bits |= OC_RQ_REDUCE_ONLY;
    fixture_hold(f, 0, 100);
    for (int is_away = 0; is_away < 2; is_away++) {
        engine_set_missing(f->engine, is_away ? "probe" : "other");
        const int asked = prober.asked;
        order = fixture_submit(f, out);
        assert_int_not_equal(order, 0);
        assert_int_equal(prober.asked > asked, !is_away);
        assert_int_equal(orders_find(engine_orders(f->engine), order)->now.rules, is_away ? 1 : 2);
    }
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_question_latches_nothing),
        cmocka_unit_test(what_happened_may_latch),
        cmocka_unit_test(only_one_allows),
        cmocka_unit_test(only_a_clear_yes_is_one),
        cmocka_unit_test(a_scope_holds_for_questions_and_events),
        cmocka_unit_test(unknown_names_are_said_and_outputs_untouched),
        cmocka_unit_test(an_order_by_money_has_a_worst_quantity),
        cmocka_unit_test(the_asked_order_is_left_out_of_the_exposure),
        cmocka_unit_test(a_worst_case_that_does_not_fit_is_an_error),
        cmocka_unit_test(verdicts_that_differ_refuse),
        cmocka_unit_test(a_refusal_without_words_has_a_name),
        cmocka_unit_test(a_preview_asks_the_instrument_too),
        cmocka_unit_test(a_rule_that_is_missing_knows_what_was_known),
        cmocka_unit_test(rules_of_each_shape_are_observed_as_they_say),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
