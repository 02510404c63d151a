/* border_venue_test.c: each form that a connector may say is judged: sizes, tails, ids, numbers that cannot be counted, and what
 * only the host may say. */
#include "session/border.h"
#include "support/said_kit.h"

/* A copy with room behind it, so that an event can be made longer than it is. */
union room {
    struct oc_event head;
    struct oc_ev_venue_answer answer;
    struct oc_ev_venue_fill fill;
    struct oc_ev_order order;
    struct oc_ev_bust bust;
    struct oc_ev_position position;
    struct oc_ev_account account;
    struct oc_ev_ledger ledger;
    struct oc_ev_venue venue;
    struct oc_ev_fetched fetched;
    struct oc_ev_book book;
    struct oc_ev_book_orders orders;
    struct oc_ev_figures figures;
    struct oc_ev_funding funding;
    struct oc_ev_balance balance;
    struct oc_ev_session session;
    struct oc_ev_limit limit;
    char bytes[4096];
};

static void judged(const struct fixture *f, const union room *event, const char *why)
{
    const char *said = border_refuses_venue(f->engine, f->account, &event->head);
    if (!why)
        assert_null(said);
    else
        assert_true(said && strstr(said, why));
}

static union room event_of(const struct fixture *f, uint16_t type, size_t size)
{
    union room event = {.bytes = {0}};
    event.head = (struct oc_event){.size = (uint32_t)size, .type = type, .source = f->account, .inst = f->inst};
    return event;
}

static const char wrong[] = "wrong size";

/* A tail lies behind the payload, inside the event, and not one byte elsewhere. */
static void tail_through(const struct fixture *f, const union room *event, size_t offset_at, size_t count_at,
                         uint32_t each)
{
    static union room copy; /* judged in place: the fields are of this one */
    uint32_t *const field = (uint32_t *)(void *)(copy.bytes + offset_at);
    uint32_t *const count = (uint32_t *)(void *)(copy.bytes + count_at);
    const uint32_t payload = event->head.size, align = each > 1 ? 8 : 1;
    const struct {
        uint32_t more, offset, count;
        const char *why;
    } cases[] = {{0, 0, 8, wrong},
                 {8 * each, payload, 8, NULL},
                 {8 * each, payload - align, 8, wrong},
                 {8 * each, payload + align, 8, wrong},
                 {8 * each, UINT32_MAX - 7, 8, wrong},
                 {8 * each, payload, 9, wrong},
                 {8 * each, payload, UINT32_MAX, wrong},
                 {8 * each, UINT32_MAX, 0, NULL},
                 {8 * each + 8, payload + 4, 8, align == 8 ? wrong : NULL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        copy = *event;
        copy.head.size = payload + cases[i].more;
        *field = cases[i].offset;
        *count = cases[i].count;
        judged(f, &copy, cases[i].why);
    }
}

#define TAIL(event, offset, count, each)                                                                               \
    do {                                                                                                               \
        union room *const told = &(event);                                                                             \
        tail_through(f, told, (size_t)((char *)&told->offset - told->bytes),                                           \
                     (size_t)((char *)&told->count - told->bytes), each);                                              \
    } while (0)

static void answers(void **state)
{
    (void)state;
    static const uint16_t types[] = {OC_EV_ACCEPTED,        OC_EV_REJECTED,      OC_EV_CANCELED, OC_EV_EXPIRED,
                                     OC_EV_TRIGGERED,       OC_EV_AMENDED,       OC_EV_ABSENT,   OC_EV_TAKEN,
                                     OC_EV_CANCEL_REJECTED, OC_EV_AMEND_REJECTED};
    static const uint16_t of_host[] = {OC_EV_UNKNOWN, OC_EV_NOT_THERE, OC_EV_SENT};
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        union room event = event_of(f, types[i], sizeof(struct oc_ev_answer));
        judged(f, &event, NULL);
        event.head.size = sizeof event.answer;
        judged(f, &event, NULL);
        event.answer.venue_order.size = OC_ID_MAX;
        judged(f, &event, NULL);
        event.answer.venue_order.size = OC_ID_MAX + 1;
        judged(f, &event, wrong);
        event.head.size -= 8; /* too short to hold one */
        judged(f, &event, NULL);
        event = event_of(f, types[i], sizeof event.answer);
        event.answer.client.size = OC_ID_MAX + 1;
        judged(f, &event, wrong);
        event.answer.client.size = 0;
        TAIL(event, answer.tail, answer.text_size, 1);
    }
    for (size_t i = 0; i < sizeof of_host / sizeof of_host[0]; i++) {
        union room event = event_of(f, of_host[i], sizeof(struct oc_ev_answer));
        judged(f, &event, NULL); /* a connector could not commit it */
    }
    fixture_free(f);
}

