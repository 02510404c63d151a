/* fill_index_test.c: every fill that was recorded is known for ever (S6): exactly, in flat memory, after a kill, a loss of
 * power and damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "journal/door.h"
#include "journal/fill_index.h"
#include "journal/fill_run.h"
#include "journal/fill_set.h"
#include "journal/read.h"
#include "support/checkpoint_kit.h"
#include "support/env_sim.h"

enum { TAIL = 16, SEEDS = 120, FILLS = 600, MANY = 60000 };

static char dir[ENV_PATH_MAX] = "/session";

static struct oc_ev_fill fill_of(uint64_t number)
{
    struct oc_ev_fill fill = {.head = {.size = sizeof fill, .type = OC_EV_FILL, .source = 1, .inst = OC_INST(1, 1)},
                              .order = (1ull << 40) + number / 3,
                              .qty = 1,
                              .price = 5};
    fill.trade_id_size = (uint8_t)snprintf(fill.trade_id, sizeof fill.trade_id, "t%llu", (unsigned long long)number);
    return fill;
}

static struct door *open_door_at(const struct door_resume *resume)
{
    struct door *door = NULL;
    struct door_config config = {.dir = dir, .orders_segment_size = 64 << 10, .checkpoint_size = 64, .resume = resume};
    assert_int_equal(door_open(&config, &door), OC_OK);
    return door;
}

static struct fill_index *open_index(uint32_t tail_max)
{
    struct fill_index *index = NULL;
    assert_int_equal(fill_index_open(dir, tail_max, &index), OC_OK);
    return index;
}

static void record(struct door *door, struct fill_index *index, uint64_t number)
{
    struct oc_ev_fill fill = fill_of(number);
    assert_int_equal(door_record(door, &fill.head), OC_OK);
    while (fill_index_add(index, &fill) == OC_E_FULL)
        env_sleep(100000);
}

/* What the index says of one; waits for the worker. */
static oc_rc ask(struct fill_index *index, uint64_t number, bool *ret_is_new)
{
    struct oc_ev_fill fill = fill_of(number);
    uint64_t cookie = 0;
    uint16_t flag = 0;
    oc_rc rc;
    while (fill_index_ask(index, &fill, number) == OC_E_FULL)
        env_sleep(100000);
    while ((rc = fill_index_answer(index, &cookie, &flag)) == OC_E_AGAIN)
        env_sleep(100000);
    assert_true(cookie == number);
    *ret_is_new = flag == OC_EVF_NEW;
    return rc;
}

static void knows(struct fill_index *index, uint64_t from, uint64_t to, bool expected)
{
    for (uint64_t i = from; i < to; i++) {
        bool is_new;
        assert_int_equal(ask(index, i, &is_new), OC_OK);
        if (is_new == expected)
            print_error("fill %llu\n", (unsigned long long)i);
        assert_int_equal(is_new, !expected);
    }
}

static void each_is_known_and_no_other(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    struct fill_index *index = open_index(TAIL);
    struct door *door = open_door_at(NULL);
    size_t allocations = 0;
    for (uint64_t i = 0; i < FILLS; i++) {
        bool is_new;
        assert_int_equal(ask(index, i, &is_new), OC_OK);
        assert_true(is_new);
        record(door, index, i);
        if (i == 100)
            allocations = env_sim_live_allocations();
        if (i % 50 == 49)
            knows(index, 0, i + 1, true);
    }
    assert_int_equal(env_sim_live_allocations(), allocations);
    knows(index, FILLS, 2 * FILLS, false);
    struct fill_index_stats stats = fill_index_stats(index);
    assert_int_equal(stats.fills, FILLS);
    size_t before = 0, after = 0; /* each is in the tail's file as soon as it is known: a kill loses nothing of it */
    bool is_new;
    (void)env_sim_file("/session/fills-tail", &before);
    record(door, index, 2 * FILLS);
    assert_int_equal(ask(index, 2 * FILLS, &is_new), OC_OK);
    assert_false(is_new);
    assert_non_null(env_sim_file("/session/fills-tail", &after));
    assert_int_equal(after, before + sizeof(struct fill_entry));
    assert_true(stats.runs > 1 && stats.runs < 2 * FILL_MERGE); /* merged by eights */
    struct oc_ev_fill refused = fill_of(9999);
    refused.qty = 0;
    assert_int_equal(fill_index_add(index, &refused), OC_OK); /* what no engine books is not known */
    refused.qty = 1;
    assert_int_equal(fill_index_add(index, &refused), OC_E_INVALID); /* not recorded */
    knows(index, 9999, 10000, false);
    assert_int_equal(door_close(door), OC_OK);
    assert_int_equal(fill_index_close(index), OC_OK);
    assert_int_equal(env_sim_live_allocations(), 0);
    assert_int_equal(env_sim_live_files(), 0);
    index = open_index(TAIL);
    knows(index, 0, FILLS, true);
    knows(index, FILLS, 2 * FILLS, false);
    assert_int_equal(fill_index_close(index), OC_OK);
    env_sim_stop();
}

