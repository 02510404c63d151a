/* message_rate.c: at most `rate` messages a second, `burst` at once (RISK-3). The bucket holds
 * `cancel_reserve` tokens more that only cancels and reduce-only orders may take, so that orders
 * cannot use up what is needed to get out. New protective orders are counted and never refused. Only what was recorded counts, once each; what the running callback has staged
 * is counted by the host. */
#include <outcry/kit/bucket.h>
#include <outcry/kit/rule.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { RATE_MAX = 1000000, BURST_MAX = 1000000, NS_MS = 1000000 };

struct rule {
    struct bucket bucket; /* rate 0: everything passes */
    int64_t reserve;      /* milli-tokens */
};

/* What a restart needs; the configuration may have changed meanwhile. */
struct saved {
    int64_t level;
    int64_t last_ms;
};

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    if (!rule->bucket.rate)
        return oc_allow(ret_verdict);
    int64_t staged = (int64_t)ctx->staged_messages + ctx->staged_cancels;
    int64_t level = bucket_level(&rule->bucket, ctx->now_ns / NS_MS) - staged * 1000;
    const bool protects = ask->role == OC_ROLE_STOP_LOSS || ask->role == OC_ROLE_TAKE_PROFIT;
    if (protects && ask->kind == OC_REQUEST_NEW) /* a position must not stand without it: counted, never refused */
        return oc_allow(ret_verdict);
    if (ask->kind != OC_REQUEST_CANCEL && !(ask->bits & OC_RQ_REDUCE_ONLY))
        level -= rule->reserve;
    if (level >= 1000)
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "MESSAGE_RATE_EXCEEDED", (struct oc_dec){level, 3, 0}, (struct oc_dec){1, 0, 0});
}

/* [engine] What was denied comes first as a request: that token was never spent. */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    int64_t now_ms = (event->local_ns ? event->local_ns : ctx->now_ns) / NS_MS;
    if (event->type == OC_EV_REQUEST)
        bucket_take(&rule->bucket, now_ms, 1);
    else if (event->type == OC_EV_DENIED)
        bucket_take(&rule->bucket, now_ms, -1);
}

static uint64_t interest(void *self)
{
    const struct rule *rule = self;
    return rule->bucket.rate ? 1ull << OC_EV_REQUEST | 1ull << OC_EV_DENIED : 0;
}

static oc_rc save(void *self, void *bytes, uint32_t size_max)
{
    const struct rule *rule = self;
    struct saved saved = {rule->bucket.level, rule->bucket.last_ms};
    if (size_max < sizeof saved)
        return OC_E_LIMIT;
    memcpy(bytes, &saved, sizeof saved);
    return (oc_rc)sizeof saved;
}

static oc_rc load(void *self, const void *bytes, uint32_t size)
{
    struct rule *rule = self;
    struct saved saved;
    if (size != sizeof saved)
        return OC_E_DATA;
    memcpy(&saved, bytes, sizeof saved);
    rule->bucket.level = saved.level < rule->bucket.capacity ? saved.level : rule->bucket.capacity;
    rule->bucket.last_ms = saved.last_ms;
    return OC_OK;
}

static oc_rc read_count(const struct oc_host *host, const char *key, int64_t least, int64_t *value)
{
    int64_t found = *value;
    oc_rc rc = oc_config_integer(host, key, &found);
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    if (rc == OC_OK && (found < least || found > BURST_MAX)) {
        oc_log(host, OC_LOG_ERROR,
               "message_rate: rate, burst and cancel_reserve: expected 1 (cancel_reserve: 0) to "
               "1000000");
        return OC_E_CONFIG;
    }
    if (rc == OC_OK)
        *value = found;
    return rc;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    int64_t rate = 0, burst, reserve;
    oc_rc rc = read_count(host, "rate", 1, &rate);
    burst = rate;
    if (rc == OC_OK)
        rc = read_count(host, "burst", 1, &burst);
    reserve = burst;
    if (rc == OC_OK)
        rc = read_count(host, "cancel_reserve", 0, &reserve);
    if (rc < 0)
        return rc;
    bucket_init(&rule->bucket, rate, burst + reserve);
    rule->reserve = reserve * 1000;
    return OC_OK;
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

static const struct oc_risk risk = {
    .size = sizeof risk, .check = check, .observe = observe, .interest = interest, .save = save, .load = load};
static const struct oc_iface ifaces[] = {{OC_RISK, &risk}, {0}};
static const struct oc_key keys[] = {{.name = "rate",
                                      .type = OC_KEY_INTEGER,
                                      .min = "1",
                                      .max = "1000000",
                                      .unit = "messages a second",
                                      .about = "orders and amends; unset: no limit"},
                                     {.name = "burst",
                                      .type = OC_KEY_INTEGER,
                                      .min = "1",
                                      .max = "1000000",
                                      .unit = "messages",
                                      .about = "at once; unset: as many as rate"},
                                     {.name = "cancel_reserve",
                                      .type = OC_KEY_INTEGER,
                                      .min = "0",
                                      .max = "1000000",
                                      .unit = "messages",
                                      .about = "cancels that are always possible; unset: as many as burst"},
                                     {0}};

/* clang-format off */
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "outcry.message_rate", .version = "0.1.0", .license = "MIT",
    .about = "limits orders, amends and cancels a second",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_EXPORT const struct oc_plugin *const oc_plugins_v1[] = {&plugin, NULL};
