#include "io/vault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/seal.h"

static const struct vault_cost cost_now = {17, 8, 1}; /* the floor that OWASP names */

oc_rc vault_default_path(char *path)
{
    char folder[ENV_PATH_MAX];
    const oc_rc rc = env_user_folder(folder);
    return rc < 0 ? rc : env_path(path, folder, "keys.vault");
}

struct vault *vault_new(void)
{
    struct vault *vault = calloc(1, sizeof *vault);
    if (vault)
        vault->cost = cost_now;
    return vault;
}

void vault_free(struct vault *vault)
{
    if (!vault)
        return;
    while (vault->entry_count)
        vault_remove(vault, &vault->entries[0]);
    env_secret_free(&vault->key);
    free(vault);
}

/* What is said where a file of keys cannot be read. */
static oc_rc say_unreadable(oc_rc rc, const char *path, struct error *ret_error)
{
    if (rc == OC_E_NOT_FOUND) {
        error_at(ret_error, rc, "%s", path);
        error_what(ret_error, "there is no vault");
        error_remedy(ret_error, "`outcry keys add NAME` makes one; vault.file names another");
        return rc;
    }
    if (rc == OC_E_DENIED) {
        error_at(ret_error, rc, "%s", path);
        error_what(ret_error, "others than its owner may read or write it");
        error_remedy(ret_error, "chmod 600, and give the keys in it new secrets if others did");
        return rc;
    }
    if (rc == OC_E_LIMIT)
        return error_say(ret_error, rc, path, "it is larger than a vault may be, %d bytes", VAULT_FILE_MAX);
    return error_of_sentence(ret_error, rc, path, env_error_text());
}

static oc_rc read_file(const char *path, struct env_secret *ret_bytes, struct error *ret_error)
{
    oc_rc rc = env_secret_new(VAULT_FILE_MAX, ret_bytes);
    if (rc < 0)
        return error_of_code(ret_error, rc, path, "it could not be read");
    rc = env_secret_file(path, ret_bytes);
    if (rc < 0) {
        env_secret_free(ret_bytes);
        return say_unreadable(rc, path, ret_error);
    }
    return OC_OK;
}

oc_rc vault_list(struct vault *vault, const char *path, struct error *ret_error)
{
    struct env_secret bytes = {0};
    oc_rc rc = read_file(path, &bytes, ret_error);
    if (rc == OC_OK)
        rc = vault_read(vault, bytes.bytes, bytes.size, NULL, path, ret_error);
    env_secret_free(&bytes);
    return rc;
}

static oc_rc derive(struct vault *vault, const struct env_secret *passphrase, const char *path, struct error *ret_error)
{
    oc_rc rc = vault->key.bytes ? OC_OK : env_secret_new(VAULT_KEY, &vault->key);
    if (rc == OC_OK)
        rc = seal_derive(&vault->cost, vault->salt, passphrase, vault->key.bytes);
    return rc < 0 ? error_of_code(ret_error, rc, path, "no key could be made of the passphrase") : rc;
}

oc_rc vault_open(struct vault *vault, const char *path, const struct env_secret *passphrase, struct error *ret_error)
{
    struct env_secret bytes = {0};
    oc_rc rc = read_file(path, &bytes, ret_error);
    if (rc == OC_OK) /* what is damaged is said before 128 MiB are spent on it */
        rc = vault_read(vault, bytes.bytes, bytes.size, NULL, path, ret_error);
    if (rc == OC_OK)
        rc = derive(vault, passphrase, path, ret_error);
    if (rc == OC_OK)
        rc = vault_read(vault, bytes.bytes, bytes.size, vault->key.bytes, path, ret_error);
    env_secret_free(&bytes);
    return rc;
}

oc_rc vault_set_passphrase(struct vault *vault, const struct env_secret *passphrase, struct error *ret_error)
{
    if (passphrase->size < VAULT_PASSPHRASE_MIN) {
        error_at(ret_error, OC_E_INVALID, "passphrase");
        error_what(ret_error, "it is too short");
        error_expected(ret_error, "at least %d bytes: several words that nobody has said", VAULT_PASSPHRASE_MIN);
        return OC_E_INVALID;
    }
    oc_rc rc = env_random(vault->salt, sizeof vault->salt);
    if (rc < 0)
        return error_of_code(ret_error, rc, "passphrase", "no random numbers");
    vault->cost = cost_now;
    rc = derive(vault, passphrase, "passphrase", ret_error);
    vault->is_open = rc == OC_OK;
    return rc;
}

/* The folder and the name of a path. */
static void split(const char *path, char folder[ENV_PATH_MAX], const char **ret_name)
{
    const char *slash = strrchr(path, '/');
    *ret_name = slash ? slash + 1 : path;
    if (slash)
        snprintf(folder, ENV_PATH_MAX, "%.*s", slash == path ? 1 : (int)(slash - path), path);
    else
        snprintf(folder, ENV_PATH_MAX, ".");
}

oc_rc vault_begin(const char *path, int *ret_lock, struct error *ret_error)
{
    char folder[ENV_PATH_MAX], lock[ENV_PATH_MAX];
    const char *name;
    if (strlen(path) + sizeof ".lock" > sizeof lock)
        return error_say(ret_error, OC_E_INVALID, path, "the path is longer than %d bytes", ENV_PATH_MAX - 6);
    split(path, folder, &name);
    snprintf(lock, sizeof lock, "%.1000s.lock", path);
    oc_rc rc = env_make_private_dir(folder);
    if (rc == OC_OK)
        rc = env_lock(lock, ret_lock);
    if (rc == OC_E_STATE)
        return error_say(ret_error, rc, path, "another process writes this vault now: try again when it is done");
    return rc < 0 ? error_of_sentence(ret_error, rc, path, env_error_text()) : rc;
}

