/* settings.h: every setting of a run as text, with where it came from.
 *
 * Invariants
 * - A key is "section.key" or "section.name.key" ("sim.paper.taker_fee"). What is set later replaces what was set before:
 *   files in their order, then the environment, then the command line.
 * - Values are text; the reader's type decides. A wrong value is explained once: origin, key, found, expected.
 * - At most SETTINGS_MAX entries of SETTING_VALUE_MAX bytes. */
#ifndef CONFIG_SETTINGS_H
#define CONFIG_SETTINGS_H

#include <outcry/dec.h>
#include <stdbool.h>

#include "base/error.h"

enum { SETTINGS_MAX = 2048, SETTING_KEY_MAX = 96, SETTING_VALUE_MAX = 1024, SETTING_ORIGIN_MAX = 256 };

struct setting {
    char key[SETTING_KEY_MAX];
    char *value;                     /* owned */
    char origin[SETTING_ORIGIN_MAX]; /* "outcry.conf:12", "environment", "--fee" */
};

struct settings {
    struct setting *list;
    uint32_t count;
    uint32_t room;
    struct error error; /* the last complaint */
    struct error_list
        *faults; /* borrowed; set: a check puts every fault there and goes on. NULL: the first one ends it */
};

void settings_release(struct settings *settings);
/* OC_E_LIMIT, OC_E_NOMEM: settings->error says it. */
CHECKED oc_rc settings_set(struct settings *settings, const char *key, const char *value, const char *origin);
/* Takes out what has this key; nothing where it is not set. */
void settings_drop(struct settings *settings, const char *key);
/* NULL: not set. */
const struct setting *settings_get(const struct settings *settings, const char *key);

/* OC_E_NOT_FOUND: not set, nothing said. OC_E_CONFIG: wrong, settings->error says so. */
CHECKED oc_rc settings_dec(struct settings *settings, const char *key, struct oc_dec *ret_value);
CHECKED oc_rc settings_integer(struct settings *settings, const char *key, int64_t *ret_value);
CHECKED oc_rc settings_duration(struct settings *settings, const char *key, int64_t *ret_ns);
CHECKED oc_rc settings_time(struct settings *settings, const char *key, int64_t *ret_ns);
CHECKED oc_rc settings_boolean(struct settings *settings, const char *key, bool *ret_value);
/* What an entry is worth: "100 USDT", or "10%" of equity. */
struct stake {
    struct oc_dec number; /* above 0; of a share 1 is all of it, and the most */
    char currency[16];    /* "": a share */
};
CHECKED oc_rc settings_stake(struct settings *settings, const char *key, struct stake *ret_stake);
/* Explains a wrong value. OC_E_CONFIG. */
CHECKED oc_rc settings_wrong(struct settings *settings, const struct setting *setting, const char *expected);
/* Borrowed; `fallback` where it is not set. */
const char *settings_text(const struct settings *settings, const char *key, const char *fallback);

#endif
