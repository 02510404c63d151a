/* columns.c: which column is what: by its name, by configuration, or by the shape of the first row.
 */
#include "csv.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static void give(struct csv_layout *layout, int column, enum csv_role role)
{
    if (role == CSV_NONE || layout->column[role] >= 0)
        return; /* the first column of a kind is meant */
    layout->column[role] = column;
    layout->role[column] = (uint8_t)role;
}

static void clear(struct csv_layout *layout)
{
    memset(layout->role, 0, sizeof layout->role);
    for (int i = 0; i < CSV_ROLES; i++)
        layout->column[i] = -1;
    layout->column_count = 0;
}

static void set_name(struct csv_layout *layout, int column, const char *name, size_t size)
{
    snprintf(layout->name[column], CSV_NAME_MAX, "%.*s", (int)(size < CSV_NAME_MAX ? size : CSV_NAME_MAX - 1), name);
}

/* "date,time": the second may be the time of day; the first row decides. */
static bool is_clock(const struct csv_layout *layout, const char *name)
{
    static const char *const dates[] = {"date", "day", "dtyyyymmdd", "yyyymmdd", "trade_date", "trading_date"};
    char first[CSV_NAME_MAX];
    if (layout->column[CSV_TIME] < 0 || strcmp(name, "time") != 0)
        return false;
    const char *time = layout->name[layout->column[CSV_TIME]];
    csv_name_normal(time, strlen(time), first);
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        if (strcmp(first, dates[i]) == 0)
            return true;
    return false;
}

/* A year, a month and a day in three columns are the time together. */
static void find_date_parts(struct csv_layout *layout)
{
    static const char *const names[] = {"year", "month", "day"};
    static const enum csv_role roles[] = {CSV_TIME, CSV_MONTH, CSV_DAY};
    int column[3] = {-1, -1, -1};
    for (int i = 0; i < layout->column_count; i++)
        for (int part = 0; part < 3; part++)
            if (column[part] < 0 && strcasecmp(layout->name[i], names[part]) == 0)
                column[part] = i;
    if (column[0] < 0 || column[1] < 0 || column[2] < 0)
        return;
    int before = layout->column[CSV_TIME];
    if (before >= 0 && before != column[2]) {
        char name[CSV_NAME_MAX];
        csv_name_normal(layout->name[before], strlen(layout->name[before]), name);
        if (strcmp(name, "time") != 0)
            return; /* a time of its own */
        layout->role[before] = CSV_CLOCK;
        layout->column[CSV_CLOCK] = before;
    }
    if (before == column[2])
        layout->role[before] = CSV_NONE;
    for (int i = 0; i < layout->column_count; i++) /* "time" after the day was passed over as a second one */
        if (layout->column[CSV_CLOCK] < 0 && strcasecmp(layout->name[i], "time") == 0) {
            layout->role[i] = CSV_CLOCK;
            layout->column[CSV_CLOCK] = i;
        }
    for (int part = 0; part < 3; part++) {
        layout->role[column[part]] = (uint8_t)roles[part];
        layout->column[roles[part]] = column[part];
    }
}

oc_rc csv_layout_header(struct csv_layout *layout, const struct csv_field *fields, int count)
{
    clear(layout);
    layout->column_count = count;
    for (int i = 0; i < count; i++) {
        char text[CSV_NAME_MAX];
        set_name(layout, i, fields[i].at, fields[i].size);
        enum csv_role role = csv_role_of(fields[i].at, fields[i].size, NULL);
        csv_name_normal(fields[i].at, fields[i].size, text);
        give(layout, i, is_clock(layout, text) ? CSV_CLOCK : role);
    }
    find_date_parts(layout);
    if (layout->column[CSV_TIME] < 0 && fields[0].size == 0)
        give(layout, 0, CSV_TIME); /* the nameless index of a data frame */
    return OC_OK;
}

