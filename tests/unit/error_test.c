/* error_test: what a person is told has one form, the first complaint stays, and foreign text does no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/error.h"
#include "base/text.h"

static char line[ERROR_TEXT_MAX];

static const char *text_of(const struct error *error)
{
    error_text(error, line);
    return line;
}

static void a_complaint_is_one_line_of_known_parts(void **state)
{
    (void)state;
    struct error error;
    error_at(&error, OC_E_CONFIG, "--%s: session.%s", "end", "end");
    assert_int_equal(error.rc, OC_E_CONFIG);
    assert_true(error_is_set(&error));
    assert_string_equal(text_of(&error), "--end: session.end");
    error_found(&error, "%s", "x");
    assert_string_equal(text_of(&error), "--end: session.end: found 'x'");
    error_expected(&error, "close or hold");
    assert_string_equal(text_of(&error), "--end: session.end: found 'x', expected close or hold");
    error_what(&error, "another word");
    error_remedy(&error, "say close");
    assert_string_equal(text_of(&error),
                        "--end: session.end: another word: found 'x', expected close or hold: say close");
    error_at(&error, OC_E_IO, "a place");
    assert_string_equal(text_of(&error), "a place");
    error_remedy(&error, "look there");
    assert_string_equal(text_of(&error), "a place: look there");
    error_at(&error, OC_E_IO, "%s", "");
    error_expected(&error, "something");
    assert_string_equal(text_of(&error), "expected something");
    assert_int_equal(error_say(&error, OC_E_LIMIT, "-p", "at most %d", 3), OC_E_LIMIT);
    assert_string_equal(text_of(&error), "-p: at most 3");
    const struct error none = {0};
    assert_false(error_is_set(&none));
    assert_string_equal(text_of(&none), "");
}

static void the_first_complaint_stays(void **state)
{
    (void)state;
    struct error chain = {0}, first, later;
    assert_int_equal(error_say(&first, OC_E_IO, "a file", "the cause"), OC_E_IO);
    assert_int_equal(error_say(&later, OC_E_CONFIG, "the session", "what follows"), OC_E_CONFIG);
    assert_int_equal(error_keep(&chain, &first), OC_E_IO);
    assert_int_equal(error_keep(&chain, &later), OC_E_CONFIG);
    assert_string_equal(text_of(&chain), "a file: the cause");
    assert_int_equal(chain.rc, OC_E_IO);
}

static void what_is_too_long_is_cut_at_a_character(void **state)
{
    (void)state;
    struct error error;
    char whole[ERROR_FOUND_MAX], more[ERROR_FOUND_MAX + 1], euros[ERROR_FOUND_MAX * 3 + 1];
    memset(whole, 'x', sizeof whole - 1);
    whole[sizeof whole - 1] = 0;
    memset(more, 'x', sizeof more - 1);
    more[sizeof more - 1] = 0;
    error_at(&error, OC_E_CONFIG, "here");
    error_found(&error, "%s", whole);
    assert_string_equal(error.found, whole);
    error_found(&error, "%s", more);
    assert_int_equal(strlen(error.found), ERROR_FOUND_MAX - 1);
    assert_string_equal(error.found + ERROR_FOUND_MAX - 5, "x...");
    for (int shift = 0; shift < 3; shift++) { /* three bytes each: the end falls into one */
        memset(euros, 'x', (size_t)shift);
        for (size_t i = 0; i + 1 < ERROR_FOUND_MAX; i++)
            memcpy(euros + shift + i * 3, "\xe2\x82\xac", 3);
        euros[shift + (ERROR_FOUND_MAX - 1) * 3] = 0;
        error_found(&error, "%s", euros);
        const size_t size = strlen(error.found);
        assert_true(size > ERROR_FOUND_MAX - 5 && size < ERROR_FOUND_MAX);
        assert_string_equal(error.found + size - 6, "\xe2\x82\xac...");
    }
    /* an escape is not cut in two either */
    memset(more, 1, sizeof more - 1);
    error_found(&error, "%s", more);
    assert_string_equal(error.found + strlen(error.found) - 7, "\\x01...");
}

