/* options.c: "key=value;key=value". What is absent is inferred, and noted.
 *
 *   columns=time,open,high,low,close,volume   in the order of the file; - for a column to ignore
 *   header=yes|no   separator=comma|semicolon|tab|space|"|"   type=bars|quote_bars|quotes|trades
 *   unit=s|ms|us|ns|text|excel|day_ms   zone=UTC|+05:30|America/New_York   period=1m|week|month|quarter|year
 *   price_step=0.01   qty_step=0.001   symbol=BTC/USDT   where=COLUMN:VALUE (only rows with it)
 *   bad_rows=error|skip   out_of_order=error|skip   allow_nonpositive=no|yes   allow_any_time=no|yes
 *   volume=COLUMN|none   date_format=%d/%m/%Y   decimal=point|comma   price_decimals=0..9
 *   thousands=comma|point|apostrophe|space   order=oldest_first|newest_first   stamped=open|close */
#include "csv.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { OPTION_MAX = 600 };

struct pair {
    const char *key;
    size_t key_size;
    const char *value;
    size_t size;
};

static const char *const keys[] = {
    "columns",        "unit",      "zone",        "period",  "price_step", "qty_step",       "symbol",
    "header",         "separator", "where",       "type",    "bad_rows",   "out_of_order",   "allow_nonpositive",
    "allow_any_time", "volume",    "date_format", "decimal", "thousands",  "price_decimals", "order",
    "stamped",        NULL};

static oc_rc wrong(const struct pair *pair, const char *expected, char *error)
{
    snprintf(error, CSV_ERROR_MAX, "option %.*s: found \"%.*s\"; expected %s", (int)pair->key_size, pair->key,
             (int)pair->size, pair->value, expected);
    return OC_E_CONFIG;
}

static bool is(const struct pair *pair, const char *value)
{
    return strlen(value) == pair->size && strncasecmp(pair->value, value, pair->size) == 0;
}

static bool is_key(const struct pair *pair, const char *key)
{
    return strlen(key) == pair->key_size && memcmp(pair->key, key, pair->key_size) == 0;
}

static oc_rc copy(const struct pair *pair, char *to, size_t room, char *error)
{
    char expected[64];
    if (pair->size == 0 || pair->size >= room) {
        snprintf(expected, sizeof expected, "1 to %zu characters", room - 1);
        return wrong(pair, expected, error);
    }
    memcpy(to, pair->value, pair->size);
    to[pair->size] = '\0';
    return OC_OK;
}

static oc_rc read_step(const struct pair *pair, struct oc_dec *ret_step, char *error)
{
    int64_t units;
    int scale;
    if (text_to_decimal(pair->value, pair->size, &units, &scale) < 0 || units <= 0)
        return wrong(pair, "a positive decimal such as 0.01", error);
    *ret_step = (struct oc_dec){.units = units, .scale = scale};
    return OC_OK;
}

struct choice {
    const char *name;
    int64_t value;
};

static oc_rc choose(const struct pair *pair, const struct choice *choices, int64_t *ret_value, char *error)
{
    char expected[128] = "one of";
    for (const struct choice *choice = choices; choice->name; choice++) {
        if (is(pair, choice->name)) {
            *ret_value = choice->value;
            return OC_OK;
        }
        size_t used = strlen(expected);
        snprintf(expected + used, sizeof expected - used, " %s", choice->name);
    }
    return wrong(pair, expected, error);
}

static oc_rc read_flag(const struct pair *pair, const struct choice *choices, bool *ret_flag, char *error)
{
    int64_t value;
    oc_rc rc = choose(pair, choices, &value, error);
    if (rc >= 0)
        *ret_flag = value != 0;
    return rc;
}

static oc_rc read_number(const struct pair *pair, const struct choice *choices, int *ret_value, char *error)
{
    int64_t value;
    oc_rc rc = choose(pair, choices, &value, error);
    if (rc >= 0)
        *ret_value = (int)value;
    return rc;
}

static oc_rc read_separator(const struct pair *pair, char *ret_separator, char *error)
{
    static const struct choice names[] = {{"comma", ','}, {",", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"space", ' '},
                                          {"|", '|'},     {0}};
    int64_t value;
    oc_rc rc = choose(pair, names, &value, error);
    if (rc >= 0)
        *ret_separator = (char)value;
    return rc;
}

