/* event.h: the records that pass through the door, and that are journaled, hashed and replayed as
 * bytes.
 *
 * Invariants
 * - Every event begins with the frozen 48-byte head and is `size` bytes long, a multiple of 8, at
 * most OC_EVENT_MAX.
 * - Walk events by `size`, never by sizeof. Payloads grow by appending. No pointers, no dirty
 * padding: zero first.
 * - Prices and quantities are int64 units of the instrument version named by `inst`
 *   (price = units * price_step, quantity = units * qty_step; see instrument.h).
 * - Time is int64 nanoseconds UTC. venue_ns is a claim of the venue; local_ns is stamped at the
 * door.
 * - seq is the one total order. cause is the seq of the event that led to this one, 0 if none. */
#ifndef OUTCRY_EVENT_H
#define OUTCRY_EVENT_H

#include <outcry/dec.h>

#define OC_EVENT_MAX 65536u

struct oc_event {
    uint32_t size;
    uint16_t type;  /* OC_EV_... */
    uint16_t flags; /* OC_EVF_... */
    /* Interned (venue, account, connector generation); 0 the host itself. In a simulated venue's answers
     * and fills it is the account's number, as in oc_request.account. */
    uint32_t source;
    uint32_t inst; /* instrument index << 8 | version modulo 256; 0 none */
    int64_t venue_ns;
    int64_t local_ns;
    uint64_t seq;
    uint64_t cause;
};

#define OC_INST_INDEX(inst)     ((inst) >> 8)
#define OC_INST_VERSION(inst)   ((inst)&0xffu)
#define OC_INST(index, version) (((uint32_t)(index) << 8) | ((uint32_t)(version)&0xffu))

enum { /* event types; the numbers are frozen once given */
       OC_EV_NONE = 0,
       /* market */
       OC_EV_TRADE = 1,
       OC_EV_QUOTE = 2,
       OC_EV_BAR = 3,  /* one price line: open, high, low, close, volume */
       OC_EV_QBAR = 4, /* bid and ask lines */
       OC_EV_SESSION = 5,
       OC_EV_INSTRUMENT = 6,
       /* what we ask */
       OC_EV_REQUEST = 32,
       OC_EV_DENIED = 33, /* a request refused by our own side, with rule and numbers */
       /* what the venue or simulator answers */
       OC_EV_ACCEPTED = 48,
       OC_EV_REJECTED = 49,
       OC_EV_FILL = 50,
       OC_EV_CANCELED = 51,
       OC_EV_EXPIRED = 52,
       OC_EV_TRIGGERED = 53,
       OC_EV_AMENDED = 54,
       OC_EV_CANCEL_REJECTED = 55,
       OC_EV_AMEND_REJECTED = 56,
       OC_EV_UNKNOWN = 57,   /* sent, outcome not proven */
       OC_EV_NOT_THERE = 58, /* proven never to have reached the venue */
       OC_EV_SENT = 59,      /* handed to the venue's transport */
       /* host */
       OC_EV_TIMER = 64,
       OC_EV_COMMAND = 65,
       OC_EV_STRATEGY = 66, /* suspended, resumed, loaded: code and text */
       OC_EV_STATE = 67,    /* saved strategy data */
       OC_EV_BALANCE = 68,
       OC_EV_LATCH = 69,
       OC_EV_CONFIG = 70,
       OC_EV_MARK = 71, /* the session was stopped by hand, or has a gap: OC_MARK_... */
       OC_EV_END = 72   /* first number not in use */
};

enum {                                 /* head flags */
       OC_EVF_LAST = 1u << 0,          /* ends a venue's transaction, or a batch of ours */
       OC_EVF_REPLAYED = 1u << 1,      /* came from a snapshot after a reconnect */
       OC_EVF_WARMUP = 1u << 2,        /* before the first instant that may trade */
       OC_EVF_AMBIGUOUS = 1u << 3,     /* a fill or a trigger in a bar whose other path gives other fills */
       OC_EVF_END = 1u << 4,           /* made by closing what was open at the end of the data */
       OC_EVF_NEW = 1u << 5,           /* a fill: the index of all fills was asked, it has not been seen before */
       OC_EVF_SEEN = 1u << 6,          /* a fill: the index was asked, it has been seen: a duplicate, not booked */
       OC_EVF_INSIDE = 1u << 7,        /* a fill: its order was decided inside the bar that filled it */
       OC_EVF_UNKNOWN_VOLUME = 1u << 8 /* a fill: a cap on volume was set, and the bar's volume is not known */
};

enum { OC_SIDE_NONE = 0, OC_SIDE_BUY = 1, OC_SIDE_SELL = 2 };
enum { OC_LIQUIDITY_NONE = 0, OC_LIQUIDITY_MAKER = 1, OC_LIQUIDITY_TAKER = 2 };

enum { /* presence bits: absence is a bit, never a price */
       OC_HAS_VOLUME = 1u << 0,
       OC_HAS_BID = 1u << 1,
       OC_HAS_ASK = 1u << 2,
       OC_HAS_BID_QTY = 1u << 3,
       OC_HAS_ASK_QTY = 1u << 4,
       OC_HAS_QTY = 1u << 5
};

struct oc_ev_trade {
    struct oc_event head;
    int64_t price;
    int64_t qty; /* OC_HAS_QTY */
    uint32_t present;
    uint32_t taker_side; /* OC_SIDE_... or none */
};

