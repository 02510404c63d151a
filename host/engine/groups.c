#include "engine/groups.h"

#include <stdlib.h>
#include <string.h>

#include "engine/impl.h"

void groups_release(struct groups *groups)
{
    free(groups->list);
    free(groups->told);
    group_index_release(&groups->index);
    *groups = (struct groups){.holds = groups->holds};
}

struct group *group_find(const struct groups *groups, uint64_t id)
{
    const uint32_t place = group_index_find(&groups->index, id);
    return place == GROUP_NONE ? NULL : &groups->list[place];
}

bool groups_index(struct groups *groups)
{
    group_index_release(&groups->index);
    groups->trailing = 0;
    for (uint32_t i = 0; i < groups->count; i++) {
        const uint32_t inst = OC_INST_INDEX(groups->list[i].inst);
        if (!groups->list[i].id)
            continue;
        if (inst >= ENGINE_INSTRUMENTS_MAX || !group_index_reserve(&groups->index, groups->count, inst))
            return false;
        group_index_put(&groups->index, i, groups->list[i].id, inst);
        groups->trailing += groups->list[i].trail_kind != GROUP_TRAIL_NONE;
    }
    return true;
}

/* Its place is free. */
static void group_forget(struct groups *groups, struct group *group)
{
    group_index_take(&groups->index, (uint32_t)(group - groups->list));
    group->id = 0;
    groups->live--;
    groups->trailing -= group->trail_kind != GROUP_TRAIL_NONE;
}

uint64_t groups_stop_of(const struct groups *groups, uint64_t id)
{
    const struct group *group = group_find(groups, id);
    return group ? group->stop_order : 0;
}

static struct group *group_slot(struct groups *groups)
{
    const uint32_t place = group_index_free(&groups->index, groups->count);
    if (place < groups->count)
        return &groups->list[place];
    if (groups->count >= ENGINE_GROUPS_MAX)
        return NULL;
    if (groups->count == groups->room) {
        uint32_t room = groups->room ? groups->room * 2 : 16;
        struct group *list = realloc(groups->list, room * sizeof *list);
        if (!list)
            return NULL;
        groups->list = list;
        groups->room = room;
    }
    return &groups->list[groups->count++];
}

struct group *group_add(struct groups *groups, uint64_t id, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    struct group *group = group_index_reserve(&groups->index, groups->count + 1, index) ? group_slot(groups) : NULL;
    if (!group)
        return NULL;
    *group = (struct group){.id = id, .inst = inst};
    group_index_put(&groups->index, (uint32_t)(group - groups->list), id, index);
    groups->live++;
    return group;
}

oc_rc group_make(struct groups *groups, const struct oc_request *entry)
{
    struct group *group = group_add(groups, entry->group, entry->head.inst);
    if (!group)
        return OC_E_LIMIT;
    *group = (struct group){
        .id = entry->group,
        .entry = entry->order,
        .take_profit = entry->take_profit,
        .inst = entry->head.inst,
        .account = entry->account,
        .strategy = entry->strategy,
        .side = entry->side,
        .has_target = (entry->bits & OC_RQ_HAS_TAKE_PROFIT) != 0,
    };
    memcpy(group->tag, entry->tag, sizeof group->tag);
    group_trail_set(group, entry);
    groups->trailing += group->trail_kind != GROUP_TRAIL_NONE;
    return OC_OK;
}

oc_rc groups_open(struct engine *engine, struct oc_request *entry)
{
    entry->group = entry->order; /* unique as the order is */
    entry->link = OC_LINK_BRACKET;
    entry->role = OC_ROLE_ENTRY;
    return group_make(&engine->groups, entry);
}

void groups_drop(struct engine *engine, uint64_t id)
{
    struct group *group = group_find(&engine->groups, id);
    if (!group)
        return;
    if (group->is_oco && oco_stays(engine, group))
        return;
    group_forget(&engine->groups, group);
    while (engine->groups.count && !engine->groups.list[engine->groups.count - 1].id)
        engine->groups.count--;
}

static bool is_leg(const struct order *order)
{
    return order->now.owner == OC_OWNER_HOST &&
           (order->now.role == OC_ROLE_STOP_LOSS || order->now.role == OC_ROLE_TAKE_PROFIT);
}

