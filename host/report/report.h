/* report.h: a result as terminal tables, JSON, and a self-contained HTML page.
 * Every figure carries its convention; what is not available says n/a, never 0. An IDEAL run is stamped on each. */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdio.h>

#include "base/checked.h"
#include "report/result.h"

/* Aligned tables of at most 80 columns; colour only on a terminal. OC_E_IO. */
CHECKED oc_rc report_text(const struct result *result, FILE *out);
/* One JSON object, keys in a fixed order. OC_E_IO, OC_E_NOMEM. */
CHECKED oc_rc report_json(const struct result *result, FILE *out);
/* Writes the page. OC_E_IO with a sentence in env_error_text(). */
CHECKED oc_rc report_html(const struct result *result, const char *path);
/* Writes trips.csv, orders.csv and equity.csv into a folder, which is made if it is not there. OC_E_IO likewise. */
CHECKED oc_rc report_csv(const struct result *result, const char *dir);

#endif
