/* rates.h: conversion between assets through spot prices, by the fewest hops (formula sheet 5.3, PNL-4).
 *
 * Invariants: a path is found once and kept until an instrument is added or has its first price, or a venue is reached that was not,
 * or the other way round: so it follows from what there is, in a session that goes on as in one that never stopped. At most
 * RATE_HOPS_MAX hops. Markets of venues that are not reached are gone by only where no others lead there: their prices grow old. The
 * middle values, the far side (sell at bid, buy at ask) liquidates; without a quote both are the last price.
 * What is only shown (RATE_SHOWN) goes by the middle too, and where no spot prices lead there by those of linear contracts on one of the base
 * that are quoted in what they settle in, such as EUR/USD:USD at a broker. Nothing is booked or judged by it. */
#ifndef ENGINE_RATES_H
#define ENGINE_RATES_H

#include "base/checked.h"
#include "engine/instruments.h"
#include "engine/market.h"

enum { RATE_HOPS_MAX = 4, RATE_PATHS = 64 };

struct rate_path {
    uint32_t from;
    uint32_t to;
    uint32_t instrument_count; /* when found */
    uint64_t change;           /* of rates, when found */
    uint32_t hops;             /* 0: none was found */
    uint32_t is_shown;         /* 1: RATE_SHOWN */
    uint32_t zero;
    uint32_t inst[RATE_HOPS_MAX];
    uint32_t sells[RATE_HOPS_MAX]; /* 1: base to quote */
};

struct rates {
    const struct instruments *instruments;
    struct markets *markets;
    /* Whether a venue is reached; NULL: all are. */
    bool (*is_reached)(const void *self, const char *venue);
    const void *self;
    uint64_t change;                    /* one more whenever that, or which markets have a price, says something else */
    struct rate_path paths[RATE_PATHS]; /* direct-mapped */
};

void rates_init(struct rates *rates, const struct instruments *instruments, struct markets *markets);
/* side: RATE_MIDDLE, RATE_FAR or RATE_SHOWN (portfolio.h). OC_E_NOT_FOUND: no priced chain. */
CHECKED oc_rc rates_convert(struct rates *rates, oc_i128 money, uint32_t from, uint32_t to, int side,
                            oc_i128 *ret_money);

/* By which markets that is. NULL: none is needed, or there is no priced chain. Borrowed until the next call. */
const struct rate_path *rates_path(struct rates *rates, uint32_t from, uint32_t to, int side);

/* Whether a chain of spot instruments leads from one to the other, priced or not yet. */
bool rates_lead(const struct rates *rates, uint32_t from, uint32_t to);
/* The index of the instrument whose spot price alone leads from one to the other; 0: none, or a longer way. */
uint32_t rates_direct(struct rates *rates, uint32_t from, uint32_t to);

#endif
