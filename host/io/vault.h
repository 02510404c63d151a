/* vault.h: a file of keys under a passphrase: what a person gives once with `outcry keys add`, and a session opens.
 *
 * The file, little-endian
 *     head     magic "OCVAULT\n", version, kdf (1: scrypt), log2 N, r, p, entries, salt (16), nonce (12), wrapped key (32), tag (16)
 *     entry    size, plain part (name, environment, algorithm, times, fields and their sizes), nonce (12), values, tag (16)
 *     end      nonce (12), tag (16) over everything before it, SHA-256 of everything before that
 *
 * Invariants
 * - The passphrase makes a key by scrypt (N 2^17, r 8, p 1: 128 MiB), in a child that ends: this process never holds that memory. It wraps a
 *   random key, which is another with every write; that key seals each entry (AES-256-GCM, a random nonce) under its plain part and its
 *   place, and the whole file. So an entry changed, moved, exchanged or left out is seen. What cannot be seen: an older whole file put back.
 * - The SHA-256 needs no passphrase: where it does not fit, the file is damaged, and that is said. Where it fits and the wrapped key does
 *   not open, the passphrase is wrong, or somebody changed file and sum: no cipher can tell these two apart.
 * - The plain part is read without the passphrase (`outcry keys list`) and is not proven before it is opened.
 * - Values lie in pages of env_secret.h, from the cipher on. A file is written as a whole: after any crash it is the old or the new one; two
 *   writers do not meet: the second is refused.
 * - Bounded: VAULT_ENTRIES_MAX, VAULT_FIELDS_MAX, VAULT_VALUE_MAX, VAULT_FILE_MAX; scrypt from a file costs at most VAULT_SCRYPT_MAX bytes. */
#ifndef IO_VAULT_H
#define IO_VAULT_H

#include "base/checked.h"
#include "base/env_secret.h"
#include "base/error.h"

#include <outcry/venue.h>

enum {
    VAULT_ENTRIES_MAX = 64,
    VAULT_FIELDS_MAX = OC_VENUE_CREDENTIALS_MAX,
    VAULT_NAME_MAX = 48, /* with the final zero; [A-Za-z0-9._-] */
    VAULT_VALUE_MAX = 4096,
    VAULT_PASSPHRASE_MIN = 8,
    VAULT_PASSPHRASE_MAX = 1024,
    VAULT_FILE_MAX = 1 << 20,
    VAULT_SALT = 16,
    VAULT_KEY = 32,
    VAULT_NONCE = 12,
    VAULT_TAG = 16
};
#define VAULT_SCRYPT_MAX (256u << 20)

struct vault_field {
    char name[OC_VENUE_NAME_MAX];
    uint32_t at, size; /* in the entry's values */
};

struct vault_entry {
    char name[VAULT_NAME_MAX];
    uint32_t env;       /* OC_ENV_...: the one environment that it signs in */
    uint32_t algorithm; /* OC_SIGN_...: the only one that it signs by; 0: any */
    int64_t added_ns;
    int64_t rotated_ns; /* 0: never */
    struct vault_field fields[VAULT_FIELDS_MAX];
    uint32_t field_count;
    struct env_secret values; /* owned; none where the vault was only listed */
};

struct vault_cost { /* of scrypt */
    uint32_t log2_n, r, p;
};

struct vault {
    struct vault_entry entries[VAULT_ENTRIES_MAX];
    uint32_t entry_count;
    bool is_open; /* values are there */
    struct vault_cost cost;
    uint8_t salt[VAULT_SALT];
    struct env_secret key; /* that the passphrase made; owned */
};

/* Where it lies when nothing else is said: outcry/keys.vault in the user's data folder. OC_E_NOT_FOUND: there is no such folder to be
 * known. `path` has ENV_PATH_MAX bytes. */
CHECKED oc_rc vault_default_path(char *path);
/* Heap; NULL: no memory. Owned: vault_free, which takes NULL. */
struct vault *vault_new(void);
void vault_free(struct vault *vault);

/* Reads the plain parts. OC_E_NOT_FOUND: there is no file; OC_E_DENIED: others may read it; OC_E_DATA, OC_E_TOO_NEW. [setup] */
CHECKED oc_rc vault_list(struct vault *vault, const char *path, struct error *ret_error);
/* Opens all of it. The codes of vault_list; OC_E_STATE: the passphrase is wrong; OC_E_NOT_SUPPORTED: no libcrypto. [setup] */
CHECKED oc_rc vault_open(struct vault *vault, const char *path, const struct env_secret *passphrase,
                         struct error *ret_error);
/* An empty one, or another passphrase for one that is open: a new salt. OC_E_INVALID: it is too short. [setup] */
CHECKED oc_rc vault_set_passphrase(struct vault *vault, const struct env_secret *passphrase, struct error *ret_error);
/* Only between vault_begin and vault_end: nobody else writes. OC_E_STATE: somebody does. Makes the folder. */
CHECKED oc_rc vault_begin(const char *path, int *ret_lock, struct error *ret_error);
void vault_end(int lock);
/* Writes it as a whole under a new key. OC_E_LIMIT: it became too large. [setup] */
CHECKED oc_rc vault_save(const struct vault *vault, const char *path, struct error *ret_error);

/* NULL: there is none of that name. */
struct vault_entry *vault_find(struct vault *vault, const char *name);
/* A new one, without fields. OC_E_EXISTS, OC_E_INVALID: no name; OC_E_LIMIT. */
CHECKED oc_rc vault_add(struct vault *vault, const char *name, uint32_t env, struct vault_entry **ret_entry);
/* A field's value becomes this one. OC_E_LIMIT: too many fields, or too long; OC_E_INVALID: empty, or no name. */
CHECKED oc_rc vault_set(struct vault_entry *entry, const char *field, const struct env_secret *value);
void vault_remove(struct vault *vault, struct vault_entry *entry);
/* NULL: there is none. */
const struct vault_field *vault_field(const struct vault_entry *entry, const char *name);

/* The bytes of a file, for tests and fuzzers: reads plain parts, and with `key` (NULL: no) opens what is sealed. */
CHECKED oc_rc vault_read(struct vault *vault, const uint8_t *bytes, uint32_t size, const uint8_t *key,
                         const char *where, struct error *ret_error);
/* Bytes made of it, at most VAULT_FILE_MAX; owned: free. */
CHECKED oc_rc vault_write(const struct vault *vault, uint8_t **ret_bytes, uint32_t *ret_size);

/* Words of the command line and configuration: "live", "practice", "testnet", "local"; "hmac-sha256" ... 0, NULL: none. */
uint32_t vault_env_of(const char *word);
const char *vault_env_name(uint32_t env);
uint32_t vault_algorithm_of(const char *word);
const char *vault_algorithm_name(uint32_t algorithm);

#endif
