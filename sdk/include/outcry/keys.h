/* keys.h: the configuration keys that a plugin declares: name, type, range, default, unit, one line.
 *
 * The descriptor names one static table (struct oc_plugin, `keys`). The host reads it as data before
 * a line of the plugin runs: it judges configurations by it, prints it (`outcry plugin info`) and
 * gives its defaults through the configuration service. So a plugin holds no second copy of a
 * default.
 *
 * Invariants
 * - Rows, texts and lists are static constant data. A table ends with a row of zeros ({0}, in C++
 *   {}); {0} alone says that there are no keys. A descriptor without a table (keys NULL, or a `size`
 *   that does not reach it) declares nothing: it may read any key, and nobody can check them.
 * - A plugin with a table reads what it declares, as the type it declares. Anything else is a defect
 *   of the plugin: OC_E_INVALID, logged once for each key.
 * - Values stand as in a configuration: "0.05" or "5%", "20", "250ms", "yes".
 * - What a getter returns lies within the declared range, set or not: another value is OC_E_CONFIG
 *   before the plugin sees it.
 * - A table that breaks one of these rules or limits is refused when the file is read, each fault
 *   with what was found and expected.
 * - Rows stand in arrays, so struct oc_key never grows. */
#ifndef OUTCRY_KEYS_H
#define OUTCRY_KEYS_H

#include <outcry/abi.h>

/* Limits; those of texts count the final NUL. A later host may raise them, so they are in brackets:
 * the layout gate records bare numbers. */
#define OC_KEYS_MAX        (64)  /* rows of a table */
#define OC_KEY_MEMBERS_MAX (16)  /* members of a group */
#define OC_KEYS_FILE_MAX   (256) /* keys and members in one file */
#define OC_KEY_CHOICES_MAX (16)
#define OC_KEY_NAME_MAX    (33)
#define OC_KEY_BOUND_MAX   (64)  /* min, max */
#define OC_KEY_VALUE_MAX   (128) /* fallback */
#define OC_KEY_UNIT_MAX    (33)
#define OC_KEY_ABOUT_MAX   (161)
#define OC_KEY_GROUPS_MAX  (256) /* groups in a list, as configured */

/* Types, and the getter of services.h that reads each. */
enum {
    OC_KEY_NONE = 0,
    OC_KEY_DECIMAL = 1,  /* dec(); exact, a quoted text in a configuration */
    OC_KEY_INTEGER = 2,  /* integer() */
    OC_KEY_DURATION = 3, /* duration(), in ns */
    OC_KEY_BOOLEAN = 4,  /* boolean(): yes, no */
    OC_KEY_TEXT = 5,     /* text() */
    OC_KEY_CHOICE = 6,   /* text(); one of `choices` */
    OC_KEY_GROUPS = 7    /* count(), then the members as "limits.0.instrument" */
};

/* Bits. */
#define OC_KEY_REQUIRED  1 /* it must be set: not set is OC_E_CONFIG. It has no fallback. */
#define OC_KEY_ABOVE_MIN 2 /* `min` itself is not allowed */
#define OC_KEY_BELOW_MAX 4 /* `max` itself is not allowed */

struct oc_key {
    /* [a-z][a-z0-9_]{0,31} without "__", once in a table; NULL ends the table. The host's own words in
     * an instance's section are not to be had: accounts, balance, bar_grace, bars, book, book_levels, ca_file, cancel_all,
     * cash, close, connector, deadman, empty_bars, endpoint, environment, fetch_fills, for, instruments, keep_books, keys,
     * link, plugin, protect, proxy, starts, transcript. */
    const char *name;
    uint32_t type; /* OC_KEY_DECIMAL ... */
    uint32_t bits; /* OC_KEY_REQUIRED ... */
    /* Decimals, integers and durations: the least and the largest value, both allowed unless `bits`
     * says otherwise. NULL: open. */
    const char *min;
    const char *max;
    /* The default: what holds, and what the getter returns, while the key is not set. NULL: there is
     * none; the getter returns OC_E_NOT_FOUND, and `about` says what that means ("unset: no limit"). */
    const char *fallback;
    const char *unit;             /* "base units", "share of the price"; NULL or "": none */
    const char *const *choices;   /* OC_KEY_CHOICE: ended by NULL */
    const struct oc_key *members; /* OC_KEY_GROUPS: the keys of each group, ended by {0}; no groups */
    const char *about;            /* one line, for people; never empty */
    uint64_t zero;
};

#endif
