/* lua_format.c: string.format, with results bounded and without addresses. */
#include "script/sandbox_state.h"

#include <stdio.h>
#include <string.h>

enum { SPEC_MAX = 16, ITEM_MAX = 512, LONG_TEXT = 100 };

struct spec {
    char text[SPEC_MAX]; /* "%-5.2" and, put there last, length and letter */
    size_t size;
    bool has_modifiers;
    bool has_precision;
};

/* Reads flags, width and precision after a '%': at most two digits each, and only flags in `flags`.
 */
static const char *read_spec(lua_State *lua, const char *at, const char *end, struct spec *spec)
{
    const char *start = at;
    while (at < end && *at && strchr("-+ #0", *at))
        at++;
    for (int digits = 0; digits < 2 && at < end && *at >= '0' && *at <= '9'; digits++)
        at++;
    spec->has_precision = at < end && *at == '.';
    if (spec->has_precision) {
        at++;
        for (int digits = 0; digits < 2 && at < end && *at >= '0' && *at <= '9'; digits++)
            at++;
    }
    size_t size = (size_t)(at - start);
    if (at == end || size > SPEC_MAX - 6 || (*at >= '0' && *at <= '9'))
        luaL_error(lua, "invalid conversion '%%%s' to 'format'",
                   lua_pushlstring(lua, start, size < SPEC_MAX ? size : SPEC_MAX));
    spec->text[0] = '%';
    memcpy(spec->text + 1, start, size);
    spec->size = size + 1;
    spec->has_modifiers = size > 0;
    return at;
}

static void check_flags(lua_State *lua, const struct spec *spec, const char *flags, bool may_be_precise)
{
    for (size_t at = 1; at < spec->size; at++) {
        char c = spec->text[at];
        if ((c >= '1' && c <= '9') || c == '.')
            break;
        if (!strchr(flags, c))
            luaL_error(lua, "invalid conversion: flag '%c' does not fit", c);
    }
    if (spec->has_precision && !may_be_precise)
        luaL_error(lua, "invalid conversion: a precision does not fit");
}

/* The format was made here from checked parts. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static void add_integer(struct out *out, struct spec *spec, char letter, lua_Integer value)
{
    char item[ITEM_MAX];
    char tail[] = {'l', 'l', letter, '\0'};
    memcpy(spec->text + spec->size, tail, sizeof tail);
    int size = snprintf(item, sizeof item, spec->text, (long long)value);
    out_add(out, item, (size_t)size);
}

static void add_number(struct out *out, struct spec *spec, char letter, lua_Number value)
{
    char item[ITEM_MAX]; /* 1e308 with 99 decimals has 410 */
    char tail[] = {letter, '\0'};
    memcpy(spec->text + spec->size, tail, sizeof tail);
    int size = snprintf(item, sizeof item, spec->text, value);
    out_add(out, item, (size_t)size);
}

static void add_text(struct out *out, struct spec *spec, const char *text, size_t text_size)
{
    if (!spec->has_modifiers || (!spec->has_precision && text_size >= LONG_TEXT)) {
        out_add(out, text, text_size);
        return;
    }
    if (strlen(text) != text_size)
        luaL_error(out->lua, "string contains zeros");
    char item[ITEM_MAX];
    memcpy(spec->text + spec->size, "s", 2);
    int size = snprintf(item, sizeof item, spec->text, text);
    out_add(out, item, (size_t)size);
}

#pragma GCC diagnostic pop

static void add_quoted(struct out *out, const char *text, size_t size)
{
    out_add(out, "\"", 1);
    for (size_t at = 0; at < size; at++) {
        unsigned char c = (unsigned char)text[at];
        if (c == '"' || c == '\\' || c == '\n') {
            out_add(out, "\\", 1);
            out_add(out, text + at, 1);
        } else if (c < 32 || c == 127) {
            bool digit_follows = text[at + 1] >= '0' && text[at + 1] <= '9'; /* behind the end stands a zero */
            char item[8];
            int item_size = snprintf(item, sizeof item, digit_follows ? "\\%03d" : "\\%d", c);
            out_add(out, item, (size_t)item_size);
        } else {
            out_add(out, text + at, 1);
        }
    }
    out_add(out, "\"", 1);
}

