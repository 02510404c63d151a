/* history_store_test.c: the database of the history: rows come at least once and stand once, versions are brought up or refused, what is damaged
 * is put aside, and a text is never more than a text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "history/store.h"

static const char session[] = "0123456789abcdef0123456789abcdef";
static const struct oc_column first_columns[] = {
    {"session", OC_COLUMN_TEXT, 1}, {"number", OC_COLUMN_INT, 1}, {"words", OC_COLUMN_TEXT, 0}};
static const struct oc_column second_columns[] = {{"session", OC_COLUMN_TEXT, 1},
                                                  {"number", OC_COLUMN_INT, 1},
                                                  {"words", OC_COLUMN_TEXT, 0},
                                                  {"amount", OC_COLUMN_DECIMAL, 0}};
static const struct oc_column other_columns[] = {
    {"session", OC_COLUMN_TEXT, 1}, {"number", OC_COLUMN_INT, 1}, {"words", OC_COLUMN_TEXT, 1}};
static const struct oc_table first_tables[] = {{"things", first_columns, 3, 0}};
static const struct oc_table second_tables[] = {{"things", second_columns, 4, 0}, {"more", first_columns, 3, 0}};
static const struct oc_table other_tables[] = {{"things", other_columns, 3, 0}};
static const struct oc_schema first = {sizeof first, 1, first_tables, 1, 0};
static const struct oc_schema second = {sizeof second, 2, second_tables, 2, 0};
static const struct oc_schema third = {sizeof third, 3, other_tables, 1, 0};

static char dir[64];
static struct settings settings;
static struct history_store *opened; /* for its plugin */
static const struct oc_store *table;
static void *self;

static struct history_store *open_history(void)
{
    struct error error = {0};
    char text[ERROR_TEXT_MAX];
    struct history_store *store = history_store_open(&settings, &error);
    error_text(&error, text);
    if (!store)
        fail_msg("%s", text);
    return store;
}

static int begin(void **state)
{
    char folder[128];
    (void)state;
    snprintf(dir, sizeof dir, "history-XXXXXX");
    if (!mkdtemp(dir))
        return -1;
    snprintf(folder, sizeof folder, "%s/of", dir);
    memset(&settings, 0, sizeof settings);
    assert_int_equal(settings_set(&settings, "history.folder", folder, "a test"), OC_OK);
    opened = open_history();
    table = opened->table;
    assert_int_equal(opened->instance.plugin->open(&opened->instance.host, &self), OC_OK);
    return 0;
}

static int end(void **state)
{
    char command[128];
    (void)state;
    opened->instance.plugin->close(self);
    history_store_free(opened);
    settings_release(&settings);
    snprintf(command, sizeof command, "rm -rf %s", dir);
    return system(command);
}

static void start(const struct oc_schema *schema)
{
    assert_int_equal(table->start(self, dir, schema, OC_STORE_MAKE), OC_OK);
}

static const char *words(void)
{
    static char text[OC_STORE_WORDS_MAX];
    assert_int_equal(table->error(self, text, sizeof text), OC_OK);
    return text;
}

static void put(int64_t number, const char *text)
{
    const struct oc_cell cells[] = {{session, 0, 1, 0}, {NULL, number, 1, 0}, {text, 0, text != NULL, 0}};
    assert_int_equal(table->put(self, 0, cells, 3), OC_OK);
}

static void commit(uint64_t seq)
{
    const struct oc_reached reached = {.size = sizeof reached, .seq = seq, .hash = seq * 3, .stamp = seq * 7};
    assert_int_equal(table->commit(self, session, &reached), OC_OK);
}

static uint64_t reached(void)
{
    struct oc_reached reached = {.size = sizeof reached};
    const oc_rc rc = table->reached(self, session, &reached);
    assert_true(rc == OC_OK || rc == OC_E_NOT_FOUND);
    assert_true(rc < 0 || (reached.hash == reached.seq * 3 && reached.stamp == reached.seq * 7));
    return rc < 0 ? UINT64_MAX : reached.seq;
}

