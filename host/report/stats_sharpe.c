/* stats_sharpe.c: how sure a Sharpe ratio is: above zero, and above what the best of many makes by luck (formula sheet, PERF-9). */
#include "base/detmath.h"
#include "report/normal.h"
#include "report/stats.h"

static const double euler_gamma = 0.57721566490153286061;
static const double e = 2.71828182845904523536;

oc_rc stats_best_of_luck(uint64_t trials, double variance, double *ret_ratio)
{
    if (trials == 0 || !(variance >= 0.0))
        return OC_E_INVALID;
    if (trials == 1) { /* nothing was chosen */
        *ret_ratio = 0.0;
        return OC_OK;
    }
    const double n = (double)trials;
    const double best =
        (1.0 - euler_gamma) * normal_quantile(1.0 - 1.0 / n) + euler_gamma * normal_quantile(1.0 - 1.0 / (n * e));
    *ret_ratio = det_sqrt(variance) * best;
    return OC_OK;
}

oc_rc stats_sharpe_above(struct sharpe_sample sample, double benchmark, double *ret_z, double *ret_probability)
{
    const double ratio = sample.ratio;
    const double spread = 1.0 - sample.moments.skew * ratio + (sample.moments.kurtosis - 1.0) / 4.0 * ratio * ratio;
    if (!(sample.count > 1.0) || !(spread > 0.0))
        return OC_E_NOT_FOUND;
    const double z = (ratio - benchmark) * det_sqrt(sample.count - 1.0) / det_sqrt(spread);
    const double probability = normal_below(z);
    if (!(probability - probability == 0.0)) /* not a number */
        return OC_E_NOT_FOUND;
    *ret_probability = probability;
    if (ret_z)
        *ret_z = z;
    return OC_OK;
}

oc_rc stats_probable_sharpe(struct returns returns, double *ret_z, double *ret_probability)
{
    struct sharpe_sample sample = {.count = returns.count};
    oc_rc rc = stats_sharpe(returns, 0.0, 1.0, &sample.ratio);
    if (rc == OC_OK)
        rc = stats_moments(returns, &sample.moments);
    return rc == OC_OK ? stats_sharpe_above(sample, 0.0, ret_z, ret_probability) : rc;
}
