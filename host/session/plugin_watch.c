#include "session/plugin_watch.h"

#include <signal.h>

#include "base/env_crash.h"
#include "base/env_timer.h"
#include "base/plugin_call.h"
#include "session/interrupt.h"

enum { PERIOD_US = 1000000, WORDS_MAX = 1024 };

static volatile sig_atomic_t is_ending; /* said by plugin_watch_end */
static const volatile uint64_t *progress_now;
static uint64_t seen_progress;
static uint32_t
    ticks; /* seen within plugins since the last market event: the first may come at once, so it does not count */

void plugin_watch_look(void *arg, uint32_t periods)
{
    (void)arg;
    if (*progress_now != seen_progress)
        ticks = 0;
    seen_progress = *progress_now;
    if (!plugin_call_now.site)
        return;
    ticks += periods;
    const bool is_asked = is_ending || interrupt_count() > 0;
    if (ticks <= (uint32_t)(is_asked ? PLUGIN_WATCH_ASKED_S : PLUGIN_WATCH_LIMIT_S))
        return;
    char text[WORDS_MAX];
    size_t size = plugin_call_words(
        is_asked ? "did not come back when the run was to end" : "did not come back for 10 s", text, sizeof text);
    env_die(text, size);
}

oc_rc plugin_watch_start(const uint64_t *progress, struct env_timer **ret_timer)
{
    progress_now = progress;
    is_ending = 0;
    ticks = 0;
    env_crash_watch(plugin_call_words);
    return env_timer_start(PERIOD_US, plugin_watch_look, NULL, ret_timer);
}

void plugin_watch_end(void) { is_ending = 1; }

void plugin_watch_stop(struct env_timer *timer) { env_timer_stop(timer); }
