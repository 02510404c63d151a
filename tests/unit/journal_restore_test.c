/* journal_restore_test.c: restores that fail half-way, find files removed, or must not believe what
 * they find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal/door.h"
#include "journal/read.h"
#include "support/env_sim.h"

#include <stdio.h>

static const char dir[] = "/session";

struct event {
    struct oc_event head;
    uint64_t body[10];
};

static struct event make(uint64_t number)
{
    struct event event = {.head = {.size = sizeof event, .type = OC_EV_FILL, .local_ns = (int64_t)number}};
    event.body[3] = number;
    return event;
}

static void record(struct door *door, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        struct event event = make(i);
        assert_int_equal(door_record(door, &event.head), OC_OK);
    }
}

static struct door *begin(uint64_t count)
{
    struct door *door;
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    struct door_config config = {
        .dir = dir, .orders_segment_size = JOURNAL_SEGMENT_MIN, .market_segment_size = JOURNAL_SEGMENT_MIN};
    assert_int_equal(door_open(&config, &door), OC_OK);
    record(door, count);
    return door;
}

static enum journal_tail tail_now(bool from_checkpoint, oc_rc expected)
{
    struct journal_reader *reader = NULL;
    assert_int_equal(journal_open_read(dir, from_checkpoint, &reader), expected);
    enum journal_tail tail = journal_end(reader, JOURNAL_ORDERS)->tail;
    journal_close_read(reader);
    return tail;
}

static void resume_now(struct door_resume *ret_resume)
{
    struct journal_reader *reader = NULL;
    assert_int_equal(journal_open_read(dir, false, &reader), OC_OK);
    assert_int_equal(journal_resume(reader, ret_resume), OC_OK);
    journal_close_read(reader);
}

/* A restore that fails at its n-th operation, and then the process is killed: the next one finds
 * the same. */
static void a_restore_may_fail_anywhere(void **state)
{
    (void)state;
    for (uint64_t nth = 1;; nth++) {
        struct door *door = begin(400);
        struct event tick = make(1);
        for (int i = 0; i < 400; i++)
            assert_int_equal(door_market(door, &tick.head, true), OC_OK);
        door_progress(door, door_seq(door), door_market_count(door));
        door_batch_begin(door);
        record(door, 300); /* a batch over three segments, without its end */
        env_sim_kill();
        struct door_resume before, after;
        resume_now(&before);
        assert_true(before.seq == 800);
        struct door_config config = {.dir = dir,
                                     .resume = &before,
                                     .orders_segment_size = JOURNAL_SEGMENT_MIN,
                                     .market_segment_size = JOURNAL_SEGMENT_MIN};
        env_sim_fail(ENV_SIM_ANY, nth);
        door = NULL;
        oc_rc rc = door_open(&config, &door);
        bool has_failed = env_sim_has_failed();
        if (rc == OC_OK)
            door_abandon(door);
        assert_int_equal(env_sim_live_allocations(), 0);
        assert_int_equal(env_sim_live_files(), 0);
        if (nth % 3 == 0)
            env_sim_crash(nth);
        else
            env_sim_kill();
        if (nth % 3 != 0) { /* a loss of power may take what was never synced */
            resume_now(&after);
            assert_true(after.seq == 800 && after.market_count == 400 && after.has_progress);
            assert_true(after.position[0].count == before.position[0].count);
            assert_true(hash128_is_equal(after.position[0].hash, before.position[0].hash));
        }
        env_sim_stop();
        if (!has_failed) {
            assert_int_equal(rc, OC_OK);
            break;
        }
        assert_true(nth < 500);
    }
}

static void a_removed_market_segment_does_not_stop_a_restore(void **state)
{
    (void)state;
    struct door *door = begin(1);
    struct event tick = make(1);
    for (int i = 0; i < 300; i++)
        assert_int_equal(door_market(door, &tick.head, true), OC_OK);
    env_sim_kill();
    struct door_resume resume;
    resume_now(&resume);
    uint32_t last = resume.position[JOURNAL_MARKET].segment;
    assert_true(last >= 2);
    for (uint32_t i = 0; i < last; i++) {
        char path[64];
        snprintf(path, sizeof path, "%s/market-%06u.oj", dir, i);
        assert_int_equal(env_unlink(path), OC_OK);
    }
    resume_now(&resume);
    assert_true(resume.first_segment[JOURNAL_MARKET] == last && resume.seq == 301);
    struct door_config config = {.dir = dir, .resume = &resume};
    assert_int_equal(door_open(&config, &door), OC_OK);
    record(door, 1);
    assert_int_equal(door_close(door), OC_OK);
    assert_int_equal(tail_now(false, OC_OK), JOURNAL_TAIL_CLEAN);
    env_sim_stop();
}

static void progress_is_believed_as_far_as_the_records_reach(void **state)
{
    (void)state;
    struct door *door = begin(0);
    struct event tick = make(1);
    record(door, 5);
    door_progress(door, 5, 0);
    assert_int_equal(door_market(door, &tick.head, false), OC_OK);
    door_progress(door, 6, 1); /* behind the last record */
    env_sim_writeback(1000);
    env_sim_kill();
    struct journal_progress progress;
    struct journal_reader *reader;
    assert_int_equal(journal_open_read(dir, false, &reader), OC_OK);
    assert_true(journal_progress(reader, &progress) && progress.seq == 6 && !progress.is_doubtful);
    journal_close_read(reader);
    env_sim_crash(1); /* now the machine has been started again */
    assert_int_equal(journal_open_read(dir, false, &reader), OC_OK);
    assert_true(journal_progress(reader, &progress) && progress.seq == 5 && progress.is_doubtful);
    journal_close_read(reader);
    env_sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_restore_may_fail_anywhere),
        cmocka_unit_test(a_removed_market_segment_does_not_stop_a_restore),
        cmocka_unit_test(progress_is_believed_as_far_as_the_records_reach),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
