/* fees.h: what the venue takes of an account for a trade, as the venue says it: asked with its key, without a session.
 *
 * Invariants
 * - A rate that the venue has not said is not there: it is never taken for 0.
 * - Nobody is asked where the account has no key of its own in the configuration. */
#ifndef CLI_FEES_H
#define CLI_FEES_H

#include "session/venue_keys.h"
#include "session/venue_visit.h"

struct fees {
    struct oc_dec maker, taker; /* parts of 1 */
    uint32_t present;           /* OC_ACC_MAKER_FEE, OC_ACC_TAKER_FEE */
};

/* Of account number `account` of a visit that signs. OC_E_NOT_SUPPORTED: its connector has no such question. Codes of *ret_error. */
CHECKED oc_rc fees_ask(struct venue_visit *visit, uint32_t account, struct fees *ret_fees, struct error *ret_error);
/* The first account of a venue, where the configuration names a key of it. */
bool fees_account(const struct settings *settings, const char *venue, char ret_name[VENUE_ACCOUNT_MAX]);

#endif
