/* binance.h: Binance.US spot: REST with HMAC-SHA256, market streams, and a user stream behind a listen key.
 * describe.c what it offers; life.c accounts, refusals, where an answer goes; ask.c questions; orders.c order requests; shapes.c objects of the
 * venue as events; instrument.c its filters; stream.c what is subscribed and heard. The rest is the kit's: <outcry/kit/...>.
 *
 * Invariants
 * - It keeps what is true for one connection: listen keys, and pages of fills until the names of their orders have come.
 * - An answer that leaves the outcome open makes no event, so that the host says UNKNOWN and asks by client id. Which these are stands in
 *   the table of refusals (life.c). Nothing is ever sent again from here.
 * - Accounts are asked about only while their user stream is heard and the instruments are known: nothing trades before.
 * - An order is replaced only while nothing of it has traded, and the venue is told to hold that (cancelRestrictions=ONLY_NEW): so what is said of
 *   the new order is said of the whole. The cancel within has an id that begins with "r-", any other cancel of ours one with "c-". */
#ifndef BINANCEUS_BINANCE_H
#define BINANCEUS_BINANCE_H

#include <outcry/kit/book.h>
#include <outcry/kit/life.h>
#include <outcry/kit/listed.h>
#include <outcry/kit/market.h>
#include <outcry/kit/terms.h>
#include <outcry/kit/wallet.h>
#include <outcry/outcry.h>

enum { REST = 0, STREAM = 1 };                                           /* places of the endpoints */
enum { API_KEY = 1, SECRET = 2 };                                        /* fields of the credentials */
enum { WEIGHT = 0, RAW = 1, ORDERS_10S = 2, ORDERS_1D = 3, SPOKEN = 4 }; /* places of the limits */
enum { ABOUT_KEY = 1000, ABOUT_KEEP, ABOUT_NAMES };                      /* oc_http.user[0] of calls of its own */
enum { FILLS_PAGE = 500, BARS_PAGE = 1000, LEDGER_PAGE = 1000, LEDGERS = 4 };

#define SECOND    INT64_C(1000000000)
#define MS        INT64_C(1000000)
#define DAY       (86400 * SECOND)
#define WINDOW_NS (5 * SECOND) /* what was signed is void then */

struct binance {
    struct kit_codec kit;
    struct kit_life life;
    struct kit_held pages; /* of fills that wait for the names of their orders */
    uint32_t said;         /* messages to streams, which are numbered */
    uint32_t zero;
};

/* describe.c */
extern const struct oc_venue bn_venue;
extern const char *const bn_bar_names[]; /* in the order of its bars */

/* life.c */
extern const struct kit_life_of bn_life;

/* ask.c */
enum { QUESTIONS = 14 };
extern const struct kit_question bn_questions[QUESTIONS];
oc_rc bn_take_info(void *self, const struct oc_response *in);
oc_rc bn_answer_fetch(struct binance *bn, const struct oc_response *in, uint32_t source);

/* orders.c */
oc_rc bn_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch);
oc_rc bn_answer_request(struct binance *bn, const struct oc_response *in, uint32_t source);

/* instrument.c: page->what are the limits that each symbol has of all of them, a struct oc_instrument: filled by the first, read by the second */
oc_rc bn_take_account_filter(void *self, struct kit_json *json, struct kit_page *page);
oc_rc bn_say_instrument(void *self, struct kit_json *json, struct kit_page *page);

/* shapes.c: an object that is due, as an event, by the names of REST or by the letters of the streams */
extern const struct kit_word bn_types[7];
oc_rc bn_say_order(void *self, struct kit_json *json, struct kit_page *page);
oc_rc bn_say_balance(void *self, struct kit_json *json, struct kit_page *page);
/* A row of myTrades, or of a report. `ask`: of an order, or of all that came since; NULL: a stream says it, with our name of the order. */
int bn_take_fill(struct kit_json *json, struct kit_fill_row *fill);
oc_rc bn_say_fill(void *self, struct kit_fill_row *fill, const struct oc_fetch *ask, struct kit_json_text client,
                  uint32_t source);
/* A deposit or a withdrawal, of one of the lists. */
oc_rc bn_say_moved(void *self, struct kit_json *json, struct kit_page *page);
/* [open time, open, high, low, close, volume, close time, ...]: what is not over when the answer came is forming. */
oc_rc bn_say_candle(void *self, struct kit_json *json, struct kit_page *page);
/* Letters of the streams. An event of a market; of an account. */
oc_rc bn_hear_market(struct binance *bn, struct kit_json_text type, struct kit_json json);
oc_rc bn_hear_account(struct binance *bn, struct kit_json_text type, struct kit_json json, struct kit_account *who);
/* A top of the book has no type; what else has none is told apart by what stands behind its members. */
enum { TOP_NUMBER = 0, TOP_SYMBOL = 1, TYPE = 6, DATA = 7, EVENT = 8, CODE = 9, WORDS = 10, TOP_FIELDS = 11 };
extern const struct kit_field bn_top_fields[TOP_FIELDS];
oc_rc bn_hear_top(struct binance *bn, struct kit_row *row);

/* stream.c */
extern const struct oc_open bn_user_stream;
oc_rc bn_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
oc_rc bn_message(void *self, const struct oc_message *heard);

#endif
