/* Loading plugins: what is good loads, and each bad object is refused before any of its code ran.
 */
#include "load/file.h"
#include "load/load.h"

#include "base/key.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <elf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OBJECTS TEST_BUILD_DIR "/tests/abi/bad/"
#define SCRATCH TEST_BUILD_DIR "/tests/abi/load_test"
#define MARKER  SCRATCH ".marker"

#if defined(OUTCRY_SANITIZER) || defined(OUTCRY_COVERAGE)
enum { IS_INSTRUMENTED = 1 };
#else
enum { IS_INSTRUMENTED = 0 };
#endif

static struct registry registry;
static struct load_report report;

static int start(void **state)
{
    (void)state;
    registry_init(&registry);
    setenv("OUTCRY_TEST_MARKER", MARKER, 1);
    unlink(MARKER);
    return 0;
}

static const struct load_fault *find_fault(const char *field, const char *found)
{
    for (uint32_t i = 0; i < report.fault_count; i++)
        if (strstr(report.faults[i].field, field) && strstr(report.faults[i].found, found))
            return &report.faults[i];
    return NULL;
}

static void print_report(const char *name)
{
    fprintf(stderr, "%s:\n", name);
    for (uint32_t i = 0; i < report.fault_count; i++)
        fprintf(stderr, "  %s: found %s, expected %s\n", report.faults[i].field, report.faults[i].found,
                report.faults[i].expected);
}

struct bad {
    const char *name;
    const char *field; /* of one of its faults, in part */
    const char *found;
    uint32_t fault_count;
    bool is_code; /* instrumented builds let it through with a note */
};

