/* names_again_test.c: going through a session again, each order is called as the engine called it then, whatever the venue says. */
#include "base/random.h"
#include "session/names_again.h"
#include "support/said_kit.h"

enum { STEPS = 3000 };

static uint64_t dice;

static uint32_t roll(uint32_t sides) { return (uint32_t)(random_next(&dice) % sides); }

static struct oc_id any_id(char letter, uint32_t order)
{
    char text[24];
    if (roll(3) == 0)
        return (struct oc_id){0};
    snprintf(text, sizeof text, "%c%u.%u", letter, order, roll(3));
    return id_of(text);
}

/* What a venue says about one of its orders, by whichever of its names. */
static void say_any(struct fixture *f, struct names_again *names, const uint64_t *orders, uint32_t count)
{
    static const uint16_t types[] = {OC_EV_ACCEPTED, OC_EV_AMENDED, OC_EV_CANCEL_REJECTED,
                                     OC_EV_TAKEN,    OC_EV_ABSENT,  OC_EV_SENT};
    static const uint8_t shows[] = {OC_SHOWN_WORKING, OC_SHOWN_PENDING_AMEND, OC_SHOWN_UNKNOWN};
    const uint32_t place = roll(count + 3), what = roll(8); /* the last three are of another hand */
    const uint64_t order = place < count && roll(4) ? orders[place] : 0;
    const struct oc_id venue = any_id('v', place), client = any_id('c', place);
    struct oc_ev_venue_answer said = said_answer(f, types[what % 6], "");
    struct oc_ev_order shown = said_order(f, "", shows[roll(3)], 100000, 0);
    struct oc_ev_venue_fill fill = said_fill(f, "", OC_SIDE_BUY, 1, 9900, "");
    void *event = what < 6 ? (void *)&said : what == 6 ? (void *)&shown : (void *)&fill;
    if (!order && !venue.size && !client.size)
        return;
    said.answer.order = shown.order = fill.fill.order = order;
    said.venue_order = shown.venue_order = fill.venue_order = venue;
    said.client = shown.client = fill.client = client;
    if (!order)
        said.client = shown.client = fill.client = (struct oc_id){0};
    if (!order && !venue.size)
        return;
    said.answer.request = 0;
    said.answer.head.venue_ns = fill.fill.head.venue_ns = shown.head.venue_ns = 1000 + roll(50);
    said.answer.head.flags = roll(2) ? OC_EVF_HOST_TIME : 0;
    shown.updated_ns = roll(2) ? 1000 + roll(50) : 0;
    shown.present = OC_OF_QTY | OC_OF_PRICE | OC_OF_TERMS;
    const int size = snprintf(fill.fill.trade_id, sizeof fill.fill.trade_id, "t%llu", (unsigned long long)f->seq);
    fill.fill.trade_id_size = (uint8_t)size;
    says(f, event);
    assert_int_equal(names_again_note(names, event), OC_OK);
}

static void each_is_called_as_it_was_then(void **state)
{
    (void)state;
    uint32_t named = 0;
    for (uint64_t seed = 1; seed <= 20; seed++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        struct names_again *names;
        uint64_t orders[8];
        uint32_t count = 0, records = 0;
        dice = seed;
        assert_int_equal(names_again_new(&names), OC_OK);
        for (int i = 0; i < STEPS; i++) {
            if (count < 8 && roll(20) == 0) {
                orders[count] = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 100000, 9900));
                count += orders[count] != 0;
            }
            for (; records < f->record_count; records++)
                assert_int_equal(names_again_note(names, (const struct oc_event *)(const void *)f->records[records]),
                                 OC_OK);
            say_any(f, names, orders, count);
            for (const struct order *order = orders_open_first(engine_orders(f->engine)); order;
                 order = order->younger) {
                struct oc_id client, venue;
                const struct order_called *called = names_again_find(names, order->now.order);
                engine_order_called(f->engine, order->now.order, &client, &venue);
                assert_non_null(called);
                assert_memory_equal(&called->now[ID_CLIENT], &client, sizeof client);
                assert_memory_equal(&called->now[ID_VENUE], &venue, sizeof venue);
                named += venue.size > 0;
            }
        }
        names_again_free(names);
        fixture_free(f);
    }
    assert_true(named > 10000);
}

/* A leg that was set into a position belongs to that of its entry, one that is an order of its own to none. */
static void a_leg_has_the_position_of_its_entry(void **state)
{
    (void)state;
    struct names_again *names;
    struct oc_request ask = {
        .head = {.size = sizeof ask, .type = OC_EV_REQUEST}, .kind = OC_REQUEST_NEW, .order = 1, .account = 1};
    struct oc_ev_venue_fill fill = {
        .fill = {.head = {.size = sizeof fill, .type = OC_EV_FILL, .source = 1}, .order = 1}, .position = id_of("P7")};
    assert_int_equal(names_again_new(&names), OC_OK);
    assert_int_equal(names_again_note(names, &ask.head), OC_OK);
    assert_int_equal(names_again_note(names, &fill.fill.head), OC_OK);
    assert_string_equal(names_again_find(names, 1)->position.text, "P7");
    for (uint64_t leg = 2; leg < 4; leg++) {
        ask.order = leg;
        ask.parent = 1;
        ask.bits = leg == 2 ? OC_RQ_NATIVE : 0;
        assert_int_equal(names_again_note(names, &ask.head), OC_OK);
        assert_string_equal(names_again_find(names, leg)->position.text, leg == 2 ? "P7" : "");
    }
    names_again_free(names);
}

/* It grows, and knows what it was told of only. */
static void there_may_be_many(void **state)
{
    (void)state;
    struct names_again *names;
    assert_int_equal(names_again_new(&names), OC_OK);
    assert_null(names_again_find(names, 1));
    for (uint64_t i = 1; i <= 5000; i++) {
        const struct oc_request ask = {
            .head = {.size = sizeof ask, .type = OC_EV_REQUEST}, .kind = OC_REQUEST_NEW, .order = i, .account = 1};
        struct oc_ev_venue_answer said = {
            .answer = {.head = {.size = sizeof said, .type = OC_EV_ACCEPTED, .source = 1}, .order = i}};
        said.venue_order.size =
            (uint8_t)snprintf(said.venue_order.text, sizeof said.venue_order.text, "v%u", (unsigned)i);
        assert_int_equal(names_again_note(names, &ask.head), OC_OK);
        assert_int_equal(names_again_note(names, &said.answer.head), OC_OK);
    }
    for (unsigned i = 1; i <= 5000; i++) {
        char text[16];
        snprintf(text, sizeof text, "v%u", i);
        assert_string_equal(names_again_find(names, i)->now[ID_VENUE].text, text);
    }
    names_again_free(names);
    names_again_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_called_as_it_was_then),
        cmocka_unit_test(a_leg_has_the_position_of_its_entry),
        cmocka_unit_test(there_may_be_many),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
