/* pace.h: how fast a session goes on: as fast as it can, with the clock, step by step, or paused.
 *
 * Invariants
 * - Logical time stands at the instant that was reached last, or runs with the clock between it and the next.
 * - While it waits, whoever is to be served is served: consoles ask and command between two inputs. */
#ifndef SESSION_PACE_H
#define SESSION_PACE_H

#include <outcry/abi.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/checked.h"

struct session;

/* How a fed session moves on: told by consoles. */
enum { PACE_FREE, PACE_EVENTS, PACE_ORDERS, PACE_FILLS, PACE_TIME };

/* Who is served between two inputs. NULL: nobody. */
struct pace_host {
    void *self;
    /* Before time moves on to at_ns. Positive: the session is to end; negative: an error. */
    oc_rc (*turn)(void *self, int64_t at_ns);
    /* The session is paused, or waits: whoever waits for it is answered. */
    void (*idle)(void *self);
    /* Waits at most so long, for whoever asks. */
    void (*wait)(void *self, int64_t ns);
};

struct pace {
    double speed; /* 0: as fast as possible; 60: a minute of data a second */
    bool is_paused;
    bool
        is_within; /* paused before anything else happens, at this instant too: of a replay, which takes no commands there */
    bool is_ended;      /* the data have ended; consoles may still look */
    uint32_t ended;     /* OC_MARK_STOP, OC_MARK_END or OC_MARK_CLOSE, while nothing but answers has followed; else 0 */
    bool is_stopping;   /* the session is to end, and why is known */
    bool by_hand;       /* a person ends it: recorded */
    bool by_stop;       /* by `stop` in a console */
    uint32_t step_kind; /* PACE_...: runs until steps_left of them happened */
    uint64_t steps_left;
    int64_t until_ns;     /* PACE_TIME: to the first event of this time or later */
    int64_t base_mono_ns; /* pacing counts from here */
    int64_t base_data_ns;
    int64_t granted_ns; /* the market may go on as far */
    int64_t command_ns; /* logical time of a command that comes now */
    struct pace_host host;
    bool (*is_over)(void *self); /* what is done before the end is done; NULL: nothing is */
    void *is_over_self;
    void (*on_late)(void *arg, int64_t late_ns); /* bench: how long after its time an input is taken; NULL */
    void *on_late_arg;
};

/* Before the market goes on to at_ns: waits until that is due, and while the session is paused. What venues say and timers bring
 * meanwhile is taken at its time. Positive: the session is to end. */
CHECKED oc_rc pace_wait(struct session *session, int64_t at_ns);
/* Pacing counts from this logical time on. */
void pace_from(struct pace *pace, int64_t data_ns);
/* Logical time between the last instant and the next. */
int64_t pace_now(const struct session *session, int64_t at_ns);
/* No step goes on: paused. */
void pace_stop(struct pace *pace);
/* Something of this kind has happened: steps are counted. */
void pace_stepped(struct pace *pace, uint32_t kind);
/* A market event of this time was handled. */
void pace_passed(struct pace *pace, int64_t now_ns);

#endif
