/* paper_state_test.c: what the paper venue shares out, never lets grow, and knows after a restart. */
#include "support/paper_kit.h"

static void print_at(struct venue *v, int64_t at_ns, int64_t price, int64_t qty)
{
    struct oc_ev_trade event = {.head = {.size = sizeof event, .type = OC_EV_TRADE, .inst = INST, .venue_ns = at_ns},
                                .price = price,
                                .qty = qty,
                                .present = qty ? OC_HAS_QTY : 0};
    pass(v, at_ns);
    assert_int_equal(v->sim->market(v->instance.self, at_ns, &event.head), OC_OK);
    pass(v, at_ns);
}

static int64_t held(struct venue *v)
{
    int64_t units = 0;
    assert_int_equal(v->sim->position(v->instance.self, ACCOUNT, INST, &units), OC_OK);
    return units;
}

/* What one print traded is shared by those that rest: first come, first served. */
static void a_print_fills_no_more_than_it_traded(void **state)
{
    (void)state;
    for (int is_sell = 0; is_sell < 2; is_sell++) {
        struct venue *v = venue_new(plain);
        const uint8_t side = is_sell ? OC_SIDE_SELL : OC_SIDE_BUY;
        const int64_t through = is_sell ? 10020 : 9980;
        print_at(v, 1, 10000, 100);
        for (int i = 0; i < 3; i++)
            send(v, 2, order(v, side, 70, is_sell ? 10010 : 9990, 0));
        print_at(v, 3, through, 100);
        assert_int_equal(v->fill_count, 2);
        assert_int_equal(v->fills[0].qty, 70);
        assert_int_equal(v->fills[1].qty, 30);
        print_at(v, 4, through, 50);
        assert_int_equal(v->fill_count, 4);
        assert_int_equal(v->fills[2].qty, 40);
        assert_int_equal(v->fills[3].qty, 10);
        assert_int_equal(held(v), is_sell ? -150 : 150);
        venue_free(v);
    }
}

/* Where quotes stand beside prints, a print shares its quantity all the same and leaves the quote's sizes as they were. */
static void a_print_beside_quotes_is_shared_too(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    quote(v, 1, 9990, 500, 10010, 500);
    for (int i = 0; i < 2; i++)
        send(v, 2, order(v, OC_SIDE_BUY, 70, 9985, 0));
    print_at(v, 3, 9980, 100);
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[1].qty, 30);
    send(v, 4, order(v, OC_SIDE_BUY, 600, 0, 0)); /* takes the 500 that the quote still shows */
    assert_int_equal(v->fill_count, 3);
    assert_int_equal(v->fills[2].qty, 500);
    venue_free(v);
}

/* A trade of no known size limits nothing. */
static void a_print_of_unknown_size_fills_all(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    print_at(v, 1, 10000, 0);
    for (int i = 0; i < 3; i++)
        send(v, 2, order(v, OC_SIDE_BUY, 70, 9990, 0));
    print_at(v, 3, 9980, 0);
    assert_int_equal(v->fill_count, 3);
    venue_free(v);
}

/* An amount that buys one unit buys it; one that buys less is refused by name. */
static void an_amount_of_one_unit_is_enough(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    quote(v, 1, 9990, 500, 10000, 500); /* a unit is 0.001 at 100: 0.10 */
    struct oc_request request = order(v, OC_SIDE_BUY, 1, 0, 0);
    request.bits = OC_RQ_HAS_QUOTE_QTY;
    request.qty = 0;
    request.quote_qty = (struct oc_dec){10, 2, 0};
    send(v, 2, request);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].qty, 1);
    assert_true(v->fills[0].head.flags & OC_EVF_LAST);
    request.id = request.order = ++v->next;
    request.quote_qty.units = 9;
    send(v, 3, request);
    assert_int_equal(v->fill_count, 1);
    assert_string_equal(last_answer(v)->reason, "QUOTE_AMOUNT_TOO_SMALL");
    venue_free(v);
}

