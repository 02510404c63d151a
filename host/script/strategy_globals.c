/* strategy_globals.c: global variables that callbacks have changed and nothing saves: after a restart they begin anew, and
 * that is said with their names.
 *
 * Only of a strategy that keeps nothing: neither in m and state, but for indicators, nor by on_save. Compared is with what
 * they held when on_init had returned, as that comes back. A change within a table is not seen, but for the first field of
 * an empty one; local variables are not either. A name is told once. */
#include <string.h>

#include "script/strategy_impl.h"

enum { SHOWN_NAME_MAX = 64 };

/* Name and value stand on the top. Of tables it is compared which one it is, and whether an empty one still is. */
static void watch(lua_State *lua, struct strategy *strategy)
{
    if (lua_type(lua, -2) != LUA_TSTRING || strategy->global_count == STRATEGY_GLOBALS_MAX)
        return;
    if (readonly_inner(lua, -1)) { /* parameters */
        lua_pop(lua, 1);
        return;
    }
    struct watched_global *global = &strategy->globals[strategy->global_count++];
    *global = (struct watched_global){0};
    lua_pushvalue(lua, -2);
    global->name_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    if (!lua_istable(lua, -1))
        return;
    lua_pushnil(lua);
    global->was_empty = lua_next(lua, -2) == 0;
    if (!global->was_empty)
        lua_pop(lua, 2);
}

void globals_note_begun(lua_State *lua, struct strategy *strategy)
{
    lua_newtable(lua);
    int values = lua_gettop(lua);
    lua_newtable(lua); /* what the strategy lets go of is not kept alive by us */
    lua_pushliteral(lua, "v");
    lua_setfield(lua, -2, "__mode");
    lua_setmetatable(lua, values);
    for (uint32_t i = 0; i < strategy->global_count; i++)
        luaL_unref(lua, LUA_REGISTRYINDEX, strategy->globals[i].name_ref);
    strategy->global_count = 0;
    lua_pushglobaltable(lua);
    for (lua_pushnil(lua); lua_next(lua, values + 1); lua_pop(lua, 1)) {
        if (lua_isfunction(lua, -1))
            continue;
        lua_pushvalue(lua, -2);
        lua_pushvalue(lua, -2);
        lua_rawset(lua, values);
        watch(lua, strategy);
    }
    lua_settop(lua, values);
    luaL_unref(lua, LUA_REGISTRYINDEX, strategy->values_ref);
    strategy->values_ref = luaL_ref(lua, LUA_REGISTRYINDEX);
    strategy->globals_made = strategy->sandbox->globals_made;
    strategy->watches_globals = strategy->on_save == LUA_NOREF;
}

/* A value beside the indicators: the strategy keeps there what it needs, and its globals are for the rest. */
static bool keeps_something(lua_State *lua, int32_t ref)
{
    bool keeps = false;
    lua_rawgeti(lua, LUA_REGISTRYINDEX, ref);
    int table = lua_gettop(lua);
    for (lua_pushnil(lua); !keeps && lua_next(lua, table); lua_pop(lua, 1))
        keeps = !api_is_made_in_init(lua, -1);
    lua_settop(lua, table - 1);
    return keeps;
}

static bool saves_tables(lua_State *lua, const struct strategy *strategy)
{
    bool saves = keeps_something(lua, strategy->state_ref);
    for (uint32_t i = 0; i < strategy->market_count && !saves; i++)
        saves = keeps_something(lua, strategy->markets[i]->data_ref);
    return saves;
}

static bool is_named(const struct strategy *strategy, const char *name)
{
    const size_t size = strlen(name);
    for (const char *at = strategy->globals_named; *at;) {
        const size_t length = strcspn(at, ",");
        if (length == size && memcmp(at, name, size) == 0)
            return true;
        at += length;
        at += strspn(at, ", ");
    }
    return false;
}

/* What it holds stands on the top, what it held in the beginning below. One that holds nothing now, or a function, has
 * nothing to lose; so it does not matter either whether the collector has been there. */
static bool is_changed(lua_State *lua, bool was_empty)
{
    if (lua_isnil(lua, -1) || lua_isfunction(lua, -1))
        return false;
    if (!lua_rawequal(lua, -1, -2))
        return true;
    if (!was_empty || !lua_istable(lua, -1))
        return false;
    lua_pushnil(lua);
    if (lua_next(lua, -2) == 0)
        return false;
    lua_pop(lua, 2);
    return true;
}

