/* reduces.c: reduce-only is a promise that the host proves before any rule, permission or budget is eased: against the position,
 * and against the other orders that reduce it already. */
#include "engine/impl.h"

static bool is_group_leg(const struct oc_request *request)
{
    return request->owner == OC_OWNER_HOST && request->group &&
           (request->role == OC_ROLE_STOP_LOSS || request->role == OC_ROLE_TAKE_PROFIT);
}

/* A reducing order that takes its share of the position. The legs of a group are sized by the host: each of them for all of it. */
static bool counts(const struct order *order)
{
    return (order->now.bits & OC_RQ_REDUCE_ONLY) && !is_group_leg(&order->now) && state_is_open(order->state);
}

void reduces_count(struct engine *engine, struct order *order)
{
    bool is_counted = counts(order);
    if (is_counted == order->is_reducing)
        return;
    order->is_reducing = is_counted;
    engine->reducing += is_counted ? 1 : -1;
}

/* Its cancel was asked for, or it was denied, by what runs now. */
static bool is_leaving(const struct engine *engine, const struct order *order)
{
    if (order->state == STATE_PENDING_CANCEL)
        return true;
    for (uint32_t i = 0; i < engine->out.request_count; i++) {
        const struct out_request *staged = &engine->out.requests[i];
        if (staged->order == order && (staged->is_denied || staged->request.kind == OC_REQUEST_CANCEL))
            return staged->request.kind != OC_REQUEST_AMEND;
    }
    return false;
}

static bool is_beside(const struct order *order, const struct oc_request *request, uint32_t strategy)
{
    return order->is_reducing && order->now.order != request->order && order->now.account == request->account &&
           OC_INST_INDEX(order->now.head.inst) == OC_INST_INDEX(request->head.inst) &&
           order->now.side == request->side && (!strategy || order->now.strategy == strategy);
}

bool reduces_only(const struct engine *engine, const struct oc_request *request, uint32_t strategy)
{
    if (!(request->bits & OC_RQ_REDUCE_ONLY))
        return false;
    if (is_group_leg(request))
        return true;
    const struct book *book = portfolio_find(engine->portfolio, request->account, strategy, request->head.inst);
    const struct order *own = request->order ? orders_find(engine->orders, request->order) : NULL;
    const int64_t position = book ? book->position.qty : 0;
    int64_t left = request->side == OC_SIDE_SELL ? position : -position, qty = request->qty;
    if (!qty && own)
        qty = own->worst_qty; /* by money */
    if (own) {
        if (own->now.qty > qty)
            qty = own->now.qty; /* until the venue has said so, both may be in force */
        qty -= own->filled;
    }
    if (qty <= 0)
        return false;
    const struct order *order = engine->reducing ? orders_open_of(engine->orders, request->head.inst) : NULL;
    for (; left >= qty && order; order = order->younger_here)
        if (is_beside(order, request, strategy) && !is_leaving(engine, order))
            left -= order_remaining_worst(order);
    return left >= qty;
}
