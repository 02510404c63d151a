/* shadow_rows.h: what a report says of the paper simulator beside a live session, row by row, for text and page. */
#ifndef REPORT_SHADOW_ROWS_H
#define REPORT_SHADOW_ROWS_H

#include "report/live_rows.h"
#include "report/shadow.h"

#define SHADOW_TITLE "The same orders on paper"

/* Static: "passed", "failed", "too few orders", "not known". */
const char *shadow_verdict(const struct shadow *shadow, const struct shadow_figures *figures);
/* The next row; *at begins with 0. False: no more. */
bool shadow_row_next(const struct result *result, uint32_t *at, struct live_row *ret_row);

#endif
