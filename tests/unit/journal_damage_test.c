/* journal_damage_test.c: every prefix of a log, every truncation of its last records, every flipped
 * bit of a sample: each is either read in full, or cut and reported, or refused at an offset; it is
 * never silently shorter.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal/door.h"
#include "journal/format.h"
#include "journal/read.h"
#include "support/env_sim.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char dir[] = "/session";

enum { PREFIX_RECORDS = 10000, FLIP_RECORDS = 600, FLIP_BYTES = 1000, FILES_MAX = 16 };

static uint64_t random_state;

static uint64_t random_number(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state >> 33;
}

struct event {
    struct oc_event head;
    uint64_t body[12];
};

static struct event make(uint64_t number)
{
    struct event event = {.head = {.type = OC_EV_FILL, .local_ns = (int64_t)number}};
    size_t words = number % 12;
    event.head.size = (uint32_t)(sizeof event.head + 8 * words);
    for (size_t i = 0; i < words; i++)
        event.body[i] = number * 0x9e3779b97f4a7c15u;
    return event;
}

static struct door *begin(size_t segment_size)
{
    struct door *door;
    env_sim_start(&(struct env_sim_config){.seed = 3, .start_ns = 1});
    struct door_config config = {.dir = dir, .orders_segment_size = segment_size, .market_segment_size = segment_size};
    assert_int_equal(door_open(&config, &door), OC_OK);
    return door;
}

struct answer {
    oc_rc rc;
    enum journal_tail tail;
    uint64_t offset;
    uint64_t count;
    uint64_t market_count;
    struct hash128 hash;
    bool has_reason;
    bool has_beyond; /* of the orders */
    bool is_doubtful;
};

static struct answer ask(void)
{
    struct journal_reader *reader = NULL;
    struct answer answer = {.rc = journal_open_read(dir, false, &reader)};
    if (!reader)
        return answer;
    const struct journal_end *end = journal_end(reader, JOURNAL_ORDERS);
    const struct journal_end *market = journal_end(reader, JOURNAL_MARKET);
    answer.tail = market->tail > end->tail ? market->tail : end->tail;
    answer.offset = end->offset;
    answer.has_beyond = end->has_beyond;
    answer.hash = journal_order_hash(reader, &answer.count);
    answer.market_count = market->position.count;
    answer.has_reason = end->text[0] != '\0' && (market->tail == JOURNAL_TAIL_NONE || market->text[0] != '\0');
    struct journal_progress progress;
    answer.is_doubtful = journal_progress(reader, &progress) ? progress.is_doubtful : true;
    journal_close_read(reader);
    return answer;
}

/* Where the frames of a segment are; returns where they end. */
static uint64_t list_frames(const uint8_t *bytes, size_t size, uint64_t *offsets, size_t *ret_count)
{
    uint64_t at = JOURNAL_DATA_OFFSET;
    *ret_count = 0;
    while (at + JOURNAL_FRAME_SIZE <= size) {
        struct journal_frame frame;
        memcpy(&frame, bytes + at, sizeof frame);
        if (frame.size == 0)
            break;
        offsets[(*ret_count)++] = at;
        at += JOURNAL_FRAME_SIZE + (frame.size & ~7u);
    }
    return at;
}

static struct journal_live_file *live_file(void)
{
    size_t size;
    return (void *)env_sim_file("/session/live", &size);
}

/* What a kill leaves after each record: from the end backwards, in place. Of each second one the
 * body of the next record is there too, for the process died between copying it and making it
 * appear. */
