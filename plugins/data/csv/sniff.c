/* sniff.c: opens a table and finds out how its lines are to be read: separator, header, columns, clock. */
#include "csv.h"

#include "base/env.h"
#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FIELD_SHOWN_MAX = 60 };

static char guess_separator(const char *line, size_t size)
{
    static const char candidates[] = ",;\t|";
    size_t best = 0;
    char separator = ',';
    for (const char *candidate = candidates; *candidate; candidate++) {
        size_t count = 0;
        for (size_t i = 0; i < size; i++)
            count += line[i] == *candidate;
        if (count > best) {
            best = count;
            separator = *candidate;
        }
    }
    return separator;
}

static bool is_header(const struct csv_table *table, const struct csv_field *fields, int count)
{
    struct csv_number number;
    struct csv_time time;
    if (csv_clock_text(&table->clock, fields[0].at, fields[0].size, &time) >= 0)
        return false;
    for (int i = 0; i < count; i++)
        if (fields[i].size > 0 &&
            csv_notation_read(&table->options.notation, fields[i].at, fields[i].size, &number) >= 0)
            return false;
    return true;
}

struct sniff {
    uint64_t line;
    const char *at; /* the line last read */
    size_t size;
    struct csv_field fields[CSV_COLUMNS_MAX];
    int count;
};

static oc_rc next_line(struct csv_table *table, struct sniff *sniff)
{
    for (;;) {
        oc_rc rc = csv_source_line(&table->source, &sniff->at, &sniff->size);
        if (rc == OC_E_END)
            return csv_table_complain(
                table, OC_E_DATA, sniff->line ? "found no row of data; expected a table of text" : "the file is empty");
        sniff->line++;
        if (rc < 0)
            return csv_table_complain_line(table, rc, sniff->line);
        if (sniff->line == 1 && sniff->size >= 3 && memcmp(sniff->at, "\xef\xbb\xbf", 3) == 0) {
            sniff->at += 3;
            sniff->size -= 3;
        }
        if (sniff->line == 1 && sniff->size >= 2 &&
            (memcmp(sniff->at, "\xff\xfe", 2) == 0 || memcmp(sniff->at, "\xfe\xff", 2) == 0))
            return csv_table_complain(table, OC_E_DATA, "the text is UTF-16; expected UTF-8");
        if (csv_line_is_passed(sniff->at, sniff->size))
            continue;
        if (table->layout.separator)
            sniff->count = csv_split(sniff->at, sniff->size, table->layout.separator, sniff->fields, CSV_COLUMNS_MAX);
        return OC_OK;
    }
}

/* The first line of the table: lines before it that have one field only are passed over. */
static oc_rc first_line(struct csv_table *table, struct sniff *sniff)
{
    char stated = table->options.separator;
    for (int i = 0; i <= CSV_LEAD_LINES_MAX; i++) {
        table->layout.separator = 0;
        oc_rc rc = next_line(table, sniff);
        if (rc < 0)
            return rc;
        table->layout.separator = stated ? stated : guess_separator(sniff->at, sniff->size);
        sniff->count = csv_split(sniff->at, sniff->size, table->layout.separator, sniff->fields, CSV_COLUMNS_MAX);
        if (sniff->count > 1)
            return OC_OK;
        table->layout.passed++;
    }
    return csv_table_complain(table, OC_E_DATA,
                              "found no columns; expected fields separated by a comma, semicolon, tab or |");
}

static oc_rc find_where(struct csv_table *table)
{
    struct csv_layout *layout = &table->layout;
    layout->where = -1;
    if (!table->options.where_column[0])
        return OC_OK;
    for (int i = 0; i < layout->column_count && layout->where < 0; i++)
        if (strcasecmp(layout->name[i], table->options.where_column) == 0)
            layout->where = i;
    if (layout->where >= 0)
        return OC_OK;
    char what[128];
    snprintf(what, sizeof what, "option where: no column \"%s\"", table->options.where_column);
    return csv_table_complain(table, OC_E_CONFIG, what);
}

/* A column that names the instrument: rows of another one are not of this table. */
static void find_instrument(struct csv_layout *layout)
{
    static const char *const names[] = {"symbol", "ticker", "instrument", "instrument_id", "pair", "stock"};
    char name[CSV_NAME_MAX];
    layout->instrument = -1;
    for (int i = 0; i < layout->column_count && layout->instrument < 0; i++) {
        csv_name_normal(layout->name[i], strlen(layout->name[i]), name);
        for (size_t k = 0; k < sizeof names / sizeof *names; k++)
            if (i != layout->where && layout->role[i] == CSV_NONE && strcmp(name, names[k]) == 0)
                layout->instrument = i;
    }
}

