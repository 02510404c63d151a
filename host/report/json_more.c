/* json_more.c: what the JSON report says beside the figures. */
#include <string.h>

#include "base/json_out.h"
#include "report/analysis.h"
#include "report/format.h"
#include "report/json_impl.h"

static void put_costs(struct report_json *json, const struct result *result, const struct figures *figures)
{
    struct costs costs;
    struct band band;
    analysis_costs(result, figures, &costs);
    const bool has_band = analysis_band(figures, &band);
    json_open(&json->text, "costs", '{');
    report_json_money(json, "gross", costs.gross, true);
    report_json_money(json, "spread", costs.spread, costs.has_spread);
    report_json_money(json, "slippage", costs.slip, costs.has_slip);
    json_null(&json->text, "impact"); /* no simulator has any, and of a venue it is not known */
    report_json_money(json, "fees", costs.fees, true);
    json_null(&json->text, "funding"); /* of derivatives alone */
    report_json_money(json, "net", costs.net, true);
    report_json_money(json, "turnover", costs.turnover, result->execution != NULL);
    json_int(&json->text, "fills_without_decision", (int64_t)costs.undecided);
    report_json_figure(json, "fee_rate", costs.fee_rate);
    report_json_figure(json, "break_even_fee", costs.break_even);
    report_json_figure(json, "net_low", (struct figure){has_band ? band.low : 0, has_band});
    report_json_figure(json, "net_high", (struct figure){has_band ? band.high : 0, has_band});
    json_close(&json->text, '}');
}

static struct figure quotient(oc_i128 part, oc_i128 whole, bool is_known)
{
    const struct figure figure = {0, is_known && whole > 0};
    return figure.is_known ? (struct figure){money_to_double(part) / money_to_double(whole), true} : figure;
}

static void put_orders(struct report_json *json, const char *name, const struct tca_mean *mean)
{
    json_open(&json->text, name, '{');
    json_int(&json->text, "orders", (int64_t)mean->count);
    report_json_figure(json, "mean", analysis_orders(mean));
    json_close(&json->text, '}');
}

/* What the market did while orders worked. */
static void put_tca(struct report_json *json, const struct tca *tca)
{
    const struct {
        const char *name;
        const struct tca_mean *mean;
    } rows[] = {{"delay", &tca->delay}, {"trading", &tca->trading}, {"opportunity", &tca->opportunity},
                {"fees", &tca->fees},   {"vwap", &tca->vwap},       {"vwap_without", &tca->vwap_without},
                {"twap", &tca->twap},   {"pwp", &tca->pwp},         {"participation", &tca->participation}};
    json_open(&json->text, "orders", '{');
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        put_orders(json, rows[i].name, rows[i].mean);
    json_int(&json->text, "not_followed", (int64_t)tca->not_followed);
    json_close(&json->text, '}');
}

static void put_execution(struct report_json *json, const struct result *result)
{
    const struct execution *execution = result->execution;
    json_open(&json->text, "execution", '{');
    if (execution) {
        const uint64_t compared = execution->fills - execution->undecided;
        const bool is_enough = compared >= EXECUTION_FILLS_MIN;
        json_int(&json->text, "fills", (int64_t)execution->fills);
        json_int(&json->text, "compared", (int64_t)compared);
        report_json_figure(json, "decision_slippage", quotient(execution->slip, execution->decided, is_enough));
        report_json_figure(
            json, "shortfall",
            quotient(execution->slip + result->fees, execution->decided, is_enough && !execution->undecided));
        report_json_figure(json, "effective_spread", analysis_share(&execution->effective));
        json_open(&json->text, "markouts", '[');
        for (int i = 0; i < EXECUTION_HORIZONS; i++) {
            json_open(&json->text, NULL, '{');
            json_int(&json->text, "after_ns", execution->horizons[i].after_ns);
            json_int(&json->text, "fills", (int64_t)execution->horizons[i].markout.count);
            report_json_figure(json, "mean", analysis_share(&execution->horizons[i].markout));
            json_close(&json->text, '}');
        }
        json_close(&json->text, ']');
        json_int(&json->text, "not_followed", (int64_t)execution->not_followed);
        put_tca(json, result->tca);
    }
    json_close(&json->text, '}');
}

