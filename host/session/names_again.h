/* names_again.h: how a venue called its orders at one instant of a session that is gone through again: as the engine knew it then, made
 * of the same events by the same rule.
 *
 * Invariants
 * - It is told of each record once, in their order, and answers as of the last.
 * - It grows with the orders of the session, and is gone when the session goes on. */
#ifndef SESSION_NAMES_AGAIN_H
#define SESSION_NAMES_AGAIN_H

#include "base/checked.h"
#include "engine/order_ids.h"

struct names_again;

/* Owned: names_again_free, which takes NULL. OC_E_NOMEM. */
CHECKED oc_rc names_again_new(struct names_again **ret_names);
void names_again_free(struct names_again *names);
/* OC_E_NOMEM. */
CHECKED oc_rc names_again_note(struct names_again *names, const struct oc_event *event);
/* Borrowed until the next note; NULL: no such order was asked for. */
const struct order_called *names_again_find(const struct names_again *names, uint64_t order);

#endif
