#include "load/inspect.h"

#include "load/elf_link.h"
#include "load/file.h"
#include "load/library.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <xxhash.h>

/* Instrumented builds need constructors and the runtime's functions: told, not refused. */
#if defined(OUTCRY_SANITIZER) || defined(OUTCRY_COVERAGE)
enum { IS_INSTRUMENTED = 1 };
#else
enum { IS_INSTRUMENTED = 0 };
#endif

void load_report_init(struct load_report *report, const char *path)
{
    memset(report, 0, sizeof *report);
    snprintf(report->path, sizeof report->path, "%s", path);
}

void load_report_fault(struct load_report *report, const char *field, const char *found, const char *expected,
                       const char *text)
{
    if (report->fault_count == LOAD_FAULT_MAX) {
        report->faults_dropped++;
        return;
    }
    struct load_fault *fault = &report->faults[report->fault_count++];
    snprintf(fault->field, sizeof fault->field, "%s", field);
    snprintf(fault->found, sizeof fault->found, "%s", found);
    snprintf(fault->expected, sizeof fault->expected, "%s", expected);
    snprintf(fault->text, sizeof fault->text, "%s", text);
}

static void note(struct load_report *report, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void note(struct load_report *report, const char *format, ...)
{
    if (report->note_count == LOAD_NOTE_MAX)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(report->notes[report->note_count], sizeof report->notes[0], format, args);
    va_end(args);
    report->note_count++;
}

/* A fault, or a note where the build is instrumented. */
static void refuse_code(struct load_report *report, const char *field, const char *found, const char *expected)
{
    if (IS_INSTRUMENTED)
        note(report, "%s: %s (let through: this build is instrumented)", field, found);
    else
        load_report_fault(report, field, found, expected, "build with outcry_add_plugin, or link with -nostartfiles");
}

/* Functions of an array that are not the toolchain's own, which may stand in it once. */
static uint64_t count_own(const struct elf *elf, const struct elf_range *array,
                          bool (*is_toolchain)(const struct elf *elf, uint64_t address))
{
    uint64_t count = array->size / 8, own = 0;
    bool has_crt = false;
    if (count > 64)
        return count;
    for (uint64_t i = 0; i < count; i++) {
        struct elf_pointer pointer;
        bool is_crt = elf_pointer_at(elf, array->address + i * 8, &pointer) == OC_OK &&
                      pointer.kind == ELF_POINTER_INSIDE && !has_crt && is_toolchain(elf, pointer.address);
        has_crt = has_crt || is_crt;
        own += !is_crt;
    }
    return own;
}

static void check_init_array(const struct elf *elf, struct load_report *report)
{
    const uint64_t own = count_own(elf, &elf->init_array, elf_is_toolchain_frame_dummy);
    if (own) {
        char found[64];
        snprintf(found, sizeof found, "%" PRIu64 " constructor%s", own, own > 1 ? "s" : "");
        refuse_code(report, "init_array", found, "no code that runs while the file is loaded");
    }
}

static void inspect_code(const struct elf *elf, struct load_report *report)
{
    check_init_array(elf, report);
    if (elf->init && !elf_is_toolchain_init(elf, elf->init))
        refuse_code(report, "DT_INIT", "a function of its own", "no code that runs while the file is loaded");
    if (elf->preinit_array.size)
        refuse_code(report, "preinit_array", "an entry", "no code that runs while the file is loaded");
    if (elf->fini && !elf_is_toolchain_fini(elf, elf->fini))
        refuse_code(report, "DT_FINI", "a function of its own", "no code that runs when the process ends");
    if (count_own(elf, &elf->fini_array, elf_is_toolchain_dtors))
        refuse_code(report, "fini_array", "a destructor of its own", "no code that runs when the process ends");
    if (elf->resolver_count) {
        char found[64];
        snprintf(found, sizeof found, "%u IRELATIVE relocation%s", elf->resolver_count,
                 elf->resolver_count > 1 ? "s" : "");
        refuse_code(report, "relocations", found, "no ifunc resolver: it runs while loading");
    }
    if (elf->wants_executable_stack)
        load_report_fault(report, "stack", "executable", "not executable", "assemble with -z noexecstack");
    if (elf->has_text_relocs)
        load_report_fault(report, "code", "text relocations", "position-independent code", "compile with -fPIC");
    if (elf->runpath && elf->runpath[0])
        load_report_fault(report, "run path", elf->runpath, "none",
                          "a plugin needs the C library alone: link without -rpath");
}

static bool is_pure_file(const struct load_report *report)
{
    for (uint32_t i = 0; i < report->plugin_count; i++) {
        const struct kind *kind = kind_find(report->plugins[i].kind);
        if (kind && kind->is_pure)
            return true;
    }
    return false;
}

static void judge_impure(struct load_report *report, const char *name, bool is_first)
{
    if (!IS_INSTRUMENTED)
        load_report_fault(report, "undefined symbol", name, "a pure function of the C library",
                          "risk rules, simulators and connectors ask the host for time and chance");
    else if (is_first) /* the runtime brings dozens of them: one line says it */
        note(report, "uses %s, which a pure kind must not (this build is instrumented)", name);
}

/* Of a sanitizer's runtime, by its name. */
static bool is_sanitizer(const char *name)
{
    static const char *const starts[] = {"__asan_",      "__tsan_",    "__ubsan_",   "__msan_",    "__hwasan_",
                                         "__sanitizer_", "libasan.so", "libtsan.so", "libubsan.so"};
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++)
        if (strncmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    return false;
}

static bool needs_sanitizer(const struct elf *elf)
{
    bool does = false;
    for (uint32_t i = 0; i < elf->needed_count; i++)
        does |= is_sanitizer(elf->needed[i]);
    return does;
}

static const char *const sanitizer_text =
    "build it without -fsanitize; a sanitizer build of the host takes such plugins";

static void judge_needed(const struct library_set *libraries, const char *name, struct load_report *report)
{
    static const char expected[] = "the C library alone";
    if (is_sanitizer(name) && IS_INSTRUMENTED)
        return;
    if (is_sanitizer(name))
        load_report_fault(report, "needed library", name, expected, sanitizer_text);
    else if (strncmp(name, "libc.musl", 9) == 0 || strcmp(name, "libc.so") == 0)
        load_report_fault(report, "needed library", name, "libc.so.6",
                          "it was built for musl: build it for the GNU C library, which the host runs on");
    else if (strncmp(name, "libstdc++", 9) == 0 || strncmp(name, "libc++", 6) == 0)
        load_report_fault(
            report, "needed library", name, expected,
            "C++: include outcry/kit/new.hpp in one file, and link with -static-libstdc++ -static-libgcc");
    else if (!kind_may_need(name))
        load_report_fault(report, "needed library", name, expected,
                          "link it statically, as with -l:libz.a -Wl,--exclude-libs,ALL");
    else if (!library_is_present(libraries, name))
        load_report_fault(report, "needed library", name, "a library of this system", "install it");
}

static void inspect_symbols(const struct elf *elf, struct load_report *report)
{
    struct library_set libraries;
    library_set_init(&libraries, elf);
    for (uint32_t i = 0; i < elf->needed_count; i++)
        judge_needed(&libraries, elf->needed[i], report);
    bool is_pure = is_pure_file(report), has_resolver = false, has_sanitizer = false;
    uint32_t impure_count = 0;
    for (uint32_t i = 1; i < elf->symbol_count; i++) {
        struct elf_symbol symbol;
        if (elf_symbol_at(elf, i, &symbol) < 0) {
            load_report_fault(report, "dynamic symbols", "a name outside the string table", "names inside it", "");
            break;
        }
        if (symbol.is_defined && symbol.is_resolver && !has_resolver) {
            refuse_code(report, "symbol", symbol.name, "no ifunc resolver: it runs while loading");
            has_resolver = true;
        }
        if (symbol.is_defined || symbol.is_local || symbol.is_weak || !symbol.name[0])
            continue;
        if (!IS_INSTRUMENTED && is_sanitizer(symbol.name)) {
            if (!has_sanitizer) /* one of many */
                load_report_fault(report, "undefined symbol", symbol.name, "no sanitizer", sanitizer_text);
            has_sanitizer = true;
        } else if (!library_has_symbol(&libraries, symbol.name))
            load_report_fault(report, "undefined symbol", symbol.name, "a symbol of the host or the C library",
                              "link the library that has it statically (-Wl,-z,defs finds this at build)");
        else if (is_pure && !kind_is_pure_symbol(symbol.name))
            judge_impure(report, symbol.name, impure_count++ == 0);
    }
    library_set_release(&libraries);
}

oc_rc load_inspect_bytes(const void *bytes, uint64_t size, struct load_report *ret_report)
{
    struct elf elf;
    struct elf_fault fault = {0};
    ret_report->size = size;
    ret_report->hash = XXH3_64bits(bytes, size);
    oc_rc rc = elf_read(&elf, bytes, size, &fault);
    if (rc < 0) {
        load_report_fault(ret_report, fault.field, fault.found, fault.expected, "");
        return rc;
    }
    if (elf.is_program) {
        load_report_fault(ret_report, "ELF type", "a program (PIE)", "a shared object", "link with -shared");
        elf_release(&elf);
        return OC_E_DATA;
    }
    rc = elf_link_check(&elf, &fault);
    if (rc < 0) {
        load_report_fault(ret_report, fault.field, fault.found, fault.expected,
                          "the file is damaged, or was made to look whole");
        elf_release(&elf);
        return rc;
    }
    inspect_list(&elf, ret_report);
    const bool is_sanitized = !IS_INSTRUMENTED && needs_sanitizer(&elf);
    if (is_sanitized) /* its constructors come of it: the cause is said before them */
        inspect_symbols(&elf, ret_report);
    inspect_code(&elf, ret_report);
    if (!is_sanitized)
        inspect_symbols(&elf, ret_report);
    elf_release(&elf);
    if (ret_report->lacks_memory)
        return OC_E_NOMEM;
    return ret_report->fault_count ? OC_E_DATA : OC_OK;
}

oc_rc load_inspect(const char *path, struct load_report *ret_report)
{
    struct load_file file;
    struct elf_fault fault = {0};
    load_report_init(ret_report, path);
    oc_rc rc = load_file_copy(&file, path, &fault);
    if (rc < 0) {
        load_report_fault(ret_report, fault.field, fault.found, fault.expected, "");
        return rc;
    }
    rc = load_inspect_bytes(file.bytes, file.size, ret_report);
    load_file_release(&file, false);
    return rc;
}
