/* sqlite.c: the store `outcry.sqlite`: history in one SQLite database, history.db, of a folder. */
#include "sqlite.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void sql_put(struct sql *sql, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const int size = vsnprintf(sql->text + sql->size, sizeof sql->text - sql->size, format, args);
    va_end(args);
    if (size < 0 || (size_t)size >= sizeof sql->text - sql->size)
        sql->is_cut = true;
    else
        sql->size += (size_t)size;
}

oc_rc store_say(struct store *store, oc_rc rc, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(store->words, sizeof store->words, format, args);
    va_end(args);
    return rc;
}

oc_rc store_fail(struct store *store, int code, const char *what)
{
    const char *why = store->db ? sqlite3_errmsg(store->db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_FULL:
        return store_say(store, OC_E_FULL, "%s: the disk is full", what);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return store_say(store, OC_E_AGAIN, "%s: another process has been writing for more than %d s", what,
                         STORE_BUSY_MS / 1000);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return store_say(store, OC_E_DATA, "%s: %s", what, why);
    case SQLITE_NOMEM:
        return store_say(store, OC_E_NOMEM, "%s: out of memory", what);
    case SQLITE_TOOBIG:
        return store_say(store, OC_E_LIMIT, "%s: %s", what, why);
    default:
        return store_say(store, OC_E_IO, "%s: %s", what, why);
    }
}

oc_rc store_run(struct store *store, const char *text, const char *what)
{
    const int code = sqlite3_exec(store->db, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? (oc_rc)OC_OK : store_fail(store, code, what);
}

oc_rc store_number(struct store *store, const char *text, int64_t *ret_number)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, text, -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code == SQLITE_ROW)
        *ret_number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    if (code == SQLITE_DONE)
        return OC_E_NOT_FOUND;
    return code == SQLITE_ROW ? (oc_rc)OC_OK : store_fail(store, code, "reading the database");
}

static void stop(void *self)
{
    struct store *store = self;
    if (store->is_writing)
        store_undo(store);
    store_end_question(store);
    for (uint32_t i = 0; i < OC_STORE_TABLES_MAX; i++) {
        sqlite3_finalize(store->puts[i]);
        store->puts[i] = NULL;
    }
    sqlite3_close(store->db);
    store->db = NULL;
    store->schema = NULL;
}

/* Any sentence of it but "ok" is damage. */
static oc_rc check(struct store *store)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(store->db, "PRAGMA quick_check(1)", -1, &statement, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    oc_rc rc = code == SQLITE_ROW ? (oc_rc)OC_OK : store_fail(store, code, "quick_check");
    const char *said = rc == OC_OK ? (const char *)sqlite3_column_text(statement, 0) : NULL;
    if (rc == OC_OK && (!said || strcmp(said, "ok") != 0))
        rc = store_say(store, OC_E_DATA, "quick_check: %s", said ? said : "no answer");
    sqlite3_finalize(statement);
    return rc;
}

static oc_rc set_up(struct store *store)
{
    int on;
    sqlite3_extended_result_codes(store->db, 1);
    sqlite3_busy_timeout(store->db, STORE_BUSY_MS);
    sqlite3_limit(store->db, SQLITE_LIMIT_ATTACHED, 0);
    sqlite3_limit(store->db, SQLITE_LIMIT_LENGTH, 1 << 20);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_DEFENSIVE, 1, &on);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, &on);
    sqlite3_db_config(store->db, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, &on);
    oc_rc rc = store_run(store, "PRAGMA cell_size_check = ON", "opening");
    if (rc == OC_OK)
        rc = check(store);
    /* What a loss of power takes away is read from the journal again, so a commit does not wait for the disk. */
    return rc == OC_OK ? store_run(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL", "opening") : rc;
}