static jmp_buf is_over;

static void end_life(void *arg)
{
    (void)arg;
    longjmp(is_over, 1);
}

static struct {
    uint64_t random, next, lost, cuts; /* next: the fill to be recorded */
    struct door_resume resume;
    bool goes_on;
} life;

static uint64_t roll(uint64_t below)
{
    life.random = life.random * 6364136223846793005u + 1442695040888963407u;
    return (life.random >> 33) % below;
}

/* Until it ends, or until its end comes. */
static void live(void)
{
    if (roll(4))
        env_sim_on_operation(1 + roll(500), end_life, NULL);
    if (setjmp(is_over)) {
        life.cuts++;
        return;
    }
    uint64_t steps = roll(300);
    struct fill_index *index = open_index(TAIL);
    struct door *door = open_door_at(life.goes_on ? &life.resume : NULL);
    for (uint64_t i = 0; i < steps; i++) {
        struct oc_ev_fill fill = fill_of(life.next);
        assert_int_equal(door_record(door, &fill.head), OC_OK);
        life.next++;
        assert_int_equal(fill_index_add(index, &fill), OC_OK);
        uint64_t seq = door_seq(door);
        if (i % 64 == 60)
            assert_int_equal(checkpoint_start(door, &seq, sizeof seq), OC_OK);
        if (i % 16 == 15)
            env_sim_writeback(500);
    }
}

/* How many fills the journal has; and where a door goes on. */
static uint64_t left_over(void)
{
    struct journal_reader *reader = NULL;
    const struct oc_event *event;
    enum journal_stream stream;
    uint64_t has = 0;
    oc_rc rc = journal_open_read(dir, false, &reader);
    life.goes_on = rc == OC_OK;
    if (rc == OC_E_NOT_FOUND)
        return 0;
    assert_int_equal(rc, OC_OK);
    while (journal_next(reader, &event, &stream) == OC_OK)
        has++;
    assert_int_equal(journal_resume(reader, &life.resume), OC_OK);
    journal_close_read(reader);
    return has;
}

/* What the journal has after a crash is known, what it has lost is new again: money that was not booked. */
static void a_crash_leaves_it_as_the_journal_is(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= SEEDS; seed++) {
        env_sim_start(&(struct env_sim_config){.seed = seed, .start_ns = 1});
        life.random = seed * 0x9e3779b97f4a7c15u;
        life.next = 0;
        life.goes_on = false;
        for (int i = 0; i < 4; i++) {
            live();
            env_sim_on_operation(0, NULL, NULL);
            if (roll(3))
                env_sim_crash(seed);
            else
                env_sim_kill();
            uint64_t has = left_over();
            struct fill_index *index = open_index(TAIL);
            knows(index, 0, has, true);
            knows(index, has, life.next + 5, false);
            life.lost += life.next - has;
            life.next = has;
            assert_int_equal(fill_index_close(index), OC_OK);
        }
        env_sim_stop();
    }
    assert_true(life.lost > 1000 && life.cuts > 100);
}

static oc_rc find_run(void *arg, const char *name)
{
    uint64_t from, to;
    if (fill_run_parse(name, &from, &to))
        snprintf(arg, JOURNAL_NAME_MAX, "%s", name);
    return OC_OK;
}

