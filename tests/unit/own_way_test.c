/* own_way_test.c: what closes a position, and what protects one, is asked for by the venue's own way where it has one. */
#include "support/said_kit.h"

#define BOTH (OC_CAN_CLOSE | OC_CAN_PROTECT)

/* `kind` of instrument; the venue `can`. */
static struct fixture *fixture_that(uint32_t kind, uint32_t can)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    struct oc_instrument info = instruments_get(engine_instruments(f->engine), f->inst)->info;
    info.kind = kind;
    strcpy(info.symbol, "OTHER");
    info.settle = info.quote;
    info.inst = 0;
    if (kind != OC_KIND_SPOT)
        assert_int_equal(instruments_add(engine_instruments(f->engine), &info, &f->inst), OC_OK);
    engine_set_own_way(f->engine, f->account, can);
    engine_set_own_way(f->engine, ENGINE_ACCOUNTS_MAX + 1, can); /* there is none */
    fixture_price(f, 10000);
    return f;
}

static const struct oc_request *last(const struct fixture *f)
{
    assert_true(f->sent_count > 0);
    return &f->sent[f->sent_count - 1];
}

/* Closes what is held; `price` 0: at market. True: by the venue's own way. */
static bool closes_its_way(struct fixture *f, int64_t price)
{
    struct oc_request request = fixture_order(f, OC_SIDE_SELL, 0, price);
    struct engine_refusal refusal;
    request.bits &= (uint32_t)OC_RQ_HAS_PRICE;
    assert_int_equal(engine_begin(f->engine, 0), OC_OK);
    assert_int_equal(engine_close(f->engine, &request, &refusal), OC_OK);
    fixture_end(f, true);
    assert_int_equal(last(f)->kind, OC_REQUEST_NEW); /* to rules and records it is a new order like another */
    assert_int_equal(last(f)->role, OC_ROLE_CLOSE);
    return last(f)->bits & OC_RQ_NATIVE;
}

static void closing_goes_the_venues_way_at_market_and_not_of_spot(void **state)
{
    (void)state;
    static const struct {
        uint32_t kind, can;
        int64_t price;
        bool is_own;
    } cases[] = {{OC_KIND_LINEAR, OC_CAN_CLOSE, 0, true},
                 {OC_KIND_LINEAR, OC_CAN_PROTECT, 0, false},
                 {OC_KIND_LINEAR, 0, 0, false},
                 {OC_KIND_LINEAR, BOTH, 10100, false},
                 {OC_KIND_SPOT, BOTH, 0, false},
                 {OC_KIND_INVERSE, OC_CAN_CLOSE, 0, true},
                 {OC_KIND_INVERSE, OC_CAN_CLOSE, 10100, false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *f = fixture_that(cases[i].kind, cases[i].can);
        const uint64_t order = fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 10, 0));
        assert_false(last(f)->bits & OC_RQ_NATIVE);
        assert_int_equal(fixture_trade(f, order, OC_SIDE_BUY, 10, 10000), OC_OK);
        assert_int_equal(closes_its_way(f, cases[i].price), cases[i].is_own);
        fixture_free(f);
    }
}

/* The excess of two legs that filled at once opens the other way: no close of a position. */
static void what_does_not_reduce_is_no_close(void **state)
{
    (void)state;
    struct fixture *f = fixture_that(OC_KIND_LINEAR, BOTH);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 5, 0);
    request.role = OC_ROLE_CLOSE;
    assert_int_not_equal(fixture_submit(f, request), 0);
    assert_false(last(f)->bits & OC_RQ_NATIVE);
    fixture_free(f);
}

static uint64_t guarded(struct fixture *f)
{
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 10000);
    request.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    request.stop_loss = 9500;
    request.take_profit = 11000;
    const uint64_t order = fixture_submit(f, request);
    struct oc_ev_venue_answer said = said_answer(f, OC_EV_ACCEPTED, "V1");
    said.answer.order = said.answer.request = order;
    says(f, &said);
    return order;
}

static void fills(struct fixture *f, int64_t qty, const char *trade, const char *position)
{
    struct oc_ev_venue_fill fill = said_fill(f, "V1", OC_SIDE_BUY, qty, 10000, trade);
    fill.position = id_of(position);
    says(f, &fill);
}

/* How many of what was sent from `first` on are legs; all of them native, or none. */
static uint32_t legs_are(const struct fixture *f, uint32_t first, uint8_t kind, bool is_native)
{
    uint32_t count = 0;
    for (uint32_t i = first; i < f->sent_count; i++) {
        const struct oc_request *sent = &f->sent[i];
        if (sent->kind != kind || (sent->role != OC_ROLE_STOP_LOSS && sent->role != OC_ROLE_TAKE_PROFIT))
            continue;
        assert_int_equal((sent->bits & OC_RQ_NATIVE) != 0, is_native);
        assert_false(sent->bits & (OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT));
        count++;
    }
    return count;
}

