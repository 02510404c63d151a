/* inspect_list.c: the plugin list, its descriptors, texts and interface tables, read as data. */
#include "load/inspect_look.h"

#include <elf.h>
#include <inttypes.h>
#include <outcry/risk.h>
#include <stdio.h>
#include <string.h>

#define LIST_NAME "oc_plugins_v1"

static void say(struct look *look, const char *member, const char *found, const char *expected)
{
    look_say(look, member, found, expected, "");
}

/* Reads a text that a pointer of a table names. False: a fault was added. */
static bool take_text(struct look *look, uint64_t address, const char *member, char *text, uint32_t size_max)
{
    const char *found;
    if (!look_text(look, address, member, size_max, &found))
        return false;
    if (!found || !found[0]) {
        say(look, member, found ? "an empty text" : "NULL", "a text");
        return false;
    }
    snprintf(text, size_max, "%s", found);
    return true;
}

static void check_function(struct look *look, uint64_t address, const char *member, bool is_required)
{
    struct elf_pointer pointer;
    if (elf_pointer_at(look->elf, address, &pointer) < 0) {
        say(look, member, "not a plain pointer", "a function");
        return;
    }
    if (pointer.kind == ELF_POINTER_NULL) {
        if (is_required)
            say(look, member, "NULL", "a function: this member is required");
        return;
    }
    if (pointer.kind == ELF_POINTER_INSIDE && !elf_is_inside(look->elf, pointer.address, 1, PF_X))
        say(look, member, "a pointer to what is not code", "a function");
}

static bool has_function(const struct look *look, uint64_t address)
{
    struct elf_pointer pointer;
    return elf_pointer_at(look->elf, address, &pointer) == OC_OK && pointer.kind != ELF_POINTER_NULL;
}

/* What a rule has learned lives in checkpoints: without save() it is lost at the first restart behind one. */
static void check_memory(struct look *look, uint64_t address)
{
    if (!has_function(look, address + offsetof(struct oc_risk, observe)))
        return;
    if (!has_function(look, address + offsetof(struct oc_risk, save)) ||
        !has_function(look, address + offsetof(struct oc_risk, load)))
        say(look, "risk.save", "observe() without save() and load()",
            "all three: what a rule learns is kept in checkpoints");
}

static void check_table(struct look *look, struct load_info *info, const struct kind *kind, struct load_iface *iface)
{
    if (!kind) {
        uint32_t size = look_size(look, iface->address, iface->id, 4, LOAD_TABLE_MAX);
        iface->size = size;
        return;
    }
    iface->size = look_size(look, iface->address, iface->id, kind->size_first, kind->size);
    for (uint32_t i = 0; iface->size && i < kind->member_count; i++) {
        char member[48];
        snprintf(member, sizeof member, "%s.%s", kind->name, kind->members[i].name);
        check_function(look, iface->address + kind->members[i].offset, member, kind->members[i].is_required);
    }
    if (iface->size && strcmp(kind->id, OC_RISK) == 0)
        check_memory(look, iface->address);
    if (iface->size && strcmp(kind->id, OC_CONNECTOR) == 0)
        inspect_venue(look, info, iface->address);
}

static bool is_interface_id(const char *id)
{
    const char *slash = strrchr(id, '/');
    if (!slash || slash == id || !slash[1])
        return false;
    for (const char *c = id; c < slash; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || strchr("._-", *c)))
            return false;
    for (const char *c = slash + 1; *c; c++)
        if (!((*c >= '0' && *c <= '9') || *c == '.'))
            return false;
    return true;
}

