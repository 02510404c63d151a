/* repeat_exec.c: a strategy that places more than `count` entries within `window` is refused, and its account is latched until a person clears the latch
 * (EU RTS 6, article 15(3): repeated automated execution). Entries are new orders of a strategy that do not only reduce, and are no
 * stop losses or take profits. After the latch was cleared it counts from nothing. What was recorded counts; a burst within one callback
 * is refused from the next callback on. */
#include <outcry/kit/recent.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

static const char reason[] = "REPEATED_EXECUTION";

struct rule {
    int64_t count, window_ns;
    struct kit_recent recent; /* by account and strategy; saved as it is */
};

static uint64_t key_of(const struct oc_request *ask) { return (uint64_t)ask->account << 32 | ask->strategy; }

static int is_counted(const struct oc_request *ask) { return ask->owner == OC_OWNER_STRATEGY && kit_is_entry(ask); }

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    if (!is_counted(ask))
        return oc_allow(ret_verdict);
    const int64_t placed = kit_recent_within(&rule->recent, key_of(ask), ctx->now_ns, rule->window_ns);
    const struct oc_dec used = {placed + 1, 0, 0}, limit = {rule->count, 0, 0};
    return placed < rule->count ? kit_allow(ret_verdict, used, limit) : oc_refuse(ret_verdict, reason, used, limit);
}

/* [engine] What this rule has refused is what latches. */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    const struct oc_request *ask = (const struct oc_request *)(const void *)event;
    const struct oc_ev_denied *denied = (const struct oc_ev_denied *)(const void *)event;
    if (event->type == OC_EV_REQUEST && is_counted(ask)) {
        kit_recent_note(&rule->recent, key_of(ask), ask->order, ctx->now_ns);
    } else if (event->type == OC_EV_DENIED) {
        const uint64_t key = kit_recent_forget(&rule->recent, denied->order);
        if (key && strcmp(denied->reason, reason) == 0 && ctx->latch(ctx, (uint32_t)(key >> 32), reason) == OC_OK)
            rule->recent.count = 0;
    }
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
    {.name = "count", .type = OC_KEY_INTEGER, .min = "1", .max = "1000", .fallback = "20", .unit = "entries",
     .about = "so many may be placed within the window"},
    {.name = "window", .type = OC_KEY_DURATION, .min = "1ms", .max = "1d", .fallback = "10s", .about = "how far it looks back"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.repeat_exec", "0.1.0", "MIT", "latches the account of a strategy that enters too often", open_rule,
         close_rule, risk, keys);
