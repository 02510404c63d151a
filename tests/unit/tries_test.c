/* tries_test.c: what `venue try` has shown is known for this connector, version, environment and account alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <unistd.h>

#include "session/tries.h"

static void a_try_that_traded_is_known(void **state)
{
    char home[] = "/tmp/tries-XXXXXX";
    const struct try_made made = {"org.example.plain", "0.1.0", "live", "plain", "main"};
    (void)state;
    assert_non_null(mkdtemp(home));
    assert_int_equal(setenv("XDG_DATA_HOME", home, 1), 0);
    assert_false(tries_have_passed(&made)); /* nothing is kept */
    assert_int_equal(tries_keep(&made, true, false), OC_OK);
    assert_false(tries_have_passed(&made)); /* it did not trade */
    assert_int_equal(tries_keep(&made, false, true), OC_OK);
    assert_false(tries_have_passed(&made));
    assert_int_equal(tries_keep(&made, true, true), OC_OK);
    assert_true(tries_have_passed(&made));
    assert_int_equal(tries_keep(&made, true, false), OC_OK); /* that takes nothing back */
    assert_true(tries_have_passed(&made));
    const struct try_made others[] = {{"org.example.other", "0.1.0", "live", "plain", "main"},
                                      {"org.example.plain", "0.1.1", "live", "plain", "main"},
                                      {"org.example.plain", "0.1.0", "local", "plain", "main"},
                                      {"org.example.plain", "0.1.0", "live", "other", "main"},
                                      {"org.example.plain", "0.1.0", "live", "plain", "mai"}};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        assert_false(tries_have_passed(&others[i]));
    assert_int_equal(tries_keep(&made, false, false), OC_OK); /* it fails now */
    assert_false(tries_have_passed(&made));
    unsetenv("XDG_DATA_HOME");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_try_that_traded_is_known)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
