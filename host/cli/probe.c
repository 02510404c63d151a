#include "cli/probe.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "steer/steer.h"

enum { BARS_FIRST = 4096 };

struct probe { /* what its stage is given */
    struct run *run;
    const struct probe_wish *wish;
};

const char *probe_figure_name(uint32_t figure)
{
    static const char *const names[] = {"sharpe", "sortino",       "calmar",   "return",
                                        "cagr",   "profit_factor", "win_rate", "drawdown"};
    return figure < PROBE_FIGURES ? names[figure] : NULL;
}

/* ---- other bars ---- */

/* All that the source has, held in its memory from now on. */
static oc_rc hold_bars(struct feed_source *source, uint32_t *ret_count)
{
    struct oc_event *event;
    struct oc_ev_bar *bars = NULL;
    uint32_t count = 0, room = 0;
    oc_rc rc;
    while ((rc = feed_source_next(source, &event)) == OC_OK) {
        if (event->type != OC_EV_BAR || count == PROBE_BARS_MAX) {
            free(bars);
            return event->type != OC_EV_BAR ? OC_E_NOT_SUPPORTED : OC_E_LIMIT;
        }
        if (count == room) {
            room = room ? 2 * room : BARS_FIRST;
            struct oc_ev_bar *larger = realloc(bars, room * sizeof *bars);
            if (!larger) {
                free(bars);
                return OC_E_NOMEM;
            }
            bars = larger;
        }
        memcpy(&bars[count++], event, sizeof *bars);
    }
    if (rc != OC_E_END || !count) {
        free(bars);
        return rc == OC_E_END ? (oc_rc)OC_E_DATA : rc;
    }
    source->memory = bars;
    source->memory_count = count;
    source->memory_at = 0;
    *ret_count = count;
    return OC_OK;
}

static oc_rc remake(struct session *session, const struct probe_wish *wish)
{
    oc_rc rc = OC_OK;
    for (uint32_t i = 0; i < session->data.count && rc == OC_OK; i++) {
        struct feed_source *source = &session->data.sources[i];
        uint32_t count = 0;
        rc = hold_bars(source, &count);
        if (rc == OC_OK)
            rc = remade_bars(source->memory, count, wish->kind, wish->seed, source->info.bits & OC_DATA_SIGNED);
        if (rc == OC_E_NOT_SUPPORTED)
            return session_say(session, rc, source->path,
                               "another market can be made of bars with prices above zero only");
    }
    if (rc < 0)
        return session_fail_code(session, rc, "", "another market could not be made of the bars");
    if (wish->kind == REMADE_LATER) {
        session->clock.now_ns += REMADE_LATER_NS;
        session->clock.first_ns += REMADE_LATER_NS;
        if (session->clock.from_ns != INT64_MIN)
            session->clock.from_ns += REMADE_LATER_NS;
    }
    return OC_OK;
}

static oc_rc open_probe(void *self, struct session *session)
{
    const struct probe *probe = self;
    const struct probe_wish *wish = probe->wish;
    if (wish->has_from)
        session->clock.from_ns = wish->from_ns;
    for (uint32_t i = 0; i < session->data.count && wish->has_to; i++)
        session->data.sources[i].until_ns = wish->to_ns;
    oc_rc rc = wish->kind ? remake(session, wish) : (oc_rc)OC_OK;
    return rc == OC_OK && wish->decisions ? decisions_watch(wish->decisions, session) : rc;
}

/* ---- its words ---- */

static oc_rc set_param(struct options *options, const struct option_param *param)
{
    for (uint32_t i = 0; i < options->param_count; i++)
        if (strcmp(options->params[i].name, param->name) == 0) {
            options->params[i].value = param->value;
            return OC_OK;
        }
    if (options->param_count == OPTIONS_PARAMS_MAX)
        return OC_E_LIMIT;
    options->param_texts[options->param_count] = NULL;
    options->params[options->param_count++] = *param;
    return OC_OK;
}

static oc_rc take_words(const struct probe_words *words, const struct probe_wish *wish, struct options *options)
{
    oc_rc rc = options_parse(options, words->argc, words->argv);
    if (rc == OC_OK)
        rc = options_finish(options);
    options->report = options->csv = NULL;
    options->json = false;
    settings_drop(&options->settings, "session.dir");
    if (wish->kind)
        settings_drop(&options->settings, "data.intrabar");
    if (rc == OC_OK && wish->holds)
        rc = settings_set(&options->settings, "session.end", "hold", "probe");
    if (rc == OC_OK && wish->data)
        rc = settings_set(&options->settings, "data.symbol", wish->symbol, "probe");
    if (rc == OC_OK && wish->data)
        rc = settings_set(&options->settings, "data.options", wish->data_options, "probe");
    for (uint32_t i = 0; i < wish->param_count && rc == OC_OK; i++)
        rc = set_param(options, &wish->params[i]);
    return rc;
}

/* ---- what came of it ---- */

static uint64_t hash_text(uint64_t state, const char *text)
{
    return hash64_fold(state, hash64(text ? text : "", text ? strlen(text) : 0));
}

