/* write.c: rows, and how far the journals were read, in one transaction. */
#include <string.h>

#include "sqlite.h"

int store_bind(sqlite3_stmt *statement, int at, uint32_t type, const struct oc_cell *cell)
{
    if (!cell->is_set)
        return sqlite3_bind_null(statement, at);
    if (type == OC_COLUMN_INT || type == OC_COLUMN_TIME)
        return sqlite3_bind_int64(statement, at, cell->number);
    return sqlite3_bind_text(statement, at, cell->text, (int)strnlen(cell->text, OC_STORE_TEXT_MAX), SQLITE_TRANSIENT);
}

oc_rc store_reached(void *self, const char *session, struct oc_reached *ret_reached)
{
    struct store *store = self;
    sqlite3_stmt *statement = NULL;
    if (!store->db)
        return store_say(store, OC_E_STATE, "it is not open");
    int code = sqlite3_prepare_v2(store->db, "SELECT seq, is_whole, stamp, hash FROM reached WHERE session = ?1", -1,
                                  &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 1, session, (int)strnlen(session, OC_STORE_SESSION_SIZE), SQLITE_TRANSIENT);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW) {
        ret_reached->seq = (uint64_t)sqlite3_column_int64(statement, 0);
        ret_reached->is_whole = sqlite3_column_int(statement, 1) != 0;
        ret_reached->stamp = (uint64_t)sqlite3_column_int64(statement, 2);
        ret_reached->hash = (uint64_t)sqlite3_column_int64(statement, 3);
    }
    sqlite3_finalize(statement);
    if (code == SQLITE_DONE)
        return store_say(store, OC_E_NOT_FOUND, "nothing is known of this session");
    return code == SQLITE_ROW ? (oc_rc)OC_OK : store_fail(store, code, "reading how far it is");
}

oc_rc store_begin(void *self)
{
    struct store *store = self;
    int64_t last = 0;
    if (!store->db || store->is_writing)
        return store_say(store, OC_E_STATE, "it is not open, or is being written");
    store_end_question(store); /* or it would read what was before */
    oc_rc rc = store_run(store, "BEGIN IMMEDIATE", "beginning to write");
    if (rc < 0)
        return rc;
    store->is_writing = 1;
    rc = store_number(store, "SELECT last FROM changes", &last);
    store->change = (uint64_t)last;
    if (rc < 0)
        store_undo(store);
    return rc;
}

/* A row that is there and says the same keeps its change. */
static oc_rc prepare(struct store *store, uint32_t at)
{
    const struct oc_table *table = &store->schema->tables[at];
    struct sql sql = {.size = 0};
    uint32_t keys = 0, others = 0;
    sql_put(&sql, "INSERT INTO \"%s\" (", table->name);
    for (uint32_t i = 0; i < table->column_count; i++)
        sql_put(&sql, "\"%s\", ", table->columns[i].name);
    sql_put(&sql, "change_no) VALUES (");
    for (uint32_t i = 0; i < table->column_count; i++)
        sql_put(&sql, "?%u, ", i + 1);
    sql_put(&sql, "?%u) ON CONFLICT (", table->column_count + 1);
    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].is_key)
            sql_put(&sql, "%s\"%s\"", keys++ ? ", " : "", table->columns[i].name);
    sql_put(&sql, ") DO ");
    for (uint32_t i = 0; i < table->column_count; i++)
        if (!table->columns[i].is_key)
            sql_put(&sql, "%s\"%s\" = excluded.\"%s\"", others++ ? ", " : "UPDATE SET ", table->columns[i].name,
                    table->columns[i].name);
    if (!others)
        sql_put(&sql, "NOTHING");
    for (uint32_t i = 0, k = 0; i < table->column_count && others; i++)
        if (!table->columns[i].is_key)
            sql_put(&sql, "%s\"%s\".\"%s\" IS NOT excluded.\"%s\"",
                    k++ ? " OR " : ", change_no = excluded.change_no WHERE ", table->name, table->columns[i].name,
                    table->columns[i].name);
    if (sql.is_cut)
        return store_say(store, OC_E_LIMIT, "table %s is too long", table->name);
    const int code = sqlite3_prepare_v3(store->db, sql.text, -1, SQLITE_PREPARE_PERSISTENT, &store->puts[at], NULL);
    return code == SQLITE_OK ? (oc_rc)OC_OK : store_fail(store, code, "preparing to write");
}

oc_rc store_put(void *self, uint32_t table, const struct oc_cell *cells, uint32_t cell_count)
{
    struct store *store = self;
    if (!store->is_writing)
        return store_say(store, OC_E_STATE, "a row outside a transaction");
    if (table >= store->schema->table_count || cell_count != store->schema->tables[table].column_count)
        return store_say(store, OC_E_INVALID, "a row of table %u with %u cells", table, cell_count);
    oc_rc rc = store->puts[table] ? (oc_rc)OC_OK : prepare(store, table);
    if (rc < 0)
        return rc;
    sqlite3_stmt *put = store->puts[table];
    int code = SQLITE_OK;
    for (uint32_t i = 0; i < cell_count && code == SQLITE_OK; i++)
        code = store_bind(put, (int)i + 1, store->schema->tables[table].columns[i].type, &cells[i]);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(put, (int)cell_count + 1, (int64_t)(store->change + 1));
    if (code == SQLITE_OK)
        code = sqlite3_step(put);
    if (code != SQLITE_DONE)
        rc = store_fail(store, code, "writing a row");
    else if (sqlite3_changes(store->db) > 0)
        store->change++;
    sqlite3_reset(put);
    sqlite3_clear_bindings(put);
    return rc;
}

static oc_rc note(struct store *store, const char *session, const struct oc_reached *reached)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db,
                                  "INSERT INTO reached VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (session) DO UPDATE SET "
                                  "seq = excluded.seq, is_whole = excluded.is_whole, stamp = excluded.stamp, hash = "
                                  "excluded.hash",
                                  -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_text(statement, 1, session, (int)strnlen(session, OC_STORE_SESSION_SIZE), SQLITE_TRANSIENT);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 2, (int64_t)reached->seq);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 3, reached->is_whole != 0);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 4, (int64_t)reached->stamp);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 5, (int64_t)reached->hash);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? (oc_rc)OC_OK : store_fail(store, code, "noting how far it is");
}

static oc_rc note_changes(struct store *store)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, "UPDATE changes SET last = ?1", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, 1, (int64_t)store->change);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    sqlite3_finalize(statement);
    return code == SQLITE_DONE ? (oc_rc)OC_OK : store_fail(store, code, "noting the changes");
}

oc_rc store_commit(void *self, const char *session, const struct oc_reached *reached)
{
    struct store *store = self;
    if (!store->is_writing)
        return store_say(store, OC_E_STATE, "nothing was begun");
    oc_rc rc = reached ? note(store, session, reached) : (oc_rc)OC_OK;
    if (rc == OC_OK)
        rc = note_changes(store);
    if (rc == OC_OK)
        rc = store_run(store, "COMMIT", "keeping what was written");
    if (rc < 0)
        store_undo(store);
    store->is_writing = 0;
    return rc;
}

void store_undo(void *self)
{
    struct store *store = self;
    if (store->is_writing)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->is_writing = 0;
}
