/* shell_host.c: what the words may do beside asking the host: show, wait, ask the person, write a file. */
#include "console/shell_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/text.h"

static const int64_t slice_ns = 20000000, ms_ns = 1000000;

struct shell *shell_of(lua_State *lua)
{
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &shell_key);
    struct shell *shell = lua_touserdata(lua, -1);
    lua_pop(lua, 1);
    if (!shell)
        luaL_error(lua, "no host is here");
    return shell;
}

void shell_poll(lua_State *lua, struct shell *shell)
{
    if (!shell_is_stopped(shell) && env_clock_mono() > shell->deadline_ns) {
        shell->is_late = true;
        shell_set_stop(shell, true);
    }
    if (shell_is_stopped(shell))
        sandbox_interrupt(shell->sandbox);
    sandbox_poll(lua);
}

static int lj_write(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    size_t size;
    const char *text = luaL_checklstring(lua, 1, &size);
    shell_poll(lua, shell);
    if (size)
        shell->config.print(shell->config.arg, text, size);
    return 0;
}

static int lj_screen(lua_State *lua)
{
    const struct shell *shell = shell_of(lua);
    lua_pushinteger(lua, shell->config.columns);
    lua_pushinteger(lua, shell->config.rows);
    lua_pushboolean(lua, shell->config.has_colour);
    lua_pushboolean(lua, shell->config.has_braille);
    lua_pushboolean(lua, shell->config.confirm != NULL);
    return 5;
}

/* The person's thinking is not the evaluation's time. */
static int lj_confirm(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    const char *question = luaL_checkstring(lua, 1);
    int64_t began_ns = env_clock_mono();
    shell_poll(lua, shell);
    bool is_yes = shell->config.confirm && !shell->is_ticking && shell->config.confirm(shell->config.arg, question);
    shell->deadline_ns += env_clock_mono() - began_ns;
    sandbox_renew(shell->sandbox);
    lua_pushboolean(lua, is_yes);
    return 1;
}

/* sleep(ms): for words that wait on purpose; the limit starts anew. */
static int lj_sleep(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    int64_t left_ns = luaL_checkinteger(lua, 1) * ms_ns;
    while (left_ns > 0 && !shell_is_stopped(shell)) {
        int64_t now_ns = left_ns < slice_ns ? left_ns : slice_ns;
        env_sleep(now_ns);
        left_ns -= now_ns;
        shell->deadline_ns += now_ns;
    }
    sandbox_renew(shell->sandbox);
    shell_poll(lua, shell);
    return 0;
}

/* timers_run(n): so many timers wait. */
static int lj_timers_run(lua_State *lua)
{
    shell_of(lua)->timers = (uint32_t)luaL_checkinteger(lua, 1);
    return 0;
}

/* begin_turn(): the limit is for each turn of watch() and tail(), whose end is Ctrl-C. */
static int lj_begin_turn(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    shell->is_watching = true;
    shell->deadline_ns = env_clock_mono() + shell->config.limit_ns;
    sandbox_renew(shell->sandbox);
    return 0;
}

/* compile(text) -> function | nil, message, is_incomplete */
static int lj_compile(lua_State *lua)
{
    size_t size, message_size;
    const char *text = luaL_checklstring(lua, 1, &size);
    if (luaL_loadbufferx(lua, text, size, "=console", "t") == LUA_OK)
        return 1;
    const char *message = lua_tolstring(lua, -1, &message_size);
    static const char end[] = "<eof>";
    bool is_incomplete =
        message && message_size >= sizeof end - 1 && strcmp(message + message_size - (sizeof end - 1), end) == 0;
    lua_pushnil(lua);
    lua_insert(lua, -2);
    lua_pushboolean(lua, is_incomplete);
    return 3;
}

/* told(n) -> a list of the last n lines */
static int lj_told(lua_State *lua)
{
    const struct shell *shell = shell_of(lua);
    uint64_t kept = shell->told_count < SHELL_TOLD_MAX ? shell->told_count : SHELL_TOLD_MAX;
    uint64_t count = (uint64_t)luaL_checkinteger(lua, 1);
    lua_newtable(lua);
    count = count < kept ? count : kept;
    for (uint64_t i = 0; i < count; i++) {
        lua_pushstring(lua, shell->told[(shell->told_count - count + i) % SHELL_TOLD_MAX]);
        lua_rawseti(lua, -2, (lua_Integer)i + 1);
    }
    return 1;
}

