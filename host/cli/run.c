/* run.c: what verbs that run sessions share: options to a composition, the composition to a report. */
#include "cli/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/log.h"
#include "base/redact.h"
#include "cli/complain.h"
#include "cli/verbs.h"
#include "config/check.h"
#include "history/store.h"
#include "recover/shown.h"
#include "report/names.h"
#include "report/report.h"
#include "session/ending.h"
#include "session/kill_seal.h"
#include "session/rules_change.h"
#include "session/venue_keys.h"

enum { PAPER_DEADLINE_NS = 250000000, TURNS_BETWEEN_LOOKS = 1023 };
#define BACKTEST_DEADLINE_NS 10000000000LL

void run_log_to_stderr(void *arg, enum log_level level, const char *line, size_t length)
{
    (void)level;
    if (arg)
        log_lines_take(arg, line, length);
    standing_clear();
    fwrite(line, 1, length, stderr);
    fputc('\n', stderr);
}

int run_close_session(struct run *run, int code)
{
    struct error error;
    if (run->console.tell && code != EXIT_GOOD && code != EXIT_RISK)
        tell_say(run->console.tell, NOTICE_ALARM, NOTICE_END, "", "ended, with code %d", code);
    else
        tell_say(run->console.tell, NOTICE_WARNING, NOTICE_END, "", "ended");
    const char *dir = settings_text(run->session->settings, "session.dir", NULL);
    if (dir && (code == EXIT_GOOD || code == EXIT_RISK) && run->session->engine &&
        links_are_on_network(&run->session->links) && !orders_open_count(engine_orders(run->session->engine)))
        kill_seal_remove(dir); /* nothing rests: nobody needs it */
    oc_rc rc = session_close(run->session);
    tell_free(run->console.tell);
    run->console.tell = run->console.watch.tell = NULL;
    if (rc >= 0)
        return code;
    error_at(&error, rc, "session folder %s", settings_text(run->session->settings, "session.dir", "(memory)"));
    error_what(&error, "the session was not closed as it should be: %s", door_open_error());
    error_remedy(&error, "what is on the disk is as after a kill; start it again with the same words to go on");
    (void)complain(&error, rc, false); /* the exit code is that of the run, if it is bad already */
    return code == EXIT_GOOD ? EXIT_RUN : code;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

/* Words ending in .lua are strategies, all others data. */
oc_rc run_take_words(struct run *run)
{
    if (!run->session->links.count && run->options->venue)
        return session_say(run->session, OC_E_CONFIG, "--venue",
                           "%s goes by data files: `outcry paper` takes a live feed, `outcry run` trades there",
                           run->session->label);
    struct session *session = run->session;
    struct strategies *strategies = &run->strategies;
    const struct options *options = run->options;
    const struct setting *live = settings_get(session->settings, "session.live");
    if (live && strncmp(live->origin, "--", 2) == 0 && (!session->links.count || venue_is_feed(session->settings)))
        return session_say(session, OC_E_CONFIG, live->origin,
                           "%s sends no order to a venue: there is nothing to arm; `outcry run --venue NAME` does",
                           session->label);
    for (uint32_t i = 0; i < options->word_count; i++) {
        const char *word = options->words[i];
        if (ends_with(word, ".lua")) {
            if (strategies->count == STRATEGIES_MAX)
                return session_say(session, OC_E_LIMIT, word, "at most %d strategies", STRATEGIES_MAX);
            snprintf(strategies->list[strategies->count++].file, sizeof strategies->list[0].file, "%s", word);
        } else {
            if (session->data.count == FEED_SOURCES_MAX)
                return session_say(session, OC_E_LIMIT, word, "at most %d data files", FEED_SOURCES_MAX);
            snprintf(session->data.sources[session->data.count++].path, sizeof session->data.sources[0].path, "%s",
                     word);
        }
    }
    for (uint32_t i = 0; i < options->param_count; i++) {
        oc_rc rc = strategies_add_param(strategies, options->params[i].name, options->params[i].value);
        if (rc == OC_E_LIMIT)
            return session_say(session, rc, "-p", "at most %d parameters", STRATEGIES_PARAMS_MAX);
        if (rc < 0)
            return session_fail_code(session, rc, "-p", "the parameter could not be taken");
    }
    return OC_OK;
}

static oc_rc feed_failed(struct session *session, const char *feed)
{
    struct error error;
    error_at(&error, OC_E_CONFIG, "--feed");
    error_found(&error, "%s", feed);
    error_expected(&error, "replay:FILE, synthetic[:RATE] or synthetic-bars[:COUNT]");
    return session_fail(session, &error);
}

oc_rc run_take_paper(struct run *run)
{
    struct session *session = run->session;
    const char *feed = settings_text(session->settings, "session.feed", NULL);
    if (run->options->venue)
        return run_take_feed(run);
    oc_rc rc = run_take_words(run);
    session->may_lack_rules =
        true; /* positions are open, perhaps: what guards them less than configured still reduces them */
    if (rc < 0)
        return rc;
    rc = check_speed(session->settings, &session->pace.speed);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, &session->settings->error);
    if (feed) {
        const char *path = strncmp(feed, "replay:", 7) == 0 ? feed + 7 : feed;
        if (path == feed && !feed_is_synthetic(feed))
            return feed_failed(session, feed);
        if (session->data.count == FEED_SOURCES_MAX)
            return session_say(session, OC_E_LIMIT, "--feed", "at most %d data files", FEED_SOURCES_MAX);
        snprintf(session->data.sources[session->data.count++].path, sizeof session->data.sources[0].path, "%s", path);
    }
    if (session->data.count == 0)
        return session_say(session, OC_E_CONFIG, "session.feed",
                           "paper needs --feed replay:FILE, --feed synthetic or --venue NAME");
    return OC_OK;
}

