/* lua_order.c: pairs and next in an order that a script can rely on: integers, floats, strings by
 * bytes, booleans, then userdata by the id that the function __order of their metatable returns.
 *
 * Stock Lua walks string keys by a hash seeded from clock and addresses. pairs takes the keys once,
 * so keys added during the loop are not visited and removed ones are left out. A table, function or
 * coroutine as a key has no order and raises. */
#include "script/lua_order.h"

#include <string.h>

struct walk {
    uint32_t next;
    uint32_t count;
    uint32_t order[];
};

enum { KEYS_MAX = 1 << 26, INSERTION_MAX = 12, POLL_MASK = 1023 };

void spend(struct spent *spent, uint64_t units)
{
    spent->units += units;
    for (; spent->units > POLL_MASK; spent->units -= POLL_MASK)
        sandbox_work(spent->lua, sandbox_of(spent->lua), POLL_MASK);
}

int key_compare_text(struct spent *spent, const struct key *a, const struct key *b)
{
    size_t size = a->as.string.size < b->as.string.size ? a->as.string.size : b->as.string.size;
    spend(spent, size / 64);
    int order = memcmp(a->as.string.data, b->as.string.data, size);
    if (order != 0)
        return order;
    return a->as.string.size < b->as.string.size ? -1 : a->as.string.size > b->as.string.size;
}

static int compare(struct spent *spent, const struct key *a, const struct key *b)
{
    spend(spent, 1);
    if (a->class != b->class)
        return a->class < b->class ? -1 : 1;
    if (a->class == KEY_STRING)
        return key_compare_text(spent, a, b);
    if (a->class == KEY_FLOAT)
        return a->as.number < b->as.number ? -1 : a->as.number > b->as.number;
    return a->as.integer < b->as.integer ? -1 : a->as.integer > b->as.integer;
}

bool key_read_plain(lua_State *lua, int index, struct key *ret_key)
{
    int type = lua_type(lua, index);
    if (type == LUA_TNUMBER) {
        ret_key->class = lua_isinteger(lua, index) ? KEY_INTEGER : KEY_FLOAT;
        if (ret_key->class == KEY_INTEGER)
            ret_key->as.integer = lua_tointeger(lua, index);
        else
            ret_key->as.number = lua_tonumber(lua, index);
    } else if (type == LUA_TSTRING) {
        ret_key->class = KEY_STRING;
        ret_key->as.string.data = lua_tolstring(lua, index, &ret_key->as.string.size);
    } else if (type == LUA_TBOOLEAN) {
        ret_key->class = KEY_BOOLEAN;
        ret_key->as.integer = lua_toboolean(lua, index);
    } else {
        return false;
    }
    return true;
}

/* Raises for a key without an order. */
static void read_key(lua_State *lua, int index, struct key *ret_key)
{
    index = lua_absindex(lua, index);
    if (key_read_plain(lua, index, ret_key))
        return;
    if (lua_type(lua, index) == LUA_TUSERDATA && luaL_getmetafield(lua, index, "__order") != LUA_TNIL) {
        lua_pushvalue(lua, index);
        lua_call(lua, 1, 1);
        ret_key->class = KEY_USERDATA;
        ret_key->as.integer = lua_tointeger(lua, -1);
        lua_pop(lua, 1);
        return;
    }
    luaL_error(lua, "a %s as table key has no order: iterate over a list of them instead", luaL_typename(lua, index));
}

static void insertion_sort(struct spent *spent, struct key *keys, size_t count, key_compare compare_keys)
{
    for (size_t at = 1; at < count; at++) {
        struct key moving = keys[at];
        size_t to = at;
        for (; to > 0 && compare_keys(spent, &moving, &keys[to - 1]) < 0; to--)
            keys[to] = keys[to - 1];
        keys[to] = moving;
    }
}

