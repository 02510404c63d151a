#include "engine/timers.h"

#include <stdlib.h>

#include "base/heap.h"
#include "engine/limits.h"

static bool is_before(const void *left, const void *right)
{
    const struct timer *a = left, *b = right;
    return a->due_ns < b->due_ns || (a->due_ns == b->due_ns && a->id < b->id);
}

void timers_release(struct timers *timers)
{
    free(timers->heap);
    *timers = (struct timers){0};
}

static oc_rc push(struct timers *timers, struct timer timer)
{
    if (timers->count >= ENGINE_TIMERS_MAX)
        return OC_E_LIMIT;
    if (timers->count == timers->room) {
        uint32_t room = timers->room ? timers->room * 2 : 16;
        struct timer *heap = realloc(timers->heap, room * sizeof *heap);
        if (!heap)
            return OC_E_NOMEM;
        timers->heap = heap;
        timers->room = room;
    }
    timers->heap[timers->count] = timer;
    heap_rise(timers->heap, sizeof timer, timers->count++, is_before);
    return OC_OK;
}

oc_rc timers_add(struct timers *timers, uint32_t strategy, int64_t due_ns, int64_t every_ns, uint64_t *ret_id)
{
    if (every_ns < 0)
        return OC_E_INVALID;
    struct timer timer = {due_ns, every_ns, timers->next_id + 1, strategy, 0};
    oc_rc rc = push(timers, timer);
    if (rc == OC_OK)
        *ret_id = ++timers->next_id;
    return rc;
}

static void take(struct timers *timers, uint32_t i)
{
    heap_remove(timers->heap, sizeof *timers->heap, --timers->count, i, is_before);
}

const struct timer *timers_find(const struct timers *timers, uint64_t id)
{
    for (uint32_t i = 0; i < timers->count; i++)
        if (timers->heap[i].id == id)
            return &timers->heap[i];
    return NULL;
}

oc_rc timers_put(struct timers *timers, const struct timer *timer)
{
    if (timers_find(timers, timer->id))
        return OC_E_EXISTS;
    oc_rc rc = push(timers, *timer);
    if (rc == OC_OK && timer->id > timers->next_id)
        timers->next_id = timer->id;
    return rc;
}

bool timers_remove(struct timers *timers, uint64_t id)
{
    for (uint32_t i = 0; i < timers->count; i++)
        if (timers->heap[i].id == id) {
            take(timers, i);
            return true;
        }
    return false;
}

void timers_remove_of(struct timers *timers, uint32_t strategy) { timers_remove_until(timers, strategy, UINT64_MAX); }

void timers_remove_until(struct timers *timers, uint32_t strategy, uint64_t id)
{
    for (uint32_t i = 0; i < timers->count;) {
        if (timers->heap[i].strategy != strategy || timers->heap[i].id > id) {
            i++;
            continue;
        }
        take(timers, i);
        i = 0; /* what took its place may have moved up */
    }
}

void timers_remove_after(struct timers *timers, uint64_t id)
{
    while (timers->next_id > id)
        timers_remove(timers, timers->next_id--);
}

bool timers_pop(struct timers *timers, struct timer *ret_timer)
{
    if (!timers->count)
        return false;
    struct timer timer = timers->heap[0];
    take(timers, 0);
    *ret_timer = timer;
    if (timer.every_ns > 0 && !__builtin_add_overflow(timer.due_ns, timer.every_ns, &timer.due_ns))
        push(timers, timer);
    return true;
}

void timers_pass(struct timers *timers, int64_t due_ns, uint64_t id)
{
    const struct timer last = {.due_ns = due_ns, .id = id};
    struct timer fired;
    while (timers->count && !is_before(&last, &timers->heap[0]) && timers_pop(timers, &fired))
        ;
}
