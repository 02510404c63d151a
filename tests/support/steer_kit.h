/* steer_kit.h: a whole paper session in the test's process, that is told commands at chosen market events. */
#ifndef TEST_STEER_KIT_H
#define TEST_STEER_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/line.h"
#include "base/log.h"
#include "cli/complain.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "engine/impl.h"
#include "recover/restore.h"
#include "session/parts.h"
#include "steer/steer.h"
#include "support/said.h"

enum { TRACE_MAX = 1 << 14 };

struct trace_row { /* a request of one strategy, without what counts across strategies */
    int64_t at_ns;
    int64_t qty;
    int64_t price;
    uint8_t side;
    uint8_t kind;
    uint8_t role;
};

struct town {
    struct options *options;
    struct run *run; /* owned; the two below are parts of it */
    struct session *session;
    struct strategies *strategies;
    struct text reply;
    bool is_ok;                                    /* of the last command */
    uint64_t events;                               /* instants so far */
    uint64_t ends_at;                              /* 0: at the end of the data */
    void (*at)(struct town *town, uint64_t event); /* before each instant */
    uint32_t traced;                               /* number of the strategy whose requests are kept; 0: none */
    uint32_t trace_count;
    struct trace_row trace[TRACE_MAX];
    uint32_t denied;
    char reason[OC_REASON_MAX]; /* of the last denial */
    int64_t extra;              /* the test's own */
};

/* main.c is not linked into tests. */
int verb_help(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 0;
}

static struct registry *town_registry(void)
{
    static struct registry *registry;
    if (!registry) {
        registry = calloc(1, sizeof *registry);
        memset(registry, 0xa5, sizeof *registry); /* whatever was there */
        setenv("OUTCRY_PLUGINS", TEST_BUILD_DIR "/plugins", 1);
        struct error error;
        assert_int_equal(parts_load_default(registry, &error), OC_OK);
        log_set_level(LOG_NONE);
    }
    return registry;
}

static const char *town_folder(void)
{
    static char folder[64];
    if (!folder[0]) {
        snprintf(folder, sizeof folder, "%s/outcry-steer-XXXXXX", P_tmpdir);
        assert_non_null(mkdtemp(folder));
    }
    return folder;
}

