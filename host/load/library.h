/* library.h: where an undefined symbol would be found: in the process, or in the needed libraries.
 *
 * Invariants
 * - A library that is not loaded yet is read as a file; nothing is loaded to answer a question.
 * - A library file is opened only after the process itself did not have the symbol. */
#ifndef LOAD_LIBRARY_H
#define LOAD_LIBRARY_H

#include "load/elf.h"
#include "load/file.h"

#define LIBRARY_MAX                                                                                                    \
    16 /* library files read for one plugin, needed ones of needed ones included                   \
        */

struct library {
    struct load_file file;
    struct elf elf;
};

struct library_set {
    const struct elf *plugin; /* borrowed */
    bool is_open;             /* the files were looked for */
    uint32_t count;
    struct library libraries[LIBRARY_MAX];
};

/* `plugin` is borrowed until release. [setup] */
void library_set_init(struct library_set *set, const struct elf *plugin);
void library_set_release(struct library_set *set);

/* True if a library of that name is loaded, or is a readable file in the run path or a standard
 * folder. [setup] */
bool library_is_present(const struct library_set *set, const char *name);

/* True if loading the plugin would find the symbol. [setup] */
bool library_has_symbol(struct library_set *set, const char *name);

#endif
