/* lua_string.c: the string library, with results bounded. What is taken from the system's library
 * as it is makes nothing larger than its arguments. upper and lower know ASCII only, so that no
 * locale of the host changes a result. */
#include "script/sandbox_state.h"

#include <lualib.h>

#include <string.h>

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

/* Calls the system's function, upvalue 1, with what stands on the stack. */
static int call_system(lua_State *lua)
{
    lua_pushvalue(lua, lua_upvalueindex(1));
    lua_insert(lua, 1);
    lua_call(lua, lua_gettop(lua) - 1, LUA_MULTRET);
    return lua_gettop(lua);
}

/* Each option makes at most 16 bytes beside its argument, but for those with a size: c1000 is filled up to it. */
static int lj_pack(lua_State *lua)
{
    size_t size, sum = 0, max = sandbox_of(lua)->limits.result_max_bytes;
    const char *format = luaL_checklstring(lua, 1, &size);
    luaL_argcheck(lua, size <= SANDBOX_PACK_MAX, 1, "format longer than 1024 bytes");
    for (size_t at = 0, number = 0; at <= size; at++) { /* the NUL ends the last number */
        bool is_digit = format[at] >= '0' && format[at] <= '9';
        number = is_digit ? number * 10 + (size_t)(format[at] - '0') : 0;
        sum = number > sum ? number : sum;
        if (sum > max)
            return luaL_error(lua, "result longer than %I bytes", (LUAI_UACINT)max);
    }
    return call_system(lua);
}

/* What looks at each byte of a text has one of bounded length. */
static int lj_sized(lua_State *lua)
{
    size_t size, max = sandbox_of(lua)->limits.result_max_bytes;
    luaL_checklstring(lua, 1, &size);
    if (size > max)
        return luaL_error(lua, "text longer than %I bytes", (LUAI_UACINT)max);
    return call_system(lua);
}

/* A position as the system's functions count: from the end when negative. */
static lua_Unsigned place(lua_Integer at, size_t size)
{
    if (at > 0)
        return (lua_Unsigned)at;
    return !at || (lua_Unsigned) - (at + 1) >= size ? 1 : size - (lua_Unsigned) - (at + 1);
}

/* byte(s, i, j) and codepoint(s, i, j): a value each. */
static int lj_many(lua_State *lua)
{
    size_t size;
    luaL_checklstring(lua, 1, &size);
    lua_Integer from = luaL_optinteger(lua, 2, 1), to = luaL_optinteger(lua, 3, from);
    lua_Unsigned first = place(from, size), last = place(to, size);
    last = last < size ? last : size;
    if (last > first && last - first >= SANDBOX_VALUES_MAX)
        return luaL_error(lua, "string slice too long: more than %d values", SANDBOX_VALUES_MAX);
    return call_system(lua);
}

/* codes(s): its step looks at each byte too, and a script may call it with another text. */
static int lj_codes(lua_State *lua)
{
    int count = lj_sized(lua);
    if (count > 0) {
        lua_pushvalue(lua, 1);
        lua_pushcclosure(lua, lj_sized, 1);
        lua_replace(lua, 1);
    }
    return count;
}

static const luaL_Reg functions[] = {
    {"rep", lj_rep},         {"upper", lj_upper},   {"lower", lj_lower},
    {"reverse", lj_reverse}, {"format", lj_format}, {NULL, NULL},
};

static const char *const stock[] = {"char", "len", "sub"};

/* The system's functions behind a bound of ours. */
static const luaL_Reg bounded[] = {
    {"pack", lj_pack}, {"packsize", lj_pack}, {"unpack", lj_pack}, {"byte", lj_many}, {NULL, NULL}};
static const luaL_Reg bounded_utf8[] = {
    {"len", lj_sized}, {"offset", lj_sized}, {"codes", lj_codes}, {"codepoint", lj_many}, {NULL, NULL}};

/* Those of the table at `from`, put into the one at `to`. */
static void wrap(lua_State *lua, const luaL_Reg *functions_of, int from, int to)
{
    for (const luaL_Reg *reg = functions_of; reg->name; reg++) {
        lua_getfield(lua, from, reg->name);
        lua_pushcclosure(lua, reg->func, 1);
        lua_setfield(lua, to, reg->name);
    }
}

static void open_utf8(lua_State *lua)
{
    lua_pushcfunction(lua, luaopen_utf8);
    lua_call(lua, 0, 1);
    wrap(lua, bounded_utf8, lua_gettop(lua), lua_gettop(lua));
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
    wrap(lua, bounded, lua_gettop(lua) - 1, lua_gettop(lua));
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
