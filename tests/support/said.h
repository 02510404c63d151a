/* said.h: a complaint as the line that a person reads, for a test. */
#ifndef SUPPORT_SAID_H
#define SUPPORT_SAID_H

#include "base/error.h"

/* Until the next call. */
static inline const char *said(const struct error *error)
{
    static char line[ERROR_TEXT_MAX];
    error_text(error, line);
    return line;
}

#endif
