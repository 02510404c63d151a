/* plugin_watch_test.c: after how many seconds within a plugin the process ends, and with which words. Each case is a child, which is
 * told the seconds in place of the timer. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/env_timer.h"
#include "base/plugin_call.h"
#include "session/interrupt.h"
#include "session/plugin_watch.h"

static uint64_t progress = 1;

static void seconds(uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        plugin_watch_look(NULL, 1);
}

/* Runs `body` in a child with the watch started. Its exit code: 0 if it came back, 1 if it was ended; *said: what it wrote. */
static int child(void (*body)(void), char said[1024])
{
    int pipes[2], status;
    assert_int_equal(pipe(pipes), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        struct env_timer *timer;
        dup2(pipes[1], 2);
        plugin_watch_end(); /* of the run before: a start forgets it */
        if (plugin_watch_start(&progress, &timer) != OC_OK)
            _exit(7);
        seconds(1); /* the first look sees another progress than none */
        body();
        _exit(0);
    }
    close(pipes[1]);
    size_t size = 0;
    for (ssize_t part; size < 1023 && (part = read(pipes[0], said + size, 1023 - size)) > 0;)
        size += (size_t)part;
    said[size] = 0;
    close(pipes[0]);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void ten(void)
{
    plugin_call_as("mine", "check");
    seconds(PLUGIN_WATCH_LIMIT_S);
}

static void eleven(void)
{
    ten();
    seconds(1);
}

static void at_once(void)
{
    plugin_call_as("mine", "check");
    plugin_watch_look(NULL, PLUGIN_WATCH_LIMIT_S + 1); /* a process that did not get the processor meanwhile */
}

static void with_events_between(void)
{
    for (int i = 0; i < 5; i++) {
        ten();
        plugin_call_end();
        progress++;
        seconds(1);
    }
}

static void outside_plugins(void)
{
    seconds(100);
    ten();
    plugin_call_end();
    seconds(100);
}

static void in_many_calls(void) /* without an event between: it is one stretch */
{
    for (int i = 0; i <= PLUGIN_WATCH_LIMIT_S; i++) {
        plugin_call_as("mine", "check");
        seconds(1);
        plugin_call_end();
        seconds(1);
    }
}

static void asked(uint32_t count)
{
    plugin_watch_end();
    plugin_call_as("mine", "observe");
    seconds(count);
}

static void asked_one(void) { asked(PLUGIN_WATCH_ASKED_S); }
static void asked_two(void) { asked(PLUGIN_WATCH_ASKED_S + 1); }

static void signalled(void)
{
    interrupt_install();
    raise(SIGTERM);
    plugin_call_as("mine", "observe");
    seconds(PLUGIN_WATCH_ASKED_S + 1);
}

static void a_call_that_does_not_come_back(void **state)
{
    char said[1024];
    (void)state;
    assert_int_equal(child(ten, said), 0);
    assert_string_equal(said, "");
    assert_int_equal(child(eleven, said), 1);
    assert_non_null(strstr(said, "mine did not come back for 10 s in its call check"));
    assert_int_equal(child(at_once, said), 1);
    assert_int_equal(child(with_events_between, said), 0);
    assert_int_equal(child(outside_plugins, said), 0);
    assert_int_equal(child(in_many_calls, said), 1);
}

static void a_run_that_is_to_end(void **state)
{
    char said[1024];
    (void)state;
    assert_int_equal(child(asked_one, said), 0);
    assert_int_equal(child(asked_two, said), 1);
    assert_non_null(strstr(said, "mine did not come back when the run was to end in its call observe"));
    assert_int_equal(child(signalled, said), 1);
    assert_non_null(strstr(said, "when the run was to end"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_call_that_does_not_come_back),
                                       cmocka_unit_test(a_run_that_is_to_end)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
