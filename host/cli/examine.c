#include "cli/examine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/detmath.h"
#include "base/env_jobs.h"
#include "base/hash.h"
#include "base/random.h"
#include "cli/examine_impl.h"
#include "report/trials.h"
#include "session/interrupt.h"

enum { EXAMINE_TIMEOUT_S = 60 };

static bool is_stopped(void *self)
{
    (void)self;
    return interrupt_count() > 0;
}

/* ---- settings ---- */

static oc_rc take_number(struct session *session, const char *key, int64_t low, int64_t high, uint32_t *ret)
{
    struct error error;
    int64_t number = 0;
    oc_rc rc = settings_integer(session->settings, key, &number);
    if (rc == OC_E_NOT_FOUND)
        return OC_OK;
    if (rc < 0)
        return session_fail(session, &session->settings->error);
    if (number < low || number > high) {
        error_at(&error, OC_E_CONFIG, "%s", key);
        error_found(&error, "%lld", (long long)number);
        error_expected(&error, "a whole number from %lld to %lld", (long long)low, (long long)high);
        return session_fail(session, &error);
    }
    *ret = (uint32_t)number;
    return OC_OK;
}

/* Its journal has a worker, so children come behind the session's end: too late for page and JSON. */
static oc_rc refuse_session(struct session *session)
{
    struct error error;
    if (!settings_get(session->settings, "session.dir"))
        return OC_OK;
    error_at(&error, OC_E_CONFIG, "research.null");
    error_what(&error, "markets of chance are not for a run that is recorded");
    error_remedy(&error, "run it once more without --session");
    return session_fail(session, &error);
}

static void examine(void *self, struct run *run, struct result *result);

static void end_decisions(void *self)
{
    struct examination *examination = self;
    examination->decisions.is_ended = true;
}

static void tell(const void *self, const struct options *options) { examine_tell(self, options); }

oc_rc examine_begin(struct examination *examination, struct run *run)
{
    struct session *session = run->session;
    bool wants_checks = true;
    examination->examiner = (struct run_examiner){examination, end_decisions, examine, tell};
    run->examiner = &examination->examiner;
    examination->has_trials = true;
    oc_rc rc = settings_boolean(session->settings, "research.checks", &wants_checks);
    if (rc == OC_OK || rc == OC_E_NOT_FOUND)
        rc = settings_boolean(session->settings, "research.trials", &examination->has_trials);
    if (rc < 0 && rc != OC_E_NOT_FOUND)
        return session_fail(session, &session->settings->error);
    examination->repeats = wants_checks;
    rc = take_number(session, "research.workers", 1, ENV_JOBS_WORKERS_MAX, &examination->workers);
    if (rc == OC_OK)
        rc =
            take_number(session, "research.null", EXAMINE_NULL_MIN, EXAMINE_NULL_MAX, &examination->checks.luck_wanted);
    return rc == OC_OK && examination->checks.luck_wanted ? refuse_session(session) : rc;
}

/* ---- trials ---- */

static void count_trial(struct examination *examination)
{
    struct check_trials *check = &examination->checks.trials;
    const struct probe_result *whole = &examination->whole;
    const struct trial trial = {.group = hash64_fold(whole->names, whole->input_hash),
                                .hash = whole->trial,
                                .sharpe = whole->daily_sharpe.value,
                                .is_known = whole->daily_sharpe.is_known};
    char said[TRIALS_SAID_MAX];
    struct trials_sum sum;
    oc_rc rc = trials_count(NULL, &trial, 1, &sum, said);
    snprintf(check->why, sizeof check->why, "%.*s", (int)sizeof check->why - 1, said);
    if (rc == OC_OK)
        examine_deflate(check, &sum, whole);
}

