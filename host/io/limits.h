/* limits.h: how much of a venue's rate limits is used, as its description counts them.
 *
 * Invariants
 * - A cost is taken when bytes leave, never before; what does not fit waits, and is told when it may.
 * - `reserve_ppm` of a limit is kept for cancels and reconciliation: lanes behind them meet the smaller bound.
 * - The venue's own count replaces ours where it is larger. */
#ifndef IO_LIMITS_H
#define IO_LIMITS_H

#include "base/checked.h"

#include <outcry/venue.h>
#include <stdbool.h>

enum { LIMITS_MAX = 32, LIMITS_SCOPES_MAX = 64 };

struct limit_use {
    uint32_t limit;
    uint32_t scope; /* account, or 0 for the address */
    uint64_t used;
    uint64_t before; /* SLIDING: of the window before */
    uint64_t max;    /* 0: the description's */
    int64_t period_ns;
    int64_t from_ns; /* of the window; BUCKET: of the last refill */
    int64_t shut_ns; /* closed until then */
};

struct limits {
    const struct oc_venue *venue; /* borrowed; NULL: none */
    struct limit_use uses[LIMITS_SCOPES_MAX];
    uint32_t count;
};

void limits_init(struct limits *limits, const struct oc_venue *venue);
/* May this cost be paid now? OC_OK, or OC_E_AGAIN with *ret_ns, when it may. OC_E_INVALID: no such limit. */
CHECKED oc_rc limits_may(struct limits *limits, struct oc_cost cost, uint32_t account, uint32_t lane, int64_t now_ns,
                         int64_t *ret_ns);
void limits_take(struct limits *limits, struct oc_cost cost, uint32_t account, int64_t now_ns);
void limits_give(struct limits *limits, struct oc_cost cost, uint32_t account, int64_t now_ns);
CHECKED oc_rc limits_used(struct limits *limits, uint32_t account, uint32_t limit, uint64_t used, int64_t now_ns);
CHECKED oc_rc limits_max(struct limits *limits, uint32_t account, uint32_t limit, uint64_t max, int64_t period_ns,
                         int64_t now_ns);
CHECKED oc_rc limits_shut(struct limits *limits, uint32_t account, uint32_t limit, int64_t until_ns, int64_t now_ns);

/* As of now: the bound in `max`, what counts against it in `used`. False: nothing of it was used yet, or there is no such limit. */
bool limits_look(const struct limits *limits, uint32_t limit, uint32_t account, int64_t now_ns,
                 struct limit_use *ret_use);

#endif