/* How many rows; of the last one number, words and change. */
static uint32_t ask(const struct oc_ask *question, int64_t *ret_number, char ret_words[OC_STORE_TEXT_MAX],
                    uint64_t *ret_change)
{
    struct oc_cell cells[4];
    uint64_t change;
    uint32_t count = 0;
    oc_rc rc = table->ask(self, question);
    assert_int_equal(rc, OC_OK);
    while ((rc = table->row(self, cells, 3, &change)) == OC_OK) {
        count++;
        if (ret_number)
            *ret_number = cells[1].number;
        if (ret_words)
            snprintf(ret_words, OC_STORE_TEXT_MAX, "%s", cells[2].is_set ? cells[2].text : "(none)");
        if (ret_change)
            *ret_change = change;
    }
    assert_int_equal(rc, OC_E_END);
    return count;
}

static uint32_t ask_one(uint32_t column, uint32_t how, const char *text, int64_t number)
{
    const struct oc_where where = {column, how, {text, number, 1, 0}};
    const struct oc_ask question = {.size = sizeof question, .where = &where, .where_count = 1};
    return ask(&question, NULL, NULL, NULL);
}

static const struct oc_ask all = {.size = sizeof all};

static void a_row_that_comes_again_stands_once_and_is_no_change(void **state)
{
    uint64_t change = 0, later = 0;
    char text[OC_STORE_TEXT_MAX];
    (void)state;
    start(&first);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(table->begin(self), OC_OK);
        put(7, "seven");
        commit(10);
        assert_int_equal(ask(&all, NULL, NULL, i ? &later : &change), 1);
    }
    assert_int_equal(change, later);
    assert_int_equal(table->begin(self), OC_OK);
    put(7, "another seven");
    put(8, NULL);
    commit(11);
    const struct oc_ask news = {.size = sizeof news, .behind = change};
    assert_int_equal(ask(&news, NULL, NULL, &later), 2);
    assert_true(later > change);
    const struct oc_ask none = {.size = sizeof none, .behind = later};
    assert_int_equal(ask(&none, NULL, NULL, NULL), 0);
    const struct oc_ask last = {.size = sizeof last, .order_by = 1, .is_descending = 1};
    assert_int_equal(ask(&last, NULL, text, NULL), 2);
    assert_string_equal(text, "another seven");
}

static void rows_and_how_far_they_are_are_kept_or_not_together(void **state)
{
    (void)state;
    start(&first);
    assert_int_equal(reached(), UINT64_MAX);
    assert_int_equal(table->begin(self), OC_OK);
    put(1, "one");
    commit(5);
    assert_int_equal(table->begin(self), OC_OK);
    put(2, "two");
    table->undo(self);
    assert_int_equal(reached(), 5);
    assert_int_equal(ask(&all, NULL, NULL, NULL), 1);
    assert_int_equal(table->begin(self), OC_OK);
    put(3, "three");
    table->stop(self); /* as a death would */
    start(&first);
    assert_int_equal(reached(), 5);
    assert_int_equal(ask(&all, NULL, NULL, NULL), 1);
    const struct oc_cell cells[] = {{session, 0, 1, 0}, {NULL, 1, 1, 0}, {"x", 0, 1, 0}};
    assert_int_equal(table->put(self, 0, cells, 3), OC_E_STATE);
    assert_int_equal(table->begin(self), OC_OK);
    assert_int_equal(table->put(self, 0, cells, 2), OC_E_INVALID);
    assert_int_equal(table->put(self, 1, cells, 3), OC_E_INVALID);
}

static void an_older_version_is_brought_up_and_a_newer_one_refused(void **state)
{
    (void)state;
    start(&first);
    assert_int_equal(table->begin(self), OC_OK);
    put(1, "one");
    commit(5);
    table->stop(self);
    start(&second);
    struct oc_cell cells[4];
    uint64_t change;
    assert_int_equal(table->ask(self, &all), OC_OK);
    assert_int_equal(table->row(self, cells, 4, &change), OC_OK);
    assert_string_equal(cells[2].text, "one");
    assert_int_equal(cells[3].is_set, 0);
    assert_int_equal(reached(), UINT64_MAX); /* what stands in the new column is read from the journals */
    const struct oc_cell row[] = {
        {session, 0, 1, 0}, {NULL, 1, 1, 0}, {"one", 0, 1, 0}, {"-0.00000000000000000001", 0, 1, 0}};
    assert_int_equal(table->begin(self), OC_OK);
    assert_int_equal(table->put(self, 0, row, 4), OC_OK);
    commit(6);
    assert_int_equal(table->ask(self, &all), OC_OK);
    assert_int_equal(table->row(self, cells, 4, &change), OC_OK);
    assert_string_equal(cells[3].text, "-0.00000000000000000001");
    table->stop(self);
    assert_int_equal(table->start(self, dir, &first, 0), OC_E_TOO_NEW);
    assert_string_equal(words(), "it is of version 2, and this program knows versions up to 1");
    start(&second);
    assert_int_equal(reached(), 6);
    table->stop(self);
    assert_int_equal(table->start(self, dir, &third, 0), OC_E_DATA); /* other keys: to be made anew */
    assert_string_equal(words(), "table things has other keys than this version knows");
    start(&second);
    assert_int_equal(reached(), 6); /* and nothing of it was changed */
}

