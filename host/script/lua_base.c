/* lua_base.c: the basic functions. Protected calls that no stop gets lost in, printing and
 * requiring through the host, and tostring without addresses. */
#include "script/sandbox_state.h"

#include <lualib.h>

#include <string.h>

static const char ids_key = 0;     /* registry: object -> id, weak so that asking keeps nothing alive */
static const char modules_key = 0; /* registry: name -> result of require, or false while it loads */

enum { MODULE_NAME_MAX = 100 };

/* The stop of a call goes through each pcall; a failed allocation too, for the heap is at its end.
 */
static void pass_stop(lua_State *lua, int status)
{
    struct sandbox *sandbox = sandbox_of(lua);
    sandbox_check(lua, sandbox);
    if (status == LUA_ERRMEM) {
        sandbox_stop_now(sandbox, STOP_MEMORY);
        sandbox_raise_stop(lua);
    }
    error_forget(sandbox);
}

static int finish_pcall(lua_State *lua, int status, lua_KContext extra)
{
    sandbox_check(lua, sandbox_of(lua));
    if (status != LUA_OK && status != LUA_YIELD) {
        pass_stop(lua, status);
        lua_pushboolean(lua, 0);
        lua_pushvalue(lua, -2);
        return 2;
    }
    return lua_gettop(lua) - (int)extra;
}

static int lj_pcall(lua_State *lua)
{
    luaL_checkany(lua, 1);
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);
    int status = lua_pcallk(lua, lua_gettop(lua) - 2, LUA_MULTRET, 0, 0, finish_pcall);
    return finish_pcall(lua, status, 0);
}

static int finish_handler(lua_State *lua, int status, lua_KContext extra)
{
    (void)extra;
    pass_stop(lua, status); /* of the handler; what it was called for has been forgotten */
    lua_pushboolean(lua, 0);
    lua_insert(lua, 3);
    return lua_gettop(lua) - 2;
}

/* Stack: true, handler, results … The handler runs after the stack was unwound, as ordinary script
 * code: one that ran where the error is could not be stopped safely at the end of the C stack. */
static int finish_xpcall(lua_State *lua, int status, lua_KContext extra)
{
    sandbox_check(lua, sandbox_of(lua));
    if (status == LUA_OK || status == LUA_YIELD)
        return lua_gettop(lua) - (int)extra;
    pass_stop(lua, status);
    lua_replace(lua, 1);
    lua_settop(lua, 2);
    lua_pushvalue(lua, 2);
    lua_pushvalue(lua, 1);
    status = lua_pcallk(lua, 1, LUA_MULTRET, 0, 0, finish_handler);
    return finish_handler(lua, status, 0);
}

static int lj_xpcall(lua_State *lua)
{
    luaL_checktype(lua, 2, LUA_TFUNCTION);
    int nargs = lua_gettop(lua) - 2;
    lua_pushboolean(lua, 1);
    lua_insert(lua, 1);     /* true f h args */
    lua_rotate(lua, 2, -1); /* true h args f */
    lua_insert(lua, 3);     /* true h f args */
    lua_pushboolean(lua, 1);
    lua_insert(lua, 3); /* true h true f args: results follow a true */
    int status = lua_pcallk(lua, nargs, LUA_MULTRET, 0, 2, finish_xpcall);
    return finish_xpcall(lua, status, 2);
}

lua_Integer sandbox_object_id(lua_State *lua, int index)
{
    struct sandbox *sandbox = sandbox_of(lua);
    index = lua_absindex(lua, index);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &ids_key);
    lua_pushvalue(lua, index);
    lua_rawget(lua, -2);
    lua_Integer id = lua_tointeger(lua, -1);
    if (id == 0) {
        lua_pushvalue(lua, index);
        lua_pushinteger(lua, sandbox->object_ids + 1);
        lua_rawset(lua, -4);
        id = ++sandbox->object_ids;
    }
    lua_pop(lua, 2);
    return id;
}

const char *sandbox_tostring(lua_State *lua, int index, size_t *ret_size)
{
    index = lua_absindex(lua, index);
    int type = lua_type(lua, index);
    if (type == LUA_TNIL || type == LUA_TBOOLEAN || type == LUA_TNUMBER || type == LUA_TSTRING)
        return luaL_tolstring(lua, index, ret_size); /* of these types it shows no address */
    if (luaL_callmeta(lua, index, "__tostring")) {
        if (!lua_isstring(lua, -1))
            luaL_error(lua, "'__tostring' must return a string");
        return lua_tolstring(lua, -1, ret_size);
    }
    const char *name = lua_typename(lua, type);
    int named = luaL_getmetafield(lua, index, "__name");
    if (named == LUA_TSTRING)
        name = lua_tostring(lua, -1);
    if (type == LUA_TLIGHTUSERDATA)
        lua_pushstring(lua, name);
    else
        lua_pushfstring(lua, "%s: %I", name, (LUAI_UACINT)sandbox_object_id(lua, index));
    if (named != LUA_TNIL)
        lua_remove(lua, -2);
    return lua_tolstring(lua, -1, ret_size);
}

