/* oanda_holes_test.c: numbers of transactions have no holes: what the connector of OANDA says where one is seen, and what a fill of several trades is
 * booked at. The end of an order that came before its fill would say that less has traded than has. */
#include "support/oanda_kit.h"

/* Behind the kit, which has a member that cmocka has a word for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define AT           "\"time\":\"2026-01-01T22:00:00Z\""
#define MADE(id)     "{\"id\":\"" id "\"," AT ",\"type\":\"LIMIT_ORDER\",\"clientExtensions\":{\"id\":\"c1\"}}"
#define FILL(id, of) FILL_OF(id, of, "\"tradeOpened\":{\"tradeID\":\"" id "\",\"units\":\"-3\",\"price\":\"1.08\"}")
#define FILL_OF(id, of, trades)                                                                                        \
    "{\"id\":\"" id "\"," AT ",\"type\":\"ORDER_FILL\",\"orderID\":\"" of "\",\"clientOrderID\":\"c1\","               \
    "\"instrument\":\"EUR_USD\",\"units\":\"-3\",\"price\":\"1.08\",\"fullVWAP\":\"1.085\"," trades "}"
#define ENDED(id, of)                                                                                                  \
    "{\"id\":\"" id "\"," AT ",\"type\":\"ORDER_CANCEL\",\"orderID\":\"" of "\",\"reason\":\"CLIENT_REQUEST\"}"
#define PAID(id)        "{\"id\":\"" id "\"," AT ",\"type\":\"DAILY_FINANCING\",\"financing\":\"-0.42\"}"
#define HEAR(kit, line) assert_int_equal(oanda_hear(kit, TRANSACTIONS, line, sizeof(line) - 1), OC_OK)

/* What was said, by its types, in its order. */
static void says(const uint16_t *types, uint32_t count)
{
    assert_int_equal(codec.event_count, count);
    for (uint32_t i = 0; i < count; i++)
        assert_int_equal(codec.events[i]->type, types[i]);
    codec_clear();
}
#define SAYS(...) says((const uint16_t[]){__VA_ARGS__}, sizeof((const uint16_t[]){__VA_ARGS__}) / sizeof(uint16_t))

static void answer_past(struct oanda_kit *kit, uint64_t from, const char *rows)
{
    struct oc_fetch past = {
        .size = sizeof past, .kind = OC_FETCH_FILLS, .token = 5, .account = 1, .cursor = {.size = 8}};
    memcpy(past.cursor.bytes, &from, sizeof from);
    assert_int_equal(kit->table->fetch(kit->self, &past), OC_OK);
    codec_clear();
    oanda_answer_to(kit, 0, &past, NULL, 200, rows, (uint32_t)strlen(rows));
}

/* 12 was not heard: nothing of what is behind it is said before it was asked for. */
static void test_a_hole_is_filled_first(void **state)
{
    struct oanda_kit kit;
    (void)state;
    oanda_begin(&kit, "mid", 0, 0);
    codec_clear();
    HEAR(&kit, MADE("11"));
    SAYS(OC_EV_ACCEPTED, OC_EV_FETCHED);
    HEAR(&kit, ENDED("13", "11"));
    assert_int_equal(codec.missed, OC_FETCH_FILLS);
    HEAR(&kit, PAID("14"));
    assert_int_equal(codec.event_count, 0);
    answer_past(&kit, 11,
                "{\"transactions\":[" FILL("12", "11") "," ENDED("13", "11") "],\"lastTransactionID\":\"13\"}");
    assert_int_equal(codec.missed, OC_FETCH_FILLS); /* 14 was heard, and is in no page yet */
    SAYS(OC_EV_FILL, OC_EV_CANCELED, OC_EV_FETCHED);
    HEAR(&kit, PAID("15"));
    assert_int_equal(codec.event_count, 0);
    answer_past(&kit, 13, "{\"transactions\":[" PAID("14") "," PAID("15") "],\"lastTransactionID\":\"15\"}");
    assert_int_equal(codec.missed, 0);
    SAYS(OC_EV_LEDGER, OC_EV_LEDGER, OC_EV_FETCHED);
    HEAR(&kit, PAID("16"));
    SAYS(OC_EV_LEDGER, OC_EV_FETCHED);
    oanda_end(&kit);
}

/* What is open was asked for at 10: what was heard first is 12. */
static void test_a_hole_at_the_beginning(void **state)
{
    struct oanda_kit kit;
    (void)state;
    oanda_begin(&kit, "mid", 0, 0);
    codec_clear();
    HEAR(&kit, MADE("12"));
    assert_int_equal(codec.missed, OC_FETCH_FILLS);
    assert_int_equal(codec.event_count, 0);
    oanda_end(&kit);
}

