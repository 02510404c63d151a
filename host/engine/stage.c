/* stage.c: what a callback asks for: the shape of a request, the chain, and its place among what is to leave. */
#include <string.h>

#include "engine/impl.h"

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

/* No amount of money says how much of it is meant, where the price is zero or below. */
static bool buys_something(const struct engine *engine, const struct oc_request *request)
{
    const struct market *market = markets_get(engine->markets, request->head.inst);
    if (request->bits & OC_RQ_HAS_PRICE)
        return request->price > 0;
    return !market || !market->has_mark || market->mark2 > 0;
}

static const char *instrument_refuses(const struct engine *engine, const struct oc_request *request)
{
    const struct oc_instrument *info = &instruments_get(engine->instruments, request->head.inst)->info;
    bool sized = request->bits & OC_RQ_HAS_QTY;
    if (info->status == OC_STATUS_HALTED || info->status == OC_STATUS_DELISTED || info->status == OC_STATUS_CANCEL_ONLY)
        return "INSTRUMENT_NOT_TRADING";
    if (!(info->present & OC_INST_HAS_PRICE_SIGN) && (((request->bits & OC_RQ_HAS_PRICE) && request->price <= 0) ||
                                                      ((request->bits & OC_RQ_HAS_STOP) && request->stop_price <= 0)))
        return "PRICE_NOT_POSITIVE";
    if ((request->bits & OC_RQ_HAS_QUOTE_QTY) && !buys_something(engine, request))
        return "PRICE_NOT_POSITIVE";
    if (sized && (info->present & OC_INST_HAS_MIN_QTY) && request->qty < info->min_qty)
        return "QUANTITY_BELOW_MINIMUM";
    if (sized && (info->present & OC_INST_HAS_MAX_QTY) && request->qty > info->max_qty)
        return "QUANTITY_ABOVE_MAXIMUM";
    return NULL;
}

bool stage_entry_price(const struct engine *engine, const struct oc_request *entry, oc_i128 *ret_entry2)
{
    const struct market *market = markets_get(engine->markets, entry->head.inst);
    const bool buys = entry->side == OC_SIDE_BUY, is_marked = market && market->has_mark;
    if (is_marked)
        *ret_entry2 = market->mark2;
    if (!(entry->bits & (OC_RQ_HAS_PRICE | OC_RQ_HAS_STOP)))
        return is_marked;
    const bool waits = entry->bits & OC_RQ_HAS_STOP; /* trades at its stop or beyond */
    const oc_i128 asked2 = 2 * (oc_i128)(waits ? entry->stop_price : entry->price);
    if (!is_marked || waits || (buys ? asked2 < *ret_entry2 : asked2 > *ret_entry2))
        *ret_entry2 = asked2;
    return true;
}

/* A stop loss or take profit that would trade at once, or never: compared with the price at which the entry can trade. */
static const char *protection_refuses(const struct engine *engine, const struct oc_instrument *info,
                                      const struct oc_request *entry)
{
    const bool has_stop = entry->bits & OC_RQ_HAS_STOP_LOSS, has_target = entry->bits & OC_RQ_HAS_TAKE_PROFIT;
    const bool buys = entry->side == OC_SIDE_BUY;
    if (!has_stop && !has_target)
        return NULL;
    const char *unheld = protect_refuses(engine, entry);
    if (unheld)
        return unheld;
    if (!(info->present & OC_INST_HAS_PRICE_SIGN) &&
        ((has_stop && entry->stop_loss <= 0) || (has_target && entry->take_profit <= 0)))
        return "PROTECTION_PRICE_NOT_POSITIVE";
    oc_i128 entry2;
    const bool is_known = stage_entry_price(engine, entry, &entry2);
    if (is_known && has_stop &&
        (buys ? 2 * (oc_i128)entry->stop_loss >= entry2 : 2 * (oc_i128)entry->stop_loss <= entry2))
        return "STOP_LOSS_ON_WRONG_SIDE";
    if (is_known && has_target &&
        (buys ? 2 * (oc_i128)entry->take_profit <= entry2 : 2 * (oc_i128)entry->take_profit >= entry2))
        return "TAKE_PROFIT_ON_WRONG_SIDE";
    return NULL;
}

/* Most instruments have no terms but their steps. */
static const char *venue_refuses(const struct engine *engine, const struct oc_request *request)
{
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    const struct oc_instrument *info = &instrument->info;
    const uint32_t counts = info->max_orders | info->max_stop_orders | info->iceberg_parts | info->max_icebergs |
                            info->max_orders_of_account | info->max_stop_orders_of_account |
                            info->max_icebergs_of_account;
    if (__builtin_expect(!(info->present | info->rules | counts | (info->status ^ OC_STATUS_TRADING)), 1))
        return NULL;
    return terms_refuse(engine, instrument, request);
}

