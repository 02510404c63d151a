/* strategy_bars.c: closed bars on their way to frames and indicators. */
#include "base/env.h"
#include "base/text.h"
#include "script/strategy_impl.h"

int64_t strategy_own_period(const struct strategy *strategy)
{
    return strategy->period_ns ? strategy->period_ns : strategy->config.data_period_ns;
}

uint32_t strategy_frame_periods(const struct market_handle *market, int64_t periods_ns[FRAMES_MAX])
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < market->frame_count; i++)
        if (market->frames[i]->spec.kind == FRAME_TIME && market->frames[i]->spec.period_ns)
            periods_ns[count++] = market->frames[i]->spec.period_ns;
    return count;
}

bool strategy_is_warm(struct strategy *strategy, const struct market_handle *market)
{
    uint64_t missing = 0;
    for (uint32_t i = 0; i < market->indicator_count; i++) {
        const struct indicator *indicator = strategy->indicators[market->indicator_first + i];
        const struct frame_spec *spec = indicator->frame ? &market->frames[indicator->frame - 1]->spec : NULL;
        uint64_t lacks = indicator_missing(indicator);
        if (lacks && spec && spec->period_ns && strategy_own_period(strategy)) /* told in the strategy's own bars */
            lacks *= (uint64_t)(spec->period_ns / strategy_own_period(strategy));
        missing = lacks > missing ? lacks : missing;
    }
    if (missing > strategy->missing)
        strategy->missing = missing < UINT32_MAX ? (uint32_t)missing : UINT32_MAX;
    return missing == 0;
}

struct feed {
    struct strategy *strategy;
    struct market_handle *market;
    uint32_t frame;
};

static void feed_indicators(void *arg, struct bar_frame *frame, const struct indicator_bar *bar)
{
    const struct feed *feed = arg;
    for (uint32_t i = 0; i < feed->market->indicator_count; i++) {
        struct indicator *indicator = feed->strategy->indicators[feed->market->indicator_first + i];
        if (indicator->frame != feed->frame)
            continue;
        if (frame && frame->spec.kind != FRAME_TIME && indicator->count == 0) /* now its steps are known */
            indicator_begin(indicator, bar->instrument);
        indicator_take(indicator, bar);
    }
}

/* Pairs of other markets look at this one's own bars. */
static void feed_pairs(const struct strategy *strategy, const struct market_handle *market,
                       const struct indicator_bar *bar)
{
    for (uint32_t i = 0; i < strategy->indicator_count; i++) {
        struct indicator *indicator = strategy->indicators[i];
        if (indicator_is_pair(indicator) && indicator->other == market->index)
            indicator_take_other(indicator, bar);
    }
}

static oc_rc frame_failed(struct strategy *strategy, const struct bar_frame *frame, const char *why)
{
    struct text text;
    if (!strategy->has_error) {
        strategy->has_error = true;
        if (!strategy->error)
            strategy->error = env_alloc(sizeof *strategy->error);
        if (strategy->error) {
            *strategy->error = (struct sandbox_error){.kind = SANDBOX_ERROR_RUNTIME};
            text_init_fixed(&text, strategy->error->message, sizeof strategy->error->message);
            text_format(&text, "m:bars { kind = \"%s\" }: %s", frame_kind_name(frame->spec.kind), why);
        }
    }
    return OC_E_LIMIT;
}

static oc_rc feed_frames(struct strategy *strategy, struct market_handle *market, const struct oc_event *bar,
                         bool *ret_is_own)
{
    struct feed feed = {strategy, market, 0};
    const int64_t period_ns = ((const struct oc_ev_bar *)(const void *)bar)->period_ns; /* same place in a quote bar */
    const char *why;
    oc_rc rc = OC_OK;
    *ret_is_own = true;
    for (uint32_t i = 0; i < market->frame_count; i++) {
        struct bar_frame *frame = market->frames[i];
        if (frame->spec.kind != FRAME_TIME || frame->spec.period_ns != period_ns || !frame->spec.period_ns)
            continue;
        feed.frame = i + 1;
        *ret_is_own = false;
        frame_take(frame, market->instrument, bar, feed_indicators, &feed);
        return OC_OK;
    }
    for (uint32_t i = 0; i < market->frame_count; i++) {
        struct bar_frame *frame = market->frames[i];
        feed.frame = i + 1;
        if (frame->spec.kind == FRAME_TIME) {
            if (!frame->spec.period_ns)
                frame_take(frame, market->instrument, bar, feed_indicators, &feed);
        } else if (!frame_make(frame, market->instrument, bar, feed_indicators, &feed, &why)) {
            rc = frame_failed(strategy, frame, why);
        }
    }
    return rc;
}

oc_rc strategy_feed(struct strategy *strategy, struct market_handle *market, const struct oc_event *bar,
                    bool *ret_is_own)
{
    oc_rc rc = OC_OK;
    *ret_is_own = true;
    if (__builtin_expect(market->frame_count != 0, 0)) {
        rc = feed_frames(strategy, market, bar, ret_is_own);
        if (!*ret_is_own)
            return rc;
    }
    if (!market->indicator_count && !strategy->pair_count)
        return rc;
    const struct indicator_bar own = indicator_bar_of(market->instrument, bar);
    struct feed feed = {strategy, market, 0};
    feed_indicators(&feed, NULL, &own);
    if (__builtin_expect(strategy->pair_count != 0, 0))
        feed_pairs(strategy, market, &own);
    return rc;
}

void strategy_rescale(struct strategy *strategy, struct market_handle *market, struct rescale *rescale)
{
    for (uint32_t i = 0; i < market->indicator_count; i++) {
        struct indicator *indicator = strategy->indicators[market->indicator_first + i];
        struct bar_frame *frame = indicator->frame ? market->frames[indicator->frame - 1] : NULL;
        if (!frame || frame->spec.kind == FRAME_TIME) {
            indicator_rescale(indicator, market->instrument, rescale);
        } else if (indicator->count) { /* its prices have steps of their own */
            struct rescale volume = *rescale;
            volume.price = (struct rescale_ratio){1, 1};
            frame->grid.qty_num = market->instrument->qty_num;
            frame->grid.qty_den = market->instrument->qty_den;
            indicator_rescale(indicator, &frame->grid, &volume);
            rescale->overflows = rescale->overflows || volume.overflows;
        }
    }
}