static void every_prefix_is_read(void **state)
{
    (void)state;
    static uint64_t offsets[PREFIX_RECORDS];
    struct door *door = begin(64 << 10);
    for (uint64_t i = 0; i < PREFIX_RECORDS; i++) {
        struct event event = make(i);
        assert_int_equal(door_record(door, &event.head), OC_OK);
    }
    uint64_t segments = door_stats(door).segments;
    env_sim_kill();
    uint64_t left = PREFIX_RECORDS;
    char path[64];
    snprintf(path, sizeof path, "%s/orders-%06llu.oj", dir, (unsigned long long)segments);
    assert_int_equal(env_unlink(path), OC_OK); /* the prepared one */
    for (uint64_t index = segments; index-- > 0;) {
        size_t size, count;
        snprintf(path, sizeof path, "%s/orders-%06llu.oj", dir, (unsigned long long)index);
        uint8_t *bytes = env_sim_file(path, &size);
        struct journal_segment_live *live = (void *)(bytes + JOURNAL_LIVE_OFFSET);
        uint64_t dirty_end = list_frames(bytes, size, offsets, &count);
        struct journal_live_slot *slot = &live_file()->slot[JOURNAL_ORDERS][index % 2];
        slot->segment = index + 1;
        atomic_store(&slot->end, dirty_end);
        live->synced_end = live->synced_check = 0; /* at that time it had not been synced */
        for (;;) {
            struct answer answer = ask();
            if (answer.rc != OC_OK || answer.tail != JOURNAL_TAIL_OPEN || answer.count != left)
                print_error("left %llu: %s\n", (unsigned long long)left, journal_error());
            assert_int_equal(answer.rc, OC_OK);
            assert_int_equal(answer.tail, JOURNAL_TAIL_OPEN);
            assert_true(answer.count == left && answer.has_reason);
            if (count == 0)
                break;
            count--;
            left--;
            uint64_t end = offsets[count];
            bool keeps_body = left % 2 == 1;
            memset(bytes + end, 0, keeps_body ? JOURNAL_FRAME_SIZE : (size_t)(dirty_end - end));
            if (!keeps_body)
                dirty_end = end;
            atomic_store(&slot->end, end);
        }
        assert_int_equal(env_unlink(path), OC_OK);
    }
    assert_int_equal(left, 0);
    env_sim_stop();
}

enum ending { KILLED, REBOOTED, CLOSED, ENDINGS };

static void end_session(struct door *door, enum ending ending)
{
    if (ending == CLOSED) {
        assert_int_equal(door_close(door), OC_OK);
        return;
    }
    if (ending == REBOOTED)
        env_sim_writeback(1000);
    env_sim_kill();
    if (ending == REBOOTED)
        env_sim_crash(1); /* all had reached the disk: only the boot id is another */
}

/* Cut the file, or make it zero, from each byte of the last three records on. */
static void every_truncation_is_told(void **state)
{
    (void)state;
    for (int ending = 0; ending < ENDINGS; ending++) {
        for (int by_zero = 0; by_zero < 2; by_zero++) {
            static uint64_t offsets[300];
            struct door *door = begin(64 << 10);
            for (uint64_t i = 0; i < 203; i++) {
                struct event event = make(i);
                assert_int_equal(door_record(door, &event.head), OC_OK);
            }
            end_session(door, (enum ending)ending);
            size_t size, count;
            const char *path = "/session/orders-000000.oj";
            uint8_t *bytes = env_sim_file(path, &size);
            uint64_t end = list_frames(bytes, size, offsets, &count);
            assert_int_equal(count, 203);
            uint8_t *whole = malloc(size), *cut = malloc(size);
            memcpy(whole, bytes, size);
            for (uint64_t at = offsets[200]; at < end; at++) {
                memcpy(cut, whole, size);
                memset(cut + at, 0, size - at);
                bool is_same = memcmp(cut, whole, size) == 0; /* trailing zeros of the last record */
                assert_int_equal(env_sim_put_file(path, cut, by_zero ? size : (size_t)at), OC_OK);
                struct answer answer = ask();
                uint64_t kept = at >= offsets[202] ? 202 : at >= offsets[201] ? 201 : 200;
                if (by_zero && is_same) {
                    assert_int_equal(answer.count, 203);
                    continue;
                }
                if (ending == REBOOTED) {
                    assert_int_equal(answer.rc, OC_OK);
                    assert_int_equal(answer.tail, JOURNAL_TAIL_TORN);
                } else {
                    assert_int_equal(answer.rc, OC_E_DATA);
                    assert_int_equal(answer.tail, JOURNAL_TAIL_CORRUPT);
                }
                assert_true(answer.has_reason);
                if (!by_zero) {
                    assert_true(answer.count == kept);
                    assert_true(answer.offset == offsets[kept]);
                }
            }
            free(whole);
            free(cut);
            env_sim_stop();
        }
    }
}

