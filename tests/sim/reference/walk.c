/* walk.c: one bar on one path (formula sheet 7.6, rules 3 to 6 and 8). */
#include "reference.h"

#include <stdlib.h>

static bool is_alive(const struct order *order) { return order->state <= RESTING; }

/* Decided inside this bar, by a timer or a person. Legs are the host's: never. */
static bool is_inside(const struct walk *walk, const struct order *order)
{
    return order->role == ROLE_NONE && order->decided > walk->bar->open_ns;
}

/* Rule 4: decided inside the bar, a stop looks at the worse extreme, and not before T/3. */
static void arrive_stop_inside(const struct walk *walk, struct order *order, wide pays, int64_t tau)
{
    int64_t third = walk->scenario->setup.third;
    int which = order->side > 0 ? 0 : 1;
    int64_t worse = order->side > 0 ? walk->bar->high[which] : walk->bar->low[which];
    wide level = (wide)order->stop * third;
    order->is_asleep = true;
    if (!is_beyond((wide)worse * third, level, order->side))
        return;
    order->wake_price = is_beyond(pays, level, order->side) ? pays : level;
    order->wake_tau = tau > third ? tau : third;
}

/* Rule 3 and, inside, rule 4: what an order comes to at the instant at which it arrives. */
void arrive(struct walk *walk, struct order *order, int64_t tau)
{
    wide pays = market_at(walk, order->side, tau);
    bool inside = is_inside(walk, order);
    order->state = RESTING;
    order->is_new = false;
    order->since_tau = tau;
    if (order->has_stop && !order->is_triggered) {
        if (inside)
            arrive_stop_inside(walk, order, pays, tau);
        else if (is_beyond(path_at(walk, order->side, tau), (wide)order->stop * walk->scenario->setup.third,
                           order->side))
            trigger(walk, order, pays, tau);
        return;
    }
    if (!order->has_price) {
        take(walk, order, pays, tau);
        return;
    }
    bool takes = (order->price - taker_price(walk, pays, order->side)) * order->side >= 0;
    if (takes && order->post_only)
        order->state = order->filled > 0 ? CANCELED : REJECTED;
    else if (takes)
        take(walk, order, pays, tau);
    else if (order->ioc || order->fok)
        end_immediate(order);
    else
        order->is_asleep = inside;
}

/* Whether the rest of the bar's path, from where the leg's entry was filled, meets the leg's price by `until`. */
static bool is_met(const struct walk *walk, const struct order *leg, int64_t until)
{
    int64_t third = walk->scenario->setup.third, tau;
    for (int64_t end = (leg->since_tau / third + 1) * third; end - third < until; end += third)
        if (crosses(walk, leg, end < until ? end : until, &tau))
            return true;
    return false;
}

/* Another part of the same leg that stands there; NULL: none. */
static const struct order *standing(const struct world *world, const struct order *leg)
{
    for (int i = 0; i < world->order_count; i++) {
        const struct order *other = &world->orders[i];
        if (other != leg && other->id == leg->id && other->role == leg->role && other->state == RESTING &&
            !other->is_going)
            return other;
    }
    return NULL;
}

/* A leg is judged on the path behind its entry's fill, from that price; what it met before it was there it meets now. */
void arrive_leg(struct walk *walk, struct order *leg, int64_t tau)
{
    int64_t third = walk->scenario->setup.third;
    const struct order *first = standing(walk->world, leg);
    leg->state = RESTING;
    leg->is_grown = first != NULL;
    leg->queued = first ? first->queued : leg->queued;
    if (first &&
        first->is_triggered) /* its stop was passed and it has not got all it wants: this goes on as that does */
        leg->is_triggered = leg->is_carried = leg->is_asleep = true;
    if (leg->is_asleep)
        return;
    if (leg->role == ROLE_TAKE_PROFIT) {
        if (!leg->is_grown && (leg->price - taker_price(walk, leg->start_price, leg->side)) * leg->side >= 0)
            take(walk, leg, leg->start_price, tau);
        else if (is_met(walk, leg, tau))
            make(walk, leg, tau);
        return;
    }
    wide level = (wide)leg->stop * third;
    if (!leg->is_grown && is_beyond(leg->start_price, level, leg->side))
        trigger(walk, leg, leg->start_price, tau);
    else if (is_met(walk, leg, tau) || (leg->is_forced && !is_met(walk, leg, 3 * third)))
        trigger(walk, leg, level,
                tau); /* the bar takes a stop that the rest of its path does not meet as soon as it is there */
}

