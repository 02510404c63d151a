/* coinbase.h: Coinbase Advanced spot: REST and streams, each call and each subscription of an account with a token of its own.
 * describe.c what it offers; life.c settings, accounts, tokens, refusals, where an answer goes; ask.c questions and their answers; orders.c order
 * requests; shapes.c objects of the venue as events; stream.c what is subscribed and heard. The rest is the kit's: <outcry/kit/...>.
 *
 * Invariants
 * - It keeps what is true for one connection: the next number of each stream, and pages of fills until the names of their orders have come.
 * - An answer that leaves the outcome open makes no event, so that the host says UNKNOWN and asks by client id. Nothing that changes an order is
 *   ever sent again from here.
 * - A stream tells sums of an order, never a fill: the engine asks for the fills behind a sum, and books each by its identity: none is counted twice.
 * - A number that is missing on a stream, of whatever channel, makes the whole connection begin anew: what was in it nobody knows.
 * - Orders are changed and canceled by the venue's id alone: the host asks for it where an answer was lost (no OC_CAN_CANCEL_BY_CLIENT). */
#ifndef COINBASE_COINBASE_H
#define COINBASE_COINBASE_H

#include <outcry/kit/account.h>
#include <outcry/kit/jwt.h>
#include <outcry/kit/listed.h>
#include <outcry/kit/market.h>
#include <outcry/kit/paged.h>
#include <outcry/kit/refusal.h>
#include <outcry/kit/rows.h>
#include <outcry/kit/signed.h>
#include <outcry/kit/terms.h>
#include <outcry/outcry.h>

enum { REST = 0, MARKET = 1, USER = 2 };                    /* places of the endpoints */
enum { KEY_NAME = 1, PRIVATE_KEY = 2 };                     /* fields of the credentials */
enum { PRIVATE = 0, PUBLIC = 1, CONNECTS = 2, SPOKEN = 3 }; /* places of the limits */
enum { ABOUT_NAMES = 1000 }; /* oc_http.user[0] of a page of names; of its own: the kind */
enum { KEY_NAME_MAX = 160, PATH_ROOM = 4096, TEXT_ROOM = 32768, BEATS_MAX = 10 /* one a second */ };
enum { TOKEN_S = 30 }; /* for which a token is good: what waits for longer is refused. The venue takes up to 120 */
enum { FILLS_PAGE = 50, ORDERS_PAGE = 250, ACCOUNTS_PAGE = 250, BARS_PAGE = 350 };

#define SECOND      INT64_C(1000000000)
#define API         "/api/v3/brokerage"
#define TIME_MEMBER "epochMillis"

struct coinbase {
    struct kit_codec kit;
    struct kit_accounts accounts;
    char names[KIT_ACCOUNTS_MAX][KEY_NAME_MAX]; /* of their keys, by the place of the account */
    struct kit_numbers numbers;
    uint32_t beats[KIT_ACCOUNTS_MAX]; /* heard by a stream of an account before it is ready */
    struct kit_held pages;            /* of fills that wait for the names of their orders */
    struct kit_piece piece;
    uint64_t timer;     /* when instruments are asked for */
    uint32_t has_info;  /* they are known */
    uint32_t algorithm; /* OC_SIGN_... of the setting */
    int64_t private_requests, public_requests;
    char text[TEXT_ROOM]; /* of the message or body that is being written */
};

/* describe.c */
extern const struct oc_venue cb_venue;
extern const char *const cb_bar_names[]; /* in the order of its bars */

/* life.c */
/* A call, completed with endpoint, headers and cost; `who` NULL: of the public. `path` as it stands, with its query. */
oc_rc cb_call(struct coinbase *cb, const struct kit_account *who, struct oc_http *http, const struct kit_write *path);
/* Behind what stands in `out`: ,"jwt":"..." of a message, or what the old way of signing asks for. */
oc_rc cb_sign_message(struct coinbase *cb, const struct kit_account *who, const char *channel, struct kit_write *out);
/* What a word of the venue means: OC_WHY_... */
uint32_t cb_why(struct kit_json_text words);
/* Of an answer of HTTP that is no 200; *ret_words of its body. */
uint32_t cb_status_why(const struct oc_response *in, struct kit_json_text *ret_words);

/* ask.c */
oc_rc cb_fetch(void *self, const struct oc_fetch *ask);
/* `about`: user[0] of a question of its own, 0 of the host's. */
oc_rc cb_ask(struct coinbase *cb, const struct oc_fetch *ask, uint64_t about, uint64_t tries);
oc_rc cb_answer_fetch(struct coinbase *cb, const struct oc_response *in, uint32_t source);
oc_rc cb_take_info(struct coinbase *cb, struct kit_page *page);

/* orders.c */
oc_rc cb_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch);
oc_rc cb_answer_request(struct coinbase *cb, const struct oc_response *in, uint32_t source);

/* shapes.c: an object that is due, as an event, of an answer or (page->in NULL) of a stream */
typedef oc_rc cb_shape(void *self, struct kit_json *json, struct kit_page *page);
cb_shape cb_say_instrument, cb_say_balance, cb_say_trade, cb_say_quote, cb_say_figures, cb_say_candle;
/* Of lists and of the user channel alike; page->what: says nothing of orders with another client id (struct oc_id). Counts in page->next what it said. */
cb_shape cb_say_order;
oc_rc cb_say_fill(void *self, struct kit_json *json, const struct oc_fetch *ask, struct kit_json_text client,
                  uint32_t source);

/* stream.c */
extern const struct oc_open cb_user_stream;
oc_rc cb_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
oc_rc cb_stream(void *self, const struct oc_stream *at);
oc_rc cb_message(void *self, const struct oc_message *heard);

#endif
