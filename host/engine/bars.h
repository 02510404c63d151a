/* bars.h: bars from trades, quotes or smaller bars, 1 s to 1 d, aligned to UTC.
 *
 * Invariants
 * - A bar [t, t + period) holds what happened at or after t and before t + period, a smaller bar by its open; it closes at the
 *   first event at or after t + period, or at a tick of the engine when it is due, whichever comes first. It is due at its end; where
 *   smaller bars do not end there (minutes that begin 20 s past the minute), when the one that holds its end has ended.
 * - Larger periods close first when several close at one instant.
 * - A period without any event makes no bar; the number of skipped periods is kept in `gaps`.
 * - Quotes make both a QBAR (bid and ask lines) and no price line; trades and bars make a BAR. */
#ifndef ENGINE_BARS_H
#define ENGINE_BARS_H

#include <outcry/event.h>
#include <stdbool.h>

struct bar_builder {
    uint32_t inst;
    uint32_t is_open; /* 1: bar or qbar holds something */
    int64_t period_ns;
    int64_t end_ns; /* of the open bar */
    int64_t due_ns; /* when all of it has been told: its end, or later */
    uint64_t gaps;
    union {
        struct oc_event head;
        struct oc_ev_bar bar;
        struct oc_ev_qbar qbar;
    } now;
};

/* True for a period that bars can have: a divisor of a day, at least one second. */
bool bar_period_is_valid(int64_t period_ns);
/* Start of the period that holds now_ns (floor, also before 1970). */
int64_t bar_start(int64_t now_ns, int64_t period_ns);

void bar_builder_init(struct bar_builder *builder, uint32_t inst, int64_t period_ns);
/* True if the open bar is due at or before now_ns. */
static inline bool bar_builder_is_due(const struct bar_builder *builder, int64_t now_ns)
{
    return builder->is_open && builder->due_ns <= now_ns;
}
/* True if what counts for at_ns is of a later bar: take the open one with bar_builder_take first, then add. */
static inline bool bar_builder_is_past(const struct bar_builder *builder, int64_t at_ns)
{
    return builder->is_open && builder->end_ns <= at_ns;
}
/* Adds a trade, quote, bar or quote bar. at_ns: the time it counts for (a bar counts for its open). */
void bar_builder_add(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns);
/* The finished bar; valid until the next add. Its venue_ns and local_ns are the end of the period. */
const struct oc_event *bar_builder_take(struct bar_builder *builder);

#endif
