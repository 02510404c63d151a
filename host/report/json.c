/* json.c: the report as one JSON object: the order of keys is this file's order, money is text with all its digits, and
 * what is not available is null. */
#include "report/report.h"

#include <string.h>

#include "base/json_out.h"
#include "base/text.h"
#include "report/dust_lines.h"
#include "report/format.h"

enum { DEPTH_MAX = 8, WRITTEN_MAX = 1 << 24, WRITTEN_SIZE = 1 << 16 };

/* The writer of base writes no space; here it is laid out for reading: a line a member, but a group inside a list on one. */
struct json {
    struct text text; /* written, not laid out yet */
    FILE *out;
    int depth;
    bool is_list[DEPTH_MAX];
    bool is_line[DEPTH_MAX]; /* members of this one stay on one line */
    bool is_empty;           /* the group just opened */
    bool is_string;
    bool is_escaped;
    bool is_cut;
};

static void new_line(struct json *json)
{
    if (!json->is_line[json->depth])
        fprintf(json->out, "\n%*s", json->depth * 2, "");
}

static void lay_out_mark(struct json *json, char c)
{
    bool is_end = c == '}' || c == ']', was_empty = json->is_empty;
    if (was_empty && !is_end)
        new_line(json);
    json->is_empty = false;
    if (is_end) {
        bool is_line = json->is_line[json->depth--];
        if (!was_empty && !is_line)
            new_line(json);
    }
    fputc(c, json->out);
    if (c == ':' || (c == ',' && json->is_line[json->depth]))
        fputc(' ', json->out);
    if (c == ',')
        new_line(json);
    if (c == '{' || c == '[') {
        bool is_line = json->is_list[json->depth] || json->is_line[json->depth];
        json->depth++;
        json->is_list[json->depth] = c == '[';
        json->is_line[json->depth] = is_line;
        json->is_empty = true;
    }
    json->is_string = c == '"';
}

static void lay_out(struct json *json, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        char c = text[i];
        if (!json->is_string) {
            lay_out_mark(json, c);
            continue;
        }
        fputc(c, json->out);
        json->is_string = json->is_escaped || c != '"';
        json->is_escaped = !json->is_escaped && c == '\\';
    }
}

/* The last byte stays: the writer looks at it to know whether a comma is due. */
static void drain(struct json *json, size_t size_max)
{
    struct text *text = &json->text;
    if (text->size <= size_max || text->size < 2)
        return;
    char last = text->data[text->size - 1];
    lay_out(json, text->data, text->size - 1);
    json->is_cut |= text->is_cut;
    text_clear(text);
    text_put_char(text, last);
}

static void member_money(struct json *json, const char *name, oc_i128 money, bool is_known)
{
    char text[FORMAT_MAX];
    json_text(&json->text, name, is_known ? format_exact(money, text) : NULL);
}

static void member_figure(struct json *json, const char *name, struct figure figure)
{
    if (figure.is_known)
        json_double_exact(&json->text, name, figure.value);
    else
        json_null(&json->text, name);
}

static void member_time(struct json *json, const char *name, int64_t ns, bool is_known)
{
    if (is_known)
        json_time(&json->text, name, ns);
    else
        json_null(&json->text, name);
}

/* "name=value" lines become an object. */
static void put_params(struct json *json, const char *params)
{
    char line[SESSION_LINE_MAX];
    json_open(&json->text, "params", '{');
    for (const char *at = params ? params : ""; *at;) {
        size_t size = strcspn(at, "\n"), kept = size < sizeof line ? size : sizeof line - 1;
        memcpy(line, at, kept);
        line[kept] = 0;
        char *equals = strchr(line, '=');
        if (equals)
            *equals = 0;
        if (line[0])
            json_text(&json->text, line, equals ? equals + 1 : "");
        at += size + (at[size] == '\n');
    }
    json_close(&json->text, '}');
}

static void put_head(struct json *json, const struct result *result)
{
    bool has_events = result->collect->events > 0;
    json_text(&json->text, "outcry", result->version);
    json_text(&json->text, "mode", result->mode);
    json_text(&json->text, "strategy", result->strategy);
    json_text(&json->text, "strategy_file", result->strategy_file);
    json_text(&json->text, "symbol", result->symbol);
    json_text(&json->text, "data", result->data);
    json_int(&json->text, "period_ns", result->period_ns);
    member_time(json, "from", result->collect->first_ns, has_events);
    member_time(json, "to", result->collect->last_ns, has_events);
    json_text(&json->text, "profile", result->profile);
    json_flag(&json->text, "ideal", format_is_ideal(result));
    json_text(&json->text, "currency", result->currency);
    json_flag(&json->text, "interrupted", result->is_interrupted);
    json_text(&json->text, "warning", result->warning);
    json_text(&json->text, "error", result->error);
    put_params(json, result->params);
}

