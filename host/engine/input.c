/* input.c: one recorded input after the other. */
#include <stdio.h>
#include <string.h>

#include "engine/impl.h"

bool event_is_sound(const struct oc_event *event)
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

/* A callback begins: a batch of its own. False: a replay does not enter it, for it was stopped there. */
static bool call_begin(struct engine *engine, uint32_t strategy)
{
    stage_begin(engine, strategy);
    return __builtin_expect(engine->clients[strategy].stop == NULL, 1) || !engine_stops_here(engine, strategy);
}

/* It has returned: what it asked for stands, or it failed and is suspended. */
static void call_end(struct engine *engine, uint32_t strategy, oc_rc rc)
{
    const struct client *client = &engine->clients[strategy];
    if (__builtin_expect(client->is_over, 0) && rc >= 0)
        rc = OC_E_STATE;
    if (rc >= 0 && client->table.saved)
        rc = client->table.saved(client->table.self);
    stage_end(engine, rc >= 0);
    if (rc < 0)
        engine_fail(engine, strategy, rc);
}

static void dispatch_bar(struct engine *engine, const struct subscription *subscription, const struct oc_event *bar)
{
    struct client *client = &engine->clients[subscription->strategy];
    if (__builtin_expect(client->off, 0)) {
        client_pass(client, bar);
    } else if (client->table.bar) {
        oc_rc rc = OC_E_LIMIT;
        if (call_begin(engine, subscription->strategy))
            rc = client->table.bar(client->table.self, bar);
        else
            client_pass(client, bar);
        call_end(engine, subscription->strategy, rc);
    }
}

static void dispatch_tick(struct engine *engine, const struct subscription *subscription, const struct oc_event *event)
{
    struct client *client = &engine->clients[subscription->strategy];
    if (__builtin_expect(client->off, 0)) {
        client->missed += client->off == CLIENT_HELD;
    } else if (client->table.market) {
        bool enters = call_begin(engine, subscription->strategy);
        call_end(engine, subscription->strategy, enters ? client->table.market(client->table.self, event) : OC_E_LIMIT);
    }
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
    if (!strategy || strategy > engine->client_count)
        return;
    struct client *client = &engine->clients[strategy];
    if (__builtin_expect(client->off, 0)) {
        client->missed += client->off == CLIENT_HELD;
    } else if (client->table.order && !engine->is_restoring) {
        bool enters = call_begin(engine, strategy);
        call_end(engine, strategy, enters ? client->table.order(client->table.self, order, event) : OC_E_LIMIT);
    }
}

