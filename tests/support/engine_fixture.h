/* engine_fixture.h: an engine with one spot instrument, one account, a door that keeps records, and a venue that keeps
 * requests: everything an engine test needs to say what happens next.
 *
 * After each input and each batch of the host it does what a session does: what is listed is recorded as one batch,
 * done and sent, and what the venue did not take is the next input. */
#ifndef SUPPORT_ENGINE_FIXTURE_H
#define SUPPORT_ENGINE_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/plugin_call.h"
#include "engine/engine.h"
#include "session/venues.h"

enum { FIXTURE_RECORDS = 4096 };

struct fixture {
    struct engine *engine;
    struct venues venues;
    uint32_t inst;
    uint32_t account;
    uint32_t base, quote;
    uint64_t seq;
    int64_t now_ns;
    struct oc_request sent[FIXTURE_RECORDS];
    uint32_t sent_count;
    oc_rc venue_answer; /* what the venue's request() returns */
    oc_rc (*on_request)(void *self,
                        const struct oc_request *request); /* in place of venue_answer, with on_request_self */
    void *on_request_self;
    oc_rc door_answer;   /* negative: the door takes nothing of a batch, and no timer */
    oc_rc commit_answer; /* negative: of a batch it says so at the end */
    char records[FIXTURE_RECORDS][512];
    uint32_t record_count;
    uint32_t batches; /* recorded, one an input at most */
    uint32_t trades;
};

static inline oc_rc fixture_record(struct fixture *fixture, struct oc_event *event)
{
    if (fixture->door_answer < 0)
        return fixture->door_answer;
    event->seq = ++fixture->seq;
    if (fixture->record_count < FIXTURE_RECORDS && event->size <= sizeof fixture->records[0])
        memcpy(fixture->records[fixture->record_count++], event, event->size);
    return OC_OK;
}

static oc_rc fixture_request(void *self, int64_t now_ns, const struct oc_request *request)
{
    struct fixture *fixture = self;
    (void)now_ns;
    oc_rc rc = fixture->on_request ? fixture->on_request(fixture->on_request_self, request) : fixture->venue_answer;
    if (rc == OC_OK && fixture->sent_count < FIXTURE_RECORDS)
        fixture->sent[fixture->sent_count++] = *request;
    return rc;
}

static const struct oc_sim fixture_sim = {.size = sizeof fixture_sim, .request = fixture_request};

/* False: what is listed could not be recorded. */
static inline bool fixture_leave(struct fixture *fixture, const struct engine_out *out)
{
    if (fixture->door_answer < 0)
        return false;
    fixture->batches++;
    for (uint32_t i = 0; i < out->entry_count; i++) {
        const struct out_entry *entry = &out->entries[i];
        fixture_record(fixture, out_record(out, entry));
        if (entry->kind == OUT_REQUEST && out->requests[entry->at].is_denied) {
            struct oc_ev_denied denial = out_denial(&out->requests[entry->at]);
            out->requests[entry->at].has_denial = fixture_record(fixture, &denial.head) >= 0;
        }
    }
    return fixture->commit_answer >= 0;
}

/* What the last input, or batch of the host, came to: recorded, done, sent. */
static inline void fixture_come_to(struct fixture *fixture)
{
    const struct engine_out *out = engine_out(fixture->engine);
    if (out->entry_count) {
        engine_batch_done(fixture->engine, fixture_leave(fixture, out));
        (void)venues_send(&fixture->venues, engine_now(fixture->engine), out);
    }
    assert_null(plugin_call_now.site); /* nobody's call is under way */
    engine_clear_out(fixture->engine);
}

/* The same, and then what the venue did not take. */
static inline void fixture_flush(struct fixture *fixture)
{
    union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_ANSWER_MAX];
    } answer;
    fixture_come_to(fixture);
    while (venues_next_ns(&fixture->venues) < INT64_MAX &&
           venues_take(&fixture->venues, venues_next_ns(&fixture->venues), &answer, sizeof answer) == OC_OK) {
        bool kept = fixture_record(fixture, &answer.head) == OC_OK;
        (void)engine_input(fixture->engine, &answer.head, kept);
        fixture_come_to(fixture);
    }
}

