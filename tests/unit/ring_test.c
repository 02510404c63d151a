/* ring_test.c: what base is built of, against plain models: the ring, the hashes, the folding of the log; and the heap and
 * the fault points of the tests. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/hash.h"
#include "base/log.h"
#include "base/ring.h"
#include "support/env_sim.h"
#include "support/faults.h"
#include "support/timer_heap.h"

#include <stdio.h>
#include <string.h>

static uint64_t random_state = 42;

static uint64_t random_number(void)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return random_state >> 24;
}

static void ring_keeps_order_and_bytes(void **state)
{
    (void)state;
    struct ring ring;
    assert_int_equal(ring_init(&ring, 1000), OC_OK);
    uint64_t written = 0, read = 0;
    for (int i = 0; i < 200000; i++) {
        if (random_number() % 2) {
            uint32_t size = (uint32_t)(random_number() % 200) + 8;
            void *data;
            oc_rc rc = ring_reserve(&ring, size, &data);
            if (rc == OC_E_FULL)
                continue;
            assert_int_equal(rc, OC_OK);
            memset(data, (int)(written & 0xff), size);
            memcpy(data, &written, 8);
            if (random_number() % 8 == 0)
                continue; /* reserved and thought better of it */
            ring_commit(&ring, size);
            written++;
        } else {
            uint32_t size;
            uint8_t *data = ring_peek(&ring, &size);
            if (!data) {
                assert_true(read == written);
                continue;
            }
            assert_memory_equal(data, &read, 8);
            for (uint32_t k = 8; k < size; k++)
                assert_int_equal(data[k], read & 0xff);
            ring_release(&ring);
            read++;
        }
    }
    assert_true(read > 10000);
    ring_release_all(&ring);
}

static void ring_says_full_and_never(void **state)
{
    (void)state;
    struct ring ring;
    void *data;
    uint32_t size;
    assert_int_equal(ring_init(&ring, (size_t)RING_SIZE_MAX + 1), OC_E_INVALID);
    assert_int_equal(ring_init(&ring, 64), OC_OK);
    assert_int_equal(ring_reserve(&ring, 25, &data), OC_E_LIMIT);
    assert_int_equal(ring_reserve(&ring, 0, &data), OC_E_LIMIT);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(ring_reserve(&ring, 24, &data), OC_OK);
        ring_commit(&ring, 24);
    }
    assert_int_equal(ring_reserve(&ring, 1, &data), OC_E_FULL);
    assert_non_null(ring_peek(&ring, &size));
    ring_release(&ring);
    assert_int_equal(ring_reserve(&ring, 24, &data), OC_OK);
    ring_release_all(&ring);
}

struct counting {
    struct ring ring;
    uint64_t sum;
};

static void count_records(void *arg)
{
    struct counting *counting = arg;
    for (uint64_t got = 0; got < 100000;) {
        uint32_t size;
        uint64_t *data = ring_peek(&counting->ring, &size);
        if (!data)
            continue;
        counting->sum += *data;
        ring_release(&counting->ring);
        got++;
    }
}

static void ring_works_between_threads(void **state)
{
    (void)state;
    struct counting counting = {.sum = 0};
    assert_int_equal(ring_init(&counting.ring, 4096), OC_OK);
    struct env_thread *thread;
    assert_int_equal(env_thread_start(count_records, &counting, &thread), OC_OK);
    for (uint64_t i = 0; i < 100000;) {
        void *data;
        if (ring_reserve(&counting.ring, 8 + (uint32_t)(i % 100), &data) < 0)
            continue;
        memcpy(data, &i, 8);
        ring_commit(&counting.ring, 8 + (uint32_t)(i % 100));
        i++;
    }
    env_thread_join(thread);
    assert_true(counting.sum == 100000ull * 99999 / 2);
    ring_release_all(&counting.ring);
}

