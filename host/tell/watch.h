/* watch.h: what of a session is worth telling: from what each input came to, and from a look once a second.
 *
 * Invariants: it reads and changes nothing. Without channels nothing of it is there. [engine] */
#ifndef TELL_WATCH_H
#define TELL_WATCH_H

#include "session/session.h"
#include "tell/tell.h"

enum { WATCH_BOOKS_MAX = 1024, WATCH_RESYNCS_MAX = 64 };

struct watch {
    struct tell *tell; /* borrowed; NULL: nobody is told */
    struct session *session;
    const char *(*strategy_name)(void *self, uint32_t strategy);
    void *self;
    int64_t stale_ns;
    double limit_share;
    int64_t look_ns; /* the next look, by the monotonic clock */
    int64_t fed_ns;  /* of the last price, by the monotonic clock; 0: none came */
    bool is_stale, was_latched, has_failed;
    bool was_clock_good[PARTS_VENUES_MAX], is_clock_bad[PARTS_VENUES_MAX], is_limit_near[PARTS_VENUES_MAX];
    uint32_t states[ENGINE_ACCOUNTS_MAX + 1]; /* OC_VENUE_..., as it was told last */
    uint8_t bare[WATCH_BOOKS_MAX];            /* looks in a row without the protection that there was */
    int64_t bare_ns[WATCH_BOOKS_MAX];         /* when that was told last */
    struct watch_resync { /* what was told of a strategy in a market; strategy 0: the place is free */
        uint32_t strategy, inst;
        int64_t at_ns; /* when it was told behind its hole */
        int64_t differs_ns, said_ns;
        bool is_there;
    } resyncs[WATCH_RESYNCS_MAX];
    bool was_protected[WATCH_BOOKS_MAX], is_bare[WATCH_BOOKS_MAX]; /* by place of the book */
};

/* [setup] Keys watch.* of the settings; adds itself to the session's watchers. OC_E_CONFIG with the session's words. */
CHECKED oc_rc watch_open(struct watch *watch, struct session *session, struct tell *tell);
/* Between two inputs, and while the session waits. */
void watch_look(struct watch *watch);
/* An alert that a person has set. */
void watch_by_hand(struct watch *watch, const char *text);

#endif