/* --- What happens at one instant, in the order of rule 8 --- */

struct item {
    int index;
    int side;
    bool is_open;
    int kind;  /* market orders, stops, limits */
    wide rank; /* the smaller first */
    int64_t time;
};

static int item_order(const void *left, const void *right)
{
    const struct item *a = left, *b = right;
    if (a->kind != b->kind)
        return a->kind - b->kind;
    if (a->rank != b->rank && (a->side == b->side || a->is_open)) /* of two sides it is time behind the open */
        return a->rank < b->rank ? -1 : 1;
    if (a->time != b->time)
        return a->time < b->time ? -1 : 1;
    return a->index - b->index;
}

/* How far its price is beyond where the market stands, or short of it: the trigger that is passed first, the better price. */
static struct item item_of(const struct walk *walk, int index, int64_t tau)
{
    const struct order *order = &walk->world->orders[index];
    const wide here = path_at(walk, order->side, tau), third = walk->scenario->setup.third;
    struct item item = {.index = index, .side = order->side, .is_open = walk->is_open, .time = order->queued};
    if (order->has_stop && !order->is_triggered) {
        item.kind = 1;
        item.rank = order->side * (order->stop * third - here);
    } else if (order->has_price) {
        item.kind = 2;
        item.rank = order->side * (here - order->price * third);
    }
    return item;
}

/* The open meets an order that was there before. */
static void open_meets(struct walk *walk, struct order *order)
{
    const struct setup *setup = &walk->scenario->setup;
    wide open = path_at(walk, order->side, 0);
    int64_t third = setup->third;
    if (order->is_carried) {
        order->is_asleep = false;
        take(walk, order, open, 0);
        return;
    }
    if (order->has_stop && !order->is_triggered) {
        if (is_beyond(open, (wide)order->stop * third, order->side))
            trigger(walk, order, open, 0);
        return;
    }
    if (!order->has_price || ((wide)(order->price - order->side * setup->depth) * third - open) * order->side < 0)
        return;
    if (setup->gap == GAP_OPEN && (order->price - taker_price(walk, open, order->side)) * order->side >= 0)
        take(walk, order, open, 0);
    else
        make(walk, order, 0);
}

static void open_bar(struct walk *walk)
{
    struct world *world = walk->world;
    struct item items[ORDER_MAX];
    int count = 0;
    for (int i = 0; i < world->order_count; i++) {
        const struct order *order = &world->orders[i];
        if (is_alive(order) && order->arrive <= walk->bar->open_ns)
            items[count++] = item_of(walk, i, 0);
    }
    qsort(items, (size_t)count, sizeof *items, item_order);
    for (int i = 0; i < count; i++) {
        struct order *order = &world->orders[items[i].index];
        if (!is_alive(order))
            continue;
        if (order->is_fresh)
            continue;
        if (order->state == COMING || order->is_new)
            arrive(walk, order, 0);
        else
            open_meets(walk, order);
    }
    for (int i = 0; i < world->order_count; i++) { /* without latency */
        struct order *leg = &world->orders[i];
        if (leg->state == COMING && leg->is_fresh && leg->arrive == walk->bar->open_ns)
            arrive_leg(walk, leg, 0);
    }
}

