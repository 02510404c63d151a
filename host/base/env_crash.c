#include "base/env_crash.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

enum { STACK_SIZE = 65536, WORDS_MAX = 1024 };

static size_t (*words_of)(const char *what, char *text, size_t size_max);
static char stack[STACK_SIZE];

static void write_all(const char *text, size_t size)
{
    while (size) {
        ssize_t done = write(2, text, size);
        if (done <= 0)
            return;
        text += done;
        size -= (size_t)done;
    }
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

static const char *what_of(int number)
{
    switch (number) {
    case SIGSEGV:
        return "crashed (SIGSEGV: memory that is not its own)";
    case SIGBUS:
        return "crashed (SIGBUS: memory that is not there, or a full disk behind a map)";
    case SIGFPE:
        return "crashed (SIGFPE: a division by zero or beyond its range)";
    case SIGILL:
        return "crashed (SIGILL: an instruction that this machine does not have)";
    default:
        return "gave up (SIGABRT)";
    }
}

static void on_crash(int number)
{
    char text[WORDS_MAX];
    write_all(text, words_of(what_of(number), text, sizeof text));
    raise(number); /* SA_RESETHAND: it kills now */
}

void env_crash_watch(size_t (*words)(const char *what, char *text, size_t size_max))
{
    static const int numbers[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};
    const stack_t own = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action;
    words_of = words;
    sigaltstack(&own, NULL);
    memset(&action, 0, sizeof action);
    sigemptyset(&action.sa_mask);
    action.sa_handler = on_crash;
    action.sa_flags = SA_ONSTACK | (int)SA_RESETHAND | SA_NODEFER;
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        sigaction(numbers[i], &action, NULL);
}

#else

void env_crash_watch(size_t (*words)(const char *what, char *text, size_t size_max))
{
    words_of = words;
    (void)stack;
}

#endif

void env_die(const char *text, size_t size)
{
    write_all(text, size);
    _exit(1);
}
