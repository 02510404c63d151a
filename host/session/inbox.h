/* inbox.h: what comes next: the one total order of everything that enters a session.
 *
 * Invariants
 * - Order: time, then class (answer of a venue, market, end of a built bar, timer, command), then the source's place in the
 *   configuration, then the record's number. Among market events of one instant, closing bars go before opening points.
 *   Timers of one instant are finished before the answers that they caused.
 * - A bar whose path is known is two points: its open, which venues see (they see the whole bar), and its close, which is an
 *   input. An order whose arrival is at or before the open point is in time for the open.
 * - A source that has nothing yet says OC_E_AGAIN: the others go on. The inbox ends when every source has ended. */
#ifndef SESSION_INBOX_H
#define SESSION_INBOX_H

#include "base/checked.h"
#include "engine/engine.h"
#include "session/venues.h"

enum input_kind {
    INPUT_NONE,
    INPUT_ANSWER,
    INPUT_OPEN,
    INPUT_MARKET,
    INPUT_BARS,
    INPUT_TIMER,
    INPUT_COMMAND,
    INPUT_FACT
};

struct input {
    uint32_t kind; /* INPUT_... */
    uint32_t zero;
    int64_t at_ns;
    struct oc_event *event; /* borrowed until the next input; NULL: INPUT_BARS */
};

/* A stream of market events in time order. */
struct inbox_source {
    void *self;
    /* The next event, borrowed until the next call; OC_E_END at the end; OC_E_AGAIN: not yet; other codes end the run. */
    oc_rc (*next)(void *self, struct oc_event **ret_event);
    /* While it waits, answers and timers go on up to this instant; NULL: as far as there are any. */
    int64_t (*until)(void *self);
    bool is_live; /* its bars are known at their close only, and local_ns is set */
};

/* A recording that is carried out again. NULL members: as if there were none. */
struct inbox_recording {
    void *self;
    /* A recorded command or mark, with *ret_now true when its number is the next one: it is taken before anything else. False:
     * its number will not come (the replay differs), and it is taken at its time. NULL: nothing yet, or no more. */
    struct oc_ev_text *(*next)(void *self, bool *ret_now);
    /* Market events that were taken; after them `goes_to` counts. */
    bool has_end;
    uint64_t market_count;
    /* Until when the recording goes on with answers, timers and opens of bars; INT64_MIN: it does not. */
    int64_t (*goes_to)(void *self);
};

struct inbox; /* opaque */

/* [setup] All borrowed for the life of the inbox. */
CHECKED oc_rc inbox_new(struct engine *engine, struct venues *venues, struct inbox **ret_inbox);
void inbox_free(struct inbox *inbox);
CHECKED oc_rc inbox_add_source(struct inbox *inbox, const struct inbox_source *source);
/* [setup] Copied. */
void inbox_set_recording(struct inbox *inbox, const struct inbox_recording *recording);

/* The next input's kind and time, not its event. OC_E_END: every source has ended. OC_E_AGAIN: sources have nothing yet, and
 * nothing else is due at all. Other codes: a source failed. */
CHECKED oc_rc inbox_peek(struct inbox *inbox, struct input *ret_next);
/* The same but for market points: answers due at or before answers_ns, timers due at or before timers_ns. OC_E_END: none is. */
CHECKED oc_rc inbox_peek_rest(struct inbox *inbox, int64_t answers_ns, int64_t timers_ns, struct input *ret_next);
/* When the market goes on; INT64_MAX: it does not, or not yet. After inbox_peek. */
int64_t inbox_market_ns(struct inbox *inbox);
/* Peeks and takes at once. */
CHECKED oc_rc inbox_next(struct inbox *inbox, struct input *ret_input);
/* Takes what was peeked, which is still the next. INPUT_NONE: there was nothing to it after all. */
CHECKED oc_rc inbox_take(struct inbox *inbox, struct input *input);
/* The market input that was taken last is done with: its source goes on. */
CHECKED oc_rc inbox_next_market(struct inbox *inbox);
/* The instant that was reached last; INT64_MIN before the first. */
int64_t inbox_now(const struct inbox *inbox);
/* Points of the data passed so far: opens and closes of bars, quotes, trades. */
uint64_t inbox_points(const struct inbox *inbox);
/* Market events taken so far. */
uint64_t inbox_index(const struct inbox *inbox);

/* Restart walks the points of the data without applying them; the inbox goes on where it stopped. */
struct inbox_point {
    struct oc_event *event; /* borrowed until the point is passed */
    int64_t at_ns;
    bool is_opening; /* a bar's open, for venues; its close is a point of its own */
};
/* The next point; OC_E_END: the data have ended. Other codes: a source failed. */
CHECKED oc_rc inbox_point(struct inbox *inbox, struct inbox_point *ret_point);
/* So many market events were taken before now, of a source that does not give them again. */
void inbox_passed(struct inbox *inbox, uint64_t count, int64_t now_ns);
/* Goes past it; a close counts as a market event taken. */
CHECKED oc_rc inbox_pass(struct inbox *inbox);

/* A record of the run's end, which stands behind as many points of the data as its key says. */
static inline bool inbox_is_end(const struct oc_event *event)
{
    if (event->type != OC_EV_MARK)
        return false;
    const uint32_t code = ((const struct oc_ev_text *)(const void *)event)->code;
    return code == OC_MARK_STOP || code == OC_MARK_END || code == OC_MARK_CLOSE;
}

#endif
