/* ticks.c: trades and quotes: what is told when it comes (formula sheet 7.2, 7.6 rule 2, 7 and 8). An order meets the quote in force when
 * it arrives (not under `ideal`), or the next; of trades the next. What rests is filled by an opposite quote at its price, or by a trade
 * through it, up to what is there. */
#include "reference.h"

#include <string.h>

/* The market as an order of a side sees it: what a taker pays, the price itself, and how much is there. */
struct offer {
    int64_t paid, price;
    int depth;
    int64_t *left; /* NULL: no bound */
};

struct tape {
    struct scenario *scenario;
    const struct tick *quote; /* in force */
    int64_t left[2];          /* for buys, for sells */
    int64_t last;             /* trade */
    bool has_last;
    int64_t now;
    bool rested[ORDER_MAX];
};

static bool is_at(int64_t price, int64_t level, int side) { return side > 0 ? price <= level : price >= level; }

static void ends(struct tape *tape, struct order *order, enum state how)
{
    order->state = how;
    order->ended_ns = tape->now;
}

/* What a leg may still close. */
static int64_t wanted(const struct tape *tape, const struct order *order)
{
    const int64_t rest = order->qty - order->filled, held = tape->scenario->world.position * -order->side;
    if (order->role == ROLE_NONE && !order->reduce_only)
        return rest;
    return held < rest ? (held > 0 ? held : 0) : rest;
}

static void fills(struct tape *tape, struct order *order, int64_t price, const struct offer *offer, bool is_maker)
{
    struct scenario *scenario = tape->scenario;
    struct world *world = &scenario->world;
    const struct setup *setup = &scenario->setup;
    const int64_t want = wanted(tape, order);
    int64_t qty = offer->left && *offer->left < want ? *offer->left : want;
    if (want == 0) {
        ends(tape, order, order->filled ? CANCELED : REJECTED);
        return;
    }
    if (qty <= 0 || (order->fok && qty < want))
        return;
    const wide value = (wide)price * qty;
    wide fee = value * (is_maker ? setup->maker : setup->taker);
    int64_t step = 1;
    for (int i = setup->price_decimals + setup->qty_decimals + 6; i > FEE_DECIMALS; i--)
        step *= 10;
    wide whole = fee / step; /* against the account: up, a rebate down */
    if (whole * step < fee)
        whole++;
    fee = whole * step;
    world->fills[world->fill_count++] = (struct fill){.time = tape->now,
                                                      .told = tape->now + setup->response,
                                                      .qty = qty,
                                                      .price = price,
                                                      .fee = (int64_t)fee,
                                                      .id = order->id,
                                                      .side = order->side,
                                                      .role = order->role,
                                                      .is_maker = is_maker};
    world->position += order->side * qty;
    order->filled += qty;
    if (offer->left)
        *offer->left -= qty;
    if (order->filled == order->qty)
        ends(tape, order, FILLED);
    else if (qty == want)
        ends(tape, order, CANCELED);
}

/* What is left of an order that does not wait. */
static void gives_up(struct tape *tape, struct order *order)
{
    if (order->state == RESTING && order->ioc)
        ends(tape, order, CANCELED);
    else if (order->state == RESTING && order->fok)
        ends(tape, order, EXPIRED);
}

/* The part of a stop before it is triggered. True: it waits. */
static bool waits(struct order *order, const struct offer *offer)
{
    if (!order->has_stop || order->is_triggered)
        return false;
    if (!is_beyond(offer->price, order->stop, order->side))
        return true;
    order->is_triggered = true;
    return false;
}

static void meets(struct tape *tape, struct order *order, const struct offer *offer)
{
    bool *rested = &tape->rested[order - tape->scenario->world.orders];
    const bool was_waiting = order->has_stop && !order->is_triggered;
    if (waits(order, offer))
        return;
    if (was_waiting)
        *rested = false;
    if (!order->has_price)
        fills(tape, order, offer->paid, offer, false);
    else if (!*rested && is_at(offer->paid, order->price, order->side))
        fills(tape, order, offer->paid, offer, false);
    else if (*rested && is_at(offer->price, order->price - order->side * offer->depth, order->side))
        fills(tape, order, order->price, offer, true);
    *rested = true;
    gives_up(tape, order);
}