/* Ends a batch of the host. */
static inline void fixture_end(struct fixture *fixture, bool keep)
{
    engine_end(fixture->engine, keep);
    fixture_flush(fixture);
}

/* The door takes records again, and whoever looks after the journal has said so. */
static inline void fixture_mend(struct fixture *fixture)
{
    fixture->door_answer = fixture->commit_answer = OC_OK;
    engine_stop_risk(fixture->engine, false);
}

static inline oc_rc fixture_input(struct fixture *fixture, void *event)
{
    struct oc_event *head = event;
    head->local_ns = fixture->now_ns;
    if (!head->venue_ns)
        head->venue_ns = fixture->now_ns;
    head->seq = ++fixture->seq;
    oc_rc rc = engine_input(fixture->engine, head, true);
    fixture_flush(fixture);
    return rc;
}

/* Time passes: built bars end and timers fire, in their order, each an input. */
static inline void fixture_tick(struct fixture *fixture, int64_t now_ns)
{
    struct oc_ev_timer timer;
    while (engine_next_ns(fixture->engine) <= now_ns) {
        const int64_t due_ns = engine_next_ns(fixture->engine);
        if (!engine_close_bars(fixture->engine, due_ns) && engine_take_timer(fixture->engine, due_ns, &timer)) {
            bool kept = fixture_record(fixture, &timer.head) == OC_OK;
            assert_int_equal(engine_input(fixture->engine, &timer.head, kept), OC_OK);
        }
        fixture_flush(fixture);
    }
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
static inline struct fixture *fixture_new_as(uint32_t method, const struct engine_config *config)
{
    struct fixture *fixture = calloc(1, sizeof *fixture);
    struct oc_instrument info = {.size = sizeof info,
                                 .kind = OC_KIND_SPOT,
                                 .status = OC_STATUS_TRADING,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0},
                                 .venue = "test",
                                 .symbol = "BTC/USDT"};
    assert_int_equal(engine_new(config, &fixture->engine), OC_OK);
    struct instruments *instruments = engine_instruments(fixture->engine);
    assert_int_equal(instruments_asset(instruments, "BTC", &info.base), OC_OK);
    assert_int_equal(instruments_asset(instruments, "USDT", &info.quote), OC_OK);
    fixture->base = info.base;
    fixture->quote = info.quote;
    assert_int_equal(instruments_add(instruments, &info, &fixture->inst), OC_OK);
    assert_int_equal(
        portfolio_add_account(engine_portfolio(fixture->engine), "main", "test", info.quote, method, &fixture->account),
        OC_OK);
    assert_int_equal(venues_add(&fixture->venues, fixture->account, &fixture_sim, fixture), OC_OK);
    fixture->now_ns = 1000;
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = fixture->account,
                                    .asset = info.quote,
                                    .total = {1000000, 0, 0}};
    assert_int_equal(fixture_input(fixture, &balance), OC_OK);
    fixture_price(fixture, 10000);
    return fixture;
}

static inline struct fixture *fixture_new_window(uint32_t method, uint32_t fills_recent, uint32_t fills_held)
{
    return fixture_new_as(method,
                          &(struct engine_config){.epoch = 3, .fills_recent = fills_recent, .fills_held = fills_held});
}

static inline struct fixture *fixture_new_epoch(uint32_t method, uint32_t epoch)
{
    return fixture_new_as(method, &(struct engine_config){.epoch = epoch});
}

static inline struct fixture *fixture_new(uint32_t method) { return fixture_new_epoch(method, 3); }

static inline void fixture_free(struct fixture *fixture)
{
    engine_free(fixture->engine);
    venues_release(&fixture->venues);
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
    fixture_end(fixture, true);
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

/* The account, or one strategy, holds so many units, however it came to them: what reduces is proven against that. */
static inline void fixture_hold(struct fixture *f, uint32_t strategy, int64_t units)
{
    struct book *book;
    assert_int_equal(portfolio_book(engine_portfolio(f->engine), f->account, strategy, f->inst, &book), OC_OK);
    book->position.qty = units;
}

static inline const struct book *fixture_book(const struct fixture *fixture)
{
    return portfolio_find(engine_portfolio(fixture->engine), fixture->account, 0, fixture->inst);
}

#endif
