/* indicator_spread.c: standard deviation, z-score, Bollinger bands, slope of the regression line, correlation and beta. */
#include "script/indicator_impl.h"

/* Sums of the last n closes and of their squares, counted from a base near them, so that squares stay small and exact. */
struct spread {
    oc_i128 squares;
    int64_t sum;
    int64_t base;
    double price; /* what makes twice the units a price */
    double factor;
    uint32_t at;
    uint32_t length;
    int64_t ring[]; /* distances from the base, in twice the price units */
};

static size_t measure_spread(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return (sizeof(struct spread) + arg_whole(shape, 0) * sizeof(int64_t) + 15) & ~(size_t)15;
}

static void spread_scale(struct spread *spread, const struct instrument *instrument)
{
    spread->price = (double)instrument->price_num / (2.0 * (double)instrument->price_den);
}

static void begin_spread(struct indicator *indicator, const struct instrument *instrument)
{
    struct spread *spread = indicator->state;
    spread->length = arg_whole(&indicator->shape, 0);
    spread->factor = indicator->shape.args[1];
    spread_scale(spread, instrument);
}

/* Adds a close; true once the window is full. Limits: distances below 2^46 and lengths below 2^17, so that length * squares is below
 * 2^127. */
static bool spread_add(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct spread *spread = indicator->state;
    if (__builtin_expect(indicator->count == 0, 0))
        spread->base = bar->close2;
    const int64_t now = bar->close2 - spread->base;
    int64_t *slot = &spread->ring[spread->at];
    if (indicator->count >= spread->length)
        spread->squares -= (oc_i128)*slot * *slot;
    spread->sum += now - *slot;
    spread->squares += (oc_i128)now * now;
    *slot = now;
    spread->at = ring_next(spread->at, spread->length);
    return ++indicator->count >= spread->length;
}

/* length^2 times the variance in twice the units, exactly. */
static oc_i128 spread_square(const struct spread *spread)
{
    return spread->squares * spread->length - (oc_i128)spread->sum * spread->sum;
}

static double spread_mean(const struct spread *spread)
{
    const oc_i128 total = (oc_i128)spread->base * spread->length + spread->sum;
    return wide_to_double(total) * spread->price / (double)spread->length;
}

/* Population deviation (divided by n), as Bollinger's bands have it. */
static double spread_deviation(const struct spread *spread)
{
    return det_sqrt(wide_to_double(spread_square(spread))) / (double)spread->length * spread->price;
}

static void rescale_spread(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    struct spread *spread = indicator->state;
    int64_t base = spread->base;
    rescale_mark2(rescale, &base);
    spread->sum = 0;
    spread->squares = 0;
    const uint64_t held = indicator->count < spread->length ? indicator->count : spread->length;
    for (uint64_t i = 0; i < held; i++) {
        int64_t close2 = spread->ring[i] + spread->base;
        rescale_mark2(rescale, &close2);
        spread->ring[i] = close2 - base;
        spread->sum += spread->ring[i];
        spread->squares += (oc_i128)spread->ring[i] * spread->ring[i];
    }
    spread->base = base;
    spread_scale(spread, instrument);
}

static void take_stddev(struct indicator *indicator, const struct indicator_bar *bar)
{
    if (spread_add(indicator, bar))
        push(indicator, spread_deviation(indicator->state));
}

const struct indicator_kind indicator_stddev = {.name = "stddev",
                                                .lines = {"value"},
                                                .args = {ARG_LENGTH(2, INDICATOR_LENGTH_MAX, NAN)},
                                                .measure = measure_spread,
                                                .begin = begin_spread,
                                                .take = take_stddev,
                                                .rescale = rescale_spread};

/* (close - mean) / population deviation; not defined while all closes of the window are equal. */
static void take_zscore(struct indicator *indicator, const struct indicator_bar *bar)
{
    const struct spread *spread = indicator->state;
    if (!spread_add(indicator, bar))
        return;
    const oc_i128 square = spread_square(spread);
    const oc_i128 away = (oc_i128)(bar->close2 - spread->base) * spread->length - spread->sum;
    push(indicator, square ? wide_to_double(away) / det_sqrt(wide_to_double(square)) : (double)NAN);
}

const struct indicator_kind indicator_zscore = {.name = "zscore",
                                                .lines = {"value"},
                                                .args = {ARG_LENGTH(2, INDICATOR_LENGTH_MAX, NAN)},
                                                .measure = measure_spread,
                                                .begin = begin_spread,
                                                .take = take_zscore,
                                                .rescale = rescale_spread};

static void take_bollinger(struct indicator *indicator, const struct indicator_bar *bar)
{
    const struct spread *spread = indicator->state;
    if (!spread_add(indicator, bar))
        return;
    const double middle = spread_mean(spread), away = spread->factor * spread_deviation(spread);
    push3(indicator, middle + away, middle, middle - away);
}

const struct indicator_kind indicator_bollinger = {
    .name = "bollinger",
    .lines = {"upper", "middle", "lower"},
    .args = {ARG_LENGTH(2, INDICATOR_LENGTH_MAX, 20), {"factor", 0.01, 100, 2, false}},
    .measure = measure_spread,
    .begin = begin_spread,
    .take = take_bollinger,
    .rescale = rescale_spread};

/* Slope of the line of least squares through the last n closes, in price a bar: 6 (2 W - (n + 1) S) / (n (n^2 - 1)), with S their sum and W
 * the sum with weights 1 to n. */
static size_t measure_slope(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return weighted_size(arg_whole(shape, 0));
}

static void slope_scale(struct weighted *window, const struct instrument *instrument)
{
    const double length = (double)window->length;
    window->scale =
        6.0 * (double)instrument->price_num / (2.0 * (double)instrument->price_den * length * (length * length - 1.0));
}

static void begin_slope(struct indicator *indicator, const struct instrument *instrument)
{
    struct weighted *window = indicator->state;
    window->length = arg_whole(&indicator->shape, 0);
    slope_scale(window, instrument);
}

static void take_slope(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct weighted *window = indicator->state;
    weighted_add(window, bar->close2);
    if (++indicator->count < window->length)
        return;
    const oc_i128 rise = 2 * window->weighted - (oc_i128)window->sum * (window->length + 1);
    push(indicator, wide_to_double(rise) * window->scale);
}

static void rescale_slope(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    weighted_rescale(indicator->state, rescale);
    slope_scale(indicator->state, instrument);
}

const struct indicator_kind indicator_slope = {.name = "slope",
                                               .lines = {"value"},
                                               .args = {ARG_LENGTH(2, INDICATOR_LENGTH_MAX, NAN)},
                                               .measure = measure_slope,
                                               .begin = begin_slope,
                                               .take = take_slope,
                                               .rescale = rescale_slope};
