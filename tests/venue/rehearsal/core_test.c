/* core_test.c: the exchange behind the rehearsal venue: price and time, each kind of order, money held to the last unit; and a walk of
 * whatever a customer may ask, proven behind every step. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/random.h"
#include "base/text.h"
#include "rehearsal/core.h"

#define MONEY(units) ((units)*num_pow10_128(MONEY_SCALE))

static struct { /* a venue with one instrument, price step 0.01, quantity step 0.001 */
    struct core *core;
    uint32_t inst, btc, usdt, ann, bob, maker;
    int64_t now_ns;
    char told[4096];
    uint64_t fills, trades;
} v;

static void on(void *self, const struct core_event *event)
{
    static const char *const states[] = {"", "working", "dormant", "filled", "canceled", "expired"};
    char line[128] = "";
    (void)self;
    if (event->kind == CORE_ON_ORDER)
        snprintf(line, sizeof line, "%llu %s %lld/%lld; ", (unsigned long long)event->order->id,
                 states[event->order->state], (long long)event->order->filled, (long long)event->order->qty);
    if (event->kind == CORE_ON_FILL)
        snprintf(line, sizeof line, "%llu fills %lld@%lld; ", (unsigned long long)event->order->id,
                 (long long)event->fill->qty, (long long)event->fill->price);
    if (event->kind == CORE_ON_LEVEL)
        snprintf(line, sizeof line, "%c%lld=%lld; ", event->side == CORE_BUY ? 'b' : 's', (long long)event->price,
                 (long long)event->qty);
    v.fills += event->kind == CORE_ON_FILL;
    v.trades += event->kind == CORE_ON_TRADE;
    text_append(v.told, sizeof v.told, line);
}

static void proven(void)
{
    const char *wrong = core_proof(v.core);
    if (wrong)
        fail_msg("%s", wrong);
}

static int set_up_by(const struct core_rules *rules)
{
    memset(&v, 0, sizeof v);
    v.core = core_new(rules, on, NULL);
    assert_non_null(v.core);
    v.btc = core_asset(v.core, "BTC");
    v.usdt = core_asset(v.core, "USDT");
    v.inst = core_add_inst(v.core, &(struct core_inst){.symbol = "BTC/USDT",
                                                       .base = v.btc,
                                                       .quote = v.usdt,
                                                       .price_step = {1, 2, 0},
                                                       .qty_step = {1, 3, 0},
                                                       .min_qty = 2,
                                                       .max_qty = 100000,
                                                       .min_notional = MONEY(1) / 10});
    v.ann = core_add_account(v.core, "ann", false, 1000, 2000);
    v.bob = core_add_account(v.core, "bob", false, 0, 500);
    v.maker = core_add_account(v.core, "house", true, 0, 0);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(core_pay(v.core, 1, i, v.btc, MONEY(10)), CORE_OK);
        assert_int_equal(core_pay(v.core, 1, i, v.usdt, MONEY(10000)), CORE_OK);
    }
    v.now_ns = 1000;
    return 0;
}

static int set_up(void **state)
{
    (void)state;
    return set_up_by(&(struct core_rules){.open_max = 20});
}

static int tear_down(void **state)
{
    (void)state;
    proven();
    core_free(v.core);
    return 0;
}

static struct core_ask limit(uint32_t account, uint8_t side, int64_t qty, int64_t price)
{
    return (struct core_ask){
        .account = account, .side = side, .type = CORE_LIMIT, .tif = CORE_GTC, .qty = qty, .price = price};
}

static enum core_why placed(const struct core_ask *ask, uint32_t *ret_order)
{
    v.told[0] = 0;
    v.now_ns += 1000;
    const enum core_why why = core_place(v.core, v.now_ns, ask, ret_order);
    proven();
    return why;
}

static const struct core_order *place(struct core_ask ask)
{
    uint32_t order = CORE_NONE;
    assert_int_equal(placed(&ask, &order), CORE_OK);
    return core_order(v.core, order);
}

static void refused(struct core_ask ask, enum core_why expected)
{
    uint32_t order;
    assert_string_equal(core_why_name(placed(&ask, &order)), core_why_name(expected));
    assert_string_equal(v.told, "");
}

static oc_i128 free_of(uint32_t account, uint32_t asset) { return core_account(v.core, account)->balances[asset].free; }