/* Market orders, then stops, then limits; of one kind the one that the price is farthest beyond, as it came past that first; then by
 * time. */
static bool goes_before(const struct order *a, int64_t price_a, const struct order *b, int64_t price_b)
{
    const struct order *both[2] = {a, b};
    const int64_t prices[2] = {price_a, price_b};
    int rank[2];
    int64_t beyond[2] = {0, 0};
    for (int i = 0; i < 2; i++) {
        const struct order *order = both[i];
        rank[i] = order->has_stop && !order->is_triggered ? 1 : order->has_price ? 2 : 0;
        if (rank[i] == 1)
            beyond[i] = (prices[i] - order->stop) * order->side;
        else if (rank[i] == 2)
            beyond[i] = (order->price - prices[i]) * order->side;
    }
    if (rank[0] != rank[1])
        return rank[0] < rank[1];
    if (beyond[0] != beyond[1])
        return beyond[0] > beyond[1];
    return a->arrive != b->arrive ? a->arrive < b->arrive : a < b;
}

static int64_t price_of(const struct tick *tick, int side)
{
    return tick->is_trade ? tick->price : side > 0 ? tick->ask : tick->bid;
}

static int64_t with_spread(const struct setup *setup, int64_t price, int side)
{
    const wide paid = (wide)price * (SHARE + side * setup->half_spread);
    wide whole = paid / SHARE;
    if (paid % SHARE < 0)
        whole--;
    return (int64_t)(side > 0 && whole * SHARE != paid ? whole + 1 : whole);
}

static struct offer quoted(struct tape *tape, int side)
{
    const int64_t price = side > 0 ? tape->quote->ask : tape->quote->bid;
    const bool is_sized = tape->scenario->setup.profile != IDEAL;
    return (struct offer){price, price, 0, is_sized ? &tape->left[side > 0 ? 0 : 1] : NULL};
}

static void legs_come(struct tape *tape, const struct order *entry)
{
    struct world *world = &tape->scenario->world;
    const struct setup *setup = &tape->scenario->setup;
    for (int i = 0; i < 2; i++) {
        if (!(i ? entry->has_take_profit : entry->has_stop_loss))
            continue;
        struct order *leg = &world->orders[world->order_count++];
        *leg = (struct order){.id = entry->id,
                              .side = -entry->side,
                              .qty = entry->filled,
                              .role = i ? ROLE_TAKE_PROFIT : ROLE_STOP_LOSS,
                              .arrive = tape->now + setup->response + setup->entry,
                              .has_price = i,
                              .has_stop = !i,
                              .price = entry->take_profit,
                              .stop = entry->stop_loss};
    }
}

/* An entry is filled whole, or not at all, where it has legs. */
static void look_at_entries(struct tape *tape)
{
    struct world *world = &tape->scenario->world;
    for (int i = 0, count = world->order_count; i < count; i++) {
        struct order *order = &world->orders[i];
        if (order->role == ROLE_NONE && order->state == FILLED && !order->exited) {
            order->exited = 1;
            legs_come(tape, order);
        }
    }
}

static void all_meet(struct tape *tape, const struct tick *tick)
{
    struct world *world = &tape->scenario->world;
    const struct setup *setup = &tape->scenario->setup;
    bool done[ORDER_MAX] = {false};
    int64_t left = tick->qty;
    for (;;) {
        struct order *first = NULL;
        for (int i = 0; i < world->order_count; i++) {
            struct order *order = &world->orders[i];
            if (order->state == RESTING && !done[i] &&
                (!first || goes_before(order, price_of(tick, order->side), first, price_of(tick, first->side))))
                first = order;
        }
        if (!first)
            break;
        done[first - world->orders] = true;
        struct offer offer;
        if (tick->is_trade)
            offer = (struct offer){with_spread(setup, tick->price, first->side), tick->price, setup->depth,
                                   setup->profile == IDEAL ? NULL : &left};
        else
            offer = quoted(tape, first->side);
        meets(tape, first, &offer);
    }
}

