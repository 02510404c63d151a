/* sim_link_test.c: the host, its engine and a connector against its face of the rehearsal venue, in process and in simulated time: the example
 * connector_plain, and (REHEARSAL_BINANCEUS) the connector of Binance.US. Ten thousand orders of which one in five has an outcome that nobody
 * says, in four ways: none lost, none doubled, the venue's ledger is ours. And the highest rate that the venue allows, for hours: no ban. */
#include "rehearsal/sim_link_kit.h"

#include <outcry/kit/dec.h>

/* Orders whose request was lost before: the host counts them in full for good, for that nobody knows an order proves nothing to it. */
static uint32_t never_arrived(void) { return (uint32_t)w.exchange->faults.made[FAULT_DROP_REQUESTS]; }

static void come_to_rest(void)
{
    command("calm");
    pump(90000);
    ask_for(OC_FETCH_FILLS);
    pump(10000);
}

static void ten_thousand_orders_and_one_in_five_outcomes_is_not_said(void **state)
{
    (void)state;
    begin(1);
    come_up();
    command("drop requests of orders 1 in 20"); /* lost before */
    command("drop answers of orders 1 in 19");  /* answer lost after; of what is left */
    command("fail answers of orders 1 in 18");  /* 5xx after execution */
    command("reset answers of orders 1 in 17"); /* reset after accept */
    while (w.made_count < ORDERS) {
        pump((int64_t)(90 + below(60)));
        for (uint64_t i = below(4); i > 0; i--)
            others_trade();
        if (orders_open_count(engine_orders(w.f->engine)) >= OPEN_MAX + never_arrived() || below(4) == 0)
            cancel_one();
        if (below(12) == 0) /* it counts as an order: more of them and there is no room for all */
            amend_one();
        if (orders_open_count(engine_orders(w.f->engine)) < OPEN_MAX + UNKNOWN_MAX + never_arrived())
            make_order();
    }
    come_to_rest();
    print_message("%u orders, %llu unknown, %llu fills there, %llu exchanges, %llu told to wait\n", w.made_count,
                  (unsigned long long)w.unknowns, (unsigned long long)core_fill_count(w.exchange->core),
                  (unsigned long long)w.link.asked, (unsigned long long)w.exchange->quota.waits);
    judge();
    assert_true(w.unknowns > ORDERS / 8); /* of some the stream says what became of them before anybody is in doubt */
    assert_true(core_fill_count(w.exchange->core) > ORDERS / 2);
    uint64_t ambiguous = 0;
    for (int kind = 0; kind < 4; kind++) {
        static const enum fault_kind kinds[] = {FAULT_DROP_REQUESTS, FAULT_DROP_ANSWERS, FAULT_FAIL_ANSWERS,
                                                FAULT_RESET_ANSWERS};
        assert_in_range(w.exchange->faults.made[kinds[kind]], ORDERS / 25, ORDERS / 15);
        ambiguous += w.exchange->faults.made[kinds[kind]];
    }
    assert_in_range(ambiguous, ORDERS * 18 / 100, ORDERS * 22 / 100);
    end();
}

static void at_the_highest_rate_nobody_is_banned(void **state)
{
    (void)state;
    begin(2);
    come_up();
    const int64_t until_ns = w.now_ns + REHEARSAL_HOURS * 3600 * S;
    while (w.now_ns < until_ns) {
        for (int i = 0; i < 12; i++) /* more than there is room for: what waits is withdrawn when it is too late */
            make_order();
        pump(1000);
        others_trade();
        for (int i = 0; i < 12; i++)
            cancel_one();
    }
    come_to_rest();
    print_message("%u orders, %u there, %llu exchanges, %llu told to wait, %llu bans\n", w.made_count,
                  core_order_count(w.exchange->core), (unsigned long long)w.link.asked,
                  (unsigned long long)w.exchange->quota.waits, (unsigned long long)w.exchange->quota.bans);
    assert_int_equal(w.exchange->quota.bans, 0);
    assert_int_equal(w.exchange->quota.waits, 0);
    assert_true(core_order_count(w.exchange->core) > REHEARSAL_HOURS * 3600 * shape.orders_a_second);
    judge();
    end();
}

