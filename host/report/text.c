/* text.c: the report as aligned tables of at most 80 columns. */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "report/dust_lines.h"
#include "report/live_rows.h"
#include "report/shadow_rows.h"

enum { COLUMNS = 80, KEY_WIDTH = 20, VALUE_WIDTH = 20, PART_ROWS_MAX = 40 };

struct page {
    FILE *out;
    bool has_colour;
};

enum style { STYLE_PLAIN, STYLE_TITLE, STYLE_NOTE, STYLE_GOOD, STYLE_BAD, STYLE_STAMP };

static void style(struct page *page, enum style style)
{
    static const char *const codes[] = {"\033[0m", "\033[1m", "\033[2m", "\033[32m", "\033[31m", "\033[1;30;43m"};
    if (page->has_colour)
        fputs(codes[style], page->out);
}

/* One character of foreign text. What a terminal would obey (control characters) and what is not UTF-8 is shown as '?'. */
static int put_character(struct page *page, const char *text)
{
    int size = format_utf8(text);
    unsigned char first = (unsigned char)text[0], second = size > 1 ? (unsigned char)text[1] : 0;
    bool is_control = first < 0x20 || first == 0x7F || (first == 0xC2 && second < 0xA0);
    if (size == 0 || is_control) {
        fputc('?', page->out);
        return size > 1 ? size : 1;
    }
    fwrite(text, 1, (size_t)size, page->out);
    return size;
}

/* Bytes of `text` that fill a line of `width` characters: up to a space if there is one, else as many as fit. */
static int line_size(const char *text, int width)
{
    int size = 0, space = 0;
    for (int column = 0; text[size] && text[size] != '\n'; column++) {
        if (column == width)
            return space ? space : size;
        if (text[size] == ' ' && size > 0)
            space = size;
        int step = format_utf8(text + size);
        size += step ? step : 1;
    }
    return size;
}

/* Text wrapped at COLUMNS; the first line starts at column `indent` already. Ends its last line. */
static void put_wrapped(struct page *page, const char *text, int indent)
{
    do {
        int size = line_size(text, COLUMNS - indent);
        for (int done = 0; done < size;)
            done += put_character(page, text + done);
        text += size;
        fputc('\n', page->out);
        while (*text == ' ' || *text == '\n')
            text++;
        if (*text)
            fprintf(page->out, "%*s", indent, "");
    } while (*text);
}

static void title(struct page *page, const char *text)
{
    fputc('\n', page->out);
    style(page, STYLE_TITLE);
    fputs(text, page->out);
    style(page, STYLE_PLAIN);
    fputc('\n', page->out);
}

static void head_row(struct page *page, const char *key, const char *value)
{
    if (!value || !*value)
        return;
    fprintf(page->out, "  %-12s", key);
    put_wrapped(page, value, 14);
}

/* name, value to the right, and the convention it is computed by. */
static void row_styled(struct page *page, const char *key, const char *value, const char *note, enum style how)
{
    fprintf(page->out, "  %-*s ", KEY_WIDTH, key);
    fprintf(page->out, "%*s", VALUE_WIDTH - (int)strlen(value) > 0 ? VALUE_WIDTH - (int)strlen(value) : 0, "");
    if (how != STYLE_PLAIN)
        style(page, how);
    fputs(value, page->out);
    if (how != STYLE_PLAIN)
        style(page, STYLE_PLAIN);
    if (note && *note) {
        int used = (int)strlen(value) > VALUE_WIDTH ? (int)strlen(value) : VALUE_WIDTH;
        fputs("  ", page->out);
        style(page, STYLE_NOTE);
        int start = KEY_WIDTH + used + 5;
        put_wrapped(page, note, start < COLUMNS - 20 ? start : COLUMNS - 20);
        style(page, STYLE_PLAIN);
    } else {
        fputc('\n', page->out);
    }
}

