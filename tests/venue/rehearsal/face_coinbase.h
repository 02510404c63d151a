/* face_coinbase.h: the face `coinbase`: REST /api/v3/brokerage signed by tokens, and a stream for all channels, as Coinbase Advanced documents them.
 * docs/venues/coinbase.md says what of it is played. */
#ifndef REHEARSAL_FACE_COINBASE_H
#define REHEARSAL_FACE_COINBASE_H

#include "rehearsal/face.h"

#include <outcry/kit/codec.h>

enum { CB_LEVEL2 = 1, CB_TRADES = 2, CB_TICKER = 4, CB_BATCH = 8 }; /* topics of a seat */
enum { CB_ID = 40, CB_SEQ = CORE_INSTS_MAX /* of seat.seq: the connection's numbers */ };

struct cb_call { /* a request on its way */
    struct rehearsal *venue;
    const struct venue_ask *ask;
    struct venue_key *key; /* NULL: of nobody */
    struct venue_answer *ret;
    const char *rest; /* of the path, behind what names the question; "" */
    size_t rest_size;
};

/* ---- face_coinbase.c ---- */
void cb_refuse(struct cb_call *call, uint32_t status, const char *error, const char *words);
/* Whether the question names none of that name, or this one among those that it names. */
bool cb_asks_for(const struct cb_call *call, const char *name, const char *value);
/* A number of the query; `fallback` where it is not there, or none. */
int64_t cb_number(const struct cb_call *call, const char *name, int64_t fallback);

/* ---- face_coinbase_say.c: objects ---- */
void cb_put_money(struct text *out, const char *key, oc_i128 money);
/* An id of the venue's, of an order, a fill or an account; 0: it is none of those. */
void cb_make_id(char ret_id[CB_ID], uint32_t kind, uint64_t number);
uint64_t cb_read_id(const char *id, size_t size, uint32_t kind);
enum { CB_ORDER = 0xa1, CB_FILL = 0xf1, CB_ACCOUNT = 0xc1 };
void cb_put_order(const struct core *core, struct text *out, const struct core_order *order);
/* The same as the user channel says it: sums alone. */
void cb_put_sums(const struct core *core, struct text *out, const struct core_order *order);
void cb_put_level(const struct core_inst *in, struct text *out, uint8_t side, int64_t price, int64_t qty,
                  int64_t at_ns);
void cb_put_trade(const struct core_inst *in, struct text *out, const struct core_trade *trade);
void cb_put_ticker(const struct core *core, struct text *out, uint32_t inst, bool has_tops);
void cb_get_products(struct cb_call *call);
void cb_get_book(struct cb_call *call);
void cb_get_product(struct cb_call *call); /* one, or its candles, or its trades */
void cb_get_accounts(struct cb_call *call);
void cb_get_permissions(struct cb_call *call);
void cb_get_summary(struct cb_call *call);
void cb_get_orders(struct cb_call *call); /* historical/batch, historical/fills, historical/ID */

/* ---- face_coinbase_orders.c ---- */
void cb_post_order(struct cb_call *call);
void cb_post_cancel(struct cb_call *call);
void cb_post_edit(struct cb_call *call);
void cb_post_preview(struct cb_call *call);

/* ---- face_coinbase_stream.c ---- */
bool cb_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret);
void cb_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size);
void cb_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event);
void cb_settled(struct rehearsal *venue, struct seat *seat);
void cb_beat(struct rehearsal *venue, struct seat *seat);

#endif
