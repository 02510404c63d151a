/* plain.h: a connector for an exchange with REST, WebSocket and signed requests: the face `plain` of the rehearsal venue (outcry-venue;
 * docs/rehearsal-venue.md has its protocol).
 *
 * Invariants
 * - It keeps what is true for one connection: who is logged in, how far a stream's numbers have come. Orders are the host's to know.
 * - It sees no secret: the host signs what it gives, and sets the key in when the bytes leave.
 * - An answer of 5xx is no answer: no event, so that the host says UNKNOWN and asks later. */
#ifndef PLAIN_H
#define PLAIN_H

#include <outcry/kit/ask.h>
#include <outcry/kit/fields.h>
#include <outcry/kit/terms.h>
#include <outcry/outcry.h>

enum { REST = 0, STREAM = 1 };    /* places of the endpoints */
enum { API_KEY = 1, SECRET = 2 }; /* fields of the credentials */
enum { WEIGHT = 0, ORDERS = 1 };  /* places of the limits */
enum { ACCOUNTS = 8, SEQUENCES = 64, PAGE = 500 };
enum { ABOUT_TIME = 1 }; /* oc_http.user[0] of what the connector asks for itself */

struct account {
    uint32_t account, source; /* 0: this place is free */
    uint32_t key;             /* the signer's handle */
    uint32_t stream;
    uint64_t seq; /* of the last numbered message; 0: none yet */
};

struct sequence { /* of an instrument on the market stream */
    uint32_t inst;
    uint64_t seq;
};

struct plain {
    struct kit_codec kit;
    struct account accounts[ACCOUNTS];
    struct sequence sequences[SEQUENCES];
    uint32_t market_stream;
    int64_t stream_age_ns; /* the venue ends streams then; 0: not said */
};

extern const struct oc_venue plain_venue;

/* plain.c */
struct account *plain_account(struct plain *plain, uint32_t account);
/* Everything of a signed request but what the caller knows: headers with time and signature, whose key is set in later. `headers` has
 * HEADERS_ROOM bytes. OC_E_AGAIN: the venue's clock is not known yet. */
enum { HEADERS_ROOM = 192 };
oc_rc plain_sign(struct plain *plain, const struct account *who, struct oc_http *http, char *headers);
/* The time and signature over METHOD, path, time and body; each as text. */
oc_rc plain_signature(struct plain *plain, const struct account *who, const char *method, const char *path,
                      size_t path_size, const void *body, size_t body_size, char time[24], char sign[64],
                      uint32_t *ret_time_size);

/* say.c: what it says, as events. */
oc_rc plain_say_order(struct plain *plain, struct kit_json *json, uint32_t source, uint64_t token, uint16_t flags);
oc_rc plain_say_fill(struct plain *plain, struct kit_json *json, uint32_t source, uint16_t flags);
oc_rc plain_say_balance(struct plain *plain, struct kit_json *json, uint32_t source, uint64_t token, uint16_t flags);
oc_rc plain_say_instrument(struct plain *plain, struct kit_json *json);
oc_rc plain_say_trade(struct plain *plain, struct kit_json *json);
/* Code and words of {"error":{...}}; false: it is none. */
int plain_error(struct kit_json json, struct kit_json_text *ret_code, struct kit_json_text *ret_words);
uint32_t plain_why(struct kit_json_text code);
int64_t plain_ns(struct kit_json_text us);

/* orders.c */
oc_rc plain_request(void *self, const struct oc_venue_request *first, uint32_t size, uint32_t count, uint32_t batch);
oc_rc plain_answer_request(struct plain *plain, const struct oc_response *in, uint32_t source);

/* fetch.c */
oc_rc plain_fetch(void *self, const struct oc_fetch *ask);
oc_rc plain_answer_fetch(struct plain *plain, const struct oc_response *in, uint32_t source);

/* stream.c */
oc_rc plain_open_streams(struct plain *plain, struct account *who);
oc_rc plain_subscribe(void *self, uint32_t stream, uint32_t how, const struct oc_sub *subs, uint32_t count);
oc_rc plain_stream(void *self, const struct oc_stream *stream);
oc_rc plain_message(void *self, const struct oc_message *heard);

#endif
