#include "load/elf.h"

#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__x86_64__)
#define HOST_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define HOST_MACHINE EM_AARCH64
#else
#error "the loader knows x86-64 and aarch64"
#endif

struct dynamic { /* raw values of the dynamic section; 0 = absent */
    uint64_t hash, gnu_hash, strtab, strsz, symtab, syment;
    uint64_t rela, relasz, relaent, jmprel, pltrelsz, pltrel, relr, relrsz;
    uint64_t rel, relsz;
    uint64_t soname, runpath, rpath;
    uint64_t needed[ELF_NEEDED_MAX];
    uint32_t needed_count;
};

static oc_rc fault(struct elf_fault *ret_fault, const char *field, const char *found, const char *expected)
{
    snprintf(ret_fault->field, sizeof ret_fault->field, "%s", field);
    snprintf(ret_fault->found, sizeof ret_fault->found, "%s", found);
    snprintf(ret_fault->expected, sizeof ret_fault->expected, "%s", expected);
    return OC_E_DATA;
}

static oc_rc fault_number(struct elf_fault *ret_fault, const char *field, uint64_t found, const char *expected)
{
    char text[32];
    snprintf(text, sizeof text, "%llu", (unsigned long long)found);
    return fault(ret_fault, field, text, expected);
}

static bool in_file(const struct elf *elf, uint64_t offset, uint64_t size)
{
    return offset <= elf->size && size <= elf->size - offset;
}

/* File offset of an address range that is wholly backed by bytes of the file. */
static bool find_offset(const struct elf *elf, uint64_t address, uint64_t size, uint64_t *ret_offset)
{
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *seg = &elf->segments[i];
        if (address < seg->address)
            continue;
        uint64_t into = address - seg->address;
        if (into <= seg->file_size && size <= seg->file_size - into) {
            *ret_offset = seg->offset + into;
            return true;
        }
    }
    return false;
}

/* Name of a machine number of the ELF header, "machine 1234" style text for unknown ones. */
static void elf_machine_name(uint16_t machine, char *text, uint32_t size)
{
    const char *name = machine == EM_X86_64    ? "x86-64"
                       : machine == EM_AARCH64 ? "aarch64"
                       : machine == EM_386     ? "i386"
                       : machine == EM_ARM     ? "arm"
                       : machine == EM_RISCV   ? "riscv"
                       : machine == EM_PPC64   ? "ppc64"
                       : machine == EM_S390    ? "s390"
                                               : NULL;
    if (name)
        snprintf(text, size, "%s", name);
    else
        snprintf(text, size, "machine %u", machine);
}

static oc_rc read_header(struct elf *elf, Elf64_Ehdr *ret_header, struct elf_fault *ret_fault)
{
    if (elf->size == 0)
        return fault(ret_fault, "file", "an empty file", "an ELF shared object");
    if (elf->size < SELFMAG || memcmp(elf->bytes, ELFMAG, SELFMAG) != 0)
        return fault(ret_fault, "file", "not an ELF file", "an ELF shared object (.so)");
    if (elf->size > ELF_SIZE_MAX)
        return fault_number(ret_fault, "file size", elf->size, "at most 268435456 bytes");
    if (elf->size < sizeof *ret_header)
        return fault(ret_fault, "ELF header", "the file ends inside it", "64 bytes");
    memcpy(ret_header, elf->bytes, sizeof *ret_header);
    if (ret_header->e_ident[EI_CLASS] != ELFCLASS64)
        return fault(ret_fault, "ELF class", "not 64-bit", "64-bit");
    if (ret_header->e_ident[EI_DATA] != ELFDATA2LSB)
        return fault(ret_fault, "byte order", "not little-endian", "little-endian");
    if (ret_header->e_machine != HOST_MACHINE) {
        char found[32], expected[64];
        elf_machine_name(ret_header->e_machine, found, sizeof found);
        elf_machine_name(HOST_MACHINE, expected, sizeof expected);
        return fault(ret_fault, "architecture", found, expected);
    }
    if (ret_header->e_type != ET_DYN)
        return fault(ret_fault, "ELF type",
                     ret_header->e_type == ET_REL    ? "a relocatable object (.o)"
                     : ret_header->e_type == ET_EXEC ? "an executable"
                                                     : "another type",
                     "a shared object (link with -shared)");
    if (ret_header->e_phentsize != sizeof(Elf64_Phdr) || ret_header->e_phnum == 0)
        return fault(ret_fault, "program headers", "none, or of another size", "56 bytes each");
    if (!in_file(elf, ret_header->e_phoff, (uint64_t)ret_header->e_phnum * sizeof(Elf64_Phdr)))
        return fault(ret_fault, "program headers", "outside the file: it was cut", "inside the file");
    return OC_OK;
}

