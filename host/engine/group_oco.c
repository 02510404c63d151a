/* group_oco.c: orders of which one cancels the other: what one of them trades the others give up, and where it has traded whole they are
 * canceled. They are of one strategy, market and quantity, on one side (a target and a stop) or on both (a breakout either way).
 *
 * A simulator that fills on bars counts the pair itself, inside the bar; else the engine does it when it hears of a fill, so that within the time
 * that takes both may trade: of orders on one side what is too much is closed at market, and said. One that is refused, or canceled, leaves the
 * others as they are.
 *
 * The group has the number of the first order, which learns of it from the second. All of it follows from the records of the orders. */
#include "engine/impl.h"

static bool is_member(const struct order *order) { return order->now.link == OC_LINK_OCO && !order->now.role; }

/* The order beside which another one is asked for; NULL: there is none. */
static struct order *other_of(const struct engine *engine, const struct oc_request *request)
{
    return request->link == OC_LINK_OCO && !request->role ? orders_find(engine->orders, request->parent) : NULL;
}

const char *oco_refuses(const struct engine *engine, const struct oc_request *request)
{
    const struct order *other = other_of(engine, request);
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    if (!other || !order_is_open(other) || other->state == STATE_PENDING_CANCEL)
        return "OCO_ORDER_NOT_OPEN";
    if (other->now.strategy != request->strategy || other->now.account != request->account ||
        OC_INST_INDEX(other->now.head.inst) != OC_INST_INDEX(request->head.inst))
        return "OCO_ORDER_OF_ANOTHER_BOOK";
    if ((other->now.group && !is_member(other)) || oc_trail_of_entry(request) ||
        (request->bits & (OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT)))
        return "OCO_WITH_PROTECTION_NOT_SUPPORTED";
    const struct group *group = other->now.group ? group_find(&engine->groups, other->now.group) : NULL;
    if (other->filled || order_missing(other) || (group && group->exited))
        return "OCO_ORDER_HAS_TRADED";
    if (!(request->bits & other->now.bits & OC_RQ_HAS_QTY) || request->qty != other->now.qty || other->ask_bits)
        return "OCO_QUANTITY_DIFFERS";
    /* on spot an order locks what it would trade: the second is refused there */
    return engine->protect[request->account] != ENGINE_PROTECT_ORDERS && instrument->info.kind == OC_KIND_SPOT &&
                   other->now.side == request->side
               ? "OCO_NOT_SUPPORTED"
               : NULL;
}

oc_rc oco_join(struct engine *engine, struct oc_request *request)
{
    struct order *other = orders_find(engine->orders, request->group ? request->group : request->parent);
    const uint64_t id = request->group              ? request->group
                        : other && other->now.group ? other->now.group
                                                    : request->parent;
    struct group *group = group_find(&engine->groups, id);
    if (!group && !(group = group_add(&engine->groups, id, request->head.inst)))
        return OC_E_LIMIT;
    if (group->entered == 0) {
        *group = (struct group){.id = id,
                                .entry = id,
                                .entered = request->qty,
                                .inst = request->head.inst,
                                .account = request->account,
                                .strategy = request->strategy,
                                .side = other ? other->now.side : request->side,
                                .is_oco = 1};
    }
    if (group->side != request->side)
        group->side = OC_SIDE_NONE;
    if (other && !other->now.group) {
        other->now.group = id;
        other->now.link = OC_LINK_OCO;
    }
    request->group = id;
    request->parent = 0;
    return OC_OK;
}

bool oco_stays(struct engine *engine, struct group *group)
{
    uint32_t count = 0;
    uint8_t side = OC_SIDE_NONE, before = OC_SIDE_NONE; /* of all of them, and without the youngest */
    struct order *order = orders_open_of(engine->orders, group->inst), *first = orders_find(engine->orders, group->id);
    for (; order; order = order->younger_here) {
        if (!is_member(order) || order->now.group != group->id)
            continue;
        before = side;
        side = count++ == 0 || side == order->now.side ? order->now.side : OC_SIDE_NONE;
    }
    if (count > 2) {
        group->side = before;
        return true;
    }
    if (first) {
        first->now.group = 0;
        first->now.link = OC_LINK_NONE;
    }
    return false;
}

