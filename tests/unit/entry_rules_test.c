/* entry_rules_test.c: rules on entering: how many instruments at a time, pauses behind trips, and which instruments at all; at their limits and one
 * step beyond, and in another instance with the saved state. */
#include "support/risk_bench.h"

/* A whole order of one instrument, filled. */
static void fills(struct bench *bench, uint32_t inst, uint8_t side, int64_t qty, int64_t price, const char *fee)
{
    static uint32_t number;
    char id[32];
    const uint64_t order = order_of(bench, inst, side, qty, price);
    assert_true(order);
    snprintf(id, sizeof id, "e%u", ++number);
    struct oc_ev_fill fill = fixture_fill(bench->f, order, side, qty, price, id);
    fill.head.inst = inst;
    assert_int_equal(text_to_decimal(fee, strlen(fee), &fill.fee.units, &fill.fee.scale), OC_OK);
    assert_int_equal(fixture_input(bench->f, &fill), OC_OK);
}

/* In and out again, for so much more a unit of 1.00; 10 BTC are bought. */
static void trip(struct bench *bench, uint32_t inst, int64_t from, int64_t to, const char *fee)
{
    fills(bench, inst, BUY, 1000, from, "0");
    struct oc_request out = reducing(bench, SELL, 1000, to);
    out.head.inst = inst;
    const uint64_t order = submit(bench, out);
    assert_true(order);
    struct oc_ev_fill fill = fixture_fill(bench->f, order, SELL, 1000, to, "x");
    fill.head.inst = inst;
    fill.trade_id_size = (uint8_t)snprintf(fill.trade_id, sizeof fill.trade_id, "x%llu", (unsigned long long)order);
    assert_int_equal(text_to_decimal(fee, strlen(fee), &fill.fee.units, &fill.fee.scale), OC_OK);
    assert_int_equal(fixture_input(bench->f, &fill), OC_OK);
}

static void so_many_instruments_and_no_more(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("count", "2");
    struct bench *bench = bench_new("max_open", keys);
    const uint32_t own = bench->f->inst, second = second_instrument(bench, "ETH/USDT", NULL),
                   third = second_instrument(bench, "SOL/USDT", NULL);
    const uint64_t resting = order_of(bench, second, BUY, 10, 4000);
    assert_true(resting); /* an entry that waits counts */
    fills(bench, own, BUY, 10, 10000, "0");
    assert_int_equal(order_of(bench, third, BUY, 10, 4000), 0);
    assert_refused(bench, "MAX_OPEN_REACHED", "3", "2");
    assert_true(order(bench, BUY, 10, 10000)); /* more of what is held */
    assert_true(order_of(bench, second, BUY, 10, 4000));
    bench_free(bench);

    bench = bench_new("max_open", keys);
    const uint32_t other = second_instrument(bench, "ETH/USDT", NULL),
                   last = second_instrument(bench, "SOL/USDT", NULL);
    const uint64_t gone = order_of(bench, other, BUY, 10, 4000);
    fills(bench, bench->f->inst, BUY, 10, 10000, "0");
    assert_int_equal(order_of(bench, last, BUY, 10, 4000), 0);
    struct bench late = {.f = bench->f}; /* the state of one that was there, in another instance */
    char bytes[16384];
    const oc_rc size = bench->table->save(bench->self, bytes, sizeof bytes);
    set_keys(&late, PAIRS("count", "1"));
    assert_int_equal(open_rule(&late, "max_open"), OC_OK);
    assert_int_equal(late.table->load(late.self, bytes, (uint32_t)size), OC_OK);
    assert_true(cancel(bench, gone));
    assert_int_equal(fixture_say(bench->f, OC_EV_CANCELED, gone), OC_OK);
    const uint64_t taken = order_of(bench, last, BUY, 10, 4000); /* room again */
    assert_true(taken);
    assert_int_equal(engine_add_rule(bench->f->engine, "late", late.table, late.self), OC_OK);
    assert_true(order(bench, BUY, 10, 10000)); /* more of what is held, though there are too many */
    assert_int_equal(order_of(bench, other, BUY, 10, 4000), 0);
    assert_string_equal(bench->refusal.reason, "MAX_OPEN_REACHED");
    bench_free(bench);
    late.plugin->close(late.self);
}

