/* compare.h: two results beside each other: what was set differently, what came of it, and where their trips part. */
#ifndef REPORT_COMPARE_H
#define REPORT_COMPARE_H

#include <stdio.h>

#include "base/checked.h"
#include "report/result.h"

/* As a table of at most 100 columns, or as one JSON object. OC_E_IO, OC_E_NOMEM. */
CHECKED oc_rc report_compare(const struct result *a, const struct result *b, bool is_json, FILE *out);

#endif
