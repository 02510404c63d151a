#include "engine/instruments.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "engine/limits.h"

enum {
    VERSIONS_MAX = 255,
    SLOTS = 2 * ENGINE_INSTRUMENTS_MAX,
    ASSET_SLOTS = 4 * ENGINE_ASSETS_MAX,
    FULL_MAX = OC_VENUE_MAX + OC_SYMBOL_MAX
};

struct past { /* a version that is no longer in force */
    struct instrument_steps steps;
    uint32_t inst;
    uint32_t older; /* of the same instrument: place + 1; 0 the first version */
};

struct instruments {
    char assets[ENGINE_ASSETS_MAX][OC_ASSET_MAX];
    uint16_t asset_slots[ASSET_SLOTS];   /* by name, open addressing: id; 0 free */
    bool is_recorded[ENGINE_ASSETS_MAX]; /* of an asset */
    uint32_t recorded_first;             /* all before it are */
    uint32_t asset_count;
    uint32_t count;
    uint32_t past_count, past_room;
    uint16_t by_name[SLOTS];                     /* by venue and symbol, open addressing: index; 0 free */
    uint16_t by_symbol[SLOTS];                   /* by symbol alone: the first that was added */
    bool shares[ENGINE_INSTRUMENTS_MAX];         /* another venue has the symbol of this first one too */
    uint32_t past_first[ENGINE_INSTRUMENTS_MAX]; /* of an instrument: place + 1 */
    uint16_t of_base[ENGINE_ASSETS_MAX]; /* the last instrument of an asset, and the one before another; 0: none */
    uint16_t base_before[ENGINE_INSTRUMENTS_MAX];
    struct past *past;       /* owned, as below */
    struct instrument *list; /* [0] is "none"; ENGINE_INSTRUMENTS_MAX of them: memory that is not used is not touched */
    char (*full)[FULL_MAX];  /* "venue:BTC/USDT" of those whose symbol another venue has too; as many */
};

oc_rc instruments_new(struct instruments **ret_instruments)
{
    struct instruments *instruments = calloc(1, sizeof *instruments);
    if (!instruments)
        return OC_E_NOMEM;
    instruments->list = malloc(ENGINE_INSTRUMENTS_MAX * sizeof *instruments->list);
    instruments->full = malloc(ENGINE_INSTRUMENTS_MAX * sizeof *instruments->full);
    if (!instruments->list || !instruments->full) {
        instruments_free(instruments);
        return OC_E_NOMEM;
    }
    instruments->list[0] = (struct instrument){.index = 0};
    instruments->asset_count = instruments->recorded_first = 1;
    instruments->count = 1;
    *ret_instruments = instruments;
    return OC_OK;
}

void instruments_free(struct instruments *instruments)
{
    if (!instruments)
        return;
    free(instruments->list);
    free(instruments->full);
    free(instruments->past);
    free(instruments);
}

static int asset_name_is_valid(const char *name)
{
    size_t length = strnlen(name, OC_ASSET_MAX);
    if (length == 0 || length >= OC_ASSET_MAX)
        return 0;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];
        if (!((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
              c == '-'))
            return 0;
    }
    return 1;
}

/* The place of a name: its own, or the free one that it would have. */
static uint16_t *asset_slot(struct instruments *instruments, const char *name)
{
    uint32_t slot = (uint32_t)hash64(name, strlen(name)) % ASSET_SLOTS;
    while (instruments->asset_slots[slot] && strcmp(instruments->assets[instruments->asset_slots[slot]], name) != 0)
        slot = (slot + 1) % ASSET_SLOTS;
    return &instruments->asset_slots[slot];
}

oc_rc instruments_asset(struct instruments *instruments, const char *name, uint32_t *ret_asset)
{
    if (!asset_name_is_valid(name))
        return OC_E_INVALID;
    uint16_t *slot = asset_slot(instruments, name);
    if (!*slot) {
        if (instruments->asset_count == ENGINE_ASSETS_MAX)
            return OC_E_LIMIT;
        strcpy(instruments->assets[instruments->asset_count], name);
        *slot = (uint16_t)instruments->asset_count++;
    }
    *ret_asset = *slot;
    return OC_OK;
}

