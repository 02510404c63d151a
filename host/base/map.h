/* map.h: a hash map from 64-bit keys to 64-bit values, of a fixed maximum.
 *
 * Invariants
 *   - All memory is taken at map_init; nothing allocates later, nothing moves but by map_remove.
 *   - At most half of the slots are used, so a look-up ends after few steps. Any key is allowed, 0
 * included.
 *   - The order of map_next depends only on the sequence of puts and removes: the same run walks
 * the same way.
 */
#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <outcry/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MAP_MAX = 1 << 28 };

struct map_slot {
    uint64_t key; /* 0 is an empty slot; key 0 itself lives apart */
    uint64_t value;
};

struct map {
    struct map_slot *slots;
    uint64_t mask;
    size_t count;
    size_t max;
    uint64_t zero_value;
    bool has_zero;
};

/* [setup] Room for `max` keys (1..MAP_MAX). OC_E_NOMEM, OC_E_INVALID. Release with map_release. */
oc_rc map_init(struct map *map, size_t max);
void map_release(struct map *map);
void map_clear(struct map *map);
/* Adds or replaces. OC_E_LIMIT: a new key beyond the maximum. */
oc_rc map_put(struct map *map, uint64_t key, uint64_t value);
/* False when absent, *ret_value untouched. */
bool map_get(const struct map *map, uint64_t key, uint64_t *ret_value);
/* False when it was not there. */
bool map_remove(struct map *map, uint64_t key);
/* Walks all entries: start with *cursor 0; false at the end. Do not change the map meanwhile. */
bool map_next(const struct map *map, uint64_t *cursor, uint64_t *ret_key, uint64_t *ret_value);

static inline size_t map_count(const struct map *map) { return map->count; }

/* The same for pointers (borrowed, never followed). NULL when absent. */
static inline oc_rc map_put_ptr(struct map *map, uint64_t key, void *pointer)
{
    return map_put(map, key, (uint64_t)(uintptr_t)pointer);
}

static inline void *map_get_ptr(const struct map *map, uint64_t key)
{
    uint64_t value;
    return map_get(map, key, &value) ? (void *)(uintptr_t)value : NULL;
}

#endif
