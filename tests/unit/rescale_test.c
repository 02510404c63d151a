/* rescale_test.c: each form of event read in other steps: what counts steps is turned, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "engine/rescale.h"

#include <outcry/event.h>

/* Prices of 0.05 become prices of 0.02: 5/2. Quantities of 0.03 become quantities of 0.01: 3. */
static const struct instrument_steps from = {{5, 2, 0}, {3, 2, 0}}, to = {{2, 2, 0}, {1, 2, 0}};

enum { NEW = OC_INST(3, 2) };

static struct instrument instrument = {
    .info = {
        .inst = NEW, .kind = OC_KIND_SPOT, .price_step = {2, 2, 0}, .qty_step = {1, 2, 0}, .contract_size = {7, 0, 0}}};

union any {
    struct oc_event head;
    struct oc_ev_trade trade;
    struct oc_ev_quote quote;
    struct oc_ev_bar bar;
    struct oc_ev_qbar qbar;
    struct oc_ev_answer answer;
    struct oc_ev_venue_answer venue_answer;
    struct oc_ev_fill fill;
    struct oc_ev_venue_fill venue_fill;
    struct oc_ev_order order;
    struct oc_ev_bust bust;
    struct oc_ev_position position;
    struct oc_ev_balance balance;
    struct {
        struct oc_ev_book said;
        struct oc_level levels[4];
    } book;
    char bytes[2048];
};

/* Every byte is something, so that one that is touched by mistake shows. */
static union any full(uint16_t type, size_t size)
{
    union any event;
    memset(&event, 0x11, sizeof event);
    event.head = (struct oc_event){.size = (uint32_t)size, .type = type, .inst = OC_INST(3, 1), .venue_ns = 7};
    return event;
}

static struct rescale made(void)
{
    struct rescale rescale;
    assert_int_equal(rescale_init(&rescale, &from, &to), OC_OK);
    assert_true(rescale.price.num == 5 && rescale.price.den == 2 && rescale.qty.num == 3 && rescale.qty.den == 1);
    return rescale;
}

static void becomes(union any *event, union any expected)
{
    struct rescale rescale = made();
    expected.head.inst = NEW;
    assert_int_equal(rescale_event(&rescale, &from, &instrument, &event->head), OC_OK);
    assert_memory_equal(event, &expected, sizeof expected);
    assert_false(rescale.price_is_off || rescale.qty_is_off);
}

static void prices_of_a_market(void **state)
{
    (void)state;
    union any event = full(OC_EV_TRADE, sizeof event.trade), expected;
    event.trade.price = 200;
    event.trade.qty = 11;
    expected = event;
    expected.trade.price = 500;
    expected.trade.qty = 33;
    becomes(&event, expected);

    event = full(OC_EV_QUOTE, sizeof event.quote);
    event.quote.bid = 2, event.quote.ask = 4, event.quote.bid_qty = 6, event.quote.ask_qty = 7;
    expected = event;
    expected.quote.bid = 5, expected.quote.ask = 10, expected.quote.bid_qty = 18, expected.quote.ask_qty = 21;
    becomes(&event, expected);

    event = full(OC_EV_BAR, sizeof event.bar);
    event.bar.open = 4, event.bar.high = 8, event.bar.low = 2, event.bar.close = 6, event.bar.volume = 100;
    expected = event;
    expected.bar.open = 10, expected.bar.high = 20, expected.bar.low = 5, expected.bar.close = 15;
    expected.bar.volume = 300;
    becomes(&event, expected);

    event = full(OC_EV_QBAR, sizeof event.qbar);
    for (int i = 0; i < 4; i++) {
        event.qbar.bid[i] = 2 * (i + 1);
        event.qbar.ask[i] = 20 * (i + 1);
    }
    expected = event;
    for (int i = 0; i < 4; i++) {
        expected.qbar.bid[i] = 5 * (i + 1);
        expected.qbar.ask[i] = 50 * (i + 1);
    }
    becomes(&event, expected);

    event = full(OC_EV_BOOK, sizeof event.book);
    event.book.said.bids = 2;
    event.book.said.asks = 1;
    event.book.said.tail = sizeof event.book.said;
    for (int i = 0; i < 4; i++)
        event.book.levels[i] = (struct oc_level){2 * (i + 1), 10 + i};
    expected = event;
    for (int i = 0; i < 3; i++) /* the fourth is none */
        expected.book.levels[i] = (struct oc_level){5 * (i + 1), 3 * (10 + i)};
    becomes(&event, expected);
}

