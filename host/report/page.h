/* page.h: the parts of the HTML page, private to the report room.
 *
 * Invariants
 * - Whatever comes from outside (names, notes, tags, parameters) goes through page_escaped; nothing else may hold it.
 * - The text remembers that it was cut; the page is only written when it was not. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/text.h"
#include "report/figures.h"

enum { PAGE_TRIPS_MAX = 500, PAGE_SIZE_MAX = 1 << 26, PAGE_STYLE_PARTS = 2 };

extern const char *const page_style[PAGE_STYLE_PARTS]; /* the style sheet, static */

/* & < > " ' as entities; control characters and what is not UTF-8 as U+FFFD. NULL is nothing. */
void page_escaped(struct text *page, const char *text);
/* Returns by month and year from daily closes. */
void page_months(struct text *page, const struct result *result, const struct figures *figures);
/* What was refused, by reason. Nothing where nothing was. */
void page_refusals(struct text *page, const struct result *result);
/* By strategy and by symbol, where there are several. */
void page_parts(struct text *page, const struct result *result, const struct figures *figures);
/* The first PAGE_TRIPS_MAX round trips. */
void page_trips(struct text *page, const struct result *result, const struct figures *figures);

#endif