void vault_end(int lock) { env_close(lock); }

oc_rc vault_save(const struct vault *vault, const char *path, struct error *ret_error)
{
    char folder[ENV_PATH_MAX];
    const char *name;
    uint8_t *bytes = NULL;
    uint32_t size = 0;
    split(path, folder, &name);
    oc_rc rc = vault_write(vault, &bytes, &size);
    if (rc < 0)
        return error_of_code(ret_error, rc, path, "the vault could not be made");
    rc = env_replace_private(folder, name, bytes, size);
    free(bytes);
    return rc < 0 ? error_of_sentence(ret_error, rc, path, env_error_text()) : rc;
}

/* Entries. */

struct vault_entry *vault_find(struct vault *vault, const char *name)
{
    for (uint32_t i = 0; i < vault->entry_count; i++)
        if (strcmp(vault->entries[i].name, name) == 0)
            return &vault->entries[i];
    return NULL;
}

static bool is_name(const char *name, size_t size_max)
{
    static const char good[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    const size_t size = strnlen(name, size_max);
    return size && size < size_max && strspn(name, good) == size;
}

oc_rc vault_add(struct vault *vault, const char *name, uint32_t env, struct vault_entry **ret_entry)
{
    if (!is_name(name, VAULT_NAME_MAX) || env == OC_ENV_NONE || env > OC_ENV_LOCAL)
        return OC_E_INVALID;
    if (vault_find(vault, name))
        return OC_E_EXISTS;
    if (vault->entry_count == VAULT_ENTRIES_MAX)
        return OC_E_LIMIT;
    struct vault_entry *entry = &vault->entries[vault->entry_count];
    *entry = (struct vault_entry){.env = env};
    snprintf(entry->name, sizeof entry->name, "%s", name);
    vault->entry_count++;
    *ret_entry = entry;
    return OC_OK;
}

const struct vault_field *vault_field(const struct vault_entry *entry, const char *name)
{
    for (uint32_t i = 0; i < entry->field_count; i++)
        if (strcmp(entry->fields[i].name, name) == 0)
            return &entry->fields[i];
    return NULL;
}

/* The values are laid one behind the other anew: what a value was before is overwritten with its pages. */
oc_rc vault_set(struct vault_entry *entry, const char *name, const struct env_secret *value)
{
    const struct vault_field *known = vault_field(entry, name);
    const uint32_t place = known ? (uint32_t)(known - entry->fields) : entry->field_count;
    struct env_secret values = {0};
    uint32_t room = value->size;
    if (!is_name(name, OC_VENUE_NAME_MAX) || !value->size)
        return OC_E_INVALID;
    if (place == VAULT_FIELDS_MAX || value->size > VAULT_VALUE_MAX)
        return OC_E_LIMIT;
    for (uint32_t i = 0; i < entry->field_count; i++)
        room += i == place ? 0 : entry->fields[i].size;
    const oc_rc rc = env_secret_new(room, &values);
    if (rc < 0)
        return rc;
    if (!known) {
        entry->field_count++;
        snprintf(entry->fields[place].name, sizeof entry->fields[place].name, "%s", name);
    }
    for (uint32_t i = 0; i < entry->field_count; i++) {
        struct vault_field *field = &entry->fields[i];
        const unsigned char *from = i == place ? value->bytes : entry->values.bytes + field->at;
        field->size = i == place ? value->size : field->size;
        memcpy(values.bytes + values.size, from, field->size);
        field->at = values.size;
        values.size += field->size;
    }
    env_secret_free(&entry->values);
    entry->values = values;
    return OC_OK;
}

void vault_remove(struct vault *vault, struct vault_entry *entry)
{
    const uint32_t place = (uint32_t)(entry - vault->entries);
    env_secret_free(&entry->values);
    vault->entry_count--;
    memmove(entry, entry + 1, (vault->entry_count - place) * sizeof *entry);
    vault->entries[vault->entry_count] = (struct vault_entry){.env = OC_ENV_NONE};
}

/* Words. */

static const char *const envs[] = {
    [OC_ENV_LIVE] = "live", [OC_ENV_PRACTICE] = "practice", [OC_ENV_TESTNET] = "testnet", [OC_ENV_LOCAL] = "local"};
static const char *const algorithms[] = {[OC_SIGN_HMAC_SHA256] = "hmac-sha256",
                                         [OC_SIGN_HMAC_SHA512] = "hmac-sha512",
                                         [OC_SIGN_HMAC_SHA384] = "hmac-sha384",
                                         [OC_SIGN_HMAC_SHA1] = "hmac-sha1",
                                         [OC_SIGN_ES256] = "es256",
                                         [OC_SIGN_ED25519] = "ed25519",
                                         [OC_SIGN_RSA_SHA256] = "rsa-sha256"};

static uint32_t place_of(const char *const *words, uint32_t count, const char *word)
{
    for (uint32_t i = 1; i < count; i++)
        if (strcmp(words[i], word) == 0)
            return i;
    return 0;
}

uint32_t vault_env_of(const char *word) { return place_of(envs, sizeof envs / sizeof *envs, word); }

const char *vault_env_name(uint32_t env) { return env < sizeof envs / sizeof *envs ? envs[env] : NULL; }

uint32_t vault_algorithm_of(const char *word)
{
    return place_of(algorithms, sizeof algorithms / sizeof *algorithms, word);
}

const char *vault_algorithm_name(uint32_t algorithm)
{
    return algorithm < sizeof algorithms / sizeof *algorithms ? algorithms[algorithm] : NULL;
}
