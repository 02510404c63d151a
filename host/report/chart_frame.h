/* chart_frame.h: the frame of a picture, what its edges say, and positions inside. All [any]. */
#ifndef REPORT_CHART_FRAME_H
#define REPORT_CHART_FRAME_H

#include "base/text.h"
#include "report/axis.h"

#include <stdbool.h>

enum { CHART_WIDTH = 1000, CHART_RIGHT = 74, CHART_LEFT = 4 };

/* The frame of one picture: data to positions. */
struct chart_frame {
    int64_t first_ns;
    int64_t last_ns;
    struct axis axis;
    double top;
    double bottom;
};

double chart_x(const struct chart_frame *frame, int64_t ns);
double chart_y(const struct chart_frame *frame, double value);
/* Begins a picture; the caller closes the element. */
void chart_svg(struct text *page, int height, const char *label);
/* Number with separators and at most `digits` after the point. */
void chart_amount(struct text *page, double value, int digits);
/* Lines and labels of the value axis, and of the time axis. */
void chart_values(struct text *page, const struct chart_frame *frame, bool is_percent);
void chart_times(struct text *page, const struct chart_frame *frame, bool has_labels);

#endif
