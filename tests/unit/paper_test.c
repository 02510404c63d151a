/* paper_test.c: the paper venue: when orders trade, at what price, and what is refused. */
#include "base/money.h"
#include "support/paper_kit.h"

static void a_market_order_takes_the_next_open(void **state)
{
    (void)state;
    struct venue *v = venue_new(ideal);
    bar(v, 0, 10000, 10100, 9900, 10050, 1000);
    send(v, MINUTE, order(v, OC_SIDE_BUY, 1000, 0, 0));
    assert_int_equal(v->fill_count, 0); /* never on the bar it was made on */
    bar(v, 1, 10060, 10200, 10000, 10100, 1000);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].price, 10060);
    assert_int_equal(v->fills[0].head.venue_ns, MINUTE);
    assert_int_equal(v->fills[0].liquidity, OC_LIQUIDITY_TAKER);
    assert_int_equal(v->fills[0].fee.units * 1000, 1006 * (v->fills[0].fee.scale == 4 ? 1000 : 0)); /* 0.1006 USDT */
    assert_true(v->fills[0].head.flags & OC_EVF_LAST);
    venue_free(v);
}

static void latency_moves_the_price_towards_the_worse_extreme(void **state)
{
    (void)state;
    static const char *const slow[] = {"latency", "10s", "half_spread", "0", "volume_cap", "0", NULL};
    struct venue *v = venue_new(slow);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    send(v, MINUTE, order(v, OC_SIDE_BUY, 1000, 0, 0));
    send(v, MINUTE, order(v, OC_SIDE_SELL, 1000, 0, 0));
    bar(v, 1, 10000, 10300, 9700, 10000, -1);
    pass(v, 3 * MINUTE);
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[0].price, 10150); /* half of the first third has passed */
    assert_int_equal(v->fills[1].price, 9850);
    assert_int_equal(v->fills[0].head.venue_ns, MINUTE + 10000 * MS);
    venue_free(v);
    static const char *const late[] = {"latency", "40s", "half_spread", "0", NULL};
    v = venue_new(late);
    send(v, 0, order(v, OC_SIDE_BUY, 10, 0, 0));
    bar(v, 0, 10000, 10300, 9700, 10000, -1);
    pass(v, 3 * MINUTE);
    assert_int_equal(v->fills[0].price, 10300); /* and stays there: more latency never helps */
    venue_free(v);
}

static void limits_touch_or_trade_through(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain), *w = venue_new(ideal);
    struct venue *both[] = {v, w};
    for (int i = 0; i < 2; i++) {
        bar(both[i], 0, 10000, 10000, 10000, 10000, -1);
        send(both[i], MINUTE, order(both[i], OC_SIDE_BUY, 1000, 9900, 0));
        bar(both[i], 1, 10000, 10050, 9900, 10000, -1); /* touched */
    }
    assert_int_equal(v->fill_count, 0);
    assert_int_equal(w->fill_count, 1);
    assert_int_equal(w->fills[0].price, 9900);
    assert_int_equal(w->fills[0].liquidity, OC_LIQUIDITY_MAKER);
    /* both paths leave as much, and nothing is held: the low is first, and it is met on the way there */
    assert_int_equal(w->fills[0].head.venue_ns, MINUTE + 20000 * MS);
    bar(v, 2, 10000, 10050, 9899, 10000, -1); /* by one step */
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].price, 9900);
    /* resting, gapped through: at its price, not better */
    send(v, 3 * MINUTE, order(v, OC_SIDE_SELL, 1000, 10100, 0));
    bar(v, 3, 10000, 10000, 10000, 10000, -1);
    bar(v, 4, 10500, 10500, 10400, 10400, -1);
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[1].price, 10100);
    /* marketable when it comes: takes the open */
    send(v, 5 * MINUTE, order(v, OC_SIDE_BUY, 1000, 10600, 0));
    bar(v, 5, 10410, 10420, 10400, 10400, -1);
    assert_int_equal(v->fills[2].price, 10410);
    assert_int_equal(v->fills[2].liquidity, OC_LIQUIDITY_TAKER);
    venue_free(v);
    venue_free(w);
}

