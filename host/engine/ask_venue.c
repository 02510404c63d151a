/* ask_venue.c: what a venue cancels at once, beside the cancel of each order, by which alone its fate is proven; what is asked of it
 * by itself; and what is asked for by the venue's own way. */
#include "engine/impl.h"

void engine_set_cancel_all(struct engine *engine, uint32_t account, uint32_t can)
{
    if (account <= ENGINE_ACCOUNTS_MAX)
        engine->cancel_all[account] = can;
}

void engine_set_asks_fills(struct engine *engine, uint32_t account, bool asks)
{
    if (account <= ENGINE_ACCOUNTS_MAX)
        engine->asks_fills[account] = asks;
}

void engine_set_own_way(struct engine *engine, uint32_t account, uint32_t can)
{
    if (account <= ENGINE_ACCOUNTS_MAX)
        engine->own_way[account] = can;
}

void engine_set_fixed_stops(struct engine *engine, uint32_t account, uint32_t types)
{
    if (account <= ENGINE_ACCOUNTS_MAX)
        engine->fixed_stops[account] = types;
}

void engine_set_stop_slip(struct engine *engine, uint32_t account, uint32_t slip_ppm)
{
    if (account <= ENGINE_ACCOUNTS_MAX && slip_ppm < 1000000)
        engine->stop_slip[account] = slip_ppm;
}

/* The position of the entry that a leg protects; NULL: none was named, or several were. */
static const struct oc_id *position_of_entry(const struct engine *engine, const struct oc_request *leg)
{
    const struct order *entry = orders_find(engine->orders, leg->parent);
    const struct order_called *called = entry && entry->said ? &entry->said->called : NULL;
    return called && called->position.size && !called->is_split ? &called->position : NULL;
}

bool own_way_is_for(const struct engine *engine, const struct oc_request *request)
{
    const uint32_t can = engine->own_way[request->account];
    const struct instrument *instrument = instruments_get(engine->instruments, request->head.inst);
    if (!(request->bits & OC_RQ_REDUCE_ONLY))
        return false;
    if (request->role == OC_ROLE_CLOSE)
        return (can & OC_CAN_CLOSE) && request->type == OC_ORDER_MARKET && instrument->info.kind != OC_KIND_SPOT;
    if (request->role == OC_ROLE_STOP_LOSS || request->role == OC_ROLE_TAKE_PROFIT)
        return (can & OC_CAN_PROTECT) && position_of_entry(engine, request);
    return false;
}

oc_rc own_way_note(struct engine *engine, struct order *order)
{
    const struct instrument *instrument = instruments_get(engine->instruments, order->now.head.inst);
    if (!(order->now.bits & OC_RQ_NATIVE) || order->now.role == OC_ROLE_CLOSE)
        return OC_OK;
    const struct oc_id *position = position_of_entry(engine, &order->now);
    if (!position || !instrument)
        return OC_OK;
    const oc_rc rc = order_listen(order, instrument);
    if (rc == OC_OK)
        order->said->called.position = *position;
    return rc;
}

/* Whether there is an order to cancel there, and none that is to stay. */
static bool takes_all(const struct engine *engine, uint32_t account, uint32_t inst, enum engine_cancels which)
{
    bool has_any = false;
    for (const struct order *order = orders_open_first(engine->orders); order; order = order->younger) {
        if (order->now.account != account || (inst && OC_INST_INDEX(order->now.head.inst) != OC_INST_INDEX(inst)))
            continue;
        if (order->is_staged || order_stays(engine, order, which))
            return false;
        has_any = true;
    }
    return has_any;
}

int engine_ask_cancel_all(struct engine *engine, uint32_t inst, enum engine_cancels which)
{
    const uint32_t needed = inst ? OC_CAN_CANCEL_ALL_BY_INST : OC_CAN_CANCEL_ALL;
    int count = 0;
    for (uint32_t account = 1; account <= ENGINE_ACCOUNTS_MAX; account++) {
        if (!(engine->cancel_all[account] & needed) || !takes_all(engine, account, inst, which))
            continue;
        struct oc_request request = {
            .kind = OC_REQUEST_CANCEL_ALL, .account = account, .owner = OC_OWNER_HOST, .head = {.inst = inst}};
        if (!engine->is_in_batch || engine->caller || stage_is_full(engine))
            break; /* each is canceled by its own cancel all the same */
        stage_stamp(engine, &request);
        request.id = (1ull << 63) | ++engine->next_request;
        stage_add(engine, &request, NULL);
        engine->staged_cancels++;
        count++;
    }
    return count;
}