static void a_damaged_file_gives_no_answer_and_is_made_again(void **state)
{
    (void)state;
    for (int in_foot = 0; in_foot < 2; in_foot++) {
        env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
        struct fill_index *index = open_index(TAIL);
        struct door *door = open_door_at(NULL);
        for (uint64_t i = 0; i < FILLS; i++)
            record(door, index, i);
        uint64_t seq = door_seq(door);
        assert_int_equal(checkpoint(door, &seq, sizeof seq), OC_OK);
        assert_int_equal(door_close(door), OC_OK);
        assert_int_equal(fill_index_close(index), OC_OK);
        char name[JOURNAL_NAME_MAX] = "", path[ENV_PATH_MAX + JOURNAL_NAME_MAX];
        assert_int_equal(env_list(dir, find_run, name), OC_OK);
        snprintf(path, sizeof path, "%s/%s", dir, name);
        size_t size;
        uint8_t *bytes = env_sim_file(path, &size);
        bytes[in_foot ? size - JOURNAL_PAGE + 20 : 200] ^= 1;
        bool is_new, has_failed = false;
        index = open_index(TAIL);
        for (uint64_t i = 0; i < FILLS && !has_failed; i++) {
            oc_rc rc = ask(index, i, &is_new);
            has_failed = rc == OC_E_DATA;
            assert_true(has_failed || (rc == OC_OK && !is_new));
        }
        assert_int_equal(has_failed, !in_foot); /* a damaged foot is found at once */
        assert_int_equal(strstr(fill_index_error(index), "a file is damaged") != NULL, has_failed);
        assert_int_equal(strlen(fill_index_error(index)) > 0, has_failed);
        if (has_failed) /* and it stays so */
            assert_int_equal(ask(index, 0, &is_new), OC_E_DATA);
        assert_int_equal(fill_index_close(index), has_failed ? OC_E_DATA : OC_OK);
        index = open_index(TAIL);
        knows(index, 0, FILLS, true);
        knows(index, FILLS, FILLS + 100, false);
        assert_int_equal(fill_index_close(index), OC_OK);
        env_sim_stop();
    }
}

static void any_operation_may_fail(void **state)
{
    (void)state;
    bool has_failed = true;
    for (uint64_t nth = 1; has_failed && nth < 2000; nth += nth < 60 ? 1 : 13) {
        env_sim_start(&(struct env_sim_config){.seed = nth, .start_ns = 1});
        struct fill_index *index = NULL;
        env_sim_fail(ENV_SIM_ANY, nth);
        if (fill_index_open(dir, TAIL, &index) == OC_OK) {
            for (uint64_t i = 0; i < 300; i++) {
                struct oc_ev_fill fill = fill_of(i);
                bool is_new = true;
                fill.head.seq = i + 1;
                assert_int_equal(fill_index_add(index, &fill), OC_OK);
                oc_rc rc = ask(index, i / 2, &is_new);
                assert_true(rc < 0 || !is_new); /* a refusal, never a wrong answer */
            }
            (void)fill_index_close(index);
        }
        has_failed = env_sim_has_failed();
        env_sim_fail(ENV_SIM_ANY, 0);
        assert_int_equal(env_sim_live_allocations(), 0);
        assert_int_equal(env_sim_live_files(), 0);
        env_sim_stop();
    }
    assert_false(has_failed);
}

/* What went wrong is said in words that fit: a disk that fails is no damage and no limit. */
static void a_disk_that_fails_is_said(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    struct fill_index *index = open_index(TAIL);
    env_sim_break(ENV_SIM_WRITE);
    bool is_new;
    struct oc_ev_fill fill = fill_of(1);
    fill.head.seq = 1;
    assert_int_equal(fill_index_add(index, &fill), OC_OK);
    (void)ask(index, 1, &is_new);
    assert_int_equal(ask(index, 1, &is_new), OC_E_IO);
    assert_non_null(strstr(fill_index_error(index), "journal /session: the index of fills: "));
    assert_null(strstr(fill_index_error(index), "damaged"));
    assert_null(strstr(fill_index_error(index), "more fills"));
    env_sim_break(ENV_SIM_NONE);
    assert_int_equal(fill_index_close(index), OC_E_IO);
    env_sim_stop();
}

/* Filled up from the journal: of all that it has, the fills that were booked, and nothing that only looks like one. */
static void of_the_records_only_fills_are_added(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    assert_int_equal(env_mkdir(dir), OC_OK);
    struct door *door = open_door_at(NULL);
    for (uint64_t i = 0; i < 20; i++) {
        struct oc_ev_fill fill = fill_of(i);
        for (uint16_t type = OC_EV_REQUEST; type <= OC_EV_MARK; type++) {
            fill.head.type = type;
            assert_int_equal(door_record(door, &fill.head), OC_OK);
        }
        fill.head.type = OC_EV_FILL;
        fill.qty = 0;
        assert_int_equal(door_record(door, &fill.head), OC_OK);
    }
    assert_int_equal(door_close(door), OC_OK);
    struct fill_index *index = open_index(TAIL);
    assert_int_equal(fill_index_stats(index).fills, 20);
    knows(index, 0, 20, true);
    knows(index, 20, 30, false);
    assert_int_equal(fill_index_close(index), OC_OK);
    env_sim_stop();
}

