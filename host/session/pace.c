#include "session/pace.h"

#include "base/env.h"
#include "session/interrupt.h"
#include "session/session.h"

enum { WAIT_NS = 50000000 };

/* The first number and a factor's worth of the second, kept within what a clock can hold. */
static int64_t scaled_sum(int64_t base_ns, double passed_ns)
{
    int64_t sum;
    if (!(passed_ns > -9e18 && passed_ns < 9e18))
        return passed_ns < 0 ? INT64_MIN : INT64_MAX;
    return __builtin_add_overflow(base_ns, (int64_t)passed_ns, &sum) ? INT64_MAX : sum;
}

int64_t pace_now(const struct session *session, int64_t at_ns)
{
    const struct pace *pace = &session->pace;
    int64_t now_ns = inbox_now(session->inbox);
    if (now_ns < session->clock.now_ns)
        now_ns = session->clock.now_ns;
    if (session->links.loop) {
        const int64_t clock_ns = net_loop_now(session->links.loop);
        now_ns = clock_ns > now_ns ? clock_ns : now_ns;
    }
    if (pace->speed > 0 && !pace->is_paused && pace->base_mono_ns) {
        double passed = (double)(env_clock_mono() - pace->base_mono_ns) * pace->speed;
        int64_t then_ns = scaled_sum(pace->base_data_ns, passed);
        if (then_ns > now_ns)
            now_ns = then_ns;
    }
    return now_ns < at_ns ? now_ns : at_ns - 1;
}

void pace_from(struct pace *pace, int64_t data_ns)
{
    pace->base_mono_ns = env_clock_mono();
    pace->base_data_ns = data_ns;
}

static void wait_for(struct session *session, int64_t ns)
{
    struct pace *pace = &session->pace;
    if (ns > WAIT_NS)
        ns = WAIT_NS;
    if (session->links.loop && !pace->is_paused)
        links_wait(&session->links, session_rest_ns(session), ns);
    else if (pace->host.wait)
        pace->host.wait(pace->host.self, ns);
    else
        env_sleep(ns);
}

oc_rc pace_wait(struct session *session, int64_t at_ns)
{
    struct pace *pace = &session->pace;
    if (!pace->base_mono_ns)
        pace_from(pace, session->clock.now_ns); /* where the data begin, or where a restart goes on */
    for (;;) {
        oc_rc rc = pace->host.turn ? pace->host.turn(pace->host.self, at_ns) : OC_OK;
        if (rc != OC_OK)
            return rc;
        pace->by_hand |= interrupt_count() > 0 || (pace->is_over && pace->is_over(pace->is_over_self));
        if (pace->by_hand || pace->is_stopping)
            return 1;
        if (pace->is_paused) {
            if (pace->host.idle)
                pace->host.idle(pace->host.self);
            wait_for(session, WAIT_NS);
            continue;
        }
        if (at_ns == INT64_MAX) { /* sources have nothing yet */
            wait_for(session, WAIT_NS);
            return OC_OK;
        }
        if (pace->speed <= 0 || pace->step_kind)
            return OC_OK;
        int64_t due_ns = scaled_sum(pace->base_mono_ns, (double)(at_ns - pace->base_data_ns) / pace->speed);
        int64_t wait_ns = due_ns - env_clock_mono(), then_ns = pace_now(session, at_ns);
        if (wait_ns <= 0) {
            if (pace->on_late)
                pace->on_late(pace->on_late_arg, -wait_ns);
            return OC_OK;
        }
        int64_t next_ns = session_rest_ns(session);
        if (next_ns <= then_ns) { /* an answer does not wait for the next price */
            rc = session_catch_up(session, then_ns);
            if (rc < 0)
                return rc;
            continue;
        }
        if (next_ns < at_ns && (double)(next_ns - then_ns) / pace->speed < (double)wait_ns)
            wait_ns = (int64_t)((double)(next_ns - then_ns) / pace->speed) + 1000;
        wait_for(session, wait_ns);
    }
}

void pace_stop(struct pace *pace)
{
    pace->step_kind = PACE_FREE;
    pace->is_paused = true;
}

void pace_stepped(struct pace *pace, uint32_t kind)
{
    if (pace->step_kind == kind && pace->steps_left > 0 && --pace->steps_left == 0)
        pace_stop(pace);
}

void pace_passed(struct pace *pace, int64_t now_ns)
{
    if (pace->step_kind == PACE_TIME && now_ns >= pace->until_ns)
        pace_stop(pace);
}
