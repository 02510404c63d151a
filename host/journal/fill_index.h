/* fill_index.h: whether a fill has been recorded before, however long ago: asked before it goes through the door.
 *
 * Invariants
 *   - The answer is exact or is refused; nothing is guessed. It speaks of everything that was added before the question.
 *     Two equal fills that are asked for before either is recorded are both new: the engine's window knows the second.
 *   - No call waits or calls the disk: a worker does. Questions are answered in their order.
 *   - Opened before anything is recorded, and then every fill that is recorded is added, in order: else what it says is
 *     not of the whole session.
 *   - One thread uses it. Who answers a question with what was recorded needs no more room than was asked for:
 *     fill_index_add never finds the queue full when only asked fills are added.
 */
#ifndef JOURNAL_FILL_INDEX_H
#define JOURNAL_FILL_INDEX_H

#include <outcry/event.h>
#include <stddef.h>

#include "base/checked.h"

struct fill_index; /* opaque */

struct fill_index_stats {
    uint64_t fills; /* identities held; one that was recorded twice may count twice */
    uint32_t runs;
};

/* [setup] Opens the index of a session folder, or begins one, and fills it up from the journal where it is behind or
 * damaged. Before door_open. `tail_max` 0: the default. OC_E_DATA: the journal is refused. Owned: fill_index_close. */
CHECKED oc_rc fill_index_open(const char *dir, uint32_t tail_max, struct fill_index **ret_index);
/* [setup] Does what was asked for and ends. Takes NULL. */
CHECKED oc_rc fill_index_close(struct fill_index *index);
/* A fill that was recorded: fill->head.seq is its number. OC_E_FULL. */
CHECKED oc_rc fill_index_add(struct fill_index *index, const struct oc_ev_fill *fill);
/* Puts a question; `cookie` comes back with the answer. OC_E_FULL: FILL_ASKS_MAX are under way; take answers first. */
CHECKED oc_rc fill_index_ask(struct fill_index *index, const struct oc_ev_fill *fill, uint64_t cookie);
/* The next answer: OC_OK and OC_EVF_NEW or OC_EVF_SEEN. OC_E_AGAIN: none yet. Another code: it could not be found out
 * (fill_index_error), now and for all that follows: nothing may be booked on it until a restart. */
CHECKED oc_rc fill_index_answer(struct fill_index *index, uint64_t *ret_cookie, uint16_t *ret_flag);
/* "" while all is well. Borrowed. */
const char *fill_index_error(const struct fill_index *index);
/* [setup] When nothing is under way. */
struct fill_index_stats fill_index_stats(const struct fill_index *index);

#endif
