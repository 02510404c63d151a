/* schema.c: the host's tables as tables of SQL: made, compared, brought up to this version in one transaction. */
#include <stdio.h>
#include <string.h>

#include "sqlite.h"

static bool is_name(const char *name)
{
    const size_t length = name ? strlen(name) : 0;
    return length >= 1 && length <= 32 && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length &&
           name[0] >= 'a' && name[0] <= 'z';
}

oc_rc schema_judge(struct store *store, const struct oc_schema *schema)
{
    if (schema->table_count > OC_STORE_TABLES_MAX || schema->version == 0 || schema->version > INT32_MAX)
        return store_say(store, OC_E_INVALID, "the schema has too many tables, or no version");
    for (uint32_t i = 0; i < schema->table_count; i++) {
        const struct oc_table *table = &schema->tables[i];
        uint32_t keys = 0;
        if (!is_name(table->name) || table->column_count > OC_STORE_COLUMNS_MAX)
            return store_say(store, OC_E_INVALID, "table %u of the schema has a bad name, or too many columns", i);
        for (uint32_t k = 0; k < table->column_count; k++) {
            if (!is_name(table->columns[k].name) || strcmp(table->columns[k].name, "change_no") == 0)
                return store_say(store, OC_E_INVALID, "column %u of table %s has a bad name", k, table->name);
            keys += table->columns[k].is_key;
        }
        if (!keys)
            return store_say(store, OC_E_INVALID, "table %s has no key", table->name);
    }
    return OC_OK;
}

static bool is_number(uint32_t type) { return type == OC_COLUMN_INT || type == OC_COLUMN_TIME; }

static oc_rc make_table(struct store *store, const struct oc_table *table)
{
    struct sql sql = {.size = 0};
    uint32_t keys = 0;
    sql_put(&sql, "CREATE TABLE \"%s\" (", table->name);
    for (uint32_t i = 0; i < table->column_count; i++)
        sql_put(&sql, "\"%s\" %s%s, ", table->columns[i].name, is_number(table->columns[i].type) ? "INTEGER" : "TEXT",
                table->columns[i].is_key ? " NOT NULL" : "");
    sql_put(&sql, "change_no INTEGER NOT NULL, PRIMARY KEY (");
    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].is_key)
            sql_put(&sql, "%s\"%s\"", keys++ ? ", " : "", table->columns[i].name);
    sql_put(&sql, ")) WITHOUT ROWID; CREATE INDEX \"%s_change\" ON \"%s\" (change_no)", table->name, table->name);
    return sql.is_cut ? store_say(store, OC_E_LIMIT, "table %s is too long", table->name)
                      : store_run(store, sql.text, "making a table");
}

/* The columns that a table has: bit i, where column i of the schema is one of them and its key is as it should be. */
static oc_rc look_at(struct store *store, const struct oc_table *table, uint64_t *ret_there, bool *ret_is_there)
{
    struct sql sql = {.size = 0};
    sqlite3_stmt *statement = NULL;
    int code;
    uint32_t keys = 0, keys_found = 0;
    *ret_there = 0;
    *ret_is_there = false;
    sql_put(&sql, "PRAGMA table_info(\"%s\")", table->name);
    code = sqlite3_prepare_v2(store->db, sql.text, -1, &statement, NULL);
    while (code == SQLITE_OK || code == SQLITE_ROW) {
        code = sqlite3_step(statement);
        if (code != SQLITE_ROW)
            break;
        *ret_is_there = true;
        const char *name = (const char *)sqlite3_column_text(statement, 1);
        const bool is_key = sqlite3_column_int(statement, 5) != 0;
        keys_found += is_key;
        for (uint32_t i = 0; name && i < table->column_count; i++)
            if (strcmp(name, table->columns[i].name) == 0 && is_key == (table->columns[i].is_key != 0))
                *ret_there |= UINT64_C(1) << i;
    }
    sqlite3_finalize(statement);
    if (code != SQLITE_DONE)
        return store_fail(store, code, "reading the tables");
    for (uint32_t i = 0; i < table->column_count; i++)
        keys += table->columns[i].is_key != 0;
    return *ret_is_there && keys != keys_found
               ? store_say(store, OC_E_DATA, "table %s has other keys than this version knows", table->name)
               : (oc_rc)OC_OK;
}

static oc_rc bring_table(struct store *store, const struct oc_table *table)
{
    uint64_t there;
    bool is_there;
    oc_rc rc = look_at(store, table, &there, &is_there);
    if (rc < 0 || !is_there)
        return rc < 0 ? rc : make_table(store, table);
    for (uint32_t i = 0; i < table->column_count && rc == OC_OK; i++) {
        struct sql sql = {.size = 0};
        const struct oc_column *column = &table->columns[i];
        if (there & UINT64_C(1) << i)
            continue;
        if (column->is_key)
            return store_say(store, OC_E_DATA, "table %s has no column %s", table->name, column->name);
        sql_put(&sql, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", table->name, column->name,
                is_number(column->type) ? "INTEGER" : "TEXT");
        rc = store_run(store, sql.text, "adding a column");
    }
    return rc;
}

/* Inside the transaction: nothing is there, or an older version. */
static oc_rc bring(struct store *store)
{
    char text[128];
    oc_rc rc = store_run(store,
                         "CREATE TABLE IF NOT EXISTS reached (session TEXT NOT NULL PRIMARY KEY, seq INTEGER NOT NULL, "
                         "is_whole INTEGER NOT NULL, stamp INTEGER NOT NULL, hash INTEGER NOT NULL) WITHOUT ROWID;"
                         "CREATE TABLE IF NOT EXISTS changes (last INTEGER NOT NULL);"
                         "INSERT INTO changes SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM changes);"
                         "DELETE FROM reached", /* what has come in new columns is read from the journals */
                         "making the tables");
    for (uint32_t i = 0; i < store->schema->table_count && rc == OC_OK; i++)
        rc = bring_table(store, &store->schema->tables[i]);
    snprintf(text, sizeof text, "PRAGMA user_version = %u; PRAGMA application_id = %d", store->schema->version,
             STORE_APPLICATION_ID);
    return rc == OC_OK ? store_run(store, text, "noting the version") : rc;
}

static oc_rc judge_version(struct store *store, bool *ret_is_current)
{
    int64_t version = 0, application = 0, tables = 0;
    oc_rc rc = store_number(store, "PRAGMA user_version", &version);
    if (rc == OC_OK)
        rc = store_number(store, "PRAGMA application_id", &application);
    if (rc == OC_OK)
        rc = store_number(store, "SELECT count(*) FROM sqlite_master", &tables);
    if (rc < 0)
        return rc;
    if (tables && application != STORE_APPLICATION_ID)
        return store_say(store, OC_E_STATE, STORE_FILE " is a database of another program");
    if (version > store->schema->version)
        return store_say(store, OC_E_TOO_NEW, "it is of version %lld, and this program knows versions up to %u",
                         (long long)version, store->schema->version);
    *ret_is_current = tables && version == store->schema->version;
    return OC_OK;
}

oc_rc schema_bring(struct store *store)
{
    bool is_current = false;
    oc_rc rc = judge_version(store, &is_current);
    if (rc < 0 || is_current)
        return rc;
    rc = store_run(store, "BEGIN IMMEDIATE", "beginning");
    if (rc == OC_OK)
        rc = judge_version(store, &is_current); /* another process may have done it */
    if (rc == OC_OK && !is_current)
        rc = bring(store);
    if (rc == OC_OK)
        rc = store_run(store, "COMMIT", "keeping the tables");
    if (rc < 0)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    return rc;
}
