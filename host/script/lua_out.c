/* lua_out.c: text that grows inside Lua's heap. */
#include "script/sandbox_state.h"

#include <string.h>

void out_begin(struct out *out, lua_State *lua)
{
    out->lua = lua;
    out->sandbox = sandbox_of(lua);
    out->data = out->first;
    out->size = 0;
    out->capacity = OUT_INLINE;
    out->max = sandbox_of(lua)->limits.result_max_bytes;
    lua_pushnil(lua);
    out->slot = lua_gettop(lua);
}

static void grow(struct out *out, size_t size)
{
    lua_State *lua = out->lua;
    if (size > out->max || out->size > out->max - size)
        luaL_error(lua, "result longer than %I bytes", (LUAI_UACINT)out->max);
    size_t capacity = out->capacity * 2;
    if (capacity < out->size + size)
        capacity = out->size + size;
    char *data = lua_newuserdatauv(lua, capacity, 0);
    memcpy(data, out->data, out->size);
    lua_replace(lua, out->slot);
    out->data = data;
    out->capacity = capacity;
}

char *out_room(struct out *out, size_t size)
{
    if (size > out->capacity - out->size)
        grow(out, size);
    return out->data + out->size;
}

void out_add(struct out *out, const char *data, size_t size)
{
    if (size > 0) {
        sandbox_work(out->lua, out->sandbox, 1 + size / 64);
        memcpy(out_room(out, size), data, size);
        out->size += size;
    }
}

void out_push(struct out *out)
{
    lua_settop(out->lua, out->slot);
    if (out->size > out->max) /* the inline part may be larger than a small limit */
        luaL_error(out->lua, "result longer than %I bytes", (LUAI_UACINT)out->max);
    lua_pushlstring(out->lua, out->data, out->size);
    lua_replace(out->lua, out->slot);
}
