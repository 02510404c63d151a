/* stage.c: what a callback asks for, from the call to the venue. */
#include <string.h>

#include "engine/impl.h"

static int64_t *open_of(struct book *book, uint8_t side)
{
    return side == OC_SIDE_BUY ? &book->open_buy : &book->open_sell;
}

oc_rc exposure_update(struct engine *engine, struct order *order)
{
    const struct oc_request *now = &order->now;
    const uint32_t owners[2] = {0, now->strategy};
    struct book *books[2];
    int64_t sums[2] = {0}, next = (now->bits & OC_RQ_REDUCE_ONLY) ? 0 : order_remaining_worst(order);
    int64_t delta = next - order->exposure;
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

void stage_begin(struct engine *engine, uint32_t caller)
{
    struct client *client = &engine->clients[caller];
    client->call = client->cause == engine->cause ? client->call + 1 : 1;
    client->cause = engine->cause;
    engine->mark_order = engine->next_order;
    engine->mark_request = engine->next_request;
    engine->mark_timer = engine->timers.next_id;
    engine->caller = caller;
    engine->staged_first = engine->staged_count; /* not 0 when a venue's refusal is told while others wait to be sent */
    engine->staged_messages = engine->staged_cancels = 0;
    engine->is_in_batch = true;
    engine->is_recorded = false;
}

static void drop(struct engine *engine)
{
    for (uint32_t i = engine->staged_first; i < engine->staged_count; i++) {
        struct staged *staged = &engine->staged[i];
        struct order *order = staged->order;
        if (staged->request.kind == OC_REQUEST_NEW) {
            groups_drop(engine, staged->request.group);
            order->state = STATE_DENIED; /* adds no exposure any more */
            exposure_update(engine, order);
            orders_drop(engine->orders, order);
        } else if (staged->request.kind == OC_REQUEST_AMEND && !staged->is_denied) {
            order->ask_qty = 0;
            order->ask_bits = 0;
            exposure_update(engine, order);
        }
    }
    engine->staged_count = engine->staged_first;
    timers_remove_after(&engine->timers, engine->mark_timer);
    engine->next_order = engine->mark_order;
    engine->next_request = engine->mark_request;
}

static void open_batch(struct engine *engine)
{
    if (!engine->is_recorded && engine->door.begin)
        engine->door.begin(engine->door.self);
    engine->is_recorded = true;
}

oc_rc engine_record(struct engine *engine, struct oc_event *event)
{
    if (!engine->is_in_batch)
        return OC_E_STATE;
    open_batch(engine);
    event->local_ns = engine->now_ns;
    event->cause = engine->cause;
    return engine->door.record(engine->door.self, event);
}

static struct oc_ev_answer denied_event(const struct staged *staged)
{
    struct oc_ev_answer answer = {.head = staged->request.head, .order = staged->request.order};
    answer.head.size = sizeof answer;
    answer.head.type = OC_EV_DENIED;
    answer.head.flags = 0;
    answer.request = staged->request.id;
    answer.price = staged->refusal.used.units;
    answer.stop_price = staged->refusal.used.scale;
    answer.qty = staged->refusal.limit.units;
    answer.cum_qty = staged->refusal.limit.scale;
    answer.definitive = 1;
    memcpy(answer.reason, staged->refusal.reason, sizeof answer.reason);
    return answer;
}

static oc_rc record_staged(struct engine *engine)
{
    for (uint32_t i = engine->staged_first; i < engine->staged_count; i++) {
        struct staged *staged = &engine->staged[i];
        oc_rc rc = engine_record(engine, &staged->request.head);
        if (rc == OC_OK && staged->is_denied) {
            struct oc_ev_answer answer = denied_event(staged);
            rc = engine_record(engine, &answer.head);
        }
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static void deny(struct engine *engine, struct staged *staged)
{
    engine->stats.denied++;
    if (staged->request.kind != OC_REQUEST_NEW)
        return;
    memcpy(staged->order->reason, staged->refusal.reason, sizeof staged->order->reason);
    orders_event(engine->orders, staged->order, EVENT_DENY, engine->now_ns);
    exposure_update(engine, staged->order);
}

/* The venue took no byte of it: a definitive rejection, recorded like any answer. */
static void reject(struct engine *engine, const struct oc_request *request, oc_rc rc)
{
    struct oc_ev_answer answer = {.head = request->head, .order = request->order, .request = request->id};
    answer.head.size = sizeof answer;
    answer.head.type = request->kind == OC_REQUEST_NEW     ? OC_EV_REJECTED
                       : request->kind == OC_REQUEST_AMEND ? OC_EV_AMEND_REJECTED
                                                           : OC_EV_CANCEL_REJECTED;
    answer.head.venue_ns = answer.head.local_ns = engine->now_ns;
    answer.head.cause = request->head.seq;
    answer.head.source = request->account;
    answer.cum_qty = -1;
    answer.definitive = 1;
    strcpy(answer.reason, rc == OC_E_NOT_SUPPORTED ? "NOT_SUPPORTED_BY_VENUE" : "VENUE_NOT_REACHED");
    if (engine->door.record(engine->door.self, &answer.head) == OC_OK)
        answer_apply(engine, &answer.head);
}

static void send(struct engine *engine, struct staged *staged)
{
    const struct oc_request *request = &staged->request;
    struct order *order = staged->order;
    engine->stats.requests++;
    if (request->kind == OC_REQUEST_NEW) {
        order->now.head.seq = request->head.seq;
        order->is_staged = false;
        orders_event(engine->orders, order, EVENT_SUBMIT, engine->now_ns);
    } else {
        bool amend = request->kind == OC_REQUEST_AMEND;
        orders_event(engine->orders, order, amend ? EVENT_ASK_AMEND : EVENT_ASK_CANCEL, engine->now_ns);
    }
    if (engine->is_observed)
        chain_observe(engine, &request->head);
    const struct engine_venue *venue = &engine->venues[request->account];
    oc_rc rc = venue->request ? venue->request(venue->self, engine->now_ns, request) : OC_E_NOT_SUPPORTED;
    if (rc < 0)
        reject(engine, request, rc);
}

/* The journal took nothing: no new risk leaves the house. */
static void refuse_all(struct engine *engine)
{
    for (uint32_t i = engine->staged_first; i < engine->staged_count; i++) {
        struct staged *staged = &engine->staged[i];
        if (staged->is_denied)
            continue;
        staged->is_denied = 1;
        strcpy(staged->refusal.reason, "JOURNAL_FAILED");
        strcpy(staged->refusal.rule, "journal");
        if (staged->request.kind == OC_REQUEST_AMEND) {
            staged->order->ask_qty = 0;
            staged->order->ask_bits = 0;
            exposure_update(engine, staged->order);
        }
    }
}

oc_rc stage_end(struct engine *engine, bool keep)
{
    if (!keep)
        drop(engine);
    const uint32_t first = engine->staged_first, count = engine->staged_count;
    if (first == count && !engine->is_recorded) {
        engine->is_in_batch = false;
        return OC_OK;
    }
    oc_rc rc = record_staged(engine);
    if (engine->is_recorded && engine->door.commit) {
        oc_rc committed = engine->door.commit(engine->door.self);
        rc = rc < 0 ? rc : committed;
    }
    if (rc < 0)
        refuse_all(engine);
    engine->is_in_batch = false;
    for (uint32_t i = first; i < count; i++) { /* what a refusal leads to is staged behind them */
        struct staged *staged = &engine->staged[i];
        if (staged->is_denied)
            deny(engine, staged);
        else
            send(engine, staged);
    }
    engine->staged_count = first;
    return rc;
}

oc_rc engine_begin(struct engine *engine, uint32_t strategy)
{
    if (engine->is_in_batch)
        return OC_E_STATE;
    stage_begin(engine, strategy);
    return OC_OK;
}

oc_rc engine_end(struct engine *engine, bool keep) { return stage_end(engine, keep); }

static oc_rc shape_is_valid(const struct oc_request *request)
{
    uint32_t amounts = request->bits & (OC_RQ_HAS_QTY | OC_RQ_HAS_QUOTE_QTY);
    bool priced = request->type == OC_ORDER_LIMIT || request->type == OC_ORDER_STOP_LIMIT;
    bool stopped = request->type == OC_ORDER_STOP || request->type == OC_ORDER_STOP_LIMIT;
    if (request->type < OC_ORDER_MARKET || request->type > OC_ORDER_STOP_LIMIT)
        return OC_E_INVALID;
    if (request->side != OC_SIDE_BUY && request->side != OC_SIDE_SELL)
        return OC_E_INVALID;
    if (request->tif < OC_TIF_GTC || request->tif > OC_TIF_DAY)
        return OC_E_INVALID;
    if (amounts != OC_RQ_HAS_QTY && amounts != OC_RQ_HAS_QUOTE_QTY)
        return OC_E_INVALID;
    if ((amounts == OC_RQ_HAS_QTY && request->qty <= 0) ||
        (amounts == OC_RQ_HAS_QUOTE_QTY && request->quote_qty.units <= 0))
        return OC_E_INVALID;
    if (priced != !!(request->bits & OC_RQ_HAS_PRICE) || stopped != !!(request->bits & OC_RQ_HAS_STOP))
        return OC_E_INVALID;
    if ((request->tif == OC_TIF_GTD) != (request->expire_ns != 0))
        return OC_E_INVALID;
    if ((request->bits & OC_RQ_POST_ONLY) && request->type != OC_ORDER_LIMIT)
        return OC_E_INVALID;
    return OC_OK;
}

static const char *instrument_refuses(const struct instrument *instrument, const struct oc_request *request)
{
    const struct oc_instrument *info = &instrument->info;
    bool sized = request->bits & OC_RQ_HAS_QTY;
    if (info->status == OC_STATUS_HALTED || info->status == OC_STATUS_DELISTED || info->status == OC_STATUS_CANCEL_ONLY)
        return "INSTRUMENT_NOT_TRADING";
    if (!(info->present & OC_INST_HAS_PRICE_SIGN) && (((request->bits & OC_RQ_HAS_PRICE) && request->price <= 0) ||
                                                      ((request->bits & OC_RQ_HAS_STOP) && request->stop_price <= 0)))
        return "PRICE_NOT_POSITIVE";
    if (sized && (info->present & OC_INST_HAS_MIN_QTY) && request->qty < info->min_qty)
        return "QUANTITY_BELOW_MINIMUM";
    if (sized && (info->present & OC_INST_HAS_MAX_QTY) && request->qty > info->max_qty)
        return "QUANTITY_ABOVE_MAXIMUM";
    return NULL;
}

/* A stop loss or take profit that would trade at once, or never: compared with the price at which the entry can trade. */
static const char *protection_refuses(const struct engine *engine, const struct oc_instrument *info,
                                      const struct oc_request *entry)
{
    const bool has_stop = entry->bits & OC_RQ_HAS_STOP_LOSS, has_target = entry->bits & OC_RQ_HAS_TAKE_PROFIT;
    const bool buys = entry->side == OC_SIDE_BUY;
    if (!has_stop && !has_target)
        return NULL;
    if (!(info->present & OC_INST_HAS_PRICE_SIGN) &&
        ((has_stop && entry->stop_loss <= 0) || (has_target && entry->take_profit <= 0)))
        return "PROTECTION_PRICE_NOT_POSITIVE";
    const struct market *market = markets_get(engine->markets, entry->head.inst);
    bool is_known = market && market->has_mark;
    oc_i128 entry2 = is_known ? market->mark2 : 0;
    if (entry->bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP)) {
        const oc_i128 asked2 = 2 * (oc_i128)(entry->bits & OC_RQ_HAS_STOP ? entry->stop_price : entry->price);
        bool waits = entry->bits & OC_RQ_HAS_STOP; /* trades at its stop or beyond */
        if (!is_known || waits || (buys ? asked2 < entry2 : asked2 > entry2))
            entry2 = asked2;
        is_known = true;
    }
    if (is_known && has_stop &&
        (buys ? 2 * (oc_i128)entry->stop_loss >= entry2 : 2 * (oc_i128)entry->stop_loss <= entry2))
        return "STOP_LOSS_ON_WRONG_SIDE";
    if (is_known && has_target &&
        (buys ? 2 * (oc_i128)entry->take_profit <= entry2 : 2 * (oc_i128)entry->take_profit >= entry2))
        return "TAKE_PROFIT_ON_WRONG_SIDE";
    return NULL;
}

static void stamp(struct engine *engine, struct oc_request *request)
{
    request->head.size = sizeof *request;
    request->head.type = OC_EV_REQUEST;
    request->head.venue_ns = request->head.local_ns = engine->now_ns;
    request->head.cause = engine->cause;
    request->head.seq = 0;
    request->head.source = request->account;
    request->decision_seq = engine->cause;
    if (!request->owner)
        request->owner = engine->caller ? OC_OWNER_STRATEGY : OC_OWNER_HOST;
    if (!request->strategy)
        request->strategy = engine->caller;
}

/* Parent first, then the routed child: the built-in route is direct, so the child is the order itself. */
static oc_rc ask_twice(struct engine *engine, struct oc_request *request, struct engine_refusal *refusal)
{
    oc_rc rc = chain_ask(engine, request, refusal);
    if (rc == OC_OK) {
        request->bits |= OC_RQ_CHILD;
        rc = chain_ask(engine, request, refusal);
        request->bits &= ~(uint32_t)OC_RQ_CHILD;
    }
    if (rc == OC_OK)
        request->rules = engine->rule_count;
    return rc;
}

static struct staged *stage_add(struct engine *engine, const struct oc_request *request, struct order *order)
{
    struct staged *staged = &engine->staged[engine->staged_count++];
    memset(staged, 0, sizeof *staged);
    staged->request = *request;
    staged->order = order;
    return staged;
}

oc_rc engine_submit(struct engine *engine, struct oc_request *request, struct engine_refusal *ret_refusal)
{
    if (!engine->is_in_batch)
        return OC_E_STATE;
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    if (!instrument || !portfolio_account(engine->portfolio, request->account))
        return OC_E_NOT_FOUND;
    request->head.inst = instrument->info.inst;
    request->kind = OC_REQUEST_NEW;
    stamp(engine, request);
    if (shape_is_valid(request) < 0)
        return OC_E_INVALID;
    if (engine->staged_count == ENGINE_STAGED_MAX)
        return OC_E_FULL;
    request->order = ((uint64_t)engine->config.epoch << 40) | engine->next_order;
    request->id = request->order;
    struct order *order;
    oc_rc rc = orders_add(engine->orders, request, engine->now_ns, &order);
    if (rc < 0)
        return rc == OC_E_LIMIT ? OC_E_FULL : rc;
    engine->next_order++;
    struct engine_refusal refusal = {.order = request->order};
    const char *reason = instrument_refuses(instrument, request);
    if (!reason)
        reason = protection_refuses(engine, &instrument->info, request);
    if (reason) {
        strcpy(refusal.reason, reason);
        strcpy(refusal.rule, "instrument");
        rc = OC_E_LIMIT;
    } else {
        if (request->bits & OC_RQ_HAS_QUOTE_QTY)
            chain_worst_qty(engine, request, &order->worst_qty);
        if (__builtin_expect(engine->clients[engine->caller].permissions != NULL, 0))
            rc = permissions_ask(engine, request, order, order_remaining_worst(order), &refusal);
        if (rc == OC_OK)
            rc = ask_twice(engine, request, &refusal);
    }
    if (rc == OC_OK)
        rc = exposure_update(engine, order);
    if (rc == OC_OK && (request->bits & (OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT)))
        rc = groups_open(engine, request);
    order->now = *request;
    order->is_staged = true;
    struct staged *staged = stage_add(engine, request, order);
    if (rc < 0) {
        if (rc != OC_E_LIMIT || !refusal.reason[0])
            strcpy(refusal.reason, "HOST_LIMIT_REACHED");
        staged->is_denied = 1;
        staged->refusal = refusal;
        *ret_refusal = refusal;
        return OC_E_LIMIT;
    }
    engine->staged_messages++;
    return OC_OK;
}

static oc_rc find_open(struct engine *engine, uint64_t id, struct order **ret_order)
{
    struct order *order = orders_find(engine->orders, id);
    if (!order)
        return OC_E_NOT_FOUND;
    if (state_is_final(order->state))
        return OC_E_STATE;
    *ret_order = order;
    return OC_OK;
}

/* An amend or cancel as a request that carries the order's own facts. */
static struct oc_request follow_up(struct engine *engine, const struct order *order, uint8_t kind)
{
    struct oc_request request = order->now;
    request.kind = kind;
    request.owner = engine->caller ? OC_OWNER_STRATEGY : OC_OWNER_HOST;
    stamp(engine, &request);
    request.id = (1ull << 63) | ++engine->next_request;
    return request;
}

oc_rc engine_amend(struct engine *engine, struct oc_request *request, struct engine_refusal *ret_refusal)
{
    struct order *order;
    if (!engine->is_in_batch)
        return OC_E_STATE;
    oc_rc rc = find_open(engine, request->order, &order);
    if (rc < 0)
        return rc;
    if (order->is_staged || order->ask_bits || order->state == STATE_PENDING_CANCEL)
        return OC_E_AGAIN;
    if (engine->staged_count == ENGINE_STAGED_MAX)
        return OC_E_FULL;
    const uint32_t changes = OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED | OC_RQ_STOP_CHANGED;
    struct oc_request ask = follow_up(engine, order, OC_REQUEST_AMEND);
    ask.bits |= request->bits & changes;
    if (!(ask.bits & changes) || ((ask.bits & OC_RQ_QUANTITY_CHANGED) && request->qty <= order->filled) ||
        ((ask.bits & OC_RQ_PRICE_CHANGED) && !(order->now.bits & OC_RQ_HAS_PRICE)) ||
        ((ask.bits & OC_RQ_STOP_CHANGED) && !(order->now.bits & OC_RQ_HAS_STOP)) ||
        ((ask.bits & OC_RQ_QUANTITY_CHANGED) && !(order->now.bits & OC_RQ_HAS_QTY)))
        return OC_E_INVALID;
    if (ask.bits & OC_RQ_QUANTITY_CHANGED)
        ask.qty = request->qty;
    if (ask.bits & OC_RQ_PRICE_CHANGED)
        ask.price = request->price;
    if (ask.bits & OC_RQ_STOP_CHANGED)
        ask.stop_price = request->stop_price;
    struct engine_refusal refusal = {.order = ask.order};
    if (engine->clients[engine->caller].permissions)
        rc = permissions_ask(engine, &ask, order, ask.qty - order->filled, &refusal);
    if (rc == OC_OK)
        rc = ask_twice(engine, &ask, &refusal);
    if (rc == OC_OK) {
        order->ask_qty = ask.qty;
        order->ask_price = ask.price;
        order->ask_stop = ask.stop_price;
        order->ask_bits = ask.bits & changes;
        rc = exposure_update(engine, order);
        if (rc < 0) {
            strcpy(refusal.reason, "HOST_LIMIT_REACHED");
            order->ask_qty = 0;
            order->ask_bits = 0;
        }
    }
    struct staged *staged = stage_add(engine, &ask, order);
    if (rc < 0) {
        staged->is_denied = 1;
        staged->refusal = refusal;
        *ret_refusal = refusal;
        return OC_E_LIMIT;
    }
    engine->staged_messages++;
    return OC_OK;
}

oc_rc engine_cancel(struct engine *engine, uint64_t id, struct engine_refusal *ret_refusal)
{
    struct order *order;
    if (!engine->is_in_batch)
        return OC_E_STATE;
    oc_rc rc = find_open(engine, id, &order);
    if (rc < 0)
        return rc;
    if (order->state == STATE_PENDING_CANCEL)
        return OC_OK; /* asked already: asking again would only cost a message */
    if (engine->staged_count == ENGINE_STAGED_MAX)
        return OC_E_FULL;
    for (uint32_t i = engine->staged_first; i < engine->staged_count; i++)
        if (engine->staged[i].order == order && engine->staged[i].request.kind == OC_REQUEST_CANCEL)
            return OC_OK;
    struct oc_request ask = follow_up(engine, order, OC_REQUEST_CANCEL);
    struct engine_refusal refusal = {.order = id};
    rc = ask_twice(engine, &ask, &refusal);
    struct staged *staged = stage_add(engine, &ask, order);
    if (rc < 0) {
        staged->is_denied = 1;
        staged->refusal = refusal;
        *ret_refusal = refusal;
        return OC_E_LIMIT;
    }
    engine->staged_cancels++;
    return OC_OK;
}

oc_rc stage_restore(struct engine *engine, const struct oc_request *request)
{
    struct order *order = orders_find(engine->orders, request->order);
    if (request->kind == OC_REQUEST_NEW) {
        if (order)
            return OC_E_EXISTS;
        oc_rc rc = orders_add(engine->orders, request, request->head.local_ns, &order);
        if (rc < 0)
            return rc;
        if (request->bits & OC_RQ_HAS_QUOTE_QTY)
            chain_worst_qty(engine, request, &order->worst_qty);
        orders_event(engine->orders, order, EVENT_SUBMIT, request->head.local_ns);
        uint64_t counter = request->order & ((1ull << 40) - 1);
        if (request->order >> 40 == engine->config.epoch && counter >= engine->next_order)
            engine->next_order = counter + 1;
    }
    const uint64_t number = request->id & ~(1ull << 63);
    if (request->kind != OC_REQUEST_NEW && number > engine->next_request) /* no request's number is given twice */
        engine->next_request = number;
    if (request->kind != OC_REQUEST_NEW && !order)
        return OC_E_NOT_FOUND;
    if (request->kind == OC_REQUEST_AMEND) {
        order->ask_qty = request->qty;
        order->ask_price = request->price;
        order->ask_stop = request->stop_price;
        order->ask_bits = request->bits & (OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED | OC_RQ_STOP_CHANGED);
        orders_event(engine->orders, order, EVENT_ASK_AMEND, request->head.local_ns);
    } else if (request->kind == OC_REQUEST_CANCEL) {
        orders_event(engine->orders, order, EVENT_ASK_CANCEL, request->head.local_ns);
    }
    engine->stats.requests++;
    groups_restore_request(engine, request);
    oc_rc counted = exposure_update(engine, order);
    chain_observe(engine, &request->head);
    return counted;
}
