/* epoch.h: order ids that are never given twice, over all sessions that share a folder.
 *
 * Invariants: the file says "in use" (durably) before the first id is given, and promises ids in
 * blocks before they are used. A start that finds "in use" raises the epoch; after a clean end the
 * count goes on.
 */
#ifndef JOURNAL_EPOCH_H
#define JOURNAL_EPOCH_H

#include "journal/format.h"

#include "base/checked.h"
#include "base/env.h"

struct epoch {
    char dir[ENV_PATH_MAX]; /* "": memory only */
    uint8_t session[16];
    uint32_t number;
    uint64_t next_id; /* counter, from 1 */
    uint64_t id_end;
};

/* [setup] `dir` NULL: epoch 1 without a file. OC_E_DATA: the file is damaged. OC_E_LIMIT: the last
 * epoch is used up. */
CHECKED oc_rc epoch_open(struct epoch *epoch, const char *dir, const uint8_t session[16]);
/* OC_E_LIMIT, OC_E_IO …: no id was given. */
CHECKED oc_rc epoch_next(struct epoch *epoch, uint64_t *ret_id);
/* [setup] The clean end. */
CHECKED oc_rc epoch_close(struct epoch *epoch, uint64_t last_seq);
/* Reads the file. OC_E_NOT_FOUND, OC_E_DATA, OC_E_TOO_NEW. */
CHECKED oc_rc epoch_read(const char *dir, struct journal_epoch_file *ret_file);

#endif
