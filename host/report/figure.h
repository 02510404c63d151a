/* figure.h: a number that may not be known. */
#ifndef REPORT_FIGURE_H
#define REPORT_FIGURE_H

#include <stdbool.h>

struct figure {
    double value;
    bool is_known;
};

#endif
