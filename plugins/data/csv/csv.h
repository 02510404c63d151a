/* csv.h: bars, quotes and trades from a text table: the inside of the plugin outcry.csv.
 *
 * Invariants
 * - A value is exact: decimal text becomes units of the step, or the row is refused with file, row,
 * column, found, expected and what to do. Two things are rounded, and each is counted: binary noise
 * (more than 15 significant digits, to the shortest decimal within 1e-15 of it) and quantities (to
 * the quantity step).
 * - Memory is bounded: one buffer of text a file, one of compressed bytes for gzip; a line has at
 * most CSV_LINE_MAX bytes.
 * - Every inference is one line of the notes.
 * - Functions that fail leave a sentence in the table's `error`. All [remote]; nothing here is
 * shared between threads. */
#ifndef CSV_H
#define CSV_H

#include "base/num.h"

#include <outcry/draft/data.h>
#include <outcry/event.h>
#include <zlib.h>

#define CSV_SHEET_DAY (86400 * (int64_t)1000000000)
#define CSV_DAY_MS    (CSV_SHEET_DAY + 1) /* a unit: milliseconds of the local day in the file's name */

enum {
    CSV_LINE_MAX = 4096,
    CSV_COLUMNS_MAX = 64,
    CSV_NAME_MAX = 48,      /* of a column, with its final zero */
    CSV_LEAD_LINES_MAX = 5, /* lines before the table that are passed over */
    CSV_STREAMS_MAX = 256,
    CSV_SCAN_ROWS_MAX = 1000000, /* rows that a probe looks at */
    CSV_DISTANCES_MAX = 16,
    CSV_TEXT_SIZE = 1 << 16,
    CSV_RAW_SIZE = 1 << 15,
    CSV_REVERSED_MAX = 256 << 20, /* bytes of text that are read backwards */
    CSV_KEPT_MAX = 4 << 20,       /* bytes of unpacked text held between probe and start */
    CSV_ERROR_MAX = 1024,
    CSV_ZONE_NAME_MAX = 64,
    CSV_QTY_SCALE = 8 /* of an inferred quantity step */
};

enum csv_role {
    CSV_NONE = 0,
    /* numbers */
    CSV_OPEN,
    CSV_HIGH,
    CSV_LOW,
    CSV_CLOSE,
    CSV_BID_OPEN,
    CSV_BID_HIGH,
    CSV_BID_LOW,
    CSV_BID_CLOSE,
    CSV_ASK_OPEN,
    CSV_ASK_HIGH,
    CSV_ASK_LOW,
    CSV_ASK_CLOSE,
    CSV_BID,
    CSV_ASK,
    CSV_PRICE,
    CSV_VOLUME, /* the first that is no price */
    CSV_BID_SIZE,
    CSV_ASK_SIZE,
    CSV_SIZE,
    CSV_NUMBERS, /* how many numbers; the others follow */
    CSV_TIME = CSV_NUMBERS,
    CSV_CLOCK, /* the time of day of a date in another column */
    CSV_MONTH, /* of a year that is the time, with a day */
    CSV_DAY,
    CSV_SIDE,
    CSV_MAKER, /* true: the buyer was the maker */
    CSV_ROLES
};

/* ---- numbers (parse.c) ---- */

struct csv_number {
    uint64_t digits; /* value = digits * 10^-decimals */
    int32_t decimals;
    uint8_t is_negative;
    uint8_t is_empty;
    uint8_t is_rounded; /* binary noise was taken off */
    uint8_t zero;
};

struct csv_step { /* step = units * 10^-scale */
    int64_t units;
    int32_t scale;
    int32_t zero;
};

/* A plain number at `at`, where some byte that is no digit ends the text: the place after it, or
 * NULL when it takes csv_number_read (an exponent, many digits, quotes, no number at all). */
const char *csv_number_fast(const char *at, struct csv_number *ret_number);
/* Any number. OC_E_INVALID: no number. OC_E_RANGE: beyond 18 digits before or after the point. */
oc_rc csv_number_read(const char *text, size_t size, struct csv_number *ret_number);
/* Exact units. OC_E_DATA: not a multiple of the step. OC_E_RANGE. */
oc_rc csv_number_units(const struct csv_number *number, struct csv_step step, int64_t *ret_units);
/* Nearest multiple of the step, a tie to the even one; *is_rounded is set when that changed it.
 * OC_E_RANGE. */
