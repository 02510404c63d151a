/* links.h: the connectors of a session: several venues at once, each with its own clock of what is said.
 *
 * Invariants
 * - An account is of one link; what its number comes with (head.source) says which.
 * - Time goes on to what any of them has next, the earliest first; a venue that waits to be sent something stops no other.
 * - On the network time is the clock's: all of them wait in one loop.
 * - None: a simulator fills. */
#ifndef SESSION_LINKS_H
#define SESSION_LINKS_H

#include "io/wire_log.h"
#include "session/latch.h"
#include "session/venue_link.h"

struct links {
    struct venue_link *list[PARTS_VENUES_MAX]; /* owned */
    uint32_t count;
    struct net_loop *loop;     /* owned; NULL: none of them is on the network */
    struct wire_log wire;      /* the network's log; closed: none is wanted */
    const struct latch *latch; /* what adds risk does not leave while it is asked; borrowed; NULL: there is none */
};

/* On the network: another process has killed the session, and the session has not come to that yet. NULL: no. */
static inline bool links_are_killed(const struct links *links)
{
    return links && links->loop && links->latch && latch_is_asked(links->latch);
}
/* One for each venue of the settings. `recorded_dir` as of venue_link_new. OC_E_NOMEM. [setup] */
CHECKED oc_rc links_new(struct links *links, struct settings *settings, const char *recorded_dir);
void links_free(struct links *links);
/* Of an account, by its number; NULL: none. */
struct venue_link *links_of(const struct links *links, uint32_t account);
/* Whether they are on the network, and not played by records. */
bool links_are_on_network(const struct links *links);
/* Waits for the network, for what is due at rest_ns of the session's time, or for at most ns. */
void links_wait(const struct links *links, int64_t rest_ns, int64_t ns);
/* Opens each; `world` but for what is each one's own. [setup] */
CHECKED oc_rc links_open(struct links *links, const struct venue_link_world *world, struct error *ret_error);
/* `is_clean`: as of venue_link_end. */
void links_close(struct links *links, bool is_clean);
/* As venue_link_describe, of each. [setup] */
CHECKED oc_rc links_describe(struct links *links, struct registry *registry, const struct parts *parts,
                             struct error *ret_error);
/* The credentials of their accounts are fetched, or asked for; nothing of a link that is played by records. Before links_open. [setup] */
CHECKED oc_rc links_unlock(struct links *links, struct settings *settings, struct registry *registry,
                           const struct parts *parts, struct error *ret_error);
/* A market event of this source is being handled. */
void links_taken(struct links *links, uint32_t source);
/* As venue_link_stalled, of that one which goes on first. */
CHECKED oc_rc links_stalled(struct links *links, struct error *ret_error);
/* As venue_link_differs, of the first that does. */
bool links_differ(const struct links *links, struct error *ret_error);
void links_set_going_through(struct links *links, bool is_going_through);
void links_set_console(struct links *links, bool has_console);
/* As venue_link_expect_ahead, of each. */
void links_expect_ahead(struct links *links, int64_t at_ns);
/* Messages that no connector could read. */
uint64_t links_unread(const struct links *links);

#endif
