/* fill_run.h: one file of the index of fills: sorted identities that never change.
 *
 * Invariants
 *   - It holds every fill that the orders stream has behind `from_seq`, up to and including `to_seq`. Its name says so:
 *     fills-FROM-TO, twenty digits each.
 *   - Written under another name, synced, renamed: it is there whole or not at all. Each block of it carries a check, so
 *     that a damaged one is found when it is asked, and no answer is made of it.
 *   - Identities are hashes, so they lie evenly: a question costs two or three blocks, however many there are.
 */
#ifndef JOURNAL_FILL_RUN_H
#define JOURNAL_FILL_RUN_H

#include "base/checked.h"
#include "base/fill_key.h"
#include "journal/limits.h"

enum { FILL_BLOCK_KEYS = 255 };

struct fill_block {
    struct fill_key keys[FILL_BLOCK_KEYS];
    uint32_t count;
    uint32_t zero;
    uint64_t check; /* of the bytes before, the run and the block's place in it */
};

/* The last 4096 bytes of the file. */
struct fill_foot {
    uint64_t magic;
    uint32_t version;
    uint32_t zero;
    uint64_t from_seq;
    uint64_t to_seq;
    uint64_t count;
    uint64_t blocks;
    uint64_t check;
    uint8_t rest[JOURNAL_PAGE - 56];
};

_Static_assert(sizeof(struct fill_block) == JOURNAL_PAGE && sizeof(struct fill_foot) == JOURNAL_PAGE,
               "docs/journal-format.md gives these sizes");

struct fill_run {
    uint64_t from_seq;
    uint64_t to_seq;
    uint64_t count;
    uint64_t blocks;
    int fd;
};

void fill_run_name(char name[JOURNAL_NAME_MAX], uint64_t from_seq, uint64_t to_seq);
/* True when `name` is one of a run. */
bool fill_run_parse(const char *name, uint64_t *ret_from, uint64_t *ret_to);
/* Opens what the name says. OC_E_DATA: its foot is damaged. Owned: fill_run_close. */
CHECKED oc_rc fill_run_open(const char *dir, uint64_t from_seq, uint64_t to_seq, struct fill_run *ret_run);
void fill_run_close(struct fill_run *run);
/* OC_E_DATA: the block that would hold it is damaged. OC_E_IO. */
CHECKED oc_rc fill_run_has(const struct fill_run *run, struct fill_key key, bool *ret_has);
/* Makes a run of `count` sorted keys and opens it; equal neighbours are kept once. */
CHECKED oc_rc fill_run_make(const char *dir, uint64_t from_seq, uint64_t to_seq, const struct fill_key *keys,
                            size_t count, struct fill_run *ret_run);
/* Makes one run of `count` neighbours, at most FILL_MERGE, and opens it. They stay as they are. */
CHECKED oc_rc fill_run_merge(const char *dir, const struct fill_run *runs, uint32_t count, struct fill_run *ret_run);

#endif
