/* event_account.h: what a venue says of accounts and of itself: balances, positions, rights, ledger entries, state, limits.
 *
 * Invariants
 * - A state replaces what we had, unless a bit says that it is a change.
 * - An entry said twice under one id is one entry.
 * - Money is a decimal. What needs more digits than one holds is rounded towards zero there, and stands whole in a struct
 *   oc_wide beside it: balances and ledgers of chains count in 10^-18. */
#ifndef OUTCRY_EVENT_ACCOUNT_H
#define OUTCRY_EVENT_ACCOUNT_H

#include <outcry/event.h>
#include <outcry/id.h>

enum {
    OC_BAL_FREE = 1u << 0,
    OC_BAL_LOCKED = 1u << 1,
    OC_BAL_BORROWED = 1u << 2,
    OC_BAL_INTEREST = 1u << 3,
    OC_BAL_CHANGE = 1u << 4, /* `total` is a change, not a state: to be added */
    OC_BAL_ROUNDED =
        1u << 5,           /* the venue's total has more digits than a decimal: rounded towards zero; `whole` has all */
    OC_BAL_SUM = 1u << 6,  /* the venue says no total: it is free + locked, summed by the engine */
    OC_BAL_SAID = 1u << 7, /* host: by a venue. Without: opening cash */
    OC_BAL_OLD = 1u << 8   /* host: an order or a fill has moved the account since the question left: it says nothing */
};

/* A balance as the venue or the opening cash says it: `total` replaces what we had. */
struct oc_ev_balance {
    struct oc_event head;
    uint32_t account; /* 0: the account of head.source */
    uint32_t asset;
    struct oc_dec total;
    struct oc_dec free;
    struct oc_dec locked;
    struct oc_dec borrowed; /* positive is owed */
    struct oc_dec interest;
    uint64_t token;       /* of the fetch that asked, 0 a stream */
    uint32_t present;     /* OC_BAL_... */
    uint32_t wallet;      /* 0 trading; others by the description's list of wallets */
    struct oc_wide whole; /* OC_BAL_ROUNDED: `total` with all its digits */
};

enum {
    OC_POS_AVERAGE = 1u << 0,
    OC_POS_MARK = 1u << 1,
    OC_POS_LIQUIDATION = 1u << 2,
    OC_POS_UNREALISED = 1u << 3,
    OC_POS_REALISED = 1u << 4,
    OC_POS_MARGIN = 1u << 5,
    OC_POS_MAINTENANCE = 1u << 6,
    OC_POS_LEVERAGE = 1u << 7,
    OC_POS_OLD = 1u << 8 /* host: as OC_BAL_OLD */
};
enum { OC_MARGIN_NONE = 0, OC_MARGIN_CROSS = 1, OC_MARGIN_ISOLATED = 2, OC_MARGIN_CASH = 3 };

/* A position as the venue shows it. Several of one instrument (hedging, tickets) differ in side or id. */
struct oc_ev_position {
    struct oc_event head;
    uint64_t token;
    int64_t qty;           /* units, signed; 0: there is none any more */
    struct oc_dec average; /* by `present`; prices as decimals */
    struct oc_dec mark;
    struct oc_dec liquidation;
    struct oc_dec unrealised; /* money in `asset` */
    struct oc_dec realised;
    struct oc_dec margin;
    struct oc_dec maintenance;
    struct oc_dec leverage;
    uint32_t asset;
    uint32_t present; /* OC_POS_... */
    uint8_t side;     /* OC_POSITION_... */
    uint8_t margin_mode;
    uint8_t zero[6];
    struct oc_id position;
};

enum { /* oc_ev_account.rights; a bit in `known` says that the venue told */
       OC_MAY_VIEW = 1u << 0,
       OC_MAY_TRADE = 1u << 1,
       OC_MAY_WITHDRAW = 1u << 2, /* the host warns: a trading key should not */
       OC_MAY_TRANSFER = 1u << 3,
       OC_MAY_MARGIN = 1u << 4,
       OC_MAY_SHORT = 1u << 5,
       OC_IP_BOUND = 1u << 6,
       OC_IS_HEDGING = 1u << 7, /* long and short stand side by side */
       OC_IS_PRACTICE = 1u << 8 /* the venue says: no real money */
};

enum { /* oc_ev_account.present */
       OC_ACC_EQUITY = 1u << 0,
       OC_ACC_MARGIN_USED = 1u << 1,
       OC_ACC_MARGIN_FREE = 1u << 2,
       OC_ACC_MAINTENANCE = 1u << 3,
       OC_ACC_UNREALISED = 1u << 4,
       OC_ACC_MAKER_FEE = 1u << 5,
       OC_ACC_TAKER_FEE = 1u << 6,
       OC_ACC_LEVERAGE = 1u << 7
};

struct oc_ev_account {
    struct oc_event head;
    uint64_t token;
    struct oc_dec equity;
    struct oc_dec margin_used;
    struct oc_dec margin_free;
    struct oc_dec maintenance;
    struct oc_dec unrealised;
    struct oc_dec maker_fee; /* part of 1 */
    struct oc_dec taker_fee;
    struct oc_dec leverage;
    uint32_t asset;             /* currency of the money above, 0: none was said */
    uint32_t rights;            /* OC_MAY_... */
    uint32_t known;             /* which rights the venue told */
    uint32_t present;           /* OC_ACC_EQUITY ... */
    struct oc_id venue_account; /* portfolio, sub-account, account number */
    struct oc_id last;          /* id of the last transaction it knows, where the venue counts them */
};

