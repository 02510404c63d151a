/* event.h: the records that pass through the door, and that are journaled, hashed and replayed as bytes: their head, their
 * types, and those of the host. Market, order and account events have headers of their own, which this one includes.
 *
 * Invariants
 * - Every event begins with the frozen 48-byte head and is `size` bytes long, a multiple of 8, at most OC_EVENT_MAX.
 * - Walk events by `size`, never by sizeof; a member beyond `size` reads as zero. Payloads grow by appending. No
 *   pointers, no dirty padding: zero first.
 * - A variable tail (levels, figures, text) lies behind the payload's own size and inside `size`. `tail` says at which
 *   offset it begins, so that a payload may grow without moving it. What does not fit goes on in a next event of the
 *   same type and instrument: all but the last carry OC_EVF_MORE.
 * - Prices and quantities are int64 units of the instrument version named by `inst`
 *   (price = units * price_step, quantity = units * qty_step; see instrument.h).
 * - Time is int64 nanoseconds UTC. venue_ns is a claim of the venue; local_ns is stamped at the door.
 * - seq is the one total order. cause is the seq of the event that led to this one, 0 if none.
 * - An event that names an order does so by `order` (ours), or with order = 0 by client id or venue id; the engine finds
 *   it. What it cannot find is an order of another hand, and is adopted as EXTERNAL.
 * - What a venue says of an order begins with what a simulator says of it, and goes on (oc_ev_venue_answer, oc_ev_venue_fill). */
#ifndef OUTCRY_EVENT_H
#define OUTCRY_EVENT_H

#include <outcry/dec.h>
#include <outcry/id.h>

#define OC_EVENT_MAX 65536u

struct oc_event {
    uint32_t size;
    uint16_t type;   /* OC_EV_... */
    uint16_t flags;  /* OC_EVF_... */
    uint32_t source; /* interned (venue, account), the same in every life and connector generation; 0 the host itself */
    uint32_t inst;   /* instrument index << 8 | version modulo 256; 0 none */
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
       /* market: 1..31 */
       OC_EV_TRADE = 1,
       OC_EV_QUOTE = 2,
       OC_EV_BAR = 3,  /* one price line: open, high, low, close, volume */
       OC_EV_QBAR = 4, /* bid and ask lines */
       OC_EV_SESSION = 5,
       OC_EV_INSTRUMENT = 6,
       OC_EV_BOOK = 7,        /* levels: a snapshot or changes */
       OC_EV_BOOK_ORDERS = 8, /* single orders of the book (L3) */
       OC_EV_FIGURES = 9,     /* mark, index, settlement, open interest, volatilities, greeks */
       OC_EV_FUNDING = 10,
       /* what we ask: 32..47 */
       OC_EV_REQUEST = 32,
       OC_EV_DENIED = 33, /* a request refused by our own side, with rule and numbers */
       /* what the venue or simulator answers: 48..63 */
       OC_EV_ACCEPTED = 48,
       OC_EV_REJECTED = 49,
       OC_EV_FILL = 50,
       OC_EV_CANCELED = 51,
       OC_EV_EXPIRED = 52,
       OC_EV_TRIGGERED = 53,
       OC_EV_AMENDED = 54, /* now in force as `present` says; asked for by us or not */
       OC_EV_CANCEL_REJECTED = 55,
       OC_EV_AMEND_REJECTED = 56,
       OC_EV_UNKNOWN = 57,   /* host: sent, outcome not proven */
       OC_EV_NOT_THERE = 58, /* host: proven never to have reached the venue, or to have left no order there */
       OC_EV_SENT = 59,      /* host: handed to the venue's transport */
       OC_EV_ORDER = 60,     /* an order as the venue shows it now: terms, state, sums so far */
       OC_EV_ABSENT = 61,    /* the venue says that it knows no such order: a claim, never a proof */
       OC_EV_BUST = 62,      /* a fill that was said is taken back or corrected */
       OC_EV_TAKEN = 63,     /* the venue has the request and says the outcome later: it did arrive */
       /* host and accounts: 64.. */
       OC_EV_TIMER = 64,
       OC_EV_COMMAND = 65,
       OC_EV_STRATEGY = 66, /* suspended, resumed, loaded: code and text */
       OC_EV_STATE = 67,    /* saved strategy data */
       OC_EV_BALANCE = 68,
       OC_EV_LATCH = 69,
       OC_EV_CONFIG = 70,
       OC_EV_MARK = 71, /* the session was stopped by hand, or has a gap: OC_MARK_... */
       OC_EV_POSITION = 72,
       OC_EV_ACCOUNT = 73, /* equity, margin and rights of an account */
       OC_EV_LEDGER = 74,  /* money that moved without a fill: deposit, withdrawal, funding, interest ... */
       OC_EV_VENUE = 75,   /* state of a venue or of a part of it; its clock */
       OC_EV_LIMIT = 76,   /* how much of a rate limit is used; until when it is closed */
       OC_EV_FETCHED = 77, /* the answer to a fetch is complete: a page, or all */
       OC_EV_WIRE = 78,    /* host: bytes that went out or came in, without secrets; only where asked for */
       OC_EV_STORE =
           79,        /* host: a connector has put something into its store: oc_ev_text, `owner` the account, `key` the
                            * size of the key with which the text begins */
       OC_EV_END = 80 /* first number not in use */
};

