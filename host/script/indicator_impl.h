/* indicator_impl.h: the inside of indicators, shared by indicator*.c only.
 *
 * A kind is a row of functions over its state. What several kinds are made of stands here: smoothing, true range, windows. */
#ifndef SCRIPT_INDICATOR_IMPL_H
#define SCRIPT_INDICATOR_IMPL_H

#include <math.h>

#include "base/detmath.h"
#include "base/money.h"
#include "script/indicators.h"

struct indicator_kind {
    const char *name;
    const char *lines[INDICATOR_LINES_MAX];
    struct indicator_arg args[INDICATOR_ARGS_MAX];
    /* Bytes of the state, and bars before the first value; 0 bytes: the arguments contradict each other. */
    size_t (*measure)(const struct indicator_shape *shape, uint32_t *ret_need);
    void (*begin)(struct indicator *indicator, const struct instrument *instrument);
    void (*take)(struct indicator *indicator, const struct indicator_bar *bar);
    void (*take_other)(struct indicator *indicator, const struct indicator_bar *bar);
    void (*rescale)(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale);
};

extern const struct indicator_kind indicator_sma, indicator_ema, indicator_wma, indicator_hma, indicator_macd;
extern const struct indicator_kind indicator_rsi, indicator_stochastic, indicator_cci, indicator_adx;
extern const struct indicator_kind indicator_atr, indicator_donchian, indicator_keltner, indicator_supertrend,
    indicator_sar, indicator_pivots;
extern const struct indicator_kind indicator_mfi, indicator_obv, indicator_vwap;
extern const struct indicator_kind indicator_bollinger, indicator_stddev, indicator_zscore, indicator_slope;
extern const struct indicator_kind indicator_correlation, indicator_beta;

#define ARG_LENGTH(low, high, otherwise)                                                                               \
    {                                                                                                                  \
        "length", low, high, otherwise, true                                                                           \
    }

static inline uint32_t arg_whole(const struct indicator_shape *shape, int at) { return (uint32_t)shape->args[at]; }

/* One value of each line. */
static inline void push(struct indicator *indicator, double value)
{
    indicator->history[indicator->ready++ % INDICATOR_HISTORY] = value;
}
static inline void push3(struct indicator *indicator, double a, double b, double c)
{
    double *slot = indicator->history + indicator->ready++ % INDICATOR_HISTORY;
    slot[0] = a;
    slot[INDICATOR_HISTORY] = b;
    if (indicator->lines > 2)
        slot[2 * INDICATOR_HISTORY] = c;
}

static inline double price_of2(const struct indicator_bar *bar, int64_t units2)
{
    return instrument_price(bar->instrument, units2) / 2.0;
}
static inline double close_of(const struct indicator_bar *bar) { return price_of2(bar, bar->close2); }
static inline double high_of(const struct indicator_bar *bar) { return price_of2(bar, bar->high2); }
static inline double low_of(const struct indicator_bar *bar) { return price_of2(bar, bar->low2); }

/* The nearest double; what fits 64 bits is turned by the processor. */
static inline double wide_to_double(oc_i128 wide)
{
    return wide == (int64_t)wide ? (double)(int64_t)wide : (double)wide;
}

/* A place in a ring of `length`, moved on. */
static inline uint32_t ring_next(uint32_t at, uint32_t length) { return at + 1 == length ? 0 : at + 1; }

/* An exponential mean with weight 2 / (length + 1), begun with the mean of the first `length`. */
struct smooth_ema {
    double value;
    double sum;
    double weight;
    uint32_t length;
    uint32_t count; /* up to length */
};
static inline void smooth_ema_begin(struct smooth_ema *ema, uint32_t length)
{
    *ema = (struct smooth_ema){.weight = 2.0 / ((double)length + 1.0), .length = length};
}
/* True once it has a value. */
static inline bool smooth_ema_add(struct smooth_ema *ema, double x)
{
    if (__builtin_expect(ema->count == ema->length, 1)) {
        ema->value += (x - ema->value) * ema->weight;
        return true;
    }
    ema->sum += x;
    if (++ema->count < ema->length)
        return false;
    ema->value = ema->sum / (double)ema->length;
    return true;
}

/* Wilder's average true range: the range of the first bar is high - low; the mean of the first `length` begins it. */
struct smooth_atr {
    double value;
    double sum;
    double previous; /* last close */
    double length;
    uint64_t count;
};
static inline double true_range(double high, double low, double previous)
{
    double range = high - low, up = high - previous, down = previous - low;
    range = up > range ? up : range;
    return down > range ? down : range;
}
static inline bool smooth_atr_add(struct smooth_atr *atr, const struct indicator_bar *bar)
{
    double high = high_of(bar), low = low_of(bar);
    double range = atr->count ? true_range(high, low, atr->previous) : high - low;
    atr->previous = close_of(bar);
    atr->count++;
    if ((double)atr->count > atr->length) {
        atr->value = (atr->value * (atr->length - 1.0) + range) / atr->length;
        return true;
    }
    atr->sum += range;
    if ((double)atr->count < atr->length)
        return false;
    atr->value = atr->sum / atr->length;
    return true;
}

/* The highest or lowest of the last `length` values: what can still become it, the strongest first. Amortised, a value costs the same
 * whatever the length. */
struct extreme_slot {
    double value;
    uint64_t at; /* number of the bar */
};
struct extreme {
    uint32_t head;
    uint32_t size;
    uint32_t length;
    uint32_t zero;
    struct extreme_slot slots[];
};
static inline size_t extreme_size(uint32_t length)
{
    return sizeof(struct extreme) + length * sizeof(struct extreme_slot);
}
/* `sign` 1: the highest, -1: the lowest. */
static inline double extreme_add(struct extreme *extreme, uint64_t number, double value, double sign)
{
    const uint32_t length = extreme->length;
    if (extreme->size && extreme->slots[extreme->head].at + length <= number) {
        extreme->head = ring_next(extreme->head, length);
        extreme->size--;
    }
    uint32_t tail = extreme->head + extreme->size;
    tail -= tail >= length ? length : 0;
    while (extreme->size) {
        const uint32_t last = tail ? tail - 1 : length - 1;
        if (extreme->slots[last].value * sign > value * sign)
            break;
        tail = last;
        extreme->size--;
    }
    extreme->slots[tail] = (struct extreme_slot){value, number};
    extreme->size++;
    return extreme->slots[extreme->head].value;
}

/* Sums over the last `length` numbers of units, evenly and with weights 1 (oldest) to `length`. Fewer count as if zeros had been
 * before. */
struct weighted {
    oc_i128 weighted;
    int64_t sum;
    double scale; /* what makes a sum with weights 1 to length a price */
    uint32_t at;
    uint32_t length;
    int64_t ring[];
};
static inline size_t weighted_size(uint32_t length)
{
    return (sizeof(struct weighted) + length * sizeof(int64_t) + 15) & ~(size_t)15;
}
static inline void weighted_add(struct weighted *window, int64_t x)
{
    int64_t *slot = &window->ring[window->at];
    window->weighted += (oc_i128)x * window->length - window->sum;
    window->sum += x - *slot;
    *slot = x;
    window->at = ring_next(window->at, window->length);
}
/* Turns the window into the steps of the instrument and sums it again. */
void weighted_rescale(struct weighted *window, struct rescale *rescale);

#endif
