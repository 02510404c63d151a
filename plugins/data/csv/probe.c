/* probe.c: what a file holds: columns, clock, period, steps, symbol; each inference is a line of
 * the notes. */
#include "csv.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

static const int64_t NS_S = 1000000000, NS_HOUR = 3600 * (int64_t)1000000000, NS_DAY = CSV_SHEET_DAY;

enum {
    SIZED_ROWS = 4096,
    SIZE_ROOM = 10
}; /* rows whose quantities are looked at; how much larger a later one may be */

struct distance {
    int64_t ns;
    uint64_t count;
};

struct scan {
    uint64_t rows;
    uint64_t bad;
    uint64_t backwards; /* rows older than the one before, or for bars of the same time */
    uint64_t rounded;   /* prices with binary noise */
    int64_t first_ns;
    int64_t last_ns;
    int decimals;
    int qty_scale; /* the finest that has room for the quantities of the first SIZED_ROWS */
    bool is_whole;
    struct csv_dates dates;
    struct distance distances[CSV_DISTANCES_MAX];
};

static void take_distance(struct scan *scan, int64_t ns)
{
    struct distance *rarest = scan->distances;
    for (int i = 0; i < CSV_DISTANCES_MAX; i++) {
        struct distance *distance = &scan->distances[i];
        if (distance->ns == ns) {
            distance->count++;
            if (i > 0 && distance->count > distance[-1].count) { /* the common ones in front */
                struct distance swap = *distance;
                *distance = distance[-1];
                distance[-1] = swap;
            }
            return;
        }
        if (distance->count < rarest->count || (distance->count == rarest->count && distance->count > 0))
            rarest = distance;
        if (distance->count == 0) {
            *distance = (struct distance){ns, 1};
            return;
        }
    }
    *rarest = (struct distance){ns, 1};
}

static void take_prices(struct scan *scan, const struct csv_table *table, const struct csv_row *row)
{
    for (int column = 0; column <= table->layout.last_used; column++) {
        int role = table->layout.role[column];
        if (role == CSV_NONE || role >= CSV_VOLUME)
            continue;
        const struct csv_number *number = &row->number[role];
        scan->rounded += number->is_rounded;
        if (number->decimals <= scan->decimals)
            continue;
        uint64_t digits = number->digits; /* 1.5000 has one decimal */
        int decimals = number->decimals;
        while (decimals > scan->decimals && digits % 10 == 0) {
            digits /= 10;
            decimals--;
        }
        scan->decimals = decimals;
    }
}

/* A quantity counts steps of 10^-scale, with room for larger ones. */
static bool has_room(const struct csv_number *number, int scale)
{
    int64_t units;
    bool is_rounded;
    return csv_number_round(number, (struct csv_step){.units = 1, .scale = scale}, &units, &is_rounded) >= 0 &&
           units <= INT64_MAX / SIZE_ROOM;
}

static void take_sizes(struct scan *scan, const struct csv_table *table, const struct csv_row *row)
{
    for (int column = 0; column <= table->layout.last_used; column++) {
        const int role = table->layout.role[column];
        if (role < CSV_VOLUME || role >= CSV_NUMBERS || row->number[role].is_empty)
            continue;
        while (scan->qty_scale > 0 && !has_room(&row->number[role], scan->qty_scale))
            scan->qty_scale--;
    }
}

/* Reads rows up to the bound. Rows out of order and rows refused are counted here and judged by
 * pull. */
static oc_rc scan_rows(struct csv_table *table, struct scan *scan)
{
    struct csv_row row = {0};
    bool is_bar = table->layout.event_type == OC_EV_BAR || table->layout.event_type == OC_EV_QBAR;
    scan->qty_scale = CSV_QTY_SCALE;
    while (scan->rows < CSV_SCAN_ROWS_MAX) {
        table->wants_sizes = scan->rows < SIZED_ROWS;
        oc_rc rc = csv_table_next(table, &row);
        if (rc == OC_E_END) {
            scan->is_whole = true;
            return OC_OK;
        }
        if (rc == OC_E_DATA && table->options.skip_bad && !table->is_broken) {
            scan->bad++;
            continue;
        }
        if (rc < 0)
            return rc;
        if (is_bar && (scan->rows == 0 || row.time_ns - scan->last_ns > 4 * NS_DAY))
            csv_dates_take(&scan->dates, &table->clock.zone, row.time_ns);
        if (scan->rows++ == 0)
            scan->first_ns = row.time_ns;
        else if (row.time_ns < scan->last_ns || (is_bar && row.time_ns == scan->last_ns))
            scan->backwards++;
        else if (is_bar)
            take_distance(scan, row.time_ns - scan->last_ns);
        scan->last_ns = row.time_ns;
        take_prices(scan, table, &row);
        if (table->wants_sizes)
            take_sizes(scan, table, &row);
    }
    return OC_OK;
}

