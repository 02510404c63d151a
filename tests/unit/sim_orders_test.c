/* sim_orders_test.c: bars at the venue beyond the sheet's worked ones: messages inside bars, accounts, the shared cap, and the
 * findings Q10, Q13, Q14, Q15, Q20 and Q40 by name. */
#include "support/bar_kit.h"

static const char *const neutral[] = {AT_ONCE, NULL};

/* A cancel or an amend that was decided before the bar arrives while it runs: what the path does before is done, and nothing more. */
static void a_cancel_that_arrives_inside_takes_effect_there(void **state)
{
    (void)state;
    for (int is_late = 0; is_late < 2; is_late++)
        for (int is_amend = 0; is_amend < 2; is_amend++) {
            struct desk *desk = desk_new(
                (const char *const[]){"entry_latency", is_late ? "30s" : "5s", "response_latency", "0", COMMON, NULL});
            const uint64_t id = buys(desk, 0, 10300, 0, 0);
            shows(desk, 10000, 10000, 10000, 10000);
            struct oc_request request = about(desk, id, is_amend ? OC_REQUEST_AMEND : OC_REQUEST_CANCEL);
            request.stop_price = 10600;
            request.bits = is_amend ? OC_RQ_STOP_CHANGED : 0;
            desk_sends(desk, request);
            const struct oc_ev_bar bar = a_bar(desk, 10000, 10500, 10000, 10200);
            bar_begins(desk, &bar.head);
            desk_waits(desk, 2 * MINUTE - 1);
            assert_int_equal(desk->v->answer_count, 1); /* accepted, in the bar before */
            bar_ends(desk, &bar.head);
            assert_int_equal(desk->v->fill_count, is_late);
            if (!is_amend)
                assert_int_equal(last_answer(desk->v)->head.type, is_late ? OC_EV_CANCEL_REJECTED : OC_EV_CANCELED);
            desk_free(desk);
        }
}

/* A target that is moved inside the bar, to where the path may have been, is an order that was decided inside. */
static void a_leg_that_is_moved_inside_a_bar_is_decided_there(void **state)
{
    (void)state;
    static const int64_t line[] = {10000, 10500, 9900, 10000};
    struct desk *desk = desk_new(neutral);
    buys(desk, 0, 0, 9000, 12000);
    shows(desk, 10000, 10000, 10000, 10000);
    const struct oc_request *target = sent_leg(desk, 1, OC_ROLE_TAKE_PROFIT);
    assert_non_null(target);
    struct oc_request amend = about(desk, target->order, OC_REQUEST_AMEND);
    amend.bits = OC_RQ_PRICE_CHANGED;
    amend.price = 10300;
    inside(desk, MINUTE + MINUTE / 6, &amend, line); /* on either path the high is still to come */
    assert_int_equal(desk->v->fill_count, 1);
    shows(desk, 10000, 10300, 10000, 10000);
    fill_is(desk, 1, -10300, MAKER);
    desk_free(desk);
}

/* A stop that is moved when its entry is told, at the open: it comes where the path is by then, as any order, while
 * one that stays is there from the fill on. */
static void a_leg_that_is_moved_at_once_comes_as_any_order(void **state)
{
    (void)state;
    for (int is_moved = 0; is_moved < 2; is_moved++) {
        struct desk *desk =
            desk_new((const char *const[]){"entry_latency", "5s", "response_latency", "0", COMMON, NULL});
        const struct oc_ev_bar before = a_bar(desk, 10000, 10000, 10000, 10000);
        bar_begins(desk, &before.head);
        desk_waits(desk, MINUTE - 5000 * MS);
        buys(desk, 0, 0, is_moved ? 8000 : 9900, 0);
        bar_ends(desk, &before.head);
        const struct oc_ev_bar bar = a_bar(desk, 10000, 10000, 9000, 9500); /* a thousand down in 20 seconds */
        bar_begins(desk, &bar.head);
        desk_waits(desk, MINUTE);
        assert_int_equal(desk->v->fill_count, 1);
        struct oc_request amend = about(desk, sent_leg(desk, 1, OC_ROLE_STOP_LOSS)->order, OC_REQUEST_AMEND);
        amend.bits = OC_RQ_STOP_CHANGED;
        amend.stop_price = 9900;
        if (is_moved)
            desk_sends(desk, amend);
        bar_ends(desk, &bar.head);
        desk_waits(desk, 2 * MINUTE + 1);
        fill_is(desk, 1, is_moved ? -9750 : -9900, is_moved ? TAKER | AMBIGUOUS : TAKER);
        desk_free(desk);
    }
}

