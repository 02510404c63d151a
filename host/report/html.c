/* html.c: the report as one self-contained page: nothing loaded from anywhere, and whole without scripts. */
#include <string.h>

#include "base/env.h"
#include "report/chart.h"
#include "report/checks.h"
#include "report/dust_lines.h"
#include "report/format.h"
#include "report/log_lines.h"
#include "report/page.h"
#include "report/report.h"

void page_escaped(struct text *page, const char *text)
{
    for (const char *at = text ? text : ""; *at;) {
        int size = format_utf8(at);
        unsigned char c = (unsigned char)*at, second = size > 1 ? (unsigned char)at[1] : 0;
        if (size == 0 || (c < 0x20 && c != '\n' && c != '\t') || c == 0x7F || (c == 0xC2 && second < 0xA0))
            text_put(page, "\xEF\xBF\xBD");
        else if (c == '&')
            text_put(page, "&amp;");
        else if (c == '<')
            text_put(page, "&lt;");
        else if (c == '>')
            text_put(page, "&gt;");
        else if (c == '"')
            text_put(page, "&quot;");
        else if (c == '\'')
            text_put(page, "&#39;");
        else
            text_put_bytes(page, at, (size_t)size);
        at += size ? size : 1;
    }
}

static void put_head(struct text *page, const struct result *result)
{
    text_put(page, "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
                   "'unsafe-inline'; img-src data:; script-src 'nonce-");
    page_nonce(page, result);
    text_put(page, "'\">\n<title>");
    page_escaped(page, result->strategy);
    text_put(page, format_is_ideal(result) ? " (IDEAL)" : "");
    text_put(page, result->is_interrupted ? " (INTERRUPTED)" : "");
    text_put(page, " \xC2\xB7 Outcry</title>\n<style>\n");
    page_style(page);
    text_put(page, "</style></head>\n<body><main>\n");
}

static void put_title(struct text *page, const struct result *result)
{
    const struct collect *collect = result->collect;
    char text[FORMAT_MAX], from[FORMAT_MAX], to[FORMAT_MAX];
    text_put(page, "<header><div><p class=\"over\">Outcry \xC2\xB7 ");
    page_escaped(page, result->mode);
    text_put(page, "</p><h1>");
    page_escaped(page, result->strategy);
    text_put(page, " <span>");
    page_escaped(page, result->symbol);
    text_put(page, "</span></h1></div><p class=\"about\">");
    page_escaped(page, result->data);
    text_format(page, " \xC2\xB7 %s", format_period(result->period_ns, text));
    if (collect->events)
        text_format(page, "<br>%s to %s UTC \xC2\xB7 %s", format_time(collect->first_ns, from),
                    format_time(collect->last_ns, to),
                    format_span((double)(collect->last_ns - collect->first_ns) / 1e9, text));
    text_put(page, "<br>fill profile ");
    page_escaped(page, result->profile);
    text_put(page, "</p></header>\n");
}

static void put_row(struct text *page, const char *name, const char *kind, const char *value, const char *note)
{
    text_format(page, "<div><dt>%s</dt><dd class=\"%s\">", name, kind);
    page_escaped(page, value);
    text_put(page, "</dd>");
    if (note && *note) {
        text_put(page, "<dd class=\"note\">");
        page_escaped(page, note);
        text_put(page, "</dd>");
    }
    text_put(page, "</div>\n");
}