/* A length that people use for bars: it divides a day, or is a number of days. */
static bool is_usual(int64_t ns) { return ns >= NS_S && (NS_DAY % ns == 0 || ns % NS_DAY == 0); }

static bool is_about(int64_t ns, int days, int days_more)
{
    return ns >= days * NS_DAY - NS_HOUR && ns <= (days + days_more) * NS_DAY + NS_HOUR;
}

/* How many months so many days may be; 0 none. */
static int months_of(int64_t ns)
{
    return is_about(ns, 28, 7)     ? 1
           : is_about(ns, 88, 8)   ? 3
           : is_about(ns, 180, 8)  ? 6
           : is_about(ns, 364, 10) ? 12
                                   : 0;
}

/* Weeks of other lengths than seven days, months and years end by the calendar. What looks like that but is not
 * dated early in each is refused: such a date is rather that of the close. OC_E_DATA. */
static oc_rc infer_calendar(struct csv_table *table, const struct scan *scan, int64_t common_ns,
                            struct csv_calendar *ret_calendar)
{
    const struct csv_dates *dates = &scan->dates;
    int months = months_of(common_ns), lengths = 0, near_weeks = 0;
    for (int i = 0; i < CSV_DISTANCES_MAX; i++) {
        const struct distance *distance = &scan->distances[i];
        lengths += distance->count > 0;
        near_weeks += distance->count > 0 && is_about(distance->ns, 5, 4) && !is_about(distance->ns, 7, 0);
    }
    bool is_week = is_about(common_ns, 7, 0) && near_weeks > 0;
    if (!months && !is_week)
        return OC_OK;
    bool is_early = months ? dates->day_max <= 7 && !dates->same_month : dates->weekday_max <= 2 && !dates->same_week;
    if (is_early && !dates->has_clocks) {
        *ret_calendar = (struct csv_calendar){.months = months, .is_week = is_week};
        return OC_OK;
    }
    if (lengths == 1)
        return OC_OK; /* a fixed number of days */
    snprintf(table->error, sizeof table->error,
             "%s: found bars about %s apart%s; expected each to be dated where it opens, early in its %s; if they are, "
             "state period=%s, with zone= where their days begin elsewhere than in UTC; if the date is that of "
             "the last day, stamped=close as well",
             table->name, months ? months == 1 ? "a month" : "months" : "a week",
             is_early ? " that open at different times of day" : "", months ? "month" : "week",
             !months       ? "week"
             : months == 1 ? "month"
             : months == 3 ? "quarter"
                           : "year");
    return OC_E_DATA;
}

/* The most common distance; where bars are often missing that may be a multiple of the period, so a
 * usual distance that divides it and that one row in a hundred has is preferred. */
static oc_rc infer_period(struct csv_table *table, const struct scan *scan, int64_t *ret_ns,
                          struct csv_calendar *ret_calendar)
{
    const struct distance *common = &scan->distances[0];
    for (int i = 1; i < CSV_DISTANCES_MAX; i++)
        if (scan->distances[i].count > common->count)
            common = &scan->distances[i];
    if (common->count == 0) {
        *ret_ns = table->clock.is_date ? NS_DAY : 0;
        return OC_OK;
    }
    int64_t period = common->ns;
    for (int i = 0; i < CSV_DISTANCES_MAX; i++) {
        const struct distance *other = &scan->distances[i];
        bool divides = other->ns < period && other->count > 0 && common->ns % other->ns == 0 && is_usual(other->ns);
        if (divides && other->count * 100 >= scan->rows && other->count >= 2)
            period = other->ns;
    }
    *ret_ns = period;
    return infer_calendar(table, scan, period, ret_calendar);
}

