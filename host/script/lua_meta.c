/* lua_meta.c: metatables without finalisers and weak tables, read-only views, and the globals.
 *
 * A finaliser runs with hooks off, so it could never be stopped; a weak table shows when the
 * collector has run, so it could not be replayed. Lua looks for __gc once, in setmetatable, but for
 * __mode at each collection. So a table that serves as a metatable gets itself a guard (a metatable
 * with our __newindex) that refuses both names from then on. If it has a metatable already, the
 * guard is a copy of that one: later changes in it are not seen. */
#include "script/sandbox_state.h"

#include <string.h>

const char sandbox_constants_key = 0;
static const char guard_key = 0; /* in a guard: the metatable that the script believes in, or false */
static const char inner_key = 0; /* in the metatable of a read-only view: the table behind it */
static const char plain_key = 0; /* registry: the guard of tables that have no metatable */

static bool is_refused_name(lua_State *lua, int index)
{
    if (lua_type(lua, index) != LUA_TSTRING)
        return false;
    const char *name = lua_tostring(lua, index);
    return strcmp(name, "__gc") == 0 || strcmp(name, "__mode") == 0;
}

static int refuse_name(lua_State *lua, int index)
{
    return luaL_error(lua, "%s is not allowed: finalisers and weak tables cannot be stopped or replayed",
                      lua_tostring(lua, index));
}

/* Upvalue 1: the script's own __newindex, or nil. */
static int lj_guard_newindex(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (is_refused_name(lua, 2))
        return refuse_name(lua, 2);
    lua_settop(lua, 3);
    if (lua_isnil(lua, lua_upvalueindex(1))) {
        lua_rawset(lua, 1);
    } else if (lua_isfunction(lua, lua_upvalueindex(1))) {
        lua_pushvalue(lua, lua_upvalueindex(1));
        lua_insert(lua, 1);
        lua_call(lua, 3, 0);
    } else {
        lua_settable(lua, lua_upvalueindex(1));
    }
    return 0;
}

/* Makes a guard of what is on the top (the logical metatable, or nil) and leaves it instead. */
static void push_guard(lua_State *lua)
{
    int logical = lua_gettop(lua);
    lua_newtable(lua);
    if (lua_istable(lua, logical)) {
        for (lua_pushnil(lua); lua_next(lua, logical);) {
            lua_pushvalue(lua, -2);
            lua_insert(lua, -2);
            lua_rawset(lua, -4);
        }
        lua_pushliteral(lua, "__newindex");
        lua_rawget(lua, logical);
        lua_pushvalue(lua, logical);
    } else {
        lua_pushnil(lua);
        lua_pushboolean(lua, 0);
    }
    lua_rawsetp(lua, -3, &guard_key);
    lua_pushcclosure(lua, lj_guard_newindex, 1);
    lua_setfield(lua, -2, "__newindex");
    lua_replace(lua, logical);
}

/* True if the table at `index` already serves as a metatable, and so was checked and is guarded. */
static bool is_serving(lua_State *lua, int index)
{
    if (!lua_getmetatable(lua, index))
        return false;
    int type = lua_rawgetp(lua, -1, &guard_key);
    lua_pop(lua, 2);
    return type != LUA_TNIL;
}

/* Leaves the metatable that the script believes in on the top, or nil; what was asked on the way lies below. */
static void push_logical(lua_State *lua, int index)
{
    if (!lua_getmetatable(lua, index)) {
        lua_pushnil(lua);
        return;
    }
    int type = lua_rawgetp(lua, -1, &guard_key);
    if (type == LUA_TNIL)
        lua_pop(lua, 1);
    else if (type == LUA_TBOOLEAN)
        lua_pushnil(lua);
}

static void check_absent(lua_State *lua, int index, const char *name)
{
    lua_pushstring(lua, name);
    lua_pushvalue(lua, -1);
    lua_rawget(lua, index);
    if (!lua_isnil(lua, -1))
        refuse_name(lua, -2);
    lua_pop(lua, 2);
}

static void begin_serving(lua_State *lua, int index)
{
    check_absent(lua, index, "__gc");
    check_absent(lua, index, "__mode");
    if (lua_getmetatable(lua, index)) {
        push_guard(lua);
    } else {
        lua_rawgetp(lua, LUA_REGISTRYINDEX, &plain_key);
    }
    lua_setmetatable(lua, index);
}

static int lj_setmetatable(lua_State *lua)
{
    int type = lua_type(lua, 2);
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_argexpected(lua, type == LUA_TNIL || type == LUA_TTABLE, 2, "nil or table");
    lua_settop(lua, 2);
    if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
        return luaL_error(lua, "cannot change a protected metatable");
    if (type == LUA_TTABLE && !is_serving(lua, 2))
        begin_serving(lua, 2);
    if (is_serving(lua, 1)) /* asked after the line above: a table may be its own metatable */
        push_guard(lua);
    lua_setmetatable(lua, 1);
    lua_settop(lua, 1);
    return 1;
}

