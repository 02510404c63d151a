/* tell.h: who is told when something is wrong with a session: every channel of the configuration, each by a thread of its own.
 *
 * Invariants
 * - tell_say puts into bounded rings and comes back: it makes no system call but to wake a thread, and waits for nothing. What does not fit
 *   is counted, and the count is told.
 * - A channel that cannot be reached is tried TELL_TRIES times for each message, and holds up no other.
 * - Repeats of a kind about the same thing within `fold` are counted, and told once with their count. In quiet hours alarms alone go; the
 *   rest is counted, and told when they are over.
 * - A heartbeat goes while the engine's thread looks (tell_look), and ends when that hangs.
 * - What is told is no input: nothing of it is recorded or decided from. */
#ifndef TELL_TELL_H
#define TELL_TELL_H

#include "base/checked.h"
#include "tell/channel.h"

enum { TELL_RING = 256, TELL_TRIES = 3, TELL_FOLDED_MAX = 64 };
#define TELL_END_NS  5000000000ll  /* what waits at the end may take so long */
#define TELL_HUNG_NS 15000000000ll /* an engine that has not looked for so long hangs */

struct tell; /* opaque */

/* Reads channels, fetches their secrets and starts their threads. *ret_tell NULL with OC_OK: none is configured. `title` names the session
 * in messages, `dir` (NULL: none) is where it records: its disk is looked at. Owned: tell_free. Codes of channels_read. [setup] */
CHECKED oc_rc tell_new(struct settings *settings, const char *title, const char *dir, struct tell **ret_tell,
                       struct error *ret_error);
/* Takes NULL. What waits is sent first, for at most TELL_END_NS. [setup] */
void tell_free(struct tell *tell);
/* [engine] Takes NULL. `key`: what it is about, see notice. */
void tell_say(struct tell *tell, enum notice_level level, enum notice_kind kind, const char *key, const char *format,
              ...) __attribute__((format(printf, 5, 6)));
/* [engine] The engine's thread is well. Takes NULL. */
void tell_look(struct tell *tell);
/* Since the start, of all channels: sent, could not be sent, did not fit. [any] */
struct tell_counts {
    uint64_t sent, failed, dropped;
};
struct tell_counts tell_counts(const struct tell *tell);

#endif
