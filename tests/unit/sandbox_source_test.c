/* sandbox_source_test.c: the texts of a sandbox: what is skipped before them, what errors show of them, what they may hold. */
#include "script/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sandbox *fresh(const struct sandbox_limits *limits)
{
    struct sandbox *sandbox;
    assert_int_equal(sandbox_new(limits, 7, &sandbox), OC_OK);
    return sandbox;
}

static oc_rc load(struct sandbox *sandbox, const char *text)
{
    return sandbox_load(sandbox, text, strlen(text), "test.lua");
}

static void must_load(struct sandbox *sandbox, const char *text)
{
    if (load(sandbox, text) < 0)
        fail_msg("%s:%d: %s\n%s", sandbox_error_last(sandbox)->file, (int)sandbox_error_last(sandbox)->line,
                 sandbox_error_last(sandbox)->message, sandbox_error_last(sandbox)->traceback);
}

/* What editors and shells put before a text is skipped, and every line keeps its number. */
static void what_stands_before_a_text_is_skipped(void **unused)
{
    (void)unused;
    static const struct {
        const char *text;
        size_t size;
        oc_rc rc;
        int line;
    } cases[] = {
        {"#", 1, OC_OK, 0},
        {"#x", 2, OC_OK, 0},
        {"#!/usr/bin/outcry\nx = 1", 23, OC_OK, 0},
        {"#x\nerror('here')", 16, OC_E_INVALID, 2},
        {"#x\n\nerror('here')", 17, OC_E_INVALID, 3},
        {"\xef\xbb\xbf", 3, OC_OK, 0},
        {"\xef\xbb\xbfx = 1", 8, OC_OK, 0},
        {"\xef\xbb\xbf#x\nerror('here')", 19, OC_E_INVALID, 2},
        {"\xef\xbbx", 3, OC_E_DATA, 1},
        {"\xef\xbb\xbf", 2, OC_E_DATA, 1},
        {"x = 1\n#", 7, OC_E_DATA, 2},
        {"\n#x", 3, OC_E_DATA, 2},
        {"#x\n#x", 5, OC_E_DATA, 2},
        {"#error", 0, OC_OK, 0},
        {"", 0, OC_OK, 0},
        {"y", 1, OC_E_DATA, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sandbox *sandbox = fresh(NULL);
        oc_rc rc = sandbox_load(sandbox, cases[i].text, cases[i].size, "t.lua");
        if (rc != cases[i].rc || (rc < 0 && sandbox_error_last(sandbox)->line != cases[i].line))
            fail_msg("case %zu: %d, line %d", i, (int)rc, (int)sandbox_error_last(sandbox)->line);
        sandbox_free(sandbox);
    }
}

/* The words of an error are those of its own text: of two with one name the newer, of several each its own. */
static void an_error_shows_a_line_of_its_own_text(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(NULL);
    const struct sandbox_error *error = sandbox_error_last(sandbox);
    static const char *const names[] = {"a.lua", "b.lua", "c.lua"};
    char text[256];
    for (int i = 0; i < 3; i++) {
        snprintf(text, sizeof text, "-- first %d\nfunction f%d() local n = %d error('x') end -- of %d\n-- last", i, i,
                 i, i);
        assert_int_equal(sandbox_load(sandbox, text, strlen(text), names[i]), OC_OK);
    }
    for (int i = 0; i < 3; i++) {
        lua_getglobal(sandbox_lua(sandbox), (char[]){'f', (char)('0' + i), 0});
        assert_int_equal(sandbox_call(sandbox, 0, 0), OC_E_INVALID);
        snprintf(text, sizeof text, "function f%d() local n = %d error('x') end -- of %d", i, i, i);
        assert_string_equal(error->file, names[i]);
        assert_int_equal(error->line, 2);
        assert_string_equal(error->source_line, text);
    }
    static const char last[] = "x = 1\nerror('at the end')"; /* no line end behind it */
    assert_int_equal(sandbox_load(sandbox, last, sizeof last - 1, "b.lua"), OC_E_INVALID);
    assert_string_equal(error->source_line, "error('at the end')");
    static const char lines[] = "error('first')\nx = 2";
    assert_int_equal(sandbox_load(sandbox, lines, sizeof lines - 1, "b.lua"), OC_E_INVALID);
    assert_string_equal(error->source_line, "error('first')");
    lua_getglobal(sandbox_lua(sandbox), "f1"); /* its second line is another by now */
    assert_int_equal(sandbox_call(sandbox, 0, 0), OC_E_INVALID);
    assert_string_equal(error->source_line, "x = 2");
    lua_getglobal(sandbox_lua(sandbox), "f2");
    assert_int_equal(sandbox_call(sandbox, 0, 0), OC_E_INVALID);
    assert_string_equal(error->source_line, "function f2() local n = 2 error('x') end -- of 2");
    char wide[1024] = "";
    for (int more = 0; more < 2; more++) { /* as long as is shown, and one more */
        const size_t shown = sizeof error->source_line - 1, length = shown + (size_t)more;
        memset(wide, ' ', length);
        memcpy(wide, "error()", 7);
        wide[length - 1] = more ? ';' : ' ';
        assert_int_equal(sandbox_load(sandbox, wide, length, "w.lua"), OC_E_INVALID);
        assert_int_equal(strlen(error->source_line), shown);
        assert_memory_equal(error->source_line, wide, shown);
    }
    static const char one[] = "y = 1"; /* the text is shorter now: no such line */
    assert_int_equal(sandbox_load(sandbox, one, sizeof one - 1, "c.lua"), OC_OK);
    lua_getglobal(sandbox_lua(sandbox), "f2");
    assert_int_equal(sandbox_call(sandbox, 0, 0), OC_E_INVALID);
    assert_int_equal(error->line, 2);
    assert_string_equal(error->source_line, "");
    sandbox_free(sandbox);
}

/* goto and break are counted as words: SANDBOX_JUMPS_MAX of them are taken. */
static void jumps_stop_at_their_limit(void **unused)
{
    (void)unused;
    static const char *const texts[] = {
        "goto e ", "while x do break end ",
        "_goto=1 goto0=1 goto9=1 gotoa=1 gotoz=1 gotoA=1 gotoZ=1 agoto=1 zgoto=1 Break=1 break_=1 "};
    char *text = malloc((SANDBOX_JUMPS_MAX + 1) * 128);
    assert_non_null(text);
    for (int kind = 0; kind < 3; kind++)
        for (int more = 0; more < 3; more++) {
            const int count = SANDBOX_JUMPS_MAX + (more > 0);
            size_t size = more == 2; /* behind a space too */
            text[0] = ' ';
            const size_t each = strlen(texts[kind]);
            for (int i = 0; i < count; i++, size += each)
                memcpy(text + size, texts[kind], each);
            memcpy(text + size, "::e::", 5);
            struct sandbox_limits limits = {.source_max_bytes = 16 << 20};
            struct sandbox *sandbox = fresh(&limits);
            oc_rc rc = sandbox_load(sandbox, text, size + 5, "t.lua");
            const bool is_refused = rc < 0 && strstr(sandbox_error_last(sandbox)->message, "goto and break");
            assert_int_equal(is_refused, more && kind < 2);
            sandbox_free(sandbox);
        }
    free(text);
    struct sandbox *sandbox = fresh(NULL);
    must_load(sandbox, "do goto e end ::e::");
    sandbox_free(sandbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_stands_before_a_text_is_skipped),
                                       cmocka_unit_test(an_error_shows_a_line_of_its_own_text),
                                       cmocka_unit_test(jumps_stop_at_their_limit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
