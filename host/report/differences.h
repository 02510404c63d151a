/* differences.h: where a venue was found to be other than what was known, by day and reason: what comparing with it, and what it said by itself,
 * has put right.
 *
 * Invariants
 * - Counted from what is recorded and what the engine made of it, so a run and the report of its records say the same.
 * - A day is one of UTC, by the local time of the record. Bounded: DIFFERENCES_MAX rows; what finds none is counted beyond. */
#ifndef REPORT_DIFFERENCES_H
#define REPORT_DIFFERENCES_H

#include "engine/out.h"

enum { DIFFERENCES_MAX = 512 };

struct difference {
    int64_t day_ns;    /* its first instant */
    const char *words; /* static */
    uint64_t count;
};

struct differences {
    struct difference rows[DIFFERENCES_MAX]; /* in the order of their first */
    uint32_t count;
    uint64_t beyond;
};

/* What the engine made of an input; `event` NULL: it had none. */
void differences_note(struct differences *differences, const struct out_note *note, const struct oc_event *event);

#endif
