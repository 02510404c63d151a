/* order.h: what we ask of a venue.
 *
 * Invariants
 * - Exactly one of qty (base units) and quote_qty (money in the quote asset) is set on a new order.
 * - Prices are units of the instrument version in head.inst; presence is by OC_RQ_HAS_... bits.
 * - An amend, a cancel and a query carry the whole order as it shall be, what is filled of it, and every id it is known by: a
 *   codec needs no table of orders.
 * - Ids of ours are rendered by the host by the description's rule, of the order's number and the revision, which are recorded with the
 *   request: unique for ever in the account, the same in every life. A codec copies them and never makes one.
 * - Unknown values are refused, never guessed. */
#ifndef OUTCRY_ORDER_H
#define OUTCRY_ORDER_H

#include <outcry/event.h>

enum {
    OC_REQUEST_NONE = 0,
    OC_REQUEST_NEW = 1,
    OC_REQUEST_AMEND = 2,
    OC_REQUEST_CANCEL = 3,
    /* About no order: answered by OC_EV_TAKEN with its number in `request` (the venue has it) or OC_EV_REJECTED (it will not). Neither
     * ends an order: what becomes of each is an event of its own. */
    OC_REQUEST_CANCEL_ALL =
        4, /* of the account; of head.inst where it is not 0. Asked beside the cancel of each order */
    OC_REQUEST_CLOSE =
        5, /* a new order at market that closes `qty` of the net position in head.inst, by the venue's own
                             * way of closing. Only of a venue that OC_CAN_CLOSE, and never of spot */
    OC_REQUEST_DEADMAN = 6, /* cancel everything unless heard again before expire_ns; expire_ns 0 = disarm */
    OC_REQUEST_PROTECT =
        7,               /* a new stop loss or take profit, by `role`, set into the position `position`, at stop_loss or
                             * take_profit; `qty` is what of it is open. Only of a venue that OC_CAN_PROTECT */
    OC_REQUEST_FILLS = 8 /* of the host: fills of `order` are missing. A connector meets it as OC_FETCH_FILLS alone */
};

/* Whether a request of this kind makes an order: it has a number and an id of ours, is answered as a new order is, and its fills are
 * its own. Rules and simulators meet OC_REQUEST_NEW for all of them. */
static inline int oc_request_makes_order(uint8_t kind)
{
    return kind == OC_REQUEST_NEW || kind == OC_REQUEST_CLOSE || kind == OC_REQUEST_PROTECT;
}

