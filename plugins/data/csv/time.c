/* time.c: times as epoch numbers and as text. */
#include "csv.h"

#include <string.h>

static const int64_t NS_S = 1000000000, NS_DAY = 86400 * (int64_t)1000000000;

struct reader {
    const char *at;
    const char *end;
};

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static bool take_digits(struct reader *reader, int count, int *ret_value)
{
    if (reader->end - reader->at < count)
        return false;
    int value = 0;
    for (int i = 0; i < count; i++) {
        if (!is_digit(reader->at[i]))
            return false;
        value = value * 10 + (reader->at[i] - '0');
    }
    reader->at += count;
    *ret_value = value;
    return true;
}

static bool take(struct reader *reader, char c)
{
    if (reader->at == reader->end || *reader->at != c)
        return false;
    reader->at++;
    return true;
}

static bool next_is_digit(const struct reader *reader) { return reader->at < reader->end && is_digit(*reader->at); }

/* Days since 1970, the year counted from March so that the leap day ends it. */
int64_t csv_days_of(int year, int month, int day)
{
    int64_t y = month <= 2 ? year - 1 : year, m = month <= 2 ? month + 9 : month - 3;
    int64_t century = y / 100;
    return y * 365 + y / 4 - century + century / 4 + (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool is_date(int year, int month, int day)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1800 || month < 1 || month > 12 || day < 1)
        return false;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= days[month - 1] + (month == 2 && is_leap);
}

/* 3-Mar-2023, 03 March 2023, Mar 3, 2023: a month that is named cannot be taken for a day. */
static bool take_named(struct reader *reader, int64_t *ret_days)
{
    int year, month = csv_month_take(&reader->at, reader->end), day;
    bool is_first = month > 0;
    if (is_first && !take(reader, ' '))
        return false;
    bool is_short = reader->end - reader->at >= 2 && !is_digit(reader->at[1]);
    if (!take_digits(reader, is_short ? 1 : 2, &day) || reader->at == reader->end)
        return false;
    if (is_first) {
        take(reader, ',');
        if (!take(reader, ' '))
            return false;
    } else {
        char between = *reader->at++;
        if ((between != ' ' && between != '-' && between != '/') ||
            !(month = csv_month_take(&reader->at, reader->end)) || !take(reader, between))
            return false;
    }
    if (!take_digits(reader, 4, &year) || !is_date(year, month, day))
        return false;
    *ret_days = csv_days_of(year, month, day);
    return true;
}

/* DD.MM.YYYY: with points, the day is first everywhere. */
static bool take_pointed(struct reader *reader, int64_t *ret_days)
{
    int year, month, day;
    if (!take_digits(reader, 2, &day) || !take(reader, '.') || !take_digits(reader, 2, &month) || !take(reader, '.') ||
        !take_digits(reader, 4, &year) || !is_date(year, month, day))
        return false;
    *ret_days = csv_days_of(year, month, day);
    return true;
}

/* YYYY-MM-DD, YYYY/MM/DD, YYYY.MM.DD, YYYYMMDD, or one of the above. */
static bool take_date(struct reader *reader, int64_t *ret_days)
{
    int year, month, day;
    struct reader other = *reader;
    if (take_pointed(&other, ret_days) || (other = *reader, take_named(&other, ret_days))) {
        *reader = other;
        return true;
    }
    if (!take_digits(reader, 4, &year) || reader->at == reader->end)
        return false;
    char between = *reader->at;
    bool has_between = between == '-' || between == '/' || between == '.';
    reader->at += has_between;
    if (!take_digits(reader, 2, &month) || (has_between && !take(reader, between)) || !take_digits(reader, 2, &day) ||
        !is_date(year, month, day))
        return false;
    *ret_days = csv_days_of(year, month, day);
    return true;
}

static bool take_fraction(struct reader *reader, int64_t *ret_ns)
{
    int64_t fraction = 0;
    int count = 0;
    for (; next_is_digit(reader); reader->at++, count++)
        if (count < 9)
            fraction = fraction * 10 + (*reader->at - '0');
    if (count == 0)
        return false;
    *ret_ns = count < 9 ? fraction * num_pow10(9 - count) : fraction;
    return true;
}

