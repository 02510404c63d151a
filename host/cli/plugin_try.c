#include "cli/plugin_try.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/plugin_probe.h"
#include "cli/verbs.h"
#include "session/parts.h"
#include "session/plugin_watch.h"

static const char usage[] = "usage: outcry plugin try FILE SCRIPT [--set KEY=VALUE]... [--json]\n";

struct wish {
    const char *file, *script;
    struct settings settings;
    bool is_json;
};

struct telling { /* what is shown */
    struct try_run *run;
    struct text json;
    bool is_json;
    uint32_t next;     /* result that the next `=` is held against */
    uint32_t expected; /* lines of `=` */
    uint32_t differences;
    bool is_open; /* a line of the host stands in `json` */
};

static void open_line(struct telling *telling, uint32_t line, const char *words)
{
    json_open(&telling->json, NULL, '{');
    json_int(&telling->json, "line", line);
    json_text(&telling->json, "did", words);
    json_open(&telling->json, "came", '[');
    telling->is_open = true;
}

/* What a peer says before the host has done anything belongs to no line. */
static void tell(struct telling *telling, const char *result)
{
    if (telling->is_json && !telling->is_open)
        open_line(telling, 0, "");
    if (telling->is_json)
        json_text(&telling->json, NULL, result);
    else
        printf("          %s\n", result);
}

/* The results of a line that nobody has asked for are shown too; then the next line begins. */
static void end_line(struct telling *telling)
{
    struct try_run *run = telling->run;
    for (; telling->next < run->count; telling->next++)
        tell(telling, run->results[telling->next]);
    if (run->dropped && !telling->is_json)
        printf("          ... and %u more\n", run->dropped);
    if (telling->is_json && telling->is_open) {
        json_close(&telling->json, ']');
        json_close(&telling->json, '}');
    }
    telling->is_open = false;
    telling->next = run->count = run->dropped = 0;
}

static void begin_line(struct telling *telling, uint32_t line, const char *words)
{
    end_line(telling);
    if (telling->is_json)
        open_line(telling, line, words);
    else
        printf("%6u  * %s\n", line, words);
}

/* The next result is what is expected, or begins with its words. */
static void expect(struct telling *telling, uint32_t line, const char *words)
{
    struct try_run *run = telling->run;
    const char *came = telling->next < run->count ? run->results[telling->next++] : NULL;
    const size_t size = strlen(words);
    const bool is_same = came && strncmp(came, words, size) == 0 && (!came[size] || came[size] == ' ');
    telling->expected++;
    telling->differences += !is_same;
    if (came || !telling->is_json)
        tell(telling, came ? came : "(nothing)");
    if (!is_same)
        fprintf(stderr, "%s:%u: expected %s, found %s\n", run->script, line, words, came ? came : "nothing");
}

static uint32_t split(char *text, char **words)
{
    uint32_t count = 0;
    for (char *save = NULL, *word = strtok_r(text, " \t\r", &save); word; word = strtok_r(NULL, " \t\r", &save))
        if (count < TRY_WORDS_MAX)
            words[count++] = word;
    return count;
}

static oc_rc wrong_line(const struct try_run *run, uint32_t line, const char *found, struct error *ret_error)
{
    const char *const *forms = try_forms(run->plugin->kind);
    const char *names[TRY_FORMS_MAX + 1] = {NULL};
    char words[TRY_FORMS_MAX][TEXT_NAME_MAX], word[TEXT_NAME_MAX];
    struct text expected;
    char list[ERROR_EXPECTED_MAX - 40];
    uint32_t same = TRY_FORMS_MAX;
    snprintf(word, sizeof word, "%.*s", (int)strcspn(found, " "), found);
    text_init_fixed(&expected, list, sizeof list);
    for (uint32_t i = 0; i < TRY_FORMS_MAX && forms[i]; i++) {
        snprintf(words[i], sizeof words[i], "%.*s", (int)strcspn(forms[i], " "), forms[i]);
        names[i] = words[i];
        if (strcmp(word, words[i]) == 0)
            same = i;
        text_format(&expected, "%s%s", i ? ", " : "", words[i]);
    }
    const char *nearest = text_nearest(word, names);
    error_at(ret_error, OC_E_INVALID, "%s:%u", run->script, line);
    error_found(ret_error, "%s", found);
    if (same < TRY_FORMS_MAX)
        error_expected(ret_error, "%s", forms[same]);
    else
        error_expected(ret_error, "a word for this kind of plugin: %s", list);
    if (same == TRY_FORMS_MAX && nearest)
        error_remedy(ret_error, "did you mean '%s'? \"Trying a plugin\" in docs/plugin-guide.md has them all", nearest);
    else
        error_remedy(ret_error, "\"Trying a plugin\" in docs/plugin-guide.md has them all");
    return OC_E_INVALID;
}

