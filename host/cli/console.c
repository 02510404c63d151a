#include "cli/console.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env_fork.h"
#include "base/env_run.h"
#include "base/env_socket.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/version.h"
#include "cli/complain.h"
#include "cli/history_child.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "console/terminal.h"
#include "replay/diff.h"
#include "session/plugin_watch.h"
#include "session/venue_keys.h"

enum { CONNECT_MAX = 64 };

struct log_target {
    struct console_server *server;
    bool to_stderr;
};

static struct log_target log_target; /* the log has one sink */

static void log_line(void *arg, enum log_level level, const char *line, size_t length)
{
    const struct log_target *target = arg;
    if (target->to_stderr) {
        standing_clear();
        fwrite(line, 1, length, stderr);
        fputc('\n', stderr);
    }
    if (!target->server || !console_server_is_wanted(target->server, TELL_LOG))
        return;
    char bytes[LOG_LINE_MAX * 2];
    struct text json;
    text_init_fixed(&json, bytes, sizeof bytes);
    json_open(&json, NULL, '{');
    json_text(&json, "level", log_level_name(level));
    json_text_n(&json, "text", line, length);
    json_close(&json, '}');
    if (!json.is_cut)
        console_server_log(target->server, json.data, json.size);
}

/* Nobody can be asked yet who would be told: what is amiss at a start stands above the console. */
static void log_opening(void *arg, enum log_level level, const char *line, size_t length)
{
    if (level <= LOG_WARNING)
        run_log_to_stderr(NULL, level, line, length);
    log_line(arg, level, line, length);
}

static oc_rc socket_failed(struct session *session, oc_rc rc, const char *path)
{
    struct error error;
    const bool is_said = rc != OC_E_LIMIT && env_error_text()[0];
    error_at(&error, rc, "console.socket %s", path);
    error_what(&error, "%s", is_said ? env_error_text() : error_name(rc));
    error_remedy(&error, rc == OC_E_LIMIT ? "use a path of at most 99 bytes: --listen PATH"
                                          : "use another with --listen PATH, or none");
    return session_fail(session, &error);
}

/* For `outcry status` and `outcry kill`. That it could not be told is no reason not to trade. */
static void tell_of_host(struct run *run, const char *socket)
{
    struct session *session = run->session;
    struct host_run told = {.pid = env_process(), .started_ns = env_clock_real()};
    const char *dir = settings_text(session->settings, "session.dir", NULL), *slash = dir ? strrchr(dir, '/') : NULL;
    char parent[PATH_MAX] = ".", absolute[PATH_MAX];
    if (slash) /* the folder itself may not be there yet */
        snprintf(parent, sizeof parent, "%.*s", slash == dir ? 1 : (int)(slash - dir), dir);
    if (dir && realpath(dir, absolute))
        snprintf(told.session, sizeof told.session, "%s", absolute);
    else if (dir && realpath(parent, absolute))
        snprintf(told.session, sizeof told.session, "%s/%s", absolute, slash ? slash + 1 : dir);
    snprintf(told.mode, sizeof told.mode, "%s", session->label);
    snprintf(told.socket, sizeof told.socket, "%s", socket);
    snprintf(told.version, sizeof told.version, "%s", OUTCRY_VERSION);
    if (session->links.count && !venue_is_feed(session->settings))
        snprintf(told.venue, sizeof told.venue, "%s", settings_text(session->settings, "session.venue", ""));
    if (host_file_open(&run->host_file, &told) < 0)
        log_warning("console", "`outcry status` will not find this host: %s", env_error_text());
}

oc_rc console_listen(struct run *run, int own_fd, bool is_default, bool logs_to_stderr)
{
    struct session *session = run->session;
    char folder[ENV_SOCKET_PATH_MAX], path[ENV_SOCKET_PATH_MAX + 32];
    const char *place = settings_text(session->settings, "console.socket", is_default ? "auto" : "none");
    bool is_none = strcmp(place, "none") == 0;
    oc_rc rc = OC_OK;
    snprintf(path, sizeof path, "%s", place);
    if (strcmp(place, "auto") == 0) {
        rc = env_runtime_dir(folder, sizeof folder);
        snprintf(path, sizeof path, "%s/host-%d.sock", folder, env_process());
    }
    if (rc == OC_OK)
        tell_of_host(run, is_none ? "" : path);
    if (is_none && own_fd < 0)
        return rc;
    if (rc == OC_OK)
        rc = console_server_new(is_none ? NULL : path, own_fd, true, &run->console.server);
    if (rc < 0)
        return socket_failed(session, rc, path);
    run->console.has_own = own_fd >= 0;
    log_target = (struct log_target){run->console.server, logs_to_stderr};
    log_set_sink(log_line, &log_target);
    return OC_OK;
}

