/* epoch_test.c: order ids that are never given twice, and the file that sees to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "journal/epoch.h"
#include "support/env_sim.h"

#include <string.h>

static const char dir[] = "/session";

/* On the disk every id that was given lies below the end that the file promises, and within a block nothing is
 * written. */
static void ids_are_promised_before_they_are_given(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    assert_int_equal(env_mkdir(dir), OC_OK);
    static const uint8_t session[16] = {1};
    struct journal_epoch_file file;
    struct epoch epoch;
    uint64_t id, last = 0;
    assert_int_equal(epoch_open(&epoch, dir, session), OC_OK);
    for (uint64_t i = 0; i < 3ull * JOURNAL_ID_BLOCK; i++) {
        const uint64_t calls = env_sim_count(ENV_SIM_ANY);
        assert_int_equal(epoch_next(&epoch, &id), OC_OK);
        assert_true(id == ++last + (1ull << JOURNAL_ID_BITS));
        assert_int_equal(env_sim_count(ENV_SIM_ANY) != calls, i > 0 && i % JOURNAL_ID_BLOCK == 0);
        if (i % JOURNAL_ID_BLOCK > 1)
            continue;
        assert_int_equal(epoch_read(dir, &file), OC_OK);
        assert_true(file.id_end > last && file.id_end <= last + JOURNAL_ID_BLOCK && !file.is_clean);
    }
    env_sim_stop();
}

static void the_epoch_file_is_read_with_care(void **state)
{
    (void)state;
    env_sim_start(&(struct env_sim_config){.seed = 1});
    assert_int_equal(env_mkdir(dir), OC_OK);
    static const uint8_t session[16] = {1};
    struct epoch epoch;
    uint64_t id;
    static uint8_t huge[JOURNAL_PAGE + 1];
    struct journal_epoch_file good = {
        .magic = JOURNAL_EPOCH_MAGIC, .version = JOURNAL_VERSION, .epoch = 7, .is_clean = 1, .id_end = 9};
    struct journal_epoch_file wrong[5];
    const oc_rc expected[5] = {OC_E_DATA, OC_E_DATA, OC_E_DATA, OC_E_TOO_NEW, OC_E_LIMIT};
    for (int i = 0; i < 5; i++)
        wrong[i] = good;
    wrong[0].magic++;
    wrong[1].epoch = 0;
    wrong[2].epoch = JOURNAL_EPOCH_MAX + 1;
    wrong[3].version++;
    wrong[4].epoch = JOURNAL_EPOCH_MAX; /* and not clean: the next one does not exist */
    wrong[4].is_clean = 0;
    for (int i = 0; i < 5; i++) {
        wrong[i].check = JOURNAL_CHECK(&wrong[i]);
        env_sim_put_file("/session/epoch", &wrong[i], sizeof wrong[i]);
        assert_int_equal(epoch_open(&epoch, dir, session), expected[i]);
    }
    good.check = JOURNAL_CHECK(&good);
    env_sim_put_file("/session/epoch", &good, sizeof good - 1);
    assert_int_equal(epoch_open(&epoch, dir, session), OC_E_DATA);
    env_sim_put_file("/session/epoch", huge, ENV_PATH_MAX + 8);
    assert_int_equal(epoch_open(&epoch, dir, session), OC_E_DATA);
    env_sim_put_file("/session/epoch", huge, sizeof huge);
    assert_int_equal(epoch_open(&epoch, dir, session), OC_E_DATA);
    env_sim_put_file("/session/epoch", &good, sizeof good);
    assert_int_equal(epoch_open(&epoch, dir, session), OC_OK);
    assert_int_equal(epoch_next(&epoch, &id), OC_OK);
    assert_true(id == ((uint64_t)7 << JOURNAL_ID_BITS | 9));
    epoch.next_id = epoch.id_end;
    env_sim_fail(ENV_SIM_SYNC, 1);
    assert_int_equal(epoch_next(&epoch, &id), OC_E_IO);
    assert_int_equal(epoch_next(&epoch, &id), OC_OK);
    epoch.next_id = ((uint64_t)1 << JOURNAL_ID_BITS) - 1;
    assert_int_equal(epoch_next(&epoch, &id), OC_OK);
    assert_int_equal(epoch_next(&epoch, &id), OC_E_LIMIT);
    env_sim_stop();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ids_are_promised_before_they_are_given),
        cmocka_unit_test(the_epoch_file_is_read_with_care),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
