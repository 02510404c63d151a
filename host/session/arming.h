/* arming.h: what must be said before a session sends orders with real money: which account, how much of it, and under which limits.
 *
 * Invariants
 * - session.live names the account. It may be set in any environment (then it is a rehearsal of the same); with real money it must be.
 * - An armed session trades with one account of one venue.
 * - Nothing is reached before all of it is said; a complaint names everything that is missing, and the words that say it.
 * - What was said is among the settings that the records begin with: a replay and a restart read it there. */
#ifndef SESSION_ARMING_H
#define SESSION_ARMING_H

#include "base/checked.h"
#include "session/parts.h"
#include "session/venue_keys.h"

/* Whether this session is armed: session.live is set, and it sends orders to a venue. Behind arming_judge. */
bool arming_is_set(const struct settings *settings);
/* The name of its account; "": it is not armed. Borrowed. */
const char *arming_account(const struct settings *settings);
/* Whether its orders are real money. */
bool arming_is_real(const struct settings *settings);
/* A rule of this name has a limit for every order: *ret_limit is it as it was written, borrowed; NULL: it has none, or one that its plugin
 * makes of something else. `rule`: max_order_value, position_limit, max_daily_loss. */
bool arming_limit(const struct settings *settings, const struct parts *parts, const char *rule, const char **ret_limit);
/* The limits that an armed session must have, one after the other; NULL behind the last. */
const char *arming_rule(uint32_t i);
/* [setup] Whether all of it is said, and whether it can be so. A session without real money that names no account needs nothing. Codes of
 * *ret_error. */
CHECKED oc_rc arming_judge(struct settings *settings, const struct parts *parts, struct error *ret_error);

#endif
