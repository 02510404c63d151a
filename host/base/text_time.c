/* text_time.c: times and durations as text. */
#include "base/text.h"

#include <string.h>

static const int64_t NS_S = 1000000000, NS_DAY = 86400 * (int64_t)1000000000;

struct reader {
    const char *at;
    const char *end;
};

/* Days since 1970-01-01 of a Gregorian date; years are counted from March, so that the leap day is
 * the last of its year. */
static int64_t days_from_date(int64_t year, int month, int day)
{
    if (month <= 2) {
        year--;
        month += 12;
    }
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month - 3) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_from_days(int64_t days, int64_t *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day_of_era = days - era * 146097;
    int64_t year = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153;
    *ret_day = (int)(day_of_year - (153 * month + 2) / 5) + 1;
    *ret_month = (int)(month < 10 ? month + 3 : month - 9);
    *ret_year = year + era * 400 + (*ret_month <= 2);
}

static bool read_digits(struct reader *reader, int count, int *ret)
{
    if (reader->end - reader->at < count)
        return false;
    int value = 0;
    for (int i = 0; i < count; i++) {
        char c = reader->at[i];
        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (c - '0');
    }
    reader->at += count;
    *ret = value;
    return true;
}

static bool read_char(struct reader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && is_leap);
}

static bool read_date(struct reader *reader, int64_t *ret_days)
{
    int year, month, day;
    if (!read_digits(reader, 4, &year) || !read_char(reader, '-') || !read_digits(reader, 2, &month) ||
        !read_char(reader, '-') || !read_digits(reader, 2, &day))
        return false;
    if (month < 1 || month > 12 || day < 1 || day > days_in(year, month))
        return false;
    *ret_days = days_from_date(year, month, day);
    return true;
}

/* hh:mm[:ss[.fraction]] as ns of the day. */
static bool read_clock(struct reader *reader, int64_t *ret_ns)
{
    int hour, minute, second = 0;
    int64_t fraction = 0;
    if (!read_digits(reader, 2, &hour) || !read_char(reader, ':') || !read_digits(reader, 2, &minute))
        return false;
    if (read_char(reader, ':')) {
        if (!read_digits(reader, 2, &second))
            return false;
        if (read_char(reader, '.')) {
            int digit, count = 0;
            while (count < 9 && read_digits(reader, 1, &digit)) {
                fraction = fraction * 10 + digit;
                count++;
            }
            if (count == 0)
                return false;
            for (; count < 9; count++)
                fraction *= 10;
        }
    }
    if (hour > 23 || minute > 59 || second > 59)
        return false;
    *ret_ns = ((int64_t)hour * 3600 + minute * 60 + second) * NS_S + fraction;
    return true;
}

