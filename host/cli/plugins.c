/* plugins.c: where plugins are found, and which of them a run loads. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/complain.h"
#include "cli/verbs.h"
#include "config/options.h"
#include "load/verb.h"
#include "session/parts.h"

enum { FOLDERS_MAX = 4, PATH_SIZE = 1024 };

/* Folders of plugins: $OUTCRY_PLUGINS, then `plugins` beside the program, then the installed ones. NULL-terminated. */
static const char *const *plugin_folders(void)
{
    static char paths[FOLDERS_MAX][PATH_SIZE];
    static const char *list[FOLDERS_MAX + 1];
    if (list[0])
        return list;
    int count = 0;
    const char *named = getenv("OUTCRY_PLUGINS");
    if (named && *named)
        snprintf(paths[count++], PATH_SIZE, "%s", named);
    char program[PATH_SIZE - 64];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length > 0) {
        program[length] = 0;
        char *slash = strrchr(program, '/');
        if (slash)
            *slash = 0;
        snprintf(paths[count++], PATH_SIZE, "%s/plugins", program);
        snprintf(paths[count++], PATH_SIZE, "%s/../lib/outcry/plugins", program);
    }
    int kept = 0;
    for (int i = 0; i < count; i++)
        if (access(paths[i], R_OK) == 0)
            list[kept++] = paths[i];
    list[kept] = NULL;
    return list;
}

/* The first fault; `plugin check` shows all. */
static void take_fault(const struct load_report *report, oc_rc rc, struct error *ret_error)
{
    const struct load_fault *fault = &report->faults[0];
    error_at(ret_error, rc, "plugin %s: %s", report->path, fault->field);
    error_what(ret_error, "it was refused");
    error_found(ret_error, "%s", fault->found);
    error_expected(ret_error, "%s", fault->expected);
    error_remedy(ret_error, "%s%s`outcry plugin check %s` shows all of it", fault->text, fault->text[0] ? "; " : "",
                 report->path);
}

oc_rc load_needed(struct registry *registry, const char *const *names, struct error *ret_error)
{
    static struct load_report report; /* too large for a small stack */
    for (; *names; names++) {
        char path[2 * PATH_SIZE];
        bool found = false;
        for (const char *const *folder = plugin_folders(); *folder && !found; folder++) {
            snprintf(path, sizeof path, "%s/%s.so", *folder, *names);
            found = access(path, R_OK) == 0;
        }
        if (!found) {
            error_at(ret_error, OC_E_NOT_FOUND, "plugin %s.so", *names);
            error_what(ret_error, "it is in none of the plugin folders");
            error_remedy(ret_error, "set OUTCRY_PLUGINS to the folder that has it");
            return OC_E_NOT_FOUND;
        }
        oc_rc rc = load_plugin(registry, path, NULL, &report);
        if (rc < 0) {
            take_fault(&report, rc, ret_error);
            return rc;
        }
    }
    return OC_OK;
}

static void put_out(void *context, const char *text)
{
    (void)context;
    fputs(text, stdout);
}

static void put_err(void *context, const char *text)
{
    (void)context;
    fputs(text, stderr);
}

static void list_entry(const struct parts *parts, const struct catalogue_entry *entry)
{
    const char *slash = strchr(entry->kind, '/'), *kind = entry->id[0] ? entry->kind : "refused";
    int length = (int)(slash && entry->id[0] ? slash - kind : (long)strlen(kind));
    const char *dot = memchr(kind, '.', (size_t)length); /* "outcry.risk/0.1" */
    if (dot) {
        length -= (int)(dot + 1 - kind);
        kind = dot + 1;
    }
    printf("%-10.*s %-32s %-10s %s", length, kind, entry->id[0] ? entry->id : "-", entry->version, entry->path);
    if (!entry->id[0])
        printf("  %s", entry->why);
    if (entry->shadow_of)
        printf("  shadowed by %s", parts->catalogue.list[entry->shadow_of - 1].path);
    const char *lead = "  used by ";
    for (uint32_t i = 0; i < parts->count && !entry->shadow_of; i++)
        if (entry->id[0] && strcmp(parts->list[i].id, entry->id) == 0) {
            printf("%s%s", lead, parts->list[i].section);
            lead = ", ";
        }
    puts("");
}

/* What is in the folders of a run with this configuration, and which parts of it use it. */
static int list_all(int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct parts *parts = calloc(1, sizeof *parts);
    struct error error;
    int code = EXIT_RUN;
    if (!options || !registry || !parts)
        goto out;
    code = EXIT_USE;
    if (options_parse(options, argc, argv) < 0) {
        (void)complain(&options->error, OC_E_INVALID, false);
        goto out;
    }
    registry_init(registry);
    log_set_level(LOG_NONE);
    code = EXIT_GOOD;
    if (options_finish(options) < 0)
        code = complain(&options->error, OC_E_CONFIG, false);
    else if (parts_open(parts, &options->settings, registry, PART_RULE | PART_SIM | PART_READER, true, &error) < 0)
        code = complain(&error, error.rc, false);
    for (uint32_t i = 0; i < parts->catalogue.count; i++)
        list_entry(parts, &parts->catalogue.list[i]);
    if (!parts->catalogue.count)
        puts("no plugin files (*.so) found");
out:
    if (options)
        options_release(options);
    free(options);
    free(registry);
    free(parts);
    return code;
}

int verb_plugin(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "list") == 0 && (argc == 2 || argv[2][0] == '-'))
        return list_all(argc - 1, argv + 1);
    struct plugin_verb_env env = {.folders = plugin_folders(), .out = put_out, .err = put_err};
    if (argc < 2) {
        fputs("usage: outcry plugin list | info FILE | check FILE | new KIND NAME\n", stderr);
        return EXIT_USE;
    }
    return plugin_verb(argc - 1, argv + 1, &env);
}
