/* load.h: stage 2 of loading, and the registry of what is loaded.
 *
 * Invariants
 * - Only what stage 1 (inspect.h) found without fault is loaded, and exactly those bytes: the file
 *   is copied into sealed memory first.
 * - Nothing is ever unmapped, and the descriptor of each copy stays open: glibc remembers the name.
 * - An id is registered once. A reload adds a newer generation; older ones stay valid.
 * - Not thread-safe: the registry is changed during [setup] only. */
#ifndef LOAD_LOAD_H
#define LOAD_LOAD_H

#include "base/checked.h"
#include "load/inspect.h"

#define REGISTRY_MAX 256 /* plugins, all generations */

struct load_options {
    bool reload; /* an id that is already loaded becomes a new generation */
};

struct registry_entry {
    const struct oc_plugin *plugin; /* static; its keys: key_table() of base/key.h */
    uint64_t hash;                  /* XXH3 of its file */
    uint32_t generation;            /* 1, then one more at each reload */
    char path[1024];
};

struct registry {
    uint32_t count;
    struct registry_entry entries[REGISTRY_MAX];
};

/* An all-zero registry is empty; it owns no memory that could be released. About 280 kB. */
void registry_init(struct registry *registry);

/* Inspects and loads a file and registers its plugins, all of them or none. No code of the file
 * runs. Faults (a duplicate id too) are in *ret_report; OC_E_DATA, OC_E_EXISTS for a duplicate,
 * OC_E_LIMIT for a full registry, or as load_inspect. `options` may be NULL. [setup] */
CHECKED oc_rc load_plugin(struct registry *registry, const char *path, const struct load_options *options,
                          struct load_report *ret_report);

/* The newest generation of a plugin, borrowed until the registry's life ends; NULL if there is
 * none. kind: OC_RISK ...; NULL for any. [any] */
const struct registry_entry *registry_find(const struct registry *registry, const char *kind, const char *id);

/* A plugin's table of the interface, static; NULL if it has none. [any] */
const void *registry_interface(const struct oc_plugin *plugin, const char *id);

#endif