/* `said` is the input, `fill` what is booked of it. */
static oc_rc book_fill(struct engine *engine, const struct oc_ev_fill *said, const struct oc_ev_fill *fill,
                       struct order *order)
{
    uint32_t account = order ? order->now.account : fill->head.source;
    uint32_t strategy = order ? order->now.strategy : 0;
    const struct book *book = portfolio_find(engine->portfolio, account, strategy, fill->head.inst);
    struct out_note note = {.kind = NOTE_FILL,
                            .strategy = strategy,
                            .order = fill->order,
                            .inst = fill->head.inst,
                            .qty_before = book ? book->position.qty : 0,
                            .realised_before = book ? book->position.realised : 0};
    oc_rc rc = portfolio_fill(engine->portfolio, account, strategy, fill);
    if (rc < 0)
        return rc;
    book = portfolio_find(engine->portfolio, account, strategy, fill->head.inst);
    if (book) {
        note.fill = &said->head;
        note.qty_after = book->position.qty;
        note.realised_after = book->position.realised;
        out_add_note(&engine->out, &note);
    }
    if (!order)
        return OC_OK;
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
        engine_alarm(engine, order, "a fill of another side or instrument than its order: booked as the venue says");
    struct fill_key key = fill_key(fill);
    oc_rc rc = fill->head.flags & OC_EVF_SEEN ? OC_OK : orders_fill_is_new(engine->orders, key, &is_new);
    if (rc < 0)
        return rc;
    if (!is_new) {
        engine->stats.duplicates++;
        out_add_note(&engine->out,
                     &(struct out_note){
                         .kind = NOTE_DUPLICATE, .order = fill->order, .inst = fill->head.inst, .fill = &said->head});
        return OC_OK;
    }
    /* Of an order that ended so long ago that it is forgotten. While every fill is still known by its identity, it is new and
     * booked; once some are not, and nobody has asked the index, money that may be there already is not booked twice. */
    const bool is_forgotten = !order && is_our_id(engine, fill->order);
    if (is_forgotten && !(fill->head.flags & OC_EVF_NEW) && !fills_are_all(orders_fills(engine->orders))) {
        engine_alarm(engine, NULL,
                     "a fill of an order that ended long ago, behind more fills than are remembered: not booked, as "
                     "it may be there already: compare the account with the venue");
        return OC_OK;
    }
    rc = book_fill(engine, said, fill, order);
    if (rc < 0)
        return rc; /* said again, it is booked */
    orders_fill_remember(engine->orders, key, fill->order);
    engine->stats.fills++;
    if (fill->head.flags & OC_EVF_AMBIGUOUS)
        engine->stats.ambiguous++;
    if (!order) {
        engine_alarm(engine, NULL,
                     is_forgotten ? "a fill of an order that ended long ago: booked to the account, of no strategy"
                                  : "a fill of an order that is not known: booked to the account");
        chain_observe(engine, &fill->head);
        return OC_OK;
    }
    if ((fill->head.flags & OC_EVF_LAST) && !order->now.qty)
        order->is_complete = true;
    if (order->now.qty && order->filled > order->now.qty)
        engine_alarm(engine, order, "more was filled than was asked for: booked as the venue says");
    order_moves(engine, order, EVENT_FILL);
    exposure_lower(engine, order);
    if (engine->is_observed)
        chain_observe(engine, &fill->head);
    groups_fill(engine, order, fill->qty);
    if (state_is_final(order->state))
        groups_final(engine, order);
    if (__builtin_expect(engine->closing != 0, 0))
        closing_go_on(engine, order);
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
        engine_alarm(engine, NULL, "an answer about an order that is not known");
        return OC_OK;
    }
    if (answer->head.type == OC_EV_AMENDED || answer->head.type == OC_EV_AMEND_REJECTED)
        amend_settle(order, answer);
    if (answer->head.type == OC_EV_REJECTED && !answer->definitive) {
        order_moves(engine, order, EVENT_UNKNOWN);
    } else if (answer->head.type != OC_EV_SENT) {
        order_moves(engine, order, event_of(answer->head.type));
    }
    if (answer->reason[0])
        memcpy(order->reason, answer->reason, sizeof order->reason);
    exposure_lower(engine, order);
    if (engine->is_observed)
        chain_observe(engine, &answer->head);
    if (state_is_final(order->state))
        groups_final(engine, order);
    if (__builtin_expect(engine->closing != 0, 0))
        closing_go_on(engine, order);
    notify_order(engine, order, &answer->head);
    return OC_OK;
}

/* An answer applied to its order and the books; with is_restoring nobody is told and nothing is asked for. */
static oc_rc answer_apply(struct engine *engine, const struct oc_event *event)
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
    if (__builtin_expect(client->off, 0)) {
        client->missed += client->off == CLIENT_HELD;
    } else if (client->table.timer) {
        bool enters = call_begin(engine, timer->owner);
        call_end(engine, timer->owner,
                 enters ? client->table.timer(client->table.self, timer->timer, timer->due_ns) : OC_E_LIMIT);
    }
    return OC_OK;
}

/* One after the other, each a batch of its own. */
static void tell_ended(struct engine *engine)
{
    for (uint32_t id = 1; id <= engine->client_count; id++) {
        const struct client *client = &engine->clients[id];
        if (!client->table.ended || client->off & (CLIENT_SUSPENDED | CLIENT_GONE))
            continue;
        bool enters = call_begin(engine, id);
        call_end(engine, id, enters ? client->table.ended(client->table.self) : OC_E_LIMIT);
    }
}

