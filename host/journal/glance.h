/* glance.h: what a session's folder looks like from outside, at next to no cost: whose it is, and whether anything was recorded since.
 *
 * Invariants
 * - Nothing is verified, and no record is read: who wants those opens the journal (read.h).
 * - Looking changes no file and takes no lock. */
#ifndef JOURNAL_GLANCE_H
#define JOURNAL_GLANCE_H

#include "base/checked.h"
#include "journal/format.h"

enum { GLANCE_ID_MAX = 33 };

struct journal_glance {
    char session[GLANCE_ID_MAX]; /* its 16 bytes as hexadecimal digits */
    int64_t begun_ns;            /* when its first segment was begun, UTC */
    uint64_t stamp; /* another one: something was recorded, or the session has ended or is had by a process, since */
    bool is_held;   /* a process has the folder now */
};

/* [any] OC_E_NOT_FOUND: there is no journal in it. OC_E_DATA: its first segment has no good head. OC_E_IO. */
CHECKED oc_rc journal_glance(const char *dir, struct journal_glance *ret_glance);

#endif
