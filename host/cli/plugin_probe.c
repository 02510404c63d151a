#include "cli/plugin_probe.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <outcry/draft/data.h>

#include "base/env.h"
#include "base/env_fork.h"
#include "base/hash.h"
#include "base/log.h"
#include "cli/plugin_probe_impl.h"
#include "cli/verbs.h"
#include "load/verb.h"
#include "session/parts.h"
#include "session/plugin_watch.h"

#define CHILD_LIMIT_NS 60000000000LL

void probe_fault(struct probe *probe, const char *call, const char *format, ...)
{
    va_list args;
    probe->faults++;
    fprintf(stderr, "%s: %s: %s: ", probe->path, probe->plugin->id, call);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
}

oc_rc probe_save(struct bench_plugin *bench, oc_rc (*save)(void *self, void *bytes, uint32_t size_max), char *bytes)
{
    if (!save)
        return OC_E_NOT_SUPPORTED;
    bench_call(bench, "save");
    const bool is_rule = strcmp(bench->instance.plugin->kind, OC_RISK) == 0;
    oc_rc size = save(bench->instance.self, bytes, is_rule ? ENGINE_RULE_STATE_MAX : PROBE_STATE_MAX);
    plugin_call_end();
    return size;
}

void probe_state(struct probe *probe, struct bench_plugin *from, struct bench_plugin *to,
                 oc_rc (*save)(void *, void *, uint32_t), oc_rc (*load)(void *, const void *, uint32_t))
{
    char *one = malloc(PROBE_STATE_MAX), *other = malloc(PROBE_STATE_MAX);
    const oc_rc size = one && other ? probe_save(from, save, one) : OC_E_NOT_SUPPORTED;
    if (size >= 0 && !load) {
        probe_fault(probe, "load", "missing: what save() gives is never read: give both");
    } else if (size < 0 && size != OC_E_NOT_SUPPORTED) {
        probe_fault(probe, "save", "it failed: %s: a checkpoint could not be made", error_name(size));
    } else if (size >= 0) {
        bench_call(to, "load");
        oc_rc rc = load(to->instance.self, one, (uint32_t)size);
        plugin_call_end();
        if (rc < 0)
            probe_fault(probe, "load", "it does not take what save() gave: %s", error_name(rc));
        else if (probe_save(to, save, other) != size || memcmp(one, other, (size_t)size) != 0)
            probe_fault(probe, "load", "saved again it is other bytes: something is not saved, or not loaded");
        bench_call(to, "load");
        if (size > 0 && load(to->instance.self, one, (uint32_t)size - 1) >= 0)
            printf("%s: note: %s takes saved bytes that are cut by one\n", probe->path, probe->plugin->id);
        plugin_call_end();
    }
    free(one);
    free(other);
}

/* A simulator: the same calls give the same answers, and from what was saved it goes on alike. */

static void hash_answers(struct bench_plugin *bench, const struct oc_sim *table, uint64_t *hash)
{
    union {
        struct oc_event head;
        char bytes[SIM_ANSWERS_ANSWER_MAX];
    } answer;
    const int64_t now_ns = bench->world->now_ns;
    for (int calls = 0; calls < 1000 && bench->answers.due_ns <= now_ns; calls++) {
        bench->world->now_ns = bench->answers.due_ns;
        bench->answers.due_ns = INT64_MAX;
        bench_call(bench, "due");
        (void)table->due(bench->instance.self, bench->world->now_ns);
        plugin_call_end();
    }
    bench->world->now_ns = now_ns;
    while (sim_answers_take(&bench->answers, bench->world->now_ns, &answer, sizeof answer) == OC_OK)
        *hash = hash64_fold(*hash, hash64(&answer, answer.head.size));
}

