#include "load/load.h"

#include "load/file.h"

#include <dlfcn.h>
#include <outcry/connector.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_socket.h"
#include "base/key.h"
#include "load/venue_lines.h"

void registry_init(struct registry *registry) { memset(registry, 0, sizeof *registry); }

const struct registry_entry *registry_find(const struct registry *registry, const char *kind, const char *id)
{
    for (uint32_t i = registry->count; i-- > 0;) {
        const struct registry_entry *entry = &registry->entries[i];
        if (strcmp(entry->plugin->id, id) == 0 && (!kind || strcmp(entry->plugin->kind, kind) == 0))
            return entry;
    }
    return NULL;
}

const void *registry_interface(const struct oc_plugin *plugin, const char *id)
{
    for (const struct oc_iface *iface = plugin->ifaces; iface->id; iface++)
        if (strcmp(iface->id, id) == 0)
            return iface->table;
    return NULL;
}

static oc_rc refuse_duplicates(const struct registry *registry, const struct load_options *options,
                               struct load_report *report)
{
    if (options && options->reload)
        return OC_OK;
    for (uint32_t i = 0; i < report->plugin_count; i++) {
        const struct registry_entry *entry = registry_find(registry, NULL, report->plugins[i].id);
        if (!entry)
            continue;
        char field[64], expected[160];
        snprintf(field, sizeof field, "plugin %u id", i + 1);
        snprintf(expected, sizeof expected, "an id that is not loaded yet (it is, from %.100s)", entry->path);
        load_report_fault(report, field, report->plugins[i].id, expected, "remove one of the two files");
    }
    return report->fault_count ? OC_E_EXISTS : OC_OK;
}

/* A table and its members against the rows that were inspected, which *at goes through. */
static bool same_keys(const struct oc_key *table, const struct load_key **at, const struct load_key *end,
                      bool is_member)
{
    for (const struct oc_key *key = table; key->name; key++) {
        const struct load_key *seen = *at;
        if (seen == end || strcmp(key->name, seen->name) != 0 || key->type != seen->type || key->bits != seen->bits ||
            (key->fallback != NULL) != seen->has_fallback || seen->is_member != is_member ||
            (key->fallback && strcmp(key->fallback, seen->fallback) != 0))
            return false;
        ++*at;
        if (key->type == OC_KEY_GROUPS && !same_keys(key->members, at, end, true))
            return false;
    }
    return true;
}

static bool has_same_keys(const struct oc_plugin *plugin, const struct load_report *report,
                          const struct load_info *info, uintptr_t base)
{
    const struct oc_key *table = key_table(plugin);
    const struct load_key *at = report->keys + info->key_first, *end = at + info->key_count;
    if (!table || !info->has_keys)
        return !table && !info->has_keys;
    return (uintptr_t)table == base + info->keys_address && same_keys(table, &at, end, false) && at == end;
}

/* What the loaded description says is what was read in the file: the same lines. */
static bool has_same_venue(const struct oc_plugin *plugin, const struct load_report *report,
                           const struct load_info *info, uintptr_t base)
{
    struct text text;
    const struct oc_connector *connector = NULL;
    for (uint32_t i = 0; i < info->iface_count; i++)
        if (strcmp(info->ifaces[i].id, OC_CONNECTOR) == 0)
            connector = plugin->ifaces[i].table;
    if (!connector)
        return true;
    if ((uintptr_t)connector->venue != base + info->venue_address)
        return false;
    text_init_grow(&text, OC_VENUE_FILE_MAX);
    venue_lines(&text, connector->venue);
    const bool is_same = !text.is_cut && text.size == info->venue_size &&
                         memcmp(text.data, report->venues + info->venue_first, text.size) == 0;
    text_release(&text);
    return is_same;
}

static bool is_same_plugin(const struct oc_plugin *plugin, const struct load_info *info, uintptr_t base)
{
    if ((uintptr_t)plugin != base + info->address || plugin->size != info->size ||
        plugin->abi_major != info->abi_major || plugin->abi_minor != info->abi_minor ||
        strcmp(plugin->kind, info->kind) != 0 || strcmp(plugin->id, info->id) != 0 ||
        strcmp(plugin->version, info->version) != 0 || !plugin->open || !plugin->close)
        return false;
    const struct oc_iface *iface = plugin->ifaces;
    for (uint32_t i = 0; i < info->iface_count; i++, iface++)
        if (!iface->id || strcmp(iface->id, info->ifaces[i].id) != 0 ||
            (uintptr_t)iface->table != base + info->ifaces[i].address ||
            *(const uint32_t *)iface->table != info->ifaces[i].size)
            return false;
    return !iface->id;
}