oc_rc instruments_put_asset(struct instruments *instruments, uint32_t asset, const char *name)
{
    if (!asset_name_is_valid(name) || !asset)
        return OC_E_INVALID;
    if (asset >= ENGINE_ASSETS_MAX)
        return OC_E_LIMIT;
    uint16_t *slot = asset_slot(instruments, name);
    if (*slot ? *slot != asset : instruments->assets[asset][0] != 0)
        return OC_E_DATA;
    *slot = (uint16_t)asset;
    strcpy(instruments->assets[asset], name);
    if (asset >= instruments->asset_count)
        instruments->asset_count = asset + 1;
    instruments_asset_recorded(instruments, asset);
    return OC_OK;
}

uint32_t instruments_asset_to_record(const struct instruments *instruments)
{
    return instruments->recorded_first < instruments->asset_count ? instruments->recorded_first : 0;
}

void instruments_asset_recorded(struct instruments *instruments, uint32_t asset)
{
    instruments->is_recorded[asset] = true;
    while (
        instruments->recorded_first < instruments->asset_count &&
        (instruments->is_recorded[instruments->recorded_first] || !instruments->assets[instruments->recorded_first][0]))
        instruments->recorded_first++;
}

bool instruments_asset_is_recorded(const struct instruments *instruments, uint32_t asset)
{
    return asset < instruments->recorded_first || instruments->is_recorded[asset];
}

void instruments_assets_given(struct instruments *instruments)
{
    instruments->recorded_first = instruments->asset_count;
}

const char *instruments_asset_name(const struct instruments *instruments, uint32_t asset)
{
    return asset < instruments->asset_count ? instruments->assets[asset] : "";
}

uint32_t instruments_asset_count(const struct instruments *instruments) { return instruments->asset_count; }

static int step_is_valid(struct oc_dec step)
{
    return step.units > 0 && step.scale >= 0 && step.scale <= OC_DEC_SCALE_MAX;
}

/* Reduces units * 10^-scale to num / den with both below 2^53. */
static oc_rc fraction(struct oc_dec step, int64_t *ret_num, int64_t *ret_den)
{
    int64_t den = num_pow10(step.scale);
    int64_t gcd = num_gcd(step.units, den);
    int64_t num = step.units / gcd;
    den /= gcd;
    const int64_t exact = 1LL << 53;
    if (num >= exact || den > exact * 100)
        return OC_E_RANGE;
    *ret_num = num;
    *ret_den = den;
    return OC_OK;
}

static oc_rc derive(struct instrument *instrument)
{
    const struct oc_instrument *info = &instrument->info;
    oc_rc rc = fraction(info->price_step, &instrument->price_num, &instrument->price_den);
    if (rc < 0)
        return rc;
    rc = fraction(info->qty_step, &instrument->qty_num, &instrument->qty_den);
    if (rc < 0)
        return rc;
    struct oc_dec size = info->kind == OC_KIND_SPOT ? (struct oc_dec){1, 0, 0} : info->contract_size;
    int scale = info->price_step.scale + info->qty_step.scale + size.scale;
    oc_i128 units = (oc_i128)info->price_step.units * info->qty_step.units;
    if (num_mul_128(units, size.units, &units) < 0)
        return OC_E_RANGE;
    while (scale > MONEY_SCALE && units % 10 == 0) {
        units /= 10;
        scale--;
    }
    if (scale > MONEY_SCALE)
        return OC_E_RANGE;
    if (num_mul_128(units, num_pow10_128(MONEY_SCALE - scale), &instrument->money_mul) < 0)
        return OC_E_RANGE;
    if (info->kind == OC_KIND_INVERSE && info->qty_step.scale + size.scale - info->price_step.scale > MONEY_SCALE)
        return OC_E_RANGE; /* instrument_value would have no digits left */
    return OC_OK;
}

