/* sandbox.c: making, calling and ending a sandbox. */
#include "script/sandbox_state.h"

#include "base/env.h"
#include "base/random.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct sandbox_limits defaults = {
    .heap_max_bytes = 64u << 20,
    .result_max_bytes = 1u << 20,
    .source_max_bytes = 1u << 20,
    .pattern_steps_max = 10000000,
    .coroutines_max = 1000,
    .work_max = UINT64_MAX,
};

static void take_limits(struct sandbox_limits *limits, const struct sandbox_limits *wanted)
{
    *limits = defaults;
    if (!wanted)
        return;
    limits->allocs_max = wanted->allocs_max;
    limits->deadline_ms = wanted->deadline_ms;
    limits->give_way_ms = wanted->give_way_ms;
    limits->is_by_clock = wanted->is_by_clock;
    if (wanted->heap_max_bytes)
        limits->heap_max_bytes = wanted->heap_max_bytes;
    if (wanted->result_max_bytes)
        limits->result_max_bytes = wanted->result_max_bytes;
    if (wanted->source_max_bytes)
        limits->source_max_bytes = wanted->source_max_bytes;
    if (wanted->pattern_steps_max)
        limits->pattern_steps_max = wanted->pattern_steps_max;
    if (wanted->work_max)
        limits->work_max = wanted->work_max;
    if (wanted->coroutines_max)
        limits->coroutines_max = wanted->coroutines_max;
}

/* The state of a generator must not be zero; one step of a counter mixed well does for any seed. */
void sandbox_seed(struct sandbox *sandbox, uint64_t seed)
{
    for (int at = 0; at < 4; at++)
        sandbox->random[at] = random_next(&seed);
}

/* Only a fault of the host comes here: an API call that may raise, outside sandbox_protect. */
static int on_panic(lua_State *lua)
{
    const char *message = lua_type(lua, -1) == LUA_TSTRING ? lua_tostring(lua, -1) : "no text";
    fprintf(stderr, "outcry: a Lua error outside a protected call: %s\n", message);
    abort();
}

static int lj_open(lua_State *lua)
{
    lua_pushboolean(lua, 1);
    lua_setfield(lua, LUA_REGISTRYINDEX, "message"); /* keeps the word: see error_describe */
    lua_newtable(lua);
    lua_pushvalue(lua, -1);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &sandbox_constants_key);
    open_base(lua);
    open_order(lua);
    open_string(lua);
    open_table(lua);
    open_math(lua);
    open_coroutine(lua);
    open_meta(lua); /* last: it makes the globals out of the constants */
    return 0;
}

oc_rc sandbox_new(const struct sandbox_limits *limits, uint64_t seed, struct sandbox **ret_sandbox)
{
    struct sandbox *sandbox = env_alloc(sizeof *sandbox);
    if (!sandbox)
        return OC_E_NOMEM;
    take_limits(&sandbox->limits, limits);
    sandbox->watch = &sandbox->no_watch;
    sandbox_seed(sandbox, seed);
    lua_State *lua = lua_newstate(heap_alloc, sandbox);
    if (!lua) {
        heap_release(&sandbox->heap);
        env_free(sandbox);
        return OC_E_NOMEM;
    }
    sandbox->lua = sandbox->running = lua;
    *(struct sandbox **)lua_getextraspace(lua) = sandbox;
    lua_atpanic(lua, on_panic);
    lua_pushcfunction(lua, lj_open);
    if (!lua_checkstack(lua, SANDBOX_STACK_SLOTS + LUA_MINSTACK) || lua_pcall(lua, 0, 0, 0) != LUA_OK) {
        sandbox_free(sandbox);
        return OC_E_NOMEM;
    }
    lua_pushcfunction(lua, lj_error_handler);
    assert(lua_gettop(lua) == HANDLER_SLOT);
    *ret_sandbox = sandbox;
    return OC_OK;
}

void sandbox_free(struct sandbox *sandbox)
{
    if (!sandbox)
        return;
    lua_close(sandbox->lua);
    heap_release(&sandbox->heap);
    source_release(sandbox);
    env_free(sandbox);
}

lua_State *sandbox_lua(struct sandbox *sandbox) { return sandbox->lua; }
const struct sandbox_error *sandbox_error_last(const struct sandbox *sandbox) { return &sandbox->error; }
bool sandbox_is_stopped(const struct sandbox *sandbox) { return sandbox->stop != STOP_NONE; }

/* A raise may have passed close_coroutine between its two counts, hence nesting. Hooks left on coroutines take
 * themselves off: see lj_stop_hook. */
oc_rc sandbox_recover(struct sandbox *sandbox)
{
    assert(!sandbox_is_running(sandbox));
    __atomic_store_n(&sandbox->wants_interrupt, 0, __ATOMIC_RELAXED);
    if (sandbox->stop == STOP_MEMORY)
        return OC_E_STATE;
    sandbox->stop = STOP_NONE;
    sandbox->running = sandbox->lua;
    sandbox->nesting = 0;
    sandbox->work = 0;
    lua_sethook(sandbox->lua, NULL, 0, 0);
    return OC_OK;
}

