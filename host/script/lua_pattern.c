/* lua_pattern.c: find, match, gmatch and gsub. */
#include "script/lua_match.h"

#include <string.h>

/* Lua's negative positions; beyond the start is the start. */
static size_t start_of(lua_Integer position, size_t size)
{
    if (position > 0)
        return (size_t)position;
    if (position == 0 || position < -(lua_Integer)size)
        return 1;
    return size + (size_t)position + 1;
}

static bool has_specials(const char *pattern, size_t size)
{
    for (size_t at = 0; at < size; at++)
        if (pattern[at] && strchr("^$*+?.([%-", pattern[at]))
            return true;
    return false;
}

enum { WINDOW_BYTES = 65536 };

/* In windows that overlap by what is looked for, so that none takes long. */
static const char *search(lua_State *lua, const char *text, size_t text_size, const char *what, size_t size)
{
    size_t window = size > WINDOW_BYTES / 4 ? size * 4 : WINDOW_BYTES;
    for (;;) {
        bool is_last = text_size <= window;
        sandbox_work(lua, sandbox_of(lua), window / 64);
        const char *found = memmem(text, is_last ? text_size : window, what, size);
        if (found || is_last)
            return found;
        text += window - size + 1;
        text_size -= window - size + 1;
    }
}

static int find_plain(lua_State *lua, const char *text, size_t text_size, size_t start)
{
    size_t size, max = sandbox_of(lua)->limits.result_max_bytes;
    const char *what = lua_tolstring(lua, 2, &size);
    if (size > max)
        return luaL_error(lua, "text to look for longer than %I bytes", (LUAI_UACINT)max);
    const char *found = search(lua, text + start, text_size - start, what, size);
    if (!found) {
        lua_pushnil(lua);
        return 1;
    }
    lua_pushinteger(lua, found - text + 1);
    lua_pushinteger(lua, found - text + (lua_Integer)size);
    return 2;
}

static int find_or_match(lua_State *lua, bool is_find)
{
    size_t text_size;
    size_t pattern_size;
    const char *text = luaL_checklstring(lua, 1, &text_size);
    const char *pattern = luaL_checklstring(lua, 2, &pattern_size);
    size_t start = start_of(luaL_optinteger(lua, 3, 1), text_size) - 1;
    if (start > text_size) {
        lua_pushnil(lua);
        return 1;
    }
    if (is_find &&
        (lua_toboolean(lua, 4) || (pattern_size <= SANDBOX_PATTERN_MAX && !has_specials(pattern, pattern_size))))
        return find_plain(lua, text, text_size, start);
    struct match m;
    match_init(&m, lua, text, text_size, pattern_size);
    const unsigned char *p = (const unsigned char *)pattern;
    m.pattern_end = p + pattern_size;
    bool is_anchored = *pattern == '^' && pattern_size > 0;
    p += is_anchored;
    for (const unsigned char *s = m.text + start; s <= m.text_end; s++) {
        const unsigned char *end = match_at(&m, s, p);
        if (end && is_find) {
            lua_pushinteger(lua, s - m.text + 1);
            lua_pushinteger(lua, end - m.text);
            return push_captures(&m, NULL, NULL) + 2;
        }
        if (end)
            return push_captures(&m, s, end);
        if (is_anchored)
            break;
    }
    lua_pushnil(lua);
    return 1;
}

static int lj_find(lua_State *lua) { return find_or_match(lua, true); }
static int lj_match(lua_State *lua) { return find_or_match(lua, false); }

/* Upvalues: text, pattern, where to go on (from 0), where the last match ended (-1: none yet). */
static int lj_gmatch_step(lua_State *lua)
{
    size_t text_size;
    size_t pattern_size;
    const char *text = lua_tolstring(lua, lua_upvalueindex(1), &text_size);
    const char *pattern = lua_tolstring(lua, lua_upvalueindex(2), &pattern_size);
    lua_Integer from = lua_tointeger(lua, lua_upvalueindex(3));
    lua_Integer last = lua_tointeger(lua, lua_upvalueindex(4));
    struct match m;
    match_init(&m, lua, text, text_size, pattern_size);
    m.pattern_end = (const unsigned char *)pattern + pattern_size;
    for (; from <= (lua_Integer)text_size; from++) {
        const unsigned char *s = m.text + from;
        const unsigned char *end = match_at(&m, s, (const unsigned char *)pattern);
        if (end && end - m.text != last) {
            lua_pushinteger(lua, end - m.text);
            lua_copy(lua, -1, lua_upvalueindex(3));
            lua_replace(lua, lua_upvalueindex(4));
            return push_captures(&m, s, end);
        }
    }
    lua_pushinteger(lua, from);
    lua_replace(lua, lua_upvalueindex(3));
    return 0;
}