/* What was not told while a stream was down is found by asking. */
static void ask_about_all(void)
{
    for (uint32_t i = 0; i < w.made_count; i++) { /* a fill that no number shows is found by asking */
        const struct order *order = fixture_find(w.f, w.made[i].id);
        uint64_t token;
        struct oc_fetch look = {
            .size = sizeof look, .kind = OC_FETCH_ORDER, .account = 1, .inst = w.f->inst, .order = w.made[i].id};
        client_id_make(w.venue.table->venue, 0, w.made[i].id, 0, &look.client);
        struct oc_id client, theirs;
        engine_order_called(w.f->engine, w.made[i].id, &client, &theirs);
        if (client.size)
            look.client = client;
        if (order && order_is_open(order))
            assert_int_equal(io_venue_fetch(&w.venue, &look, &token), OC_OK);
    }
    pump(10000);
    ask_for(OC_FETCH_FILLS);
    pump(10000);
    /* A fill that was missed moves money which a balance had shown moved by then; the next balance says how much there is. */
    ask_for(OC_FETCH_BALANCES);
    pump(1000);
}

/* Everything of a stream goes wrong, and so do requests; what stands at the end is what the venue has. */
static void whatever_goes_wrong_the_ledgers_agree(void **state)
{
    static const char *const lines[] = {"drop messages 1 in 60",        "drop fills 1 in 40",
                                        "duplicate messages 1 in 20",   "reorder messages 1 in 50",
                                        "delay messages 900ms 1 in 30", "half-open streams 1 in 900",
                                        "reset streams 1 in 300",       "cut messages 1 in 300",
                                        "cut answers 1 in 30",          "fail requests 1 in 30",
                                        "delay requests 700ms 1 in 25", "delay answers 700ms 1 in 25",
                                        "reset connections 1 in 40",    "duplicate requests of cancels 1 in 20"};
    (void)state;
    for (uint64_t seed = 1; seed <= 6; seed++) {
        begin(seed);
        come_up();
        for (size_t i = 0; i < sizeof lines / sizeof *lines; i++)
            command(lines[i]);
        for (int i = 0; i < 500; i++) {
            pump((int64_t)(60 + below(200)));
            others_trade();
            if (below(3) == 0 && w.made_count)
                cancel_one();
            if (below(4) == 0)
                amend_one();
            if (orders_open_count(engine_orders(w.f->engine)) < OPEN_MAX)
                make_order();
            if (below(150) == 0) {
                command("maintenance on");
                pump(3000);
                command("maintenance off");
            }
            if (below(100) == 0)
                command("stale 400ms");
        }
        come_to_rest();
        ask_about_all();
        judge();
        end();
    }
}

static uint64_t rests(uint8_t side, int64_t qty, int64_t price)
{
    const uint64_t id = fixture_submit(w.f, fixture_order(w.f, side, qty, price));
    pump(1000);
    assert_int_equal(fixture_find(w.f, id)->state, STATE_ACCEPTED);
    return id;
}

static void amend(uint64_t id, int64_t qty, int64_t price)
{
    struct engine_refusal refusal;
    struct oc_request ask = {
        .order = id, .qty = qty, .price = price, .bits = OC_RQ_PRICE_CHANGED | OC_RQ_QUANTITY_CHANGED};
    assert_int_equal(engine_begin(w.f->engine, 0), OC_OK);
    assert_int_equal(engine_amend(w.f->engine, &ask, &refusal), OC_OK);
    fixture_end(w.f, true);
}

/* Where an amendment is another order, and nobody says what came of it: the old one is gone, and the new one stands; or there is none, for that there is
 * no money; or nothing has changed. */
