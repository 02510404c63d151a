/* instruments.h: assets, instruments and their versions, by small integer ids; what the hot path needs is precomputed.
 *
 * Invariants
 * - Ids are given in order of first mention and never reused; asset 0 and instrument index 0 are "none".
 * - price = units * price_step; quantity = units * qty_step. `money_mul` turns price units x quantity units into
 *   money (scale MONEY_SCALE) exactly: an instrument for which that is not exact is refused.
 * - Other steps make a new version, which keeps the index; the steps of older versions stay known. What else a venue changes
 *   (status, limits, fees) changes in the version that is in force. Kind, currencies and contract size never change: what has
 *   others is another instrument, and needs a symbol of its own.
 * - Records do not move: a pointer to one holds for the life of the table, and shows the newest version.
 * - By symbol an instrument is found in constant time. A symbol that several venues have means the first that was added. */
#ifndef ENGINE_INSTRUMENTS_H
#define ENGINE_INSTRUMENTS_H

#include <outcry/instrument.h>
#include <stdbool.h>

#include "base/checked.h"
#include "base/money.h"

struct instrument {
    struct oc_instrument info;
    int64_t price_num; /* price as double = units * price_num / price_den, both below 2^53 */
    int64_t price_den;
    int64_t qty_num;
    int64_t qty_den;
    uint32_t index;
    oc_i128 money_mul; /* money units (1e-20) per price unit x qty unit (spot, linear) */
};

struct instrument_steps {
    struct oc_dec price;
    struct oc_dec qty;
};

enum instrument_change {
    INSTRUMENT_SAME = 0,  /* as it is known */
    INSTRUMENT_TERMS = 1, /* the version in force, with other terms */
    INSTRUMENT_STEPS = 2, /* its next version */
    INSTRUMENT_NEW = 3
};

struct instruments;

CHECKED oc_rc instruments_new(struct instruments **ret_instruments);
void instruments_free(struct instruments *instruments);

/* Interns an asset name (1..15 characters A-Z a-z 0-9 . _ -). */
CHECKED oc_rc instruments_asset(struct instruments *instruments, const char *name, uint32_t *ret_asset);
/* Static for the life of the table; "" for 0 or an unknown id. */
const char *instruments_asset_name(const struct instruments *instruments, uint32_t asset);
uint32_t instruments_asset_count(const struct instruments *instruments);

/* This name has this number from now on, as records say. OC_E_DATA: the name or the number is another's. OC_E_INVALID, OC_E_LIMIT. */
CHECKED oc_rc instruments_put_asset(struct instruments *instruments, uint32_t asset, const char *name);

/* Names that a connector gave at run time must stand in the records before what is said of them: the next one that does not; 0: all
 * do. From instruments_asset_recorded on it does, and what was put by number does; given: all that are there do, by the
 * configuration. */
uint32_t instruments_asset_to_record(const struct instruments *instruments);
bool instruments_asset_is_recorded(const struct instruments *instruments, uint32_t asset);
void instruments_asset_recorded(struct instruments *instruments, uint32_t asset);
void instruments_assets_given(struct instruments *instruments);

/* Adds an instrument, or changes the one with the same venue and symbol; info->inst is given here. OC_E_INVALID: a step is not
 * positive, kind unknown, symbol empty; OC_E_RANGE: money would not be exact; OC_E_NOT_SUPPORTED: another kind, currency or contract
 * size than before; OC_E_LIMIT, OC_E_NOMEM. */
CHECKED oc_rc instruments_add(struct instruments *instruments, const struct oc_instrument *info, uint32_t *ret_inst);
/* What adding it would do, and the id that it would have, and nothing is done. The same codes. */
CHECKED oc_rc instruments_judge(const struct instruments *instruments, const struct oc_instrument *info,
                                enum instrument_change *ret_change, uint32_t *ret_inst);
/* A checkpoint's: this record under its id, which is the next one or is known by the same name; and an older version of it, the oldest
 * first, behind instruments_forget_past. OC_E_DATA: something else stands there. */
CHECKED oc_rc instruments_put(struct instruments *instruments, const struct oc_instrument *info);
void instruments_forget_past(struct instruments *instruments);
CHECKED oc_rc instruments_put_past(struct instruments *instruments, uint32_t inst,
                                   const struct instrument_steps *steps);