/* On a bar of quotes a stop is judged by the line of its own side, also when it comes while the bar runs. */
static void a_stop_looks_at_its_own_side(void **state)
{
    (void)state;
    for (int is_buy = 0; is_buy < 2; is_buy++) {
        struct venue *v = venue_new(plain);
        struct oc_ev_qbar event = {.head = {.size = sizeof event, .type = OC_EV_QBAR, .inst = INST, .venue_ns = MINUTE},
                                   .period_ns = MINUTE,
                                   .bid = {9990, 9990, 9990, 9990},
                                   .ask = {10010, 10010, 10010, 10010},
                                   .present = OC_HAS_BID | OC_HAS_ASK};
        assert_int_equal(v->sim->market(v->instance.self, 0, &event.head), OC_OK);
        send(v, 5 * MS, order(v, is_buy ? OC_SIDE_BUY : OC_SIDE_SELL, 10, 0, 10000)); /* between bid and ask: hit */
        send(v, 6 * MS, order(v, is_buy ? OC_SIDE_BUY : OC_SIDE_SELL, 10, 0, is_buy ? 10011 : 9989));
        pass(v, MINUTE - 1);
        assert_int_equal(v->fill_count, 0); /* told at the close */
        pass(v, MINUTE);
        assert_int_equal(v->fill_count, 1); /* one step beyond: not hit */
        assert_int_equal(v->fills[0].price, is_buy ? 10010 : 9990);
        venue_free(v);
    }
}

static struct oc_request reducing(struct venue *v, uint8_t side, int64_t qty, int64_t price)
{
    struct oc_request request = order(v, side, qty, price, 0);
    request.bits |= OC_RQ_REDUCE_ONLY;
    return request;
}

/* Two that only reduce, each as large as the position: together they close it and go no further. */
static void what_only_reduces_never_turns_a_position(void **state)
{
    (void)state;
    for (int is_short = 0; is_short < 2; is_short++) {
        struct venue *v =
            venue_new((const char *const[]){"latency", "0", "half_spread", "0", "allow_short", "true", NULL});
        const uint8_t in = is_short ? OC_SIDE_SELL : OC_SIDE_BUY, out = is_short ? OC_SIDE_BUY : OC_SIDE_SELL;
        const int64_t target = is_short ? 9900 : 10100, through = is_short ? 9890 : 10110;
        bar(v, 0, 10000, 10000, 10000, 10000, -1);
        send(v, MINUTE, order(v, in, 300, 0, 0));
        bar(v, 1, 10000, 10000, 10000, 10000, -1);
        assert_int_equal(held(v), is_short ? -300 : 300);
        send(v, 2 * MINUTE, reducing(v, out, 200, target));
        send(v, 2 * MINUTE, reducing(v, out, 200, target));
        send(v, 2 * MINUTE, reducing(v, in, 10, 0)); /* would add */
        const int answers = v->answer_count;
        bar(v, 2, through, through, through, through, -1);
        assert_int_equal(held(v), 0);
        assert_int_equal(v->fill_count, 3);
        assert_int_equal(v->fills[1].qty, 200);
        assert_int_equal(v->fills[2].qty, 100);
        assert_true(v->answer_count > answers);
        for (int i = answers; i < v->answer_count; i++)
            assert_string_equal(v->answers[i].reason, "REDUCE_ONLY_WOULD_INCREASE_POSITION");
        venue_free(v);
    }
}

/* ---- after a restart ---- */

