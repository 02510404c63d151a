/* fill_set_test.c: the index of fills without its journal: what it takes from its folder, how its runs grow, and what
 * a crash or damage leaves of it. */
#include "support/fill_kit.h"

#include "journal/fill_set.h"

enum { TAIL = 16 };

static bool set_has(struct fill_set *set, struct fill_key key)
{
    bool has = false;
    assert_int_equal(fill_set_has(set, key, &has), OC_OK);
    return has;
}

static void open_set(struct fill_set *set, uint64_t journal_seq)
{
    assert_int_equal(fill_set_open(set, dir, journal_seq, TAIL), OC_OK);
}

/* Adds fills FROM to TO: each number is that of its record too. */
static void add(struct fill_set *set, uint64_t from, uint64_t to)
{
    for (uint64_t i = from; i <= to; i++)
        assert_int_equal(fill_set_add(set, nth_key(i), i), OC_OK);
}

static void has_all(struct fill_set *set, uint64_t to)
{
    assert_true(set->last_seq == to);
    for (uint64_t i = 1; i <= to; i++)
        assert_true(set_has(set, nth_key(i)));
    for (uint64_t i = to + 1; i < to + 40; i++)
        assert_false(set_has(set, nth_key(i)));
}

static void what_was_closed_is_there_again_without_the_journal(void **state)
{
    (void)state;
    for (uint64_t count = 0; count < 3 * TAIL; count++) {
        start(1);
        struct fill_set set;
        open_set(&set, 0);
        add(&set, 1, count);
        has_all(&set, count);
        assert_int_equal(fill_set_count(&set), count);
        assert_int_equal(set.run_count, count / TAIL);
        assert_int_equal(fill_set_close(&set), OC_OK);
        open_set(&set, 100);
        has_all(&set, count);
        assert_true(set.run_seq == count / TAIL * TAIL && fill_set_count(&set) == count);
        add(&set, 1, count); /* what is there already is not added again */
        assert_true(fill_set_count(&set) == count);
        add(&set, count + 1, count + 5);
        has_all(&set, count + 5);
        assert_int_equal(fill_set_close(&set), OC_OK);
        if (count) { /* the journal has lost what came last */
            open_set(&set, count - 1);
            bool has_tail = count - 1 >= (count + 5) / TAIL * TAIL;
            assert_true(set.last_seq == (has_tail ? count - 1 : (count - 1) / TAIL * TAIL));
            has_all(&set, set.last_seq);
            assert_int_equal(fill_set_close(&set), OC_OK);
        }
        stop();
    }
}

static void a_key_may_have_a_zero_half(void **state)
{
    (void)state;
    start(1);
    struct fill_set set;
    open_set(&set, 0);
    for (uint64_t i = 1; i <= 5 * TAIL; i++) {
        struct fill_key key = i % 2 ? (struct fill_key){0, i} : (struct fill_key){i, 0};
        assert_false(set_has(&set, key));
        assert_int_equal(fill_set_add(&set, key, i), OC_OK);
        assert_true(set_has(&set, key));
    }
    assert_int_equal(fill_set_close(&set), OC_OK);
    open_set(&set, 100);
    for (uint64_t i = 1; i <= 5 * TAIL; i++)
        assert_true(set_has(&set, i % 2 ? (struct fill_key){0, i} : (struct fill_key){i, 0}));
    assert_int_equal(fill_set_close(&set), OC_OK);
    stop();
}

static uint32_t digit_sum(uint64_t tails)
{
    uint32_t sum = 0;
    for (; tails; tails /= FILL_MERGE)
        sum += (uint32_t)(tails % FILL_MERGE);
    return sum;
}