const char *stage_refuses(const struct engine *engine, const struct oc_request *request)
{
    const struct oc_instrument *info = &instruments_get(engine->instruments, request->head.inst)->info;
    const char *reason = instrument_refuses(engine, request);
    if (!reason)
        reason = venue_refuses(engine, request);
    if (__builtin_expect(portfolio_account_count(engine->portfolio) > 1, 0) &&
        portfolio_account_at(engine->portfolio, info->venue, request->account) != request->account)
        reason = "ACCOUNT_OF_ANOTHER_VENUE"; /* the only account of a session is of its only venue */
    if (__builtin_expect(!reason && statement_of(&engine->statement, request->account) != NULL, 0) &&
        !(request->bits & OC_RQ_REDUCE_ONLY)) /* whether an order that reduces is taken, the venue says itself */
        reason = statement_refuses(&engine->statement, request->account, request->bits & OC_RQ_POST_ONLY);
    return reason ? reason : protection_refuses(engine, info, request);
}

void stage_stamp(struct engine *engine, struct oc_request *request)
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

/* The built-in route is direct: the routed child would be the order itself, and rules are pure, so they are asked once (ADR 0016). */
static oc_rc ask_rules(struct engine *engine, struct oc_request *request, struct engine_refusal *refusal)
{
    const oc_rc rc = chain_ask(engine, request, refusal);
    if (rc == OC_OK)
        request->rules = engine->rule_count - engine->away_count;
    return rc;
}

bool stage_is_full(struct engine *engine)
{
    return engine->out.request_count - engine->batch.request_count == ENGINE_STAGED_MAX ||
           !out_reserve_request(&engine->out);
}

struct out_request *stage_add(struct engine *engine, const struct oc_request *request, struct order *order)
{
    struct out_request *staged = out_add_request(&engine->out, request, order);
    if (order && request->kind != OC_REQUEST_NEW)
        order->now.revision++;
    return staged;
}

/* The request is as large as its account can pay: the order is that, if it is still large enough to be one. */
static oc_rc take_fitted(struct engine *engine, const struct oc_request *request, struct order *order,
                         struct engine_refusal *refusal)
{
    const char *reason = instrument_refuses(engine, request);
    order->now.qty = order->worst_qty = request->qty;
    order->now.quote_qty = request->quote_qty;
    if (reason) {
        strcpy(refusal->reason, reason);
        strcpy(refusal->rule, "instrument");
        return OC_E_LIMIT;
    }
    return request->bits & OC_RQ_HAS_QUOTE_QTY ? chain_worst_qty(engine, request, &order->worst_qty) : (oc_rc)OC_OK;
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
    stage_stamp(engine, request);
    if (shape_is_valid(request) < 0)
        return OC_E_INVALID;
    if (stage_is_full(engine))
        return OC_E_FULL;
    request->order = ((uint64_t)engine->config.epoch << 40) | engine->next_order;
    request->id = request->order;
    struct order *order;
    oc_rc rc = orders_add(engine->orders, request, engine->now_ns, &order);
    if (rc < 0)
        return rc == OC_E_LIMIT ? OC_E_FULL : rc;
    engine->next_order++;
    struct engine_refusal refusal = {.order = request->order};
    const char *reason = oc_trail_of_entry(request) ? engine_trail_begins(engine, request) : NULL;
    if (!reason && __builtin_expect(request->link == OC_LINK_OCO, 0) && !request->role)
        reason = oco_refuses(engine, request);
    if (!reason)
        reason = stage_refuses(engine, request);
    if (reason) {
        strcpy(refusal.reason, reason);
        strcpy(refusal.rule, "instrument");
        rc = OC_E_LIMIT;
    } else {
        const oc_rc sized =
            request->bits & OC_RQ_HAS_QUOTE_QTY ? chain_worst_qty(engine, request, &order->worst_qty) : (oc_rc)OC_OK;
        order->reduces = reduces_only(engine, request, 0);
        order->known_price = reserve_price(engine, request);
        if (__builtin_expect(engine->clients[engine->caller].permissions != NULL, 0))
            rc = permissions_ask(engine, request, order, order_remaining_worst(order), &refusal);
        if (rc == OC_OK)
            rc = ask_rules(engine, request, &refusal);
        if (rc == OC_OK && sized < 0) { /* what it may become cannot be counted, so it cannot be limited */
            strcpy(refusal.reason, "NO_REFERENCE_PRICE");
            strcpy(refusal.rule, "instrument");
            rc = OC_E_LIMIT;
        }
    }
    if (rc == OC_OK)
        rc = reserve_take(engine, request, order, &refusal);
    if (rc == OC_OK && (request->bits & OC_RQ_FIT_FUNDS))
        rc = take_fitted(engine, request, order, &refusal);
    if (__builtin_expect(engine->own_way[request->account] != 0, 0) && rc == OC_OK && own_way_is_for(engine, request))
        request->bits |= OC_RQ_NATIVE;
    if (rc == OC_OK)
        rc = exposure_books(engine, order);
    if (rc == OC_OK && ((request->bits & (OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT)) || oc_trail_of_entry(request)))
        rc = groups_open(engine, request);
    if (rc == OC_OK && request->link == OC_LINK_OCO && !request->role)
        rc = oco_join(engine, request);
    order->now = *request;
    order->is_staged = true;
    if (__builtin_expect(request->bits & OC_RQ_NATIVE, 0) && rc == OC_OK && own_way_note(engine, order) < 0)
        rc = OC_E_NOMEM;
    struct out_request *staged = stage_add(engine, request, order);
    if (rc < 0) {
        if (rc != OC_E_LIMIT || !refusal.reason[0])
            strcpy(refusal.reason, "HOST_LIMIT_REACHED");
        staged->is_denied = 1;
        staged->refusal = refusal;
        order->is_refused = true;
        *ret_refusal = refusal;
        return OC_E_LIMIT;
    }
    engine->staged_messages++;
    if (__builtin_expect(engine->resync_count != 0, 0))
        resync_ordered(engine, request);
    return OC_OK;
}

