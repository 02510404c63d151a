/* dust_lines.h: what accounts hold at the end and nobody can sell by itself (ADR 0019): a line for each. */
#ifndef REPORT_DUST_LINES_H
#define REPORT_DUST_LINES_H

#include "engine/dust.h"
#include "report/format.h"
#include "report/result.h"

struct dust_line {
    const char *symbol; /* borrowed */
    const char *asset;
    const char *currency; /* of its cost */
    struct dust dust;
    char qty[FORMAT_MAX]; /* exact */
    char note[FORMAT_MAX * 3];
};

/* The next one from *at on, which then is the place behind it; 0 is the first. False: there are no more. */
bool dust_line_next(const struct result *result, uint32_t *at, struct dust_line *ret_line);

#endif
