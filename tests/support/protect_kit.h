/* protect_kit.h: a spot venue as they are, for tests of what the host holds of a stop and a target. */
#ifndef SUPPORT_PROTECT_KIT_H
#define SUPPORT_PROTECT_KIT_H

#include "engine/impl.h"
#include "support/engine_fixture.h"

/* What is open on a side locks what it would sell, and an order for more than is left is refused. */
struct spot {
    struct fixture *f;
    int64_t most;  /* units that were ever asked for at once, by orders that are open */
    int64_t held;  /* what the account has */
    bool is_short; /* it has refused something for lack of it */
};

static inline int64_t locked(const struct spot *spot)
{
    int64_t sum = 0;
    const struct order *order = orders_open_of(spot->f->engine->orders, spot->f->inst);
    for (; order; order = order->younger_here)
        if (order->now.side == OC_SIDE_SELL)
            sum += order_remaining_worst(order);
    return sum;
}

static inline oc_rc spot_request(void *self, const struct oc_request *request)
{
    struct spot *spot = self;
    if (request->kind != OC_REQUEST_NEW || request->side != OC_SIDE_SELL)
        return OC_OK;
    const int64_t sum = locked(spot); /* this one is among them */
    spot->most = sum > spot->most ? sum : spot->most;
    spot->is_short |= sum > spot->held;
    return OC_OK;
}

static inline struct fixture *new_host(struct spot *spot, bool lacks_stops)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    *spot = (struct spot){.f = f};
    engine_set_protect(f->engine, f->account, ENGINE_PROTECT_HOST, lacks_stops);
    engine_set_protect(f->engine, ENGINE_ACCOUNTS_MAX + 1, ENGINE_PROTECT_HOST, false); /* there is none */
    f->on_request = spot_request;
    f->on_request_self = spot;
    return f;
}

static inline uint64_t guarded(struct fixture *f, int64_t qty, int64_t stop_loss, int64_t take_profit)
{
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, qty, 10000);
    request.bits |= (stop_loss ? OC_RQ_HAS_STOP_LOSS : 0u) | (take_profit ? OC_RQ_HAS_TAKE_PROFIT : 0u);
    request.stop_loss = stop_loss;
    request.take_profit = take_profit;
    return fixture_submit(f, request);
}

static inline uint64_t bought(struct spot *spot, int64_t qty, int64_t stop_loss, int64_t take_profit)
{
    spot->held += qty;
    const uint64_t entry = guarded(spot->f, qty, stop_loss, take_profit);
    fixture_trade(spot->f, entry, OC_SIDE_BUY, qty, 10000);
    return entry;
}

static inline const struct oc_request *last(const struct fixture *f) { return &f->sent[f->sent_count - 1]; }

/* The venue takes the last order. */
static inline uint64_t accepted(struct fixture *f)
{
    const uint64_t order = last(f)->order;
    fixture_say(f, OC_EV_ACCEPTED, order);
    return order;
}

static inline void is_a(const struct oc_request *request, uint8_t kind, uint8_t role, uint8_t type, int64_t qty)
{
    assert_int_equal(request->kind, kind);
    assert_int_equal(request->role, role);
    assert_int_equal(request->type, type);
    assert_int_equal(request->qty, qty);
}

static inline void price_after(struct fixture *f, int64_t seconds, int64_t price)
{
    f->now_ns += seconds * GROUPS_RETRY_NS;
    fixture_price(f, price);
}

static inline void quote(struct fixture *f, int64_t bid, int64_t ask)
{
    struct oc_ev_quote said = {.head = {.size = sizeof said, .type = OC_EV_QUOTE, .inst = f->inst},
                               .bid = bid,
                               .ask = ask,
                               .present = OC_HAS_BID | OC_HAS_ASK};
    fixture_input(f, &said);
}

#endif
