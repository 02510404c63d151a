/* order_ids_test.c: every id that a venue gave an order names it, by source, in constant time, and after a checkpoint. */
#include "base/hash.h"
#include "engine/order_ids.h"
#include "support/said_kit.h"

static void a_name_is_of_a_source_and_a_kind(void **state)
{
    (void)state;
    struct order_ids ids = {0};
    struct order one, other;
    struct order_names names = {0}, others = {0};
    const struct oc_id a = id_of("A"), none = {0};
    assert_null(order_ids_find(&ids, 1, ID_VENUE, &a));
    assert_int_equal(order_ids_add(&ids, &one, &names, 1, ID_VENUE, &a), OC_OK);
    assert_int_equal(order_ids_add(&ids, &one, &names, 1, ID_VENUE, &a), OC_OK); /* again */
    assert_int_equal(order_ids_add(&ids, &one, &names, 1, ID_VENUE, &none), OC_OK);
    assert_int_equal(names.count[ID_VENUE], 1);
    assert_ptr_equal(order_ids_find(&ids, 1, ID_VENUE, &a), &one);
    assert_null(order_ids_find(&ids, 2, ID_VENUE, &a));
    assert_null(order_ids_find(&ids, 1, ID_CLIENT, &a));
    assert_null(order_ids_find(&ids, 1, ID_VENUE, &none));
    assert_int_equal(order_ids_add(&ids, &other, &others, 1, ID_VENUE, &a), OC_E_EXISTS);
    assert_int_equal(order_ids_add(&ids, &other, &others, 1, ID_CLIENT, &a), OC_OK);
    assert_int_equal(order_ids_add(&ids, &other, &others, 2, ID_VENUE, &a), OC_OK);
    assert_ptr_equal(order_ids_find(&ids, 1, ID_VENUE, &a), &one);
    assert_ptr_equal(order_ids_find(&ids, 1, ID_CLIENT, &a), &other);
    assert_ptr_equal(order_ids_find(&ids, 2, ID_VENUE, &a), &other);
    order_ids_drop(&ids, &others);
    assert_null(order_ids_find(&ids, 1, ID_CLIENT, &a));
    assert_ptr_equal(order_ids_find(&ids, 1, ID_VENUE, &a), &one);
    order_ids_release(&ids);
}

static void ids_that_differ_in_their_last_byte_or_their_size_are_two(void **state)
{
    (void)state;
    struct order_ids ids = {0};
    struct order one, other;
    struct order_names names = {0}, others = {0};
    struct oc_id a = {.size = OC_ID_MAX}, b = a, shorter = a;
    memset(a.text, 'x', OC_ID_MAX);
    memset(b.text, 'x', OC_ID_MAX);
    memset(shorter.text, 'x', OC_ID_MAX);
    b.text[OC_ID_MAX - 1] = 'y';
    shorter.size--;
    assert_int_equal(order_ids_add(&ids, &one, &names, 1, ID_VENUE, &a), OC_OK);
    assert_int_equal(order_ids_add(&ids, &other, &others, 1, ID_VENUE, &b), OC_OK);
    assert_ptr_equal(order_ids_find(&ids, 1, ID_VENUE, &a), &one);
    assert_ptr_equal(order_ids_find(&ids, 1, ID_VENUE, &b), &other);
    assert_null(order_ids_find(&ids, 1, ID_VENUE, &shorter));
    shorter.size = OC_ID_MAX + 1; /* no id is so long */
    assert_null(order_ids_find(&ids, 1, ID_VENUE, &shorter));
    order_ids_release(&ids);
}

/* At the limit and one beyond: the oldest goes. */
static void of_each_kind_the_last_are_kept(void **state)
{
    (void)state;
    struct order_ids ids = {0};
    struct order one;
    struct order_names names = {0};
    char text[8];
    for (int i = 0; i <= ORDER_IDS_MAX; i++) {
        snprintf(text, sizeof text, "V%d", i);
        const struct oc_id id = id_of(text);
        assert_int_equal(order_ids_add(&ids, &one, &names, 1, ID_VENUE, &id), i == ORDER_IDS_MAX);
    }
    for (int i = 0; i <= ORDER_IDS_MAX; i++) {
        snprintf(text, sizeof text, "V%d", i);
        const struct oc_id id = id_of(text);
        assert_ptr_equal(order_ids_find(&ids, 1, ID_VENUE, &id), i == 0 ? NULL : (struct order *)&one);
    }
    order_ids_release(&ids);
}

