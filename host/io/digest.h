/* digest.h: digests and keyed digests (HMAC), piece by piece, in memory of the caller alone.
 *
 * Invariants
 * - A struct digest holds everything: it is copied by assignment and lies where its owner puts it. What was made of a secret is overwritten
 *   by digest_end and digest_sign.
 * - [any] once crypto_get() has answered. */
#ifndef IO_DIGEST_H
#define IO_DIGEST_H

#include "base/checked.h"
#include "io/crypto.h"

#include <outcry/abi.h>

enum digest_kind { DIGEST_NONE, DIGEST_MD5, DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };
enum { DIGEST_SIZE_MAX = 64 };

struct digest {
    uint32_t kind;
    uint32_t zero;
    union {
        MD5_CTX md5;
        SHA_CTX sha1;
        SHA256_CTX sha256;
        SHA512_CTX sha512; /* SHA384 too */
    } of;
};

struct digest_key { /* of HMAC: both pads are taken in already */
    struct digest inner, outer;
};

uint32_t digest_size(uint32_t kind);
/* OC_E_NOT_SUPPORTED: no libcrypto, or no such kind. */
CHECKED oc_rc digest_begin(struct digest *sum, enum digest_kind kind);
void digest_add(struct digest *sum, const void *bytes, size_t size);
/* Returns the size; digest_size() bytes are written. */
uint32_t digest_end(struct digest *sum, unsigned char *ret_digest);

CHECKED oc_rc digest_key_init(struct digest_key *key, enum digest_kind kind, const void *secret, size_t size);
/* digest_add() what is signed to a copy of key->inner, then this. */
uint32_t digest_sign(const struct digest_key *key, struct digest *sum, unsigned char *ret_mac);

#endif
