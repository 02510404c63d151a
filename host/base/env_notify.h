/* env_notify.h: the service manager is told how this process is, by the protocol of sd_notify(3): a datagram to the socket that it names in the
 * environment. Without one nothing is there, and nothing is said.
 *
 * Invariants
 * - Nothing here waits: what cannot be said now is not said.
 * - Part of host/base/env*: the one place that knows the operating system. There is no simulated binding. */
#ifndef BASE_ENV_NOTIFY_H
#define BASE_ENV_NOTIFY_H

#include <stdbool.h>
#include <stdint.h>

/* [any] "READY=1", "STOPPING=1", "STATUS=...", "WATCHDOG=1"; lines of several are one datagram. False: nobody listens. */
bool env_notify(const char *state);
/* [setup] How often WATCHDOG=1 is wanted at least; 0: it is not. Half of what $WATCHDOG_USEC says, where that is meant for this process. */
int64_t env_watchdog_ns(void);

#endif
