/* expression.c: a rule without C: takes an order where an expression of the configuration is true, and refuses it elsewhere.
 *
 *   small: { plugin = "outcry.expression"; allow = "value <= 2% * equity and (buy or hour < 20)"; }
 *
 * It is compiled once. What an expression needs and what is not known (no price yet) refuses, as does a result that is no number (a division by zero).
 * Numbers are IEEE doubles: at a limit of money that must hold to the last unit, the rules with a limit of their own are exact. What only reduces
 * passes. */
#include "compile.h"

#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

enum name {
    NAME_QTY,
    NAME_PRICE,
    NAME_VALUE,
    NAME_BUY,
    NAME_SELL,
    NAME_LIMIT,
    NAME_MARKET,
    NAME_POSITION,
    NAME_OPEN_BUY,
    NAME_OPEN_SELL,
    NAME_LONG_WORST,
    NAME_SHORT_WORST,
    NAME_LAST,
    NAME_AGE,
    NAME_EQUITY,
    NAME_HOUR,
    NAME_MINUTE,
    NAME_WEEKDAY,
    NAMES
};

static const char *const names[] = {
    [NAME_QTY] = "qty",     /* base units; of an amend the new quantity */
    [NAME_PRICE] = "price", /* its limit, its stop, or the last price */
    [NAME_VALUE] = "value", /* of both, in the settlement currency */
    [NAME_BUY] = "buy",     /* 1 or 0, as the four below */
    [NAME_SELL] = "sell",
    [NAME_LIMIT] = "limit",
    [NAME_MARKET] = "market",
    [NAME_POSITION] = "position", /* base units, signed; as the four below without this order */
    [NAME_OPEN_BUY] = "open_buy",
    [NAME_OPEN_SELL] = "open_sell",
    [NAME_LONG_WORST] = "long_worst", /* RISK-2 */
    [NAME_SHORT_WORST] = "short_worst",
    [NAME_LAST] = "last",     /* last price */
    [NAME_AGE] = "age",       /* of it, in seconds */
    [NAME_EQUITY] = "equity", /* of the account, in its currency */
    [NAME_HOUR] = "hour",     /* of UTC */
    [NAME_MINUTE] = "minute",
    [NAME_WEEKDAY] = "weekday", /* 1 is Monday */
    [NAMES] = NULL,
};

struct rule {
    struct program program;
    char reason[OC_REASON_MAX];
};

static int uses(const struct rule *rule, uint32_t from, uint32_t to)
{
    return (rule->program.names_used >> from & ((2u << (to - from)) - 1)) != 0;
}

static double number_of(struct oc_dec dec)
{
    static const double divisors[OC_DEC_SCALE_MAX + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8, 1e9,
                                                          1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18};
    return (double)dec.units / divisors[dec.scale];
}

static oc_rc put_qty(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t units, double *ret_value)
{
    struct oc_dec dec;
    oc_rc rc = ctx->qty_dec(ctx, ask->head.inst, units, &dec);
    if (rc == OC_OK)
        *ret_value = number_of(dec);
    return rc;
}

static oc_rc put_price(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t units, double *ret_value)
{
    struct oc_dec dec;
    oc_rc rc = ctx->price_dec(ctx, ask->head.inst, units, &dec);
    if (rc == OC_OK)
        *ret_value = number_of(dec);
    return rc;
}

/* What the order itself is. */
static oc_rc put_order(const struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                       double *values)
{
    int64_t qty = 0, price = 0;
    struct oc_dec value;
    oc_rc rc = OC_OK;
    values[NAME_BUY] = ask->side == OC_SIDE_BUY;
    values[NAME_SELL] = ask->side != OC_SIDE_BUY;
    values[NAME_LIMIT] = ask->type == OC_ORDER_LIMIT;
    values[NAME_MARKET] = ask->type == OC_ORDER_MARKET;
    if (!uses(rule, NAME_QTY, NAME_VALUE))
        return OC_OK;
    if ((rc = ctx->worst_qty(ctx, ask, &qty)) == OC_OK && uses(rule, NAME_QTY, NAME_QTY))
        rc = put_qty(ctx, ask, qty, &values[NAME_QTY]);
    if (rc < 0 || !uses(rule, NAME_PRICE, NAME_VALUE))
        return rc;
    if ((rc = ctx->worst_price(ctx, ask, &price)) == OC_OK && uses(rule, NAME_PRICE, NAME_PRICE))
        rc = put_price(ctx, ask, price, &values[NAME_PRICE]);
    if (rc < 0 || !uses(rule, NAME_VALUE, NAME_VALUE))
        return rc;
    rc = ctx->notional(ctx, ask->head.inst, price, qty, &value);
    if (rc == OC_OK)
        values[NAME_VALUE] = number_of(value);
    return rc;
}

