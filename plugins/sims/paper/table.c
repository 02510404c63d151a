/* table.c: the orders that are here: found by number, by group and by market, each in the order of arrival. What is done to one costs
 * the same however many others there are. */
#include <stdlib.h>
#include <string.h>

#include "walk.h"

static uint32_t bucket_of(const struct paper *paper, uint64_t id)
{
    return (uint32_t)(id * 0x9e3779b97f4a7c15ull >> 32) & (paper->order_room - 1);
}

static void list_put(struct paper *paper, struct paper_list *list, uint32_t slot, enum paper_way way)
{
    struct paper_link *links = paper->links;
    links[slot].before[way] = list->last;
    links[slot].behind[way] = PAPER_NONE;
    if (list->last == PAPER_NONE)
        list->first = slot;
    else
        links[list->last].behind[way] = slot;
    list->last = slot;
}

static void list_take(struct paper *paper, struct paper_list *list, uint32_t slot, enum paper_way way)
{
    struct paper_link *links = paper->links;
    const uint32_t before = links[slot].before[way], behind = links[slot].behind[way];
    if (before == PAPER_NONE)
        list->first = behind;
    else
        links[before].behind[way] = behind;
    if (behind == PAPER_NONE)
        list->last = before;
    else
        links[behind].before[way] = before;
}

static struct paper_list *list_by(struct paper *paper, enum paper_way way, uint64_t id)
{
    return &(way == PAPER_BY_ID ? paper->by_id : paper->by_group)[bucket_of(paper, id)];
}

/* By what its request names. */
static void name(struct paper *paper, uint32_t slot)
{
    struct paper_link *link = &paper->links[slot];
    const struct oc_request *ask = &paper->orders[slot].ask;
    link->id = ask->order;
    link->group = ask->group;
    if (link->id)
        list_put(paper, list_by(paper, PAPER_BY_ID, link->id), slot, PAPER_BY_ID);
    if (link->group)
        list_put(paper, list_by(paper, PAPER_BY_GROUP, link->group), slot, PAPER_BY_GROUP);
}

static void unname(struct paper *paper, uint32_t slot)
{
    const struct paper_link link = paper->links[slot];
    if (link.id)
        list_take(paper, list_by(paper, PAPER_BY_ID, link.id), slot, PAPER_BY_ID);
    if (link.group)
        list_take(paper, list_by(paper, PAPER_BY_GROUP, link.group), slot, PAPER_BY_GROUP);
}

/* Lists by number and by group for so many orders; nothing stands in them. False: no memory. */
static bool lists_grow(struct paper *paper, uint32_t room)
{
    struct paper_list *by_id = malloc(room * sizeof *by_id), *by_group = malloc(room * sizeof *by_group);
    if (!by_id || !by_group) {
        free(by_id);
        free(by_group);
        return false;
    }
    memset(by_id, 0xff, room * sizeof *by_id);
    memset(by_group, 0xff, room * sizeof *by_group);
    free(paper->by_id);
    free(paper->by_group);
    paper->by_id = by_id;
    paper->by_group = by_group;
    return true;
}

static bool grown(void **list, size_t size)
{
    void *bytes = realloc(*list, size);
    *list = bytes ? bytes : *list;
    return bytes;
}

static oc_rc table_grow(struct paper *paper)
{
    const uint32_t room = paper->order_room ? paper->order_room * 2 : 32;
    void *orders = paper->orders, *links = paper->links, *done = paper->done, *awaited = paper->awaited;
    const bool is_grown = grown(&orders, room * sizeof *paper->orders) && grown(&links, room * sizeof *paper->links) &&
                          grown(&done, room * sizeof *paper->done) && grown(&awaited, room * sizeof *paper->awaited);
    paper->orders = orders;
    paper->links = links;
    paper->done = done;
    paper->awaited = awaited;
    if (!is_grown || !lists_grow(paper, room))
        return OC_E_NOMEM;
    for (uint32_t slot = room; slot-- > paper->order_room;) {
        paper->links[slot].behind[PAPER_BY_MARKET] = paper->free;
        paper->free = slot;
    }
    paper->order_room = room;
    for (uint32_t slot = paper->all.first; slot != PAPER_NONE; slot = paper->links[slot].behind[PAPER_ALL])
        name(paper, slot);
    return OC_OK;
}

/* One of no market that there is stands in the first list, where nobody is looked for: instruments count from 1. */
static struct paper_list *market_list(struct paper *paper, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return &paper->by_market[index < paper->market_max ? index : 0];
}

oc_rc paper_room(struct paper *paper, const struct oc_request *ask, struct paper_order **ret_order)
{
    if (paper->order_count == PAPER_ORDERS_MAX)
        return OC_E_LIMIT;
    if (paper->free == PAPER_NONE && table_grow(paper) < 0)
        return OC_E_NOMEM;
    const uint32_t slot = paper->free;
    struct paper_link *link = &paper->links[slot];
    paper->free = link->behind[PAPER_BY_MARKET];
    *link = (struct paper_link){.number = ++paper->number};
    memset(&paper->orders[slot], 0, sizeof paper->orders[slot]);
    paper->orders[slot].ask = *ask;
    paper->order_count++;
    list_put(paper, &paper->all, slot, PAPER_ALL);
    list_put(paper, market_list(paper, ask->head.inst), slot, PAPER_BY_MARKET);
    name(paper, slot);
    *ret_order = &paper->orders[slot];
    return OC_OK;
}

