/* sandbox_source.c: the texts of a sandbox, kept for the words of its errors, and their compiling.
 */
#include "script/sandbox_state.h"

#include "base/env.h"

#include <string.h>

static struct sandbox_source *find(const struct sandbox *sandbox, const char *name)
{
    struct sandbox_source *source = sandbox->sources;
    while (source && strcmp(source->name, name) != 0)
        source = source->next;
    return source;
}

/* Keeps a copy for the words of errors. */
static oc_rc source_keep(struct sandbox *sandbox, const char *name, const char *text, size_t size)
{
    if (strlen(name) >= SANDBOX_NAME_MAX)
        return OC_E_INVALID;
    struct sandbox_source *source = find(sandbox, name);
    if (!source && sandbox->source_count == SANDBOX_MODULES_MAX)
        return OC_E_LIMIT;
    char *copy = env_alloc(size + 1);
    struct sandbox_source *fresh = source || !copy ? NULL : env_alloc(sizeof *fresh);
    if (!copy || (!source && !fresh)) {
        env_free(copy);
        return OC_E_NOMEM;
    }
    memcpy(copy, text, size);
    if (fresh) {
        strcpy(fresh->name, name);
        fresh->next = sandbox->sources;
        sandbox->sources = source = fresh;
        sandbox->source_count++;
    } else {
        env_free(source->text);
    }
    source->text = copy;
    source->size = size;
    return OC_OK;
}

void source_line(const struct sandbox *sandbox, const char *name, int line, char *ret_text, size_t max)
{
    const struct sandbox_source *source = find(sandbox, name);
    if (!source)
        return;
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
}

void source_release(struct sandbox *sandbox)
{
    for (struct sandbox_source *source = sandbox->sources; source;) {
        struct sandbox_source *next = source->next;
        env_free(source->text);
        env_free(source);
        source = next;
    }
}

/* A goto or break waits in a list until its label comes, and each that is settled moves those behind it. */
static bool has_too_many_jumps(const char *text, size_t size)
{
    uint32_t jumps = 0;
    for (size_t at = 0, word = 0; at <= size; at++) {
        char c = at < size ? text[at] : '\0', low = (char)(c | 32);
        if (c == '_' || (low >= 'a' && low <= 'z') || (c >= '0' && c <= '9'))
            continue;
        size_t length = at - word;
        jumps += (length == 4 && memcmp(text + word, "goto", 4) == 0) ||
                 (length == 5 && memcmp(text + word, "break", 5) == 0);
        word = at + 1;
    }
    return jumps > SANDBOX_JUMPS_MAX;
}

enum { PIECE_BYTES = 32 };

struct pieces {
    struct sandbox *sandbox;
    const char *text;
    size_t left;
};

/* In small pieces, so that the parser comes back here for each: what is between two may be as costly as names among 190
 * locals of each of 180 functions. */
static const char *next_piece(lua_State *lua, void *arg, size_t *ret_size)
{
    struct pieces *pieces = arg;
    const char *piece = pieces->text;
    sandbox_work(lua, pieces->sandbox, PIECE_BYTES);
    *ret_size = pieces->left < PIECE_BYTES ? pieces->left : PIECE_BYTES;
    pieces->text += *ret_size;
    pieces->left -= *ret_size;
    return *ret_size ? piece : NULL;
}

/* What editors put before a text. */
static void skip_mark(const char **text, size_t *size)
{
    static const char mark[] = {(char)0xef, (char)0xbb, (char)0xbf};
    if (*size >= sizeof mark && memcmp(*text, mark, sizeof mark) == 0) {
        *text += sizeof mark;
        *size -= sizeof mark;
    }
}

/* What shells put there: a first line that begins with '#' is as an empty one, so that all others keep their numbers. */
static void skip_first_line(const char **text, size_t *size)
{
    if (*size == 0 || **text != '#')
        return;
    const char *end = memchr(*text, '\n', *size);
    *size = end ? *size - (size_t)(end - *text) : 0;
    *text = end ? end : *text;
}

/* Bytecode is not checked by Lua and can take over the process, hence "t": text only. */
void source_compile(lua_State *lua, const char *text, size_t size, const char *name)
{
    struct sandbox *sandbox = sandbox_of(lua);
    if (size > sandbox->limits.source_max_bytes)
        luaL_error(lua, "%s: the text has more than %I bytes", name, (LUAI_UACINT)sandbox->limits.source_max_bytes);
    if (has_too_many_jumps(text, size))
        luaL_error(lua, "%s: the text has more than %d goto and break", name, SANDBOX_JUMPS_MAX);
    skip_mark(&text, &size);
    oc_rc rc = source_keep(sandbox, name, text, size);
    if (rc < 0)
        luaL_error(
            lua, rc == OC_E_NOMEM ? "%s: no memory for the text" : "%s: a name that is too long, or one text too many",
            name);
    const char *chunk = lua_pushfstring(lua, "@%s", name);
    struct pieces pieces = {sandbox, text, size};
    skip_first_line(&pieces.text, &pieces.left);
    int status = lua_load(lua, next_piece, &pieces, chunk, "t");
    lua_remove(lua, -2);
    sandbox_check(lua, sandbox);
    if (status != LUA_OK && status != LUA_ERRMEM && lua_type(lua, -1) == LUA_TSTRING)
        error_syntax(sandbox, name, lua_tostring(lua, -1));
    if (status != LUA_OK)
        lua_error(lua);
}
