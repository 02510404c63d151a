/* journal_end_test.c: where records, segments and sessions end: to the byte, and only where that is true. */
#include "base/fault.h"
#include "journal/format.h"
#include "journal/read_impl.h"
#include "support/faults.h"
#include "support/journal_kit.h"

#include <stdlib.h>

static const char orders[] = "/session/orders-000000.oj";

static bool has_faults(void)
{
    fault_arm("probe", 0);
    bool has = FAULT("probe");
    fault_clear();
    return has;
}

static struct journal_segment_live *live_of(const char *path)
{
    size_t size;
    uint8_t *bytes = env_sim_file(path, &size);
    assert_non_null(bytes);
    return (void *)(bytes + JOURNAL_LIVE_OFFSET);
}

/* A session whose last sync failed has not ended well, whatever works afterwards. */
static void a_failed_sync_is_no_good_end(void **state)
{
    (void)state;
    for (int fails = 0; fails < 2; fails++) {
        start();
        struct door *door = open_door(NULL);
        for (uint64_t i = 0; i < 10; i++)
            record(door, i);
        if (fails)
            env_sim_fail(ENV_SIM_SYNC, 1);
        assert_int_equal(door_close(door), fails ? OC_E_IO : OC_OK);
        assert_int_equal(live_of(orders)->closed_end != 0, !fails);
        struct journal_reader *reader = open_reader(OC_OK);
        assert_int_equal(tail_of(reader), fails ? JOURNAL_TAIL_OPEN : JOURNAL_TAIL_CLEAN);
        journal_close_read(reader);
        env_sim_stop();
    }
}