static oc_rc read_where(const struct pair *pair, struct csv_options *options, char *error)
{
    const char *colon = memchr(pair->value, ':', pair->size);
    size_t name = colon ? (size_t)(colon - pair->value) : 0, value = colon ? pair->size - name - 1 : 0;
    if (!name || name >= CSV_NAME_MAX || value >= CSV_NAME_MAX)
        return wrong(pair, "COLUMN:VALUE", error);
    memcpy(options->where_column, pair->value, name);
    memcpy(options->where_value, colon + 1, value);
    options->where_column[name] = options->where_value[value] = '\0';
    return OC_OK;
}

static const struct choice units[] = {{"s", 1000000000}, {"ms", 1000000},          {"us", 1000},           {"ns", 1},
                                      {"text", -1},      {"excel", CSV_SHEET_DAY}, {"day_ms", CSV_DAY_MS}, {0}};
static const struct choice yes_no[] = {{"yes", 1}, {"no", 0}, {0}};
static const struct choice yes_none[] = {{"yes", 1}, {"no", 2}, {0}};
static const struct choice skip_error[] = {{"error", 0}, {"skip", 1}, {0}};
static const struct choice decimals[] = {{",", ','}, {"comma", ','}, {"\",\"", ','}, {".", '.'}, {"point", '.'}, {0}};
static const struct choice thousands[] = {{",", ','},  {"comma", ','},       {"\",\"", ','}, {".", '.'}, {"point", '.'},
                                          {"'", '\''}, {"apostrophe", '\''}, {"space", ' '}, {0}};
static const struct choice price_decimals[] = {{"0", 0}, {"1", 1}, {"2", 2}, {"3", 3}, {"4", 4}, {"5", 5},
                                               {"6", 6}, {"7", 7}, {"8", 8}, {"9", 9}, {0}};
static const struct choice orders[] = {{"oldest_first", 0}, {"newest_first", 1}, {0}};
static const struct choice stamps[] = {{"open", 0}, {"close", 1}, {0}};
static const struct choice calendars[] = {{"week", 0}, {"month", 1}, {"quarter", 3}, {"year", 12}, {0}};
static const struct choice types[] = {
    {"bars", OC_EV_BAR}, {"quote_bars", OC_EV_QBAR}, {"quotes", OC_EV_QUOTE}, {"trades", OC_EV_TRADE}, {0}};

static oc_rc read_sign(const struct pair *pair, const struct choice *choices, char *ret_sign, char *error)
{
    int64_t value;
    oc_rc rc = choose(pair, choices, &value, error);
    if (rc >= 0)
        *ret_sign = (char)value;
    return rc;
}

static oc_rc read_format(const struct pair *pair, char *format, char *error)
{
    char text[CSV_NAME_MAX] = "";
    oc_rc rc = copy(pair, text, sizeof text, error);
    if (rc >= 0 && !csv_format_is_valid(text))
        rc = wrong(pair,
                   "%Y or %y, %m or %b, and %d, and of %H %I %M %S %f %p %z %a what there is, as in "
                   "%d/%m/%Y %H:%M",
                   error);
    if (rc >= 0)
        memcpy(format, text, sizeof text);
    return rc;
}

/* What does not go together. */
static oc_rc judge(struct csv_options *options, char *error)
{
    struct csv_notation *notation = &options->notation;
    char decimal = notation->decimal ? notation->decimal : '.';
    notation->is_plain = decimal == '.' && !notation->thousands;
    const char *what = NULL;
    if (notation->thousands == decimal)
        what = "options decimal and thousands: both the same sign";
    else if (options->date_format[0] && options->unit_ns > 0)
        what = "options unit and date_format: a time is a number or a text";
    if (what)
        snprintf(error, CSV_ERROR_MAX, "%s; expected one that differs, or one of the two", what);
    return what ? OC_E_CONFIG : OC_OK;
}

