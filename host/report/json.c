/* json.c: the report as one JSON object. Written straight to the stream: the order of keys is this file's order, money
 * is text with all its digits, and what is not available is null. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "report/format.h"

enum { DEPTH_MAX = 8 };

struct json {
    FILE *out;
    int depth;
    bool has_member[DEPTH_MAX];
    bool is_line[DEPTH_MAX]; /* members of this one stay on one line */
};

static void put_string(struct json *json, const char *text)
{
    fputc('"', json->out);
    while (*text) {
        int size = format_utf8(text);
        unsigned char c = (unsigned char)*text;
        if (size == 0)
            fputs("\\ufffd", json->out); /* not UTF-8 */
        else if (c == '"' || c == '\\')
            fprintf(json->out, "\\%c", c);
        else if (c == '\n')
            fputs("\\n", json->out);
        else if (c < 0x20 || c == 0x7F)
            fprintf(json->out, "\\u%04x", c);
        else
            fwrite(text, 1, (size_t)size, json->out);
        text += size ? size : 1;
    }
    fputc('"', json->out);
}

/* Before each member or element: a comma, and the line it stands on. */
static void next(struct json *json)
{
    bool is_line = json->is_line[json->depth];
    if (json->has_member[json->depth])
        fputs(is_line ? ", " : ",", json->out);
    if (!is_line)
        fprintf(json->out, "\n%*s", json->depth * 2, "");
    json->has_member[json->depth] = true;
}

static void key(struct json *json, const char *name)
{
    next(json);
    put_string(json, name);
    fputs(": ", json->out);
}

static void open_group(struct json *json, char bracket, bool is_line)
{
    fputc(bracket, json->out);
    json->depth++;
    json->has_member[json->depth] = false;
    json->is_line[json->depth] = is_line || json->is_line[json->depth - 1];
}

static void close_group(struct json *json, char bracket)
{
    bool breaks = json->has_member[json->depth] && !json->is_line[json->depth];
    json->depth--;
    if (breaks)
        fprintf(json->out, "\n%*s", json->depth * 2, "");
    fputc(bracket, json->out);
}

static void member_text(struct json *json, const char *name, const char *text)
{
    key(json, name);
    if (text)
        put_string(json, text);
    else
        fputs("null", json->out);
}

static void member_bool(struct json *json, const char *name, bool value)
{
    key(json, name);
    fputs(value ? "true" : "false", json->out);
}

static void member_count(struct json *json, const char *name, uint64_t value)
{
    key(json, name);
    fprintf(json->out, "%llu", (unsigned long long)value);
}

static void member_money(struct json *json, const char *name, oc_i128 money, bool is_known)
{
    char text[FORMAT_MAX];
    member_text(json, name, is_known ? format_exact(money, text) : NULL);
}

/* The shortest text that reads back as the same number. */
static void member_figure(struct json *json, const char *name, struct figure figure)
{
    char text[40] = "null";
    key(json, name);
    for (int digits = 15; figure.is_known && digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, figure.value);
        if (strtod(text, NULL) == figure.value)
            break;
    }
    fputs(text, json->out);
}

static void member_time(struct json *json, const char *name, int64_t ns, bool is_known)
{
    char text[TEXT_TIME_MAX];
    text_from_time(text, ns);
    member_text(json, name, is_known ? text : NULL);
}

/* "name=value" lines become an object. */
static void put_params(struct json *json, const char *params)
{
    char line[SESSION_LINE_MAX];
    key(json, "params");
    open_group(json, '{', false);
    for (const char *at = params ? params : ""; *at;) {
        size_t size = strcspn(at, "\n"), kept = size < sizeof line ? size : sizeof line - 1;
        memcpy(line, at, kept);
        line[kept] = 0;
        char *equals = strchr(line, '=');
        if (equals)
            *equals = 0;
        if (line[0])
            member_text(json, line, equals ? equals + 1 : "");
        at += size + (at[size] == '\n');
    }
    close_group(json, '}');
}