enum {                                  /* head flags */
       OC_EVF_LAST = 1u << 0,           /* ends a venue's transaction, or a batch of ours */
       OC_EVF_REPLAYED = 1u << 1,       /* known from a query or a snapshot, not from a live stream */
       OC_EVF_WARMUP = 1u << 2,         /* before the first instant that may trade */
       OC_EVF_AMBIGUOUS = 1u << 3,      /* a fill or a trigger in a bar whose other path gives other fills */
       OC_EVF_END = 1u << 4,            /* made by closing what was open at the end of the data */
       OC_EVF_NEW = 1u << 5,            /* a fill: the index of all fills was asked, it has not been seen before */
       OC_EVF_SEEN = 1u << 6,           /* a fill: the index was asked, it has been seen: a duplicate, not booked */
       OC_EVF_INSIDE = 1u << 7,         /* a fill: its order was decided inside the bar that filled it */
       OC_EVF_UNKNOWN_VOLUME = 1u << 8, /* a fill: a cap on volume was set, and the bar's volume is not known */
       OC_EVF_MORE = 1u << 9,           /* goes on in the next event of this type and instrument */
       OC_EVF_FORMING = 1u << 10,       /* a bar that is not closed yet */
       OC_EVF_PAST = 1u << 11,          /* history, fetched later: fills gaps, and is no reason to trade */
       OC_EVF_INFERRED = 1u << 12,      /* made by subtracting sums: the venue did not say it as such */
       OC_EVF_HOST_TIME = 1u << 13      /* host: venue_ns is its own clock, for the venue did not say when it was */
};

enum { OC_SIDE_NONE = 0, OC_SIDE_BUY = 1, OC_SIDE_SELL = 2 };
enum { OC_LIQUIDITY_NONE = 0, OC_LIQUIDITY_MAKER = 1, OC_LIQUIDITY_TAKER = 2 };

#define OC_REASON_MAX 48 /* with the final NUL */
#define OC_TEXT_MAX   4096

struct oc_ev_timer {
    struct oc_event head;
    uint64_t timer; /* id */
    int64_t due_ns;
    uint32_t owner; /* strategy index, or 0 */
    uint32_t zero;
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
       OC_STRATEGY_FAILED = 1, /* its own error: the same in each run */
       OC_STRATEGY_STOPPED = 2 /* a limit of time or memory: where it falls is up to the machine */
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
       OC_MARK_CLOSE = 8, /* behind OC_MARK_END: what strategies hold is closed; `key` as of OC_MARK_STOP */
       OC_MARK_ASSET = 9  /* an asset that a connector has named has the number `key`; text: its name */
};

#include <outcry/event_account.h>
#include <outcry/event_market.h>
#include <outcry/event_order.h>

#endif