static void come(struct walk *walk, int64_t tau)
{
    struct world *world = walk->world;
    struct item items[ORDER_MAX];
    int count = 0;
    walk->is_on_line = true;
    for (int i = 0; i < world->order_count; i++) {
        const struct order *order = &world->orders[i];
        bool comes = (order->state == COMING || order->is_new) && order->arrive - walk->bar->open_ns == tau;
        if (is_alive(order) && (comes || order->wake_tau == tau))
            items[count++] = item_of(walk, i, tau);
    }
    qsort(items, (size_t)count, sizeof *items, item_order);
    for (int i = 0; i < count; i++) {
        struct order *order = &world->orders[items[i].index];
        if (!is_alive(order))
            continue;
        if (order->wake_tau != tau && order->is_fresh)
            arrive_leg(walk, order, tau);
        else if (order->wake_tau != tau)
            arrive(walk, order, tau);
        if (is_alive(order) && order->wake_tau == tau) {
            order->wake_tau = NEVER;
            trigger(walk, order, order->wake_price, tau);
        }
    }
}

/* What the path meets first on its way to `until`, which is not behind the end of its leg; NULL: nothing more. */
static struct order *first_met(struct walk *walk, int64_t until, int64_t *ret_tau)
{
    struct world *world = walk->world;
    struct item first = {.index = NEVER};
    for (int i = 0; i < world->order_count; i++) {
        const struct order *order = &world->orders[i];
        int64_t tau;
        if (order->state != RESTING || order->is_asleep || order->is_carried || order->is_new ||
            !crosses(walk, order, until, &tau))
            continue;
        const struct item item = item_of(walk, i, tau);
        if (first.index != NEVER && (tau > *ret_tau || (tau == *ret_tau && item_order(&first, &item) < 0)))
            continue;
        first = item;
        *ret_tau = tau;
    }
    return first.index == NEVER ? NULL : &world->orders[first.index];
}

static void meet(struct walk *walk, struct order *order, int64_t tau)
{
    walk->is_on_line = false;
    if (order->has_stop && !order->is_triggered)
        trigger(walk, order, (wide)order->stop * walk->scenario->setup.third, tau);
    else
        make(walk, order, tau);
}

/* --- Cancels, amends and ends --- */

static void amend(struct order *order, const struct action *action, int64_t comes)
{
    bool is_moved =
        (action->has_price && action->price != order->price) || (action->has_stop && action->stop != order->stop);
    if (action->has_qty && action->qty <= order->filled)
        return;
    if (action->has_qty)
        order->qty = action->qty;
    if (action->has_price)
        order->price = action->price;
    if (action->has_stop)
        order->stop = action->stop;
    if (!is_moved)
        return;
    order->arrive = order->queued = comes;
    order->decided = action->decided;
    order->is_new = true;
    order->wake_tau = NEVER;
}

static void expire(struct world *world, int64_t now)
{
    for (int i = 0; i < world->order_count; i++) {
        struct order *order = &world->orders[i];
        if (is_alive(order) && order->has_expire && order->expire <= now)
            order->state =
                order->expire <= order->arrive && order->state == COMING ? REJECTED : EXPIRED; /* dead on arrival */
    }
}

/* Everything that is due by then and needs no price, in the order of time. */
static void do_actions(struct walk *walk, int64_t now)
{
    struct world *world = walk->world;
    const struct scenario *scenario = walk->scenario;
    for (;;) {
        int first = NEVER;
        for (int i = 0; i < scenario->action_count; i++)
            if (!world->done[i] && (first == NEVER || scenario->actions[i].decided < scenario->actions[first].decided))
                first = i;
        const struct action *action = first == NEVER ? NULL : &scenario->actions[first];
        const int64_t comes = action ? action->decided + scenario->setup.entry : now + 1;
        expire(world, comes < now ? comes : now);
        if (comes > now)
            return;
        world->done[first] = true;
        struct order *order = &world->orders[action->id];
        if (!is_alive(order) || order->arrive > comes)
            continue;
        if (action->is_cancel)
            order->state = CANCELED;
        else
            amend(order, action, comes);
    }
}