/* `text` is one line behind its sign. */
static oc_rc take_line(struct telling *telling, uint32_t line, char sign, const char *text, struct error *ret_error)
{
    struct try_run *run = telling->run;
    char copy[TRY_RESULT_MAX], *words[TRY_WORDS_MAX];
    int64_t at_ns;
    snprintf(copy, sizeof copy, "%s", text);
    try_go_to(run, line);
    if (sign == '=') {
        expect(telling, line, text);
        return OC_OK;
    }
    if (sign == '@') {
        if (text_to_time(text, strlen(text), &at_ns) < 0)
            return wrong_line(run, line, text, ret_error);
        try_set_time(run, at_ns);
        return OC_OK;
    }
    const uint32_t count = split(copy, words);
    if (count && (strcmp(words[0], "instrument") == 0 || strcmp(words[0], "cash") == 0))
        return OC_OK; /* the world was made of them */
    begin_line(telling, line, text);
    if (!count || try_do(run, words, count) == OC_E_INVALID)
        return wrong_line(run, line, text, ret_error);
    return OC_OK;
}

static void rest_of(const char *from, const char *end, char text[TRY_RESULT_MAX])
{
    from += from < end && *from == ' ';
    snprintf(text, TRY_RESULT_MAX, "%.*s", (int)(end - from), from);
    for (size_t size = strlen(text); size && (text[size - 1] == ' ' || text[size - 1] == '\r');)
        text[--size] = 0;
}

static oc_rc take_script(struct telling *telling, const char *script, struct error *ret_error)
{
    uint32_t line = 1;
    oc_rc rc = OC_OK;
    for (const char *at = script; *at && rc == OC_OK; line++) {
        const char *end = at + strcspn(at, "\n");
        char text[TRY_RESULT_MAX];
        if (*at == '*' || *at == '=' || *at == '@') {
            rest_of(at + 1, end, text);
            rc = take_line(telling, line, *at, text, ret_error);
        } else if (*at != '#' && at != end && strcmp(telling->run->plugin->kind, OC_CONNECTOR) != 0) {
            rest_of(at, end, text);
            rc = wrong_line(telling->run, line, text, ret_error);
        }
        at = *end ? end + 1 : end;
    }
    if (rc == OC_OK)
        try_go_to(telling->run, line);
    end_line(telling);
    return rc;
}

