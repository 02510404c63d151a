/* input.c: one recorded input after the other. */
#include <string.h>

#include "engine/impl.h"

static bool size_is_valid(const struct oc_event *event)
{
    static const uint16_t sizes[OC_EV_END] = {
        [OC_EV_TRADE] = sizeof(struct oc_ev_trade),
        [OC_EV_QUOTE] = sizeof(struct oc_ev_quote),
        [OC_EV_BAR] = sizeof(struct oc_ev_bar),
        [OC_EV_QBAR] = sizeof(struct oc_ev_qbar),
        [OC_EV_SESSION] = sizeof(struct oc_ev_session),
        [OC_EV_REQUEST] = sizeof(struct oc_request),
        [OC_EV_DENIED] = sizeof(struct oc_ev_answer),
        [OC_EV_ACCEPTED] = sizeof(struct oc_ev_answer),
        [OC_EV_REJECTED] = sizeof(struct oc_ev_answer),
        [OC_EV_FILL] = sizeof(struct oc_ev_fill),
        [OC_EV_CANCELED] = sizeof(struct oc_ev_answer),
        [OC_EV_EXPIRED] = sizeof(struct oc_ev_answer),
        [OC_EV_TRIGGERED] = sizeof(struct oc_ev_answer),
        [OC_EV_AMENDED] = sizeof(struct oc_ev_answer),
        [OC_EV_CANCEL_REJECTED] = sizeof(struct oc_ev_answer),
        [OC_EV_AMEND_REJECTED] = sizeof(struct oc_ev_answer),
        [OC_EV_UNKNOWN] = sizeof(struct oc_ev_answer),
        [OC_EV_NOT_THERE] = sizeof(struct oc_ev_answer),
        [OC_EV_SENT] = sizeof(struct oc_ev_answer),
        [OC_EV_TIMER] = sizeof(struct oc_ev_timer),
        [OC_EV_BALANCE] = sizeof(struct oc_ev_balance),
        [OC_EV_COMMAND] = sizeof(struct oc_ev_text),
        [OC_EV_STRATEGY] = sizeof(struct oc_ev_text),
        [OC_EV_STATE] = sizeof(struct oc_ev_text),
        [OC_EV_LATCH] = sizeof(struct oc_ev_text),
        [OC_EV_CONFIG] = sizeof(struct oc_ev_text),
        [OC_EV_MARK] = sizeof(struct oc_ev_text),
    };
    if (event->size < sizeof *event || event->size > OC_EVENT_MAX || event->size % 8)
        return false;
    return event->type < OC_EV_END && sizes[event->type] && event->size >= sizes[event->type];
}

/* Runs one callback of a client inside its own batch; `passed` is done instead where a replay does not enter it. */
#define CALL(engine, strategy, call, passed)                                                                           \
    do {                                                                                                               \
        struct client *client_ = &(engine)->clients[strategy];                                                         \
        stage_begin(engine, strategy);                                                                                 \
        bool stops_ = __builtin_expect(client_->stop != NULL, 0) && engine_stops_here(engine, strategy);               \
        oc_rc rc_ = stops_ ? ((passed), OC_E_LIMIT) : (call);                                                          \
        if (__builtin_expect(client_->is_over, 0) && rc_ >= 0)                                                         \
            rc_ = OC_E_STATE;                                                                                          \
        if (rc_ >= 0 && client_->table.saved)                                                                          \
            rc_ = client_->table.saved(client_->table.self);                                                           \
        stage_end(engine, rc_ >= 0);                                                                                   \
        if (rc_ < 0)                                                                                                   \
            engine_fail(engine, strategy, rc_);                                                                        \
    } while (0)

static void dispatch_bar(struct engine *engine, const struct subscription *subscription, const struct oc_event *bar)
{
    struct client *client = &engine->clients[subscription->strategy];
    if (__builtin_expect(client->off, 0))
        client_pass(client, bar);
    else if (client->table.bar)
        CALL(engine, subscription->strategy, client->table.bar(client->table.self, bar), client_pass(client, bar));
}

