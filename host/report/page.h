/* page.h: the parts of the HTML page, private to the report room.
 *
 * Invariants
 * - Whatever comes from outside (names, notes, tags, parameters) goes through page_escaped; nothing else may hold it.
 * - Nothing that a table says needs a script. Charts need one to be moved; without, the pictures of chart.h are shown.
 * - The text remembers that it was cut; the page is only written when it was not. */
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include "base/embedded.h"
#include "base/text.h"
#include "report/figures.h"

enum { PAGE_TRIPS_MAX = 500, PAGE_SIZE_MAX = 1 << 26 };

/* The style sheet. */
void page_style(struct text *page);
/* What a script of the page must carry to be run: of its own run, so that no other text of the page can have guessed it. */
void page_nonce(struct text *page, const struct result *result);
/* "good", "bad" or "". */
const char *page_tone(oc_i128 money);
/* Stamps, the strip, doubts, and cards. */
void page_verdict(struct text *page, const struct result *result, const struct figures *figures);
/* Costs, falls, trips by kind, execution. */
void page_more(struct text *page, const struct result *result, const struct figures *figures);
/* Places that a script fills and shows: charts that follow the pointer, the table of all trips. */
void page_live_charts(struct text *page);
void page_live_trips(struct text *page, const struct result *result);
/* The data of both, and the scripts. */
void page_script(struct text *page, const struct result *result, const struct figures *figures);
/* Whose work the page holds. */
void page_credit(struct text *page);

/* & < > " ' as entities; control characters and what is not UTF-8 as U+FFFD. NULL is nothing. */
void page_escaped(struct text *page, const char *text);
/* Returns by month and year from daily closes. */
void page_months(struct text *page, const struct result *result, const struct figures *figures);
/* What was refused, by reason. Nothing where nothing was. */
void page_refusals(struct text *page, const struct result *result);
/* How the session did at its venue; nothing where there is none. */
void page_live(struct text *page, const struct result *result);
/* Nothing where there was none. */
void page_differences(struct text *page, const struct differences *differences);
void page_contact(struct text *page, const struct contact *contact);
/* By strategy and by symbol, where there are several. */
void page_parts(struct text *page, const struct result *result, const struct figures *figures);
/* The first PAGE_TRIPS_MAX round trips. */
void page_trips(struct text *page, const struct result *result, const struct figures *figures);

extern const struct embedded page_files[]; /* style sheet and scripts */

#endif
