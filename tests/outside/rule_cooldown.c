/* rule_cooldown.c: no buys for some minutes after so many losing round trips in a row.
 *
 * A round trip is what an account does in one instrument from holding nothing to holding nothing again. It loses if what
 * was paid, fees in the settlement asset included, is more than what was received; an even one ends the row. */
#include <outcry/kit/dec.h>
#include <outcry/kit/rule.h>
#include <outcry/outcry.h>
#include <stdlib.h>
#include <string.h>

enum { TRIPS_MAX = 256, ACCOUNTS_MAX = 65, STATE_VERSION = 1 };
static const int64_t NS_SECOND = 1000000000;

struct trip { /* an open round trip, or a free place: position 0 */
    uint32_t account;
    uint32_t index; /* of the instrument */
    int64_t position;
    struct oc_dec money; /* received less paid */
};

struct account {
    int64_t losses; /* in a row */
    int64_t from_ns;
    int64_t until_ns; /* no buys before; 0: none were held back yet */
};

struct state {
    uint32_t version;
    uint32_t is_full; /* a trip could not be followed: what is not known to win holds buys back for good */
    struct account accounts[ACCOUNTS_MAX];
    struct trip trips[TRIPS_MAX];
};

struct rule {
    int64_t minutes, losses;
    struct state state;
};

/* Whether it can lead to buying more than before, or sooner. */
static int is_a_buy(const struct oc_risk_ctx *ctx, const struct oc_request *ask, oc_rc *ret_rc)
{
    int64_t before, after;
    const uint32_t moves = OC_RQ_PRICE_CHANGED | OC_RQ_STOP_CHANGED;
    *ret_rc = OC_OK;
    if (kit_only_reduces(ask) || ask->side == OC_SIDE_SELL)
        return 0;
    if (ask->kind == OC_REQUEST_NEW || (ask->bits & moves))
        return 1;
    *ret_rc = kit_quantities(ctx, ask, &before, &after);
    return after > before;
}

static oc_rc check(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict)
{
    const struct rule *rule = self;
    const struct account *account = &rule->state.accounts[ask->account % ACCOUNTS_MAX];
    oc_rc rc;
    int is_buy = is_a_buy(ctx, ask, &rc);
    if (rc < 0)
        return rc;
    if (!is_buy)
        return oc_allow(ret_verdict);
    if (rule->state.is_full || ask->account >= ACCOUNTS_MAX)
        return oc_refuse(ret_verdict, "TOO_MANY_ROUND_TRIPS", (struct oc_dec){0, 0, 0},
                         (struct oc_dec){TRIPS_MAX, 0, 0});
    if (ctx->now_ns >= account->until_ns)
        return oc_allow(ret_verdict);
    return oc_refuse(ret_verdict, "COOLING_DOWN", (struct oc_dec){(ctx->now_ns - account->from_ns) / NS_SECOND, 0, 0},
                     (struct oc_dec){rule->minutes * 60, 0, 0}); /* seconds */
}

static struct trip *find_trip(struct rule *rule, uint32_t account, uint32_t index)
{
    struct trip *spare = NULL;
    for (uint32_t i = 0; i < TRIPS_MAX; i++) {
        struct trip *trip = &rule->state.trips[i];
        if (trip->position && trip->account == account && trip->index == index)
            return trip;
        if (!trip->position && !spare)
            spare = trip;
    }
    if (spare)
        *spare = (struct trip){.account = account, .index = index};
    return spare;
}

static void end_trip(struct rule *rule, const struct oc_risk_ctx *ctx, struct trip *trip)
{
    struct account *account = &rule->state.accounts[trip->account];
    account->losses = trip->money.units < 0 ? account->losses + 1 : 0;
    trip->money = (struct oc_dec){0, 0, 0};
    if (account->losses < rule->losses)
        return;
    account->losses = 0;
    account->from_ns = ctx->now_ns;
    account->until_ns = ctx->now_ns + rule->minutes * 60 * NS_SECOND;
}

