/* history_verb.c: `outcry history`: where it is kept and how far it is; made anew; kept up with sessions that run. */
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/help.h"
#include "cli/history.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "history/follow.h"
#include "history/tidy.h"
#include "session/interrupt.h"

static const char usage[] =
    "usage: outcry history [status] [--json] | rebuild [FOLDER...] | add FOLDER... | follow [SESSION]  [--config FILE] "
    "[--set KEY=VALUE]\n"
    "status   where it is kept, what is in it; what the journals have and it has not is read first\n"
    "rebuild  the database is put aside and made anew from the journals; sessions under the folders join it\n"
    "add      sessions under the folders join it\n"
    "follow   keeps it up with all sessions, or with one, until Ctrl-C; a session does so by itself (history.follow)\n"
    "The tables, and how to ask: docs/history.md; every column: docs/history-reference.md.\n"
    "exit codes: 0 good, 1 it could not be read or written, 2 wrong use, 3 configuration\n";

#define TURN_MS 500

struct words {
    const char *what;
    const char *list[64];
    uint32_t count;
    bool until_end; /* follow: the session's own process: ends when nobody has the session any more */
    bool is_json;
};

static void say(void *self, const char *line)
{
    (void)self;
    fprintf(stderr, "outcry: %s\n", line);
}

static const struct history_telling telling = {NULL, say};

oc_rc history_keep(struct history_store *store, struct error *ret_error)
{
    int64_t keep_ns;
    uint32_t count = 0;
    const oc_rc rc = settings_duration(store->settings, "history.keep", &keep_ns);
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    return rc < 0 ? error_copy(ret_error, &store->settings->error)
                  : history_let_go(store, env_clock_real() - keep_ns, &count, ret_error);
}

/* ---- status ---- */

static uint64_t count_rows(struct history_store *store, uint32_t table)
{
    const struct oc_ask ask = {.size = sizeof ask, .table = table};
    struct oc_cell cells[OC_STORE_COLUMNS_MAX];
    uint64_t change, count = 0;
    oc_rc rc = store->table->ask(store->self, &ask);
    while (rc == OC_OK &&
           (rc = store->table->row(store->self, cells, history_schema.tables[table].column_count, &change)) == OC_OK)
        count++;
    return count;
}

static oc_rc put_status(struct history_store *store, const struct words *words, struct error *ret_error)
{
    struct history_caught caught;
    char bytes[2048];
    struct text out;
    oc_rc rc = history_catch_up(store, &telling, &caught, ret_error);
    if (rc == OC_OK)
        rc = history_keep(store, ret_error);
    if (rc < 0)
        return rc;
    text_init_fixed(&out, bytes, sizeof bytes);
    if (words->is_json)
        json_open(&out, NULL, '{');
    if (words->is_json)
        json_text(&out, "folder", store->folder);
    else
        text_format(&out, "%-14s%s\n%-14s%s %s\n", "folder", store->folder, "store", store->instance.plugin->id,
                    store->instance.plugin->version);
    for (uint32_t i = 0; i < HISTORY_TABLES; i++) {
        const char *name = history_schema.tables[i].name;
        const uint64_t count = count_rows(store, i);
        if (words->is_json)
            json_int(&out, name, (int64_t)count);
        else
            text_format(&out, "%-14s%llu\n", name, (unsigned long long)count);
    }
    if (words->is_json) {
        json_int(&out, "running", caught.running);
        json_int(&out, "without_journal", caught.gone);
        json_int(&out, "passed_over", caught.failed);
        json_close(&out, '}');
        text_put_char(&out, '\n');
    } else
        text_format(&out, "%-14s%u of the sessions run, %u have no journal any more, %u could not be read\n", "now",
                    caught.running, caught.gone, caught.failed);
    fputs(out.data, stdout);
    return OC_OK;
}

/* ---- rebuild, add ---- */

static oc_rc find_all(struct history_store *store, const struct words *words, struct error *ret_error)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < words->count && rc == OC_OK; i++) {
        uint32_t count;
        rc = history_find(store->folder, words->list[i], &count, ret_error);
        if (rc == OC_OK && !count)
            rc = error_say(ret_error, OC_E_NOT_FOUND, words->list[i], "no session was recorded in it, or under it");
    }
    return rc;
}

static oc_rc rebuild(struct history_store **store, struct settings *settings, const struct words *words,
                     struct error *ret_error)
{
    char name[64] = "";
    oc_rc rc = find_all(*store, words, ret_error);
    if (rc == OC_OK)
        rc = history_set_aside(*store, name, sizeof name, ret_error);
    history_store_free(*store);
    *store = NULL;
    if (rc < 0)
        return rc;
    if (name[0])
        printf("the database of before is %s\n", name);
    *store = history_store_open(settings, ret_error);
    return *store ? put_status(*store, words, ret_error) : ret_error->rc;
}

/* ---- follow ---- */

/* True: there is an end of what it is asked for: Ctrl-C; or of the input, where that is the session's. */
static bool wait(const struct words *words, bool *is_alone)
{
    struct pollfd input = {.fd = 0, .events = POLLIN};
    char byte;
    if (!words->until_end || *is_alone) {
        env_sleep(TURN_MS * 1000000LL);
        return interrupt_count() > 0;
    }
    if (poll(&input, 1, TURN_MS) > 0 && fread(&byte, 1, 1, stdin) == 0) {
        *is_alone = true; /* the session ends, and waits for this word */
        puts("");
        fflush(stdout);
    }
    return false;
}

