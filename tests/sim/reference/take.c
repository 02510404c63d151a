/* take.c: fills, legs and what they do to each other (formula sheet 7.6, rules 1, 3, 7 and 8). */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

/* On the grid, against the account: where legs begin. */
static wide on_grid(const struct walk *walk, wide price, int side)
{
    int64_t third = walk->scenario->setup.third;
    int64_t rest = (int64_t)(((price % third) + third) % third);
    return rest == 0 ? price : side > 0 ? price - rest + third : price - rest;
}

/* What a leg may still take from the position. */
static int64_t reducible(const struct world *world, int side)
{
    return world->position * side < 0 ? llabs(world->position) : 0;
}

static int64_t lesser(int64_t a, int64_t b) { return a < b ? a : b; }

/* What it still wants; the fill of one leg leaves less to the other. */
static int64_t left_of(const struct world *world, const struct order *order)
{
    const int64_t qty = order->qty - order->filled;
    if (order->role == ROLE_NONE)
        return qty;
    return lesser(qty, world->orders[order->id].filled - world->orders[order->id].exited);
}

static int64_t can_fill(const struct world *world, const struct order *order)
{
    int64_t qty = left_of(world, order);
    if (order->reduce_only)
        qty = lesser(qty, reducible(world, order->side));
    return world->has_cap ? lesser(qty, world->cap_left) : qty;
}

static struct order *add_leg(struct walk *walk, const struct order *entry, enum role role, int64_t qty, wide price,
                             int64_t tau)
{
    struct world *world = walk->world;
    const struct setup *setup = &walk->scenario->setup;
    if (world->order_count == ORDER_MAX)
        abort();
    struct order *leg = &world->orders[world->order_count++];
    memset(leg, 0, sizeof *leg);
    leg->id = entry->id;
    leg->role = role;
    leg->side = -entry->side;
    leg->qty = qty;
    leg->reduce_only = true;
    leg->is_fresh = true;
    leg->ended = NEVER;
    leg->decided = walk->bar->open_ns + tau;
    leg->arrive = leg->decided + setup->entry + setup->response;
    leg->queued = leg->arrive;
    leg->since_tau = tau;
    leg->wake_tau = NEVER;
    leg->start_price = on_grid(walk, setup->is_quoted ? beside_at(walk, entry->side, tau) : price,
                               setup->is_quoted ? leg->side : entry->side);
    if (role == ROLE_STOP_LOSS) {
        leg->has_stop = true;
        leg->stop = entry->stop_loss;
    } else {
        leg->has_price = true;
        leg->price = entry->take_profit;
    }
    return leg;
}

static bool in_range(const struct walk *walk, const struct order *leg)
{
    int which = leg->side > 0 ? 0 : 1;
    return leg->stop >= walk->bar->low[which] && leg->stop <= walk->bar->high[which];
}

static void add_legs(struct walk *walk, const struct order *entry, int64_t qty, wide price, int64_t tau)
{
    struct order *stop = NULL, *target = NULL;
    if (entry->has_stop_loss)
        stop = add_leg(walk, entry, ROLE_STOP_LOSS, qty, price, tau);
    if (entry->has_take_profit)
        target = add_leg(walk, entry, ROLE_TAKE_PROFIT, qty, price, tau);
    if (stop && walk->forces && tau > 0 && in_range(walk, stop)) {
        stop->is_forced = true;
        if (target)
            target->is_asleep = true;
    }
    int64_t wait = walk->scenario->setup.entry + walk->scenario->setup.response;
    if (walk->is_open ||
        tau == 3 * walk->scenario->setup.third) /* behind everything that the open is for; of the next bar */
        return;
    if (wait == 0 && stop)
        arrive_leg(walk, stop, tau);
    if (wait == 0 && target)
        arrive_leg(walk, target, tau);
}

/* Legs of a position that is gone, or of an entry that they have closed, are to be taken down. */
static void mark_closed(struct world *world)
{
    for (int i = 0; i < world->order_count; i++) {
        struct order *leg = &world->orders[i];
        if (leg->role != ROLE_NONE &&
            (reducible(world, leg->side) == 0 || world->orders[leg->id].filled == world->orders[leg->id].exited))
            leg->is_going = true;
    }
}

/* The host has been told. */
void drop_closed(struct world *world)
{
    for (int i = 0; i < world->order_count; i++)
        if (world->orders[i].is_going && world->orders[i].state <= RESTING)
            world->orders[i].state = CANCELED;
}

/* Rule 7.5: up to the step of the fee's currency, 10^-8; given in ticks x lots x millionths. */
static int64_t fee_of(const struct setup *setup, int64_t fee)
{
    int64_t step = 1;
    for (int i = setup->price_decimals + setup->qty_decimals + 6; i > FEE_DECIMALS; i--)
        step *= 10;
    int64_t rest = (fee % step + step) % step;
    return rest > 0 ? fee - rest + step : fee;
}

