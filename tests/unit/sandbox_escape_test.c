/* sandbox_escape_test.c: every script of tests/fault/lua_escape, at load and inside a callback. Its
 * first line says what must become of it; whatever that is, it is told with file and line, another
 * sandbox and the host go on. */
#include "script/sandbox.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCRIPTS_MIN = 60, DEADLINE_MS = 40, PATIENCE_MS = 30000, PERIOD_US = 4000, TEXT_MAX = 1 << 16 };

#include "support/signals.h"

static struct sandbox_watchdog *watchdog;
static struct sandbox *neighbour;
static lua_Integer neighbour_calls;
static int failures;

/* What is to end by another limit gets the time to reach it, also under sanitizers. */
static void new_sandbox(const char *expected, struct sandbox **ret_sandbox)
{
    bool is_short = strcmp(expected, "deadline") == 0;
    struct sandbox_limits limits = {.deadline_ms = is_short ? DEADLINE_MS : PATIENCE_MS};
    assert_int_equal(sandbox_new(&limits, 1, ret_sandbox), OC_OK);
    sandbox_attach(*ret_sandbox, watchdog);
}

static size_t read_script(const char *name, char *text)
{
    char path[1024];
    snprintf(path, sizeof path, "%s/tests/fault/lua_escape/%s", TEST_SOURCE_DIR, name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t size = fread(text, 1, TEXT_MAX - 1, file);
    assert_true(feof(file));
    fclose(file);
    text[size] = '\0';
    return size;
}

/* "deadline", "error some words", … from the first line. */
static void read_expectation(const char *text, size_t size, char *ret_expected, size_t max)
{
    static const char mark[] = "-- expect: ";
    const char *at = memmem(text, size < 64 ? size : 64, mark, sizeof mark - 1);
    assert_non_null(at);
    at += sizeof mark - 1;
    size_t length = strcspn(at, "\n");
    assert_true(length > 0 && length < max);
    memcpy(ret_expected, at, length);
    ret_expected[length] = '\0';
}

static void check_outcome(const char *name, const char *expected, oc_rc rc, struct sandbox *sandbox)
{
    static const struct {
        const char *word;
        oc_rc rc;
        enum sandbox_error_kind kind;
    } outcomes[] = {
        {"ok", OC_OK, SANDBOX_ERROR_NONE},
        {"error", OC_E_INVALID, SANDBOX_ERROR_RUNTIME},
        {"syntax", OC_E_DATA, SANDBOX_ERROR_SYNTAX},
        {"memory", OC_E_NOMEM, SANDBOX_ERROR_MEMORY},
        {"deadline", OC_E_LIMIT, SANDBOX_ERROR_DEADLINE},
    };
    const struct sandbox_error *error = sandbox_error_last(sandbox);
    size_t at = 0;
    while (at < 5 && strncmp(expected, outcomes[at].word, strlen(outcomes[at].word)) != 0)
        at++;
    assert_true(at < 5);
    bool is_right = rc == outcomes[at].rc && error->kind == outcomes[at].kind;
    if (is_right && rc == OC_OK)
        return;
    is_right = is_right && strcmp(error->file, name) == 0 && error->line >= 1;
    if (strcmp(expected, outcomes[at].word) != 0 && !strstr(error->message, strchr(expected, ' ') + 1))
        is_right = false;
    if (!is_right) {
        print_error("%s: expected %s, got code %d, kind %d: %s:%d: %s\n", name, expected, (int)rc, (int)error->kind,
                    error->file, (int)error->line, error->message);
        failures++;
    }
    if (rc == OC_OK)
        return;
    bool is_stopped = error->kind == SANDBOX_ERROR_DEADLINE || error->kind == SANDBOX_ERROR_MEMORY;
    assert_int_equal(sandbox_is_stopped(sandbox), is_stopped);
    if (is_stopped) {
        lua_pushcfunction(sandbox_lua(sandbox), NULL);
        assert_int_equal(sandbox_call(sandbox, 0, 0), OC_E_STATE);
    }
    assert_int_equal(lua_gettop(sandbox_lua(sandbox)), 1);
}

static void call_neighbour(void)
{
    lua_State *lua = sandbox_lua(neighbour);
    lua_getglobal(lua, "on_event");
    assert_int_equal(sandbox_call(neighbour, 0, 1), OC_OK);
    assert_int_equal(lua_tointeger(lua, -1), ++neighbour_calls);
    lua_pop(lua, 1);
}

static void run_script(const char *name)
{
    static char text[TEXT_MAX];
    static char wrapped[TEXT_MAX + 64];
    char expected[256];
    size_t size = read_script(name, text);
    read_expectation(text, size, expected, sizeof expected);
    if (!SIGNALS_ARRIVE && strcmp(expected, "deadline") == 0) {
        print_message("%s: skipped, no signals under this sanitizer\n", name);
        return;
    }

    struct sandbox *sandbox;
    new_sandbox(expected, &sandbox);
    check_outcome(name, expected, sandbox_load(sandbox, text, size, name), sandbox);
    sandbox_free(sandbox);
    call_neighbour();

    new_sandbox(expected, &sandbox);
    size_t at = (size_t)sprintf(wrapped, "function on_event() ");
    memcpy(wrapped + at, text, size);
    memcpy(wrapped + at + size, "\nend", 4);
    oc_rc rc = sandbox_load(sandbox, wrapped, at + size + 4, name);
    if (strcmp(expected, "syntax") != 0) {
        assert_int_equal(rc, OC_OK);
        lua_getglobal(sandbox_lua(sandbox), "on_event");
        rc = sandbox_call(sandbox, 0, 0);
    }
    check_outcome(name, expected, rc, sandbox);
    sandbox_free(sandbox);
    call_neighbour();
}

static void no_script_escapes(void **unused)
{
    (void)unused;
    struct dirent **names;
    int count = scandir(TEST_SOURCE_DIR "/tests/fault/lua_escape", &names, NULL, alphasort);
    assert_true(count > 0);
    int scripts = 0;
    for (int at = 0; at < count; at++) {
        const char *dot = strrchr(names[at]->d_name, '.');
        if (dot && strcmp(dot, ".lua") == 0) {
            if (getenv("OUTCRY_TEST_LOUD"))
                fprintf(stderr, "%s\n", names[at]->d_name);
            run_script(names[at]->d_name);
            scripts++;
        }
        free(names[at]);
    }
    free(names);
    print_message("%d scripts, each at load and in a callback\n", scripts);
    assert_true(scripts >= SCRIPTS_MIN);
    assert_int_equal(failures, 0);
}

int main(void)
{
    static const char text[] = "local n = 0 function on_event() n = n + 1 return n end";
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_script_escapes)};
    if (sandbox_watchdog_start(PERIOD_US, &watchdog) < 0)
        return 1;
    new_sandbox("ok", &neighbour);
    if (sandbox_load(neighbour, text, sizeof text - 1, "neighbour.lua") < 0)
        return 1;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sandbox_free(neighbour);
    sandbox_watchdog_stop(watchdog);
    return failed;
}
