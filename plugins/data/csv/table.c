/* table.c: opens a file, finds out how its lines are to be read, and reads them one after the
 * other. */
#include "csv.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { COLUMN_SHOWN_MAX = 60 };

static bool is_passed_over(const char *line, size_t size)
{
    while (size > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        size--;
    }
    return size == 0 || *line == '#';
}

/* The field at `at`, without quotes and spaces around it; returns the place of the separator, or
 * `end`. */
static const char *take_field(const char *at, const char *end, char separator, struct csv_field *field)
{
    const char *stop;
    while (at < end && *at == ' ' && separator != ' ')
        at++;
    if (at < end && *at == '"') {
        const char *quote = memchr(at + 1, '"', (size_t)(end - at - 1));
        if (quote) {
            *field = (struct csv_field){at + 1, (size_t)(quote - at - 1)};
            stop = memchr(quote, separator, (size_t)(end - quote));
            return stop ? stop : end;
        }
    }
    stop = memchr(at, separator, (size_t)(end - at));
    if (!stop)
        stop = end;
    size_t size = (size_t)(stop - at);
    while (size > 0 && at[size - 1] == ' ')
        size--;
    *field = (struct csv_field){at, size};
    return stop;
}

int csv_split(const char *line, size_t size, char separator, struct csv_field *fields, int field_max)
{
    const char *at = line, *end = line + size;
    for (int count = 0; count < field_max;) {
        at = take_field(at, end, separator, &fields[count++]);
        if (at == end)
            return count;
        at++;
    }
    return field_max;
}

static oc_rc complain(struct csv_table *table, oc_rc rc, const char *what)
{
    snprintf(table->error, sizeof table->error, "%s: %s", table->name, what);
    return rc;
}

/* What the file itself refuses. */
static oc_rc complain_line(struct csv_table *table, oc_rc rc, uint64_t line)
{
    char what[128];
    if (rc == OC_E_LIMIT)
        snprintf(what, sizeof what, "line %llu is longer than %d bytes; expected a table of text",
                 (unsigned long long)line, CSV_LINE_MAX);
    else if (rc == OC_E_DATA)
        snprintf(what, sizeof what, "after line %llu: the gzip data is damaged or cut off; fetch the file again",
                 (unsigned long long)line - 1);
    else
        snprintf(what, sizeof what, "line %llu cannot be read", (unsigned long long)line);
    return complain(table, rc, what);
}

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

static bool is_header(const struct csv_field *fields, int count)
{
    struct csv_number number;
    struct csv_time time;
    if (csv_time_text(fields[0].at, fields[0].size, &time) >= 0)
        return false;
    for (int i = 0; i < count; i++)
        if (fields[i].size > 0 && csv_number_read(fields[i].at, fields[i].size, &number) >= 0)
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
            return complain(table, OC_E_DATA,
                            sniff->line ? "found no row of data; expected a table of text" : "the file is empty");
        sniff->line++;
        if (rc < 0)
            return complain_line(table, rc, sniff->line);
        if (sniff->line == 1 && sniff->size >= 3 && memcmp(sniff->at, "\xef\xbb\xbf", 3) == 0) {
            sniff->at += 3;
            sniff->size -= 3;
        }
        if (sniff->line == 1 && sniff->size >= 2 &&
            (memcmp(sniff->at, "\xff\xfe", 2) == 0 || memcmp(sniff->at, "\xfe\xff", 2) == 0))
            return complain(table, OC_E_DATA, "the text is UTF-16; expected UTF-8");
        if (is_passed_over(sniff->at, sniff->size))
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
    return complain(table, OC_E_DATA, "found no columns; expected fields separated by a comma, semicolon, tab or |");
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
    return complain(table, OC_E_CONFIG, what);
}

/* A date and a time of day in two columns. */
static bool has_clock(const struct csv_layout *layout, const struct sniff *sniff)
{
    int date = layout->column[CSV_TIME], clock = layout->column[CSV_CLOCK];
    struct csv_time time;
    int64_t clock_ns;
    return date >= 0 && date < sniff->count && clock < sniff->count &&
           csv_time_of_day(sniff->fields[clock].at, sniff->fields[clock].size, &clock_ns) >= 0 &&
           csv_time_text(sniff->fields[date].at, sniff->fields[date].size, &time) >= 0;
}

