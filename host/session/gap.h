/* gap.h: a journal that takes no records for a while: from its first sign to the end that is recorded.
 *
 * Invariants
 * - In the records each gap has a beginning (OC_MARK_GAP) and an end (OC_MARK_GAP_END). The beginning stands there as early
 *   as the journal takes it, at the latest right before the end.
 * - New risk stops at the first sign, and again with the beginning as an input; only the end as an input resumes it, and
 *   that is made when a checkpoint on the disk holds every fact that is not recorded. */
#ifndef SESSION_GAP_H
#define SESSION_GAP_H

#include <outcry/event.h>
#include <stdbool.h>

#include "base/checked.h"

struct session;

/* So many facts could not be recorded. They were applied, or go on, all the same; new risk stops. */
void gap_missed(struct session *session, uint64_t count);
/* A mark of this file: no fact of its own. */
bool gap_is_mark(const struct oc_event *event);
/* Before an input, while the journal has failed or a gap has no end: what that means for new risk is an input. */
void gap_look(struct session *session);
/* Hands a checkpoint to the journal's worker, as journal.checkpoint does. */
CHECKED oc_rc gap_checkpoint(struct session *session);

#endif
