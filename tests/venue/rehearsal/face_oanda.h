/* face_oanda.h: the face `oanda`: REST /v3 with a bearer token, and two long answers of HTTP, as OANDA v20 documents them. Accounts are on margin: what is
 * held is what the fills since the start come to, and the core's balances behind it are so large that nothing is ever short.
 *
 * Invariants
 * - Everything that happens to an account is a transaction with the next number of that account, kept as it was said. Orders and trades have the
 *   number of the transaction that made them.
 * - An order that trades in part goes on under another number, with the rest (a reissue). Fills of one turn are one fill at their average.
 * - Exits are orders of the core: they follow the size of their trade, and the other goes when one of them, or anything else, closes it. */
#ifndef REHEARSAL_FACE_OANDA_H
#define REHEARSAL_FACE_OANDA_H

#include "rehearsal/face.h"

#include <outcry/kit/json.h>

enum { OA_TXS_MAX = 1 << 16, OA_ORDERS_MAX = 1 << 15, OA_TRADES_MAX = 1 << 14, OA_PATH_MAX = 8 };
#define OA_OPENING_CASH 100000

enum oa_state { OA_PENDING = 1, OA_FILLED, OA_CANCELED };

struct oa_tx {
    uint64_t id;
    uint32_t account;
    char member[48]; /* as an answer calls it */
    char *text;      /* owned: the object */
    size_t size;
};

struct oa_order {
    uint64_t id, filling, canceling, replaces, replaced_by;
    uint64_t trade; /* of an exit; 0: none */
    uint32_t account, inst;
    uint32_t place; /* in the core */
    enum oa_state state;
    int64_t units, price; /* signed */
    int64_t created_ns;
    char type[24], tif[8], fill[16], client[CORE_CLIENT_MAX];
};

struct oa_trade {
    uint64_t id;
    uint32_t account, inst;
    int64_t initial, units; /* signed; 0: closed */
    oc_i128 value;          /* of what is open, signed: units of price times units of quantity */
    int64_t opened_ns;
};

struct oa_own { /* rehearsal.own */
    struct oa_tx *txs;
    struct oa_order *orders;
    struct oa_trade *trades;
    uint32_t tx_count, order_count, trade_count;
    uint64_t next[CORE_ACCOUNTS_MAX];
    oc_i128 cash[CORE_ACCOUNTS_MAX]; /* beside what it began with */
    struct {                         /* a fill that is not said yet; order NULL: none */
        uint32_t place;
        bool is_there;
        int64_t qty;
        oc_i128 value;
    } filled;
    struct oa_order made; /* how the order that is being placed is to be called */
    bool has_made;
    bool has_exits;  /* some order has ever been one */
    bool is_silent;  /* an exit is placed anew: nobody hears of it */
    const char *why; /* orders end for this reason now */
    uint64_t rows;   /* of the ledger, that were seen */
};

struct oa_call {
    struct rehearsal *venue;
    struct oa_own *own;
    const struct venue_ask *ask;
    struct venue_answer *ret;
    uint32_t account;
    char path[VENUE_HEAD_MAX + 1];  /* without its query, taken apart */
    const char *parts[OA_PATH_MAX]; /* behind /v3/accounts/ID */
    uint32_t part_count;
};

/* face_oanda_book.c: transactions, orders, trades */
bool oa_begin(struct rehearsal *venue);
void oa_end(struct rehearsal *venue);
void oa_note(struct rehearsal *venue, const struct core_event *event);
void oa_act(struct rehearsal *venue);
/* A transaction begins, with what every one has; NULL: no room. Then its members, and oa_said. */
struct text *oa_say(struct rehearsal *venue, uint32_t account, const char *type, const char *member, struct text *room);
uint64_t oa_said(struct rehearsal *venue, struct text *room);
uint64_t oa_next(const struct oa_own *own, uint32_t account);
struct oa_order *oa_order_of(struct oa_own *own, uint32_t account, uint64_t id);
struct oa_trade *oa_trade_of(struct oa_own *own, uint32_t account, uint64_t id);
oc_i128 oa_balance(const struct rehearsal *venue, uint32_t account);
/* Profit of a value at the prices of now. */
oc_i128 oa_gain(const struct rehearsal *venue, uint32_t inst, int64_t units, oc_i128 value);
/* The transaction that makes an order: its members. */
void oa_put_terms(const struct rehearsal *venue, struct text *out, const struct oa_order *order);
void oa_put_money(struct text *out, const char *key, oc_i128 money);
void oa_put_average(struct text *out, const char *key, oc_i128 value, int64_t units, struct oc_dec step);
void oa_put_id(struct text *out, const char *key, uint64_t id);

/* face_oanda_orders.c */
void oa_post_order(struct oa_call *call);
void oa_put_order(struct oa_call *call);
void oa_put_close(struct oa_call *call);
void oa_put_exits(struct oa_call *call);

/* face_oanda_stream.c */
bool oa_is_stream(const struct venue_ask *ask);
bool oa_sit(struct rehearsal *venue, struct seat *seat, const struct venue_ask *ask, struct venue_answer *ret);
void oa_hear(struct rehearsal *venue, struct seat *seat, const char *bytes, uint32_t size);
void oa_tell(struct rehearsal *venue, struct seat *seat, const struct core_event *event);
void oa_settled(struct rehearsal *venue, struct seat *seat);
void oa_beat(struct rehearsal *venue, struct seat *seat);
void oa_put_price(const struct rehearsal *venue, struct text *out, uint32_t inst, bool is_typed);

/* face_oanda.c */
uint32_t oa_account_of(const struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret);
void oa_words(struct venue_answer *ret, uint32_t status, const char *code, const char *words);
void oa_last(struct oa_call *call);

#endif
