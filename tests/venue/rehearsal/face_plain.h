/* face_plain.h: the face `plain`, a protocol of this project's own: REST and WebSocket, JSON, HMAC-SHA256. docs/rehearsal-venue.md is its
 * description for who writes a client. */
#ifndef REHEARSAL_FACE_PLAIN_H
#define REHEARSAL_FACE_PLAIN_H

#include "rehearsal/face.h"

#include <outcry/kit/json.h>

enum { PLAIN_TRADES = 1, PLAIN_QUOTES = 2, PLAIN_DEPTH = 4, PLAIN_DEPTH_LEVELS = 20 };

struct plain_names { /* words of the protocol and what they mean */
    const char *word;
    uint8_t means;
};
extern const struct plain_names plain_sides[], plain_types[], plain_tifs[];
/* 0: none of them. */
uint8_t plain_means(const struct plain_names *names, const char *word);

/* Objects, as members `key` or as elements (NULL). */
void plain_put_order(const struct core *core, struct text *out, const char *key, const struct core_order *order);
void plain_put_fill(const struct core *core, struct text *out, const char *key, const struct core_fill *fill);
void plain_put_trade(const struct core *core, struct text *out, const char *key, const struct core_trade *trade);
void plain_put_money(struct text *out, const char *key, oc_i128 money);
void plain_put_us(struct text *out, const char *key, int64_t ns);
/* "bids" and "asks" of a book, or one level of them. */
void plain_put_levels(const struct core *core, struct text *out, uint32_t inst, uint32_t depth);
void plain_put_level(const struct core_inst *inst, struct text *out, int64_t price, int64_t qty);

/* Whether somebody who calls itself `key_id` signed `text` at `time_us` within the window. NULL, and *ret_code and *ret_words say why not. */
const struct venue_key *plain_signed(const struct rehearsal *venue, const char *key_id, const char *time_us,
                                     const char *window_ms, const char *sign, const struct text *text,
                                     const char **ret_code, const char **ret_words);

struct call { /* a request on its way */
    struct rehearsal *venue;
    const struct venue_ask *ask;
    const struct venue_key *key; /* NULL: of nobody */
    struct venue_answer *ret;
};

/* face_plain.c: an answer in the making. */
void call_refuse(struct call *call, uint32_t status, const char *code, const char *words);
void call_refuse_why(struct call *call, enum core_why why);
struct text *call_begin(struct call *call);
void call_end(struct call *call);
/* The instrument of the query; CORE_NONE: it names none. False: refused. */
bool call_inst(struct call *call, bool is_needed, uint32_t *ret_inst);
/* The order that `id` or `client` names, of the account; CORE_NONE: none. Of the query: false where it was refused. */
uint32_t call_named(struct call *call, const char *id, const char *client);
bool call_order(struct call *call, uint32_t *ret_order);

/* face_plain_orders.c */
void plain_post_order(struct call *call);
void plain_patch_order(struct call *call);
void plain_delete_order(struct call *call);
void plain_delete_open_orders(struct call *call);

/* face_plain_stream.c */
bool plain_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret);
void plain_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size);
void plain_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event);
void plain_settled(struct rehearsal *venue, struct seat *seat);

void plain_refuse(struct venue_answer *ret, uint32_t status, const char *code, const char *words);

#endif
