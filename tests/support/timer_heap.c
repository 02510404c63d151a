/* timer_heap.c: a binary heap in an array. */
#include "support/timer_heap.h"

#include "base/env.h"

static bool is_before(const struct timer_heap_item *a, const struct timer_heap_item *b)
{
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

static void rise(struct timer_heap *timer_heap, size_t index)
{
    struct timer_heap_item item = timer_heap->items[index];
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!is_before(&item, &timer_heap->items[parent]))
            break;
        timer_heap->items[index] = timer_heap->items[parent];
        index = parent;
    }
    timer_heap->items[index] = item;
}

static void sink(struct timer_heap *timer_heap, size_t index)
{
    struct timer_heap_item item = timer_heap->items[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= timer_heap->count)
            break;
        if (child + 1 < timer_heap->count && is_before(&timer_heap->items[child + 1], &timer_heap->items[child]))
            child++;
        if (!is_before(&timer_heap->items[child], &item))
            break;
        timer_heap->items[index] = timer_heap->items[child];
        index = child;
    }
    timer_heap->items[index] = item;
}

oc_rc timer_heap_push(struct timer_heap *timer_heap, struct timer_heap_item item)
{
    if (timer_heap->count == timer_heap->max)
        return OC_E_LIMIT;
    timer_heap->items[timer_heap->count] = item;
    rise(timer_heap, timer_heap->count++);
    return OC_OK;
}

static void remove_at(struct timer_heap *timer_heap, size_t index)
{
    timer_heap->count--;
    if (index == timer_heap->count)
        return;
    timer_heap->items[index] = timer_heap->items[timer_heap->count];
    rise(timer_heap, index);
    sink(timer_heap, index);
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
