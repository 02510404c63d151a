/* misc.c: the small verbs: version, config check. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>
#include <libconfig.h>
#include <lua.h>

#include "base/json_out.h"
#include "base/key.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/complain.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "config/config_file.h"
#include "config/options.h"
#include "replay/diff.h"
#include "session/account_keys.h"
#include "session/venue_keys.h"
#include "tell/channel.h"

static void print_json(struct text *text)
{
    printf("%s\n", text->data ? text->data : "");
    text_release(text);
}

int verb_version(int argc, char **argv)
{
    struct text text;
    char abi[32], libconfig[32];
    if (argc > 2 || (argc == 2 && strcmp(argv[1], "--json") != 0)) {
        fputs("usage: outcry version [--json]\n", stderr);
        return EXIT_USE;
    }
    snprintf(abi, sizeof abi, "%d.%d", OC_ABI_MAJOR, OC_ABI_MINOR);
    snprintf(libconfig, sizeof libconfig, "%d.%d", LIBCONFIG_VER_MAJOR, LIBCONFIG_VER_MINOR);
    if (argc < 2) {
        printf("outcry %s, build %s, plugin ABI %s\n", OUTCRY_VERSION, outcry_build, abi);
        printf("%s, libconfig %s, json-c %s, compiler %s\n", LUA_RELEASE, libconfig, JSON_C_VERSION, __VERSION__);
        return EXIT_GOOD;
    }
    text_init_grow(&text, 1 << 12);
    json_open(&text, NULL, '{');
    json_text(&text, "version", OUTCRY_VERSION);
    json_text(&text, "build", outcry_build);
    json_text(&text, "abi", abi);
    json_text(&text, "lua", LUA_RELEASE);
    json_text(&text, "libconfig", libconfig);
    json_text(&text, "json_c", JSON_C_VERSION);
    json_text(&text, "compiler", __VERSION__);
    json_close(&text, '}');
    print_json(&text);
    return EXIT_GOOD;
}

static void print_key(const struct part *part, const struct oc_key *key)
{
    char name[SETTING_KEY_MAX + OC_KEY_NAME_MAX], range[KEY_WORDS_MAX];
    snprintf(name, sizeof name, "%s.%s", part->section, key->name);
    key_range(key, range, sizeof range);
    printf("%-32s %-9s %-26s %s%s%s%s%s\n", name, key_type_name(key->type), key->fallback ? key->fallback : "unset",
           key->about, key->unit && *key->unit ? ", " : "", key->unit ? key->unit : "", *range ? "; " : "", range);
}

static void put_key(struct text *text, const char *name, const char *type, const char *fallback, const char *about,
                    const char *unit, const char *range)
{
    json_open(text, NULL, '{');
    json_text(text, "key", name);
    json_text(text, "type", type);
    json_text(text, "default", fallback);
    json_text(text, "about", about);
    json_text(text, "unit", unit && *unit ? unit : NULL);
    json_text(text, "range", range && *range ? range : NULL);
    json_close(text, '}');
}

static void print_reference_json(const struct parts *parts, const struct registry *registry)
{
    struct text text;
    text_init_grow(&text, 1 << 20);
    json_open(&text, NULL, '{');
    json_open(&text, "keys", '[');
    for (const struct config_key *key = config_keys(); key->key; key++)
        put_key(&text, key->key, key->type, key->unset, key->about, NULL, NULL);
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct registry_entry *entry = registry_find(registry, NULL, parts->list[i].id);
        const struct oc_key *table = entry ? key_table(entry->plugin) : NULL;
        for (const struct oc_key *key = table; key && key->name; key++) {
            char name[SETTING_KEY_MAX + OC_KEY_NAME_MAX], range[KEY_WORDS_MAX];
            snprintf(name, sizeof name, "%s.%s", parts->list[i].section, key->name);
            key_range(key, range, sizeof range);
            put_key(&text, name, key_type_name(key->type), key->fallback, key->about, key->unit, range);
        }
    }
    json_close(&text, ']');
    json_close(&text, '}');
    print_json(&text);
}

static void print_settings_json(const struct settings *settings)
{
    struct text text;
    text_init_grow(&text, 1 << 20);
    json_open(&text, NULL, '{');
    json_open(&text, "settings", '[');
    for (uint32_t i = 0; i < settings->count; i++) {
        json_open(&text, NULL, '{');
        json_text(&text, "key", settings->list[i].key);
        json_text(&text, "value", settings->list[i].value);
        json_text(&text, "origin", settings->list[i].origin);
        json_close(&text, '}');
    }
    json_close(&text, ']');
    json_close(&text, '}');
    print_json(&text);
}

/* The host's own keys, and those of the parts that the settings name. */
static void print_reference(const struct parts *parts, const struct registry *registry)
{
    for (const struct config_key *key = config_keys(); key->key; key++)
        printf("%-32s %-9s %-26s %s\n", key->key, key->type, key->unset, key->about);
    for (uint32_t i = 0; i < parts->count; i++) {
        const struct registry_entry *entry = registry_find(registry, NULL, parts->list[i].id);
        const struct oc_key *table = entry ? key_table(entry->plugin) : NULL;
        for (const struct oc_key *key = table; key && key->name; key++)
            print_key(&parts->list[i], key);
    }
}

