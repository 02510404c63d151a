/* paper_levels_test.c: the paper venue on an order book: takers walk its levels and find less of what they took, and a resting limit waits
 * for what stands before it (formula sheet 7.2 and 7.3). */
#include "support/levels_kit.h"

static int64_t filled(const struct venue *v)
{
    int64_t sum = 0;
    for (int i = 0; i < v->fill_count; i++)
        sum += v->fills[i].qty;
    return sum;
}

/* SIM-3: a buy of 50 behind 100. Returns what is filled, and by how many fills. */
static int64_t waits(const char *model, int *ret_fills)
{
    struct venue *v = venue_new((const char *const[]){"latency", "0", "queue", model, NULL});
    struct engine *f = engine_with_book(v);
    says(v, f, 1, book_snapshot(INST, 10, "10000*100 / 10100*100"));
    send(v, 2, order(v, OC_SIDE_BUY, 50, 10000, 0));
    says(v, f, 3, book_change(INST, 11, 11, "10000*140 /"));
    says(v, f, 4, book_change(INST, 12, 12, "10000*110 /"));
    trade(v, 5, 10000, 30);
    says(v, f, 6, book_change(INST, 13, 13, "10000*80 /"));
    says(v, f, 7, book_change(INST, 14, 14, "10000*60 /"));
    trade(v, 8, 10000, 40);
    trade(v, 9, 10000, 30);
    const int64_t sum = filled(v);
    *ret_fills = v->fill_count;
    for (int i = 0; i < v->fill_count; i++) {
        assert_int_equal(v->fills[i].liquidity, OC_LIQUIDITY_MAKER);
        assert_int_equal(v->fills[i].price, 10000);
    }
    end(v);
    return sum;
}

static void a_resting_limit_waits_for_what_stands_before_it(void **state)
{
    int fills;
    (void)state;
    assert_int_equal(waits("trades", &fills), 0);
    assert_int_equal(waits("risk_averse", &fills), 10);
    assert_int_equal(fills, 1);
    assert_int_equal(waits("power", &fills), 37); /* 7, then 30 */
    assert_int_equal(fills, 2);
}

/* SIM-4. */
static void who_takes_walks_the_levels_and_finds_less_of_them_again(void **state)
{
    (void)state;
    struct venue *v = venue_new((const char *const[]){"latency", "0", "replenish", "2s", NULL});
    struct engine *f = engine_with_book(v);
    says(v, f, 1, book_snapshot(INST, 10, "9990*100 / 10000*5 10005*8 10010*20"));
    send(v, 2, order(v, OC_SIDE_BUY, 10, 0, 0));
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[0].qty, 5);
    assert_int_equal(v->fills[0].price, 10000);
    assert_int_equal(v->fills[1].qty, 5);
    assert_int_equal(v->fills[1].price, 10005);
    send(v, 2, order(v, OC_SIDE_BUY, 10, 0, 0));
    assert_int_equal(v->fill_count, 4);
    assert_int_equal(v->fills[2].qty, 3);
    assert_int_equal(v->fills[2].price, 10005);
    assert_int_equal(v->fills[3].qty, 7);
    assert_int_equal(v->fills[3].price, 10010);
    /* 3 s later 1.77, 2.83 and 2.47 of them are still gone: whole units of what is there. */
    send(v, 2 + 3 * SECOND, order(v, OC_SIDE_BUY, 100, 10010, 0));
    assert_int_equal(v->fill_count, 7);
    assert_int_equal(v->fills[4].qty, 3);
    assert_int_equal(v->fills[5].qty, 5);
    assert_int_equal(v->fills[6].qty, 17);
    end(v);
}

static void a_limit_stops_at_its_price_and_fill_or_kill_looks_first(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    struct engine *f = engine_with_book(v);
    says(v, f, 1, book_snapshot(INST, 10, "9990*100 / 10000*5 10005*8 10010*20"));
    struct oc_request kill = order(v, OC_SIDE_BUY, 14, 10005, 0);
    kill.tif = OC_TIF_FOK;
    send(v, 2, kill);
    assert_int_equal(v->fill_count, 0);
    assert_int_equal(last_answer(v)->head.type, OC_EV_EXPIRED);
    kill = order(v, OC_SIDE_BUY, 13, 10005, 0);
    kill.tif = OC_TIF_FOK;
    send(v, 3, kill);
    assert_int_equal(filled(v), 13);
    assert_true(v->fills[1].head.flags & OC_EVF_LAST);
    struct oc_request now = order(v, OC_SIDE_SELL, 200, 9990, 0);
    now.tif = OC_TIF_IOC;
    send(v, 4, now);
    assert_int_equal(filled(v), 113);
    assert_int_equal(last_answer(v)->head.type, OC_EV_CANCELED);
    end(v);
}

