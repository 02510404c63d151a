#include "io/crypto.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include <openssl/opensslv.h>

#include "base/log.h"

enum { LOCKED_HEAP = 1 << 18, LOCKED_LEAST = 16 };

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)

struct row {
    const char *name;
    size_t at;
};

#define ROW(member, name)                                                                                              \
    {                                                                                                                  \
        name, offsetof(struct crypto, member)                                                                          \
    }

static const struct row rows[] = {
    ROW(md5_init, "MD5_Init"),
    ROW(md5_update, "MD5_Update"),
    ROW(md5_final, "MD5_Final"),
    ROW(sha1_init, "SHA1_Init"),
    ROW(sha1_update, "SHA1_Update"),
    ROW(sha1_final, "SHA1_Final"),
    ROW(sha256_init, "SHA256_Init"),
    ROW(sha256_update, "SHA256_Update"),
    ROW(sha256_final, "SHA256_Final"),
    ROW(sha384_init, "SHA384_Init"),
    ROW(sha512_init, "SHA512_Init"),
    ROW(sha512_update, "SHA512_Update"),
    ROW(sha512_final, "SHA512_Final"),
    ROW(base64, "EVP_EncodeBlock"),
    ROW(scrypt, "EVP_PBE_scrypt"),
    ROW(aes_256_gcm, "EVP_aes_256_gcm"),
    ROW(cipher_new, "EVP_CIPHER_CTX_new"),
    ROW(cipher_free, "EVP_CIPHER_CTX_free"),
    ROW(cipher_init, "EVP_CipherInit_ex"),
    ROW(cipher_update, "EVP_CipherUpdate"),
    ROW(cipher_final, "EVP_CipherFinal_ex"),
    ROW(cipher_ctrl, "EVP_CIPHER_CTX_ctrl"),
    ROW(number_new, "BN_secure_new"),
    ROW(number_read, "BN_bin2bn"),
    ROW(number_write, "BN_bn2binpad"),
    ROW(number_free, "BN_clear_free"),
    ROW(ec_new, "EC_KEY_new_by_curve_name"),
    ROW(ec_free, "EC_KEY_free"),
    ROW(ec_group, "EC_KEY_get0_group"),
    ROW(ec_set_private, "EC_KEY_set_private_key"),
    ROW(ec_set_public, "EC_KEY_set_public_key"),
    ROW(ec_check, "EC_KEY_check_key"),
    ROW(point_new, "EC_POINT_new"),
    ROW(point_free, "EC_POINT_free"),
    ROW(point_times, "EC_POINT_mul"),
    ROW(point_write, "EC_POINT_point2oct"),
    ROW(ec_public, "EC_KEY_get0_public_key"),
    ROW(ec_sign, "ECDSA_do_sign"),
    ROW(ec_verify, "ECDSA_do_verify"),
    ROW(ec_signature, "ECDSA_SIG_get0"),
    ROW(ec_signature_new, "ECDSA_SIG_new"),
    ROW(ec_signature_set, "ECDSA_SIG_set0"),
    ROW(ec_signature_free, "ECDSA_SIG_free"),
    ROW(raw_key, "EVP_PKEY_new_raw_private_key"),
    ROW(raw_public, "EVP_PKEY_get_raw_public_key"),
    ROW(pkey_free, "EVP_PKEY_free"),
    ROW(context_new, "EVP_MD_CTX_new"),
    ROW(context_free, "EVP_MD_CTX_free"),
    ROW(sign_init, "EVP_DigestSignInit"),
    ROW(sign, "EVP_DigestSign"),
    ROW(verify_init, "EVP_DigestVerifyInit"),
    ROW(verify, "EVP_DigestVerify"),
    ROW(rsa_new, "RSA_new"),
    ROW(rsa_free, "RSA_free"),
    ROW(rsa_set_key, "RSA_set0_key"),
    ROW(rsa_set_factors, "RSA_set0_factors"),
    ROW(rsa_set_crt, "RSA_set0_crt_params"),
    ROW(rsa_clear_flags, "RSA_clear_flags"),
    ROW(rsa_size, "RSA_size"),
    ROW(rsa_sign, "RSA_sign"),
    ROW(rsa_verify, "RSA_verify"),
    ROW(locked_heap, "CRYPTO_secure_malloc_init"),
};

_Static_assert(sizeof rows / sizeof rows[0] == sizeof(struct crypto) / sizeof(void (*)(void)), "a row for each");

static bool find_all(void *library, struct crypto *ret_crypto)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        void *symbol = dlsym(library, rows[i].name);
        if (!symbol)
            return false;
        memcpy((char *)ret_crypto + rows[i].at, &symbol, sizeof symbol);
    }
    return true;
}

const struct crypto *crypto_get(void)
{
    static struct crypto crypto;
    static enum { NOT_LOADED, LOADED, NOT_THERE } state;
    static const char name[] = "libcrypto.so." TEXT(OPENSSL_SHLIB_VERSION);
    if (state != NOT_LOADED)
        return state == LOADED ? &crypto : NULL;
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL); /* never unloaded */
    const bool is_whole = library && find_all(library, &crypto);
    if (is_whole) /* before any key is in it; without it they lie in the ordinary one */
        (void)crypto.locked_heap(LOCKED_HEAP, LOCKED_LEAST);
    state = is_whole ? LOADED : NOT_THERE;
    if (!is_whole)
        log_error("venue", "nothing can be signed: %s could not be loaded", name);
    return is_whole ? &crypto : NULL;
}