static void a_pause_behind_every_exit(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("pause", "30m");
    struct bench *bench = bench_new("cooldown", keys);
    const uint32_t own = bench->f->inst, second = second_instrument(bench, "ETH/USDT", NULL);
    at(bench, 100 * HOUR);
    fills(bench, own, BUY, 1000, 10000, "0");
    fills(bench, own, BUY, 500, 10000, "0");
    fills(bench, own, SELL, 1499, 10000, "0"); /* not yet flat */
    fills(bench, own, BUY, 1, 10000, "0");
    fills(bench, own, SELL, 2, 10000, "0");
    at(bench, 100 * HOUR + HOUR / 4);
    assert_false(order(bench, BUY, 1, 10000));
    assert_refused(bench, "COOLDOWN", "900", "1800");
    assert_true(order_of(bench, second, BUY, 1, 5000)); /* another instrument is not locked */
    struct bench *next = again(bench, "cooldown", keys);
    assert_false(order(next, BUY, 1, 10000));
    at(next, 100 * HOUR + HOUR / 2 - 1);
    assert_false(order(next, BUY, 1, 10000));
    assert_refused(next, "COOLDOWN", "0.001", "1800");
    at(next, 100 * HOUR + HOUR / 2);
    assert_true(order(next, BUY, 1, 10000));
    bench_free(next);
    bench_free(bench);
}

static void a_pause_behind_losses(void **state)
{
    (void)state;
    struct bench *bench =
        bench_new("cooldown", PAIRS("pause", "6h", "after", "loss", "count", "2", "window", "24h", "per", "account"));
    const uint32_t own = bench->f->inst, second = second_instrument(bench, "ETH/USDT", NULL);
    at(bench, 100 * HOUR);
    trip(bench, own, 10000, 9990, "0");
    at(bench, 101 * HOUR);
    trip(bench, second, 5000, 5000, "0");   /* no loss */
    trip(bench, second, 5000, 5010, "0.1"); /* as much as it paid is none either */
    at(bench, 124 * HOUR);                  /* the first has left the window at this very instant */
    trip(bench, second, 5000, 5010, "0.101");
    assert_true(order(bench, BUY, 1, 10000));
    at(bench, 148 * HOUR - 1);
    trip(bench, own, 10000, 9999, "0"); /* the second within a day */
    refused_as(bench, order(bench, BUY, 1, 10000), "COOLDOWN");
    refused_as(bench, order_of(bench, second, BUY, 1, 5000), "COOLDOWN"); /* of all */
    at(bench, 154 * HOUR - 1);
    assert_true(order_of(bench, second, BUY, 1, 5000));
    bench_free(bench);

    /* Sold short, turned around in one fill: the part that closes has lost. */
    bench = bench_new("cooldown", PAIRS("pause", "6h", "after", "loss"));
    at(bench, 100 * HOUR);
    fills(bench, bench->f->inst, SELL, 1000, 10000, "0");
    fills(bench, bench->f->inst, BUY, 1500, 10001, "0");
    refused_as(bench, order(bench, BUY, 1, 10000), "COOLDOWN");
    at(bench, 106 * HOUR);
    fills(bench, bench->f->inst, SELL, 500, 10002, "0"); /* and what it opened has won */
    assert_true(order(bench, BUY, 1, 10000));
    bench_free(bench);
}

static void a_pause_behind_low_profit(void **state)
{
    (void)state;
    struct bench *bench = bench_new(
        "cooldown", PAIRS("pause", "6h", "after", "low_profit", "count", "2", "window", "24h", "profit", "0.5"));
    const uint32_t own = bench->f->inst;
    at(bench, 100 * HOUR);
    trip(bench, own, 10000, 10010, "0");     /* 0.1 for 1.000 */
    assert_true(order(bench, BUY, 1, 9000)); /* one alone says nothing */
    trip(bench, own, 10000, 10040, "0");
    assert_true(order(bench, BUY, 1, 9000)); /* 0.5 together is enough */
    trip(bench, own, 10000, 9999, "0");
    refused_as(bench, order(bench, BUY, 1, 9000), "COOLDOWN");
    bench_free(bench);
}

