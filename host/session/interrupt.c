#include "session/interrupt.h"

#include <signal.h>
#include <unistd.h>

static volatile sig_atomic_t count;
static volatile sig_atomic_t heard;
static volatile sig_atomic_t first;
static volatile sig_atomic_t has_hangup;

static void on_signal(int number)
{
    if (number == SIGHUP) {
        has_hangup = true;
        return;
    }
    if (++count >= 2)
        _exit(130);
    first = number;
}

void interrupt_ignore_output(void)
{
    signal(SIGPIPE, SIG_IGN);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
}

void interrupt_install(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    action.sa_flags = SA_RESTART;
    sigaction(SIGHUP, &action, NULL);
}

int interrupt_count(void) { return count - heard; }

void interrupt_heard(void) { heard = count; }

bool interrupt_was_typed(void) { return first == SIGINT; }

bool interrupt_take_hangup(void)
{
    const bool has = has_hangup;
    has_hangup = false;
    return has;
}
