/* json.c: the report as one JSON object: the order of keys is this file's order, money is text with all its digits, and
 * what is not available is null. */
#include <string.h>

#include "base/json_out.h"
#include "base/text.h"
#include "report/analysis.h"
#include "report/checks.h"
#include "report/dust_lines.h"
#include "report/format.h"
#include "report/json_impl.h"
#include "report/report.h"

enum { WRITTEN_MAX = 1 << 24, WRITTEN_SIZE = 1 << 16, DAY_SIZE = 10 };

static void new_line(struct report_json *json)
{
    if (!json->is_line[json->depth])
        fprintf(json->out, "\n%*s", json->depth * 2, "");
}

static void lay_out_mark(struct report_json *json, char c)
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

static void lay_out(struct report_json *json, const char *text, size_t size)
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
void report_json_drain(struct report_json *json)
{
    struct text *text = &json->text;
    if (text->size <= WRITTEN_SIZE)
        return;
    char last = text->data[text->size - 1];
    lay_out(json, text->data, text->size - 1);
    json->is_cut |= text->is_cut;
    text_clear(text);
    text_put_char(text, last);
}

void report_json_money(struct report_json *json, const char *name, oc_i128 money, bool is_known)
{
    char text[FORMAT_MAX];
    json_text(&json->text, name, is_known ? format_exact(money, text) : NULL);
}

void report_json_figure(struct report_json *json, const char *name, struct figure figure)
{
    if (figure.is_known)
        json_double_exact(&json->text, name, figure.value);
    else
        json_null(&json->text, name);
}

void report_json_time(struct report_json *json, const char *name, int64_t ns, bool is_known)
{
    if (is_known)
        json_time(&json->text, name, ns);
    else
        json_null(&json->text, name);
}

/* "name=value" lines become an object. */
static void put_params(struct report_json *json, const char *params)
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

static void put_head(struct report_json *json, const struct result *result)
{
    bool has_events = result->collect->events > 0;
    json_text(&json->text, "outcry", result->version);
    json_text(&json->text, "mode", result->mode);
    json_text(&json->text, "strategy", result->strategy);
    json_text(&json->text, "strategy_file", result->strategy_file);
    json_text(&json->text, "symbol", result->symbol);
    json_text(&json->text, "data", result->data);
    json_int(&json->text, "period_ns", result->period_ns);
    report_json_time(json, "from", result->collect->first_ns, has_events);
    report_json_time(json, "to", result->collect->last_ns, has_events);
    json_text(&json->text, "profile", result->profile);
    json_flag(&json->text, "ideal", format_is_ideal(result));
    json_text(&json->text, "currency", result->currency);
    json_flag(&json->text, "interrupted", result->is_interrupted);
    json_text(&json->text, "warning", result->warning);
    json_text(&json->text, "error", result->error);
    put_params(json, result->params);
}

/* Where there is any. */
static void put_dust(struct report_json *json, const struct result *result)
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

static void put_money(struct report_json *json, const struct result *result, const struct figures *figures)
{
    json_open(&json->text, "money", '{');
    report_json_money(json, "start", result->start, true);
    if (result->put_in != 0)
        report_json_money(json, "put_in", result->put_in, true);
    if (result->corrected != 0)
        report_json_money(json, "corrected", result->corrected, true);
    report_json_money(json, "final", result->final, true);
    if (result->unpriced) /* balances without a price, which it does not hold */
        json_int(&json->text, "unpriced", result->unpriced);
    put_dust(json, result);
    report_json_money(json, "profit", figures->profit, true);
    report_json_figure(json, "return", figures->total_return);
    report_json_money(json, "fees", result->fees, true);
    const bool has_spread = result->spread && result->spread->is_known;
    report_json_money(json, "spread_paid", has_spread ? result->spread->paid : 0, has_spread);
    report_json_figure(json, "spread_share", figures->spread_share);
    report_json_money(json, "buy_and_hold", result->buy_and_hold, result->has_buy_and_hold);
    report_json_figure(json, "buy_and_hold_return", figures->hold_return);
    json_text(&json->text, "buy_and_hold_symbol", result->hold_symbol);
    json_close(&json->text, '}');
}

static void put_risk(struct report_json *json, const struct result *result, const struct figures *figures)
{
    const struct fall *fall = &figures->fall;
    bool fell = figures->has_fall && fall->amount > 0;
    json_open(&json->text, "risk", '{');
    json_int(&json->text, "periods_per_year", (int64_t)result->periods_per_year);
    json_int(&json->text, "days", (int64_t)figures->days);
    report_json_figure(json, "max_drawdown", (struct figure){fall->share, figures->has_fall});
    report_json_money(json, "max_drawdown_amount", fall->amount, figures->has_fall);
    report_json_time(json, "max_drawdown_from", fall->from_ns, fell);
    report_json_time(json, "max_drawdown_to", fall->to_ns, fell);
    report_json_figure(json, "volatility", figures->volatility);
    report_json_figure(json, "cagr", figures->cagr);
    report_json_figure(json, "sharpe", figures->sharpe);
    report_json_figure(json, "sortino", figures->sortino);
    report_json_figure(json, "calmar", figures->calmar);
    report_json_figure(json, "ulcer", figures->ulcer);
    report_json_figure(json, "probable_sharpe", figures->probable_sharpe);
    report_json_figure(json, "var_95", figures->tail_loss);
    report_json_figure(json, "es_95", figures->tail_shortfall);
    report_json_figure(json, "var_95_normal", figures->tail_normal);
    report_json_figure(json, "var_95_cornish_fisher", figures->tail_shaped);
    json_close(&json->text, '}');
}

