/* plugin_watch.h: calls into plugins that do not end, and crashes.
 *
 * A call that uses PLUGIN_WATCH_LIMIT_S of CPU time, or PLUGIN_WATCH_ASKED_S after somebody asked the run to end, ends the process
 * with last words and exit code 1: the session is whole as after a kill.
 *
 * Invariants: [setup] on the engine's thread; one at a time. */
#ifndef SESSION_PLUGIN_WATCH_H
#define SESSION_PLUGIN_WATCH_H

#include <outcry/abi.h>
#include <stdint.h>

#include "base/checked.h"

enum { PLUGIN_WATCH_LIMIT_S = 10, PLUGIN_WATCH_ASKED_S = 1 };

struct env_timer;

/* `progress` is another number with each market event; borrowed. */
CHECKED oc_rc plugin_watch_start(const uint64_t *progress, struct env_timer **ret_timer);
/* What the timer calls: `periods` seconds of CPU time went by. In a signal handler of the engine's thread; a test calls it. */
void plugin_watch_look(void *arg, uint32_t periods);
/* The run was asked to end, otherwise than by a signal. [any] */
void plugin_watch_end(void);
/* Takes NULL. */
void plugin_watch_stop(struct env_timer *timer);

#endif
