/* What a page keeps of a log: the first lines and the last, and how many there were. */
#include "report/log_lines.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <string.h>

static struct log_lines lines;
static struct text page;

static const char *page_of(int count, const char *what)
{
    memset(&lines, 0, sizeof lines);
    text_init_grow(&page, 1 << 20);
    for (int i = 1; i <= count; i++) {
        char line[512];
        const int size = snprintf(line, sizeof line, "line %d %s", i, what);
        log_lines_take(&lines, line, (size_t)size);
    }
    log_lines_page(&page, &lines);
    return page.data ? page.data : "";
}

static void nothing_is_no_section(void **state)
{
    (void)state;
    assert_string_equal(page_of(0, ""), "");
    text_release(&page);
    text_init_grow(&page, 1024);
    log_lines_page(&page, NULL);
    assert_int_equal(page.size, 0);
    text_release(&page);
}

static void few_lines_stand_open_and_escaped(void **state)
{
    (void)state;
    const char *said = page_of(1, "<b>");
    assert_non_null(strstr(said, "<details open><summary>1 line</summary>"));
    assert_non_null(strstr(said, ">line 1 &lt;b&gt;\n<"));
    text_release(&page);
}

static void of_many_the_middle_is_counted(void **state)
{
    (void)state;
    const char *said = page_of(LOG_LINES_FIRST + LOG_LINES_LAST + 7, ".");
    assert_non_null(strstr(said, "<details><summary>307 lines</summary>"));
    assert_non_null(strstr(said, "\nline 100 .\n\xE2\x80\xA6 7 lines are not kept\nline 108 .\n"));
    assert_non_null(strstr(said, "\nline 307 .\n<"));
    text_release(&page);
    said = page_of(LOG_LINES_FIRST + LOG_LINES_LAST, ".");
    assert_null(strstr(said, "not kept"));
    assert_non_null(strstr(said, "\nline 100 .\nline 101 .\n"));
    text_release(&page);
}

static void a_long_line_is_cut(void **state)
{
    (void)state;
    char long_one[400];
    memset(long_one, 'x', sizeof long_one);
    long_one[sizeof long_one - 1] = 0;
    const char *said = page_of(1, long_one), *at = strchr(strstr(said, "<pre"), '>') + 1;
    assert_int_equal(strcspn(at, "\n"), LOG_LINES_SIZE - 1);
    text_release(&page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_no_section),
        cmocka_unit_test(few_lines_stand_open_and_escaped),
        cmocka_unit_test(of_many_the_middle_is_counted),
        cmocka_unit_test(a_long_line_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