static void put_trades(struct report_json *json, const struct result *result, const struct figures *figures)
{
    const struct trip_figures *trips = &figures->trips;
    json_open(&json->text, "trades", '{');
    json_int(&json->text, "round_trips", (int64_t)trips->closed);
    json_int(&json->text, "open", (int64_t)trips->open);
    json_int(&json->text, "wins", (int64_t)trips->wins);
    json_int(&json->text, "losses", (int64_t)trips->losses);
    report_json_figure(json, "win_rate", trips->win_rate);
    json_text(&json->text, "asset", trips->has_money ? trips->asset : NULL);
    report_json_money(json, "net", trips->net, trips->has_money);
    report_json_figure(json, "profit_factor", trips->profit_factor);
    report_json_money(json, "average", trips->average, trips->has_money);
    report_json_money(json, "best", trips->best, trips->has_money);
    report_json_money(json, "worst", trips->worst, trips->has_money);
    report_json_figure(json, "average_seconds", trips->hold_seconds);
    report_json_figure(json, "exposure", figures->exposure);
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
    report_json_money(json, "ambiguous_net", trips->ambiguous_net, trips->has_money);
    report_json_figure(json, "ambiguous_share", figures->ambiguous_share);
    json_int(&json->text, "inside", (int64_t)result->collect->inside);
    json_int(&json->text, "inside_trips", (int64_t)trips->inside);
    report_json_money(json, "inside_net", trips->inside_net, trips->has_money);
    report_json_figure(json, "inside_share", figures->inside_share);
    json_int(&json->text, "unknown_volume", (int64_t)result->collect->unknown_volume);
    json_int(&json->text, "closed_by_end", (int64_t)trips->ended);
    json_int(&json->text, "fills_not_listed", (int64_t)result->collect->trips_dropped);
    json_int(&json->text, "trips_not_listed", (int64_t)(result->collect->beyond.closed + result->collect->beyond.open));
    json_close(&json->text, '}');
}

static void put_refusals(struct report_json *json, const struct refusals *refusals)
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

static void put_contact(struct report_json *json, const struct contact *contact)
{
    const char *name, *words;
    uint64_t count;
    if (!contact || !contact->is_used) {
        json_null(&json->text, "venues");
        return;
    }
    json_open(&json->text, "venues", '{');
    for (uint32_t i = 0; contact_row(contact, i, &name, &words, &count); i++)
        json_int(&json->text, name, (int64_t)count);
    json_int(&json->text, "waited_ms", contact->waited_ns / 1000000);
    json_close(&json->text, '}');
}