/* AM or PM, where it is written. */
static bool take_half(struct reader *reader, int *hour)
{
    const char *at = reader->at;
    while (at < reader->end && *at == ' ')
        at++;
    if (reader->end - at < 2 || (at[1] != 'M' && at[1] != 'm') || !strchr("AaPp", *at))
        return true;
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (*at == 'P' || *at == 'p' ? 12 : 0);
    reader->at = at + 2;
    return true;
}

/* hh:mm[:ss[.f]], hhmm[ss[.f]]; one digit of the hour will do before a colon. */
static bool take_clock(struct reader *reader, int64_t *ret_ns)
{
    int hour, minute, second = 0;
    int64_t fraction = 0;
    bool is_short = reader->end - reader->at >= 2 && reader->at[1] == ':';
    if (!take_digits(reader, is_short ? 1 : 2, &hour))
        return false;
    bool has_colon = take(reader, ':');
    if (!take_digits(reader, 2, &minute))
        return false;
    if (has_colon ? take(reader, ':') : next_is_digit(reader)) {
        if (!take_digits(reader, 2, &second))
            return false;
        if ((take(reader, '.') || take(reader, ',')) && !take_fraction(reader, &fraction))
            return false;
    }
    if (hour > 23 || minute > 59 || second > 59 || !take_half(reader, &hour))
        return false;
    *ret_ns = ((int64_t)hour * 3600 + minute * 60 + second) * NS_S + fraction;
    return true;
}

/* Z, UTC, GMT, +hh:mm, +hhmm, +hh; nothing at all is fine. */
static bool take_offset(struct reader *reader, struct csv_time *time)
{
    while (take(reader, ' '))
        ;
    if (reader->at == reader->end)
        return true;
    time->has_offset = true;
    size_t left = (size_t)(reader->end - reader->at);
    if (left == 3 && (memcmp(reader->at, "UTC", 3) == 0 || memcmp(reader->at, "GMT", 3) == 0)) {
        reader->at += 3;
        return true;
    }
    if (take(reader, 'Z') || take(reader, 'z'))
        return true;
    int64_t sign = take(reader, '-') ? -1 : 1;
    if (sign > 0 && !take(reader, '+'))
        return false;
    int hour, minute = 0;
    if (!take_digits(reader, 2, &hour))
        return false;
    bool has_colon = take(reader, ':');
    if ((has_colon || reader->at < reader->end) && !take_digits(reader, 2, &minute))
        return false;
    if (hour > 23 || minute > 59)
        return false;
    time->offset_ns = sign * ((int64_t)hour * 3600 + minute * 60) * NS_S;
    return true;
}

oc_rc csv_time_text(const char *text, size_t size, struct csv_time *ret_time)
{
    struct reader reader = {text, text + size};
    struct csv_time time = {0};
    int64_t days, clock = 0;
    if (!take_date(&reader, &days))
        return OC_E_INVALID;
    if (reader.at < reader.end) {
        bool has_between = take(&reader, 'T') || take(&reader, 't') || take(&reader, ' ');
        bool has_more = has_between ? reader.at < reader.end : next_is_digit(&reader);
        if (has_more && next_is_digit(&reader)) {
            if (!take_clock(&reader, &clock))
                return OC_E_INVALID;
            time.has_clock = true;
        }
        if (!take_offset(&reader, &time) || reader.at != reader.end)
            return OC_E_INVALID;
    }
    oc_rc rc = num_narrow((oc_i128)days * NS_DAY + clock, &time.local_ns);
    if (rc < 0)
        return rc;
    *ret_time = time;
    return OC_OK;
}

oc_rc csv_time_of_day(const char *text, size_t size, int64_t *ret_ns)
{
    struct reader reader = {text, text + size};
    int64_t ns;
    if (!take_clock(&reader, &ns) || reader.at != reader.end)
        return OC_E_INVALID;
    *ret_ns = ns;
    return OC_OK;
}