enum {
    OC_LEDGER_NONE = 0,
    OC_LEDGER_DEPOSIT = 1,
    OC_LEDGER_WITHDRAWAL = 2,
    OC_LEDGER_TRANSFER = 3,
    OC_LEDGER_FUNDING = 4,
    OC_LEDGER_INTEREST = 5,
    OC_LEDGER_FEE = 6, /* that no fill says */
    OC_LEDGER_REBATE = 7,
    OC_LEDGER_REALISED = 8, /* of fills: shown, not booked */
    OC_LEDGER_DIVIDEND = 9,
    OC_LEDGER_CONVERSION = 10,
    OC_LEDGER_LIQUIDATION = 11,
    OC_LEDGER_REWARD = 12,
    OC_LEDGER_SETTLEMENT = 13,
    OC_LEDGER_TRADE = 14, /* known as fills already: shown, not booked */
    OC_LEDGER_ADJUSTMENT = 15,
    OC_LEDGER_TAX = 16,
    OC_LEDGER_OTHER = 127
};
enum {
    OC_LEDGER_PENDING = 1,
    OC_LEDGER_DONE = 2,
    OC_LEDGER_FAILED = 3,
    OC_LEDGER_CANCELED = 4,
    OC_LEDGER_REVERSED = 5
};

enum { /* oc_ev_ledger.present */
       OC_LEDGER_HAS_FEE = 1u << 0,
       OC_LEDGER_HAS_AFTER = 1u << 1,
       OC_LEDGER_HAS_WHOLE = 1u << 2 /* `amount` is rounded towards zero; `whole` has all digits */
};

/* Deduplicated by (source, id); said again with another status it is the same entry. */
struct oc_ev_ledger {
    struct oc_event head;
    uint64_t token;
    struct oc_dec amount; /* signed: what the balance changed by, its own fee included */
    struct oc_dec fee;
    struct oc_dec after; /* balance behind it */
    uint32_t asset;
    uint32_t fee_asset;
    uint16_t kind;    /* OC_LEDGER_... */
    uint16_t status;  /* OC_LEDGER_PENDING ... */
    uint32_t present; /* OC_LEDGER_HAS_... */
    uint32_t text_size;
    uint32_t tail; /* offset of the venue's words */
    struct oc_id id;
    struct oc_id reference; /* transaction hash, order, trade, address */
    struct oc_wide whole;   /* OC_LEDGER_HAS_WHOLE: `amount` with all its digits */
};

/* ---- venues ---- */

enum {
    OC_VENUE_NONE = 0,
    OC_VENUE_DOWN = 1,
    OC_VENUE_CONNECTING = 2,
    OC_VENUE_SYNCING = 3, /* reconciliation is under way */
    OC_VENUE_READY = 4,
    OC_VENUE_DEGRADED = 5,
    OC_VENUE_CANCEL_ONLY = 6,
    OC_VENUE_POST_ONLY = 7,
    OC_VENUE_MAINTENANCE = 8,
    OC_VENUE_DENIED = 9 /* credentials, permission, a login that a person must do */
};
enum {
    OC_PART_ALL = 0,
    OC_PART_MARKET = 1,
    OC_PART_PRIVATE = 2,
    OC_PART_TRADING = 3,
    OC_PART_LINK = 4 /* host alone: whether the venue is reached */
};

/* Connectors say MAINTENANCE, CANCEL_ONLY, POST_ONLY, DENIED and the end of them (READY: nothing is in the way). Of OC_PART_LINK the host
 * says to each account how its streams are: CONNECTING until all were ready; READY; DEGRADED: some are not; DOWN: none is, or one that
 * carries order requests is not. */
struct oc_ev_venue {
    struct oc_event head; /* inst 0: all of it */
    uint32_t state;
    uint32_t part;
    uint32_t why;
    uint32_t generation;     /* host: of the connector that speaks from now on */
    int64_t clock_offset_ns; /* host: venue's clock - ours, and how far that may be wrong */
    int64_t clock_error_ns;
    int64_t until_ns; /* 0: not said */
    uint32_t text_size;
    uint32_t tail;
};

/* Host: something waits for it, once until it is open again. OC_LIMIT_SAID: no limit that is counted, but an answer of HTTP that asked to be
 * left alone (429, 418, Retry-After); `used` is its status. 0: nothing was answered, and an endpoint is left alone for that. */
#define OC_LIMIT_SAID 0xffffffffu
struct oc_ev_limit {
    struct oc_event head;
    uint32_t limit; /* place in the description's list, or OC_LIMIT_SAID */
    uint32_t zero;
    uint64_t used;
    uint64_t max;
    int64_t until_ns; /* closed until then; 0: open */
};

/* Behind the last event of a page, or of an empty one. Lists are complete only by this: what stands in none of the pages
 * of a whole list was not there at as_of_ns. */
struct oc_ev_fetched {
    struct oc_event head;
    uint64_t
        token; /* 0: nobody asked: a stream has moved the cursor of `kind` on. Not taken while something is missed. */
    int64_t as_of_ns; /* venue's time of the answer, 0: not said */
    uint32_t kind;    /* OC_FETCH_... */
    int32_t rc;       /* OC_OK, or why it failed: OC_E_NOT_FOUND, OC_E_DENIED, OC_E_DATA ... */
    uint32_t more;    /* 1: ask again with `cursor` */
    uint32_t count;   /* events of this page */
    uint32_t why;
    uint32_t zero;
    struct oc_cursor cursor; /* more = 0: where news begin, for the next time */
};

#endif
