/* journal_os_test.c: the same door over real files and its worker thread: rotation, syncs, and
 * processes that are really killed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "journal/door.h"
#include "journal/read.h"
#include "support/checkpoint_kit.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static char dir[ENV_PATH_MAX];

static oc_rc remove_name(void *arg, const char *name)
{
    char path[ENV_PATH_MAX + 128];
    (void)arg;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return env_unlink(path);
}

static void fresh(const char *name)
{
    snprintf(dir, sizeof dir, "%s/%s.dir", TEST_BUILD_DIR, name);
    (void)env_list(dir, remove_name, NULL);
}

struct event {
    struct oc_event head;
    uint64_t number;
    uint64_t body[9];
};

static struct event make(uint64_t number)
{
    struct event event = {.head = {.size = sizeof event, .type = OC_EV_FILL}, .number = number};
    for (size_t i = 0; i < 9; i++)
        event.body[i] = number * (i + 3);
    return event;
}

static struct door *open_door(const struct door_resume *resume, enum door_durability durability)
{
    struct door *door = NULL;
    struct door_config config = {.dir = dir,
                                 .header = "h",
                                 .header_size = 1,
                                 .resume = resume,
                                 .durability = durability,
                                 .orders_segment_size = 128 << 10,
                                 .market_segment_size = 4 << 20,
                                 .market_by_value = true};
    oc_rc rc = door_open(&config, &door);
    if (rc < 0)
        print_error("%s\n", door_open_error());
    assert_int_equal(rc, OC_OK);
    return door;
}

static void segments_are_made_by_the_worker(void **state)
{
    (void)state;
    enum { RECORDS = 30000 };
    for (int durability = 0; durability < 2; durability++) {
        fresh("journal_os");
        struct door *door = open_door(NULL, (enum door_durability)durability);
        for (uint64_t i = 0; i < RECORDS; i++) {
            struct event event = make(i);
            oc_rc rc = i % 2 ? door_record(door, &event.head) : door_market(door, &event.head, true);
            assert_int_equal(rc, OC_OK);
            if (i % 3000 == 1)
                assert_int_equal(door_sync_start(door), OC_OK);
            if (i % 10000 == 7)
                assert_int_equal(door_sync(door), OC_OK);
        }
        assert_int_equal(door_sync_start(door), OC_OK);
        for (int i = 0; i < 200000 && door_durable_seq(door) < RECORDS; i++)
            env_sleep(1000000);
        assert_true(door_durable_seq(door) == RECORDS);
        assert_int_equal(checkpoint(door, "state", 5), OC_OK);
        struct door_hash hash = door_order_hash(door);
        assert_true(door_stats(door).segments > 14);
        assert_int_equal(door_close(door), OC_OK);
        struct journal_reader *reader;
        assert_int_equal(journal_open_read(dir, false, &reader), OC_OK);
        const struct oc_event *event;
        enum journal_stream stream;
        for (uint64_t i = 0; i < RECORDS; i++) {
            assert_int_equal(journal_next(reader, &event, &stream), OC_OK);
            assert_true(event->seq == i + 1 && ((const struct event *)(const void *)event)->number == i);
        }
        assert_int_equal(journal_next(reader, &event, &stream), OC_E_END);
        uint64_t count;
        struct hash128 read_hash = journal_order_hash(reader, &count);
        assert_true(read_hash.low == hash.low && read_hash.high == hash.high);
        assert_int_equal(journal_end(reader, JOURNAL_ORDERS)->tail, JOURNAL_TAIL_CLEAN);
        journal_close_read(reader);
    }
}

/* A session whose market events are in files has one stream: a checkpoint makes durable what there is. */
static void a_checkpoint_needs_no_market(void **state)
{
    (void)state;
    fresh("journal_os");
    assert_non_null(freopen("/dev/null", "r", stdin)); /* what descriptor 0 is cannot be synced */
    const struct door_config config = {
        .dir = dir, .header = "h", .header_size = 1, .durability = DOOR_POWER, .orders_segment_size = 128 << 10};
    struct door *door;
    assert_int_equal(door_open(&config, &door), OC_OK);
    for (uint64_t i = 0; i < 100; i++) {
        struct event event = make(i);
        assert_int_equal(door_record_risk(door, &event.head), OC_OK);
        if (i % 10 == 9)
            assert_int_equal(checkpoint(door, "state", 5), OC_OK);
    }
    assert_true(door_durable_seq(door) == 100 && !door_failed(door));
    assert_int_equal(door_close(door), OC_OK);
}

