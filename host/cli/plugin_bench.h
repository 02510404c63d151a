/* plugin_bench.h: a world around one instance of one plugin: an engine with an account and an instrument, a clock that is told what it
 * is, a peer for connectors. For `plugin check` and `plugin try`.
 *
 * Invariants: nothing is recorded; each call into the plugin is marked, for its last words. */
#ifndef CLI_PLUGIN_BENCH_H
#define CLI_PLUGIN_BENCH_H

#include "base/checked.h"
#include "base/plugin_call.h"
#include "engine/engine.h"
#include "io/transcript.h"
#include "session/plugin_instance.h"

#define BENCH_SECTION  "plugin"              /* its settings are plugin.KEY */
#define BENCH_START_NS 1767623400000000000LL /* 2026-01-05T14:30:00Z */

enum { BENCH_CALLED_MAX = 64 };

struct bench_called { /* what the venue calls an order; order 0: nothing was said */
    uint64_t order;
    struct oc_id client, venue_order;
};

struct bench_world {
    struct settings *settings; /* borrowed */
    struct registry *registry; /* borrowed */
    struct engine *engine;
    struct oc_instrument instrument;
    uint32_t account;
    int64_t now_ns;
    uint64_t seq;
    uint64_t orders; /* ids given */
    struct bench_called called[BENCH_CALLED_MAX];
};

struct bench_plugin {
    struct bench_world *world;
    struct plugin_instance instance;
    const void *table; /* of its kind */
    struct feed feed;
    struct sim_answers answers;
    struct io_venue venue;        /* of a connector */
    struct transcript transcript; /* of a try */
    struct plugin_site site;      /* of the call under way */
};

/* Steps are of 0.01 and 0.001, or as they are said. *ret_error. [setup] */
CHECKED oc_rc bench_world_init(struct bench_world *world, const char *symbol, const char *price_step,
                               const char *qty_step, const char *cash, struct error *ret_error);
void bench_world_release(struct bench_world *world);
/* Opens `plugin` with the settings. bench_plugin_close is due all the same. `link` is what carries the bytes of a connector, copied;
 * for others NULL. `transcript` is the caller's to begin. */
CHECKED oc_rc bench_plugin_open(struct bench_plugin *bench, struct bench_world *world, const struct oc_plugin *plugin,
                                const struct io_link *link, struct error *ret_error);
/* A connector is started, given the account and the instrument, and asked for what it offers of them. */
CHECKED oc_rc bench_connect(struct bench_plugin *bench);
void bench_plugin_close(struct bench_plugin *bench);
void bench_call(struct bench_plugin *bench, const char *call);
/* A new request of the world's instrument: qty and price in units; price 0: a market order. */
struct oc_request bench_request(struct bench_world *world, uint8_t side, int64_t qty, int64_t price);
struct oc_request bench_cancel(struct bench_world *world, uint64_t order);
/* An amend of an open order to this quantity, and price where it is not 0. */
struct oc_request bench_amend(struct bench_world *world, uint64_t order, int64_t qty, int64_t price);
/* An order that the rules allow is open from here on, and was accepted. 0: they do not. */
uint64_t bench_open_order(struct bench_world *world, uint8_t side, int64_t qty, int64_t price);
/* Market events and fills reach the engine and its rules. */
/* What a connector says of an order is kept for what changes or cancels it. */
void bench_hear(struct bench_plugin *bench, const struct oc_event *event);
/* Market events and fills reach the engine and its rules. */
CHECKED oc_rc bench_input(struct bench_world *world, struct oc_event *event);
struct oc_ev_trade bench_trade(struct bench_world *world, int64_t price);
struct oc_ev_fill bench_fill(struct bench_world *world, uint8_t side, int64_t qty, int64_t price);

#endif
