/* sandbox_error_test.c: what a person is told of an error in a script: place, words, values and the way there. */
#include "script/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct sandbox *sandbox;
static const struct sandbox_error *error;

static int setup(void **state)
{
    (void)state;
    if (sandbox_new(NULL, 7, &sandbox) < 0)
        return -1;
    error = sandbox_error_last(sandbox);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sandbox_free(sandbox);
    return 0;
}

static oc_rc run(const char *text) { return sandbox_load(sandbox, text, strlen(text), "t.lua"); }

static void fails(const char *text, const char *message)
{
    assert_int_equal(run(text), OC_E_INVALID);
    assert_int_equal(error->kind, SANDBOX_ERROR_RUNTIME);
    assert_string_equal(error->message, message);
}

static void locals_are(const char *text, const char *locals)
{
    assert_int_equal(run(text), OC_E_INVALID);
    assert_string_equal(error->locals, locals);
}

static void values_are_shown_as_lua_shows_them(void **state)
{
    char text[256], shown[256], wanted[256];
    (void)state;
    locals_are("local a, b, c = nil, true, false error('x')", "a = nil\nb = true\nc = false\n");
    locals_are("local a, b, c = 0, -7, math.maxinteger error('x')", "a = 0\nb = -7\nc = 9223372036854775807\n");
    locals_are("local a, b, c, d = 101.0, 2.5, 1e300, -3.0 error('x')", "a = 101.0\nb = 2.5\nc = 1e+300\nd = -3.0\n");
    locals_are("local a, b = 1 / 0, 1e15 error('x')", "a = inf\nb = 1e+15\n");
    locals_are("local a, b, c = {}, function() end, coroutine.create(function() end) error('x')",
               "a = table\nb = function\nc = thread\n");
    for (int size = 47; size <= 49; size++) {
        memset(shown, 's', sizeof shown);
        shown[size] = 0;
        snprintf(text, sizeof text, "local a = '%s' error('x')", shown);
        shown[size < 48 ? size : 48] = 0;
        snprintf(wanted, sizeof wanted, size > 48 ? "a = \"%s\"... (%d bytes)\n" : "a = \"%s\"\n", shown, size);
        locals_are(text, wanted);
    }
}

static void control_characters_are_no_text(void **state)
{
    (void)state;
    locals_are("local a = ' ~\\0\\31\\127\\n' error('x')", "a = \" ~????\"\n");
}

static void locals_have_their_limit(void **state)
{
    char text[4096] = "", wanted[1024] = "";
    (void)state;
    locals_are("for i = 1, 1 do local own = i error('x') end",
               "i = 1\nown = 1\n"); /* those of the loop have no names */
    for (int i = 1; i <= 25; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "local v%d = %d ", i, i);
        if (i <= 24)
            snprintf(wanted + strlen(wanted), sizeof wanted - strlen(wanted), "v%d = %d\n", i, i);
    }
    strcat(text, "error('x')");
    locals_are(text, wanted);
    text[0] = 0; /* 24 of 61 bytes do not fit into 1024: cut, and nothing behind it is touched */
    for (int i = 10; i < 34; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "local v%d = ('%c'):rep(48) ", i, i - 10 + 'a');
    strcat(text, "error('what it says')");
    fails(text, "what it says");
    assert_int_equal(strlen(error->locals), sizeof error->locals - 1);
    for (int i = 10, at = 0; at + 57 < (int)sizeof error->locals; i++, at += 57) {
        char line[64];
        memset(line, i - 10 + 'a', sizeof line);
        snprintf(line, sizeof line, "v%d = \"%c", i, i - 10 + 'a');
        assert_memory_equal(error->locals + at, line, strlen(line));
    }
    assert_string_equal(error->file, "t.lua");
    assert_memory_equal(error->source_line, "local v10 =", 11);
    assert_memory_equal(error->traceback, "[host]: ", 8);
}

static void the_way_there_is_told(void **state)
{
    (void)state;
    assert_int_equal(run("local function a(x)\n  return x.y.z\nend\n"
                         "local t = {}\n"
                         "function t.b(x) a(x) end\n"
                         "function c(x) t.b(x) end\n"
                         "function d(x) return c(x) end\n"
                         "local function e() d({}) end\n"
                         "e()\n"),
                     OC_E_INVALID);
    assert_int_equal(error->line, 2);
    assert_string_equal(error->file, "t.lua");
    assert_string_equal(error->source_line, "  return x.y.z");
    assert_string_equal(error->traceback, "[host]: in metamethod 'index'\n"
                                          "t.lua:2: in upvalue 'a'\n"
                                          "t.lua:5: in field 'b'\n"
                                          "t.lua:6: in function <t.lua:6> (tail call)\n" /* in place of d */
                                          "t.lua:8: in local 'e'\n"
                                          "t.lua:9: in main chunk\n"
                                          "[host]: in a function of the host\n");
}