/* Eight of one size are one of the next: as the digits of a number to the base of eight. */
static void few_runs_hold_many(void **state)
{
    (void)state;
    for (int twice = 0; twice < 2; twice++) {
        start(1);
        struct fill_set set;
        open_set(&set, 0);
        uint32_t files;
        for (uint64_t i = 1; i <= 150 * TAIL; i++) {
            assert_int_equal(fill_set_add(&set, nth_key(twice ? i / 2 : i), i), OC_OK);
            if (!twice && i % TAIL == 0)
                assert_int_equal(set.run_count, digit_sum(i / TAIL));
            if (i % TAIL == 0)
                assert_in_range(set.run_count, 1, 3 * FILL_MERGE);
        }
        files = (uint32_t)env_sim_live_files();
        assert_int_equal(files, set.run_count + 1);
        assert_true(set_has(&set, nth_key(1)) && set_has(&set, nth_key(75 * TAIL)));
        uint64_t from = 0; /* each goes on where the one before ends, and the merged ones are gone */
        for (uint32_t i = 0; i < set.run_count; i++) {
            assert_true(set.runs[i].from_seq == from);
            from = set.runs[i].to_seq;
        }
        assert_true(from == 150 * TAIL);
        assert_false(file_is("fills-00000000000000000000-00000000000000000016"));
        assert_int_equal(fill_set_close(&set), OC_OK);
        stop();
    }
}

/* What lies in the folder is taken where it goes on from the first record without a gap; all else is removed. */
static void only_what_goes_on_is_taken(void **state)
{
    (void)state;
    static const struct {
        uint64_t from, to;
        bool is_taken;
    } spans[] = {{0, 10, false}, {0, 30, true},   {10, 20, false}, {20, 30, false},
                 {30, 40, true}, {30, 35, false}, {41, 50, false}, {40, 61, false}};
    enum { SPANS = sizeof spans / sizeof spans[0] };
    start(1);
    struct fill_set set;
    for (size_t i = 0; i < SPANS; i++) {
        struct fill_run run;
        make_keys(spans[i].from + 1, (size_t)(spans[i].to - spans[i].from));
        assert_int_equal(fill_run_make(dir, spans[i].from, spans[i].to, keys, spans[i].to - spans[i].from, &run),
                         OC_OK);
        fill_run_close(&run);
    }
    static const char *const others[] = {"fills-1.tmp", "fills-2.tmp", "fills-tail.tmp",
                                         "orders.tmp",  "fills-x",     "tmp"};
    for (int i = 0; i < 6; i++) {
        char path[ENV_PATH_MAX];
        snprintf(path, sizeof path, "%s/%s", dir, others[i]);
        assert_int_equal(env_sim_put_file(path, "x", 1), OC_OK);
    }
    open_set(&set, 60);
    assert_int_equal(set.run_count, 2);
    assert_true(set.run_seq == 40);
    has_all(&set, 40);
    for (size_t i = 0; i < SPANS; i++) {
        size_t size;
        assert_int_equal(run_file(spans[i].from, spans[i].to, &size) != NULL, spans[i].is_taken);
    }
    for (int i = 0; i < 6; i++)
        assert_int_equal(file_is(others[i]), i >= 3);
    assert_int_equal(fill_set_close(&set), OC_OK);
    open_set(&set, 61); /* the runs are what they were */
    has_all(&set, 40);
    assert_int_equal(fill_set_close(&set), OC_OK);
    stop();
}

/* A damaged run is left out for those that it was made of, where they are still there. */
static void the_next_best_stands_in_for_a_damaged_run(void **state)
{
    (void)state;
    start(1);
    static const uint64_t ends[][2] = {{0, 30}, {0, 20}, {20, 30}};
    struct fill_set set;
    for (int i = 0; i < 3; i++) {
        struct fill_run run;
        make_keys(ends[i][0] + 1, (size_t)(ends[i][1] - ends[i][0]));
        assert_int_equal(fill_run_make(dir, ends[i][0], ends[i][1], keys, ends[i][1] - ends[i][0], &run), OC_OK);
        fill_run_close(&run);
    }
    size_t size = 0;
    uint8_t *bytes = run_file(0, 30, &size);
    bytes[size - JOURNAL_PAGE] ^= 1;
    open_set(&set, 30);
    assert_int_equal(set.run_count, 2);
    has_all(&set, 30);
    assert_null(run_file(0, 30, &size));
    bytes = run_file(0, 20, &size);
    bytes[100] ^= 1; /* a block this time: found when it is asked, and then it is gone */
    bool has;
    assert_int_equal(fill_set_has(&set, nth_key(25), &has), OC_OK);
    assert_int_equal(fill_set_has(&set, nth_key(5), &has), OC_E_DATA);
    assert_null(run_file(0, 20, &size));
    assert_int_equal(fill_set_close(&set), OC_OK);
    open_set(&set, 30);
    has_all(&set, 0);
    assert_null(run_file(20, 30, &size)); /* nothing stands before it */
    assert_int_equal(fill_set_close(&set), OC_OK);
    env_sim_stop();
}

