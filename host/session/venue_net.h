/* venue_net.h: a venue over the network: what its group of the configuration says of it, held against its connector's description.
 *
 *   venue.NAME.link = "network"                in place of a transcript
 *   venue.NAME.endpoint.ENDPOINT = "wss://..." where an endpoint of the description is, in this environment; several places of it with
 *                                              blanks between, the one that is wanted first
 *   venue.NAME.balance.ENDPOINT = "round_robin" where questions go that prove nothing: all places in turn, or least_latency: the one that
 *                                              answers soonest; one: where all else goes
 *   venue.NAME.ca_file = "FILE"                whom to trust in place of whom the system trusts; relative to the file that says it
 *   venue.NAME.proxy = "socks5h://HOST:PORT"   by which all of its connections go
 *
 * Invariants
 * - A key that would change nothing, and an endpoint that nobody could reach, are refused before the session begins.
 * - All venues of a session have one kind of time: transcripts their own, the network the clock's. */
#ifndef SESSION_VENUE_NET_H
#define SESSION_VENUE_NET_H

#include "base/checked.h"
#include "base/error.h"
#include "config/settings.h"
#include "io/limits_shared.h"
#include "io/link.h"
#include "io/net.h"
#include "io/pool.h"

#include <outcry/venue.h>

bool venue_net_is(const struct settings *settings, const char *venue);
/* Whether the group says one kind of link, and nothing that belongs to another. OC_E_CONFIG, OC_E_NOT_SUPPORTED. [setup] */
CHECKED oc_rc venue_net_judge(const struct settings *settings, const char *venue, struct error *ret_error);
/* Whether each endpoint of the description has a url, each url an endpoint, and the rest can be what it says. OC_E_CONFIG. [setup] */
CHECKED oc_rc venue_net_describe(const struct settings *settings, const char *venue, const struct oc_venue *described,
                                 struct error *ret_error);
/* All places of its endpoints, as the link calls them: NAME, NAME#2 ... Owned: free(). NULL: no memory. [setup] */
struct net_endpoint *venue_net_places(const struct settings *settings, const char *venue,
                                      const struct oc_venue *described, uint32_t *ret_count);
/* The link itself. Owned: net_free. [setup] */
CHECKED oc_rc venue_net_open(const struct settings *settings, const char *venue, const struct oc_venue *described,
                             struct net_loop *loop, struct net **ret_net, struct error *ret_error);

/* Endpoints of several places stand in the pool, over `below`; the link's own are those of net_link. OC_E_LIMIT. [setup] */
CHECKED oc_rc venue_net_pool(const struct settings *settings, const char *venue, const struct oc_venue *described,
                             const struct io_link *below, struct pool *ret_pool);

/* A venue counts what comes from one key and one address, whatever process it is of. Where it cannot be shared, that is said. Owned:
 * limits_shared_close. [setup] */
void venue_net_share_limits(const char *venue, const struct oc_venue *described, struct limits_shared *ret_limits);

#endif