struct notes {
    struct text text;
    uint64_t count;
};

static void note(struct notes *notes, const char *line)
{
    text_put(&notes->text, line);
    text_put_char(&notes->text, '\n');
    notes->count++;
}

static void note_columns(struct notes *notes, const struct csv_table *table)
{
    const struct csv_layout *layout = &table->layout;
    char data[600], ignored[300];
    struct text line, unused;
    text_init_fixed(&line, data, sizeof data);
    text_init_fixed(&unused, ignored, sizeof ignored);
    text_put(&line, "columns:");
    for (int i = 0; i < layout->column_count; i++) {
        if (layout->role[i] == CSV_NONE)
            text_format(&unused, "%s%s", unused.size ? ", " : "", layout->name[i]);
        else
            text_format(&line, " %s=%s", csv_role_name((enum csv_role)layout->role[i]), layout->name[i]);
    }
    text_put(&line, layout->is_stated   ? " (stated)"
                    : layout->is_shaped ? " (from the shape of the first row)"
                                        : " (from the header)");
    note(notes, data);
    if (unused.size) {
        text_clear(&line);
        text_format(&line, "columns not used: %s", ignored);
        note(notes, data);
    }
    if (layout->volume_note[0])
        note(notes, layout->volume_note);
    if (layout->passed) {
        text_clear(&line);
        text_format(&line, "lines before the table: %llu passed over", (unsigned long long)layout->passed);
        note(notes, data);
    }
}

static bool names_utc(const char *name)
{
    size_t size = strlen(name);
    return (size >= 3 && strcmp(name + size - 3, "utc") == 0) || strncmp(name, "gmt", 3) == 0 ||
           strncmp(name, "GMT", 3) == 0 || (size >= 3 && strcmp(name + size - 3, "UTC") == 0);
}

static void note_time(struct notes *notes, const struct csv_table *table)
{
    const struct csv_clock *clock = &table->clock;
    const char *unit = clock->unit_ns == 0            ? clock->is_date ? "dates" : "date and time as text"
                       : clock->unit_ns == NS_S       ? "seconds"
                       : clock->unit_ns == 1000000    ? "milliseconds"
                       : clock->unit_ns == 1000       ? "microseconds"
                       : clock->unit_ns == NS_DAY     ? "days of a spreadsheet, to the second"
                       : clock->unit_ns == CSV_DAY_MS ? "milliseconds of the day in the file's name"
                                                      : "nanoseconds";
    const char *name = table->layout.name[table->layout.column[CSV_TIME]];
    char line[256];
    if (clock->unit_ns && strcmp(table->unit_from, "from the name") == 0)
        snprintf(line, sizeof line, "time unit: %s (from the name %s)", unit, name);
    else
        snprintf(line, sizeof line, "time unit: %s (%s)", unit, table->unit_from);
    note(notes, line);
    if (clock->unit_ns && clock->unit_ns != NS_DAY && clock->unit_ns != CSV_DAY_MS)
        snprintf(line, sizeof line, "zone: UTC (epoch times)");
    else if (clock->has_offset)
        snprintf(line, sizeof line, "zone: as each time states");
    else if (clock->zone.name[0])
        snprintf(line, sizeof line, "zone: %s (stated)", clock->zone.name);
    else if (names_utc(name))
        snprintf(line, sizeof line, "zone: UTC (from the name %s)", name);
    else
        snprintf(line, sizeof line, "zone: UTC (none stated)");
    note(notes, line);
}

static void note_step(struct notes *notes, const char *what, struct oc_dec step, const char *why)
{
    char line[256], text[TEXT_DECIMAL_MAX];
    if (step.units == 1 && step.scale > 5)
        snprintf(text, sizeof text, "1e-%d", step.scale);
    else
        text_from_units(text, step.units, step.scale, TEXT_SHORTEST);
    snprintf(line, sizeof line, "%s: %s (%s)", what, text, why);
    note(notes, line);
}

