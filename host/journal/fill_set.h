/* fill_set.h: every fill that a session's orders stream has, behind bounded memory: the youngest in a tail, the others in
 * sorted runs.
 *
 * Invariants
 *   - It is made of the records alone (their identities, in their order) and can be made again from them: what a crash
 *     took is added again, what the journal has lost is not in it.
 *   - Runs and tail together hold each fill up to last_seq; nothing beyond, nothing between is missing.
 *   - The tail is also a file, written in pieces and not synced: a torn one counts up to where it is whole. Its first
 *     entry has no key and says which runs it goes on from.
 *   - Memory does not depend on the number of fills. One thread uses it.
 */
#ifndef JOURNAL_FILL_SET_H
#define JOURNAL_FILL_SET_H

#include "base/checked.h"
#include "base/env.h"
#include "journal/fill_run.h"

struct fill_entry { /* of the tail, and of its file */
    struct fill_key key;
    uint64_t seq;
    uint64_t check;
};

struct fill_set {
    char dir[ENV_PATH_MAX];
    struct fill_run runs[FILL_RUNS_MAX];
    uint32_t run_count;
    uint32_t tail_max;
    struct fill_entry *tail;
    uint32_t tail_count;
    uint32_t tail_written;  /* entries that the file has */
    struct fill_key *table; /* of the tail: open addressing, power of two */
    uint32_t table_size;
    int tail_fd;
    uint64_t run_seq;  /* the runs hold everything up to here */
    uint64_t last_seq; /* with the tail: up to here */
};

/* Takes what is in the folder up to record `journal_seq`; what speaks of later ones or is damaged is removed. `tail_max`
 * 0: FILL_TAIL. OC_E_NOMEM, OC_E_IO, OC_E_LIMIT. Owned: fill_set_close, also on failure. */
CHECKED oc_rc fill_set_open(struct fill_set *set, const char *dir, uint64_t journal_seq, uint32_t tail_max);
/* What was added is in the file when it returns OC_OK. Takes a zeroed set. */
CHECKED oc_rc fill_set_close(struct fill_set *set);
/* In the order of the records; one at or before last_seq is there already. */
CHECKED oc_rc fill_set_add(struct fill_set *set, struct fill_key key, uint64_t seq);
/* Brings the tail's file up to what was added. */
CHECKED oc_rc fill_set_write(struct fill_set *set);
/* OC_E_DATA: a run is damaged; it was removed, and the next opening says from where it must be filled up. */
CHECKED oc_rc fill_set_has(struct fill_set *set, struct fill_key key, bool *ret_has);
/* Identities held, runs and tail; one that was recorded twice may count twice. */
uint64_t fill_set_count(const struct fill_set *set);

#endif