/* Each sync that is made or asked for is counted, once. */
static void syncs_are_counted(void **state)
{
    (void)state;
    start();
    struct door *door = open_door(NULL);
    const uint64_t before = door_stats(door).syncs;
    for (uint64_t i = 1; i <= 3; i++) {
        record(door, i);
        assert_int_equal(door_sync_start(door), OC_OK);
        assert_int_equal(door_stats(door).syncs - before, 2 * i - 1);
        assert_int_equal(door_sync(door), OC_OK);
        assert_int_equal(door_stats(door).syncs - before, 2 * i);
    }
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

/* What was asked for and has not come yet marks nothing as durable. */
static void a_late_sync_marks_nothing(void **state)
{
    (void)state;
    if (!has_faults())
        skip();
    start();
    struct door *door = open_door(NULL);
    record(door, 1);
    assert_int_equal(door_sync(door), OC_OK); /* the first of its marks */
    const uint64_t marked = live_of(orders)->synced_end, durable = door_durable_seq(door);
    fault_arm("worker.later", 0);
    for (uint64_t i = 0; i < 3 * JOURNAL_SYNC_MARKS; i++) {
        if (i < 100)
            record(door, i);
        assert_int_equal(door_sync_start(door), OC_OK);
        assert_int_equal(live_of(orders)->synced_end, marked);
        assert_int_equal(door_durable_seq(door), durable);
    }
    fault_clear();
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

/* ---- whole records behind damage ---- */

/* A record at `at`; the check is what it would be behind `chain`. */
static uint32_t put(uint8_t *bytes, size_t at, uint32_t size, uint32_t chain, uint32_t here)
{
    struct journal_frame frame = {.size = size | here};
    memset(bytes + at + sizeof frame, 7, size);
    memcpy(bytes + at + sizeof frame, &size, sizeof size);
    frame.check = journal_frame_check(chain, hash128(bytes + at + sizeof frame, size), frame.size);
    memcpy(bytes + at, &frame, sizeof frame);
    return frame.check;
}

static void whole_records_are_found_to_the_byte(void **state)
{
    (void)state;
    enum { SIZE = 4 * OC_EVENT_MAX, LEAST = sizeof(struct oc_event) };
    uint8_t *bytes = malloc(SIZE);
    static const struct {
        uint32_t first, second, here;
        int from, beyond; /* where the search begins, how far it may look behind the second record */
        bool is_found;
    } rows[] = {
        {LEAST, LEAST, JOURNAL_FRAME_HERE, 0, 0, true},
        {LEAST, LEAST, JOURNAL_FRAME_HERE, 0, -1, false},
        {LEAST, LEAST, JOURNAL_FRAME_HERE, 0, -8, false},
        {LEAST, LEAST, JOURNAL_FRAME_HERE, 0, 8, true},
        {LEAST, LEAST, JOURNAL_FRAME_HERE, 57, 0, true},
        {LEAST, LEAST, JOURNAL_FRAME_HERE, 64, 0, true},
        {LEAST, LEAST, JOURNAL_FRAME_HERE, 65, 0, false},
        {LEAST - 8, LEAST, JOURNAL_FRAME_HERE, 0, 0, false},
        {LEAST, LEAST - 8, JOURNAL_FRAME_HERE, 0, 0, false},
        {OC_EVENT_MAX, LEAST, JOURNAL_FRAME_HERE, 0, 0, true},
        {OC_EVENT_MAX + 8, LEAST, JOURNAL_FRAME_HERE, 0, 0, false},
        {LEAST, OC_EVENT_MAX, JOURNAL_FRAME_HERE, 0, 0, true},
        {LEAST, OC_EVENT_MAX + 8, JOURNAL_FRAME_HERE, 0, 0, false},
        {LEAST, LEAST, 0, 0, 0, false},
        {LEAST, LEAST, JOURNAL_FRAME_HERE | JOURNAL_FRAME_MORE, 0, 0, true},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        memset(bytes, 0, SIZE);
        const size_t second = 64 + 8 + rows[i].first, to = second + 8 + rows[i].second;
        const uint32_t chain = put(bytes, 64, rows[i].first, 12345, rows[i].here);
        put(bytes, second, rows[i].second, chain, rows[i].here);
        if (reader_finds_beyond(bytes, (uint64_t)rows[i].from, to + (uint64_t)(int64_t)rows[i].beyond) !=
            rows[i].is_found)
            fail_msg("row %zu", i);
        bytes[to - 1] ^= 1; /* a bit of the second is wrong */
        assert_false(reader_finds_beyond(bytes, (uint64_t)rows[i].from, to + (uint64_t)(int64_t)rows[i].beyond));
    }
    free(bytes);
}

/* The size that a head says of its segment, at both its limits. */
static void heads_say_sizes_that_can_be(void **state)
{
    (void)state;
    static const struct {
        uint64_t size;
        enum journal_tail tail;
        oc_rc rc;
    } rows[] = {{JOURNAL_SEGMENT_MAX, JOURNAL_TAIL_TORN, OC_OK}, /* it says more than the file has */
                {(uint64_t)JOURNAL_SEGMENT_MAX + 8, JOURNAL_TAIL_OLD, OC_E_DATA},
                {JOURNAL_DATA_OFFSET - 8, JOURNAL_TAIL_OLD, OC_E_DATA}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start();
        struct door *door = open_door(NULL);
        for (uint64_t k = 0; k < 10; k++)
            record(door, k);
        env_sim_kill();
        size_t size;
        struct journal_segment_head *head = (void *)env_sim_file(orders, &size);
        head->size = rows[i].size;
        head->check = JOURNAL_CHECK(head);
        struct journal_reader *reader = open_reader(rows[i].rc);
        assert_int_equal(tail_of(reader), rows[i].tail);
        journal_close_read(reader);
        (void)door;
        env_sim_stop();
    }
}

/* A session that goes on says at once how far it had come: both marks, whole, and on the disk. */
static void a_life_begins_with_what_is_known(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 12; seed++) {
        start();
        struct door *door = open_door(NULL);
        for (uint64_t i = 0; i < 20; i++) {
            struct record tick = make(i, OC_EV_TRADE);
            assert_int_equal(door_market(door, &tick.head, false), OC_OK);
            record(door, i);
            door_progress(door, tick.head.seq, door_market_count(door));
        }
        env_sim_kill();
        struct journal_reader *reader = open_reader(OC_OK);
        struct door_resume resume;
        struct journal_progress before, after;
        assert_int_equal(journal_resume(reader, &resume), OC_OK);
        assert_true(journal_progress(reader, &before));
        journal_close_read(reader);
        door = open_door(&resume);
        size_t size;
        const struct journal_live_file *live = (const void *)env_sim_file("/session/live", &size);
        for (int i = 0; i < 2; i++) {
            assert_int_equal(live->mark[i].seq, before.seq);
            assert_int_equal(live->mark[i].market_index, before.market_index);
            assert_true(live->mark[i].input_hash == before.input_hash);
            assert_true(live->mark[i].check == journal_mark_check(&live->mark[i]));
        }
        env_sim_crash(seed);
        live = (const void *)env_sim_file("/session/live", &size);
        assert_non_null(live);
        assert_true(live->magic == JOURNAL_LIVE_MAGIC && live->mark[0].seq == before.seq);
        reader = open_reader(OC_OK);
        assert_true(journal_progress(reader, &after) && after.seq == before.seq);
        journal_close_read(reader);
        env_sim_stop();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_failed_sync_is_no_good_end), cmocka_unit_test(syncs_are_counted),
        cmocka_unit_test(a_late_sync_marks_nothing),    cmocka_unit_test(whole_records_are_found_to_the_byte),
        cmocka_unit_test(heads_say_sizes_that_can_be),  cmocka_unit_test(a_life_begins_with_what_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
