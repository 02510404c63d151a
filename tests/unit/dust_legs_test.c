/* dust_legs_test.c: what protects a position of which a fee took a part, or that is too small to be protected (ADR 0019). */
#include <outcry/instrument.h>

#include "engine/impl.h"
#include "support/engine_fixture.h"

static uint64_t guarded(struct fixture *f, int64_t qty)
{
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, qty, 10000);
    request.bits |= OC_RQ_HAS_STOP_LOSS | OC_RQ_HAS_TAKE_PROFIT;
    request.stop_loss = 9500;
    request.take_profit = 11000;
    return fixture_submit(f, request);
}

static void fills(struct fixture *f, uint64_t order, uint8_t side, int64_t qty, int64_t fee_e8)
{
    char id[32];
    snprintf(id, sizeof id, "t%u", ++f->trades);
    struct oc_ev_fill fill = fixture_fill(f, order, side, qty, 10000, id);
    fill.fee = (struct oc_dec){fee_e8, 8, 0};
    fill.fee_asset = f->base;
    assert_int_equal(fixture_input(f, &fill), OC_OK);
}

static const struct order *leg(const struct fixture *f, uint8_t role)
{
    for (uint32_t i = f->sent_count; i > 0; i--)
        if (f->sent[i - 1].role == role && f->sent[i - 1].kind == OC_REQUEST_NEW)
            return fixture_find(f, f->sent[i - 1].order);
    return NULL;
}

static int64_t asked(const struct order *order) { return order->ask_qty ? order->ask_qty : order->now.qty; }
static uint64_t alarms(const struct fixture *f) { return engine_stats(f->engine)->alarms; }
static int64_t held(const struct fixture *f) { return fixture_book(f)->position.qty; }

static void says_limits(struct fixture *f, int64_t min_qty, struct oc_dec min_notional)
{
    struct oc_ev_instrument event = {.head = {.size = sizeof event, .type = OC_EV_INSTRUMENT, .source = f->account},
                                     .info = instruments_get(engine_instruments(f->engine), f->inst)->info};
    event.info.present = (min_qty ? OC_INST_HAS_MIN_QTY : 0u) | (min_notional.units ? OC_INST_HAS_MIN_NOTIONAL : 0u);
    event.info.rules = OC_INST_NOTIONAL_OF_MARKET;
    event.info.min_qty = min_qty;
    event.info.min_notional = min_notional;
    assert_int_equal(fixture_input(f, &event), OC_OK);
}

/* Legs are of what can be sold, through each part; the one that fills leaves dust, and that is flat: the other goes. */
static void ACC_DUST_legs_are_of_what_is_there(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    const uint64_t entry = guarded(f, 2000);
    fills(f, entry, OC_SIDE_BUY, 1000, 40000); /* 0.9996 */
    const struct order *stop = leg(f, OC_ROLE_STOP_LOSS), *target = leg(f, OC_ROLE_TAKE_PROFIT);
    assert_non_null(stop);
    assert_non_null(target);
    assert_int_equal(held(f), 999);
    assert_int_equal(stop->now.qty, 999);
    assert_int_equal(target->now.qty, 999);
    fixture_say(f, OC_EV_ACCEPTED, stop->now.order);
    fixture_say(f, OC_EV_ACCEPTED, target->now.order);
    fills(f, entry, OC_SIDE_BUY, 1000, 70000); /* 1.9989 */
    assert_int_equal(held(f), 1998);
    assert_int_equal(asked(stop), 1998);
    assert_int_equal(asked(target), 1998);
    fixture_say(f, OC_EV_AMENDED, stop->now.order);
    fixture_say(f, OC_EV_AMENDED, target->now.order);
    fills(f, target->now.order, OC_SIDE_SELL, 1998, 0);
    assert_int_equal(held(f), 0);
    assert_int_equal(fixture_book(f)->position.spare, 1);
    assert_int_equal(stop->state, STATE_PENDING_CANCEL);
    fixture_say(f, OC_EV_CANCELED, stop->now.order);
    assert_int_equal(f->engine->groups.live, 0);
    assert_int_equal(alarms(f), 0);
    fixture_free(f);
}

/* A first part below the venue's smallest order alarms, once, and is asked for by no leg; with the next one all is protected. */
static void ACC_DUST_a_part_that_is_too_small_to_protect_alarms(void **state)
{
    (void)state;
    for (int by_notional = 0; by_notional < 2; by_notional++) {
        struct fixture *f = fixture_new(COST_AVERAGE);
        says_limits(f, by_notional ? 0 : 100, (struct oc_dec){by_notional ? 10 : 0, 0, 0});
        const uint64_t entry = guarded(f, 1000);
        const uint32_t count = f->sent_count;
        fills(f, entry, OC_SIDE_BUY, 50, 0);
        assert_int_equal(f->sent_count, count);
        assert_int_equal(alarms(f), 1);
        assert_int_equal(held(f), 0);
        for (int i = 0; i < 3; i++) {
            f->now_ns += GROUPS_RETRY_NS;
            fixture_price(f, 10000);
        }
        fills(f, entry, OC_SIDE_BUY, 40, 0);
        assert_int_equal(alarms(f), 1);
        assert_int_equal(f->sent_count, count);
        fills(f, entry, OC_SIDE_BUY, 60, 0);
        assert_int_equal(held(f), 150);
        assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 150);
        assert_int_equal(leg(f, OC_ROLE_TAKE_PROFIT)->now.qty, 150);
        assert_int_equal(f->sent_count, count + 2);
        assert_int_equal(alarms(f), 1);
        fixture_free(f);
    }
}

/* It stays so where the entry ends; a smaller limit of the venue lets it be protected. */
static void ACC_DUST_too_small_for_good_or_until_the_venue_takes_less(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    says_limits(f, 100, (struct oc_dec){0});
    uint64_t entry = guarded(f, 1000);
    fills(f, entry, OC_SIDE_BUY, 50, 0);
    fixture_say(f, OC_EV_CANCELED, entry);
    assert_int_equal(f->engine->groups.live, 0);
    assert_int_equal(alarms(f), 1);
    entry = guarded(f, 1000);
    fills(f, entry, OC_SIDE_BUY, 60, 0);
    assert_int_equal(held(f), 110); /* with the dust of before it can be sold, and is protected as a whole */
    assert_int_equal(alarms(f), 1);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 110);
    assert_int_equal(leg(f, OC_ROLE_TAKE_PROFIT)->now.qty, 110);
    entry = guarded(f, 1000); /* a second one adds less than an order can be */
    fills(f, entry, OC_SIDE_BUY, 60, 0);
    assert_int_equal(alarms(f), 2);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 110);
    says_limits(f, 50, (struct oc_dec){0});
    f->now_ns += GROUPS_RETRY_NS;
    fixture_price(f, 10000);
    assert_int_equal(leg(f, OC_ROLE_STOP_LOSS)->now.qty, 60);
    assert_int_equal(leg(f, OC_ROLE_TAKE_PROFIT)->now.qty, 60);
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ACC_DUST_legs_are_of_what_is_there),
        cmocka_unit_test(ACC_DUST_a_part_that_is_too_small_to_protect_alarms),
        cmocka_unit_test(ACC_DUST_too_small_for_good_or_until_the_venue_takes_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
