/* The default risk rules of size, price and position: at the limit, one unit below and one beyond
 * it; pending, UNKNOWN and same-callback orders counted; on amends upwards. RISK-1 and RISK-2 of
 * the formula sheet. */
#include "support/risk_bench.h"

static struct oc_request by_money(const struct bench *bench, uint8_t side, int64_t units, int32_t scale)
{
    struct oc_request request = fixture_order(bench->f, side, 0, 0);
    request.bits = OC_RQ_HAS_QUOTE_QTY;
    request.quote_qty = (struct oc_dec){units, scale, 0};
    return request;
}

/* A second instrument that never had a price; prices may be negative. */
static uint32_t add_unpriced(struct bench *bench)
{
    struct oc_instrument info = *&instruments_get(engine_instruments(bench->f->engine), bench->f->inst)->info;
    uint32_t inst;
    strcpy(info.symbol, "OIL/USDT");
    info.present |= OC_INST_HAS_PRICE_SIGN;
    assert_int_equal(instruments_asset(engine_instruments(bench->f->engine), "OIL", &info.base), OC_OK);
    assert_int_equal(instruments_add(engine_instruments(bench->f->engine), &info, &inst), OC_OK);
    return inst;
}

static void quantity_is_limited(void **state)
{
    (void)state;
    struct bench *bench = bench_new("max_order_qty", PAIRS("limit", "1.5"));
    assert_true(order(bench, BUY, 1499, 9900));
    uint64_t id = accepted(bench, BUY, 1500, 9900);
    assert_false(order(bench, BUY, 1501, 9900));
    assert_refused(bench, "QUANTITY_ABOVE_LIMIT", "1.501", "1.5");
    assert_false(order(bench, SELL, 1501, 0));
    assert_true(amend(bench, id, 1499, 0));
    assert_true(amend(bench, id, 1500, 0));
    assert_false(amend(bench, id, 1501, 0));
    assert_refused(bench, "QUANTITY_ABOVE_LIMIT", "1.501", "1.5");
    assert_true(amend(bench, id, 0, 9800));                    /* the price alone is not its business */
    assert_true(submit(bench, by_money(bench, BUY, 1425, 1))); /* 1.5 at 95.00: the reference less 5 % */
    assert_false(submit(bench, by_money(bench, BUY, 14251, 2)));
    assert_refused(bench, "QUANTITY_ABOVE_LIMIT", "1.501", "1.5");
    hold(bench, 4999);
    assert_false(submit(bench, reducing(bench, SELL, 5000, 0))); /* one more than there is: an order like any other */
    hold(bench, 5000);
    assert_true(submit(bench, reducing(bench, SELL, 5000, 0)));
    assert_true(cancel(bench, id));
    struct oc_request unpriced = by_money(bench, BUY, 1, 0);
    unpriced.head.inst = add_unpriced(bench);
    assert_false(submit(bench, unpriced));
    assert_string_equal(bench->refusal.reason, "NO_REFERENCE_PRICE");
    bench_free(bench);

    bench = bench_new("max_order_qty", NULL); /* no limit: there, and lets everything pass */
    id = accepted(bench, BUY, 1000000000000, 9900);
    bench_free(bench);

    /* an order from before the limit may shrink towards it, and be canceled */
    bench = bench_new("max_order_qty", NULL);
    id = accepted(bench, BUY, 3000, 9900);
    struct bench late = {.f = bench->f};
    set_keys(&late, PAIRS("limit", "0.0019")); /* between two steps: rounded down */
    assert_int_equal(open_rule(&late, "max_order_qty"), OC_OK);
    assert_int_equal(engine_add_rule(bench->f->engine, "late", late.table, late.self), OC_OK);
    assert_true(amend(bench, id, 2999, 0));
    assert_false(amend(bench, id, 3000, 0));
    assert_true(order(bench, BUY, 1, 9900));
    assert_false(order(bench, BUY, 2, 9900));
    assert_true(cancel(bench, id));
    bench_free(bench);
    late.plugin->close(late.self);
}