static void row(struct page *page, const char *key, const char *value, const char *note)
{
    row_styled(page, key, value, note, STYLE_PLAIN);
}

struct rests { /* a row of what rests on an assumption */
    const char *name;
    const char *words;
    uint64_t count;
    uint64_t trips;
    oc_i128 net;
    struct figure share;
};

static enum style tone(oc_i128 money) { return money > 0 ? STYLE_GOOD : money < 0 ? STYLE_BAD : STYLE_PLAIN; }

static void put_head(struct page *page, const struct result *result)
{
    char text[FORMAT_MAX], first[FORMAT_MAX], last[FORMAT_MAX], line[SESSION_LINE_MAX];
    style(page, STYLE_TITLE);
    fprintf(page->out, "Outcry %s  %s report", result->version ? result->version : "",
            result->mode ? result->mode : "");
    style(page, STYLE_PLAIN);
    fputc('\n', page->out);
    if (format_is_ideal(result)) {
        style(page, STYLE_STAMP);
        fputs("  IDEAL  fills at the next event, no spread, cap or latency: not a forecast", page->out);
        style(page, STYLE_PLAIN);
        fputc('\n', page->out);
    }
    if (result->is_interrupted) {
        style(page, STYLE_STAMP);
        fputs("  INTERRUPTED  stopped by hand before the data ended: of what ran until then", page->out);
        style(page, STYLE_PLAIN);
        fputc('\n', page->out);
    }
    if (result->warning) {
        style(page, STYLE_BAD);
        fputs("  ", page->out);
        put_wrapped(page, result->warning, 2);
        style(page, STYLE_PLAIN);
    }
    if (result->error) {
        style(page, STYLE_BAD);
        fputs("  ended early ", page->out);
        put_wrapped(page, result->error, 14);
        style(page, STYLE_PLAIN);
    }
    fputc('\n', page->out);
    snprintf(line, sizeof line, "%s%s%.200s%s", result->strategy ? result->strategy : "",
             result->strategy_file ? " (" : "", result->strategy_file ? result->strategy_file : "",
             result->strategy_file ? ")" : "");
    head_row(page, "strategy", line);
    head_row(page, "symbol", result->symbol);
    snprintf(line, sizeof line, "%.200s (%s)", result->data ? result->data : "",
             format_period(result->period_ns, text));
    head_row(page, "data", line);
    if (result->collect->events) {
        snprintf(line, sizeof line, "%s to %s UTC (%s)", format_time(result->collect->first_ns, first),
                 format_time(result->collect->last_ns, last),
                 format_span((double)(result->collect->last_ns - result->collect->first_ns) / 1e9, text));
        head_row(page, "period", line);
    }
    head_row(page, "profile", result->profile);
    head_row(page, "parameters", result->params);
}

static void put_money(struct page *page, const struct result *result, const struct figures *figures)
{
    char text[FORMAT_MAX], note[FORMAT_MAX * 3], share[FORMAT_MAX], line[FORMAT_MAX];
    int scale = money_scale_for(result->start);
    snprintf(line, sizeof line, "Money (%s)", result->currency ? result->currency : "");
    title(page, line);
    row(page, "Start", format_money(result->start, scale, false, text), "");
    if (result->put_in != 0)
        row(page, "Put in", format_money(result->put_in, scale, true, text), "of the start: deposits less withdrawals");
    if (result->corrected != 0)
        row(page, "Corrected", format_money(result->corrected, scale, true, text),
            "of the start: the venue's balances against what fills made");
    snprintf(note, sizeof note, "WITHOUT %u balances that have no price in %s", result->unpriced, result->currency);
    row(page, "Final", format_money(result->final, scale, false, text),
        result->unpriced ? note : "cash + positions at the mark");
    struct dust_line dust;
    for (uint32_t at = 0; dust_line_next(result, &at, &dust);)
        row(page, "Dust, in it", dust.qty, dust.note);
    row_styled(page, "Profit", format_money(figures->profit, scale, true, text), "after fees", tone(figures->profit));
    row_styled(page, "Return", format_percent(figures->total_return, true, text), "final / start - 1",
               tone(figures->profit));
    row(page, "Fees", format_money(result->fees, scale, false, text), "where convertible; negative: rebate");
    const bool has_spread = result->spread && result->spread->is_known;
    snprintf(note, sizeof note, "%s of what takers traded, to the price step",
             format_bps(figures->spread_share, share));
    row(page, "Spread paid", has_spread ? format_money(result->spread->paid, scale, false, text) : "n/a",
        has_spread ? figures->spread_share.is_known ? note : "" : "the data or the simulator have their own");
    if (result->has_buy_and_hold)
        snprintf(note, sizeof note, "all in %.64s: %s", result->hold_symbol ? result->hold_symbol : "the first symbol",
                 format_percent(figures->hold_return, true, share));
    row(page, "Buy and hold", result->has_buy_and_hold ? format_money(result->buy_and_hold, scale, false, text) : "n/a",
        result->has_buy_and_hold ? note : "");
}

