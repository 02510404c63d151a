/* env_timer.c: POSIX timers on the CPU clock of a thread, delivered to that thread. */
#include "base/env_timer.h"

#include "base/env.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

enum { TIMER_SIGNAL_OFFSET = 5, US_PER_S = 1000000, NS_PER_US = 1000 };

struct env_timer {
    timer_t id;
    env_timer_fn fn;
    void *arg;
};

static void on_signal(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    if (info->si_code != SI_TIMER)
        return;
    int saved = errno;
    struct env_timer *timer = info->si_value.sival_ptr;
    timer->fn(timer->arg, 1 + (uint32_t)info->si_overrun);
    errno = saved;
}

static oc_rc install_handler(void)
{
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGRTMIN + TIMER_SIGNAL_OFFSET, &action, NULL) < 0)
        return env_fail("install the watchdog's signal", "", errno);
    return OC_OK;
}

oc_rc env_timer_start(uint32_t period_us, env_timer_fn fn, void *arg, struct env_timer **ret_timer)
{
    if (period_us == 0 || !fn)
        return OC_E_INVALID;
    oc_rc rc = install_handler();
    if (rc < 0)
        return rc;
    struct env_timer *timer = env_alloc(sizeof *timer);
    if (!timer)
        return OC_E_NOMEM;
    timer->fn = fn;
    timer->arg = arg;
    struct sigevent event;
    memset(&event, 0, sizeof event);
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = SIGRTMIN + TIMER_SIGNAL_OFFSET;
    event.sigev_value.sival_ptr = timer;
    event.sigev_notify_thread_id = gettid();
    if (timer_create(CLOCK_THREAD_CPUTIME_ID, &event, &timer->id) < 0) {
        rc = env_fail("make the watchdog's timer", "", errno);
        env_free(timer);
        return rc;
    }
    struct itimerspec every = {
        .it_interval = {.tv_sec = period_us / US_PER_S, .tv_nsec = period_us % US_PER_S * NS_PER_US}};
    every.it_value = every.it_interval;
    if (timer_settime(timer->id, 0, &every, NULL) < 0) {
        rc = env_fail("start the watchdog's timer", "", errno);
        timer_delete(timer->id);
        env_free(timer);
        return rc;
    }
    *ret_timer = timer;
    return OC_OK;
}

void env_timer_stop(struct env_timer *timer)
{
    if (!timer)
        return;
    /* Blocked while it goes, so that no signal finds a timer that is half gone; a pending one is
     * taken off by hand. */
    sigset_t set, before;
    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN + TIMER_SIGNAL_OFFSET);
    pthread_sigmask(SIG_BLOCK, &set, &before);
    timer_delete(timer->id);
    siginfo_t pending;
    struct timespec none = {0, 0};
    while (sigtimedwait(&set, &pending, &none) > 0)
        if (pending.si_code == SI_TIMER && pending.si_value.sival_ptr != timer) {
            struct env_timer *other = pending.si_value.sival_ptr;
            other->fn(other->arg,
                      1 + (uint32_t)pending.si_overrun); /* a tick of another timer of this thread is not lost */
        }
    env_free(timer);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}