void console_unlisten(struct run *run)
{
    log_set_sink(NULL, NULL);
    log_target.server = NULL;
    host_file_close(&run->host_file);
    console_server_free(run->console.server);
    run->console.server = NULL;
}

/* The verb. */

struct host { /* the session's thread */
    struct run *run;
    struct env_signal *opened;
    oc_rc rc;
    bool is_open;
    struct result *result;
};

static void host_run(void *arg)
{
    struct host *host = arg;
    host->rc = run_open(host->run);
    log_set_sink(log_line, &log_target);
    host->is_open = host->rc == OC_OK;
    env_signal_post(host->opened);
    if (host->rc == OC_OK)
        host->rc = run_go(host->run);
    if (host->rc == OC_E_AGAIN)
        host->rc = OC_OK;
    if (host->rc == OC_OK)
        host->rc = run_finish(host->run, host->result);
    if (host->is_open)
        console_server_end(host->run->console.server); /* whoever still asks would wait in vain */
}

static const char *history_file(char path[512])
{
    const char *home = getenv("HOME"), *state = getenv("XDG_STATE_HOME");
    if (state && *state)
        snprintf(path, 512, "%s/outcry_history", state);
    else if (home && *home)
        snprintf(path, 512, "%s/.outcry_history", home);
    else
        return NULL;
    return path;
}

static bool diff(void *arg, const char *a, const char *b, char *text, size_t size_max)
{
    struct text out;
    (void)arg;
    text_init_fixed(&out, text, size_max);
    return session_diff(a, b, &out) == OC_OK;
}

/* By a process of its own: neither the console nor the host that it may be part of opens a database. */
static bool ask_history(void *arg, const char *words, char *text, size_t size_max)
{
    enum { WORDS_MAX = 32, WAIT_NS = 2000000000 };
    const char *argv[WORDS_MAX + 3 + 2 * HISTORY_KEYS] = {"/proc/self/exe"};
    uint32_t count = 1;
    struct history_words set;
    struct env_run run;
    size_t size = 0, more = 1;
    int code = -1;
    for (const char *word = words; *word && count < WORDS_MAX; word += strlen(word) + 1) {
        argv[count++] = word;
        if (word == words) /* the verb: what it complains of stands in its output */
            argv[count++] = "--said";
    }
    (void)history_settings(arg, &set, argv, count);
    oc_rc rc = env_run_start(argv, &run);
    if (rc < 0) {
        snprintf(text, size_max, "%s", env_error_text());
        return false;
    }
    while (rc == OC_OK && more && size + 1 < size_max) {
        rc = env_run_read(&run, text + size, size_max - 1 - size, env_clock_mono() + 30 * (int64_t)WAIT_NS, &more);
        size += rc == OC_OK ? more : 0;
    }
    text[size] = 0;
    env_run_end(&run, env_clock_mono() + (more ? 0 : (int64_t)WAIT_NS), &code);
    if (more) { /* there is more of it than a console takes */
        char *end = strrchr(text, '\n');
        snprintf(end ? end + 1 : text, size_max - (size_t)(end ? end + 1 - text : 0), "... more: a smaller limit\n");
    }
    return more ? size > 0 : code == 0;
}

int console_talk(int fd, const struct settings *settings, const struct console_wish *wish)
{
    struct link *link = NULL;
    char history[512];
    int64_t limit_ns = 5000000000;
    (void)settings_duration((struct settings *)(uintptr_t)settings, "console.limit",
                            &limit_ns); /* the verb has checked it */
    if (link_new(fd, &link) < 0) {
        env_close(fd);
        return EXIT_RUN;
    }
    if (wish->may_trade) {
        struct error error;
        const char *fields[] = {"trade"}, *json;
        bool is_ok;
        oc_rc rc = link_ask(link, fields, 1, 2000000000, NULL, &is_ok, &json);
        if (rc < 0 || !is_ok)
            (void)complain(&error,
                           error_say(&error, rc < 0 ? rc : OC_E_STATE, "--trade",
                                     "the host does not let this console "
                                     "trade: %s",
                                     rc < 0 ? error_name(rc) : json),
                           false);
    }
    struct terminal_config config = {.link = link,
                                     .history_file = history_file(history),
                                     .pane_rows = wish->has_pane ? TERMINAL_PANE_DEFAULT : 0,
                                     .limit_ns = limit_ns,
                                     .has_colour = true,
                                     .diff = diff,
                                     .diff_arg = (void *)(uintptr_t)settings,
                                     .history = ask_history};
    int code = terminal_run(&config);
    link_free(link);
    return code;
}

