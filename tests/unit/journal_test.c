/* journal_test.c: door and reader on the simulated disk: what was recorded comes back, or the
 * reader says what and where. */
#include "support/journal_kit.h"

#include <stdio.h>
#include <stdlib.h>

static void both_streams_come_back_in_order(void **state)
{
    (void)state;
    start();
    struct door *door = open_door(NULL);
    for (uint64_t i = 0; i < 4000; i++) {
        struct record record = make(i, i % 3 ? OC_EV_TRADE : OC_EV_COMMAND);
        oc_rc rc = i % 3 ? door_market(door, &record.head, true) : door_record(door, &record.head);
        assert_int_equal(rc, OC_OK);
        assert_true(record.head.seq == i + 1);
    }
    struct door_hash hash = door_order_hash(door);
    uint64_t input = door_input_hash(door);
    assert_true(door_stats(door).segments > 4);
    assert_int_equal(door_close(door), OC_OK);
    assert_int_equal(env_sim_live_files(), 0);
    assert_int_equal(env_sim_live_allocations(), 0);

    struct journal_reader *reader = open_reader(OC_OK);
    const struct oc_event *event;
    enum journal_stream stream;
    for (uint64_t i = 0; i < 4000; i++) {
        struct record expected = make(i, i % 3 ? OC_EV_TRADE : OC_EV_COMMAND);
        expected.head.seq = i + 1;
        assert_int_equal(journal_next(reader, &event, &stream), OC_OK);
        assert_int_equal(stream, i % 3 ? JOURNAL_MARKET : JOURNAL_ORDERS);
        assert_int_equal(event->size, expected.head.size);
        assert_memory_equal(event, &expected, event->size);
    }
    assert_int_equal(journal_next(reader, &event, &stream), OC_E_END);
    uint64_t count;
    struct hash128 read_hash = journal_order_hash(reader, &count);
    assert_true(read_hash.low == hash.low && read_hash.high == hash.high && count == hash.count);
    assert_int_equal(tail_of(reader), JOURNAL_TAIL_CLEAN);
    assert_int_equal(journal_end(reader, JOURNAL_MARKET)->tail, JOURNAL_TAIL_CLEAN);
    const char *text;
    size_t size;
    assert_int_equal(journal_header(reader, &text, &size), OC_OK);
    assert_int_equal(size, 10);
    assert_memory_equal(text, "build = 1\n", 10);
    struct door_resume resume;
    assert_int_equal(journal_resume(reader, &resume), OC_OK);
    assert_true(resume.seq == 4000 && resume.input_hash == input);
    assert_true(resume.market_count == 2666);
    journal_close_read(reader);
    assert_int_equal(env_sim_live_allocations(), 0);
    env_sim_stop();
}

static void memory_and_files_give_the_same_hashes(void **state)
{
    (void)state;
    start();
    struct door *doors[3];
    doors[0] = open_door(NULL);
    assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &doors[1]), OC_OK);
    assert_int_equal(
        door_open(&(struct door_config){.dir = NULL, .orders_segment_size = JOURNAL_SEGMENT_MIN}, &doors[2]), OC_OK);
    for (uint64_t i = 0; i < 3000; i++) {
        for (int k = 0; k < 3; k++) {
            struct record record = make(i, i % 2 ? OC_EV_BAR : OC_EV_FILL);
            if (k == 2 && i == 2000)
                record.head.source = 2; /* one changed field */
            door_batch_begin(doors[k]);
            oc_rc rc = i % 2 ? door_market(doors[k], &record.head, k == 1) : door_record(doors[k], &record.head);
            assert_int_equal(rc, OC_OK);
            assert_int_equal(door_batch_commit(doors[k]), OC_OK);
            door_progress(doors[k], door_seq(doors[k]), door_market_count(doors[k]));
        }
    }
    struct door_hash a = door_order_hash(doors[0]), b = door_order_hash(doors[1]), c = door_order_hash(doors[2]);
    assert_true(a.low == b.low && a.high == b.high && a.count == b.count && a.count == 1500);
    assert_true(door_input_hash(doors[0]) == door_input_hash(doors[1]));
    assert_true(door_input_hash(doors[0]) == door_input_hash(doors[2])); /* the change was in an order */
    assert_false(a.low == c.low);
    assert_int_equal(door_stats(doors[0]).order_bytes, door_stats(doors[1]).order_bytes);
    assert_int_equal(door_stats(doors[0]).order_bytes,
                     door_stats(doors[2]).order_bytes); /* that began anew in its memory */
    for (int k = 0; k < 3; k++)
        assert_int_equal(door_close(doors[k]), OC_OK);
    env_sim_stop();
}