enum {
    OC_ORDER_NONE = 0,
    OC_ORDER_MARKET = 1,
    OC_ORDER_LIMIT = 2,
    OC_ORDER_STOP = 3,
    OC_ORDER_STOP_LIMIT = 4,
    OC_ORDER_TAKE_PROFIT = 5, /* market if touched */
    OC_ORDER_TAKE_PROFIT_LIMIT = 6,
    OC_ORDER_TRAILING_STOP = 7,
    OC_ORDER_TRAILING_STOP_LIMIT = 8,
    OC_ORDER_MARKET_TO_LIMIT = 9,
    OC_ORDER_PEGGED = 10,
    OC_ORDER_TWAP = 11,  /* the venue's own; terms in params */
    OC_ORDER_QUOTED = 12 /* takes a named quote (RFQ); its id in params */
};
enum {
    OC_TIF_NONE = 0,
    OC_TIF_GTC = 1,
    OC_TIF_IOC = 2,
    OC_TIF_FOK = 3,
    OC_TIF_GTD = 4,
    OC_TIF_DAY = 5,
    OC_TIF_AT_OPEN = 6,
    OC_TIF_AT_CLOSE = 7
};
enum {
    OC_OWNER_NONE = 0,
    OC_OWNER_STRATEGY = 1,
    OC_OWNER_CONSOLE = 2,
    OC_OWNER_ALGO = 3,
    OC_OWNER_EXTERNAL = 4,
    OC_OWNER_HOST = 5
};
enum { OC_POSITION_NET = 0, OC_POSITION_LONG = 1, OC_POSITION_SHORT = 2 };
enum { OC_LINK_NONE = 0, OC_LINK_OCO = 1, OC_LINK_OTO = 2, OC_LINK_BRACKET = 3 };
enum { /* role of an order inside its group */
       OC_ROLE_NONE = 0,
       OC_ROLE_ENTRY = 1,
       OC_ROLE_STOP_LOSS = 2,
       OC_ROLE_TAKE_PROFIT = 3,
       OC_ROLE_CLOSE = 4,
       OC_ROLE_END = 5,
       OC_ROLE_MOVE = 6 /* CANCEL: of a stop that is set anew at another price */
};
enum { /* which price sets a stop off */
       OC_TRIGGER_DEFAULT = 0,
       OC_TRIGGER_LAST = 1,
       OC_TRIGGER_MARK = 2,
       OC_TRIGGER_INDEX = 3,
       OC_TRIGGER_BID = 4,
       OC_TRIGGER_ASK = 5,
       OC_TRIGGER_MID = 6,
       OC_TRIGGER_OPPOSITE = 7 /* buys by the ask, sells by the bid */
};
enum { /* what becomes of a trade with ourselves */
       OC_STP_DEFAULT = 0,
       OC_STP_NONE = 1,
       OC_STP_CANCEL_TAKER = 2,
       OC_STP_CANCEL_MAKER = 3,
       OC_STP_CANCEL_BOTH = 4,
       OC_STP_DECREMENT = 5
};

enum { /* oc_request.bits */
       OC_RQ_HAS_PRICE = 1u << 0,
       OC_RQ_HAS_STOP = 1u << 1,
       OC_RQ_HAS_QTY = 1u << 2,
       OC_RQ_HAS_QUOTE_QTY = 1u << 3,
       OC_RQ_POST_ONLY = 1u << 4,
       OC_RQ_REDUCE_ONLY = 1u << 5,
       OC_RQ_FEE_IN_QUOTE = 1u << 6, /* quote_qty includes the fee */
       OC_RQ_SNAPPED = 1u << 7,      /* asked_... differ from what is sent */
       OC_RQ_STRICT = 1u << 8,
       OC_RQ_CHILD = 1u << 9, /* one of several routed children of `parent`: rules are asked about it too */
       OC_RQ_HAS_STOP_LOSS = 1u << 10,
       OC_RQ_HAS_TAKE_PROFIT = 1u << 11,
       OC_RQ_QUANTITY_CHANGED = 1u << 12, /* AMEND: qty is new */
       OC_RQ_PRICE_CHANGED = 1u << 13,
       OC_RQ_STOP_CHANGED = 1u << 14,
       OC_RQ_FIT_FUNDS = 1u << 15,     /* what the account cannot pay is left out, where it would be refused */
       OC_RQ_HAS_TRAIL = 1u << 16,     /* trail: a distance in price units */
       OC_RQ_HAS_TRAIL_PPM = 1u << 17, /* trail: millionths of the price */
       OC_RQ_HAS_ACTIVATION = 1u << 18,
       OC_RQ_HAS_BOUND = 1u << 19,
       OC_RQ_NATIVE =
           1u << 20, /* the venue's own way: a close or protection that it is asked for as CLOSE or PROTECT, and
                                 * what changes or cancels that; a group whose legs are in stop_loss and take_profit */
       OC_RQ_OPEN_ONLY = 1u << 21, /* must not reduce */
       OC_RQ_OUTSIDE_HOURS = 1u << 22,
       OC_RQ_TRAIL_CHANGED = 1u << 23,
       OC_RQ_EXPIRY_CHANGED = 1u << 24,
       OC_RQ_DISPLAY_CHANGED = 1u << 25,
       OC_RQ_HAS_DISPLAY = 1u << 26
};

#define OC_TAG_MAX 24

