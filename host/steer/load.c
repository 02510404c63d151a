/* load.c: load, unload, hold, resume, reload, set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "session/json_units.h"
#include "steer/steer.h"

static void strategy_log(void *arg, int level, const char *text)
{
    const struct session *session = arg;
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR};
    log_write_at(session->clock.now_ns, levels[level >= 0 && level <= OC_LOG_ERROR ? level : OC_LOG_ERROR], "strategy",
                 text, strlen(text));
}

/* The first account that is called as strategy.account says; without that key the first of all. */
static uint32_t account_of(const struct session *session)
{
    const char *name = settings_text(session->settings, "strategy.account", NULL);
    struct portfolio *portfolio = engine_portfolio(session->engine);
    for (uint32_t id = 1; name && id <= portfolio_account_count(portfolio); id++)
        if (strcmp(portfolio_account(portfolio, id)->name, name) == 0)
            return id;
    return session->money.account;
}

static bool goes_on(const struct session *session)
{
    return strcmp(settings_text(session->settings, "strategy.on_error", "suspend"), "continue") == 0;
}

/* They were judged when the configuration was read. */
static struct strategy_stake stake_of(const struct session *session)
{
    struct stake stake;
    const struct setting *setting = settings_get(session->settings, "strategy.stake");
    if (settings_stake(session->settings, "strategy.stake", &stake) < 0)
        return (struct strategy_stake){0, ""};
    const char *blank = stake.currency[0] ? strrchr(setting->value, ' ') : NULL;
    return (struct strategy_stake){(double)stake.number.units / (double)num_pow10(stake.number.scale),
                                   blank ? blank + 1 : ""};
}

static int64_t entry_timeout_of(const struct session *session)
{
    int64_t timeout_ns;
    return settings_duration(session->settings, "strategy.entry_timeout", &timeout_ns) < 0 ? 0 : timeout_ns;
}

static int64_t timeframe_of(const struct session *session)
{
    int64_t period_ns;
    return settings_duration(session->settings, "strategy.timeframe", &period_ns) < 0 ? 0 : period_ns;
}

static struct strategy_config config_of(const struct strategies *strategies, uint32_t index,
                                        struct steer_source *source)
{
    return (struct strategy_config){.file = source->file,
                                    .text = source->text,
                                    .text_size = source->text_size,
                                    .params = source->params,
                                    .param_count = source->param_count,
                                    .account = account_of(strategies->session),
                                    .data_period_ns = strategies->session->data.sources[0].info.period_ns,
                                    .from_ns = strategies->session->clock.from_ns,
                                    .seed = strategies->session->clock.seed,
                                    .limits = steer_limits(strategies, index),
                                    .notes_origins = strategies->is_shown,
                                    .watchdog = strategies->watchdog,
                                    .log = strategy_log,
                                    .log_arg = strategies->session,
                                    .plot = plots_take,
                                    .plot_arg = &strategies->session->plots,
                                    .require = steer_require,
                                    .require_arg = source,
                                    .stake = stake_of(strategies->session),
                                    .entry_timeout_ns = entry_timeout_of(strategies->session),
                                    .timeframe_ns = timeframe_of(strategies->session),
                                    .goes_on = goes_on(strategies->session),
                                    .is_timed = strategies->is_shown};
}

