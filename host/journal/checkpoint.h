/* checkpoint.h: a restore begins here instead of at the first record.
 *
 * Invariants: a file of its own, written whole under another name first; at least
 * JOURNAL_CHECKPOINTS_KEPT are kept, and one that is damaged is passed over for the one before.
 */
#ifndef JOURNAL_CHECKPOINT_H
#define JOURNAL_CHECKPOINT_H

#include "journal/format.h"

#include "base/checked.h"

/* The blob lies right behind the head: head->blob_size bytes. `head->check`, magic, version and the blob's hash are
 * filled in here. Then older ones are removed. No allocation. */
CHECKED oc_rc checkpoint_write(const char *dir, struct journal_checkpoint_head *head);
/* The newest valid one. *ret_blob is owned: env_free. *ret_passed counts damaged ones that were
 * newer. OC_E_NOT_FOUND. */
CHECKED oc_rc checkpoint_find(const char *dir, struct journal_checkpoint_head *ret_head, void **ret_blob,
                              unsigned *ret_passed);

#endif