/* hear() -> the next line that was told, or nil */
static int lj_hear(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    const char *kind, *json;
    char text[SHELL_TOLD_LINE_MAX];
    if (link_poll(shell->config.link) < 0) {
        shell->is_gone = true;
        return luaL_error(lua, "the host is gone");
    }
    if (link_told(shell->config.link, &kind, &json) < 0)
        return 0;
    shell_told_text(shell, kind, json, text, sizeof text);
    lua_pushstring(lua, text);
    return 1;
}

static int lj_use(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    snprintf(shell->instrument, sizeof shell->instrument, "%s", luaL_checkstring(lua, 1));
    return 0;
}

static int lj_quit(lua_State *lua)
{
    shell_of(lua)->wants_quit = true;
    return 0;
}

static int lj_to_ns(lua_State *lua)
{
    size_t size;
    int64_t ns;
    const char *text = luaL_checklstring(lua, 1, &size);
    if (text_to_time(text, size, &ns) < 0)
        return 0;
    lua_pushinteger(lua, ns);
    return 1;
}

/* to_duration("1h30m") -> nanoseconds, above 0, or nil */
static int lj_to_duration(lua_State *lua)
{
    size_t size;
    int64_t ns;
    const char *text = luaL_checklstring(lua, 1, &size);
    if (text_to_duration(text, size, &ns) < 0 || ns <= 0)
        return 0;
    lua_pushinteger(lua, ns);
    return 1;
}

struct names {
    lua_State *lua;
    const char *begin;
    int count;
};

enum { FILES_MAX = 512 };

static oc_rc take_name(void *arg, const char *name)
{
    struct names *names = arg;
    if (strncmp(name, names->begin, strlen(names->begin)) != 0 || (name[0] == '.' && names->begin[0] != '.'))
        return OC_OK;
    if (names->count == FILES_MAX)
        return OC_E_LIMIT;
    lua_pushstring(names->lua, name);
    lua_rawseti(names->lua, -2, ++names->count);
    return OC_OK;
}

/* files(folder, begin) -> names in the folder that begin so; hidden ones only where they are asked for */
static int lj_files(lua_State *lua)
{
    const char *folder = luaL_checkstring(lua, 1);
    struct names names = {.lua = lua, .begin = luaL_checkstring(lua, 2)};
    luaL_checkstack(lua, 4, "files");
    lua_newtable(lua);
    (void)env_list(*folder ? folder : ".", take_name, &names);
    return 1;
}

static int lj_from_ns(lua_State *lua)
{
    char text[TEXT_TIME_MAX];
    text_from_time(text, luaL_checkinteger(lua, 1));
    lua_pushstring(lua, text);
    return 1;
}

/* nearest(name, { names }) -> the one most like it, or nil */
static int lj_nearest(lua_State *lua)
{
    const char *names[257];
    const char *name = luaL_checkstring(lua, 1);
    luaL_checktype(lua, 2, LUA_TTABLE);
    int count = (int)lua_rawlen(lua, 2), used = 0;
    luaL_checkstack(lua, 260, "many names");
    for (int i = 1; i <= count && used < 256; i++)
        if (lua_rawgeti(lua, 2, i) == LUA_TSTRING)
            names[used++] = lua_tostring(lua, -1);
    names[used] = NULL;
    const char *nearest = text_nearest(name, names);
    if (!nearest)
        return 0;
    lua_pushstring(lua, nearest);
    return 1;
}

/* constant(name, value): a global that nobody assigns. */
static int lj_constant(lua_State *lua)
{
    lua_settop(lua, 2);
    sandbox_set_constant(lua, luaL_checkstring(lua, 1));
    return 0;
}

/* text(value) -> as print shows it */
static int lj_text(lua_State *lua)
{
    sandbox_tostring(lua, 1, NULL);
    return 1;
}