static void put_money(struct text *page, const struct result *result, const struct figures *figures)
{
    char text[FORMAT_MAX], note[FORMAT_MAX * 3];
    int scale = money_scale_for(result->start);
    text_put(page, "<section><h2>Money, ");
    page_escaped(page, result->currency);
    text_put(page, "</h2><dl>\n");
    put_row(page, "Start", "", format_money(result->start, scale, false, text), "");
    if (result->put_in != 0)
        put_row(page, "Put in", "", format_money(result->put_in, scale, true, text),
                "of the start: deposits less withdrawals");
    if (result->corrected != 0)
        put_row(page, "Corrected", "", format_money(result->corrected, scale, true, text),
                "of the start: the venue's balances against what fills made");
    snprintf(note, sizeof note, "WITHOUT %u balances that have no price in %s", result->unpriced, result->currency);
    put_row(page, "Final", "", format_money(result->final, scale, false, text),
            result->unpriced ? note : "cash and positions at the mark");
    struct dust_line dust;
    for (uint32_t at = 0; dust_line_next(result, &at, &dust);)
        put_row(page, "Dust, in it", "", dust.qty, dust.note);
    put_row(page, "Profit", page_tone(figures->profit), format_money(figures->profit, scale, true, text), "after fees");
    put_row(page, "Return", page_tone(figures->profit), format_percent(figures->total_return, true, text),
            "final / start - 1");
    put_row(page, "CAGR", "", format_percent(figures->cagr, true, text), "(final / start)^(365 / days) - 1");
    put_row(page, "Fees", "", format_money(result->fees, scale, false, text), "where convertible; negative: rebate");
    const bool has_spread = result->spread && result->spread->is_known;
    snprintf(note, sizeof note, "%s of what takers traded, to the price step", format_bps(figures->spread_share, text));
    put_row(page, "Spread paid", "", has_spread ? format_money(result->spread->paid, scale, false, text) : "n/a",
            has_spread ? figures->spread_share.is_known ? note : "" : "the data or the simulator have their own");
    snprintf(note, sizeof note, "the start held in %.64s",
             result->hold_symbol ? result->hold_symbol : "the first symbol");
    put_row(page, "Buy and hold", "",
            result->has_buy_and_hold ? format_money(result->buy_and_hold, scale, false, text) : "n/a",
            result->has_buy_and_hold ? note : "");
    put_row(page, "Buy and hold return", "", format_percent(figures->hold_return, true, text), "");
    text_put(page, "</dl></section>\n");
}

static void put_risk(struct text *page, const struct result *result, const struct figures *figures)
{
    char text[FORMAT_MAX], from[FORMAT_MAX], to[FORMAT_MAX], note[FORMAT_MAX * 2];
    bool fell = figures->has_fall && figures->fall.amount > 0;
    text_put(page, "<section><h2>Risk and ratios</h2><dl>\n");
    snprintf(note, sizeof note, fell ? "%s to %s; share of the peak, at every market event" : "share of the peak",
             format_date(figures->fall.from_ns, from), format_date(figures->fall.to_ns, to));
    put_row(page, "Max drawdown", fell ? "bad" : "",
            format_percent((struct figure){figures->fall.share, figures->has_fall}, false, text), note);
    put_row(page, "Volatility", "", format_percent(figures->volatility, false, text),
            "yearly: s \xE2\x88\x9AP, s with n \xE2\x88\x92 1");
    put_row(page, "Sharpe", "", format_ratio(figures->sharpe, text), "yearly, risk-free 0");
    put_row(page, "Sortino", "", format_ratio(figures->sortino, text), "yearly, target 0, all days in the divisor");
    put_row(page, "Calmar", "", format_ratio(figures->calmar, text), "CAGR / max drawdown");
    put_row(page, "Ulcer index", "", format_percent(figures->ulcer, false, text),
            "root mean square of daily drawdowns");
    put_row(page, "Sharpe above 0", "", format_percent(figures->probable_sharpe, false, text),
            "probability, given skew and kurtosis");
    char both[FORMAT_MAX * 2 + 4];
    snprintf(both, sizeof both, "%s / %s", format_percent(figures->tail_loss, false, text),
             format_percent(figures->tail_shortfall, false, from));
    put_row(page, "VaR / ES, 95 %, 1 day", "", figures->tail_loss.is_known ? both : "n/a",
            "historical: the k-th loss, k = ceil(c n)");
    snprintf(both, sizeof both, "%s / %s", format_percent(figures->tail_normal, false, text),
             format_percent(figures->tail_shaped, false, from));
    put_row(page, "VaR, 95 %, parametric", "", figures->tail_normal.is_known ? both : "n/a",
            "were returns normal / with their skew and kurtosis");
    snprintf(note, sizeof note, "closes at 00:00 UTC; P = %u a year", result->periods_per_year);
    put_row(page, "Daily returns", "", format_count(figures->days, text), note);
    text_put(page, "</dl></section>\n");
}

/* What rests on what bars do not tell. */
static void put_assumed(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    const struct trip_figures *trips = &figures->trips;
    char text[FORMAT_MAX], note[FORMAT_MAX * 4], money[FORMAT_MAX], share[FORMAT_MAX];
    snprintf(note, sizeof note,
             "judged on the worse path of a bar; bars: %s; net of trips with such: %s (%s of the net)",
             format_count(collect->ambiguous_bars, text),
             trips->has_money ? format_money(trips->ambiguous_net, trips->money_scale, true, money) : "n/a",
             format_percent(figures->ambiguous_share, false, share));
    put_row(page, "Ambiguous fills", "", format_count(result->stats->ambiguous, text), note);
    snprintf(note, sizeof note, "fills; net of trips with such: %s (%s of the net)",
             trips->has_money ? format_money(trips->inside_net, trips->money_scale, true, money) : "n/a",
             format_percent(figures->inside_share, false, share));
    if (collect->inside)
        put_row(page, "Decided inside bars", "", format_count(collect->inside, text), note);
    if (collect->unknown_volume)
        put_row(page, "Volume unknown", "", format_count(collect->unknown_volume, text),
                "fills that no cap could bound");
}