static oc_rc validate(const struct oc_instrument *info)
{
    if (info->size < sizeof *info)
        return OC_E_TOO_OLD;
    if (!step_is_valid(info->price_step) || !step_is_valid(info->qty_step))
        return OC_E_INVALID;
    if (info->kind < OC_KIND_SPOT || info->kind > OC_KIND_INDEX || info->tick_count > OC_TICKS_MAX)
        return OC_E_INVALID;
    if (info->kind > OC_KIND_INVERSE)
        return OC_E_NOT_SUPPORTED;
    if (info->kind != OC_KIND_SPOT && !step_is_valid(info->contract_size))
        return OC_E_INVALID;
    if (!info->base || !info->quote || !info->symbol[0])
        return OC_E_INVALID;
    if (!memchr(info->symbol, 0, OC_SYMBOL_MAX) || !memchr(info->venue, 0, OC_VENUE_MAX))
        return OC_E_INVALID;
    return OC_OK;
}

static uint32_t slot_of(const char *venue, const char *symbol)
{
    uint64_t hash = hash64(symbol, strlen(symbol));
    if (venue)
        hash = hash64_fold(hash, hash64(venue, strlen(venue)));
    return (uint32_t)hash % SLOTS;
}

static bool is_called(const struct instruments *instruments, uint32_t index, const char *venue, const char *symbol)
{
    const struct oc_instrument *info = &instruments->list[index].info;
    return strcmp(info->symbol, symbol) == 0 && (!venue || strcmp(info->venue, venue) == 0);
}

/* The place of a name, with its venue or without: its own, or the free one that it would have. */
static uint32_t name_slot(const struct instruments *instruments, const char *venue, const char *symbol)
{
    const uint16_t *table = venue ? instruments->by_name : instruments->by_symbol;
    uint32_t slot = slot_of(venue, symbol);
    while (table[slot] && !is_called(instruments, table[slot], venue, symbol))
        slot = (slot + 1) % SLOTS;
    return slot;
}

static bool dec_is(struct oc_dec a, struct oc_dec b) { return a.units == b.units && a.scale == b.scale; }

/* The record that `info` would become. */
static oc_rc plan(const struct instruments *instruments, const struct oc_instrument *info, struct instrument *ret_next,
                  enum instrument_change *ret_change)
{
    oc_rc rc = validate(info);
    if (rc < 0)
        return rc;
    struct instrument *next = ret_next;
    *next = (struct instrument){.info = *info};
    next->info.size = sizeof next->info;
    if (!next->info.settle)
        next->info.settle = info->kind == OC_KIND_INVERSE ? info->base : info->quote;
    rc = derive(next);
    if (rc < 0)
        return rc;
    next->index = instruments->by_name[name_slot(instruments, info->venue, info->symbol)];
    *ret_change = INSTRUMENT_NEW;
    if (!next->index) {
        next->index = instruments->count;
        next->info.inst = OC_INST(next->index, 1);
        return instruments->count == ENGINE_INSTRUMENTS_MAX ? (oc_rc)OC_E_LIMIT : (oc_rc)OC_OK;
    }
    const struct oc_instrument *old = &instruments->list[next->index].info;
    if (old->kind != info->kind || old->base != info->base || old->quote != info->quote ||
        old->settle != next->info.settle || !dec_is(old->contract_size, info->contract_size))
        return OC_E_NOT_SUPPORTED;
    next->info.inst = old->inst;
    *ret_change = memcmp(old, &next->info, sizeof *old) == 0 ? INSTRUMENT_SAME : INSTRUMENT_TERMS;
    if (dec_is(old->price_step, info->price_step) && dec_is(old->qty_step, info->qty_step))
        return OC_OK;
    *ret_change = INSTRUMENT_STEPS;
    if (OC_INST_VERSION(old->inst) == VERSIONS_MAX || instruments->past_count == ENGINE_VERSIONS_MAX)
        return OC_E_LIMIT;
    next->info.inst = OC_INST(next->index, OC_INST_VERSION(old->inst) + 1);
    return OC_OK;
}