/* diff(a, b) -> text | nil, err text */
static int lj_diff(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    const char *a = luaL_checkstring(lua, 1), *b = luaL_checkstring(lua, 2);
    if (!shell->config.diff) {
        lua_pushnil(lua);
        lua_pushliteral(lua,
                        "diff is not supported by this console: use `outcry diff`, or a console in the host's process");
        return 2;
    }
    char *text = lua_newuserdatauv(lua, SHELL_DIFF_MAX, 0); /* Lua's own, so that a raise leaks nothing */
    text[0] = 0;
    int64_t began_ns = env_clock_mono();
    bool is_ok = shell->config.diff(shell->config.diff_arg, a, b, text, SHELL_DIFF_MAX);
    shell->deadline_ns += env_clock_mono() - began_ns;
    sandbox_renew(shell->sandbox);
    if (!is_ok)
        lua_pushnil(lua);
    lua_pushstring(lua, text);
    return is_ok ? 1 : 2;
}

/* history(word, ...) -> text | nil, err text */
static int lj_history(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    luaL_Buffer words;
    const int count = lua_gettop(lua);
    if (!shell->config.history) {
        lua_pushnil(lua);
        lua_pushliteral(lua, "history is not supported by this console: use `outcry fills` and the like in a shell");
        return 2;
    }
    luaL_buffinit(lua, &words);
    for (int i = 1; i <= count; i++) {
        luaL_addstring(&words, luaL_checkstring(lua, i));
        luaL_addchar(&words, 0);
    }
    luaL_addchar(&words, 0);
    luaL_pushresult(&words);
    const char *all = lua_tostring(lua, -1);
    char *text = lua_newuserdatauv(lua, SHELL_DIFF_MAX, 0); /* as above */
    text[0] = 0;
    const int64_t began_ns = env_clock_mono();
    const bool is_ok = shell->config.history(shell->config.diff_arg, all, text, SHELL_DIFF_MAX);
    shell->deadline_ns += env_clock_mono() - began_ns;
    sandbox_renew(shell->sandbox);
    if (!is_ok)
        lua_pushnil(lua);
    lua_pushstring(lua, text);
    return is_ok ? 1 : 2;
}

static bool name_is_plain(const char *name)
{
    size_t size = strlen(name);
    return size > 4 && size < 200 && strcmp(name + size - 4, ".lua") == 0 && name[0] != '/' && name[0] != '.' &&
           !strstr(name, "..") && !strstr(name, "//") && !strchr(name, '\\');
}

/* write_file(name, text, overwrite) -> path | nil, message */
static int lj_write_file(lua_State *lua)
{
    struct shell *shell = shell_of(lua);
    const char *root = shell->config.session_file ? shell->config.session_file : ".", *message = NULL;
    const char *name = luaL_checkstring(lua, 1);
    size_t size;
    const char *text = luaL_checklstring(lua, 2, &size);
    char path[ENV_PATH_MAX], folder[ENV_PATH_MAX];
    int fd = -1;
    if (!name_is_plain(name) || snprintf(path, sizeof path, "%s/%s", root, name) >= (int)sizeof path)
        message = "expected a plain file name that ends with .lua, in the working folder or below";
    else if (size > SHELL_FILE_MAX)
        message = "the file would be too long";
    else if (!lua_toboolean(lua, 3) && env_open(path, ENV_READ, &fd) == OC_OK)
        message = "the file is there already: save(name, { overwrite = true }) replaces it";
    env_close(fd);
    if (!message) {
        snprintf(folder, sizeof folder, "%s", path);
        char *slash = strrchr(folder, '/'); /* there is one: root/name */
        *slash = 0;
        if (env_replace_file(folder, slash + 1, text, size) < 0)
            message = env_error_text();
    }
    if (message)
        lua_pushnil(lua);
    lua_pushstring(lua, message ? message : path);
    return message ? 2 : 1;
}

const luaL_Reg shell_host_functions[] = {
    {"write", lj_write},
    {"screen", lj_screen},
    {"confirm", lj_confirm},
    {"sleep", lj_sleep},
    {"begin_turn", lj_begin_turn},
    {"timers_run", lj_timers_run},
    {"compile", lj_compile},
    {"told", lj_told},
    {"hear", lj_hear},
    {"use_instrument", lj_use},
    {"leave", lj_quit},
    {"to_ns", lj_to_ns},
    {"from_ns", lj_from_ns},
    {"to_duration", lj_to_duration},
    {"files", lj_files},
    {"nearest", lj_nearest},
    {"constant", lj_constant},
    {"text", lj_text},
    {"diff", lj_diff},
    {"history", lj_history},
    {"write_file", lj_write_file},
    {NULL, NULL},
};
