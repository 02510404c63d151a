/* fill_run_test.c: one file of the index of fills: what it holds, what it costs to ask, and what it refuses to believe. */
#include "support/fill_kit.h"

static void a_name_is_read_as_it_is_written(void **state)
{
    (void)state;
    char name[JOURNAL_NAME_MAX];
    uint64_t from = 77, to = 78;
    fill_run_name(name, 12, 345);
    assert_string_equal(name, "fills-00000000000000000012-00000000000000000345");
    assert_true(fill_run_parse(name, &from, &to));
    assert_true(from == 12 && to == 345);
    fill_run_name(name, 0, UINT64_MAX);
    assert_true(fill_run_parse(name, &from, &to));
    assert_true(from == 0 && to == UINT64_MAX);
    static const char *const wrong[] = {"fills-00000000000000000012-0000000000000000034",
                                        "fills-00000000000000000012-000000000000000003450",
                                        "spill-00000000000000000012-00000000000000000345",
                                        "fills-0000000000000000001x-00000000000000000345",
                                        "fills-00000000000000000012-0000000000000000034x",
                                        "fills-00000000000000000012_00000000000000000345",
                                        "fills-00000000000000000345-00000000000000000345",
                                        "fills-00000000000000000346-00000000000000000345",
                                        "fills-000000000000000000012-0000000000000000345",
                                        "fills-0000000000000000012-000000000000000000345",
                                        "fills-tail",
                                        ""};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_false(fill_run_parse(wrong[i], &from, &to));
}

static void a_run_has_its_keys_and_no_other(void **state)
{
    (void)state;
    static const size_t counts[] = {1, 2, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, KEYS_MAX};
    for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++) {
        start(1);
        struct fill_run run, again;
        size_t size = 0, reads = 0;
        make_keys(1, counts[k]);
        assert_int_equal(fill_run_make(dir, 5, 9, keys, counts[k], &run), OC_OK);
        assert_true(run.from_seq == 5 && run.to_seq == 9 && run.count == counts[k]);
        assert_int_equal(run.blocks, (counts[k] + BLOCK - 1) / BLOCK);
        assert_non_null(run_file(5, 9, &size));
        assert_int_equal(size, (run.blocks + 1) * JOURNAL_PAGE);
        assert_int_equal(env_sim_live_files(), 1);
        for (size_t i = 0; i < counts[k]; i++) {
            struct fill_key key = keys[i];
            size_t before = env_sim_count(ENV_SIM_READ);
            assert_true(run_has(&run, key));
            reads += env_sim_count(ENV_SIM_READ) - before;
            assert_false(run_has(&run, (struct fill_key){key.low, key.high + 1}));
            assert_false(run_has(&run, (struct fill_key){key.low, key.high - 1}));
            assert_false(run_has(&run, (struct fill_key){key.low + 1, key.high}));
            assert_false(run_has(&run, (struct fill_key){key.low - 1, key.high}));
        }
        assert_true(reads <= 2 * counts[k]); /* two blocks a question, however many there are */
        assert_false(run_has(&run, (struct fill_key){0, 1}));
        assert_false(run_has(&run, (struct fill_key){UINT64_MAX, UINT64_MAX}));
        assert_int_equal(fill_run_open(dir, 5, 9, &again), OC_OK);
        assert_true(again.count == run.count && again.blocks == run.blocks);
        assert_true(run_has(&again, keys[counts[k] / 2]));
        fill_run_close(&run);
        assert_int_equal(run.fd, -1);
        fill_run_close(&again);
        stop();
    }
}

/* Keys that do not lie evenly only cost more questions, and not many: each fourth halves. */
static void no_order_of_keys_makes_a_question_long(void **state)
{
    (void)state;
    for (int shape = 0; shape < 4; shape++) {
        start(1);
        for (uint64_t i = 0; i < KEYS_MAX; i++) {
            const bool is_far = i == KEYS_MAX - 1;
            keys[i] = shape == 0   ? (struct fill_key){7, i + 1}                       /* told apart by `high` alone */
                      : shape == 1 ? (struct fill_key){is_far ? UINT64_MAX : i + 1, 1} /* all at the bottom */
                      : shape == 2 ? (struct fill_key){UINT64_MAX - KEYS_MAX + i, 1}   /* all at the top */
                                   : (struct fill_key){(i + 1) << 8, 0};               /* even, in a narrow range */
        }
        struct fill_run run;
        assert_int_equal(fill_run_make(dir, 0, 1, keys, KEYS_MAX, &run), OC_OK);
        for (size_t i = 0; i < KEYS_MAX; i += 3) {
            size_t before = env_sim_count(ENV_SIM_READ);
            assert_true(run_has(&run, keys[i]));
            assert_in_range(env_sim_count(ENV_SIM_READ) - before, 1, 24); /* 40 blocks: six halves */
            struct fill_key other = {keys[i].low, keys[i].high + KEYS_MAX};
            assert_false(run_has(&run, other));
        }
        fill_run_close(&run);
        stop();
    }
}

