/* checks.h: what was asked of a result behind it: whether it looked ahead, how many were tried before it, what luck makes of the same.
 *
 * Invariants
 * - None of it changes a figure. What was not asked is not made, and says why where somebody might wait for it.
 * - It is up to the run, its data and the trials that were counted: not to the clock, but for whether a run was short enough. */
#ifndef REPORT_CHECKS_H
#define REPORT_CHECKS_H

#include <stdio.h>

#include "base/text.h"
#include "report/figures.h"
#include "report/json_impl.h"

enum { CHECK_WHY_MAX = 200, CHECK_LUCK_KINDS = 2 };

struct check_repeat { /* runs of the same with less data, or of the same later */
    uint32_t wanted;  /* 0: not asked for */
    uint32_t compared;
    uint32_t parted;         /* of them: decided otherwise */
    char strategy[64];       /* of the first that did */
    int64_t cut_ns;          /* its data ended there */
    int64_t at_ns;           /* the first decision that is another */
    char why[CHECK_WHY_MAX]; /* not all were compared; "": nothing to say */
};

struct check_luck {           /* against markets of one kind */
    uint32_t made;            /* markets that could be compared */
    uint32_t below, even;     /* of them: with a lower score, and with the same */
    struct figure percentile; /* of the run among them: 100 (below + even / 2) / made */
    struct figure chance;     /* that luck makes as much or more: (1 + made - below) / (1 + made) */
};

struct check_trials {
    bool is_made;
    bool is_bounded;         /* more were made than are kept */
    uint64_t count;          /* of the strategies on these data, this one too */
    struct figure benchmark; /* Sharpe ratio of a year that the best of so many makes by luck */
    struct figure deflated;  /* probability that the true Sharpe ratio is above it (PERF-9) */
    char why[CHECK_WHY_MAX];
};

struct checks {
    struct check_repeat cuts;
    struct check_repeat later;
    struct check_trials trials;
    uint32_t luck_wanted;                     /* markets of each kind; 0: not asked for */
    bool is_by_sharpe;                        /* their score: the Sharpe ratio, else the return */
    struct check_luck luck[CHECK_LUCK_KINDS]; /* blocks, coins */
    char luck_why[CHECK_WHY_MAX];
};

/* Fills percentile and chance from the counts. */
void checks_luck(struct check_luck *luck);
/* The lower percentile of the two kinds of markets. */
struct figure checks_percentile(const struct checks *checks);
/* What the figures and checks come to, by the rules in the docs: "A" ... "F"; "": too little was asked. */
const char *checks_grade(const struct result *result, const struct figures *figures);

/* Rows as those of the report; nothing where nothing was asked. */
void checks_text(const struct checks *checks, FILE *out);
/* A sentence for each repeat that parted: on the standard error. */
void checks_complain(const struct checks *checks, FILE *out);
void checks_json(struct report_json *json, const struct checks *checks);
void checks_page(struct text *page, const struct checks *checks);

#endif