oc_rc csv_number_round(const struct csv_number *number, struct csv_step step, int64_t *ret_units, bool *is_rounded);

struct csv_notation { /* how a file writes its numbers */
    char decimal;     /* 0 or '.': a point; ',' */
    char thousands;   /* between groups of three digits before the decimal sign; 0 none */
    bool has_price_decimals;
    int price_decimals; /* prices are whole numbers of 10^-price_decimals; 0 as they stand */
    bool is_plain;      /* 12.5 */
};

/* Any number, in this notation. As csv_number_read. */
oc_rc csv_notation_read(const struct csv_notation *notation, const char *text, size_t size,
                        struct csv_number *ret_number);
/* A quantity: also 45.2K, 1.2M, 3B, and - for none. */
oc_rc csv_notation_quantity(const struct csv_notation *notation, const char *text, size_t size,
                            struct csv_number *ret_number);

/* ---- time (time.c, zone.c, date.c) ---- */

struct csv_zone {
    char name[CSV_ZONE_NAME_MAX]; /* "" none stated: UTC */
    int64_t fixed_s;              /* offset when there is no table */
    int64_t *at_s;                /* owned: each change's instant, UTC */
    int32_t *offset_s;            /* count + 1 offsets: before the first change, after the first... */
    uint32_t count;
    uint32_t is_open_ended; /* rules beyond the last change are not in the table */
};

/* "UTC", "Z", "+05:30", or a name of the system's zone files. OC_E_NOT_FOUND, OC_E_NOT_SUPPORTED,
 * OC_E_INVALID. */
oc_rc csv_zone_open(struct csv_zone *zone, const char *name);
void csv_zone_release(struct csv_zone *zone);
/* Local time to UTC. Of an hour that occurs twice the first one, unless that is before previous_ns.
 * A time that does not occur is read with the offset before the change. OC_E_RANGE: beyond what the
 * table knows. */
oc_rc csv_zone_to_utc(const struct csv_zone *zone, int64_t local_ns, int64_t previous_ns, int64_t *ret_ns);

/* UTC to local time. OC_E_RANGE: beyond what the table knows. */
oc_rc csv_zone_to_local(const struct csv_zone *zone, int64_t utc_ns, int64_t *ret_ns);

struct csv_clock {
    int64_t unit_ns;    /* of a number; 0: text; CSV_SHEET_DAY: days of a spreadsheet, local; CSV_DAY_MS */
    int64_t day_ns;     /* CSV_DAY_MS: where that day begins, local */
    const char *format; /* borrowed, of text; NULL: as csv_time_text() reads it */
    struct csv_zone zone;
    uint32_t has_offset; /* the first row states its own offset */
    uint32_t is_date;    /* the first row has no time of day */
};

struct csv_time {
    int64_t local_ns;
    int64_t offset_ns;
    bool has_offset;
    bool has_clock;
};

/* Date and time as text: 2023-03-01, 2023/03/01, 20230301, 01.03.2023, 1-Mar-2023, Mar 1, 2023; then a time of day,
 * then Z or an offset. OC_E_INVALID. */
oc_rc csv_time_text(const char *text, size_t size, struct csv_time *ret_time);
/* A time of day: hh:mm[:ss[.fraction]] or hhmm[ss]. */
oc_rc csv_time_of_day(const char *text, size_t size, int64_t *ret_ns);
/* By a format of the directives of strptime: %Y %y %m %b %d %H %I %M %S %f %p %z %a %%; others are letters to match.
 * OC_E_INVALID. */
oc_rc csv_time_formatted(const char *format, const char *text, size_t size, struct csv_time *ret_time);
/* Whether a format states a date: a year, a month and a day, and no directive that is not known. */
bool csv_format_is_valid(const char *format);
/* Text in the clock's format. */
oc_rc csv_clock_text(const struct csv_clock *clock, const char *text, size_t size, struct csv_time *ret_time);
/* Takes "Mar", "March" or "MAR" from the text. 0: no month. */
int csv_month_take(const char **at, const char *end);
/* A whole field: by unit, or as text in the clock's zone. */
oc_rc csv_clock_read(const struct csv_clock *clock, const char *text, size_t size, int64_t previous_ns,
                     int64_t *ret_ns);
