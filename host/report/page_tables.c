/* page_tables.c: the monthly returns and the round trips of the HTML page. */
#include <string.h>

#include "report/analysis.h"
#include "report/axis.h"
#include "report/live_rows.h"
#include "report/page.h"
#include "report/shadow_rows.h"

/* Class of a cell by the size of its return. */
static const char *shade(double value)
{
    double size = value < 0 ? -value : value;
    if (size < 0.00005)
        return "p0";
    int depth = size < 0.01 ? 0 : size < 0.04 ? 1 : 2;
    static const char *const names[2][3] = {{"p1", "p2", "p3"}, {"n1", "n2", "n3"}};
    return names[value < 0][depth];
}

static void put_cell(struct text *page, double from, double to, bool is_year)
{
    char text[FORMAT_MAX];
    if (!(from > 0.0)) {
        text_put(page, "<td class=\"soft\">n/a</td>");
        return;
    }
    double value = to / from - 1.0;
    int length = (int)strlen(format_percent((struct figure){value, true}, true, text));
    text[length - 2] = 0; /* the unit stands in the heading */
    text_format(page, "<td class=\"%s%s\">%s</td>", shade(value), is_year ? " year" : "", text);
}

struct month {
    double open;
    double close;
    bool has_days;
};

static void put_year(struct text *page, int year, const struct month months[12])
{
    int first = -1, last = 0;
    text_format(page, "<tr><th>%d</th>", year);
    for (int i = 0; i < 12; i++) {
        if (!months[i].has_days) {
            text_put(page, "<td></td>");
            continue;
        }
        first = first < 0 ? i : first;
        last = i;
        put_cell(page, months[i].open, months[i].close, false);
    }
    if (first >= 0)
        put_cell(page, months[first].open, months[last].close, true);
    text_put(page, "</tr>\n");
}

void page_months(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    struct month months[12];
    int running = 0;
    if (!figures->closes)
        return;
    text_put(page, "<section><h2>Monthly returns, %</h2><div class=\"wide\"><table class=\"months\"><tr><th></th>");
    for (int i = 1; i <= 12; i++)
        text_format(page, "<th>%s</th>", axis_months[i]);
    text_put(page, "<th>Year</th></tr>\n");
    memset(months, 0, sizeof months);
    for (uint32_t i = 1; i <= figures->days; i++) {
        int year, month;
        int64_t ns = i <= collect->day_count ? collect->days[i - 1].ns : collect->last_ns;
        axis_month(ns - 1, &year, &month); /* an instant at midnight closes the day before */
        if (year != running && running)
            put_year(page, running, months);
        if (year != running)
            memset(months, 0, sizeof months);
        running = year;
        struct month *cell = &months[month - 1];
        if (!cell->has_days)
            cell->open = figures->closes[i - 1];
        cell->has_days = true;
        cell->close = figures->closes[i];
    }
    put_year(page, running, months);
    text_put(page,
             "</table></div><p class=\"tablenote\">Equity at the last close of a month (00:00 UTC) over that of the "
             "month before; the first and the last may be parts of a month.</p></section>\n");
}

void page_contact(struct text *page, const struct contact *contact)
{
    char text[FORMAT_MAX];
    const char *name, *words;
    uint64_t count;
    if (!contact || !contact->is_used)
        return;
    text_put(page, "<section><h2>Venues</h2><div class=\"wide\"><table><tr><th>Count</th><th class=\"left\">What</th>"
                   "</tr>\n");
    for (uint32_t i = 0; contact_row(contact, i, &name, &words, &count); i++)
        text_format(page, "<tr><td>%s</td><td class=\"left\">%s</td></tr>\n", format_count(count, text), words);
    text_put(page, "</table></div></section>\n");
}

static void put_rows(struct text *page, const struct result *result, const char *words,
                     bool (*next)(const struct result *result, uint32_t *at, struct live_row *ret_row))
{
    struct live_row row;
    uint32_t at = 0;
    bool has_any = false;
    while (next(result, &at, &row)) {
        if (!has_any)
            text_format(page, "<section><h2>%s</h2><dl>\n", words);
        has_any = true;
        text_format(page, "<div><dt>%s</dt><dd class=\"%s\">%s</dd><dd class=\"note\">", row.key,
                    row.is_met      ? "good"
                    : row.is_missed ? "bad"
                                    : "",
                    row.value);
        page_escaped(page, row.note);
        text_put(page, "</dd></div>\n");
    }
    if (has_any)
        text_put(page, "</dl></section>\n");
}

void page_live(struct text *page, const struct result *result)
{
    put_rows(page, result, live_title(result), live_row_next);
    put_rows(page, result, SHADOW_TITLE, shadow_row_next);
}

