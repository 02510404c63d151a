/* stats.h: returns, ratios, drawdown and value at risk of a series, as the formula sheet defines them (PERF, VAR).
 *
 * Invariants
 * - "Not available" (too few samples, a zero denominator, a value that may not be divided by) is OC_E_NOT_FOUND. No
 *   function gives 0 or NaN in its place, and outputs are untouched then. OC_E_INVALID: an argument makes no sense.
 * - Sums are compensated (Neumaier); logarithms, powers and roots come from base/detmath.h, so the bits are the same on
 *   every machine.
 * - Returns are per period, simple, 0.01 is one per cent. `periods` is how many make a year: 252 session days, 365 days
 *   round the clock. Losses, drawdowns and values at risk are positive when bad.
 * - All [any]; nothing is kept. */
#ifndef REPORT_STATS_H
#define REPORT_STATS_H

#include <outcry/abi.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

/* A set of returns, borrowed. */
struct returns {
    const double *values;
    uint32_t count;
};

double stats_sum(const double *values, uint32_t count);
/* count values give count - 1 returns into ret_returns. A value <= 0 before the last: OC_E_NOT_FOUND. */
CHECKED oc_rc stats_returns(const double *values, uint32_t count, double *ret_returns);

CHECKED oc_rc stats_mean(struct returns returns, double *ret_mean);
/* Divisor n - 1 (sample) or n (population) (PERF-2). */
CHECKED oc_rc stats_deviation(struct returns returns, bool is_sample, double *ret_deviation);
CHECKED oc_rc stats_volatility(struct returns returns, double periods, double *ret_volatility);
/* risk_free is per period. OC_E_NOT_FOUND when every return is the same (PERF-3). */
CHECKED oc_rc stats_sharpe(struct returns returns, double risk_free, double periods, double *ret_ratio);
/* Root of the mean square of what is below `target`, all n in the divisor (PERF-4). */
CHECKED oc_rc stats_downside(struct returns returns, double target, double *ret_deviation);
CHECKED oc_rc stats_sortino(struct returns returns, double target, double periods, double *ret_ratio);
/* Compound annual growth over `count` periods (PERF-5). */
CHECKED oc_rc stats_cagr(double start, double end, uint32_t count, double periods, double *ret_growth);

CHECKED oc_rc stats_calmar(double growth, double drawdown, double *ret_ratio);
/* Root mean square of the drawdowns of values 1 .. count - 1 (PERF-7). */
CHECKED oc_rc stats_ulcer(const double *values, uint32_t count, double *ret_index);

struct moments { /* of the population */
    double skew;
    double kurtosis; /* not the excess: 3 for a normal distribution */
};
CHECKED oc_rc stats_moments(struct returns returns, struct moments *ret_moments);
/* Probability that the true Sharpe ratio is above zero (PERF-9); *ret_z the score behind it, may be NULL. */
CHECKED oc_rc stats_probable_sharpe(struct returns returns, double *ret_z, double *ret_probability);

/* What is known of a Sharpe ratio that is not of a year: mean / s of `count` returns of that shape. */
struct sharpe_sample {
    double ratio;
    double count;
    struct moments moments;
};
/* The Sharpe ratio that the best of so many trials without any skill is expected to have, where those of trials vary so; 0 for one
 * (Bailey and Lopez de Prado 2014). */
CHECKED oc_rc stats_best_of_luck(uint64_t trials, double variance, double *ret_ratio);
/* Probability that the true Sharpe ratio is above `benchmark` (PERF-9): above 0 the probable one, above the best of luck the deflated. */
CHECKED oc_rc stats_sharpe_above(struct sharpe_sample sample, double benchmark, double *ret_z, double *ret_probability);

/* Of two doubles, for qsort. */
int stats_ascending(const void *a, const void *b);
/* Confidence as per cent, 1..99: the rank k = ceil(c n) is made of integers. `scratch` has room for count doubles. */
struct tail {
    double value_at_risk;
    double shortfall;
    uint32_t rank; /* k, from 1 */
};
CHECKED oc_rc stats_tail(struct returns returns, uint32_t percent, double *scratch, struct tail *ret_tail);
/* As if returns were normal with their mean and sample deviation, over `periods` of them; the shortfall is that of one (VAR-5). Rank 0. */
CHECKED oc_rc stats_tail_normal(struct returns returns, uint32_t percent, double periods, struct tail *ret_tail);
/* The same of one period with the quantile moved by skew and excess kurtosis (Cornish and Fisher 1937; VAR-7); it has no shortfall: 0. */
CHECKED oc_rc stats_tail_shaped(struct returns returns, uint32_t percent, struct tail *ret_tail);

#endif
