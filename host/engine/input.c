/* input.c: one recorded input after the other. */
#include <stdio.h>
#include <string.h>

#include "engine/impl.h"

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

void builder_close(struct engine *engine, struct bar_builder *builder)
{
    struct oc_event *bar = &builder->now.head;
    bar_builder_take(builder);
    bar->local_ns = engine->now_ns;
    bar->seq = engine->cause;
    if (__builtin_expect(builder->is_live, 0))
        live_bar_close(engine, builder);
    else
        builder_tell(engine, builder, bar, false);
}

void builder_tell(struct engine *engine, const struct bar_builder *builder, const struct oc_event *bar, bool fed)
{
    for (uint32_t i = engine->first_subscription[OC_INST_INDEX(builder->inst)]; i;) {
        const struct subscription *subscription = &engine->subscriptions[i - 1];
        i = subscription->next;
        if (subscription->builder != builder)
            continue;
        const struct engine_client *client = &engine->clients[subscription->strategy].table;
        if (!fed)
            dispatch_bar(engine, subscription, bar);
        else if (client->pass)
            client->pass(client->self, bar);
    }
}

/* Whether something of it may be called now; a held client has missed it. */
static bool is_called(struct engine *engine, uint32_t strategy)
{
    struct client *client = &engine->clients[strategy];
    client->missed += client->off == CLIENT_HELD;
    return !client->off && !engine->is_restoring;
}

void builder_resync(struct engine *engine, const struct bar_builder *builder)
{
    for (uint32_t i = engine->first_subscription[OC_INST_INDEX(builder->inst)]; i;) {
        const struct subscription *subscription = &engine->subscriptions[i - 1];
        const uint32_t strategy = subscription->strategy;
        i = subscription->next;
        const struct engine_client *client = &engine->clients[strategy].table;
        if (subscription->builder != builder || !client->resync || !is_called(engine, strategy))
            continue;
        resync_begin(engine);
        const oc_rc rc = call_begin(engine, strategy) ? client->resync(client->self, builder->inst, builder->fed)
                                                      : (oc_rc)OC_E_LIMIT;
        call_end(engine, strategy, rc);
        resync_end(engine, strategy, builder->inst, builder->fed, rc);
    }
}

/* Whether a venue is reached is told when it changes: what is between, such as comparing, is nobody's news. */
static void venue_show(struct engine *engine, const struct oc_ev_venue *said, uint32_t before)
{
    const uint32_t now = statement_state(&engine->statement, said->head.source, OC_PART_LINK);
    if (said->part != OC_PART_LINK || now == before ||
        (now != OC_VENUE_READY && now != OC_VENUE_DEGRADED && now != OC_VENUE_DOWN && now != OC_VENUE_DENIED))
        return;
    for (uint32_t strategy = 1; strategy <= engine->client_count; strategy++) {
        const struct engine_client *client = &engine->clients[strategy].table;
        if (!client->venue || !is_called(engine, strategy))
            continue;
        const bool enters = call_begin(engine, strategy);
        call_end(engine, strategy, enters ? client->venue(client->self, said) : OC_E_LIMIT);
    }
}

static oc_rc apply_venue(struct engine *engine, const struct oc_event *event)
{
    const struct oc_ev_venue *said = (const struct oc_ev_venue *)(const void *)event;
    const uint32_t before = statement_state(&engine->statement, event->source, OC_PART_LINK);
    markets_lost(engine, said);
    const oc_rc rc = account_said_apply(engine, event);
    if (rc == OC_OK)
        venue_show(engine, said, before);
    return rc;
}

/* `inst`: of this instrument only; 0: of all. */
static void builders_close(struct engine *engine, uint32_t inst, int64_t now_ns)
{
    int64_t next = INT64_MAX;
    for (uint32_t i = 0; i < engine->builder_count; i++) { /* larger periods stand first */
        struct bar_builder *builder = engine->builders[i];
        if (bar_builder_is_due(builder, now_ns) && (!inst || OC_INST_INDEX(builder->inst) == OC_INST_INDEX(inst)))
            builder_close(engine, builder);
        if (builder->is_open && builder->due_ns < next)
            next = builder->due_ns;
    }
    engine->bar_end_ns = next;
}

