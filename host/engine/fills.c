#include "engine/fills.h"

#include <stdlib.h>
#include <string.h>

#include "base/prefetch.h"
#include "engine/limits.h"

enum { FIRST = 256 };

void fills_init(struct fills *fills, uint32_t recent_max, uint32_t held_max)
{
    *fills = (struct fills){.recent_max = recent_max ? recent_max : ENGINE_FILLS_RECENT,
                            .held_max = held_max ? held_max : ENGINE_FILLS_HELD};
}

void fills_release(struct fills *fills)
{
    free(fills->recent);
    free(fills->held);
    free(fills->table);
    free(fills->tags);
    *fills = (struct fills){.recent_max = fills->recent_max, .held_max = fills->held_max};
}

/* Where the key is, or the empty slot where it belongs. */
static uint32_t slot_of(const struct fills *fills, struct fill_key key)
{
    const uint32_t mask = fills->table_size - 1;
    const uint16_t tag = fill_tag(key);
    uint32_t slot = (uint32_t)key.low & mask;
    while (fills->tags[slot] && (fills->tags[slot] != tag || !fill_key_is_equal(fills->table[slot], key)))
        slot = (slot + 1) & mask;
    return slot;
}

bool fills_has(const struct fills *fills, struct fill_key key)
{
    if (!fills->table_count)
        return false;
    const uint32_t slot = slot_of(fills, key);
    prefetch(&fills->table[slot], 1); /* if it is new, it will stand there */
    return fills->tags[slot] != 0;
}

static void table_put(struct fills *fills, struct fill_key key)
{
    const uint32_t slot = slot_of(fills, key);
    fills->table[slot] = key;
    fills->tags[slot] = fill_tag(key);
    fills->table_count++;
}

static oc_rc list_room(struct fill_seen **list, uint32_t *room, uint32_t count, uint32_t max)
{
    if (count < *room || *room == max)
        return OC_OK;
    uint32_t wanted = *room ? *room * 2 : FIRST;
    if (wanted > max)
        wanted = max;
    struct fill_seen *grown = realloc(*list, wanted * sizeof *grown);
    if (!grown)
        return OC_E_NOMEM;
    *list = grown;
    *room = wanted;
    return OC_OK;
}

oc_rc fills_room(struct fills *fills)
{
    oc_rc rc = list_room(&fills->recent, &fills->recent_room, fills->recent_count, fills->recent_max);
    if (rc == OC_OK)
        rc = list_room(&fills->held, &fills->held_room, fills->held_count, fills->held_max);
    const uint32_t more =
        fills->recent_count < fills->recent_max; /* else one leaves first, or is held: then room is made next time */
    if (rc < 0 || (fills->table_count + more) * 2 <= fills->table_size)
        return rc;
    const uint32_t size = fills->table_size ? fills->table_size * 2 : 2 * FIRST;
    const struct fills old = *fills;
    struct fill_key *table = calloc(size, sizeof *table);
    uint16_t *tags = calloc(size, sizeof *tags);
    if (!table || !tags) {
        free(table);
        free(tags);
        return OC_E_NOMEM;
    }
    fills->table = table;
    fills->tags = tags;
    fills->table_size = size;
    fills->table_count = 0;
    for (uint32_t i = 0; i < old.table_size; i++)
        if (old.tags[i])
            table_put(fills, old.table[i]);
    free(old.table);
    free(old.tags);
    return OC_OK;
}

/* Removes by shifting followers back, so that probing never meets a grave. */
static void table_remove(struct fills *fills, struct fill_key key)
{
    uint32_t mask = fills->table_size - 1, hole = slot_of(fills, key);
    fills->table_count--;
    for (uint32_t slot = (hole + 1) & mask; fills->tags[slot]; slot = (slot + 1) & mask) {
        uint32_t home = (uint32_t)fills->table[slot].low & mask;
        if (((slot - home) & mask) >= ((slot - hole) & mask)) {
            fills->table[hole] = fills->table[slot];
            fills->tags[hole] = fills->tags[slot];
            hole = slot;
        }
    }
    fills->tags[hole] = 0;
}

bool fills_put(struct fills *fills, const struct fill_seen *seen, struct fill_seen *ret_left)
{
    bool has_left = fills->recent_count == fills->recent_max;
    uint32_t at = fills->recent_count;
    if (has_left) {
        at = fills->recent_first;
        *ret_left = fills->recent[at];
        table_remove(fills, ret_left->key);
        fills->recent_first = at + 1 == fills->recent_max ? 0 : at + 1;
    } else {
        fills->recent_count++;
    }
    fills->recent[at] = *seen;
    table_put(fills, seen->key);
    if (has_left) { /* the next that goes: it came long ago, and its place in the table is anywhere */
        const struct fill_seen *next = &fills->recent[fills->recent_first];
        const uint32_t slot = (uint32_t)next->key.low & (fills->table_size - 1);
        prefetch(&fills->table[slot], 1);
        prefetch(&fills->tags[slot], 1);
    }
    return has_left;
}

/* The first `gone` of the held and those that are not wanted are forgotten. */
static void held_drop(struct fills *fills, uint32_t gone, bool (*is_wanted)(void *arg, uint64_t order), void *arg)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < fills->held_count; i++) {
        if (i < gone || !is_wanted(arg, fills->held[i].order))
            table_remove(fills, fills->held[i].key);
        else
            fills->held[kept++] = fills->held[i];
    }
    fills->held_count = kept;
}

void fills_hold(struct fills *fills, const struct fill_seen *left, bool (*is_wanted)(void *arg, uint64_t order),
                void *arg)
{
    if (fills->held_count == fills->held_max) {
        uint32_t quarter = fills->held_max / 4 + 1;
        held_drop(fills, 0, is_wanted, arg);
        if (fills->held_count > fills->held_max - quarter)
            held_drop(fills, fills->held_count - (fills->held_max - quarter), is_wanted, arg);
    }
    fills->held[fills->held_count++] = *left;
    table_put(fills, left->key);
}
