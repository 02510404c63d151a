/* key_form.h: the forms in which a secret is written down, read into the bytes that sign: hex, base64, PEM, DER, bare numbers.
 *
 * Invariants
 * - Read from pages of env_secret.h into such pages. Nothing is taken on trust: lengths are held against what there is, and no form is guessed
 *   where two would fit.
 * - PEM may have its line ends as \n in two letters, as JSON files of keys have. Blocks that are no private key are passed over.
 * - An encrypted private key is not supported: the vault is what is encrypted. Curves other than P-256 and Ed25519 are not supported. */
#ifndef IO_KEY_FORM_H
#define IO_KEY_FORM_H

#include "base/checked.h"
#include "base/env_secret.h"

enum key_kind { KEY_NONE, KEY_P256, KEY_ED25519, KEY_RSA };
enum { KEY_NUMBERS_MAX = 8, KEY_RSA_BITS_MIN = 2048, KEY_RSA_BITS_MAX = 4096 };

struct key_number { /* big-endian, in key_parts.bytes */
    uint32_t at, size;
};

struct key_parts {
    uint32_t kind;           /* KEY_... */
    uint32_t count;          /* P256, ED25519: 1, of 32 bytes; RSA: n e d p q dp dq 1/q */
    struct env_secret bytes; /* owned: key_parts_free */
    struct key_number numbers[KEY_NUMBERS_MAX];
};

/* `form` OC_CREDENTIAL_...: TEXT and PEM are taken as they are. OC_E_DATA: it is not of that form. `to` has the room of `value`. */
CHECKED oc_rc key_form_decode(uint32_t form, const struct env_secret *value, struct env_secret *to);
/* The numbers of a private key in whichever of its forms. `kind` is the one that is asked for: bare bytes say nothing about themselves, and
 * are taken only where the value `is_decoded` (hex, base64), for a text might be hex as well.
 * OC_E_DATA: it is no such key; OC_E_NOT_SUPPORTED: it is encrypted, or of another curve or size. */
CHECKED oc_rc key_form_parts(uint32_t kind, const struct env_secret *value, bool is_decoded,
                             struct key_parts *ret_parts);
void key_parts_free(struct key_parts *parts);
/* What a value is by itself; KEY_NONE: its bytes do not say. */
uint32_t key_form_kind(const struct env_secret *value);

#endif