static uint8_t *tail_file(size_t *ret_size) { return env_sim_file("/session/fills-tail", ret_size); }

/* The tail's file counts up to where it is whole; and not at all where the runs are not there that it goes on from. */
static void a_torn_tail_counts_up_to_where_it_is_whole(void **state)
{
    (void)state;
    for (uint64_t bad = 0; bad <= 10; bad++) {
        start(1);
        struct fill_set set;
        size_t size = 0;
        open_set(&set, 0);
        add(&set, 1, TAIL + 10);
        assert_int_equal(fill_set_close(&set), OC_OK);
        uint8_t *bytes = tail_file(&size);
        assert_int_equal(size, 11 * sizeof(struct fill_entry));
        static uint8_t copy[11 * sizeof(struct fill_entry)];
        memcpy(copy, bytes, size);
        bytes[bad * sizeof(struct fill_entry) + bad % sizeof(struct fill_entry)] ^= 1;
        open_set(&set, 1000);
        has_all(&set, bad ? TAIL + bad - 1 : TAIL);
        assert_non_null(tail_file(&size));
        assert_int_equal(size, (bad ? bad : 1) * sizeof(struct fill_entry));
        assert_int_equal(fill_set_close(&set), OC_OK);
        assert_int_equal(env_sim_put_file("/session/fills-tail", copy, (bad + 1) * sizeof(struct fill_entry) - bad % 2),
                         OC_OK);
        open_set(&set, 1000);
        has_all(&set, TAIL + (bad % 2 ? bad - 1 : bad));
        assert_int_equal(fill_set_close(&set), OC_OK);
        assert_int_equal(env_sim_put_file("/session/fills-tail", copy, sizeof copy), OC_OK);
        assert_int_equal(env_unlink("/session/fills-00000000000000000000-00000000000000000016"), OC_OK);
        open_set(&set, 1000);
        has_all(&set, 0);
        assert_int_equal(fill_set_close(&set), OC_OK);
        stop();
    }
}

/* A tail whose first entry has a key is no tail of ours. */
static void a_tail_begins_with_an_entry_without_key(void **state)
{
    (void)state;
    for (int half = 0; half < 3; half++) {
        start(1);
        struct fill_entry entries[2] = {{.seq = 0}, {.key = nth_key(1), .seq = 1}};
        entries[0].key = (struct fill_key){half == 1, half == 2};
        for (int i = 0; i < 2; i++)
            entries[i].check = hash64(&entries[i], offsetof(struct fill_entry, check));
        assert_int_equal(env_sim_put_file("/session/fills-tail", entries, sizeof entries), OC_OK);
        struct fill_set set;
        open_set(&set, 1);
        has_all(&set, half == 0);
        assert_int_equal(fill_set_close(&set), OC_OK);
        stop();
    }
}

static void the_tail_is_written_in_pieces_each_once(void **state)
{
    (void)state;
    start(1);
    struct fill_set set;
    size_t size = 0;
    assert_int_equal(fill_set_open(&set, dir, 0, 1000), OC_OK);
    uint64_t begin = env_sim_count(ENV_SIM_WRITE);
    add(&set, 1, 300);
    assert_int_equal(env_sim_count(ENV_SIM_WRITE), begin);
    assert_int_equal(fill_set_write(&set), OC_OK);
    assert_int_equal(env_sim_count(ENV_SIM_WRITE), begin + 3); /* 128 at a time */
    assert_int_equal(fill_set_write(&set), OC_OK);
    assert_int_equal(env_sim_count(ENV_SIM_WRITE), begin + 3);
    assert_non_null(tail_file(&size));
    assert_int_equal(size, 301 * sizeof(struct fill_entry));
    add(&set, 301, 301);
    env_sim_fail(ENV_SIM_WRITE, 1);
    assert_int_equal(fill_set_close(&set), OC_E_IO); /* what was added is in the file only when it says so */
    assert_int_equal(fill_set_open(&set, dir, 1000, 1000), OC_OK);
    has_all(&set, 300);
    assert_int_equal(fill_set_close(&set), OC_OK);
    assert_int_equal(fill_set_close(&set), OC_OK); /* it is zeroed */
    stop();
}

