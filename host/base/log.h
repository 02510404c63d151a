/* log.h: one line a statement: time, level, area, message.
 *
 * Invariants
 *   - A line is at most LOG_LINE_MAX bytes, longer ones end in "…". Control bytes are replaced, so
 * a line stays a line.
 *   - A line that repeats the one before it is counted instead of written, and the count is written
 * when another line comes, or when a second has passed and it has come twice as often as was written
 * before: a storm costs no disk, and a line that comes with each bar is not followed by one as often.
 *   - [any] The sink is called under a lock: it must not log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <outcry/abi.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LOG_LINE_MAX = 1024, LOG_FOLD_NS = 1000000000 };

enum log_level { LOG_NONE = 0, LOG_ERROR = 1, LOG_WARNING = 2, LOG_INFO = 3, LOG_DEBUG = 4 };

/* `line` is terminated, without line end; borrowed. */
typedef void (*log_sink_fn)(void *arg, enum log_level level, const char *line, size_t length);

/* [setup] NULL: lines are dropped (and folded) again, as at the start. */
void log_set_sink(log_sink_fn sink, void *arg);
/* [setup] Levels above are not written. The start is LOG_INFO. */
void log_set_level(enum log_level level);
enum log_level log_level_set(void);
/* [any] At the clock's time. */
void log_write(enum log_level level, const char *area, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* [any] At a given time (ns UTC), for code that has no clock. `message` need not be terminated. */
void log_write_at(int64_t now_ns, enum log_level level, const char *area, const char *message, size_t length);
/* [any] Writes the count of a folded line that waits. */
void log_flush(void);
/* [any] Lines folded since the start. */
const char *log_level_name(enum log_level level);

#define log_error(area, ...)   log_write(LOG_ERROR, area, __VA_ARGS__)
#define log_warning(area, ...) log_write(LOG_WARNING, area, __VA_ARGS__)
#define log_info(area, ...)    log_write(LOG_INFO, area, __VA_ARGS__)
#define log_debug(area, ...)   log_write(LOG_DEBUG, area, __VA_ARGS__)

#endif