static void put_falls(struct report_json *json, const struct collect *collect)
{
    struct fall falls[FALLS_MAX];
    const uint32_t count = collect->events ? collect_falls(collect, falls) : 0;
    json_open(&json->text, "drawdowns", '[');
    for (uint32_t i = 0; i < count; i++) {
        const struct fall *fall = &falls[i];
        json_open(&json->text, NULL, '{');
        report_json_figure(json, "share", (struct figure){fall->share, true});
        report_json_money(json, "amount", fall->amount, true);
        report_json_time(json, "from", fall->from_ns, true);
        report_json_time(json, "to", fall->to_ns, true);
        report_json_time(json, "back", fall->back_ns, fall->back_ns != 0);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

static void put_rolling(struct report_json *json, const struct result *result, const struct figures *figures)
{
    json_open(&json->text, "rolling_sharpe", '[');
    for (uint32_t day = ROLLING_DAYS - 1; day < figures->days; day++) {
        const struct figure figure = analysis_rolling(result, figures, day);
        json_open(&json->text, NULL, '[');
        json_time(&json->text, NULL, analysis_day_ns(result, day));
        report_json_figure(json, NULL, figure);
        json_close(&json->text, ']');
        report_json_drain(json);
    }
    json_close(&json->text, ']');
}

static void put_histogram(struct report_json *json, const struct figures *figures)
{
    struct histogram histogram;
    if (!analysis_histogram(figures, &histogram)) {
        json_null(&json->text, "daily_returns");
        return;
    }
    json_open(&json->text, "daily_returns", '{');
    json_double_exact(&json->text, "from", histogram.from);
    json_double_exact(&json->text, "step", histogram.step);
    json_open(&json->text, "counts", '[');
    for (uint32_t i = 0; i < histogram.count; i++)
        json_int(&json->text, NULL, histogram.bins[i]);
    json_close(&json->text, ']');
    json_close(&json->text, '}');
}

static void put_groups(struct report_json *json, const struct result *result, enum grouping grouping)
{
    struct group_row row;
    json_open(&json->text, analysis_grouping_key(grouping), '[');
    for (uint32_t at = 0; analysis_group_next(result->collect, grouping, &at, &row);) {
        const struct trip_group *group = row.group;
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "name", row.name);
        json_int(&json->text, "round_trips", (int64_t)group->closed);
        json_int(&json->text, "wins", (int64_t)group->wins);
        report_json_money(json, "net", group->net, !group->has_no_money);
        report_json_money(json, "fees", group->fees, !group->has_no_money);
        json_text(&json->text, "asset",
                  group->has_no_money ? NULL : instruments_asset_name(result->instruments, group->settle));
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

static void put_warnings(struct report_json *json, const struct result *result, const struct figures *figures)
{
    struct warning list[WARNINGS_MAX];
    const uint32_t count = analysis_warnings(result, figures, list);
    json_open(&json->text, "warnings", '[');
    for (uint32_t i = 0; i < count; i++) {
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "weight", analysis_warning_words(list[i].weight));
        json_text(&json->text, "text", list[i].text);
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

void report_json_more(struct report_json *json, const struct result *result, const struct figures *figures)
{
    put_costs(json, result, figures);
    put_execution(json, result);
    for (int grouping = 0; grouping < GROUPING_COUNT; grouping++)
        put_groups(json, result, (enum grouping)grouping);
    put_falls(json, result->collect);
    put_histogram(json, figures);
    put_rolling(json, result, figures);
    put_warnings(json, result, figures);
}

void report_json_paths(struct report_json *json, const struct result *result)
{
    const struct paths *paths = result->paths;
    json_open(&json->text, "prices", '[');
    for (uint32_t i = 0; paths && i < paths->count; i++) {
        const struct path *path = &paths->list[i];
        const struct instrument *instrument = instruments_at(result->instruments, path->inst_index);
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "symbol", instrument ? instruments_name(result->instruments, instrument) : NULL);
        json_int(&json->text, "events_per_point", path->stride);
        json_open(&json->text, "points", '[');
        for (uint32_t k = 0; k < path->count; k++) {
            const struct path_point *point = &path->points[k];
            const double prices[] = {point->open, point->high, point->low, point->close};
            json_open(&json->text, NULL, '[');
            json_time(&json->text, NULL, point->ns);
            for (int price = 0; price < 4; price++)
                json_double_exact(&json->text, NULL, prices[price]);
            json_close(&json->text, ']');
            report_json_drain(json);
        }
        json_close(&json->text, ']');
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}

void report_json_plots(struct report_json *json, const struct result *result)
{
    const struct plots *plots = result->plots;
    json_open(&json->text, "plots", '[');
    for (uint32_t i = 0; plots && i < plots->count; i++) {
        const struct plot *plot = &plots->list[i];
        const struct instrument *instrument = instruments_at(result->instruments, plot->inst_index);
        json_open(&json->text, NULL, '{');
        json_text(&json->text, "name", plot->name);
        json_int(&json->text, "strategy", plot->strategy);
        json_text(&json->text, "symbol", instrument ? instruments_name(result->instruments, instrument) : NULL);
        json_int(&json->text, "pane", plot->pane);
        json_int(&json->text, "values_per_point", plot->stride);
        json_open(&json->text, "points", '[');
        for (uint32_t k = 0; k < plot->count; k++) {
            json_open(&json->text, NULL, '[');
            json_time(&json->text, NULL, plot->points[k].ns);
            json_double_exact(&json->text, NULL, plot->points[k].value);
            json_close(&json->text, ']');
            report_json_drain(json);
        }
        json_close(&json->text, ']');
        json_close(&json->text, '}');
    }
    json_close(&json->text, ']');
}
