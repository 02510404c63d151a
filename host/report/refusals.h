/* refusals.h: what was not done as it was asked, by who said no and why.
 *
 * Invariants
 * - Counted from what is recorded alone, so a run and the report of its records say the same.
 * - The first REFUSALS_MAX of kind, rule and reason have a line each; others are counted together. */
#ifndef REPORT_REFUSALS_H
#define REPORT_REFUSALS_H

#include <outcry/event.h>

enum { REFUSALS_MAX = 64 };

enum refusal_kind {
    REFUSAL_DENIED = 1, /* by a risk rule or the host: it never left the house */
    REFUSAL_REJECTED,   /* by the venue */
    REFUSAL_AMEND,      /* an amendment, by the venue */
    REFUSAL_CANCEL,     /* a cancellation, by the venue */
    REFUSAL_ENDED       /* the venue ended an order that nobody had canceled */
};

struct refusal {
    uint32_t kind;
    uint32_t zero;
    uint64_t count;
    char reason[OC_REASON_MAX]; /* of a venue: foreign text */
    char rule[OC_REASON_MAX];   /* that denied it; "": a venue, or a record of before rules were named */
};

struct refusals {
    struct refusal list[REFUSALS_MAX];
    uint32_t count;
    uint32_t zero;
    uint64_t beyond; /* of those that have no line */
};

void refusals_add(struct refusals *refusals, uint32_t kind, const char reason[OC_REASON_MAX],
                  const char rule[OC_REASON_MAX]);
/* What an answer says; others change nothing. */
void refusals_take(struct refusals *refusals, const struct oc_event *event);
/* Lines with the most first; at equal counts as they came. Static words of a kind: "rejected". */
void refusals_sorted(const struct refusals *refusals, const struct refusal *ret_list[REFUSALS_MAX]);
const char *refusal_words(uint32_t kind);

#endif
