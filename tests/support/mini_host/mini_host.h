/* mini_host.h: a host for one connector, without sockets, clocks or an engine: it gives the connector what a script
 * says, and writes down what the connector asks for and says. play.c reads scripts, services.c answers the connector,
 * names.c knows instruments and assets, say.c writes down.
 *
 * Invariants
 * - A call is a transaction: what was written down during it stands when it returned 0 or more, else not a line of it.
 * - The host judges what it is given: sizes, types, sources, streams, and that each order request was sent or answered.
 * - The clock stands, and random bytes count up: the same script gives the same lines. */
#ifndef MINI_HOST_H
#define MINI_HOST_H

#include <outcry/connector.h>
#include <stdbool.h>
#include <stdio.h>

enum {
    NAMES_MAX = 64,
    ASSETS_MAX = 128,
    FORMS_MAX = 8,
    BATCH_MAX = 8,
    SAID_MAX = 1 << 20,
    KEPT_MAX = 8,
    STREAMS_MAX = 16
};
enum { ABOUT_NOTHING = 0, ABOUT_REQUEST = 1, ABOUT_FETCH = 2 };
enum { ACCOUNT = 1, SOURCE = 2, MARKET_SOURCE = 1, KEPT_FIRST = 200 };

#define NOW_NS INT64_C(1767225600000000000) /* 2026-01-01 */

struct form { /* what prepare() was given, as it will be written */
    uint8_t method;
    uint16_t endpoint;
    char path[256];
    char headers[1024];
};

struct mini {
    struct oc_host host;
    const struct oc_connector *connector;
    void *self;
    const struct oc_key *keys; /* that the plugin declares; NULL: none */

    char set[64];        /* a key that is set to yes, "" none */
    char said[SAID_MAX]; /* of the running call */
    size_t said_size;
    bool is_quiet; /* counts events, writes nothing down */
    uint32_t counts[OC_EV_END];
    uint32_t skipped;
    _Alignas(8) char room[OC_EVENT_MAX]; /* of the event that was reserved */
    uint32_t room_size;                  /* 0: none is */

    struct oc_venue_request asked[BATCH_MAX]; /* one behind the other, as the connector gets them */
    uint32_t asked_count;
    uint32_t tied; /* bit n: the n-th of them was sent or answered */
    struct oc_fetch fetch;
    uint32_t about; /* what the last exchange was about */
    uint64_t user[3];

    struct form forms[FORMS_MAX];
    uint32_t form_count;
    uint32_t stream_count;
    uint64_t stream_user[STREAMS_MAX + 1]; /* by its number */
    struct oc_id venue_account;            /* as its own text says it; size 0: a key's name stands there */
    uint32_t exchange_count;
    char kept[KEPT_MAX][32]; /* names of secrets that came over the wire */
    uint32_t kept_count;

    struct oc_instrument instruments[NAMES_MAX];
    uint32_t instrument_count;
    char assets[ASSETS_MAX][OC_ASSET_MAX];
    uint32_t asset_count;
};

/* services.c */
void mini_begin(struct mini *mini);

/* names.c */
extern const struct oc_svc_names mini_names;
struct oc_instrument *mini_find(struct mini *mini, const char *venue_symbol, size_t size); /* NULL: not known */
/* NULL: no room. */
struct oc_instrument *mini_add(struct mini *mini, const char *venue_symbol, int price_digits, int qty_digits,
                               const char *base, const char *quote);
uint32_t mini_asset(struct mini *mini, const char *name, size_t size); /* 0: no name, or no room */
const char *mini_symbol_of(const struct mini *mini, uint32_t inst);

/* say.c */
void mini_say(struct mini *mini, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A text with what the host would set in, as "<name>". */
void mini_say_spliced(struct mini *mini, const char *text, uint32_t size, const struct oc_splice *splices,
                      uint32_t count, uint8_t in);
void mini_say_event(struct mini *mini, const struct oc_event *event);
const char *mini_event_name(uint32_t type);
const char *mini_field_name(const struct mini *mini, uint16_t field);
/* The signature of the test key over the bytes; for tokens, which are checked when they are written down. */
void mini_sign_token(const void *bytes, size_t size, uint8_t ret_signature[64]);

#endif
