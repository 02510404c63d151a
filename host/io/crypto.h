/* crypto.h: what signing needs of libcrypto, which is loaded when somebody signs for the first time: a command that signs nothing does
 * not pay for it.
 *
 * Invariant: the version whose headers this was built with, or nothing. */
#ifndef IO_CRYPTO_H
#define IO_CRYPTO_H

#include <openssl/evp.h>
#include <openssl/hmac.h>

struct crypto {
    const EVP_MD *(*md5)(void);
    const EVP_MD *(*sha1)(void);
    const EVP_MD *(*sha256)(void);
    const EVP_MD *(*sha384)(void);
    const EVP_MD *(*sha512)(void);
    unsigned char *(*hmac)(const EVP_MD *hash, const void *key, int key_size, const unsigned char *bytes, size_t size,
                           unsigned char *mac, unsigned int *mac_size);
    int (*digest)(const void *bytes, size_t size, unsigned char *digest, unsigned int *digest_size, const EVP_MD *hash,
                  ENGINE *engine);
    int (*base64)(unsigned char *to, const unsigned char *bytes, int size);
};

/* Static. NULL: it is not there, which is logged once. [io] */
const struct crypto *crypto_get(void);

#endif
