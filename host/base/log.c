/* log.c: formatting, folding, and the one sink. */
#include "base/log.h"

#include "base/env.h"
#include "base/redact.h"
#include "base/text.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static struct {
    atomic_flag lock;
    log_sink_fn sink;
    void *arg;
    enum log_level level;
    enum log_level last_level;
    char last[LOG_LINE_MAX]; /* the line before, from its level on */
    size_t last_length;
    int64_t last_ns;   /* when it was written */
    int64_t repeat_ns; /* when it was last folded */
    uint64_t repeats;  /* folded and not yet told */
    uint64_t tell_at;  /* so many are told when a second has passed: twice as many each time */
    uint64_t folded;
} logger = {.lock = ATOMIC_FLAG_INIT, .level = LOG_INFO};

static void lock(void)
{
    while (atomic_flag_test_and_set_explicit(&logger.lock, memory_order_acquire))
        ;
}

static void unlock(void) { atomic_flag_clear_explicit(&logger.lock, memory_order_release); }

void log_set_sink(log_sink_fn sink, void *arg)
{
    lock();
    logger.sink = sink;
    logger.arg = arg;
    logger.last_length = 0;
    logger.repeats = 0;
    unlock();
}

void log_set_level(enum log_level level) { logger.level = level; }

enum log_level log_level_set(void) { return logger.level; }

static bool log_is_on(enum log_level level) { return level != LOG_NONE && level <= logger.level; }

const char *log_level_name(enum log_level level)
{
    switch (level) {
    case LOG_ERROR:
        return "ERROR";
    case LOG_WARNING:
        return "WARN";
    case LOG_INFO:
        return "INFO";
    case LOG_DEBUG:
        return "DEBUG";
    case LOG_NONE:
        break;
    }
    return "NONE";
}

static void emit(int64_t now_ns, enum log_level level, const char *rest, size_t length)
{
    char line[TEXT_TIME_MAX + 1 + LOG_LINE_MAX + 1];
    size_t at = (size_t)text_from_time_full(line, now_ns);
    line[at++] = ' ';
    memcpy(line + at, rest, length);
    line[at + length] = '\0';
    logger.sink(logger.arg, level, line, at + length);
}

static void tell_repeats(void)
{
    if (logger.repeats == 0 || !logger.sink)
        return;
    char rest[96];
    int length =
        snprintf(rest, sizeof rest, "%s log: the last line again, %llu time%s", log_level_name(logger.last_level),
                 (unsigned long long)logger.repeats, logger.repeats == 1 ? "" : "s");
    logger.repeats = 0;
    emit(logger.repeat_ns, logger.last_level, rest, (size_t)length);
}

/* Fits the line into the limit at a character's border, and keeps it one line. */
static size_t tidy(char *line, size_t length, bool is_cut)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = ' ';
    if (!is_cut)
        return length;
    static const char dots[] = "\xe2\x80\xa6";
    size_t at = LOG_LINE_MAX - sizeof dots;
    while (at > 0 && ((unsigned char)line[at] & 0xc0) == 0x80)
        at--;
    memcpy(line + at, dots, sizeof dots);
    return at + sizeof dots - 1;
}

static void write_line(int64_t now_ns, enum log_level level, char *line, struct text *text)
{
    size_t length = tidy(line, text->size, text->is_cut);
    redact(line, length);
    lock();
    if (!logger.sink)
        goto out;
    if (length == logger.last_length && memcmp(line, logger.last, length) == 0) {
        logger.repeats++;
        logger.folded++;
        logger.repeat_ns = now_ns;
        if (now_ns - logger.last_ns >= LOG_FOLD_NS && logger.repeats >= logger.tell_at) {
            tell_repeats();
            logger.last_ns = now_ns;
            logger.tell_at *= 2;
        }
        goto out;
    }
    tell_repeats();
    logger.tell_at = 2;
    memcpy(logger.last, line, length);
    logger.last_length = length;
    logger.last_level = level;
    logger.last_ns = now_ns;
    emit(now_ns, level, line, length);
out:
    unlock();
}

void log_write_at(int64_t now_ns, enum log_level level, const char *area, const char *message, size_t length)
{
    if (!log_is_on(level))
        return;
    char line[LOG_LINE_MAX];
    struct text text;
    text_init_fixed(&text, line, sizeof line);
    text_format(&text, "%s %s: ", log_level_name(level), area);
    text_put_bytes(&text, message, length);
    write_line(now_ns, level, line, &text);
}

void log_write(enum log_level level, const char *area, const char *format, ...)
{
    if (!log_is_on(level))
        return;
    char message[LOG_LINE_MAX];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(message, sizeof message, format, args);
    va_end(args);
    if (length < 0)
        return;
    size_t size = (size_t)length < sizeof message ? (size_t)length : sizeof message - 1;
    log_write_at(env_clock_real(), level, area, message, size);
}

void log_flush(void)
{
    lock();
    tell_repeats();
    unlock();
}
