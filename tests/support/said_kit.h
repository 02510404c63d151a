/* said_kit.h: what a venue says of orders through a connector, over an engine fixture. */
#ifndef SUPPORT_SAID_KIT_H
#define SUPPORT_SAID_KIT_H

#include <outcry/venue.h>

#include "support/engine_fixture.h"

static inline struct oc_id id_of(const char *text)
{
    struct oc_id id = {0};
    id.size = (uint8_t)strlen(text);
    memcpy(id.text, text, id.size);
    return id;
}

/* An answer that names the order by the venue's id alone. */
static inline struct oc_ev_venue_answer said_answer(const struct fixture *f, uint16_t type, const char *venue_order)
{
    struct oc_ev_venue_answer said = {.answer = fixture_answer(f, type, 0), .venue_order = id_of(venue_order)};
    said.answer.head.size = sizeof said;
    return said;
}

static inline struct oc_ev_venue_fill said_fill(const struct fixture *f, const char *venue_order, uint8_t side,
                                                int64_t qty, int64_t price, const char *trade)
{
    struct oc_ev_venue_fill said = {.fill = fixture_fill(f, 0, side, qty, price, trade),
                                    .venue_order = id_of(venue_order)};
    said.fill.head.size = sizeof said;
    return said;
}

/* A buy at 99.00 of so many units, as the venue shows it. */
static inline struct oc_ev_order said_order(const struct fixture *f, const char *venue_order, uint8_t state,
                                            int64_t qty, int64_t cum_qty)
{
    return (struct oc_ev_order){
        .head = {.size = sizeof(struct oc_ev_order), .type = OC_EV_ORDER, .source = f->account, .inst = f->inst},
        .price = 9900,
        .qty = qty,
        .cum_qty = cum_qty,
        .present = OC_OF_PRICE | OC_OF_QTY | OC_OF_CUM_QTY | OC_OF_TERMS,
        .state = state,
        .side = OC_SIDE_BUY,
        .type = OC_ORDER_LIMIT,
        .tif = OC_TIF_GTC,
        .venue_order = id_of(venue_order)};
}

static inline int64_t held(const struct fixture *f)
{
    const struct book *book = fixture_book(f);
    return book ? book->position.qty : 0;
}

static inline oc_i128 realised(const struct fixture *f)
{
    const struct book *book = fixture_book(f);
    return book ? book->position.realised : 0;
}

/* What an input came to, as a report adds it up: each fill and each correction begins where the one before it ended. */
static inline void notes_add_up(const struct fixture *f, int64_t qty, oc_i128 money)
{
    const struct engine_out *out = engine_out(f->engine);
    bool is_own = false;
    for (uint32_t i = 0; i < out->note_count; i++) {
        const struct out_note *note = &out->notes[i];
        if (note->kind != NOTE_FILL && note->kind != NOTE_CORRECTED)
            continue;
        const struct oc_ev_fill *fill = (const struct oc_ev_fill *)(const void *)note->fill;
        const struct order *order = fixture_find(f, note->order);
        const uint8_t side = fill->side ? fill->side : order->now.side;
        is_own |= note->strategy != 0; /* whose book is another one */
        assert_true(note->qty_after == note->qty_before + (side == OC_SIDE_BUY ? fill->qty : -fill->qty));
        if (is_own)
            continue;
        assert_true(note->qty_before == qty && note->realised_before == money);
        qty = note->qty_after;
        money = note->realised_after;
    }
    assert_true(is_own || (qty == held(f) && money == realised(f)));
}

/* Where it is not NULL: an engine that hears everything as the records of a session that it restores. */
static struct {
    struct engine *engine;
    uint32_t records; /* of the fixture's, that it has heard */
} said_twin;

static inline void twin_hears(const struct fixture *f, const struct oc_event *event)
{
    for (; said_twin.engine && said_twin.records < f->record_count; said_twin.records++)
        assert_int_equal(
            engine_restore(said_twin.engine, (const struct oc_event *)(const void *)f->records[said_twin.records]),
            OC_OK);
    if (said_twin.engine && event)
        assert_int_equal(engine_restore(said_twin.engine, event), OC_OK);
    if (said_twin.engine)
        engine_clear_out(said_twin.engine);
}

static inline oc_rc fixture_said(struct fixture *f, void *event)
{
    struct oc_event *head = event;
    const int64_t qty = held(f);
    const oc_i128 money = realised(f);
    head->local_ns = f->now_ns;
    if (!head->venue_ns)
        head->venue_ns = f->now_ns;
    twin_hears(f, NULL); /* what was asked for before */
    head->seq = ++f->seq;
    const oc_rc rc = engine_input(f->engine, head, true);
    if (rc == OC_OK)
        notes_add_up(f, qty, money);
    twin_hears(f, head);
    fixture_flush(f);
    return rc;
}

static inline void says(struct fixture *f, void *event) { assert_int_equal(fixture_said(f, event), OC_OK); }

/* An order of ours that the venue has accepted under this id. */
static inline uint64_t said_accepted(struct fixture *f, uint8_t side, int64_t qty, int64_t price,
                                     const char *venue_order)
{
    const uint64_t order = fixture_submit(f, fixture_order(f, side, qty, price));
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_ACCEPTED, venue_order);
    assert_int_not_equal(order, 0);
    said.answer.order = said.answer.request = order;
    says(f, &said);
    return order;
}

static inline void says_fetched(struct fixture *f)
{
    struct oc_ev_fetched fetched = {.head = {.size = sizeof fetched, .type = OC_EV_FETCHED, .source = f->account},
                                    .kind = OC_FETCH_FILLS};
    says(f, &fetched);
}

/* As the engine's input, without what follows: its notes can be looked at. How many of this kind; the last in *ret. */
static inline uint32_t notes_of(struct fixture *f, void *event, uint32_t kind, struct out_note *ret)
{
    struct oc_event *head = event;
    uint32_t count = 0;
    head->local_ns = f->now_ns;
    head->seq = ++f->seq;
    const int64_t qty = held(f);
    const oc_i128 money = realised(f);
    assert_int_equal(engine_input(f->engine, head, true), OC_OK);
    notes_add_up(f, qty, money);
    const struct engine_out *out = engine_out(f->engine);
    for (uint32_t i = 0; i < out->note_count; i++)
        if (out->notes[i].kind == kind) {
            count++;
            *ret = out->notes[i];
        }
    fixture_flush(f);
    return count;
}

static inline uint64_t alarms_of(const struct fixture *f) { return engine_stats(f->engine)->alarms; }

static inline int64_t open_buys(const struct fixture *f)
{
    const struct book *book = fixture_book(f);
    return book ? book->open_buy : 0;
}

/* Money of the quote asset, in units of 1e-5: what one price unit times one quantity unit is. */
static inline int64_t cash(const struct fixture *f)
{
    return (int64_t)(portfolio_balance(engine_portfolio(f->engine), f->account, f->quote) /
                     num_pow10_128(MONEY_SCALE - 5));
}

#define CASH 100000000000ll /* what the account has at first, likewise */

#endif