oc_rc instruments_judge(const struct instruments *instruments, const struct oc_instrument *info,
                        enum instrument_change *ret_change, uint32_t *ret_inst)
{
    struct instrument next;
    oc_rc rc = plan(instruments, info, &next, ret_change);
    if (rc == OC_OK)
        *ret_inst = next.info.inst;
    return rc;
}

static void name_in_full(struct instruments *instruments, const struct instrument *instrument)
{
    snprintf(instruments->full[instrument->index], FULL_MAX, "%s:%s", instrument->info.venue, instrument->info.symbol);
}

static void name_new(struct instruments *instruments, const struct instrument *instrument)
{
    const struct oc_instrument *info = &instrument->info;
    uint32_t slot = name_slot(instruments, NULL, info->symbol);
    instruments->by_name[name_slot(instruments, info->venue, info->symbol)] = (uint16_t)instrument->index;
    const uint32_t first = instruments->by_symbol[slot];
    if (!first) {
        instruments->by_symbol[slot] = (uint16_t)instrument->index;
        return;
    }
    instruments->shares[first] = true;
    name_in_full(instruments, &instruments->list[first]);
    name_in_full(instruments, instrument);
}

static void place(struct instruments *instruments, const struct instrument *instrument)
{
    struct instrument *placed = &instruments->list[instrument->index];
    *placed = *instrument;
    if (instrument->index < instruments->count)
        return;
    name_new(instruments, instrument);
    instruments->base_before[instrument->index] = instruments->of_base[instrument->info.base % ENGINE_ASSETS_MAX];
    instruments->of_base[instrument->info.base % ENGINE_ASSETS_MAX] = (uint16_t)instrument->index;
    instruments->count++;
}

oc_rc instruments_put_past(struct instruments *instruments, uint32_t inst, const struct instrument_steps *steps)
{
    const uint32_t index = OC_INST_INDEX(inst);
    if (!instruments_at(instruments, index) || instruments->past_count == ENGINE_VERSIONS_MAX)
        return OC_E_DATA;
    if (instruments->past_count == instruments->past_room) {
        const uint32_t room = instruments->past_room ? 2 * instruments->past_room : 16;
        struct past *past = realloc(instruments->past, room * sizeof *past);
        if (!past)
            return OC_E_NOMEM;
        instruments->past = past;
        instruments->past_room = room;
    }
    instruments->past[instruments->past_count++] =
        (struct past){.steps = *steps, .inst = inst, .older = instruments->past_first[index]};
    instruments->past_first[index] = instruments->past_count;
    return OC_OK;
}

void instruments_forget_past(struct instruments *instruments)
{
    memset(instruments->past_first, 0, sizeof instruments->past_first);
    instruments->past_count = 0;
}

bool instruments_past(const struct instruments *instruments, uint32_t i, uint32_t *ret_inst,
                      struct instrument_steps *ret_steps)
{
    if (i >= instruments->past_count)
        return false;
    *ret_inst = instruments->past[i].inst;
    *ret_steps = instruments->past[i].steps;
    return true;
}

oc_rc instruments_add(struct instruments *instruments, const struct oc_instrument *info, uint32_t *ret_inst)
{
    struct instrument next;
    enum instrument_change change;
    oc_rc rc = plan(instruments, info, &next, &change);
    if (rc == OC_OK && change == INSTRUMENT_STEPS) {
        const struct oc_instrument *old = &instruments->list[next.index].info;
        rc = instruments_put_past(instruments, old->inst, &(struct instrument_steps){old->price_step, old->qty_step});
    }
    if (rc < 0)
        return rc;
    *ret_inst = next.info.inst;
    place(instruments, &next);
    return OC_OK;
}

