/* timers_test.c: wake-ups come by time and then by number, repeat without drift, and stop at their limit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/limits.h"
#include "engine/timers.h"

static uint64_t add(struct timers *timers, uint32_t strategy, int64_t due_ns, int64_t every_ns)
{
    uint64_t id = 0;
    assert_int_equal(timers_add(timers, strategy, due_ns, every_ns, &id), OC_OK);
    return id;
}

static void timers_fire_by_time_and_then_by_number(void **state)
{
    (void)state;
    struct timers timers = {0};
    struct timer timer, last = {0};
    assert_false(timers_pop(&timers, &timer));
    assert_true(timers_next_ns(&timers) == INT64_MAX);
    uint64_t random = 1;
    for (int i = 0; i < 500; i++) {
        random = random * 6364136223846793005u + 1442695040888963407u;
        add(&timers, 1, (int64_t)(random >> 33) % 50, 0);
    }
    for (int i = 0; i < 500; i++) {
        int64_t next = timers_next_ns(&timers);
        assert_true(timers_pop(&timers, &timer));
        assert_true(timer.due_ns == next);
        assert_true(timer.due_ns > last.due_ns || (timer.due_ns == last.due_ns && timer.id > last.id));
        last = timer;
    }
    assert_false(timers_pop(&timers, &timer));
    timers_release(&timers);
}

static void a_removed_timer_does_not_fire(void **state)
{
    (void)state;
    struct timers timers = {0};
    struct timer timer;
    uint64_t ids[64];
    for (uint32_t i = 0; i < 64; i++)
        ids[i] = add(&timers, 1, (int64_t)((i * 37) % 64), 0);
    for (uint32_t i = 0; i < 64; i += 2)
        assert_true(timers_remove(&timers, ids[i]));
    assert_false(timers_remove(&timers, ids[0])); /* gone already */
    assert_false(timers_remove(&timers, 9999));
    int64_t last = -1;
    for (uint32_t i = 0; i < 32; i++) {
        assert_true(timers_pop(&timers, &timer));
        assert_true(timer.due_ns > last);
        assert_int_equal(timer.id % 2, 0); /* the odd numbers (the even places) were taken out */
        last = timer.due_ns;
    }
    assert_false(timers_pop(&timers, &timer));
    timers_release(&timers);
}

static void a_repeated_timer_keeps_its_beat(void **state)
{
    (void)state;
    struct timers timers = {0};
    struct timer timer;
    uint64_t id = add(&timers, 3, 10, 7), before = timers.next_id;
    for (int64_t i = 0; i < 5; i++) {
        assert_true(timers_pop(&timers, &timer));
        assert_int_equal(timer.due_ns, 10 + 7 * i);
        assert_int_equal(timer.id, id);
        assert_int_equal(timer.strategy, 3);
    }
    assert_int_equal(timers.next_id, before);
    assert_true(timers_remove(&timers, id));
    /* behind the end of time there is no next one */
    add(&timers, 1, INT64_MAX - 5, 5);
    add(&timers, 1, INT64_MAX - 5, 6);
    assert_true(timers_pop(&timers, &timer));
    assert_true(timers_pop(&timers, &timer));
    assert_int_equal(timers.count, 1);
    assert_true(timers_next_ns(&timers) == INT64_MAX);
    uint64_t none = 4;
    assert_int_equal(timers_add(&timers, 1, 5, -1, &none), OC_E_INVALID);
    assert_int_equal(none, 4);
    assert_int_equal(timers.count, 1);
    timers_release(&timers);
}

static void timers_stop_at_their_limit(void **state)
{
    (void)state;
    struct timers timers = {0};
    struct timer timer;
    uint64_t id = 0;
    for (uint32_t i = 0; i < ENGINE_TIMERS_MAX; i++)
        id = add(&timers, 1, 5, 1);
    uint64_t refused = 1;
    assert_int_equal(timers_add(&timers, 1, 5, 0, &refused), OC_E_LIMIT);
    assert_int_equal(refused, 1);
    assert_int_equal(timers.count, ENGINE_TIMERS_MAX);
    assert_true(timers_pop(&timers, &timer)); /* a repeated one keeps its place also then */
    assert_int_equal(timers.count, ENGINE_TIMERS_MAX);
    assert_true(timers_remove(&timers, id));
    assert_int_equal(add(&timers, 1, 5, 0), id + 1);
    timers_release(&timers);
    assert_int_equal(timers.count, 0);
    assert_null(timers.heap);
}

/* A restart: what had fired goes, and not what was due at the same instant behind it. */
static void records_pass_and_put_timers(void **state)
{
    (void)state;
    struct timers timers = {0};
    struct timer timer;
    uint64_t early = add(&timers, 1, 10, 0), same = add(&timers, 1, 20, 5), behind = add(&timers, 1, 20, 0);
    timers_pass(&timers, 20, same);
    assert_null(timers_find(&timers, early));
    assert_int_equal(timers_find(&timers, same)->due_ns, 25);
    assert_int_equal(timers_find(&timers, behind)->due_ns, 20);
    timers_pass(&timers, 20, same); /* it is not due there any more */
    assert_int_equal(timers.count, 2);
    const struct timer put = {.due_ns = 15, .id = 9, .strategy = 2};
    assert_int_equal(timers_put(&timers, &put), OC_OK);
    assert_int_equal(timers_put(&timers, &put), OC_E_EXISTS);
    assert_int_equal(add(&timers, 1, 30, 0), 10);
    assert_true(timers_pop(&timers, &timer));
    assert_memory_equal(&timer, &put, sizeof put);
    timers_release(&timers);
}

/* Those of one strategy go, up to a number, wherever they stand; those of others stay and fire in their order. */
static void only_those_of_one_strategy_go(void **state)
{
    (void)state;
    for (uint64_t until = 0; until <= 13; until++) {
        struct timers timers = {0};
        struct timer timer;
        for (int i = 0; i < 12; i++)
            add(&timers, i % 3 ? 2 : 1, 100 - 7 * i, 0); /* numbered from 1 on */
        if (until == 13)
            timers_remove_of(&timers, 2);
        else
            timers_remove_until(&timers, 2, until);
        uint64_t expected = 12;
        for (; timers_pop(&timers, &timer); expected--) {
            while (expected % 3 != 1 && expected <= until)
                expected--;
            assert_true(timer.id == expected);
        }
        while (expected && expected % 3 != 1 && expected <= until)
            expected--;
        assert_int_equal(expected, 0);
        timers_release(&timers);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_fire_by_time_and_then_by_number),
        cmocka_unit_test(a_removed_timer_does_not_fire),
        cmocka_unit_test(only_those_of_one_strategy_go),
        cmocka_unit_test(a_repeated_timer_keeps_its_beat),
        cmocka_unit_test(timers_stop_at_their_limit),
        cmocka_unit_test(records_pass_and_put_timers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
