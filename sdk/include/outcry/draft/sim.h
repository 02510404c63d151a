/* draft/sim.h: a simulated venue on the engine's side. Draft: outcry.sim/0.1, matched exactly.
 *
 * Invariants
 * - A simulator is the venue: it keeps the truth about its orders, balances and the liquidity it
 * has used.
 * - It acts only in market(), request() and due(); it answers through the `sim_host` service, whose
 * emit() only queues: answers reach the engine at their time, through the door.
 * - Same calls in the same order give the same answers. No clock: `now` is an argument. A session that
 * goes on after a kill relies on it: it repeats the calls since the last checkpoint.
 * - Every member up to load() is there. What has nothing to do returns OC_OK: the host calls each of them.
 * - An answer is the head of its request with `size`, `type` and `venue_ns` of its own, seq and
 * local_ns 0 (the door gives them), cause = the request's seq, source = its account. A fill carries a
 * trade id that no other fill of its order has. OC_EVF_LAST marks the answer that ends a transaction,
 * and the fill that completes its order.
 * - observe() takes recorded requests and answers as facts and returns nothing: it decides nothing.
 */
#ifndef OUTCRY_DRAFT_SIM_H
#define OUTCRY_DRAFT_SIM_H

#include <outcry/instrument.h>
#include <outcry/order.h>
#include <outcry/plugin.h>

enum {                              /* oc_sim_terms.bits */
       OC_SIM_FUNDS = 1u << 0,      /* a spot order beyond what the account has free is refused */
       OC_SIM_SHORT = 1u << 1,      /* but what is sold need not be held */
       OC_SIM_FEE_IN_BASE = 1u << 2 /* the fee of a purchase is taken from what was bought */
};

/* On what terms an account trades: the host reserves by them what open orders need. */
struct oc_sim_terms {
    uint32_t size;
    uint32_t bits;
    struct oc_dec taker_fee; /* shares of the value */
    struct oc_dec maker_fee;
};

struct oc_sim {
    uint32_t size;
    uint32_t flags;
    /* [engine] An instrument, or a new version of one, exists. */
    oc_rc (*instrument)(void *self, const struct oc_instrument *instrument);
    /* [engine] Opening or changed balance of one asset, as a decimal. */
    oc_rc (*balance)(void *self, uint32_t account, uint32_t asset, struct oc_dec total);
    /* [engine] A market event at `now_ns`. A bar whose path is known ahead (files) is shown at its
     * open time with now_ns = open_ns, and again at its close with now_ns = head.venue_ns; a live
     * bar only at its close. An OC_EV_BOOK is shown when the host's book has taken it. Of a live feed OC_EV_VENUE is shown too:
     * whether it is reached; and no bars, which are the host's own work there. */
    oc_rc (*market)(void *self, int64_t now_ns, const struct oc_event *event);
    /* [engine] A request left our side at now_ns; the simulator adds its own latency. */
    oc_rc (*request)(void *self, int64_t now_ns, const struct oc_request *request);
    /* [engine] A time asked for with schedule_at() has come. */
    oc_rc (*due)(void *self, int64_t now_ns);
    /* [engine] The data have ended, and the host has sent orders of role OC_ROLE_END for what is open:
     * fills them whole at the last known price, marked OC_EVF_END. */
    oc_rc (*end)(void *self, int64_t now_ns);
    /* [engine] A recorded event, taken as a fact: restore, where another build of it made the record. */
    void (*observe)(void *self, const struct oc_event *event);
    /* [engine] Truth for reconciliation: position (spot: holdings from fills) in units, and the
     * balance of an asset. */
    oc_rc (*position)(void *self, uint32_t account, uint32_t inst, int64_t *ret_units);
    oc_rc (*save)(void *self, void *bytes, uint32_t size_max);
    oc_rc (*load)(void *self, const void *bytes, uint32_t size);
    /* [engine] The terms of an account; *ret_terms is zeroed, with its size. May be absent: then nothing is refused for
     * want of money before the simulator refuses it. */
    oc_rc (*terms)(void *self, uint32_t account, struct oc_sim_terms *ret_terms);
    /* [engine] Finer data of the inside of the bar of `inst` that is shown next, before its open is: bars, quotes or trades in the
     * order of time, each within the bar, which they come to exactly; never shown by market(). `event` NULL: what was said of the
     * inside is forgotten, as it is before each bar. Borrowed. OC_E_LIMIT: more than it takes; the host has it forgotten. May be
     * absent: then finer data are not supported. */
    oc_rc (*finer)(void *self, uint32_t inst, const struct oc_event *event);
};

#define OC_SVC_SIM_HOST "outcry.host.sim/0.1"

/* What the host gives a simulator. All [engine]. */
struct oc_svc_sim_host {
    uint32_t size;
    uint32_t zero;
    /* Queues an answer (copied) that reaches us at at_ns >= now. */
    oc_rc (*emit)(const struct oc_host *host, int64_t at_ns, const struct oc_event *event);
    /* due() is called at at_ns. Several at one time are merged. */
    oc_rc (*schedule_at)(const struct oc_host *host, int64_t at_ns);
    /* The order book of an instrument as the host keeps it: the i-th level from the best on of its bids (OC_SIDE_BUY) or asks, in
     * units. OC_E_NOT_FOUND: it has no more levels, or deeper ones are not known; OC_E_AGAIN: there is no whole book now. */
    oc_rc (*level)(const struct oc_host *host, uint32_t inst, uint32_t side, uint32_t i, int64_t *ret_price,
                   int64_t *ret_qty);
};

#endif
