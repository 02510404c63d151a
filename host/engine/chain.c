/* chain.c: the risk seam: rules are asked in order, the first refusal decides. */
#include <stdio.h>
#include <string.h>

#include "base/plugin_call.h"
#include "base/text.h"
#include "engine/impl.h"

/* A question, or an event that is told. Nothing changes while rules hear of it, so what one asked for is kept for the others. */
struct asking {
    struct engine *engine;
    const struct oc_request *request;
    struct { /* OC_OK answers only; what is not known is looked for again */
        bool has_worst_qty, has_exposure, has_equity, has_traded, has_notional, has_qty;
        uint32_t exposure_account, exposure_inst, equity_account, traded_account, notional_inst, qty_inst;
        int64_t worst_qty, notional_price, notional_qty, qty_units;
        struct oc_exposure exposure;
        struct oc_dec equity, traded, notional, qty;
    } known;
};

static struct engine *engine_of(const struct oc_risk_ctx *ctx) { return ((struct asking *)ctx->impl)->engine; }

static const struct instrument *instrument_of(const struct oc_risk_ctx *ctx, uint32_t inst)
{
    return instruments_get(engine_of(ctx)->instruments, inst);
}

static oc_rc ctx_to_units(const struct oc_risk_ctx *ctx, uint32_t inst, struct oc_dec dec, int64_t *ret_units)
{
    const struct instrument *instrument = instrument_of(ctx, inst);
    int exact;
    if (!instrument)
        return OC_E_NOT_FOUND;
    return instrument_dec_units(instrument->info.qty_step, dec, SNAP_DOWN, ret_units, &exact);
}

static oc_rc ctx_reference(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t *ret_units, int64_t *ret_age_ns)
{
    struct engine *engine = engine_of(ctx);
    const struct market *market = markets_get(engine->markets, inst);
    if (!market || !market->has_mark)
        return OC_E_NOT_FOUND;
    *ret_units = market->mark2 / 2;
    *ret_age_ns = engine->now_ns - market->mark_ns;
    return OC_OK;
}

oc_rc chain_worst_qty(const struct engine *engine, const struct oc_request *request, int64_t *ret_units)
{
    if (!(request->bits & OC_RQ_HAS_QUOTE_QTY)) {
        *ret_units = request->qty;
        return OC_OK;
    }
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    const struct market *market = markets_get(engine->markets, request->head.inst);
    if (!instrument || !market)
        return OC_E_NOT_FOUND;
    int64_t price = (request->bits & OC_RQ_HAS_PRICE) ? request->price : market->mark2 / 2;
    if (!(request->bits & OC_RQ_HAS_PRICE) && !market->has_mark)
        return OC_E_NOT_FOUND;
    if (price <= 0)
        return OC_E_NOT_FOUND;
    oc_i128 money, per_unit, units;
    oc_rc rc = money_from_dec(request->quote_qty, &money);
    if (rc < 0)
        return rc;
    rc = instrument_value(instrument, price, 1, &per_unit);
    if (rc < 0 || per_unit <= 0)
        return rc < 0 ? rc : OC_E_NOT_FOUND;
    const struct oc_dec slack = engine->config.quote_slack;
    oc_i128 whole = num_pow10(slack.scale), lowered = whole - slack.units;
    rc = num_muldiv_128(money, whole, per_unit * lowered, NUM_CEIL, &units);
    return rc < 0 ? rc : num_narrow(units, ret_units);
}

static oc_rc ctx_worst_qty(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t *ret_units)
{
    struct asking *asking = ctx->impl;
    if (!(ask->bits & OC_RQ_HAS_QUOTE_QTY) ||
        ask != asking->request) /* one that a rule made changes under the same address */
        return chain_worst_qty(asking->engine, ask, ret_units);
    if (!asking->known.has_worst_qty) {
        oc_rc rc = chain_worst_qty(asking->engine, ask, &asking->known.worst_qty);
        if (rc < 0)
            return rc;
        asking->known.has_worst_qty = true;
    }
    *ret_units = asking->known.worst_qty;
    return OC_OK;
}

static oc_rc ctx_worst_price(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t *ret_units)
{
    if (ask->bits & OC_RQ_HAS_PRICE) {
        *ret_units = ask->price;
        return OC_OK;
    }
    if (ask->bits & OC_RQ_HAS_STOP) {
        *ret_units = ask->stop_price;
        return OC_OK;
    }
    int64_t age_ns;
    return ctx_reference(ctx, ask->head.inst, ret_units, &age_ns);
}

