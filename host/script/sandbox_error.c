/* sandbox_error.c: what went wrong, where, and with which values, taken down at the place of the
 * error.
 *
 * It is written into the sandbox's own buffers with no allocation and without running any code of
 * the script: no metamethod, no tostring. So it also works at the end of the heap and inside the
 * stop hook. */
#include "script/sandbox_state.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { LEVELS_MAX = 24, LOCALS_MAX = 24, VALUE_TEXT_MAX = 48, LEVELS_SEARCHED_MAX = 64 };

struct text {
    char *data;
    size_t size;
    size_t max;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...)
{
    if (text->size + 1 >= text->max)
        return;
    va_list args;
    va_start(args, format);
    int size = vsnprintf(text->data + text->size, text->max - text->size, format, args);
    va_end(args);
    text->size += size > 0 ? (size_t)size : 0; /* beyond max where it was cut: then nothing more is added */
}

static void copy(char *ret_text, size_t max, const char *from)
{
    size_t size = strnlen(from, max - 1);
    memcpy(ret_text, from, size);
    ret_text[size] = '\0';
}

/* Behind the mark of a file: each text is compiled with its name. */
static const char *chunk_name(const lua_Debug *record) { return record->source + 1; }

/* As Lua shows it: 101.0 is not the integer 101. */
static void add_float(struct text *text, double value)
{
    char digits[40];
    snprintf(digits, sizeof digits, "%.14g", value);
    add(text, strspn(digits, "-0123456789") == strlen(digits) ? "%s.0" : "%s", digits);
}

static void add_value(struct text *text, lua_State *lua, int index)
{
    size_t size;
    const char *string;
    switch (lua_type(lua, index)) {
    case LUA_TNIL:
        add(text, "nil");
        return;
    case LUA_TBOOLEAN:
        add(text, lua_toboolean(lua, index) ? "true" : "false");
        return;
    case LUA_TNUMBER:
        if (lua_isinteger(lua, index))
            add(text, "%lld", (long long)lua_tointeger(lua, index));
        else
            add_float(text, lua_tonumber(lua, index));
        return;
    case LUA_TSTRING:
        string = lua_tolstring(lua, index, &size);
        add(text, "\"");
        for (size_t at = 0; at < size && at < VALUE_TEXT_MAX; at++)
            add(text, "%c", string[at] >= ' ' && string[at] != 127 ? string[at] : '?');
        add(text, size > VALUE_TEXT_MAX ? "\"... (%zu bytes)" : "\"", size);
        return;
    default:
        add(text, "%s", luaL_typename(lua, index));
        return;
    }
}

static void capture_locals(struct sandbox *sandbox, lua_State *lua, lua_Debug *record)
{
    struct text text = {sandbox->error.locals, 0, sizeof sandbox->error.locals};
    for (int index = 1; index <= LOCALS_MAX; index++) {
        const char *name = lua_getlocal(lua, record, index);
        if (!name)
            break;
        if (name[0] != '(') {
            add(&text, "%s = ", name);
            add_value(&text, lua, -1);
            add(&text, "\n");
        }
        lua_pop(lua, 1);
    }
}

static void capture_traceback(struct sandbox *sandbox, lua_State *lua)
{
    struct text text = {sandbox->error.traceback, 0, sizeof sandbox->error.traceback};
    lua_Debug record;
    for (int level = 0; lua_getstack(lua, level, &record); level++) {
        if (level == LEVELS_MAX) {
            add(&text, "...\n");
            break;
        }
        if (!lua_getinfo(lua, "Slnt", &record))
            break;
        if (record.currentline > 0)
            add(&text, "%s:%d: ", chunk_name(&record), record.currentline);
        else
            add(&text, "[host]: ");
        if (record.name)
            add(&text, "in %s '%s'", record.namewhat[0] ? record.namewhat : "function", record.name);
        else if (record.what[0] == 'm')
            add(&text, "in main chunk");
        else if (record.what[0] == 'C')
            add(&text, "in a function of the host");
        else
            add(&text, "in function <%s:%d>", chunk_name(&record), record.linedefined);
        add(&text, record.istailcall ? " (tail call)\n" : "\n");
    }
}

