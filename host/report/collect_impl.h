/* collect_impl.h: what the files of the collection share. */
#ifndef REPORT_COLLECT_IMPL_H
#define REPORT_COLLECT_IMPL_H

#include "report/collect.h"

enum {
    AT_NONE = 0,
    AT_OWN = 1,
    AT_LIST = 2
}; /* running->at: nothing runs, running->own, a place of the list behind it */

/* The trip that runs there; NULL: none. */
static inline struct trip *running_trip(const struct collect *collect, const struct running *running)
{
    if (running->at == AT_NONE)
        return NULL;
    return running->at == AT_OWN ? running->own : &collect->trips[running->at - AT_LIST];
}

/* 1 where a higher value is better for it. The value of an inverse contract falls with its price. */
static inline int trip_sign(const struct trip *trip, const struct instrument *instrument)
{
    return (trip->side == OC_SIDE_BUY) == (instrument->info.kind != OC_KIND_INVERSE) ? 1 : -1;
}

/* Its profit before fees, were what is left of it worth this price, joins its worst and best. */
void trip_path_at(struct trip *trip, const struct instrument *instrument, int64_t price);
/* A trip that has ended. */
void trip_groups_add(struct trip_groups *groups, const struct trip *trip, uint32_t settle);

#endif
