/* rates.h: conversion between assets through spot prices, by the fewest hops (formula sheet 5.3, PNL-4).
 *
 * Invariants: a path is found once and kept until an instrument is added; at most RATE_HOPS_MAX hops. The middle values,
 * the far side (sell at bid, buy at ask) liquidates; without a quote both are the last price. */
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
    uint32_t hops;             /* 0: none was found */
    uint32_t inst[RATE_HOPS_MAX];
    uint32_t sells[RATE_HOPS_MAX]; /* 1: base to quote */
};

struct rates {
    const struct instruments *instruments;
    struct markets *markets;
    struct rate_path paths[RATE_PATHS]; /* direct-mapped */
};

void rates_init(struct rates *rates, const struct instruments *instruments, struct markets *markets);
/* side: RATE_MIDDLE or RATE_FAR (portfolio.h). OC_E_NOT_FOUND: no priced chain. */
CHECKED oc_rc rates_convert(struct rates *rates, oc_i128 money, uint32_t from, uint32_t to, int side,
                            oc_i128 *ret_money);

/* Whether a chain of spot instruments leads from one to the other, priced or not yet. */
bool rates_lead(const struct rates *rates, uint32_t from, uint32_t to);
/* The index of the instrument whose spot price alone leads from one to the other; 0: none, or a longer way. */
uint32_t rates_direct(struct rates *rates, uint32_t from, uint32_t to);

#endif
