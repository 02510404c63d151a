/* engine_hold_test.c: a strategy that is held: what it does not get is counted, and what it is told when it goes on. */
#include "support/engine_kit.h"

static struct fixture *held(struct user *user, uint64_t *ret_order)
{
    struct fixture *f = fixture_new(COST_AVERAGE);
    uint32_t id = user_add(f, user);
    struct engine_refusal refusal;
    assert_int_equal(engine_subscribe(f->engine, id, f->inst, 0), OC_OK);
    struct oc_request request = fixture_order(f, OC_SIDE_BUY, 10, 9900);
    assert_int_equal(engine_begin(f->engine, id), OC_OK);
    assert_int_equal(engine_submit(f->engine, &request, &refusal), OC_OK);
    fixture_end(f, true);
    *ret_order = request.order;
    engine_hold(f->engine, id, true);
    return f;
}

/* Prices, answers, fills and timers: one each. */
static void lives(struct fixture *f, uint64_t order)
{
    uint64_t timer;
    fixture_price(f, 10010);
    fixture_say(f, OC_EV_ACCEPTED, order);
    fixture_trade(f, order, OC_SIDE_BUY, 4, 9900);
    f->now_ns += 1000;
    assert_int_equal(timers_add(engine_timers(f->engine), 1, f->now_ns, 0, &timer), OC_OK);
    fixture_tick(f, f->now_ns);
}

static void what_it_does_not_get_is_counted(void **state)
{
    (void)state;
    struct user user = {0};
    uint64_t order;
    struct fixture *f = held(&user, &order);
    lives(f, order);
    assert_int_equal(user.ticks + user.orders + user.timers + user.saves, 0);
    assert_int_equal(engine_missed(f->engine, 1), 4);
    assert_int_equal(portfolio_find(engine_portfolio(f->engine), f->account, 1, f->inst)->position.qty, 4); /* booked */
    engine_hold(f->engine, 1, false);
    lives(f, order);
    assert_int_equal(user.ticks, 1);
    assert_int_equal(user.orders, 2);
    assert_int_equal(user.timers, 1);
    assert_int_equal(engine_missed(f->engine, 1), 4); /* and no more */
    engine_set_missed(f->engine, 1, 9);
    assert_int_equal(engine_missed(f->engine, 1), 9);
    engine_set_missed(f->engine, 2, 9); /* nobody */
    assert_int_equal(engine_missed(f->engine, 2), 0);
    fixture_free(f);
}

/* Who is suspended misses nothing: it is not waiting. */
static void a_suspended_one_misses_nothing(void **state)
{
    (void)state;
    for (int is_held = 0; is_held < 2; is_held++) {
        struct user user = {0};
        uint64_t order;
        struct fixture *f = held(&user, &order);
        engine_suspend(f->engine, 1);
        engine_hold(f->engine, 1, is_held);
        assert_int_equal(engine_is_held(f->engine, 1), is_held);
        lives(f, order);
        assert_int_equal(user.ticks + user.orders + user.timers, 0);
        assert_int_equal(engine_missed(f->engine, 1), 0);
        assert_true(engine_is_suspended(f->engine, 1));
        fixture_free(f);
    }
}

static void latches_are_of_one_account_or_of_all(void **state)
{
    (void)state;
    struct fixture *f = fixture_new(COST_AVERAGE);
    engine_latch(f->engine, f->account, "LOSS");
    assert_string_equal(engine_latched(f->engine, f->account), "LOSS");
    assert_null(engine_latched(f->engine, 0));
    engine_latch(f->engine, 0, "HAND");
    assert_string_equal(engine_latched(f->engine, f->account), "HAND"); /* of all goes before its own */
    assert_string_equal(engine_latched(f->engine, 0), "HAND");
    engine_unlatch(f->engine, f->account);
    assert_string_equal(engine_latched(f->engine, f->account), "HAND");
    assert_int_equal(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)), 0);
    engine_unlatch(f->engine, 0);
    assert_null(engine_latched(f->engine, f->account));
    assert_true(fixture_submit(f, fixture_order(f, OC_SIDE_BUY, 1, 9900)) != 0);
    engine_latch(f->engine, f->account, "AGAIN"); /* what was lifted can be set anew, with its own reason */
    assert_string_equal(engine_latched(f->engine, f->account), "AGAIN");
    engine_latch(f->engine, f->account + 1, "NOBODY");
    assert_null(engine_latched(f->engine, f->account + 1));
    fixture_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_it_does_not_get_is_counted),
        cmocka_unit_test(a_suspended_one_misses_nothing),
        cmocka_unit_test(latches_are_of_one_account_or_of_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
