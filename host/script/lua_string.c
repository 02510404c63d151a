/* lua_string.c: the string library, with results bounded. What is taken from the system's library
 * as it is makes nothing larger than its arguments. upper and lower know ASCII only, so that no
 * locale of the host changes a result. */
#include "script/sandbox_state.h"

#include <lualib.h>

#include <string.h>

enum { PACK_FORMAT_MAX = 1024 };

static int lj_rep(lua_State *lua)
{
    size_t size;
    size_t gap_size;
    const char *text = luaL_checklstring(lua, 1, &size);
    lua_Integer count = luaL_checkinteger(lua, 2);
    const char *gap = luaL_optlstring(lua, 3, "", &gap_size);
    if (count <= 0 || size + gap_size == 0) {
        lua_pushliteral(lua, "");
        return 1;
    }
    size_t max = sandbox_of(lua)->limits.result_max_bytes;
    if ((uint64_t)count > max || (size_t)count * (size + gap_size) - gap_size > max)
        return luaL_error(lua, "result longer than %I bytes", (LUAI_UACINT)max);
    struct out out;
    out_begin(&out, lua);
    out_room(&out, (size_t)count * size + (size_t)(count - 1) * gap_size);
    for (lua_Integer done = 0; done < count; done++) {
        if (done > 0)
            out_add(&out, gap, gap_size);
        out_add(&out, text, size);
    }
    out_push(&out);
    return 1;
}

/* A string of the same length, each byte by a rule. */
static int map_bytes(lua_State *lua, char (*rule)(const char *text, size_t size, size_t at))
{
    size_t size;
    const char *text = luaL_checklstring(lua, 1, &size);
    struct out out;
    out_begin(&out, lua);
    char *to = out_room(&out, size);
    for (size_t at = 0; at < size; at++)
        to[at] = rule(text, size, at);
    out.size = size;
    out_push(&out);
    return 1;
}

static char upper(const char *text, size_t size, size_t at)
{
    (void)size;
    return text[at] >= 'a' && text[at] <= 'z' ? (char)(text[at] - 'a' + 'A') : text[at];
}

static char lower(const char *text, size_t size, size_t at)
{
    (void)size;
    return text[at] >= 'A' && text[at] <= 'Z' ? (char)(text[at] - 'A' + 'a') : text[at];
}

static char reversed(const char *text, size_t size, size_t at) { return text[size - 1 - at]; }

static int lj_upper(lua_State *lua) { return map_bytes(lua, upper); }
static int lj_lower(lua_State *lua) { return map_bytes(lua, lower); }
static int lj_reverse(lua_State *lua) { return map_bytes(lua, reversed); }

/* Upvalue 1: the system's function. Each option makes at most 16 bytes beside its argument. */
static int lj_pack(lua_State *lua)
{
    size_t size;
    luaL_checklstring(lua, 1, &size);
    luaL_argcheck(lua, size <= PACK_FORMAT_MAX, 1, "format longer than 1024 bytes");
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
    return lua_gettop(lua);
}

static const luaL_Reg functions[] = {
    {"rep", lj_rep},         {"upper", lj_upper},   {"lower", lj_lower},
    {"reverse", lj_reverse}, {"format", lj_format}, {NULL, NULL},
};

static const char *const stock[] = {"byte", "char", "len", "sub"};
static const char *const packers[] = {"pack", "packsize", "unpack"};

static void open_utf8(lua_State *lua)
{
    lua_pushcfunction(lua, luaopen_utf8);
    lua_call(lua, 0, 1);
    sandbox_readonly(lua);
    lua_setfield(lua, -2, "utf8");
}

void open_string(lua_State *lua)
{
    lua_pushcfunction(lua, luaopen_string);
    lua_call(lua, 0, 1);
    lua_newtable(lua); /* system, ours */
    for (size_t at = 0; at < sizeof stock / sizeof *stock; at++) {
        lua_getfield(lua, -2, stock[at]);
        lua_setfield(lua, -2, stock[at]);
    }
    for (size_t at = 0; at < sizeof packers / sizeof *packers; at++) {
        lua_getfield(lua, -2, packers[at]);
        lua_pushcclosure(lua, lj_pack, 1);
        lua_setfield(lua, -2, packers[at]);
    }
    luaL_setfuncs(lua, functions, 0);
    luaL_setfuncs(lua, pattern_functions, 0);
    lua_remove(lua, -2);

    lua_pushliteral(lua, ""); /* ("x"):rep comes by the metatable that all strings share */
    lua_getmetatable(lua, -1);
    lua_pushvalue(lua, -3);
    lua_setfield(lua, -2, "__index");
    lua_pushboolean(lua, 0);
    lua_setfield(lua, -2, "__metatable");
    lua_pop(lua, 2);

    sandbox_readonly(lua);
    lua_setfield(lua, -2, "string");
    open_utf8(lua);
}
