/* max_order_value.c: refuses an order, or an amend upwards, whose value is above `limit`, in the
 * settlement asset. Orders that can only reduce pass. */
#include <outcry/kit/order_value.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>

struct rule {
    struct oc_dec limit; /* settlement asset */
    uint32_t has_limit;  /* 0: everything passes */
};

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    struct oc_dec value;
    if (!rule->has_limit || kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    oc_rc rc = kit_order_value(ctx, ask, &value);
    if (rc == OC_E_NOT_FOUND)
        return oc_refuse(ret_verdict, "NO_REFERENCE_PRICE", (struct oc_dec){0, 0, 0}, rule->limit);
    if (rc < 0)
        return rc;
    if (oc_dec_compare(value, rule->limit) <= 0)
        return kit_allow(ret_verdict, value, rule->limit);
    if (kit_is_no_increase(ctx, ask, value))
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "VALUE_ABOVE_LIMIT", value, rule->limit);
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    oc_rc rc = kit_config_dec(host, "limit",
                              "max_order_value: limit: found a negative number; expected money of the settlement asset",
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
                                      .unit = "settlement currency",
                                      .about = "largest value of one order; unset: no limit"},
                                     {0}};

/* clang-format off */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "outcry.max_order_value", .version = "0.1.0", .license = "MIT",
    .about = "refuses orders above a value",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
