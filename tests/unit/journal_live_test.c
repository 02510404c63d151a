/* journal_live_test.c: files of another session among those of this one: what is kept, forgotten and refused. */
#include "support/journal_kit.h"

#include <stdio.h>
#include <stdlib.h>

#include "journal/format.h"

/* "live" says what an earlier life of this very session has appended; that of another is forgotten as a whole. */
static void live_is_kept_of_the_same_session_only(void **state)
{
    (void)state;
    struct journal_live_file foreign = {.magic = JOURNAL_LIVE_MAGIC};
    uint8_t page[JOURNAL_PAGE] = {0};
    size_t size;
    memset(foreign.session, 0xee, sizeof foreign.session);
    for (int i = 0; i < JOURNAL_STREAMS; i++)
        for (int k = 0; k < 2; k++)
            foreign.slot[i][k].segment = 7, foreign.slot[i][k].end = 999;
    memcpy(page, &foreign, sizeof foreign);
    page[sizeof foreign] = 0xee;
    for (int has_magic = 0; has_magic < 2; has_magic++) {
        env_sim_start(&(struct env_sim_config){.seed = 1});
        env_mkdir(dir);
        if (!has_magic)
            memset(page, 0, sizeof foreign.magic);
        else
            memcpy(page, &foreign, sizeof foreign.magic);
        env_sim_put_file("/session/live", page, sizeof page);
        struct door_config config = {.dir = dir, .header = "a", .header_size = 1};
        struct door *door = NULL;
        assert_int_equal(door_open(&config, &door), OC_OK);
        const struct journal_live_file *live = (const void *)env_sim_file("/session/live", &size);
        assert_int_equal(size, JOURNAL_PAGE);
        assert_true(live->magic == JOURNAL_LIVE_MAGIC);
        assert_true(live->session[0] != 0xee || live->session[1] != 0xee);
        assert_int_equal(live->slot[0][0].segment, 1); /* what it has begun itself */
        assert_int_equal(live->slot[0][1].segment, 0);
        assert_int_equal(live->slot[1][0].segment, 0);
        assert_int_equal(live->slot[1][1].segment, 0);
        assert_int_equal(door_close(door), OC_OK);
        env_sim_stop();
    }
    start();
    struct door *door = open_door(NULL);
    for (uint64_t i = 0; i < 3000; i++) {
        record(door, i);
    }
    const struct journal_live_file before =
        *(const struct journal_live_file *)(const void *)env_sim_file("/session/live", &size);
    env_sim_kill();
    struct journal_reader *reader = open_reader(OC_OK);
    struct door_resume resume;
    assert_int_equal(journal_resume(reader, &resume), OC_OK);
    journal_close_read(reader);
    const uint32_t last = resume.position[JOURNAL_ORDERS].segment;
    assert_true(last > 2);
    door = open_door(&resume);
    const struct journal_live_file *live = (const void *)env_sim_file("/session/live", &size);
    assert_memory_equal(live->session, before.session, sizeof live->session);
    assert_int_equal(live->slot[0][last % 2].segment, last + 1); /* the last one, cut where the next life begins */
    assert_true(live->slot[0][last % 2].end == before.slot[0][last % 2].end);
    assert_true(live->slot[0][last % 2].end > JOURNAL_DATA_OFFSET);
    assert_int_equal(live->slot[0][(last + 1) % 2].segment, last + 2); /* and that one */
    assert_int_equal(door_close(door), OC_OK);
    env_sim_stop();
}

/* A checkpoint of another session lies newer among the files: it is not begun with, and neither are they taken for its own. */
static void a_foreign_checkpoint_is_refused(void **state)
{
    (void)state;
    static const char name[] = "/session/checkpoint-00000000000000000041";
    uint8_t *copy = NULL;
    size_t size;
    for (int own = 1; own >= 0; own--) {
        start();
        if (own == 0)
            (void)env_sim_random(); /* another id */
        struct door *door = open_door(NULL);
        uint64_t blob = 5;
        for (uint64_t i = 0; i < 41; i++)
            record(door, i);
        if (own)
            assert_int_equal(checkpoint(door, &blob, sizeof blob), OC_OK);
        for (uint64_t i = 0; i < 41; i++)
            record(door, i);
        assert_int_equal(door_sync(door), OC_OK);
        env_sim_kill();
        struct journal_reader *reader;
        struct journal_checkpoint found;
        if (own) {
            assert_non_null(env_sim_file(name, &size));
            copy = malloc(size);
            memcpy(copy, env_sim_file(name, &size), size);
            assert_int_equal(journal_open_read(dir, true, &reader), OC_OK);
            assert_true(journal_checkpoint(reader, &found) && found.seq == 41);
        } else {
            assert_int_equal(env_sim_put_file(name, copy, size), OC_OK);
            reader = NULL;
            assert_int_equal(journal_open_read(dir, true, &reader), OC_E_STATE);
            assert_null(reader);
            assert_non_null(strstr(journal_error(), "is of another session than the records")); /* A16 */
        }
        journal_close_read(reader);
        env_sim_stop();
    }
    free(copy);
}

/* So are the header and the progress of another session: each file is named, and with its own back the records are
 * read. */
static void a_foreign_file_is_named(void **state)
{
    (void)state;
    static const char *const names[] = {"session-000000", "live"};
    for (int i = 0; i < 2; i++) {
        char path[64], words[128];
        uint8_t *copies[2] = {NULL, NULL};
        size_t sizes[2] = {0, 0};
        snprintf(path, sizeof path, "%s/%s", dir, names[i]);
        snprintf(words, sizeof words, "the file \"%s\" is of another session than the records: bring its own back",
                 names[i]);
        for (int other = 0; other < 2; other++) {
            start();
            if (other)
                (void)env_sim_random(); /* another id */
            struct door *door = open_door(NULL);
            for (uint64_t k = 0; k < 41; k++)
                record(door, k);
            door_progress(door, door_seq(door), 0);
            assert_int_equal(door_sync(door), OC_OK);
            env_sim_kill();
            struct journal_reader *reader = NULL;
            const uint8_t *bytes = env_sim_file(path, &sizes[other]);
            assert_non_null(bytes);
            copies[other] = malloc(sizes[other]);
            memcpy(copies[other], bytes, sizes[other]);
            for (int which = 0; other && which < 2; which++) {
                assert_int_equal(env_sim_put_file(path, copies[which], sizes[which]), OC_OK);
                assert_int_equal(journal_open_read(dir, false, &reader), which ? OC_OK : OC_E_STATE);
                if (!which)
                    assert_non_null(strstr(journal_error(), words));
            }
            journal_close_read(reader);
            env_sim_stop();
        }
        free(copies[0]);
        free(copies[1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_is_kept_of_the_same_session_only),
        cmocka_unit_test(a_foreign_checkpoint_is_refused),
        cmocka_unit_test(a_foreign_file_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