static oc_rc start(void *self, const char *folder, const struct oc_schema *schema, uint32_t flags)
{
    struct store *store = self;
    char path[STORE_PATH_MAX];
    const bool makes = (flags & OC_STORE_MAKE) != 0;
    store->words[0] = 0;
    if (store->db)
        return store_say(store, OC_E_STATE, "it is open already");
    if (snprintf(path, sizeof path, "%s/" STORE_FILE, folder) >= (int)sizeof path)
        return store_say(store, OC_E_LIMIT, "the path is too long");
    oc_rc rc = schema_judge(store, schema);
    if (rc < 0)
        return rc;
    const int code = sqlite3_open_v2(path, &store->db, SQLITE_OPEN_READWRITE | (makes ? SQLITE_OPEN_CREATE : 0), NULL);
    if (code == SQLITE_CANTOPEN && !makes)
        rc = store_say(store, OC_E_NOT_FOUND, "there is none yet");
    else if (code != SQLITE_OK)
        rc = store_fail(store, code, "opening");
    store->schema = schema;
    if (rc == OC_OK)
        rc = set_up(store);
    if (rc == OC_OK)
        rc = schema_bring(store);
    if (rc < 0)
        stop(store);
    return rc;
}

static oc_rc set_aside(void *self, const char *folder, char *ret_name, uint32_t size_max)
{
    static const char *const parts[] = {"", "-wal", "-shm"};
    struct store *store = self;
    char from[STORE_PATH_MAX], to[STORE_PATH_MAX], name[64] = "";
    if (store->db)
        return store_say(store, OC_E_STATE, "it is open");
    for (int i = 1; i <= STORE_ASIDE_MAX; i++) {
        snprintf(name, sizeof name, STORE_FILE ".aside-%d", i);
        if (snprintf(to, sizeof to, "%s/%s", folder, name) >= (int)sizeof to)
            return store_say(store, OC_E_LIMIT, "the path is too long");
        if (access(to, F_OK) != 0) /* under the first name that is free; the last one is written over */
            break;
    }
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (snprintf(from, sizeof from, "%s/" STORE_FILE "%s", folder, parts[i]) >= (int)sizeof from ||
            snprintf(to, sizeof to, "%s/%s%s", folder, name, parts[i]) >= (int)sizeof to)
            return store_say(store, OC_E_LIMIT, "the path is too long");
        if (rename(from, to) != 0 && i == 0)
            return store_say(store, OC_E_IO, "%s could not be renamed", from);
    }
    snprintf(ret_name, size_max, "%s", name);
    return OC_OK;
}

static oc_rc error(void *self, char *text, uint32_t size_max)
{
    const struct store *store = self;
    snprintf(text, size_max, "%s", store->words);
    return OC_OK;
}

static const struct oc_store table = {
    .size = sizeof table,
    .start = start,
    .set_aside = set_aside,
    .reached = store_reached,
    .begin = store_begin,
    .put = store_put,
    .drop = store_drop,
    .commit = store_commit,
    .undo = store_undo,
    .ask = store_ask,
    .row = store_row,
    .error = error,
    .stop = stop,
};
static const struct oc_iface ifaces[] = {{OC_STORE, &table}, {0}};

static oc_rc open_store(const struct oc_host *host, void **ret_self)
{
    struct store *store = calloc(1, sizeof *store);
    if (!store)
        return OC_E_NOMEM;
    store->host = host;
    *ret_self = store;
    return OC_OK;
}

static void close_store(void *self)
{
    stop(self);
    free(self);
}

static const struct oc_key keys[] = {{0}};
static const struct oc_plugin plugin = {
    .size = sizeof plugin,
    .abi_major = OC_ABI_MAJOR,
    .abi_minor = OC_ABI_MINOR,
    .kind = OC_STORE,
    .id = "outcry.sqlite",
    .version = "0.1.0",
    .license = "MIT",
    .about = "history in an SQLite database, history.db",
    .open = open_store,
    .close = close_store,
    .ifaces = ifaces,
    .keys = keys,
};

OC_PLUGINS(&plugin);
