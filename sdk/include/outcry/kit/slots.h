/* slots.h: a small table by instrument for rules that keep something of each: open addressing over instrument indexes, nothing is ever
 * taken out, so it can be saved as it is. No ABI promise.
 *
 * Invariants: `size` is a power of two; at most three quarters of the places are used; index 0 is no instrument and marks a free place. */
#ifndef OUTCRY_KIT_SLOTS_H
#define OUTCRY_KIT_SLOTS_H

#include <outcry/event.h>

/* The place of an instrument in `indexes`; -1: it has none. */
static inline int32_t kit_slot(const uint32_t *indexes, uint32_t size, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    for (uint32_t at = index * 0x9e3779b1u & (size - 1); indexes[at]; at = (at + 1) & (size - 1))
        if (indexes[at] == index)
            return (int32_t)at;
    return -1;
}

/* The same, and it gets one; -1: there is no more room. */
static inline int32_t kit_slot_make(uint32_t *indexes, uint32_t size, uint32_t *count, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    uint32_t at = index * 0x9e3779b1u & (size - 1);
    for (; indexes[at]; at = (at + 1) & (size - 1))
        if (indexes[at] == index)
            return (int32_t)at;
    if (!index || *count >= size / 4 * 3)
        return -1;
    ++*count;
    indexes[at] = index;
    return (int32_t)at;
}

#endif
