/* facts.c: records as facts, in a restart or for a report: nobody is called, nothing is asked. */
#include <string.h>

#include "engine/impl.h"

static oc_rc restore_denied(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_answer *denied = (const struct oc_ev_answer *)(const void *)event;
    const bool is_of_order = denied->order != 0;
    struct order *order = orders_find(engine->orders, denied->order);
    oc_rc counted = OC_OK;
    if (order && denied->request == denied->order) {
        order->state = STATE_INITIALIZED; /* it never left the house */
        orders_event(engine->orders, order, EVENT_DENY, event->local_ns);
        memcpy(order->reason, denied->reason, sizeof order->reason);
        counted = exposure_update(engine, order);
        groups_denied(engine, order);
    } else if (order) {
        if (denied->request == order->ask_request)
            order_amend_ends(order);
        orders_event(engine->orders, order,
                     order->state == STATE_PENDING_UPDATE ? EVENT_AMEND_REJECTED : EVENT_CANCEL_REJECTED,
                     event->local_ns);
        counted = exposure_update(engine, order);
        groups_denied(engine, order);
    }
    if (engine->is_observed) /* rules saw the request above, which a live run shows them only when it was sent */
        chain_observe(engine, event);
    engine->stats.requests--; /* it was counted as one that went */
    engine->stats.denied++;
    return order || !is_of_order ? counted : OC_E_NOT_FOUND;
}

static void restore_timer(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_timer *timer = (const struct oc_ev_timer *)(const void *)event;
    struct client *client = &engine->clients[timer->owner <= engine->client_count ? timer->owner : 0];
    client->missed += client->off == CLIENT_HELD;
    if (!timer->owner)
        groups_due(engine);
    timers_pass(&engine->timers, timer->due_ns, timer->timer);
}

/* The ids under which it went out. Without memory for them the venue's next words may not find it. */
static void restore_names(struct engine *engine, const struct oc_venue_request *request)
{
    (void)engine_name_order(engine, request->ask.order, &request->client);
    (void)engine_name_order(engine, request->ask.order, &request->client_new);
}

static oc_rc restore_request(struct engine *engine, const struct oc_request *request)
{
    struct order *order = orders_find(engine->orders, request->order);
    if (request->kind == OC_REQUEST_NEW) {
        oc_rc rc = orders_add(engine->orders, request, request->head.local_ns, &order);
        if (rc < 0)
            return rc;
        if (request->bits & OC_RQ_HAS_QUOTE_QTY)
            (void)chain_worst_qty(engine, request, &order->worst_qty); /* a report without its data knows no price */
        order->known_price = reserve_price(engine, request);
        orders_event(engine->orders, order, EVENT_SUBMIT, request->head.local_ns);
        uint64_t counter = order_number(request->order);
        if (request->order >> 40 == engine->config.epoch && counter >= engine->next_order)
            engine->next_order = counter + 1;
    }
    const uint64_t number = request->id & ~(1ull << 63);
    if (request->kind != OC_REQUEST_NEW && number > engine->next_request) /* no request's number is given twice */
        engine->next_request = number;
    if (request->kind > OC_REQUEST_CANCEL) {   /* about no order */
        if (request->kind == OC_REQUEST_FILLS) /* a question asks for no change */
            return OC_OK;
        engine->stats.requests++;
        chain_observe(engine, &request->head);
        return OC_OK;
    }
    if (request->kind != OC_REQUEST_NEW && !order)
        return OC_E_NOT_FOUND;
    if (request->head.size >= sizeof(struct oc_venue_request))
        restore_names(engine, (const struct oc_venue_request *)(const void *)request);
    if (request->kind != OC_REQUEST_NEW)
        order->now.revision = request->revision + 1;
    if (request->kind == OC_REQUEST_AMEND) {
        order->ask_request = request->id;
        order->ask_revision = order->now.revision;
        order->ask_qty = request->qty;
        order->ask_price = request->price;
        order->ask_stop = request->stop_price;
        order->ask_bits = request->bits & (OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED | OC_RQ_STOP_CHANGED);
        orders_event(engine->orders, order, EVENT_ASK_AMEND, request->head.local_ns);
    } else if (request->kind == OC_REQUEST_CANCEL) {
        orders_event(engine->orders, order, EVENT_ASK_CANCEL, request->head.local_ns);
    }
    engine->stats.requests++;
    if (request->kind == OC_REQUEST_NEW && own_way_note(engine, order) < 0)
        return OC_E_NOMEM;
    if (request->kind != OC_REQUEST_CANCEL)
        order->reduces = reduces_only(engine, request, 0);
    groups_restore_request(engine, request);
    if (engine->closing || request->role == OC_ROLE_CLOSE)
        closing_note(engine, request, order);
    oc_rc counted = exposure_update(engine, order);
    chain_observe(engine, &request->head);
    return counted;
}

oc_rc engine_restore(struct engine *engine, const struct oc_event *event)
{
    if (!event_is_sound(event))
        return OC_E_DATA;
    engine->now_ns = event->local_ns;
    engine->cause = event->seq;
    engine->is_restoring = true;
    oc_rc rc = OC_OK;
    if (event->type == OC_EV_REQUEST)
        rc = restore_request(engine, (const struct oc_request *)(const void *)event);
    else if (event->type == OC_EV_DENIED)
        rc = restore_denied(engine, event);
    else if (event->type == OC_EV_TIMER)
        restore_timer(engine, event);
    else
        rc = input_apply(engine, event);
    engine->is_restoring = false;
    return rc;
}

void engine_restore_bars(struct engine *engine, int64_t until_ns)
{
    engine->is_restoring = true;
    while (engine_close_bars(engine, until_ns))
        ;
    engine->is_restoring = false;
}
