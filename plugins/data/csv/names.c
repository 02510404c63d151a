/* names.c: what a column's name says. */
#include "csv.h"

#include <ctype.h>
#include <string.h>

struct synonym {
    const char *name;
    uint8_t role;
};

/* As csv_name_normal() writes them. A trailing _s, _ms, _us, _ns or _utc of a time, and a trailing _ASSET of
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
    {"dtyyyymmdd", CSV_TIME},
    {"yyyymmdd", CSV_TIME},
    {"trade_date", CSV_TIME},
    {"trading_date", CSV_TIME},
    {"window_start", CSV_TIME},
    {"ts_event", CSV_TIME},
    {"kline_open_time", CSV_TIME},
    {"start_at", CSV_TIME},
    {"timeopen", CSV_TIME},
    {"time_open", CSV_TIME},
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
    {"close_last", CSV_CLOSE},
    {"volume", CSV_VOLUME},
    {"vol", CSV_VOLUME},
    {"v", CSV_VOLUME},
    {"tickvol", CSV_VOLUME},
    {"tick_volume", CSV_VOLUME},
    {"base_volume", CSV_VOLUME},
    {"tottrdqty", CSV_VOLUME},
    {"total_traded_quantity", CSV_VOLUME},
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
    {"ltp", CSV_PRICE},
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
    [CSV_MONTH] = "month",
    [CSV_DAY] = "day",
    [CSV_SIDE] = "taker_side",
    [CSV_MAKER] = "is_buyer_maker",
};

const char *csv_role_name(enum csv_role role) { return role_names[role]; }

/* What stands in brackets counts as a word: "Volume (BTC)" is volume_btc. */
void csv_name_normal(const char *name, size_t size, char out[CSV_NAME_MAX])
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
    csv_name_normal(name, size, text);
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
