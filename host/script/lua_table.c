/* lua_table.c: the table library. A metatable can make a table seem endless (__len), so each loop
 * looks for the stop of the call; sort is stable and makes the same comparisons in each run,
 * whatever the comparator says. */
#include "script/sandbox_state.h"

#include <limits.h>

enum { POLL_MASK = 255, SORT_RUN = 8 };

static inline void poll_sometimes(lua_State *lua, struct sandbox *sandbox, lua_Integer step)
{
    if ((step & POLL_MASK) == 0)
        sandbox_work(lua, sandbox, POLL_MASK + 1);
}

static lua_Integer length_of(lua_State *lua, int index)
{
    luaL_checktype(lua, index, LUA_TTABLE);
    return luaL_len(lua, index);
}

static int lj_insert(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_Integer end = (lua_Integer)((lua_Unsigned)length_of(lua, 1) + 1);
    lua_Integer position = end;
    switch (lua_gettop(lua)) {
    case 2:
        break;
    case 3:
        position = luaL_checkinteger(lua, 2);
        luaL_argcheck(lua, (lua_Unsigned)position - 1u < (lua_Unsigned)end, 2, "position out of bounds");
        for (lua_Integer at = end; at > position; at--) {
            poll_sometimes(lua, sandbox, at);
            lua_geti(lua, 1, at - 1);
            lua_seti(lua, 1, at);
        }
        break;
    default:
        return luaL_error(lua, "wrong number of arguments to 'insert'");
    }
    lua_seti(lua, 1, position);
    return 0;
}

static int lj_remove(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_Integer size = length_of(lua, 1);
    lua_Integer position = luaL_optinteger(lua, 2, size);
    if (position != size)
        luaL_argcheck(lua, (lua_Unsigned)position - 1u <= (lua_Unsigned)size, 2, "position out of bounds");
    lua_geti(lua, 1, position);
    for (; position < size; position++) {
        poll_sometimes(lua, sandbox, position);
        lua_geti(lua, 1, position + 1);
        lua_seti(lua, 1, position);
    }
    lua_pushnil(lua);
    lua_seti(lua, 1, position);
    return 1;
}

