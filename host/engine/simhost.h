/* simhost.h: the engine's side of a simulator: its answers on their way, and the times at which it wants to be called.
 *
 * Invariants
 * - Answers come out in order of (time, emission); nothing is delivered inside the simulator's own call.
 * - Bounded: ENGINE_ANSWERS_MAX under way; a simulator that is told OC_E_FULL must say so to its caller. */
#ifndef ENGINE_SIMHOST_H
#define ENGINE_SIMHOST_H

#include <outcry/draft/sim.h>
#include <stdbool.h>

enum { SIMHOST_ANSWER_MAX = 256 }; /* bytes of one answer */

struct simhost_item {
    int64_t at_ns;
    uint64_t number;
    uint32_t slot;
    uint32_t zero;
};

struct simhost {
    const struct oc_sim *table;
    void *self;
    struct simhost_item *heap;
    uint32_t count;
    uint32_t room;
    uint64_t emitted;
    char *slots; /* SIMHOST_ANSWER_MAX each */
    uint32_t *free_slots;
    uint32_t free_count;
    uint32_t zero;
    int64_t due_ns; /* earliest wish; later ones are asked again by the simulator */
    uint64_t calls;
};

oc_rc simhost_init(struct simhost *simhost, const struct oc_sim *table, void *self);
void simhost_release(struct simhost *simhost);
/* For the sim_host service. */
oc_rc simhost_emit(struct simhost *simhost, int64_t at_ns, const struct oc_event *event);
oc_rc simhost_schedule(struct simhost *simhost, int64_t at_ns);

static inline int64_t simhost_next_ns(const struct simhost *simhost)
{
    int64_t answer_ns = simhost->count ? simhost->heap[0].at_ns : INT64_MAX;
    return answer_ns < simhost->due_ns ? answer_ns : simhost->due_ns;
}

/* The earliest answer at or before now_ns, copied; OC_E_NOT_FOUND if there is none. */
oc_rc simhost_take(struct simhost *simhost, int64_t now_ns, void *event, uint32_t size_max);

/* Restore. A recorded answer or fill is no longer under way: false if none like it (type, order, request or trade) was. */
bool simhost_forget(struct simhost *simhost, const struct oc_event *event);
/* Takes back all that is under way about the order that the event is about. */
void simhost_drop(struct simhost *simhost, const struct oc_event *event);
/* What is under way, for a checkpoint: the size used, or OC_E_LIMIT. What is loaded comes out in the same order;
 * OC_E_DATA: these are not such bytes. */
int64_t simhost_save(const struct simhost *simhost, char *bytes, size_t size_max);
oc_rc simhost_load(struct simhost *simhost, const char *bytes, size_t size);

#endif
