/* page_verdict.c: the top of the page: stamps, what came of it in one strip, doubts, and cards. */
#include <stdio.h>
#include <string.h>

#include "report/analysis.h"
#include "report/checks.h"
#include "report/format.h"
#include "report/page.h"

const char *page_tone(oc_i128 money) { return money > 0 ? "good" : money < 0 ? "bad" : ""; }

static void put_stamp(struct text *page, const char *word, const char *why)
{
    text_format(page, "<p class=\"stamp\"><b>%s</b>%s</p>\n", word, why);
}

static void put_stamps(struct text *page, const struct result *result)
{
    if (format_is_ideal(result))
        put_stamp(
            page, "IDEAL",
            "Every order fills at the next event: no spread, no volume cap, no latency. No venue fills like this; "
            "do not read the figures as a forecast.");
    if (result->is_synthetic)
        put_stamp(page, "SYNTHETIC",
                  "The prices are made up by a seeded generator. They show how a strategy works, not what it earns.");
    if (result->is_interrupted)
        put_stamp(
            page, "INTERRUPTED",
            "The run was stopped by hand before its data ended. The figures are those of what ran until then; what "
            "was open stayed open.");
}

/* "Lost 14.49 %, 12.30 points less than holding BTC/USDT." */
static void put_sentence(struct text *page, const struct result *result, const struct figures *figures)
{
    char text[FORMAT_MAX];
    struct figure figure = figures->total_return;
    text_put(page, "<p class=\"says\">");
    if (!figure.is_known) {
        text_put(page, "What came of it is not available.</p>\n");
        return;
    }
    const bool lost = figures->profit < 0;
    figure.value = lost ? -figure.value : figure.value;
    if (figures->profit == 0)
        text_put(page, result->collect->fills ? "Made nothing" : "Traded nothing");
    else
        text_format(page, "<b class=\"%s\">%s %s</b>", page_tone(figures->profit), lost ? "Lost" : "Made",
                    format_percent(figure, false, text));
    if (figures->hold_return.is_known) {
        const double more = figures->total_return.value - figures->hold_return.value;
        const struct figure points = {100.0 * (more < 0 ? -more : more), true};
        text_format(page, ", %s points %s than holding ", format_ratio(points, text), more < 0 ? "less" : "more");
        page_escaped(page, result->hold_symbol ? result->hold_symbol : "the first symbol");
    }
    text_put(page, ".</p>\n");
}

static void put_cell(struct text *page, const char *name, const char *kind, const char *value, const char *note)
{
    text_format(page, "<div><p class=\"name\">%s</p><p class=\"value %s\">%s</p><p class=\"note\">", name, kind, value);
    page_escaped(page, note);
    text_put(page, "</p></div>\n");
}

static void put_net(struct text *page, const struct result *result, const struct figures *figures)
{
    char value[FORMAT_MAX], low[FORMAT_MAX], high[FORMAT_MAX], note[FORMAT_MAX * 3];
    const int scale = money_scale_for(result->start);
    struct band band;
    if (analysis_band(figures, &band)) {
        format_money((oc_i128)(band.low * 1e4) * num_pow10_128(MONEY_SCALE - 4), scale > 4 ? 4 : scale, false, low);
        format_money((oc_i128)(band.high * 1e4) * num_pow10_128(MONEY_SCALE - 4), scale > 4 ? 4 : scale, false, high);
        snprintf(note, sizeof note, "%.16s; 9 in 10 such sets of trips: %s to %s",
                 result->currency ? result->currency : "", low, high);
    } else {
        snprintf(note, sizeof note, "%.16s after all costs; a band needs %d trips",
                 result->currency ? result->currency : "", BAND_TRIPS_MIN);
    }
    put_cell(page, "Net", page_tone(figures->profit), format_money(figures->profit, scale, true, value), note);
}

static void put_against(struct text *page, const struct result *result, const struct figures *figures)
{
    char value[FORMAT_MAX], part[FORMAT_MAX], note[FORMAT_MAX * 2];
    if (!figures->hold_return.is_known || !figures->total_return.is_known) {
        put_cell(page, "Against buy and hold", "", "n/a", "not known what holding would have made");
        return;
    }
    const double more = figures->total_return.value - figures->hold_return.value;
    snprintf(note, sizeof note, "holding %.40s %s", result->hold_symbol ? result->hold_symbol : "the first symbol",
             format_percent(figures->hold_return, true, part));
    const char *points = format_percent((struct figure){more, true}, true, value);
    value[strlen(points) - 1] = 0;
    strcat(value, "pts");
    put_cell(page, "Against buy and hold", more > 0 ? "good" : more < 0 ? "bad" : "", value, note);
}

static void put_fall(struct text *page, const struct result *result, const struct figures *figures)
{
    char value[FORMAT_MAX], money[FORMAT_MAX], span[FORMAT_MAX], note[FORMAT_MAX * 3];
    const struct fall *fall = &figures->fall;
    if (!figures->has_fall)
        snprintf(note, sizeof note, "a peak was not above zero");
    else if (!fall->amount)
        snprintf(note, sizeof note, "equity never fell");
    else
        snprintf(note, sizeof note, fall->back_ns ? "%s %.16s, back after %s" : "%s %.16s, %s",
                 format_money(fall->amount, money_scale_for(result->start), false, money),
                 result->currency ? result->currency : "",
                 fall->back_ns ? format_span((double)(fall->back_ns - fall->from_ns) / 1e9, span) : "not recovered");
    put_cell(page, "Max drawdown", figures->has_fall && fall->amount ? "bad" : "",
             format_percent((struct figure){fall->share, figures->has_fall}, false, value), note);
}

