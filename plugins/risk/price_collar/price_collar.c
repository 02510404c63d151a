/* price_collar.c: a limit may not be worse than the reference price by more than `band`, a share of
 * its magnitude (RISK-1), or by more than `ticks`, where those are more: prices near zero. Only the risky direction is limited: a buy from above, a sale from below.
 * The limit of a stop that only reduces is held against its stop price: that is where the market is when it begins to count, and a position
 * far from its stop is to be protected all the same.
 * With `max_age`, an older reference counts as none, also for market orders, which need no other
 * limit. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>

struct rule {
    struct oc_dec band; /* 0.05 */
    int64_t ticks;      /* and at least so many price steps, for prices that may be near zero */
    int64_t max_age_ns;
    uint32_t has_max_age;
};

static const char *reference_refuses(const struct rule *rule, const struct oc_risk_ctx *ctx,
                                     const struct oc_request *ask, int64_t *ret_reference)
{
    int64_t age_ns;
    if (ctx->reference(ctx, ask->head.inst, ret_reference, &age_ns) < 0)
        return "NO_REFERENCE_PRICE";
    return rule->has_max_age && age_ns > rule->max_age_ns ? "REFERENCE_TOO_OLD" : NULL;
}

/* floor(|reference| * band): rounded against the order. */
static oc_rc reach_of(const struct rule *rule, int64_t reference, int64_t *ret_reach)
{
    kit_i128 magnitude = reference < 0 ? -(kit_i128)reference : reference;
    kit_i128 reach = magnitude * rule->band.units / kit_pow10(rule->band.scale);
    if (reach > INT64_MAX)
        return OC_E_RANGE;
    *ret_reach = (int64_t)reach < rule->ticks ? rule->ticks : (int64_t)reach;
    return OC_OK;
}

static oc_rc judge(const struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   int64_t reference, struct oc_verdict *ret_verdict)
{
    int64_t reach, bound;
    struct oc_dec used, limit;
    int is_buy = ask->side == OC_SIDE_BUY;
    oc_rc rc = reach_of(rule, reference, &reach);
    if (rc < 0)
        return rc;
    if (is_buy ? __builtin_add_overflow(reference, reach, &bound) : __builtin_sub_overflow(reference, reach, &bound))
        return OC_E_RANGE;
    rc = ctx->price_dec(ctx, ask->head.inst, ask->price, &used);
    if (rc == OC_OK)
        rc = ctx->price_dec(ctx, ask->head.inst, bound, &limit);
    if (rc < 0)
        return rc;
    if (is_buy ? ask->price <= bound : ask->price >= bound)
        return kit_allow(ret_verdict, used, limit);
    return oc_refuse(ret_verdict, "PRICE_OUTSIDE_COLLAR", used, limit);
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    int64_t reference;
    int is_priced = (ask->bits & OC_RQ_HAS_PRICE) != 0;
    int is_repriced = ask->kind == OC_REQUEST_NEW || (ask->bits & OC_RQ_PRICE_CHANGED);
    if (ask->kind == OC_REQUEST_CANCEL || (is_priced && !is_repriced))
        return oc_allow(ret_verdict);
    if (!is_priced && (!rule->has_max_age || ask->kind != OC_REQUEST_NEW || kit_only_reduces(ask)))
        return oc_allow(ret_verdict);
    const char *reason = reference_refuses(rule, ctx, ask, &reference);
    if (is_priced && (ask->bits & OC_RQ_HAS_STOP) && kit_only_reduces(ask))
        reference = ask->stop_price;
    if (reason)
        return oc_refuse(ret_verdict, reason, (struct oc_dec){0, 0, 0}, rule->band);
    return is_priced ? judge(rule, ctx, ask, reference, ret_verdict) : oc_allow(ret_verdict);
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    uint32_t has_band; /* always: it has a default. Without one the band is 0, the narrowest. */
    oc_rc rc =
        kit_config_dec(host, "band", "price_collar: band: found a negative number; expected a share such as \"0.05\"",
                       &rule->band, &has_band);
    if (rc == OC_OK)
        rc = oc_config_integer(host, "ticks", &rule->ticks);
    if (rc < 0)
        return rc;
    rc = oc_config_duration(host, "max_age", &rule->max_age_ns);
    rule->has_max_age = rc == OC_OK;
    if (rc == OC_OK && rule->max_age_ns < 0) {
        oc_log(host, OC_LOG_ERROR, "price_collar: max_age: found a negative duration; expected one such as \"5s\"");
        return OC_E_CONFIG;
    }
    return rc == OC_E_NOT_FOUND ? OC_OK : rc;
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    oc_rc rc = configure(host, rule);
    if (rc < 0) {
        free(rule);
        return rc;
    }
    *ret_self = rule;
    return OC_OK;
}

static void close_rule(void *self) { free(self); }

static const struct oc_risk risk = {.size = sizeof risk, .check = check};
static const struct oc_iface ifaces[] = {{OC_RISK, &risk}, {0}};
static const struct oc_key keys[] = {
    {.name = "band",
     .type = OC_KEY_DECIMAL,
     .min = "0",
     .fallback = "0.05",
     .unit = "share of the reference",
     .about = "how far beyond the reference a limit may pay"},
    {.name = "ticks",
     .type = OC_KEY_INTEGER,
     .min = "0",
     .fallback = "0",
     .unit = "price steps",
     .about = "the band is at least so many, for prices near zero"},
    {.name = "max_age", .type = OC_KEY_DURATION, .min = "0", .about = "oldest reference that counts; unset: any"},
    {0}};

/* clang-format off */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "outcry.price_collar", .version = "0.1.0", .license = "MIT",
    .about = "refuses limits far beyond the reference price",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
