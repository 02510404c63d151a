/* portfolio_kit.h: a portfolio without an engine, for tests of what it holds. */
#ifndef SUPPORT_PORTFOLIO_KIT_H
#define SUPPORT_PORTFOLIO_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/portfolio.h"

static struct instruments *instruments;
static struct markets *markets;
static struct portfolio *portfolio;

static inline int setup(void **state)
{
    (void)state;
    return instruments_new(&instruments) < 0 || markets_new(&markets) < 0 ||
           portfolio_new(instruments, markets, &portfolio) < 0;
}

static inline int teardown(void **state)
{
    (void)state;
    portfolio_free(portfolio);
    markets_free(markets);
    instruments_free(instruments);
    return 0;
}

static inline uint32_t asset(const char *name)
{
    uint32_t id = 0;
    assert_int_equal(instruments_asset(instruments, name, &id), OC_OK);
    return id;
}

static inline void quote(uint32_t inst, int64_t bid, int64_t ask)
{
    struct oc_ev_quote event;
    memset(&event, 0, sizeof event);
    event.head.size = sizeof event;
    event.head.type = OC_EV_QUOTE;
    event.head.inst = inst;
    event.head.venue_ns = 1;
    event.bid = bid;
    event.ask = ask;
    event.present = OC_HAS_BID | OC_HAS_ASK;
    assert_true(market_apply(markets_get(markets, inst), &event.head, 1));
}

static inline struct oc_ev_fill fill_of(uint32_t inst, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_ev_fill fill;
    memset(&fill, 0, sizeof fill);
    fill.head.size = sizeof fill;
    fill.head.type = OC_EV_FILL;
    fill.head.inst = inst;
    fill.side = side;
    fill.qty = qty;
    fill.price = price;
    return fill;
}

static inline void trade(uint32_t owner, uint32_t strategy, const struct oc_ev_fill *fill)
{
    assert_int_equal(portfolio_fill(portfolio, owner, strategy, fill), OC_OK);
}

static inline oc_i128 whole(int64_t value) { return value * num_pow10_128(MONEY_SCALE); }

#endif