static void put_trades(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct trip_figures *trips = &figures->trips;
    const struct collect *collect = result->collect;
    char text[FORMAT_MAX], part[FORMAT_MAX], note[FORMAT_MAX * 2], other[FORMAT_MAX];
    int scale = trips->money_scale;
    text_put(page, "<section><h2>Trades</h2><dl>\n");
    snprintf(note, sizeof note, "flat to flat; still open: %s", format_count(trips->open, part));
    put_row(page, "Round trips", "", format_count(trips->closed, text), note);
    snprintf(note, sizeof note, "%.16s, after fees", trips->asset ? trips->asset : "");
    bool known = trips->has_money;
    put_row(page, "Average trip", known ? page_tone(trips->average) : "",
            known ? format_money(trips->average, scale, true, text) : "n/a", known ? note : trips->why_no_money);
    put_row(page, "Best trip", known ? page_tone(trips->best) : "",
            known ? format_money(trips->best, scale, true, text) : "n/a", "");
    put_row(page, "Worst trip", known ? page_tone(trips->worst) : "",
            known ? format_money(trips->worst, scale, true, text) : "n/a", "");
    put_row(page, "Average time held", "",
            trips->hold_seconds.is_known ? format_span(trips->hold_seconds.value, text) : "n/a",
            "first entry to last exit");
    if (collect->fills_before)
        snprintf(note, sizeof note, "since the last start: %s; as maker: %s",
                 format_count(collect->fills - collect->fills_before, other), format_count(collect->makers, part));
    else
        snprintf(note, sizeof note, "as maker: %s", format_count(collect->makers, part));
    put_row(page, "Fills", "", format_count(collect->fills, text), note);
    snprintf(note, sizeof note, "sent; denied by rules or the host: %s", format_count(result->stats->denied, part));
    put_row(page, "Requests", "", format_count(result->stats->requests, text), note);
    put_assumed(page, result, figures);
    put_row(page, "Closed by the end", "", format_count(trips->ended, text), "");
    text_put(page, "</dl></section>\n");
}

static void put_params(struct text *page, const struct result *result)
{
    text_put(page, "<section><h2>Parameters</h2>");
    const char *at = result->params ? result->params : "";
    if (!*at)
        text_put(page, "<p class=\"none\">None.</p>");
    else
        text_put(page, "<dl>\n");
    for (bool has_any = *at; *at;) {
        char line[SESSION_LINE_MAX];
        size_t size = strcspn(at, "\n"), kept = size < sizeof line ? size : sizeof line - 1;
        memcpy(line, at, kept);
        line[kept] = 0;
        at += size + (at[size] == '\n');
        char *equals = strchr(line, '=');
        if (equals)
            *equals = 0;
        text_put(page, "<div><dt><code>");
        page_escaped(page, line);
        text_put(page, "</code></dt><dd><code>");
        page_escaped(page, equals ? equals + 1 : "");
        text_put(page, "</code></dd></div>\n");
        if (!*at && has_any)
            text_put(page, "</dl>");
    }
    text_put(page, "</section>\n");
}

static void put_parts(struct text *page, const struct result *result)
{
    text_put(page, "<section><h2>Parts</h2><div class=\"wide\"><table><tr><th class=\"left\">Part</th><th "
                   "class=\"left\">Plugin</th><th class=\"left\">Version</th><th class=\"left\">File</th><th "
                   "class=\"left\">Hash</th></tr>\n");
    for (uint32_t i = 0; i < result->part_count; i++) {
        const struct part *part = &result->parts[i];
        const char *const cells[] = {part->section, part->id, part->is_missing ? "missing" : part->version,
                                     part->is_missing ? "" : part->path};
        text_put(page, part->is_ours ? "<tr>" : "<tr class=\"foreign\">");
        for (int k = 0; k < 4; k++) {
            text_put(page, "<td class=\"left\">");
            page_escaped(page, cells[k]);
            text_put(page, k == 1 && !part->is_ours ? " <em>foreign</em></td>" : "</td>");
        }
        text_format(page, "<td class=\"left\"><code>%016llx</code></td></tr>\n", (unsigned long long)part->hash);
    }
    text_put(page, "</table></div></section>\n");
}