static void dispatch_tick(struct engine *engine, const struct subscription *subscription, const struct oc_event *event)
{
    struct client *client = &engine->clients[subscription->strategy];
    if (__builtin_expect(client->off, 0))
        client->missed += client->off == CLIENT_HELD;
    else if (client->table.market)
        CALL(engine, subscription->strategy, client->table.market(client->table.self, event), (void)0);
}

/* Hands a finished bar of a builder to those who asked for that period. */
static void builder_close(struct engine *engine, struct bar_builder *builder)
{
    struct oc_event *bar = &builder->now.head;
    bar_builder_take(builder);
    bar->local_ns = engine->now_ns;
    bar->seq = engine->cause;
    for (uint32_t i = engine->first_subscription[OC_INST_INDEX(builder->inst)]; i;) {
        const struct subscription *subscription = &engine->subscriptions[i - 1];
        i = subscription->next;
        if (subscription->builder == builder)
            dispatch_bar(engine, subscription, bar);
    }
}

static void builders_close(struct engine *engine, int64_t now_ns)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < engine->builder_count; i++) { /* larger periods stand first */
        struct bar_builder *builder = engine->builders[i];
        if (bar_builder_is_due(builder, now_ns))
            builder_close(engine, builder);
        if (builder->is_open && builder->end_ns < next)
            next = builder->end_ns;
    }
    engine->bar_end_ns = next;
}

static void builders_add(struct engine *engine, const struct oc_event *event, int64_t at_ns)
{
    for (uint32_t i = 0; i < engine->builder_count; i++) {
        struct bar_builder *builder = engine->builders[i];
        if (OC_INST_INDEX(builder->inst) != OC_INST_INDEX(event->inst))
            continue;
        bar_builder_add(builder, event, at_ns);
        if (builder->end_ns < engine->bar_end_ns)
            engine->bar_end_ns = builder->end_ns;
    }
}

static oc_rc apply_market(struct engine *engine, const struct oc_event *event)
{
    struct market *market = markets_get(engine->markets, event->inst);
    if (!market || !instruments_get(engine->instruments, event->inst))
        return OC_E_NOT_FOUND;
    if (!market_takes(event))
        return OC_E_RANGE;
    bool is_bar = event->type == OC_EV_BAR || event->type == OC_EV_QBAR;
    int64_t at_ns = engine->now_ns;
    if (engine->builder_count) {
        if (event->type == OC_EV_BAR)
            at_ns = ((const struct oc_ev_bar *)(const void *)event)->open_ns;
        else if (event->type == OC_EV_QBAR)
            at_ns = ((const struct oc_ev_qbar *)(const void *)event)->open_ns;
        if (engine->bar_end_ns <= at_ns)
            builders_close(engine, at_ns);
    }
    market_apply(market, event, engine->now_ns);
    if (__builtin_expect(engine->groups.retry_ns != 0, 0) && !engine->is_restoring)
        groups_retry(engine);
    if (engine->wants_market)
        chain_observe(engine, event);
    if (engine->builder_count) {
        builders_add(engine, event, at_ns);
        if (is_bar && engine->bar_end_ns <= engine->now_ns)
            builders_close(engine, engine->now_ns);
    }
    for (uint32_t i = engine->first_subscription[OC_INST_INDEX(event->inst)]; i;) {
        const struct subscription *subscription = &engine->subscriptions[i - 1];
        i = subscription->next;
        if (subscription->builder)
            continue;
        if (is_bar)
            dispatch_bar(engine, subscription, event);
        else
            dispatch_tick(engine, subscription, event);
    }
    return OC_OK;
}

void notify_order(struct engine *engine, const struct order *order, const struct oc_event *event)
{
    uint32_t strategy = order->now.strategy;
    if (engine->is_restoring || !strategy || strategy > engine->client_count)
        return;
    struct client *client = &engine->clients[strategy];
    if (__builtin_expect(client->off, 0))
        client->missed += client->off == CLIENT_HELD;
    else if (client->table.order)
        CALL(engine, strategy, client->table.order(client->table.self, order, event), (void)0);
}