static void an_amendment_of_which_nobody_says_what_came(void **state)
{
    static const char *const lines[] = {"drop answers of amends always", "fail answers of amends always",
                                        "drop requests of amends always"};
    (void)state;
    for (size_t i = 0; shape.replaces && i < sizeof lines / sizeof *lines; i++) {
        const bool is_done = i < 2;
        begin(3 + i);
        come_up();
        const uint64_t stands = rests(OC_SIDE_BUY, 60, 9000), gone = rests(OC_SIDE_BUY, 60, 9000);
        command(lines[i]);
        amend(stands, 70, 9100);
        amend(gone, 20000000, 9100); /* of more money than there is */
        pump(60000);
        command("calm");
        pump(60000);
        const struct order *order = fixture_find(w.f, stands);
        assert_true(order_is_open(order) && order->state == STATE_ACCEPTED && !order->ask_bits);
        assert_int_equal(order->now.qty, is_done ? 70 : 60);
        assert_int_equal(order->now.price, is_done ? 9100 : 9000);
        order = fixture_find(w.f, gone);
        assert_int_equal(order->state, is_done ? STATE_CANCELED : STATE_ACCEPTED);
        assert_true(order->now.qty == 60 && !order->ask_bits);
        end();
    }
}

static uint32_t way_of(const char *endpoint)
{
    uint32_t count;
    const uint32_t way = pool_active(&w.pool, endpoint, &count);
    assert_int_equal(count, 2);
    return way;
}

/* Orders go over the way that is cut while they are under way: what became of them is asked over the other, and nothing is sent there again. */
static void a_way_that_is_cut_with_orders_under_way_loses_and_doubles_none(void **state)
{
    (void)state;
    if (strcmp(oc_plugins_v1[0]->id, "org.example.plain") != 0) /* the ways are those of its endpoints */
        return;
    begin_with(7, true);
    come_up();
    uint32_t cuts = 0, first = 0;
    for (int i = 0; i < 400; i++) {
        pump((int64_t)(60 + below(100)));
        others_trade();
        if (below(3) == 0)
            cancel_one();
        if (orders_open_count(engine_orders(w.f->engine)) < OPEN_MAX + UNKNOWN_MAX)
            make_order();
        if (i % 20 != 10)
            continue;
        for (int k = 0; k < 3; k++)
            make_order();
        const uint32_t way = way_of("rest");
        const uint64_t unknowns = w.unknowns;
        sim_link_cut(&w.link, way, true); /* the answers are on their way */
        cuts++;
        pump(3000);
        assert_true(way_of("rest") == 1 - way && way_of("stream") == 1 - way);
        assert_true(w.unknowns > unknowns);
        sim_link_cut(&w.link, way, false);
        first += way == 0;
        if (i % 40 == 30) /* until the first is taken again */
            pump(20000);
    }
    come_to_rest();
    pump(30000);
    ask_about_all();
    print_message("%u orders, %llu unknown, %u cuts, %llu moves\n", w.made_count, (unsigned long long)w.unknowns, cuts,
                  (unsigned long long)w.pool.moves);
    assert_true(cuts == 20 && first >= 10 && w.unknowns > 20);
    assert_true(way_of("rest") == 0 && way_of("stream") == 0);
    assert_true(w.venue.counts.moves == w.pool.moves && w.pool.moves >= 2 * 20);
    judge();
    end();
}

