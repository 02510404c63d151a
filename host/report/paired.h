/* paired.h: two series of results beside each other, two groups of trips, and the trips of one run in other orders: by drawing again, without
 * a table of any distribution.
 *
 * Invariants
 * - The seed decides the draws: the same series and seed give the same figures on every machine.
 * - Nothing is said of too few: OC_E_NOT_FOUND. All [any]; nothing is kept. OC_E_NOMEM. */
#ifndef REPORT_PAIRED_H
#define REPORT_PAIRED_H

#include <outcry/abi.h>
#include <stdint.h>

#include "base/checked.h"

enum { PAIRED_MIN = 20, PAIRED_DRAWS = 2000 };

struct paired { /* of a - b, pair by pair */
    uint32_t count, better, worse;
    double mean;
    double low, high; /* of the mean, 19 times in 20 */
    double chance;    /* that a is no better: the share of draws whose mean is 0 or below */
};
/* Blocks of n^(1/3) neighbours are drawn, round the end (Politis and Romano 1992): what days have of the days before stays. */
CHECKED oc_rc paired_compare(const double *a, const double *b, uint32_t count, uint64_t seed, struct paired *ret);

struct two_groups {
    double mean_a, mean_b;
    double chance; /* that they are alike: the share of permutations that part them as far or further (Fisher) */
};
/* At least PAIRED_MIN of each. */
CHECKED oc_rc paired_groups(const double *a, uint32_t a_count, const double *b, uint32_t b_count, uint64_t seed,
                            struct two_groups *ret);

struct range { /* 1 in 20 is below, half is, 19 in 20 are */
    double low, middle, high;
};
struct other_orders {
    struct range net;  /* of as many trips, drawn with putting back */
    struct range fall; /* the deepest fall of their sum from its peak */
};
/* At least PAIRED_MIN trips. */
CHECKED oc_rc paired_orders(const double *nets, uint32_t count, uint64_t seed, struct other_orders *ret);

#endif
