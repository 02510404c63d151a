/* elf_link.h: what the dynamic linker follows when it loads a file that elf.c has read.
 *
 * Invariants
 * - The linker checks little: a damaged table of a file makes it read or write where nothing is, within the host. What it
 *   follows is looked at here first: the layout of the segments, the tags of the dynamic section, hash tables, versions, and
 *   the places that relocations write to.
 * - A tag that this host does not know is refused: it may name files (DT_FILTER, DT_AUXILIARY, DT_AUDIT) whose code would run. */
#ifndef LOAD_ELF_LINK_H
#define LOAD_ELF_LINK_H

#include "load/elf.h"

/* The first thing that the linker would fall over, or that names code from elsewhere: OC_E_DATA, *ret_fault says it. [any] */
CHECKED oc_rc elf_link_check(const struct elf *elf, struct elf_fault *ret_fault);

#endif
