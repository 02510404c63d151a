/* duplicate_order.c: refuses a new order when `count` like it were placed within `window` (SEC rule 15c3-5 (c)(1)(ii): duplicative orders).
 * Alike are orders of one account and strategy for one instrument with the same side, type, prices and quantity. What was recorded counts, so a burst
 * within one callback passes; message_rate counts that. Orders that only reduce, and new stop losses and take profits, are neither counted nor
 * refused. */
#include <outcry/kit/recent.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

struct rule {
    int64_t count, window_ns;
    struct kit_recent recent; /* of any key: saved as it is */
};

static uint64_t mixed(uint64_t key, uint64_t value)
{
    key = (key ^ value) * 0x9e3779b97f4a7c15u;
    return key ^ key >> 29;
}

static uint64_t key_of(const struct oc_request *ask)
{
    uint64_t key = mixed(ask->account, ask->strategy);
    key = mixed(key, OC_INST_INDEX(ask->head.inst));
    key = mixed(key, (uint64_t)ask->side << 16 | (uint64_t)ask->type << 8 | ask->owner);
    key = mixed(key, (uint64_t)ask->price);
    key = mixed(key, (uint64_t)ask->stop_price);
    key = mixed(key, (uint64_t)ask->qty);
    return mixed(key, (uint64_t)ask->quote_qty.units);
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    if (!kit_is_entry(ask))
        return oc_allow(ret_verdict);
    const int64_t placed = kit_recent_within(&rule->recent, key_of(ask), ctx->now_ns, rule->window_ns);
    const struct oc_dec used = {placed + 1, 0, 0}, limit = {rule->count, 0, 0};
    return placed < rule->count ? kit_allow(ret_verdict, used, limit)
                                : oc_refuse(ret_verdict, "DUPLICATE_ORDER", used, limit);
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    const struct oc_request *ask = (const struct oc_request *)(const void *)event;
    if (event->type == OC_EV_REQUEST && kit_is_entry(ask))
        kit_recent_note(&rule->recent, key_of(ask), ask->order, ctx->now_ns);
    else if (event->type == OC_EV_DENIED)
        kit_recent_forget(&rule->recent, ((const struct oc_ev_denied *)(const void *)event)->order);
}

static uint64_t interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_REQUEST | 1ull << OC_EV_DENIED;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    oc_rc rc = oc_config_integer(host, "count", &rule->count);
    return rc < 0 ? rc : oc_config_duration(host, "window", &rule->window_ns);
}

KIT_RULE_INSTANCE(struct rule, configure);
KIT_RULE_STATE(struct rule, recent, 1);

static const struct oc_risk risk = {.size = sizeof risk,
                                    .check = check,
                                    .observe = observe,
                                    .interest = interest,
                                    .save = save_rule,
                                    .load = load_rule};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "count", .type = OC_KEY_INTEGER, .min = "1", .max = "1000", .fallback = "3", .unit = "orders",
     .about = "so many that are alike may be placed within the window"},
    {.name = "window", .type = OC_KEY_DURATION, .min = "1ms", .max = "1d", .fallback = "1s", .about = "how far it looks back"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.duplicate_order", "0.1.0", "MIT", "refuses orders that repeat one another", open_rule, close_rule,
         risk, keys);
