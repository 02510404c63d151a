#include "tell/tell.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/env_machine.h"
#include "base/log.h"
#include "base/text.h"

#define TURN_NS  1000000000ll
#define RETRY_NS 2000000000ll
#define DISK_NS  5000000000ll
#define SAID_NS  60000000000ll

struct folded { /* what was told last of a kind about something */
    uint8_t kind;
    uint8_t level;
    bool is_used;
    char key[sizeof((struct notice *)0)->key];
    int64_t until_ns; /* repeats are counted until then */
    uint32_t repeats;
    struct notice last;
};

struct line { /* one channel, and its thread */
    struct tell *tell;
    const struct channel *channel;
    struct env_thread *thread;
    struct env_signal *wake;
    struct notice ring[TELL_RING]; /* [at, end) belongs to the thread */
    _Atomic uint64_t end, at;
    _Atomic uint64_t sent, failed, dropped;
    uint64_t dropped_told; /* the thread's, as all that follows */
    struct folded folded[TELL_FOLDED_MAX];
    uint32_t held; /* in quiet hours */
    struct notice held_last;
    int64_t beat_ns, disk_ns, said_ns;
    bool is_disk_full;
};

struct tell {
    struct channel channels[TELL_CHANNELS_MAX];
    struct line *lines[TELL_CHANNELS_MAX]; /* owned */
    uint32_t count;
    char title[128];
    char dir[ENV_PATH_MAX];
    uint64_t disk_least;
    _Atomic int64_t looked_ns; /* by the monotonic clock */
    _Atomic bool is_ending;
};

/* The thread's side. */

static bool is_quiet(const struct channel *channel, int64_t now_ns)
{
    const int64_t minutes = (now_ns + channel->zone_ns) / 60000000000ll;
    const int32_t now = (int32_t)(minutes % 1440), from = channel->quiet_from, to = channel->quiet_to;
    return from < to ? now >= from && now < to : from > to && (now >= from || now < to);
}

static void send(struct line *line, const struct notice *notice)
{
    char why[TELL_WHY_MAX] = "";
    oc_rc rc = OC_E_IO;
    for (int try = 0; try < TELL_TRIES && rc == OC_E_IO; try++) {
        const bool is_last = atomic_load(&line->tell->is_ending);
        if (try && is_last)
            break;
        if (try)
            (void)env_signal_wait(line->wake,
                                  RETRY_NS << (try - 1)); /* a new message or the end may end the wait early */
        rc = channel_send(line->channel, line->tell->title, notice, why);
    }
    atomic_fetch_add(rc == OC_OK ? &line->sent : &line->failed, 1);
    if (rc < 0 && env_clock_mono() >= line->said_ns) {
        line->said_ns = env_clock_mono() + SAID_NS;
        log_warning("alerts", "%s could not be told: %s (%llu so far)", line->channel->name,
                    *why ? why : error_name(rc), (unsigned long long)atomic_load(&line->failed));
    }
}

static struct folded *folded_of(struct line *line, const struct notice *notice)
{
    struct folded *oldest = &line->folded[0];
    for (uint32_t i = 0; i < TELL_FOLDED_MAX; i++) {
        struct folded *folded = &line->folded[i];
        if (folded->is_used && folded->kind == notice->kind && folded->level == notice->level &&
            strcmp(folded->key, notice->key) == 0)
            return folded;
        if (oldest->is_used && (!folded->is_used || folded->until_ns < oldest->until_ns))
            oldest = folded;
    }
    const uint32_t repeats = oldest->is_used ? oldest->repeats : 0;
    if (repeats)
        send(line, &oldest->last); /* its place is needed: the last of it, at least */
    *oldest = (struct folded){.kind = notice->kind, .level = notice->level};
    memcpy(oldest->key, notice->key, sizeof oldest->key);
    return oldest;
}

static void take(struct line *line, const struct notice *notice, int64_t now_ns)
{
    if (is_quiet(line->channel, env_clock_real()) && notice->level < NOTICE_ALARM && notice->kind != NOTICE_TEST) {
        line->held++;
        line->held_last = *notice;
        return;
    }
    struct folded *folded = folded_of(line, notice);
    if (folded->is_used && now_ns < folded->until_ns) {
        folded->repeats++;
        folded->last = *notice;
        return;
    }
    folded->is_used = true;
    folded->repeats = 0;
    folded->until_ns = now_ns + line->channel->fold_ns;
    send(line, notice);
}

