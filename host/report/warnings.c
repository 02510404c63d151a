/* warnings.c: what should make a reader of a report doubt, the worst first. */
#include <stdarg.h>
#include <stdio.h>

#include "report/analysis.h"
#include "report/checks.h"
#include "report/format.h"

struct list {
    struct warning *at;
    uint32_t count;
};

static void warn(struct list *list, enum warning_weight weight, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
static void warn(struct list *list, enum warning_weight weight, const char *format, ...)
{
    va_list arguments;
    if (list->count == WARNINGS_MAX)
        return;
    struct warning *warning = &list->at[list->count++];
    warning->weight = weight;
    va_start(arguments, format);
    vsnprintf(warning->text, sizeof warning->text, format, arguments);
    va_end(arguments);
}

/* What the run's own checks found. */
static void warn_checks(struct list *list, const struct checks *checks)
{
    char time[FORMAT_MAX], cut[FORMAT_MAX];
    if (checks->cuts.parted)
        warn(list, WARNING_BAD, "%s looks ahead: with data to %s it decided otherwise at %s.", checks->cuts.strategy,
             format_time(checks->cuts.cut_ns, cut), format_time(checks->cuts.at_ns, time));
    if (checks->later.parted)
        warn(
            list, WARNING_BAD,
            "%s knows its data: on the same bars 28 years later, a calendar of the same weekdays, it decided otherwise "
            "at %s.",
            checks->later.strategy, format_time(checks->later.at_ns, time));
}

static void warn_luck(struct list *list, const struct checks *checks)
{
    const struct figure percentile = checks_percentile(checks);
    char share[FORMAT_MAX], count[FORMAT_MAX];
    if (percentile.is_known && percentile.value < 95.0)
        warn(list, WARNING_DOUBT, "Of markets of chance, %.0f in 100 gave it less: that is within what luck makes.",
             percentile.value);
    if (checks->trials.count > 1 && checks->trials.deflated.is_known && checks->trials.deflated.value < 0.95)
        warn(list, WARNING_DOUBT,
             "Tried on these data: %s. That the Sharpe ratio is above what the best of so many makes by luck: %s.",
             format_count(checks->trials.count, count), format_percent(checks->trials.deflated, false, share));
}

/* What makes the figures false, or less than they seem. */
static void warn_bad(struct list *list, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    char gross[FORMAT_MAX], cost[FORMAT_MAX];
    const int scale = money_scale_for(result->start);
    struct costs costs;
    if (result->error)
        warn(list, WARNING_BAD, "The run ended early. %.600s", result->error);
    if (result->warning)
        warn(list, WARNING_BAD, "%.600s", result->warning);
    if (result->unpriced)
        warn(list, WARNING_BAD, "The final value is WITHOUT balances that have no price in %.16s: %u.",
             result->currency ? result->currency : "", result->unpriced);
    if (collect->trips_dropped)
        warn(list, WARNING_BAD, "Memory ran out for trips: figures of trips are n/a.");
    analysis_costs(result, figures, &costs);
    if (costs.has_slip && costs.gross > 0 && costs.net < 0)
        warn(list, WARNING_BAD, "Costs took the edge: decisions made %s before costs, and costs took %s.",
             format_money(costs.gross, scale, true, gross), format_money(costs.gross - costs.net, scale, false, cost));
}

/* What rests on few, or on what is assumed. */
static void warn_doubt(struct list *list, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    const struct trip_figures *trips = &figures->trips;
    struct band band;
    char share[FORMAT_MAX], count[FORMAT_MAX];
    if (trips->has_money && trips->net > 0 && analysis_band(figures, &band) && band.low <= 0.0)
        warn(list, WARNING_DOUBT, "The band of the net reaches below 0: trips like these can have made it by luck.");
    if (figures->ambiguous_share.is_known && figures->ambiguous_share.value > 0.1)
        warn(list, WARNING_DOUBT, "%s of the net of trips rests on bars that do not tell what came first.",
             format_percent(figures->ambiguous_share, false, share));
    if (figures->inside_share.is_known && figures->inside_share.value > 0.1)
        warn(list, WARNING_DOUBT, "%s of the net of trips rests on orders decided inside a bar.",
             format_percent(figures->inside_share, false, share));
    if (collect->fills && trips->closed < BAND_TRIPS_MIN)
        warn(list, WARNING_DOUBT, "Round trips: %s, too few to tell skill from luck.",
             format_count(trips->closed, count));
    if (collect->events && figures->days < FIGURE_DAYS_MIN)
        warn(list, WARNING_DOUBT, "Daily returns: %u. Nothing is said of a year below %d.", figures->days,
             FIGURE_DAYS_MIN);
    if (figures->hold_return.is_known && figures->total_return.is_known && figures->total_return.value > 0.0 &&
        figures->hold_return.value > figures->total_return.value)
        warn(list, WARNING_DOUBT, "Doing nothing but holding %.40s made more.",
             result->hold_symbol ? result->hold_symbol : "the first symbol");
}

static void warn_hint(struct list *list, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    char count[FORMAT_MAX];
    if (collect->unknown_volume)
        warn(list, WARNING_HINT, "Fills in bars of unknown volume, which no cap could bound: %s.",
             format_count(collect->unknown_volume, count));
    if (figures->trips.open)
        warn(list, WARNING_HINT, "Trips still open: %s. They count at the mark.",
             format_count(figures->trips.open, count));
    if (figures->trips.ended)
        warn(list, WARNING_HINT, "Trips closed only because the data ended: %s.",
             format_count(figures->trips.ended, count));
    if (collect->fills_before)
        warn(list, WARNING_HINT, "The curve and the trips begin at the last start; fills before it: %s.",
             format_count(collect->fills_before, count));
}

uint32_t analysis_warnings(const struct result *result, const struct figures *figures,
                           struct warning ret_list[WARNINGS_MAX])
{
    struct list list = {ret_list, 0};
    if (result->checks)
        warn_checks(&list, result->checks);
    warn_bad(&list, result, figures);
    if (result->checks && figures->profit > 0)
        warn_luck(&list, result->checks);
    warn_doubt(&list, result, figures);
    warn_hint(&list, result, figures);
    return list.count;
}

const char *analysis_warning_words(enum warning_weight weight)
{
    return weight == WARNING_BAD ? "bad" : weight == WARNING_DOUBT ? "doubt" : "hint";
}
