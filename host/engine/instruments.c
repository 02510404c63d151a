#include "engine/instruments.h"

#include <stdlib.h>
#include <string.h>

#include "engine/limits.h"

struct instruments {
    char assets[ENGINE_ASSETS_MAX][OC_ASSET_MAX];
    uint32_t asset_count;
    uint32_t count;
    uint32_t room;
    struct instrument *list; /* [0] is "none" */
};

oc_rc instruments_new(struct instruments **ret_instruments)
{
    struct instruments *instruments = calloc(1, sizeof *instruments);
    if (!instruments)
        return OC_E_NOMEM;
    instruments->room = 16;
    instruments->list = calloc(instruments->room, sizeof *instruments->list);
    if (!instruments->list) {
        free(instruments);
        return OC_E_NOMEM;
    }
    instruments->asset_count = 1;
    instruments->count = 1;
    *ret_instruments = instruments;
    return OC_OK;
}

void instruments_free(struct instruments *instruments)
{
    if (!instruments)
        return;
    free(instruments->list);
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

oc_rc instruments_asset(struct instruments *instruments, const char *name, uint32_t *ret_asset)
{
    if (!asset_name_is_valid(name))
        return OC_E_INVALID;
    for (uint32_t i = 1; i < instruments->asset_count; i++)
        if (strcmp(instruments->assets[i], name) == 0) {
            *ret_asset = i;
            return OC_OK;
        }
    if (instruments->asset_count == ENGINE_ASSETS_MAX)
        return OC_E_LIMIT;
    strcpy(instruments->assets[instruments->asset_count], name);
    *ret_asset = instruments->asset_count++;
    return OC_OK;
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
    if (info->kind < OC_KIND_SPOT || info->kind > OC_KIND_QUANTO || info->tick_count > OC_TICKS_MAX)
        return OC_E_INVALID;
    if (info->kind == OC_KIND_QUANTO)
        return OC_E_NOT_SUPPORTED;
    if (info->kind != OC_KIND_SPOT && !step_is_valid(info->contract_size))
        return OC_E_INVALID;
    if (!info->base || !info->quote || !info->symbol[0])
        return OC_E_INVALID;
    if (!memchr(info->symbol, 0, OC_SYMBOL_MAX) || !memchr(info->venue, 0, OC_VENUE_MAX))
        return OC_E_INVALID;
    return OC_OK;
}

oc_rc instruments_add(struct instruments *instruments, const struct oc_instrument *info, uint32_t *ret_inst)
{
    oc_rc rc = validate(info);
    if (rc < 0)
        return rc;
    struct instrument next = {.info = *info};
    if (!next.info.settle)
        next.info.settle = info->kind == OC_KIND_INVERSE ? info->base : info->quote;
    rc = derive(&next);
    if (rc < 0)
        return rc;
    for (uint32_t i = 1; i < instruments->count; i++) {
        struct instrument *old = &instruments->list[i];
        if (strcmp(old->info.symbol, info->symbol) == 0 && strcmp(old->info.venue, info->venue) == 0) {
            next.index = i;
            next.info.inst = OC_INST(i, OC_INST_VERSION(old->info.inst) + 1);
            *old = next;
            *ret_inst = next.info.inst;
            return OC_OK;
        }
    }
    if (instruments->count == ENGINE_INSTRUMENTS_MAX)
        return OC_E_LIMIT;
    if (instruments->count == instruments->room) {
        struct instrument *list = realloc(instruments->list, instruments->room * 2 * sizeof *list);
        if (!list)
            return OC_E_NOMEM;
        memset(list + instruments->room, 0, instruments->room * sizeof *list);
        instruments->list = list;
        instruments->room *= 2;
    }
    next.index = instruments->count;
    next.info.inst = OC_INST(next.index, 1);
    instruments->list[instruments->count++] = next;
    *ret_inst = next.info.inst;
    return OC_OK;
}

const struct instrument *instruments_at(const struct instruments *instruments, uint32_t index)
{
    return index > 0 && index < instruments->count ? &instruments->list[index] : NULL;
}

const struct instrument *instruments_get(const struct instruments *instruments, uint32_t inst)
{
    return instruments_at(instruments, OC_INST_INDEX(inst));
}

uint32_t instruments_count(const struct instruments *instruments) { return instruments->count; }

uint32_t instruments_find(const struct instruments *instruments, const char *symbol)
{
    for (uint32_t i = 1; i < instruments->count; i++) {
        const struct oc_instrument *info = &instruments->list[i].info;
        if (strcmp(info->symbol, symbol) == 0)
            return info->inst;
        size_t length = strlen(info->venue);
        if (strncmp(info->venue, symbol, length) == 0 && symbol[length] == ':' &&
            strcmp(info->symbol, symbol + length + 1) == 0)
            return info->inst;
    }
    return 0;
}

oc_rc instrument_value(const struct instrument *instrument, int64_t price, int64_t qty, oc_i128 *ret_money)
{
    if (instrument->info.kind != OC_KIND_INVERSE) {
        oc_i128 product = (oc_i128)price * qty;
        return num_mul_128(product, instrument->money_mul, ret_money);
    }
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