static void summary(const struct session *session, const struct result *result)
{
    char start[64], final[64];
    money_to_text(result->start, 2, true, start);
    money_to_text(result->final, 2, true, final);
    if (isatty(1))
        printf("session over: %s -> %s %s, %llu fills%s%s\n", start, final, result->currency ? result->currency : "",
               (unsigned long long)engine_stats(session->engine)->fills,
               settings_text(session->settings, "session.dir", NULL) ? ", recorded in " : "",
               settings_text(session->settings, "session.dir", ""));
}

/* A session in this process, on a thread of its own, and its console on this one. */
static int console_here(struct run *run, const struct console_wish *wish)
{
    struct session *session = run->session;
    struct host host = {.run = run};
    struct env_thread *thread = NULL;
    int pair[2], code = EXIT_RUN;
    host.result = calloc(1, sizeof *host.result);
    oc_rc rc = host.result ? env_socket_pair(pair) : OC_E_NOMEM;
    if (rc < 0) {
        free(host.result);
        return complain_of_session(session, rc, "the console could not be opened", false);
    }
    run->strategies.may_be_empty = true;
    session->pace.is_paused = wish->is_paused;
    if (wish->is_paused && links_are_on_network(&session->links)) {
        rc = session_say(session, OC_E_NOT_SUPPORTED, "--paused",
                         "a session on the network goes with the clock: it cannot be paused");
        free(host.result);
        return complain_of_session(session, rc, "the console could not be opened", false);
    }
    rc = env_signal_new(&host.opened);
    if (rc == OC_OK)
        rc = console_listen(run, pair[0], false, false);
    if (rc == OC_OK)
        log_set_sink(log_opening, &log_target);
    if (rc == OC_E_NOMEM)
        rc = OC_E_CONFIG;
    run_compose(run, RUN_CONSOLE | RUN_RECOVERS | RUN_ENDS, NULL);
    if (rc == OC_OK)
        rc = env_thread_start(host_run, &host, &thread);
    if (rc == OC_OK) {
        env_signal_wait(host.opened, -1);
        code = host.is_open ? console_talk(pair[1], session->settings, wish) : EXIT_RUN;
        if (!host.is_open)
            env_close(pair[1]);
        plugin_watch_end(); /* whoever asked it to end has gone: a call that does not come back is not waited for */
        env_thread_join(thread);
        rc = host.rc;
        if (rc == OC_OK)
            summary(session, host.result);
    }
    if (rc < 0)
        code = complain_of_session(session, rc, "the session could not be opened", false);
    code = run_close_session(run, code);
    console_unlisten(run);
    env_signal_free(host.opened);
    free(host.result);
    return code;
}

struct found {
    char folder[ENV_SOCKET_PATH_MAX];
    char names[CONNECT_MAX][40];
    uint32_t count;
};

static oc_rc take_name(void *arg, const char *name)
{
    struct found *found = arg;
    size_t length = strlen(name);
    if (found->count < CONNECT_MAX && length > 5 && length < sizeof found->names[0] &&
        strcmp(name + length - 5, ".sock") == 0)
        snprintf(found->names[found->count++], sizeof found->names[0], "%s", name);
    return OC_OK;
}

/* The only host that runs; sockets of dead ones are taken away. */
static oc_rc connect_only(int *ret_fd, struct error *ret_error)
{
    struct found found = {.count = 0};
    char path[ENV_SOCKET_PATH_MAX * 2], last[ENV_SOCKET_PATH_MAX * 2] = "";
    uint32_t alive = 0;
    oc_rc rc = env_runtime_dir(found.folder, sizeof found.folder);
    if (rc == OC_OK)
        rc = env_list(found.folder, take_name, &found);
    for (uint32_t i = 0; rc == OC_OK && i < found.count; i++) {
        int fd;
        snprintf(path, sizeof path, "%s/%s", found.folder, found.names[i]);
        oc_rc tried = env_socket_connect(path, &fd);
        if (tried == OC_E_IO)
            (void)env_unlink(path); /* it is dead, whoever takes it away */
        if (tried < 0)
            continue;
        if (alive++)
            env_close(*ret_fd);
        *ret_fd = fd;
        if (alive == 2)
            fprintf(stderr, "%s\n", last);
        snprintf(last, sizeof last, "  %s", path);
        if (alive > 1)
            fprintf(stderr, "%s\n", last);
    }
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return error_say(ret_error, rc, "--attach", "%s", rc == OC_E_LIMIT ? error_name(rc) : env_error_text());
    if (alive == 1)
        return OC_OK;
    error_at(ret_error, OC_E_NOT_FOUND, "--attach");
    error_what(ret_error, alive > 1 ? "several hosts run" : "no host is listening");
    if (alive > 1) {
        env_close(*ret_fd);
        error_remedy(ret_error, "name one of these with --attach SOCKET");
    } else {
        error_remedy(ret_error, "start one, such as `outcry paper --feed synthetic:10 --speed 1x --cash '10000 USDT'`");
    }
    return OC_E_NOT_FOUND;
}

