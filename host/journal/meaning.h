/* meaning.h: a hash of what the orders stream says to a trader, and of nothing else.
 *
 * Two runs that ask the same and are answered the same have the same hash, whatever their records look like: no
 * sequence number, size, padding, host id, cause or local time is in it. What is, in which order, is in
 * docs/journal-format.md.
 *
 * Invariants
 * - An order counts by its ordinal: 1 for the first that is named, and so on. Its id is of one process only. No order counts as 0.
 * - The ids of the last MEANING_ORDERS_MAX ordinals are kept. An older order that is named again is a new one: so the memory
 *   is bounded, and the rule depends on nothing but the records.
 * - Saved and loaded between two records it goes on as if nothing had happened. */
#ifndef JOURNAL_MEANING_H
#define JOURNAL_MEANING_H

#include <outcry/event.h>

#include <stddef.h>

#include "base/checked.h"

enum {
    MEANING_ORDERS_MAX = 65536, /* a power of two */
    MEANING_TEXT_MAX = 17,
    MEANING_SAVED_MAX = 16 + 8 * MEANING_ORDERS_MAX
};

struct meaning_orders; /* opaque */

struct meaning {
    uint64_t hash;
    uint64_t count;                /* of ordinals given */
    uint64_t last_id;              /* of the record before, most often that of this one too */
    uint64_t last;                 /* its ordinal */
    struct meaning_orders *orders; /* owned */
};

/* [setup] OC_E_NOMEM. Owned: meaning_release, which takes one that is all zero too. */
CHECKED oc_rc meaning_init(struct meaning *meaning);
void meaning_release(struct meaning *meaning);

/* [any] One record of the orders stream, in its order. Those that say nothing to a trader change nothing. */
void meaning_fold(struct meaning *meaning, const struct oc_event *event);
/* 16 hexadecimal digits and a final zero. */
void meaning_text(const struct meaning *meaning, char ret_text[MEANING_TEXT_MAX]);

/* [any] Bytes written, at most MEANING_SAVED_MAX. OC_E_FULL. */
int64_t meaning_save(const struct meaning *meaning, void *bytes, size_t size_max);
/* [setup] OC_E_DATA: not what meaning_save wrote; then it is only good for another load, or to be released. */
CHECKED oc_rc meaning_load(struct meaning *meaning, const void *bytes, size_t size);

#endif