static void arrives(struct tape *tape, struct order *order)
{
    const bool has_quote = tape->quote != NULL;
    if (order->has_expire && order->expire <= tape->now) {
        ends(tape, order, REJECTED);
        return;
    }
    order->state = RESTING;
    order->arrive = tape->now;
    tape->rested[order - tape->scenario->world.orders] = false;
    if (order->post_only && (has_quote || tape->has_last)) {
        const int64_t price = !has_quote ? tape->last : order->side > 0 ? tape->quote->ask : tape->quote->bid;
        if (is_at(price, order->price, order->side)) {
            ends(tape, order, order->filled ? CANCELED : REJECTED);
            return;
        }
    }
    tape->rested[order - tape->scenario->world.orders] = order->post_only;
    if (has_quote && tape->scenario->setup.profile != IDEAL) {
        const struct offer offer = quoted(tape, order->side);
        meets(tape, order, &offer);
    }
}

static void changes(struct tape *tape, const struct action *action)
{
    struct order *order = &tape->scenario->world.orders[action->id];
    if (order->state != RESTING)
        return;
    if (action->is_cancel) {
        ends(tape, order, CANCELED);
        return;
    }
    if (action->has_qty && action->qty <= order->filled)
        return;
    const bool moves =
        (action->has_price && action->price != order->price) || (action->has_stop && action->stop != order->stop);
    if (action->has_qty)
        order->qty = action->qty;
    if (action->has_price)
        order->price = action->price;
    if (action->has_stop)
        order->stop = action->stop;
    if (moves)
        arrives(tape, order);
}

void run_ticks(struct scenario *scenario)
{
    static struct tape tape;
    struct world *world = &scenario->world;
    int next = 0;
    memset(&tape, 0, sizeof tape);
    tape.scenario = scenario;
    for (;;) {
        int64_t at = next < scenario->tick_count ? scenario->ticks[next].at : INT64_MAX;
        struct order *coming = NULL, *expiring = NULL;
        int change = NEVER;
        for (int i = 0; i < world->order_count; i++) {
            struct order *order = &world->orders[i];
            if (order->state == COMING && order->arrive <= at && (!coming || order->arrive < coming->arrive))
                coming = order;
            if (order->state == RESTING && order->has_expire && order->expire < at)
                expiring = order, at = order->expire;
        }
        if (coming && coming->arrive <= at)
            at = coming->arrive, expiring = NULL;
        else
            coming = NULL;
        for (int i = 0; i < scenario->action_count; i++) {
            const int64_t when = scenario->actions[i].decided + scenario->setup.entry;
            if (!world->done[i] && when <= at && (when < at || (!coming && change == NEVER)))
                change = i, at = when, coming = expiring = NULL;
        }
        if (at > scenario->ticks[scenario->tick_count - 1].at) /* the data have ended */
            return;
        tape.now = at;
        if (change != NEVER) {
            world->done[change] = true;
            changes(&tape, &scenario->actions[change]);
        } else if (coming) {
            if (coming->role != ROLE_NONE && world->position == 0)
                ends(&tape, coming, CANCELED); /* its group has nothing left */
            else
                arrives(&tape, coming);
        } else if (expiring) {
            ends(&tape, expiring, EXPIRED);
        } else {
            const struct tick *tick = &scenario->ticks[next++];
            if (tick->is_trade) {
                tape.last = tick->price;
                tape.has_last = true;
            } else {
                tape.quote = tick;
                tape.left[0] = tick->ask_qty;
                tape.left[1] = tick->bid_qty;
            }
            all_meet(&tape, tick);
        }
        look_at_entries(&tape);
    }
}
