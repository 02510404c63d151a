#include "cli/optimize.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/env.h"
#include "base/env_jobs.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/complain.h"
#include "cli/examine_impl.h"
#include "cli/optimize_words.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "session/interrupt.h"

#define RUN_TIMEOUT_NS 3600000000000LL

struct batch { /* of jobs */
    struct optimize *optimize;
    struct study_row *rows; /* what is to be run */
    uint32_t count;
    int64_t told_ns;
    oc_rc rc; /* of what is written */
};

/* The higher the better. */
static double score_of(const struct optimize_wish *wish, const struct probe_result *result)
{
    const struct figure figure = result->of[wish->objective];
    if (result->rc < 0 || !figure.is_known || result->trips < wish->min_trips)
        return SEARCH_NO_SCORE;
    return wish->objective == PROBE_DRAWDOWN ? -figure.value : figure.value;
}

static oc_rc fail_code(struct optimize *optimize, oc_rc rc)
{
    if (!error_is_set(&optimize->error))
        (void)error_of_sentence(&optimize->error, rc, "optimize", rc == OC_E_IO ? env_error_text() : error_name(rc));
    return rc;
}

/* ---- runs ---- */

static bool is_stopped(void *self)
{
    const struct batch *batch = self;
    return interrupt_count() > 0 || batch->rc < 0;
}

static void run_row(void *self, uint32_t index, void *ret)
{
    const struct batch *batch = self;
    const struct study_row *row = &batch->rows[index];
    const struct search *search = &batch->optimize->search;
    struct option_param params[SEARCH_PARAMS_MAX];
    char texts[SEARCH_PARAMS_MAX][SEARCH_WORD_MAX];
    for (uint32_t i = 0; i < search->param_count; i++)
        params[i] =
            (struct option_param){search->params[i].name, search_value(&search->params[i], row->at[i], texts[i])};
    const struct probe_wish wish = {.has_from = row->from_ns != INT64_MIN,
                                    .from_ns = row->from_ns,
                                    .has_to = row->to_ns != INT64_MAX,
                                    .to_ns = row->to_ns,
                                    .params = params,
                                    .param_count = search->param_count};
    probe_run(&batch->optimize->wish.words, &wish, ret);
}

/* How far it is, and how long the rest will take at that rate. */
static void show_progress(const struct optimize *optimize, struct batch *batch, uint32_t ended)
{
    const int64_t now_ns = env_clock_mono(), passed_ns = now_ns - optimize->begun_ns;
    char span[32];
    if (optimize->wish.is_quiet || optimize->wish.is_json || !isatty(2) || now_ns - batch->told_ns < 200000000)
        return;
    batch->told_ns = now_ns;
    const uint32_t wanted = optimize->search.wanted, done = optimize->search.told + ended;
    const int64_t left_ns = optimize->runs && wanted > done ? passed_ns / optimize->runs * (int64_t)(wanted - done) : 0;
    span[text_from_duration(span, left_ns / 1000000000 * 1000000000)] = 0;
    fprintf(stderr, "\r\x1b[K%u of %u runs, %s left ", done, wanted, span);
}

static void told(void *self, uint32_t index, enum env_job_state state, const void *result, uint32_t ended)
{
    struct batch *batch = self;
    struct optimize *optimize = batch->optimize;
    struct study_row *row = &batch->rows[index];
    memcpy(&row->result, result, sizeof row->result);
    if (state != ENV_JOB_DONE) {
        row->result = (struct probe_result){.rc = OC_E_LIMIT};
        snprintf(row->result.error, sizeof row->result.error, "%s",
                 state == ENV_JOB_LATE ? "it took longer than an hour" : "its process died");
    }
    optimize->runs++;
    if (batch->rc == OC_OK)
        batch->rc = study_add(&optimize->study, row);
    show_progress(optimize, batch, ended);
}

