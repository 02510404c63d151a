/* plots.h: what strategies plot, kept for the report. It is not recorded, and nothing is decided by it.
 *
 * Invariants
 * - The first PLOTS_MAX series are kept, each with at most PLOT_POINTS_MAX points: at the limit every other one goes, and as many are
 *   left out between two from then on. What found no room is counted.
 * - A series belongs to one strategy and one instrument; of two values at one instant the last one stays. */
#ifndef SESSION_PLOTS_H
#define SESSION_PLOTS_H

#include "script/strategy.h"

enum { PLOTS_MAX = 64, PLOT_POINTS_MAX = 4096 };

struct plot_point {
    int64_t ns;
    double value;
};

struct plot {
    char name[STRATEGY_PLOT_NAME_MAX];
    uint32_t strategy;
    uint32_t inst_index;
    uint32_t pane; /* of the last value */
    uint32_t count;
    uint32_t room;
    uint32_t stride;           /* values a point */
    uint64_t values;           /* ever */
    struct plot_point *points; /* owned */
};

struct plots {
    struct plot list[PLOTS_MAX];
    uint32_t count;
    uint32_t zero;
    uint64_t not_kept; /* values of series beyond the limit, or for want of memory */
};

/* Zeroed is empty. */
void plots_release(struct plots *plots);
/* A strategy_plot_fn; `plots` is a struct plots. */
void plots_take(void *plots, const struct strategy_plot *plot);

#endif
