#include "script/strategy.h"

#include <stdlib.h>
#include <string.h>

#include <outcry/services.h>

#include "base/env.h"
#include "base/text.h"
#include "script/reference.h"
#include "script/strategy_impl.h"

void api_metatable(lua_State *lua, const char *name)
{
    if (luaL_newmetatable(lua, name)) {
        lua_pushstring(lua, "this object belongs to the API");
        lua_setfield(lua, -2, "__metatable");
    }
}

static int lj_install(lua_State *lua)
{
    struct strategy *strategy = lua_touserdata(lua, 1);
    static const char *const names[] = {
#define KEY_NAME(name) #name,
        STRATEGY_KEYS(KEY_NAME)};
    strategy->sandbox->host = strategy;
    lua_newtable(lua); /* keeps the interned keys alive */
    for (int i = 0; i < KEY_COUNT; i++) {
        strategy->keys[i] = lua_pushstring(lua, names[i]);
        lua_rawseti(lua, -2, i + 1);
    }
    luaL_ref(lua, LUA_REGISTRYINDEX);
    api_event_install(strategy);
    api_bars_install(strategy);
    api_book_install(strategy);
    api_size_install(strategy);
    api_plot_install(strategy);
    api_indicator_install(strategy);
    api_order_install(strategy);
    api_market_install(strategy);
    api_global_install(strategy);
    return 0;
}

const char *const strategy_callbacks[] = {
    "on_init", "on_start", "on_stop", "on_bar",      "on_quote",      "on_trade",       "on_book",   "on_order",
    "on_fill", "on_save",  "on_load", "on_venue_up", "on_venue_down", "on_venue_stale", "on_resync", NULL};

/* References the callbacks; any other global on_... is a mistake that would never be called. */
static int lj_callbacks(lua_State *lua)
{
    struct strategy *strategy = lua_touserdata(lua, 1);
    int32_t *refs[] = {&strategy->on_init,       &strategy->on_start,       &strategy->on_stop,  &strategy->on_bar,
                       &strategy->on_quote,      &strategy->on_trade,       &strategy->on_book,  &strategy->on_order,
                       &strategy->on_fill,       &strategy->on_save,        &strategy->on_load,  &strategy->on_venue_up,
                       &strategy->on_venue_down, &strategy->on_venue_stale, &strategy->on_resync};
    const char *stray = NULL;
    lua_pushglobaltable(lua);
    for (lua_pushnil(lua); lua_next(lua, 2); lua_pop(lua, 1)) {
        const char *name = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "";
        int i = 0;
        while (strategy_callbacks[i] && strcmp(strategy_callbacks[i], name) != 0)
            i++;
        if (strncmp(name, "on_", 3) == 0 && !strategy_callbacks[i] && (!stray || strcmp(name, stray) < 0))
            stray = name; /* the first by bytes: the table's own order differs from run to run */
    }
    if (stray) {
        const char *nearest = text_nearest(stray, strategy_callbacks);
        return sandbox_raise(lua, "'%s' is not a callback and would never be called; did you mean '%s'?", stray,
                             nearest ? nearest : "on_bar");
    }
    for (int i = 0; strategy_callbacks[i]; i++) {
        lua_pushstring(lua, strategy_callbacks[i]);
        if (lua_rawget(lua, 2) == LUA_TNIL) {
            lua_pop(lua, 1);
            continue;
        }
        if (!lua_isfunction(lua, -1))
            return sandbox_raise(lua, "%s must be a function; found %s", strategy_callbacks[i], luaL_typename(lua, -1));
        *refs[i] = luaL_ref(lua, LUA_REGISTRYINDEX);
    }
    return 0;
}

static void print_line(void *arg, const char *text, size_t size)
{
    struct strategy *strategy = arg;
    char line[SANDBOX_PRINT_MAX];
    size_t length = size < sizeof line - 1 ? size : sizeof line - 1;
    memcpy(line, text, length);
    line[length] = 0;
    strategy_say(strategy, OC_LOG_INFO, line);
}

/* One line for the record and the log: where and what. */
static void describe(struct strategy *strategy, const struct sandbox_error *error)
{
    struct text text;
    text_init_fixed(&text, strategy->why, sizeof strategy->why);
    if (error->line > 0)
        text_format(&text, "%s:%d: %s", error->file, (int)error->line, error->message);
    else
        text_format(&text, "%s", error->message);
}

