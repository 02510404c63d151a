/* config_file.h: the configuration file (libconfig) and the environment, as settings.
 *
 * Invariants
 * - A key is set once a file; later files win over earlier ones, the environment over files, the command line over all.
 * - Include paths are relative to the folder of the main file.
 * - Decimals are quoted strings; a bare float where one is expected is an error, and so is an integer beyond 32 bits
 *   without L (libconfig 1.5 would read another number).
 * - An unknown key is an error with file, line and the nearest name; keys of parts (risk.NAME.KEY, sim., data., venue.) are taken
 *   as they are.
 * - A list of texts is one text with commas; a list of groups NAME.0.KEY, NAME.1.KEY ... */
#ifndef CONFIG_CONFIG_FILE_H
#define CONFIG_CONFIG_FILE_H

#include "base/checked.h"
#include "config/settings.h"

enum { CONFIG_FILE_MAX = 1 << 20 };

/* One documented key. The table makes the checks, `etc/outcry.conf` and the reference. */
struct config_key {
    const char *key;   /* "sim.paper.latency" */
    const char *type;  /* text, list, decimal, integer, duration, time, boolean; a list is the text "a,b" */
    const char *unset; /* what holds when it is not set, for the reference */
    const char *about;
};

/* The table, ended by a NULL key. Static. */
const struct config_key *config_keys(void);
/* OC_E_CONFIG: unknown; the error, about the place `where`, names the nearest key. */
CHECKED oc_rc config_check_key(const char *key, const char *where, struct error *ret_error);
/* Adds what the file says. OC_E_CONFIG, OC_E_LIMIT, OC_E_IO with *ret_error. */
CHECKED oc_rc config_load_file(struct settings *settings, const char *path, struct error *ret_error);
/* OUTCRY__SECTION__KEY=value (two underscores stand for a dot, any case). The same. */
CHECKED oc_rc config_load_environment(struct settings *settings, struct error *ret_error);

#endif
