/* log_lines.h: what was logged in a run, for its page: the first lines, and the last.
 *
 * Invariants
 * - Its memory is fixed: of a run that logs much the middle is counted and not kept.
 * - It is filled under the log's lock and read when the run is over; it decides nothing and is part of no hash. */
#ifndef REPORT_LOG_LINES_H
#define REPORT_LOG_LINES_H

#include "base/log.h"
#include "base/text.h"

enum { LOG_LINES_FIRST = 100, LOG_LINES_LAST = 200, LOG_LINES_SIZE = 256 };

struct log_lines { /* about 77 kB; all zero is empty */
    char first[LOG_LINES_FIRST][LOG_LINES_SIZE];
    char last[LOG_LINES_LAST][LOG_LINES_SIZE]; /* a ring */
    uint64_t count;                            /* of all */
};

/* [any, one at a time] */
void log_lines_take(struct log_lines *lines, const char *line, size_t length);
/* The section of the page; nothing where nothing was logged. NULL: nothing. */
void log_lines_page(struct text *page, const struct log_lines *lines);

#endif