/* Thousands come and go, and each is found or not as it should. */
static void thousands_come_and_go(void **state)
{
    (void)state;
    enum { COUNT = 3000 };
    struct order_ids ids = {0};
    static struct order orders[COUNT];
    static struct order_names names[COUNT];
    memset(names, 0, sizeof names);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i++) {
            char text[16];
            snprintf(text, sizeof text, "%d", i * 7919);
            const struct oc_id id = id_of(text);
            if (i % 3 == round)
                order_ids_drop(&ids, &names[i]);
            else
                assert_int_equal(order_ids_add(&ids, &orders[i], &names[i], 5, ID_CLIENT, &id), OC_OK);
        }
        for (int i = 0; i < COUNT; i++) {
            char text[16];
            snprintf(text, sizeof text, "%d", i * 7919);
            const struct oc_id id = id_of(text);
            assert_ptr_equal(order_ids_find(&ids, 5, ID_CLIENT, &id), i % 3 == round ? NULL : &orders[i]);
        }
    }
    assert_int_equal(ids.count, COUNT / 3 * 2);
    order_ids_release(&ids);
}

/* ---- of the engine's orders ---- */

static void an_order_is_found_by_each_of_its_names(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    const struct oc_id client = id_of("oc-1");
    assert_int_equal(engine_name_order(f->engine, order, &client), OC_OK);
    assert_int_equal(engine_name_order(f->engine, order + 1, &client), OC_E_NOT_FOUND);
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_ACCEPTED, "V1");
    said.client = client;
    says(f, &said);
    assert_int_equal(fixture_find(f, order)->state, STATE_ACCEPTED);
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_NONE, 3, 9900, "t1"); /* by the venue's id alone */
    says(f, &fill);
    assert_int_equal(fixture_find(f, order)->filled, 3);
    said = said_answer(f, OC_EV_AMENDED, "V2"); /* it has another id from now on */
    said.client = client;
    says(f, &said);
    fill = said_fill(f, "V1", OC_SIDE_BUY, 3, 9900, "t2"); /* the old one goes on naming it */
    says(f, &fill);
    fill = said_fill(f, "V2", OC_SIDE_BUY, 4, 9900, "t3");
    says(f, &fill);
    assert_int_equal(fixture_find(f, order)->state, STATE_FILLED);
    assert_int_equal(held(f), 10);
    assert_int_equal(alarms_of(f), 0);
    fixture_free(f);
}

static void more_ids_than_are_kept_and_one_id_for_two_are_alarms(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V0");
    char text[8];
    for (int i = 1; i <= ORDER_IDS_MAX; i++) {
        snprintf(text, sizeof text, "V%d", i);
        struct oc_ev_venue_answer said = said_answer(f, OC_EV_AMENDED, text);
        said.answer.order = order;
        says(f, &said);
        assert_int_equal(alarms_of(f), i == ORDER_IDS_MAX);
    }
    said_accepted(f, OC_SIDE_BUY, 10, 9900, "V3");
    assert_int_equal(alarms_of(f), 2);
    struct oc_ev_venue_fill fill = said_fill(f, "V3", OC_SIDE_BUY, 1, 9900, "t1");
    says(f, &fill);
    assert_int_equal(fixture_find(f, order)->filled, 1); /* it stays with the first */
    fixture_free(f);
}

/* D1: a fill is said by the stream and by a query, by two generations, with and without our id: it is one fill. */
static void D1_one_trade_id_said_twice_books_once(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t order = said_accepted(f, OC_SIDE_BUY, 10, 9900, "V1");
    struct oc_ev_venue generation = {.head = {.size = sizeof generation, .type = OC_EV_VENUE, .source = f->account},
                                     .state = OC_VENUE_READY,
                                     .generation = 2};
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, 4, 9900, "7");
    says(f, &fill);
    says(f, &generation);
    fill.fill.head.flags = OC_EVF_REPLAYED;
    says(f, &fill);
    fill.fill.order = order;
    says(f, &fill);
    fill.venue_order.size = 0; /* now by our id alone */
    says(f, &fill);
    struct oc_ev_fill plain = fixture_fill(f, order, OC_SIDE_BUY, 4, 9900, "7");
    assert_int_equal(held(f), 4);
    plain.trade_id[0] = '8';
    says(f, &plain);
    fill.fill.trade_id[0] = '8';
    fill.venue_order = id_of("V1"); /* the other way round */
    says(f, &fill);
    assert_int_equal(held(f), 8);
    assert_int_equal(engine_stats(f->engine)->duplicates, 4);
    fixture_free(f);
}