/* The next instant behind `tau` at which something comes, or the end of the leg. */
static int64_t next_instant(const struct walk *walk, int64_t tau)
{
    const struct world *world = walk->world;
    int64_t third = walk->scenario->setup.third, open = walk->bar->open_ns;
    int64_t next = (tau / third + 1) * third;
    for (int i = 0; i < world->order_count; i++) {
        const struct order *order = &world->orders[i];
        if (!is_alive(order))
            continue;
        int64_t comes = order->arrive - open, ends = order->expire - open;
        if (order->state == COMING && comes > tau && comes < next)
            next = comes;
        if (order->has_expire && ends > tau && ends < next)
            next = ends;
        if (order->wake_tau > tau && order->wake_tau < next)
            next = order->wake_tau;
    }
    for (int i = 0; i < walk->scenario->action_count; i++) {
        int64_t comes = walk->scenario->actions[i].decided + walk->scenario->setup.entry - open;
        if (!world->done[i] && comes > tau && comes < next)
            next = comes;
    }
    return next;
}

/* Rule 8: nothing traded. What comes waits for an open that trades, what cannot wait ends; a market order may take the last close. */
static void pass_dead(struct walk *walk, struct order *order, int64_t tau)
{
    const bool is_market = !order->has_price && (!order->has_stop || order->is_triggered);
    const bool comes = order->state == COMING || order->is_new;
    if (is_market && walk->scenario->setup.take_in_dead && walk->last != NEVER) {
        order->is_asleep = order->is_carried = order->is_new = false;
        order->state = RESTING;
        take(walk, order, (wide)walk->last * walk->scenario->setup.third, tau);
    } else if (comes) {
        order->state = RESTING;
        order->is_new = true;
        if ((order->ioc || order->fok) && (!order->has_stop || order->is_triggered))
            end_immediate(order);
    }
}

static void walk_dead(struct walk *walk)
{
    struct world *world = walk->world;
    const int64_t end = 3 * walk->scenario->setup.third;
    world->has_cap = false;
    walk->is_open = true;
    for (int64_t tau = 0; tau < end; tau = next_instant(walk, tau)) {
        do_actions(walk, walk->bar->open_ns + tau);
        for (int i = 0, count = world->order_count; i < count; i++) {
            struct order *order = &world->orders[i];
            const int64_t came = order->arrive - walk->bar->open_ns;
            const bool waits = tau == 0 && came <= 0, comes = order->state == COMING && came == tau;
            if (is_alive(order) && (waits || comes))
                pass_dead(walk, order, tau);
        }
        walk->is_open = false;
        world->opened = tau == 0 ? world->position : world->opened;
    }
}

void walk_bar(struct walk *walk)
{
    struct world *world = walk->world;
    const struct setup *setup = &walk->scenario->setup;
    for (int i = 0; i < world->order_count; i++) {
        struct order *order = &world->orders[i];
        order->is_fresh = order->state == COMING && order->is_fresh && order->decided == walk->bar->open_ns;
        order->is_asleep = order->is_forced = false;
        order->since_tau = 0;
        order->wake_tau = NEVER;
    }
    world->has_cap = setup->cap > 0 && walk->bar->has_volume;
    world->opened = world->position;
    world->cap_left = walk->bar->volume * setup->cap / SHARE;
    do_actions(walk, walk->bar->open_ns);
    if (is_dead(walk)) {
        walk_dead(walk);
        return;
    }
    if (setup->entry + setup->response == 0)
        drop_closed(world);
    walk->is_open = true;
    open_bar(walk);
    walk->is_open = false;
    drop_closed(world);
    world->opened = world->position;
    for (int64_t tau = 0; tau < 3 * setup->third;) {
        int64_t next = next_instant(walk, tau), met;
        struct order *order = first_met(walk, next, &met);
        if (order) {
            meet(walk, order, met);
            continue;
        }
        tau = next;
        if (tau == 3 * setup->third)
            break;
        do_actions(walk, walk->bar->open_ns + tau);
        come(walk, tau);
    }
}