static void what_was_held_before_is_no_loss(void **state)
{
    (void)state;
    struct bench *bench = bench_new("cooldown", PAIRS("pause", "6h", "after", "loss"));
    at(bench, 100 * HOUR);
    hold(bench, -1000);
    fills(bench, bench->f->inst, BUY, 1000, 10000, "0"); /* money went out */
    assert_true(order(bench, BUY, 1, 9000));
    trip(bench, bench->f->inst, 10000, 9999, "0"); /* the next one is seen whole */
    refused_as(bench, order(bench, BUY, 1, 9000), "COOLDOWN");
    bench_free(bench);
}

static void traded(struct bench *bench, int64_t at_ns, int64_t qty)
{
    struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = bench->f->inst},
                                .price = 10000,
                                .qty = qty,
                                .present = OC_HAS_QTY};
    bench->f->now_ns = at_ns;
    assert_int_equal(fixture_input(bench->f, &trade), OC_OK);
}

static void only_what_trades_enough_is_entered(void **state)
{
    (void)state;
    const char *const *keys = PAIRS("turnover", "1000", "age", "2h");
    struct bench *bench = bench_new("universe", keys);
    refused_as(bench, order(bench, BUY, 1, 10000), "NO_REFERENCE_PRICE"); /* never seen */
    traded(bench, 240 * HOUR, 9999);                                      /* 999.9 */
    assert_false(order(bench, BUY, 1, 10000));
    assert_refused(bench, "INSTRUMENT_TOO_NEW", "0", "7200");
    traded(bench, 242 * HOUR - 1, 0);
    refused_as(bench, order(bench, BUY, 1, 10000), "INSTRUMENT_TOO_NEW");
    traded(bench, 242 * HOUR, 0);
    assert_false(order(bench, BUY, 1, 10000));
    assert_refused(bench, "TURNOVER_TOO_LOW", "999", "1000");
    traded(bench, 243 * HOUR, 1);
    assert_true(order(bench, BUY, 1, 10000));
    struct bench *next = again(bench, "universe", keys);
    bench_free(bench);
    traded(next, 264 * HOUR - 1, 0); /* an eighth of a day goes at a time */
    assert_true(order(next, BUY, 1, 10000));
    traded(next, 264 * HOUR, 0);
    assert_false(order(next, BUY, 1, 10000));
    assert_refused(next, "TURNOVER_TOO_LOW", "0", "1000");
    struct oc_request out = reducing(next, SELL, 1, 10000);
    hold(next, 10);
    assert_true(submit(next, out));  /* what has left the universe can be sold */
    traded(next, 400 * HOUR, 10000); /* after a long silence */
    assert_true(order(next, BUY, 1, 10000));
    bench_free(next);

    bench = bench_new("universe", PAIRS("price_min", "100", "price_max", "100"));
    at(bench, HOUR);
    assert_true(order(bench, BUY, 1, 10000));
    fixture_price(bench->f, 9999);
    assert_false(order(bench, BUY, 1, 10000));
    assert_refused(bench, "PRICE_TOO_LOW", "99.99", "100");
    fixture_price(bench->f, 10001);
    assert_false(order(bench, BUY, 1, 10000));
    assert_refused(bench, "PRICE_TOO_HIGH", "100.01", "100");
    bench_free(bench);
    struct bench nothing = {0};
    set_keys(&nothing, NULL);
    assert_int_equal(open_rule(&nothing, "universe"), OC_E_CONFIG);
    assert_string_equal(nothing.section.log,
                        "universe: it would refuse nothing: expected turnover, age, price_min or price_max");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(so_many_instruments_and_no_more), cmocka_unit_test(a_pause_behind_every_exit),
        cmocka_unit_test(a_pause_behind_losses),           cmocka_unit_test(a_pause_behind_low_profit),
        cmocka_unit_test(what_was_held_before_is_no_loss), cmocka_unit_test(only_what_trades_enough_is_entered),
    };
    return cmocka_run_group_tests(tests, load_all, NULL);
}
