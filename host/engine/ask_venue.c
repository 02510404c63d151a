/* ask_venue.c: what a venue cancels at once, beside the cancel of each order, by which alone its fate is proven; and
 * what is asked of it by itself. */
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

/* Whether there is an order to cancel there, and none that is to stay. */
static bool takes_all(const struct engine *engine, uint32_t account, uint32_t inst, enum engine_cancels which)
{
    bool has_any = false;
    for (const struct order *order = orders_open_first(engine->orders); order; order = order->younger) {
        if (order->now.account != account || (inst && OC_INST_INDEX(order->now.head.inst) != OC_INST_INDEX(inst)))
            continue;
        if (order->is_staged || order_stays(order, which))
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
