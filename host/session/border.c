#include "session/border.h"

#include "base/log.h"
#include "base/money.h"
#include "base/num.h"
#include "feed/source.h"

#include <string.h>

static const char *fill_refuses(struct engine *engine, const struct oc_ev_fill *fill, const struct order *order)
{
    const struct instrument *instrument = instruments_get(engine_instruments(engine), fill->head.inst);
    const int64_t asked = order->ask_qty > order->now.qty ? order->ask_qty : order->now.qty;
    int64_t filled;
    if (fill->side != OC_SIDE_NONE && fill->side != order->now.side)
        return "a fill on the other side than its order";
    if (fill->qty <= 0)
        return "a fill of nothing, or less";
    if (num_add(order->filled, fill->qty, &filled) < 0 || (asked && filled > asked))
        return "more is filled than was asked for";
    if (!instrument || (fill->price <= 0 && !(instrument->info.present & OC_INST_HAS_PRICE_SIGN)))
        return "a price that the instrument cannot have";
    if (fill->fee_asset >= instruments_asset_count(engine_instruments(engine)))
        return "a fee in an asset that is not known";
    if (fill->trade_id_size == 0 || fill->trade_id_size > sizeof fill->trade_id)
        return "a fill without an identity";
    return NULL;
}

const char *border_refuses(struct engine *engine, const struct oc_event *event)
{
    uint64_t id;
    if (event->type == OC_EV_FILL && event->size >= sizeof(struct oc_ev_fill))
        id = ((const struct oc_ev_fill *)(const void *)event)->order;
    else if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT && event->type != OC_EV_FILL &&
             event->size >= sizeof(struct oc_ev_answer))
        id = ((const struct oc_ev_answer *)(const void *)event)->order;
    else
        return "an event that no simulator may make";
    const struct order *order = orders_find(engine_orders(engine), id);
    if (!order)
        return "an answer about an order that is not known";
    if (event->source && event->source != order->now.account)
        return "an answer of another account than its order";
    if (OC_INST_INDEX(event->inst) != OC_INST_INDEX(order->now.head.inst))
        return "an answer of another instrument than its order";
    return event->type == OC_EV_FILL ? fill_refuses(engine, (const struct oc_ev_fill *)(const void *)event, order)
                                     : NULL;
}

static const char *market_refuses(struct engine *engine, const struct oc_event *event)
{
    const struct instrument *instrument = instruments_get(engine_instruments(engine), event->inst);
    if (!instrument || instrument->info.inst != event->inst)
        return "a market event of an instrument that is not known";
    return market_takes(event) ? feed_refuses(event) : "a price beyond what a host can count";
}

static const char *venue_fill_refuses(struct engine *engine, const struct oc_ev_fill *fill)
{
    oc_i128 fee;
    if (!instruments_get(engine_instruments(engine), fill->head.inst))
        return "a fill of an instrument that is not known";
    if (fill->qty <= 0)
        return "a fill of nothing, or less";
    if (fill->side > OC_SIDE_SELL || (!fill->side && !orders_find(engine_orders(engine), fill->order)))
        return "a fill without a side, of an order that is not known";
    if (fill->fee_asset >= instruments_asset_count(engine_instruments(engine)) || money_from_dec(fill->fee, &fee) < 0)
        return "a fee that cannot be counted, or in an asset that is not known";
    if (fill->trade_id_size == 0 || fill->trade_id_size > sizeof fill->trade_id)
        return "a fill without an identity";
    return NULL;
}

const char *border_refuses_venue(struct engine *engine, uint32_t account, const struct oc_event *event)
{
    oc_i128 total;
    const struct oc_ev_balance *balance = (const struct oc_ev_balance *)(const void *)event;
    const bool is_market = event->type >= OC_EV_TRADE && event->type <= OC_EV_QBAR;
    const bool is_answer = event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT;
    if (!is_market && !is_answer && event->type != OC_EV_BALANCE)
        return "an event that no connector may make";
    if (!event_is_sound(event))
        return "an event of a wrong size";
    if (event->source != account)
        return "an event of an account that is not the connector's";
    if (is_market)
        return market_refuses(engine, event);
    if (event->type == OC_EV_FILL)
        return venue_fill_refuses(engine, (const struct oc_ev_fill *)(const void *)event);
    if (event->type != OC_EV_BALANCE) {
        const struct oc_ev_answer *answer = (const struct oc_ev_answer *)(const void *)event;
        const struct order *order = orders_find(engine_orders(engine), answer->order);
        return order && order->now.account != account ? "an answer about another account's order" : NULL;
    }
    if (balance->account != account)
        return "a balance of an account that is not the connector's";
    if (balance->asset == 0 || balance->asset >= instruments_asset_count(engine_instruments(engine)) ||
        money_from_dec(balance->total, &total) < 0)
        return "a balance that cannot be counted, or of an asset that is not known";
    return NULL;
}

static unsigned long long order_number(uint64_t id) { return id & ((1ull << 40) - 1); }

oc_rc border_say(struct border *border, const char *why, const struct oc_event *event)
{
    const bool is_answer =
        event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT && event->size >= sizeof(struct oc_ev_fill);
    const uint64_t id = !is_answer                  ? 0
                        : event->type == OC_EV_FILL ? ((const struct oc_ev_fill *)(const void *)event)->order
                                                    : ((const struct oc_ev_answer *)(const void *)event)->order;
    if (++border->refused <= BORDER_SAID_MAX)
        log_error("border", "%s %s: %s: refused (order %llu, event type %u)%s",
                  border->is_venue ? "connector" : "simulator", border->simulator ? border->simulator : "", why,
                  order_number(id), event->type,
                  border->refused == BORDER_SAID_MAX ? "; more of it is only counted" : "");
    return border->refused < BORDER_REFUSED_MAX ? OC_OK : OC_E_DATA;
}

void border_say_alarms(struct border *border, const struct engine_out *out)
{
    border->seen = out->alarms;
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct out_note *alarm = &out->notes[i];
        if (alarm->kind == NOTE_ALARM && ++border->alarms <= BORDER_SAID_MAX)
            log_error("alarm", "%s (order %llu)%s", alarm->words, order_number(alarm->order),
                      border->alarms == BORDER_SAID_MAX ? "; more of them are only counted" : "");
    }
}

void border_say_halt(struct border *border, const struct engine *engine)
{
    const char *why = engine_latched(engine, 0);
    const bool is_halted = why && strcmp(why, ENGINE_HALTED_BY_ALARM) == 0;
    if (is_halted && !border->is_halt_said)
        log_error("alarm",
                  "halted (risk.halt_on_alarm): nothing is opened until unkill; what reduces and cancels goes on");
    border->is_halt_said = is_halted;
}
