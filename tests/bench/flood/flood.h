/* flood.h: a thousand markets at once, as flood.c hears them and sender.c says them: what is said of each is a matter of its number and of how often
 * something was said of it, so both sides know what is right.
 *
 * Invariants: of three messages about a market one is a change of its order book, one the top of it, one a trade. */
#ifndef FLOOD_H
#define FLOOD_H

#include <openssl/ssl.h>
#include <stdatomic.h>
#include <stdint.h>

enum { FLOOD_MARKETS_MAX = 1000, FLOOD_KINDS = 3, FLOOD_SLOTS = 16, FLOOD_SECONDS_MAX = 3600 };

struct flood_shared { /* of both processes */
    atomic_int port;
    atomic_uint subscribed; /* topics */
    atomic_bool goes;       /* the markets are open */
    atomic_bool is_over;    /* all that was to be said has been */
    atomic_ullong said;
    atomic_ullong behind_us; /* how far the sender was behind its schedule at most */
    uint32_t markets, seconds;
    uint64_t rate; /* messages a second, of all markets */
};

/* Of change `number` (from 1 on) of a market's book: the slot that it is about, and what stands there then; 0: nothing. */
static inline uint32_t flood_slot(uint64_t number) { return (uint32_t)(number * 7 % FLOOD_SLOTS); }
static inline uint32_t flood_qty(uint32_t market, uint64_t number, uint32_t is_ask)
{
    return number % 11 == 3 ? 0 : 1 + (uint32_t)((number * 7919 + market * 31 + is_ask * 17) % 99999);
}
/* In steps of 0.01: 100 bids down from 10,000.00, and asks up from 10,000.01. */
static inline uint32_t flood_price(uint32_t slot, uint32_t is_ask) { return is_ask ? 1000001 + slot : 1000000 - slot; }

/* The process of the venue, which ends with its parent. */
void flood_serve(struct flood_shared *shared, SSL_CTX *context);

#endif