static void fills(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event = event_of(f, OC_EV_FILL, sizeof event.fill);
    event.fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "t1");
    judged(f, &event, NULL);
    event.fill.venue_order.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.fill.venue_order.size = 2;
    event.fill.client.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.fill.client.size = 0;
    event.fill.position.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.fill.position.size = 0;
    event.fill.value.scale = 19;
    judged(f, &event, "sums");
    event.fill.value.scale = 0;
    event.fill.realised.scale = -1;
    judged(f, &event, "sums");
    event.fill.realised.scale = 0;
    event.fill.cum_qty = -1;
    judged(f, &event, "sums");
    event.fill.cum_qty = 0;
    event.fill.fill.side = OC_SIDE_NONE;
    judged(f, &event, "without a side");
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1"); /* now the order knows */
    judged(f, &event, NULL);
    fixture_free(f);
}

static void orders(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const struct oc_ev_order good = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
    union room event = event_of(f, OC_EV_ORDER, sizeof event.order);
    event.order = good;
    judged(f, &event, NULL);
    TAIL(event, order.tail, order.text_size, 1);
    for (uint8_t shown = 0; shown <= OC_SHOWN_UNKNOWN + 1; shown++) {
        event.order.state = shown;
        judged(f, &event, shown > OC_SHOWN_NONE && shown <= OC_SHOWN_UNKNOWN ? NULL : "that there are not");
    }
#define SPOIL(member, value, why)                                                                                      \
    do {                                                                                                               \
        event.order = good;                                                                                            \
        event.order.member = (value);                                                                                  \
        judged(f, &event, why);                                                                                        \
    } while (0)
    SPOIL(side, OC_SIDE_SELL + 1, "that there are not");
    SPOIL(type, OC_ORDER_QUOTED + 1, "that there are not");
    SPOIL(tif, OC_TIF_AT_CLOSE + 1, "that there are not");
    SPOIL(qty, -1, "cannot be counted");
    SPOIL(cum_qty, -1, "cannot be counted");
    SPOIL(cum_value.scale, 19, "cannot be counted");
    SPOIL(cum_fee.scale, 19, "cannot be counted");
    SPOIL(quote_qty.scale, 19, "cannot be counted");
    SPOIL(fee_asset, 9999, "cannot be counted");
    SPOIL(venue_order.size, 0, "without a name");
    SPOIL(venue_order.size, OC_ID_MAX + 1, wrong);
    SPOIL(client.size, OC_ID_MAX + 1, wrong);
    SPOIL(group.size, OC_ID_MAX + 1, wrong);
    SPOIL(position.size, OC_ID_MAX + 1, wrong);
    SPOIL(head.inst, OC_INST(99, 1), "not known");
#undef SPOIL
    fixture_free(f);
}

static void corrections(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event = event_of(f, OC_EV_BUST, sizeof event.bust);
    judged(f, &event, "without an identity");
    event.bust.trade_id_size = 40;
    judged(f, &event, NULL);
    event.bust.trade_id_size = 41;
    judged(f, &event, wrong);
    event.bust.trade_id_size = 2;
    event.bust.new_qty = -1;
    judged(f, &event, "cannot be counted");
    event.bust.new_qty = 0;
    event.bust.new_fee.scale = 19;
    judged(f, &event, "cannot be counted");
    event.bust.new_fee.scale = 0;
    event.bust.bust.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.bust.bust.size = 0;
    event.bust.venue_order.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.bust.venue_order.size = 0;
    event.head.inst = OC_INST(99, 1);
    judged(f, &event, "not known");
    fixture_free(f);
}

