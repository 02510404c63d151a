/* risk.h: a risk rule: a pure question, and an observer.
 *
 * Invariants
 * - check() changes nothing; in strict mode it is asked twice and the answers are compared.
 * - State changes only in observe(). Latches are set through ctx->latch, in observe() only.
 * - A rule is asked about new orders, amends and cancels; a cancel is never refused by a size,
 * price or loss rule.
 * - It is asked against committed state plus what this callback has already staged. Exposure counts
 * pending and UNKNOWN orders in full.
 * - Refuse when in doubt: *ret_verdict is zeroed (= refuse) before the call. */
#ifndef OUTCRY_RISK_H
#define OUTCRY_RISK_H

#include <outcry/instrument.h>
#include <outcry/order.h>
#include <outcry/plugin.h>

struct oc_verdict {
    uint32_t size;
    uint32_t allowed;           /* 1 = allow */
    char reason[OC_REASON_MAX]; /* stable, upper case: QUANTITY_ABOVE_LIMIT */
    struct oc_dec used;         /* the number judged, and the limit, in the rule's own unit */
    struct oc_dec limit;
};

struct oc_exposure { /* units; worst case of (account, instrument): RISK-2 */
    uint32_t size;
    uint32_t zero;
    int64_t position;
    int64_t open_buy; /* open, pending, UNKNOWN and staged buys, remaining quantity */
    int64_t open_sell;
    int64_t long_worst;  /* position + open_buy */
    int64_t short_worst; /* position - open_sell */
};

struct oc_risk_ctx {
    uint32_t size;
    uint32_t staged_messages; /* new and amend requests this callback has already staged */
    uint32_t staged_cancels;
    uint32_t zero;
    void *impl;
    int64_t now_ns;
    /* All [engine]; outputs untouched on failure. */
    /* The previous state of the order an amend or cancel names, as a request; NULL for a new order.
     */
    const struct oc_request *previous;
    int64_t previous_filled; /* units already filled of it */
    /* Decimal -> quantity units of the instrument, exact or rounded down. */
    oc_rc (*to_units)(const struct oc_risk_ctx *ctx, uint32_t inst, struct oc_dec dec, int64_t *ret_units);
    /* The largest base quantity the request can lead to (an order by money has one too). */
    oc_rc (*worst_qty)(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t *ret_units);
    /* The price at which it is valued: its limit, its stop, or the reference. OC_E_NOT_FOUND: no
     * price known. */
    oc_rc (*worst_price)(const struct oc_risk_ctx *ctx, const struct oc_request *ask, int64_t *ret_units);
    /* Last known reference price and its age. OC_E_NOT_FOUND: none. */
    oc_rc (*reference)(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t *ret_units, int64_t *ret_age_ns);
    /* Value of qty at price in the settlement asset. */
    oc_rc (*notional)(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t price, int64_t qty,
                      struct oc_dec *ret_value);
    /* In observe() of a fill, that fill is booked: `position` is what it left. What cannot be sold any more (the rest below the venue's
     * least quantity or value, after a fee in the base asset) is flat: 0. `account`: ask->account, or event->source of a fill.
     * OC_E_NOT_FOUND: no such account or instrument. */
    oc_rc (*exposure)(const struct oc_risk_ctx *ctx, uint32_t account, uint32_t inst, struct oc_exposure *ret_exposure);
    /* Marked equity of the account in its base currency. OC_E_NOT_FOUND: no such account. OC_E_STATE: a balance of it has no price. */
    oc_rc (*equity)(const struct oc_risk_ctx *ctx, uint32_t account, struct oc_dec *ret_equity);
    /* [engine] observe() only: latches the whole host (account 0) or one account until a person
     * clears it. `reason` is copied. OC_E_STATE: called in check(). OC_E_INVALID: no reason, or no
     * such account. */
    oc_rc (*latch)(const struct oc_risk_ctx *ctx, uint32_t account, const char *reason);
    const struct oc_instrument *(*instrument)(const struct oc_risk_ctx *ctx,
                                              uint32_t inst); /* borrowed until the call ends */
    /* quantity units -> decimal, price units -> decimal */
    oc_rc (*qty_dec)(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units, struct oc_dec *ret_dec);
    oc_rc (*price_dec)(const struct oc_risk_ctx *ctx, uint32_t inst, int64_t units, struct oc_dec *ret_dec);
    /* since 1.0: equity() less what came in from outside and with what went out, each as it was worth then: deposits,
     * withdrawals, corrected balances. What a rule on losses asks: money that is moved is no loss and hides none. */
    oc_rc (*traded_equity)(const struct oc_risk_ctx *ctx, uint32_t account, struct oc_dec *ret_equity);
};

#define OC_INTEREST_ABOVE (1ull << OC_EV_NONE)

/* 1: who has this interest() is told of such an event. */
static inline int oc_interest_has(uint64_t interest, uint16_t type)
{
    return (int)(interest >> (type > 63 ? 0 : type) & 1);
}

struct oc_risk {
    uint32_t size;
    uint32_t flags; /* 0 */
    /* [engine] A pure question. `ask` and `ctx` are borrowed until it returns. */
    oc_rc (*check)(void *self, const struct oc_risk_ctx *ctx, const struct oc_request *ask,
                   struct oc_verdict *ret_verdict);
    /* [engine] optional: told of every recorded event whose type is in interest(). A request that was denied is recorded as
     * OC_EV_REQUEST and right behind it OC_EV_DENIED. */
    void (*observe)(void *self, const struct oc_risk_ctx *ctx, const struct oc_event *event);
    /* [setup] optional: bit n set = wants observe() for event type n (1..63): 1ull << OC_EV_FILL; OC_INTEREST_ABOVE: those of
     * types above 63 (timers, commands, accounts), all of them. NULL = everything. Nothing else is told. */
    uint64_t (*interest)(void *self);
    /* [engine] optional: state as bytes. save returns the size written, OC_E_LIMIT if it does not
     * fit. */
    oc_rc (*save)(void *self, void *bytes, uint32_t size_max);
    oc_rc (*load)(void *self, const void *bytes, uint32_t size);
};

#endif
