/* maxqty.c: refuses any order whose quantity is above a configured one. */
#include <outcry/outcry.h>
#include <stdlib.h>

struct rule {
    struct oc_dec limit; /* base units, from the configuration */
};

/* [engine] Changes nothing; pointers are borrowed; the host zeroed *ret_verdict (= refuse). */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    int64_t limit, qty;
    struct oc_dec used;
    if (ask->kind == OC_REQUEST_CANCEL)
        return oc_allow(ret_verdict);
    oc_rc rc = ctx->to_units(ctx, ask->head.inst, rule->limit, &limit);
    if (rc < 0 || (rc = ctx->worst_qty(ctx, ask, &qty)) < 0)
        return rc; /* no answer is a refusal; an order by money has a quantity too */
    rc = ctx->qty_dec(ctx, ask->head.inst, qty, &used);
    if (rc < 0)
        return rc;
    return qty <= limit ? oc_allow(ret_verdict) : oc_refuse(ret_verdict, "QUANTITY_ABOVE_LIMIT", used, rule->limit);
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    oc_rc rc = oc_config_dec(host, "limit", &rule->limit); /* explains itself: key, expected */
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
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "limit", .type = OC_KEY_DECIMAL, .bits = OC_KEY_REQUIRED, .min = "0", .unit = "base units",
     .about = "largest quantity of one order"}, {0}};
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "org.example.maxqty", .version = "0.1.0", .license = "MIT",
    .about = "refuses orders above a fixed quantity",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_PLUGINS(&plugin);
