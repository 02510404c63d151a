/* indicator_range.c: ATR, Donchian, Keltner, supertrend, parabolic SAR, pivots. */
#include "script/indicator_impl.h"

/* ATR (Wilder 1978), formula sheet SIZE-7. */
static size_t measure_atr(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return sizeof(struct smooth_atr);
}

static void begin_atr(struct indicator *indicator, const struct instrument *instrument)
{
    struct smooth_atr *atr = indicator->state;
    (void)instrument;
    atr->length = indicator->shape.args[0];
}

static void take_atr(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct smooth_atr *atr = indicator->state;
    indicator->count++;
    if (smooth_atr_add(atr, bar))
        push(indicator, atr->value);
}

const struct indicator_kind indicator_atr = {.name = "atr",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, NAN)},
                                             .measure = measure_atr,
                                             .begin = begin_atr,
                                             .take = take_atr};

/* Donchian: highest high and lowest low of the last n bars, the newest among them, and their middle. */
static struct extreme *donchian_lowest(struct extreme *highest)
{
    return (struct extreme *)(void *)((char *)highest + extreme_size(highest->length));
}

static size_t measure_donchian(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return 2 * extreme_size(arg_whole(shape, 0));
}

static void begin_donchian(struct indicator *indicator, const struct instrument *instrument)
{
    struct extreme *highest = indicator->state;
    (void)instrument;
    highest->length = arg_whole(&indicator->shape, 0);
    donchian_lowest(highest)->length = highest->length;
}

static void take_donchian(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct extreme *highest = indicator->state;
    const double upper = extreme_add(highest, indicator->count, high_of(bar), 1.0);
    const double lower = extreme_add(donchian_lowest(highest), indicator->count, low_of(bar), -1.0);
    if (++indicator->count >= indicator->need)
        push3(indicator, upper, (upper + lower) / 2.0, lower);
}

const struct indicator_kind indicator_donchian = {.name = "donchian",
                                                  .lines = {"upper", "middle", "lower"},
                                                  .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, NAN)},
                                                  .measure = measure_donchian,
                                                  .begin = begin_donchian,
                                                  .take = take_donchian};

/* Keltner (as Raschke changed it): EMA of the closes, `factor` times Wilder's ATR above and below. */
struct keltner {
    struct smooth_ema ema;
    struct smooth_atr atr;
    double factor;
};

static size_t measure_keltner(const struct indicator_shape *shape, uint32_t *ret_need)
{
    const uint32_t ema = arg_whole(shape, 0), atr = arg_whole(shape, 1);
    *ret_need = ema > atr ? ema : atr;
    return sizeof(struct keltner);
}

static void begin_keltner(struct indicator *indicator, const struct instrument *instrument)
{
    struct keltner *keltner = indicator->state;
    (void)instrument;
    smooth_ema_begin(&keltner->ema, arg_whole(&indicator->shape, 0));
    keltner->atr.length = indicator->shape.args[1];
    keltner->factor = indicator->shape.args[2];
}

static void take_keltner(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct keltner *keltner = indicator->state;
    smooth_ema_add(&keltner->ema, close_of(bar));
    smooth_atr_add(&keltner->atr, bar);
    if (++indicator->count < indicator->need)
        return;
    const double middle = keltner->ema.value, away = keltner->factor * keltner->atr.value;
    push3(indicator, middle + away, middle, middle - away);
}

#define ARG_FACTOR(otherwise)                                                                                          \
    {                                                                                                                  \
        "factor", 0.01, 100, otherwise, false                                                                          \
    }

const struct indicator_kind indicator_keltner = {
    .name = "keltner",
    .lines = {"upper", "middle", "lower"},
    .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, 20), {"atr", 1, INDICATOR_LENGTH_MAX, 10, true}, ARG_FACTOR(2)},
    .measure = measure_keltner,
    .begin = begin_keltner,
    .take = take_keltner};

/* Supertrend (Seban): (high + low) / 2 and `factor` times Wilder's ATR above and below; a band only comes nearer until a close has
 * passed it. It begins downwards, with the upper band. */
