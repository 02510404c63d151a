/* lua_coroutine.c: coroutines that a stop passes through, counted and with their nesting bounded.
 */
#include "script/sandbox_state.h"

#include <string.h>

static const char alive_key = 0; /* registry: coroutine -> true, weak so that abandoned ones go */

static lua_State *check_coroutine(lua_State *lua)
{
    lua_State *co = lua_tothread(lua, 1);
    luaL_argexpected(lua, co, 1, "coroutine");
    return co;
}

/* The coroutine that executes is noted before the stop is looked at: the signal comes either before
 * (then it is seen here) or after (then it sets the hook on the right one). */
static void enter(lua_State *lua, struct sandbox *sandbox, lua_State *co)
{
    sandbox->running = co;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (sandbox->stop != STOP_NONE) {
        sandbox->running = lua;
        sandbox_raise_stop(lua);
    }
}

static void leave(lua_State *lua, struct sandbox *sandbox, int status)
{
    sandbox->running = lua;
    __atomic_signal_fence(__ATOMIC_SEQ_CST);
    if (status == LUA_ERRMEM)
        sandbox_stop_now(sandbox, STOP_MEMORY);
    sandbox_check(lua, sandbox);
}

static bool is_fresh_or_dead(lua_State *co) { return lua_status(co) == LUA_OK; }

/* The number of results on the stack of `lua`, or -1 and the error there. */
static int resume(lua_State *lua, lua_State *co, int nargs)
{
    struct sandbox *sandbox = sandbox_of(lua);
    if (!lua_checkstack(co, nargs)) {
        lua_pushliteral(lua, "too many arguments to resume");
        return -1;
    }
    lua_xmove(lua, co, nargs);
    int nresults; /* said where it ends or yields */
    enter(lua, sandbox, co);
    int status = lua_resume(co, lua, nargs, &nresults);
    leave(lua, sandbox, status);
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, lua, 1);
        return -1;
    }
    if (status == LUA_OK && sandbox->coroutines > 0)
        sandbox->coroutines--;
    if (!lua_checkstack(lua, nresults + 1)) {
        lua_pop(co, nresults);
        lua_pushliteral(lua, "too many results to resume");
        return -1;
    }
    lua_xmove(co, lua, nresults);
    return nresults;
}

static int lj_resume(lua_State *lua)
{
    lua_State *co = check_coroutine(lua);
    int count = resume(lua, co, lua_gettop(lua) - 1);
    lua_pushboolean(lua, count >= 0);
    if (count < 0) {
        error_forget(sandbox_of(lua));
        lua_insert(lua, -2);
        return 2;
    }
    lua_insert(lua, -(count + 1));
    return count + 1;
}

/* Runs what is pending in __close of a coroutine. Each such call starts to count the C stack anew,
 * hence a count of our own. */
static int close_coroutine(lua_State *lua, lua_State *co)
{
    struct sandbox *sandbox = sandbox_of(lua);
    if (sandbox->nesting >= SANDBOX_NESTING_MAX)
        luaL_error(lua, "coroutines closed within each other more than %d deep", SANDBOX_NESTING_MAX);
    sandbox->nesting++;
    enter(lua, sandbox, co);
    int status = lua_resetthread(co);
    sandbox->nesting--;
    leave(lua, sandbox, status);
    return status;
}

static int lj_wrapped(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_State *co = lua_tothread(lua, lua_upvalueindex(1));
    int count = resume(lua, co, lua_gettop(lua));
    if (count >= 0)
        return count;
    int status = lua_status(co);
    if (status != LUA_OK && status != LUA_YIELD) { /* it died of the error: report its place, not this one */
        if (!sandbox->has_inner_error) {
            sandbox->has_error = false;
            error_capture(sandbox, co, true);
            sandbox->has_inner_error = sandbox->error.line > 0; /* after tail calls there is none */
        }
        lua_xmove(lua, co, 1); /* where closing looks for it, and leaves it or what replaces it */
        close_coroutine(lua, co);
        lua_xmove(co, lua, 1);
    }
    return lua_error(lua);
}

