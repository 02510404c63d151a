#include "session/protection.h"

#include "engine/dust.h"

/* Above 0 long, below 0 short: of a strategy, or of an account what no strategy holds (`by_hand`), or all of it. */
static int64_t held_by(struct engine *engine, const struct position *position, bool by_hand)
{
    const struct market *market = markets_get(engine_markets(engine), position->inst);
    if (position->strategy || !by_hand)
        return position->qty;
    return dust_hand_qty(engine_portfolio(engine), position->account,
                         instruments_get(engine_instruments(engine), position->inst),
                         market && market->has_mark ? market->mark2 / 2 : 0);
}

const char *protection_down(const struct protection *protection)
{
    const int64_t held = protection->held < 0 ? -protection->held : protection->held;
    const int64_t at_venue = protection->stopped - protection->in_host;
    if (at_venue > 0)
        return at_venue >= held ? "native" : "part";
    return protection->in_host > 0 ? "host" : "nothing";
}

static void note_stop(struct protection *protection, int64_t price, const struct order *order)
{
    const bool is_first =
        !protection->stop || (protection->held > 0 ? price > protection->stop : price < protection->stop);
    if (!is_first)
        return;
    protection->stop = price;
    protection->is_limit = order && order->now.type == OC_ORDER_STOP_LIMIT;
    protection->limit = protection->is_limit ? order->now.price : 0;
}

/* What the entries of it were given, and what of that the host holds. */
static void add_guards(struct engine *engine, const struct position *position, bool by_hand,
                       struct protection *protection)
{
    const uint8_t side = protection->held > 0 ? OC_SIDE_BUY : OC_SIDE_SELL;
    struct engine_guard guard;
    for (uint32_t at = 0; engine_guard_at(engine, position->inst, &at, &guard);) {
        if (guard.side != side || guard.account != position->account ||
            ((position->strategy || by_hand) && guard.strategy != position->strategy))
            continue;
        protection->has_leg |= guard.has_stop;
        if (guard.has_stop && guard.held == OC_ROLE_STOP_LOSS) {
            protection->stopped += guard.open;
            protection->in_host += guard.open;
            note_stop(protection, guard.stop, NULL);
        }
        const bool is_first = !protection->has_target || (protection->held > 0 ? guard.target < protection->target
                                                                               : guard.target > protection->target);
        if (guard.has_target && is_first) {
            protection->target = guard.target;
            protection->target_in_host = guard.held == OC_ROLE_TAKE_PROFIT;
        }
        protection->has_target |= guard.has_target;
    }
}

struct protection protection_of(struct engine *engine, const struct position *position, bool by_hand)
{
    struct protection protection = {.held = held_by(engine, position, by_hand)};
    const uint8_t side = protection.held > 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
    const struct order *order = protection.held ? orders_open_of(engine_orders(engine), position->inst) : NULL;
    for (; order; order = order->younger_here) {
        if (order->now.side != side || order->now.account != position->account || !(order->now.bits & OC_RQ_HAS_STOP) ||
            order->state == STATE_PENDING_CANCEL || order->state == STATE_UNKNOWN ||
            ((position->strategy || by_hand) && order->now.strategy != position->strategy))
            continue;
        protection.stopped += order_remaining_worst(order);
        protection.has_leg |= order->now.role == OC_ROLE_STOP_LOSS;
        note_stop(&protection, order->now.stop_price, order);
    }
    if (protection.held)
        add_guards(engine, position, by_hand, &protection);
    return protection;
}