/* One row of the interface array. False: the array has ended, or cannot be followed. */
static bool take_iface(struct look *look, struct load_info *info, uint64_t address)
{
    struct elf_pointer id, table;
    if (elf_pointer_at(look->elf, address, &id) < 0 || elf_pointer_at(look->elf, address + 8, &table) < 0) {
        say(look, "ifaces", "not an array of interfaces", "rows of {id, table}, ended by {0}");
        return false;
    }
    if (id.kind == ELF_POINTER_NULL && table.kind == ELF_POINTER_NULL)
        return false;
    if (info->iface_count == LOAD_IFACE_MAX) {
        say(look, "ifaces", "no end after 16 rows", "rows of {id, table}, ended by {0}");
        return false;
    }
    struct load_iface *iface = &info->ifaces[info->iface_count];
    if (!take_text(look, address, "interface id", iface->id, sizeof iface->id))
        return true;
    if (!is_interface_id(iface->id)) {
        say(look, "interface id", iface->id, "a name and a version, as outcry.risk/1");
        return true;
    }
    for (uint32_t i = 0; i < info->iface_count; i++)
        if (strcmp(info->ifaces[i].id, iface->id) == 0) {
            say(look, "interface id", iface->id, "each interface once");
            return true;
        }
    if (table.kind != ELF_POINTER_INSIDE) {
        say(look, iface->id, table.kind == ELF_POINTER_NULL ? "NULL" : "a pointer out of the file",
            "a table in the file");
        return true;
    }
    iface->address = table.address;
    info->iface_count++;
    check_table(look, info, kind_find(iface->id), iface);
    return true;
}

static void check_ifaces(struct look *look, struct load_info *info)
{
    struct elf_pointer pointer;
    uint64_t slot = info->address + offsetof(struct oc_plugin, ifaces);
    if (elf_pointer_at(look->elf, slot, &pointer) < 0 || pointer.kind != ELF_POINTER_INSIDE) {
        say(look, "ifaces", "NULL, or a pointer out of the file", "an array of interfaces");
        return;
    }
    for (uint64_t i = 0; take_iface(look, info, pointer.address + i * sizeof(struct oc_iface)); i++)
        ;
    if (!info->kind[0] || !kind_find(info->kind))
        return;
    for (uint32_t i = 0; i < info->iface_count; i++)
        if (strcmp(info->ifaces[i].id, info->kind) == 0)
            return;
    say(look, "ifaces", "no interface of its own kind", info->kind);
}

static void check_id(struct look *look, const struct load_info *info)
{
    size_t size = strlen(info->id);
    bool has_dot = strchr(info->id, '.') != NULL;
    bool is_good = size >= 3 && size <= 64 && has_dot;
    for (const char *c = info->id; *c; c++)
        is_good =
            is_good && ((*c >= 'a' && *c <= 'z') || (*c >= '0' && *c <= '9') || *c == '.' || *c == '_' || *c == '-');
    if (!is_good)
        say(look, "id", info->id, "reverse-DNS of 3 to 64 characters [a-z0-9._-], as org.example.rule");
    for (uint32_t i = 0; i < look->report->plugin_count; i++)
        if (strcmp(look->report->plugins[i].id, info->id) == 0)
            say(look, "id", info->id, "an id that no other plugin of the file has");
}

static void check_kind(struct look *look, const struct load_info *info)
{
    if (kind_find(info->kind))
        return;
    char expected[160] = "one of";
    const struct kind *kind;
    for (uint32_t i = 0; (kind = kind_at(i)); i++) {
        size_t used = strlen(expected);
        snprintf(expected + used, sizeof expected - used, "%s %s", i ? "," : "", kind->id);
    }
    say(look, "kind", info->kind, expected);
}

/* False if the rest of the descriptor has another layout than ours and must not be read. */
static bool check_version(struct look *look, struct load_info *info)
{
    struct oc_plugin head;
    char found[32], expected[64];
    if (elf_copy(look->elf, info->address, &head, 8) < 0) {
        say(look, "descriptor", "a pointer out of the file's data", "a struct oc_plugin");
        return false;
    }
    info->abi_major = head.abi_major;
    info->abi_minor = head.abi_minor;
    bool is_same = head.abi_major == OC_ABI_MAJOR && (OC_ABI_MAJOR > 0 || head.abi_minor == OC_ABI_MINOR);
    if (is_same)
        return true;
    snprintf(found, sizeof found, "%u.%u", head.abi_major, head.abi_minor);
    snprintf(expected, sizeof expected, "%d.%s%d", OC_ABI_MAJOR, OC_ABI_MAJOR ? "x, at most ." : "", OC_ABI_MINOR);
    char field[64];
    snprintf(field, sizeof field, "%s ABI version", look->where);
    load_report_fault(look->report, field, found, expected, "build the plugin again with the SDK of this host");
    return false;
}