/* Days since 1970 of a date that is one. */
int64_t csv_days_of(int year, int month, int day);
/* The unit of an epoch time by its size; 0 when it is not a plain number. */
int64_t csv_clock_guess(const char *text, size_t size);
/* The date, as YYYYMMDD, in the name of a file: where its day begins, local. */
bool csv_day_of_name(const char *name, int64_t *ret_local_ns);

/* ---- calendar periods (calendar.c) ---- */

struct csv_calendar {
    int months;   /* a bar ends where a month begins, so many months on; 0 not */
    int days;     /* a bar ends so many local days on, at its time of day; 0 not */
    bool is_week; /* a bar ends where a Monday begins */
};

struct csv_dates { /* of rows that are days apart */
    uint64_t rows;
    uint64_t same_month; /* rows in the month of the row before */
    uint64_t same_week;
    int64_t clock_ns; /* local time of day of the first */
    int day_max;      /* of a month */
    int weekday_max;  /* Monday is 0 */
    int64_t month;    /* of the last row, counted */
    int64_t week;
    bool has_clocks; /* times of day that differ */
};

bool csv_calendar_is_set(struct csv_calendar calendar);
/* "1 month", "calendar weeks"... Static. */
const char *csv_calendar_name(struct csv_calendar calendar);
/* The longest that a bar can be. */
int64_t csv_calendar_longest_ns(struct csv_calendar calendar);
/* The end of the bar that opens then. OC_E_RANGE. */
oc_rc csv_calendar_end(struct csv_calendar calendar, const struct csv_zone *zone, int64_t open_ns, int64_t *ret_ns);
/* Where the bar opens that has its last day then, or, of `days`, that ends then. OC_E_RANGE. */
oc_rc csv_calendar_begin(struct csv_calendar calendar, const struct csv_zone *zone, int64_t at_ns, int64_t *ret_ns);
/* Takes the date of a row. */
void csv_dates_take(struct csv_dates *dates, const struct csv_zone *zone, int64_t time_ns);

/* ---- files (gzip.c, zip.c) ---- */

/* Text that a probe has unpacked, so that the stream that follows need not unpack it again. */
struct csv_kept {
    char *data; /* owned; NULL none */
    size_t size;
    size_t room;
    int64_t file_size; /* of the file it came from */
};

/* The one file of a zip archive. */
struct csv_zip {
    int64_t at; /* of its bytes */
    uint32_t packed_size;
    uint32_t size;
    uint32_t crc;
    bool is_packed; /* deflate; else as it stands */
};

/* NULL, or what is wrong with the archive. Static. */
const char *csv_zip_find(int fd, struct csv_zip *ret_zip);

struct csv_source {
    int fd;
    bool is_gzip;
    bool is_at_end; /* of the file */
    bool is_in_member;
    bool is_zip;
    bool is_unpacked; /* zip: to its end */
    struct csv_zip zip;
    uint32_t crc; /* zip: of what was unpacked */
    uint32_t unpacked_size;
    int64_t offset; /* of the next raw byte */
    z_stream z;
    uint8_t *raw;             /* owned, CSV_RAW_SIZE, gzip only */
    char *text;               /* owned, CSV_TEXT_SIZE + CSV_LINE_MAX + 1 */
    struct csv_kept *keeping; /* borrowed: what is unpacked goes there too; NULL not */
    struct csv_kept memory;   /* owned: read instead of the file */
    size_t start;
    size_t end;
};

oc_rc csv_source_open(struct csv_source *source, const char *path, char error[CSV_ERROR_MAX]);
/* Before the first line, gzip only: reads `kept` instead of unpacking, if it is of this file; it is
 * taken over. */
void csv_source_take(struct csv_source *source, struct csv_kept *kept);
/* From the next csv_source_rewind on, what is unpacked goes to `kept` too, which is empty and
 * borrowed. */
void csv_source_keep(struct csv_source *source, struct csv_kept *kept);
void csv_kept_release(struct csv_kept *kept);
void csv_source_close(struct csv_source *source);
oc_rc csv_source_rewind(struct csv_source *source);
/* The next line without its end, borrowed until the next call; the byte after it is no digit.
 * OC_E_END, OC_E_LIMIT: too long, OC_E_DATA: damaged gzip data, OC_E_IO. */
