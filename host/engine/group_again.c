/* group_again.c: what is refused of a protective leg is asked for again: later each time, and not for ever as often. */
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "engine/impl.h"

void groups_wake(struct engine *engine, int64_t at_ns)
{
    struct groups *groups = &engine->groups;
    if (groups->retry_ns == 0 || at_ns < groups->retry_ns || engine->is_restoring)
        groups->retry_ns = at_ns; /* in a restart nobody looks meanwhile: the last one counts */
}

void group_wake(struct engine *engine, const struct group *group, int64_t at_ns)
{
    struct groups *groups = &engine->groups;
    groups_wake(engine, at_ns);
    if (engine->protect[group->account] == ENGINE_PROTECT_HOST && (groups->due_ns == 0 || at_ns < groups->due_ns))
        groups->due_ns = at_ns;
}

struct group_again *group_again_of(struct group *group, uint8_t role)
{
    return role == OC_ROLE_STOP_LOSS ? &group->stop_again : &group->target_again;
}

bool group_again_is_due(struct engine *engine, struct group *group, uint8_t role)
{
    const int64_t next_ns = group_again_of(group, role)->next_ns;
    if (next_ns == 0 || engine->now_ns >= next_ns) /* data may be of before 1970 */
        return true;
    group_wake(engine, group, next_ns);
    return false;
}

/* The venue, or its terms, do not have it: asking does not change that. */
static bool is_for_good(const char *reason)
{
    static const char *const ends[] = {"NOT_TAKEN", "NOT_SUPPORTED"};
    const size_t size = strlen(reason);
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (size >= strlen(ends[i]) && strcmp(reason + size - strlen(ends[i]), ends[i]) == 0)
            return true;
    return false;
}

static int64_t wait_ns(const struct group_again *again, const char *reason)
{
    if (is_for_good(reason) || again->tries > GROUPS_TRIES_MAX)
        return GROUPS_SAY_NS;
    const uint32_t doubled = again->tries > 7 ? 6 : again->tries - 1;
    const int64_t wait = GROUPS_RETRY_NS << doubled;
    return wait < GROUPS_RETRY_MAX_NS ? wait : GROUPS_RETRY_MAX_NS;
}

void group_again_after(struct engine *engine, struct group *group, uint8_t role, const struct order *leg,
                       const char *reason, const char *words)
{
    struct group_again *again = group_again_of(group, role);
    const uint64_t hash = hash64(reason, strlen(reason)) | 1;
    again->tries += again->tries <= GROUPS_TRIES_MAX;
    again->next_ns = engine->now_ns + wait_ns(again, reason);
    group_wake(engine, group, again->next_ns);
    if (!words || engine->is_restoring || (hash == again->reason && engine->now_ns < again->said_ns + GROUPS_SAY_NS))
        return;
    engine_alarm(engine, leg, words);
    again->reason = hash;
    again->said_ns = engine->now_ns;
}

void groups_terms_changed(struct engine *engine, uint32_t inst)
{
    if (!engine->groups.live)
        return;
    for (uint32_t i = 0; i < engine->groups.count; i++) {
        struct group *group = &engine->groups.list[i];
        if (group->id && OC_INST_INDEX(group->inst) == OC_INST_INDEX(inst))
            group->stop_again.next_ns = group->target_again.next_ns = 0;
    }
    groups_wake(engine, engine->now_ns + GROUPS_RETRY_NS);
}

static bool told_has_room(struct groups *groups)
{
    if (groups->told_count < groups->told_room)
        return true;
    uint32_t room = groups->told_room ? groups->told_room * 2 : 16;
    uint64_t *told = room <= GROUPS_TOLD_MAX ? realloc(groups->told, room * sizeof *told) : NULL;
    if (!told)
        return false;
    groups->told = told;
    groups->told_room = room;
    return true;
}

void groups_to_tell(struct engine *engine, uint64_t order)
{
    struct groups *groups = &engine->groups;
    if (!order)
        return;
    if (told_has_room(groups))
        groups->told[groups->told_count++] = order;
    else
        engine_alarm(engine, orders_find(engine->orders, order), "an order was refused and its strategy is not told");
}

void groups_tell(struct engine *engine)
{
    struct groups *groups = &engine->groups;
    for (uint32_t i = 0; i < groups->told_count; i++) {
        const struct order *order = orders_find(engine->orders, groups->told[i]);
        struct oc_ev_answer answer = {.head = {.size = sizeof answer, .type = OC_EV_DENIED, .local_ns = engine->now_ns},
                                      .order = groups->told[i],
                                      .request = groups->told[i],
                                      .definitive = 1};
        if (!order)
            continue;
        answer.head.inst = order->now.head.inst;
        memcpy(answer.reason, order->reason, sizeof answer.reason);
        notify_order(engine, order, &answer.head);
    }
    groups->told_count = 0;
}
