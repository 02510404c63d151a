/* draft/store.h: a place where the history of all sessions is kept. Draft: outcry.store/0.1, matched exactly. [remote] throughout.
 *
 * The host folds the orders stream of each session's journal into rows of a few tables and hands these to the store, behind
 * the journal and never in the way of an order. The tables are described by the host (struct oc_schema), so a store knows
 * columns, types and keys, and nothing of trading.
 *
 * Invariants
 * - Rows come at least once. A row whose key is there replaces it; one that says nothing new changes nothing.
 * - Rows, and how far the journal was read for them, become durable together: commit(). After any crash the store says
 *   (reached()) what it has, and the host goes on there.
 * - Texts are data: whatever bytes they hold, they name nothing and run nothing.
 * - Decimals are text, exact, as they come; no store makes a double of them.
 * - Flat arguments; pointers are borrowed until the call returns, those of a row that was given until the next call. */
#ifndef OUTCRY_DRAFT_STORE_H
#define OUTCRY_DRAFT_STORE_H

#include <outcry/plugin.h>

enum { /* limits; in brackets: the layout gate records bare numbers */
       OC_STORE_TABLES_MAX = (16),
       OC_STORE_COLUMNS_MAX = (48),
       OC_STORE_WHERE_MAX = (16),
       OC_STORE_TEXT_MAX = (4096), /* of a cell, in bytes */
       OC_STORE_WORDS_MAX = (512), /* of error() */
       OC_STORE_SESSION_SIZE = (32)
};

enum { /* oc_column.type */
       OC_COLUMN_NONE = 0,
       OC_COLUMN_TEXT = 1,
       OC_COLUMN_INT = 2,    /* int64 */
       OC_COLUMN_TIME = 3,   /* int64, nanoseconds UTC */
       OC_COLUMN_DECIMAL = 4 /* exact decimal as text, "-0.00012" */
};

struct oc_column {
    const char *name; /* [a-z][a-z0-9_]{0,31} */
    uint32_t type;    /* OC_COLUMN_... */
    uint32_t is_key;  /* all key columns together name a row */
};

struct oc_table {
    const char *name; /* as a column's */
    const struct oc_column *columns;
    uint32_t column_count;
    uint32_t zero;
};

/* Static. A later version only adds tables, and columns behind the last one that are no keys. */
struct oc_schema {
    uint32_t size;
    uint32_t version; /* from 1 */
    const struct oc_table *tables;
    uint32_t table_count;
    uint32_t zero;
};

struct oc_cell {
    const char *text; /* TEXT, DECIMAL: terminated */
    int64_t number;   /* INT, TIME */
    uint32_t is_set;  /* 0: it is not known */
    uint32_t zero;
};

/* How far a session's journal has been read. */
struct oc_reached {
    uint32_t size;
    uint32_t is_whole; /* the session had ended, and all of it is here */
    uint64_t seq;      /* the last record of the orders stream */
    uint64_t hash;     /* the host's own: of the records up to there */
    uint64_t stamp;    /* the host's own: what its files looked like */
};

enum { /* oc_where.how */
       OC_WHERE_NONE = 0,
       OC_WHERE_IS = 1,        /* equal; of texts without regard to ASCII case */
       OC_WHERE_FROM = 2,      /* INT, TIME: at least */
       OC_WHERE_BELOW = 3,     /* INT, TIME: less than */
       OC_WHERE_HOLDS = 4,     /* TEXT: holds this text somewhere, without regard to ASCII case */
       OC_WHERE_STARTS = 5,    /* TEXT: begins with it */
       OC_WHERE_ANY_HOLDS = 6, /* some TEXT column of the row does; `column` does not count */
       OC_WHERE_IS_NOT = 7
};

struct oc_where {
    uint32_t column; /* its place in the table */
    uint32_t how;
    struct oc_cell value;
};

/* A question to one table: rows for which all of `where` holds. */
struct oc_ask {
    uint32_t size;
    uint32_t table; /* its place in the schema */
    const struct oc_where *where;
    uint32_t where_count;
    uint32_t order_by;      /* column; then by key */
    uint32_t is_descending; /* the last ones first */
    uint32_t limit;         /* rows at most; 0: all */
    uint64_t behind; /* only rows that changed behind this change; then ordered by change. 0: all, as order_by says */
};

enum { OC_STORE_MAKE = 1u << 0 /* start(): begins a new one where there is none; else OC_E_NOT_FOUND */ };

struct oc_store {
    uint32_t size;
    uint32_t flags;
    /* Opens what is kept in this folder, checks it, and brings an older version of the schema up to this one, in one piece.
     * OC_E_DATA: damaged; OC_E_TOO_NEW: of a newer schema; OC_E_NOT_FOUND; OC_E_FULL: the disk is; OC_E_AGAIN: others use it. Nothing
     * is open then. error() says more. */
    oc_rc (*start)(void *self, const char *folder, const struct oc_schema *schema, uint32_t flags);
    /* Puts what is kept there aside under another name, whatever state it is in: `ret_name`, of `size_max` bytes, is what it is called
     * now. Nothing is open. */
    oc_rc (*set_aside)(void *self, const char *folder, char *ret_name, uint32_t size_max);
    /* OC_E_NOT_FOUND: nothing is known of this session (OC_STORE_SESSION_SIZE characters). */
    oc_rc (*reached)(void *self, const char *session, struct oc_reached *ret_reached);
    /* Between begin and commit: rows, with as many cells as their table has columns. OC_E_AGAIN: another process writes. */
    oc_rc (*begin)(void *self);
    oc_rc (*put)(void *self, uint32_t table, const struct oc_cell *cells, uint32_t cell_count);
    /* Drops the rows for which all of this holds; *ret_count: how many there were. */
    oc_rc (*drop)(void *self, const struct oc_ask *ask, uint64_t *ret_count);
    /* Durable when it has returned OC_OK. Else as if nothing had been put since begin. `reached` NULL: of no session. */
    oc_rc (*commit)(void *self, const char *session, const struct oc_reached *reached);
    void (*undo)(void *self);
    /* A question at a time; a later one ends the one before. row() OC_E_END: there are no more. *ret_change: the number of the change
     * that made the row what it is; it grows from change to change. */
    oc_rc (*ask)(void *self, const struct oc_ask *ask);
    oc_rc (*row)(void *self, struct oc_cell *ret_cells, uint32_t cell_count, uint64_t *ret_change);
    /* What the last call that failed ran into, in words. */
    oc_rc (*error)(void *self, char *text, uint32_t size_max);
    void (*stop)(void *self);
};

#endif
