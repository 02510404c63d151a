/* load.c: load, unload, hold, resume, reload, set. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "session/json_units.h"
#include "steer/steer.h"

static struct strategy_config config_of(const struct session *session, uint32_t index, struct steer_source *source)
{
    return (struct strategy_config){.file = source->file,
                                    .text = source->text,
                                    .text_size = source->text_size,
                                    .params = source->params,
                                    .param_count = source->param_count,
                                    .account = session->account,
                                    .data_period_ns = session->sources[0].info.period_ns,
                                    .from_ns = session->from_ns,
                                    .seed = session->seed,
                                    .limits = steer_limits(session, index),
                                    .watchdog = session->watchdog,
                                    .log = session->log,
                                    .log_arg = (struct session *)(uintptr_t)session,
                                    .require = steer_require,
                                    .require_arg = source,
                                    .is_timed = session->service != NULL};
}

static oc_rc add_markets(const struct session *session, struct strategy *strategy, struct sandbox_error *ret_error)
{
    for (uint32_t i = 0; i < session->source_count; i++) {
        bool seen = false;
        for (uint32_t k = 0; k < i; k++)
            seen |= session->sources[k].inst == session->sources[i].inst;
        oc_rc rc = seen ? OC_OK : strategy_add_market(strategy, session->sources[i].inst, ret_error);
        if (rc < 0)
            return rc;
    }
    return OC_OK;
}

static bool note_name(struct session *session, const char *name, uint32_t id)
{
    for (uint32_t i = 0; i < session->name_count; i++)
        if (session->names[i].id == id)
            return true;
    struct session_name *names = realloc(session->names, (session->name_count + 1) * sizeof *names);
    if (!names)
        return false;
    session->names = names;
    names[session->name_count] = (struct session_name){.id = id};
    snprintf(names[session->name_count++].name, sizeof names->name, "%s", name);
    return true;
}

/* The number of a name: that which it had, or the next. */
static uint32_t number_of(const struct session *session, const char *name)
{
    for (uint32_t i = 0; i < session->name_count; i++)
        if (strcmp(session->names[i].name, name) == 0)
            return session->names[i].id;
    return engine_client_count(session->engine) + 1;
}

/* The strategy stands in its slot: names, rights, origins. */
static void settle(struct session *session, uint32_t index, struct strategy *strategy, struct steer_source *source)
{
    struct session_strategy *owner = &session->strategies[index];
    owner->strategy = strategy;
    owner->source = source;
    owner->session = session;
    owner->id = strategy_id(strategy);
    owner->is_told = false;
    snprintf(owner->name, sizeof owner->name, "%s", strategy_name(strategy));
    snprintf(owner->file, sizeof owner->file, "%s", source->file);
    note_name(session, owner->name, owner->id);
    strategy_note_origins(strategy, session->service != NULL);
}

oc_rc session_make_strategy(struct session *session, uint32_t index)
{
    struct session_strategy *owner = &session->strategies[index];
    struct sandbox_error error = {0};
    struct steer_source *source = owner->opened ? steer_source_copy(owner->opened) : NULL;
    if (!source)
        return OC_E_NOMEM;
    source->reads_disk = true;
    for (uint32_t i = 0; i < session->param_count; i++)
        steer_source_param(source, session->params[i].name, session->params[i].value);
    steer_first_rights(session, index);
    struct strategy_config config = config_of(session, index, source);
    struct strategy *strategy;
    oc_rc rc = strategy_new(session->engine, &config, &strategy, &error);
    if (rc < 0) {
        if (error.message[0])
            session_explain(session, &error);
        steer_source_free(source);
        return session_fail(session, rc, "strategy %s could not be loaded (code %d)", owner->file, (int)rc);
    }
    settle(session, index, strategy, source);
    rc = add_markets(session, strategy, &error);
    if (rc < 0 && error.message[0])
        session_explain(session, &error);
    if (rc == OC_OK)
        rc = steer_apply_limits(session, index);
    return rc < 0 ? session_fail(session, rc, "strategy %s could not take the market (code %d)", owner->file, (int)rc)
                  : rc;
}

