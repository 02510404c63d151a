/* journal_edge_test.c: the journal at its limits, with files that somebody else has made, and
 * restores that fail half-way. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal/checkpoint.h"
#include "journal/door.h"
#include "journal/epoch.h"
#include "journal/read.h"
#include "journal/read_impl.h"
#include "journal/segment.h"
#include "journal/session.h"
#include "support/checkpoint_kit.h"
#include "support/env_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char dir[] = "/session", orders_0[] = "/session/orders-000000.oj",
                  orders_1[] = "/session/orders-000001.oj";
static char long_path[ENV_PATH_MAX + 8];

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

static struct journal_segment_head *head_of(const char *path)
{
    size_t size;
    return (void *)env_sim_file(path, &size);
}

static void seal(struct journal_segment_head *head) { head->check = JOURNAL_CHECK(head); }

static void paths_have_an_end(void **state)
{
    (void)state;
    memset(long_path, 'x', sizeof long_path - 1);
    long_path[0] = '/';
    env_sim_start(&(struct env_sim_config){.seed = 1});
    struct door *door;
    struct journal_reader *reader;
    assert_int_equal(door_open(&(struct door_config){.dir = long_path}, &door), OC_E_INVALID);
    assert_non_null(strstr(door_open_error(), "too long"));
    assert_int_equal(journal_open_read(long_path, false, &reader), OC_E_INVALID);
    long_path[ENV_PATH_MAX - 3] = '\0'; /* fits, and no file in it would */
    struct journal_epoch_file file;
    struct segment segment;
    char *text;
    size_t size;
    assert_int_equal(epoch_read(long_path, &file), OC_E_INVALID);
    assert_int_equal(segment_create(long_path, JOURNAL_ORDERS, 0, 1 << 16, false, &segment), OC_E_INVALID);
    assert_int_equal(segment_create(dir, JOURNAL_ORDERS, JOURNAL_SEGMENTS_MAX, 1 << 16, false, &segment), OC_E_LIMIT);
    assert_true(session_read(long_path, SESSION_NEWEST, &text, &size) < 0);
    assert_true(session_write(long_path, 0, (const uint8_t[16]){1}, "x", 1) < 0);
    assert_int_equal(door_open(&(struct door_config){.epoch_dir = "/nowhere"}, &door), OC_E_NOT_FOUND);
    assert_int_equal(env_sim_live_allocations(), 0);
    env_sim_stop();
}

static void names_of_segments_are_exact(void **state)
{
    (void)state;
    static const char *const wrong[] = {"orders-00000.oj",
                                        "orders-000000.o",
                                        "orders_000000.oj",
                                        "orders-000000.oj.cut",
                                        "market-065536.oj",
                                        "order-000000.oj",
                                        "orders-99999999999999999999.oj",
                                        "live"};
    enum journal_stream stream;
    uint32_t index;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(segment_parse(wrong[i], &stream, &index));
    assert_true(segment_parse("market-065535.oj", &stream, &index));
    assert_true(stream == JOURNAL_MARKET && index == 65535);
}

