/* coinbase.h: what the files of the Coinbase Advanced connector share.
 * connector.c life, tokens, questions and where an answer goes; market.c products, books, trades and the streams;
 * orders.c requests and what is answered to them; account.c orders, fills, balances and rights; describe.c what the
 * venue offers. */
#ifndef COINBASE_COINBASE_H
#define COINBASE_COINBASE_H

#include <outcry/kit/ask.h>
#include <outcry/kit/codec.h>
#include <outcry/kit/market.h>

enum { REST = 0, MARKET = 1, USER = 2 };                             /* endpoints */
enum { KEY_NAME = 1, PRIVATE_KEY = 2 };                              /* credentials */
enum { L_PRIVATE = 0, L_PUBLIC = 1, L_CONNECT = 2, L_MESSAGES = 3 }; /* limits */
enum { STREAMS = 8, ACCOUNTS = 16, PIECE = 2000, KEY_NAME_MAX = 160 };
#define API "/api/v3/brokerage"

struct account {
    uint32_t account;
    uint32_t source;
    uint32_t key; /* handle of the signing key */
    uint32_t name_size;
    char name[KEY_NAME_MAX]; /* of the key: stands in every token */
};

struct link { /* what is true for one connection only */
    uint32_t stream;
    uint32_t zero;
    uint64_t next_seq;
};

struct coinbase {
    struct kit_codec kit;
    struct account accounts[ACCOUNTS];
    struct link links[STREAMS];
    struct oc_level bids[PIECE]; /* of the piece of a book that is being read */
    struct oc_level asks[PIECE];
    char text[65536]; /* of the message or body that is being written */
};

extern const struct oc_venue coinbase_venue;

/* connector.c */
struct account *coinbase_account(struct coinbase *cb, uint32_t account);
/* Appends a token: of a call (method and path) or of a socket (method NULL). */
oc_rc coinbase_token(struct coinbase *cb, const struct account *who, const char *method, const char *path,
                     uint32_t path_size, struct kit_write *out);
/* Makes the call, completed with endpoint, headers and cost: signed where there is an account, public else. */
oc_rc coinbase_call(struct coinbase *cb, const struct oc_http *what);
/* The end of a page; a cursor that is empty ends it. */
oc_rc coinbase_fetched(struct coinbase *cb, const struct oc_fetch *ask, oc_rc result, uint32_t count,
                       struct kit_json_text cursor);
uint32_t coinbase_why(struct kit_json_text word);

/* market.c */
oc_rc coinbase_product(struct coinbase *cb, struct kit_json *json, uint64_t token);
oc_rc coinbase_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
oc_rc coinbase_stream(void *self, const struct oc_stream *at);
oc_rc coinbase_message(void *self, const struct oc_message *in);

/* orders.c */
oc_rc coinbase_request(void *self, const struct oc_venue_request *ask, uint32_t size, uint32_t count, uint32_t batch);
oc_rc coinbase_answer_order(struct coinbase *cb, const struct oc_response *in, uint32_t source);

/* account.c */
struct seen { /* where and how an order is seen */
    uint32_t source;
    uint16_t flags;
    uint16_t zero;
    uint64_t token;
    const struct oc_id *only; /* says nothing of orders with another client id; NULL: of all */
};
/* An order object: of lists and of the user channel alike. Counts what it said. */
oc_rc coinbase_order(struct coinbase *cb, struct kit_json *json, const struct seen *seen, uint32_t *count);
oc_rc coinbase_fill(struct coinbase *cb, struct kit_json *json, uint32_t source);
oc_rc coinbase_balance(struct coinbase *cb, struct kit_json *json, uint32_t source, uint64_t token);
oc_rc coinbase_rights(struct coinbase *cb, const struct oc_response *in, uint32_t source);

#endif