struct group *group_of(const struct engine *engine, const struct order *leg)
{
    return is_leg(leg) ? group_find(&engine->groups, leg->now.group) : NULL;
}

uint64_t *group_leg_of(struct group *group, uint8_t role)
{
    return role == OC_ROLE_STOP_LOSS ? &group->stop_order : &group->target_order;
}

static struct oc_request leg_request(const struct group *group, int64_t qty, uint8_t role)
{
    struct oc_request leg = {.qty = qty,
                             .account = group->account,
                             .strategy = group->strategy,
                             .group = group->id,
                             .parent = group->entry,
                             .owner = OC_OWNER_HOST,
                             .side = group->side == OC_SIDE_BUY ? OC_SIDE_SELL : OC_SIDE_BUY,
                             .tif = OC_TIF_GTC,
                             .link = OC_LINK_OCO,
                             .role = role,
                             .bits = OC_RQ_HAS_QTY | OC_RQ_REDUCE_ONLY};
    leg.head.inst = group->inst;
    memcpy(leg.tag, group->tag, sizeof leg.tag);
    if (role == OC_ROLE_STOP_LOSS) {
        leg.type = OC_ORDER_STOP;
        leg.stop_price = group->stop_loss;
        leg.bits |= OC_RQ_HAS_STOP;
    } else if (role == OC_ROLE_TAKE_PROFIT) {
        leg.type = OC_ORDER_LIMIT;
        leg.price = group->take_profit;
        leg.bits |= OC_RQ_HAS_PRICE;
    } else {
        leg.type = OC_ORDER_MARKET;
    }
    return leg;
}

/* A stop loss where no stop is taken at market: with a limit beyond it, toward the worse. */
static void limit_stop(const struct engine *engine, struct oc_request *leg)
{
    const struct oc_instrument *info = &instruments_get(engine->instruments, leg->head.inst)->info;
    const uint64_t has_limit = (uint64_t)1 << OC_ORDER_STOP_LIMIT, at_market = (uint64_t)1 << OC_ORDER_STOP;
    const int64_t slip = engine->stop_slip[leg->account];
    const bool is_needed =
        (info->present & OC_INST_HAS_ORDERS) && (info->orders & (has_limit | at_market)) == has_limit;
    if (leg->type != OC_ORDER_STOP || !slip || !is_needed)
        return;
    const int64_t beyond =
        (int64_t)((oc_i128)(leg->stop_price < 0 ? -leg->stop_price : leg->stop_price) * slip / 1000000);
    leg->type = OC_ORDER_STOP_LIMIT;
    leg->price = leg->side == OC_SIDE_SELL ? leg->stop_price - beyond : leg->stop_price + beyond;
    leg->bits |= OC_RQ_HAS_PRICE;
}

/* As the order that a leg of the host becomes: the stop at market, and the target for what it finds, where that is taken. */
static void act_leg(const struct engine *engine, struct oc_request *leg)
{
    const struct oc_instrument *info = &instruments_get(engine->instruments, leg->head.inst)->info;
    if (leg->role == OC_ROLE_STOP_LOSS) {
        leg->type = OC_ORDER_MARKET;
        leg->stop_price = 0;
        leg->bits &= ~(uint32_t)OC_RQ_HAS_STOP;
    } else if ((info->present & OC_INST_HAS_ORDERS) && (info->tifs >> OC_TIF_IOC & 1)) {
        leg->tif = OC_TIF_IOC;
    }
}

bool group_leg_is_gone(const struct engine *engine, uint64_t leg)
{
    const struct order *order = orders_find(engine->orders, leg);
    return !order || state_is_final(order->state);
}

static const char unprotected[] = "a position without the protection that was asked for";

static void alarm_small(struct engine *engine, const struct group *group)
{
    if (!group->is_small)
        engine_alarm(engine, orders_find(engine->orders, group->entry),
                     "what an entry has filled is too small to be protected: the venue takes no order of its size");
}

/* The venue takes no order as small as this. */
static bool is_too_small(const struct engine *engine, const struct oc_request *leg)
{
    const char *reason = stage_refuses(engine, leg);
    return reason && (strcmp(reason, "QUANTITY_BELOW_MINIMUM") == 0 || strcmp(reason, "NOTIONAL_BELOW_MINIMUM") == 0);
}