oc_rc csv_source_line(struct csv_source *source, const char **ret_line, size_t *ret_size);

/* ---- options and columns (options.c, columns.c, names.c, volume.c) ---- */

struct csv_options {
    char columns[512];
    char zone[CSV_ZONE_NAME_MAX];
    char symbol[OC_SYMBOL_MAX];
    char date_format[CSV_NAME_MAX]; /* "" inferred */
    struct csv_notation notation;
    char volume[CSV_NAME_MAX];       /* the column that is the volume; "none" */
    char where_column[CSV_NAME_MAX]; /* only rows with this value */
    char where_value[CSV_NAME_MAX];
    int64_t unit_ns; /* 0: inferred, -1: text */
    int64_t period_ns;
    struct csv_calendar calendar; /* stated */
    struct oc_dec price_step;     /* 0 units: inferred */
    struct oc_dec qty_step;
    int header;     /* 0 inferred, 1 there, 2 none */
    int event_type; /* 0 inferred */
    char separator; /* 0 inferred */
    bool skip_unordered;
    bool skip_bad;
    bool allow_nonpositive;
    bool allow_any_time;
    bool is_newest_first;
    bool is_stamped_close; /* a bar's time is that of its end */
    bool is_stamped_open;  /* and this is stated too */
};

oc_rc csv_options_read(struct csv_options *options, const char *text, char error[CSV_ERROR_MAX]);

struct csv_layout {
    uint8_t role[CSV_COLUMNS_MAX];
    int column[CSV_ROLES]; /* of a role, -1 none */
    char name[CSV_COLUMNS_MAX][CSV_NAME_MAX];
    int column_count;
    int field_count; /* of each row */
    int last_used;
    int where;      /* column, -1 none */
    int instrument; /* column that names it, -1 none */
    int event_type;
    uint64_t lead_lines; /* before the first row of data, the header included */
    uint64_t passed;     /* of these, lines that belong to no table */
    bool has_header;
    char separator;
    bool is_stated;        /* by configuration */
    bool is_shaped;        /* by the shape of the first row */
    char volume_note[160]; /* why a volume is not used; "" nothing to say */
};

struct csv_field {
    const char *at;
    size_t size;
};

/* Splits a line; quotes around a field and spaces around it are taken off. Returns how many fields
 * there are. */
int csv_split(const char *line, size_t size, char separator, struct csv_field *fields, int field_max);
/* How many fields a line has, without a limit. */
int csv_field_count(const char *line, size_t size, char separator);
/* The field at `at`, without quotes and spaces around it; returns the place of the separator, or `end`. */
const char *csv_field_take(const char *at, const char *end, char separator, struct csv_field *field);
/* Nothing but spaces, or a remark. */
bool csv_line_is_passed(const char *line, size_t size);
/* The role of a column's name, CSV_NONE when unknown; *ret_unit_ns is set when the name states a
 * unit. */
enum csv_role csv_role_of(const char *name, size_t size, int64_t *ret_unit_ns);
const char *csv_role_name(enum csv_role role);
/* Lower case, words joined by one underscore. */
void csv_name_normal(const char *name, size_t size, char out[CSV_NAME_MAX]);
/* Roles from a header line, from the configuration, or from the first row. Errors are in `error`.
 */
oc_rc csv_layout_header(struct csv_layout *layout, const struct csv_field *fields, int count);
oc_rc csv_layout_columns(struct csv_layout *layout, const char *columns, char error[CSV_ERROR_MAX]);
oc_rc csv_layout_shape(struct csv_layout *layout, const struct csv_clock *clock, const struct csv_notation *notation,
                       const struct csv_field *fields, int count);
/* Of several columns of volume the one in the base of `symbol` ("" unknown), or the one that is stated; none when that
 * is unclear, and then volume_note says so. OC_E_CONFIG: no such column. */
oc_rc csv_layout_volume(struct csv_layout *layout, const char *stated, const char *symbol, char error[CSV_ERROR_MAX]);
/* What kind of event the roles make; OC_E_DATA when none. */
oc_rc csv_layout_type(struct csv_layout *layout, int wanted, char error[CSV_ERROR_MAX]);

/* ---- a table: an open file and how its lines are read (sniff.c, table.c) ---- */

