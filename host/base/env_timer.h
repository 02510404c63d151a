/* env_timer.h: a function called on this very thread, whatever it is doing, each time it has used
 * so much CPU time.
 *
 * Made for the watchdog of scripts: nothing is armed, asked or paid while the thread runs ordinary
 * code, an idle thread is never woken, and a machine that stood still does not look like a script
 * that ran too long.
 *
 * Invariants
 *   - The function runs inside a signal handler on the thread that started the timer: it may only
 * store to memory that is made for it.
 *   - System calls of the thread are restarted, not interrupted.
 */
#ifndef BASE_ENV_TIMER_H
#define BASE_ENV_TIMER_H

#include <outcry/abi.h>

#include <stdint.h>

#include "base/checked.h"

struct env_timer; /* opaque */

/* `periods` have passed since the last call: more than one when the period is shorter than the
 * kernel's own clock tick. */
typedef void (*env_timer_fn)(void *arg, uint32_t periods);

/* [setup] On the thread to be watched. `period_us` of CPU time, from 1. OC_E_INVALID, OC_E_NOMEM,
 * OC_E_IO. Owned: env_timer_stop. */
CHECKED oc_rc env_timer_start(uint32_t period_us, env_timer_fn fn, void *arg, struct env_timer **ret_timer);
/* [setup] Takes NULL. The function is not called any more once this has returned. On the thread
 * that started it. */
void env_timer_stop(struct env_timer *timer);

#endif