/* One bar, two accounts: a long and a short, each with a stop and a target in it. Each is stopped: each has the path that is worse for it. */
static void each_account_has_a_path_of_its_own(void **state)
{
    (void)state;
    struct desk *desk = desk_new(neutral);
    for (uint32_t account = 1; account <= 2; account++) {
        const bool is_long = account == 1;
        struct oc_request in =
            entry(desk, is_long ? OC_SIDE_BUY : OC_SIDE_SELL, 0, 0, is_long ? 9800 : 10200, is_long ? 10200 : 9800);
        in.account = account;
        desk_sends(desk, in);
    }
    for (int i = 0; i < 2; i++)
        shows(desk, 10000, i ? 10300 : 10000, i ? 9700 : 10000, 10000);
    assert_int_equal(desk->v->fill_count, 4);
    fill_is(desk, 2, -9800, TAKER | AMBIGUOUS);
    fill_is(desk, 3, 10200, TAKER | AMBIGUOUS);
    desk_free(desk);
}

/* The cap of a bar is shared by instants, at one by stops and the nearest trigger, then limits by price, then time. */
static void Q14_what_a_bar_has_is_shared_by_price_then_time(void **state)
{
    (void)state;
    static const int64_t line[] = {10000, 10000, 9800, 9900}, gap[] = {9850, 9850, 9850, 9850};
    for (int is_gap = 0; is_gap < 2; is_gap++) {
        struct desk *desk =
            desk_new((const char *const[]){"latency", "0", "half_spread", "0", "volume_cap", "0.1", "limit_fill",
                                           "touch", "check_funds", "no", "allow_short", "yes", NULL});
        shows(desk, 10000, 10000, 10000, 10000);
        buys(desk, 9900, 0, 0, 0);
        buys(desk, 9950, 0, 0, 0);
        sells(desk, 0, 9880);
        shows(desk, 10000, 10000, 10000, 10000);
        shows_volume(desk, is_gap ? gap : line, 15000); /* of 3, 1.5: the stop its 1, the better limit 0.5 */
        assert_int_equal(desk->v->fill_count, 2);
        for (int i = 0; i < 2; i++) {
            const struct oc_ev_fill *fill = &desk->v->fills[i];
            assert_int_equal(fill->qty, fill->side == OC_SIDE_SELL ? 1000 : 500);
            assert_int_equal(fill->price, fill->side == OC_SIDE_BUY ? 9950 : is_gap ? 9850 : 9880);
        }
        desk_free(desk);
    }
}

/* Quote bars: a limit is marketable at the ask, and nothing else. */
static void Q13_a_post_only_order_between_bid_and_ask_is_accepted(void **state)
{
    (void)state;
    for (int is_above = 0; is_above < 2; is_above++) {
        struct desk *desk = desk_new(neutral);
        struct oc_ev_qbar quotes = {
            .head = {.size = sizeof quotes, .type = OC_EV_QBAR, .inst = INST, .venue_ns = MINUTE},
            .period_ns = MINUTE,
            .bid = {10000, 10000, 10000, 10000},
            .ask = {10100, 10100, 10100, 10100},
            .present = OC_HAS_BID | OC_HAS_ASK};
        bar_begins(desk, &quotes.head);
        bar_ends(desk, &quotes.head);
        struct oc_request request = entry(desk, OC_SIDE_BUY, is_above ? 10100 : 10060, 0, 0, 0);
        request.bits |= OC_RQ_POST_ONLY;
        desk_sends(desk, request);
        quotes.open_ns = MINUTE;
        quotes.head.venue_ns = 2 * MINUTE;
        bar_begins(desk, &quotes.head);
        bar_ends(desk, &quotes.head);
        assert_int_equal(last_answer(desk->v)->head.type, is_above ? OC_EV_REJECTED : OC_EV_ACCEPTED);
        desk_free(desk);
    }
}

/* A quote at our price is someone who trades there; a print at our price may be the queue before us. */
static void Q20_a_quote_at_a_resting_price_fills_up_to_its_size(void **state)
{
    (void)state;
    struct venue *v = venue_new((const char *const[]){"latency", "0", NULL});
    quote(v, 1, 9990, 5000, 10010, 5000);
    send(v, 2, order(v, OC_SIDE_BUY, 1000, 10000, 0));
    quote(v, 3, 9990, 5000, 10000, 20);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].qty, 20);
    assert_int_equal(v->fills[0].price, 10000);
    assert_int_equal(v->fills[0].liquidity, OC_LIQUIDITY_MAKER);
    venue_free(v);
}

