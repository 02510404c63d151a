/* group_restore.c: what recorded requests say of groups. */
#include "engine/impl.h"

/* Where the host holds a leg, the cancel of the other by its role says that it acts, and an order of either which of them does. */
static void restore_held(struct engine *engine, struct group *group, const struct oc_request *request)
{
    const uint8_t held = group_held(engine, group);
    if (!held)
        return;
    if (request->kind == OC_REQUEST_NEW) {
        group->phase = request->role == held ? GROUP_ACTS : GROUP_RESTS;
    } else if (request->kind == OC_REQUEST_CANCEL && request->role == held &&
               request->order != *group_leg_of(group, held)) {
        group->phase = GROUP_ACTS;
        *group_leg_of(group, held) = 0;
    }
}

void groups_restore_request(struct engine *engine, const struct oc_request *request)
{
    if (!request->group)
        return;
    if (request->link == OC_LINK_OCO && !request->role) {
        struct oc_request copy = *request;
        if (request->kind == OC_REQUEST_NEW && oco_join(engine, &copy) < 0)
            engine->stats.alarms++;
        return;
    }
    if (request->role == OC_ROLE_ENTRY) {
        if (request->kind == OC_REQUEST_NEW && group_make(&engine->groups, request) < 0)
            engine->stats.alarms++; /* no room: as it was then */
        return;
    }
    struct group *group = group_find(&engine->groups, request->group);
    /* An entry is canceled for a close too: its group gives nothing way. */
    const bool is_of_leg = group && (request->order == group->stop_order || request->order == group->target_order);
    if (is_of_leg && request->kind == OC_REQUEST_CANCEL && request->role == OC_ROLE_CLOSE)
        group->phase = GROUP_YIELDS;
    if (is_of_leg && request->kind == OC_REQUEST_CANCEL && request->role == OC_ROLE_END && group_held(engine, group))
        group->phase = GROUP_LEFT;
    if (is_of_leg && request->kind == OC_REQUEST_CANCEL && request->role == OC_ROLE_MOVE)
        group_trail_taken_back(engine, group);
    if (!group || (request->role != OC_ROLE_STOP_LOSS && request->role != OC_ROLE_TAKE_PROFIT))
        return;
    if (request->kind == OC_REQUEST_NEW)
        *group_leg_of(group, request->role) = request->order;
    if (request->kind == OC_REQUEST_NEW && group->phase == GROUP_MOVES && request->role == OC_ROLE_STOP_LOSS)
        group->phase = GROUP_RESTS;
    if (request->kind == OC_REQUEST_AMEND && is_of_leg)
        group_trail_asked(engine, orders_find(engine->orders, request->order), request->bits);
    restore_held(engine, group, request);
}
