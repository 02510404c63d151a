/* binance.h: Binance.US spot: REST with HMAC-SHA256, market streams, and a user stream behind a listen key.
 * describe.c what it offers; life.c accounts, signatures, the listen key, where an answer goes; ask.c questions; orders.c order
 * requests; say.c objects of the venue as events; stream.c what is subscribed and heard.
 *
 * Invariants
 * - It keeps what is true for one connection: listen keys, and pages of fills until the names of their orders have come.
 * - An answer that leaves the outcome open (5xx, -1000, -1001, -1006 to -1008, -1016, a duplicate id, half a cancelReplace that should not be)
 *   makes no event, so that the host says UNKNOWN and asks by client id. Nothing is ever sent again from here.
 * - Accounts are asked about only while their user stream is heard and the instruments are known: nothing trades before.
 * - An order is replaced only while nothing of it has traded, and the venue is told to hold that (cancelRestrictions=ONLY_NEW): so what is said of
 *   the new order is said of the whole. The cancel within has an id that begins with "r-", any other cancel of ours one with "c-". */
#ifndef BINANCEUS_BINANCE_H
#define BINANCEUS_BINANCE_H

#include <outcry/kit/codec.h>
#include <outcry/outcry.h>

enum { REST = 0, STREAM = 1 };                                           /* places of the endpoints */
enum { API_KEY = 1, SECRET = 2 };                                        /* fields of the credentials */
enum { WEIGHT = 0, RAW = 1, ORDERS_10S = 2, ORDERS_1D = 3, SPOKEN = 4 }; /* places of the limits */
enum { ABOUT_INFO = 1, ABOUT_KEY, ABOUT_KEEP, ABOUT_TIME, ABOUT_NAMES }; /* oc_http.user[0] of calls of its own */
enum { ACCOUNTS = 16, PAGES = 64, FILLS_PAGE = 500, NAMES_PAGE = 1000, KEY_MAX = 128, QUERY_ROOM = 1024 };

#define SECOND INT64_C(1000000000)
#define MS     INT64_C(1000000)
#define DAY    (86400 * SECOND)

struct account {
    uint32_t account, source; /* 0: this place is free */
    uint32_t hmac;            /* the signer's handle */
    uint32_t stream;          /* 0: none yet */
    uint64_t timer;           /* the next look at the listen key */
    uint32_t is_up;           /* the stream */
    uint32_t is_heard;        /* it is up, by a listen key that holds */
    uint32_t tries;
    char key[KEY_MAX]; /* the listen key as it was said last; "": none */
};

struct page { /* fills that wait for the names of their orders */
    uint64_t token;
    uint32_t size;
    char *body; /* owned; NULL: this place is free */
};

struct binance {
    struct kit_codec kit;
    struct account accounts[ACCOUNTS];
    struct page pages[PAGES];
    uint32_t next_page;
    uint64_t timer;     /* when instruments are asked for */
    uint32_t has_info;  /* instruments and limits are known */
    uint32_t is_closed; /* maintenance was said, and no end of it */
    uint32_t said;      /* messages to streams, which are numbered */
};

extern const struct oc_venue bn_venue;

/* life.c */
struct account *bn_account(struct binance *bn, uint32_t account);
/* The query is ended with window, time and signature, and goes with the key in its header. OC_E_AGAIN: the clock is not known yet. */
oc_rc bn_send_signed(struct binance *bn, const struct account *who, struct oc_http *http, const char *path,
                     struct kit_write *query);
oc_rc bn_send_plain(struct binance *bn, struct oc_http *http, const char *path);
/* The listen key is asked for: made, or said again and held for an hour. */
oc_rc bn_ask_key(struct binance *bn, struct account *who);
oc_rc bn_ask_time(struct binance *bn);
/* Instruments are known: they are asked for again in an hour. */
oc_rc bn_has_info(struct binance *bn);
/* serverTime of an answer. */
oc_rc bn_take_time(struct binance *bn, const struct oc_response *in, struct kit_json_text time);

/* ask.c */
oc_rc bn_fetch(void *self, const struct oc_fetch *ask);
oc_rc bn_answer_fetch(struct binance *bn, const struct oc_response *in, uint32_t source);
oc_rc bn_answer_info(struct binance *bn, const struct oc_response *in);
void bn_forget_pages(struct binance *bn);

/* orders.c */
oc_rc bn_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch);
oc_rc bn_answer_request(struct binance *bn, const struct oc_response *in, uint32_t source);

/* say.c: what it says, as events */
int64_t bn_ns(struct kit_json_text ms);
/* Code and words of {"code":-2010,"msg":"..."}; 0: it is none. */
int64_t bn_error(struct kit_json json, struct kit_json_text *ret_words);
uint32_t bn_why(int64_t code, struct kit_json_text words);
/* Whether a refusal with this code leaves open what became of a request. */
int bn_is_open_end(uint32_t status, int64_t code, struct kit_json_text words);
oc_rc bn_say_venue(struct binance *bn, uint32_t source, uint32_t state, uint32_t why, struct kit_json_text words);
oc_rc bn_say_instrument(struct binance *bn, struct kit_json *json, uint64_t token);
struct order_words {
    struct kit_json_text id, client, symbol, side, type, tif, state, working, qty, done, value, money, price, stop,
        created, updated;
};
oc_rc bn_say_order(struct binance *bn, const struct order_words *words, uint32_t source, uint64_t token,
                   uint16_t flags);
oc_rc bn_say_balance(struct binance *bn, struct kit_json *json, uint32_t source, uint64_t token, int64_t at_ns);
/* By the names that REST has for its members, or by those of an executionReport. */
struct fill_words {
    struct kit_json_text symbol, id, order, client, price, qty, value, fee, asset, time, cum;
    int is_buy, is_maker;
};
oc_rc bn_say_fill(struct binance *bn, const struct fill_words *words, uint64_t order, uint32_t source, uint16_t flags);
oc_rc bn_say_book(struct binance *bn, const struct oc_scale *scale, struct kit_json_text bids,
                  struct kit_json_text asks, uint64_t first, uint64_t last, uint32_t is_snapshot, int64_t at_ns);
struct bar_words {
    struct kit_json_text open_ms, close_ms, open, high, low, close, volume, trades;
};
oc_rc bn_say_bar(struct binance *bn, const struct oc_scale *scale, const struct bar_words *words, int64_t period_ns,
                 uint16_t flags);
/* The whole steps in a number of 0 or more, or those that it needs. */
oc_rc bn_whole_steps(struct kit_json_text text, struct oc_dec step, int is_up, int64_t *ret_units);
/* "1m" and its length; NULL and 0: the venue has no such bars. A month is -1. */
const char *bn_period_name(int64_t period_ns);
int64_t bn_period(struct kit_json_text name);

/* stream.c */
oc_rc bn_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
oc_rc bn_open_user(struct binance *bn, struct account *who, uint16_t listen_key, uint32_t *ret_stream);
oc_rc bn_stream(void *self, const struct oc_stream *stream);
oc_rc bn_message(void *self, const struct oc_message *heard);

#endif