oc_rc instruments_put(struct instruments *instruments, const struct oc_instrument *info)
{
    struct instrument next = {.info = *info, .index = OC_INST_INDEX(info->inst)};
    oc_rc rc = validate(info);
    if (rc == OC_OK)
        rc = derive(&next);
    if (rc < 0 || next.index == 0 || next.index > instruments->count || next.index == ENGINE_INSTRUMENTS_MAX ||
        instruments->by_name[name_slot(instruments, info->venue, info->symbol)] !=
            (next.index < instruments->count ? next.index : 0))
        return OC_E_DATA;
    place(instruments, &next);
    return OC_OK;
}

bool instruments_steps(const struct instruments *instruments, uint32_t inst, struct instrument_steps *ret_steps)
{
    const struct instrument *now = instruments_get(instruments, inst);
    if (!now)
        return false;
    if (now->info.inst == inst) {
        *ret_steps = (struct instrument_steps){now->info.price_step, now->info.qty_step};
        return true;
    }
    uint32_t at = instruments->past_first[now->index];
    while (at && instruments->past[at - 1].inst != inst)
        at = instruments->past[at - 1].older;
    if (at)
        *ret_steps = instruments->past[at - 1].steps;
    return at != 0;
}

bool instruments_have_changed(const struct instruments *instruments) { return instruments->past_count != 0; }

const struct instrument *instruments_at(const struct instruments *instruments, uint32_t index)
{
    return index > 0 && index < instruments->count ? &instruments->list[index] : NULL;
}

const struct instrument *instruments_of_base(const struct instruments *instruments, uint32_t asset,
                                             const struct instrument *before)
{
    const uint32_t index =
        before ? instruments->base_before[before->index] : instruments->of_base[asset % ENGINE_ASSETS_MAX];
    return instruments_at(instruments, index);
}

const struct instrument *instruments_get(const struct instruments *instruments, uint32_t inst)
{
    return instruments_at(instruments, OC_INST_INDEX(inst));
}

uint32_t instruments_count(const struct instruments *instruments) { return instruments->count; }

static uint32_t inst_of(const struct instruments *instruments, uint32_t index)
{
    return index ? instruments->list[index].info.inst : 0;
}

uint32_t instruments_find(const struct instruments *instruments, const char *symbol)
{
    uint32_t inst = inst_of(instruments, instruments->by_symbol[name_slot(instruments, NULL, symbol)]);
    const char *colon = strchr(symbol, ':');
    char venue[OC_VENUE_MAX];
    if (inst || !colon || (size_t)(colon - symbol) >= sizeof venue)
        return inst;
    memcpy(venue, symbol, (size_t)(colon - symbol));
    venue[colon - symbol] = 0;
    return inst_of(instruments, instruments->by_name[name_slot(instruments, venue, colon + 1)]);
}

const char *instruments_name(const struct instruments *instruments, const struct instrument *instrument)
{
    if (!instrument)
        return "";
    return instruments_is_ambiguous(instruments, instrument->info.symbol) ? instruments->full[instrument->index]
                                                                          : instrument->info.symbol;
}

bool instruments_is_ambiguous(const struct instruments *instruments, const char *symbol)
{
    const uint32_t index = instruments->by_symbol[name_slot(instruments, NULL, symbol)];
    return index && instruments->shares[index];
}

oc_rc instrument_value_inverse(const struct instrument *instrument, int64_t price, int64_t qty, oc_i128 *ret_money)
{
    /* contracts x size / price, in the base asset */
    if (price == 0)
        return OC_E_INVALID;
    const struct oc_instrument *info = &instrument->info;
    oc_i128 face, step;
    struct oc_dec size = info->contract_size;
    if (num_mul_128((oc_i128)qty * info->qty_step.units, size.units, &face) < 0)
        return OC_E_RANGE;
    int scale = info->qty_step.scale + size.scale - info->price_step.scale;
    step = (oc_i128)price * info->price_step.units;
    if (scale < 0) {
        if (num_mul_128(face, num_pow10_128(-scale), &face) < 0)
            return OC_E_RANGE;
        scale = 0;
    }
    return num_muldiv_128(face, num_pow10_128(MONEY_SCALE - scale), step, NUM_HALF_EVEN, ret_money);
}