static void what_is_said_of_orders(void **state)
{
    (void)state;
    for (uint16_t type = OC_EV_ACCEPTED; type <= OC_EV_TAKEN; type++) {
        if (type == OC_EV_FILL || type == OC_EV_ORDER || type == OC_EV_BUST)
            continue;
        for (int64_t cum_qty = -1; cum_qty < 2; cum_qty++) {
            union any event = full(type, sizeof event.venue_answer), expected;
            event.answer.price = 2, event.answer.stop_price = 4, event.answer.qty = 5, event.answer.cum_qty = cum_qty;
            expected = event;
            expected.answer.price = 5, expected.answer.stop_price = 10, expected.answer.qty = 15;
            expected.answer.cum_qty = cum_qty > 0 ? 3 : cum_qty;
            becomes(&event, expected);
        }
    }
    union any event = full(OC_EV_ORDER, sizeof event.order), expected;
    event.order.price = 2, event.order.stop_price = 4, event.order.qty = 5, event.order.cum_qty = 6;
    expected = event;
    expected.order.price = 5, expected.order.stop_price = 10, expected.order.qty = 15, expected.order.cum_qty = 18;
    becomes(&event, expected);

    event = full(OC_EV_BUST, sizeof event.bust);
    event.bust.new_price = 8, event.bust.new_qty = 9;
    expected = event;
    expected.bust.new_price = 20, expected.bust.new_qty = 27;
    becomes(&event, expected);

    event = full(OC_EV_POSITION, sizeof event.position);
    event.position.qty = -4;
    expected = event;
    expected.position.qty = -12;
    becomes(&event, expected);

    event = full(OC_EV_BALANCE, sizeof event.balance); /* money is not counted in steps */
    becomes(&event, event);
}

static void fills_keep_their_money(void **state)
{
    (void)state;
    union any event = full(OC_EV_FILL, sizeof event.fill), expected;
    event.fill.price = 4, event.fill.qty = 5;
    expected = event;
    expected.fill.price = 10, expected.fill.qty = 15;
    becomes(&event, expected);

    event = full(OC_EV_FILL, sizeof event.venue_fill);
    event.fill.price = 4, event.fill.qty = 5, event.venue_fill.cum_qty = 6, event.venue_fill.present = OC_FILL_CUM_QTY;
    expected = event;
    expected.fill.price = 10, expected.fill.qty = 15, expected.venue_fill.cum_qty = 18;
    becomes(&event, expected);

    /* 0.15 x 0.09 lies between two prices of 0.02: its money is said, 0.0135, once */
    event.fill.price = 3, event.fill.qty = 3, event.venue_fill.present = OC_FILL_CUM_QTY;
    event.head.inst = OC_INST(3, 1);
    struct rescale rescale = made();
    assert_int_equal(rescale_event(&rescale, &from, &instrument, &event.head), OC_OK);
    assert_int_equal(event.fill.price, 8); /* 7.5: to the even one */
    assert_int_equal(event.fill.qty, 9);
    assert_true(rescale.price_is_off && !rescale.qty_is_off);
    assert_int_equal(event.venue_fill.present, OC_FILL_CUM_QTY | OC_FILL_VALUE);
    assert_true(event.venue_fill.value.units == 135 && event.venue_fill.value.scale == 4);

    instrument.info.kind = OC_KIND_LINEAR; /* times seven in a contract */
    event.fill.price = 3, event.fill.qty = 4, event.venue_fill.present = 0;
    rescale = made();
    assert_int_equal(rescale_event(&rescale, &from, &instrument, &event.head), OC_OK);
    assert_int_equal(event.venue_fill.present, OC_FILL_VALUE);
    assert_true(event.venue_fill.value.units == 126 && event.venue_fill.value.scale == 3); /* 0.15 x 0.12 x 7 */

    event.fill.price = 3, event.fill.qty = 4; /* the venue's own word stands */
    event.venue_fill.value = (struct oc_dec){1, 0, 0};
    rescale = made();
    assert_int_equal(rescale_event(&rescale, &from, &instrument, &event.head), OC_OK);
    assert_true(event.venue_fill.value.units == 1 && event.venue_fill.value.scale == 0);

    instrument.info.kind = OC_KIND_INVERSE; /* its money is in the base: not said */
    event.fill.price = 3, event.venue_fill.present = 0;
    rescale = made();
    assert_int_equal(rescale_event(&rescale, &from, &instrument, &event.head), OC_OK);
    assert_int_equal(event.venue_fill.present, 0);
    instrument.info.kind = OC_KIND_SPOT;
}

