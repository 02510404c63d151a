/* columns.c: which column is what: by its name, by configuration, or by the shape of the first row.
 */
#include "csv.h"

#include "base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

struct synonym {
    const char *name;
    uint8_t role;
};

/* As normal() writes them. A trailing _s, _ms, _us, _ns or _utc of a time, and a trailing _ASSET of
 * a volume, are taken off first. */
static const struct synonym synonyms[] = {
    {"time", CSV_TIME},
    {"ts", CSV_TIME},
    {"timestamp", CSV_TIME},
    {"date", CSV_TIME},
    {"datetime", CSV_TIME},
    {"date_time", CSV_TIME},
    {"open_time", CSV_TIME},
    {"opentime", CSV_TIME},
    {"unix", CSV_TIME},
    {"unixtime", CSV_TIME},
    {"unix_timestamp", CSV_TIME},
    {"epoch", CSV_TIME},
    {"transact_time", CSV_TIME},
    {"trade_time", CSV_TIME},
    {"event_time", CSV_TIME},
    {"start", CSV_TIME},
    {"start_time", CSV_TIME},
    {"begin", CSV_TIME},
    {"time_period_start", CSV_TIME},
    {"gmt_time", CSV_TIME},
    {"utc", CSV_TIME},
    {"day", CSV_TIME},
    {"t", CSV_TIME},
    {"clock", CSV_CLOCK},
    {"open", CSV_OPEN},
    {"o", CSV_OPEN},
    {"open_price", CSV_OPEN},
    {"high", CSV_HIGH},
    {"h", CSV_HIGH},
    {"high_price", CSV_HIGH},
    {"low", CSV_LOW},
    {"l", CSV_LOW},
    {"low_price", CSV_LOW},
    {"close", CSV_CLOSE},
    {"c", CSV_CLOSE},
    {"close_price", CSV_CLOSE},
    {"volume", CSV_VOLUME},
    {"vol", CSV_VOLUME},
    {"v", CSV_VOLUME},
    {"tickvol", CSV_VOLUME},
    {"tick_volume", CSV_VOLUME},
    {"base_volume", CSV_VOLUME},
    {"bid_open", CSV_BID_OPEN},
    {"bidopen", CSV_BID_OPEN},
    {"open_bid", CSV_BID_OPEN},
    {"bid_high", CSV_BID_HIGH},
    {"bidhigh", CSV_BID_HIGH},
    {"high_bid", CSV_BID_HIGH},
    {"bid_low", CSV_BID_LOW},
    {"bidlow", CSV_BID_LOW},
    {"low_bid", CSV_BID_LOW},
    {"bid_close", CSV_BID_CLOSE},
    {"bidclose", CSV_BID_CLOSE},
    {"close_bid", CSV_BID_CLOSE},
    {"ask_open", CSV_ASK_OPEN},
    {"askopen", CSV_ASK_OPEN},
    {"open_ask", CSV_ASK_OPEN},
    {"ask_high", CSV_ASK_HIGH},
    {"askhigh", CSV_ASK_HIGH},
    {"high_ask", CSV_ASK_HIGH},
    {"ask_low", CSV_ASK_LOW},
    {"asklow", CSV_ASK_LOW},
    {"low_ask", CSV_ASK_LOW},
    {"ask_close", CSV_ASK_CLOSE},
    {"askclose", CSV_ASK_CLOSE},
    {"close_ask", CSV_ASK_CLOSE},
    {"bid", CSV_BID},
    {"bid_price", CSV_BID},
    {"bidprice", CSV_BID},
    {"best_bid", CSV_BID},
    {"best_bid_price", CSV_BID},
    {"b", CSV_BID},
    {"ask", CSV_ASK},
    {"ask_price", CSV_ASK},
    {"askprice", CSV_ASK},
    {"best_ask", CSV_ASK},
    {"best_ask_price", CSV_ASK},
    {"a", CSV_ASK},
    {"offer", CSV_ASK},
    {"bid_size", CSV_BID_SIZE},
    {"bid_qty", CSV_BID_SIZE},
    {"bid_volume", CSV_BID_SIZE},
    {"bidsize", CSV_BID_SIZE},
    {"best_bid_qty", CSV_BID_SIZE},
    {"bid_amount", CSV_BID_SIZE},
    {"bid_quantity", CSV_BID_SIZE},
    {"bidvolume", CSV_BID_SIZE},
    {"ask_size", CSV_ASK_SIZE},
    {"ask_qty", CSV_ASK_SIZE},
    {"ask_volume", CSV_ASK_SIZE},
    {"asksize", CSV_ASK_SIZE},
    {"best_ask_qty", CSV_ASK_SIZE},
    {"ask_amount", CSV_ASK_SIZE},
    {"ask_quantity", CSV_ASK_SIZE},
    {"askvolume", CSV_ASK_SIZE},
    {"price", CSV_PRICE},
    {"px", CSV_PRICE},
    {"p", CSV_PRICE},
    {"last", CSV_PRICE},
    {"last_price", CSV_PRICE},
    {"trade_price", CSV_PRICE},
    {"rate", CSV_PRICE},
    {"size", CSV_SIZE},
    {"qty", CSV_SIZE},
    {"quantity", CSV_SIZE},
    {"amount", CSV_SIZE},
    {"q", CSV_SIZE},
    {"trade_size", CSV_SIZE},
    {"last_size", CSV_SIZE},
    {"taker_side", CSV_SIDE},
    {"side", CSV_SIDE},
    {"aggressor", CSV_SIDE},
    {"aggressor_side", CSV_SIDE},
    {"direction", CSV_SIDE},
    {"is_buyer_maker", CSV_MAKER},
    {"isbuyermaker", CSV_MAKER},
    {"buyer_maker", CSV_MAKER},
};

