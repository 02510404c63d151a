/* misc.c: the small verbs: version, config check. */
#include <stdio.h>
#include <string.h>

#include <json-c/json.h>
#include <libconfig.h>
#include <lua.h>

#include "base/version.h"
#include "cli/complain.h"
#include "cli/verbs.h"
#include "config/config_file.h"
#include "config/options.h"
#include "replay/diff.h"

int verb_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    printf("outcry %s, plugin ABI %d.%d\n", OUTCRY_VERSION, OC_ABI_MAJOR, OC_ABI_MINOR);
    printf("%s, libconfig %d.%d, json-c %s, compiler %s\n", LUA_RELEASE, LIBCONFIG_VER_MAJOR, LIBCONFIG_VER_MINOR,
           JSON_C_VERSION, __VERSION__);
    return EXIT_GOOD;
}

static void print_reference(void)
{
    for (const struct config_key *key = config_keys(); key->key; key++)
        printf("%-32s %-9s %-26s %s\n", key->key, key->type, key->unset, key->about);
}

int verb_config(int argc, char **argv)
{
    struct options options = {0};
    int code = EXIT_GOOD;
    if (argc > 1 && strcmp(argv[1], "keys") == 0) {
        print_reference();
        return EXIT_GOOD;
    }
    if (argc < 2 || strcmp(argv[1], "check") != 0) {
        fputs("usage: outcry config check [FILE...] | config keys\n", stderr);
        return EXIT_USE;
    }
    if (options_parse(&options, argc - 1, argv + 1) < 0) {
        (void)complain(&options.error, OC_E_INVALID, false);
        options_release(&options);
        return EXIT_USE;
    }
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < options.word_count && rc == OC_OK; i++)
        if (options.config_count < OPTIONS_FILES_MAX)
            options.config_files[options.config_count++] = options.words[i];
        else
            rc = error_say(&options.error, OC_E_LIMIT, options.words[i], "at most %d files", OPTIONS_FILES_MAX);
    if (rc == OC_OK)
        rc = options_finish(&options);
    if (rc < 0)
        code = complain(&options.error, OC_E_CONFIG, false);
    for (uint32_t i = 0; i < options.settings.count && rc == OC_OK; i++) {
        const struct setting *setting = &options.settings.list[i];
        printf("%-34s = %-24s # %s\n", setting->key, setting->value, setting->origin);
    }
    if (rc == OC_OK)
        printf("good: %u settings\n", options.settings.count);
    options_release(&options);
    return code;
}

int verb_diff(int argc, char **argv)
{
    struct text text;
    if (argc != 3) {
        fputs("usage: outcry diff SESSION_A SESSION_B\n", stderr);
        return EXIT_USE;
    }
    text_init_grow(&text, 1 << 16);
    oc_rc rc = session_diff(argv[1], argv[2], &text);
    fputs(text.data ? text.data : "", rc < 0 ? stderr : stdout);
    bool is_same = rc == OC_OK && text.data && strncmp(text.data, "the same", 8) == 0;
    text_release(&text);
    return is_same ? EXIT_GOOD : EXIT_RUN;
}
