/* sandbox_source.c: the texts of a sandbox, kept for the words of its errors, and their compiling.
 */
#include "script/sandbox_state.h"

#include "base/env.h"

#include <string.h>

static struct sandbox_source *find(struct sandbox *sandbox, const char *name)
{
    for (uint32_t at = 0; at < sandbox->source_count; at++)
        if (strcmp(sandbox->sources[at].name, name) == 0)
            return &sandbox->sources[at];
    return NULL;
}

oc_rc source_keep(struct sandbox *sandbox, const char *name, const char *text, size_t size)
{
    if (strlen(name) >= SANDBOX_NAME_MAX)
        return OC_E_INVALID;
    struct sandbox_source *source = find(sandbox, name);
    if (!source && sandbox->source_count == SANDBOX_MODULES_MAX)
        return OC_E_LIMIT;
    char *copy = env_alloc(size + 1);
    if (!copy)
        return OC_E_NOMEM;
    memcpy(copy, text, size);
    if (!source) {
        source = &sandbox->sources[sandbox->source_count++];
        strcpy(source->name, name);
    } else {
        env_free(source->text);
    }
    source->text = copy;
    source->size = size;
    return OC_OK;
}

void source_line(const struct sandbox *sandbox, const char *name, int line, char *ret_text, size_t max)
{
    for (uint32_t at = 0; at < sandbox->source_count; at++) {
        const struct sandbox_source *source = &sandbox->sources[at];
        if (strcmp(source->name, name) != 0)
            continue;
        const char *start = source->text;
        const char *end = source->text + source->size;
        for (int now = 1; start && now < line; now++) {
            start = memchr(start, '\n', (size_t)(end - start));
            start = start ? start + 1 : NULL;
        }
        if (!start)
            return;
        const char *stop = memchr(start, '\n', (size_t)(end - start));
        size_t size = (size_t)((stop ? stop : end) - start);
        if (size > max - 1)
            size = max - 1;
        memcpy(ret_text, start, size);
        ret_text[size] = '\0';
        return;
    }
}

void source_release(struct sandbox *sandbox)
{
    for (uint32_t at = 0; at < sandbox->source_count; at++)
        env_free(sandbox->sources[at].text);
    sandbox->source_count = 0;
}

/* Bytecode is not checked by Lua and can take over the process, hence "t": text only. */
void source_compile(lua_State *lua, const char *text, size_t size, const char *name)
{
    struct sandbox *sandbox = sandbox_of(lua);
    if (size > sandbox->limits.source_max_bytes)
        luaL_error(lua, "%s: the text has more than %I bytes", name, (LUAI_UACINT)sandbox->limits.source_max_bytes);
    oc_rc rc = source_keep(sandbox, name, text, size);
    if (rc < 0)
        luaL_error(
            lua, rc == OC_E_NOMEM ? "%s: no memory for the text" : "%s: a name that is too long, or one text too many",
            name);
    const char *chunk = lua_pushfstring(lua, "@%s", name);
    int status = luaL_loadbufferx(lua, text, size, chunk, "t");
    lua_remove(lua, -2);
    if (status != LUA_OK && status != LUA_ERRMEM && lua_type(lua, -1) == LUA_TSTRING)
        error_syntax(sandbox, name, lua_tostring(lua, -1));
    if (status != LUA_OK)
        lua_error(lua);
}
