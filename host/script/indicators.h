/* indicators.h: SMA, EMA, RSI and ATR, fed by closed bars.
 *
 * Invariants
 * - A value exists only after enough bars; before that there is none, never 0.
 * - SMA is the sum of integer price units divided once, so equal averages compare equal. The others use + - * / on
 *   doubles only and are the same on every machine.
 * - Sources: EMA: alpha = 2 / (n + 1), seeded with the mean of the first n. RSI and ATR: Wilder 1978, seeded with the mean
 *   of the first n changes or true ranges (formula sheet, SIZE-7). */
#ifndef SCRIPT_INDICATORS_H
#define SCRIPT_INDICATORS_H

#include <outcry/event.h>
#include <stdbool.h>

#include "base/checked.h"
#include "engine/instruments.h"
#include "engine/rescale.h"

enum { INDICATOR_NONE, INDICATOR_SMA, INDICATOR_EMA, INDICATOR_RSI, INDICATOR_ATR };
enum { INDICATOR_LENGTH_MAX = 100000, INDICATOR_HISTORY = 16 };

struct indicator {
    uint32_t kind;
    uint32_t length;
    uint64_t count;                    /* bars taken */
    int64_t sum;                       /* SMA: of twice the price units */
    double value_a;                    /* EMA: value; RSI: average gain; ATR: value */
    double value_b;                    /* RSI: average loss */
    double previous;                   /* RSI, ATR: last close */
    double scale;                      /* SMA: divisor that makes the sum a price */
    uint64_t ready;                    /* values made */
    double history[INDICATOR_HISTORY]; /* ring; the newest at ready - 1 */
    int64_t *ring;                     /* SMA: last `length` of twice the price units; owned */
};

/* OC_E_INVALID: length outside 1..INDICATOR_LENGTH_MAX. OC_E_NOMEM. */
CHECKED oc_rc indicator_init(struct indicator *indicator, uint32_t kind, uint32_t length,
                             const struct instrument *instrument);
void indicator_release(struct indicator *indicator);
/* A closed bar or quote bar (its middle counts). */
void indicator_add(struct indicator *indicator, const struct instrument *instrument, const struct oc_event *bar);
/* The instrument counts in other steps from now on. */
void indicator_rescale(struct indicator *indicator, const struct instrument *instrument, struct rescale *rescale);
/* The value `back` bars ago, 0 the newest. False: there is none (yet), or it is older than INDICATOR_HISTORY. */
static inline bool indicator_get(const struct indicator *indicator, uint32_t back, double *ret_value)
{
    if (back >= INDICATOR_HISTORY || back >= indicator->ready)
        return false;
    *ret_value = indicator->history[(indicator->ready - 1 - back) % INDICATOR_HISTORY];
    return true;
}
/* Bars still missing for the first value. */
uint32_t indicator_missing(const struct indicator *indicator);
const char *indicator_name(uint32_t kind);

/* State as bytes, for checkpoints: size needed, writing, reading (OC_E_DATA: of another indicator). */
size_t indicator_state_size(const struct indicator *indicator);
void indicator_save(const struct indicator *indicator, char *bytes);
CHECKED oc_rc indicator_load(struct indicator *indicator, const char *bytes, size_t size);

#endif
