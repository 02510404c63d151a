/* exposure.c: what an account may lose sight of in all instruments of a group together stays within `limit`: the sum of their worst-case positions
 * (RISK-2: the larger of long and short, with open, pending, UNKNOWN and just staged orders), each at its last price. The group is the scope of the
 * instance (`for`): by asset, by venue, or a list of symbols by sector. All of them must settle in one asset. What only reduces passes, and so does what
 * does not add to the sum. */
#include <outcry/kit/dec.h>
#include <outcry/kit/insts.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    struct oc_dec limit;
    struct kit_insts insts; /* that were ordered, traded or shown with a position */
};

static int64_t larger(int64_t a, int64_t b) { return a > b ? a : b; }

/* The worst-case position of one instrument in money, at `price`, or at its last one where that is 0. `rest` of a side is added. */
static oc_rc worst_of(const struct oc_risk_ctx *ctx, uint32_t account, uint32_t inst, int64_t price, uint8_t side,
                      int64_t rest, struct oc_dec *ret_value)
{
    struct oc_exposure exposure = {.size = sizeof exposure};
    int64_t age_ns, longest, shortest;
    oc_rc rc = ctx->exposure(ctx, account, inst, &exposure);
    if (rc < 0)
        return rc;
    if (__builtin_add_overflow(exposure.long_worst, side == OC_SIDE_BUY ? rest : 0, &longest) ||
        __builtin_sub_overflow(side == OC_SIDE_SELL ? rest : 0, exposure.short_worst, &shortest))
        return OC_E_RANGE;
    const int64_t worst = larger(longest, shortest);
    *ret_value = (struct oc_dec){0, 0, 0};
    if (worst <= 0)
        return OC_OK;
    if (!price && (rc = ctx->reference(ctx, inst, &price, &age_ns)) < 0)
        return rc;
    rc = ctx->notional(ctx, inst, price, worst, ret_value);
    return rc < 0 ? rc : oc_dec_abs(*ret_value, ret_value);
}

/* Of all instruments of the group but one. */
static oc_rc others_of(const struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                       struct oc_dec *ret_sum)
{
    const struct oc_instrument *own = ctx->instrument(ctx, ask->head.inst);
    struct oc_dec value;
    *ret_sum = (struct oc_dec){0, 0, 0};
    if (!own)
        return OC_E_NOT_FOUND;
    for (uint32_t i = 0; i < rule->insts.count; i++) {
        const struct oc_instrument *info =
            ctx->instrument(ctx, rule->insts.list[i]); /* in the version that holds now */
        if (!info || info == own)
            continue;
        oc_rc rc = worst_of(ctx, ask->account, info->inst, 0, OC_SIDE_NONE, 0, &value);
        if (rc == OC_OK && value.units && info->settle != own->settle)
            rc = OC_E_NOT_SUPPORTED;
        if (rc == OC_OK)
            rc = oc_dec_add(*ret_sum, value, ret_sum);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* What the sum is without the request, and with it. */
static oc_rc sums_of(const struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                     struct oc_dec *ret_before, struct oc_dec *ret_after)
{
    int64_t before, after, price;
    struct oc_dec others = {0, 0, 0}, own;
    oc_rc rc = kit_quantities(ctx, ask, &before, &after);
    if (rc == OC_OK)
        rc = ctx->worst_price(ctx, ask, &price);
    if (rc == OC_OK)
        rc = others_of(rule, ctx, ask, &others);
    const int64_t filled = ask->kind == OC_REQUEST_AMEND ? ctx->previous_filled : 0;
    if (rc == OC_OK) /* the exposure leaves the asked order out */
        rc = worst_of(ctx, ask->account, ask->head.inst, price, ask->side, larger(before - filled, 0), &own);
    if (rc == OC_OK)
        rc = oc_dec_add(others, own, ret_before);
    if (rc == OC_OK)
        rc = worst_of(ctx, ask->account, ask->head.inst, price, ask->side, larger(after - filled, 0), &own);
    return rc < 0 ? rc : oc_dec_add(others, own, ret_after);
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct oc_dec none = {0, 0, 0};
    struct oc_dec before, after;
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    if (rule->insts.is_full)
        return oc_refuse(ret_verdict, "TOO_MANY_INSTRUMENTS", (struct oc_dec){rule->insts.count, 0, 0},
                         (struct oc_dec){KIT_INSTS_MAX, 0, 0});
    oc_rc rc = sums_of(rule, ctx, ask, &before, &after);
    if (rc == OC_E_NOT_FOUND)
        return oc_refuse(ret_verdict, "NO_REFERENCE_PRICE", none, rule->limit);
    if (rc == OC_E_NOT_SUPPORTED)
        return oc_refuse(ret_verdict, "SETTLES_IN_ANOTHER_ASSET", none, rule->limit);
    if (rc < 0)
        return rc;
    return oc_dec_compare(after, rule->limit) <= 0 || oc_dec_compare(after, before) <= 0
               ? kit_allow(ret_verdict, after, rule->limit)
               : oc_refuse(ret_verdict, "EXPOSURE_ABOVE_LIMIT", after, rule->limit);
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
    return oc_config_dec(host, "limit", &rule->limit);
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
    {.name = "limit", .type = OC_KEY_DECIMAL, .bits = OC_KEY_REQUIRED, .min = "0", .unit = "settlement currency",
     .about = "worst-case value of all instruments of the scope together"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.exposure", "0.1.0", "MIT", "refuses orders that could carry a group of instruments beyond a limit",
         open_rule, close_rule, risk, keys);