static oc_rc book_fill(struct engine *engine, const struct oc_ev_fill *fill, struct order *order)
{
    uint32_t account = order ? order->now.account : fill->head.source;
    uint32_t strategy = order ? order->now.strategy : 0;
    oc_rc rc = portfolio_fill(engine->portfolio, account, strategy, fill);
    if (rc < 0 || !order)
        return rc;
    oc_i128 fee;
    order->filled += fill->qty;
    order->filled_sum += (oc_i128)fill->price * fill->qty;
    order->fills++;
    if (money_from_dec(fill->fee, &fee) == OC_OK) {
        order->fee += fee;
        order->fee_asset = fill->fee_asset;
    }
    return OC_OK;
}

/* An order id of ours, whether it is still known or not. */
static bool is_our_id(const struct engine *engine, uint64_t order)
{
    return order >> 40 != 0 && order >> 40 <= engine->config.epoch;
}

static oc_rc apply_fill(struct engine *engine, const struct oc_ev_fill *said)
{
    bool is_new = false;
    struct oc_ev_fill copy = *said;
    const struct oc_ev_fill *fill = &copy;
    if (fill->qty <= 0 || fill->trade_id_size == 0 || fill->trade_id_size > sizeof fill->trade_id)
        return OC_E_DATA;
    struct order *order = orders_find(engine->orders, fill->order);
    if (order && fill->side == OC_SIDE_NONE)
        copy.side = order->now.side; /* a codec keeps no truth: the order knows */
    if (order &&
        (fill->side != order->now.side || OC_INST_INDEX(fill->head.inst) != OC_INST_INDEX(order->now.head.inst)))
        engine->stats.alarms++; /* the venue's truth is booked as it says */
    struct fill_key key = fill_key(fill);
    oc_rc rc = fill->head.flags & OC_EVF_SEEN ? OC_OK : orders_fill_is_new(engine->orders, key, &is_new);
    if (rc < 0)
        return rc;
    if (!is_new) {
        engine->stats.duplicates++;
        return OC_OK;
    }
    /* Of an order that ended so long ago that it is forgotten, and nobody has asked the index: a simulator is wrong here,
     * and money that may be there already is not booked twice. */
    if (!order && is_our_id(engine, fill->order) && !(fill->head.flags & OC_EVF_NEW)) {
        engine->stats.alarms++;
        return OC_OK;
    }
    rc = book_fill(engine, fill, order);
    if (rc < 0)
        return rc; /* said again, it is booked */
    orders_fill_remember(engine->orders, key, fill->order);
    engine->stats.fills++;
    if (fill->head.flags & OC_EVF_AMBIGUOUS)
        engine->stats.ambiguous++;
    if (!order) {
        engine->stats.alarms++; /* an order of another hand: EXTERNAL */
        chain_observe(engine, &fill->head);
        return OC_OK;
    }
    if ((fill->head.flags & OC_EVF_LAST) && !order->now.qty)
        order->is_complete = true;
    if (order->now.qty && order->filled > order->now.qty)
        engine->stats.alarms++; /* more than we asked for: booked, and said */
    orders_event(engine->orders, order, EVENT_FILL, engine->now_ns);
    exposure_update(engine, order);
    if (engine->is_observed)
        chain_observe(engine, &fill->head);
    groups_fill(engine, order, fill->qty);
    if (state_is_final(order->state))
        groups_final(engine, order);
    notify_order(engine, order, &fill->head);
    return OC_OK;
}

static int event_of(uint16_t type)
{
    switch (type) {
    case OC_EV_ACCEPTED:
        return EVENT_ACCEPT;
    case OC_EV_REJECTED:
        return EVENT_REJECT;
    case OC_EV_CANCELED:
        return EVENT_CANCELED;
    case OC_EV_EXPIRED:
        return EVENT_EXPIRED;
    case OC_EV_TRIGGERED:
        return EVENT_TRIGGER;
    case OC_EV_AMENDED:
        return EVENT_AMENDED;
    case OC_EV_CANCEL_REJECTED:
        return EVENT_CANCEL_REJECTED;
    case OC_EV_AMEND_REJECTED:
        return EVENT_AMEND_REJECTED;
    case OC_EV_UNKNOWN:
        return EVENT_UNKNOWN;
    case OC_EV_NOT_THERE:
        return EVENT_NOT_THERE;
    default:
        return EVENT_NONE;
    }
}

