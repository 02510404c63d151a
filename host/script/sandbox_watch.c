/* sandbox_watch.c: ending a call that uses too much time.
 *
 * A Lua count hook that is always on makes the interpreter twice as slow. So there is none: the
 * timer's signal compares a counter that each call raises, and installs the hook only in a call
 * that has outlived its deadline. */
#include "script/sandbox_state.h"

#include "base/env.h"
#include "base/env_timer.h"

struct sandbox_watchdog {
    struct sandbox_watch watch;
    struct env_timer *timer;
};

/* Runs before the next instruction of a script that has been stopped, again and again until the
 * host has left the call. */
static void lj_stop_hook(lua_State *lua, lua_Debug *record)
{
    (void)record;
    if (sandbox_of(lua)->stop != STOP_NONE)
        sandbox_raise_stop(lua);
    lua_sethook(lua, NULL, 0, 0); /* left from a stop that the host has recovered from */
}

void sandbox_stop_now(struct sandbox *sandbox, enum sandbox_stop stop)
{
    if (sandbox->stop == STOP_NONE)
        sandbox->stop = (sig_atomic_t)stop;
    lua_sethook(sandbox->running, lj_stop_hook, LUA_MASKCOUNT, 1);
}

int sandbox_raise_stop(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    error_capture(sandbox, lua, sandbox->stop == STOP_DEADLINE);
    lua_pushlightuserdata(lua, sandbox); /* needs no memory; no script ever sees it */
    return lua_error(lua);
}

void sandbox_work_over(lua_State *lua, struct sandbox *sandbox)
{
    if (sandbox->stop == STOP_NONE)
        sandbox_stop_now(sandbox, STOP_DEADLINE);
    sandbox_raise_stop(lua);
}

void sandbox_poll(lua_State *lua)
{
    struct sandbox *sandbox = sandbox_of(lua);
    if (__atomic_load_n(&sandbox->wants_interrupt, __ATOMIC_RELAXED))
        sandbox_stop_now(sandbox, STOP_INTERRUPT);
    sandbox_check(lua, sandbox);
}

/* Only a note: lua_sethook walks the stack of calls, which is safe in a signal of that very thread and nowhere
 * else, so the watchdog's tick does the rest. */
void sandbox_interrupt(struct sandbox *sandbox) { __atomic_store_n(&sandbox->wants_interrupt, 1, __ATOMIC_RELAXED); }

void sandbox_renew(struct sandbox *sandbox) { sandbox->watch->seq = sandbox->watch->seq + 1; }

/* In the signal handler. A coroutine that was resumed since the last tick has no hook yet, so it is
 * set at each one. */
static void on_tick(void *arg, uint32_t periods)
{
    struct sandbox_watch *watch = arg;
    struct sandbox *sandbox = watch->current;
    if (!sandbox)
        return;
    if (__atomic_load_n(&sandbox->wants_interrupt, __ATOMIC_RELAXED)) {
        sandbox_stop_now(sandbox, STOP_INTERRUPT);
        return;
    }
    if (sandbox->limits.deadline_ms == 0)
        return;
    if (watch->seen_seq != watch->seq) {
        watch->seen_seq = watch->seq;
        watch->ticks = 0;
        watch->seen_ns = sandbox->limits.is_by_clock ? env_clock_mono() : 0;
        return;
    }
    const uint64_t before_us = (uint64_t)watch->ticks * watch->period_us,
                   used_us = before_us + (uint64_t)periods * watch->period_us;
    const uint64_t give_way_us = (uint64_t)sandbox->limits.give_way_ms * 1000;
    watch->ticks += periods;
    if (give_way_us && before_us < give_way_us && used_us >= give_way_us)
        env_give_way(); /* one system call: nothing that a signal handler may not do */
    uint64_t counted_us = used_us;
    if (sandbox->limits.is_by_clock)
        counted_us = (uint64_t)(env_clock_mono() - watch->seen_ns) / 1000;
    if (counted_us >= (uint64_t)sandbox->limits.deadline_ms * 1000)
        sandbox_stop_now(sandbox, STOP_DEADLINE);
}

oc_rc sandbox_watchdog_start(uint32_t period_us, struct sandbox_watchdog **ret_watchdog)
{
    struct sandbox_watchdog *watchdog = env_alloc(sizeof *watchdog);
    if (!watchdog)
        return OC_E_NOMEM;
    watchdog->watch.period_us = period_us;
    oc_rc rc = env_timer_start(period_us, on_tick, &watchdog->watch, &watchdog->timer);
    if (rc < 0) {
        env_free(watchdog);
        return rc;
    }
    *ret_watchdog = watchdog;
    return OC_OK;
}

void sandbox_watchdog_stop(struct sandbox_watchdog *watchdog)
{
    if (!watchdog)
        return;
    env_timer_stop(watchdog->timer);
    env_free(watchdog);
}

void sandbox_attach(struct sandbox *sandbox, struct sandbox_watchdog *watchdog)
{
    sandbox->watch = watchdog ? &watchdog->watch : &sandbox->no_watch;
}
