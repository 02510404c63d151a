/* engine_fixture.h: an engine with one spot instrument, one account, a door that keeps records, and a venue that keeps
 * requests: everything an engine test needs to say what happens next. */
#ifndef TESTS_ENGINE_FIXTURE_H
#define TESTS_ENGINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "engine/engine.h"

enum { FIXTURE_RECORDS = 4096 };

struct fixture {
    struct engine *engine;
    uint32_t inst;
    uint32_t account;
    uint32_t base, quote;
    uint64_t seq;
    int64_t now_ns;
    struct oc_request sent[FIXTURE_RECORDS];
    uint32_t sent_count;
    oc_rc venue_answer; /* what the venue's request() returns */
    oc_rc door_answer;
    oc_rc commit_answer;
    char records[FIXTURE_RECORDS][512];
    uint32_t record_count;
    uint32_t batches;
    uint32_t trades;
};

static oc_rc fixture_record(void *self, struct oc_event *event)
{
    struct fixture *fixture = self;
    if (fixture->door_answer < 0)
        return fixture->door_answer;
    event->seq = ++fixture->seq;
    if (fixture->record_count < FIXTURE_RECORDS && event->size <= sizeof fixture->records[0])
        memcpy(fixture->records[fixture->record_count++], event, event->size);
    return OC_OK;
}

static void fixture_begin(void *self) { ((struct fixture *)self)->batches++; }
static oc_rc fixture_commit(void *self) { return ((struct fixture *)self)->commit_answer; }

static oc_rc fixture_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct fixture *fixture = self;
    (void)now_ns;
    if (fixture->venue_answer == OC_OK && fixture->sent_count < FIXTURE_RECORDS)
        fixture->sent[fixture->sent_count++] = *request;
    return fixture->venue_answer;
}

static inline oc_rc fixture_input(struct fixture *fixture, void *event)
{
    struct oc_event *head = event;
    head->local_ns = fixture->now_ns;
    if (!head->venue_ns)
        head->venue_ns = fixture->now_ns;
    head->seq = ++fixture->seq;
    return engine_input(fixture->engine, head);
}

static inline void fixture_price(struct fixture *fixture, int64_t price)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = fixture->inst},
                                .price = price,
                                .qty = 1,
                                .present = OC_HAS_QTY};
    assert_int_equal(fixture_input(fixture, &trade), OC_OK);
}

/* price step 0.01, quantity step 0.001; 1,000,000 USDT of cash; a price of 100.00 is known. */
static inline struct fixture *fixture_new_window(uint32_t method, uint32_t fills_recent, uint32_t fills_held)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct engine_config config = {.epoch = 3, .fills_recent = fills_recent, .fills_held = fills_held};
    struct engine_door door = {fixture, fixture_begin, fixture_record, fixture_commit};
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "BTC/USDT"};
    assert_int_equal(engine_new(&config, &door, &fixture->engine), OC_OK);
    struct instruments *instruments = engine_instruments(fixture->engine);
    assert_int_equal(instruments_asset(instruments, "BTC", &info.base), OC_OK);
    assert_int_equal(instruments_asset(instruments, "USDT", &info.quote), OC_OK);
    fixture->base = info.base;
    fixture->quote = info.quote;
    assert_int_equal(instruments_add(instruments, &info, &fixture->inst), OC_OK);
    assert_int_equal(
        portfolio_add_account(engine_portfolio(fixture->engine), "main", "test", info.quote, method, &fixture->account),
        OC_OK);
    struct engine_venue venue = {fixture, fixture_request};
    assert_int_equal(engine_set_venue(fixture->engine, fixture->account, &venue), OC_OK);
    fixture->now_ns = 1000;
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = fixture->account,
                                    .asset = info.quote,
                                    .total = {1000000, 0, 0}};
    assert_int_equal(fixture_input(fixture, &balance), OC_OK);
    fixture_price(fixture, 10000);
    return fixture;
}

static inline struct fixture *fixture_new(uint32_t method) { return fixture_new_window(method, 0, 0); }

static inline void fixture_free(struct fixture *fixture)
{
    engine_free(fixture->engine);
    free(fixture);
}

static inline struct oc_request fixture_order(const struct fixture *fixture, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_request request = {.account = fixture->account,
                                 .side = side,
                                 .qty = qty,
                                 .price = price,
                                 .type = price ? OC_ORDER_LIMIT : OC_ORDER_MARKET,
                                 .tif = OC_TIF_GTC,
                                 .bits = OC_RQ_HAS_QTY | (price ? OC_RQ_HAS_PRICE : 0u)};
    request.head.inst = fixture->inst;
    return request;
}

/* One order in a batch of the host; returns its id, 0 when it was refused. */
static inline uint64_t fixture_submit(struct fixture *fixture, struct oc_request request)
{
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(fixture->engine, 0), OC_OK);
    oc_rc rc = engine_submit(fixture->engine, &request, &refusal);
    engine_end(fixture->engine, true);
    return rc == OC_OK ? request.order : 0;
}

static inline struct oc_ev_answer fixture_answer(const struct fixture *fixture, uint16_t type, uint64_t order)
{
    struct oc_ev_answer answer = {
        .head = {.size = sizeof answer, .type = type, .source = fixture->account, .inst = fixture->inst},
        .order = order,
        .request = order,
        .cum_qty = -1,
        .definitive = 1};
    return answer;
}

static inline oc_rc fixture_say(struct fixture *fixture, uint16_t type, uint64_t order)
{
    struct oc_ev_answer answer = fixture_answer(fixture, type, order);
    return fixture_input(fixture, &answer);
}

static inline struct oc_ev_fill fixture_fill(const struct fixture *fixture, uint64_t order, uint8_t side, int64_t qty,
                                             int64_t price, const char *trade_id)
{
    struct oc_ev_fill fill = {
        .head = {.size = sizeof fill, .type = OC_EV_FILL, .source = fixture->account, .inst = fixture->inst},
        .order = order,
        .price = price,
        .qty = qty,
        .fee_asset = fixture->quote,
        .side = side,
        .liquidity = OC_LIQUIDITY_TAKER};
    fill.trade_id_size = (uint8_t)strlen(trade_id);
    memcpy(fill.trade_id, trade_id, fill.trade_id_size);
    return fill;
}

static inline oc_rc fixture_trade(struct fixture *fixture, uint64_t order, uint8_t side, int64_t qty, int64_t price)
{
    char id[32];
    snprintf(id, sizeof id, "t%u", ++fixture->trades);
    struct oc_ev_fill fill = fixture_fill(fixture, order, side, qty, price, id);
    return fixture_input(fixture, &fill);
}

static inline const struct order *fixture_find(const struct fixture *fixture, uint64_t order)
{
    return orders_find(engine_orders(fixture->engine), order);
}

static inline const struct book *fixture_book(const struct fixture *fixture)
{
    return portfolio_find(engine_portfolio(fixture->engine), fixture->account, 0, fixture->inst);
}

#endif
