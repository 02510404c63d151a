/* heap.h: a binary heap in the caller's array, the first item the least.
 *
 * Invariants: items are plain bytes of `size` <= HEAP_ITEM_MAX and trade places by copying. Size and order are constants
 * where these are called, so they are inlined into it. All [any]. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum { HEAP_ITEM_MAX = 64 };

typedef bool heap_is_before(const void *a, const void *b);

__attribute__((always_inline)) static inline void heap_swap(char *a, char *b, size_t size)
{
    char item[HEAP_ITEM_MAX];
    memcpy(item, a, size);
    memcpy(a, b, size);
    memcpy(b, item, size);
}

/* The item at `at` goes towards the front. */
__attribute__((always_inline)) static inline void heap_rise(void *items, size_t size, size_t at,
                                                            heap_is_before *is_before)
{
    char *base = items;
    for (size_t above; at > 0; at = above) {
        above = (at - 1) / 2;
        if (!is_before(base + at * size, base + above * size))
            return;
        heap_swap(base + at * size, base + above * size, size);
    }
}

/* The item at `at` goes away from the front. */
__attribute__((always_inline)) static inline void heap_sink(void *items, size_t size, size_t count, size_t at,
                                                            heap_is_before *is_before)
{
    char *base = items;
    for (;;) {
        size_t least = at, left = 2 * at + 1, right = left + 1;
        if (left < count && is_before(base + left * size, base + least * size))
            least = left;
        if (right < count && is_before(base + right * size, base + least * size))
            least = right;
        if (least == at)
            return;
        heap_swap(base + at * size, base + least * size, size);
        at = least;
    }
}

/* The last item takes the place of the one at `at`; `count` is what is left. */
__attribute__((always_inline)) static inline void heap_remove(void *items, size_t size, size_t count, size_t at,
                                                              heap_is_before *is_before)
{
    char *base = items;
    if (at >= count)
        return;
    memcpy(base + at * size, base + count * size, size);
    heap_rise(items, size, at, is_before);
    heap_sink(items, size, count, at, is_before);
}

#endif
