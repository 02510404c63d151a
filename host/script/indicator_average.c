/* indicator_average.c: means of closes: simple, exponential, weighted, Hull's, and the distance of two (MACD). */
#include "script/indicator_impl.h"

void weighted_rescale(struct weighted *window, struct rescale *rescale)
{
    window->sum = 0;
    window->weighted = 0;
    for (uint32_t i = 0, at = window->at; i < window->length; i++, at = ring_next(at, window->length)) {
        rescale_mark2(rescale, &window->ring[at]); /* the oldest first: its weight is 1 */
        window->sum += window->ring[at];
        window->weighted += (oc_i128)window->ring[at] * (i + 1);
    }
}

/* SMA: the sum divided once, so equal averages compare equal. */
struct sma {
    int64_t sum; /* of twice the price units */
    double scale;
    int64_t price_num;
    uint32_t at;
    uint32_t length;
    int64_t ring[];
};

static size_t measure_sma(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return sizeof(struct sma) + arg_whole(shape, 0) * sizeof(int64_t);
}

static void sma_scale(struct sma *sma, const struct instrument *instrument)
{
    sma->scale = 2.0 * (double)sma->length * (double)instrument->price_den;
    sma->price_num = instrument->price_num;
}

static void begin_sma(struct indicator *indicator, const struct instrument *instrument)
{
    struct sma *sma = indicator->state;
    sma->length = arg_whole(&indicator->shape, 0);
    sma_scale(sma, instrument);
}

static void take_sma(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct sma *sma = indicator->state;
    int64_t *slot = &sma->ring[sma->at], value;
    sma->sum += bar->close2 - *slot;
    *slot = bar->close2;
    sma->at = ring_next(sma->at, sma->length);
    if (++indicator->count < sma->length)
        return;
    if (__builtin_expect(__builtin_mul_overflow(sma->sum, sma->price_num, &value), 0))
        push(indicator, (double)((oc_i128)sma->sum * sma->price_num) / sma->scale);
    else
        push(indicator, (double)value / sma->scale);
}

static void rescale_sma(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    struct sma *sma = indicator->state;
    sma_scale(sma, instrument);
    sma->sum = 0;
    for (uint32_t i = 0; i < sma->length; i++) {
        rescale_mark2(rescale, &sma->ring[i]);
        sma->sum += sma->ring[i];
    }
}

const struct indicator_kind indicator_sma = {.name = "sma",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, NAN)},
                                             .measure = measure_sma,
                                             .begin = begin_sma,
                                             .take = take_sma,
                                             .rescale = rescale_sma};

static size_t measure_ema(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return sizeof(struct smooth_ema);
}

static void begin_ema(struct indicator *indicator, const struct instrument *instrument)
{
    (void)instrument;
    smooth_ema_begin(indicator->state, arg_whole(&indicator->shape, 0));
}

static void take_ema(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct smooth_ema *ema = indicator->state;
    indicator->count++;
    if (smooth_ema_add(ema, close_of(bar)))
        push(indicator, ema->value);
}

const struct indicator_kind indicator_ema = {.name = "ema",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, NAN)},
                                             .measure = measure_ema,
                                             .begin = begin_ema,
                                             .take = take_ema};

/* WMA: weights 1 for the oldest to length for the newest. */
static size_t measure_wma(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return weighted_size(arg_whole(shape, 0));
}

static double weights(uint32_t length) { return (double)length * ((double)length + 1.0) / 2.0; }

static void scale_wma(struct indicator *indicator, const struct instrument *instrument)
{
    struct weighted *window = indicator->state;
    window->scale = 2.0 * weights(window->length) * (double)instrument->price_den;
}

static void begin_wma(struct indicator *indicator, const struct instrument *instrument)
{
    struct weighted *window = indicator->state;
    window->length = arg_whole(&indicator->shape, 0);
    scale_wma(indicator, instrument);
}

static void take_wma(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct weighted *window = indicator->state;
    weighted_add(window, bar->close2);
    if (++indicator->count >= window->length)
        push(indicator, wide_to_double(window->weighted) * (double)bar->instrument->price_num / window->scale);
}

static void rescale_wma(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    weighted_rescale(indicator->state, rescale);
    scale_wma(indicator, instrument);
}

const struct indicator_kind indicator_wma = {.name = "wma",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, NAN)},
                                             .measure = measure_wma,
                                             .begin = begin_wma,
                                             .take = take_wma,
                                             .rescale = rescale_wma};

/* HMA (Hull 2005): WMA over floor(sqrt(n)) of 2 WMA(floor(n / 2)) - WMA(n). The two are kept as whole numbers over the common
 * divisor of their weights, so that nothing drifts. */
struct hull {
    oc_i128 whole;               /* sum with weights over n */
    oc_i128 half;                /* over n / 2 */
    oc_i128 last;                /* of the differences, over sqrt(n) */
    oc_i128 last_sum;            /* of the differences, evenly */
    int64_t sum, half_sum;       /* of the closes, evenly */
    double scale;                /* what makes `last` a price */
    int64_t weight, weight_half; /* sums of their weights */
    uint32_t at, length, half_length;
    uint32_t last_at, last_length;
    uint32_t zero[3];
    /* oc_i128 differences[last_length], then int64_t closes[length] */
};

static oc_i128 *hull_differences(struct hull *hull) { return (oc_i128 *)(void *)(hull + 1); }
static int64_t *hull_closes(struct hull *hull)
{
    return (int64_t *)(void *)(hull_differences(hull) + hull->last_length);
}

static uint32_t hull_last_length(uint32_t length)
{
    uint32_t root = 1;
    while ((root + 1) * (root + 1) <= length)
        root++;
    return root;
}

