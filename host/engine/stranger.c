/* stranger.c: the order that an event is about, by whatever name; and orders of another hand, which become orders of ours. */
#include <string.h>

#include "engine/impl.h"

struct order *engine_order_of(struct engine *engine, const struct oc_event *event)
{
    /* our id stands at the same place in all of them */
    struct order *order = orders_find(engine->orders, ((const struct oc_ev_answer *)(const void *)event)->order);
    if (order)
        return order;
    const struct names_said names = names_said_by(event);
    for (uint32_t kind = 0; kind < ID_KINDS && !order; kind++)
        if (names.of[kind])
            order = orders_find_named(engine->orders, event->source, kind, names.of[kind]);
    return order;
}

static void learn(struct engine *engine, struct order *order, uint32_t source, uint32_t kind, const struct oc_id *id)
{
    if (!id || id->size == 0)
        return;
    const oc_rc rc = orders_name(engine->orders, order, source, kind, id);
    if (rc > 0)
        engine_alarm(engine, order, "the venue has given more ids to one order than are kept: the oldest is forgotten");
    else if (rc == OC_E_EXISTS)
        engine_alarm(engine, order, "the venue calls two orders by one id: it stays with the first");
    else if (rc < 0)
        engine_alarm(engine, order, "there is no memory for an id of an order: the venue's next words may not find it");
}

void names_learn(struct engine *engine, struct order *order, const struct oc_event *event)
{
    const struct names_said names = names_said_by(event);
    for (uint32_t kind = 0; kind < ID_KINDS; kind++)
        learn(engine, order, event->source, kind, names.of[kind]);
    const bool was_split = order->said->called.is_split;
    order_called_learn(&order->said->called, event);
    if (order->said->called.is_split && !was_split && order->now.group)
        engine_alarm(engine, order,
                     "the venue keeps one order in several positions: what was set into the first protects that alone");
}

void engine_order_called(const struct engine *engine, uint64_t id, struct oc_id *ret_client, struct oc_id *ret_venue)
{
    const struct order *order = orders_find(engine->orders, id);
    *ret_client = *ret_venue = (struct oc_id){0};
    if (!order || !order->said)
        return;
    *ret_client = order->said->called.now[ID_CLIENT];
    *ret_venue = order->said->called.now[ID_VENUE];
}

void engine_order_position(const struct engine *engine, uint64_t id, struct oc_id *ret_position)
{
    const struct order *order = orders_find(engine->orders, id);
    *ret_position = order && order->said ? order->said->called.position : (struct oc_id){0};
}

oc_rc engine_name_order(struct engine *engine, uint64_t id, const struct oc_id *client)
{
    struct order *order = orders_find(engine->orders, id);
    const struct instrument *instrument = order ? instruments_get(engine->instruments, order->now.head.inst) : NULL;
    if (!instrument)
        return OC_E_NOT_FOUND;
    oc_rc rc = order_listen(order, instrument);
    if (rc == OC_OK)
        rc = orders_name(engine->orders, order, order->now.account, ID_CLIENT, client);
    return rc < 0 ? rc : OC_OK;
}

bool fill_is_known_otherwise(struct engine *engine, const struct order *order, const struct oc_ev_fill *fill)
{
    const struct fills *fills = orders_fills(engine->orders);
    if (fills_has(fills, fill_key_of(fill, order->now.order, NULL)) || fills_has(fills, fill_key_of(fill, 0, NULL)))
        return true;
    const struct order_name *name = order->said ? order->said->names.youngest[ID_VENUE] : NULL;
    while (name && !fills_has(fills, fill_key_of(fill, 0, &name->id)))
        name = name->older;
    return name != NULL;
}

/* Orders of another hand. */

/* The same in a replay and after a restart. */
static uint64_t next_id(struct engine *engine, const struct oc_event *event)
{
    if (event->seq)
        return stranger_id(event);
    return 1ull << 39 | ++engine->strangers; /* it could not be recorded: a checkpoint will know it */
}

static struct oc_request terms_of_fill(const struct oc_ev_fill *fill)
{
    return (struct oc_request){.side = fill->side,
                               .type = OC_ORDER_MARKET,
                               .tif = OC_TIF_GTC,
                               .qty = fill->qty,
                               .bits = OC_RQ_HAS_QTY,
                               .created_ns = fill->head.venue_ns,
                               .position_side = fill->position_side};
}