void session_drop_strategy(struct session *session, uint32_t index)
{
    struct session_strategy *owner = &session->strategies[index];
    if (owner->strategy && session->engine)
        engine_remove_client(session->engine, owner->id);
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

static void unmake(struct session *session, struct making *making)
{
    if (making->strategy)
        timers_remove_after(engine_timers(session->engine), making->timer_mark);
    strategy_free(making->strategy);
    steer_source_free(making->source);
    making->strategy = NULL;
    making->source = NULL;
}

static oc_rc make(struct session *session, uint32_t index, bool drops_params, struct making *making)
{
    struct strategy_config config = config_of(session, index, making->source);
    config.is_apart = true;
    if (engine_now(session->engine) >= session->from_ns)
        config.from_ns = INT64_MIN; /* it begins when it can */
    config.drops_params = drops_params;
    making->timer_mark = engine_timers(session->engine)->next_id;
    making->rc = strategy_new(session->engine, &config, &making->strategy, &making->error);
    if (making->rc == OC_OK)
        strategy_set_restoring(making->strategy, session->is_restoring);
    return making->rc;
}

static oc_rc make_markets(struct session *session, uint32_t id, struct making *making)
{
    strategy_set_id(making->strategy, id);
    making->rc = id > ENGINE_STRATEGIES_MAX ? OC_E_LIMIT : add_markets(session, making->strategy, &making->error);
    return making->rc;
}

/* A text that is ended by a limit of time or memory ends elsewhere in each run: that it was is recorded, and then true. */
static const struct oc_ev_text *recorded_stop(const struct session *session)
{
    for (uint32_t i = 0; i < session->stop_count; i++)
        if (session->stops[i]->owner == 0 && session->stops[i]->head.cause == engine_cause(session->engine))
            return session->stops[i];
    return NULL;
}

static void record_stop(struct session *session, const char *message)
{
    struct {
        struct oc_ev_text event;
        char text[ENGINE_SUSPEND_TEXT_MAX];
    } made = {0};
    const struct oc_ev_text *recorded = recorded_stop(session);
    if (session->is_restoring)
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
        made.event.head.venue_ns = made.event.head.local_ns = engine_now(session->engine);
        made.event.head.cause = engine_cause(session->engine);
    }
    session_record(session, &made.event.head);
}

/* True: it was ended by a limit when it was recorded, and is not tried again. */
static bool was_stopped(struct session *session, const char *code, struct text *reply)
{
    const struct oc_ev_text *stop = recorded_stop(session);
    if (!stop)
        return false;
    record_stop(session, "");
    json_refusal(reply, code, "%.*s", (int)stop->text_size, (const char *)(stop + 1));
    return true;
}

static bool failed(struct session *session, struct making *making, const char *code, struct text *reply)
{
    oc_rc rc = making->rc;
    if (rc == OC_E_LIMIT || rc == OC_E_NOMEM)
        record_stop(session, making->error.message);
    unmake(session, making);
    return steer_put_error(reply, code, &making->error, rc);
}

static int free_slot(const struct session *session)
{
    for (uint32_t i = 0; i < session->strategy_count; i++)
        if (!session->strategies[i].strategy)
            return (int)i;
    return session->strategy_count < SESSION_STRATEGIES_MAX ? (int)session->strategy_count : -1;
}

static void clear_slot(struct session *session, uint32_t index)
{
    steer_source_free(session->strategies[index].opened);
    session->strategies[index] = (struct session_strategy){.session = session, .is_steered = true};
    steer_first_rights(session, index);
}

oc_rc steer_place(struct session *session, uint32_t index, struct steer_source *source, uint32_t id,
                  struct sandbox_error *ret_error)
{
    struct making making = {.source = source};
    make(session, index, true, &making);
    if (making.rc == OC_OK)
        make_markets(session, id, &making);
    if (making.rc == OC_OK)
        making.rc = strategy_enter(making.strategy);
    if (making.rc == OC_OK) {
        settle(session, index, making.strategy, making.source);
        return steer_apply_limits(session, index);
    }
    *ret_error = making.error;
    unmake(session, &making);
    return making.rc;
}

