/* cooldown.c: no entries for a `pause` behind trips that went a certain way:
 *
 *   rest:  { plugin = "outcry.cooldown"; pause = "30m"; };                                        # behind every exit, in its instrument
 *   guard: { plugin = "outcry.cooldown"; pause = "6h"; after = "loss"; count = 4; window = "1d"; per = "account"; };
 *   weak:  { plugin = "outcry.cooldown"; pause = "1d"; after = "low_profit"; profit = "0"; count = 3; window = "7d"; };
 *
 * A trip goes from flat to flat of an account in an instrument; its net is what it brought in, in the settlement currency, less its fees in that
 * currency or in the base asset. One that began before the rule could see it is an exit of unknown net, and no loss. What was corrected by the venue
 * later stays as it was. What only reduces, and what protects, passes. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <stdlib.h>
#include <string.h>

enum {
    PLACES = 512,
    PLACES_MAX = PLACES / 4 * 3,
    TRIPS_MAX = 256,
    AFTER_EXIT = 0,
    AFTER_LOSS = 1,
    AFTER_LOW_PROFIT = 2
};

struct place { /* an account in an instrument, and an account as a whole */
    uint64_t key;
    int64_t position;    /* of the fills that were seen */
    int64_t locked_ns;   /* until then; 0: it is not */
    struct oc_dec net;   /* of the trip that is open */
    uint32_t is_unknown; /* its net is not */
    uint32_t zero;
};

struct trip {
    uint64_t key;
    int64_t end_ns;
    struct oc_dec net;
    uint32_t is_unknown;
    uint32_t zero;
};

struct state {
    struct place places[PLACES]; /* open addressing; nothing is ever taken out */
    struct trip trips[TRIPS_MAX];
    uint64_t trip_count; /* ever; the last TRIPS_MAX are here */
    uint32_t place_count;
    uint32_t is_full; /* of some nothing is known */
};

struct rule {
    int64_t pause_ns, window_ns, count;
    struct oc_dec profit;
    int after;
    int per_account;
    struct state state;
};

_Static_assert(sizeof(struct state) <= 65536, "what a checkpoint has room for");

static uint64_t key_of(uint32_t account, uint32_t inst) { return (uint64_t)account << 32 | OC_INST_INDEX(inst); }

/* The place of a key, or a free one where it would be. */
static uint32_t place_at(const struct state *state, uint64_t key)
{
    uint32_t at = (uint32_t)(key * 0x9e3779b97f4a7c15u >> 55);
    while (state->places[at].key && state->places[at].key != key)
        at = (at + 1) % PLACES;
    return at;
}

static struct place *place_make(struct state *state, uint64_t key)
{
    struct place *place = &state->places[place_at(state, key)];
    if (place->key)
        return place;
    if (state->place_count == PLACES_MAX) {
        state->is_full = 1;
        return NULL;
    }
    state->place_count++;
    place->key = key;
    return place;
}

static uint64_t lock_key(const struct rule *rule, uint64_t key) { return rule->per_account ? key >> 32 << 32 : key; }

/* [engine] */
static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct state *state = &rule->state;
    const struct oc_dec pause = {rule->pause_ns / 1000000, 3, 0};
    if (!kit_is_entry(ask))
        return oc_allow(ret_verdict);
    if (state->is_full)
        return oc_refuse(ret_verdict, "TOO_MANY_INSTRUMENTS", (struct oc_dec){state->place_count, 0, 0},
                         (struct oc_dec){PLACES_MAX, 0, 0});
    const uint64_t key = lock_key(rule, key_of(ask->account, ask->head.inst));
    const struct place *place = &state->places[place_at(state, key)];
    if (!place->key || place->locked_ns <= ctx->now_ns)
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "COOLDOWN",
                     (struct oc_dec){(place->locked_ns - ctx->now_ns + 999999) / 1000000, 3, 0}, pause);
}

/* 1: it went the way that is asked about. */
static int counts(const struct rule *rule, const struct trip *trip)
{
    return rule->after == AFTER_EXIT || (!trip->is_unknown && (rule->after == AFTER_LOW_PROFIT || trip->net.units < 0));
}

/* Whether the trips of the window lock. One that went another way itself never does. */
static int locks(const struct rule *rule, uint64_t key, int64_t now_ns)
{
    const struct state *state = &rule->state;
    struct oc_dec sum = {0, 0, 0};
    int64_t count = 0;
    for (uint64_t i = state->trip_count; i > 0 && state->trip_count - i < TRIPS_MAX; i--) {
        const struct trip *trip = &state->trips[(i - 1) % TRIPS_MAX];
        if (trip->end_ns <= now_ns - rule->window_ns)
            break;
        if (lock_key(rule, trip->key) != key || !counts(rule, trip))
            continue;
        count++;
        if (oc_dec_add(sum, trip->net, &sum) < 0)
            return 1; /* in doubt */
    }
    return count >= rule->count && (rule->after != AFTER_LOW_PROFIT || oc_dec_compare(sum, rule->profit) < 0);
}

static void end_trip(struct rule *rule, struct place *place, int64_t now_ns)
{
    struct state *state = &rule->state;
    const struct trip trip = {.key = place->key, .end_ns = now_ns, .net = place->net, .is_unknown = place->is_unknown};
    state->trips[state->trip_count++ % TRIPS_MAX] = trip;
    place->net = (struct oc_dec){0, 0, 0};
    place->is_unknown = 0;
    place->position = 0;
    const uint64_t key = lock_key(rule, place->key);
    if (!counts(rule, &trip) || !locks(rule, key, now_ns))
        return;
    struct place *locked = place_make(state, key);
    if (locked)
        locked->locked_ns = now_ns + rule->pause_ns;
}

