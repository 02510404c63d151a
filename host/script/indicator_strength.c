/* indicator_strength.c: RSI, stochastic, CCI, ADX. */
#include "script/indicator_impl.h"

/* RSI (Wilder 1978): averages begun with the mean of the first n changes; 50 while nothing moves. */
struct rsi {
    double gain;
    double loss;
    double previous;
    double length;
};

static size_t measure_rsi(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0) + 1;
    return sizeof(struct rsi);
}

static void begin_rsi(struct indicator *indicator, const struct instrument *instrument)
{
    struct rsi *rsi = indicator->state;
    (void)instrument;
    rsi->length = indicator->shape.args[0];
}

static void take_rsi(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct rsi *rsi = indicator->state;
    const double length = rsi->length, close = close_of(bar), change = close - rsi->previous;
    rsi->previous = close;
    if (indicator->count++ == 0)
        return;
    const double gain = change > 0 ? change : 0.0, loss = change < 0 ? -change : 0.0;
    if (__builtin_expect(indicator->count <= indicator->need, 0)) {
        rsi->gain += gain / length;
        rsi->loss += loss / length;
        if (indicator->count < indicator->need)
            return;
    } else {
        rsi->gain = (rsi->gain * (length - 1.0) + gain) / length;
        rsi->loss = (rsi->loss * (length - 1.0) + loss) / length;
    }
    const double both = rsi->gain + rsi->loss;
    push(indicator, both > 0 ? 100.0 * rsi->gain / both : 50.0);
}

const struct indicator_kind indicator_rsi = {.name = "rsi",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, NAN)},
                                             .measure = measure_rsi,
                                             .begin = begin_rsi,
                                             .take = take_rsi};

/* Slow stochastic (Lane): %K is the place of the close in the range of `length` bars, meant over `smooth`; %D is its mean over
 * `signal`. 50 while the range is 0. */
struct stochastic {
    uint32_t raw_at, slow_at;
    uint32_t smooth, signal;
    size_t lowest; /* bytes behind which the deque of lows begins */
    size_t rings;  /* and the rings of raw and slow values */
};

static size_t measure_stochastic(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0) + arg_whole(shape, 1) + arg_whole(shape, 2) - 2;
    return sizeof(struct stochastic) + 2 * extreme_size(arg_whole(shape, 0)) +
           (arg_whole(shape, 1) + arg_whole(shape, 2)) * sizeof(double);
}

static void begin_stochastic(struct indicator *indicator, const struct instrument *instrument)
{
    struct stochastic *own = indicator->state;
    const uint32_t length = arg_whole(&indicator->shape, 0);
    (void)instrument;
    own->smooth = arg_whole(&indicator->shape, 1);
    own->signal = arg_whole(&indicator->shape, 2);
    own->lowest = sizeof *own + extreme_size(length);
    own->rings = sizeof *own + 2 * extreme_size(length);
    struct extreme *highest = (struct extreme *)(void *)(own + 1);
    struct extreme *lowest = (struct extreme *)(void *)((char *)own + own->lowest);
    highest->length = lowest->length = length;
}

/* Puts a value into a ring and returns the mean of it, always added up in the same order. */
static double ring_mean(double *ring, uint32_t *at, uint32_t length, double value)
{
    double sum = 0.0;
    ring[*at] = value;
    *at = ring_next(*at, length);
    for (uint32_t i = 0; i < length; i++)
        sum += ring[i];
    return sum / (double)length;
}

static void take_stochastic(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct stochastic *own = indicator->state;
    struct extreme *highest = (struct extreme *)(void *)(own + 1);
    struct extreme *lowest = (struct extreme *)(void *)((char *)own + own->lowest);
    double *raw = (double *)(void *)((char *)own + own->rings);
    const double high = extreme_add(highest, indicator->count, high_of(bar), 1.0);
    const double low = extreme_add(lowest, indicator->count, low_of(bar), -1.0);
    const uint64_t count = ++indicator->count;
    if (count < highest->length)
        return;
    const double place = high > low ? 100.0 * (close_of(bar) - low) / (high - low) : 50.0;
    const double slow = ring_mean(raw, &own->raw_at, own->smooth, place);
    if (count < (uint64_t)highest->length + own->smooth - 1)
        return;
    const double signal = ring_mean(raw + own->smooth, &own->slow_at, own->signal, slow);
    if (count >= indicator->need)
        push3(indicator, slow, signal, 0.0);
}

enum { STOCHASTIC_SMOOTH_MAX = 100 };

const struct indicator_kind indicator_stochastic = {.name = "stochastic",
                                                    .lines = {"k", "d"},
                                                    .args = {ARG_LENGTH(1, INDICATOR_LENGTH_MAX, 14),
                                                             {"smooth", 1, STOCHASTIC_SMOOTH_MAX, 3, true},
                                                             {"signal", 1, STOCHASTIC_SMOOTH_MAX, 3, true}},
                                                    .measure = measure_stochastic,
                                                    .begin = begin_stochastic,
                                                    .take = take_stochastic};

