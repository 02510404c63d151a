/* journal_checkpoint_test.c: checkpoints are made behind the engine's thread (S8), whole or not at all, and stand only
 * for records that are on the disk. */
#include "support/counted_env.h"
#include "support/journal_kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "journal/limits.h"
#include "support/faults.h"

enum { BLOB = 3 << 20, CHECKPOINTS = 40 };

static char folder[ENV_PATH_MAX];

static oc_rc remove_name(void *arg, const char *name)
{
    char path[ENV_PATH_MAX + 128];
    (void)arg;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return env_unlink(path);
}

static struct door *open_real(void)
{
    struct door_config config = {.dir = folder, .header = "h", .header_size = 1, .market_by_value = true};
    struct door *door = NULL;
    snprintf(folder, sizeof folder, "%s/journal_checkpoint.dir", TEST_BUILD_DIR);
    (void)env_list(folder, remove_name, NULL);
    assert_int_equal(door_open(&config, &door), OC_OK);
    return door;
}

static void the_engines_thread_never_waits_for_one(void **state)
{
    (void)state;
    struct env counted = counted_env();
    env_bind(&counted);
    struct door *door = open_real();
    char *blob = calloc(1, BLOB);
    uint64_t made = 0, number = 0;
    const char *why;
    while (made < CHECKPOINTS) {
        uint64_t seq = door_seq(door);
        memcpy(blob, &seq, sizeof seq);
        is_engine = true; /* from here on nothing that may block */
        oc_rc rc = checkpoint_start(door, blob, BLOB);
        assert_true(rc == OC_OK || rc == OC_E_AGAIN);
        assert_int_equal(door_checkpoint_poll(door, &why), OC_OK);
        for (int i = 0; rc == OC_OK && i < 20; i++) {
            struct record order = make(number, OC_EV_COMMAND), tick = make(number++, OC_EV_TRADE);
            assert_int_equal(door_record(door, &order.head), OC_OK);
            assert_int_equal(door_market(door, &tick.head, true), OC_OK);
        }
        is_engine = false;
        made += rc == OC_OK;
        env_sleep(200000); /* most are still under way when the next is due */
    }
    assert_int_equal(blocked, 0);
    uint64_t last = door_seq(door);
    assert_int_equal(door_close(door), OC_OK);
    free(blob);
    env_bind(NULL);
    struct journal_reader *reader;
    struct journal_checkpoint found;
    assert_int_equal(journal_open_read(folder, true, &reader), OC_OK);
    assert_true(journal_checkpoint(reader, &found));
    assert_true(found.blob_size == BLOB && memcmp(found.blob, &found.seq, sizeof found.seq) == 0);
    assert_true(found.seq <= last && found.seq > 0);
    journal_close_read(reader);
}

/* Release builds have no named faults: there the worker is never late. */
static bool has_faults(void)
{
    fault_arm("probe", 0);
    bool has = FAULT("probe");
    fault_clear();
    return has;
}

/* Checkpoints at 10 and 20 records, the second with the worker late by 400 records, which fill segments. */
static struct door *at_second(bool is_late)
{
    start();
    struct door *door = open_door(NULL);
    for (uint64_t i = 0; i < 10; i++)
        record(door, i);
    assert_int_equal(checkpoint(door, "one", 3), OC_OK);
    for (uint64_t i = 10; i < 20; i++)
        record(door, i);
    if (is_late)
        fault_arm("worker.later", 0);
    return door;
}

static jmp_buf power_is_gone;

static void cut(void *arg)
{
    (void)arg;
    longjmp(power_is_gone, 1);
}

static void one_that_is_cut_leaves_the_one_before(void **state)
{
    (void)state;
    for (volatile int kind = 0; kind < 4; kind++) {
        const bool is_late = kind & 1, is_power = kind & 2;
        if (is_late && !has_faults())
            continue;
        volatile bool has_ended = false;
        volatile uint64_t cuts = 0, old = 0, new = 0;
        for (volatile uint64_t nth = 1; !has_ended; nth++) {
            struct door *volatile door = at_second(is_late);
            volatile uint64_t durable = 0, told = 0;
            if (!setjmp(power_is_gone)) {
                env_sim_on_operation(nth, cut, NULL);
                assert_int_equal(checkpoint_start(door, "two", 3), OC_OK);
                for (uint64_t i = 20; is_late && i < 420; i++)
                    record(door, i);
                fault_clear();
                if (is_late)
                    assert_int_equal(door_sync_start(door), OC_OK); /* now it comes to everything */
                durable = door_durable_seq(door);
                told = door_checkpoint_seq(door);
                assert_int_equal(told, 20);
                has_ended = true;
                env_sim_on_operation(0, NULL, NULL);
            }
            fault_clear();
            cuts++;
            if (is_power)
                env_sim_crash(nth);
            else
                env_sim_kill();
            struct journal_reader *reader;
            struct journal_checkpoint found;
            assert_int_equal(journal_open_read(dir, true, &reader), OC_OK);
            assert_true(journal_checkpoint(reader, &found));
            assert_true((found.seq == 10 && memcmp(found.blob, "one", 3) == 0) ||
                        (found.seq == 20 && memcmp(found.blob, "two", 3) == 0));
            assert_true(found.seq >= told);
            old += found.seq == 10;
            new += found.seq == 20;
            uint64_t last, count = count_records(reader, &last);
            if (count == 0)
                last = found.seq;
            assert_true(last >= found.seq && last >= durable && last >= 20 * (uint64_t)!is_power);
            journal_close_read(reader);
            env_sim_stop();
        }
        assert_true(cuts > 4 && old > 0 && new > 0);
    }
}