/* Where the data stand: share of the first file read, or of the synthetic events; negative: nobody knows. */
static double share_of(const struct session *session)
{
    const struct feed_source *source = &session->data.sources[0];
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
        fprintf(stderr, "\r%llu events ", (unsigned long long)inbox_index(session->inbox));
    else
        fprintf(stderr, "\r[%.*s%.*s] %3d %%  %llu events ", done < WIDTH ? done : WIDTH, full,
                done < WIDTH ? WIDTH - done : 0, none, (int)(share * 100),
                (unsigned long long)inbox_index(session->inbox));
}

static void show(void *self)
{
    struct run *run = self;
    if ((++run->progress_turns & TURNS_BETWEEN_LOOKS) == 0)
        show_progress(run->session);
}

static oc_rc open_progress(void *self, struct session *session)
{
    return watchers_add(&session->watchers, &(struct watcher){.self = self, .rest = show});
}

struct run *run_new(struct options *options, struct registry *registry, const char *label)
{
    struct run *run = calloc(1, sizeof *run);
    if (!run)
        return NULL;
    run->host_file.fd = -1;
    run->options = options;
    run->registry = registry;
    run->session = session_new(&options->settings, registry, label);
    if (run->session)
        return run;
    free(run);
    return NULL;
}

void run_free(struct run *run)
{
    if (!run)
        return;
    host_file_close(&run->host_file);
    session_free(run->session);
    strategies_release(&run->strategies); /* what a restart has read, where nothing was opened */
    free(run);
}

void run_compose(struct run *run, uint32_t parts, const struct session_stage *before_balances)
{
    struct session *session = run->session;
    struct strategies *strategies = &run->strategies;
    run->parts = parts;
    if (!strategies->deadline_ns)
        strategies->deadline_ns = parts & RUN_CONSOLE ? PAPER_DEADLINE_NS : BACKTEST_DEADLINE_NS;
    run->restore.parts = (struct checkpoint_parts){strategies, &run->meter};
    strategies_add_texts(strategies, session);
    session_add_kernel(session, true, true);
    if (parts & RUN_CONSOLE)
        console_host_add_stage(&run->console, session, strategies);
    if (before_balances)
        session_add_stage(session, before_balances);
    session_add_balances(session, true);
    run->meter.is_brief = !run->options->json && !run->options->report && !run->options->csv;
    meter_add_stage(&run->meter, session);
    strategies_add_stage(strategies, session);
    if (parts & RUN_PROGRESS && session->pace.speed <= 0 && !links_are_on_network(&session->links) &&
        !run->options->quiet && !run->options->json && isatty(2))
        session_add_stage(session, &(struct session_stage){"progress", run, open_progress, NULL});
}

