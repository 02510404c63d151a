/* normal.h: the standard normal distribution from the portable elementary functions of base/detmath.h.
 *
 * Absolute errors below 1e-14 for the distribution, 1e-12 for the quantile between 1e-12 and 1 - 1e-12. All [any]. */
#ifndef REPORT_NORMAL_H
#define REPORT_NORMAL_H

#include <outcry/abi.h>

double normal_density(double x);
double normal_below(double x);    /* P(X <= x) */
double normal_quantile(double p); /* its inverse, 0 < p < 1; else the end of the range that is looked through, -+40 */

#endif
