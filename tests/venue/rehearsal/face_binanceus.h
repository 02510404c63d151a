/* face_binanceus.h: the face `binanceus`: REST /api/v3, market streams and a user stream behind a listen key, as Binance.US documents them.
 * docs/venues/binanceus.md says what of it is played. */
#ifndef REHEARSAL_FACE_BINANCEUS_H
#define REHEARSAL_FACE_BINANCEUS_H

#include "rehearsal/face.h"

enum { BN_TRADE = 1, BN_BOOK_TICKER = 2, BN_DEPTH = 4, BN_TICKER = 8, BN_MINI_TICKER = 16 }; /* topics of a seat */
enum { BN_WEIGHT = 0, BN_ORDERS_10S = 1, BN_ORDERS_1D = 2 };                                 /* places of the quotas */

struct bn_call { /* a request on its way */
    struct rehearsal *venue;
    const struct venue_ask *ask;   /* as it came */
    const struct venue_ask *query; /* its query and its body as one query */
    struct venue_key *key;         /* NULL: of nobody */
    struct venue_answer *ret;
};

/* ---- face_binanceus.c ---- */
void bn_refuse(struct bn_call *call, uint32_t status, int code, const char *words);
void bn_refuse_why(struct bn_call *call, enum core_why why);
/* The code and the words of a refusal. */
int bn_code_of(enum core_why why, const char **ret_words);
bool bn_query(const struct bn_call *call, const char *name, char *ret_value, size_t size_max);
/* The instrument of the query. False: refused. `is_needed` false: CORE_NONE where none is named. */
bool bn_inst(struct bn_call *call, bool is_needed, uint32_t *ret_inst);
/* A number of the query, `fallback` where it is not there. False: refused. */
bool bn_number(struct bn_call *call, const char *name, int64_t fallback, int64_t least, int64_t most,
               int64_t *ret_number);
void bn_words_refuse(struct venue_answer *ret, uint32_t status, const char *code, const char *words);
/* Who has this listen key, while it holds; NULL: nobody. */
struct venue_key *bn_listener(struct rehearsal *venue, const char *listen_key);

/* ---- face_binanceus_say.c: objects, and what reads them ---- */
void bn_put_money(struct text *out, const char *key, oc_i128 money);
void bn_put_units(struct text *out, const char *key, int64_t units, struct oc_dec step);
void bn_put_levels(const struct core *core, struct text *out, const char *key, uint32_t inst, uint8_t side,
                   uint32_t depth);
void bn_put_order(const struct core *core, struct text *out, const struct core_order *order);
const char *bn_state(const struct core_order *order);
const char *bn_type(const struct core_order *order);
const char *bn_tif(const struct core_order *order);
/* Whether it takes a stop at market: as there, the first of all does not. */
bool bn_takes_stops(const struct core_inst *inst);
void bn_get_exchange_info(struct bn_call *call);
void bn_get_account(struct bn_call *call);
void bn_get_order(struct bn_call *call);
void bn_get_open_orders(struct bn_call *call);
void bn_get_all_orders(struct bn_call *call);
void bn_get_my_trades(struct bn_call *call);

/* ---- face_binanceus_ticker.c: what a market did in 24 hours ---- */
void bn_get_ticker(struct bn_call *call);
/* As of a trade, at most once a second. */
void bn_tell_ticker(struct rehearsal *venue, struct seat *seat, uint32_t inst);

/* ---- face_binanceus_stream.c: a message to a seat, begun and sent ---- */
enum { BN_OUT_MAX = 32768 };
struct bn_message {
    char bytes[BN_OUT_MAX];
    struct text text;
};
struct text *bn_begin(struct bn_message *message, const struct seat *seat, const char *stream);
void bn_send(struct rehearsal *venue, struct seat *seat, struct bn_message *message);
/* btcusd@trade of BTCUSD. */
const char *bn_stream_name(const struct core_inst *inst, const char *topic, char name[CORE_NAME_MAX + 24]);

/* ---- face_binanceus_ledger.c ---- */
void bn_get_deposits(struct bn_call *call);
void bn_get_withdrawals(struct bn_call *call);
void bn_get_fiat_deposits(struct bn_call *call);
void bn_get_fiat_withdrawals(struct bn_call *call);

/* ---- face_binanceus_orders.c ---- */
void bn_post_order(struct bn_call *call);
void bn_post_order_test(struct bn_call *call);
void bn_delete_order(struct bn_call *call);
void bn_delete_open_orders(struct bn_call *call);
void bn_post_cancel_replace(struct bn_call *call);
/* The order that `by_number` or `by_client` names, of the account; CORE_NONE: none. False: neither is there, refused. */
bool bn_named(struct bn_call *call, const char *by_number, const char *by_client, uint32_t *ret_order);

/* ---- face_binanceus_stream.c ---- */
bool bn_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret);
void bn_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size);
void bn_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event);
void bn_settled(struct rehearsal *venue, struct seat *seat);

#endif
