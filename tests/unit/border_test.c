/* border_test.c: what a simulator or a reader says is judged before it counts (findings P4). */
#include "support/engine_fixture.h"

#include "base/log.h"
#include "feed/source.h"
#include "session/border.h"

static struct oc_ev_fill fill_of(const struct fixture *f, uint64_t order)
{
    return (struct oc_ev_fill){
        .head = {.size = sizeof(struct oc_ev_fill), .type = OC_EV_FILL, .source = f->account, .inst = f->inst},
        .order = order,
        .price = 9900,
        .qty = 4,
        .side = OC_SIDE_BUY,
        .fee_asset = f->quote,
        .trade_id_size = 1,
        .trade_id = "a"};
}

static void refused(struct fixture *f, const void *event, const char *why)
{
    const char *said = border_refuses(f->engine, event);
    if (!why) {
        assert_null(said);
        return;
    }
    assert_non_null(said);
    assert_string_equal(said, why);
}

static void P4_fills_that_cannot_be(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    const struct oc_ev_fill good = fill_of(f, order);
    struct oc_ev_fill fill = good;
    refused(f, &fill, NULL);
    fill.side = OC_SIDE_NONE; /* the order knows */
    refused(f, &fill, NULL);
    fill.side = OC_SIDE_SELL;
    refused(f, &fill, "a fill on the other side than its order");
    fill = good;
    fill.qty = 10;
    refused(f, &fill, NULL);
    fill.qty = 11;
    refused(f, &fill, "more is filled than was asked for");
    fill.qty = INT64_MAX;
    refused(f, &fill, "more is filled than was asked for");
    fill.qty = 0;
    refused(f, &fill, "a fill of nothing, or less");
    fill.qty = -1;
    refused(f, &fill, "a fill of nothing, or less");
    fill = good;
    fill.price = 1;
    refused(f, &fill, NULL);
    fill.price = 0;
    refused(f, &fill, "a price that the instrument cannot have");
    fill.price = -1;
    refused(f, &fill, "a price that the instrument cannot have");
    fill = good;
    fill.fee_asset = 0;
    refused(f, &fill, NULL);
    fill.fee_asset = 999;
    refused(f, &fill, "a fee in an asset that is not known");
    fill = good;
    fill.trade_id_size = 0;
    refused(f, &fill, "a fill without an identity");
    fill.trade_id_size = sizeof fill.trade_id;
    refused(f, &fill, NULL);
    fill.trade_id_size = sizeof fill.trade_id + 1;
    refused(f, &fill, "a fill without an identity");
    fill = good;
    fill.order = order + 1;
    refused(f, &fill, "an answer about an order that is not known");
    fill = good;
    fill.head.source = f->account + 1;
    refused(f, &fill, "an answer of another account than its order");
    fill.head.source = 0; /* not said */
    refused(f, &fill, NULL);
    fill.head.inst = 0;
    refused(f, &fill, "an answer of another instrument than its order");
    /* what was filled before counts, and an amend that is under way allows the larger quantity */
    fixture_say(f, OC_EV_ACCEPTED, order);
    fixture_trade(f, order, OC_SIDE_BUY, 7, 9900);
    fill = good;
    fill.qty = 3;
    refused(f, &fill, NULL);
    fill.qty = 4;
    refused(f, &fill, "more is filled than was asked for");
    struct oc_request amend = {.order = order, .qty = 12, .bits = OC_RQ_QUANTITY_CHANGED};
    struct engine_refusal refusal;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(f->engine, &amend, &refusal), OC_OK);
    fixture_end(f, true);
    fill.qty = 5;
    refused(f, &fill, NULL);
    fill.qty = 6;
    refused(f, &fill, "more is filled than was asked for");
    fixture_free(f);
}