/* Where there is any. */
static void put_dust(struct json *json, const struct result *result)
{
    struct dust_line line;
    char cost[FORMAT_MAX];
    uint32_t at = 0;
    if (!dust_line_next(result, &at, &line))
        return;
    json_open(&json->text, "dust", '[');
    do {
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "symbol", line.symbol);
        json_text(&json->text, "asset", line.asset);
        json_text(&json->text, "qty", line.qty);
        json_text(&json->text, "cost", format_exact(line.dust.cost, cost));
        json_text(&json->text, "currency", line.currency);
        json_close(&json->text, '}');
    } while (dust_line_next(result, &at, &line));
    json_close(&json->text, ']');
}

static void put_money(struct json *json, const struct result *result, const struct figures *figures)
{
    json_open(&json->text, "money", '{');
    member_money(json, "start", result->start, true);
    if (result->put_in != 0)
        member_money(json, "put_in", result->put_in, true);
    if (result->corrected != 0)
        member_money(json, "corrected", result->corrected, true);
    member_money(json, "final", result->final, true);
    if (result->unpriced) /* balances without a price, which it does not hold */
        json_int(&json->text, "unpriced", result->unpriced);
    put_dust(json, result);
    member_money(json, "profit", figures->profit, true);
    member_figure(json, "return", figures->total_return);
    member_money(json, "fees", result->fees, true);
    const bool has_spread = result->spread && result->spread->is_known;
    member_money(json, "spread_paid", has_spread ? result->spread->paid : 0, has_spread);
    member_figure(json, "spread_share", figures->spread_share);
    member_money(json, "buy_and_hold", result->buy_and_hold, result->has_buy_and_hold);
    member_figure(json, "buy_and_hold_return", figures->hold_return);
    json_text(&json->text, "buy_and_hold_symbol", result->hold_symbol);
    json_close(&json->text, '}');
}

static void put_risk(struct json *json, const struct result *result, const struct figures *figures)
{
    const struct fall *fall = &figures->fall;
    bool fell = figures->has_fall && fall->amount > 0;
    json_open(&json->text, "risk", '{');
    json_int(&json->text, "periods_per_year", (int64_t)result->periods_per_year);
    json_int(&json->text, "days", (int64_t)figures->days);
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
    json_close(&json->text, '}');
}

static void put_trades(struct json *json, const struct result *result, const struct figures *figures)
{
    const struct trip_figures *trips = &figures->trips;
    json_open(&json->text, "trades", '{');
    json_int(&json->text, "round_trips", (int64_t)trips->closed);
    json_int(&json->text, "open", (int64_t)trips->open);
    json_int(&json->text, "wins", (int64_t)trips->wins);
    json_int(&json->text, "losses", (int64_t)trips->losses);
    member_figure(json, "win_rate", trips->win_rate);
    json_text(&json->text, "asset", trips->has_money ? trips->asset : NULL);
    member_money(json, "net", trips->net, trips->has_money);
    member_figure(json, "profit_factor", trips->profit_factor);
    member_money(json, "average", trips->average, trips->has_money);
    member_money(json, "best", trips->best, trips->has_money);
    member_money(json, "worst", trips->worst, trips->has_money);
    member_figure(json, "average_seconds", trips->hold_seconds);
    member_figure(json, "exposure", figures->exposure);
    json_int(&json->text, "fills", (int64_t)result->collect->fills);
    json_int(&json->text, "buys", (int64_t)result->collect->buys);
    json_int(&json->text, "makers", (int64_t)result->collect->makers);
    json_int(&json->text, "fills_before_restart", (int64_t)result->collect->fills_before);
    json_int(&json->text, "requests", (int64_t)result->stats->requests);
    json_int(&json->text, "denied", (int64_t)result->stats->denied);
    json_int(&json->text, "ambiguous", (int64_t)result->stats->ambiguous);
    if (result->collect->events)
        json_int(&json->text, "ambiguous_bars", (int64_t)result->collect->ambiguous_bars);
    else /* bars are known from the data */
        json_null(&json->text, "ambiguous_bars");
    json_int(&json->text, "ambiguous_trips", (int64_t)trips->ambiguous);
    member_money(json, "ambiguous_net", trips->ambiguous_net, trips->has_money);
    member_figure(json, "ambiguous_share", figures->ambiguous_share);
    json_int(&json->text, "inside", (int64_t)result->collect->inside);
    json_int(&json->text, "inside_trips", (int64_t)trips->inside);
    member_money(json, "inside_net", trips->inside_net, trips->has_money);
    member_figure(json, "inside_share", figures->inside_share);
    json_int(&json->text, "unknown_volume", (int64_t)result->collect->unknown_volume);
    json_int(&json->text, "closed_by_end", (int64_t)trips->ended);
    json_int(&json->text, "fills_not_listed", (int64_t)result->collect->trips_dropped);
    json_int(&json->text, "trips_not_listed", (int64_t)(result->collect->beyond.closed + result->collect->beyond.open));
    json_close(&json->text, '}');
}