/* A part of a fill that does not pass through zero. */
static oc_rc book(struct trip *trip, const struct oc_risk_ctx *ctx, const struct oc_ev_fill *fill, int64_t signed_qty)
{
    struct oc_dec value;
    int64_t qty = signed_qty < 0 ? -signed_qty : signed_qty;
    oc_rc rc = ctx->notional(ctx, fill->head.inst, fill->price, qty, &value);
    if (rc == OC_OK)
        rc = signed_qty > 0 ? oc_dec_sub(trip->money, value, &trip->money)
                            : oc_dec_add(trip->money, value, &trip->money);
    trip->position += signed_qty;
    return rc;
}

static oc_rc take_fill(struct rule *rule, const struct oc_risk_ctx *ctx, const struct oc_ev_fill *fill)
{
    const struct oc_instrument *info = ctx->instrument(ctx, fill->head.inst);
    struct trip *trip =
        fill->head.source < ACCOUNTS_MAX ? find_trip(rule, fill->head.source, OC_INST_INDEX(fill->head.inst)) : NULL;
    int64_t qty = fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty, rest = 0;
    if (!trip || !info)
        return OC_E_LIMIT;
    int turns = trip->position && (trip->position < 0) != (qty < 0);
    if (turns && llabs(qty) > llabs(trip->position)) {
        rest = qty + trip->position;
        qty = -trip->position;
    }
    oc_rc rc = book(trip, ctx, fill, qty);
    if (rc == OC_OK && fill->fee_asset == info->settle)
        rc = oc_dec_sub(trip->money, fill->fee, &trip->money);
    if (rc < 0)
        return rc;
    if (!trip->position)
        end_trip(rule, ctx, trip);
    return rest ? book(trip, ctx, fill, rest) : (oc_rc)OC_OK;
}

static void observe(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event)
{
    struct rule *rule = self;
    if (event->type != OC_EV_FILL || (event->flags & OC_EVF_SEEN))
        return;
    if (take_fill(rule, ctx, (const struct oc_ev_fill *)(const void *)event) < 0)
        rule->state.is_full = 1;
}

static uint64_t interest(void *self)
{
    (void)self;
    return 1ull << OC_EV_FILL;
}

static oc_rc save(void *self, void *bytes, uint32_t size_max)
{
    struct rule *rule = self;
    if (size_max < sizeof rule->state)
        return OC_E_LIMIT;
    rule->state.version = STATE_VERSION;
    memcpy(bytes, &rule->state, sizeof rule->state);
    return (oc_rc)sizeof rule->state;
}

static oc_rc load(void *self, const void *bytes, uint32_t size)
{
    struct rule *rule = self;
    uint32_t version;
    if (size != sizeof rule->state)
        return OC_E_DATA;
    memcpy(&version, bytes, sizeof version);
    if (version != STATE_VERSION)
        return OC_E_DATA;
    memcpy(&rule->state, bytes, sizeof rule->state);
    return OC_OK;
}

static oc_rc open_rule(const struct oc_host *host, void **ret_self)
{
    struct rule *rule = calloc(1, sizeof *rule);
    if (!rule)
        return OC_E_NOMEM;
    oc_rc rc = oc_config_integer(host, "minutes", &rule->minutes);
    if (rc == OC_OK)
        rc = oc_config_integer(host, "losses", &rule->losses);
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
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "minutes", .type = OC_KEY_INTEGER, .min = "1", .max = "10080", .fallback = "5", .unit = "minutes",
     .about = "how long buys are refused"},
    {.name = "losses", .type = OC_KEY_INTEGER, .min = "1", .max = "100", .fallback = "3", .unit = "round trips",
     .about = "so many that lose in a row begin the pause"}, {0}};
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_RISK, .id = "org.example.cooldown", .version = "1.0.0", .license = "MIT",
    .about = "no buys for some minutes after losing round trips in a row",
    .open = open_rule, .close = close_rule, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_PLUGINS(&plugin);
