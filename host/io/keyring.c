#include "io/keyring.h"

#include <string.h>

#include "base/redact.h"

void keyring_release(struct keyring *keyring)
{
    redact_drop(keyring);
    for (uint32_t i = 0; i < keyring->count; i++)
        for (uint32_t k = 0; k < OC_VENUE_CREDENTIALS_MAX; k++)
            env_secret_free(&keyring->accounts[i].values[k]);
    keyring->count = 0;
}

oc_rc keyring_add(struct keyring *keyring, uint32_t account, uint32_t env, uint32_t algorithm,
                  struct keyring_account **ret_account)
{
    if (env == OC_ENV_NONE || env > OC_ENV_LOCAL)
        return OC_E_INVALID;
    if (keyring_find(keyring, account))
        return OC_E_EXISTS;
    if (keyring->count == KEYRING_ACCOUNTS_MAX)
        return OC_E_LIMIT;
    struct keyring_account *own = &keyring->accounts[keyring->count++];
    memset(own, 0, sizeof *own);
    own->account = account;
    own->env = env;
    own->algorithm = algorithm;
    *ret_account = own;
    return OC_OK;
}

oc_rc keyring_set(struct keyring *keyring, struct keyring_account *account, uint16_t field, bool is_secret,
                  struct env_secret *value)
{
    if (!field || field > OC_VENUE_CREDENTIALS_MAX || !value->size)
        return OC_E_INVALID;
    const oc_rc rc = is_secret ? redact_add(keyring, value->bytes, value->size) : (oc_rc)OC_OK;
    if (rc < 0)
        return rc;
    env_secret_free(&account->values[field - 1]);
    account->values[field - 1] = *value;
    *value = (struct env_secret){0};
    return OC_OK;
}

const struct keyring_account *keyring_find(const struct keyring *keyring, uint32_t account)
{
    for (uint32_t i = 0; keyring && i < keyring->count; i++)
        if (keyring->accounts[i].account == account)
            return &keyring->accounts[i];
    return NULL;
}