static void send_count(struct line *line, struct notice last, uint32_t count, const char *when)
{
    char text[TELL_TEXT_MAX];
    snprintf(text, sizeof text, "%u more %s; the last: %.400s", count, when, last.text);
    memcpy(last.text, text, sizeof last.text);
    send(line, &last);
}

static void unfold(struct line *line, int64_t now_ns, bool all)
{
    char when[64], span[TEXT_DURATION_MAX];
    for (uint32_t i = 0; i < TELL_FOLDED_MAX; i++) {
        struct folded *folded = &line->folded[i];
        if (!folded->is_used || (now_ns < folded->until_ns && !all))
            continue;
        text_from_duration(span, line->channel->fold_ns);
        snprintf(when, sizeof when, "within %s", span);
        if (folded->repeats)
            send_count(line, folded->last, folded->repeats, when);
        folded->is_used = folded->repeats > 0 && !all; /* goes on being folded while it repeats */
        folded->repeats = 0;
        folded->until_ns = now_ns + line->channel->fold_ns;
    }
    if (line->held && (!is_quiet(line->channel, env_clock_real()) || all)) {
        const uint32_t held = line->held;
        line->held = 0;
        send_count(line, line->held_last, held, "in quiet hours");
    }
}

static void own_notice(struct line *line, enum notice_level level, enum notice_kind kind, const char *text)
{
    struct notice notice = {.at_ns = env_clock_real(), .level = (uint8_t)level, .kind = (uint8_t)kind};
    if (level < (enum notice_level)line->channel->level || !(line->channel->kinds & 1u << kind))
        return;
    snprintf(notice.text, sizeof notice.text, "%s", text);
    take(line, &notice, env_clock_mono());
}

static void look_at_disk(struct line *line, int64_t now_ns)
{
    const struct tell *tell = line->tell;
    uint64_t bytes = 0;
    char text[TELL_TEXT_MAX];
    if (!tell->dir[0] || !tell->disk_least || now_ns < line->disk_ns)
        return;
    line->disk_ns = now_ns + DISK_NS;
    if (env_free_bytes(tell->dir, &bytes) < 0)
        return;
    const bool is_full = bytes < tell->disk_least;
    snprintf(text, sizeof text, "%llu MiB are free where the session is recorded", (unsigned long long)(bytes >> 20));
    if (is_full != line->is_disk_full)
        own_notice(line, is_full ? NOTICE_ALARM : NOTICE_INFO, NOTICE_DISK, text);
    line->is_disk_full = is_full;
}

static void beat(struct line *line, int64_t now_ns)
{
    char why[TELL_WHY_MAX] = "";
    if (now_ns < line->beat_ns || now_ns - atomic_load(&line->tell->looked_ns) > TELL_HUNG_NS)
        return;
    line->beat_ns = now_ns + line->channel->every_ns;
    const oc_rc rc = channel_beat(line->channel, why);
    atomic_fetch_add(rc == OC_OK ? &line->sent : &line->failed, 1);
    if (rc < 0 && now_ns >= line->said_ns) {
        line->said_ns = now_ns + SAID_NS;
        log_warning("alerts", "%s could not be told: %s", line->channel->name, *why ? why : error_name(rc));
    }
}

static void look_at_drops(struct line *line)
{
    const uint64_t dropped = atomic_load(&line->dropped);
    char text[TELL_TEXT_MAX];
    if (dropped == line->dropped_told)
        return;
    snprintf(text, sizeof text, "%llu alerts were dropped: there were more than %d at once",
             (unsigned long long)(dropped - line->dropped_told), TELL_RING);
    line->dropped_told = dropped;
    own_notice(line, NOTICE_ALARM, NOTICE_TEST, text);
}

static void turn(struct line *line, bool is_last)
{
    const int64_t until_ns = env_clock_mono() + TELL_END_NS;
    while (atomic_load(&line->at) != atomic_load_explicit(&line->end, memory_order_acquire)) {
        const uint64_t at = atomic_load(&line->at);
        const struct notice notice = line->ring[at % TELL_RING];
        atomic_store_explicit(&line->at, at + 1, memory_order_release);
        if (is_last && env_clock_mono() > until_ns)
            atomic_fetch_add(&line->failed, 1);
        else
            take(line, &notice, env_clock_mono());
    }
    look_at_drops(line);
    if (!is_last || env_clock_mono() < until_ns)
        unfold(line, env_clock_mono(), is_last);
}

