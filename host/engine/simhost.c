#include "engine/simhost.h"

#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"

oc_rc simhost_init(struct simhost *simhost, const struct oc_sim *table, void *self)
{
    memset(simhost, 0, sizeof *simhost);
    simhost->table = table;
    simhost->self = self;
    simhost->due_ns = INT64_MAX;
    return OC_OK;
}

void simhost_release(struct simhost *simhost)
{
    free(simhost->heap);
    free(simhost->slots);
    free(simhost->free_slots);
    memset(simhost, 0, sizeof *simhost);
    simhost->due_ns = INT64_MAX;
}

static oc_rc grow(struct simhost *simhost)
{
    uint32_t room = simhost->room ? simhost->room * 2 : 64;
    if (room > ENGINE_ANSWERS_MAX)
        return OC_E_FULL;
    struct simhost_item *heap = realloc(simhost->heap, room * sizeof *heap);
    if (heap)
        simhost->heap = heap;
    char *slots = realloc(simhost->slots, (size_t)room * SIMHOST_ANSWER_MAX);
    if (slots)
        simhost->slots = slots;
    uint32_t *free_slots = realloc(simhost->free_slots, room * sizeof *free_slots);
    if (free_slots)
        simhost->free_slots = free_slots;
    if (!heap || !slots || !free_slots)
        return OC_E_NOMEM;
    for (uint32_t i = room; i > simhost->room; i--)
        simhost->free_slots[simhost->free_count++] = i - 1;
    simhost->room = room;
    return OC_OK;
}

static int is_before(const struct simhost_item *a, const struct simhost_item *b)
{
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->number < b->number);
}

static void swap(struct simhost *simhost, uint32_t a, uint32_t b)
{
    struct simhost_item item = simhost->heap[a];
    simhost->heap[a] = simhost->heap[b];
    simhost->heap[b] = item;
}

oc_rc simhost_emit(struct simhost *simhost, int64_t at_ns, const struct oc_event *event)
{
    if (event->size < sizeof *event || event->size > SIMHOST_ANSWER_MAX || event->size % 8)
        return OC_E_INVALID;
    if (simhost->free_count == 0) {
        oc_rc rc = grow(simhost);
        if (rc < 0)
            return rc;
    }
    uint32_t slot = simhost->free_slots[--simhost->free_count];
    memcpy(simhost->slots + (size_t)slot * SIMHOST_ANSWER_MAX, event, event->size);
    uint32_t i = simhost->count++;
    simhost->heap[i] = (struct simhost_item){at_ns, simhost->emitted++, slot, 0};
    for (; i > 0 && is_before(&simhost->heap[i], &simhost->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(simhost, i, (i - 1) / 2);
    return OC_OK;
}

oc_rc simhost_schedule(struct simhost *simhost, int64_t at_ns)
{
    if (at_ns < simhost->due_ns)
        simhost->due_ns = at_ns;
    return OC_OK;
}

oc_rc simhost_take(struct simhost *simhost, int64_t now_ns, void *event, uint32_t size_max)
{
    if (!simhost->count || simhost->heap[0].at_ns > now_ns)
        return OC_E_NOT_FOUND;
    struct simhost_item item = simhost->heap[0];
    const char *from = simhost->slots + (size_t)item.slot * SIMHOST_ANSWER_MAX;
    uint32_t size;
    memcpy(&size, from, sizeof size);
    if (size > size_max)
        return OC_E_LIMIT;
    memcpy(event, from, size);
    simhost->free_slots[simhost->free_count++] = item.slot;
    simhost->heap[0] = simhost->heap[--simhost->count];
    for (uint32_t i = 0;;) {
        uint32_t least = i, left = 2 * i + 1, right = left + 1;
        if (left < simhost->count && is_before(&simhost->heap[left], &simhost->heap[least]))
            least = left;
        if (right < simhost->count && is_before(&simhost->heap[right], &simhost->heap[least]))
            least = right;
        if (least == i)
            break;
        swap(simhost, i, least);
        i = least;
    }
    return OC_OK;
}
