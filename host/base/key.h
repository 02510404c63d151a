/* key.h: the keys that a plugin declares (outcry/keys.h), looked up and held against a value.
 *
 * Invariants
 * - A table that is given here was judged when its file was read, or is judged row by row with these
 *   functions: a row's own texts are never trusted to fit the row.
 * - One reading of a text for all: configuration, defaults and bounds. A share may be written "5%".
 * - Outputs are untouched on failure. All [any]. */
#ifndef BASE_KEY_H
#define BASE_KEY_H

#include <outcry/plugin.h>
#include <stdbool.h>

#include "base/checked.h"

enum { KEY_WORDS_MAX = 512 }; /* bytes of a sentence about a key */

struct key_value {
    struct oc_dec dec; /* decimals */
    int64_t number;    /* integers, durations in ns, booleans as 0 and 1 */
};

/* The table of a loaded plugin, static; NULL: it declares none. */
const struct oc_key *key_table(const struct oc_plugin *plugin);
/* The row of a name; "limits.0.instrument" is the member of the list "limits". NULL: not declared. */
const struct oc_key *key_declared(const struct oc_key *table, const char *name);
/* [a-z][a-z0-9_]{0,31} without "__". */
bool key_is_name(const char *name);
/* One of the words of an instance's section that are the host's own. */
bool key_is_reserved(const char *name);
/* "decimal"; NULL: no such type. */
const char *key_type_name(uint32_t type);
/* True: values of the type have an order, so a row may have bounds. */
bool key_has_range(uint32_t type);

/* A text as a value of the type; bounds are not looked at. OC_E_INVALID: not of the type. */
CHECKED oc_rc key_read(uint32_t type, const char *text, struct key_value *ret_value);
/* -1, 0 or 1 as a is below, equal to or above b. */
int key_compare(uint32_t type, const struct key_value *a, const struct key_value *b);
/* A text against a row. OC_E_INVALID: not of its type. OC_E_RANGE: outside its bounds, or none of its
 * choices. A choice or text leaves *ret_value zeroed. */
CHECKED oc_rc key_judge(const struct oc_key *key, const char *text, struct key_value *ret_value);

/* What a value must be: "a decimal from 0 to 0.1 (share of the value)". Cut to size_max. */
void key_expected(const struct oc_key *key, char *words, uint32_t size_max);
/* The same in short: "0..0.1", ">0..", "neutral|ideal"; "" where everything goes. */
void key_range(const struct oc_key *key, char *words, uint32_t size_max);

#endif