static void P4_kinds_of_events(void **state)
{
    (void)state;
    static const char no[] = "an event that no simulator may make";
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    for (uint16_t type = 0; type < OC_EV_END + 3; type++) {
        if (type == OC_EV_FILL)
            continue;
        struct oc_ev_answer answer = fixture_answer(f, type, order);
        bool is_answer = type >= OC_EV_ACCEPTED && type <= OC_EV_SENT;
        refused(f, &answer, is_answer ? NULL : no);
        answer.order = 0;
        refused(f, &answer, is_answer ? "an answer about an order that is not known" : no);
        answer.head.size = sizeof answer - 8; /* shorter than what it is said to be */
        refused(f, &answer, no);
    }
    struct oc_ev_fill fill = fill_of(f, order);
    fill.head.size -= 8;
    refused(f, &fill, no);
    fixture_free(f);
}

static void nonsense_is_counted_and_ends_at_its_limit(void **state)
{
    (void)state;
    struct border border = {.simulator = "org.example.sim"};
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_ev_fill fill = fill_of(f, 1);
    log_set_level(LOG_NONE);
    for (uint32_t i = 1; i < BORDER_REFUSED_MAX; i++)
        assert_int_equal(border_say(&border, "x", &fill.head), OC_OK);
    assert_int_equal(border_say(&border, "x", &fill.head), OC_E_DATA);
    assert_true(border.refused == BORDER_REFUSED_MAX);
    log_set_level(LOG_INFO);
    fixture_free(f);
}

static void alarms_are_counted(void **state)
{
    (void)state;
    struct border border = {0};
    struct out_note notes[] = {
        {.kind = NOTE_ALARM, .words = "one"}, {.kind = NOTE_ORDER}, {.kind = NOTE_ALARM, .words = "two"}};
    const struct engine_out out = {.notes = notes, .note_count = 3};
    log_set_level(LOG_NONE);
    border_say_alarms(&border, &out);
    assert_true(border.alarms == 2 && border.refused == 0);
    log_set_level(LOG_INFO);
}

/* A connector: its word is a fact; only what cannot be booked is refused, and what is another account's. */

static void venue_refuses(const struct fixture *f, const void *event, const char *why)
{
    const char *said = border_refuses_venue(f->engine, f->account, event);
    if (!why) {
        assert_null(said);
        return;
    }
    assert_non_null(said);
    assert_non_null(strstr(said, why));
}

static void a_connector_speaks_for_its_own_account(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct oc_ev_fill fill = fill_of(f, order);
    struct oc_ev_answer answer = {.head = {.size = sizeof answer, .type = OC_EV_ACCEPTED, .source = f->account},
                                  .order = order};
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE, .source = f->account},
                                    .account = f->account,
                                    .asset = f->quote,
                                    .total = {5, 0, 0}};
    struct oc_ev_trade trade = {
        .head = {.size = sizeof trade, .type = OC_EV_TRADE, .source = f->account, .inst = f->inst}, .price = 9900};
    struct oc_event *const events[] = {&fill.head, &answer.head, &balance.head, &trade.head};
    for (size_t i = 0; i < sizeof events / sizeof events[0]; i++) {
        venue_refuses(f, events[i], NULL);
        events[i]->source = f->account + 1;
        venue_refuses(f, events[i], "an account that is not the connector's");
        events[i]->source = f->account;
        events[i]->size -= 8;
        venue_refuses(f, events[i], "wrong size");
        events[i]->size += 8;
    }
    balance.account = f->account + 1;
    venue_refuses(f, &balance, "a balance of an account");
    balance.account = f->account;
    balance.asset = 0;
    venue_refuses(f, &balance, "an asset that is not known");
    balance.asset = 9999;
    venue_refuses(f, &balance, "an asset that is not known");
    balance.asset = f->quote;
    balance.total.scale = 99;
    venue_refuses(f, &balance, "cannot be counted");
    fixture_free(f);
}

