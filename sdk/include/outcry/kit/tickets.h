/* tickets.h: open trades (tickets, lots) of an account by the venue's number, where each is closed and protected by itself. No ABI promise.
 *
 * Invariants: at most KIT_TICKETS_MAX are kept; of more `is_full` says so, and what is asked about all of them is not known. No pointers. All [io]. */
#ifndef OUTCRY_KIT_TICKETS_H
#define OUTCRY_KIT_TICKETS_H

#include <outcry/kit/codec.h>

enum { KIT_TICKETS_MAX = 512 };

struct kit_ticket {
    uint64_t id;
    int64_t units; /* signed */
    uint32_t inst; /* index */
    uint32_t zero;
};

struct kit_tickets { /* zeroed: none */
    uint32_t count;
    uint32_t is_full; /* more are open than are kept */
    struct kit_ticket of[KIT_TICKETS_MAX];
};

/* NULL: it is not open, or not kept. */
static inline const struct kit_ticket *kit_ticket_of(const struct kit_tickets *tickets, struct kit_json_text id)
{
    uint64_t number;
    if (kit_json_u64(id, &number) < 0)
        return NULL;
    for (uint32_t i = 0; i < tickets->count; i++)
        if (tickets->of[i].id == number)
            return &tickets->of[i];
    return NULL;
}

/* So much more or less of it is held: a new one is opened, and one of which nothing is left is gone. `is_closed`: it is, whatever was held. */
static inline void kit_ticket_change(struct kit_tickets *tickets, struct kit_json_text id, uint32_t inst, int64_t units,
                                     int is_closed)
{
    struct kit_ticket *at = (struct kit_ticket *)(uintptr_t)kit_ticket_of(tickets, id);
    uint64_t number;
    if (kit_json_u64(id, &number) < 0 || (!at && is_closed))
        return;
    if (!at && tickets->count == KIT_TICKETS_MAX) {
        tickets->is_full = 1;
        return;
    }
    if (!at) {
        at = &tickets->of[tickets->count++];
        memset(at, 0, sizeof *at);
        at->id = number;
        at->inst = OC_INST_INDEX(inst);
    }
    at->units += units;
    if (is_closed || !at->units)
        *at = tickets->of[--tickets->count];
}

/* Whether another one of the instrument is as large as this: `own` NULL: as one of `qty` units that is not open yet. */
static inline int kit_ticket_has_twin(const struct kit_tickets *tickets, const struct kit_ticket *own, uint32_t inst,
                                      int64_t qty)
{
    const int64_t units = own ? own->units : qty;
    for (uint32_t i = 0; i < tickets->count; i++) {
        const struct kit_ticket *other = &tickets->of[i];
        if (other != own && other->inst == OC_INST_INDEX(inst) && (other->units == units || other->units == -units))
            return 1;
    }
    return 0;
}

#endif
