/* verb.h: the `outcry plugin` verbs: list, info, check, new.
 *
 * Invariants
 * - Words go to `out` (the answer) and `err` (what is wrong); nothing here prints by itself.
 * - list and info read files as data and load nothing; check loads, and so proves both stages.
 * - Exit codes: 0 good, 1 a plugin is refused or a file cannot be made, 2 wrong use. */
#ifndef LOAD_VERB_H
#define LOAD_VERB_H

#include "base/checked.h"
#include "base/embedded.h"
#include "load/load.h"

#include "base/text.h"

struct plugin_verb_env {
    const char *const *folders; /* where plugins are looked for, NULL-terminated; borrowed */
    /* [setup] Finished text, borrowed; may hold several lines. */
    void (*out)(void *context, const char *text);
    void (*err)(void *context, const char *text);
    void *context;
};

/* argv[0] is the first word after `plugin`: "list", "info", "check" or "new". Returns the exit
 * code. [setup] */
int plugin_verb(int argc, const char *const *argv, const struct plugin_verb_env *env);

/* Texts, appended; one line each is at most 600 bytes. [any] */
void load_print_faults(struct text *text, const struct load_report *report);
void load_print_info(struct text *text, const struct load_report *report);
void load_print_row(struct text *text, const struct load_report *report); /* a line a plugin */

/* Writes a folder `name` under `parent` ("" = here) with a plugin of the kind ("risk",
 * "risk-state", "connector", "sim", "data") that builds and passes its test. OC_E_NOT_SUPPORTED: no skeleton of this kind.
 * OC_E_INVALID: the name is not [a-z][a-z0-9_]{1,31}. OC_E_EXISTS: there is something of that name.
 * OC_E_IO. [setup] */
CHECKED oc_rc skeleton_write(const char *parent, const char *kind, const char *name);
/* The files of another skeleton, into a folder that is there ("": here), `word` in names and texts being `name`. As above; what was
 * written before a failure stays. */
CHECKED oc_rc skeleton_write_files(const char *folder, const struct embedded *files, const char *word,
                                   const char *name);

#endif
