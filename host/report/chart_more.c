/* chart_more.c: Sharpe over time, the shape of daily returns, and bars of what hours and days made. */
#include <stdio.h>
#include <stdlib.h>

#include "report/chart.h"
#include "report/chart_frame.h"
#include "report/format.h"

enum { ROLLING_HEIGHT = 300, BARS_HEIGHT = 300, BELOW = 34 }; /* half as wide on the page as others */

void chart_rolling(struct text *page, const struct result *result, const struct figures *figures)
{
    double low = 0.0, high = 0.0;
    uint32_t known = 0;
    for (uint32_t day = 0; day < figures->days; day++) {
        const struct figure figure = analysis_rolling(result, figures, day);
        low = figure.value < low ? figure.value : low;
        high = figure.value > high ? figure.value : high;
        known += figure.is_known;
    }
    if (known < 2) {
        text_format(page, "<p class=\"none\">n/a: it needs more than %d daily returns.</p>\n", ROLLING_DAYS);
        return;
    }
    struct chart_frame frame = {analysis_day_ns(result, ROLLING_DAYS - 1), analysis_day_ns(result, figures->days - 1),
                                axis_make(low, high, 4), 8, ROLLING_HEIGHT - BELOW};
    chart_svg(page, ROLLING_HEIGHT, "Sharpe ratio over time");
    chart_values(page, &frame, false);
    chart_times(page, &frame, true);
    text_format(page, "<path class=\"start\" d=\"M%d %.1fH%d\"/>\n<path class=\"equity\" d=\"", CHART_LEFT,
                chart_y(&frame, 0.0), CHART_WIDTH - CHART_RIGHT);
    bool is_first = true;
    for (uint32_t day = ROLLING_DAYS - 1; day < figures->days; day++) {
        const struct figure figure = analysis_rolling(result, figures, day);
        if (figure.is_known)
            text_format(page, "%c%.1f %.1f", is_first ? 'M' : 'L', chart_x(&frame, analysis_day_ns(result, day)),
                        chart_y(&frame, figure.value));
        is_first &= !figure.is_known;
    }
    text_put(page, "\"/>\n</svg>\n");
}

/* One bar of `count`; what it says when the pointer rests on it, and the word below it. */
static void put_bar(struct text *page, const struct chart_frame *frame, uint32_t place, double value, const char *kind)
{
    const double width = (double)(CHART_WIDTH - CHART_LEFT - CHART_RIGHT) / (double)frame->last_ns, thin = width * 0.78;
    const double zero = chart_y(frame, 0.0), y = chart_y(frame, value), height = y < zero ? zero - y : y - zero;
    text_format(page, "<rect class=\"%s\" x=\"%.2f\" y=\"%.1f\" width=\"%.2f\" height=\"%.1f\" rx=\"1.5\">", kind,
                chart_x(frame, place) + (width - thin) / 2, y < zero ? y : zero, thin, height > 0.8 ? height : 0.8);
}

static void put_word(struct text *page, const struct chart_frame *frame, uint32_t place, const char *word)
{
    const double width = (double)(CHART_WIDTH - CHART_LEFT - CHART_RIGHT) / (double)frame->last_ns;
    text_format(page, "<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">%s</text>\n", chart_x(frame, place) + width / 2,
                frame->bottom + 24, word);
}

void chart_histogram(struct text *page, const struct figures *figures)
{
    struct histogram histogram;
    char from[FORMAT_MAX], to[FORMAT_MAX];
    uint32_t most = 0;
    if (!analysis_histogram(figures, &histogram)) {
        text_format(page, "<p class=\"none\">n/a: fewer than %d daily returns.</p>\n", FIGURE_DAYS_MIN);
        return;
    }
    for (uint32_t i = 0; i < histogram.count; i++)
        most = histogram.bins[i] > most ? histogram.bins[i] : most;
    struct chart_frame frame = {0, histogram.count, axis_make(0.0, most, 4), 8, BARS_HEIGHT - BELOW};
    chart_svg(page, BARS_HEIGHT, "Daily returns");
    chart_values(page, &frame, false);
    for (uint32_t i = 0; i < histogram.count; i++) {
        const double left = histogram.from + i * histogram.step, middle = left + histogram.step / 2;
        const struct figure low = {left, true}, high = {left + histogram.step, true};
        put_bar(page, &frame, i, histogram.bins[i], middle < 0 ? "loss" : "win");
        text_format(page, "<title>%s to %s: %u days</title></rect>\n", format_percent(low, true, from),
                    format_percent(high, true, to), histogram.bins[i]);
        if (i % ((histogram.count + 7) / 8) == 0)
            put_word(page, &frame, i, from);
    }
    text_put(page, "</svg>\n");
}

void chart_group(struct text *page, const struct result *result, enum grouping grouping)
{
    const bool is_hour = grouping == BY_HOUR;
    const struct trip_groups *groups = &result->collect->groups;
    const uint32_t count = is_hour ? 24 : 7;
    double low = 0.0, high = 0.0;
    char money[FORMAT_MAX], trips[FORMAT_MAX], word[16];
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    for (uint32_t i = 0; i < count; i++) {
        const struct trip_group *group = is_hour ? &groups->hour[i] : &groups->weekday[(i + 1) % 7];
        const double net = money_to_double(group->net);
        if (group->has_no_money) {
            text_put(page, "<p class=\"none\">n/a: several settlement assets.</p>\n");
            return;
        }
        low = net < low ? net : low;
        high = net > high ? net : high;
    }
    struct chart_frame frame = {0, count, axis_make(low, high, 4), 8, BARS_HEIGHT - BELOW};
    chart_svg(page, BARS_HEIGHT, is_hour ? "Net by hour of the entry" : "Net by weekday of the entry");
    chart_values(page, &frame, false);
    for (uint32_t i = 0; i < count; i++) {
        const struct trip_group *group = is_hour ? &groups->hour[i] : &groups->weekday[(i + 1) % 7];
        if (is_hour)
            snprintf(word, sizeof word, "%02u", i);
        else
            snprintf(word, sizeof word, "%s", days[i]);
        if (group->closed) {
            put_bar(page, &frame, i, money_to_double(group->net), group->net > 0 ? "win" : "loss");
            text_format(page, "<title>%s: %s of %s trips, %llu won</title></rect>\n", word,
                        format_money(group->net, money_scale_for(result->start), true, money),
                        format_count(group->closed, trips), (unsigned long long)group->wins);
        }
        if (!is_hour || i % 3 == 0)
            put_word(page, &frame, i, word);
    }
    text_format(page, "<path class=\"start\" d=\"M%d %.1fH%d\"/></svg>\n", CHART_LEFT, chart_y(&frame, 0.0),
                CHART_WIDTH - CHART_RIGHT);
}