static void the_inputs_hash_sees_each_bit_but_not_the_number(void **state)
{
    (void)state;
    struct door *door;
    uint64_t first = 0;
    for (int orders = 0; orders < 2; orders++) {
        assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &door), OC_OK);
        if (orders)
            record(door, 1);
        struct record tick = make(5, OC_EV_TRADE);
        tick.head.seq = (uint64_t)orders * 77; /* a source may give what it was told before */
        assert_int_equal(door_market(door, &tick.head, false), OC_OK);
        if (!orders)
            first = door_input_hash(door);
        assert_true(door_input_hash(door) == first);
        (void)door_close(door);
    }
    for (uint64_t seq = 0; seq < 3; seq++) { /* nor does one that was recorded already, and it keeps its number */
        struct record known = make(5, OC_EV_TRADE);
        known.head.seq = seq;
        assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &door), OC_OK);
        assert_int_equal(door_market_known(door, &known.head), OC_OK);
        assert_true(door_input_hash(door) == first && known.head.seq == seq && door_market_count(door) == 1);
        known.head.size = 7;
        assert_int_equal(door_market_known(door, &known.head), OC_E_INVALID);
        assert_int_equal(door_market_count(door), 1);
        (void)door_close(door);
    }
    struct record tick = make(5, OC_EV_TRADE);
    for (uint32_t bit = 64; bit < 8 * tick.head.size; bit++) {
        if (bit / 64 == offsetof(struct oc_event, seq) / 8)
            continue;
        struct record changed = tick;
        ((uint8_t *)&changed)[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &door), OC_OK);
        assert_int_equal(door_market(door, &changed.head, false), OC_OK);
        assert_true(door_input_hash(door) != first);
        (void)door_close(door);
    }
}

static void sizes_are_checked_at_their_limits(void **state)
{
    (void)state;
    start();
    struct door *door = open_door(NULL);
    static union {
        struct oc_event head;
        uint8_t bytes[OC_EVENT_MAX + 8];
    } big;
    uint32_t wrong[] = {0, 40, 52, OC_EVENT_MAX + 8};
    for (size_t i = 0; i < 4; i++) {
        big.head.size = wrong[i];
        assert_int_equal(door_record(door, &big.head), OC_E_INVALID);
        assert_int_equal(door_market(door, &big.head, true), OC_E_INVALID);
    }
    big.head.size = SMALL_SEGMENT - JOURNAL_PAGE - 8;
    assert_int_equal(door_record(door, &big.head), OC_OK);
    big.head.size += 8;
    assert_int_equal(door_record(door, &big.head), OC_E_LIMIT);
    assert_true(door_seq(door) == 1 && big.head.seq == 0);
    record(door, 1);
    assert_int_equal(door_close(door), OC_OK);
    struct journal_reader *reader = open_reader(OC_OK);
    uint64_t last;
    assert_int_equal(count_records(reader, &last), 2);
    journal_close_read(reader);
    struct door_config config = {.dir = "/other", .orders_segment_size = 8192};
    assert_int_equal(door_open(&config, &door), OC_E_INVALID);
    config = (struct door_config){.dir = dir};
    assert_int_equal(door_open(&config, &door), OC_E_EXISTS);
    assert_non_null(strstr(door_open_error(), "restore"));
    env_sim_stop();
}

