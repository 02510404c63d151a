/* ask.c: questions: conditions as SQL with every value bound, and their rows. */
#include <string.h>

#include "sqlite.h"

void store_end_question(struct store *store)
{
    sqlite3_finalize(store->question);
    store->question = NULL;
}

static void put_any(struct sql *sql, const struct oc_table *table, uint32_t at)
{
    bool is_first = true;
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (table->columns[i].type != OC_COLUMN_TEXT)
            continue;
        sql_put(sql, "%sinstr(lower(\"%s\"), lower(?%u)) > 0", is_first ? "(" : " OR ", table->columns[i].name, at);
        is_first = false;
    }
    sql_put(sql, is_first ? "0" : ")");
}

static oc_rc put_where(struct store *store, struct sql *sql, const struct oc_table *table, const struct oc_where *where,
                       uint32_t at)
{
    if (where->how != OC_WHERE_ANY_HOLDS && where->column >= table->column_count)
        return store_say(store, OC_E_INVALID, "table %s has no column %u", table->name, where->column);
    const struct oc_column *column = &table->columns[where->how == OC_WHERE_ANY_HOLDS ? 0 : where->column];
    const bool is_text = column->type == OC_COLUMN_TEXT;
    switch (where->how) {
    case OC_WHERE_IS:
        sql_put(sql, "\"%s\" IS ?%u%s", column->name, at, is_text ? " COLLATE NOCASE" : "");
        break;
    case OC_WHERE_IS_NOT:
        sql_put(sql, "\"%s\" IS NOT ?%u%s", column->name, at, is_text ? " COLLATE NOCASE" : "");
        break;
    case OC_WHERE_FROM:
        sql_put(sql, "\"%s\" >= ?%u", column->name, at);
        break;
    case OC_WHERE_BELOW:
        sql_put(sql, "\"%s\" < ?%u", column->name, at);
        break;
    case OC_WHERE_HOLDS:
        sql_put(sql, "instr(lower(\"%s\"), lower(?%u)) > 0", column->name, at);
        break;
    case OC_WHERE_STARTS:
        sql_put(sql, "substr(lower(\"%s\"), 1, length(?%u)) = lower(?%u)", column->name, at, at);
        break;
    case OC_WHERE_ANY_HOLDS:
        put_any(sql, table, at);
        break;
    default:
        return store_say(store, OC_E_NOT_SUPPORTED, "condition %u", where->how);
    }
    return OC_OK;
}

static oc_rc judge(struct store *store, const struct oc_ask *ask)
{
    if (!store->db)
        return store_say(store, OC_E_STATE, "it is not open");
    if (ask->table >= store->schema->table_count || ask->where_count > OC_STORE_WHERE_MAX)
        return store_say(store, OC_E_INVALID, "a question to table %u with %u conditions", ask->table,
                         ask->where_count);
    return ask->order_by < store->schema->tables[ask->table].column_count
               ? (oc_rc)OC_OK
               : store_say(store, OC_E_INVALID, "no column %u to order by", ask->order_by);
}

static oc_rc put_conditions(struct store *store, struct sql *sql, const struct oc_ask *ask)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < ask->where_count && rc == OC_OK; i++) {
        sql_put(sql, i ? " AND " : " WHERE ");
        rc = put_where(store, sql, &store->schema->tables[ask->table], &ask->where[i], i + 1);
    }
    if (ask->behind)
        sql_put(sql, "%s change_no > ?%u", ask->where_count ? " AND" : " WHERE", ask->where_count + 1);
    return rc;
}

static oc_rc bind(struct store *store, sqlite3_stmt *statement, const struct oc_ask *ask)
{
    const struct oc_table *table = &store->schema->tables[ask->table];
    int code = SQLITE_OK;
    for (uint32_t i = 0; i < ask->where_count && code == SQLITE_OK; i++) {
        const struct oc_where *where = &ask->where[i];
        const uint32_t type = where->how == OC_WHERE_ANY_HOLDS ? OC_COLUMN_TEXT : table->columns[where->column].type;
        code = store_bind(statement, (int)i + 1, type, &where->value);
    }
    if (ask->behind && code == SQLITE_OK)
        code = sqlite3_bind_int64(statement, (int)ask->where_count + 1, (int64_t)ask->behind);
    return code == SQLITE_OK ? (oc_rc)OC_OK : store_fail(store, code, "asking");
}

