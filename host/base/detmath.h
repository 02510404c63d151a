/* detmath.h: elementary functions that give the same bits on every CPU, compiler and level of
 * optimisation.
 *
 * The system's libm picks another implementation by CPU features, and its last bit is no promise.
 * These are built from + - * /, the square root (exact by IEEE 754) and integer operations only,
 * compiled with -ffp-contract=off; results are within 2 units in the last place (mostly below 0.6).
 * Domain errors give NaN, poles infinities, as in C.
 *
 * [any] No state, no errno.
 */
#ifndef BASE_DETMATH_H
#define BASE_DETMATH_H

double det_sqrt(double x); /* correctly rounded */
double det_exp(double x);
double det_log(double x);
double det_log2(double x);  /* exact for powers of two */
double det_log10(double x); /* exact for powers of ten */
double det_pow(double x, double y);
double det_sin(double x); /* radians; also for large ones */
double det_cos(double x);
double det_tan(double x);
double det_asin(double x);
double det_acos(double x);
double det_atan2(double y, double x);
double det_floor(double x);
double det_ceil(double x);
double det_trunc(double x);
double det_fmod(double x, double y); /* exact; sign of x */

#endif