static void amend_settle(struct order *order, const struct oc_ev_answer *answer)
{
    if (answer->head.type == OC_EV_AMENDED) {
        if ((order->ask_bits & OC_RQ_QUANTITY_CHANGED) || answer->qty > 0)
            order->now.qty = answer->qty > 0 ? answer->qty : order->ask_qty;
        if (order->ask_bits & OC_RQ_PRICE_CHANGED)
            order->now.price = order->ask_price;
        if (order->ask_bits & OC_RQ_STOP_CHANGED)
            order->now.stop_price = order->ask_stop;
    }
    order->ask_bits = 0;
    order->ask_qty = 0;
}

static oc_rc apply_answer(struct engine *engine, const struct oc_ev_answer *answer)
{
    struct order *order = orders_find(engine->orders, answer->order);
    if (!order) {
        engine->stats.alarms++;
        return OC_OK;
    }
    if (answer->head.type == OC_EV_AMENDED || answer->head.type == OC_EV_AMEND_REJECTED)
        amend_settle(order, answer);
    if (answer->head.type == OC_EV_REJECTED && !answer->definitive) {
        orders_event(engine->orders, order, EVENT_UNKNOWN, engine->now_ns);
    } else if (answer->head.type != OC_EV_SENT) {
        orders_event(engine->orders, order, event_of(answer->head.type), engine->now_ns);
    }
    if (answer->reason[0])
        memcpy(order->reason, answer->reason, sizeof order->reason);
    exposure_update(engine, order);
    if (engine->is_observed)
        chain_observe(engine, &answer->head);
    if (state_is_final(order->state))
        groups_final(engine, order);
    notify_order(engine, order, &answer->head);
    return OC_OK;
}

oc_rc answer_apply(struct engine *engine, const struct oc_event *event)
{
    uint64_t alarms = orders_alarms(engine->orders), cause = engine->cause;
    engine->cause = event->seq;
    oc_rc rc = event->type == OC_EV_FILL ? apply_fill(engine, (const struct oc_ev_fill *)(const void *)event)
                                         : apply_answer(engine, (const struct oc_ev_answer *)(const void *)event);
    engine->stats.alarms += orders_alarms(engine->orders) - alarms;
    if (__builtin_expect(engine->groups.told_count, 0))
        groups_tell(engine);
    engine->cause = cause;
    return rc;
}

static oc_rc apply_balance(struct engine *engine, const struct oc_ev_balance *balance)
{
    oc_i128 money;
    oc_rc rc = money_from_dec(balance->total, &money);
    return rc < 0 ? rc : portfolio_set_balance(engine->portfolio, balance->account, balance->asset, money);
}

static oc_rc apply_timer(struct engine *engine, const struct oc_ev_timer *timer)
{
    struct client *client = &engine->clients[timer->owner <= engine->client_count ? timer->owner : 0];
    if (!timer->owner || engine->is_restoring)
        return OC_OK;
    if (__builtin_expect(client->off, 0))
        client->missed += client->off == CLIENT_HELD;
    else if (client->table.timer)
        CALL(engine, timer->owner, client->table.timer(client->table.self, timer->timer, timer->due_ns), (void)0);
    return OC_OK;
}

static oc_rc apply(struct engine *engine, const struct oc_event *event)
{
    if (event->type >= OC_EV_TRADE && event->type <= OC_EV_QBAR)
        return apply_market(engine, event);
    if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT)
        return answer_apply(engine, event);
    switch (event->type) {
    case OC_EV_BALANCE:
        return apply_balance(engine, (const struct oc_ev_balance *)(const void *)event);
    case OC_EV_STRATEGY: /* restore: it stays suspended */
        engine_expect_stop(engine, (const struct oc_ev_text *)(const void *)event);
        engine_suspend(engine, ((const struct oc_ev_text *)(const void *)event)->owner);
        if (engine->is_observed)
            chain_observe(engine, event);
        return OC_OK;
    case OC_EV_TIMER:
        return apply_timer(engine, (const struct oc_ev_timer *)(const void *)event);
    default: /* known to others: states, marks, configuration; a rule may wait for a command */
        if (engine->is_observed)
            chain_observe(engine, event);
        return OC_OK;
    }
}

