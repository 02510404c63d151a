#include "engine/group_index.h"

#include <stdlib.h>
#include <string.h>

static uint32_t *bucket_of(const struct group_index *index, uint64_t id)
{
    return &index->first[(uint32_t)(id * 0x9E3779B97F4A7C15ull >> 32) & (index->room - 1)];
}

static bool is_used(const struct group_index *index, uint32_t place)
{
    return index->used[place / 64] >> (place % 64) & 1;
}

static bool places_grow(struct group_index *index, uint32_t wanted)
{
    uint32_t room = index->room ? index->room : 64;
    while (room < wanted)
        room *= 2;
    struct group_place *places = calloc(room, sizeof *places);
    uint32_t *first = malloc(room * sizeof *first);
    uint64_t *used = calloc(room / 64, sizeof *used);
    if (!places || !first || !used) {
        free(places);
        free(first);
        free(used);
        return false;
    }
    if (index->room) {
        memcpy(places, index->places, index->room * sizeof *places);
        memcpy(used, index->used, index->room / 64 * sizeof *used);
    }
    memset(first, 0xff, room * sizeof *first);
    free(index->places);
    free(index->first);
    free(index->used);
    const uint32_t before = index->room;
    index->places = places;
    index->first = first;
    index->used = used;
    index->room = room;
    for (uint32_t place = 0; place < before; place++)
        if (is_used(index, place)) {
            uint32_t *bucket = bucket_of(index, places[place].id);
            places[place].next = *bucket;
            *bucket = place;
        }
    return true;
}

bool group_index_reserve(struct group_index *index, uint32_t room, uint32_t inst_index)
{
    if (room > index->room && !places_grow(index, room))
        return false;
    if (inst_index < index->inst_room)
        return true;
    uint32_t inst_room = index->inst_room ? index->inst_room : 16;
    while (inst_room <= inst_index)
        inst_room *= 2;
    uint32_t(*of_inst)[2] = realloc(index->of_inst, inst_room * sizeof *of_inst);
    if (!of_inst)
        return false;
    memset(of_inst + index->inst_room, 0xff, (inst_room - index->inst_room) * sizeof *of_inst);
    index->of_inst = of_inst;
    index->inst_room = inst_room;
    return true;
}

void group_index_release(struct group_index *index)
{
    free(index->places);
    free(index->first);
    free(index->used);
    free(index->of_inst);
    *index = (struct group_index){0};
}

void group_index_put(struct group_index *index, uint32_t place, uint64_t id, uint32_t inst_index)
{
    struct group_place *places = index->places;
    uint32_t *ends = index->of_inst[inst_index], *bucket = bucket_of(index, id), before = ends[1];
    while (before != GROUP_NONE && before > place) /* most often it is the last */
        before = places[before].before;
    const uint32_t behind = before == GROUP_NONE ? ends[0] : places[before].behind;
    places[place] =
        (struct group_place){.id = id, .next = *bucket, .before = before, .behind = behind, .inst_index = inst_index};
    *bucket = place;
    *(before == GROUP_NONE ? &ends[0] : &places[before].behind) = place;
    *(behind == GROUP_NONE ? &ends[1] : &places[behind].before) = place;
    index->used[place / 64] |= 1ull << (place % 64);
}

void group_index_take(struct group_index *index, uint32_t place)
{
    struct group_place *places = index->places;
    const struct group_place was = places[place];
    uint32_t *ends = index->of_inst[was.inst_index], *link = bucket_of(index, was.id);
    while (*link != place)
        link = &places[*link].next;
    *link = was.next;
    *(was.before == GROUP_NONE ? &ends[0] : &places[was.before].behind) = was.behind;
    *(was.behind == GROUP_NONE ? &ends[1] : &places[was.behind].before) = was.before;
    index->used[place / 64] &= ~(1ull << (place % 64));
}

uint32_t group_index_find(const struct group_index *index, uint64_t id)
{
    uint32_t place = id && index->room ? *bucket_of(index, id) : GROUP_NONE;
    while (place != GROUP_NONE && index->places[place].id != id)
        place = index->places[place].next;
    return place;
}

uint32_t group_index_free(const struct group_index *index, uint32_t count)
{
    for (uint32_t word = 0; word * 64 < count && word * 64 < index->room; word++) {
        const uint64_t unused = ~index->used[word];
        const uint32_t place = unused ? word * 64 + (uint32_t)__builtin_ctzll(unused) : count;
        if (place < count)
            return place;
    }
    return count;
}

uint32_t group_index_first(const struct group_index *index, uint32_t inst_index)
{
    return inst_index < index->inst_room ? index->of_inst[inst_index][0] : GROUP_NONE;
}
