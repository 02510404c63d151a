/* checkpoint.h: engine, venue, strategies and figures as one blob for the journal, and back.
 * Invariants: made of a bounded copy on the engine's thread; the journal's worker does the rest. */
#ifndef RECOVER_CHECKPOINT_H
#define RECOVER_CHECKPOINT_H

#include "base/checked.h"
#include "journal/read.h"
#include "report/meter.h"
#include "steer/strategies.h"

struct checkpoint_parts { /* borrowed */
    struct strategies *strategies;
    struct meter *meter;
};

/* For session.journal.checkpoint; self is a struct checkpoint_parts. OC_E_AGAIN: the worker is still at the one before. */
CHECKED oc_rc checkpoint_start(void *self, struct session *session);
/* OC_E_DATA: of another program or strategy. */
CHECKED oc_rc checkpoint_load(const struct checkpoint_parts *parts, struct session *session,
                              const struct journal_checkpoint *checkpoint);

/* Only what the engine knew of prices. OC_E_DATA: of another program. */
CHECKED oc_rc checkpoint_load_marks(struct engine *engine, const struct journal_checkpoint *checkpoint);

#endif
