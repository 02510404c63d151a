/* backtest.c: `outcry backtest`, `outcry paper` and `outcry run`: a composition, run to its report. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/complain.h"
#include "cli/console.h"
#include "cli/examine.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "session/interrupt.h"

struct verb_kind {
    const char *label;
    uint32_t parts;
    bool examines; /* its result is asked whether it looked ahead */
    bool is_whole; /* a strategy that fails ends it, and who stops it interrupts it */
    oc_rc (*take)(struct run *run);
};

static oc_rc go(struct run *run, const struct verb_kind *kind, struct examination *examination)
{
    struct session_stage deciding = {0};
    run->strategies.may_watch = true;
    run->strategies.ends_on_failure = run->session->is_whole = kind->is_whole;
    oc_rc rc = kind->take(run);
    if (rc == OC_OK && kind->parts & RUN_CONSOLE)
        rc = console_listen(run, -1, run->session->pace.speed > 0 || links_are_on_network(&run->session->links), true);
    run->strategies.may_be_empty = run->console.server != NULL;
    if (rc == OC_OK && kind->examines) {
        rc = examine_begin(examination, run);
        deciding = decisions_stage(&examination->decisions);
    }
    run_compose(run, kind->parts, deciding.name ? &deciding : NULL);
    return rc < 0 ? rc : run_to_report(run);
}

static int verb(int argc, char **argv, const struct verb_kind *kind)
{
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    struct examination *examination = calloc(1, sizeof *examination);
    struct run *run = NULL;
    int code = EXIT_RUN;
    if (!options || !registry || !examination)
        goto out;
    log_set_sink(run_log_to_stderr, NULL);
    struct error error;
    if (options_parse(options, argc, argv) < 0) {
        (void)complain(&options->error, OC_E_INVALID, options->json);
        code = EXIT_USE;
        goto out;
    }
    if (options->help) {
        code = verb_help(0, NULL);
        goto out;
    }
    oc_rc rc = options_finish(options);
    if (rc < 0) {
        code = complain(&options->error, rc, options->json);
        goto out;
    }
    if (options->quiet)
        log_set_level(LOG_ERROR);
    registry_init(registry);
    struct detach detach;
    if (options->detach && !(kind->parts & RUN_RECOVERS)) {
        rc =
            error_say(&error, OC_E_CONFIG, "--detach", "it is of `outcry paper` and `outcry run`: this ends by itself");
        code = complain(&error, rc, options->json);
        goto out;
    }
    if (detach_begin(&detach, options->detach, &code))
        goto out;
    run = run_new(options, registry, kind->label);
    if (!run) {
        rc = error_of_code(&error, OC_E_NOMEM, kind->label, "the session could not be made");
        (void)complain(&error, rc, options->json);
        goto out;
    }
    log_set_sink(run_log_to_stderr, &run->log);
    run->detach = detach;
    interrupt_install();
    examination->words = (struct probe_words){argc, argv};
    rc = go(run, kind, examination);
    log_flush();
    struct session *session = run->session;
    const char *halt = rc == OC_OK ? engine_latched(session->engine, session->money.account) : NULL;
    code = rc < 0 ? complain_of_session(session, rc, "the run failed", options->json && !run->has_reported) : EXIT_GOOD;
    if (halt) {
        fprintf(stderr, "outcry: halted by risk: %s: nothing more was opened\n", halt);
        code = EXIT_RISK;
    }
    if (rc == OC_OK && run->was_interrupted && session->is_whole)
        code = EXIT_INTERRUPTED; /* above all: the figures are not those of the data */
    if (session->journal.has_gap) {
        fprintf(stderr, "outcry: the journal failed: %llu records are missing: %s\n",
                (unsigned long long)session->journal.missed, door_error(session->door));
        code = code == EXIT_GOOD ? EXIT_RUN : code;
    }
out:
    if (run) {
        code = run_close_session(run, code);
        console_unlisten(run);
    }
    if (run && examination->is_due && code != EXIT_RUN && examine_late(examination))
        examine_tell(examination, options);
    if (examination)
        examine_release(examination);
    free(examination);
    log_set_sink(run_log_to_stderr, NULL);
    run_free(run);
    free(registry);
    if (options)
        options_release(options);
    free(options);
    return code;
}

int verb_backtest(int argc, char **argv)
{
    static const struct verb_kind kind = {"backtest", RUN_PROGRESS | RUN_ENDS, true, true, run_take_words};
    return verb(argc, argv, &kind);
}

int verb_run(int argc, char **argv)
{
    static const struct verb_kind kind = {"run", RUN_CONSOLE | RUN_RECOVERS | RUN_ENDS, false, false, run_take_venue};
    return verb(argc, argv, &kind);
}

int verb_paper(int argc, char **argv)
{
    static const struct verb_kind kind = {"paper", RUN_CONSOLE | RUN_RECOVERS | RUN_PROGRESS | RUN_ENDS, false, false,
                                          run_take_paper};
    return verb(argc, argv, &kind);
}