bool group_leg_place(struct engine *engine, struct group *group, uint8_t role, int64_t qty, bool acts)
{
    const uint8_t bit = role == OC_ROLE_STOP_LOSS ? GROUP_STOP_IS_SMALL : GROUP_TARGET_IS_SMALL;
    struct oc_request request = leg_request(group, qty, role);
    struct engine_refusal refusal = {0};
    limit_stop(engine, &request);
    if (acts)
        act_leg(engine, &request);
    if (is_too_small(engine, &request)) {
        alarm_small(engine, group);
        group->is_small |= bit;
        return false;
    }
    group->is_small &= (uint8_t)~bit;
    if (!group_again_is_due(engine, group, role))
        return false;
    if (engine->is_restoring)
        return true;
    if (engine_submit(engine, &request, &refusal) == OC_OK) {
        *group_leg_of(group, role) = request.order;
        if (group->phase == GROUP_MOVES && role == OC_ROLE_STOP_LOSS)
            group->phase = GROUP_RESTS;
        return true;
    }
    group_again_after(engine, group, role, orders_find(engine->orders, request.order), refusal.reason, unprotected);
    groups_to_tell(engine, request.order); /* the denied order names the rule */
    return false;
}

void group_leg_size(struct engine *engine, struct group *group, uint8_t role, int64_t qty)
{
    struct engine_refusal refusal = {0};
    const uint64_t leg = *group_leg_of(group, role);
    const struct order *order = orders_find(engine->orders, leg);
    if (!order || state_is_final(order->state) || (order->state == STATE_PENDING_CANCEL && qty > 0)) {
        if (qty > 0 && !group->is_closing)
            group_leg_place(engine, group, role, qty, false);
        return;
    }
    const int64_t total = order->filled + qty;
    const bool goes = qty <= 0 || group->is_closing, moves = !goes && group_trail_moves(group, order);
    oc_rc rc = OC_OK;
    if (!goes && ((total == order->now.qty && !moves) || order->ask_bits))
        return;
    if ((!goes && !group_again_is_due(engine, group, role)) || engine->is_restoring)
        return; /* what is to go is never waited for */
    if (goes) {
        rc = engine_cancel(engine, leg, &refusal);
    } else if (moves && group_trail_takes_back(engine, order)) {
        rc = stage_cancel(engine, orders_find(engine->orders, leg), OC_ROLE_MOVE, &refusal);
        if (rc == OC_OK)
            group_trail_taken_back(engine, group);
    } else {
        struct oc_request request = leg_request(group, total, role);
        limit_stop(engine, &request);
        request.order = leg;
        request.bits = (total != order->now.qty ? (uint32_t)OC_RQ_QUANTITY_CHANGED : 0) |
                       (moves ? (uint32_t)OC_RQ_STOP_CHANGED : 0) |
                       (moves && (order->now.bits & OC_RQ_HAS_PRICE) ? (uint32_t)OC_RQ_PRICE_CHANGED : 0);
        rc = engine_amend(engine, &request, &refusal);
    }
    if (rc < 0 && rc != OC_E_AGAIN) /* it protects another quantity than there is */
        group_again_after(engine, group, role, order, refusal.reason,
                          "a protective order that could not be brought to the size of its position");
}

/* In a restart nothing is asked for: what was is recorded. Where the host holds a leg its state follows all the same. */
static void group_resize(struct engine *engine, struct group *group)
{
    if (group->is_oco) {
        oco_work(engine, group);
        return;
    }
    int64_t open = group->entered - group->exited;
    const uint8_t held = group_held(engine, group);
    if (group->phase == GROUP_YIELDS && open > 0 && !group->is_closing) {
        if (group_is_closed_for(engine, group))
            return;
        group->phase = held ? GROUP_RETURNS : GROUP_RESTS; /* that has ended, and something is left */
    }
    if (group->phase == GROUP_MOVES && open > 0 && !group->is_closing && !group_trail_is_free(engine, group))
        return;
    if ((engine->is_restoring && engine->protect[group->account] == ENGINE_PROTECT_ORDERS) ||
        (group->phase == GROUP_LEFT && open > 0 && !group->is_closing))
        return;
    if (!engine->is_restoring)
        stage_begin(engine, 0);
    if (held)
        group_held_work(engine, group, held);
    if (group->has_stop && !held)
        group_leg_size(engine, group, OC_ROLE_STOP_LOSS, open);
    if (group->has_target && !held)
        group_leg_size(engine, group, OC_ROLE_TAKE_PROFIT, open);
    if (engine->is_restoring)
        return;
    if (open < 0) { /* both legs filled in flight: the excess is on the wrong side */
        struct oc_request request = leg_request(group, -open, OC_ROLE_CLOSE);
        struct engine_refusal refusal = {0};
        request.side = group->side;
        request.bits &= ~(uint32_t)OC_RQ_REDUCE_ONLY;
        if (engine_submit(engine, &request, &refusal) == OC_OK) {
            group->exited += open;
            engine->groups.flattened++;
        } else {
            engine_alarm(engine, NULL, "what both protective orders filled in excess could not be closed");
        }
    }
    stage_end(engine, true);
}