/* "20230103 00:00,1302500,1305000,...": the archives of LEAN hold prices of shares as ten thousandths, which no number
 * says by itself. */
static oc_rc judge_scale(struct csv_table *table, const struct sniff *sniff)
{
    const struct csv_layout *layout = &table->layout;
    struct csv_number number;
    const struct csv_field *time = &sniff->fields[0];
    if (!layout->is_shaped || layout->column[CSV_CLOCK] >= 0 || table->options.notation.has_price_decimals ||
        layout->separator != ',' || (table->options.unit_ns != CSV_DAY_MS && (time->size != 14 || time->at[8] != ' ')))
        return OC_OK;
    for (int i = 1; i < 5; i++)
        if (csv_number_read(sniff->fields[i].at, sniff->fields[i].size, &number) < 0 || number.decimals > 0 ||
            number.digits < 1000)
            return OC_OK;
    return csv_table_complain(
        table, OC_E_DATA,
        "whole prices after times such as \"20230103 00:00\", or milliseconds of a day, may be ten "
        "thousandths, as LEAN "
        "keeps them; state price_decimals=4, or price_decimals=0 to take them as they stand");
}

/* Bars of Nautilus carry ts_event and ts_init, and the first of them is the end of the bar. */
static oc_rc judge_stamp(struct csv_table *table)
{
    const struct csv_layout *layout = &table->layout;
    bool has_event = false, has_init = false;
    for (int i = 0; i < layout->column_count; i++) {
        has_event |= strcmp(layout->name[i], "ts_event") == 0 && layout->role[i] == CSV_TIME;
        has_init |= strcmp(layout->name[i], "ts_init") == 0;
    }
    bool is_bar = layout->column[CSV_OPEN] >= 0 && layout->column[CSV_CLOSE] >= 0;
    if (!has_event || !has_init || !is_bar || table->options.is_stamped_close || table->options.is_stamped_open)
        return OC_OK;
    return csv_table_complain(
        table, OC_E_DATA,
        "ts_event beside ts_init is the end of a bar, as Nautilus writes it; state stamped=close, "
        "or stamped=open when it is not");
}

static oc_rc find_volume(struct csv_table *table, char *error)
{
    char symbol[OC_SYMBOL_MAX] = "";
    const char *stated = table->options.symbol;
    if (stated[0])
        memcpy(symbol, stated, sizeof symbol);
    else if (!csv_symbol_of(table->name, symbol))
        symbol[0] = '\0';
    return csv_layout_volume(&table->layout, table->options.volume, symbol, error);
}

/* A date and a time of day in two columns. */
static bool has_clock(const struct csv_table *table, const struct sniff *sniff)
{
    const struct csv_layout *layout = &table->layout;
    int date = layout->column[CSV_TIME], clock = layout->column[CSV_CLOCK];
    struct csv_time time;
    int64_t clock_ns;
    if (date < 0 || date >= sniff->count || clock >= sniff->count ||
        csv_time_of_day(sniff->fields[clock].at, sniff->fields[clock].size, &clock_ns) < 0)
        return false;
    return layout->column[CSV_DAY] >= 0 ||
           csv_clock_text(&table->clock, sniff->fields[date].at, sniff->fields[date].size, &time) >= 0;
}

static oc_rc find_columns(struct csv_table *table, struct sniff *sniff)
{
    struct csv_layout *layout = &table->layout;
    const struct csv_options *options = &table->options;
    char error[CSV_ERROR_MAX];
    oc_rc rc = first_line(table, sniff);
    if (rc < 0)
        return rc;
    layout->has_header =
        options->header == 1 || (options->header == 0 && is_header(table, sniff->fields, sniff->count));
    if (layout->has_header) {
        layout->field_count = csv_field_count(sniff->at, sniff->size, layout->separator);
        rc = csv_layout_header(layout, sniff->fields, sniff->count);
        if (rc >= 0)
            rc = next_line(table, sniff);
        if (rc < 0)
            return rc;
    }
    layout->lead_lines = sniff->line - 1;
    if (!layout->has_header || options->columns[0])
        layout->field_count = csv_field_count(sniff->at, sniff->size, layout->separator);
    if (options->columns[0]) {
        rc = csv_layout_columns(layout, options->columns, error);
        if (layout->field_count < layout->column_count)
            layout->field_count = layout->column_count;
    } else if (!layout->has_header &&
               csv_layout_shape(layout, &table->clock, &options->notation, sniff->fields, sniff->count) < 0) {
        return csv_table_complain(table, OC_E_DATA,
                                  "there is no header, and the first row is not time,open,high,low,close; "
                                  "name the columns with "
                                  "columns=time,open,high,low,close,volume (- for a column to ignore)");
    }
    if (rc >= 0)
        rc = find_where(table);
    find_instrument(layout);
    if (rc >= 0)
        rc = find_volume(table, error);
    if (rc >= 0)
        rc = judge_scale(table, sniff);
    if (rc >= 0)
        rc = judge_stamp(table);
    if (rc < 0)
        return table->error[0] ? rc : csv_table_complain(table, rc, error);
    int column = layout->column[CSV_CLOCK];
    if (column >= 0 && !has_clock(table, sniff)) { /* "date" and a "time" that is something else */
        layout->role[column] = CSV_NONE;
        layout->column[CSV_CLOCK] = -1;
    }
    rc = csv_layout_type(layout, options->event_type, error);
    return rc < 0 ? csv_table_complain(table, rc, error) : OC_OK;
}