void page_differences(struct text *page, const struct differences *differences)
{
    char text[FORMAT_MAX], day[TEXT_TIME_MAX];
    if (!differences || !differences->count)
        return;
    text_put(
        page,
        "<section><h2>Other than was known</h2><div class=\"wide\"><table><tr><th class=\"left\">Day</th><th>Count</th>"
        "<th class=\"left\">What the venue showed</th></tr>\n");
    for (uint32_t i = 0; i < differences->count; i++) {
        text_from_time(day, differences->rows[i].day_ns);
        text_format(page, "<tr><td class=\"left\">%.10s</td><td>%s</td><td class=\"left\">%s</td></tr>\n", day,
                    format_count(differences->rows[i].count, text), differences->rows[i].words);
    }
    text_put(page, "</table></div></section>\n");
}

void page_refusals(struct text *page, const struct result *result)
{
    const struct refusal *list[REFUSALS_MAX];
    char text[FORMAT_MAX];
    if (!result->refusals || !result->refusals->count)
        return;
    text_put(page, "<section><h2>Refused</h2><div class=\"wide\"><table><tr><th>Count</th><th class=\"left\">What</th>"
                   "<th class=\"left\">Reason</th><th class=\"left\">By</th></tr>\n");
    refusals_sorted(result->refusals, list);
    for (uint32_t i = 0; i < result->refusals->count; i++) {
        text_format(page, "<tr><td>%s</td><td class=\"left\">%s</td><td class=\"left\">",
                    format_count(list[i]->count, text), refusal_words(list[i]->kind));
        page_escaped(page, list[i]->reason[0] ? list[i]->reason : "no reason");
        text_put(page, "</td><td class=\"left\">");
        page_escaped(page, list[i]->rule[0] ? list[i]->rule : list[i]->kind == REFUSAL_DENIED ? "" : "venue");
        text_put(page, "</td></tr>\n");
    }
    if (result->refusals->beyond)
        text_format(page,
                    "<tr><td>%s</td><td class=\"left\"></td><td class=\"left\">other reasons</td><td></td></tr>\n",
                    format_count(result->refusals->beyond, text));
    text_put(page, "</table></div></section>\n");
}

static void put_part(struct text *page, const struct result *result, const struct part_figures *part, bool by_strategy)
{
    char name[STRATEGY_WORDS_MAX], fills[FORMAT_MAX], trips[FORMAT_MAX], wins[FORMAT_MAX], net[FORMAT_MAX],
        fees[FORMAT_MAX];
    const struct instrument *instrument = instruments_at(result->instruments, part->inst_index);
    const int scale = money_scale_for(result->start);
    text_put(page, "<tr><td class=\"left\">");
    page_escaped(page, by_strategy  ? strategy_words(result, part->strategy, name)
                       : instrument ? instruments_name(result->instruments, instrument)
                                    : "");
    text_format(page, "</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>\n",
                format_count(part->fills, fills), format_count(part->closed, trips), format_count(part->wins, wins),
                part->has_no_money ? "n/a" : format_money(part->net, scale, true, net),
                format_money(part->fees, scale, false, fees));
}

void page_parts(struct text *page, const struct result *result, const struct figures *figures)
{
    for (int i = 0; i < 2; i++) {
        const bool by_strategy = i == 0;
        const struct parts_figures *parts = by_strategy ? &figures->strategies : &figures->symbols;
        if (parts->count < 2)
            continue;
        text_format(page,
                    "<section><h2>By %s</h2><div class=\"wide\"><table><tr><th class=\"left\">%s</th><th>Fills</th>"
                    "<th>Round trips</th><th>Wins</th><th>Net of trips</th><th>Fees</th></tr>\n",
                    by_strategy ? "strategy" : "symbol", by_strategy ? "Strategy" : "Symbol");
        for (uint32_t k = 0; k < parts->count; k++)
            put_part(page, result, &parts->list[k], by_strategy);
        text_put(page, "</table></div></section>\n");
    }
}

static void put_flags(struct text *page, const struct trip *trip)
{
    if (trip->is_open)
        text_put(page, "<span class=\"flag\" title=\"still open at the end\">open</span>");
    if (trip->is_ambiguous)
        text_put(page, "<span class=\"flag\" title=\"judged on the worse path of a bar\">ambiguous</span>");
    if (trip->is_end)
        text_put(page, "<span class=\"flag\" title=\"closed by the end of the data\">end</span>");
}

static void put_price(struct text *page, struct figure price, const struct instrument *instrument)
{
    char text[FORMAT_MAX];
    text_format(page, "<td>%s</td>", format_price(price, instrument, text));
}

static void put_net(struct text *page, const struct trip *trip, int scale)
{
    char text[FORMAT_MAX], share[FORMAT_MAX];
    oc_i128 net = trip_net(trip);
    if (trip->is_open) {
        text_put(page, "<td class=\"soft\">n/a</td><td class=\"soft\">n/a</td>");
        return;
    }
    const char *tone = net > 0 ? "good" : net < 0 ? "bad" : "soft";
    double entry = money_to_double(trip->entry_value);
    struct figure part = {entry > 0.0 ? money_to_double(net) / entry : 0.0, entry > 0.0};
    text_format(page, "<td class=\"%s\">%s</td><td class=\"%s\">%s</td>", tone, format_money(net, scale, true, text),
                tone, format_percent(part, true, share));
}

struct columns {
    int scale;       /* digits of money */
    bool has_symbol; /* more than one instrument was traded */
};