static void put_refusals(struct json *json, const struct refusals *refusals)
{
    const struct refusal *list[REFUSALS_MAX];
    json_open(&json->text, "refusals", '[');
    if (refusals)
        refusals_sorted(refusals, list);
    for (uint32_t i = 0; refusals && i < refusals->count; i++) {
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "what", refusal_words(list[i]->kind));
        json_text(&json->text, "reason", list[i]->reason);
        json_text(&json->text, "rule", list[i]->rule[0] ? list[i]->rule : NULL);
        json_int(&json->text, "count", (int64_t)list[i]->count);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
    json_int(&json->text, "refusals_not_listed", refusals ? (int64_t)refusals->beyond : 0);
}

static void put_parts_of(struct json *json, const struct result *result, const struct parts_figures *parts,
                         bool by_strategy)
{
    char name[STRATEGY_WORDS_MAX];
    json_open(&json->text, by_strategy ? "by_strategy" : "by_symbol", '[');
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct part_figures *part = &parts->list[i];
        const struct instrument *instrument = instruments_at(result->instruments, part->inst_index);
        const bool has_net = part->closed && !part->has_no_money;
        json_open(&json->text, NULL, '{');
        if (by_strategy) {
            json_int(&json->text, "strategy", (int64_t)part->strategy);
            json_text(&json->text, "name", strategy_words(result, part->strategy, name));
        } else {
            json_text(&json->text, "symbol", instrument ? instruments_name(result->instruments, instrument) : NULL);
        }
        json_int(&json->text, "fills", (int64_t)part->fills);
        json_int(&json->text, "round_trips", (int64_t)part->closed);
        json_int(&json->text, "wins", (int64_t)part->wins);
        member_money(json, "net", part->net, has_net);
        json_text(&json->text, "asset", has_net ? instruments_asset_name(result->instruments, part->settle) : NULL);
        member_money(json, "fees", part->fees, true);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

static void put_qty(struct json *json, const struct instrument *instrument, int64_t qty)
{
    struct oc_dec dec;
    char text[TEXT_DECIMAL_MAX];
    bool is_known = instrument && instrument_qty_dec(instrument, qty, &dec) == OC_OK;
    if (is_known)
        text_from_units(text, dec.units, dec.scale, TEXT_SHORTEST);
    json_text(&json->text, "qty", is_known ? text : NULL);
}

static void put_trip(struct json *json, const struct result *result, const struct trip *trip)
{
    const struct instrument *instrument = result->instruments ? instruments_get(result->instruments, trip->inst) : NULL;
    struct figure no_price = {0, false};
    json_open(&json->text, NULL, '{');
    json_text(&json->text, "symbol", instrument ? instruments_name(result->instruments, instrument) : NULL);
    json_int(&json->text, "strategy", (int64_t)trip->strategy);
    json_text(&json->text, "side", trip->side == OC_SIDE_BUY ? "long" : "short");
    member_time(json, "entry", trip->entry_ns, true);
    member_time(json, "exit", trip->exit_ns, !trip->is_open);
    put_qty(json, instrument, trip->qty);
    member_figure(json, "entry_price", trip_price(instrument, trip->entry_value, trip->qty));
    member_figure(json, "exit_price", trip->is_open ? no_price : trip_price(instrument, trip->exit_value, trip->qty));
    member_money(json, "profit", trip->profit, true);
    member_money(json, "fees", trip->fees, true);
    member_money(json, "net", trip_net(trip), true);
    json_int(&json->text, "fills", (int64_t)trip->fills);
    json_text(&json->text, "tag", trip->tag);
    json_flag(&json->text, "open", trip->is_open);
    json_flag(&json->text, "ambiguous", trip->is_ambiguous);
    json_flag(&json->text, "end", trip->is_end);
    json_close(&json->text, '}');
    drain(json, WRITTEN_SIZE);
}

static void put_point(struct json *json, int64_t ns, oc_i128 equity)
{
    char text[FORMAT_MAX];
    json_open(&json->text, NULL, '[');
    json_time(&json->text, NULL, ns);
    json_text(&json->text, NULL, format_exact(equity, text));
    json_close(&json->text, ']');
    drain(json, WRITTEN_SIZE);
}

/* The caller may add points and closes the array. */
static void open_points(struct json *json, const char *name, const struct curve_point *points, uint32_t count)
{
    json_open(&json->text, name, '[');
    for (uint32_t i = 0; i < count; i++)
        put_point(json, points[i].ns, points[i].equity);
}

static void put_series(struct json *json, const struct result *result)
{
    const struct collect *collect = result->collect;
    json_open(&json->text, "trips", '[');
    for (uint32_t i = 0; i < collect->trip_count; i++)
        put_trip(json, result, &collect->trips[i]);
    json_close(&json->text, ']');
    json_int(&json->text, "events_per_point", (int64_t)collect->stride);
    open_points(json, "curve", collect->curve, collect->curve_count);
    if (collect->curve_count && collect->curve[collect->curve_count - 1].ns != collect->last_ns)
        put_point(json, collect->last_ns, collect->last);
    json_close(&json->text, ']');
    open_points(json, "days", collect->days, collect->day_count);
    if (collect->events)
        put_point(json, collect->last_ns, collect->last);
    json_close(&json->text, ']');
}

static void put_parts(struct json *json, const struct result *result)
{
    char hash[20];
    json_open(&json->text, "parts", '[');
    for (uint32_t i = 0; i < result->part_count; i++) {
        const struct part *part = &result->parts[i];
        snprintf(hash, sizeof hash, "%016llx", (unsigned long long)part->hash);
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "part", part->section);
        json_text(&json->text, "id", part->id);
        json_text(&json->text, "version", part->is_missing ? NULL : part->version);
        json_text(&json->text, "file", part->is_missing ? NULL : part->path);
        json_text(&json->text, "hash", part->is_missing ? NULL : hash);
        json_flag(&json->text, "foreign", !part->is_ours);
        json_flag(&json->text, "missing", part->is_missing);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

oc_rc report_json(const struct result *result, FILE *out)
{
    struct figures figures;
    struct json json = {.out = out};
    text_init_grow(&json.text, WRITTEN_MAX);
    oc_rc rc = figures_make(result, &figures);
    if (rc < 0)
        return rc;
    json_open(&json.text, NULL, '{');
    put_head(&json, result);
    put_money(&json, result, &figures);
    put_risk(&json, result, &figures);
    put_trades(&json, result, &figures);
    put_refusals(&json, result->refusals);
    put_parts_of(&json, result, &figures.strategies, true);
    put_parts_of(&json, result, &figures.symbols, false);
    json_open(&json.text, "notes", '[');
    for (uint32_t i = 0; i < result->note_count && i < SESSION_NOTES_MAX; i++) {
        json_text(&json.text, NULL, result->notes[i].text);
    }
    json_close(&json.text, ']');
    put_parts(&json, result);
    json_open(&json.text, "hashes", '{');
    json_text(&json.text, "orders", result->order_hash);
    json_int(&json.text, "order_records", (int64_t)result->order_records);
    json_text(&json.text, "meaning", result->meaning);
    json_text(&json.text, "input", result->input_hash);
    json_close(&json.text, '}');
    put_series(&json, result);
    json_open(&json.text, "speed", '{'); /* last: the only part that differs between equal runs */
    json_int(&json.text, "market_events", (int64_t)result->market_events);
    json_int(&json.text, "bar_calls", (int64_t)result->bar_calls);
    member_figure(&json, "seconds", (struct figure){result->seconds, result->seconds > 0.0});
    json_close(&json.text, '}');
    json_close(&json.text, '}');
    lay_out(&json, json.text.data, json.text.size);
    fputc('\n', out);
    json.is_cut |= json.text.is_cut;
    text_release(&json.text);
    figures_release(&figures);
    if (fflush(out) != 0 || ferror(out))
        return OC_E_IO;
    return json.is_cut ? OC_E_NOMEM : OC_OK;
}
