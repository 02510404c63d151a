/* timer_heap.c: the heap of base over a fixed array. */
#include "support/timer_heap.h"

#include "base/env.h"
#include "base/heap.h"

static bool is_before(const void *left, const void *right)
{
    const struct timer_heap_item *a = left, *b = right;
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

oc_rc timer_heap_init(struct timer_heap *timer_heap, size_t max)
{
    if (max == 0 || max > TIMER_HEAP_MAX)
        return OC_E_INVALID;
    struct timer_heap_item *items = env_alloc(max * sizeof *items);
    if (!items)
        return OC_E_NOMEM;
    *timer_heap = (struct timer_heap){.items = items, .max = max};
    return OC_OK;
}

void timer_heap_release(struct timer_heap *timer_heap)
{
    env_free(timer_heap->items);
    *timer_heap = (struct timer_heap){0};
}

oc_rc timer_heap_push(struct timer_heap *timer_heap, struct timer_heap_item item)
{
    if (timer_heap->count == timer_heap->max)
        return OC_E_LIMIT;
    timer_heap->items[timer_heap->count] = item;
    heap_rise(timer_heap->items, sizeof item, timer_heap->count++, is_before);
    return OC_OK;
}

static void remove_at(struct timer_heap *timer_heap, size_t index)
{
    heap_remove(timer_heap->items, sizeof *timer_heap->items, --timer_heap->count, index, is_before);
}

bool timer_heap_pop(struct timer_heap *timer_heap, struct timer_heap_item *ret_item)
{
    if (timer_heap->count == 0)
        return false;
    *ret_item = timer_heap->items[0];
    remove_at(timer_heap, 0);
    return true;
}

bool timer_heap_remove(struct timer_heap *timer_heap, uint64_t value)
{
    for (size_t i = 0; i < timer_heap->count; i++) {
        if (timer_heap->items[i].value == value) {
            remove_at(timer_heap, i);
            return true;
        }
    }
    return false;
}
