/* travel.h: going back in a replayed session, by sleeping copies of the process.
 *
 * Invariants
 * - At most TRAVEL_COPIES_MAX copies. When there is no room every second one goes and the stride doubles, so that they stay
 *   spread over the whole session; the first, at the beginning, stays.
 * - Going back wakes the last copy at or before the goal and runs forward from there: the same code over the same input
 *   gives the same state. The process that asked ends; later copies end with it. */
#ifndef APP_TRAVEL_H
#define APP_TRAVEL_H

#include "app/session.h"

enum { TRAVEL_COPIES_MAX = 32, TRAVEL_STRIDE = 512, TRAVEL_MARKS_MAX = 65536 };

struct travel; /* opaque */

/* `life_fd`: the host's end of its console's socket. */
oc_rc travel_new(struct session *session, int life_fd, struct travel **ret_travel);
void travel_free(struct travel *travel);
/* Between two events: makes a copy when one is due, and stops at a goal. `at_ns`: of the next event. */
void travel_turn(struct travel *travel, int64_t at_ns);
/* Forgets a goal that is not reached yet. */
void travel_stop(struct travel *travel);
/* A request or a fill was recorded: where to go back to. */
void travel_mark(struct travel *travel, const struct oc_event *event);
/* `to TIME`, `to oN`, `back N [events, orders or fills]`. OC_E_AGAIN: answered when it is there. Otherwise *reply says why. */
oc_rc travel_control(struct travel *travel, const struct desk_words *words, struct text *reply);
/* replay.c: the host's side of it, in a process of one thread: replays `dir`, paused at first, for the console at the other
 * end of `fd`. Returns the exit code. */
int replay_serve(const char *dir, int fd);
/* console.c: `outcry replay SESSION --console`. Returns the exit code. */
int travel_console(const char *dir, bool has_pane);

#endif
