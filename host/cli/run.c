/* run.c: backtest and paper: options to a session, the session to a report. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/log.h"
#include "cli/console.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "config/check.h"
#include "config/options.h"
#include "recover/restore.h"
#include "report/report.h"
#include "session/interrupt.h"
#include "session/session_impl.h"

static void log_to_stderr(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)arg;
    (void)level;
    fwrite(line, 1, length, stderr);
    fputc('\n', stderr);
}

int exit_code(oc_rc rc)
{
    if (rc == OC_OK)
        return EXIT_GOOD;
    return rc == OC_E_CONFIG ? EXIT_CONFIG : EXIT_RUN;
}

int complain(const char *text, oc_rc rc)
{
    fprintf(stderr, "outcry: %s\n", text);
    return exit_code(rc);
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

/* Words ending in .lua are strategies, all others data. */
static oc_rc take_words(struct session *session, const struct options *options)
{
    for (uint32_t i = 0; i < options->word_count; i++) {
        const char *word = options->words[i];
        if (ends_with(word, ".lua")) {
            if (session->strategy_count == SESSION_STRATEGIES_MAX)
                return session_fail(session, OC_E_LIMIT, "at most %d strategies", SESSION_STRATEGIES_MAX);
            snprintf(session->strategies[session->strategy_count++].file, sizeof session->strategies[0].file, "%s",
                     word);
        } else {
            if (session->source_count == FEED_SOURCES_MAX)
                return session_fail(session, OC_E_LIMIT, "at most %d data files", FEED_SOURCES_MAX);
            snprintf(session->sources[session->source_count++].path, sizeof session->sources[0].path, "%s", word);
        }
    }
    for (; session->param_count < options->param_count && session->param_count < SESSION_PARAMS_MAX;
         session->param_count++) {
        const struct option_param *param = &options->params[session->param_count];
        session->params[session->param_count] = (struct strategy_param){param->name, param->value};
    }
    return OC_OK;
}

oc_rc run_load_plugins(struct registry *registry)
{
    static const char *const names[] = {"sims/paper",           "data/csv",
                                        "risk/kill_switch",     "risk/max_order_qty",
                                        "risk/max_order_value", "risk/price_collar",
                                        "risk/position_limit",  "risk/message_rate",
                                        "risk/max_daily_loss",  NULL};
    registry_init(registry);
    return load_needed(registry, names);
}

/* Where the data stand: share of the first file read, or of the synthetic events; negative: nobody knows. */
static double share_of(const struct session *session)
{
    const struct feed_source *source = &session->sources[0];
    double share;
    if (source->synthetic.max)
        return (double)source->synthetic.count / (double)source->synthetic.max;
    return env_read_share(source->path, &share) == OC_OK ? share : -1;
}

static void show_progress(struct session *session)
{
    enum { WIDTH = 30 };
    static const char full[] = "##############################", none[] = "..............................";
    static int64_t last_ns;
    int64_t now_ns = env_clock_mono();
    if (now_ns - last_ns < 200000000)
        return;
    bool is_first = last_ns == 0; /* short runs show nothing */
    last_ns = now_ns;
    double share = is_first ? -1 : share_of(session);
    int done = (int)(share * WIDTH);
    if (is_first)
        return;
    if (share < 0)
        fprintf(stderr, "\r%llu events ", (unsigned long long)inbox_index(session->loop));
    else
        fprintf(stderr, "\r[%.*s%.*s] %3d %%  %llu events ", done < WIDTH ? done : WIDTH, full,
                done < WIDTH ? WIDTH - done : 0, none, (int)(share * 100),
                (unsigned long long)inbox_index(session->loop));
}

struct session *run_session_new(struct options *options, struct registry *registry, const char *mode)
{
    struct session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    session->settings = &options->settings;
    session->registry = registry;
    session->mode = mode;
    if (!options->quiet && !options->json && isatty(2))
        session->progress = show_progress;
    return session;
}

oc_rc run_open(struct session *session)
{
    const char *dir = settings_text(session->settings, "session.dir", NULL);
    struct restore restore = {0};
    session->checkpoints = dir != NULL;
    oc_rc rc = dir ? session_lock(session, dir) : OC_OK;
    if (rc == OC_OK && dir && strcmp(session->mode, "paper") == 0)
        rc = restore_open(&restore, session, dir);
    if (rc == OC_OK)
        rc = session_open(session);
    if (rc == OC_OK && restore.has_journal) {
        rc = restore_apply(&restore, session);
        if (rc == OC_OK)
            log_info("restore", "%s: %llu records, %llu market events, %llu orders open; going on", dir,
                     (unsigned long long)restore.records, (unsigned long long)restore.markets,
                     (unsigned long long)restore.in_flight);
    }
    restore_close(&restore);
    return rc;
}

