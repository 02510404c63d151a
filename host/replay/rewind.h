/* rewind.h: going back in a replayed session, by sleeping copies of the process.
 *
 * Invariants
 * - At most REWIND_COPIES_MAX copies. When there is no room every second one goes and the stride doubles, so that they stay
 *   spread over the whole session; the first, at the beginning, stays.
 * - Going back wakes the last copy at or before the goal and runs forward from there: the same code over the same input
 *   gives the same state. The process that asked ends; later copies end with it. */
#ifndef REPLAY_REWIND_H
#define REPLAY_REWIND_H

#include "session/session.h"

enum { REWIND_COPIES_MAX = 32, REWIND_STRIDE = 512, REWIND_MARKS_MAX = 65536 };

struct rewind; /* opaque */

/* `life_fd`: the host's end of its console's socket. */
oc_rc rewind_new(struct session *session, int life_fd, struct rewind **ret_travel);
void rewind_free(struct rewind *rewind);
/* Between two events: makes a copy when one is due, and stops at a goal. `at_ns`: of the next event. */
void rewind_turn(struct rewind *rewind, int64_t at_ns);
/* Forgets a goal that is not reached yet. */
void rewind_stop(struct rewind *rewind);
/* A request or a fill was recorded: where to go back to. */
void rewind_mark(struct rewind *rewind, const struct oc_event *event);
/* `to TIME`, `to oN`, `back N [events, orders or fills]`. OC_E_AGAIN: answered when it is there. Otherwise *reply says why. */
oc_rc rewind_control(struct rewind *rewind, const struct command_words *words, struct text *reply);
/* replay.c: the host's side of it, in a process of one thread: replays `dir`, paused at first, for the console at the other
 * end of `fd`. Returns the exit code. */
int replay_serve(const char *dir, int fd);
/* console.c: `outcry replay SESSION --console`. Returns the exit code. */
int rewind_console(const char *dir, bool has_pane);

#endif