/* What the dynamic linker made of the file is what was inspected: same list, same places. */
static bool is_as_inspected(const struct oc_plugin *const *list, const struct load_report *report)
{
    uintptr_t base = (uintptr_t)list - (uintptr_t)report->list_address;
    for (uint32_t i = 0; i < report->plugin_count; i++)
        if (!list[i] || !is_same_plugin(list[i], &report->plugins[i], base) ||
            !has_same_keys(list[i], report, &report->plugins[i], base) ||
            !has_same_venue(list[i], report, &report->plugins[i], base))
            return false;
    return !list[report->plugin_count];
}

/* Valgrind reads symbols of a file with a name only, and a copy in memory has none: under it the file itself is loaded, when
 * its bytes are still those of the copy. */
static bool loads_by_name(const struct load_file *copy, const char *path)
{
    const char *preload = getenv("LD_PRELOAD");
    struct load_file file;
    if (path[0] != '/' || !preload || !strstr(preload, "/vgpreload_") || load_file_map(&file, path) < 0)
        return false;
    const bool is_same = file.size == copy->size && memcmp(file.bytes, copy->bytes, file.size) == 0;
    load_file_release(&file, false);
    return is_same;
}

static oc_rc open_copy(struct load_file *file, struct load_report *report, const struct oc_plugin *const **ret_list)
{
    char name[LOAD_PATH_MAX];
    /* Not /proc/self: a debugger opens this name as well, and there it must not mean the debugger. */
    snprintf(name, sizeof name, "/proc/%d/fd/%d", env_process(), file->descriptor);
    if (loads_by_name(file, report->path))
        snprintf(name, sizeof name, "%s", report->path);
    void *handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!handle) {
        const char *why = dlerror();
        load_report_fault(report, "dlopen", why ? why : "refused", "a file that can be loaded", "");
        load_file_release(file, false);
        return OC_E_DATA;
    }
    const struct oc_plugin *const *list = (const struct oc_plugin *const *)dlsym(handle, "oc_plugins_v1");
    load_file_release(file, true);
    if (!list || !is_as_inspected(list, report)) {
        load_report_fault(report, "oc_plugins_v1", "after loading another list than in the file",
                          "the list that was inspected",
                          "link with -Bsymbolic, so that no other file can stand in for a symbol");
        return OC_E_DATA;
    }
    *ret_list = list;
    return OC_OK;
}

static void add_plugins(struct registry *registry, const struct load_report *report,
                        const struct oc_plugin *const *list)
{
    for (uint32_t i = 0; i < report->plugin_count; i++) {
        const struct registry_entry *old = registry_find(registry, NULL, list[i]->id);
        struct registry_entry *entry = &registry->entries[registry->count];
        entry->plugin = list[i];
        entry->hash = report->hash;
        entry->generation = old ? old->generation + 1 : 1;
        snprintf(entry->path, sizeof entry->path, "%s", report->path);
        registry->count++;
    }
}

oc_rc load_plugin(struct registry *registry, const char *path, const struct load_options *options,
                  struct load_report *ret_report)
{
    struct load_file file;
    struct elf_fault fault = {0};
    const struct oc_plugin *const *list;
    load_report_init(ret_report, path);
    oc_rc rc = load_file_copy(&file, path, &fault);
    if (rc < 0) {
        load_report_fault(ret_report, fault.field, fault.found, fault.expected, "");
        return rc;
    }
    rc = load_inspect_bytes(file.bytes, file.size, ret_report);
    if (rc == OC_OK)
        rc = refuse_duplicates(registry, options, ret_report);
    if (rc == OC_OK && ret_report->plugin_count > REGISTRY_MAX - registry->count) {
        load_report_fault(ret_report, "registry", "full", "at most 256 plugins and reloads", "");
        rc = OC_E_LIMIT;
    }
    if (rc < 0) {
        load_file_release(&file, false);
        return rc;
    }
    rc = open_copy(&file, ret_report, &list);
    if (rc == OC_OK)
        add_plugins(registry, ret_report, list);
    return rc;
}
