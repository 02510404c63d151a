/* examine.h: what a backtest asks of its own result, in children: whether it looked ahead, what luck makes of the same strategy, and how
 * many were tried before it.
 *
 * Invariants
 * - A result is made before, and nothing here changes a figure of it.
 * - A run that took a second or more, or was stopped, is not repeated; `--quick` leaves repeats out.
 * - Children are forked from a process of one thread: where the journal has a worker, behind the session's end. */
#ifndef CLI_EXAMINE_H
#define CLI_EXAMINE_H

#include "cli/decisions.h"
#include "cli/probe.h"
#include "cli/run.h"
#include "report/checks.h"

enum {
    EXAMINE_CUTS = 10,
    EXAMINE_NULL_MIN = 20, /* fewer markets say nothing */
    EXAMINE_NULL_MAX = 10000,
    EXAMINE_FILE_MAX = 1 << 24 /* a data file that is cut in copies */
};

struct examination {
    struct run_examiner examiner;
    struct probe_words words;
    struct decisions decisions; /* of the run */
    struct checks checks;
    struct checks recorded; /* what the report of a recorded run shows of them */
    uint32_t workers;       /* 0: as many as there are cores */
    bool repeats;           /* asked for, and the run was short enough */
    bool is_due;            /* children are still to be made, behind the session's end */
    bool has_trials;
    bool has_finer; /* --intrabar: the same bars later have no inside */
    struct probe_result whole;
    int64_t first_ns, last_ns; /* of its data */
    char file[512];            /* the only data file, where it can be cut in copies; "": it cannot */
    char symbol[64], data_options[1024];
    char names[16][64]; /* of strategies, by number from 1 */
};

/* [setup] Takes research.* of the settings, its words are set, and becomes the run's examiner. Behind it the run is composed with decisions_stage(&examination->decisions). Negative:
 * session->words.error. */
CHECKED oc_rc examine_begin(struct examination *examination, struct run *run);
/* Behind the session's end: what examine() left over. True: there was something. */
bool examine_late(struct examination *examination);
/* Says what came of it, as the options want it; nothing while children are due. */
void examine_tell(const struct examination *examination, const struct options *options);
void examine_release(struct examination *examination);

#endif