static struct venue *restarted(struct venue *v)
{
    static char bytes[8 << 20];
    struct venue *w = venue_new(plain);
    oc_rc size = v->sim->save(v->instance.self, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(w->sim->load(w->instance.self, bytes, (uint32_t)size), OC_OK);
    w->next = v->next;
    venue_free(v);
    return w;
}

static struct oc_request good_till(struct venue *v, int64_t expire_ns)
{
    struct oc_request request = order(v, OC_SIDE_BUY, 10, 5000, 0);
    request.tif = OC_TIF_GTD;
    request.expire_ns = expire_ns;
    return request;
}

static void ends_at(struct venue *v, int64_t expire_ns, uint64_t id)
{
    const int before = v->answer_count;
    pass(v, expire_ns - 1);
    assert_int_equal(v->answer_count, before);
    pass(v, expire_ns);
    assert_int_equal(v->answer_count, before + 1);
    assert_int_equal(last_answer(v)->head.type, OC_EV_EXPIRED);
    assert_int_equal(last_answer(v)->head.venue_ns, expire_ns);
    assert_string_equal(last_answer(v)->reason, "TIME_IN_FORCE_ENDED");
    assert_int_equal(last_answer(v)->order, id);
}

/* An order good till a time ends then, though the venue was restarted from a checkpoint in between. */
static void good_till_date_ends_after_a_checkpoint(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    uint64_t id = send(v, MINUTE, good_till(v, 5 * MINUTE + 7));
    v = restarted(v);
    ends_at(v, 5 * MINUTE + 7, id);
    venue_free(v);
}

/* The same where the venue is told the records. */
static void good_till_date_ends_after_records(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain), *w = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    for (int is_day = 0; is_day < 2; is_day++) {
        struct oc_request request = good_till(v, is_day ? 0 : 5 * MINUTE + 7);
        request.tif = is_day ? OC_TIF_DAY : OC_TIF_GTD;
        request.head.local_ns = MINUTE;
        send(v, MINUTE, request);
        request.head.type = OC_EV_REQUEST;
        w->sim->observe(w->instance.self, &request.head);
        w->sim->observe(w->instance.self, &last_answer(v)->head);
        pass(w, 2 * MINUTE);
        assert_int_equal(w->answer_count, is_day); /* the one that ended: nothing else is said again */
        ends_at(w, is_day ? 1440 * MINUTE : 5 * MINUTE + 7, request.order);
    }
    venue_free(v);
    venue_free(w);
}

/* What was under way, and what was amended, is as it was. */
static void what_was_under_way_arrives_after_a_checkpoint(void **state)
{
    (void)state;
    static const char *const slow[] = {"latency", "10s", "half_spread", "0", NULL};
    static char bytes[8 << 20];
    struct venue *v = venue_new(slow), *w = venue_new(slow);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    for (int i = 0; i < 3; i++)
        send(v, MINUTE + i, order(v, OC_SIDE_BUY, 100 + i, 0, 0));
    oc_rc size = v->sim->save(v->instance.self, bytes, sizeof bytes);
    assert_int_equal(w->sim->load(w->instance.self, bytes, (uint32_t)size), OC_OK);
    bar(w, 1, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(w->fill_count, 3);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(w->fills[i].qty, 100 + i);
        assert_int_equal(w->fills[i].head.venue_ns, MINUTE + 10000 * MS + i);
    }
    assert_int_equal(held(w), 303);
    venue_free(v);
    venue_free(w);
}

/* ---- told the records ---- */

static void tell(struct venue *w, int64_t at_ns, struct oc_request request)
{
    request.head.type = OC_EV_REQUEST;
    request.head.local_ns = at_ns;
    w->next = request.id;
    w->sim->observe(w->instance.self, &request.head);
}

static void tell_answer(struct venue *w, uint16_t type, int64_t at_ns, uint64_t order, uint64_t request)
{
    const struct oc_ev_answer answer = {
        .head = {.size = sizeof answer, .type = type, .source = ACCOUNT, .inst = INST, .venue_ns = at_ns},
        .order = order,
        .request = request};
    w->sim->observe(w->instance.self, &answer.head);
}