static void a_tail_is_durable_with_its_run(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 30; seed++) {
        start(seed);
        struct fill_set set;
        open_set(&set, 0);
        add(&set, 1, TAIL + 5);
        env_sim_crash(seed);
        open_set(&set, 1000);
        assert_in_range(set.last_seq, TAIL, TAIL + 5);
        has_all(&set, set.last_seq);
        assert_int_equal(fill_set_close(&set), OC_OK);
        env_sim_stop();
    }
}

static void memory_is_what_the_tail_asks_for(void **state)
{
    (void)state;
    static const uint32_t asked[][3] = {{0, FILL_TAIL, 2 * FILL_TAIL},
                                        {FILL_TAIL, FILL_TAIL, 2 * FILL_TAIL},
                                        {FILL_TAIL - 1, FILL_TAIL - 1, 2 * FILL_TAIL},
                                        {FILL_TAIL + 1, FILL_TAIL, 2 * FILL_TAIL},
                                        {8, 8, 16},
                                        {9, 9, 32},
                                        {2, 2, 16}};
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        start(1);
        struct fill_set set;
        assert_int_equal(fill_set_open(&set, dir, 0, asked[i][0]), OC_OK);
        assert_int_equal(set.tail_max, asked[i][1]);
        assert_int_equal(set.table_size, asked[i][2]);
        add(&set, 1, 2ull * (asked[i][1] < 100 ? asked[i][1] : 100));
        has_all(&set, 2ull * (asked[i][1] < 100 ? asked[i][1] : 100));
        assert_int_equal(fill_set_close(&set), OC_OK);
        stop();
    }
    start(1);
    char longer[ENV_PATH_MAX + 2];
    struct fill_set set;
    memset(longer, 'a', sizeof longer);
    longer[0] = '/';
    longer[ENV_PATH_MAX] = '\0';
    assert_int_equal(fill_set_open(&set, longer, 0, TAIL), OC_E_INVALID);
    assert_int_equal(fill_set_close(&set), OC_OK);
    longer[ENV_PATH_MAX - 1] = '\0'; /* it fits; with a file's name it does not */
    assert_true(fill_set_open(&set, longer, 0, TAIL) < 0);
    assert_int_equal(fill_set_close(&set), OC_OK);
    stop();
}

/* More runs than are allowed are said, at the opening and when one more would be made. */
static void runs_have_their_limit(void **state)
{
    (void)state;
    start(1);
    struct fill_set set;
    make_keys(1, 1);
    for (uint64_t i = 0; i <= FILL_RUNS_MAX; i++) {
        struct fill_run run;
        assert_int_equal(fill_run_make(dir, i, i + 1, keys, 1, &run), OC_OK);
        fill_run_close(&run);
        if (i == FILL_RUNS_MAX - 1) {
            open_set(&set, i + 1);
            assert_int_equal(set.run_count, FILL_RUNS_MAX);
            for (uint64_t k = 2; k <= TAIL; k++)
                assert_int_equal(fill_set_add(&set, nth_key(k), i + k), OC_OK);
            assert_int_equal(fill_set_add(&set, nth_key(TAIL + 1), i + TAIL + 1), OC_E_LIMIT);
            assert_int_equal(fill_set_close(&set), OC_OK);
        }
    }
    assert_int_equal(fill_set_open(&set, dir, FILL_RUNS_MAX + 1, TAIL), OC_E_LIMIT);
    assert_int_equal(fill_set_close(&set), OC_OK);
    env_sim_stop();
    for (uint64_t names = 2 * FILL_RUNS_MAX; names <= 2 * FILL_RUNS_MAX + 1;
         names++) { /* at the limit of names, and beyond */
        start(1);
        for (uint64_t i = 1; i <= names; i++)
            put_run_file(i, i + 1, "x", 1);
        assert_int_equal(fill_set_open(&set, dir, 1, TAIL), names > 2 * FILL_RUNS_MAX ? OC_E_LIMIT : OC_OK);
        assert_int_equal(fill_set_close(&set), OC_OK);
        size_t size;
        assert_int_equal(run_file(names, names + 1, &size) != NULL, names > 2 * FILL_RUNS_MAX);
        stop();
    }
}