static void note_rows(struct notes *notes, const struct scan *scan, const struct csv_table *table)
{
    char line[256];
    if (scan->rounded) {
        snprintf(line, sizeof line,
                 "binary noise: %llu prices of more than 15 digits rounded to the shortest decimal "
                 "within 1e-15",
                 (unsigned long long)scan->rounded);
        note(notes, line);
    }
    if (scan->backwards) {
        snprintf(line, sizeof line, "out of order: %llu rows (%s)", (unsigned long long)scan->backwards,
                 table->options.skip_unordered ? "left out"
                                               : "an error where they are met; out_of_order=skip leaves them out");
        note(notes, line);
    }
    if (scan->bad) {
        snprintf(line, sizeof line, "bad rows: %llu left out", (unsigned long long)scan->bad);
        note(notes, line);
    }
    if (table->options.is_newest_first)
        note(notes, "rows: the newest comes first, read from the end (stated)");
    if (table->options.is_stamped_close)
        note(notes, "times: those of each bar's end (stated)");
    if (table->options.allow_nonpositive)
        note(notes, "prices: may be zero or below (stated)");
}

static void infer_steps(struct notes *notes, const struct csv_table *table, const struct scan *scan,
                        struct oc_data_info *info)
{
    char why[128];
    info->bits = table->options.allow_nonpositive ? OC_DATA_SIGNED : 0;
    info->price_step = table->options.price_step;
    if (info->price_step.units) {
        note_step(notes, "price step", info->price_step, "stated");
    } else {
        info->price_step = (struct oc_dec){.units = 1, .scale = scan->decimals};
        snprintf(why, sizeof why, "most decimals in %s%llu rows", scan->is_whole ? "all " : "the first ",
                 (unsigned long long)scan->rows);
        note_step(notes, "price step", info->price_step, why);
    }
    info->qty_step = table->options.qty_step;
    if (info->qty_step.units) {
        note_step(notes, "quantity step", info->qty_step, "stated");
    } else {
        info->qty_step = (struct oc_dec){.units = 1, .scale = scan->qty_scale};
        note_step(notes, "quantity step", info->qty_step,
                  info->qty_step.scale == CSV_QTY_SCALE ? "inferred steps are never taken from the volume column"
                                                        : "no finer one has room for ten times the largest quantity");
    }
}

/* Stated, or inferred; the calendar too. */
static oc_rc find_period(struct csv_table *table, const struct scan *scan, int64_t *ret_ns,
                         struct csv_calendar *ret_calendar)
{
    if (table->options.period_ns) {
        *ret_ns = table->options.period_ns;
        *ret_calendar = table->options.calendar;
        return OC_OK;
    }
    oc_rc rc = infer_period(table, scan, ret_ns, ret_calendar);
    if (rc >= 0 && csv_calendar_is_set(*ret_calendar))
        *ret_ns = csv_calendar_longest_ns(*ret_calendar);
    if (rc < 0 || *ret_ns)
        return rc;
    snprintf(table->error, sizeof table->error,
             "%s: the period of the bars cannot be told from %llu row%s; state period=1m", table->name,
             (unsigned long long)scan->rows, scan->rows == 1 ? "" : "s");
    return OC_E_DATA;
}

static oc_rc infer_bars(struct notes *notes, struct csv_table *table, const struct scan *scan,
                        struct oc_data_info *info)
{
    char text[TEXT_DURATION_MAX], line[128];
    struct csv_calendar calendar = {0};
    oc_rc rc = find_period(table, scan, &info->period_ns, &calendar);
    if (rc < 0)
        return rc;
    text_from_duration(text, info->period_ns);
    snprintf(line, sizeof line, "bar period: %s (%s)",
             csv_calendar_is_set(calendar) ? csv_calendar_name(calendar) : text,
             table->options.period_ns        ? "stated"
             : csv_calendar_is_set(calendar) ? "each bar ends where the next one begins by the calendar"
             : scan->rows == 1               ? "the times are dates"
                                             : "most common distance");
    note(notes, line);
    return OC_OK;
}

int csv_local_days(const struct csv_table *table, int64_t period_ns)
{
    const struct csv_clock *clock = &table->clock;
    const bool is_local = !clock->has_offset && (clock->unit_ns == 0 || clock->unit_ns >= CSV_SHEET_DAY);
    return is_local && clock->zone.count && period_ns % NS_DAY == 0 && period_ns / NS_DAY <= 366
               ? (int)(period_ns / NS_DAY)
               : 0;
}

