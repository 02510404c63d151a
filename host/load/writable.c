#include "load/writable.h"

#include <link.h>
#include <stdbool.h>

struct look {
    uintptr_t inside;
    uint64_t hash;
};

/* Byte by byte, and past what a sanitizer keeps between variables: it is all of the file's. */
__attribute__((no_sanitize("address", "thread"))) static uint64_t fold(uint64_t hash, const uint8_t *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3ull;
    return hash;
}

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
        const uintptr_t from = info->dlpi_addr + segment->p_vaddr;
        if (segment->p_type == PT_LOAD && segment->p_flags & PF_W)
            look->hash = fold(look->hash, (const uint8_t *)from, segment->p_memsz);
    }
    return 1;
}

uint64_t writable_hash(const void *inside)
{
    struct look look = {.inside = (uintptr_t)inside};
    dl_iterate_phdr(look_at, &look);
    return look.hash;
}