static uint64_t drive_sim(struct probe *probe, struct bench_plugin *bench, int from, int to)
{
    struct bench_world *world = bench->world;
    const struct oc_sim *table = bench->table;
    uint64_t hash = 1;
    for (int turn = from; turn < to; turn++) {
        const int64_t open = 10000 + 13 * (turn % 11);
        struct oc_ev_bar bar = {.head = {.size = sizeof bar,
                                         .type = OC_EV_BAR,
                                         .inst = world->instrument.inst,
                                         .venue_ns = BENCH_START_NS + (turn + 1) * 60000000000LL,
                                         .seq = 10u + (uint64_t)turn},
                                .open_ns = BENCH_START_NS + turn * 60000000000LL,
                                .period_ns = 60000000000LL,
                                .open = open,
                                .high = open + 20,
                                .low = open - 20,
                                .close = open + 5,
                                .volume = 1000000,
                                .present = OC_HAS_VOLUME};
        world->orders = 100u + 10u * (uint64_t)turn;
        world->seq = 1000u + 10u * (uint64_t)turn;
        for (int point = 0; point < 2; point++) {
            world->now_ns = point ? bar.head.venue_ns : bar.open_ns;
            hash_answers(bench, table, &hash);
            bench_call(bench, "market");
            oc_rc rc = table->market(bench->instance.self, world->now_ns, &bar.head);
            plugin_call_end();
            if (rc < 0)
                probe_fault(probe, "market", "it failed: %s: a run would end here", error_name(rc));
            hash_answers(bench, table, &hash);
        }
        struct oc_request asks[3] = {bench_request(world, OC_SIDE_BUY, 50, 0),
                                     bench_request(world, OC_SIDE_SELL, 20, open + 10),
                                     bench_request(world, OC_SIDE_NONE, 0, 0)};
        asks[2] = bench_cancel(world, asks[1].order);
        for (int i = 0; i < 3; i++) {
            bench_call(bench, "request");
            (void)table->request(bench->instance.self, world->now_ns, &asks[i]);
            plugin_call_end();
        }
        hash_answers(bench, table, &hash);
    }
    return hash;
}

static void begin_sim(struct bench_plugin *bench)
{
    const struct oc_sim *table = bench->table;
    const struct bench_world *world = bench->world;
    bench_call(bench, "instrument");
    (void)table->instrument(bench->instance.self, &world->instrument);
    bench_call(bench, "balance");
    (void)table->balance(bench->instance.self, world->account, world->instrument.quote, (struct oc_dec){1000000, 0, 0});
    plugin_call_end();
}

static void probe_sim(struct probe *probe, struct bench_plugin *bench, struct bench_plugin *other)
{
    const struct oc_sim *table = bench->table;
    begin_sim(bench);
    begin_sim(other);
    const uint64_t one = drive_sim(probe, bench, 0, PROBE_DRIVES / 2),
                   two = drive_sim(probe, other, 0, PROBE_DRIVES / 2);
    if (one != two)
        probe_fault(probe, "request", "the same calls on a second instance give other answers: a restart relies on it");
    if (bench->answers.emitted == 0)
        probe_fault(probe, "request", "it answers nothing: each request is owed an answer");
    bench_call(bench, "end");
    if (!probe->faults && table->end(bench->instance.self, bench->world->now_ns) < 0)
        probe_fault(probe, "end", "it failed: positions could not be closed at the end of the data");
    plugin_call_end();
    probe_state(probe, other, bench, table->save, table->load);
}

static void probe_reader(struct probe *probe, struct bench_plugin *bench)
{
    const struct oc_data *table = bench->table;
    struct oc_data_info info[2] = {{.size = sizeof info[0]}, {.size = sizeof info[1]}};
    char words[2][512] = {"", ""};
    oc_rc rc[2];
    for (int i = 0; i < 2; i++) {
        bench_call(bench, "probe");
        rc[i] = table->probe(bench->instance.self, "/nowhere/there-is-no-such-file", "", &info[i]);
        bench_call(bench, "error");
        if (table->error)
            (void)table->error(bench->instance.self, 0, words[i], sizeof words[i]);
        plugin_call_end();
    }
    if (rc[0] >= 0)
        probe_fault(probe, "probe", "it takes a file that is not there");
    else if (!memchr(words[0], 0, sizeof words[0]) || !words[0][0])
        probe_fault(probe, "error",
                    "after a probe that failed it says nothing: nobody would know what is wrong with a file");
    else if (rc[0] != rc[1] || strcmp(words[0], words[1]) != 0)
        probe_fault(probe, "probe", "asked twice it gives two answers");
}

