/* queue.c: in which order they trade that act at one price. */
#include "base/heap.h"
#include "paper.h"

static bool is_before(const void *a, const void *b)
{
    const struct paper_opening *x = a, *y = b;
    if (x->rank != y->rank)
        return x->rank < y->rank;
    if (x->distance != y->distance) /* a price beyond a trigger came past the farther one first */
        return x->distance > y->distance;
    return x->active_ns != y->active_ns ? x->active_ns < y->active_ns : x->number < y->number;
}

bool paper_queue(struct paper *paper, uint32_t slot, int64_t price, uint32_t count)
{
    const struct paper_order *order = &paper->orders[slot];
    struct paper_opening place = {.active_ns = order->active_ns, .number = paper->links[slot].number, .order = slot};
    if (count == paper->opening_room) {
        struct paper_opening *openings =
            paper_grown(paper->openings, &paper->opening_room, PAPER_ORDERS_MAX, sizeof *paper->openings);
        if (!openings)
            return false;
        paper->openings = openings;
    }
    if (is_stop(order) || is_limit(order)) {
        place.rank = is_stop(order) ? 1 : 2;
        place.distance = is_stop(order) ? order->ask.stop_price - price : order->ask.price - price;
        if (is_stop(order) == is_buy(order))
            place.distance = -place.distance;
    }
    paper->openings[count] = place;
    heap_rise(paper->openings, sizeof *paper->openings, count, is_before);
    return true;
}

struct paper_order *paper_queue_first(struct paper *paper, uint32_t left)
{
    struct paper_order *order = &paper->orders[paper->openings[0].order];
    heap_remove(paper->openings, sizeof *paper->openings, left, 0, is_before);
    return order;
}