static oc_rc add_segment(struct elf *elf, const Elf64_Phdr *ph, struct elf_fault *ret_fault)
{
    if (elf->segment_count == ELF_SEGMENT_MAX)
        return fault(ret_fault, "segments", "too many", "at most 24");
    if (!in_file(elf, ph->p_offset, ph->p_filesz))
        return fault(ret_fault, "segment", "reaches beyond the end of the file: it was cut", "inside the file");
    if (ph->p_filesz > ph->p_memsz || ph->p_memsz > UINT64_MAX / 4 || ph->p_vaddr > UINT64_MAX / 4)
        return fault(ret_fault, "segment", "impossible sizes", "file size <= memory size");
    elf->segments[elf->segment_count++] = (struct elf_segment){.address = ph->p_vaddr,
                                                               .size = ph->p_memsz,
                                                               .offset = ph->p_offset,
                                                               .file_size = ph->p_filesz,
                                                               .flags = ph->p_flags};
    return OC_OK;
}

static oc_rc read_segments(struct elf *elf, const Elf64_Ehdr *header, Elf64_Phdr *ret_dynamic,
                           struct elf_fault *ret_fault)
{
    bool has_dynamic = false, has_stack = false;
    for (uint32_t i = 0; i < header->e_phnum; i++) {
        Elf64_Phdr ph;
        memcpy(&ph, elf->bytes + header->e_phoff + i * sizeof ph, sizeof ph);
        if (ph.p_type == PT_LOAD) {
            oc_rc rc = add_segment(elf, &ph, ret_fault);
            if (rc < 0)
                return rc;
        } else if (ph.p_type == PT_DYNAMIC) {
            *ret_dynamic = ph;
            has_dynamic = true;
        } else if (ph.p_type == PT_GNU_STACK) {
            has_stack = true;
            elf->wants_executable_stack = (ph.p_flags & PF_X) != 0;
        } else if (ph.p_type == PT_GNU_RELRO) {
            elf->relro = (struct elf_range){ph.p_vaddr, ph.p_memsz};
        }
    }
    if (!has_stack && HOST_MACHINE == EM_X86_64)
        elf->wants_executable_stack = true;
    if (!has_dynamic)
        return fault(ret_fault, "dynamic section", "none", "a shared object (link with -shared)");
    if (!in_file(elf, ret_dynamic->p_offset, ret_dynamic->p_filesz))
        return fault(ret_fault, "dynamic section", "outside the file: it was cut", "inside the file");
    return OC_OK;
}

static void take_dynamic(struct elf *elf, struct dynamic *dyn, int64_t tag, uint64_t value)
{
    switch (tag) {
    case DT_HASH:
        dyn->hash = value;
        break;
    case DT_GNU_HASH:
        dyn->gnu_hash = value;
        break;
    case DT_STRTAB:
        dyn->strtab = value;
        break;
    case DT_STRSZ:
        dyn->strsz = value;
        break;
    case DT_SYMTAB:
        dyn->symtab = value;
        break;
    case DT_SYMENT:
        dyn->syment = value;
        break;
    case DT_RELA:
        dyn->rela = value;
        break;
    case DT_RELASZ:
        dyn->relasz = value;
        break;
    case DT_RELAENT:
        dyn->relaent = value;
        break;
    case DT_REL:
        dyn->rel = value;
        break;
    case DT_RELSZ:
        dyn->relsz = value;
        break;
    case DT_JMPREL:
        dyn->jmprel = value;
        break;
    case DT_PLTRELSZ:
        dyn->pltrelsz = value;
        break;
    case DT_PLTREL:
        dyn->pltrel = value;
        break;
    case 36:
        dyn->relr = value;
        break; /* DT_RELR, missing in older <elf.h> */
    case 35:
        dyn->relrsz = value;
        break;
    case DT_SONAME:
        dyn->soname = value;
        break;
    case DT_RUNPATH:
        dyn->runpath = value;
        break;
    case DT_RPATH:
        dyn->rpath = value;
        break;
    case DT_INIT:
        elf->init = value;
        break;
    case DT_FINI:
        elf->fini = value;
        break;
    case DT_INIT_ARRAY:
        elf->init_array.address = value;
        break;
    case DT_INIT_ARRAYSZ:
        elf->init_array.size = value;
        break;
    case DT_FINI_ARRAY:
        elf->fini_array.address = value;
        break;
    case DT_FINI_ARRAYSZ:
        elf->fini_array.size = value;
        break;
    case DT_PREINIT_ARRAY:
        elf->preinit_array.address = value;
        break;
    case DT_PREINIT_ARRAYSZ:
        elf->preinit_array.size = value;
        break;
    case DT_TEXTREL:
        elf->has_text_relocs = true;
        break;
    case DT_FLAGS_1:
        elf->is_program = (value & DF_1_PIE) != 0;
        break;
    case DT_FLAGS:
        if (value & DF_TEXTREL)
            elf->has_text_relocs = true;
        break;
    default:
        break;
    }
}

