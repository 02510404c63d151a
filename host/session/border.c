#include "session/border.h"

#include "base/log.h"
#include "base/num.h"
#include "base/text.h"

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
    if (event->size > sizeof(struct oc_ev_fill) && !event_is_sound(event)) /* as long as what a venue says */
        return "an event of a wrong size";
    if (!order)
        return "an answer about an order that is not known";
    if (event->source && event->source != order->now.account)
        return "an answer of another account than its order";
    if (OC_INST_INDEX(event->inst) != OC_INST_INDEX(order->now.head.inst))
        return "an answer of another instrument than its order";
    return event->type == OC_EV_FILL ? fill_refuses(engine, (const struct oc_ev_fill *)(const void *)event, order)
                                     : NULL;
}

oc_rc border_say(struct border *border, const char *why, const struct oc_event *event)
{
    /* it stands at the same place in all of them */
    const bool is_of_order = event_is_of_order(event->type) && event->size >= sizeof(struct oc_ev_fill);
    char name[TEXT_ORDER_MAX];
    const uint64_t id = is_of_order ? ((const struct oc_ev_answer *)(const void *)event)->order : 0;
    if (++border->refused <= BORDER_SAID_MAX)
        log_error("border", "%s %s: %s: refused (order %s, event type %u)%s",
                  border->is_venue ? "connector" : "simulator", border->simulator ? border->simulator : "", why,
                  text_order(id, name), event->type,
                  border->refused == BORDER_SAID_MAX ? "; more of it is only counted" : "");
    return border->refused < BORDER_REFUSED_MAX ? OC_OK : OC_E_DATA;
}

void border_say_alarms(struct border *border, const struct engine_out *out)
{
    char name[TEXT_ORDER_MAX];
    border->seen = out->alarms;
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct out_note *alarm = &out->notes[i];
        if (alarm->kind == NOTE_ALARM && ++border->alarms <= BORDER_SAID_MAX)
            log_error("alarm", "%s (order %s)%s", alarm->words, text_order(alarm->order, name),
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
