/* spread_halt.c: refuses orders while the spread of the last quote is wider than `limit`, a share of its middle, or the quote is older than `max_age`. Of an
 * instrument that never had a quote nothing is known, and nothing is refused: data of bars or trades alone have none. What only reduces
 * passes. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <outcry/kit/slots.h>
#include <stdlib.h>
#include <string.h>

enum { QUOTES_MAX = 512, PPM = 1000000 };

struct quote {
    int64_t bid, ask; /* price units; both 0: one side is empty */
    int64_t at_ns;
};

struct state {
    uint32_t indexes[QUOTES_MAX];
    uint32_t count;
    uint32_t is_full; /* of some instrument nothing could be kept */
    struct quote quotes[QUOTES_MAX];
};

struct rule {
    struct oc_dec limit;
    int64_t max_age_ns; /* 0: any age */
    struct state state;
};

_Static_assert(sizeof(struct state) <= 65536, "what a checkpoint has room for");

/* In millionths of the middle, rounded up; an empty side or a middle of zero or less is wider than any limit. */
static int64_t spread_of(const struct quote *quote)
{
    const kit_i128 doubled = (kit_i128)quote->bid + quote->ask, spread = (kit_i128)quote->ask - quote->bid;
    if (doubled <= 0)
        return INT64_MAX;
    const kit_i128 ppm = (spread * 2 * PPM + doubled - 1) / doubled;
    return ppm < 0 ? 0 : ppm > INT64_MAX ? INT64_MAX : (int64_t)ppm;
}

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct state *state = &rule->state;
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    const int32_t slot = kit_slot(state->indexes, QUOTES_MAX, ask->head.inst);
    if (slot < 0 && state->is_full)
        return oc_refuse(ret_verdict, "TOO_MANY_INSTRUMENTS", (struct oc_dec){state->count, 0, 0},
                         (struct oc_dec){QUOTES_MAX / 4 * 3, 0, 0});
    if (slot < 0)
        return oc_allow(ret_verdict);
    const int64_t age_ns = ctx->now_ns - state->quotes[slot].at_ns;
    if (rule->max_age_ns && age_ns > rule->max_age_ns)
        return oc_refuse(ret_verdict, "QUOTE_TOO_OLD", (struct oc_dec){age_ns / 1000000, 3, 0}, /* seconds */
                         (struct oc_dec){rule->max_age_ns / 1000000, 3, 0});
    const struct oc_dec used = {spread_of(&state->quotes[slot]), 6, 0};
    return oc_dec_compare(used, rule->limit) <= 0 ? kit_allow(ret_verdict, used, rule->limit)
                                                  : oc_refuse(ret_verdict, "SPREAD_TOO_WIDE", used, rule->limit);
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct state *state = &((struct rule *)self)->state;
    struct quote quote = {.at_ns = ctx->now_ns};
    if (event->type == OC_EV_QUOTE) {
        const struct oc_ev_quote *said = (const struct oc_ev_quote *)(const void *)event;
        const uint32_t both = OC_HAS_BID | OC_HAS_ASK;
        if ((said->present & both) == both) {
            quote.bid = said->bid;
            quote.ask = said->ask;
        }
    } else if (event->type == OC_EV_QBAR) {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        quote.bid = bar->bid[3];
        quote.ask = bar->ask[3];
    } else {
        return;
    }
    const int32_t slot = kit_slot_make(state->indexes, QUOTES_MAX, &state->count, event->inst);
    if (slot < 0)
        state->is_full = 1;
    else
        state->quotes[slot] = quote;
}

static uint64_t interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_QUOTE | 1ull << OC_EV_QBAR;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    oc_rc rc = oc_config_dec(host, "limit", &rule->limit);
    if (rc < 0)
        return rc;
    rc = oc_config_duration(host, "max_age", &rule->max_age_ns);
    return rc == OC_E_NOT_FOUND ? (oc_rc)OC_OK : rc;
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
    {.name = "limit", .type = OC_KEY_DECIMAL, .bits = OC_KEY_REQUIRED, .min = "0", .max = "1", .unit = "share of the middle",
     .about = "widest spread of bid and ask at which orders are taken, \"0.5%\""},
    {.name = "max_age", .type = OC_KEY_DURATION, .min = "1ms", .max = "1d", .about = "oldest quote that counts; unset: any"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.spread_halt", "0.1.0", "MIT", "refuses orders while the spread is wide or its quote old", open_rule,
         close_rule, risk, keys);