static void value_is_limited(void **state)
{
    (void)state;
    struct bench *bench = bench_new("max_order_value", PAIRS("limit", "1000"));
    assert_true(order(bench, BUY, 9999, 10000));
    uint64_t id = accepted(bench, BUY, 10000, 10000);
    assert_false(order(bench, BUY, 10001, 10000));
    assert_refused(bench, "VALUE_ABOVE_LIMIT", "1000.1", "1000");
    assert_true(order(bench, BUY, 10000, 9999));
    assert_false(order(bench, BUY, 10000, 10001));
    assert_refused(bench, "VALUE_ABOVE_LIMIT", "1000.1", "1000");
    assert_true(order(bench, BUY, 10000, 0)); /* at the reference */
    assert_false(order(bench, BUY, 10001, 0));
    assert_true(order(bench, SELL, 10000, 9000));
    assert_false(order(bench, SELL, 10001, 9000)); /* it would trade at 100.00 */
    assert_refused(bench, "VALUE_ABOVE_LIMIT", "1000.1", "1000");
    assert_false(order(bench, SELL, 10000, 10001));
    assert_true(submit(bench, by_money(bench, BUY, 1000, 0)));
    assert_true(submit(bench, by_money(bench, BUY, 99999, 2)));
    assert_false(submit(bench, by_money(bench, BUY, 100001, 2)));
    assert_refused(bench, "VALUE_ABOVE_LIMIT", "1000.01", "1000");
    assert_true(amend(bench, id, 9999, 0));
    assert_true(amend(bench, id, 10000, 0));
    assert_false(amend(bench, id, 10001, 0));
    assert_false(amend(bench, id, 0, 10001));
    assert_true(amend(bench, id, 5000, 20000));
    hold(bench, 20000);
    assert_true(submit(bench, reducing(bench, SELL, 20000, 0)));
    assert_true(cancel(bench, id));
    struct oc_request unpriced = fixture_order(bench->f, BUY, 1, 0);
    unpriced.head.inst = add_unpriced(bench);
    assert_false(submit(bench, unpriced));
    assert_string_equal(bench->refusal.reason, "NO_REFERENCE_PRICE");
    bench_free(bench);

    bench = bench_new("max_order_value", NULL);
    id = accepted(bench, BUY, 100000000, 10000);
    struct bench late = {.f = bench->f};
    set_keys(&late, PAIRS("limit", "0"));
    assert_int_equal(open_rule(&late, "max_order_value"), OC_OK);
    assert_int_equal(engine_add_rule(bench->f->engine, "late", late.table, late.self), OC_OK);
    assert_false(order(bench, BUY, 1, 1));  /* 0.00001 */
    assert_true(amend(bench, id, 0, 9999)); /* less than before */
    assert_false(amend(bench, id, 0, 10000));
    bench_free(bench);
    late.plugin->close(late.self);
}