static void hash_strategies(const struct strategies *strategies, struct probe_result *ret)
{
    for (uint32_t i = 0; i < strategies->count; i++) {
        const struct strategy_slot *slot = &strategies->list[i];
        const struct steer_source *source = slot->source ? slot->source : slot->opened;
        char params[4096] = "";
        if (!slot->strategy || !source)
            continue;
        strategy_params_text(slot->strategy, params, sizeof params);
        ret->names = hash_text(ret->names, strategy_name(slot->strategy));
        ret->trial = hash_text(hash_text(ret->trial, source->text), params);
        for (uint32_t k = 0; k < source->module_count; k++)
            ret->trial = hash_text(ret->trial, source->modules[k].text);
    }
}

void probe_take(const struct run *run, const struct result *result, const struct figures *figures,
                struct probe_result *ret)
{
    const struct returns returns = {figures->returns, figures->has_returns ? figures->days : 0};
    ret->of[PROBE_SHARPE] = figures->sharpe;
    ret->of[PROBE_SORTINO] = figures->sortino;
    ret->of[PROBE_CALMAR] = figures->calmar;
    ret->of[PROBE_RETURN] = figures->total_return;
    ret->of[PROBE_CAGR] = figures->cagr;
    ret->of[PROBE_PROFIT_FACTOR] = figures->trips.profit_factor;
    ret->of[PROBE_WIN_RATE] = figures->trips.win_rate;
    ret->of[PROBE_DRAWDOWN] = (struct figure){figures->fall.share, figures->has_fall};
    ret->daily_sharpe.is_known = returns.count >= FIGURE_DAYS_MIN &&
                                 stats_sharpe(returns, 0.0, 1.0, &ret->daily_sharpe.value) == OC_OK &&
                                 stats_moments(returns, &ret->moments) == OC_OK;
    ret->periods = result->periods_per_year;
    ret->trips = figures->trips.closed;
    ret->events = (uint32_t)result->market_events;
    ret->profit = money_to_double(figures->profit);
    ret->days = figures->days;
    ret->first_ns = result->collect->first_ns;
    ret->last_ns = result->collect->last_ns;
    ret->input_hash = door_input_hash(run->session->door);
    hash_strategies(&run->strategies, ret);
}

static oc_rc go(struct run *run, struct probe *probe, struct result *result)
{
    const struct probe_wish *wish = probe->wish;
    struct session *session = run->session;
    const struct session_stage stage = {"probe", probe, open_probe, NULL};
    run->strategies.ends_on_failure = session->is_whole = true;
    oc_rc rc = run_take_words(run);
    if (rc == OC_OK && wish->data && session->data.count == 1)
        snprintf(session->data.sources[0].path, sizeof session->data.sources[0].path, "%s", wish->data);
    run_compose(run, RUN_ENDS, &stage);
    if (rc == OC_OK)
        rc = run_open(run);
    if (rc == OC_OK)
        rc = run_go(run);
    if (wish->decisions) { /* nobody asks for its figures */
        wish->decisions->is_ended = true;
        return rc;
    }
    if (rc == OC_OK)
        rc = session_check_data(session, run->meter.collect.events);
    if (rc == OC_OK)
        rc = strategies_check_ran(&run->strategies);
    return rc == OC_OK ? run_finish(run, result) : rc;
}

static void run_and_take(struct options *options, struct registry *registry, const struct probe_wish *wish,
                         struct probe_result *ret)
{
    char text[ERROR_TEXT_MAX] = "out of memory";
    struct result *result = calloc(1, sizeof *result);
    struct run *run = result ? run_new(options, registry, "backtest") : NULL;
    struct probe probe = {run, wish};
    struct figures figures;
    ret->rc = OC_E_NOMEM;
    if (run)
        ret->rc = go(run, &probe, result);
    if (run && ret->rc < 0)
        error_text(&run->session->words.error, text);
    if (run && ret->rc == OC_OK && result->error) {
        ret->rc = OC_E_STATE;
        snprintf(text, sizeof text, "%s", result->error);
    }
    if (ret->rc == OC_OK && !wish->decisions)
        ret->rc = figures_make(result, &figures);
    if (ret->rc == OC_OK && !wish->decisions) {
        probe_take(run, result, &figures, ret);
        figures_release(&figures);
    } else if (ret->rc < 0) {
        snprintf(ret->error, sizeof ret->error, "%.*s", (int)sizeof ret->error - 1, text);
    }
    if (run)
        (void)run_close_session(run, EXIT_GOOD); /* nothing of it is kept */
    run_free(run);
    free(result);
}

void probe_run(const struct probe_words *words, const struct probe_wish *wish, struct probe_result *ret)
{
    char text[ERROR_TEXT_MAX];
    struct options *options = calloc(1, sizeof *options);
    struct registry *registry = calloc(1, sizeof *registry);
    log_set_level(LOG_NONE);
    ret->rc = OC_E_NOMEM;
    if (options && registry)
        ret->rc = take_words(words, wish, options);
    if (ret->rc == OC_OK) {
        registry_init(registry);
        run_and_take(options, registry, wish, ret);
    } else if (options) {
        error_text(&options->error, text);
        snprintf(ret->error, sizeof ret->error, "%.*s", (int)sizeof ret->error - 1, text);
    }
    if (options)
        options_release(options);
    free(options);
    free(registry);
}
