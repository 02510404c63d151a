/* elf_ask.c: the questions about a file that elf.c has read: symbols, texts, pointers, code. */
#include "load/elf.h"

#include <elf.h>
#include <string.h>

oc_rc elf_symbol_at(const struct elf *elf, uint32_t index, struct elf_symbol *ret_symbol)
{
    if (index >= elf->symbol_count)
        return OC_E_INVALID;
    Elf64_Sym sym;
    memcpy(&sym, elf->bytes + elf->symbols + (uint64_t)index * sizeof sym, sizeof sym);
    if (sym.st_name >= elf->strings_size)
        return OC_E_DATA;
    const char *name = (const char *)(elf->bytes + elf->strings + sym.st_name);
    uint64_t room = elf->strings_size - sym.st_name;
    /* C++ makes names of some thousand bytes; they only have to end. */
    if (!memchr(name, 0, room < 16384 ? room : 16384))
        return OC_E_DATA;
    uint32_t type = sym.st_info & 15u, bind = sym.st_info >> 4;
    *ret_symbol = (struct elf_symbol){.name = name,
                                      .value = sym.st_value,
                                      .size = sym.st_size,
                                      .index = index,
                                      .is_defined = sym.st_shndx != SHN_UNDEF,
                                      .is_weak = bind == STB_WEAK,
                                      .is_local = bind == STB_LOCAL,
                                      .is_object = type == STT_OBJECT,
                                      .is_function = type == STT_FUNC,
                                      .is_resolver = type == STT_GNU_IFUNC};
    return OC_OK;
}

static uint32_t gnu_hash(const char *name)
{
    uint32_t hash = 5381;
    for (const char *c = name; *c; c++)
        hash = hash * 33u + (uint8_t)*c;
    return hash;
}

static bool is_named(const struct elf *elf, uint32_t index, const char *name, struct elf_symbol *ret_symbol)
{
    struct elf_symbol symbol;
    if (elf_symbol_at(elf, index, &symbol) < 0 || !symbol.is_defined || symbol.is_local ||
        strcmp(symbol.name, name) != 0)
        return false;
    *ret_symbol = symbol;
    return true;
}

static oc_rc find_hashed(const struct elf *elf, const char *name, struct elf_symbol *ret_symbol)
{
    uint32_t head[4];
    if (elf_copy(elf, elf->gnu_hash, head, sizeof head) < 0 || head[0] == 0)
        return OC_E_NOT_FOUND;
    uint32_t hash = gnu_hash(name), index;
    uint64_t buckets = elf->gnu_hash + sizeof head + (uint64_t)head[2] * 8;
    uint64_t chain = buckets + (uint64_t)head[0] * 4;
    if (elf_copy(elf, buckets + (uint64_t)(hash % head[0]) * 4, &index, sizeof index) < 0)
        return OC_E_NOT_FOUND;
    if (index < head[1])
        return OC_E_NOT_FOUND;
    for (; index < elf->symbol_count; index++) {
        uint32_t link;
        if (elf_copy(elf, chain + ((uint64_t)index - head[1]) * 4, &link, sizeof link) < 0)
            return OC_E_NOT_FOUND;
        if ((link | 1u) == (hash | 1u) && is_named(elf, index, name, ret_symbol))
            return OC_OK;
        if (link & 1u)
            return OC_E_NOT_FOUND;
    }
    return OC_E_NOT_FOUND;
}

oc_rc elf_symbol_find(const struct elf *elf, const char *name, struct elf_symbol *ret_symbol)
{
    if (elf->gnu_hash)
        return find_hashed(elf, name, ret_symbol);
    for (uint32_t i = 1; i < elf->symbol_count; i++)
        if (is_named(elf, i, name, ret_symbol))
            return OC_OK;
    return OC_E_NOT_FOUND;
}

/* The segment that holds the range, or NULL. */
static const struct elf_segment *segment_of(const struct elf *elf, uint64_t address, uint64_t size)
{
    for (uint32_t i = 0; i < elf->segment_count; i++) {
        const struct elf_segment *seg = &elf->segments[i];
        if (address >= seg->address && address - seg->address <= seg->size &&
            size <= seg->size - (address - seg->address))
            return seg;
    }
    return NULL;
}

oc_rc elf_copy(const struct elf *elf, uint64_t address, void *ret_bytes, uint64_t size)
{
    const struct elf_segment *seg = segment_of(elf, address, size);
    if (!seg)
        return OC_E_DATA;
    uint64_t into = address - seg->address;
    uint64_t stored = into < seg->file_size ? seg->file_size - into : 0;
    if (stored > size)
        stored = size;
    if (stored)
        memcpy(ret_bytes, elf->bytes + seg->offset + into, stored);
    memset((uint8_t *)ret_bytes + stored, 0, size - stored);
    return OC_OK;
}

