/* date.c: times of a stated format, and names of months. */
#include "csv.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static const int64_t NS_S = 1000000000;

static bool is_letter(char c) { return isalpha((unsigned char)c); }

int csv_month_take(const char **at, const char *end)
{
    static const char *const names[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};
    size_t size = 0;
    while (*at + size < end && is_letter((*at)[size]))
        size++;
    for (int i = 0; i < 12; i++)
        if ((size == 3 || size == strlen(names[i])) && strncasecmp(*at, names[i], size) == 0) {
            *at += size;
            return i + 1;
        }
    return 0;
}

struct parts {
    int year, month, day, hour, minute, second;
    int64_t fraction_ns, offset_ns;
    bool has_clock, has_half, is_afternoon, has_offset;
};

/* One to `count` digits. */
static bool take_number(const char **at, const char *end, int count, int *ret_value)
{
    int value = 0, used = 0;
    for (; *at < end && isdigit((unsigned char)**at) && used < count; (*at)++, used++)
        value = value * 10 + (**at - '0');
    *ret_value = value;
    return used > 0;
}

static bool take_fraction(const char **at, const char *end, int64_t *ret_ns)
{
    int64_t ns = 0, unit = NS_S;
    const char *first = *at;
    for (; *at < end && isdigit((unsigned char)**at); (*at)++) {
        unit /= 10;
        ns += (**at - '0') * unit;
    }
    *ret_ns = ns;
    return *at > first;
}

static bool take_half(const char **at, const char *end, struct parts *parts)
{
    if (end - *at < 2 || toupper((unsigned char)(*at)[1]) != 'M')
        return false;
    int letter = toupper((unsigned char)**at);
    parts->has_half = true;
    parts->is_afternoon = letter == 'P';
    *at += 2;
    return letter == 'P' || letter == 'A';
}

/* Z, +hh:mm, +hhmm, +hh */
static bool take_offset(const char **at, const char *end, struct parts *parts)
{
    int hour, minute = 0;
    parts->has_offset = true;
    if (*at < end && (**at == 'Z' || **at == 'z')) {
        (*at)++;
        return true;
    }
    if (*at == end || (**at != '+' && **at != '-'))
        return false;
    int64_t sign = *(*at)++ == '-' ? -1 : 1;
    if (!take_number(at, end, 2, &hour))
        return false;
    *at += *at < end && **at == ':';
    if (*at < end && isdigit((unsigned char)**at) && !take_number(at, end, 2, &minute))
        return false;
    parts->offset_ns = sign * (hour * 3600 + minute * 60) * NS_S;
    return hour < 24 && minute < 60;
}

static bool take_year(const char **at, const char *end, int count, struct parts *parts)
{
    const char *first = *at;
    if (!take_number(at, end, count, &parts->year) || *at - first != count)
        return false;
    if (count == 2)
        parts->year += parts->year < 69 ? 2000 : 1900;
    return true;
}

static bool take_directive(char directive, const char **at, const char *end, struct parts *parts)
{
    parts->has_clock |= directive == 'H' || directive == 'I';
    switch (directive) {
    case 'Y':
        return take_year(at, end, 4, parts);
    case 'y':
        return take_year(at, end, 2, parts);
    case 'm':
        return take_number(at, end, 2, &parts->month);
    case 'b':
        return (parts->month = csv_month_take(at, end)) > 0;
    case 'd':
        return take_number(at, end, 2, &parts->day);
    case 'H':
    case 'I':
        return take_number(at, end, 2, &parts->hour);
    case 'M':
        return take_number(at, end, 2, &parts->minute);
    case 'S':
        return take_number(at, end, 2, &parts->second);
    case 'f':
        return take_fraction(at, end, &parts->fraction_ns);
    case 'p':
        return take_half(at, end, parts);
    case 'z':
        return take_offset(at, end, parts);
    case 'a':
        for (const char *first = *at; *at == end || !is_letter(**at); (*at)++)
            if (*at == end)
                return *at > first;
        while (*at < end && is_letter(**at))
            (*at)++;
        return true;
    case '%':
        return *at < end && *(*at)++ == '%';
    default:
        return false;
    }
}

static oc_rc settle(const struct parts *parts, struct csv_time *ret_time)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int hour = parts->hour, year = parts->year;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (year < 1800 || parts->month < 1 || parts->month > 12 || parts->day < 1 ||
        parts->day > days[parts->month - 1] + (parts->month == 2 && is_leap))
        return OC_E_INVALID;
    if (parts->has_half) {
        if (hour < 1 || hour > 12)
            return OC_E_INVALID;
        hour = hour % 12 + (parts->is_afternoon ? 12 : 0);
    }
    if (hour > 23 || parts->minute > 59 || parts->second > 59)
        return OC_E_INVALID;
    struct csv_time time = {
        .offset_ns = parts->offset_ns, .has_offset = parts->has_offset, .has_clock = parts->has_clock};
    int64_t seconds =
        csv_days_of(year, parts->month, parts->day) * 86400 + hour * 3600 + parts->minute * 60 + parts->second;
    oc_rc rc = num_narrow((oc_i128)seconds * NS_S + parts->fraction_ns, &time.local_ns);
    if (rc >= 0)
        *ret_time = time;
    return rc;
}

oc_rc csv_time_formatted(const char *format, const char *text, size_t size, struct csv_time *ret_time)
{
    const char *at = text, *end = text + size;
    struct parts parts = {0};
    for (; *format; format++) {
        if (*format == ' ') { /* any number of spaces */
            while (at < end && *at == ' ')
                at++;
        } else if (*format != '%') {
            if (at == end || *at++ != *format)
                return OC_E_INVALID;
        } else if (!take_directive(*++format, &at, end, &parts)) {
            return OC_E_INVALID;
        }
    }
    return at == end ? settle(&parts, ret_time) : OC_E_INVALID;
}

bool csv_format_is_valid(const char *format)
{
    bool has_year = false, has_month = false, has_day = false, is_half = false, has_half = false;
    for (; *format; format++) {
        if (*format != '%')
            continue;
        char directive = *++format;
        if (!directive || !strchr("YymbdHIMSfpza%", directive))
            return false;
        has_year |= directive == 'Y' || directive == 'y';
        has_month |= directive == 'm' || directive == 'b';
        has_day |= directive == 'd';
        is_half |= directive == 'I';
        has_half |= directive == 'p';
    }
    return has_year && has_month && has_day && is_half == has_half;
}

oc_rc csv_clock_text(const struct csv_clock *clock, const char *text, size_t size, struct csv_time *ret_time)
{
    return clock->format ? csv_time_formatted(clock->format, text, size, ret_time)
                         : csv_time_text(text, size, ret_time);
}
