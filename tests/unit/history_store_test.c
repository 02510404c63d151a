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

#include "history/follow.h"
#include "history/tidy.h"
#include "journal/glance.h"

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

/* ---- a session ---- */

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
    assert_int_equal(history_follow_turn(follow, folder, &running, &error), OC_OK);
    assert_int_equal(running, 0);
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
        TEST(a_row_that_comes_again_stands_once_and_is_no_change),
        TEST(rows_and_how_far_they_are_are_kept_or_not_together),
        TEST(an_older_version_is_brought_up_and_a_newer_one_refused),
        TEST(a_database_of_another_program_is_left_alone),
        TEST(texts_are_texts),
        TEST(questions_choose_rows),
        TEST(while_one_writes_another_reads_and_waits_to_write),
        TEST(what_is_damaged_is_put_aside_and_begun_anew),
        TEST(damage_inside_is_found),
        TEST(what_is_held_is_followed),
        TEST(rows_of_records_that_were_others_go),
        TEST(the_list_has_each_folder_once),
        TEST(what_is_too_old_goes_with_its_line_and_nothing_else_does),
        TEST(an_unknown_store_is_named_with_those_that_are_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