/* So is what a quote shows, or a trade had: the older of two at a worse price waits. */
static void Q14_what_a_quote_has_is_shared_by_price_then_time(void **state)
{
    (void)state;
    struct venue *v = venue_new((const char *const[]){"latency", "0", NULL});
    quote(v, 1, 9990, 5000, 10010, 5000);
    send(v, 2, order(v, OC_SIDE_BUY, 1000, 9900, 0));
    const uint64_t better = send(v, 3, order(v, OC_SIDE_BUY, 1000, 9950, 0));
    quote(v, 4, 9880, 5000, 9890, 20);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].order, better);
    const uint64_t stop = send(v, 5, order(v, OC_SIDE_BUY, 1000, 0, 9895));
    quote(v, 6, 9885, 5000, 9896, 20); /* a stop that is triggered is before both */
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[1].order, stop);
    venue_free(v);
}

/* However old it is, and whether it would only have made. */
static void Q15_a_gap_fills_a_resting_limit_at_its_own_price(void **state)
{
    (void)state;
    for (int age = 0; age < 3; age++)
        for (int is_post_only = 0; is_post_only < 2; is_post_only++) {
            struct desk *desk = desk_new(neutral);
            struct oc_request target = entry(desk, OC_SIDE_SELL, 10500, 0, 0, 0);
            target.bits |= is_post_only ? OC_RQ_POST_ONLY : 0u;
            shows(desk, 10000, 10000, 10000, 10000);
            desk_sends(desk, target);
            for (int i = 0; i <= age; i++)
                shows(desk, 10000, 10000, 10000, 10000);
            shows(desk, 11000, 11000, 11000, 11000);
            fill_is(desk, 0, -10500, MAKER);
            desk_free(desk);
        }
}

/* What a cancel on the fill of a probe would save is gone: it arrives in the next bar. */
static void Q40_a_cancel_on_the_fill_of_a_probe_is_too_late(void **state)
{
    (void)state;
    struct desk *desk = desk_new(neutral);
    buys(desk, 0, 10001, 0, 0);
    const uint64_t resting = buys(desk, 9600, 0, 0, 0);
    const struct oc_ev_bar bar = a_bar(desk, 10000, 10500, 9500, 9550);
    bar_begins(desk, &bar.head);
    while (desk->v->fill_count == 0 && desk->now_ns < MINUTE)
        desk_waits(desk, desk->now_ns + MINUTE / 60);
    assert_int_equal(desk->now_ns, MINUTE);
    desk_sends(desk, about(desk, resting, OC_REQUEST_CANCEL));
    bar_ends(desk, &bar.head);
    assert_int_equal(desk->v->fill_count, 2); /* the low was bought all the same */
    desk_free(desk);
}

/* Nothing triggers in a bar that did not trade, what cannot wait ends, and what comes in it comes at the next that trades. */
static void Q10_orders_in_a_bar_without_trades(void **state)
{
    (void)state;
    static const int64_t still[] = {10500, 10500, 10500, 10500};
    struct desk *desk = desk_new(neutral);
    shows(desk, 10000, 10000, 10000, 10000);
    buys(desk, 0, 10300, 0, 0);
    struct oc_request ioc = entry(desk, OC_SIDE_BUY, 10600, 0, 0, 0);
    ioc.tif = OC_TIF_IOC;
    const uint64_t ended = desk_sends(desk, ioc);
    buys(desk, 10600, 0, 0, 0);
    shows_volume(desk, still, 0);
    assert_int_equal(desk->v->fill_count, 0);
    assert_int_equal(last_answer(desk->v)->head.type, OC_EV_CANCELED);
    assert_int_equal(last_answer(desk->v)->order, ended);
    shows_volume(desk, (const int64_t[]){10400, 10400, 10400, 10400}, 1000000);
    fill_is(desk, 0, 10400, TAKER);
    fill_is(desk, 1, 10400, TAKER);
    desk_free(desk);
}

/* The rest of an entry fills inside a bar: the stop that stood for its first part is taken for all of it, and said when the host has
 * asked for the larger one. What the host does not ask for has not happened. */