static void put_differences(struct report_json *json, const struct differences *differences)
{
    json_open(&json->text, "differences", '[');
    for (uint32_t i = 0; differences && i < differences->count; i++) {
        char day[TEXT_TIME_MAX];
        text_from_time(day, differences->rows[i].day_ns);
        json_open(&json->text, NULL, '{');
        json_text_n(&json->text, "day", day, DAY_SIZE);
        json_text(&json->text, "what", differences->rows[i].words);
        json_int(&json->text, "count", (int64_t)differences->rows[i].count);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
    json_int(&json->text, "differences_not_listed", differences ? (int64_t)differences->beyond : 0);
}

static void put_parts_of(struct report_json *json, const struct result *result, const struct parts_figures *parts,
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
        report_json_money(json, "net", part->net, has_net);
        json_text(&json->text, "asset", has_net ? instruments_asset_name(result->instruments, part->settle) : NULL);
        report_json_money(json, "fees", part->fees, true);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

static void put_qty(struct report_json *json, const struct instrument *instrument, int64_t qty)
{
    struct oc_dec dec;
    char text[TEXT_DECIMAL_MAX];
    bool is_known = instrument && instrument_qty_dec(instrument, qty, &dec) == OC_OK;
    if (is_known)
        text_from_units(text, dec.units, dec.scale, TEXT_SHORTEST);
    json_text(&json->text, "qty", is_known ? text : NULL);
}

/* How it went and what it cost. */
static void put_trip_course(struct report_json *json, const struct instrument *instrument, const struct trip *trip)
{
    struct oc_dec stop;
    char text[TEXT_DECIMAL_MAX];
    const bool has_stop = trip->stop && instrument && instrument_price_dec(instrument, trip->stop, &stop) == OC_OK;
    if (has_stop)
        text_from_units(text, stop.units, stop.scale, TEXT_SHORTEST);
    json_text(&json->text, "exit_reason", trip->is_open ? NULL : trip_exit_words(trip->exit));
    json_text(&json->text, "exit_tag", trip->is_open ? NULL : trip->exit_tag);
    report_json_figure(json, "held_seconds",
                       (struct figure){(double)(trip->exit_ns - trip->entry_ns) / 1e9, !trip->is_open});
    report_json_money(json, "mae", trip->worst, trip->has_path);
    report_json_money(json, "mfe", trip->best, trip->has_path);
    json_text(&json->text, "stop", has_stop ? text : NULL);
    report_json_figure(json, "r", trip_multiple(trip));
    report_json_money(json, "spread", trip->spread, !trip->has_no_spread);
    report_json_money(json, "slippage", trip_slippage(trip), !trip->has_no_slip);
}

static void put_trip(struct report_json *json, const struct result *result, const struct trip *trip)
{
    const struct instrument *instrument = result->instruments ? instruments_get(result->instruments, trip->inst) : NULL;
    struct figure no_price = {0, false};
    json_open(&json->text, NULL, '{');
    json_text(&json->text, "symbol", instrument ? instruments_name(result->instruments, instrument) : NULL);
    json_int(&json->text, "strategy", (int64_t)trip->strategy);
    json_text(&json->text, "side", trip->side == OC_SIDE_BUY ? "long" : "short");
    report_json_time(json, "entry", trip->entry_ns, true);
    report_json_time(json, "exit", trip->exit_ns, !trip->is_open);
    put_qty(json, instrument, trip->qty);
    report_json_figure(json, "entry_price", trip_price(instrument, trip->entry_value, trip->qty));
    report_json_figure(json, "exit_price",
                       trip->is_open ? no_price : trip_price(instrument, trip->exit_value, trip->qty));
    report_json_money(json, "profit", trip->profit, true);
    report_json_money(json, "fees", trip->fees, true);
    report_json_money(json, "net", trip_net(trip), true);
    json_int(&json->text, "fills", (int64_t)trip->fills);
    json_text(&json->text, "tag", trip->tag);
    put_trip_course(json, instrument, trip);
    json_flag(&json->text, "open", trip->is_open);
    json_flag(&json->text, "ambiguous", trip->is_ambiguous);
    json_flag(&json->text, "end", trip->is_end);
    json_close(&json->text, '}');
    report_json_drain(json);
}

static void put_point(struct report_json *json, const struct curve_point *point, bool is_curve)
{
    char text[FORMAT_MAX];
    json_open(&json->text, NULL, '[');
    json_time(&json->text, NULL, point->ns);
    json_text(&json->text, NULL, format_exact(point->equity, text));
    if (is_curve) {
        json_text(&json->text, NULL, point->hold ? format_exact(point->hold, text) : NULL);
        json_text(&json->text, NULL, format_exact(point->exposure, text));
    }
    json_close(&json->text, ']');
    report_json_drain(json);
}

static void put_series(struct report_json *json, const struct result *result)
{
    const struct collect *collect = result->collect;
    json_open(&json->text, "trips", '[');
    for (uint32_t i = 0; i < collect->trip_count; i++)
        put_trip(json, result, &collect->trips[i]);
    json_close(&json->text, ']');
    json_int(&json->text, "events_per_point", (int64_t)collect->stride);
    const struct curve_point last = {collect->last_ns, collect->last, collect->hold, collect->exposure};
    json_open(&json->text, "curve", '[');
    for (uint32_t i = 0; i < collect->curve_count; i++)
        put_point(json, &collect->curve[i], true);
    if (collect->curve_count && collect->curve[collect->curve_count - 1].ns != collect->last_ns)
        put_point(json, &last, true);
    json_close(&json->text, ']');
    json_open(&json->text, "days", '[');
    for (uint32_t i = 0; i < collect->day_count; i++)
        put_point(json, &collect->days[i], false);
    if (collect->events)
        put_point(json, &last, false);
    json_close(&json->text, ']');
    report_json_paths(json, result);
    report_json_plots(json, result);
}

static void put_parts(struct report_json *json, const struct result *result)
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
    struct report_json json = {.out = out};
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
    report_json_live(&json, result);
    report_json_shadow(&json, result);
    put_contact(&json, result->contact);
    put_differences(&json, result->differences);
    put_parts_of(&json, result, &figures.strategies, true);
    put_parts_of(&json, result, &figures.symbols, false);
    report_json_more(&json, result, &figures);
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
    json_open(&json.text, "speed", '{'); /* last, with checks: these two alone differ between equal runs */
    json_int(&json.text, "market_events", (int64_t)result->market_events);
    json_int(&json.text, "bar_calls", (int64_t)result->bar_calls);
    report_json_figure(&json, "seconds", (struct figure){result->seconds, result->seconds > 0.0});
    json_close(&json.text, '}');
    checks_json(&json, result->checks);
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
