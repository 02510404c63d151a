/* page_data.c: what the scripts of the page draw and list, as one object of JSON inside the page, and the scripts. */
#include <stdio.h>
#include <string.h>

#include "report/analysis.h"
#include "report/format.h"
#include "report/page.h"

static const struct embedded *file_named(const char *name)
{
    for (const struct embedded *file = page_files; file->name; file++)
        if (strcmp(file->name, name) == 0)
            return file;
    return NULL;
}

static void put_file(struct text *page, const char *name)
{
    const struct embedded *file = file_named(name);
    if (file)
        text_put_bytes(page, file->text, file->size);
}

void page_style(struct text *page) { put_file(page, "page.css"); }

void page_nonce(struct text *page, const struct result *result)
{
    page_escaped(page, result->order_hash[0] ? result->order_hash : "none");
}

void page_credit(struct text *page)
{
    if (file_named("dygraphs.js"))
        text_put(page, " Charts that move are drawn by dygraphs, \xC2\xA9 Dan Vanderkam and others, MIT licensed.");
}

/* A text of JSON that cannot end a script or begin a comment in one. */
static void put_string(struct text *page, const char *text)
{
    text_put_char(page, '"');
    for (const char *at = text ? text : ""; *at;) {
        const int size = format_utf8(at);
        const unsigned char c = (unsigned char)*at;
        if (size == 0)
            text_put(page, "\\ufffd");
        else if (c < 0x20 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c == 0x7F)
            text_format(page, "\\u%04x", c);
        else
            text_put_bytes(page, at, (size_t)size);
        at += size ? size : 1;
    }
    text_put_char(page, '"');
}

static void put_ms(struct text *page, int64_t ns) { text_format(page, "%lld", (long long)(ns / 1000000)); }

/* Money as a number, for drawing and sorting; to the digits that are shown and two more. */
static void put_money(struct text *page, oc_i128 money, bool is_known, int scale)
{
    char text[FORMAT_MAX];
    if (is_known) {
        text_from_units_128(text, num_quotient(money, num_pow10_128(MONEY_SCALE - scale - 2), NUM_HALF_EVEN), scale + 2,
                            TEXT_SHORTEST);
        text_format(page, ",%s", text);
    } else {
        text_put(page, ",null");
    }
}

static void put_double(struct text *page, struct figure figure, const char *comma)
{
    if (figure.is_known)
        text_format(page, "%s%.10g", comma, figure.value);
    else
        text_format(page, "%snull", comma);
}

static void put_curve(struct text *page, const struct result *result)
{
    const struct collect *collect = result->collect;
    const int scale = money_scale_for(result->start);
    const uint32_t count = collect->curve_count;
    const bool ends = count && collect->curve[count - 1].ns != collect->last_ns;
    const struct curve_point last = {collect->last_ns, collect->last, collect->hold, collect->exposure};
    text_put(page, ",\n\"curve\":[");
    for (uint32_t i = 0; i < count + ends; i++) {
        const struct curve_point *point = i < count ? &collect->curve[i] : &last;
        text_put(page, i ? ",\n[" : "\n[");
        put_ms(page, point->ns);
        put_money(page, point->equity, true, scale);
        put_money(page, point->hold, result->has_buy_and_hold && point->hold > 0, scale);
        put_money(page, point->exposure, true, scale);
        text_put_char(page, ']');
    }
    text_put_char(page, ']');
}

/* Digits of the price step. */
static int price_digits(const struct instrument *instrument)
{
    const int scale = instrument ? instrument->info.price_step.scale : 2;
    return scale < 0 ? 0 : scale > 10 ? 10 : scale;
}

