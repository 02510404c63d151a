/* shell_recover_test.c: a console's sandbox goes on after a deadline and after an interrupt, whatever the script
 * did to swallow them; never after the heap limit. */
#include "script/sandbox.h"

#include "base/env.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "support/signals.h"

enum { PERIOD_US = 2000, DEADLINE_MS = 40, PATIENCE_MS = 20000, LATER_NS = 30000000, TEXT_MAX = 1 << 16 };

static struct sandbox_watchdog *watchdog;

static struct sandbox *fresh(uint32_t deadline_ms)
{
    struct sandbox_limits limits = {.deadline_ms = deadline_ms, .heap_max_bytes = 16u << 20};
    struct sandbox *sandbox;
    assert_int_equal(sandbox_new(&limits, 7, &sandbox), OC_OK);
    sandbox_attach(sandbox, watchdog);
    return sandbox;
}

static oc_rc load(struct sandbox *sandbox, const char *text)
{
    return sandbox_load(sandbox, text, strlen(text), "console");
}

static lua_Integer number(struct sandbox *sandbox, const char *name)
{
    lua_State *lua = sandbox_lua(sandbox);
    lua_getglobal(lua, name);
    lua_Integer value = lua_tointeger(lua, -1);
    lua_pop(lua, 1);
    return value;
}

struct presser { /* of Ctrl-C, until it has ended */
    struct sandbox *sandbox;
    _Atomic bool is_done;
};

static void press(void *arg)
{
    struct presser *presser = arg;
    while (!atomic_load(&presser->is_done)) {
        env_sleep(LATER_NS);
        sandbox_interrupt(presser->sandbox);
    }
}

static oc_rc load_and_interrupt(struct sandbox *sandbox, const char *text)
{
    struct env_thread *thread;
    struct presser presser = {.sandbox = sandbox};
    assert_int_equal(env_thread_start(press, &presser, &thread), OC_OK);
    oc_rc rc = load(sandbox, text);
    atomic_store(&presser.is_done, true);
    env_thread_join(thread);
    return rc;
}

static const char *const loops[] = {
    "while true do reached = reached + 1 end",
    "while true do pcall(function() while true do reached = reached + 1 end end) end",
    "while true do xpcall(function() while true do end end, function() while true do end end) end",
    "local co = coroutine.wrap(function() while true do reached = reached + 1 end end) co()",
    "while true do local co = coroutine.create(function() while true do coroutine.yield() end end)"
    " for i = 1, 100 do coroutine.resume(co) end coroutine.close(co) end",
    "local function deep() return pcall(coroutine.wrap(function() return deep() end)) end"
    " while true do pcall(deep) end",
    "while true do local t <close> = setmetatable({}, {__close = function() while true do end end}) end",
    "while true do local s = ('x'):rep(100000):gsub('x', 'yy') end",
    "local t = {} for i = 1, 1000 do t[i] = i end while true do table.sort(t, function(a, b) return a > b end) end",
};

static void globals_outlive_each_stop(void **unused)
{
    (void)unused;
    if (!SIGNALS_ARRIVE)
        skip();
    for (size_t i = 0; i < sizeof loops / sizeof loops[0]; i++) {
        struct sandbox *sandbox = fresh(DEADLINE_MS);
        assert_int_equal(load(sandbox, "kept, reached = 5, 0"), OC_OK);
        assert_int_equal(load(sandbox, loops[i]), OC_E_LIMIT);
        assert_int_equal(sandbox_error_last(sandbox)->kind, SANDBOX_ERROR_DEADLINE);
        assert_true(sandbox_is_stopped(sandbox));
        assert_int_equal(load(sandbox, "kept = 6"), OC_E_STATE);
        assert_int_equal(sandbox_recover(sandbox), OC_OK);
        assert_false(sandbox_is_stopped(sandbox));
        assert_int_equal(number(sandbox, "kept"), 5);
        assert_int_equal(load(sandbox, "kept = kept + 1 coroutine.wrap(function() kept = kept + 1 end)()"), OC_OK);
        assert_int_equal(number(sandbox, "kept"), 7);
        assert_int_equal(load(sandbox, loops[i]), OC_E_LIMIT); /* and the next one ends too */
        assert_int_equal(sandbox_recover(sandbox), OC_OK);
        sandbox_free(sandbox);

        sandbox = fresh(PATIENCE_MS);
        assert_int_equal(load(sandbox, "kept, reached = 5, 0"), OC_OK);
        assert_int_equal(load_and_interrupt(sandbox, loops[i]), OC_E_LIMIT);
        assert_int_equal(sandbox_error_last(sandbox)->kind, SANDBOX_ERROR_INTERRUPT);
        assert_int_equal(sandbox_recover(sandbox), OC_OK);
        assert_int_equal(number(sandbox, "kept"), 5);
        assert_int_equal(load(sandbox, "for i = 1, 100 do kept = kept + 1 end"), OC_OK);
        assert_int_equal(number(sandbox, "kept"), 105);
        sandbox_free(sandbox);
    }
}

