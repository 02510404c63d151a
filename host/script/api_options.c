/* api_options.c: tables that a script hands to the API: plain, and read in an order that no hash seed decides. */
#include <string.h>

#include "script/strategy_impl.h"

enum { POLL_MASK = 255 };

void api_check_acting(lua_State *lua, const struct strategy *strategy, const char *what)
{
    if (strategy->is_saving)
        sandbox_raise(lua, "%s: on_save() says what is kept and does nothing else; act in another callback", what);
}

void api_check_plain(lua_State *lua, int index, const char *what)
{
    if (lua_type(lua, index) != LUA_TTABLE)
        sandbox_raise(lua, "%s: a table is needed; found %s", what, luaL_typename(lua, index));
    if (lua_getmetatable(lua, index))
        sandbox_raise(lua, "%s: a plain table is needed; this one has a metatable", what);
}

static bool is_known(const char *key, const char *const *known)
{
    while (*known && strcmp(*known, key) != 0)
        known++;
    return *known != NULL;
}

const char *api_unknown_field(lua_State *lua, int index, const char *const *known)
{
    const char *first = NULL;
    uint32_t count = 0;
    for (lua_pushnil(lua); lua_next(lua, index); lua_pop(lua, 1)) {
        const char *key = lua_type(lua, -2) == LUA_TSTRING ? lua_tostring(lua, -2) : "?";
        if ((++count & POLL_MASK) == 0)
            sandbox_work(lua, sandbox_of(lua), POLL_MASK + 1);
        if (!is_known(key, known) && (!first || strcmp(key, first) < 0))
            first = key;
    }
    return first;
}