static bool was_empty(lua_State *lua, const struct strategy *strategy, const char *name)
{
    for (uint32_t i = 0; i < strategy->global_count; i++) {
        const struct watched_global *global = &strategy->globals[i];
        lua_rawgeti(lua, LUA_REGISTRYINDEX, global->name_ref);
        bool is_it = strcmp(lua_tostring(lua, -1), name) == 0;
        lua_pop(lua, 1);
        if (is_it)
            return global->was_empty;
    }
    return false;
}

/* The first by bytes that has changed and is not named yet; NULL: none. Borrowed: the table holds it. */
static const char *next_changed(lua_State *lua, const struct strategy *strategy)
{
    const char *found = NULL;
    int top = lua_gettop(lua);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->values_ref);
    lua_pushglobaltable(lua);
    for (lua_pushnil(lua); lua_next(lua, top + 2); lua_pop(lua, 1)) {
        sandbox_work(lua, strategy->sandbox, 1);
        const char *name = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : NULL;
        if (!name || strlen(name) >= SHOWN_NAME_MAX || strchr(name, ',') || (found && strcmp(name, found) >= 0) ||
            is_named(strategy, name))
            continue;
        lua_pushvalue(lua, -2);
        lua_rawget(lua, top + 1);
        lua_pushvalue(lua, -2);
        if (is_changed(lua, was_empty(lua, strategy, name)))
            found = name;
        lua_pop(lua, 2);
    }
    lua_settop(lua, top);
    return found;
}

static void mark_named(lua_State *lua, struct strategy *strategy)
{
    for (uint32_t i = 0; i < strategy->global_count; i++) {
        lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->globals[i].name_ref);
        strategy->globals[i].is_named = is_named(strategy, lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
}

void globals_record(lua_State *lua, struct strategy *strategy)
{
    char *named = strategy->globals_named;
    const char *name;
    size_t before = strlen(named), size = before;
    bool fits = true;
    strategy->globals_made = strategy->sandbox->globals_made;
    if (saves_tables(lua, strategy)) {
        strategy->watches_globals = false;
        return;
    }
    while (fits && (name = next_changed(lua, strategy)) != NULL) {
        const size_t needed = strlen(name) + (size ? 2 : 0);
        fits = size + needed < STRATEGY_GLOBALS_TEXT;
        if (!fits)
            break;
        strcat(strcat(named, size ? ", " : ""), name);
        size += needed;
    }
    strategy->watches_globals = fits; /* those are enough to be told */
    mark_named(lua, strategy);
    if (size > before)
        restart_put(lua, strategy, STATE_KEY_GLOBALS, named, size);
}

bool globals_have_changed(const struct strategy *strategy)
{
    lua_State *lua = strategy->lua;
    if (!strategy->watches_globals)
        return false;
    bool has_changed = strategy->globals_made != strategy->sandbox->globals_made;
    if (!strategy->global_count || has_changed)
        return has_changed;
    int top = lua_gettop(lua);
    lua_pushglobaltable(lua);
    lua_rawgeti(lua, LUA_REGISTRYINDEX, strategy->values_ref);
    for (uint32_t i = 0; i < strategy->global_count && !has_changed; i++) {
        const struct watched_global *global = &strategy->globals[i];
        if (global->is_named)
            continue;
        lua_rawgeti(lua, LUA_REGISTRYINDEX, global->name_ref);
        lua_pushvalue(lua, -1);
        lua_rawget(lua, top + 2);
        lua_insert(lua, -2);
        lua_rawget(lua, top + 1);
        has_changed = is_changed(lua, global->was_empty);
        lua_settop(lua, top + 2);
    }
    lua_settop(lua, top);
    return has_changed;
}

static int lj_mark_named(lua_State *lua)
{
    mark_named(lua, lua_touserdata(lua, 1));
    return 0;
}

bool globals_take(struct strategy *strategy, const char *text, size_t size)
{
    if (size >= sizeof strategy->globals_named)
        return false;
    memset(strategy->globals_named, 0, sizeof strategy->globals_named);
    memcpy(strategy->globals_named, text, size);
    return sandbox_protect(strategy->sandbox, lj_mark_named, strategy) == OC_OK;
}

void globals_name(struct strategy *strategy)
{
    char line[STRATEGY_GLOBALS_TEXT + 128];
    struct text text;
    if (!strategy->globals_named[0] || strategy->is_told_globals)
        return;
    strategy->is_told_globals = true;
    text_init_fixed(&text, line, sizeof line);
    text_format(&text, "global variables begin anew: %s; what must come back is kept in m or state, or by on_save",
                strategy->globals_named);
    restart_not_back(strategy, line);
}
