/* elf.h: a bounded reader of 64-bit shared objects that are given as bytes.
 *
 * Invariants
 * - No byte is trusted: every offset, size and index is checked against the bytes that are there,
 *   so any input gives an answer or a named fault, never a crash or an endless loop.
 * - Nothing is executed, mapped or written; `bytes` are borrowed and must outlive the struct.
 * - An address is as the file says it (before the loader adds a base). Pointers in data are read
 *   through the relocations that the loader would apply.
 * - Every table has a limit below. */
#ifndef LOAD_ELF_H
#define LOAD_ELF_H

#include <outcry/abi.h>
#include <stdbool.h>

#include "base/checked.h"

#define ELF_SIZE_MAX    (256u << 20) /* bytes of a file */
#define ELF_SEGMENT_MAX 24
#define ELF_NEEDED_MAX  32
#define ELF_DYNAMIC_MAX 256 /* entries of the dynamic section */
#define ELF_RELOC_MAX   (1u << 20)
#define ELF_SYMBOL_MAX  (1u << 20)
#define ELF_NAME_MAX    256 /* bytes of a symbol or library name, with the final NUL */

/* One thing that is wrong, in words. */
struct elf_fault {
    char field[64];
    char found[160];
    char expected[160];
};

struct elf_segment {
    uint64_t address;
    uint64_t size;
    uint64_t offset;
    uint64_t file_size; /* <= size; the rest reads as zero */
    uint32_t flags;     /* PF_... */
};

/* A relocation of the kinds that a pointer in constant data can have. */
struct elf_reloc {
    uint64_t address;
    int64_t addend;
    uint32_t symbol; /* 0: the value is addend itself (relative) */
    uint32_t kind;   /* ELF_RELOC_... */
};
enum {
    ELF_RELOC_NONE = 0,
    ELF_RELOC_RELATIVE,
    ELF_RELOC_SYMBOL,
    ELF_RELOC_RESOLVER,
    ELF_RELOC_THREAD,      /* of thread-local data: 8 bytes */
    ELF_RELOC_THREAD_CALL, /* its descriptor: 16 bytes */
    ELF_RELOC_OTHER
};

struct elf_symbol {
    const char *name; /* borrowed from the bytes */
    uint64_t value;
    uint64_t size;
    uint32_t index;
    bool is_defined;
    bool is_weak;
    bool is_local;
    bool is_object;
    bool is_function;
    bool is_resolver; /* STT_GNU_IFUNC: its value is code that picks the address */
};

/* What a pointer in the file's data will be once the file is loaded. */
struct elf_pointer {
    uint32_t kind; /* ELF_POINTER_... */
    uint64_t address;
    const char *symbol; /* EXTERNAL: borrowed from the bytes */
};
enum { ELF_POINTER_NONE = 0, ELF_POINTER_NULL, ELF_POINTER_INSIDE, ELF_POINTER_EXTERNAL };

struct elf_range {
    uint64_t address;
    uint64_t size;
};

struct elf {
    const uint8_t *bytes;
    uint64_t size;
    struct elf_segment segments[ELF_SEGMENT_MAX];
    uint32_t segment_count;
    struct elf_range relro;
    bool wants_executable_stack;

    uint64_t strings; /* file offset of the dynamic string table */
    uint64_t strings_size;
    uint64_t symbols; /* file offset of the dynamic symbols */
    uint32_t symbol_count;
    uint64_t gnu_hash; /* address, 0 none */
    uint64_t init;     /* address of DT_INIT, 0 none */
    uint64_t fini;
    struct elf_range init_array;
    struct elf_range fini_array;
    struct elf_range preinit_array;
    const char *soname; /* borrowed from the bytes, NULL none */
    const char *runpath;
    const char *needed[ELF_NEEDED_MAX];
    uint32_t needed_count;
    bool has_text_relocs;
    bool is_program; /* made to be started: a position-independent executable */

    struct elf_reloc *relocs; /* owned, sorted by address; elf_release() */
    uint32_t reloc_count;
    uint32_t relative_first; /* relative ones that come first in the file */
    uint32_t resolver_count; /* IRELATIVE relocations: code that runs while the file is loaded */
};

/* Reads header, segments, dynamic section, symbol and relocation tables. On failure returns
 * OC_E_DATA (OC_E_NOMEM, OC_E_LIMIT), says why in *ret_fault, and nothing is owned. [any] */
CHECKED oc_rc elf_read(struct elf *elf, const void *bytes, uint64_t size, struct elf_fault *ret_fault);

/* As elf_read, but without the relocations: for libraries whose symbols alone are asked. [any] */
CHECKED oc_rc elf_read_symbols(struct elf *elf, const void *bytes, uint64_t size, struct elf_fault *ret_fault);

/* Releases what elf_read allocated; an all-zero struct is fine. [any] */
void elf_release(struct elf *elf);

/* Dynamic symbol `index` (< symbol_count). OC_E_DATA if its name is not inside the string table. */
CHECKED oc_rc elf_symbol_at(const struct elf *elf, uint32_t index, struct elf_symbol *ret_symbol);

/* The defined dynamic symbol of that name; OC_E_NOT_FOUND. */
CHECKED oc_rc elf_symbol_find(const struct elf *elf, const char *name, struct elf_symbol *ret_symbol);

/* Copies `size` bytes at an address as they stand in the file (no relocation applied). OC_E_DATA if
 * they do not lie in one segment. */
CHECKED oc_rc elf_copy(const struct elf *elf, uint64_t address, void *ret_bytes, uint64_t size);

/* The NUL-terminated text at an address, of at most size_max bytes with the NUL, borrowed from the
 * bytes. OC_E_DATA if it does not end inside its segment, OC_E_LIMIT if it is longer. */
CHECKED oc_rc elf_text(const struct elf *elf, uint64_t address, uint64_t size_max, const char **ret_text);

/* The pointer stored at an address, relocations applied. OC_E_DATA if there is none to read, or it
 * has a relocation that is not a plain pointer's. */
CHECKED oc_rc elf_pointer_at(const struct elf *elf, uint64_t address, struct elf_pointer *ret_pointer);

/* True if [address, address + size) is inside one segment with all of `flags` (PF_R, PF_W, PF_X).
 */
bool elf_is_inside(const struct elf *elf, uint64_t address, uint64_t size, uint32_t flags);

/* True if nothing can write to the range after loading: not writable, or made read-only (RELRO). */
bool elf_is_constant(const struct elf *elf, uint64_t address, uint64_t size);

/* True if a pointer relocation lies in [address, address + size). */
bool elf_has_reloc(const struct elf *elf, uint64_t address, uint64_t size);

/* True if `address` is the start of the code that the C toolchain itself puts into every shared object (crti.o's _init and
 * _fini, crtbeginS.o's frame_dummy and __do_global_dtors_aux), recognised by its bytes. [any] */
bool elf_is_toolchain_init(const struct elf *elf, uint64_t address);
bool elf_is_toolchain_frame_dummy(const struct elf *elf, uint64_t address);
bool elf_is_toolchain_fini(const struct elf *elf, uint64_t address);
bool elf_is_toolchain_dtors(const struct elf *elf, uint64_t address);

#endif