static oc_rc read_dynamic(struct elf *elf, const Elf64_Phdr *ph, struct dynamic *dyn, struct elf_fault *ret_fault)
{
    uint64_t count = ph->p_filesz / sizeof(Elf64_Dyn);
    for (uint64_t i = 0; i < count; i++) {
        Elf64_Dyn entry;
        memcpy(&entry, elf->bytes + ph->p_offset + i * sizeof entry, sizeof entry);
        if (entry.d_tag == DT_NULL)
            return OC_OK;
        if (i >= ELF_DYNAMIC_MAX)
            break;
        if (entry.d_tag != DT_NEEDED) {
            take_dynamic(elf, dyn, entry.d_tag, entry.d_un.d_val);
        } else {
            if (dyn->needed_count == ELF_NEEDED_MAX)
                return fault(ret_fault, "needed libraries", "too many", "at most 32");
            dyn->needed[dyn->needed_count++] = entry.d_un.d_val;
        }
    }
    return fault(ret_fault, "dynamic section", "has no end", "at most 256 entries, the last zero");
}

/* The NUL-terminated string at an index of the dynamic string table, or NULL. */
static const char *string_at(const struct elf *elf, uint64_t index)
{
    if (index >= elf->strings_size)
        return NULL;
    const char *text = (const char *)(elf->bytes + elf->strings + index);
    uint64_t room = elf->strings_size - index;
    return memchr(text, 0, room < ELF_NAME_MAX ? room : ELF_NAME_MAX) ? text : NULL;
}

/* Number of dynamic symbols, which only the hash tables tell. */
static bool count_by_gnu_hash(const struct elf *elf, uint64_t *ret_count)
{
    uint32_t head[4];
    if (elf_copy(elf, elf->gnu_hash, head, sizeof head) < 0)
        return false;
    uint32_t bucket_count = head[0], first = head[1];
    uint64_t buckets = elf->gnu_hash + sizeof head + (uint64_t)head[2] * 8;
    uint64_t offset;
    if (bucket_count > ELF_SYMBOL_MAX || head[2] > ELF_SYMBOL_MAX ||
        !find_offset(elf, buckets, (uint64_t)bucket_count * 4, &offset))
        return false;
    uint32_t last = 0;
    for (uint32_t i = 0; i < bucket_count; i++) {
        uint32_t bucket;
        memcpy(&bucket, elf->bytes + offset + (uint64_t)i * 4, sizeof bucket);
        last = bucket > last ? bucket : last;
    }
    if (last < first) { /* no exported symbol: the undefined ones come before `first` */
        *ret_count = first;
        return true;
    }
    uint64_t chain = buckets + (uint64_t)bucket_count * 4;
    for (;; last++) {
        uint32_t hash;
        if (last > ELF_SYMBOL_MAX || elf_copy(elf, chain + ((uint64_t)last - first) * 4, &hash, sizeof hash) < 0)
            return false;
        if (hash & 1u)
            break;
    }
    *ret_count = (uint64_t)last + 1;
    return true;
}

static oc_rc read_symbols(struct elf *elf, const struct dynamic *dyn, struct elf_fault *ret_fault)
{
    if (!dyn->strtab || !dyn->symtab || dyn->syment != sizeof(Elf64_Sym))
        return fault(ret_fault, "dynamic symbols", "none", "a symbol and a string table");
    if (!find_offset(elf, dyn->strtab, dyn->strsz, &elf->strings))
        return fault(ret_fault, "dynamic strings", "outside the file", "inside a segment");
    elf->strings_size = dyn->strsz;
    elf->gnu_hash = dyn->gnu_hash;
    uint64_t count = 0;
    uint32_t head[2];
    bool is_counted = dyn->gnu_hash && count_by_gnu_hash(elf, &count);
    if (dyn->hash && elf_copy(elf, dyn->hash, head, sizeof head) == OC_OK) {
        count = head[1] > count ? head[1] : count; /* the linker looks in either */
        is_counted = true;
    }
    if (!is_counted)
        return fault(ret_fault, "symbol hash table", "none, or malformed", "DT_HASH or DT_GNU_HASH inside the file");
    if (count > ELF_SYMBOL_MAX)
        return fault_number(ret_fault, "dynamic symbols", count, "at most 1048576");
    if (!find_offset(elf, dyn->symtab, count * sizeof(Elf64_Sym), &elf->symbols))
        return fault(ret_fault, "dynamic symbols", "outside the file", "inside a segment");
    elf->symbol_count = (uint32_t)count;
    return OC_OK;
}