static void what_only_contradicts_is_a_fact_of_the_venue(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    const struct oc_ev_fill good = fill_of(f, order);
    struct oc_ev_fill fill = good;
    fill.side = OC_SIDE_SELL;
    venue_refuses(f, &fill, NULL);
    fill.qty = 11;
    venue_refuses(f, &fill, NULL);
    fill.order = 77;
    venue_refuses(f, &fill, NULL);
    fill.side = OC_SIDE_NONE;
    venue_refuses(f, &fill, "without a side");
    fill = good;
    fill.qty = 0;
    venue_refuses(f, &fill, "nothing, or less");
    fill = good;
    fill.fee_asset = 9999;
    venue_refuses(f, &fill, "an asset that is not known");
    fill = good;
    fill.fee.scale = -1;
    venue_refuses(f, &fill, "cannot be counted");
    fill = good;
    fill.trade_id_size = 0;
    venue_refuses(f, &fill, "without an identity");
    fill = good;
    fill.head.inst = OC_INST(99, 1);
    venue_refuses(f, &fill, "an instrument that is not known");
    fixture_free(f);
}

static void market_events_of_a_connector(void **state)
{
    static const uint16_t others[] = {OC_EV_NONE,  OC_EV_REQUEST, OC_EV_DENIED, OC_EV_TIMER, OC_EV_COMMAND,
                                      OC_EV_STATE, OC_EV_LATCH,   OC_EV_MARK,   OC_EV_END,   65535};
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    union {
        struct oc_ev_trade trade;
        struct oc_ev_bar bar;
        struct oc_request room;
    } event = {
        .trade = {.head = {.size = sizeof event.trade, .type = OC_EV_TRADE, .source = f->account, .inst = f->inst},
                  .price = 9900}};
    venue_refuses(f, &event, NULL);
    event.trade.price = 0;
    venue_refuses(f, &event, "a trade without a price");
    event.trade.price = INT64_MAX;
    venue_refuses(f, &event, "beyond what a host can count");
    event.trade.price = 9900;
    event.trade.head.inst = OC_INST(99, 1);
    venue_refuses(f, &event, "an instrument that is not known");
    event.trade.head.inst = OC_INST(OC_INST_INDEX(f->inst), 7); /* a version that there is not */
    venue_refuses(f, &event, "an instrument that is not known");
    event.bar = (struct oc_ev_bar){
        .head = {.size = sizeof event.bar, .type = OC_EV_BAR, .source = f->account, .inst = f->inst, .venue_ns = 60},
        .period_ns = 60,
        .open = 10,
        .high = 9,
        .low = 8,
        .close = 9};
    venue_refuses(f, &event, "contradict each other");
    event.bar.high = 11;
    venue_refuses(f, &event, NULL);
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        event.bar.head.type = others[i];
        venue_refuses(f, &event, "an event that no connector may make");
    }
    fixture_free(f);
}

/* A reader of somebody else's. */

static union {
    struct oc_ev_bar bar;
    struct oc_ev_trade trade;
    struct oc_ev_quote quote;
    struct oc_event head;
} next;
static struct feed_source source;

static oc_rc pull(void *self, uint64_t token, uint32_t event_max)
{
    struct oc_event *event;
    (void)self, (void)token, (void)event_max;
    assert_int_equal(feed_reserve(&source.feed, next.head.size, &event), OC_OK);
    memcpy(event, &next, next.head.size);
    assert_int_equal(feed_commit(&source.feed, event), OC_OK);
    return 1;
}

static const struct oc_data table = {.size = sizeof table, .pull = pull};

static void bar(int64_t open, int64_t high, int64_t low, int64_t close, int64_t volume, const char *why)
{
    struct oc_event *event;
    next.bar = (struct oc_ev_bar){
        .head = {.size = sizeof next.bar, .type = OC_EV_BAR, .inst = OC_INST(1, 1), .venue_ns = source.last_ns + 60},
        .open_ns = source.last_ns,
        .period_ns = 60,
        .open = open,
        .high = high,
        .low = low,
        .close = close,
        .volume = volume,
        .present = OC_HAS_VOLUME};
    source.error = (struct error){0};
    assert_int_equal(feed_source_next_judged(&source, &event), why ? OC_E_DATA : OC_OK);
    if (why)
        assert_non_null(strstr(source.error.what, why));
}

