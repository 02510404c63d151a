#include "session/sim_answers.h"

#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "engine/limits.h"

oc_rc sim_answers_init(struct sim_answers *sim_answers, const struct oc_sim *table, void *self)
{
    memset(sim_answers, 0, sizeof *sim_answers);
    sim_answers->table = table;
    sim_answers->self = self;
    sim_answers->due_ns = INT64_MAX;
    sim_answers->slot_size = SIM_ANSWERS_ANSWER_MAX;
    return OC_OK;
}

void sim_answers_release(struct sim_answers *sim_answers)
{
    free(sim_answers->heap);
    free(sim_answers->slots);
    free(sim_answers->free_slots);
    memset(sim_answers, 0, sizeof *sim_answers);
    sim_answers->due_ns = INT64_MAX;
}

static oc_rc grow(struct sim_answers *sim_answers)
{
    uint32_t room = sim_answers->room ? sim_answers->room * 2 : 64;
    if (room > ENGINE_ANSWERS_MAX)
        return OC_E_FULL;
    struct sim_answers_item *heap = realloc(sim_answers->heap, room * sizeof *heap);
    if (heap)
        sim_answers->heap = heap;
    char *slots = realloc(sim_answers->slots, (size_t)room * sim_answers->slot_size);
    if (slots)
        sim_answers->slots = slots;
    uint32_t *free_slots = realloc(sim_answers->free_slots, room * sizeof *free_slots);
    if (free_slots)
        sim_answers->free_slots = free_slots;
    if (!heap || !slots || !free_slots)
        return OC_E_NOMEM;
    for (uint32_t i = room; i > sim_answers->room; i--)
        sim_answers->free_slots[sim_answers->free_count++] = i - 1;
    sim_answers->room = room;
    return OC_OK;
}

static bool is_before(const void *left, const void *right)
{
    const struct sim_answers_item *a = left, *b = right;
    return a->at_ns < b->at_ns || (a->at_ns == b->at_ns && a->number < b->number);
}

static const struct oc_event *event_at(const struct sim_answers *sim_answers, uint32_t i)
{
    return (const struct oc_event *)(const void *)(sim_answers->slots +
                                                   (size_t)sim_answers->heap[i].slot * sim_answers->slot_size);
}

static void take_out(struct sim_answers *sim_answers, uint32_t i)
{
    sim_answers->free_slots[sim_answers->free_count++] = sim_answers->heap[i].slot;
    heap_remove(sim_answers->heap, sizeof *sim_answers->heap, --sim_answers->count, i, is_before);
}

static oc_rc put(struct sim_answers *sim_answers, int64_t at_ns, uint64_t number, const struct oc_event *event)
{
    if (event->size < sizeof *event || event->size > sim_answers->slot_size || event->size % 8)
        return OC_E_INVALID;
    if (sim_answers->free_count == 0) {
        oc_rc rc = grow(sim_answers);
        if (rc < 0)
            return rc;
    }
    uint32_t slot = sim_answers->free_slots[--sim_answers->free_count];
    memcpy(sim_answers->slots + (size_t)slot * sim_answers->slot_size, event, event->size);
    sim_answers->heap[sim_answers->count] = (struct sim_answers_item){at_ns, number, slot, 0};
    heap_rise(sim_answers->heap, sizeof *sim_answers->heap, sim_answers->count++, is_before);
    return OC_OK;
}

oc_rc sim_answers_emit(struct sim_answers *sim_answers, int64_t at_ns, const struct oc_event *event)
{
    oc_rc rc = put(sim_answers, at_ns, sim_answers->emitted, event);
    sim_answers->emitted += rc == OC_OK;
    return rc;
}

oc_rc sim_answers_schedule(struct sim_answers *sim_answers, int64_t at_ns)
{
    if (at_ns < sim_answers->due_ns)
        sim_answers->due_ns = at_ns;
    return OC_OK;
}