static void every_flipped_bit_is_told(void **state)
{
    (void)state;
    for (int ending = 0; ending < ENDINGS; ending++) {
        struct door *door = begin(32 << 10);
        for (uint64_t i = 0; i < FLIP_RECORDS; i++) {
            struct event event = make(i);
            if (i % 10 == 0)
                door_batch_begin(door);
            assert_int_equal(i % 4 ? door_record(door, &event.head) : door_market(door, &event.head, true), OC_OK);
            if (i % 10 == 9) {
                assert_int_equal(door_batch_commit(door), OC_OK);
                door_progress(door, door_seq(door), door_market_count(door));
            }
            if (i == 300)
                assert_int_equal(door_sync(door), OC_OK);
        }
        end_session(door, (enum ending)ending);
        struct answer whole = ask();
        assert_int_equal(whole.rc, OC_OK);
        assert_int_equal(whole.count, FLIP_RECORDS - FLIP_RECORDS / 4);
        static const char *const paths[] = {"/session/orders-000000.oj", "/session/orders-000001.oj",
                                            "/session/market-000000.oj"};
        uint64_t told = 0, harmless = 0;
        static uint64_t offsets[FLIP_RECORDS];
        size_t frames;
        random_state = 5;
        for (int k = 0; k < FLIP_BYTES; k++) {
            size_t size;
            const uint64_t file = random_number() % 3;
            uint8_t *bytes = env_sim_file(paths[file], &size);
            uint64_t end = list_frames(bytes, size, offsets, &frames);
            size_t at = random_number() % 4 ? JOURNAL_DATA_OFFSET + random_number() % (end - JOURNAL_DATA_OFFSET)
                                            : random_number() % 640;
            for (int bit = 0; bit < 8; bit++) {
                bytes[at] ^= (uint8_t)(1u << bit);
                struct answer answer = ask();
                bytes[at] ^= (uint8_t)(1u << bit);
                bool is_whole = answer.count == whole.count && answer.market_count == whole.market_count &&
                                hash128_is_equal(answer.hash, whole.hash);
                bool is_told = answer.tail >= JOURNAL_TAIL_TORN && answer.has_reason;
                if (!is_whole && !is_told)
                    print_error("%s bit %d of byte %zu: tail %d, %llu records\n", journal_error(), bit, at,
                                (int)answer.tail, (unsigned long long)answer.count);
                assert_true(is_whole || is_told);
                if (at >= JOURNAL_DATA_OFFSET)
                    assert_true(is_told); /* no bit of a record is without meaning */
                if (at >= JOURNAL_DATA_OFFSET && file == 0)
                    assert_true(answer.has_beyond); /* the next segment is there */
                if (file == 1 && at >= offsets[frames - 1])
                    assert_false(answer.has_beyond);
                if (at >= JOURNAL_DATA_OFFSET &&
                    ending != REBOOTED) /* all of it had been written: refused, in a batch too */
                    assert_true(answer.tail >= JOURNAL_TAIL_CORRUPT && answer.rc < 0);
                told += is_told;
                harmless += !is_told;
            }
        }
        assert_true(told > 6000 && harmless > 100); /* bits of the head's page that nobody uses, or that are doubled */
        env_sim_stop();
    }
}

static void a_damaged_mark_is_doubtful(void **state)
{
    (void)state;
    struct door *door = begin(32 << 10);
    for (uint64_t i = 1; i <= 5; i++) {
        struct event event = make(i);
        assert_int_equal(door_record(door, &event.head), OC_OK);
        door_progress(door, i, 0);
    }
    end_session(door, KILLED);
    assert_false(ask().is_doubtful);
    struct journal_live_file *live = live_file();
    int newest = live->mark[1].seq > live->mark[0].seq;
    live->mark[newest].seq ^= 64;
    assert_true(ask().is_doubtful);
    env_sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_prefix_is_read),
        cmocka_unit_test(every_truncation_is_told),
        cmocka_unit_test(every_flipped_bit_is_told),
        cmocka_unit_test(a_damaged_mark_is_doubtful),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
