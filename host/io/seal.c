#include "io/seal.h"

#include <string.h>

#include "base/env_fork.h"
#include "io/crypto.h"

#define DERIVE_NS 60000000000ll

enum { DERIVED = 0, NOT_DERIVED = 1 };

struct derive {
    const struct crypto *crypto;
    const struct vault_cost *cost;
    const uint8_t *salt;
    const struct env_secret *passphrase; /* shared with the child */
    struct env_secret key;               /* shared: the child writes it */
};

static int derive_in_child(void *arg)
{
    const struct derive *derive = arg;
    const struct vault_cost *cost = derive->cost;
    env_secret_guard();
    const int good = derive->crypto->scrypt((const char *)derive->passphrase->bytes, derive->passphrase->size,
                                            derive->salt, VAULT_SALT, 1ull << cost->log2_n, cost->r, cost->p,
                                            (uint64_t)VAULT_SCRYPT_MAX + (1u << 20), derive->key.bytes, VAULT_KEY);
    return good == 1 ? DERIVED : NOT_DERIVED;
}

static bool is_within(const struct vault_cost *cost)
{
    return cost->log2_n >= 10 && cost->log2_n <= 20 && cost->r >= 1 && cost->r <= 32 && cost->p >= 1 && cost->p <= 4 &&
           (128ull * cost->r << cost->log2_n) <= VAULT_SCRYPT_MAX;
}

oc_rc seal_derive(const struct vault_cost *cost, const uint8_t salt[VAULT_SALT], const struct env_secret *passphrase,
                  uint8_t ret_key[VAULT_KEY])
{
    struct env_secret shared = {0};
    struct derive derive = {crypto_get(), cost, salt, &shared, {0}};
    int pid, code = NOT_DERIVED, signal = 0;
    if (!derive.crypto)
        return OC_E_NOT_SUPPORTED;
    if (!is_within(cost) || !passphrase->size)
        return OC_E_INVALID;
    oc_rc rc = env_secret_shared(passphrase->size, &shared);
    if (rc == OC_OK)
        rc = env_secret_shared(VAULT_KEY, &derive.key);
    if (rc == OC_OK) {
        memcpy(shared.bytes, passphrase->bytes, passphrase->size);
        shared.size = passphrase->size;
        rc = env_fork_child(derive_in_child, &derive, &pid);
    }
    if (rc == OC_OK)
        rc = env_fork_wait(pid, DERIVE_NS, &code, &signal);
    if (rc == OC_OK && (signal || code != DERIVED))
        rc = OC_E_NOMEM;
    if (rc == OC_OK)
        memcpy(ret_key, derive.key.bytes, VAULT_KEY);
    env_secret_free(&shared);
    env_secret_free(&derive.key);
    return rc;
}

static bool run_cipher(const struct crypto *crypto, EVP_CIPHER_CTX *context, const uint8_t *key,
                       const struct sealed *sealed, const uint8_t *from, uint8_t *to, bool closes)
{
    int length;
    return crypto->cipher_init(context, crypto->aes_256_gcm(), NULL, key, sealed->nonce, closes) == 1 &&
           (!sealed->plain_size ||
            crypto->cipher_update(context, NULL, &length, sealed->plain, (int)sealed->plain_size) == 1) &&
           (!sealed->size || crypto->cipher_update(context, to, &length, from, (int)sealed->size) == 1);
}

oc_rc seal_close(const uint8_t key[VAULT_KEY], const struct sealed *sealed, const uint8_t *open, uint8_t *ret_hidden)
{
    const struct crypto *crypto = crypto_get();
    uint8_t none[16];
    int length;
    EVP_CIPHER_CTX *context = crypto ? crypto->cipher_new() : NULL;
    if (!context)
        return crypto ? OC_E_NOMEM : OC_E_NOT_SUPPORTED;
    const bool good = run_cipher(crypto, context, key, sealed, open, ret_hidden, true) &&
                      crypto->cipher_final(context, none, &length) == 1 &&
                      crypto->cipher_ctrl(context, EVP_CTRL_AEAD_GET_TAG, VAULT_TAG, ret_hidden + sealed->size) == 1;
    crypto->cipher_free(context);
    return good ? OC_OK : OC_E_NOMEM;
}

oc_rc seal_open(const uint8_t key[VAULT_KEY], const struct sealed *sealed, const uint8_t *hidden, uint8_t *ret_open)
{
    const struct crypto *crypto = crypto_get();
    uint8_t tag[VAULT_TAG], none[16];
    int length;
    EVP_CIPHER_CTX *context = crypto ? crypto->cipher_new() : NULL;
    if (!context)
        return crypto ? OC_E_NOMEM : OC_E_NOT_SUPPORTED;
    memcpy(tag, hidden + sealed->size, sizeof tag);
    const bool good = run_cipher(crypto, context, key, sealed, hidden, ret_open, false) &&
                      crypto->cipher_ctrl(context, EVP_CTRL_AEAD_SET_TAG, VAULT_TAG, tag) == 1 &&
                      crypto->cipher_final(context, none, &length) == 1;
    crypto->cipher_free(context);
    if (!good && sealed->size)
        explicit_bzero(ret_open, sealed->size);
    return good ? OC_OK : OC_E_DATA;
}

oc_rc seal_sum(const void *bytes, uint32_t size, uint8_t ret_sum[32])
{
    const struct crypto *crypto = crypto_get();
    SHA256_CTX context;
    if (!crypto)
        return OC_E_NOT_SUPPORTED;
    const bool good = crypto->sha256_init(&context) == 1 && crypto->sha256_update(&context, bytes, size) == 1 &&
                      crypto->sha256_final(ret_sum, &context) == 1;
    return good ? OC_OK : OC_E_NOMEM;
}
