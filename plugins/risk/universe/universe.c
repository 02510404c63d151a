/* universe.c: which instruments of a list may be entered now: those that trade enough, have been seen for long enough and cost what they should.
 *
 *   majors: { plugin = "outcry.universe"; turnover = "1000000"; age = "30d"; price_min = "0.01"; };
 *
 * Turnover is price times volume of the last day, of trades and bars, in the settlement currency; it is kept in eighths of a day and lacks at most
 * the oldest of them. Age counts from the first price that this session saw, warm-up included. An instrument of which no price is known yet is
 * refused. What only reduces, and what protects, passes: a thing that has left the universe can be sold. How far bid and ask are apart is
 * asked by outcry.spread_halt. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <outcry/kit/slots.h>
#include <stdlib.h>
#include <string.h>

enum { SLOTS = 512, PARTS = 8 };

#define DAY_NS  (86400 * (int64_t)1000000000)
#define PART_NS (DAY_NS / PARTS)

struct market {
    int64_t first_ns, newest; /* first price; number of the newest part, + 1 */
    double parts[PARTS];      /* turnover, by number of the part */
};

struct state {
    uint32_t indexes[SLOTS];
    uint32_t count;
    uint32_t is_full; /* of some instrument nothing could be kept */
    struct market markets[SLOTS];
};

struct rule {
    struct oc_dec turnover, price_min, price_max;
    uint32_t has_turnover, has_min, has_max;
    int64_t age_ns;
    struct state state;
};

_Static_assert(sizeof(struct state) <= 65536, "what a checkpoint has room for");

/* Parts that have passed are emptied. */
static void advance(struct market *market, int64_t now_ns)
{
    const int64_t number = now_ns / PART_NS + 1;
    if (number - market->newest >= PARTS)
        memset(market->parts, 0, sizeof market->parts);
    else
        for (int64_t i = market->newest + 1; i <= number; i++)
            market->parts[i % PARTS] = 0;
    if (number > market->newest)
        market->newest = number;
}

static double turnover_of(const struct market *market, int64_t now_ns)
{
    struct market now = *market;
    double sum = 0;
    advance(&now, now_ns);
    for (int i = 0; i < PARTS; i++)
        sum += now.parts[i];
    return sum;
}

/* A whole number of the currency, for showing and comparing; beyond 9.2e18 it is enough for anybody. */
static struct oc_dec whole(double value) { return (struct oc_dec){value < 9.2e18 ? (int64_t)value : INT64_MAX, 0, 0}; }

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct state *state = &rule->state;
    const struct oc_dec none = {0, 0, 0};
    struct oc_dec price;
    int64_t last, ago_ns;
    if (!kit_is_entry(ask))
        return oc_allow(ret_verdict);
    const int32_t slot = kit_slot(state->indexes, SLOTS, ask->head.inst);
    if (slot < 0 && state->is_full)
        return oc_refuse(ret_verdict, "TOO_MANY_INSTRUMENTS", (struct oc_dec){state->count, 0, 0},
                         (struct oc_dec){SLOTS / 4 * 3, 0, 0});
    if (slot < 0 || ctx->reference(ctx, ask->head.inst, &last, &ago_ns) < 0 ||
        ctx->price_dec(ctx, ask->head.inst, last, &price) < 0)
        return oc_refuse(ret_verdict, "NO_REFERENCE_PRICE", none, none);
    const struct market *market = &state->markets[slot];
    const int64_t age_ns = ctx->now_ns - market->first_ns;
    if (age_ns < rule->age_ns)
        return oc_refuse(ret_verdict, "INSTRUMENT_TOO_NEW", (struct oc_dec){age_ns / 1000000, 3, 0},
                         (struct oc_dec){rule->age_ns / 1000000, 3, 0});
    if (rule->has_min && oc_dec_compare(price, rule->price_min) < 0)
        return oc_refuse(ret_verdict, "PRICE_TOO_LOW", price, rule->price_min);
    if (rule->has_max && oc_dec_compare(price, rule->price_max) > 0)
        return oc_refuse(ret_verdict, "PRICE_TOO_HIGH", price, rule->price_max);
    if (!rule->has_turnover)
        return oc_allow(ret_verdict);
    const struct oc_dec turnover = whole(turnover_of(market, ctx->now_ns));
    return oc_dec_compare(turnover, rule->turnover) < 0
               ? oc_refuse(ret_verdict, "TURNOVER_TOO_LOW", turnover, rule->turnover)
               : kit_allow(ret_verdict, turnover, rule->turnover);
}

/* What an event says was traded: 1, or 0: it tells of prices alone. */
static int traded(const struct oc_event *event, int64_t *ret_price, int64_t *ret_qty)
{
    const struct oc_ev_trade *trade = (const struct oc_ev_trade *)(const void *)event;
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
    *ret_price = event->type == OC_EV_TRADE ? trade->price : bar->close;
    *ret_qty = event->type == OC_EV_TRADE ? trade->qty : bar->volume;
    return (event->type == OC_EV_TRADE || event->type == OC_EV_BAR) && *ret_qty > 0;
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    struct state *state = &rule->state;
    struct oc_dec value;
    int64_t price, qty;
    if (!event->inst || !(KIT_PRICES & 1ull << (event->type & 63)) || event->type > 63)
        return;
    const uint32_t known = state->count;
    const int32_t slot = kit_slot_make(state->indexes, SLOTS, &state->count, event->inst);
    if (slot < 0) {
        state->is_full = 1;
        return;
    }
    struct market *market = &state->markets[slot];
    if (state->count > known)
        market->first_ns = ctx->now_ns;
    if (!traded(event, &price, &qty) || ctx->notional(ctx, event->inst, price, qty, &value) < 0)
        return;
    double divisor = 1;
    for (int32_t i = 0; i < value.scale; i++)
        divisor *= 10;
    advance(market, ctx->now_ns);
    market->parts[market->newest % PARTS] += (double)value.units / divisor;
}

static uint64_t interest(void *self)
{
    (void)self;
    return KIT_PRICES;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    oc_rc rc = oc_config_duration(host, "age", &rule->age_ns);
    if (rc == OC_OK)
        rc = kit_config_dec(host, "turnover", "universe: turnover: expected 0 or more", &rule->turnover,
                            &rule->has_turnover);
    if (rc == OC_OK)
        rc = kit_config_dec(host, "price_min", "universe: price_min: expected 0 or more", &rule->price_min,
                            &rule->has_min);
    if (rc == OC_OK)
        rc = kit_config_dec(host, "price_max", "universe: price_max: expected 0 or more", &rule->price_max,
                            &rule->has_max);
    if (rc == OC_OK && !rule->age_ns && !rule->has_turnover && !rule->has_min && !rule->has_max) {
        oc_log(host, OC_LOG_ERROR, "universe: it would refuse nothing: expected turnover, age, price_min or price_max");
        return OC_E_CONFIG;
    }
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
    {.name = "turnover", .type = OC_KEY_DECIMAL, .min = "0", .unit = "settlement currency", .about = "traded within a day, at least"},
    {.name = "age", .type = OC_KEY_DURATION, .min = "0s", .max = "3650d", .fallback = "0s", .about = "since its first price that was seen, at least"},
    {.name = "price_min", .type = OC_KEY_DECIMAL, .min = "0", .unit = "quote currency", .about = "last price, at least"},
    {.name = "price_max", .type = OC_KEY_DECIMAL, .min = "0", .unit = "quote currency", .about = "last price, at most"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.universe", "0.1.0", "MIT",
         "refuses entries in instruments that are too thin, too new or of another price", open_rule, close_rule, risk,
         keys);