static void stops_trigger_at_their_price_or_at_the_gap(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    send(v, MINUTE, order(v, OC_SIDE_SELL, 1000, 0, 9900));
    bar(v, 1, 10000, 10050, 9950, 10000, -1);
    assert_int_equal(v->fill_count, 0);
    bar(v, 2, 10000, 10050, 9850, 10000, -1);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].price, 9900);
    assert_int_equal(v->fills[0].head.venue_ns, 2 * MINUTE + 13333333334); /* two thirds of the way to the low */
    assert_int_equal(last_answer(v)->head.type, OC_EV_TRIGGERED);
    send(v, 3 * MINUTE, order(v, OC_SIDE_SELL, 1000, 0, 9900));
    bar(v, 3, 9700, 9800, 9600, 9700, -1);
    assert_int_equal(v->fills[1].price, 9700);                    /* beyond the stop at the open */
    send(v, 4 * MINUTE, order(v, OC_SIDE_BUY, 1000, 9850, 9800)); /* stop-limit */
    bar(v, 4, 9700, 9900, 9700, 9850, -1);
    assert_int_equal(v->fill_count, 3);
    assert_int_equal(v->fills[2].price, 9800);
    send(v, 5 * MINUTE, order(v, OC_SIDE_BUY, 1000, 9890, 9900)); /* its limit is behind its stop: it rests */
    bar(v, 5, 9850, 9950, 9889, 9900, -1);
    assert_int_equal(v->fill_count, 3); /* the high came last, as far as one can know (Q19) */
    bar(v, 6, 9900, 9900, 9889, 9895, -1);
    assert_int_equal(v->fill_count, 4);
    assert_int_equal(v->fills[3].price, 9890);
    venue_free(v);
}

/* Two orders that are not of one group both trade, on either path: which was first changes nothing, and nothing is ambiguous. */
static void what_both_paths_fill_is_not_ambiguous(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    send(v, MINUTE, order(v, OC_SIDE_SELL, 1000, 10100, 0));
    send(v, MINUTE, order(v, OC_SIDE_SELL, 1000, 0, 9900));
    bar(v, 1, 10000, 10200, 9800, 10000, -1);
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[0].price + v->fills[1].price, 20000);
    assert_true(v->fills[0].head.venue_ns < v->fills[1].head.venue_ns);
    for (int i = 0; i < 2; i++)
        assert_false(v->fills[i].head.flags & OC_EVF_AMBIGUOUS);
    venue_free(v);
}

static void volume_caps_and_unknown_volume(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, 1000);
    send(v, MINUTE, order(v, OC_SIDE_BUY, 250, 0, 0));
    bar(v, 1, 10000, 10000, 10000, 10000, 1000);
    bar(v, 2, 10000, 10000, 10000, 10000, 1000);
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[0].qty, 100);
    assert_int_equal(v->fills[1].qty, 100);
    bar(v, 3, 10000, 10010, 10000, 10000, 0); /* prices moved: 0 is unknown, not nothing */
    assert_int_equal(v->fill_count, 3);
    assert_int_equal(v->fills[2].qty, 50);
    struct oc_request ioc = order(v, OC_SIDE_BUY, 250, 0, 0);
    ioc.tif = OC_TIF_IOC;
    send(v, 4 * MINUTE, ioc);
    bar(v, 4, 10000, 10000, 10000, 10000, 1000);
    assert_int_equal(v->fills[3].qty, 100);
    assert_int_equal(last_answer(v)->head.type, OC_EV_CANCELED);
    struct oc_request fok = order(v, OC_SIDE_BUY, 250, 0, 0);
    fok.tif = OC_TIF_FOK;
    send(v, 5 * MINUTE, fok);
    bar(v, 5, 10000, 10000, 10000, 10000, 1000);
    assert_int_equal(v->fill_count, 4);
    assert_int_equal(last_answer(v)->head.type, OC_EV_EXPIRED);
    venue_free(v);
}