static void equal_neighbours_are_kept_once(void **state)
{
    (void)state;
    start(1);
    make_keys(1, 3);
    struct fill_key with_twins[] = {keys[0], keys[0], keys[1], keys[2], keys[2], keys[2]};
    struct fill_run run;
    assert_int_equal(fill_run_make(dir, 0, 6, with_twins, 6, &run), OC_OK);
    assert_int_equal(run.count, 3);
    for (int i = 0; i < 3; i++)
        assert_true(run_has(&run, keys[i]));
    fill_run_close(&run);
    assert_int_equal(fill_run_make(dir, 6, 7, keys, 0, &run), OC_OK); /* none is a run too */
    assert_int_equal(run.count, 0);
    assert_false(run_has(&run, keys[0]));
    fill_run_close(&run);
    stop();
}

static uint64_t check_of_foot(const struct fill_foot *foot) { return hash64(foot, offsetof(struct fill_foot, check)); }

/* Nothing is believed of a file that is not whole, or that was written for another place or by another version. */
static void a_foot_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    start(1);
    struct fill_run run = {.fd = 99};
    make_keys(1, 2 * BLOCK);
    assert_int_equal(fill_run_make(dir, 5, 9, keys, 2 * BLOCK, &run), OC_OK);
    fill_run_close(&run);
    size_t size = 0;
    const uint8_t *bytes = run_file(5, 9, &size);
    static uint8_t copy[5 * JOURNAL_PAGE];
    struct fill_foot *foot = (void *)(copy + size - JOURNAL_PAGE);
    memcpy(copy, bytes, size);
    for (size_t at = 0; at < 56; at++) {
        foot = (void *)(copy + size - JOURNAL_PAGE);
        ((uint8_t *)foot)[at] ^= 0x10;
        put_run_file(5, 9, copy, size);
        assert_int_equal(fill_run_open(dir, 5, 9, &run), OC_E_DATA);
        if (at < 12 || (at >= 16 && at < 32) || (at >= 40 && at < 46)) { /* also where the check fits */
            foot->check = check_of_foot(foot);
            put_run_file(5, 9, copy, size);
            assert_int_equal(fill_run_open(dir, 5, 9, &run), OC_E_DATA);
        }
        ((uint8_t *)foot)[at] ^= 0x10;
        foot->check = check_of_foot(foot);
    }
    put_run_file(5, 9, copy, size);
    assert_int_equal(fill_run_open(dir, 5, 9, &run), OC_OK);
    fill_run_close(&run);
    put_run_file(5, 8, copy, size); /* under another name */
    assert_int_equal(fill_run_open(dir, 5, 8, &run), OC_E_DATA);
    put_run_file(4, 9, copy, size);
    assert_int_equal(fill_run_open(dir, 4, 9, &run), OC_E_DATA);
    put_run_file(5, 9, copy + JOURNAL_PAGE, size - JOURNAL_PAGE); /* a block is gone, or there is one more */
    assert_int_equal(fill_run_open(dir, 5, 9, &run), OC_E_DATA);
    memmove(copy + JOURNAL_PAGE, copy, size);
    put_run_file(5, 9, copy, size + JOURNAL_PAGE);
    assert_int_equal(fill_run_open(dir, 5, 9, &run), OC_E_DATA);
    put_run_file(5, 9, copy, JOURNAL_PAGE - 1);
    assert_int_equal(fill_run_open(dir, 5, 9, &run), OC_E_DATA);
    put_run_file(5, 9, copy, 0);
    assert_int_equal(fill_run_open(dir, 5, 9, &run), OC_E_DATA);
    assert_int_equal(fill_run_open(dir, 5, 10, &run), OC_E_NOT_FOUND);
    assert_int_equal(run.fd, -1);
    stop();
}

static void seal(struct fill_block *block, uint64_t from, uint64_t index)
{
    uint64_t hash = hash64(block, offsetof(struct fill_block, check));
    block->check = hash64_fold(hash64_fold(hash, from), index);
}

static void a_block_that_does_not_fit_gives_no_answer(void **state)
{
    (void)state;
    start(1);
    struct fill_run run;
    make_keys(1, BLOCK);
    assert_int_equal(fill_run_make(dir, 5, 9, keys, BLOCK, &run), OC_OK);
    size_t size = 0;
    struct fill_block *block = (void *)run_file(5, 9, &size);
    bool has;
    const struct fill_block whole = *block;
    assert_true(run_has(&run, keys[BLOCK - 1]));
    seal(block, 5, 0);
    assert_true(run_has(&run, keys[0])); /* the seal of this test is that of the file */
    for (size_t at = 0; at < sizeof *block; at += 13) {
        ((uint8_t *)block)[at] ^= 1;
        assert_int_equal(fill_run_has(&run, keys[3], &has), OC_E_DATA);
        *block = whole;
    }
    seal(block, 6, 0); /* of another run */
    assert_int_equal(fill_run_has(&run, keys[3], &has), OC_E_DATA);
    seal(block, 5, 1); /* of another place */
    assert_int_equal(fill_run_has(&run, keys[3], &has), OC_E_DATA);
    static const uint32_t counts[] = {0, BLOCK + 1};
    for (int i = 0; i < 2; i++) {
        block->count = counts[i];
        seal(block, 5, 0);
        assert_int_equal(fill_run_has(&run, keys[3], &has), OC_E_DATA);
    }
    *block = whole;
    env_sim_fail(ENV_SIM_READ, 1);
    assert_int_equal(fill_run_has(&run, keys[3], &has), OC_E_IO);
    assert_true(run_has(&run, keys[3]));
    fill_run_close(&run);
    stop();
}