/* Runs what is not known yet; afterwards the study knows all. */
static oc_rc run_rows(struct optimize *optimize, struct study_row *rows, uint32_t count)
{
    struct batch batch = {.optimize = optimize, .rows = calloc(count ? count : 1, sizeof *rows)};
    struct probe_result *results = calloc(count ? count : 1, sizeof *results);
    uint8_t *states = calloc(count ? count : 1, 1);
    oc_rc rc = batch.rows && results && states ? OC_OK : OC_E_NOMEM;
    for (uint32_t i = 0; i < count && rc == OC_OK; i++)
        if (!study_find(&optimize->study, &rows[i]))
            batch.rows[batch.count++] = rows[i];
    const struct env_jobs jobs = {.self = &batch,
                                  .count = batch.count,
                                  .workers = optimize->wish.workers,
                                  .result_size = sizeof *results,
                                  .timeout_ns = RUN_TIMEOUT_NS,
                                  .run = run_row,
                                  .is_stopped = is_stopped,
                                  .told = told};
    if (rc == OC_OK)
        rc = env_jobs_run(&jobs, results, states);
    rc = batch.rc < 0 ? batch.rc : rc;
    free(states);
    free(results);
    free(batch.rows);
    return rc < 0 ? fail_code(optimize, rc) : rc;
}

static struct study_row key_of(const uint32_t *at, int64_t from_ns, int64_t to_ns)
{
    struct study_row row = {.from_ns = from_ns, .to_ns = to_ns};
    memcpy(row.at, at, sizeof row.at);
    return row;
}

/* ---- one search ---- */

/* Scores of the points being tried. */
static oc_rc try_batch(struct optimize *optimize, int64_t from_ns, int64_t to_ns)
{
    struct search *search = &optimize->search;
    const uint32_t count = search->count - search->told;
    struct study_row *rows = calloc(count, sizeof *rows);
    if (!rows)
        return fail_code(optimize, OC_E_NOMEM);
    for (uint32_t i = 0; i < count; i++)
        rows[i] = key_of(search->points[search->told + i].at, from_ns, to_ns);
    oc_rc rc = run_rows(optimize, rows, count);
    for (uint32_t i = 0; i < count && rc == OC_OK; i++) {
        const uint32_t point = search->told + i;
        const struct probe_result *result = study_find(&optimize->study, &rows[i]);
        optimize->results[point] = *result;
        search->points[point].score = score_of(&optimize->wish, result);
        if (result->rc >= 0)
            continue;
        if (!optimize->failed++)
            memcpy(optimize->first_error, result->error, sizeof optimize->first_error);
    }
    free(rows);
    return rc;
}

/* The seed of a search is up to its data and its window: nobody has to name one, and none can be fished for. */
static oc_rc search_window(struct optimize *optimize, int64_t from_ns, int64_t to_ns)
{
    struct search *search = &optimize->search;
    const struct optimize_wish *wish = &optimize->wish;
    search_release(search);
    free(optimize->results);
    search->count = search->told = search->population_count = 0;
    oc_rc rc = search_begin(search, wish->kind, wish->trials, hash64_fold(optimize->base.input_hash, (uint64_t)to_ns),
                            &optimize->error);
    optimize->results = calloc(search->wanted ? search->wanted : 1, sizeof *optimize->results);
    if (rc == OC_OK && !optimize->results)
        rc = fail_code(optimize, OC_E_NOMEM);
    optimize->begun_ns = env_clock_mono();
    optimize->runs = 0;
    while (rc == OC_OK && search_next(search)) {
        rc = try_batch(optimize, from_ns, to_ns);
        if (rc == OC_OK)
            search_tell(search);
    }
    return rc;
}

static oc_rc choose(struct optimize *optimize, uint32_t point, int64_t split_ns, int64_t to_ns,
                    struct optimize_choice *ret)
{
    ret->is_known = true;
    memcpy(ret->at, optimize->search.points[point].at, sizeof ret->at);
    ret->in = optimize->results[point];
    if (split_ns == INT64_MAX)
        return OC_OK;
    struct study_row row = key_of(ret->at, split_ns, to_ns);
    oc_rc rc = run_rows(optimize, &row, 1);
    if (rc == OC_OK) {
        ret->out = *study_find(&optimize->study, &row);
        ret->has_out = true;
    }
    return rc;
}

