/* rule_limits.c: the largest quantity of an order, for each instrument its own. */
#include <outcry/kit/rule.h>
#include <outcry/outcry.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LIMITS_MAX = 64 };

struct limit {
    char instrument[OC_SYMBOL_MAX];
    struct oc_dec limit; /* base units */
};

struct rule {
    uint32_t count;
    struct limit limits[LIMITS_MAX];
};

static const struct limit *find(const struct rule *rule, const char *symbol)
{
    for (uint32_t i = 0; i < rule->count; i++)
        if (strcmp(rule->limits[i].instrument, symbol) == 0)
            return &rule->limits[i];
    return NULL;
}

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct oc_instrument *info = ctx->instrument(ctx, ask->head.inst);
    int64_t limit, qty;
    struct oc_dec used;
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    if (!info)
        return OC_E_NOT_FOUND;
    const struct limit *own = find(self, info->symbol);
    if (!own)
        return oc_allow(ret_verdict);
    oc_rc rc = ctx->to_units(ctx, ask->head.inst, own->limit, &limit);
    if (rc == OC_OK)
        rc = ctx->worst_qty(ctx, ask, &qty);
    if (rc == OC_OK)
        rc = ctx->qty_dec(ctx, ask->head.inst, qty, &used);
    if (rc < 0)
        return rc;
    return qty <= limit ? kit_allow(ret_verdict, used, own->limit)
                        : oc_refuse(ret_verdict, "QUANTITY_ABOVE_OWN_LIMIT", used, own->limit);
}

static oc_rc read_one(const struct oc_host *host, struct rule *rule, uint32_t i)
{
    char key[64], symbol[OC_SYMBOL_MAX], line[160];
    struct oc_dec limit;
    snprintf(key, sizeof key, "limits.%u.instrument", i);
    oc_rc rc = oc_config_text(host, key, symbol, sizeof symbol);
    if (rc < 0)
        return rc;
    snprintf(key, sizeof key, "limits.%u.limit", i);
    rc = oc_config_dec(host, key, &limit);
    if (rc < 0)
        return rc;
    if (find(rule, symbol)) { /* two limits of one instrument: nobody can say which was meant */
        snprintf(line, sizeof line, "limits.%u.instrument: found %.60s, which an earlier group has; expected it once",
                 i, symbol);
        oc_log(host, OC_LOG_ERROR, line);
        return OC_E_CONFIG;
    }
    struct limit *own = &rule->limits[rule->count++];
    memcpy(own->instrument, symbol, sizeof symbol);
    own->limit = limit;
    return OC_OK;
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    uint32_t count;
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    oc_rc rc = oc_config_count(host, "limits", &count);
    if (rc == OC_OK && count > LIMITS_MAX) {
        oc_log(host, OC_LOG_ERROR, "limits: expected at most 64 groups");
        rc = OC_E_CONFIG;
    }
    for (uint32_t i = 0; rc == OC_OK && i < count; i++)
        rc = read_one(host, rule, i);
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
static const struct oc_key limit_keys[] = {
    {.name = "instrument", .type = OC_KEY_TEXT, .bits = OC_KEY_REQUIRED, .about = "its symbol, such as BTC/USDT"},
    {.name = "limit", .type = OC_KEY_DECIMAL, .bits = OC_KEY_REQUIRED, .min = "0", .unit = "base units",
     .about = "largest quantity of one order"}, {0}};
static const struct oc_key keys[] = {
    {.name = "limits", .type = OC_KEY_GROUPS, .bits = OC_KEY_REQUIRED, .members = limit_keys,
     .about = "limits of single instruments; others have none"}, {0}};
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "org.example.limits", .version = "1.0.0", .license = "MIT",
    .about = "the largest quantity of an order, by instrument",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_PLUGINS(&plugin);