static void runs_become_one_and_stay(void **state)
{
    (void)state;
    start(1);
    enum { EACH = 2 * BLOCK + 7, COMMON = 5 };
    struct fill_run runs[FILL_MERGE], one;
    for (uint64_t i = 0; i < FILL_MERGE; i++) {
        make_keys(1 + i * EACH, EACH + COMMON); /* the last of each are the first of the next */
        assert_int_equal(fill_run_make(dir, i, i + 1, keys, EACH + COMMON, &runs[i]), OC_OK);
    }
    assert_int_equal(fill_run_merge(dir, runs, 0, &one), OC_E_INVALID);
    assert_int_equal(fill_run_merge(dir, runs, FILL_MERGE + 1, &one), OC_E_INVALID);
    assert_int_equal(fill_run_merge(dir, runs, FILL_MERGE, &one), OC_OK);
    assert_true(one.from_seq == 0 && one.to_seq == FILL_MERGE && one.count == FILL_MERGE * EACH + COMMON);
    for (uint64_t i = 0; i < one.count; i++)
        assert_true(run_has(&one, nth_key(1 + i)));
    assert_false(run_has(&one, nth_key(1 + one.count)));
    for (uint64_t i = 0; i < FILL_MERGE; i++)
        assert_true(run_has(&runs[i], nth_key(1 + i * EACH)));
    fill_run_close(&one);
    size_t size = 0;
    for (size_t block = 0; block < 3; block++) { /* a damaged source makes no run */
        uint8_t *bytes = run_file(3, 4, &size);
        bytes[block * JOURNAL_PAGE + 9] ^= 1;
        assert_int_equal(fill_run_merge(dir, runs + 2, 3, &one), OC_E_DATA);
        bytes = run_file(3, 4, &size);
        bytes[block * JOURNAL_PAGE + 9] ^= 1;
        assert_false(file_is("fills-00000000000000000002-00000000000000000005"));
        assert_false(file_is("fills-00000000000000000002-00000000000000000005.tmp"));
    }
    assert_int_equal(fill_run_merge(dir, runs + 2, 1, &one), OC_OK); /* of one: the same again */
    assert_int_equal(one.count, EACH + COMMON);
    fill_run_close(&one);
    for (uint64_t i = 0; i < FILL_MERGE; i++)
        fill_run_close(&runs[i]);
    stop();
}

/* A run is there whole or not at all: whatever fails while it is made, and when the power goes right after. */
static void a_run_is_there_whole_or_not_at_all(void **state)
{
    (void)state;
    bool has_failed = true;
    for (uint64_t nth = 1; has_failed; nth++) {
        start(nth);
        struct fill_run run;
        make_keys(1, BLOCK + 9);
        env_sim_fail(ENV_SIM_ANY, nth);
        oc_rc rc = fill_run_make(dir, 0, 9, keys, BLOCK + 9, &run);
        has_failed = env_sim_has_failed();
        env_sim_fail(ENV_SIM_ANY, 0);
        assert_true(!has_failed || rc < 0);
        if (rc >= 0)
            fill_run_close(&run);
        assert_false(file_is("fills-00000000000000000000-00000000000000000009.tmp"));
        if (fill_run_open(dir, 0, 9, &run) == OC_OK) {
            assert_int_equal(run.count, BLOCK + 9);
            fill_run_close(&run);
        }
        stop();
        assert_true(nth < 100);
    }
    for (uint64_t seed = 1; seed <= 20; seed++) {
        start(seed);
        struct fill_run run;
        assert_int_equal(fill_run_make(dir, 0, 9, keys, BLOCK + 9, &run), OC_OK);
        env_sim_crash(seed);
        assert_int_equal(fill_run_open(dir, 0, 9, &run), OC_OK);
        for (int i = 0; i < BLOCK + 9; i++)
            assert_true(run_has(&run, keys[i]));
        fill_run_close(&run);
        stop();
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_is_read_as_it_is_written),
        cmocka_unit_test(a_run_has_its_keys_and_no_other),
        cmocka_unit_test(no_order_of_keys_makes_a_question_long),
        cmocka_unit_test(equal_neighbours_are_kept_once),
        cmocka_unit_test(a_foot_that_does_not_fit_is_refused),
        cmocka_unit_test(a_block_that_does_not_fit_gives_no_answer),
        cmocka_unit_test(runs_become_one_and_stay),
        cmocka_unit_test(a_run_is_there_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
