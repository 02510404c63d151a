/* venue_visit.h: a venue of the configuration asked without a session: how it is (can each place of its endpoints be reached, what does its
 * clock say, how long is the way there and back, what is used of its limits on this machine), what it trades, and what an account has there.
 *
 * Invariants
 * - Nothing is ordered, but that venue_kill.h takes orders back. Nothing is signed either, unless venue_visit_sign gave it the keys of its accounts before.
 * - It ends: what has not answered by the time that was given has not answered.
 * - What it asks counts against the venue's limits as everything else does. */
#ifndef SESSION_VENUE_VISIT_H
#define SESSION_VENUE_VISIT_H

#include "io/keyring.h"
#include "io/venue_health.h"
#include "session/parts.h"
#include "session/plugin_instance.h"
#include "session/venue_net.h"

enum { VISIT_ASSETS_MAX = 4096, VISIT_INSTRUMENTS_MAX = 16384 };

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
    struct keyring keyring;                      /* of its accounts, by their places in the configuration; owned */
    uint32_t account_count;                      /* that the connector was given */
    char assets[VISIT_ASSETS_MAX][OC_ASSET_MAX]; /* by their number - 1 */
    uint32_t asset_count;
    uint32_t client_tag; /* of the session whose orders are taken back; 0: none */
    bool gives_accounts; /* its connector is given the accounts without keys too, as of the environment `local` */
    void *owner;         /* of `called`, which venue_kill.h sets; NULL: nobody knows an order */
    void (*called)(void *owner, uint64_t order, struct oc_id *ret_client, struct oc_id *ret_venue);
    struct oc_instrument *instruments; /* that it has named, inst OC_INST(place + 1, 1); owned */
    uint32_t instrument_count, instrument_room;
};

/* NULL: no memory. Owned: venue_visit_free, which takes NULL. [setup] */
struct venue_visit *venue_visit_new(struct settings *settings, const char *venue);
void venue_visit_free(struct venue_visit *visit);
/* Finds its connector and holds the group against what that says of its venue. Codes of *ret_error. [setup] */
CHECKED oc_rc venue_visit_open(struct venue_visit *visit, struct error *ret_error);
/* Asks: for connections for at most timeout_ns, then for its clock for as long. What has not answered is no failure of this call. Where it
 * signs, more may be asked behind it: venue_visit_fetch. Codes of *ret_error. */
CHECKED oc_rc venue_visit_ask(struct venue_visit *visit, int64_t timeout_ns, struct error *ret_error);
/* From now on it signs with the keys of its accounts. Behind venue_visit_open. Codes of *ret_error. [setup] */
CHECKED oc_rc venue_visit_sign(struct venue_visit *visit, struct error *ret_error);
/* Connects, and starts its connector, with its accounts where it signs. Codes of *ret_error. [setup] */
CHECKED oc_rc venue_visit_begin(struct venue_visit *visit, struct error *ret_error);
/* One question, to its last page. `take` is told every event that its venue says meanwhile; NULL: nobody is. Instruments are known from then
 * on. OC_E_NOT_SUPPORTED: its connector has no such question; OC_E_LATE: no answer in that time; else what the venue said. */
CHECKED oc_rc venue_visit_fetch(struct venue_visit *visit, const struct oc_fetch *ask, int64_t timeout_ns,
                                void (*take)(void *self, const struct oc_event *event), void *self);
/* What it would say of an instrument is known: it need not be asked. OC_E_LIMIT, OC_E_NOMEM, OC_E_DATA: no symbol. */
CHECKED oc_rc venue_visit_know(struct venue_visit *visit, const struct oc_instrument *instrument);
/* The number of an asset by its name. OC_E_LIMIT, OC_E_DATA. */
CHECKED oc_rc venue_visit_intern(struct venue_visit *visit, const char *name, size_t size, uint32_t *ret_asset);
/* One thing that is due; what was said meanwhile goes to `take`. Waits at most LOOK_NS. OC_E_END and others: nothing more comes. */
CHECKED oc_rc venue_visit_turn(struct venue_visit *visit, void (*take)(void *self, const struct oc_event *event),
                               void *self);
/* "" for none. */
const char *venue_visit_asset(const struct venue_visit *visit, uint32_t asset);
/* NULL: it has named none such. */
const struct oc_instrument *venue_visit_instrument(const struct venue_visit *visit, uint32_t inst);
const struct oc_instrument *venue_visit_symbol(const struct venue_visit *visit, const char *symbol);

/* A place of one endpoint at least was reached. */
bool venue_visit_is_reached(const struct venue_visit *visit);
/* All that was asked has answered. */
bool venue_visit_is_good(const struct venue_visit *visit);

#endif
