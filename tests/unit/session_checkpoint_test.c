/* session_checkpoint_test.c: a whole session makes its checkpoints without waiting for the disk (S8), and goes on from what
 * the worker wrote. */
#include "support/steer_kit.h"

#include "journal/read.h"
#include "support/counted_env.h"

enum { EVERY = 20 };

static uint32_t made;

/* Between two instants, as it would be after so many events. */
static void save_now(struct town *town, uint64_t event)
{
    if (event % EVERY != EVERY - 1)
        return;
    is_engine = true;
    oc_rc rc = checkpoint_start(&town->run->restore.parts, town->session);
    is_engine = false;
    assert_true(rc == OC_OK || rc == OC_E_AGAIN); /* the worker is still at the one before */
    made += rc == OC_OK;
    for (int i = 0; i < 200000 && door_checkpoint_seq(town->session->door) == 0; i++)
        env_sleep(1000000); /* one is there, however slow the disk is */
}

static void a_session_never_waits_for_its_checkpoints(void **state)
{
    (void)state;
    char folder[160];
    const char *flip =
        town_file("flip.lua", "strategy { name = 'flip' }\nlocal n = 0\nfunction on_bar(m, bar)\n"
                              "  n = n + 1\n  if n % 2 == 1 then m:buy(0.001) else m:sell(0.001) end\nend\n");
    const char *const words[] = {flip, "--feed", "synthetic-bars:600", NULL};
    struct env counted = counted_env();
    struct journal_checkpoint checkpoint;
    struct journal_reader *reader;
    snprintf(folder, sizeof folder, "%s/checkpoints", town_folder());
    env_bind(&counted);
    struct town *town = town_new(folder, words);
    town->at = save_now;
    town->ends_at = 500;
    town_open(town);
    town_run(town, false);
    uint64_t fills = engine_stats(town->session->engine)->fills;
    town_free(town);
    env_bind(NULL);
    assert_int_equal(blocked, 0);
    assert_true(made > 0 && fills > 100);
    assert_int_equal(journal_open_read(folder, true, &reader), OC_OK);
    assert_true(journal_checkpoint(reader, &checkpoint) && checkpoint.seq > 0);
    journal_close_read(reader);
    town = town_new(folder, words);
    town_open(town);
    assert_int_equal(engine_stats(town->session->engine)->fills, fills);
    town_run(town, true);
    town_free(town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_session_never_waits_for_its_checkpoints),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
