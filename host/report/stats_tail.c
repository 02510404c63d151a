/* stats_tail.c: value at risk and expected shortfall (formula sheet 2). */
#include "report/stats.h"

#include <stdlib.h>

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