static oc_rc notional_of(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t price, int64_t qty,
                         struct oc_dec *ret_value)
{
    const struct instrument *instrument = instrument_of(ctx, inst);
    oc_i128 money;
    if (!instrument)
        return OC_E_NOT_FOUND;
    oc_rc rc = instrument_value(instrument, price, qty, &money);
    if (rc < 0)
        return rc;
    rc = money_to_dec(money, OC_DEC_SCALE_MAX, ret_value);
    for (int scale = 12; rc == OC_E_RANGE && scale >= 0; scale -= 6) /* a large amount keeps fewer digits */
        rc = money_to_dec(money, scale, ret_value);
    return rc;
}

static oc_rc ctx_notional(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t price, int64_t qty,
                          struct oc_dec *ret_value)
{
    struct asking *asking = ctx->impl;
    if (!asking->known.has_notional || asking->known.notional_inst != inst || asking->known.notional_price != price ||
        asking->known.notional_qty != qty) {
        asking->known.has_notional = false;
        oc_rc rc = notional_of(ctx, inst, price, qty, &asking->known.notional);
        if (rc < 0)
            return rc;
        asking->known.has_notional = true;
        asking->known.notional_inst = inst;
        asking->known.notional_price = price;
        asking->known.notional_qty = qty;
    }
    *ret_value = asking->known.notional;
    return OC_OK;
}

/* Where an account has a capital, orders of another hand are no more of it than what they trade: else one at the website would leave no room for a
 * purchase here. */
static void leave_out_strangers(const struct engine *engine, uint32_t account, uint32_t inst,
                                struct oc_exposure *exposure)
{
    for (const struct order *order = orders_open_of(engine->orders, inst); order; order = order->younger_here) {
        if (!is_stranger_id(order->now.order) || order->now.account != account)
            continue;
        if (order->now.side == OC_SIDE_BUY)
            exposure->open_buy -= order->exposure;
        else
            exposure->open_sell -= order->exposure;
    }
}

/* The asked order's own contribution is left out: the rule adds what the request would make of it. */
static oc_rc exposure_of(const struct oc_risk_ctx *ctx, uint32_t account, uint32_t inst,
                         struct oc_exposure *ret_exposure)
{
    struct engine *engine = engine_of(ctx);
    const struct oc_request *ask = ((struct asking *)ctx->impl)->request;
    struct oc_exposure exposure = {.size = sizeof exposure};
    if (!portfolio_account(engine->portfolio, account) || !instruments_get(engine->instruments, inst))
        return OC_E_NOT_FOUND;
    const struct book *book = portfolio_find(engine->portfolio, account, 0, inst);
    if (book) {
        exposure.position = book->position.qty;
        exposure.open_buy = book->open_buy;
        exposure.open_sell = book->open_sell;
        if (__builtin_expect(portfolio_account(engine->portfolio, account)->has_capital, 0)) {
            exposure.position =
                assign_exposed_qty(engine->portfolio, account, instruments_get(engine->instruments, inst));
            leave_out_strangers(engine, account, inst, &exposure);
        }
    }
    const struct order *own = ask ? orders_find(engine->orders, ask->order) : NULL;
    if (own && own->now.account == account && OC_INST_INDEX(own->now.head.inst) == OC_INST_INDEX(inst)) {
        if (own->now.side == OC_SIDE_BUY)
            exposure.open_buy -= own->exposure;
        else
            exposure.open_sell -= own->exposure;
    }
    if (num_add(exposure.position, exposure.open_buy, &exposure.long_worst) < 0 ||
        num_sub(exposure.position, exposure.open_sell, &exposure.short_worst) < 0)
        return OC_E_RANGE;
    *ret_exposure = exposure;
    return OC_OK;
}

static oc_rc ctx_exposure(const struct oc_risk_ctx *ctx, uint32_t account, uint32_t inst,
                          struct oc_exposure *ret_exposure)
{
    struct asking *asking = ctx->impl;
    if (!asking->known.has_exposure || asking->known.exposure_account != account ||
        asking->known.exposure_inst != inst) {
        asking->known.has_exposure = false;
        oc_rc rc = exposure_of(ctx, account, inst, &asking->known.exposure);
        if (rc < 0)
            return rc;
        asking->known.has_exposure = true;
        asking->known.exposure_account = account;
        asking->known.exposure_inst = inst;
    }
    *ret_exposure = asking->known.exposure;
    return OC_OK;
}