static oc_rc read_names(struct elf *elf, const struct dynamic *dyn, struct elf_fault *ret_fault)
{
    for (uint32_t i = 0; i < dyn->needed_count; i++) {
        elf->needed[i] = string_at(elf, dyn->needed[i]);
        if (!elf->needed[i])
            return fault(ret_fault, "needed libraries", "a name outside the string table",
                         "a name of at most 255 bytes");
        elf->needed_count = i + 1;
    }
    elf->soname = dyn->soname ? string_at(elf, dyn->soname) : NULL;
    uint64_t path = dyn->runpath ? dyn->runpath : dyn->rpath;
    elf->runpath = path ? string_at(elf, path) : NULL;
    if (path && !elf->runpath)
        return fault(ret_fault, "run path", "outside the string table, or too long", "a text of at most 255 bytes");
    return OC_OK;
}

static uint32_t reloc_kind(uint32_t type)
{
#if defined(__x86_64__)
    switch (type) {
    case R_X86_64_NONE:
        return ELF_RELOC_NONE;
    case R_X86_64_RELATIVE:
        return ELF_RELOC_RELATIVE;
    case R_X86_64_GLOB_DAT:
    case R_X86_64_JUMP_SLOT:
    case R_X86_64_64:
        return ELF_RELOC_SYMBOL;
    case R_X86_64_IRELATIVE:
        return ELF_RELOC_RESOLVER;
    case R_X86_64_DTPMOD64:
    case R_X86_64_DTPOFF64:
    case R_X86_64_TPOFF64:
        return ELF_RELOC_THREAD;
    case R_X86_64_TLSDESC:
        return ELF_RELOC_THREAD_CALL;
    default:
        return ELF_RELOC_OTHER;
    }
#else
    switch (type) {
    case R_AARCH64_NONE:
        return ELF_RELOC_NONE;
    case R_AARCH64_RELATIVE:
        return ELF_RELOC_RELATIVE;
    case R_AARCH64_GLOB_DAT:
    case R_AARCH64_JUMP_SLOT:
    case R_AARCH64_ABS64:
        return ELF_RELOC_SYMBOL;
    case R_AARCH64_IRELATIVE:
        return ELF_RELOC_RESOLVER;
    case R_AARCH64_TLS_DTPMOD:
    case R_AARCH64_TLS_DTPREL:
    case R_AARCH64_TLS_TPREL:
        return ELF_RELOC_THREAD;
    case R_AARCH64_TLSDESC:
        return ELF_RELOC_THREAD_CALL;
    default:
        return ELF_RELOC_OTHER;
    }
#endif
}

static oc_rc read_rela(struct elf *elf, uint64_t offset, uint64_t count, struct elf_fault *ret_fault)
{
    for (uint64_t i = 0; i < count; i++) {
        Elf64_Rela rela;
        memcpy(&rela, elf->bytes + offset + i * sizeof rela, sizeof rela);
        uint32_t symbol = (uint32_t)(rela.r_info >> 32);
        uint32_t kind = reloc_kind((uint32_t)rela.r_info);
        if (symbol >= elf->symbol_count && symbol != 0)
            return fault_number(ret_fault, "relocation", symbol, "a symbol of the table");
        if (kind == ELF_RELOC_NONE)
            continue;
        elf->resolver_count += kind == ELF_RELOC_RESOLVER;
        if (kind == ELF_RELOC_RELATIVE && elf->relative_first == i && elf->reloc_count == i)
            elf->relative_first++;
        elf->relocs[elf->reloc_count++] =
            (struct elf_reloc){.address = rela.r_offset, .addend = rela.r_addend, .symbol = symbol, .kind = kind};
    }
    return OC_OK;
}

static void add_relative(struct elf *elf, uint64_t address)
{
    uint64_t addend = 0;
    (void)elf_copy(elf, address, &addend, sizeof addend); /* outside the file it stays, for elf_link_check() to see */
    elf->relocs[elf->reloc_count++] =
        (struct elf_reloc){.address = address, .addend = (int64_t)addend, .kind = ELF_RELOC_RELATIVE};
}

