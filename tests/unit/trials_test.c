/* trials_test.c: the count of trials: what is one, what goes when it is full, and what becomes of a damaged file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/env.h"
#include "report/trials.h"

static char dir[64];

static int begin(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "trials-XXXXXX");
    return mkdtemp(dir) ? 0 : -1;
}

static int end(void **state)
{
    static const char *const names[] = {"trials", "trials.lock", "trials.tmp", "trials.damaged-1", "trials.damaged-2"};
    char path[128];
    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        unlink(path);
        snprintf(path, sizeof path, "%s/a/b/%s", dir, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/a/b", dir);
    rmdir(path);
    snprintf(path, sizeof path, "%s/a", dir);
    rmdir(path);
    return rmdir(dir);
}

static struct trial of(uint64_t group, uint64_t hash, double sharpe)
{
    return (struct trial){.group = group, .hash = hash, .sharpe = sharpe, .is_known = true};
}

static struct trials_sum count(uint64_t group, uint64_t hash, double sharpe)
{
    const struct trial trial = of(group, hash, sharpe);
    struct trials_sum sum;
    char said[TRIALS_SAID_MAX];
    assert_int_equal(trials_count(dir, &trial, 1, &sum, said), OC_OK);
    assert_string_equal(said, "");
    return sum;
}

static void a_trial_counts_once_in_its_group(void **state)
{
    (void)state;
    assert_int_equal(count(1, 10, 0.1).count, 1);
    assert_int_equal(count(1, 10, 0.1).count, 1);
    assert_int_equal(count(2, 10, 0.1).count, 1); /* other data */
    assert_int_equal(count(1, 11, 0.3).count, 2);
    const struct trials_sum sum = count(1, 12, 0.5);
    assert_int_equal(sum.count, 3);
    assert_int_equal(sum.known, 3);
    assert_true(sum.variance > 0.04 - 1e-15 && sum.variance < 0.04 + 1e-15);
    assert_int_equal(count(1, 12, 0.7).count, 3); /* what is said of it last holds */
}

static void what_has_no_ratio_counts_and_does_not_vary(void **state)
{
    (void)state;
    struct trial trials[2] = {of(1, 1, 0.5), {.group = 1, .hash = 2}};
    struct trials_sum sum;
    char said[TRIALS_SAID_MAX];
    assert_int_equal(trials_count(dir, trials, 2, &sum, said), OC_OK);
    assert_int_equal(sum.count, 2);
    assert_int_equal(sum.known, 1);
    assert_true(sum.variance == 0.0);
}

static void folders_are_made(void **state)
{
    char path[128], said[TRIALS_SAID_MAX];
    const struct trial trial = of(1, 1, 0.5);
    struct trials_sum sum;
    (void)state;
    snprintf(path, sizeof path, "%s/a/b", dir);
    assert_int_equal(trials_count(path, &trial, 1, &sum, said), OC_OK);
    snprintf(path, sizeof path, "%s/a/b/trials", dir);
    assert_true(env_exists(path));
}

static void a_damaged_file_is_kept_aside_and_said(void **state)
{
    char path[128], said[TRIALS_SAID_MAX], *bytes;
    const struct trial trial = of(1, 3, 0.5);
    struct trials_sum sum;
    size_t size;
    (void)state;
    (void)count(1, 1, 0.1);
    (void)count(1, 2, 0.2);
    snprintf(path, sizeof path, "%s/trials", dir);
    assert_int_equal(env_read_file(path, 1 << 20, &bytes, &size), OC_OK);
    bytes[size - 12] ^= 1; /* a digit of the last line */
    assert_int_equal(env_replace_file(dir, "trials", bytes, size), OC_OK);
    assert_int_equal(trials_count(dir, &trial, 1, &sum, said), OC_OK);
    assert_int_equal(sum.count, 1);
    assert_non_null(strstr(said, "line 3 is damaged"));
    assert_non_null(strstr(said, "trials.damaged-1"));
    snprintf(path, sizeof path, "%s/trials.damaged-1", dir);
    assert_true(env_exists(path));
    assert_int_equal(count(1, 4, 0.5).count, 2);                               /* said once */
    assert_int_equal(env_replace_file(dir, "trials", bytes, size - 5), OC_OK); /* cut */
    env_free(bytes);
    assert_int_equal(trials_count(dir, &trial, 1, &sum, said), OC_OK);
    assert_non_null(strstr(said, "trials.damaged-2"));
}

static void a_folder_that_cannot_be_written_is_said(void **state)
{
    char said[TRIALS_SAID_MAX];
    const struct trial trial = of(1, 1, 0.5);
    struct trials_sum sum;
    (void)state;
    assert_true(trials_count("/dev/null/there", &trial, 1, &sum, said) < 0);
    assert_non_null(strstr(said, "not counted: "));
}

static void the_group_that_was_added_to_longest_ago_goes(void **state)
{
    struct trials trials;
    struct trial trial = of(1, 0, 0.1);
    (void)state;
    assert_int_equal(trials_init(&trials), OC_OK);
    for (uint32_t i = 0; i < TRIALS_MAX; i++) {
        trial.group = i < 100 ? 1 : i < 200 ? 2 : i < 201 ? 1 : 3; /* 2 was added to before 1 */
        trial.hash = i;
        trials_add(&trials, &trial);
    }
    assert_int_equal(trials.count, TRIALS_MAX);
    trial = of(4, 1, 0.1);
    trials_add(&trials, &trial);
    assert_int_equal(trials.count, TRIALS_MAX - 100 + 1);
    assert_int_equal(trials_sum_of(&trials, 2).count, 0);
    assert_int_equal(trials_sum_of(&trials, 1).count, 101);
    assert_false(trials.is_bounded);
    trials_release(&trials);
}

static void a_group_that_fills_it_alone_is_bounded(void **state)
{
    struct trials trials;
    struct trial trial = of(1, 0, 0.1);
    (void)state;
    assert_int_equal(trials_init(&trials), OC_OK);
    for (uint32_t i = 0; i < TRIALS_MAX; i++) {
        trial.hash = i;
        trials.list[trials.count++] = trial;
    }
    assert_false(trials_sum_of(&trials, 1).is_bounded);
    trial.hash = TRIALS_MAX;
    trials_add(&trials, &trial);
    assert_true(trials_sum_of(&trials, 1).is_bounded);
    assert_int_equal(trials_sum_of(&trials, 1).count, TRIALS_MAX);
    trials_release(&trials);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_trial_counts_once_in_its_group, begin, end),
        cmocka_unit_test_setup_teardown(what_has_no_ratio_counts_and_does_not_vary, begin, end),
        cmocka_unit_test_setup_teardown(folders_are_made, begin, end),
        cmocka_unit_test_setup_teardown(a_damaged_file_is_kept_aside_and_said, begin, end),
        cmocka_unit_test_setup_teardown(a_folder_that_cannot_be_written_is_said, begin, end),
        cmocka_unit_test(the_group_that_was_added_to_longest_ago_goes),
        cmocka_unit_test(a_group_that_fills_it_alone_is_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
