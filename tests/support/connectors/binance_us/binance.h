/* binance.h: what the files of the Binance.US connector share.
 * connector.c life, questions and where a message goes; market.c instruments, trades, quotes, books; orders.c
 * requests and what is answered to them; account.c balances, orders, fills and the private stream; describe.c what
 * the venue offers. */
#ifndef BINANCE_US_BINANCE_H
#define BINANCE_US_BINANCE_H

#include <outcry/kit/codec.h>

enum { REST = 0, STREAM = 1, ORDERS = 2 };                               /* endpoints */
enum { API_KEY = 1, SECRET = 2 };                                        /* credentials */
enum { WEIGHT = 0, RAW = 1, ORDERS_10S = 2, ORDERS_1D = 3, SPOKEN = 4 }; /* limits */
enum { FOR_KEY = 1, FOR_KEEP = 2 };                                      /* oc_http.user[0] of calls of our own */
enum { ACCOUNTS = 16, LEVELS = 1000, MINUTE_MS = 60000 };

#define MINUTE_NS INT64_C(60000000000)

struct account {
    uint32_t account;
    uint32_t source;
    uint32_t hmac;          /* handle of the signing key */
    uint32_t order_form;    /* prepared head of an order by REST */
    uint32_t orders_stream; /* the WebSocket API, 0 none */
    uint32_t user_stream;
    uint16_t listen_key; /* field, 0 none */
};

struct binance {
    struct kit_codec kit;
    uint32_t over_socket; /* orders go by the WebSocket API */
    uint32_t window_ms;
    struct account accounts[ACCOUNTS];
    struct oc_level bids[LEVELS]; /* of the book that is being read */
    struct oc_level asks[LEVELS];
    char text[65536]; /* of the subscription that is being written */
};

extern const struct oc_venue binance_venue;
extern const char binance_key_header[];
extern const uint32_t binance_key_header_size;
extern const struct oc_splice binance_key_splice;

/* connector.c */
struct account *binance_account(struct binance *bn, uint32_t account);
/* Behind the query's parameters: window, time and signature. */
oc_rc binance_sign_query(struct binance *bn, const struct account *who, struct kit_write *query);
/* The end of a page; `next` is the id where the next one begins, 0 none. */
oc_rc binance_fetched(struct binance *bn, const struct oc_fetch *ask, oc_rc result, uint32_t count, uint64_t next);
/* Code and words of an error body; 0: there is none. */
int64_t binance_fault(struct kit_json json, struct kit_json_text *ret_words);
uint32_t binance_why(int64_t code, struct kit_json_text words);

/* market.c */
oc_rc binance_symbol(struct binance *bn, struct kit_json *json, uint64_t token);
oc_rc binance_book(struct binance *bn, const struct oc_response *in);
oc_rc binance_on_trade(struct binance *bn, struct kit_json *json);
oc_rc binance_on_quote(struct binance *bn, struct kit_json *json, struct kit_json_text first);
oc_rc binance_on_depth(struct binance *bn, struct kit_json *json);
oc_rc binance_subscribe_market(struct binance *bn, uint32_t stream, uint32_t how, const struct oc_sub *subs,
                               uint32_t count);

/* orders.c */
oc_rc binance_request(void *self, const struct oc_venue_request *ask, uint32_t size, uint32_t count, uint32_t batch);
/* The answer to an order request: of REST the whole body, of the WebSocket API the part "result" or "error". */
oc_rc binance_answer_order(struct binance *bn, const struct oc_venue_request *ask, uint32_t source, uint32_t status,
                           struct kit_json json);

/* account.c */
oc_rc binance_order(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t token);
oc_rc binance_fill(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t *ret_last);
oc_rc binance_balances(struct binance *bn, const struct oc_response *in, uint32_t source);
oc_rc binance_ask_key(struct binance *bn, struct account *who, uint8_t method, uint64_t what);
oc_rc binance_answer_key(struct binance *bn, const struct oc_response *in, struct account *who);
oc_rc binance_on_report(struct binance *bn, struct kit_json *json, uint32_t source);
oc_rc binance_on_balances(struct binance *bn, struct kit_json *json, uint32_t source);

#endif
