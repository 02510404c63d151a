/* sim_answers.h: the engine's side of a simulator: its answers on their way, and the times at which it wants to be called.
 *
 * Invariants
 * - Answers come out in order of (time, emission); nothing is delivered inside the simulator's own call.
 * - Bounded: ENGINE_ANSWERS_MAX under way; a simulator that is told OC_E_FULL must say so to its caller. */
#ifndef SESSION_SIM_ANSWERS_H
#define SESSION_SIM_ANSWERS_H

#include <outcry/draft/sim.h>
#include <stdbool.h>

#include "base/checked.h"

enum {
    SIM_ANSWERS_ANSWER_MAX = 256, /* bytes of one answer of a simulator */
    SIM_ANSWERS_LONG_MAX = 8192   /* of a venue: with its words */
};

struct sim_answers_item {
    int64_t at_ns;
    uint64_t number;
    uint32_t slot;
    uint32_t zero;
};

struct sim_answers {
    const struct oc_sim *table;
    void *self;
    struct sim_answers_item *heap;
    uint32_t count;
    uint32_t room;
    uint64_t emitted;
    char *slots; /* slot_size each */
    uint32_t *free_slots;
    uint32_t free_count;
    uint32_t slot_size; /* before the first answer: SIM_ANSWERS_ANSWER_MAX, or more */
    int64_t due_ns;     /* earliest wish; later ones are asked again by the simulator */
    uint64_t calls;
    uint64_t refused; /* answers that emit() did not take, whatever the simulator makes of its code */
    oc_rc lost;       /* below 0: one that could not be kept; the run must end */
};

CHECKED oc_rc sim_answers_init(struct sim_answers *sim_answers, const struct oc_sim *table, void *self);
void sim_answers_release(struct sim_answers *sim_answers);
/* For the sim_host service. */
CHECKED oc_rc sim_answers_emit(struct sim_answers *sim_answers, int64_t at_ns, const struct oc_event *event);
CHECKED oc_rc sim_answers_schedule(struct sim_answers *sim_answers, int64_t at_ns);

static inline int64_t sim_answers_next_ns(const struct sim_answers *sim_answers)
{
    int64_t answer_ns = sim_answers->count ? sim_answers->heap[0].at_ns : INT64_MAX;
    return answer_ns < sim_answers->due_ns ? answer_ns : sim_answers->due_ns;
}

/* The earliest answer at or before now_ns, copied; OC_E_NOT_FOUND if there is none. */
CHECKED oc_rc sim_answers_take(struct sim_answers *sim_answers, int64_t now_ns, void *event, uint32_t size_max);

/* Units of fills of this account and instrument that are still on their way; purchases are above 0. */
int64_t sim_answers_units(const struct sim_answers *sim_answers, uint32_t account, uint32_t inst);
/* When the last of the fills under way is told; INT64_MIN: none is. */
int64_t sim_answers_last_fill_ns(const struct sim_answers *sim_answers);
/* Restore. A recorded answer or fill is no longer under way: false if none like it (type, order, request or trade) was. */
bool sim_answers_forget(struct sim_answers *sim_answers, const struct oc_event *event);
/* Takes back all that is under way about the order that the event is about. */
void sim_answers_drop(struct sim_answers *sim_answers, const struct oc_event *event);
/* What is under way, for a checkpoint: the size used, or OC_E_LIMIT. What is loaded comes out in the same order;
 * OC_E_DATA: these are not such bytes. */
int64_t sim_answers_save(const struct sim_answers *sim_answers, char *bytes, size_t size_max);
CHECKED oc_rc sim_answers_load(struct sim_answers *sim_answers, const char *bytes, size_t size);

#endif
