/* venue_kill.h: the orders of a session taken back at its venue by a process that is not its host: on a visit (venue_visit.h), with the
 * credentials that the session sealed (kill_seal.h).
 *
 * Invariants
 * - Nothing is sent but questions and cancels.
 * - An order is of the session where its client's id says so (client_id.h), and for venues whose ids have no room for a tag also the records
 *   of the session. Orders of anybody else are counted and left; where one stands in a market, nothing is cancelled there at once.
 * - It is over when the venue's own list shows none that is to go, twice behind each other where cancels were sent, or at its time. */
#ifndef SESSION_VENUE_KILL_H
#define SESSION_VENUE_KILL_H

#include "base/checked.h"
#include "session/venue_visit.h"

enum { VENUE_KILL_ORDERS_MAX = 16384, VENUE_KILL_ROUNDS_MAX = 16 };

struct venue_kill_order {
    uint64_t order; /* 0: of another hand */
    struct oc_id client, venue_order;
    uint32_t inst;
    uint32_t account;
    uint32_t bits; /* OC_RQ_... as the venue tells, and as the records say */
    uint8_t side;
    bool stays;    /* it protects, and is not to go */
    bool is_asked; /* its cancel was sent, in this round */
};

struct venue_kill {
    struct venue_visit *visit;       /* borrowed: begun, with accounts */
    struct venue_kill_order *orders; /* VENUE_KILL_ORDERS_MAX; owned */
    uint32_t order_count;
    bool takes_all; /* protective orders too */
    /* What the records say of an order of the session: OC_RQ_... bits of it, OC_RQ_REDUCE_ONLY where it protects or closes. False: they
     * know none of that number. */
    bool (*known)(void *self, uint64_t order, uint32_t *ret_bits);
    void *self;
    uint32_t account; /* whose list is being heard */
    uint64_t requests;
    bool is_cut;        /* there are more orders than have room */
    uint32_t first;     /* orders to go, as of the first list */
    uint32_t cancelled; /* of these gone at the end */
    uint32_t left;      /* still shown at the end */
    uint32_t staying;   /* protective ones, at the end */
    uint32_t foreign;   /* of another hand, at the end */
    uint32_t at_once;   /* markets that were cleared by one message */
    int64_t took_ns;    /* from the first cancel to the last list */
};

/* OC_E_LATE: some are left at until_ns (of net_loop_now). Others: the venue could not be asked. [setup] */
CHECKED oc_rc venue_kill_run(struct venue_kill *kill, int64_t until_ns, struct error *ret_error);
void venue_kill_release(struct venue_kill *kill);

#endif
