/* table.c: the lines of an open table, one after the other. */
#include "csv.h"

#include "base/env.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { COLUMN_SHOWN_MAX = 60 };

bool csv_line_is_passed(const char *line, size_t size)
{
    while (size > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        size--;
    }
    return size == 0 || *line == '#';
}

/* The field at `at`, without quotes and spaces around it; returns the place of the separator, or
 * `end`. */
const char *csv_field_take(const char *at, const char *end, char separator, struct csv_field *field)
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

/* How many of eight bytes are zero: each such byte alone keeps its high bit. */
static int zeros_of(uint64_t bytes)
{
    const uint64_t low = 0x7f7f7f7f7f7f7f7full;
    return (int)((~(((bytes & low) + low) | bytes | low) >> 7) * 0x0101010101010101ull >> 56);
}

/* Of a line without quotes, eight bytes at a time: most rows have columns that are not used. -1: there is a quote. */
static int count_plain(const char *line, size_t size, char separator)
{
    const uint64_t ones = 0x0101010101010101ull, wanted = ones * (unsigned char)separator, quotes = ones * '"';
    int count = 1, quoted = 0;
    size_t i = 0;
    for (uint64_t bytes; i + 8 <= size; i += 8) {
        memcpy(&bytes, line + i, 8);
        count += zeros_of(bytes ^ wanted);
        quoted += zeros_of(bytes ^ quotes);
    }
    for (; i < size; i++) {
        count += line[i] == separator;
        quoted += line[i] == '"';
    }
    return quoted ? -1 : count;
}

int csv_field_count(const char *line, size_t size, char separator)
{
    const char *at = line, *end = line + size;
    struct csv_field field;
    int plain = count_plain(line, size, separator);
    if (plain > 0)
        return plain;
    for (int count = 1;; count++) {
        at = csv_field_take(at, end, separator, &field);
        if (at == end)
            return count;
        at++;
    }
}

int csv_split(const char *line, size_t size, char separator, struct csv_field *fields, int field_max)
{
    const char *at = line, *end = line + size;
    for (int count = 0; count < field_max;) {
        at = csv_field_take(at, end, separator, &fields[count++]);
        if (at == end)
            return count;
        at++;
    }
    return field_max;
}

oc_rc csv_table_complain(struct csv_table *table, oc_rc rc, const char *what)
{
    snprintf(table->error, sizeof table->error, "%s: %s", table->name, what);
    return rc;
}

/* What the file itself refuses. */
oc_rc csv_table_complain_line(struct csv_table *table, oc_rc rc, uint64_t line)
{
    char what[128];
    if (rc == OC_E_LIMIT)
        snprintf(what, sizeof what, "line %llu is longer than %d bytes; expected a table of text",
                 (unsigned long long)line, CSV_LINE_MAX);
    else if (rc == OC_E_DATA)
        snprintf(what, sizeof what, "after line %llu: the %s data is damaged or cut off; fetch the file again",
                 (unsigned long long)line - 1, table->source.is_zip ? "zip" : "gzip");
    else
        snprintf(what, sizeof what, "line %llu cannot be read", (unsigned long long)line);
    return csv_table_complain(table, rc, what);
}