oc_rc elf_text(const struct elf *elf, uint64_t address, uint64_t size_max, const char **ret_text)
{
    const struct elf_segment *seg = segment_of(elf, address, 1);
    if (!seg)
        return OC_E_DATA;
    uint64_t into = address - seg->address;
    if (into >= seg->file_size)
        return OC_E_DATA;
    uint64_t room = seg->file_size - into;
    const char *text = (const char *)(elf->bytes + seg->offset + into);
    if (memchr(text, 0, room < size_max ? room : size_max)) {
        *ret_text = text;
        return OC_OK;
    }
    return room < size_max ? OC_E_DATA : OC_E_LIMIT;
}

/* Index of the first relocation at or after an address. */
static uint32_t first_reloc(const struct elf *elf, uint64_t address)
{
    uint32_t low = 0, high = elf->reloc_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (elf->relocs[middle].address < address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

bool elf_has_reloc(const struct elf *elf, uint64_t address, uint64_t size)
{
    uint32_t i = first_reloc(elf, address);
    return i < elf->reloc_count && elf->relocs[i].address - address < size;
}

oc_rc elf_pointer_at(const struct elf *elf, uint64_t address, struct elf_pointer *ret_pointer)
{
    uint64_t raw;
    if (elf_copy(elf, address, &raw, sizeof raw) < 0)
        return OC_E_DATA;
    /* A relocation that begins a few bytes earlier would write over part of this pointer. */
    uint64_t from = address >= 7 ? address - 7 : 0;
    uint32_t i = first_reloc(elf, from);
    if (i >= elf->reloc_count || elf->relocs[i].address >= address + 8) {
        if (raw != 0) /* an absolute number is not a place in a shared object */
            return OC_E_DATA;
        *ret_pointer = (struct elf_pointer){.kind = ELF_POINTER_NULL};
        return OC_OK;
    }
    const struct elf_reloc *reloc = &elf->relocs[i];
    if (reloc->address != address || (i + 1 < elf->reloc_count && elf->relocs[i + 1].address < address + 8))
        return OC_E_DATA;
    if (reloc->kind == ELF_RELOC_RELATIVE) {
        *ret_pointer = (struct elf_pointer){.kind = ELF_POINTER_INSIDE, .address = (uint64_t)reloc->addend};
        return OC_OK;
    }
    struct elf_symbol symbol;
    if (reloc->kind != ELF_RELOC_SYMBOL || elf_symbol_at(elf, reloc->symbol, &symbol) < 0)
        return OC_E_DATA;
    if (symbol.is_resolver)
        return OC_E_DATA;
    *ret_pointer = (struct elf_pointer){.kind = symbol.is_defined ? ELF_POINTER_INSIDE : ELF_POINTER_EXTERNAL,
                                        .address = symbol.is_defined ? symbol.value + (uint64_t)reloc->addend : 0,
                                        .symbol = symbol.name};
    return OC_OK;
}

bool elf_is_inside(const struct elf *elf, uint64_t address, uint64_t size, uint32_t flags)
{
    const struct elf_segment *seg = segment_of(elf, address, size);
    return seg && (seg->flags & flags) == flags;
}

bool elf_is_constant(const struct elf *elf, uint64_t address, uint64_t size)
{
    const struct elf_segment *seg = segment_of(elf, address, size);
    if (!seg)
        return false;
    if (!(seg->flags & PF_W))
        return true;
    return address >= elf->relro.address && address - elf->relro.address <= elf->relro.size &&
           size <= elf->relro.size - (address - elf->relro.address);
}

#if defined(__x86_64__)

enum { CODE_MAX = 64 };

/* Copies code at an address, an endbr64 before it skipped; returns the address after that, 0 if
 * there is no code. */
static uint64_t code_at(const struct elf *elf, uint64_t address, uint8_t code[CODE_MAX])
{
    static const uint8_t endbr[4] = {0xf3, 0x0f, 0x1e, 0xfa};
    memset(code, 0, CODE_MAX);
    if (elf_is_inside(elf, address, 8, PF_X) && elf_copy(elf, address, code, 4) == OC_OK && memcmp(code, endbr, 4) == 0)
        address += 4;
    for (uint64_t size = CODE_MAX; size >= 5; size--)
        if (elf_is_inside(elf, address, size, PF_X) && elf_copy(elf, address, code, size) == OC_OK)
            return address;
    return 0;
}

static int32_t displacement(const uint8_t *bytes)
{
    int32_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

/* sub $8,%rsp; mov x(%rip),%rax; test %rax,%rax; je +2; call *%rax; add $8,%rsp; ret: it calls
 * __gmon_start__, which no process has. */
bool elf_is_toolchain_init(const struct elf *elf, uint64_t address)
{
    static const uint8_t before[7] = {0x48, 0x83, 0xec, 0x08, 0x48, 0x8b, 0x05};
    static const uint8_t after[12] = {0x48, 0x85, 0xc0, 0x74, 0x02, 0xff, 0xd0, 0x48, 0x83, 0xc4, 0x08, 0xc3};
    uint8_t code[CODE_MAX];
    uint64_t start = code_at(elf, address, code);
    if (!start || memcmp(code, before, sizeof before) != 0 || memcmp(code + 11, after, sizeof after) != 0)
        return false;
    struct elf_pointer pointer;
    uint64_t slot = start + 11 + (uint64_t)(int64_t)displacement(code + 7);
    return elf_pointer_at(elf, slot, &pointer) == OC_OK &&
           (pointer.kind == ELF_POINTER_NULL ||
            (pointer.kind == ELF_POINTER_EXTERNAL && strcmp(pointer.symbol, "__gmon_start__") == 0));
}

/* jmp register_tm_clones, which begins with lea A,%rdi; lea B,%rsi; sub %rdi,%rsi: with A = B the
 * table is empty and it returns at once. */
bool elf_is_toolchain_frame_dummy(const struct elf *elf, uint64_t address)
{
    uint8_t code[CODE_MAX];
    uint64_t start = code_at(elf, address, code);
    if (!start || (code[0] != 0xe9 && code[0] != 0xeb))
        return false;
    uint64_t target = code[0] == 0xe9 ? start + 5 + (uint64_t)(int64_t)displacement(code + 1)
                                      : start + 2 + (uint64_t)(int64_t)(int8_t)code[1];
    start = code_at(elf, target, code);
    static const uint8_t rest[16] = {0x48, 0x29, 0xfe, 0x48, 0x89, 0xf0, 0x48, 0xc1,
                                     0xee, 0x3f, 0x48, 0xc1, 0xf8, 0x03, 0x48, 0x01};
    if (!start || memcmp(code, "\x48\x8d\x3d", 3) != 0 || memcmp(code + 7, "\x48\x8d\x35", 3) != 0 ||
        memcmp(code + 14, rest, sizeof rest) != 0)
        return false;
    return (int64_t)displacement(code + 3) == (int64_t)displacement(code + 10) + 7;
}

/* sub $8,%rsp; add $8,%rsp; ret. */
bool elf_is_toolchain_fini(const struct elf *elf, uint64_t address)
{
    static const uint8_t all[9] = {0x48, 0x83, 0xec, 0x08, 0x48, 0x83, 0xc4, 0x08, 0xc3};
    uint8_t code[CODE_MAX];
    return code_at(elf, address, code) && memcmp(code, all, sizeof all) == 0;
}

/* cmpb $0,x(%rip); jne; push %rbp; cmpq $0,x(%rip); mov %rsp,%rbp; je; mov x(%rip),%rdi; call: crtbeginS.o's
 * __do_global_dtors_aux, which calls __cxa_finalize. */
bool elf_is_toolchain_dtors(const struct elf *elf, uint64_t address)
{
    enum { ANY = -1 };
    static const int16_t wanted[] = {0x80, 0x3d, ANY,  ANY,  ANY, ANY, 0,   0x75, ANY,  0x55, 0x48,
                                     0x83, 0x3d, ANY,  ANY,  ANY, ANY, 0,   0x48, 0x89, 0xe5, 0x74,
                                     ANY,  0x48, 0x8b, 0x3d, ANY, ANY, ANY, ANY,  0xe8};
    uint8_t code[CODE_MAX];
    if (!code_at(elf, address, code))
        return false;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (wanted[i] != ANY && wanted[i] != code[i])
            return false;
    return true;
}

#else

/* Elsewhere the toolchain's start code is told by its number alone: see inspect.c. */
bool elf_is_toolchain_init(const struct elf *elf, uint64_t address) { return elf_is_inside(elf, address, 4, PF_X); }

bool elf_is_toolchain_frame_dummy(const struct elf *elf, uint64_t address)
{
    return elf_is_inside(elf, address, 4, PF_X);
}

bool elf_is_toolchain_fini(const struct elf *elf, uint64_t address) { return elf_is_inside(elf, address, 4, PF_X); }

bool elf_is_toolchain_dtors(const struct elf *elf, uint64_t address) { return elf_is_inside(elf, address, 4, PF_X); }

#endif
