/* tidy.h: the database as a whole: made anew from the journals, and what is let go of it.
 *
 * Invariants: journals are never touched. [setup] throughout. */
#ifndef HISTORY_TIDY_H
#define HISTORY_TIDY_H

#include "history/catch_up.h"

/* Sessions under this folder, itself included, to FOLDERS_DEEP_MAX folders down, join the list. *ret_count: how many were found. */
CHECKED oc_rc history_find(const char *folder, const char *under, uint32_t *ret_count, struct error *ret_error);
/* The database is put aside, as a damaged one is: `ret_name` of `size_max` bytes. The store is not open behind it. "": there was none. */
CHECKED oc_rc history_set_aside(struct history_store *store, char *ret_name, size_t size_max, struct error *ret_error);
/* history.keep: sessions that were begun before then, and do not run, lose their rows, and their line in the list. *ret_count: how many. */
CHECKED oc_rc history_let_go(struct history_store *store, int64_t before_ns, uint32_t *ret_count,
                             struct error *ret_error);

#endif
