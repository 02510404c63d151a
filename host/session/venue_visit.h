/* venue_visit.h: a venue of the configuration asked how it is, without a session, an account or a key: can each place of its endpoints be
 * reached, what does its clock say, how long is the way there and back, what is used of its limits on this machine.
 *
 * Invariants
 * - Nothing is signed and nothing is ordered: its connector is given no account.
 * - It ends: what has not answered by the time that was given has not answered.
 * - What it asks counts against the venue's limits as everything else does. */
#ifndef SESSION_VENUE_VISIT_H
#define SESSION_VENUE_VISIT_H

#include "io/venue_health.h"
#include "session/parts.h"
#include "session/plugin_instance.h"
#include "session/venue_net.h"

struct visit_place { /* of an endpoint */
    struct net_endpoint at;
    bool is_over;
    bool is_reached;
    uint32_t why;    /* OC_WHY_...: not reached */
    int64_t took_ns; /* name, TCP and TLS */
};

struct visit_limit {
    bool is_known; /* how much of it is used: not of a key, for none is there */
    uint64_t used;
};

struct venue_visit {
    struct settings *settings; /* borrowed */
    char venue[PART_NAME_MAX];
    const struct oc_connector *table;
    const struct oc_plugin *plugin;
    bool is_on_network; /* else its link is a transcript, and nothing can be asked */
    struct visit_place places[NET_ENDPOINTS_MAX];
    uint32_t place_count;
    bool can_tell_time;
    bool is_clock_known;
    struct io_clock_sample clock;
    int64_t clock_age_ns;
    int64_t trips_ns[IO_CLOCK_SAMPLES]; /* there and back, the shortest first */
    uint32_t trip_count;
    struct visit_limit limits[OC_VENUE_LIMITS_MAX];
    struct net_loop *loop; /* owned, as all that follows */
    struct net *net;
    struct pool pool;
    struct limits_shared shared;
    struct plugin_instance instance;
    struct io_venue io;
    bool has_io;
    int64_t now_ns;
    struct registry registry;
    struct parts parts;
};

/* NULL: no memory. Owned: venue_visit_free, which takes NULL. [setup] */
struct venue_visit *venue_visit_new(struct settings *settings, const char *venue);
void venue_visit_free(struct venue_visit *visit);
/* Finds its connector and holds the group against what that says of its venue. Codes of *ret_error. [setup] */
CHECKED oc_rc venue_visit_open(struct venue_visit *visit, struct error *ret_error);
/* Asks: for connections for at most timeout_ns, then for its clock for as long. What has not answered is no failure of this call. Codes of *ret_error. */
CHECKED oc_rc venue_visit_ask(struct venue_visit *visit, int64_t timeout_ns, struct error *ret_error);
/* All that was asked has answered. */
bool venue_visit_is_good(const struct venue_visit *visit);

#endif
