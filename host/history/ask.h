/* ask.h: a question to the history, of the words of a person: filters, each judged before anything is asked.
 *
 * Invariants
 * - A filter that a table does not have is refused, with those that it has; a value that nothing has, with the nearest that something has.
 * - Texts of filters are compared as values, whatever they hold. */
#ifndef HISTORY_ASK_H
#define HISTORY_ASK_H

#include "history/store.h"

enum history_filter {
    FILTER_SESSION,
    FILTER_STRATEGY,
    FILTER_SYMBOL,
    FILTER_VENUE,
    FILTER_ACCOUNT,
    FILTER_SIDE,
    FILTER_STATUS,
    FILTER_SINCE,
    FILTER_UNTIL,
    FILTER_SEARCH,
    FILTERS
};

enum { ASK_TEXT_MAX = 256 };

struct history_ask {
    struct oc_ask ask; /* points into this one: it is not moved */
    struct oc_where where[OC_STORE_WHERE_MAX];
    char texts[OC_STORE_WHERE_MAX][ASK_TEXT_MAX];
};

/* Static: "session". */
const char *history_filter_name(enum history_filter filter);
/* Whether rows of this table can be chosen by it. */
bool history_has_filter(uint32_t table, enum history_filter filter);
/* `values`: FILTERS of them, NULL where it is not said. Rows come as their table is ordered, the last ones first. OC_E_INVALID and others with
 * *ret_error. */
CHECKED oc_rc history_ask_make(struct history_store *store, uint32_t table, const char *const *values, int64_t now_ns,
                               struct history_ask *ret_ask, struct error *ret_error);

#endif
