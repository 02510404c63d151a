#include "io/venue_names.h"

#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

void venue_names_init(struct venue_names *names, const struct venue_assets *assets)
{
    memset(names, 0, sizeof *names);
    if (assets)
        names->assets = *assets;
}

void venue_names_release(struct venue_names *names)
{
    free(names->list);
    free(names->by_symbol);
    free(names->by_number);
    free(names->by_inst);
    memset(names, 0, sizeof *names);
}

static uint64_t hash_number(uint64_t number) { return (number * 0x9e3779b97f4a7c15u) >> 20; }

static void put(uint32_t *slots, uint32_t count, uint64_t hash, uint32_t place)
{
    uint64_t at = hash & (count - 1);
    while (slots[at] && slots[at] != place + 1)
        at = (at + 1) & (count - 1);
    slots[at] = place + 1;
}

static void put_all(struct venue_names *names, uint32_t place)
{
    const struct oc_instrument *in = &names->list[place];
    put(names->by_symbol, names->slots, hash64(in->venue_symbol, (uint32_t)strlen(in->venue_symbol)), place);
    if (in->venue_number)
        put(names->by_number, names->slots, hash_number(in->venue_number), place);
}

static oc_rc grow(struct venue_names *names)
{
    const uint32_t room = names->room ? names->room * 2 : 64;
    if (room > NAMES_MAX)
        return OC_E_LIMIT;
    struct oc_instrument *list = realloc(names->list, room * sizeof *list);
    if (list)
        names->list = list;
    uint32_t *symbols = calloc(room * 2u, sizeof *symbols), *numbers = calloc(room * 2u, sizeof *numbers);
    if (!list || !symbols || !numbers) {
        free(symbols);
        free(numbers);
        return OC_E_NOMEM;
    }
    free(names->by_symbol);
    free(names->by_number);
    names->by_symbol = symbols;
    names->by_number = numbers;
    names->room = room;
    names->slots = room * 2;
    for (uint32_t i = 0; i < names->count; i++)
        put_all(names, i);
    return OC_OK;
}

static oc_rc set_inst(struct venue_names *names, uint32_t inst, uint32_t place)
{
    const uint32_t index = OC_INST_INDEX(inst);
    if (index >= names->inst_room) {
        uint32_t room = names->inst_room ? names->inst_room : 64;
        while (room <= index)
            room *= 2;
        uint32_t *more = realloc(names->by_inst, room * sizeof *more);
        if (!more)
            return OC_E_NOMEM;
        memset(more + names->inst_room, 0, (room - names->inst_room) * sizeof *more);
        names->by_inst = more;
        names->inst_room = room;
    }
    names->by_inst[index] = place + 1;
    return OC_OK;
}

/* The venue's own name of one has come: what it was called by until then, as a configuration does, finds it no more. */
static void name_anew(struct venue_names *names)
{
    names->last = UINT32_MAX; /* of two of one name the table says which */
    memset(names->by_symbol, 0, names->slots * sizeof *names->by_symbol);
    memset(names->by_number, 0, names->slots * sizeof *names->by_number);
    for (uint32_t i = 0; i < names->count; i++)
        put_all(names, i);
}

static int is_step(struct oc_dec step) { return step.units > 0 && step.scale >= 0 && step.scale <= OC_DEC_SCALE_MAX; }

oc_rc venue_names_add(struct venue_names *names, const struct oc_instrument *instrument)
{
    struct oc_instrument made = *instrument;
    names->changes++;
    if (!is_step(made.price_step) || !is_step(made.qty_step) || !made.inst)
        return OC_E_INVALID;
    if (!made.venue_symbol[0])
        memcpy(made.venue_symbol, made.symbol, sizeof made.venue_symbol);
    made.venue_symbol[OC_SYMBOL_MAX - 1] = 0;
    const struct oc_instrument *known = venue_names_inst(names, made.inst);
    if (known) { /* a new version */
        const bool is_renamed =
            strcmp(known->venue_symbol, made.venue_symbol) != 0 || known->venue_number != made.venue_number;
        names->list[known - names->list] = made;
        if (is_renamed)
            name_anew(names);
        return OC_OK;
    }
    oc_rc rc = names->count == names->room ? grow(names) : OC_OK;
    if (rc == OC_OK)
        rc = set_inst(names, made.inst, names->count);
    if (rc < 0)
        return rc;
    names->list[names->count] = made;
    put_all(names, names->count++);
    return OC_OK;
}

static bool is_called(const struct oc_instrument *in, const char *symbol, uint32_t size)
{
    return memcmp(in->venue_symbol, symbol, size) == 0 && in->venue_symbol[size] == 0;
}

const struct oc_instrument *venue_names_symbol(struct venue_names *names, const char *symbol, uint32_t size)
{
    if (!names->slots || !size || size >= OC_SYMBOL_MAX)
        return NULL;
    if (names->last < names->count && is_called(&names->list[names->last], symbol, size))
        return &names->list[names->last];
    for (uint64_t at = hash64(symbol, size) & (names->slots - 1); names->by_symbol[at];
         at = (at + 1) & (names->slots - 1)) {
        const struct oc_instrument *in = &names->list[names->by_symbol[at] - 1];
        if (is_called(in, symbol, size)) {
            names->last = (uint32_t)(in - names->list);
            return in;
        }
    }
    return NULL;
}

const struct oc_instrument *venue_names_number(const struct venue_names *names, uint64_t number)
{
    if (!names->slots || !number)
        return NULL;
    for (uint64_t at = hash_number(number) & (names->slots - 1); names->by_number[at];
         at = (at + 1) & (names->slots - 1))
        if (names->list[names->by_number[at] - 1].venue_number == number)
            return &names->list[names->by_number[at] - 1];
    return NULL;
}

const struct oc_instrument *venue_names_inst(const struct venue_names *names, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index < names->inst_room && names->by_inst[index] ? &names->list[names->by_inst[index] - 1] : NULL;
}

void venue_names_scale(const struct oc_instrument *instrument, struct oc_scale *ret_scale)
{
    *ret_scale = (struct oc_scale){.inst = instrument->inst,
                                   .price_digits = (uint8_t)instrument->price_step.scale,
                                   .qty_digits = (uint8_t)instrument->qty_step.scale,
                                   .flags = instrument->present & OC_INST_HAS_PRICE_SIGN ? 1 : 0,
                                   .price_div = instrument->price_step.units,
                                   .qty_div = instrument->qty_step.units};
}