struct oc_ev_quote {
    struct oc_event head;
    int64_t bid;
    int64_t bid_qty;
    int64_t ask;
    int64_t ask_qty;
    uint32_t present;
    uint32_t zero;
};

/* head.venue_ns is the close of the bar: strategies see it then. */
struct oc_ev_bar {
    struct oc_event head;
    int64_t open_ns;
    int64_t period_ns;
    int64_t open;
    int64_t high;
    int64_t low;
    int64_t close;
    int64_t volume; /* OC_HAS_VOLUME; 0 with a single price: nothing traded; 0 with a range: unknown */
    uint32_t present;
    uint32_t trades; /* count of ticks it was made of, 0 unknown */
};

struct oc_ev_qbar {
    struct oc_event head;
    int64_t open_ns;
    int64_t period_ns;
    int64_t bid[4]; /* open, high, low, close */
    int64_t ask[4];
    uint32_t present;
    uint32_t quotes;
};

struct oc_ev_session {
    struct oc_event head;
    uint32_t status; /* OC_SESSION_... */
    uint32_t zero;
};
enum {
    OC_SESSION_NONE = 0,
    OC_SESSION_OPEN = 1,
    OC_SESSION_CLOSED = 2,
    OC_SESSION_HALTED = 3,
    OC_SESSION_CANCEL_ONLY = 4
};

struct oc_ev_timer {
    struct oc_event head;
    uint64_t timer; /* id */
    int64_t due_ns;
    uint32_t owner; /* strategy index, or 0 */
    uint32_t zero;
};

#define OC_REASON_MAX 48 /* with the final NUL */
#define OC_TEXT_MAX   4096

/* Every answer but a fill. `reason` is stable and ours; the venue's own words follow as `text_size`
 * bytes. */
struct oc_ev_answer {
    struct oc_event head;
    uint64_t order;
    uint64_t request; /* the request answered; equal to order for a new order */
    int64_t price;    /* AMENDED: now in force; 0 with has_price 0 */
    int64_t stop_price;
    int64_t qty;         /* AMENDED: now in force; UNKNOWN: 0 */
    int64_t cum_qty;     /* filled so far as the venue says, -1 not said */
    uint32_t definitive; /* REJECTED: 1 = cannot have traded */
    uint32_t text_size;
    char reason[OC_REASON_MAX];
    /* char text[text_size], zero-padded to 8 */
};

/* A fill. Deduplicated for ever by the bytes (source account, inst, order, trade id). The host knows the last ones, and
 * all of open orders, by heart; of a venue's fill it asks its index of older ones before the fill passes the door, and
 * the answer goes with the record as OC_EVF_NEW or OC_EVF_SEEN. Connectors and simulators set neither. A simulator's
 * fill of an order that ended long ago and is forgotten is an alarm and is not booked. */
struct oc_ev_fill {
    struct oc_event head;
    uint64_t order;
    int64_t price;
    int64_t qty;
    struct oc_dec fee;     /* positive costs us; negative is a rebate */
    uint32_t fee_asset;    /* interned */
    uint8_t side;          /* OC_SIDE_... */
    uint8_t liquidity;     /* OC_LIQUIDITY_... */
    uint8_t trade_id_size; /* bytes used of trade_id, 1..40 */
    uint8_t zero;
    char trade_id[40];
};

/* A text-carrying record of the host: commands, strategy changes, saved state, configuration. */
struct oc_ev_text {
    struct oc_event head;
    uint32_t code;
    uint32_t owner; /* strategy index, account index: by type */
    uint32_t key;
    uint32_t text_size;
    /* char text[text_size], zero-padded to 8 */
};

enum { /* oc_ev_text.code of OC_EV_STRATEGY: the strategy `owner` is suspended; `key` counts its callbacks under this cause */
       OC_STRATEGY_FAILED = 1,  /* its own error: the same in each run */
       OC_STRATEGY_STOPPED = 2, /* a limit of time or memory: where it falls is up to the machine */
};

enum {                      /* oc_ev_text.code of OC_EV_MARK */
       OC_MARK_STOP = 1,    /* stopped by hand; `key` is how many points of the data had passed */
       OC_MARK_GAP = 2,     /* the journal failed: no new risk from here on, and what follows may be missing */
       OC_MARK_GAP_END = 3, /* it takes records again, and a checkpoint holds what was missed; `key` counts it */
       OC_MARK_RULES =
           5, /* from here on these rules of the chain are missing; text: names, a blank between; none: all are there */
       OC_MARK_START = 4, /* every strategy has been started; text: `strategy NUMBER NAME` of each, then its parameters,
                             * a line `NAME=VALUE` each; `key`: as of OC_MARK_SETTINGS */
       OC_MARK_SETTINGS = 6, /* from here on the rules are those of another start; `key`: its number in the session */
       OC_MARK_END =
           7, /* the data ended; `key` as of OC_MARK_STOP. What strategies ask for in on_stop came of either */
       OC_MARK_CLOSE = 8 /* behind OC_MARK_END: what strategies hold is closed; `key` as of OC_MARK_STOP */
};

/* A balance as the venue or the opening cash says it: `total` replaces what we had. */
struct oc_ev_balance {
    struct oc_event head;
    uint32_t account;
    uint32_t asset;
    struct oc_dec total;
};

#endif
