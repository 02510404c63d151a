#include "load/elf_link_impl.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 4096 };
enum { RELRSZ = 35, RELR = 36, RELRENT = 37 }; /* DT_...: missing in older <elf.h> */
#define SPAN_MAX (UINT64_C(1) << 30)           /* bytes of memory from the first segment to the end of the last */

oc_rc link_fault(struct link *link, const char *field, const char *expected, const char *format, ...)
{
    va_list args;
    snprintf(link->fault->field, sizeof link->fault->field, "%s", field);
    snprintf(link->fault->expected, sizeof link->fault->expected, "%s", expected);
    va_start(args, format);
    vsnprintf(link->fault->found, sizeof link->fault->found, format, args);
    va_end(args);
    return OC_E_DATA;
}

static uint64_t page_up(uint64_t address) { return (address + PAGE - 1) / PAGE * PAGE; }

/* Each segment is mapped by whole pages, one over the other where they meet. */
static oc_rc check_segments(struct link *link)
{
    const struct elf *elf = link->elf;
    uint64_t end = 0;
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *seg = &elf->segments[i];
        if (seg->size == 0 || seg->address / PAGE * PAGE < end)
            return link_fault(link, "segment", "segments with pages of their own, in order", "one at 0x%" PRIx64,
                              seg->address);
        if ((seg->address - seg->offset) % PAGE)
            return link_fault(link, "segment", "the same place in its page as in the file's", "one at 0x%" PRIx64,
                              seg->address);
        if (!(seg->flags & PF_R))
            return link_fault(link, "segment", "one that can be read", "one at 0x%" PRIx64 " that cannot be read",
                              seg->address);
        end = page_up(seg->address + seg->size);
    }
    if (elf->segment_count == 0 || end - elf->segments[0].address > SPAN_MAX)
        return link_fault(link, "segments", "at most 1 GiB of memory, at least one", "%" PRIu64 " bytes",
                          elf->segment_count ? end - elf->segments[0].address : 0);
    return OC_OK;
}

/* The segment's bytes at an address are those at that offset of the file. */
static bool is_at_offset(const struct elf *elf, uint64_t address, uint64_t size, uint64_t offset)
{
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *seg = &elf->segments[i];
        if (address >= seg->address && address - seg->address <= seg->file_size &&
            size <= seg->file_size - (address - seg->address))
            return offset == seg->offset + (address - seg->address);
    }
    return false;
}

/* Inside the whole pages of one segment. */
static bool is_in_pages(const struct elf *elf, uint64_t address, uint64_t size)
{
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *seg = &elf->segments[i];
        const uint64_t end = page_up(seg->address + seg->size);
        if (address >= seg->address && address <= end && size <= end - address)
            return true;
    }
    return false;
}

static oc_rc check_header(struct link *link, const Elf64_Phdr *ph)
{
    const struct elf *elf = link->elf;
    switch (ph->p_type) {
    case PT_DYNAMIC:
        link->dynamic = *ph;
        if (!is_at_offset(elf, ph->p_vaddr, ph->p_filesz, ph->p_offset) || ph->p_vaddr % 8 ||
            !elf_is_inside(elf, ph->p_vaddr, ph->p_filesz, PF_R | (ph->p_flags & PF_W)))
            return link_fault(link, "dynamic section", "the same bytes in the file and in memory",
                              "another place in memory (0x%" PRIx64 ")", ph->p_vaddr);
        break;
    case PT_NOTE:
    case PT_GNU_PROPERTY:
        if (!elf_is_inside(elf, ph->p_vaddr, ph->p_memsz, PF_R) || ph->p_filesz != ph->p_memsz)
            return link_fault(link, "notes", "inside a segment", "%" PRIu64 " bytes at 0x%" PRIx64, ph->p_memsz,
                              ph->p_vaddr);
        break;
    case PT_GNU_RELRO:
        if (!is_in_pages(elf, ph->p_vaddr, ph->p_memsz))
            return link_fault(link, "read-only after relocation", "inside a segment", "%" PRIu64 " bytes at 0x%" PRIx64,
                              ph->p_memsz, ph->p_vaddr);
        break;
    case PT_TLS:
        link->has_tls = true;
        if (!elf_is_inside(elf, ph->p_vaddr, ph->p_filesz, PF_R) || ph->p_filesz > ph->p_memsz ||
            ph->p_memsz > SPAN_MAX || ph->p_align > PAGE || (ph->p_align & (ph->p_align - 1)))
            return link_fault(link, "thread-local data", "inside a segment", "%" PRIu64 " bytes at 0x%" PRIx64,
                              ph->p_memsz, ph->p_vaddr);
        break;
    case PT_PHDR:
        if (!is_at_offset(elf, ph->p_vaddr, (uint64_t)link->header.e_phnum * sizeof *ph, link->header.e_phoff))
            return link_fault(link, "program headers", "the same bytes in the file and in memory",
                              "another place in memory (0x%" PRIx64 ")", ph->p_vaddr);
        break;
    default:
        break;
    }
    return OC_OK;
}