static oc_rc add_markets(const struct strategies *strategies, struct strategy *strategy,
                         struct sandbox_error *ret_error)
{
    for (uint32_t i = 0; i < strategies->session->data.count; i++) {
        bool seen = false;
        for (uint32_t k = 0; k < i; k++)
            seen |= strategies->session->data.sources[k].inst == strategies->session->data.sources[i].inst;
        oc_rc rc = seen ? OC_OK : strategy_add_market(strategy, strategies->session->data.sources[i].inst, ret_error);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static bool note_name(struct strategies *strategies, const char *name, uint32_t id)
{
    for (uint32_t i = 0; i < strategies->number_count; i++)
        if (strategies->numbers[i].id == id)
            return true;
    struct strategy_number *names = realloc(strategies->numbers, (strategies->number_count + 1) * sizeof *names);
    if (!names)
        return false;
    strategies->numbers = names;
    names[strategies->number_count] = (struct strategy_number){.id = id};
    snprintf(names[strategies->number_count++].name, sizeof names->name, "%s", name);
    return true;
}

/* The number of a name: that which it had, or the next. */
static uint32_t number_of(const struct strategies *strategies, const char *name)
{
    for (uint32_t i = 0; i < strategies->number_count; i++)
        if (strcmp(strategies->numbers[i].name, name) == 0)
            return strategies->numbers[i].id;
    return engine_client_count(strategies->session->engine) + 1;
}

/* The strategy stands in its slot: names, rights, origins. */
static void settle(struct strategies *strategies, uint32_t index, struct strategy *strategy,
                   struct steer_source *source)
{
    struct strategy_slot *owner = &strategies->list[index];
    owner->strategy = strategy;
    owner->source = source;
    owner->strategies = strategies;
    owner->id = strategy_id(strategy);
    owner->is_told = false;
    snprintf(owner->name, sizeof owner->name, "%s", strategy_name(strategy));
    snprintf(owner->file, sizeof owner->file, "%s", source->file);
    note_name(strategies, owner->name, owner->id);
}

/* What the text itself says, or the code. */
static oc_rc making_failed(struct strategies *strategies, const char *file, oc_rc rc, const struct sandbox_error *error,
                           const char *what)
{
    return error->message[0] ? strategies_fail(strategies, error, rc)
                             : session_fail_code(strategies->session, rc, file, what);
}

oc_rc strategies_make(struct strategies *strategies, uint32_t index)
{
    struct strategy_slot *owner = &strategies->list[index];
    struct sandbox_error error = {0};
    struct steer_source *source = owner->opened ? steer_source_copy(owner->opened) : NULL;
    if (!source)
        return OC_E_NOMEM;
    source->reads_disk = true;
    for (uint32_t i = 0; i < strategies->param_count; i++)
        steer_source_param(source, strategies->params[i].name, strategies->params[i].value);
    steer_first_rights(strategies, index);
    struct strategy_config config = config_of(strategies, index, source);
    struct strategy *strategy;
    oc_rc rc = strategy_new(strategies->session->engine, &config, &strategy, &error);
    if (rc < 0) {
        steer_source_free(source);
        return making_failed(strategies, owner->file, rc, &error, "the strategy could not be loaded");
    }
    settle(strategies, index, strategy, source);
    rc = add_markets(strategies, strategy, &error);
    if (rc == OC_OK)
        rc = steer_apply_limits(strategies, index);
    return rc < 0 ? making_failed(strategies, owner->file, rc, &error, "the strategy could not take the market") : rc;
}

void strategies_drop(struct strategies *strategies, uint32_t index)
{
    struct strategy_slot *owner = &strategies->list[index];
    if (owner->strategy && strategies->session->engine)
        engine_remove_client(strategies->session->engine, owner->id);
    strategy_free(owner->strategy);
    steer_source_free(owner->source);
    owner->strategy = NULL;
    owner->source = NULL;
}

/* A new one made apart: its text has run, it has its number, its markets and its timers. `index`: the slot it is for. */
struct making {
    struct strategy *strategy;
    struct steer_source *source; /* owned */
    uint64_t timer_mark;
    struct sandbox_error error;
    oc_rc rc;
};

static void unmake(struct strategies *strategies, struct making *making)
{
    if (making->strategy)
        timers_remove_after(engine_timers(strategies->session->engine), making->timer_mark);
    strategy_free(making->strategy);
    steer_source_free(making->source);
    making->strategy = NULL;
    making->source = NULL;
}

static oc_rc make(struct strategies *strategies, uint32_t index, bool drops_params, struct making *making)
{
    struct strategy_config config = config_of(strategies, index, making->source);
    config.is_apart = true;
    if (engine_now(strategies->session->engine) >= strategies->session->clock.from_ns)
        config.from_ns = INT64_MIN; /* it begins when it can */
    config.drops_params = drops_params;
    making->timer_mark = engine_timers(strategies->session->engine)->next_id;
    making->rc = strategy_new(strategies->session->engine, &config, &making->strategy, &making->error);
    if (making->rc == OC_OK)
        strategy_set_restoring(making->strategy, strategies->is_restoring);
    return making->rc;
}

static oc_rc make_markets(struct strategies *strategies, uint32_t id, struct making *making)
{
    strategy_set_id(making->strategy, id);
    making->rc = id > ENGINE_STRATEGIES_MAX ? OC_E_LIMIT : add_markets(strategies, making->strategy, &making->error);
    return making->rc;
}

/* A text that is ended by a limit of time or memory ends elsewhere in each run: that it was is recorded, and then true. */
static const struct oc_ev_text *recorded_stop(const struct strategies *strategies)
{
    for (uint32_t i = 0; i < strategies->stop_count; i++)
        if (strategies->stops[i]->owner == 0 &&
            strategies->stops[i]->head.cause == engine_cause(strategies->session->engine))
            return strategies->stops[i];
    return NULL;
}

static void record_stop(struct strategies *strategies, const char *message)
{
    struct {
        struct oc_ev_text event;
        char text[ENGINE_SUSPEND_TEXT_MAX];
    } made = {0};
    const struct oc_ev_text *recorded = recorded_stop(strategies);
    if (strategies->is_restoring)
        return;
    if (recorded && recorded->head.size <= sizeof made) {
        memcpy(&made, recorded, recorded->head.size);
        made.event.head.seq = 0;
    } else {
        snprintf(made.text, sizeof made.text, "%s", message);
        made.event.text_size = (uint32_t)strlen(made.text);
        made.event.head.size = (uint32_t)(sizeof made.event + ((made.event.text_size + 7) & ~7u));
        made.event.head.type = OC_EV_STRATEGY;
        made.event.code = OC_STRATEGY_STOPPED;
        made.event.head.venue_ns = made.event.head.local_ns = engine_now(strategies->session->engine);
        made.event.head.cause = engine_cause(strategies->session->engine);
    }
    if (engine_record(strategies->session->engine, &made.event.head) < 0)
        log_error("strategy", "that a text was stopped by a limit could not be recorded: a replay will differ");
}

/* True: it was ended by a limit when it was recorded, and is not tried again. */
static bool was_stopped(struct strategies *strategies, const char *code, struct text *reply)
{
    const struct oc_ev_text *stop = recorded_stop(strategies);
    if (!stop)
        return false;
    record_stop(strategies, "");
    json_refusal(reply, code, "%.*s", (int)stop->text_size, (const char *)(stop + 1));
    return true;
}

static bool failed(struct strategies *strategies, struct making *making, const char *code, struct text *reply)
{
    oc_rc rc = making->rc;
    if (rc == OC_E_LIMIT || rc == OC_E_NOMEM)
        record_stop(strategies, making->error.message);
    unmake(strategies, making);
    return steer_put_error(reply, code, &making->error, rc);
}

static int free_slot(const struct strategies *strategies)
{
    for (uint32_t i = 0; i < strategies->count; i++)
        if (!strategies->list[i].strategy)
            return (int)i;
    return strategies->count < STRATEGIES_MAX ? (int)strategies->count : -1;
}

static void clear_slot(struct strategies *strategies, uint32_t index)
{
    steer_source_free(strategies->list[index].opened);
    strategies->list[index] = (struct strategy_slot){.strategies = strategies, .is_steered = true};
    steer_first_rights(strategies, index);
}

oc_rc steer_place(struct strategies *strategies, uint32_t index, struct steer_source *source, uint32_t id,
                  struct sandbox_error *ret_error)
{
    struct making making = {.source = source};
    make(strategies, index, true, &making);
    if (making.rc == OC_OK)
        make_markets(strategies, id, &making);
    if (making.rc == OC_OK)
        making.rc = strategy_enter(making.strategy);
    if (making.rc == OC_OK) {
        settle(strategies, index, making.strategy, making.source);
        return steer_apply_limits(strategies, index);
    }
    *ret_error = making.error;
    unmake(strategies, &making);
    return making.rc;
}

static bool put_row(struct strategies *strategies, uint32_t index, struct text *reply)
{
    text_clear(reply);
    strategies_put(strategies, reply, NULL, index);
    return true;
}

static bool take_params(struct steer_source *source, const struct command_words *words, uint32_t first, uint32_t end,
                        struct text *reply)
{
    for (uint32_t i = first; i < end; i++) {
        char name[STRATEGY_NAME_MAX];
        const char *value;
        if (steer_split(words->fields[i], name, &value) && steer_source_param(source, name, value))
            continue;
        json_refusal(reply, "BAD_PARAM", "found '%.60s', expected NAME=VALUE, at most %d of them", words->fields[i],
                     STRATEGY_PARAMS_MAX);
        return false;
    }
    return true;
}

bool steer_load(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    uint32_t end = 0;
    struct making making = {.source = words->count > 1 ? steer_source_of(words, words->fields[1], &end) : NULL};
    int slot = free_slot(strategies);
    if (!making.source || slot < 0 || !take_params(making.source, words, 2, end, reply)) {
        bool has_source = making.source != NULL;
        steer_source_free(making.source);
        if (has_source && slot < 0)
            json_refusal(reply, "TOO_MANY_STRATEGIES", "at most %d strategies: unload one first", STRATEGIES_MAX);
        return false;
    }
    if (was_stopped(strategies, "LOAD_FAILED", reply)) {
        steer_source_free(making.source);
        return false;
    }
    uint32_t index = (uint32_t)slot;
    clear_slot(strategies, index);
    if (make(strategies, index, false, &making) < 0)
        return failed(strategies, &making, "LOAD_FAILED", reply);
    for (uint32_t i = 0; i < strategies->count; i++)
        if (strategies->list[i].strategy && strcmp(strategies->list[i].name, strategy_name(making.strategy)) == 0) {
            json_refusal(reply, "NAME_TAKEN",
                         "a strategy '%s' is loaded: reload or unload it, or name the new one otherwise",
                         strategies->list[i].name);
            unmake(strategies, &making);
            return false;
        }
    make_markets(strategies, number_of(strategies, strategy_name(making.strategy)), &making);
    if (making.rc == OC_OK)
        making.rc = strategy_enter(making.strategy);
    if (making.rc < 0)
        return failed(strategies, &making, "LOAD_FAILED", reply);
    if (index == strategies->count)
        strategies->count++;
    settle(strategies, index, making.strategy, making.source);
    if (steer_apply_limits(strategies, index) < 0) { /* never without its limits */
        strategies_drop(strategies, index);
        json_refusal(reply, "LOAD_FAILED", "its rights and budget could not be put into force");
        return false;
    }
    strategies_expect_stop(strategies, strategies->list[index].id);
    if (!strategies->is_restoring)
        (void)strategy_start(making.strategy); /* a failure suspends it, and is told */
    strategies_tell(strategies, index, "loaded", strategies->list[index].file);
    return put_row(strategies, index, reply);
}

static void put_positions(struct strategies *strategies, uint32_t id, struct text *reply)
{
    const struct portfolio *portfolio = engine_portfolio(strategies->session->engine);
    json_open(reply, "positions", '[');
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        const struct instrument *instrument =
            instruments_get(engine_instruments(strategies->session->engine), position->inst);
        if (position->strategy != id || position->qty == 0 || !instrument)
            continue;
        json_open(reply, NULL, '{');
        json_text(reply, "symbol", instruments_name(engine_instruments(strategies->session->engine), instrument));
        json_text(reply, "side", position->qty > 0 ? "LONG" : "SHORT");
        json_qty(reply, "qty", instrument, true, position->qty < 0 ? -position->qty : position->qty);
        json_close(reply, '}');
    }
    json_close(reply, ']');
}

/* The name of the strategy stands alone behind the word. */
static int only_name(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    if (steer_count(words) == 2)
        return steer_find(strategies, words->fields[1], reply);
    json_refusal(reply, "BAD_WORDS", "expected a name: %s NAME", words->fields[0]);
    return -1;
}

bool steer_unload(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    int found = only_name(strategies, words, reply), cancelled = 0;
    if (found < 0)
        return false;
    uint32_t index = (uint32_t)found;
    struct strategy_slot *owner = &strategies->list[index];
    if (!strategies->is_restoring) {                    /* its last orders and the cancels are records of their own */
        (void)strategy_stop(owner->strategy, "unload"); /* it goes, whatever it says */
        if (engine_begin(strategies->session->engine, 0) == OC_OK) {
            cancelled = engine_cancel_all(strategies->session->engine, owner->id, 0, CANCEL_NOT_PROTECTION);
            engine_end(strategies->session->engine, true);
        }
    }
    strategies_drop(strategies, index);
    strategies_tell(strategies, index, "unloaded", NULL);
    text_clear(reply);
    steer_put_open_row(strategies, reply, NULL, index);
    json_int(reply, "cancelled", cancelled);
    put_positions(strategies, owner->id, reply);
    json_close(reply, '}');
    return true;
}

bool steer_hold(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    bool holds = strcmp(words->fields[0], "hold") == 0;
    int found = only_name(strategies, words, reply);
    if (found < 0)
        return false;
    uint32_t index = (uint32_t)found, id = strategies->list[index].id;
    if (engine_is_suspended(strategies->session->engine, id)) {
        json_refusal(reply, "SUSPENDED", "'%s' is suspended (%.200s): correct the file, then reload it",
                     strategies->list[index].name, engine_suspension(strategies->session->engine, id));
        return false;
    }
    if (engine_is_held(strategies->session->engine, id) == holds) {
        json_refusal(reply, holds ? "HELD" : "NOT_HELD", "'%s' is %s", strategies->list[index].name,
                     holds ? "paused already" : "not paused");
        return false;
    }
    engine_hold(strategies->session->engine, id, holds);
    strategies_tell(strategies, index, holds ? "paused" : "resumed", NULL);
    return put_row(strategies, index, reply);
}

static bool replace(struct strategies *strategies, uint32_t index, struct making *making, const char *code,
                    bool drops_params, struct text *reply)
{
    struct strategy_slot *owner = &strategies->list[index];
    struct strategy_carried carried = {0};
    struct timers *timers = engine_timers(strategies->session->engine);
    if (was_stopped(strategies, code, reply)) {
        unmake(strategies, making);
        return false;
    }
    if (make(strategies, index, drops_params, making) < 0)
        return failed(strategies, making, code, reply);
    if (strcmp(strategy_name(making->strategy), owner->name) != 0) {
        json_refusal(reply, "NAME_CHANGED", "%s is now '%s', was '%s': load it beside, then unload the old one",
                     owner->file, strategy_name(making->strategy), owner->name);
        unmake(strategies, making);
        return false;
    }
    make_markets(strategies, owner->id, making);
    if (making->rc == OC_OK)
        making->rc = strategy_take_over(making->strategy, owner->strategy, &carried, &making->error);
    if (making->rc == OC_OK)
        making->rc = strategy_enter(making->strategy);
    if (making->rc < 0)
        return failed(strategies, making, code, reply);
    timers_remove_until(timers, owner->id, making->timer_mark);
    strategy_free(owner->strategy);
    steer_source_free(owner->source);
    owner->is_steered = true;
    settle(strategies, index, making->strategy, making->source);
    (void)strategy_record(owner->strategy); /* what on_load has set; a failure suspends it */
    strategies_expect_stop(strategies, owner->id);
    strategies_tell(strategies, index, strcmp(code, "BAD_PARAM") == 0 ? "set" : "reloaded", NULL);
    text_clear(reply);
    steer_put_open_row(strategies, reply, NULL, index);
    json_int(reply, "indicators_kept", carried.indicators);
    steer_put_lines(reply, "warming", carried.warming);
    steer_put_lines(reply, "not_saved", carried.not_saved);
    json_close(reply, '}');
    return true;
}

bool steer_reload(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    uint32_t end = 0;
    int found = words->count > 1 ? steer_find(strategies, words->fields[1], reply) : -1;
    if (found < 0)
        return false;
    const struct strategy_slot *owner = &strategies->list[found];
    struct making making = {.source = steer_source_of(words, owner->file, &end)};
    if (!making.source)
        return false;
    for (uint32_t i = 0; i < owner->source->param_count; i++)
        steer_source_param(making.source, owner->source->params[i].name, owner->source->params[i].value);
    return replace(strategies, (uint32_t)found, &making, "RELOAD_FAILED", true, reply);
}

bool steer_set(struct strategies *strategies, const struct command_words *words, struct text *reply)
{
    uint32_t count = steer_count(words);
    if (count < 3) {
        json_refusal(reply, "BAD_WORDS", "expected: set NAME PARAM=VALUE...");
        return false;
    }
    int found = steer_find(strategies, words->fields[1], reply);
    if (found < 0)
        return false;
    const struct strategy_slot *owner = &strategies->list[found];
    struct making making = {.source = steer_source_copy(owner->source)};
    if (!making.source || !take_params(making.source, words, 2, count, reply)) {
        steer_source_free(making.source);
        return false;
    }
    return replace(strategies, (uint32_t)found, &making, "BAD_PARAM", false, reply);
}