/* It wants a key that was not given: nothing is wrong with it. Where values were given, only a key that it requires is that. */
static bool needs_keys(const struct probe *probe, const struct error *error)
{
    char text[ERROR_TEXT_MAX];
    const bool is_key = strncmp(error->where, BENCH_SECTION ".", sizeof BENCH_SECTION) == 0;
    error_text(error, text);
    if (error->rc != OC_E_CONFIG ||
        (probe->settings->count && (!is_key || settings_get(probe->settings, error->where))))
        return false;
    printf("%s: note: %s was not run: %s: give it with --set KEY=VALUE\n", probe->path, probe->plugin->id, text);
    return true;
}

static void fault_of(struct probe *probe, const char *call, const struct error *error)
{
    char text[ERROR_TEXT_MAX];
    error_text(error, text);
    probe_fault(probe, call, "%s", text);
}

static void probe_one(struct probe *probe)
{
    struct bench_world world = {.settings = probe->settings, .registry = probe->registry};
    struct bench_plugin *bench = calloc(2, sizeof *bench);
    struct error error = {0};
    if (!bench || bench_world_init(&world, "BTC/USDT", "0.01", "0.001", "10000", &error) < 0) {
        probe_fault(probe, "open", "no memory");
    } else {
        const bool is_connector = strcmp(probe->plugin->kind, OC_CONNECTOR) == 0;
        struct probe_peer peers[2] = {0};
        struct io_link links[2] = {probe_link(&peers[0]), probe_link(&peers[1])};
        oc_rc rc = parts_judge_alone(probe->settings, BENCH_SECTION, probe->plugin, probe->path, &error);
        bool is_missing = false;
        probe->code = rc < 0 ? EXIT_CONFIG : EXIT_RUN; /* wrong values are no fault of the file */
        if (rc == OC_OK) {
            rc = bench_plugin_open(&bench[0], &world, probe->plugin, is_connector ? &links[0] : NULL, &error);
            is_missing = rc < 0 && needs_keys(probe, &error);
        }
        if (rc == OC_OK)
            rc = bench_plugin_open(&bench[1], &world, probe->plugin, is_connector ? &links[1] : NULL, &error);
        if (rc < 0 && !is_missing)
            fault_of(probe, "open", &error);
        else if (rc == OC_OK && strcmp(probe->plugin->kind, OC_RISK) == 0)
            probe_rule(probe, &bench[0], &bench[1]);
        else if (rc == OC_OK && strcmp(probe->plugin->kind, OC_SIM) == 0)
            probe_sim(probe, &bench[0], &bench[1]);
        else if (rc == OC_OK && strcmp(probe->plugin->kind, OC_DATA) == 0)
            probe_reader(probe, &bench[0]);
        else if (rc == OC_OK && is_connector)
            probe_connector(probe, bench, peers);
        bench_world_release(&world);
        bench_plugin_close(&bench[0]);
        bench_plugin_close(&bench[1]);
    }
    free(bench);
}

/* The child. */

struct child {
    const char *path;
    struct settings settings;
};

static void keep_good(void *context, const char *text)
{
    char **kept = context;
    *kept = strdup(text);
}

static void put_err(void *context, const char *text)
{
    (void)context;
    fputs(text, stderr);
}

static void log_to_stderr(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg, (void)level;
    fwrite(line, 1, length, stderr);
    fputc('\n', stderr);
}

