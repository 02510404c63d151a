/* timer_heap.h: timed items, the earliest first.
 *
 * Invariants: a fixed maximum, all memory taken at timer_heap_init. Items of equal time come out by
 * `order` (the caller gives a running number), so the sequence never depends on the timer_heap's inner
 * shape.
 */
#ifndef SUPPORT_TIMER_HEAP_H
#define SUPPORT_TIMER_HEAP_H

#include <outcry/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TIMER_HEAP_MAX = 1 << 26 };

struct timer_heap_item {
    int64_t time_ns;
    uint64_t order;
    uint64_t value;
};

struct timer_heap {
    struct timer_heap_item *items;
    size_t count;
    size_t max;
};

/* [setup] OC_E_NOMEM, OC_E_INVALID (0 or beyond TIMER_HEAP_MAX). Release with timer_heap_release. */
oc_rc timer_heap_init(struct timer_heap *timer_heap, size_t max);
void timer_heap_release(struct timer_heap *timer_heap);
/* OC_E_LIMIT when full. */
oc_rc timer_heap_push(struct timer_heap *timer_heap, struct timer_heap_item item);
/* The earliest, or NULL. Borrowed until the next change. */
static inline const struct timer_heap_item *timer_heap_first(const struct timer_heap *timer_heap)
{
    return timer_heap->count ? timer_heap->items : NULL;
}
/* False when empty. */
bool timer_heap_pop(struct timer_heap *timer_heap, struct timer_heap_item *ret_item);
/* Removes the first item found with this value (a walk over all). False when there is none. */
bool timer_heap_remove(struct timer_heap *timer_heap, uint64_t value);

#endif
