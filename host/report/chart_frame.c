#include "report/chart_frame.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/format.h"

double chart_x(const struct chart_frame *frame, int64_t ns)
{
    double share = (double)(ns - frame->first_ns) / (double)(frame->last_ns - frame->first_ns);
    return CHART_LEFT + share * (CHART_WIDTH - CHART_LEFT - CHART_RIGHT);
}

double chart_y(const struct chart_frame *frame, double value)
{
    double share = (value - frame->axis.low) / (frame->axis.high - frame->axis.low);
    return frame->bottom - share * (frame->bottom - frame->top);
}

void chart_svg(struct text *page, int height, const char *label)
{
    text_format(page, "<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-label=\"%s\">\n", CHART_WIDTH, height, label);
}

void chart_amount(struct text *page, double value, int digits)
{
    char plain[64], grouped[FORMAT_MAX];
    double size = value < 0 ? -value : value;
    if (size >= 1e15) {
        text_format(page, "%.3g", value);
        return;
    }
    snprintf(plain, sizeof plain, "%.*f", digits, size);
    char *point = strchr(plain, '.');
    format_count(strtoull(plain, NULL, 10), grouped);
    text_format(page, "%s%s%s", value < 0 ? "-" : "", grouped, point ? point : "");
}

void chart_values(struct text *page, const struct chart_frame *frame, bool is_percent)
{
    int count = (int)((frame->axis.high - frame->axis.low) / frame->axis.step + 0.5);
    for (int i = 0; i <= count; i++) {
        double value = frame->axis.low + i * frame->axis.step, y = chart_y(frame, value);
        text_format(page, "<path class=\"grid\" d=\"M%d %.1fH%d\"/><text x=\"%d\" y=\"%.1f\">", CHART_LEFT, y,
                    CHART_WIDTH - CHART_RIGHT, CHART_WIDTH - CHART_RIGHT + 8, y + 4);
        if (value > -frame->axis.step / 2 && value < frame->axis.step / 2)
            value = 0.0;
        chart_amount(page, value, frame->axis.digits);
        text_put(page, is_percent ? " %</text>\n" : "</text>\n");
    }
}

void chart_times(struct text *page, const struct chart_frame *frame, bool has_labels)
{
    struct axis_tick ticks[AXIS_TICKS_MAX];
    int count = axis_times(frame->first_ns, frame->last_ns, 9, ticks);
    for (int i = 0; i < count; i++) {
        double x = chart_x(frame, ticks[i].ns);
        text_format(page, "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/>", x, frame->top, frame->bottom);
        if (has_labels && x > 30 && x < CHART_WIDTH - CHART_RIGHT - 20)
            text_format(page, "<text class=\"mid\" x=\"%.1f\" y=\"%.1f\">%s</text>", x, frame->bottom + 18,
                        ticks[i].label);
        text_put_char(page, '\n');
    }
}
