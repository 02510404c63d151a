/* agenda.h: timed items, the earliest first.
 *
 * Invariants: a fixed maximum, all memory taken at agenda_init. Items of equal time come out by
 * `order` (the caller gives a running number), so the sequence never depends on the agenda's inner
 * shape.
 */
#ifndef BASE_AGENDA_H
#define BASE_AGENDA_H

#include <outcry/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { AGENDA_MAX = 1 << 26 };

struct agenda_item {
    int64_t time_ns;
    uint64_t order;
    uint64_t value;
};

struct agenda {
    struct agenda_item *items;
    size_t count;
    size_t max;
};

/* [setup] OC_E_NOMEM, OC_E_INVALID (0 or beyond AGENDA_MAX). Release with agenda_release. */
oc_rc agenda_init(struct agenda *agenda, size_t max);
void agenda_release(struct agenda *agenda);
/* OC_E_LIMIT when full. */
oc_rc agenda_push(struct agenda *agenda, struct agenda_item item);
/* The earliest, or NULL. Borrowed until the next change. */
static inline const struct agenda_item *agenda_first(const struct agenda *agenda)
{
    return agenda->count ? agenda->items : NULL;
}
/* False when empty. */
bool agenda_pop(struct agenda *agenda, struct agenda_item *ret_item);
/* Removes the first item found with this value (a walk over all). False when there is none. */
bool agenda_remove(struct agenda *agenda, uint64_t value);

#endif