static const struct bad bads[] = {
    {"no_symbol", "oc_plugins_v1", "not exported", 1, false},
    {"list_function", "oc_plugins_v1", "a function", 1, false},
    {"list_writable", "oc_plugins_v1", "can be written", 1, false},
    {"list_empty", "oc_plugins_v1", "an empty list", 1, false},
    {"list_endless", "oc_plugins_v1", "no NULL", 1, false},
    {"list_outside", "plugin 1 descriptor", "not a pointer into the file", 1, false},
    {"list_number", "plugin 1 descriptor", "not a pointer into the file", 1, false},
    {"list_text", "oc_plugins_v1", "size or place", 1, false},
    {"wrong_major", "ABI version", "9.", 1, false},
    {"other_minor", "ABI version", "0.", 1, false},
    {"short_descriptor", "plugin 1 size", "64", 1, false},
    {"short_table", "outcry.data", "56", 1, false},
    {"huge_table", "outcry.data", "2147483647", 1, false},
    {"newer_table", "outcry.data", "more members", 1, false},
    {"writable_table", "outcry.data", "can be written", 1, false},
    {"null_open", "plugin 1 open", "NULL", 1, false},
    {"null_close", "plugin 1 close", "NULL", 1, false},
    {"null_bytes", "data.probe", "NULL", 1, false},
    {"null_check", "risk.check", "NULL", 1, false},
    {"null_table", "outcry.data", "NULL", 2, false},
    {"null_ifaces", "ifaces", "NULL", 1, false},
    {"data_for_code", "data.probe", "not code", 1, false},
    {"bad_id", "plugin 1 id", "Bad Id", 1, false},
    {"short_id", "plugin 1 id", "a.", 1, false},
    {"empty_id", "plugin 1 id", "empty", 1, false},
    {"null_id", "plugin 1 id", "NULL", 1, false},
    {"long_id", "plugin 1 id", "longer", 1, false},
    {"control_text", "about", "control", 1, false},
    {"duplicate_id", "plugin 2 id", "org.example.bad", 1, false},
    {"duplicate_iface", "interface id", "outcry.data", 1, false},
    {"other_iface", "ifaces", "no interface of its own kind", 1, false},
    {"unknown_kind", "kind", "outcry.magic/1", 1, false},
    {"undefined_symbol", "undefined symbol", "nobody_has_this", 1, false},
    {"key_name", "key Limit name", "Limit", 1, false},
    {"key_name_underscores", "key a__b name", "a__b", 1, false},
    {"key_name_long", "key 1 name", "longer", 1, false},
    {"key_name_reserved", "key plugin name", "plugin", 1, false},
    {"key_name_null", "key 1 name", "NULL", 1, false},
    {"key_name_number", "key 1 name", "not a plain pointer", 1, false},
    {"key_doubled", "key limit name", "limit", 1, false},
    {"key_type", "key limit type", "99", 1, false},
    {"key_type_none", "key limit type", "0", 1, false},
    {"key_bits", "key limit bits", "0x8", 1, false},
    {"key_bits_without_bound", "key limit bits", "without a max", 1, false},
    {"key_zero", "key limit zero", "another value", 1, false},
    {"key_no_about", "key limit about", "NULL", 1, false},
    {"key_empty_about", "key limit about", "an empty text", 1, false},
    {"key_control_about", "key limit about", "control", 1, false},
    {"key_min", "key limit min", "low", 1, false},
    {"key_max", "key wait max", "5", 1, false},
    {"key_min_above_max", "key limit max", "9", 1, false},
    {"key_nothing_between", "key limit max", "10", 1, false},
    {"key_bounds_of_text", "key url min", "a", 1, false},
    {"key_default", "key rate fallback", "1.5", 1, false},
    {"key_default_outside", "key share fallback", "0.101", 1, false},
    {"key_default_at_bound", "key start fallback", "1d", 1, false},
    {"key_default_required", "key limit fallback", "1", 1, false},
    {"key_default_no_choice", "key mode fallback", "c", 1, false},
    {"key_choices_null", "key mode choices", "NULL", 1, false},
    {"key_choices_empty", "key mode choices", "an empty list", 1, false},
    {"key_choices_doubled", "key mode choices", "a", 1, false},
    {"key_choices_writable", "key mode choices", "not constant", 1, false},
    {"key_choices_endless", "key mode choices", "no end after 16", 1, false},
    {"key_choices_of_text", "key url choices", "a list", 1, false},
    {"key_members_null", "key limits members", "NULL", 1, false},
    {"key_members_empty", "key limits members", "an empty table", 1, false},
    {"key_members_doubled", "key limits.limit name", "limit", 1, false},
    {"key_members_many", "key limits.17", "no end", 1, false},
    {"key_members_of_text", "key url members", "a table", 1, false},
    {"key_groups_inside", "key limits.inner type", "groups", 1, false},
    {"key_table_writable", "key 1", "not in constant data", 1, false},
    {"key_table_endless", "key 65", "no end", 1, false},
    {"key_table_outside", "plugin 1 keys", "out of the file", 1, false},
    {"key_file_full", "key beyond", "one more", 1, false},
    {"needs_gone", "needed library", "liboutcry_gone.so.1", 1, false},
    {"forgets", "risk.save", "observe() without save()", 1, false},
    {"needs_musl", "needed library", "libc.musl-x86_64.so.1", 1, false},
    {"run_path", "run path", "/opt/lib", 1, false},
    {"program", "ELF type", "a program (PIE)", 1, false},
    {"sanitized", "undefined symbol", "__asan_report_load4", 1, false},
    {"exec_stack", "stack", "executable", 1, false},
    {"origin_path", "run path", "$ORIGIN", 1, false},
    {"constructor", "init_array", "1 constructor", 1, true},
    {"constructor_with_startfiles", "init_array", "1 constructor", 1, true},
    {"two_constructors", "init_array", "2 constructors", 1, true},
    {"legacy_init", "DT_INIT", "of its own", 1, true},
    {"ifunc", "relocations", "IRELATIVE", 1, true},
    {"destructor", "fini_array", "of its own", 1, true},
    {"impure", "undefined symbol", "clock_gettime", 1, true},
    /* A14: what names a file of the author's, whose constructor would run, and code that runs when the process ends. */
    {"a14_needed_path", "needed library", "/constructor.so", 1, false},
    {"a14_filter", "dynamic section", "DT_FILTER", 1, false},
    {"a14_auxiliary", "dynamic section", "DT_AUXILIARY", 1, false},
    {"a14_audit", "dynamic section", "DT_AUDIT", 1, false},
    {"a14_depaudit", "dynamic section", "DT_DEPAUDIT", 1, false},
    {"a14_old_path", "run path", "/opt/lib", 1, false},
    {"a14_fini", "DT_FINI", "of its own", 1, true},
    {"a14_fini_with_startfiles", "DT_FINI", "of its own", 1, true},
    {"a14_destructor_with_startfiles", "fini_array", "of its own", 1, true},
};

