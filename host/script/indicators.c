#include "script/indicators.h"

#include "engine/market.h"

#include <stdlib.h>
#include <string.h>

oc_rc indicator_init(struct indicator *indicator, uint32_t kind, uint32_t length, const struct instrument *instrument)
{
    if (length < 1 || length > INDICATOR_LENGTH_MAX || kind < INDICATOR_SMA || kind > INDICATOR_ATR)
        return OC_E_INVALID;
    memset(indicator, 0, sizeof *indicator);
    indicator->kind = kind;
    indicator->length = length;
    indicator->scale = 2.0 * (double)length * (double)instrument->price_den;
    if (kind == INDICATOR_SMA) {
        indicator->ring = calloc(length, sizeof *indicator->ring);
        if (!indicator->ring)
            return OC_E_NOMEM;
    }
    return OC_OK;
}

void indicator_release(struct indicator *indicator)
{
    free(indicator->ring);
    indicator->ring = NULL;
}

struct bar_prices { /* twice the price units */
    int64_t high;
    int64_t low;
    int64_t close;
};

static struct bar_prices prices_of(const struct oc_event *event)
{
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        return (struct bar_prices){bar->high * 2, bar->low * 2, bar->close * 2};
    }
    const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
    return (struct bar_prices){qbar_middle2(bar, 1), qbar_middle2(bar, 2), qbar_middle2(bar, 3)};
}

static void push(struct indicator *indicator, double value)
{
    indicator->history[indicator->ready++ % INDICATOR_HISTORY] = value;
}

static void add_sma(struct indicator *indicator, const struct instrument *instrument, int64_t close)
{
    int64_t *slot = &indicator->ring[indicator->count % indicator->length];
    indicator->sum += close - *slot;
    *slot = close;
    indicator->count++;
    if (indicator->count >= indicator->length)
        push(indicator, (double)(indicator->sum * instrument->price_num) / indicator->scale);
}

static void add_ema(struct indicator *indicator, double close)
{
    double length = (double)indicator->length;
    indicator->count++;
    if (indicator->count <= indicator->length) {
        indicator->value_b += close;
        if (indicator->count < indicator->length)
            return;
        indicator->value_a = indicator->value_b / length;
    } else {
        indicator->value_a += (close - indicator->value_a) * (2.0 / (length + 1.0));
    }
    push(indicator, indicator->value_a);
}

static void add_rsi(struct indicator *indicator, double close)
{
    double length = (double)indicator->length, change = close - indicator->previous;
    indicator->previous = close;
    if (indicator->count++ == 0)
        return;
    double gain = change > 0 ? change : 0.0, loss = change < 0 ? -change : 0.0;
    if (indicator->count <= (uint64_t)indicator->length + 1) {
        indicator->value_a += gain / length;
        indicator->value_b += loss / length;
        if (indicator->count <= indicator->length)
            return;
    } else {
        indicator->value_a = (indicator->value_a * (length - 1.0) + gain) / length;
        indicator->value_b = (indicator->value_b * (length - 1.0) + loss) / length;
    }
    double both = indicator->value_a + indicator->value_b;
    push(indicator, both > 0 ? 100.0 * indicator->value_a / both : 50.0);
}

static void add_atr(struct indicator *indicator, double high, double low, double close)
{
    double length = (double)indicator->length, range = high - low;
    if (indicator->count > 0) {
        double up = high - indicator->previous, down = indicator->previous - low;
        range = up > range ? up : range;
        range = down > range ? down : range;
    }
    indicator->previous = close;
    indicator->count++;
    if (indicator->count <= indicator->length) {
        indicator->value_b += range;
        if (indicator->count < indicator->length)
            return;
        indicator->value_a = indicator->value_b / length;
    } else {
        indicator->value_a = (indicator->value_a * (length - 1.0) + range) / length;
    }
    push(indicator, indicator->value_a);
}

void indicator_add(struct indicator *indicator, const struct instrument *instrument, const struct oc_event *bar)
{
    struct bar_prices prices = prices_of(bar);
    if (indicator->kind == INDICATOR_SMA) {
        add_sma(indicator, instrument, prices.close);
        return;
    }
    double close = instrument_price(instrument, prices.close) / 2.0;
    if (indicator->kind == INDICATOR_EMA)
        add_ema(indicator, close);
    else if (indicator->kind == INDICATOR_RSI)
        add_rsi(indicator, close);
    else
        add_atr(indicator, instrument_price(instrument, prices.high) / 2.0,
                instrument_price(instrument, prices.low) / 2.0, close);
}

void indicator_rescale(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    if (!indicator->ring)
        return;
    indicator->scale = 2.0 * (double)indicator->length * (double)instrument->price_den;
    indicator->sum = 0;
    for (uint32_t i = 0; i < indicator->length; i++) {
        rescale_mark2(rescale, &indicator->ring[i]);
        indicator->sum += indicator->ring[i];
    }
}

uint32_t indicator_missing(const struct indicator *indicator)
{
    uint64_t need = indicator->length + (indicator->kind == INDICATOR_RSI ? 1u : 0u);
    return indicator->count >= need ? 0 : (uint32_t)(need - indicator->count);
}

const char *indicator_name(uint32_t kind)
{
    static const char *const names[] = {"none", "sma", "ema", "rsi", "atr"};
    return kind <= INDICATOR_ATR ? names[kind] : "none";
}

size_t indicator_state_size(const struct indicator *indicator)
{
    return sizeof *indicator + (indicator->ring ? indicator->length * sizeof *indicator->ring : 0);
}

void indicator_save(const struct indicator *indicator, char *bytes)
{
    struct indicator copy = *indicator;
    copy.ring = NULL;
    memcpy(bytes, &copy, sizeof copy);
    if (indicator->ring)
        memcpy(bytes + sizeof copy, indicator->ring, indicator->length * sizeof *indicator->ring);
}

oc_rc indicator_load(struct indicator *indicator, const char *bytes, size_t size)
{
    struct indicator copy;
    if (size != indicator_state_size(indicator))
        return OC_E_DATA;
    memcpy(&copy, bytes, sizeof copy);
    if (copy.kind != indicator->kind || copy.length != indicator->length)
        return OC_E_DATA;
    copy.ring = indicator->ring;
    *indicator = copy;
    if (copy.ring)
        memcpy(copy.ring, bytes + sizeof copy, copy.length * sizeof *copy.ring);
    return OC_OK;
}