static void print_settings(const struct settings *settings)
{
    for (uint32_t i = 0; i < settings->count; i++)
        printf("%-34s = %-24s # %s\n", settings->list[i].key, settings->list[i].value, settings->list[i].origin);
    printf("good: %u settings\n", settings->count);
}

/* Files named as words are configuration files. */
static oc_rc read_settings(struct options *options)
{
    for (uint32_t i = 0; i < options->word_count; i++) {
        if (options->config_count == OPTIONS_FILES_MAX)
            return error_say(&options->error, OC_E_LIMIT, options->words[i], "at most %d files", OPTIONS_FILES_MAX);
        options->config_files[options->config_count++] = options->words[i];
    }
    return options_finish(options);
}

static int complain_of_all(const struct error_list *faults, bool is_json)
{
    for (uint32_t i = 0; i < faults->count; i++)
        (void)complain(&faults->list[i], OC_E_CONFIG, is_json);
    if (faults->more)
        fprintf(stderr, "outcry: and %u more\n", faults->more);
    fprintf(stderr, "%u fault%s\n", faults->count + faults->more, faults->count + faults->more > 1 ? "s" : "");
    return EXIT_CONFIG;
}

/* Each venue's group as `outcry run --venue` judges it; the keys of a group stand together. */
static void judge_venues(struct options *options)
{
    struct settings *settings = &options->settings;
    const uint32_t count = settings->count;
    char name[PART_NAME_MAX] = "";
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        const char *key = settings->list[i].key; /* the list moves when it grows */
        const size_t length = strncmp(key, "venue.", 6) == 0 ? strcspn(key + 6, ".") : 0;
        if (!length || (strlen(name) == length && strncmp(name, key + 6, length) == 0))
            continue;
        snprintf(name, sizeof name, "%.*s", (int)length, key + 6);
        rc = settings_set(settings, "session.venue", name, "config check");
        if (rc == OC_OK)
            rc = venue_judge(settings, &options->error);
        if (rc == OC_OK)
            rc = account_keys_judge(settings, &options->error);
        rc = error_pass(settings->faults, &options->error, rc);
    }
    settings_drop(settings, "session.venue");
}

/* Channels of alerts, but for what is a secret. */
static void judge_alerts(struct options *options)
{
    struct channel channels[TELL_CHANNELS_MAX];
    uint32_t count;
    const oc_rc rc = channels_read(&options->settings, false, channels, &count, &options->error);
    (void)error_pass(options->settings.faults, &options->error, rc);
    channels_release(channels, count);
}