/* What the engine, the rules and simulators see of it. */
struct oc_request {
    struct oc_event head; /* type OC_EV_REQUEST; cause = the event that led to the decision */
    uint64_t id;          /* of this request; equals `order` for a new order */
    uint64_t order;
    uint64_t parent; /* 0 none */
    uint64_t group;  /* 0 none */
    uint64_t decision_seq;
    int64_t price;
    int64_t stop_price;
    int64_t stop_loss; /* of an entry: the host places and sizes these legs, or the venue (OC_RQ_NATIVE) */
    int64_t take_profit;
    int64_t qty;               /* NEW: base units; AMEND: the new total quantity */
    struct oc_dec quote_qty;   /* money, with OC_RQ_HAS_QUOTE_QTY */
    struct oc_dec asked_price; /* as the caller said it, where it differs */
    struct oc_dec asked_qty;
    int64_t expire_ns; /* GTD; DEADMAN */
    uint32_t bits;
    uint32_t account;
    uint32_t strategy;
    uint8_t kind;
    uint8_t side;
    uint8_t type;
    uint8_t tif;
    uint8_t owner;
    uint8_t position_side;
    uint8_t link;
    uint8_t role;
    uint32_t rules; /* how many risk rules allowed it */
    char tag[OC_TAG_MAX];
    int64_t display_qty;
    int64_t
        trail; /* of a trailing stop; of any other order: of the stop that follows what it fills, which is the host's */
    int64_t activation;  /* price from which a trailing stop trails; without it: from its beginning */
    int64_t price_bound; /* worst price that a stop or market order may take */
    int64_t filled;      /* of the order, as known at the decision */
    int64_t created_ns;  /* of the order */
    int64_t send_by_ns;  /* not a byte leaves behind it: NOT_SENT, definitively */
    uint32_t revision;   /* AMEND, CANCEL: how many of both were asked of the order before */
    uint32_t params_size;
    uint32_t tail; /* offset of char params[params_size]: lines "key=value" for what only this venue has; padded to 8 */
    uint8_t trigger;     /* OC_TRIGGER_... */
    uint8_t stp;         /* OC_STP_... */
    uint8_t margin_mode; /* OC_MARGIN_... */
    uint8_t leverage;    /* 0: as it is */
};

/* OC_RQ_HAS_TRAIL and OC_RQ_HAS_TRAIL_PPM of a trailing stop, which a venue is asked for; those of an entry are the host's. */
static inline uint32_t oc_trail_of(const struct oc_request *ask)
{
    const int trails = ask->type == OC_ORDER_TRAILING_STOP || ask->type == OC_ORDER_TRAILING_STOP_LIMIT;
    return trails ? ask->bits & (OC_RQ_HAS_TRAIL | OC_RQ_HAS_TRAIL_PPM) : 0;
}
static inline uint32_t oc_trail_of_entry(const struct oc_request *ask)
{
    return (ask->bits & (OC_RQ_HAS_TRAIL | OC_RQ_HAS_TRAIL_PPM)) ^ oc_trail_of(ask);
}

/* The same on its way to a venue, for a connector: with the ids that it and its order are known by, and the tail. */
struct oc_venue_request {
    struct oc_request ask;
    /* How the order is called: our id and the venue's as its last OC_EV_AMENDED, or OC_EV_ORDER of an open order, named them (an
     * OC_EV_ACCEPTED before those), whatever late events of the past call it. A codec that gives an order client_new, or to which
     * the venue gives a new id, says so in that event. Where it never said an id of ours: the one under which it went out. */
    struct oc_id client;
    struct oc_id client_new;  /* AMEND, CANCEL: another for each, for a request that needs an id of its own. Size 0: the
                              * description's form has none left; the host has refused an AMEND by then */
    struct oc_id venue_order; /* size 0: not known */
    struct oc_id position;    /* PROTECT, and what changes or cancels that: the position, trade or ticket that the fills
                              * of the entry named. Else size 0 */
};

#endif