oc_rc strategy_fails(struct strategy *strategy, oc_rc rc)
{
    const struct sandbox_error *error = sandbox_error_last(strategy->sandbox);
    if (error && strategy->config.goes_on && error->kind == SANDBOX_ERROR_RUNTIME &&
        !sandbox_is_stopped(strategy->sandbox)) {
        char line[sizeof strategy->why + 64];
        describe(strategy, error);
        snprintf(line, sizeof line, "a callback failed, and its orders are dropped: %s", strategy->why);
        strategy_say(strategy, OC_LOG_ERROR, line);
        return OC_E_AGAIN;
    }
    if (!strategy->has_error) {
        strategy->has_error = true;
        if (!strategy->error)
            strategy->error = env_alloc(sizeof *strategy->error);
        if (strategy->error)
            *strategy->error = *sandbox_error_last(strategy->sandbox);
    }
    return rc;
}

const struct sandbox_error *strategy_error(const struct strategy *strategy)
{
    const struct sandbox_error *kept = strategy->error ? strategy->error : sandbox_error_last(strategy->sandbox);
    return strategy->has_error ? kept : NULL;
}

/* Calls the referenced function with what was pushed above it by `push`. */
static oc_rc call(struct strategy *strategy, int32_t ref, int nargs)
{
    if (nargs) {
        lua_rawgeti(strategy->lua, LUA_REGISTRYINDEX, ref);
        lua_insert(strategy->lua, -nargs - 1);
    } else {
        lua_rawgeti(strategy->lua, LUA_REGISTRYINDEX, ref);
    }
    return strategy_failed(strategy, sandbox_call(strategy->sandbox, nargs, 0));
}

struct market_handle *strategy_market(struct strategy *strategy, uint32_t inst)
{
    for (uint32_t i = 0; i < strategy->market_count; i++)
        if (OC_INST_INDEX(strategy->markets[i]->inst) == OC_INST_INDEX(inst))
            return strategy->markets[i];
    return NULL;
}

/* Indicators take each bar, also those that the strategy does not get to see. */
static void on_pass(void *self, const struct oc_event *bar)
{
    struct strategy *strategy = self;
    struct market_handle *market = strategy_market(strategy, bar->inst);
    bool is_own;
    if (market)
        (void)strategy_feed(strategy, market, bar, &is_own); /* it is suspended or held: there is nothing to stop */
}

static void on_rescaled(void *self, uint32_t inst, struct rescale *rescale)
{
    struct strategy *strategy = self;
    struct market_handle *market = strategy_market(strategy, inst);
    if (!market)
        return;
    market->inst = inst;
    strategy_rescale(strategy, market, rescale);
}

static oc_rc on_bar(void *self, const struct oc_event *bar)
{
    struct strategy *strategy = self;
    struct market_handle *market = strategy_market(strategy, bar->inst);
    oc_rc rc = OC_OK;
    if (!market)
        return OC_OK;
    if (strategy_is_fed(strategy, market)) {
        bool is_own = true;
        rc = strategy_feed(strategy, market, bar, &is_own);
        if (rc < 0 || !is_own)
            return rc;
    }
    if (!market->is_ready) {
        int64_t open_ns = ((const struct oc_ev_bar *)(const void *)bar)->open_ns; /* same place in a quote bar */
        if (open_ns < strategy->config.from_ns)
            return OC_OK;
        strategy->missing = 0;
        if (!strategy_is_warm(strategy, market)) {
            /* Without a stated beginning the strategy simply begins when it can. */
            return strategy->config.from_ns == INT64_MIN || strategy->is_restoring ? OC_OK : OC_E_STATE;
        }
        market->is_ready = true;
    }
    if (strategy->on_bar == LUA_NOREF)
        return OC_OK;
    strategy->calls++;
    if (strategy->is_restoring) /* it was called then */
        return OC_OK;
    struct event_view *view = api_bar_push(strategy, market, bar);
    rc = sandbox_call(strategy->sandbox, 2, 0);
    view->event = NULL;
    return strategy_failed(strategy, rc);
}

