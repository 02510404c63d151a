/* group_index.h: where groups stand: by number, by instrument, and the first free place, each without looking at all of them.
 *
 * Invariants
 * - A place is an index of the list of groups; it is used, or free.
 * - The groups of an instrument are chained in the order of their places. */
#ifndef ENGINE_GROUP_INDEX_H
#define ENGINE_GROUP_INDEX_H

#include <stdbool.h>
#include <stdint.h>

#define GROUP_NONE UINT32_MAX

struct group_place {
    uint64_t id;
    uint32_t next;           /* of its hash */
    uint32_t before, behind; /* of its instrument */
    uint32_t inst_index;
};

struct group_index {
    struct group_place *places; /* room of them; owned, as what follows */
    uint32_t *first;            /* by hash, room of them */
    uint64_t *used;             /* bits by place */
    uint32_t (*of_inst)[2];     /* by instrument: first and last place */
    uint32_t room;              /* 0 or a power of two of 64 and more */
    uint32_t inst_room;
};

/* Room for places below `room`, and for this instrument. False: no memory, and all is as it was. */
bool group_index_reserve(struct group_index *index, uint32_t room, uint32_t inst_index);
void group_index_release(struct group_index *index);
/* After group_index_reserve. */
void group_index_put(struct group_index *index, uint32_t place, uint64_t id, uint32_t inst_index);
void group_index_take(struct group_index *index, uint32_t place);
/* GROUP_NONE: there is none. */
uint32_t group_index_find(const struct group_index *index, uint64_t id);
/* The first free place below `count`; `count`: all are used. */
uint32_t group_index_free(const struct group_index *index, uint32_t count);
/* The first group of an instrument; the next is places[].behind. */
uint32_t group_index_first(const struct group_index *index, uint32_t inst_index);

#endif
