/* ramp.c: what an order may be worth grows step by step: with each day since the first fill, or with so many fills each. The last step
 * stays. Orders that can only reduce pass. */
#include <outcry/kit/dec.h>
#include <outcry/kit/order_value.h>
#include <outcry/kit/rule.h>
#include <outcry/kit/text.h>
#include <stdlib.h>
#include <string.h>

enum { STEPS_MAX = 32, TEXT_MAX = 1024 };
static const int64_t NS_DAY = 86400 * (int64_t)1000000000;

struct state {
    int64_t first_ns; /* of the first fill */
    uint64_t fills;
};

struct rule {
    struct oc_dec steps[STEPS_MAX]; /* settlement asset */
    uint32_t count;
    uint32_t zero;
    int64_t fills; /* a step; 0: a day each */
    struct state state;
};

static int64_t day_of(int64_t ns) { return ns / NS_DAY - (ns % NS_DAY < 0); }

/* The step that counts now. */
static struct oc_dec step_of(const struct rule *rule, int64_t now_ns)
{
    uint64_t step = 0;
    if (rule->state.fills && rule->fills)
        step = rule->state.fills / (uint64_t)rule->fills;
    else if (rule->state.fills && day_of(now_ns) > day_of(rule->state.first_ns))
        step = (uint64_t)(day_of(now_ns) - day_of(rule->state.first_ns));
    return rule->steps[step < rule->count ? step : rule->count - 1];
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct oc_dec step = step_of(rule, ctx->now_ns);
    struct oc_dec value;
    oc_rc rc;
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    rc = kit_order_value(ctx, ask, &value);
    if (rc == OC_E_NOT_FOUND)
        return oc_refuse(ret_verdict, "NO_REFERENCE_PRICE", (struct oc_dec){0, 0, 0}, step);
    if (rc < 0)
        return rc;
    if (oc_dec_compare(value, step) <= 0)
        return kit_allow(ret_verdict, value, step);
    if (kit_is_no_increase(ctx, ask, value))
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "VALUE_ABOVE_RAMP", value, step);
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    if (event->type != OC_EV_FILL)
        return;
    if (rule->state.fills++ == 0)
        rule->state.first_ns = ctx->now_ns;
}

static uint64_t interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_FILL;
}

static oc_rc wrong(const struct oc_host *host)
{
    oc_log(host, OC_LOG_ERROR, "ramp: steps: expected 1 to 32 amounts above 0 that grow, such as \"25, 50, 100\"");
    return OC_E_CONFIG;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    char text[TEXT_MAX] = "", *rest = text;
    oc_rc rc = oc_config_text(host, "steps", text, sizeof text);
    for (char *word; rc == OC_OK && (word = kit_next_word(&rest, ", ")) != NULL; rule->count++) {
        struct oc_dec step = {0, 0, 0};
        if (rule->count == STEPS_MAX || kit_read_dec(word, &step) < 0 || step.units <= 0 ||
            (rule->count && oc_dec_compare(step, rule->steps[rule->count - 1]) < 0))
            return wrong(host);
        rule->steps[rule->count] = step;
    }
    if (rc == OC_OK && !rule->count)
        return wrong(host);
    return rc < 0 ? rc : oc_config_integer(host, "fills", &rule->fills);
}

KIT_RULE_INSTANCE(struct rule, configure);
KIT_RULE_STATE(struct rule, state, 1);

static const struct oc_risk risk = {.size = sizeof risk,
                                    .check = check,
                                    .observe = observe,
                                    .interest = interest,
                                    .save = save_rule,
                                    .load = load_rule};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "steps", .type = OC_KEY_TEXT, .bits = OC_KEY_REQUIRED,
     .about = "what an order may be worth, step by step: \"25, 50, 100\", settlement asset"},
    {.name = "fills", .type = OC_KEY_INTEGER, .min = "0", .max = "1000000", .fallback = "0", .unit = "fills",
     .about = "so many a step; 0: a step a day since the first fill, UTC"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.ramp", "0.1.0", "MIT", "lets orders grow step by step, by day or by fills", open_rule, close_rule,
         risk, keys);
