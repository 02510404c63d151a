/* axis.h: round numbers and round dates for the edges of a chart. All [any]. */
#ifndef REPORT_AXIS_H
#define REPORT_AXIS_H

#include <stdint.h>

enum { AXIS_TICKS_MAX = 16, AXIS_LABEL_MAX = 32 };

struct axis {
    double low; /* of the axis, not of the data */
    double high;
    double step;
    int digits; /* after the point in labels */
};

struct axis_tick {
    int64_t ns;
    char label[AXIS_LABEL_MAX];
};

/* An axis of about `ticks` steps of 1, 2 or 5 times a power of ten around low..high. */
struct axis axis_make(double low, double high, int ticks);
/* At most `count_max` (2..AXIS_TICKS_MAX) round instants inside first..last. Returns how many. */
int axis_times(int64_t first_ns, int64_t last_ns, int count_max, struct axis_tick ret_ticks[AXIS_TICKS_MAX]);
/* Year and month (1..12) of an instant, UTC. */
void axis_month(int64_t ns, int *ret_year, int *ret_month);

extern const char *const axis_months[13]; /* "", "Jan" ... */

#endif
