/* signer.h: the sign service: what a connector signs with, and where credentials are set into what it sends.
 *
 * Invariants
 * - An account signs with the credentials of the keyring, and with those of this environment alone: any other is OC_E_DENIED, at every use.
 *   Without an environment (paper, a replay) nothing is signed.
 * - In the environment `local` an account of which nothing is configured has test keys: they are no secrets, their bytes are "test-NAME",
 *   by the credential's name. HMAC and digests of them are the real ones; other signatures have the right size, are the same for the same
 *   bytes, and verify nowhere. In any other environment such an account signs nothing.
 * - A secret as a MAC key is decoded by the form of its description (a test key is taken as it is); set in, or part of what is signed or
 *   summed, it is the text that the person gave.
 * - A secret that came over the wire is kept for the session, and stands in no log. Bounded: SIGNER_KEYS_MAX, SIGNER_KEPT_MAX. */
#ifndef IO_SIGNER_H
#define IO_SIGNER_H

#include "base/checked.h"
#include "io/kept_key.h"
#include "io/keyring.h"

#include <outcry/venue.h>

enum { SIGNER_KEYS_MAX = 64, SIGNER_KEPT_MAX = 16, SIGNER_SECRET_MAX = 4096, SIGNER_NAME_MAX = 33 };

struct signer_key {
    uint32_t account;
    uint32_t algorithm;
    uint16_t field;
    struct env_secret pages; /* owned */
    struct kept_key *kept;   /* in them */
};

struct signer_kept {
    uint32_t account;
    char name[SIGNER_NAME_MAX];
    struct env_secret secret; /* owned */
};

struct signer {
    const struct oc_venue *venue; /* borrowed */
    const struct keyring *keys;   /* borrowed; NULL: nothing is configured */
    uint32_t env;                 /* OC_ENV_... of the session */
    struct signer_key list[SIGNER_KEYS_MAX];
    uint32_t key_count;
    struct signer_kept kept[SIGNER_KEPT_MAX];
    uint32_t kept_count;
    uint64_t nonce;
};

void signer_init(struct signer *signer, const struct oc_venue *venue, uint32_t env, const struct keyring *keys);
/* All handles: whoever had them is gone. */
void signer_void(struct signer *signer);
void signer_release(struct signer *signer);
/* A handle; OC_E_INVALID: no such credential, OC_E_DENIED: a public text is no key, or the key is not for this environment or algorithm;
 * OC_E_NOT_FOUND: no value is configured; OC_E_DATA: its value is no such key; OC_E_NOT_SUPPORTED, OC_E_LIMIT. */
CHECKED oc_rc signer_key(struct signer *signer, uint32_t account, uint16_t field, uint32_t algorithm,
                         uint32_t *ret_key);
/* The size of the signature; OC_E_LIMIT: it does not fit. */
CHECKED oc_rc signer_sign(const struct signer *signer, uint32_t key, const struct oc_part *parts, uint32_t count,
                          uint8_t *signature, uint32_t signature_max);
CHECKED oc_rc signer_digest(const struct signer *signer, uint32_t account, uint32_t algorithm,
                            const struct oc_part *parts, uint32_t count, uint8_t *digest, uint32_t digest_max);
CHECKED oc_rc signer_public_text(const struct signer *signer, uint32_t account, uint16_t field, void *text,
                                 uint32_t size_max);
CHECKED oc_rc signer_keep(struct signer *signer, uint32_t account, const char *name, const void *secret, uint32_t size,
                          uint16_t *ret_field);
/* Rises with every call: at least the time in units of unit_ns. */
CHECKED oc_rc signer_nonce(struct signer *signer, int64_t now_ns, int64_t unit_ns, uint64_t *ret_nonce);
/* `text` with the credentials set in where the splices of this place (OC_IN_...) say, appended to what is at `to`: the size used, or
 * OC_E_LIMIT at size_max; OC_E_INVALID: a splice beyond the text, or out of order, or of no such credential; OC_E_DENIED, OC_E_NOT_FOUND. */
CHECKED oc_rc signer_splice(const struct signer *signer, uint32_t account, const struct oc_splice *splices,
                            uint32_t count, uint8_t in, const char *text, uint32_t size, char *to, uint32_t size_max);

#endif