/* A number of units since 1970, with decimals of a unit if need be. */
static oc_rc epoch_read(const char *text, size_t size, int64_t unit_ns, int64_t *ret_ns)
{
    struct csv_number number;
    const char *end = text + size;
    uint64_t digits = 0;
    const char *at = text;
    for (; at < end && is_digit(*at) && at - text < 19; at++)
        digits = digits * 10 + (uint64_t)(*at - '0');
    if (at == end && size > 0)
        return digits > INT64_MAX ? OC_E_RANGE : num_mul((int64_t)digits, unit_ns, ret_ns);
    oc_rc rc = csv_number_read(text, size, &number);
    if (rc < 0 || number.is_empty)
        return OC_E_INVALID;
    oc_i128 ns = (oc_i128)number.digits * unit_ns / num_pow10_128(number.decimals);
    return num_narrow(number.is_negative ? -ns : ns, ret_ns);
}

/* A spreadsheet counts days from 1899-12-30 and says the time of day as a fraction, near enough for seconds. */
static oc_rc sheet_read(const char *text, size_t size, int64_t *ret_local_ns)
{
    int64_t ns;
    oc_rc rc = epoch_read(text, size, CSV_SHEET_DAY, &ns);
    if (rc >= 0)
        rc = num_sub(ns, 25569 * CSV_SHEET_DAY - NS_S / 2, &ns);
    if (rc < 0)
        return rc;
    int64_t rest = ns % NS_S;
    *ret_local_ns = ns - (rest < 0 ? rest + NS_S : rest);
    return OC_OK;
}

oc_rc csv_clock_read(const struct csv_clock *clock, const char *text, size_t size, int64_t previous_ns, int64_t *ret_ns)
{
    if (clock->unit_ns == CSV_SHEET_DAY) {
        int64_t local_ns;
        oc_rc rc = sheet_read(text, size, &local_ns);
        return rc < 0 ? rc : csv_zone_to_utc(&clock->zone, local_ns, previous_ns, ret_ns);
    }
    if (clock->unit_ns == CSV_DAY_MS) {
        int64_t ns;
        oc_rc rc = epoch_read(text, size, 1000000, &ns);
        if (rc >= 0 && (ns < 0 || ns >= CSV_SHEET_DAY))
            return OC_E_INVALID;
        return rc < 0 ? rc : csv_zone_to_utc(&clock->zone, clock->day_ns + ns, previous_ns, ret_ns);
    }
    if (clock->unit_ns > 0)
        return epoch_read(text, size, clock->unit_ns, ret_ns);
    struct csv_time time;
    oc_rc rc = csv_clock_text(clock, text, size, &time);
    if (rc < 0)
        return rc;
    if (time.has_offset)
        return num_sub(time.local_ns, time.offset_ns, ret_ns);
    return csv_zone_to_utc(&clock->zone, time.local_ns, previous_ns, ret_ns);
}

bool csv_day_of_name(const char *name, int64_t *ret_local_ns)
{
    for (const char *at = name; *at; at++) {
        const size_t digits = strspn(at, "0123456789");
        struct csv_time time;
        if (digits == 8 && csv_time_text(at, 8, &time) >= 0) {
            *ret_local_ns = time.local_ns;
            return true;
        }
        at += digits ? digits - 1 : 0;
    }
    return false;
}

int64_t csv_clock_guess(const char *text, size_t size)
{
    struct csv_number number;
    struct csv_time time;
    if (csv_number_read(text, size, &number) < 0 || number.is_empty || number.is_negative)
        return 0;
    if ((size == 8 || size == 12 || size == 14) && csv_time_text(text, size, &time) >= 0 && text[0] <= '2')
        return 0; /* 20230301, 202303011020, 20230301102000: no epoch time of a market looks like
                     this */
    uint64_t whole = number.digits / (uint64_t)num_pow10(number.decimals);
    if (whole < 100000000000u)
        return NS_S;
    return whole < 100000000000000u ? 1000000 : whole < 100000000000000000u ? 1000 : 1;
}