void paper_asked(struct paper *paper, struct paper_order *order, const struct oc_request *ask)
{
    const uint32_t slot = paper_slot(paper, order);
    unname(paper, slot);
    if (market_list(paper, ask->head.inst) != market_list(paper, order->ask.head.inst)) {
        list_take(paper, market_list(paper, order->ask.head.inst), slot, PAPER_BY_MARKET);
        list_put(paper, market_list(paper, ask->head.inst), slot, PAPER_BY_MARKET);
    }
    order->ask = *ask;
    name(paper, slot);
    paper_needs(paper, order);
}

static void leaves(struct paper *paper, uint32_t slot)
{
    struct paper_link *link = &paper->links[slot];
    const uint64_t group = link->group;
    paper->orders[slot].phase = PHASE_DONE;
    paper_needs(paper, &paper->orders[slot]);
    unname(paper, slot);
    list_take(paper, &paper->all, slot, PAPER_ALL);
    list_take(paper, market_list(paper, paper->orders[slot].ask.head.inst), slot, PAPER_BY_MARKET);
    link->number = 0;
    link->behind[PAPER_BY_MARKET] = paper->free;
    paper->free = slot;
    paper->order_count--;
    if (group)
        paper_group_left(paper, group);
}

void paper_leave_from(struct paper *paper, uint32_t count)
{
    while (paper->order_count > count)
        leaves(paper, paper->all.last);
}

/* A trial takes it back. */
void paper_over(struct paper *paper, struct paper_order *order)
{
    const bool was_done = order->phase == PHASE_DONE, is_trial = paper->walk && paper->walk->trades;
    order->phase = PHASE_DONE;
    paper_needs(paper, order);
    if (!was_done && !is_trial)
        paper->done[paper->done_count++] = paper_slot(paper, order);
}

void paper_sweep(struct paper *paper)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < paper->done_count; i++) {
        const uint32_t slot = paper->done[i];
        const struct paper_order *order = &paper->orders[slot];
        if (order->is_awaited)
            paper->done[kept++] = slot;
        else if (order->phase == PHASE_DONE) /* else what ended it has not happened */
            leaves(paper, slot);
    }
    paper->done_count = kept;
}

void paper_await(struct paper *paper, struct paper_order *order)
{
    order->is_awaited = true;
    paper->awaited[paper->awaited_count++] = paper_slot(paper, order);
    paper_needs(paper, order);
}

uint32_t paper_first(const struct paper *paper, uint32_t inst)
{
    const uint32_t index = OC_INST_INDEX(inst);
    return index < paper->market_max ? paper->by_market[index].first : PAPER_NONE;
}

struct paper_order *paper_find(struct paper *paper, uint64_t id)
{
    uint32_t slot = id && paper->order_count ? list_by(paper, PAPER_BY_ID, id)->first : PAPER_NONE;
    for (; slot != PAPER_NONE; slot = paper->links[slot].behind[PAPER_BY_ID])
        if (paper->links[slot].id == id && paper->orders[slot].phase == PHASE_WORKING)
            return &paper->orders[slot];
    return NULL;
}

static uint32_t of_group(const struct paper *paper, uint64_t group, uint32_t slot)
{
    while (slot != PAPER_NONE && paper->links[slot].group != group)
        slot = paper->links[slot].behind[PAPER_BY_GROUP];
    return slot;
}

uint32_t paper_first_in(struct paper *paper, uint64_t group)
{
    return group && paper->order_count ? of_group(paper, group, list_by(paper, PAPER_BY_GROUP, group)->first)
                                       : PAPER_NONE;
}

uint32_t paper_next_in(const struct paper *paper, uint32_t slot)
{
    return of_group(paper, paper->links[slot].group, paper->links[slot].behind[PAPER_BY_GROUP]);
}

void paper_table_begin(struct paper *paper)
{
    paper->order_count = paper->done_count = paper->awaited_count = 0;
    paper->all = (struct paper_list){PAPER_NONE, PAPER_NONE};
    memset(paper->by_market, 0xff, paper->market_max * sizeof *paper->by_market);
    if (paper->order_room) {
        memset(paper->by_id, 0xff, paper->order_room * sizeof *paper->by_id);
        memset(paper->by_group, 0xff, paper->order_room * sizeof *paper->by_group);
    }
    paper->free = PAPER_NONE;
    for (uint32_t slot = paper->order_room; slot-- > 0;) {
        paper->links[slot].behind[PAPER_BY_MARKET] = paper->free;
        paper->free = slot;
    }
}

void paper_table_release(struct paper *paper)
{
    free(paper->orders);
    free(paper->links);
    free(paper->done);
    free(paper->awaited);
    free(paper->by_id);
    free(paper->by_group);
    free(paper->by_market);
}