/* Writes a strategy; returns its path, good until the next call but three. */
static inline const char *town_file(const char *name, const char *text)
{
    static char paths[4][128];
    static int next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", town_folder(), name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

/* In place of consoles: before each instant of the market. */
static oc_rc town_turn(void *self, int64_t at_ns)
{
    struct town *town = self;
    if (at_ns == INT64_MAX)
        return OC_OK;
    if (town->ends_at && town->events >= town->ends_at)
        return 1;
    town->session->pace.command_ns = at_ns - 1;
    if (town->at)
        town->at(town, town->events);
    town->events++;
    return OC_OK;
}

static void town_note(void *self, const struct input *input, const struct engine_out *out)
{
    struct town *town = self;
    (void)input;
    for (uint32_t i = 0; i < out->request_count; i++) {
        const struct out_request *sent = &out->requests[i];
        const struct oc_request *request = &sent->request;
        if (sent->is_denied) {
            town->denied++;
            memcpy(town->reason, sent->refusal.reason, OC_REASON_MAX);
        }
        if (town->traced && request->strategy == town->traced && town->trace_count < TRACE_MAX)
            town->trace[town->trace_count++] = (struct trace_row){request->head.local_ns, request->qty,  request->price,
                                                                  request->side,          request->kind, request->role};
    }
}

static oc_rc town_watch(void *self, struct session *session)
{
    session->pace.host = (struct pace_host){.self = self, .turn = town_turn};
    return watchers_add(&session->watchers, &(struct watcher){.self = self, .note = town_note});
}

/* `folder` NULL: recorded nowhere. Words end with NULL: files and options. */
static inline struct town *town_new(const char *folder, const char *const *words)
{
    struct town *town = calloc(1, sizeof *town);
    char *argv[32] = {(char *)(uintptr_t) "paper", (char *)(uintptr_t) "--cash", (char *)(uintptr_t) "1000000 USDT"};
    int argc = 3;
    while (*words)
        argv[argc++] = (char *)(uintptr_t)*words++;
    if (folder) {
        argv[argc++] = (char *)(uintptr_t) "--session";
        argv[argc++] = (char *)(uintptr_t)folder;
    }
    town->options = calloc(1, sizeof *town->options);
    assert_int_equal(options_parse(town->options, argc, argv), OC_OK);
    assert_int_equal(options_finish(town->options), OC_OK);
    town->options->quiet = true;
    town->run = run_new(town->options, town_registry(), "paper");
    assert_non_null(town->run);
    town->session = town->run->session;
    town->strategies = &town->run->strategies;
    town->strategies->may_watch = town->strategies->may_be_empty = true;
    assert_int_equal(run_take_paper(town->run), OC_OK);
    const struct session_stage watch = {"town", town, town_watch, NULL};
    run_compose(town->run, RUN_CONSOLE | RUN_RECOVERS, &watch);
    text_init_grow(&town->reply, COMMAND_LINE_MAX);
    return town;
}

static inline void town_open(struct town *town)
{
    oc_rc rc = run_open(town->run);
    if (rc < 0)
        print_message("%s\n", said(&town->session->words.error));
    assert_int_equal(rc, OC_OK);
}

/* Runs on; with `finish` to a clean end, positions closed. */
static inline void town_run(struct town *town, bool finish)
{
    static struct result result;
    oc_rc rc = run_go(town->run);
    if (rc < 0 && rc != OC_E_AGAIN)
        print_message("%s\n", said(&town->session->words.error));
    assert_true(rc == OC_OK || rc == OC_E_AGAIN);
    if (finish)
        assert_int_equal(run_finish(town->run, &result), OC_OK);
    assert_int_equal(town->run->meter.drift, 0);
}

static inline void town_free(struct town *town)
{
    run_free(town->run);
    options_release(town->options);
    free(town->options);
    text_release(&town->reply);
    free(town);
}

/* As a console does: prepared, recorded, carried out. Words parted by '|'. */
__attribute__((format(printf, 2, 3))) static inline bool town_say(struct town *town, const char *format, ...)
{
    char line[1024];
    struct command_words words = {.count = 0};
    struct text record;
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    for (char *at = strtok(line, "|"); at; at = strtok(NULL, "|"))
        words.fields[words.count++] = at;
    text_clear(&town->reply);
    town->is_ok = strategies_prepare(town->strategies, &words, &town->reply);
    if (!town->is_ok)
        return false;
    text_init_grow(&record, OC_EVENT_MAX - 256);
    for (uint32_t i = 0; i < words.count; i++)
        line_put(&record, words.fields[i]);
    line_put(&record, "by=test");
    assert_false(record.is_cut);
    text_clear(&town->reply);
    town->is_ok = session_command(town->session, record.data, record.size, &town->reply);
    text_release(&record);
    return town->is_ok;
}

static inline bool town_told(const struct town *town, const char *words)
{
    if (town->reply.size && strstr(town->reply.data, words))
        return true;
    print_message("'%s' is not in: %s\n", words, town->reply.size ? town->reply.data : "(nothing)");
    return false;
}

static inline void town_must(struct town *town, const char *command)
{
    if (!town_say(town, "%s", command))
        print_message("%s: %s\n", command, town->reply.data);
    assert_true(town->is_ok);
}

/* The rows of all strategies, without what is only of this process: times, memory, calls. */
static inline void town_rows(struct town *town, char *out, size_t size)
{
    struct text row;
    size_t at = 0;
    text_init_grow(&row, COMMAND_LINE_MAX);
    for (uint32_t i = 0; i < town->strategies->count; i++) {
        text_clear(&row);
        strategies_put(town->strategies, &row, NULL, i);
        const char *tail = strstr(row.data, "\"error\""), *used = strstr(row.data, ",\"notional_used\"");
        const char *rest = used ? strchr(used + 1, '}') : NULL;
        const char *calls = strstr(row.data, ",\"calls\"");
        assert_true(tail && used && rest && calls);
        at += (size_t)snprintf(out + at, size - at, "%.*s %.*s%s\n", (int)(calls - row.data), row.data,
                               (int)(used - tail), tail, rest);
    }
    text_release(&row);
}

/* True: the recorded session agrees with itself when it is run again. */
static inline bool town_replays(const char *folder)
{
    char *argv[] = {(char *)(uintptr_t) "replay", (char *)(uintptr_t)folder, (char *)(uintptr_t) "--diff", NULL};
    int code = verb_replay(3, argv);
    log_set_level(LOG_NONE);
    return code == EXIT_GOOD;
}

#endif
