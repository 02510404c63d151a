/* batch.c: batches: what a callback asked for stands or falls as a whole, and becomes true when it was recorded. */
#include <string.h>

#include "engine/impl.h"

static int64_t *open_of(struct book *book, uint8_t side)
{
    return side == OC_SIDE_BUY ? &book->open_buy : &book->open_sell;
}

/* What an order reserves follows what may still trade of it, and its terms. */
static bool reserves_anew(const struct order *order, int64_t delta)
{
    return delta || order->ask_bits || order->was_asked || (order->now.bits & OC_RQ_HAS_QUOTE_QTY) ||
           (order->reserved && !state_is_open(order->state));
}

/* The books count `next` units of the order from now on. */
static oc_rc books_count(struct engine *engine, struct order *order, int64_t next)
{
    const struct oc_request *now = &order->now;
    const uint32_t owners[2] = {0, now->strategy};
    struct book *books[2];
    int64_t sums[2] = {0};
    const int64_t delta = next - order->exposure;
    if (__builtin_expect((now->bits & OC_RQ_REDUCE_ONLY) != 0, 0))
        reduces_count(engine, order);
    if (delta == 0)
        return OC_OK;
    uint32_t count = now->strategy ? 2 : 1;
    for (uint32_t i = 0; i < count; i++) {
        oc_rc rc = portfolio_book(engine->portfolio, now->account, owners[i], now->head.inst, &books[i]);
        if (rc == OC_OK)
            rc = num_add(*open_of(books[i], now->side), delta, &sums[i]);
        if (rc < 0) {
            engine->stats.alarms++;
            return rc;
        }
    }
    for (uint32_t i = 0; i < count; i++)
        *open_of(books[i], now->side) = sums[i];
    order->exposure = next;
    return OC_OK;
}

static int64_t exposure_of(const struct order *order) { return order->reduces ? 0 : order_remaining_worst(order); }

oc_rc exposure_books(struct engine *engine, struct order *order)
{
    return books_count(engine, order, exposure_of(order));
}

oc_rc exposure_update(struct engine *engine, struct order *order)
{
    const int64_t next = exposure_of(order);
    oc_rc rc = reserves_anew(order, next - order->exposure) ? reserve_update(engine, order) : OC_OK;
    if (rc < 0)
        engine->stats.alarms++;
    return rc < 0 ? rc : books_count(engine, order, next);
}

/* The books are there and the sum gets smaller; what a venue makes larger is a fact, and what cannot be counted an alarm. */
void exposure_lower(struct engine *engine, struct order *order) { (void)exposure_update(engine, order); }

void stage_begin(struct engine *engine, uint32_t caller)
{
    struct client *client = &engine->clients[caller];
    client->call = client->cause == engine->cause ? client->call + 1 : 1;
    client->cause = engine->cause;
    engine->batch = out_mark(&engine->out);
    engine->mark_order = engine->next_order;
    engine->mark_request = engine->next_request;
    engine->mark_timer = engine->timers.next_id;
    engine->mark_messages = engine->staged_messages;
    engine->mark_cancels = engine->staged_cancels;
    engine->caller = caller;
    engine->is_in_batch = true;
}

/* The callback failed: nothing of what it asked for was ever asked. */
static void drop(struct engine *engine)
{
    for (uint32_t i = engine->out.request_count;
         i-- > engine->batch.request_count;) { /* an order behind what changes it */
        struct out_request *staged = &engine->out.requests[i];
        struct order *order = staged->order;
        if (!order)
            continue; /* of the host, about no order */
        if (staged->request.kind == OC_REQUEST_NEW) {
            groups_drop(engine, staged->request.group);
            order->state = STATE_DENIED; /* adds no exposure any more */
            exposure_lower(engine, order);
            orders_drop(engine->orders, order);
            continue;
        }
        order->now.revision--;
        if (staged->request.kind == OC_REQUEST_AMEND && !staged->is_denied) {
            order_amend_ends(order);
            exposure_lower(engine, order);
        }
    }
    out_rewind(&engine->out, engine->batch);
    timers_remove_after(&engine->timers, engine->mark_timer);
    engine->next_order = engine->mark_order;
    engine->next_request = engine->mark_request;
    engine->staged_messages = engine->mark_messages;
    engine->staged_cancels = engine->mark_cancels;
}

oc_rc engine_record(struct engine *engine, struct oc_event *event)
{
    event->local_ns = engine->now_ns;
    event->cause = engine->cause;
    return out_add_record(&engine->out, event);
}

void order_moves(struct engine *engine, struct order *order, int event)
{
    const uint8_t before = order->state;
    if (!orders_event(engine->orders, order, event, engine->now_ns))
        return;
    struct out_note note = {.kind = NOTE_ORDER,
                            .strategy = order->now.strategy,
                            .order = order->now.order,
                            .inst = order->now.head.inst,
                            .before = before,
                            .after = order->state};
    out_add_note(&engine->out, &note);
}

void engine_alarm(struct engine *engine, const struct order *order, const char *words)
{
    engine->stats.alarms++;
    engine->out.alarms++;
    if (engine->config.halts)
        engine_latch(engine, 0, ENGINE_HALTED_BY_ALARM);
    struct out_note note = {.kind = NOTE_ALARM,
                            .strategy = order ? order->now.strategy : 0,
                            .order = order ? order->now.order : 0,
                            .inst = order ? order->now.head.inst : 0,
                            .words = words};
    out_add_note(&engine->out, &note);
}

