/* terminal_text_test.c: columns, cuts at the limit and one beyond, prompts, lists. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "console/terminal_impl.h"

#include <locale.h>
#include <string.h>

static uint32_t width(const char *text) { return terminal_width(text, strlen(text)); }

static void a_width_counts_columns(void **state)
{
    (void)state;
    assert_int_equal(width(""), 0);
    assert_int_equal(width("abc"), 3);
    assert_int_equal(width("\xc3\xa9\xe2\x82\xac"), 2);
    assert_int_equal(width("\xe4\xb8\xad"), 2);
    assert_int_equal(width("\x1b[1;37;41mLIVE\x1b[0m"), 4);
    assert_int_equal(width("a\x1b["), 1);
    assert_int_equal(width("a\x1b"), 2);
    assert_int_equal(width("\xff\xc3"), 2); /* no characters: a column for each byte */
}

static void fits(const char *text, uint32_t columns, bool has_unicode, const char *expected)
{
    char bytes[256];
    struct text out;
    text_init_fixed(&out, bytes, sizeof bytes);
    terminal_put_fit(&out, text, strlen(text), columns, has_unicode);
    assert_string_equal(bytes, expected);
}

static void a_row_is_cut_at_its_limit(void **state)
{
    (void)state;
    fits("abcd", 4, true, "abcd");
    fits("abcde", 4, true, "abc\xe2\x80\xa6");
    fits("abcde", 4, false, "abc~");
    fits("abcde", 1, false, "~");
    fits("abcde", 0, false, "");
    fits("\xe4\xb8\xad\xe4\xb8\xad", 4, true, "\xe4\xb8\xad\xe4\xb8\xad");
    fits("\xe4\xb8\xad\xe4\xb8\xad", 3, true, "\xe4\xb8\xad\xe2\x80\xa6");
    fits("\x1b[31mred and long", 4, false, "\x1b[31mred~\x1b[0m");
    fits("a\nb\tc\x07", 9, false, "a b c ");
    fits("a\xff", 4, false, "a ");
}

static void a_prompt_marks_what_has_no_width(void **state)
{
    char bytes[64];
    struct text out;
    (void)state;
    static const char prompt[] = "\x1b[1;37m\x1b[41mLIVE\x1b[0m > ";
    text_init_fixed(&out, bytes, sizeof bytes);
    terminal_put_prompt(&out, prompt, strlen(prompt));
    assert_string_equal(bytes, "\1\x1b[1;37m\x1b[41m\1LIVE\1\x1b[0m\1 > ");
}

static char words[SHELL_COMPLETIONS_MAX][SHELL_WORD_MAX];

static uint32_t set_words(const char *const *list)
{
    uint32_t count = 0;
    for (; list[count]; count++)
        strcpy(words[count], list[count]);
    return count;
}

static void words_agree_up_to_a_character(void **state)
{
    (void)state;
    assert_int_equal(terminal_common(words, 0), 0);
    assert_int_equal(terminal_common(words, set_words((const char *const[]){"alpha", NULL})), 5);
    assert_int_equal(terminal_common(words, set_words((const char *const[]){"alpha", "alps", NULL})), 3);
    assert_int_equal(terminal_common(words, set_words((const char *const[]){"a", "b", NULL})), 0);
    assert_int_equal(terminal_common(words, set_words((const char *const[]){"a\xc3\xa9", "a\xc3\xa8", NULL})), 1);
}

static void lists(const char *const *list, uint32_t columns, uint32_t rows, const char *expected)
{
    char bytes[256];
    struct text out;
    text_init_fixed(&out, bytes, sizeof bytes);
    terminal_put_columns(&out, words, set_words(list), columns, rows);
    assert_string_equal(bytes, expected);
}

static void words_are_listed_in_columns(void **state)
{
    (void)state;
    static const char *const five[] = {"a", "bb", "c", "d", "e", NULL};
    lists(five, 8, 9, "a   d\nbb  e\nc\n");
    lists(five, 8, 3, "a   d\nbb  e\nc\n");
    lists(five, 8, 2, "a   d\nand 3 more\n");
    lists(five, 80, 9, "a   bb  c   d   e\n");
    lists(five, 1, 9, "a\nbb\nc\nd\ne\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_width_counts_columns),           cmocka_unit_test(a_row_is_cut_at_its_limit),
        cmocka_unit_test(a_prompt_marks_what_has_no_width), cmocka_unit_test(words_agree_up_to_a_character),
        cmocka_unit_test(words_are_listed_in_columns),
    };
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