void sandbox_set_limits(struct sandbox *sandbox, uint32_t deadline_ms, size_t heap_max_bytes)
{
    sandbox->limits.deadline_ms = deadline_ms;
    sandbox->limits.heap_max_bytes = heap_max_bytes ? heap_max_bytes : defaults.heap_max_bytes;
}

void sandbox_set_print(struct sandbox *sandbox, sandbox_print_fn fn, void *arg)
{
    sandbox->print = fn;
    sandbox->print_arg = arg;
}

void sandbox_set_nearest(struct sandbox *sandbox, sandbox_nearest_fn fn) { sandbox->nearest = fn; }

void sandbox_set_require(struct sandbox *sandbox, sandbox_require_fn fn, void *arg)
{
    sandbox->require = fn;
    sandbox->require_arg = arg;
}

static oc_rc report_stop(struct sandbox *sandbox)
{
    struct sandbox_error *error = &sandbox->error;
    if (sandbox->stop == STOP_DEADLINE) {
        error->kind = SANDBOX_ERROR_DEADLINE;
        if (sandbox->work > sandbox->limits.work_max)
            snprintf(error->message, sizeof error->message, "needs more work than its limit of %llu units",
                     (unsigned long long)sandbox->limits.work_max);
        else
            snprintf(error->message, sizeof error->message, "ran longer than its deadline of %u ms",
                     (unsigned)sandbox->limits.deadline_ms);
        return OC_E_LIMIT;
    }
    if (sandbox->stop == STOP_INTERRUPT) {
        error->kind = SANDBOX_ERROR_INTERRUPT;
        snprintf(error->message, sizeof error->message, "interrupted");
        return OC_E_LIMIT;
    }
    error->kind = SANDBOX_ERROR_MEMORY;
    if (sandbox->is_text_long)
        snprintf(error->message, sizeof error->message, "made a text longer than %d bytes", SANDBOX_TEXT_MAX);
    else
        snprintf(error->message, sizeof error->message, "needs more memory than its limit of %zu bytes",
                 sandbox->limits.heap_max_bytes);
    return OC_E_NOMEM;
}

/* The stack is as it was below the function. */
static oc_rc explain(struct sandbox *sandbox, int status, int base)
{
    lua_State *lua = sandbox->lua;
    struct sandbox_error *error = &sandbox->error;
    sandbox->running = lua;
    bool is_captured = sandbox->has_error;
    oc_rc rc = OC_E_INVALID;
    sandbox->has_error = true; /* so that the next call forgets it */
    if (sandbox->stop != STOP_NONE) {
        if (!is_captured)
            memset(error, 0, sizeof *error);
        rc = report_stop(sandbox);
    } else if (status == LUA_ERRRUN && is_captured) {
        if (error->kind == SANDBOX_ERROR_SYNTAX)
            rc = OC_E_DATA;
        else
            error->kind = SANDBOX_ERROR_RUNTIME;
    } else {
        if (!is_captured)
            memset(error, 0, sizeof *error);
        error->kind = status == LUA_ERRMEM ? SANDBOX_ERROR_MEMORY : SANDBOX_ERROR_HANDLER;
        rc = status == LUA_ERRMEM ? OC_E_NOMEM : OC_E_INVALID;
        error_describe(sandbox, lua, -1);
    }
    lua_settop(lua, base);
    return rc;
}

/* What it adds to lua_pcall is paid for each event of the market: two stores, a count and two
 * comparisons. */
oc_rc sandbox_call(struct sandbox *sandbox, int nargs, int nresults)
{
    lua_State *lua = sandbox->lua;
    struct sandbox_watch *watch = sandbox->watch;
    assert(!watch->current);
    if (__builtin_expect(sandbox->stop != STOP_NONE, 0)) {
        lua_pop(lua, nargs + 1);
        return OC_E_STATE;
    }
    if (__builtin_expect(sandbox->has_error, 0))
        error_forget(sandbox);
    const int base = lua_gettop(lua) - nargs - 1;
    watch->seq = watch->seq + 1;
    watch->current = sandbox;
    int status = lua_pcall(lua, nargs, nresults, HANDLER_SLOT);
    watch->current = NULL;
    if (__builtin_expect(status == LUA_OK && sandbox->stop == STOP_NONE, 1))
        return OC_OK;
    return explain(sandbox, status, base);
}

oc_rc sandbox_protect(struct sandbox *sandbox, lua_CFunction fn, void *arg)
{
    lua_pushcfunction(sandbox->lua, fn);
    lua_pushlightuserdata(sandbox->lua, arg);
    return sandbox_call(sandbox, 1, 0);
}

struct load {
    const char *text;
    size_t size;
    const char *name;
};

static int lj_load(lua_State *lua)
{
    const struct load *load = lua_touserdata(lua, 1);
    source_compile(lua, load->text, load->size, load->name);
    lua_call(lua, 0, 0);
    return 0;
}

oc_rc sandbox_load(struct sandbox *sandbox, const char *text, size_t size, const char *name)
{
    struct load load = {text, size, name};
    return sandbox_protect(sandbox, lj_load, &load);
}