static void a_leg_grows_with_its_entry(void **state)
{
    (void)state;
    static const int64_t first[] = {9700, 9700, 9590, 9650}, second[] = {9700, 9700, 9500, 9600};
    for (int is_asked = 0; is_asked < 2; is_asked++) {
        struct desk *desk = desk_new((const char *const[]){"latency", "0", "half_spread", "0", "limit_fill", "touch",
                                                           "volume_cap", "0.1", "check_funds", "no", NULL});
        struct oc_request request = entry(desk, OC_SIDE_BUY, 9600, 0, 9550, 9900);
        int64_t sold = 0;
        request.qty = 2000;
        desk_sends(desk, request);
        shows_volume(desk, first, 10000);
        assert_int_equal(desk->v->fill_count, 1);
        assert_int_equal(desk->v->fills[0].qty, 1000);
        if (!is_asked)
            desk->sent[0].bits &= ~(uint32_t)OC_RQ_HAS_STOP_LOSS; /* this host forgets its stop */
        shows_volume(desk, second, 1000000);
        for (int i = 0; i < desk->v->fill_count; i++)
            sold += desk->v->fills[i].side == OC_SIDE_SELL ? desk->v->fills[i].qty : 0;
        assert_int_equal(sold, is_asked ? 2000 : 0);
        shows_volume(desk, (const int64_t[]){9600, 9600, 9600, 9600}, 10000);
        int64_t units = 0;
        assert_int_equal(desk->v->sim->position(desk->v->instance.self, ACCOUNT, INST, &units), OC_OK);
        assert_int_equal(units, is_asked ? 0 : 2000);
        desk_free(desk);
    }
}

/* Another venue is told the records up to the request for the leg, and shown the bar: the leg does there what it did. */
static void a_leg_acts_the_same_where_records_are_told(void **state)
{
    (void)state;
    static const char *const slow[] = {"latency", "5ms", COMMON, NULL};
    for (int is_market = 0; is_market < 2; is_market++) {
        struct desk *desk = desk_new(slow);
        struct venue *v = desk->v, *w = venue_new(slow);
        buys(desk, 0, is_market ? 0 : 10300, is_market ? 9700 : 10200, 0);
        const struct oc_ev_bar bar = a_bar(desk, 10000, 10500, 9500, 10400);
        bar_begins(desk, &bar.head);
        bar_ends(desk, &bar.head);
        assert_int_equal(v->fill_count, 2);
        for (int i = 0; i < 2; i++) {
            struct oc_request request = desk->sent[i];
            request.head.type = OC_EV_REQUEST;
            request.head.local_ns = i == 0 ? 0 : MINUTE;
            w->sim->observe(w->instance.self, &request.head);
            for (int at = 0; i == 0 && at < v->answer_count; at++)
                if (v->answers[at].order == request.order)
                    w->sim->observe(w->instance.self, &v->answers[at].head);
            if (i == 0)
                w->sim->observe(w->instance.self, &v->fills[0].head);
        }
        assert_int_equal(w->sim->market(w->instance.self, 0, &bar.head), OC_OK);
        pass(w, MINUTE);
        assert_int_equal(w->fill_count, 1);
        assert_int_equal(w->fills[0].order, v->fills[1].order);
        assert_int_equal(w->fills[0].price, v->fills[1].price);
        assert_int_equal(w->fills[0].head.venue_ns, v->fills[1].head.venue_ns);
        venue_free(w);
        desk_free(desk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cancel_that_arrives_inside_takes_effect_there),
        cmocka_unit_test(a_leg_that_is_moved_inside_a_bar_is_decided_there),
        cmocka_unit_test(a_leg_that_is_moved_at_once_comes_as_any_order),
        cmocka_unit_test(each_account_has_a_path_of_its_own),
        cmocka_unit_test(Q14_what_a_bar_has_is_shared_by_price_then_time),
        cmocka_unit_test(Q14_what_a_quote_has_is_shared_by_price_then_time),
        cmocka_unit_test(Q13_a_post_only_order_between_bid_and_ask_is_accepted),
        cmocka_unit_test(Q20_a_quote_at_a_resting_price_fills_up_to_its_size),
        cmocka_unit_test(Q15_a_gap_fills_a_resting_limit_at_its_own_price),
        cmocka_unit_test(Q40_a_cancel_on_the_fill_of_a_probe_is_too_late),
        cmocka_unit_test(Q10_orders_in_a_bar_without_trades),
        cmocka_unit_test(a_leg_grows_with_its_entry),
        cmocka_unit_test(a_leg_acts_the_same_where_records_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