void csv_table_close(struct csv_table *table)
{
    csv_source_close(&table->source);
    csv_kept_release(&table->reversed);
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

/* A row of another count of fields is a row of other columns. */
static oc_rc refuse_count(struct csv_table *table, int count)
{
    const char *as = table->layout.is_stated    ? "columns= names or the first row has"
                     : table->layout.has_header ? "the header has"
                                                : "the first row has";
    snprintf(table->error, sizeof table->error,
             "%s: row %llu (line %llu): found %d fields; expected %d, as many as %s; correct the file, or name its "
             "columns with columns=time,open,high,low,close,volume (- for a column to ignore)",
             table->name, (unsigned long long)table->row, (unsigned long long)table->line, count,
             table->layout.field_count, as);
    return OC_E_DATA;
}

static oc_rc refuse_time(struct csv_table *table)
{
    return csv_table_refuse(table, table->layout.column[CSV_TIME] >= 0 ? CSV_TIME : CSV_CLOCK,
                            "a time from 1980 to tomorrow",
                            "state how it is to be read with unit= or date_format=, or allow_any_time=yes");
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
    const struct csv_notation *notation = &table->options.notation;
    oc_rc rc = role >= CSV_VOLUME ? csv_notation_quantity(notation, field->at, field->size, number)
                                  : csv_notation_read(notation, field->at, field->size, number);
    if (rc >= 0)
        return rc;
    if (rc != OC_E_RANGE && notation->is_plain && memchr(field->at, ',', field->size))
        return csv_table_refuse(table, role, "a decimal number",
                                "state decimal=comma, or thousands=comma where the comma parts groups of digits");
    return csv_table_refuse(
        table, role, rc == OC_E_RANGE ? "a number of at most 18 digits before and after the point" : "a decimal number",
        NULL);
}

struct cells { /* what is judged when the whole line is read */
    struct csv_field time;
    struct csv_field clock;
    struct csv_field instrument;
    struct csv_field month;
    struct csv_field day;
    bool has_time; /* already in the row */
    bool is_wanted;
};

/* Year, month and day of three columns as one date. */
static oc_rc join_date(const struct cells *cells, struct csv_time *ret_time)
{
    const struct csv_field *parts[] = {&cells->time, &cells->month, &cells->day};
    char text[16];
    size_t used = 0;
    for (int i = 0; i < 3; i++) {
        size_t size = parts[i]->size, wanted = i ? 2 : 4;
        if (size == 0 || size > wanted || (!i && size < 4))
            return OC_E_INVALID;
        if (i)
            text[used++] = '-';
        if (size < wanted)
            text[used++] = '0';
        memcpy(text + used, parts[i]->at, size);
        used += size;
    }
    return csv_time_text(text, used, ret_time);
}

/* A date and a time of day, in one column or in several. */
static oc_rc set_time(struct csv_table *table, const struct cells *cells, int64_t *ret_ns)
{
    const char *expected = table->clock.unit_ns ? "an epoch time" : "a date and time such as 2023-03-01T10:20:30Z";
    const struct csv_layout *layout = &table->layout;
    bool is_parted = layout->column[CSV_DAY] >= 0, has_clock = layout->column[CSV_CLOCK] >= 0;
    oc_rc rc;
    if (has_clock || is_parted) {
        struct csv_time time;
        int64_t ns = 0;
        rc = is_parted ? join_date(cells, &time)
                       : csv_clock_text(&table->clock, cells->time.at, cells->time.size, &time);
        if (rc < 0 || time.has_clock)
            return csv_table_refuse(table, CSV_TIME,
                                    is_parted ? "a year, a month and a day" : "a date such as 2023-03-01", NULL);
        if (has_clock && csv_time_of_day(cells->clock.at, cells->clock.size, &ns) < 0)
            return csv_table_refuse(table, CSV_CLOCK, "a time of day such as 10:20:30", NULL);
        rc = csv_zone_to_utc(&table->clock.zone, time.local_ns + ns, table->time_ns, ret_ns);
    } else {
        rc = csv_clock_read(&table->clock, cells->time.at, cells->time.size, table->time_ns, ret_ns);
    }
    if (rc == OC_E_RANGE)
        expected = "a time between 1678 and 2262 that the zone's rules cover";
    return rc < 0 ? csv_table_refuse(table, CSV_TIME, expected, NULL) : OC_OK;
}

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

/* One table, one instrument. */
static oc_rc judge_instrument(struct csv_table *table, const struct csv_field *field)
{
    int size = (int)(field->size < CSV_NAME_MAX ? field->size : CSV_NAME_MAX - 1);
    const char *name = table->layout.name[table->layout.instrument];
    if (!table->has_instrument) {
        snprintf(table->instrument, sizeof table->instrument, "%.*s", size, field->at);
        table->has_instrument = true;
    }
    if (strlen(table->instrument) == (size_t)size && (!size || memcmp(table->instrument, field->at, (size_t)size) == 0))
        return OC_OK;
    snprintf(table->error, sizeof table->error,
             "%s: row %llu (line %llu), column %s: found \"%.*s\"; expected \"%s\", as in the first row; state "
             "where=%s:%s to read the rows of one instrument",
             table->name, (unsigned long long)table->row, (unsigned long long)table->line, name, size, field->at,
             table->instrument, name, table->instrument);
    return OC_E_DATA;
}

static oc_rc take_cell(struct csv_table *table, int column, const struct csv_field *field, struct cells *cells,
                       struct csv_row *row)
{
    enum csv_role role = (enum csv_role)table->layout.role[column];
    if (column == table->layout.where)
        cells->is_wanted = field->size == strlen(table->options.where_value) &&
                           memcmp(field->at, table->options.where_value, field->size) == 0;
    if (column == table->layout.instrument)
        cells->instrument = *field;
    if (role == CSV_TIME)
        cells->time = *field;
    else if (role == CSV_CLOCK)
        cells->clock = *field;
    else if (role == CSV_MONTH)
        cells->month = *field;
    else if (role == CSV_DAY)
        cells->day = *field;
    else if (role == CSV_SIDE || role == CSV_MAKER)
        return set_side(table, role, field, &row->taker_side);
    else if (role != CSV_NONE && (table->wants_sizes || role < CSV_VOLUME))
        return set_number(table, role, field, &row->number[role]);
    return OC_OK;
}

static oc_rc read_row(struct csv_table *table, struct csv_row *row, struct cells *cells)
{
    const struct csv_layout *layout = &table->layout;
    const bool is_plain = table->options.notation.is_plain;
    const char *at = table->text, *end = at + table->size;
    const char separator = layout->separator;
    int count = 0;
    for (int column = 0; column <= layout->last_used; column++) {
        count += at <= end;
        unsigned role = layout->role[column];
        struct csv_field field = {"", 0};
        const char *next = NULL;
        if (at <= end && column != layout->where) {
            if (is_plain && role != CSV_NONE &&
                role < (table->wants_sizes ? (unsigned)CSV_NUMBERS : (unsigned)CSV_VOLUME))
                next = csv_number_fast(at, &row->number[role]);
            else if (role == CSV_TIME && table->clock.unit_ns > 0 && table->clock.unit_ns < CSV_SHEET_DAY)
                next = fast_epoch(at, table->clock.unit_ns, &row->time_ns);
        }
        if (next && (next == end || *next == separator)) {
            cells->has_time |= role == CSV_TIME;
            at = next + 1;
            continue;
        }
        if (at <= end)
            at = csv_field_take(at, end, separator, &field) + 1;
        oc_rc rc = take_cell(table, column, &field, cells, row);
        if (rc < 0)
            return rc;
    }
    if (at <= end)
        count += csv_field_count(at, (size_t)(end - at), separator);
    return count == layout->field_count ? OC_OK : OC_E_RANGE;
}

/* Prices written as whole numbers of a small part. */
static oc_rc shift_prices(struct csv_table *table, struct csv_row *row)
{
    for (int role = CSV_NONE + 1; role < CSV_VOLUME; role++) {
        struct csv_number *number = &row->number[role];
        if (table->layout.column[role] < 0 || number->digits == 0)
            continue;
        number->decimals += table->options.notation.price_decimals;
        if (number->decimals > NUM_POW10_MAX)
            return csv_table_refuse(table, (enum csv_role)role, "a price of at most 18 decimals",
                                    "state fewer price_decimals");
    }
    return OC_OK;
}

static oc_rc keep_line(struct csv_kept *kept, const char *text, size_t size)
{
    if (size + 2 > kept->room - kept->size || !kept->data) {
        size_t room = kept->room ? kept->room * 2 : CSV_TEXT_SIZE;
        char *data = room <= CSV_REVERSED_MAX ? env_alloc(room) : NULL;
        if (!data)
            return room <= CSV_REVERSED_MAX ? OC_E_NOMEM : OC_E_LIMIT;
        if (kept->data)
            memcpy(data, kept->data, kept->size);
        env_free(kept->data);
        kept->data = data;
        kept->room = room;
    }
    memcpy(kept->data + kept->size, text, size);
    kept->size += size;
    kept->data[kept->size++] = '\n'; /* no digit, as after each line */
    return OC_OK;
}

oc_rc csv_table_reverse(struct csv_table *table)
{
    for (;;) {
        const char *line;
        size_t size;
        oc_rc rc = csv_source_line(&table->source, &line, &size);
        table->line++;
        if (rc == OC_E_END)
            return OC_OK;
        if (rc < 0)
            return csv_table_complain_line(table, rc, table->line);
        rc = keep_line(&table->reversed, line, size);
        if (rc == OC_E_LIMIT)
            return csv_table_complain(table, rc,
                                      "is too long to be read backwards; expected at most 256 MiB; reverse "
                                      "its rows, and leave order=newest_first out");
        if (rc < 0)
            return rc;
    }
}

/* The line after the last one, or before it when the newest row comes first. */
static oc_rc next_text(struct csv_table *table)
{
    struct csv_kept *reversed = &table->reversed;
    if (!table->options.is_newest_first) {
        oc_rc rc = csv_source_line(&table->source, &table->text, &table->size);
        table->line += rc != OC_E_END;
        return rc;
    }
    if (reversed->size == 0)
        return OC_E_END;
    size_t end = reversed->size - 1, at = end;
    while (at > 0 && reversed->data[at - 1] != '\n')
        at--;
    table->text = reversed->data + at;
    table->size = end - at;
    reversed->size = at;
    table->line--;
    return OC_OK;
}

oc_rc csv_table_next(struct csv_table *table, struct csv_row *ret_row)
{
    for (;;) {
        oc_rc rc = next_text(table);
        if (rc == OC_E_END)
            return rc;
        if (rc < 0) {
            table->is_broken = true;
            return csv_table_complain_line(table, rc, table->line);
        }
        if (table->size == 0 || table->text[0] == '#' || table->text[0] == ' ') {
            if (csv_line_is_passed(table->text, table->size))
                continue;
        }
        table->row++;
        struct cells cells = {.time = {"", 0}, .clock = {"", 0}, .is_wanted = true};
        ret_row->taker_side = OC_SIDE_NONE;
        rc = read_row(table, ret_row, &cells);
        if (!cells.is_wanted && table->layout.where >= 0)
            continue;
        if (rc < 0) {
            int count = csv_field_count(table->text, table->size, table->layout.separator);
            if (count != table->layout.field_count || rc == OC_E_RANGE)
                return refuse_count(table, count);
        }
        if (rc >= 0 && table->layout.instrument >= 0)
            rc = judge_instrument(table, &cells.instrument);
        if (rc >= 0 && !cells.has_time)
            rc = set_time(table, &cells, &ret_row->time_ns);
        if (rc >= 0 && (ret_row->time_ns < table->oldest_ns || ret_row->time_ns > table->newest_ns))
            rc = refuse_time(table);
        if (rc >= 0)
            table->time_ns = ret_row->time_ns;
        if (rc >= 0 && table->options.notation.price_decimals)
            rc = shift_prices(table, ret_row);
        return rc;
    }
}