/* Of bars that bear the time of their end. */
static oc_rc first_open(struct csv_table *table, const struct scan *scan, struct oc_data_info *info)
{
    struct csv_calendar calendar = {0};
    int64_t period_ns;
    oc_rc rc = find_period(table, scan, &period_ns, &calendar);
    if (rc >= 0 && !csv_calendar_is_set(calendar))
        calendar.days = csv_local_days(table, info->period_ns);
    if (rc < 0 || !csv_calendar_is_set(calendar))
        return rc < 0 ? rc : num_sub(info->first_ns, info->period_ns, &info->first_ns);
    return csv_calendar_begin(calendar, &table->clock.zone, info->first_ns, &info->first_ns);
}

static oc_rc infer(struct csv_table *table, const struct scan *scan, const char *path, struct oc_data_info *info)
{
    struct notes notes = {0};
    char line[160];
    bool is_bar = info->event_type == OC_EV_BAR || info->event_type == OC_EV_QBAR;
    text_init_fixed(&notes.text, info->notes, sizeof info->notes);
    note_columns(&notes, table);
    note_time(&notes, table);
    if (table->options.symbol[0]) {
        memcpy(info->symbol, table->options.symbol, sizeof info->symbol);
        snprintf(line, sizeof line, "symbol: %s (stated)", info->symbol);
    } else if (csv_symbol_of(path, info->symbol)) {
        snprintf(line, sizeof line, "symbol: %s (from the file name)", info->symbol);
    } else {
        snprintf(info->symbol, sizeof info->symbol, "DATA");
        snprintf(line, sizeof line, "symbol: DATA (none in the file name; symbol=BASE/QUOTE states one)");
    }
    note(&notes, line);
    infer_steps(&notes, table, scan, info);
    oc_rc rc = is_bar ? infer_bars(&notes, table, scan, info) : OC_OK;
    note_rows(&notes, scan, table);
    info->inferred = notes.count;
    return rc;
}

oc_rc csv_probe(const char *path, const char *options, struct csv_kept *kept, struct oc_data_info *ret_info,
                char error[CSV_ERROR_MAX])
{
    struct csv_table table;
    struct scan scan = {0};
    struct oc_data_info info = {.size = sizeof info};
    oc_rc rc = csv_table_open(&table, path, options, kept);
    if (rc >= 0)
        rc = scan_rows(&table, &scan);
    if (rc >= 0 && scan.rows == 0) {
        snprintf(table.error, sizeof table.error, "%s: found no row that is wanted; expected data", table.name);
        rc = OC_E_DATA;
    }
    if (rc >= 0 && scan.last_ns < scan.first_ns && scan.backwards * 2 > scan.rows - 1) {
        snprintf(table.error, sizeof table.error,
                 "%s: the newest row comes first; expected the oldest first; state order=newest_first, or reverse the "
                 "rows (keep the header on top)",
                 table.name);
        rc = OC_E_DATA;
    }
    if (rc >= 0) {
        info.event_type = (uint32_t)table.layout.event_type;
        info.first_ns = scan.first_ns;
        rc = infer(&table, &scan, path, &info);
        if (rc >= 0 && table.options.is_stamped_close && info.period_ns)
            rc = first_open(&table, &scan, &info);
    }
    if (kept && (rc < 0 || !scan.is_whole))
        csv_kept_release(kept);
    if (rc < 0)
        memcpy(error, table.error, CSV_ERROR_MAX);
    else
        *ret_info = info;
    csv_table_close(&table);
    return rc;
}

oc_rc csv_probe_calendar(const char *path, const char *options, struct csv_calendar *ret_calendar,
                         char error[CSV_ERROR_MAX])
{
    struct csv_table table;
    struct scan scan = {0};
    struct csv_calendar calendar = {0};
    int64_t period_ns;
    oc_rc rc = csv_table_open(&table, path, options, NULL);
    if (rc >= 0)
        rc = scan_rows(&table, &scan);
    if (rc >= 0)
        rc = find_period(&table, &scan, &period_ns, &calendar);
    if (rc < 0)
        memcpy(error, table.error, CSV_ERROR_MAX);
    else
        *ret_calendar = calendar;
    csv_table_close(&table);
    return rc;
}
