/* tca_test.c: what the market did while an order worked, with the worked numbers. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "report/tca.h"

#define SECOND 1000000000LL
#define BPS    1e-4

enum { ORDER = 77, INST = 3 << 8 };

static struct tca tca; /* large */
static int64_t now_ns;
static int64_t mark2;

static void near(double got, double want, double within)
{
    if (fabs(got - want) > within)
        fail_msg("got %.15g, want %.15g", got, want);
}

static struct market market(void) { return (struct market){.mark2 = mark2, .has_mark = true}; }

static void ask(uint64_t order, uint8_t type, uint8_t role, int64_t qty)
{
    const struct market here = market();
    const struct oc_request request = {.head = {.type = OC_EV_REQUEST, .inst = INST},
                                       .kind = OC_REQUEST_NEW,
                                       .order = order,
                                       .side = OC_SIDE_BUY,
                                       .type = type,
                                       .role = role,
                                       .qty = qty};
    tca_ask(&tca, &request, &here, now_ns);
}

static void print(int64_t qty, int64_t price, int64_t after_ns)
{
    now_ns += after_ns;
    mark2 = 2 * price;
    const struct oc_ev_trade trade = {.head = {.size = sizeof trade, .type = OC_EV_TRADE, .inst = INST},
                                      .price = price,
                                      .qty = qty,
                                      .present = OC_HAS_QTY};
    tca_seen(&tca, 3, &trade.head, mark2, now_ns);
}

static void start(int64_t price)
{
    tca_release(&tca);
    tca = (struct tca){0};
    now_ns = 1000 * SECOND;
    mark2 = 2 * price;
}

/* 10,000 decided at 50.00, sent at 50.05; 8,000 filled at 50.114375; 50.40 at the end; fees of 40. */
static void TCA_1(void **state)
{
    (void)state;
    start(5000);
    ask(ORDER, OC_ORDER_LIMIT, OC_ROLE_NONE, 10000);
    mark2 = 2 * 5005;
    const struct market here = market();
    tca_sent(&tca, ORDER, &here);
    print(1, 5005, SECOND);
    tca_fill(&tca, ORDER, 3000, 5008, 1500);
    tca_fill(&tca, ORDER, 2500, 5011, 1500);
    tca_fill(&tca, ORDER, 2500, 5016, 1000);
    print(1, 5040, SECOND);
    tca_end(&tca, ORDER, 10000, now_ns);
    print(1, 5040, SECOND);
    const double whole = 10000.0 * 50;
    near(tca.delay.sum * whole, 400, 1e-9);
    near(tca.trading.sum * whole, 515, 1e-9);
    near(tca.opportunity.sum * whole, 800, 1e-9);
    near(tca.fees.sum * whole, 40, 1e-9);
    near(tca.delay.sum + tca.trading.sum + tca.opportunity.sum + tca.fees.sum, 35.1 * BPS, 1e-12);
    assert_int_equal(tca.delay.count, 1);
}

/* The market of TCA-2 to TCA-4, in which we bought 8,000 at 50.114375. */
static void work(bool ends_before_it_has_traded)
{
    ask(ORDER, OC_ORDER_MARKET, OC_ROLE_NONE, 8000);
    print(7, 5006, 0); /* of the event at which it was asked for */
    print(12000, 5006, 0);
    tca_fill(&tca, ORDER, 3000, 5008, 0);
    print(15000, 5010, 60 * SECOND);
    tca_fill(&tca, ORDER, 2500, 5011, 0);
    tca_fill(&tca, ORDER, 2500, 5016, 0);
    if (ends_before_it_has_traded)
        return;
    print(9000, 5014, 90 * SECOND);
    print(14000, 5022, 30 * SECOND);
    now_ns += 120 * SECOND;
    tca_end(&tca, ORDER, 8000, now_ns);
    print(99999, 6000, SECOND); /* behind it */
}

static void TCA_2(void **state)
{
    (void)state;
    start(5006);
    tca.tape_has_ours = true;
    work(false);
    near(tca.vwap.sum, -3.3561933487 * BPS, 1e-14);
    near(tca.vwap_without.sum, -3.9952128683 * BPS, 1e-14);
    near(tca.participation.sum, 0.16, 1e-12);
    start(5006); /* a tape that has only the others: the same volume and more */
    work(false);
    near(tca.participation.sum, 8.0 / 58, 1e-12);
    near(tca.vwap_without.sum, -3.3561933487 * BPS, 1e-14);
}

static void TCA_3(void **state)
{
    (void)state;
    start(5006);
    work(false);
    near(tca.twap.sum, -5.9079850032 * BPS, 1e-14);
}

static void TCA_4(void **state)
{
    (void)state;
    start(5006);
    work(false);
    near(tca.pwp.sum, 1.0726615977 * BPS, 1e-14);
    assert_int_equal(tca.working_count, 0);
}

/* It ended when 27,000 had traded: the other 13,000 of the 40,000 are waited for. */
static void as_much_volume_as_it_needs_is_waited_for(void **state)
{
    (void)state;
    start(5006);
    work(true);
    tca_end(&tca, ORDER, 8000, now_ns);
    print(9000, 5014, SECOND);
    assert_int_equal(tca.vwap.count, 1);
    assert_int_equal(tca.pwp.count, 0);
    assert_int_equal(tca.working_count, 1);
    print(14000, 5022, SECOND);
    near(tca.pwp.sum, 1.0726615977 * BPS, 1e-14);
    assert_int_equal(tca.vwap.count, 1);
    assert_int_equal(tca.working_count, 0);
    assert_int_equal(tca.restless, 0);
}