static oc_rc put_exposure(const struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                          double *values)
{
    struct oc_exposure exposure = {.size = sizeof exposure};
    if (!uses(rule, NAME_POSITION, NAME_SHORT_WORST))
        return OC_OK;
    oc_rc rc = ctx->exposure(ctx, ask->account, ask->head.inst, &exposure);
    const int64_t units[] = {exposure.position, exposure.open_buy, exposure.open_sell, exposure.long_worst,
                             exposure.short_worst};
    for (uint32_t i = 0; rc == OC_OK && i < sizeof units / sizeof units[0]; i++)
        rc = put_qty(ctx, ask, units[i], &values[NAME_POSITION + i]);
    return rc;
}

static oc_rc put_world(const struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                       double *values)
{
    int64_t last, age_ns;
    struct oc_dec equity;
    oc_rc rc = OC_OK;
    if (uses(rule, NAME_LAST, NAME_AGE)) {
        rc = ctx->reference(ctx, ask->head.inst, &last, &age_ns);
        if (rc == OC_OK)
            rc = put_price(ctx, ask, last, &values[NAME_LAST]);
        if (rc < 0)
            return rc;
        values[NAME_AGE] = (double)age_ns / 1e9;
    }
    if (uses(rule, NAME_EQUITY, NAME_EQUITY)) {
        if ((rc = ctx->equity(ctx, ask->account, &equity)) < 0)
            return rc == OC_E_NOT_FOUND ? (oc_rc)OC_E_STATE : rc;
        values[NAME_EQUITY] = number_of(equity);
    }
    const int64_t ns_minute = 60 * (int64_t)1000000000;
    const int64_t minutes = ctx->now_ns / ns_minute - (ctx->now_ns % ns_minute < 0);
    const int64_t day = minutes / 1440 - (minutes % 1440 < 0), minute = minutes - day * 1440, hour = minute / 60;
    values[NAME_HOUR] = (double)hour;
    values[NAME_MINUTE] = (double)(minute - hour * 60);
    values[NAME_WEEKDAY] = (double)((day % 7 + 7 + 3) % 7 + 1); /* 1970-01-01 was a Thursday */
    return OC_OK;
}

/* For showing: 8 decimals, as far as they fit. */
static struct oc_dec shown(double value)
{
    if (!(value > -9e10 && value < 9e10))
        return (struct oc_dec){value < 0 ? INT64_MIN : INT64_MAX, 8, 0};
    return (struct oc_dec){(int64_t)(value * 1e8 + (value < 0 ? -0.5 : 0.5)), 8, 0};
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct oc_dec none = {0, 0, 0};
    double values[NAMES] = {0};
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    oc_rc rc = put_order(rule, ctx, ask, values);
    if (rc == OC_OK)
        rc = put_exposure(rule, ctx, ask, values);
    if (rc == OC_OK)
        rc = put_world(rule, ctx, ask, values);
    if (rc == OC_E_NOT_FOUND)
        return oc_refuse(ret_verdict, "NO_REFERENCE_PRICE", none, none);
    if (rc == OC_E_STATE)
        return oc_refuse(ret_verdict, KIT_EQUITY_UNKNOWN, none, none);
    if (rc < 0)
        return rc;
    const struct outcome outcome = run(&rule->program, values);
    if (!(outcome.value - outcome.value == 0)) /* not finite */
        return oc_refuse(ret_verdict, "NOT_A_NUMBER", none, none);
    if (outcome.value != 0)
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, rule->reason, shown(outcome.left), shown(outcome.right));
}

static int is_reason(const char *text)
{
    const size_t size = strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");
    return size && !text[size] && text[0] >= 'A' && text[0] <= 'Z';
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    char text[EXPRESSION_MAX], complaint[COMPLAINT_MAX], line[COMPLAINT_MAX + 64] = "expression: allow: ";
    oc_rc rc = oc_config_text(host, "allow", text, sizeof text);
    if (rc == OC_OK && compile(text, names, &rule->program, complaint) < 0) {
        strcat(line, complaint);
        oc_log(host, OC_LOG_ERROR, line);
        return OC_E_CONFIG;
    }
    if (rc == OC_OK)
        rc = oc_config_text(host, "reason", rule->reason, sizeof rule->reason);
    if (rc == OC_OK && !is_reason(rule->reason)) {
        oc_log(host, OC_LOG_ERROR, "expression: reason: expected A to Z, 0 to 9 and _, a letter first");
        return OC_E_CONFIG;
    }
    return rc;
}

KIT_RULE_INSTANCE(struct rule, configure);

static const struct oc_risk risk = {.size = sizeof risk, .check = check};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "allow", .type = OC_KEY_TEXT, .bits = OC_KEY_REQUIRED,
     .about = "what must be true of an order that is taken: \"value <= 2% * equity\""},
    {.name = "reason", .type = OC_KEY_TEXT, .fallback = "EXPRESSION_IS_FALSE", .about = "the stable word of its refusals"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.expression", "0.1.0", "MIT", "refuses orders of which an expression is false", open_rule, close_rule,
         risk, keys);
