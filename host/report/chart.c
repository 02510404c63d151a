#include "report/chart.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/chart_frame.h"
#include "report/format.h"

enum { EQUITY_HEIGHT = 300, FALL_HEIGHT = 130, TRIPS_HEIGHT = 150, COLUMNS = 120 };

struct point {
    int64_t ns;
    double equity;
    double hold; /* 0: not known */
    double fall; /* share below the running peak of the points */
};

struct series {
    struct point *points;
    uint32_t count;
    bool has_hold;
    double low;
    double high;
    double deepest;
};

static void widen(struct series *series, double value)
{
    if (value < series->low)
        series->low = value;
    if (value > series->high)
        series->high = value;
}

static oc_rc series_make(const struct result *result, struct series *ret_series)
{
    const struct collect *collect = result->collect;
    uint32_t count = collect->curve_count;
    struct series series = {.low = money_to_double(collect->start), .high = money_to_double(collect->start)};
    series.points = calloc((size_t)count + 1, sizeof *series.points);
    if (!series.points)
        return OC_E_NOMEM;
    for (uint32_t i = 0; i < count; i++)
        series.points[i] = (struct point){collect->curve[i].ns, money_to_double(collect->curve[i].equity),
                                          money_to_double(collect->curve[i].hold), 0};
    if (count && collect->curve[count - 1].ns != collect->last_ns)
        series.points[count++] =
            (struct point){collect->last_ns, money_to_double(collect->last), money_to_double(collect->hold), 0};
    double peak = money_to_double(collect->start);
    series.count = count;
    series.has_hold = count > 0 && result->has_buy_and_hold;
    for (uint32_t i = 0; i < count; i++)
        series.has_hold &= series.points[i].hold > 0.0;
    for (uint32_t i = 0; i < count; i++) {
        struct point *point = &series.points[i];
        peak = point->equity > peak ? point->equity : peak;
        point->fall = peak > 0.0 ? (peak - point->equity) / peak : 0.0;
        series.deepest = point->fall > series.deepest ? point->fall : series.deepest;
        widen(&series, point->equity);
        if (series.has_hold)
            widen(&series, point->hold);
    }
    *ret_series = series;
    return OC_OK;
}

enum line { LINE_EQUITY, LINE_HOLD, LINE_FALL };

static double point_value(const struct point *point, enum line line)
{
    return line == LINE_EQUITY ? point->equity : line == LINE_HOLD ? point->hold : -100.0 * point->fall;
}

static void put_line(struct text *page, const struct chart_frame *frame, const struct series *series, enum line line,
                     const char *kind)
{
    text_format(page, "<path class=\"%s\" d=\"", kind);
    for (uint32_t i = 0; i < series->count; i++)
        text_format(page, "%c%.1f %.1f", i ? 'L' : 'M', chart_x(frame, series->points[i].ns),
                    chart_y(frame, point_value(&series->points[i], line)));
    text_put(page, "\"/>\n");
}

static void put_area(struct text *page, const struct chart_frame *frame, const struct series *series, enum line line)
{
    double base = line == LINE_FALL ? frame->top : frame->bottom;
    text_format(page, "<path class=\"%s\" d=\"M%.1f %.1f", line == LINE_FALL ? "fallarea" : "area",
                chart_x(frame, series->points[0].ns), base);
    for (uint32_t i = 0; i < series->count; i++)
        text_format(page, "L%.1f %.1f", chart_x(frame, series->points[i].ns),
                    chart_y(frame, point_value(&series->points[i], line)));
    text_format(page, "L%.1f %.1fZ\"/>\n", chart_x(frame, series->points[series->count - 1].ns), base);
}