oc_rc csv_layout_columns(struct csv_layout *layout, const char *columns, char error[CSV_ERROR_MAX])
{
    char names[CSV_COLUMNS_MAX][CSV_NAME_MAX];
    if (layout->has_header)
        memcpy(names, layout->name, sizeof names);
    clear(layout);
    for (const char *at = columns; layout->column_count == 0 || *at == ','; layout->column_count++) {
        int column = layout->column_count;
        at += *at == ',';
        size_t size = strcspn(at, ",");
        if (column == CSV_COLUMNS_MAX) {
            snprintf(error, CSV_ERROR_MAX, "option columns: more than %d", CSV_COLUMNS_MAX);
            return OC_E_CONFIG;
        }
        bool is_ignored =
            size == 0 || (size == 1 && (*at == '-' || *at == '_')) || (size == 6 && memcmp(at, "ignore", 6) == 0);
        enum csv_role role = is_ignored ? CSV_NONE : csv_role_of(at, size, NULL);
        if ((role == CSV_NONE && !is_ignored) || (role != CSV_NONE && layout->column[role] >= 0)) {
            snprintf(error, CSV_ERROR_MAX,
                     "option columns: found \"%.*s\"%s; expected time, open, high, low, close, "
                     "volume, bid_open ... ask_close, "
                     "bid, bid_size, ask, ask_size, price, size, taker_side, or - for a column to "
                     "ignore",
                     (int)(size > 48 ? 48 : size), at, role != CSV_NONE ? " a second time" : "");
            return OC_E_CONFIG;
        }
        set_name(layout, column, at, size);
        if (layout->has_header)
            memcpy(layout->name[column], names[column], CSV_NAME_MAX);
        give(layout, column, role);
        at += size;
    }
    layout->is_stated = true;
    return OC_OK;
}

/* Without names, only time, open, high, low, close, and a volume perhaps, can be told from their
 * numbers. */
oc_rc csv_layout_shape(struct csv_layout *layout, const struct csv_clock *clock, const struct csv_notation *notation,
                       const struct csv_field *fields, int count)
{
    static const enum csv_role order[] = {CSV_CLOCK, CSV_OPEN, CSV_HIGH, CSV_LOW, CSV_CLOSE, CSV_VOLUME};
    struct csv_number number[5];
    int64_t units[5], clock_ns;
    struct csv_time time;
    clear(layout);
    bool is_text = count > 0 && csv_clock_text(clock, fields[0].at, fields[0].size, &time) >= 0;
    if (count < 5 || (!is_text && csv_clock_guess(fields[0].at, fields[0].size) == 0))
        return OC_E_DATA;
    /* a date, and the time of day in the next column */
    int first = is_text && !time.has_clock && csv_number_read(fields[1].at, fields[1].size, &number[0]) < 0 &&
                csv_time_of_day(fields[1].at, fields[1].size, &clock_ns) >= 0;
    if (count < first + 5)
        return OC_E_DATA;
    for (int i = 1; i < 5; i++) {
        const struct csv_field *field = &fields[first + i];
        if (csv_notation_read(notation, field->at, field->size, &number[i]) < 0 || number[i].is_empty ||
            csv_number_units(&number[i], (struct csv_step){.units = 1, .scale = number[i].decimals}, &units[i]) < 0 ||
            num_rescale(units[i], number[i].decimals, 9, NUM_HALF_EVEN, &units[i]) < 0)
            return OC_E_DATA;
    }
    if (units[2] < units[1] || units[2] < units[4] || units[3] > units[1] || units[3] > units[4])
        return OC_E_DATA;
    struct csv_number volume;
    bool has_volume = count > first + 5 &&
                      csv_notation_quantity(notation, fields[first + 5].at, fields[first + 5].size, &volume) >= 0;
    layout->column_count = count;
    for (int i = 0; i < count; i++)
        snprintf(layout->name[i], CSV_NAME_MAX, "%d", i + 1);
    give(layout, 0, CSV_TIME);
    for (int i = first ? 0 : 1; i < (has_volume ? 6 : 5); i++)
        give(layout, first + i, order[i]);
    layout->is_shaped = true;
    return OC_OK;
}

static bool has_all(const struct csv_layout *layout, enum csv_role first, enum csv_role last)
{
    for (int i = (int)first; i <= (int)last; i++)
        if (layout->column[i] < 0)
            return false;
    return true;
}

static bool makes(const struct csv_layout *layout, int event_type)
{
    switch (event_type) {
    case OC_EV_BAR:
        return has_all(layout, CSV_OPEN, CSV_CLOSE);
    case OC_EV_QBAR:
        return has_all(layout, CSV_BID_OPEN, CSV_BID_CLOSE) || has_all(layout, CSV_ASK_OPEN, CSV_ASK_CLOSE);
    case OC_EV_QUOTE:
        return layout->column[CSV_BID] >= 0 || layout->column[CSV_ASK] >= 0;
    case OC_EV_TRADE:
        return layout->column[CSV_PRICE] >= 0;
    default:
        return false;
    }
}