static void put_fall(struct page *page, const struct result *result, const struct figures *figures)
{
    char text[FORMAT_MAX], from[FORMAT_MAX], to[FORMAT_MAX];
    int scale = money_scale_for(result->start);
    struct figure share = {figures->fall.share, figures->has_fall};
    row_styled(page, "Max drawdown", format_percent(share, false, text), "of the peak, at every market event",
               figures->has_fall && figures->fall.amount > 0 ? STYLE_BAD : STYLE_PLAIN);
    if (!figures->has_fall || figures->fall.amount == 0)
        return;
    row(page, "  amount", format_money(figures->fall.amount, scale, false, text), result->currency);
    row(page, "  from the peak", format_time(figures->fall.from_ns, from), "UTC");
    row(page, "  to the trough", format_time(figures->fall.to_ns, to), "UTC");
}

static void put_risk(struct page *page, const struct result *result, const struct figures *figures)
{
    char text[FORMAT_MAX], note[FORMAT_MAX];
    title(page, "Risk and ratios");
    put_fall(page, result, figures);
    unsigned periods = result->periods_per_year;
    row(page, "Volatility", format_percent(figures->volatility, false, text), "yearly, n-1");
    row(page, "CAGR", format_percent(figures->cagr, true, text), "(final / start)^(365 / days) - 1");
    row(page, "Sharpe", format_ratio(figures->sharpe, text), "yearly, risk-free 0, n-1");
    row(page, "Sortino", format_ratio(figures->sortino, text), "yearly, target 0, all days below");
    row(page, "Calmar", format_ratio(figures->calmar, text), "CAGR / max drawdown");
    row(page, "Ulcer index", format_percent(figures->ulcer, false, text), "rms of daily drawdowns");
    row(page, "Sharpe above 0", format_percent(figures->probable_sharpe, false, text),
        "probability, skew and kurtosis");
    row(page, "VaR 95 %, 1 day", format_percent(figures->tail_loss, false, text), "historical, k = ceil(c n)");
    row(page, "ES 95 %, 1 day", format_percent(figures->tail_shortfall, false, text), "mean loss of the worst 5 %");
    snprintf(note, sizeof note, "closes 00:00 UTC, P = %u a year; yearly figures are n/a below %d days", periods,
             FIGURE_DAYS_MIN);
    row(page, "Daily returns", format_count(figures->days, text), note);
}

