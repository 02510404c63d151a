/* history_test.c: the history of sessions: what is followed and what is read as a whole, what records that were others leave, what is let go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/follow.h"
#include "history/tidy.h"
#include "journal/glance.h"

static char dir[64];
static struct settings settings;
static struct history_store *opened;

static int begin(void **state)
{
    char folder[128];
    struct error error = {0};
    (void)state;
    snprintf(dir, sizeof dir, "history-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(folder, sizeof folder, "%s/of", dir);
    memset(&settings, 0, sizeof settings);
    assert_int_equal(settings_set(&settings, "history.folder", folder, "a test"), OC_OK);
    opened = history_store_open(&settings, &error);
    return opened ? 0 : -1;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    history_store_free(opened);
    settings_release(&settings);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

static uint32_t fills_of(const char *id)
{
    struct oc_cell cells[FILL_COLUMNS];
    const struct oc_where where = {FILL_session, OC_WHERE_IS, {id, 0, 1, 0}};
    const struct oc_ask question = {.size = sizeof question, .table = HISTORY_FILL, .where = &where, .where_count = 1};
    uint64_t change;
    uint32_t count = 0;
    assert_int_equal(opened->table->ask(opened->self, &question), OC_OK);
    while (opened->table->row(opened->self, cells, FILL_COLUMNS, &change) == OC_OK)
        count++;
    return count;
}

static uint32_t catch_up(const char *folder)
{
    struct history_caught caught = {0};
    struct error error = {0};
    assert_int_equal(history_catch_up_one(opened, folder, NULL, &caught, &error), OC_OK);
    assert_int_equal(caught.failed, 0);
    return caught.read;
}

/* A row that no record made, and how far the store says that it is. */
static void pretend(const char *id, const struct oc_reached *reached)
{
    struct row *row = malloc(sizeof *row);
    assert_non_null(row);
    row_begin(row, HISTORY_FILL);
    row_text(row, FILL_session, id);
    row_text(row, FILL_trade_id, "of no record");
    assert_int_equal(opened->table->begin(opened->self), OC_OK);
    assert_int_equal(history_store_put(opened, row), OC_OK);
    assert_int_equal(opened->table->commit(opened->self, id, reached), OC_OK);
    free(row);
}

static void record(char folder[128])
{
    char command[512];
    snprintf(folder, 128, "%s/session", dir);
    snprintf(command, sizeof command,
             TEST_BUILD_DIR "/outcry backtest " TEST_SOURCE_DIR
                            "/strategies/sma_cross.lua synthetic-bars:500 --cash '1000 USDT' "
                            "--session %s --quiet --set history.write=no --set research.trials=no >/dev/null 2>&1",
             folder);
    assert_int_equal(system(command), 0);
}

/* A session that a process has is folded on; one that nobody has any more is read as a whole. */
static void what_is_held_is_followed(void **state)
{
    char folder[128], lock[160];
    struct journal_glance glance;
    struct oc_reached reached = {.size = sizeof reached};
    struct error error = {0};
    struct history_follow *follow;
    uint32_t running = 0;
    int fd;
    (void)state;
    record(folder);
    assert_int_equal(history_list_add(opened->folder, folder), OC_OK);
    snprintf(lock, sizeof lock, "%s/lock", folder);
    assert_int_equal(env_lock(lock, &fd), OC_OK);
    follow = history_follow_new(opened, NULL);
    assert_non_null(follow);
    for (int i = 0; i < 2 * FOLLOW_TURNS_MAX + 1; i++) {
        assert_int_equal(history_follow_turn(follow, NULL, &running, &error), OC_OK);
        assert_int_equal(running, 1);
        assert_int_equal(journal_glance(folder, &glance), OC_OK);
        assert_true(glance.is_held);
        assert_int_equal(opened->table->reached(opened->self, glance.session, &reached), OC_OK);
        assert_int_equal(reached.stamp, 0); /* nobody has read it as a whole */
        assert_int_equal(reached.is_whole, 0);
    }
    const uint32_t fills = fills_of(glance.session);
    assert_true(fills > 5);
    env_close(fd);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(history_follow_turn(follow, NULL, &running, &error), OC_OK);
        assert_int_equal(running, 0);
    }
    assert_int_equal(journal_glance(folder, &glance), OC_OK);
    assert_int_equal(opened->table->reached(opened->self, glance.session, &reached), OC_OK);
    assert_int_equal(reached.stamp, glance.stamp);
    assert_int_equal(reached.is_whole, 1);
    assert_true(fills_of(glance.session) >= fills);
    history_follow_free(follow);
}

static void rows_of_records_that_were_others_go(void **state)
{
    char folder[128];
    struct journal_glance glance;
    struct oc_reached reached = {.size = sizeof reached};
    (void)state;
    record(folder);
    assert_int_equal(catch_up(folder), 1);
    assert_int_equal(catch_up(folder), 0); /* nothing is new */
    assert_int_equal(journal_glance(folder, &glance), OC_OK);
    const uint32_t fills = fills_of(glance.session);
    assert_true(fills > 5);
    assert_int_equal(opened->table->reached(opened->self, glance.session, &reached), OC_OK);
    assert_int_equal(reached.is_whole, 1);
    const struct oc_reached whole = reached;
    reached.stamp = 0; /* something is new, and what is known is right: it stays, whatever it says */
    pretend(glance.session, &reached);
    assert_int_equal(catch_up(folder), 1);
    assert_int_equal(fills_of(glance.session), fills + 1);
    reached.hash ^= 1; /* the records up to there were others */
    pretend(glance.session, &reached);
    assert_int_equal(catch_up(folder), 1);
    assert_int_equal(fills_of(glance.session), fills);
    reached.seq += 1000; /* there were more */
    pretend(glance.session, &reached);
    assert_int_equal(catch_up(folder), 1);
    assert_int_equal(fills_of(glance.session), fills);
    reached = whole;
    reached.seq = 200; /* and in their midst */
    reached.stamp = 0;
    pretend(glance.session, &reached);
    assert_int_equal(catch_up(folder), 1);
    assert_int_equal(fills_of(glance.session), fills);
    assert_int_equal(opened->table->reached(opened->self, glance.session, &reached), OC_OK);
    assert_memory_equal(&reached, &whole, sizeof whole);
}