/* All runs of the search on its window are trials of these data. */
static void count_trials(struct optimize *optimize)
{
    const struct search *search = &optimize->search;
    struct trial *list = calloc(search->told ? search->told : 1, sizeof *list);
    struct trials_sum sum;
    char said[TRIALS_SAID_MAX];
    uint32_t count = 0;
    struct check_trials *check = &optimize->trials;
    if (!list || !optimize->wish.has_trials) {
        free(list);
        return;
    }
    for (uint32_t i = 0; i < search->told; i++) {
        const struct probe_result *result = &optimize->results[i];
        if (result->rc >= 0)
            list[count++] = (struct trial){.group = hash64_fold(result->names, result->input_hash),
                                           .hash = result->trial,
                                           .sharpe = result->daily_sharpe.value,
                                           .is_known = result->daily_sharpe.is_known};
    }
    const oc_rc rc = count ? trials_count(NULL, list, count, &sum, said) : (oc_rc)OC_E_NOT_FOUND;
    free(list);
    if (rc == OC_OK || count)
        snprintf(check->why, sizeof check->why, "%.*s", CHECK_WHY_MAX - 1, said);
    if (rc == OC_OK && optimize->best.is_known)
        examine_deflate(check, &sum, &optimize->best.in);
}

/* ---- all of it ---- */

/* One run as the words say and with the first value of each range: what is wrong with them is said once. */
static oc_rc run_base(struct optimize *optimize)
{
    struct study nowhere;
    const uint32_t first[SEARCH_PARAMS_MAX] = {0};
    struct study_row row = key_of(first, INT64_MIN, INT64_MAX);
    oc_rc rc = study_open(&nowhere, NULL, 0, &optimize->error);
    if (rc < 0)
        return rc;
    optimize->study = nowhere;
    rc = run_rows(optimize, &row, 1);
    if (rc == OC_OK)
        optimize->base = *study_find(&optimize->study, &row);
    study_close(&optimize->study);
    if (rc == OC_OK && optimize->base.rc < 0)
        return error_of_sentence(&optimize->error, optimize->base.rc, "", optimize->base.error);
    return rc;
}

static uint64_t hash_of_search(const struct optimize *optimize)
{
    const struct probe_words *words = &optimize->wish.words;
    uint64_t hash = hash64_fold(optimize->base.trial, optimize->base.input_hash);
    for (int i = 0; i < words->argc; i++)
        hash = hash64_fold(hash, hash64(words->argv[i], strlen(words->argv[i])));
    for (uint32_t i = 0; i < optimize->wish.over_count; i++)
        hash = hash64_fold(hash, hash64(optimize->wish.over[i], strlen(optimize->wish.over[i])));
    return hash;
}

/* Windows of equal length behind a first one that is only searched: each is run with what all data before it chose. */
static oc_rc walk_forward(struct optimize *optimize)
{
    const struct probe_result *base = &optimize->base;
    const int64_t step = (base->last_ns - base->first_ns) / (optimize->wish.windows + 1);
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < optimize->wish.windows && rc == OC_OK; i++) {
        struct optimize_window *window = &optimize->windows[i];
        uint32_t point;
        window->from_ns = base->first_ns;
        window->split_ns = base->first_ns + step * (i + 1);
        window->to_ns = i + 1 == optimize->wish.windows ? INT64_MAX : window->split_ns + step;
        rc = search_window(optimize, INT64_MIN, window->split_ns);
        if (rc == OC_OK && search_best(&optimize->search, &point))
            rc = choose(optimize, point, window->split_ns, window->to_ns, &window->choice);
        if (rc == OC_OK)
            count_trials(optimize);
    }
    return rc;
}