/* Neither its answer nor its stream has said how the venue calls it: a fill that is found by asking is that order's all the same, and once. */
static void a_fill_of_an_order_whose_number_nobody_knows(void **state)
{
    (void)state;
    begin(9);
    come_up();
    command("drop answers of orders always");
    command("drop messages always");
    const uint64_t id = make(OC_SIDE_BUY, 60, 9995);
    pump(100);
    const struct core_ask sale = {.account = 1,
                                  .inst = shape.inst,
                                  .side = CORE_SELL,
                                  .type = CORE_LIMIT,
                                  .tif = CORE_IOC,
                                  .qty = 60 * HOUSE_QTY,
                                  .price = 9995};
    uint32_t order;
    assert_int_equal(core_place(w.exchange->core, w.exchange->now_ns, &sale, &order), CORE_OK);
    pump(100);
    assert_int_equal(fixture_find(w.f, id)->filled, 0);
    command("calm");
    ask_for(OC_FETCH_FILLS);
    pump(1000);
    assert_int_equal(fixture_find(w.f, id)->filled, 60);
    come_to_rest();
    ask_for(OC_FETCH_BALANCES); /* one that came before the fill would be moved by it once more */
    pump(1000);
    judge();
    end();
}

#ifdef REHEARSAL_BINANCEUS
/* What its symbols take, and how many orders of all of them may be open; what a market did in 24 hours. */
static void what_the_venue_says_of_its_markets(void **state)
{
    (void)state;
    begin(11);
    come_up();
    const uint64_t at_market = 1u << OC_ORDER_STOP, with_limit = 1u << OC_ORDER_STOP_LIMIT;
    assert_true(w.symbol_count >= 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_int_equal(w.symbols[i].max_orders, 200);
        assert_int_equal(w.symbols[i].max_orders_of_account, 200);
        assert_int_equal(w.symbols[i].max_stop_orders_of_account, 0);
        assert_true(w.symbols[i].present & OC_INST_HAS_ORDERS);
        assert_int_equal(w.symbols[i].orders & (at_market | with_limit),
                         strcmp(w.symbols[i].symbol, "BTC/USD") == 0 ? with_limit : at_market | with_limit);
    }
    const struct oc_sub figures = {.topic = OC_TOPIC_FIGURES, .inst = w.f->inst};
    assert_int_equal(io_venue_subscribe(&w.venue, &figures), OC_OK);
    pump(500);
    const uint64_t order = make(OC_SIDE_BUY, 60, 9995);
    pump(100);
    const struct core_ask sale = {.account = 1,
                                  .inst = shape.inst,
                                  .side = CORE_SELL,
                                  .type = CORE_LIMIT,
                                  .tif = CORE_IOC,
                                  .qty = 60 * HOUSE_QTY,
                                  .price = 9995};
    uint32_t sold;
    assert_int_equal(core_place(w.exchange->core, w.exchange->now_ns, &sale, &sold), CORE_OK);
    pump(500);
    assert_int_equal(fixture_find(w.f, order)->filled, 60);
    static const uint32_t said[] = {OC_FIGURE_LAST,    OC_FIGURE_OPEN_24H,   OC_FIGURE_HIGH_24H,
                                    OC_FIGURE_LOW_24H, OC_FIGURE_VOLUME_24H, OC_FIGURE_TURNOVER_24H};
    assert_int_equal(w.figure_count, 6);
    for (uint32_t i = 0; i < 6; i++)
        assert_int_equal(w.figures[i].what, said[i]);
    assert_true(w.figures[0].value.units > 0 && w.figures[4].value.units > 0);
    assert_int_equal(oc_dec_compare(w.figures[0].value, w.figures[2].value), 0); /* of the only trade */
    come_to_rest();
    judge();
    end();
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_thousand_orders_and_one_in_five_outcomes_is_not_said),
        cmocka_unit_test(at_the_highest_rate_nobody_is_banned),
        cmocka_unit_test(whatever_goes_wrong_the_ledgers_agree),
        cmocka_unit_test(an_amendment_of_which_nobody_says_what_came),
        cmocka_unit_test(a_fill_of_an_order_whose_number_nobody_knows),
#ifdef REHEARSAL_BINANCEUS
        cmocka_unit_test(what_the_venue_says_of_its_markets),
#endif
        cmocka_unit_test(a_way_that_is_cut_with_orders_under_way_loses_and_doubles_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