static void put_trip_money(struct page *page, const struct trip_figures *trips)
{
    char text[FORMAT_MAX], note[FORMAT_MAX];
    if (!trips->has_money) {
        static const char *const keys[] = {"Profit factor", "Average trip", "Best trip", "Worst trip"};
        for (int i = 0; i < 4; i++)
            row(page, keys[i], "n/a", trips->why_no_money);
        return;
    }
    int scale = trips->money_scale;
    snprintf(note, sizeof note, "%.16s, after fees", trips->asset);
    row(page, "Profit factor", format_ratio(trips->profit_factor, text),
        trips->profit_factor.is_known ? "gains / losses, after fees" : "no losses");
    row_styled(page, "Average trip", format_money(trips->average, scale, true, text), note, tone(trips->average));
    row_styled(page, "Best trip", format_money(trips->best, scale, true, text), note, tone(trips->best));
    row_styled(page, "Worst trip", format_money(trips->worst, scale, true, text), note, tone(trips->worst));
}

/* What rests on what bars do not tell: fills, and the net of the trips with such. */
static void put_rests(struct page *page, const struct trip_figures *trips, struct rests rests)
{
    char text[FORMAT_MAX], note[FORMAT_MAX * 4], money[FORMAT_MAX], share[FORMAT_MAX];
    size_t size = (size_t)snprintf(note, sizeof note, "%s", rests.words);
    if (rests.trips && size < sizeof note)
        snprintf(note + size, sizeof note - size, "; trips with such: %s%s%s%s",
                 trips->has_money ? format_money(rests.net, trips->money_scale, true, money) : "n/a",
                 rests.share.is_known ? ", " : "",
                 rests.share.is_known ? format_percent(rests.share, false, share) : "",
                 rests.share.is_known ? " of the net" : "");
    row(page, rests.name, format_count(rests.count, text), note);
}

static void put_assumed(struct page *page, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    const struct trip_figures *trips = &figures->trips;
    char text[FORMAT_MAX], words[FORMAT_MAX];
    snprintf(words, sizeof words, "fills, judged on the worse path; bars: %s",
             format_count(collect->ambiguous_bars, text));
    put_rests(page, trips,
              (struct rests){"Ambiguous", words, result->stats->ambiguous, trips->ambiguous, trips->ambiguous_net,
                             figures->ambiguous_share});
    if (collect->inside)
        put_rests(page, trips,
                  (struct rests){"Decided inside bars", "fills", collect->inside, trips->inside, trips->inside_net,
                                 figures->inside_share});
    if (collect->unknown_volume)
        row(page, "Volume unknown", format_count(collect->unknown_volume, text), "fills that no cap could bound");
}

static void put_refusals(struct page *page, const struct result *result)
{
    const struct refusal *list[REFUSALS_MAX];
    char text[FORMAT_MAX];
    if (!result->refusals || !result->refusals->count)
        return;
    title(page, "Refused");
    refusals_sorted(result->refusals, list);
    for (uint32_t i = 0; i < result->refusals->count; i++) {
        fprintf(page->out, "  %12s  %-24s", format_count(list[i]->count, text), refusal_words(list[i]->kind));
        char words[2 * OC_REASON_MAX + 4];
        snprintf(words, sizeof words, "%s%s%s", list[i]->reason[0] ? list[i]->reason : "no reason",
                 list[i]->rule[0] ? " by " : "", list[i]->rule);
        put_wrapped(page, words, 40);
    }
    if (result->refusals->beyond)
        fprintf(page->out, "  %12s  of other reasons\n", format_count(result->refusals->beyond, text));
}

