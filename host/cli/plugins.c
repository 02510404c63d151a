/* plugins.c: `outcry plugin`: what the folders of a run hold, and who uses it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/plugin_probe.h"
#include "cli/plugin_try.h"
#include "cli/verbs.h"
#include "config/options.h"
#include "load/verb.h"
#include "session/parts.h"
#include "session/venue_keys.h"

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

/* "risk" of "outcry.risk/0.1"; "refused" of a file with faults. */
static const char *kind_of(const struct catalogue_entry *entry, int *ret_length)
{
    const char *slash = strchr(entry->kind, '/'), *kind = entry->id[0] ? entry->kind : "refused";
    int length = (int)(slash && entry->id[0] ? slash - kind : (long)strlen(kind));
    const char *dot = memchr(kind, '.', (size_t)length);
    if (dot) {
        length -= (int)(dot + 1 - kind);
        kind = dot + 1;
    }
    *ret_length = length;
    return kind;
}

static void put_entry(const struct parts *parts, const struct settings *settings, const struct catalogue_entry *entry,
                      struct text *text)
{
    int length;
    const char *kind = kind_of(entry, &length), *venue;
    char hash[20];
    snprintf(hash, sizeof hash, "%016llx", (unsigned long long)entry->hash);
    json_open(text, NULL, '{');
    json_text_n(text, "kind", kind, (size_t)length);
    json_text(text, "id", entry->id[0] ? entry->id : NULL);
    json_text(text, "version", entry->version);
    json_text(text, "file", entry->path);
    json_text(text, "hash", hash);
    json_text(text, "from", entry->is_ours ? "ours" : "foreign");
    json_text(text, "why", entry->id[0] ? NULL : entry->why);
    json_text(text, "shadowed_by", entry->shadow_of ? parts->catalogue.list[entry->shadow_of - 1].path : NULL);
    json_open(text, "used_by", '[');
    for (uint32_t i = 0; i < parts->count && !entry->shadow_of; i++)
        if (entry->id[0] && strcmp(parts->list[i].id, entry->id) == 0)
            json_text(text, NULL, parts->list[i].section);
    for (uint32_t i = 0; !entry->shadow_of && entry->id[0] && (venue = venue_of(settings, entry->id, &i)) != NULL; i++)
        json_text_n(text, NULL, venue, (size_t)(strrchr(venue, '.') - venue));
    json_close(text, ']');
    json_close(text, '}');
}

static void list_entry(const struct parts *parts, const struct settings *settings, const struct catalogue_entry *entry)
{
    int length;
    const char *kind = kind_of(entry, &length);
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
    const char *venue; /* of which there may be several, and a run has one of them */
    for (uint32_t i = 0; !entry->shadow_of && entry->id[0] && (venue = venue_of(settings, entry->id, &i)) != NULL;
         i++) {
        printf("%s%.*s", lead, (int)(strrchr(venue, '.') - venue), venue);
        lead = ", ";
    }
    puts("");
}

/* What a look at plugins needs: the settings of a run, the catalogue, and the parts that would be used. */
struct look {
    struct options options;
    struct registry registry;
    struct parts parts;
};

static int list_all(struct look *look)
{
    struct error error;
    int code = EXIT_GOOD;
    registry_init(&look->registry);
    log_set_level(LOG_NONE);
    if (parts_open(&look->parts, &look->options.settings, &look->registry, PART_RULE | PART_SIM | PART_READER, true,
                   &error) < 0)
        code = complain(&error, OC_E_CONFIG, look->options.json);
    else if (look->options.json) {
        struct text text;
        text_init_grow(&text, 1 << 20);
        json_open(&text, NULL, '{');
        json_open(&text, "plugins", '[');
        for (uint32_t i = 0; i < look->parts.catalogue.count; i++)
            put_entry(&look->parts, &look->options.settings, &look->parts.catalogue.list[i], &text);
        json_close(&text, ']');
        json_close(&text, '}');
        puts(text.data ? text.data : "");
        text_release(&text);
    }
    for (uint32_t i = 0; !look->options.json && i < look->parts.catalogue.count; i++)
        list_entry(&look->parts, &look->options.settings, &look->parts.catalogue.list[i]);
    if (!look->parts.catalogue.count && !look->options.json)
        puts("no plugin files (*.so) found");
    return code;
}

/* The words of the line are files, or ids that are looked for in the folders of a run. */
static int tell_of(struct look *look)
{
    const struct catalogue *catalogue = &look->parts.catalogue;
    const char *folders[CATALOGUE_FOLDERS_MAX + 1] = {NULL};
    const char *words[OPTIONS_WORDS_MAX + 1] = {"info"};
    struct plugin_verb_env env = {.folders = folders, .out = put_out, .err = put_err};
    struct error error;
    if (parts_look(&look->parts.catalogue, &look->options.settings, &error) < 0)
        return complain(&error, OC_E_CONFIG, false);
    for (uint32_t i = 0; i < catalogue->folder_count; i++)
        folders[i] = catalogue->folders[i].path;
    for (uint32_t i = 0; i < look->options.word_count; i++)
        words[i + 1] = look->options.words[i];
    return plugin_verb((int)look->options.word_count + 1, words, &env);
}

/* With the settings of a run: files, environment, and what this line says. */
static int look_at(int argc, char **argv, int (*verb)(struct look *look))
{
    struct look *look = calloc(1, sizeof *look);
    int code = EXIT_USE;
    if (!look)
        return EXIT_RUN;
    if (options_parse(&look->options, argc, argv) < 0)
        (void)complain(&look->options.error, OC_E_INVALID, false);
    else if (options_finish(&look->options) < 0)
        code = complain(&look->options.error, OC_E_CONFIG, false);
    else
        code = verb(look);
    options_release(&look->options);
    free(look);
    return code;
}

int verb_plugin(int argc, char **argv)
{
    static const struct plugin_verb_env env = {.out = put_out, .err = put_err};
    if (argc > 1 && strcmp(argv[1], "list") == 0 && (argc == 2 || argv[2][0] == '-'))
        return look_at(argc - 1, argv + 1, list_all);
    if (argc > 2 && strcmp(argv[1], "info") == 0)
        return look_at(argc - 1, argv + 1, tell_of);
    if (argc > 2 && strcmp(argv[1], "check") == 0)
        return plugin_check(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "try") == 0)
        return plugin_try(argc - 2, argv + 2);
    return plugin_verb(argc - 1, (const char *const *)argv + 1, &env);
}
