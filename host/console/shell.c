/* shell.c: one evaluation after another in a sandbox that outlives them. */
#include "console/shell_impl.h"

#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/env_socket.h"

const char shell_key = 0, shell_private_key = 0;

static const int64_t hello_timeout_ns = 5000000000, ms_ns = 1000000;
enum { HEAP_MAX = 128 << 20, RESULT_MAX = 4 << 20, SEED = 1, GIVE_WAY_MS = 10 };

static void say(struct shell *shell, const char *colour, const char *text)
{
    char line[2048];
    bool has_colour = shell->config.has_colour && *colour;
    int size = snprintf(line, sizeof line - 8, "%s%s", has_colour ? colour : "", text);
    size_t used = size < (int)sizeof line - 8 ? (size_t)size : sizeof line - 9;
    used += (size_t)snprintf(line + used, sizeof line - used, "%s\n", has_colour ? "\x1b[0m" : "");
    shell->config.print(shell->config.arg, line, used);
}

static int lj_open_words(lua_State *lua)
{
    void *shell = lua_touserdata(lua, 1);
    lua_pushlightuserdata(lua, shell);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &shell_key);
    lua_newtable(lua);
    luaL_setfuncs(lua, shell_ask_functions, 0);
    luaL_setfuncs(lua, shell_host_functions, 0);
    luaL_setfuncs(lua, shell_study_functions, 0);
    lua_pushvalue(lua, -1);
    lua_rawsetp(lua, LUA_REGISTRYINDEX, &shell_private_key);
    for (const struct embedded *source = shell_sources; source->name; source++) {
        lua_pushfstring(lua, "=%s", source->name);
        if (luaL_loadbufferx(lua, (const char *)source->text, source->size, lua_tostring(lua, -1), "t") != LUA_OK)
            return lua_error(lua);
        lua_pushvalue(lua, -3);
        lua_call(lua, 1, 0);
        lua_pop(lua, 1);
    }
    return 0;
}

/* A sandbox with the words in it. OC_E_NOMEM, OC_E_INVALID (a word's own fault: said on stderr). `shell` may be NULL:
 * for the reference. */
static oc_rc shell_open_words(struct shell *shell, struct sandbox *sandbox)
{
    oc_rc rc = sandbox_protect(sandbox, lj_open_words, shell);
    if (rc < 0)
        fprintf(stderr, "outcry: the console's words: %s:%d: %s\n", sandbox_error_last(sandbox)->file,
                (int)sandbox_error_last(sandbox)->line, sandbox_error_last(sandbox)->message);
    return rc;
}

/* A light userdata of NULL would be nil for shell_of as well, so the reference passes none. */
static oc_rc new_sandbox(struct shell *shell)
{
    struct sandbox_limits limits = {.heap_max_bytes = HEAP_MAX, .result_max_bytes = RESULT_MAX};
    limits.deadline_ms = (uint32_t)(shell->config.limit_ns / ms_ns);
    limits.is_by_clock = true;
    limits.give_way_ms =
        GIVE_WAY_MS; /* long work is never in the way of an engine; a short line need not wait for others */
    oc_rc rc = sandbox_new(&limits, SEED, &shell->sandbox);
    if (rc < 0)
        return rc;
    sandbox_attach(shell->sandbox, shell->watchdog);
    return shell_open_words(shell, shell->sandbox);
}

static oc_rc say_hello(struct shell *shell)
{
    static const char *const kinds[] = {"subscribe", "fill", "order", "log", "alert", "strategy", "session"};
    char name[32];
    const char *fields[] = {"hello", name};
    bool is_ok = false;
    snprintf(name, sizeof name, "console-%d", env_process());
    if (shell_ask(shell, fields, 2, hello_timeout_ns, &is_ok) < 0)
        return OC_E_IO;
    struct json_object *code = json_object_object_get(shell->answer, "code");
    if (!is_ok)
        return code && strcmp(json_object_get_string(code), "FULL") == 0 ? OC_E_FULL : OC_E_IO;
    struct json_object *instrument = json_object_object_get(shell->answer, "instrument");
    if (json_object_get_int(json_object_object_get(shell->answer, "protocol")) != 1)
        return OC_E_IO;
    snprintf(shell->instrument, sizeof shell->instrument, "%s", instrument ? json_object_get_string(instrument) : "");
    if (shell_ask(shell, kinds, sizeof kinds / sizeof kinds[0], hello_timeout_ns, &is_ok) < 0)
        return OC_E_IO;
    shell_learn_markets(shell);
    return OC_OK;
}