/* Text that Lua reads back as the same value. */
static void add_literal(struct out *out, int index)
{
    lua_State *lua = out->lua;
    char item[64];
    int size;
    size_t text_size;
    const char *text;
    switch (lua_type(lua, index)) {
    case LUA_TSTRING:
        text = lua_tolstring(lua, index, &text_size);
        add_quoted(out, text, text_size);
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(lua, index)) {
            lua_Integer value = lua_tointeger(lua, index);
            size = snprintf(item, sizeof item, value == LUA_MININTEGER ? "0x%llx" : "%lld", (long long)value);
        } else {
            lua_Number value = lua_tonumber(lua, index);
            if (value != value)
                size = snprintf(item, sizeof item, "(0/0)");
            else if (value - value != 0)
                size = snprintf(item, sizeof item, value > 0 ? "1e9999" : "-1e9999");
            else
                size = snprintf(item, sizeof item, "%a", value);
        }
        out_add(out, item, (size_t)size);
        return;
    case LUA_TNIL:
    case LUA_TBOOLEAN:
        text = luaL_tolstring(lua, index, &text_size);
        out_add(out, text, text_size);
        lua_pop(lua, 1);
        return;
    default:
        luaL_argerror(lua, index, "value has no literal form");
    }
}

static void add_id(struct out *out, struct spec *spec, int index)
{
    lua_State *lua = out->lua;
    int type = lua_type(lua, index);
    if (type == LUA_TTABLE || type == LUA_TFUNCTION || type == LUA_TTHREAD || type == LUA_TUSERDATA)
        lua_pushfstring(lua, "%I", (LUAI_UACINT)sandbox_object_id(lua, index));
    else
        lua_pushliteral(lua, "(null)");
    size_t size;
    const char *text = lua_tolstring(lua, -1, &size);
    add_text(out, spec, text, size);
    lua_pop(lua, 1);
}

static void add_character(struct out *out, struct spec *spec, int index)
{
    char c = (char)luaL_checkinteger(out->lua, index);
    char text[2] = {c, '\0'};
    if (c == '\0' && spec->has_modifiers)
        luaL_error(out->lua, "a zero byte takes no width");
    add_text(out, spec, text, 1);
}

/* The value of one conversion. */
static void add_item(struct out *out, struct spec *spec, char letter, int index)
{
    lua_State *lua = out->lua;
    size_t size;
    const char *text;
    switch (letter) {
    case 'c':
        check_flags(lua, spec, "-", false);
        add_character(out, spec, index);
        return;
    case 'd':
    case 'i':
        check_flags(lua, spec, "-+0 ", true);
        add_integer(out, spec, letter, luaL_checkinteger(lua, index));
        return;
    case 'u':
        check_flags(lua, spec, "-0", true);
        add_integer(out, spec, letter, luaL_checkinteger(lua, index));
        return;
    case 'o':
    case 'x':
    case 'X':
        check_flags(lua, spec, "-#0", true);
        add_integer(out, spec, letter, luaL_checkinteger(lua, index));
        return;
    case 'a':
    case 'A':
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
        check_flags(lua, spec, "-+ #0", true);
        add_number(out, spec, letter, luaL_checknumber(lua, index));
        return;
    case 'p':
        check_flags(lua, spec, "-", false);
        add_id(out, spec, index);
        return;
    case 'q':
        if (spec->has_modifiers)
            luaL_error(lua, "specifier '%%q' cannot have modifiers");
        add_literal(out, index);
        return;
    case 's':
        check_flags(lua, spec, "-", true);
        text = sandbox_tostring(lua, index, &size);
        add_text(out, spec, text, size);
        lua_pop(lua, 1);
        return;
    default:
        luaL_error(lua, "invalid conversion '%s%c' to 'format'", lua_pushlstring(lua, spec->text, spec->size), letter);
    }
}

int lj_format(lua_State *lua)
{
    size_t size;
    const char *at = luaL_checklstring(lua, 1, &size);
    const char *end = at + size;
    int count = lua_gettop(lua);
    int index = 1;
    struct out out;
    out_begin(&out, lua);
    while (at < end) {
        const char *percent = memchr(at, '%', (size_t)(end - at));
        if (!percent) {
            out_add(&out, at, (size_t)(end - at));
            break;
        }
        out_add(&out, at, (size_t)(percent - at));
        at = percent + 1;
        if (at < end && *at == '%') {
            out_add(&out, "%", 1);
            at++;
            continue;
        }
        if (++index > count)
            return luaL_argerror(lua, index, "no value");
        struct spec spec;
        at = read_spec(lua, at, end, &spec);
        add_item(&out, &spec, *at, index);
        at++;
    }
    out_push(&out);
    return 1;
}
