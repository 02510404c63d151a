/* inbox.h: the one total order of simultaneous things, for everything that is fed rather than live.
 *
 * Invariants
 * - Order: time, then class (instrument and session, simulator answer, market, timer), then the source's place in the
 *   configuration, then the record's number. Among market events of one instant, closing bars go before opening points.
 * - A bar whose path is known is shown to the simulators at its open (they see the whole bar), and enters the engine at
 *   its close. An order whose arrival is at or before the open point is in time for the open.
 * - A market event is recorded, shown to the simulators, and then applied; the answers it causes at the same instant
 *   follow at once. */
#ifndef SESSION_INBOX_H
#define SESSION_INBOX_H

#include "engine/engine.h"
#include "session/sim_answers.h"

/* A stream of market events in time order. */
struct inbox_source {
    void *self;
    /* The next event, borrowed until the next call; OC_E_END at the end; other codes end the run. */
    oc_rc (*next)(void *self, struct oc_event **ret_event);
};

struct inbox_hooks { /* NULL members are skipped */
    void *self;
    /* The door: stamps a market event's seq. */
    oc_rc (*market)(void *self, struct oc_event *event);
    /* The door: stamps and records an answer. */
    oc_rc (*answer)(void *self, struct oc_event *event);
    /* One market event and all that came of it at its instant is done. */
    void (*progress)(void *self, uint64_t seq, uint64_t market_index);
    /* Before time moves on to at_ns: pacing, commands, interruption. Non-zero ends the run. */
    oc_rc (*advance)(void *self, int64_t at_ns);
};

struct inbox;

oc_rc inbox_new(struct engine *engine, const struct inbox_hooks *hooks, struct inbox **ret_loop);
void inbox_free(struct inbox *loop);
oc_rc inbox_add_source(struct inbox *loop, const struct inbox_source *source);
/* Simulators answer for accounts; the loop sets itself as their venue. */
oc_rc inbox_add_sim(struct inbox *loop, struct sim_answers *sim_answers, uint32_t account);
/* Runs to the end of all sources: OC_OK. Negative: a source, the door or the engine failed. Positive: advance said so. */
oc_rc inbox_run(struct inbox *loop);
/* Answers and timers still under way up to at_ns, without market events. */
oc_rc inbox_drain(struct inbox *loop, int64_t at_ns);
/* The same for answers only: what the venue still has to say when the data have ended. */
oc_rc inbox_finish(struct inbox *loop, int64_t at_ns);
/* When the next answer or timer is due; INT64_MAX: none is. */
int64_t inbox_next_ns(const struct inbox *loop);
/* True when the next point of the data is a bar's open: it is shown to simulators only and counts as no event. */
bool inbox_is_opening(struct inbox *loop);
/* The instant that was reached last; INT64_MIN before the first. */
int64_t inbox_now(const struct inbox *loop);

/* Restore walks the points of the data as inbox_run does, without applying them; inbox_run goes on where it stopped. */
struct inbox_point {
    struct oc_event *event; /* borrowed until the point is passed */
    int64_t at_ns;
    bool is_opening; /* a bar's open, for simulators; its close is a point of its own */
};
/* The next point; OC_E_END: the data have ended. Other codes: a source failed. */
oc_rc inbox_peek(struct inbox *loop, struct inbox_point *ret_point);
/* Goes past it; a close counts as a market event taken. */
oc_rc inbox_pass(struct inbox *loop);
/* Market events taken so far. */
uint64_t inbox_index(const struct inbox *loop);

#endif