/* Who is told when something is wrong. */
static oc_rc open_alerts(struct run *run, const char *dir)
{
    struct session *session = run->session;
    struct error error;
    char title[64];
    const char *slash = dir ? strrchr(dir, '/') : NULL;
    snprintf(title, sizeof title, "outcry %s %s", session->label, slash && slash[1] ? slash + 1 : dir ? dir : "");
    const oc_rc rc = tell_new(session->settings, title, dir, &run->console.tell, &error);
    return rc < 0 ? session_fail(session, &error) : rc;
}

oc_rc run_open(struct run *run)
{
    struct session *session = run->session;
    struct restore *restore = &run->restore;
    const char *dir = settings_text(session->settings, "session.dir", NULL);
    oc_rc rc = dir ? session_lock(session, dir) : OC_OK;
    const bool is_host = run->parts & RUN_CONSOLE && run->parts & RUN_RECOVERS;
    if (dir) {
        session->journal.self = &restore->parts;
        session->journal.checkpoint = checkpoint_start;
    }
    if (rc == OC_OK) /* the restart asks which they are */
        rc = session_open_parts(session,
                                !session->links.count              ? PART_RULE | PART_SIM | PART_READER
                                : venue_is_feed(session->settings) ? PART_RULE | PART_SIM | PART_CONNECTOR
                                                                   : PART_RULE | PART_CONNECTOR,
                                (run->parts & RUN_RECOVERS) != 0);
    if (rc == OC_OK && session->links.count)
        rc = run_judge_venue(run);
    if (rc == OC_OK && dir && run->parts & RUN_RECOVERS)
        rc = restore_open(restore, session, dir);
    if (rc == OC_OK && session->links.count) /* the last that may need a person, and nothing is recorded yet */
        rc = run_unlock_venue(run);
    if (rc == OC_OK && run->parts & RUN_RECOVERS)
        rc = run_take_fees(run);
    if (rc == OC_OK && run->parts & RUN_RECOVERS)
        rc = run_arm(run);
    if (rc == OC_OK && dir && is_host)
        rc = session_open_latch(session, dir);
    if (rc == OC_OK && dir && is_host && links_are_on_network(&session->links) && !venue_is_feed(session->settings))
        rc = run_seal(run, dir);
    if (rc == OC_OK && is_host)
        rc = open_alerts(run, dir);
    if (rc == OC_OK)
        rc = session_open(session);
    if (rc == OC_OK && dir)
        history_note_session(session->settings, dir);
    if (rc == OC_OK && restore->has_journal) {
        rc = restore_apply(restore, session);
        if (rc == OC_OK)
            log_info("restore", "%s: %llu records, %llu market events, %llu orders open; going on", dir,
                     (unsigned long long)restore->records, (unsigned long long)restore->markets,
                     (unsigned long long)restore->in_flight);
    }
    restore_close(restore);
    if (rc == OC_OK && restore->is_restored)
        tell_say(run->console.tell, NOTICE_WARNING, NOTICE_START, "", "started again: it goes on, %u orders are open",
                 orders_open_count(engine_orders(session->engine)));
    else if (rc == OC_OK)
        tell_say(run->console.tell, NOTICE_INFO, NOTICE_START, "", "started");
    if (rc == OC_OK && restore->is_restored && run->console.service)
        console_service_recall(run->console.service, dir);
    return rc;
}

/* Between two inputs. */
static void look(void *self)
{
    struct run *run = self;
    standing_look(&run->standing);
    history_child_look(&run->history, run->console.tell);
}

static void tell_unreached(void *self, const char *rule, const char *list)
{
    log_warning("plugins", "%s is asked nothing: the %s of its scope (for) are none of this run", rule, list);
    session_note(self, "%s was asked nothing: the %s of its scope are none of this run", rule, list);
}

