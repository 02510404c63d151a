/* help_test.c: what the help says can be given, and what can be given is said. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cli/help.h"
#include "config/options.h"

#include <string.h>

static bool is_told(const char *name)
{
    for (const struct help_option *option = help_options; option->name; option++)
        if (strcmp(option->name, name) == 0)
            return true;
    return false;
}

static bool is_understood(const char *name)
{
    static const char *const of_consoles[] = {"attach", "paused", "no-pane",
                                              "p"}; /* taken before the others are read */
    for (size_t i = 0; i < sizeof of_consoles / sizeof of_consoles[0]; i++)
        if (strcmp(of_consoles[i], name) == 0)
            return true;
    const char *known;
    for (uint32_t i = 0; (known = options_known(i)) != NULL; i++)
        if (strcmp(known, name) == 0)
            return true;
    return false;
}

static void options_are_told_and_understood(void **state)
{
    const char *known;
    (void)state;
    for (uint32_t i = 0; (known = options_known(i)) != NULL; i++)
        if (strcmp(known, "param") != 0 && !is_told(known))
            fail_msg("--%s is understood and not told", known);
    for (const struct help_option *option = help_options; option->name; option++) {
        if (!is_understood(option->name))
            fail_msg("--%s is told and not understood", option->name);
        assert_true(option->verbs & HELP_RUNS);
    }
    assert_null(help_find("nonsense"));
    assert_string_equal(help_find("paper")->name, "paper");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(options_are_told_and_understood)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
