/* indicators.h: averages, ranges, strengths, volumes and spreads, fed by closed bars.
 *
 * Invariants
 * - A value exists only after enough bars; before that there is none, never 0. One that is not defined (a division by 0) is NaN here
 *   and nil in Lua.
 * - Sums over a window are sums of integer price units, divided once: they do not drift, and equal windows give equal values. The rest
 *   uses + - * / and the square root on doubles, and is the same on every machine.
 * - The state is one block of bytes without pointers, so that saving it is copying it.
 * - A price beyond INDICATOR_UNITS_MAX half steps, or a volume below 0, ends the values of an indicator: they are not defined from then on.
 * - Conventions and sources stand beside each in indicator_*.c and in the reference. */
#ifndef SCRIPT_INDICATORS_H
#define SCRIPT_INDICATORS_H

#include <outcry/event.h>
#include <stdbool.h>

#include "base/checked.h"
#include "engine/instruments.h"
#include "engine/rescale.h"

enum {
    INDICATOR_NONE,
    INDICATOR_SMA,
    INDICATOR_EMA,
    INDICATOR_RSI,
    INDICATOR_ATR,
    INDICATOR_WMA,
    INDICATOR_HMA,
    INDICATOR_MACD,
    INDICATOR_BOLLINGER,
    INDICATOR_DONCHIAN,
    INDICATOR_KELTNER,
    INDICATOR_ADX,
    INDICATOR_STOCHASTIC,
    INDICATOR_CCI,
    INDICATOR_MFI,
    INDICATOR_OBV,
    INDICATOR_VWAP,
    INDICATOR_STDDEV,
    INDICATOR_ZSCORE,
    INDICATOR_SLOPE,
    INDICATOR_CORRELATION,
    INDICATOR_BETA,
    INDICATOR_SUPERTREND,
    INDICATOR_SAR,
    INDICATOR_PIVOTS,
    INDICATOR_KINDS /* one beyond the last */
};
enum {
    INDICATOR_LENGTH_MAX = 100000,
    INDICATOR_HISTORY = 16, /* a power of two */
    INDICATOR_LINES_MAX = 4,
    INDICATOR_ARGS_MAX = 3,
    INDICATOR_TEXT_MAX = 96
};
#define INDICATOR_UNITS_MAX ((int64_t)1 << 45)

struct indicator_arg { /* one number behind the name */
    const char *name;
    double min;
    double max;
    double usual; /* taken where it is left out; NaN: it must be given */
    bool is_whole;
};

/* What makes two indicators of a market the same. */
struct indicator_shape {
    uint32_t kind;
    uint32_t zero;
    double args[INDICATOR_ARGS_MAX];
    int64_t anchor_ns;  /* VWAP: counts bars that begin then or later; 0: none */
    int64_t session_ns; /* VWAP: begins anew at whole multiples of it; 0: never */
};

struct indicator_bar { /* a closed bar in twice the price units */
    const struct instrument *instrument;
    int64_t high2;
    int64_t low2;
    int64_t close2;
    int64_t volume; /* units; 0 where the data have none */
    int64_t open_ns;
    bool is_sane; /* within the limits above */
};

struct indicator {
    struct indicator_shape shape;
    const struct indicator_kind *kind; /* static */
    uint32_t lines;
    uint32_t need;         /* bars before the first value */
    uint32_t frame;        /* of its market: 0 are the strategy's own bars */
    uint32_t other;        /* of a pair: place of the other market */
    uint32_t first_handle; /* of its lines, as its owner numbers them */
    uint64_t count;        /* bars taken; of a pair: pairs */
    uint64_t ready;        /* values made */
    double
        *history; /* a ring a line, of INDICATOR_HISTORY; the newest at ready - 1. The beginning of the block; owned */
    void *state;  /* behind it */
    size_t size;  /* bytes of the block */
    bool is_over; /* something was beyond the limits */
};

/* Of the kind: its name in Lua, its numbers and the names of its lines. NULL: there is no such kind. Static. */
const char *indicator_name(uint32_t kind);
const struct indicator_arg *indicator_args(uint32_t kind, uint32_t *ret_count);
const char *indicator_line(uint32_t kind, uint32_t line);

/* OC_E_INVALID: an argument outside its range, or arguments that contradict each other. OC_E_NOMEM. */
CHECKED oc_rc indicator_init(struct indicator *indicator, const struct indicator_shape *shape,
                             const struct instrument *instrument);
void indicator_release(struct indicator *indicator);
/* Before its first bar: it counts in the steps of this one instead. */
void indicator_begin(struct indicator *indicator, const struct instrument *instrument);
/* The state of one of the same shape. False: it is another. */
bool indicator_copy(struct indicator *indicator, const struct indicator *from);
bool indicator_is_pair(const struct indicator *indicator);
bool indicator_is_like(const struct indicator *a, const struct indicator *b); /* frames and markets apart */

/* A bar or a quote bar (its middle counts), read once for all indicators of a market. */
struct indicator_bar indicator_bar_of(const struct instrument *instrument, const struct oc_event *event);
void indicator_take(struct indicator *indicator, const struct indicator_bar *bar);
/* Of a pair: a bar of the other market. What closed at one instant in both makes a pair, whichever comes first. */
void indicator_take_other(struct indicator *indicator, const struct indicator_bar *bar);
/* The instrument counts in other steps from now on. */
void indicator_rescale(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale);

/* The value of a line `back` bars ago, 0 the newest. False: there is none (yet), or it is older than INDICATOR_HISTORY. */
static inline bool indicator_get(const struct indicator *indicator, uint32_t line, uint32_t back, double *ret_value)
{
    if (back >= INDICATOR_HISTORY || back >= indicator->ready)
        return false;
    *ret_value = indicator->history[line * INDICATOR_HISTORY + (indicator->ready - 1 - back) % INDICATOR_HISTORY];
    return true;
}
/* Bars still missing for the first value. */
static inline uint32_t indicator_missing(const struct indicator *indicator)
{
    return indicator->count >= indicator->need ? 0 : indicator->need - (uint32_t)indicator->count;
}
/* "macd(12, 26, 9)". Returns the length. */
size_t indicator_text(const struct indicator *indicator, char *text, size_t size_max);

/* State as bytes, for checkpoints: size needed, writing, reading (OC_E_DATA: of another indicator). */
size_t indicator_state_size(const struct indicator *indicator);
void indicator_save(const struct indicator *indicator, char *bytes);
CHECKED oc_rc indicator_load(struct indicator *indicator, const char *bytes, size_t size);

#endif