static oc_rc write_reports(struct session *session, const struct options *options, const struct result *result)
{
    oc_rc rc = OC_OK;
    if (options->json)
        rc = report_json(result, stdout);
    else if (!options->quiet)
        rc = report_text(result, stdout);
    if (rc < 0)
        return session_fail(session, rc, "the report could not be written to the standard output (code %d)", (int)rc);
    rc = options->report ? report_html(result, options->report) : OC_OK;
    if (rc < 0)
        return session_fail(session, rc, "--report %s: %s", options->report,
                            rc == OC_E_NOMEM ? "no memory" : env_error_text());
    if (options->report && !options->quiet && !options->json)
        printf("report: %s\n", options->report);
    return OC_OK;
}

oc_rc run_to_report(struct session *session, const struct options *options)
{
    struct result *result = calloc(1, sizeof *result);
    if (!result)
        return OC_E_NOMEM;
    int64_t start_ns = env_clock_mono();
    bool is_paper = strcmp(session->mode, "paper") == 0;
    oc_rc rc = is_paper ? console_listen(session, -1, session->speed > 0, true) : OC_OK;
    session->may_be_empty = session->server != NULL;
    if (rc == OC_OK)
        rc = run_open(session);
    if (rc == OC_OK)
        rc = session_run(session);
    bool interrupted = rc == OC_E_AGAIN;
    if (rc == OC_OK && !session->is_restored && !session->server)
        rc = session_check_ran(session);
    if (rc == OC_OK || interrupted) {
        rc = session_finish(session, result);
        result->seconds = (double)(env_clock_mono() - start_ns) / 1e9;
        if (session->progress)
            fputs("\r\x1b[K", stderr);
        if (interrupted)
            fputs("outcry: interrupted: the report covers what was run\n", stderr);
        if (rc < 0)
            session_fail(session, rc, "the run could not be ended (code %d)", (int)rc);
        else
            rc = write_reports(session, options, result);
        if (session->drift)
            rc = session_fail(session, OC_E_STATE, "the simulator and the portfolio disagree: this is a defect");
    }
    free(result);
    return rc;
}

static oc_rc setup_backtest(struct session *session, const struct options *options)
{
    return take_words(session, options);
}

oc_rc run_setup_paper(struct session *session, const struct options *options)
{
    const char *feed = settings_text(session->settings, "session.feed", NULL);
    oc_rc rc = take_words(session, options);
    if (rc == OC_OK)
        rc = check_speed(session->settings, &session->speed);
    if (rc == OC_E_NOT_FOUND)
        rc = OC_OK;
    if (rc < 0 && !session->error[0])
        session_fail(session, rc, "%s", session->settings->error);
    if (rc == OC_OK && feed) {
        const char *path = strncmp(feed, "replay:", 7) == 0 ? feed + 7 : feed;
        if (path == feed && strncmp(feed, "synthetic", 9) != 0)
            return session_fail(session, OC_E_CONFIG,
                                "--feed: found '%s', expected replay:FILE, synthetic[:RATE] or synthetic-bars[:COUNT]",
                                feed);
        snprintf(session->sources[session->source_count++].path, sizeof session->sources[0].path, "%s", path);
    }
    if (rc == OC_OK && session->source_count == 0)
        return session_fail(session, OC_E_CONFIG, "paper needs --feed replay:FILE or --feed synthetic");
    return rc;
}

static int run(int argc, char **argv, const char *mode,
               oc_rc (*setup)(struct session *session, const struct options *options))
{
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct session *session = NULL;
    int code = EXIT_RUN;
    if (!options || !registry)
        goto out;
    log_set_sink(log_to_stderr, NULL);
    if (options_parse(options, argc, argv) < 0) {
        fprintf(stderr, "outcry: %s\n", options->error);
        code = EXIT_USE;
        goto out;
    }
    if (options->help) {
        code = verb_help(0, NULL);
        goto out;
    }
    oc_rc rc = options_settle(options);
    if (rc < 0) {
        code = complain(options->error, rc);
        goto out;
    }
    if (options->quiet)
        log_set_level(LOG_ERROR);
    rc = run_load_plugins(registry);
    session = run_session_new(options, registry, mode);
    if (rc < 0 || !session)
        goto out;
    interrupt_install();
    rc = setup(session, options);
    if (rc == OC_OK)
        rc = run_to_report(session, options);
    log_flush();
    const char *halt = rc == OC_OK ? engine_latched(session->engine, session->account) : NULL;
    code = rc < 0 ? complain(session->error[0] ? session->error : "the run failed", rc) : EXIT_GOOD;
    if (halt) {
        fprintf(stderr, "outcry: halted by risk: %s: nothing more was opened\n", halt);
        code = EXIT_RISK;
    }
out:
    if (session) {
        session_close(session);
        console_unlisten(session);
    }
    free(session);
    free(registry);
    if (options)
        options_release(options);
    free(options);
    return code;
}

int verb_backtest(int argc, char **argv) { return run(argc, argv, "backtest", setup_backtest); }
int verb_paper(int argc, char **argv) { return run(argc, argv, "paper", run_setup_paper); }
