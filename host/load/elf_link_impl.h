/* elf_link_impl.h: shared by elf_link.c and elf_link_names.c. */
#ifndef LOAD_ELF_LINK_IMPL_H
#define LOAD_ELF_LINK_IMPL_H

#include <elf.h>

#include "load/elf_link.h"

struct link {
    const struct elf *elf;
    struct elf_fault *fault;
    Elf64_Ehdr header;
    Elf64_Phdr dynamic;
    bool has_tls;
    /* Values of the dynamic section, and whether they are there: the linker goes by that, also where the value is 0. */
    uint64_t rela_size, rela_count, plt_size, plt_got;
    uint64_t gnu_hash, hash, versions, needs, definitions;
    bool has_plt_got, has_gnu_hash, has_hash, has_versions, has_needs, has_definitions;
};

CHECKED oc_rc link_fault(struct link *link, const char *field, const char *expected, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Hash tables and versions: by them the linker finds a symbol. */
CHECKED oc_rc link_names(struct link *link);

#endif