static const char *const role_names[CSV_ROLES] = {
    [CSV_NONE] = "-",
    [CSV_OPEN] = "open",
    [CSV_HIGH] = "high",
    [CSV_LOW] = "low",
    [CSV_CLOSE] = "close",
    [CSV_BID_OPEN] = "bid_open",
    [CSV_BID_HIGH] = "bid_high",
    [CSV_BID_LOW] = "bid_low",
    [CSV_BID_CLOSE] = "bid_close",
    [CSV_ASK_OPEN] = "ask_open",
    [CSV_ASK_HIGH] = "ask_high",
    [CSV_ASK_LOW] = "ask_low",
    [CSV_ASK_CLOSE] = "ask_close",
    [CSV_BID] = "bid",
    [CSV_ASK] = "ask",
    [CSV_PRICE] = "price",
    [CSV_VOLUME] = "volume",
    [CSV_BID_SIZE] = "bid_size",
    [CSV_ASK_SIZE] = "ask_size",
    [CSV_SIZE] = "size",
    [CSV_TIME] = "time",
    [CSV_CLOCK] = "clock",
    [CSV_SIDE] = "taker_side",
    [CSV_MAKER] = "is_buyer_maker",
};

const char *csv_role_name(enum csv_role role) { return role_names[role]; }

/* Lower case, words joined by one underscore; what stands in brackets counts as a word: "Volume
 * (BTC)" is volume_btc. */
static void normal(const char *name, size_t size, char out[CSV_NAME_MAX])
{
    size_t used = 0;
    bool is_gap = false;
    for (size_t i = 0; i < size && used + 2 < CSV_NAME_MAX; i++) {
        unsigned char c = (unsigned char)name[i];
        if (!isalnum(c) && c < 0x80) {
            is_gap = used > 0;
            continue;
        }
        if (is_gap)
            out[used++] = '_';
        is_gap = false;
        out[used++] = (char)tolower(c);
    }
    out[used] = '\0';
}

static enum csv_role find(const char *name)
{
    for (size_t i = 0; i < sizeof synonyms / sizeof *synonyms; i++)
        if (strcmp(synonyms[i].name, name) == 0)
            return (enum csv_role)synonyms[i].role;
    return CSV_NONE;
}

