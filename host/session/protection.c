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
        protection.in_host |= order->state == STATE_EMULATED;
        protection.is_limit |= order->now.type == OC_ORDER_STOP_LIMIT;
        if (!protection.stop ||
            (side == OC_SIDE_SELL ? order->now.stop_price > protection.stop : order->now.stop_price < protection.stop))
            protection.stop = order->now.stop_price;
    }
    return protection;
}