/* The i-th older version of any instrument, the oldest first. False: there are no more. */
bool instruments_past(const struct instruments *instruments, uint32_t i, uint32_t *ret_inst,
                      struct instrument_steps *ret_steps);
/* By id (its index decides; the newest version). NULL if there is none. Borrowed for the life of the table. */
const struct instrument *instruments_get(const struct instruments *instruments, uint32_t inst);
/* The steps of the version that an id names. False: there was none. */
bool instruments_steps(const struct instruments *instruments, uint32_t inst, struct instrument_steps *ret_steps);
/* Whether some instrument has had other steps. */
bool instruments_have_changed(const struct instruments *instruments);
uint32_t instruments_count(const struct instruments *instruments);
const struct instrument *instruments_at(const struct instruments *instruments, uint32_t index);
/* The instruments whose base an asset is, one before the other: of NULL the last that came. NULL: there are no more. */
const struct instrument *instruments_of_base(const struct instruments *instruments, uint32_t asset,
                                             const struct instrument *before);
/* By symbol "BTC/USDT" or "venue:BTC/USDT". 0 if there is none. */
uint32_t instruments_find(const struct instruments *instruments, const char *symbol);
/* As people call it: by its symbol, with the venue before it where several have it. Borrowed for the life of the table. "": NULL. */
const char *instruments_name(const struct instruments *instruments, const struct instrument *instrument);
/* Whether several venues have this symbol, written without one. */
bool instruments_is_ambiguous(const struct instruments *instruments, const char *symbol);

/* Money of the base asset that one step of quantity is. Steps of an instrument that was taken fit. */
static inline oc_i128 instrument_step_money(const struct instrument *instrument)
{
    const struct oc_dec *step = &instrument->info.qty_step;
    return (oc_i128)step->units * num_pow10_128(MONEY_SCALE - step->scale);
}

/* instrument_value() of an inverse one. */
CHECKED oc_rc instrument_value_inverse(const struct instrument *instrument, int64_t price, int64_t qty,
                                       oc_i128 *ret_money);
/* Value of qty at price in the settlement asset. Linear: price x qty x contract size. Inverse: contracts x size / price
 * (rounded half to even at 1e-20). OC_E_RANGE on overflow, OC_E_INVALID for an inverse price of 0. */
CHECKED static inline oc_rc instrument_value(const struct instrument *instrument, int64_t price, int64_t qty,
                                             oc_i128 *ret_money)
{
    if (__builtin_expect(instrument->info.kind == OC_KIND_INVERSE, 0))
        return instrument_value_inverse(instrument, price, qty, ret_money);
    return num_mul_128((oc_i128)price * qty, instrument->money_mul, ret_money);
}

/* Nearest double of the exact value. */
static inline double instrument_price(const struct instrument *instrument, int64_t units)
{
    return (double)(units * instrument->price_num) / (double)instrument->price_den;
}

static inline double instrument_qty(const struct instrument *instrument, int64_t units)
{
    return (double)(units * instrument->qty_num) / (double)instrument->qty_den;
}

/* units * step as an exact decimal. OC_E_RANGE if it does not fit. */
CHECKED oc_rc instrument_price_dec(const struct instrument *instrument, int64_t units, struct oc_dec *ret_dec);
CHECKED oc_rc instrument_qty_dec(const struct instrument *instrument, int64_t units, struct oc_dec *ret_dec);

enum { SNAP_NEAREST, SNAP_DOWN, SNAP_UP };

/* Number to grid units. Within a millionth of a step of a grid point it is that point; otherwise snapped as told.
 * *ret_exact tells whether the number was (within that tolerance) on the grid. OC_E_INVALID: NaN or infinite,
 * OC_E_RANGE: too large. */
CHECKED oc_rc instrument_price_snap(const struct instrument *instrument, double value, int direction,
                                    int64_t *ret_units, int *ret_exact);
CHECKED oc_rc instrument_qty_snap(const struct instrument *instrument, double value, int direction, int64_t *ret_units,
                                  int *ret_exact);
/* The same for an exact decimal. */
CHECKED oc_rc instrument_dec_units(struct oc_dec step, struct oc_dec value, int direction, int64_t *ret_units,
                                   int *ret_exact);

#endif
