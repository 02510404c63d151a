/* instrument.h: the full record of something that can be traded, one version of it.
 *
 * Invariants
 * - A venue that changes price_step or qty_step causes version n+1; events name index and version, and are read with the steps of
 *   the version that they name. At that sequence the engine turns prices, open orders and positions into units of n+1. What does not
 *   lie on the new grid becomes the nearest price, or the quantity below, and an alarm says so; money is never rounded by it.
 * - Other members change in the version that is in force. Kind, currencies and contract size never do: that is another instrument.
 * - price_step and qty_step are positive; units of prices and quantities count these steps.
 * - Zero in an optional member means "not given"; `present` says so for what may be zero.
 * - What a venue checks before it takes an order stands here as data. Before a byte is sent the host checks status, kinds, the sign,
 *   bounds and steps of prices, quantities and notional, bands (by the last trade, where the venue takes an average), iceberg and trail,
 *   how many orders the account has open, and max_position. Margins are the venue's to refuse. */
#ifndef OUTCRY_INSTRUMENT_H
#define OUTCRY_INSTRUMENT_H

#include <outcry/event.h>

#define OC_SYMBOL_MAX 48
#define OC_VENUE_MAX  24
#define OC_ASSET_MAX  16

enum {
    OC_KIND_NONE = 0,
    OC_KIND_SPOT = 1,
    OC_KIND_LINEAR = 2,
    OC_KIND_INVERSE = 3,
    OC_KIND_QUANTO = 4,
    OC_KIND_COMBO = 5, /* legs are instruments of their own */
    OC_KIND_INDEX = 6  /* seen, never traded */
};
enum { OC_RIGHT_NONE = 0, OC_RIGHT_CALL = 1, OC_RIGHT_PUT = 2 };
enum {
    OC_STATUS_NONE = 0,
    OC_STATUS_TRADING = 1,
    OC_STATUS_HALTED = 2,
    OC_STATUS_CANCEL_ONLY = 3,
    OC_STATUS_DELISTED = 4,
    OC_STATUS_POST_ONLY = 5,
    OC_STATUS_LIMIT_ONLY = 6,
    OC_STATUS_REDUCE_ONLY = 7,
    OC_STATUS_AUCTION = 8,
    OC_STATUS_NOT_YET = 9
};

enum { /* oc_instrument.present */
       OC_INST_HAS_MIN_QTY = 1u << 0,
       OC_INST_HAS_MAX_QTY = 1u << 1,
       OC_INST_HAS_MIN_NOTIONAL = 1u << 2,
       OC_INST_HAS_MAX_NOTIONAL = 1u << 3,
       OC_INST_HAS_STRIKE = 1u << 4,
       OC_INST_HAS_EXPIRY = 1u << 5,
       OC_INST_HAS_TICK_TABLE = 1u << 6,
       OC_INST_HAS_PRICE_SIGN = 1u << 7, /* prices may be zero or negative */
       OC_INST_HAS_MIN_PRICE = 1u << 8,
       OC_INST_HAS_MAX_PRICE = 1u << 9,
       OC_INST_HAS_MARKET_MIN_QTY = 1u << 10,
       OC_INST_HAS_MARKET_MAX_QTY = 1u << 11,
       OC_INST_HAS_MARKET_STEP = 1u << 12,
       OC_INST_HAS_BUY_BAND = 1u << 13,
       OC_INST_HAS_SELL_BAND = 1u << 14,
       OC_INST_HAS_MAX_POSITION = 1u << 15,
       OC_INST_HAS_QUOTE_STEP = 1u << 16,
       OC_INST_HAS_TRAIL = 1u << 17,
       OC_INST_HAS_ORDERS = 1u << 18 /* `orders` and `tifs` narrow the description's matrix */
};

enum {                                       /* oc_instrument.rules */
       OC_INST_NOTIONAL_OF_MARKET = 1u << 0, /* the minimum notional holds for market orders too */
       OC_INST_MAX_NOTIONAL_OF_MARKET = 1u << 1,
       OC_INST_NO_QUOTE_QTY = 1u << 2,
       OC_INST_NO_ICEBERG = 1u << 3,
       OC_INST_NO_OCO = 1u << 4,
       OC_INST_NO_TRAIL = 1u << 5,
       OC_INST_NO_AMEND = 1u << 6,
       OC_INST_QTY_IS_CONTRACTS = 1u << 7,
       OC_INST_PRICE_FROM_MIN = 1u << 8 /* the price grid begins at min_price, not at zero */
};

#define OC_TICKS_MAX 8

struct oc_tick_row { /* frozen. From this price on (units), prices are multiples of `step` units */
    int64_t from;
    int64_t step;
};

struct oc_instrument {
    uint32_t size;
    uint32_t inst; /* OC_INST(index, version), given by the host; 0 from a connector */
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
    uint32_t tick_count;
    struct oc_tick_row ticks[OC_TICKS_MAX];
    char venue[OC_VENUE_MAX];
    char symbol[OC_SYMBOL_MAX];       /* unified: BTC/USDT, BTC/USDT:USDT */
    char venue_symbol[OC_SYMBOL_MAX]; /* as it stands in the venue's frames: BTCUSDT, BTC-USD, EUR_USD */
    uint64_t venue_number;            /* conid, token, clobPairId; 0 none */
    uint32_t price_digits;            /* decimals that the venue prints (checksums are made of them) */
    uint32_t qty_digits;
    uint64_t orders; /* bit n: OC_ORDER_ type n is taken */
    uint32_t tifs;   /* bit n: OC_TIF_ n */
    uint32_t rules;  /* OC_INST_NO_... */
    int64_t min_price;
    int64_t max_price;
    int64_t market_min_qty; /* units; market orders */
    int64_t market_max_qty;
    int64_t market_step; /* quantity units per step of a market order */
    int64_t max_position;
    struct oc_dec quote_step;   /* grid of quote_qty */
    struct oc_dec buy_band_low; /* part of the reference price between which a buy is taken */
    struct oc_dec buy_band_high;
    struct oc_dec sell_band_low;
    struct oc_dec sell_band_high;
    int64_t band_ns; /* the reference is the average of so long; 0: the last price */
    uint32_t trail_min_ppm;
    uint32_t trail_max_ppm;
    uint32_t max_orders; /* open at once; 0 not said */
    uint32_t max_stop_orders;
    uint32_t iceberg_parts; /* at most so many; 0 not said */
    uint32_t zero;
    struct oc_dec margin_initial; /* part of 1 */
    struct oc_dec margin_maintenance;
    struct oc_dec maker_fee;
    struct oc_dec taker_fee;
    int64_t listed_ns;
    int64_t funding_ns; /* between two charges */
    uint32_t
        max_icebergs; /* open at once; 0 not said, as of the next three, which count all instruments of an account */
    uint32_t max_orders_of_account;
    uint32_t max_stop_orders_of_account;
    uint32_t max_icebergs_of_account;
};

struct oc_ev_instrument {
    struct oc_event head; /* head.inst: the host's, 0 from a connector */
    uint64_t token;       /* of the fetch that asked; 0: a stream said it */
    struct oc_instrument
        info; /* last: it grows. Known again by its symbol; `venue` is the host's to say, and a spot symbol that is
                                * left out becomes BASE/QUOTE. What is as it was is passed over */
};

#endif