static oc_rc scaled(int64_t units, struct oc_dec step, struct oc_dec *ret_dec)
{
    oc_i128 value = (oc_i128)units * step.units;
    int32_t scale = step.scale;
    int64_t narrow = (int64_t)value;
    if (value == narrow) { /* the machine divides 64 bits several times faster */
        scale = num_shed_zeros(&narrow, scale);
        *ret_dec = (struct oc_dec){narrow, scale, 0};
        return OC_OK;
    }
    while (scale > 0 && value % 10 == 0) {
        value /= 10;
        scale--;
    }
    if (value > INT64_MAX || value < INT64_MIN)
        return OC_E_RANGE;
    *ret_dec = (struct oc_dec){(int64_t)value, scale, 0};
    return OC_OK;
}

oc_rc instrument_price_dec(const struct instrument *instrument, int64_t units, struct oc_dec *ret_dec)
{
    return scaled(units, instrument->info.price_step, ret_dec);
}

oc_rc instrument_qty_dec(const struct instrument *instrument, int64_t units, struct oc_dec *ret_dec)
{
    return scaled(units, instrument->info.qty_step, ret_dec);
}

static oc_rc snap(double value, int64_t num, int64_t den, int direction, int64_t *ret_units, int *ret_exact)
{
    if (!(value == value) || value - value != 0.0)
        return OC_E_INVALID;
    double grid = value * (double)den / (double)num;
    if (grid >= 9.0e18 || grid <= -9.0e18)
        return OC_E_RANGE;
    int64_t low = (int64_t)grid; /* toward zero, then to the floor */
    if ((double)low > grid)
        low--;
    double rest = grid - (double)low;
    const double near_step = 1e-6;
    const int64_t nearest = rest < 0.5 ? low : low + 1;
    int64_t product;
    if (!__builtin_mul_overflow(nearest, num, &product) && (double)product / (double)den == value) {
        *ret_units = nearest; /* it reads as this one, however coarse doubles are there */
        *ret_exact = 1;
        return OC_OK;
    }
    if (rest <= near_step || rest >= 1.0 - near_step) {
        *ret_units = rest <= near_step ? low : low + 1;
        *ret_exact = 1;
        return OC_OK;
    }
    *ret_exact = 0;
    if (direction == SNAP_DOWN)
        *ret_units = low;
    else if (direction == SNAP_UP)
        *ret_units = low + 1;
    else
        *ret_units = rest < 0.5 ? low : low + 1;
    return OC_OK;
}

oc_rc instrument_price_snap(const struct instrument *instrument, double value, int direction, int64_t *ret_units,
                            int *ret_exact)
{
    return snap(value, instrument->price_num, instrument->price_den, direction, ret_units, ret_exact);
}

oc_rc instrument_qty_snap(const struct instrument *instrument, double value, int direction, int64_t *ret_units,
                          int *ret_exact)
{
    return snap(value, instrument->qty_num, instrument->qty_den, direction, ret_units, ret_exact);
}

oc_rc instrument_dec_units(struct oc_dec step, struct oc_dec value, int direction, int64_t *ret_units, int *ret_exact)
{
    if (value.scale < 0 || value.scale > OC_DEC_SCALE_MAX || !step_is_valid(step))
        return OC_E_INVALID;
    /* value / step = value.units * 10^step.scale / (step.units * 10^value.scale); both fit in 124 bits */
    static const enum num_rounding round[] = {NUM_HALF_EVEN, NUM_FLOOR, NUM_CEIL};
    oc_i128 num = (oc_i128)value.units * num_pow10(step.scale), den = (oc_i128)step.units * num_pow10(value.scale);
    oc_i128 quotient = num_quotient(num, den, round[direction]);
    if (quotient > INT64_MAX || quotient < INT64_MIN)
        return OC_E_RANGE;
    *ret_exact = quotient * den == num;
    *ret_units = (int64_t)quotient;
    return OC_OK;
}
