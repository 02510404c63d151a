/* groups.c: what entries with protection have filled: found by number; one of which no order is here, and none can come, is dropped. */
#include <stdlib.h>
#include <string.h>

#include "paper.h"

static uint32_t *bucket_of(struct paper *paper, uint64_t id)
{
    return &paper->group_first[(uint32_t)(id * 0x9e3779b97f4a7c15ull >> 32) & (paper->group_room - 1)];
}

struct paper_group *paper_group(struct paper *paper, uint64_t id)
{
    uint32_t at = id && paper->group_count ? *bucket_of(paper, id) : PAPER_NONE;
    while (at != PAPER_NONE && paper->groups[at].id != id)
        at = paper->group_links[at].next;
    return at == PAPER_NONE ? NULL : &paper->groups[at];
}

static void chain_put(struct paper *paper, uint32_t at)
{
    uint32_t *first = bucket_of(paper, paper->groups[at].id);
    paper->group_links[at].next = *first;
    *first = at;
}

static void chain_take(struct paper *paper, uint32_t at)
{
    uint32_t *link = bucket_of(paper, paper->groups[at].id);
    while (*link != at)
        link = &paper->group_links[*link].next;
    *link = paper->group_links[at].next;
}

static bool grown(void **list, size_t size)
{
    void *bytes = realloc(*list, size);
    *list = bytes ? bytes : *list;
    return bytes;
}

/* Twice as many, or as many as `count` needs. False: no memory, or too many. */
static bool groups_grow(struct paper *paper, uint32_t count)
{
    uint32_t room = paper->group_room ? paper->group_room : 32;
    while (room < count)
        room *= 2;
    void *groups = paper->groups, *links = paper->group_links, *first = paper->group_first, *loose = paper->loose;
    if (room > PAPER_GROUPS_MAX)
        return false;
    const bool is_grown =
        grown(&groups, room * sizeof *paper->groups) && grown(&links, room * sizeof *paper->group_links) &&
        grown(&first, room * sizeof *paper->group_first) && grown(&loose, room * sizeof *paper->loose);
    paper->groups = groups;
    paper->group_links = links;
    paper->group_first = first;
    paper->loose = loose;
    if (!is_grown)
        return false;
    paper->group_room = room;
    for (uint32_t i = 0; i < room; i++)
        paper->group_first[i] = PAPER_NONE;
    for (uint32_t i = 0; i < paper->group_count; i++)
        chain_put(paper, i);
    return true;
}

struct paper_group *paper_group_new(struct paper *paper, const struct oc_request *entry)
{
    if (paper->group_count == paper->group_room && !groups_grow(paper, paper->group_count + 1)) {
        paper->is_short = true;
        return NULL;
    }
    const uint32_t at = paper->group_count++;
    paper->groups[at] = (struct paper_group){.id = entry->group, .inst = entry->head.inst, .account = entry->account};
    paper->group_links[at] = (struct paper_group_link){0, 0};
    chain_put(paper, at);
    return &paper->groups[at];
}

/* The last one takes its place. */
static void group_ends(struct paper *paper, uint32_t at)
{
    const uint32_t last = paper->group_count - 1;
    chain_take(paper, at);
    if (at != last) {
        chain_take(paper, last);
        paper->groups[at] = paper->groups[last];
        paper->group_links[at] = paper->group_links[last];
        chain_put(paper, at);
    }
    paper->group_count = last;
}

void paper_groups_leave_from(struct paper *paper, uint32_t count)
{
    while (paper->group_count > count)
        group_ends(paper, paper->group_count - 1);
}

void paper_group_left(struct paper *paper, uint64_t id)
{
    const struct paper_group *group = paper_first_in(paper, id) == PAPER_NONE ? paper_group(paper, id) : NULL;
    struct paper_group_link *link = group ? &paper->group_links[group - paper->groups] : NULL;
    if (!link || link->is_loose)
        return;
    link->is_loose = 1;
    paper->loose[paper->loose_count++] = id;
}

/* A group is kept while an order of it is here, or can still be on its way. */
void paper_groups_drop(struct paper *paper, int64_t now_ns)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < paper->loose_count; i++) {
        const uint64_t id = paper->loose[i];
        const struct paper_group *group = paper_group(paper, id);
        if (!group)
            continue;
        const uint32_t at = (uint32_t)(group - paper->groups);
        if (paper_first_in(paper, id) != PAPER_NONE)
            paper->group_links[at].is_loose = 0;
        else if (now_ns <= group->fill_ns + paper->response_ns + paper->entry_ns)
            paper->loose[kept++] = id;
        else
            group_ends(paper, at);
    }
    paper->loose_count = kept;
}

bool paper_groups_load(struct paper *paper, const char *bytes, uint32_t count)
{
    paper->group_count = paper->loose_count = 0;
    if (count > paper->group_room && !groups_grow(paper, count))
        return false;
    for (uint32_t i = 0; i < paper->group_room; i++)
        paper->group_first[i] = PAPER_NONE;
    for (; paper->group_count < count; paper->group_count++, bytes += sizeof *paper->groups) {
        memcpy(&paper->groups[paper->group_count], bytes, sizeof *paper->groups);
        paper->group_links[paper->group_count] = (struct paper_group_link){0, 0};
        chain_put(paper, paper->group_count);
    }
    for (uint32_t i = 0; i < count; i++)
        paper_group_left(paper, paper->groups[i].id);
    return true;
}

void paper_groups_release(struct paper *paper)
{
    free(paper->groups);
    free(paper->group_links);
    free(paper->group_first);
    free(paper->loose);
}
