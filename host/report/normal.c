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

/* Halves of a range: normal_below never falls, and no table of coefficients can be wrong. */
double normal_quantile(double p)
{
    double low = -40.0, high = 40.0;
    for (int i = 0; i < 200; i++) {
        const double middle = low + (high - low) / 2.0;
        if (middle == low || middle == high)
            break;
        if (normal_below(middle) < p)
            low = middle;
        else
            high = middle;
    }
    return low + (high - low) / 2.0;
}
