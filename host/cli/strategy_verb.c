/* strategy_verb.c: `outcry strategy new NAME`, `outcry strategy stubs` and `outcry strategy check FILE...`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "cli/complain.h"
#include "cli/run.h"
#include "cli/testing.h"
#include "cli/verbs.h"
#include "load/file.h"
#include "load/verb.h"
#include "script/reference.h"

static const char usage[] =
    "usage: outcry strategy new NAME [FOLDER]      a strategy to begin with, and its test\n"
    "       outcry strategy stubs [FOLDER]         what an editor needs to complete and check strategies there\n"
    "       outcry strategy check FILE.lua... [DATA.csv...] [options of backtest] [--json]\n";
static const char made_up[] = "synthetic-bars:3000";

static int strategy_new_file(int argc, char **argv)
{
    struct error error;
    if (argc < 1 || argc > 2) {
        fputs(usage, stderr);
        return EXIT_USE;
    }
    const char *folder = argc > 1 ? argv[1] : "";
    oc_rc rc = skeleton_write_files(folder, strategy_skeleton, "newborn", argv[0]);
    if (rc == OC_E_INVALID) {
        error_at(&error, rc, "strategy new");
        error_found(&error, "%s", argv[0]);
        error_expected(&error, "a name of 2 to 32 of a-z 0-9 _, a letter first");
        (void)complain(&error, rc, false);
        return EXIT_USE;
    }
    if (rc < 0)
        return complain(
            &error,
            error_say(&error, rc, argv[0], "%s",
                      rc == OC_E_EXISTS ? "there is a file of that name: nothing was written over" : env_error_text()),
            false);
    const char *slash = folder[0] ? "/" : "";
    printf("made %s%s%s.lua and its test %s%s%s_test.lua:\n", folder, slash, argv[0], folder, slash, argv[0]);
    printf("  outcry test %s%s%s_test.lua\n", folder, slash, argv[0]);
    printf("  outcry backtest %s%s%s.lua synthetic-bars:5000 --cash '10000 USDT' --fee taker=0.1%%\n", folder, slash,
           argv[0]);
    return EXIT_GOOD;
}

/* ---- stubs ---- */

/* Globals that are callbacks begin with small letters; what a sandbox does not have is not offered. */
static const char editor_settings[] =
    "{\n"
    "  \"runtime.version\": \"Lua 5.4\",\n"
    "  \"runtime.builtin\": { \"io\": \"disable\", \"os\": \"disable\", \"debug\": \"disable\", "
    "\"package\": \"disable\" },\n"
    "  \"diagnostics.disable\": [\"lowercase-global\"]\n"
    "}\n";

/* Makes the file. One that is there and begins with `head` is made anew; another one is left: OC_E_EXISTS. */
static oc_rc make_over(const char *path, const char *text, const char *head)
{
    char begin[sizeof REFERENCE_STUBS_HEAD] = "";
    int fd;
    oc_rc rc = env_open(path, ENV_READ, &fd);
    if (rc == OC_OK) {
        size_t size = 0;
        rc = env_pread(fd, begin, sizeof begin - 1, 0, &size);
        env_close(fd);
        if (rc == OC_OK && (!head || strcmp(begin, head) != 0))
            rc = OC_E_EXISTS;
        if (rc == OC_OK)
            rc = env_unlink(path);
    } else if (rc == OC_E_NOT_FOUND) {
        rc = OC_OK;
    }
    return rc == OC_OK ? load_file_make(path, text) : rc;
}

static int strategy_stubs(int argc, char **argv)
{
    struct error error;
    struct text text;
    char path[LOAD_PATH_MAX], settings[LOAD_PATH_MAX];
    const char *folder = argc > 0 ? argv[0] : "", *slash = folder[0] ? "/" : "";
    if (argc > 1) {
        fputs(usage, stderr);
        return EXIT_USE;
    }
    text_init_grow(&text, REFERENCE_TEXT_MAX);
    oc_rc rc = reference_stubs(&text);
    if (snprintf(path, sizeof path, "%s%soutcry.d.lua", folder, slash) >= (int)sizeof path ||
        snprintf(settings, sizeof settings, "%s%s.luarc.json", folder, slash) >= (int)sizeof settings)
        rc = OC_E_LIMIT;
    if (rc == OC_OK)
        rc = make_over(path, text.data, REFERENCE_STUBS_HEAD);
    text_release(&text);
    if (rc < 0)
        return complain(&error,
                        error_say(&error, rc, path, "%s",
                                  rc == OC_E_EXISTS
                                      ? "a file of that name is not one of these: nothing was written over"
                                      : env_error_text()),
                        false);
    printf("made %s: the words of strategies, for editors with the Lua language server\n", path);
    rc = make_over(settings, editor_settings, NULL);
    if (rc == OC_OK)
        printf("made %s: its settings\n", settings);
    else if (rc == OC_E_EXISTS)
        printf("left %s as it is; what it needs:\n%s", settings, editor_settings);
    else
        return complain(&error, error_say(&error, rc, settings, "%s", env_error_text()), false);
    return EXIT_GOOD;
}

/* ---- check ---- */

