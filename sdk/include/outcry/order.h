/* order.h: what we ask of a venue: new, amend, cancel.
 *
 * Invariants
 * - Exactly one of qty (base units) and quote_qty (money in the quote asset) is set on a new order.
 * - Prices are units of the instrument version in head.inst; presence is by OC_RQ_HAS_... bits.
 * - Unknown values are refused, never guessed. */
#ifndef OUTCRY_ORDER_H
#define OUTCRY_ORDER_H

#include <outcry/event.h>

enum { OC_REQUEST_NONE = 0, OC_REQUEST_NEW = 1, OC_REQUEST_AMEND = 2, OC_REQUEST_CANCEL = 3 };
enum { OC_ORDER_NONE = 0, OC_ORDER_MARKET = 1, OC_ORDER_LIMIT = 2, OC_ORDER_STOP = 3, OC_ORDER_STOP_LIMIT = 4 };
enum { OC_TIF_NONE = 0, OC_TIF_GTC = 1, OC_TIF_IOC = 2, OC_TIF_FOK = 3, OC_TIF_GTD = 4, OC_TIF_DAY = 5 };
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
       OC_ROLE_END = 5
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
       OC_RQ_FIT_FUNDS = 1u << 15 /* what the account cannot pay is left out, where it would be refused */
};

#define OC_TAG_MAX 24

struct oc_request {
    struct oc_event head; /* type OC_EV_REQUEST; cause = the event that led to the decision */
    uint64_t id;          /* of this request; equals `order` for a new order */
    uint64_t order;
    uint64_t parent; /* 0 none */
    uint64_t group;  /* 0 none */
    uint64_t decision_seq;
    int64_t price;
    int64_t stop_price;
    int64_t stop_loss; /* entry with a protective group: the host places and sizes these legs */
    int64_t take_profit;
    int64_t qty;               /* NEW: base units; AMEND: the new total quantity */
    struct oc_dec quote_qty;   /* money, with OC_RQ_HAS_QUOTE_QTY */
    struct oc_dec asked_price; /* as the caller said it, where it differs */
    struct oc_dec asked_qty;
    int64_t expire_ns; /* GTD */
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
};

#endif