/* Invisible columns that tell their last point when the pointer rests on them. */
static void put_columns(struct text *page, const struct chart_frame *frame, const struct series *series, bool is_fall)
{
    char time[FORMAT_MAX], share[FORMAT_MAX];
    uint32_t columns = series->count < COLUMNS ? series->count : COLUMNS;
    for (uint32_t i = 0; i < columns; i++) {
        uint32_t from = (uint32_t)((uint64_t)i * series->count / columns);
        uint32_t to = (uint32_t)((uint64_t)(i + 1) * series->count / columns) - 1;
        const struct point *point = &series->points[to];
        double left = chart_x(frame, series->points[from ? from - 1 : 0].ns), right = chart_x(frame, point->ns);
        text_format(page, "<rect class=\"hit\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"><title>%s UTC",
                    left, frame->top, right > left ? right - left : 0.5, frame->bottom - frame->top,
                    format_time(point->ns, time));
        if (!is_fall) {
            text_put(page, "&#10;equity ");
            chart_amount(page, point->equity, 2);
        }
        if (!is_fall && series->has_hold) {
            text_put(page, "&#10;buy and hold ");
            chart_amount(page, point->hold, 2);
        }
        text_format(page, "&#10;drawdown %s</title></rect>\n",
                    format_percent((struct figure){point->fall, true}, false, share));
    }
}

static void put_equity(struct text *page, const struct result *result, const struct figures *figures,
                       const struct series *series)
{
    const struct collect *collect = result->collect;
    struct chart_frame frame = {series->points[0].ns, collect->last_ns, axis_make(series->low, series->high, 5), 10,
                                EQUITY_HEIGHT - 26};
    chart_svg(page, EQUITY_HEIGHT, "Equity over time");
    text_put(page, "<defs><linearGradient id=\"shade\" x1=\"0\" y1=\"0\" x2=\"0\" y2=\"1\"><stop class=\"shade0\" "
                   "offset=\"0\"/><stop class=\"shade1\" offset=\"1\"/></linearGradient></defs>\n");
    chart_values(page, &frame, false);
    chart_times(page, &frame, true);
    if (figures->has_fall && figures->fall.amount > 0) {
        int64_t from = figures->fall.from_ns > frame.first_ns ? figures->fall.from_ns : frame.first_ns;
        double left = chart_x(&frame, from), right = chart_x(&frame, figures->fall.to_ns);
        text_format(page, "<rect class=\"band\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>\n", left,
                    frame.top, right > left ? right - left : 0.5, frame.bottom - frame.top);
    }
    double start = chart_y(&frame, money_to_double(result->start));
    text_format(page, "<path class=\"start\" d=\"M%d %.1fH%d\"/>\n", CHART_LEFT, start, CHART_WIDTH - CHART_RIGHT);
    put_area(page, &frame, series, LINE_EQUITY);
    if (series->has_hold)
        put_line(page, &frame, series, LINE_HOLD, "hold");
    put_line(page, &frame, series, LINE_EQUITY, "equity");
    text_format(page, "<circle class=\"dot\" cx=\"%.1f\" cy=\"%.1f\" r=\"4\"/>\n", chart_x(&frame, collect->last_ns),
                chart_y(&frame, money_to_double(collect->last)));
    put_columns(page, &frame, series, false);
    text_put(page, "</svg>\n");
}

static void put_fall(struct text *page, const struct collect *collect, const struct series *series)
{
    struct chart_frame frame = {series->points[0].ns, collect->last_ns, axis_make(-100.0 * series->deepest, 0.0, 3), 8,
                                FALL_HEIGHT - 8};
    if (series->deepest <= 0.0)
        frame.axis = (struct axis){-1.0, 0.0, 1.0, 0};
    chart_svg(page, FALL_HEIGHT, "Drawdown over time");
    chart_values(page, &frame, true);
    chart_times(page, &frame, false);
    put_area(page, &frame, series, LINE_FALL);
    put_line(page, &frame, series, LINE_FALL, "fall");
    put_columns(page, &frame, series, true);
    text_put(page, "</svg>\n");
}