/* Money that came in by `qty` of a fill. */
static void add_money(const struct oc_risk_ctx *ctx, struct place *place, const struct oc_ev_fill *fill, int64_t qty)
{
    const struct oc_instrument *info = ctx->instrument(ctx, fill->head.inst);
    const int pays = (fill->side == OC_SIDE_BUY) != (info && info->kind == OC_KIND_INVERSE);
    struct oc_dec value = {0, 0, 0};
    if (!info || ctx->notional(ctx, fill->head.inst, fill->price, qty, &value) < 0 ||
        (pays ? oc_dec_sub(place->net, value, &place->net) : oc_dec_add(place->net, value, &place->net)) < 0)
        place->is_unknown = 1;
}

static void take_fee(const struct oc_risk_ctx *ctx, struct place *place, const struct oc_ev_fill *fill)
{
    const struct oc_instrument *info = ctx->instrument(ctx, fill->head.inst);
    struct oc_dec price = {1, 0, 0}, fee;
    if (!info || !fill->fee.units || (fill->fee_asset != info->settle && fill->fee_asset != info->base))
        return;
    if ((fill->fee_asset != info->settle && ctx->price_dec(ctx, fill->head.inst, fill->price, &price) < 0) ||
        oc_dec_mul(fill->fee, price, &fee) < 0 || oc_dec_sub(place->net, fee, &place->net) < 0)
        place->is_unknown = 1;
}

static void on_fill(struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_ev_fill *fill)
{
    struct oc_exposure now = {.size = sizeof now};
    const int64_t more = fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
    const uint32_t known = rule->state.place_count;
    struct place *place = place_make(&rule->state, key_of(fill->head.source, fill->head.inst));
    const oc_rc rc = ctx->exposure(ctx, fill->head.source, fill->head.inst, &now);
    if (!place || rc < 0)
        return;
    if (rule->state.place_count > known && now.position != more) { /* it was there before */
        place->position = now.position - more;
        place->is_unknown = 1;
    }
    const int64_t held = place->position;
    const int reduces = held && (held > 0) != (more > 0);
    const int64_t open = held < 0 ? -held : held;
    const int64_t closing = !reduces ? 0 : open < fill->qty ? open : fill->qty;
    if (closing)
        add_money(ctx, place, fill, closing);
    take_fee(ctx, place, fill);
    place->position = held + more;
    if (closing == open && reduces) {
        const int64_t rest = place->position;
        end_trip(rule, place, ctx->now_ns);
        place->position = rest;
    }
    if (fill->qty > closing)
        add_money(ctx, place, fill, fill->qty - closing);
    if (place->position && !now.position) /* what is left cannot be sold */
        end_trip(rule, place, ctx->now_ns);
}

/* [engine] */
static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    if (event->type == OC_EV_FILL)
        on_fill(self, ctx, (const struct oc_ev_fill *)(const void *)event);
}

static uint64_t interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_FILL;
}

static const char *const afters[] = {"exit", "loss", "low_profit", NULL};
static const char *const pers[] = {"instrument", "account", NULL};

/* Which of its words a key is. */
static oc_rc choose(const struct oc_host *host, const char *key, const char *const *words)
{
    char word[32];
    oc_rc rc = oc_config_text(host, key, word, sizeof word);
    for (int i = 0; rc == OC_OK && words[i]; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return rc < 0 ? rc : (oc_rc)OC_E_CONFIG;
}

static oc_rc configure(const struct oc_host *host, struct rule *rule)
{
    oc_rc rc = oc_config_duration(host, "pause", &rule->pause_ns);
    if (rc == OC_OK)
        rc = oc_config_duration(host, "window", &rule->window_ns);
    if (rc == OC_OK)
        rc = oc_config_integer(host, "count", &rule->count);
    if (rc == OC_OK)
        rc = oc_config_dec(host, "profit", &rule->profit);
    if (rc == OC_OK)
        rc = rule->after = choose(host, "after", afters);
    if (rc >= 0)
        rc = rule->per_account = choose(host, "per", pers);
    return rc < 0 ? rc : (oc_rc)OC_OK;
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
    {.name = "pause", .type = OC_KEY_DURATION, .bits = OC_KEY_REQUIRED, .min = "1ms", .max = "366d", .about = "how long nothing is entered"},
    {.name = "after", .type = OC_KEY_CHOICE, .choices = afters, .fallback = "exit", .about = "exit: any trip that ended; loss: one that lost; low_profit: trips that brought less than `profit` together"},
    {.name = "count", .type = OC_KEY_INTEGER, .min = "1", .max = "256", .fallback = "1", .unit = "trips", .about = "so many of them within the window"},
    {.name = "window", .type = OC_KEY_DURATION, .min = "1ms", .max = "366d", .fallback = "1d", .about = "how far it looks back"},
    {.name = "profit", .type = OC_KEY_DECIMAL, .fallback = "0", .unit = "settlement currency", .about = "of low_profit: what they must have brought"},
    {.name = "per", .type = OC_KEY_CHOICE, .choices = pers, .fallback = "instrument", .about = "instrument: its trips lock it alone; account: those of all lock all"},
    {0}};
/* clang-format on */

KIT_RULE("outcry.cooldown", "0.1.0", "MIT", "pauses entries behind exits, losses or low profit", open_rule, close_rule,
         risk, keys);