static int check_file(void *arg)
{
    struct child *child = arg;
    char *good = NULL;
    const struct plugin_verb_env env = {.out = keep_good, .err = put_err, .context = &good};
    const char *const words[] = {"check", child->path};
    static struct registry registry;
    static struct load_report report;
    static uint64_t progress;
    struct env_timer *watch = NULL;
    int code = plugin_verb(2, words, &env);
    registry_init(&registry);
    log_set_sink(log_to_stderr, NULL);
    log_set_level(LOG_ERROR);
    if (code == EXIT_GOOD && load_plugin(&registry, child->path, NULL, &report) < 0)
        code = EXIT_RUN;
    if (code == EXIT_GOOD)
        (void)plugin_watch_start(&progress, &watch); /* without it the parent's own limit is left */
    for (uint32_t i = 0; i < registry.count && code == EXIT_GOOD; i++) {
        struct probe probe = {child->path, registry.entries[i].plugin, &child->settings, &registry, 0, EXIT_RUN};
        probe_one(&probe);
        code = probe.faults ? probe.code : EXIT_GOOD;
    }
    log_flush();
    if (code == EXIT_GOOD && good)
        fputs(good, stdout);
    return plugin_child_end(code);
}

int plugin_child_end(int code)
{
    const bool has_failed = ferror(stdout);
    if (fflush(stdout) != 0 || has_failed) {
        fputs("outcry: the standard output could not be written: closed, or full\n", stderr);
        code = code == EXIT_GOOD ? EXIT_RUN : code;
    }
    fflush(stderr);
    return code;
}

int plugin_in_child(const char *path, int (*fn)(void *arg), void *arg)
{
    int pid, code = 0, number = 0;
    fflush(stdout);
    if (env_fork_child(fn, arg, &pid) < 0) {
        fprintf(stderr, "%s: it could not be run: %s\n", path, env_error_text());
        return EXIT_RUN;
    }
    oc_rc rc = env_fork_wait(pid, CHILD_LIMIT_NS, &code, &number);
    if (rc == OC_E_LIMIT)
        fprintf(stderr, "%s: it did not come back for 60 s and was ended: a call waits for something\n", path);
    else if (rc < 0)
        fprintf(stderr, "%s: %s\n", path, env_error_text());
    else if (number)
        fprintf(stderr, "%s: it crashed while it was loaded or run (signal %d): a host would have ended there\n", path,
                number);
    return rc < 0 || number ? EXIT_RUN : code;
}

bool plugin_take_set(struct settings *settings, const char *text)
{
    char key[SETTING_KEY_MAX];
    const char *equals = strchr(text, '=');
    if (!equals || snprintf(key, sizeof key, BENCH_SECTION ".%.*s", (int)(equals - text), text) >= (int)sizeof key)
        return false;
    return settings_set(settings, key, equals + 1, "--set") >= 0;
}

int plugin_check(int argc, char **argv)
{
    struct child child = {0};
    int code = EXIT_GOOD, files = 0;
    for (int i = 0; i + 1 < argc; i++)
        if (strcmp(argv[i], "--set") == 0 && !plugin_take_set(&child.settings, argv[i + 1]))
            code = EXIT_USE;
    for (int i = 0; i < argc && code != EXIT_USE; i++) {
        if (strcmp(argv[i], "--set") == 0) {
            i++;
            continue;
        }
        if (argv[i][0] == '-') { /* no option beside --set */
            code = EXIT_USE;
            continue;
        }
        child.path = argv[i];
        files++;
        const int one = plugin_in_child(child.path, check_file, &child);
        code = one ? one : code;
    }
    settings_release(&child.settings);
    if (code == EXIT_USE || !files) {
        fputs("usage: outcry plugin check FILE... [--set KEY=VALUE]...\n", stderr);
        return EXIT_USE;
    }
    return code;
}
