#include "report/normal.h"

#include "base/detmath.h"

static const double root_of_2_pi = 2.5066282746310005024;

double normal_density(double x) { return det_exp(-0.5 * x * x) / root_of_2_pi; }

/* The upper tail of x >= 5 by its continued fraction x + 1/(x + 2/(x + 3/...)), evaluated from the far end. */
static double tail_above(double x)
{
    double fraction = x;
    for (int k = 60; k >= 1; k--)
        fraction = x + k / fraction;
    return normal_density(x) / fraction;
}

double normal_below(double x)
{
    double size = x < 0 ? -x : x;
    if (size > 40)
        return x < 0 ? 0.0 : 1.0;
    if (size >= 5)
        return x < 0 ? tail_above(size) : 1.0 - tail_above(size);
    /* 1/2 + density * (x + x^3/3 + x^5/(3 5) + ...): every term has the same sign, so nothing cancels. */
    double term = x, sum = x;
    for (int k = 3; k < 400; k += 2) {
        term *= x * x / k;
        double next = sum + term;
        if (next == sum)
            break;
        sum = next;
    }
    return 0.5 + normal_density(x) * sum;
}

oc_rc normal_quantile(double p, double *ret_x)
{
    if (!(p > 0.0 && p < 1.0))
        return OC_E_INVALID;
    double low = -40.0, high = 40.0, x = 0.0;
    for (int i = 0; i < 200 && high - low > 1e-15; i++) { /* Newton, kept inside a bracket that always shrinks */
        double error = normal_below(x) - p, density = normal_density(x);
        if (error == 0.0)
            break;
        if (error > 0.0)
            high = x;
        else
            low = x;
        double next = density > 0.0 ? x - error / density : low;
        if (!(next > low && next < high))
            next = 0.5 * (low + high);
        double step = next - x;
        x = next;
        if (step < 1e-15 && step > -1e-15)
            break;
    }
    *ret_x = x;
    return OC_OK;
}
