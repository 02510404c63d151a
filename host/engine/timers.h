/* timers.h: what strategies asked to be woken for. Fires in order of (due, id). ENGINE_TIMERS_MAX at once. */
#ifndef ENGINE_TIMERS_H
#define ENGINE_TIMERS_H

#include <outcry/abi.h>
#include <stdbool.h>

#include "base/checked.h"

struct timer {
    int64_t due_ns;
    int64_t every_ns; /* 0: once */
    uint64_t id;
    uint32_t strategy;
    uint32_t zero;
};

struct timers {
    struct timer *heap;
    uint32_t count;
    uint32_t room;
    uint64_t next_id;
};

void timers_release(struct timers *timers);
/* OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc timers_add(struct timers *timers, uint32_t strategy, int64_t due_ns, int64_t every_ns, uint64_t *ret_id);
bool timers_remove(struct timers *timers, uint64_t id);
/* Borrowed until the next call of another function. NULL: it is not there. */
const struct timer *timers_find(const struct timers *timers, uint64_t id);
/* A restart: one that was set before, with its number; later ones get numbers above it. OC_E_EXISTS, OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc timers_put(struct timers *timers, const struct timer *timer);
/* All of one strategy. */
void timers_remove_of(struct timers *timers, uint32_t strategy);
/* Of one strategy, those with a number up to `id`. */
void timers_remove_until(struct timers *timers, uint32_t strategy, uint64_t id);
/* All with a number above `id`; the next one made gets id + 1 again. */
void timers_remove_after(struct timers *timers, uint64_t id);
/* A restart: what had fired up to this one, and it, is taken out as timers_pop would. */
void timers_pass(struct timers *timers, int64_t due_ns, uint64_t id);
/* Takes the earliest out; a repeated one goes back with its next due time. False: none. */
bool timers_pop(struct timers *timers, struct timer *ret_timer);
static inline int64_t timers_next_ns(const struct timers *timers)
{
    return timers->count ? timers->heap[0].due_ns : INT64_MAX;
}

#endif
