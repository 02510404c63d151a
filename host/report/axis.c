#include "report/axis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detmath.h"
#include "base/text.h"

#define SECOND_NS 1000000000LL
#define DAY_NS    (86400 * SECOND_NS)

const char *const axis_months[13] = {"",    "Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct axis axis_make(double low, double high, int ticks)
{
    if (!(high > low)) { /* a flat line stands in the middle */
        double room = low < 0 ? -low : low;
        room = room > 0 ? room * 0.01 : 1.0;
        high = low + room;
        low -= room;
    }
    double raw = (high - low) / ticks, power = det_pow(10.0, det_floor(det_log10(raw)));
    double lead = raw / power, step = power * (lead <= 1.0 ? 1.0 : lead <= 2.0 ? 2.0 : lead <= 5.0 ? 5.0 : 10.0);
    int digits = (int)-det_floor(det_log10(step) + 1e-9);
    return (struct axis){det_floor(low / step + 1e-9) * step, det_ceil(high / step - 1e-9) * step, step,
                         digits < 0   ? 0
                         : digits > 8 ? 8
                                      : digits};
}

void axis_month(int64_t ns, int *ret_year, int *ret_month)
{
    char text[TEXT_TIME_MAX];
    text_from_time_full(text, ns); /* 2023-03-01T... */
    char *rest;
    *ret_year = (int)strtol(text, &rest, 10);
    *ret_month = *rest == '-' ? (int)strtol(rest + 1, NULL, 10) : 1;
}

/* Instants that are multiples of a fixed step. */
static int times_fixed(int64_t first_ns, int64_t last_ns, int64_t step, struct axis_tick *ticks)
{
    int count = 0;
    int64_t at = first_ns / step * step;
    for (at = at < first_ns ? at + step : at; at <= last_ns && count < AXIS_TICKS_MAX; at += step) {
        char text[TEXT_TIME_MAX];
        text_from_time_full(text, at);
        int month = (int)strtol(text + 5, NULL, 10), day = (int)strtol(text + 8, NULL, 10);
        struct axis_tick *tick = &ticks[count++];
        tick->ns = at;
        if (step < DAY_NS && at % DAY_NS)
            snprintf(tick->label, sizeof tick->label, "%.*s", step < 60 * SECOND_NS ? 8 : 5, text + 11);
        else
            snprintf(tick->label, sizeof tick->label, "%d %s", day, axis_months[month >= 1 && month <= 12 ? month : 0]);
    }
    return count;
}

/* First days of every `step`-th month. */
static int times_monthly(int64_t first_ns, int64_t last_ns, int step, struct axis_tick *ticks)
{
    int year, month, count = 0;
    axis_month(first_ns, &year, &month);
    for (int at = (year * 12 + month - 1) / step * step; count < AXIS_TICKS_MAX; at += step) {
        char text[TEXT_TIME_MAX];
        int64_t ns;
        int length = snprintf(text, sizeof text, "%04d-%02d-01", at / 12, at % 12 + 1);
        if (text_to_time(text, (size_t)length, &ns) < 0 || ns > last_ns)
            break;
        if (ns < first_ns)
            continue;
        struct axis_tick *tick = &ticks[count++];
        tick->ns = ns;
        if (step % 12 == 0)
            snprintf(tick->label, sizeof tick->label, "%d", at / 12);
        else
            snprintf(tick->label, sizeof tick->label, "%s %d", axis_months[at % 12 + 1], at / 12);
    }
    return count;
}

int axis_times(int64_t first_ns, int64_t last_ns, int count_max, struct axis_tick ret_ticks[AXIS_TICKS_MAX])
{
    static const int64_t fixed[] = {1,    5,     15,    30,    60,    300,    900,    1800,   3600,
                                    7200, 10800, 21600, 43200, 86400, 172800, 432000, 864000, 1728000};
    static const int monthly[] = {1, 2, 3, 6, 12, 24, 60, 120, 240};
    int64_t span = last_ns - first_ns;
    if (span <= 0 || count_max < 2 || count_max > AXIS_TICKS_MAX)
        return 0;
    for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
        if (span / (fixed[i] * SECOND_NS) < count_max)
            return times_fixed(first_ns, last_ns, fixed[i] * SECOND_NS, ret_ticks);
    for (size_t i = 0; i < sizeof monthly / sizeof monthly[0]; i++)
        if (span / (monthly[i] * 30 * DAY_NS) < count_max)
            return times_monthly(first_ns, last_ns, monthly[i], ret_ticks);
    return 0;
}