static void put_tail(struct text *page, const struct result *result)
{
    char text[FORMAT_MAX];
    text_put(page, "<div class=\"two\">\n");
    put_params(page, result);
    text_put(page, "<section><h2>Assumed and inferred</h2>");
    text_put(page, result->note_count ? "<ul>\n" : "<p class=\"none\">Nothing.</p>");
    for (uint32_t i = 0; i < result->note_count && i < SESSION_NOTES_MAX; i++) {
        text_put(page, "<li>");
        page_escaped(page, result->notes[i].text);
        text_put(page, "</li>\n");
    }
    text_put(page, result->note_count ? "</ul></section>\n</div>\n" : "</section>\n</div>\n");
    if (result->part_count)
        put_parts(page, result);
    text_put(page, "<section><h2>Again</h2>\n");
    if (result->command) {
        text_put(page, "<pre><code>");
        page_escaped(page, result->command);
        text_put(page, "</code></pre>\n");
    }
    text_put(page, "<dl>\n<div><dt>Strategy file</dt><dd><code>");
    page_escaped(page, result->strategy_file);
    text_put(page, "</code></dd></div>\n<div><dt>Order hash</dt><dd><code>");
    page_escaped(page, result->order_hash);
    text_format(page, "</code></dd><dd class=\"note\">over %s records; the same inputs give the same hash</dd></div>\n",
                format_count(result->order_records, text));
    text_put(page, "<div><dt>Input hash</dt><dd><code>");
    page_escaped(page, result->input_hash);
    text_format(page, "</code></dd></div>\n<div><dt>Market events</dt><dd>%s</dd></div>\n",
                format_count(result->market_events, text));
    text_format(page, "<div><dt>Calls of on_bar</dt><dd>%s</dd></div>\n", format_count(result->bar_calls, text));
    if (result->seconds > 0.0)
        text_format(page, "<div><dt>Time taken</dt><dd>%.3g s</dd></div>\n", result->seconds);
    text_put(page, "</dl></section>\n<footer>Outcry ");
    page_escaped(page, result->version);
    text_put(page,
             ". All times are UTC. Money is exact; ratios are computed from daily closes. \xE2\x80\x9Cn/a\xE2\x80\x9D "
             "means not available, never zero.");
    page_credit(page);
    text_put(page, "</footer>\n");
}

static oc_rc make_page(struct text *page, const struct result *result, const struct figures *figures)
{
    put_head(page, result);
    put_title(page, result);
    page_verdict(page, result, figures);
    page_live_charts(page);
    text_put(page, "<section class=\"chart plain\"><h2>Equity</h2>\n");
    oc_rc rc = chart_equity(page, result, figures);
    if (rc < 0)
        return rc;
    text_put(page, "</section>\n");
    page_months(page, result, figures);
    text_put(page, "<div class=\"three\">\n");
    put_money(page, result, figures);
    put_risk(page, result, figures);
    put_trades(page, result, figures);
    text_put(page, "</div>\n");
    page_more(page, result, figures);
    page_live(page, result);
    page_contact(page, result->contact);
    page_differences(page, result->differences);
    page_parts(page, result, figures);
    page_refusals(page, result);
    checks_page(page, result->checks);
    log_lines_page(page, result->log);
    text_put(page, "<section class=\"chart\"><h2>Round trips</h2>\n");
    chart_trips(page, result, figures);
    page_live_trips(page, result);
    page_trips(page, result, figures);
    text_put(page, "</section>\n");
    put_tail(page, result);
    page_script(page, result, figures);
    text_put(page, "</main></body></html>\n");
    return page->is_cut ? OC_E_NOMEM : OC_OK;
}

oc_rc report_html(const struct result *result, const char *path)
{
    struct figures figures;
    struct text page;
    int fd = -1;
    oc_rc rc = figures_make(result, &figures);
    if (rc < 0)
        return rc;
    text_init_grow(&page, PAGE_SIZE_MAX);
    rc = make_page(&page, result, &figures);
    figures_release(&figures);
    if (rc == OC_OK)
        rc = env_open(path, ENV_WRITE | ENV_CREATE | ENV_TRUNCATE, &fd);
    if (rc == OC_OK)
        rc = env_write(fd, page.data, page.size);
    env_close(fd);
    text_release(&page);
    return rc;
}
