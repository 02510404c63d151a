#include "load/writable.h"

#include <link.h>

#include "base/hash.h"

struct look {
    uintptr_t inside;
    uint64_t hash;
};

static int look_at(struct dl_phdr_info *info, size_t size, void *context)
{
    struct look *look = context;
    bool is_it = false;
    (void)size;
    for (uint16_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        const uintptr_t from = info->dlpi_addr + segment->p_vaddr;
        is_it |= segment->p_type == PT_LOAD && look->inside >= from && look->inside - from < segment->p_memsz;
    }
    if (!is_it)
        return 0;
    look->hash = 1;
    for (uint16_t i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *segment = &info->dlpi_phdr[i];
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_W)
            look->hash =
                hash64_fold(look->hash, hash64((const void *)(info->dlpi_addr + segment->p_vaddr), segment->p_memsz));
    }
    return 1;
}

uint64_t writable_hash(const void *inside)
{
    struct look look = {.inside = (uintptr_t)inside};
    dl_iterate_phdr(look_at, &look);
    return look.hash;
}