static void a_batch_is_whole_or_absent(void **state)
{
    (void)state;
    for (uint64_t cut = 0; cut <= 5; cut++) {
        start();
        struct door *door = open_door(NULL);
        record(door, 1);
        door_batch_begin(door);
        for (uint64_t i = 0; i < cut && i < 4; i++)
            record(door, 10 + i);
        if (cut == 5) {
            record(door, 14);
            assert_int_equal(door_batch_commit(door), OC_OK);
        }
        env_sim_kill();
        struct journal_reader *reader = open_reader(OC_OK);
        uint64_t last;
        assert_int_equal(count_records(reader, &last), cut == 5 ? 6 : 1);
        assert_int_equal(journal_end(reader, JOURNAL_ORDERS)->cut_records, cut == 5 ? 0 : cut);
        assert_int_equal(tail_of(reader), cut == 5 || cut == 0 ? JOURNAL_TAIL_OPEN : JOURNAL_TAIL_TORN);
        struct door_resume resume;
        assert_int_equal(journal_resume(reader, &resume), OC_OK);
        journal_close_read(reader);
        door = open_door(&resume);
        assert_int_equal(door_epoch(door), 2);
        record(door, 20);
        assert_true(door_seq(door) == (cut == 5 ? 7 : 2));
        assert_int_equal(door_close(door), OC_OK);
        reader = open_reader(OC_OK);
        assert_int_equal(count_records(reader, &last), cut == 5 ? 7 : 2);
        assert_int_equal(tail_of(reader), JOURNAL_TAIL_CLEAN);
        journal_close_read(reader);
        env_sim_stop();
    }
}

static void a_batch_may_span_segments(void **state)
{
    (void)state;
    for (int is_committed = 0; is_committed < 2; is_committed++) {
        start();
        struct door *door = open_door(NULL);
        record(door, 0);
        door_batch_begin(door);
        for (uint64_t i = 1; i < 2000; i++)
            record(door, i);
        if (is_committed)
            assert_int_equal(door_batch_commit(door), OC_OK);
        assert_true(door_stats(door).segments >= 4);
        env_sim_kill();
        for (int round = 0; round < 3; round++) { /* and again after each recovery */
            uint64_t last, extra = (uint64_t)round;
            struct journal_reader *reader = open_reader(OC_OK);
            assert_int_equal(count_records(reader, &last), (is_committed ? 2000 : 1) + extra);
            struct door_resume resume;
            assert_int_equal(journal_resume(reader, &resume), OC_OK);
            journal_close_read(reader);
            door = open_door(&resume);
            record(door, 5);
            env_sim_kill();
        }
        env_sim_stop();
    }
}

static void the_hash_goes_on_after_a_restart(void **state)
{
    (void)state;
    start();
    struct door *straight;
    assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &straight), OC_OK);
    struct door *door = open_door(NULL);
    for (uint64_t i = 0; i < 3000; i++) {
        if (i == 1000 || i == 2500) {
            if (i == 2500) {
                assert_int_equal(door_close(door), OC_OK);
            } else {
                env_sim_kill();
                assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &straight), OC_OK);
                for (uint64_t k = 0; k < i; k++)
                    record(straight, k);
            }
            struct journal_reader *reader = open_reader(OC_OK);
            struct door_resume resume;
            assert_int_equal(journal_resume(reader, &resume), OC_OK);
            journal_close_read(reader);
            door = open_door(&resume);
            assert_int_equal(door_epoch(door), 2);
        }
        record(door, i);
        record(straight, i);
    }
    struct door_hash a = door_order_hash(door), b = door_order_hash(straight);
    assert_true(a.low == b.low && a.high == b.high && a.count == b.count);
    door_abandon(straight);
    door_abandon(door);
    env_sim_stop();
}