static oc_rc find_zone(struct csv_table *table)
{
    const char *name = table->options.zone;
    oc_rc rc = csv_zone_open(&table->clock.zone, name[0] ? name : "UTC");
    if (!name[0])
        table->clock.zone.name[0] = '\0';
    if (rc >= 0 || rc == OC_E_NOMEM)
        return rc;
    char what[192];
    snprintf(what, sizeof what,
             "option zone: \"%s\" %s; expected UTC, an offset such as +05:30, or a name such as "
             "America/New_York",
             name, rc == OC_E_NOT_SUPPORTED ? "is in a form that is not supported" : "is not known here");
    return csv_table_complain(table, OC_E_CONFIG, what);
}

/* A name such as ts_ms is believed, unless the times would lie before 1980 and in the unit of their
 * size after 1990. */
static bool is_misnamed(const struct csv_field *field, int64_t named, int64_t guess)
{
    const int64_t year_ns = 31557600 * (int64_t)1000000000;
    struct csv_clock clock = {.unit_ns = named};
    int64_t as_named, as_guessed;
    if (named == guess || csv_clock_read(&clock, field->at, field->size, 0, &as_named) < 0)
        return named != guess;
    clock.unit_ns = guess;
    return as_named < 10 * year_ns && csv_clock_read(&clock, field->at, field->size, 0, &as_guessed) >= 0 &&
           as_guessed > 20 * year_ns;
}

/* The sentence about the first row's time, `what` after its text. */
static oc_rc refuse_first(struct csv_table *table, const struct csv_field *field, const char *what)
{
    snprintf(table->error, sizeof table->error, "%s: line %llu, column %s: found \"%.*s\"%s", table->name,
             (unsigned long long)table->layout.lead_lines + 1, table->layout.name[table->layout.column[CSV_TIME]],
             (int)(field->size > FIELD_SHOWN_MAX ? FIELD_SHOWN_MAX : field->size), field->at, what);
    return OC_E_DATA;
}

/* The first time says whether the unit is right: before 1980 there is an index, or a spreadsheet's day. */
static oc_rc judge_first(struct csv_table *table, const struct csv_field *field)
{
    int64_t ns, sheet_ns;
    char found[TEXT_TIME_MAX], day[TEXT_TIME_MAX], what[400];
    if (table->layout.column[CSV_CLOCK] >= 0 || table->layout.column[CSV_DAY] >= 0 ||
        csv_clock_read(&table->clock, field->at, field->size, INT64_MIN, &ns) < 0 ||
        (ns >= table->oldest_ns && ns <= table->newest_ns))
        return OC_OK; /* the rows are judged one by one */
    text_from_time(found, ns);
    struct csv_clock sheet = {.unit_ns = CSV_SHEET_DAY};
    bool is_sheet = table->clock.unit_ns && csv_clock_read(&sheet, field->at, field->size, INT64_MIN, &sheet_ns) >= 0 &&
                    sheet_ns >= table->oldest_ns && sheet_ns <= table->newest_ns;
    int64_t named_ns;
    const bool is_of_day = field->size <= 8 && csv_day_of_name(table->name, &named_ns);
    if (is_of_day) {
        snprintf(
            what, sizeof what,
            ", which is %s; expected a time from 1980 to tomorrow; milliseconds of the day in the file's name, as LEAN "
            "keeps them: state unit=day_ms, with zone= of the market",
            found);
    } else if (is_sheet) {
        text_from_time(day, sheet_ns);
        snprintf(what, sizeof what,
                 ", which is %s; expected a time from 1980 to tomorrow; as a day of a spreadsheet it is %.10s: state "
                 "unit=excel, or allow_any_time=yes",
                 found, day);
    } else {
        snprintf(what, sizeof what,
                 ", which is %s; expected a time from 1980 to tomorrow; is it an index? name the column of time with "
                 "columns=-,time,open,high,low,close,volume, state unit= or date_format=, or allow_any_time=yes",
                 found);
    }
    return refuse_first(table, field, what);
}

