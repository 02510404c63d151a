#include "cli/history_child.h"

#include <stdio.h>
#include <string.h>

#include "base/log.h"
#include "base/text.h"
enum { WORDS_MAX = 32, READ_NS = 250000000 };

/* ---- this side ---- */

/* A line of it: why it is behind, or nothing where it is not any more. */
static void take_line(struct history_child *child, const char *line)
{
    const uint32_t news = atomic_load(&child->news) + 1;
    snprintf(child->words[news % 2], sizeof child->words[0], "%s", line);
    atomic_store(&child->news, news);
}

static void listen(void *arg)
{
    struct history_child *child = arg;
    char bytes[ERROR_TEXT_MAX];
    size_t kept = 0, size;
    while (!atomic_load(&child->is_ending)) {
        const oc_rc rc =
            env_run_read(&child->run, bytes + kept, sizeof bytes - 1 - kept, env_clock_mono() + READ_NS, &size);
        if (rc == OC_E_AGAIN)
            continue;
        if (rc < 0 || size == 0)
            break;
        kept += size;
        bytes[kept] = 0;
        for (char *end; (end = memchr(bytes, '\n', kept)) != NULL;) {
            *end = 0;
            if (!atomic_load(&child->is_ending))
                take_line(child, bytes);
            kept -= (size_t)(end + 1 - bytes);
            memmove(bytes, end + 1, kept);
        }
        if (kept == sizeof bytes - 1) /* no line of ours is so long */
            kept = 0;
    }
    if (!atomic_load(&child->is_ending))
        take_line(child, "the process that keeps it has ended");
}

static bool is_wanted(struct settings *settings, const char *key)
{
    bool is_on = true;
    const oc_rc rc = settings_boolean(settings, key, &is_on);
    return rc == OC_E_NOT_FOUND || (rc == OC_OK && is_on);
}

uint32_t history_settings(const struct settings *settings, struct history_words *words, const char **argv,
                          uint32_t count)
{
    static const char *const keys[HISTORY_KEYS] = {"history.folder", "history.store", "history.keep", "plugins.folders",
                                                   "plugins.allow_shadow"};
    for (size_t i = 0; i < HISTORY_KEYS; i++) {
        const char *value = settings_text(settings, keys[i], NULL);
        if (!value)
            continue;
        snprintf(words->values[i], sizeof words->values[i], "%s=%s", keys[i], value);
        argv[count++] = "--set";
        argv[count++] = words->values[i];
    }
    return count;
}

void history_child_begin(struct history_child *child, struct settings *settings, const char *session_dir)
{
    const char *argv[WORDS_MAX] = {"/proc/self/exe", "history", "follow", "--until-end", session_dir};
    struct history_words words;
    if (!session_dir || !is_wanted(settings, "history.write") || !is_wanted(settings, "history.follow"))
        return;
    (void)history_settings(settings, &words, argv, 5);
    oc_rc rc = env_run_start(argv, &child->run);
    if (rc == OC_OK)
        rc = env_thread_start(listen, child, &child->thread);
    if (rc < 0)
        log_warning("history", "it is not kept up with this session: %s; `outcry history` reads it later",
                    env_error_text());
}

void history_child_look(struct history_child *child, struct tell *tell)
{
    const uint32_t news = atomic_load_explicit(&child->news, memory_order_acquire);
    if (__builtin_expect(news == child->heard, 1))
        return;
    const char *words = child->words[news % 2];
    child->heard = news;
    if (words[0]) {
        log_warning("history", "behind the journal: %s; trading goes on, and it catches up when it can", words);
        tell_say(tell, NOTICE_WARNING, NOTICE_DISK, "history", "the history is behind the journal: %s", words);
    } else {
        log_info("history", "it has caught up with the journal");
        tell_say(tell, NOTICE_INFO, NOTICE_DISK, "history", "the history has caught up with the journal");
    }
}

void history_child_end(struct history_child *child)
{
    if (!child->run.pid)
        return;
    atomic_store(&child->is_ending, true);
    env_run_close_input(&child->run);
    if (child->thread)
        env_thread_join(child->thread); /* it answers the end of its input */
    env_close(child->run.from_fd);
    *child = (struct history_child){.heard = 0};
}