static void group_retire(struct engine *engine, struct group *group)
{
    if (!group_leg_is_gone(engine, group->entry) || !group_leg_is_gone(engine, group->stop_order) ||
        !group_leg_is_gone(engine, group->target_order))
        return;
    if (!group->is_closing && !group->is_small && group->entered != group->exited)
        return;
    group_forget(&engine->groups, group);
}

/* The fill left the strategy's position flat, or on the other side: every group of the side that is gone goes. */
static void groups_close(struct engine *engine, const struct order *order)
{
    const struct book *book =
        portfolio_find(engine->portfolio, order->now.account, order->now.strategy, order->now.head.inst);
    const int64_t after = book ? book->position.qty : 1, before = engine->qty_before;
    if (before == after || (after != 0 && (before == 0 || (before > 0) == (after > 0))))
        return; /* what cannot be sold by itself reads 0 before and behind: it is an entry that has begun */
    const uint8_t stays = after > 0 ? OC_SIDE_BUY : after < 0 ? OC_SIDE_SELL : OC_SIDE_NONE;
    uint32_t next = group_index_first(&engine->groups.index, OC_INST_INDEX(order->now.head.inst));
    while (next != GROUP_NONE && engine->groups.list) {
        struct group *group = &engine->groups.list[next];
        next = engine->groups.index.places[next].behind;
        if (group->strategy != order->now.strategy || group->account != order->now.account || group->entered == 0 ||
            group->is_oco || group->side == stays)
            continue;
        if (after != 0 && group->id == order->now.group) /* its own legs went too far: that excess is being flattened */
            continue;
        group->is_closing = 1;
        group_resize(engine, group);
        group_retire(engine, group);
    }
}

/* The position was closed and the entry fills on: what it fills now is protected anew, by itself. */
static void group_reopen(struct group *group, const struct order *entry)
{
    if (!group->is_closing)
        return;
    group->is_closing = 0;
    group->entered = group->exited = 0;
    group_trail_set(group, &entry->now);
}

/* By how much a fill of the entry made the position larger. */
static int64_t grown_by(struct engine *engine, struct group *group, const struct oc_ev_fill *fill)
{
    const struct book *book = portfolio_find(engine->portfolio, group->account, group->strategy, group->inst);
    const struct instrument *instrument = instruments_get(engine->instruments, group->inst);
    if (!book || instrument->info.kind != OC_KIND_SPOT || group->side != OC_SIDE_BUY || engine->qty_before < 0)
        return fill->qty;
    const int64_t grown = book->position.qty - engine->qty_before;
    if (book->position.qty == 0) {
        alarm_small(engine, group);
        group->is_small |= GROUP_ALL_IS_SMALL;
    } else {
        group->is_small &= (uint8_t)~GROUP_ALL_IS_SMALL;
    }
    return grown;
}

void groups_fill(struct engine *engine, const struct order *order, const struct oc_ev_fill *fill)
{
    const int64_t qty = fill->qty;
    if (!engine->groups.live)
        return;
    struct group *group = group_find(&engine->groups, order->now.group);
    if (group && group->is_oco) {
        group->exited += order->now.role ? 0 : qty;
        oco_work(engine, group);
        if (state_is_final(order->state) && order_missing(order) == 0 && oco_is_over(engine, group))
            group_forget(&engine->groups, group);
        groups_close(engine, order);
        return;
    }
    if (group && order->now.role == OC_ROLE_ENTRY) {
        group_reopen(group, order);
        if (group->entered == 0)
            group->since_ns = fill->head.venue_ns;
        group->phase = group->phase == GROUP_LEFT ? GROUP_RESTS : group->phase;
        group->entered += grown_by(engine, group, fill);
    } else if (group && (order->now.role == OC_ROLE_STOP_LOSS || order->now.role == OC_ROLE_TAKE_PROFIT))
        group->exited += qty; /* what flattens an excess was counted when it was asked for */
    if (group)
        group_resize(engine, group);
    groups_close(engine, order);
}