/* `* instrument SYMBOL PRICE_STEP QTY_STEP` and `* cash AMOUNT`, wherever they stand. */
static oc_rc make_world(struct try_run *run, const char *script, struct error *ret_error)
{
    char symbol[64] = "BTC/USDT", price[64] = "0.01", qty[64] = "0.001", cash[64] = "10000";
    for (const char *at = script; *at;) {
        (void)sscanf(at, "* instrument %63s %63s %63s", symbol, price, qty);
        (void)sscanf(at, "* cash %63s", cash);
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
    return bench_world_init(&run->world, symbol, price, qty, cash, ret_error);
}

/* The lines of the peer: those of the host are comments to it. */
static void hide_host(char *script)
{
    for (char *at = script; at && *at;) {
        if (*at == '*' || *at == '=')
            *at = '#';
        at += strcspn(at, "\n");
        at += *at == '\n';
    }
}

static void tell_end(struct telling *telling, bool is_good)
{
    struct try_run *run = telling->run;
    const struct transcript *transcript = &run->bench.transcript;
    const struct transcript_line *wanted = transcript_waits_for(transcript);
    const bool has_peer = strcmp(run->plugin->kind, OC_CONNECTOR) == 0;
    if (has_peer && transcript->mismatches)
        fprintf(stderr, "%s: %s\n", run->script, transcript->mismatch);
    else if (has_peer && wanted)
        fprintf(stderr, "%s:%u: this was not sent: %.*s\n", run->script, wanted->number, (int)wanted->text.size,
                wanted->text.at);
    if (telling->is_json) {
        json_close(&telling->json, ']');
        json_int(&telling->json, "expected", telling->expected);
        json_int(&telling->json, "differences", telling->differences);
        json_flag(&telling->json, "good", is_good);
        json_close(&telling->json, '}');
        puts(telling->json.data);
    } else {
        printf("%s: %u answers held against what was expected, %u differ%s\n", run->plugin->id, telling->expected,
               telling->differences, is_good ? "" : ": not as expected");
    }
}

static oc_rc run_script(struct try_run *run, const struct wish *wish, char *script, bool *ret_good,
                        struct error *ret_error)
{
    struct telling telling = {.run = run, .is_json = wish->is_json};
    char *peer = strdup(script);
    oc_rc rc = peer && run->results ? make_world(run, script, ret_error)
                                    : error_of_code(ret_error, OC_E_NOMEM, run->script, "");
    if (rc == OC_OK) {
        hide_host(peer);
        rc = try_begin(run, peer, ret_error);
    }
    if (rc == OC_OK) {
        text_init_grow(&telling.json, 1 << 24);
        if (wish->is_json) {
            json_open(&telling.json, NULL, '{');
            json_text(&telling.json, "plugin", run->plugin->id);
            json_open(&telling.json, "lines", '[');
        }
        rc = take_script(&telling, script, ret_error);
        *ret_good = rc == OC_OK && !telling.differences && !run->bench.transcript.mismatches &&
                    !transcript_waits_for(&run->bench.transcript);
        if (rc == OC_OK)
            tell_end(&telling, *ret_good);
        text_release(&telling.json);
    }
    bench_world_release(&run->world);
    bench_plugin_close(&run->bench);
    free(peer);
    return rc;
}

static void log_to_stderr(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level;
    fwrite(line, 1, length, stderr);
    fputc('\n', stderr);
}

static int try_file(void *arg)
{
    struct wish *wish = arg;
    static struct registry registry;
    static struct load_report report;
    static uint64_t progress;
    struct env_timer *watch = NULL;
    struct try_run *run = calloc(1, sizeof *run);
    struct error error = {0};
    char *script = NULL;
    size_t size;
    bool is_good = false;
    registry_init(&registry);
    log_set_sink(log_to_stderr, NULL);
    oc_rc rc = load_plugin(&registry, wish->file, NULL, &report);
    if (rc < 0)
        (void)error_say(&error, rc, wish->file, "it is refused: `outcry plugin check` tells why"); /* rc is kept */
    if (rc == OC_OK)
        rc = parts_judge_alone(&wish->settings, BENCH_SECTION, registry.entries[0].plugin, wish->file, &error);
    if (rc == OC_OK && (rc = env_read_file(wish->script, TRANSCRIPT_SIZE_MAX, &script, &size)) < 0)
        rc = error_say(&error, rc, wish->script, "%s", env_error_text());
    if (rc == OC_OK && run) {
        (void)plugin_watch_start(&progress, &watch); /* without it the parent's own limit is left */
        run->plugin = registry.entries[0].plugin;
        run->script = wish->script;
        run->world.settings = &wish->settings;
        run->world.registry = &registry;
        run->results = calloc(TRY_RESULTS_MAX, sizeof *run->results);
        rc = run_script(run, wish, script, &is_good, &error);
        free(run->results);
    }
    free(run);
    env_free(script);
    log_flush();
    return plugin_child_end(rc < 0 ? complain(&error, rc, wish->is_json) : is_good ? EXIT_GOOD : EXIT_RUN);
}

int plugin_try(int argc, char **argv)
{
    struct wish wish = {0};
    bool is_bad = false;
    for (int i = 0; i < argc && !is_bad; i++) {
        if (strcmp(argv[i], "--json") == 0)
            wish.is_json = true;
        else if (strcmp(argv[i], "--set") == 0 && i + 1 < argc)
            is_bad = !plugin_take_set(&wish.settings, argv[++i]);
        else if (argv[i][0] == '-')
            is_bad = true;
        else if (!wish.file)
            wish.file = argv[i];
        else if (!wish.script)
            wish.script = argv[i];
        else
            is_bad = true;
    }
    int code = EXIT_USE;
    if (is_bad || !wish.script)
        fputs(usage, stderr);
    else
        code = plugin_in_child(wish.file, try_file, &wish);
    settings_release(&wish.settings);
    return code;
}
