/* insts.h: the instruments that a rule has heard of, in the order in which it did, for rules that look at all of them. Fixed size, no pointers:
 * it can be saved as it is. No ABI promise. */
#ifndef OUTCRY_KIT_INSTS_H
#define OUTCRY_KIT_INSTS_H

#include <outcry/kit/slots.h>

enum { KIT_INSTS_SLOTS = 1024, KIT_INSTS_MAX = KIT_INSTS_SLOTS / 4 * 3 };

struct kit_insts { /* zeroed: none */
    uint32_t indexes[KIT_INSTS_SLOTS];
    uint32_t list[KIT_INSTS_MAX];
    uint32_t count;
    uint32_t is_full; /* of some nothing is known: refuse */
};

static inline void kit_insts_add(struct kit_insts *insts, uint32_t inst)
{
    const uint32_t known = insts->count;
    if (kit_slot_make(insts->indexes, KIT_INSTS_SLOTS, &insts->count, inst) < 0)
        insts->is_full = 1;
    else if (insts->count > known)
        insts->list[known] = inst;
}

#endif
