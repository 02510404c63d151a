/* nextopen.c: a venue that fills market orders at the next open of their bars, some basis points worse.
 *
 * - Spot and market orders by quantity; all else is rejected. There is no latency, no fee and no limit of volume, and what
 *   an account can pay for is not looked at.
 * - An order meets the first bar that opens at its time or later. The price is moved against it, rounded to the worse step. */
#include <outcry/draft/sim.h>
#include <outcry/outcry.h>
#include <stdlib.h>
#include <string.h>

enum { MARKETS_MAX = 256, ACCOUNTS_MAX = 65, ORDERS_MAX = 4096, BPS_SCALE = 4, STATE_VERSION = 1 };
__extension__ typedef __int128 wide;

struct market {
    uint32_t inst; /* 0: not known */
    uint32_t settle;
    int64_t last; /* close, 0: none yet */
    int64_t positions[ACCOUNTS_MAX];
};

struct order {
    struct oc_request ask;
    int64_t at_ns;
};

struct state {
    uint32_t version;
    uint32_t order_count;
    struct market markets[MARKETS_MAX];
    struct order orders[ORDERS_MAX]; /* in their order; saved up to order_count */
};

struct venue {
    const struct oc_host *host;
    const struct oc_svc_sim_host *answers;
    struct oc_dec bps;
    struct state state;
};

static struct market *market_of(struct venue *venue, uint32_t inst)
{
    return OC_INST_INDEX(inst) < MARKETS_MAX ? &venue->state.markets[OC_INST_INDEX(inst)] : NULL;
}

static oc_rc answer(struct venue *venue, int64_t now_ns, const struct oc_request *ask, uint16_t type,
                    const char *reason)
{
    struct oc_ev_answer event = {.head = ask->head, .order = ask->order, .request = ask->id};
    event.head.size = sizeof event;
    event.head.type = type;
    event.head.flags = OC_EVF_LAST;
    event.head.venue_ns = now_ns;
    event.head.local_ns = 0; /* the door stamps it, and the number */
    event.head.seq = 0;
    event.head.cause = ask->head.seq;
    event.cum_qty = -1;
    event.definitive = 1;
    strncpy(event.reason, reason, sizeof event.reason - 1);
    return venue->answers->emit(venue->host, now_ns, &event.head);
}

static void take_out(struct venue *venue, uint32_t i)
{
    struct state *state = &venue->state;
    memmove(&state->orders[i], &state->orders[i + 1], (--state->order_count - i) * sizeof *state->orders);
}

/* price * bps / 10^4, away from zero: the worse step. */
static int64_t slipped(const struct venue *venue, uint8_t side, int64_t price)
{
    wide whole = 1;
    for (int32_t i = 0; i < venue->bps.scale + BPS_SCALE; i++)
        whole *= 10;
    wide move = (wide)price * venue->bps.units;
    int64_t steps = 0; /* ceil(move / whole): without a division of 128 bits, which is no part of a pure plugin */
    for (int64_t step = (int64_t)1 << 40; step > 0; step /= 2)
        if ((steps + step) * whole < move + whole)
            steps += step;
    return side == OC_SIDE_BUY ? price + steps : price - steps;
}

static void put_trade_id(struct oc_ev_fill *fill)
{
    for (int shift = 60; shift >= 0; shift -= 4)
        fill->trade_id[fill->trade_id_size++] = "0123456789abcdef"[fill->order >> shift & 15];
}

/* Fills the order at a price, a reducing one with what there is to reduce, and takes it out. */
static oc_rc fill_order(struct venue *venue, uint32_t i, int64_t now_ns, int64_t price)
{
    const struct oc_request ask = venue->state.orders[i].ask;
    struct market *market = market_of(venue, ask.head.inst);
    int64_t *position = &market->positions[ask.account], qty = ask.qty;
    if (ask.bits & OC_RQ_REDUCE_ONLY) {
        int64_t held = ask.side == OC_SIDE_SELL ? *position : -*position;
        qty = held < qty ? held : qty;
    }
    take_out(venue, i);
    if (qty <= 0)
        return answer(venue, now_ns, &ask, OC_EV_CANCELED, "NOTHING_TO_REDUCE");
    struct oc_ev_fill fill = {.head = ask.head, .order = ask.order, .price = price, .qty = qty};
    fill.head.size = sizeof fill;
    fill.head.type = OC_EV_FILL;
    fill.head.flags = (uint16_t)((qty == ask.qty ? OC_EVF_LAST : 0) | (ask.role == OC_ROLE_END ? OC_EVF_END : 0));
    fill.head.venue_ns = now_ns;
    fill.head.local_ns = 0;
    fill.head.seq = 0;
    fill.head.cause = ask.head.seq;
    fill.fee_asset = market->settle;
    fill.side = ask.side;
    fill.liquidity = OC_LIQUIDITY_TAKER;
    put_trade_id(&fill);
    *position += ask.side == OC_SIDE_BUY ? qty : -qty;
    oc_rc rc = venue->answers->emit(venue->host, now_ns, &fill.head);
    if (rc == OC_OK && qty < ask.qty)
        rc = answer(venue, now_ns, &ask, OC_EV_CANCELED, "NOTHING_LEFT_TO_REDUCE");
    return rc;
}

