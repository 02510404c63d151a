/* position_limit.c: the worst-case position, long and short, stays within `limit` base units
 * (RISK-2): what is held plus all open, pending, UNKNOWN and just staged orders of a side, plus the
 * request. Orders that can only reduce pass. */
#include <outcry/kit/rule.h>
#include <stdlib.h>

struct rule {
    struct oc_dec limit; /* base units */
    uint32_t has_limit;  /* 0: everything passes */
};

/* The exposure leaves the asked order out, so what may still trade of it is added. */
static oc_rc worst_of(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t qty, int64_t *ret_worst)
{
    struct oc_exposure exposure = {.size = sizeof exposure};
    int64_t rest = qty, worst;
    oc_rc rc = ctx->exposure(ctx, ask->account, ask->head.inst, &exposure);
    if (rc < 0)
        return rc;
    if (ask->kind == OC_REQUEST_AMEND)
        rest = qty > ctx->previous_filled ? qty - ctx->previous_filled : 0;
    if (ask->side == OC_SIDE_BUY ? __builtin_add_overflow(exposure.long_worst, rest, &worst)
                                 : __builtin_sub_overflow(exposure.short_worst, rest, &worst))
        return OC_E_RANGE;
    *ret_worst = worst;
    return OC_OK;
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    int64_t limit, before, after, worst;
    struct oc_dec used;
    if (!rule->has_limit || kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    oc_rc rc = kit_quantities(ctx, ask, &before, &after);
    if (rc == OC_E_NOT_FOUND) /* an order by money, and no price to tell its quantity */
        return oc_refuse(ret_verdict, "NO_REFERENCE_PRICE", (struct oc_dec){0, 0, 0}, rule->limit);
    if (rc == OC_OK && ask->kind == OC_REQUEST_AMEND && after <= before)
        return oc_allow(ret_verdict);
    if (rc == OC_OK)
        rc = worst_of(ctx, ask, after, &worst);
    if (rc == OC_OK)
        rc = ctx->to_units(ctx, ask->head.inst, rule->limit, &limit);
    if (rc < 0)
        return rc;
    rc = ctx->qty_dec(ctx, ask->head.inst, worst, &used);
    if (rc < 0)
        return rc;
    if (worst >= -limit && worst <= limit)
        return kit_allow(ret_verdict, used, rule->limit);
    if (ask->side == OC_SIDE_BUY ? worst < -limit : worst > limit)
        return oc_allow(ret_verdict); /* beyond the limit on the other side: this leads back */
    return oc_refuse(ret_verdict, "POSITION_ABOVE_LIMIT", used, rule->limit);
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    oc_rc rc = kit_config_dec(host, "limit",
                              "position_limit: limit: found a negative number; expected base units, such as \"10\"",
                              &rule->limit, &rule->has_limit);
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
static const struct oc_key keys[] = {{.name = "limit",
                                      .type = OC_KEY_DECIMAL,
                                      .min = "0",
                                      .unit = "base units",
                                      .about = "worst-case position, long and short; unset: no limit"},
                                     {0}};

/* clang-format off */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "outcry.position_limit", .version = "0.1.0", .license = "MIT",
    .about = "refuses orders that could carry the position beyond a limit",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
