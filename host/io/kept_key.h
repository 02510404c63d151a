/* kept_key.h: a key that is ready to sign: what can be done once is done once.
 *
 * Invariants
 * - Lies in pages of env_secret.h; numbers of asymmetric keys in libcrypto's locked heap. The secret itself is not kept.
 * - What is signed is taken piece by piece into a struct signing of the caller; kept_key_sign ends that and overwrites it.
 * - A signature that a test key makes has its size, is the same for the same bytes, and verifies nowhere but for HMAC.
 * - ES256 takes its random number from libcrypto: two signatures of the same bytes differ. */
#ifndef IO_KEPT_KEY_H
#define IO_KEPT_KEY_H

#include "base/checked.h"
#include "base/env_secret.h"
#include "io/digest.h"

#include <outcry/venue.h>

enum { KEPT_SIGNATURE_MAX = 512 /* RSA of 4096 bits */, KEPT_PUBLIC_MAX = 528, KEPT_WHOLE_MAX = 1 << 20 };

struct kept_key {
    uint32_t algorithm; /* OC_SIGN_... */
    uint32_t size;      /* of its signatures */
    bool is_test;
    struct digest_key mac;
    EC_KEY *ec;    /* owned */
    EVP_PKEY *raw; /* Ed25519; owned */
    RSA *rsa;      /* owned */
};

struct signing {
    const struct kept_key *key;
    struct digest sum;
    unsigned char *whole; /* Ed25519 signs all of it at once; owned */
    uint32_t size, room;
    oc_rc rc;
};

/* `value` in the form OC_CREDENTIAL_... of the description. OC_E_DATA: it is no key for that; OC_E_NOT_SUPPORTED: the algorithm, or the
 * kind of key; OC_E_NOMEM. Owned: kept_key_release, also of a zeroed one. */
CHECKED oc_rc kept_key_init(struct kept_key *key, uint32_t algorithm, uint32_t form, const struct env_secret *value);
/* Of the environment `local` where no key is configured. OC_E_NOT_SUPPORTED. */
CHECKED oc_rc kept_key_init_test(struct kept_key *key, uint32_t algorithm, const char *text);
void kept_key_release(struct kept_key *key);

void kept_key_begin(struct signing *signing, const struct kept_key *key);
void kept_key_add(struct signing *signing, const void *bytes, uint32_t size);
/* Returns the size of the signature. OC_E_LIMIT: it does not fit, or Ed25519 was given too much. */
CHECKED oc_rc kept_key_sign(struct signing *signing, uint8_t *signature, uint32_t signature_max);

/* [setup] Whether the signature is that of these bytes, by the public key, or made anew (HMAC). */
bool kept_key_verify(const struct kept_key *key, const void *bytes, uint32_t size, const uint8_t *signature,
                     uint32_t signature_size);
/* [setup] Its public key: 65 bytes of P-256 (uncompressed), 32 of Ed25519; returns the size. OC_E_NOT_SUPPORTED: HMAC has none, RSA's is
 * not told. */
CHECKED oc_rc kept_key_public(const struct kept_key *key, uint8_t *bytes, uint32_t size_max);

#endif
