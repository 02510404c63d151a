/* venue.h: the rehearsal venue: a core, a face, quotas, faults and a market, for whoever carries its bytes: sockets (serve_lws.c) or a link
 * in process (sim_link.h). It does no I/O: time and bytes are given to it, and it is asked for what it has to say.
 *
 * Invariants
 * - The same seed, the same times and the same bytes make the same answers.
 * - What is asked is carried out once, when it arrives (later or twice only where a fault says so), whatever becomes of the answer.
 * - Faults are made here, so that they are the same over both transports; a transport only does what an exchange or a message says: reset,
 *   cut, never.
 * - Each list has a limit. A stream that lets more than SEAT_QUEUE_MAX messages wait is reset, as venues do. */
#ifndef REHEARSAL_VENUE_H
#define REHEARSAL_VENUE_H

#include "rehearsal/core.h"
#include "rehearsal/faults.h"
#include "rehearsal/quota.h"

#include <outcry/services.h>

struct face;
struct market;

enum {
    VENUE_SEATS_MAX = 32,
    VENUE_DELAYS_MAX = 16384,
    VENUE_EXCHANGES_MAX = 256,
    VENUE_KEYS_MAX = 8,
    VENUE_BODY_MAX = 65536,     /* bytes of a request */
    VENUE_HEAD_MAX = 8192,      /* bytes of its path and of its headers */
    VENUE_ANSWER_MAX = 1 << 20, /* bytes of an answer */
    VENUE_MESSAGE_MAX = 65536,  /* bytes of a message, to it and from it */
    VENUE_ADDRESS_MAX = 48,
    VENUE_KEY_NAME_MAX = 128,
    VENUE_SECRET_MAX = 512,
    SEAT_QUEUE_MAX = 4096,
    SEAT_DIRTY_MAX = 128
};

struct venue_key {
    char id[VENUE_KEY_NAME_MAX];
    char secret[VENUE_SECRET_MAX]; /* text: its bytes are the key of the MAC, or it is a private key in PEM */
    uint32_t account;
    bool may_trade;
    char listen[65]; /* of faces whose account streams have a name of their own, and until when it holds */
    int64_t listen_until_ns;
};

struct venue_ask {       /* a request of HTTP; borrowed */
    uint8_t method;      /* OC_METHOD_... */
    const char *path;    /* with its query, percent escapes decoded: libwebsockets gives it so */
    const char *headers; /* lines "Name: value\r\n", names in any case */
    const char *body;
    uint32_t body_size;
    const char *address; /* of who asks */
};

struct venue_answer {
    uint32_t status;
    int64_t retry_after_s;   /* above zero: said */
    uint32_t used;           /* weight of this window so far, above zero: said */
    uint32_t orders_used[2]; /* orders of the windows of face.orders_headers, above zero: said */
    struct text body;        /* JSON */
};

enum exchange_state {
    EXCHANGE_FREE = 0,
    EXCHANGE_ARRIVING, /* it is carried out at due_ns */
    EXCHANGE_ANSWERED, /* `answer` is said at due_ns, as `end` says */
    EXCHANGE_LOST      /* nothing is ever said */
};
enum venue_end {
    VENUE_WHOLE = 0,
    VENUE_CUT /* half, then the connection ends */,
    VENUE_RESET /* nothing, and it is reset */
};

struct venue_exchange {
    enum exchange_state state;
    enum venue_end end;
    int64_t due_ns;
    bool is_forgotten;    /* nobody waits for it any more: it goes when it was carried out */
    struct venue_ask ask; /* its texts are owned */
    struct venue_answer answer;
};

struct venue_said { /* a message of a stream on its way */
    struct venue_said *behind;
    int64_t due_ns;
    bool is_split;      /* in several frames */
    enum venue_end end; /* CUT: half of a frame, then the end; RESET: in its place */
    uint32_t size;
    char bytes[];
};

struct seat { /* a stream */
    bool is_open;
    bool is_old;      /* that it is reset was said */
    int64_t since_ns; /* it is open */
    bool is_hung;     /* half-open: says and hears nothing */
    int64_t beat_ns;  /* when it has a heartbeat next; 0: it has none */
    uint32_t account; /* CORE_NONE: nobody is logged in */
    char address[VENUE_ADDRESS_MAX];
    bool hears_account;
    bool is_combined;                        /* each message stands in an envelope that names its stream */
    char listen[65];                         /* as its key's */
    uint32_t topics[CORE_INSTS_MAX];         /* bits of the face */
    uint64_t seq[CORE_INSTS_MAX + 1];        /* of what was said of each instrument; the last: of the account */
    struct core_level dirty[SEAT_DIRTY_MAX]; /* levels that changed in this turn: qty is the side */
    uint32_t dirty_inst, dirty_count;
    struct core_level quote[CORE_INSTS_MAX][2]; /* as it was said last */
    int64_t figures_ns[CORE_INSTS_MAX];         /* when what a market did was said last */
    struct venue_said *first, *last, *held;     /* owned; held: until the next one */
    uint32_t queued;
};

