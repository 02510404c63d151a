/* stats_tail.c: value at risk and expected shortfall (formula sheet 2). */
#include "report/stats.h"

#include <stdlib.h>

#include "base/detmath.h"
#include "report/normal.h"

int stats_ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
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
    qsort(scratch, n, sizeof *scratch, stats_ascending);
    uint32_t rank = (uint32_t)(((uint64_t)percent * n + 99) / 100); /* ceil(c n), 1..n */
    double beyond = stats_sum(scratch + rank, n - rank);
    /* k/n - c as a quotient of integers: 0 where it must be 0 */
    double edge = (double)((uint64_t)rank * 100 - (uint64_t)percent * n) / (100.0 * n);
    double shortfall = (edge * scratch[rank - 1] + beyond / n) / ((100 - percent) / 100.0);
    *ret_tail = (struct tail){scratch[rank - 1], shortfall, rank};
    return OC_OK;
}

struct normal_fit { /* of returns */
    double mean;
    double deviation;
    double z; /* the quantile of the confidence */
};

static oc_rc fit_normal(struct returns returns, uint32_t percent, struct normal_fit *ret_fit)
{
    if (percent < 1 || percent > 99)
        return OC_E_INVALID;
    oc_rc rc = stats_mean(returns, &ret_fit->mean);
    if (rc == OC_OK)
        rc = stats_deviation(returns, true, &ret_fit->deviation);
    ret_fit->z = normal_quantile(percent / 100.0);
    return rc;
}

oc_rc stats_tail_normal(struct returns returns, uint32_t percent, double periods, struct tail *ret_tail)
{
    struct normal_fit fit = {0};
    oc_rc rc = fit_normal(returns, percent, &fit);
    if (rc < 0)
        return rc;
    const double beyond = normal_density(fit.z) / ((100 - percent) / 100.0);
    *ret_tail = (struct tail){-fit.mean * periods + fit.z * fit.deviation * det_sqrt(periods),
                              -fit.mean + fit.deviation * beyond, 0};
    return OC_OK;
}

oc_rc stats_tail_shaped(struct returns returns, uint32_t percent, struct tail *ret_tail)
{
    struct normal_fit fit = {0};
    struct moments moments = {0};
    oc_rc rc = fit_normal(returns, percent, &fit);
    if (rc == OC_OK)
        rc = stats_moments(returns, &moments);
    if (rc < 0)
        return rc;
    const double z = -fit.z, skew = moments.skew, excess = moments.kurtosis - 3;
    const double moved =
        z + (z * z - 1) * skew / 6 + (z * z * z - 3 * z) * excess / 24 - (2 * z * z * z - 5 * z) * skew * skew / 36;
    *ret_tail = (struct tail){-(fit.mean + moved * fit.deviation), 0, 0};
    return OC_OK;
}