static void each_bad_object_is_refused_before_its_code_runs(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bads / sizeof *bads; i++) {
        const struct bad *bad = &bads[i];
        char path[512];
        if (IS_INSTRUMENTED && strcmp(bad->name, "sanitized") == 0)
            continue; /* what it calls is there */
        snprintf(path, sizeof path, OBJECTS "%s.so", bad->name);
        assert_int_equal(access(path, R_OK), 0);
        oc_rc rc = load_inspect(path, &report);
        if (bad->is_code && IS_INSTRUMENTED) {
            assert_int_equal(rc, OC_OK);
            assert_true(report.note_count > 0);
            continue;
        }
        const struct load_fault *fault = find_fault(bad->field, bad->found);
        if (rc == OC_OK || !fault || report.fault_count != bad->fault_count)
            print_report(bad->name);
        assert_int_equal(rc, OC_E_DATA);
        assert_non_null(fault);
        assert_true(fault->expected[0] != 0);
        assert_int_equal(report.fault_count, bad->fault_count);
        assert_int_equal(load_plugin(&registry, path, NULL, &report), OC_E_DATA);
        assert_int_equal(registry.count, 0);
        assert_int_not_equal(access(MARKER, F_OK), 0);
    }
}

static void all_faults_are_told_at_once(void **state)
{
    (void)state;
    assert_int_equal(load_inspect(OBJECTS "many_faults.so", &report), OC_E_DATA);
    assert_non_null(find_fault("kind", "outcry.magic/1"));
    assert_non_null(find_fault("plugin 1 id", "No"));
    assert_non_null(find_fault("about", "an empty text"));
    assert_non_null(find_fault("open", "NULL"));
    assert_non_null(find_fault("close", "NULL"));
    assert_non_null(find_fault("data.probe", "NULL"));
    assert_non_null(find_fault("undefined symbol", "nobody_has_this"));
    assert_int_equal(report.fault_count, 7);
    load_report_init(&report, "x");
    for (uint32_t i = 0; i < LOAD_FAULT_MAX + 1; i++)
        load_report_fault(&report, "f", "x", "y", "");
    assert_int_equal(report.fault_count, LOAD_FAULT_MAX);
    assert_int_equal(report.faults_dropped, 1);
}

