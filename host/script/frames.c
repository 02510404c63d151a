#include "script/frames.h"

#include <math.h>
#include <string.h>

#include "base/detmath.h"
#include "engine/market.h"

static const char no_volume[] = "bars by volume or by money need data with volumes, and these bars have none";
static const char too_many[] = "one bar would make more than 1000 bricks: choose a larger size";

enum { STEP_EXPONENT_MIN = -24, STEP_EXPONENT_MAX = 53 }; /* of prices; steps and their reciprocals fit 64 bits */

const char *frame_kind_name(uint32_t kind)
{
    static const char *const names[FRAME_KINDS] = {"time", "heikin_ashi", "renko", "volume", "dollar"};
    return kind < FRAME_KINDS ? names[kind] : "";
}

struct frame_bar frame_bar_of(const struct instrument *instrument, const struct oc_event *event)
{
    struct frame_bar shown = {.time_ns = event->venue_ns, .volume = (double)NAN};
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        shown.open_ns = bar->open_ns;
        shown.open = instrument_price(instrument, bar->open);
        shown.high = instrument_price(instrument, bar->high);
        shown.low = instrument_price(instrument, bar->low);
        shown.close = instrument_price(instrument, bar->close);
        if (bar->present & OC_HAS_VOLUME)
            shown.volume = instrument_qty(instrument, bar->volume);
    } else {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        double *const lines[] = {&shown.open, &shown.high, &shown.low, &shown.close};
        shown.open_ns = bar->open_ns;
        for (int i = 0; i < 4; i++)
            *lines[i] = instrument_price(instrument, qbar_middle2(bar, i)) / 2.0;
    }
    return shown;
}

const struct frame_bar *frame_bar(const struct bar_frame *frame, uint64_t back)
{
    if (back < 1 || back > FRAME_HISTORY || back > frame->now.count)
        return NULL;
    return &frame->now.history[(frame->now.count - back) % FRAME_HISTORY];
}

static void keep(struct bar_frame *frame, const struct frame_bar *bar)
{
    frame->now.history[frame->now.count++ % FRAME_HISTORY] = *bar;
}

void frame_take(struct bar_frame *frame, const struct instrument *instrument, const struct oc_event *event,
                frame_closed_fn closed, void *arg)
{
    const struct frame_bar shown = frame_bar_of(instrument, event);
    const struct indicator_bar bar = indicator_bar_of(instrument, event);
    keep(frame, &shown);
    closed(arg, frame, &bar);
}

/* The instrument in binary steps of about 2^-36 of the first price: they are exact in a double, and leave a price room to become 512 times
 * as large. */
static double step_for(double price)
{
    int exponent = 0;
    (void)frexp(price, &exponent);
    exponent = exponent < STEP_EXPONENT_MIN ? STEP_EXPONENT_MIN : exponent;
    exponent = exponent > STEP_EXPONENT_MAX ? STEP_EXPONENT_MAX : exponent;
    return ldexp(1.0, exponent - 37);
}

void frame_grid(struct bar_frame *frame, const struct instrument *instrument)
{
    if (frame->now.step == 0.0)
        return;
    frame->grid = *instrument;
    frame->grid.price_num = frame->now.step >= 1.0 ? (int64_t)frame->now.step : 1;
    frame->grid.price_den = frame->now.step >= 1.0 ? 1 : (int64_t)(1.0 / frame->now.step);
}

static int64_t grid2(const struct bar_frame *frame, double price)
{
    const double units2 = price * 2.0 / frame->now.step;
    const double limit = 2.0 * (double)INDICATOR_UNITS_MAX; /* beyond it the indicators end, whatever the number */
    return (int64_t)(units2 > limit ? limit : units2 < -limit ? -limit : units2 < 0 ? units2 - 0.5 : units2 + 0.5);
}

static void close_bar(struct bar_frame *frame, const struct frame_bar *shown, int64_t volume, frame_closed_fn closed,
                      void *arg)
{
    struct indicator_bar bar = {.instrument = &frame->grid,
                                .high2 = grid2(frame, shown->high),
                                .low2 = grid2(frame, shown->low),
                                .close2 = grid2(frame, shown->close),
                                .volume = volume,
                                .open_ns = shown->open_ns};
    bar.is_sane = bar.high2 <= INDICATOR_UNITS_MAX && bar.low2 >= -INDICATOR_UNITS_MAX;
    keep(frame, shown);
    closed(arg, frame, &bar);
}