static void the_best_price_trades_first_and_the_earlier_of_two(void **state)
{
    (void)state;
    place(limit(v.ann, CORE_SELL, 5, 10100));
    place(limit(v.ann, CORE_SELL, 5, 10000));
    place(limit(v.ann, CORE_SELL, 7, 10000));
    place(limit(v.bob, CORE_BUY, 14, 10200));
    assert_string_equal(
        v.told, "4 working 0/14; 2 fills 5@10000; 4 fills 5@10000; 2 filled 5/5; s10000=7; 3 fills 7@10000; 4 fills "
                "7@10000; 3 filled 7/7; s10000=0; 1 fills 2@10100; 4 fills 2@10100; 1 working 2/5; s10100=3; 4 "
                "filled 14/14; ");
    /* 12 at 100 and 2 at 101: 1.402; bob pays 0.0005 of it, ann takes 0.001 less. */
    assert_true(free_of(v.bob, v.usdt) == MONEY(10000) - MONEY(1402) / 1000 - MONEY(701) / 1000000);
    assert_true(free_of(v.ann, v.usdt) == MONEY(10000) + MONEY(1402) / 1000 - MONEY(1402) / 1000000);
    assert_true(core_account(v.core, v.ann)->balances[v.btc].locked == MONEY(3) / 1000);
}

static void a_fee_is_cut_so_that_many_are_never_more_than_one(void **state)
{
    (void)state;
    place(limit(v.ann, CORE_SELL, 3, 10001));
    place(limit(v.bob, CORE_BUY, 3, 10001)); /* 0.30003, of which 0.0005 are 0.000150015 */
    assert_true(free_of(v.bob, v.usdt) == MONEY(10000) - MONEY(30003) / 100000 - MONEY(15001) / 100000000);
}

static void each_kind_of_order_does_what_it_says(void **state)
{
    struct core_ask ask;
    (void)state;
    place(limit(v.ann, CORE_SELL, 10, 10000));
    ask = limit(v.bob, CORE_BUY, 20, 10000), ask.tif = CORE_IOC;
    const struct core_order *order = place(ask);
    assert_true(order->state == CORE_EXPIRED && order->filled == 10);
    place(limit(v.ann, CORE_SELL, 10, 10000));
    ask.tif = CORE_FOK;
    order = place(ask);
    assert_true(order->state == CORE_EXPIRED && order->filled == 0);
    ask.qty = 10;
    assert_int_equal(place(ask)->state, CORE_FILLED);
    place(limit(v.ann, CORE_SELL, 10, 10000));
    ask = limit(v.bob, CORE_BUY, 10, 10000), ask.is_post_only = true;
    refused(ask, CORE_WOULD_TAKE);
    ask.price = 9999;
    order = place(ask);
    assert_int_equal(order->state, CORE_WORKING);
    assert_int_equal(core_cancel(v.core, v.now_ns, core_order_by_id(v.core, order->id)), CORE_OK);
    assert_int_equal(core_cancel(v.core, v.now_ns, core_order_by_id(v.core, order->id)), CORE_NOT_OPEN);
    assert_int_equal(core_cancel(v.core, v.now_ns, core_order_by_id(v.core, 99)), CORE_NOT_FOUND);
    ask = (struct core_ask){.account = v.bob, .side = CORE_BUY, .type = CORE_MARKET, .tif = CORE_IOC, .qty = 4};
    assert_int_equal(place(ask)->state, CORE_FILLED);
    ask.qty = 0, ask.by_money = true, ask.money = MONEY(9) / 100;
    refused(ask, CORE_BELOW_MIN_NOTIONAL);
    place(limit(v.ann, CORE_SELL, 30, 10000));
    ask.money = MONEY(145) / 100; /* 0.0145 at 100 */
    order = place(ask);
    assert_true(order->state == CORE_FILLED && order->filled == 14);
}

static void a_market_order_goes_as_far_as_the_money(void **state)
{
    (void)state;
    assert_int_equal(core_pay(v.core, v.now_ns, v.bob, v.usdt, -MONEY(9000)), CORE_OK);
    assert_int_equal(core_pay(v.core, v.now_ns, v.bob, v.usdt, -MONEY(1001)), CORE_NO_FUNDS);
    place(limit(v.ann, CORE_SELL, 10000, 10010)); /* 10 at 100.10: 1001 and the fee */
    const struct core_order *order = place(
        (struct core_ask){.account = v.bob, .side = CORE_BUY, .type = CORE_MARKET, .tif = CORE_IOC, .qty = 10000});
    assert_true(order->state == CORE_EXPIRED && order->filled == 9985);
    refused(limit(v.bob, CORE_BUY, 1000, 9000), CORE_NO_FUNDS);
}