oc_rc sim_answers_take(struct sim_answers *sim_answers, int64_t now_ns, void *event, uint32_t size_max)
{
    if (!sim_answers->count || sim_answers->heap[0].at_ns > now_ns)
        return OC_E_NOT_FOUND;
    const struct oc_event *first = event_at(sim_answers, 0);
    if (first->size > size_max)
        return OC_E_LIMIT;
    memcpy(event, first, first->size);
    take_out(sim_answers, 0);
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
    const size_t head = sizeof *a;
    if (a->type != b->type)
        return false;
    if (a->size == b->size && a->size > head &&
        memcmp((const char *)a + head, (const char *)b + head, a->size - head) == 0)
        return true; /* it says the same, by whatever name */
    if (!order_of(a) || order_of(a) != order_of(b))
        return false;
    if (a->type != OC_EV_FILL)
        return ((const struct oc_ev_answer *)(const void *)a)->request ==
               ((const struct oc_ev_answer *)(const void *)b)->request;
    const struct oc_ev_fill *x = (const struct oc_ev_fill *)(const void *)a,
                            *y = (const struct oc_ev_fill *)(const void *)b;
    return x->trade_id_size == y->trade_id_size && x->trade_id_size <= sizeof x->trade_id &&
           memcmp(x->trade_id, y->trade_id, x->trade_id_size) == 0;
}

bool sim_answers_forget(struct sim_answers *sim_answers, const struct oc_event *event)
{
    uint32_t first = sim_answers->count;
    for (uint32_t i = 0; i < sim_answers->count; i++)
        if (is_like(event_at(sim_answers, i), event) &&
            (first == sim_answers->count || is_before(&sim_answers->heap[i], &sim_answers->heap[first])))
            first = i;
    if (first == sim_answers->count)
        return false;
    take_out(sim_answers, first);
    return true;
}

int64_t sim_answers_units(const struct sim_answers *sim_answers, uint32_t account, uint32_t inst)
{
    int64_t units = 0;
    for (uint32_t i = 0; i < sim_answers->count; i++) {
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)event_at(sim_answers, i);
        if (fill->head.type == OC_EV_FILL && fill->head.source == account &&
            OC_INST_INDEX(fill->head.inst) == OC_INST_INDEX(inst))
            units += fill->side == OC_SIDE_BUY ? fill->qty : -fill->qty;
    }
    return units;
}

int64_t sim_answers_last_fill_ns(const struct sim_answers *sim_answers)
{
    int64_t last_ns = INT64_MIN;
    for (uint32_t i = 0; i < sim_answers->count; i++)
        if (event_at(sim_answers, i)->type == OC_EV_FILL && sim_answers->heap[i].at_ns > last_ns)
            last_ns = sim_answers->heap[i].at_ns;
    return last_ns;
}

void sim_answers_drop(struct sim_answers *sim_answers, const struct oc_event *event)
{
    const uint64_t order = order_of(event);
    for (uint32_t i = 0; i < sim_answers->count;)
        if (order && order_of(event_at(sim_answers, i)) == order) {
            take_out(sim_answers, i);
            i = 0; /* the heap has changed its order */
        } else {
            i++;
        }
}

struct saved {
    int64_t at_ns;
    uint64_t number;
    char event[SIM_ANSWERS_ANSWER_MAX];
};

int64_t sim_answers_save(const struct sim_answers *sim_answers, char *bytes, size_t size_max)
{
    const size_t size = sizeof sim_answers->emitted + sim_answers->count * sizeof(struct saved);
    if (size > size_max)
        return OC_E_LIMIT;
    memcpy(bytes, &sim_answers->emitted, sizeof sim_answers->emitted);
    for (uint32_t i = 0; i < sim_answers->count; i++) {
        struct saved saved = {.at_ns = sim_answers->heap[i].at_ns, .number = sim_answers->heap[i].number};
        memcpy(saved.event, event_at(sim_answers, i), event_at(sim_answers, i)->size);
        memcpy(bytes + sizeof sim_answers->emitted + i * sizeof saved, &saved, sizeof saved);
    }
    return (int64_t)size;
}

oc_rc sim_answers_load(struct sim_answers *sim_answers, const char *bytes, size_t size)
{
    struct saved saved;
    if (size < sizeof sim_answers->emitted || (size - sizeof sim_answers->emitted) % sizeof saved != 0)
        return OC_E_DATA;
    memcpy(&sim_answers->emitted, bytes, sizeof sim_answers->emitted);
    for (size_t at = sizeof sim_answers->emitted; at < size; at += sizeof saved) {
        memcpy(&saved, bytes + at, sizeof saved);
        oc_rc rc = put(sim_answers, saved.at_ns, saved.number, (const struct oc_event *)(const void *)saved.event);
        if (rc < 0)
            return rc == OC_E_INVALID ? OC_E_DATA : rc;
    }
    return OC_OK;
}
