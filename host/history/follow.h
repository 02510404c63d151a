/* follow.h: the history kept up with sessions while they run.
 *
 * Invariants
 * - A session that some process has is folded on from where its fold stands: a turn costs what was recorded since the one before.
 * - What ends is read once more as a whole, so that its rows are those of a session that nobody followed.
 * - Where the store takes no rows, nothing is lost: sessions are begun again when it does, from what it has.
 * - Beyond FOLLOW_LIVE_MAX running sessions, the others are read as a whole now and then. */
#ifndef HISTORY_FOLLOW_H
#define HISTORY_FOLLOW_H

#include "history/catch_up.h"

enum { FOLLOW_LIVE_MAX = 16, FOLLOW_TURNS_MAX = 8 /* between two looks at all folders */ };

struct history_follow; /* opaque */

/* NULL: no memory. Owned: history_follow_free, which takes NULL. */
struct history_follow *history_follow_new(struct history_store *store, const struct history_telling *telling);
void history_follow_free(struct history_follow *follow);
/* One turn over the folders of the list, and of `only` alone where that is not NULL. *ret_running: how many sessions run. Negative: the store took
 * no rows, *ret_error says why. */
CHECKED oc_rc history_follow_turn(struct history_follow *follow, const char *only, uint32_t *ret_running,
                                  struct error *ret_error);

#endif
