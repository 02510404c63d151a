#include "cli/testing.h"

#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/text.h"
#include "cli/complain.h"
#include "cli/run.h"
#include "cli/verbs.h"
#include "script/sandbox.h"

enum { FILE_MAX = 1 << 20, HEAP_MAX = 512 << 20, SEED = 1, FIELDS_MAX = 32 };

static const char usage[] = "usage: outcry test FILE.lua... [--json]\n";

struct testing {
    struct text json;
    bool is_json;
    uint32_t passed, failed;
};

/* said(name, good, why), from the words. */
static int said(lua_State *lua)
{
    struct testing *testing = lua_touserdata(lua, lua_upvalueindex(1));
    const char *name = luaL_checkstring(lua, 1), *why = luaL_checkstring(lua, 3);
    const bool is_good = lua_toboolean(lua, 2);
    testing->passed += is_good;
    testing->failed += !is_good;
    if (testing->is_json) {
        json_open(&testing->json, NULL, '{');
        json_text(&testing->json, "name", name);
        json_flag(&testing->json, "passed", is_good);
        json_text(&testing->json, "why", is_good ? NULL : why);
        json_close(&testing->json, '}');
    } else {
        printf("  %s  %s%s%s\n", is_good ? "ok  " : "FAIL", name, is_good ? "" : ": ", is_good ? "" : why);
    }
    return 0;
}

static void put_print(void *arg, const char *text, size_t size)
{
    (void)arg;
    fwrite(text, 1, size, stderr);
}

/* nearest(WORD, LIST): the name that was meant; nil: none is near. */
static int nearest_name(lua_State *lua)
{
    const char *names[FIELDS_MAX + 1] = {NULL};
    const char *word = luaL_checkstring(lua, 1);
    luaL_checktype(lua, 2, LUA_TTABLE);
    for (int i = 0; i < FIELDS_MAX && lua_rawgeti(lua, 2, i + 1) == LUA_TSTRING; i++) /* the list keeps them */
        names[i] = lua_tostring(lua, -1);
    lua_pushstring(lua, text_nearest(word, names));
    return 1;
}

static int open_words(lua_State *lua)
{
    const char *file = lua_touserdata(lua, 1), *slash = strrchr(file, '/');
    lua_pushlstring(lua, file, slash ? (size_t)(slash - file) : 0);
    lua_pushcclosure(lua, testing_backtest, 1);
    lua_setglobal(lua, "__backtest");
    lua_pushcfunction(lua, nearest_name);
    lua_setglobal(lua, "__nearest");
    return 0;
}

static int run_tests(lua_State *lua)
{
    lua_getglobal(lua, "__run");
    lua_pushlightuserdata(lua, lua_touserdata(lua, 1));
    lua_pushcclosure(lua, said, 1);
    lua_call(lua, 1, 1);
    if (lua_tointeger(lua, -1) == 0)
        return luaL_error(lua, "there is no test in it: test(\"what holds\", function() ... end)");
    return 0;
}

static oc_rc run_file(struct testing *testing, const char *file, const char *text, size_t size, struct error *ret_error)
{
    const struct sandbox_limits limits = {.heap_max_bytes = HEAP_MAX};
    struct sandbox *sandbox;
    oc_rc rc = sandbox_new(&limits, SEED, &sandbox);
    if (rc < 0)
        return error_of_code(ret_error, rc, file, "");
    sandbox_set_print(sandbox, put_print, NULL);
    rc = sandbox_protect(sandbox, open_words, (void *)(uintptr_t)file);
    if (rc == OC_OK)
        rc = sandbox_load(sandbox, (const char *)testing_words[0].text, testing_words[0].size, "test");
    if (rc == OC_OK)
        rc = sandbox_load(sandbox, text, size, file);
    if (rc == OC_OK)
        rc = sandbox_protect(sandbox, run_tests, testing);
    if (rc < 0) {
        const struct sandbox_error *why = sandbox_error_last(sandbox);
        if (why->line > 0 && why->file[0])
            error_at(ret_error, rc, "%s:%d", why->file, (int)why->line);
        else
            error_at(ret_error, rc, "%s", file);
        error_what(ret_error, "%s", why->message);
    }
    sandbox_free(sandbox);
    return rc;
}

/* A file that cannot be run at all counts as one test that failed. */
static void take_file(struct testing *testing, const char *file)
{
    struct error error = {0};
    char *text = NULL;
    size_t size = 0;
    if (testing->is_json) {
        json_open(&testing->json, NULL, '{');
        json_text(&testing->json, "file", file);
        json_open(&testing->json, "tests", '[');
    } else {
        printf("%s\n", file);
    }
    fflush(stdout);
    oc_rc rc = env_read_file(file, FILE_MAX, &text, &size);
    if (rc < 0)
        rc = error_say(&error, rc, file, "%s", env_error_text());
    else
        rc = run_file(testing, file, text, size, &error);
    env_free(text);
    if (testing->is_json)
        json_close(&testing->json, ']');
    if (rc < 0) {
        char words[ERROR_TEXT_MAX];
        testing->failed++;
        error_text(&error, words);
        if (testing->is_json)
            json_text(&testing->json, "error", words);
        else
            printf("  FAIL  %s\n", words);
    }
    if (testing->is_json)
        json_close(&testing->json, '}');
}

int verb_test(int argc, char **argv)
{
    struct testing testing = {0};
    uint32_t files = 0;
    for (int i = 1; i < argc; i++) {
        testing.is_json |= strcmp(argv[i], "--json") == 0;
        files += argv[i][0] != '-';
        if (argv[i][0] == '-' && strcmp(argv[i], "--json") != 0)
            files = UINT32_MAX / 2;
    }
    if (!files || files >= UINT32_MAX / 2) {
        fputs(usage, stderr);
        return EXIT_USE;
    }
    log_set_sink(run_log_to_stderr, NULL);
    text_init_grow(&testing.json, 1 << 24);
    if (testing.is_json) {
        json_open(&testing.json, NULL, '{');
        json_open(&testing.json, "files", '[');
    }
    for (int i = 1; i < argc; i++)
        if (argv[i][0] != '-')
            take_file(&testing, argv[i]);
    if (testing.is_json) {
        json_close(&testing.json, ']');
        json_int(&testing.json, "passed", testing.passed);
        json_int(&testing.json, "failed", testing.failed);
        json_close(&testing.json, '}');
        puts(testing.json.data);
    } else {
        printf("%u passed, %u failed\n", testing.passed, testing.failed);
    }
    text_release(&testing.json);
    return testing.failed ? EXIT_RUN : EXIT_GOOD;
}