/* Legs are made of parts here, one for each fill of the entry: what they fill at one instant and price is one fill. */
static struct fill *fill_of(struct walk *walk, const struct order *order, int64_t price, bool is_maker, int64_t tau)
{
    struct world *world = walk->world;
    const int64_t time = walk->bar->open_ns + tau;
    for (int i = 0; i < world->fill_count && order->role != ROLE_NONE; i++) {
        struct fill *fill = &world->fills[i];
        if (fill->time == time && fill->id == order->id && fill->role == order->role && fill->price == price &&
            fill->is_maker == is_maker)
            return fill;
    }
    if (world->fill_count == FILL_MAX)
        abort();
    const int64_t close = 3 * walk->scenario->setup.third, told = tau + walk->scenario->setup.response;
    struct fill *fill = &world->fills[world->fill_count++];
    memset(fill, 0, sizeof *fill);
    fill->time = time;
    fill->told = walk->bar->open_ns + (!walk->is_open && told < close ? close : told);
    fill->price = price;
    fill->id = order->id;
    fill->role = order->role;
    fill->side = order->side;
    fill->is_maker = is_maker;
    fill->at_open = walk->is_open;
    return fill;
}

/* Books `qty` at `price`, on the grid; `base` is the price before half-spread, times third. */
static void book(struct walk *walk, struct order *order, int64_t qty, int64_t price, bool is_maker, wide base,
                 int64_t tau)
{
    struct world *world = walk->world;
    const struct setup *setup = &walk->scenario->setup;
    struct fill *fill = fill_of(walk, order, price, is_maker, tau);
    fill->qty += qty;
    const int64_t fee = fee_of(setup, price * fill->qty * (is_maker ? setup->maker : setup->taker));
    world->cash -= (wide)order->side * price * qty * SHARE + fee - fill->fee;
    fill->fee = fee;
    world->position += order->side * qty;
    if (world->has_cap)
        world->cap_left -= qty;
    order->filled += qty;
    if (order->filled == order->qty)
        order->state = FILLED;
    else
        order->is_asleep = true;
    if (order->role != ROLE_NONE)
        world->orders[order->id].exited += qty;
    mark_closed(world);
    if (order->role == ROLE_NONE && (order->has_stop_loss || order->has_take_profit))
        add_legs(walk, order, qty, base, tau);
}

/* An order that cannot rest: fill or kill is said to expire, immediate or cancel to be canceled. */
void end_immediate(struct order *order) { order->state = order->fok ? EXPIRED : CANCELED; }

/* Nothing is left for it to reduce. */
static void end_reduced(const struct world *world, struct order *order)
{
    if (order->state <= RESTING && order->reduce_only && reducible(world, order->side) == 0)
        order->state = CANCELED;
}

/* The order takes what it can get at what `price` (times third) comes to. */
void take(struct walk *walk, struct order *order, wide price, int64_t tau)
{
    int64_t qty = can_fill(walk->world, order);
    bool is_whole = qty == order->qty - order->filled;
    bool is_limit = order->has_price;
    if (order->fok && !is_whole)
        qty = 0;
    if (qty > 0)
        book(walk, order, qty, taker_price(walk, price, order->side), false, price, tau);
    end_reduced(walk->world, order);
    if (order->state > RESTING)
        return;
    if (order->ioc || order->fok) {
        end_immediate(order);
        return;
    }
    order->state = RESTING;
    order->is_asleep = true;
    order->is_carried = !is_limit;
}

/* Rule 8: stops are first at the instant of a leg of the path. What those will take that are met by its end. */
static int64_t reserved(const struct walk *walk, int64_t tau)
{
    const struct world *world = walk->world;
    const int64_t third = walk->scenario->setup.third, end = tau == 0 ? third : (tau + third - 1) / third * third;
    int64_t qty = 0;
    for (int i = 0; i < world->order_count; i++) {
        const struct order *order = &world->orders[i];
        int64_t met;
        if (order->state != RESTING || order->is_asleep || !order->has_stop || order->is_triggered || order->is_new ||
            !crosses(walk, order, end, &met))
            continue;
        const int64_t pays = taker_price(walk, (wide)order->stop * third, order->side);
        if (!order->has_price || (order->price - pays) * order->side >= 0)
            qty += left_of(world, order);
    }
    return qty;
}

/* A resting limit is filled at its own price. */
void make(struct walk *walk, struct order *order, int64_t tau)
{
    int64_t kept = walk->is_open || !walk->world->has_cap ? 0 : lesser(reserved(walk, tau), walk->world->cap_left);
    walk->world->cap_left -= kept;
    int64_t qty = can_fill(walk->world, order);
    walk->world->cap_left += kept;
    order->is_asleep = true;
    if (qty > 0)
        book(walk, order, qty, order->price, true, (wide)order->price * walk->scenario->setup.third, tau);
    end_reduced(walk->world, order);
}

/* The stop is passed, and a market order pays what `price` (times third) comes to. */
void trigger(struct walk *walk, struct order *order, wide price, int64_t tau)
{
    order->is_triggered = true;
    if (!order->has_price) {
        take(walk, order, price, tau);
        return;
    }
    int64_t pays = taker_price(walk, price, order->side);
    if ((order->price - pays) * order->side >= 0) {
        take(walk, order, price, tau);
        return;
    }
    if (order->ioc || order->fok) {
        end_immediate(order);
        return;
    }
    order->since_tau = tau;
    order->is_fresh = false;
    order->is_asleep = order->decided > walk->bar->open_ns && order->role == ROLE_NONE;
}