static void put_basis(struct text *page, const struct result *result, const struct figures *figures)
{
    char value[FORMAT_MAX], count[FORMAT_MAX], share[FORMAT_MAX], note[FORMAT_MAX * 3];
    if (result->stats->ambiguous)
        snprintf(note, sizeof note, "%s fills ambiguous, %s of the net; profile %.32s",
                 format_count(result->stats->ambiguous, count), format_percent(figures->ambiguous_share, false, share),
                 result->profile ? result->profile : "");
    else
        snprintf(note, sizeof note, "no fill ambiguous; profile %.32s", result->profile ? result->profile : "");
    put_cell(page, "Fills rest on", "", format_period(result->period_ns, value), note);
}

/* The place among markets of chance, the worse of the two kinds, and the grade. */
static void put_luck(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct figure percentile = checks_percentile(result->checks);
    char value[FORMAT_MAX], note[FORMAT_MAX];
    snprintf(value, sizeof value, "%s", checks_grade(result, figures));
    snprintf(note, sizeof note, "better than %.0f in 100 markets of chance, by %s", percentile.value,
             result->checks->is_by_sharpe ? "Sharpe" : "return");
    put_cell(page, "Grade", percentile.value < 80.0 ? "bad" : "", value, note);
}

static void put_strip(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct trip_figures *trips = &figures->trips;
    char value[FORMAT_MAX], wins[FORMAT_MAX], losses[FORMAT_MAX], note[FORMAT_MAX * 3];
    const bool has_luck = result->checks && checks_percentile(result->checks).is_known;
    text_format(page, "<section class=\"verdict %s\">\n", page_tone(figures->profit));
    put_sentence(page, result, figures);
    text_format(page, "<div class=\"strip%s\">\n", has_luck ? " six" : "");
    put_net(page, result, figures);
    put_against(page, result, figures);
    put_fall(page, result, figures);
    snprintf(note, sizeof note, "%s won, %s lost", format_count(trips->wins, wins),
             format_count(trips->losses, losses));
    put_cell(page, "Round trips", "", format_count(trips->closed, value), note);
    put_basis(page, result, figures);
    if (has_luck)
        put_luck(page, result, figures);
    text_put(page, "</div></section>\n");
}

static void put_warnings(struct text *page, const struct result *result, const struct figures *figures)
{
    struct warning list[WARNINGS_MAX];
    const uint32_t count = analysis_warnings(result, figures, list);
    if (!count)
        return;
    text_put(page, "<ul class=\"warnings\">\n");
    for (uint32_t i = 0; i < count; i++) {
        text_format(page, "<li class=\"%s\">", analysis_warning_words(list[i].weight));
        page_escaped(page, list[i].text);
        text_put(page, "</li>\n");
    }
    text_put(page, "</ul>\n");
}

static void put_card(struct text *page, const char *name, const char *kind, const char *value, const char *note)
{
    text_put(page, "<div class=\"card\">");
    put_cell(page, name, kind, value, note);
    text_put(page, "</div>\n");
}

static void put_cards(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct trip_figures *trips = &figures->trips;
    char value[FORMAT_MAX], part[FORMAT_MAX], note[FORMAT_MAX * 3];
    const int scale = money_scale_for(result->start);
    struct costs costs;
    analysis_costs(result, figures, &costs);
    text_put(page, "<div class=\"cards\">\n");
    put_card(page, "CAGR", "", format_percent(figures->cagr, true, value), "growth a year");
    snprintf(note, sizeof note, "%s daily returns, P = %u", format_count(figures->days, part),
             result->periods_per_year);
    put_card(page, "Sharpe ratio", "", format_ratio(figures->sharpe, value), note);
    put_card(page, "Profit factor", "", format_ratio(trips->profit_factor, value),
             "gains / losses of trips, after fees");
    put_card(page, "Win rate", "", format_percent(trips->win_rate, false, value), "of round trips, after fees");
    snprintf(note, sizeof note, "%.16s, after fees", trips->asset ? trips->asset : "");
    put_card(page, "Average trip", trips->has_money ? page_tone(trips->average) : "",
             trips->has_money ? format_money(trips->average, trips->money_scale, true, value) : "n/a",
             trips->has_money ? note : trips->why_no_money);
    snprintf(note, sizeof note, "%.16s; %s of what traded", result->currency ? result->currency : "",
             format_bps(costs.fee_rate, part));
    put_card(page, "Fees", "", format_money(result->fees, scale, false, value), note);
    put_card(page, "Break-even fee", costs.break_even.is_known && costs.break_even.value < 0 ? "bad" : "",
             format_bps(costs.break_even, value), "one way: above it nothing is left");
    put_card(page, "Exposure", "", format_percent(figures->exposure, false, value), "market events with a position");
    text_put(page, "</div>\n");
}

void page_verdict(struct text *page, const struct result *result, const struct figures *figures)
{
    put_stamps(page, result);
    put_strip(page, result, figures);
    put_warnings(page, result, figures);
    put_cards(page, result, figures);
}