/* Of one of them: more than the others have left may trade. */
static bool is_too_much(const struct group *group, const struct order *order)
{
    const int64_t open = group->entered - group->exited;
    return is_member(order) && order->now.group == group->id && order_is_open(order) &&
           order->state != STATE_PENDING_CANCEL && (!order->ask_bits || open <= 0) &&
           order->now.qty - order->filled > open;
}

bool oco_needs_work(const struct engine *engine, const struct group *group)
{
    for (const struct order *order = orders_open_of(engine->orders, group->inst); order; order = order->younger_here)
        if (is_too_much(group, order))
            return true;
    return group->exited > group->entered && group->side != OC_SIDE_NONE;
}

static void lower(struct engine *engine, const struct group *group, const struct order *order)
{
    struct engine_refusal refusal = {0};
    const int64_t open = group->entered - group->exited;
    struct oc_request amend = {.order = order->now.order, .qty = order->filled + open, .bits = OC_RQ_QUANTITY_CHANGED};
    oc_rc rc = OC_E_LIMIT;
    if (open > 0)
        rc = engine_amend(engine, &amend, &refusal);
    if (rc < 0 && rc != OC_E_AGAIN) /* a part of it that cannot be kept alone goes too */
        rc = engine_cancel(engine, order->now.order, &refusal);
    if (rc < 0)
        groups_wake(engine, engine->now_ns + GROUPS_RETRY_NS);
}

/* More was filled than one of them is: by both at once. */
static void flatten(struct engine *engine, struct group *group)
{
    const int64_t excess = group->exited - group->entered;
    struct engine_refusal refusal = {0};
    struct oc_request request = {.qty = excess,
                                 .account = group->account,
                                 .strategy = group->strategy,
                                 .owner = OC_OWNER_HOST,
                                 .side = group->side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY,
                                 .type = OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC,
                                 .role = OC_ROLE_CLOSE,
                                 .bits = OC_RQ_HAS_QTY};
    request.head.inst = group->inst;
    if (engine_submit(engine, &request, &refusal) != OC_OK) {
        engine_alarm(engine, NULL,
                     "what two orders of which one cancels the other filled in excess could not be closed");
        return;
    }
    group->exited -= excess;
    engine->groups.flattened++;
    engine_alarm(engine, NULL, "both of two orders of which one cancels the other were filled: the excess is closed");
}

void oco_work(struct engine *engine, struct group *group)
{
    if (engine->is_restoring || !oco_needs_work(engine, group))
        return;
    stage_begin(engine, 0);
    struct order *next;
    for (struct order *order = orders_open_of(engine->orders, group->inst); order; order = next) {
        next = order->younger_here;
        if (is_too_much(group, order))
            lower(engine, group, order);
    }
    if (group->exited > group->entered && group->side != OC_SIDE_NONE)
        flatten(engine, group);
    stage_end(engine, true);
}

void oco_refused(struct engine *engine, const struct group *group, const struct order *order, uint16_t answer)
{
    struct engine_refusal refusal = {0};
    if (answer == OC_EV_CANCEL_REJECTED)
        groups_wake(engine, engine->now_ns + GROUPS_RETRY_NS);
    if (answer != OC_EV_AMEND_REJECTED || !is_too_much(group, order) || engine->is_restoring)
        return;
    stage_begin(engine, 0);
    if (engine_cancel(engine, order->now.order, &refusal) < 0)
        groups_wake(engine, engine->now_ns + GROUPS_RETRY_NS);
    stage_end(engine, true);
}

bool oco_is_over(const struct engine *engine, const struct group *group)
{
    for (const struct order *order = orders_open_of(engine->orders, group->inst); order; order = order->younger_here)
        if (is_member(order) && order->now.group == group->id && !state_is_final(order->state))
            return false;
    return true;
}