/* Of what strategies trade with. OC_E_STATE: the account is there, and a balance of it has no price. */
static oc_rc equity_of(const struct oc_risk_ctx *ctx, uint32_t account, oc_i128 *ret_money)
{
    struct portfolio *portfolio = engine_of(ctx)->portfolio;
    const oc_rc rc = portfolio_traded_equity(portfolio, account, ret_money, NULL);
    return rc == OC_E_NOT_FOUND && portfolio_account(portfolio, account) ? (oc_rc)OC_E_STATE : rc;
}

static oc_rc ctx_equity(const struct oc_risk_ctx *ctx, uint32_t account, struct oc_dec *ret_equity)
{
    struct asking *asking = ctx->impl;
    if (!asking->known.has_equity || asking->known.equity_account != account) {
        oc_i128 money;
        oc_rc rc = equity_of(ctx, account, &money);
        asking->known.has_equity = false;
        if (rc == OC_OK)
            rc = money_to_dec(money, 8, &asking->known.equity);
        if (rc < 0)
            return rc;
        asking->known.has_equity = true;
        asking->known.equity_account = account;
    }
    *ret_equity = asking->known.equity;
    return OC_OK;
}

static oc_rc ctx_traded_equity(const struct oc_risk_ctx *ctx, uint32_t account, struct oc_dec *ret_equity)
{
    struct asking *asking = ctx->impl;
    if (!asking->known.has_traded || asking->known.traded_account != account) {
        oc_i128 money;
        oc_rc rc = equity_of(ctx, account, &money); /* it knows the account */
        asking->known.has_traded = false;
        if (rc == OC_OK) /* of a capital nothing comes from outside: then it is 0 */
            rc = num_sub_128(money, asking->engine->statement.outside.of_account[account], &money);
        if (rc == OC_OK)
            rc = money_to_dec(money, 8, &asking->known.traded);
        if (rc < 0)
            return rc;
        asking->known.has_traded = true;
        asking->known.traded_account = account;
    }
    *ret_equity = asking->known.traded;
    return OC_OK;
}

/* A question changes nothing: only what happened may latch. */
static oc_rc ctx_latch(const struct oc_risk_ctx *ctx, uint32_t account, const char *reason)
{
    if (((const struct asking *)ctx->impl)->request)
        return OC_E_STATE;
    if (!reason || !reason[0] || (account && !portfolio_account(engine_of(ctx)->portfolio, account)))
        return OC_E_INVALID;
    engine_latch(engine_of(ctx), account, reason);
    return OC_OK;
}

static const struct oc_instrument *ctx_instrument(const struct oc_risk_ctx *ctx, uint32_t inst)
{
    const struct instrument *instrument = instrument_of(ctx, inst);
    return instrument ? &instrument->info : NULL;
}

static oc_rc ctx_qty_dec(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units, struct oc_dec *ret_dec)
{
    struct asking *asking = ctx->impl;
    if (!asking->known.has_qty || asking->known.qty_inst != inst || asking->known.qty_units != units) {
        const struct instrument *instrument = instrument_of(ctx, inst);
        asking->known.has_qty = false;
        oc_rc rc = instrument ? instrument_qty_dec(instrument, units, &asking->known.qty) : OC_E_NOT_FOUND;
        if (rc < 0)
            return rc;
        asking->known.has_qty = true;
        asking->known.qty_inst = inst;
        asking->known.qty_units = units;
    }
    *ret_dec = asking->known.qty;
    return OC_OK;
}

static oc_rc ctx_price_dec(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units, struct oc_dec *ret_dec)
{
    const struct instrument *instrument = instrument_of(ctx, inst);
    return instrument ? instrument_price_dec(instrument, units, ret_dec) : OC_E_NOT_FOUND;
}

static void begin(struct asking *asking, struct engine *engine, const struct oc_request *request)
{
    asking->engine = engine;
    asking->request = request;
    asking->known.has_worst_qty = asking->known.has_exposure = asking->known.has_equity = false;
    asking->known.has_traded = asking->known.has_notional = asking->known.has_qty = false;
}

