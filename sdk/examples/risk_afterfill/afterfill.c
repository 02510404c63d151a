/* afterfill.c: refuses new orders for some time after a fill. A rule with a state: when the last fill was. It is saved, and a session
 * that was killed goes on with it. What only reduces, and every cancel, passes. */
#include <outcry/kit/rule.h>
#include <outcry/outcry.h>
#include <stdlib.h>
#include <string.h>

enum { NS_MS = 1000000 };

struct state { /* as it is saved: fixed size, no pointers, no padding that is not zero */
    uint64_t has_fill;
    int64_t fill_ns; /* of the last one that the scope of this rule holds */
};

struct rule {
    int64_t wait_ns; /* from the configuration */
    struct state state;
};

/* [engine] A pure question: the state is read and never changed here. */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const int64_t past_ns = ctx->now_ns - rule->state.fill_ns;
    if (kit_only_reduces(ask) || !rule->state.has_fill || past_ns >= rule->wait_ns)
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "TOO_SOON_AFTER_A_FILL", (struct oc_dec){past_ns / NS_MS, 3, 0}, /* seconds */
                     (struct oc_dec){rule->wait_ns / NS_MS, 3, 0});
}

/* [engine] Told of recorded events alone, each once, in the order of the records. */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    if (event->flags & OC_EVF_SEEN) /* a fill that is known already, as a venue says it again */
        return;
    rule->state.has_fill = 1;
    rule->state.fill_ns = ctx->now_ns;
}

static uint64_t interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_FILL;
}

/* [setup] */
static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    return oc_config_duration(host, "wait", &rule->wait_ns);
}

KIT_RULE_INSTANCE(struct rule, configure);
/* another number with each change of `struct state`: old bytes are refused, never guessed */
KIT_RULE_STATE(struct rule, state, 1);

static const struct oc_risk risk = {.size = sizeof risk,
                                    .check = check,
                                    .observe = observe,
                                    .interest = interest,
                                    .save = save_rule,
                                    .load = load_rule};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "wait", .type = OC_KEY_DURATION, .min = "0", .max = "7d", .fallback = "1m",
     .about = "how long new orders are refused"}, {0}};
/* clang-format on */

KIT_RULE("org.example.afterfill", "0.1.0", "MIT", "refuses new orders for some time after a fill", open_rule,
         close_rule, risk, keys);
