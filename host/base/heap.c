/* heap.c: a binary heap in an array. */
#include "base/heap.h"

#include "base/env.h"

static bool is_before(const struct heap_item *a, const struct heap_item *b)
{
    return a->time_ns != b->time_ns ? a->time_ns < b->time_ns : a->order < b->order;
}

oc_rc heap_init(struct heap *heap, size_t max)
{
    if (max == 0 || max > HEAP_MAX)
        return OC_E_INVALID;
    struct heap_item *items = env_alloc(max * sizeof *items);
    if (!items)
        return OC_E_NOMEM;
    *heap = (struct heap){.items = items, .max = max};
    return OC_OK;
}

void heap_release(struct heap *heap)
{
    env_free(heap->items);
    *heap = (struct heap){0};
}

static void rise(struct heap *heap, size_t index)
{
    struct heap_item item = heap->items[index];
    while (index > 0) {
        size_t parent = (index - 1) / 2;
        if (!is_before(&item, &heap->items[parent]))
            break;
        heap->items[index] = heap->items[parent];
        index = parent;
    }
    heap->items[index] = item;
}

static void sink(struct heap *heap, size_t index)
{
    struct heap_item item = heap->items[index];
    for (;;) {
        size_t child = 2 * index + 1;
        if (child >= heap->count)
            break;
        if (child + 1 < heap->count && is_before(&heap->items[child + 1], &heap->items[child]))
            child++;
        if (!is_before(&heap->items[child], &item))
            break;
        heap->items[index] = heap->items[child];
        index = child;
    }
    heap->items[index] = item;
}

oc_rc heap_push(struct heap *heap, struct heap_item item)
{
    if (heap->count == heap->max)
        return OC_E_LIMIT;
    heap->items[heap->count] = item;
    rise(heap, heap->count++);
    return OC_OK;
}

static void remove_at(struct heap *heap, size_t index)
{
    heap->count--;
    if (index == heap->count)
        return;
    heap->items[index] = heap->items[heap->count];
    rise(heap, index);
    sink(heap, index);
}

bool heap_pop(struct heap *heap, struct heap_item *ret_item)
{
    if (heap->count == 0)
        return false;
    *ret_item = heap->items[0];
    remove_at(heap, 0);
    return true;
}

bool heap_remove(struct heap *heap, uint64_t value)
{
    for (size_t i = 0; i < heap->count; i++) {
        if (heap->items[i].value == value) {
            remove_at(heap, i);
            return true;
        }
    }
    return false;
}