static struct oc_request terms_of_shown(const struct oc_ev_order *shown)
{
    const uint32_t says = shown->present, told = OC_RQ_POST_ONLY | OC_RQ_REDUCE_ONLY;
    const bool by_money = says & OC_OF_QUOTE_QTY && !(says & OC_OF_QTY);
    struct oc_request request = {.side = shown->side,
                                 .type = shown->type,
                                 .tif = shown->tif ? shown->tif : OC_TIF_GTC,
                                 .expire_ns = shown->expire_ns,
                                 .created_ns = shown->created_ns,
                                 .position_side = shown->position_side,
                                 .bits = by_money ? OC_RQ_HAS_QUOTE_QTY : OC_RQ_HAS_QTY};
    if (!shown->type)
        request.type = says & OC_OF_PRICE ? OC_ORDER_LIMIT : OC_ORDER_MARKET;
    if (says & OC_OF_PRICE) {
        request.price = shown->price;
        request.bits |= OC_RQ_HAS_PRICE;
    }
    if (says & OC_OF_STOP) {
        request.stop_price = shown->stop_price;
        request.bits |= OC_RQ_HAS_STOP;
    }
    if (by_money)
        request.quote_qty = shown->quote_qty;
    else
        request.qty = says & OC_OF_QTY ? shown->qty : shown->cum_qty;
    if (says & OC_OF_TERMS)
        request.bits |= shown->bits & told;
    return request;
}

/* Fills of it are told as such, or were told before we knew of it. */
static void begin_sums(struct order *order, const struct oc_event *event)
{
    const struct oc_ev_order *shown = (const struct oc_ev_order *)(const void *)event;
    order->said->lacks_terms = event->type == OC_EV_FILL;
    if (event->type != OC_EV_ORDER || !(event->flags & OC_EVF_REPLAYED) || !(shown->present & OC_OF_CUM_QTY))
        return;
    order->filled = order->said->before = order->said->sums.qty = shown->cum_qty;
    if (shown->present & OC_OF_CUM_VALUE)
        (void)money_from_dec(shown->cum_value, &order->said->value); /* it was judged */
}

struct order *stranger_adopt(struct engine *engine, const struct oc_event *event)
{
    const bool is_fill = event->type == OC_EV_FILL;
    struct oc_request request = is_fill ? terms_of_fill((const struct oc_ev_fill *)(const void *)event)
                                        : terms_of_shown((const struct oc_ev_order *)(const void *)event);
    const struct instrument *instrument = instruments_get(engine->instruments, event->inst);
    struct order *order = NULL;
    if (!portfolio_account(engine->portfolio, event->source) || !instrument || request.side < OC_SIDE_BUY ||
        request.side > OC_SIDE_SELL)
        return NULL;
    request.head = *event;
    request.head.size = sizeof request;
    request.head.type = OC_EV_REQUEST;
    request.head.flags = 0;
    request.id = request.order = next_id(engine, event);
    request.account = event->source;
    request.owner = OC_OWNER_EXTERNAL;
    request.kind = OC_REQUEST_NEW;
    request.decision_seq = event->seq;
    oc_rc rc = orders_add(engine->orders, &request, engine->now_ns, &order);
    if (rc == OC_OK && (rc = order_listen(order, instrument)) < 0)
        orders_drop(engine->orders, order);
    if (rc < 0) {
        engine_alarm(engine, NULL, "an order of another hand cannot be kept: there are too many, or no memory");
        return NULL;
    }
    if (request.bits & OC_RQ_HAS_QUOTE_QTY)
        (void)chain_worst_qty(engine, &request, &order->worst_qty); /* without a price it counts as nothing */
    order->reduces = reduces_only(engine, &request, 0);
    order->known_price = reserve_price(engine, &request);
    begin_sums(order, event);
    orders_event(engine->orders, order, EVENT_SUBMIT, engine->now_ns);
    orders_event(engine->orders, order, EVENT_ACCEPT, engine->now_ns);
    names_learn(engine, order, event);
    out_add_note(&engine->out, &(struct out_note){.kind = NOTE_ADOPTED,
                                                  .order = order->now.order,
                                                  .inst = event->inst,
                                                  .source = event->source,
                                                  .words = "an order of another hand"});
    return order; /* counted by what follows, for which it was made known */
}

void stranger_note(struct engine *engine, const struct oc_ev_answer *answer)
{
    out_add_note(&engine->out, &(struct out_note){.kind = NOTE_STRANGER,
                                                  .inst = answer->head.inst,
                                                  .source = answer->head.source,
                                                  .words = "an answer about an order of another hand"});
}