static oc_rc find_open(struct engine *engine, uint64_t id, struct order **ret_order)
{
    struct order *order = orders_find(engine->orders, id);
    if (!order)
        return OC_E_NOT_FOUND;
    if (state_is_final(order->state) || order->is_refused)
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
    stage_stamp(engine, &request);
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
    if (stage_is_full(engine))
        return OC_E_FULL;
    const uint32_t changes = OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED | OC_RQ_STOP_CHANGED;
    struct oc_request ask = follow_up(engine, order, OC_REQUEST_AMEND);
    ask.filled = order->filled + order_missing(order); /* what a venue takes as a new order is for the rest */
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
    const bool reduces = reduces_only(engine, &ask, 0);
    const char *reason =
        group_trail_forbids(engine, order, &ask) ? "TRAILING_STOP_NOT_LOOSENED" : venue_refuses(engine, &ask);
    if (reason) {
        strcpy(refusal.reason, reason);
        strcpy(refusal.rule, "instrument");
        rc = OC_E_LIMIT;
    }
    if (rc == OC_OK && engine->clients[engine->caller].permissions)
        rc = permissions_ask(engine, &ask, order, ask.qty - order->filled, &refusal);
    if (rc == OC_OK)
        rc = ask_rules(engine, &ask, &refusal);
    if (rc == OC_OK)
        rc = reserve_ask(engine, &ask, order, &refusal);
    if (rc == OC_OK) {
        order->ask_qty = ask.qty;
        order->ask_price = ask.price;
        order->ask_stop = ask.stop_price;
        order->ask_bits = ask.bits & changes;
        order->ask_request = ask.id;
        order->ask_revision = ask.revision + 1;
        order->reduces = reduces;
        rc = exposure_update(engine, order);
        if (rc < 0) {
            strcpy(refusal.reason, "HOST_LIMIT_REACHED");
            order_amend_ends(order);
        }
    }
    group_trail_asked(engine, order, ask.bits); /* denied too: as a restart reads it */
    struct out_request *staged = stage_add(engine, &ask, order);
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
    return rc < 0 ? rc : stage_cancel(engine, order, order->now.role, ret_refusal);
}

oc_rc stage_cancel(struct engine *engine, struct order *order, uint8_t role, struct engine_refusal *ret_refusal)
{
    if (order->state == STATE_PENDING_CANCEL)
        return OC_OK; /* asked already: asking again would only cost a message */
    if (stage_is_full(engine))
        return OC_E_FULL;
    for (uint32_t i = engine->batch.request_count; i < engine->out.request_count; i++)
        if (engine->out.requests[i].order == order && engine->out.requests[i].request.kind == OC_REQUEST_CANCEL)
            return OC_OK;
    struct oc_request ask = follow_up(engine, order, OC_REQUEST_CANCEL);
    struct engine_refusal refusal = {.order = order->now.order};
    ask.role = role;
    oc_rc rc = ask_rules(engine, &ask, &refusal);
    struct out_request *staged = stage_add(engine, &ask, order);
    if (rc < 0) {
        staged->is_denied = 1;
        staged->refusal = refusal;
        *ret_refusal = refusal;
        return OC_E_LIMIT;
    }
    engine->staged_cancels++;
    return OC_OK;
}
