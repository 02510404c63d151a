/* face.h: what a venue looks like from outside: its protocol as data and a codec. The rest (matching, money, quotas, faults, transports) is
 * the venue's.
 *
 * Invariants
 * - A face keeps nothing but what it has in venue->own: what belongs to a stream stands in its seat. It has no clock (venue_clock, venue_view) and no randomness.
 * - It is given whole requests and whole messages of at most VENUE_BODY_MAX and VENUE_MESSAGE_MAX bytes, of any content. */
#ifndef REHEARSAL_FACE_H
#define REHEARSAL_FACE_H

#include "rehearsal/venue.h"

struct face_inst {
    const char *symbol, *base, *quote;
    struct oc_dec price_step, qty_step;
    int64_t min_qty, max_qty; /* units */
    struct oc_dec min_notional;
    int64_t price; /* units: where a market begins */
};

struct face {
    const char *name, *about;
    const char *paths; /* for a person: where it is spoken */
    struct core_rules rules;
    const struct face_inst *insts;
    uint32_t inst_count;
    const struct quota_rule *quotas;
    uint32_t quota_count;
    uint32_t maker_ppm, taker_ppm;
    const char *money;       /* what each account begins with */
    bool has_keys;           /* requests are signed */
    bool has_tokens;         /* by tokens (token.h): a secret is a private key in PEM, and a key has a long name */
    const char *used_header; /* of an answer, that says the weight that was used, with a colon; NULL: "x-used:" */
    const char *orders_headers[2]; /* and the orders; NULL: none does */
    const char *const *headers;    /* that it reads, in lower case with a colon, as "x-key:"; ended by NULL */
    enum fault_of (*of)(const struct venue_ask *ask);
    /* NULL: no requests, 404. ret->body is empty, and has room. */
    void (*answer)(struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret);
    /* The words for what the venue itself refuses: 503 of maintenance or of a fault, 404. */
    void (*refuse)(struct venue_answer *ret, uint32_t status, const char *code, const char *words);
    /* False: *ret says why it may not. */
    bool (*sit)(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret);
    void (*hear)(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size);
    void (*tell)(struct rehearsal *venue, struct seat *seat, const struct core_event *event);
    /* All that one input made was told. NULL: nothing to do. */
    void (*settled)(struct rehearsal *venue, struct seat *seat);
    /* seat->beat_ns has come, and is to be set anew. NULL: streams have no heartbeats. */
    void (*beat)(struct rehearsal *venue, struct seat *seat);
    /* NULL, as each below: it keeps nothing. Makes venue->own, and lets it go. */
    bool (*begin)(struct rehearsal *venue);
    void (*end)(struct rehearsal *venue);
    /* Whatever happens, whoever listens; it changes nothing. Then, before anybody is told that it has settled: what it wants of the core. */
    void (*note)(struct rehearsal *venue, const struct core_event *event);
    void (*act)(struct rehearsal *venue);
    /* A request whose answer is a stream of lines, which never ends. */
    bool (*is_stream)(const struct venue_ask *ask);
    /* A word of its own. False: it is none. */
    bool (*command)(struct rehearsal *venue, const char *line, struct text *out);
};

extern const struct face face_plain, face_lines, face_jline, face_binanceus, face_coinbase, face_oanda;

/* NULL: there is none of this name. */
const struct face *face_named(const char *name);
/* "plain", "lines", ..., NULL. */
extern const char *const face_names[];

#endif
