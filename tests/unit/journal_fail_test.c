/* journal_fail_test.c: syncs that fail, disks that fill, and every operation failing once. */
#include "support/journal_kit.h"

#include "journal/limits.h"
#include "support/faults.h"

#include <stdlib.h>

static void a_failed_sync_ends_new_risk_for_ever(void **state)
{
    (void)state;
    for (int is_asynchronous = 0; is_asynchronous < 2; is_asynchronous++) {
        start();
        struct door *door = open_door(NULL);
        struct record order = make(1, OC_EV_REQUEST);
        assert_int_equal(door_record_risk(door, &order.head), OC_OK);
        assert_int_equal(door_sync(door), OC_OK);
        assert_true(door_durable_seq(door) == 1 && !door_failed(door));
        assert_string_equal(door_error(door), "");
        assert_int_equal(door_record_risk(door, &order.head), OC_OK);
        env_sim_fail(ENV_SIM_SYNC, 1);
        if (is_asynchronous)
            assert_int_equal(door_sync_start(door), OC_OK);
        else
            assert_int_equal(door_sync(door), OC_E_IO);
        assert_true(env_sim_has_failed());
        assert_true(door_failed(door));
        assert_non_null(strstr(door_error(door), "EIO"));
        uint64_t syncs = env_sim_count(ENV_SIM_SYNC);
        assert_int_equal(door_record_risk(door, &order.head), OC_E_IO);
        assert_int_equal(door_record(door, &order.head), OC_OK); /* a cancel is still taken */
        assert_int_equal(door_sync(door), OC_E_IO);
        assert_int_equal(door_sync_start(door), OC_E_IO);
        assert_int_equal(door_tend(door), OC_E_IO);
        assert_int_equal(checkpoint(door, "", 0), OC_E_IO);
        assert_true(env_sim_count(ENV_SIM_SYNC) == syncs); /* never tried again */
        assert_true(door_durable_seq(door) == 1);
        assert_int_equal(door_close(door), OC_E_IO);
        struct journal_reader *reader = open_reader(OC_OK);
        assert_int_equal(tail_of(reader), JOURNAL_TAIL_OPEN);
        journal_close_read(reader);
        env_sim_stop();
    }
}

static void want_of_space_passes(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 7, .disk_max = 5 * SMALL_SEGMENT});
    struct door *door = open_door(NULL);
    uint8_t *filler = calloc(1, SMALL_SEGMENT + 40000);
    assert_int_equal(env_sim_put_file("/session/filler", filler, SMALL_SEGMENT + 40000), OC_OK);
    free(filler);
    uint64_t taken = 0;
    struct record order = make(3, OC_EV_REQUEST);
    while (door_record_risk(door, &order.head) == OC_OK)
        taken++;
    assert_true(door_failed(door));
    assert_non_null(strstr(door_error(door), "ENOSPC"));
    uint64_t facts = 0;
    while (door_record(door, &order.head) == OC_OK) /* the reserve: the rest of the segment in use */
        facts++;
    assert_true(facts > 200);
    assert_int_equal(door_record(door, &order.head), OC_E_FULL);
    door_batch_begin(door); /* a batch of which a record could not be kept says so, once */
    assert_int_equal(door_record(door, &order.head), OC_E_FULL);
    assert_int_equal(door_batch_commit(door), OC_E_FULL);
    door_batch_begin(door);
    assert_int_equal(door_batch_commit(door), OC_OK);
    assert_int_equal(door_tend(door), OC_E_IO);
    assert_int_equal(env_unlink("/session/filler"), OC_OK);
    assert_int_equal(door_tend(door), OC_OK);
    assert_false(door_failed(door));
    assert_int_equal(door_record_risk(door, &order.head), OC_OK);
    taken += facts + 1;
    assert_int_equal(door_close(door), OC_OK);
    struct journal_reader *reader = open_reader(OC_OK);
    uint64_t last;
    assert_int_equal(count_records(reader, &last), taken);
    journal_close_read(reader);
    env_sim_stop();
}