static int lj_gmatch(lua_State *lua)
{
    size_t text_size;
    luaL_checklstring(lua, 1, &text_size);
    size_t pattern_size;
    luaL_checklstring(lua, 2, &pattern_size);
    struct match m;
    match_init(&m, lua, "", 0, pattern_size); /* a pattern that is too long is said here */
    size_t start = start_of(luaL_optinteger(lua, 3, 1), text_size) - 1;
    lua_settop(lua, 2);
    lua_pushinteger(lua, (lua_Integer)(start > text_size ? text_size + 1 : start));
    lua_pushinteger(lua, -1);
    lua_pushcclosure(lua, lj_gmatch_step, 4);
    return 1;
}

/* The replacement text at index 3, with %0 to %9 and %%. */
static void add_template(struct match *m, struct out *out, const unsigned char *s, const unsigned char *end)
{
    size_t size;
    const char *template = lua_tolstring(m->lua, 3, &size);
    for (size_t at = 0; at < size; at++) {
        if (template[at] != '%') {
            out_add(out, template + at, 1);
            continue;
        }
        at++; /* behind the end stands a zero */
        if (template[at] == '%') {
            out_add(out, "%", 1);
        } else if (template[at] == '0') {
            out_add(out, (const char *)s, (size_t)(end - s));
        } else if (template[at] >= '1' && template[at] <= '9') {
            push_capture(m, template[at] - '1', s, end);
            size_t part_size;
            const char *part = lua_tolstring(m->lua, -1, &part_size); /* a position becomes text */
            out_add(out, part, part_size);
            lua_pop(m->lua, 1);
        } else {
            luaL_error(m->lua, "invalid use of '%%' in replacement string");
        }
    }
}

/* True if the text was changed. */
static bool add_replacement(struct match *m, struct out *out, const unsigned char *s, const unsigned char *end)
{
    lua_State *lua = m->lua;
    int type = lua_type(lua, 3);
    if (type == LUA_TFUNCTION) {
        lua_pushvalue(lua, 3);
        lua_call(lua, push_captures(m, s, end), 1);
    } else if (type == LUA_TTABLE) {
        push_capture(m, 0, s, end);
        lua_gettable(lua, 3);
    } else {
        add_template(m, out, s, end);
        return true;
    }
    if (!lua_toboolean(lua, -1)) {
        lua_pop(lua, 1);
        out_add(out, (const char *)s, (size_t)(end - s));
        return false;
    }
    if (!lua_isstring(lua, -1))
        luaL_error(lua, "invalid replacement value (a %s)", luaL_typename(lua, -1));
    size_t size;
    const char *text = lua_tolstring(lua, -1, &size);
    out_add(out, text, size);
    lua_pop(lua, 1);
    return true;
}

static int lj_gsub(lua_State *lua)
{
    size_t text_size;
    size_t pattern_size;
    const char *text = luaL_checklstring(lua, 1, &text_size);
    const unsigned char *p = (const unsigned char *)luaL_checklstring(lua, 2, &pattern_size);
    int type = lua_type(lua, 3);
    luaL_argexpected(lua, type == LUA_TNUMBER || type == LUA_TSTRING || type == LUA_TFUNCTION || type == LUA_TTABLE, 3,
                     "string/function/table");
    lua_Integer max = luaL_optinteger(lua, 4, (lua_Integer)text_size + 1);
    struct match m;
    match_init(&m, lua, text, text_size, pattern_size);
    m.pattern_end = p + pattern_size;
    bool is_anchored = pattern_size > 0 && *p == '^';
    p += is_anchored;
    const unsigned char *s = m.text;
    const unsigned char *last = NULL;
    lua_Integer count = 0;
    bool is_changed = false;
    struct out out;
    out_begin(&out, lua);
    while (count < max) {
        sandbox_work(lua, m.sandbox, 1);
        const unsigned char *end = match_at(&m, s, p);
        if (end && end != last) {
            count++;
            is_changed |= add_replacement(&m, &out, s, end);
            s = last = end;
        } else if (s < m.text_end) {
            out_add(&out, (const char *)s, 1);
            s++;
        } else {
            break;
        }
        if (is_anchored)
            break;
    }
    if (is_changed) {
        out_add(&out, (const char *)s, (size_t)(m.text_end - s));
        out_push(&out);
    } else {
        lua_pushvalue(lua, 1);
    }
    lua_pushinteger(lua, count);
    return 2;
}

const luaL_Reg pattern_functions[] = {
    {"find", lj_find}, {"match", lj_match}, {"gmatch", lj_gmatch}, {"gsub", lj_gsub}, {NULL, NULL},
};