/* CCI (Lambert 1980): (typical - mean of typical) / (0.015 * mean distance from that mean), typical = (high + low + close) / 3. Not
 * defined while all typical prices of the window are equal. */
struct cci {
    int64_t sum; /* of six times the typical price, units */
    uint32_t at;
    uint32_t length;
    int64_t ring[];
};

static size_t measure_cci(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0);
    return sizeof(struct cci) + arg_whole(shape, 0) * sizeof(int64_t);
}

static void begin_cci(struct indicator *indicator, const struct instrument *instrument)
{
    struct cci *cci = indicator->state;
    (void)instrument;
    cci->length = arg_whole(&indicator->shape, 0);
}

static void take_cci(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct cci *cci = indicator->state;
    const int64_t now = bar->high2 + bar->low2 + bar->close2, length = cci->length;
    cci->sum += now - cci->ring[cci->at];
    cci->ring[cci->at] = now;
    cci->at = ring_next(cci->at, cci->length);
    if (++indicator->count < cci->length)
        return;
    int64_t distances = 0; /* times length, as the sum is */
    for (int64_t i = 0; i < length; i++) {
        const int64_t distance = cci->ring[i] * length - cci->sum;
        distances += distance < 0 ? -distance : distance;
    }
    const double distance = (double)(now * length - cci->sum), mean = (double)distances / (double)length;
    push(indicator, distances ? distance / (0.015 * mean) : (double)NAN);
}

static void rescale_cci(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    struct cci *cci = indicator->state;
    (void)instrument;
    cci->sum = 0;
    for (uint32_t i = 0; i < cci->length; i++) {
        rescale_mark2(rescale, &cci->ring[i]);
        cci->sum += cci->ring[i];
    }
}

enum { CCI_LENGTH_MAX = 200 }; /* each bar looks at them all, and the sums fit 64 bits */

const struct indicator_kind indicator_cci = {.name = "cci",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(2, CCI_LENGTH_MAX, NAN)},
                                             .measure = measure_cci,
                                             .begin = begin_cci,
                                             .take = take_cci,
                                             .rescale = rescale_cci};

/* ADX (Wilder 1978): sums begun with the first n movements, that is bars 2 to n + 1; ADX with the mean of the first n DX. 0 while nothing
 * moves in either direction. */
struct adx {
    double range, plus, minus; /* Wilder's sums */
    double value, sum;
    double previous_high, previous_low, previous_close;
    double length;
};

static size_t measure_adx(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = 2 * arg_whole(shape, 0);
    return sizeof(struct adx);
}

static void begin_adx(struct indicator *indicator, const struct instrument *instrument)
{
    struct adx *adx = indicator->state;
    (void)instrument;
    adx->length = indicator->shape.args[0];
}

/* The directional index of now; the sums are complete. */
static double adx_index(const struct adx *adx, double *ret_plus, double *ret_minus)
{
    *ret_plus = adx->range > 0 ? 100.0 * adx->plus / adx->range : 0.0;
    *ret_minus = adx->range > 0 ? 100.0 * adx->minus / adx->range : 0.0;
    const double both = *ret_plus + *ret_minus, apart = *ret_plus - *ret_minus;
    return both > 0 ? 100.0 * (apart < 0 ? -apart : apart) / both : 0.0;
}

static void take_adx(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct adx *adx = indicator->state;
    const double high = high_of(bar), low = low_of(bar), length = adx->length;
    const double up = high - adx->previous_high, down = adx->previous_low - low;
    const double range = true_range(high, low, adx->previous_close);
    adx->previous_high = high;
    adx->previous_low = low;
    adx->previous_close = close_of(bar);
    if (indicator->count++ == 0)
        return;
    const double plus = up > down && up > 0 ? up : 0.0, minus = down > up && down > 0 ? down : 0.0;
    const double moves = (double)indicator->count - 1.0;
    const double kept = moves > length ? 1.0 : 0.0; /* the first n are added up */
    adx->range += range - kept * adx->range / length;
    adx->plus += plus - kept * adx->plus / length;
    adx->minus += minus - kept * adx->minus / length;
    if (moves < length)
        return;
    double plus_index, minus_index;
    const double index = adx_index(adx, &plus_index, &minus_index);
    if (indicator->count > indicator->need) {
        adx->value = (adx->value * (length - 1.0) + index) / length;
    } else {
        adx->sum += index;
        if (indicator->count < indicator->need)
            return;
        adx->value = adx->sum / length;
    }
    push3(indicator, adx->value, plus_index, minus_index);
}

enum { ADX_LENGTH_MAX = INDICATOR_LENGTH_MAX / 2 }; /* it needs twice as many bars */

const struct indicator_kind indicator_adx = {.name = "adx",
                                             .lines = {"value", "plus", "minus"},
                                             .args = {ARG_LENGTH(1, ADX_LENGTH_MAX, 14)},
                                             .measure = measure_adx,
                                             .begin = begin_adx,
                                             .take = take_adx};
