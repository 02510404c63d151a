#include "io/digest.h"

#include <string.h>

uint32_t digest_size(uint32_t kind)
{
    static const uint8_t sizes[] = {
        [DIGEST_MD5] = 16, [DIGEST_SHA1] = 20, [DIGEST_SHA256] = 32, [DIGEST_SHA384] = 48, [DIGEST_SHA512] = 64};
    return kind < sizeof sizes ? sizes[kind] : 0;
}

oc_rc digest_begin(struct digest *sum, enum digest_kind kind)
{
    const struct crypto *crypto = crypto_get();
    if (!crypto)
        return OC_E_NOT_SUPPORTED;
    sum->kind = kind;
    sum->zero = 0;
    switch (kind) {
    case DIGEST_MD5:
        return crypto->md5_init(&sum->of.md5) == 1 ? OC_OK : OC_E_NOT_SUPPORTED;
    case DIGEST_SHA1:
        return crypto->sha1_init(&sum->of.sha1) == 1 ? OC_OK : OC_E_NOT_SUPPORTED;
    case DIGEST_SHA256:
        return crypto->sha256_init(&sum->of.sha256) == 1 ? OC_OK : OC_E_NOT_SUPPORTED;
    case DIGEST_SHA384:
        return crypto->sha384_init(&sum->of.sha512) == 1 ? OC_OK : OC_E_NOT_SUPPORTED;
    case DIGEST_SHA512:
        return crypto->sha512_init(&sum->of.sha512) == 1 ? OC_OK : OC_E_NOT_SUPPORTED;
    case DIGEST_NONE:
        break;
    }
    return OC_E_NOT_SUPPORTED;
}

void digest_add(struct digest *sum, const void *bytes, size_t size)
{
    const struct crypto *crypto = crypto_get();
    if (!size)
        return;
    if (sum->kind == DIGEST_SHA256)
        (void)crypto->sha256_update(&sum->of.sha256, bytes, size);
    else if (sum->kind == DIGEST_SHA512 || sum->kind == DIGEST_SHA384)
        (void)crypto->sha512_update(&sum->of.sha512, bytes, size);
    else if (sum->kind == DIGEST_SHA1)
        (void)crypto->sha1_update(&sum->of.sha1, bytes, size);
    else
        (void)crypto->md5_update(&sum->of.md5, bytes, size);
}

uint32_t digest_end(struct digest *sum, unsigned char *ret_digest)
{
    const struct crypto *crypto = crypto_get();
    const uint32_t size = digest_size(sum->kind);
    if (sum->kind == DIGEST_SHA256)
        (void)crypto->sha256_final(ret_digest, &sum->of.sha256);
    else if (sum->kind == DIGEST_SHA512 || sum->kind == DIGEST_SHA384)
        (void)crypto->sha512_final(ret_digest, &sum->of.sha512);
    else if (sum->kind == DIGEST_SHA1)
        (void)crypto->sha1_final(ret_digest, &sum->of.sha1);
    else
        (void)crypto->md5_final(ret_digest, &sum->of.md5);
    explicit_bzero(sum, sizeof *sum);
    return size;
}

/* RFC 2104. */
oc_rc digest_key_init(struct digest_key *key, enum digest_kind kind, const void *secret, size_t size)
{
    enum { BLOCK_MAX = 128 };
    const size_t block = kind == DIGEST_SHA384 || kind == DIGEST_SHA512 ? BLOCK_MAX : 64;
    unsigned char pad[BLOCK_MAX] = {0};
    oc_rc rc = digest_begin(&key->inner, kind);
    if (rc == OC_OK)
        rc = digest_begin(&key->outer, kind);
    if (rc < 0)
        return rc;
    if (size > block) {
        struct digest own = key->inner;
        digest_add(&own, secret, size);
        (void)digest_end(&own, pad);
    } else if (size) {
        memcpy(pad, secret, size);
    }
    for (size_t i = 0; i < block; i++)
        pad[i] ^= 0x36;
    digest_add(&key->inner, pad, block);
    for (size_t i = 0; i < block; i++)
        pad[i] ^= 0x36 ^ 0x5c;
    digest_add(&key->outer, pad, block);
    explicit_bzero(pad, sizeof pad);
    return OC_OK;
}

uint32_t digest_sign(const struct digest_key *key, struct digest *sum, unsigned char *ret_mac)
{
    unsigned char digest[DIGEST_SIZE_MAX];
    struct digest outer = key->outer;
    digest_add(&outer, digest, digest_end(sum, digest));
    return digest_end(&outer, ret_mac);
}
