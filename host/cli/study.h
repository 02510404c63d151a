/* study.h: what runs of a search came to, so that a search that was stopped goes on where it was: in memory, and in a file a line a run.
 *
 * Invariants
 * - A run is known by its window of time and its point. Its result is up to these, the words, the strategy and the data: the file's head
 *   holds the hash of the latter, and a file of others is refused.
 * - Lines are appended and carry a checksum; a line that was cut by a crash is dropped, and what stands behind it too. */
#ifndef CLI_STUDY_H
#define CLI_STUDY_H

#include "cli/probe.h"
#include "cli/search.h"

struct study_row {
    int64_t from_ns, to_ns; /* INT64_MIN, INT64_MAX: as the words say */
    uint32_t at[SEARCH_PARAMS_MAX];
    struct probe_result result;
};

struct study {
    struct study_row *rows; /* owned */
    uint32_t *places;       /* owned */
    uint32_t count;
    uint32_t room;
    uint32_t resumed; /* of them: from the file */
    int fd;           /* -1: no file */
    int lock_fd;      /* of the file: one search at a time */
};

/* `path` NULL: in memory alone. OC_E_STATE: the file is of another search. With *ret_error. Owned: study_close. */
CHECKED oc_rc study_open(struct study *study, const char *path, uint64_t hash, struct error *ret_error);
void study_close(struct study *study);
/* NULL: not known yet. Borrowed until the next one is added. */
const struct probe_result *study_find(const struct study *study, const struct study_row *key);
/* OC_E_NOMEM, OC_E_LIMIT, OC_E_IO. */
CHECKED oc_rc study_add(struct study *study, const struct study_row *row);

#endif
