/* sqlite.h: what the files of this store share.
 *
 * Invariants
 * - Names in SQL are those of the host's schema, each checked when it is opened; all else is bound as a value.
 * - One connection, one question under way, one transaction at a time. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include <outcry/draft/store.h>
#include <sqlite3.h>
#include <stdbool.h>

enum { STORE_PATH_MAX = 4096, STORE_SQL_MAX = 16384, STORE_BUSY_MS = 5000, STORE_ASIDE_MAX = 99 };

#define STORE_FILE           "history.db"
#define STORE_APPLICATION_ID 0x4f544843 /* "OTHC" */

struct store {
    const struct oc_host *host;
    const struct oc_schema *schema; /* static; NULL: not open */
    sqlite3 *db;
    sqlite3_stmt *puts[OC_STORE_TABLES_MAX]; /* made when first needed */
    sqlite3_stmt *question;                  /* NULL: none is under way */
    uint32_t asked;                          /* its table */
    uint32_t is_writing;                     /* between begin and commit */
    uint64_t change;                         /* the last number given */
    char words[OC_STORE_WORDS_MAX];
};

struct sql { /* a statement that is being written */
    char text[STORE_SQL_MAX];
    size_t size;
    bool is_cut;
};

void sql_put(struct sql *sql, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says what went wrong, and what code that is. */
oc_rc store_say(struct store *store, oc_rc rc, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The same of the connection's last error; `what` says what was being done. */
oc_rc store_fail(struct store *store, int code, const char *what);
/* One statement without parameters and rows. */
oc_rc store_run(struct store *store, const char *text, const char *what);
/* The first number that a statement gives. */
oc_rc store_number(struct store *store, const char *text, int64_t *ret_number);

/* schema.c: tables and columns as the host describes them. OC_E_TOO_NEW, OC_E_DATA, OC_E_STATE: it is somebody else's database. */
oc_rc schema_judge(struct store *store, const struct oc_schema *schema);
oc_rc schema_bring(struct store *store);

/* write.c */
oc_rc store_reached(void *self, const char *session, struct oc_reached *ret_reached);
oc_rc store_begin(void *self);
oc_rc store_put(void *self, uint32_t table, const struct oc_cell *cells, uint32_t cell_count);
oc_rc store_commit(void *self, const char *session, const struct oc_reached *reached);
void store_undo(void *self);

/* ask.c */
oc_rc store_drop(void *self, const struct oc_ask *ask, uint64_t *ret_count);
oc_rc store_ask(void *self, const struct oc_ask *ask);
oc_rc store_row(void *self, struct oc_cell *ret_cells, uint32_t cell_count, uint64_t *ret_change);
void store_end_question(struct store *store);

int store_bind(sqlite3_stmt *statement, int at, uint32_t type, const struct oc_cell *cell);

#endif