static struct oc_risk_ctx make_ctx(struct asking *asking)
{
    const struct order *previous = NULL;
    if (asking->request && asking->request->kind != OC_REQUEST_NEW)
        previous = orders_find(asking->engine->orders, asking->request->order);
    return (struct oc_risk_ctx){
        .size = sizeof(struct oc_risk_ctx),
        .staged_messages = asking->engine->staged_messages,
        .staged_cancels = asking->engine->staged_cancels,
        .impl = asking,
        .now_ns = asking->engine->now_ns,
        .previous = previous ? &previous->now : NULL,
        .previous_filled = previous ? previous->filled : 0,
        .to_units = ctx_to_units,
        .worst_qty = ctx_worst_qty,
        .worst_price = ctx_worst_price,
        .reference = ctx_reference,
        .notional = ctx_notional,
        .exposure = ctx_exposure,
        .equity = ctx_equity,
        .latch = ctx_latch,
        .instrument = ctx_instrument,
        .qty_dec = ctx_qty_dec,
        .price_dec = ctx_price_dec,
        .traded_equity = ctx_traded_equity,
    };
}

static void refuse(struct engine_refusal *refusal, const char *rule, const char *reason)
{
    text_copy(refusal->rule, sizeof refusal->rule, rule);
    text_copy(refusal->reason, sizeof refusal->reason, reason);
}

/* Latches and missing venues are judged by the host itself; closing and canceling stays possible. */
static bool host_refuses(struct engine *engine, const struct oc_request *request, struct engine_refusal *refusal)
{
    if (request->kind == OC_REQUEST_CANCEL || (request->bits & OC_RQ_REDUCE_ONLY)) /* as judged: see as_proven */
        return false;
    if (engine->now_ns < engine->config.trade_from_ns) {
        refuse(refusal, "warmup", "NOT_TRADING_YET");
        return true;
    }
    if (__builtin_expect(engine->journal_failed, 0)) {
        refuse(refusal, "journal", ENGINE_JOURNAL_FAILED);
        return true;
    }
    if (__builtin_expect(engine->missing[0] != 0, 0)) {
        char first[RULE_NAME_MAX];
        snprintf(first, sizeof first, "%.*s", (int)strcspn(engine->missing, " "), engine->missing);
        refuse(refusal, first, "RULE_MISSING");
        return true;
    }
    if (__builtin_expect(engine->is_ending, 0)) {
        refuse(refusal, "session", ENGINE_SESSION_ENDS);
        return true;
    }
    const char *reason = engine_latched(engine, request->account);
    if (reason) {
        refuse(refusal, "latch", reason);
        return true;
    }
    if (__builtin_expect(request->strategy && request->side == OC_SIDE_BUY &&
                             engine_holds_too_little(engine, request->account, request->head.inst),
                         0)) {
        refuse(refusal, "capital", ENGINE_HOLDINGS_MISSING);
        return true;
    }
    return false;
}

static bool verdicts_agree(const struct oc_verdict *a, const struct oc_verdict *b)
{
    return a->allowed == b->allowed && memcmp(a->reason, b->reason, sizeof a->reason) == 0 &&
           a->used.units == b->used.units && a->used.scale == b->used.scale && a->limit.units == b->limit.units &&
           a->limit.scale == b->limit.scale;
}

/* A rule that fails, or contradicts itself, refuses. */
static __attribute__((noinline)) void rule_refuses(const struct rule *rule, oc_rc rc, const struct oc_verdict *verdict,
                                                   struct engine_refusal *refusal)
{
    refuse(refusal, rule->name, rc < 0 ? "RULE_FAILED" : (verdict->reason[0] ? verdict->reason : "REFUSED"));
    refusal->used = verdict->used;
    refusal->limit = verdict->limit;
}

/* Asked again, with `strict`: true if it says the same. */
static __attribute__((noinline)) bool rule_agrees(const struct rule *rule, const struct oc_risk_ctx *ctx,
                                                  const struct oc_request *request, const struct oc_verdict *verdict,
                                                  oc_rc *ret_rc)
{
    struct oc_verdict again = {.size = sizeof again};
    *ret_rc = rule->table->check(rule->self, ctx, request, &again);
    return *ret_rc != OC_OK || verdicts_agree(verdict, &again);
}