/* Nothing where there is only one. */
static void put_parts_of(struct page *page, const struct result *result, const struct parts_figures *parts,
                         bool by_strategy)
{
    char name[STRATEGY_WORDS_MAX], fills[FORMAT_MAX], trips[FORMAT_MAX], wins[FORMAT_MAX], net[FORMAT_MAX],
        fees[FORMAT_MAX];
    if (parts->count < 2)
        return;
    title(page, by_strategy ? "By strategy" : "By symbol");
    fprintf(page->out, "  %-24.24s%8s%8s%8s%15s%13s\n", "", "fills", "trips", "wins", "net of trips", "fees");
    for (uint32_t i = 0; i < parts->count && i < PART_ROWS_MAX; i++) {
        const struct part_figures *part = &parts->list[i];
        const struct instrument *instrument = instruments_at(result->instruments, part->inst_index);
        const char *words = by_strategy  ? strategy_words(result, part->strategy, name)
                            : instrument ? instruments_name(result->instruments, instrument)
                                         : "";
        int column = 0;
        fputs("  ", page->out);
        for (const char *at = words; *at && column < 23; column++)
            at += put_character(page, at);
        fprintf(page->out, "%*s%8s%8s%8s%15s%13s\n", 24 - column, "", format_count(part->fills, fills),
                format_count(part->closed, trips), format_count(part->wins, wins),
                part->has_no_money ? "n/a" : format_money(part->net, money_scale_for(result->start), true, net),
                format_money(part->fees, money_scale_for(result->start), false, fees));
    }
    if (parts->count > PART_ROWS_MAX)
        fprintf(page->out, "  %s more are in the JSON report\n", format_count(parts->count - PART_ROWS_MAX, fills));
}

static void put_trades(struct page *page, const struct result *result, const struct figures *figures)
{
    const struct trip_figures *trips = &figures->trips;
    const struct collect *collect = result->collect;
    char text[FORMAT_MAX], note[FORMAT_MAX * 3], count[FORMAT_MAX], since[FORMAT_MAX];
    title(page, "Trades");
    snprintf(note, sizeof note, trips->open ? "flat to flat; %s still open" : "flat to flat",
             format_count(trips->open, count));
    row(page, "Round trips", format_count(trips->closed, text), note);
    snprintf(note, sizeof note, "after fees; losses %s", format_count(trips->losses, count));
    row(page, "Wins", format_count(trips->wins, text), note);
    row(page, "Win rate", format_percent(trips->win_rate, false, text), "wins / round trips");
    put_trip_money(page, trips);
    if (trips->hold_seconds.is_known)
        row(page, "Average time held", format_span(trips->hold_seconds.value, text), "first entry to last exit");
    row(page, "Exposure", format_percent(figures->exposure, false, text), "market events with a position");
    if (collect->fills_before)
        snprintf(note, sizeof note, "since the last start %s, %s as maker",
                 format_count(collect->fills - collect->fills_before, since), format_count(collect->makers, count));
    else
        snprintf(note, sizeof note, "%s of them as maker", format_count(collect->makers, count));
    row(page, "Fills", format_count(collect->fills, text), collect->fills ? note : "");
    snprintf(note, sizeof note, "sent; %s denied by rules or the host", format_count(result->stats->denied, count));
    row(page, "Requests", format_count(result->stats->requests, text), note);
    put_assumed(page, result, figures);
    if (trips->ended)
        row(page, "Closed by the end", format_count(trips->ended, text), "trips");
    if (collect->trips_dropped)
        row(page, "Not counted", format_count(collect->trips_dropped, text), "fills for which memory ran out");
}

/* Ours by id and version; where a foreign one lies, and its hash, stands among the notes. */
static void put_parts(struct page *page, const struct result *result)
{
    char bytes[PARTS_LIST_MAX * (sizeof result->parts->section + sizeof result->parts->id + 48)];
    struct text text;
    text_init_fixed(&text, bytes, sizeof bytes);
    for (uint32_t i = 0; i < result->part_count; i++) {
        const struct part *part = &result->parts[i];
        const char *dot = strchr(part->section, '.');
        text_format(&text, "%s%s %s%s", i ? ", " : "", part->id, part->is_missing ? "MISSING" : part->version,
                    part->is_ours || part->is_missing ? "" : " (foreign)");
        if (dot && (strncmp(part->id, "outcry.", 7) != 0 || strcmp(part->id + 7, dot + 1) != 0))
            text_format(&text, " as %s", part->section);
    }
    if (!result->part_count)
        return;
    fprintf(page->out, "  %-12s", "parts");
    put_wrapped(page, text.data, 14);
}

