/* rule.h: what risk rules share: optional configuration that explains itself, as static inline
 * helpers. No ABI promise. */
#ifndef OUTCRY_KIT_RULE_H
#define OUTCRY_KIT_RULE_H

#include <outcry/outcry.h>
#include <stddef.h>

/* What the file of one rule ends with: its descriptor `plugin`, and the list. RISK: its struct oc_risk; KEYS: its table of keys.
 * KIT_RULE("org.example.mine", "0.1.0", "MIT", "what it refuses", open_rule, close_rule, risk, keys); */
#define KIT_RULE(ID, VERSION, LICENSE, ABOUT, OPEN, CLOSE, RISK, KEYS)                                                 \
    static const struct oc_iface kit_rule_ifaces[] = {{OC_RISK, &(RISK)}, {NULL, NULL}};                               \
    static const struct oc_plugin plugin = {                                                                           \
        sizeof(struct oc_plugin), OC_ABI_MAJOR, OC_ABI_MINOR, OC_RISK, ID, VERSION, LICENSE, ABOUT, OPEN, CLOSE,       \
        kit_rule_ifaces,          KEYS};                                                                               \
    OC_PLUGINS(&plugin)

/* [setup] A decimal of zero or more. Absent: *ret_has is 0 and the output is untouched.
 * OC_E_CONFIG: negative, or wrong in itself: why was logged; `complaint` is the line for a negative
 * one. */
static inline oc_rc kit_config_dec(const struct oc_host *host, const char *key, const char *complaint,
                                   struct oc_dec *ret_value, uint32_t *ret_has)
{
    struct oc_dec value;
    oc_rc rc = oc_config_dec(host, key, &value);
    *ret_has = 0;
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    if (rc < 0)
        return rc;
    if (value.units < 0) {
        oc_log(host, OC_LOG_ERROR, complaint);
        return OC_E_CONFIG;
    }
    *ret_value = value;
    *ret_has = 1;
    return OC_OK;
}

/* [engine] Allows, and shows how much of the limit is used: for previews and explanations. */
static inline oc_rc kit_allow(struct oc_verdict *ret_verdict, struct oc_dec used, struct oc_dec limit)
{
    ret_verdict->used = used;
    ret_verdict->limit = limit;
    return oc_allow(ret_verdict);
}

/* [engine] 1 for what no rule of size, price or loss refuses: a cancel, and an order that can only
 * reduce. */
static inline int kit_only_reduces(const struct oc_request *ask)
{
    return ask->kind == OC_REQUEST_CANCEL || (ask->bits & OC_RQ_REDUCE_ONLY);
}

/* [engine] The largest base quantity of an amend's order before and after it. *ret_before is 0 for
 * a new order. */
static inline oc_rc kit_quantities(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t *ret_before,
                                   int64_t *ret_after)
{
    int64_t before = 0, after;
    oc_rc rc = ctx->worst_qty(ctx, ask, &after);
    if (rc == OC_OK && ask->kind == OC_REQUEST_AMEND && ctx->previous)
        rc = ctx->worst_qty(ctx, ctx->previous, &before);
    if (rc < 0)
        return rc;
    *ret_before = before;
    *ret_after = after;
    return OC_OK;
}

#endif