static void deny(struct engine *engine, struct out_request *staged)
{
    engine->stats.denied++;
    if (!staged->order)
        return;
    if (staged->request.kind != OC_REQUEST_NEW) {
        groups_denied(engine, staged->order);
        return;
    }
    memcpy(staged->order->reason, staged->refusal.reason, sizeof staged->order->reason);
    order_moves(engine, staged->order, EVENT_DENY);
    staged->order->is_refused = false; /* its state says it now */
    exposure_lower(engine, staged->order);
}

/* What the strategy saved stands before what it asked for. */
static void put_records_first(struct engine_out *out, uint32_t first)
{
    for (uint32_t i = first; i < out->entry_count; i++) {
        if (out->entries[i].kind != OUT_RECORD)
            continue;
        struct out_entry record = out->entries[i];
        memmove(&out->entries[first + 1], &out->entries[first], (i - first) * sizeof record);
        out->entries[first++] = record;
    }
}

void stage_end(struct engine *engine, bool keep)
{
    static const int events[] = {
        [OC_REQUEST_NEW] = EVENT_SUBMIT, [OC_REQUEST_AMEND] = EVENT_ASK_AMEND, [OC_REQUEST_CANCEL] = EVENT_ASK_CANCEL};
    if (!keep)
        drop(engine);
    engine->is_in_batch = false;
    if (engine->out.request_count > engine->batch.request_count)
        put_records_first(&engine->out, engine->batch.entry_count);
    for (uint32_t i = engine->batch.request_count; i < engine->out.request_count; i++) {
        struct out_request *staged = &engine->out.requests[i];
        if (staged->is_denied) {
            deny(engine, staged);
            continue;
        }
        if (!staged->order)
            continue;
        staged->order->is_staged = false;
        order_moves(engine, staged->order, events[staged->request.kind]);
        if (__builtin_expect(engine->closing || staged->request.role == OC_ROLE_CLOSE, 0))
            closing_note(engine, &staged->request, staged->order);
    }
}

oc_rc engine_begin(struct engine *engine, uint32_t strategy)
{
    if (engine->is_in_batch)
        return OC_E_STATE;
    stage_begin(engine, strategy);
    return OC_OK;
}

void engine_end(struct engine *engine, bool keep) { stage_end(engine, keep); }

bool request_adds_risk(const struct out_request *staged)
{
    return staged->order && staged->request.kind != OC_REQUEST_CANCEL && !staged->order->reduces;
}

/* The journal took nothing: no new risk leaves the house. Its strategy is told with the next input. */
static void journal_denies(struct engine *engine, struct out_request *staged)
{
    struct order *order = staged->order;
    staged->is_denied = 1;
    strcpy(staged->refusal.reason, ENGINE_JOURNAL_FAILED);
    strcpy(staged->refusal.rule, "journal");
    engine->stats.denied++;
    if (staged->request.kind == OC_REQUEST_CANCEL) /* of an order that never left */
        return;
    if (staged->request.kind == OC_REQUEST_AMEND) {
        order_amend_ends(order);
        order_moves(engine, order, EVENT_AMEND_REJECTED);
        exposure_lower(engine, order);
        return;
    }
    memcpy(order->reason, staged->refusal.reason, sizeof order->reason);
    order->state = STATE_INITIALIZED; /* it never left */
    order_moves(engine, order, EVENT_DENY);
    exposure_lower(engine, order);
    groups_final(engine, order);
    groups_to_tell(engine, order->now.order);
}

/* Rules see what was denied as a restart shows it: as a request, and then as denied. */
static void observe_denied(struct engine *engine, const struct out_request *staged)
{
    if (!engine->is_observed || !staged->has_denial)
        return;
    const struct oc_ev_denied denied = out_denial(staged);
    chain_observe(engine, &staged->request.head);
    chain_observe(engine, &denied.head);
}

void engine_batch_done(struct engine *engine, bool left)
{
    const uint32_t count = engine->out.request_count;
    engine->staged_messages = engine->staged_cancels = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct out_request *staged = &engine->out.requests[i];
        if (staged->is_denied) {
            if (left)
                observe_denied(engine, staged);
            continue;
        }
        if (!left && (request_adds_risk(staged) || (staged->order && state_is_final(staged->order->state)))) {
            journal_denies(engine, staged);
            continue;
        }
        if (staged->request.kind == OC_REQUEST_FILLS) /* a question asks for no change */
            continue;
        engine->stats.requests++;
        if (staged->request.kind == OC_REQUEST_NEW)
            staged->order->now.head.seq = staged->request.head.seq;
        if (engine->is_observed)
            chain_observe(engine, &staged->request.head);
    }
    if (!left)
        engine->journal_failed = true;
}

void engine_clear_out(struct engine *engine) { out_rewind(&engine->out, (struct out_mark){0}); }

const struct engine_out *engine_out(const struct engine *engine) { return &engine->out; }

void engine_stop_risk(struct engine *engine, bool is_stopped) { engine->journal_failed = is_stopped; }
bool engine_risk_is_stopped(const struct engine *engine) { return engine->journal_failed; }