static void RISK_1_collar(void **state)
{
    (void)state;
    struct bench *bench = bench_new("price_collar", NULL); /* 5 % is the default; the reference is 100.00 */
    assert_true(order(bench, BUY, 1, 10499));
    uint64_t id = accepted(bench, BUY, 1, 10500);
    assert_false(order(bench, BUY, 1, 10501));
    assert_refused(bench, "PRICE_OUTSIDE_COLLAR", "105.01", "105");
    assert_true(order(bench, SELL, 1, 9501));
    assert_true(order(bench, SELL, 1, 9500));
    assert_false(order(bench, SELL, 1, 9499));
    assert_refused(bench, "PRICE_OUTSIDE_COLLAR", "94.99", "95");
    assert_true(order(bench, BUY, 1, 1)); /* only the risky direction */
    assert_true(order(bench, SELL, 1, 10000000));
    struct oc_request stop = fixture_order(bench->f, BUY, 1, 10501);
    stop.type = OC_ORDER_STOP_LIMIT;
    stop.bits |= OC_RQ_HAS_STOP;
    stop.stop_price = 10400;
    assert_false(submit(bench, stop));
    stop.price = 10500;
    assert_true(submit(bench, stop));
    /* One that only reduces counts from its stop price, however far that is: a stop loss is no finger that slipped. */
    hold(bench, 5);
    struct oc_request protects = reducing(bench, SELL, 1, 7600);
    protects.type = OC_ORDER_STOP_LIMIT;
    protects.bits |= OC_RQ_HAS_STOP;
    protects.stop_price = 8000;
    assert_true(submit(bench, protects));
    protects.price = 7599;
    assert_false(submit(bench, protects));
    assert_refused(bench, "PRICE_OUTSIDE_COLLAR", "75.99", "76");
    assert_false(amend(bench, id, 0, 10501));
    assert_true(amend(bench, id, 0, 10500));
    fixture_price(bench->f, 9000); /* the market goes away: what stands may change its quantity, and go */
    assert_true(amend(bench, id, 2, 0));
    assert_true(cancel(bench, id));
    fixture_price(bench->f, 1019); /* 10.19: 5 % of it is 0.5095, which does not count in full */
    assert_true(order(bench, BUY, 1, 1069));
    assert_false(order(bench, BUY, 1, 1070));
    assert_true(order(bench, SELL, 1, 969));
    assert_false(order(bench, SELL, 1, 968));

    struct oc_request oil = fixture_order(bench->f, BUY, 1, 100);
    oil.head.inst = add_unpriced(bench);
    assert_false(submit(bench, oil));
    assert_string_equal(bench->refusal.reason, "NO_REFERENCE_PRICE");
    oil.type = OC_ORDER_MARKET; /* has no price to judge */
    oil.bits = OC_RQ_HAS_QTY;
    assert_true(submit(bench, oil));
    bench->f->inst = oil.head.inst; /* RISK-1 below zero: -10.00, so -9.50 and -10.50 */
    fixture_price(bench->f, -1000);
    assert_true(order(bench, BUY, 1, -950));
    assert_false(order(bench, BUY, 1, -949));
    assert_refused(bench, "PRICE_OUTSIDE_COLLAR", "-9.49", "-9.5");
    assert_true(order(bench, SELL, 1, -1050));
    assert_false(order(bench, SELL, 1, -1051));
    bench_free(bench);
}

static void a_reference_may_be_too_old(void **state)
{
    (void)state;
    struct bench *bench = bench_new("price_collar", PAIRS("band", "0.1", "max_age", "5s"));
    uint64_t id = accepted(bench, BUY, 1, 11000);
    assert_false(order(bench, BUY, 1, 11001));
    bench->f->now_ns += 5000 * MS; /* exactly as old as it may be */
    struct oc_ev_balance balance = {.head = {.size = sizeof balance, .type = OC_EV_BALANCE},
                                    .account = bench->f->account,
                                    .asset = bench->f->quote,
                                    .total = {1000000, 0, 0}};
    assert_int_equal(fixture_input(bench->f, &balance), OC_OK);
    assert_true(order(bench, BUY, 1, 11000));
    assert_true(order(bench, BUY, 1, 0));
    bench->f->now_ns++;
    balance.head.venue_ns = 0;
    assert_int_equal(fixture_input(bench->f, &balance), OC_OK);
    assert_false(order(bench, BUY, 1, 11000));
    assert_string_equal(bench->refusal.reason, "REFERENCE_TOO_OLD");
    assert_false(order(bench, BUY, 1, 0));
    assert_string_equal(bench->refusal.reason, "REFERENCE_TOO_OLD");
    hold(bench, 1);
    assert_true(submit(bench, reducing(bench, SELL, 1, 0)));
    assert_true(cancel(bench, id));
    struct oc_request unpriced = fixture_order(bench->f, BUY, 1, 0);
    unpriced.head.inst = add_unpriced(bench);
    assert_false(submit(bench, unpriced));
    assert_string_equal(bench->refusal.reason, "NO_REFERENCE_PRICE");
    bench_free(bench);
}

