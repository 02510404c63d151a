/* rewind.h: going back in a replayed session, by sleeping copies of the process.
 *
 * Invariants
 * - At most REWIND_COPIES_MAX copies. When there is no room every second one goes and the stride doubles, so that they stay
 *   spread over the whole session; the first, at the beginning, stays.
 * - Going back wakes the last copy at or before the goal and runs forward from there: the same code over the same input
 *   gives the same state. The process that asked ends; later copies end with it. */
#ifndef REPLAY_REWIND_H
#define REPLAY_REWIND_H

#include "base/checked.h"
#include "session/command.h"
#include "session/session.h"

enum { REWIND_COPIES_MAX = 32, REWIND_STRIDE = 512, REWIND_MARKS_MAX = 65536, REWIND_QUESTION_MAX = 64 };

struct rewind; /* opaque */

/* The console of the replay: whose question is answered when a copy has woken and arrived. All are set. */
struct rewind_console {
    void *self;
    /* The question being asked, as bytes for a copy of this process; and there: it waits to be answered. */
    void (*question)(void *self, char ret_question[REWIND_QUESTION_MAX]);
    void (*take_over)(void *self, const char question[REWIND_QUESTION_MAX]);
    /* The recording holds it. */
    bool (*has_order)(void *self, uint64_t order);
    /* Reads the console's socket once, without waiting. */
    void (*serve)(void *self);
};

/* `life_fd`: the host's end of its console's socket. */
CHECKED oc_rc rewind_new(struct session *session, const struct rewind_console *console, int life_fd,
                         struct rewind **ret_rewind);
void rewind_free(struct rewind *rewind);
/* Between two events: makes a copy when one is due, and stops at a goal. `at_ns`: of the next event. */
void rewind_turn(struct rewind *rewind, int64_t at_ns);
/* Forgets a goal that is not reached yet. */
void rewind_stop(struct rewind *rewind);
/* A request or a fill was recorded: where to go back to. */
void rewind_mark(struct rewind *rewind, const struct oc_event *event);
/* `to TIME`, `to oN`, `back N [events, orders or fills]`. OC_E_AGAIN: answered when it is there. Otherwise *reply says why. */
CHECKED oc_rc rewind_control(struct rewind *rewind, const struct command_words *words, struct text *reply);

#endif