/* A long tape is kept in fewer points; between them prices are shared out. */
static void a_long_tape_is_joined(void **state)
{
    (void)state;
    start(5000);
    ask(ORDER, OC_ORDER_LIMIT, OC_ROLE_NONE, 400);
    for (int i = 0; i < 3 * TCA_POINTS_MAX; i++)
        print(1, i < 1000 ? 5000 : 5100, SECOND);
    assert_in_range(tca.markets[0].count, TCA_POINTS_MAX / 2, TCA_POINTS_MAX);
    tca_fill(&tca, ORDER, 400, 5000, 0); /* a fifth of 2,000: 999 at 5000 (one was before it began), 1,001 at 5100 */
    tca_end(&tca, ORDER, 400, now_ns);
    print(1, 5100, SECOND);
    near(tca.pwp.sum, 5000 / (5000 + 100.0 * 1001 / 2000) - 1, 1e-6);
}

static void what_has_nothing_to_be_compared_with_is_not(void **state)
{
    (void)state;
    start(5000);
    ask(1, OC_ORDER_STOP, OC_ROLE_NONE, 10); /* waits for its price */
    ask(2, OC_ORDER_LIMIT, OC_ROLE_TAKE_PROFIT, 10);
    assert_int_equal(tca.working_count, 0);
    ask(3, OC_ORDER_MARKET, OC_ROLE_NONE, 10); /* denied */
    tca_drop(&tca, 3);
    tca_drop(&tca, 3);
    assert_int_equal(tca.working_count, 0);
    assert_int_equal(tca.restless, 0);
    ask(4, OC_ORDER_MARKET, OC_ROLE_NONE, 10); /* filled in the event that asked for it */
    tca_fill(&tca, 4, 10, 5000, 0);
    tca_end(&tca, 4, 10, now_ns);
    print(100, 5000, 0);
    assert_int_equal(tca.vwap.count + tca.twap.count + tca.pwp.count + tca.participation.count, 0);
    assert_int_equal(tca.trading.count, 1);
    ask(5, OC_ORDER_LIMIT, OC_ROLE_NONE, 10); /* canceled: only what it missed */
    print(100, 5000, SECOND);
    print(100, 5100, SECOND);
    tca_end(&tca, 5, 10, now_ns);
    print(100, 5100, SECOND);
    assert_int_equal(tca.vwap.count, 0);
    near(tca.opportunity.sum, 0.02, 1e-12);
    assert_int_equal(tca.working_count, 0);
    assert_int_equal(tca.restless, 0);
}

static void a_bar_that_closes_with_the_end_counts(void **state)
{
    (void)state;
    start(5000);
    ask(ORDER, OC_ORDER_LIMIT, OC_ROLE_NONE, 10);
    struct oc_ev_bar bar = {.head = {.size = sizeof bar, .type = OC_EV_BAR, .inst = INST},
                            .open = 5000,
                            .high = 5030,
                            .low = 4970,
                            .close = 5015,
                            .volume = 90,
                            .present = OC_HAS_VOLUME};
    tca_seen(&tca, 3, &bar.head, mark2, now_ns); /* the one at which it was asked for */
    now_ns += 60 * SECOND;
    tca_fill(&tca, ORDER, 10, 4990, 0);
    tca_end(&tca, ORDER, 10, now_ns);
    tca_seen(&tca, 3, &bar.head, 2 * 5015, now_ns);
    assert_int_equal(tca.vwap_without.count, 1);
    near(tca.vwap_without.sum, 4990.0 / 5005 - 1, 1e-12);
    near(tca.participation.sum, 0.1, 1e-12);
    near(tca.twap.sum, 4990.0 / 5000 - 1, 1e-12);
}

static void more_than_there_is_room_for_is_counted(void **state)
{
    (void)state;
    start(5000);
    for (uint64_t i = 1; i <= TCA_WORKING_MAX + 3; i++)
        ask(i, OC_ORDER_LIMIT, OC_ROLE_NONE, 10);
    assert_int_equal(tca.working_count, TCA_WORKING_MAX);
    assert_int_equal(tca.not_followed, 3);
    print(1, 5000, SECOND);
    assert_int_equal(tca.restless, 0);
    for (uint64_t i = 1; i <= TCA_WORKING_MAX + 3; i++)
        tca_end(&tca, i, 10, now_ns);
    print(1, 5000, SECOND);
    assert_int_equal(tca.working_count, 0);
    assert_int_equal(tca.opportunity.count, TCA_WORKING_MAX);
    tca_release(&tca);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(TCA_1),
        cmocka_unit_test(TCA_2),
        cmocka_unit_test(TCA_3),
        cmocka_unit_test(TCA_4),
        cmocka_unit_test(as_much_volume_as_it_needs_is_waited_for),
        cmocka_unit_test(a_long_tape_is_joined),
        cmocka_unit_test(what_has_nothing_to_be_compared_with_is_not),
        cmocka_unit_test(a_bar_that_closes_with_the_end_counts),
        cmocka_unit_test(more_than_there_is_room_for_is_counted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