/* One rule. In the loops that ask: this is most of what asking costs. */
static inline __attribute__((always_inline)) bool rule_allows(struct engine *engine, const struct rule *rule,
                                                              const struct oc_risk_ctx *ctx,
                                                              const struct oc_request *request,
                                                              struct engine_refusal *refusal)
{
    struct oc_verdict verdict = {.size = sizeof verdict};
    plugin_call_begin(&rule->check);
    oc_rc rc = rule->table->check(rule->self, ctx, request, &verdict);
    if (rc > 0 || (rc == OC_OK && verdict.allowed > 1))
        rc = OC_E_DATA; /* neither yes nor no */
    if (rc < 0)
        verdict.allowed = 0;
    if (rc == OC_OK && engine->config.strict && !rule_agrees(rule, ctx, request, &verdict, &rc)) {
        refuse(refusal, rule->name, "RULE_CONTRADICTS_ITSELF");
        return false;
    }
    if (engine->witness.verdict)
        engine->witness.verdict(engine->witness.self, request, rule->name, &verdict);
    if (rc == OC_OK && verdict.allowed)
        return true;
    rule_refuses(rule, rc, &verdict, refusal);
    return false;
}

static bool is_asked(const struct rule *rule, const struct oc_request *request)
{
    const struct engine_scope *scope = rule->scope;
    if (rule->is_away)
        return false;
    return !scope ||
           scope->covers(scope->self, request->account, request->strategy, request->head.inst, request->owner);
}

/* An order's event is shown where its order would be asked about; an event of the market by its instrument; all else always. */
static bool is_told(struct engine *engine, const struct rule *rule, const struct oc_event *event)
{
    const struct engine_scope *scope = rule->scope;
    uint64_t id = 0;
    if (!scope)
        return true;
    if (event->type == OC_EV_REQUEST)
        return is_asked(rule, (const struct oc_request *)(const void *)event);
    if (event->type == OC_EV_FILL)
        id = ((const struct oc_ev_fill *)(const void *)event)->order;
    else if (event->type >= OC_EV_DENIED && event->type <= OC_EV_TAKEN)
        id = ((const struct oc_ev_answer *)(const void *)event)->order;
    const struct order *order = id ? orders_find(engine->orders, id) : NULL;
    if (order)
        return is_asked(rule, &order->now);
    return !event->inst || scope->covers_market(scope->self, event->inst);
}

/* What rules see: a reduce-only that is not proven is an order like any other. */
static const struct oc_request *as_proven(const struct engine *engine, const struct oc_request *request,
                                          struct oc_request *room)
{
    if (!(request->bits & OC_RQ_REDUCE_ONLY) || request->kind == OC_REQUEST_CANCEL || reduces_only(engine, request, 0))
        return request;
    *room = *request;
    room->bits &= ~(uint32_t)OC_RQ_REDUCE_ONLY;
    return room;
}

oc_rc chain_ask(struct engine *engine, const struct oc_request *asked, struct engine_refusal *ret_refusal)
{
    struct oc_request room;
    const struct oc_request *request = as_proven(engine, asked, &room);
    plugin_call_now.order = asked->order;
    if (host_refuses(engine, request, ret_refusal))
        return OC_E_LIMIT;
    struct asking asking;
    begin(&asking, engine, request);
    struct oc_risk_ctx ctx = make_ctx(&asking);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < engine->rule_count && rc == OC_OK; i++)
        if (is_asked(&engine->rules[i], request) && !rule_allows(engine, &engine->rules[i], &ctx, request, ret_refusal))
            rc = OC_E_LIMIT;
    plugin_call_end();
    return rc;
}