static void a_coroutine_left_behind_goes_on(void **unused)
{
    (void)unused;
    if (!SIGNALS_ARRIVE)
        skip();
    struct sandbox *sandbox = fresh(DEADLINE_MS);
    assert_int_equal(load(sandbox, "co = coroutine.create(function() for i = 1, 10 do coroutine.yield(i) end end)"
                                   " got = 0 coroutine.resume(co)"),
                     OC_OK);
    assert_int_equal(load(sandbox, "while true do coroutine.resume(co) coroutine.status(co) end"), OC_E_LIMIT);
    assert_int_equal(sandbox_recover(sandbox), OC_OK);
    assert_int_equal(load(sandbox, "co = coroutine.wrap(function() for i = 1, 10 do coroutine.yield(i) end end)"
                                   " for i = 1, 10 do got = got + co() end"),
                     OC_OK);
    assert_int_equal(number(sandbox, "got"), 55);
    sandbox_free(sandbox);
}

static void the_heap_limit_stays(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(PATIENCE_MS);
    assert_int_equal(load(sandbox, "local t = {} while true do t[#t + 1] = ('x'):rep(100000) .. #t end"), OC_E_NOMEM);
    assert_int_equal(sandbox_recover(sandbox), OC_E_STATE);
    assert_true(sandbox_is_stopped(sandbox));
    assert_int_equal(load(sandbox, "x = 1"), OC_E_STATE);
    sandbox_free(sandbox);
    sandbox = fresh(PATIENCE_MS); /* one result that is too large is an error like any other */
    assert_int_equal(load(sandbox, "x = ('x'):rep(1 << 40)"), OC_E_INVALID);
    assert_false(sandbox_is_stopped(sandbox));
    sandbox_free(sandbox);
}

static int lj_poll(lua_State *lua)
{
    sandbox_poll(lua);
    return 0;
}

static void an_interrupt_between_calls_is_forgotten(void **unused)
{
    (void)unused;
    struct sandbox *sandbox = fresh(PATIENCE_MS);
    assert_int_equal(sandbox_protect(sandbox, lj_poll, NULL), OC_OK);
    sandbox_interrupt(sandbox);
    assert_int_equal(sandbox_protect(sandbox, lj_poll, NULL), OC_E_LIMIT);
    assert_int_equal(sandbox_error_last(sandbox)->kind, SANDBOX_ERROR_INTERRUPT);
    sandbox_interrupt(sandbox);
    assert_int_equal(sandbox_recover(sandbox), OC_OK);
    assert_int_equal(sandbox_protect(sandbox, lj_poll, NULL), OC_OK);
    sandbox_free(sandbox);
}

static int lj_renew(lua_State *lua)
{
    sandbox_renew(sandbox_of(lua));
    return 0;
}

static void a_renewed_deadline_starts_anew(void **unused)
{
    (void)unused;
    if (!SIGNALS_ARRIVE)
        skip();
    struct sandbox *sandbox = fresh(DEADLINE_MS);
    lua_State *lua = sandbox_lua(sandbox);
    lua_pushcfunction(lua, lj_renew);
    lua_setglobal(lua, "renew");
    int64_t began_ns = env_clock_cpu(), until_ns = 4 * (int64_t)DEADLINE_MS * 1000000;
    while (env_clock_cpu() - began_ns < until_ns)
        assert_int_equal(load(sandbox, "for i = 1, 10000 do if i % 100 == 0 then renew() end end"), OC_OK);
    assert_int_equal(load(sandbox, "for i = 1, 3000000 do renew() end"), OC_OK); /* far beyond the deadline */
    assert_int_equal(load(sandbox, "while true do end"), OC_E_LIMIT);
    sandbox_free(sandbox);
}

/* Each script of the escape collection that only a deadline ends: recovered, the sandbox works as before. */
static void what_escapes_tried_is_recovered_from(void **unused)
{
    (void)unused;
    if (!SIGNALS_ARRIVE)
        skip();
    static char text[TEXT_MAX];
    char path[1024];
    int tried = 0;
    snprintf(path, sizeof path, "%s/tests/fault/lua_escape", TEST_SOURCE_DIR);
    DIR *folder = opendir(path);
    assert_non_null(folder);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        if (!strstr(entry->d_name, ".lua"))
            continue;
        snprintf(path, sizeof path, "%s/tests/fault/lua_escape/%s", TEST_SOURCE_DIR, entry->d_name);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        size_t size = fread(text, 1, sizeof text - 1, file);
        text[size] = 0;
        fclose(file);
        struct sandbox *sandbox = fresh(DEADLINE_MS);
        assert_int_equal(load(sandbox, "kept = 5"), OC_OK);
        oc_rc rc = sandbox_load(sandbox, text, size, entry->d_name);
        if (rc == OC_E_LIMIT) {
            tried++;
            assert_int_equal(sandbox_recover(sandbox), OC_OK);
            assert_int_equal(number(sandbox, "kept"), 5);
            if (load(sandbox, "for i = 1, 10 do coroutine.wrap(function() pcall(error) kept = kept + 1 end)() end") < 0)
                fail_msg("%s: %s", entry->d_name, sandbox_error_last(sandbox)->message);
            assert_int_equal(number(sandbox, "kept"), 15);
        }
        sandbox_free(sandbox);
    }
    closedir(folder);
    assert_true(tried >= 8);
}

int main(void)
{
    if (sandbox_watchdog_start(PERIOD_US, &watchdog) < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globals_outlive_each_stop),      cmocka_unit_test(a_coroutine_left_behind_goes_on),
        cmocka_unit_test(the_heap_limit_stays),           cmocka_unit_test(an_interrupt_between_calls_is_forgotten),
        cmocka_unit_test(a_renewed_deadline_starts_anew), cmocka_unit_test(what_escapes_tried_is_recovered_from),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    sandbox_watchdog_stop(watchdog);
    return failed;
}
