/* chart.h: the pictures of the HTML page as inline SVG.
 *
 * Invariants
 * - Drawn from the collected curve: a point each `stride` market events and the last one. Figures beside them are exact.
 * - Colours are classes of the page's style, so that light and dark need no second drawing. What is under the pointer is
 *   told by titles, so that no script is needed.
 * - A curve of fewer than two instants draws nothing and says so. All [any]. */
#ifndef REPORT_CHART_H
#define REPORT_CHART_H

#include "base/checked.h"
#include "base/text.h"
#include "report/analysis.h"

/* Equity, buy and hold when it was collected, the largest drawdown as a band, and drawdown below. OC_E_NOMEM. */
CHECKED oc_rc chart_equity(struct text *page, const struct result *result, const struct figures *figures);
/* Profit after fees of each closed trip, in order, at most the last CHART_TRIPS_MAX. */
enum { CHART_TRIPS_MAX = 400 };
void chart_trips(struct text *page, const struct result *result, const struct figures *figures);
/* The rolling Sharpe ratio; daily returns by size; what trips made by the hour or the weekday of their entry. */
void chart_rolling(struct text *page, const struct result *result, const struct figures *figures);
void chart_histogram(struct text *page, const struct figures *figures);
void chart_group(struct text *page, const struct result *result, enum grouping grouping);

#endif