/* Nothing was ever asked for: news begin where the venue is, and are told from there on. */
static void test_a_hole_before_anything_was_asked_for(void **state)
{
    static const struct oc_fetch ask = {.size = sizeof ask, .kind = OC_FETCH_FILLS, .token = 5, .account = 1};
    static const char body[] = "{\"account\":{\"currency\":\"USD\"},\"lastTransactionID\":\"13\"}";
    struct oanda_kit kit;
    (void)state;
    oanda_begin(&kit, "mid", 0, 0);
    HEAR(&kit, PAID("13"));
    codec_clear();
    oanda_answer_to(&kit, 0, &ask, NULL, 200, body, sizeof body - 1);
    SAYS(OC_EV_FETCHED);
    HEAR(&kit, PAID("14"));
    SAYS(OC_EV_LEDGER, OC_EV_FETCHED);
    oanda_end(&kit);
}

static void answer(struct oanda_kit *kit, uint8_t kind, const char *number, const char *body)
{
    struct oc_venue_request asked = {.ask = {.head = {.size = sizeof(struct oc_venue_request), .inst = OC_INST(1, 1)},
                                             .id = 7,
                                             .order = 7,
                                             .account = 1,
                                             .kind = kind,
                                             .type = OC_ORDER_LIMIT,
                                             .side = OC_SIDE_SELL},
                                     .client = {.size = 2, .text = "c1"}};
    asked.venue_order.size = (uint8_t)strlen(number);
    memcpy(asked.venue_order.text, number, strlen(number));
    codec_clear();
    oanda_answer_to(kit, 0, NULL, &asked, kind == OC_REQUEST_NEW ? 201 : 200, body, (uint32_t)strlen(body));
}

/* Behind a hole of an answer it is the stream that tells. */
static void test_an_answer_with_a_hole(void **state)
{
    struct oanda_kit kit;
    (void)state;
    oanda_begin(&kit, "mid", 0, 0);
    answer(&kit, OC_REQUEST_NEW, "",
           "{\"orderCreateTransaction\":" MADE("11") ",\"orderFillTransaction\":" FILL(
               "12", "11") ","
                           "\"orderCancelTransaction\":" ENDED("14", "9") ",\"lastTransactionID\":\"14\"}");
    SAYS(OC_EV_ACCEPTED, OC_EV_FILL);
    oanda_end(&kit);
}

/* By our name it is canceled before anybody knows its number: it may have traded. By its number it has not: it would have another one. */
static void test_a_cancel_by_our_name(void **state)
{
#define BODY "{\"orderCancelTransaction\":" ENDED("14", "13") ",\"lastTransactionID\":\"14\"}"
    struct oanda_kit kit;
    (void)state;
    oanda_begin(&kit, "mid", 0, 0);
    answer(&kit, OC_REQUEST_CANCEL, "", BODY);
    SAYS(OC_EV_TAKEN);
    answer(&kit, OC_REQUEST_CANCEL, "13", BODY);
    SAYS(OC_EV_CANCELED);
    HEAR(&kit, PAID("11"));
    HEAR(&kit, PAID("12"));
    HEAR(&kit, PAID("13"));
    answer(&kit, OC_REQUEST_CANCEL, "", BODY);
    SAYS(OC_EV_CANCELED);
    oanda_end(&kit);
}

/* The price of a part is that of the whole where it is the whole. */
static void test_a_fill_of_several_trades(void **state)
{
    struct oanda_kit kit;
    (void)state;
    oanda_begin(&kit, "mid", 0, 0);
    codec_clear();
    HEAR(&kit, FILL("11", "9"));
    assert_int_equal(((const struct oc_ev_venue_fill *)(const void *)codec.events[0])->fill.price, 108000);
    codec_clear();
    HEAR(&kit, FILL_OF("12", "9",
                       "\"tradeReduced\":{\"tradeID\":\"5\",\"units\":\"-1\",\"price\":\"1.1\"},"
                       "\"tradesClosed\":[{\"tradeID\":\"4\",\"units\":\"-2\",\"price\":\"1.0775\"}]"));
    assert_int_equal(((const struct oc_ev_venue_fill *)(const void *)codec.events[0])->fill.price, 108500);
    oanda_end(&kit);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_hole_is_filled_first),   cmocka_unit_test(test_a_hole_at_the_beginning),
        cmocka_unit_test(test_an_answer_with_a_hole),    cmocka_unit_test(test_a_cancel_by_our_name),
        cmocka_unit_test(test_a_fill_of_several_trades), cmocka_unit_test(test_a_hole_before_anything_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