static void a_long_way_is_cut(void **state)
{
    (void)state;
    assert_int_equal(run("local function a(n) if n == 0 then error('x') end local r = a(n - 1) return r end\na(50)"),
                     OC_E_INVALID);
    int lines = 0;
    for (const char *at = error->traceback; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    assert_int_equal(lines, 25); /* 24 levels, and that there were more */
    assert_string_equal(error->traceback + strlen(error->traceback) - 5, "\n...\n");
    assert_int_equal(run("local function a(n) if n == 0 then error('x') end local r = a(n - 1) return r end\na(2)"),
                     OC_E_INVALID);
    assert_null(strstr(error->traceback, "..."));
}

static void words_are_those_of_the_error(void **state)
{
    char text[1200], words[1024];
    (void)state;
    fails("error('mine')", "mine");
    fails("\n\nerror('mine', 0)", "mine");
    assert_int_equal(error->line, 3);
    fails("error('', 0)", "");
    fails("error('t.lua:1:mine', 0)", "t.lua:1:mine"); /* not its place: the blank is missing */
    fails("error('other.lua:1: mine', 0)", "other.lua:1: mine");
    fails("error({message = 'in a table'})", "error object is a table: in a table");
    fails("error({message = 5})", "error object is a table");
    fails("error({})", "error object is a table");
    fails("error(nil)", "error object is nil");
    fails("error(true)", "error object is true");
    fails("error(12)", "error object is 12");
    fails("error(print)", "error object is function");
    for (int size = 510; size <= 513; size++) {
        memset(words, 'w', sizeof words);
        words[size] = 0;
        snprintf(text, sizeof text, "error('%s', 0)", words);
        assert_int_equal(run(text), OC_E_INVALID);
        words[size < 511 ? size : 511] = 0;
        assert_string_equal(error->message, words);
    }
    char name[SANDBOX_NAME_MAX]; /* the longest name, and its place */
    memset(name, 'n', sizeof name);
    name[sizeof name - 1] = 0;
    assert_int_equal(sandbox_load(sandbox, "error('short')", 14, name), OC_E_INVALID);
    assert_string_equal(error->file, name);
    assert_string_equal(strrchr(error->message, ' '), " short");
}

static void syntax_has_a_place(void **state)
{
    (void)state;
    fails("local here = 5 error('before')", "before");
    assert_int_equal(run("x = 1\n\ny = = 2\n"), OC_E_DATA);
    assert_int_equal(error->kind, SANDBOX_ERROR_SYNTAX);
    assert_int_equal(error->line, 3);
    assert_string_equal(error->file, "t.lua");
    assert_string_equal(error->source_line, "y = = 2");
    assert_string_equal(error->message, "unexpected symbol near '='");
    assert_string_equal(error->locals, "");
    assert_string_equal(error->traceback, "");
    assert_int_equal(run("\x1bLua"), OC_E_DATA); /* no text */
    assert_int_equal(error->kind, SANDBOX_ERROR_SYNTAX);
    assert_int_equal(error->line, 1);
    assert_string_equal(error->file, "t.lua");
    assert_string_equal(error->source_line, "");
    assert_string_equal(error->locals, "");
    assert_string_equal(error->traceback, "");
    assert_non_null(strstr(error->message, "binary"));
    assert_int_equal(run("return 1"), OC_OK);
    assert_int_equal(error->kind, SANDBOX_ERROR_NONE);
}

static int lj_bad_handler(lua_State *lua)
{
    lua_newtable(lua);
    lua_pushliteral(lua, "of the handler");
    lua_setfield(lua, -2, "message");
    return lua_error(lua);
}

/* An error while an error is told: nothing of the one before stays. */
static void a_handler_that_fails_is_told(void **state)
{
    (void)state;
    lua_State *lua = sandbox_lua(sandbox);
    assert_int_equal(run("function bad() local here = 5 error('first') end\nbad()"), OC_E_INVALID);
    assert_int_equal(error->line, 1);
    lua_pushvalue(lua, 1);
    lua_pushcfunction(lua, lj_bad_handler);
    lua_replace(lua, 1);
    const int top = lua_gettop(lua);
    lua_getglobal(lua, "bad");
    assert_int_equal(sandbox_call(sandbox, 0, 0), OC_E_INVALID);
    assert_int_equal(lua_gettop(lua), top);
    assert_int_equal(error->kind, SANDBOX_ERROR_HANDLER);
    assert_int_equal(error->line, 0);
    assert_string_equal(error->file, "");
    assert_string_equal(error->locals, "");
    assert_string_equal(error->traceback, "");
    assert_true(error->message[0] != 0);
    lua_replace(lua, 1);
    lua_getglobal(lua, "tostring");
    lua_pushinteger(lua, 1);
    assert_int_equal(sandbox_call(sandbox, 1, 0), OC_OK);
    assert_int_equal(error->kind, SANDBOX_ERROR_NONE);
}

/* A sandbox that was stopped takes what it was called with off the stack. */
static void a_stopped_one_leaves_the_stack(void **state)
{
    (void)state;
    lua_State *lua = sandbox_lua(sandbox);
    assert_int_equal(run("function f() end"), OC_OK);
    sandbox_set_limits(sandbox, 0, 1 << 20);
    assert_int_equal(run("local a = {} for i = 1, 9 do a[i] = ('x'):rep(300000) .. i end"), OC_E_NOMEM);
    assert_int_equal(error->kind, SANDBOX_ERROR_MEMORY);
    assert_string_equal(error->message, "needs more memory than its limit of 1048576 bytes");
    const int top = lua_gettop(lua);
    for (int count = 0; count < 3; count++) {
        lua_getglobal(lua, "f");
        for (int i = 0; i < count; i++)
            lua_pushinteger(lua, i);
        assert_int_equal(sandbox_call(sandbox, count, 0), OC_E_STATE);
        assert_int_equal(lua_gettop(lua), top);
    }
    assert_int_equal(sandbox_recover(sandbox), OC_E_STATE); /* memory ends it for good */
}

/* Each limit that is not given is the one that is written down, and each that is given holds. */
static void limits_are_those_that_were_given(void **state)
{
    (void)state;
    static const char match[] = "return ('a'):rep(1000):find('.-b')", text[] = "local t = ('x'):rep(5000)",
                      many[] = "local t = {} for i = 1, 12 do t[i] = coroutine.create(print) end";
    static const struct {
        struct sandbox_limits limits;
        const char *text;
    } rows[] = {{{.pattern_steps_max = 1000}, match},
                {{.result_max_bytes = 4999}, text},
                {{.source_max_bytes = sizeof text - 2}, text},
                {{.coroutines_max = 10}, many}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct sandbox *limited;
        assert_int_equal(run(rows[i].text), OC_OK);
        assert_int_equal(sandbox_new(&rows[i].limits, 7, &limited), OC_OK);
        if (sandbox_load(limited, rows[i].text, strlen(rows[i].text), "t.lua") != OC_E_INVALID)
            fail_msg("row %zu", i);
        for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) /* the others are as they were */
            if (k != i && rows[k].text != rows[i].text && !rows[i].limits.source_max_bytes)
                assert_int_equal(sandbox_load(limited, rows[k].text, strlen(rows[k].text), "t.lua"), OC_OK);
        sandbox_free(limited);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

/* What cannot be looked at any more, for want of memory, does not show the values of an earlier error. */
static void values_of_an_earlier_error_are_gone(void **state)
{
    (void)state;
    struct sandbox *small;
    const struct sandbox_limits limits = {.heap_max_bytes = 1 << 20};
    assert_int_equal(sandbox_new(&limits, 7, &small), OC_OK);
    const char *wrong = "local a = 7 error('x')", *hog = "local t = {} for i = 1, 1e9 do t[i] = i end";
    const struct sandbox_error *said = sandbox_error_last(small);
    assert_int_equal(sandbox_load(small, wrong, strlen(wrong), "t.lua"), OC_E_INVALID);
    assert_string_equal(said->locals, "a = 7\n");
    assert_true(sandbox_load(small, hog, strlen(hog), "t.lua") < 0);
    assert_int_equal(said->kind, SANDBOX_ERROR_MEMORY);
    assert_string_equal(said->locals, "");
    sandbox_free(small);
}

/* Nor does one that could not even be read: what is not known of it is empty. */
static void nothing_is_known_of_a_text_that_does_not_fit(void **state)
{
    (void)state;
    enum { WORDS = 60000 };
    struct sandbox *small;
    const struct sandbox_limits limits = {.heap_max_bytes = 1 << 20};
    assert_int_equal(sandbox_new(&limits, 7, &small), OC_OK);
    const char *wrong = "local a = 7\nerror('x')";
    char *large = malloc(WORDS * 12 + 16), *at = large;
    assert_non_null(large);
    at += sprintf(at, "return {");
    for (int i = 0; i < WORDS; i++)
        at += sprintf(at, "'k%07d',", i);
    strcpy(at, "}");
    const struct sandbox_error *said = sandbox_error_last(small);
    assert_int_equal(sandbox_load(small, wrong, strlen(wrong), "t.lua"), OC_E_INVALID);
    assert_int_equal(said->line, 2);
    assert_true(sandbox_load(small, large, strlen(large), "large.lua") < 0);
    assert_int_equal(said->kind, SANDBOX_ERROR_MEMORY);
    assert_string_equal(said->message, "needs more memory than its limit of 1048576 bytes");
    assert_int_equal(said->line, 0);
    assert_string_equal(said->file, "");
    assert_string_equal(said->source_line, "");
    assert_string_equal(said->locals, "");
    assert_null(strstr(said->traceback, "t.lua"));
    sandbox_free(small);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_of_an_earlier_error_are_gone),
        cmocka_unit_test(nothing_is_known_of_a_text_that_does_not_fit),
        TEST(values_are_shown_as_lua_shows_them),
        TEST(control_characters_are_no_text),
        TEST(locals_have_their_limit),
        TEST(the_way_there_is_told),
        TEST(a_long_way_is_cut),
        TEST(words_are_those_of_the_error),
        TEST(syntax_has_a_place),
        TEST(a_handler_that_fails_is_told),
        TEST(a_stopped_one_leaves_the_stack),
        TEST(limits_are_those_that_were_given),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
