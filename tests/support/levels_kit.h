/* levels_kit.h: the paper venue beside an engine that holds the order book of its instrument. */
#ifndef SUPPORT_LEVELS_KIT_H
#define SUPPORT_LEVELS_KIT_H

#include "engine/depth.h"
#include "engine/engine.h"
#include "support/book_kit.h"
#include "support/paper_kit.h"

#define SECOND 1000000000ll

/* An engine with the order book of the instrument alone. */
static inline struct engine *engine_with_book(struct venue *v)
{
    const struct engine_config config = {.epoch = 1};
    struct engine *engine;
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "BTC/USDT"};
    uint32_t inst, account;
    assert_int_equal(engine_new(&config, &engine), OC_OK);
    assert_int_equal(instruments_asset(engine_instruments(engine), "BTC", &info.base), OC_OK);
    assert_int_equal(instruments_asset(engine_instruments(engine), "USDT", &info.quote), OC_OK);
    assert_int_equal(instruments_add(engine_instruments(engine), &info, &inst), OC_OK);
    assert_int_equal(inst, INST);
    assert_int_equal(portfolio_add_account(engine_portfolio(engine), "main", "test", info.quote, 0, &account), OC_OK);
    engine_set_books(engine, account, DEPTH_RESYNC, 100);
    assert_int_equal(engine_want_book(engine, inst), OC_OK);
    v->instance.engine = engine;
    return engine;
}

static inline void end(struct venue *v)
{
    struct engine *engine = (struct engine *)(uintptr_t)v->instance.engine;
    v->instance.engine = NULL;
    venue_free(v);
    engine_free(engine);
}

/* The engine takes it, then the venue sees it. */
static inline void says(struct venue *v, struct engine *engine, int64_t at_ns, struct book_event *event)
{
    pass(v, at_ns);
    event->book.head.source = ACCOUNT;
    event->book.head.venue_ns = event->book.head.local_ns = at_ns;
    assert_int_equal(engine_input(engine, &event->book.head, true), OC_OK);
    engine_clear_out(engine);
    assert_int_equal(v->sim->market(v->instance.self, at_ns, &event->book.head), OC_OK);
    pass(v, at_ns);
}

static inline void trade(struct venue *v, int64_t at_ns, int64_t price, int64_t qty)
{
    const struct oc_ev_trade event = {
        .head = {.size = sizeof event, .type = OC_EV_TRADE, .inst = INST, .venue_ns = at_ns},
        .price = price,
        .qty = qty,
        .present = OC_HAS_QTY};
    pass(v, at_ns);
    assert_int_equal(v->sim->market(v->instance.self, at_ns, &event.head), OC_OK);
    pass(v, at_ns);
}

#endif
