/* binance.h: Binance.US spot: REST with HMAC-SHA256, market streams, and a user stream behind a listen key.
 * describe.c what it offers; life.c accounts, signatures, where an answer goes; ask.c questions; orders.c order requests; shapes.c
 * objects of the venue as events; instrument.c its filters; stream.c what is subscribed and heard.
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

#include <outcry/kit/account.h>
#include <outcry/kit/book.h>
#include <outcry/kit/fields.h>
#include <outcry/kit/listed.h>
#include <outcry/kit/refusal.h>
#include <outcry/outcry.h>

enum { REST = 0, STREAM = 1 };                                           /* places of the endpoints */
enum { API_KEY = 1, SECRET = 2 };                                        /* fields of the credentials */
enum { WEIGHT = 0, RAW = 1, ORDERS_10S = 2, ORDERS_1D = 3, SPOKEN = 4 }; /* places of the limits */
enum { ABOUT_INFO = 1, ABOUT_KEY, ABOUT_KEEP, ABOUT_TIME, ABOUT_NAMES }; /* oc_http.user[0] of calls of its own */
enum { FILLS_PAGE = 500, BARS_PAGE = 1000, LEDGER_PAGE = 1000, LEDGERS = 4, PATH_ROOM = 1152 };

#define SECOND      INT64_C(1000000000)
#define MS          INT64_C(1000000)
#define DAY         (86400 * SECOND)
#define COUNT(list) (uint32_t)(sizeof(list) / sizeof *(list))

struct binance {
    struct kit_codec kit;
    struct kit_accounts accounts;
    struct kit_held pages; /* of fills that wait for the names of their orders */
    uint64_t timer;        /* when instruments are asked for */
    uint32_t has_info;     /* instruments and limits are known */
    uint32_t is_closed;    /* maintenance was said, and no end of it */
    uint32_t said;         /* messages to streams, which are numbered */
    uint32_t zero;
};

/* describe.c */
extern const struct oc_venue bn_venue;
/* "1m"; NULL: the venue has no such bars. A month is -1. */
const char *bn_period_name(int64_t period_ns);
int64_t bn_period(struct kit_json_text name);

/* life.c */
/* `path` is that which kit_query_begin made. The query is ended with window, time and signature, and goes with the key in its header.
 * OC_E_AGAIN: the clock is not known yet. */
oc_rc bn_send_signed(struct binance *bn, const struct kit_account *who, struct oc_http *http, const char *path,
                     struct kit_write *query);
oc_rc bn_send_plain(struct binance *bn, struct oc_http *http, const char *path, const struct kit_write *query);
oc_rc bn_ask_key(struct binance *bn, struct kit_account *who);
oc_rc bn_ask_time(struct binance *bn);
/* Instruments are known: they are asked for again in an hour. */
oc_rc bn_has_info(struct binance *bn);
/* serverTime of an answer. */
oc_rc bn_take_time(struct binance *bn, const struct oc_response *in, struct kit_json_text time);
/* What {"code":-2010,"msg":"..."} means. NULL: it is none; *ret_code and *ret_words may be NULL. */
const struct kit_refusal_row *bn_refusal(struct kit_json json, int64_t *ret_code, struct kit_json_text *ret_words);
oc_rc bn_stream(void *self, const struct oc_stream *stream);

/* ask.c */
oc_rc bn_fetch(void *self, const struct oc_fetch *ask);
oc_rc bn_answer_fetch(struct binance *bn, const struct oc_response *in, uint32_t source);
oc_rc bn_answer_info(struct binance *bn, const struct oc_response *in);

/* orders.c */
oc_rc bn_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch);
oc_rc bn_answer_request(struct binance *bn, const struct oc_response *in, uint32_t source);

/* instrument.c */
/* One of exchangeFilters, into the limits that each symbol has of all of them (`all`). 0: it is none. */
int bn_take_account_filter(struct binance *bn, struct kit_json *json, struct oc_instrument *all);
oc_rc bn_say_instrument(struct binance *bn, struct kit_json *json, const struct oc_instrument *all, uint64_t token);

/* shapes.c: an object that is due, as an event. By the names of REST. */
extern const struct kit_word bn_types[7];
oc_rc bn_say_order(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t token, uint64_t *ret_number);
oc_rc bn_say_balance(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t token, int64_t at_ns);
/* A row of myTrades, or of a report. `ask`: of an order, or of all that came since; NULL: a stream says it, with our name of the order. */
int bn_take_fill(struct kit_json *json, struct kit_fill_row *fill);
oc_rc bn_say_fill(void *self, struct kit_fill_row *fill, const struct oc_fetch *ask, struct kit_json_text client,
                  uint32_t source);
/* A deposit or a withdrawal, of the kind of its list: bn_ledgers[part]. */
struct ledger {
    const char *path;
    const struct kit_shape *shape;
    uint16_t kind;
};
extern const struct ledger bn_ledgers[LEDGERS];
oc_rc bn_say_moved(struct binance *bn, struct kit_json *json, const struct ledger *ledger, uint32_t source,
                   uint64_t token);
/* [open time, open, high, low, close, volume, close time, ...]: what is not over by now_ns is forming. *ret_next_ms: behind it. */
oc_rc bn_say_candle(struct binance *bn, struct kit_json *json, const struct oc_fetch *ask, int64_t now_ns,
                    uint64_t *ret_next_ms);
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
