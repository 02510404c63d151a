/* inspect_look.h: what the files that read a plugin's tables share: where they are, and texts. */
#ifndef LOAD_INSPECT_LOOK_H
#define LOAD_INSPECT_LOOK_H

#include "load/inspect.h"

struct look { /* where we are, for the words of a fault */
    const struct elf *elf;
    struct load_report *report;
    char where[48]; /* "plugin 1" */
};

/* Adds a fault of the member. `todo` may be "". */
void look_say(struct look *look, const char *member, const char *found, const char *expected, const char *todo);

/* The text that the pointer at `address` names, one printable line, borrowed from the file's bytes;
 * NULL for a NULL pointer. False: a fault was added. */
bool look_text(struct look *look, uint64_t address, const char *member, uint32_t size_max, const char **ret_text);

/* A table's `size` word against the first version, what we know, and what is in the file; bytes that we do not know
 * must be zero. Returns the size to read, 0 after a fault. */
uint32_t look_size(struct look *look, uint64_t address, const char *member, uint32_t size_first, uint32_t size_known);

/* The venue that the connector's table at `table` describes, into *info and the report (inspect_venue.c). */
void inspect_venue(struct look *look, struct load_info *info, uint64_t table);

/* The keys that a descriptor declares, into *info and the report (inspect_keys.c). */
void inspect_keys(struct look *look, struct load_info *info);

#endif