static void builders_add(struct engine *engine, const struct oc_event *event, int64_t at_ns)
{
    for (uint32_t i = 0; i < engine->builder_count; i++) {
        struct bar_builder *builder = engine->builders[i];
        if (OC_INST_INDEX(builder->inst) != OC_INST_INDEX(event->inst))
            continue;
        if (__builtin_expect(builder->is_live, 0)) {
            live_bar_add(engine, builder, event);
            if (builder->is_open && builder->due_ns < engine->bar_end_ns)
                engine->bar_end_ns = builder->due_ns;
            continue;
        }
        if (bar_builder_is_past(builder, at_ns)) /* its smaller bars have changed their step */
            builder_close(engine, builder);
        bar_builder_add(builder, event, at_ns);
        if (builder->due_ns < engine->bar_end_ns)
            engine->bar_end_ns = builder->due_ns;
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
            builders_close(engine, 0, at_ns);
    }
    const bool had_mark = market->has_mark;
    market_apply(market, event, engine->now_ns);
    if (__builtin_expect(market->has_mark != had_mark,
                         0)) /* rates may come by it now, whoever asks for them and when */
        portfolio_rates_changed(engine->portfolio);
    if (__builtin_expect(engine->statement.outside.waiting_count != 0, 0)) /* before anybody sees what it is worth */
        outside_price(engine);
    if (__builtin_expect(groups_follow(&engine->groups), 0))
        groups_touch(engine, event);
    if (__builtin_expect(engine->groups.retry_ns != 0, 0)) /* behind that: what it asks for knows the best price */
        groups_retry(engine);
    if (engine->wants_market)
        chain_observe(engine, event);
    if (engine->builder_count) {
        builders_add(engine, event, at_ns);
        if (is_bar && engine->bar_end_ns <= engine->now_ns) /* the last part of another one's may be the next event */
            builders_close(engine, event->inst, engine->now_ns);
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

void book_show(struct engine *engine, const struct oc_event *event)
{
    for (uint32_t i = engine->first_subscription[OC_INST_INDEX(event->inst)]; i;) {
        const struct subscription *subscription = &engine->subscriptions[i - 1];
        const uint32_t strategy = subscription->strategy;
        struct client *client = &engine->clients[strategy];
        i = subscription->next;
        if (subscription->period_ns != ENGINE_BOOK || !client->table.book)
            continue;
        if (__builtin_expect(client->off, 0)) {
            client->missed += client->off == CLIENT_HELD;
            continue;
        }
        const bool enters = call_begin(engine, strategy);
        call_end(engine, strategy, enters ? client->table.book(client->table.self, event) : OC_E_LIMIT);
    }
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

static oc_rc apply_timer(struct engine *engine, const struct oc_ev_timer *timer)
{
    struct client *client = &engine->clients[timer->owner <= engine->client_count ? timer->owner : 0];
    if (!timer->owner) /* of the host: of what it holds of groups */
        groups_due(engine);
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
    if (mark->code == OC_MARK_ASSET && mark->text_size < OC_ASSET_MAX) {
        char name[OC_ASSET_MAX] = "";
        memcpy(name, mark + 1, mark->text_size);
        if (instruments_put_asset(engine->instruments, mark->key, name) < 0)
            engine_alarm(engine, NULL, "an asset is recorded under a number or a name that is another's");
    }
    if (mark->code == OC_MARK_RULES) {
        char names[ENGINE_MISSING_MAX];
        snprintf(names, sizeof names, "%.*s", (int)mark->text_size, (const char *)(mark + 1));
        engine_set_missing(engine, names);
    }
    if (engine->is_observed)
        chain_observe(engine, &mark->head);
    if (mark->code != OC_MARK_STOP && mark->code != OC_MARK_END)
        return;
    outside_price(engine);
    if (!engine->is_restoring)
        tell_ended(engine);
}

oc_rc input_apply(struct engine *engine, const struct oc_event *event)
{
    if (__builtin_expect(engine->has_versions, 0) && (event = event_as_now(engine, event)) == NULL)
        return OC_E_DATA;
    if (event->type >= OC_EV_TRADE && event->type <= OC_EV_QBAR) {
        if (__builtin_expect(event->type != OC_EV_BAR || !(event->flags & OC_EVF_PAST), 1))
            return apply_market(engine, event);
        history_apply(engine, (const struct oc_ev_bar *)(const void *)event);
        return OC_OK;
    }
    if (event_is_of_order(event->type))
        return answer_apply(engine, event);
    switch (event->type) {
    case OC_EV_BOOK:
        live_bars_heard(engine, event->inst);
        return book_apply(engine, (const struct oc_ev_book *)(const void *)event);
    case OC_EV_INSTRUMENT:
        return instrument_apply(engine, (const struct oc_ev_instrument *)(const void *)event);
    case OC_EV_VENUE:
        return apply_venue(engine, event);
    case OC_EV_BALANCE:
    case OC_EV_POSITION:
    case OC_EV_ACCOUNT:
    case OC_EV_LEDGER:
    case OC_EV_FIGURES:
    case OC_EV_FUNDING:
        return account_said_apply(engine, event);
    case OC_EV_FETCHED:
        sums_end(engine, (const struct oc_ev_fetched *)(const void *)event);
        if (engine->is_observed)
            chain_observe(engine, event);
        return OC_OK;
    case OC_EV_STORE: /* of a connector */
        return OC_OK;
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
    const bool is_usual =
        event->type == OC_EV_BAR && event->size == sizeof(struct oc_ev_bar); /* what comes most often */
    if (__builtin_expect(!is_usual, 0) && !event_is_sound(event))
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
    const int64_t of_groups = groups_next_ns(&engine->groups);
    int64_t timer = timers_next_ns(&engine->timers);
    timer = timer < of_groups ? timer : of_groups;
    return timer < engine->bar_end_ns ? timer : engine->bar_end_ns;
}

int64_t engine_bars_end_ns(const struct engine *engine) { return engine->bar_end_ns; }

bool engine_close_bars(struct engine *engine, int64_t now_ns)
{
    if (engine->bar_end_ns > now_ns)
        return false;
    if (engine->now_ns < engine->bar_end_ns)
        engine->now_ns = engine->bar_end_ns;
    builders_close(engine, 0, engine->bar_end_ns);
    return true;
}

bool engine_take_timer(struct engine *engine, int64_t now_ns, struct oc_ev_timer *ret_event)
{
    struct timer timer;
    const int64_t of_groups = groups_next_ns(&engine->groups);
    if (of_groups <= now_ns && of_groups < timers_next_ns(&engine->timers))
        timer = (struct timer){.due_ns = of_groups};
    else if (timers_next_ns(&engine->timers) > now_ns || !timers_pop(&engine->timers, &timer))
        return false;
    int64_t at_ns = timer.due_ns > engine->now_ns ? timer.due_ns : engine->now_ns;
    *ret_event = (struct oc_ev_timer){
        .head = {.size = sizeof *ret_event, .type = OC_EV_TIMER, .venue_ns = timer.due_ns, .local_ns = at_ns},
        .timer = timer.id,
        .due_ns = timer.due_ns,
        .owner = timer.strategy};
    return true;
}
