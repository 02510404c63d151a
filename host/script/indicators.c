/* indicators.c: the kinds by number, and what all of them share: limits, feeding, saving. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "engine/market.h"
#include "script/indicator_impl.h"

static const struct indicator_kind *const kinds[INDICATOR_KINDS] = {
    [INDICATOR_SMA] = &indicator_sma,           [INDICATOR_EMA] = &indicator_ema,
    [INDICATOR_RSI] = &indicator_rsi,           [INDICATOR_ATR] = &indicator_atr,
    [INDICATOR_WMA] = &indicator_wma,           [INDICATOR_HMA] = &indicator_hma,
    [INDICATOR_MACD] = &indicator_macd,         [INDICATOR_BOLLINGER] = &indicator_bollinger,
    [INDICATOR_DONCHIAN] = &indicator_donchian, [INDICATOR_KELTNER] = &indicator_keltner,
    [INDICATOR_ADX] = &indicator_adx,           [INDICATOR_STOCHASTIC] = &indicator_stochastic,
    [INDICATOR_CCI] = &indicator_cci,           [INDICATOR_MFI] = &indicator_mfi,
    [INDICATOR_OBV] = &indicator_obv,           [INDICATOR_VWAP] = &indicator_vwap,
    [INDICATOR_STDDEV] = &indicator_stddev,     [INDICATOR_ZSCORE] = &indicator_zscore,
    [INDICATOR_SLOPE] = &indicator_slope,       [INDICATOR_CORRELATION] = &indicator_correlation,
    [INDICATOR_BETA] = &indicator_beta,         [INDICATOR_SUPERTREND] = &indicator_supertrend,
    [INDICATOR_SAR] = &indicator_sar,           [INDICATOR_PIVOTS] = &indicator_pivots,
};

static const struct indicator_kind *kind_of(uint32_t kind) { return kind < INDICATOR_KINDS ? kinds[kind] : NULL; }

const char *indicator_name(uint32_t kind) { return kind_of(kind) ? kind_of(kind)->name : NULL; }

const struct indicator_arg *indicator_args(uint32_t kind, uint32_t *ret_count)
{
    const struct indicator_kind *row = kind_of(kind);
    uint32_t count = 0;
    while (row && count < INDICATOR_ARGS_MAX && row->args[count].name)
        count++;
    *ret_count = count;
    return row ? row->args : NULL;
}

const char *indicator_line(uint32_t kind, uint32_t line)
{
    return kind_of(kind) && line < INDICATOR_LINES_MAX ? kind_of(kind)->lines[line] : NULL;
}

static bool args_are_valid(const struct indicator_shape *shape)
{
    uint32_t count;
    const struct indicator_arg *args = indicator_args(shape->kind, &count);
    for (uint32_t i = 0; i < count; i++) {
        const double value = shape->args[i];
        if (!(value >= args[i].min && value <= args[i].max))
            return false;
        if (args[i].is_whole && value != (double)(uint32_t)value)
            return false;
    }
    return true;
}

oc_rc indicator_init(struct indicator *indicator, const struct indicator_shape *shape,
                     const struct instrument *instrument)
{
    const struct indicator_kind *kind = kind_of(shape->kind);
    uint32_t need = 0;
    const size_t state = kind && args_are_valid(shape) ? kind->measure(shape, &need) : 0;
    if (!state)
        return OC_E_INVALID;
    uint32_t lines = 1;
    while (lines < INDICATOR_LINES_MAX && kind->lines[lines])
        lines++;
    const size_t history = lines * INDICATOR_HISTORY * sizeof(double);
    memset(indicator, 0, sizeof *indicator);
    indicator->history = calloc(1, history + state);
    if (!indicator->history)
        return OC_E_NOMEM;
    indicator->shape = *shape;
    indicator->kind = kind;
    indicator->lines = lines;
    indicator->need = need;
    indicator->size = history + state;
    indicator->state = (char *)indicator->history + history;
    kind->begin(indicator, instrument);
    return OC_OK;
}

void indicator_release(struct indicator *indicator)
{
    free(indicator->history);
    indicator->history = NULL;
}

static bool is_like(const struct indicator_shape *a, const struct indicator_shape *b)
{
    for (int i = 0; i < INDICATOR_ARGS_MAX; i++)
        if (a->args[i] != b->args[i])
            return false;
    return a->kind == b->kind && a->anchor_ns == b->anchor_ns && a->session_ns == b->session_ns;
}

bool indicator_is_pair(const struct indicator *indicator) { return indicator->kind->take_other != NULL; }

bool indicator_is_like(const struct indicator *a, const struct indicator *b) { return is_like(&a->shape, &b->shape); }

void indicator_begin(struct indicator *indicator, const struct instrument *instrument)
{
    indicator->kind->begin(indicator, instrument);
}

bool indicator_copy(struct indicator *indicator, const struct indicator *from)
{
    if (!indicator_is_like(indicator, from))
        return false;
    indicator->count = from->count;
    indicator->ready = from->ready;
    indicator->is_over = from->is_over;
    memcpy(indicator->history, from->history, indicator->size);
    return true;
}

static bool is_within(int64_t units2) { return units2 <= INDICATOR_UNITS_MAX && units2 >= -INDICATOR_UNITS_MAX; }

struct indicator_bar indicator_bar_of(const struct instrument *instrument, const struct oc_event *event)
{
    struct indicator_bar now = {.instrument = instrument};
    if (event->type == OC_EV_BAR) {
        const struct oc_ev_bar *bar = (const struct oc_ev_bar *)(const void *)event;
        now.high2 = bar->high * 2, now.low2 = bar->low * 2, now.close2 = bar->close * 2;
        now.volume = bar->present & OC_HAS_VOLUME ? bar->volume : 0;
        now.open_ns = bar->open_ns;
    } else {
        const struct oc_ev_qbar *bar = (const struct oc_ev_qbar *)(const void *)event;
        now.high2 = qbar_middle2(bar, 1), now.low2 = qbar_middle2(bar, 2), now.close2 = qbar_middle2(bar, 3);
        now.open_ns = bar->open_ns;
    }
    now.is_sane = is_within(now.high2) && is_within(now.low2) && is_within(now.close2) && now.volume >= 0;
    return now;
}

/* Something was beyond the limits: from here on there is no value. */
static void take_none(struct indicator *indicator)
{
    indicator->is_over = true;
    indicator->count++;
    if (indicator->count < indicator->need)
        return;
    for (uint32_t i = 0; i < indicator->lines; i++)
        indicator->history[i * INDICATOR_HISTORY + indicator->ready % INDICATOR_HISTORY] = (double)NAN;
    indicator->ready++;
}