static void put_head(struct json *json, const struct result *result)
{
    bool has_events = result->collect->events > 0;
    member_text(json, "outcry", result->version);
    member_text(json, "mode", result->mode);
    member_text(json, "strategy", result->strategy);
    member_text(json, "strategy_file", result->strategy_file);
    member_text(json, "symbol", result->symbol);
    member_text(json, "data", result->data);
    key(json, "period_ns");
    fprintf(json->out, "%lld", (long long)result->period_ns);
    member_time(json, "from", result->collect->first_ns, has_events);
    member_time(json, "to", result->collect->last_ns, has_events);
    member_text(json, "profile", result->profile);
    member_bool(json, "ideal", format_is_ideal(result));
    member_text(json, "currency", result->currency);
    member_text(json, "error", result->error);
    put_params(json, result->params);
}

static void put_money(struct json *json, const struct result *result, const struct figures *figures)
{
    key(json, "money");
    open_group(json, '{', false);
    member_money(json, "start", result->start, true);
    member_money(json, "final", result->final, true);
    member_money(json, "profit", figures->profit, true);
    member_figure(json, "return", figures->total_return);
    member_money(json, "fees", result->fees, true);
    member_money(json, "buy_and_hold", result->buy_and_hold, result->has_buy_and_hold);
    member_figure(json, "buy_and_hold_return", figures->hold_return);
    close_group(json, '}');
}

static void put_risk(struct json *json, const struct result *result, const struct figures *figures)
{
    const struct fall *fall = &figures->fall;
    bool fell = figures->has_fall && fall->amount > 0;
    key(json, "risk");
    open_group(json, '{', false);
    member_count(json, "periods_per_year", result->periods_per_year);
    member_count(json, "days", figures->days);
    member_figure(json, "max_drawdown", (struct figure){fall->share, figures->has_fall});
    member_money(json, "max_drawdown_amount", fall->amount, figures->has_fall);
    member_time(json, "max_drawdown_from", fall->from_ns, fell);
    member_time(json, "max_drawdown_to", fall->to_ns, fell);
    member_figure(json, "volatility", figures->volatility);
    member_figure(json, "cagr", figures->cagr);
    member_figure(json, "sharpe", figures->sharpe);
    member_figure(json, "sortino", figures->sortino);
    member_figure(json, "calmar", figures->calmar);
    member_figure(json, "ulcer", figures->ulcer);
    member_figure(json, "probable_sharpe", figures->probable_sharpe);
    member_figure(json, "var_95", figures->tail_loss);
    member_figure(json, "es_95", figures->tail_shortfall);
    close_group(json, '}');
}

static void put_trades(struct json *json, const struct result *result, const struct figures *figures)
{
    const struct trip_figures *trips = &figures->trips;
    key(json, "trades");
    open_group(json, '{', false);
    member_count(json, "round_trips", trips->closed);
    member_count(json, "open", trips->open);
    member_count(json, "wins", trips->wins);
    member_count(json, "losses", trips->losses);
    member_figure(json, "win_rate", trips->win_rate);
    member_text(json, "asset", trips->has_money ? trips->asset : NULL);
    member_money(json, "net", trips->net, trips->has_money);
    member_figure(json, "profit_factor", trips->profit_factor);
    member_money(json, "average", trips->average, trips->has_money);
    member_money(json, "best", trips->best, trips->has_money);
    member_money(json, "worst", trips->worst, trips->has_money);
    member_figure(json, "average_seconds", trips->hold_seconds);
    member_figure(json, "exposure", figures->exposure);
    member_count(json, "fills", result->collect->fills);
    member_count(json, "buys", result->collect->buys);
    member_count(json, "makers", result->collect->makers);
    member_count(json, "fills_before_restart", result->collect->fills_before);
    member_count(json, "requests", result->stats->requests);
    member_count(json, "denied", result->stats->denied);
    member_count(json, "ambiguous", result->stats->ambiguous);
    member_count(json, "ambiguous_trips", trips->ambiguous);
    member_count(json, "closed_by_end", trips->ended);
    member_count(json, "fills_not_listed", result->collect->trips_dropped);
    member_count(json, "trips_not_listed", result->collect->beyond.closed + result->collect->beyond.open);
    close_group(json, '}');
}

static void put_qty(struct json *json, const struct instrument *instrument, int64_t qty)
{
    struct oc_dec dec;
    char text[TEXT_DECIMAL_MAX];
    bool is_known = instrument && instrument_qty_dec(instrument, qty, &dec) == OC_OK;
    if (is_known)
        text_from_units(text, dec.units, dec.scale, TEXT_SHORTEST);
    member_text(json, "qty", is_known ? text : NULL);
}

