/* recent.h: what was placed lately, by a key, in a ring that a rule can save as it is. No ABI promise.
 *
 * Invariants
 * - Rows are in the order in which they were noted, and so in time. At most KIT_RECENT_MAX are kept: of more within a window only the
 * youngest count.
 * - Counting changes nothing, and takes as long as there are rows within the window. All [engine]. */
#ifndef OUTCRY_KIT_RECENT_H
#define OUTCRY_KIT_RECENT_H

#include <outcry/abi.h>

enum { KIT_RECENT_MAX = 1024 };

struct kit_recent_row {
    uint64_t key;
    uint64_t order;
    int64_t at_ns;
};

struct kit_recent {
    uint64_t count; /* ever noted, less those that were forgotten */
    struct kit_recent_row rows[KIT_RECENT_MAX];
};

static inline void kit_recent_note(struct kit_recent *recent, uint64_t key, uint64_t order, int64_t now_ns)
{
    const struct kit_recent_row row = {key, order, now_ns};
    recent->rows[recent->count++ % KIT_RECENT_MAX] = row;
}

/* How many of this key were noted within the `window_ns` before now. */
static inline int64_t kit_recent_within(const struct kit_recent *recent, uint64_t key, int64_t now_ns,
                                        int64_t window_ns)
{
    int64_t within = 0;
    for (uint64_t i = 1; i <= recent->count && i <= KIT_RECENT_MAX; i++) {
        const struct kit_recent_row *row = &recent->rows[(recent->count - i) % KIT_RECENT_MAX];
        if (now_ns - row->at_ns >= window_ns)
            break;
        within += row->key == key;
    }
    return within;
}

/* The youngest one was denied: rules are told of requests before they are told that these were denied. Its key; 0: it was not noted. */
static inline uint64_t kit_recent_forget(struct kit_recent *recent, uint64_t order)
{
    const struct kit_recent_row *last = &recent->rows[(recent->count - 1) % KIT_RECENT_MAX];
    if (!recent->count || last->order != order)
        return 0;
    recent->count--;
    return last->key;
}

#endif
