/* event_order.h: what a venue or a simulator says of orders: answers, orders as it shows them, fills, corrections.
 *
 * Invariants
 * - Sums and fills cannot double: a sum (cum_qty) says what has traded, a fill says it once with its identity. Where the sum is
 *   ahead of the fills, fills are missing; they are counted in exposure, asked for, and booked when they come.
 * - An order is named by `order`, or with order = 0 by the client's id, then by the venue's id.
 * - What a venue did not say is a bit of `present` that is not set. */
#ifndef OUTCRY_EVENT_ORDER_H
#define OUTCRY_EVENT_ORDER_H

#include <outcry/event.h>
#include <outcry/id.h>

enum { /* why: the unified reason. Its name without OC_WHY_ is the word users see. */
       OC_WHY_NONE = 0,
       /* the request is at fault */
       OC_WHY_INSUFFICIENT_FUNDS = 1,
       OC_WHY_INVALID_ORDER = 2,
       OC_WHY_PRICE_OFF_GRID = 3,
       OC_WHY_PRICE_OUT_OF_BAND = 4,
       OC_WHY_QUANTITY_OFF_GRID = 5,
       OC_WHY_TOO_SMALL = 6,
       OC_WHY_TOO_LARGE = 7,
       OC_WHY_BAD_SYMBOL = 8,
       OC_WHY_NOT_SUPPORTED = 9,
       OC_WHY_WOULD_TAKE = 10,
       OC_WHY_WOULD_TRIGGER = 11,
       OC_WHY_NO_LIQUIDITY = 12,
       OC_WHY_DUPLICATE_ID = 13,
       OC_WHY_NOT_FOUND = 14,
       OC_WHY_ALREADY_DONE = 15,
       OC_WHY_REDUCE_ONLY = 16,
       OC_WHY_SELF_TRADE = 17,
       OC_WHY_TOO_MANY_ORDERS = 18,
       OC_WHY_NO_CHANGE = 19,
       /* the venue's state */
       OC_WHY_MARKET_CLOSED = 32,
       OC_WHY_MAINTENANCE = 33,
       OC_WHY_CANCEL_ONLY = 34,
       OC_WHY_VENUE_RISK = 35,
       OC_WHY_VENUE_ERROR = 36,
       /* rights */
       OC_WHY_BAD_CREDENTIALS = 48,
       OC_WHY_PERMISSION = 49,
       OC_WHY_ACCOUNT_LOCKED = 50,
       OC_WHY_REGION = 51,
       OC_WHY_LOGIN_NEEDED = 52, /* a person has to log in; the text says where */
       /* transport */
       OC_WHY_RATE_LIMIT = 64,
       OC_WHY_BANNED = 65,
       OC_WHY_CLOCK = 66,
       OC_WHY_NETWORK = 67,
       OC_WHY_TIMEOUT = 68,
       OC_WHY_PROTOCOL = 69, /* the answer was not understood */
       OC_WHY_NOT_SENT = 70,
       OC_WHY_LATE = 71,
       OC_WHY_TLS = 72,
       OC_WHY_GAP = 73, /* a sequence was broken */
       OC_WHY_SILENT = 74,
       /* how an order ended */
       OC_WHY_CANCELED_BY_US = 80,
       OC_WHY_CANCELED_BY_VENUE = 81,
       OC_WHY_TIME_IN_FORCE = 82,
       OC_WHY_REPLACED =
           83, /* while an amendment is under way, or under an old id, no end: it goes on under another id */
       OC_WHY_LINKED = 84, /* its OCO or bracket sibling acted */
       OC_WHY_LIQUIDATED = 85,
       OC_WHY_DELEVERAGED = 86,
       OC_WHY_DISCONNECTED = 87, /* cancel on disconnect, dead man's switch */
       OC_WHY_SETTLED = 88,
       OC_WHY_OTHER = 127
};

