/* engine_kit.h: a strategy that does what it is told, and a rule that remembers what it was asked. */
#ifndef SUPPORT_ENGINE_KIT_H
#define SUPPORT_ENGINE_KIT_H

#include "base/plugin_call.h"
#include "support/engine_fixture.h"

#define MINUTE 60000000000LL

struct user { /* a strategy that does what it is told */
    struct fixture *fixture;
    int bars, ticks, orders, timers, saves;
    oc_rc answer;
    int64_t order_qty; /* made in each bar */
    int64_t periods[16];
    int period_count;
};

static oc_rc user_bar(void *self, const struct oc_event *bar)
{
    struct user *user = self;
    user->bars++;
    if (user->period_count < 16 && bar->type == OC_EV_BAR)
        user->periods[user->period_count++] = ((const struct oc_ev_bar *)(const void *)bar)->period_ns;
    if (user->order_qty) {
        struct oc_request request = fixture_order(user->fixture, OC_SIDE_BUY, user->order_qty, 9900);
        struct engine_refusal refusal;
        assert_int_equal(engine_submit(user->fixture->engine, &request, &refusal), OC_OK);
    }
    return user->answer;
}

static oc_rc user_market(void *self, const struct oc_event *event)
{
    (void)event;
    ((struct user *)self)->ticks++;
    return ((struct user *)self)->answer;
}

static oc_rc user_order(void *self, const struct order *order, const struct oc_event *event)
{
    (void)order;
    (void)event;
    ((struct user *)self)->orders++;
    return OC_OK;
}

static oc_rc user_timer(void *self, uint64_t timer, int64_t due_ns)
{
    (void)timer;
    (void)due_ns;
    ((struct user *)self)->timers++;
    return OC_OK;
}

static oc_rc user_saved(void *self)
{
    ((struct user *)self)->saves++;
    return OC_OK;
}

static inline uint32_t user_add(struct fixture *f, struct user *user)
{
    uint32_t strategy;
    struct engine_client client = {.self = user,
                                   .bar = user_bar,
                                   .market = user_market,
                                   .order = user_order,
                                   .timer = user_timer,
                                   .saved = user_saved};
    user->fixture = f;
    assert_int_equal(engine_add_client(f->engine, "user", &client, &strategy), OC_OK);
    return strategy;
}

struct rule {
    int asked, seen, flips;
    int64_t max;
    bool fails;
    int64_t worst, price, reference, age;
    struct oc_exposure exposure;
    bool latches;
};

static oc_rc rule_check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                        struct oc_verdict *verdict)
{
    struct rule *rule = self;
    rule->asked++;
    assert_true(plugin_call_now.order == ask->order); /* what a crash report would say */
    struct oc_dec dec, value;
    ctx->worst_qty(ctx, ask, &rule->worst);
    ctx->worst_price(ctx, ask, &rule->price);
    ctx->reference(ctx, ask->head.inst, &rule->reference, &rule->age);
    ctx->exposure(ctx, ask->account, ask->head.inst, &rule->exposure);
    assert_int_equal(ctx->notional(ctx, ask->head.inst, rule->price, rule->worst, &value), OC_OK);
    assert_int_equal(ctx->qty_dec(ctx, ask->head.inst, rule->worst, &dec), OC_OK);
    assert_int_equal(ctx->price_dec(ctx, ask->head.inst, rule->price, &dec), OC_OK);
    int64_t units;
    assert_int_equal(ctx->to_units(ctx, ask->head.inst, (struct oc_dec){15, 1, 0}, &units), OC_OK);
    assert_int_equal(units, 1500);
    assert_int_equal(ctx->to_units(ctx, OC_INST(50, 1), dec, &units), OC_E_NOT_FOUND);
    struct oc_request elsewhere = *ask;
    elsewhere.head.inst = OC_INST(50, 1);
    elsewhere.bits |= OC_RQ_HAS_QUOTE_QTY;
    assert_int_equal(ctx->worst_qty(ctx, &elsewhere, &units), OC_E_NOT_FOUND);
    assert_int_equal(ctx->equity(ctx, ask->account, &dec), OC_OK);
    assert_non_null(ctx->instrument(ctx, ask->head.inst));
    assert_null(ctx->instrument(ctx, OC_INST(50, 1)));
    if (rule->fails)
        return OC_E_INVALID;
    if (rule->flips)
        verdict->allowed = (uint32_t)(rule->asked & 1);
    else
        verdict->allowed = rule->worst <= rule->max;
    if (!verdict->allowed)
        strcpy(verdict->reason, "TOO_MUCH");
    verdict->used = (struct oc_dec){rule->worst, 3, 0};
    return OC_OK;
}

static void rule_observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    assert_true(plugin_call_now.site && strcmp(plugin_call_now.site->call, "observe") == 0);
    struct rule *rule = self;
    rule->seen++;
    if (rule->latches && event->type == OC_EV_FILL)
        ctx->latch(ctx, 1, "LOSS");
}

static uint64_t rule_interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_REQUEST | 1ull << OC_EV_FILL | 1ull << OC_EV_TRADE;
}

static oc_rc rule_save(void *self, void *bytes, uint32_t size_max)
{
    if (size_max < sizeof(int))
        return OC_E_LIMIT;
    memcpy(bytes, &((struct rule *)self)->seen, sizeof(int));
    return sizeof(int);
}

static oc_rc rule_load(void *self, const void *bytes, uint32_t size)
{
    if (size != sizeof(int))
        return OC_E_DATA;
    memcpy(&((struct rule *)self)->seen, bytes, sizeof(int));
    return OC_OK;
}

__attribute__((unused)) static const struct oc_risk rule_table = {.size = sizeof rule_table,
                                                                  .check = rule_check,
                                                                  .observe = rule_observe,
                                                                  .interest = rule_interest,
                                                                  .save = rule_save,
                                                                  .load = rule_load};

#endif