static bool put_row(struct session *session, uint32_t index, struct text *reply)
{
    text_clear(reply);
    session_put_strategy(session, reply, NULL, index);
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

bool steer_load(struct session *session, const struct command_words *words, struct text *reply)
{
    uint32_t end = 0;
    struct making making = {.source = words->count > 1 ? steer_source_of(words, words->fields[1], &end) : NULL};
    int slot = free_slot(session);
    if (!making.source || slot < 0 || !take_params(making.source, words, 2, end, reply)) {
        bool has_source = making.source != NULL;
        steer_source_free(making.source);
        if (has_source && slot < 0)
            json_refusal(reply, "TOO_MANY_STRATEGIES", "at most %d strategies: unload one first",
                         SESSION_STRATEGIES_MAX);
        return false;
    }
    if (was_stopped(session, "LOAD_FAILED", reply)) {
        steer_source_free(making.source);
        return false;
    }
    uint32_t index = (uint32_t)slot;
    clear_slot(session, index);
    if (make(session, index, false, &making) < 0)
        return failed(session, &making, "LOAD_FAILED", reply);
    for (uint32_t i = 0; i < session->strategy_count; i++)
        if (session->strategies[i].strategy &&
            strcmp(session->strategies[i].name, strategy_name(making.strategy)) == 0) {
            json_refusal(reply, "NAME_TAKEN",
                         "a strategy '%s' is loaded: reload or unload it, or name the new one otherwise",
                         session->strategies[i].name);
            unmake(session, &making);
            return false;
        }
    make_markets(session, number_of(session, strategy_name(making.strategy)), &making);
    if (making.rc == OC_OK)
        making.rc = strategy_enter(making.strategy);
    if (making.rc < 0)
        return failed(session, &making, "LOAD_FAILED", reply);
    if (index == session->strategy_count)
        session->strategy_count++;
    settle(session, index, making.strategy, making.source);
    steer_apply_limits(session, index);
    session_expect_stop(session, session->strategies[index].id);
    if (!session->is_restoring)
        strategy_start(making.strategy);
    session_tell_strategy(session, index, "loaded", session->strategies[index].file);
    return put_row(session, index, reply);
}

static void put_positions(struct session *session, uint32_t id, struct text *reply)
{
    const struct portfolio *portfolio = engine_portfolio(session->engine);
    json_open(reply, "positions", '[');
    for (uint32_t i = 0; i < portfolio_book_count(portfolio); i++) {
        const struct position *position = &portfolio_book_at(portfolio, i)->position;
        const struct instrument *instrument = instruments_get(engine_instruments(session->engine), position->inst);
        if (position->strategy != id || position->qty == 0 || !instrument)
            continue;
        json_open(reply, NULL, '{');
        json_text(reply, "symbol", instrument->info.symbol);
        json_text(reply, "side", position->qty > 0 ? "LONG" : "SHORT");
        json_qty(reply, "qty", instrument, true, position->qty < 0 ? -position->qty : position->qty);
        json_close(reply, '}');
    }
    json_close(reply, ']');
}

/* The name of the strategy stands alone behind the word. */
static int only_name(struct session *session, const struct command_words *words, struct text *reply)
{
    if (steer_count(words) == 2)
        return steer_find(session, words->fields[1], reply);
    json_refusal(reply, "BAD_WORDS", "expected a name: %s NAME", words->fields[0]);
    return -1;
}

bool steer_unload(struct session *session, const struct command_words *words, struct text *reply)
{
    int found = only_name(session, words, reply), cancelled = 0;
    if (found < 0)
        return false;
    uint32_t index = (uint32_t)found;
    struct session_strategy *owner = &session->strategies[index];
    if (!session->is_restoring) { /* its last orders and the cancels are records of their own */
        strategy_stop(owner->strategy, "unload");
        if (engine_begin(session->engine, 0) == OC_OK) {
            cancelled = engine_cancel_all(session->engine, owner->id, 0, false);
            engine_end(session->engine, true);
        }
    }
    session_drop_strategy(session, index);
    session_tell_strategy(session, index, "unloaded", NULL);
    text_clear(reply);
    steer_put_open_row(session, reply, NULL, index);
    json_int(reply, "cancelled", cancelled);
    put_positions(session, owner->id, reply);
    json_close(reply, '}');
    return true;
}

bool steer_hold(struct session *session, const struct command_words *words, struct text *reply)
{
    bool holds = strcmp(words->fields[0], "hold") == 0;
    int found = only_name(session, words, reply);
    if (found < 0)
        return false;
    uint32_t index = (uint32_t)found, id = session->strategies[index].id;
    if (engine_is_suspended(session->engine, id)) {
        json_refusal(reply, "SUSPENDED", "'%s' is suspended (%.200s): correct the file, then reload it",
                     session->strategies[index].name, engine_suspension(session->engine, id));
        return false;
    }
    if (engine_is_held(session->engine, id) == holds) {
        json_refusal(reply, holds ? "HELD" : "NOT_HELD", "'%s' is %s", session->strategies[index].name,
                     holds ? "paused already" : "not paused");
        return false;
    }
    engine_hold(session->engine, id, holds);
    session_tell_strategy(session, index, holds ? "paused" : "resumed", NULL);
    return put_row(session, index, reply);
}

static bool replace(struct session *session, uint32_t index, struct making *making, const char *code, bool drops_params,
                    struct text *reply)
{
    struct session_strategy *owner = &session->strategies[index];
    struct strategy_carried carried = {0};
    struct timers *timers = engine_timers(session->engine);
    if (was_stopped(session, code, reply)) {
        unmake(session, making);
        return false;
    }
    if (make(session, index, drops_params, making) < 0)
        return failed(session, making, code, reply);
    if (strcmp(strategy_name(making->strategy), owner->name) != 0) {
        json_refusal(reply, "NAME_CHANGED", "%s is now '%s', was '%s': load it beside, then unload the old one",
                     owner->file, strategy_name(making->strategy), owner->name);
        unmake(session, making);
        return false;
    }
    make_markets(session, owner->id, making);
    if (making->rc == OC_OK)
        making->rc = strategy_take_over(making->strategy, owner->strategy, &carried, &making->error);
    if (making->rc == OC_OK)
        making->rc = strategy_enter(making->strategy);
    if (making->rc < 0)
        return failed(session, making, code, reply);
    timers_remove_until(timers, owner->id, making->timer_mark);
    strategy_free(owner->strategy);
    steer_source_free(owner->source);
    owner->is_steered = true;
    settle(session, index, making->strategy, making->source);
    session_expect_stop(session, owner->id);
    session_tell_strategy(session, index, strcmp(code, "BAD_PARAM") == 0 ? "set" : "reloaded", NULL);
    text_clear(reply);
    steer_put_open_row(session, reply, NULL, index);
    json_int(reply, "indicators_kept", carried.indicators);
    steer_put_lines(reply, "warming", carried.warming);
    steer_put_lines(reply, "not_saved", carried.not_saved);
    json_close(reply, '}');
    return true;
}

bool steer_reload(struct session *session, const struct command_words *words, struct text *reply)
{
    uint32_t end = 0;
    int found = words->count > 1 ? steer_find(session, words->fields[1], reply) : -1;
    if (found < 0)
        return false;
    const struct session_strategy *owner = &session->strategies[found];
    struct making making = {.source = steer_source_of(words, owner->file, &end)};
    if (!making.source)
        return false;
    for (uint32_t i = 0; i < owner->source->param_count; i++)
        steer_source_param(making.source, owner->source->params[i].name, owner->source->params[i].value);
    return replace(session, (uint32_t)found, &making, "RELOAD_FAILED", true, reply);
}

bool steer_set(struct session *session, const struct command_words *words, struct text *reply)
{
    uint32_t count = steer_count(words);
    if (count < 3) {
        json_refusal(reply, "BAD_WORDS", "expected: set NAME PARAM=VALUE...");
        return false;
    }
    int found = steer_find(session, words->fields[1], reply);
    if (found < 0)
        return false;
    const struct session_strategy *owner = &session->strategies[found];
    struct making making = {.source = steer_source_copy(owner->source)};
    if (!making.source || !take_params(making.source, words, 2, count, reply)) {
        steer_source_free(making.source);
        return false;
    }
    return replace(session, (uint32_t)found, &making, "BAD_PARAM", false, reply);
}