static void ids_are_never_given_twice(void **state)
{
    (void)state;
    start();
    uint64_t last = 0, id;
    uint32_t epochs[] = {1, 1, 2, 2, 3};
    for (int boot = 0; boot < 5; boot++) {
        struct door *door;
        struct door_config config = {.dir = dir, .epoch_dir = "/account"};
        assert_int_equal(env_mkdir("/account"), OC_OK);
        struct journal_reader *reader = NULL;
        struct door_resume resume;
        if (boot > 0) {
            reader = open_reader(OC_OK);
            assert_int_equal(journal_resume(reader, &resume), OC_OK);
            journal_close_read(reader);
            config.resume = &resume;
        }
        assert_int_equal(door_open(&config, &door), OC_OK);
        assert_int_equal(door_epoch(door), epochs[boot]);
        int count = boot == 3 ? JOURNAL_ID_BLOCK + 5 : 100;
        for (int i = 0; i < count; i++) {
            assert_int_equal(door_order_id(door, &id), OC_OK);
            assert_true(id > last);
            last = id;
        }
        if (boot % 2 == 0 && boot != 0)
            assert_int_equal(door_close(door), OC_OK);
        else if (boot == 0)
            assert_int_equal(door_close(door), OC_OK);
        else
            env_sim_kill();
    }
    size_t size;
    uint8_t *file = env_sim_file("/account/epoch", &size);
    file[12] ^= 1;
    struct journal_reader *reader = open_reader(OC_OK);
    struct door_resume resume;
    (void)journal_resume(reader, &resume);
    journal_close_read(reader);
    struct door *door;
    struct door_config config = {.dir = dir, .epoch_dir = "/account", .resume = &resume};
    assert_int_equal(door_open(&config, &door), OC_E_DATA);
    assert_non_null(strstr(door_open_error(), "epoch"));
    env_sim_stop();
}

static void progress_survives_a_kill(void **state)
{
    (void)state;
    start();
    struct door *door = open_door(NULL);
    uint64_t input = 0;
    for (uint64_t i = 0; i < 3001; i++) {
        struct record tick = make(i, OC_EV_TRADE);
        assert_int_equal(door_market(door, &tick.head, false), OC_OK);
        record(door, i);
        door_progress(door, tick.head.seq, door_market_count(door));
        input = door_input_hash(door);
    }
    struct record tick = make(9, OC_EV_TRADE);
    assert_int_equal(door_market(door, &tick.head, false), OC_OK);
    env_sim_kill();
    struct journal_reader *reader = open_reader(OC_OK);
    struct journal_progress progress;
    assert_true(journal_progress(reader, &progress));
    assert_true(progress.seq == 6001 && progress.market_index == 3001 && progress.input_hash == input);
    struct door_resume resume;
    assert_int_equal(journal_resume(reader, &resume), OC_OK);
    assert_true(resume.seq == 6002 && resume.market_count == 3001 && resume.input_hash == input);
    journal_close_read(reader);
    env_sim_stop();
}