static int lj_tostring(lua_State *lua)
{
    luaL_checkany(lua, 1);
    sandbox_tostring(lua, 1, NULL);
    return 1;
}

static int lj_print(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    char text[SANDBOX_PRINT_MAX];
    size_t used = 0;
    int count = lua_gettop(lua);
    for (int index = 1; index <= count && used < sizeof text; index++) {
        size_t size;
        const char *part = sandbox_tostring(lua, index, &size);
        if (index > 1)
            text[used++] = '\t';
        if (size > sizeof text - used)
            size = sizeof text - used;
        memcpy(text + used, part, size);
        used += size;
        lua_pop(lua, 1);
    }
    if (sandbox->print)
        sandbox->print(sandbox->print_arg, text, used);
    return 0;
}

static int lj_collectgarbage(lua_State *lua)
{
    static const char *const options[] = {"count", NULL};
    luaL_checkoption(lua, 1, "count", options);
    lua_pushnumber(lua, (lua_Number)sandbox_heap_bytes(sandbox_of(lua)) / 1024);
    return 1;
}

static void check_module_name(lua_State *lua, const char *name, size_t size)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.";
    if (size == 0 || size > MODULE_NAME_MAX || strspn(name, allowed) != size || strstr(name, "..") || name[0] == '.' ||
        name[size - 1] == '.')
        luaL_error(lua, "module name '%s': expected letters, digits, '_' and single dots, 1 to %d", name,
                   MODULE_NAME_MAX);
}

static int lj_require(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    size_t name_size;
    const char *name = luaL_checklstring(lua, 1, &name_size);
    lua_settop(lua, 1);
    check_module_name(lua, name, name_size);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &modules_key);
    lua_getfield(lua, 2, name);
    if (lua_isboolean(lua, -1) && !lua_toboolean(lua, -1))
        return luaL_error(lua, "module '%s' requires itself", name);
    if (!lua_isnil(lua, -1))
        return 1;
    const char *text = NULL;
    size_t size = 0;
    oc_rc rc = sandbox->require ? sandbox->require(sandbox->require_arg, name, &text, &size) : OC_E_NOT_FOUND;
    if (rc == OC_E_INVALID)
        return luaL_error(lua, "module '%s' is no regular file of the strategy's own folder", name);
    if (rc == OC_E_LIMIT)
        return luaL_error(lua, "module '%s' is longer than a text may be", name);
    if (rc < 0)
        return luaL_error(lua, "module '%s' not found in the folder of the strategy", name);
    lua_pushfstring(lua, "%s.lua", name);
    source_compile(lua, text, size, lua_tostring(lua, -1));
    lua_pushboolean(lua, 0);
    lua_setfield(lua, 2, name);
    lua_pushcfunction(lua, lj_error_handler);
    lua_insert(lua, -2);
    lua_pushvalue(lua, 1);
    if (lua_pcall(lua, 1, 1, lua_gettop(lua) - 2) != LUA_OK) {
        sandbox_check(lua, sandbox);
        sandbox->has_inner_error = sandbox->has_error; /* the place in the module, not here */
        lua_pushnil(lua);                              /* a later require tries again */
        lua_setfield(lua, 2, name);
        return lua_error(lua);
    }
    if (lua_isnil(lua, -1) || (lua_isboolean(lua, -1) && !lua_toboolean(lua, -1))) {
        lua_pop(lua, 1);
        lua_pushboolean(lua, 1);
    }
    lua_pushvalue(lua, -1);
    lua_setfield(lua, 2, name);
    return 1;
}

static const luaL_Reg functions[] = {
    {"pcall", lj_pcall}, {"xpcall", lj_xpcall},   {"tostring", lj_tostring},
    {"print", lj_print}, {"require", lj_require}, {"collectgarbage", lj_collectgarbage},
    {NULL, NULL},
};

/* Harmless as they are: they end after a bounded number of steps and show no address. */
static const char *const stock[] = {"assert", "error",    "ipairs", "select", "tonumber",
                                    "type",   "rawequal", "rawlen", "rawget", "_VERSION"};

static void make_weak_table(lua_State *lua, const void *key)
{
    lua_newtable(lua);
    lua_createtable(lua, 0, 1);
    lua_pushliteral(lua, "k");
    lua_setfield(lua, -2, "__mode");
    lua_setmetatable(lua, -2);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, key);
}

void open_base(lua_State *lua)
{
    make_weak_table(lua, &ids_key);
    lua_newtable(lua);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &modules_key);
    lua_pushcfunction(lua, luaopen_base);
    lua_call(lua, 0, 1); /* fills the first globals, which open_meta replaces */
    for (size_t at = 0; at < sizeof stock / sizeof *stock; at++) {
        lua_getfield(lua, -1, stock[at]);
        lua_setfield(lua, -3, stock[at]);
    }
    lua_pop(lua, 1);
    luaL_setfuncs(lua, functions, 0);
}
