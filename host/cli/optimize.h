/* optimize.h: `outcry optimize`: a search for parameters, over all of the data, a part of them, or window after window.
 *
 * Invariants
 * - A run is a backtest of the host in a child. What is found is up to the words, the strategy and the data alone: not to the number of
 *   workers, nor to where a search was stopped and gone on with.
 * - Every run counts as a trial of its data. */
#ifndef CLI_OPTIMIZE_H
#define CLI_OPTIMIZE_H

#include "cli/search.h"
#include "cli/study.h"
#include "report/checks.h"

enum { OPTIMIZE_WINDOWS_MAX = 50, OPTIMIZE_TOP = 10, OPTIMIZE_WORDS_MAX = 1200, OPTIMIZE_OVER_MAX = SEARCH_PARAMS_MAX };

struct optimize_wish {
    struct probe_words words; /* of the backtest */
    char *argv[OPTIMIZE_WORDS_MAX];
    const char *over[OPTIMIZE_OVER_MAX];
    uint32_t over_count;
    uint32_t kind; /* enum search_kind */
    uint32_t trials;
    uint32_t objective; /* enum probe_figure */
    uint32_t workers;   /* 0: one a core */
    uint32_t min_trips;
    uint32_t windows;        /* of a walk forward; 0: none */
    uint32_t out_percent;    /* of the time kept out of the search; 0: none */
    const char *study, *map; /* files; NULL: none */
    bool is_json, is_quiet, has_trials;
};

struct optimize_choice { /* one point and what it came to */
    bool is_known;
    uint32_t at[SEARCH_PARAMS_MAX];
    struct probe_result in, out; /* in the window of the search, and in what was kept out */
    bool has_out;
};

struct optimize_window {
    int64_t from_ns, split_ns, to_ns; /* searched up to the split, run from there */
    struct optimize_choice choice;
};

struct optimize {
    struct optimize_wish wish;
    struct search search;
    struct study study;
    struct probe_result base;     /* of the first point on all of the data */
    struct probe_result *results; /* of the search's points; owned */
    struct optimize_choice best, plateau;
    double plateau_level;
    uint32_t best_point, plateau_point;
    uint64_t failed; /* runs that did not come to an end */
    char first_error[PROBE_TEXT_MAX];
    struct optimize_window windows[OPTIMIZE_WINDOWS_MAX];
    int64_t split_ns; /* the search ends here; INT64_MAX: it has all data */
    struct check_trials trials;
    struct error error;
    uint32_t runs; /* made now, and not found in the study */
    int64_t begun_ns;
};

/* optimize_show.c */
void optimize_text(const struct optimize *optimize, FILE *out);
CHECKED oc_rc optimize_json(const struct optimize *optimize, FILE *out);
/* optimize_map.c: the plane of two parameters as a page. */
CHECKED oc_rc optimize_map(const struct optimize *optimize, const char *path);

#endif