static void merge(struct spent *spent, const struct key *from, struct key *to, const size_t border[3],
                  key_compare compare_keys)
{
    size_t a = border[0];
    size_t b = border[1];
    for (size_t at = border[0]; at < border[2]; at++) {
        bool take_b = a == border[1] || (b < border[2] && compare_keys(spent, &from[b], &from[a]) < 0);
        to[at] = from[take_b ? b++ : a++];
    }
}

struct key *key_sort(lua_State *lua, struct key *keys, size_t count, key_compare compare_keys)
{
    struct key *from = keys;
    struct key *to = keys + count;
    struct spent spent = {lua, 0};
    for (size_t at = 0; at < count; at += INSERTION_MAX)
        insertion_sort(&spent, keys + at, count - at < INSERTION_MAX ? count - at : INSERTION_MAX, compare_keys);
    for (size_t width = INSERTION_MAX; width < count; width *= 2) {
        for (size_t left = 0; left < count; left += 2 * width) {
            size_t middle = left + width < count ? left + width : count;
            size_t right = left + 2 * width < count ? left + 2 * width : count;
            merge(&spent, from, to, (const size_t[3]){left, middle, right}, compare_keys);
        }
        struct key *swap = from;
        from = to;
        to = swap;
    }
    return from;
}

/* Upvalues: how many, and the table. The common case costs no snapshot. A script may hold this function and call it with
 * anything, so it walks its own table whatever stands first, and takes only an index that it could have returned. */
static int lj_step_array(lua_State *lua)
{
    lua_Integer count = lua_tointeger(lua, lua_upvalueindex(1));
    lua_Integer index = luaL_checkinteger(lua, 2);
    luaL_argcheck(lua, index >= 0 && index <= count, 2, "not a key of this walk");
    while (index < count) {
        if ((++index & POLL_MASK) == 0)
            sandbox_work(lua, sandbox_of(lua), POLL_MASK);
        if (lua_rawgeti(lua, lua_upvalueindex(2), index) != LUA_TNIL) {
            lua_pushinteger(lua, index);
            lua_insert(lua, -2);
            return 2;
        }
        lua_pop(lua, 1);
    }
    lua_pushnil(lua);
    return 1;
}

/* Upvalues: the keys, a walk over them, and the table. What it is called with does not matter. */
static int lj_step_keys(lua_State *lua)
{
    struct walk *walk = lua_touserdata(lua, lua_upvalueindex(2));
    lua_settop(lua, 0); /* however many it was called with: room for two more */
    while (walk->next < walk->count) {
        if ((walk->next & POLL_MASK) == 0)
            sandbox_work(lua, sandbox_of(lua), POLL_MASK);
        lua_rawgeti(lua, lua_upvalueindex(1), walk->order[walk->next++]);
        lua_pushvalue(lua, -1);
        if (lua_rawget(lua, lua_upvalueindex(3)) != LUA_TNIL)
            return 2;
        lua_pop(lua, 2);
    }
    lua_pushnil(lua);
    return 1;
}

/* Counts the keys; *ret_is_array when they are 1, 2, … in this order. */
static lua_Integer count_keys(lua_State *lua, int table, bool *ret_is_array)
{
    struct sandbox *sandbox = sandbox_of(lua);
    lua_Integer count = 0;
    bool is_array = true;
    for (lua_pushnil(lua); lua_next(lua, table); lua_pop(lua, 1)) {
        count++;
        if (is_array && !(lua_isinteger(lua, -2) && lua_tointeger(lua, -2) == count))
            is_array = false;
        if ((count & POLL_MASK) == 0)
            sandbox_work(lua, sandbox, POLL_MASK);
    }
    if (count > KEYS_MAX)
        luaL_error(lua, "table with more than %d keys", KEYS_MAX);
    *ret_is_array = is_array;
    return count;
}

