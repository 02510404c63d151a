/* rule.h: what risk rules share: optional configuration that explains itself, as static inline
 * helpers. No ABI promise. */
#ifndef OUTCRY_KIT_RULE_H
#define OUTCRY_KIT_RULE_H

#include <outcry/outcry.h>
#include <stddef.h>

/* interest(): what moves prices. */
#define KIT_PRICES (1ull << OC_EV_TRADE | 1ull << OC_EV_QUOTE | 1ull << OC_EV_BAR | 1ull << OC_EV_QBAR)

/* interest(): what an account may come to hold an instrument by. */
#define KIT_HOLDINGS (1ull << OC_EV_REQUEST | 1ull << OC_EV_FILL | 1ull << OC_EV_ORDER | OC_INTEREST_ABOVE)

/* 1: such an event, of an instrument. */
static inline int kit_shows_holding(const struct oc_event *event)
{
    return event->inst && (event->type == OC_EV_REQUEST || event->type == OC_EV_FILL || event->type == OC_EV_ORDER ||
                           event->type == OC_EV_POSITION);
}

/* What the file of one rule ends with: its descriptor `plugin`, and the list. RISK: its struct oc_risk; KEYS: its table of keys.
 * KIT_RULE("org.example.mine", "0.1.0", "MIT", "what it refuses", open_rule, close_rule, risk, keys); */
#define KIT_RULE(ID, VERSION, LICENSE, ABOUT, OPEN, CLOSE, RISK, KEYS)                                                 \
    static const struct oc_iface kit_rule_ifaces[] = {{OC_RISK, &(RISK)}, {NULL, NULL}};                               \
    static const struct oc_plugin plugin = {                                                                           \
        sizeof(struct oc_plugin), OC_ABI_MAJOR, OC_ABI_MINOR, OC_RISK, ID, VERSION, LICENSE, ABOUT, OPEN, CLOSE,       \
        kit_rule_ifaces,          KEYS};                                                                               \
    OC_PLUGINS(&plugin)

/* open_rule and close_rule of a rule whose instance is a `TYPE`, zeroed, which `CONFIGURE(host, instance)` fills; for KIT_RULE. The file
 * includes <stdlib.h>. */
#define KIT_RULE_INSTANCE(TYPE, CONFIGURE)                                                                             \
    static oc_rc open_rule(const struct oc_host *host, void **ret_self)                                                \
    {                                                                                                                  \
        TYPE *rule = (TYPE *)calloc(1, sizeof *rule);                                                                  \
        const oc_rc rc = rule ? CONFIGURE(host, rule) : (oc_rc)OC_E_NOMEM;                                             \
        if (rc < 0)                                                                                                    \
            free(rule);                                                                                                \
        else                                                                                                           \
            *ret_self = rule;                                                                                          \
        return rc < 0 ? rc : (oc_rc)OC_OK;                                                                             \
    }                                                                                                                  \
    static void close_rule(void *self) { free(self); }                                                                 \
    struct oc_host /* takes the semicolon */

/* save_rule and load_rule of a rule whose state is the member `MEMBER` of its instance, saved byte by byte: fixed size, no pointers, all padding
 * zero. FORMAT, 1 at first, is saved before it: count it up with each change of what the bytes mean. A state of another size or format is
 * OC_E_DATA: the host then makes the session from its records, all of which the rule is told. The file includes <string.h>. */
#define KIT_RULE_STATE(TYPE, MEMBER, FORMAT)                                                                           \
    static oc_rc save_rule(void *self, void *bytes, uint32_t size_max)                                                 \
    {                                                                                                                  \
        const TYPE *rule = (const TYPE *)self;                                                                         \
        const uint64_t format = (FORMAT);                                                                              \
        if (size_max < sizeof format + sizeof rule->MEMBER)                                                            \
            return OC_E_LIMIT;                                                                                         \
        memcpy(bytes, &format, sizeof format);                                                                         \
        memcpy((char *)bytes + sizeof format, &rule->MEMBER, sizeof rule->MEMBER);                                     \
        return (oc_rc)(sizeof format + sizeof rule->MEMBER);                                                           \
    }                                                                                                                  \
    static oc_rc load_rule(void *self, const void *bytes, uint32_t size)                                               \
    {                                                                                                                  \
        TYPE *rule = (TYPE *)self;                                                                                     \
        uint64_t format = 0;                                                                                           \
        if (size != sizeof format + sizeof rule->MEMBER)                                                               \
            return OC_E_DATA;                                                                                          \
        memcpy(&format, bytes, sizeof format);                                                                         \
        if (format != (FORMAT))                                                                                        \
            return OC_E_DATA;                                                                                          \
        memcpy(&rule->MEMBER, (const char *)bytes + sizeof format, sizeof rule->MEMBER);                               \
        return OC_OK;                                                                                                  \
    }                                                                                                                  \
    struct oc_host /* takes the semicolon */

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

/* [engine] 1 for a new order that may open: it does not only reduce, and protects nothing. */
static inline int kit_is_entry(const struct oc_request *ask)
{
    return ask->kind == OC_REQUEST_NEW && !kit_only_reduces(ask) && ask->role != OC_ROLE_STOP_LOSS &&
           ask->role != OC_ROLE_TAKE_PROFIT;
}

/* The reason of a refusal where a rule on losses cannot know the equity: a balance has no price in the account's currency. */
#define KIT_EQUITY_UNKNOWN "EQUITY_UNKNOWN"

/* [engine] What trading made of the account: deposits and withdrawals left aside, where the host tells them apart. */
static inline oc_rc kit_equity(const struct oc_risk_ctx *ctx, uint32_t account, struct oc_dec *ret_equity)
{
    return OC_HAS(ctx, traded_equity) && ctx->traded_equity ? ctx->traded_equity(ctx, account, ret_equity)
                                                            : ctx->equity(ctx, account, ret_equity);
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