static void a_stop_waits_until_a_trade_reaches_it(void **state)
{
    struct core_ask stop = {
        .account = v.ann, .side = CORE_SELL, .type = CORE_STOP, .tif = CORE_GTC, .qty = 10, .stop = 9900};
    (void)state;
    const uint64_t first = place(stop)->id;
    stop.type = CORE_STOP_LIMIT, stop.price = 9850, stop.stop = 9890;
    const uint64_t second = place(stop)->id;
    assert_true(core_account(v.core, v.ann)->balances[v.btc].locked == MONEY(20) / 1000);
    place(limit(v.maker, CORE_BUY, 15, 9900));
    place(limit(v.maker, CORE_BUY, 15, 9880));
    place(limit(v.bob, CORE_SELL, 10,
                9900)); /* reaches the first; that takes 5 at 9900 and 5 at 9880, which reaches the second */
    assert_int_equal(core_order(v.core, core_order_by_id(v.core, first))->state, CORE_FILLED);
    assert_int_equal(core_order(v.core, core_order_by_id(v.core, second))->state, CORE_FILLED);
    assert_true(core_order(v.core, core_order_by_id(v.core, second))->filled == 10);
    stop.stop = 9950;
    refused(stop, CORE_WOULD_TRIGGER);
}

static void less_keeps_its_place_and_another_price_does_not(void **state)
{
    (void)state;
    const uint32_t first = core_order_by_id(v.core, place(limit(v.ann, CORE_BUY, 10, 10000))->id);
    const uint32_t second = core_order_by_id(v.core, place(limit(v.bob, CORE_BUY, 10, 10000))->id);
    assert_int_equal(core_amend(v.core, v.now_ns, first, 8, 10000), CORE_OK);
    assert_int_equal(core_amend(v.core, v.now_ns, first, 8, 10000), CORE_NOTHING_CHANGES);
    place(limit(v.maker, CORE_SELL, 4, 10000));
    assert_int_equal(core_order(v.core, first)->filled, 4);
    assert_int_equal(core_amend(v.core, v.now_ns, first, 4, 10000), CORE_BAD_QTY);
    assert_int_equal(core_amend(v.core, v.now_ns, first, 12, 10000), CORE_OK);
    place(limit(v.maker, CORE_SELL, 4, 10000));
    assert_int_equal(core_order(v.core, first)->filled, 4);
    assert_int_equal(core_order(v.core, second)->filled, 4);
    assert_int_equal(core_amend(v.core, v.now_ns, first, 1000000, 10000), CORE_ABOVE_MAX_QTY);
    assert_int_equal(core_amend(v.core, v.now_ns, first, 99999, 100000), CORE_NO_FUNDS);
    place(limit(v.maker, CORE_SELL, 5, 10100));
    assert_int_equal(core_amend(v.core, v.now_ns, first, 12, 10100), CORE_OK); /* it takes */
    assert_int_equal(core_order(v.core, first)->filled, 9);
    proven();
}

static void what_cannot_be_is_refused_and_changes_nothing(void **state)
{
    struct core_ask ask = limit(v.ann, CORE_BUY, 10, 10000);
    (void)state;
    text_copy(ask.client, sizeof ask.client, "mine");
    place(ask);
    refused(ask, CORE_CLIENT_ID_USED);
    ask.client[0] = 0;
    ask.qty = 1, refused(ask, CORE_BELOW_MIN_QTY);
    ask.qty = 0, refused(ask, CORE_BAD_QTY);
    ask.qty = 100001, refused(ask, CORE_ABOVE_MAX_QTY);
    ask.qty = 100000, ask.price = INT64_MAX, refused(ask, CORE_ABOVE_MAX_QTY);
    ask.qty = 9, ask.price = 1000, refused(ask, CORE_BELOW_MIN_NOTIONAL);
    ask.qty = 10, ask.price = 0, refused(ask, CORE_BAD_PRICE);
    ask.price = 10000, ask.inst = 5, refused(ask, CORE_NO_INSTRUMENT);
    ask.inst = 0, ask.tif = 9, refused(ask, CORE_NO_SUCH_KIND);
    core_halt(v.core, v.now_ns, v.inst, true);
    ask.tif = CORE_GTC, refused(ask, CORE_HALTED);
    core_halt(v.core, v.now_ns, v.inst, false);
    for (int i = 0; i < 19; i++)
        place(ask);
    refused(ask, CORE_TOO_MANY_OPEN);
    refused(limit(v.maker, CORE_SELL, 100001, 1), CORE_ABOVE_MAX_QTY);
    assert_true(core_order_by_client(v.core, v.ann, "mine") == core_order_by_id(v.core, 1));
    assert_true(core_order_by_client(v.core, v.bob, "mine") == CORE_NONE);
}