/* The count is raised by each new one and falls when one ends. Abandoned ones are found only by
 * counting what the collector leaves, which gives the same number in each run because nothing is
 * left that was not reachable. */
static void count_alive(lua_State *lua, struct sandbox *sandbox)
{
    lua_gc(lua, LUA_GCCOLLECT);
    uint32_t count = 0;
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &alive_key);
    for (lua_pushnil(lua); lua_next(lua, -2); lua_pop(lua, 1)) {
        lua_State *co = lua_tothread(lua, -2);
        if (lua_status(co) == LUA_YIELD || (lua_status(co) == LUA_OK && lua_gettop(co) > 0))
            count++;
    }
    lua_pop(lua, 1);
    sandbox->coroutines = count;
}

static int lj_create(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    luaL_checktype(lua, 1, LUA_TFUNCTION);
    if (sandbox->coroutines >= sandbox->limits.coroutines_max)
        count_alive(lua, sandbox);
    if (sandbox->coroutines >= sandbox->limits.coroutines_max)
        return luaL_error(lua, "more than %d coroutines alive", (int)sandbox->limits.coroutines_max);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &alive_key);
    lua_State *co = lua_newthread(lua);
    lua_pushvalue(lua, -1);
    lua_pushboolean(lua, 1);
    lua_rawset(lua, -4);
    lua_pushvalue(lua, 1);
    lua_xmove(lua, co, 1);
    sandbox->coroutines++;
    return 1;
}

static int lj_wrap(lua_State *lua)
{
    lj_create(lua);
    lua_pushcclosure(lua, lj_wrapped, 1);
    return 1;
}

static int lj_yield(lua_State *lua) { return lua_yield(lua, lua_gettop(lua)); }

static const char *status_of(lua_State *lua, lua_State *co)
{
    if (lua == co)
        return "running";
    if (lua_status(co) == LUA_YIELD)
        return "suspended";
    if (!is_fresh_or_dead(co))
        return "dead";
    lua_Debug record;
    if (lua_getstack(co, 0, &record))
        return "normal"; /* it has resumed another */
    return lua_gettop(co) == 0 ? "dead" : "suspended";
}

static int lj_status(lua_State *lua)
{
    lua_pushstring(lua, status_of(lua, check_coroutine(lua)));
    return 1;
}

static int lj_running(lua_State *lua)
{
    lua_pushboolean(lua, lua_pushthread(lua));
    return 2;
}

static int lj_isyieldable(lua_State *lua)
{
    lua_State *co = lua_isnone(lua, 1) ? lua : check_coroutine(lua);
    lua_pushboolean(lua, lua_isyieldable(co));
    return 1;
}

static int lj_close(lua_State *lua)
{
    lua_State *co = check_coroutine(lua);
    const char *state = status_of(lua, co);
    if (strcmp(state, "suspended") != 0 && strcmp(state, "dead") != 0)
        return luaL_error(lua, "cannot close a %s coroutine", state);
    if (close_coroutine(lua, co) == LUA_OK) {
        lua_pushboolean(lua, 1);
        return 1;
    }
    lua_pushboolean(lua, 0);
    lua_xmove(co, lua, 1);
    return 2;
}

static const luaL_Reg functions[] = {
    {"create", lj_create}, {"wrap", lj_wrap},       {"resume", lj_resume}, {"yield", lj_yield},
    {"status", lj_status}, {"running", lj_running}, {"close", lj_close},   {"isyieldable", lj_isyieldable},
    {NULL, NULL},
};

void open_coroutine(lua_State *lua)
{
    lua_newtable(lua);
    lua_createtable(lua, 0, 1);
    lua_pushliteral(lua, "k");
    lua_setfield(lua, -2, "__mode");
    lua_setmetatable(lua, -2);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &alive_key);
    open_lib(lua, "coroutine", functions);
}