void groups_unfill(struct engine *engine, const struct order *order, int64_t grown, int64_t qty)
{
    struct group *group = engine->groups.live ? group_find(&engine->groups, order->now.group) : NULL;
    if (group && group->is_oco)
        group->exited -= order->now.role ? 0 : qty;
    else if (group && order->now.role == OC_ROLE_ENTRY)
        group->entered -= group->side == OC_SIDE_BUY ? grown : qty;
    else if (group && (order->now.role == OC_ROLE_STOP_LOSS || order->now.role == OC_ROLE_TAKE_PROFIT))
        group->exited -= qty;
}

void groups_final(struct engine *engine, const struct order *order)
{
    if (!engine->groups.live)
        return;
    struct group *group = group_find(&engine->groups, order->now.group);
    if (!group)
        return;
    if (group->is_oco) {
        oco_work(engine, group);
        if (order_missing(order) == 0 && oco_is_over(engine, group))
            group_forget(&engine->groups, group);
        return;
    }
    const bool is_held = (group_held(engine, group) && group->phase != GROUP_RESTS) ||
                         group->phase == GROUP_MOVES; /* each end leads to what is next */
    if (is_held && !group->is_closing && order->now.role != OC_ROLE_ENTRY) {
        group_resize(engine, group);
        group_retire(engine, group);
        return;
    }
    /* An amend that was under way when a leg was sized is looked at again when its answer has come: with it the leg may
     * be over. */
    if (!engine->is_restoring && !group->is_closing && order->now.role != OC_ROLE_ENTRY &&
        (order->state != STATE_FILLED || order->said) && order->state != STATE_DENIED &&
        order->state != STATE_REJECTED && order->state != STATE_CANCELED)
        group_resize(engine, group);
    group_retire(engine, group);
}

/* The leg is not what the group needs, and nothing is under way to make it so. One that was taken back stays away: whoever did
 * that has a reason. */
static bool leg_is_off(struct engine *engine, const struct group *group, uint64_t leg)
{
    const struct order *order = orders_find(engine->orders, leg);
    const int64_t open = group->is_closing ? 0 : group->entered - group->exited;
    if (!order || state_is_final(order->state))
        return open > 0 && !(order && order->state == STATE_CANCELED);
    if (order->state == STATE_PENDING_CANCEL)
        return false;
    return open <= 0 || (!order->ask_bits && order->filled + open != order->now.qty);
}

static bool needs_work(struct engine *engine, const struct group *group)
{
    if (!group->id || group->phase == GROUP_LEFT)
        return false;
    if (group->is_oco)
        return oco_needs_work(engine, group);
    const uint8_t held = group_held(engine, group);
    if (group->phase == GROUP_YIELDS)
        return !group_is_closed_for(engine, group);
    if (group->phase == GROUP_MOVES)
        return group_trail_is_free(engine, group);
    if (held && group->phase != GROUP_RESTS)
        return true;
    if (group_trail_is_due(engine, group))
        return true;
    return (group->has_stop && held != OC_ROLE_STOP_LOSS && leg_is_off(engine, group, group->stop_order)) ||
           (group->has_target && held != OC_ROLE_TAKE_PROFIT && leg_is_off(engine, group, group->target_order));
}

static void look_at_all(struct engine *engine, bool are_due)
{
    for (uint32_t i = 0; i < engine->groups.count; i++) {
        struct group *group = &engine->groups.list[i];
        if (!group->id || (are_due && engine->protect[group->account] != ENGINE_PROTECT_HOST))
            continue;
        const uint8_t held = group_held(engine, group);
        if (needs_work(engine, group) || (held && group_moves(engine, group, held)))
            group_resize(engine, group);
    }
}