enum { /* oc_ev_venue_answer.present, oc_ev_order.present */
       OC_OF_PRICE = 1u << 0,
       OC_OF_STOP = 1u << 1,
       OC_OF_QTY = 1u << 2,
       OC_OF_QUOTE_QTY = 1u << 3,
       OC_OF_CUM_QTY = 1u << 4,
       OC_OF_CUM_VALUE = 1u << 5,
       OC_OF_CUM_FEE = 1u << 6,
       OC_OF_TERMS = 1u << 7,      /* side, type, tif and bits are as the venue says */
       OC_OF_FILLS_COME = 1u << 8, /* every fill behind the sums comes as an OC_EV_FILL of its own, or can be fetched */
       OC_OF_FILLS_ASKED =
           1u << 9 /* with FILLS_COME: none comes by itself, each is asked for; that they are missing until then
                                    * is the venue's way (OC_HAS_SUMS_ONLY), and no alarm */
};

/* Every answer but a fill, as the engine and simulators say it. `reason` is ours and stable. */
struct oc_ev_answer {
    struct oc_event head;
    uint64_t order;   /* ours; 0: found by the ids of a venue's answer */
    uint64_t request; /* the request answered; equal to order for a new order; 0: nobody asked */
    int64_t price;    /* now in force; 0: not said (a venue's answer: by `present`) */
    int64_t stop_price;
    int64_t qty;
    int64_t cum_qty;     /* filled so far, -1 not said: more than we have booked means that fills are missing */
    uint32_t definitive; /* REJECTED: 1 = cannot have traded and is not there */
    uint32_t zero;
    char reason[OC_REASON_MAX]; /* empty: the name of `why` */
};

/* The same as a venue says it, through a connector. Told apart by head.size. */
struct oc_ev_venue_answer {
    struct oc_ev_answer answer;
    uint32_t present; /* OC_OF_...: of price, stop_price, qty and cum_qty, in place of "not 0" and "not -1" */
    uint32_t why;     /* OC_WHY_... */
    uint32_t text_size;
    uint32_t tail;            /* offset of char text[text_size], the venue's own words, zero-padded to 8 */
    struct oc_id venue_order; /* the venue's id from now on; earlier ones go on naming the same order */
    struct oc_id client;
};

/* A request refused by our own side: laid out as an answer, which it may be read as, with who refused behind it. */
struct oc_ev_denied {
    struct oc_event head;
    uint64_t order; /* 0: the request is about none */
    uint64_t request;
    int64_t used; /* decimal of used_scale digits; 0: the rule has none */
    int64_t used_scale;
    int64_t limit;
    int64_t limit_scale;
    uint32_t definitive; /* 1 */
    uint32_t zero;
    char reason[OC_REASON_MAX];
    char rule[OC_REASON_MAX]; /* the rule's name, or `account`, `instrument`, `host`: zero-filled */
};

enum { /* oc_ev_order.state: as the venue shows it */
       OC_SHOWN_NONE = 0,
       OC_SHOWN_PENDING = 1, /* taken, not working yet */
       OC_SHOWN_WORKING = 2, /* cum_qty tells whether partly filled */
       OC_SHOWN_UNTRIGGERED = 3,
       OC_SHOWN_PENDING_CANCEL = 4,
       OC_SHOWN_PENDING_AMEND = 5,
       OC_SHOWN_SUSPENDED = 6,
       OC_SHOWN_FILLED = 7,
       OC_SHOWN_CANCELED = 8,
       OC_SHOWN_EXPIRED = 9,
       OC_SHOWN_REJECTED = 10,
       OC_SHOWN_UNKNOWN = 11 /* the venue's word is new to the codec: it stands in the tail */
};

/* An order as the venue shows it: from a status query, a list of open orders, or a stream that says sums and no fills. The
 * engine compares it with its own facts: it never goes back (smaller cum_qty, or open after an end), adopts what is not ours, and
 * where cum_qty is ahead of the fills it has, books the difference as inferred at (cum_value - what we have) and lets the real
 * fills replace that when they come, so that nothing is counted twice. */