static oc_rc instrument(void *self, const struct oc_instrument *info)
{
    struct venue *venue = self;
    struct market *market = market_of(venue, info->inst);
    if (!market)
        return OC_E_LIMIT;
    if (info->kind != OC_KIND_SPOT)
        return OC_E_NOT_SUPPORTED;
    market->inst = info->inst;
    market->settle = info->settle;
    return OC_OK;
}

static oc_rc balance(void *self, uint32_t account, uint32_t asset, struct oc_dec total)
{
    (void)self, (void)account, (void)asset, (void)total; /* what can be paid for is not looked at */
    return OC_OK;
}

static oc_rc market(void *self, int64_t now_ns, const struct oc_event *event)
{
    struct venue *venue = self;
    struct market *market = market_of(venue, event->inst);
    const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
    if (event->type != OC_EV_BAR || !market || !market->inst)
        return OC_OK;
    for (uint32_t i = 0; i < venue->state.order_count;) {
        const struct order *order = &venue->state.orders[i];
        if (OC_INST_INDEX(order->ask.head.inst) != OC_INST_INDEX(event->inst) || order->at_ns > bar->open_ns) {
            i++;
            continue;
        }
        oc_rc rc = fill_order(venue, i, now_ns, slipped(venue, order->ask.side, bar->open));
        if (rc < 0)
            return rc;
    }
    market->last = now_ns == event->venue_ns ? bar->close : bar->open;
    return OC_OK;
}

static const char *why_not(struct venue *venue, const struct oc_request *ask)
{
    const struct market *market = market_of(venue, ask->head.inst);
    if (!market || !market->inst || ask->account >= ACCOUNTS_MAX)
        return "UNKNOWN_INSTRUMENT";
    if (ask->type != OC_ORDER_MARKET || !(ask->bits & OC_RQ_HAS_QTY) || (ask->bits & OC_RQ_HAS_QUOTE_QTY) ||
        ask->qty <= 0)
        return "ORDER_TYPE_NOT_SUPPORTED";
    if (ask->tif != OC_TIF_NONE && ask->tif != OC_TIF_GTC) /* it waits for the next open, however far that is */
        return "TIME_IN_FORCE_NOT_SUPPORTED";
    return venue->state.order_count == ORDERS_MAX ? "TOO_MANY_ORDERS" : NULL;
}

static oc_rc take_new(struct venue *venue, int64_t now_ns, const struct oc_request *ask)
{
    const char *reason = why_not(venue, ask);
    if (reason)
        return answer(venue, now_ns, ask, OC_EV_REJECTED, reason);
    venue->state.orders[venue->state.order_count++] = (struct order){*ask, now_ns};
    return answer(venue, now_ns, ask, OC_EV_ACCEPTED, "");
}

static oc_rc request(void *self, int64_t now_ns, const struct oc_request *ask)
{
    struct venue *venue = self;
    if (ask->kind == OC_REQUEST_NEW)
        return take_new(venue, now_ns, ask);
    if (ask->kind != OC_REQUEST_CANCEL)
        return answer(venue, now_ns, ask, OC_EV_AMEND_REJECTED, "AMEND_NOT_SUPPORTED");
    for (uint32_t i = 0; i < venue->state.order_count; i++)
        if (venue->state.orders[i].ask.order == ask->order) {
            take_out(venue, i);
            return answer(venue, now_ns, ask, OC_EV_CANCELED, "");
        }
    return answer(venue, now_ns, ask, OC_EV_CANCEL_REJECTED, "ORDER_NOT_OPEN");
}

static oc_rc due(void *self, int64_t now_ns)
{
    (void)self, (void)now_ns; /* nothing was scheduled */
    return OC_OK;
}