static void books_and_figures(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event = event_of(f, OC_EV_BOOK, sizeof event.book);
    judged(f, &event, "neither a snapshot nor a change");
    event.book.kind = OC_BOOK_SNAPSHOT;
    judged(f, &event, NULL);
    TAIL(event, book.tail, book.bids, sizeof(struct oc_level));
    TAIL(event, book.tail, book.asks, sizeof(struct oc_level));
    union room both = event;
    both.book.bids = both.book.asks = 1u << 31; /* whose sum is 0 in 32 bits */
    both.book.tail = sizeof both.book;
    judged(f, &both, wrong);
    struct oc_level *level = (struct oc_level *)(void *)(event.bytes + sizeof event.book);
    event.head.size += sizeof *level;
    event.book.asks = 1;
    event.book.tail = sizeof event.book;
    judged(f, &event, NULL);
    level->qty = -1;
    judged(f, &event, "less than nothing");
    level->qty = 0;
    event.book.chain = OC_CHAIN_PREVIOUS + 1;
    judged(f, &event, "unknown rule");
    event.book.chain = 0;
    event.head.inst = OC_INST(99, 1);
    judged(f, &event, "not known");

    event = event_of(f, OC_EV_BOOK_ORDERS, sizeof event.orders);
    event.orders.kind = OC_BOOK_CHANGE;
    TAIL(event, orders.tail, orders.count, sizeof(struct oc_book_order));
    event.orders.kind = OC_BOOK_CHANGE + 1;
    judged(f, &event, "neither a snapshot nor a change");

    event = event_of(f, OC_EV_FIGURES, sizeof event.figures);
    TAIL(event, figures.tail, figures.count, sizeof(struct oc_figure));
    struct oc_figure *figure = (struct oc_figure *)(void *)(event.bytes + sizeof event.figures);
    event.head.size += sizeof *figure;
    event.figures.count = 1;
    event.figures.tail = sizeof event.figures;
    judged(f, &event, NULL);
    figure->value.scale = 19;
    judged(f, &event, "a figure that cannot be counted");

    event = event_of(f, OC_EV_FUNDING, sizeof event.funding);
    judged(f, &event, NULL);
    event.funding.rate.scale = 19;
    judged(f, &event, "a funding rate");
    event.funding.rate.scale = 0;
    event.funding.interval_ns = -1;
    judged(f, &event, "a funding rate");
    fixture_free(f);
}

static void accounts(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event = event_of(f, OC_EV_POSITION, sizeof event.position);
    judged(f, &event, NULL);
    event.position.position.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.position.position.size = 0;
    event.position.leverage.scale = 19;
    judged(f, &event, "a position that cannot");
    event.position.leverage.scale = 0;
    event.position.side = OC_POSITION_SHORT + 1;
    judged(f, &event, "a position that cannot");
    event.position.side = 0;
    event.position.margin_mode = OC_MARGIN_CASH + 1;
    judged(f, &event, "a position that cannot");
    event.position.margin_mode = 0;
    event.position.qty = INT64_MIN;
    judged(f, &event, "a position that cannot");
    event.position.qty = 0;
    event.position.asset = 9999;
    judged(f, &event, "a position that cannot");

    event = event_of(f, OC_EV_ACCOUNT, sizeof event.account);
    judged(f, &event, NULL);
    event.account.last.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.account.last.size = 0;
    event.account.venue_account.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.account.venue_account.size = 0;
    event.account.leverage.scale = 19;
    judged(f, &event, "an account");
    event.account.leverage.scale = 0;
    event.account.asset = 9999;
    judged(f, &event, "an account");

    event = event_of(f, OC_EV_LEDGER, sizeof event.ledger);
    event.ledger.asset = f->quote;
    judged(f, &event, "without an identity");
    event.ledger.id = id_of("l1");
    judged(f, &event, "a state that there is not");
    event.ledger.status = OC_LEDGER_DONE;
    judged(f, &event, NULL);
    TAIL(event, ledger.tail, ledger.text_size, 1);
    event.ledger.status = OC_LEDGER_REVERSED + 1;
    judged(f, &event, "a state that there is not");
    event.ledger.status = OC_LEDGER_REVERSED;
    event.ledger.reference.size = OC_ID_MAX + 1;
    judged(f, &event, wrong);
    event.ledger.reference.size = 0;
    event.ledger.amount.scale = 19;
    judged(f, &event, "cannot be counted");
    event.ledger.amount.scale = 0;
    event.ledger.fee_asset = 9999;
    judged(f, &event, "cannot be counted");
    event.ledger.fee_asset = 0;
    event.ledger.asset = 0;
    judged(f, &event, "cannot be counted");

    event = event_of(f, OC_EV_BALANCE, sizeof event.balance);
    event.balance.asset = f->quote;
    judged(f, &event, NULL); /* of the account of its source */
    event.balance.locked.scale = 19;
    judged(f, &event, "cannot be counted");
    fixture_free(f);
}

