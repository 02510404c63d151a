/* run.c: all bars of a scenario: which path (formula sheet 7.6, rule 1), and what was ambiguous (rule 9). */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

static int fill_order(const void *left, const void *right)
{
    const struct fill *a = left, *b = right;
    if (a->id != b->id)
        return a->id - b->id;
    if (a->role != b->role)
        return a->role < b->role ? -1 : 1;
    if (a->price != b->price)
        return a->price < b->price ? -1 : 1;
    if (a->is_maker != b->is_maker)
        return a->is_maker - b->is_maker;
    return a->qty < b->qty ? -1 : a->qty > b->qty;
}

/* Whether both came to the same fills, at whatever times, and the same position. */
static bool is_same(const struct world *a, const struct world *b, int from)
{
    if (a->fill_count != b->fill_count || a->position != b->position)
        return false;
    size_t count = (size_t)(a->fill_count - from);
    struct fill left[FILL_MAX], right[FILL_MAX];
    memcpy(left, a->fills + from, count * sizeof *left);
    memcpy(right, b->fills + from, count * sizeof *right);
    qsort(left, count, sizeof *left, fill_order);
    qsort(right, count, sizeof *right, fill_order);
    for (size_t i = 0; i < count; i++)
        if (fill_order(&left[i], &right[i]) != 0)
            return false;
    return true;
}

/* Twice the equity at the close: of quote bars the middle counts. */
static wide equity2(const struct world *world, const struct bar *bar)
{
    return 2 * world->cash + (wide)world->position * (bar->close[0] + bar->close[1]) * SHARE;
}

static bool do_bar(struct scenario *scenario, int index)
{
    static struct world tried[4]; /* low first, high first; the same, forced */
    const struct bar *bar = &scenario->bars[index];
    const int64_t last = index > 0 ? scenario->bars[index - 1].close[0] : NEVER;
    bool forces = scenario->setup.profile != OPTIMISTIC;
    for (int i = 0; i < 4; i++) {
        tried[i] = scenario->world;
        struct walk walk = {.scenario = scenario,
                            .bar = bar,
                            .last = last,
                            .world = &tried[i],
                            .low_first = i % 2 == 0,
                            .forces = i >= 2};
        walk_bar(&walk);
    }
    const struct world *low = &tried[forces ? 2 : 0], *high = &tried[forces ? 3 : 1];
    wide more = equity2(low, bar) - equity2(high, bar);
    if (!forces)
        more = -more;
    bool takes_low = more == 0 ? low->opened >= 0 : more < 0;
    const struct world *booked = takes_low ? low : high;
    int from = scenario->world.fill_count;
    bool ambiguous = !is_same(booked, &tried[0], from) || !is_same(booked, &tried[1], from);
    scenario->world = *booked;
    for (int i = 0; i < scenario->world.order_count; i++)
        if (scenario->world.orders[i].state > RESTING && scenario->world.orders[i].ended == NEVER)
            scenario->world.orders[i].ended = index;
    for (int i = from; i < scenario->world.fill_count; i++)
        scenario->world.fills[i].is_ambiguous =
            ambiguous && !scenario->world.fills[i].at_open; /* those are told before */
    return ambiguous;
}

/* Rule 8: a column of zeros says nothing, and neither does a zero with a range; under `ideal` no zero does. */
static void know_volumes(struct scenario *scenario)
{
    bool any = false;
    for (int i = 0; i < scenario->bar_count; i++)
        any |= scenario->bars[i].has_volume && scenario->bars[i].volume > 0;
    for (int i = 0; i < scenario->bar_count; i++) {
        struct bar *bar = &scenario->bars[i];
        bool says_still = bar->high[0] == bar->low[0] && scenario->setup.profile != IDEAL;
        if (!any || (bar->volume == 0 && !says_still))
            bar->has_volume = false;
    }
}

int run_scenario(struct scenario *scenario)
{
    int ambiguous = 0;
    know_volumes(scenario);
    for (int i = 0; i < scenario->bar_count; i++)
        ambiguous += do_bar(scenario, i);
    return ambiguous;
}
