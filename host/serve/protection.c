/* protection.c: how much of a position stops protect, and who holds them. */
#include "engine/dust.h"
#include "serve/console_service_impl.h"
#include "session/json_units.h"

#include <string.h>

/* Above 0 long, below 0 short: of a strategy, or of an account what no strategy holds (`by_hand`), or all of it. */
static int64_t held_by(const struct console_service *service, const struct position *position, bool by_hand)
{
    const struct market *market = markets_get(engine_markets(service->engine), position->inst);
    if (position->strategy || !by_hand)
        return position->qty;
    return dust_hand_qty(service->portfolio, position->account, instruments_get(service->instruments, position->inst),
                         market && market->has_mark ? market->mark2 / 2 : 0);
}

struct protection service_protection(const struct console_service *service, const struct position *position,
                                     bool by_hand)
{
    struct protection protection = {.held = held_by(service, position, by_hand)};
    const uint8_t side = protection.held > 0 ? OC_SIDE_SELL : OC_SIDE_BUY;
    const struct order *order = protection.held ? orders_open_of(engine_orders(service->engine), position->inst) : NULL;
    for (; order; order = order->younger_here) {
        if (order->now.side != side || order->now.account != position->account || !(order->now.bits & OC_RQ_HAS_STOP) ||
            order->state == STATE_PENDING_CANCEL || order->state == STATE_UNKNOWN ||
            ((position->strategy || by_hand) && order->now.strategy != position->strategy))
            continue;
        protection.stopped += order_remaining_worst(order);
        protection.in_host |= order->state == STATE_EMULATED;
        protection.is_limit |= order->now.type == OC_ORDER_STOP_LIMIT;
        if (!protection.stop ||
            (side == OC_SIDE_SELL ? order->now.stop_price > protection.stop : order->now.stop_price < protection.stop))
            protection.stop = order->now.stop_price;
    }
    return protection;
}

void service_put_protection(struct console_service *service, const struct position *position, struct text *reply)
{
    const struct protection protection = service_protection(service, position, false);
    const int64_t held = protection.held < 0 ? -protection.held : protection.held;
    struct console_service_status status = {0};
    service->config.host->status(service->config.host->self, &status);
    const char *by = !protection.stopped ? "none" : protection.in_host ? "host" : status.at_venue ? "venue" : "paper";
    const struct instrument *instrument = instruments_get(service->instruments, position->inst);
    json_open(reply, "protection", '{');
    json_text(reply, "by", by);
    json_qty(reply, "stopped", instrument, true, protection.stopped < held ? protection.stopped : held);
    json_flag(reply, "is_whole", held && protection.stopped >= held);
    json_price(reply, "stop", instrument, protection.stopped != 0, protection.stop);
    json_text(reply, "type", !protection.stopped ? NULL : protection.is_limit ? "STOP_LIMIT" : "STOP");
    json_close(reply, '}');
}