struct csv_row {
    int64_t time_ns;
    uint32_t taker_side;
    uint32_t zero;
    struct csv_number number[CSV_NUMBERS];
};

struct csv_table {
    struct csv_source source;
    struct csv_options options;
    struct csv_layout layout;
    struct csv_clock clock;
    const char *unit_from; /* static: why this unit */
    char name[128];        /* of the file, for messages */
    uint64_t line;         /* of the last row, counted from 1 */
    uint64_t row;          /* of the last row, counted from 1 */
    int64_t time_ns;       /* of the last row */
    int64_t oldest_ns;     /* a row outside is refused */
    int64_t newest_ns;
    struct csv_kept reversed;      /* owned: the rows, read from their end */
    char instrument[CSV_NAME_MAX]; /* of the first row */
    bool has_instrument;
    bool wants_sizes; /* false: a probe does not need them */
    bool is_broken;   /* the file itself ended badly: there is no next row */
    const char *text; /* of the last row, borrowed until the next */
    size_t size;
    char error[CSV_ERROR_MAX];
};

/* Opens, finds the columns and the clock; the next row is the first. `kept` (may
 * be NULL) is taken over when it holds text, and filled when it is empty. Release with
 * csv_table_close also on failure. */
oc_rc csv_table_open(struct csv_table *table, const char *path, const char *options, struct csv_kept *kept);
void csv_table_close(struct csv_table *table);
/* Takes the rest of the file into memory, to be read from its end. */
oc_rc csv_table_reverse(struct csv_table *table);
/* The next row. OC_E_END. OC_E_DATA: refused, and the table can go on unless is_broken. Others end
 * the table. */
oc_rc csv_table_next(struct csv_table *table, struct csv_row *ret_row);
/* Writes a sentence about the file. Returns `rc`. */
oc_rc csv_table_complain(struct csv_table *table, oc_rc rc, const char *what);
/* Writes the sentence about what the file itself refuses. Returns `rc`. */
oc_rc csv_table_complain_line(struct csv_table *table, oc_rc rc, uint64_t line);
/* Writes the sentence about a field of the last row. `todo` may be NULL. Returns OC_E_DATA. */
oc_rc csv_table_refuse(struct csv_table *table, enum csv_role role, const char *expected, const char *todo);

/* ---- events (event.c) and inference (probe.c, symbol.c) ---- */

union csv_event {
    struct oc_event head;
    struct oc_ev_bar bar;
    struct oc_ev_qbar qbar;
    struct oc_ev_quote quote;
    struct oc_ev_trade trade;
};

struct csv_maker { /* how rows become events */
    uint32_t inst;
    int event_type;
    int64_t period_ns;
    struct csv_calendar calendar; /* when set, each bar has a period of its own */
    bool is_stamped_close;
    struct csv_step price;
    struct csv_step qty;
    bool has_volume;  /* bars: it is not zero throughout */
    uint64_t rounded; /* values taken that are not what the file says to the last digit */
};

/* OC_EV_NONE in head.type: a row that says nothing (a quote without sides). OC_E_DATA: refused, the
 * table's error says why. */
oc_rc csv_event_make(struct csv_table *table, struct csv_maker *maker, const struct csv_row *row,
                     union csv_event *ret_event);

/* `kept` receives the text of a gzip file that is not larger than CSV_KEPT_MAX, or NULL to keep
 * nothing. */
oc_rc csv_probe(const char *path, const char *options, struct csv_kept *kept, struct oc_data_info *ret_info,
                char error[CSV_ERROR_MAX]);

/* How many local days a bar of that period has, where clock changes make them longer or shorter; 0: it is a fixed time. */
int csv_local_days(const struct csv_table *table, int64_t period_ns);
/* Whether the bars of a file that was probed are of calendar weeks, months or years. */
oc_rc csv_probe_calendar(const char *path, const char *options, struct csv_calendar *ret_calendar,
                         char error[CSV_ERROR_MAX]);

/* "binanceus_btcusdt_1m.csv.gz" -> "BTC/USDT", "spy_1d.csv" -> "SPY", false when nothing is found.
 */
bool csv_symbol_of(const char *path, char symbol[OC_SYMBOL_MAX]);
/* The file's name without its folders. Borrowed. */
const char *csv_file_name(const char *path);

#endif