oc_rc engine_input(struct engine *engine, const struct oc_event *event)
{
    if (!size_is_valid(event))
        return OC_E_DATA;
    engine->now_ns = event->local_ns;
    engine->cause = event->seq;
    engine->stats.inputs++;
    return apply(engine, event);
}

oc_rc engine_restore(struct engine *engine, const struct oc_event *event)
{
    if (!size_is_valid(event))
        return OC_E_DATA;
    engine->now_ns = event->local_ns;
    engine->cause = event->seq;
    engine->is_restoring = true;
    oc_rc rc;
    if (event->type == OC_EV_REQUEST) {
        rc = stage_restore(engine, (const struct oc_request *)(const void *)event);
    } else if (event->type == OC_EV_DENIED) {
        const struct oc_ev_answer *denied = (const struct oc_ev_answer *)(const void *)event;
        struct order *order = orders_find(engine->orders, denied->order);
        rc = order ? OC_OK : OC_E_NOT_FOUND;
        if (order && denied->request == denied->order) {
            order->state = STATE_INITIALIZED; /* it never left the house */
            orders_event(engine->orders, order, EVENT_DENY, event->local_ns);
            memcpy(order->reason, denied->reason, sizeof order->reason);
            exposure_update(engine, order);
            groups_restore_denied(engine, order);
        } else if (order) {
            order->ask_bits = 0;
            order->ask_qty = 0;
            orders_event(engine->orders, order,
                         order->state == STATE_PENDING_UPDATE ? EVENT_AMEND_REJECTED : EVENT_CANCEL_REJECTED,
                         event->local_ns);
            exposure_update(engine, order);
        }
        if (engine->is_observed) /* rules saw the request above, which a live run shows them only when it was sent */
            chain_observe(engine, event);
    } else if (event->type == OC_EV_TIMER) {
        const struct oc_ev_timer *timer = (const struct oc_ev_timer *)(const void *)event;
        struct client *client = &engine->clients[timer->owner <= engine->client_count ? timer->owner : 0];
        struct timer fired;
        client->missed += client->off == CLIENT_HELD;
        while (timers_next_ns(&engine->timers) <= timer->due_ns && timers_pop(&engine->timers, &fired))
            ;
        rc = OC_OK;
    } else {
        rc = apply(engine, event);
    }
    engine->is_restoring = false;
    return rc;
}

int64_t engine_next_ns(const struct engine *engine)
{
    int64_t timer = timers_next_ns(&engine->timers);
    return timer < engine->bar_end_ns ? timer : engine->bar_end_ns;
}

oc_rc engine_tick(struct engine *engine, int64_t now_ns)
{
    while (engine_next_ns(engine) <= now_ns) {
        int64_t due_ns = engine_next_ns(engine);
        if (due_ns > engine->now_ns)
            engine->now_ns = due_ns;
        if (engine->bar_end_ns <= due_ns)
            builders_close(engine, due_ns);
        struct timer timer;
        if (timers_next_ns(&engine->timers) > due_ns || !timers_pop(&engine->timers, &timer))
            continue;
        struct oc_ev_timer event = {
            .head = {.size = sizeof event, .type = OC_EV_TIMER, .venue_ns = timer.due_ns, .local_ns = engine->now_ns},
            .timer = timer.id,
            .due_ns = timer.due_ns,
            .owner = timer.strategy};
        oc_rc rc = engine->door.record(engine->door.self, &event.head);
        if (rc < 0)
            return rc;
        engine->cause = event.head.seq;
        engine->stats.inputs++;
        apply_timer(engine, &event);
    }
    return OC_OK;
}