static void P4_events_of_a_reader(void **state)
{
    (void)state;
    static const char shape[] = "open, high, low and close contradict each other";
    struct oc_event *event;
    source = (struct feed_source){.table = &table,
                                  .info = {.event_type = OC_EV_BAR},
                                  .inst = OC_INST(1, 1),
                                  .until_ns = INT64_MAX,
                                  .is_judged = true};
    strcpy(source.path, "x.bin");
    assert_int_equal(feed_init(&source.feed, FEED_SIZE_MIN, 0), OC_OK);
    bar(100, 110, 90, 105, 5, NULL);
    bar(100, 100, 100, 100, 0, NULL);
    bar(111, 110, 90, 105, 5, shape);
    bar(89, 110, 90, 105, 5, shape);
    bar(100, 110, 90, 111, 5, shape);
    bar(100, 110, 90, 89, 5, shape);
    bar(100, 89, 90, 100, 5, shape);
    bar(0, 110, 0, 105, 5, "a price of zero or less");
    bar(100, 110, 90, 105, -1, "a negative volume");
    bar(100, 110, 90, 105, 5, NULL);
    next.bar.head.venue_ns = source.last_ns - 1;
    assert_int_equal(feed_source_next_judged(&source, &event), OC_E_DATA);
    assert_non_null(strstr(source.error.what, "event 11 that its reader made cannot be: time goes back"));
    next.bar.head.venue_ns = source.last_ns + 120;
    next.bar.open_ns = next.bar.head.venue_ns;
    assert_int_equal(feed_source_next_judged(&source, &event), OC_E_DATA);
    next.bar.open_ns = source.last_ns;
    next.bar.head.venue_ns = source.last_ns + 120;
    next.bar.head.inst = OC_INST(2, 1);
    assert_int_equal(feed_source_next_judged(&source, &event), OC_E_DATA);
    next.bar.head.inst = OC_INST(1, 1);
    next.bar.head.type = OC_EV_TRADE;
    assert_int_equal(feed_source_next_judged(&source, &event), OC_E_DATA);
    source.info.event_type = OC_EV_TRADE;
    static const struct {
        int64_t price, qty;
        bool is_good;
    } trades[] = {{1, 0, true}, {1, 5, true}, {0, 5, false}, {-1, 5, false}, {1, -1, false}};
    for (size_t i = 0; i < sizeof trades / sizeof trades[0]; i++) {
        next.trade = (struct oc_ev_trade){
            .head = {.size = sizeof next.trade, .type = OC_EV_TRADE, .inst = OC_INST(1, 1), .venue_ns = source.last_ns},
            .price = trades[i].price,
            .qty = trades[i].qty,
            .present = OC_HAS_QTY};
        assert_int_equal(feed_source_next_judged(&source, &event), trades[i].is_good ? OC_OK : OC_E_DATA);
    }
    source.info.event_type = OC_EV_QUOTE;
    for (int i = 0; i < 4; i++) {
        next.quote = (struct oc_ev_quote){
            .head = {.size = sizeof next.quote, .type = OC_EV_QUOTE, .inst = OC_INST(1, 1), .venue_ns = source.last_ns},
            .bid = i == 1 ? 0 : 5,
            .ask = i == 2 ? 0 : 6,
            .present = i == 3 ? 0 : OC_HAS_BID | OC_HAS_ASK};
        assert_int_equal(feed_source_next_judged(&source, &event), i == 1 || i == 2 ? OC_E_DATA : OC_OK);
    }
    next.quote.present = OC_HAS_BID; /* one of ours judges itself */
    next.quote.bid = 0;
    assert_int_equal(feed_source_next(&source, &event), OC_OK);
    feed_release(&source.feed);
}

static struct oc_sim_terms offered; /* what the simulator answers */
static oc_rc offered_rc;

static oc_rc say_terms(void *self, uint32_t account, struct oc_sim_terms *ret_terms)
{
    (void)self, (void)account;
    assert_int_equal(ret_terms->size, sizeof *ret_terms);
    *ret_terms = offered;
    return offered_rc;
}

