/* The words and exit codes of `outcry plugin`. */
#include "load/verb.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define OBJECTS TEST_BUILD_DIR "/tests/abi/bad/"

static char out_text[65536], err_text[65536];

static void out(void *context, const char *text)
{
    assert_ptr_equal(context, out_text);
    strncat(out_text, text, sizeof out_text - strlen(out_text) - 1);
}

static void err(void *context, const char *text)
{
    assert_ptr_equal(context, out_text);
    strncat(err_text, text, sizeof err_text - strlen(err_text) - 1);
}

static int run(const char *first, const char *second, const char *third, const char *fourth)
{
    static const char *const folders[] = {TEST_BUILD_DIR "/absent", TEST_BUILD_DIR "/sdk/examples", NULL};
    const struct plugin_verb_env env = {.folders = folders, .out = out, .err = err, .context = out_text};
    const char *words[4] = {first, second, third, fourth};
    char *argv[5] = {NULL};
    int argc = 0;
    while (argc < 4 && words[argc]) {
        argv[argc] = strdup(words[argc]);
        argc++;
    }
    out_text[0] = err_text[0] = 0;
    int code = plugin_verb(argc, (const char *const *)argv, &env);
    for (int i = 0; i < argc; i++)
        free(argv[i]);
    return code;
}

static void list_shows_what_is_in_the_folders(void **state)
{
    (void)state;
    assert_int_equal(run("list", NULL, NULL, NULL), 0);
    assert_non_null(strstr(out_text, "connector  org.example.loopback"));
    assert_non_null(strstr(out_text, "risk       org.example.maxqty"));
    assert_string_equal(err_text, "");
    assert_int_equal(run("list", OBJECTS, NULL, NULL), 1); /* good ones are shown all the same */
    assert_non_null(strstr(out_text, "org.example.bad"));
    assert_non_null(strstr(err_text, "no_symbol.so: symbol oc_plugins_v1: found not exported"));
    assert_int_equal(run("list", TEST_BUILD_DIR "/absent", NULL, NULL), 1);
    assert_non_null(strstr(err_text, "no such folder"));
}

static void info_tells_a_file_or_an_id(void **state)
{
    (void)state;
    assert_int_equal(run("info", TEST_BUILD_DIR "/sdk/examples/maxqty.so", NULL, NULL), 0);
    assert_non_null(strstr(out_text, "license    MIT"));
    assert_non_null(strstr(out_text, "interface  " OC_RISK));
    assert_non_null(strstr(out_text, "  keys       NAME   TYPE     RANGE  DEFAULT     UNIT        ABOUT\n"
                                     "             limit  decimal  0..    (required)  base units  largest quantity"));
    assert_int_equal(run("info", "org.example.loopback", NULL, NULL), 0);
    assert_non_null(strstr(out_text, "kind       " OC_CONNECTOR));
    assert_non_null(strstr(out_text, "keys       none\n"));
    assert_int_equal(run("info", OBJECTS "good_before_keys.so", NULL, NULL), 0);
    assert_non_null(strstr(out_text, "keys       not declared\n"));
    assert_int_equal(run("info", OBJECTS "good_keys.so", NULL, NULL), 0);
    assert_non_null(strstr(out_text, " limits                            groups    -"));
    assert_non_null(strstr(out_text, "   limit                           decimal   0..        1           base units"));
    assert_int_equal(run("info", "org.example.nobody", NULL, NULL), 1);
    assert_non_null(strstr(err_text, "no plugin of this id"));
}

static void check_tells_all_faults_and_loads_what_has_none(void **state)
{
    (void)state;
    assert_int_equal(run("check", TEST_BUILD_DIR "/sdk/examples/maxqty.so", NULL, NULL), 0);
    assert_non_null(strstr(out_text, "maxqty.so: good: 1 plugin\n"));
    assert_int_equal(run("check", OBJECTS "many_faults.so", NULL, NULL), 1);
    uint32_t lines = 0;
    for (const char *c = err_text; *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 7);
    assert_int_equal(run("check", OBJECTS "good.so", OBJECTS "good_sysv.so", NULL), 1);
    assert_non_null(strstr(err_text, "an id that is not loaded yet"));
}

static void wrong_use_is_answered_with_the_usage(void **state)
{
    (void)state;
    assert_int_equal(run(NULL, NULL, NULL, NULL), 2);
    assert_non_null(strstr(err_text, "usage: outcry plugin"));
    assert_int_equal(run("check", NULL, NULL, NULL), 2);
    assert_int_equal(run("eat", "x", NULL, NULL), 2);
    assert_int_equal(run("new", "risk", NULL, NULL), 2);
    assert_int_equal(run("new", "algo", "my_algo", NULL), 2);
    assert_non_null(strstr(err_text, "kind \"algo\" has no skeleton"));
    assert_int_equal(run("new", "risk", "../up", NULL), 2);
    assert_int_equal(run("new", "risk", "a", NULL), 2);
    assert_int_equal(run("new", "risk", "a23456789012345678901234567890123", NULL), 2);
    assert_int_equal(run("new", "risk", "fine", TEST_BUILD_DIR "/absent"), 1);
    assert_non_null(strstr(err_text, "cannot be written"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(list_shows_what_is_in_the_folders),
        cmocka_unit_test(info_tells_a_file_or_an_id),
        cmocka_unit_test(check_tells_all_faults_and_loads_what_has_none),
        cmocka_unit_test(wrong_use_is_answered_with_the_usage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