/* What was denied is taken out of what is under way, wherever it stands there: the others arrive, each once. */
static void what_was_denied_does_not_arrive(void **state)
{
    (void)state;
    static const char *const slow[] = {"latency", "10s", "half_spread", "0", NULL};
    struct venue *w = venue_new(slow);
    bar(w, 0, 10000, 10000, 10000, 10000, -1);
    for (int round = 0; round < 4; round++) { /* 160 in all, 40 at a time: the list of them goes around */
        const int64_t at_ns = (2 * round + 1) * MINUTE;
        const uint64_t first = w->next + 1;
        int expected = 0;
        w->fill_count = 0;
        for (int i = 0; i < 40; i++)
            tell(w, at_ns + i, order(w, OC_SIDE_BUY, 1 + i, 0, 0));
        tell_answer(w, OC_EV_DENIED, at_ns, first, first);
        tell_answer(w, OC_EV_DENIED, at_ns, first + 25, first + 25);
        tell_answer(w, OC_EV_DENIED, at_ns, first + 39, first + 39);
        tell_answer(w, OC_EV_DENIED, at_ns, 999, 999); /* of nothing that is under way */
        bar(w, 2 * round + 1, 10000, 10000, 10000, 10000, -1);
        assert_int_equal(w->fill_count, 37);
        for (int i = 1; i < 39; i++) {
            if (i == 25)
                continue;
            assert_int_equal(w->fills[expected].order, first + (uint64_t)i);
            assert_int_equal(w->fills[expected].qty, 1 + i);
            assert_int_equal(w->fills[expected++].head.venue_ns, at_ns + i + 10000 * MS);
        }
        bar(w, 2 * round + 2, 10000, 10000, 10000, 10000, -1);
        assert_int_equal(w->fill_count, 37);
    }
    venue_free(w);
}

/* An answer proves that its request had arrived: an order rests, an amendment holds, what ended is gone. */
static void an_answer_proves_that_it_had_arrived(void **state)
{
    (void)state;
    static const char *const slow[] = {"latency", "10s", "half_spread", "0", NULL};
    struct venue *w = venue_new(slow);
    bar(w, 0, 10000, 10000, 10000, 10000, -1);
    for (int i = 0; i < 4; i++) {
        tell(w, MINUTE, order(w, OC_SIDE_BUY, 10, 9900, 0));
        tell_answer(w, OC_EV_ACCEPTED, MINUTE + 10000 * MS, w->next, w->next);
    }
    struct oc_request amend = order(w, OC_SIDE_BUY, 25, 9950, 0);
    amend.kind = OC_REQUEST_AMEND;
    amend.order = 1;
    amend.bits |= OC_RQ_QUANTITY_CHANGED;
    tell(w, MINUTE, amend); /* of the quantity alone */
    tell_answer(w, OC_EV_AMENDED, MINUTE, 1, amend.id);
    amend.id = ++w->next;
    amend.order = 2;
    amend.bits = OC_RQ_HAS_QTY | OC_RQ_HAS_PRICE | OC_RQ_PRICE_CHANGED;
    tell(w, MINUTE, amend);
    tell_answer(w, OC_EV_AMENDED, MINUTE, 2, amend.id);
    tell_answer(w, OC_EV_CANCELED, MINUTE, 3, 3);
    bar(w, 1, 10000, 10000, 9940, 10000, -1);
    assert_int_equal(w->fill_count, 1); /* at the price that it was amended to */
    assert_int_equal(w->fills[0].order, 2);
    assert_int_equal(w->fills[0].qty, 10);
    bar(w, 2, 10000, 10000, 9890, 10000, -1);
    assert_int_equal(w->fill_count, 3);
    assert_int_equal(w->fills[1].order, 1);
    assert_int_equal(w->fills[1].qty, 25);
    assert_int_equal(w->fills[2].order, 4);
    assert_int_equal(w->answer_count, 0); /* nothing that was said is said again */
    assert_int_equal(held(w), 45);
    venue_free(w);
}

