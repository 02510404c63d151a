/* net_exchange.h: the exchange of tests/support as a server on this machine: its orders by HTTPS and two WebSockets, on three ports.
 *
 * Invariants: what arrived is carried out, whatever becomes of who sent it; closed, it refuses what is new and keeps what is there. */
#ifndef VENUE_NET_EXCHANGE_H
#define VENUE_NET_EXCHANGE_H

#include "support/exchange_sim.h"
#include "venue/peer.h"

enum { NET_EXCHANGE_PORTS = 3, NET_EXCHANGE_SEATS = 8, NET_EXCHANGE_OUT = 1 << 20 };

struct net_exchange {
    struct exchange exchange;
    struct peer_server servers[NET_EXCHANGE_PORTS]; /* rest, orders, user */
    pthread_mutex_t lock;
    uint32_t streams;
    uint64_t exchanges;
    struct {
        uint32_t stream; /* 0: free */
        char *out;       /* messages, a zero behind each */
        size_t size;
    } seats[NET_EXCHANGE_SEATS];
    char *answer; /* to the exchange that was made last */
    size_t answer_size;
    bool is_closed;
    uint32_t refused; /* closed: orders that were refused */
};

void net_exchange_start(struct net_exchange *net, const struct peer_config *config, uint64_t seed);
void net_exchange_stop(struct net_exchange *net);
/* How many orders it has; all of them are looked at between lock and unlock. */
uint32_t net_exchange_orders(struct net_exchange *net);

#endif
