/* expiry.c: when orders end by their own time: a heap by time; one of an order that has left is dropped when it is met. */
#include <stdlib.h>

#include "base/heap.h"
#include "paper.h"

static bool is_before(const void *a, const void *b)
{
    const struct paper_expiry *x = a, *y = b;
    return x->at_ns != y->at_ns ? x->at_ns < y->at_ns : x->number < y->number;
}

static bool is_here(const struct paper *paper, const struct paper_expiry *expiry)
{
    return paper->links[expiry->slot].number == expiry->number;
}

static void put(struct paper *paper, struct paper_expiry expiry)
{
    paper->expiries[paper->expiry_count] = expiry;
    heap_rise(paper->expiries, sizeof expiry, paper->expiry_count++, is_before);
}

static struct paper_expiry take_first(struct paper *paper)
{
    const struct paper_expiry first = paper->expiries[0];
    heap_remove(paper->expiries, sizeof first, --paper->expiry_count, 0, is_before);
    return first;
}

/* Those of orders that left go; what remains is put again. */
static void drop_others(struct paper *paper)
{
    const uint32_t count = paper->expiry_count;
    paper->expiry_count = 0;
    for (uint32_t i = 0; i < count; i++)
        if (is_here(paper, &paper->expiries[i]))
            put(paper, paper->expiries[i]);
}

bool paper_expires(struct paper *paper, const struct paper_order *order)
{
    const uint32_t slot = paper_slot(paper, order);
    if (paper->expiry_count == paper->expiry_room && paper->expiry_count > 2 * paper->order_count)
        drop_others(paper);
    if (paper->expiry_count == paper->expiry_room) {
        struct paper_expiry *list =
            paper_grown(paper->expiries, &paper->expiry_room, 4 * PAPER_ORDERS_MAX, sizeof *list);
        if (!list)
            return false;
        paper->expiries = list;
    }
    put(paper, (struct paper_expiry){order->expire_ns, paper->links[slot].number, slot, 0});
    paper->sim_host->schedule_at(paper->host, order->expire_ns);
    return true;
}

void paper_expire_due(struct paper *paper, int64_t now_ns)
{
    uint32_t late = paper->expiry_count; /* from there on stand those that must wait: each was taken from before */
    const uint32_t all = late;
    while (paper->expiry_count && paper->expiries[0].at_ns <= now_ns) {
        const struct paper_expiry first = take_first(paper);
        if (!is_here(paper, &first))
            continue;
        struct paper_order *order = &paper->orders[first.slot];
        if (order->phase != PHASE_WORKING)
            continue;
        if (order->is_awaited || bar_runs(paper_market(paper, order->ask.head.inst)))
            paper->expiries[--late] = first;
        else
            paper_finish(paper, order, OC_EV_EXPIRED, now_ns, "TIME_IN_FORCE_ENDED");
    }
    while (paper->expiry_count && !is_here(paper, &paper->expiries[0]))
        (void)take_first(paper);
    if (paper->expiry_count)
        paper->sim_host->schedule_at(paper->host, paper->expiries[0].at_ns);
    for (; late < all; late++)
        put(paper, paper->expiries[late]);
}
