/* paths.h: the prices of what was traded, as the page draws them: open, high, low and close of neighbouring events.
 *
 * Invariants
 * - The first PATHS_MAX instruments that have prices are kept, each with at most PATHS_POINTS_MAX points: at the limit two neighbours become one,
 *   and a point is twice as many events from then on. The highest and the lowest price are never lost.
 * - Prices are doubles: for drawing alone. */
#ifndef REPORT_PATHS_H
#define REPORT_PATHS_H

#include <stdint.h>

#include "engine/instruments.h"
#include "engine/market.h"
#include "report/collect.h"

enum { PATHS_MAX = 8, PATHS_POINTS_MAX = 4096 };

struct path_point {
    int64_t from_ns; /* of the first event, of a bar its open */
    int64_t ns;      /* of the last one */
    double open;
    double high;
    double low;
    double close;
};

struct path {
    uint32_t inst_index;
    uint32_t count;
    uint32_t stride;           /* events a point */
    uint32_t filled;           /* of the last point */
    struct path_point *points; /* PATHS_POINTS_MAX; owned */
};

struct paths {
    struct path list[PATHS_MAX];
    uint32_t count;
    uint32_t not_kept; /* instruments beyond the limit had prices, or there was no memory */
};

/* Zeroed is empty. */
void paths_release(struct paths *paths);
/* Behind a market event: what the market says now. *ret_seen is what of it is new. False: it has no price. */
bool paths_take(struct paths *paths, const struct instrument *instrument, const struct market *market, int64_t now_ns,
                struct price_seen *ret_seen);

#endif
