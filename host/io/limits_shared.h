/* limits_shared.h: what all processes of one user on this machine use of a venue's rate limits together: one small file that each maps.
 *
 * Invariants
 * - A limit of an address or a key is one place: 64 bits that are changed as a whole. Nothing is ever locked, so a process that dies holds
 *   nothing: what it had taken is counted until its window ends, as the venue counts it.
 * - A cost is taken only where it fits, so that any number of processes stay within one limit together.
 * - What cannot be (a window far ahead of now, a ban of weeks) is taken for damage, and begins anew.
 * - Bounded: LIMITS_SHARED_PLACES places. What finds none is counted by its own process alone, and that is said.
 * - Concurrent exchanges and instruments are counted by each process for itself. */
#ifndef IO_LIMITS_SHARED_H
#define IO_LIMITS_SHARED_H

#include "base/checked.h"

#include <outcry/venue.h>
#include <stdatomic.h>
#include <stdbool.h>

enum { LIMITS_SHARED_PLACES = 127 };

struct limits_shared_place {
    _Atomic uint64_t key;  /* 0: free */
    _Atomic uint64_t used; /* WINDOW and SLIDING: window, before, used; BUCKET: when it is full again, in us */
    _Atomic int64_t shut_ns;
    uint64_t zero;
};

struct limits_shared_map {
    _Atomic uint64_t magic;
    uint64_t zero[3];
    struct limits_shared_place places[LIMITS_SHARED_PLACES];
};

struct limits_shared {
    struct limits_shared_map *map; /* NULL: not shared */
    bool is_full;                  /* that was said */
};

/* `path`: made where it is not there. Owned: limits_shared_close. [setup] */
CHECKED oc_rc limits_shared_open(struct limits_shared *shared, const char *path);
void limits_shared_close(struct limits_shared *shared);
/* Whose it is: of the address, or of a key by its public text. 0: it is not shared. */
uint64_t limits_shared_key(const struct oc_venue *venue, uint32_t limit, const char *owner, uint32_t owner_size);
/* `bound`: what may be used up, its reserve left out where the lane has none. OC_OK: taken. OC_E_AGAIN: *ret_ns says when. */
CHECKED oc_rc limits_shared_take(struct limits_shared *shared, uint64_t key, const struct oc_limit *limit,
                                 uint64_t weight, uint64_t bound, int64_t now_ns, int64_t *ret_ns);
void limits_shared_give(struct limits_shared *shared, uint64_t key, const struct oc_limit *limit, uint64_t weight,
                        int64_t now_ns);
/* The venue's own count, where it is larger; and a ban. */
void limits_shared_used(struct limits_shared *shared, uint64_t key, const struct oc_limit *limit, uint64_t used,
                        int64_t now_ns);
void limits_shared_shut(struct limits_shared *shared, uint64_t key, int64_t until_ns);
/* What all of them have used of it, as of now. */
uint64_t limits_shared_look(const struct limits_shared *shared, uint64_t key, const struct oc_limit *limit,
                            int64_t now_ns);
/* Until when it is closed, as any of them has heard; INT64_MIN: it is not. */
int64_t limits_shared_shut_ns(const struct limits_shared *shared, uint64_t key, int64_t now_ns);

#endif
