#include "report/analysis.h"

#include <stdio.h>
#include <string.h>

#include "base/detmath.h"
#include "report/axis.h"

void analysis_costs(const struct result *result, const struct figures *figures, struct costs *ret_costs)
{
    const struct execution *execution = result->execution;
    const bool is_set = result->spread && result->spread->is_known; /* by the settings; else by quotes */
    const bool is_quoted = execution && execution->fills && execution->spread_fills == execution->fills;
    struct costs costs = {.fees = result->fees, .net = figures->profit, .has_spread = is_set || is_quoted};
    if (costs.has_spread)
        costs.spread = is_set ? result->spread->paid : execution->spread;
    if (execution) {
        costs.has_slip = execution->fills > execution->undecided;
        costs.slip = execution->slip - costs.spread;
        costs.undecided = execution->undecided;
        costs.turnover = execution->turnover;
    }
    if (!costs.has_slip)
        costs.slip = 0;
    costs.gross = costs.net + costs.fees + costs.slip + costs.spread;
    if (costs.turnover > 0) {
        const double turnover = money_to_double(costs.turnover);
        costs.fee_rate = (struct figure){money_to_double(costs.fees) / turnover, true};
        costs.break_even = (struct figure){money_to_double(costs.net + costs.fees) / turnover, true};
    }
    *ret_costs = costs;
}

struct figure analysis_rolling(const struct result *result, const struct figures *figures, uint32_t day)
{
    struct figure figure = {0, false};
    if (!figures->has_returns || day >= figures->days || day + 1 < ROLLING_DAYS)
        return figure;
    const struct returns window = {figures->returns + day + 1 - ROLLING_DAYS, ROLLING_DAYS};
    figure.is_known = stats_sharpe(window, 0.0, result->periods_per_year, &figure.value) == OC_OK;
    return figure;
}

int64_t analysis_day_ns(const struct result *result, uint32_t day)
{
    const struct collect *collect = result->collect;
    return day < collect->day_count ? collect->days[day].ns : collect->last_ns;
}

bool analysis_histogram(const struct figures *figures, struct histogram *ret_histogram)
{
    if (!figures->has_returns || figures->days < FIGURE_DAYS_MIN)
        return false;
    double low = figures->returns[0], high = low;
    for (uint32_t i = 1; i < figures->days; i++) {
        low = figures->returns[i] < low ? figures->returns[i] : low;
        high = figures->returns[i] > high ? figures->returns[i] : high;
    }
    const struct axis axis = axis_make(low, high, 16);
    struct histogram histogram = {.from = axis.low, .step = axis.step};
    histogram.count = (uint32_t)((axis.high - axis.low) / axis.step + 0.5);
    if (histogram.count < 1 || histogram.count > HISTOGRAM_BINS_MAX)
        return false;
    for (uint32_t i = 0; i < figures->days; i++) {
        const double place = det_floor((figures->returns[i] - axis.low) / axis.step + 1e-9);
        const uint32_t at = place > 0.0 ? (uint32_t)place : 0;
        histogram.bins[at < histogram.count ? at : histogram.count - 1]++;
    }
    *ret_histogram = histogram;
    return true;
}

bool analysis_band(const struct figures *figures, struct band *ret_band)
{
    const struct trip_figures *trips = &figures->trips;
    if (!trips->has_money || trips->closed < BAND_TRIPS_MIN)
        return false;
    const double net = money_to_double(trips->net), count = (double)trips->closed;
    const double spread = (trips->squares - net * net / count) / (count - 1.0); /* of one trip, squared */
    const double half = 1.6448536269514727 * det_sqrt((spread > 0.0 ? spread : 0.0) * count);
    *ret_band = (struct band){net - half, net + half};
    return true;
}

struct figure trip_multiple(const struct trip *trip)
{
    struct figure figure = {0, !trip->is_open && !trip->has_no_risk && trip->risk > 0};
    if (figure.is_known)
        figure.value = money_to_double(trip_net(trip)) / money_to_double(trip->risk);
    return figure;
}

oc_i128 trip_slippage(const struct trip *trip) { return trip->slip - (trip->has_no_spread ? 0 : trip->spread); }

const char *trip_exit_words(uint32_t exit)
{
    static const char *const words[EXIT_COUNT] = {"",         "signal",  "stop", "trailing stop", "take profit",
                                                  "reversed", "by hand", "host", "end of data"};
    return exit < EXIT_COUNT ? words[exit] : "";
}

static const struct trip_group *group_at(const struct trip_groups *groups, enum grouping grouping, uint32_t at)
{
    const uint32_t tags = groups->tag_count;
    switch (grouping) {
    case BY_SIDE:
        return at < 2 ? &groups->side[at] : NULL;
    case BY_EXIT:
        return at < EXIT_COUNT ? &groups->exit[at] : NULL;
    case BY_TAG:
        return at < tags ? &groups->tags[at].group : at == tags ? &groups->other_tags : NULL;
    case BY_HOUR:
        return at < 24 ? &groups->hour[at] : NULL;
    case BY_WEEKDAY: /* Monday first */
        return at < 7 ? &groups->weekday[(at + 1) % 7] : NULL;
    case GROUPING_COUNT:
    default:
        return NULL;
    }
}

static void name_group(const struct trip_groups *groups, enum grouping grouping, uint32_t at, char name[48])
{
    static const char *const days[] = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};
    if (grouping == BY_SIDE)
        snprintf(name, 48, "%s", at ? "short" : "long");
    else if (grouping == BY_EXIT)
        snprintf(name, 48, "%s", trip_exit_words(at));
    else if (grouping == BY_TAG)
        snprintf(name, 48, "%s", at < groups->tag_count ? groups->tags[at].tag : "other tags");
    else if (grouping == BY_HOUR)
        snprintf(name, 48, "%02u:00", at);
    else
        snprintf(name, 48, "%s", days[at % 7]);
}

bool analysis_group_next(const struct collect *collect, enum grouping grouping, uint32_t *at, struct group_row *ret_row)
{
    const struct trip_group *group;
    while ((group = group_at(&collect->groups, grouping, *at)) != NULL) {
        const uint32_t here = (*at)++;
        if (!group->closed)
            continue;
        ret_row->group = group;
        name_group(&collect->groups, grouping, here, ret_row->name);
        return true;
    }
    return false;
}

const char *analysis_grouping_key(enum grouping grouping)
{
    static const char *const keys[GROUPING_COUNT] = {"by_side", "by_exit", "by_tag", "by_hour", "by_weekday"};
    return grouping < GROUPING_COUNT ? keys[grouping] : "";
}

struct figure analysis_orders(const struct tca_mean *mean)
{
    const bool is_enough = mean->count >= EXECUTION_FILLS_MIN;
    return (struct figure){is_enough ? mean->sum / (double)mean->count : 0, is_enough};
}

struct figure analysis_share(const struct share_sum *sum)
{
    struct figure figure = {0, sum->count >= EXECUTION_FILLS_MIN};
    if (figure.is_known)
        figure.value = (double)sum->sum / 1e12 / (double)sum->count;
    return figure;
}
