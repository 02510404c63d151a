/* maxqty.c: refuses any order whose quantity is above a configured one. */
#include <outcry/kit/rule.h>
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
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "limit", .type = OC_KEY_DECIMAL, .bits = OC_KEY_REQUIRED, .min = "0", .unit = "base units",
     .about = "largest quantity of one order"}, {0}};
/* clang-format on */

KIT_RULE("org.example.maxqty", "0.1.0", "MIT", "refuses orders above a fixed quantity", open_rule, close_rule, risk,
         keys);
