/* request_ledger.h: what a venue must say of the requests that it was given, and whether it does, against what the link
 * and the exchange know to be true.
 *
 * Invariants
 * - A request comes to one word: an answer of the exchange, or one of the host's own; a host's word stands alone and
 *   comes before no other of
 *   its own.
 * - The first failure is kept as text; "" as long as all is well. */
#ifndef SIM_REQUEST_LEDGER_H
#define SIM_REQUEST_LEDGER_H

#include "support/exchange_sim.h"
#include "support/fault_link.h"

#include <outcry/event_account.h>
#include <outcry/event_order.h>
#include <outcry/order.h>
#include <outcry/venue.h>

enum { LEDGER_MAX = 4096, LEDGER_TOKENS_MAX = 16384 };

struct ledger_entry {
    uint64_t request, order;
    uint8_t kind; /* OC_REQUEST_... */
    bool is_sent, never_left;
    bool has_ended; /* NEW: its order did */
    bool is_absent; /* NEW: the exchange was said not to know it */
    bool is_unknown;
    uint32_t words; /* of the host */
    uint32_t answers;
};

struct ledger_fetch {
    uint64_t token;
    uint32_t next; /* where its page ended */
    bool is_over;
};

struct ledger {
    const struct fault_link *link;
    const struct exchange *exchange;
    struct ledger_entry entries[LEDGER_MAX];
    uint32_t count;
    struct ledger_fetch fetches[LEDGER_TOKENS_MAX];
    uint32_t fetch_count;
    bool has_trade[EXCHANGE_TRADES_MAX];
    uint32_t rows;     /* of fills since a page ended */
    uint32_t unknowns; /* of requests that the host has to ask about */
    uint32_t looked;   /* questions about one order that have ended */
    uint32_t never_left;
    char failed[200];
};

void ledger_ask(struct ledger *ledger, const struct oc_request *request);
void ledger_take(struct ledger *ledger, const struct oc_event *event);
/* All is quiet, nothing is under way: does each have its word, and is what was said what is true? `asked`: questions
 * about one order that were asked beside those of the host. */
void ledger_close(struct ledger *ledger, uint32_t asked);
/* The client's id of an order as the host renders it for this exchange. */
void ledger_client(uint64_t order, char client[EXCHANGE_CLIENT_MAX]);

#endif