oc_rc run_go(struct run *run)
{
    const struct rules *rules = &run->session->rules;
    oc_rc rc = run->restore.is_started ? OC_OK : strategies_start(&run->strategies);
    if (rc == OC_OK && run->parts & RUN_RECOVERS && rules_are_others(run->session))
        rc = rules_take_own(run->session);
    if (rc == OC_OK && run->parts & RUN_RECOVERS && strcmp(rules->recorded, rules->missing) != 0) {
        rc = session_mark(run->session, OC_MARK_RULES, 0, rules->missing);
        rc = rc == OC_E_FULL ? (oc_rc)OC_OK : rc; /* it holds, recorded or not */
    }
    if (rc == OC_OK && run->parts & RUN_CONSOLE && run->parts & RUN_RECOVERS) {
        rc = standing_begin(&run->standing, run);
        if (standing_is_paced(run->session))
            history_child_begin(&run->history, run->session->settings,
                                settings_text(run->session->settings, "session.dir", NULL));
        run->console.look_self = run;
        run->console.look = look;
    }
    if (rc == OC_OK) {
        rules_tell_unreached(rules, tell_unreached, run->session);
        rc = session_run(run->session);
    }
    run->was_interrupted = rc == OC_E_AGAIN;
    run->console.look = NULL;
    history_child_end(&run->history);
    standing_end(&run->standing);
    if ((rc == OC_OK || rc == OC_E_AGAIN) && !run->console.is_recorded) /* a recording may go on behind its end */
        console_host_linger(&run->console);
    oc_rc checked = strategies_check(&run->strategies);
    if (checked < 0)
        run->was_interrupted = false;
    return checked < 0 ? checked : rc;
}

/* All that are loaded; their parameters with their names before them, where there are several. */
static void name_strategies(struct run *run, struct result *result)
{
    const struct strategies *strategies = &run->strategies;
    struct names names;
    char params[sizeof run->params_text];
    const bool has_several = strategies_loaded(strategies) > 1;
    names_init(&names, run->names_text, run->files_text, run->params_text, sizeof run->params_text);
    for (uint32_t i = 0; i < strategies->count; i++) {
        const struct strategy_slot *slot = &strategies->list[i];
        if (!slot->strategy)
            continue;
        params[0] = 0;
        strategy_params_text(slot->strategy, params, sizeof params);
        names_add(&names, strategy_name(slot->strategy), slot->file, params, has_several);
        result->bar_calls += strategy_calls(slot->strategy);
    }
    names_end(&names, result);
}

/* Secrets in use are cut out. */
static void name_command(struct run *run, struct result *result)
{
    text_copy(run->command_text, sizeof run->command_text, run->options->command);
    redact(run->command_text, strlen(run->command_text));
    result->command = run->command_text[0] ? run->command_text : NULL;
}

oc_rc run_finish(struct run *run, struct result *ret_result)
{
    struct session *session = run->session;
    struct strategies *strategies = &run->strategies;
    const bool closes = strcmp(settings_text(session->settings, "session.end", "close"), "close") == 0;
    oc_rc rc = OC_OK;
    if (run->parts & RUN_ENDS)
        rc = session_end(session, run->was_interrupted ? OC_MARK_STOP : OC_MARK_END,
                         closes && !error_is_set(&session->words.error));
    if (rc == OC_OK)
        rc = strategies_ended(strategies);
    if (rc < 0)
        return rc;
    if (session->journal.has_gap)
        session_note(session, "the journal failed: %llu records are missing: a restart does not know what they held",
                     (unsigned long long)session->journal.missed);
    const char *halt = engine_latched(session->engine, session->money.account);
    if (halt)
        session_note(session, "halted by risk: %s: nothing more was opened", halt);
    if (run->restore.is_restored) /* counts are of the whole session, curve and round trips since the last start */
        collect_restored(&run->meter.collect, engine_stats(session->engine)->fills);
    run->meter.drift = session_reconcile(session);
    session_note_data(session);
    oc_rc valued = meter_result(&run->meter, ret_result);
    name_strategies(run, ret_result);
    name_command(run, ret_result);
    error_text(&session->words.error, run->error_text);
    ret_result->is_interrupted = run->was_interrupted && session->is_whole;
    ret_result->error = error_is_set(&session->words.error) ? run->error_text : NULL;
    return rc < 0 ? rc : valued;
}

static oc_rc report_failed(struct session *session, oc_rc rc, const char *option, const char *path)
{
    struct error error;
    error_at(&error, rc, "--%s %s", option, path);
    error_what(&error, "%s", rc == OC_E_NOMEM ? error_name(rc) : env_error_text());
    return session_fail(session, &error);
}

