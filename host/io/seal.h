/* seal.h: what a vault is made of: a key from a passphrase, and bytes that open under their key alone. All [setup].
 *
 * Invariants
 * - Keys and what is opened go into bytes of the caller, which are those of env_secret.h.
 * - OC_E_NOT_SUPPORTED: libcrypto could not be loaded. */
#ifndef IO_SEAL_H
#define IO_SEAL_H

#include "io/vault.h"

/* scrypt in a child that ends. OC_E_NOMEM: the child did not get the memory; OC_E_LIMIT: it took longer than a minute. */
CHECKED oc_rc seal_derive(const struct vault_cost *cost, const uint8_t salt[VAULT_SALT],
                          const struct env_secret *passphrase, uint8_t ret_key[VAULT_KEY]);

struct sealed {
    const uint8_t *nonce; /* VAULT_NONCE */
    const void *plain;    /* is not hidden, and must be the same when it is opened */
    uint32_t plain_size;
    uint32_t size; /* of what is hidden; its tag stands behind it */
};

/* `hidden` has room for size + VAULT_TAG bytes. */
CHECKED oc_rc seal_close(const uint8_t key[VAULT_KEY], const struct sealed *sealed, const uint8_t *open,
                         uint8_t *ret_hidden);
/* OC_E_DATA: key, plain part, nonce or bytes are others; then `open` is zero. */
CHECKED oc_rc seal_open(const uint8_t key[VAULT_KEY], const struct sealed *sealed, const uint8_t *hidden,
                        uint8_t *ret_open);
CHECKED oc_rc seal_sum(const void *bytes, uint32_t size, uint8_t ret_sum[32]);

#endif