static void a_restore_begins_at_a_checkpoint(void **state)
{
    (void)state;
    start();
    struct door *door = open_door(NULL);
    for (uint64_t i = 0; i < 5000; i++) {
        struct record record = make(i, i % 2 ? OC_EV_TRADE : OC_EV_COMMAND);
        assert_int_equal(i % 2 ? door_market(door, &record.head, true) : door_record(door, &record.head), OC_OK);
        if (i % 1000 == 700)
            assert_int_equal(checkpoint(door, &i, sizeof i), OC_OK);
    }
    door_batch_begin(door);
    assert_int_equal(checkpoint(door, "", 0), OC_E_STATE);
    assert_int_equal(door_batch_commit(door), OC_OK);
    struct door_hash hash = door_order_hash(door);
    uint64_t input = door_input_hash(door);
    env_sim_kill();
    for (int damaged = 0; damaged < 3; damaged++) {
        struct journal_reader *reader;
        assert_int_equal(journal_open_read(dir, true, &reader), OC_OK);
        struct journal_checkpoint checkpoint;
        assert_int_equal(journal_checkpoint(reader, &checkpoint), damaged < 2);
        uint64_t seq = 4701 - 1000 * (uint64_t)damaged, last, count;
        if (damaged < 2) {
            uint64_t blob;
            assert_int_equal(checkpoint.blob_size, 8);
            memcpy(&blob, checkpoint.blob, 8);
            assert_true(blob == seq - 1 && checkpoint.seq == seq && checkpoint.passed_over == (unsigned)damaged);
            assert_int_equal(count_records(reader, &last), 5000 - seq);
        } else {
            assert_int_equal(count_records(reader, &last), 5000);
        }
        struct hash128 read_hash = journal_order_hash(reader, &count);
        assert_true(read_hash.low == hash.low && read_hash.high == hash.high && count == hash.count);
        struct door_resume resume;
        assert_int_equal(journal_resume(reader, &resume), OC_OK);
        assert_true(resume.input_hash == input && resume.market_count == 2500 && resume.seq == 5000);
        journal_close_read(reader);
        char path[64];
        snprintf(path, sizeof path, "%s/checkpoint-%020d", dir, 4701 - 1000 * damaged);
        size_t size;
        uint8_t *file = env_sim_file(path, &size);
        assert_int_equal(file != NULL, damaged < 2);
        if (file)
            file[size - 1 - (size_t)damaged * 40] ^= 4;
    }
    env_sim_stop();
}

static void old_market_segments_make_room(void **state)
{
    (void)state;
    start();
    struct door *door;
    struct door_config config = {.dir = dir,
                                 .market_segment_size = JOURNAL_SEGMENT_MIN,
                                 .market_budget = 5 * JOURNAL_SEGMENT_MIN,
                                 .market_by_value = true};
    assert_int_equal(door_open(&config, &door), OC_OK);
    for (uint64_t i = 0; i < 3000; i++) {
        struct record tick = make(i, OC_EV_TRADE);
        assert_int_equal(door_market(door, &tick.head, true), OC_OK);
    }
    env_sim_kill();
    struct journal_reader *reader = open_reader(OC_OK);
    const struct journal_end *end = journal_end(reader, JOURNAL_MARKET);
    assert_int_equal(end->tail, JOURNAL_TAIL_OPEN);
    assert_true(end->first_segment > 5 && end->position.segment - end->first_segment <= 4);
    uint64_t last;
    assert_true(count_records(reader, &last) < 1000);
    assert_int_equal(last, 3000);
    journal_close_read(reader);
    env_sim_stop();
}

static void a_missing_or_foreign_segment_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to; /* to NULL: removed */
        enum journal_tail tail;
    } cases[] = {
        {"/session/orders-000000.oj", NULL, JOURNAL_TAIL_MISSING},
        {"/session/orders-000001.oj", NULL, JOURNAL_TAIL_MISSING},
        {"/session/orders-000001.oj", "/session/orders-000002.oj", JOURNAL_TAIL_OLD},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        start();
        struct door *door = open_door(NULL);
        for (uint64_t k = 0; k < 2500; k++)
            record(door, k);
        env_sim_kill();
        if (cases[i].to) {
            size_t size;
            uint8_t *bytes = env_sim_file(cases[i].from, &size);
            uint8_t *copy = malloc(size);
            memcpy(copy, bytes, size);
            assert_int_equal(env_sim_put_file(cases[i].to, copy, size), OC_OK);
            free(copy);
        } else {
            assert_int_equal(env_unlink(cases[i].from), OC_OK);
        }
        struct journal_reader *reader = open_reader(OC_E_DATA);
        assert_int_equal(tail_of(reader), cases[i].tail);
        assert_true(strlen(journal_end(reader, JOURNAL_ORDERS)->text) > 20);
        assert_non_null(strstr(journal_error(), journal_end(reader, JOURNAL_ORDERS)->text));
        struct door_resume resume;
        assert_int_equal(journal_resume(reader, &resume), OC_E_STATE);
        journal_close_read(reader);
        env_sim_stop();
    }
}