static void put_prices(struct text *page, const struct result *result)
{
    const struct paths *paths = result->paths;
    text_put(page, ",\n\"prices\":[");
    for (uint32_t i = 0; paths && i < paths->count; i++) {
        const struct path *path = &paths->list[i];
        const struct instrument *instrument = instruments_at(result->instruments, path->inst_index);
        const int digits = price_digits(instrument);
        text_format(page, "%s\n{\"inst\":%u,\"symbol\":", i ? "," : "", path->inst_index);
        put_string(page, instrument ? instruments_name(result->instruments, instrument) : "");
        text_format(page, ",\"digits\":%d,\"events\":%u,\"points\":[", digits, path->stride);
        for (uint32_t k = 0; k < path->count; k++) {
            const struct path_point *point = &path->points[k];
            text_put(page, k ? ",\n[" : "\n[");
            put_ms(page, point->ns);
            text_format(page, ",%.*f,%.*f,%.*f,%.*f]", digits, point->open, digits, point->high, digits, point->low,
                        digits, point->close);
        }
        text_put(page, "]}");
    }
    text_put_char(page, ']');
}

static void put_plots(struct text *page, const struct result *result)
{
    const struct plots *plots = result->plots;
    char name[STRATEGY_WORDS_MAX];
    text_put(page, ",\n\"plots\":[");
    for (uint32_t i = 0; plots && i < plots->count; i++) {
        const struct plot *plot = &plots->list[i];
        text_format(page, "%s\n{\"inst\":%u,\"pane\":%u,\"strategy\":", i ? "," : "", plot->inst_index, plot->pane);
        put_string(page, strategy_words(result, plot->strategy, name));
        text_put(page, ",\"name\":");
        put_string(page, plot->name);
        text_put(page, ",\"points\":[");
        for (uint32_t k = 0; k < plot->count; k++) {
            text_put(page, k ? ",[" : "[");
            put_ms(page, plot->points[k].ns);
            text_format(page, ",%.8g]", plot->points[k].value);
        }
        text_put(page, "]}");
    }
    text_put_char(page, ']');
}

/* The tags of a run are few: each trip names them by number. */
struct words {
    const char *list[256];
    uint32_t count;
};

static int word_of(struct words *words, const char *word)
{
    for (uint32_t i = 0; i < words->count; i++)
        if (strcmp(words->list[i], word) == 0)
            return (int)i;
    if (words->count == sizeof words->list / sizeof words->list[0])
        return -1;
    words->list[words->count] = word;
    return (int)words->count++;
}

static void put_word(struct text *page, struct words *words, const char *word)
{
    const int number = word_of(words, word);
    text_put_char(page, ',');
    if (number < 0)
        put_string(page, word);
    else
        text_format(page, "%d", number);
}

/* [inst, side, entry, exit, qty, entry price, exit price, net, share of the entry, mae, mfe, r, fees, slippage, tag, exit tag, exit,
 * stop, flags, strategy]: flags 1 ambiguous, 2 closed by the end, 4 decided inside a bar. page.js reads them by place. */
static void put_trip(struct text *page, const struct result *result, const struct trip *trip, int scale,
                     struct words *words)
{
    const struct instrument *instrument = instruments_get(result->instruments, trip->inst);
    const double entry = money_to_double(trip->entry_value);
    const bool has_share = !trip->is_open && entry > 0.0;
    char qty[TEXT_DECIMAL_MAX] = "null";
    struct oc_dec dec;
    if (instrument && instrument_qty_dec(instrument, trip->qty, &dec) == OC_OK)
        text_from_units(qty, dec.units, dec.scale, TEXT_SHORTEST);
    text_format(page, "[%u,%d,", OC_INST_INDEX(trip->inst), trip->side == OC_SIDE_BUY ? 1 : -1);
    put_ms(page, trip->entry_ns);
    text_put_char(page, ',');
    if (trip->is_open)
        text_put(page, "null");
    else
        put_ms(page, trip->exit_ns);
    text_format(page, ",%s", qty);
    put_double(page, trip_price(instrument, trip->entry_value, trip->qty), ",");
    put_double(page, trip->is_open ? (struct figure){0, false} : trip_price(instrument, trip->exit_value, trip->qty),
               ",");
    put_money(page, trip_net(trip), !trip->is_open, scale);
    put_double(page, (struct figure){has_share ? money_to_double(trip_net(trip)) / entry : 0, has_share}, ",");
    put_money(page, trip->worst, trip->has_path, scale);
    put_money(page, trip->best, trip->has_path, scale);
    put_double(page, trip_multiple(trip), ",");
    put_money(page, trip->fees, true, scale);
    put_money(page, trip_slippage(trip), !trip->has_no_slip, scale);
    put_word(page, words, trip->tag);
    put_word(page, words, trip->exit_tag);
    text_format(page, ",%u", trip->exit);
    put_double(page,
               (struct figure){instrument ? instrument_price(instrument, trip->stop) : 0, instrument && trip->stop},
               ",");
    text_format(page, ",%d,%u]", trip->is_ambiguous + 2 * trip->is_end + 4 * trip->is_inside, trip->strategy);
}