/* A line for the session: why it is behind; nothing: it is not any more. */
static void tell(const struct words *words, const struct error *error, bool fails)
{
    char text[ERROR_TEXT_MAX] = "";
    if (fails)
        error_text(error, text);
    if (words->until_end) {
        puts(text);
        fflush(stdout);
    } else if (fails)
        fprintf(stderr, "outcry: %s: the history is behind the journals until it takes rows again\n", text);
    else
        fputs("outcry: the history takes rows again\n", stderr);
}

static oc_rc follow(struct history_store **store, struct settings *settings, const struct words *words,
                    struct error *ret_error)
{
    struct history_follow *follow = NULL;
    bool has_failed = false, is_alone = false, ends = false;
    uint32_t running = 1, left = 20; /* turns that it is tried for when the session has ended */
    char only[PATH_MAX] = "";
    if (words->count > 1)
        return error_say(ret_error, OC_E_INVALID, "history follow", "one session, or none for all");
    if (words->count && !realpath(words->list[0], only)) /* as the list has it, and so its row */
        return error_say(ret_error, OC_E_NOT_FOUND, words->list[0], "there is no such folder");
    env_give_way();
    if (!words->until_end)
        interrupt_install();
    while (!ends) {
        struct error error = {0};
        oc_rc rc = OC_OK;
        if (!*store)
            *store = history_store_open(settings, &error);
        if (*store && !follow)
            follow = history_follow_new(*store, &telling);
        rc = *store ? follow ? history_follow_turn(follow, only[0] ? only : NULL, &running, &error) : OC_E_NOMEM
                    : error.rc;
        if (rc == OC_OK && *store)
            rc = history_keep(*store, &error);
        if ((rc < 0) != has_failed)
            tell(words, &error, rc < 0);
        has_failed = rc < 0;
        if (has_failed) { /* whatever it is: opened and begun anew, from what it has */
            history_follow_free(follow);
            history_store_free(*store);
            follow = NULL;
            *store = NULL;
        }
        ends = words->until_end && ((rc == OC_OK && running == 0) || (is_alone && left-- == 0));
        ends = ends || wait(words, &is_alone);
    }
    history_follow_free(follow);
    return OC_OK;
}

/* ---- words ---- */

static oc_rc work(struct settings *settings, const struct words *words, struct error *ret_error)
{
    const bool follows = strcmp(words->what, "follow") == 0;
    struct history_store *store = NULL;
    oc_rc rc = OC_OK;
    if (!follows) {
        store = history_store_open(settings, ret_error);
        if (!store)
            return ret_error->rc;
        if (store->said[0])
            say(NULL, store->said);
    }
    if (!store)
        rc = follow(&store, settings, words, ret_error);
    else if (strcmp(words->what, "rebuild") == 0)
        rc = rebuild(&store, settings, words, ret_error);
    else if (strcmp(words->what, "add") == 0)
        rc = find_all(store, words, ret_error);
    if (rc == OC_OK && store && (strcmp(words->what, "status") == 0 || strcmp(words->what, "add") == 0))
        rc = put_status(store, words, ret_error);
    history_store_free(store);
    return rc;
}

static oc_rc take_words(struct options *options, struct words *words)
{
    static const char *const known[] = {"status", "rebuild", "add", "follow", NULL};
    words->what = options->word_count ? options->words[0] : "status";
    words->is_json = options->json;
    for (uint32_t i = 1; i < options->word_count && words->count < 64; i++)
        words->list[words->count++] = options->words[i];
    for (const char *const *name = known; *name; name++)
        if (strcmp(*name, words->what) == 0)
            return strcmp(words->what, "add") == 0 && !words->count
                       ? error_say(&options->error, OC_E_INVALID, "history add", "expected a folder")
                       : (oc_rc)OC_OK;
    const char *nearest = text_nearest(words->what, known);
    error_at(&options->error, OC_E_INVALID, "history");
    error_found(&options->error, "%s", words->what);
    error_expected(&options->error, "status, rebuild, add or follow");
    if (nearest)
        error_remedy(&options->error, "did you mean '%s'?", nearest);
    return OC_E_INVALID;
}

int verb_history(int argc, char **argv)
{
    struct options *options = calloc(1, sizeof *options);
    struct words words = {.what = "status"};
    struct error error = {0};
    char *left[128];
    int count = 0, code = EXIT_USE;
    if (!options)
        return EXIT_RUN;
    if (help_is_asked(argc, argv)) {
        fputs(usage, stdout);
        free(options);
        return EXIT_GOOD;
    }
    for (int i = 0; i < argc && count < 128; i++)
        if (strcmp(argv[i], "--until-end") == 0)
            words.until_end = true;
        else
            left[count++] = argv[i];
    oc_rc rc = options_parse(options, count, left);
    if (rc == OC_OK)
        rc = take_words(options, &words);
    if (rc < 0) {
        (void)complain(&options->error, OC_E_INVALID, options->json);
        fputs(usage, stderr);
    } else {
        log_set_sink(run_log_to_stderr, NULL);
        log_set_level(LOG_WARNING);
        code = EXIT_GOOD;
        if (options_finish(options) < 0)
            code = complain(&options->error, OC_E_CONFIG, options->json);
        else if ((rc = work(&options->settings, &words, &error)) < 0)
            code = complain(&error, rc, options->json);
        log_flush();
    }
    options_release(options);
    free(options);
    return code;
}