/* From here on the journal was failing, or took records again. An end that could not be recorded is none. */
static void apply_mark(struct engine *engine, const struct oc_ev_text *mark)
{
    if (mark->code == OC_MARK_GAP)
        engine->journal_failed = true;
    if (mark->code == OC_MARK_GAP_END && mark->head.seq)
        engine->journal_failed = false;
    if (mark->code == OC_MARK_RULES) {
        char names[ENGINE_MISSING_MAX];
        snprintf(names, sizeof names, "%.*s", (int)mark->text_size, (const char *)(mark + 1));
        engine_set_missing(engine, names);
    }
    if (engine->is_observed)
        chain_observe(engine, &mark->head);
    if ((mark->code == OC_MARK_STOP || mark->code == OC_MARK_END) && !engine->is_restoring)
        tell_ended(engine);
}

oc_rc input_apply(struct engine *engine, const struct oc_event *event)
{
    if (event->type >= OC_EV_TRADE && event->type <= OC_EV_QBAR)
        return apply_market(engine, event);
    if (event->type >= OC_EV_ACCEPTED && event->type <= OC_EV_SENT)
        return answer_apply(engine, event);
    switch (event->type) {
    case OC_EV_BALANCE:
        return apply_balance(engine, (const struct oc_ev_balance *)(const void *)event);
    case OC_EV_STRATEGY: /* restore: it stays suspended */
        /* without memory for its words it stays suspended, and says less */
        (void)engine_expect_stop(engine, (const struct oc_ev_text *)(const void *)event);
        engine_suspend(engine, ((const struct oc_ev_text *)(const void *)event)->owner);
        if (engine->is_observed)
            chain_observe(engine, event);
        return OC_OK;
    case OC_EV_TIMER:
        return apply_timer(engine, (const struct oc_ev_timer *)(const void *)event);
    case OC_EV_MARK:
        apply_mark(engine, (const struct oc_ev_text *)(const void *)event);
        return OC_OK;
    default: /* known to others: states, configuration; a rule may wait for a command */
        if (engine->is_observed)
            chain_observe(engine, event);
        return OC_OK;
    }
}

oc_rc engine_input(struct engine *engine, const struct oc_event *event, bool kept)
{
    if (!event_is_sound(event))
        return OC_E_DATA;
    if (__builtin_expect(!kept, 0))
        engine->journal_failed = true;
    engine->now_ns = event->local_ns;
    engine->cause = event->seq;
    engine->stats.inputs++;
    if (__builtin_expect(engine->groups.told_count, 0)) /* what the journal denied after the last input */
        groups_tell(engine);
    return input_apply(engine, event);
}

int64_t engine_next_ns(const struct engine *engine)
{
    int64_t timer = timers_next_ns(&engine->timers);
    return timer < engine->bar_end_ns ? timer : engine->bar_end_ns;
}

int64_t engine_bars_end_ns(const struct engine *engine) { return engine->bar_end_ns; }

bool engine_close_bars(struct engine *engine, int64_t now_ns)
{
    if (engine->bar_end_ns > now_ns)
        return false;
    if (engine->now_ns < engine->bar_end_ns)
        engine->now_ns = engine->bar_end_ns;
    builders_close(engine, engine->bar_end_ns);
    return true;
}

bool engine_take_timer(struct engine *engine, int64_t now_ns, struct oc_ev_timer *ret_event)
{
    struct timer timer;
    if (timers_next_ns(&engine->timers) > now_ns || !timers_pop(&engine->timers, &timer))
        return false;
    int64_t at_ns = timer.due_ns > engine->now_ns ? timer.due_ns : engine->now_ns;
    *ret_event = (struct oc_ev_timer){
        .head = {.size = sizeof *ret_event, .type = OC_EV_TIMER, .venue_ns = timer.due_ns, .local_ns = at_ns},
        .timer = timer.id,
        .due_ns = timer.due_ns,
        .owner = timer.strategy};
    return true;
}
