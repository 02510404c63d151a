/* fills.h: which fills are known: a window in memory that decides by itself.
 *
 * Invariants
 * - Known are the last `recent_max` fills, and of those before them the ones that the owner wanted held, at most
 *   `held_max`. Which these are follows from what was put in and in which order, and from nothing else.
 * - What has left the window is asked of the journal's index, before the fill goes through the door (OC_EVF_SEEN,
 *   OC_EVF_NEW); the engine never asks.
 * - fills_room first: what follows it does not allocate. */
#ifndef ENGINE_FILLS_H
#define ENGINE_FILLS_H

#include "base/checked.h"
#include "base/fill_key.h"

struct fill_seen {
    struct fill_key key;
    uint64_t order;
};

struct fills {
    struct fill_seen *recent; /* a ring once it is full, the oldest at recent_first */
    uint32_t recent_first;
    uint32_t recent_count;
    uint32_t recent_room;
    uint32_t recent_max;
    struct fill_seen *held; /* in the order in which they left the ring */
    uint32_t held_count;
    uint32_t held_room;
    uint32_t held_max;
    struct fill_key *table; /* of all of them: open addressing, power of two */
    uint16_t *
        tags; /* of the same slots: 0 where one is empty, else fill_tag() of its key. Searches go through these, which stay
                             * in the cache; a key itself is looked at where its tag says that it may be there */
    uint32_t table_size;
    uint32_t table_count;
};

static inline uint16_t fill_tag(struct fill_key key) { return (uint16_t)(key.high >> 48 | 1); }

/* 0: ENGINE_FILLS_RECENT, ENGINE_FILLS_HELD. */
void fills_init(struct fills *fills, uint32_t recent_max, uint32_t held_max);
void fills_release(struct fills *fills);
bool fills_has(const struct fills *fills, struct fill_key key);
/* No fill has left the window yet: what it does not have was never booked. */
static inline bool fills_are_all(const struct fills *fills) { return fills->recent_count < fills->recent_max; }
/* The order of the fill that leaves with the next one that is put in; 0: none leaves. */
static inline uint64_t fills_leaving(const struct fills *fills)
{
    return fills->recent_count == fills->recent_max ? fills->recent[fills->recent_first].order : 0;
}
/* Room for one more. OC_E_NOMEM. */
CHECKED oc_rc fills_room(struct fills *fills);
/* Puts one in that is not there. True: an older one has left the ring and is forgotten unless it is held next. */
bool fills_put(struct fills *fills, const struct fill_seen *seen, struct fill_seen *ret_left);
/* Keeps what has just left. While there is no room `is_wanted` says of each whether it still is, and then the oldest
 * quarter goes. */
void fills_hold(struct fills *fills, const struct fill_seen *left, bool (*is_wanted)(void *arg, uint64_t order),
                void *arg);

#endif
