/* reference.h: the tables in words, as docs/history-reference.md. */
#ifndef HISTORY_REFERENCE_H
#define HISTORY_REFERENCE_H

#include "base/checked.h"
#include "base/text.h"

/* Appends the page. OC_E_NOMEM. */
CHECKED oc_rc history_reference(struct text *text);

#endif
