/* gap_restart_test.c: a session whose journal failed for a while is gone on with only from what holds the whole truth. */
#include "support/steer_kit.h"

#include "base/env.h"
#include "journal/read.h"
#include "session/gap.h"

enum { EARLY = 40, GAP = 100, LATE = 200 };

static char folder[160], early[256], kept[256];
static bool stays_open;

static const char *flip(void)
{
    return town_file("flip.lua", "strategy { name = 'flip' }\nlocal n = 0\nfunction on_bar(m, bar)\n"
                                 "  n = n + 1\n  if n % 2 == 1 then m:buy(0.001) else m:sell(0.001) end\nend\n");
}

static uint64_t checkpoint_seq(const char *dir)
{
    struct journal_checkpoint checkpoint = {0};
    struct journal_reader *reader = NULL;
    assert_int_equal(journal_open_read(dir, true, &reader), OC_OK);
    bool has = journal_checkpoint(reader, &checkpoint);
    journal_close_read(reader);
    return has ? checkpoint.seq : 0;
}

static void run_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
static void run_shell(const char *format, ...)
{
    char words[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(words, sizeof words, format, args);
    va_end(args);
    assert_int_equal(system(words), 0);
}

/* A checkpoint from before the gap, and then a fact that is applied and not recorded. */
static void fail_for_a_while(struct town *town, uint64_t event)
{
    struct session *session = town->session;
    if (event == EARLY) {
        const uint64_t before = door_checkpoint_seq(session->door);
        assert_int_equal(gap_checkpoint(session), OC_OK);
        for (int i = 0; i < 5000 && door_checkpoint_seq(session->door) == before; i++)
            env_sleep(1000000);
        snprintf(early, sizeof early, "checkpoint-%020llu", (unsigned long long)door_checkpoint_seq(session->door));
        run_shell("cp %s/%s %s/early", folder, early, town_folder());
    }
    if (event == GAP) {
        gap_missed(session, 1);
        if (stays_open)
            session->journal.checkpoint = NULL;
    }
    if (event == GAP + 50) /* however slow the disk is */
        for (int i = 0; i < 5000 && session->journal.gap_seq > door_checkpoint_seq(session->door); i++)
            env_sleep(1000000);
    session->journal.tend_ns = 0;
}

static struct town *town_of(const char *const *words)
{
    struct town *town = town_new(folder, words);
    town->at = fail_for_a_while;
    town->ends_at = LATE;
    return town;
}

/* Returns the complaint, "" when it is gone on with. */
static const char *go_on(const char *const *words)
{
    static char error[ERROR_TEXT_MAX];
    struct town *town = town_new(folder, words);
    oc_rc rc = run_open(town->run);
    snprintf(error, sizeof error, "%s", rc < 0 ? said(&town->session->words.error) : "");
    town_free(town);
    return error;
}

static void only_a_checkpoint_behind_the_gap_will_do(void **state)
{
    (void)state;
    const char *const words[] = {flip(), "--feed", "synthetic-bars:600", NULL};
    snprintf(folder, sizeof folder, "%s/gap", town_folder());
    struct town *town = town_of(words);
    town_open(town);
    town_run(town, false);
    assert_false(town->session->journal.has_gap);
    town_free(town);
    run_shell("rm -rf %s/copy && cp -r %s %s/copy", town_folder(), folder, town_folder());
    snprintf(kept, sizeof kept, "%s/copy", town_folder());
    assert_true(checkpoint_seq(folder) > 0);
    assert_string_equal(go_on(words), "");

    /* damaged: none is left */
    run_shell("rm -rf %s && cp -r %s %s && for f in %s/checkpoint-*; do printf x >$f; done", folder, kept, folder,
              folder);
    const char *error = go_on(words);
    assert_non_null(strstr(error, "1 facts before record"));
    assert_non_null(strstr(error, "the newest that is whole is at record 0"));
    assert_non_null(strstr(error, "begin a new session in another folder"));

    /* older than the gap */
    run_shell("rm -rf %s && cp -r %s %s && rm %s/checkpoint-* && cp %s/early %s/%s", folder, kept, folder, folder,
              town_folder(), folder, early);
    assert_true(checkpoint_seq(folder) > 0);
    error = go_on(words);
    assert_non_null(strstr(error, "stand only in the checkpoint at record"));
    assert_null(strstr(error, "is at record 0"));
}

/* Ended while its journal failed: the end of the gap is the first input of what goes on. */
static void an_open_gap_is_ended_by_the_restart(void **state)
{
    (void)state;
    const char *const words[] = {flip(), "--feed", "synthetic-bars:600", NULL};
    snprintf(folder, sizeof folder, "%s/open", town_folder());
    stays_open = true;
    struct town *town = town_of(words);
    town_open(town);
    town_run(town, false);
    assert_true(town->session->journal.has_gap && town->denied > 0);
    town_free(town);
    town = town_new(folder, words);
    town_open(town);
    assert_true(engine_risk_is_stopped(town->session->engine) && town->session->journal.has_gap);
    bool is_said = false;
    for (uint32_t i = 0; i < town->session->words.note_count; i++)
        is_said |=
            strstr(town->session->words.notes[i].text, "the journal was failing when this session ended") != NULL;
    assert_true(is_said);
    town_run(town, true);
    assert_int_equal(town->denied, 0);
    assert_false(engine_risk_is_stopped(town->session->engine));
    town_free(town);
}

/* The progress mark of some events ago: as if the kill had come before the later ones. */
static void keep_the_mark(struct town *town, uint64_t event)
{
    (void)town;
    if (event == GAP)
        run_shell("cp %s/live %s/live", folder, town_folder());
}

/* Market events that only the records behind them show to have been processed: they are in the input hash all the same. */
static void the_hash_of_the_data_outlives_a_kill(void **state)
{
    (void)state;
    const char *const words[] = {flip(), "--feed", "synthetic-bars:600", NULL};
    struct town *town = town_new(NULL, words);
    town_open(town);
    town_run(town, true);
    const uint64_t hash = door_input_hash(town->session->door), count = door_market_count(town->session->door);
    town_free(town);
    snprintf(folder, sizeof folder, "%s/killed", town_folder());
    town = town_new(folder, words);
    town->at = keep_the_mark;
    town->ends_at = GAP + 20;
    town_open(town);
    town->session->journal.checkpoint = NULL;
    town_run(town, false);
    door_abandon(town->session->door);
    town->session->door = NULL;
    town_free(town);
    run_shell("cp %s/live %s/live", town_folder(), folder);
    town = town_new(folder, words);
    town_open(town);
    town_run(town, true);
    assert_int_equal(door_market_count(town->session->door), count);
    assert_int_equal(door_input_hash(town->session->door), hash);
    town_free(town);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_checkpoint_behind_the_gap_will_do),
        cmocka_unit_test(an_open_gap_is_ended_by_the_restart),
        cmocka_unit_test(the_hash_of_the_data_outlives_a_kill),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