oc_rc shell_new(const struct shell_config *config, struct shell **ret_shell)
{
    struct shell *shell = env_alloc(sizeof *shell);
    if (!shell)
        return OC_E_NOMEM;
    shell->config = *config;
    if (shell->config.limit_ns < ms_ns)
        shell->config.limit_ns = 5000 * ms_ns;
    if (shell->config.columns == 0)
        shell->config.columns = 80;
    shell->tokener = json_tokener_new();
    oc_rc rc = shell->tokener ? say_hello(shell) : OC_E_NOMEM;
    if (rc == OC_OK)
        rc = sandbox_watchdog_start(SHELL_WATCH_PERIOD_US, &shell->watchdog);
    shell->deadline_ns = env_clock_mono() + shell->config.limit_ns;
    if (rc == OC_OK)
        rc = new_sandbox(shell);
    if (rc < 0) {
        shell_free(shell);
        return rc;
    }
    *ret_shell = shell;
    return OC_OK;
}

void shell_free(struct shell *shell)
{
    if (!shell)
        return;
    sandbox_free(shell->sandbox);
    sandbox_watchdog_stop(shell->watchdog);
    json_object_put(shell->answer);
    if (shell->tokener)
        json_tokener_free(shell->tokener);
    env_free(shell);
}

void shell_resize(struct shell *shell, uint32_t columns, uint32_t rows)
{
    shell->config.columns = columns ? columns : 80;
    shell->config.rows = rows;
}

/* In this order: the evaluation looks at `stop` in waits, the watchdog at the note of the sandbox. */
void shell_interrupt(struct shell *shell)
{
    shell_set_stop(shell, true);
    if (shell->sandbox)
        sandbox_interrupt(shell->sandbox);
}

struct run {
    const char *function;
    const char *text;
    char answer[16];
};

static int lj_run(lua_State *lua)
{
    struct run *run = lua_touserdata(lua, 1);
    size_t size;
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &shell_private_key);
    lua_getfield(lua, -1, run->function);
    lua_pushstring(lua, run->text);
    lua_call(lua, 1, 1);
    const char *answer = lua_tolstring(lua, -1, &size);
    snprintf(run->answer, sizeof run->answer, "%s", answer ? answer : "");
    return 0;
}

static void say_error(struct shell *shell)
{
    const struct sandbox_error *error = sandbox_error_last(shell->sandbox);
    char line[1024];
    bool is_typed = strcmp(error->file, "console") == 0 && error->line > 1;
    const char *message = error->message;
    if (strncmp(message, "console:1: ", 11) == 0)
        message += 11;
    if (is_typed)
        snprintf(line, sizeof line, "error: %s (line %d)", message, (int)error->line);
    else
        snprintf(line, sizeof line, "error: %s", message);
    say(shell, "\x1b[31m", line);
}

/* The sandbox is as before the evaluation, but for what the script had done until then. */
static void say_stop(struct shell *shell, oc_rc rc)
{
    char line[128];
    if (rc == OC_E_NOMEM) {
        say(shell, "\x1b[31m", "stopped: more memory than a console may use; globals are lost");
        struct sandbox *dead = shell->sandbox;
        shell->sandbox = NULL; /* first: a Ctrl-C may come at any time */
        sandbox_free(dead);
        return;
    }
    bool is_late = shell->is_late || sandbox_error_last(shell->sandbox)->kind == SANDBOX_ERROR_DEADLINE;
    if (is_late) {
        snprintf(line, sizeof line, "stopped: ran longer than console.limit, %.3g s; globals are kept",
                 (double)shell->config.limit_ns / 1e9);
        say(shell, "\x1b[31m", line);
    } else if (!shell->is_watching) {
        say(shell, "\x1b[31m", "interrupted; globals are kept");
    }
}

static bool begin(struct shell *shell)
{
    if (!shell->sandbox && new_sandbox(shell) < 0) {
        say(shell, "\x1b[31m", "no memory for a console's Lua");
        return false;
    }
    if (sandbox_recover(shell->sandbox) < 0)
        return false;
    shell_set_stop(shell, false);
    shell->is_late = shell->is_watching = shell->wants_quit = false;
    shell->deadline_ns = env_clock_mono() + shell->config.limit_ns;
    return true;
}

enum shell_result shell_eval(struct shell *shell, const char *text)
{
    struct run run = {.function = "eval", .text = text};
    if (shell->is_running || !begin(shell))
        return SHELL_ERROR;
    shell->is_running = true;
    oc_rc rc = sandbox_protect(shell->sandbox, lj_run, &run);
    enum shell_result result = SHELL_DONE;
    bool is_watched = shell->is_watching && !shell->is_late;
    if (shell->is_gone) {
        say(shell, "\x1b[31m", "the host is gone");
        result = SHELL_GONE;
    } else if (rc == OC_E_NOMEM || rc == OC_E_LIMIT || rc == OC_E_STATE) {
        say_stop(shell, rc);
        result = is_watched && rc == OC_E_LIMIT && shell_is_stopped(shell) ? SHELL_DONE : SHELL_ERROR;
    } else if (rc < 0) {
        say_error(shell);
        result = SHELL_ERROR;
    } else if (shell->wants_quit) {
        result = SHELL_QUIT;
    } else if (strcmp(run.answer, "more") == 0) {
        result = SHELL_MORE;
    } else if (strcmp(run.answer, "error") == 0) {
        result = SHELL_ERROR;
    }
    shell->is_running = false;
    env_take_back();
    return result;
}