oc_rc chart_equity(struct text *page, const struct result *result, const struct figures *figures)
{
    struct series series = {0};
    char text[FORMAT_MAX];
    oc_rc rc = series_make(result, &series);
    if (rc < 0)
        return rc;
    if (series.count < 2 || result->collect->last_ns <= series.points[0].ns) {
        text_put(page, "<p class=\"none\">Fewer than two instants: there is no curve to draw.</p>\n");
        free(series.points);
        return OC_OK;
    }
    text_put(page, "<p class=\"legend\"><span class=\"key keyequity\"></span>Equity");
    if (series.has_hold)
        text_put(page, "<span class=\"key keyhold\"></span>Buy and hold");
    if (figures->has_fall && figures->fall.amount > 0)
        text_put(page, "<span class=\"key keyband\"></span>Max drawdown, peak to trough");
    if (result->collect->stride == 1)
        text_put(page, "<span class=\"right\">a point at every market event</span></p>\n");
    else
        text_format(page, "<span class=\"right\">a point every %s market events</span></p>\n",
                    format_count(result->collect->stride, text));
    put_equity(page, result, figures, &series);
    text_put(page, "<p class=\"legend\"><span class=\"key keyfall\"></span>Drawdown below the running peak</p>\n");
    put_fall(page, result->collect, &series);
    free(series.points);
    return OC_OK;
}

static void put_bar(struct text *page, const struct chart_frame *frame, const struct trip *trip, struct axis_tick place,
                    int scale)
{
    char time[FORMAT_MAX], money[FORMAT_MAX];
    oc_i128 net = trip_net(trip);
    double zero = chart_y(frame, 0.0), y = chart_y(frame, money_to_double(net));
    double width = (double)(CHART_WIDTH - CHART_LEFT - CHART_RIGHT) / (double)(frame->last_ns - frame->first_ns),
           thin = width * 0.72;
    double height = y < zero ? zero - y : y - zero;
    text_format(page, "<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" rx=\"1\">",
                net > 0 ? "win" : "loss", chart_x(frame, place.ns) + (width - thin) / 2, y < zero ? y : zero,
                thin > 36 ? 36 : thin, height > 0.8 ? height : 0.8);
    text_format(page, "<title>%s %s UTC&#10;%s</title></rect>\n", place.label, format_time(trip->exit_ns, time),
                format_money(net, scale, true, money));
}

void chart_trips(struct text *page, const struct result *result, const struct figures *figures)
{
    const struct collect *collect = result->collect;
    if (!figures->trips.has_money)
        return;
    double low = 0.0, high = 0.0;
    uint64_t closed = 0; /* of those listed */
    for (uint32_t i = 0; i < collect->trip_count; i++) {
        closed += !collect->trips[i].is_open;
        double net = collect->trips[i].is_open ? 0.0 : money_to_double(trip_net(&collect->trips[i]));
        low = net < low ? net : low;
        high = net > high ? net : high;
    }
    uint64_t skip = closed > CHART_TRIPS_MAX ? closed - CHART_TRIPS_MAX : 0, shown = closed - skip;
    struct chart_frame frame = {0, (int64_t)(shown < 24 ? 24 : shown), axis_make(low, high, 3), 8, TRIPS_HEIGHT - 8};
    text_put(page, "<p class=\"legend\">Profit of each in order, after fees</p>\n");
    chart_svg(page, TRIPS_HEIGHT, "Profit of each round trip");
    chart_values(page, &frame, false);
    uint64_t number = 0;
    for (uint32_t i = 0; i < collect->trip_count; i++) {
        if (collect->trips[i].is_open || number++ < skip)
            continue;
        struct axis_tick place = {(int64_t)(number - skip - 1), ""};
        snprintf(place.label, sizeof place.label, "#%u", i + 1);
        put_bar(page, &frame, &collect->trips[i], place, figures->trips.money_scale);
    }
    text_format(page, "<path class=\"start\" d=\"M%d %.1fH%d\"/></svg>\n", CHART_LEFT, chart_y(&frame, 0.0),
                CHART_WIDTH - CHART_RIGHT);
}
