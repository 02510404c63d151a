/* standing.h: what a session says of itself to who started it: a line when it stands, one that stays on a terminal, and the service manager.
 *
 * Invariants: everything here is [engine], between two inputs; what is shown is read, and nothing is changed. */
#ifndef CLI_STANDING_H
#define CLI_STANDING_H

#include <stdbool.h>
#include <stdint.h>

#include <outcry/abi.h>

#include "base/checked.h"

struct run;
struct session;

struct standing {    /* begun as zeros */
    struct run *run; /* borrowed; NULL: nothing is shown */
    bool has_line;   /* on a terminal */
    int64_t line_ns; /* the next one, by the monotonic clock */
    int64_t watchdog_ns, beat_ns;
};

/* The session is open: the line of its start, unless it is to be quiet; it is let go of where that is wanted; and READY to the service manager.
 * Negative: the session's complaint says why. */
CHECKED oc_rc standing_begin(struct standing *standing, struct run *run);
/* It goes with a clock: of its own, or of the network. */
bool standing_is_paced(const struct session *session);
/* Between two inputs. */
void standing_look(void *self);
/* What comes next on the terminal begins a line of its own. */
void standing_clear(void);
void standing_end(struct standing *standing);

#endif