static void a_database_of_another_program_is_left_alone(void **state)
{
    char path[128];
    sqlite3 *db;
    (void)state;
    snprintf(path, sizeof path, "%s/history.db", dir);
    assert_int_equal(table->start(self, dir, &first, 0), OC_E_NOT_FOUND);
    assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
    assert_int_equal(sqlite3_exec(db, "CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)", NULL, NULL, NULL),
                     SQLITE_OK);
    sqlite3_close(db);
    assert_int_equal(table->start(self, dir, &first, OC_STORE_MAKE), OC_E_STATE);
    assert_string_equal(words(), "history.db is a database of another program");
}

static void texts_are_texts(void **state)
{
    static const char *const hostile[] = {"'); DROP TABLE things; --",
                                          "\"; DELETE FROM reached; --",
                                          "x' OR '1'='1",
                                          "?1",
                                          "%",
                                          "_",
                                          "\\",
                                          "\n\r\t\x01",
                                          "\xff\xfe",
                                          "Robert`; ATTACH 'x' AS y"};
    const uint32_t count = sizeof hostile / sizeof hostile[0];
    char text[OC_STORE_TEXT_MAX];
    (void)state;
    start(&first);
    assert_int_equal(table->begin(self), OC_OK);
    for (uint32_t i = 0; i < count; i++)
        put(i, hostile[i]);
    commit(1);
    for (uint32_t i = 0; i < count; i++) {
        const struct oc_where where = {2, OC_WHERE_IS, {hostile[i], 0, 1, 0}};
        const struct oc_ask question = {.size = sizeof question, .where = &where, .where_count = 1};
        int64_t number = -1;
        assert_int_equal(ask(&question, &number, text, NULL), 1);
        assert_int_equal(number, i);
        assert_string_equal(text, hostile[i]);
        assert_true(ask_one(0, OC_WHERE_ANY_HOLDS, hostile[i], 0) >= 1);
    }
    assert_int_equal(ask_one(2, OC_WHERE_HOLDS, "drop table", 0), 1);
    assert_int_equal(ask_one(2, OC_WHERE_STARTS, "x' or", 0), 1);
    assert_int_equal(ask(&all, NULL, NULL, NULL), count);
    assert_int_equal(reached(), 1);
}

static void questions_choose_rows(void **state)
{
    int64_t number = -1;
    (void)state;
    start(&first);
    assert_int_equal(table->begin(self), OC_OK);
    for (int64_t i = -5; i < 5; i++)
        put(i, i % 2 ? "odd" : "Even");
    commit(1);
    assert_int_equal(ask_one(2, OC_WHERE_IS, "EVEN", 0), 5);
    assert_int_equal(ask_one(2, OC_WHERE_IS_NOT, "even", 0), 5);
    assert_int_equal(ask_one(1, OC_WHERE_FROM, NULL, 3), 2);
    assert_int_equal(ask_one(1, OC_WHERE_BELOW, NULL, -4), 1);
    assert_int_equal(ask_one(2, OC_WHERE_STARTS, "ev", 0), 5);
    assert_int_equal(ask_one(2, OC_WHERE_STARTS, "ven", 0), 0);
    const struct oc_ask last = {.size = sizeof last, .order_by = 1, .is_descending = 1, .limit = 3};
    assert_int_equal(ask(&last, &number, NULL, NULL), 3);
    assert_int_equal(number, 2);
    const struct oc_where where = {9, OC_WHERE_IS, {"x", 0, 1, 0}};
    const struct oc_ask wrong = {.size = sizeof wrong, .where = &where, .where_count = 1};
    assert_int_equal(table->ask(self, &wrong), OC_E_INVALID);
    const struct oc_where below = {1, OC_WHERE_BELOW, {NULL, 0, 1, 0}};
    const struct oc_ask gone = {.size = sizeof gone, .where = &below, .where_count = 1};
    uint64_t count = 0;
    assert_int_equal(table->drop(self, &gone, &count), OC_E_STATE);
    assert_int_equal(table->begin(self), OC_OK);
    assert_int_equal(table->drop(self, &gone, &count), OC_OK);
    commit(2);
    assert_int_equal(count, 5);
    assert_int_equal(ask(&all, NULL, NULL, NULL), 5);
}