static void RISK_2_worst_case_position(void **state)
{
    (void)state;
    struct bench *bench = bench_new("position_limit", PAIRS("limit", "11"));
    struct fixture *f = bench->f;
    uint64_t held = order(bench, BUY, 5000, 10000);
    assert_int_equal(fixture_trade(f, held, BUY, 5000, 10000), OC_OK);
    uint64_t open_buy = accepted(bench, BUY, 3000, 9900);
    uint64_t unknown = order(bench, BUY, 2000, 9900);
    assert_int_equal(fixture_say(f, OC_EV_UNKNOWN, unknown), OC_OK);
    uint64_t open_sell = order(bench, SELL, 4000, 10100); /* pending: not even accepted */
    assert_true(open_sell);
    /* worst case 10 long and 1: so one more long, and twelve short */
    assert_false(order(bench, BUY, 1001, 9900));
    assert_refused(bench, "POSITION_ABOVE_LIMIT", "11.001", "11");
    assert_false(order(bench, SELL, 12001, 10100));
    assert_refused(bench, "POSITION_ABOVE_LIMIT", "-11.001", "11");
    uint64_t last = accepted(bench, SELL, 12000, 10100);
    assert_false(order(bench, SELL, 1, 10100));
    assert_true(cancel(bench, last));
    assert_int_equal(fixture_say(f, OC_EV_CANCELED, last), OC_OK);
    /* on amend only the increase counts, from what is still to trade */
    assert_int_equal(fixture_trade(f, open_buy, BUY, 1000, 9900), OC_OK); /* position 6, 2 open: still 10 */
    assert_true(amend(bench, open_buy, 3999, 0));
    assert_true(amend(bench, open_buy, 4000, 0));
    assert_false(amend(bench, open_buy, 4001, 0));
    assert_refused(bench, "POSITION_ABOVE_LIMIT", "11.001", "11");
    assert_true(amend(bench, open_buy, 3000, 0));
    /* orders of one callback count for the next one */
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_true(ask(bench, fixture_order(f, BUY, 400, 9900)));
    assert_true(ask(bench, fixture_order(f, BUY, 599, 9900)));
    assert_false(ask(bench, fixture_order(f, BUY, 2, 9900)));
    assert_refused(bench, "POSITION_ABOVE_LIMIT", "11.001", "11");
    assert_true(ask(bench, fixture_order(f, BUY, 1, 9900)));
    assert_false(ask(bench, by_money(bench, BUY, 1, 1)));
    fixture_end(f, true);
    /* what the venue says was never there no longer counts */
    assert_false(order(bench, BUY, 2000, 9900));
    assert_int_equal(fixture_say(f, OC_EV_NOT_THERE, unknown), OC_OK);
    assert_true(order(bench, BUY, 2000, 9900));
    assert_false(submit(bench, reducing(bench, SELL, 100000, 0))); /* more than is held: the flag alone eases nothing */
    assert_string_equal(bench->refusal.reason, "POSITION_ABOVE_LIMIT");
    assert_true(submit(bench, reducing(bench, SELL, fixture_book(f)->position.qty, 0)));
    assert_true(cancel(bench, open_sell));
    bench_free(bench);

    /* beyond the limit, the way back is open and the way on is not */
    bench = bench_new("position_limit", NULL);
    held = order(bench, BUY, 20000, 10000);
    assert_int_equal(fixture_trade(bench->f, held, BUY, 20000, 10000), OC_OK);
    struct bench late = {.f = bench->f};
    set_keys(&late, PAIRS("limit", "11"));
    assert_int_equal(open_rule(&late, "position_limit"), OC_OK);
    assert_int_equal(engine_add_rule(bench->f->engine, "late", late.table, late.self), OC_OK);
    assert_true(order(bench, SELL, 1, 10100));
    assert_true(order(bench, SELL, 30999, 10100)); /* to -11 with the one above */
    assert_false(order(bench, SELL, 1, 10100));
    assert_false(order(bench, BUY, 1, 9900));
    bench_free(bench);
    late.plugin->close(late.self);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantity_is_limited),
        cmocka_unit_test(value_is_limited),
        cmocka_unit_test(RISK_1_collar),
        cmocka_unit_test(a_reference_may_be_too_old),
        cmocka_unit_test(RISK_2_worst_case_position),
    };
    return cmocka_run_group_tests(tests, load_all, NULL);
}