void indicator_take(struct indicator *indicator, const struct indicator_bar *bar)
{
    if (__builtin_expect(bar->is_sane && !indicator->is_over, 1))
        indicator->kind->take(indicator, bar);
    else
        take_none(indicator);
}

void indicator_take_other(struct indicator *indicator, const struct indicator_bar *bar)
{
    if (__builtin_expect(bar->is_sane && !indicator->is_over, 1))
        indicator->kind->take_other(indicator, bar);
    else
        take_none(indicator);
}

void indicator_rescale(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    if (indicator->kind->rescale)
        indicator->kind->rescale(indicator, instrument, rescale);
}

size_t indicator_text(const struct indicator *indicator, char *text, size_t size_max)
{
    struct text out;
    uint32_t count;
    const struct indicator_arg *args = indicator_args(indicator->shape.kind, &count);
    text_init_fixed(&out, text, size_max);
    text_format(&out, "%s(", indicator->kind->name);
    for (uint32_t i = 0; i < count; i++) {
        const double value = indicator->shape.args[i];
        if (args[i].is_whole)
            text_format(&out, "%s%u", i ? ", " : "", (unsigned)value);
        else
            text_format(&out, "%s%g", i ? ", " : "", value);
    }
    text_put(&out, ")");
    return out.size;
}

/* The head of a saved indicator: what must agree, and what is not in the block. */
struct saved_indicator {
    struct indicator_shape shape;
    uint64_t count;
    uint64_t ready;
    uint32_t frame;
    uint32_t other;
    uint64_t is_over;
};

size_t indicator_state_size(const struct indicator *indicator)
{
    return sizeof(struct saved_indicator) + indicator->size;
}

void indicator_save(const struct indicator *indicator, char *bytes)
{
    const struct saved_indicator saved = {indicator->shape, indicator->count, indicator->ready,
                                          indicator->frame, indicator->other, indicator->is_over};
    memcpy(bytes, &saved, sizeof saved);
    memcpy(bytes + sizeof saved, indicator->history, indicator->size);
}

oc_rc indicator_load(struct indicator *indicator, const char *bytes, size_t size)
{
    struct saved_indicator saved;
    if (size != indicator_state_size(indicator))
        return OC_E_DATA;
    memcpy(&saved, bytes, sizeof saved);
    if (!is_like(&saved.shape, &indicator->shape) || saved.frame != indicator->frame || saved.other != indicator->other)
        return OC_E_DATA;
    indicator->count = saved.count;
    indicator->ready = saved.ready;
    indicator->is_over = saved.is_over != 0;
    memcpy(indicator->history, bytes + sizeof saved, indicator->size);
    return OC_OK;
}
