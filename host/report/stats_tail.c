/* stats_tail.c: value at risk and expected shortfall (formula sheet 2). */
#include "report/stats.h"

#include <stdlib.h>

#include "base/detmath.h"
#include "report/normal.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

oc_rc stats_tail(struct returns returns, uint32_t percent, double *scratch, struct tail *ret_tail)
{
    uint32_t n = returns.count;
    if (percent < 1 || percent > 99)
        return OC_E_INVALID;
    if (n == 0)
        return OC_E_NOT_FOUND;
    for (uint32_t i = 0; i < n; i++)
        scratch[i] = -returns.values[i];
    qsort(scratch, n, sizeof *scratch, ascending);
    uint32_t rank = (uint32_t)(((uint64_t)percent * n + 99) / 100); /* ceil(c n), 1..n */
    double beyond = stats_sum(scratch + rank, n - rank);
    /* k/n - c as a quotient of integers: 0 where it must be 0 */
    double edge = (double)((uint64_t)rank * 100 - (uint64_t)percent * n) / (100.0 * n);
    double shortfall = (edge * scratch[rank - 1] + beyond / n) / ((100 - percent) / 100.0);
    *ret_tail = (struct tail){scratch[rank - 1], shortfall, rank};
    return OC_OK;
}

/* What every parametric measure starts from. */
static oc_rc shape(struct returns returns, uint32_t percent, double *ret_mean, double *ret_deviation, double *ret_z)
{
    if (percent < 1 || percent > 99)
        return OC_E_INVALID;
    double mean, deviation, z;
    if (stats_mean(returns, &mean) < 0 || stats_deviation(returns, true, &deviation) < 0 || deviation == 0.0)
        return OC_E_NOT_FOUND;
    oc_rc rc = normal_quantile(percent / 100.0, &z);
    if (rc < 0)
        return rc;
    *ret_mean = mean;
    *ret_deviation = deviation;
    *ret_z = z;
    return OC_OK;
}

oc_rc stats_tail_normal(struct returns returns, uint32_t percent, double horizon, struct tail *ret_tail)
{
    double mean, deviation, z;
    if (!(horizon > 0.0))
        return OC_E_INVALID;
    oc_rc rc = shape(returns, percent, &mean, &deviation, &z);
    if (rc < 0)
        return rc;
    *ret_tail = (struct tail){-mean * horizon + z * deviation * det_sqrt(horizon),
                              -mean + deviation * normal_density(z) / ((100 - percent) / 100.0), 0};
    return OC_OK;
}

oc_rc stats_cornish_fisher(struct returns returns, uint32_t percent, struct cornish_fisher *ret_tail)
{
    double mean, deviation, z;
    struct moments moments;
    oc_rc rc = shape(returns, percent, &mean, &deviation, &z);
    if (rc == OC_OK)
        rc = stats_moments(returns, &moments);
    if (rc < 0)
        return rc;
    double s = moments.skew, k = moments.kurtosis - 3.0;
    z = -z;
    double square = z * z, cube = square * z;
    double adjusted =
        z + (square - 1.0) * s / 6.0 + (cube - 3.0 * z) * k / 24.0 - (2.0 * cube - 5.0 * z) * s * s / 36.0;
    *ret_tail = (struct cornish_fisher){s, k, adjusted, -(mean + adjusted * deviation)};
    return OC_OK;
}
