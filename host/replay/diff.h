/* diff.h: where two recorded sessions part.
 * Invariants: only what was asked, answered, filled, commanded and suspended is compared, with all fields but the sequence
 * numbers and who gave a command; times count. Reads both journals and changes nothing. */
#ifndef REPLAY_DIFF_H
#define REPLAY_DIFF_H

#include "base/checked.h"
#include "base/text.h"

/* [any] Writes a few lines. Negative: one of them cannot be read; the text says which and why. */
CHECKED oc_rc session_diff(const char *a, const char *b, struct text *text);

#endif