/* Roles that the event does not carry become columns that are passed over. */
static void drop_unused(struct csv_layout *layout)
{
    static const struct {
        int type;
        uint8_t first;
        uint8_t last;
    } used[] = {{OC_EV_BAR, CSV_OPEN, CSV_CLOSE},          {OC_EV_BAR, CSV_VOLUME, CSV_VOLUME},
                {OC_EV_QBAR, CSV_BID_OPEN, CSV_ASK_CLOSE}, {OC_EV_QUOTE, CSV_BID, CSV_ASK},
                {OC_EV_QUOTE, CSV_BID_SIZE, CSV_ASK_SIZE}, {OC_EV_TRADE, CSV_PRICE, CSV_PRICE},
                {OC_EV_TRADE, CSV_SIZE, CSV_SIZE},         {OC_EV_TRADE, CSV_SIDE, CSV_MAKER}};
    layout->last_used = layout->where > layout->instrument ? layout->where : layout->instrument;
    for (int role = CSV_NONE + 1; role < CSV_ROLES; role++) {
        int column = layout->column[role];
        bool keep = role == CSV_TIME || role == CSV_CLOCK || role == CSV_MONTH || role == CSV_DAY;
        for (size_t i = 0; i < sizeof used / sizeof *used; i++)
            keep |= used[i].type == layout->event_type && role >= used[i].first && role <= used[i].last;
        if (column < 0)
            continue;
        if (!keep) {
            layout->role[column] = CSV_NONE;
            layout->column[role] = -1;
        } else if (column > layout->last_used) {
            layout->last_used = column;
        }
    }
}

/* Open, high and low make the last price of their row a close, unless it is one of a market's statistics. */
static void find_close(struct csv_layout *layout, int wanted)
{
    int price = layout->column[CSV_PRICE];
    bool is_bar = has_all(layout, CSV_OPEN, CSV_LOW) && layout->column[CSV_CLOSE] < 0 && price >= 0;
    bool is_quote = layout->column[CSV_BID] >= 0 && layout->column[CSV_ASK] >= 0;
    if (!is_bar || (wanted ? wanted != OC_EV_BAR : is_quote))
        return;
    layout->column[CSV_CLOSE] = price;
    layout->role[price] = CSV_CLOSE;
    layout->column[CSV_PRICE] = -1;
}

/* Some of open, high, low and close, but not all: what else is there is no stream of quotes or trades. */
static bool is_part_of_bar(const struct csv_layout *layout)
{
    int count = 0;
    for (int role = CSV_OPEN; role <= CSV_CLOSE; role++)
        count += layout->column[role] >= 0;
    return count > 1 && count < 4 && !(layout->column[CSV_BID] >= 0 && layout->column[CSV_ASK] >= 0);
}

oc_rc csv_layout_type(struct csv_layout *layout, int wanted, char error[CSV_ERROR_MAX])
{
    static const int order[] = {OC_EV_BAR, OC_EV_QBAR, OC_EV_QUOTE, OC_EV_TRADE};
    const char *missing = layout->column[CSV_TIME] < 0 ? "no column of time" : "no prices";
    layout->event_type = 0;
    find_close(layout, wanted);
    bool is_part = !wanted && is_part_of_bar(layout);
    for (int i = 0; i < 4 && !layout->event_type && !is_part; i++)
        if ((!wanted || wanted == order[i]) && makes(layout, order[i]))
            layout->event_type = order[i];
    /* "price,volume" of trades: the volume is the trade's own */
    if (layout->event_type == OC_EV_TRADE && layout->column[CSV_SIZE] < 0 && layout->column[CSV_VOLUME] >= 0) {
        layout->column[CSV_SIZE] = layout->column[CSV_VOLUME];
        layout->role[layout->column[CSV_SIZE]] = CSV_SIZE;
        layout->column[CSV_VOLUME] = -1;
    }
    if (layout->event_type && layout->column[CSV_TIME] >= 0) {
        drop_unused(layout);
        return OC_OK;
    }
    char found[400] = "";
    for (int i = 0; i < layout->column_count; i++) {
        size_t used = strlen(found);
        snprintf(found + used, sizeof found - used, "%s%s", i ? "," : "", layout->name[i]);
    }
    snprintf(error, CSV_ERROR_MAX,
             "columns: found \"%s\": %s; expected time with open,high,low,close (bars), "
             "bid_open..ask_close (quote bars), "
             "bid,ask (quotes) or price (trades); name them with "
             "columns=time,open,high,low,close,volume",
             found, missing);
    return OC_E_DATA;
}