/* A fill that nobody could have booked, or that was booked long ago, is not added; one without identity neither. */
static void only_what_was_booked_is_added(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    struct fill_index *index = open_index(TAIL);
    for (int what = 0; what < 5; what++) {
        struct oc_ev_fill fill = fill_of(100 + (uint64_t)what);
        bool is_new;
        fill.head.seq = 1 + (uint64_t)what;
        if (what == 0)
            fill.qty = 0;
        if (what == 1)
            fill.trade_id_size = 0;
        if (what == 2)
            fill.trade_id_size = sizeof fill.trade_id + 1;
        if (what == 3)
            fill.head.flags |= OC_EVF_SEEN;
        assert_int_equal(fill_index_add(index, &fill), OC_OK);
        assert_int_equal(ask(index, 100 + (uint64_t)what, &is_new), OC_OK);
        assert_int_equal(is_new, what < 4);
        assert_int_equal(fill_index_stats(index).fills, what == 4);
    }
    struct oc_ev_fill one = fill_of(200); /* an identity may be one byte, or all there are */
    for (uint8_t size = 1; size <= sizeof one.trade_id; size++) {
        one.head.seq = 10u + size;
        one.trade_id_size = size;
        assert_int_equal(fill_index_add(index, &one), OC_OK);
    }
    bool is_new;
    assert_int_equal(ask(index, 1, &is_new), OC_OK);
    assert_int_equal(fill_index_stats(index).fills, 1 + sizeof one.trade_id);
    assert_int_equal(fill_index_close(index), OC_OK);
    env_sim_stop();
}

static void questions_have_their_limit(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1, .start_ns = 1});
    struct fill_index *index = open_index(TAIL);
    struct oc_ev_fill fill = fill_of(1);
    for (uint64_t i = 0; i < FILL_ASKS_MAX; i++)
        assert_int_equal(fill_index_ask(index, &fill, i), OC_OK);
    assert_int_equal(fill_index_ask(index, &fill, 0), OC_E_FULL);
    uint64_t cookie;
    uint16_t flag;
    for (uint64_t i = 0; i < FILL_ASKS_MAX; i++) {
        assert_int_equal(fill_index_answer(index, &cookie, &flag), OC_OK);
        assert_true(cookie == i && flag == OC_EVF_NEW); /* asked before it was recorded: new both times */
    }
    assert_int_equal(fill_index_answer(index, &cookie, &flag), OC_E_AGAIN);
    assert_int_equal(fill_index_close(index), OC_OK);
    assert_int_equal(fill_index_close(NULL), OC_OK);
    env_sim_stop();
}

static oc_rc remove_name(void *arg, const char *name)
{
    char path[ENV_PATH_MAX + 300];
    (void)arg;
    snprintf(path, sizeof path, "%s/%s", dir, name);
    return env_unlink(path);
}

/* The same with a real worker and real files. */
static void beside_the_door(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s/fill_index.dir", TEST_BUILD_DIR);
    (void)env_list(dir, remove_name, NULL);
    struct fill_index *index = open_index(512);
    struct door *door = open_door_at(NULL);
    bool is_new;
    for (uint64_t i = 0; i < MANY; i++) {
        record(door, index, i);
        if (i % 97 == 0) {
            assert_int_equal(ask(index, i * 31 % (i + 1), &is_new), OC_OK);
            assert_false(is_new);
            assert_int_equal(ask(index, i + 1, &is_new), OC_OK);
            assert_true(is_new);
        }
    }
    door_abandon(door); /* as if killed */
    assert_int_equal(fill_index_close(index), OC_OK);
    index = open_index(512);
    for (uint64_t i = 0; i < MANY + 1000; i += 7) {
        assert_int_equal(ask(index, i, &is_new), OC_OK);
        assert_int_equal(is_new, i >= MANY);
    }
    assert_int_equal(fill_index_stats(index).fills, MANY);
    assert_int_equal(fill_index_close(index), OC_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_known_and_no_other),
        cmocka_unit_test(a_crash_leaves_it_as_the_journal_is),
        cmocka_unit_test(a_damaged_file_gives_no_answer_and_is_made_again),
        cmocka_unit_test(any_operation_may_fail),
        cmocka_unit_test(a_disk_that_fails_is_said),
        cmocka_unit_test(of_the_records_only_fills_are_added),
        cmocka_unit_test(only_what_was_booked_is_added),
        cmocka_unit_test(questions_have_their_limit),
        cmocka_unit_test(beside_the_door),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