void groups_retry(struct engine *engine)
{
    const struct groups *groups = &engine->groups;
    if (__builtin_expect(groups->retry_ns == 0, 1) || engine->now_ns < groups->retry_ns || engine->is_restoring)
        return; /* in a restart the first price looks at all of it once more: what is not due is not asked for */
    engine->groups.retry_ns = 0; /* set anew by what is refused again, or waits still */
    look_at_all(engine, false);
    closing_retry(engine);
    groups_tell(engine);
}

void groups_due(struct engine *engine)
{
    engine->groups.due_ns = 0;
    look_at_all(engine, true);
    if (!engine->is_restoring)
        groups_tell(engine);
}

void groups_touch(struct engine *engine, const struct oc_event *event)
{
    uint32_t next = group_index_first(&engine->groups.index, OC_INST_INDEX(event->inst));
    while (next != GROUP_NONE) {
        struct group *group = &engine->groups.list[next];
        next = engine->groups.index.places[next].behind;
        const bool trails = group_trail(engine, group, event);
        if (trails || (engine->protect[group->account] != ENGINE_PROTECT_ORDERS &&
                       group_moves(engine, group, group_held(engine, group))))
            group_resize(engine, group);
    }
    if (engine->groups.told_count && !engine->is_restoring)
        groups_tell(engine);
}

void groups_denied(struct engine *engine, const struct order *order)
{
    if (!is_leg(order))
        return;
    struct group *group = group_find(&engine->groups, order->now.group);
    if (group && group->phase == GROUP_MOVES && order->now.order == group->stop_order)
        group->phase = GROUP_RESTS; /* it never went out */
    if (group && engine->is_restoring)
        group_again_after(engine, group, order->now.role, order, order->reason, NULL);
    groups_wake(engine, engine->now_ns + GROUPS_RETRY_NS);
    if (!group || !engine->is_restoring)
        return;
    if (group_held(engine, group) == order->now.role && *group_leg_of(group, order->now.role) == order->now.order) {
        *group_leg_of(group, order->now.role) = 0; /* it never went out */
        if (order->now.role == OC_ROLE_TAKE_PROFIT)
            group->phase = GROUP_RETURNS;
    }
}

void groups_refused(struct engine *engine, const struct order *order, uint16_t answer)
{
    struct group *group = group_of(engine, order);
    struct group *oco = order->now.link == OC_LINK_OCO ? group_find(&engine->groups, order->now.group) : NULL;
    if (oco && oco->is_oco)
        oco_refused(engine, oco, order, answer);
    if (!group || engine->protect[group->account] == ENGINE_PROTECT_ORDERS)
        return; /* a simulator refuses what has nothing to close any more */
    const uint8_t held = group_held(engine, group);
    if (answer == OC_EV_CANCEL_REJECTED && group->phase == GROUP_MOVES && order->now.role == OC_ROLE_STOP_LOSS)
        group->phase = GROUP_RESTS; /* it stands, or what it has filled is still to come */
    if (answer == OC_EV_REJECTED && order->state == STATE_REJECTED && held != order->now.role) {
        group_again_after(engine, group, order->now.role, order, order->reason, unprotected);
    } else if (answer == OC_EV_AMEND_REJECTED) {
        group_again_after(engine, group, order->now.role, order, order->reason,
                          group_trail_moves(group, order)
                              ? "a stop that follows the market could not be moved: it stands where it was"
                              : NULL);
    } else if (answer == OC_EV_CANCEL_REJECTED && held && held != order->now.role && group->phase == GROUP_ACTS) {
        group->phase = GROUP_RESTS; /* it stands, or what it has filled is still to come */
        group_again_after(engine, group, held, order, order->reason, NULL);
    }
}

void groups_stands(struct engine *engine, const struct order *order)
{
    struct group *group = engine->groups.live ? group_of(engine, order) : NULL;
    struct group *oco = order->now.link == OC_LINK_OCO ? group_find(&engine->groups, order->now.group) : NULL;
    if (oco && oco->is_oco)
        oco_work(engine, oco);
    if (group && order->is_accepted)
        group_again_of(group, order->now.role)->tries = 0;
    if (group && group_trail_moves(group, order)) /* it waited for this answer */
        group_wake(engine, group, engine->now_ns);
    if (group && *group_leg_of(group, order->now.role) == order->now.order &&
        leg_is_off(engine, group, order->now.order))
        group_resize(engine, group);
}
