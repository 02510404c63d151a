/* catalogue.h: which plugins are there: the files of the plugin folders, read (stage 1) and not run.
 *
 * Invariants
 * - Folders are looked at in the order in which they were added, their files by name; of two files with one id the first
 *   counts, and the later one is its shadow. A file that was named itself counts before all folders.
 * - A file with faults is kept with the first of them: who needs it is told, and nobody is surprised by its absence.
 * - Only the folders of the installation hold parts of ours; all other files are foreign.
 * - Nothing here runs a line of a plugin. */
#ifndef LOAD_CATALOGUE_H
#define LOAD_CATALOGUE_H

#include "base/error.h"
#include "load/inspect.h"

enum { CATALOGUE_MAX = 256, CATALOGUE_FOLDERS_MAX = 16, CATALOGUE_PATH_MAX = 1024 };

struct catalogue_folder {
    char path[CATALOGUE_PATH_MAX];
    char origin[64]; /* who named it: "plugins.folders", "OUTCRY_PLUGINS", "the installation" */
    bool is_ours;
};

struct catalogue_entry { /* one plugin of a file; or a file with faults: its id is empty */
    char id[65];
    char kind[65];
    char version[33];
    char path[CATALOGUE_PATH_MAX];
    char why[256]; /* a file with faults: the first one */
    uint64_t hash;
    bool is_ours;
    bool is_used;       /* by a part of this run */
    uint32_t shadow_of; /* index + 1 of the entry that counts instead; 0: this one counts */
};

struct catalogue { /* about 380 kB; all zero is empty; owns nothing */
    struct catalogue_folder folders[CATALOGUE_FOLDERS_MAX];
    uint32_t folder_count;
    struct catalogue_entry list[CATALOGUE_MAX];
    uint32_t count;
};

/* Reads every plugin file of a folder. OC_E_NOT_FOUND: there is no such folder; OC_E_CONFIG: others can write to it (not asked of
 * the installation, where they could replace the host itself); OC_E_LIMIT: too many folders or plugins. [setup] */
CHECKED oc_rc catalogue_add_folder(struct catalogue *catalogue, const char *path, const char *origin, bool is_ours,
                                   struct error *ret_error);
/* Reads one file. OC_E_DATA: it has faults; the error says the first. [setup] */
CHECKED oc_rc catalogue_add_file(struct catalogue *catalogue, const char *path,
                                 const struct catalogue_entry **ret_entry, struct error *ret_error);
/* The entry that counts for this id; NULL: no file has it. kind NULL: any. Borrowed. */
const struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, const char *kind, const char *id);
/* The id most like `id` among those of this kind, or NULL. Borrowed. */
const char *catalogue_nearest(const struct catalogue *catalogue, const char *kind, const char *id);
/* Who reads the catalogue marks what a run uses. */
void catalogue_use(struct catalogue *catalogue, const struct catalogue_entry *entry);

#endif