/* A rule judges more of its values than its table says: each is opened as a run opens it. */
static void open_rules(struct settings *settings, const struct parts *parts, const struct registry *registry)
{
    struct error_list *faults = settings->faults;
    struct plugin_instance *rule = calloc(1, sizeof *rule);
    const struct part *part;
    for (uint32_t i = 0; rule && (part = parts_at(parts, PART_RULE, i)) != NULL; i++) {
        struct error error = {0};
        *rule = (struct plugin_instance){.settings = settings};
        memcpy(rule->section, part->section, sizeof rule->section);
        settings->faults = NULL; /* the first fault of a rule ends its opening */
        const oc_rc rc =
            part->is_missing ? (oc_rc)OC_OK : plugin_instance_open(rule, registry, OC_RISK, part->id, &error);
        settings->faults = faults;
        if (rc < 0)
            (void)error_pass(faults, &error, rc);
        else
            plugin_instance_close(rule);
    }
    free(rule);
}

int verb_config(int argc, char **argv)
{
    static const char usage[] = "usage: outcry config check [FILE...] [--json] | config keys [FILE...] [--json]\n";
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct parts *parts = calloc(1, sizeof *parts);
    struct error_list *faults = calloc(1, sizeof *faults);
    const char *what = argc > 1 ? argv[1] : "";
    int code = EXIT_RUN;
    if (!options || !registry || !parts || !faults)
        goto out;
    code = EXIT_USE;
    if (strcmp(what, "keys") != 0 && strcmp(what, "check") != 0) {
        fputs(usage, stderr);
        goto out;
    }
    if (options_parse(options, argc - 1, argv + 1) < 0) {
        (void)complain(&options->error, OC_E_INVALID, false);
        goto out;
    }
    registry_init(registry);
    log_set_sink(run_log_to_stderr, NULL);
    options->settings.faults = faults;
    oc_rc rc = read_settings(options);
    if (rc == OC_OK)
        rc =
            parts_open(parts, &options->settings, registry, PART_RULE | PART_SIM | PART_READER, false, &options->error);
    if (rc == OC_OK) {
        judge_venues(options);
        judge_alerts(options);
    }
    if (rc == OC_OK && !faults->count && strcmp(what, "check") == 0)
        open_rules(&options->settings, parts, registry);
    if (rc < 0) /* what no list of faults takes: no memory */
        code = complain(&options->error, OC_E_CONFIG, options->json);
    else if (faults->count)
        code = complain_of_all(faults, options->json);
    else
        code = EXIT_GOOD;
    const bool is_keys = strcmp(what, "keys") == 0;
    if (code == EXIT_GOOD && is_keys && options->json)
        print_reference_json(parts, registry);
    else if (code == EXIT_GOOD && is_keys)
        print_reference(parts, registry);
    else if (code == EXIT_GOOD && options->json)
        print_settings_json(&options->settings);
    else if (code == EXIT_GOOD)
        print_settings(&options->settings);
    log_flush();
out:
    if (options)
        options_release(options);
    free(options);
    free(registry);
    free(parts);
    free(faults);
    return code;
}

int verb_diff(int argc, char **argv)
{
    struct text text;
    const bool is_json = argc == 4 && strcmp(argv[3], "--json") == 0;
    if (argc != 3 && !is_json) {
        fputs("usage: outcry diff SESSION_A SESSION_B [--json]\n", stderr);
        return EXIT_USE;
    }
    text_init_grow(&text, 1 << 16);
    oc_rc rc = session_diff(argv[1], argv[2], &text);
    const bool is_same = rc == OC_OK && text.data && strncmp(text.data, "the same", 8) == 0;
    if (is_json && rc == OC_OK) {
        struct text json;
        text_init_grow(&json, 1 << 17);
        json_open(&json, NULL, '{');
        json_flag(&json, "same", is_same);
        json_text(&json, "text", text.data);
        json_close(&json, '}');
        print_json(&json);
    } else {
        fputs(text.data ? text.data : "", rc < 0 ? stderr : stdout);
    }
    text_release(&text);
    return is_same ? EXIT_GOOD : EXIT_RUN;
}