static oc_rc look(struct optimize *optimize)
{
    const struct optimize_wish *wish = &optimize->wish;
    oc_rc rc = run_base(optimize);
    if (rc == OC_OK)
        rc = study_open(&optimize->study, wish->study, hash_of_search(optimize), &optimize->error);
    if (rc == OC_OK && wish->windows)
        rc = walk_forward(optimize);
    const int64_t span = optimize->base.last_ns - optimize->base.first_ns;
    optimize->split_ns = wish->out_percent ? optimize->base.last_ns - span / 100 * wish->out_percent : INT64_MAX;
    if (rc == OC_OK) /* the last one: the page and the lists are of it */
        rc = search_window(optimize, INT64_MIN, optimize->split_ns);
    if (rc == OC_OK && search_best(&optimize->search, &optimize->best_point))
        rc = choose(optimize, optimize->best_point, optimize->split_ns, INT64_MAX, &optimize->best);
    if (rc == OC_OK && search_plateau(&optimize->search, &optimize->plateau_point, &optimize->plateau_level))
        rc = choose(optimize, optimize->plateau_point, optimize->split_ns, INT64_MAX, &optimize->plateau);
    if (rc == OC_OK)
        count_trials(optimize);
    return rc;
}

static oc_rc show(struct optimize *optimize)
{
    const struct optimize_wish *wish = &optimize->wish;
    oc_rc rc = OC_OK;
    if (wish->is_json)
        rc = optimize_json(optimize, stdout);
    else if (!wish->is_quiet)
        optimize_text(optimize, stdout);
    if (rc == OC_OK && wish->map)
        rc = optimize_map(optimize, wish->map);
    if (rc < 0)
        return error_say(&optimize->error, rc, wish->map ? wish->map : "optimize", "it could not be written: %s",
                         env_error_text());
    if (wish->map && !wish->is_json && !wish->is_quiet)
        printf("map: %s\n", wish->map);
    return OC_OK;
}

static int run_search(struct optimize *optimize)
{
    const struct optimize_wish *wish = &optimize->wish;
    interrupt_install();
    log_set_level(LOG_NONE);
    oc_rc rc = look(optimize);
    if (isatty(2) && !wish->is_quiet && !wish->is_json)
        fputs("\r\x1b[K", stderr);
    if (rc == OC_E_AGAIN) {
        fprintf(stderr, "outcry: optimize: stopped by hand: %u runs are known%s%s\n", optimize->study.count,
                wish->study ? "; the same words go on with " : "; --study FILE would keep them",
                wish->study ? wish->study : "");
        return EXIT_INTERRUPTED;
    }
    if (rc == OC_OK && !optimize->best.is_known) {
        error_at(&optimize->error, OC_E_STATE, "optimize");
        error_what(&optimize->error, "no run has a %s", probe_figure_name(wish->objective));
        if (optimize->failed)
            error_found(&optimize->error, "%llu runs failed, the first: %.200s", (unsigned long long)optimize->failed,
                        optimize->first_error);
        error_remedy(&optimize->error,
                     "more data, a smaller --min-trips, or another --objective: return is known first");
        rc = OC_E_STATE;
    }
    if (rc == OC_OK)
        rc = show(optimize);
    return rc < 0 ? complain(&optimize->error, rc, wish->is_json) : EXIT_GOOD;
}

int verb_optimize(int argc, char **argv)
{
    struct optimize *optimize = calloc(1, sizeof *optimize);
    int code = EXIT_RUN;
    if (!optimize) {
        fputs("outcry: optimize: out of memory\n", stderr);
        return code;
    }
    oc_rc rc = OC_OK;
    if (optimize_is_help(argc, argv)) {
        optimize_usage(stdout);
        code = EXIT_GOOD;
    } else if ((rc = optimize_words(&optimize->wish, &optimize->search, argc, argv, &optimize->error)) < 0) {
        (void)complain(&optimize->error, rc, optimize->wish.is_json);
        code = rc == OC_E_CONFIG ? EXIT_CONFIG : EXIT_USE;
    } else {
        code = run_search(optimize);
    }
    study_close(&optimize->study);
    search_release(&optimize->search);
    free(optimize->results);
    free(optimize);
    return code;
}