static bool read_zone(struct reader *reader, int64_t *ret_offset_ns)
{
    *ret_offset_ns = 0;
    if (read_char(reader, 'Z') || reader->at == reader->end)
        return true;
    int sign = *reader->at == '-' ? -1 : 1;
    if (!read_char(reader, '-') && !read_char(reader, '+'))
        return false;
    int hour, minute;
    if (!read_digits(reader, 2, &hour))
        return false;
    (void)read_char(reader, ':');
    if (!read_digits(reader, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *ret_offset_ns = sign * ((int64_t)hour * 3600 + minute * 60) * NS_S;
    return true;
}

oc_rc text_to_time(const char *text, size_t length, int64_t *ret_ns)
{
    struct reader reader = {text, text + length};
    int64_t days, clock = 0, offset = 0;
    if (!read_date(&reader, &days))
        return OC_E_INVALID;
    if (reader.at < reader.end) {
        if (!read_char(&reader, 'T') && !read_char(&reader, ' '))
            return OC_E_INVALID;
        if (!read_clock(&reader, &clock) || !read_zone(&reader, &offset) || reader.at != reader.end)
            return OC_E_INVALID;
    }
    return num_narrow((oc_i128)days * NS_DAY + clock - offset, ret_ns);
}

static char *put_digits(char *out, int64_t value, int count)
{
    for (int i = count - 1; i >= 0; i--) {
        out[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return out + count;
}

static int put_time(char *buffer, int64_t ns, int digits)
{
    int64_t days = ns / NS_DAY, rest = ns % NS_DAY;
    if (rest < 0) {
        rest += NS_DAY;
        days--;
    }
    int64_t year;
    int month, day;
    date_from_days(days, &year, &month, &day);
    int64_t second = rest / NS_S, fraction = rest % NS_S;
    char *out = put_digits(buffer, year, 4);
    *out++ = '-';
    out = put_digits(out, month, 2);
    *out++ = '-';
    out = put_digits(out, day, 2);
    *out++ = 'T';
    out = put_digits(out, second / 3600, 2);
    *out++ = ':';
    out = put_digits(out, second / 60 % 60, 2);
    *out++ = ':';
    out = put_digits(out, second % 60, 2);
    if (digits < 0)
        digits = fraction == 0 ? 0 : fraction % 1000000 == 0 ? 3 : fraction % 1000 == 0 ? 6 : 9;
    if (digits > 0) {
        *out++ = '.';
        out = put_digits(out, fraction / num_pow10(9 - digits), digits);
    }
    *out++ = 'Z';
    *out = '\0';
    return (int)(out - buffer);
}

int text_from_time(char *buffer, int64_t ns) { return put_time(buffer, ns, -1); }

int text_from_time_full(char *buffer, int64_t ns) { return put_time(buffer, ns, 9); }

static const struct {
    const char *name;
    int64_t ns;
} units[] = {
    {"d", 86400000000000}, {"h", 3600000000000}, {"m", 60000000000}, {"s", 1000000000},
    {"ms", 1000000},       {"us", 1000},         {"ns", 1},          {"w", 604800000000000},
};

enum { UNIT_COUNT = sizeof units / sizeof units[0], UNIT_WRITTEN = UNIT_COUNT - 1 };

oc_rc text_to_duration(const char *text, size_t length, int64_t *ret_ns)
{
    if (length == 0 || length > TEXT_INPUT_MAX)
        return OC_E_INVALID;
    if (length == 1 && *text == '0') {
        *ret_ns = 0;
        return OC_OK;
    }
    const char *at = text, *end = text + length;
    int64_t total = 0;
    bool is_negative = *at == '-';
    at += is_negative;
    if (at == end)
        return OC_E_INVALID;
    while (at < end) {
        const char *number = at;
        while (at < end && ((*at >= '0' && *at <= '9') || *at == '.'))
            at++;
        const char *name = at;
        while (at < end && *at >= 'a' && *at <= 'z')
            at++;
        size_t index = 0, size = (size_t)(at - name);
        while (index < UNIT_COUNT && (strlen(units[index].name) != size || memcmp(units[index].name, name, size) != 0))
            index++;
        if (index == UNIT_COUNT)
            return OC_E_INVALID;
        int64_t value, part;
        int scale;
        oc_rc rc = text_to_decimal(number, (size_t)(name - number), &value, &scale);
        if (rc >= 0)
            rc = num_muldiv(value, units[index].ns, num_pow10(scale), NUM_EXACT, &part);
        if (rc >= 0)
            rc = num_add(total, part, &total);
        if (rc < 0)
            return rc;
    }
    *ret_ns = is_negative ? -total : total;
    return OC_OK;
}

int text_from_duration(char *buffer, int64_t ns)
{
    if (ns == 0) {
        memcpy(buffer, "0s", 3);
        return 2;
    }
    size_t index = 0;
    while (index < UNIT_WRITTEN - 1 && ns % units[index].ns != 0)
        index++;
    char number[TEXT_DECIMAL_MAX];
    int length = text_from_units(number, ns / units[index].ns, 0, 0);
    size_t name = strlen(units[index].name);
    memcpy(buffer, number, (size_t)length);
    memcpy(buffer + length, units[index].name, name + 1);
    return length + (int)name;
}
