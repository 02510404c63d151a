/* venue_sim.h: an engine that trades through a venue with an exchange behind a link on which everything goes wrong; and the process
 * killed in the middle of it, and started again from what was recorded.
 *
 * Invariants
 * - A run is its seed.
 * - With kills: what is recorded is kept, what was only said or decided is gone, and all connections break. The exchange and what had
 *   left go on. A process that is dead sends nothing and records nothing.
 * - Two accounts trade at the exchange; each order, fill and position is held to its own. */
#ifndef SIM_VENUE_SIM_H
#define SIM_VENUE_SIM_H

#include "support/engine_fixture.h"

#include "base/host_impl.h"
#include "io/venue.h"
#include "sim/request_ledger.h"
#include "support/exchange_codec.h"

#define SIM_S 1000000000ll

enum { SIM_REQUESTS = 300, SIM_ACCOUNTS = 2 };

enum sim_kill {                    /* where a process dies */
                SIM_KILL_SAID,     /* the venue has said something, which is not recorded */
                SIM_KILL_RECORDED, /* it is recorded, and not handled */
                SIM_KILL_UNSENT,   /* a request is recorded and has not been given to the venue */
                SIM_KILL_SENT,     /* it has */
                SIM_KILL_IDLE,
                SIM_KILLS
};

struct sim_record {
    uint32_t size;
    uint32_t zero;
    char bytes[2048];
};

struct sim_life { /* what a process has, and loses */
    struct io_venue venue;
    struct exchange_codec codec;
    struct host_impl impl;
    struct oc_host host;
    struct fixture *f;
    uint32_t heard; /* of the fixture's records */
};

struct sim {
    uint64_t seed, random;
    int64_t now_ns;
    struct exchange exchange;
    struct fault_link link;
    struct sim_life *life;
    struct ledger ledger;        /* not kept with kills: its words are of one life */
    uint64_t made[SIM_REQUESTS]; /* orders */
    uint32_t made_count, asked;
    uint32_t again_every;
    uint32_t lives;
    struct sim_record *records; /* with kills: all that the process has recorded */
    uint32_t record_count, record_room;
    uint32_t kill_in; /* points passed until it dies; 0: never */
    bool keeps_records, is_dead;
    uint32_t kills[SIM_KILLS];
    uint32_t open_streams[64]; /* of this life */
    uint32_t open_count;
};

struct sim_sum {
    uint64_t faults, orders, trades, unknowns, never_left, looked, lives;
    uint64_t kills[SIM_KILLS];
};

extern const struct fault_rates sim_rough;
extern uint64_t sim_traced; /* the order of which everything is told, without its epoch; 0: none */

struct sim *sim_new(uint64_t seed, const struct fault_rates *rates, uint32_t again_every, bool has_kills);
void sim_pump_to(struct sim *sim, int64_t until_ns);
void sim_trade_on(struct sim *sim);
/* The faults are over; what the engine does not know to have ended is asked about, and so are all fills. */
void sim_come_to_rest(struct sim *sim);
void sim_judge(struct sim *sim);
/* Fails where something did. Takes the sim. */
void sim_end(struct sim *sim, struct sim_sum *sum);
void sim_print(const struct sim_sum *sum);

#endif
