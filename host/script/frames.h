/* frames.h: bars of a market beside the strategy's own: of longer periods, Heikin-Ashi, Renko, by volume and by money.
 *
 * Invariants
 * - Only closed bars are kept, the last FRAME_HISTORY of them. What is open is shown by name only.
 * - Bars of a longer period are the engine's. The other kinds are made here, of closed bars of the strategy's own period; such a bar
 *   is never split, so what is by volume or by money can be longer than its size.
 * - Prices are doubles: Heikin-Ashi and Renko have prices between the steps. Indicators of these kinds count in a binary step below
 *   1e-10 of the first price instead of the instrument's.
 * - The state has no pointers; saving it is copying it. */
#ifndef SCRIPT_FRAMES_H
#define SCRIPT_FRAMES_H

#include "script/indicators.h"

enum { FRAME_TIME, FRAME_HEIKIN_ASHI, FRAME_RENKO, FRAME_VOLUME, FRAME_DOLLAR, FRAME_KINDS };
enum { FRAME_HISTORY = 64, FRAME_BRICKS_MAX = 1000, FRAMES_MAX = 32 /* of one market */ };

struct frame_bar {
    int64_t time_ns; /* when it closed */
    int64_t open_ns;
    double open, high, low, close;
    double volume; /* NaN: the data have none */
};

struct frame_spec { /* saved as bytes */
    uint32_t kind;
    uint32_t zero;
    int64_t period_ns; /* FRAME_TIME; 0: the strategy's own bars */
    double size;       /* price of a brick, quantity or money of a bar */
};

struct frame_state {
    uint64_t count; /* bars closed */
    struct frame_bar history[FRAME_HISTORY];
    struct frame_bar open; /* what is added up now, of kinds made here */
    uint32_t is_open;
    uint32_t is_over; /* it could not be made any more */
    double money;     /* in the open bar */
    double low, high; /* of the last brick */
    double step;      /* that its indicators count in; 0: no bar yet */
};

struct bar_frame {
    struct frame_spec spec;
    struct frame_state now;
    struct instrument grid; /* the instrument, in such steps */
};

/* Called for each bar that has closed. */
typedef void (*frame_closed_fn)(void *arg, struct bar_frame *frame, const struct indicator_bar *bar);

const char *frame_kind_name(uint32_t kind);
static inline bool frame_is_like(const struct frame_spec *a, const struct frame_spec *b)
{
    return a->kind == b->kind && a->period_ns == b->period_ns && a->size == b->size;
}
/* A bar of the engine's of this period. `closed` is called once. */
void frame_take(struct bar_frame *frame, const struct instrument *instrument, const struct oc_event *bar,
                frame_closed_fn closed, void *arg);
/* A closed bar of the strategy's own, into a kind that is made here. False: it cannot be made of it, *ret_why says why (static), now and
 * with each bar that follows. */
bool frame_make(struct bar_frame *frame, const struct instrument *instrument, const struct oc_event *bar,
                frame_closed_fn closed, void *arg, const char **ret_why);
/* After `now` was read from a checkpoint. */
void frame_grid(struct bar_frame *frame, const struct instrument *instrument);
/* The bar `back` bars ago, 1 the last that closed; NULL: it is not held. Borrowed until the next bar. */
const struct frame_bar *frame_bar(const struct bar_frame *frame, uint64_t back);
/* A bar of the engine's as it is shown. */
struct frame_bar frame_bar_of(const struct instrument *instrument, const struct oc_event *bar);

#endif