static void venues(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event = event_of(f, OC_EV_VENUE, sizeof event.venue);
    for (uint32_t i = 0; i <= 2 * OC_VENUE_DENIED + 3; i++) { /* of OC_PART_LINK host/io lets no connector speak */
        const uint32_t shown = event.venue.state = i / 2;
        const bool is_reach = shown >= OC_VENUE_DOWN && (shown <= OC_VENUE_DEGRADED || shown == OC_VENUE_DENIED);
        const bool may = shown == OC_VENUE_READY || (shown > OC_VENUE_DEGRADED && shown <= OC_VENUE_DENIED);
        event.venue.part = i % 2 ? OC_PART_LINK : OC_PART_ALL;
        judged(f, &event, (i % 2 ? is_reach : may) ? NULL : "only the host");
    }
    event.venue.part = OC_PART_ALL;
    event.venue.state = OC_VENUE_READY;
    TAIL(event, venue.tail, venue.text_size, 1);
    event.venue.generation = 1;
    judged(f, &event, "only the host");
    event.venue.generation = 0;
    event.venue.clock_offset_ns = 1;
    judged(f, &event, "only the host");
    event.venue.clock_offset_ns = 0;
    event.venue.part = OC_PART_LINK + 1;
    judged(f, &event, "only the host");

    event = event_of(f, OC_EV_LIMIT, sizeof event.limit);
    judged(f, &event, NULL);
    event.head.size -= 8;
    judged(f, &event, wrong);
    event = event_of(f, OC_EV_FETCHED, sizeof event.fetched);
    event.fetched.cursor.size = OC_CURSOR_MAX;
    judged(f, &event, NULL);
    event.fetched.cursor.size++;
    judged(f, &event, wrong);
    event = event_of(f, OC_EV_SESSION, sizeof event.session);
    event.session.status = OC_SESSION_AUCTION;
    judged(f, &event, NULL);
    event.session.status++;
    judged(f, &event, "a session");
    event = event_of(f, OC_EV_WIRE, 64);
    judged(f, &event, "no connector may make");
    fixture_free(f);
}

/* D10: another account's event is refused, whatever it is. */
static void D10_each_form_is_of_the_connectors_own_account(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    for (uint16_t type = 0; type < OC_EV_END + 2; type++) {
        union room event = event_of(f, type, 2048);
        const char *own = border_refuses_venue(f->engine, f->account, &event.head);
        const bool is_known = !own || !strstr(own, "no connector may make");
        event.head.source = f->account + 1;
        judged(f, &event, is_known ? "an account that is not the connector's" : "no connector may make");
    }
    fixture_free(f);
}

/* D10: what names an order of another account is that account's, whoever says it. */
static void D10_another_accounts_order_is_not_filled(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t other;
    assert_int_equal(
        portfolio_add_account(engine_portfolio(f->engine), "other", "test", f->quote, COST_AVERAGE, &other), OC_OK);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    static const uint16_t types[] = {OC_EV_FILL, OC_EV_BUST, OC_EV_ORDER, OC_EV_CANCELED};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        union room event = event_of(f, types[i], 1024);
        event.answer.answer.order = order;
        event.head.source = other;
        const char *said = border_refuses_venue(f->engine, other, &event.head);
        assert_non_null(said);
        assert_string_equal(said, "an answer about another account's order");
    }
    fixture_free(f);
}

/* A simulator may say as much as a venue of its orders: then that is judged too. */
static void a_simulator_that_says_as_much_is_judged_as_much(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event = event_of(f, OC_EV_ACCEPTED, sizeof event.answer);
    event.answer.answer.order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    assert_null(border_refuses(f->engine, &event.head));
    event.answer.client.size = OC_ID_MAX + 1;
    assert_string_equal(border_refuses(f->engine, &event.head), "an event of a wrong size");
    fixture_free(f);
}

/* ---- the last value that may be, and the first that may not ---- */