/* In the child: one input, a batch of answers, progress; and the number told to the parent when all
 * three are done. */
static void work_until_killed(int out, const struct door_resume *resume, uint64_t from)
{
    struct door *door = NULL;
    struct door_config config = {.dir = dir, .resume = resume, .orders_segment_size = 64 << 10};
    if (door_open(&config, &door) < 0)
        _exit(1);
    for (uint64_t i = from;; i++) {
        struct event input = make(3 * i), first = make(3 * i + 1), second = make(3 * i + 2);
        if (door_record(door, &input.head) < 0)
            _exit(2);
        door_batch_begin(door);
        if (door_record(door, &first.head) < 0 || door_record_risk(door, &second.head) < 0)
            _exit(3);
        if (door_batch_commit(door) < 0)
            _exit(4);
        door_progress(door, input.head.seq, i);
        if (i % 64 == 0 && write(out, &i, sizeof i) != sizeof i)
            _exit(5);
    }
}

static uint64_t last_told(int in)
{
    uint64_t told = 0, next;
    while (read(in, &next, sizeof next) == sizeof next)
        told = next;
    return told;
}

static void check_after_kill(uint64_t told, uint64_t *ret_rounds, struct door_resume *ret_resume)
{
    struct journal_reader *reader;
    oc_rc rc = journal_open_read(dir, false, &reader);
    if (rc < 0)
        print_error("%s\n", journal_error());
    assert_int_equal(rc, OC_OK);
    const struct oc_event *event;
    enum journal_stream stream;
    uint64_t count = 0;
    while (journal_next(reader, &event, &stream) == OC_OK)
        assert_true(((const struct event *)(const void *)event)->number == count++);
    struct journal_progress progress;
    assert_true(journal_progress(reader, &progress));
    /* Either the answers of the last input are all there, or none: then the input stands alone. */
    assert_true(count % 3 != 2 && count / 3 > told);
    assert_true(progress.market_index + 1 == count / 3 || (progress.market_index + 2 == count / 3 && count % 3 == 0));
    assert_int_equal(journal_resume(reader, ret_resume), OC_OK);
    *ret_rounds = count;
    journal_close_read(reader);
}

static void a_killed_process_loses_nothing(void **state)
{
    (void)state;
    uint64_t random = 12345;
    for (int round = 0; round < 25; round++) {
        fresh("journal_kill");
        int pipe_ends[2];
        struct door_resume resume;
        uint64_t records = 0;
        assert_int_equal(pipe(pipe_ends), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            close(pipe_ends[0]);
            work_until_killed(pipe_ends[1], NULL, 0);
        }
        close(pipe_ends[1]);
        uint64_t first;
        assert_int_equal(read(pipe_ends[0], &first, sizeof first), sizeof first);
        random = random * 6364136223846793005u + 1442695040888963407u;
        env_sleep((int64_t)((random >> 33) % 5000000));
        kill(child, SIGKILL);
        int status;
        waitpid(child, &status, 0);
        assert_true(WIFSIGNALED(status));
        check_after_kill(last_told(pipe_ends[0]), &records, &resume);
        close(pipe_ends[0]);
        struct door *door = NULL; /* and it goes on */
        struct door_config config = {.dir = dir, .resume = &resume, .orders_segment_size = 64 << 10};
        assert_int_equal(door_open(&config, &door), OC_OK);
        assert_int_equal(door_epoch(door), 2);
        struct event event = make(records);
        assert_int_equal(door_record(door, &event.head), OC_OK);
        assert_true(event.head.seq == records + 1);
        assert_int_equal(door_close(door), OC_OK);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_made_by_the_worker),
        cmocka_unit_test(a_checkpoint_needs_no_market),
        cmocka_unit_test(a_killed_process_loses_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
