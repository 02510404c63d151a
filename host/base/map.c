/* map.c: open addressing, linear steps, removal by shifting back (no tombstones to slow down a long
 * run). */
#include "base/map.h"

#include "base/env.h"

#include <string.h>

static uint64_t mix(uint64_t key)
{
    key = (key ^ (key >> 31)) * 0x9e3779b97f4a7c15u;
    key = (key ^ (key >> 29)) * 0xbf58476d1ce4e5b9u;
    return key ^ (key >> 32);
}

oc_rc map_init(struct map *map, size_t max)
{
    if (max == 0 || max > MAP_MAX)
        return OC_E_INVALID;
    size_t size = 8;
    while (size < 2 * max)
        size *= 2;
    struct map_slot *slots = env_alloc(size * sizeof *slots);
    if (!slots)
        return OC_E_NOMEM;
    *map = (struct map){.slots = slots, .mask = size - 1, .max = max};
    return OC_OK;
}

void map_release(struct map *map)
{
    env_free(map->slots);
    *map = (struct map){0};
}

void map_clear(struct map *map)
{
    memset(map->slots, 0, (map->mask + 1) * sizeof *map->slots);
    map->count = 0;
    map->has_zero = false;
}

static uint64_t find(const struct map *map, uint64_t key)
{
    uint64_t index = mix(key) & map->mask;
    while (map->slots[index].key != 0 && map->slots[index].key != key)
        index = (index + 1) & map->mask;
    return index;
}

oc_rc map_put(struct map *map, uint64_t key, uint64_t value)
{
    if (key == 0) {
        if (!map->has_zero && map->count == map->max)
            return OC_E_LIMIT;
        map->count += !map->has_zero;
        map->has_zero = true;
        map->zero_value = value;
        return OC_OK;
    }
    struct map_slot *slot = &map->slots[find(map, key)];
    if (slot->key == 0) {
        if (map->count == map->max)
            return OC_E_LIMIT;
        map->count++;
        slot->key = key;
    }
    slot->value = value;
    return OC_OK;
}

bool map_get(const struct map *map, uint64_t key, uint64_t *ret_value)
{
    if (key == 0) {
        if (map->has_zero)
            *ret_value = map->zero_value;
        return map->has_zero;
    }
    const struct map_slot *slot = &map->slots[find(map, key)];
    if (slot->key == 0)
        return false;
    *ret_value = slot->value;
    return true;
}

bool map_remove(struct map *map, uint64_t key)
{
    if (key == 0) {
        bool had = map->has_zero;
        map->has_zero = false;
        map->count -= had;
        return had;
    }
    uint64_t hole = find(map, key);
    if (map->slots[hole].key == 0)
        return false;
    map->count--;
    /* An entry behind the hole moves into it unless its own home lies between the two. */
    uint64_t index = hole;
    for (;;) {
        index = (index + 1) & map->mask;
        if (map->slots[index].key == 0)
            break;
        uint64_t home = mix(map->slots[index].key) & map->mask;
        if (((index - home) & map->mask) >= ((index - hole) & map->mask)) {
            map->slots[hole] = map->slots[index];
            hole = index;
        }
    }
    map->slots[hole].key = 0;
    return true;
}

bool map_next(const struct map *map, uint64_t *cursor, uint64_t *ret_key, uint64_t *ret_value)
{
    while (*cursor <= map->mask) {
        const struct map_slot *slot = &map->slots[(*cursor)++];
        if (slot->key != 0) {
            *ret_key = slot->key;
            *ret_value = slot->value;
            return true;
        }
    }
    if (*cursor == map->mask + 1 && map->has_zero) {
        (*cursor)++;
        *ret_key = 0;
        *ret_value = map->zero_value;
        return true;
    }
    return false;
}
