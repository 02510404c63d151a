/* instrument.h: the full record of something that can be traded, one version of it.
 *
 * Invariants
 * - A venue that changes a step causes version n+1; events name index and version.
 * - price_step and qty_step are positive; units of prices and quantities count these steps.
 * - Steps are decimals: units * 10^-scale.
 * - Zero in an optional member means "not given"; `present` says so for prices. */
#ifndef OUTCRY_INSTRUMENT_H
#define OUTCRY_INSTRUMENT_H

#include <outcry/event.h>

#define OC_SYMBOL_MAX 48
#define OC_VENUE_MAX  24
#define OC_ASSET_MAX  16

enum { OC_KIND_NONE = 0, OC_KIND_SPOT = 1, OC_KIND_LINEAR = 2, OC_KIND_INVERSE = 3, OC_KIND_QUANTO = 4 };
enum { OC_RIGHT_NONE = 0, OC_RIGHT_CALL = 1, OC_RIGHT_PUT = 2 };
enum {
    OC_STATUS_NONE = 0,
    OC_STATUS_TRADING = 1,
    OC_STATUS_HALTED = 2,
    OC_STATUS_CANCEL_ONLY = 3,
    OC_STATUS_DELISTED = 4
};

enum { /* oc_instrument.present */
       OC_INST_HAS_MIN_QTY = 1u << 0,
       OC_INST_HAS_MAX_QTY = 1u << 1,
       OC_INST_HAS_MIN_NOTIONAL = 1u << 2,
       OC_INST_HAS_MAX_NOTIONAL = 1u << 3,
       OC_INST_HAS_STRIKE = 1u << 4,
       OC_INST_HAS_EXPIRY = 1u << 5,
       OC_INST_HAS_TICK_TABLE = 1u << 6,
       OC_INST_HAS_PRICE_SIGN = 1u << 7 /* prices may be zero or negative */
};

#define OC_TICKS_MAX 8

struct oc_tick_row { /* from this price on (units), prices are multiples of `step` units */
    int64_t from;
    int64_t step;
};

struct oc_instrument {
    uint32_t size;
    uint32_t inst; /* OC_INST(index, version), given by the host */
    uint32_t present;
    uint32_t kind;
    uint32_t status;
    uint32_t base; /* interned assets */
    uint32_t quote;
    uint32_t settle;
    struct oc_dec price_step;
    struct oc_dec qty_step;
    struct oc_dec contract_size; /* base per contract (linear) or quote per contract (inverse); 1 for spot */
    int64_t min_qty;             /* units */
    int64_t max_qty;
    struct oc_dec min_notional;
    struct oc_dec max_notional;
    struct oc_dec strike;
    int64_t expiry_ns;
    uint32_t right;
    uint32_t underlying; /* instrument, 0 none */
    uint32_t margin_ref; /* interned text references, 0 none */
    uint32_t funding_ref;
    uint32_t calendar_ref;
    uint32_t tick_count;
    struct oc_tick_row ticks[OC_TICKS_MAX];
    char venue[OC_VENUE_MAX];
    char symbol[OC_SYMBOL_MAX]; /* unified: BTC/USDT, BTC/USDT:USDT */
};

#endif
