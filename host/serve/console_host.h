/* console_host.h: consoles and their session: who is served between two inputs, and what the service asks of the session.
 *
 * Invariants
 * - A command is an input: recorded, and then carried out from its record. A question changes nothing.
 * - Without a server nobody asks: the service is there to carry out recorded commands. */
#ifndef SERVE_CONSOLE_HOST_H
#define SERVE_CONSOLE_HOST_H

#include "serve/console_service.h"
#include "session/session.h"
#include "steer/strategies.h"
#include "tell/watch.h"

/* Going back in a recorded session. NULL members: not here. */
struct console_rewind {
    void *self;
    /* Before time moves on to at_ns. */
    void (*turn)(void *self, int64_t at_ns);
    /* Whoever went somewhere goes no further. */
    void (*stop)(void *self);
    /* `to PLACE`, `back COUNT`. OC_E_AGAIN: answered when it is there. Otherwise *reply says why. */
    oc_rc (*control)(void *self, const struct command_words *words, struct text *reply);
    /* A request or a fill: where to go back to. */
    void (*mark)(void *self, const struct oc_event *event);
};

struct console_host {
    struct session *session; /* borrowed, as all below that are not said to be owned */
    struct strategies *strategies;
    struct console_server *server;   /* NULL: nobody asks */
    struct console_service *service; /* owned */
    struct console_service_host table;
    struct console_rewind rewind;
    struct tell *tell; /* NULL: nobody is told but consoles */
    struct watch watch;
    void *look_self;
    void (*look)(void *self); /* between two inputs, beside the others; NULL: nobody */
    int64_t latch_said_ns;    /* that a kill could not be carried out is not said again before */
    bool has_own;             /* a console of this process: the session ends with it */
    bool is_rehearsal;        /* locks and colours of live: the session is armed, or rehearses them */
    bool is_recorded;         /* a recording is carried out: something comes of waiting without a strategy too */
};

/* [setup] Before the balances. session, strategies, server and the wishes are set. */
void console_host_add_stage(struct console_host *host, struct session *session, struct strategies *strategies);
/* After the data: answers until the own console goes. */
void console_host_linger(struct console_host *host);

#endif
