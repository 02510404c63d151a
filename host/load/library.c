#include "load/library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

static const char *const folders[] = {
#if defined(__x86_64__)
    "/lib/x86_64-linux-gnu",
    "/usr/lib/x86_64-linux-gnu",
    "/lib64",
    "/usr/lib64",
#else
    "/lib/aarch64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
#endif
    "/lib",
    "/usr/lib",
    "/usr/local/lib",
};
enum { FOLDER_COUNT = sizeof folders / sizeof *folders };

void library_set_init(struct library_set *set, const struct elf *plugin)
{
    set->plugin = plugin;
    set->is_open = false;
    set->count = 0;
}

void library_set_release(struct library_set *set)
{
    for (uint32_t i = 0; i < set->count; i++) {
        elf_release(&set->libraries[i].elf);
        load_file_release(&set->libraries[i].file, false);
    }
    set->count = 0;
}

static oc_rc map_in(struct load_file *file, const char *folder, size_t size, const char *name)
{
    char path[LOAD_PATH_MAX];
    if (size == 0 || folder[0] != '/')
        return OC_E_NOT_FOUND;
    int used = snprintf(path, sizeof path, "%.*s/%s", (int)size, folder, name);
    if (used < 0 || (size_t)used >= sizeof path)
        return OC_E_LIMIT;
    return load_file_map(file, path);
}

/* Finds the file of a library as the dynamic linker would, its cache aside. */
static oc_rc map_library(const struct elf *plugin, const char *name, struct load_file *file)
{
    if (name[0] == '/')
        return load_file_map(file, name);
    if (strchr(name, '/'))
        return OC_E_NOT_FOUND;
    for (const char *at = plugin->runpath; at && *at;) {
        size_t size = strcspn(at, ":");
        if (map_in(file, at, size, name) == OC_OK)
            return OC_OK;
        at += size + (at[size] == ':');
    }
    for (uint32_t i = 0; i < FOLDER_COUNT; i++)
        if (map_in(file, folders[i], strlen(folders[i]), name) == OC_OK)
            return OC_OK;
    return OC_E_NOT_FOUND;
}

static bool is_loaded(const char *name)
{
    void *handle = dlopen(name, RTLD_LAZY | RTLD_NOLOAD);
    if (handle)
        dlclose(handle); /* gives back the count that asking took; the library stays */
    return handle != NULL;
}

bool library_is_present(const struct library_set *set, const char *name)
{
    if (is_loaded(name))
        return true;
    struct load_file file;
    if (map_library(set->plugin, name, &file) < 0)
        return false;
    load_file_release(&file, false);
    return true;
}

static bool is_in_set(const struct library_set *set, const char *name)
{
    for (uint32_t i = 0; i < set->count; i++)
        if (set->libraries[i].elf.soname && strcmp(set->libraries[i].elf.soname, name) == 0)
            return true;
    return false;
}

static void add_needed(struct library_set *set, const struct elf *of)
{
    for (uint32_t i = 0; i < of->needed_count && set->count < LIBRARY_MAX; i++) {
        struct library *library = &set->libraries[set->count];
        struct elf_fault unused;
        if (is_in_set(set, of->needed[i]) || map_library(set->plugin, of->needed[i], &library->file) < 0)
            continue;
        if (elf_read_symbols(&library->elf, library->file.bytes, library->file.size, &unused) < 0)
            load_file_release(&library->file, false);
        else
            set->count++;
    }
}

bool library_has_symbol(struct library_set *set, const char *name)
{
    if (dlsym(RTLD_DEFAULT, name))
        return true;
    if (!set->is_open) {
        set->is_open = true;
        add_needed(set, set->plugin);
        for (uint32_t i = 0; i < set->count; i++)
            add_needed(set, &set->libraries[i].elf);
    }
    for (uint32_t i = 0; i < set->count; i++) {
        struct elf_symbol symbol;
        if (elf_symbol_find(&set->libraries[i].elf, name, &symbol) == OC_OK)
            return true;
    }
    return false;
}
