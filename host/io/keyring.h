/* keyring.h: the credentials of the accounts of one venue: each value by the account and the field of the connector's description.
 *
 * Invariants
 * - A set of credentials belongs to one environment, and signs in no other: the signer asks at every use.
 * - Values lie in pages of env_secret.h. A secret is known to redact.h from the moment it is here to the moment it goes.
 * - Begun as zeros. Filled in [setup], then read only. Bounded: KEYRING_ACCOUNTS_MAX. */
#ifndef IO_KEYRING_H
#define IO_KEYRING_H

#include "base/checked.h"
#include "base/env_secret.h"

#include <outcry/venue.h>

enum { KEYRING_ACCOUNTS_MAX = 16 };

struct keyring_account {
    uint32_t account;
    uint32_t env;       /* OC_ENV_... */
    uint32_t algorithm; /* the only one that its secrets sign by; 0: any */
    uint32_t zero;
    struct env_secret values[OC_VENUE_CREDENTIALS_MAX]; /* by field - 1; owned */
};

struct keyring {
    struct keyring_account accounts[KEYRING_ACCOUNTS_MAX];
    uint32_t count;
};

/* Of one that was zeroed, too. */
void keyring_release(struct keyring *keyring);
/* OC_E_EXISTS, OC_E_LIMIT, OC_E_INVALID: no environment. */
CHECKED oc_rc keyring_add(struct keyring *keyring, uint32_t account, uint32_t env, uint32_t algorithm,
                          struct keyring_account **ret_account);
/* Takes *value over where it returns OC_OK. `is_secret`: no line of a log may show it. */
CHECKED oc_rc keyring_set(struct keyring *keyring, struct keyring_account *account, uint16_t field, bool is_secret,
                          struct env_secret *value);
/* NULL: nothing is configured for it. */
const struct keyring_account *keyring_find(const struct keyring *keyring, uint32_t account);

#endif