struct supertrend {
    struct smooth_atr atr;
    double factor;
    double upper, lower;
    double previous;  /* last close */
    double direction; /* 0: no value yet */
};

static size_t measure_supertrend(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return sizeof(struct supertrend);
}

static void begin_supertrend(struct indicator *indicator, const struct instrument *instrument)
{
    struct supertrend *own = indicator->state;
    (void)instrument;
    own->atr.length = indicator->shape.args[0];
    own->factor = indicator->shape.args[1];
}

static void take_supertrend(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct supertrend *own = indicator->state;
    const double close = close_of(bar), previous = own->previous;
    own->previous = close;
    indicator->count++;
    if (!smooth_atr_add(&own->atr, bar))
        return;
    const double middle = (high_of(bar) + low_of(bar)) / 2.0, away = own->factor * own->atr.value;
    const double upper = middle + away, lower = middle - away;
    if (own->direction == 0.0) {
        own->upper = upper;
        own->lower = lower;
        own->direction = -1.0;
    } else {
        if (upper < own->upper || previous > own->upper)
            own->upper = upper;
        if (lower > own->lower || previous < own->lower)
            own->lower = lower;
        if (own->direction < 0)
            own->direction = close > own->upper ? 1.0 : -1.0;
        else
            own->direction = close < own->lower ? -1.0 : 1.0;
    }
    push3(indicator, own->direction > 0 ? own->lower : own->upper, own->direction, 0.0);
}

const struct indicator_kind indicator_supertrend = {.name = "supertrend",
                                                    .lines = {"value", "direction"},
                                                    .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, 10), ARG_FACTOR(3)},
                                                    .measure = measure_supertrend,
                                                    .begin = begin_supertrend,
                                                    .take = take_supertrend};

/* Parabolic SAR (Wilder 1978): the value of a bar is the stop that holds during it, made from the bars before; a bar that touches it
 * turns the direction, and shows the extreme of the trend that ended, moved beyond the last two bars. The second bar begins it: down if
 * it fell further than it rose, with the stop at the extreme of the first. */
struct sar {
    double stop;
    double extreme;
    double factor;
    double high, low; /* of the bar before */
    double direction;
    double start, step, most;
};

static size_t measure_sar(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = 2;
    return shape->args[0] <= shape->args[2] ? sizeof(struct sar) : 0;
}

static void begin_sar(struct indicator *indicator, const struct instrument *instrument)
{
    struct sar *sar = indicator->state;
    (void)instrument;
    sar->start = indicator->shape.args[0];
    sar->step = indicator->shape.args[1];
    sar->most = indicator->shape.args[2];
}

/* The stop stays beyond these two bars. */
static double sar_beyond(const struct sar *sar, double stop, double high, double low)
{
    if (sar->direction > 0) {
        stop = stop > sar->low ? sar->low : stop;
        return stop > low ? low : stop;
    }
    stop = stop < sar->high ? sar->high : stop;
    return stop < high ? high : stop;
}

/* Direction and the stop of this bar. */
static double sar_now(struct sar *sar, double high, double low, bool is_first)
{
    if (is_first) {
        const double up = high - sar->high, down = sar->low - low;
        sar->direction = down > up && down > 0 ? -1.0 : 1.0;
        sar->stop = sar->direction > 0 ? sar->low : sar->high;
        sar->extreme = sar->direction > 0 ? high : low;
        sar->factor = sar->start;
    }
    const bool is_long = sar->direction > 0;
    if (is_long ? low <= sar->stop : high >= sar->stop) {
        sar->direction = -sar->direction;
        sar->stop = sar_beyond(sar, sar->extreme, high, low);
        sar->extreme = is_long ? low : high;
        sar->factor = sar->start;
    } else if (is_long ? high > sar->extreme : low < sar->extreme) {
        sar->extreme = is_long ? high : low;
        sar->factor = sar->factor + sar->step > sar->most ? sar->most : sar->factor + sar->step;
    }
    return sar->stop;
}