static void timer_heap_sorts_by_time_then_order(void **state)
{
    (void)state;
    enum { ITEMS = 300 };
    struct timer_heap timer_heap;
    assert_int_equal(timer_heap_init(&timer_heap, ITEMS), OC_OK);
    for (uint64_t i = 0; i < ITEMS; i++)
        assert_int_equal(timer_heap_push(&timer_heap, (struct timer_heap_item){(int64_t)(random_number() % 20), i, i}),
                         OC_OK);
    assert_int_equal(timer_heap_push(&timer_heap, (struct timer_heap_item){0, 0, 0}), OC_E_LIMIT);
    for (uint64_t i = 0; i < ITEMS; i += 3)
        assert_true(timer_heap_remove(&timer_heap, i));
    assert_false(timer_heap_remove(&timer_heap, 0));
    struct timer_heap_item last = {INT64_MIN, 0, 0}, item;
    size_t count = 0;
    while (timer_heap_pop(&timer_heap, &item)) {
        assert_true(item.time_ns > last.time_ns || (item.time_ns == last.time_ns && item.order > last.order));
        assert_int_not_equal(item.value % 3, 0);
        last = item;
        count++;
    }
    assert_int_equal(count, 200);
    assert_null(timer_heap_first(&timer_heap));
    timer_heap_release(&timer_heap);
}

static void a_changed_bit_changes_the_hash(void **state)
{
    (void)state;
    uint8_t data[100] = {0};
    struct hash128 first = hash128(data, sizeof data);
    uint64_t fold = hash64_fold(1, hash64(data, sizeof data));
    for (size_t bit = 0; bit < 8 * sizeof data; bit++) {
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(hash128_is_equal(first, hash128(data, sizeof data)));
        assert_true(fold != hash64_fold(1, hash64(data, sizeof data)));
        data[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    struct hash128 a = {0, 0}, b = {0, 0}, other = {1, 2};
    hash128_chain(&a, first);
    hash128_chain(&a, other);
    hash128_chain(&b, other);
    hash128_chain(&b, first);
    assert_false(hash128_is_equal(a, b));
    char text[HASH_TEXT_MAX];
    hash128_to_text((struct hash128){0xabcdef, 0x1}, text);
    assert_string_equal(text, "00000000000000010000000000abcdef");
}

static char log_lines[20][LOG_LINE_MAX + 64];
static size_t log_count;

static void keep_line(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg;
    (void)level;
    assert_int_equal(strlen(line), length);
    if (log_count < 20)
        snprintf(log_lines[log_count], sizeof log_lines[0], "%s", line);
    log_count++;
}

static void a_storm_is_folded(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    log_set_sink(keep_line, NULL);
    log_count = 0;
    log_info("test", "one %d\nline", 1);
    assert_string_equal(log_lines[0], "1970-01-01T00:00:00.000000000Z INFO test: one 1 line");
    for (int i = 0; i < 1000; i++)
        log_warning("test", "storm");
    assert_int_equal(log_count, 2);
    log_flush();
    assert_int_equal(log_count, 3);
    assert_non_null(strstr(log_lines[2], "999 times"));
    log_debug("test", "not shown");
    assert_int_equal(log_count, 3);
    log_error("test", "other");
    for (int second = 0; second < 5; second++) {
        log_error("test", "slow storm");
        env_sim_advance(1000000000);
    }
    assert_int_equal(log_count, 3 + 1 + 2); /* the line, and that it came twice more; the next word is at four */
    assert_non_null(strstr(log_lines[5], "again, 2 times"));
    char big[2 * LOG_LINE_MAX];
    memset(big, 'x', sizeof big);
    log_write_at(0, LOG_ERROR, "test", big, sizeof big);
    assert_non_null(strstr(log_lines[6], "again, 2 times")); /* what was left of them, before another line */
    assert_true(strlen(log_lines[7]) < LOG_LINE_MAX + 40);
    assert_non_null(strstr(log_lines[7], "x\xe2\x80\xa6"));
    log_set_sink(NULL, NULL);
    log_error("test", "nobody hears");
    env_sim_stop();
}

static bool hit(const char *name) { return fault_hit && fault_hit(name); }

static void a_fault_fires_on_its_pass(void **state)
{
    (void)state;
    assert_false(hit("a.point"));
    assert_true(fault_arm("a.point", 2));
    assert_false(hit("a.point"));
    assert_false(hit("b.point"));
    assert_true(hit("a.point"));
    assert_false(hit("a.point"));
    assert_true(fault_arm("b.point", 0));
    assert_true(hit("b.point"));
    assert_true(hit("b.point"));
    fault_clear();
    assert_false(hit("b.point"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ring_keeps_order_and_bytes),     cmocka_unit_test(ring_says_full_and_never),
        cmocka_unit_test(ring_works_between_threads),     cmocka_unit_test(timer_heap_sorts_by_time_then_order),
        cmocka_unit_test(a_changed_bit_changes_the_hash), cmocka_unit_test(a_storm_is_folded),
        cmocka_unit_test(a_fault_fires_on_its_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