static void put_tail(struct page *page, const struct result *result)
{
    char text[FORMAT_MAX], note[FORMAT_MAX];
    if (result->note_count)
        title(page, "Assumed and inferred");
    for (uint32_t i = 0; i < result->note_count && i < SESSION_NOTES_MAX; i++) {
        fputs("  - ", page->out);
        put_wrapped(page, result->notes[i].text, 4);
    }
    title(page, "Run");
    fprintf(page->out, "  %-12s%s (%s records)\n", "orders", result->order_hash,
            format_count(result->order_records, text));
    fprintf(page->out, "  %-12s%s\n", "meaning", result->meaning);
    fprintf(page->out, "  %-12s%s\n", "input", result->input_hash);
    put_parts(page, result);
    fprintf(page->out, "  %-12s%s market events", "speed", format_count(result->market_events, text));
    if (!result->is_recorded)
        fprintf(page->out, ", %s calls of on_bar", format_count(result->bar_calls, note));
    if (result->seconds > 0.0) {
        double rate = (double)result->market_events / result->seconds;
        fprintf(page->out, ", %.3g s, %s/s", result->seconds, format_count(rate < 1e18 ? (uint64_t)rate : 0, text));
    }
    fputc('\n', page->out);
}

/* What there was none of is left out, but for what was sent. */
static void put_contact(struct page *page, const struct contact *contact)
{
    char text[FORMAT_MAX];
    const char *name, *words;
    uint64_t count;
    if (!contact || !contact->is_used)
        return;
    title(page, "Venues");
    for (uint32_t i = 0; contact_row(contact, i, &name, &words, &count); i++)
        if (count || i == 0)
            fprintf(page->out, "  %*s  %s\n", 12, format_count(count, text), words);
    if (contact->waited_ns)
        fprintf(page->out, "  %*s  waited for limits and because of such answers\n", 12,
                format_span((double)contact->waited_ns / 1e9, text));
}

static void put_rows(struct page *page, const struct result *result, const char *words,
                     bool (*next)(const struct result *result, uint32_t *at, struct live_row *ret_row))
{
    struct live_row line;
    uint32_t at = 0;
    while (next(result, &at, &line)) {
        if (words)
            title(page, words);
        words = NULL;
        row_styled(page, line.key, line.value, line.note,
                   line.is_met      ? STYLE_GOOD
                   : line.is_missed ? STYLE_BAD
                                    : STYLE_PLAIN);
    }
}

static void put_differences(struct page *page, const struct differences *differences)
{
    char text[FORMAT_MAX], day[TEXT_TIME_MAX];
    if (!differences || !differences->count)
        return;
    title(page, "Other than was known");
    for (uint32_t i = 0; i < differences->count; i++) {
        text_from_time(day, differences->rows[i].day_ns);
        fprintf(page->out, "  %.10s %*s  %s\n", day, 5, format_count(differences->rows[i].count, text),
                differences->rows[i].words);
    }
}

oc_rc report_text(const struct result *result, FILE *out)
{
    struct figures figures;
    oc_rc rc = figures_make(result, &figures);
    if (rc < 0)
        return rc;
    const char *no_colour = getenv("NO_COLOR");
    struct page page = {out, isatty(fileno(out)) && !(no_colour && *no_colour)};
    put_head(&page, result);
    put_money(&page, result, &figures);
    put_risk(&page, result, &figures);
    put_trades(&page, result, &figures);
    put_refusals(&page, result);
    put_rows(&page, result, live_title(result), live_row_next);
    put_rows(&page, result, SHADOW_TITLE, shadow_row_next);
    put_contact(&page, result->contact);
    put_differences(&page, result->differences);
    put_parts_of(&page, result, &figures.strategies, true);
    put_parts_of(&page, result, &figures.symbols, false);
    put_tail(&page, result);
    figures_release(&figures);
    return fflush(out) != 0 || ferror(out) ? OC_E_IO : OC_OK;
}