static void put_amount(struct text *page, oc_i128 money, bool is_known, int scale)
{
    char text[FORMAT_MAX];
    text_format(page, "<td%s>%s</td>", is_known ? "" : " class=\"soft\"",
                is_known ? format_money(money, scale, false, text) : "n/a");
}

/* How it went, what it cost, and why it ended. */
static void put_course(struct text *page, const struct trip *trip, int scale)
{
    char text[FORMAT_MAX];
    put_amount(page, trip->worst, trip->has_path, scale);
    put_amount(page, trip->best, trip->has_path, scale);
    text_format(page, "<td>%s</td>", format_ratio(trip_multiple(trip), text));
    put_amount(page, trip->fees, true, scale);
    put_amount(page, trip_slippage(trip), !trip->has_no_slip, scale);
    text_format(page, "<td class=\"left\">%s</td>", trip_exit_words(trip->exit));
}

static void put_trip(struct text *page, const struct result *result, uint32_t index, struct columns columns)
{
    const struct trip *trip = &result->collect->trips[index];
    const struct instrument *instrument = result->instruments ? instruments_get(result->instruments, trip->inst) : NULL;
    char entry[FORMAT_MAX], exit[FORMAT_MAX], held[FORMAT_MAX], qty[TEXT_DECIMAL_MAX] = "n/a";
    struct oc_dec dec;
    struct figure no_price = {0, false};
    if (instrument && instrument_qty_dec(instrument, trip->qty, &dec) == OC_OK)
        text_from_units(qty, dec.units, dec.scale, TEXT_SHORTEST);
    text_format(page, "<tr><td>%u</td><td class=\"left side\">%s</td>", index + 1,
                trip->side == OC_SIDE_BUY ? "Long" : "Short");
    if (columns.has_symbol) {
        text_put(page, "<td class=\"left\">");
        page_escaped(page, instrument ? instruments_name(result->instruments, instrument) : "");
        text_put(page, "</td>");
    }
    text_format(page, "<td class=\"left\">%s</td><td class=\"left\">%s</td><td>%s</td><td>%s</td>",
                format_time(trip->entry_ns, entry), trip->is_open ? "still open" : format_time(trip->exit_ns, exit),
                format_span((double)(trip->exit_ns - trip->entry_ns) / 1e9, held), qty);
    put_price(page, trip_price(instrument, trip->entry_value, trip->qty), instrument);
    put_price(page, trip->is_open ? no_price : trip_price(instrument, trip->exit_value, trip->qty), instrument);
    put_net(page, trip, columns.scale);
    put_course(page, trip, columns.scale);
    text_put(page, "<td class=\"left\">");
    page_escaped(page, trip->tag);
    put_flags(page, trip);
    text_put(page, "</td></tr>\n");
}

void page_trips(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    char text[FORMAT_MAX];
    uint32_t shown = collect->trip_count < PAGE_TRIPS_MAX ? collect->trip_count : PAGE_TRIPS_MAX;
    if (shown == 0) {
        text_put(page, "<p class=\"none\">The strategy made no trades.</p>\n");
        return;
    }
    struct columns columns = {figures->trips.has_money ? figures->trips.money_scale : 8, false};
    for (uint32_t i = 1; i < collect->trip_count; i++)
        columns.has_symbol |= OC_INST_INDEX(collect->trips[i].inst) != OC_INST_INDEX(collect->trips[0].inst);
    text_put(page, "<div class=\"plaintrips\"><div class=\"tall\"><table class=\"trips\"><tr><th>#</th><th "
                   "class=\"left\">Side</th>");
    text_put(page, columns.has_symbol ? "<th class=\"left\">Symbol</th>" : "");
    text_put(page, "<th class=\"left\">Entry (UTC)</th><th class=\"left\">Exit (UTC)</th><th>Held</th><th>Quantity</th>"
                   "<th>Entry price</th><th>Exit price</th><th>Net ");
    page_escaped(page, figures->trips.asset);
    text_put(page, "</th><th>of entry</th><th>MAE</th><th>MFE</th><th>R</th><th>Fee</th><th>Slippage</th>"
                   "<th class=\"left\">Exit</th><th class=\"left\">Tag</th></tr>\n");
    for (uint32_t i = 0; i < shown; i++)
        put_trip(page, result, i, columns);
    text_put(page, "</table></div>\n");
    if (shown < collect->trip_count)
        text_format(
            page, "<p class=\"tablenote\">The first %d are shown; %s more are in the JSON report and in trips.csv.</p>",
            PAGE_TRIPS_MAX, format_count(collect->trip_count - shown, text));
    text_put(page,
             "</div>\n<p class=\"tablenote\">Prices are averages of the fills; net is after fees in the settlement "
             "asset. MAE and MFE: lowest and highest profit before fees while it was open. R: net over what its stop "
             "would have lost.");
    uint64_t unlisted = collect->beyond.closed + collect->beyond.open;
    if (unlisted)
        text_format(page, " %s more are in no list, but in all figures.", format_count(unlisted, text));
    text_put(page, "</p>\n");
}