void examine_deflate(struct check_trials *check, const struct trials_sum *sum, const struct probe_result *result)
{
    const struct sharpe_sample sample = {result->daily_sharpe.value, result->days, result->moments};
    double best;
    check->is_made = true;
    check->count = sum->count;
    check->is_bounded = sum->is_bounded;
    if (!result->daily_sharpe.is_known || (sum->count > 1 && sum->known < 2) ||
        stats_best_of_luck(sum->count, sum->variance, &best) < 0)
        return;
    check->benchmark.is_known = true;
    check->benchmark.value = best * det_sqrt(result->periods);
    check->deflated.is_known = stats_sharpe_above(sample, best, NULL, &check->deflated.value) == OC_OK;
}

/* ---- luck ---- */

static void luck_job(void *self, uint32_t index, void *ret)
{
    const struct examination *examination = self;
    const struct probe_wish wish = {.kind = index % 2 ? REMADE_COINS : REMADE_BLOCKS,
                                    .seed = random_mix(examination->whole.input_hash + index / 2 + 1)};
    probe_run(&examination->words, &wish, ret);
}

static void compare_luck(struct examination *examination, const struct probe_result *made, const uint8_t *states)
{
    struct checks *checks = &examination->checks;
    const uint32_t figure = checks->is_by_sharpe ? PROBE_SHARPE : PROBE_RETURN;
    const double own = examination->whole.of[figure].value;
    for (uint32_t i = 0; i < 2 * checks->luck_wanted; i++) {
        struct check_luck *luck = &checks->luck[i % 2];
        const bool has_run = states[i] == ENV_JOB_DONE && made[i].rc == OC_OK;
        if (!has_run) {
            if (!checks->luck_why[0] && states[i] == ENV_JOB_DONE)
                snprintf(checks->luck_why, sizeof checks->luck_why, "%.*s", CHECK_WHY_MAX - 1, made[i].error);
            continue;
        }
        /* no Sharpe ratio where nothing was traded: as good as not to trade */
        const double other = made[i].of[figure].is_known ? made[i].of[figure].value : 0.0;
        luck->made++;
        luck->below += other < own;
        luck->even += other == own;
    }
    checks_luck(&checks->luck[0]);
    checks_luck(&checks->luck[1]);
}

static void try_luck(struct examination *examination)
{
    struct checks *checks = &examination->checks;
    const uint32_t count = 2 * checks->luck_wanted;
    struct probe_result *made = calloc(count, sizeof *made);
    uint8_t *states = calloc(count, 1);
    const struct env_jobs jobs = {.self = examination,
                                  .count = count,
                                  .workers = examination->workers,
                                  .result_size = sizeof *made,
                                  .timeout_ns = EXAMINE_LUCK_NS,
                                  .run = luck_job,
                                  .is_stopped = is_stopped};
    oc_rc rc = made && states ? env_jobs_run(&jobs, made, states) : (oc_rc)OC_E_NOMEM;
    checks->is_by_sharpe = examination->whole.of[PROBE_SHARPE].is_known;
    if (rc < 0 && rc != OC_E_AGAIN)
        snprintf(checks->luck_why, sizeof checks->luck_why, "the markets could not be run: %s", error_name(rc));
    else
        compare_luck(examination, made, states);
    if (rc == OC_E_AGAIN)
        snprintf(checks->luck_why, sizeof checks->luck_why, "stopped by hand");
    free(states);
    free(made);
}

/* ---- all of it ---- */