static void put_trips(struct text *page, const struct result *result, int scale)
{
    const struct collect *collect = result->collect;
    struct words words = {.count = 0};
    text_put(page, ",\n\"trips\":[");
    for (uint32_t i = 0; i < collect->trip_count; i++) {
        text_put(page, i ? ",\n" : "\n");
        put_trip(page, result, &collect->trips[i], scale, &words);
    }
    text_put(page, "],\n\"words\":[");
    for (uint32_t i = 0; i < words.count; i++) {
        text_put(page, i ? "," : "");
        put_string(page, words.list[i]);
    }
    text_put(page, "],\n\"exits\":[");
    for (uint32_t i = 0; i < EXIT_COUNT; i++) {
        text_put(page, i ? "," : "");
        put_string(page, trip_exit_words(i));
    }
    text_put(page, "],\n\"symbols\":{");
    for (uint32_t i = 1, listed = 0; i <= instruments_count(result->instruments); i++) {
        const struct instrument *instrument = instruments_at(result->instruments, i);
        if (!instrument)
            continue;
        text_format(page, "%s\"%u\":[", listed++ ? "," : "", i);
        put_string(page, instruments_name(result->instruments, instrument));
        text_format(page, ",%d]", price_digits(instrument));
    }
    text_put_char(page, '}');
}

static void put_data(struct text *page, const struct result *result, const struct figures *figures)
{
    const int scale = figures->trips.has_money ? figures->trips.money_scale : 8;
    text_put(page, "<script type=\"application/json\" id=\"data\">{\"currency\":");
    put_string(page, result->currency);
    text_put(page, ",\"asset\":");
    put_string(page, figures->trips.asset);
    text_put(page, ",\"hold\":");
    put_string(page, result->hold_symbol);
    text_format(page, ",\"scale\":%d,\"moneyScale\":%d,\"start\":%.10g", scale, money_scale_for(result->start),
                money_to_double(result->start));
    put_curve(page, result);
    put_prices(page, result);
    put_plots(page, result);
    put_trips(page, result, scale);
    text_put(page, "}</script>\n");
}

static void put_one_script(struct text *page, const struct result *result, const char *name)
{
    if (!file_named(name))
        return;
    text_put(page, "<script nonce=\"");
    page_nonce(page, result);
    text_put(page, "\">\n");
    put_file(page, name);
    text_put(page, "</script>\n");
}

void page_live_charts(struct text *page)
{
    text_put(
        page,
        "<section class=\"chart livechart\"><h2>Price, trades, equity</h2>\n<div id=\"charts\"></div>\n</section>\n");
}

void page_live_trips(struct text *page, const struct result *result)
{
    if (result->collect->trip_count)
        text_put(page, "<div class=\"livetrips\" id=\"trips\"></div>\n");
}

void page_script(struct text *page, const struct result *result, const struct figures *figures)
{
    put_data(page, result, figures);
    put_one_script(page, result, "dygraphs.js");
    put_one_script(page, result, "page_trips.js");
    put_one_script(page, result, "page_charts.js");
}
