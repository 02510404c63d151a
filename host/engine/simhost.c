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

static void rise(struct simhost *simhost, uint32_t i)
{
    for (; i > 0 && is_before(&simhost->heap[i], &simhost->heap[(i - 1) / 2]); i = (i - 1) / 2)
        swap(simhost, i, (i - 1) / 2);
}

static void sink(struct simhost *simhost, uint32_t i)
{
    for (;;) {
        uint32_t least = i, left = 2 * i + 1, right = left + 1;
        if (left < simhost->count && is_before(&simhost->heap[left], &simhost->heap[least]))
            least = left;
        if (right < simhost->count && is_before(&simhost->heap[right], &simhost->heap[least]))
            least = right;
        if (least == i)
            return;
        swap(simhost, i, least);
        i = least;
    }
}

static const struct oc_event *event_at(const struct simhost *simhost, uint32_t i)
{
    return (const struct oc_event *)(const void *)(simhost->slots + (size_t)simhost->heap[i].slot * SIMHOST_ANSWER_MAX);
}

static void take_out(struct simhost *simhost, uint32_t i)
{
    simhost->free_slots[simhost->free_count++] = simhost->heap[i].slot;
    simhost->heap[i] = simhost->heap[--simhost->count];
    if (i < simhost->count) {
        sink(simhost, i);
        rise(simhost, i);
    }
}

static oc_rc put(struct simhost *simhost, int64_t at_ns, uint64_t number, const struct oc_event *event)
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
    simhost->heap[simhost->count] = (struct simhost_item){at_ns, number, slot, 0};
    rise(simhost, simhost->count++);
    return OC_OK;
}

oc_rc simhost_emit(struct simhost *simhost, int64_t at_ns, const struct oc_event *event)
{
    oc_rc rc = put(simhost, at_ns, simhost->emitted, event);
    simhost->emitted += rc == OC_OK;
    return rc;
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
    const struct oc_event *first = event_at(simhost, 0);
    if (first->size > size_max)
        return OC_E_LIMIT;
    memcpy(event, first, first->size);
    take_out(simhost, 0);
    return OC_OK;
}

/* 0: it is about none. */
static uint64_t order_of(const struct oc_event *event)
{
    if (event->type == OC_EV_FILL)
        return ((const struct oc_ev_fill *)(const void *)event)->order;
    if (event->type < OC_EV_ACCEPTED || event->type > OC_EV_SENT)
        return 0;
    return ((const struct oc_ev_answer *)(const void *)event)->order;
}

static bool is_like(const struct oc_event *a, const struct oc_event *b)
{
    if (a->type != b->type || !order_of(a) || order_of(a) != order_of(b))
        return false;
    if (a->type != OC_EV_FILL)
        return ((const struct oc_ev_answer *)(const void *)a)->request ==
               ((const struct oc_ev_answer *)(const void *)b)->request;
    const struct oc_ev_fill *x = (const struct oc_ev_fill *)(const void *)a,
                            *y = (const struct oc_ev_fill *)(const void *)b;
    return x->trade_id_size == y->trade_id_size && x->trade_id_size <= sizeof x->trade_id &&
           memcmp(x->trade_id, y->trade_id, x->trade_id_size) == 0;
}

bool simhost_forget(struct simhost *simhost, const struct oc_event *event)
{
    uint32_t first = simhost->count;
    for (uint32_t i = 0; i < simhost->count; i++)
        if (is_like(event_at(simhost, i), event) &&
            (first == simhost->count || is_before(&simhost->heap[i], &simhost->heap[first])))
            first = i;
    if (first == simhost->count)
        return false;
    take_out(simhost, first);
    return true;
}

void simhost_drop(struct simhost *simhost, const struct oc_event *event)
{
    const uint64_t order = order_of(event);
    for (uint32_t i = 0; i < simhost->count;)
        if (order && order_of(event_at(simhost, i)) == order) {
            take_out(simhost, i);
            i = 0; /* the heap has changed its order */
        } else {
            i++;
        }
}

struct saved {
    int64_t at_ns;
    uint64_t number;
    char event[SIMHOST_ANSWER_MAX];
};

int64_t simhost_save(const struct simhost *simhost, char *bytes, size_t size_max)
{
    const size_t size = sizeof simhost->emitted + simhost->count * sizeof(struct saved);
    if (size > size_max)
        return OC_E_LIMIT;
    memcpy(bytes, &simhost->emitted, sizeof simhost->emitted);
    for (uint32_t i = 0; i < simhost->count; i++) {
        struct saved saved = {.at_ns = simhost->heap[i].at_ns, .number = simhost->heap[i].number};
        memcpy(saved.event, event_at(simhost, i), event_at(simhost, i)->size);
        memcpy(bytes + sizeof simhost->emitted + i * sizeof saved, &saved, sizeof saved);
    }
    return (int64_t)size;
}

oc_rc simhost_load(struct simhost *simhost, const char *bytes, size_t size)
{
    struct saved saved;
    if (size < sizeof simhost->emitted || (size - sizeof simhost->emitted) % sizeof saved != 0)
        return OC_E_DATA;
    memcpy(&simhost->emitted, bytes, sizeof simhost->emitted);
    for (size_t at = sizeof simhost->emitted; at < size; at += sizeof saved) {
        memcpy(&saved, bytes + at, sizeof saved);
        oc_rc rc = put(simhost, saved.at_ns, saved.number, (const struct oc_event *)(const void *)saved.event);
        if (rc < 0)
            return rc == OC_E_INVALID ? OC_E_DATA : rc;
    }
    return OC_OK;
}