static oc_rc check_headers(struct link *link)
{
    const struct elf *elf = link->elf;
    memcpy(&link->header, elf->bytes, sizeof link->header);
    for (uint32_t i = 0; i < link->header.e_phnum; i++) {
        Elf64_Phdr ph;
        memcpy(&ph, elf->bytes + link->header.e_phoff + i * sizeof ph, sizeof ph);
        oc_rc rc = check_header(link, &ph);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

/* True for a tag that is known not to bring code or files that nobody looked at. */
static bool is_known(int64_t tag)
{
    static const int64_t known[] = {DT_NEEDED,
                                    DT_PLTRELSZ,
                                    DT_PLTGOT,
                                    DT_HASH,
                                    DT_STRTAB,
                                    DT_SYMTAB,
                                    DT_RELA,
                                    DT_RELASZ,
                                    DT_RELAENT,
                                    DT_STRSZ,
                                    DT_SYMENT,
                                    DT_INIT,
                                    DT_FINI,
                                    DT_SONAME,
                                    DT_RPATH,
                                    DT_SYMBOLIC,
                                    DT_REL,
                                    DT_RELSZ,
                                    DT_RELENT,
                                    DT_PLTREL,
                                    DT_TEXTREL,
                                    DT_JMPREL,
                                    DT_BIND_NOW,
                                    DT_INIT_ARRAY,
                                    DT_FINI_ARRAY,
                                    DT_RUNPATH,
                                    DT_INIT_ARRAYSZ,
                                    DT_FINI_ARRAYSZ,
                                    DT_PREINIT_ARRAY,
                                    DT_FLAGS,
                                    DT_GNU_HASH,
                                    DT_TLSDESC_PLT,
                                    DT_TLSDESC_GOT,
                                    DT_PREINIT_ARRAYSZ,
                                    DT_VERSYM,
                                    DT_RELACOUNT,
                                    DT_FLAGS_1,
                                    DT_VERDEF,
                                    DT_VERDEFNUM,
                                    DT_VERNEED,
                                    DT_VERNEEDNUM,
                                    RELRSZ,
                                    RELR,
                                    RELRENT};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i] == tag)
            return true;
    return tag >= DT_LOPROC && tag < DT_LOPROC + 8; /* of the machine: how its code is protected */
}

static const char *tag_name(int64_t tag)
{
    return tag == DT_FILTER      ? "DT_FILTER"
           : tag == DT_AUXILIARY ? "DT_AUXILIARY"
           : tag == DT_AUDIT     ? "DT_AUDIT"
           : tag == DT_DEPAUDIT  ? "DT_DEPAUDIT"
           : tag == DT_CONFIG    ? "DT_CONFIG"
                                 : "a tag";
}

static oc_rc take_tag(struct link *link, int64_t tag, uint64_t value)
{
    if (!is_known(tag))
        return link_fault(link, "dynamic section", "tags that this host knows: no other file's code is loaded with it",
                          "%s (0x%" PRIx64 ")", tag_name(tag), (uint64_t)tag);
    switch (tag) {
    case DT_INIT:
    case DT_FINI:
    case DT_RUNPATH:
    case DT_RPATH:
        if (value == 0)
            return link_fault(link, "dynamic section", "a place", "%s of 0",
                              tag == DT_INIT   ? "DT_INIT"
                              : tag == DT_FINI ? "DT_FINI"
                                               : "a run path");
        break;
    case DT_RELASZ:
        link->rela_size = value;
        break;
    case DT_PLTRELSZ:
        link->plt_size = value;
        break;
    case DT_RELACOUNT:
        link->rela_count = value;
        break;
    case DT_PLTREL:
        if (value != DT_RELA)
            return link_fault(link, "relocations", "RELA, 24 bytes each", "DT_PLTREL %" PRIu64, value);
        break;
    case RELRSZ:
        if (value % 8)
            return link_fault(link, "relocations", "whole words of packed ones", "%" PRIu64 " bytes", value);
        break;
    case DT_RELAENT:
    case RELRENT:
        if (value != (tag == DT_RELAENT ? sizeof(Elf64_Rela) : 8))
            return link_fault(link, "relocations", "24 bytes each, 8 of packed ones", "%" PRIu64 " bytes each", value);
        break;
    case DT_PLTGOT:
        link->has_plt_got = true;
        link->plt_got = value;
        break;
    case DT_GNU_HASH:
        link->has_gnu_hash = true;
        link->gnu_hash = value;
        break;
    case DT_HASH:
        link->has_hash = true;
        link->hash = value;
        break;
    case DT_VERSYM:
        link->has_versions = true;
        link->versions = value;
        break;
    case DT_VERNEED:
        link->has_needs = true;
        link->needs = value;
        break;
    case DT_VERDEF:
        link->has_definitions = true;
        link->definitions = value;
        break;
    default:
        break;
    }
    return OC_OK;
}