static void money_is_enough_or_not(void **state)
{
    (void)state;
    struct venue *v = venue_new(ideal);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    struct oc_request all = order(v, OC_SIDE_BUY, 0, 0, 0);
    all.bits = OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
    all.quote_qty = (struct oc_dec){100000, 0, 0};
    send(v, MINUTE, all);
    bar(v, 1, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(v->fills[0].qty, 999000); /* 100000 / (100 * 1.001) = 999.000999, in steps of 0.001 */
    assert_true(v->fills[0].head.flags & OC_EVF_LAST);
    send(v, 2 * MINUTE, order(v, OC_SIDE_BUY, 1000, 0, 0));
    bar(v, 2, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(v->fill_count, 1);
    assert_string_equal(last_answer(v)->reason, "INSUFFICIENT_FUNDS");
    assert_int_equal(last_answer(v)->head.type, OC_EV_REJECTED);
    send(v, 3 * MINUTE, order(v, OC_SIDE_SELL, 2000000, 0, 0)); /* more than is held */
    bar(v, 3, 10000, 10000, 10000, 10000, -1);
    assert_string_equal(last_answer(v)->reason, "INSUFFICIENT_FUNDS");
    all.id = all.order = ++v->next;
    all.quote_qty = (struct oc_dec){1, 9, 0};
    send(v, 4 * MINUTE, all);
    bar(v, 4, 10000, 10000, 10000, 10000, -1);
    assert_string_equal(last_answer(v)->reason, "QUOTE_AMOUNT_TOO_SMALL");
    venue_free(v);
    static const char *const shorts[] = {"profile", "ideal", "allow_short", "yes", NULL};
    v = venue_new(shorts);
    send(v, 0, order(v, OC_SIDE_SELL, 20000, 0, 0));
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    int64_t units;
    v->sim->position(v->instance.self, ACCOUNT, INST, &units);
    assert_int_equal(units, -20000);
    venue_free(v);
}

static struct oc_request by_money(struct venue *v, uint8_t side, int64_t money)
{
    struct oc_request request = order(v, side, 0, 0, 0);
    request.bits = OC_RQ_HAS_QUOTE_QTY | OC_RQ_FEE_IN_QUOTE;
    request.quote_qty = (struct oc_dec){money, 0, 0};
    return request;
}

/* A sale by money takes in that money, its fee paid, in one fill and in more. */
static void Q16_a_sale_by_money_takes_in_that_money(void **state)
{
    (void)state;
    static const char *const pairs[] = {"latency",    "0",   "half_spread", "0",  "taker_fee", "0.01",
                                        "volume_cap", "0.5", "check_funds", "no", NULL};
    for (int fills = 1; fills <= 3; fills++) {
        struct venue *v = venue_new(pairs);
        bar(v, 0, 10000, 10000, 10000, 10000, 100000);
        send(v, MINUTE, by_money(v, OC_SIDE_SELL, 1000));
        for (int i = 1; i <= fills; i++) /* half of a bar's volume each */
            bar(v, i, 10000, 10000, 10000, 10000, i == fills ? 100000 : 6000);
        assert_int_equal(v->fill_count, fills);
        oc_i128 net = 0;
        for (int i = 0; i < fills; i++) {
            oc_i128 fee = 0;
            assert_int_equal(money_from_dec(v->fills[i].fee, &fee), OC_OK);
            net += (oc_i128)v->fills[i].price * v->fills[i].qty * num_pow10_128(MONEY_SCALE - 5) - fee;
        }
        const oc_i128 asked = 1000 * num_pow10_128(MONEY_SCALE), unit = num_pow10_128(MONEY_SCALE - 1);
        assert_true(net <= asked && net > asked - unit); /* a unit of the grid is worth 0.1 */
        assert_true(v->fills[fills - 1].head.flags & OC_EVF_LAST);
        venue_free(v);
    }
}

/* Money that the account does not have is not spent in part, unless that was asked for. */
static void Q7_an_order_by_money_beyond_the_cash_is_refused(void **state)
{
    (void)state;
    for (int fits = 0; fits < 2; fits++) {
        struct venue *v = venue_new(ideal);
        bar(v, 0, 10000, 10000, 10000, 10000, -1);
        struct oc_request request = by_money(v, OC_SIDE_BUY, 300000);
        request.tif = OC_TIF_FOK;
        request.bits |= fits ? OC_RQ_FIT_FUNDS : 0;
        send(v, MINUTE, request);
        bar(v, 1, 10000, 10000, 10000, 10000, -1);
        assert_int_equal(v->fill_count, fits);
        if (fits)
            assert_int_equal(v->fills[0].qty, 999000);
        else
            assert_string_equal(last_answer(v)->reason, "INSUFFICIENT_FUNDS");
        venue_free(v);
    }
}

/* What rests here has its money: an order at the market does not take it away. */
static void Q18_the_venue_keeps_what_resting_orders_need(void **state)
{
    (void)state;
    static const char *const pairs[] = {"profile", "ideal", NULL};
    struct venue *v = venue_new(pairs);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    send(v, MINUTE, order(v, OC_SIDE_BUY, 1000000, 9000, 0)); /* 90,000 of 100,000 */
    send(v, MINUTE, order(v, OC_SIDE_BUY, 101000, 0, 0));
    bar(v, 1, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(v->fill_count, 0);
    assert_string_equal(last_answer(v)->reason, "INSUFFICIENT_FUNDS");
    send(v, 2 * MINUTE, order(v, OC_SIDE_BUY, 100000, 0, 0));
    bar(v, 2, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(v->fill_count, 1);
    bar(v, 3, 10000, 10000, 8000, 9000, -1);
    assert_int_equal(v->fill_count, 2);
    assert_int_equal(v->fills[1].qty, 1000000);
    venue_free(v);
}

/* An asset beyond the table is an error, and never another asset. */
static void S10_an_asset_that_it_cannot_keep_is_refused(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    struct oc_instrument info = {.size = sizeof info,
                                 .inst = OC_INST(2, 1),
                                 .kind = OC_KIND_SPOT,
                                 .base = BTC,
                                 .quote = USDT,
                                 .settle = USDT,
                                 .price_step = {1, 2, 0},
                                 .qty_step = {1, 3, 0},
                                 .contract_size = {1, 0, 0}};
    const struct oc_dec one = {1, 0, 0};
    uint32_t *const assets[] = {&info.base, &info.quote, &info.settle};
    for (size_t i = 0; i < sizeof assets / sizeof assets[0]; i++)
        for (uint32_t beyond = 0; beyond < 2; beyond++) { /* there are 4,096 of them, and the host counts on */
            const uint32_t before = *assets[i];
            *assets[i] = 4095 + beyond;
            assert_int_equal(v->sim->instrument(v->instance.self, &info), beyond ? OC_E_LIMIT : OC_OK);
            *assets[i] = before;
        }
    for (uint32_t beyond = 0; beyond < 2; beyond++) {
        assert_int_equal(v->sim->balance(v->instance.self, ACCOUNT, 4095 + beyond, one), beyond ? OC_E_LIMIT : OC_OK);
        assert_int_equal(v->sim->balance(v->instance.self, 64 + beyond, USDT, one), beyond ? OC_E_LIMIT : OC_OK);
    }
    venue_free(v);
}

static void post_only_reduce_only_and_time_in_force(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    struct oc_request server = order(v, OC_SIDE_BUY, 1000, 10000, 0);
    server.bits |= OC_RQ_POST_ONLY;
    send(v, MINUTE, server);
    pass(v, MINUTE);
    bar(v, 1, 10000, 10000, 10000, 10000, -1); /* the open says what it would cross */
    assert_string_equal(last_answer(v)->reason, "POST_ONLY_WOULD_CROSS");
    struct oc_request reduce = order(v, OC_SIDE_SELL, 1000, 0, 0);
    reduce.bits |= OC_RQ_REDUCE_ONLY;
    send(v, 2 * MINUTE, reduce);
    bar(v, 2, 10000, 10000, 10000, 10000, -1);
    assert_string_equal(last_answer(v)->reason, "REDUCE_ONLY_WOULD_INCREASE_POSITION");
    send(v, 3 * MINUTE, order(v, OC_SIDE_BUY, 300, 0, 0));
    bar(v, 3, 10000, 10000, 10000, 10000, -1);
    reduce.id = reduce.order = ++v->next;
    send(v, 4 * MINUTE, reduce);
    bar(v, 4, 10000, 10000, 10000, 10000, -1);
    assert_int_equal(v->fills[1].qty, 300); /* as much as there was */
    assert_int_equal(last_answer(v)->head.type, OC_EV_CANCELED);
    struct oc_request gtd = order(v, OC_SIDE_BUY, 10, 5000, 0);
    gtd.tif = OC_TIF_GTD;
    gtd.expire_ns = 6 * MINUTE + 7;
    uint64_t id = send(v, 5 * MINUTE, gtd);
    pass(v, 6 * MINUTE + 6);
    assert_int_equal(last_answer(v)->head.type, OC_EV_ACCEPTED);
    pass(v, 6 * MINUTE + 7);
    assert_int_equal(last_answer(v)->head.type, OC_EV_EXPIRED);
    assert_int_equal(last_answer(v)->order, id);
    gtd.id = gtd.order = ++v->next;
    send(v, 7 * MINUTE, gtd);
    assert_string_equal(last_answer(v)->reason, "EXPIRES_IN_THE_PAST");
    struct oc_request day = order(v, OC_SIDE_BUY, 10, 5000, 0);
    day.tif = OC_TIF_DAY;
    send(v, 7 * MINUTE, day);
    pass(v, 1440 * MINUTE);
    assert_int_equal(last_answer(v)->head.type, OC_EV_EXPIRED);
    struct oc_request midnight = order(v, OC_SIDE_BUY, 10, 5000, 0); /* its day is the one that begins */
    midnight.tif = OC_TIF_DAY;
    send(v, 1440 * MINUTE, midnight);
    assert_int_equal(last_answer(v)->head.type, OC_EV_ACCEPTED);
    pass(v, 2880 * MINUTE - 1);
    assert_int_equal(last_answer(v)->head.type, OC_EV_ACCEPTED);
    pass(v, 2880 * MINUTE);
    assert_int_equal(last_answer(v)->head.type, OC_EV_EXPIRED);
    struct oc_request lost = order(v, OC_SIDE_BUY, 10, 5000, 0);
    lost.head.inst = OC_INST(9, 1);
    send(v, 2881 * MINUTE, lost);
    assert_string_equal(last_answer(v)->reason, "UNKNOWN_INSTRUMENT");
    venue_free(v);
}

/* What has ended is forgotten: more orders than the venue can have open at once come and go. */
static void orders_that_have_ended_make_room(void **state)
{
    (void)state;
    static const char *const at_once[] = {"latency", "0", NULL};
    struct venue *v = venue_new(at_once);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    for (int i = 0; i < 65536 + 2; i++) {
        v->answer_count = 0;
        const int64_t now_ns = MINUTE + i * 20 * MS;
        struct oc_request cancel = {.kind = OC_REQUEST_CANCEL, .account = ACCOUNT};
        cancel.head.inst = INST;
        cancel.order = send(v, now_ns, order(v, OC_SIDE_BUY, 1, 5000, 0));
        cancel.id = ~(uint64_t)i;
        send(v, now_ns + 10 * MS, cancel);
    }
    pass(v, 60 * MINUTE);
    assert_int_equal(last_answer(v)->head.type, OC_EV_CANCELED);
    venue_free(v);
}

static void a_cancel_and_an_amend_can_lose_the_race(void **state)
{
    (void)state;
    static const char *const slow[] = {"latency", "30s", "half_spread", "0", NULL};
    struct venue *v = venue_new(slow);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    uint64_t id = send(v, MINUTE / 2, order(v, OC_SIDE_BUY, 1000, 9900, 0));
    struct oc_request cancel = {.kind = OC_REQUEST_CANCEL, .order = id, .id = 77, .account = ACCOUNT};
    cancel.head.inst = INST;
    bar(v, 1, 10000, 10000, 10000, 10000, -1);
    send(v, 2 * MINUTE + 20000 * MS, cancel); /* arrives at 50 s; the fill is at 40 s */
    bar(v, 2, 10000, 10000, 9800, 9900, -1);
    pass(v, 4 * MINUTE);
    assert_int_equal(v->fill_count, 1);
    assert_int_equal(last_answer(v)->head.type, OC_EV_CANCEL_REJECTED);
    id = send(v, 4 * MINUTE, order(v, OC_SIDE_BUY, 1000, 9000, 0));
    pass(v, 5 * MINUTE);
    struct oc_request amend = cancel;
    amend.kind = OC_REQUEST_AMEND;
    amend.order = id;
    amend.qty = 500;
    amend.price = 9100;
    amend.bits = OC_RQ_QUANTITY_CHANGED | OC_RQ_PRICE_CHANGED;
    send(v, 5 * MINUTE, amend);
    pass(v, 7 * MINUTE);
    assert_int_equal(last_answer(v)->head.type, OC_EV_AMENDED);
    bar(v, 7, 9200, 9200, 9099, 9150, -1);
    pass(v, 9 * MINUTE);
    assert_int_equal(v->fills[1].price, 9100);
    assert_int_equal(v->fills[1].qty, 500);
    send(v, 9 * MINUTE, amend);
    pass(v, 11 * MINUTE);
    assert_int_equal(last_answer(v)->head.type, OC_EV_AMEND_REJECTED);
    venue_free(v);
}

static void print_at(struct venue *v, int64_t at_ns, int64_t price, int64_t qty)
{
    struct oc_ev_trade event = {.head = {.size = sizeof event, .type = OC_EV_TRADE, .inst = INST, .venue_ns = at_ns},
                                .price = price,
                                .qty = qty,
                                .present = qty ? OC_HAS_QTY : 0u};
    pass(v, at_ns);
    v->sim->market(v->instance.self, at_ns, &event.head);
    pass(v, at_ns);
}

static void quotes_are_taken_at_their_side_and_size(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    quote(v, 1, 9990, 500, 10010, 500);
    send(v, 2, order(v, OC_SIDE_BUY, 800, 0, 0));
    assert_int_equal(v->fills[0].price, 10010);
    assert_int_equal(v->fills[0].qty, 500); /* what was shown, once */
    quote(v, 3, 9990, 500, 10020, 0);       /* size 0 is unknown */
    assert_int_equal(v->fills[1].price, 10020);
    assert_int_equal(v->fills[1].qty, 300);
    send(v, 4, order(v, OC_SIDE_SELL, 100, 10030, 0));
    quote(v, 5, 10029, 500, 10040, 500);
    assert_int_equal(v->fill_count, 2);
    quote(v, 6, 10030, 500, 10040, 500); /* a bid at our price is someone who buys there (Q20) */
    assert_int_equal(v->fill_count, 3);
    assert_int_equal(v->fills[2].price, 10030);
    assert_int_equal(v->fills[2].liquidity, OC_LIQUIDITY_MAKER);
    send(v, 7, order(v, OC_SIDE_SELL, 100, 0, 10000));
    quote(v, 8, 9995, 500, 10005, 500);
    assert_int_equal(v->fills[3].price, 9995);
    send(v, 9, order(v, OC_SIDE_SELL, 100, 0, 0)); /* bid shows 400 left */
    quote(v, 10, 0, 0, 10005, 500);                /* one-sided: nothing to sell to */
    send(v, 11, order(v, OC_SIDE_SELL, 100, 0, 0));
    assert_int_equal(v->fill_count, 5);
    quote(v, 12, 9000, 500, 10005, 500);
    assert_int_equal(v->fills[5].price, 9000);
    venue_free(v);
}

static void trades_fill_what_they_trade_through(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    print_at(v, 1, 10000, 100);
    send(v, 2, order(v, OC_SIDE_BUY, 1000, 9990, 0));
    print_at(v, 3, 9995, 100);
    print_at(v, 4, 9990, 100); /* at our price: the queue is not ours */
    assert_int_equal(v->fill_count, 0);
    print_at(v, 5, 9989, 100);
    assert_int_equal(v->fills[0].price, 9990);
    assert_int_equal(v->fills[0].qty, 100);
    send(v, 6, order(v, OC_SIDE_SELL, 50, 0, 0));
    print_at(v, 7, 9980, 0);
    assert_int_equal(v->fill_count, 3); /* both: size unknown limits nothing */
    venue_free(v);
}

static void the_end_closes_at_the_last_price(void **state)
{
    (void)state;
    struct venue *v = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    send(v, MINUTE, order(v, OC_SIDE_BUY, 1000, 0, 0));
    bar(v, 1, 10000, 10000, 10000, 10070, 10);
    struct oc_request end = order(v, OC_SIDE_SELL, 1000, 0, 0);
    end.role = OC_ROLE_END;
    end.bits |= OC_RQ_REDUCE_ONLY;
    send(v, 2 * MINUTE, end);
    int before = v->fill_count;
    v->sim->end(v->instance.self, 2 * MINUTE);
    pass(v, 3 * MINUTE);
    assert_int_equal(v->fill_count, before + 1);
    assert_int_equal(v->fills[before].price, 10070);
    assert_int_equal(v->fills[before].qty, 1000); /* whole: the cap is for the market, not for the end */
    assert_true(v->fills[before].head.flags & OC_EVF_END);
    venue_free(v);
}

static void its_state_is_saved_and_facts_are_taken(void **state)
{
    (void)state;
    static char bytes[8 << 20];
    struct venue *v = venue_new(plain), *w = venue_new(plain), *x = venue_new(plain);
    bar(v, 0, 10000, 10000, 10000, 10000, -1);
    send(v, MINUTE, order(v, OC_SIDE_BUY, 1000, 0, 0));
    bar(v, 1, 10000, 10000, 10000, 10000, -1);
    struct oc_request open = order(v, OC_SIDE_BUY, 500, 9900, 0);
    send(v, 2 * MINUTE, open);
    oc_rc size = v->sim->save(v->instance.self, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_int_equal(v->sim->save(v->instance.self, bytes, (uint32_t)size - 1), OC_E_LIMIT);
    assert_int_equal(w->sim->load(w->instance.self, bytes, (uint32_t)size - 1), OC_E_DATA);
    assert_int_equal(w->sim->load(w->instance.self, bytes, 3), OC_E_DATA);
    assert_int_equal(w->sim->load(w->instance.self, bytes, (uint32_t)size), OC_OK);
    struct oc_request first = order(x, OC_SIDE_BUY, 1000, 0, 0);
    x->sim->observe(x->instance.self, &first.head);
    first.head.type = OC_EV_REQUEST;
    x->sim->observe(x->instance.self, &first.head);
    x->sim->observe(x->instance.self, &v->answers[0].head);
    x->sim->observe(x->instance.self, &v->fills[0].head);
    open.head.type = OC_EV_REQUEST;
    x->sim->observe(x->instance.self, &open.head); /* no answer yet: still under way */
    struct venue *all[] = {v, w, x};
    for (int i = 0; i < 3; i++) {
        int64_t units;
        int fills = all[i]->fill_count;
        all[i]->sim->position(all[i]->instance.self, ACCOUNT, INST, &units);
        assert_int_equal(units, 1000);
        if (i == 2)
            assert_int_equal(sim_answers_schedule(&x->sim_answers, 2 * MINUTE), OC_OK);
        bar(all[i], 2, 10000, 10000, 10000, 10000, -1);
        bar(all[i], 3, 9950, 9950, 9899, 9950, -1);
        assert_int_equal(all[i]->fill_count, fills + 1);
        assert_int_equal(all[i]->fills[fills].price, 9900);
        assert_int_equal(all[i]->fills[fills].qty, 500);
        venue_free(all[i]);
    }
}

static void wrong_configuration_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[][2] = {
        {"profile", "rosy"}, {"latency", "-5ms"}, {"taker_fee", "a lot"}, {"allow_short", "7"}};
    struct registry *registry = paper_registry();
    struct error error;
    for (int i = 0; i < 4; i++) {
        struct settings settings = {0};
        struct plugin_instance instance = {.settings = &settings, .section = "sim.paper"};
        char key[64];
        snprintf(key, sizeof key, "sim.paper.%s", wrong[i][0]);
        assert_int_equal(settings_set(&settings, key, wrong[i][1], "test"), OC_OK);
        assert_int_equal(plugin_instance_open(&instance, registry, OC_SIM, "outcry.paper", &error), OC_E_CONFIG);
        assert_string_equal(error.found, wrong[i][1]);
        assert_non_null(strstr(said(&error), key));
        plugin_instance_close(&instance);
        settings_release(&settings);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_market_order_takes_the_next_open),
        cmocka_unit_test(latency_moves_the_price_towards_the_worse_extreme),
        cmocka_unit_test(limits_touch_or_trade_through),
        cmocka_unit_test(stops_trigger_at_their_price_or_at_the_gap),
        cmocka_unit_test(what_both_paths_fill_is_not_ambiguous),
        cmocka_unit_test(volume_caps_and_unknown_volume),
        cmocka_unit_test(money_is_enough_or_not),
        cmocka_unit_test(Q16_a_sale_by_money_takes_in_that_money),
        cmocka_unit_test(Q7_an_order_by_money_beyond_the_cash_is_refused),
        cmocka_unit_test(Q18_the_venue_keeps_what_resting_orders_need),
        cmocka_unit_test(S10_an_asset_that_it_cannot_keep_is_refused),
        cmocka_unit_test(post_only_reduce_only_and_time_in_force),
        cmocka_unit_test(orders_that_have_ended_make_room),
        cmocka_unit_test(a_cancel_and_an_amend_can_lose_the_race),
        cmocka_unit_test(quotes_are_taken_at_their_side_and_size),
        cmocka_unit_test(trades_fill_what_they_trade_through),
        cmocka_unit_test(the_end_closes_at_the_last_price),
        cmocka_unit_test(its_state_is_saved_and_facts_are_taken),
        cmocka_unit_test(wrong_configuration_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