static void the_list_has_each_folder_once(void **state)
{
    char folder[128], *text;
    (void)state;
    snprintf(folder, sizeof folder, "%s/of", dir);
    assert_int_equal(history_list_add(folder, dir), OC_OK);
    assert_int_equal(history_list_add(folder, folder), OC_OK);
    assert_int_equal(history_list_add(folder, dir), OC_OK);
    assert_int_equal(history_list_add(folder, "there is none"), OC_E_NOT_FOUND);
    assert_int_equal(history_list_read(folder, &text), OC_OK);
    char *end = strchr(text, '\n');
    assert_non_null(end);
    *end = 0;
    assert_int_equal(text[0], '/');
    assert_non_null(strstr(end + 1, "/of\n"));
    assert_int_equal(strlen(strstr(end + 1, "/of\n")), 4);
    assert_int_equal(history_list_drop(folder, text), OC_OK);
    env_free(text);
    assert_int_equal(history_list_read(folder, &text), OC_OK);
    assert_non_null(strstr(text, "/of\n"));
    assert_int_equal(strchr(text, '\n') - text, (long)strlen(text) - 1);
    env_free(text);
}

static void put_session(const char *id, int64_t begun_ns, const char *state, const char *folder)
{
    struct row *row = malloc(sizeof *row);
    assert_non_null(row);
    row_begin(row, HISTORY_SESSION);
    row_text(row, SESSION_session, id);
    row_int(row, SESSION_begun, begun_ns);
    row_text(row, SESSION_state, state);
    row_text(row, SESSION_folder, folder);
    assert_int_equal(history_store_put(opened, row), OC_OK);
    row_begin(row, HISTORY_FILL);
    row_text(row, FILL_session, id);
    row_text(row, FILL_trade_id, "1");
    row_money(row, FILL_fee, -((oc_i128)1)); /* the smallest that money has */
    assert_int_equal(history_store_put(opened, row), OC_OK);
    free(row);
}

static uint32_t rows_of(uint32_t table_of, const char *ret_last[1])
{
    static char last[64];
    struct oc_cell cells[OC_STORE_COLUMNS_MAX];
    const struct oc_ask question = {.size = sizeof question, .table = table_of};
    uint64_t change;
    uint32_t count = 0;
    assert_int_equal(opened->table->ask(opened->self, &question), OC_OK);
    while (opened->table->row(opened->self, cells, history_schema.tables[table_of].column_count, &change) == OC_OK) {
        count++;
        snprintf(last, sizeof last, "%s", cells[0].text);
        if (table_of == HISTORY_FILL)
            assert_string_equal(cells[FILL_fee].text, "-0.00000000000000000001");
    }
    ret_last[0] = last;
    return count;
}

static void what_is_too_old_goes_with_its_line_and_nothing_else_does(void **state)
{
    char path[ENV_PATH_MAX], *list;
    const char *last[1];
    struct error error = {0};
    uint32_t count;
    (void)state;
    assert_int_equal(history_list_add(opened->folder, dir), OC_OK);
    assert_int_equal(history_list_add(opened->folder, opened->folder), OC_OK);
    assert_int_equal(history_list_read(opened->folder, &list), OC_OK);
    snprintf(path, sizeof path, "%.*s", (int)strcspn(list, "\n"), list);
    env_free(list);
    assert_int_equal(opened->table->begin(opened->self), OC_OK);
    put_session("old", 1000, "ended", path);
    put_session("runs", 1000, "running", "/there");
    put_session("young", 2000, "ended", "/here");
    assert_int_equal(opened->table->commit(opened->self, "old", NULL), OC_OK);
    assert_int_equal(history_let_go(opened, 1000, &count, &error), OC_OK);
    assert_int_equal(count, 0);
    assert_int_equal(history_let_go(opened, 1001, &count, &error), OC_OK);
    assert_int_equal(count, 1);
    assert_int_equal(rows_of(HISTORY_SESSION, last), 2);
    assert_int_equal(rows_of(HISTORY_FILL, last), 2);
    assert_string_equal(last[0], "young");
    assert_int_equal(history_list_read(opened->folder, &list), OC_OK);
    assert_int_equal(strchr(list, '\n') - list, (long)strlen(list) - 1); /* one line is left */
    assert_null(strstr(list, path) && strstr(list, path)[strlen(path)] == '\n' ? list : NULL);
    env_free(list);
}

static void an_unknown_store_is_named_with_those_that_are_there(void **state)
{
    struct error error = {0};
    (void)state;
    assert_int_equal(settings_set(&settings, "history.store", "outcry.sqlit", "a test"), OC_OK);
    assert_null(history_store_open(&settings, &error));
    assert_string_equal(error.where, "history.store");
    assert_string_equal(error.found, "outcry.sqlit");
    assert_non_null(strstr(error.expected, "outcry.sqlite"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(rows_of_records_that_were_others_go),
        TEST(what_is_held_is_followed),
        TEST(the_list_has_each_folder_once),
        TEST(what_is_too_old_goes_with_its_line_and_nothing_else_does),
        TEST(an_unknown_store_is_named_with_those_that_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