/* The linker takes it that one comes with the other. */
static const struct {
    int64_t tag, needs;
    const char *words;
} pairs[] = {
    {DT_PLTREL, DT_JMPREL, "DT_PLTREL without DT_JMPREL"},
    {DT_PLTREL, DT_PLTRELSZ, "DT_PLTREL without DT_PLTRELSZ"},
    {DT_JMPREL, DT_PLTREL, "DT_JMPREL without DT_PLTREL"},
    {DT_RELA, DT_RELASZ, "DT_RELA without DT_RELASZ"},
    {DT_RELA, DT_RELAENT, "DT_RELA without DT_RELAENT"},
    {RELR, RELRSZ, "DT_RELR without DT_RELRSZ"},
    {RELR, RELRENT, "DT_RELR without DT_RELRENT"},
    {DT_INIT_ARRAY, DT_INIT_ARRAYSZ, "DT_INIT_ARRAY without DT_INIT_ARRAYSZ"},
    {DT_FINI_ARRAY, DT_FINI_ARRAYSZ, "DT_FINI_ARRAY without DT_FINI_ARRAYSZ"},
};

static oc_rc check_pairs(struct link *link, uint64_t seen)
{
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if ((seen >> pairs[i].tag & 1u) && !(seen >> pairs[i].needs & 1u))
            return link_fault(link, "dynamic section", "both", "%s", pairs[i].words);
    return OC_OK;
}

static oc_rc check_dynamic(struct link *link)
{
    const struct elf *elf = link->elf;
    uint64_t seen = 0; /* a bit each of the tags below 64 */
    for (uint64_t i = 0; i < link->dynamic.p_filesz / sizeof(Elf64_Dyn); i++) {
        Elf64_Dyn entry;
        memcpy(&entry, elf->bytes + link->dynamic.p_offset + i * sizeof entry, sizeof entry);
        if (entry.d_tag == DT_NULL)
            break;
        oc_rc rc = take_tag(link, entry.d_tag, entry.d_un.d_val);
        if (rc < 0)
            return rc;
        if (entry.d_tag < 64)
            seen |= UINT64_C(1) << entry.d_tag;
    }
    oc_rc rc = check_pairs(link, seen);
    if (rc < 0)
        return rc;
    if (link->rela_size % sizeof(Elf64_Rela) || link->plt_size % sizeof(Elf64_Rela))
        return link_fault(link, "relocations", "whole ones, 24 bytes each", "%" PRIu64 " and %" PRIu64 " bytes",
                          link->rela_size, link->plt_size);
    if (link->has_plt_got && !elf_is_inside(elf, link->plt_got, 24, PF_R | PF_W) &&
        !elf_is_inside(elf, link->plt_got, 8, PF_R))
        return link_fault(link, "DT_PLTGOT", "inside a segment", "0x%" PRIx64, link->plt_got);
    return OC_OK;
}

static bool meets(uint64_t address, uint64_t size, uint64_t other, uint64_t other_size)
{
    return address < other + other_size && other < address + size;
}

/* Relocations write: to memory of the file that can be written, and not over what the linker reads meanwhile. */
static oc_rc check_relocs(struct link *link)
{
    const struct elf *elf = link->elf;
    for (uint32_t i = 0; i < elf->reloc_count; i++) {
        const struct elf_reloc *reloc = &elf->relocs[i];
        const uint64_t size = reloc->kind == ELF_RELOC_THREAD_CALL ? 16 : 8;
        const bool is_thread = reloc->kind == ELF_RELOC_THREAD || reloc->kind == ELF_RELOC_THREAD_CALL;
        if (reloc->kind == ELF_RELOC_OTHER || (is_thread && !link->has_tls && !reloc->symbol))
            return link_fault(link, "relocation", "a pointer's", "another kind, at 0x%" PRIx64, reloc->address);
        if (!elf_is_inside(elf, reloc->address, size, PF_R | PF_W))
            return link_fault(link, "relocation", "one of memory of the file that can be written", "one at 0x%" PRIx64,
                              reloc->address);
        if (meets(reloc->address, size, link->dynamic.p_vaddr, link->dynamic.p_memsz))
            return link_fault(link, "relocation", "one outside the dynamic section", "one at 0x%" PRIx64,
                              reloc->address);
    }
    if (link->rela_count > elf->relative_first)
        return link_fault(link, "DT_RELACOUNT", "the number of relative relocations that come first", "%" PRIu64,
                          link->rela_count);
    return OC_OK;
}

oc_rc elf_link_check(const struct elf *elf, struct elf_fault *ret_fault)
{
    struct link link = {.elf = elf, .fault = ret_fault};
    oc_rc rc = check_segments(&link);
    if (rc == OC_OK)
        rc = check_headers(&link);
    if (rc == OC_OK)
        rc = check_dynamic(&link);
    if (rc == OC_OK)
        rc = link_names(&link);
    if (rc == OC_OK)
        rc = check_relocs(&link);
    return rc;
}
