/* search.h: which parameters are tried next: all of a grid, some by chance, or by what came of those before.
 *
 * Invariants
 * - Pure: the same parameters, kind, seed and scores give the same points, in batches whose size is up to the search alone. So the same is
 *   tried, in whatever order and beside whatever the runs are made.
 * - A point is tried once. Scores are the higher the better; what has none (SEARCH_NO_SCORE) is worse than all others.
 * - At most SEARCH_PARAMS_MAX parameters of SEARCH_VALUES_MAX values each, and SEARCH_POINTS_MAX points. */
#ifndef CLI_SEARCH_H
#define CLI_SEARCH_H

#include <outcry/abi.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"
#include "base/error.h"

enum {
    SEARCH_PARAMS_MAX = 16,
    SEARCH_VALUES_MAX = 10000,
    SEARCH_POINTS_MAX = 100000,
    SEARCH_NAME_MAX = 64,
    SEARCH_WORD_MAX = 64,
    SEARCH_LIST_MAX = 512, /* bytes of a list of words */
    SEARCH_BATCH_MAX = 256,
    SEARCH_NEAR = 8 /* neighbours of a point that stand around it, where it is not a grid */
};

#define SEARCH_NO_SCORE (-1e308)

enum search_kind { SEARCH_GRID = 1, SEARCH_RANDOM, SEARCH_ADAPTIVE };

struct search_param { /* FROM..TO[:STEP], or words with commas between */
    char name[SEARCH_NAME_MAX];
    char words[SEARCH_LIST_MAX]; /* "": numbers */
    int64_t from, step;          /* units at `scale` */
    int scale;
    uint32_t count; /* of its values */
};

struct search_point {
    uint32_t at[SEARCH_PARAMS_MAX]; /* the number of each parameter's value, from 0 */
    double score;
};

struct search {
    struct search_param params[SEARCH_PARAMS_MAX];
    uint32_t param_count;
    uint32_t kind;
    uint32_t wanted; /* points to try; 0: of a grid all */
    uint64_t state;
    struct search_point *points; /* owned; tried, and from `told` on being tried */
    uint32_t *places;            /* of them by hash, 0: none; owned */
    uint32_t count, told;
    uint32_t *population; /* adaptive: which points; owned */
    uint32_t population_count;
    uint32_t targets[SEARCH_BATCH_MAX]; /* whom the points being tried would replace */
};

/* "fast=5..50:5", "mode=trend,range". OC_E_INVALID: *ret_error. */
CHECKED oc_rc search_add(struct search *search, const char *text, struct error *ret_error);
/* OC_E_LIMIT: more points than may be; *ret_error. OC_E_NOMEM. */
CHECKED oc_rc search_begin(struct search *search, uint32_t kind, uint32_t wanted, uint64_t seed,
                           struct error *ret_error);
void search_release(struct search *search);
/* Points that are to be tried now: search->points[told .. count - 1]. False: it has ended. */
bool search_next(struct search *search);
/* All of them have their scores. */
void search_tell(struct search *search);
/* The text of a value. */
const char *search_value(const struct search_param *param, uint32_t at, char ret_text[SEARCH_WORD_MAX]);
/* How many points there are in all; UINT64_MAX: more than can be counted. */
uint64_t search_size(const struct search *search);

/* The best point, the first of equals. False: none has a score. */
bool search_best(const struct search *search, uint32_t *ret_point);
/* The point whose neighbourhood is the best in its median: on a grid all that lie one step off at most, else the SEARCH_NEAR nearest of
 * those tried. What has no score counts as the worst. False: none has a score. *ret_level is that median. */
bool search_plateau(const struct search *search, uint32_t *ret_point, double *ret_level);
/* The neighbours of a point, itself too. Returns how many; at most `max`. */
uint32_t search_near(const struct search *search, uint32_t point, uint32_t *ret_list, uint32_t max);

#endif
