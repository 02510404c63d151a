/* tries.h: what `outcry venue try` has shown of an account at its venue, kept in the user's data folder.
 *
 * Invariants
 * - A line a try, appended: time, connector, version, environment, venue, account, passed or failed, with a trade or without.
 * - It holds for a connector of this version, this environment and this account; another one is to be tried anew.
 * - What cannot be read counts as not tried. */
#ifndef SESSION_TRIES_H
#define SESSION_TRIES_H

#include <outcry/abi.h>
#include <stdbool.h>

#include "base/checked.h"

struct try_made {
    const char *connector; /* its id; borrowed, as the next ones */
    const char *version;
    const char *environment;
    const char *venue; /* the name of its group */
    const char *account;
};

/* Whether the last try of it that traded has passed. [setup] */
bool tries_have_passed(const struct try_made *made);
/* Appends one. OC_E_IO, OC_E_NOT_FOUND: there is no home. [setup] */
CHECKED oc_rc tries_keep(const struct try_made *made, bool has_passed, bool has_traded);

#endif