static int64_t volume_of(const struct bar_frame *frame, double volume)
{
    if (!(volume > 0))
        return 0;
    const double units = volume * (double)frame->grid.qty_den / (double)frame->grid.qty_num;
    return units < 0x1p62 ? (int64_t)(units + 0.5) : (int64_t)1 << 62;
}

/* Close: mean of the four prices. Open: middle of the open and the close before; the first: of its own. High and low reach to both. */
static void make_heikin_ashi(struct bar_frame *frame, const struct frame_bar *bar, frame_closed_fn closed, void *arg)
{
    const struct frame_bar *before = frame_bar(frame, 1);
    struct frame_bar made = *bar;
    made.close = (bar->open + bar->high + bar->low + bar->close) / 4.0;
    made.open = before ? (before->open + before->close) / 2.0 : (bar->open + bar->close) / 2.0;
    const double top = made.open > made.close ? made.open : made.close;
    const double bottom = made.open > made.close ? made.close : made.open;
    made.high = bar->high > top ? bar->high : top;
    made.low = bar->low < bottom ? bar->low : bottom;
    close_bar(frame, &made, volume_of(frame, bar->volume), closed, arg);
}

/* Adds a bar to the open one. */
static void add_open(struct bar_frame *frame, const struct frame_bar *bar)
{
    struct frame_state *now = &frame->now;
    if (!now->is_open) {
        now->open = *bar;
        now->is_open = 1;
        now->money = 0.0;
    } else {
        now->open.time_ns = bar->time_ns;
        now->open.high = bar->high > now->open.high ? bar->high : now->open.high;
        now->open.low = bar->low < now->open.low ? bar->low : now->open.low;
        now->open.close = bar->close;
        now->open.volume += bar->volume;
    }
    now->money += bar->volume * bar->close;
}

static bool make_by_size(struct bar_frame *frame, const struct frame_bar *bar, frame_closed_fn closed, void *arg)
{
    struct frame_state *now = &frame->now;
    if (isnan(bar->volume))
        return false;
    add_open(frame, bar);
    if ((frame->spec.kind == FRAME_DOLLAR ? now->money : now->open.volume) < frame->spec.size)
        return true;
    now->is_open = 0;
    const struct frame_bar made = now->open;
    close_bar(frame, &made, volume_of(frame, made.volume), closed, arg);
    return true;
}

/* Bricks of closes: one more in the direction of the last each time a close is a whole size beyond it; in the other direction it takes a
 * whole size beyond its other end. The first lie on whole multiples of the size. The volume goes to the first brick of a bar. */
static bool make_renko(struct bar_frame *frame, const struct frame_bar *bar, frame_closed_fn closed, void *arg)
{
    struct frame_state *now = &frame->now;
    const double size = frame->spec.size;
    add_open(frame, bar);
    if (now->low == 0.0 && now->high == 0.0)
        now->low = now->high = det_floor(bar->close / size) * size;
    const double way = bar->close > now->high ? bar->close - now->high : now->low - bar->close;
    if (way / size > (double)FRAME_BRICKS_MAX)
        return false;
    double volume = now->open.volume;
    for (int i = 0; i <= FRAME_BRICKS_MAX; i++) {
        const bool is_up = bar->close >= now->high + size;
        if (!is_up && bar->close > now->low - size)
            break;
        struct frame_bar made = now->open;
        made.open = is_up ? now->high : now->low;
        made.close = is_up ? made.open + size : made.open - size;
        now->low = made.low = is_up ? made.open : made.close;
        now->high = made.high = is_up ? made.close : made.open;
        made.volume = volume;
        volume = isnan(volume) ? volume : 0.0;
        now->is_open = 0;
        close_bar(frame, &made, volume_of(frame, made.volume), closed, arg);
    }
    return true;
}

bool frame_make(struct bar_frame *frame, const struct instrument *instrument, const struct oc_event *event,
                frame_closed_fn closed, void *arg, const char **ret_why)
{
    const struct frame_bar bar = frame_bar_of(instrument, event);
    bool is_made = true;
    *ret_why = frame->spec.kind == FRAME_RENKO ? too_many : no_volume;
    if (frame->now.is_over)
        return false;
    if (frame->now.step == 0.0)
        frame->now.step = step_for(bar.close);
    frame_grid(frame, instrument);
    if (frame->spec.kind == FRAME_HEIKIN_ASHI)
        make_heikin_ashi(frame, &bar, closed, arg);
    else if (frame->spec.kind == FRAME_RENKO)
        is_made = make_renko(frame, &bar, closed, arg);
    else
        is_made = make_by_size(frame, &bar, closed, arg);
    frame->now.is_over = !is_made;
    return is_made;
}