static void while_one_writes_another_reads_and_waits_to_write(void **state)
{
    void *other;
    struct oc_cell cells[3];
    uint64_t change;
    (void)state;
    start(&first);
    assert_int_equal(opened->instance.plugin->open(&opened->instance.host, &other), OC_OK);
    assert_int_equal(table->start(other, dir, &first, OC_STORE_MAKE), OC_OK);
    assert_int_equal(table->begin(self), OC_OK);
    put(1, "one");
    assert_int_equal(table->ask(other, &all), OC_OK);
    assert_int_equal(table->row(other, cells, 3, &change), OC_E_END); /* not before it is whole */
    assert_int_equal(table->begin(other), OC_E_AGAIN);
    commit(1);
    assert_int_equal(table->begin(other), OC_OK);
    table->undo(other);
    assert_int_equal(table->ask(other, &all), OC_OK);
    assert_int_equal(table->row(other, cells, 3, &change), OC_OK);
    opened->instance.plugin->close(other);
}

/* ---- through the host ---- */

static void damage(const char *bytes, long at)
{
    char path[128];
    snprintf(path, sizeof path, "%s/of/history.db", dir);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, at, SEEK_SET), 0);
    fputs(bytes, file);
    fclose(file);
}

static void what_is_damaged_is_put_aside_and_begun_anew(void **state)
{
    char path[128], garbage[3000];
    (void)state;
    assert_true(opened->is_new);
    memset(garbage, 'x', sizeof garbage - 1);
    garbage[sizeof garbage - 1] = 0;
    for (int i = 1; i <= 2; i++) {
        history_store_free(opened);
        damage(i == 1 ? "this is no database" : garbage, i == 1 ? 0 : 100);
        opened = open_history();
        assert_true(opened->is_new);
        assert_non_null(strstr(opened->said, "history: the database is damaged ("));
        snprintf(path, sizeof path, "%s/of/history.db.aside-%d", dir, i);
        assert_int_equal(access(path, F_OK), 0);
        assert_non_null(strstr(opened->said, path + strlen(dir) + 4));
    }
    history_store_free(opened);
    opened = open_history();
    assert_false(opened->is_new);
    assert_string_equal(opened->said, "");
}

/* What no head of a file says. */
static void damage_inside_is_found(void **state)
{
    char path[128];
    (void)state;
    start(&first);
    assert_int_equal(table->begin(self), OC_OK);
    for (int64_t i = 0; i < 5000; i++)
        put(i, "a row like others");
    commit(1);
    table->stop(self);
    snprintf(path, sizeof path, "%s/history.db", dir);
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    const long pages = ftell(file) / 4096;
    assert_true(pages > 20);
    assert_int_equal(fseek(file, pages / 2 * 4096, SEEK_SET), 0);
    fwrite("\xff\xff\xff\xff\xff\xff\xff\xff", 1, 8, file);
    fclose(file);
    assert_int_equal(table->start(self, dir, &first, 0), OC_E_DATA);
    assert_non_null(strstr(words(), "quick_check: "));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(a_row_that_comes_again_stands_once_and_is_no_change),
        TEST(rows_and_how_far_they_are_are_kept_or_not_together),
        TEST(an_older_version_is_brought_up_and_a_newer_one_refused),
        TEST(a_database_of_another_program_is_left_alone),
        TEST(texts_are_texts),
        TEST(questions_choose_rows),
        TEST(while_one_writes_another_reads_and_waits_to_write),
        TEST(what_is_damaged_is_put_aside_and_begun_anew),
        TEST(damage_inside_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