#define JUDGE(event, good, member, value, why)                                                                         \
    do {                                                                                                               \
        (event) = (good);                                                                                              \
        (event).member = (value);                                                                                      \
        judged(f, &(event), why);                                                                                      \
    } while (0)

static void the_last_of_each_list_may_be_said(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint32_t assets = instruments_asset_count(engine_instruments(f->engine));
    union room event, good = event_of(f, OC_EV_ORDER, sizeof good.order);
    good.order = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
    JUDGE(event, good, order.type, OC_ORDER_QUOTED, NULL);
    JUDGE(event, good, order.tif, OC_TIF_AT_CLOSE, NULL);
    JUDGE(event, good, order.side, OC_SIDE_SELL, NULL);
    JUDGE(event, good, order.fee_asset, assets - 1, NULL);
    JUDGE(event, good, order.fee_asset, assets, "cannot be counted");
    good.order.venue_order.size = 0;
    JUDGE(event, good, order.client.size, 1, NULL);
    JUDGE(event, good, order.order, 1, NULL);

    good = event_of(f, OC_EV_FILL, sizeof good.fill);
    good.fill = said_fill(f, "V1", OC_SIDE_SELL, 1, 9900, "t1");
    JUDGE(event, good, fill.fill.side, OC_SIDE_SELL, NULL);
    JUDGE(event, good, fill.fill.side, OC_SIDE_SELL + 1, "without a side");
    JUDGE(event, good, fill.fill.qty, 0, "a fill of nothing");
    JUDGE(event, good, fill.fill.fee_asset, assets - 1, NULL);
    JUDGE(event, good, fill.fill.fee_asset, assets, "a fee");
    JUDGE(event, good, fill.fill.fee.scale, 19, "a fee");
    JUDGE(event, good, fill.fill.trade_id_size, 0, "without an identity");
    JUDGE(event, good, fill.fill.trade_id_size, sizeof good.fill.fill.trade_id, NULL);
    JUDGE(event, good, fill.fill.trade_id_size, sizeof good.fill.fill.trade_id + 1, "without an identity");
    JUDGE(event, good, head.inst, OC_INST(99, 1), "not known");

    good = event_of(f, OC_EV_LEDGER, sizeof good.ledger);
    good.ledger.asset = f->quote;
    good.ledger.id = id_of("l1");
    for (uint8_t status = 0; status <= OC_LEDGER_REVERSED + 1; status++)
        JUDGE(event, good, ledger.status, status,
              status >= OC_LEDGER_PENDING && status <= OC_LEDGER_REVERSED ? NULL : "a state that there is not");
    good.ledger.status = OC_LEDGER_DONE;
    JUDGE(event, good, ledger.asset, assets, "cannot be counted");
    JUDGE(event, good, ledger.fee_asset, assets - 1, NULL);
    JUDGE(event, good, ledger.fee_asset, assets, "cannot be counted");
    JUDGE(event, good, ledger.fee.scale, 19, "cannot be counted");
    JUDGE(event, good, ledger.after.scale, 19, "cannot be counted");
    JUDGE(event, good, ledger.id.size, 1, NULL);

    good = event_of(f, OC_EV_VENUE, sizeof good.venue);
    good.venue.state = OC_VENUE_READY;
    JUDGE(event, good, venue.part, OC_PART_TRADING, NULL);
    JUDGE(event, good, venue.clock_error_ns, 1, "only the host");

    good = event_of(f, OC_EV_BUST, sizeof good.bust);
    good.bust.trade_id_size = 1;
    JUDGE(event, good, bust.new_qty, 1, NULL);

    good = event_of(f, OC_EV_BALANCE, sizeof good.balance);
    good.balance.asset = assets - 1;
    JUDGE(event, good, balance.account, f->account, NULL);
    JUDGE(event, good, balance.account, f->account + 1, "not the connector's");
    JUDGE(event, good, balance.asset, 0, "cannot be counted");
    JUDGE(event, good, balance.asset, assets, "cannot be counted");
    JUDGE(event, good, balance.total.scale, 19, "cannot be counted");
    JUDGE(event, good, balance.free.scale, 19, "cannot be counted");
    fixture_free(f);
}

