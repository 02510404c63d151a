/* max_open.c: at most `count` instruments are held or being entered at a time: an entry in one more is refused. An instrument counts while its
 * account has a position or an order in it; adding to one that counts is free. The group is the scope of the instance (`for`), the account's
 * own holdings included. What only reduces, and what protects, passes. */
#include <outcry/kit/insts.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    int64_t count;
    struct kit_insts insts;
};

/* 1: held, or on the way; *ret_rc < 0: not known. */
static int is_held(const struct oc_risk_ctx *ctx, uint32_t account, uint32_t inst, oc_rc *ret_rc)
{
    struct oc_exposure exposure = {.size = sizeof exposure};
    *ret_rc = ctx->exposure(ctx, account, inst, &exposure);
    return *ret_rc == OC_OK && (exposure.position || exposure.open_buy || exposure.open_sell);
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct kit_insts *insts = &rule->insts;
    const struct oc_dec limit = {rule->count, 0, 0};
    int64_t others = 0;
    oc_rc rc = OC_OK;
    if (!kit_is_entry(ask) || is_held(ctx, ask->account, ask->head.inst, &rc))
        return oc_allow(ret_verdict);
    if (insts->is_full)
        return oc_refuse(ret_verdict, "TOO_MANY_INSTRUMENTS", (struct oc_dec){insts->count, 0, 0},
                         (struct oc_dec){KIT_INSTS_MAX, 0, 0});
    for (uint32_t i = 0; rc == OC_OK && i < insts->count; i++)
        if (OC_INST_INDEX(insts->list[i]) != OC_INST_INDEX(ask->head.inst)) {
            const struct oc_instrument *info = ctx->instrument(ctx, insts->list[i]); /* in the version that holds now */
            others += info && is_held(ctx, ask->account, info->inst, &rc);
        }
    if (rc < 0)
        return rc;
    const struct oc_dec used = {others + 1, 0, 0};
    return others < rule->count ? kit_allow(ret_verdict, used, limit)
                                : oc_refuse(ret_verdict, "MAX_OPEN_REACHED", used, limit);
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    (void)ctx;
    if (kit_shows_holding(event))
        kit_insts_add(&((struct rule *)self)->insts, event->inst);
}

static uint64_t interest(void *self)
{
    (void)self;
    return KIT_HOLDINGS;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    return oc_config_integer(host, "count", &rule->count);
}

KIT_RULE_INSTANCE(struct rule, configure);
KIT_RULE_STATE(struct rule, insts, 1);

static const struct oc_risk risk = {.size = sizeof risk,
                                    .check = check,
                                    .observe = observe,
                                    .interest = interest,
                                    .save = save_rule,
                                    .load = load_rule};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "count", .type = OC_KEY_INTEGER, .bits = OC_KEY_REQUIRED, .min = "1", .max = "1000", .unit = "instruments",
     .about = "so many may be held or entered at a time"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.max_open", "0.1.0", "MIT", "refuses entries in more instruments than a number", open_rule, close_rule,
         risk, keys);