/* A segment that was prepared and never written to is no record: a new journal takes its place. One with a record is in the way. */
static void a_prepared_segment_is_swept(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    assert_int_equal(env_mkdir(dir), OC_OK);
    struct segment segment;
    assert_int_equal(segment_create(dir, JOURNAL_ORDERS, 3, 1 << 16, false, &segment), OC_OK);
    segment_release(&segment);
    char path[ENV_PATH_MAX], name[JOURNAL_NAME_MAX];
    size_t size;
    segment_name(name, JOURNAL_ORDERS, 3);
    assert_int_equal(env_path(path, dir, name), OC_OK);
    memset(env_sim_file(path, &size), 0, 64);
    struct door *door;
    assert_int_equal(
        door_open(&(struct door_config){.dir = dir, .orders_segment_size = 1 << 16, .market_segment_size = 1 << 16},
                  &door),
        OC_OK);
    assert_null(env_sim_file(path, &size));
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

static void a_memory_door_needs_no_disk(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    struct door *door;
    assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &door), OC_OK);
    uint64_t before = env_sim_count(ENV_SIM_ANY);
    record(door, 10000);
    assert_int_equal(door_sync(door), OC_OK);
    assert_int_equal(door_sync_start(door), OC_OK);
    assert_int_equal(door_sync_wait(door), OC_OK);
    assert_int_equal(checkpoint(door, "x", 1), OC_E_NOT_SUPPORTED);
    assert_int_equal(door_tend(door), OC_OK);
    door_progress(door, 1, 1);
    assert_true(env_sim_count(ENV_SIM_ANY) == before); /* no allocation, no call of the system */
    struct event tick = make(1);
    env_sim_fail(ENV_SIM_ALLOC, 1);
    assert_int_equal(door_market(door, &tick.head, true), OC_E_NOMEM);
    assert_true(tick.head.seq == 0 && door_stats(door).refused == 1 && door_market_count(door) == 0);
    assert_int_equal(door_market(door, &tick.head, true), OC_OK);
    assert_int_equal(door_close(door), OC_OK);
    assert_int_equal(door_close(NULL), OC_OK);
    door_abandon(NULL);
    journal_close_read(NULL);
    for (uint64_t nth = 1; nth < 3; nth++) {
        env_sim_fail(ENV_SIM_ALLOC, nth);
        assert_int_equal(door_open(&(struct door_config){.dir = NULL}, &door), OC_E_NOMEM);
    }
    assert_int_equal(env_sim_live_allocations(), 0);
    env_sim_stop();
}