static void put_trip(struct json *json, const struct result *result, const struct trip *trip)
{
    const struct instrument *instrument = result->instruments ? instruments_get(result->instruments, trip->inst) : NULL;
    struct figure no_price = {0, false};
    next(json);
    open_group(json, '{', true);
    member_text(json, "symbol", instrument ? instrument->info.symbol : NULL);
    member_count(json, "strategy", trip->strategy);
    member_text(json, "side", trip->side == OC_SIDE_BUY ? "long" : "short");
    member_time(json, "entry", trip->entry_ns, true);
    member_time(json, "exit", trip->exit_ns, !trip->is_open);
    put_qty(json, instrument, trip->qty);
    member_figure(json, "entry_price", trip_price(instrument, trip->entry_value, trip->qty));
    member_figure(json, "exit_price", trip->is_open ? no_price : trip_price(instrument, trip->exit_value, trip->qty));
    member_money(json, "profit", trip->profit, true);
    member_money(json, "fees", trip->fees, true);
    member_money(json, "net", trip_net(trip), true);
    member_count(json, "fills", trip->fills);
    member_text(json, "tag", trip->tag);
    member_bool(json, "open", trip->is_open);
    member_bool(json, "ambiguous", trip->is_ambiguous);
    member_bool(json, "end", trip->is_end);
    close_group(json, '}');
}

static void put_point(struct json *json, int64_t ns, oc_i128 equity)
{
    char time[TEXT_TIME_MAX], text[FORMAT_MAX];
    text_from_time(time, ns);
    next(json);
    fprintf(json->out, "[\"%s\", \"%s\"]", time, format_exact(equity, text));
}

/* The caller may add points and closes the array. */
static void open_points(struct json *json, const char *name, const struct curve_point *points, uint32_t count)
{
    key(json, name);
    open_group(json, '[', false);
    for (uint32_t i = 0; i < count; i++)
        put_point(json, points[i].ns, points[i].equity);
}

static void put_series(struct json *json, const struct result *result)
{
    const struct collect *collect = result->collect;
    key(json, "trips");
    open_group(json, '[', false);
    for (uint32_t i = 0; i < collect->trip_count; i++)
        put_trip(json, result, &collect->trips[i]);
    close_group(json, ']');
    member_count(json, "events_per_point", collect->stride);
    open_points(json, "curve", collect->curve, collect->curve_count);
    if (collect->curve_count && collect->curve[collect->curve_count - 1].ns != collect->last_ns)
        put_point(json, collect->last_ns, collect->last);
    close_group(json, ']');
    open_points(json, "days", collect->days, collect->day_count);
    if (collect->events)
        put_point(json, collect->last_ns, collect->last);
    close_group(json, ']');
}

oc_rc report_json(const struct result *result, FILE *out)
{
    struct figures figures;
    struct json json = {.out = out};
    oc_rc rc = figures_make(result, &figures);
    if (rc < 0)
        return rc;
    open_group(&json, '{', false);
    put_head(&json, result);
    put_money(&json, result, &figures);
    put_risk(&json, result, &figures);
    put_trades(&json, result, &figures);
    key(&json, "notes");
    open_group(&json, '[', false);
    for (uint32_t i = 0; i < result->note_count && i < SESSION_NOTES_MAX; i++) {
        next(&json);
        put_string(&json, result->notes[i].text);
    }
    close_group(&json, ']');
    key(&json, "hashes");
    open_group(&json, '{', false);
    member_text(&json, "orders", result->order_hash);
    member_count(&json, "order_records", result->order_records);
    member_text(&json, "meaning", result->meaning);
    member_text(&json, "input", result->input_hash);
    close_group(&json, '}');
    put_series(&json, result);
    key(&json, "speed"); /* last: the only part that differs between equal runs */
    open_group(&json, '{', false);
    member_count(&json, "market_events", result->market_events);
    member_count(&json, "bar_calls", result->bar_calls);
    member_figure(&json, "seconds", (struct figure){result->seconds, result->seconds > 0.0});
    close_group(&json, '}');
    close_group(&json, '}');
    fputc('\n', out);
    figures_release(&figures);
    return fflush(out) != 0 || ferror(out) ? OC_E_IO : OC_OK;
}