static void an_own_order_is_never_traded_with(void **state)
{
    (void)state;
    place(limit(v.ann, CORE_SELL, 10, 10000));
    place(limit(v.bob, CORE_SELL, 10, 9990));
    const struct core_order *order = place(limit(v.ann, CORE_BUY, 30, 10000));
    assert_true(order->state == CORE_EXPIRED && order->filled == 10);
}

static void a_view_of_earlier_is_what_was(void **state)
{
    struct core_order then;
    struct core_balance balance;
    (void)state;
    place(limit(v.maker, CORE_SELL, 10, 10000));
    const uint32_t order = core_order_by_id(v.core, place(limit(v.ann, CORE_BUY, 10, 9900))->id);
    const int64_t at_ns = v.now_ns;
    place(limit(v.bob, CORE_SELL, 4, 9900));
    assert_int_equal(core_amend(v.core, v.now_ns + 500, order, 20, 9800), CORE_OK);
    assert_false(core_order_at(v.core, order, at_ns - 1, &then));
    assert_true(core_order_at(v.core, order, at_ns, &then) && then.filled == 0 && then.qty == 10 && then.price == 9900);
    assert_true(core_order_at(v.core, order, at_ns + 1000, &then) && then.filled == 4 && then.qty == 10);
    assert_true(core_order_at(v.core, order, INT64_MAX, &then) && then.filled == 4 && then.qty == 20);
    core_balance_at(v.core, v.ann, v.btc, at_ns, &balance);
    assert_true(balance.free == MONEY(10));
    core_balance_at(v.core, v.ann, v.btc, at_ns + 1000, &balance);
    assert_true(balance.free == MONEY(10) + MONEY(4) / 1000);
    core_balance_at(v.core, v.ann, v.btc, 0, &balance);
    assert_true(balance.free == 0);
}

static struct core_ask drawn(uint64_t *random)
{
    struct core_ask ask = {.account = (uint32_t)(random_next(random) % 3),
                           .side = (uint8_t)(1 + random_next(random) % 2),
                           .type = (uint8_t)(1 + random_next(random) % 4),
                           .tif = (uint8_t)(1 + random_next(random) % 3),
                           .is_post_only = random_next(random) % 4 == 0,
                           .by_money = random_next(random) % 8 == 0,
                           .qty = (int64_t)(random_next(random) % 300),
                           .price = (int64_t)(9900 + random_next(random) % 200),
                           .stop = (int64_t)(9900 + random_next(random) % 200),
                           .money = MONEY((int64_t)(random_next(random) % 40))};
    if (random_next(random) % 3 == 0)
        ask.type = CORE_LIMIT, ask.tif = CORE_GTC;
    if (random_next(random) % 2)
        snprintf(ask.client, sizeof ask.client, "c%d", (int)(random_next(random) % 400));
    return ask;
}

static uint64_t fills;

static void walk(uint64_t seed, const struct core_rules *rules)
{
    uint64_t random = seed;
    set_up_by(rules);
    for (int i = 0; i < 400; i++) {
        struct core_ask ask = drawn(&random);
        const uint32_t count = core_order_count(v.core);
        uint32_t order = count ? core_order_by_id(v.core, 1 + random_next(&random) % count) : CORE_NONE;
        const uint64_t what = random_next(&random) % 10;
        v.told[0] = 0;
        v.now_ns += (int64_t)(random_next(&random) % 3) * 500; /* several at once, too */
        if (what < 6)
            (void)core_place(v.core, v.now_ns, &ask, &order);
        else if (what < 8 && order != CORE_NONE)
            (void)core_cancel(v.core, v.now_ns, order);
        else if (order != CORE_NONE)
            (void)core_amend(v.core, v.now_ns, order, ask.qty, ask.price);
        proven();
    }
    assert_true(v.trades <= v.fills);
    fills += v.fills;
    core_free(v.core);
}

static void whatever_is_asked_money_is_neither_made_nor_lost(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed++)
        walk(seed,
             &(struct core_rules){.open_max = 20, .ids_while_open = seed % 2 == 0, .fee_of_received = seed % 3 == 0});
    assert_true(fills > 3000);
}

int main(void)
{
#define OF(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        OF(the_best_price_trades_first_and_the_earlier_of_two),
        OF(a_fee_is_cut_so_that_many_are_never_more_than_one),
        OF(each_kind_of_order_does_what_it_says),
        OF(a_market_order_goes_as_far_as_the_money),
        OF(a_stop_waits_until_a_trade_reaches_it),
        OF(less_keeps_its_place_and_another_price_does_not),
        OF(what_cannot_be_is_refused_and_changes_nothing),
        OF(an_own_order_is_never_traded_with),
        OF(a_view_of_earlier_is_what_was),
        cmocka_unit_test(whatever_is_asked_money_is_neither_made_nor_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