static oc_rc find_columns(struct csv_table *table, struct sniff *sniff)
{
    struct csv_layout *layout = &table->layout;
    const struct csv_options *options = &table->options;
    char error[CSV_ERROR_MAX];
    oc_rc rc = first_line(table, sniff);
    if (rc < 0)
        return rc;
    layout->has_header = options->header == 1 || (options->header == 0 && is_header(sniff->fields, sniff->count));
    if (layout->has_header) {
        rc = csv_layout_header(layout, sniff->fields, sniff->count);
        if (rc >= 0)
            rc = next_line(table, sniff);
        if (rc < 0)
            return rc;
    }
    layout->lead_lines = sniff->line - 1;
    if (options->columns[0]) {
        rc = csv_layout_columns(layout, options->columns, error);
    } else if (!layout->has_header && csv_layout_shape(layout, sniff->fields, sniff->count) < 0) {
        return complain(table, OC_E_DATA,
                        "there is no header, and the first row is not time,open,high,low,close; "
                        "name the columns with "
                        "columns=time,open,high,low,close,volume (- for a column to ignore)");
    }
    if (rc >= 0)
        rc = find_where(table);
    if (rc < 0)
        return rc == OC_E_CONFIG && table->error[0] ? rc : complain(table, rc, error);
    int column = layout->column[CSV_CLOCK];
    if (column >= 0 && !has_clock(layout, sniff)) { /* "date" and a "time" that is something else */
        layout->role[column] = CSV_NONE;
        layout->column[CSV_CLOCK] = -1;
    }
    rc = csv_layout_type(layout, options->event_type, error);
    return rc < 0 ? complain(table, rc, error) : OC_OK;
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
    return complain(table, OC_E_CONFIG, what);
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

static oc_rc find_clock(struct csv_table *table, const struct sniff *sniff)
{
    struct csv_clock *clock = &table->clock;
    int column = table->layout.column[CSV_TIME];
    const char *name = table->layout.name[column];
    struct csv_field field = column < sniff->count ? sniff->fields[column] : (struct csv_field){"", 0};
    int64_t named = 0, guess = csv_clock_guess(field.at, field.size);
    struct csv_time time = {0};
    csv_role_of(name, strlen(name), &named);
    bool is_text = csv_time_text(field.at, field.size, &time) >= 0;
    if (!guess && !is_text && table->options.unit_ns <= 0) {
        snprintf(table->error, sizeof table->error,
                 "%s: line %llu, column %s: found \"%.*s\"; expected an epoch time or a date such "
                 "as 2023-03-01T10:20:30Z",
                 table->name, (unsigned long long)table->layout.lead_lines + 1, name,
                 (int)(field.size > COLUMN_SHOWN_MAX ? COLUMN_SHOWN_MAX : field.size), field.at);
        return OC_E_DATA;
    }
    if (table->options.unit_ns) {
        clock->unit_ns = table->options.unit_ns > 0 ? table->options.unit_ns : 0;
        table->unit_from = "stated";
    } else if (table->layout.column[CSV_CLOCK] >= 0 || !guess) {
        clock->unit_ns = 0;
        table->unit_from = "from the first row";
    } else if (named && is_misnamed(&field, named, guess)) {
        snprintf(table->error, sizeof table->error,
                 "%s: line %llu, column %s: found \"%.*s\", which is no time in the unit that the "
                 "name says; state unit=s, ms, us or ns",
                 table->name, (unsigned long long)table->layout.lead_lines + 1, name,
                 (int)(field.size > COLUMN_SHOWN_MAX ? COLUMN_SHOWN_MAX : field.size), field.at);
        return OC_E_DATA;
    } else {
        clock->unit_ns = named ? named : guess;
        table->unit_from = named ? "from the name" : "from the magnitude";
    }
    clock->has_offset = time.has_offset && !clock->unit_ns;
    clock->is_date = !clock->unit_ns && !time.has_clock && table->layout.column[CSV_CLOCK] < 0;
    return OC_OK;
}

oc_rc csv_table_open(struct csv_table *table, const char *path, const char *options, struct csv_kept *kept)
{
    memset(table, 0, sizeof *table);
    table->source.fd = -1;
    table->wants_sizes = true;
    table->time_ns = INT64_MIN;
    snprintf(table->name, sizeof table->name, "%s", csv_file_name(path));
    oc_rc rc = csv_options_read(&table->options, options, table->error);
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
    if (rc < 0 && !table->error[0])
        complain(table, rc, "cannot be read");
    return rc;
}

void csv_table_close(struct csv_table *table)
{
    csv_source_close(&table->source);
    csv_zone_release(&table->clock.zone);
}

oc_rc csv_table_refuse(struct csv_table *table, enum csv_role role, const char *expected, const char *todo)
{
    struct csv_field fields[CSV_COLUMNS_MAX];
    int count = csv_split(table->text, table->size, table->layout.separator, fields, CSV_COLUMNS_MAX);
    int column = table->layout.column[role];
    struct csv_field field = {"", 0};
    if (column >= 0 && column < count)
        field = fields[column];
    snprintf(table->error, sizeof table->error, "%s: row %llu (line %llu), column %s: found %s%.*s%s; expected %s; %s",
             table->name, (unsigned long long)table->row, (unsigned long long)table->line,
             column >= 0 ? table->layout.name[column] : csv_role_name(role), field.size ? "\"" : "nothing",
             (int)(field.size > COLUMN_SHOWN_MAX ? COLUMN_SHOWN_MAX : field.size), field.at, field.size ? "\"" : "",
             expected, todo ? todo : "correct the row, or state bad_rows=skip to leave such rows out");
    return OC_E_DATA;
}

static oc_rc set_side(struct csv_table *table, enum csv_role role, const struct csv_field *field, uint32_t *ret_side)
{
    static const struct {
        const char *word;
        uint8_t role;
        uint8_t side;
    } words[] = {
        {"buy", CSV_SIDE, OC_SIDE_BUY},     {"sell", CSV_SIDE, OC_SIDE_SELL},  {"b", CSV_SIDE, OC_SIDE_BUY},
        {"s", CSV_SIDE, OC_SIDE_SELL},      {"a", CSV_SIDE, OC_SIDE_SELL},     {"buyer", CSV_SIDE, OC_SIDE_BUY},
        {"seller", CSV_SIDE, OC_SIDE_SELL}, {"bid", CSV_SIDE, OC_SIDE_SELL},   {"ask", CSV_SIDE, OC_SIDE_BUY},
        {"", CSV_SIDE, OC_SIDE_NONE},       {"none", CSV_SIDE, OC_SIDE_NONE},  {"unknown", CSV_SIDE, OC_SIDE_NONE},
        {"n", CSV_SIDE, OC_SIDE_NONE},      {"true", CSV_MAKER, OC_SIDE_SELL}, {"false", CSV_MAKER, OC_SIDE_BUY},
        {"1", CSV_MAKER, OC_SIDE_SELL},     {"0", CSV_MAKER, OC_SIDE_BUY},     {"", CSV_MAKER, OC_SIDE_NONE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (words[i].role == role && strlen(words[i].word) == field->size &&
            strncasecmp(words[i].word, field->at, field->size) == 0) {
            *ret_side = words[i].side;
            return OC_OK;
        }
    }
    return csv_table_refuse(table, role, role == CSV_SIDE ? "buy or sell" : "true or false", NULL);
}

static oc_rc set_number(struct csv_table *table, enum csv_role role, const struct csv_field *field,
                        struct csv_number *number)
{
    oc_rc rc = csv_number_read(field->at, field->size, number);
    if (rc >= 0)
        return rc;
    return csv_table_refuse(
        table, role, rc == OC_E_RANGE ? "a number of at most 18 digits before and after the point" : "a decimal number",
        NULL);
}

/* A date and a time of day, in one column or in two. */
static oc_rc set_time(struct csv_table *table, const struct csv_field *date, const struct csv_field *clock,
                      int64_t *ret_ns)
{
    const char *expected = table->clock.unit_ns ? "an epoch time" : "a date and time such as 2023-03-01T10:20:30Z";
    oc_rc rc;
    if (table->layout.column[CSV_CLOCK] >= 0) {
        struct csv_time time;
        int64_t ns;
        rc = csv_time_text(date->at, date->size, &time);
        if (rc < 0 || time.has_clock)
            return csv_table_refuse(table, CSV_TIME, "a date such as 2023-03-01", NULL);
        rc = csv_time_of_day(clock->at, clock->size, &ns);
        if (rc < 0)
            return csv_table_refuse(table, CSV_CLOCK, "a time of day such as 10:20:30", NULL);
        rc = csv_zone_to_utc(&table->clock.zone, time.local_ns + ns, table->time_ns, ret_ns);
    } else {
        rc = csv_clock_read(&table->clock, date->at, date->size, table->time_ns, ret_ns);
    }
    if (rc == OC_E_RANGE)
        expected = "a time between 1678 and 2262 that the zone's rules cover";
    return rc < 0 ? csv_table_refuse(table, CSV_TIME, expected, NULL) : OC_OK;
}

struct cells { /* what is judged when the whole line is read */
    struct csv_field time;
    struct csv_field clock;
    bool has_time; /* already in the row */
    bool is_wanted;
};

/* A plain epoch time that a separator follows: the place of that, or NULL. */
static const char *fast_epoch(const char *at, int64_t unit_ns, int64_t *ret_ns)
{
    uint64_t value = 0;
    unsigned digit;
    const char *first = at;
    while ((digit = (unsigned char)*at - (unsigned)'0') <= 9) {
        value = value * 10 + digit;
        at++;
    }
    if (at == first || at - first > 18 || num_mul((int64_t)value, unit_ns, ret_ns) < 0)
        return NULL;
    return at;
}

static oc_rc take_cell(struct csv_table *table, int column, const struct csv_field *field, struct cells *cells,
                       struct csv_row *row)
{
    enum csv_role role = (enum csv_role)table->layout.role[column];
    if (column == table->layout.where)
        cells->is_wanted = field->size == strlen(table->options.where_value) &&
                           memcmp(field->at, table->options.where_value, field->size) == 0;
    if (role == CSV_TIME)
        cells->time = *field;
    else if (role == CSV_CLOCK)
        cells->clock = *field;
    else if (role == CSV_SIDE || role == CSV_MAKER)
        return set_side(table, role, field, &row->taker_side);
    else if (role != CSV_NONE && (table->wants_sizes || role < CSV_VOLUME))
        return set_number(table, role, field, &row->number[role]);
    return OC_OK;
}

static oc_rc read_row(struct csv_table *table, struct csv_row *row, struct cells *cells)
{
    const struct csv_layout *layout = &table->layout;
    const char *at = table->text, *end = at + table->size;
    const char separator = layout->separator;
    for (int column = 0; column <= layout->last_used; column++) {
        unsigned role = layout->role[column];
        struct csv_field field = {"", 0};
        const char *next = NULL;
        if (at <= end && column != layout->where) {
            if (role != CSV_NONE && role < (table->wants_sizes ? (unsigned)CSV_NUMBERS : (unsigned)CSV_VOLUME))
                next = csv_number_fast(at, &row->number[role]);
            else if (role == CSV_TIME && table->clock.unit_ns > 0)
                next = fast_epoch(at, table->clock.unit_ns, &row->time_ns);
        }
        if (next && (next == end || *next == separator)) {
            cells->has_time |= role == CSV_TIME;
            at = next + 1;
            continue;
        }
        if (at <= end)
            at = take_field(at, end, separator, &field) + 1;
        oc_rc rc = take_cell(table, column, &field, cells, row);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

oc_rc csv_table_next(struct csv_table *table, struct csv_row *ret_row)
{
    for (;;) {
        oc_rc rc = csv_source_line(&table->source, &table->text, &table->size);
        if (rc == OC_E_END)
            return rc;
        table->line++;
        if (rc < 0) {
            table->is_broken = true;
            return complain_line(table, rc, table->line);
        }
        if (table->size == 0 || table->text[0] == '#' || table->text[0] == ' ') {
            if (is_passed_over(table->text, table->size))
                continue;
        }
        table->row++;
        struct cells cells = {.time = {"", 0}, .clock = {"", 0}, .is_wanted = true};
        ret_row->taker_side = OC_SIDE_NONE;
        rc = read_row(table, ret_row, &cells);
        if (!cells.is_wanted && table->layout.where >= 0)
            continue;
        if (rc >= 0 && !cells.has_time)
            rc = set_time(table, &cells.time, &cells.clock, &ret_row->time_ns);
        if (rc >= 0)
            table->time_ns = ret_row->time_ns;
        return rc;
    }
}
