#include "load/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "load/file.h"

struct scan {
    struct catalogue *catalogue;
    struct load_report *report;
    bool is_ours;
};

static uint32_t counting_entry(const struct catalogue *catalogue, const char *id)
{
    for (uint32_t i = 0; i < catalogue->count; i++)
        if (catalogue->list[i].id[0] && !catalogue->list[i].shadow_of && strcmp(catalogue->list[i].id, id) == 0)
            return i + 1;
    return 0;
}

static oc_rc add(struct scan *scan, const struct load_info *info)
{
    struct catalogue *catalogue = scan->catalogue;
    const struct load_report *report = scan->report;
    if (catalogue->count == CATALOGUE_MAX)
        return OC_E_LIMIT;
    uint32_t counts = info ? counting_entry(catalogue, info->id) : 0;
    struct catalogue_entry *entry = &catalogue->list[catalogue->count++];
    *entry = (struct catalogue_entry){.hash = report->hash, .is_ours = scan->is_ours, .shadow_of = counts};
    snprintf(entry->path, sizeof entry->path, "%s", report->path);
    if (info) {
        memcpy(entry->id, info->id, sizeof entry->id);
        memcpy(entry->kind, info->kind, sizeof entry->kind);
        memcpy(entry->version, info->version, sizeof entry->version);
    } else {
        const struct load_fault *fault = &report->faults[0];
        snprintf(entry->why, sizeof entry->why, "%s: found %.80s, expected %.80s", fault->field, fault->found,
                 fault->expected);
    }
    return OC_OK;
}

static oc_rc add_one(void *context, const char *path)
{
    struct scan *scan = context;
    if (!scan->is_ours && load_others_write(path)) {
        load_report_init(scan->report, path);
        load_report_fault(scan->report, "file", "others can write to it, or to its folder", "you alone can",
                          "chmod go-w");
        return add(scan, NULL);
    }
    oc_rc rc = load_inspect(path, scan->report);
    if (rc == OC_E_NOMEM)
        return rc; /* nothing is known of this one, and the next would fare no better */
    if (rc < 0)
        return add(scan, NULL);
    rc = OC_OK;
    for (uint32_t i = 0; i < scan->report->plugin_count && rc == OC_OK; i++)
        rc = add(scan, &scan->report->plugins[i]);
    return rc;
}

oc_rc catalogue_add_folder(struct catalogue *catalogue, const char *path, const char *origin, bool is_ours,
                           struct error *ret_error)
{
    struct scan scan = {.catalogue = catalogue, .is_ours = is_ours};
    for (uint32_t i = 0; i < catalogue->folder_count; i++)
        if (strcmp(catalogue->folders[i].path, path) == 0)
            return OC_OK; /* named twice */
    if (catalogue->folder_count == CATALOGUE_FOLDERS_MAX)
        return error_say(ret_error, OC_E_LIMIT, origin, "at most %d plugin folders", CATALOGUE_FOLDERS_MAX);
    if (!is_ours && load_others_write(path)) {
        error_at(ret_error, OC_E_CONFIG, "%s", origin);
        error_what(ret_error, "others can write to the plugin folder, and so put their code into this host");
        error_found(ret_error, "%s", path);
        error_remedy(ret_error, "chmod go-w it, or name another folder");
        return OC_E_CONFIG;
    }
    scan.report = malloc(sizeof *scan.report);
    if (!scan.report)
        return error_of_code(ret_error, OC_E_NOMEM, origin, "");
    struct catalogue_folder *folder = &catalogue->folders[catalogue->folder_count++];
    folder->is_ours = is_ours;
    snprintf(folder->path, sizeof folder->path, "%s", path);
    snprintf(folder->origin, sizeof folder->origin, "%s", origin);
    oc_rc rc = load_folder_each(path, add_one, &scan);
    free(scan.report);
    if (rc >= 0)
        return OC_OK;
    error_at(ret_error, rc, "%s", origin);
    if (rc == OC_E_NOT_FOUND) {
        error_what(ret_error, "there is no such folder");
        error_found(ret_error, "%s", path);
        error_remedy(ret_error, "make it, or name another one");
    } else if (rc == OC_E_LIMIT) {
        error_what(ret_error, "%s: more than %d plugins", path, CATALOGUE_MAX);
    } else {
        error_what(ret_error, "%s: the folder cannot be read", path);
    }
    return rc;
}

oc_rc catalogue_add_file(struct catalogue *catalogue, const char *path, const struct catalogue_entry **ret_entry,
                         struct error *ret_error)
{
    uint32_t first = catalogue->count;
    struct scan scan = {.catalogue = catalogue, .report = malloc(sizeof *scan.report)};
    oc_rc rc = scan.report ? add_one(&scan, path) : (oc_rc)OC_E_NOMEM;
    free(scan.report);
    if (rc < 0)
        return error_of_code(ret_error, rc, path, "the plugin file was not taken");
    const struct catalogue_entry *entry = &catalogue->list[first];
    if (!entry->id[0]) {
        error_at(ret_error, OC_E_DATA, "%s", path);
        error_what(ret_error, "the plugin file was refused: %s", entry->why);
        if (load_others_write(path))
            error_remedy(ret_error, "chmod go-w the file, and its folder");
        else
            error_remedy(ret_error, "`outcry plugin check %s` tells all", path);
        return OC_E_DATA;
    }
    *ret_entry = entry;
    return OC_OK;
}

const struct catalogue_entry *catalogue_find(const struct catalogue *catalogue, const char *kind, const char *id)
{
    uint32_t index = counting_entry(catalogue, id);
    const struct catalogue_entry *entry = index ? &catalogue->list[index - 1] : NULL;
    return entry && (!kind || strcmp(entry->kind, kind) == 0) ? entry : NULL;
}

/* The last part of an id: a word without dots is held against it, as people leave out the rest. */
static const char *tail_of(const char *id)
{
    const char *dot = strrchr(id, '.');
    return dot ? dot + 1 : id;
}

const char *catalogue_nearest(const struct catalogue *catalogue, const char *kind, const char *id)
{
    const char *names[CATALOGUE_MAX + 1], *ids[CATALOGUE_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < catalogue->count; i++)
        if (strcmp(catalogue->list[i].kind, kind) == 0) {
            ids[count] = catalogue->list[i].id;
            names[count++] = strchr(id, '.') ? catalogue->list[i].id : tail_of(catalogue->list[i].id);
        }
    names[count] = NULL;
    const char *nearest = text_nearest(id, names);
    for (uint32_t i = 0; i < count; i++)
        if (names[i] == nearest)
            return ids[i];
    return NULL;
}

void catalogue_use(struct catalogue *catalogue, const struct catalogue_entry *entry)
{
    catalogue->list[entry - catalogue->list].is_used = true;
}