static void check_plugin(struct look *look, uint64_t address)
{
    struct load_report *report = look->report;
    struct load_info *info = &report->plugins[report->plugin_count];
    memset(info, 0, sizeof *info);
    info->address = address;
    if (!check_version(look, info))
        return;
    info->size = look_size(look, address, "size", (uint32_t)(offsetof(struct oc_plugin, ifaces) + 8),
                           (uint32_t)sizeof(struct oc_plugin));
    if (!info->size)
        return;
#define AT(member) (address + offsetof(struct oc_plugin, member))
    if (take_text(look, AT(kind), "kind", info->kind, sizeof info->kind))
        check_kind(look, info);
    if (take_text(look, AT(id), "id", info->id, sizeof info->id))
        check_id(look, info);
    take_text(look, AT(version), "version", info->version, sizeof info->version);
    take_text(look, AT(license), "license", info->license, sizeof info->license);
    take_text(look, AT(about), "about", info->about, sizeof info->about);
    check_function(look, AT(open), "open", true);
    check_function(look, AT(close), "close", true);
#undef AT
    check_ifaces(look, info);
    inspect_keys(look, info);
    report->plugin_count++;
}

/* The list symbol itself. False: there is nothing to walk. */
static bool check_symbol(const struct elf *elf, struct load_report *report, struct elf_symbol *ret_symbol)
{
    if (elf_symbol_find(elf, LIST_NAME, ret_symbol) < 0) {
        load_report_fault(report, "symbol " LIST_NAME, "not exported",
                          "OC_EXPORT const struct oc_plugin *const " LIST_NAME "[]",
                          "export the list, or keep files that are no plugins elsewhere");
        return false;
    }
    if (!ret_symbol->is_object) {
        load_report_fault(report, "symbol " LIST_NAME, ret_symbol->is_function ? "a function" : "not an object",
                          "a constant array of pointers", "");
        return false;
    }
    if (ret_symbol->size < 8 || ret_symbol->size % 8 != 0 || ret_symbol->value % 8 != 0 ||
        !elf_is_inside(elf, ret_symbol->value, ret_symbol->size, PF_R)) {
        load_report_fault(report, "symbol " LIST_NAME, "not the size or place of a list",
                          "a constant array of pointers inside the file", "");
        return false;
    }
    if (!elf_is_constant(elf, ret_symbol->value, ret_symbol->size)) {
        load_report_fault(report, "symbol " LIST_NAME, "in memory that can be written",
                          "OC_EXPORT const struct oc_plugin *const " LIST_NAME "[]", "both words const are needed");
        return false;
    }
    return true;
}

void inspect_list(const struct elf *elf, struct load_report *report)
{
    struct elf_symbol symbol;
    if (!check_symbol(elf, report, &symbol))
        return;
    report->list_address = symbol.value;
    for (uint64_t i = 0; i < symbol.size / 8; i++) {
        struct look look = {.elf = elf, .report = report};
        struct elf_pointer pointer;
        snprintf(look.where, sizeof look.where, "plugin %" PRIu64, i + 1);
        if (elf_pointer_at(elf, symbol.value + i * 8, &pointer) < 0 || pointer.kind == ELF_POINTER_EXTERNAL) {
            say(&look, "descriptor", "not a pointer into the file", "a struct oc_plugin");
            return;
        }
        if (pointer.kind == ELF_POINTER_NULL) {
            if (i == 0)
                load_report_fault(report, "symbol " LIST_NAME, "an empty list", "at least one plugin", "");
            return;
        }
        if (i == LOAD_PLUGIN_MAX) {
            load_report_fault(report, "symbol " LIST_NAME, "more than 16 plugins", "at most 16, then NULL", "");
            return;
        }
        check_plugin(&look, pointer.address);
    }
    load_report_fault(report, "symbol " LIST_NAME, "no NULL at its end", "a list ended by NULL", "");
}