static void every_part_together_has_room(void **state)
{
    (void)state;
    struct error error;
    char much[2000];
    memset(much, 'y', sizeof much - 1);
    much[sizeof much - 1] = 0;
    error_at(&error, OC_E_DATA, "%s", much);
    error_what(&error, "%s", much);
    error_found(&error, "%s", much);
    error_expected(&error, "%s", much);
    error_remedy(&error, "%s!", much);
    text_of(&error);
    assert_int_equal(strlen(error.where), ERROR_WHERE_MAX - 1);
    assert_int_equal(strlen(error.what), ERROR_WHAT_MAX - 1);
    assert_int_equal(strlen(error.expected), ERROR_EXPECTED_MAX - 1);
    assert_string_equal(line + strlen(line) - 4, "y...");
    assert_non_null(strstr(line, "y...', expected y"));
    assert_non_null(strstr(line, "y...: yyy"));
}

static void foreign_text_is_shown_and_does_nothing(void **state)
{
    (void)state;
    struct error error;
    error_at(&error, OC_E_CONFIG, "a\nb");
    error_found(&error, "%s", "\x1b[2J\t\r\n\x7f \xc2\x9b \xff\xc3\xa9 \\n");
    assert_string_equal(error.where, "a\\nb");
    assert_string_equal(error.found, "\\x1b[2J\\t\\r\\n\\x7f \\u009b \\xff\xc3\xa9 \\n");
    error_found(&error, "%s", "\xe2\x82"); /* a character that ends early */
    assert_string_equal(error.found, "\\xe2\\x82");
}

static void a_code_has_a_name_and_a_remedy(void **state)
{
    (void)state;
    struct error error;
    assert_int_equal(error_of_code(&error, OC_E_NOMEM, "strategy a.lua", "could not be loaded"), OC_E_NOMEM);
    assert_string_equal(
        text_of(&error),
        "strategy a.lua: could not be loaded: out of memory: give the process more memory, or less to do");
    assert_int_equal(error_of_code(&error, OC_E_STATE, "", ""), OC_E_STATE);
    assert_string_equal(text_of(&error), "not allowed now");
    for (oc_rc rc = OC_E_EXISTS; rc < 0; rc++) {
        assert_string_not_equal(error_name(rc), error_name(OC_E_EXISTS - 1));
        for (oc_rc other = OC_E_EXISTS; other < rc; other++)
            assert_string_not_equal(error_name(rc), error_name(other));
    }
}

static void a_sentence_of_below_names_its_place_once(void **state)
{
    (void)state;
    struct error error;
    const char *const cases[][3] = {{"d/a.csv", "d/a.csv: read: gone", "d/a.csv: read: gone"},
                                    {"d/a.csv", "a.csv: row 2: gone", "d/a.csv: row 2: gone"},
                                    {"d/a.csv", "open d/a.csv: gone", "d/a.csv: open d/a.csv: gone"},
                                    {"a.csv", "a.csvs: gone", "a.csv: a.csvs: gone"},
                                    {"d/", "gone", "d/: gone"},
                                    {"", "gone", "gone"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(error_of_sentence(&error, OC_E_DATA, cases[i][0], cases[i][1]), OC_E_DATA);
        assert_string_equal(text_of(&error), cases[i][2]);
        assert_string_equal(error.where, cases[i][0]);
    }
}

static void a_program_reads_the_same(void **state)
{
    (void)state;
    struct error error;
    char bytes[512];
    struct text text;
    text_init_fixed(&text, bytes, sizeof bytes);
    error_at(&error, OC_E_CONFIG, "--end: session.end");
    error_found(&error, "\"x\"");
    error_expected(&error, "close or hold");
    error_json(&error, &text);
    assert_string_equal(bytes, "{\"error\":{\"what\":null,\"where\":\"--end: session.end\",\"found\":\"\\\"x\\\"\","
                               "\"expected\":\"close or hold\",\"remedy\":null}}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complaint_is_one_line_of_known_parts),   cmocka_unit_test(the_first_complaint_stays),
        cmocka_unit_test(what_is_too_long_is_cut_at_a_character),   cmocka_unit_test(every_part_together_has_room),
        cmocka_unit_test(foreign_text_is_shown_and_does_nothing),   cmocka_unit_test(a_code_has_a_name_and_a_remedy),
        cmocka_unit_test(a_sentence_of_below_names_its_place_once), cmocka_unit_test(a_program_reads_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
