/* loop.h: the one total order of simultaneous things, for everything that is fed rather than live.
 *
 * Invariants
 * - Order: time, then class (instrument and session, simulator answer, market, timer), then the source's place in the
 *   configuration, then the record's number. Among market events of one instant, closing bars go before opening points.
 * - A bar whose path is known is shown to the simulators at its open (they see the whole bar), and enters the engine at
 *   its close. An order whose arrival is at or before the open point is in time for the open.
 * - A market event is recorded, shown to the simulators, and then applied; the answers it causes at the same instant
 *   follow at once. */
#ifndef ENGINE_LOOP_H
#define ENGINE_LOOP_H

#include "engine/engine.h"
#include "engine/simhost.h"

/* A stream of market events in time order. */
struct loop_source {
    void *self;
    /* The next event, borrowed until the next call; OC_E_END at the end; other codes end the run. */
    oc_rc (*next)(void *self, struct oc_event **ret_event);
};

struct loop_hooks { /* NULL members are skipped */
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

struct loop;

oc_rc loop_new(struct engine *engine, const struct loop_hooks *hooks, struct loop **ret_loop);
void loop_free(struct loop *loop);
oc_rc loop_add_source(struct loop *loop, const struct loop_source *source);
/* Simulators answer for accounts; the loop sets itself as their venue. */
oc_rc loop_add_sim(struct loop *loop, struct simhost *simhost, uint32_t account);
/* Runs to the end of all sources: OC_OK. Negative: a source, the door or the engine failed. Positive: advance said so. */
oc_rc loop_run(struct loop *loop);
/* Answers and timers still under way up to at_ns, without market events. */
oc_rc loop_drain(struct loop *loop, int64_t at_ns);
/* The same for answers only: what the venue still has to say when the data have ended. */
oc_rc loop_finish(struct loop *loop, int64_t at_ns);
/* When the next answer or timer is due; INT64_MAX: none is. */
int64_t loop_next_ns(const struct loop *loop);
/* True when the next point of the data is a bar's open: it is shown to simulators only and counts as no event. */
bool loop_is_opening(struct loop *loop);
/* The instant that was reached last; INT64_MIN before the first. */
int64_t loop_now(const struct loop *loop);

/* Restore walks the points of the data as loop_run does, without applying them; loop_run goes on where it stopped. */
struct loop_point {
    struct oc_event *event; /* borrowed until the point is passed */
    int64_t at_ns;
    bool is_opening; /* a bar's open, for simulators; its close is a point of its own */
};
/* The next point; OC_E_END: the data have ended. Other codes: a source failed. */
oc_rc loop_peek(struct loop *loop, struct loop_point *ret_point);
/* Goes past it; a close counts as a market event taken. */
oc_rc loop_pass(struct loop *loop);
/* Market events taken so far. */
uint64_t loop_index(const struct loop *loop);

#endif