/* Packed relative relocations: an even word is an address, an odd one a bitmap of the 63 words
 * after it. */
static void read_relr(struct elf *elf, uint64_t offset, uint64_t count)
{
    uint64_t where = 0;
    for (uint64_t i = 0; i < count; i++) {
        uint64_t word;
        memcpy(&word, elf->bytes + offset + i * sizeof word, sizeof word);
        if ((word & 1u) == 0) {
            add_relative(elf, word);
            where = word + 8;
            continue;
        }
        for (uint32_t bit = 0; bit < 63; bit++)
            if (word >> (bit + 1) & 1u)
                add_relative(elf, where + (uint64_t)bit * 8);
        where += UINT64_C(63) * 8;
    }
}

static int by_address(const void *left, const void *right)
{
    const struct elf_reloc *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

static oc_rc read_relocs(struct elf *elf, const struct dynamic *dyn, struct elf_fault *ret_fault)
{
    uint64_t rela = dyn->rela ? dyn->relasz / sizeof(Elf64_Rela) : 0;
    uint64_t plt = dyn->jmprel ? dyn->pltrelsz / sizeof(Elf64_Rela) : 0;
    uint64_t packed = dyn->relr ? dyn->relrsz / 8 : 0;
    if (dyn->rel || (rela && dyn->relaent != sizeof(Elf64_Rela)) || (plt && dyn->pltrel != DT_RELA))
        return fault(ret_fault, "relocations", "of another form", "RELA, 24 bytes each");
    if (rela > ELF_RELOC_MAX || plt > ELF_RELOC_MAX || packed > ELF_RELOC_MAX / 64)
        return fault(ret_fault, "relocations", "too many", "at most 1048576");
    uint64_t rela_offset = 0, plt_offset = 0, packed_offset = 0;
    if ((rela && !find_offset(elf, dyn->rela, rela * sizeof(Elf64_Rela), &rela_offset)) ||
        (plt && !find_offset(elf, dyn->jmprel, plt * sizeof(Elf64_Rela), &plt_offset)) ||
        (packed && !find_offset(elf, dyn->relr, packed * 8, &packed_offset)))
        return fault(ret_fault, "relocations", "outside the file", "inside a segment");
    uint64_t total = rela + plt + packed * 63;
    if (total == 0)
        return OC_OK;
    elf->relocs = calloc(total, sizeof *elf->relocs);
    if (!elf->relocs) {
        fault(ret_fault, "relocations", "no memory for them", "free memory");
        return OC_E_NOMEM;
    }
    oc_rc rc = read_rela(elf, rela_offset, rela, ret_fault);
    if (rc == OC_OK)
        rc = read_rela(elf, plt_offset, plt, ret_fault);
    if (rc < 0)
        return rc;
    read_relr(elf, packed_offset, packed);
    qsort(elf->relocs, elf->reloc_count, sizeof *elf->relocs, by_address);
    return OC_OK;
}

static oc_rc read_all(struct elf *elf, const void *bytes, uint64_t size, bool with_relocs, struct elf_fault *ret_fault)
{
    memset(elf, 0, sizeof *elf);
    elf->bytes = bytes;
    elf->size = size;
    Elf64_Ehdr header;
    Elf64_Phdr dynamic_header = {0};
    struct dynamic dyn = {0};
    oc_rc rc = read_header(elf, &header, ret_fault);
    if (rc == OC_OK)
        rc = read_segments(elf, &header, &dynamic_header, ret_fault);
    if (rc == OC_OK)
        rc = read_dynamic(elf, &dynamic_header, &dyn, ret_fault);
    if (rc == OC_OK)
        rc = read_symbols(elf, &dyn, ret_fault);
    if (rc == OC_OK)
        rc = read_names(elf, &dyn, ret_fault);
    if (rc == OC_OK && with_relocs)
        rc = read_relocs(elf, &dyn, ret_fault);
    if (rc < 0)
        elf_release(elf);
    return rc;
}

oc_rc elf_read(struct elf *elf, const void *bytes, uint64_t size, struct elf_fault *ret_fault)
{
    return read_all(elf, bytes, size, true, ret_fault);
}

oc_rc elf_read_symbols(struct elf *elf, const void *bytes, uint64_t size, struct elf_fault *ret_fault)
{
    return read_all(elf, bytes, size, false, ret_fault);
}

void elf_release(struct elf *elf)
{
    free(elf->relocs);
    elf->relocs = NULL;
    elf->reloc_count = 0;
}
