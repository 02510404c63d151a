/* event_market.h: what a venue says of its markets: trades, quotes, bars, books, figures, funding, sessions.
 *
 * Invariants
 * - Prices and quantities are int64 units of the instrument version in head.inst, unless they are decimals by type.
 * - Absence is a bit of `present`, never a price.
 * - A book is kept by the engine: a codec passes numbers on and keeps nothing. */
#ifndef OUTCRY_EVENT_MARKET_H
#define OUTCRY_EVENT_MARKET_H

#include <outcry/event.h>

enum { /* presence bits of market events: absence is a bit, never a price */
       OC_HAS_VOLUME = 1u << 0,
       OC_HAS_BID = 1u << 1,
       OC_HAS_ASK = 1u << 2,
       OC_HAS_BID_QTY = 1u << 3,
       OC_HAS_ASK_QTY = 1u << 4,
       OC_HAS_QTY = 1u << 5,
       OC_HAS_TRADE_ID = 1u << 6,
       OC_HAS_VENUE_SEQ = 1u << 7,
       OC_HAS_CHECKSUM = 1u << 8
};

struct oc_ev_trade {
    struct oc_event head;
    int64_t price;
    int64_t qty; /* OC_HAS_QTY */
    uint32_t present;
    uint32_t taker_side; /* OC_SIDE_... or none */
    uint64_t
        trade_id; /* OC_HAS_TRADE_ID: the venue's number; of an id that is no number, the first 8 bytes of its SHA-256 */
};

struct oc_ev_quote {
    struct oc_event head;
    int64_t bid;
    int64_t bid_qty;
    int64_t ask;
    int64_t ask_qty;
    uint32_t present;
    uint32_t zero;
    uint64_t venue_seq; /* OC_HAS_VENUE_SEQ: of the book it is the top of */
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
    OC_SESSION_CANCEL_ONLY = 4,
    OC_SESSION_POST_ONLY = 5,
    OC_SESSION_REDUCE_ONLY = 6,
    OC_SESSION_AUCTION = 7
};

/* ---- books ---- */

enum { OC_BOOK_NONE = 0, OC_BOOK_SNAPSHOT = 1, OC_BOOK_CHANGE = 2 };
enum {                     /* how an event links to the one before it */
       OC_CHAIN_NONE = 0,  /* no numbers: the stream itself is checked (connector), or a checksum */
       OC_CHAIN_RANGE = 1, /* behind a snapshot L the first has first <= L+1 <= last; then first == previous last + 1 */
       OC_CHAIN_PREVIOUS = 2 /* prev == previous last; behind a snapshot L the first has prev <= L <= last */
};
enum { OC_SUM_NONE = 0, OC_SUM_CRC32_TOP10 = 1 /* Kraken v2 */, OC_SUM_CRC32_TOP25 = 2 /* OKX */ };

struct oc_level { /* frozen */
    int64_t price;
    int64_t qty; /* absolute; 0 removes, also a level that is not there */
};

/* The engine keeps the book: it holds changes until a snapshot has come, drops what the snapshot knows, checks the chain, the
 * checksum and that bid < ask, and asks for a resync when one fails. A codec passes numbers on and keeps nothing. */
struct oc_ev_book {
    struct oc_event head; /* OC_EVF_LAST: strategies may see it now */
    uint64_t first_seq;
    uint64_t last_seq; /* of a snapshot: the last change it knows */
    uint64_t prev_seq;
    uint32_t checksum; /* OC_HAS_CHECKSUM: of the book after this event */
    uint16_t kind;     /* OC_BOOK_... */
    uint16_t chain;    /* OC_CHAIN_... */
    uint32_t depth;    /* levels a side that this feed keeps: deeper ones leave without a word; 0: all */
    uint32_t present;
    uint32_t sum;  /* OC_SUM_... */
    uint32_t bids; /* levels in the tail: bids first, then asks, in the order in which the venue says them */
    uint32_t asks;
    uint32_t tail; /* offset of struct oc_level levels[bids + asks] */
};

enum { OC_BOOK_KEEPS_PLACE = 1u << 0 /* oc_book_order.flags: it keeps its place in the queue */ };
enum { OC_BOOK_ADD = 1, OC_BOOK_MODIFY = 2, OC_BOOK_DELETE = 3, OC_BOOK_EXECUTE = 4 };

struct oc_book_order { /* frozen */
    uint64_t order;    /* the venue's number; of an id that is no number, the first 8 bytes of its SHA-256 */
    int64_t price;
    int64_t qty; /* ADD: all; MODIFY: what is left; EXECUTE: what traded */
    uint8_t side;
    uint8_t action; /* OC_BOOK_ADD ... */
    uint8_t flags;  /* OC_BOOK_KEEPS_PLACE */
    uint8_t zero[5];
};

struct oc_ev_book_orders {
    struct oc_event head;
    uint64_t first_seq;
    uint64_t last_seq;
    uint64_t prev_seq;
    uint16_t kind;
    uint16_t chain;
    uint32_t count;
    uint32_t tail; /* offset of struct oc_book_order orders[count] */
    uint32_t zero;
};

enum { /* what a figure is; prices as decimals, for they may lie off the grid */
       OC_FIGURE_NONE = 0,
       OC_FIGURE_MARK = 1,
       OC_FIGURE_INDEX = 2,
       OC_FIGURE_SETTLEMENT = 3,
       OC_FIGURE_SETTLEMENT_ESTIMATE = 4,
       OC_FIGURE_LAST = 5,
       OC_FIGURE_PRICE_MIN = 6, /* band within which orders are taken now */
       OC_FIGURE_PRICE_MAX = 7,
       OC_FIGURE_OPEN_INTEREST = 8,
       OC_FIGURE_VOLUME_24H = 9,
       OC_FIGURE_TURNOVER_24H = 10,
       OC_FIGURE_HIGH_24H = 11,
       OC_FIGURE_LOW_24H = 12,
       OC_FIGURE_OPEN_24H = 13,
       OC_FIGURE_MARK_IV = 14, /* volatilities and rates as parts of 1 a year */
       OC_FIGURE_BID_IV = 15,
       OC_FIGURE_ASK_IV = 16,
       OC_FIGURE_DELTA = 17,
       OC_FIGURE_GAMMA = 18,
       OC_FIGURE_VEGA = 19,
       OC_FIGURE_THETA = 20,
       OC_FIGURE_RHO = 21,
       OC_FIGURE_UNDERLYING = 22,
       OC_FIGURE_INTEREST = 23,
       OC_FIGURE_BORROW = 24,   /* cost of borrowing the base, parts of 1 a year */
       OC_FIGURE_HOME_RATE = 25 /* money of the quote asset in the account's currency */
};

struct oc_figure { /* frozen */
    uint32_t what;
    uint32_t zero;
    struct oc_dec value;
};

struct oc_ev_figures {
    struct oc_event head;
    uint32_t count;
    uint32_t tail; /* offset of struct oc_figure figures[count] */
};

enum {                              /* oc_ev_funding.present */
       OC_FUNDING_NEXT = 1u << 0,   /* next_rate is said */
       OC_FUNDING_CHARGED = 1u << 1 /* it was charged: history */
};

struct oc_ev_funding {
    struct oc_event head;
    struct oc_dec rate;  /* part of 1 for one interval; longs pay where it is positive */
    int64_t due_ns;      /* when it is charged */
    int64_t interval_ns; /* 0: continuous */
    struct oc_dec next_rate;
    uint32_t present; /* OC_FUNDING_NEXT ... */
    uint32_t zero;
};

#endif
