/* venue_names.h: the instruments of a venue by the names that it gives them, and what turns their numbers into units.
 *
 * Invariants
 * - An instrument is found by (venue_symbol) or by (venue_number) in constant time; the newest version of it is what is found.
 * - At most NAMES_MAX instruments and NAMES_ASSETS_MAX assets. */
#ifndef IO_VENUE_NAMES_H
#define IO_VENUE_NAMES_H

#include "base/checked.h"

#include <outcry/services.h>

enum { NAMES_MAX = 16384 };

/* Assets are the engine's: it is asked by these. */
struct venue_assets {
    void *self;
    oc_rc (*intern)(void *self, const char *name, uint32_t size, uint32_t *ret_asset);
    const char *(*text)(void *self, uint32_t asset); /* NULL: no such asset */
};

struct venue_names {
    struct oc_instrument *list; /* owned */
    uint32_t *by_symbol;        /* open addressing, place + 1; owned, as the two behind */
    uint32_t *by_number;
    uint32_t *by_inst; /* by instrument index */
    uint32_t count, room, slots, inst_room;
    uint64_t changes; /* one more with each that was added, or has become another */
    uint32_t last;    /* place of the one that was asked for last by its symbol: feeds say the same often */
    struct venue_assets assets;
};

void venue_names_init(struct venue_names *names, const struct venue_assets *assets);
void venue_names_release(struct venue_names *names);
/* A new one, or a new version of one that is known. Without a venue_symbol its unified symbol serves. OC_E_LIMIT, OC_E_NOMEM,
 * OC_E_INVALID: its steps cannot be counted in. */
CHECKED oc_rc venue_names_add(struct venue_names *names, const struct oc_instrument *instrument);
/* Borrowed until the next add; NULL: nobody has named it. */
const struct oc_instrument *venue_names_symbol(struct venue_names *names, const char *symbol, uint32_t size);
const struct oc_instrument *venue_names_number(const struct venue_names *names, uint64_t number);
const struct oc_instrument *venue_names_inst(const struct venue_names *names, uint32_t inst);
void venue_names_scale(const struct oc_instrument *instrument, struct oc_scale *ret_scale);

#endif
