/* terminal_history_test.c: one line each in the file, bounded, private, whole when several append at once. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/env.h"
#include "console/terminal_impl.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char path[] = TEST_BUILD_DIR "/terminal_history_test.txt";

static int remove_file(void **state)
{
    (void)state;
    unlink(path);
    return 0;
}

static uint32_t lines_of_file(void)
{
    char *data;
    size_t size;
    uint32_t lines = 0;
    assert_int_equal(env_read_file(path, 64 << 20, &data, &size), OC_OK);
    for (size_t i = 0; i < size; i++)
        lines += data[i] == '\n';
    env_free(data);
    return lines;
}

static void an_entry_is_one_line_and_back(void **state)
{
    (void)state;
    static const char *const entries[][2] = {
        {"plain", "plain"}, {"a\nb", "a\\nb"}, {"a\\nb", "a\\\\nb"}, {"\\", "\\\\"}, {"\t\xc3\xa9", "\t\xc3\xa9"}};
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        char bytes[64], back[64];
        struct text out;
        text_init_fixed(&out, bytes, sizeof bytes);
        terminal_history_encode(&out, entries[i][0], strlen(entries[i][0]));
        assert_string_equal(bytes, entries[i][1]);
        text_init_fixed(&out, back, sizeof back);
        terminal_history_decode(&out, bytes, strlen(bytes));
        assert_string_equal(back, entries[i][0]);
    }
    char bytes[64];
    struct text out;
    text_init_fixed(&out, bytes, sizeof bytes);
    terminal_history_encode(&out, "a\x1b[2Jb\r", 7);
    assert_string_equal(bytes, "a[2Jb");
    text_init_fixed(&out, bytes, sizeof bytes);
    terminal_history_decode(&out, "a\\", 2);
    assert_string_equal(bytes, "a\\");
}

static void it_lasts_across_runs(void **state)
{
    struct terminal_history past = {.list = NULL};
    HistEvent event;
    struct stat status;
    (void)state;
    assert_int_equal(terminal_history_open(&past, path), OC_OK);
    terminal_history_add(&past, "first");
    terminal_history_add(&past, "for i = 1, 3 do\n  print(i)\nend\n");
    terminal_history_add(&past, "for i = 1, 3 do\n  print(i)\nend"); /* the same again */
    terminal_history_add(&past, "  \n");
    terminal_history_close(&past);
    assert_int_equal(lines_of_file(), 2);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(terminal_history_open(&past, path), OC_OK);
    assert_int_equal(history(past.list, &event, H_FIRST), 0);
    assert_string_equal(event.str, "for i = 1, 3 do\n  print(i)\nend");
    assert_int_equal(history(past.list, &event, H_NEXT), 0);
    assert_string_equal(event.str, "first");
    terminal_history_close(&past);
}

static void fill(uint32_t count)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (uint32_t i = 0; i < count; i++)
        fprintf(file, "line %u\n", i);
    fclose(file);
}

static void the_file_is_bounded(void **state)
{
    struct terminal_history past = {.list = NULL};
    HistEvent event;
    (void)state;
    fill(TERMINAL_HISTORY_MAX);
    assert_int_equal(terminal_history_open(&past, path), OC_OK);
    assert_int_equal(history(past.list, &event, H_LAST), 0);
    assert_string_equal(event.str, "line 0");
    terminal_history_close(&past);
    assert_int_equal(lines_of_file(), TERMINAL_HISTORY_MAX);

    fill(TERMINAL_HISTORY_MAX + 1);
    assert_int_equal(terminal_history_open(&past, path), OC_OK);
    assert_int_equal(history(past.list, &event, H_LAST), 0);
    assert_string_equal(event.str, "line 1");
    terminal_history_close(&past);
    assert_int_equal(lines_of_file(), TERMINAL_HISTORY_MAX);
}

static void several_consoles_append_at_once(void **state)
{
    enum { CONSOLES = 4, LINES = 100 };
    (void)state;
    for (int i = 0; i < CONSOLES; i++) {
        if (fork() == 0) {
            struct terminal_history past = {.list = NULL};
            char line[64];
            if (terminal_history_open(&past, path) < 0)
                _exit(1);
            for (int j = 0; j < LINES; j++) {
                snprintf(line, sizeof line, "console %d line %d", i, j);
                terminal_history_add(&past, line);
            }
            _exit(0);
        }
    }
    for (int i = 0; i < CONSOLES; i++) {
        int code;
        assert_true(wait(&code) > 0);
        assert_int_equal(code, 0);
    }
    assert_int_equal(lines_of_file(), CONSOLES * LINES);
}

static void without_a_file_it_still_remembers(void **state)
{
    static const char *const files[] = {NULL, TEST_BUILD_DIR, "/nowhere/at/all"};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct terminal_history past = {.list = NULL};
        HistEvent event;
        assert_int_equal(terminal_history_open(&past, files[i]), OC_OK);
        terminal_history_add(&past, "kept");
        assert_int_equal(history(past.list, &event, H_FIRST), 0);
        assert_string_equal(event.str, "kept");
        terminal_history_close(&past);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_one_line_and_back),
        cmocka_unit_test_setup_teardown(it_lasts_across_runs, remove_file, remove_file),
        cmocka_unit_test_setup_teardown(the_file_is_bounded, remove_file, remove_file),
        cmocka_unit_test_setup_teardown(several_consoles_append_at_once, remove_file, remove_file),
        cmocka_unit_test(without_a_file_it_still_remembers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