static int lj_move(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_Integer from = luaL_checkinteger(lua, 2);
    lua_Integer end = luaL_checkinteger(lua, 3);
    lua_Integer to = luaL_checkinteger(lua, 4);
    int target = lua_isnoneornil(lua, 5) ? 1 : 5;
    luaL_checktype(lua, 1, LUA_TTABLE);
    luaL_checktype(lua, target, LUA_TTABLE);
    if (end >= from) {
        luaL_argcheck(lua, from > 0 || end < LUA_MAXINTEGER + from, 3, "too many elements to move");
        lua_Integer count = end - from + 1;
        luaL_argcheck(lua, to <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
        bool is_upwards = to > end || to <= from || (target != 1 && !lua_compare(lua, 1, target, LUA_OPEQ));
        for (lua_Integer done = 0; done < count; done++) {
            lua_Integer at = is_upwards ? done : count - 1 - done;
            poll_sometimes(lua, sandbox, done);
            lua_geti(lua, 1, from + at);
            lua_seti(lua, target, to + at);
        }
    }
    lua_pushvalue(lua, target);
    return 1;
}

static int lj_concat(lua_State *lua)
{
    size_t gap_size;
    lua_Integer size = length_of(lua, 1);
    const char *gap = luaL_optlstring(lua, 2, "", &gap_size);
    lua_Integer from = luaL_optinteger(lua, 3, 1);
    lua_Integer end = luaL_optinteger(lua, 4, size);
    struct sandbox *sandbox = sandbox_of(lua);
    lua_settop(lua, 4);
    struct out out;
    out_begin(&out, lua);
    for (lua_Integer at = from; at <= end; at++) {
        sandbox_work(lua, sandbox, 1);
        lua_geti(lua, 1, at);
        size_t part_size;
        const char *part = lua_isstring(lua, -1) ? lua_tolstring(lua, -1, &part_size) : NULL;
        if (!part)
            return luaL_error(lua, "invalid value (a %s) at index %I in table for 'concat'", luaL_typename(lua, -1),
                              (LUAI_UACINT)at);
        out_add(&out, part, part_size);
        lua_pop(lua, 1);
        if (at == end)
            break;
        out_add(&out, gap, gap_size);
    }
    out_push(&out);
    return 1;
}

static int lj_pack(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    int count = lua_gettop(lua);
    lua_createtable(lua, count, 1);
    lua_insert(lua, 1);
    for (int index = count; index >= 1; index--) {
        poll_sometimes(lua, sandbox, index);
        lua_rawseti(lua, 1, index);
    }
    lua_pushinteger(lua, count);
    lua_setfield(lua, 1, "n");
    return 1;
}

static int lj_unpack(lua_State *lua)
{
    lua_Integer from = luaL_optinteger(lua, 2, 1);
    lua_Integer end = lua_isnoneornil(lua, 3) ? luaL_len(lua, 1) : luaL_checkinteger(lua, 3);
    if (from > end)
        return 0;
    lua_Unsigned more = (lua_Unsigned)end - (lua_Unsigned)from;
    if (more >= SANDBOX_VALUES_MAX || !lua_checkstack(lua, (int)more + 1))
        return luaL_error(lua, "too many results to unpack");
    struct sandbox *sandbox = sandbox_of(lua);
    for (lua_Unsigned at = 0; at <= more; at++) {
        poll_sometimes(lua, sandbox, (lua_Integer)at);
        lua_geti(lua, 1, from + (lua_Integer)at);
    }
    return (int)more + 1;
}

/* Is element `a` of the list at `list` to stand before element `b`? Index 2 is the comparator or
 * nil. */
static bool is_before(lua_State *lua, int list, lua_Integer a, lua_Integer b)
{
    bool answer;
    if (lua_isnil(lua, 2)) {
        lua_rawgeti(lua, list, a);
        lua_rawgeti(lua, list, b);
        answer = lua_compare(lua, -2, -1, LUA_OPLT);
        lua_pop(lua, 2);
        return answer;
    }
    lua_pushvalue(lua, 2);
    lua_rawgeti(lua, list, a);
    lua_rawgeti(lua, list, b);
    lua_call(lua, 2, 1);
    answer = lua_toboolean(lua, -1);
    lua_pop(lua, 1);
    return answer;
}

static void sort_run(lua_State *lua, int list, lua_Integer left, lua_Integer right)
{
    for (lua_Integer at = left + 1; at < right; at++)
        for (lua_Integer to = at; to > left && is_before(lua, list, to, to - 1); to--) {
            lua_rawgeti(lua, list, to);
            lua_rawgeti(lua, list, to - 1);
            lua_rawseti(lua, list, to);
            lua_rawseti(lua, list, to - 1);
        }
}

/* From list `from` to list `to`; an equal one of the left half goes first. */
static void merge_runs(lua_State *lua, int from, int to, const lua_Integer border[3])
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_Integer a = border[0];
    lua_Integer b = border[1];
    for (lua_Integer at = border[0]; at < border[2]; at++) {
        sandbox_work(lua, sandbox, 1);
        bool take_b = a == border[1] || (b < border[2] && is_before(lua, from, b, a));
        lua_rawgeti(lua, from, take_b ? b++ : a++);
        lua_rawseti(lua, to, at);
    }
}

static int lj_sort(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_Integer size = length_of(lua, 1);
    if (!lua_isnoneornil(lua, 2))
        luaL_checktype(lua, 2, LUA_TFUNCTION);
    lua_settop(lua, 2);
    if (size < 2)
        return 0;
    luaL_argcheck(lua, (lua_Unsigned)size < sandbox->limits.heap_max_bytes / 16 && size < INT_MAX, 1, "array too big");
    lua_createtable(lua, (int)size, 0);
    lua_createtable(lua, (int)size, 0);
    int from = 3;
    int to = 4;
    for (lua_Integer at = 1; at <= size; at++) {
        poll_sometimes(lua, sandbox, at);
        lua_geti(lua, 1, at);
        lua_rawseti(lua, from, at);
    }
    for (lua_Integer left = 1; left <= size; left += SORT_RUN) {
        sandbox_work(lua, sandbox, SORT_RUN);
        sort_run(lua, from, left, left + SORT_RUN <= size ? left + SORT_RUN : size + 1);
    }
    for (lua_Integer width = SORT_RUN; width < size; width *= 2) {
        for (lua_Integer left = 1; left <= size; left += 2 * width) {
            lua_Integer middle = left + width <= size ? left + width : size + 1;
            lua_Integer right = left + 2 * width <= size ? left + 2 * width : size + 1;
            merge_runs(lua, from, to, (const lua_Integer[3]){left, middle, right});
        }
        int swap = from;
        from = to;
        to = swap;
    }
    for (lua_Integer at = 1; at <= size; at++) {
        poll_sometimes(lua, sandbox, at);
        lua_rawgeti(lua, from, at);
        lua_seti(lua, 1, at);
    }
    return 0;
}

static const luaL_Reg functions[] = {
    {"insert", lj_insert}, {"remove", lj_remove}, {"move", lj_move}, {"concat", lj_concat},
    {"pack", lj_pack},     {"unpack", lj_unpack}, {"sort", lj_sort}, {NULL, NULL},
};

void open_table(lua_State *lua) { open_lib(lua, "table", functions); }
