/* link.h: the asking side of the console's wire (docs/console-protocol.md).
 *
 * Invariants
 * - One question at a time. What is told without being asked is kept in order, LINK_TOLD_MAX lines at most; when that is
 *   full the oldest goes and `lost` counts.
 * - Not thread safe: a link belongs to one thread. */
#ifndef CONSOLE_LINK_H
#define CONSOLE_LINK_H

#include <outcry/abi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

enum { LINK_LINE_MAX = 65536, LINK_FIELDS_MAX = 32, LINK_TOLD_MAX = 1024 };

struct link; /* opaque */

/* Takes the descriptor of a connected socket over. OC_E_NOMEM. Owned: link_free, which closes it. */
CHECKED oc_rc link_new(int fd, struct link **ret_link);
/* Takes NULL. */
void link_free(struct link *link);
int link_fd(const struct link *link);
/* Asks and waits. *ret_is_ok: "ok" or "no"; *ret_json is terminated and borrowed until the next call.
 * OC_E_AGAIN: `timeout_ns` passed, or *stop became true: a late answer is dropped. OC_E_IO: the host is gone.
 * OC_E_LIMIT: too long. `stop` may be NULL. */
CHECKED oc_rc link_ask(struct link *link, const char *const *fields, uint32_t field_count, int64_t timeout_ns,
                       const volatile bool *stop, bool *ret_is_ok, const char **ret_json);
/* Reads what has come without waiting: a few reads at most, so that a host that tells without end does not hold the caller.
 * OC_E_IO: the host is gone. */
CHECKED oc_rc link_poll(struct link *link);
/* The oldest line that was told: kind and JSON, borrowed until the next call of any function here. OC_E_NOT_FOUND: none. */
CHECKED oc_rc link_told(struct link *link, const char **ret_kind, const char **ret_json);
uint64_t link_lost(const struct link *link);

#endif