static size_t measure_hma(const struct indicator_shape *shape, uint32_t *ret_need)
{
    const uint32_t length = arg_whole(shape, 0), last = hull_last_length(length);
    *ret_need = length + last - 1;
    return sizeof(struct hull) + last * sizeof(oc_i128) + length * sizeof(int64_t);
}

static void scale_hma(struct hull *hull, const struct instrument *instrument)
{
    hull->scale = 2.0 * (double)instrument->price_den * (double)hull->weight * (double)hull->weight_half *
                  weights(hull->last_length);
}

static void begin_hma(struct indicator *indicator, const struct instrument *instrument)
{
    struct hull *hull = indicator->state;
    hull->length = arg_whole(&indicator->shape, 0);
    hull->half_length = hull->length / 2;
    hull->last_length = hull_last_length(hull->length);
    hull->weight = (int64_t)weights(hull->length);
    hull->weight_half = (int64_t)weights(hull->half_length);
    scale_hma(hull, instrument);
}

static void hull_add(struct hull *hull, int64_t x)
{
    int64_t *closes = hull_closes(hull), *slot = &closes[hull->at];
    const uint32_t half_at =
        hull->at >= hull->half_length ? hull->at - hull->half_length : hull->at + hull->length - hull->half_length;
    hull->whole += (oc_i128)x * hull->length - hull->sum;
    hull->half += (oc_i128)x * hull->half_length - hull->half_sum;
    hull->half_sum += x - closes[half_at];
    hull->sum += x - *slot;
    *slot = x;
    hull->at = ring_next(hull->at, hull->length);
}

static void take_hma(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct hull *hull = indicator->state;
    hull_add(hull, bar->close2);
    if (++indicator->count < hull->length)
        return;
    oc_i128 difference = hull->half * 2 * hull->weight - hull->whole * hull->weight_half;
    oc_i128 *slot = &hull_differences(hull)[hull->last_at];
    hull->last += difference * hull->last_length - hull->last_sum;
    hull->last_sum += difference - *slot;
    *slot = difference;
    hull->last_at = ring_next(hull->last_at, hull->last_length);
    if (indicator->count >= indicator->need)
        push(indicator, wide_to_double(hull->last) * (double)bar->instrument->price_num / hull->scale);
}

static void rescale_hma(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    struct hull *hull = indicator->state;
    int64_t *closes = hull_closes(hull);
    hull->whole = hull->half = hull->last = hull->last_sum = 0;
    hull->sum = hull->half_sum = 0;
    const uint32_t begin = hull->at;
    for (uint32_t i = 0, at = begin; i < hull->length; i++, at = ring_next(at, hull->length)) {
        rescale_mark2(rescale, &closes[at]);
        hull->sum += closes[at];
        hull->whole += (oc_i128)closes[at] * (i + 1);
        if (i < hull->length - hull->half_length)
            continue;
        hull->half_sum += closes[at];
        hull->half += (oc_i128)closes[at] * (i + 1 - (hull->length - hull->half_length));
    }
    oc_i128 *differences = hull_differences(hull);
    for (uint32_t i = 0, at = hull->last_at; i < hull->last_length; i++, at = ring_next(at, hull->last_length)) {
        oc_i128 turned;
        if (__builtin_mul_overflow(differences[at], rescale->price.num, &turned)) {
            indicator->is_over = true;
            return;
        }
        differences[at] = turned / rescale->price.den;
        hull->last_sum += differences[at];
        hull->last += differences[at] * (i + 1);
    }
    scale_hma(hull, instrument);
}

enum { HULL_LENGTH_MAX = 10000 }; /* its sums fit 128 bits */

const struct indicator_kind indicator_hma = {.name = "hma",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(2, HULL_LENGTH_MAX, NAN)},
                                             .measure = measure_hma,
                                             .begin = begin_hma,
                                             .take = take_hma,
                                             .rescale = rescale_hma};

/* MACD (Appel): EMA(fast) - EMA(slow), its EMA(signal), and the difference of the two. Each EMA is begun with the mean of its own
 * first values. */
struct macd {
    struct smooth_ema fast, slow, signal;
};

static size_t measure_macd(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 1) + arg_whole(shape, 2) - 1;
    return shape->args[0] < shape->args[1] ? sizeof(struct macd) : 0;
}

static void begin_macd(struct indicator *indicator, const struct instrument *instrument)
{
    struct macd *macd = indicator->state;
    (void)instrument;
    smooth_ema_begin(&macd->fast, arg_whole(&indicator->shape, 0));
    smooth_ema_begin(&macd->slow, arg_whole(&indicator->shape, 1));
    smooth_ema_begin(&macd->signal, arg_whole(&indicator->shape, 2));
}

static void take_macd(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct macd *macd = indicator->state;
    const double close = close_of(bar);
    indicator->count++;
    smooth_ema_add(&macd->fast, close);
    if (!smooth_ema_add(&macd->slow, close))
        return;
    const double distance = macd->fast.value - macd->slow.value;
    if (smooth_ema_add(&macd->signal, distance))
        push3(indicator, distance, macd->signal.value, distance - macd->signal.value);
}

const struct indicator_kind indicator_macd = {.name = "macd",
                                              .lines = {"value", "signal", "histogram"},
                                              .args = {{"fast", 1, INDICATOR_LENGTH_MAX, 12, true},
                                                       {"slow", 2, INDICATOR_LENGTH_MAX, 26, true},
                                                       {"signal", 1, INDICATOR_LENGTH_MAX, 9, true}},
                                              .measure = measure_macd,
                                              .begin = begin_macd,
                                              .take = take_macd};