/* What is better than a quote that came later is gone, whatever the book still shows. */
static void a_newer_quote_is_believed(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    struct engine *f = engine_with_book(v);
    says(v, f, 1, book_snapshot(INST, 10, "9990*100 / 10000*5 10005*8 10010*20"));
    quote(v, 2, 9990, 100, 10005, 2);
    send(v, 3, order(v, OC_SIDE_BUY, 4, 0, 0));
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[0].price, 10005);
    assert_int_equal(v->fills[0].qty, 2);
    assert_int_equal(v->fills[1].price, 10010);
    end(v);
}

static void nothing_is_taken_of_what_was_quoted_before_the_feed_was_lost(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    quote(v, 1, 9990, 100, 10005, 200);
    const struct oc_ev_venue lost = {
        .head = {.size = sizeof lost, .type = OC_EV_VENUE}, .state = OC_VENUE_DOWN, .part = OC_PART_LINK};
    assert_int_equal(v->sim->market(v->instance.self, 2, &lost.head), OC_OK);
    send(v, 3, order(v, OC_SIDE_BUY, 4, 0, 0));
    assert_int_equal(v->fill_count, 0);
    quote(v, 4, 9990, 100, 10007, 200);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].price, 10007);
    venue_free(v);
}

/* A feed that is lost, or a stream of it, takes its own markets' quotes with it, and those of no other. */
static void only_the_markets_of_a_lost_feed_are_forgotten(void **state)
{
    (void)state;
    static const struct {
        uint32_t source, state;
        int fills;
    } cases[] = {{2, OC_VENUE_DOWN, 1},     {1, OC_VENUE_DOWN, 0},     {1, OC_VENUE_CONNECTING, 0},
                 {1, OC_VENUE_SYNCING, 0},  {1, OC_VENUE_DEGRADED, 0}, {1, OC_VENUE_DENIED, 0},
                 {2, OC_VENUE_DEGRADED, 1}, {1, OC_VENUE_READY, 1},    {1, OC_VENUE_MAINTENANCE, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct venue *v = venue_new(plain);
        const struct oc_ev_quote said = {.head = {.size = sizeof said, .type = OC_EV_QUOTE, .inst = INST, .source = 1},
                                         .bid = 9990,
                                         .ask = 10005,
                                         .bid_qty = 100,
                                         .ask_qty = 200,
                                         .present = OC_HAS_BID | OC_HAS_ASK | OC_HAS_BID_QTY | OC_HAS_ASK_QTY};
        const struct oc_ev_venue lost = {.head = {.size = sizeof lost, .type = OC_EV_VENUE, .source = cases[i].source},
                                         .state = cases[i].state,
                                         .part = OC_PART_LINK};
        assert_int_equal(v->sim->market(v->instance.self, 1, &said.head), OC_OK);
        assert_int_equal(v->sim->market(v->instance.self, 2, &lost.head), OC_OK);
        send(v, 3, order(v, OC_SIDE_BUY, 4, 0, 0));
        if ((int)v->fill_count != cases[i].fills)
            fail_msg("case %zu: %u fills", i, (unsigned)v->fill_count);
        venue_free(v);
    }
}

/* A checkpoint holds the place in the line, and what was taken of levels. */
static void it_goes_on_where_it_was_saved(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain), *other = venue_new(plain);
    struct engine *f = engine_with_book(v);
    static _Alignas(16) char bytes[4 << 20];
    says(v, f, 1, book_snapshot(INST, 10, "10000*100 / 10100*100"));
    send(v, 2, order(v, OC_SIDE_BUY, 50, 10000, 0));
    send(v, 2, order(v, OC_SIDE_BUY, 60, 0, 0));
    trade(v, 3, 10000, 90);
    const oc_rc size = v->sim->save(v->instance.self, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(other->sim->load(other->instance.self, bytes, (uint32_t)size), OC_OK);
    other->instance.engine = f;
    other->next = v->next;
    trade(other, 4, 10000, 30);
    assert_int_equal(filled(other), 20);
    send(other, 5, order(other, OC_SIDE_BUY, 60, 0, 0));
    assert_int_equal(filled(other), 20 + 40);
    other->instance.engine = NULL;
    venue_free(other);
    end(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_resting_limit_waits_for_what_stands_before_it),
        cmocka_unit_test(who_takes_walks_the_levels_and_finds_less_of_them_again),
        cmocka_unit_test(a_limit_stops_at_its_price_and_fill_or_kill_looks_first),
        cmocka_unit_test(a_newer_quote_is_believed),
        cmocka_unit_test(nothing_is_taken_of_what_was_quoted_before_the_feed_was_lost),
        cmocka_unit_test(only_the_markets_of_a_lost_feed_are_forgotten),
        cmocka_unit_test(it_goes_on_where_it_was_saved),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