static void take_sar(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct sar *sar = indicator->state;
    const double high = high_of(bar), low = low_of(bar);
    if (indicator->count++ > 0) {
        const double stop = sar_now(sar, high, low, indicator->count == 2);
        push3(indicator, stop, sar->direction, 0.0);
        sar->stop = sar_beyond(sar, stop + sar->factor * (sar->extreme - stop), high, low);
    }
    sar->high = high;
    sar->low = low;
}

const struct indicator_kind indicator_sar = {
    .name = "sar",
    .lines = {"value", "direction"},
    .args = {{"start", 0.0001, 1, 0.02, false}, {"step", 0, 1, 0.02, false}, {"max", 0.0001, 1, 0.2, false}},
    .measure = measure_sar,
    .begin = begin_sar,
    .take = take_sar};

/* Pivots: a high that is above the highs of the `right` bars after it and not below those of the `left` bars before, known when the
 * last of these has closed; lows likewise. The newest stays until there is another; the ages count bars since the pivot's. */
struct pivots {
    double high, low; /* NaN: none yet */
    double high_age, low_age;
    uint32_t at;
    uint32_t left, right, zero;
    double bars[]; /* left + 1 + right highs, then as many lows */
};

static size_t measure_pivots(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0) + arg_whole(shape, 1) + 1;
    return sizeof(struct pivots) + 2 * *ret_need * sizeof(double);
}

static void begin_pivots(struct indicator *indicator, const struct instrument *instrument)
{
    struct pivots *pivots = indicator->state;
    (void)instrument;
    pivots->left = arg_whole(&indicator->shape, 0);
    pivots->right = arg_whole(&indicator->shape, 1);
    pivots->high = pivots->low = pivots->high_age = pivots->low_age = (double)NAN;
}

/* Whether the bar `right` bars ago is one; `at`: the oldest. */
static bool is_pivot(const struct pivots *pivots, const double *bars, double sign)
{
    const uint32_t length = pivots->left + pivots->right + 1;
    uint32_t middle = pivots->at + pivots->left;
    middle -= middle >= length ? length : 0;
    const double value = bars[middle] * sign;
    uint32_t at = middle;
    for (uint32_t i = 0; i < pivots->right; i++) {
        at = ring_next(at, length);
        if (bars[at] * sign >= value)
            return false;
    }
    for (uint32_t i = 0; i < pivots->left; i++) {
        at = ring_next(at, length);
        if (bars[at] * sign > value)
            return false;
    }
    return true;
}

static void take_pivots(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct pivots *pivots = indicator->state;
    const uint32_t length = indicator->need;
    double *lows = pivots->bars + length;
    pivots->bars[pivots->at] = high_of(bar);
    lows[pivots->at] = low_of(bar);
    pivots->at = ring_next(pivots->at, length);
    pivots->high_age += 1.0;
    pivots->low_age += 1.0;
    if (++indicator->count < length)
        return;
    uint32_t middle = pivots->at + pivots->left;
    middle -= middle >= length ? length : 0;
    if (is_pivot(pivots, pivots->bars, 1.0)) {
        pivots->high = pivots->bars[middle];
        pivots->high_age = (double)pivots->right;
    }
    if (is_pivot(pivots, lows, -1.0)) {
        pivots->low = lows[middle];
        pivots->low_age = (double)pivots->right;
    }
    const uint64_t slot = indicator->ready % INDICATOR_HISTORY;
    push3(indicator, pivots->high, pivots->low, pivots->high_age);
    indicator->history[3 * INDICATOR_HISTORY + slot] = pivots->low_age;
}

enum { PIVOT_SIDE_MAX = 1000 };

const struct indicator_kind indicator_pivots = {
    .name = "pivots",
    .lines = {"high", "low", "high_age", "low_age"},
    .args = {{"left", 1, PIVOT_SIDE_MAX, NAN, true}, {"right", 1, PIVOT_SIDE_MAX, NAN, true}},
    .measure = measure_pivots,
    .begin = begin_pivots,
    .take = take_pivots};