static int attach(const struct settings *settings, const struct console_wish *wish)
{
    int fd = -1;
    struct error error;
    oc_rc rc = *wish->attach ? env_socket_connect(wish->attach, &fd) : connect_only(&fd, &error);
    if (rc < 0 && *wish->attach)
        rc = error_say(&error, rc, "--attach", "%s", env_error_text());
    if (rc >= 0)
        return console_talk(fd, settings, wish);
    (void)complain(&error, rc, false);
    return EXIT_RUN;
}

/* Takes this verb's own options out of argv. */
static int take_wish(int argc, char **argv, struct console_wish *ret_wish)
{
    int kept = 0;
    struct console_wish wish = {.has_pane = true};
    for (int i = 0; i < argc; i++) {
        if (strcmp(argv[i], "--attach") == 0) {
            wish.is_attached = true;
            wish.attach = i + 1 < argc && argv[i + 1][0] != '-' ? argv[++i] : "";
        } else if (strncmp(argv[i], "--attach=", 9) == 0) {
            wish.is_attached = true;
            wish.attach = argv[i] + 9;
        } else if (strcmp(argv[i], "--trade") == 0) {
            wish.may_trade = true;
        } else if (strcmp(argv[i], "--no-pane") == 0) {
            wish.has_pane = false;
        } else if (strcmp(argv[i], "--paused") == 0) {
            wish.is_paused = true;
        } else {
            argv[kept++] = argv[i];
        }
    }
    *ret_wish = wish;
    return kept;
}

/* What a console without a session begins with. */
static oc_rc set_defaults(struct options *options)
{
    static const char *const defaults[][2] = {{"session.feed", "synthetic:20"},
                                              {"session.speed", "1x"},
                                              {"account.cash", "10000 USDT"},
                                              {"session.end", "hold"}};
    bool has_data = false; /* a file of its own: no synthetic prices beside it */
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < options->word_count; i++) {
        const char *end = strrchr(options->words[i], '.');
        has_data |= !end || strcmp(end, ".lua") != 0;
    }
    for (size_t i = has_data; i < sizeof defaults / sizeof defaults[0] && rc == OC_OK; i++)
        if (!settings_get(&options->settings, defaults[i][0]))
            rc = settings_set(&options->settings, defaults[i][0], defaults[i][1], "the console's default");
    return rc;
}

int verb_console(int argc, char **argv)
{
    struct console_wish wish;
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct run *run = NULL;
    int code = EXIT_RUN;
    argc = take_wish(argc, argv, &wish);
    if (!options || !registry)
        goto out;
    struct error error;
    oc_rc rc = options_parse(options, argc, argv);
    if (rc < 0 || (wish.is_attached && options->word_count)) {
        if (!error_is_set(&options->error))
            rc = error_say(&options->error, OC_E_INVALID, "--attach", "it takes no files");
        (void)complain(&options->error, rc, false);
        code = EXIT_USE;
        goto out;
    }
    int64_t limit_ns;
    rc = options_finish(options);
    if (rc < 0) {
        code = complain(&options->error, rc, false);
    } else if (settings_duration(&options->settings, "console.limit", &limit_ns) == OC_E_CONFIG) {
        code = complain(&options->settings.error, OC_E_CONFIG, false);
    } else if (wish.is_attached) {
        code = attach(&options->settings, &wish);
    } else if (!options->venue && (rc = set_defaults(options)) < 0) {
        code = complain(&options->settings.error, rc, false);
    } else {
        registry_init(registry);
        run = run_new(options, registry, options->venue ? "run" : "paper");
        if (!run) {
            rc = error_of_code(&error, OC_E_NOMEM, "console", "the session could not be made");
            code = complain(&error, rc, false);
            goto out;
        }
        run->strategies.may_watch = true;
        rc = options->venue ? run_take_venue(run) : run_take_paper(run);
        code = rc < 0 ? complain_of_session(run->session, rc, "the session could not be made", false)
                      : console_here(run, &wish);
    }
out:
    run_free(run);
    free(registry);
    if (options)
        options_release(options);
    free(options);
    return code;
}