/* Pushes the two upvalues of lj_step_keys. */
static void push_snapshot(lua_State *lua, int table, size_t count)
{
    lua_createtable(lua, (int)count, 0);
    int list = lua_gettop(lua);
    struct key *keys = lua_newuserdatauv(lua, 2 * count * sizeof *keys, 0);
    size_t at = 0;
    struct spent spent = {lua, 0};
    for (lua_pushnil(lua); lua_next(lua, table);) {
        lua_pop(lua, 1);
        spend(&spent, 1);
        if (at == count) /* only a function __order could have added one */
            luaL_error(lua, "the table changed while its keys were ordered");
        read_key(lua, -1, &keys[at]);
        keys[at].index = (uint32_t)at + 1;
        lua_pushvalue(lua, -1);
        lua_rawseti(lua, list, (lua_Integer)at + 1);
        at++;
    }
    struct key *sorted = key_sort(lua, keys, at, compare);
    struct walk *walk = lua_newuserdatauv(lua, sizeof *walk + at * sizeof walk->order[0], 0);
    walk->next = 0;
    walk->count = (uint32_t)at;
    for (size_t index = 0; index < at; index++)
        walk->order[index] = sorted[index].index;
    lua_remove(lua, -2);
}

static int lj_pairs(lua_State *lua)
{
    luaL_checkany(lua, 1);
    lua_settop(lua, 1);
    if (luaL_getmetafield(lua, 1, "__pairs") != LUA_TNIL) {
        lua_pushvalue(lua, 1);
        lua_call(lua, 1, 3);
        return 3;
    }
    luaL_checktype(lua, 1, LUA_TTABLE);
    if (!readonly_inner(lua, 1)) /* what is behind a view must not come out: it could be written */
        lua_pushvalue(lua, 1);
    bool is_array;
    lua_Integer count = count_keys(lua, 2, &is_array);
    if (is_array) {
        lua_pushinteger(lua, count);
        lua_pushvalue(lua, 2);
        lua_pushcclosure(lua, lj_step_array, 2);
        lua_pushvalue(lua, 1);
        lua_pushinteger(lua, 0);
        return 3;
    }
    push_snapshot(lua, 2, (size_t)count);
    lua_pushvalue(lua, 2);
    lua_pushcclosure(lua, lj_step_keys, 3);
    lua_pushvalue(lua, 1);
    return 2;
}

static int return_entry(lua_State *lua, int table)
{
    lua_pushvalue(lua, -1);
    lua_rawget(lua, table);
    return 2;
}

/* Looks at each key once a call, except from one integer to the next. */
static int lj_next(lua_State *lua)
{
    luaL_checktype(lua, 1, LUA_TTABLE);
    lua_settop(lua, 2);
    if (readonly_inner(lua, 1))
        lua_replace(lua, 1);
    bool from_start = lua_isnil(lua, 2);
    struct key after = {0};
    if (!from_start) {
        read_key(lua, 2, &after);
        if (after.class == KEY_INTEGER && after.as.integer < LUA_MAXINTEGER &&
            lua_rawgeti(lua, 1, after.as.integer + 1) != LUA_TNIL) {
            lua_pushinteger(lua, after.as.integer + 1);
            return return_entry(lua, 1);
        }
        lua_settop(lua, 2);
    }
    struct spent spent = {lua, 0};
    struct key best = {0};
    bool has_best = false;
    lua_pushnil(lua); /* slot 3: the best key */
    for (lua_pushnil(lua); lua_next(lua, 1);) {
        lua_pop(lua, 1);
        struct key key = {0};
        read_key(lua, -1, &key);
        spend(&spent, 1);
        if ((!from_start && compare(&spent, &key, &after) <= 0) || (has_best && compare(&spent, &key, &best) >= 0))
            continue;
        best = key;
        has_best = true;
        lua_pushvalue(lua, -1);
        lua_replace(lua, 3);
    }
    if (!has_best)
        return 1; /* slot 3 is nil and on the top */
    lua_settop(lua, 3);
    return return_entry(lua, 1);
}

static const luaL_Reg functions[] = {{"pairs", lj_pairs}, {"next", lj_next}, {NULL, NULL}};

void open_order(lua_State *lua) { luaL_setfuncs(lua, functions, 0); }