static struct oc_id position_of(const struct fixture *f, uint64_t order)
{
    struct oc_id position;
    engine_order_position(f->engine, order, &position);
    return position;
}

static void protection_is_set_into_the_position_that_the_entry_named(void **state)
{
    (void)state;
    static const struct {
        uint32_t can;
        const char *position;
        bool is_own;
    } cases[] = {{OC_CAN_PROTECT, "P7", true}, {OC_CAN_PROTECT, "", false}, {OC_CAN_CLOSE, "P7", false}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fixture *f = fixture_that(OC_KIND_LINEAR, cases[i].can);
        const uint64_t entry = guarded(f);
        assert_false(last(f)->bits & OC_RQ_NATIVE);
        fills(f, 4, "t1", cases[i].position);
        assert_int_equal(legs_are(f, 1, OC_REQUEST_NEW, cases[i].is_own), 2);
        const uint64_t stop = f->sent[1].order, target = f->sent[2].order;
        assert_string_equal(position_of(f, entry).text, cases[i].position);
        assert_string_equal(position_of(f, stop).text, cases[i].is_own ? "P7" : "");
        fixture_say(f, OC_EV_ACCEPTED, stop);
        fixture_say(f, OC_EV_ACCEPTED, target);
        const uint32_t before = f->sent_count;
        fills(f, 6, "t2", cases[i].position); /* their size follows, by the same way */
        assert_int_equal(legs_are(f, before, OC_REQUEST_AMEND, cases[i].is_own), 2);
        assert_int_equal(alarms_of(f), 0);
        fixture_free(f);
    }
}

/* Two positions of one entry: what is set into the first does not protect the second, and somebody has to know. */
static void an_entry_in_two_positions_is_an_alarm(void **state)
{
    (void)state;
    struct fixture *f = fixture_that(OC_KIND_LINEAR, BOTH);
    guarded(f);
    fills(f, 4, "t1", "P7");
    assert_int_equal(alarms_of(f), 0);
    fills(f, 4, "t2", "P8");
    assert_int_equal(alarms_of(f), 1);
    fills(f, 2, "t3", "P8"); /* it is known by now */
    assert_int_equal(alarms_of(f), 1);
    fixture_free(f);
}

/* Named twice before anything is protected: orders of their own protect both. */
static void legs_of_two_positions_are_orders(void **state)
{
    (void)state;
    struct fixture *f = fixture_that(OC_KIND_LINEAR, BOTH);
    const uint64_t entry = guarded(f);
    struct oc_ev_order shown = said_order(f, "V1", OC_SHOWN_WORKING, 10, 0);
    shown.order = entry;
    shown.price = 10000;
    shown.position = id_of("P6");
    says(f, &shown);
    fills(f, 4, "t1", "P7");
    assert_int_equal(legs_are(f, 1, OC_REQUEST_NEW, false), 2);
    fixture_free(f);
}

/* A restart knows it by the records, and by a checkpoint. */
static void it_is_known_after_a_restart(void **state)
{
    (void)state;
    struct fixture *f = fixture_that(OC_KIND_LINEAR, BOTH), *other = fixture_that(OC_KIND_LINEAR, BOTH);
    said_twin.engine = other->engine;
    said_twin.records = f->record_count;
    guarded(f);
    fills(f, 4, "t1", "P7");
    twin_hears(f, NULL);
    said_twin.engine = NULL;
    const uint64_t stop = f->sent[1].order;
    assert_true(fixture_find(other, stop)->now.bits & OC_RQ_NATIVE);
    assert_string_equal(position_of(other, stop).text, "P7");
    const size_t room = 1 << 20;
    char *bytes = calloc(1, room);
    assert_non_null(bytes);
    const int64_t size = engine_save(f->engine, bytes, room);
    assert_true(size > 0);
    struct fixture *third = fixture_that(OC_KIND_LINEAR, BOTH);
    assert_int_equal(engine_load(third->engine, bytes, (size_t)size), OC_OK);
    assert_string_equal(position_of(third, stop).text, "P7");
    free(bytes);
    fixture_free(third);
    fixture_free(other);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closing_goes_the_venues_way_at_market_and_not_of_spot),
        cmocka_unit_test(what_does_not_reduce_is_no_close),
        cmocka_unit_test(protection_is_set_into_the_position_that_the_entry_named),
        cmocka_unit_test(an_entry_in_two_positions_is_an_alarm),
        cmocka_unit_test(legs_of_two_positions_are_orders),
        cmocka_unit_test(it_is_known_after_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
