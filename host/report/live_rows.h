/* live_rows.h: what a report says of a session at a venue, row by row, for text and page: the figures that it is held to, what was charged, what
 * fills cost against the price before them, and how long each way took. */
#ifndef REPORT_LIVE_ROWS_H
#define REPORT_LIVE_ROWS_H

#include "report/format.h"
#include "report/live.h"

enum { LIVE_NOTE_MAX = 256 };

struct live_row {
    char key[FORMAT_MAX];
    char value[FORMAT_MAX];
    char note[LIVE_NOTE_MAX];
    bool is_met, is_missed; /* of a figure that has a limit */
};

/* Whether there is anything to say. */
bool live_is_shown(const struct result *result);
/* Static: what its section is called. */
const char *live_title(const struct result *result);
/* The next row; *at begins with 0. False: no more. */
bool live_row_next(const struct result *result, uint32_t *at, struct live_row *ret_row);

#endif
