/* history_show.h: rows of the history for a person (a table), a spreadsheet (CSV) and a program (JSON).
 *
 * Invariants
 * - CSV and JSON have every column with every digit; a table has those that a person looks at, rounded, times in UTC.
 * - A row is copied before the next question is asked. */
#ifndef CLI_HISTORY_SHOW_H
#define CLI_HISTORY_SHOW_H

#include <stdio.h>

#include "base/text.h"
#include "history/ask.h"

enum show_form { SHOW_TABLE, SHOW_CSV, SHOW_JSON };

enum { SHOW_ROWS_MAX = 100000, SHOW_NAME_MAX = 32, SHOW_COLUMNS_MAX = 16 };

struct show {
    struct history_store *store; /* borrowed */
    FILE *out;
    uint32_t table;
    enum show_form form;
    bool is_coloured;
    bool follows;                 /* news will be asked for */
    bool is_line;                 /* JSON: an object a line, without a list around it */
    uint64_t rows;                /* put so far */
    uint64_t change;              /* the largest that was seen */
    int widths[SHOW_COLUMNS_MAX]; /* of a table; once it has begun */
    bool has_some[SHOW_COLUMNS_MAX];
    struct show_names *names; /* of sessions; owned */
    struct text room;         /* of a row; owned */
};

/* OC_E_NOMEM. Owned: show_release. */
CHECKED oc_rc show_init(struct show *show, struct history_store *store, uint32_t table, enum show_form form, FILE *out);
void show_release(struct show *show);
/* All rows of a question, at most `limit` of the last ones (0: all), the oldest first. Negative: *ret_error. */
CHECKED oc_rc show_rows(struct show *show, struct history_ask *ask, uint32_t limit, struct error *ret_error);
/* Those that changed behind show->change. */
CHECKED oc_rc show_news(struct show *show, struct history_ask *ask, struct error *ret_error);
/* What closes the list of JSON; what stands under a table. */
void show_end(struct show *show, uint32_t limit);

#endif