enum csv_role csv_role_of(const char *name, size_t size, int64_t *ret_unit_ns)
{
    static const struct {
        const char *end;
        int64_t ns;
    } units[] = {{"_ms", 1000000},     {"_us", 1000},        {"_ns", 1}, {"_s", 1000000000},
                 {"_sec", 1000000000}, {"_millis", 1000000}, {"_utc", 0}};
    char text[CSV_NAME_MAX];
    normal(name, size, text);
    enum csv_role role = find(text);
    if (role != CSV_NONE)
        return role;
    size_t length = strlen(text);
    for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
        size_t end = strlen(units[i].end);
        if (length <= end || strcmp(text + length - end, units[i].end) != 0)
            continue;
        text[length - end] = '\0';
        role = find(text);
        if (role == CSV_TIME && ret_unit_ns && units[i].ns)
            *ret_unit_ns = units[i].ns;
        return role == CSV_TIME ? role : CSV_NONE;
    }
    return strncmp(text, "volume_", 7) == 0 || strncmp(text, "vol_", 4) == 0 ? CSV_VOLUME : CSV_NONE;
}

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

oc_rc csv_layout_header(struct csv_layout *layout, const struct csv_field *fields, int count)
{
    clear(layout);
    layout->column_count = count;
    for (int i = 0; i < count; i++) {
        set_name(layout, i, fields[i].at, fields[i].size);
        enum csv_role role = csv_role_of(fields[i].at, fields[i].size, NULL);
        char text[CSV_NAME_MAX];
        normal(fields[i].at, fields[i].size, text);
        bool is_date = layout->column[CSV_TIME] >= 0 && strcmp(text, "time") == 0;
        if (is_date) { /* "date,time": the second may be the time of day; the first row decides */
            char first[CSV_NAME_MAX];
            const char *name = layout->name[layout->column[CSV_TIME]];
            normal(name, strlen(name), first);
            if (strcmp(first, "date") == 0 || strcmp(first, "day") == 0)
                role = CSV_CLOCK;
        }
        give(layout, i, role);
    }
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
oc_rc csv_layout_shape(struct csv_layout *layout, const struct csv_field *fields, int count)
{
    static const enum csv_role order[] = {CSV_TIME, CSV_OPEN, CSV_HIGH, CSV_LOW, CSV_CLOSE, CSV_VOLUME};
    struct csv_number number[5];
    int64_t units[5];
    struct csv_time time;
    clear(layout);
    if (count < 5)
        return OC_E_DATA;
    if (csv_clock_guess(fields[0].at, fields[0].size) == 0 && csv_time_text(fields[0].at, fields[0].size, &time) < 0)
        return OC_E_DATA;
    for (int i = 1; i < 5; i++)
        if (csv_number_read(fields[i].at, fields[i].size, &number[i]) < 0 || number[i].is_empty ||
            csv_number_units(&number[i], (struct csv_step){.units = 1, .scale = number[i].decimals}, &units[i]) < 0 ||
            num_rescale(units[i], number[i].decimals, 9, NUM_HALF_EVEN, &units[i]) < 0)
            return OC_E_DATA;
    if (units[2] < units[1] || units[2] < units[4] || units[3] > units[1] || units[3] > units[4])
        return OC_E_DATA;
    struct csv_number volume;
    int used = count > 5 && csv_number_read(fields[5].at, fields[5].size, &volume) >= 0 ? 6 : 5;
    layout->column_count = count;
    for (int i = 0; i < count; i++)
        snprintf(layout->name[i], CSV_NAME_MAX, "%d", i + 1);
    for (int i = 0; i < used; i++)
        give(layout, i, order[i]);
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
    layout->last_used = layout->where;
    for (int role = CSV_NONE + 1; role < CSV_ROLES; role++) {
        int column = layout->column[role];
        bool keep = role == CSV_TIME || role == CSV_CLOCK;
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

oc_rc csv_layout_type(struct csv_layout *layout, int wanted, char error[CSV_ERROR_MAX])
{
    static const int order[] = {OC_EV_BAR, OC_EV_QBAR, OC_EV_QUOTE, OC_EV_TRADE};
    const char *missing = layout->column[CSV_TIME] < 0 ? "no column of time" : "no prices";
    layout->event_type = 0;
    for (int i = 0; i < 4 && !layout->event_type; i++)
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