/* A restart learns under which names an order went out from the record of its request. */
static void the_record_of_a_request_names_its_order(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE), *again = fixture_new(COST_AVERAGE);
    const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 9900));
    struct oc_venue_request record = {.client = id_of("oc-1"), .client_new = id_of("oc-2")};
    memcpy(&record.ask, f->records[f->record_count - 1], sizeof record.ask);
    record.ask.head.size = sizeof record;
    assert_int_equal(engine_restore(again->engine, &record.ask.head), OC_OK);
    for (int i = 0; i < 2; i++) {
        struct oc_ev_venue_answer said = said_answer(again, i ? OC_EV_CANCELED : OC_EV_ACCEPTED, "");
        said.client = i ? record.client_new : record.client;
        assert_int_equal(engine_restore(again->engine, &said.answer.head), OC_OK);
        assert_int_equal(fixture_find(again, order)->state, i ? STATE_CANCELED : STATE_ACCEPTED);
    }
    fixture_free(f);
    fixture_free(again);
}

/* Files hold it: of a plain fill the hash of 64 bytes; by a venue's id the same with ours and without. */
static void the_key_of_a_fill_is_for_ever(void **state)
{
    (void)state;
    struct oc_ev_venue_fill fill = {.fill = {.head = {.size = sizeof fill.fill, .source = 2, .inst = OC_INST(3, 7)},
                                             .order = 5,
                                             .trade_id_size = 3,
                                             .trade_id = "abcd"},
                                    .venue_order = id_of("V1")};
    struct {
        uint64_t order;
        uint32_t source, index;
        uint64_t size;
        char trade_id[40];
    } bytes = {5, 2, 3, 3, "abc"};
    const struct hash128 hash = hash128(&bytes, sizeof bytes);
    struct fill_key key = fill_key(&fill.fill);
    assert_int_equal(sizeof bytes, 64);
    assert_true(key.low == hash.low && key.high == hash.high);
    fill.fill.head.size = sizeof fill;
    const struct fill_key by_venue = fill_key(&fill.fill);
    assert_false(fill_key_is_equal(by_venue, key));
    fill.fill.order = 0;
    fill.fill.head.inst = OC_INST(3, 8);
    key = fill_key(&fill.fill);
    assert_true(fill_key_is_equal(by_venue, key));
    fill.venue_order.text[0] = 'W';
    key = fill_key(&fill.fill);
    assert_false(fill_key_is_equal(by_venue, key));
    fill.venue_order = id_of("V1");
    fill.fill.trade_id[2] = 'x';
    key = fill_key(&fill.fill);
    assert_false(fill_key_is_equal(by_venue, key));
}

/* What a simulator says has no names, whatever its size; what a connector says has them where there is room for them. */
static void plain_events_say_no_names(void **state)
{
    (void)state;
    struct {
        struct oc_ev_venue_fill first; /* larger than any other */
        char behind[256];
    } room;
    static const uint16_t types[] = {OC_EV_ACCEPTED, OC_EV_REJECTED, OC_EV_FILL, OC_EV_CANCELED, OC_EV_AMENDED};
    for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
        const bool is_fill = types[i] == OC_EV_FILL;
        const size_t plain = is_fill ? sizeof(struct oc_ev_fill) : sizeof(struct oc_ev_answer),
                     full = is_fill ? sizeof(struct oc_ev_venue_fill) : sizeof(struct oc_ev_venue_answer);
        memset(&room, 0x41, sizeof room);
        struct oc_event *event = (struct oc_event *)(void *)&room;
        event->type = types[i];
        for (size_t size = plain; size < full; size += 8) {
            event->size = (uint32_t)size;
            const struct names_said names = names_said_by(event);
            assert_true(!names.of[ID_CLIENT] && !names.of[ID_VENUE]);
        }
        event->size = (uint32_t)full;
        const struct names_said names = names_said_by(event);
        assert_true(names.of[ID_CLIENT] && names.of[ID_VENUE]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_events_say_no_names),
        cmocka_unit_test(a_name_is_of_a_source_and_a_kind),
        cmocka_unit_test(ids_that_differ_in_their_last_byte_or_their_size_are_two),
        cmocka_unit_test(of_each_kind_the_last_are_kept),
        cmocka_unit_test(thousands_come_and_go),
        cmocka_unit_test(an_order_is_found_by_each_of_its_names),
        cmocka_unit_test(more_ids_than_are_kept_and_one_id_for_two_are_alarms),
        cmocka_unit_test(the_record_of_a_request_names_its_order),
        cmocka_unit_test(the_key_of_a_fill_is_for_ever),
        cmocka_unit_test(D1_one_trade_id_said_twice_books_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
