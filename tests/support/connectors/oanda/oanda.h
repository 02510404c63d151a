/* oanda.h: what the files of the OANDA v20 connector share.
 * connector.c life, questions and where an answer goes; market.c instruments, prices and the streams; orders.c
 * requests and the order objects; transactions.c the one counter behind fills, orders and money; account.c summary
 * and positions; describe.c what the venue offers. */
#ifndef OANDA_OANDA_H
#define OANDA_OANDA_H

#include <outcry/kit/codec.h>

enum { REST = 0, STREAMING = 1 };                 /* endpoints */
enum { TOKEN = 1 };                               /* credentials */
enum { REQUESTS = 0, CONNECTS = 1, AT_ONCE = 2 }; /* limits */
enum { FILLING = 1 };                             /* oc_http.user[0]: the second step of OC_FETCH_ORDER */
enum { ACCOUNTS = 16, BUCKETS = 32 };

struct account {
    uint32_t account;
    uint32_t source;
    uint32_t prices; /* stream, 0 none */
    uint32_t transactions;
    uint32_t asset; /* its currency, 0 not known yet */
    uint32_t zero;
    uint64_t last; /* transaction id heard on this connection; 0: none yet */
    struct oc_id id;
};

struct oanda {
    struct kit_codec kit;
    struct account accounts[ACCOUNTS];
    struct oc_level bids[BUCKETS]; /* of the price that is being read */
    struct oc_level asks[BUCKETS];
    char text[8192]; /* of the path that is being written */
};

extern const struct oc_venue oanda_venue;
extern const char oanda_headers[];
extern const uint32_t oanda_headers_size;
extern const struct oc_splice oanda_bearer;

/* connector.c */
struct account *oanda_account(struct oanda *oa, uint32_t account);
/* Completes the call with endpoint, headers and cost, and makes it. */
oc_rc oanda_call(struct oanda *oa, struct oc_http *http);
void oanda_write_account(struct kit_write *out, const struct account *who);
uint32_t oanda_why(struct kit_json_text word);
/* The end of a page without a cursor. */
oc_rc oanda_fetched(struct oanda *oa, const struct oc_response *in, uint32_t source, oc_rc result, uint32_t count);

/* market.c */
oc_rc oanda_instruments(struct oanda *oa, const struct oc_response *in);
oc_rc oanda_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
oc_rc oanda_on_prices(struct oanda *oa, const struct oc_message *in);

/* orders.c */
oc_rc oanda_request(void *self, const struct oc_venue_request *ask, uint32_t size, uint32_t count, uint32_t batch);
oc_rc oanda_answer_order(struct oanda *oa, const struct account *who, const struct oc_response *in);
oc_rc oanda_orders(struct oanda *oa, const struct account *who, const struct oc_response *in);

/* transactions.c */
/* The transaction that is due, told as events. `ask` is the request that it answers, NULL none. */
oc_rc oanda_transaction(struct oanda *oa, const struct account *who, struct kit_json *json,
                        const struct oc_venue_request *ask, uint16_t flags);
oc_rc oanda_transactions(struct oanda *oa, const struct account *who, const struct oc_response *in);
oc_rc oanda_filling(struct oanda *oa, const struct account *who, const struct oc_response *in);
oc_rc oanda_on_transaction(struct oanda *oa, struct account *who, const struct oc_message *in);

/* account.c */
oc_rc oanda_summary(struct oanda *oa, struct account *who, const struct oc_response *in);
oc_rc oanda_positions(struct oanda *oa, const struct account *who, const struct oc_response *in);

#endif