static void an_append_makes_no_call(void **state)
{
    (void)state;
    struct door *door = begin(0);
    uint64_t before = env_sim_count(ENV_SIM_ANY);
    for (uint64_t i = 0; i < 30; i++) {
        struct event event = make(i), tick = make(i);
        door_batch_begin(door);
        assert_int_equal(door_record(door, &event.head), OC_OK);
        assert_int_equal(door_batch_commit(door), OC_OK);
        assert_int_equal(door_market(door, &tick.head, false), OC_OK);
        door_progress(door, tick.head.seq, i);
    }
    assert_true(env_sim_count(ENV_SIM_ANY) == before);
    env_sim_fail(ENV_SIM_PREALLOCATE, 1); /* the market stream is begun by its first event, and cannot */
    struct event tick = make(1);
    assert_int_equal(door_market(door, &tick.head, true), OC_E_FULL);
    assert_true(door_failed(door));
    assert_int_equal(door_record_risk(door, &tick.head), OC_E_IO);
    assert_int_equal(door_tend(door), OC_OK);
    assert_int_equal(door_market(door, &tick.head, true), OC_OK);
    assert_int_equal(door_record_risk(door, &tick.head), OC_OK);
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

static void a_large_segment_is_made_ready_piece_by_piece(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    struct door *door;
    struct door_config config = {.dir = dir, .orders_segment_size = (3 << 20) + (1 << 19)};
    assert_int_equal(door_open(&config, &door), OC_OK);
    record(door, 40000);
    assert_true(door_stats(door).segments == 2 && door_stats(door).stalls == 0);
    assert_int_equal(door_close(door), OC_OK);
    assert_int_equal(tail_now(false, OC_OK), JOURNAL_TAIL_CLEAN);
    config.orders_segment_size = (size_t)JOURNAL_SEGMENT_MAX + 1;
    config.dir = "/other";
    assert_int_equal(door_open(&config, &door), OC_E_INVALID);
    env_sim_stop();
}

static void syncs_mark_how_far_they_went(void **state)
{
    (void)state;
    struct door *door = begin(1);
    size_t size;
    struct journal_segment_live *live = (void *)(env_sim_file(orders_0, &size) + JOURNAL_LIVE_OFFSET);
    assert_true(live->synced_end == 0);
    for (int i = 0; i < 2 * JOURNAL_SYNC_MARKS; i++) {
        struct event event = make(1);
        if (i % 2)
            assert_int_equal(door_record(door, &event.head), OC_OK);
        assert_int_equal(i % 3 ? door_sync_start(door) : door_sync(door), OC_OK);
        assert_true(door_durable_seq(door) == door_seq(door));
    }
    assert_true(live->synced_end > JOURNAL_DATA_OFFSET &&
                live->synced_check == journal_pair_check(live->synced_end, 0));
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

/* Syncs that are only asked for mark as well: where an earlier one ended, never beyond what it covered. */
static void asked_syncs_mark_where_they_ended(void **state)
{
    (void)state;
    struct door *door = begin(1);
    size_t size;
    const struct journal_segment_live *live = (void *)(env_sim_file(orders_0, &size) + JOURNAL_LIVE_OFFSET);
    uint64_t before = 0, marks = 0;
    for (int i = 0; i < 4 * JOURNAL_SYNC_MARKS; i++) {
        const uint64_t marked = live->synced_end, end = JOURNAL_DATA_OFFSET + door_stats(door).order_bytes;
        assert_int_equal(door_sync_start(door), OC_OK);
        if (live->synced_end != marked) {
            assert_int_equal(live->synced_end, before);
            assert_int_equal(live->synced_check, journal_pair_check(before, 0));
            marks++;
        }
        before = end;
        struct event event = make(1);
        assert_int_equal(door_record(door, &event.head), OC_OK);
    }
    assert_in_range(marks, 2, 4);
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

/* In the next segment it begins anew: what was asked for in the one before says nothing about it. */
static void asked_syncs_mark_the_segment_they_meant(void **state)
{
    (void)state;
    struct door *door = begin(1);
    size_t size;
    assert_int_equal(door_sync_start(door), OC_OK);
    const struct journal_live_file *all = (const void *)env_sim_file("/session/live", &size);
    while (all->slot[JOURNAL_ORDERS][1].segment != 2)
        record(door, 1);
    const struct journal_segment_live *live = (void *)(env_sim_file(orders_1, &size) + JOURNAL_LIVE_OFFSET);
    uint64_t before = 0, marks = 0;
    for (int i = 0; i < 4 * JOURNAL_SYNC_MARKS; i++) {
        const uint64_t marked = live->synced_end;
        const uint64_t end = all->slot[JOURNAL_ORDERS][1].end;
        assert_int_equal(all->slot[JOURNAL_ORDERS][1].segment, 2);
        assert_int_equal(door_sync_start(door), OC_OK);
        if (live->synced_end != marked) {
            assert_true(i > 0);
            assert_int_equal(live->synced_end, before);
            assert_int_equal(live->synced_check, journal_pair_check(before, 1));
            marks++;
        }
        before = end;
        if (i % 4 == 0) /* all of them fit into it */
            record(door, 1);
    }
    assert_in_range(marks, 2, 4);
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

/* A record that ends where its segment does stands in it; the next one begins another. */
static void a_segment_is_filled_to_its_end(void **state)
{
    (void)state;
    enum { ROOM = JOURNAL_SEGMENT_MIN - 4096, EACH = JOURNAL_FRAME_SIZE + sizeof(struct event) };
    size_t size;
    struct door *door = begin(ROOM / EACH - 1);
    const struct journal_live_file *live = (const void *)env_sim_file("/session/live", &size);
    const uint32_t rest = ROOM - (ROOM / EACH - 1) * EACH;
    struct {
        struct oc_event head;
        char bytes[1024];
    } last = {.head = {.size = rest - JOURNAL_FRAME_SIZE, .type = OC_EV_FILL}};
    assert_int_equal(JOURNAL_DATA_OFFSET, 4096);
    assert_int_equal(door_record(door, &last.head), OC_OK);
    assert_int_equal(live->slot[JOURNAL_ORDERS][0].segment, 1);
    assert_int_equal(live->slot[JOURNAL_ORDERS][0].end, JOURNAL_SEGMENT_MIN);
    assert_int_equal(live->slot[JOURNAL_ORDERS][1].segment, 0);
    record(door, 1);
    assert_int_equal(live->slot[JOURNAL_ORDERS][1].segment, 2);
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

static void the_session_header_is_checked(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    assert_int_equal(env_mkdir(dir), OC_OK);
    char *text = NULL, *big = calloc(1, JOURNAL_HEADER_MAX + 300);
    size_t size;
    assert_int_equal(session_read(dir, SESSION_NEWEST, &text, &size), OC_E_NOT_FOUND);
    assert_int_equal(session_write(dir, 0, (const uint8_t[16]){1}, big, JOURNAL_HEADER_MAX), OC_OK);
    assert_int_equal(session_read(dir, SESSION_NEWEST, &text, &size), OC_OK);
    assert_int_equal(size, JOURNAL_HEADER_MAX);
    env_free(text);
    struct door *door;
    struct door_config config = {.dir = dir, .header = big, .header_size = JOURNAL_HEADER_MAX + 1};
    assert_int_equal(door_open(&config, &door), OC_E_LIMIT);
    assert_int_equal(session_write(dir, 2, (const uint8_t[16]){1}, big, JOURNAL_HEADER_MAX + 1), OC_E_LIMIT);
    assert_null(env_sim_file("/session/session-000002", &size));
    assert_int_equal(session_write(dir, 3, (const uint8_t[16]){1}, NULL, 0), OC_OK);
    assert_int_equal(session_read(dir, SESSION_NEWEST, &text, &size), OC_OK); /* the newest */
    assert_int_equal(size, 0);
    env_free(text);
    memset(big, 'x', JOURNAL_HEADER_MAX + 300);
    const size_t sizes[] = {10, 1000, JOURNAL_HEADER_MAX + 300};
    for (size_t i = 0; i < 3; i++) {
        env_sim_put_file("/session/session-000004", big, sizes[i]);
        assert_int_equal(session_read(dir, SESSION_NEWEST, &text, &size), OC_E_DATA);
    }
    free(big);
    assert_int_equal(session_write(dir, 5, (const uint8_t[16]){1}, "hello", 5), OC_OK);
    uint8_t *bytes = env_sim_file("/session/session-000005", &size);
    bytes[size - 1] ^= 1;
    assert_int_equal(session_read(dir, SESSION_NEWEST, &text, &size), OC_E_DATA);
    env_sim_fail(ENV_SIM_READ, 1);
    assert_int_equal(session_read(dir, SESSION_NEWEST, &text, &size), OC_E_IO); /* which is not damage */
    env_sim_put_file("/session/session-99999999999999999999", "x", 1);
    assert_int_equal(session_read(dir, SESSION_NEWEST, &text, &size), OC_E_DATA);
    struct journal_reader *reader;
    const char *borrowed;
    assert_int_equal(journal_open_read(dir, false, &reader), OC_OK); /* a session that has not begun a segment */
    assert_int_equal(journal_header(reader, &borrowed, &size), OC_E_DATA);
    assert_int_equal(journal_end(reader, JOURNAL_ORDERS)->tail, JOURNAL_TAIL_NONE);
    struct journal_progress progress;
    assert_false(journal_progress(reader, &progress));
    journal_close_read(reader);
    env_sim_stop();
}

static void checkpoints_are_read_with_care(void **state)
{
    (void)state;
    struct door *door = begin(20);
    uint8_t *blob = calloc(1, (size_t)JOURNAL_CHECKPOINT_MAX + 1);
    assert_int_equal(checkpoint(door, blob, (size_t)JOURNAL_CHECKPOINT_MAX + 1), OC_E_LIMIT);
    free(blob);
    assert_int_equal(checkpoint(door, "", 0), OC_OK);
    record(door, 1);
    env_sim_kill();
    size_t size;
    struct journal_checkpoint_head head;
    memcpy(&head, env_sim_file("/session/checkpoint-00000000000000000020", &size), sizeof head);
    assert_int_equal(size, sizeof head);
    struct journal_checkpoint_head wrong[6];
    for (int i = 0; i < 6; i++)
        wrong[i] = head;
    wrong[0].version++;
    wrong[1].magic++;
    wrong[2].offset[0] = 4;
    wrong[3].offset[0] += 4;
    wrong[4].offset[1] = (uint64_t)JOURNAL_SEGMENT_MAX + 8;
    wrong[5].offset[0] = 0;
    for (int i = 0; i < 6; i++) {
        wrong[i].check = JOURNAL_CHECK(&wrong[i]);
        env_sim_put_file("/session/checkpoint-00000000000000000099", &wrong[i], sizeof wrong[i]);
        struct journal_reader *reader;
        struct journal_checkpoint found;
        assert_int_equal(journal_open_read(dir, true, &reader), OC_OK);
        bool has = journal_checkpoint(reader, &found);
        assert_true(i >= 2 || (has && found.seq == 20 && found.passed_over == 1));
        assert_true(i < 2 || !has); /* one whose hash is right and whose numbers are not: from the first record on */
        journal_close_read(reader);
    }
    env_sim_put_file("/session/checkpoint-00000000000000000099", "short", 5);
    assert_int_equal(tail_now(true, OC_OK), JOURNAL_TAIL_OPEN);
    /* Places that do not fit the records */
    for (int i = 0; i < 5; i++) {
        struct journal_checkpoint_head odd = head;
        if (i == 0)
            odd.last[0] = 8;
        else if (i == 1)
            odd.last[0] = odd.offset[0];
        else if (i == 2)
            odd.last[0] = 0;
        else if (i == 3)
            odd.chain[0] ^= 1;
        else
            odd.segment[0] = 5;
        odd.check = JOURNAL_CHECK(&odd);
        env_sim_put_file("/session/checkpoint-00000000000000000099", &odd, sizeof odd);
        assert_int_equal(tail_now(true, OC_E_DATA), i == 4 ? JOURNAL_TAIL_MISSING : JOURNAL_TAIL_OLD);
    }
    for (uint64_t i = 100; i < 100 + JOURNAL_CHECKPOINTS_LISTED + 5;
         i++) { /* more than are looked at: the newest count */
        char path[64];
        snprintf(path, sizeof path, "%s/checkpoint-%020llu", dir, (unsigned long long)(i % 2 ? i : 400 - i));
        env_sim_put_file(path, "x", 1);
    }
    assert_int_equal(tail_now(true, OC_OK), JOURNAL_TAIL_OPEN);
    env_sim_stop();
}

static void heads_are_read_with_care(void **state)
{
    (void)state;
    for (int i = 0; i < 9; i++) {
        struct door *door = begin(300);
        assert_true(door_stats(door).segments > 2);
        env_sim_kill();
        struct journal_segment_head *head = head_of(orders_1);
        enum journal_tail expected = JOURNAL_TAIL_OLD;
        switch (i) {
        case 0:
            head->session[3] ^= 1;
            break;
        case 1:
            head->stream = JOURNAL_MARKET;
            break;
        case 2:
            head->size = 100;
            break;
        case 3:
            head->size = (uint64_t)JOURNAL_SEGMENT_MAX + 1;
            break;
        case 4:
            head->count++;
            break;
        case 5:
            head->hash_high ^= 1;
            break;
        case 6:
            head->first_seq = 1000000; /* above what its records have */
            expected = JOURNAL_TAIL_CORRUPT;
            break;
        case 7:
            head->hash_low ^= 1;
            break;
        default:
            head->previous_chain ^= 1;
            break;
        }
        seal(head);
        assert_int_equal(tail_now(false, OC_E_DATA), expected);
        env_sim_stop();
    }
}

static void files_are_cut_inside_their_heads(void **state)
{
    (void)state;
    for (size_t cut = 0; cut <= JOURNAL_PAGE; cut += 512) {
        struct door *door = begin(3);
        env_sim_kill();
        size_t size;
        uint8_t *copy = malloc(JOURNAL_PAGE);
        memcpy(copy, env_sim_file(orders_0, &size), JOURNAL_PAGE);
        (void)door;
        env_sim_put_file(orders_0, copy, cut);
        free(copy);
        struct journal_reader *reader = NULL;
        oc_rc rc = journal_open_read(dir, false, &reader);
        enum journal_tail tail = journal_end(reader, JOURNAL_ORDERS)->tail;
        journal_close_read(reader);
        assert_true(rc == OC_E_DATA && tail == JOURNAL_TAIL_CORRUPT);
        if (cut == 0) { /* not even "live" is there: nothing says that it had been begun */
            assert_int_equal(env_unlink("/session/live"), OC_OK);
            assert_int_equal(tail_now(false, OC_OK), JOURNAL_TAIL_NONE);
        }
        env_sim_stop();
    }
}

static void a_lost_last_file_is_missed(void **state)
{
    (void)state;
    for (int count = 3; count < 400; count += 300) {
        struct door *door = begin((uint64_t)count);
        uint64_t last = door_stats(door).segments - 1;
        env_sim_kill();
        char path[64];
        snprintf(path, sizeof path, "%s/orders-%06llu.oj", dir, (unsigned long long)last + 1);
        assert_int_equal(env_unlink(path), OC_OK); /* the prepared one: nobody misses it */
        assert_int_equal(tail_now(false, OC_OK), JOURNAL_TAIL_OPEN);
        snprintf(path, sizeof path, "%s/orders-%06llu.oj", dir, (unsigned long long)last);
        assert_int_equal(env_unlink(path), OC_OK);
        assert_int_equal(tail_now(false, OC_E_DATA), JOURNAL_TAIL_MISSING);
        env_sim_stop();
    }
}

/* Frames with right checks around numbers that are wrong: made by a program, not by an accident. */
static void numbers_must_grow(void **state)
{
    (void)state;
    struct door *door = begin(2);
    env_sim_kill();
    (void)door;
    size_t size;
    uint8_t *bytes = env_sim_file(orders_0, &size);
    uint64_t second = JOURNAL_DATA_OFFSET + JOURNAL_FRAME_SIZE + sizeof(struct event);
    struct journal_frame first_frame, frame;
    memcpy(&first_frame, bytes + JOURNAL_DATA_OFFSET, sizeof first_frame);
    memcpy(&frame, bytes + second, sizeof frame);
    struct oc_event *event = (void *)(bytes + second + JOURNAL_FRAME_SIZE);
    event->seq = 1;
    frame.check = journal_frame_check(first_frame.check, hash128(event, event->size), frame.size);
    memcpy(bytes + second, &frame, sizeof frame);
    assert_int_equal(tail_now(false, OC_E_DATA), JOURNAL_TAIL_CORRUPT);
    env_sim_stop();
}

static void the_search_behind_damage_is_bounded(void **state)
{
    (void)state;
    enum { SIZE = 1 << 20, RECORD = 59992 };
    uint8_t *bytes = calloc(1, SIZE);
    for (size_t at = 0; at + 16 <= SIZE; at += 16) { /* each place looks like the head of a long record */
        const uint32_t frame = RECORD | JOURNAL_FRAME_HERE, record_size = RECORD;
        memcpy(bytes + at, &frame, sizeof frame);
        memcpy(bytes + at + 8, &record_size, sizeof record_size);
    }
    assert_false(reader_finds_beyond(bytes, 0, SIZE));
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(paths_have_an_end),
        cmocka_unit_test(names_of_segments_are_exact),
        cmocka_unit_test(a_prepared_segment_is_swept),
        cmocka_unit_test(a_memory_door_needs_no_disk),
        cmocka_unit_test(an_append_makes_no_call),
        cmocka_unit_test(a_large_segment_is_made_ready_piece_by_piece),
        cmocka_unit_test(syncs_mark_how_far_they_went),
        cmocka_unit_test(asked_syncs_mark_where_they_ended),
        cmocka_unit_test(asked_syncs_mark_the_segment_they_meant),
        cmocka_unit_test(a_segment_is_filled_to_its_end),
        cmocka_unit_test(the_session_header_is_checked),
        cmocka_unit_test(checkpoints_are_read_with_care),
        cmocka_unit_test(heads_are_read_with_care),
        cmocka_unit_test(files_are_cut_inside_their_heads),
        cmocka_unit_test(a_lost_last_file_is_missed),
        cmocka_unit_test(numbers_must_grow),
        cmocka_unit_test(the_search_behind_damage_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