static oc_rc write_reports(struct run *run, const struct result *result)
{
    struct session *session = run->session;
    const struct options *options = run->options;
    oc_rc rc = OC_OK;
    run->has_reported = true;
    if (options->json)
        rc = report_json(result, stdout);
    else if (!options->quiet)
        rc = report_text(result, stdout);
    if (rc == OC_OK && run->examiner)
        run->examiner->tell(run->examiner->self, options);
    if (rc < 0)
        return session_fail_code(session, rc, "the standard output", "the report could not be written");
    rc = options->report ? report_html(result, options->report) : OC_OK;
    if (rc < 0)
        return report_failed(session, rc, "report", options->report);
    if (options->report && !options->quiet && !options->json)
        printf("report: %s\n", options->report);
    rc = options->csv ? report_csv(result, options->csv) : OC_OK;
    if (rc < 0)
        return report_failed(session, rc, "csv", options->csv);
    if (options->csv && !options->quiet && !options->json)
        printf("csv: trips.csv, orders.csv and equity.csv in %s\n", options->csv);
    return OC_OK;
}

/* A session that was gone on with, or has the paper simulator beside it: the whole of it, from its records. Where they do not hold all, or cannot be read, *result stays as
 * it is: the curve and the round trips of what came since the last start, and money of the whole. */
static void take_whole(struct run *run, struct shown *shown, struct result *result)
{
    struct session *session = run->session;
    const enum log_level level = log_level_set();
    log_set_level(LOG_NONE);
    oc_rc rc = shown && !session->journal.has_gap
                   ? shown_fold(shown, settings_text(session->settings, "session.dir", ""), true)
                   : (oc_rc)OC_E_NOMEM;
    log_set_level(level);
    if (rc < 0 && run->restore.is_restored) {
        session_note(session, "restored: curve and round trips are those since the last start; money is of the whole "
                              "session");
        result->note_count = session->words.note_count;
    }
    if (rc < 0)
        return;
    const struct result own = *result;
    *result = shown->result;
    result->notes = own.notes;
    result->note_count = own.note_count;
    result->mode = own.mode;
    result->parts = own.parts;
    result->part_count = own.part_count;
    result->strategy = own.strategy;
    result->strategy_file = own.strategy_file;
    result->strategy_name = own.strategy_name;
    result->names = own.names;
    result->params = own.params;
    result->error = own.error;
    result->bar_calls = own.bar_calls;
    result->is_recorded = false;
}

oc_rc run_to_report(struct run *run)
{
    struct session *session = run->session;
    struct shown *shown = NULL;
    struct result *result = calloc(1, sizeof *result);
    if (!result)
        return OC_E_NOMEM;
    int64_t start_ns = env_clock_mono();
    oc_rc rc = run_open(run);
    if (rc == OC_OK)
        rc = run_go(run);
    if (run->examiner)
        run->examiner->ended(run->examiner->self);
    if (rc == OC_OK && !run->restore.is_restored && !run->console.server) {
        rc = session_check_data(session, run->meter.collect.events);
        if (rc == OC_OK)
            rc = strategies_check_ran(&run->strategies);
    }
    if (run->was_interrupted) {
        const oc_rc left = run_leave(run);
        rc = left < 0 ? left : rc;
    }
    if (rc == OC_OK || run->was_interrupted) {
        rc = run_finish(run, result);
        run_tell_left(run);
        if (rc == OC_OK && (run->restore.is_restored || shadow_is_wanted(session))) {
            shown = shown_new();
            take_whole(run, shown, result);
        }
        result->seconds = (double)(env_clock_mono() - start_ns) / 1e9;
        result->log = &run->log;
        if (run->progress_turns > TURNS_BETWEEN_LOOKS)
            fputs("\r\x1b[K", stderr);
        if (rc == OC_OK && run->examiner)
            run->examiner->examine(run->examiner->self, run, result);
        if (run->was_interrupted)
            fputs(session->is_whole ? "outcry: INTERRUPTED: the report covers what was run\n"
                                    : "outcry: stopped by hand: the report covers what was run\n",
                  stderr);
        rc = rc < 0 ? session_fail_code(session, rc, "", "the run could not be ended") : write_reports(run, result);
        if (run->meter.drift)
            rc = session_say(session, OC_E_STATE, "", "the simulator and the portfolio disagree: this is a defect");
    }
    shown_free(shown);
    free(result);
    return rc;
}
