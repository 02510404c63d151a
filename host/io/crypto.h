/* crypto.h: what keys and signatures need of libcrypto, which is loaded when somebody signs for the first time: a command that signs
 * nothing does not pay for it.
 *
 * Invariants
 * - The version whose headers this was built with, or nothing.
 * - Digests are the plain structures of libcrypto: copied by assignment, without its heap, so that what is kept of a key lies where the
 *   caller put it. Numbers of asymmetric keys lie in libcrypto's own locked heap (CRYPTO_secure_malloc_init). */
#ifndef IO_CRYPTO_H
#define IO_CRYPTO_H

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/md5.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>

struct crypto {
    int (*md5_init)(MD5_CTX *context);
    int (*md5_update)(MD5_CTX *context, const void *bytes, size_t size);
    int (*md5_final)(unsigned char *digest, MD5_CTX *context);
    int (*sha1_init)(SHA_CTX *context);
    int (*sha1_update)(SHA_CTX *context, const void *bytes, size_t size);
    int (*sha1_final)(unsigned char *digest, SHA_CTX *context);
    int (*sha256_init)(SHA256_CTX *context);
    int (*sha256_update)(SHA256_CTX *context, const void *bytes, size_t size);
    int (*sha256_final)(unsigned char *digest, SHA256_CTX *context);
    int (*sha384_init)(SHA512_CTX *context);
    int (*sha512_init)(SHA512_CTX *context);
    int (*sha512_update)(SHA512_CTX *context, const void *bytes, size_t size);
    int (*sha512_final)(unsigned char *digest, SHA512_CTX *context); /* of sha384_init too */
    int (*base64)(unsigned char *to, const unsigned char *bytes, int size);
    /* A vault. */
    int (*scrypt)(const char *passphrase, size_t passphrase_size, const unsigned char *salt, size_t salt_size,
                  uint64_t n, uint64_t r, uint64_t p, uint64_t memory_max, unsigned char *key, size_t key_size);
    const EVP_CIPHER *(*aes_256_gcm)(void);
    EVP_CIPHER_CTX *(*cipher_new)(void);
    void (*cipher_free)(EVP_CIPHER_CTX *context);
    int (*cipher_init)(EVP_CIPHER_CTX *context, const EVP_CIPHER *cipher, ENGINE *engine, const unsigned char *key,
                       const unsigned char *nonce, int encrypts);
    int (*cipher_update)(EVP_CIPHER_CTX *context, unsigned char *to, int *ret_size, const unsigned char *from,
                         int size);
    int (*cipher_final)(EVP_CIPHER_CTX *context, unsigned char *to, int *ret_size);
    int (*cipher_ctrl)(EVP_CIPHER_CTX *context, int what, int size, void *bytes);
    /* Numbers. */
    BIGNUM *(*number_new)(void); /* in the locked heap */
    BIGNUM *(*number_read)(const unsigned char *bytes, int size, BIGNUM *number);
    int (*number_write)(const BIGNUM *number, unsigned char *bytes, int size);
    void (*number_free)(BIGNUM *number);
    /* ES256. */
    EC_KEY *(*ec_new)(int curve);
    void (*ec_free)(EC_KEY *key);
    const EC_GROUP *(*ec_group)(const EC_KEY *key);
    int (*ec_set_private)(EC_KEY *key, const BIGNUM *number);
    int (*ec_set_public)(EC_KEY *key, const EC_POINT *point);
    int (*ec_check)(const EC_KEY *key);
    EC_POINT *(*point_new)(const EC_GROUP *group);
    void (*point_free)(EC_POINT *point);
    int (*point_times)(const EC_GROUP *group, EC_POINT *point, const BIGNUM *number, const EC_POINT *other,
                       const BIGNUM *times, BN_CTX *context);
    size_t (*point_write)(const EC_GROUP *group, const EC_POINT *point, int form, unsigned char *bytes, size_t size_max,
                          BN_CTX *context);
    const EC_POINT *(*ec_public)(const EC_KEY *key);
    ECDSA_SIG *(*ec_sign)(const unsigned char *digest, int size, EC_KEY *key);
    int (*ec_verify)(const unsigned char *digest, int size, const ECDSA_SIG *signature, EC_KEY *key);
    void (*ec_signature)(const ECDSA_SIG *signature, const BIGNUM **ret_r, const BIGNUM **ret_s);
    ECDSA_SIG *(*ec_signature_new)(void);
    int (*ec_signature_set)(ECDSA_SIG *signature, BIGNUM *r, BIGNUM *s); /* taken over */
    void (*ec_signature_free)(ECDSA_SIG *signature);
    /* Ed25519. */
    EVP_PKEY *(*raw_key)(int type, ENGINE *engine, const unsigned char *bytes, size_t size);
    int (*raw_public)(const EVP_PKEY *key, unsigned char *bytes, size_t *size);
    void (*pkey_free)(EVP_PKEY *key);
    EVP_MD_CTX *(*context_new)(void);
    void (*context_free)(EVP_MD_CTX *context);
    int (*sign_init)(EVP_MD_CTX *context, EVP_PKEY_CTX **ret, const EVP_MD *hash, ENGINE *engine, EVP_PKEY *key);
    int (*sign)(EVP_MD_CTX *context, unsigned char *signature, size_t *size, const unsigned char *bytes,
                size_t bytes_size);
    int (*verify_init)(EVP_MD_CTX *context, EVP_PKEY_CTX **ret, const EVP_MD *hash, ENGINE *engine, EVP_PKEY *key);
    int (*verify)(EVP_MD_CTX *context, const unsigned char *signature, size_t size, const unsigned char *bytes,
                  size_t bytes_size);
    /* RSA, PKCS #1 v1.5. */
    RSA *(*rsa_new)(void);
    void (*rsa_free)(RSA *key);
    int (*rsa_set_key)(RSA *key, BIGNUM *n, BIGNUM *e, BIGNUM *d);
    int (*rsa_set_factors)(RSA *key, BIGNUM *p, BIGNUM *q);
    int (*rsa_set_crt)(RSA *key, BIGNUM *dp, BIGNUM *dq, BIGNUM *inverse);
    void (*rsa_clear_flags)(RSA *key, int flags);
    int (*rsa_size)(const RSA *key);
    int (*rsa_sign)(int type, const unsigned char *digest, unsigned int digest_size, unsigned char *signature,
                    unsigned int *ret_size, RSA *key);
    int (*rsa_verify)(int type, const unsigned char *digest, unsigned int digest_size, const unsigned char *signature,
                      unsigned int size, RSA *key);
    int (*locked_heap)(size_t size, size_t least);
};

/* Static. NULL: it is not there, which is logged once. [io] */
const struct crypto *crypto_get(void);

#endif