static oc_rc on_market(void *self, const struct oc_event *event)
{
    struct strategy *strategy = self;
    struct market_handle *market = strategy_market(strategy, event->inst);
    int32_t ref = event->type == OC_EV_QUOTE ? strategy->on_quote : strategy->on_trade;
    if (!market || ref == LUA_NOREF || strategy->is_restoring || event->venue_ns < strategy->config.from_ns)
        return OC_OK;
    lua_State *lua = strategy->lua;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, ref);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, market->ref);
    struct event_view *view = api_event_push(strategy, market, event);
    oc_rc rc = sandbox_call(strategy->sandbox, 2, 0);
    view->event = NULL;
    return strategy_failed(strategy, rc);
}

static oc_rc on_book(void *self, const struct oc_event *event)
{
    struct strategy *strategy = self;
    struct market_handle *market = strategy_market(strategy, event->inst);
    if (!market || strategy->on_book == LUA_NOREF || strategy->is_restoring)
        return OC_OK;
    return strategy_failed(strategy, api_book_call(strategy, market));
}

struct order_call {
    struct strategy *strategy;
    struct market_handle *market;
    const struct order *order;
    const struct oc_event *event;
    struct event_view *view; /* taken away when the callback has returned or raised */
};

static int lj_on_order(lua_State *lua)
{
    struct order_call *what = lua_touserdata(lua, 1);
    struct strategy *strategy = what->strategy;
    if (what->event->type == OC_EV_FILL && strategy->on_fill != LUA_NOREF) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_fill);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, what->market->ref);
        what->view = api_event_push(strategy, what->market, what->event);
        if (lua != strategy->lua) /* the view was pushed on the main stack */
            lua_xmove(strategy->lua, lua, 1);
        lua_call(lua, 2, 0);
        what->view->event = NULL;
    }
    if (strategy->on_order != LUA_NOREF) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->on_order);
        lua_rawgeti(lua, LUA_REGISTRYINDEX, what->market->ref);
        api_order_push(lua, what->order->now.order);
        lua_call(lua, 2, 0);
    }
    return 0;
}

static oc_rc on_order(void *self, const struct order *order, const struct oc_event *event)
{
    struct strategy *strategy = self;
    struct market_handle *market = strategy_market(strategy, order->now.head.inst);
    if (!market || strategy->is_restoring || (strategy->on_order == LUA_NOREF && strategy->on_fill == LUA_NOREF))
        return OC_OK;
    struct order_call what = {strategy, market, order, event, NULL};
    oc_rc rc = sandbox_protect(strategy->sandbox, lj_on_order, &what);
    if (what.view)
        what.view->event = NULL;
    return strategy_failed(strategy, rc);
}

static oc_rc on_timer(void *self, uint64_t timer, int64_t due_ns)
{
    struct strategy *strategy = self;
    for (uint32_t i = 0; i < strategy->timer_count; i++) {
        struct timer_ref *ref = &strategy->timers[i];
        if (ref->id != timer)
            continue;
        lua_pushinteger(strategy->lua, due_ns);
        oc_rc rc = call(strategy, ref->ref, 1);
        if (!ref->repeats) { /* once */
            luaL_unref(strategy->lua, LUA_REGISTRYINDEX, ref->ref);
            ref->ref = LUA_NOREF;
            ref->id = 0;
        }
        return rc;
    }
    return OC_OK;
}

static oc_rc on_ended(void *self)
{
    struct strategy *strategy = self;
    oc_rc rc = OC_OK;
    if (strategy->on_stop != LUA_NOREF) {
        lua_pushliteral(strategy->lua, "end");
        rc = call(strategy, strategy->on_stop, 1);
    }
    strategy_log_settle(strategy);
    return rc;
}

static oc_rc on_saved(void *self)
{
    struct strategy *strategy = self;
    return strategy_failed(strategy, state_record_changed(strategy));
}

static const char *on_why(void *self)
{
    struct strategy *strategy = self;
    const struct sandbox_error *error = strategy_error(strategy);
    if (error)
        describe(strategy, error);
    else
        snprintf(strategy->why, sizeof strategy->why, "warm-up is too short: %u more bars are needed before --from",
                 strategy->missing);
    return strategy->why;
}