/* Money of more digits than a decimal has is not said: a wrong one would be booked. */
static void money_of_too_many_digits_is_not_said(void **state)
{
    (void)state;
    static const struct instrument_steps small = {{1, 10, 0}, {1, 10, 0}}, large = {{2, 10, 0}, {1, 10, 0}};
    struct rescale rescale;
    union any event = full(OC_EV_FILL, sizeof event.venue_fill);
    event.fill.price = 3, event.fill.qty = 3, event.venue_fill.present = 0;
    assert_int_equal(rescale_init(&rescale, &small, &large), OC_OK);
    assert_int_equal(rescale_event(&rescale, &small, &instrument, &event.head), OC_OK);
    assert_true(rescale.price_is_off);
    assert_int_equal(event.venue_fill.present, 0);
    event.fill.head.inst = OC_INST(3, 1);
    event.fill.price = 5, event.fill.qty = 20; /* 100e-20: that fits */
    assert_int_equal(rescale_event(&rescale, &small, &instrument, &event.head), OC_OK);
    assert_int_equal(event.venue_fill.present, OC_FILL_VALUE);
    assert_true(event.venue_fill.value.units == 1 && event.venue_fill.value.scale == 18);
}

static void nearest_below_and_beyond(void **state)
{
    (void)state;
    const struct instrument_steps coarse = {{1, 1, 0}, {1, 0, 0}}, fine = {{1, 3, 0}, {1, 2, 0}};
    struct rescale rescale;
    assert_int_equal(rescale_init(&rescale, &fine, &coarse), OC_OK);
    static const int64_t rows[][3] = {/* units, price, quantity */
                                      {0, 0, 0},    {49, 0, 0},     {50, 0, 0},     {51, 1, 0},
                                      {150, 2, 1},  {99, 1, 0},     {100, 1, 1},    {-50, 0, 0},
                                      {-51, -1, 0}, {-199, -2, -1}, {-200, -2, -2}, {250, 2, 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t price = rows[i][0], qty = rows[i][0], mark2 = rows[i][0];
        rescale.price_is_off = rescale.qty_is_off = false;
        rescale_mark2(&rescale, &mark2);
        assert_false(rescale.price_is_off);
        rescale_price(&rescale, &price);
        rescale_qty(&rescale, &qty);
        assert_int_equal(price, rows[i][1]);
        assert_int_equal(mark2, rows[i][1]);
        assert_int_equal(qty, rows[i][2]);
        assert_int_equal(rescale.price_is_off, rows[i][0] % 100 != 0);
        assert_int_equal(rescale.qty_is_off, rows[i][0] % 100 != 0);
    }
    oc_i128 product = 30005; /* of prices and quantities: a ten-thousandth */
    rescale_product(&rescale, &product);
    assert_true(product == 3);
    /* the other way the largest fits, and one more does not; a trial writes nothing */
    assert_int_equal(rescale_init(&rescale, &coarse, &fine), OC_OK);
    int64_t units = INT64_MAX / 100;
    rescale_price(&rescale, &units);
    assert_true(units == INT64_MAX / 100 * 100 && !rescale.overflows);
    units = INT64_MAX / 100 + 1;
    rescale_qty(&rescale, &units);
    assert_true(units == INT64_MAX / 100 + 1 && rescale.overflows);
    rescale.overflows = false;
    rescale.is_trial = true;
    units = 7;
    product = 7;
    rescale_price(&rescale, &units);
    rescale_qty(&rescale, &units);
    rescale_mark2(&rescale, &units);
    rescale_product(&rescale, &product);
    assert_true(units == 7 && product == 7 && !rescale.overflows);
    product = (oc_i128)1 << 120;
    rescale_product(&rescale, &product);
    assert_true(rescale.overflows);
    union any event = full(OC_EV_TRADE, sizeof event.trade);
    event.trade.price = INT64_MAX / 10;
    rescale = (struct rescale){.overflows = false};
    assert_int_equal(rescale_init(&rescale, &coarse, &fine), OC_OK);
    assert_int_equal(rescale_event(&rescale, &coarse, &instrument, &event.head), OC_E_RANGE);
    /* steps that no ratio of two numbers leads between */
    const struct instrument_steps far = {{INT64_MAX, 0, 0}, {1, 0, 0}}, near = {{INT64_MAX - 1, 18, 0}, {1, 0, 0}};
    assert_int_equal(rescale_init(&rescale, &far, &near), OC_E_RANGE);
    assert_int_equal(rescale_init(&rescale, &near, &far), OC_E_RANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_of_a_market),       cmocka_unit_test(what_is_said_of_orders),
        cmocka_unit_test(fills_keep_their_money),   cmocka_unit_test(money_of_too_many_digits_is_not_said),
        cmocka_unit_test(nearest_below_and_beyond),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