int engine_preview(struct engine *engine, const struct oc_request *asked, struct engine_refusal *ret_refusals,
                   uint32_t refusal_max)
{
    struct oc_request room;
    const struct oc_request *request = as_proven(engine, asked, &room);
    plugin_call_now.order = asked->order;
    struct asking asking;
    begin(&asking, engine, request);
    struct oc_risk_ctx ctx = make_ctx(&asking);
    uint32_t count = 0;
    struct engine_refusal refusal = {0};
    if (host_refuses(engine, request, &refusal) && count < refusal_max)
        ret_refusals[count++] = refusal;
    for (uint32_t i = 0; i < engine->rule_count; i++) {
        if (!is_asked(&engine->rules[i], request) || rule_allows(engine, &engine->rules[i], &ctx, request, &refusal))
            continue;
        if (count < refusal_max)
            ret_refusals[count++] = refusal;
        memset(&refusal, 0, sizeof refusal);
    }
    plugin_call_end();
    const bool is_new = request->kind == OC_REQUEST_NEW;
    const char *reason = is_new ? stage_refuses(engine, request) : NULL;
    int64_t worst_qty;
    if (is_new && !reason && request->bits & OC_RQ_HAS_QUOTE_QTY && chain_worst_qty(engine, request, &worst_qty) < 0)
        reason = "NO_REFERENCE_PRICE";
    memset(&refusal, 0, sizeof refusal);
    if (reason && count < refusal_max) {
        refuse(&refusal, "instrument", reason);
        ret_refusals[count++] = refusal;
    }
    memset(&refusal, 0, sizeof refusal);
    room = *asked;
    if (is_new && !reason && reserve_ask(engine, &room, NULL, &refusal) < 0 && count < refusal_max)
        ret_refusals[count++] = refusal;
    return (int)count;
}

void engine_set_witness(struct engine *engine, const struct engine_witness *witness)
{
    engine->witness = witness ? *witness : (struct engine_witness){0};
}

void chain_observe(struct engine *engine, const struct oc_event *event)
{
    if (!oc_interest_has(engine->interest, event->type)) /* most events interest no rule */
        return;
    struct asking asking;
    begin(&asking, engine, NULL);
    struct oc_risk_ctx ctx = make_ctx(&asking);
    for (uint32_t i = 0; i < engine->rule_count; i++) {
        const struct rule *rule = &engine->rules[i];
        if (!oc_interest_has(rule->interest, event->type) || !rule->observes || rule->is_away ||
            (rule->scope && !is_told(engine, rule, event)))
            continue;
        plugin_call_begin(&rule->observe);
        rule->table->observe(rule->self, &ctx, event);
    }
    plugin_call_end();
}

oc_rc engine_add_rule(struct engine *engine, const char *name, const struct oc_risk *table, void *self)
{
    if (engine->rule_count == ENGINE_RULES_MAX)
        return OC_E_LIMIT;
    if (!OC_HAS(table, check) || !table->check)
        return OC_E_INVALID;
    struct rule *rule = &engine->rules[engine->rule_count++];
    *rule = (struct rule){.name = name,
                          .table = table,
                          .self = self,
                          .interest = ~0ull,
                          .check = {name, "check"},
                          .observe = {name, "observe"}};
    if (OC_HAS(table, interest) && table->interest) {
        plugin_call_as(name, "interest");
        rule->interest = table->interest(self);
        plugin_call_end();
    }
    rule->observes = OC_HAS(table, observe) && table->observe;
    if (!rule->observes)
        rule->interest = 0;
    engine->interest |= rule->interest;
    engine->is_observed |= rule->interest != 0;
    const uint64_t market = 1u << OC_EV_TRADE | 1u << OC_EV_QUOTE | 1u << OC_EV_BAR | 1u << OC_EV_QBAR;
    if (rule->interest & market)
        engine->wants_market = true;
    return OC_OK;
}

void engine_scope_rule(struct engine *engine, const struct engine_scope *scope)
{
    if (engine->rule_count)
        engine->rules[engine->rule_count - 1].scope = scope;
}

void engine_set_missing(struct engine *engine, const char *names)
{
    snprintf(engine->missing, sizeof engine->missing, "%s", names);
    engine->away_count = 0;
    for (uint32_t i = 0; i < engine->rule_count; i++) {
        struct rule *rule = &engine->rules[i];
        const size_t length = strlen(rule->name);
        rule->is_away = false;
        for (const char *at = engine->missing; *at && !rule->is_away; at += strcspn(at, " "), at += *at == ' ')
            rule->is_away = strcspn(at, " ") == length && strncmp(at, rule->name, length) == 0;
        engine->away_count += rule->is_away;
    }
}

void engine_set_strict(struct engine *engine, bool is_strict) { engine->config.strict = is_strict; }
void engine_set_halting(struct engine *engine, bool halts) { engine->config.halts = halts; }
bool engine_halts(const struct engine *engine) { return engine->config.halts; }

const char *engine_missing(const struct engine *engine) { return engine->missing; }