static void an_old_copy_of_a_file_is_refused(void **state)
{
    (void)state;
    for (int by_checkpoint = 0; by_checkpoint < 2; by_checkpoint++) {
        start();
        struct door *door = open_door(NULL);
        for (uint64_t k = 0; k < 300; k++)
            record(door, k);
        size_t size;
        uint8_t *bytes = env_sim_file("/session/orders-000000.oj", &size);
        uint8_t *copy = malloc(size);
        memcpy(copy, bytes, size);
        size_t live_size;
        bytes = env_sim_file("/session/live", &live_size);
        uint8_t *live = malloc(live_size);
        memcpy(live, bytes, live_size);
        record(door, 300);
        if (by_checkpoint) {
            assert_int_equal(checkpoint(door, "x", 1), OC_OK);
            env_sim_kill();
        } else {
            assert_int_equal(door_close(door), OC_OK);
        }
        assert_int_equal(env_sim_put_file("/session/orders-000000.oj", copy, size), OC_OK);
        free(copy);
        struct journal_reader *reader = open_reader(OC_E_DATA); /* "live" knows that there was more */
        assert_int_equal(tail_of(reader), JOURNAL_TAIL_CORRUPT);
        journal_close_read(reader);
        assert_int_equal(env_sim_put_file("/session/live", live, live_size), OC_OK);
        free(live);
        reader = open_reader(OC_E_DATA);
        assert_int_equal(tail_of(reader), JOURNAL_TAIL_OLD);
        journal_close_read(reader);
        assert_int_equal(journal_open_read(dir, true, &reader), OC_E_DATA);
        assert_true(tail_of(reader) >= JOURNAL_TAIL_CORRUPT);
        journal_close_read(reader);
        env_sim_stop();
    }
    start();
    struct journal_reader *reader;
    assert_int_equal(journal_open_read("/nowhere", false, &reader), OC_E_NOT_FOUND);
    assert_int_equal(env_mkdir("/empty"), OC_OK);
    assert_int_equal(journal_open_read("/empty", false, &reader), OC_E_NOT_FOUND);
    env_sim_stop();
}

static void a_newer_version_is_named(void **state)
{
    (void)state;
    start();
    struct door *door = open_door(NULL);
    record(door, 1);
    assert_int_equal(door_close(door), OC_OK);
    size_t size;
    struct journal_segment_head *head = (void *)env_sim_file("/session/orders-000000.oj", &size);
    head->version = JOURNAL_VERSION + 1;
    head->check = JOURNAL_CHECK(head);
    struct journal_reader *reader = open_reader(OC_E_DATA);
    assert_int_equal(tail_of(reader), JOURNAL_TAIL_TOO_NEW);
    journal_close_read(reader);
    env_sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_streams_come_back_in_order),
        cmocka_unit_test(memory_and_files_give_the_same_hashes),
        cmocka_unit_test(the_inputs_hash_sees_each_bit_but_not_the_number),
        cmocka_unit_test(sizes_are_checked_at_their_limits),
        cmocka_unit_test(a_batch_is_whole_or_absent),
        cmocka_unit_test(a_batch_may_span_segments),
        cmocka_unit_test(the_hash_goes_on_after_a_restart),
        cmocka_unit_test(ids_are_never_given_twice),
        cmocka_unit_test(progress_survives_a_kill),
        cmocka_unit_test(a_restore_begins_at_a_checkpoint),
        cmocka_unit_test(old_market_segments_make_room),
        cmocka_unit_test(a_missing_or_foreign_segment_is_refused),
        cmocka_unit_test(an_old_copy_of_a_file_is_refused),
        cmocka_unit_test(a_newer_version_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
