#include "report/stats.h"

#include <stddef.h>

#include "base/detmath.h"

/* Neumaier's sum: `lost` carries the low bits that each addition drops. */
struct sum {
    double total;
    double lost;
};

static void sum_add(struct sum *sum, double value)
{
    double total = sum->total + value;
    double a = sum->total < 0 ? -sum->total : sum->total, b = value < 0 ? -value : value;
    sum->lost += a >= b ? (sum->total - total) + value : (value - total) + sum->total;
    sum->total = total;
}

static double sum_value(struct sum sum) { return sum.total + sum.lost; }

/* Neither NaN nor infinite. */
static bool is_finite(double value) { return value - value == 0.0; }

static oc_rc give(double value, double *ret)
{
    if (!is_finite(value))
        return OC_E_NOT_FOUND;
    *ret = value;
    return OC_OK;
}

double stats_sum(const double *values, uint32_t count)
{
    struct sum sum = {0, 0};
    for (uint32_t i = 0; i < count; i++)
        sum_add(&sum, values[i]);
    return sum_value(sum);
}

oc_rc stats_returns(const double *values, uint32_t count, double *ret_returns)
{
    if (count < 2)
        return OC_E_NOT_FOUND;
    for (uint32_t i = 0; i + 1 < count; i++)
        if (!(values[i] > 0.0))
            return OC_E_NOT_FOUND;
    for (uint32_t i = 1; i < count; i++)
        ret_returns[i - 1] = values[i] / values[i - 1] - 1.0;
    return OC_OK;
}

oc_rc stats_mean(struct returns returns, double *ret_mean)
{
    if (returns.count == 0)
        return OC_E_NOT_FOUND;
    return give(stats_sum(returns.values, returns.count) / returns.count, ret_mean);
}

/* Sum of (r - mean)^power. */
static double central(struct returns returns, double mean, int power)
{
    struct sum sum = {0, 0};
    for (uint32_t i = 0; i < returns.count; i++) {
        double off = returns.values[i] - mean, product = off;
        for (int k = 1; k < power; k++)
            product *= off;
        sum_add(&sum, product);
    }
    return sum_value(sum);
}

static bool is_constant(struct returns returns)
{
    for (uint32_t i = 1; i < returns.count; i++)
        if (returns.values[i] != returns.values[0])
            return false;
    return true;
}

oc_rc stats_deviation(struct returns returns, bool is_sample, double *ret_deviation)
{
    double mean;
    if (returns.count < (is_sample ? 2u : 1u) || stats_mean(returns, &mean) < 0)
        return OC_E_NOT_FOUND;
    if (is_constant(returns)) /* a mean that rounds must not make a deviation out of nothing */
        return give(0.0, ret_deviation);
    return give(det_sqrt(central(returns, mean, 2) / (returns.count - is_sample)), ret_deviation);
}

oc_rc stats_volatility(struct returns returns, double periods, double *ret_volatility)
{
    double deviation;
    if (!(periods > 0.0))
        return OC_E_INVALID;
    oc_rc rc = stats_deviation(returns, true, &deviation);
    return rc < 0 ? rc : give(deviation * det_sqrt(periods), ret_volatility);
}

oc_rc stats_sharpe(struct returns returns, double risk_free, double periods, double *ret_ratio)
{
    double mean = 0.0, deviation = 0.0;
    if (!(periods > 0.0))
        return OC_E_INVALID;
    oc_rc rc = stats_deviation(returns, true, &deviation);
    if (rc == OC_OK)
        rc = stats_mean(returns, &mean);
    if (rc < 0 || deviation == 0.0)
        return OC_E_NOT_FOUND;
    return give((mean - risk_free) / deviation * det_sqrt(periods), ret_ratio);
}

oc_rc stats_downside(struct returns returns, double target, double *ret_deviation)
{
    struct sum sum = {0, 0};
    if (returns.count == 0)
        return OC_E_NOT_FOUND;
    for (uint32_t i = 0; i < returns.count; i++) {
        double off = returns.values[i] - target;
        if (off < 0.0)
            sum_add(&sum, off * off);
    }
    return give(det_sqrt(sum_value(sum) / returns.count), ret_deviation);
}

oc_rc stats_sortino(struct returns returns, double target, double periods, double *ret_ratio)
{
    double mean, downside;
    if (!(periods > 0.0))
        return OC_E_INVALID;
    if (returns.count < 2 || stats_mean(returns, &mean) < 0 || stats_downside(returns, target, &downside) < 0 ||
        downside == 0.0)
        return OC_E_NOT_FOUND;
    return give((mean - target) / downside * det_sqrt(periods), ret_ratio);
}

oc_rc stats_cagr(double start, double end, uint32_t count, double periods, double *ret_growth)
{
    if (!(periods > 0.0))
        return OC_E_INVALID;
    if (count == 0 || !(start > 0.0) || !(end > 0.0))
        return OC_E_NOT_FOUND;
    return give(det_pow(end / start, periods / count) - 1.0, ret_growth);
}

oc_rc stats_calmar(double growth, double drawdown, double *ret_ratio)
{
    return drawdown > 0.0 ? give(growth / drawdown, ret_ratio) : OC_E_NOT_FOUND;
}

oc_rc stats_ulcer(const double *values, uint32_t count, double *ret_index)
{
    struct sum sum = {0, 0};
    if (count < 2)
        return OC_E_NOT_FOUND;
    double peak = values[0];
    for (uint32_t i = 1; i < count; i++) {
        if (values[i] > peak)
            peak = values[i];
        if (!(peak > 0.0))
            return OC_E_NOT_FOUND;
        double share = (peak - values[i]) / peak;
        sum_add(&sum, share * share);
    }
    return give(det_sqrt(sum_value(sum) / (count - 1)), ret_index);
}

oc_rc stats_moments(struct returns returns, struct moments *ret_moments)
{
    double mean, deviation;
    if (stats_mean(returns, &mean) < 0 || stats_deviation(returns, false, &deviation) < 0 || deviation == 0.0)
        return OC_E_NOT_FOUND;
    double variance = deviation * deviation, n = returns.count;
    struct moments moments = {central(returns, mean, 3) / n / (variance * deviation),
                              central(returns, mean, 4) / n / (variance * variance)};
    if (!is_finite(moments.skew) || !is_finite(moments.kurtosis))
        return OC_E_NOT_FOUND;
    *ret_moments = moments;
    return OC_OK;
}