struct engine_client strategy_client(struct strategy *strategy)
{
    struct engine_client client = {.self = strategy,
                                   .bar = on_bar,
                                   .market = on_market,
                                   .book = on_book,
                                   .order = on_order,
                                   .timer = on_timer,
                                   .venue = strategy_on_venue,
                                   .resync = strategy_on_resync,
                                   .saved = on_saved,
                                   .ended = on_ended,
                                   .why = on_why,
                                   .pass = on_pass,
                                   .rescaled = on_rescaled};
    if (strategy->config.is_timed)
        strategy_time_client(strategy, &client);
    return client;
}

static oc_rc load_text(struct strategy *strategy)
{
    const struct strategy_config *config = &strategy->config;
    struct engine_client client = strategy_client(strategy);
    oc_rc rc = config->is_apart ? OC_OK : engine_add_client(strategy->engine, config->file, &client, &strategy->id);
    if (rc < 0)
        return rc;
    sandbox_set_print(strategy->sandbox, print_line, strategy);
    sandbox_set_require(strategy->sandbox, config->require, config->require_arg);
    sandbox_attach(strategy->sandbox, config->watchdog);
    rc = sandbox_protect(strategy->sandbox, lj_install, strategy);
    strategy->is_loading = true;
    if (rc == OC_OK)
        rc = sandbox_load(strategy->sandbox, config->text, config->text_size, config->file);
    strategy->is_loading = false;
    if (rc == OC_OK)
        rc = sandbox_protect(strategy->sandbox, lj_callbacks, strategy);
    return rc;
}

static bool param_is_known(const struct strategy *strategy, const char *name)
{
    for (uint32_t i = 0; i < strategy->param_count; i++)
        if (strcmp(strategy->params[i].name, name) == 0)
            return true;
    return false;
}

static oc_rc check_params(struct strategy *strategy, struct sandbox_error *error)
{
    for (uint32_t i = 0; i < strategy->config.param_count; i++) {
        const char *name = strategy->config.params[i].name;
        if (param_is_known(strategy, name) || strategy->config.drops_params)
            continue;
        struct text text;
        text_init_fixed(&text, error->message, sizeof error->message);
        text_format(&text, "%s has no parameter '%s'; it has:", strategy->config.file, name);
        for (uint32_t k = 0; k < strategy->param_count; k++)
            text_format(&text, " %s", strategy->params[k].name);
        error->kind = SANDBOX_ERROR_RUNTIME;
        return OC_E_CONFIG;
    }
    return OC_OK;
}

/* The file's own, else the one that was asked for. */
static oc_rc take_timeframe(struct strategy *strategy, struct sandbox_error *error)
{
    const int64_t asked_ns = strategy->config.timeframe_ns;
    struct text text;
    if (!asked_ns || strategy->period_ns == asked_ns)
        return OC_OK;
    text_init_fixed(&text, error->message, sizeof error->message);
    error->kind = SANDBOX_ERROR_RUNTIME;
    if (!bar_period_is_valid(asked_ns)) {
        text_put(&text,
                 "strategy.timeframe (--timeframe): expected a divisor of a day from 1s to 1d, such as 1m, 1h, 1d");
        return OC_E_CONFIG;
    }
    if (strategy->period_ns) {
        text_format(&text,
                    "%s says itself timeframe = %lld s; --timeframe (strategy.timeframe) is for one that names none",
                    strategy->config.file, (long long)(strategy->period_ns / 1000000000));
        return OC_E_CONFIG;
    }
    strategy->period_ns = asked_ns;
    return OC_OK;
}

