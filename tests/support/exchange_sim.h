/* exchange_sim.h: an exchange that speaks lines, over a link without faults: orders with state, trades with ids, a
 * balance. It knows what is true, and what it was sent twice.
 *
 * Each line, but for "hello", ends with the number of the account that it is about.
 *
 * To it, on a stream or as the body of an exchange of HTTP, one or several lines:
 *   new REQUEST CLIENT buy|sell QTY PRICE      amend REQUEST CLIENT QTY PRICE      cancel REQUEST CLIENT
 *   order TOKEN CLIENT                         fills TOKEN FROM                    open TOKEN FROM
 * From it, on a stream with its session's number before each line:
 *   hello                                      the session has begun
 *   ack REQUEST CLIENT ID                      rejected REQUEST CLIENT
 *   amended REQUEST CLIENT ID QTY PRICE FILLED amend_rejected REQUEST CLIENT
 *   canceled REQUEST CLIENT ID FILLED          cancel_rejected REQUEST CLIENT
 *   fill CLIENT ID SIDE QTY PRICE TRADE        (these two to who listens, and as rows of pages)
 *   shown TOKEN CLIENT ID STATE SIDE QTY PRICE FILLED VALUE
 *   absent TOKEN CLIENT                        balance POSITION
 *   end TOKEN KIND MORE NEXT COUNT             a page has ended
 *
 * Invariants
 * - The same seed and the same lines at the same times give the same exchange.
 * - A request is carried out when it arrives, whatever becomes of the answer. */
#ifndef SUPPORT_EXCHANGE_SIM_H
#define SUPPORT_EXCHANGE_SIM_H

#include "support/happenings.h"

enum {
    EXCHANGE_ORDERS_MAX = 2048,
    EXCHANGE_TRADES_MAX = 16384,
    EXCHANGE_REQUESTS_MAX = 8192,
    EXCHANGE_SESSIONS_MAX = 8,
    EXCHANGE_ACCOUNTS_MAX = 4,
    EXCHANGE_CLIENT_MAX = 32
};

struct exchange_order {
    char client[EXCHANGE_CLIENT_MAX];
    int64_t qty, price, filled;
    int64_t value;   /* traded: units of price times units of quantity */
    int64_t fill_ns; /* when it trades next; INT64_MAX: not by itself */
    uint8_t side;    /* OC_SIDE_... */
    uint8_t state;   /* OC_SHOWN_... */
    uint8_t zero[2];
    uint32_t account;
};

struct exchange_trade {
    uint32_t order; /* place */
    uint32_t zero;
    int64_t qty, price;
};

struct exchange {
    uint64_t random;
    int64_t clock_ns;
    struct exchange_order orders[EXCHANGE_ORDERS_MAX];
    struct exchange_trade trades[EXCHANGE_TRADES_MAX];
    uint64_t requests[EXCHANGE_REQUESTS_MAX]; /* that arrived */
    uint32_t order_count, trade_count, request_count;
    uint32_t clients_twice, requests_twice;
    int64_t position[EXCHANGE_ACCOUNTS_MAX];
    uint32_t page; /* rows */
    struct {
        uint32_t stream;
        bool is_listening; /* is told what happens */
    } sessions[EXCHANGE_SESSIONS_MAX];
    struct happenings out;
};

void exchange_init(struct exchange *exchange, uint64_t seed, int64_t begin_ns, uint32_t page);
void exchange_release(struct exchange *exchange);
struct io_link exchange_link(struct exchange *exchange);
/* NULL: it has none of that name. */
const struct exchange_order *exchange_order(const struct exchange *exchange, const char *client);

#endif