/* A file that can be cut in copies: one source, text, an event a row. */
static void take_file(struct examination *examination, const struct session *session)
{
    const struct feed_source *source = &session->data.sources[0];
    struct oc_data_stats stats = {.size = sizeof stats};
    const char *options = settings_text(session->settings, "data.options", "");
    const char *end = strrchr(source->path, '.');
    char steps[2 * TEXT_DECIMAL_MAX + 32];
    struct text text;
    if (session->data.count != 1 || session->data.intrabar_count || !source->table || !end || strcmp(end, ".gz") == 0 ||
        strcmp(end, ".zip") == 0)
        return;
    /* the reader is asked through its const session: it tells counts, and nothing of it changes */
    if (feed_source_stats((struct feed_source *)(uintptr_t)source, &stats) < 0 || stats.rows != stats.events ||
        stats.skipped || stats.out_of_order)
        return;
    text_init_fixed(&text, steps, sizeof steps);
    text_put(&text, strstr(options, "price_step") ? "" : ";price_step=");
    if (text.size)
        text_put_units(&text, source->info.price_step.units, source->info.price_step.scale, TEXT_SHORTEST);
    const size_t size = text.size;
    text_put(&text, strstr(options, "qty_step") ? "" : ";qty_step=");
    if (text.size > size)
        text_put_units(&text, source->info.qty_step.units, source->info.qty_step.scale, TEXT_SHORTEST);
    const bool is_short = snprintf(examination->data_options, sizeof examination->data_options, "%s%s", options,
                                   options[0] || !steps[0] ? steps : steps + 1) < (int)sizeof examination->data_options;
    if (text.is_cut || !is_short)
        return;
    snprintf(examination->symbol, sizeof examination->symbol, "%s", session_symbol(session, 0));
    snprintf(examination->file, sizeof examination->file, "%s", source->path);
}

static void take_whole(struct examination *examination, struct run *run, const struct result *result)
{
    const struct session *session = run->session;
    examination->first_ns = session->clock.first_ns;
    examination->last_ns = session->clock.now_ns;
    for (uint32_t i = 0; i < 16; i++) {
        const char *words = strategies_name(&run->strategies, i + 1);
        snprintf(examination->names[i], sizeof examination->names[i], "%s", words ? words : "");
    }
    take_file(examination, session);
    examination->has_finer = session->data.intrabar_count > 0;
    if (result->seconds < 1.0)
        return;
    examination->repeats = false;
    if (examination->checks.cuts.wanted)
        snprintf(examination->checks.cuts.why, CHECK_WHY_MAX, "not repeated: the run took %.1f s", result->seconds);
}

const char *examine_strategy(const struct examination *examination, uint32_t strategy)
{
    return strategy >= 1 && strategy <= 16 && examination->names[strategy - 1][0] ? examination->names[strategy - 1]
                                                                                  : "a strategy";
}

static void make_children(struct examination *examination)
{
    if (examination->repeats)
        examine_repeats(examination);
    if (examination->checks.luck_wanted)
        try_luck(examination);
    examination->is_due = false;
}

/* Of the result, before it is written. */
static void examine(void *self, struct run *run, struct result *result)
{
    struct examination *examination = self;
    struct figures figures;
    struct checks *checks = &examination->checks;
    if (run->was_interrupted || result->error || figures_make(result, &figures) < 0) {
        checks->luck_wanted = 0;
        return;
    }
    checks->cuts.wanted = examination->repeats ? EXAMINE_CUTS : 0;
    checks->later.wanted = 0;
    probe_take(run, result, &figures, &examination->whole);
    take_whole(examination, run, result);
    if (examination->has_trials)
        count_trial(examination);
    figures_release(&figures);
    examination->is_due = examination->repeats || checks->luck_wanted;
    if (examination->repeats || checks->luck_wanted || examination->has_trials || checks->cuts.wanted)
        result->checks = checks;
    if (!examination->is_due)
        return;
    if (settings_get(run->session->settings, "session.dir")) {
        examination->recorded = *checks;
        examination->recorded.cuts = (struct check_repeat){0};
        result->checks = &examination->recorded;
        return;
    }
    make_children(examination);
}

bool examine_late(struct examination *examination)
{
    if (!examination->is_due)
        return false;
    make_children(examination);
    return true;
}

void examine_tell(const struct examination *examination, const struct options *options)
{
    if (examination->is_due)
        return;
    if (!options->json && !options->quiet)
        checks_text(&examination->checks, stdout);
    else
        checks_complain(&examination->checks, stderr);
}

void examine_release(struct examination *examination) { decisions_release(&examination->decisions); }