static oc_rc find_unit(struct csv_table *table, const struct csv_field *field, bool is_text)
{
    struct csv_clock *clock = &table->clock;
    const char *name = table->layout.name[table->layout.column[CSV_TIME]];
    int64_t named = 0, guess = csv_clock_guess(field->at, field->size);
    csv_role_of(name, strlen(name), &named);
    if (!is_text && (clock->format || (!guess && table->options.unit_ns <= 0)))
        return refuse_first(
            table, field,
            clock->format ? "; expected a time in the format of date_format="
                          : "; expected an epoch time or a date such as 2023-03-01T10:20:30Z; date_format=%d/%m/%Y, or "
                            "%m/%d/%Y with the month first, reads others");
    if (table->options.unit_ns) {
        clock->unit_ns = table->options.unit_ns > 0 ? table->options.unit_ns : 0;
        table->unit_from = "stated";
        if (clock->unit_ns == CSV_DAY_MS && !csv_day_of_name(table->name, &clock->day_ns))
            return csv_table_complain(
                table, OC_E_CONFIG,
                "no date such as 20230103 stands in the file's name; expected one, as unit=day_ms says");
    } else if (table->layout.column[CSV_CLOCK] >= 0 || !guess || clock->format) {
        clock->unit_ns = 0;
        table->unit_from = "from the first row";
    } else if (named && is_misnamed(field, named, guess)) {
        return refuse_first(table, field,
                            ", which is no time in the unit that the name says; state unit=s, ms, us or ns");
    } else {
        clock->unit_ns = named ? named : guess;
        table->unit_from = named ? "from the name" : "from the magnitude";
    }
    return OC_OK;
}

static oc_rc find_clock(struct csv_table *table, const struct sniff *sniff)
{
    struct csv_clock *clock = &table->clock;
    const struct csv_layout *layout = &table->layout;
    int column = layout->column[CSV_TIME];
    struct csv_field field = column < sniff->count ? sniff->fields[column] : (struct csv_field){"", 0};
    struct csv_time time = {0};
    if (layout->column[CSV_DAY] >= 0) {
        table->unit_from = "from the first row";
        clock->is_date = layout->column[CSV_CLOCK] < 0;
        return OC_OK;
    }
    oc_rc rc = find_unit(table, &field, csv_clock_text(clock, field.at, field.size, &time) >= 0);
    if (rc < 0)
        return rc;
    clock->has_offset = time.has_offset && !clock->unit_ns;
    clock->is_date = !clock->unit_ns && !time.has_clock && layout->column[CSV_CLOCK] < 0;
    return judge_first(table, &field);
}

/* 1980 to one day from now; a market's data outside is a sign that its times are misread. */
static void set_bounds(struct csv_table *table)
{
    const int64_t year_1980_ns = 3652 * CSV_SHEET_DAY;
    table->oldest_ns = table->options.allow_any_time ? INT64_MIN : year_1980_ns;
    table->newest_ns = table->options.allow_any_time ? INT64_MAX : env_clock_real() + CSV_SHEET_DAY;
}

oc_rc csv_table_open(struct csv_table *table, const char *path, const char *options, struct csv_kept *kept)
{
    memset(table, 0, sizeof *table);
    table->source.fd = -1;
    table->wants_sizes = true;
    table->time_ns = INT64_MIN;
    snprintf(table->name, sizeof table->name, "%s", csv_file_name(path));
    oc_rc rc = csv_options_read(&table->options, options, table->error);
    table->clock.format = table->options.date_format[0] ? table->options.date_format : NULL;
    set_bounds(table);
    if (rc >= 0)
        rc = find_zone(table);
    if (rc >= 0)
        rc = csv_source_open(&table->source, path, table->error);
    bool is_kept = kept && kept->data;
    if (rc >= 0 && is_kept)
        csv_source_take(&table->source, kept);
    struct sniff sniff = {0};
    if (rc >= 0)
        rc = find_columns(table, &sniff);
    if (rc >= 0)
        rc = find_clock(table, &sniff);
    if (rc >= 0 && kept && !is_kept)
        csv_source_keep(&table->source, kept);
    if (rc >= 0)
        rc = csv_source_rewind(&table->source);
    for (; rc >= 0 && table->line < table->layout.lead_lines; table->line++)
        rc = csv_source_line(&table->source, &table->text, &table->size);
    if (rc >= 0 && table->options.is_newest_first)
        rc = csv_table_reverse(table);
    if (rc < 0 && !table->error[0])
        csv_table_complain(table, rc, "cannot be read");
    return rc;
}