/* A stop that was triggered is not waited for again, one that was moved is hit where it stands now; fills count. */
static void stops_and_fills_are_where_they_were(void **state)
{
    (void)state;
    struct venue *w = venue_new(plain);
    bar(w, 0, 10000, 10000, 10000, 10000, -1);
    tell(w, MINUTE, order(w, OC_SIDE_BUY, 10, 9900, 10100)); /* a limit behind a stop */
    tell_answer(w, OC_EV_ACCEPTED, MINUTE, 1, 1);
    tell_answer(w, OC_EV_TRIGGERED, MINUTE, 1, 1);
    tell(w, MINUTE, order(w, OC_SIDE_SELL, 10, 0, 9000));
    tell_answer(w, OC_EV_ACCEPTED, MINUTE, 2, 2);
    struct oc_request amend = order(w, OC_SIDE_SELL, 10, 0, 9800);
    amend.kind = OC_REQUEST_AMEND;
    amend.order = 2;
    amend.bits |= OC_RQ_STOP_CHANGED;
    tell(w, MINUTE, amend);
    tell_answer(w, OC_EV_AMENDED, MINUTE, 2, amend.id);
    tell(w, MINUTE, order(w, OC_SIDE_BUY, 10, 9700, 0));
    struct oc_ev_fill fill = {
        .head = {.size = sizeof fill, .type = OC_EV_FILL, .source = ACCOUNT, .inst = INST, .venue_ns = MINUTE},
        .order = w->next,
        .price = 9700,
        .qty = 4,
        .fee_asset = USDT,
        .side = OC_SIDE_BUY,
        .trade_id = "x1",
        .trade_id_size = 2};
    w->sim->observe(w->instance.self, &fill.head);
    assert_int_equal(held(w), 4);
    bar(w, 1, 10000, 10000, 9890, 10000, -1);
    assert_int_equal(w->fill_count, 1);
    assert_int_equal(w->fills[0].order, 1);
    assert_int_equal(w->fills[0].price, 9900);
    bar(w, 2, 10000, 10000, 9790, 10000, -1);
    assert_int_equal(w->fill_count, 2);
    assert_int_equal(w->fills[1].order, 2);
    bar(w, 3, 10000, 10000, 9600, 10000, -1);
    assert_int_equal(w->fill_count, 3);
    assert_int_equal(w->fills[2].qty, 6); /* the rest of it */
    assert_int_equal(held(w), 10);
    venue_free(w);
}

static void tell_fill(struct venue *w, uint32_t inst, uint64_t id, int64_t at_ns, int64_t qty)
{
    const struct oc_ev_fill fill = {
        .head = {.size = sizeof fill, .type = OC_EV_FILL, .source = ACCOUNT, .inst = inst, .venue_ns = at_ns},
        .order = id,
        .price = 10000,
        .qty = qty,
        .fee_asset = USDT,
        .side = OC_SIDE_BUY};
    w->sim->observe(w->instance.self, &fill.head);
}

/* The bar in which the records end is shown again: what was traded of its volume since its open stays used, however
 * many fills there were before, and nothing that was traded before it or elsewhere. */
static void what_a_bar_had_traded_stays_used(void **state)
{
    (void)state;
    static const int64_t more[] = {0, 699, 700, 5000}; /* of 1000; 300 are gone */
    for (int i = 0; i < 4; i++)
        for (int before = 0; before < 200; before += 70) {
            struct venue *w = venue_new((const char *const[]){"latency", "0", "half_spread", "0", "volume_cap", "0.1",
                                                              "allow_short", "yes", "check_funds", "no", NULL});
            struct oc_instrument other = {.size = sizeof other,
                                          .inst = OC_INST(2, 1),
                                          .kind = OC_KIND_SPOT,
                                          .base = BTC,
                                          .quote = USDT,
                                          .settle = USDT,
                                          .price_step = {1, 2, 0},
                                          .qty_step = {1, 3, 0},
                                          .contract_size = {1, 0, 0}};
            assert_int_equal(w->sim->instrument(w->instance.self, &other), OC_OK);
            tell(w, 0, order(w, OC_SIDE_BUY, 1000000, 5000, 0));
            const uint64_t id = w->next;
            struct oc_request elsewhere = order(w, OC_SIDE_BUY, 1000000, 5000, 0);
            elsewhere.head.inst = other.inst;
            tell(w, 0, elsewhere);
            for (int k = 0; k < before; k++)
                tell_fill(w, INST, id, MINUTE - 1, 10);
            tell_fill(w, INST, id, MINUTE, 200);
            tell_fill(w, other.inst, elsewhere.order, MINUTE + 1, 500);
            tell_fill(w, INST, id, MINUTE + 1, 100);
            if (more[i]) {
                tell_fill(w, INST, id, MINUTE + 2, more[i] - 1);
                tell_fill(w, INST, id, MINUTE + 2, 1);
            }
            tell(w, MINUTE, order(w, OC_SIDE_SELL, 2000, 0, 0));
            bar(w, 1, 10000, 10000, 10000, 10000, 10000);
            assert_int_equal(w->fill_count, more[i] < 700);
            if (more[i] < 700)
                assert_int_equal(w->fills[0].qty, 700 - more[i]);
            venue_free(w);
        }
}

