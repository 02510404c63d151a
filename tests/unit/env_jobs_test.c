/* env_jobs_test.c: jobs in children: results by their place, whatever the number of workers; those that die, hang, or are stopped. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "base/env_jobs.h"

enum { JOBS = 40 };

static uint32_t told_count;

static void square(void *self, uint32_t index, void *ret)
{
    (void)self;
    *(uint64_t *)ret = (uint64_t)index * index + 1;
}

static void fail_some(void *self, uint32_t index, void *ret)
{
    square(self, index, ret);
    if (index == 3)
        abort();
    if (index == 5)
        _exit(0); /* good, but not at its end */
    if (index == 7)
        for (;;)
            env_sleep(1000000000);
}

static void count_told(void *self, uint32_t index, enum env_job_state state, const void *result, uint32_t ended)
{
    (void)self;
    assert_int_equal(state, ENV_JOB_DONE);
    assert_true(*(const uint64_t *)result == (uint64_t)index * index + 1);
    assert_int_equal(ended, ++told_count);
}

static bool stop_after_ten(void *self)
{
    (void)self;
    return told_count >= 10;
}

static void results_stand_in_their_places_with_any_number_of_workers(void **state)
{
    static const uint32_t workers[] = {0, 1, 3, ENV_JOBS_WORKERS_MAX};
    (void)state;
    for (size_t i = 0; i < sizeof workers / sizeof workers[0]; i++) {
        uint64_t results[JOBS] = {0};
        uint8_t states[JOBS];
        told_count = 0;
        const struct env_jobs jobs = {.count = JOBS,
                                      .workers = workers[i],
                                      .result_size = sizeof results[0],
                                      .timeout_ns = 60000000000LL,
                                      .run = square,
                                      .told = count_told};
        assert_int_equal(env_jobs_run(&jobs, results, states), OC_OK);
        for (uint32_t k = 0; k < JOBS; k++) {
            assert_int_equal(states[k], ENV_JOB_DONE);
            assert_true(results[k] == (uint64_t)k * k + 1);
        }
        assert_int_equal(told_count, JOBS);
    }
}

static void one_that_dies_or_hangs_takes_no_other_with_it(void **state)
{
    uint64_t results[10] = {0};
    uint8_t states[10];
    (void)state;
    const struct env_jobs jobs = {
        .count = 10, .workers = 2, .result_size = sizeof results[0], .timeout_ns = 300000000, .run = fail_some};
    assert_int_equal(env_jobs_run(&jobs, results, states), OC_OK);
    for (uint32_t i = 0; i < 10; i++)
        assert_int_equal(states[i], i == 3 || i == 5 ? ENV_JOB_DIED : i == 7 ? ENV_JOB_LATE : ENV_JOB_DONE);
}

static void a_stop_leaves_the_rest_undone(void **state)
{
    uint64_t results[JOBS] = {0};
    uint8_t states[JOBS];
    uint32_t done = 0;
    (void)state;
    told_count = 0;
    const struct env_jobs jobs = {.count = JOBS,
                                  .workers = 2,
                                  .result_size = sizeof results[0],
                                  .timeout_ns = 60000000000LL,
                                  .run = square,
                                  .told = count_told,
                                  .is_stopped = stop_after_ten};
    assert_int_equal(env_jobs_run(&jobs, results, states), OC_E_AGAIN);
    for (uint32_t i = 0; i < JOBS; i++)
        done += states[i] == ENV_JOB_DONE;
    assert_true(done >= 10 && done < JOBS);
    assert_int_equal(states[JOBS - 1], ENV_JOB_NONE);
}

static void limits_hold(void **state)
{
    uint64_t result;
    uint8_t one;
    (void)state;
    struct env_jobs jobs = {.count = ENV_JOBS_MAX + 1, .result_size = sizeof result, .run = square};
    assert_int_equal(env_jobs_run(&jobs, &result, &one), OC_E_LIMIT);
    jobs.count = 0;
    assert_int_equal(env_jobs_run(&jobs, &result, &one), OC_OK);
    assert_true(env_cores() >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(results_stand_in_their_places_with_any_number_of_workers),
        cmocka_unit_test(one_that_dies_or_hangs_takes_no_other_with_it),
        cmocka_unit_test(a_stop_leaves_the_rest_undone),
        cmocka_unit_test(limits_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
