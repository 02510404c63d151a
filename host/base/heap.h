/* heap.h: timed items, the earliest first.
 *
 * Invariants: a fixed maximum, all memory taken at heap_init. Items of equal time come out by `order` (the caller gives a
 * running number), so the sequence never depends on the heap's inner shape.
 */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <outcry/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEAP_MAX = 1 << 26 };

struct heap_item {
    int64_t time_ns;
    uint64_t order;
    uint64_t value;
};

struct heap {
    struct heap_item *items;
    size_t count;
    size_t max;
};

/* [setup] OC_E_NOMEM, OC_E_INVALID (0 or beyond HEAP_MAX). Release with heap_release. */
oc_rc heap_init(struct heap *heap, size_t max);
void heap_release(struct heap *heap);
/* OC_E_LIMIT when full. */
oc_rc heap_push(struct heap *heap, struct heap_item item);
/* The earliest, or NULL. Borrowed until the next change. */
static inline const struct heap_item *heap_first(const struct heap *heap)
{
    return heap->count ? heap->items : NULL;
}
/* False when empty. */
bool heap_pop(struct heap *heap, struct heap_item *ret_item);
/* Removes the first item found with this value (a walk over all). False when there is none. */
bool heap_remove(struct heap *heap, uint64_t value);

#endif