static void put_strategy(const struct strategy_slot *slot, struct text *json)
{
    char params[2048] = "";
    strategy_params_text(slot->strategy, params, sizeof params);
    const int64_t period_s = strategy_period_ns(slot->strategy) / 1000000000;
    if (json) {
        json_open(json, NULL, '{');
        json_text(json, "file", slot->file);
        json_text(json, "name", strategy_name(slot->strategy));
        json_int(json, "period_seconds", period_s);
        json_text(json, "params", params);
        json_int(json, "calls", (int64_t)strategy_calls(slot->strategy));
        json_close(json, '}');
        return;
    }
    printf("%s: strategy %s, ", slot->file, strategy_name(slot->strategy));
    printf(period_s ? "bars of %lld s\n" : "bars of the data\n", (long long)period_s);
    for (char *save = NULL, *line = strtok_r(params, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
        printf("  %s\n", line);
}

/* What came of the trial, and what would surprise. */
static void put_trial(const struct run *run, const struct result *result, bool is_made_up, struct text *json)
{
    const struct engine_stats *stats = engine_stats(run->session->engine);
    const char *data = is_made_up ? made_up : run->session->data.sources[0].path;
    if (json) {
        json_text(json, "data", data);
        json_int(json, "calls", (int64_t)result->bar_calls);
        json_int(json, "requests", (int64_t)stats->requests);
        json_int(json, "denied", (int64_t)stats->denied);
        json_int(json, "fills", (int64_t)stats->fills);
        return;
    }
    printf("tried on %s: on_bar was called %llu times; %llu requests, %llu of them denied, %llu fills\n", data,
           (unsigned long long)result->bar_calls, (unsigned long long)stats->requests,
           (unsigned long long)stats->denied, (unsigned long long)stats->fills);
    if (!stats->requests)
        puts("note: it never ordered anything: other data, or other parameters (-p NAME=VALUE)?");
    else if (!stats->fills)
        puts("note: nothing was filled");
}

static oc_rc try_it(struct run *run, struct result *result)
{
    run->strategies.ends_on_failure = run->session->is_whole = true;
    oc_rc rc = run_take_words(run);
    if (rc == OC_OK && !run->strategies.count)
        return session_say(run->session, OC_E_CONFIG, "strategy check", "no strategy file: expected FILE.lua");
    if (rc == OC_OK && !run->session->data.count) {
        struct session *session = run->session;
        snprintf(session->data.sources[session->data.count++].path, sizeof session->data.sources[0].path, "%s",
                 made_up);
    }
    run_compose(run, RUN_ENDS, NULL);
    if (rc == OC_OK)
        rc = run_open(run);
    if (rc == OC_OK)
        rc = run_go(run);
    return rc == OC_OK ? run_finish(run, result) : rc;
}

static int check_run(struct options *options, struct registry *registry, struct result *result)
{
    struct run *run = run_new(options, registry, "backtest");
    struct text text = {0}, *json = options->json ? &text : NULL;
    struct error error;
    if (!run)
        return complain(&error, error_of_code(&error, OC_E_NOMEM, "strategy check", ""), options->json);
    text_init_grow(&text, 1 << 20);
    oc_rc rc = try_it(run, result);
    log_flush();
    int code = EXIT_GOOD;
    if (rc < 0) {
        code = complain_of_session(run->session, rc, "the strategy could not be tried", options->json);
    } else {
        if (json) {
            json_open(json, NULL, '{');
            json_open(json, "strategies", '[');
        }
        for (uint32_t i = 0; i < run->strategies.count; i++)
            if (run->strategies.list[i].strategy)
                put_strategy(&run->strategies.list[i], json);
        if (json)
            json_close(json, ']');
        put_trial(run, result,
                  run->session->data.sources[0].path[0] && strcmp(run->session->data.sources[0].path, made_up) == 0,
                  json);
        if (json) {
            json_close(json, '}');
            puts(json->data);
        } else {
            puts("good");
        }
    }
    text_release(&text);
    code = run_close_session(run, code);
    run_free(run);
    return code;
}

static int strategy_check(int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct result *result = calloc(1, sizeof *result);
    int code = EXIT_RUN;
    if (options && registry && result) {
        log_set_sink(run_log_to_stderr, NULL);
        log_set_level(LOG_ERROR);
        registry_init(registry);
        oc_rc rc = options_parse(options, argc, argv);
        if (rc < 0) {
            (void)complain(&options->error, rc, options->json);
            code = EXIT_USE;
        } else if ((rc = options_finish(options)) == OC_OK && !settings_get(&options->settings, "account.cash")) {
            rc = settings_set(&options->settings, "account.cash", "10000 USDT", "strategy check");
        }
        if (rc < 0 && code != EXIT_USE)
            code = complain(&options->error, rc, options->json);
        else if (rc == OC_OK)
            code = check_run(options, registry, result);
    }
    if (options)
        options_release(options);
    free(options);
    free(registry);
    free(result);
    return code;
}

int verb_strategy(int argc, char **argv)
{
    if (argc > 1 && strcmp(argv[1], "new") == 0)
        return strategy_new_file(argc - 2, argv + 2);
    if (argc > 1 && strcmp(argv[1], "stubs") == 0)
        return strategy_stubs(argc - 2, argv + 2);
    if (argc > 2 && strcmp(argv[1], "check") == 0)
        return strategy_check(argc - 1, argv + 1);
    fputs(usage, stderr);
    return EXIT_USE;
}