static void of_a_position_and_an_account_each_number_counts(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event, good = event_of(f, OC_EV_POSITION, sizeof good.position);
    JUDGE(event, good, position.side, OC_POSITION_SHORT, NULL);
    JUDGE(event, good, position.margin_mode, OC_MARGIN_CASH, NULL);
    JUDGE(event, good, position.qty, INT64_MIN + 1, NULL);
    JUDGE(event, good, head.inst, OC_INST(99, 1), "not known");
#define EACH(form, member, why) JUDGE(event, good, form.member.scale, 19, why)
    EACH(position, average, "a position that cannot");
    EACH(position, mark, "a position that cannot");
    EACH(position, liquidation, "a position that cannot");
    EACH(position, unrealised, "a position that cannot");
    EACH(position, realised, "a position that cannot");
    EACH(position, margin, "a position that cannot");
    EACH(position, maintenance, "a position that cannot");
    good = event_of(f, OC_EV_ACCOUNT, sizeof good.account);
    EACH(account, equity, "an account");
    EACH(account, margin_used, "an account");
    EACH(account, margin_free, "an account");
    EACH(account, maintenance, "an account");
    EACH(account, unrealised, "an account");
    EACH(account, maker_fee, "an account");
    EACH(account, taker_fee, "an account");
    good = event_of(f, OC_EV_FUNDING, sizeof good.funding);
    EACH(funding, next_rate, "a funding rate");
#undef EACH
    fixture_free(f);
}

/* Each level and each figure is looked at, the last as well as the first. */
static void each_level_and_each_figure_is_judged(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union room event = event_of(f, OC_EV_BOOK, sizeof event.book + 3 * sizeof(struct oc_level));
    struct oc_level *levels = (struct oc_level *)(void *)(event.bytes + sizeof event.book);
    event.book.kind = OC_BOOK_SNAPSHOT;
    event.book.chain = OC_CHAIN_PREVIOUS;
    event.book.tail = sizeof event.book;
    event.book.bids = 1;
    event.book.asks = 2;
    judged(f, &event, NULL);
    for (int i = 0; i < 3; i++) {
        levels[i].qty = -1;
        judged(f, &event, "less than nothing");
        levels[i].qty = 1;
    }
    event = event_of(f, OC_EV_FIGURES, sizeof event.figures + 2 * sizeof(struct oc_figure));
    struct oc_figure *figures = (struct oc_figure *)(void *)(event.bytes + sizeof event.figures);
    event.figures.tail = sizeof event.figures;
    event.figures.count = 2;
    judged(f, &event, NULL);
    for (int i = 0; i < 2; i++) {
        figures[i].value.scale = 19;
        judged(f, &event, "a figure that cannot be counted");
        figures[i].value.scale = 0;
    }
    fixture_free(f);
}

/* As long as a venue may be, and eight bytes longer. */
static void an_event_is_as_long_as_it_may_be(void **state)
{
    (void)state;
    static union {
        struct oc_ev_venue venue;
        char bytes[OC_EVENT_MAX + 8];
    } event;
    struct fixture *f = fixture_new(COST_AVERAGE);
    event.venue = event_of(f, OC_EV_VENUE, OC_EVENT_MAX).venue;
    event.venue.state = OC_VENUE_READY;
    assert_null(border_refuses_venue(f->engine, f->account, &event.venue.head));
    event.venue.head.size += 8;
    assert_string_equal(border_refuses_venue(f->engine, f->account, &event.venue.head), "an event of a wrong size");
    event.venue.head.size = sizeof event.venue + 4;
    assert_string_equal(border_refuses_venue(f->engine, f->account, &event.venue.head), "an event of a wrong size");
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers),
        cmocka_unit_test(fills),
        cmocka_unit_test(orders),
        cmocka_unit_test(corrections),
        cmocka_unit_test(books_and_figures),
        cmocka_unit_test(accounts),
        cmocka_unit_test(venues),
        cmocka_unit_test(D10_each_form_is_of_the_connectors_own_account),
        cmocka_unit_test(D10_another_accounts_order_is_not_filled),
        cmocka_unit_test(the_last_of_each_list_may_be_said),
        cmocka_unit_test(of_a_position_and_an_account_each_number_counts),
        cmocka_unit_test(each_level_and_each_figure_is_judged),
        cmocka_unit_test(an_event_is_as_long_as_it_may_be),
        cmocka_unit_test(a_simulator_that_says_as_much_is_judged_as_much),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