static int lj_getmetatable(lua_State *lua)
{
    luaL_checkany(lua, 1);
    if (luaL_getmetafield(lua, 1, "__metatable") != LUA_TNIL)
        return 1;
    push_logical(lua, 1);
    return 1;
}

bool readonly_inner(lua_State *lua, int index)
{
    if (!lua_istable(lua, index) || !lua_getmetatable(lua, index))
        return false;
    if (lua_rawgetp(lua, -1, &inner_key) == LUA_TTABLE) {
        lua_remove(lua, -2);
        return true;
    }
    lua_pop(lua, 2);
    return false;
}

static int refuse_constant(lua_State *lua, int index)
{
    return luaL_error(lua, "cannot assign '%s': it is part of the library", lua_tostring(lua, index));
}

static int lj_rawset(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_checkany(lua, 2);
    luaL_checkany(lua, 3);
    lua_settop(lua, 3);
    if (is_refused_name(lua, 2))
        return refuse_name(lua, 2);
    if (readonly_inner(lua, 1))
        return luaL_error(lua, "cannot change a read-only table");
    lua_rawgeti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    if (lua_rawequal(lua, 1, -1) && lua_type(lua, 2) == LUA_TSTRING && sandbox_is_constant(lua, lua_tostring(lua, 2)))
        return refuse_constant(lua, 2);
    lua_pop(lua, 1);
    lua_rawset(lua, 1);
    return 1;
}

static int lj_readonly_newindex(lua_State *lua)
{
    const char *key = lua_type(lua, 2) == LUA_TSTRING ? lua_tostring(lua, 2) : luaL_typename(lua, 2);
    return luaL_error(lua, "cannot assign field '%s' of a read-only table", key);
}

static int lj_readonly_len(lua_State *lua)
{
    lua_pushinteger(lua, readonly_inner(lua, 1) ? (lua_Integer)lua_rawlen(lua, -1) : 0);
    return 1;
}

void sandbox_readonly(lua_State *lua)
{
    int inner = lua_gettop(lua);
    lua_newtable(lua); /* the view: always empty, so that each access comes to the metatable */
    lua_createtable(lua, 0, 6);
    lua_pushvalue(lua, inner);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, lj_readonly_newindex);
    lua_setfield(lua, -2, "__newindex");
    lua_pushcfunction(lua, lj_readonly_len);
    lua_setfield(lua, -2, "__len");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pushvalue(lua, inner);
    lua_rawsetp(lua, -2, &inner_key);
    lua_setmetatable(lua, -2);
    lua_replace(lua, inner);
}

void sandbox_set_constant(lua_State *lua, const char *name)
{
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &sandbox_constants_key);
    lua_insert(lua, -2);
    lua_setfield(lua, -2, name);
    lua_pop(lua, 1);
}

static void push_lib(lua_State *lua, const luaL_Reg *functions)
{
    lua_newtable(lua);
    luaL_setfuncs(lua, functions, 0);
    sandbox_readonly(lua);
}

void open_lib(lua_State *lua, const char *name, const luaL_Reg *functions)
{
    push_lib(lua, functions);
    lua_setfield(lua, -2, name);
}

void sandbox_register_lib(lua_State *lua, const char *name, const luaL_Reg *functions)
{
    push_lib(lua, functions);
    sandbox_set_constant(lua, name);
}

bool sandbox_is_constant(lua_State *lua, const char *name)
{
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &sandbox_constants_key);
    lua_pushstring(lua, name);
    bool is_constant = lua_rawget(lua, -2) != LUA_TNIL;
    lua_pop(lua, 2);
    return is_constant;
}

int sandbox_raise(lua_State *lua, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    luaL_where(lua, 1);
    lua_pushvfstring(lua, format, args);
    va_end(args);
    lua_concat(lua, 2);
    return lua_error(lua);
}

static int lj_globals_newindex(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (lua_type(lua, 2) == LUA_TSTRING && sandbox_is_constant(lua, lua_tostring(lua, 2)))
        return refuse_constant(lua, 2);
    sandbox_of(lua)->globals_made++;
    lua_settop(lua, 3);
    lua_rawset(lua, 1);
    return 0;
}

static const luaL_Reg functions[] = {
    {"setmetatable", lj_setmetatable},
    {"getmetatable", lj_getmetatable},
    {"rawset", lj_rawset},
    {NULL, NULL},
};

void open_meta(lua_State *lua)
{
    luaL_setfuncs(lua, functions, 0);
    lua_pushnil(lua);
    push_guard(lua);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &plain_key);

    lua_newtable(lua); /* the globals of the script */
    lua_pushvalue(lua, -1);
    lua_setfield(lua, -3, "_G");
    lua_newtable(lua);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushcfunction(lua, lj_globals_newindex);
    lua_setfield(lua, -2, "__newindex");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_setmetatable(lua, -2);
    lua_rawseti(lua, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
}
