/* indicator_volume.c: MFI, OBV, VWAP. A bar without a volume counts as one with volume 0. */
#include "script/indicator_impl.h"

/* Six times the typical price, (high + low + close) / 3, in units. */
static int64_t typical6(const struct indicator_bar *bar) { return bar->high2 + bar->low2 + bar->close2; }

/* MFI (Quong and Soudack 1989): share of the money that flowed while the typical price rose, of the last n bars; the flow of a bar is typical
 * price times volume, and none where the typical price stands still. 50 while nothing flows. */
struct mfi {
    oc_i128 gain;
    oc_i128 loss;
    int64_t previous;
    uint32_t at;
    uint32_t length;
    oc_i128 ring[]; /* above 0: gained */
};

static size_t measure_mfi(const struct indicator_shape *shape, uint32_t *ret_need)
{
    *ret_need = arg_whole(shape, 0) + 1;
    return sizeof(struct mfi) + arg_whole(shape, 0) * sizeof(oc_i128);
}

static void begin_mfi(struct indicator *indicator, const struct instrument *instrument)
{
    struct mfi *mfi = indicator->state;
    (void)instrument;
    mfi->length = arg_whole(&indicator->shape, 0);
}

static void mfi_count(struct mfi *mfi, oc_i128 flow, int sign)
{
    if (flow > 0)
        mfi->gain += sign * flow;
    else
        mfi->loss -= sign * flow;
}

static void take_mfi(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct mfi *mfi = indicator->state;
    const int64_t now = typical6(bar), previous = mfi->previous;
    mfi->previous = now;
    if (indicator->count++ == 0)
        return;
    const int64_t size = now < 0 ? -now : now;
    const oc_i128 flow = (oc_i128)(now > previous ? size : now < previous ? -size : 0) * bar->volume;
    mfi_count(mfi, mfi->ring[mfi->at], -1);
    mfi_count(mfi, flow, 1);
    mfi->ring[mfi->at] = flow;
    mfi->at = ring_next(mfi->at, mfi->length);
    if (indicator->count < indicator->need)
        return;
    const oc_i128 both = mfi->gain + mfi->loss;
    push(indicator, both ? 100.0 * wide_to_double(mfi->gain) / wide_to_double(both) : 50.0);
}

static void rescale_mfi(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    struct mfi *mfi = indicator->state;
    (void)instrument;
    mfi->gain = mfi->loss = 0;
    rescale_mark2(rescale, &mfi->previous);
    for (uint32_t i = 0; i < mfi->length; i++) {
        rescale_product(rescale, &mfi->ring[i]);
        mfi_count(mfi, mfi->ring[i], 1);
    }
}

enum { MFI_LENGTH_MAX = 10000 };

const struct indicator_kind indicator_mfi = {.name = "mfi",
                                             .lines = {"value"},
                                             .args = {ARG_LENGTH(1, MFI_LENGTH_MAX, NAN)},
                                             .measure = measure_mfi,
                                             .begin = begin_mfi,
                                             .take = take_mfi,
                                             .rescale = rescale_mfi};

/* OBV (Granville 1963): volumes of bars that closed higher less those that closed lower; 0 at the first bar. */
struct obv {
    int64_t total;
    int64_t previous;
};

static size_t measure_obv(const struct indicator_shape *shape, uint32_t *ret_need)
{
    (void)shape;
    *ret_need = 1;
    return sizeof(struct obv);
}

static void begin_obv(struct indicator *indicator, const struct instrument *instrument)
{
    (void)indicator;
    (void)instrument;
}

static void take_obv(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct obv *obv = indicator->state;
    if (indicator->count++ > 0) {
        const int64_t volume = bar->close2 > obv->previous   ? bar->volume
                               : bar->close2 < obv->previous ? -bar->volume
                                                             : 0;
        indicator->is_over = __builtin_add_overflow(obv->total, volume, &obv->total);
    }
    obv->previous = bar->close2;
    push(indicator, (double)obv->total * (double)bar->instrument->qty_num / (double)bar->instrument->qty_den);
}

static void rescale_obv(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale)
{
    struct obv *obv = indicator->state;
    (void)instrument;
    rescale_mark2(rescale, &obv->previous);
    rescale_qty(rescale, &obv->total);
}

const struct indicator_kind indicator_obv = {.name = "obv",
                                             .lines = {"value"},
                                             .measure = measure_obv,
                                             .begin = begin_obv,
                                             .take = take_obv,
                                             .rescale = rescale_obv};

/* VWAP: typical price, weighted with the volume, since the session or the anchor began. A bar belongs where it opened. Not defined while
 * no volume was seen. */
struct vwap {
    double money;
    double volume;
    int64_t session; /* number of the one that is counted */
};

static size_t measure_vwap(const struct indicator_shape *shape, uint32_t *ret_need)
{
    (void)shape;
    *ret_need = 1;
    return sizeof(struct vwap);
}

static int64_t floor_of(int64_t at_ns, int64_t period_ns) { return at_ns / period_ns - (at_ns % period_ns < 0); }

static void take_vwap(struct indicator *indicator, const struct indicator_bar *bar)
{
    struct vwap *vwap = indicator->state;
    indicator->count++;
    if (bar->open_ns < indicator->shape.anchor_ns) {
        push(indicator, (double)NAN);
        return;
    }
    const int64_t session = indicator->shape.session_ns ? floor_of(bar->open_ns, indicator->shape.session_ns) : 0;
    if (session != vwap->session) /* of the first there is nothing to forget */
        *vwap = (struct vwap){.session = session};
    const double volume = instrument_qty(bar->instrument, bar->volume);
    vwap->money += instrument_price(bar->instrument, typical6(bar)) / 6.0 * volume;
    vwap->volume += volume;
    push(indicator, vwap->volume > 0 ? vwap->money / vwap->volume : (double)NAN);
}

const struct indicator_kind indicator_vwap = {
    .name = "vwap", .lines = {"value"}, .measure = measure_vwap, .begin = begin_obv, .take = take_vwap};