static void run(void *self)
{
    struct line *line = self;
    env_give_way();
    while (!atomic_load(&line->tell->is_ending)) {
        (void)env_signal_wait(line->wake, TURN_NS);
        if (line->channel->way == CHANNEL_HEARTBEAT) {
            beat(line, env_clock_mono());
        } else {
            look_at_disk(line, env_clock_mono());
            turn(line, false);
        }
    }
    if (line->channel->way != CHANNEL_HEARTBEAT)
        turn(line, true);
}

/* The engine's side. */

static void put(struct line *line, const struct notice *notice)
{
    const uint64_t end = atomic_load_explicit(&line->end, memory_order_relaxed);
    if (end - atomic_load_explicit(&line->at, memory_order_acquire) == TELL_RING) {
        atomic_fetch_add(&line->dropped, 1);
        return;
    }
    line->ring[end % TELL_RING] = *notice;
    atomic_store_explicit(&line->end, end + 1, memory_order_release);
    env_signal_post(line->wake);
}

void tell_say(struct tell *tell, enum notice_level level, enum notice_kind kind, const char *key, const char *format,
              ...)
{
    struct notice notice = {.level = (uint8_t)level, .kind = (uint8_t)kind};
    va_list args;
    if (!tell)
        return;
    notice.at_ns = env_clock_real();
    snprintf(notice.key, sizeof notice.key, "%s", key);
    va_start(args, format);
    vsnprintf(notice.text, sizeof notice.text, format, args);
    va_end(args);
    for (uint32_t i = 0; i < tell->count; i++) {
        const struct channel *channel = &tell->channels[i];
        if (channel->way != CHANNEL_HEARTBEAT && level >= (enum notice_level)channel->level &&
            channel->kinds & 1u << kind)
            put(tell->lines[i], &notice);
    }
}

void tell_look(struct tell *tell)
{
    if (tell)
        atomic_store_explicit(&tell->looked_ns, env_clock_mono(), memory_order_relaxed);
}

struct tell_counts tell_counts(const struct tell *tell)
{
    struct tell_counts counts = {0, 0, 0};
    for (uint32_t i = 0; tell && i < tell->count; i++) {
        counts.sent += atomic_load(&tell->lines[i]->sent);
        counts.failed += atomic_load(&tell->lines[i]->failed);
        counts.dropped += atomic_load(&tell->lines[i]->dropped);
    }
    return counts;
}

static oc_rc start(struct tell *tell, uint32_t i)
{
    struct line *line = calloc(1, sizeof *line);
    tell->lines[i] = line;
    if (!line)
        return OC_E_NOMEM;
    line->tell = tell;
    line->channel = &tell->channels[i];
    oc_rc rc = env_signal_new(&line->wake);
    return rc == OC_OK ? env_thread_start(run, line, &line->thread) : rc;
}

oc_rc tell_new(struct settings *settings, const char *title, const char *dir, struct tell **ret_tell,
               struct error *ret_error)
{
    struct tell *tell = calloc(1, sizeof *tell);
    int64_t mib = 1024;
    *ret_tell = NULL;
    if (!tell)
        return error_of_code(ret_error, OC_E_NOMEM, "alerts", "no memory");
    oc_rc rc = channels_read(settings, true, tell->channels, &tell->count, ret_error);
    if (rc == OC_OK && settings_integer(settings, "watch.disk_mib", &mib) == OC_E_CONFIG)
        rc = error_copy(ret_error, &settings->error);
    snprintf(tell->title, sizeof tell->title, "%s", title);
    snprintf(tell->dir, sizeof tell->dir, "%s", dir ? dir : "");
    tell->disk_least = mib > 0 ? (uint64_t)mib << 20 : 0;
    atomic_store(&tell->looked_ns, env_clock_mono());
    for (uint32_t i = 0; i < tell->count && rc == OC_OK; i++) {
        rc = start(tell, i);
        if (rc < 0)
            (void)error_of_code(ret_error, rc, "alerts", "its thread could not be started");
    }
    if (rc < 0 || !tell->count) {
        tell_free(tell);
        return rc;
    }
    *ret_tell = tell;
    return OC_OK;
}

void tell_free(struct tell *tell)
{
    if (!tell)
        return;
    atomic_store(&tell->is_ending, true);
    for (uint32_t i = 0; i < tell->count; i++) {
        struct line *line = tell->lines[i];
        if (line && line->thread) {
            env_signal_post(line->wake);
            env_thread_join(line->thread);
        }
        if (line && line->wake)
            env_signal_free(line->wake);
        free(line);
    }
    channels_release(tell->channels, tell->count);
    free(tell);
}