/* Reads a whole object; the caller frees. */
static uint8_t *read_object(const char *name, size_t *ret_size)
{
    char path[512];
    snprintf(path, sizeof path, OBJECTS "%s.so", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    uint8_t *bytes = malloc(1u << 20);
    assert_non_null(bytes);
    *ret_size = fread(bytes, 1, 1u << 20, file);
    fclose(file);
    assert_true(*ret_size > 4096 && *ret_size < 1u << 20);
    return bytes;
}

static oc_rc inspect_written(const void *bytes, size_t size)
{
    FILE *file = fopen(SCRATCH ".so", "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    oc_rc rc = load_plugin(&registry, SCRATCH ".so", NULL, &report);
    assert_int_not_equal(access(MARKER, F_OK), 0);
    return rc;
}

static void a_file_that_is_no_plugin_is_named(void **state)
{
    (void)state;
    size_t size;
    uint8_t *bytes = read_object("good", &size);
    assert_int_equal(inspect_written("", 0), OC_E_DATA);
    assert_non_null(find_fault("file", "empty"));
    assert_int_equal(inspect_written("hello, I am text\n", 17), OC_E_DATA);
    assert_non_null(find_fault("file", "not an ELF file"));
    assert_int_equal(load_plugin(&registry, TEST_BUILD_DIR, NULL, &report), OC_E_DATA);
    assert_non_null(find_fault("file", "a directory"));
    assert_int_equal(load_plugin(&registry, OBJECTS "absent.so", NULL, &report), OC_E_NOT_FOUND);
    assert_non_null(find_fault("file", "No such file"));
    assert_int_equal(load_plugin(&registry, "/dev/null", NULL, &report), OC_E_DATA);
    assert_non_null(find_fault("file", "not a regular file"));
    Elf64_Ehdr *header = (Elf64_Ehdr *)(void *)bytes;
    uint16_t machine = header->e_machine;
    header->e_machine = machine == EM_X86_64 ? EM_AARCH64 : EM_X86_64;
    assert_int_equal(inspect_written(bytes, size), OC_E_DATA);
    assert_non_null(find_fault("architecture", machine == EM_X86_64 ? "aarch64" : "x86-64"));
    header->e_machine = machine;
    header->e_ident[EI_CLASS] = ELFCLASS32;
    assert_int_equal(inspect_written(bytes, size), OC_E_DATA);
    assert_non_null(find_fault("ELF class", "not 64-bit"));
    header->e_ident[EI_CLASS] = ELFCLASS64;
    header->e_type = ET_REL;
    assert_int_equal(inspect_written(bytes, size), OC_E_DATA);
    assert_non_null(find_fault("ELF type", ".o"));
    header->e_type = ET_DYN;
    header->e_phoff = size;
    assert_int_equal(inspect_written(bytes, size), OC_E_DATA);
    assert_non_null(find_fault("program headers", "cut"));
    assert_int_equal(registry.count, 0);
    free(bytes);
}

/* The end of the bytes that the segments need; sections and debug data come after. */
static size_t needed_size(const uint8_t *bytes)
{
    const Elf64_Ehdr *header = (const void *)bytes;
    const Elf64_Phdr *segments = (const void *)(bytes + header->e_phoff);
    size_t end = 0;
    for (uint32_t i = 0; i < header->e_phnum; i++)
        if (segments[i].p_type == PT_LOAD && segments[i].p_offset + segments[i].p_filesz > end)
            end = segments[i].p_offset + segments[i].p_filesz;
    return end;
}

static void a_file_cut_anywhere_is_refused(void **state)
{
    (void)state;
    size_t size;
    uint8_t *bytes = read_object("good", &size);
    size_t end = needed_size(bytes);
    for (size_t cut = 1; cut < end; cut += cut < 1024 ? 1 : 97) {
        uint8_t *part = malloc(cut); /* of its own, so that a read beyond it is seen */
        assert_non_null(part);
        memcpy(part, bytes, cut);
        load_report_init(&report, "cut");
        assert_int_equal(load_inspect_bytes(part, cut, &report), OC_E_DATA);
        assert_true(report.fault_count > 0);
        free(part);
    }
    assert_int_equal(inspect_written(bytes, end - 1), OC_E_DATA);
    free(bytes);
}

/* Any flipped byte gives an answer; the sanitizers watch. */
static void flip_each(const char *name)
{
    size_t size;
    uint8_t *bytes = read_object(name, &size);
    size_t end = needed_size(bytes);
    for (size_t at = 0; at < end; at += at < 4096 ? 1 : 13) {
        uint8_t before = bytes[at];
        for (int flip = 0; flip < 3; flip++) {
            bytes[at] = flip == 0 ? 0xff : flip == 1 ? (uint8_t)(before ^ 1u) : (uint8_t)(before + 8u);
            load_report_init(&report, "flip");
            (void)load_inspect_bytes(bytes, size, &report);
        }
        bytes[at] = before;
    }
    free(bytes);
}

static void a_flipped_byte_never_crashes_the_reader(void **state)
{
    (void)state;
    flip_each("good");
    flip_each("good_keys");
    flip_each("good_venue");
}

static void what_is_good_loads(void **state)
{
    (void)state;
    static const char *const names[] = {"good",           "good_startfiles", "good_packed",
                                        "good_sysv",      "good_weak",       "good_libresolv",
                                        "good_keys_none", "good_keys",       "good_before_keys"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        char path[512];
        snprintf(path, sizeof path, OBJECTS "%s.so", names[i]);
        registry_init(&registry);
        oc_rc rc = load_plugin(&registry, path, NULL, &report);
        if (rc < 0)
            print_report(names[i]);
        assert_int_equal(rc, OC_OK);
        assert_int_equal(report.fault_count, 0);
        assert_int_equal(registry.count, 1);
        const struct registry_entry *entry = registry_find(&registry, OC_DATA, "org.example.bad");
        assert_non_null(entry);
        assert_int_equal(entry->generation, 1);
        assert_true(entry->hash != 0);
        assert_non_null(registry_interface(entry->plugin, OC_DATA));
        assert_null(registry_interface(entry->plugin, OC_RISK));
        assert_null(registry_find(&registry, OC_RISK, "org.example.bad"));
        assert_int_not_equal(access(MARKER, F_OK), 0);
    }
    assert_null(key_table(registry.entries[0].plugin)); /* the last one is from before there were keys */
    void *self = NULL; /* and the marker works: this is the first line of it that runs */
    assert_int_equal(registry.entries[0].plugin->open(NULL, &self), OC_OK);
    assert_int_equal(access(MARKER, F_OK), 0);
    unlink(MARKER);
}

static const struct load_key *find_key(const char *name, bool is_member)
{
    const struct load_info *info = &report.plugins[0];
    for (uint32_t i = 0; i < info->key_count; i++)
        if (strcmp(report.keys[info->key_first + i].name, name) == 0 &&
            report.keys[info->key_first + i].is_member == is_member)
            return &report.keys[info->key_first + i];
    return NULL;
}

static void the_keys_are_read_before_any_code_runs(void **state)
{
    (void)state;
    assert_int_equal(load_plugin(&registry, OBJECTS "good_keys.so", NULL, &report), OC_OK);
    assert_int_not_equal(access(MARKER, F_OK), 0);
    assert_true(report.plugins[0].has_keys);
    assert_int_equal(report.plugins[0].key_count, 9);
    const struct load_key *key = find_key("share", false);
    assert_non_null(key);
    assert_int_equal(key->type, OC_KEY_DECIMAL);
    assert_string_equal(key->range, ">0..10%");
    assert_string_equal(key->fallback, "0.1");
    assert_string_equal(key->unit, "share of the price");
    assert_string_equal(key->about, "a decimal");
    assert_true(find_key("rate", false)->bits == OC_KEY_REQUIRED && !find_key("rate", false)->has_fallback);
    assert_string_equal(find_key("wait", false)->range, "0..<24h");
    assert_string_equal(find_key("mode", false)->range, "calm|fast");
    assert_true(find_key("a2345678901234567890123456789_32", false)->has_fallback);
    assert_string_equal(find_key("limit", true)->fallback, "1");
    assert_null(find_key("limit", false));
    const struct oc_key *table = key_table(registry.entries[0].plugin);
    assert_ptr_equal(key_declared(table, "share"), table);
    assert_string_equal(key_declared(table, "limits.0.limit")->about, "its limit");
    assert_string_equal(key_declared(table, "limits.255.instrument")->about, "its symbol");
    static const char *const absent[] = {
        "",          "shar",          "shares",          "share.0.limit",  "limits.limit",     "limits.0",
        "limits.0.", "limits..limit", "limits.00.limit", "limits.x.limit", "limits.0.limit.0", "limits.-1.limit",
        "limit"};
    for (size_t i = 0; i < sizeof absent / sizeof *absent; i++)
        assert_null(key_declared(table, absent[i]));
    assert_null(key_declared(NULL, "share"));
    registry_init(&registry);
    assert_int_equal(load_plugin(&registry, OBJECTS "good_keys_none.so", NULL, &report), OC_OK);
    assert_true(report.plugins[0].has_keys && report.plugins[0].key_count == 0);
    assert_non_null(key_table(registry.entries[0].plugin));
    assert_null(key_declared(key_table(registry.entries[0].plugin), "share"));
}

static void an_id_is_loaded_once_and_reloads_are_generations(void **state)
{
    (void)state;
    const struct load_options again = {.reload = true};
    assert_int_equal(load_plugin(&registry, OBJECTS "good.so", NULL, &report), OC_OK);
    assert_int_equal(load_plugin(&registry, OBJECTS "good_sysv.so", NULL, &report), OC_E_EXISTS);
    assert_non_null(find_fault("plugin 1 id", "org.example.bad"));
    assert_non_null(strstr(report.faults[0].expected, "good.so"));
    assert_int_equal(registry.count, 1);
    const struct oc_plugin *first = registry.entries[0].plugin;
    assert_int_equal(load_plugin(&registry, OBJECTS "good.so", &again, &report), OC_OK);
    const struct registry_entry *entry = registry_find(&registry, NULL, "org.example.bad");
    assert_int_equal(entry->generation, 2);
    assert_ptr_not_equal(entry->plugin, first); /* a private copy of the same file */
    assert_string_equal(first->id, "org.example.bad");
    while (registry.count < REGISTRY_MAX)
        registry.entries[registry.count++] = registry.entries[0];
    assert_int_equal(load_plugin(&registry, OBJECTS "good.so", &again, &report), OC_E_LIMIT);
    assert_int_equal(registry.count, REGISTRY_MAX);
}

struct seen {
    uint32_t good, bad;
    char last[1024];
};

static oc_rc see(void *context, const char *path)
{
    struct seen *seen = context;
    oc_rc rc = load_plugin(&registry, path, NULL, &report);
    seen->good += rc == OC_OK;
    seen->bad += rc < 0;
    assert_true(strcmp(seen->last, path) < 0); /* sorted */
    snprintf(seen->last, sizeof seen->last, "%s", path);
    return OC_OK;
}

static void a_folder_is_loaded_in_the_order_of_names(void **state)
{
    (void)state;
    struct seen seen = {0};
    assert_int_equal(load_folder_each(TEST_BUILD_DIR "/sdk/examples", see, &seen), OC_OK);
    assert_int_equal(seen.good, 7);
    assert_int_equal(seen.bad, 0);
    assert_non_null(registry_find(&registry, OC_RISK, "org.example.maxqty"));
    assert_non_null(registry_find(&registry, OC_CONNECTOR, "org.example.loopback"));
    assert_int_equal(load_folder_each(TEST_BUILD_DIR "/absent", see, &seen), OC_E_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(each_bad_object_is_refused_before_its_code_runs, start),
        cmocka_unit_test_setup(all_faults_are_told_at_once, start),
        cmocka_unit_test_setup(a_file_that_is_no_plugin_is_named, start),
        cmocka_unit_test_setup(a_file_cut_anywhere_is_refused, start),
        cmocka_unit_test_setup(a_flipped_byte_never_crashes_the_reader, start),
        cmocka_unit_test_setup(what_is_good_loads, start),
        cmocka_unit_test_setup(the_keys_are_read_before_any_code_runs, start),
        cmocka_unit_test_setup(an_id_is_loaded_once_and_reloads_are_generations, start),
        cmocka_unit_test_setup(a_folder_is_loaded_in_the_order_of_names, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