static int lj_tick(lua_State *lua)
{
    struct text *text = lua_touserdata(lua, 1);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &shell_private_key);
    const int words = lua_gettop(lua);
    lua_newtable(lua);
    const int sink = lua_gettop(lua);
    lua_pushvalue(lua, sink);
    lua_setfield(lua, words, "sink");
    lua_getfield(lua, words, "tick");
    const int status = lua_pcall(lua, 0, 0, 0);
    lua_pushnil(lua);
    lua_setfield(lua, words, "sink");
    const lua_Unsigned count = lua_rawlen(lua, sink);
    for (lua_Unsigned i = 1; i <= count; i++) {
        size_t size;
        lua_rawgeti(lua, sink, (lua_Integer)i);
        const char *part = lua_tolstring(lua, -1, &size);
        text_put_bytes(text, part ? part : "", part ? size : 0);
        lua_pop(lua, 1);
    }
    return status == LUA_OK ? 0 : lua_error(lua);
}

size_t shell_tick(struct shell *shell, char *text, size_t size_max)
{
    struct text out;
    text_init_fixed(&out, text, size_max);
    if (!shell->timers || shell->is_running || !begin(shell))
        return 0;
    shell->is_running = shell->is_ticking = true;
    oc_rc rc = sandbox_protect(shell->sandbox, lj_tick, &out);
    shell->is_running = shell->is_ticking = false;
    env_take_back();
    if (rc < 0) { /* the console's Lua was stopped: its timers end with what ran */
        shell->timers = 0;
        text_format(&out, "timers: %s\n", sandbox_error_last(shell->sandbox)->message);
    }
    if (!shell->sandbox)
        shell->timers = 0;
    return out.size;
}

struct complete {
    const char *line;
    size_t from;
    uint32_t count;
    char (*words)[SHELL_WORD_MAX];
};

static int lj_complete(lua_State *lua)
{
    struct complete *complete = lua_touserdata(lua, 1);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &shell_private_key);
    lua_getfield(lua, -1, "complete");
    lua_pushstring(lua, complete->line);
    lua_call(lua, 1, 2);
    complete->from = (size_t)lua_tointeger(lua, -2);
    lua_Unsigned count = lua_rawlen(lua, -1);
    for (lua_Unsigned i = 1; i <= count && complete->count < SHELL_COMPLETIONS_MAX; i++) {
        if (lua_rawgeti(lua, -1, (lua_Integer)i) == LUA_TSTRING && lua_rawlen(lua, -1) < SHELL_WORD_MAX)
            strcpy(complete->words[complete->count++], lua_tostring(lua, -1));
        lua_pop(lua, 1);
    }
    return 0;
}

uint32_t shell_complete(struct shell *shell, const char *line, size_t *ret_from,
                        char words[SHELL_COMPLETIONS_MAX][SHELL_WORD_MAX])
{
    struct complete complete = {.line = line, .words = words};
    if (shell->is_running || !begin(shell))
        return 0;
    shell->is_running = true;
    oc_rc rc = sandbox_protect(shell->sandbox, lj_complete, &complete);
    shell->is_running = false;
    if (rc < 0 || complete.from > strlen(line))
        return 0;
    *ret_from = complete.from;
    return complete.count;
}

static int lj_reference(lua_State *lua)
{
    struct text *text = lua_touserdata(lua, 1);
    lua_rawgetp(lua, LUA_REGISTRYINDEX, &shell_private_key);
    lua_getfield(lua, -1, "reference");
    lua_call(lua, 0, 1);
    text_put(text, lua_tostring(lua, -1));
    return 0;
}

oc_rc shell_reference(struct text *text)
{
    struct sandbox *sandbox;
    oc_rc rc = sandbox_new(NULL, SEED, &sandbox);
    if (rc < 0)
        return rc;
    rc = shell_open_words(NULL, sandbox);
    if (rc == OC_OK)
        rc = sandbox_protect(sandbox, lj_reference, text);
    sandbox_free(sandbox);
    return rc < 0 ? rc : (text->is_cut ? OC_E_LIMIT : OC_OK);
}