/* A stop that was reached inside the bar that is shown again is reached there again; at its open, or before, it has
 * been. */
static void a_stop_is_reached_again_inside_its_bar(void **state)
{
    (void)state;
    for (int64_t after = 0; after < 2; after++) {
        struct venue *w = venue_new(plain);
        tell(w, 0, order(w, OC_SIDE_BUY, 10, 0, 10100));
        tell_answer(w, OC_EV_ACCEPTED, 0, w->next, w->next);
        tell_answer(w, OC_EV_TRIGGERED, MINUTE + after, w->next, w->next);
        bar(w, 1, 10000, 10200, 10000, 10200, -1);
        assert_int_equal(w->fill_count, 1);
        assert_int_equal(w->fills[0].price, after ? 10100 : 10000);
        assert_int_equal(w->fills[0].head.venue_ns > MINUTE, after);
        venue_free(w);
    }
}

/* Prices and quantities count steps that are not powers of ten, and money has 20 decimals: what does not fit is refused. */
static void steps_are_counted_in_money_and_in_fees(void **state)
{
    (void)state;
    struct venue *v = venue_new(
        (const char *const[]){"latency", "0", "half_spread", "0", "taker_fee", "0.001", "fee_in_base", "yes", NULL});
    struct oc_instrument info = {.size = sizeof info,
                                 .inst = INST,
                                 .kind = OC_KIND_SPOT,
                                 .base = BTC,
                                 .quote = USDT,
                                 .settle = USDT,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {5, 3, 0},
                                 .contract_size = {1, 0, 0}};
    assert_int_equal(v->sim->instrument(v->instance.self, &info), OC_OK);
    send(v, 0, order(v, OC_SIDE_BUY, 400, 0, 0)); /* 2 BTC at 100 */
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].fee_asset, BTC);
    assert_int_equal(v->fills[0].fee.units, 2);
    assert_int_equal(v->fills[0].fee.scale, 3); /* 0.002 BTC */
    info.kind = OC_KIND_LINEAR;
    info.price_step = (struct oc_dec){10, 10, 0};
    info.qty_step = (struct oc_dec){10, 10, 0};
    info.contract_size = (struct oc_dec){10, 3, 0};
    assert_int_equal(v->sim->instrument(v->instance.self, &info), OC_OK); /* 1000 of 23 decimals are 1 of 20 */
    info.contract_size = (struct oc_dec){10, 4, 0};
    assert_int_equal(v->sim->instrument(v->instance.self, &info), OC_E_RANGE);
    venue_free(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(steps_are_counted_in_money_and_in_fees),
        cmocka_unit_test(a_print_fills_no_more_than_it_traded),
        cmocka_unit_test(a_print_beside_quotes_is_shared_too),
        cmocka_unit_test(a_print_of_unknown_size_fills_all),
        cmocka_unit_test(an_amount_of_one_unit_is_enough),
        cmocka_unit_test(a_stop_looks_at_its_own_side),
        cmocka_unit_test(what_only_reduces_never_turns_a_position),
        cmocka_unit_test(good_till_date_ends_after_a_checkpoint),
        cmocka_unit_test(good_till_date_ends_after_records),
        cmocka_unit_test(what_was_under_way_arrives_after_a_checkpoint),
        cmocka_unit_test(what_was_denied_does_not_arrive),
        cmocka_unit_test(an_answer_proves_that_it_had_arrived),
        cmocka_unit_test(stops_and_fills_are_where_they_were),
        cmocka_unit_test(what_a_bar_had_traded_stays_used),
        cmocka_unit_test(a_stop_is_reached_again_inside_its_bar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
