/* bench_console.c: what a console costs its engine: each question, and a console that misbehaves while events pass. */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_socket.h"
#include "cli/bench.h"
#include "cli/console.h"
#include "cli/verbs.h"
#include "console/shell.h"

enum { RATE = 100000, PHASE_SECONDS = 4, SAMPLES_MAX = 4096, BUCKETS = 64 * 16, QUESTIONS_EACH = 400, ROUNDS = 3 };

struct scene {
    struct options *options;
    struct run *run;
    struct env_thread *thread;
    struct env_signal *opened;
    oc_rc rc;
    _Atomic int phase; /* which histogram counts now; 0: none */
    uint64_t late[3][BUCKETS];
    int watch_fd;
};

/* Sixteenths of a power of two. */
static uint32_t bucket_of(int64_t ns)
{
    uint64_t value = ns < 16 ? 16 : (uint64_t)ns;
    uint32_t power = 63 - (uint32_t)__builtin_clzll(value);
    return power * 16 + (uint32_t)(value >> (power - 4) & 15);
}

static double bucket_ns(uint32_t bucket) { return (double)(16 + bucket % 16) * (double)(1ull << (bucket / 16)) / 16; }

static double percentile(const uint64_t *buckets, double share)
{
    uint64_t all = 0, seen = 0;
    for (uint32_t i = 0; i < BUCKETS; i++)
        all += buckets[i];
    for (uint32_t i = 0; i < BUCKETS; i++) {
        seen += buckets[i];
        if (all && (double)seen >= share * (double)all)
            return bucket_ns(i);
    }
    return 0;
}

static void on_late(void *arg, int64_t late_ns)
{
    struct scene *scene = arg;
    scene->late[atomic_load_explicit(&scene->phase, memory_order_relaxed)][bucket_of(late_ns)]++;
}

static void host_run(void *arg)
{
    struct scene *scene = arg;
    scene->rc = run_open(scene->run);
    env_signal_post(scene->opened);
    if (scene->rc == OC_OK)
        scene->rc = run_go(scene->run);
}

/* `path` NULL: no other console can attach. */
static bool scene_open(struct scene *scene, const struct bench *bench, const char *path, const char *feed,
                       const char *speed)
{
    int own[2];
    scene->options = calloc(1, sizeof *scene->options);
    scene->run = scene->options ? run_new(scene->options, bench->registry, "paper") : NULL;
    if (!scene->run || env_socket_pair(own) < 0 || env_signal_new(&scene->opened) < 0)
        return false;
    struct run *run = scene->run;
    const char *const pairs[] = {"account.cash", "1000000 USDT", "session.feed", feed, "session.speed",
                                 speed,          "session.end",  "hold",         NULL};
    if (bench_set(&scene->options->settings, pairs) < 0)
        return false;
    run->strategies.may_be_empty = run->strategies.may_watch = true;
    run->console.has_own = true;
    run->session->pace.on_late = on_late;
    run->session->pace.on_late_arg = scene;
    scene->watch_fd = own[1];
    if (run_take_paper(run) < 0 || console_server_new(path, own[0], true, &run->console.server) < 0)
        return false;
    run_compose(run, RUN_CONSOLE, NULL);
    if (env_thread_start(host_run, scene, &scene->thread) < 0)
        return false;
    env_signal_wait(scene->opened, -1);
    return scene->rc == OC_OK;
}

static void scene_close(struct scene *scene)
{
    if (scene->thread)
        env_thread_join(scene->thread);
    if (scene->run) {
        (void)session_close(scene->run->session);
        console_server_free(scene->run->console.server);
    }
    run_free(scene->run);
    if (scene->opened)
        env_signal_free(scene->opened);
    if (scene->options)
        options_release(scene->options);
    free(scene->options);
}

static bool ask(struct link *link, const char *const *fields, uint32_t count)
{
    const char *json;
    bool is_ok;
    return link_ask(link, fields, count, 5000000000, NULL, &is_ok, &json) == OC_OK && is_ok;
}

/* One question again and again, on the engine's side alone: how long events would stand still. */
static void time_questions(const struct bench *bench, struct console_service *service)
{
    static const struct {
        const char *name;
        const char *fields[4];
        uint32_t count;
    } nouns[] = {{"status", {"status"}, 1},
                 {"markets", {"markets"}, 1},
                 {"ticker", {"ticker"}, 1},
                 {"orders, 8 rows", {"orders", "open"}, 2},
                 {"fills, 16 rows", {"fills"}, 1},
                 {"positions", {"positions"}, 1},
                 {"pnl", {"pnl"}, 1},
                 {"explain", {"explain", "o1"}, 2},
                 {"preview", {"preview", "buy", "BTC/USDT", "qty=1"}, 4},
                 {"bars, 64 rows", {"bars", "BTC/USDT", "1s", "64"}, 4}};
    double values[QUESTIONS_EACH];
    struct text reply;
    text_init_grow(&reply, COMMAND_LINE_MAX);
    bench_row(bench, "console", "questions on the engine's side, median");
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        struct command_words words = {.count = nouns[i].count};
        memcpy(words.fields, nouns[i].fields, sizeof nouns[i].fields);
        for (int k = 0; k < QUESTIONS_EACH; k++) {
            text_clear(&reply);
            int64_t start_ns = env_clock_mono();
            console_service_ask(service, &words, &reply);
            values[k] = (double)(env_clock_mono() - start_ns) / 1e3;
        }
        bench_figure(bench, nouns[i].name, bench_median(values, QUESTIONS_EACH), 1, "us", "p99 %.1f",
                     bench_percentile(values, QUESTIONS_EACH, 99));
    }
    text_release(&reply);
}

