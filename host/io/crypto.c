#include "io/crypto.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include <openssl/opensslv.h>

#include "base/log.h"

#define TEXT_OF(number) #number
#define TEXT(number)    TEXT_OF(number)

static bool find(void *library, const char *name, void *ret_function, size_t size)
{
    void *symbol = dlsym(library, name);
    memcpy(ret_function, &symbol, size);
    return symbol != NULL;
}

#define FIND(member, name) find(library, name, &crypto.member, sizeof crypto.member)

const struct crypto *crypto_get(void)
{
    static struct crypto crypto;
    static enum { NOT_LOADED, LOADED, NOT_THERE } state;
    static const char name[] = "libcrypto.so." TEXT(OPENSSL_SHLIB_VERSION);
    if (state != NOT_LOADED)
        return state == LOADED ? &crypto : NULL;
    void *library = dlopen(name, RTLD_NOW | RTLD_LOCAL); /* never unloaded */
    const bool is_whole = library && FIND(md5, "EVP_md5") && FIND(sha1, "EVP_sha1") && FIND(sha256, "EVP_sha256") &&
                          FIND(sha384, "EVP_sha384") && FIND(sha512, "EVP_sha512") && FIND(hmac, "HMAC") &&
                          FIND(digest, "EVP_Digest") && FIND(base64, "EVP_EncodeBlock");
    state = is_whole ? LOADED : NOT_THERE;
    if (!is_whole)
        log_error("venue", "nothing can be signed: %s could not be loaded", name);
    return is_whole ? &crypto : NULL;
}