/* On what terms an account trades: the larger of two fees reserves, whatever digits they are written with. */
static void terms_are_those_of_the_simulator(void **state)
{
    (void)state;
    static const struct {
        struct oc_dec taker, maker, fee;
        oc_rc rc;
        uint32_t bits;
    } rows[] = {{{1, 3, 0}, {15, 4, 0}, {15, 4, 0}, OC_OK, OC_SIM_FUNDS},
                {{1, 3, 0}, {5, 4, 0}, {1, 3, 0}, OC_OK, OC_SIM_SHORT},
                {{15, 4, 0}, {1, 3, 0}, {15, 4, 0}, OC_OK, 0},
                {{5, 4, 0}, {1, 3, 0}, {1, 3, 0}, OC_OK, OC_SIM_FUNDS | OC_SIM_SHORT},
                {{0, 0, 0}, {0, 0, 0}, {0, 0, 0}, OC_OK, OC_SIM_FUNDS},
                {{1, OC_DEC_SCALE_MAX, 0}, {0, OC_DEC_SCALE_MAX, 0}, {1, OC_DEC_SCALE_MAX, 0}, OC_OK, 0},
                {{1, 3, 0}, {5, 4, 0}, {0, 0, 0}, OC_OK, OC_SIM_FEE_IN_BASE},
                {{1, -1, 0}, {0, 0, 0}, {7, 2, 0}, OC_E_DATA, 0},
                {{0, 0, 0}, {1, OC_DEC_SCALE_MAX + 1, 0}, {7, 2, 0}, OC_E_DATA, 0},
                {{1, 3, 0}, {0, 0, 0}, {7, 2, 0}, OC_E_IO, 0}};
    const struct oc_sim sim = {.size = sizeof sim, .terms = say_terms}, mute = {.size = sizeof mute};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct venues *venues = calloc(1, sizeof *venues);
        struct portfolio *portfolio = engine_portfolio(f->engine);
        const struct account_terms *terms = &portfolio_account(portfolio, f->account)->terms;
        portfolio_account(portfolio, f->account)->terms.fee = (struct oc_dec){7, 2, 0};
        offered = (struct oc_sim_terms){.bits = rows[i].bits, .taker_fee = rows[i].taker, .maker_fee = rows[i].maker};
        offered_rc = rows[i].rc == OC_E_IO ? OC_E_IO : OC_OK;
        assert_int_equal(venues_take_terms(venues, portfolio, f->account), OC_OK); /* there is no venue */
        assert_int_equal(venues_add(venues, f->account, i % 2 ? &sim : &mute, f), OC_OK);
        assert_int_equal(venues_take_terms(venues, portfolio, f->account), i % 2 ? rows[i].rc : OC_OK);
        if (i % 2 == 0) { /* one that says nothing of it leaves them as they are */
            assert_int_equal(terms->fee.units, 7);
            venues_release(venues);
            assert_int_equal(venues_add(venues, f->account, &sim, f), OC_OK);
            assert_int_equal(venues_take_terms(venues, portfolio, f->account), rows[i].rc);
        }
        assert_int_equal(terms->fee.units, rows[i].fee.units);
        assert_int_equal(terms->fee.scale, rows[i].fee.scale);
        assert_int_equal(terms->has_funds, (rows[i].bits & OC_SIM_FUNDS) != 0);
        assert_int_equal(terms->may_short, (rows[i].bits & OC_SIM_SHORT) != 0);
        venues_release(venues);
        free(venues);
        fixture_free(f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(P4_fills_that_cannot_be),
        cmocka_unit_test(P4_kinds_of_events),
        cmocka_unit_test(nonsense_is_counted_and_ends_at_its_limit),
        cmocka_unit_test(alarms_are_counted),
        cmocka_unit_test(a_connector_speaks_for_its_own_account),
        cmocka_unit_test(what_only_contradicts_is_a_fact_of_the_venue),
        cmocka_unit_test(market_events_of_a_connector),
        cmocka_unit_test(terms_are_those_of_the_simulator),
        cmocka_unit_test(P4_events_of_a_reader),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