void error_capture(struct sandbox *sandbox, lua_State *lua, bool with_locals)
{
    if (sandbox->has_error)
        return;
    sandbox->has_error = true;
    struct sandbox_error *error = &sandbox->error;
    error->kind = SANDBOX_ERROR_NONE;
    error->line = 0;
    error->file[0] = error->source_line[0] = error->locals[0] = error->traceback[0] = '\0';
    lua_Debug record;
    for (int level = 0; level < LEVELS_SEARCHED_MAX && lua_getstack(lua, level, &record); level++) {
        if (!lua_getinfo(lua, "Sl", &record) || record.currentline <= 0)
            continue;
        error->line = record.currentline;
        copy(error->file, sizeof error->file, chunk_name(&record));
        source_line(sandbox, error->file, error->line, error->source_line, sizeof error->source_line);
        if (with_locals)
            capture_locals(sandbox, lua, &record);
        break;
    }
    capture_traceback(sandbox, lua);
}

void error_forget(struct sandbox *sandbox)
{
    sandbox->has_error = sandbox->has_inner_error = false;
    sandbox->error.kind = SANDBOX_ERROR_NONE;
}

/* "name:12: text" repeats what stands in file and line. */
static const char *without_place(const struct sandbox_error *error, const char *message)
{
    char place[SANDBOX_NAME_MAX + 16];
    snprintf(place, sizeof place, "%s:%d: ", error->file, (int)error->line);
    const size_t size = strlen(place);
    return strncmp(message, place, size) == 0 ? message + size : message;
}

/* "attempt to call a nil value (method 'emma')" and "this event has no field 'clos'": the word at the end is not there. */
static void add_nearest(struct text *text, const struct sandbox *sandbox)
{
    static const char *const kinds[] = {"(global '", "(method '", "(field '", " has no field '"};
    char word[64];
    const char *at = NULL;
    bool is_global = false;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !at; i++) { /* the first three are Lua's own words */
        at = i == 3 || strncmp(text->data, "attempt to ", 11) == 0 ? strstr(text->data, kinds[i]) : NULL;
        is_global = at && i == 0;
        at = at ? at + strlen(kinds[i]) : NULL;
    }
    const size_t size = at ? strcspn(at, "'") : 0;
    if (!sandbox->nearest || !size || size >= sizeof word ||
        (strcmp(at + size, "')") != 0 && strcmp(at + size, "'") != 0))
        return;
    memcpy(word, at, size);
    word[size] = 0;
    const char *nearest = sandbox->nearest(is_global, word);
    if (nearest && strcmp(nearest, word) != 0)
        add(text, "; did you mean '%s'?", nearest);
}

void error_describe(struct sandbox *sandbox, lua_State *lua, int index)
{
    struct sandbox_error *error = &sandbox->error;
    struct text text = {error->message, 0, sizeof error->message};
    index = lua_absindex(lua, index);
    if (lua_type(lua, index) == LUA_TSTRING) {
        add(&text, "%s", without_place(error, lua_tostring(lua, index)));
        add_nearest(&text, sandbox);
    } else if (lua_type(lua, index) == LUA_TTABLE) {
        lua_pushliteral(lua, "message"); /* interned when the sandbox was made: no allocation */
        lua_rawget(lua, index);
        add(&text, "error object is a table");
        if (lua_type(lua, -1) == LUA_TSTRING)
            add(&text, ": %s", lua_tostring(lua, -1));
        lua_pop(lua, 1);
    } else {
        add(&text, "error object is ");
        add_value(&text, lua, index);
    }
}

void error_syntax(struct sandbox *sandbox, const char *name, const char *message)
{
    struct sandbox_error *error = &sandbox->error;
    memset(error, 0, sizeof *error);
    error->kind = SANDBOX_ERROR_SYNTAX;
    sandbox->has_error = true;
    error->line = 1; /* what is no text at all has no other */
    copy(error->file, sizeof error->file, name);
    copy(error->message, sizeof error->message, message);
    size_t name_size = strlen(error->file);
    int line = 0;
    int used = 0;
    if (strncmp(message, error->file, name_size) == 0 && message[name_size] == ':' &&
        sscanf(message + name_size + 1, "%9d: %n", &line, &used) == 1 && used > 0) {
        error->line = line;
        copy(error->message, sizeof error->message, message + name_size + 1 + used);
        source_line(sandbox, error->file, line, error->source_line, sizeof error->source_line);
    }
}

/* Called by Lua where the error was raised, before the stack is given up. */
int lj_error_handler(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    if (sandbox->stop != STOP_NONE)
        return 1;
    if (sandbox->has_error && sandbox->error.kind == SANDBOX_ERROR_SYNTAX)
        return 1;
    if (!sandbox->has_inner_error)
        sandbox->has_error = false;
    error_capture(sandbox, lua, true);
    error_describe(sandbox, lua, 1);
    return 1;
}
