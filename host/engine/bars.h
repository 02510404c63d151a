/* bars.h: bars from trades, quotes or smaller bars, 1 s to 1 d, aligned to UTC.
 *
 * Invariants
 * - A bar [t, t + period) holds what happened at or after t and before t + period, a smaller bar by its open; it closes at the
 *   first event at or after t + period, or at a tick of the engine when it is due, whichever comes first. It is due at its end; where
 *   smaller bars do not end there (minutes that begin 20 s past the minute), when the one that holds its end has ended.
 * - Larger periods close first when several close at one instant.
 * - A period without any event makes no bar; the number of skipped periods is kept in `gaps`.
 * - Quotes make both a QBAR (bid and ask lines) and no price line; trades and bars make a BAR.
 * - On a live feed (bar_builder_go_live) what happened counts by the venue's time, and a bar is due `grace_ns` behind its end: what is told
 *   late belongs to it, what is told of the next period until then is kept ahead. What comes still later is counted and left out: a bar
 *   is told once. Where the venue's candles are such (is_flat), a period without a trade is a bar at the last close. A bar whose whole
 *   time was not heard is not told: its venue's own is asked for, and told in its place if it comes before the next one is over. */
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
    union bar_any {
        struct oc_event head;
        struct oc_ev_bar bar;
        struct oc_ev_qbar qbar;
    } now;
    bool is_live;
    bool is_flat;
    bool has_ahead;
    bool is_gap; /* what is asked for lies behind bars that were told */
    uint8_t zero[4];
    union bar_any ahead; /* the next bar, while the open one is not due */
    int64_t grace_ns;
    int64_t whole_ns;  /* bars that open from here on are heard as a whole; INT64_MAX: nothing is heard, or was yet */
    int64_t told_ns;   /* the end of the last bar that was told, or fed; INT64_MIN: none was */
    int64_t asks_from; /* history is wanted from here on ... */
    int64_t asks_to;   /* ... to here; 0: none is */
    int64_t asks_call; /* the bar that ends then is told; 0: none of them is */
    uint64_t late;     /* trades that came too late for their bar */
    uint64_t left_out; /* bars that were not heard as a whole, and did not come in time */
    uint64_t fed;      /* bars of history in place of those, since the last one that was told */
};
#define BAR_AHEAD_NS 5000000000ll /* a venue's clock that is further ahead of ours is not believed */

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
/* It is of a live feed; nothing has been heard of it yet. */
void bar_builder_go_live(struct bar_builder *builder, int64_t grace_ns, bool is_flat);
/* A live one: how much later than the open one may be what is kept ahead of it. */
static inline bool bar_builder_is_beyond(const struct bar_builder *builder, int64_t at_ns)
{
    return builder->is_open && at_ns >= builder->end_ns + builder->period_ns;
}
/* What a venue says is not heard any more, or is heard anew: the open bar has a hole. */
void bar_builder_lost(struct bar_builder *builder);
/* Something of its instrument was heard: of the bar that at_ns lies in some may have been missed, of later ones nothing. */
static inline void bar_builder_heard(struct bar_builder *builder, int64_t at_ns)
{
    if (__builtin_expect(builder->whole_ns == INT64_MAX, 0))
        builder->whole_ns = bar_start(at_ns, builder->period_ns) + builder->period_ns;
}
/* Adds a trade, quote, bar or quote bar. at_ns: the time it counts for (a bar counts for its open). */
void bar_builder_add(struct bar_builder *builder, const struct oc_event *event, int64_t at_ns);
/* Behind bar_builder_take() of a live one: the next bar is the open one, if there is something of it. */
void bar_builder_go_on(struct bar_builder *builder);
/* The finished bar; valid until the next add. Its venue_ns and local_ns are the end of the period. */
const struct oc_event *bar_builder_take(struct bar_builder *builder);

#endif