oc_rc strategy_new(struct engine *engine, const struct strategy_config *config, struct strategy **ret_strategy,
                   struct sandbox_error *ret_error)
{
    struct strategy *strategy = calloc(1, sizeof *strategy);
    if (!strategy)
        return OC_E_NOMEM;
    strategy->engine = engine;
    strategy->config = *config;
    int32_t *refs[] = {&strategy->on_init,        &strategy->on_start,    &strategy->on_stop,
                       &strategy->on_bar,         &strategy->on_quote,    &strategy->on_trade,
                       &strategy->on_book,        &strategy->on_order,    &strategy->on_fill,
                       &strategy->on_save,        &strategy->on_load,     &strategy->names_ref,
                       &strategy->values_ref,     &strategy->on_venue_up, &strategy->on_venue_down,
                       &strategy->on_venue_stale, &strategy->on_resync};
    for (size_t i = 0; i < sizeof refs / sizeof refs[0]; i++)
        *refs[i] = LUA_NOREF;
    text_copy(strategy->file, sizeof strategy->file, config->file);
    oc_rc rc = sandbox_new(&config->limits, config->seed, &strategy->sandbox);
    if (rc < 0) {
        free(strategy);
        return rc;
    }
    strategy->lua = sandbox_lua(strategy->sandbox);
    sandbox_set_nearest(strategy->sandbox, reference_nearest);
    rc = load_text(strategy);
    if (rc == OC_OK)
        rc = strategy_note_origins(strategy, config->notes_origins);
    if (rc < 0)
        *ret_error = *sandbox_error_last(strategy->sandbox);
    else
        rc = check_params(strategy, ret_error);
    if (rc == OC_OK)
        rc = take_timeframe(strategy, ret_error);
    if (rc < 0) {
        strategy_free(strategy);
        return rc;
    }
    if (!strategy->name[0]) { /* the file's name, without its folder and ".lua" */
        const char *slash = strrchr(config->file, '/'), *name = slash ? slash + 1 : config->file;
        const size_t size = strlen(name), end = size > 4 && strcmp(name + size - 4, ".lua") == 0 ? size - 4 : size;
        snprintf(strategy->name, sizeof strategy->name, "%.*s", (int)end, name);
    }
    *ret_strategy = strategy;
    return OC_OK;
}

static oc_rc one_call(struct strategy *strategy, int32_t ref, const char *word)
{
    if (ref == LUA_NOREF)
        return OC_OK;
    oc_rc rc = engine_begin(strategy->engine, strategy->id);
    if (rc < 0)
        return rc;
    if (engine_stops_here(strategy->engine, strategy->id)) {
        rc = OC_E_LIMIT;
    } else {
        if (word)
            lua_pushstring(strategy->lua, word);
        rc = call(strategy, ref, word ? 1 : 0);
        if (rc == OC_OK && engine_is_over(strategy->engine, strategy->id))
            rc = OC_E_STATE;
        if (rc == OC_OK)
            rc = strategy_failed(strategy, state_record_changed(strategy));
    }
    engine_end(strategy->engine, rc == OC_OK);
    if (rc < 0)
        engine_fail(strategy->engine, strategy->id, rc);
    return rc;
}

oc_rc strategy_start(struct strategy *strategy) { return one_call(strategy, strategy->on_start, NULL); }

oc_rc strategy_stop(struct strategy *strategy, const char *reason)
{
    oc_rc rc = OC_OK;
    if (!engine_is_suspended(strategy->engine, strategy->id))
        rc = one_call(strategy, strategy->on_stop, reason);
    strategy_log_settle(strategy);
    return rc;
}

uint32_t strategy_id(const struct strategy *strategy) { return strategy->id; }
const char *strategy_name(const struct strategy *strategy) { return strategy->name; }
int64_t strategy_period_ns(const struct strategy *strategy) { return strategy->period_ns; }
uint32_t strategy_missing(const struct strategy *strategy) { return strategy->missing; }
uint64_t strategy_calls(const struct strategy *strategy) { return strategy->calls; }
struct sandbox *strategy_sandbox(struct strategy *strategy) { return strategy->sandbox; }

void strategy_set_restoring(struct strategy *strategy, bool is_restoring)
{
    const bool is_back = strategy->is_restoring && !is_restoring;
    strategy->is_restoring = is_restoring;
    oc_rc rc = is_back ? restart_come_back(strategy) : OC_OK;
    if (rc == OC_OK && !is_restoring)
        rc = state_hand_over(strategy);
    (void)strategy_failed(strategy, rc);
    if (rc < 0)
        engine_fail(strategy->engine, strategy->id, rc);
}

oc_rc strategy_record(struct strategy *strategy)
{
    oc_rc rc = strategy_failed(strategy, restart_record(strategy));
    if (rc < 0)
        engine_fail(strategy->engine, strategy->id, rc);
    return rc;
}

size_t strategy_params_text(const struct strategy *strategy, char *text, size_t size_max)
{
    struct text out;
    text_init_fixed(&out, text, size_max);
    for (uint32_t i = 0; i < strategy->param_count; i++)
        text_format(&out, "%s=%s\n", strategy->params[i].name, strategy->params[i].text);
    return strlen(text);
}