static void put_order(struct sql *sql, const struct oc_table *table, const struct oc_ask *ask)
{
    const char *way = ask->is_descending ? " DESC" : "";
    if (ask->behind) {
        sql_put(sql, " ORDER BY change_no");
        return;
    }
    sql_put(sql, " ORDER BY \"%s\"%s", table->columns[ask->order_by].name, way);
    for (uint32_t i = 0; i < table->column_count; i++)
        if (table->columns[i].is_key && i != ask->order_by)
            sql_put(sql, ", \"%s\"%s", table->columns[i].name, way);
}

oc_rc store_ask(void *self, const struct oc_ask *ask)
{
    struct store *store = self;
    struct sql sql = {.size = 0};
    oc_rc rc = judge(store, ask);
    if (rc < 0)
        return rc;
    const struct oc_table *table = &store->schema->tables[ask->table];
    store_end_question(store);
    sql_put(&sql, "SELECT ");
    for (uint32_t i = 0; i < table->column_count; i++)
        sql_put(&sql, "\"%s\", ", table->columns[i].name);
    sql_put(&sql, "change_no FROM \"%s\"", table->name);
    rc = put_conditions(store, &sql, ask);
    if (rc < 0)
        return rc;
    put_order(&sql, table, ask);
    if (ask->limit)
        sql_put(&sql, " LIMIT %u", ask->limit);
    if (sql.is_cut)
        return store_say(store, OC_E_LIMIT, "the question is too long");
    const int code = sqlite3_prepare_v2(store->db, sql.text, -1, &store->question, NULL);
    if (code != SQLITE_OK)
        return store_fail(store, code, "asking");
    store->asked = ask->table;
    rc = bind(store, store->question, ask);
    if (rc < 0)
        store_end_question(store);
    return rc;
}

oc_rc store_row(void *self, struct oc_cell *ret_cells, uint32_t cell_count, uint64_t *ret_change)
{
    struct store *store = self;
    if (!store->question)
        return OC_E_END;
    const struct oc_table *table = &store->schema->tables[store->asked];
    if (cell_count != table->column_count)
        return store_say(store, OC_E_INVALID, "table %s has %u columns", table->name, table->column_count);
    const int code = sqlite3_step(store->question);
    if (code != SQLITE_ROW) {
        const oc_rc rc = code == SQLITE_DONE ? (oc_rc)OC_E_END : store_fail(store, code, "reading rows");
        store_end_question(store);
        return rc;
    }
    for (uint32_t i = 0; i < cell_count; i++) {
        struct oc_cell cell = {.is_set = sqlite3_column_type(store->question, (int)i) != SQLITE_NULL};
        if (table->columns[i].type == OC_COLUMN_INT || table->columns[i].type == OC_COLUMN_TIME)
            cell.number = sqlite3_column_int64(store->question, (int)i);
        else if (cell.is_set)
            cell.text = (const char *)sqlite3_column_text(store->question, (int)i);
        if (cell.is_set && !cell.number && !cell.text && table->columns[i].type == OC_COLUMN_TEXT)
            return store_say(store, OC_E_NOMEM, "out of memory");
        ret_cells[i] = cell;
    }
    *ret_change = (uint64_t)sqlite3_column_int64(store->question, (int)cell_count);
    return OC_OK;
}

oc_rc store_drop(void *self, const struct oc_ask *ask, uint64_t *ret_count)
{
    struct store *store = self;
    struct sql sql = {.size = 0};
    sqlite3_stmt *statement = NULL;
    oc_rc rc = judge(store, ask);
    if (rc < 0)
        return rc;
    if (!store->is_writing)
        return store_say(store, OC_E_STATE, "rows are dropped inside a transaction");
    sql_put(&sql, "DELETE FROM \"%s\"", store->schema->tables[ask->table].name);
    rc = put_conditions(store, &sql, ask);
    if (rc < 0)
        return rc;
    int code = sql.is_cut ? SQLITE_TOOBIG : sqlite3_prepare_v2(store->db, sql.text, -1, &statement, NULL);
    if (code != SQLITE_OK)
        return store_fail(store, code, "dropping rows");
    rc = bind(store, statement, ask);
    if (rc == OC_OK) {
        code = sqlite3_step(statement);
        if (code != SQLITE_DONE)
            rc = store_fail(store, code, "dropping rows");
    }
    if (rc == OC_OK)
        *ret_count = (uint64_t)sqlite3_changes64(store->db);
    sqlite3_finalize(statement);
    return rc;
}