struct rehearsal { /* `struct venue` is a session's */
    const struct face *face;
    struct core *core;     /* owned */
    void *own;             /* of the face; NULL: it keeps nothing */
    struct market *market; /* owned; NULL: nothing moves by itself */
    struct quota quota;
    struct faults faults;
    struct venue_key keys[VENUE_KEYS_MAX];
    uint32_t key_count;
    struct venue_exchange exchanges[VENUE_EXCHANGES_MAX];
    uint32_t exchange_count; /* that are not free */
    struct seat seats[VENUE_SEATS_MAX];
    uint32_t seats_used; /* the first ones: no other was ever taken */
    int64_t begin_ns, now_ns;
    int64_t skew_ns, stale_ns; /* of its clock; of what reading shows */
    int64_t age_ns;            /* a stream that is so old is reset; 0: none is */
    bool is_in_maintenance;
    char canceling[CORE_CLIENT_MAX]; /* the id of the cancel that was asked for last, for faces that tell it */
    char certificate[16];            /* "good", "expired", "other-name": what a transport shows from now on */
    bool drops_streams;              /* every stream is reset once: set by a word, taken by venue_advance */
    uint64_t answers, messages, orders;
    uint64_t aged; /* streams that were reset for their age */
    /* Of the last orders: how long before each arrived the last message of a stream had left, where a transport tells. */
    uint32_t delays_us[VENUE_DELAYS_MAX];
    uint64_t delay_count; /* of all */
};

struct venue_config {
    const struct face *face;
    uint64_t seed;
    int64_t begin_ns;
    const char *money; /* "10000 USDT, 1 BTC": what each account begins with; NULL: what the face says */
};

/* [setup] Owned: venue_free, which takes NULL. NULL: *out says why. */
struct rehearsal *venue_new(const struct venue_config *config, struct text *out);
void venue_free(struct rehearsal *venue);
/* A key of an account; false: no room, or no such account. */
bool venue_add_key(struct rehearsal *venue, const char *id, const char *secret, uint32_t account, bool may_trade);

/* Time goes on to there: what is due happens. */
void venue_advance(struct rehearsal *venue, int64_t now_ns);
/* When something happens next by itself, INT64_MAX: nothing does. */
int64_t venue_next_ns(const struct rehearsal *venue);

/* A new connection, before anything is read: true: it is to be reset. */
bool venue_meets(struct rehearsal *venue);
/* A request has arrived. Its place among the exchanges; CORE_NONE: there is no room, or it is too large: the connection ends. */
uint32_t venue_ask(struct rehearsal *venue, const struct venue_ask *ask);
/* NULL: nothing is to be said yet. Else: it is to be said now, and venue_answered is due. LOST ones never are. */
const struct venue_exchange *venue_answer(const struct rehearsal *venue, uint32_t exchange);
void venue_answered(struct rehearsal *venue, uint32_t exchange);
/* The connection is gone: what was asked is still done. */
void venue_forget(struct rehearsal *venue, uint32_t exchange);

/* Somebody opens a stream. Its place among the seats, 101; or CORE_NONE, and *ret says why not. */
uint32_t venue_sit(struct rehearsal *venue, const struct venue_ask *ask, struct venue_answer *ret);
void venue_hear(struct rehearsal *venue, uint32_t seat, const char *bytes, uint32_t size);
/* NULL: nothing is to be said yet. Else venue_said is due. */
const struct venue_said *venue_says(const struct rehearsal *venue, uint32_t seat);
void venue_said(struct rehearsal *venue, uint32_t seat);
void venue_leave(struct rehearsal *venue, uint32_t seat);

/* A line of the person in front of it, or of a file; what it did is written to *out. [words.c] */
CHECKED oc_rc venue_command(struct rehearsal *venue, const char *line, struct text *out);
/* What goes wrong, a line each; comments begin with #. OC_E_CONFIG: *out says which line. */
CHECKED oc_rc venue_read_faults(struct rehearsal *venue, const char *name, const char *text, struct text *out);

/* ---- for faces ---- */

/* Its clock, which a fault may have set wrong. */
static inline int64_t venue_clock(const struct rehearsal *venue) { return venue->now_ns + venue->skew_ns; }
/* What reading shows is of this time. */
static inline int64_t venue_view(const struct rehearsal *venue)
{
    return venue->stale_ns ? venue->now_ns - venue->stale_ns : INT64_MAX;
}
/* The value of a header, "" where it is not there or too long. */
void venue_header(const struct venue_ask *ask, const char *name, char *ret_value, size_t size_max);
/* For transports: percent escapes decoded. False: wrongly encoded, an encoded `&` or zero, or too long. */
bool venue_decode(const char *path, char *ret_path, size_t size_max);
/* The value of a member of the query. False: it is not there, or too long. */
bool venue_query(const struct venue_ask *ask, const char *name, char *ret_value, size_t size_max);
const struct venue_key *venue_key(const struct rehearsal *venue, const char *id);
/* Whether `hex` is the HMAC-SHA256 of the text by the key's secret, in 64 digits. */
bool venue_is_signed(const struct venue_key *key, const void *text, size_t size, const char *hex);
/* To one stream; `is_fill`: one that a fault of fills leaves out, before the face counts it. */
bool venue_loses_fill(struct rehearsal *venue);
void venue_say(struct rehearsal *venue, struct seat *seat, const char *bytes, size_t size);
/* A level has changed: noted once, with its side as the quantity. At most one more than SEAT_DIRTY_MAX is counted. */
void venue_note_level(struct seat *seat, const struct core_event *event);
/* What rests at a price; 0 where that is deeper than the first levels. */
int64_t venue_qty_at(const struct core *core, uint32_t inst, uint8_t side, int64_t price);
/* Price or quantity as text. */
void venue_put_units(struct text *out, const char *key, int64_t units, struct oc_dec step);
/* Money of a text, exactly. */
bool venue_money(const char *text, size_t size, oc_i128 *ret_money);

#endif