/* Whatever fails: nothing leaks, and the next opening has what the first records are, up to where it says. */
static void any_operation_of_a_set_may_fail(void **state)
{
    (void)state;
    bool has_failed = true;
    for (uint64_t nth = 1; has_failed; nth += nth < 120 ? 1 : 7) {
        start(nth);
        struct fill_set set;
        open_set(&set, 0);
        add(&set, 1, TAIL + 3);
        assert_int_equal(fill_set_close(&set), OC_OK);
        env_sim_fail(ENV_SIM_ANY, nth);
        oc_rc rc = fill_set_open(&set, dir, 1000, TAIL);
        for (uint64_t i = TAIL + 4; i <= 9 * TAIL && rc >= 0; i++)
            rc = fill_set_add(&set, nth_key(i), i);
        oc_rc closed = fill_set_close(&set);
        has_failed = env_sim_has_failed();
        env_sim_fail(ENV_SIM_ANY, 0);
        assert_int_equal(env_sim_live_allocations(), 0);
        assert_int_equal(env_sim_live_files(), 0);
        open_set(&set, 1000);
        assert_true(set.last_seq >= TAIL && (set.last_seq == 9 * TAIL || rc < 0 || closed < 0));
        has_all(&set, set.last_seq);
        assert_int_equal(fill_set_close(&set), OC_OK);
        stop();
    }
}

/* A disk that refuses is not a run that is damaged: the opening says so, and no file is taken for one that may go. */
static void a_disk_that_refuses_ends_the_opening(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        start(1);
        struct fill_set set;
        const uint64_t whole = k == 2 ? TAIL : 3 * TAIL;
        open_set(&set, 0);
        add(&set, 1, 3 * TAIL);
        assert_int_equal(fill_set_close(&set), OC_OK);
        if (k == 1)
            put_run_file(7, 9, "x", 1); /* of no use: it is to go, and does not */
        if (k == 2)
            put_run_file(TAIL, 2 * TAIL, "x", 1); /* damaged */
        if (k == 0)
            env_sim_fail(ENV_SIM_OPEN, 2); /* the second run */
        else
            env_sim_fail(ENV_SIM_RENAME, 2); /* the folder is made, the file not removed */
        assert_int_equal(fill_set_open(&set, dir, 3 * TAIL, TAIL), OC_E_IO);
        assert_int_equal(set.run_count, k == 1 ? 3 : 1);
        (void)fill_set_close(&set);
        env_sim_fail(ENV_SIM_ANY, 0);
        open_set(&set, 3 * TAIL);
        assert_int_equal(set.run_count, whole / TAIL);
        has_all(&set, whole);
        assert_int_equal(fill_set_close(&set), OC_OK);
        stop();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_closed_is_there_again_without_the_journal),
        cmocka_unit_test(a_key_may_have_a_zero_half),
        cmocka_unit_test(few_runs_hold_many),
        cmocka_unit_test(only_what_goes_on_is_taken),
        cmocka_unit_test(the_next_best_stands_in_for_a_damaged_run),
        cmocka_unit_test(a_torn_tail_counts_up_to_where_it_is_whole),
        cmocka_unit_test(a_tail_begins_with_an_entry_without_key),
        cmocka_unit_test(the_tail_is_written_in_pieces_each_once),
        cmocka_unit_test(a_tail_is_durable_with_its_run),
        cmocka_unit_test(memory_is_what_the_tail_asks_for),
        cmocka_unit_test(runs_have_their_limit),
        cmocka_unit_test(any_operation_of_a_set_may_fail),
        cmocka_unit_test(a_disk_that_refuses_ends_the_opening),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