/* The host has sent the orders that close what is open: they take the last price. */
static oc_rc end(void *self, int64_t now_ns)
{
    struct venue *venue = self;
    for (uint32_t i = 0; i < venue->state.order_count;) {
        struct oc_request *ask = &venue->state.orders[i].ask;
        const struct market *market = market_of(venue, ask->head.inst);
        if (ask->role != OC_ROLE_END || !market->last) {
            i++;
            continue;
        }
        ask->bits &= ~(uint32_t)OC_RQ_REDUCE_ONLY; /* sized by the host to what is held */
        oc_rc rc = fill_order(venue, i, now_ns, slipped(venue, ask->side, market->last));
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static int is_end_of_order(uint16_t type)
{
    return type == OC_EV_REJECTED || type == OC_EV_CANCELED || type == OC_EV_EXPIRED;
}

/* What another build of this plugin answered, as facts. */
static void observe(void *self, const struct oc_event *event)
{
    struct venue *venue = self;
    const struct oc_request *ask = (const struct oc_request *)(const void *)event;
    const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event;
    const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
    uint64_t order = 0;
    if (event->type == OC_EV_REQUEST && ask->kind == OC_REQUEST_NEW && !why_not(venue, ask))
        venue->state.orders[venue->state.order_count++] = (struct order){*ask, event->local_ns};
    if (event->type == OC_EV_FILL) {
        const uint32_t index = OC_INST_INDEX(event->inst);
        if (index < MARKETS_MAX && event->source < ACCOUNTS_MAX)
            venue->state.markets[index].positions[event->source] += fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
        order = event->flags & OC_EVF_LAST ? fill->order : 0;
    } else if (is_end_of_order(event->type)) {
        order = answer->order;
    }
    for (uint32_t i = 0; order && i < venue->state.order_count; i++)
        if (venue->state.orders[i].ask.order == order) {
            take_out(venue, i);
            return;
        }
}

static oc_rc position(void *self, uint32_t account, uint32_t inst, int64_t *ret_units)
{
    const struct market *market = market_of(self, inst);
    *ret_units = market && account < ACCOUNTS_MAX ? market->positions[account] : 0;
    return OC_OK;
}

static uint32_t state_size(uint32_t order_count)
{
    return (uint32_t)(offsetof(struct state, orders) + order_count * sizeof(struct order));
}

static oc_rc save(void *self, void *bytes, uint32_t size_max)
{
    struct venue *venue = self;
    uint32_t size = state_size(venue->state.order_count);
    if (size > size_max)
        return OC_E_LIMIT;
    venue->state.version = STATE_VERSION;
    memcpy(bytes, &venue->state, size);
    return (oc_rc)size;
}

static oc_rc load(void *self, const void *bytes, uint32_t size)
{
    struct venue *venue = self;
    uint32_t head[2];
    if (size < sizeof head)
        return OC_E_DATA;
    memcpy(head, bytes, sizeof head);
    if (head[0] != STATE_VERSION || head[1] > ORDERS_MAX || state_size(head[1]) != size)
        return OC_E_DATA;
    memcpy(&venue->state, bytes, size);
    return OC_OK;
}

static oc_rc open_venue(const struct oc_host *host, void **ret_self)
{
    struct venue *venue = calloc(1, sizeof *venue);
    if (!venue)
        return OC_E_NOMEM;
    venue->host = host;
    venue->answers = (const struct oc_svc_sim_host *)host->service(host, OC_SVC_SIM_HOST);
    oc_rc rc = venue->answers ? oc_config_dec(host, "bps", &venue->bps) : (oc_rc)OC_E_NOT_SUPPORTED;
    if (rc < 0) {
        free(venue);
        return rc;
    }
    *ret_self = venue;
    return OC_OK;
}

static void close_venue(void *self) { free(self); }

static const struct oc_sim sim = {.size = sizeof sim,
                                  .instrument = instrument,
                                  .balance = balance,
                                  .market = market,
                                  .request = request,
                                  .due = due,
                                  .end = end,
                                  .observe = observe,
                                  .position = position,
                                  .save = save,
                                  .load = load};
static const struct oc_iface ifaces[] = {{OC_SIM, &sim}, {0}};
/* clang-format off */
static const struct oc_key keys[] = {
    {.name = "bps", .type = OC_KEY_DECIMAL, .min = "0", .max = "1000", .fallback = "3", .unit = "basis points",
     .about = "how much worse than the open a fill is"}, {0}};
static const struct oc_plugin plugin = {
    .size = sizeof plugin, .abi_major = OC_ABI_MAJOR, .abi_minor = OC_ABI_MINOR,
    .kind = OC_SIM, .id = "org.example.nextopen", .version = "0.1.0", .license = "MIT",
    .about = "fills market orders at the next open, with slippage",
    .open = open_venue, .close = close_venue, .ifaces = ifaces, .keys = keys,
};
/* clang-format on */

OC_PLUGINS(&plugin);
