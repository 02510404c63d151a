/* trials.h: how many were tried: a file in the user's data folder that counts strategies on data, so that the best of many is not taken
 * for skill.
 *
 * Invariants
 * - A trial is a strategy's text with its parameters on data; run again it is the same one. A group is all trials of strategies of one
 *   name on the same data.
 * - The file is a line a trial, each with a checksum, the oldest first; at most TRIALS_MAX. Where it is full, the group that was added
 *   to longest ago goes, as a whole; a group that fills it alone is bounded, and says so.
 * - It is replaced as a whole, by one process at a time: after any crash it is the old one or the new one. A damaged file is kept aside
 *   under another name, said, and a new one is begun.
 * - Not being able to count never fails a run: it is said. */
#ifndef REPORT_TRIALS_H
#define REPORT_TRIALS_H

#include <outcry/abi.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/checked.h"

enum { TRIALS_MAX = 20000, TRIALS_WAIT_MS = 3000, TRIALS_SAID_MAX = 400 };

struct trial {
    uint64_t group;
    uint64_t hash;
    double sharpe; /* of a period, not of a year; where is_known */
    bool is_known;
};

struct trials {
    struct trial *list; /* owned; room for TRIALS_MAX */
    uint32_t count;
    bool is_bounded; /* some of the group that is counted last are not in it */
};

struct trials_sum { /* of one group */
    uint64_t count;
    uint32_t known;  /* with a Sharpe ratio */
    double variance; /* of these, n - 1; 0 below two */
    bool is_bounded;
};

/* OC_E_NOMEM. trials_release takes what it left. */
CHECKED oc_rc trials_init(struct trials *trials);
void trials_release(struct trials *trials);
/* Adds it, or replaces what was said of it before. */
void trials_add(struct trials *trials, const struct trial *trial);
struct trials_sum trials_sum_of(const struct trials *trials, uint64_t group);

/* Counts all of `list`, of one group, in the file of `dir` (NULL: the user's data folder). Negative: nothing was counted, and ret_said
 * says why; "" or what else a person should know. */
CHECKED oc_rc trials_count(const char *dir, const struct trial *list, uint32_t count, struct trials_sum *ret_sum,
                           char ret_said[TRIALS_SAID_MAX]);
/* [any] All that is counted in `dir` (NULL: the user's data folder); nothing is changed. *ret_stamp is another one where the file is. OC_E_NOT_FOUND,
 * OC_E_DATA: damaged. Owned: trials_release. */
CHECKED oc_rc trials_read(const char *dir, struct trials *ret_trials, uint64_t *ret_stamp);

#endif
