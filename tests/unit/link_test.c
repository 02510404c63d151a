/* A13: what the dynamic linker follows is looked at before it does: a file with any bit of its tables flipped is refused by
 * inspection or by the linker itself, or loads; nothing crashes. Each load is a child's. */
#include "load/elf_link.h"
#include "load/load.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define OBJECTS TEST_BUILD_DIR "/tests/abi/bad/"
#define SCRATCH TEST_BUILD_DIR "/tests/abi/link_test.so"

enum { OBJECT_MAX = 1 << 20, STEP = 19 };

#if defined(OUTCRY_SANITIZER) || defined(OUTCRY_COVERAGE)
enum { IS_INSTRUMENTED = 1 }; /* its runtime answers a crash in its own way: there the reading alone is watched */
#else
enum { IS_INSTRUMENTED = 0 };
#endif

static struct load_report report;
static struct registry registry;

static uint8_t *read_object(const char *name, size_t *ret_size)
{
    char path[512];
    snprintf(path, sizeof path, OBJECTS "%s.so", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = malloc(OBJECT_MAX);
    assert_non_null(bytes);
    *ret_size = fread(bytes, 1, OBJECT_MAX, file);
    fclose(file);
    assert_true(*ret_size > 4096 && *ret_size < OBJECT_MAX);
    return bytes;
}

static void write_object(const uint8_t *bytes, size_t size)
{
    FILE *file = fopen(SCRATCH, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* The end of a child that loads the file: 0 loaded, 1 refused; else it crashed. */
static int load_in_child(const uint8_t *bytes, size_t size)
{
    write_object(bytes, size);
    const pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        const int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 2); /* the linker says on stderr what it falls over */
        registry_init(&registry);
        _exit(load_plugin(&registry, SCRATCH, NULL, &report) < 0);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Segments that hold tables: what is neither code nor mere data. */
static bool is_table(const uint8_t *bytes, size_t at)
{
    const Elf64_Ehdr *header = (const void *)bytes;
    const Elf64_Phdr *segments = (const void *)(bytes + header->e_phoff);
    for (uint32_t i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && at >= segments[i].p_offset &&
            at < segments[i].p_offset + segments[i].p_filesz)
            return (segments[i].p_flags & PF_X) == 0 && (segments[i].p_offset == 0 || (segments[i].p_flags & PF_W));
    return false;
}

static void flip_bits(const char *name, uint32_t *ret_inspected, uint32_t *ret_loaded)
{
    size_t size;
    uint8_t *bytes = read_object(name, &size), *flipped = malloc(OBJECT_MAX);
    assert_non_null(flipped);
    for (size_t bit = 0; bit < size * 8; bit += STEP) {
        if (!is_table(bytes, bit / 8))
            continue;
        memcpy(flipped, bytes, size);
        flipped[bit / 8] ^= (uint8_t)(1u << bit % 8);
        load_report_init(&report, "flipped");
        ++*ret_inspected;
        if (load_inspect_bytes(flipped, size, &report) < 0 || IS_INSTRUMENTED)
            continue;
        const int end = load_in_child(flipped, size);
        if (end > 1)
            fail_msg("A13: %s: bit %zu of byte %zu flipped: it passes inspection and ends the loading process (%d)",
                     name, bit % 8, bit / 8, end);
        *ret_loaded += end == 0;
    }
    free(flipped);
    free(bytes);
}

static void a_flipped_bit_never_ends_who_loads_it_A13(void **state)
{
    (void)state;
    uint32_t inspected = 0, loaded = 0;
    flip_bits("good_startfiles", &inspected, &loaded);
    flip_bits("good_sysv", &inspected, &loaded);
    flip_bits("good_packed", &inspected, &loaded);
    assert_true(inspected > 1500);
    assert_true(IS_INSTRUMENTED || (loaded > 300 && loaded < inspected));
    unlink(SCRATCH);
}

/* Tables that contradict each other, made by hand. */

static Elf64_Phdr *segment(uint8_t *bytes, uint32_t type)
{
    const Elf64_Ehdr *header = (const void *)bytes;
    Elf64_Phdr *segments = (void *)(bytes + header->e_phoff);
    for (uint32_t i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == type)
            return &segments[i];
    fail_msg("no such segment");
    return segments;
}

static Elf64_Dyn *tag(uint8_t *bytes, int64_t wanted)
{
    Elf64_Dyn *entry = (void *)(bytes + segment(bytes, PT_DYNAMIC)->p_offset);
    while (entry->d_tag != wanted && entry->d_tag != DT_NULL)
        entry++;
    assert_int_equal(entry->d_tag, wanted);
    return entry;
}

static void refused(uint8_t *bytes, size_t size, const char *field, const char *found)
{
    load_report_init(&report, "made");
    assert_int_equal(load_inspect_bytes(bytes, size, &report), OC_E_DATA);
    if (!strstr(report.faults[0].field, field) || !strstr(report.faults[0].found, found))
        fail_msg("A13: %s: found %s; expected %s: %s", report.faults[0].field, report.faults[0].found, field, found);
    free(bytes);
}

static void tables_that_contradict_each_other_are_refused_A13(void **state)
{
    (void)state;
    size_t size;
    uint8_t *bytes = read_object("good", &size);
    segment(bytes, PT_DYNAMIC)->p_vaddr += 16; /* the linker goes by the address, a reader by the offset */
    refused(bytes, size, "dynamic section", "another place in memory");

    bytes = read_object("good", &size);
    segment(bytes, PT_GNU_RELRO)->p_memsz = 1u << 20;
    refused(bytes, size, "read-only after relocation", "1048576 bytes");

    bytes = read_object("good", &size);
    Elf64_Phdr *first = segment(bytes, PT_LOAD);
    first[1].p_vaddr = first[0].p_vaddr; /* one mapped over the other */
    refused(bytes, size, "segment", "one at 0x0");

    bytes = read_object("good", &size);
    tag(bytes, DT_RELACOUNT)->d_un.d_val += 100;
    refused(bytes, size, "DT_RELACOUNT", "");

    bytes = read_object("good", &size);
    tag(bytes, DT_RELACOUNT)->d_tag = 0x6ffffe00; /* of a linker that is still to come */
    refused(bytes, size, "dynamic section", "a tag (0x6ffffe00)");

    bytes = read_object("good", &size);
    Elf64_Dyn *entry = tag(bytes, DT_RELACOUNT);
    *entry = (Elf64_Dyn){.d_tag = DT_RUNPATH, .d_un = {.d_val = 0}}; /* whatever text is first in the table */
    refused(bytes, size, "dynamic section", "a run path of 0");

    bytes = read_object("good", &size);
    tag(bytes, DT_RELACOUNT)->d_tag = DT_INIT; /* at 0: the header of the file as code */
    tag(bytes, DT_INIT)->d_un.d_val = 0;
    refused(bytes, size, "dynamic section", "DT_INIT of 0");

    bytes = read_object("good_sysv", &size);
    uint32_t *hash =
        (void *)(bytes + tag(bytes, DT_HASH)->d_un.d_ptr); /* the first segment: its offset is its address */
    hash[2 + hash[0] + 1] = 1;                             /* symbol 1 comes behind symbol 1 */
    hash[2] = 1;
    refused(bytes, size, "symbol hash table", "no end");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_never_ends_who_loads_it_A13),
        cmocka_unit_test(tables_that_contradict_each_other_are_refused_A13),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