static void a_late_worker_syncs_what_was_left_behind(void **state)
{
    (void)state;
    if (!has_faults())
        skip();
    struct door *door = at_second(true);
    assert_int_equal(checkpoint_start(door, "two", 3), OC_OK);
    void *blob;
    size_t room;
    assert_int_equal(door_checkpoint_begin(door, &blob, &room), OC_E_AGAIN); /* skipped, not waited for */
    assert_int_equal(door_stats(door).checkpoints_skipped, 1);
    assert_true(door_durable_seq(door) == 10 && door_checkpoint_seq(door) == 10);
    for (uint64_t i = 20; door_stats(door).segments < 3; i++) /* orders and the segment after */
        record(door, i);
    fault_clear();
    assert_int_equal(door_sync_start(door), OC_OK);
    assert_true(door_durable_seq(door) == door_seq(door) && door_checkpoint_seq(door) == 20);
    uint64_t last = door_seq(door), found_last;
    env_sim_crash(3);
    struct journal_reader *reader = open_reader(OC_OK);
    count_records(reader, &found_last);
    assert_true(found_last == last);
    journal_close_read(reader);
    env_sim_stop();
}

static void a_failure_is_told_once(void **state)
{
    (void)state;
    const char *why = NULL;
    struct door *door = at_second(false);
    for (int i = 0; i < 2; i++) { /* no space: the journal itself goes on */
        env_sim_fail(ENV_SIM_WRITE, 1);
        assert_int_equal(checkpoint_start(door, "two", 3), OC_OK);
        assert_int_equal(door_checkpoint_poll(door, &why), i ? OC_OK : OC_E_IO);
        assert_non_null(strstr(why, "EIO"));
        assert_int_equal(door_checkpoint_poll(door, &why), OC_OK);
        assert_true(!door_failed(door) && door_checkpoint_seq(door) == 10);
    }
    assert_int_equal(checkpoint(door, "two", 3), OC_OK);
    assert_int_equal(door_checkpoint_seq(door), 20);
    env_sim_fail(ENV_SIM_SYNC, 1); /* of the records: what stands on them is not written */
    record(door, 20);
    assert_int_equal(checkpoint_start(door, "three", 5), OC_OK);
    assert_int_equal(door_checkpoint_poll(door, &why), OC_E_IO);
    assert_true(door_failed(door) && door_checkpoint_seq(door) == 20 && door_durable_seq(door) == 20);
    void *blob;
    size_t room;
    assert_int_equal(door_checkpoint_begin(door, &blob, &room), OC_E_IO);
    assert_int_equal(door_close(door), OC_E_IO);
    env_sim_stop();
}

static void the_buffer_has_its_limit(void **state)
{
    (void)state;
    start();
    struct door_config config = {.dir = dir, .orders_segment_size = SMALL_SEGMENT, .checkpoint_size = 16};
    struct door *door;
    assert_int_equal(door_open(&config, &door), OC_OK);
    record(door, 0);
    void *blob;
    size_t room;
    assert_int_equal(door_checkpoint_start(door, 0), OC_E_STATE);
    assert_int_equal(door_checkpoint_begin(door, &blob, &room), OC_OK);
    assert_int_equal(room, 16);
    assert_int_equal(door_checkpoint_start(door, 17), OC_E_LIMIT);
    assert_int_equal(checkpoint(door, "0123456789abcdef", 16), OC_OK);
    door_batch_begin(door);
    assert_int_equal(door_checkpoint_begin(door, &blob, &room), OC_E_STATE);
    assert_int_equal(door_batch_commit(door), OC_OK);
    assert_int_equal(door_close(door), OC_OK);
    config.checkpoint_size = (size_t)JOURNAL_CHECKPOINT_MAX + 1;
    assert_int_equal(door_open(&config, &door), OC_E_INVALID);
    env_sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_engines_thread_never_waits_for_one),
        cmocka_unit_test(one_that_is_cut_leaves_the_one_before),
        cmocka_unit_test(a_late_worker_syncs_what_was_left_behind),
        cmocka_unit_test(a_failure_is_told_once),
        cmocka_unit_test(the_buffer_has_its_limit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
