/* calendar.c: bars of weeks, months and years, whose lengths differ, and of local days, of which two a year have 23 or 25 hours. A bar
 * ends where the next week, month or day begins, at the time of day at which it opened, so that nothing is told before it has happened. */
#include "csv.h"

static const int64_t NS_DAY = CSV_SHEET_DAY;

static int64_t day_of(int64_t local_ns) { return local_ns / NS_DAY - (local_ns % NS_DAY < 0); }

static int weekday_of(int64_t day)
{
    int weekday = (int)((day + 3) % 7);
    return weekday < 0 ? weekday + 7 : weekday;
}

/* Months since the year 0, and the day of the month from 1. */
static int64_t month_of(int64_t day, int *ret_day)
{
    int year = (int)(1970 + day / 366 - (day < 0)); /* not after it */
    while (csv_days_of(year + 1, 1, 1) <= day)
        year++;
    int month = 12;
    while (csv_days_of(year, month, 1) > day)
        month--;
    *ret_day = (int)(day - csv_days_of(year, month, 1)) + 1;
    return year * (int64_t)12 + month - 1;
}

bool csv_calendar_is_set(struct csv_calendar calendar)
{
    return calendar.is_week || calendar.months > 0 || calendar.days > 0;
}

const char *csv_calendar_name(struct csv_calendar calendar)
{
    return calendar.days           ? "local days"
           : calendar.is_week      ? "calendar weeks"
           : calendar.months == 1  ? "calendar months"
           : calendar.months == 3  ? "calendar quarters"
           : calendar.months == 12 ? "calendar years"
                                   : "calendar half-years";
}

int64_t csv_calendar_longest_ns(struct csv_calendar calendar)
{
    int days = calendar.days          ? calendar.days
               : calendar.is_week     ? 7
               : calendar.months == 1 ? 31
               : calendar.months == 3 ? 92
               : calendar.months == 6 ? 184
                                      : 366;
    return days * NS_DAY;
}

oc_rc csv_calendar_end(struct csv_calendar calendar, const struct csv_zone *zone, int64_t open_ns, int64_t *ret_ns)
{
    int64_t local_ns, end_ns;
    int day_of_month;
    oc_rc rc = csv_zone_to_local(zone, open_ns, &local_ns);
    if (rc < 0)
        return rc;
    int64_t day = day_of(local_ns), clock_ns = local_ns - day * NS_DAY, end_day = day + 7 - weekday_of(day);
    if (calendar.days) {
        end_day = day + calendar.days;
    } else if (!calendar.is_week) {
        int64_t month = month_of(day, &day_of_month) + calendar.months;
        end_day = csv_days_of((int)(month / 12), (int)(month % 12) + 1, 1);
    }
    rc = num_narrow((oc_i128)end_day * NS_DAY + clock_ns, &end_ns);
    return rc < 0 ? rc : csv_zone_to_utc(zone, end_ns, open_ns, ret_ns);
}

oc_rc csv_calendar_begin(struct csv_calendar calendar, const struct csv_zone *zone, int64_t at_ns, int64_t *ret_ns)
{
    int64_t local_ns, begin_ns;
    int day_of_month;
    oc_rc rc = csv_zone_to_local(zone, at_ns, &local_ns);
    if (rc < 0)
        return rc;
    int64_t day = day_of(local_ns), clock_ns = 0;
    if (calendar.days) {
        clock_ns = local_ns - day * NS_DAY;
        day -= calendar.days;
    } else if (calendar.is_week) {
        day -= weekday_of(day);
    } else {
        int64_t month = month_of(day, &day_of_month);
        month -= month % calendar.months;
        day = csv_days_of((int)(month / 12), (int)(month % 12) + 1, 1);
    }
    rc = num_narrow((oc_i128)day * NS_DAY + clock_ns, &begin_ns);
    return rc < 0 ? rc : csv_zone_to_utc(zone, begin_ns, INT64_MIN, ret_ns);
}

void csv_dates_take(struct csv_dates *dates, const struct csv_zone *zone, int64_t time_ns)
{
    int64_t local_ns;
    int day_of_month;
    if (csv_zone_to_local(zone, time_ns, &local_ns) < 0)
        return;
    int64_t day = day_of(local_ns), clock_ns = local_ns - day * NS_DAY, month = month_of(day, &day_of_month);
    int weekday = weekday_of(day);
    int64_t week = (day - weekday) / 7;
    if (dates->rows++ == 0) {
        dates->clock_ns = clock_ns;
    } else {
        dates->same_month += month == dates->month;
        dates->same_week += week == dates->week;
    }
    dates->has_clocks |= clock_ns != dates->clock_ns;
    if (day_of_month > dates->day_max)
        dates->day_max = day_of_month;
    if (weekday > dates->weekday_max)
        dates->weekday_max = weekday;
    dates->month = month;
    dates->week = week;
}