static oc_rc take_pair(struct csv_options *options, const struct pair *pair, char *error)
{
    if (is_key(pair, "columns"))
        return copy(pair, options->columns, sizeof options->columns, error);
    if (is_key(pair, "unit"))
        return choose(pair, units, &options->unit_ns, error);
    if (is_key(pair, "zone"))
        return copy(pair, options->zone, sizeof options->zone, error);
    if (is_key(pair, "symbol"))
        return copy(pair, options->symbol, sizeof options->symbol, error);
    if (is_key(pair, "price_step"))
        return read_step(pair, &options->price_step, error);
    if (is_key(pair, "qty_step"))
        return read_step(pair, &options->qty_step, error);
    if (is_key(pair, "header"))
        return read_number(pair, yes_none, &options->header, error);
    if (is_key(pair, "type"))
        return read_number(pair, types, &options->event_type, error);
    if (is_key(pair, "separator"))
        return read_separator(pair, &options->separator, error);
    if (is_key(pair, "where"))
        return read_where(pair, options, error);
    if (is_key(pair, "out_of_order"))
        return read_flag(pair, skip_error, &options->skip_unordered, error);
    if (is_key(pair, "bad_rows"))
        return read_flag(pair, skip_error, &options->skip_bad, error);
    if (is_key(pair, "allow_nonpositive"))
        return read_flag(pair, yes_no, &options->allow_nonpositive, error);
    if (is_key(pair, "allow_any_time"))
        return read_flag(pair, yes_no, &options->allow_any_time, error);
    if (is_key(pair, "date_format"))
        return read_format(pair, options->date_format, error);
    if (is_key(pair, "decimal"))
        return read_sign(pair, decimals, &options->notation.decimal, error);
    if (is_key(pair, "thousands"))
        return read_sign(pair, thousands, &options->notation.thousands, error);
    if (is_key(pair, "price_decimals")) {
        options->notation.has_price_decimals = true;
        return read_number(pair, price_decimals, &options->notation.price_decimals, error);
    }
    if (is_key(pair, "order"))
        return read_flag(pair, orders, &options->is_newest_first, error);
    if (is_key(pair, "stamped")) {
        oc_rc rc = read_flag(pair, stamps, &options->is_stamped_close, error);
        options->is_stamped_open = rc >= 0 && !options->is_stamped_close;
        return rc;
    }
    if (is_key(pair, "volume"))
        return copy(pair, options->volume, sizeof options->volume, error);
    if (is_key(pair, "period")) {
        int64_t period, months;
        if (choose(pair, calendars, &months, error) >= 0) {
            options->calendar = (struct csv_calendar){.months = (int)months, .is_week = months == 0};
            options->period_ns = csv_calendar_longest_ns(options->calendar);
            return OC_OK;
        }
        if (text_to_duration(pair->value, pair->size, &period) < 0 || period <= 0)
            return wrong(pair, "a duration such as 1m, 1h or 1d, or week, month, quarter or year", error);
        options->period_ns = period;
        return OC_OK;
    }
    char name[TEXT_NAME_MAX];
    snprintf(name, sizeof name, "%.*s", (int)pair->key_size, pair->key);
    const char *near = text_nearest(name, keys);
    snprintf(error, CSV_ERROR_MAX, "option \"%s\" is not known%s%s%s", name, near ? "; did you mean \"" : "",
             near ? near : "", near ? "\"?" : "");
    return OC_E_CONFIG;
}

oc_rc csv_options_read(struct csv_options *options, const char *text, char error[CSV_ERROR_MAX])
{
    memset(options, 0, sizeof *options);
    uint64_t seen = 0;
    for (const char *at = text ? text : ""; *at;) {
        size_t size = strcspn(at, ";");
        const char *equals = memchr(at, '=', size);
        if (size > OPTION_MAX || (size > 0 && (!equals || equals == at))) {
            snprintf(error, CSV_ERROR_MAX, "options: found \"%.*s\"; expected key=value;key=value",
                     (int)(size > 80 ? 80 : size), at);
            return OC_E_CONFIG;
        }
        if (size > 0) {
            struct pair pair = {at, (size_t)(equals - at), equals + 1, size - (size_t)(equals - at) - 1};
            oc_rc rc = take_pair(options, &pair, error);
            if (rc < 0)
                return rc;
            for (unsigned i = 0; keys[i]; i++) {
                if (!is_key(&pair, keys[i]))
                    continue;
                if (seen >> i & 1) {
                    snprintf(error, CSV_ERROR_MAX, "option %s is set twice; a key is set once", keys[i]);
                    return OC_E_CONFIG;
                }
                seen |= 1ull << i;
            }
        }
        at += size;
        at += *at == ';';
    }
    return judge(options, error);
}