struct oc_ev_order {
    struct oc_event head;
    uint64_t order; /* ours, or 0 */
    uint64_t token; /* of the fetch that asked; 0: a stream said it */
    int64_t price;
    int64_t stop_price;
    int64_t qty;
    int64_t cum_qty;
    struct oc_dec quote_qty;
    struct oc_dec cum_value; /* money in the quote asset */
    struct oc_dec cum_fee;
    int64_t created_ns;
    int64_t updated_ns;
    int64_t expire_ns;
    uint32_t fee_asset;
    uint32_t present; /* OC_OF_... */
    uint32_t bits;    /* OC_RQ_POST_ONLY ... as far as the venue tells */
    uint32_t why;
    uint8_t state; /* OC_SHOWN_... */
    uint8_t side;
    uint8_t type;
    uint8_t tif;
    uint8_t position_side;
    uint8_t zero0[3];
    uint32_t text_size;
    uint32_t tail; /* offset of the venue's words */
    struct oc_id venue_order;
    struct oc_id client;
    struct oc_id group;    /* the venue's id of its list, bracket or parent */
    struct oc_id position; /* the position, trade or ticket it belongs to */
    int64_t
        as_of_ns; /* host: what had happened by then is in it, as far as the venue's reading lags at most (absence_ns); 0: a
                              stream said it */
};

/* A fill, as the engine and simulators say it. Deduplicated for ever by the bytes (source, inst, order, trade id), whatever
 * connector generation says it. The host knows the last ones, and all of open orders, by heart; of a venue's fill it asks its
 * index of older ones before the fill passes the door, and the answer goes with the record as OC_EVF_NEW or OC_EVF_SEEN.
 * Connectors and simulators set neither. A simulator's fill of an order that ended long ago and is forgotten is an alarm and is
 * not booked. */
struct oc_ev_fill {
    struct oc_event head;
    uint64_t order; /* ours; 0: found by the ids of a venue's fill */
    int64_t price;  /* with OC_FILL_VALUE only the nearest on the grid */
    int64_t qty;
    struct oc_dec fee;     /* positive costs us; negative is a rebate */
    uint32_t fee_asset;    /* interned */
    uint8_t side;          /* OC_SIDE_...; none: the order's */
    uint8_t liquidity;     /* OC_LIQUIDITY_... */
    uint8_t trade_id_size; /* bytes used of trade_id, 1..40 */
    uint8_t position_side; /* OC_POSITION_... */
    char trade_id[40];
};

enum { /* oc_ev_venue_fill.present */
       OC_FILL_VALUE = 1u << 0,
       OC_FILL_REALISED = 1u << 1,
       OC_FILL_CUM_QTY = 1u << 2
};

/* The same as a venue says it, through a connector. Told apart by head.size. */
struct oc_ev_venue_fill {
    struct oc_ev_fill fill;
    int64_t cum_qty;        /* of the order, this fill included */
    struct oc_dec value;    /* money of the quote asset, where the venue's price is an average off the grid */
    struct oc_dec realised; /* what the venue booked as profit by it, in the account's currency */
    uint32_t present;       /* OC_FILL_... */
    uint32_t zero;
    struct oc_id venue_order;
    struct oc_id client;
    struct oc_id position;
};

/* `trade_id` names the fill. With new_qty 0 it is void; else it counts as new_price, new_qty, new_fee from now on. */
struct oc_ev_bust {
    struct oc_event head;
    uint64_t order;
    int64_t new_price;
    int64_t new_qty;
    struct oc_dec new_fee;
    uint32_t why;
    uint8_t trade_id_size;
    uint8_t zero[3];
    char trade_id[40];
    struct oc_id bust; /* of the correction itself: said twice, it acts once */
    struct oc_id venue_order;
};

/* What an answer says, as OC_OF_... bits, whoever says it. */
static inline uint32_t oc_answer_says(const struct oc_ev_answer *answer)
{
    if (answer->head.size >= sizeof(struct oc_ev_venue_answer))
        return ((const struct oc_ev_venue_answer *)(const void *)answer)->present;
    uint32_t says = 0;
    if (answer->price)
        says |= OC_OF_PRICE;
    if (answer->stop_price)
        says |= OC_OF_STOP;
    if (answer->qty)
        says |= OC_OF_QTY;
    if (answer->cum_qty >= 0)
        says |= OC_OF_CUM_QTY;
    return says;
}

#endif
