/* volatility_halt.c: refuses orders for an instrument whose price has moved by more than `move` within `window`, and for `pause` after it was last so.
 * The move is the highest price of the window less the lowest, as a share of the lowest; prices are trades, middles of quotes, highs and lows of
 * bars. The window is kept in 16 parts: what leaves it leaves by parts. What only reduces passes. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <outcry/kit/slots.h>
#include <stdlib.h>
#include <string.h>

enum { INSTRUMENTS_MAX = 128, PARTS = 16, PPM = 1000000 };

struct part {
    int64_t number; /* time / length of a part, + 1; 0: none */
    int64_t low, high;
};

struct market {
    uint32_t inst; /* with its version: other steps begin anew */
    uint32_t zero;
    int64_t halted_ns; /* when it was last beyond the limit */
    int64_t moved_ppm; /* by so much then; 0: never */
    struct part parts[PARTS];
};

struct state {
    uint32_t indexes[INSTRUMENTS_MAX];
    uint32_t count;
    uint32_t is_full; /* of some instrument nothing could be kept */
    struct market markets[INSTRUMENTS_MAX];
};

struct rule {
    struct oc_dec move;
    int64_t part_ns, pause_ns;
    struct state state;
};

_Static_assert(sizeof(struct state) <= 65536, "what a checkpoint has room for");

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct state *state = &rule->state;
    if (kit_only_reduces(ask))
        return oc_allow(ret_verdict);
    const int32_t slot = kit_slot(state->indexes, INSTRUMENTS_MAX, ask->head.inst);
    if (slot < 0 && state->is_full)
        return oc_refuse(ret_verdict, "TOO_MANY_INSTRUMENTS", (struct oc_dec){state->count, 0, 0},
                         (struct oc_dec){INSTRUMENTS_MAX / 4 * 3, 0, 0});
    if (slot < 0 || !state->markets[slot].moved_ppm || ctx->now_ns - state->markets[slot].halted_ns >= rule->pause_ns)
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "VOLATILITY_HALT", (struct oc_dec){state->markets[slot].moved_ppm, 6, 0}, rule->move);
}

/* The lowest and highest price that an event says; 0: none. */
static int prices_of(const struct oc_event *event, int64_t *ret_low, int64_t *ret_high)
{
    const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
    const struct oc_ev_quote *quote = (const struct oc_ev_quote *)(const void *)event;
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
    const struct oc_ev_qbar *qbar = (const struct oc_ev_qbar *)(const void *)event;
    switch (event->type) {
    case OC_EV_TRADE:
        *ret_low = *ret_high = trade->price;
        return 1;
    case OC_EV_QUOTE:
        *ret_low = *ret_high = quote->bid + (quote->ask - quote->bid) / 2;
        return (quote->present & OC_HAS_BID) && (quote->present & OC_HAS_ASK);
    case OC_EV_BAR:
        *ret_low = bar->low;
        *ret_high = bar->high;
        return 1;
    case OC_EV_QBAR:
        *ret_low = qbar->bid[2];
        *ret_high = qbar->ask[1];
        return 1;
    default:
        return 0;
    }
}

/* How far the prices of the window are apart, in millionths of the lowest; of a lowest of zero or less nothing can be said: no limit is wide
 * enough. */
static int64_t move_of(const struct market *market, int64_t newest)
{
    int64_t low = INT64_MAX, high = INT64_MIN;
    for (int i = 0; i < PARTS; i++) {
        const struct part *part = &market->parts[i];
        if (!part->number || newest - part->number >= PARTS)
            continue;
        low = part->low < low ? part->low : low;
        high = part->high > high ? part->high : high;
    }
    if (low <= 0)
        return low == high ? 0 : INT64_MAX;
    const kit_i128 ppm = ((kit_i128)high - low) * PPM / low;
    return ppm > INT64_MAX ? INT64_MAX : (int64_t)ppm;
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    struct state *state = &rule->state;
    int64_t low, high;
    if (!prices_of(event, &low, &high))
        return;
    const int32_t slot = kit_slot_make(state->indexes, INSTRUMENTS_MAX, &state->count, event->inst);
    if (slot < 0) {
        state->is_full = 1;
        return;
    }
    struct market *market = &state->markets[slot];
    if (market->inst != event->inst) {
        memset(market->parts, 0, sizeof market->parts);
        market->inst = event->inst;
    }
    const int64_t number = ctx->now_ns / rule->part_ns + 1;
    struct part *part = &market->parts[number % PARTS];
    if (part->number != number)
        *part = (struct part){number, low, high};
    part->low = low < part->low ? low : part->low;
    part->high = high > part->high ? high : part->high;
    const int64_t moved = move_of(market, number);
    if (oc_dec_compare((struct oc_dec){moved, 6, 0}, rule->move) <= 0)
        return;
    market->moved_ppm = moved;
    market->halted_ns = ctx->now_ns;
}

static uint64_t interest(void *self)
{
    (void)self;
    return KIT_PRICES;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    int64_t window_ns = 0;
    oc_rc rc = oc_config_dec(host, "move", &rule->move);
    if (rc == OC_OK)
        rc = oc_config_duration(host, "window", &window_ns);
    if (rc == OC_OK)
        rc = oc_config_duration(host, "pause", &rule->pause_ns);
    rule->part_ns = window_ns / PARTS;
    return rc;
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
    {.name = "move", .type = OC_KEY_DECIMAL, .bits = OC_KEY_REQUIRED, .min = "0", .max = "10", .unit = "share of the lowest price",
     .about = "largest move within the window, \"3%\""},
    {.name = "window", .type = OC_KEY_DURATION, .min = "1s", .max = "7d", .fallback = "5m", .about = "how far it looks back"},
    {.name = "pause", .type = OC_KEY_DURATION, .min = "1s", .max = "7d", .fallback = "5m",
     .about = "how long orders are refused after the move was last larger"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.volatility_halt", "0.1.0", "MIT", "refuses orders after a price has moved too far", open_rule,
         close_rule, risk, keys);