static int bench_questions(const struct bench *bench)
{
    struct scene scene = {.rc = OC_OK};
    int code = EXIT_RUN;
    struct link *link = NULL;
    if (scene_open(&scene, bench, NULL, "synthetic:1000", "max") && link_new(scene.watch_fd, &link) == OC_OK) {
        const char *pause[] = {"pause"}, *step[] = {"step", "200000"},
                   *resting[] = {"buy", "BTC/USDT", "qty=0.001", "price=30000"},
                   *taken[] = {"buy", "BTC/USDT", "qty=0.001"};
        ask(link, pause, 1);
        ask(link, step, 2);
        for (int i = 0; i < 64; i++) {
            ask(link, taken, 3);
            ask(link, resting, 4);
        }
        ask(link, step, 2);
        ask(link, pause, 1);
        time_questions(bench, scene.run->console.service); /* the engine sleeps: it is paused */
        code = EXIT_GOOD;
    }
    link_free(link);
    scene_close(&scene);
    return code;
}

struct noise { /* a console that does everything wrong, on a thread of its own */
    int fd;
    atomic_bool is_over;
    uint64_t lines;
};

static void swallow(void *arg, const char *text, size_t size)
{
    (void)text;
    ((struct noise *)arg)->lines += size;
}

static void make_noise(void *arg)
{
    struct noise *noise = arg;
    struct link *link = NULL;
    struct shell *shell = NULL;
    if (link_new(noise->fd, &link) < 0)
        return;
    struct shell_config config = {.link = link, .print = swallow, .arg = noise, .limit_ns = 300000000, .columns = 80};
    if (shell_new(&config, &shell) == OC_OK)
        while (!atomic_load(&noise->is_over)) {
            shell_eval(shell, "while true do end");
            shell_eval(shell, "for i = 1, 20000 do print(('x'):rep(200), i) end");
            shell_eval(shell, "error('wrong')");
            shell_eval(shell, "orders('all')");
        }
    shell_free(shell);
    link_free(link);
}

/* A second console asks a line now and then; returns how many answers were timed. */
static int watch(struct link *link, struct scene *scene, int phase, double *times, int max)
{
    static const char *const status[] = {"status"};
    int64_t end_ns = env_clock_mono() + PHASE_SECONDS * 1000000000LL;
    int count = 0;
    atomic_store(&scene->phase, phase);
    while (env_clock_mono() < end_ns && count < max) {
        int64_t start_ns = env_clock_mono();
        if (!ask(link, status, 1))
            break;
        times[count++] = (double)(env_clock_mono() - start_ns) / 1e6;
        env_sleep(20000000);
    }
    atomic_store(&scene->phase, 0);
    return count;
}

static int bench_noise(const struct bench *bench)
{
    static double quiet_ms[SAMPLES_MAX], noisy_ms[SAMPLES_MAX];
    char path[ENV_SOCKET_PATH_MAX], feed[32];
    struct scene *scene = calloc(1, sizeof *scene);
    struct link *link = NULL;
    struct noise noise = {.fd = -1};
    struct env_thread *thread = NULL;
    int code = EXIT_RUN, quiet = 0, noisy = 0;
    snprintf(feed, sizeof feed, "synthetic:%d", RATE);
    snprintf(path, sizeof path, "/tmp/outcry-bench-%d.sock", env_process());
    if (!scene || !scene_open(scene, bench, path, feed, "1x") || link_new(scene->watch_fd, &link) < 0)
        goto out;
    for (int round = 0; round < ROUNDS; round++) { /* in turn, so that the machine's moods meet both */
        quiet += watch(link, scene, 1, quiet_ms + quiet, SAMPLES_MAX - quiet);
        noise = (struct noise){.fd = -1};
        if (env_socket_connect(path, &noise.fd) < 0 || env_thread_start(make_noise, &noise, &thread) < 0)
            goto out;
        noisy += watch(link, scene, 2, noisy_ms + noisy, SAMPLES_MAX - noisy);
        atomic_store(&noise.is_over, true);
        env_thread_join(thread);
    }
    double quiet_p99 = percentile(scene->late[1], 0.99), noisy_p99 = percentile(scene->late[2], 0.99);
    const double quiet_us = percentile(scene->late[1], 0.5) / 1e3, noisy_us = percentile(scene->late[2], 0.5) / 1e3;
    bench_row(bench, "console beside",
              "%d events a second, %d s each, in %d rounds: quiet, and a console that loops, prints and fails", RATE,
              PHASE_SECONDS * ROUNDS, ROUNDS);
    bench_figure(bench, "late quiet", quiet_us, 1, "us", "p99 %.1f: an event is taken so long after its time",
                 quiet_p99 / 1e3);
    bench_figure(bench, "late noisy", noisy_us, 1, "us", "p99 %.1f", noisy_p99 / 1e3);
    bench_figure(bench, "ratio", quiet_p99 > 0 ? noisy_p99 / quiet_p99 : 0, 2, "x", "of the two p99");
    bench_figure(bench, "line quiet", bench_median(quiet_ms, quiet), 2, "ms",
                 "p99 %.2f: another console's line is answered", bench_percentile(quiet_ms, quiet, 99));
    bench_figure(bench, "line noisy", bench_median(noisy_ms, noisy), 2, "ms", "p99 %.2f (50 is the limit)",
                 bench_percentile(noisy_ms, noisy, 99));
    code = EXIT_GOOD;
out:
    link_free(link);
    if (scene)
        scene_close(scene);
    free(scene);
    return code;
}

int bench_console(const struct bench *bench)
{
    if (bench->fixed) {
        fputs("outcry: bench: the row console has no BENCH_N\n", stderr);
        return EXIT_USE;
    }
    int code = bench_questions(bench);
    return code == EXIT_GOOD ? bench_noise(bench) : code;
}