/* A batch larger than a segment could find no room behind its first half. */
static void room_for_more_than_a_segment_is_not_promised(void **state)
{
    (void)state;
    start();
    struct door *door = open_door(NULL);
    struct record fact = make(1, OC_EV_FILL);
    assert_int_equal(door_record(door, &fact.head), OC_OK);
    const uint64_t seq = door_seq(door);
    assert_int_equal(door_reserve(door, SMALL_SEGMENT - 4096), OC_OK);
    assert_int_equal(door_reserve(door, SMALL_SEGMENT - 4095), OC_E_LIMIT);
    assert_int_equal(door_seq(door), seq);
    assert_int_equal(door_record(door, &fact.head), OC_OK);
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

static void fault_points_are_survived(void **state)
{
    (void)state;
    if (FAULT("probe"))
        return;
    fault_arm("probe", 0);
    bool has_points = FAULT("probe");
    fault_clear();
    if (!has_points)
        skip(); /* a release build has none */
    start();
    struct door *door = open_door(NULL);
    fault_arm("journal.prepare", 1);
    fault_arm("journal.rotate", 2);
    uint64_t taken = 0;
    for (uint64_t i = 0; i < 3000; i++) {
        struct record fact = make(i, OC_EV_FILL);
        oc_rc rc = door_record(door, &fact.head);
        taken += rc == OC_OK;
        assert_true(rc == OC_OK || rc == OC_E_FULL);
    }
    fault_clear();
    assert_true(taken >= 2998);
    (void)door_tend(door);
    assert_int_equal(door_close(door), OC_OK);
    struct journal_reader *reader = open_reader(OC_OK);
    uint64_t last;
    assert_int_equal(count_records(reader, &last), taken);
    journal_close_read(reader);
    env_sim_stop();
}

/* What lies in a full segment is durable when that segment was synced, not when the one behind it was: a worker that is
 * late does both in one turn, and the second sync fails. */
static void a_full_segment_that_was_not_synced_is_not_durable(void **state)
{
    (void)state;
    fault_arm("probe", 0);
    const bool has_points = FAULT("probe");
    fault_clear();
    if (!has_points)
        skip();
    for (int fails = 0; fails < 2; fails++) {
        start();
        struct door *door = open_door(NULL);
        record(door, 1);
        assert_int_equal(door_sync(door), OC_OK);
        const uint64_t durable = door_durable_seq(door), segments = door_stats(door).segments;
        fault_arm("worker.later", 0);
        while (door_stats(door).segments == segments)
            record(door, 3);
        assert_true(door_durable_seq(door) == durable);
        fault_clear();
        const uint64_t syncs = env_sim_count(ENV_SIM_SYNC), seq = door_seq(door);
        if (fails)
            env_sim_fail(ENV_SIM_SYNC, 2);
        assert_int_equal(door_sync_start(door), OC_OK);
        assert_true(env_sim_count(ENV_SIM_SYNC) >= syncs + 2); /* the new one, and the one that was left */
        assert_true(door_durable_seq(door) == (fails ? durable : seq));
        assert_int_equal(door_failed(door), fails);
        if (fails)
            assert_non_null(strstr(door_error(door), "a full segment could not be made durable"));
        env_sim_crash(9);
        struct journal_reader *reader = open_reader(OC_OK);
        uint64_t last;
        (void)count_records(reader, &last);
        assert_true(last >= (fails ? durable : seq));
        journal_close_read(reader);
        env_sim_stop();
    }
}

/* One small life: open, records, batches, syncs, rotation, checkpoint, close, read again, go on. */
static oc_rc small_life(uint64_t *ret_taken, uint64_t *ret_seq)
{
    struct door_config config = {.dir = dir,
                                 .header = "x",
                                 .header_size = 1,
                                 .durability = DOOR_POWER,
                                 .orders_segment_size = JOURNAL_SEGMENT_MIN,
                                 .market_segment_size = JOURNAL_SEGMENT_MIN,
                                 .market_by_value = true};
    struct door *door;
    oc_rc rc = door_open(&config, &door);
    if (rc < 0)
        return rc;
    oc_rc worst = OC_OK;
    for (uint64_t i = 0; i < 130; i++) {
        struct record record = make(i, OC_EV_FILL), tick = make(i + 1, OC_EV_TRADE);
        if (i % 8 == 0)
            door_batch_begin(door);
        rc = i % 2 ? door_record(door, &record.head) : door_record_risk(door, &record.head);
        *ret_taken += rc >= 0;
        worst = rc < worst ? rc : worst;
        rc = door_market(door, &tick.head, true);
        worst = rc < worst ? rc : worst;
        if (i % 8 == 5) {
            rc = door_batch_commit(door);
            worst = rc < worst ? rc : worst;
            door_progress(door, door_seq(door), door_market_count(door));
            rc = i % 16 == 5 ? door_sync(door) : door_sync_start(door);
            worst = rc < worst ? rc : worst;
        }
        if (i == 70) {
            rc = checkpoint(door, "blob", 4);
            worst = rc < worst ? rc : worst;
        }
    }
    *ret_seq = door_seq(door);
    worst = door_failed(door) ? OC_E_IO : worst;
    rc = door_close(door);
    return rc < worst ? rc : worst;
}

static void every_operation_may_fail_once(void **state)
{
    (void)state;
    static const enum env_sim_op ops[] = {ENV_SIM_WRITE, ENV_SIM_SYNC,        ENV_SIM_MAP,    ENV_SIM_ALLOC,
                                          ENV_SIM_OPEN,  ENV_SIM_PREALLOCATE, ENV_SIM_RENAME, ENV_SIM_READ};
    for (size_t k = 0; k < sizeof ops / sizeof ops[0]; k++) {
        uint64_t nth = 1;
        for (;; nth++) {
            uint64_t taken = 0, seq = 0;
            start();
            env_sim_fail(ops[k], nth);
            oc_rc rc = small_life(&taken, &seq);
            bool has_failed = env_sim_has_failed();
            env_sim_fail(ops[k], 0);
            assert_int_equal(env_sim_live_allocations(), 0); /* nothing leaks on any path */
            assert_int_equal(env_sim_live_files(), 0);
            struct journal_reader *reader = NULL;
            oc_rc read_rc = journal_open_read(dir, false, &reader);
            uint64_t last = 0;
            if (reader)
                assert_int_equal(count_records(reader, &last) > 0, taken > 0);
            if (taken > 0) { /* what was taken is there: nobody cut the power */
                assert_int_equal(read_rc, OC_OK);
                assert_true(last == seq);
                uint64_t count;
                journal_order_hash(reader, &count);
                assert_true(count == taken);
            }
            journal_close_read(reader);
            assert_int_equal(env_sim_live_allocations(), 0);
            env_sim_stop();
            if (has_failed && ops[k] == ENV_SIM_SYNC)
                assert_true(rc < 0); /* what is not on the disk is told, at the latest when it is closed */
            if (!has_failed) {
                assert_int_equal(rc, OC_OK);
                break;
            }
        }
        assert_true(nth > 2 || ops[k] == ENV_SIM_READ);
    }
}

/* What a reader hands out, and how it says that it ends. */
struct seen {
    uint64_t records, hash;
    enum journal_tail tails[JOURNAL_STREAMS];
};

static oc_rc see(bool from_checkpoint, struct seen *ret_seen)
{
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    *ret_seen = (struct seen){0};
    oc_rc rc = journal_open_read(dir, from_checkpoint, &reader);
    if (rc < 0)
        return rc;
    while (journal_next(reader, &event, &stream) == OC_OK) {
        const uint64_t pair[2] = {ret_seen->hash, hash64(event, event->size)};
        ret_seen->hash = hash64(pair, sizeof pair);
        ret_seen->records++;
    }
    for (int i = 0; i < JOURNAL_STREAMS; i++)
        ret_seen->tails[i] = journal_end(reader, (enum journal_stream)i)->tail;
    journal_close_read(reader);
    return OC_OK;
}

/* A disk that fails is no journal that has less. */
static void reading_may_fail_anywhere(void **state)
{
    (void)state;
    start();
    uint64_t taken = 0, seq;
    assert_int_equal(small_life(&taken, &seq), OC_OK);
    for (int from_checkpoint = 0; from_checkpoint < 2; from_checkpoint++) {
        struct seen whole, seen;
        assert_int_equal(see(from_checkpoint, &whole), OC_OK);
        assert_true(whole.records > 0);
        for (uint64_t nth = 1;; nth++) {
            env_sim_fail(ENV_SIM_ANY, nth);
            oc_rc rc = see(from_checkpoint, &seen);
            bool has_failed = env_sim_has_failed();
            env_sim_fail(ENV_SIM_ANY, 0);
            if (rc == OC_OK)
                assert_memory_equal(&seen, &whole, sizeof seen);
            else
                assert_true(has_failed && (rc == OC_E_IO || rc == OC_E_NOMEM));
            assert_int_equal(env_sim_live_allocations(), 0);
            assert_int_equal(env_sim_live_files(), 0);
            if (!has_failed)
                break;
            assert_true(nth < 1000);
        }
    }
    env_sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_sync_ends_new_risk_for_ever),
        cmocka_unit_test(want_of_space_passes),
        cmocka_unit_test(fault_points_are_survived),
        cmocka_unit_test(room_for_more_than_a_segment_is_not_promised),
        cmocka_unit_test(a_full_segment_that_was_not_synced_is_not_durable),
        cmocka_unit_test(every_operation_may_fail_once),
        cmocka_unit_test(reading_may_fail_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
